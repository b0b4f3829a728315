//! OpenRouter, and any other server that speaks the OpenAI chat API: LM Studio, llama.cpp, vLLM.

mod failure;
mod wire;

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_stream::try_stream;
use futures::StreamExt;
use nimbus_core::model::{
    ChatEvent, ChatRequest, ChatStream, FinishReason, InstalledModel, ModelError, ModelErrorKind,
};
use reqwest::{Client, RequestBuilder, Response, StatusCode, header};
use tokio::time::Instant;

use self::wire::{ChatBody, Chunk, ListAnswer, StreamOptions, WireUsage};
use crate::{
    address::Address,
    config::{LlmConfig, Secret},
    lines::Lines,
    patience::{Patience, Timers, Wait},
    thinking::{Piece, Splitter, Start},
    transport::{body, client, interrupted, unreachable},
};

/// What OpenRouter is asked for unless told otherwise.
const DEFAULT_OPENROUTER_MODEL: &str = "qwen/qwen3-coder";
/// A reply with less room than this, in tokens, is not worth paying for.
const SMALLEST_REPLY: u32 = 256;
/// The most models that are kept of a list.
const MAX_MODELS: usize = 1000;

/// How long OpenRouter's list of models is kept: it is long, and changes by the day.
const LIST_KEPT: Duration = Duration::from_secs(60 * 60);

/// One such server.
#[derive(Debug)]
pub(crate) struct OpenAiCompatible {
    address: Address,
    client: Client,
    key: Secret,
    model: Option<String>,
    timers: Timers,
    listed: Mutex<Option<(Instant, Vec<InstalledModel>)>>,
}

impl OpenAiCompatible {
    /// # Errors
    /// `NotConfigured` when the base address is no web address.
    pub(crate) fn new(config: &LlmConfig) -> Result<Self, ModelError> {
        let address = Address::parse(&config.openrouter_base_url, "OPENROUTER_BASE_URL")?;
        let client = client(&address, config.timers.connect)?;
        let named = config.openrouter_model.clone().filter(|model| !model.trim().is_empty());
        let model = named.or_else(|| address.is_openrouter().then(|| DEFAULT_OPENROUTER_MODEL.to_owned()));
        Ok(Self {
            address,
            client,
            key: config.openrouter_api_key.clone(),
            model,
            timers: config.timers,
            listed: Mutex::default(),
        })
    }

    pub(crate) fn address(&self) -> &Address {
        &self.address
    }

    /// Its name for people.
    pub(crate) fn name(&self) -> &'static str {
        if self.address.is_openrouter() { "OpenRouter" } else { "OpenAI-compatible server" }
    }

    /// The configured model, where there is one.
    pub(crate) fn model(&self) -> Option<&str> {
        self.model.as_deref()
    }

    /// Lists its models, and at OpenRouter asks about the key: both cost nothing.
    ///
    /// # Errors
    /// Why it cannot be used.
    pub(crate) async fn probe(&self) -> Result<Vec<InstalledModel>, ModelError> {
        let patience = Patience::new(self.timers, format!("`{}`", self.address.shown()));
        let probe = async {
            if self.address.is_openrouter() {
                // Its list of models is public, so it would not notice a wrong key.
                let response = self.send(self.client.get(self.address.at("/key"))).await?;
                self.accept("", response).await?;
                if let Some(listed) = self.listed() {
                    return Ok(listed);
                }
            }
            let response = self.send(self.client.get(self.address.at("/models"))).await?;
            let response = self.accept("", response).await?;
            let list = body(response).await.and_then(|body| serde_json::from_slice::<ListAnswer>(&body).ok());
            let list = list.ok_or_else(|| self.not_this_api())?.data.into_iter().take(MAX_MODELS);
            let list: Vec<_> = list.map(|model| InstalledModel { name: model.id, size_bytes: 0 }).collect();
            *self.listed.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), list.clone()));
            Ok(list)
        };
        patience.wait(probe).await?
    }

    fn listed(&self) -> Option<Vec<InstalledModel>> {
        let listed = self.listed.lock().unwrap_or_else(PoisonError::into_inner);
        listed.as_ref().filter(|(when, _)| when.elapsed() < LIST_KEPT).map(|(_, models)| models.clone())
    }

    /// Asks `model`. Everything that fails does so in the stream.
    pub(crate) fn reply(self: Arc<Self>, model: String, request: ChatRequest) -> ChatStream {
        Box::pin(try_stream! {
            let mut patience = Patience::new(self.timers, format!("`{model}` at `{}`", self.address.shown()));
            patience.expect(Wait::FirstToken);
            let response = patience.wait(self.open(&model, &request)).await??;

            let mut splitter = Splitter::new(Start::of(&model));
            let mut stream = response.bytes_stream();
            let mut lines = Lines::default();
            let mut finish = None;
            let mut usage = WireUsage::default();
            loop {
                let line = match lines.next() {
                    Ok(Some(line)) => line,
                    Ok(None) => match patience.wait(stream.next()).await? {
                        Some(Ok(bytes)) => {
                            lines.push(&bytes);
                            continue;
                        }
                        // Some servers end without `[DONE]`; a stated reason is as good.
                        None if finish.is_some() => break,
                        Some(Err(_)) | None => Err(interrupted(&self.address))?,
                    },
                    Err(_) => Err(self.unreadable())?,
                };
                // Every event of this API is one `data` line. Others are comments, which keep the
                // connection open (`: OPENROUTER PROCESSING`), and fields without meaning here.
                let Some(data) = line.strip_prefix("data:").map(str::trim) else {
                    continue;
                };
                if data == "[DONE]" {
                    break;
                }
                let Ok(chunk) = serde_json::from_str::<Chunk>(data) else {
                    Err(self.unreadable())?
                };
                if let Some(error) = &chunk.error {
                    Err(self.reported(&model, None, error, None))?;
                }
                usage = chunk.usage.unwrap_or(usage);
                for choice in chunk.choices {
                    if let Some(thinking) = choice.delta.thinking() {
                        splitter.separated();
                        patience.token();
                        yield ChatEvent::Thinking(thinking);
                    }
                    for piece in splitter.push(choice.delta.content.as_deref().unwrap_or_default()) {
                        patience.token();
                        yield event(piece);
                    }
                    match choice.finish_reason.as_deref() {
                        None => {}
                        Some("length") => finish = Some(FinishReason::Length),
                        Some("error") => Err(self.failed("the model's server failed in the middle of the reply"))?,
                        Some("content_filter") => Err(self.failed("a content filter stopped the reply"))?,
                        Some(_) => finish = Some(FinishReason::Stop),
                    }
                }
            }
            // `[DONE]` without any reason is how a server looks that was cut off by its own limits.
            let Some(reason) = finish else { Err(interrupted(&self.address))? };
            for piece in splitter.finish() {
                yield event(piece);
            }
            yield ChatEvent::Done {
                reason,
                usage: patience.usage(usage.prompt_tokens, usage.completion_tokens, 0),
            };
        })
    }

    /// Posts the request and gives the answer whose body is the stream. When the account cannot
    /// pay for `max_tokens` but the error says for how many it can, asks once more for so many.
    async fn open(&self, model: &str, request: &ChatRequest) -> Result<Response, ModelError> {
        let mut max_tokens = request.max_tokens;
        loop {
            let chat = ChatBody {
                model,
                messages: &request.messages,
                stream: true,
                stream_options: StreamOptions { include_usage: true },
                max_tokens,
                temperature: request.temperature,
            };
            let response = self.send(self.client.post(self.address.at("/chat/completions")).json(&chat)).await?;
            if response.status() != StatusCode::PAYMENT_REQUIRED {
                return self.accept_stream(model, response).await;
            }
            let failure = self.failure(model, response).await;
            match failure.affordable {
                Some(affordable)
                    if max_tokens == request.max_tokens && (SMALLEST_REPLY..max_tokens).contains(&affordable) =>
                {
                    tracing::info!(model, affordable, "the account pays for a shorter reply only");
                    max_tokens = affordable;
                }
                _ => return Err(failure.error),
            }
        }
    }

    async fn send(&self, request: RequestBuilder) -> Result<Response, ModelError> {
        let request = if self.key.is_empty() { request } else { request.bearer_auth(self.key.expose()) };
        request.send().await.map_err(|error| unreachable(&error, &self.address, self.timers.connect))
    }

    async fn accept(&self, model: &str, response: Response) -> Result<Response, ModelError> {
        if response.status().is_success() { Ok(response) } else { Err(self.failure(model, response).await.error) }
    }

    /// A successful answer can still be an error, or a page of something else.
    async fn accept_stream(&self, model: &str, response: Response) -> Result<Response, ModelError> {
        let response = self.accept(model, response).await?;
        let kind = response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        if kind.starts_with("text/event-stream") {
            return Ok(response);
        }
        let answer = body(response).await.and_then(|body| serde_json::from_slice::<Chunk>(&body).ok());
        match answer.and_then(|answer| answer.error) {
            Some(error) => Err(self.reported(model, None, &error, None)),
            None => Err(self.not_this_api()),
        }
    }

    fn not_this_api(&self) -> ModelError {
        ModelError::new(
            ModelErrorKind::NotThisProvider,
            format!("something answers at `{}`, but it does not speak the OpenAI chat API", self.address.shown()),
        )
        .with_hint("set `OPENROUTER_BASE_URL` to an address that ends like `/v1`")
    }

    fn unreadable(&self) -> ModelError {
        self.failed("it sent something in the middle of the reply that is not the OpenAI chat API")
    }

    fn failed(&self, what: &str) -> ModelError {
        ModelError::new(ModelErrorKind::Provider, format!("{} at `{}`: {what}", self.name(), self.address.shown()))
            .with_hint("try again, or choose another model")
    }
}

fn event(piece: Piece) -> ChatEvent {
    match piece {
        Piece::Thinking(text) => ChatEvent::Thinking(text),
        Piece::Text(text) => ChatEvent::Text(text),
    }
}
