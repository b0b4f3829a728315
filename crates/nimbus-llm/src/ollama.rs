//! Ollama by its native API. Its `/v1` is not used: it ignores `num_ctx`, and with it a prompt is
//! silently cut.

mod facts;
mod pull;
mod window;
mod wire;

use std::sync::{Arc, Mutex};

use async_stream::try_stream;
use futures::StreamExt;
use nimbus_core::model::{ChatEvent, ChatStream, ModelError, ModelErrorKind};
use reqwest::{
    Client, Response,
    header::{self, HeaderValue},
};

pub(crate) use self::facts::{Installed, Probe, best_installed, find_installed, same_name};
use self::{
    facts::Remembered,
    wire::{ChatAnswer, ChatBody, Options},
};
use crate::{
    address::Address,
    ask::Ask,
    heard::Heard,
    lines::Lines,
    patience::{Patience, Timers, Wait},
    thinking::Start,
    transport::{body, client, interrupted, plain, tidy, unreachable},
};

/// How long Ollama keeps a model in memory after a reply. Its own 5 minutes are shorter than a
/// person looks at a new app before asking for a change.
const KEEP_ALIVE: &str = "30m";

/// One Ollama.
#[derive(Debug)]
pub(crate) struct Ollama {
    address: Address,
    client: Client,
    timers: Timers,
    remembered: Mutex<Remembered>,
}

impl Ollama {
    /// # Errors
    /// `NotConfigured` when `url` is no web address.
    pub(crate) fn new(url: &str, timers: Timers) -> Result<Self, ModelError> {
        let address = Address::parse(url, "OLLAMA_API_URL")?;
        let client = client(&address, timers.connect)?;
        Ok(Self { address, client, timers, remembered: Mutex::default() })
    }

    pub(crate) fn address(&self) -> &Address {
        &self.address
    }

    /// Asks `model`. Everything that fails does so in the stream.
    pub(crate) fn reply(self: Arc<Self>, model: String, ask: Ask) -> ChatStream {
        Box::pin(try_stream! {
            let mut patience = Patience::new(self.timers, format!("`{model}` at `{}`", self.address.shown()));
            let request = &ask.request;
            let facts = self.facts(&model, &patience).await?;
            let loaded = self.loaded(&model, &patience).await?;
            let mut window = window::plan(&model, request, facts.context(), loaded)?;

            let response = loop {
                if !facts.remote && loaded != Some(window.context) {
                    yield ChatEvent::Loading;
                    patience.expect(Wait::Load);
                    let load = ChatBody::load(&model, window.context, KEEP_ALIVE);
                    let response = patience.wait(self.send(&load)).await??;
                    patience.wait(self.accept(&model, response)).await??;
                }
                patience.expect(Wait::FirstToken);
                let chat = ChatBody {
                    model: &model,
                    messages: &request.messages,
                    stream: true,
                    think: ask.thinking().filter(|_| facts.thinks()),
                    truncate: Some(false),
                    shift: Some(false),
                    keep_alive: KEEP_ALIVE,
                    options: Options {
                        num_ctx: window.context,
                        num_predict: Some(window.reply),
                        temperature: Some(request.temperature),
                    },
                };
                let response = patience.wait(self.send(&chat)).await??;
                match patience.wait(self.accept_stream(&model, response)).await? {
                    Ok(response) => break response,
                    // The estimate was too low. A larger window may do.
                    Err(error) if error.kind == ModelErrorKind::PromptTooLong => {
                        window = window.larger(facts.context()).ok_or(error)?;
                    }
                    Err(error) => Err(error)?,
                }
            };

            let start = if facts.thinks() { Start::Reply } else { Start::of(&model) };
            let mut reply = Heard::new(start);
            let mut stream = response.bytes_stream();
            let mut lines = Lines::default();
            let mut over = false;
            let done = 'reply: loop {
                let line = match lines.next() {
                    Ok(Some(line)) => line,
                    Ok(None) if over => match lines.rest() {
                        Some(line) => line,
                        None => Err(interrupted(&self.address))?,
                    },
                    Ok(None) => {
                        match patience.wait(stream.next()).await? {
                            Some(Ok(bytes)) => lines.push(&bytes),
                            Some(Err(_)) => Err(interrupted(&self.address))?,
                            None => over = true,
                        }
                        continue;
                    }
                    Err(_) => Err(self.unreadable())?,
                };
                if line.trim().is_empty() {
                    continue;
                }
                // A broken last line is a reply that was cut off, not one that makes no sense.
                let answer: ChatAnswer = match serde_json::from_str(&line) {
                    Ok(answer) => answer,
                    Err(_) if over => Err(interrupted(&self.address))?,
                    Err(_) => Err(self.unreadable())?,
                };
                if let Some(message) = &answer.error {
                    Err(self.complaint(&model, 200, message))?;
                }
                if let Some(message) = &answer.message {
                    if message.is_token() {
                        patience.token();
                    }
                    for event in reply.take(Some(message.thinking.as_str()), &message.content) {
                        yield event;
                    }
                }
                if answer.done {
                    break 'reply answer;
                }
            };
            for event in reply.finish() {
                yield event;
            }
            if done.prompt_eval_count.is_some_and(|read| read >= u64::from(window.context)) {
                tracing::warn!(model, context = window.context, "the prompt filled the whole context of the model");
            }
            yield ChatEvent::Done {
                reason: done.finish_reason(),
                usage: patience.usage(
                    done.prompt_eval_count.unwrap_or(0),
                    done.eval_count.unwrap_or(0),
                    u64::from(window.context),
                ),
            };
        })
    }

    async fn send(&self, chat: &ChatBody<'_>) -> Result<Response, ModelError> {
        let request = self.client.post(self.address.at("/api/chat")).json(chat);
        request.send().await.map_err(|error| self.unreachable(&error))
    }

    /// The answer to a load request.
    async fn accept(&self, model: &str, response: Response) -> Result<(), ModelError> {
        let response = self.accept_stream(model, response).await?;
        let answer = body(response).await.and_then(|body| serde_json::from_slice::<ChatAnswer>(&body).ok());
        match answer {
            Some(ChatAnswer { error: Some(message), .. }) => Err(self.complaint(model, 200, &message)),
            Some(_) => Ok(()),
            None => Err(self.not_ollama()),
        }
    }

    async fn accept_stream(&self, model: &str, response: Response) -> Result<Response, ModelError> {
        let response = plain(response, &self.address)?;
        let status = response.status();
        if status.is_success() {
            let kind = response.headers().get(header::CONTENT_TYPE).map_or(b"".as_slice(), HeaderValue::as_bytes);
            // Proxies rename the type of a stream, but a page is a page.
            return if kind.starts_with(b"text/html") { Err(self.not_ollama()) } else { Ok(response) };
        }
        let answer = body(response).await.and_then(|body| serde_json::from_slice::<ChatAnswer>(&body).ok());
        match answer.and_then(|answer| answer.error) {
            Some(message) => Err(self.complaint(model, status.as_u16(), &message)),
            None => Err(self.not_ollama()),
        }
    }

    /// What an error that Ollama reports means.
    fn complaint(&self, model: &str, status: u16, message: &str) -> ModelError {
        let lower = message.to_lowercase();
        if status == 404 || (lower.contains("not found") && lower.contains("model")) {
            return not_installed(model);
        }
        if lower.contains("context length") || lower.contains("context size") {
            return ModelError::new(
                ModelErrorKind::PromptTooLong,
                format!("the prompt does not fit into the context of `{model}`: {}", tidy(message)),
            )
            .with_hint("ask for less at once, or choose a model with a larger context");
        }
        let error = ModelError::new(
            ModelErrorKind::Provider,
            format!("Ollama at `{}` reports: {}", self.address.shown(), tidy(message)),
        );
        if lower.contains("memory") {
            return error.with_hint("choose a smaller model, or close what uses memory");
        }
        error.with_hint("look into Ollama's log (`ollama serve` prints it)")
    }

    fn unreachable(&self, error: &reqwest::Error) -> ModelError {
        unreachable(error, &self.address, self.timers.connect)
            .with_hint("start Ollama with `ollama serve`, or set `OLLAMA_API_URL` to where it runs")
    }

    fn not_ollama(&self) -> ModelError {
        ModelError::new(
            ModelErrorKind::NotThisProvider,
            format!("something answers at `{}`, but it is not Ollama", self.address.shown()),
        )
        .with_hint("set `OLLAMA_API_URL` to where Ollama runs")
    }

    fn unreadable(&self) -> ModelError {
        ModelError::new(
            ModelErrorKind::Provider,
            format!("`{}` sent something in the middle of the reply that is not Ollama's format", self.address.shown()),
        )
    }
}

/// The error for a model that Ollama does not have.
pub(crate) fn not_installed(model: &str) -> ModelError {
    ModelError::new(ModelErrorKind::ModelNotFound, format!("model `{model}` is not installed"))
        .with_hint(format!("`ollama pull {model}`"))
}
