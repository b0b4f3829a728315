use nimbus_core::{
    model::{FinishReason, ModelChoice, ModelErrorKind, Money, Preferences, ProviderChoice, Secret},
    ports::Models,
};
use nimbus_llm::{LlmConfig, Router};

use crate::{
    Heard, ask,
    server::{Answer, End, Server},
    short,
};

const CHAT: &str = "POST /api/v1/chat/completions";
const REPLY: &str = include_str!("../fixtures/openrouter-chat.sse");
const NO_CREDIT: &str = include_str!("../fixtures/openrouter-402.json");
const KEY: &str = "sk-or-v1-0123456789abcdef";

pub fn hosted(server: &Server) -> LlmConfig {
    LlmConfig {
        ollama_enabled: false,
        openrouter_base_url: format!("{}/api/v1/", server.url()),
        openrouter_api_key: Secret::new(&format!(" {KEY}\n")),
        openrouter_model: Some("qwen/qwen3-coder".to_owned()),
        ..LlmConfig::default()
    }
}

async fn heard_from(server: &Server) -> Heard {
    ask(&Router::new(hosted(server)).unwrap(), ProviderChoice::Auto, "A café list").await
}

async fn heard(answer: Answer) -> Heard {
    let server = Server::start().await.unwrap();
    server.on(CHAT, answer);
    heard_from(&server).await
}

#[tokio::test]
async fn a_reply_is_the_same_in_any_pieces() {
    for size in [1, 2, 3, 5, 7, 64, REPLY.len()] {
        let heard = heard(Answer::sse(REPLY).in_pieces(size)).await;
        assert_eq!(heard.text, "Voilà — a café 😀\ndata: [DONE]\n", "pieces of {size}");
        assert_eq!(heard.thinking, "Let me see.");
        assert_eq!(heard.done, Some((FinishReason::Stop, 31, 57, 0)));
        assert_eq!((heard.error, heard.cost), (None, Some(Money::from_micros(10))));
    }
    let crlf = heard(Answer::sse(&REPLY.replace('\n', "\r\n")).in_pieces(1)).await;
    assert_eq!(crlf.done, Some((FinishReason::Stop, 31, 57, 0)));
}

#[tokio::test]
async fn asks_for_usage_and_a_bounded_reply() {
    let server = Server::start().await.unwrap();
    server.on(CHAT, Answer::sse(REPLY));
    heard_from(&server).await;
    let asked = &server.asked(CHAT)[0];
    assert_eq!(asked.authorization, Some(format!("Bearer {KEY}")));
    assert_eq!(asked.body["model"], "qwen/qwen3-coder");
    assert_eq!(asked.body["max_tokens"], 4_096);
    assert_eq!(asked.body["stream_options"]["include_usage"], true);
}

#[tokio::test]
async fn a_server_without_done_is_understood() {
    let heard = heard(Answer::sse(include_str!("../fixtures/llamacpp-length.sse"))).await;
    assert_eq!((heard.thinking.as_str(), heard.text.as_str()), ("Hm.", "One"));
    assert_eq!(heard.done, Some((FinishReason::Length, 12, 1, 0)));
}

#[tokio::test]
async fn an_error_in_the_middle_is_told() {
    for size in [1, 4096] {
        let heard = heard(Answer::sse(include_str!("../fixtures/openrouter-error.sse")).in_pieces(size)).await;
        assert_eq!(heard.text, "Half of ");
        let error = heard.error.unwrap();
        assert_eq!(error.kind, ModelErrorKind::Provider);
        assert!(error.message.ends_with("reports (502): Provider returned error"), "{}", error.message);
    }
}

#[tokio::test]
async fn a_reply_without_an_end_is_interrupted() {
    let (half, _) = REPLY.split_once("data: {\"id\":\"gen-1\",\"model\":\"qwen/qwen3-coder\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\"}").unwrap();
    for answer in
        [Answer::sse(half), Answer::sse(half).ending(End::Closed), Answer::sse(&format!("{half}data: [DONE]\n\n"))]
    {
        let heard = heard(answer).await;
        assert_eq!(heard.text, "Voilà — a café 😀\ndata: [DONE]\n");
        assert_eq!(heard.error.unwrap().kind, ModelErrorKind::Interrupted);
    }
}

#[tokio::test]
async fn asks_again_for_what_the_account_affords() {
    let server = Server::start().await.unwrap();
    server.on(CHAT, Answer::json(402, NO_CREDIT)).on(CHAT, Answer::sse(REPLY));
    let heard = heard_from(&server).await;
    assert_eq!(heard.done.map(|done| done.0), Some(FinishReason::Stop));
    let figures: Vec<_> = server.asked(CHAT).into_iter().map(|asked| asked.body["max_tokens"].clone()).collect();
    assert_eq!(figures, [4_096, 1_500]);
}

#[tokio::test]
async fn asks_only_once_more() {
    let server = Server::start().await.unwrap();
    server.on(CHAT, Answer::json(402, NO_CREDIT));
    let error = heard_from(&server).await.error.unwrap();
    assert_eq!(error.kind, ModelErrorKind::PaymentRequired);
    assert_eq!(error.message, "OpenAI-compatible server: the account can pay for 1500 tokens of a reply only");
    assert_eq!(server.asked(CHAT).len(), 2);

    let server = Server::start().await.unwrap();
    server.on(CHAT, Answer::json(402, r#"{"error":{"code":402,"message":"Insufficient credits"}}"#));
    assert_eq!(heard_from(&server).await.error.unwrap().kind, ModelErrorKind::PaymentRequired);
    assert_eq!(server.asked(CHAT).len(), 1);
}

#[tokio::test]
async fn refusals_have_their_own_kinds() {
    let error = |code: u16, message: &str| {
        Answer::json(code, &format!(r#"{{"error":{{"code":{code},"message":"{message}"}}}}"#))
    };
    for (answer, kind, part) in [
        (error(401, "User not found."), ModelErrorKind::Unauthorized, "refused the key"),
        (error(404, "No endpoints found"), ModelErrorKind::ModelNotFound, "does not offer model `qwen/qwen3-coder`"),
        (error(400, "x is not a valid model ID"), ModelErrorKind::ModelNotFound, "does not know model"),
        (error(400, "maximum context length is 4096 tokens"), ModelErrorKind::PromptTooLong, "does not fit"),
        (error(429, "slow down").header("retry-after", "17"), ModelErrorKind::RateLimited, "asks to wait 17 s"),
        (Answer::json(503, "upstream down"), ModelErrorKind::Provider, "(503): no reason is given"),
        (Answer::json(200, r#"{"error":{"code":429,"message":"busy"}}"#), ModelErrorKind::RateLimited, "too many"),
        (Answer::json(200, r#"{"error":"no model loaded"}"#), ModelErrorKind::Provider, "no model loaded"),
        (Answer::html(), ModelErrorKind::NotThisProvider, "does not speak the OpenAI chat API"),
        (Answer::sse("data: {oops\n\n"), ModelErrorKind::Provider, "is not the OpenAI chat API"),
    ] {
        let error = heard(answer).await.error.unwrap();
        assert_eq!(error.kind, kind, "{error}");
        assert!(error.message.contains(part), "{error}");
        assert!(error.hint.is_some(), "{error}");
    }
}

#[tokio::test]
async fn the_key_is_nowhere_to_be_seen() {
    let server = Server::start().await.unwrap();
    let echo = format!(r#"{{"error":{{"code":500,"message":"bad request with Bearer {KEY} in it"}}}}"#);
    server.on(CHAT, Answer::json(500, &echo));
    let config = hosted(&server);
    let router = Router::new(config.clone()).unwrap();
    let error = ask(&router, ProviderChoice::Openrouter, "x").await.error.unwrap();
    assert!(error.message.contains("[key]"), "{error}");
    for shown in
        [format!("{error:?} {error}"), format!("{config:?}"), format!("{router:?}"), format!("{:?}", router.health())]
    {
        assert!(!shown.contains(KEY), "{shown}");
    }
}

#[tokio::test]
async fn health_asks_for_the_models_and_nothing_that_costs() {
    let server = Server::start().await.unwrap();
    server.on("GET /api/v1/models", Answer::json(200, r#"{"data":[{"id":"first"},{"id":"second"}]}"#));
    let router = Router::new(LlmConfig { openrouter_model: None, ..hosted(&server) }).unwrap();
    let health = &router.probe().await[1];
    assert!(health.healthy && health.local, "{health:?}");
    assert_eq!(health.model.as_deref(), Some("first"), "where none is configured");
    assert_eq!(server.routes(), ["GET /api/v1/models"]);
}

#[tokio::test]
async fn comments_do_not_stop_the_timer() {
    let server = Server::start().await.unwrap();
    server.on(CHAT, Answer::sse(": OPENROUTER PROCESSING\n\n").ending(End::Trickle));
    let router = Router::new(LlmConfig { timers: short(), ..hosted(&server) }).unwrap();
    let error = ask(&router, ProviderChoice::Openrouter, "x").await.error.unwrap();
    assert!(error.message.ends_with("sent no first token within 200 ms"), "{error}");
    assert!(server.until_left(1).await, "the connection is closed");
}

#[tokio::test]
async fn a_short_wait_is_waited_for_once_and_said() {
    let server = Server::start().await.unwrap();
    let busy = || Answer::json(429, r#"{"error":{"code":429,"message":"slow down"}}"#).header("retry-after", "1");
    server.on(CHAT, busy()).on(CHAT, Answer::sse(REPLY));
    let heard = heard_from(&server).await;
    assert!(heard.done.is_some(), "{heard:?}");
    assert_eq!(heard.waits, ["OpenAI-compatible server asks to wait 1 s; then it is asked again"]);

    let server = Server::start().await.unwrap();
    server.on(CHAT, busy());
    let heard = heard_from(&server).await;
    assert_eq!(heard.error.unwrap().kind, ModelErrorKind::RateLimited);
    assert_eq!(server.asked(CHAT).len(), 2, "only once");
}

#[tokio::test]
async fn a_persons_key_is_used_in_place_of_the_configured_one_and_seen_nowhere() {
    let server = Server::start().await.unwrap();
    server.on(CHAT, Answer::json(401, r#"{"error":{"code":401,"message":"bad key sk-mine-42"}}"#));
    let preferences = Preferences { hosted_key: Some(Secret::new("sk-mine-42")), ..Preferences::default() };
    let choice = ModelChoice { preferences, ..ModelChoice::default() };
    for config in [hosted(&server), LlmConfig { openrouter_api_key: Secret::default(), ..hosted(&server) }] {
        let router = Router::new(config).unwrap();
        let heard = crate::hear(router.open(&choice, crate::request("x")).await.unwrap()).await;
        assert!(!format!("{heard:?} {router:?} {choice:?}").contains("sk-mine-42"), "{heard:?}");
    }
    let keys: Vec<_> = server.asked(CHAT).into_iter().map(|asked| asked.authorization).collect();
    assert_eq!(keys, vec![Some("Bearer sk-mine-42".to_owned()); 2]);
}
