//! What every handler shares.

use std::{
    collections::HashMap,
    ops::Deref,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use nimbus_core::{
    asking::Asking,
    generate::Jobs,
    platform::Platform,
    ports::{Bundler, Exporter, Fetch, Models, Store},
    settings::Configured,
};
use tokio_util::sync::CancellationToken;

use crate::{
    assets::Assets,
    bundles::BundleCache,
    hosts::Sites,
    limits::{
        Limits,
        rates::{Rates, SteadyClock},
    },
    pulls::Pulls,
    sandbox::{launch::Launches, live::Live, pace::Pace, scripts::Scripts},
};

/// What the server is told when it starts. Holds secrets, so it has no `Debug`.
#[derive(Clone)]
pub struct ServerConfig {
    /// The port that browsers use, after the listener is bound.
    pub port: u16,
    /// The domain below which apps have their names, behind a proxy that speaks https; none:
    /// `localhost`.
    pub apps_domain: Option<String>,
    /// The access token of the local owner. Empty: nobody can sign in.
    pub token: String,
    /// The key of session cookies and sandbox tokens. Kept across starts, or everybody is signed
    /// out; never leaves the server.
    pub secret: [u8; 32],
    /// Our version, such as `0.1.0`.
    pub version: &'static str,
    /// What the variables say about models, for people to see.
    pub models: Configured,
    /// The commit it was built from, where that is known.
    pub commit: Option<&'static str>,
    /// What one client can take of it.
    pub limits: Limits,
}

/// What the server is made of.
pub struct ServerParts {
    /// Where everything is kept.
    pub store: Arc<dyn Store>,
    /// Every model that can be asked.
    pub models: Arc<dyn Models>,
    /// The same, for people: by their settings and on their account.
    pub asking: Asking,
    /// What turns source into something that runs.
    pub bundler: Arc<dyn Bundler>,
    /// What takes apps out.
    pub exporter: Arc<dyn Exporter>,
    /// Requests of apps to the web.
    pub fetch: Arc<dyn Fetch>,
    /// The running generations.
    pub jobs: Jobs,
    /// Clock and randomness.
    pub platform: Platform,
    /// The built web files.
    pub assets: Arc<dyn Assets>,
    /// Its settings.
    pub config: ServerConfig,
    /// Cancelled when the server should stop. End the jobs first: what follows them ends with them.
    pub shutdown: CancellationToken,
}

/// A file is missing from the built web files, or is not what it should be.
#[derive(Debug, thiserror::Error)]
#[error("the built web files are incomplete: `{path}` {problem}; build `web/` again")]
pub struct MissingAsset {
    /// The file.
    pub path: &'static str,
    /// What is wrong, as the end of a sentence.
    pub problem: String,
}

/// What every handler shares. Cheap to clone.
#[derive(Clone)]
pub struct ServerState(Arc<Inner>);

/// The parts, and what the server itself remembers.
pub struct Inner {
    pub(crate) parts: ServerParts,
    pub(crate) scripts: Scripts,
    pub(crate) launches: Launches,
    pub(crate) bundles: BundleCache,
    pub(crate) meters: Meters,
    pub(crate) sites: Sites,
    pub(crate) live: Live,
    pub(crate) pace: Pace,
    pub(crate) rates: Rates,
    /// Held while a model is tried.
    pub(crate) calibrating: Arc<tokio::sync::Mutex<()>>,
    pub(crate) pulls: Pulls,
    /// Decompressed files, for clients that take no brotli.
    plain: Mutex<HashMap<String, bytes::Bytes>>,
}

impl ServerState {
    /// Puts the server together.
    ///
    /// # Errors
    /// [`MissingAsset`] when the built web files lack what every app needs.
    pub fn new(parts: ServerParts) -> Result<Self, MissingAsset> {
        let scripts = Scripts::load(&*parts.assets)?;
        let clock = SteadyClock::new(parts.platform.clone());
        Ok(Self(Arc::new(Inner {
            scripts,
            launches: Launches::default(),
            bundles: BundleCache::default(),
            meters: Meters::default(),
            sites: Sites::new(parts.config.port, parts.config.apps_domain.clone()),
            live: Live::default(),
            pace: Pace::new(&clock),
            calibrating: Arc::default(),
            rates: Rates::new(&parts.config.limits, &clock),
            pulls: Pulls::default(),
            plain: Mutex::default(),
            parts,
        })))
    }
}

impl Deref for ServerState {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl Inner {
    pub(crate) fn store(&self) -> &dyn Store {
        &*self.parts.store
    }

    /// The built web files, each decompressed at most once.
    pub(crate) fn assets(&self) -> &dyn Assets {
        self
    }

    /// `BYTES` random bytes as hexadecimal digits.
    pub(crate) fn random_hex<const BYTES: usize>(&self) -> String {
        let mut bytes = [0; BYTES];
        self.parts.platform.fill(&mut bytes);
        hex::encode(bytes)
    }
}

impl Assets for Inner {
    fn get(&self, path: &str) -> Option<crate::AssetRef> {
        self.parts.assets.get(path)
    }

    /// Decompressed once: there are few files, and each is asked for again with every launch.
    fn plain(&self, path: &str) -> Option<bytes::Bytes> {
        let mut plain = self.plain.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bytes) = plain.get(path) {
            return Some(bytes.clone());
        }
        let bytes = self.parts.assets.plain(path)?;
        plain.insert(path.to_owned(), bytes.clone());
        Some(bytes)
    }
}

/// What is counted since the start, for `/metrics`.
#[derive(Debug, Default)]
pub(crate) struct Meters {
    responses: [AtomicU64; 5],
    generations_started: AtomicU64,
}

impl Meters {
    pub(crate) fn count_response(&self, status: http::StatusCode) {
        let class = usize::from(status.as_u16() / 100).clamp(1, 5) - 1;
        self.responses[class].fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn count_generation(&self) {
        self.generations_started.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn generations_started(&self) -> u64 {
        self.generations_started.load(Ordering::Relaxed)
    }

    /// Responses by class, `1xx` first.
    pub(crate) fn responses(&self) -> impl Iterator<Item = (usize, u64)> {
        self.responses.iter().enumerate().map(|(n, count)| (n + 1, count.load(Ordering::Relaxed)))
    }
}
