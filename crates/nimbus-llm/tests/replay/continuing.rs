//! Whole generations whose local model fails: before, during and after the first file.

use std::sync::Arc;

use async_trait::async_trait;
use futures::StreamExt;
use nimbus_core::{
    generate::{Jobs, Ports},
    generation::Generation,
    ids::{AppId, UserId},
    platform::fixed,
    ports::{Build, Bundler, Store},
    source::SourceTree,
    vault::Vault,
    version::Bundle,
};
use nimbus_llm::{LlmConfig, Router};
use serde_json::{Value, json};

use crate::{
    ollama,
    openai_compatible::hosted,
    server::{Answer, End, Server},
    store::MemoryStore,
};

const LOCAL: &str = "POST /api/chat";
const HOSTED: &str = "POST /api/v1/chat/completions";
/// Loaded with a window that holds the rules and a whole reply.
const RUNNING: &str = r#"{"models":[{"name":"qwen2.5-coder:7b","context_length":32768}]}"#;
const DATA: &str = "<file path=\"src/data.ts\">\nexport const first = 1;\nexport const second = 2;\n</file>\n";
const APP: &str = "import { first } from \"./data\";\n\nexport default function App() {\n  return <p>{first}</p>;\n}\n";

/// Takes every source as it is.
struct Plain;

#[async_trait]
impl Bundler for Plain {
    async fn build(&self, _: AppId, files: SourceTree) -> Build {
        let js = files.iter().map(|(_, text)| text).collect();
        let bundle = Bundle { js, css: String::new(), source_map: None, libraries: Vec::new() };
        Build { files, bundle: Some(bundle), ..Build::default() }
    }

    fn libraries(&self) -> Vec<String> {
        vec!["react".to_owned()]
    }
}

struct World {
    local: Server,
    remote: Server,
    jobs: Jobs,
    store: Arc<MemoryStore>,
}

impl World {
    async fn new(change: impl FnOnce(LlmConfig) -> LlmConfig) -> Self {
        let (local, remote) = (ollama::ollama_with(RUNNING).await, Server::start().await.unwrap());
        let config = LlmConfig {
            ollama_enabled: true,
            ollama_api_url: local.url(),
            ollama_model: "qwen2.5-coder:7b".to_owned(),
            ..hosted(&remote)
        };
        let store = Arc::new(MemoryStore::default());
        let ports = Ports {
            models: Arc::new(Router::new(change(config)).unwrap()),
            bundler: Arc::new(Plain),
            store: store.clone(),
            platform: fixed::platform().0,
            vault: Vault::new(&[7; 32]),
        };
        Self { local, remote, jobs: Jobs::new(ports), store }
    }

    /// What a generation says, and the files of the version that it made.
    async fn generate(&self, request: Value) -> (Vec<Value>, Option<SourceTree>) {
        let mut asked = json!({ "prompt": "a counter" });
        asked.as_object_mut().unwrap().extend(request.as_object().unwrap().clone());
        // Nothing is known of the models yet, so the first choice must wait for a probe.
        let generation: Generation =
            self.jobs.start(UserId::LOCAL_OWNER, serde_json::from_value(asked).unwrap()).await.unwrap();
        let entries: Vec<_> = self.jobs.follow(generation.id, 0).collect().await;
        let events: Vec<Value> =
            entries.into_iter().map(|entry| serde_json::from_str(&entry.unwrap().json).unwrap()).collect();
        let version = self.store.generation(generation.id).await.unwrap().version_id;
        let files = match version {
            Some(version) => Some(self.store.version_files(version).await.unwrap()),
            None => None,
        };
        (events, files)
    }
}

fn local_tokens(text: &str) -> String {
    let pieces = text.split_inclusive(' ');
    pieces.map(|piece| json!({ "message": { "content": piece }, "done": false }).to_string() + "\n").collect()
}

fn local_end(reason: &str) -> String {
    json!({ "done": true, "done_reason": reason, "prompt_eval_count": 900, "eval_count": 9 }).to_string() + "\n"
}

fn remote_reply(text: &str) -> Answer {
    let choice = |delta: Value, finish: Value| json!({ "choices": [{ "delta": delta, "finish_reason": finish }] });
    let pieces = text.split_inclusive(' ').map(|piece| choice(json!({ "content": piece }), Value::Null));
    let events = pieces.chain([choice(json!({}), json!("stop"))]);
    let usage = json!({ "choices": [], "usage": { "prompt_tokens": 950, "completion_tokens": 9, "cost": 0.002 } });
    let lines: String = events.chain([usage]).map(|event| format!("data: {event}\n\n")).collect();
    Answer::sse(&(lines + "data: [DONE]\n\n"))
}

fn of_type<'a>(events: &'a [Value], kind: &str) -> Vec<&'a Value> {
    events.iter().filter(|event| event["type"] == kind).collect()
}

fn file<'a>(files: &'a Option<SourceTree>, path: &str) -> Option<&'a str> {
    files.as_ref()?.iter().find(|(found, _)| found.as_str() == path).map(|(_, text)| text)
}

#[tokio::test]
async fn a_local_model_that_dies_before_during_and_after_the_first_file() {
    let whole = format!("Two files.\n{DATA}<file path=\"src/App.tsx\">\n{APP}</file>\n");
    let first = whole.find("second").unwrap();
    let after = whole.find("<file path=\"src/App").unwrap();
    let second = whole.find("return").unwrap();
    for (name, at) in [("during the first file", first), ("after it", after), ("during the second", second)] {
        let world = World::new(|config| config).await;
        world.local.on(LOCAL, Answer::ndjson(&local_tokens(&whole[..at])).ending(End::Closed));
        world.remote.on(HOSTED, remote_reply(&whole[at..]));
        let (events, files) = world.generate(json!({})).await;
        assert_eq!(events.last().unwrap()["type"], "complete", "{name}: {:?}", events.last());
        assert_eq!(file(&files, "src/App.tsx"), Some(APP), "{name}");
        assert_eq!(file(&files, "src/data.ts"), Some("export const first = 1;\nexport const second = 2;\n"), "{name}");
        let fallback = of_type(&events, "fallback");
        assert_eq!((fallback.len(), &fallback[0]["continues"]), (1, &json!(true)), "{name}");
        let reason = fallback[0]["reason"].as_str().unwrap();
        assert!(reason.contains("broke before the reply was complete; `qwen/qwen3-coder` goes on"), "{reason}");
        let asked = &world.remote.asked(HOSTED)[0].body["messages"];
        assert_eq!(asked[2], json!({ "role": "assistant", "content": &whole[..at] }), "{name}");
        let usage = of_type(&events, "usage");
        assert_eq!((&usage[0]["costUsd"], &usage[0]["promptTokens"]), (&json!(0.002), &json!(950)), "{name}");
    }

    let world = World::new(|config| config).await;
    world.local.on(LOCAL, Answer::json(500, r#"{"error":"llama runner process has terminated"}"#));
    world.remote.on(HOSTED, remote_reply(&whole));
    let (events, files) = world.generate(json!({})).await;
    assert_eq!(file(&files, "src/App.tsx"), Some(APP), "before the first token");
    assert_eq!(of_type(&events, "fallback")[0]["continues"], false);
    assert_eq!(world.remote.asked(HOSTED)[0].body["messages"].as_array().unwrap().len(), 2, "the request alone");
}

#[tokio::test]
async fn a_second_answer_never_follows_the_first() {
    let world = World::new(|config| config).await;
    let half = format!("{DATA}<file path=\"src/App.tsx\">\nimport {{ first }} from \"./data\";\n\nexport def");
    world.local.on(LOCAL, Answer::ndjson(&local_tokens(&half)).ending(End::Reset));
    let anew = "export default () => <b>anew</b>;\n";
    world.remote.on(HOSTED, remote_reply(&format!("Sure!\n<file path=\"src/App.tsx\">\n{anew}</file>\n")));
    let (events, files) = world.generate(json!({})).await;
    // A reset may overtake what was sent before it; whatever came of the first, the file is the second's.
    assert_eq!(events.last().unwrap()["type"], "complete", "{:?}", events.last());
    assert_eq!(file(&files, "src/App.tsx"), Some(anew));
}

#[tokio::test]
async fn an_app_that_never_leaves_this_machine_stays_unfinished_rather_than_leave() {
    let elsewhere = "https://models.invalid/v1".to_owned();
    let world = World::new(|config| LlmConfig { openrouter_base_url: elsewhere, ..config }).await;
    let half = local_tokens(&format!("{DATA}<file path=\"src/App.tsx\">\nimport"));
    world.local.on(LOCAL, Answer::ndjson(&half).ending(End::Closed));
    let (events, files) = world.generate(json!({ "localOnly": true })).await;
    let last = events.last().unwrap();
    assert_eq!((&last["type"], &last["code"]), (&json!("error"), &json!("model-interrupted")), "{last}");
    assert!(of_type(&events, "model").iter().all(|model| model["provider"] == "ollama"), "nobody else was asked");
    assert!(file(&files, "src/data.ts").is_some(), "what came is kept");
    let model = of_type(&events, "model")[0]["reason"].as_str().unwrap();
    assert!(model.contains("never leave this machine"), "{model}");
}

#[tokio::test]
async fn a_reply_at_its_limit_is_continued_by_the_same_model() {
    let world = World::new(|config| config).await;
    let whole = format!("{DATA}<file path=\"src/App.tsx\">\n{APP}</file>\n");
    let at = whole.find("return").unwrap();
    let part = |text: &str, reason| Answer::ndjson(&(local_tokens(text) + &local_end(reason)));
    // It repeats the line it stopped in, as models do.
    let line = whole[..at].rfind("export").unwrap();
    world.local.on(LOCAL, part(&whole[..at], "length")).on(LOCAL, part(&whole[line..], "stop"));
    let (events, files) = world.generate(json!({ "provider": "ollama" })).await;
    assert_eq!(events.last().unwrap()["type"], "complete", "{:?}", events.last());
    assert_eq!(file(&files, "src/App.tsx"), Some(APP));
    let notes: Vec<_> = events.iter().filter(|event| event["code"] == "reply-continued").collect();
    assert_eq!(notes.len(), 1);
    assert_eq!(of_type(&events, "usage")[0]["contextLength"], 32_768);
}
