//! Apps, versions, import and export.

use std::io::{Cursor, Read};

use axum::http::{Method, StatusCode};
use serde_json::json;
use zip::ZipArchive;

use crate::app::{TestApp, ask};

#[tokio::test]
async fn an_app_is_renamed_deleted_and_taken_back() {
    let app = TestApp::new();
    let (id, _) = app.import("a();").await;
    let path = format!("/api/apps/{id}");
    let rename = |name: &str| ask(Method::PATCH, &path).json(json!({ "name": name }));
    assert_eq!(app.send(rename("  Better ")).await.json()["name"], "Better");
    for bad in ["", "  ", "a\nb", &"x".repeat(81)] {
        assert_eq!(app.send(rename(bad)).await.code(), "invalid-request", "{bad}");
    }
    assert_eq!(app.send(ask(Method::PATCH, &path).json(json!({}))).await.json()["name"], "Better");
    assert_eq!(app.send(ask(Method::DELETE, &path)).await.status, StatusCode::NO_CONTENT);
    assert_eq!(app.get(&path).await.code(), "not-found");
    assert_eq!(app.get("/api/apps").await.json(), json!({ "apps": [] }));
    assert_eq!(app.post(&format!("{path}/undelete"), json!({})).await.json()["name"], "Better");
    assert_eq!(app.get(&path).await.json()["name"], "Better");
}

#[tokio::test]
async fn restoring_adds_a_version_and_removes_none() {
    let app = TestApp::new();
    let (id, first) = app.import("a();").await;
    let restored = app.post(&format!("/api/apps/{id}/versions/{first}/restore"), json!({})).await.json();
    assert_eq!((&restored["number"], &restored["origin"]), (&json!(2), &json!("restored")));
    assert_eq!((&restored["parent"], &restored["status"]), (&json!(first), &json!("runnable")));
    let versions = app.get(&format!("/api/apps/{id}/versions")).await.json();
    let numbers: Vec<_> = versions["versions"].as_array().unwrap().iter().map(|version| &version["number"]).collect();
    assert_eq!(numbers, [2, 1]);
    assert_eq!(app.get(&format!("/api/apps/{id}")).await.json()["head"], restored["id"]);
    let path = format!("/api/apps/{id}/versions/{}/files", restored["id"].as_str().unwrap());
    assert_eq!(app.get(&path).await.json(), json!({ "files": { "src/App.tsx": "a();" } }));
}

#[tokio::test]
async fn a_version_is_found_only_under_its_app() {
    let app = TestApp::new();
    let (_, version) = app.import("a();").await;
    let (other, _) = app.import("b();").await;
    assert_eq!(app.get(&format!("/api/apps/{other}/versions/{version}/files")).await.code(), "not-found");
    let restore = app.post(&format!("/api/apps/{other}/versions/{version}/restore"), json!({})).await;
    assert_eq!(restore.code(), "not-found");
    let (broken, draft) = app.import("BROKEN").await;
    let restore = app.post(&format!("/api/apps/{broken}/versions/{draft}/restore"), json!({})).await;
    assert_eq!(restore.code(), "nothing-to-run");
}

#[tokio::test]
async fn an_import_says_what_is_wrong_and_keeps_it() {
    let app = TestApp::new();
    let files = json!({ "App.tsx": "BROKEN" });
    let answer = app.post("/api/apps/import", json!({ "files": files })).await.json();
    assert_eq!(answer["diagnostics"][0]["code"], "syntax");
    let id = answer["appId"].as_str().unwrap();
    let stored = app.get(&format!("/api/apps/{id}")).await.json();
    assert_eq!((&stored["name"], &stored["head"]), (&json!("Imported app"), &json!(null)));
    let versions = app.get(&format!("/api/apps/{id}/versions")).await.json();
    assert_eq!(
        (&versions["versions"][0]["status"], &versions["versions"][0]["origin"]),
        (&json!("draft"), &json!("imported"))
    );

    for (files, code) in [
        (json!({}), "invalid-request"),
        (json!({ "../x.ts": "" }), "invalid-request"),
        (json!({ "/etc/passwd": "" }), "invalid-request"),
        (json!({ "a.ts": "x".repeat(512 * 1024 + 1) }), "too-large"),
        (json!({ "a.ts": "x".repeat(9 * 1024 * 1024) }), "too-large"),
    ] {
        assert_eq!(app.post("/api/apps/import", json!({ "files": files })).await.code(), code);
    }
    let many = (0..201).map(|n| (format!("f{n}.ts"), json!(""))).collect::<serde_json::Map<_, _>>();
    assert_eq!(app.post("/api/apps/import", json!({ "files": many })).await.code(), "too-large");
}

#[tokio::test]
async fn an_export_holds_the_source_and_a_page_about_it() {
    let app = TestApp::new();
    let (id, _) = app.import("a();").await;
    let answer = app.get(&format!("/api/apps/{id}/export")).await;
    assert_eq!(answer.header("content-type"), "application/zip");
    assert_eq!(answer.header("content-disposition"), "attachment; filename=\"mine.zip\"");
    let mut zip = ZipArchive::new(Cursor::new(answer.body)).unwrap();
    let mut names: Vec<String> = zip.file_names().map(|name| name.unwrap().into_owned()).collect();
    names.sort();
    assert_eq!(names, ["README.md", "src/App.tsx"]);
    let mut source = String::new();
    zip.by_name("src/App.tsx").unwrap().read_to_string(&mut source).unwrap();
    assert_eq!(source, "a();");
    let mut readme = String::new();
    zip.by_name("README.md").unwrap().read_to_string(&mut readme).unwrap();
    assert!(readme.starts_with("# Mine\n"), "{readme}");
}

#[tokio::test]
async fn models_and_samples_are_told() {
    let app = TestApp::new();
    let health = app.get("/api/llm/health").await.json();
    assert_eq!(health["selected"], json!({ "provider": "ollama", "model": "steady", "local": true }));
    assert_eq!(
        (&health["providers"][0]["provider"], &health["providers"][0]["latencyMs"]),
        (&json!("ollama"), &json!(null))
    );
    assert_eq!(app.post("/api/llm/probe", json!({})).await.json()["providers"][0]["latencyMs"], 1);
    assert_eq!(app.get("/api/samples").await.json()["samples"][0]["id"], "todo");
}
