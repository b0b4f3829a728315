//! The choice itself: a pure function of configuration, request and what the last probes found.

use nimbus_core::model::{ModelChoice, ModelError, ModelErrorKind, ModelRef, ProviderChoice, ProviderId, Task};

use super::left_alone;
use crate::{
    config::LlmConfig,
    ollama::{Installed, best_installed, find_installed},
};

/// All that a choice depends on.
#[derive(Debug)]
pub(super) struct View<'a> {
    pub config: &'a LlmConfig,
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
}

/// Who may be asked, in this order. Never empty.
///
/// # Errors
/// Why nobody can be asked.
pub(super) fn candidates(view: &View<'_>, choice: &ModelChoice, task: Task) -> Result<Vec<Candidate>, ModelError> {
    let named = choice.model.as_deref().map(str::trim).filter(|name| !name.is_empty());
    match choice.provider.unwrap_or(view.config.provider) {
        ProviderChoice::Demo => Ok(vec![demo(view, named)]),
        ProviderChoice::Openrouter => Ok(vec![hosted(view, named)?]),
        // Who asks for Ollama in the request itself was told that nothing leaves this machine.
        ProviderChoice::Ollama => local_first(view, named, task, choice.provider.is_none()),
        ProviderChoice::Auto => auto(view, named, task),
    }
}

fn auto(view: &View<'_>, named: Option<&str>, task: Task) -> Result<Vec<Candidate>, ModelError> {
    let problem = match local_first(view, named, task, true) {
        Ok(candidates) => return Ok(candidates),
        Err(problem) => problem,
    };
    // Without fallback a prompt leaves this machine only when Ollama is switched off, or when the
    // request names a model that Ollama does not have.
    let may_leave = view.config.fallback_enabled || view.ollama.is_none() || named.is_some();
    if view.hosted.is_some() && may_leave {
        return Ok(vec![hosted(view, named)?.because(&problem.message)]);
    }
    if problem.kind == ModelErrorKind::ModelNotFound {
        return Err(problem);
    }
    let local = if view.ollama.is_some() {
        format!("start Ollama and run `ollama pull {}`", view.config.ollama_model)
    } else {
        "set `OLLAMA_ENABLED` to `true`".to_owned()
    };
    Err(ModelError::new(ModelErrorKind::NoModel, format!("no model can be reached: {}", problem.message)).with_hint(
        format!("{local}, or set `OPENROUTER_API_KEY` for a hosted model; samples can be played without a model"),
    ))
}

/// Ollama, and after it the hosted model where fallback is allowed. A model that the request names
/// is meant, so nobody else's is asked in its place.
fn local_first(
    view: &View<'_>,
    named: Option<&str>,
    task: Task,
    may_leave: bool,
) -> Result<Vec<Candidate>, ModelError> {
    let spare = || {
        let allowed = may_leave && view.config.fallback_enabled && named.is_none();
        if allowed { hosted(view, None).ok() } else { None }
    };
    match ollama(view, named, task) {
        Ok(own) => {
            let why = format!("Ollama at {} did not answer", own.shown);
            let spare = spare().map(|spare| spare.because(&why));
            Ok([own.candidate].into_iter().chain(spare).collect())
        }
        Err(problem) => match spare() {
            Some(spare) => Ok(vec![spare.because(&problem.message)]),
            None => Err(problem),
        },
    }
}

struct Own {
    candidate: Candidate,
    shown: String,
}

fn ollama(view: &View<'_>, named: Option<&str>, task: Task) -> Result<Own, ModelError> {
    let Some(ollama) = &view.ollama else {
        return Err(ModelError::new(ModelErrorKind::NotConfigured, "Ollama is switched off")
            .with_hint("set `OLLAMA_ENABLED` to `true`"));
    };
    if ollama.breaker_open {
        return Err(left_alone(ProviderId::Ollama, None));
    }
    let configured = &view.config.ollama_model;
    let gateway = ollama.instead_of.as_ref().map_or_else(String::new, |configured| {
        format!(", found at the host's gateway, as `{configured}` is the container itself")
    });
    let own = |model: &str, remote: bool, why: &str| Own {
        candidate: Candidate {
            model: ModelRef { provider: ProviderId::Ollama, model: model.to_owned() },
            local: ollama.local && !remote,
            reason: format!("`{model}` on Ollama at `{}`{gateway}{why}", ollama.shown),
        },
        shown: format!("`{}`", ollama.shown),
    };
    let installed = match &ollama.probed {
        None => return Ok(own(named.unwrap_or(configured), false, "")),
        Some(Err(problem)) => return Err(problem.clone()),
        Some(Ok(installed)) => installed,
    };
    if let Some(named) = named {
        return find_installed(installed, named).map(|found| own(&found.model.name, found.remote, ", as asked for"));
    }
    if task == Task::Small
        && let Ok(small) = find_installed(installed, &view.config.ollama_small_model)
    {
        return Ok(own(&small.model.name, small.remote, ", the model for small tasks"));
    }
    if let Ok(found) = find_installed(installed, configured) {
        return Ok(own(&found.model.name, found.remote, ", the configured model"));
    }
    let best = best_installed(installed).ok_or_else(|| {
        let error = find_installed(&[], configured).err();
        error.unwrap_or_else(|| ModelError::new(ModelErrorKind::NoModel, "Ollama has no model"))
    })?;
    let why = format!(", the best installed, as the configured `{configured}` is not: `ollama pull {configured}`");
    Ok(own(&best.model.name, best.remote, &why))
}

fn hosted(view: &View<'_>, named: Option<&str>) -> Result<Candidate, ModelError> {
    let Some(hosted) = &view.hosted else {
        return Err(ModelError::new(ModelErrorKind::NotConfigured, "no hosted model is configured")
            .with_hint("set `OPENROUTER_API_KEY`, or `OPENROUTER_BASE_URL` for a server of your own"));
    };
    if hosted.breaker_open {
        return Err(left_alone(ProviderId::Openrouter, None));
    }
    let Some(model) = named.or(hosted.model.as_deref()) else {
        let error = format!("no model is chosen for `{}`", hosted.shown);
        return Err(ModelError::new(ModelErrorKind::NotConfigured, error).with_hint("set `OPENROUTER_MODEL`"));
    };
    Ok(Candidate {
        model: ModelRef { provider: ProviderId::Openrouter, model: model.to_owned() },
        local: hosted.local,
        reason: format!("`{model}` on {} at `{}`", hosted.name, hosted.shown),
    })
}

fn demo(view: &View<'_>, named: Option<&str>) -> Candidate {
    Candidate {
        model: ModelRef { provider: ProviderId::Demo, model: named.unwrap_or(&view.config.demo_model).to_owned() },
        local: true,
        reason: "Sample generator: no model is connected".to_owned(),
    }
}

#[cfg(test)]
#[path = "choose_tests.rs"]
mod tests;
