//! The server under test, and a client for it.

use std::sync::Arc;

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Method, Request, StatusCode, header, request},
};
use futures::StreamExt;
use nimbus_core::{
    generate::{Jobs, Ports},
    model::ProviderChoice,
    platform::fixed::{self, FixedClock},
    settings::Configured,
    vault::Vault,
};
use nimbus_server::{Limits, ServerConfig, ServerParts, ServerState, router};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use crate::{
    ports::{FakeAssets, FakeBundler, FakeExporter, FakeFetch, FakeModels},
    store::MemoryStore,
};

pub const TOKEN: &str = "the-owners-token";
pub const HOST: &str = "localhost:3000";

pub struct TestApp {
    pub store: Arc<MemoryStore>,
    pub clock: Arc<FixedClock>,
    pub jobs: Jobs,
    pub state: ServerState,
    pub shutdown: CancellationToken,
    pub models: Arc<FakeModels>,
    router: Router,
}

/// A request in the making. Begins as a program's: `localhost`, with the owner's token.
#[derive(Debug)]
pub struct Ask {
    request: request::Builder,
    body: Body,
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl TestApp {
    pub fn new() -> Self {
        Self::with_store(Arc::default())
    }

    /// The same as after a restart: the store stays, what was in memory is gone.
    pub fn with_store(store: Arc<MemoryStore>) -> Self {
        Self::start(store, [7; 32], Limits::default())
    }

    /// The same with a secret of the server's own.
    pub fn with_secret(store: Arc<MemoryStore>, secret: [u8; 32]) -> Self {
        Self::start(store, secret, Limits::default())
    }

    pub fn with_limits(limits: Limits) -> Self {
        Self::start(Arc::default(), [7; 32], limits)
    }

    fn start(store: Arc<MemoryStore>, secret: [u8; 32], limits: Limits) -> Self {
        let (platform, clock) = fixed::platform();
        let shutdown = CancellationToken::new();
        let models = Arc::new(FakeModels::default());
        let bundler = Arc::new(FakeBundler);
        let ports = Ports {
            models: models.clone(),
            bundler: bundler.clone(),
            store: store.clone(),
            platform: platform.clone(),
            vault: Vault::new(&secret),
        };
        let asking = ports.asking();
        let jobs = Jobs::new(ports);
        let state = ServerState::new(ServerParts {
            store: store.clone(),
            models: models.clone(),
            asking,
            bundler,
            exporter: Arc::new(FakeExporter),
            fetch: Arc::new(FakeFetch),
            jobs: jobs.clone(),
            platform,
            assets: Arc::new(FakeAssets::new()),
            config: ServerConfig { limits, ..config() },
            shutdown: shutdown.clone(),
        })
        .expect("the web files are complete");
        Self { store, clock, jobs, models, router: router(state.clone()), state, shutdown }
    }

    pub async fn send(&self, ask: Ask) -> Answer {
        let response = self.open(ask).await;
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap().to_vec();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    /// Sends without reading the answer's body.
    pub async fn open(&self, ask: Ask) -> axum::response::Response {
        self.router.clone().oneshot(ask.request.body(ask.body).unwrap()).await.unwrap()
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(ask(Method::GET, path)).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(ask(Method::POST, path).json(body)).await
    }

    /// An app of one file that runs; its id and its version's.
    pub async fn import(&self, source: &str) -> (String, String) {
        let files = json!({ "src/App.tsx": source });
        let answer = self.post("/api/apps/import", json!({ "name": "Mine", "files": files })).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
        let answer = answer.json();
        (text(&answer["appId"]), text(&answer["versionId"]))
    }

    /// Launches an app; what the launch answered.
    pub async fn launch(&self, app: &str) -> Value {
        let answer = self.post(&format!("/api/apps/{app}/launch"), json!({})).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
        answer.json()
    }

    /// A frame's call with its token.
    pub async fn call(&self, token: &str, method: &str, params: Value) -> Answer {
        let body = json!({ "method": method, "params": params });
        self.send(ask(Method::POST, "/api/sandbox/call").token(token).json(body)).await
    }
}

/// The settings of every server under test.
pub fn config() -> ServerConfig {
    ServerConfig {
        port: 3000,
        apps_domain: None,
        token: TOKEN.to_owned(),
        secret: [7; 32],
        models: Configured {
            provider: ProviderChoice::Auto,
            ollama_model: "steady".to_owned(),
            ollama_small_model: "small".to_owned(),
            openrouter_model: None,
            fallback_enabled: true,
            has_key: true,
            ollama_api_url: "http://localhost:11434".to_owned(),
        },
        version: "0.1.0",
        commit: Some("abc"),
        limits: Limits::default(),
    }
}

/// A program's request with the owner's token.
pub fn ask(method: Method, path: &str) -> Ask {
    Ask::new(method, path).token(TOKEN)
}

impl Ask {
    /// A request by nobody.
    pub fn new(method: Method, path: &str) -> Self {
        let request = Request::builder().method(method).uri(path).header(header::HOST, HOST);
        Self { request, body: Body::empty() }
    }

    /// Sets a header, in place of another of that name; none with an empty value.
    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        let headers = self.request.headers_mut().unwrap();
        headers.remove(name);
        if !value.is_empty() {
            headers.insert(name, value.parse().unwrap());
        }
        self
    }

    pub fn token(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    /// As our own page in a browser sends it.
    pub fn by_page(self, cookie: &str) -> Self {
        self.header("authorization", "")
            .header("cookie", cookie)
            .header("origin", "http://localhost:3000")
            .header("sec-fetch-site", "same-origin")
            .header("x-cumulonimbus", "1")
    }

    pub fn json(mut self, body: Value) -> Self {
        self.body = Body::from(body.to_string());
        self.header("content-type", "application/json")
    }

    pub fn body(mut self, body: impl Into<Body>) -> Self {
        self.body = body.into();
        self
    }
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    /// The code of a refusal.
    pub fn code(&self) -> String {
        text(&self.json()["error"]["code"])
    }
}

/// Reads a stream's events until `enough`; its id and data each.
pub async fn events(body: Body, enough: impl Fn(&Value) -> bool) -> Vec<(u64, Value)> {
    let mut stream = body.into_data_stream();
    let mut text = String::new();
    let mut events = Vec::new();
    while let Some(bytes) = stream.next().await {
        text.push_str(std::str::from_utf8(&bytes.unwrap()).unwrap());
        while let Some((frame, rest)) = text.split_once("\n\n") {
            let fields: Vec<&str> = frame.lines().collect();
            let [id, "event: message", data] = fields.as_slice() else { panic!("an odd frame: {frame}") };
            let id = id.strip_prefix("id: ").unwrap().parse().unwrap();
            let data: Value = serde_json::from_str(data.strip_prefix("data: ").unwrap()).unwrap();
            let last = enough(&data);
            events.push((id, data));
            text = rest.to_owned();
            if last {
                return events;
            }
        }
    }
    events
}

pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is not a text")).to_owned()
}
