//! What an app keeps, through `POST /api/sandbox/call`.

use axum::http::{Method, StatusCode};
use nimbus_core::data::MAX_RECORD_BYTES;
use serde_json::{Value, json};

use crate::app::{Answer, Ask, TestApp, ask, text};

async fn launched(app: &TestApp) -> (String, String) {
    let (id, _) = app.import("a();").await;
    let token = text(&app.launch(&id).await["token"]);
    (id, token)
}

async fn renew(app: &TestApp, id: &str, token: &str) -> Answer {
    app.post(&format!("/api/apps/{id}/launch/renew"), json!({ "token": token })).await
}

fn result(answer: &Answer) -> Value {
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    answer.json()["result"].clone()
}

#[tokio::test]
async fn records_are_kept_and_changed_under_a_revision() {
    let app = TestApp::new();
    let (_, token) = launched(&app).await;
    let note = json!({ "collection": "notes", "data": { "text": "one" } });
    let record = result(&app.call(&token, "data.create", note).await);
    assert_eq!((&record["data"]["text"], &record["revision"]), (&json!("one"), &json!(1)));

    let change = |revision: u64| json!({ "collection": "notes", "id": record["id"], "data": {}, "revision": revision });
    assert_eq!(result(&app.call(&token, "data.update", change(1)).await)["revision"], 2);
    let late = app.call(&token, "data.update", change(1)).await;
    assert_eq!((late.status, late.code().as_str()), (StatusCode::CONFLICT, "conflict"));

    let list = result(&app.call(&token, "data.list", json!({ "collection": "notes" })).await);
    assert_eq!(list.as_array().map(Vec::len), Some(1));
    let which = json!({ "collection": "notes", "id": record["id"] });
    assert_eq!(result(&app.call(&token, "data.get", which.clone()).await)["revision"], 2);
    assert_eq!(result(&app.call(&token, "data.delete", which.clone()).await), Value::Null);
    assert_eq!(app.call(&token, "data.get", which).await.code(), "not-found");
}

#[tokio::test]
async fn storage_comes_back_with_the_next_launch() {
    let app = TestApp::new();
    let (id, token) = launched(&app).await;
    result(&app.call(&token, "storage.set", json!({ "key": "a", "value": "1" })).await);
    result(&app.call(&token, "storage.set", json!({ "key": "b", "value": "2" })).await);
    result(&app.call(&token, "storage.remove", json!({ "key": "a" })).await);
    assert_eq!(app.launch(&id).await["storage"], json!({ "local": { "b": "2" } }));
    let body = json!({ "method": "storage.clear" });
    result(&app.send(ask(Method::POST, "/api/sandbox/call").token(&token).json(body)).await);
    assert_eq!(app.launch(&id).await["storage"], json!({ "local": {} }));
}

#[tokio::test]
async fn one_app_cannot_reach_anothers_data() {
    let app = TestApp::new();
    let (a, token_a) = launched(&app).await;
    let (_, token_b) = launched(&app).await;
    let note = json!({ "collection": "notes", "data": {} });
    let record = result(&app.call(&token_a, "data.create", note).await);
    let which = json!({ "collection": "notes", "id": record["id"] });
    assert_eq!(app.call(&token_b, "data.get", which).await.code(), "not-found");
    let list = result(&app.call(&token_b, "data.list", json!({ "collection": "notes" })).await);
    assert_eq!(list, json!([]));
    let named = json!({ "collection": "notes", "appId": a });
    assert_eq!(app.call(&token_b, "data.list", named).await.code(), "bad-call");
}

#[tokio::test]
async fn only_a_sandbox_token_counts() {
    let app = TestApp::new();
    let (id, token) = launched(&app).await;
    let call = |ask: Ask| app.send(ask.json(json!({ "method": "data.list", "params": { "collection": "x" } })));
    let post = || Ask::new(Method::POST, "/api/sandbox/call");

    let signed_in = app.send(Ask::new(Method::GET, "/?token=the-owners-token")).await;
    let cookie = signed_in.header("set-cookie").split(';').next().unwrap().to_owned();
    assert_eq!(call(post().by_page(&cookie)).await.code(), "sandbox-token");
    assert_eq!(call(ask(Method::POST, "/api/sandbox/call")).await.code(), "sandbox-token");
    for forged in ["x".to_owned(), format!("{token}x"), token.replace('.', "")] {
        let answer = call(post().token(&forged)).await;
        assert_eq!((answer.status, answer.code().as_str()), (StatusCode::UNAUTHORIZED, "sandbox-token"), "{forged}");
    }
    let foreign = call(post().token(&token).header("origin", "null")).await;
    assert_eq!((foreign.status, foreign.code().as_str()), (StatusCode::FORBIDDEN, "foreign-origin"));
    // A sandbox token opens nothing else.
    assert_eq!(app.send(ask(Method::GET, "/api/apps").token(&token)).await.code(), "wrong-token");

    assert_eq!(call(post().token(&token)).await.status, StatusCode::OK);
    app.send(ask(Method::DELETE, &format!("/api/apps/{id}"))).await;
    assert_eq!(call(post().token(&token)).await.code(), "launch-revoked");
}

#[tokio::test]
async fn a_token_ends_is_renewed_and_revoked() {
    let app = TestApp::new();
    let (id, token) = launched(&app).await;
    let list = json!({ "collection": "x" });
    app.clock.advance(600_000);
    let expired = app.call(&token, "data.list", list.clone()).await;
    assert_eq!((expired.status, expired.code().as_str()), (StatusCode::UNAUTHORIZED, "sandbox-token"));

    let renewed = renew(&app, &id, &token).await.json();
    assert_eq!(renewed["expiresAt"], "2026-01-01T00:20:00Z");
    let fresh = text(&renewed["token"]);
    result(&app.call(&fresh, "data.list", list.clone()).await);
    let (other, _) = launched(&app).await;
    assert_eq!(renew(&app, &other, &token).await.code(), "sandbox-token");

    let revoke = app.post(&format!("/api/apps/{id}/launch/revoke"), json!({ "token": fresh })).await;
    assert_eq!(revoke.status, StatusCode::NO_CONTENT);
    assert_eq!(app.call(&fresh, "data.list", list.clone()).await.code(), "launch-revoked");
    assert_eq!(renew(&app, &id, &fresh).await.code(), "launch-revoked");
    // Neither a restart nor many others that end make it good again.
    for _ in 0..1_100 {
        let ended = text(&app.launch(&other).await["token"]);
        app.post(&format!("/api/apps/{other}/launch/revoke"), json!({ "token": ended })).await;
        app.clock.advance(1_000);
    }
    assert_eq!(renew(&app, &id, &fresh).await.code(), "launch-revoked");
    let restarted = TestApp::with_store(app.store.clone());
    restarted.clock.advance(600_000);
    assert_eq!(restarted.call(&fresh, "data.list", list).await.code(), "launch-revoked");
    app.clock.advance(25 * 60 * 60 * 1000);
    assert_eq!(renew(&app, &id, &token).await.code(), "sandbox-token");
}

#[tokio::test]
async fn bad_calls_are_refused_in_words() {
    let app = TestApp::new();
    let (_, token) = launched(&app).await;
    for (method, params, status, code) in [
        ("data.drop", json!({}), 404, "unknown-method"),
        ("__proto__", json!({}), 404, "unknown-method"),
        ("data.list", json!({}), 400, "bad-call"),
        ("data.list", json!([]), 400, "bad-call"),
        ("data.list", json!({ "collection": "../x" }), 400, "bad-call"),
        ("data.list", json!({ "collection": "a%2e" }), 400, "bad-call"),
        ("data.create", json!({ "collection": "x", "data": [1] }), 400, "bad-call"),
        ("data.create", json!({ "collection": "x", "data": { "x": "y".repeat(MAX_RECORD_BYTES) } }), 413, "too-large"),
        ("storage.set", json!({ "key": "a\u{0}", "value": "" }), 400, "bad-call"),
        ("storage.set", json!({ "key": "a", "value": 1 }), 400, "bad-call"),
    ] {
        let answer = app.call(&token, method, params).await;
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (status, code), "{method}: {}", answer.text());
    }
    let part = "x".repeat(1_000_000);
    for n in 0..5 {
        result(&app.call(&token, "storage.set", json!({ "key": n.to_string(), "value": part })).await);
    }
    let full = app.call(&token, "storage.set", json!({ "key": "5", "value": part })).await;
    assert_eq!((full.status, full.code().as_str()), (StatusCode::INSUFFICIENT_STORAGE, "quota-storage"));
    let huge = app.call(&token, "storage.set", json!({ "key": "6", "value": "x".repeat(9_000_000) })).await;
    assert_eq!((huge.status, huge.code().as_str()), (StatusCode::PAYLOAD_TOO_LARGE, "too-large"));
}

#[tokio::test]
async fn records_are_found_page_by_page() {
    let app = TestApp::new();
    let (_, token) = launched(&app).await;
    for n in 0..5 {
        let data = json!({ "n": n, "even": n % 2 == 0 });
        result(&app.call(&token, "data.create", json!({ "collection": "x", "data": data })).await);
    }
    let query = |cursor: Value| {
        json!({
            "collection": "x", "filter": { "n": { "gt": 0 } }, "sort": [{ "field": "n", "direction": "desc" }],
            "limit": 3, "cursor": cursor,
        })
    };
    let numbers = |page: &Value| -> Vec<u64> {
        page["items"].as_array().unwrap().iter().map(|record| record["data"]["n"].as_u64().unwrap()).collect()
    };
    let first = result(&app.call(&token, "data.query", query(Value::Null)).await);
    assert_eq!(numbers(&first), [4, 3, 2]);
    let second = result(&app.call(&token, "data.query", query(first["nextCursor"].clone())).await);
    assert_eq!((numbers(&second), &second["nextCursor"]), (vec![1], &Value::Null));
    let bad = json!({ "collection": "x", "filter": { "n": { "regex": "." } } });
    assert_eq!(app.call(&token, "data.query", bad).await.code(), "bad-call");
}

#[tokio::test]
async fn no_answer_is_larger_than_a_page_of_records() {
    let app = TestApp::new();
    let (_, token) = launched(&app).await;
    for n in 0..9 {
        let data = json!({ "n": n, "text": "x".repeat(200_000) });
        result(&app.call(&token, "data.create", json!({ "collection": "big", "data": data })).await);
    }
    let all = app.call(&token, "data.list", json!({ "collection": "big" })).await;
    assert_eq!((all.status, all.code().as_str()), (StatusCode::PAYLOAD_TOO_LARGE, "too-large"));
    let page = result(&app.call(&token, "data.query", json!({ "collection": "big", "limit": 500 })).await);
    assert_eq!(page["items"].as_array().unwrap().len(), 5);
    let query = json!({ "collection": "big", "limit": 500, "cursor": page["nextCursor"] });
    let rest = result(&app.call(&token, "data.query", query).await);
    assert_eq!((rest["items"].as_array().unwrap().len(), &rest["nextCursor"]), (4, &json!(null)));
}

#[tokio::test]
async fn storage_is_changed_in_one_call() {
    let app = TestApp::new();
    let (id, token) = launched(&app).await;
    result(&app.call(&token, "storage.patch", json!({ "set": { "a": "1", "b": "2" } })).await);
    result(&app.call(&token, "storage.patch", json!({ "set": { "c": "3" }, "remove": ["a", "x"] })).await);
    assert_eq!(app.launch(&id).await["storage"], json!({ "local": { "b": "2", "c": "3" } }));
}

#[tokio::test]
async fn calls_are_limited_per_second() {
    let app = TestApp::new();
    let (_, token) = launched(&app).await;
    let (_, other) = launched(&app).await;
    for _ in 0..200 {
        assert_eq!(app.call(&token, "user.get", json!({})).await.status, StatusCode::OK);
    }
    let many = app.call(&token, "user.get", json!({})).await;
    assert_eq!((many.status, many.code().as_str()), (StatusCode::TOO_MANY_REQUESTS, "quota-calls"));
    assert_eq!(app.call(&other, "user.get", json!({})).await.status, StatusCode::OK);
    app.clock.advance(10);
    assert_eq!(app.call(&token, "user.get", json!({})).await.status, StatusCode::OK);
}

#[tokio::test]
async fn who_signs_in_again_launches_again() {
    let app = TestApp::new();
    let (id, token) = launched(&app).await;
    // Nobody signs nobody out.
    app.send(
        Ask::new(Method::DELETE, "/api/session")
            .header("origin", "http://localhost:3000")
            .header("x-cumulonimbus", "1"),
    )
    .await;
    assert_eq!(app.call(&token, "user.get", json!({})).await.status, StatusCode::OK);
    app.send(ask(Method::DELETE, "/api/session")).await;
    assert_eq!(app.call(&token, "user.get", json!({})).await.code(), "launch-revoked");
    let again = text(&app.launch(&id).await["token"]);
    assert_eq!(app.call(&again, "user.get", json!({})).await.status, StatusCode::OK);
}
