//! Host names: who is served, and with which headers.

use std::sync::Arc;

use axum::http::{Method, StatusCode};
use nimbus_core::{
    generate::{Jobs, Ports},
    platform::fixed,
    vault::Vault,
};
use nimbus_server::{ServerParts, ServerState};

use crate::{
    app::{Ask, TestApp, ask, config},
    ports::{FakeAssets, FakeBundler, FakeFetch, FakeModels},
    store::MemoryStore,
};

const APP: &str = "018f3c6e7b1a7cc080000123456789ab.localhost:3000";

#[tokio::test]
async fn other_hosts_get_421_and_hear_which_are_served() {
    let app = TestApp::new();
    for host in ["evil.example", "evil.example:3000", "localhost:3001", "x.localhost:3000", "192.168.0.2:3000"] {
        for path in ["/", "/api/apps", "/healthz", "/assets/app-1.js"] {
            let answer = app.send(ask(Method::GET, path).header("host", host)).await;
            assert_eq!(answer.status, StatusCode::MISDIRECTED_REQUEST, "{host} {path}");
            assert!(answer.text().contains("`localhost:3000`"), "{}", answer.text());
            assert!(!answer.header("content-security-policy").is_empty());
        }
    }
    let answer = app.send(ask(Method::GET, "/").header("host", "")).await;
    assert_eq!(answer.status, StatusCode::MISDIRECTED_REQUEST);
    for host in ["localhost:3000", "127.0.0.1:3000", "[::1]:3000"] {
        assert_eq!(app.send(ask(Method::GET, "/api/apps").header("host", host)).await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn an_apps_host_serves_nothing_of_the_api() {
    let app = TestApp::new();
    for (method, path) in
        [(Method::GET, "/api/apps"), (Method::POST, "/api/sandbox/call"), (Method::POST, "/api/apps/import")]
    {
        let answer = app.send(ask(method, path).header("host", APP)).await;
        assert_eq!(answer.status, StatusCode::MISDIRECTED_REQUEST, "{path}");
        assert!(answer.header("content-security-policy").starts_with("sandbox "));
    }
    for path in ["/", "/healthz", "/metrics", "/settings", "/assets/app-1.js"] {
        let answer = app.send(ask(Method::GET, path).header("host", APP)).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn every_answer_of_an_apps_host_carries_the_policy() {
    let app = TestApp::new();
    for (method, path) in [
        (Method::GET, "/ping"),
        (Method::GET, "/nothing"),
        (Method::GET, "/v/018f3c6e-7b1a-7cc0-8000-0123456789ab/"),
        (Method::GET, "/v/018f3c6e-7b1a-7cc0-8000-0123456789ab/js/app.js"),
        (Method::GET, "/v/x/js/app.js"),
        (Method::GET, "/lib/abc123/none.js"),
        (Method::GET, "/lib/abc123/%2e%2e%2fmanifest.json"),
        (Method::POST, "/ping"),
        (Method::OPTIONS, "/v/x/"),
    ] {
        let answer = app.send(Ask::new(method.clone(), path).header("host", APP)).await;
        let policy = answer.header("content-security-policy");
        assert!(policy.starts_with("sandbox allow-scripts allow-forms; default-src 'none'; "), "{method} {path}");
        assert!(policy.contains("frame-ancestors http://localhost:3000 http://127.0.0.1:3000"), "{policy}");
        assert!(!answer.header("connection-allowlist").is_empty(), "{method} {path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("referrer-policy"), "no-referrer");
        assert_eq!(answer.header("set-cookie"), "");
    }
}

#[tokio::test]
async fn the_studio_is_served_at_its_addresses_and_says_when_it_is_lost() {
    let app = TestApp::new();
    let id = "018f3c6e-7b1a-7cc0-8000-0123456789ab";
    for path in ["/", "/new", "/new?prompt=x", "/settings", &format!("/apps/{id}"), &format!("/studio/{id}")] {
        let answer = app.send(Ask::new(Method::GET, path)).await;
        assert_eq!((answer.status, answer.header("cache-control")), (StatusCode::OK, "no-store"), "{path}");
        assert!(answer.text().contains("Studio"));
        assert!(answer.header("content-security-policy").contains("require-trusted-types-for 'script'"));
    }
    let lost = app.send(Ask::new(Method::GET, "/lost").header("accept", "text/html,*/*")).await;
    assert_eq!(lost.status, StatusCode::NOT_FOUND);
    assert!(lost.text().contains("Studio"));
    let icon = app.send(Ask::new(Method::GET, "/favicon.svg")).await;
    assert_eq!((icon.status, icon.header("content-type")), (StatusCode::OK, "image/svg+xml"));
    assert_eq!(app.send(Ask::new(Method::GET, "/index.htm")).await.code(), "no-such-route");
    assert_eq!(app.get("/api/none").await.code(), "no-such-route");
    assert_eq!(app.send(ask(Method::PUT, "/api/apps").json(serde_json::json!({}))).await.code(), "method-not-allowed");
}

#[tokio::test]
async fn pages_at_the_ipv6_address_move_to_where_apps_can_be_framed() {
    let app = TestApp::new();
    let answer = app.send(Ask::new(Method::GET, "/new?prompt=x").header("host", "[::1]:3000")).await;
    assert_eq!(answer.status, StatusCode::TEMPORARY_REDIRECT);
    assert_eq!(answer.header("location"), "http://localhost:3000/new?prompt=x");
}

#[tokio::test]
async fn files_are_sent_as_the_client_takes_them() {
    let app = TestApp::new();
    let get = |encoding| app.send(Ask::new(Method::GET, "/assets/app-1.js").header("accept-encoding", encoding));
    let compressed = get("gzip, br").await;
    assert_eq!((compressed.header("content-encoding"), compressed.text().as_str()), ("br", "brotli of studio()"));
    let plain = get("gzip").await;
    assert_eq!((plain.header("content-encoding"), plain.text().as_str()), ("", "studio()"));
    assert_eq!(plain.header("cache-control"), "public, max-age=31536000, immutable");
    assert_eq!(plain.header("vary"), "accept-encoding");
}

#[tokio::test]
async fn a_failure_of_ours_tells_the_client_nothing() {
    let app = TestApp::new();
    assert_eq!(app.get("/healthz").await.json()["status"], "ok");
    app.store.break_down();
    let answer = app.get("/api/apps").await;
    assert_eq!((answer.status, answer.code().as_str()), (StatusCode::INTERNAL_SERVER_ERROR, "internal"));
    assert!(!answer.text().contains("secret"), "{}", answer.text());
    assert_eq!(answer.header("x-request-id").len(), 16);
    let health = app.send(Ask::new(Method::GET, "/healthz")).await;
    assert_eq!((health.status, health.code().as_str()), (StatusCode::SERVICE_UNAVAILABLE, "not-ready"));
}

#[test]
fn a_server_does_not_start_without_the_lock() {
    for path in ["runtime/lock.js", "runtime/boot.js", "lib/manifest.json"] {
        let (platform, _) = fixed::platform();
        let store = Arc::new(MemoryStore::default());
        let ports = Ports {
            models: Arc::new(FakeModels::default()),
            bundler: Arc::new(FakeBundler),
            store,
            platform,
            vault: Vault::new(&[7; 32]),
        };
        let state = ServerState::new(ServerParts {
            store: ports.store.clone(),
            models: ports.models.clone(),
            bundler: ports.bundler.clone(),
            platform: ports.platform.clone(),
            asking: ports.asking(),
            fetch: Arc::new(FakeFetch),
            jobs: Jobs::new(ports),
            assets: Arc::new(FakeAssets::new().without(path)),
            config: config(),
            shutdown: tokio_util::sync::CancellationToken::new(),
        });
        assert!(state.err().unwrap().to_string().contains(path));
    }
}
