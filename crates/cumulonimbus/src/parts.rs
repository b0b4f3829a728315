//! The adapters, put together from what is embedded and what is configured.

use std::{collections::BTreeMap, sync::Arc};

use anyhow::{Context, Result};
use bytes::Bytes;
use nimbus_bundle::{Bundling, BundlingAssets, Exporting};
use nimbus_core::{model::ProviderChoice, ports::Models, settings::Configured};
use nimbus_llm::{LlmConfig, Router};
use nimbus_server::{AssetRef, Assets};
use tokio_util::sync::CancellationToken;

use crate::config::Config;

/// The bundler over the embedded libraries and style sheets.
///
/// # Errors
/// When the embedded web files are incomplete.
pub fn bundler() -> Result<Bundling> {
    let mut stylesheets = BTreeMap::new();
    for asset in nimbus_web::assets() {
        let name = asset.path.strip_prefix("tailwind/").and_then(|name| name.strip_suffix(".css"));
        if let Some(name) = name {
            stylesheets.insert(name.to_owned(), asset.text()?.into_owned());
        }
    }
    let assets = BundlingAssets {
        manifest_json: embedded("lib/manifest.json")?,
        tailwind_js: embedded("tailwind/compiler.js")?,
        stylesheets,
        icon_pack: |name| embedded(&format!("icons/{name}.txt")).ok(),
    };
    Bundling::new(assets).context("the embedded libraries cannot be used")
}

/// What takes apps out, over the same.
///
/// # Errors
/// When the embedded web files are incomplete.
pub fn exporter() -> Result<Exporting> {
    let read = |path: &str| nimbus_web::asset(path)?.text().ok().map(std::borrow::Cow::into_owned);
    Exporting::new(Arc::new(read)).context("the embedded libraries cannot be used")
}

fn embedded(path: &str) -> Result<String> {
    let asset = nimbus_web::asset(path).with_context(|| format!("the embedded file `{path}` is missing"))?;
    Ok(asset.text()?.into_owned())
}

/// The models of this configuration, probed in the background until `stop`.
///
/// # Errors
/// When an address of the configuration cannot be used.
pub fn models(config: &Config, stop: CancellationToken) -> Result<Arc<dyn Models>> {
    let router = Router::new(config.llm.clone())?;
    router.spawn_probing(stop);
    Ok(Arc::new(router))
}

/// What the variables say about models, for people to see. Holds no secret.
#[must_use]
pub fn configured(llm: &LlmConfig) -> Configured {
    Configured {
        provider: llm.provider,
        ollama_model: llm.ollama_model.clone(),
        ollama_small_model: llm.ollama_small_model.clone(),
        openrouter_model: llm.openrouter_model.clone(),
        fallback_enabled: llm.fallback_enabled,
        has_key: !llm.openrouter_api_key.is_empty(),
        ollama_api_url: llm.ollama_api_url.clone(),
    }
}

/// One line for the terminal about who will be asked.
#[must_use]
pub fn describe_models(llm: &LlmConfig) -> String {
    let ollama = format!("Ollama at {} ({})", llm.ollama_api_url, llm.ollama_model);
    let hosted = format!("hosted at {}", llm.openrouter_base_url);
    match llm.provider {
        ProviderChoice::Demo => "sample generator: no model is connected (LLM_PROVIDER=demo)".to_owned(),
        ProviderChoice::Openrouter => hosted,
        ProviderChoice::Ollama | ProviderChoice::Auto => match (llm.ollama_enabled, llm.hosted_configured()) {
            (true, true) => format!("{ollama}, else {hosted}"),
            (true, false) => ollama,
            (false, true) => hosted,
            (false, false) => "none: OLLAMA_ENABLED is false and OPENROUTER_API_KEY is not set".to_owned(),
        },
    }
}

/// The embedded web files, as the server asks for them.
pub struct EmbeddedAssets;

impl Assets for EmbeddedAssets {
    fn get(&self, path: &str) -> Option<AssetRef> {
        let asset = nimbus_web::asset(path)?;
        Some(AssetRef {
            content_type: asset.content_type,
            brotli: asset.brotli,
            bytes: Bytes::from_static(asset.bytes),
        })
    }

    fn plain(&self, path: &str) -> Option<Bytes> {
        Some(Bytes::from(nimbus_web::asset(path)?.decode().into_owned()))
    }
}
