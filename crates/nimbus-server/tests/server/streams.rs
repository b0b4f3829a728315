//! What an app follows and asks: streams of its own, beside its calls.

use axum::{
    body::Body,
    http::{Method, StatusCode},
};
use futures::StreamExt;
use nimbus_core::{completion::TOKENS_PER_DAY, ids::UserId, ports::Store};
use serde_json::{Value, json};

use crate::{
    app::{Ask, TestApp, ask, text},
    permissions::{demanding, grant},
};

/// The data of events, read one after another.
struct Events {
    stream: axum::body::BodyDataStream,
    text: String,
}

impl Events {
    fn of(body: Body) -> Self {
        Self { stream: body.into_data_stream(), text: String::new() }
    }

    /// The next event; none at the end.
    async fn next(&mut self) -> Option<Value> {
        loop {
            if let Some((frame, rest)) = self.text.clone().split_once("\n\n") {
                self.text = rest.to_owned();
                match frame.split_once("\ndata: ") {
                    Some(("event: message", data)) => return Some(serde_json::from_str(data).unwrap()),
                    _ => assert!(frame.starts_with(": "), "an odd frame: {frame}"),
                }
                continue;
            }
            let piece = self.stream.next().await?.unwrap();
            self.text.push_str(std::str::from_utf8(&piece).unwrap());
        }
    }
}

async fn follow(app: &TestApp, token: &str, query: &str) -> Events {
    let response = app.open(Ask::new(Method::GET, &format!("/api/sandbox/live{query}")).token(token)).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    Events::of(response.into_body())
}

async fn question(app: &TestApp, token: &str, body: Value) -> axum::response::Response {
    app.open(Ask::new(Method::POST, "/api/sandbox/ai").token(token).json(body)).await
}

async fn spent(app: &TestApp, id: &str) -> u64 {
    let day = 1_767_225_600 / 86_400;
    app.store.spend_tokens(id.parse().unwrap(), UserId::LOCAL_OWNER, day, 0).await.unwrap()
}

#[tokio::test]
async fn changes_are_told_to_every_window_of_the_app_and_to_no_other() {
    let app = TestApp::new();
    let (id, version) = demanding(&app).await;
    grant(&app, &id, &version, json!({ "sharedData": true })).await;
    let (other, _) = app.import("b();").await;
    let [one, two] = [text(&app.launch(&id).await["token"]), text(&app.launch(&id).await["token"])];
    let foreign = text(&app.launch(&other).await["token"]);
    let mut mine = follow(&app, &two, "?collection=notes").await;
    let mut shared = follow(&app, &two, "?collection=notes&scope=shared").await;
    let mut all = follow(&app, &two, "").await;

    let note = json!({ "collection": "notes", "data": {} });
    app.call(&foreign, "data.create", note.clone()).await;
    app.call(&one, "data.create", json!({ "collection": "other", "data": {} })).await;
    let record = app.call(&one, "data.create", note).await.json()["result"].clone();
    let which = json!({ "collection": "notes", "id": record["id"] });
    app.call(&one, "data.update", json!({ "collection": "notes", "id": record["id"], "data": {} })).await;
    app.call(&one, "data.delete", which).await;
    let vote = json!({ "collection": "notes", "scope": "shared", "data": {} });
    let vote = app.call(&one, "data.create", vote).await.json()["result"].clone();

    let told = |op: &str, revision: Value| json!({ "collection": "notes", "scope": "mine", "id": record["id"], "op": op, "revision": revision });
    let changes = [told("create", json!(1)), told("update", json!(2)), told("delete", Value::Null)];
    let voted = json!({ "collection": "notes", "scope": "shared", "id": vote["id"], "op": "create", "revision": 1 });
    for change in &changes {
        assert_eq!(mine.next().await.as_ref(), Some(change));
    }
    assert_eq!(shared.next().await.as_ref(), Some(&voted));
    assert_eq!(all.next().await.unwrap()["collection"], "other");
    for change in changes.iter().chain([&voted]) {
        assert_eq!(all.next().await.as_ref(), Some(change));
    }
}

#[tokio::test]
async fn a_stream_of_changes_ends_with_its_launch_and_says_why() {
    let app = TestApp::new();
    let (id, version) = app.import("a();").await;
    let restore = ask(Method::POST, &format!("/api/apps/{id}/versions/{version}/restore"));
    let launched = text(&app.launch(&id).await["token"]);
    let revoke = ask(Method::POST, &format!("/api/apps/{id}/launch/revoke")).json(json!({ "token": launched }));
    let sign_out = ask(Method::DELETE, "/api/session");
    let delete = ask(Method::DELETE, &format!("/api/apps/{id}"));
    for (end, token, cause) in [
        (revoke, Some(launched), "this launch was ended by its page"),
        (restore, None, "the app has another version now"),
        (sign_out, None, "the person signed out"),
        (delete, None, "the app was deleted"),
    ] {
        let token = match token {
            Some(token) => token,
            None => text(&app.launch(&id).await["token"]),
        };
        let mut events = follow(&app, &token, "").await;
        assert!(app.send(end).await.status.is_success());
        let expected = json!({ "type": "error", "code": "launch-revoked", "message": cause });
        assert_eq!(events.next().await, Some(expected));
        assert_eq!(events.next().await, None);
        let call = app.call(&token, "data.list", json!({ "collection": "x" })).await;
        assert_eq!((call.status, call.code().as_str()), (StatusCode::UNAUTHORIZED, "launch-revoked"), "{cause}");
        assert_eq!(text(&call.json()["error"]["message"]), cause);
        let renew = app.post(&format!("/api/apps/{id}/launch/renew"), json!({ "token": token })).await;
        assert_eq!(renew.code(), "launch-revoked");
    }
}

#[tokio::test(start_paused = true)]
async fn a_stream_of_changes_ends_with_its_token() {
    let app = TestApp::new();
    let (id, _) = app.import("a();").await;
    let token = text(&app.launch(&id).await["token"]);
    let began = tokio::time::Instant::now();
    let mut events = follow(&app, &token, "").await;
    assert_eq!(events.next().await.unwrap()["code"], "sandbox-token");
    assert_eq!(began.elapsed().as_secs(), 600);
}

#[tokio::test(start_paused = true)]
async fn a_version_that_a_generation_stores_ends_the_stream_too() {
    let app = TestApp::new();
    let (id, version) = app.import("a();").await;
    let token = text(&app.launch(&id).await["token"]);
    let mut events = follow(&app, &token, "").await;
    let version = app.store.version(version.parse().unwrap()).await.unwrap();
    let files = app.store.version_files(version.id).await.unwrap();
    let next = nimbus_core::version::Version { id: "018f3c6e7b1a7cc080000123456789ab".parse().unwrap(), ..version };
    app.store.put_version(&next, &files, None).await.unwrap();
    let began = tokio::time::Instant::now();
    assert_eq!(events.next().await.unwrap()["code"], "launch-revoked");
    assert!(began.elapsed().as_secs() <= 15);
}

#[tokio::test]
async fn a_generation_that_ends_stops_what_the_version_before_asked_a_model() {
    let app = TestApp::new();
    let (id, version) = demanding(&app).await;
    grant(&app, &id, &version, json!({ "ai": true })).await;
    let token = text(&app.launch(&id).await["token"]);
    let mut answer = Events::of(question(&app, &token, json!({ "prompt": "for ever" })).await.into_body());
    assert_eq!(answer.next().await.unwrap()["type"], "text");
    let body = json!({ "prompt": "make it blue", "appId": id });
    let generation = app.post("/api/apps/generate-stream", body).await;
    assert!(generation.text().contains("\"complete\""), "{}", generation.text());
    let last = answer.next().await.unwrap();
    assert_eq!((&last["type"], &last["code"]), (&json!("error"), &json!("launch-revoked")));
    assert_eq!(answer.next().await, None);
}

#[tokio::test]
async fn the_sample_generator_answers_no_questions() {
    let app = TestApp::new();
    let (id, version) = demanding(&app).await;
    grant(&app, &id, &version, json!({ "ai": true })).await;
    let demo = app.send(ask(Method::PUT, "/api/settings/llm").json(json!({ "provider": "demo" }))).await;
    assert!(demo.status.is_success(), "{}", demo.text());
    let token = text(&app.launch(&id).await["token"]);
    let refused = question(&app, &token, json!({ "prompt": "What is 2+2?" })).await;
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn a_model_is_tried_and_its_profile_is_kept() {
    let app = TestApp::new();
    let body = json!({ "model": "steady" });
    let mut told = Events::of(app.open(ask(Method::POST, "/api/llm/calibrate").json(body.clone())).await.into_body());
    for step in ["dialect", "edits", "length"] {
        let event = told.next().await.unwrap();
        assert_eq!((&event["type"], &event["step"]), (&json!("step"), &json!(step)));
    }
    let done = told.next().await.unwrap();
    assert_eq!((&done["type"], &done["profile"]["model"]), (&json!("complete"), &json!("steady")), "{done}");
    let listed = app.get("/api/llm/models").await.json();
    assert_eq!(listed["models"][0]["profile"], done["profile"]);

    // One at a time; one that is left ends, and nothing is kept of it.
    let first = app.open(ask(Method::POST, "/api/llm/calibrate").json(json!({ "model": "endless" }))).await;
    let second = app.post("/api/llm/calibrate", body.clone()).await;
    assert_eq!((second.status, second.code().as_str()), (StatusCode::CONFLICT, "conflict"));
    drop(first);
    assert_eq!(app.post("/api/llm/calibrate", body).await.status, StatusCode::OK);
    let missing = app.post("/api/llm/calibrate", json!({ "model": "missing" })).await;
    assert_eq!(missing.code(), "model-not-found");
    assert_eq!(app.post("/api/llm/calibrate", json!({ "speed": 1 })).await.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn following_is_limited_and_for_the_apps_own_token_only() {
    let app = TestApp::new();
    let (id, _) = app.import("a();").await;
    let token = text(&app.launch(&id).await["token"]);
    let open = |ask: Ask| app.send(ask);
    assert_eq!(open(ask(Method::GET, "/api/sandbox/live")).await.code(), "sandbox-token");
    let bad = Ask::new(Method::GET, "/api/sandbox/live?collection=..%2Fx").token(&token);
    assert_eq!(open(bad).await.code(), "bad-call");
    let mut streams = Vec::new();
    for _ in 0..32 {
        streams.push(follow(&app, &token, "").await);
    }
    let more = open(Ask::new(Method::GET, "/api/sandbox/live").token(&token)).await;
    assert_eq!((more.status, more.code().as_str()), (StatusCode::TOO_MANY_REQUESTS, "quota-live"));
    streams.pop();
    follow(&app, &token, "").await;
}

#[tokio::test]
async fn a_model_answers_as_it_writes_and_is_counted() {
    let app = TestApp::new();
    let (id, version) = demanding(&app).await;
    let token = text(&app.launch(&id).await["token"]);
    let refused =
        app.send(Ask::new(Method::POST, "/api/sandbox/ai").token(&token).json(json!({ "prompt": "hi" }))).await;
    assert_eq!((refused.status, refused.code().as_str()), (StatusCode::FORBIDDEN, "permission-needed"));
    assert_eq!(refused.json()["error"]["data"], json!({ "permission": "ai" }));

    grant(&app, &id, &version, json!({ "ai": true })).await;
    let token = text(&app.launch(&id).await["token"]);
    let mut events = Events::of(question(&app, &token, json!({ "prompt": "hello there" })).await.into_body());
    let piece = events.next().await.unwrap();
    assert_eq!((&piece["type"], &piece["content"]), (&json!("text"), &json!(crate::ports::REPLY)));
    let done = events.next().await.unwrap();
    assert_eq!((&done["type"], &done["usage"]["completionTokens"]), (&json!("done"), &json!(0)));
    assert_eq!(events.next().await, None);
    // The model told no figures, so they are estimated: 11 bytes read, 80 or so written.
    let written = nimbus_core::model::estimate_tokens(crate::ports::REPLY);
    assert_eq!(spent(&app, &id).await, 4 + written);

    for body in [json!({}), json!({ "prompt": "x", "model": "other" }), json!({ "prompt": "x", "maxTokens": 0 })] {
        let status = question(&app, &token, body).await.status();
        assert!(status.is_client_error(), "{status}");
    }
    let through_call = app.call(&token, "ai.complete", json!({ "prompt": "x" })).await;
    assert_eq!(through_call.code(), "unknown-method");
}

#[tokio::test]
async fn an_answer_that_is_left_or_refused_costs_what_was_written() {
    let app = TestApp::new();
    let (id, version) = demanding(&app).await;
    grant(&app, &id, &version, json!({ "ai": true })).await;
    let token = text(&app.launch(&id).await["token"]);
    let mut events =
        Events::of(question(&app, &token, json!({ "prompt": "for ever", "maxTokens": 4000 })).await.into_body());
    assert_eq!(events.next().await.unwrap()["type"], "text");
    assert!(spent(&app, &id).await >= 4000, "tokens are set aside while it is written");
    // Taking the permission back ends it.
    app.send(ask(Method::DELETE, &format!("/api/apps/{id}/permissions"))).await;
    let last = events.next().await.unwrap();
    assert_eq!((&last["type"], &last["code"]), (&json!("error"), &json!("permission-needed")));
    assert_eq!(events.next().await, None);
    drop(events);
    let cost = 3 + nimbus_core::model::estimate_tokens(crate::ports::REPLY);
    settled(&app, &id, cost).await;

    grant(&app, &id, &version, json!({ "ai": true })).await;
    let token = text(&app.launch(&id).await["token"]);
    let mut events =
        Events::of(question(&app, &token, json!({ "prompt": "for ever", "maxTokens": 4000 })).await.into_body());
    assert_eq!(events.next().await.unwrap()["type"], "text");
    drop(events);
    settled(&app, &id, 2 * cost).await;

    let mut events = Events::of(question(&app, &token, json!({ "prompt": "fail" })).await.into_body());
    assert_eq!(events.next().await.unwrap()["code"], "model-unreachable");
    assert_eq!(spent(&app, &id).await, 2 * cost);
}

/// What is given back is written by a task of its own, which runs when this one lets it.
async fn settled(app: &TestApp, id: &str, expected: u64) {
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert_eq!(spent(app, id).await, expected);
}

#[tokio::test]
async fn questions_are_limited_per_minute_and_tokens_per_day() {
    let app = TestApp::new();
    let (id, version) = demanding(&app).await;
    grant(&app, &id, &version, json!({ "ai": true })).await;
    let token = text(&app.launch(&id).await["token"]);
    let most = i64::try_from(TOKENS_PER_DAY).unwrap();
    app.store.spend_tokens(id.parse().unwrap(), UserId::LOCAL_OWNER, 20_454, most - 100).await.unwrap();
    let ask = |body: Value| app.send(Ask::new(Method::POST, "/api/sandbox/ai").token(&token).json(body));
    let many = ask(json!({ "prompt": "hi", "maxTokens": 100 })).await;
    assert_eq!((many.status, many.code().as_str()), (StatusCode::TOO_MANY_REQUESTS, "quota-ai-tokens"));
    for _ in 0..19 {
        assert_eq!(ask(json!({ "prompt": "fail", "maxTokens": 10 })).await.status, StatusCode::OK);
    }
    let often = ask(json!({ "prompt": "fail", "maxTokens": 10 })).await;
    assert_eq!((often.status, often.code().as_str()), (StatusCode::TOO_MANY_REQUESTS, "quota-ai"));
}
