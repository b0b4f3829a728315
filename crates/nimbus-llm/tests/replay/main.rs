//! The providers and the router against a local server that plays transcripts in the format that
//! Ollama and OpenRouter document.

#![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

mod continuing;
mod demo;
mod faults;
mod habits;
mod installed;
mod ollama;
mod openai_compatible;
mod router;
mod server;
#[path = "../../../nimbus-server/tests/server/store.rs"]
#[expect(dead_code, reason = "the server's tests use all of it")]
mod store;

use std::time::Duration;

use futures::StreamExt;
use nimbus_core::{
    model::{
        ChatEvent, ChatRequest, ChatStream, FinishReason, Message, ModelChoice, ModelError, Money, ProviderChoice,
        Role, Task, Usage,
    },
    ports::Models,
};
use nimbus_llm::{LlmConfig, Router, Timers};

/// Timers that run out soon enough to be waited for.
const SHORT: Duration = Duration::from_millis(200);

fn request(prompt: &str) -> ChatRequest {
    let messages = vec![Message::new(Role::System, "Write an app."), Message::new(Role::User, prompt)];
    ChatRequest { task: Task::Large, messages, max_tokens: 4_096, temperature: 0.2 }
}

/// What a reply was, with touching pieces of a kind joined and without the times.
#[derive(Debug, Default, PartialEq, Eq)]
struct Heard {
    thinking: String,
    text: String,
    loading: bool,
    /// `model` or `model -> model`, in order.
    routes: Vec<String>,
    waits: Vec<String>,
    done: Option<(FinishReason, u64, u64, u64)>,
    cost: Option<Money>,
    error: Option<ModelError>,
}

async fn hear(mut stream: ChatStream) -> Heard {
    let mut heard = Heard::default();
    while let Some(event) = stream.next().await {
        assert!(heard.done.is_none() && heard.error.is_none(), "nothing follows the end");
        match event {
            Ok(ChatEvent::Routed { model, .. }) => heard.routes.push(model.model),
            Ok(ChatEvent::Fallback { from, to, .. }) => heard.routes.push(format!("{} -> {}", from.model, to.model)),
            Ok(ChatEvent::Loading) => heard.loading = true,
            Ok(ChatEvent::Waiting { reason }) => heard.waits.push(reason),
            Ok(ChatEvent::Thinking(text)) => heard.thinking.push_str(&text),
            Ok(ChatEvent::Text(text)) => heard.text.push_str(&text),
            Ok(ChatEvent::Done { reason, usage }) => {
                let Usage { prompt_tokens, completion_tokens, context_tokens, first_token_ms, total_ms, .. } = usage;
                assert!(first_token_ms <= total_ms);
                heard.cost = usage.cost;
                heard.done = Some((reason, prompt_tokens, completion_tokens, context_tokens));
            }
            Err(error) => heard.error = Some(error),
        }
    }
    heard
}

async fn ask(router: &Router, provider: ProviderChoice, prompt: &str) -> Heard {
    let choice = ModelChoice { provider: Some(provider), ..ModelChoice::default() };
    hear(router.open(&choice, request(prompt)).await.unwrap()).await
}

fn only_ollama(url: &str) -> LlmConfig {
    LlmConfig {
        ollama_api_url: url.to_owned(),
        ollama_model: "qwen2.5-coder:7b".to_owned(),
        ollama_small_model: "qwen3:4b".to_owned(),
        ..LlmConfig::default()
    }
}

fn short() -> Timers {
    Timers { facts: SHORT, load: SHORT, first_token: SHORT, idle: SHORT, ..Timers::default() }
}
