//! Launches, and what an app's own host name serves.

use axum::http::{Method, StatusCode};
use serde_json::json;

use crate::app::{Answer, Ask, TestApp, ask, text};

/// Opens a launch's address as a frame does.
async fn open(app: &TestApp, url: &str) -> Answer {
    let (host, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    app.send(Ask::new(Method::GET, &format!("/{path}")).header("host", host)).await
}

#[tokio::test]
async fn a_launch_opens_its_app_once() {
    let app = TestApp::new();
    let (id, version) = app.import("a();").await;
    let launch = app.launch(&id).await;
    let (url, number) = (text(&launch["url"]), text(&launch["launch"]));
    let base = format!("http://{}.localhost:3000/v/{version}/", id.replace('-', ""));
    assert_eq!(url, format!("{base}?launch={number}"));
    assert_eq!(number.len(), 32);
    assert_eq!(launch["expiresAt"], "2026-01-01T00:10:00Z");
    assert_eq!(launch["storage"], json!({ "local": {} }));

    // Looking at the headers does not use it up.
    let (host, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let head = app.send(Ask::new(Method::HEAD, &format!("/{path}")).header("host", host)).await;
    assert!(head.header("content-security-policy").starts_with("sandbox "), "{:?}", head.headers);
    let document = open(&app, &url).await;
    assert_eq!((document.status, document.header("cache-control")), (StatusCode::OK, "no-store"));
    let html = document.text();
    let block = json!({ "host": "http://localhost:3000", "launch": number, "app": id, "version": version });
    assert!(html.contains(&format!("id=\"cumulonimbus-launch\">{block}</script>")), "{html}");
    assert!(html.contains("<title>Mine</title>"));
    assert!(html.contains("<link rel=\"modulepreload\" href=\"/lib/abc123/react.js\">"));
    assert!(html.ends_with("<script type=\"module\" src=\"js/boot.js\"></script>\n</body>\n</html>\n"), "{html}");
    let scripts = format!("script-src {base}js/ {}lib/abc123/;", base.split("v/").next().unwrap());
    assert!(document.header("content-security-policy").contains(&scripts));

    for url in [url.as_str(), base.as_str(), &format!("{base}?launch=00000000000000000000000000000000")] {
        let again = open(&app, url).await;
        assert_eq!(again.status, StatusCode::FORBIDDEN);
        assert!(again.text().contains(&format!("http://localhost:3000/apps/{id}")), "{}", again.text());
        assert!(!again.text().contains("<script"));
    }
}

#[tokio::test]
async fn a_launch_is_for_one_app_and_for_thirty_seconds() {
    let app = TestApp::new();
    let (a, _) = app.import("a();").await;
    let (b, _) = app.import("b();").await;
    let url = text(&app.launch(&a).await["url"]);
    let stolen = url.replace(&a.replace('-', ""), &b.replace('-', ""));
    assert_eq!(open(&app, &stolen).await.status, StatusCode::FORBIDDEN);

    let url = text(&app.launch(&a).await["url"]);
    app.clock.advance(30_000);
    assert_eq!(open(&app, &url).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn the_document_names_the_page_that_launched_it() {
    let app = TestApp::new();
    let (id, _) = app.import("a();").await;
    let launch = ask(Method::POST, &format!("/api/apps/{id}/launch")).header("host", "127.0.0.1:3000");
    let url = text(&app.send(launch).await.json()["url"]);
    assert!(open(&app, &url).await.text().contains(r#"{"host":"http://127.0.0.1:3000","#));
}

#[tokio::test]
async fn code_is_sent_behind_the_lock_and_only_under_its_own_app() {
    let app = TestApp::new();
    let (id, version) = app.import("a();").await;
    let (other, _) = app.import("b();").await;
    let host = format!("{}.localhost:3000", id.replace('-', ""));
    let get = |path: String| app.send(Ask::new(Method::GET, &path).header("host", &host));

    let script = get(format!("/v/{version}/js/app.js")).await;
    assert_eq!(script.text(), "lock();a();");
    assert_eq!(script.header("content-type"), "text/javascript; charset=utf-8");
    assert_eq!(script.header("access-control-allow-origin"), "*");
    assert_eq!(get(format!("/v/{version}/js/boot.js")).await.text(), "lock();boot()");
    let style = get(format!("/v/{version}/app.css")).await;
    assert_eq!((style.header("content-type"), style.text().as_str()), ("text/css; charset=utf-8", "h1{color:red}"));
    let library = get("/lib/abc123/react.js".to_owned()).await;
    assert_eq!(library.text(), "lock();react()");
    assert_eq!(library.header("cache-control"), "public, max-age=31536000, immutable");
    assert_eq!(get("/ping".to_owned()).await.text(), "pong");

    let known = Ask::new(Method::GET, &format!("/v/{version}/js/app.js"))
        .header("host", &host)
        .header("if-none-match", script.header("etag"));
    assert_eq!(app.send(known).await.status, StatusCode::NOT_MODIFIED);

    let elsewhere = format!("{}.localhost:3000", other.replace('-', ""));
    let path = format!("/v/{version}/js/app.js");
    let answer = app.send(Ask::new(Method::GET, &path).header("host", &elsewhere)).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    for path in [
        format!("/v/{}/js/app.js", version.to_uppercase()),
        format!("/v/{version}/js/other.js"),
        format!("/v/{version}/src/App.tsx"),
        "/lib/abc123/manifest.json".to_owned(),
        "/lib/other/react.js".to_owned(),
    ] {
        assert_eq!(get(path.clone()).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn names_cannot_leave_the_title() {
    let app = TestApp::new();
    let (id, _) = app.import("a();").await;
    let name = json!({ "name": "</title><script>x()</script>" });
    app.send(ask(Method::PATCH, &format!("/api/apps/{id}")).json(name)).await;
    let html = open(&app, &text(&app.launch(&id).await["url"])).await.text();
    assert!(html.contains("<title>&lt;/title&gt;&lt;script&gt;x()&lt;/script&gt;</title>"), "{html}");
}

#[tokio::test]
async fn what_does_not_run_is_not_launched() {
    let app = TestApp::new();
    let (id, version) = app.import("BROKEN").await;
    for body in [json!({}), json!({ "versionId": version })] {
        let answer = app.post(&format!("/api/apps/{id}/launch"), body).await;
        assert_eq!((answer.status, answer.code().as_str()), (StatusCode::CONFLICT, "nothing-to-run"));
    }
    let (other, _) = app.import("a();").await;
    let answer = app.post(&format!("/api/apps/{other}/launch"), json!({ "versionId": version })).await;
    assert_eq!(answer.code(), "not-found");
}

#[tokio::test]
async fn a_bundle_of_older_libraries_is_built_again() {
    use std::sync::Arc;

    use nimbus_core::{ids::AppId, ports::Store, version::Bundle};

    let app = TestApp::new();
    let (id, _) = app.import("a();").await;
    let app_id: AppId = id.parse().unwrap();
    let head = app.store.app(app_id).await.unwrap().head.unwrap();
    let version = app.store.version(head).await.unwrap();
    let files = app.store.version_files(head).await.unwrap();
    let old = Bundle { js: "old();".to_owned(), libraries: vec!["/lib/old/react.js".to_owned()], ..Bundle::default() };
    app.store.put_version(&version, &files, Some(&old)).await.unwrap();

    let app = TestApp::with_store(Arc::clone(&app.store));
    let html = open(&app, &text(&app.launch(&id).await["url"])).await.text();
    assert!(html.contains("/lib/abc123/react.js") && !html.contains("/lib/old/"), "{html}");
}

#[tokio::test]
async fn a_browser_finds_out_whether_it_reaches_apps() {
    let app = TestApp::new();
    let ping = app.send(Ask::new(Method::GET, "/ping").header("host", "probe.localhost:3000")).await;
    assert_eq!((ping.text().as_str(), ping.header("access-control-allow-origin")), ("pong", "*"));
    assert!(ping.header("content-security-policy").contains("script-src 'none'"));
    for path in ["/", "/api/apps", "/v/018f3c6e-7b1a-7cc0-8000-0123456789ab/"] {
        let answer = app.send(Ask::new(Method::GET, path).header("host", "probe.localhost:3000")).await;
        assert!(answer.status.is_client_error(), "{path}: {}", answer.status);
        assert!(answer.header("content-security-policy").starts_with("sandbox allow-scripts allow-forms;"), "{path}");
    }
}

#[tokio::test]
async fn where_names_do_not_resolve_an_app_is_served_in_a_folder() {
    let app = TestApp::new();
    let (id, version) = app.import("a();").await;
    let hex = id.replace('-', "");
    for (page, other) in [("localhost:3000", "127.0.0.1:3000"), ("127.0.0.1:3000", "localhost:3000")] {
        let swap = ask(Method::POST, &format!("/api/apps/{id}/launch")).json(json!({ "origin": "swap" }));
        let launch = app.send(swap.header("host", page)).await.json();
        let base = format!("http://{other}/frame/{hex}/v/{version}/");
        assert_eq!(text(&launch["url"]), format!("{base}?launch={}", text(&launch["launch"])));

        let document = open(&app, &text(&launch["url"])).await;
        assert_eq!(document.status, StatusCode::OK);
        assert!(document.text().contains(&format!(r#"{{"host":"http://{page}","#)), "{}", document.text());
        let policy = document.header("content-security-policy");
        assert!(policy.starts_with("sandbox allow-scripts allow-forms;"), "{policy}");
        assert!(policy.contains(&format!("script-src {base}js/ http://{other}/lib/abc123/;")), "{policy}");

        assert_eq!(open(&app, &format!("{base}js/app.js")).await.text(), "lock();a();");
        assert_eq!(open(&app, &format!("http://{other}/lib/abc123/react.js")).await.text(), "lock();react()");
        let page = Ask::new(Method::GET, &format!("/apps/{id}")).header("host", page);
        let policy = app.send(page).await.header("content-security-policy").to_owned();
        let framed = format!("frame-src http://{hex}.localhost:3000 http://{other}/frame/{hex}/;");
        assert!(policy.contains(&framed), "{policy}");
    }
    for path in [format!("/frame/{hex}/api/apps"), format!("/frame/{hex}/"), format!("/frame/{hex}/../api/apps")] {
        let answer = open(&app, &format!("http://127.0.0.1:3000{path}")).await;
        assert!(answer.status.is_client_error(), "{path}");
        assert!(answer.header("content-security-policy").starts_with("sandbox "), "{path}");
    }
}
