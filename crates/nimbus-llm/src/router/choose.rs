//! The choice itself: a pure function of configuration, request and what the last probes found.

use nimbus_core::model::{ModelChoice, ModelError, ModelErrorKind, ModelRef, ProviderChoice, ProviderId, Task};

use super::{left_alone, policy, switched_off};
use crate::{
    config::LlmConfig,
    ollama::{Installed, best_installed, find_installed},
};

/// All that a choice depends on, beside the choice itself.
#[derive(Debug)]
pub(super) struct View {
    /// The configuration with the person's preferences in its place.
    pub config: LlmConfig,
    /// None: switched off.
    pub ollama: Option<OllamaView>,
    /// None: not configured.
    pub hosted: Option<HostedView>,
}

#[derive(Debug)]
pub(super) struct OllamaView {
    pub shown: String,
    pub local: bool,
    /// The configured address, where Ollama was found elsewhere: at the gateway of a container.
    pub instead_of: Option<String>,
    pub breaker_open: bool,
    /// What the last probe found; none: there was none yet.
    pub probed: Option<Result<Vec<Installed>, ModelError>>,
}

#[derive(Debug)]
pub(super) struct HostedView {
    pub name: &'static str,
    pub shown: String,
    pub local: bool,
    pub breaker_open: bool,
    /// The configured model, or the first that is listed.
    pub model: Option<String>,
}

/// A model that may be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Candidate {
    pub model: ModelRef,
    pub local: bool,
    /// Why it is asked, as a sentence.
    pub reason: String,
}

impl Candidate {
    fn because(mut self, why: &str) -> Self {
        self.reason = format!("{} ({why})", self.reason);
        self
    }

    fn noting(mut self, what: &str) -> Self {
        self.reason.push_str(what);
        self
    }
}

/// One choice being made.
struct Choosing<'a> {
    view: &'a View,
    choice: &'a ModelChoice,
    /// The model that the request names.
    named: Option<&'a str>,
    task: Task,
}

/// Who may be asked, in this order. Never empty.
///
/// # Errors
/// Why nobody can be asked.
pub(super) fn candidates(view: &View, choice: &ModelChoice, task: Task) -> Result<Vec<Candidate>, ModelError> {
    let named = choice.model.as_deref().map(str::trim).filter(|name| !name.is_empty());
    let choosing = Choosing { view, choice, named, task };
    match choice.provider.unwrap_or(view.config.provider) {
        ProviderChoice::Demo => Ok(vec![choosing.demo()?]),
        ProviderChoice::Openrouter => Ok(vec![choosing.hosted(named)?]),
        // Who asks for Ollama in the request itself was told that nothing leaves this machine.
        ProviderChoice::Ollama => choosing.local_first(choice.provider.is_none()),
        ProviderChoice::Auto => choosing.auto(),
    }
}

impl Choosing<'_> {
    fn auto(&self) -> Result<Vec<Candidate>, ModelError> {
        let problem = match self.local_first(true) {
            Ok(candidates) => return Ok(candidates),
            Err(problem) => problem,
        };
        // A model that is named and failed has no other in its place.
        if self.named.is_some() && !self.choice.avoid.is_empty() {
            return Err(problem);
        }
        // Without fallback a prompt leaves this machine only when Ollama is switched off, or when the
        // request names a model that Ollama does not have.
        let config = &self.view.config;
        let may_leave = config.fallback_enabled || self.view.ollama.is_none() || self.named.is_some();
        if self.view.hosted.is_some() && may_leave {
            return match self.hosted(self.named) {
                Ok(hosted) => Ok(vec![hosted.because(&problem.message)]),
                Err(mut refusal) => {
                    refusal.message = format!("{}, and {}", problem.message, refusal.message);
                    Err(refusal)
                }
            };
        }
        if problem.kind == ModelErrorKind::ModelNotFound {
            return Err(problem);
        }
        let local = if self.view.ollama.is_some() {
            format!("start Ollama and run `ollama pull {}`", config.ollama_model)
        } else {
            "set `OLLAMA_ENABLED` to `true`".to_owned()
        };
        Err(ModelError::new(ModelErrorKind::NoModel, format!("no model can be reached: {}", problem.message))
            .with_hint(format!(
                "{local}, or set `OPENROUTER_API_KEY` for a hosted model; samples can be played without a model"
            )))
    }

    /// Ollama, and after it the hosted model where fallback is allowed. A model that the request names
    /// is meant, so nobody else's is asked in its place.
    fn local_first(&self, may_leave: bool) -> Result<Vec<Candidate>, ModelError> {
        let allowed =
            may_leave && self.view.config.fallback_enabled && self.named.is_none() && self.view.hosted.is_some();
        let spare = allowed.then(|| self.hosted(None));
        match (self.ollama(), spare) {
            (Ok(own), Some(Ok(spare))) => {
                let why = format!("Ollama at {} did not answer", own.shown);
                Ok(vec![own.candidate, spare.because(&why)])
            }
            // Why nobody will stand in is worth a word only where a rule is the cause.
            (Ok(own), Some(Err(refusal))) if policy::is_rule(self.choice, &refusal) => {
                let note = format!("; no hosted model would stand in: {}", refusal.message);
                Ok(vec![own.candidate.noting(&note)])
            }
            (Ok(own), _) => Ok(vec![own.candidate]),
            (Err(problem), Some(Ok(spare))) => Ok(vec![spare.because(&problem.message)]),
            (Err(problem), _) => Err(problem),
        }
    }

    fn ollama(&self) -> Result<Own, ModelError> {
        let Some(ollama) = &self.view.ollama else {
            return Err(switched_off());
        };
        policy::may_be_asked_again(self.choice, ProviderId::Ollama, "Ollama")?;
        if ollama.breaker_open {
            return Err(left_alone(ProviderId::Ollama, None));
        }
        let configured = &self.view.config.ollama_model;
        let gateway = ollama.instead_of.as_ref().map_or_else(String::new, |configured| {
            format!(", found at the host's gateway, as `{configured}` is the container itself")
        });
        let own = |model: &str, remote: bool, why: &str| {
            let local = ollama.local && !remote;
            policy::may_leave(self.choice, model, local)?;
            let reason = format!("`{model}` on Ollama at `{}`{gateway}{why}", ollama.shown);
            let model = ModelRef { provider: ProviderId::Ollama, model: model.to_owned() };
            Ok(Own { candidate: Candidate { model, local, reason }, shown: format!("`{}`", ollama.shown) })
        };
        let preferences = &self.choice.preferences;
        let installed = match &ollama.probed {
            None => return own(self.named.unwrap_or(configured), false, ""),
            Some(Err(problem)) => return Err(problem.clone()),
            Some(Ok(installed)) => installed,
        };
        if let Some(named) = self.named {
            let found = find_installed(installed, named)?;
            return own(&found.model.name, found.remote, ", as asked for");
        }
        if self.task == Task::Small
            && let Ok(small) = find_installed(installed, &self.view.config.ollama_small_model)
        {
            let whose = whose(preferences.ollama_small_model.as_deref(), "", " of your settings");
            return own(&small.model.name, small.remote, &format!(", the model{whose} for small tasks"));
        }
        if let Ok(found) = find_installed(installed, configured) {
            let whose =
                whose(preferences.ollama_model.as_deref(), ", the configured model", ", the model of your settings");
            return own(&found.model.name, found.remote, whose);
        }
        let best = best_installed(installed).ok_or_else(|| {
            let error = find_installed(&[], configured).err();
            error.unwrap_or_else(|| ModelError::new(ModelErrorKind::NoModel, "Ollama has no model"))
        })?;
        let whose = whose(preferences.ollama_model.as_deref(), "the configured ", "your settings' ");
        let why = format!(", the best installed, as {whose}`{configured}` is not: `ollama pull {configured}`");
        own(&best.model.name, best.remote, &why)
    }

    fn hosted(&self, named: Option<&str>) -> Result<Candidate, ModelError> {
        let Some(hosted) = &self.view.hosted else {
            return Err(ModelError::new(ModelErrorKind::NotConfigured, "no hosted model is configured").with_hint(
                "keep a key in your settings, or set `OPENROUTER_API_KEY`, or `OPENROUTER_BASE_URL` for a server of your own",
            ));
        };
        policy::may_be_asked_again(self.choice, ProviderId::Openrouter, hosted.name)?;
        if hosted.breaker_open {
            return Err(left_alone(ProviderId::Openrouter, None));
        }
        let Some(model) = named.or(hosted.model.as_deref()) else {
            let error = format!("no model is chosen for `{}`", hosted.shown);
            return Err(ModelError::new(ModelErrorKind::NotConfigured, error)
                .with_hint("choose one in your settings, or set `OPENROUTER_MODEL`"));
        };
        policy::may_leave(self.choice, model, hosted.local)?;
        policy::may_spend(self.choice, hosted.local)?;
        let preferences = &self.choice.preferences;
        let why = match named {
            Some(_) => ", as asked for",
            None => whose(preferences.openrouter_model.as_deref(), "", ", the model of your settings"),
        };
        let key = if preferences.hosted_key.is_some() { ", with your own key" } else { "" };
        Ok(Candidate {
            model: ModelRef { provider: ProviderId::Openrouter, model: model.to_owned() },
            local: hosted.local,
            reason: format!("`{model}` on {} at `{}`{why}{key}", hosted.name, hosted.shown),
        })
    }

    fn demo(&self) -> Result<Candidate, ModelError> {
        policy::may_be_asked_again(self.choice, ProviderId::Demo, "the sample generator")?;
        let model = self.named.unwrap_or(&self.view.config.demo_model).to_owned();
        Ok(Candidate {
            model: ModelRef { provider: ProviderId::Demo, model },
            local: true,
            reason: "Sample generator: no model is connected".to_owned(),
        })
    }
}

struct Own {
    candidate: Candidate,
    shown: String,
}

/// Words by whether the person set a value.
fn whose<'a>(preference: Option<&str>, configured: &'a str, preferred: &'a str) -> &'a str {
    if preference.is_some_and(|text| !text.trim().is_empty()) { preferred } else { configured }
}

#[cfg(test)]
#[path = "choose_tests.rs"]
mod tests;
