//! What one client can take of the server, over real connections. A limit that a test is about is
//! made small; what it must end is awaited, and a server that does not end it fails the test.

use std::{future::Future, io, net::SocketAddr, time::Duration};

use axum::http::{Method, StatusCode};
use nimbus_server::{Limits, serve};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
    time::Instant,
};

use crate::{
    app::{Ask, TOKEN, TestApp, ask, events, text},
    permissions::grant,
    ports::LARGE,
};

/// Short, but long enough to be told from none.
const SHORT: Duration = Duration::from_millis(50);
/// A server that has not done by then what it must will not do it.
const PATIENCE: Duration = Duration::from_secs(20);

struct Served {
    app: TestApp,
    address: SocketAddr,
    server: JoinHandle<io::Result<()>>,
}

impl Served {
    async fn with(limits: Limits) -> Self {
        let app = TestApp::with_limits(limits);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let server = tokio::spawn(serve(listener, app.state.clone()));
        Self { app, address, server }
    }

    /// A connection on which `text` was sent.
    async fn sent(&self, text: &str) -> TcpStream {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        // A server that has read enough closes the connection while we still send.
        let _ = stream.write_all(text.as_bytes()).await;
        stream
    }

    /// Everything that the server says to `text` until it closes the connection.
    async fn answer(&self, text: &str) -> String {
        rest(self.sent(text).await).await
    }

    /// The answer to a request that asks for the connection to be closed.
    async fn get(&self, path: &str, headers: &str) -> String {
        self.answer(&format!("GET {path} HTTP/1.1\r\nhost: localhost:3000\r\nconnection: close\r\n{headers}\r\n")).await
    }
}

async fn in_time<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, what).await.expect("the server did not do it in time")
}

async fn rest(mut stream: TcpStream) -> String {
    let mut bytes = Vec::new();
    // A connection that is reset has ended too: the server closed it while we still sent.
    let _ = in_time(stream.read_to_end(&mut bytes)).await;
    String::from_utf8(bytes).unwrap()
}

/// Reads until `text` has come.
async fn until(stream: &mut TcpStream, text: &str) {
    let mut seen = Vec::new();
    while !String::from_utf8_lossy(&seen).contains(text) {
        let mut buffer = [0; 4096];
        let count = in_time(stream.read(&mut buffer)).await.unwrap();
        assert!(count > 0, "the connection ended before `{text}`: {}", String::from_utf8_lossy(&seen));
        seen.extend_from_slice(&buffer[..count]);
    }
}

fn refused(answer: &str, status: u16, code: &str) {
    assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{answer}");
    assert!(answer.contains(&format!(r#""code":"{code}""#)), "{answer}");
    assert!(answer.contains("content-security-policy: "), "{answer}");
}

#[tokio::test]
async fn a_head_that_does_not_come_ends_its_connection() {
    let served = Served::with(Limits { connections: 1, head_time: SHORT, ..Limits::default() }).await;
    for begun in ["", "GET / HT", "GET / HTTP/1.1\r\nhost: localhost:3000\r\nx-slow: "] {
        assert_eq!(served.answer(begun).await, "", "{begun:?}");
    }
    // So does a connection that is kept and not used.
    let served = Served::with(Limits { head_time: Duration::from_secs(1), ..Limits::default() }).await;
    let kept = served.sent("GET /healthz HTTP/1.1\r\nhost: localhost:3000\r\n\r\n").await;
    assert!(rest(kept).await.starts_with("HTTP/1.1 200 OK"));
}

#[tokio::test]
async fn a_body_that_does_not_come_is_408() {
    let served = Served::with(Limits { body_time: SHORT, ..Limits::default() }).await;
    for (length, begun) in [("content-length: 100", "{\"na"), ("transfer-encoding: chunked", "5\r\n{\"nam\r\n")] {
        let answer = served
            .answer(&format!(
                "POST /api/apps/import HTTP/1.1\r\nhost: localhost:3000\r\nauthorization: Bearer {TOKEN}\r\n\
                 content-type: application/json\r\n{length}\r\n\r\n{begun}"
            ))
            .await;
        refused(&answer, 408, "body-timeout");
    }
}

#[tokio::test]
async fn a_body_that_is_too_large_is_413() {
    let served = Served::with(Limits::default()).await;
    let post = |length: usize| {
        format!(
            "POST /api/apps/generate-stream HTTP/1.1\r\nhost: localhost:3000\r\nauthorization: Bearer {TOKEN}\r\n\
             content-type: application/json\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n"
        )
    };
    let megabyte = 1024 * 1024;
    refused(&served.answer(&(post(megabyte + 1) + &" ".repeat(megabyte + 1))).await, 413, "too-large");
    // What no route takes is refused before it comes.
    refused(&served.answer(&post(8 * megabyte + 1)).await, 413, "too-large");
}

#[tokio::test]
async fn heads_are_bounded() {
    let served = Served::with(Limits::default()).await;
    let cookie = |bytes: usize| format!("cookie: a={}\r\n", "x".repeat(bytes));
    let fields = |count: usize| "x-a: 1\r\n".repeat(count);
    assert!(served.get(&format!("/new?prompt={}", "x".repeat(16_000)), "").await.starts_with("HTTP/1.1 200"));
    assert!(served.get("/", &cookie(32_000)).await.starts_with("HTTP/1.1 200"));
    assert!(served.get("/", &fields(62)).await.starts_with("HTTP/1.1 200"));
    refused(&served.get(&format!("/new?prompt={}", "x".repeat(16 * 1024)), "").await, 414, "uri-too-long");
    refused(&served.get("/", &cookie(32 * 1024)).await, 431, "headers-too-large");
    refused(&served.get("/", &fields(63)).await, 431, "headers-too-large");
    // What is far too much is not even read to its end.
    for (path, headers, status) in
        [("/".to_owned(), fields(300), "431"), (format!("/?{}", "x".repeat(70_000)), String::new(), "414")]
    {
        let answer = served.get(&path, &headers).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{answer}");
    }
    // The words may be lost, because the connection is closed while the rest is on its way.
    let answer = served.get("/", &cookie(1_000_000)).await;
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 431 "), "{answer}");
}

#[tokio::test]
async fn what_is_no_request_is_400() {
    let served = Served::with(Limits::default()).await;
    for sent in ["HELO there\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "GET / HTTP/1.1\r\nhost : localhost:3000\r\n\r\n"] {
        let answer = served.answer(sent).await;
        assert!(answer.starts_with("HTTP/1.1 400 "), "{sent:?}: {answer}");
        assert!(answer.ends_with("\r\n\r\n"), "it has a body: {answer}");
    }
}

#[tokio::test]
async fn further_connections_wait_for_a_place() {
    let served = Served::with(Limits { connections: 2, ..Limits::default() }).await;
    let request = "GET /healthz HTTP/1.1\r\nhost: localhost:3000\r\n\r\n";
    let mut first = served.sent(request).await;
    until(&mut first, r#""status":"ok""#).await;
    let mut second = served.sent(request).await;
    until(&mut second, r#""status":"ok""#).await;
    let mut third = served.sent(request).await;
    // The server goes on meanwhile, and not for the third.
    for _ in 0..20 {
        second.write_all(request.as_bytes()).await.unwrap();
        until(&mut second, r#""status":"ok""#).await;
    }
    assert_eq!(third.try_read(&mut [0; 1]).map_err(|error| error.kind()), Err(io::ErrorKind::WouldBlock));
    drop(first);
    until(&mut third, r#""status":"ok""#).await;
}

#[tokio::test]
async fn who_takes_none_of_an_answer_loses_the_connection() {
    let served = Served::with(Limits { connections: 1, write_time: SHORT, ..Limits::default() }).await;
    let stalled = served.sent("GET /assets/large.js HTTP/1.1\r\nhost: localhost:3000\r\n\r\n").await;
    // There is one place, so this is answered only once the other is gone.
    assert!(served.get("/healthz", "").await.starts_with("HTTP/1.1 200"));
    assert!(rest(stalled).await.len() < LARGE);
}

// Without connections, so that time can stand still until all wait for it.
#[tokio::test(start_paused = true)]
async fn an_answer_that_does_not_come_is_503_and_streams_may_take_any_time() {
    let app = TestApp::new();
    let generate = json!({ "prompt": "a clock", "model": "endless" });
    let endless = app.open(ask(Method::POST, "/api/apps/generate-stream").json(generate)).await;
    assert_eq!(endless.status(), StatusCode::OK);

    let wants = json!({ "permissions": { "http": { "domains": ["silent.example.org"], "reason": "Waits" } } });
    let files = json!({ "src/App.tsx": "a();", "cumulonimbus.json": wants.to_string() });
    let imported = app.post("/api/apps/import", json!({ "files": files })).await.json();
    let (id, version) = (text(&imported["appId"]), text(&imported["versionId"]));
    grant(&app, &id, &version, json!({ "domains": ["silent.example.org"] })).await;
    let token = text(&app.launch(&id).await["token"]);
    let began = Instant::now();
    let answer = app.call(&token, "http.fetch", json!({ "url": "https://silent.example.org/" })).await;
    assert_eq!((answer.status, answer.code().as_str()), (StatusCode::SERVICE_UNAVAILABLE, "answer-timeout"));
    assert_eq!(began.elapsed().as_secs(), Limits::default().answer_time.as_secs());

    let seen = events(endless.into_body(), |event| event["type"] == "chunk").await;
    let generation = text(&seen[0].1["generationId"]);
    let cancelled = app.send(ask(Method::DELETE, &format!("/api/generations/{generation}"))).await;
    assert_eq!(cancelled.json()["cancelled"], true);
}

#[tokio::test]
async fn an_address_has_a_pace_whatever_a_request_says_of_itself() {
    let served = Served::with(Limits { requests_at_once: 3, ..Limits::default() }).await;
    for n in 0..3 {
        let header = format!("x-forwarded-for: 192.0.2.{n}\r\nforwarded: for=192.0.2.{n}\r\n");
        assert!(served.get("/healthz", &header).await.starts_with("HTTP/1.1 200"));
    }
    let answer = served.get("/healthz", "x-forwarded-for: 192.0.2.9\r\n").await;
    refused(&answer, 429, "too-many-requests");
    assert!(answer.contains("retry-after: 1\r\n"), "{answer}");
    let frame = "GET /ping HTTP/1.1\r\nhost: probe.localhost:3000\r\nconnection: close\r\n\r\n";
    let answer = served.answer(frame).await;
    refused(&answer, 429, "too-many-requests");
    assert!(answer.contains("content-security-policy: sandbox allow-scripts allow-forms; "), "{answer}");
    served.app.clock.advance(1);
    assert!(served.answer(frame).await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn wrong_tokens_have_a_pace_at_each_door() {
    let app = TestApp::new();
    let sign_in = |token: &str| Ask::new(Method::POST, "/api/session").by_page("").json(json!({ "token": token }));
    let by_address = |token: &str| Ask::new(Method::GET, &format!("/?token={token}"));
    // A picture or a frame of another page is no attempt.
    for _ in 0..50 {
        let within = app.send(by_address("wrong").header("sec-fetch-dest", "image")).await;
        assert_eq!((within.status, within.header("set-cookie")), (StatusCode::OK, ""));
        let within = app.send(by_address(TOKEN).header("sec-fetch-dest", "iframe")).await;
        assert_eq!((within.status, within.header("set-cookie")), (StatusCode::OK, ""));
    }
    for n in 0..11 {
        let wrong = if n % 2 == 0 { sign_in("wrong") } else { by_address("wrong") };
        assert_ne!(app.send(wrong).await.status, StatusCode::TOO_MANY_REQUESTS, "{n}");
    }
    for ask in [sign_in("wrong"), sign_in(TOKEN), by_address(TOKEN)] {
        let answer = app.send(ask).await;
        assert_eq!((answer.status, answer.code().as_str()), (StatusCode::TOO_MANY_REQUESTS, "too-many-attempts"));
        assert_eq!((answer.header("retry-after"), answer.header("set-cookie")), ("6", ""));
    }
    // Programs have a door of their own.
    assert_eq!(app.get("/api/apps").await.status, StatusCode::OK);
    for _ in 0..11 {
        assert_eq!(app.send(ask(Method::GET, "/api/apps").token("wrong")).await.code(), "wrong-token");
    }
    assert_eq!(app.get("/api/apps").await.code(), "too-many-attempts");
    app.clock.advance(6000);
    assert_eq!(app.get("/api/apps").await.status, StatusCode::OK);
    assert_eq!(app.send(sign_in(TOKEN)).await.status, StatusCode::OK);
    // Whoever is right is never counted.
    for _ in 0..50 {
        assert_eq!(app.send(sign_in(TOKEN)).await.status, StatusCode::OK);
        assert_eq!(app.get("/api/apps").await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn a_person_has_a_pace() {
    let app = TestApp::new();
    let (id, _) = app.import("a();").await;
    let launch = format!("/api/apps/{id}/launch");
    for (path, body, most) in [
        ("/api/apps/generate-stream", json!({ "prompt": "" }), 30),
        ("/api/apps/import", json!({ "files": {} }), 119),
        (launch.as_str(), json!({}), 240),
    ] {
        for n in 0..most {
            assert_ne!(app.post(path, body.clone()).await.status, StatusCode::TOO_MANY_REQUESTS, "{path} {n}");
        }
        let answer = app.post(path, body).await;
        assert_eq!((answer.status, answer.code().as_str()), (StatusCode::TOO_MANY_REQUESTS, "too-often"), "{path}");
        let wait: u64 = answer.header("retry-after").parse().unwrap();
        assert!((1..=4).contains(&wait) && answer.text().contains(&format!("wait {wait} s")), "{}", answer.text());
    }
}

#[tokio::test]
async fn stopping_ends_idle_connections_and_then_the_server() {
    let served = Served::with(Limits::default()).await;
    let mut idle = served.sent("GET /healthz HTTP/1.1\r\nhost: localhost:3000\r\n\r\n").await;
    until(&mut idle, r#""status":"ok""#).await;
    served.app.shutdown.cancel();
    assert_eq!(rest(idle).await, "");
    in_time(served.server).await.unwrap().unwrap();
    assert!(TcpStream::connect(served.address).await.is_err());
}
