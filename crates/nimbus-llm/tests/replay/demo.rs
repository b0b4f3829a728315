use nimbus_core::{
    model::{FinishReason, Message, ModelChoice, ModelErrorKind, ProviderChoice, Role, Task},
    ports::Models,
};
use nimbus_llm::{BEHAVIOURS, LlmConfig, Router, Timers};

use crate::{Heard, SHORT, hear, request};

fn router() -> Router {
    let timers = Timers { first_token: SHORT, idle: SHORT, ..Timers::default() };
    let config = LlmConfig { provider: ProviderChoice::Demo, timers, ..LlmConfig::default() };
    Router::new(config).unwrap()
}

async fn play(model: &str, prompt: &str) -> Heard {
    let choice = ModelChoice { model: Some(model.to_owned()), ..ModelChoice::default() };
    hear(router().open(&choice, request(prompt)).await.unwrap()).await
}

#[tokio::test(start_paused = true)]
async fn every_sample_plays_its_whole_reply() {
    for sample in router().samples() {
        let heard = play("fast", &sample.prompt).await;
        assert!(heard.text.trim_end().ends_with("</file>"), "{}", sample.id);
        assert!(!heard.text.contains("No model is connected"), "it is what was asked for");
        assert_eq!(heard.done.map(|done| done.0), Some(FinishReason::Stop));
        assert_eq!(play(&sample.id, "anything at all").await.text, heard.text, "a sample can be named");
    }
}

#[tokio::test(start_paused = true)]
async fn a_sample_takes_two_to_six_seconds() {
    let started = tokio::time::Instant::now();
    let heard = play("sample", "A board for my garden").await;
    assert!(heard.text.starts_with("No model is connected, so this is not made for you"));
    let took = started.elapsed().as_millis();
    assert!((1_900..=6_100).contains(&took), "{took} ms");
}

#[tokio::test(start_paused = true)]
async fn every_behaviour_ends_as_it_says() {
    for (name, _) in BEHAVIOURS {
        let heard = play(name, "A todo list with priorities and a filter").await;
        let kind = heard.error.map(|error| error.kind);
        let end = heard.done.map(|done| done.0);
        let expected = match name {
            "stall" | "silent" => (None, Some(ModelErrorKind::Timeout)),
            "die" => (None, Some(ModelErrorKind::Interrupted)),
            "refuse" => (None, Some(ModelErrorKind::Provider)),
            "truncate" => (Some(FinishReason::Length), None),
            _ => (Some(FinishReason::Stop), None),
        };
        assert_eq!((end, kind), expected, "{name}");
        assert_eq!(heard.loading, name == "loading");
        assert_eq!(heard.thinking.is_empty(), name != "thinking");
        assert_eq!(heard.text.is_empty(), matches!(name, "silent" | "refuse"));
    }
}

#[tokio::test]
async fn says_that_it_cannot_change_an_app() {
    let mut asked = request("Make it blue");
    asked.messages.push(Message::new(Role::User, "<file path=\"src/App.tsx\">\n…\n</file>"));
    let choice = ModelChoice { provider: Some(ProviderChoice::Demo), ..ModelChoice::default() };
    let error = hear(router().open(&choice, asked).await.unwrap()).await.error.unwrap();
    assert_eq!(error.kind, ModelErrorKind::NoModel);
    assert!(error.hint.unwrap().starts_with("connect Ollama"));
}

#[tokio::test]
async fn a_small_task_gets_the_title() {
    let asked = nimbus_core::model::ChatRequest { task: Task::Small, ..request("A Pomodoro timer") };
    let choice =
        ModelChoice { provider: Some(ProviderChoice::Demo), model: Some("fast".to_owned()), ..ModelChoice::default() };
    assert_eq!(hear(router().open(&choice, asked).await.unwrap()).await.text, "Tomato");
}

#[tokio::test]
async fn an_unknown_behaviour_names_those_there_are() {
    let error = play("gpt-9", "x").await.error.unwrap();
    assert_eq!(error.kind, ModelErrorKind::ModelNotFound);
    assert!(error.hint.unwrap().contains("`sample`, `fast`"));
}
