//! Models, a bundler and web files that do as the tests say.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use async_trait::async_trait;
use bytes::Bytes;
use futures::{StreamExt, stream};
use nimbus_core::{
    diagnostic::Diagnostic,
    ids::AppId,
    model::{
        ChatEvent, ChatRequest, ChatStream, FinishReason, InstalledModel, ModelChoice, ModelError, ModelErrorKind,
        ModelRef, Money, ProviderChoice, ProviderHealth, ProviderId, PullProgress, PullStream, Usage,
    },
    outgoing::{Fetched, Outgoing},
    ports::{Build, Bundler, Exporter, Fetch, FetchError, Models, Sample},
    source::{SourcePath, SourceTree},
    version::Bundle,
};
use nimbus_server::{AssetRef, Assets};

/// The reply of every model.
pub const REPLY: &str = "Here it is.\n<file path=\"src/App.tsx\">\nexport default () => <h1>Hi</h1>\n</file>\n";

/// The bytes of `large.js`.
pub const LARGE: usize = 64 * 1024 * 1024;

/// One model whose name decides: `endless` never ends its reply, `missing` does not exist, `broken`
/// writes what does not build. A message decides too: `for ever` has no end of a reply, `fail` has no
/// reply. The hosted one costs $0.40 a reply; `unpriced` does not say what it costs.
#[derive(Default)]
pub struct FakeModels {
    /// What was asked for, in order.
    pub asked: Mutex<Vec<ModelChoice>>,
    /// How many downloads were begun, and how many of them are under way.
    pub pulls: Arc<(AtomicUsize, AtomicUsize)>,
}

impl FakeModels {
    /// What was asked for last.
    pub fn last(&self) -> ModelChoice {
        self.asked.lock().unwrap().last().cloned().expect("a model was asked")
    }

    pub fn times_asked(&self) -> usize {
        self.asked.lock().unwrap().len()
    }
}

/// Counts a download as under way while it lives.
struct UnderWay(Arc<(AtomicUsize, AtomicUsize)>);

impl UnderWay {
    fn begin(pulls: &Arc<(AtomicUsize, AtomicUsize)>) -> Self {
        pulls.0.fetch_add(1, Ordering::SeqCst);
        pulls.1.fetch_add(1, Ordering::SeqCst);
        Self(pulls.clone())
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.1.fetch_sub(1, Ordering::SeqCst);
    }
}

#[async_trait]
impl Models for FakeModels {
    async fn open(&self, choice: &ModelChoice, request: ChatRequest) -> Result<ChatStream, ModelError> {
        let (model, local) = self.select(choice)?;
        self.asked.lock().unwrap().push(choice.clone());
        let asked = request.messages.last().map(|message| message.content.as_str()).unwrap_or_default();
        if asked == "fail" {
            return Err(ModelError::new(ModelErrorKind::Unreachable, "nobody answers"));
        }
        let endless = model.model == "endless" || asked == "for ever";
        let reply = if model.model == "broken" { REPLY.replace("Hi", "BROKEN") } else { REPLY.to_owned() };
        let cost = (!local && model.model != "unpriced").then_some(Money::from_micros(400_000));
        let routed = ChatEvent::Routed { model, local, reason: "the only one".to_owned() };
        let begin = stream::iter([Ok(routed), Ok(ChatEvent::Text(reply))]);
        if endless {
            return Ok(begin.chain(stream::pending()).boxed());
        }
        let done = ChatEvent::Done { reason: FinishReason::Stop, usage: Usage { cost, ..Usage::default() } };
        Ok(begin.chain(stream::iter([Ok(done)])).boxed())
    }

    fn select(&self, choice: &ModelChoice) -> Result<(ModelRef, bool), ModelError> {
        let preferences = &choice.preferences;
        if choice.provider.or(preferences.provider) == Some(ProviderChoice::Demo) {
            return Ok((ModelRef { provider: ProviderId::Demo, model: "sample".to_owned() }, true));
        }
        if choice.provider.or(preferences.provider) == Some(ProviderChoice::Openrouter) {
            if choice.local_only {
                return Err(ModelError::new(ModelErrorKind::NoModel, "the app never leaves this machine"));
            }
            let model = choice.model.clone().or_else(|| preferences.openrouter_model.clone());
            let model = model.unwrap_or_else(|| "hosted".to_owned());
            return Ok((ModelRef { provider: ProviderId::Openrouter, model }, false));
        }
        let model = choice.model.clone().or_else(|| preferences.ollama_model.clone());
        let model = model.unwrap_or_else(|| "steady".to_owned());
        if model == "missing" {
            return Err(ModelError::new(ModelErrorKind::ModelNotFound, "model `missing` is not installed")
                .with_hint("`ollama pull missing`"));
        }
        Ok((ModelRef { provider: ProviderId::Ollama, model }, true))
    }

    fn health(&self) -> Vec<ProviderHealth> {
        vec![ProviderHealth {
            provider: ProviderId::Ollama,
            name: "Ollama".to_owned(),
            enabled: true,
            healthy: true,
            local: true,
            address: Some("http://localhost:11434".to_owned()),
            version: None,
            model: Some("steady".to_owned()),
            models: vec![InstalledModel {
                name: "steady".to_owned(),
                size_bytes: 1,
                local: true,
                ..InstalledModel::default()
            }],
            problem: None,
            hint: None,
            latency_ms: None,
        }]
    }

    async fn probe(&self) -> Vec<ProviderHealth> {
        self.health().into_iter().map(|health| ProviderHealth { latency_ms: Some(1), ..health }).collect()
    }

    async fn models(&self) -> Vec<InstalledModel> {
        self.health().into_iter().flat_map(|health| health.models).collect()
    }

    fn context_length(&self, _: &ModelChoice) -> Option<u32> {
        Some(32_768)
    }

    /// `missing` cannot be had, `endless` never arrives.
    fn pull(&self, model: String) -> PullStream {
        let step = |status: &str, completed| {
            Ok(PullProgress { status: status.to_owned(), completed: Some(completed), total: Some(2) })
        };
        let under_way = UnderWay::begin(&self.pulls);
        let steps: PullStream = match model.as_str() {
            "missing" => {
                let error = ModelError::new(ModelErrorKind::ModelNotFound, "there is no model `missing`");
                stream::iter([Err(error)]).boxed()
            }
            endless if endless.starts_with("endless") => {
                stream::iter([step("pulling", 1)]).chain(stream::pending()).boxed()
            }
            _ => stream::iter([step("pulling", 1), step("success", 2)]).boxed(),
        };
        steps
            .map(move |step| {
                let _ = &under_way;
                step
            })
            .boxed()
    }

    fn samples(&self) -> Vec<Sample> {
        vec![Sample { id: "todo".to_owned(), title: "Todo".to_owned(), prompt: "A todo list".to_owned() }]
    }
}

/// Answers with what it was asked. The host `inside.example.org` leads into this network, and
/// `silent.example.org` never answers.
pub struct FakeFetch;

#[async_trait]
impl Fetch for FakeFetch {
    async fn fetch(&self, request: &Outgoing) -> Result<Fetched, FetchError> {
        if request.domain.as_str() == "inside.example.org" {
            return Err(FetchError::ForbiddenAddress(request.domain.to_string()));
        }
        if request.domain.as_str() == "silent.example.org" {
            return std::future::pending().await;
        }
        let body = format!("{} {} {:?}", request.method.as_str(), request.url, request.headers);
        Ok(Fetched { status: 200, headers: BTreeMap::new(), body, base64: false, truncated: false })
    }
}

/// Puts all files one after the other. A file that holds `BROKEN` does not build.
pub struct FakeBundler;

#[async_trait]
impl Bundler for FakeBundler {
    async fn build(&self, _: AppId, files: SourceTree) -> Build {
        let js: String = files.iter().map(|(_, text)| format!("{text}\n")).collect();
        if js.contains("BROKEN") {
            let diagnostics = vec![Diagnostic::error("syntax", "`BROKEN` is not code")];
            return Build { files, diagnostics, ..Build::default() };
        }
        let bundle = Bundle {
            js: js + "//# sourceMappingURL=app.js.map\n",
            css: "h1{color:red}".to_owned(),
            source_map: None,
            libraries: vec!["/lib/abc123/react.js".to_owned()],
        };
        Build { files, bundle: Some(bundle), ..Build::default() }
    }

    fn libraries(&self) -> Vec<String> {
        vec!["react".to_owned()]
    }
}

/// Hands everything out as it is.
pub struct FakeExporter;

#[async_trait]
impl Exporter for FakeExporter {
    async fn page(&self, app: &str, title: &str, bundle: &Bundle) -> Result<String, Diagnostic> {
        Ok(format!("{app} {title} {}", bundle.js))
    }

    async fn project(&self, title: &str, files: &SourceTree) -> Result<Vec<(SourcePath, Vec<u8>)>, Diagnostic> {
        let about = SourcePath::parse("README.md").map_err(|error| Diagnostic::error("path", error.to_string()))?;
        let files = files.iter().map(|(path, text)| (path.clone(), text.as_bytes().to_vec()));
        Ok(files.chain([(about, format!("# {title}\n").into_bytes())]).collect())
    }
}

/// The few web files that the server needs. `large.js` is larger than what a connection holds on its
/// way, and whoever asks for `panic.js` finds a bug.
pub struct FakeAssets(BTreeMap<&'static str, (&'static str, bool, &'static str)>);

impl FakeAssets {
    pub fn new() -> Self {
        Self(BTreeMap::from([
            ("studio/index.html", ("text/html; charset=utf-8", false, "<!doctype html><title>Studio</title>")),
            ("studio/favicon.svg", ("image/svg+xml", false, "<svg/>")),
            ("studio/assets/app-1.js", ("text/javascript", true, "studio()")),
            ("runtime/lock.js", ("text/javascript", false, "lock()\n")),
            ("runtime/boot.js", ("text/javascript", false, "boot()")),
            ("lib/manifest.json", ("application/json", false, r#"{"hash":"abc123","libraries":{}}"#)),
            ("lib/react.js", ("text/javascript", true, "lock();react()")),
        ]))
    }

    pub fn without(mut self, path: &str) -> Self {
        self.0.remove(path);
        self
    }
}

impl Assets for FakeAssets {
    fn get(&self, path: &str) -> Option<AssetRef> {
        if path.ends_with("/large.js") {
            let bytes = Bytes::from(vec![b' '; LARGE]);
            return Some(AssetRef { content_type: "text/javascript", brotli: false, bytes });
        }
        assert!(!path.ends_with("/panic.js"), "a bug at /secret/path");
        let (content_type, brotli, text) = *self.0.get(path)?;
        let bytes = if brotli { Bytes::from(format!("brotli of {text}")) } else { Bytes::from_static(text.as_bytes()) };
        Some(AssetRef { content_type, brotli, bytes })
    }

    fn plain(&self, path: &str) -> Option<Bytes> {
        self.0.get(path).map(|(_, _, text)| Bytes::from_static(text.as_bytes()))
    }
}
