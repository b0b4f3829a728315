//! What the router is told. Reading variables is the binary's part.

use nimbus_core::model::{Preferences, ProviderChoice, Secret};

use crate::{patience::Timers, scripted::DEFAULT_DEMO_MODEL};

/// Where Ollama listens unless told otherwise.
pub const DEFAULT_OLLAMA_API_URL: &str = "http://localhost:11434";
/// OpenRouter's API.
pub const DEFAULT_OPENROUTER_BASE_URL: &str = "https://openrouter.ai/api/v1";

/// Which models there are and how they are reached. Each field names its variable.
#[derive(Debug, Clone)]
pub struct LlmConfig {
    /// `OLLAMA_ENABLED`, default true.
    pub ollama_enabled: bool,
    /// `OLLAMA_API_URL`, default [`DEFAULT_OLLAMA_API_URL`].
    pub ollama_api_url: String,
    /// `OLLAMA_MODEL`, default `qwen3-coder:30b`: writes code.
    pub ollama_model: String,
    /// `OLLAMA_SMALL_MODEL`, default `qwen3:4b`: titles and classification, where it is installed.
    pub ollama_small_model: String,
    /// `LLM_PROVIDER`, default auto.
    pub provider: ProviderChoice,
    /// `LLM_FALLBACK_ENABLED`, default true: whether the hosted model is asked when Ollama fails
    /// before its first token.
    pub fallback_enabled: bool,
    /// `OPENROUTER_API_KEY`; empty: none.
    pub openrouter_api_key: Secret,
    /// `OPENROUTER_BASE_URL`, default [`DEFAULT_OPENROUTER_BASE_URL`]: any server that speaks the
    /// OpenAI chat API, such as LM Studio, llama.cpp or vLLM.
    pub openrouter_base_url: String,
    /// `OPENROUTER_MODEL`; none: `qwen/qwen3-coder` at OpenRouter, the first model listed elsewhere.
    pub openrouter_model: Option<String>,
    /// The model of the sample generator: one of [`crate::BEHAVIOURS`], or a sample's id.
    pub demo_model: String,
    /// How long each wait may take.
    pub timers: Timers,
}

impl Default for LlmConfig {
    fn default() -> Self {
        Self {
            ollama_enabled: true,
            ollama_api_url: DEFAULT_OLLAMA_API_URL.to_owned(),
            ollama_model: "qwen3-coder:30b".to_owned(),
            ollama_small_model: "qwen3:4b".to_owned(),
            provider: ProviderChoice::Auto,
            fallback_enabled: true,
            openrouter_api_key: Secret::default(),
            openrouter_base_url: DEFAULT_OPENROUTER_BASE_URL.to_owned(),
            openrouter_model: None,
            demo_model: DEFAULT_DEMO_MODEL.to_owned(),
            timers: Timers::default(),
        }
    }
}

impl LlmConfig {
    /// This configuration with what a person prefers in its place. An empty text is no preference.
    pub(crate) fn preferring(&self, preferences: &Preferences) -> Self {
        let mut config = self.clone();
        let named =
            |name: &Option<String>| name.as_deref().map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned);
        config.provider = preferences.provider.unwrap_or(config.provider);
        config.ollama_model = named(&preferences.ollama_model).unwrap_or(config.ollama_model);
        config.ollama_small_model = named(&preferences.ollama_small_model).unwrap_or(config.ollama_small_model);
        config.openrouter_model = named(&preferences.openrouter_model).or_else(|| named(&config.openrouter_model));
        config.fallback_enabled = preferences.fallback_enabled.unwrap_or(config.fallback_enabled);
        if let Some(key) = preferences.hosted_key.as_ref().filter(|key| !key.is_empty()) {
            config.openrouter_api_key = key.clone();
        }
        config
    }

    /// Whether a hosted model can be asked: there is a key, or a server of one's own.
    #[must_use]
    pub fn hosted_configured(&self) -> bool {
        !self.openrouter_api_key.is_empty()
            || self.openrouter_base_url.trim_end_matches('/') != DEFAULT_OPENROUTER_BASE_URL
    }
}
