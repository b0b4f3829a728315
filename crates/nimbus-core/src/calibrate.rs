//! A test of one model that takes about a minute: how it writes files, whether it can make edits, how
//! long its replies stay clean, how fast it is, whether it thinks. What is found becomes a
//! [`Profile`], which prompts use.

mod judge;

use std::time::Duration;

use futures::StreamExt;
use tokio::time::{Instant, timeout_at};

use crate::{
    model::{ChatEvent, ChatRequest, Message, ModelChoice, ModelError, ModelErrorKind, ModelRef, Role, Task},
    platform::Platform,
    ports::Models,
    profile::Profile,
};

/// What is being tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Step {
    /// How it writes files.
    Dialect,
    /// Whether its edits can be applied.
    Edits,
    /// How long its replies stay clean.
    Length,
}

impl Step {
    /// All of them, in their order.
    pub const ALL: [Self; 3] = [Self::Dialect, Self::Edits, Self::Length];

    /// What it tries, for a person.
    #[must_use]
    pub const fn describe(self) -> &'static str {
        match self {
            Self::Dialect => "Asking for a small app in two files",
            Self::Edits => "Asking for a change of one line",
            Self::Length => "Asking for a long file, to see how long it stays clean",
        }
    }

    /// How long the model may take, from its first token on. Together with what it takes to read three short
    /// prompts that is about a minute.
    const fn limit(self) -> Duration {
        Duration::from_secs(match self {
            Self::Dialect => 20,
            Self::Edits => 8,
            Self::Length => 25,
        })
    }

    const fn max_tokens(self) -> u32 {
        match self {
            Self::Dialect => 800,
            Self::Edits => 160,
            Self::Length => 4_096,
        }
    }

    fn messages(self) -> Vec<Message> {
        let (system, user) = match self {
            Self::Dialect => (judge::DIALECT_RULES, judge::DIALECT_REQUEST.to_owned()),
            Self::Edits => (judge::EDIT_RULES, judge::edit_request()),
            Self::Length => (judge::LENGTH_RULES, judge::LENGTH_REQUEST.to_owned()),
        };
        vec![Message::new(Role::System, system), Message::new(Role::User, user)]
    }
}

/// One reply, as far as it came in its time.
#[derive(Debug, Default)]
struct Reply {
    model: Option<ModelRef>,
    text: String,
    thought: bool,
    /// As the model counts; 0 when the time was over before it said so.
    tokens: u64,
    first_token: Duration,
    writing: Duration,
}

/// Tries the model that `choice` names. `tell` hears of each step before it begins.
///
/// # Errors
/// Why the model could not be asked, or failed; nothing is known of it then.
pub async fn calibrate(
    models: &dyn Models,
    platform: &Platform,
    choice: &ModelChoice,
    mut tell: impl FnMut(Step),
) -> Result<Profile, ModelError> {
    let mut replies = Vec::new();
    for step in Step::ALL {
        tell(step);
        replies.push(ask(models, choice, step).await?);
    }
    let [dialect, edits, length] = replies.as_slice() else {
        return Err(ModelError::new(ModelErrorKind::Interrupted, "the calibration did not come to its end"));
    };
    let model = length
        .model
        .clone()
        .ok_or_else(|| ModelError::new(ModelErrorKind::Interrupted, "the model never said who answered"))?;
    if replies.iter().any(|reply| reply.model.as_ref() != Some(&model)) {
        return Err(ModelError::new(ModelErrorKind::Interrupted, "another model took over while this one was tried")
            .with_hint("try again when the model is well"));
    }
    let form = judge::dialect(&dialect.text);
    let clean = judge::clean_prefix(&length.text);
    let share = clean as f64 / length.text.len().max(1) as f64;
    let writing: Duration = replies.iter().map(|reply| reply.writing).sum();
    let tokens: u64 = replies.iter().map(Reply::tokens_or_estimate).sum();
    Ok(Profile {
        model,
        dialect: form.dialect,
        several_files: form.both_files,
        edits: judge::edit_applies(&edits.text),
        clean_tokens: u32::try_from((length.tokens_or_estimate() as f64 * share).round() as u64).unwrap_or(u32::MAX),
        clean_to_the_end: clean == length.text.len() && clean > 0,
        tokens_per_second: round(tokens as f64 / writing.as_secs_f64().max(0.001)),
        // The first reply may have waited for the model to be loaded and for its caches.
        first_token_ms: u64::try_from(edits.first_token.min(length.first_token).as_millis()).unwrap_or(u64::MAX),
        thinks: replies.iter().any(|reply| reply.thought),
        measured_at: platform.now(),
    })
}

impl Reply {
    /// As the model counts, or, where the time was over before it did, as the length of its text tells.
    fn tokens_or_estimate(&self) -> u64 {
        if self.tokens > 0 { self.tokens } else { crate::model::estimate_tokens(&self.text) }
    }
}

async fn ask(models: &dyn Models, choice: &ModelChoice, step: Step) -> Result<Reply, ModelError> {
    let request = ChatRequest {
        task: Task::Large,
        messages: step.messages(),
        max_tokens: step.max_tokens(),
        // The same test twice should find the same.
        temperature: 0.0,
    };
    let asked = Instant::now();
    let mut stream = models.open(choice, request).await?;
    let mut reply = Reply::default();
    let mut first: Option<Instant> = None;
    loop {
        // Until the first token the router's own timers hold: loading takes as long as it takes.
        let next = match first {
            Some(first) => match timeout_at(first + step.limit(), stream.next()).await {
                Ok(next) => next,
                Err(_) => break,
            },
            None => stream.next().await,
        };
        let Some(event) = next else { break };
        match event? {
            ChatEvent::Routed { model, .. } => reply.model = Some(model),
            ChatEvent::Thinking(_) => {
                reply.thought = true;
                first.get_or_insert_with(Instant::now);
            }
            ChatEvent::Text(text) => {
                first.get_or_insert_with(Instant::now);
                reply.text.push_str(&text);
            }
            ChatEvent::Done { usage, .. } => {
                reply.tokens = usage.completion_tokens;
                break;
            }
            ChatEvent::Fallback { .. } | ChatEvent::Loading | ChatEvent::Waiting { .. } => {}
        }
    }
    let first = first.unwrap_or_else(Instant::now);
    reply.first_token = first - asked;
    reply.writing = first.elapsed();
    Ok(reply)
}

fn round(number: f64) -> f64 {
    (number * 10.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use async_trait::async_trait;
    use futures::stream;

    use super::*;
    use crate::{
        model::{ChatStream, FinishReason, InstalledModel, ProviderHealth, ProviderId, PullStream, Usage},
        platform::fixed,
        ports::Sample,
        profile::Dialect,
    };

    /// A model whose replies are given, in their order; after the last it writes without end, a piece a second.
    struct Replies(Mutex<Vec<(&'static str, Vec<String>)>>);

    #[async_trait]
    impl Models for Replies {
        async fn open(&self, _: &ModelChoice, _: ChatRequest) -> Result<ChatStream, ModelError> {
            let (name, texts) =
                self.0.lock().map_err(|_| ModelError::new(ModelErrorKind::Provider, "poisoned"))?.remove(0);
            let model = ModelRef { provider: ProviderId::Ollama, model: name.to_owned() };
            let start = [Ok(ChatEvent::Routed { model, local: true, reason: String::new() })];
            let endless = texts.len() > 1;
            let pieces = texts.into_iter().enumerate().map(|(at, text)| async move {
                if at > 0 {
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
                Ok(ChatEvent::Text(text))
            });
            let usage = Usage { completion_tokens: 100, ..Usage::default() };
            let done = (!endless).then_some(Ok(ChatEvent::Done { reason: FinishReason::Stop, usage }));
            Ok(Box::pin(stream::iter(start).chain(stream::iter(pieces).then(|piece| piece)).chain(stream::iter(done))))
        }

        fn select(&self, _: &ModelChoice) -> Result<(ModelRef, bool), ModelError> {
            Err(ModelError::new(ModelErrorKind::NoModel, "not asked"))
        }

        fn health(&self) -> Vec<ProviderHealth> {
            Vec::new()
        }

        async fn probe(&self) -> Vec<ProviderHealth> {
            Vec::new()
        }

        async fn models(&self) -> Vec<InstalledModel> {
            Vec::new()
        }

        fn context_length(&self, _: &ModelChoice) -> Option<u32> {
            None
        }

        fn pull(&self, _: String) -> PullStream {
            Box::pin(stream::empty())
        }

        fn samples(&self) -> Vec<Sample> {
            Vec::new()
        }
    }

    const FILES: &str = "<file path=\"src/Counter.tsx\">\na\n</file>\n<file path=\"src/App.tsx\">\nb\n</file>\n";
    const EDIT: &str = "<<<<<<< SEARCH\n  const title = \"Shopping list\";\n=======\n  const title = \"Groceries\";\n>>>>>>> REPLACE\n";

    fn replies(last_model: &'static str) -> Replies {
        let mut cities = vec!["export const CITIES = [\n".to_owned()];
        cities.extend((1..1_000).map(|id| format!("{{ id: {id}, name: \"City {id}\" }},\n")));
        Replies(Mutex::new(vec![("m", vec![FILES.to_owned()]), ("m", vec![EDIT.to_owned()]), (last_model, cities)]))
    }

    #[tokio::test(start_paused = true)]
    async fn three_replies_become_a_profile_within_their_time() -> Result<(), ModelError> {
        let mut steps = Vec::new();
        let began = Instant::now();
        let (platform, _) = fixed::platform();
        let profile = calibrate(&replies("m"), &platform, &ModelChoice::default(), |step| steps.push(step)).await?;
        assert!(began.elapsed() <= Duration::from_secs(60), "{:?}", began.elapsed());
        assert_eq!(steps, Step::ALL);
        assert_eq!((profile.dialect, profile.several_files, profile.edits), (Dialect::Tags, true, true));
        // It was still writing when its time was over, and nothing was wrong.
        assert!(profile.clean_to_the_end && profile.clean_tokens > 100 && !profile.thinks, "{profile:?}");
        assert!(profile.tokens_per_second > 1.0, "{profile:?}");
        Ok(())
    }

    #[tokio::test(start_paused = true)]
    async fn a_profile_is_of_one_model() {
        let (platform, _) = fixed::platform();
        let found = calibrate(&replies("other"), &platform, &ModelChoice::default(), |_| {}).await;
        assert!(found.is_err_and(|error| error.message.contains("another model")));
    }
}
