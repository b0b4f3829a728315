//! One reply of a model, as it streams: routed, parsed, told, and gathered into the draft. A reply
//! that breaks off, or runs into its token limit inside a file, is continued.

use futures::StreamExt;
use tokio_util::sync::CancellationToken;

use super::{
    Draft, Failure,
    journal::{Journal, JournalBroken},
    reply::Reply,
    resume, say,
};
use crate::{
    diagnostic::Diagnostic,
    events::{Event, Phase},
    generation::Generation,
    model::{
        ChatEvent, ChatRequest, ChatStream, FinishReason, Message, ModelChoice, ModelError, ModelErrorKind, ModelRef,
        Task, Usage, estimate_tokens,
    },
    ports::Models,
};

/// The most tokens of one reply.
const MAX_REPLY_TOKENS: u32 = 8_192;
/// Steady enough to follow the format, loose enough not to repeat itself.
const TEMPERATURE: f32 = 0.2;
/// A model that read less than this share of the estimate did not read all: the estimate is high for
/// some languages, but never that much.
const READ_AT_LEAST: f64 = 0.45;
/// Differences below this, in tokens, are a matter of counting.
const READ_SLACK: u64 = 512;

/// Asks the model and takes its reply into the draft.
pub(super) async fn write(
    models: &dyn Models,
    generation: &Generation,
    conversation: &[Message],
    journal: &Journal,
    stop: &CancellationToken,
    draft: &mut Draft,
) -> Result<(), Failure> {
    let choice = ModelChoice { avoid: draft.avoid.clone(), ..generation.request.choice.clone() };
    let mut writing = Writing { models, generation, journal, stop, choice, estimated: 0 };
    let mut reply = Reply::new(draft, journal);
    let mut stream = writing.open(conversation).await?.map_err(Failure::Model)?;
    let mut left = resume::MAX_CONTINUATIONS;
    let mut failed: Option<ModelError> = None;
    // Whether the first cause was the token limit: then nothing failed, it was only too little.
    let mut limited = false;

    loop {
        let end = writing.listen(stream, &mut reply).await?;
        let broke = match end {
            End::Done(FinishReason::Stop) if !reply.is_unchanged() => return reply.finish(FinishReason::Stop).await,
            End::Done(FinishReason::Length) if !reply.may_lack_files() => {
                return reply.finish(FinishReason::Length).await;
            }
            End::Done(_) => None,
            End::Stopped => return Err(reply.broke_off(Failure::Cancelled).await?),
            End::Broke(error) => Some(error),
        };
        let next = if left == 0 { None } else { writing.next(broke.as_ref(), conversation, &mut reply).await? };
        limited |= broke.is_none() && failed.is_none();
        if let Some(error) = broke {
            failed = Some(both(failed, error));
        }
        let Some(next) = next else {
            return match failed.filter(|_| !limited) {
                Some(error) => Err(reply.broke_off(error.into()).await?),
                None => reply.finish(FinishReason::Length).await,
            };
        };
        left -= 1;
        stream = next;
    }
}

/// The first failure is the cause; what came of asking somebody else is told with it.
fn both(first: Option<ModelError>, then: ModelError) -> ModelError {
    match first {
        // That nobody else could be asked says nothing of the cause.
        Some(first) if matches!(then.kind, ModelErrorKind::NoModel | ModelErrorKind::NotConfigured) => first,
        Some(first) => ModelError { message: format!("{}; after that, {}", first.message, then.message), ..first },
        None => then,
    }
}

/// How a stream ended.
enum End {
    Done(FinishReason),
    Broke(ModelError),
    Stopped,
}

struct Writing<'a> {
    models: &'a dyn Models,
    generation: &'a Generation,
    journal: &'a Journal,
    stop: &'a CancellationToken,
    choice: ModelChoice,
    /// The tokens of what was asked last.
    estimated: u64,
}

impl Writing<'_> {
    /// Asks, unless the person stopped it.
    async fn open(&mut self, messages: &[Message]) -> Result<Result<ChatStream, ModelError>, Failure> {
        let request = ChatRequest {
            task: Task::Large,
            messages: messages.to_vec(),
            max_tokens: MAX_REPLY_TOKENS,
            temperature: TEMPERATURE,
        };
        self.estimated = messages.iter().map(|message| estimate_tokens(&message.content)).sum();
        or_stop(self.stop, self.models.open(&self.choice, request)).await
    }

    /// Takes a stream to its end.
    async fn listen(&self, mut stream: ChatStream, reply: &mut Reply<'_>) -> Result<End, Failure> {
        loop {
            let event = match or_stop(self.stop, stream.next()).await {
                Ok(Some(Ok(event))) => event,
                Ok(None) => return Ok(End::Done(FinishReason::Stop)),
                Ok(Some(Err(error))) => return Ok(End::Broke(error)),
                Err(_) => return Ok(End::Stopped),
            };
            match event {
                ChatEvent::Routed { model, local, reason } => {
                    reply.draft.model = Some(model.clone());
                    self.journal.say(Event::Model { model, local, reason }).await?;
                }
                ChatEvent::Fallback { from, to, reason } => {
                    self.journal.say(Event::Fallback { from, to, reason, continues: false }).await?;
                }
                ChatEvent::Loading => self.say(Phase::LoadingModel, 0.03, None).await?,
                ChatEvent::Waiting { reason } => self.say(Phase::Planning, 0.03, Some(reason)).await?,
                ChatEvent::Thinking(content) => self.journal.say(Event::Thinking { content }).await?,
                ChatEvent::Text(text) => {
                    if reply.begins() {
                        self.say(Phase::Generating, super::reply::WRITING.0, None).await?;
                    }
                    reply.hear(&text).await?;
                }
                ChatEvent::Done { reason, usage } => {
                    self.told(usage, reply).await?;
                    reply.end_of_stream().await?;
                    return Ok(End::Done(reason));
                }
            }
        }
    }

    /// Who goes on, and with what, after the reply broke off or came to its limit. None when nobody
    /// does.
    async fn next(
        &mut self,
        broke: Option<&ModelError>,
        conversation: &[Message],
        reply: &mut Reply<'_>,
    ) -> Result<Option<ChatStream>, Failure> {
        let Some(from) = reply.draft.model.clone() else { return Ok(None) };
        if !reply.has_begun() || broke.is_some_and(|error| !resume::is_worth_it(error)) {
            return Ok(None);
        }
        let file = reply.open_path();
        let stream = match broke {
            None => self.ask_again(conversation, reply).await?,
            Some(error) => {
                self.choice.avoid.push(from.provider);
                match self.ask_again(conversation, reply).await? {
                    Some(stream) => {
                        reply.draft.avoid.push(from.provider);
                        Some(stream)
                    }
                    // Nobody else may be asked; a connection that broke may stand again.
                    None if resume::may_come_back(error) => {
                        self.choice.avoid.pop();
                        self.ask_again(conversation, reply).await?
                    }
                    None => None,
                }
            }
        };
        if stream.is_some() {
            let happened = broke.map_or_else(
                || match &file {
                    Some(file) => format!("The reply reached its token limit inside `{file}`"),
                    None => "The reply reached its token limit".to_owned(),
                },
                |error| error.message.clone(),
            );
            self.say(Phase::Planning, 0.05, Some(format!("{happened}; a model is asked to go on"))).await?;
            reply.resume(from, happened).await?;
        }
        Ok(stream)
    }

    async fn ask_again(&mut self, conversation: &[Message], reply: &Reply<'_>) -> Result<Option<ChatStream>, Failure> {
        let window = self.models.context_length(&self.choice);
        let file = reply.open_path();
        let messages = resume::ask(conversation, reply.said(), file.as_deref(), window);
        Ok(self.open(&messages).await?.ok())
    }

    /// Tells what the call took, and when the model read less than it was sent.
    async fn told(&self, usage: Usage, reply: &mut Reply<'_>) -> Result<(), JournalBroken> {
        reply.draft.usage.add(usage);
        let context_length = self.models.context_length(&self.choice);
        self.journal.say(Event::Usage { usage, estimated_prompt_tokens: self.estimated, context_length }).await?;
        if let Some(diagnostic) = prompt_cut(usage, self.estimated, reply.draft.model.as_ref()) {
            reply.draft.diagnostics.push(diagnostic.clone());
            self.journal.say(Event::Diagnostic { diagnostic }).await?;
        }
        Ok(())
    }

    async fn say(&self, phase: Phase, progress: f64, message: Option<String>) -> Result<(), JournalBroken> {
        say(self.journal, self.generation, phase, progress, message).await
    }
}

/// What is said when the model says that it read clearly less than was sent. Nothing where it does
/// not say how much it read.
fn prompt_cut(usage: Usage, estimated: u64, model: Option<&ModelRef>) -> Option<Diagnostic> {
    let read = usage.prompt_tokens;
    let clearly = (read as f64) < estimated as f64 * READ_AT_LEAST && estimated.saturating_sub(read) > READ_SLACK;
    if read == 0 || !clearly {
        return None;
    }
    let model = model.map_or_else(|| "the model".to_owned(), |model| format!("`{}`", model.model));
    let message = format!("{model} says that it read {read} tokens of about {estimated} that were sent");
    let hint = "part of the prompt may have been cut: look at the context length of the model's server";
    Some(Diagnostic::warning("prompt-cut", message).with_hint(hint))
}

/// Waits for `work`, but not after the person stopped it.
async fn or_stop<T>(stop: &CancellationToken, work: impl Future<Output = T>) -> Result<T, Failure> {
    tokio::select! {
        biased;
        () = stop.cancelled() => Err(Failure::Cancelled),
        done = work => Ok(done),
    }
}

#[cfg(test)]
#[path = "write_tests.rs"]
mod tests;
