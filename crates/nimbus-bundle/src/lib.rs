//! Turns an app's source tree into something that runs: repairs, checks, links, styles.
//!
//! [`Bundling`] implements the core's [`Bundler`] port. One build goes through these steps:
//! parse every code file with oxc ([`analyse`]), repair what can be repaired without a model
//! ([`fix`]), check what is left ([`check`]), then link with rolldown ([`link`]) while Tailwind
//! compiles the style sheet ([`style`]).
//!
//! Invariants:
//! - Nothing outside the source tree and the library manifest is read. Every import is decided by
//!   [`resolve`] alone.
//! - The same tree and the same web build give the same bundle, whatever was built before.
//! - Untrusted text is bounded in nesting before it is parsed, and everything that recurses with it
//!   runs on a stack sized for it.
//! - A program that cannot be built is diagnostics, never a panic or an error of ours.

mod analyse;
mod candidates;
mod check;
mod depth;
mod draft;
mod entry;
mod export;
mod facts;
mod fix;
mod library;
mod link;
mod nearest;
mod offer;
mod packs;
mod page;
mod place;
mod report;
mod resolve;
mod style;
mod svg;
mod walk;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use async_trait::async_trait;
use nimbus_core::diagnostic::{Diagnostic, Severity};
use nimbus_core::ids::AppId;
use nimbus_core::ports::{Build, Bundler};
use nimbus_core::source::SourceTree;
use nimbus_core::version::Bundle;
use tokio::sync::{Semaphore, oneshot};

pub use crate::export::{Exporting, ReadWeb};

use crate::depth::Nesting;
use crate::draft::Draft;
use crate::library::Libraries;
use crate::link::Plan;
use crate::packs::Packs;
pub use crate::packs::ReadPack;
use crate::style::{Sheets, Tailwind};

/// Room on the pre-pass's stack for everything that does not grow with nesting, in bytes.
const BASE_STACK_BYTES: usize = 16 << 20;

/// What the web build made for the bundler.
#[derive(Debug, Clone)]
pub struct BundlingAssets {
    /// The text of `lib/manifest.json`.
    pub manifest_json: String,
    /// The text of `tailwind/compiler.js`, which sets `globalThis.tailwind.compile`.
    pub tailwind_js: String,
    /// The style sheets of `tailwind/` by file name without `.css`: `index`, `theme`, `preflight`,
    /// `utilities`, `tw-animate`, `ui-theme`, `dark-by-class`.
    pub stylesheets: BTreeMap<String, String>,
    /// Reads `icons/<name>.txt`.
    pub icon_pack: ReadPack,
}

/// Why the bundler could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum BundlingError {
    /// The manifest is not what the web build writes.
    #[error("`lib/manifest.json` could not be read: {0}; build the web part again")]
    Manifest(#[from] serde_json::Error),
    /// The thread of Tailwind's compiler could not be started.
    #[error("the style sheet compiler's thread could not be started: {0}")]
    Thread(#[from] std::io::Error),
    /// A file of the web build is missing.
    #[error("the web build has no `{0}`; build the web part again")]
    Missing(&'static str),
}

/// The bundler. Builds of different apps run side by side; it is shared behind an `Arc`.
#[derive(Debug)]
pub struct Bundling {
    libraries: Arc<Libraries>,
    tailwind: Tailwind,
    /// Bounds the pre-passes that run at once, and so the stacks that are reserved.
    prepasses: Semaphore,
}

impl Bundling {
    /// Reads the manifest and starts Tailwind's compiler in the background.
    ///
    /// # Errors
    /// [`BundlingError`] when the manifest is malformed or no thread can be started.
    pub fn new(assets: BundlingAssets) -> Result<Self, BundlingError> {
        let libraries = Arc::new(Libraries::parse(&assets.manifest_json)?.with_packs(Packs::new(assets.icon_pack)));
        let tailwind = Tailwind::start(assets.tailwind_js, &assets.stylesheets)?;
        let parallel = std::thread::available_parallelism().map_or(2, usize::from);
        Ok(Self { libraries, tailwind, prepasses: Semaphore::new(parallel) })
    }
}

#[async_trait]
impl Bundler for Bundling {
    async fn build(&self, app: AppId, files: SourceTree) -> Build {
        let started = Instant::now();
        let mut prepared = self.prepare(files).await;
        prepared.build.timings.insert("check", milliseconds(started));
        if let Some(plan) = prepared.plan {
            self.finish(app, plan, &mut prepared.build).await;
        }
        prepared.build.diagnostics.sort_by_key(|diagnostic| diagnostic.severity);
        prepared.build.timings.insert("total", milliseconds(started));
        prepared.build
    }

    fn libraries(&self) -> Vec<String> {
        self.libraries.offered()
    }
}

/// A build after its pre-pass.
struct Prepared {
    build: Build,
    /// None when there is an error.
    plan: Option<(Plan, Sheets)>,
}

impl Prepared {
    fn refused(files: SourceTree, diagnostics: Vec<Diagnostic>) -> Self {
        Self { build: Build { files, diagnostics, ..Build::default() }, plan: None }
    }
}

impl Bundling {
    /// Runs the pre-pass on a thread with a stack large enough for the nesting of these files.
    async fn prepare(&self, files: SourceTree) -> Prepared {
        let (nesting, too_deep) = report::nesting(&files);
        if !too_deep.is_empty() {
            return Prepared::refused(files, too_deep);
        }
        // Closed semaphores are the only error, and this one is never closed.
        let _turn = self.prepasses.acquire().await.ok();
        let libraries = Arc::clone(&self.libraries);
        let kept = files.clone();
        let prepared = on_large_stack(nesting, move || prepare(&files, &libraries)).await;
        prepared.unwrap_or_else(|message| Prepared::refused(kept, vec![Diagnostic::error("bundler-failed", message)]))
    }

    /// Links and styles side by side.
    async fn finish(&self, app: AppId, (plan, sheets): (Plan, Sheets), build: &mut Build) {
        let started = Instant::now();
        let link = async {
            let output = nimbus_rolldown::generate(plan.input).await;
            (output, milliseconds(started))
        };
        let style = async {
            let (css, diagnostics) = style::build(&self.tailwind, app, sheets, plan.candidates).await;
            (css, diagnostics, milliseconds(started))
        };
        let ((output, link_time), (css, css_diagnostics, style_time)) = tokio::join!(link, style);
        build.timings.insert("bundle", link_time);
        build.timings.insert("tailwind", style_time);
        build.diagnostics.extend(output.messages.iter().map(|message| report::message(message, &build.files)));
        build.diagnostics.extend(css_diagnostics);
        let failed = build.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error);
        build.bundle = output.code.filter(|_| !failed).map(|code| Bundle {
            js: code.js,
            css,
            source_map: code.map,
            libraries: self.libraries.closure(&code.imports),
        });
    }
}

/// The pre-pass: repairs, checks, and plans the link.
fn prepare(files: &SourceTree, libraries: &Arc<Libraries>) -> Prepared {
    let mut draft = Draft::new(files);
    let mut fixes = fix::lift_project(&mut draft);
    let mut diagnostics = page::read(&mut draft, libraries);
    fixes.extend(fix::repair(&mut draft, libraries));
    let entry = entry::find_entry(&draft);
    fixes.extend(entry.as_ref().and_then(|entry| report::unused_main(&draft, entry)));
    let plan = match &entry {
        None => {
            diagnostics.push(report::no_entry());
            // Without an entry everything is checked, so that the model sees all that is wrong.
            let all = draft.files.keys().cloned().collect();
            diagnostics.extend(check::check(&draft, libraries, &all));
            None
        }
        Some(entry) => {
            let (entry::Entry::App(path) | entry::Entry::Mounts(path)) = entry;
            let reachable = check::reachable(&draft, libraries, path);
            diagnostics.extend(check::check(&draft, libraries, &reachable));
            diagnostics.extend(report::no_default_export(&draft, entry));
            let failed = diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error);
            (!failed).then(|| {
                let plan = link::plan(&draft, libraries, entry);
                let sheets = style::collect(&draft, &plan.sheets, &plan.candidates, plan.set);
                (plan, sheets)
            })
        }
    };
    if let Some((plan, _)) = &plan {
        diagnostics.extend(plan.diagnostics.iter().cloned());
    }
    page::rename(&draft, fixes.iter_mut().chain(&mut diagnostics));
    let build = Build { files: draft.into_tree(), fixes, diagnostics, ..Build::default() };
    Prepared { build, plan }
}

/// Runs `work` on a thread of its own with a stack large enough for code of this nesting.
///
/// # Errors
/// A sentence, when no thread can be started or the work panics.
async fn on_large_stack<T: Send + 'static>(
    nesting: Nesting,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, String> {
    let (reply, answer) = oneshot::channel();
    std::thread::Builder::new()
        .name("pre-pass".to_owned())
        .stack_size(BASE_STACK_BYTES + nesting.stack())
        .spawn(move || drop(reply.send(work())))
        .map_err(|error| format!("No thread could be started to check the app: {error}."))?;
    // When the thread panicked its sender is gone.
    answer.await.map_err(|_| "Checking the app failed in a way that was not foreseen.".to_owned())
}

fn milliseconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1_000.0
}
