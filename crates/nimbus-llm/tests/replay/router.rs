use std::time::Duration;

use futures::StreamExt;
use nimbus_core::{
    model::{ChatEvent, ModelChoice, ModelErrorKind, ProviderChoice},
    ports::Models,
};
use nimbus_llm::{LlmConfig, Router};
use tokio_util::sync::CancellationToken;

use crate::{
    ask, ollama,
    openai_compatible::hosted,
    server::{Answer, End, Server, closed_port},
};

const LOCAL: &str = "POST /api/chat";
const HOSTED: &str = "POST /api/v1/chat/completions";
const LOCAL_REPLY: &str = include_str!("../fixtures/ollama-chat.ndjson");
const HOSTED_REPLY: &str = include_str!("../fixtures/openrouter-chat.sse");
const LOCAL_ERROR: &str = include_str!("../fixtures/ollama-error.ndjson");

/// Both providers, the hosted one ready to answer.
async fn both() -> (Server, Server, LlmConfig) {
    let local = ollama::ollama().await;
    let remote = Server::start().await.unwrap();
    remote.on(HOSTED, Answer::sse(HOSTED_REPLY));
    let config = LlmConfig {
        ollama_enabled: true,
        ollama_api_url: local.url(),
        ollama_model: "qwen2.5-coder:7b".to_owned(),
        ..hosted(&remote)
    };
    (local, remote, config)
}

#[tokio::test]
async fn falls_back_before_the_first_token() {
    let (local, _remote, config) = both().await;
    local.on(LOCAL, Answer::json(500, r#"{"error":"llama runner process has terminated"}"#));
    let router = Router::new(config).unwrap();
    let heard = ask(&router, ProviderChoice::Auto, "x").await;
    assert_eq!(heard.routes, ["qwen2.5-coder:7b", "qwen2.5-coder:7b -> qwen/qwen3-coder", "qwen/qwen3-coder"]);
    assert!(heard.done.is_some() && heard.error.is_none(), "{heard:?}");
    assert!(!router.health()[0].healthy, "a failed request marks it unhealthy at once");
    assert_eq!(router.select(&ModelChoice::default()).unwrap().0.model, "qwen/qwen3-coder");
}

#[tokio::test]
async fn never_adds_a_second_reply_to_a_first() {
    let (local, remote, config) = both().await;
    local.on(LOCAL, Answer::ndjson(LOCAL_ERROR));
    let heard = ask(&Router::new(config).unwrap(), ProviderChoice::Auto, "x").await;
    assert_eq!((heard.text.as_str(), heard.routes.len()), ("Half of ", 1));
    assert_eq!(heard.error.unwrap().kind, ModelErrorKind::Provider);
    assert!(remote.asked(HOSTED).is_empty());
}

#[tokio::test]
async fn does_not_fall_back_where_that_is_off() {
    let (local, remote, config) = both().await;
    local.on(LOCAL, Answer::json(500, r#"{"error":"llama runner process has terminated"}"#));
    let router = Router::new(LlmConfig { fallback_enabled: false, ..config }).unwrap();
    assert_eq!(ask(&router, ProviderChoice::Auto, "x").await.error.unwrap().kind, ModelErrorKind::Provider);
    assert!(remote.routes().is_empty());
}

#[tokio::test]
async fn an_absent_ollama_leaves_the_hosted_model() {
    let (_local, _remote, config) = both().await;
    let router = Router::new(LlmConfig { ollama_api_url: closed_port().await.unwrap(), ..config }).unwrap();
    let heard = ask(&router, ProviderChoice::Auto, "x").await;
    assert_eq!(heard.routes, ["qwen/qwen3-coder"]);
    assert!(heard.done.is_some());
}

#[tokio::test]
async fn nobody_there_says_what_to_do() {
    let url = closed_port().await.unwrap();
    let router = Router::new(LlmConfig { ollama_api_url: url.clone(), ..LlmConfig::default() }).unwrap();
    let error = router.open(&ModelChoice::default(), crate::request("x")).await.err().unwrap();
    assert_eq!(error.kind, ModelErrorKind::NoModel);
    assert_eq!(error.message, format!("no model can be reached: connection refused at `{url}`"));
    assert!(error.hint.unwrap().contains("`ollama pull qwen3-coder:30b`"));
    assert_eq!(router.select(&ModelChoice::default()).unwrap_err().kind, ModelErrorKind::NoModel);
}

#[tokio::test]
async fn repeated_failures_open_the_breaker_and_spare_the_provider() {
    let local = ollama::ollama().await;
    local.on(LOCAL, Answer::ndjson(LOCAL_ERROR));
    let router = Router::new(crate::only_ollama(&local.url())).unwrap();
    for _ in 0..3 {
        assert!(ask(&router, ProviderChoice::Ollama, "x").await.error.is_some());
    }
    let error = router.open(&ModelChoice::default(), crate::request("x")).await.err().unwrap();
    assert!(error.message.contains("Ollama failed several times in a row"), "{error}");
    assert_eq!(local.asked(LOCAL).len(), 3, "it is not asked a fourth time");
}

#[tokio::test]
async fn leaving_is_no_failure() {
    let local = ollama::ollama().await;
    let first = LOCAL_REPLY.lines().next().unwrap();
    local.on(LOCAL, Answer::ndjson(&format!("{first}\n")).ending(End::Silence));
    let router = Router::new(crate::only_ollama(&local.url())).unwrap();
    for count in 1..=4 {
        let mut stream = router.open(&ModelChoice::default(), crate::request("x")).await.unwrap();
        while !matches!(stream.next().await, Some(Ok(ChatEvent::Text(_)))) {}
        drop(stream);
        assert!(local.until_left(count).await);
    }
    assert!(router.select(&ModelChoice::default()).is_ok());
}

#[tokio::test]
async fn probes_in_the_background_until_stopped() {
    let local = ollama::ollama().await;
    local.on(LOCAL, Answer::ndjson(LOCAL_REPLY));
    let router = Router::new(crate::only_ollama(&local.url())).unwrap();
    assert_eq!(router.health()[0].problem.as_deref(), Some("it has not been asked yet"));
    let stop = CancellationToken::new();
    let probing = router.spawn_probing(stop.clone());
    assert!(local.until_asked(3).await);
    stop.cancel();
    probing.await.unwrap();
    let asked = ["GET /api/version", "GET /api/tags", "POST /api/show"];
    assert_eq!(local.routes(), asked, "no model is asked anything");

    let health = &router.probe().await[0];
    assert!(health.healthy && health.local && health.enabled);
    assert_eq!((health.version.as_deref(), health.model.as_deref()), (Some("0.12.10"), Some("qwen2.5-coder:7b")));
    assert_eq!(health.models.len(), 1, "embedding models write nothing");
    let (model, local) = router.select(&ModelChoice::default()).unwrap();
    assert_eq!((model.model.as_str(), local), ("qwen2.5-coder:7b", true));
}

#[tokio::test]
async fn a_container_finds_ollama_at_the_gateway_and_says_so() {
    let (gone, absent) = (closed_port().await.unwrap(), closed_port().await.unwrap());
    let host = ollama::ollama().await;
    host.on(LOCAL, Answer::ndjson(LOCAL_REPLY));
    let router = Router::with_gateways(crate::only_ollama(&gone), &[absent, host.url()]).unwrap();
    let heard = ask(&router, ProviderChoice::Auto, "x").await;
    assert!(heard.done.is_some(), "{heard:?}");
    let health = &router.health()[0];
    assert_eq!((health.healthy, health.address.clone()), (true, Some(host.url())));
    assert_eq!(health.hint, Some(format!("`{gone}` is this container; set `OLLAMA_API_URL` to `{}`", host.url())));
}

#[tokio::test]
async fn looks_again_for_a_model_that_was_missing() {
    let local = Server::start().await.unwrap();
    let entry = |name: &str| format!(r#"{{"models":[{{"name":"{name}","size":1,"context_length":8192}}]}}"#);
    local
        .on("GET /api/version", Answer::json(200, r#"{"version":"0.12.10"}"#))
        .on("GET /api/tags", Answer::json(200, &entry("old:1b")))
        .on("GET /api/tags", Answer::json(200, &entry("new:1b")))
        .on("GET /api/ps", Answer::json(200, &entry("new:1b")))
        .on("POST /api/show", Answer::json(200, include_str!("../fixtures/ollama-show.json")))
        .on(LOCAL, Answer::ndjson(LOCAL_REPLY));
    let config = LlmConfig { ollama_model: "new:1b".to_owned(), ..crate::only_ollama(&local.url()) };
    let router = Router::new(config).unwrap();
    router.probe().await;
    assert_eq!(router.select(&ModelChoice::default()).unwrap().0.model, "old:1b", "the best there is");

    // It is pulled, and a person asks before the next probe is due.
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(6)).await;
    tokio::time::resume();
    let heard = ask(&router, ProviderChoice::Ollama, "x").await;
    assert_eq!((heard.routes, heard.error), (vec!["new:1b".to_owned()], None));
}
