//! What a person chooses, down to what a model's server is sent: the real router, the real store.

#[expect(dead_code, reason = "these tests need only a part of what the replayed ones do")]
#[path = "../../nimbus-llm/tests/replay/server.rs"]
mod server;

use std::{error::Error, sync::Arc};

use futures::StreamExt;
use nimbus_core::{
    asking::{Asking, Personal},
    ids::UserId,
    model::{
        ChatEvent, ChatRequest, Message, ModelChoice, ModelError, ModelErrorKind, Money, ProviderChoice, Role, Secret,
        Task,
    },
    platform::fixed,
    ports::{Models, Store},
    settings::{HOSTED_KEY, LlmSettings, Month, Spending},
    vault::Vault,
};
use nimbus_llm::{LlmConfig, Router};
use serde_json::{Value, json};
use server::{Answer, Asked, Server};

type Outcome = Result<(), Box<dyn Error>>;

const ME: UserId = UserId::LOCAL_OWNER;
const OLLAMA: &str = "POST /api/chat";
const HOSTED: &str = "POST /v1/chat/completions";
const KEY: &str = "sk-or-v1-of-a-person";

/// An Ollama with three models, a hosted server with two, and a person who chooses.
struct World {
    ollama: Server,
    hosted: Server,
    asking: Asking,
    store: Arc<dyn Store>,
    month: Month,
    _folder: tempfile::TempDir,
}

/// What came of a question.
struct Heard {
    /// Who answered, and why that one.
    reason: String,
    cost: Option<Money>,
}

impl World {
    async fn new(change: impl FnOnce(&mut LlmConfig)) -> Result<Self, Box<dyn Error>> {
        let (ollama, hosted) = (Server::start().await?, Server::start().await?);
        let models = ["large:7b", "chosen:7b", "little:1b", "other:1b"];
        let tags: Vec<Value> = models.iter().map(|name| json!({ "name": name, "model": name, "size": 1 })).collect();
        let loaded: Vec<Value> =
            models.iter().map(|name| json!({ "name": name, "model": name, "context_length": 131_072 })).collect();
        let show = json!({
            "model_info": { "general.architecture": "x", "x.context_length": 131_072 },
            "capabilities": ["completion", "thinking"],
        });
        let done = json!({
            "message": { "role": "assistant", "content": "Yes." }, "done": true, "done_reason": "stop",
            "prompt_eval_count": 3, "eval_count": 2,
        });
        ollama
            .on("GET /api/version", Answer::json(200, r#"{"version":"0.12.10"}"#))
            .on("GET /api/tags", Answer::json(200, &json!({ "models": tags }).to_string()))
            .on("GET /api/ps", Answer::json(200, &json!({ "models": loaded }).to_string()))
            .on("POST /api/show", Answer::json(200, &show.to_string()))
            .on(OLLAMA, Answer::ndjson(&format!("{done}\n")));
        let piece = json!({ "choices": [{ "delta": { "content": "Yes." }, "finish_reason": "stop" }] });
        let usage = json!({ "choices": [], "usage": { "prompt_tokens": 3, "completion_tokens": 2, "cost": 0.25 } });
        hosted
            .on("GET /v1/models", Answer::json(200, r#"{"data":[{"id":"a/first"},{"id":"b/second"}]}"#))
            .on(HOSTED, Answer::sse(&format!("data: {piece}\n\ndata: {usage}\n\ndata: [DONE]\n\n")));
        let mut config = LlmConfig {
            ollama_api_url: ollama.url(),
            ollama_model: "large:7b".to_owned(),
            ollama_small_model: "little:1b".to_owned(),
            openrouter_base_url: format!("{}/v1", hosted.url()),
            openrouter_api_key: Secret::new("sk-of-the-operator"),
            openrouter_model: Some("a/first".to_owned()),
            ..LlmConfig::default()
        };
        change(&mut config);
        let folder = tempfile::tempdir()?;
        let store: Arc<dyn Store> = Arc::new(nimbus_store::open_sqlite(&folder.path().join("test.db")).await?);
        let (platform, _) = fixed::platform();
        let month = Month::of(platform.now());
        let asking = Asking::new(Arc::new(Router::new(config)?), store.clone(), Vault::new(&[7; 32]), platform);
        Ok(Self { ollama, hosted, asking, store, month, _folder: folder })
    }

    async fn choose(&self, settings: Value) -> Outcome {
        Ok(self.store.put_llm_settings(ME, &LlmSettings::from_json(&settings)?).await?)
    }

    async fn ask(&self, task: Task) -> Result<Heard, Box<dyn Error>> {
        self.ask_for(&ModelChoice::default(), task).await
    }

    /// Asks, and hears the reply to its end.
    async fn ask_for(&self, choice: &ModelChoice, task: Task) -> Result<Heard, Box<dyn Error>> {
        let messages = vec![Message::new(Role::User, "Is it?")];
        let request = ChatRequest { task, messages, max_tokens: 64, temperature: 0.0 };
        let mut reply = self.asking.for_person(ME).await?.open(choice, request).await?;
        let mut heard = Heard { reason: String::new(), cost: None };
        while let Some(event) = reply.next().await {
            match event? {
                ChatEvent::Routed { reason, .. } => heard.reason = reason,
                ChatEvent::Done { usage, .. } => heard.cost = usage.cost,
                _ => {}
            }
        }
        Ok(heard)
    }

    fn last_local(&self) -> Result<Asked, Box<dyn Error>> {
        self.ollama.asked(OLLAMA).pop().ok_or_else(|| "Ollama was not asked".into())
    }

    fn last_hosted(&self) -> Result<Asked, Box<dyn Error>> {
        self.hosted.asked(HOSTED).pop().ok_or_else(|| "the hosted server was not asked".into())
    }
}

fn refused<T>(result: Result<T, Box<dyn Error>>) -> Result<ModelError, Box<dyn Error>> {
    match result {
        Ok(_) => Err("it was not refused".into()),
        Err(error) => Ok(*error.downcast::<ModelError>()?),
    }
}

#[tokio::test]
async fn the_local_models_are_those_of_the_settings() -> Outcome {
    let world = World::new(|_| {}).await?;
    world.ask(Task::Large).await?;
    assert_eq!(world.last_local()?.body["model"], "large:7b");
    world.choose(json!({ "ollamaModel": "chosen:7b", "ollamaSmallModel": "other:1b" })).await?;
    let heard = world.ask(Task::Large).await?;
    assert_eq!(world.last_local()?.body["model"], "chosen:7b");
    assert!(heard.reason.contains("the model of your settings"), "{}", heard.reason);
    world.ask(Task::Small).await?;
    assert_eq!(world.last_local()?.body["model"], "other:1b");
    world.choose(json!({})).await?;
    world.ask(Task::Small).await?;
    assert_eq!(world.last_local()?.body["model"], "little:1b");
    Ok(())
}

#[tokio::test]
async fn the_provider_and_the_hosted_model_are_those_of_the_settings() -> Outcome {
    let world = World::new(|_| {}).await?;
    world.choose(json!({ "provider": "openrouter" })).await?;
    world.ask(Task::Large).await?;
    assert_eq!(world.last_hosted()?.body["model"], "a/first");
    world.choose(json!({ "provider": "openrouter", "openrouterModel": "b/second" })).await?;
    world.ask(Task::Large).await?;
    assert_eq!(world.last_hosted()?.body["model"], "b/second");
    assert!(world.ollama.asked(OLLAMA).is_empty());
    // What the request says comes first.
    let choice = ModelChoice { provider: Some(ProviderChoice::Ollama), ..ModelChoice::default() };
    world.ask_for(&choice, Task::Large).await?;
    assert_eq!(world.last_local()?.body["model"], "large:7b");
    Ok(())
}

#[tokio::test]
async fn fallback_is_off_when_a_person_switched_it_off() -> Outcome {
    let closed = server::closed_port().await?;
    let world = World::new(|config| config.ollama_api_url = closed).await?;
    let heard = world.ask(Task::Large).await?;
    assert!(heard.reason.contains("a/first"), "{}", heard.reason);
    assert_eq!(world.hosted.asked(HOSTED).len(), 1);
    world.choose(json!({ "fallbackEnabled": false })).await?;
    refused(world.ask(Task::Large).await)?;
    assert_eq!(world.hosted.asked(HOSTED).len(), 1, "nothing left this machine");
    Ok(())
}

#[tokio::test]
async fn thinking_is_as_a_person_wants_it() -> Outcome {
    let world = World::new(|_| {}).await?;
    for wanted in [false, true] {
        world.choose(json!({ "thinking": wanted })).await?;
        world.ask(Task::Large).await?;
        assert_eq!(world.last_local()?.body["think"], wanted);
    }
    Ok(())
}

#[tokio::test]
async fn a_persons_own_key_is_the_one_that_is_sent() -> Outcome {
    let world = World::new(|_| {}).await?;
    world.choose(json!({ "provider": "openrouter" })).await?;
    world.ask(Task::Large).await?;
    assert_eq!(world.last_hosted()?.authorization.as_deref(), Some("Bearer sk-of-the-operator"));
    world.asking.keep_key(ME, &Secret::new(KEY)).await?;
    let heard = world.ask(Task::Large).await?;
    assert_eq!(world.last_hosted()?.authorization, Some(format!("Bearer {KEY}")));
    assert!(heard.reason.contains("with your own key") && !heard.reason.contains(KEY), "{}", heard.reason);
    world.store.delete_secret(ME, HOSTED_KEY).await?;
    world.ask(Task::Large).await?;
    assert_eq!(world.last_hosted()?.authorization.as_deref(), Some("Bearer sk-of-the-operator"));
    Ok(())
}

#[tokio::test]
async fn a_key_is_all_that_a_hosted_model_needs() -> Outcome {
    let world = World::new(|config| {
        config.ollama_enabled = false;
        config.openrouter_api_key = Secret::default();
        config.openrouter_base_url = nimbus_llm::DEFAULT_OPENROUTER_BASE_URL.to_owned();
    })
    .await?;
    let select = |models: Personal| models.select(&ModelChoice::default());
    assert!(select(world.asking.for_person(ME).await?).is_err());
    world.asking.keep_key(ME, &Secret::new(KEY)).await?;
    let (model, local) = select(world.asking.for_person(ME).await?)?;
    assert_eq!((model.model.as_str(), local), ("a/first", false));
    Ok(())
}

#[tokio::test]
async fn costs_that_were_told_are_counted() -> Outcome {
    let world = World::new(|_| {}).await?;
    world.choose(json!({ "provider": "openrouter" })).await?;
    let heard = world.ask(Task::Large).await?;
    assert_eq!(heard.cost, Some(Money::from_micros(250_000)));
    world.ask(Task::Large).await?;
    let spent = world.store.spending(ME, world.month).await?;
    assert_eq!(spent, Spending { cost: Money::from_micros(500_000), unpriced: 0 });
    Ok(())
}

#[tokio::test]
async fn at_the_cap_no_hosted_model_is_asked_and_the_figures_are_told() -> Outcome {
    // Nobody is asked here: the address of a real provider, which is not local, only has to be chosen.
    let world = World::new(|config| {
        config.openrouter_base_url = nimbus_llm::DEFAULT_OPENROUTER_BASE_URL.to_owned();
        config.provider = ProviderChoice::Openrouter;
    })
    .await?;
    world.choose(json!({ "monthlyCapUsd": 1.5 })).await?;
    let spend = |micros| Spending { cost: Money::from_micros(micros), unpriced: 0 };
    world.store.add_spending(ME, world.month, spend(1_499_999)).await?;
    let (model, local) = world.asking.for_person(ME).await?.select(&ModelChoice::default())?;
    assert_eq!((model.model.as_str(), local), ("a/first", false));

    world.store.add_spending(ME, world.month, spend(10_001)).await?;
    let error = refused(world.ask(Task::Large).await)?;
    assert_eq!(error.kind, ModelErrorKind::PaymentRequired);
    assert!(error.message.contains("$1.51 of $1.50"), "{error}");
    assert!(error.hint.as_deref().is_some_and(|hint| hint.contains("raise the cap in your settings")), "{error:?}");
    world.choose(json!({ "monthlyCapUsd": 2 })).await?;
    assert!(world.asking.for_person(ME).await?.select(&ModelChoice::default()).is_ok());
    // A local model costs nothing, and says why none other would stand in.
    world.choose(json!({ "monthlyCapUsd": 0, "provider": "auto" })).await?;
    let heard = world.ask(Task::Large).await?;
    assert_eq!(world.last_local()?.body["model"], "large:7b");
    assert!(heard.reason.contains("no hosted model would stand in: your monthly cap"), "{}", heard.reason);
    Ok(())
}
