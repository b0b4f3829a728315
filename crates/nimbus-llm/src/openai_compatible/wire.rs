//! What goes over the wire, as the OpenAI chat API and OpenRouter's reference have it.

use nimbus_core::model::{InstalledModel, Message};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::ask::Ask;

/// The body of `POST /chat/completions`.
#[derive(Debug, Serialize)]
pub(super) struct ChatBody<'a> {
    model: &'a str,
    messages: &'a [Message],
    stream: bool,
    stream_options: StreamOptions,
    /// Always sent: without it OpenRouter reserves the model's longest reply and answers 402 to
    /// accounts that cannot pay for that.
    max_tokens: u32,
    temperature: f32,
    /// OpenRouter: tell the cost.
    #[serde(skip_serializing_if = "Option::is_none")]
    usage: Option<Include>,
    /// OpenRouter: whether to reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    reasoning: Option<Enabled>,
    /// OpenRouter: which hosts of the model may be asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    provider: Option<Routing>,
    /// llama.cpp and vLLM: whether to reason, as the templates of Qwen and others have it.
    #[serde(skip_serializing_if = "Option::is_none")]
    chat_template_kwargs: Option<Template>,
}

impl<'a> ChatBody<'a> {
    /// At OpenRouter with what only OpenRouter understands: others may refuse fields they do not
    /// know.
    pub(super) fn new(model: &'a str, ask: &'a Ask, max_tokens: u32, openrouter: bool) -> Self {
        Self {
            model,
            messages: &ask.request.messages,
            stream: true,
            stream_options: StreamOptions { include_usage: true },
            max_tokens,
            temperature: ask.request.temperature,
            usage: openrouter.then_some(Include { include: true }),
            reasoning: ask.prefers.filter(|_| openrouter).map(|enabled| Enabled { enabled }),
            // Hosts that keep prompts for training are left out, except where nobody else offers
            // the model: those that cost nothing are paid for that way.
            provider: (openrouter && !model.ends_with(":free")).then_some(Routing { data_collection: "deny" }),
            chat_template_kwargs: ask
                .prefers
                .filter(|_| !openrouter)
                .map(|enable_thinking| Template { enable_thinking }),
        }
    }
}

#[derive(Debug, Serialize)]
struct StreamOptions {
    include_usage: bool,
}

#[derive(Debug, Serialize)]
struct Include {
    include: bool,
}

#[derive(Debug, Serialize)]
struct Enabled {
    enabled: bool,
}

#[derive(Debug, Serialize)]
struct Routing {
    data_collection: &'static str,
}

#[derive(Debug, Serialize)]
struct Template {
    enable_thinking: bool,
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
    pub(super) fn thinking(&self) -> Option<&str> {
        let named = [&self.reasoning, &self.reasoning_content];
        named.into_iter().flatten().map(String::as_str).find(|text| !text.is_empty())
    }
}

#[derive(Debug, Default, Clone, Copy, Deserialize)]
#[serde(default)]
pub(super) struct WireUsage {
    pub prompt_tokens: u64,
    pub completion_tokens: u64,
    /// OpenRouter: US dollars.
    pub cost: Option<f64>,
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

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ListedModel {
    id: String,
    /// OpenRouter's name.
    context_length: Option<u64>,
    /// vLLM's.
    max_model_len: Option<u64>,
    meta: Option<ListedMeta>,
}

/// llama.cpp's.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ListedMeta {
    n_ctx: Option<u64>,
    n_ctx_train: Option<u64>,
    n_params: Option<u64>,
    size: Option<u64>,
}

impl ListedModel {
    pub(super) fn offered(self, local: bool) -> InstalledModel {
        let meta = self.meta.unwrap_or_default();
        let context = self.context_length.or(self.max_model_len).or(meta.n_ctx).or(meta.n_ctx_train);
        InstalledModel {
            name: self.id,
            size_bytes: meta.size.unwrap_or(0),
            parameter_size: meta.n_params.map(|params| format!("{:.1}B", params as f64 / 1e9)),
            context_length: context.and_then(|tokens| u32::try_from(tokens).ok()).filter(|tokens| *tokens > 0),
            local,
            ..InstalledModel::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use nimbus_core::model::{ChatRequest, Secret, Task};
    use serde_json::{Value, json};

    use super::{ChatBody, ListAnswer};
    use crate::ask::Ask;

    fn body(model: &str, prefers: Option<bool>, openrouter: bool) -> Value {
        let request = ChatRequest { task: Task::Large, messages: Vec::new(), max_tokens: 9, temperature: 0.0 };
        let ask = Ask { request, prefers, key: Secret::default() };
        serde_json::to_value(ChatBody::new(model, &ask, 9, openrouter)).unwrap_or_default()
    }

    #[test]
    fn only_openrouter_gets_what_only_openrouter_understands() {
        let there = body("a/b", Some(false), true);
        assert_eq!(there["usage"], json!({ "include": true }));
        assert_eq!(there["reasoning"], json!({ "enabled": false }));
        assert_eq!(there["provider"], json!({ "data_collection": "deny" }));
        assert_eq!(body("a/b:free", None, true)["provider"], Value::Null, "who takes a free model pays so");

        let elsewhere = body("a/b", None, false);
        let fields: Vec<&String> = elsewhere.as_object().into_iter().flat_map(|body| body.keys()).collect();
        assert_eq!(fields, ["model", "messages", "stream", "stream_options", "max_tokens", "temperature"]);
        assert_eq!(body("a/b", Some(true), false)["chat_template_kwargs"], json!({ "enable_thinking": true }));
    }

    /// As LM Studio, vLLM, llama.cpp and OpenRouter list their models.
    #[test]
    fn the_context_is_found_under_every_name() -> Result<(), serde_json::Error> {
        let list: ListAnswer = serde_json::from_value(json!({ "object": "list", "data": [
            { "id": "lmstudio", "object": "model", "owned_by": "organization_owner" },
            { "id": "vllm", "object": "model", "max_model_len": 32_768, "permission": [] },
            { "id": "llama.cpp", "meta": { "n_ctx_train": 131_072, "n_params": 7_615_616_512_u64, "size": 4_677_120_000_u64 } },
            { "id": "openrouter", "context_length": 262_144, "pricing": { "prompt": "0.0000002" } }
        ]}))?;
        let models: Vec<_> = list.data.into_iter().map(|model| model.offered(true)).collect();
        let contexts: Vec<_> = models.iter().map(|model| model.context_length).collect();
        assert_eq!(contexts, [None, Some(32_768), Some(131_072), Some(262_144)]);
        assert_eq!((models[2].parameter_size.as_deref(), models[2].size_bytes), (Some("7.6B"), 4_677_120_000));
        Ok(())
    }
}
