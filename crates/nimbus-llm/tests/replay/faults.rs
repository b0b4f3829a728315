//! Every fault of a connection that we could think of, injected over real sockets: what is told, and
//! what is kept. `docs/design/failures.md` lists them.

use std::time::Duration;

use futures::StreamExt;
use nimbus_core::{
    model::{ChatEvent, ModelChoice, ModelErrorKind, ProviderChoice},
    ports::Models,
};
use nimbus_llm::{LlmConfig, Router, Timers};

use crate::{
    Heard, SHORT, ask, ollama, only_ollama,
    openai_compatible::hosted,
    request,
    server::{Answer, End, Server},
    short,
};

const LOCAL: &str = "POST /api/chat";
const HOSTED: &str = "POST /api/v1/chat/completions";
const TOKEN: &str = "{\"message\":{\"role\":\"assistant\",\"content\":\"Half \"},\"done\":false}\n";
const EVENT: &str = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Half \"},\"finish_reason\":null}]}\n\n";
/// `{"done":true}` compressed, which nobody asked for.
const GZIP: [u8; 33] = [
    0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xab, 0x56, 0x4a, 0xc9, 0xcf, 0x4b, 0x55, 0xb2, 0x2a,
    0x29, 0x2a, 0x4d, 0xad, 0x05, 0x00, 0xd2, 0x94, 0xab, 0x3e, 0x0d, 0x00, 0x00, 0x00,
];

fn gzip(kind: &'static str) -> Answer {
    Answer::raw_body(kind, &GZIP).header("content-encoding", "gzip")
}

async fn local(answer: Answer) -> Heard {
    let server = ollama::ollama().await;
    server.on(LOCAL, answer);
    let config = LlmConfig { timers: short(), ..only_ollama(&server.url()) };
    ask(&Router::new(config).unwrap(), ProviderChoice::Ollama, "x").await
}

async fn remote(answer: Answer) -> Heard {
    let server = Server::start().await.unwrap();
    server.on(HOSTED, answer);
    let config = LlmConfig { timers: short(), ..hosted(&server) };
    ask(&Router::new(config).unwrap(), ProviderChoice::Openrouter, "x").await
}

/// The kind, a part of the message, and whether the first token came before.
fn check(name: &str, heard: Heard, kind: ModelErrorKind, part: &str, kept: bool) {
    let error = heard.error.unwrap_or_else(|| panic!("{name}: no error"));
    assert_eq!(error.kind, kind, "{name}: {error}");
    assert!(error.message.contains(part), "{name}: {error}");
    assert_eq!(heard.text, if kept { "Half " } else { "" }, "{name}");
    assert_eq!(heard.done, None, "{name}");
}

#[tokio::test]
async fn before_the_first_token() {
    use ModelErrorKind::{Interrupted, NotThisProvider, Provider, Timeout, Unreachable};
    let silent = || Answer::raw(b"").ending(End::Silence);
    for (name, answer, kind, part) in [
        ("closed at once", Answer::raw(b""), Unreachable, "closed the connection without an answer"),
        ("not HTTP", Answer::raw(b"SSH-2.0-OpenSSH_9.6\r\n\r\n"), Unreachable, "did not answer in HTTP"),
        ("half-open", silent(), Timeout, "sent no first token within 200 ms"),
        ("slow loris", Answer::raw(b"").ending(End::SlowHead), Timeout, "sent no first token within 200 ms"),
    ] {
        check(name, local(answer.clone()).await, kind, part, false);
        check(name, remote(answer).await, kind, part, false);
    }
    for (name, answer, kind, part) in [
        ("a page", Answer::html(), NotThisProvider, "it is not Ollama"),
        ("compressed", gzip("application/x-ndjson"), Provider, "in a compressed form that was not asked for"),
        (
            "garbage",
            Answer::raw_body("application/x-ndjson", &[0xff, 0xfe, 0, b'\n']),
            Provider,
            "is not Ollama's format",
        ),
        ("an error page", Answer::json(502, "<html>Bad Gateway</html>"), NotThisProvider, "it is not Ollama"),
    ] {
        check(name, local(answer).await, kind, part, false);
    }
    for (name, answer, kind, part) in [
        ("a page", Answer::html(), NotThisProvider, "does not speak the OpenAI chat API"),
        ("compressed", gzip("text/event-stream"), Provider, "in a compressed form that was not asked for"),
        (
            "garbage",
            Answer::raw_body("text/event-stream", b"data: \xff\xfe\n\n"),
            Provider,
            "is not the OpenAI chat API",
        ),
        ("no data at all", Answer::sse(""), Interrupted, "broke before the reply was complete"),
        ("an error page", Answer::json(502, "<html>Bad Gateway</html>"), Provider, "(502)"),
    ] {
        check(name, remote(answer).await, kind, part, false);
    }
}

#[tokio::test]
async fn after_the_first_token() {
    use ModelErrorKind::{Interrupted, Provider, Timeout};
    let begun = |token: &str, rest: &str, end| Answer::stream(kind_of(token), &format!("{token}{rest}")).ending(end);
    let long = "x".repeat(1024 * 1024 + 2);
    for (name, rest, end, kind, part) in [
        ("closed", "", End::Closed, Interrupted, "broke before the reply was complete"),
        ("ended", "", End::Whole, Interrupted, "broke before the reply was complete"),
        ("half-open", "", End::Silence, Timeout, "sent nothing more within 200 ms"),
        ("slow loris", "", End::Trickle, Timeout, "sent nothing more within 200 ms"),
        ("garbage", "data: %%%\n%%%\n", End::Silence, Provider, "in the middle of the reply"),
        ("a line without end", &long, End::Silence, Provider, "in the middle of the reply"),
    ] {
        check(name, local(begun(TOKEN, rest, end)).await, kind, part, true);
        check(name, remote(begun(EVENT, rest, end)).await, kind, part, true);
    }
    // A reset may overtake what was sent before it, so there is nothing to say of the text.
    for heard in [local(begun(TOKEN, "", End::Reset)).await, remote(begun(EVENT, "", End::Reset)).await] {
        assert_eq!(heard.error.map(|error| error.kind), Some(Interrupted));
    }
}

fn kind_of(token: &str) -> &'static str {
    if token.starts_with("data:") { "text/event-stream" } else { "application/x-ndjson" }
}

#[tokio::test]
async fn a_reply_without_end_is_ended() {
    let server = ollama::ollama().await;
    server.on(LOCAL, Answer::ndjson(TOKEN).ending(End::Endless));
    let timers = Timers { total: SHORT, ..Timers::default() };
    let router = Router::new(LlmConfig { timers, ..only_ollama(&server.url()) }).unwrap();
    let heard = ask(&router, ProviderChoice::Ollama, "x").await;
    assert_eq!(heard.error.unwrap().kind, ModelErrorKind::Timeout);
    assert!(server.until_left(1).await);

    // However fast it comes.
    let server = ollama::ollama().await;
    let much = format!("{{\"message\":{{\"content\":\"{}\"}},\"done\":false}}\n", "x".repeat(512 * 1024));
    server.on(LOCAL, Answer::ndjson(&much).ending(End::Endless));
    let router = Router::new(only_ollama(&server.url())).unwrap();
    let heard = ask(&router, ProviderChoice::Ollama, "x").await;
    assert!(heard.error.unwrap().message.ends_with("sent more than 8 MiB, which no reply has"));
    assert!(heard.text.len() <= 8 * 1024 * 1024);
    assert!(server.until_left(1).await);
}

/// A server that writes a token every 2 ms counts how many it could still write.
#[tokio::test]
async fn a_cancelled_reply_stops_the_model_within_a_second() {
    let local = ollama::ollama().await;
    local.on(LOCAL, Answer::ndjson(TOKEN).ending(End::Endless));
    let remote = Server::start().await.unwrap();
    remote.on(HOSTED, Answer::sse(EVENT).ending(End::Endless));
    for (server, config) in [(&local, only_ollama(&local.url())), (&remote, hosted(&remote))] {
        let router = Router::new(config).unwrap();
        let mut stream = router.open(&ModelChoice::default(), request("x")).await.unwrap();
        let mut tokens = 0;
        while tokens < 20 {
            tokens += usize::from(matches!(stream.next().await, Some(Ok(ChatEvent::Text(_)))));
        }
        let before = server.sent();
        drop(stream);
        assert!(server.until_left(1).await, "the connection is closed");
        let after = server.sent() - before;
        assert!(after < 500, "{after} tokens were written after it was cancelled");
        tokio::time::sleep(Duration::from_millis(50)).await;
        assert_eq!(server.sent(), before + after, "not one more");
    }
}
