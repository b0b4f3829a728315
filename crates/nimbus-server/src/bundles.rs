//! What a version runs, with the libraries of this server.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use nimbus_core::{
    ids::{AppId, VersionId},
    ports::StoreError,
    version::Bundle,
};

use crate::state::Inner;

/// How many rebuilt bundles are kept in memory.
const MOST: usize = 32;

/// Bundles that were rebuilt because the libraries have changed since they were stored.
#[derive(Default)]
pub(crate) struct BundleCache(Mutex<HashMap<VersionId, Arc<Bundle>>>);

/// The bundle of a version that belongs to `app`; none when the version is a draft, or no longer
/// builds.
///
/// A stored bundle names its libraries by the hash of the set that it was built against. After an
/// upgrade that set is gone, so the version is built again from its files: milliseconds, and the
/// stored version stays what it was.
///
/// # Errors
/// [`StoreError::NotFound`] when the version does not exist or is another app's.
pub(crate) async fn bundle(state: &Inner, app: AppId, version: VersionId) -> Result<Option<Arc<Bundle>>, StoreError> {
    if state.store().version(version).await?.app_id != app {
        return Err(StoreError::NotFound("this version"));
    }
    let Some(stored) = state.store().version_bundle(version).await? else { return Ok(None) };
    let current = format!("/lib/{}/", state.scripts.library());
    if stored.libraries.iter().all(|path| path.starts_with(&current)) {
        return Ok(Some(Arc::new(stored)));
    }
    if let Some(rebuilt) = state.bundles.get(version) {
        return Ok(Some(rebuilt));
    }
    let files = state.store().version_files(version).await?;
    let build = state.parts.bundler.build(app, files).await;
    let Some(rebuilt) = build.bundle.map(Arc::new) else {
        tracing::warn!(%version, "a version no longer builds with the libraries of this server");
        return Ok(None);
    };
    state.bundles.put(version, rebuilt.clone());
    Ok(Some(rebuilt))
}

impl BundleCache {
    fn get(&self, version: VersionId) -> Option<Arc<Bundle>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&version).cloned()
    }

    fn put(&self, version: VersionId, bundle: Arc<Bundle>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Rare (after upgrades only) and cheap to make again, so the order of eviction is any.
        if kept.len() >= MOST
            && let Some(one) = kept.keys().next().copied()
        {
            kept.remove(&one);
        }
        kept.insert(version, bundle);
    }
}
