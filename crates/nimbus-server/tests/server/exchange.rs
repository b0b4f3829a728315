//! Forms of files, and apps as one page.

use std::io::{Cursor, Write};

use axum::http::{Method, StatusCode};
use serde_json::json;
use zip::{ZipWriter, write::SimpleFileOptions};

use crate::app::{Answer, Ask, TestApp, ask};

const KIND: &str = "multipart/form-data; boundary=part";

fn form(parts: &[(&str, Option<&str>, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, file, content) in parts {
        let file = file.map(|file| format!("; filename=\"{file}\"")).unwrap_or_default();
        body.extend(format!("--part\r\ncontent-disposition: form-data; name=\"{name}\"{file}\r\n\r\n").bytes());
        body.extend(*content);
        body.extend(b"\r\n");
    }
    body.extend(b"--part--\r\n");
    body
}

fn import(parts: &[(&str, Option<&str>, &[u8])]) -> Ask {
    ask(Method::POST, "/api/apps/import").header("content-type", KIND).body(form(parts))
}

async fn files(app: &TestApp, answer: &Answer) -> serde_json::Value {
    let answer = answer.json();
    let (id, version) = (answer["appId"].as_str().unwrap(), answer["versionId"].as_str().unwrap());
    app.get(&format!("/api/apps/{id}/versions/{version}/files")).await.json()["files"].clone()
}

#[tokio::test]
async fn a_form_brings_files_with_their_paths() {
    let app = TestApp::new();
    let answer = app
        .send(import(&[
            ("name", None, b"From a form"),
            ("files", Some("src/App.tsx"), b"a();"),
            ("files", Some("public/a.png"), &[1, 2, 255]),
            ("files", Some("../b.ts"), b"b();"),
        ]))
        .await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    let expected = json!({ "public/a.png": "data:image/png;base64,AQL/", "src/App.tsx": "a();" });
    assert_eq!(files(&app, &answer).await, expected);
    assert_eq!(answer.json()["diagnostics"][0]["code"], "skipped-file");
    assert_eq!(app.get("/api/apps").await.json()["apps"][0]["name"], "From a form");
}

#[tokio::test]
async fn an_archive_brings_a_folder_and_a_single_file_its_name() {
    let app = TestApp::new();
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("src/App.tsx", SimpleFileOptions::default()).unwrap();
    zip.write_all(b"a();").unwrap();
    let zip = zip.finish().unwrap().into_inner();
    let answer = app.send(import(&[("file", Some("my-tracker.zip"), &zip)])).await;
    assert_eq!(files(&app, &answer).await, json!({ "src/App.tsx": "a();" }));
    assert_eq!(app.get("/api/apps").await.json()["apps"][0]["name"], "my tracker");

    let answer = app.send(import(&[("file", Some("Timer.jsx"), b"t();")])).await;
    assert_eq!(files(&app, &answer).await, json!({ "Timer.jsx": "t();" }));
}

#[tokio::test]
async fn an_app_that_lost_a_file_to_a_limit_is_a_draft() {
    let app = TestApp::new();
    let large = vec![b' '; 512 * 1024 + 1];
    let answer = app.send(import(&[("f", Some("App.tsx"), b"a();"), ("f", Some("big.ts"), &large)])).await.json();
    assert_eq!(answer["diagnostics"][0]["code"], "import-limit");
    let id = answer["appId"].as_str().unwrap();
    assert_eq!(app.get(&format!("/api/apps/{id}")).await.json()["head"], json!(null));
}

#[tokio::test]
async fn forms_without_files_and_elsewhere_are_refused() {
    let app = TestApp::new();
    let answer = app.send(import(&[("name", None, b"x")])).await;
    assert_eq!((answer.status, answer.code().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "invalid-request"));
    let answer = app.send(import(&[("f", Some("../x"), b"x")])).await;
    assert!(answer.text().contains("`../x`"), "{}", answer.text());
    let elsewhere = ask(Method::POST, "/api/llm/probe").header("content-type", KIND).body(form(&[]));
    assert_eq!(app.send(elsewhere).await.code(), "media-type");
    let broken = ask(Method::POST, "/api/apps/import").header("content-type", KIND).body("--part\r\nnonsense");
    assert_eq!(app.send(broken).await.code(), "bad-json");
    let large = vec![0; 9 * 1024 * 1024];
    assert_eq!(app.send(import(&[("f", Some("a.bin"), &large)])).await.code(), "too-large");
}

#[tokio::test]
async fn another_site_can_send_no_form() {
    let app = TestApp::new();
    let bare = || Ask::new(Method::POST, "/api/apps/import").header("content-type", KIND).body(form(&[]));
    assert_eq!(app.send(bare()).await.code(), "foreign-origin");
    let foreign = bare().header("origin", "https://evil.example").header("x-cumulonimbus", "1");
    assert_eq!(app.send(foreign).await.code(), "foreign-origin");
    let without = bare().header("origin", "http://localhost:3000");
    assert_eq!(app.send(without).await.code(), "missing-header");
}

#[tokio::test]
async fn an_app_is_handed_out_as_one_page_and_never_shown() {
    let app = TestApp::new();
    let (id, _) = app.import("a();").await;
    let answer = app.get(&format!("/api/apps/{id}/export.html")).await;
    assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
    assert_eq!(answer.header("content-disposition"), "attachment; filename=\"mine.html\"");
    assert!(answer.text().starts_with(&format!("{id} Mine a();")), "{}", answer.text());
    let (draft, _) = app.import("BROKEN").await;
    assert_eq!(app.get(&format!("/api/apps/{draft}/export.html")).await.code(), "nothing-to-run");
    let nobody = Ask::new(Method::GET, &format!("/api/apps/{id}/export.html"));
    assert_eq!(app.send(nobody).await.code(), "signed-out");
}
