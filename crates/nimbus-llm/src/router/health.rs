//! What is known of the providers, and finding it out.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use nimbus_core::model::{
    InstalledModel, ModelChoice, ModelError, ModelErrorKind, ModelRef, ProviderChoice, ProviderHealth, ProviderId, Task,
};
use tokio::{sync::Notify, time::Instant};

use super::{
    Inner,
    choose::{HostedView, OllamaView, View, candidates},
};
use crate::{
    ollama::{Installed, find_installed, same_name},
    patience::millis,
};

const WHILE_HEALTHY: Duration = Duration::from_secs(60);
const WHILE_UNHEALTHY: Duration = Duration::from_secs(15);
/// A probe that found Ollama away, or without the model, longer ago than this is repeated before a
/// request is refused or sent elsewhere because of it.
const BELIEVED: Duration = Duration::from_secs(5);

/// What the last probes found.
#[derive(Debug, Default)]
pub(super) struct Known {
    found: Mutex<Found>,
    again: Notify,
}

#[derive(Debug, Default)]
struct Found {
    ollama: Option<Probed<Ollama>>,
    hosted: Option<Probed<Vec<InstalledModel>>>,
}

#[derive(Debug, Clone)]
struct Ollama {
    version: String,
    models: Vec<Installed>,
}

#[derive(Debug, Clone)]
struct Probed<T> {
    result: Result<T, ModelError>,
    /// None: not a probe but a request found it.
    when: Option<Instant>,
    took: Duration,
}

impl Known {
    fn found(&self) -> MutexGuard<'_, Found> {
        self.found.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A request failed: the provider is unhealthy until a probe says otherwise, which is at once.
    pub(super) fn failed(&self, provider: ProviderId, error: &ModelError) {
        let mut found = self.found();
        match provider {
            ProviderId::Ollama => found.ollama = Some(Probed::by_request(error)),
            ProviderId::Openrouter => found.hosted = Some(Probed::by_request(error)),
            ProviderId::Demo => return,
        }
        drop(found);
        self.ask_again();
    }

    /// Has the next probe happen at once.
    pub(super) fn ask_again(&self) {
        self.again.notify_one();
    }
}

impl<T> Probed<T> {
    fn by_request(error: &ModelError) -> Self {
        Self { result: Err(error.clone()), when: None, took: Duration::ZERO }
    }
}

impl Inner {
    /// Probes every provider, side by side.
    pub(super) async fn probe_all(&self) {
        tokio::join!(self.probe_ollama(), self.probe_hosted());
    }

    async fn probe_ollama(&self) {
        let Some(places) = &self.ollama else { return };
        let started = Instant::now();
        let result = places.probe().await.map(|probe| Ollama { version: probe.version, models: probe.models });
        let back = result.is_ok();
        let probed = Probed { result, when: Some(Instant::now()), took: started.elapsed() };
        let before = self.known.found().ollama.replace(probed);
        if back && was_away(before.map(|before| before.result)) {
            self.ollama_breaker.close();
        }
    }

    async fn probe_hosted(&self) {
        if !self.config.hosted_configured() {
            return;
        }
        let started = Instant::now();
        let result = self.hosted.probe().await;
        let back = result.is_ok();
        let probed = Probed { result, when: Some(Instant::now()), took: started.elapsed() };
        let before = self.known.found().hosted.replace(probed);
        if back && was_away(before.map(|before| before.result)) {
            self.hosted_breaker.close();
        }
    }

    /// Until the next probe is due.
    pub(super) async fn until_next_probe(&self) {
        let healthy = self.health().iter().all(|health| health.healthy || !health.enabled);
        let pause = if healthy { WHILE_HEALTHY } else { WHILE_UNHEALTHY };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = self.known.again.notified() => {}
        }
    }

    /// Probes Ollama when nothing is known of it, or only that a while ago it was away or lacked
    /// the model `wanted`: who has just started it or pulled the model should not be told that it
    /// is not there, or have the prompt sent elsewhere.
    pub(super) async fn refresh_ollama(&self, wanted: &str) {
        let stale = match &self.known.found().ollama {
            None => true,
            Some(Probed { result: Ok(ollama), .. }) if find_installed(&ollama.models, wanted).is_ok() => false,
            Some(Probed { when, .. }) => when.is_none_or(|when| when.elapsed() > BELIEVED),
        };
        if stale {
            self.probe_ollama().await;
        }
    }

    /// All that a choice depends on, as it is now.
    pub(super) fn view(&self, choice: &ModelChoice) -> View {
        let config = self.config.preferring(&choice.preferences);
        let found = self.known.found();
        let ollama = self.ollama.as_ref().map(|places| OllamaView {
            shown: places.found().address().shown().to_owned(),
            local: places.found().address().is_local(),
            instead_of: places.instead_of().map(str::to_owned),
            breaker_open: self.ollama_breaker.is_open(),
            probed: found.ollama.as_ref().map(|probed| probed.result.clone().map(|ollama| ollama.models)),
        });
        let hosted = config.hosted_configured().then(|| {
            let listed = found.hosted.as_ref().and_then(|probed| probed.result.as_ref().ok());
            let first = || listed.and_then(|models| models.first()).map(|model| model.name.clone());
            let named = config.openrouter_model.clone().filter(|model| !model.trim().is_empty());
            HostedView {
                name: self.hosted.name(),
                shown: self.hosted.address().shown().to_owned(),
                local: self.hosted.address().is_local(),
                breaker_open: self.hosted_breaker.is_open(),
                model: named.or_else(|| self.hosted.default_model().map(str::to_owned)).or_else(first),
            }
        });
        View { config, ollama, hosted }
    }

    /// The longest context of `model` in tokens, where the last probe found it.
    pub(super) fn context_length(&self, model: &ModelRef) -> Option<u32> {
        let found = self.known.found();
        match model.provider {
            ProviderId::Ollama => {
                let ollama = found.ollama.as_ref()?.result.as_ref().ok()?;
                find_installed(&ollama.models, &model.model).ok()?.model.context_length
            }
            ProviderId::Openrouter => {
                let models = found.hosted.as_ref()?.result.as_ref().ok()?;
                models.iter().find(|listed| listed.name == model.model)?.context_length
            }
            ProviderId::Demo => None,
        }
    }

    /// The models of Ollama, asked now.
    pub(super) async fn installed_now(&self) -> Vec<InstalledModel> {
        let Some(places) = &self.ollama else { return Vec::new() };
        self.probe_ollama().await;
        let found = self.known.found().ollama.clone();
        let Some(Ok(ollama)) = found.map(|probed| probed.result) else { return Vec::new() };
        let running = places.found().running().await;
        let models = ollama.models.into_iter().map(|installed| installed.model);
        models
            .map(|model| InstalledModel { loaded: running.iter().any(|name| same_name(name, &model.name)), ..model })
            .collect()
    }

    /// How every provider is.
    pub(super) fn health(&self) -> Vec<ProviderHealth> {
        vec![self.ollama_health(), self.hosted_health(), self.demo_health()]
    }

    fn ollama_health(&self) -> ProviderHealth {
        let mut health = blank(ProviderId::Ollama, "Ollama");
        let Some(places) = &self.ollama else {
            return self.judged(health, ProviderChoice::Ollama, None);
        };
        let address = places.found().address();
        health.enabled = true;
        health.local = address.is_local();
        health.address = Some(address.shown().to_owned());
        let probed = self.known.found().ollama.clone();
        let Some(probed) = probed else {
            return not_yet(health);
        };
        health.latency_ms = probed.when.map(|_| millis(probed.took));
        let problem = match probed.result {
            Ok(found) => {
                health.version = Some(found.version);
                health.models = found.models.into_iter().map(|installed| installed.model).collect();
                None
            }
            Err(problem) => Some(problem),
        };
        let mut health = self.judged(health, ProviderChoice::Ollama, problem);
        if let Some(configured) = places.instead_of() {
            let shown = address.shown();
            health.hint = Some(format!("`{configured}` is this container; set `OLLAMA_API_URL` to `{shown}`"));
        }
        let configured = &self.config.ollama_model;
        if health.healthy && health.models.iter().all(|model| model.name != *configured) && health.hint.is_none() {
            health.hint = Some(format!("the configured `{configured}` is not installed: `ollama pull {configured}`"));
        }
        health
    }

    fn hosted_health(&self) -> ProviderHealth {
        if !self.config.hosted_configured() {
            return self.judged(blank(ProviderId::Openrouter, "OpenRouter"), ProviderChoice::Openrouter, None);
        }
        let hosted = &self.hosted;
        let mut health = blank(ProviderId::Openrouter, hosted.name());
        health.enabled = true;
        health.local = hosted.address().is_local();
        health.address = Some(hosted.address().shown().to_owned());
        let probed = self.known.found().hosted.clone();
        let Some(probed) = probed else {
            return not_yet(health);
        };
        health.latency_ms = probed.when.map(|_| millis(probed.took));
        let problem = match probed.result {
            Ok(models) => {
                health.models = models;
                None
            }
            Err(problem) => Some(problem),
        };
        self.judged(health, ProviderChoice::Openrouter, problem)
    }

    fn demo_health(&self) -> ProviderHealth {
        let mut health = blank(ProviderId::Demo, "Sample generator");
        health.enabled = true;
        health.healthy = true;
        health.local = true;
        health.model = Some(self.config.demo_model.clone());
        health
    }

    /// Fills in the model that would be asked, or why none can be.
    fn judged(
        &self,
        mut health: ProviderHealth,
        choice: ProviderChoice,
        problem: Option<ModelError>,
    ) -> ProviderHealth {
        let choice = ModelChoice { provider: Some(choice), ..ModelChoice::default() };
        let mut view = self.view(&choice);
        // Only this provider's own state counts here, not who would stand in for it.
        if health.provider == ProviderId::Ollama {
            view.hosted = None;
        }
        let chosen = match problem {
            Some(problem) => Err(problem),
            None => candidates(&view, &choice, Task::Large),
        };
        match chosen {
            Ok(candidates) => {
                health.healthy = true;
                health.model = candidates.into_iter().next().map(|candidate| candidate.model.model);
            }
            Err(problem) => {
                health.problem = Some(problem.message);
                health.hint = problem.hint;
            }
        }
        health
    }
}

/// Whether the provider could not be reached before; other failures are the breaker's to judge.
fn was_away<T>(before: Option<Result<T, ModelError>>) -> bool {
    matches!(before, Some(Err(ModelError { kind: ModelErrorKind::Unreachable | ModelErrorKind::NotThisProvider, .. })))
}

fn not_yet(mut health: ProviderHealth) -> ProviderHealth {
    health.problem = Some("it has not been asked yet".to_owned());
    health
}

fn blank(provider: ProviderId, name: &str) -> ProviderHealth {
    ProviderHealth {
        provider,
        name: name.to_owned(),
        enabled: false,
        healthy: false,
        local: false,
        address: None,
        version: None,
        model: None,
        models: Vec::new(),
        problem: None,
        hint: None,
        latency_ms: None,
    }
}
