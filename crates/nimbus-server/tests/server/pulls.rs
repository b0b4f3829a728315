//! Downloads of models.

use std::sync::atomic::Ordering;

use axum::{
    body::Body,
    http::{Method, StatusCode},
};
use futures::StreamExt;
use serde_json::{Value, json};

use crate::app::{Ask, TestApp, ask};

fn pull(model: &str) -> Ask {
    ask(Method::POST, "/api/llm/pull").json(json!({ "model": model }))
}

/// Reads events until `enough`.
async fn told(body: Body, enough: impl Fn(&Value) -> bool) -> Vec<Value> {
    let mut stream = body.into_data_stream();
    let (mut text, mut seen) = (String::new(), Vec::new());
    while let Some(bytes) = stream.next().await {
        text.push_str(std::str::from_utf8(&bytes.unwrap()).unwrap());
        while let Some((frame, rest)) = text.split_once("\n\n") {
            let data = frame.strip_prefix("event: message\ndata: ").expect("an event");
            seen.push(serde_json::from_str(data).unwrap());
            text = rest.to_owned();
            if seen.last().is_some_and(&enough) {
                return seen;
            }
        }
    }
    seen
}

async fn list(app: &TestApp) -> Value {
    app.get("/api/llm/pulls").await.json()["pulls"].clone()
}

#[tokio::test]
async fn a_model_is_downloaded_with_progress() {
    let app = TestApp::new();
    let response = app.open(pull(" qwen3:4b ")).await;
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let told = told(response.into_body(), |_| false).await;
    let first = json!({ "type": "progress", "status": "asking Ollama", "completed": null, "total": null });
    assert_eq!((told.first(), told.last()), (Some(&first), Some(&json!({ "type": "complete" }))));
    assert_eq!(list(&app).await, json!([]));
}

#[tokio::test]
async fn a_download_that_fails_says_why() {
    let app = TestApp::new();
    let told = told(app.open(pull("missing")).await.into_body(), |_| false).await;
    let error = json!({
        "type": "error", "code": "model-not-found", "error": "there is no model `missing`", "hint": null,
    });
    assert_eq!(told.last(), Some(&error));
}

#[tokio::test]
async fn a_download_goes_on_unseen_is_joined_and_stopped() {
    let app = TestApp::new();
    let model = "hf.co/someone/endless:q4";
    let far = |event: &Value| event["completed"] == 1;
    // The fake's name decides; a name with slashes is told apart all the same.
    told(app.open(pull("endless")).await.into_body(), far).await;
    assert_eq!(list(&app).await, json!([{ "model": "endless", "status": "pulling", "completed": 1, "total": 2 }]));
    assert_eq!((app.models.pulls.0.load(Ordering::SeqCst), app.models.pulls.1.load(Ordering::SeqCst)), (1, 1));
    let joined = app.open(pull("endless")).await;
    assert_eq!(app.models.pulls.0.load(Ordering::SeqCst), 1, "it was joined");

    assert_eq!(app.send(ask(Method::DELETE, &format!("/api/llm/pulls/{model}"))).await.code(), "not-found");
    let stopped = app.send(ask(Method::DELETE, "/api/llm/pulls/endless")).await;
    assert_eq!(stopped.status, StatusCode::NO_CONTENT);
    let told = told(joined.into_body(), |_| false).await;
    let last = told.last().unwrap();
    assert_eq!((&last["type"], &last["code"]), (&json!("error"), &json!("model-interrupted")));
    assert_eq!(app.models.pulls.1.load(Ordering::SeqCst), 0, "Ollama was told");
    assert_eq!(list(&app).await, json!([]));
    assert_eq!(app.send(ask(Method::DELETE, "/api/llm/pulls/endless")).await.code(), "not-found");
}

#[tokio::test]
async fn names_are_checked_and_downloads_are_few() {
    let app = TestApp::new();
    let long = "x".repeat(201);
    for model in [json!(""), json!(1), json!("a\u{7}b"), json!(long)] {
        let answer = app.send(ask(Method::POST, "/api/llm/pull").json(json!({ "model": model }))).await;
        assert_eq!(answer.code(), "invalid-request", "{}", answer.text());
    }
    let odd = json!({ "model": "a", "insecure": true });
    assert_eq!(app.send(ask(Method::POST, "/api/llm/pull").json(odd)).await.code(), "invalid-request");
    for model in ["endless/1", "endless/2", "endless/3"] {
        assert_eq!(app.open(pull(model)).await.status(), StatusCode::OK);
    }
    let fourth = app.send(pull("endless/4")).await;
    assert_eq!((fourth.status, fourth.code().as_str()), (StatusCode::TOO_MANY_REQUESTS, "too-many-pulls"));
    let stopped = app.send(ask(Method::DELETE, "/api/llm/pulls/endless%2F2")).await;
    assert_eq!(stopped.status, StatusCode::NO_CONTENT);
}
