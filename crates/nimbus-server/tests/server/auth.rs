//! Who may do what: tokens, sessions, and requests that a person never meant.

use axum::http::{Method, StatusCode};
use serde_json::json;

use crate::app::{Ask, TOKEN, TestApp, ask};

/// Signs a browser in; its cookie.
async fn cookie(app: &TestApp) -> String {
    let answer = app.send(Ask::new(Method::GET, &format!("/?token={TOKEN}"))).await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/"));
    let (cookie, attributes) = answer.header("set-cookie").split_once("; ").unwrap();
    assert_eq!(attributes, "Path=/; HttpOnly; SameSite=Strict; Max-Age=15552000");
    assert!(cookie.starts_with("cumulonimbus_3000="), "{cookie}");
    cookie.to_owned()
}

#[tokio::test]
async fn the_printed_address_signs_a_browser_in_for_longer_than_the_server_runs() {
    let app = TestApp::new();
    let cookie = cookie(&app).await;
    let session = |app: TestApp, cookie: String| async move {
        app.send(Ask::new(Method::GET, "/api/session").by_page(&cookie)).await
    };
    let answer = session(TestApp::new(), cookie.clone()).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.json()["user"]["name"], "Local owner");
    for wrong in ["", "cumulonimbus_3000=", "cumulonimbus_3001=x", &cookie[..cookie.len() - 1], &format!("x{cookie}")] {
        assert_eq!(session(TestApp::new(), wrong.to_owned()).await.code(), "signed-out", "{wrong}");
    }
}

#[tokio::test]
async fn a_wrong_token_signs_nobody_in() {
    let app = TestApp::new();
    for token in ["", "wrong", "the-owners-toke", "the-owners-tokenn"] {
        let answer = app.send(Ask::new(Method::GET, &format!("/?token={token}"))).await;
        assert_eq!(answer.header("location"), "/?signin=failed");
        assert_eq!(answer.header("set-cookie"), "");
        let answer = app.send(Ask::new(Method::GET, "/api/apps").token(token)).await;
        assert_eq!((answer.status, answer.code().as_str()), (StatusCode::UNAUTHORIZED, "wrong-token"), "{token}");
        let ask = Ask::new(Method::POST, "/api/session").by_page("").json(json!({ "token": token }));
        assert_eq!(app.send(ask).await.code(), "wrong-token");
    }
    let ask = Ask::new(Method::POST, "/api/session").by_page("").json(json!({ "token": TOKEN }));
    let answer = app.send(ask).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.header("set-cookie").contains("HttpOnly"));
    let answer = app.send(Ask::new(Method::DELETE, "/api/session").by_page("").header("content-type", "")).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    assert!(answer.header("set-cookie").contains("Max-Age=0"));
}

#[tokio::test]
async fn nobody_sees_nothing_of_the_api() {
    let app = TestApp::new();
    let id = "018f3c6e-7b1a-7cc0-8000-0123456789ab";
    for path in [
        "/api/session".to_owned(),
        "/api/apps".to_owned(),
        format!("/api/apps/{id}"),
        format!("/api/apps/{id}/versions"),
        format!("/api/apps/{id}/export"),
        "/api/generations?active=1".to_owned(),
        format!("/api/generations/{id}/events"),
        "/api/llm/health".to_owned(),
        "/api/llm/models".to_owned(),
        "/api/llm/pulls".to_owned(),
        "/api/settings/llm".to_owned(),
        "/api/samples".to_owned(),
        "/metrics".to_owned(),
    ] {
        let answer = app.send(Ask::new(Method::GET, &path)).await;
        assert_eq!((answer.status, answer.code().as_str()), (StatusCode::UNAUTHORIZED, "signed-out"), "{path}");
    }
}

#[tokio::test]
async fn what_changes_something_must_come_from_our_own_page() {
    let app = TestApp::new();
    let cookie = cookie(&app).await;
    let files = json!({ "files": { "src/App.tsx": "x" } });
    let import = || Ask::new(Method::POST, "/api/apps/import").json(files.clone()).by_page(&cookie);
    for (name, value, status, code) in [
        ("origin", "null", 403, "foreign-origin"),
        ("origin", "http://localhost:5173", 403, "foreign-origin"),
        ("origin", "http://127.0.0.1:3000", 403, "foreign-origin"),
        ("origin", "http://018f3c6e7b1a7cc080000123456789ab.localhost:3000", 403, "foreign-origin"),
        ("origin", "http://localhost:3000.evil.example", 403, "foreign-origin"),
        ("origin", "", 403, "foreign-origin"),
        ("sec-fetch-site", "same-site", 403, "foreign-origin"),
        ("sec-fetch-site", "cross-site", 403, "foreign-origin"),
        ("sec-fetch-site", "none", 403, "foreign-origin"),
        ("content-type", "text/plain", 415, "media-type"),
        ("content-type", "", 415, "media-type"),
        ("content-type", "application/x-www-form-urlencoded", 415, "media-type"),
        ("content-type", "application/jsonx", 415, "media-type"),
        ("x-cumulonimbus", "", 403, "missing-header"),
        ("x-cumulonimbus", "0", 403, "missing-header"),
        ("cookie", "", 401, "signed-out"),
    ] {
        let answer = app.send(import().header(name, value)).await;
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (status, code), "{name}: {value}");
    }
    for (name, value) in
        [("sec-fetch-site", ""), ("content-type", "Application/JSON; charset=utf-8"), ("accept", "*/*")]
    {
        let answer = app.send(import().header(name, value)).await;
        assert_eq!(answer.status, StatusCode::OK, "{name}: {value}: {}", answer.text());
    }
}

#[tokio::test]
async fn a_session_follows_a_stream_only_in_our_own_page() {
    let app = TestApp::new();
    let cookie = cookie(&app).await;
    let path = "/api/generations/018f3c6e-7b1a-7cc0-8000-0123456789ab/events";
    // There is no such generation, which only who may follow it hears.
    for (site, status) in [("same-origin", 404), ("none", 403), ("", 403), ("same-site", 403), ("cross-site", 403)] {
        let ask = Ask::new(Method::GET, path).by_page(&cookie).header("sec-fetch-site", site);
        assert_eq!(app.send(ask).await.status.as_u16(), status, "{site}");
    }
    assert_eq!(app.get(path).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_session_reads_only_for_our_own_page() {
    let app = TestApp::new();
    let cookie = cookie(&app).await;
    let list = || Ask::new(Method::GET, "/api/apps").by_page(&cookie);
    for (site, origin, status) in [
        ("same-origin", "", 200),
        ("none", "", 200),
        ("", "", 200),
        ("same-site", "", 403),
        ("cross-site", "", 403),
        ("", "null", 403),
        ("", "http://localhost:5173", 403),
    ] {
        let answer = app.send(list().header("sec-fetch-site", site).header("origin", origin)).await;
        assert_eq!(answer.status.as_u16(), status, "{site} {origin}");
        assert_eq!(answer.header("access-control-allow-origin"), "");
    }
}

#[tokio::test]
async fn programs_need_a_token_and_no_page() {
    let app = TestApp::new();
    let (id, _) = app.import("x").await;
    let delete = || ask(Method::DELETE, "/api/apps/none").header("host", "127.0.0.1:3000");
    assert_eq!(app.send(delete()).await.code(), "not-found");
    assert_eq!(app.send(delete().header("origin", "null")).await.code(), "foreign-origin");
    assert_eq!(app.send(delete().header("origin", "http://localhost:3000")).await.code(), "foreign-origin");
    assert_eq!(app.send(delete().header("origin", "http://127.0.0.1:3000")).await.code(), "not-found");
    let plain = ask(Method::PATCH, &format!("/api/apps/{id}")).header("content-type", "text/plain").body("{}");
    assert_eq!(app.send(plain).await.code(), "media-type");
    let basic = ask(Method::GET, "/api/apps").header("authorization", &format!("Basic {TOKEN}"));
    assert_eq!(app.send(basic).await.code(), "wrong-token");
    // A wrong token is wrong, whatever cookie comes with it.
    let cookie = cookie(&app).await;
    let both = ask(Method::GET, "/api/apps").token("wrong").header("cookie", &cookie);
    assert_eq!(app.send(both).await.code(), "wrong-token");
}
