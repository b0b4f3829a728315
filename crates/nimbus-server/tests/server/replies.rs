//! Replies that are used again.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::app::{Answer, TestApp, ask, events, text};

async fn start(app: &TestApp, body: Value) -> Answer {
    app.send(ask(Method::POST, "/api/apps/generate-stream").json(body)).await
}

/// Generates to the end; all events.
async fn generate(app: &TestApp, body: Value) -> Vec<Value> {
    let response = app.open(ask(Method::POST, "/api/apps/generate-stream").json(body)).await;
    assert_eq!(response.status(), StatusCode::OK);
    let all = events(response.into_body(), |event| event["type"] == "complete" || event["type"] == "error").await;
    all.into_iter().map(|(_, event)| event).collect()
}

async fn similar(app: &TestApp, body: Value) -> Value {
    let answer = app.post("/api/llm/similar", body).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    answer.json()["offers"].clone()
}

async fn files(app: &TestApp, complete: &Value) -> Value {
    let (id, version) = (text(&complete["appId"]), text(&complete["versionId"]));
    app.get(&format!("/api/apps/{id}/versions/{version}/files")).await.json()
}

#[tokio::test]
async fn a_reply_is_offered_and_played_without_asking_anyone() {
    let app = TestApp::new();
    let made = generate(&app, json!({ "prompt": "A todo list with priorities" })).await;
    assert_eq!(app.models.times_asked(), 1);

    let offers = similar(&app, json!({ "prompt": " a todo list with priorities. " })).await;
    assert_eq!(offers.as_array().map(Vec::len), Some(1));
    let offer = &offers[0];
    assert_eq!((&offer["kind"], &offer["similarity"]), (&json!("exact"), &json!(1.0)));
    assert_eq!(offer["prompt"], "A todo list with priorities");
    assert_eq!(offer["model"], json!({ "provider": "ollama", "model": "steady" }));
    assert_eq!(offer["createdAt"], "2026-01-01T00:00:00Z");
    let close = similar(&app, json!({ "prompt": "todo list with priority" })).await;
    assert_eq!(close[0]["kind"], "similar");
    assert!(close[0]["similarity"].as_f64().is_some_and(|share| (0.6..1.0).contains(&share)), "{close}");

    let again = generate(&app, json!({ "prompt": "a todo list with priorities", "reuse": offer["id"] })).await;
    assert_eq!(app.models.times_asked(), 1, "nobody was asked");
    let (first, last) = (&made[made.len() - 1], &again[again.len() - 1]);
    assert_eq!(last["type"], "complete", "{last}");
    assert_ne!(first["appId"], last["appId"]);
    assert_eq!(files(&app, first).await, files(&app, last).await);
    let model = again.iter().find(|event| event["type"] == "model").unwrap();
    assert_eq!(model["model"], "steady");
    let reason = text(&model["reason"]);
    assert!(reason.contains("1 January 2026 at 00:00 UTC") && reason.contains("No model is asked"), "{reason}");
    assert!(again.iter().any(|event| event["type"] == "chunk" && event["filename"] == "src/App.tsx"));

    // Without the word for it, a model is asked.
    generate(&app, json!({ "prompt": "A todo list with priorities" })).await;
    assert_eq!(app.models.times_asked(), 2);
    assert_eq!(
        similar(&app, json!({ "prompt": "A todo list with priorities" })).await.as_array().map(Vec::len),
        Some(1)
    );
}

#[tokio::test]
async fn only_the_same_model_and_files_fit() {
    let app = TestApp::new();
    let made = generate(&app, json!({ "prompt": "a greeting" })).await;
    let id = text(&made[made.len() - 1]["appId"]);
    let id_of = |offers: Value| text(&offers[0]["id"]);
    let reply = id_of(similar(&app, json!({ "prompt": "a greeting" })).await);
    assert_eq!(similar(&app, json!({ "prompt": "a greeting", "model": "other" })).await, json!([]));
    assert_eq!(similar(&app, json!({ "prompt": "a greeting", "provider": "openrouter" })).await, json!([]));
    assert_eq!(similar(&app, json!({ "prompt": "a greeting", "model": "missing" })).await, json!([]));
    assert_eq!(similar(&app, json!({ "prompt": "a greeting", "appId": id })).await, json!([]));
    assert_eq!(similar(&app, json!({ "prompt": "a submarine" })).await, json!([]));

    let other_files = start(&app, json!({ "prompt": "a greeting", "appId": id, "reuse": reply })).await;
    assert_eq!((other_files.status, other_files.code().as_str()), (StatusCode::CONFLICT, "conflict"));
    let unknown = json!({ "prompt": "a greeting", "reuse": "018f3c6e-7b1a-7cc0-8000-0123456789ab" });
    assert_eq!(start(&app, unknown).await.code(), "not-found");
    assert_eq!(start(&app, json!({ "prompt": "a greeting", "reuse": "x" })).await.code(), "invalid-request");

    app.clock.advance(31 * 24 * 60 * 60 * 1000);
    assert_eq!(similar(&app, json!({ "prompt": "a greeting" })).await, json!([]));
}

#[tokio::test]
async fn what_failed_was_stopped_or_is_deleted_is_not_offered() {
    let app = TestApp::new();
    let broken = generate(&app, json!({ "prompt": "a clock", "model": "broken" })).await;
    assert_eq!(broken[broken.len() - 1]["code"], "does-not-build");
    assert_eq!(similar(&app, json!({ "prompt": "a clock", "model": "broken" })).await, json!([]));

    let body = json!({ "prompt": "a clock", "model": "endless" });
    let response = app.open(ask(Method::POST, "/api/apps/generate-stream").json(body)).await;
    let seen = events(response.into_body(), |event| event["type"] == "chunk").await;
    app.send(ask(Method::DELETE, &format!("/api/generations/{}", text(&seen[0].1["generationId"])))).await;
    app.jobs.shut_down().await;
    assert_eq!(similar(&app, json!({ "prompt": "a clock", "model": "endless" })).await, json!([]));

    let app = TestApp::new();
    let made = generate(&app, json!({ "prompt": "a clock" })).await;
    assert_eq!(similar(&app, json!({ "prompt": "a clock" })).await.as_array().map(Vec::len), Some(1));
    app.send(ask(Method::DELETE, &format!("/api/apps/{}", text(&made[made.len() - 1]["appId"])))).await;
    assert_eq!(similar(&app, json!({ "prompt": "a clock" })).await, json!([]));
}

#[tokio::test]
async fn odd_requests_are_refused() {
    let app = TestApp::new();
    for (body, code) in [
        (json!({}), "invalid-request"),
        (json!({ "prompt": " " }), "invalid-prompt"),
        (json!({ "prompt": "a\u{0}" }), "invalid-prompt"),
        (json!({ "prompt": "x".repeat(20_001) }), "invalid-prompt"),
        (json!({ "prompt": "x", "model": "a\u{7}" }), "invalid-request"),
        (json!({ "prompt": "x", "model": "m".repeat(201) }), "invalid-request"),
        (json!({ "prompt": "x", "files": {} }), "invalid-request"),
        (json!({ "prompt": "x", "appId": "018f3c6e7b1a7cc080000123456789ab" }), "not-found"),
    ] {
        assert_eq!(app.post("/api/llm/similar", body.clone()).await.code(), code, "{body}");
    }
    let named = json!({ "prompt": "x", "model": "a\u{7}" });
    assert_eq!(start(&app, named).await.code(), "invalid-request");
}
