//! From a sentence to a running app: the use case that everything else serves.
//!
//! [`generate`] reads like that sentence: compose the prompt, write (stream and parse), build and
//! repair, store. It says what it does through the [`journal`], which is on disk before anyone sees
//! it, and it never throws away what was shown: a generation that is stopped, or whose model fails,
//! keeps its files as a draft.

pub mod jobs;
pub mod journal;
pub mod parse;
pub mod prompt;
mod relevance;
mod repair;
mod reply;
mod resume;
mod reuse;
mod stitch;
mod write;

use std::{collections::HashSet, sync::Arc};

use tokio_util::sync::CancellationToken;

use crate::{
    asking::Asking,
    diagnostic::{Diagnostic, Severity},
    events::{Event, FileState, Phase},
    generation::Generation,
    ids::{AppId, VersionId},
    model::{Message, ModelError, ModelRef, ProviderId, Role, Usage, estimate_tokens},
    permission::declared,
    platform::Platform,
    ports::{Build, Bundler, Models, Store, StoreError},
    source::{SourcePath, SourceTree},
    vault::Vault,
    version::{Version, VersionOrigin, VersionStatus},
};
use journal::{Journal, JournalBroken};

pub use jobs::{Jobs, StartError};

/// How often the model may be asked to repair what it wrote.
const REPAIR_BUDGET: usize = 2;

/// What a generation needs from the world.
#[derive(Clone)]
pub struct Ports {
    /// Every model that can be asked.
    pub models: Arc<dyn Models>,
    /// Builds source.
    pub bundler: Arc<dyn Bundler>,
    /// Keeps everything.
    pub store: Arc<dyn Store>,
    /// Clock and randomness.
    pub platform: Platform,
    /// Opens people's own keys.
    pub vault: Vault,
}

impl Ports {
    /// Every model, for people.
    #[must_use]
    pub fn asking(&self) -> Asking {
        Asking::new(self.models.clone(), self.store.clone(), self.vault.clone(), self.platform.clone())
    }
}

/// Why a generation ended without a version that runs.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error("the person stopped it")]
    Cancelled,
    #[error(transparent)]
    Model(#[from] ModelError),
    #[error("the model's reply held no file")]
    NoFiles,
    #[error("the reply was cut off inside `{0}`, and no model could finish it")]
    CutOff(String),
    #[error("{0}")]
    DoesNotBuild(String),
    #[error("the app's current files could not be read")]
    Store(#[from] StoreError),
    #[error("the journal could not be written")]
    Journal(#[from] JournalBroken),
    #[error("something in the server failed while the app was generated")]
    Panicked,
}

/// What a generation has made so far; outlives its failure.
#[derive(Default)]
pub(crate) struct Draft {
    pub files: SourceTree,
    pub model: Option<ModelRef>,
    pub usage: Usage,
    pub diagnostics: Vec<Diagnostic>,
    /// Providers that broke off in this generation: they are not asked again.
    pub avoid: Vec<ProviderId>,
}

/// Runs one generation to its end.
///
/// # Errors
/// [`Failure`] says why there is no version that runs; `draft` then holds what came.
pub(crate) async fn generate(
    ports: &Ports,
    generation: &Generation,
    journal: &Journal,
    stop: &CancellationToken,
    draft: &mut Draft,
) -> Result<VersionId, Failure> {
    let (before, troubled) = current_files(ports, generation).await?;
    let (mut conversation, left_out) = compose(ports, generation, &before, &troubled).await?;
    draft.files = before.clone();

    say(journal, generation, Phase::Planning, 0.02, None).await?;
    if let Some(diagnostic) = left_out {
        draft.diagnostics.push(diagnostic.clone());
        journal.say(Event::Diagnostic { diagnostic }).await?;
    }
    write::write(&*ports.models, generation, &conversation, journal, stop, draft).await?;

    let build = build_and_repair(ports, generation, &mut conversation, journal, stop, draft).await?;
    let version = store(ports, generation, journal, draft, build).await?;
    reuse::remember(ports, generation, &before, draft).await;
    Ok(version)
}

/// The files that a refinement starts from, those of the app's head or none for a new app; and those
/// of them with which something was wrong.
async fn current_files(ports: &Ports, generation: &Generation) -> Result<(SourceTree, Vec<SourcePath>), Failure> {
    let Some(head) = ports.store.app(generation.app_id).await?.head else { return Ok(Default::default()) };
    let diagnostics = ports.store.version(head).await?.diagnostics;
    let wrong = diagnostics.into_iter().filter(|diagnostic| diagnostic.severity != Severity::Notice);
    Ok((ports.store.version_files(head).await?, wrong.filter_map(|diagnostic| diagnostic.file).collect()))
}

/// What the model is asked, and which files it does not see for lack of room.
async fn compose(
    ports: &Ports,
    generation: &Generation,
    before: &SourceTree,
    troubled: &[SourcePath],
) -> Result<(Vec<Message>, Option<Diagnostic>), Failure> {
    let request = &generation.request;
    let (model, _) = ports.models.select(&request.choice)?;
    let profiles = ports.store.model_profiles().await?;
    let profile = profiles.iter().map(|stored| &stored.profile).find(|profile| profile.model == model);
    let contract = prompt::Contract::for_model(&model.model, profile);
    let system = prompt::system(contract, &ports.bundler.libraries());
    let window = ports.models.context_length(&request.choice);
    let rules = estimate_tokens(&system)
        + estimate_tokens(&prompt::user(&request.prompt, &SourceTree::default(), "", contract.dialect));
    let selection = relevance::choose(&request.prompt, before, troubled, rules, window)?;
    let user = prompt::user(&request.prompt, &selection.shown, &selection.note(), contract.dialect);
    let messages = vec![Message::new(Role::System, system), Message::new(Role::User, user)];
    Ok((messages, window.and_then(|window| selection.notice(window))))
}

/// Builds, and reads what the source declares: a declaration that is wrong is one of the findings.
pub async fn build(bundler: &dyn Bundler, app: AppId, files: SourceTree) -> Build {
    let mut build = bundler.build(app, files).await;
    build.diagnostics.extend(declared(&build.files).err().map(|finding| *finding));
    build
}

/// Builds; while that fails and the budget lasts, asks the model to repair the first error.
async fn build_and_repair(
    ports: &Ports,
    generation: &Generation,
    conversation: &mut Vec<Message>,
    journal: &Journal,
    stop: &CancellationToken,
    draft: &mut Draft,
) -> Result<Build, Failure> {
    let mut seen = HashSet::new();
    loop {
        say(journal, generation, Phase::Bundling, 0.95, None).await?;
        let build = build(&*ports.bundler, generation.app_id, draft.files.clone()).await;
        adopt(journal, draft, &build).await?;
        let Some(error) = build.diagnostics.iter().find(|d| d.severity == Severity::Error).cloned() else {
            if build.bundle.is_some() {
                return Ok(build);
            }
            return Err(Failure::DoesNotBuild("the app could not be built, and the builder named no cause".to_owned()));
        };
        // The same error again means that asking once more will not help.
        let may_ask = generation.request.auto_fix && seen.len() < REPAIR_BUDGET;
        if !may_ask || !seen.insert(repair::fingerprint(&error)) {
            return Err(Failure::DoesNotBuild(describe(&error)));
        }
        let message = Some(format!("Asking the model to repair: {}", error.message));
        say(journal, generation, Phase::Repairing, 0.95, message).await?;
        *conversation = repair::ask(conversation, &draft.files, &error);
        let before = draft.files.clone();
        let written = write::write(&*ports.models, generation, conversation, journal, stop, draft).await;
        take_back_losses(journal, draft, &before).await?;
        written?;
    }
}

/// Puts back the files that a repair has all but emptied.
async fn take_back_losses(journal: &Journal, draft: &mut Draft, before: &SourceTree) -> Result<(), JournalBroken> {
    for (path, text) in repair::lost(before, &draft.files) {
        let message = format!("The repair left almost nothing of `{path}`; what was there before is back");
        let diagnostic = Diagnostic::notice("repair-undone", message).with_file(path.clone());
        // It was in the tree before, so it is within the limits.
        if draft.files.insert(path.clone(), text.clone()).is_ok() {
            let content = Some(text);
            journal.say(Event::File { filename: path, state: FileState::Replaced, content, progress: 0.95 }).await?;
            journal.say(Event::Diagnostic { diagnostic }).await?;
        }
    }
    Ok(())
}

/// Takes over what the build repaired, and tells what it repaired and found.
async fn adopt(journal: &Journal, draft: &mut Draft, build: &Build) -> Result<(), JournalBroken> {
    for (path, text) in build.files.iter().filter(|(path, text)| draft.files.get(path) != Some(*text)) {
        let content = Some(text.to_owned());
        journal
            .say(Event::File { filename: path.clone(), state: FileState::Replaced, content, progress: 0.95 })
            .await?;
    }
    for (path, _) in draft.files.iter().filter(|(path, _)| build.files.get(path).is_none()) {
        journal
            .say(Event::File { filename: path.clone(), state: FileState::Removed, content: None, progress: 0.95 })
            .await?;
    }
    for diagnostic in build.fixes.iter().chain(&build.diagnostics) {
        journal.say(Event::Diagnostic { diagnostic: diagnostic.clone() }).await?;
    }
    draft.files = build.files.clone();
    draft.diagnostics.extend(build.fixes.iter().cloned());
    draft.diagnostics.retain(|d| d.severity == Severity::Notice);
    draft.diagnostics.extend(build.diagnostics.iter().cloned());
    Ok(())
}

/// Stores the version that runs, which makes it the app's head.
async fn store(
    ports: &Ports,
    generation: &Generation,
    journal: &Journal,
    draft: &Draft,
    build: Build,
) -> Result<VersionId, Failure> {
    let build_ms = build.timings.get("total").copied().unwrap_or_default().round() as u64;
    let mut version = version_of(ports, generation, draft, VersionStatus::Runnable).await?;
    version.number = ports.store.put_version(&version, &draft.files, build.bundle.as_ref()).await?;
    let url = format!("/apps/{}", generation.app_id);
    journal.say(Event::Preview { version_id: version.id, url, build_ms }).await?;
    Ok(version.id)
}

/// Stores what came as a draft, which never becomes an app's head. None when nothing came.
pub(crate) async fn keep_draft(
    ports: &Ports,
    generation: &Generation,
    draft: &Draft,
) -> Result<Option<VersionId>, Failure> {
    if draft.files.is_empty() || draft.model.is_none() {
        return Ok(None);
    }
    let version = version_of(ports, generation, draft, VersionStatus::Draft).await?;
    ports.store.put_version(&version, &draft.files, None).await?;
    Ok(Some(version.id))
}

async fn version_of(
    ports: &Ports,
    generation: &Generation,
    draft: &Draft,
    status: VersionStatus,
) -> Result<Version, Failure> {
    Ok(Version {
        id: VersionId::new(&ports.platform),
        app_id: generation.app_id,
        parent: ports.store.app(generation.app_id).await?.head,
        number: 0,
        status,
        origin: VersionOrigin::Generated,
        prompt: generation.request.prompt.clone(),
        model: draft.model.clone(),
        usage: draft.usage,
        sandbox_permissions: declared(&draft.files).unwrap_or_default(),
        hash: draft.files.hash(),
        diagnostics: draft.diagnostics.clone(),
        created_at: ports.platform.now(),
    })
}

async fn say(
    journal: &Journal,
    generation: &Generation,
    status: Phase,
    progress: f64,
    message: Option<String>,
) -> Result<(), JournalBroken> {
    journal
        .say(Event::Status { status, generation_id: generation.id, app_id: generation.app_id, message, progress })
        .await
}

fn describe(error: &Diagnostic) -> String {
    match (&error.file, error.line) {
        (Some(file), Some(line)) => format!("The app does not build: {} (`{file}`, line {line})", error.message),
        (Some(file), None) => format!("The app does not build: {} (`{file}`)", error.message),
        _ => format!("The app does not build: {}", error.message),
    }
}
