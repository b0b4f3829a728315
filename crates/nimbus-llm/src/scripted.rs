//! The sample generator: no model is connected, and it says so. The name of its "model" picks the
//! behaviour, so that tests can have every kind of reply without a model.

use std::time::Duration;

use async_stream::try_stream;
use nimbus_core::model::{
    ChatEvent, ChatRequest, ChatStream, FinishReason, Message, ModelError, ModelErrorKind, Role, Task, estimate_tokens,
};
use tokio::time::{Instant, sleep_until};

use crate::{
    patience::{Patience, Timers, Wait},
    samples::{Match, Scripted, nearest, samples},
};

/// The behaviour unless another is named: the nearest sample, about as fast as a good model.
pub const DEFAULT_DEMO_MODEL: &str = "sample";

/// Every behaviour: the name to give as model, and what it does. A sample's id plays that sample.
pub const BEHAVIOURS: [(&str, &str); 12] = [
    ("sample", "the nearest sample, in 2 to 6 seconds"),
    ("fast", "the nearest sample, without any delay"),
    ("slow", "the nearest sample, in 30 seconds"),
    ("loading", "says that it loads, then as `fast`"),
    ("thinking", "reasons first, then as `fast`"),
    ("stall", "half of the sample, then nothing until a timer runs out"),
    ("silent", "nothing at all until a timer runs out"),
    ("die", "half of the sample, then the connection breaks"),
    ("refuse", "an error before the first token"),
    ("truncate", "half of the sample, then the token limit"),
    ("garbage", "text that is no app"),
    ("broken", "an app that does not parse"),
];

/// Pieces of a reply have so many characters at most.
const PIECE: usize = 12;
const GARBAGE: &str =
    "\u{1f4a5} Lorem ipsum <dolor sit=\"amet\"> {{{ ``` consectetur </file> adipiscing ]]> elit &lt;file";
const BROKEN: &str =
    "This does not parse.\n\n<file path=\"src/App.tsx\">\nexport default function App( {\n  return <main>\n</file>\n";

/// The sample generator.
#[derive(Debug)]
pub(crate) struct Generator {
    samples: Vec<Scripted>,
    timers: Timers,
}

impl Generator {
    pub(crate) fn new(timers: Timers) -> Self {
        Self { samples: samples(), timers }
    }

    pub(crate) fn samples(&self) -> &[Scripted] {
        &self.samples
    }

    /// Whether there is a behaviour, or a sample, of that name.
    pub(crate) fn knows(&self, model: &str) -> bool {
        BEHAVIOURS.iter().any(|(name, _)| *name == model)
            || self.samples.iter().any(|scripted| scripted.sample.id == model)
    }

    /// Plays `model`.
    pub(crate) fn reply(&self, model: &str, request: &ChatRequest) -> ChatStream {
        let script = self.script(model, request);
        let prompt = request.messages.iter().map(|message| estimate_tokens(&message.content)).sum();
        let timers = self.timers;
        let who = format!("the sample generator's `{model}`");
        Box::pin(try_stream! {
            let mut patience = Patience::new(timers, who);
            patience.expect(Wait::FirstToken);
            let script = script?;
            if script.loading {
                yield ChatEvent::Loading;
            }
            for text in pieces(script.thinking) {
                patience.token();
                yield ChatEvent::Thinking(text.to_owned());
            }
            let started = Instant::now();
            let mut sent = 0;
            for text in pieces(&script.text) {
                if !script.pace.is_zero() {
                    let share = sent as f64 / script.text.len() as f64;
                    sleep_until(started + script.pace.mul_f64(share)).await;
                }
                sent += text.len();
                patience.token();
                yield ChatEvent::Text(text.to_owned());
            }
            let reason = match script.end {
                End::Done(reason) => reason,
                End::Failed(error) => Err(error)?,
                End::Never => patience.wait(std::future::pending()).await?,
            };
            yield ChatEvent::Done { reason, usage: patience.usage(prompt, estimate_tokens(&script.text), 0) };
        })
    }

    fn script(&self, model: &str, request: &ChatRequest) -> Result<Script, ModelError> {
        if !self.knows(model) {
            let names: Vec<String> = BEHAVIOURS.iter().map(|(name, _)| format!("`{name}`")).collect();
            let error = format!("the sample generator has no behaviour `{model}`");
            return Err(ModelError::new(ModelErrorKind::ModelNotFound, error)
                .with_hint(format!("choose one of {}", names.join(", "))));
        }
        let play = |text: String| Script {
            loading: false,
            thinking: "",
            text,
            pace: Duration::ZERO,
            end: End::Done(FinishReason::Stop),
        };
        match model {
            "garbage" => return Ok(play(GARBAGE.to_owned())),
            "broken" => return Ok(play(BROKEN.to_owned())),
            "silent" => return Ok(Script { end: End::Never, ..play(String::new()) }),
            "refuse" => {
                let error = ModelError::new(ModelErrorKind::Provider, "the sample generator refuses, as `refuse` asks");
                return Err(error.with_hint("choose another behaviour"));
            }
            _ => {}
        }
        let Some((scripted, how)) = self.choose(model, request) else {
            return Err(ModelError::new(ModelErrorKind::NoModel, "the sample generator has no samples"));
        };
        if request.task == Task::Small {
            return Ok(play(scripted.sample.title.clone()));
        }
        if about_an_app(&request.messages) {
            return Err(ModelError::new(
                ModelErrorKind::NoModel,
                "no model is connected, and the sample generator cannot change an app: it only plays samples",
            )
            .with_hint("connect Ollama or set `OPENROUTER_API_KEY`, then ask again"));
        }
        let mut text = String::new();
        if how == Match::Nearest {
            text = format!(
                "No model is connected, so this is not made for you: it is our sample “{}”, the nearest to what you \
                 described.\n\n",
                scripted.sample.title
            );
        }
        text.push_str(scripted.reply);
        let half = text.floor_char_boundary(text.len() / 2);
        let cut = || text[..half].to_owned();
        Ok(match model {
            "fast" => play(text),
            "slow" => Script { pace: Duration::from_secs(30), ..play(text) },
            "loading" => Script { loading: true, ..play(text) },
            "thinking" => Script { thinking: "A person wants an app. One of the samples is near to it.", ..play(text) },
            "stall" => Script { end: End::Never, ..play(cut()) },
            "truncate" => Script { end: End::Done(FinishReason::Length), ..play(cut()) },
            "die" => {
                let error = ModelError::new(
                    ModelErrorKind::Interrupted,
                    "the sample generator broke off in the middle, as `die` asks",
                );
                Script { end: End::Failed(error.with_hint("choose another behaviour")), ..play(cut()) }
            }
            _ => Script { pace: pace(text.len()), ..play(text) },
        })
    }

    fn choose(&self, model: &str, request: &ChatRequest) -> Option<(&Scripted, Match)> {
        if let Some(named) = self.samples.iter().find(|scripted| scripted.sample.id == model) {
            return Some((named, Match::Exact));
        }
        let asked = request.messages.iter().rev().find(|message| message.role == Role::User);
        nearest(&self.samples, asked.map_or("", |message| &message.content))
    }
}

struct Script {
    loading: bool,
    thinking: &'static str,
    text: String,
    /// From the first to the last piece of the text.
    pace: Duration,
    end: End,
}

enum End {
    Done(FinishReason),
    Failed(ModelError),
    Never,
}

/// Whether the conversation holds the files of an app, to be changed or repaired. The rules of the
/// system hold files too, as an example.
fn about_an_app(messages: &[Message]) -> bool {
    messages.iter().any(|message| message.role != Role::System && message.content.contains("<file path="))
}

/// A longer reply takes longer, but nobody waits more than 6 seconds for a sample.
fn pace(bytes: usize) -> Duration {
    Duration::from_millis((bytes as u64 / 2).clamp(2_000, 6_000))
}

/// The text in pieces of uneven length, always the same, as tokens are uneven.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    let mut turn = 0_usize;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        turn += 1;
        let length = 2 + (turn * 7) % (PIECE - 1);
        let end = rest.char_indices().nth(length).map_or(rest.len(), |(at, _)| at);
        let (piece, after) = rest.split_at(end);
        rest = after;
        Some(piece)
    })
}
