//! Takes an app out: as one page that runs by itself, and as a project that other tools build.

mod page;
mod project;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use nimbus_core::diagnostic::Diagnostic;
use nimbus_core::ports::Exporter;
use nimbus_core::source::{SourcePath, SourceTree};
use nimbus_core::version::Bundle;
use serde::Deserialize;

use crate::draft::Draft;
use crate::library::Libraries;
use crate::{BundlingError, on_large_stack, report};

/// Reads a text file of the web build by its path, such as `lib/react.js`.
pub type ReadWeb = Arc<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// Packages as `packages.json` of the web build lists them.
#[derive(Debug, Clone, Deserialize)]
struct Packages {
    /// Those that apps import from.
    packages: BTreeMap<String, Package>,
    /// Importable names that are another package's.
    aliases: BTreeMap<String, String>,
    /// What builds a project: name and exact version.
    tools: BTreeMap<String, String>,
}

#[derive(Debug, Clone, Deserialize)]
struct Package {
    version: String,
    /// Packages that it expects beside itself.
    peers: Vec<String>,
}

/// The exporter. Cheap to clone.
#[derive(Clone)]
pub struct Exporting {
    libraries: Arc<Libraries>,
    packages: Arc<Packages>,
    /// What an exported app has instead of a host page.
    standalone: Arc<str>,
    /// Our own library, with React as its only import.
    sdk: Arc<str>,
    read: ReadWeb,
}

impl fmt::Debug for Exporting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exporting").finish_non_exhaustive()
    }
}

impl Exporting {
    /// Reads what it needs of the web build.
    ///
    /// # Errors
    /// [`BundlingError`] when a file is missing or malformed.
    pub fn new(read: ReadWeb) -> Result<Self, BundlingError> {
        let text = |path: &'static str| read(path).ok_or(BundlingError::Missing(path));
        Ok(Self {
            libraries: Arc::new(Libraries::parse(&text("lib/manifest.json")?)?),
            packages: Arc::new(serde_json::from_str(&text("packages.json")?)?),
            standalone: text("runtime/standalone.js")?.into(),
            sdk: text("runtime/sdk.js")?.into(),
            read,
        })
    }
}

#[async_trait]
impl Exporter for Exporting {
    async fn page(&self, app: &str, title: &str, bundle: &Bundle) -> Result<String, Diagnostic> {
        let program = page::link(self, bundle).await?;
        Ok(page::document(app, title, &bundle.css, &program))
    }

    async fn project(&self, title: &str, files: &SourceTree) -> Result<Vec<(SourcePath, Vec<u8>)>, Diagnostic> {
        let (nesting, too_deep) = report::nesting(files);
        if let Some(refused) = too_deep.into_iter().next() {
            return Err(refused);
        }
        let (own, title, files) = (self.clone(), title.to_owned(), files.clone());
        on_large_stack(nesting, move || project::files(&own, &title, &Draft::new(&files)))
            .await
            .map_err(|message| Diagnostic::error("bundler-failed", message))
    }
}
