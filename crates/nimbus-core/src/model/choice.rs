//! Who may be asked: what the request says, what the person prefers, and what an app forbids.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Budget, ProviderId};

/// Which provider a request asks for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ProviderChoice {
    /// The local model when it is healthy, else the hosted one.
    #[default]
    Auto,
    /// Only the local model, and fallback when that is allowed.
    Ollama,
    /// The hosted model.
    Openrouter,
    /// The sample generator.
    Demo,
}

/// All that decides who is asked. What the request says counts before what the person prefers, and
/// that before the variables.
///
/// Only what the request says is ever serialised.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ModelChoice {
    /// The provider that the request names.
    pub provider: Option<ProviderChoice>,
    /// The model's name at that provider, where the request names one.
    pub model: Option<String>,
    /// What the person prefers.
    #[serde(skip)]
    pub preferences: Preferences,
    /// "Never leaves this machine": only models on this machine or network may be asked.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub local_only: bool,
    /// Providers that failed already and are not to be asked again.
    #[serde(skip)]
    pub avoid: Vec<ProviderId>,
}

/// A person's settings. None: as the variables say.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Preferences {
    /// Which provider is asked.
    pub provider: Option<ProviderChoice>,
    /// Ollama's model for code.
    pub ollama_model: Option<String>,
    /// Ollama's model for small tasks.
    pub ollama_small_model: Option<String>,
    /// The hosted model.
    pub openrouter_model: Option<String>,
    /// Whether the hosted model may stand in for Ollama.
    pub fallback_enabled: Option<bool>,
    /// Whether models that can reason first are to do so.
    pub thinking: Option<bool>,
    /// The person's own key for the hosted provider.
    #[serde(skip)]
    pub hosted_key: Option<Secret>,
    /// The person's monthly cap; when it is used up, no hosted model that costs is asked.
    #[serde(skip)]
    pub hosted_budget: Option<Budget>,
}

/// A text that is never shown: its `Debug` output tells only whether there is one, and it cannot be
/// serialised.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Keeps `text`, without the white space around it that copying often brings along.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(text.trim().to_owned())
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The text itself, for the one header that carries it and the vault that seals it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// `text` without this secret, for messages that came from the server that was told it.
    #[must_use]
    pub fn redact(&self, text: &str) -> String {
        if self.0.is_empty() { text.to_owned() } else { text.replace(&self.0, "[key]") }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_empty() { "Secret(none)" } else { "Secret(set)" })
    }
}

#[cfg(test)]
mod tests {
    use super::{ModelChoice, Preferences, ProviderChoice, Secret};
    use crate::model::{Budget, Money, ProviderId};

    #[test]
    fn only_what_the_request_says_is_kept() -> Result<(), serde_json::Error> {
        let preferences = Preferences {
            hosted_key: Some(Secret::new("sk-secret")),
            hosted_budget: Some(Budget { cap: Money::ZERO, spent: Money::ZERO }),
            thinking: Some(false),
            ..Preferences::default()
        };
        let choice = ModelChoice {
            provider: Some(ProviderChoice::Auto),
            preferences: preferences.clone(),
            avoid: vec![ProviderId::Ollama],
            ..ModelChoice::default()
        };
        assert_eq!(serde_json::to_string(&choice)?, r#"{"provider":"auto","model":null}"#);
        assert!(!format!("{choice:?}").contains("sk-secret"));
        let kept = serde_json::to_string(&preferences)?;
        assert!(
            kept.contains(r#""thinking":false"#) && !kept.contains("sk-secret") && !kept.contains("udget"),
            "{kept}"
        );
        assert!(serde_json::from_str::<ModelChoice>(r#"{"localOnly":true}"#)?.local_only);
        Ok(())
    }
}
