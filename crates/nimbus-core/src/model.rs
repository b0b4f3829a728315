//! Talking to a model: requests, what comes back, and what can go wrong.

mod choice;
mod money;

use std::{fmt, pin::Pin};

use futures::Stream;
use serde::{Deserialize, Serialize};

pub use choice::{ModelChoice, Preferences, ProviderChoice, Secret};
pub use money::{Budget, Money};

/// A source of models.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ProviderId {
    /// A local Ollama, by its native API.
    Ollama,
    /// OpenRouter, or any other server that speaks the OpenAI chat API.
    Openrouter,
    /// Our own sample generator: no model is connected.
    Demo,
}

impl ProviderId {
    /// The name as variables and requests spell it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ollama => "ollama",
            Self::Openrouter => "openrouter",
            Self::Demo => "demo",
        }
    }
}

impl fmt::Display for ProviderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One model of one provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ModelRef {
    /// Who runs it.
    pub provider: ProviderId,
    /// Its name there, such as `qwen3-coder:30b`.
    pub model: String,
}

/// How hard the work is, which decides the size of the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Task {
    /// Writing code.
    Large,
    /// Titles, classification, short edits.
    Small,
}

/// Who says a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Rules.
    System,
    /// The person.
    User,
    /// The model.
    Assistant,
}

/// One message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Who says it.
    pub role: Role,
    /// What is said.
    pub content: String,
}

impl Message {
    /// A message by `role`.
    #[must_use]
    pub fn new(role: Role, content: impl Into<String>) -> Self {
        Self { role, content: content.into() }
    }
}

/// What a model is asked.
#[derive(Debug, Clone, PartialEq)]
pub struct ChatRequest {
    /// How hard the work is.
    pub task: Task,
    /// The conversation so far.
    pub messages: Vec<Message>,
    /// The most tokens of the reply.
    pub max_tokens: u32,
    /// 0 is the steadiest.
    pub temperature: f32,
}

/// Tokens and time of one or several calls.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Usage {
    /// Tokens that the model says it read.
    pub prompt_tokens: u64,
    /// Tokens that it wrote.
    pub completion_tokens: u64,
    /// Milliseconds from the request to the first token.
    pub first_token_ms: u64,
    /// Milliseconds from the request to the end.
    pub total_ms: u64,
    /// The context window that was asked for, in tokens; 0 where the provider has no such setting.
    pub context_tokens: u64,
    /// What it cost; none where the provider does not say, as a local one.
    #[serde(default, rename = "costUsd", skip_serializing_if = "Option::is_none")]
    pub cost: Option<Money>,
}

impl Usage {
    /// Adds a further call's figures.
    pub fn add(&mut self, other: Self) {
        self.prompt_tokens += other.prompt_tokens;
        self.completion_tokens += other.completion_tokens;
        self.total_ms += other.total_ms;
        self.context_tokens = self.context_tokens.max(other.context_tokens);
        if self.first_token_ms == 0 {
            self.first_token_ms = other.first_token_ms;
        }
        if let Some(cost) = other.cost {
            self.cost = Some(self.cost.unwrap_or_default().plus(cost));
        }
    }
}

/// About how many tokens a text is: one per 3.5 bytes, rounded up, which is on the high side for
/// code and English with the usual tokenizers, so that a prompt that is said to fit does fit.
#[must_use]
pub fn estimate_tokens(text: &str) -> u64 {
    (text.len() as u64 * 2).div_ceil(7)
}

/// Why a reply ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FinishReason {
    /// The model was done.
    Stop,
    /// It ran into the token limit: the reply is cut off.
    Length,
}

/// What comes back while a model replies.
#[derive(Debug, Clone, PartialEq)]
pub enum ChatEvent {
    /// Who answers, and why that one. The first event, and again after a fallback.
    Routed {
        /// The model.
        model: ModelRef,
        /// Whether it runs on this machine or this network (no data leaves for a vendor).
        local: bool,
        /// Why, as a sentence for a person.
        reason: String,
    },
    /// A provider failed before its first token and another is asked.
    Fallback {
        /// Who failed.
        from: ModelRef,
        /// Who is asked now.
        to: ModelRef,
        /// What happened, as a sentence.
        reason: String,
    },
    /// The model is being loaded into memory; tokens will follow.
    Loading,
    /// The provider asked to be left alone for a moment, and then is asked again.
    Waiting {
        /// How long and why, as a sentence.
        reason: String,
    },
    /// Part of its reasoning: shown apart, never parsed as code.
    Thinking(String),
    /// Part of its reply.
    Text(String),
    /// The reply is over. Always the last event of a stream without an error.
    Done {
        /// Why.
        reason: FinishReason,
        /// What it took.
        usage: Usage,
    },
}

/// A reply as it arrives. Dropping it closes the connection, which stops the model.
pub type ChatStream = Pin<Box<dyn Stream<Item = Result<ChatEvent, ModelError>> + Send>>;

/// What kind of failure a [`ModelError`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ModelErrorKind {
    /// No model is reachable and none was chosen.
    NoModel,
    /// The provider lacks a setting, such as a key.
    NotConfigured,
    /// Nothing answers at the address.
    Unreachable,
    /// Something answers, but not as this provider would.
    NotThisProvider,
    /// The model is not installed or does not exist.
    ModelNotFound,
    /// The key was refused.
    Unauthorized,
    /// The account cannot pay.
    PaymentRequired,
    /// Too many requests.
    RateLimited,
    /// The prompt cannot fit into the model's context.
    PromptTooLong,
    /// A timer ran out: load, first token, idle or total.
    Timeout,
    /// The connection broke in the middle of a reply.
    Interrupted,
    /// The provider reported an error of its own.
    Provider,
}

impl ModelErrorKind {
    /// The stable code, such as `model-not-found`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoModel => "no-model",
            Self::NotConfigured => "provider-not-configured",
            Self::Unreachable => "model-unreachable",
            Self::NotThisProvider => "not-this-provider",
            Self::ModelNotFound => "model-not-found",
            Self::Unauthorized => "model-key-refused",
            Self::PaymentRequired => "model-payment-required",
            Self::RateLimited => "model-rate-limited",
            Self::PromptTooLong => "prompt-too-long",
            Self::Timeout => "model-timeout",
            Self::Interrupted => "model-interrupted",
            Self::Provider => "model-error",
        }
    }
}

/// A model could not answer, or not to the end. Holds no secret: it is shown to people.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ModelError {
    /// What kind.
    pub kind: ModelErrorKind,
    /// What happened, as a sentence that names the address or the model.
    pub message: String,
    /// What to do.
    pub hint: Option<String>,
}

impl ModelError {
    /// An error without a hint.
    #[must_use]
    pub fn new(kind: ModelErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), hint: None }
    }

    /// Adds what to do.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// A model that a provider has.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InstalledModel {
    /// Its name, such as `qwen2.5-coder:1.5b`.
    pub name: String,
    /// Its size on disk in bytes; 0 when unknown.
    pub size_bytes: u64,
    /// The number of its parameters as the provider spells it, such as `7.6B`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parameter_size: Option<String>,
    /// How its weights are stored, such as `Q4_K_M`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantization: Option<String>,
    /// The longest context it was made for, in tokens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context_length: Option<u32>,
    /// What it can do, in the provider's words, such as `completion`, `thinking`, `tools`, `vision`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub capabilities: Vec<String>,
    /// Whether it was in memory when last asked.
    #[serde(default)]
    pub loaded: bool,
    /// Whether it runs on this machine or network.
    #[serde(default)]
    pub local: bool,
}

/// How far the download of a model is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PullProgress {
    /// What is being done, in the provider's words, such as `pulling manifest`.
    pub status: String,
    /// Bytes that are here, of all parts that are known so far.
    pub completed: Option<u64>,
    /// Bytes of all parts that are known so far.
    pub total: Option<u64>,
}

/// A download as it goes on; it ends without an error only when the model is installed. Dropping it
/// stops the download; what came is kept by the provider and not fetched again.
pub type PullStream = Pin<Box<dyn Stream<Item = Result<PullProgress, ModelError>> + Send>>;

/// How a provider was when it was last probed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProviderHealth {
    /// Which provider.
    pub provider: ProviderId,
    /// Its name for people, such as `Ollama`.
    pub name: String,
    /// Whether it is switched on by configuration.
    pub enabled: bool,
    /// Whether a generation could start there now.
    pub healthy: bool,
    /// Whether prompts stay on this machine or network.
    pub local: bool,
    /// The address asked, without credentials.
    pub address: Option<String>,
    /// Its version, where it tells one.
    pub version: Option<String>,
    /// The model that would write code.
    pub model: Option<String>,
    /// The models it has, where it tells.
    pub models: Vec<InstalledModel>,
    /// Why it is not healthy, as a sentence.
    pub problem: Option<String>,
    /// What to do about it.
    pub hint: Option<String>,
    /// How long the probe took, in milliseconds.
    pub latency_ms: Option<u64>,
}
