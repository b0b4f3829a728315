//! One reply of a model, as it streams: routed, parsed, told, and gathered into the draft.

use futures::StreamExt;
use tokio_util::sync::CancellationToken;

use super::{
    Draft, Failure, Ports,
    journal::{Journal, JournalBroken},
    parse::{ParseEvent, Parser},
    say,
};
use crate::{
    events::{Event, FileState, Phase},
    generation::Generation,
    model::{ChatEvent, ChatRequest, FinishReason, Message, Task, estimate_tokens},
    source::SourcePath,
};

/// The most tokens of one reply.
const MAX_REPLY_TOKENS: u32 = 8_192;
/// Steady enough to follow the format, loose enough not to repeat itself.
const TEMPERATURE: f32 = 0.2;
/// The size at which an app of unknown size is thought to be two thirds written, in bytes.
const TYPICAL_BYTES: f64 = 4_000.0;
/// Where writing begins and ends on the way from 0 to 1.
const WRITING: (f64, f64) = (0.05, 0.92);

/// Asks the model and takes its reply into the draft.
pub(super) async fn write(
    ports: &Ports,
    generation: &Generation,
    conversation: &[Message],
    journal: &Journal,
    stop: &CancellationToken,
    draft: &mut Draft,
) -> Result<(), Failure> {
    let request = ChatRequest {
        task: Task::Large,
        messages: conversation.to_vec(),
        max_tokens: MAX_REPLY_TOKENS,
        temperature: TEMPERATURE,
    };
    let estimated = conversation.iter().map(|message| estimate_tokens(&message.content)).sum();
    let mut stream = or_stop(stop, ports.models.open(&generation.request.choice, request)).await??;
    let mut reply = Reply { draft, journal, written: 0, open: None, closed: 0 };
    let mut parser = Parser::new();
    let mut generating = false;

    let finish = loop {
        let event = match or_stop(stop, stream.next()).await {
            Ok(Some(Ok(event))) => event,
            Ok(None) => break FinishReason::Stop,
            Ok(Some(Err(error))) => return Err(reply.broke_off(parser, error.into()).await?),
            Err(stopped) => return Err(reply.broke_off(parser, stopped).await?),
        };
        match event {
            ChatEvent::Routed { model, local, reason } => {
                reply.draft.model = Some(model.clone());
                journal.say(Event::Model { model, local, reason }).await?;
            }
            ChatEvent::Fallback { from, to, reason } => {
                journal.say(Event::Fallback { from, to, reason, continues: false }).await?;
            }
            ChatEvent::Loading => say(journal, generation, Phase::LoadingModel, 0.03, None).await?,
            ChatEvent::Waiting { reason } => say(journal, generation, Phase::Planning, 0.03, Some(reason)).await?,
            ChatEvent::Thinking(content) => journal.say(Event::Thinking { content }).await?,
            ChatEvent::Text(text) => {
                if !generating {
                    generating = true;
                    say(journal, generation, Phase::Generating, WRITING.0, None).await?;
                }
                reply.take(parser.push(&text)).await?;
            }
            ChatEvent::Done { reason, usage } => {
                reply.draft.usage.add(usage);
                let context_length = ports.models.context_length(&generation.request.choice);
                journal.say(Event::Usage { usage, estimated_prompt_tokens: estimated, context_length }).await?;
                break reason;
            }
        }
    };
    reply.take(parser.finish(finish == FinishReason::Stop)).await?;
    reply.verdict(finish)
}

/// Waits for `work`, but not after the person stopped it.
async fn or_stop<T>(stop: &CancellationToken, work: impl Future<Output = T>) -> Result<T, Failure> {
    tokio::select! {
        biased;
        () = stop.cancelled() => Err(Failure::Cancelled),
        done = work => Ok(done),
    }
}

struct Reply<'a> {
    draft: &'a mut Draft,
    journal: &'a Journal,
    written: usize,
    open: Option<(SourcePath, String)>,
    closed: usize,
}

impl Reply<'_> {
    async fn take(&mut self, events: Vec<ParseEvent>) -> Result<(), JournalBroken> {
        for event in events {
            let event = match event {
                ParseEvent::Text(content) => Event::Text { content },
                ParseEvent::Problem(diagnostic) => {
                    self.draft.diagnostics.push(diagnostic.clone());
                    Event::Diagnostic { diagnostic }
                }
                ParseEvent::Open(path) => {
                    self.open = Some((path.clone(), String::new()));
                    self.file(path, FileState::Open)
                }
                ParseEvent::Chunk(content) => {
                    let Some((filename, text)) = &mut self.open else { continue };
                    text.push_str(&content);
                    let filename = filename.clone();
                    self.written += content.len();
                    Event::Chunk { filename, content, progress: self.progress() }
                }
                ParseEvent::Close => self.leave_file(FileState::Closed),
                ParseEvent::Cut => self.leave_file(FileState::Cut),
            };
            self.journal.say(event).await?;
        }
        Ok(())
    }

    /// Takes the open file into the draft. The parser has kept it within the limits.
    fn leave_file(&mut self, state: FileState) -> Event {
        let Some((path, text)) = self.open.take() else {
            return Event::Text { content: String::new() };
        };
        if state == FileState::Closed {
            self.closed += 1;
        }
        // A file that was cut off never replaces a whole one.
        if (state == FileState::Closed || self.draft.files.get(&path).is_none())
            && let Err(limit) = self.draft.files.insert(path.clone(), text)
        {
            let diagnostic = crate::diagnostic::Diagnostic::error("too-large", limit.to_string()).with_file(path);
            self.draft.diagnostics.push(diagnostic.clone());
            return Event::Diagnostic { diagnostic };
        }
        self.file(path, state)
    }

    fn file(&self, filename: SourcePath, state: FileState) -> Event {
        Event::File { filename, state, content: None, progress: self.progress() }
    }

    /// Never falls within a reply and stays below 1; the size of the app is not known.
    fn progress(&self) -> f64 {
        let share = 1.0 - (-(self.written as f64) / TYPICAL_BYTES).exp();
        let progress = WRITING.0 + (WRITING.1 - WRITING.0) * share;
        (progress * 1000.0).round() / 1000.0
    }

    async fn broke_off(&mut self, parser: Parser, failure: Failure) -> Result<Failure, JournalBroken> {
        self.take(parser.finish(false)).await?;
        Ok(failure)
    }

    fn verdict(self, finish: FinishReason) -> Result<(), Failure> {
        let cut = self.draft.diagnostics.iter().rev().find(|d| d.code == "cut-off").and_then(|d| d.file.clone());
        match (finish, cut, self.closed) {
            (FinishReason::Length, Some(path), _) => Err(Failure::CutOff(path.to_string())),
            (_, _, 0) => Err(Failure::NoFiles),
            _ => Ok(()),
        }
    }
}
