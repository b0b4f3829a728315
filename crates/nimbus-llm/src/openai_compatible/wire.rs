//! What goes over the wire, as the OpenAI chat API and OpenRouter's reference have it.

use nimbus_core::model::Message;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The body of `POST /chat/completions`.
#[derive(Debug, Serialize)]
pub(super) struct ChatBody<'a> {
    pub model: &'a str,
    pub messages: &'a [Message],
    pub stream: bool,
    pub stream_options: StreamOptions,
    /// Always sent: without it OpenRouter reserves the model's longest reply and answers 402 to
    /// accounts that cannot pay for that.
    pub max_tokens: u32,
    pub temperature: f32,
}

#[derive(Debug, Serialize)]
pub(super) struct StreamOptions {
    pub include_usage: bool,
}

/// One event, or the body of an error.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Chunk {
    pub error: Option<WireError>,
    pub choices: Vec<Choice>,
    pub usage: Option<WireUsage>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Choice {
    pub delta: Delta,
    pub finish_reason: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Delta {
    pub content: Option<String>,
    /// OpenRouter's name.
    pub reasoning: Option<String>,
    /// The name that DeepSeek, llama.cpp and vLLM use.
    pub reasoning_content: Option<String>,
}

impl Delta {
    pub(super) fn thinking(&self) -> Option<String> {
        let named = [&self.reasoning, &self.reasoning_content];
        named.into_iter().flatten().find(|text| !text.is_empty()).cloned()
    }
}

#[derive(Debug, Default, Clone, Copy, Deserialize)]
#[serde(default)]
pub(super) struct WireUsage {
    pub prompt_tokens: u64,
    pub completion_tokens: u64,
}

/// An error: an object, or with some servers only a text.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum WireError {
    Object {
        #[serde(default)]
        message: String,
        /// A status as a number or text, or a name.
        #[serde(default)]
        code: Value,
    },
    Text(String),
}

impl WireError {
    pub(super) fn message(&self) -> &str {
        match self {
            Self::Object { message, .. } | Self::Text(message) => message,
        }
    }

    pub(super) fn status(&self) -> Option<u16> {
        match self {
            Self::Object { code: Value::Number(code), .. } => code.as_u64().and_then(|code| u16::try_from(code).ok()),
            Self::Object { code: Value::String(code), .. } => code.parse().ok(),
            _ => None,
        }
    }
}

/// `GET /models`.
#[derive(Debug, Deserialize)]
pub(super) struct ListAnswer {
    pub data: Vec<ListedModel>,
}

#[derive(Debug, Deserialize)]
pub(super) struct ListedModel {
    pub id: String,
}
