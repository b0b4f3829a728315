//! Generations as jobs: they run on the server, whoever watches.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use futures::{FutureExt, Stream, stream};
use tokio::sync::{broadcast, watch};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{
    Draft, Failure, Ports, generate,
    journal::{Journal, Tail},
    keep_draft,
};
use crate::{
    app::{App, ExecutionMode, name_from_description},
    events::{Event, JournalEntry, Phase},
    generation::{GenerateRequest, Generation, GenerationState, MAX_PROMPT_CHARS},
    ids::{AppId, GenerationId, UserId, VersionId},
    model::{ModelChoice, ModelError, ModelErrorKind, ProviderId},
    ports::{Outcome, StoreError},
    settings::model_name,
};

/// How many new heads a slow listener may be behind.
const NEWS: usize = 64;
/// How many generations one person may have running.
pub const MAX_RUNNING: usize = 3;
/// How many journal entries are read at a time.
const PAGE: u32 = 500;

/// Why a generation cannot begin. Nothing was stored.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// There is no description.
    #[error("the description is empty")]
    EmptyPrompt,
    /// The description is too long.
    #[error("the description has {0} characters; the most is {MAX_PROMPT_CHARS}")]
    PromptTooLong(usize),
    /// The description holds characters that nobody can see.
    #[error("the description contains the control character U+{0:04X}")]
    ControlCharacter(u32),
    /// The name of the model is none.
    #[error("`model` {0}")]
    ModelName(String),
    /// The kind of app is not there yet.
    #[error("schema-based apps are not there yet")]
    SchemaNotYet,
    /// Too many at once.
    #[error("{MAX_RUNNING} generations are running already")]
    TooMany,
    /// The app is being written already.
    #[error("this app is being generated already")]
    Busy(GenerationId),
    /// No model can be asked.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// The reply that should be used again was made for other files.
    #[error("the kept reply was made for other files than the app has now")]
    OtherFiles,
    /// The store failed, or the app does not exist.
    #[error(transparent)]
    Store(#[from] StoreError),
}

struct Running {
    app: AppId,
    owner: UserId,
    stop: CancellationToken,
    tail: watch::Receiver<Tail>,
}

/// The running generations. Cheap to clone.
#[derive(Clone)]
pub struct Jobs {
    pub(super) ports: Ports,
    running: Arc<Mutex<HashMap<GenerationId, Running>>>,
    tasks: TaskTracker,
    /// The apps that got a new head.
    heads: broadcast::Sender<AppId>,
    /// Cancelled when the server stops: then an end is an interruption, not a person's wish.
    closing: CancellationToken,
}

impl Jobs {
    /// No job yet.
    #[must_use]
    pub fn new(ports: Ports) -> Self {
        let heads = broadcast::Sender::new(NEWS);
        Self { ports, running: Arc::default(), tasks: TaskTracker::new(), heads, closing: CancellationToken::new() }
    }

    /// The apps that get a new head by a generation from now on.
    #[must_use]
    pub fn new_heads(&self) -> broadcast::Receiver<AppId> {
        self.heads.subscribe()
    }

    /// Checks the request, stores app and generation, and begins.
    ///
    /// # Errors
    /// [`StartError`]; nothing was stored then.
    pub async fn start(&self, owner: UserId, mut request: GenerateRequest) -> Result<Generation, StartError> {
        check(&mut request)?;
        let app = match request.app_id {
            Some(id) => Some(self.own_app(owner, id).await?),
            None => None,
        };
        request.choice.local_only |= app.as_ref().is_some_and(|app| app.local_only);
        let app_id = app.as_ref().map_or_else(|| AppId::new(&self.ports.platform), |app| app.id);
        let models = self.models_for(owner, app_id, &mut request, app.as_ref()).await?;
        let (model, _) = models.select(&request.choice)?;
        let now = self.ports.platform.now();
        let generation = Generation {
            id: GenerationId::new(&self.ports.platform),
            app_id,
            owner,
            state: GenerationState::Running,
            version_id: None,
            last_seq: 0,
            started_at: now,
            finished_at: None,
            request,
        };
        // A sample that was stopped before it ran may be played again: nothing is changed by it.
        if model.provider == ProviderId::Demo && app.is_some_and(|app| app.head.is_some()) {
            return Err(no_model_to_refine().into());
        }
        // The place is taken before anything is stored, so that two requests cannot both pass.
        let (journal, stop) = self.enter(&generation)?;
        let stored = if generation.request.app_id.is_some() {
            self.ports.store.create_generation(&generation).await
        } else {
            let app = new_app(&generation, model.provider == ProviderId::Demo);
            self.ports.store.create_app(&app, Some(&generation)).await
        };
        if let Err(error) = stored {
            self.leave(generation.id);
            return Err(error.into());
        }
        let ports = Ports { models, ..self.ports.clone() };
        let (jobs, job) = (self.clone(), generation.clone());
        self.tasks.spawn(async move { jobs.run(ports, job, journal, stop).await });
        Ok(generation)
    }

    /// An app of this person.
    pub(super) async fn own_app(&self, owner: UserId, id: AppId) -> Result<App, StoreError> {
        let app = self.ports.store.app(id).await?;
        if app.owner == owner { Ok(app) } else { Err(StoreError::NotFound("this app")) }
    }

    /// Stops a generation. Returns whether it was running here.
    #[must_use]
    pub fn cancel(&self, id: GenerationId) -> bool {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        running.get(&id).map(|job| job.stop.cancel()).is_some()
    }

    /// A generation's journal from after `after`, first what is stored, then what comes; ends after
    /// the last entry.
    pub fn follow(
        &self,
        id: GenerationId,
        after: u64,
    ) -> impl Stream<Item = Result<JournalEntry, StoreError>> + Send + use<> {
        let tail = self.running.lock().unwrap_or_else(PoisonError::into_inner).get(&id).map(|job| job.tail.clone());
        let store = self.ports.store.clone();
        let place = (tail, after, false);
        let pages = stream::unfold(place, move |(mut tail, after, over)| {
            let store = store.clone();
            async move {
                if over {
                    return None;
                }
                let page = match next_page(&*store, id, after, &mut tail).await {
                    Ok(page) if page.is_empty() => return None,
                    Ok(page) => page,
                    Err(error) => return Some((vec![Err(error)], (tail, after, true))),
                };
                let over = page.last().is_some_and(|entry| entry.last);
                let after = page.last().map_or(after, |entry| entry.seq);
                Some((page.into_iter().map(Ok).collect::<Vec<_>>(), (tail, after, over)))
            }
        });
        futures::StreamExt::flat_map(pages, stream::iter)
    }

    /// After a start: ends the generations that a crash or a power cut left running, so that each
    /// has a clear state. What they had shown stays in their journals.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn end_interrupted(&self) -> Result<usize, StoreError> {
        let unfinished = self.ports.store.unfinished_generations().await?;
        for generation in &unfinished {
            let (journal, _) = Journal::begin(self.ports.store.clone(), generation.id, generation.last_seq);
            let outcome = Outcome {
                state: GenerationState::Interrupted,
                version_id: None,
                finished_at: self.ports.platform.now(),
            };
            journal.end(interrupted(None), outcome).await.map_err(|broken| StoreError::Database(broken.to_string()))?;
        }
        Ok(unfinished.len())
    }

    /// Stops every generation and waits until each has stored how it ended.
    pub async fn shut_down(&self) {
        self.tasks.close();
        self.closing.cancel();
        for job in self.running.lock().unwrap_or_else(PoisonError::into_inner).values() {
            job.stop.cancel();
        }
        self.tasks.wait().await;
    }

    fn enter(&self, generation: &Generation) -> Result<(Journal, CancellationToken), StartError> {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((id, _)) = running.iter().find(|(_, job)| job.app == generation.app_id) {
            return Err(StartError::Busy(*id));
        }
        if running.values().filter(|job| job.owner == generation.owner).count() >= MAX_RUNNING {
            return Err(StartError::TooMany);
        }
        let (journal, tail) = Journal::begin(self.ports.store.clone(), generation.id, 0);
        let stop = CancellationToken::new();
        let job = Running { app: generation.app_id, owner: generation.owner, stop: stop.clone(), tail };
        running.insert(generation.id, job);
        Ok((journal, stop))
    }

    fn leave(&self, id: GenerationId) {
        self.running.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
    }

    async fn run(&self, ports: Ports, generation: Generation, journal: Journal, stop: CancellationToken) {
        let mut draft = Draft::default();
        let begun = super::say(&journal, &generation, Phase::Queued, 0.0, None).await;
        let work = async {
            begun?;
            generate(&ports, &generation, &journal, &stop, &mut draft).await
        };
        // A panic is our own mistake; the person still gets a clear end and keeps what came.
        let result = std::panic::AssertUnwindSafe(work).catch_unwind().await;
        let (event, state, version_id) = match result {
            Ok(Ok(version_id)) => {
                let url = format!("/apps/{}", generation.app_id);
                let event = Event::Complete { app_id: generation.app_id, version_id, url, progress: 1.0 };
                // An error means that nobody listens.
                let _ = self.heads.send(generation.app_id);
                (event, GenerationState::Complete, Some(version_id))
            }
            Ok(Err(failure)) => self.failed(&generation, &draft, &failure).await,
            Err(_) => self.failed(&generation, &draft, &Failure::Panicked).await,
        };
        let outcome = Outcome { state, version_id, finished_at: self.ports.platform.now() };
        if let Err(error) = journal.end(event, outcome).await {
            tracing::error!(%error, generation = %generation.id, "the end of a generation could not be stored");
        }
        self.leave(generation.id);
    }

    async fn failed(
        &self,
        generation: &Generation,
        draft: &Draft,
        failure: &Failure,
    ) -> (Event, GenerationState, Option<VersionId>) {
        let kept = keep_draft(&self.ports, generation, draft).await.unwrap_or_else(|error| {
            tracing::error!(%error, generation = %generation.id, "a draft could not be stored");
            None
        });
        if matches!(failure, Failure::Cancelled) && self.closing.is_cancelled() {
            return (interrupted(kept), GenerationState::Interrupted, kept);
        }
        let (code, hint) = explain(failure);
        let error = match failure {
            Failure::Cancelled if kept.is_some() => "Stopped. What had been written is kept as a draft.".to_owned(),
            Failure::Cancelled => "Stopped before anything was written.".to_owned(),
            other => sentence(&other.to_string()),
        };
        if let Failure::Store(error) = failure {
            tracing::error!(%error, generation = %generation.id, "a generation failed");
        }
        let event = Event::Error { code: code.to_owned(), error, hint, version_id: kept };
        let state =
            if matches!(failure, Failure::Cancelled) { GenerationState::Cancelled } else { GenerationState::Failed };
        (event, state, kept)
    }
}

async fn next_page(
    store: &dyn crate::ports::Store,
    id: GenerationId,
    after: u64,
    tail: &mut Option<watch::Receiver<Tail>>,
) -> Result<Vec<JournalEntry>, StoreError> {
    loop {
        let newest = tail.as_mut().map(|tail| tail.borrow_and_update().clone());
        if let Some(newest) = &newest
            && newest.entries.first().is_some_and(|entry| entry.seq == after + 1)
        {
            return Ok(newest.entries.to_vec());
        }
        let page = store.journal(id, after, PAGE).await?;
        if !page.is_empty() || newest.is_none_or(|newest| newest.over) {
            return Ok(page);
        }
        if let Some(waiting) = tail.as_mut()
            && waiting.changed().await.is_err()
        {
            *tail = None; // The writer is gone: what is stored is all there is.
        }
    }
}

fn check(request: &mut GenerateRequest) -> Result<(), StartError> {
    if request.execution_mode == ExecutionMode::Schema {
        return Err(StartError::SchemaNotYet);
    }
    request.prompt = checked(&request.prompt, &request.choice)?;
    Ok(())
}

/// The description, tidied.
pub(super) fn checked(prompt: &str, choice: &ModelChoice) -> Result<String, StartError> {
    let prompt = prompt.trim().replace("\r\n", "\n");
    if prompt.is_empty() {
        return Err(StartError::EmptyPrompt);
    }
    let length = prompt.chars().count();
    if length > MAX_PROMPT_CHARS {
        return Err(StartError::PromptTooLong(length));
    }
    if let Some(control) = prompt.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\t')) {
        return Err(StartError::ControlCharacter(control as u32));
    }
    // An empty name is none.
    if let Some(name) = choice.model.as_deref().filter(|name| !name.trim().is_empty()) {
        model_name(name).map_err(StartError::ModelName)?;
    }
    Ok(prompt)
}

fn new_app(generation: &Generation, sample: bool) -> App {
    App {
        id: generation.app_id,
        owner: generation.owner,
        name: name_from_description(&generation.request.prompt),
        description: generation.request.prompt.clone(),
        execution_mode: generation.request.execution_mode,
        sample,
        local_only: generation.request.choice.local_only,
        head: None,
        created_at: generation.started_at,
        updated_at: generation.started_at,
    }
}

fn interrupted(version_id: Option<VersionId>) -> Event {
    Event::Error {
        code: "interrupted".to_owned(),
        error: "The server stopped while this was being generated. Everything shown so far is kept.".to_owned(),
        hint: Some("Press “Try again” to generate anew.".to_owned()),
        version_id,
    }
}

fn no_model_to_refine() -> ModelError {
    ModelError::new(ModelErrorKind::NoModel, "The sample generator cannot change apps: no model is connected")
        .with_hint("Connect Ollama or a hosted model and ask again.")
}

fn explain(failure: &Failure) -> (&'static str, Option<String>) {
    match failure {
        Failure::Cancelled => ("cancelled", None),
        Failure::Model(error) => (error.kind.code(), error.hint.clone()),
        Failure::NoFiles => {
            ("no-files", Some("Press “Try again”, or describe the app in other words or to a larger model.".to_owned()))
        }
        Failure::CutOff(_) => ("reply-cut-off", Some("Ask for a smaller app, or use a larger model.".to_owned())),
        Failure::DoesNotBuild(_) => (
            "does-not-build",
            Some("The files are kept as a draft. Press “Try again”, or say what to change.".to_owned()),
        ),
        Failure::Store(_) | Failure::Journal(_) | Failure::Panicked => {
            ("internal", Some("The server's log says more.".to_owned()))
        }
    }
}

fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let mut sentence: String = chars.next().into_iter().flat_map(char::to_uppercase).chain(chars).collect();
    if !sentence.ends_with(['.', '!', '?']) {
        sentence.push('.');
    }
    sentence
}
