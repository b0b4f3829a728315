use futures::StreamExt;
use nimbus_core::{
    model::{ChatEvent, FinishReason, ModelChoice, ModelErrorKind, ProviderChoice},
    ports::Models,
};
use nimbus_llm::{LlmConfig, Router, Timers};

use crate::{
    Heard, SHORT, ask, only_ollama, request,
    server::{Answer, End, Server, closed_port},
    short,
};

const CHAT: &str = "POST /api/chat";
const SHOW: &str = include_str!("../fixtures/ollama-show.json");
const PS: &str = include_str!("../fixtures/ollama-ps.json");
const REPLY: &str = include_str!("../fixtures/ollama-chat.ndjson");
const LOADED: &str =
    r#"{"model":"qwen2.5-coder:7b","message":{"role":"assistant","content":""},"done":true,"done_reason":"load"}"#;

/// An Ollama with `qwen2.5-coder:7b` loaded.
pub async fn ollama() -> Server {
    ollama_with(PS).await
}

/// One whose `/api/ps` answers so.
pub async fn ollama_with(running: &str) -> Server {
    let server = idle_ollama().await;
    server.on("GET /api/ps", Answer::json(200, running));
    server
}

async fn idle_ollama() -> Server {
    let server = Server::start().await.unwrap();
    server
        .on("GET /api/version", Answer::json(200, r#"{"version":"0.12.10"}"#))
        .on("GET /api/tags", Answer::json(200, include_str!("../fixtures/ollama-tags.json")))
        .on("POST /api/show", Answer::json(200, SHOW));
    server
}

async fn heard_with(config: LlmConfig) -> Heard {
    ask(&Router::new(config).unwrap(), ProviderChoice::Ollama, "A café list").await
}

async fn heard(chat: Answer) -> Heard {
    let server = ollama().await;
    server.on(CHAT, chat);
    heard_with(only_ollama(&server.url())).await
}

#[tokio::test]
async fn a_reply_is_the_same_in_any_pieces() {
    for size in [1, 2, 3, 5, 7, 64, REPLY.len()] {
        let heard = heard(Answer::ndjson(REPLY).in_pieces(size)).await;
        assert_eq!(heard.text, "Voilà — a café 😀\n<file path=\"src/App.tsx\">\n<think></file>", "pieces of {size}");
        assert_eq!(heard.done, Some((FinishReason::Stop, 26, 282, 8_192)));
        assert_eq!((heard.thinking.as_str(), heard.loading, heard.error), ("", false, None));
    }
}

#[tokio::test]
async fn asks_for_a_window_and_keeps_the_prompt_whole() {
    let server = ollama().await;
    server.on(CHAT, Answer::ndjson(REPLY));
    heard_with(only_ollama(&server.url())).await;
    let body = &server.asked(CHAT)[0].body;
    assert_eq!(body["options"]["num_ctx"], 8_192);
    assert_eq!(body["options"]["num_predict"], 4_096);
    assert_eq!((&body["truncate"], &body["shift"]), (&false.into(), &false.into()));
    assert_eq!(body["messages"][1]["content"], "A café list");
    assert_eq!(body["keep_alive"], "30m");
}

#[tokio::test]
async fn a_model_that_is_not_loaded_is_loaded_first() {
    let server = idle_ollama().await;
    server.on("GET /api/ps", Answer::json(200, r#"{"models":[]}"#));
    server.on(CHAT, Answer::json(200, LOADED)).on(CHAT, Answer::ndjson(REPLY));
    let heard = heard_with(only_ollama(&server.url())).await;
    assert!(heard.loading && heard.done.is_some(), "{heard:?}");
    let asked = server.asked(CHAT);
    assert_eq!(asked[0].body["messages"], serde_json::json!([]));
    assert_eq!(asked[0].body["options"]["num_ctx"], asked[1].body["options"]["num_ctx"], "the same runner");
}

#[tokio::test]
async fn reasoning_is_kept_apart_in_a_field_and_in_tags() {
    let field = heard(Answer::ndjson(include_str!("../fixtures/ollama-thinking.ndjson"))).await;
    assert_eq!((field.thinking.as_str(), field.text.as_str()), ("The person wants a title.", "Groceries"));
    assert_eq!(field.done.map(|done| done.0), Some(FinishReason::Length));
    for size in [1, 4, 4096] {
        let tags = include_str!("../fixtures/ollama-think-tags.ndjson");
        let tags = heard(Answer::ndjson(tags).in_pieces(size)).await;
        assert_eq!((tags.thinking.as_str(), tags.text.as_str()), ("Hm.", "Here."));
    }
}

#[tokio::test]
async fn an_error_in_the_middle_is_told() {
    let heard = heard(Answer::ndjson(include_str!("../fixtures/ollama-error.ndjson")).in_pieces(1)).await;
    assert_eq!(heard.text, "Half of ");
    let error = heard.error.unwrap();
    assert_eq!(error.kind, ModelErrorKind::Provider);
    assert!(
        error.message.ends_with("reports: an error was encountered while running the model: CUDA error: out of memory")
    );
    assert_eq!(error.hint.as_deref(), Some("choose a smaller model, or close what uses memory"));
}

#[tokio::test]
async fn a_reply_without_an_end_is_interrupted() {
    let cut = include_str!("../fixtures/ollama-cut.ndjson");
    let first_line = cut.lines().next().unwrap();
    for answer in [
        Answer::ndjson(cut.trim_end()),
        Answer::ndjson(cut.trim_end()).ending(End::Closed),
        Answer::ndjson(first_line),
        Answer::ndjson(&format!("{first_line}\n")).ending(End::Closed),
    ] {
        let heard = heard(answer).await;
        assert_eq!(heard.text, "Half of ");
        assert_eq!(heard.error.map(|error| error.kind), Some(ModelErrorKind::Interrupted));
    }
    // A reset may overtake what was sent before it, so there is nothing to say of the text.
    let reset = heard(Answer::ndjson(cut.trim_end()).ending(End::Reset)).await;
    assert_eq!(reset.error.map(|error| error.kind), Some(ModelErrorKind::Interrupted));
}

#[tokio::test]
async fn garbage_in_the_middle_is_no_reply() {
    let heard = heard(Answer::ndjson("<html>\n")).await;
    assert_eq!(heard.error.unwrap().kind, ModelErrorKind::Provider);
}

#[tokio::test]
async fn a_line_without_end_is_given_up() {
    let heard = heard(Answer::ndjson(&"x".repeat(1024 * 1024 + 2)).in_pieces(65_536).ending(End::Silence)).await;
    assert_eq!(heard.error.unwrap().kind, ModelErrorKind::Provider);
}

#[tokio::test]
async fn a_missing_model_names_the_command() {
    let server = idle_ollama().await;
    let router = Router::new(only_ollama(&server.url())).unwrap();
    let choice = ModelChoice {
        provider: Some(ProviderChoice::Ollama),
        model: Some("nope:1b".to_owned()),
        ..ModelChoice::default()
    };
    let error = router.open(&choice, request("x")).await.err().unwrap();
    assert_eq!(error.kind, ModelErrorKind::ModelNotFound);
    assert_eq!(error.message, "model `nope:1b` is not installed");
    assert_eq!(error.hint.as_deref(), Some("`ollama pull nope:1b`"));
}

#[tokio::test]
async fn a_model_removed_since_the_probe_names_the_command() {
    let server = Server::start().await.unwrap();
    server
        .on("GET /api/version", Answer::json(200, r#"{"version":"0.12.10"}"#))
        .on("GET /api/tags", Answer::json(200, include_str!("../fixtures/ollama-tags.json")))
        .on("POST /api/show", Answer::json(404, r#"{"error":"model 'qwen2.5-coder:7b' not found"}"#));
    let error = heard_with(only_ollama(&server.url())).await.error.unwrap();
    assert_eq!(
        (error.kind, error.hint.as_deref()),
        (ModelErrorKind::ModelNotFound, Some("`ollama pull qwen2.5-coder:7b`"))
    );
}

#[tokio::test]
async fn a_refused_connection_names_the_address() {
    let url = closed_port().await.unwrap();
    let router = Router::new(only_ollama(&url)).unwrap();
    let health = &router.probe().await[0];
    assert!(!health.healthy);
    assert_eq!(health.problem, Some(format!("connection refused at `{url}`")));
    assert_eq!(
        health.hint.as_deref(),
        Some("start Ollama with `ollama serve`, or set `OLLAMA_API_URL` to where it runs")
    );
}

#[tokio::test]
async fn something_else_is_not_ollama() {
    for answer in
        [Answer::html(), Answer::json(200, r#"{"hello":1}"#), Answer::json(500, "oops"), Answer::json(302, "")]
    {
        let server = Server::start().await.unwrap();
        server.on("GET /api/version", answer);
        let router = Router::new(only_ollama(&server.url())).unwrap();
        let problem = router.probe().await[0].problem.clone();
        assert_eq!(problem, Some(format!("something answers at `{}`, but it is not Ollama", server.url())));
    }
}

#[tokio::test]
async fn a_prompt_that_cannot_fit_is_never_sent() {
    let server = ollama().await;
    let router = Router::new(only_ollama(&server.url())).unwrap();
    let heard = ask(&router, ProviderChoice::Ollama, &"word ".repeat(30_000)).await;
    let error = heard.error.unwrap();
    assert_eq!(error.kind, ModelErrorKind::PromptTooLong);
    assert!(error.message.contains("`qwen2.5-coder:7b` takes 32768"), "{}", error.message);
    assert!(server.asked(CHAT).is_empty());
}

#[tokio::test]
async fn a_window_that_proves_too_small_is_enlarged() {
    let server = ollama().await;
    let too_long = r#"{"error":"the input length exceeds the context length"}"#;
    server.on(CHAT, Answer::json(400, too_long)).on(CHAT, Answer::json(200, LOADED)).on(CHAT, Answer::ndjson(REPLY));
    let heard = heard_with(only_ollama(&server.url())).await;
    assert!(heard.loading, "a larger window is a reload");
    assert_eq!(heard.done.map(|done| done.3), Some(16_384));
}

#[tokio::test]
async fn every_wait_has_its_own_timer() {
    let silent = || Answer::ndjson("").in_pieces(1).ending(End::Silence);
    let first = REPLY.lines().next().unwrap();

    let server = ollama().await;
    server.on(CHAT, silent());
    let error = heard_with(LlmConfig { timers: short(), ..only_ollama(&server.url()) }).await.error.unwrap();
    assert_eq!(error.kind, ModelErrorKind::Timeout);
    assert_eq!(error.message, format!("`qwen2.5-coder:7b` at `{}` sent no first token within 200 ms", server.url()));

    // Bytes that carry no token keep nobody waiting.
    let server = ollama().await;
    server.on(CHAT, Answer::ndjson(&format!("{first}\n")).ending(End::Trickle));
    let heard = heard_with(LlmConfig { timers: short(), ..only_ollama(&server.url()) }).await;
    assert_eq!(heard.text, "Voilà — ");
    assert!(heard.error.unwrap().message.ends_with("sent nothing more within 200 ms"));
    assert!(server.until_left(1).await, "the connection is closed");

    let server = idle_ollama().await;
    server.on("GET /api/ps", Answer::json(200, r#"{"models":[]}"#)).on(CHAT, silent());
    let heard = heard_with(LlmConfig { timers: short(), ..only_ollama(&server.url()) }).await;
    assert!(heard.loading && heard.error.unwrap().message.ends_with("was not loaded within 200 ms"));

    let server = ollama().await;
    server.on(CHAT, Answer::ndjson(&format!("{first}\n")).ending(End::Trickle));
    let timers = Timers { total: SHORT, ..Timers::default() };
    let heard = heard_with(LlmConfig { timers, ..only_ollama(&server.url()) }).await;
    assert!(heard.error.unwrap().message.ends_with("did not finish within 200 ms"));
}

#[tokio::test]
async fn leaving_closes_the_connection() {
    let server = ollama().await;
    let first = REPLY.lines().next().unwrap();
    server.on(CHAT, Answer::ndjson(&format!("{first}\n")).ending(End::Silence));
    let router = Router::new(only_ollama(&server.url())).unwrap();
    let mut stream = router.open(&ModelChoice::default(), request("x")).await.unwrap();
    while !matches!(stream.next().await, Some(Ok(ChatEvent::Text(_)))) {}
    drop(stream);
    assert!(server.until_left(1).await, "the server sees the client leave");

    // Also while the model is still silent.
    let server = ollama().await;
    server.on(CHAT, Answer::ndjson("").in_pieces(1).ending(End::Silence));
    let router = Router::new(only_ollama(&server.url())).unwrap();
    let mut stream = router.open(&ModelChoice::default(), request("x")).await.unwrap();
    assert!(matches!(stream.next().await, Some(Ok(ChatEvent::Routed { .. }))));
    let left = async {
        // version, tags, show, ps and chat.
        assert!(server.until_asked(5).await, "{:?}", server.routes());
    };
    tokio::select! {
        event = stream.next() => assert!(event.is_none(), "nothing should come: {event:?}"),
        () = left => {}
    }
    drop(stream);
    assert!(server.until_left(1).await, "the server sees the client leave");
}
