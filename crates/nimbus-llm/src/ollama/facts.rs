//! What Ollama says of itself and its models.

use std::{collections::HashMap, sync::PoisonError, time::Duration};

use futures::{StreamExt, stream};
use nimbus_core::model::{InstalledModel, ModelError};
use reqwest::RequestBuilder;
use serde::de::DeserializeOwned;
use serde_json::json;
use tokio::time::{Instant, timeout};

use super::{
    Ollama, not_installed,
    wire::{ModelEntry, ModelsAnswer, ShowAnswer, VersionAnswer},
};
use crate::{patience::Patience, transport::body};

/// How long what `/api/show` said is believed: a model may be pulled anew under its name.
const BELIEVED: Duration = Duration::from_secs(10 * 60);
/// The context of a model that does not tell its own, in tokens.
const UNKNOWN_CONTEXT: u32 = 8 * 1024;
/// Of so many models a probe asks what they can do, so many at once.
const MAX_DETAILED: usize = 64;
const DETAILED_AT_ONCE: usize = 4;
/// Models of these families turn text into numbers and write none.
const EMBEDDING_FAMILIES: [&str; 3] = ["bert", "nomic-bert", "nomic-bert-moe"];
const EMBEDDING_NAMES: [&str; 5] = ["embed", "bge-", "minilm", "rerank", "gte-"];
/// Parts of the names of models that were made to write code.
const CODERS: [&str; 6] = ["coder", "codestral", "devstral", "codellama", "codegemma", "starcoder"];

/// What `/api/show` said, by model.
pub(super) type Remembered = HashMap<String, (Instant, Facts)>;

/// What matters of a model.
#[derive(Debug, Clone)]
pub(super) struct Facts {
    /// Its longest context in tokens, where it tells.
    told_context: Option<u32>,
    /// What it can do, in Ollama's words.
    capabilities: Vec<String>,
    /// Whether it runs at a vendor, so that there is nothing to load here.
    pub remote: bool,
}

impl Facts {
    /// Its longest context, in tokens.
    pub(super) fn context(&self) -> u32 {
        self.told_context.unwrap_or(UNKNOWN_CONTEXT)
    }

    /// Whether Ollama separates its reasoning from its reply.
    pub(super) fn thinks(&self) -> bool {
        self.capabilities.iter().any(|capability| capability == "thinking")
    }
}

/// A model that could write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Installed {
    pub model: InstalledModel,
    /// Whether it runs at a vendor, reached through the local Ollama.
    pub remote: bool,
}

/// What a probe found.
#[derive(Debug)]
pub(crate) struct Probe {
    pub version: String,
    pub models: Vec<Installed>,
}

impl Ollama {
    /// Asks for the version and the installed models, and for what is not known of each yet.
    ///
    /// # Errors
    /// `Unreachable`, or `NotThisProvider` when what answers is not Ollama.
    pub(crate) async fn probe(&self) -> Result<Probe, ModelError> {
        let version: VersionAnswer = self.get("/api/version").await?;
        let tags: ModelsAnswer = self.get("/api/tags").await?;
        let local = self.address.is_local();
        let models = tags.models.unwrap_or_default().into_iter().filter(writes);
        let mut models: Vec<_> = models.map(|entry| installed(entry, local)).collect();
        // A model that tells nothing of itself can be asked all the same, so its silence is no failure.
        let names: Vec<String> = models.iter().take(MAX_DETAILED).map(|found| found.model.name.clone()).collect();
        let told = stream::iter(names).map(|name| async move { self.detail(&name).await }).buffered(DETAILED_AT_ONCE);
        let told = timeout(self.timers.facts, told.collect::<Vec<_>>()).await.unwrap_or_default();
        for (installed, facts) in models.iter_mut().zip(told) {
            let Some(facts) = facts else { continue };
            installed.model.context_length = facts.told_context;
            installed.model.capabilities = facts.capabilities;
        }
        Ok(Probe { version: version.version, models })
    }

    async fn detail(&self, model: &str) -> Option<Facts> {
        self.facts(model, &Patience::new(self.timers, format!("`{}`", self.address.shown()))).await.ok()
    }

    /// The names of the models that are in memory now; none when that is not told.
    pub(crate) async fn running(&self) -> Vec<String> {
        let running = self.get::<ModelsAnswer>("/api/ps").await.ok().and_then(|running| running.models);
        running.unwrap_or_default().into_iter().map(|entry| entry.name).collect()
    }

    /// What is known of `model`.
    ///
    /// # Errors
    /// `ModelNotFound` when it is not installed, and those of [`Ollama::probe`].
    pub(super) async fn facts(&self, model: &str, patience: &Patience) -> Result<Facts, ModelError> {
        if let Some(facts) = self.remembered_facts(model) {
            return Ok(facts);
        }
        let request = self.client.post(self.address.at("/api/show")).json(&json!({ "model": model }));
        let show: ShowAnswer = patience.wait(self.answer(model, request)).await??;
        let facts = Facts {
            told_context: show.context_length(),
            remote: show.remote_host.is_some_and(|host| !host.is_empty()),
            capabilities: show.capabilities,
        };
        let mut remembered = self.remembered.lock().unwrap_or_else(PoisonError::into_inner);
        remembered.retain(|_, (when, _)| when.elapsed() < BELIEVED);
        remembered.insert(model.to_owned(), (Instant::now(), facts.clone()));
        Ok(facts)
    }

    /// The context `model` is loaded with, in tokens; none when it is not loaded or that is not
    /// told, which costs one request that does nothing.
    pub(super) async fn loaded(&self, model: &str, patience: &Patience) -> Result<Option<u32>, ModelError> {
        let request = self.client.get(self.address.at("/api/ps"));
        let Ok(running) = patience.wait(self.answer::<ModelsAnswer>(model, request)).await? else {
            return Ok(None);
        };
        let running = running.models.unwrap_or_default();
        let entry = running.iter().find(|entry| same_name(&entry.name, model));
        Ok(entry.and_then(|entry| entry.context_length).and_then(|tokens| u32::try_from(tokens).ok()))
    }

    fn remembered_facts(&self, model: &str) -> Option<Facts> {
        let remembered = self.remembered.lock().unwrap_or_else(PoisonError::into_inner);
        let (when, facts) = remembered.get(model)?;
        (when.elapsed() < BELIEVED).then(|| facts.clone())
    }

    async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, ModelError> {
        let request = self.client.get(self.address.at(path));
        let patience = Patience::new(self.timers, format!("`{}`", self.address.shown()));
        patience.wait(self.answer("", request)).await?
    }

    async fn answer<T: DeserializeOwned>(&self, model: &str, request: RequestBuilder) -> Result<T, ModelError> {
        let response = request.send().await.map_err(|error| self.unreachable(&error))?;
        let response = if model.is_empty() {
            if response.status().is_success() { response } else { return Err(self.not_ollama()) }
        } else {
            self.accept_stream(model, response).await?
        };
        let body = timeout(self.timers.facts, body(response)).await.ok().flatten();
        body.and_then(|body| serde_json::from_slice(&body).ok()).ok_or_else(|| self.not_ollama())
    }
}

/// The installed model of that name.
///
/// # Errors
/// `ModelNotFound`.
pub(crate) fn find_installed<'a>(models: &'a [Installed], name: &str) -> Result<&'a Installed, ModelError> {
    models.iter().find(|installed| same_name(&installed.model.name, name)).ok_or_else(|| not_installed(name))
}

/// The installed model that is likely to write the best code: one made for code before others, a
/// larger before a smaller. Never one that runs at a vendor: nobody chose to send it anything.
pub(crate) fn best_installed(models: &[Installed]) -> Option<&Installed> {
    models.iter().filter(|installed| !installed.remote).max_by_key(|installed| {
        let name = installed.model.name.to_lowercase();
        (CODERS.iter().any(|coder| name.contains(coder)), installed.model.size_bytes)
    })
}

/// Ollama takes a name without a tag for `:latest`.
pub(crate) fn same_name(a: &str, b: &str) -> bool {
    fn whole(name: &str) -> String {
        let tagged = name.rsplit('/').next().unwrap_or(name).contains(':');
        if tagged { name.to_lowercase() } else { format!("{}:latest", name.to_lowercase()) }
    }
    whole(a) == whole(b)
}

fn writes(entry: &ModelEntry) -> bool {
    let name = entry.name.to_lowercase();
    !EMBEDDING_FAMILIES.contains(&entry.details.family.as_str())
        && !EMBEDDING_NAMES.iter().any(|part| name.contains(part))
}

fn installed(entry: ModelEntry, local: bool) -> Installed {
    let remote = entry.remote_host.is_some_and(|host| !host.is_empty());
    let told = |text: String| Some(text).filter(|text| !text.is_empty());
    let model = InstalledModel {
        name: entry.name,
        size_bytes: entry.size,
        parameter_size: told(entry.details.parameter_size),
        quantization: told(entry.details.quantization_level),
        local: local && !remote,
        ..InstalledModel::default()
    };
    Installed { model, remote }
}

#[cfg(test)]
mod tests {
    use nimbus_core::model::InstalledModel;

    use super::{Installed, best_installed, find_installed, same_name};

    fn models(entries: &[(&str, u64, bool)]) -> Vec<Installed> {
        let installed = |(name, size_bytes, remote): &(&str, u64, bool)| Installed {
            model: InstalledModel { name: (*name).to_owned(), size_bytes: *size_bytes, ..InstalledModel::default() },
            remote: *remote,
        };
        entries.iter().map(installed).collect()
    }

    #[test]
    fn compares_names_as_ollama_does() {
        assert!(same_name("llama3", "llama3:latest"));
        assert!(same_name("hf.co/a/B:Q4", "hf.co/a/b:q4"));
        assert!(!same_name("qwen3:4b", "qwen3:8b"));
        assert!(find_installed(&models(&[("qwen3:4b", 1, false)]), "qwen3").is_err());
    }

    #[test]
    fn prefers_coders_then_size_and_never_a_vendor() {
        let all = models(&[
            ("llama3:70b", 40, false),
            ("qwen2.5-coder:1.5b", 1, false),
            ("qwen2.5-coder:7b", 5, false),
            ("qwen3-coder:480b-cloud", 0, true),
        ]);
        assert_eq!(best_installed(&all).map(|found| found.model.name.as_str()), Some("qwen2.5-coder:7b"));
        assert_eq!(best_installed(&all[3..]), None);
    }
}
