//! Decides which model is asked, and asks it.

mod choose;
mod health;
mod places;
mod policy;

use std::{sync::Arc, time::Duration};

use async_stream::stream;
use async_trait::async_trait;
use futures::StreamExt;
use nimbus_core::{
    model::{
        ChatEvent, ChatRequest, ChatStream, InstalledModel, ModelChoice, ModelError, ModelErrorKind, ModelRef,
        ProviderChoice, ProviderHealth, ProviderId, PullStream, Task,
    },
    ports::{Models, Sample},
};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use self::{
    choose::{Candidate, candidates},
    health::Known,
    places::Places,
};
use crate::{
    ask::Ask,
    breaker::{Breaker, Permit},
    config::LlmConfig,
    gateway::gateways,
    openai_compatible::OpenAiCompatible,
    scripted::Generator,
};

/// The most that is taken of one reply, in bytes: far more than any model is asked for.
const MAX_REPLY_BYTES: usize = 8 * 1024 * 1024;

/// The router over all providers. Cheap to clone; clones share what is known.
#[derive(Debug, Clone)]
pub struct Router(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    config: LlmConfig,
    ollama: Option<Places>,
    /// Asked only with a key, the configured one or a person's, or at a server of one's own.
    hosted: Arc<OpenAiCompatible>,
    generator: Generator,
    ollama_breaker: Breaker,
    hosted_breaker: Breaker,
    known: Known,
}

impl Router {
    /// A router that has not asked anyone yet. Call [`Router::spawn_probing`] to have it know how
    /// the providers are.
    ///
    /// # Errors
    /// `NotConfigured` when an address is no web address.
    pub fn new(config: LlmConfig) -> Result<Self, ModelError> {
        let gateways = gateways(&config.ollama_api_url);
        Self::with_gateways(config, &gateways)
    }

    /// As [`Router::new`], which finds out for itself whether this is a container: an Ollama that
    /// cannot be reached where it is configured is looked for at `gateways`, base addresses too.
    ///
    /// # Errors
    /// As [`Router::new`].
    pub fn with_gateways(config: LlmConfig, gateways: &[String]) -> Result<Self, ModelError> {
        let ollama = config.ollama_enabled.then(|| Places::new(&config, gateways)).transpose()?;
        let hosted = Arc::new(OpenAiCompatible::new(&config)?);
        let generator = Generator::new(config.timers);
        Ok(Self(Arc::new(Inner {
            config,
            ollama,
            hosted,
            generator,
            ollama_breaker: Breaker::default(),
            hosted_breaker: Breaker::default(),
            known: Known::default(),
        })))
    }

    /// Probes every provider now and then on: every 60 s while all are healthy, every 15 s while
    /// one is not, and at once after a request failed; until `stop`.
    pub fn spawn_probing(&self, stop: CancellationToken) -> JoinHandle<()> {
        let router = self.clone();
        tokio::spawn(async move {
            let work = async {
                loop {
                    router.0.probe_all().await;
                    router.0.until_next_probe().await;
                }
            };
            stop.run_until_cancelled(work).await;
        })
    }
}

#[async_trait]
impl Models for Router {
    /// As the port says. All that is not a matter of choice fails in the stream: an error there
    /// after `Routed` names the model that failed.
    async fn open(&self, choice: &ModelChoice, request: ChatRequest) -> Result<ChatStream, ModelError> {
        let config = self.0.config.preferring(&choice.preferences);
        let provider = choice.provider.unwrap_or(config.provider);
        if matches!(provider, ProviderChoice::Auto | ProviderChoice::Ollama) {
            self.0.refresh_ollama(choice.model.as_deref().unwrap_or(&config.ollama_model)).await;
        }
        let candidates = candidates(&self.0.view(choice), choice, request.task)?;
        let ask = Ask { request, prefers: choice.preferences.thinking, key: config.openrouter_api_key };
        Ok(Inner::play(self.0.clone(), candidates, ask))
    }

    fn select(&self, choice: &ModelChoice) -> Result<(ModelRef, bool), ModelError> {
        self.0.first(choice).map(|first| (first.model, first.local))
    }

    async fn models(&self) -> Vec<InstalledModel> {
        self.0.installed_now().await
    }

    fn context_length(&self, choice: &ModelChoice) -> Option<u32> {
        self.0.context_length(&self.0.first(choice).ok()?.model)
    }

    fn pull(&self, model: String) -> PullStream {
        Inner::pull(self.0.clone(), model)
    }

    fn health(&self) -> Vec<ProviderHealth> {
        self.0.health()
    }

    async fn probe(&self) -> Vec<ProviderHealth> {
        self.0.probe_all().await;
        self.0.health()
    }

    fn samples(&self) -> Vec<Sample> {
        self.0.generator.samples().iter().map(|scripted| scripted.sample.clone()).collect()
    }
}

impl Inner {
    /// Asks one candidate after the other, until one sends its first token; from then on it is
    /// that one's reply, and its failure is the failure.
    fn play(self: Arc<Self>, candidates: Vec<Candidate>, ask: Ask) -> ChatStream {
        Box::pin(stream! {
            let mut candidates = candidates.into_iter().peekable();
            while let Some(candidate) = candidates.next() {
                yield Ok(ChatEvent::Routed {
                    model: candidate.model.clone(),
                    local: candidate.local,
                    reason: candidate.reason.clone(),
                });
                let (mut begun, mut bytes) = (false, 0);
                let mut failure = None;
                match self.permit(candidate.model.provider) {
                    Err(error) => failure = Some(error),
                    Ok(permit) => {
                        let mut reply = self.clone().ask(&candidate.model, ask.clone());
                        let mut permit = Some(permit);
                        while let Some(event) = reply.next().await {
                            match event {
                                Ok(event) => {
                                    bytes += match &event {
                                        ChatEvent::Thinking(text) | ChatEvent::Text(text) => text.len(),
                                        _ => 0,
                                    };
                                    if bytes > MAX_REPLY_BYTES {
                                        let error = endless(&candidate.model);
                                        self.note(candidate.model.provider, &error, permit.take());
                                        failure = Some(error);
                                        break;
                                    }
                                    begun |= matches!(event, ChatEvent::Thinking(_) | ChatEvent::Text(_));
                                    if matches!(event, ChatEvent::Done { .. }) {
                                        permit.take().into_iter().for_each(Permit::succeeded);
                                        yield Ok(event);
                                        return;
                                    }
                                    yield Ok(event);
                                }
                                Err(error) => {
                                    self.note(candidate.model.provider, &error, permit.take());
                                    failure = Some(error);
                                    break;
                                }
                            }
                        }
                    }
                }
                // Every reply ends with `Done` or with an error, so there is one here.
                let error = failure.unwrap_or_else(|| {
                    ModelError::new(ModelErrorKind::Interrupted, "the reply ended before it was complete")
                });
                match candidates.peek() {
                    Some(next) if !begun => {
                        tracing::warn!(from = %candidate.model.model, to = %next.model.model, %error, "falling back");
                        yield Ok(ChatEvent::Fallback {
                            from: candidate.model,
                            to: next.model.clone(),
                            reason: error.message,
                        });
                    }
                    _ => {
                        yield Err(error);
                        return;
                    }
                }
            }
        })
    }

    fn ask(self: Arc<Self>, model: &ModelRef, ask: Ask) -> ChatStream {
        let name = model.model.clone();
        match (model.provider, &self.ollama) {
            (ProviderId::Ollama, Some(places)) => places.found().clone().reply(name, ask),
            (ProviderId::Openrouter, _) => self.hosted.clone().reply(name, ask),
            (ProviderId::Demo, _) => self.generator.reply(&name, &ask.request),
            (ProviderId::Ollama, None) => Box::pin(futures::stream::iter([Err(switched_off())])),
        }
    }

    /// The first that would be asked to write code.
    fn first(&self, choice: &ModelChoice) -> Result<Candidate, ModelError> {
        let candidates = candidates(&self.view(choice), choice, Task::Large)?;
        let none = || ModelError::new(ModelErrorKind::NoModel, "no model is configured");
        candidates.into_iter().next().ok_or_else(none)
    }

    fn pull(self: Arc<Self>, model: String) -> PullStream {
        let Some(places) = &self.ollama else {
            return Box::pin(futures::stream::iter([Err(switched_off())]));
        };
        let mut download = places.found().clone().pull(model);
        Box::pin(stream! {
            while let Some(step) = download.next().await {
                yield step;
            }
            // A new model may be the one that is wanted.
            self.known.ask_again();
        })
    }

    fn breaker(&self, provider: ProviderId) -> Option<&Breaker> {
        match provider {
            ProviderId::Ollama => Some(&self.ollama_breaker),
            ProviderId::Openrouter => Some(&self.hosted_breaker),
            ProviderId::Demo => None,
        }
    }

    fn permit(&self, provider: ProviderId) -> Result<Permit, ModelError> {
        let unused = Breaker::default();
        self.breaker(provider).unwrap_or(&unused).ask().map_err(|left| left_alone(provider, Some(left)))
    }

    /// Takes note of a failed request.
    fn note(&self, provider: ProviderId, error: &ModelError, permit: Option<Permit>) {
        match error.kind {
            ModelErrorKind::Unreachable
            | ModelErrorKind::NotThisProvider
            | ModelErrorKind::Timeout
            | ModelErrorKind::Interrupted
            | ModelErrorKind::Provider => {
                permit.into_iter().for_each(Permit::failed);
                self.known.failed(provider, error);
            }
            ModelErrorKind::ModelNotFound | ModelErrorKind::Unauthorized => self.known.ask_again(),
            // The provider is well; it is the request that cannot be answered.
            ModelErrorKind::NoModel
            | ModelErrorKind::NotConfigured
            | ModelErrorKind::PaymentRequired
            | ModelErrorKind::RateLimited
            | ModelErrorKind::PromptTooLong => {}
        }
    }
}

fn endless(model: &ModelRef) -> ModelError {
    let message = format!("`{}` sent more than {} MiB, which no reply has", model.model, MAX_REPLY_BYTES / 1024 / 1024);
    ModelError::new(ModelErrorKind::Provider, message).with_hint("choose another model: this one does not end")
}

fn switched_off() -> ModelError {
    ModelError::new(ModelErrorKind::NotConfigured, "Ollama is switched off").with_hint("set `OLLAMA_ENABLED` to `true`")
}

/// The error for a provider whose breaker is open.
fn left_alone(provider: ProviderId, left: Option<Duration>) -> ModelError {
    let name = if provider == ProviderId::Ollama { "Ollama" } else { "the hosted model" };
    let hint = match left {
        Some(left) => format!("try again in {} s", left.as_secs().max(1)),
        None => "try again in a moment".to_owned(),
    };
    ModelError::new(ModelErrorKind::Unreachable, format!("{name} failed several times in a row and is left alone"))
        .with_hint(hint)
}
