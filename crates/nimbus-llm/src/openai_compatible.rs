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
    ChatEvent, ChatStream, FinishReason, InstalledModel, ModelError, ModelErrorKind, Money, Secret, Usage,
};
use reqwest::{Client, RequestBuilder, Response, StatusCode, header};
use tokio::time::Instant;

use self::{
    failure::Failure,
    wire::{ChatBody, Chunk, ListAnswer, WireUsage},
};
use crate::{
    address::Address,
    ask::Ask,
    config::LlmConfig,
    heard::Heard,
    lines::Lines,
    patience::{Patience, Timers, Wait},
    thinking::Start,
    transport::{body, client, interrupted, plain, unreachable},
};

/// What OpenRouter is asked for unless told otherwise.
const DEFAULT_OPENROUTER_MODEL: &str = "qwen/qwen3-coder";
/// A reply with less room than this, in tokens, is not worth paying for.
const SMALLEST_REPLY: u32 = 256;
/// The most models that are kept of a list.
const MAX_MODELS: usize = 1000;

/// A rate limit that is over so soon is waited for, once.
const SHORT_WAIT: Duration = Duration::from_secs(10);

/// How long OpenRouter's list of models is kept: it is long, and changes by the day.
const LIST_KEPT: Duration = Duration::from_secs(60 * 60);

/// One such server.
#[derive(Debug)]
pub(crate) struct OpenAiCompatible {
    address: Address,
    client: Client,
    /// The configured key, for probes; each request brings its own.
    key: Secret,
    timers: Timers,
    listed: Mutex<Option<(Instant, Vec<InstalledModel>)>>,
}

impl OpenAiCompatible {
    /// # Errors
    /// `NotConfigured` when the base address is no web address.
    pub(crate) fn new(config: &LlmConfig) -> Result<Self, ModelError> {
        let address = Address::parse(&config.openrouter_base_url, "OPENROUTER_BASE_URL")?;
        let client = client(&address, config.timers.connect)?;
        let key = config.openrouter_api_key.clone();
        Ok(Self { address, client, key, timers: config.timers, listed: Mutex::default() })
    }

    pub(crate) fn address(&self) -> &Address {
        &self.address
    }

    /// Its name for people.
    pub(crate) fn name(&self) -> &'static str {
        if self.address.is_openrouter() { "OpenRouter" } else { "OpenAI-compatible server" }
    }

    /// The model to ask where none is named.
    pub(crate) fn default_model(&self) -> Option<&'static str> {
        self.address.is_openrouter().then_some(DEFAULT_OPENROUTER_MODEL)
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
                let response = self.send(self.client.get(self.address.at("/key")), &self.key).await?;
                self.accept("", &self.key, response).await?;
                if let Some(listed) = self.listed() {
                    return Ok(listed);
                }
            }
            let response = self.send(self.client.get(self.address.at("/models")), &self.key).await?;
            let response = self.accept("", &self.key, response).await?;
            let list = body(response).await.and_then(|body| serde_json::from_slice::<ListAnswer>(&body).ok());
            let list = list.ok_or_else(|| self.not_this_api())?.data.into_iter().take(MAX_MODELS);
            let local = self.address.is_local();
            let list: Vec<_> = list.map(|model| model.offered(local)).collect();
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
    pub(crate) fn reply(self: Arc<Self>, model: String, ask: Ask) -> ChatStream {
        Box::pin(try_stream! {
            let mut patience = Patience::new(self.timers, format!("`{model}` at `{}`", self.address.shown()));
            patience.expect(Wait::FirstToken);
            let response = match patience.wait(self.open(&model, &ask)).await? {
                Ok(response) => response,
                Err(Failure { wait: Some(wait), .. }) if wait <= SHORT_WAIT => {
                    let seconds = wait.as_secs().max(1);
                    yield ChatEvent::Waiting {
                        reason: format!("{} asks to wait {seconds} s; then it is asked again", self.name()),
                    };
                    patience.wait(tokio::time::sleep(wait)).await?;
                    patience.wait(self.open(&model, &ask)).await?.map_err(|failure| failure.error)?
                }
                Err(failure) => Err(failure.error)?,
            };

            let mut reply = Heard::new(Start::of(&model));
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
                    Err(self.reported(&model, &ask.key, None, error, None))?;
                }
                usage = chunk.usage.unwrap_or(usage);
                for choice in chunk.choices {
                    let content = choice.delta.content.as_deref().unwrap_or_default();
                    let thinking = choice.delta.thinking();
                    if thinking.is_some() || !content.is_empty() {
                        patience.token();
                    }
                    for event in reply.take(thinking, content) {
                        yield event;
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
            for event in reply.finish() {
                yield event;
            }
            let cost = usage.cost.and_then(Money::from_usd);
            let usage = patience.usage(usage.prompt_tokens, usage.completion_tokens, 0);
            yield ChatEvent::Done { reason, usage: Usage { cost, ..usage } };
        })
    }

    /// Posts the request and gives the answer whose body is the stream. When the account cannot
    /// pay for `max_tokens` but the error says for how many it can, asks once more for so many.
    async fn open(&self, model: &str, ask: &Ask) -> Result<Response, Failure> {
        let mut max_tokens = ask.request.max_tokens;
        loop {
            let chat = ChatBody::new(model, ask, max_tokens, self.address.is_openrouter());
            let request = self.client.post(self.address.at("/chat/completions")).json(&chat);
            let response = self.send(request, &ask.key).await?;
            if response.status() != StatusCode::PAYMENT_REQUIRED {
                return self.accept_stream(model, &ask.key, response).await;
            }
            let failure = self.failure(model, &ask.key, response).await;
            match failure.affordable {
                Some(affordable)
                    if max_tokens == ask.request.max_tokens && (SMALLEST_REPLY..max_tokens).contains(&affordable) =>
                {
                    tracing::info!(model, affordable, "the account pays for a shorter reply only");
                    max_tokens = affordable;
                }
                _ => return Err(failure),
            }
        }
    }

    async fn send(&self, request: RequestBuilder, key: &Secret) -> Result<Response, ModelError> {
        let request = if key.is_empty() { request } else { request.bearer_auth(key.expose()) };
        let request = if self.address.is_openrouter() {
            // By these OpenRouter tells programs apart. A self-hosted one has no address to give.
            request.header("x-title", "Cumulonimbus").header(header::REFERER, "http://localhost")
        } else {
            request
        };
        request.send().await.map_err(|error| unreachable(&error, &self.address, self.timers.connect))
    }

    async fn accept(&self, model: &str, key: &Secret, response: Response) -> Result<Response, Failure> {
        if response.status().is_success() { Ok(response) } else { Err(self.failure(model, key, response).await) }
    }

    /// A successful answer can still be an error, or a page of something else.
    async fn accept_stream(&self, model: &str, key: &Secret, response: Response) -> Result<Response, Failure> {
        let response = plain(self.accept(model, key, response).await?, &self.address)?;
        let kind = response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        if kind.starts_with("text/event-stream") {
            return Ok(response);
        }
        let answer = body(response).await.and_then(|body| serde_json::from_slice::<Chunk>(&body).ok());
        Err(match answer.and_then(|answer| answer.error) {
            Some(error) => self.reported(model, key, None, &error, None),
            None => self.not_this_api(),
        }
        .into())
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
