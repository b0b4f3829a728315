//! What a person chooses about models, what it changes, and what it costs.

use axum::http::{Method, StatusCode};
use nimbus_core::{
    ids::UserId,
    model::{Budget, ModelRef, Money, ProviderChoice, ProviderId, Secret},
    ports::{Store, StoredProfile},
    profile::{Dialect, Profile},
    settings::HOSTED_KEY,
};
use serde_json::{Value, json};

use crate::{
    app::{Answer, Ask, TestApp, ask, events, text},
    permissions::{demanding, grant},
};

const KEY: &str = "sk-or-v1-0123456789abcdef";

async fn choose(app: &TestApp, settings: Value) -> Answer {
    let answer = app.send(ask(Method::PUT, "/api/settings/llm").json(settings)).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    answer
}

async fn keep_key(app: &TestApp, key: &str) {
    let answer = app.send(ask(Method::PUT, "/api/settings/llm/key").json(json!({ "key": key }))).await;
    assert_eq!((answer.status, answer.text().as_str()), (StatusCode::NO_CONTENT, ""));
}

/// Generates to the end; the first and the last event.
async fn generate(app: &TestApp, body: Value) -> (Value, Value) {
    let response = app.open(ask(Method::POST, "/api/apps/generate-stream").json(body)).await;
    assert_eq!(response.status(), StatusCode::OK);
    let mut all = events(response.into_body(), |event| event["type"] == "complete" || event["type"] == "error").await;
    (all.remove(0).1, all.pop().unwrap().1)
}

async fn settings(app: &TestApp) -> Value {
    app.get("/api/settings/llm").await.json()
}

#[tokio::test]
async fn settings_are_as_configured_until_they_are_chosen() {
    let app = TestApp::new();
    let configured = json!({
        "provider": "auto", "ollamaModel": "steady", "ollamaSmallModel": "small", "openrouterModel": null,
        "fallbackEnabled": true, "hasKey": true, "ollamaApiUrl": "http://localhost:11434",
    });
    let untouched = json!({
        "provider": null, "ollamaModel": null, "ollamaSmallModel": null, "openrouterModel": null,
        "fallbackEnabled": null, "thinking": null, "monthlyCapUsd": null, "hasKey": false, "keyProblem": null,
        "spentThisMonthUsd": 0.0, "unpricedReplies": 0, "configured": configured,
    });
    assert_eq!(settings(&app).await, untouched);
    let chosen = json!({ "provider": "ollama", "ollamaModel": " big ", "thinking": false, "monthlyCapUsd": 2.5 });
    let answer = choose(&app, chosen).await.json();
    assert_eq!(answer, settings(&app).await);
    assert_eq!((&answer["provider"], &answer["ollamaModel"]), (&json!("ollama"), &json!("big")));
    assert_eq!((&answer["thinking"], &answer["monthlyCapUsd"]), (&json!(false), &json!(2.5)));
    let after_restart = TestApp::with_store(app.store.clone());
    assert_eq!(settings(&after_restart).await, answer);
    choose(&app, json!({})).await;
    assert_eq!(settings(&app).await, untouched);
}

#[tokio::test]
async fn what_is_unknown_or_wrong_is_named_and_changes_nothing() {
    let app = TestApp::new();
    choose(&app, json!({ "ollamaModel": "big" })).await;
    let before = settings(&app).await;
    for (body, field) in [
        (json!({ "provider": "oracle" }), "provider"),
        (json!({ "ollamaModel": 7 }), "ollamaModel"),
        (json!({ "ollamaModel": "a\u{1b}[31m" }), "ollamaModel"),
        (json!({ "openrouterModel": "x".repeat(201) }), "openrouterModel"),
        (json!({ "fallbackEnabled": "yes" }), "fallbackEnabled"),
        (json!({ "monthlyCapUsd": -1 }), "monthlyCapUsd"),
        (json!({ "monthlyCap": 1 }), "monthlyCap"),
        (json!([]), "settings"),
    ] {
        let answer = app.send(ask(Method::PUT, "/api/settings/llm").json(body)).await;
        assert_eq!((answer.status, answer.code().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "invalid-request"));
        let error = &answer.json()["error"];
        assert!(text(&error["message"]).starts_with(&format!("`{field}` ")), "{error}");
        assert_eq!(error["data"]["field"], field);
    }
    assert_eq!(settings(&app).await, before);
}

#[tokio::test]
async fn every_setting_reaches_the_models_and_a_request_comes_first() {
    let app = TestApp::new();
    let greet = |more: Value| {
        let mut body = json!({ "prompt": "a greeting" });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    generate(&app, greet(json!({}))).await;
    assert_eq!(app.models.last().preferences, Default::default());

    choose(
        &app,
        json!({
            "provider": "openrouter", "ollamaModel": "big", "ollamaSmallModel": "tiny", "openrouterModel": "a/b",
            "fallbackEnabled": false, "thinking": true, "monthlyCapUsd": 5,
        }),
    )
    .await;
    keep_key(&app, KEY).await;
    let (_, last) = generate(&app, greet(json!({}))).await;
    assert_eq!(last["type"], "complete", "{last}");
    let asked = app.models.last();
    let preferences = asked.preferences;
    assert_eq!(preferences.provider, Some(ProviderChoice::Openrouter));
    assert_eq!(preferences.ollama_model.as_deref(), Some("big"));
    assert_eq!(preferences.ollama_small_model.as_deref(), Some("tiny"));
    assert_eq!(preferences.openrouter_model.as_deref(), Some("a/b"));
    assert_eq!((preferences.fallback_enabled, preferences.thinking), (Some(false), Some(true)));
    assert_eq!(preferences.hosted_key.as_ref().map(Secret::expose), Some(KEY));
    let budget = Budget { cap: Money::from_micros(5_000_000), spent: Money::ZERO };
    assert_eq!(preferences.hosted_budget, Some(budget));
    assert_eq!((asked.provider, asked.model), (None, None));

    generate(&app, greet(json!({ "provider": "ollama", "model": "other" }))).await;
    let asked = app.models.last();
    assert_eq!((asked.provider, asked.model.as_deref()), (Some(ProviderChoice::Ollama), Some("other")));
    let selected = app.get("/api/llm/health").await.json()["selected"].clone();
    assert_eq!(selected, json!({ "provider": "openrouter", "model": "a/b", "local": false }));

    let removed = app.send(ask(Method::DELETE, "/api/settings/llm/key")).await;
    assert_eq!(removed.status, StatusCode::NO_CONTENT);
    generate(&app, greet(json!({}))).await;
    assert_eq!(app.models.last().preferences.hosted_key, None);
    assert_eq!(settings(&app).await["hasKey"], false);
}

#[tokio::test]
async fn a_key_is_sealed_and_never_told() {
    let app = TestApp::new();
    keep_key(&app, &format!("  {KEY}\n")).await;
    let sealed = app.store.secret(UserId::LOCAL_OWNER, HOSTED_KEY).await.unwrap().unwrap();
    assert!(!sealed.windows(8).any(|window| KEY.as_bytes().windows(8).any(|part| part == window)));
    let (first, _) = generate(&app, json!({ "prompt": "a greeting" })).await;
    let generation = text(&first["generationId"]);
    for path in ["/api/settings/llm".to_owned(), format!("/api/generations/{generation}")] {
        let answer = app.get(&path).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert!(!answer.text().contains("sk-or"), "{}", answer.text());
    }
    assert_eq!(settings(&app).await["hasKey"], true);
    for wrong in
        [json!({ "key": 12_345 }), json!({ "key": "sk or" }), json!({ "key": "" }), json!({ "secret": "sk-x" })]
    {
        let answer = app.send(ask(Method::PUT, "/api/settings/llm/key").json(wrong)).await;
        assert_eq!(answer.code(), "invalid-request");
        assert!(!answer.text().contains("12345") && !answer.text().contains("sk"), "{}", answer.text());
    }
    // Another server's secret does not open it, and says so instead of failing.
    let other = TestApp::with_secret(app.store.clone(), [8; 32]);
    let shown = settings(&other).await;
    assert_eq!(shown["hasKey"], true);
    assert!(text(&shown["keyProblem"]).contains("Enter the key again"), "{shown}");
    let (_, last) = generate(&other, json!({ "prompt": "a greeting" })).await;
    assert_eq!((&last["type"], other.models.last().preferences.hosted_key), (&json!("complete"), None));
}

#[tokio::test]
async fn costs_are_counted_per_month_and_unknown_ones_are_said_to_be() {
    let app = TestApp::new();
    choose(&app, json!({ "provider": "openrouter", "monthlyCapUsd": 1 })).await;
    let hosted = json!({ "prompt": "a greeting" });
    generate(&app, hosted.clone()).await;
    generate(&app, hosted.clone()).await;
    assert_eq!(settings(&app).await["spentThisMonthUsd"], 0.8);
    generate(&app, hosted.clone()).await;
    assert_eq!(app.models.last().preferences.hosted_budget.unwrap().spent, Money::from_micros(800_000));
    generate(&app, json!({ "prompt": "a greeting", "model": "unpriced" })).await;
    assert!(app.models.last().preferences.hosted_budget.unwrap().is_used_up());
    let shown = settings(&app).await;
    assert_eq!((&shown["spentThisMonthUsd"], &shown["unpricedReplies"]), (&json!(1.2), &json!(1)));

    // A local one costs nothing; a month later nothing is spent.
    generate(&app, json!({ "prompt": "a greeting", "provider": "ollama" })).await;
    assert_eq!(settings(&app).await["spentThisMonthUsd"], 1.2);
    app.clock.advance(31 * 24 * 60 * 60 * 1000);
    let shown = settings(&app).await;
    assert_eq!((&shown["spentThisMonthUsd"], &shown["unpricedReplies"]), (&json!(0.0), &json!(0)));
}

#[tokio::test]
async fn a_hosted_reply_that_is_stopped_counts_as_unpriced() {
    let app = TestApp::new();
    let body = json!({ "prompt": "a clock", "provider": "openrouter", "model": "endless" });
    let response = app.open(ask(Method::POST, "/api/apps/generate-stream").json(body)).await;
    let seen = events(response.into_body(), |event| event["type"] == "chunk").await;
    let id = text(&seen[0].1["generationId"]);
    app.send(ask(Method::DELETE, &format!("/api/generations/{id}"))).await;
    app.jobs.shut_down().await;
    // The count is a task of its own: it was begun before the generation's end was stored.
    for _ in 0..1000 {
        if settings(&app).await["unpricedReplies"] == 1 {
            return;
        }
        tokio::task::yield_now().await;
    }
    panic!("{}", settings(&app).await);
}

#[tokio::test]
async fn what_an_app_asks_goes_by_its_viewers_settings_and_account() {
    let app = TestApp::new();
    choose(&app, json!({ "provider": "openrouter" })).await;
    let (id, version) = demanding(&app).await;
    grant(&app, &id, &version, json!({ "ai": true })).await;
    let token = text(&app.launch(&id).await["token"]);
    let question = || Ask::new(Method::POST, "/api/sandbox/ai").token(&token).json(json!({ "prompt": "hi" }));
    let answer = app.send(question()).await.text();
    assert!(answer.contains(r#""type":"done""#), "{answer}");
    assert_eq!(app.models.last().preferences.provider, Some(ProviderChoice::Openrouter));
    assert_eq!(settings(&app).await["spentThisMonthUsd"], 0.4);

    let labelled = app.send(ask(Method::PATCH, &format!("/api/apps/{id}")).json(json!({ "localOnly": true }))).await;
    assert_eq!((&labelled.json()["localOnly"], &labelled.json()["name"]), (&json!(true), &json!("Demanding")));
    let answer = app.send(question()).await.text();
    assert!(answer.contains("never leaves this machine"), "{answer}");
    assert_eq!(settings(&app).await["spentThisMonthUsd"], 0.4);
}

#[tokio::test]
async fn an_app_that_never_leaves_this_machine_stays_so() {
    let app = TestApp::new();
    let (first, _) = generate(&app, json!({ "prompt": "a greeting", "localOnly": true })).await;
    let id = text(&first["appId"]);
    assert!(app.models.last().local_only);
    assert_eq!(app.get(&format!("/api/apps/{id}")).await.json()["localOnly"], true);
    generate(&app, json!({ "prompt": "larger", "appId": id })).await;
    assert!(app.models.last().local_only);
    let refused = json!({ "prompt": "larger", "appId": id, "provider": "openrouter", "localOnly": false });
    let refused = app.send(ask(Method::POST, "/api/apps/generate-stream").json(refused)).await;
    assert_eq!((refused.status, refused.code().as_str()), (StatusCode::SERVICE_UNAVAILABLE, "no-model"));
    let odd = app.send(ask(Method::PATCH, &format!("/api/apps/{id}")).json(json!({ "localOnly": "yes" }))).await;
    assert_eq!(odd.code(), "invalid-request");
    app.send(ask(Method::PATCH, &format!("/api/apps/{id}")).json(json!({ "localOnly": false }))).await;
    generate(&app, json!({ "prompt": "larger", "appId": id })).await;
    assert!(!app.models.last().local_only);
}

#[tokio::test]
async fn installed_models_come_with_what_was_measured() {
    let app = TestApp::new();
    let models = app.get("/api/llm/models").await.json();
    assert_eq!(models["models"][0]["profile"], Value::Null);
    assert_eq!((&models["models"][0]["provider"], &models["models"][0]["name"]), (&json!("ollama"), &json!("steady")));
    let profile = |model: &str| StoredProfile {
        digest: String::new(),
        profile: Profile {
            model: ModelRef { provider: ProviderId::Ollama, model: model.to_owned() },
            dialect: Dialect::Fences,
            several_files: false,
            edits: true,
            clean_tokens: 900,
            clean_to_the_end: false,
            tokens_per_second: 7.5,
            first_token_ms: 80,
            thinks: false,
            measured_at: "2026-01-01T00:00:00Z".parse().unwrap(),
        },
    };
    app.store.put_model_profile(&profile("other")).await.unwrap();
    app.store.put_model_profile(&profile("steady")).await.unwrap();
    let models = app.get("/api/llm/models").await.json();
    let shown = &models["models"][0]["profile"];
    assert_eq!((&shown["model"], &shown["dialect"]), (&json!("steady"), &json!("fences")));
}
