//! Decides which model is asked, and asks it.

mod choose;
mod health;
mod places;

use std::{sync::Arc, time::Duration};

use async_stream::stream;
use async_trait::async_trait;
use futures::StreamExt;
use nimbus_core::{
    model::{
        ChatEvent, ChatRequest, ChatStream, ModelChoice, ModelError, ModelErrorKind, ModelRef, ProviderChoice,
        ProviderHealth, ProviderId, Task,
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
    breaker::{Breaker, Permit},
    config::LlmConfig,
    gateway::gateways,
    openai_compatible::OpenAiCompatible,
    scripted::Generator,
};

/// The router over all providers. Cheap to clone; clones share what is known.
#[derive(Debug, Clone)]
pub struct Router(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    config: LlmConfig,
    ollama: Option<Places>,
    hosted: Option<Arc<OpenAiCompatible>>,
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
        let hosted = config.hosted_configured().then(|| OpenAiCompatible::new(&config)).transpose()?.map(Arc::new);
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
        let provider = choice.provider.unwrap_or(self.0.config.provider);
        if matches!(provider, ProviderChoice::Auto | ProviderChoice::Ollama) {
            let wanted = choice.model.as_deref().unwrap_or(&self.0.config.ollama_model);
            self.0.refresh_ollama(wanted).await;
        }
        let candidates = candidates(&self.0.view(), choice, request.task)?;
        Ok(Inner::play(self.0.clone(), candidates, request))
    }

    fn select(&self, choice: &ModelChoice) -> Result<(ModelRef, bool), ModelError> {
        let candidates = candidates(&self.0.view(), choice, Task::Large)?;
        candidates
            .into_iter()
            .next()
            .map(|first| (first.model, first.local))
            .ok_or_else(|| ModelError::new(ModelErrorKind::NoModel, "no model is configured"))
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
    fn play(self: Arc<Self>, candidates: Vec<Candidate>, request: ChatRequest) -> ChatStream {
        Box::pin(stream! {
            let mut candidates = candidates.into_iter().peekable();
            while let Some(candidate) = candidates.next() {
                yield Ok(ChatEvent::Routed {
                    model: candidate.model.clone(),
                    local: candidate.local,
                    reason: candidate.reason.clone(),
                });
                let mut begun = false;
                let mut failure = None;
                match self.permit(candidate.model.provider) {
                    Err(error) => failure = Some(error),
                    Ok(permit) => {
                        let mut reply = self.clone().ask(&candidate.model, request.clone());
                        let mut permit = Some(permit);
                        while let Some(event) = reply.next().await {
                            match event {
                                Ok(event) => {
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

    fn ask(self: Arc<Self>, model: &ModelRef, request: ChatRequest) -> ChatStream {
        let name = model.model.clone();
        match (model.provider, &self.ollama, &self.hosted) {
            (ProviderId::Ollama, Some(places), _) => places.found().clone().reply(name, request),
            (ProviderId::Openrouter, _, Some(hosted)) => hosted.clone().reply(name, request),
            (ProviderId::Demo, _, _) => self.generator.reply(&name, &request),
            (provider, _, _) => {
                let error = ModelError::new(ModelErrorKind::NotConfigured, format!("`{provider}` is not configured"));
                Box::pin(futures::stream::iter([Err(error)]))
            }
        }
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
