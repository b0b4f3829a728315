//! What goes over the wire to Ollama, as its API documentation (`docs/api.md` there) has it.

use nimbus_core::model::{FinishReason, Message};
use serde::{Deserialize, Serialize};

/// The body of `POST /api/chat`.
#[derive(Debug, Serialize)]
pub(super) struct ChatBody<'a> {
    pub model: &'a str,
    /// Without messages the model is only loaded.
    pub messages: &'a [Message],
    pub stream: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub think: Option<bool>,
    /// False: a prompt that does not fit is an error instead of being cut. Versions that do not
    /// know the field ignore it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub truncate: Option<bool>,
    /// False: a reply that fills the context ends, instead of forgetting the prompt's beginning.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shift: Option<bool>,
    pub keep_alive: &'a str,
    pub options: Options,
}

impl<'a> ChatBody<'a> {
    /// Loads `model` with a context of `num_ctx` tokens and asks nothing.
    pub(super) fn load(model: &'a str, num_ctx: u32, keep_alive: &'a str) -> Self {
        Self {
            model,
            messages: &[],
            stream: false,
            think: None,
            truncate: None,
            shift: None,
            keep_alive,
            options: Options { num_ctx, num_predict: None, temperature: None },
        }
    }
}

/// The options that are set; a change of `num_ctx` reloads the model.
#[derive(Debug, Serialize)]
pub(super) struct Options {
    pub num_ctx: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub num_predict: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub temperature: Option<f32>,
}

/// One line of the answer, or an error object.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ChatAnswer {
    pub error: Option<String>,
    pub message: Option<ChatMessage>,
    pub done: bool,
    pub done_reason: Option<String>,
    pub prompt_eval_count: Option<u64>,
    pub eval_count: Option<u64>,
}

impl ChatAnswer {
    pub(super) fn finish_reason(&self) -> FinishReason {
        match self.done_reason.as_deref() {
            Some("length") => FinishReason::Length,
            _ => FinishReason::Stop,
        }
    }
}

/// A part of the reply.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ChatMessage {
    pub content: String,
    pub thinking: String,
}

impl ChatMessage {
    /// Whether it carries a part of the reply.
    pub(super) fn is_token(&self) -> bool {
        !self.content.is_empty() || !self.thinking.is_empty()
    }
}

/// One line of the answer to `POST /api/pull`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct PullAnswer {
    pub error: Option<String>,
    pub status: String,
    pub digest: Option<String>,
    pub total: Option<u64>,
    pub completed: Option<u64>,
}

/// `GET /api/version`.
#[derive(Debug, Deserialize)]
pub(super) struct VersionAnswer {
    pub version: String,
}

/// `GET /api/tags` and `GET /api/ps`.
#[derive(Debug, Deserialize)]
pub(super) struct ModelsAnswer {
    #[serde(default)]
    pub models: Option<Vec<ModelEntry>>,
}

/// One model of a list.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub(super) struct ModelEntry {
    pub name: String,
    pub size: u64,
    pub details: ModelDetails,
    /// Set for a model that runs at a vendor, reached through the local Ollama.
    pub remote_host: Option<String>,
    /// Only of a loaded model, and only in newer versions.
    pub context_length: Option<u64>,
}

/// What kind of model it is.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub(super) struct ModelDetails {
    pub family: String,
    pub parameter_size: String,
    pub quantization_level: String,
}

/// `POST /api/show`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ShowAnswer {
    pub remote_host: Option<String>,
    pub model_info: serde_json::Map<String, serde_json::Value>,
    pub capabilities: Vec<String>,
}

impl ShowAnswer {
    /// The longest context the model was made for, in tokens: the field is named after its
    /// architecture, such as `qwen2.context_length`.
    pub(super) fn context_length(&self) -> Option<u32> {
        let named = self.model_info.iter().find(|(name, _)| name.ends_with(".context_length"))?;
        u32::try_from(named.1.as_u64()?).ok().filter(|tokens| *tokens > 0)
    }
}
