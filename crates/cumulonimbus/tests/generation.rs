//! Stories of generations, with the real store, the real bundler and scripted models.

use std::{collections::BTreeMap, error::Error, sync::Arc};

use futures::StreamExt;
use nimbus_bundle::{Bundling, BundlingAssets};
use nimbus_core::{
    app::ExecutionMode,
    events::JournalEntry,
    generate::{Jobs, Ports, StartError},
    generation::{GenerateRequest, Generation, GenerationState},
    ids::UserId,
    model::{ModelChoice, ProviderChoice},
    platform::fixed,
    ports::Store,
    source::SourcePath,
    vault::Vault,
    version::VersionStatus,
};
use nimbus_llm::{LlmConfig, Router};
use serde_json::Value;

type Outcome = Result<(), Box<dyn Error>>;

struct Studio {
    jobs: Jobs,
    store: Arc<dyn Store>,
    ports: Ports,
    _folder: tempfile::TempDir,
}

impl Studio {
    async fn open() -> Result<Self, Box<dyn Error>> {
        let folder = tempfile::tempdir()?;
        let store: Arc<dyn Store> = Arc::new(nimbus_store::open_sqlite(&folder.path().join("test.db")).await?);
        let config = LlmConfig { provider: ProviderChoice::Demo, ollama_enabled: false, ..LlmConfig::default() };
        let (platform, _) = fixed::platform();
        let ports = Ports {
            models: Arc::new(Router::new(config)?),
            bundler: Arc::new(bundler()?),
            store: store.clone(),
            platform,
            vault: Vault::new(&[7; 32]),
        };
        Ok(Self { jobs: Jobs::new(ports.clone()), store, ports, _folder: folder })
    }

    async fn start(&self, model: &str) -> Result<Generation, StartError> {
        let choice = ModelChoice {
            provider: Some(ProviderChoice::Demo),
            model: Some(model.to_owned()),
            ..ModelChoice::default()
        };
        let prompt = "A todo list with priorities and a filter".to_owned();
        let request = GenerateRequest {
            prompt,
            execution_mode: ExecutionMode::Sandbox,
            app_id: None,
            choice,
            auto_fix: true,
            reuse: None,
        };
        self.jobs.start(UserId::LOCAL_OWNER, request).await
    }

    async fn events(&self, generation: &Generation, after: u64) -> Result<Vec<Value>, Box<dyn Error>> {
        let entries: Vec<_> = self.jobs.follow(generation.id, after).collect().await;
        entries.into_iter().enumerate().map(|(n, entry)| event(entry?, after + n as u64 + 1)).collect()
    }
}

/// The event, once its place in the journal is the expected one.
fn event(entry: JournalEntry, expected: u64) -> Result<Value, Box<dyn Error>> {
    assert_eq!(entry.seq, expected, "the journal has a gap");
    Ok(serde_json::from_str(&entry.json)?)
}

fn bundler() -> Result<Bundling, Box<dyn Error>> {
    let text = |path: &str| -> Result<String, Box<dyn Error>> {
        Ok(nimbus_web::asset(path).ok_or_else(|| format!("{path} is missing"))?.text()?.into_owned())
    };
    let mut stylesheets = BTreeMap::new();
    for asset in nimbus_web::assets() {
        if let Some(name) = asset.path.strip_prefix("tailwind/").and_then(|name| name.strip_suffix(".css")) {
            stylesheets.insert(name.to_owned(), asset.text()?.into_owned());
        }
    }
    let manifest_json = text("lib/manifest.json")?;
    let icon_pack = |name: &str| Some(nimbus_web::asset(&format!("icons/{name}.txt"))?.text().ok()?.into_owned());
    let tailwind_js = text("tailwind/compiler.js")?;
    Ok(Bundling::new(BundlingAssets { manifest_json, tailwind_js, stylesheets, icon_pack })?)
}

/// What the events showed of each file.
fn shown(events: &[Value]) -> BTreeMap<String, String> {
    let mut files = BTreeMap::<String, String>::new();
    for event in events {
        let name = event["filename"].as_str().unwrap_or_default().to_owned();
        match (event["type"].as_str(), event["state"].as_str()) {
            (Some("file"), Some("open")) => drop(files.insert(name, String::new())),
            (Some("file"), Some("replaced")) => {
                drop(files.insert(name, event["content"].as_str().unwrap_or_default().to_owned()));
            }
            (Some("chunk"), _) => {
                files.entry(name).or_default().push_str(event["content"].as_str().unwrap_or_default());
            }
            _ => {}
        }
    }
    files
}

#[tokio::test]
async fn a_sentence_becomes_a_version_that_can_run() -> Outcome {
    let studio = Studio::open().await?;
    let generation = studio.start("fast").await?;
    let events = studio.events(&generation, 0).await?;
    let last = events.last().ok_or("no event")?;
    assert_eq!(last["type"], "complete", "{last}");
    assert_eq!((events[0]["type"].as_str(), events[0]["status"].as_str()), (Some("status"), Some("queued")));

    let app = studio.store.app(generation.app_id).await?;
    let version = studio.store.version(app.head.ok_or("the app has no head")?).await?;
    assert_eq!(version.status, VersionStatus::Runnable);
    assert_eq!(Some(version.id.to_string().as_str()), last["versionId"].as_str());
    let stored = studio.store.version_files(version.id).await?;
    let stored: BTreeMap<String, String> = stored.iter().map(|(p, t)| (p.to_string(), t.to_owned())).collect();
    assert_eq!(stored, shown(&events), "what was shown is what is kept");
    let bundle = studio.store.version_bundle(version.id).await?.ok_or("no bundle")?;
    assert!(bundle.js.contains("createRoot") && !bundle.css.is_empty() && !bundle.libraries.is_empty());
    Ok(())
}

#[tokio::test]
async fn progress_never_falls_and_is_whole_only_at_the_end() -> Outcome {
    let studio = Studio::open().await?;
    let generation = studio.start("fast").await?;
    let events = studio.events(&generation, 0).await?;
    let progress: Vec<f64> = events.iter().filter_map(|event| event["progress"].as_f64()).collect();
    assert!(progress.is_sorted(), "{progress:?}");
    assert!(progress[..progress.len() - 1].iter().all(|&p| p < 1.0) && progress.last() == Some(&1.0));
    Ok(())
}

#[tokio::test]
async fn who_follows_late_or_again_sees_the_same() -> Outcome {
    let studio = Studio::open().await?;
    let generation = studio.start("fast").await?;
    let whole = studio.events(&generation, 0).await?;
    assert_eq!(studio.events(&generation, 0).await?, whole);
    for after in [1, whole.len() as u64 / 2, whole.len() as u64 - 1] {
        assert_eq!(studio.events(&generation, after).await?, whole[after as usize..]);
    }
    assert!(studio.events(&generation, whole.len() as u64).await?.is_empty());
    Ok(())
}

#[tokio::test]
async fn a_model_that_dies_leaves_what_it_wrote() -> Outcome {
    let studio = Studio::open().await?;
    let generation = studio.start("die").await?;
    let events = studio.events(&generation, 0).await?;
    let last = events.last().ok_or("no event")?;
    assert_eq!((last["type"].as_str(), last["code"].as_str()), (Some("error"), Some("model-interrupted")), "{last}");
    let kept = studio.store.generation(generation.id).await?;
    assert_eq!(kept.state, GenerationState::Failed);
    let draft = studio.store.version(kept.version_id.ok_or("no draft")?).await?;
    assert_eq!(draft.status, VersionStatus::Draft);
    let files = studio.store.version_files(draft.id).await?;
    for (path, text) in shown(&events) {
        assert_eq!(files.get(&SourcePath::parse(&path)?), Some(text.as_str()));
    }
    assert!(studio.store.app(generation.app_id).await?.head.is_none(), "a draft is never the head");
    Ok(())
}

#[tokio::test]
async fn stop_keeps_what_came_and_says_so() -> Outcome {
    let studio = Studio::open().await?;
    let generation = studio.start("stall").await?;
    let mut follow = Box::pin(studio.jobs.follow(generation.id, 0));
    while let Some(entry) = follow.next().await {
        if entry?.json.contains(r#""type":"chunk""#) {
            break;
        }
    }
    assert!(studio.jobs.cancel(generation.id));
    let events = studio.events(&generation, 0).await?;
    let last = events.last().ok_or("no event")?;
    assert_eq!((last["code"].as_str(), last["versionId"].is_string()), (Some("cancelled"), true), "{last}");
    assert_eq!(studio.store.generation(generation.id).await?.state, GenerationState::Cancelled);
    assert!(!shown(&events).is_empty());
    studio.jobs.shut_down().await;
    assert!(!studio.jobs.cancel(generation.id), "it is no longer running");
    Ok(())
}

#[tokio::test]
async fn a_reply_cut_off_by_the_token_limit_is_no_app() -> Outcome {
    let studio = Studio::open().await?;
    let generation = studio.start("truncate").await?;
    let events = studio.events(&generation, 0).await?;
    assert_eq!(events.last().ok_or("no event")?["code"], "reply-cut-off");
    assert!(events.iter().any(|event| event["state"] == "cut"));
    assert!(studio.store.app(generation.app_id).await?.head.is_none());
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_understood_or_built_ends_in_words() -> Outcome {
    let studio = Studio::open().await?;
    for (model, code) in [("garbage", "no-files"), ("broken", "does-not-build"), ("refuse", "model-error")] {
        let generation = studio.start(model).await?;
        let events = studio.events(&generation, 0).await?;
        let last = events.last().ok_or("no event")?;
        assert_eq!(last["code"], code, "{last}");
        assert!(last["error"].as_str().is_some_and(|text| text.ends_with('.') && text.len() > 20), "{last}");
        assert_eq!(studio.store.generation(generation.id).await?.state, GenerationState::Failed);
    }
    Ok(())
}

#[tokio::test]
async fn a_server_that_stops_marks_its_generations_interrupted() -> Outcome {
    let studio = Studio::open().await?;
    let generation = studio.start("stall").await?;
    studio.jobs.shut_down().await;
    let events = studio.events(&generation, 0).await?;
    assert_eq!(events.last().ok_or("no event")?["code"], "interrupted");
    assert_eq!(studio.store.generation(generation.id).await?.state, GenerationState::Interrupted);
    Ok(())
}

#[tokio::test]
async fn a_crash_leaves_a_generation_that_the_next_start_ends() -> Outcome {
    let studio = Studio::open().await?;
    let generation = studio.start("stall").await?;
    let mut follow = Box::pin(studio.jobs.follow(generation.id, 0));
    let mut seen = Vec::new();
    while let Some(entry) = follow.next().await {
        seen.push(entry?);
        if seen.last().is_some_and(|entry| entry.json.contains(r#""type":"chunk""#)) {
            break;
        }
    }
    // Another process opens the same store while the first is thought dead.
    let next = Jobs::new(studio.ports.clone());
    assert_eq!(next.end_interrupted().await?, 1);
    let entries: Vec<_> =
        next.follow(generation.id, 0).collect::<Vec<_>>().await.into_iter().collect::<Result<_, _>>()?;
    assert_eq!(entries[..seen.len()], seen[..], "everything shown is still there");
    assert!(entries.last().is_some_and(|entry| entry.last && entry.json.contains("interrupted")));
    assert_eq!(studio.store.generation(generation.id).await?.state, GenerationState::Interrupted);
    assert_eq!(next.end_interrupted().await?, 0);
    Ok(())
}

#[tokio::test]
async fn an_app_is_written_by_one_generation_at_a_time_and_samples_cannot_be_changed() -> Outcome {
    let studio = Studio::open().await?;
    let generation = studio.start("fast").await?;
    studio.events(&generation, 0).await?;
    let request = GenerateRequest { app_id: Some(generation.app_id), ..generation.request };
    match studio.jobs.start(UserId::LOCAL_OWNER, request).await {
        Err(StartError::Model(error)) => assert!(error.hint.is_some(), "{error}"),
        other => return Err(format!("a sample was refined: {other:?}").into()),
    }
    Ok(())
}
