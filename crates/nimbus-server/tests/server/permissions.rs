//! What an app declares, what its viewer grants, and what it may do then.

use axum::http::{Method, StatusCode};
use nimbus_core::{
    permission::Declared,
    ports::Store,
    version::{Bundle, Version},
};
use serde_json::{Value, json};

use crate::app::{Answer, TestApp, ask, text};

/// An app that declares everything; its id and its version's.
pub async fn demanding(app: &TestApp) -> (String, String) {
    let wants = json!({ "permissions": {
        "ai": { "reason": "Sums up" },
        "http": { "domains": ["api.example.org", "inside.example.org"], "reason": "Weather" },
        "sharedData": { "reason": "Votes" },
    }});
    let files = json!({ "src/App.tsx": "a();", "cumulonimbus.json": wants.to_string() });
    let answer = app.post("/api/apps/import", json!({ "name": "Demanding", "files": files })).await.json();
    assert_eq!(answer["diagnostics"], json!([]));
    (text(&answer["appId"]), text(&answer["versionId"]))
}

pub async fn grant(app: &TestApp, id: &str, version: &str, allow: Value) -> Answer {
    let body = json!({ "versionId": version, "allow": allow });
    app.send(ask(Method::PUT, &format!("/api/apps/{id}/permissions")).json(body)).await
}

async fn renew(app: &TestApp, id: &str, token: &str) -> Value {
    app.post(&format!("/api/apps/{id}/launch/renew"), json!({ "token": token })).await.json()
}

#[tokio::test]
async fn a_version_says_what_it_declares() {
    let app = TestApp::new();
    let (id, version) = demanding(&app).await;
    let versions = app.get(&format!("/api/apps/{id}/versions")).await.json();
    let listed = &versions["versions"][0];
    assert_eq!(
        listed["sandboxPermissions"],
        json!({
            "ai": true, "domains": ["api.example.org", "inside.example.org"], "sharedData": true,
            "reasons": { "ai": "Sums up", "http": "Weather", "sharedData": "Votes" },
        })
    );
    assert_eq!(text(&listed["hash"]).len(), 64);
    // Going back declares the same.
    let restored = app.post(&format!("/api/apps/{id}/versions/{version}/restore"), json!({})).await.json();
    assert_eq!(restored["sandboxPermissions"], listed["sandboxPermissions"]);
    assert_eq!(restored["hash"], listed["hash"]);
}

#[tokio::test]
async fn a_wrong_declaration_is_a_finding_and_grants_nothing() {
    let app = TestApp::new();
    let wants = r#"{"permissions":{"http":{"domains":["evil; script-src *"],"reason":"x"}}}"#;
    let files = json!({ "src/App.tsx": "a();", "cumulonimbus.json": wants });
    let answer = app.post("/api/apps/import", json!({ "files": files })).await.json();
    assert_eq!(answer["diagnostics"][0]["code"], "bad-permissions");
    assert_eq!(answer["diagnostics"][0]["file"], "cumulonimbus.json");
    let launch = app.launch(&text(&answer["appId"])).await;
    assert_eq!(
        launch["permissions"]["declared"],
        json!({ "ai": false, "domains": [], "sharedData": false, "reasons": {} })
    );
}

#[tokio::test]
async fn what_is_granted_is_in_force_after_a_renewal_and_revoked_at_once() {
    let app = TestApp::new();
    let (id, version) = demanding(&app).await;
    let launch = app.launch(&id).await;
    let none = json!({ "ai": false, "domains": [], "sharedData": false });
    assert_eq!(launch["permissions"]["granted"], none);
    assert_eq!(launch["permissions"]["missing"]["ai"], true);
    let token = text(&launch["token"]);
    let fetch = |url: &str| json!({ "url": url });

    let refused = app.call(&token, "http.fetch", fetch("https://api.example.org/x")).await;
    assert_eq!((refused.status, refused.code().as_str()), (StatusCode::FORBIDDEN, "permission-needed"));
    assert_eq!(refused.json()["error"]["data"], json!({ "permission": "http", "domain": "api.example.org" }));
    let shared = json!({ "collection": "votes", "scope": "shared", "data": {} });
    let refused = app.call(&token, "data.create", shared.clone()).await;
    assert_eq!(refused.json()["error"]["data"], json!({ "permission": "sharedData" }));

    let allow = json!({ "ai": false, "domains": ["api.example.org"], "sharedData": true });
    let granted = grant(&app, &id, &version, allow.clone()).await;
    assert_eq!(granted.status, StatusCode::OK, "{}", granted.text());
    assert_eq!(granted.json()["permissions"], allow);
    // The token from before does not become stronger by itself.
    assert_eq!(app.call(&token, "data.create", shared.clone()).await.code(), "permission-needed");

    let renewed = renew(&app, &id, &token).await;
    assert_eq!(renewed["permissions"]["granted"], allow);
    let domains = json!(["inside.example.org"]);
    assert_eq!(renewed["permissions"]["missing"], json!({ "ai": true, "domains": domains, "sharedData": false }));
    let token = text(&renewed["token"]);
    let record = app.call(&token, "data.create", shared.clone()).await;
    assert_eq!(record.status, StatusCode::OK, "{}", record.text());
    let fetched = app.call(&token, "http.fetch", fetch("https://api.example.org/x")).await.json();
    assert_eq!(fetched["result"]["body"], "GET https://api.example.org/x []");
    let other = app.call(&token, "http.fetch", fetch("https://inside.example.org/")).await;
    assert_eq!(other.json()["error"]["data"]["domain"], "inside.example.org");

    let grants = app.get("/api/permissions").await.json();
    assert_eq!(grants["grants"][0]["appName"], "Demanding");
    assert_eq!((&grants["grants"][0]["appId"], &grants["grants"][0]["permissions"]), (&json!(id), &allow));

    let revoked = app.send(ask(Method::DELETE, &format!("/api/apps/{id}/permissions"))).await;
    assert_eq!(revoked.status, StatusCode::NO_CONTENT);
    assert_eq!(app.call(&token, "data.create", shared).await.code(), "permission-needed");
    assert_eq!(app.call(&token, "http.fetch", fetch("https://api.example.org/x")).await.code(), "permission-needed");
    // Its own data, and reading what is shared, need nothing.
    let list = app.call(&token, "data.list", json!({ "collection": "votes", "scope": "shared" })).await.json();
    assert_eq!(list["result"].as_array().map(Vec::len), Some(1));
    assert_eq!(app.get("/api/permissions").await.json(), json!({ "grants": [] }));
}

#[tokio::test]
async fn what_a_version_no_longer_declares_is_asked_for_again() {
    let app = TestApp::new();
    let (id, first) = demanding(&app).await;
    let (ai, all) = (json!({ "ai": true }), json!({ "ai": true, "sharedData": true }));
    grant(&app, &id, &first, all).await;
    // A version that declares nothing takes the place of the first, and is opened.
    let declared = app.store.version(first.parse().unwrap()).await.unwrap();
    let files = app.store.version_files(declared.id).await.unwrap();
    let next = |id: &str, permissions| Version {
        id: id.parse().unwrap(),
        hash: id.to_owned(),
        sandbox_permissions: permissions,
        ..declared.clone()
    };
    let put = async |version: Version| app.store.put_version(&version, &files, Some(&Bundle::default())).await.unwrap();
    put(next("018f3c6e7b1a7cc080000123456789a1", Declared::default())).await;
    // Looking at the old one changes nothing.
    let old = app.post(&format!("/api/apps/{id}/launch"), json!({ "versionId": first })).await.json();
    assert_eq!(old["permissions"]["granted"]["ai"], true);
    app.launch(&id).await;
    assert_eq!(app.get("/api/permissions").await.json()["grants"], json!([]));
    // The one after it declares all again, and has nothing of it.
    put(next("018f3c6e7b1a7cc080000123456789a2", declared.sandbox_permissions.clone())).await;
    let launch = app.launch(&id).await;
    assert_eq!(
        (&launch["permissions"]["granted"]["ai"], &launch["permissions"]["missing"]["ai"]),
        (&json!(false), &json!(true))
    );
    grant(&app, &id, "018f3c6e-7b1a-7cc0-8000-0123456789a2", ai).await;
    assert_eq!(app.launch(&id).await["permissions"]["granted"]["ai"], true);
}

#[tokio::test]
async fn no_more_is_granted_than_declared_and_only_by_the_owner() {
    let app = TestApp::new();
    let (id, version) = demanding(&app).await;
    let (modest, modest_version) = app.import("a();").await;
    for allow in [json!({ "ai": true }), json!({ "domains": ["api.example.org"] }), json!({ "sharedData": true })] {
        let answer = grant(&app, &modest, &modest_version, allow).await;
        assert_eq!((answer.status, answer.code().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "invalid-request"));
    }
    for allow in [json!({ "domains": ["evil; x"] }), json!({ "camera": true }), json!({ "domains": ["*.example.org"] })]
    {
        assert_eq!(grant(&app, &id, &version, allow).await.code(), "invalid-request");
    }
    assert_eq!(grant(&app, &id, &modest_version, json!({ "ai": true })).await.code(), "not-found");
    let token = text(&app.launch(&id).await["token"]);
    let by_app = ask(Method::PUT, &format!("/api/apps/{id}/permissions")).token(&token);
    let body = json!({ "versionId": version, "allow": { "ai": true } });
    assert_eq!(app.send(by_app.json(body)).await.code(), "wrong-token");
    assert_eq!(app.get("/api/permissions").await.json(), json!({ "grants": [] }));
}

#[tokio::test]
async fn a_fetch_that_leads_inside_is_refused_and_fetches_are_counted() {
    let app = TestApp::new();
    let (id, version) = demanding(&app).await;
    let domains = json!(["api.example.org", "inside.example.org"]);
    grant(&app, &id, &version, json!({ "domains": domains })).await;
    let token = text(&app.launch(&id).await["token"]);
    let fetch = |url: &str| app.call(&token, "http.fetch", json!({ "url": url }));
    let inside = fetch("https://inside.example.org/").await;
    assert_eq!((inside.status, inside.code().as_str()), (StatusCode::FORBIDDEN, "fetch-refused"));
    for url in [
        "http://127.0.0.1/",
        "http://127.1/",
        "http://0x7f000001/",
        "http://[::ffff:127.0.0.1]/",
        "http://169.254.169.254/",
        "https://api.example.org:8080/",
        "https://u@api.example.org/",
    ] {
        assert_eq!(fetch(url).await.code(), "bad-call", "{url}");
    }
    for _ in 0..59 {
        assert_eq!(fetch("https://api.example.org/").await.status, StatusCode::OK);
    }
    let many = fetch("https://api.example.org/").await;
    assert_eq!((many.status, many.code().as_str()), (StatusCode::TOO_MANY_REQUESTS, "quota-http"));
    app.clock.advance(1000);
    assert_eq!(fetch("https://api.example.org/").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_viewer_has_another_id_in_every_app() {
    let app = TestApp::new();
    let (a, _) = app.import("a();").await;
    let (b, _) = app.import("b();").await;
    let (first, second) = (app.launch(&a).await, app.launch(&b).await);
    assert_eq!(first["user"]["name"], "Local owner");
    assert_eq!(first["user"], app.launch(&a).await["user"]);
    assert_ne!(first["user"]["id"], second["user"]["id"]);
    let user = app.call(&text(&first["token"]), "user.get", json!({})).await.json();
    assert_eq!(user["result"], first["user"]);
}
