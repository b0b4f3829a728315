//! Where Ollama is: at its configured address, or for a container at the host's gateway.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use futures::future::join_all;
use nimbus_core::model::{ModelError, ModelErrorKind};

use crate::{
    config::LlmConfig,
    ollama::{Ollama, Probe},
};

/// The configured Ollama first, then those at the gateways.
#[derive(Debug)]
pub(super) struct Places {
    configured: Arc<Ollama>,
    gateways: Vec<Arc<Ollama>>,
    /// 0: the configured one; n: the nth gateway.
    found: AtomicUsize,
}

impl Places {
    /// # Errors
    /// `NotConfigured` when an address is no web address.
    pub(super) fn new(config: &LlmConfig, gateways: &[String]) -> Result<Self, ModelError> {
        let at = |url: &str| Ollama::new(url, config.timers).map(Arc::new);
        let configured = at(&config.ollama_api_url)?;
        let gateways = gateways.iter().map(|url| at(url)).collect::<Result<_, _>>()?;
        Ok(Self { configured, gateways, found: AtomicUsize::new(0) })
    }

    /// The one to ask.
    pub(super) fn found(&self) -> &Arc<Ollama> {
        let found = self.found.load(Ordering::Relaxed);
        found.checked_sub(1).and_then(|gateway| self.gateways.get(gateway)).unwrap_or(&self.configured)
    }

    /// The configured address, when another is asked instead.
    pub(super) fn instead_of(&self) -> Option<&str> {
        (self.found.load(Ordering::Relaxed) > 0).then(|| self.configured.address().shown())
    }

    /// Probes the configured one, and the gateways where nothing answers there.
    ///
    /// # Errors
    /// That of the configured one.
    pub(super) async fn probe(&self) -> Result<Probe, ModelError> {
        let configured = self.configured.probe().await;
        let absent = matches!(&configured, Err(error) if error.kind == ModelErrorKind::Unreachable);
        if !absent {
            self.found.store(0, Ordering::Relaxed);
            return configured;
        }
        let probes = join_all(self.gateways.iter().map(|gateway| gateway.probe())).await;
        let answered = probes.into_iter().zip(1..).find_map(|(probe, place)| probe.ok().map(|probe| (probe, place)));
        let Some((probe, place)) = answered else {
            self.found.store(0, Ordering::Relaxed);
            return configured;
        };
        self.found.store(place, Ordering::Relaxed);
        Ok(probe)
    }
}
