//! Generations over the wire.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::app::{Ask, TestApp, ask, events, text};

fn is_last(event: &Value) -> bool {
    event["type"] == "complete" || event["type"] == "error"
}

fn generate(body: Value) -> Ask {
    ask(Method::POST, "/api/apps/generate-stream").json(body)
}

/// Starts a generation that writes and then never ends, and leaves; its id and its app's.
async fn endless(app: &TestApp) -> (String, String) {
    let response = app.open(generate(json!({ "prompt": "a clock", "model": "endless" }))).await;
    assert_eq!(response.status(), StatusCode::OK);
    let seen = events(response.into_body(), |event| event["type"] == "chunk").await;
    let first = &seen[0].1;
    (text(&first["generationId"]), text(&first["appId"]))
}

#[tokio::test]
async fn a_sentence_becomes_an_app_that_launches() {
    let app = TestApp::new();
    let body = json!({ "prompt": "a greeting", "executionMode": "sandbox", "unheardOf": 1 });
    let response = app.open(generate(body)).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    assert_eq!(response.headers()["cache-control"], "no-store");
    let events = events(response.into_body(), is_last).await;

    let ids: Vec<u64> = events.iter().map(|(id, _)| *id).collect();
    assert_eq!(ids, (1..=ids.len() as u64).collect::<Vec<_>>());
    let (first, last) = (&events[0].1, &events[events.len() - 1].1);
    assert_eq!((&first["type"], &first["status"]), (&json!("status"), &json!("queued")));
    let id = text(&first["appId"]);
    assert_eq!(last["type"], "complete");
    assert_eq!(
        (&last["appId"], &last["url"], &last["progress"]),
        (&json!(id), &json!(format!("/apps/{id}")), &json!(1.0))
    );
    let kinds: Vec<&str> = events.iter().filter_map(|(_, event)| event["type"].as_str()).collect();
    for kind in ["model", "text", "chunk", "file", "preview"] {
        assert!(kinds.contains(&kind), "{kind} is missing in {kinds:?}");
    }

    let listed = app.get("/api/apps").await.json();
    assert_eq!((&listed["apps"][0]["id"], &listed["apps"][0]["head"]), (&json!(id), &last["versionId"]));
    assert_eq!(app.launch(&id).await["versionId"], last["versionId"]);
    let generations = app.get(&format!("/api/apps/{id}/generations")).await.json();
    assert_eq!(generations["generations"][0]["state"], "complete");
    assert!(app.get("/metrics").await.text().contains("cumulonimbus_generations_started_total 1\n"));
}

#[tokio::test]
async fn the_plans_other_route_is_the_same_job() {
    let app = TestApp::new();
    let ask = ask(Method::POST, "/api/scaffolder-v2/generate-free").json(json!({ "prompt": "a greeting" }));
    let events = events(app.open(ask).await.into_body(), is_last).await;
    assert_eq!(events[events.len() - 1].1["type"], "complete");
}

#[tokio::test]
async fn who_left_comes_back_for_the_rest() {
    let app = TestApp::new();
    let (id, _) = endless(&app).await;
    let running = app.get("/api/generations?active=1").await.json();
    assert_eq!((&running[0]["id"], &running[0]["state"]), (&json!(id), &json!("running")));

    let path = format!("/api/generations/{id}/events");
    let from_start = app.open(ask(Method::GET, &path)).await;
    let seen = events(from_start.into_body(), |event| event["type"] == "chunk").await;
    assert_eq!(seen[0].0, 1);
    let after = seen[0].0;
    let resumed = app.open(ask(Method::GET, &path).header("last-event-id", &after.to_string())).await;
    assert_eq!(
        app.send(ask(Method::DELETE, &format!("/api/generations/{id}"))).await.json(),
        json!({ "cancelled": true })
    );
    let rest = events(resumed.into_body(), is_last).await;
    assert_eq!(rest[0], seen[1]);
    let (end, last) = &rest[rest.len() - 1];
    assert_eq!((&last["type"], &last["code"]), (&json!("error"), &json!("cancelled")));
    assert!(last["versionId"].is_string(), "what was written is kept: {last}");

    // Another window, later, by query; and one that has seen it all.
    let tail = app.open(ask(Method::GET, &format!("{path}?after={}", end - 1))).await;
    assert_eq!(events(tail.into_body(), is_last).await, [(*end, last.clone())]);
    let seen_all = app.get(&format!("{path}?after={end}")).await;
    assert_eq!(seen_all.status, StatusCode::NO_CONTENT);
    assert_eq!(app.get(&format!("/api/generations/{id}")).await.json()["state"], "cancelled");
    assert_eq!(
        app.send(ask(Method::DELETE, &format!("/api/generations/{id}"))).await.json(),
        json!({ "cancelled": false })
    );
}

#[tokio::test]
async fn a_journal_is_read_after_a_restart() {
    let app = TestApp::new();
    let response = app.open(generate(json!({ "prompt": "a greeting" }))).await;
    let before = events(response.into_body(), is_last).await;
    let id = text(&before[0].1["generationId"]);
    let app = TestApp::with_store(app.store);
    let response = app.open(ask(Method::GET, &format!("/api/generations/{id}/events"))).await;
    assert_eq!(events(response.into_body(), is_last).await, before);
}

#[tokio::test]
async fn bad_requests_start_nothing() {
    let app = TestApp::new();
    let long = "x".repeat(20_001);
    for (body, status, code) in [
        (json!({}), 422, "invalid-request"),
        (json!({ "prompt": 1 }), 422, "invalid-request"),
        (json!({ "prompt": "" }), 422, "invalid-prompt"),
        (json!({ "prompt": " \n " }), 422, "invalid-prompt"),
        (json!({ "prompt": long }), 422, "invalid-prompt"),
        (json!({ "prompt": "a\u{0}b" }), 422, "invalid-prompt"),
        (json!({ "prompt": "a\u{1b}[31mb" }), 422, "invalid-prompt"),
        (json!({ "prompt": "x", "provider": "other" }), 422, "invalid-request"),
        (json!({ "prompt": "x", "executionMode": "schema" }), 501, "schema-mode-missing"),
        (json!({ "prompt": "x", "model": "missing" }), 422, "model-not-found"),
        (json!({ "prompt": "x", "appId": "018f3c6e7b1a7cc080000123456789ab" }), 404, "not-found"),
    ] {
        let answer = app.send(generate(body)).await;
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (status, code), "{}", answer.text());
    }
    for body in ["{", "", "[]", "\"x\""] {
        let answer = app.send(generate(json!({})).body(body)).await;
        assert!(answer.status.is_client_error(), "{body}");
    }
    let large = format!("{{\"prompt\":\"{}\"}}", "x".repeat(2_000_000));
    assert_eq!(app.send(generate(json!({})).body(large)).await.code(), "too-large");
    assert_eq!(app.get("/api/apps").await.json(), json!({ "apps": [] }));
    assert_eq!(app.get("/api/generations").await.json(), json!([]));
}

#[tokio::test]
async fn one_person_has_three_at_a_time_and_an_app_one() {
    let app = TestApp::new();
    let (generation, id) = endless(&app).await;
    let busy = app.send(generate(json!({ "prompt": "bigger", "appId": id }))).await;
    assert_eq!((busy.status, busy.code().as_str()), (StatusCode::CONFLICT, "conflict"));
    assert!(busy.text().contains(&generation), "{}", busy.text());
    endless(&app).await;
    endless(&app).await;
    let fourth = app.send(generate(json!({ "prompt": "one more" }))).await;
    assert_eq!((fourth.status, fourth.code().as_str()), (StatusCode::TOO_MANY_REQUESTS, "too-many-generations"));
    assert!(fourth.json()["error"]["hint"].is_string());
    app.jobs.shut_down().await;
    assert_eq!(app.get("/api/generations").await.json(), json!([]));
}

#[tokio::test]
async fn places_that_do_not_exist_are_said_to_be_missing() {
    let app = TestApp::new();
    let none = "018f3c6e-7b1a-7cc0-8000-0123456789ab";
    for path in [
        format!("/api/generations/{none}"),
        format!("/api/generations/{none}/events"),
        "/api/generations/x/events".to_owned(),
        format!("/api/apps/{none}/generations"),
    ] {
        assert_eq!(app.get(&path).await.code(), "not-found", "{path}");
    }
    let response = app.open(generate(json!({ "prompt": "a greeting" }))).await;
    let seen = events(response.into_body(), is_last).await;
    let path = format!("/api/generations/{}/events", text(&seen[0].1["generationId"]));
    let odd = app.send(ask(Method::GET, &path).header("last-event-id", "one")).await;
    assert_eq!(odd.code(), "invalid-request");
    assert_eq!(app.get(&format!("{path}?after=-1")).await.code(), "invalid-request");
}
