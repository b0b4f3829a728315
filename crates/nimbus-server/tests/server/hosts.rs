//! Host names: who is served, and with which headers.

use std::{collections::BTreeMap, sync::Arc};

use axum::http::{Method, StatusCode};
use nimbus_core::{
    generate::{Jobs, Ports},
    platform::fixed,
    vault::Vault,
};
use nimbus_server::{ServerParts, ServerState};

use crate::{
    app::{Answer, Ask, TestApp, ask, config, text},
    ports::{FakeAssets, FakeBundler, FakeExporter, FakeFetch, FakeModels},
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

/// What is left of an answer's headers once those are taken away that are about its body.
fn sealing(answer: &Answer) -> BTreeMap<String, String> {
    let of_the_body =
        ["content-type", "content-length", "content-encoding", "etag", "vary", "allow", "location", "x-request-id"];
    let headers = answer.headers.iter().filter(|(name, _)| !of_the_body.contains(&name.as_str()));
    headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect()
}

#[tokio::test]
async fn every_answer_of_an_apps_host_is_sealed_alike() {
    let app = TestApp::new();
    let (id, version) = app.import("a();").await;
    let host = format!("{}.localhost:3000", id.replace('-', ""));
    let own = format!("/v/{version}/");
    let url = text(&app.launch(&id).await["url"]);
    let opening = url.split_once(":3000").unwrap().1;
    let get = |path: &str| Ask::new(Method::GET, path).header("host", &host);
    let head = |path: &str| Ask::new(Method::HEAD, path).header("host", &host);
    let script = app.send(get(&format!("{own}js/app.js"))).await;
    let (revalidate, immutable) = ("no-cache", "public, max-age=31536000, immutable");
    for (ask, status, names_version, cache) in [
        (head(opening), 403, true, "no-store"),
        (get(opening), 200, true, "no-store"),
        (get(opening), 403, true, "no-store"),
        (get(&own), 403, true, "no-store"),
        (get(&format!("{own}js/app.js")), 200, true, revalidate),
        (head(&format!("{own}js/app.js")), 200, true, revalidate),
        (get(&format!("{own}js/app.js")).header("if-none-match", script.header("etag")), 304, true, revalidate),
        (get(&format!("{own}js/boot.js")), 200, true, revalidate),
        (get(&format!("{own}app.css")), 200, true, revalidate),
        (get(&format!("{own}nothing")), 404, true, "no-store"),
        (get("/lib/abc123/react.js"), 200, false, immutable),
        (get("/lib/abc123/none.js"), 404, false, "no-store"),
        (get("/lib/abc123/%2e%2e%2fmanifest.json"), 404, false, "no-store"),
        (get("/ping"), 200, false, "no-store"),
        (get("/"), 404, false, "no-store"),
        (get("/v/x/js/app.js"), 404, false, "no-store"),
        (get("/v/%ff/js/app.js"), 400, false, "no-store"),
        (get(&format!("{own}?launch=%ff")), 403, true, "no-store"),
        (get(&format!("{own}?launch=1&launch=2")), 400, true, "no-store"),
        (get(&format!("/?{}", "x".repeat(17_000))), 414, false, "no-store"),
        (get("/").header("cookie", &"x".repeat(33_000)), 431, false, "no-store"),
        (get("/").header("content-length", "9000000"), 413, false, "no-store"),
        (get("/api/apps"), 421, false, "no-store"),
        (Ask::new(Method::POST, "/ping").header("host", &host), 405, false, "no-store"),
        (Ask::new(Method::OPTIONS, &own).header("host", &host), 405, true, "no-store"),
        (Ask::new(Method::DELETE, "/nothing").header("host", &host), 404, false, "no-store"),
        // A bug of ours.
        (get("/lib/abc123/panic.js"), 500, false, "no-store"),
    ] {
        let what = format!("{ask:?}");
        let answer = app.send(ask).await;
        assert_eq!(answer.status.as_u16(), status, "{what}: {}", answer.text());
        assert!(!answer.text().contains("/secret/path"), "{what}");
        let mut found = sealing(&answer);
        let base = format!("http://{host}{own}");
        let library = format!("http://{host}/lib/abc123/");
        let (folder, scripts, reachable) = if names_version {
            (format!(" {base}"), format!("{base}js/ {library}"), format!("(\"{base}*\" \"{library}*\")"))
        } else {
            (String::new(), "'none'".to_owned(), "()".to_owned())
        };
        let policy = format!(
            "sandbox allow-scripts allow-forms; default-src 'none'; script-src {scripts}; \
             style-src 'unsafe-inline'{folder}; img-src data: blob:{folder}; font-src data:{folder}; \
             media-src data: blob:{folder}; connect-src 'none'; worker-src blob:; child-src blob:; \
             frame-src 'none'; object-src 'none'; manifest-src 'none'; form-action 'none'; base-uri 'none'; \
             frame-ancestors http://localhost:3000 http://127.0.0.1:3000"
        );
        for (name, expected) in [
            ("content-security-policy", policy.as_str()),
            ("connection-allowlist", &reachable),
            ("cache-control", cache),
            ("access-control-allow-origin", "*"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "cross-origin"),
            ("referrer-policy", "no-referrer"),
            ("x-content-type-options", "nosniff"),
            ("x-dns-prefetch-control", "off"),
        ] {
            assert_eq!(found.remove(name).as_deref(), Some(expected), "{name} of {what}");
        }
        assert!(found.remove("permissions-policy").is_some_and(|policy| policy.starts_with("camera=(), ")), "{what}");
        assert_eq!(found, BTreeMap::new(), "{what}");
    }
}

#[tokio::test]
async fn every_answer_of_a_page_is_guarded_alike() {
    let app = TestApp::new();
    let (id, _) = app.import("a();").await;
    let get = |path: &str| Ask::new(Method::GET, path);
    for (ask, status) in [
        (get("/"), 200),
        (Ask::new(Method::HEAD, "/"), 200),
        (get("/assets/app-1.js"), 200),
        (get("/assets/none.js"), 404),
        (get("/none"), 404),
        (get("/api/none"), 404),
        (get("/api/apps"), 401),
        (get(&format!("/sandbox/{id}")), 303),
        (get("/sandbox/x"), 404),
        (get("/?token=wrong"), 303),
        (get("/new").header("host", "[::1]:3000"), 307),
        (get("/assets/%ff"), 400),
        (Ask::new(Method::PUT, "/settings"), 405),
        (Ask::new(Method::OPTIONS, "/api/apps").header("origin", "http://evil.example"), 403),
        (get("/").header("host", "evil.example"), 421),
        (get(&format!("/?{}", "x".repeat(17_000))), 414),
        (get("/assets/panic.js"), 500),
    ] {
        let what = format!("{ask:?}");
        let answer = app.send(ask).await;
        assert_eq!(answer.status.as_u16(), status, "{what}: {}", answer.text());
        assert!(!answer.text().contains("/secret/path"), "{what}");
        let mut found = sealing(&answer);
        let policy = found.remove("content-security-policy").unwrap();
        assert!(
            policy.starts_with(
                "default-src 'none'; script-src http://localhost:3000/assets/ http://127.0.0.1:3000/assets/; "
            ),
            "{what}: {policy}"
        );
        assert!(policy.ends_with("frame-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"), "{what}: {policy}");
        assert!(found.remove("cache-control").is_some(), "{what}");
        let others: Vec<_> = found.iter().map(|(name, value)| format!("{name}: {value}")).collect();
        let expected = [
            "cross-origin-opener-policy: same-origin",
            "cross-origin-resource-policy: same-origin",
            "referrer-policy: no-referrer",
            "x-content-type-options: nosniff",
            "x-dns-prefetch-control: off",
        ];
        assert_eq!(others, expected, "{what}");
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
            exporter: Arc::new(FakeExporter),
            fetch: Arc::new(FakeFetch),
            jobs: Jobs::new(ports),
            assets: Arc::new(FakeAssets::new().without(path)),
            config: config(),
            shutdown: tokio_util::sync::CancellationToken::new(),
        });
        assert!(state.err().unwrap().to_string().contains(path));
    }
}
