//! Ports: what the use cases need from the world. Adapters implement them; the binary wires them.

use std::collections::BTreeMap;

use async_trait::async_trait;
use jiff::Timestamp;

use crate::{
    app::App,
    data::Record,
    diagnostic::Diagnostic,
    events::JournalEntry,
    generation::{Generation, GenerationState},
    ids::{AppId, GenerationId, RecordId, ReplyId, UserId, VersionId},
    model::{ChatRequest, ChatStream, InstalledModel, ModelChoice, ModelError, ModelRef, ProviderHealth, PullStream},
    outgoing::{Fetched, Outgoing},
    permission::Consent,
    profile::Profile,
    replies::{KeptReply, ReplyHead},
    settings::{LlmSettings, Month, Spending},
    source::{SourcePath, SourceTree},
    version::{Bundle, Version},
};

/// Every model that can be asked: the router over all providers.
#[async_trait]
pub trait Models: Send + Sync {
    /// Asks a model. The first event is [`crate::model::ChatEvent::Routed`]; failures before the
    /// first token fall back to another provider where that is allowed, with an event.
    ///
    /// # Errors
    /// [`ModelError`] when no provider could start.
    async fn open(&self, choice: &ModelChoice, request: ChatRequest) -> Result<ChatStream, ModelError>;

    /// Which model a choice would reach now, and whether it is local; without asking anyone.
    ///
    /// # Errors
    /// [`ModelError`] with the cause when none would answer.
    fn select(&self, choice: &ModelChoice) -> Result<(ModelRef, bool), ModelError>;

    /// How every provider was when last probed in the background.
    fn health(&self) -> Vec<ProviderHealth>;

    /// Probes every provider now, for a person who presses "Test connection".
    async fn probe(&self) -> Vec<ProviderHealth>;

    /// The models that are installed locally, as they are now; empty when none can be asked.
    async fn models(&self) -> Vec<InstalledModel>;

    /// The longest context of the model that a choice would reach now, in tokens; none while it is
    /// not known. Asks nobody.
    fn context_length(&self, choice: &ModelChoice) -> Option<u32>;

    /// Has the local provider download `model`. All that fails does so in the stream.
    fn pull(&self, model: String) -> PullStream;

    /// The sample apps of the demo provider: title and description of each.
    fn samples(&self) -> Vec<Sample>;
}

/// A sample app that we wrote.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Sample {
    /// A short kebab-case name.
    pub id: String,
    /// Its name for people.
    pub title: String,
    /// The description that plays it.
    pub prompt: String,
}

/// Turns a source tree into something that runs.
#[async_trait]
pub trait Bundler: Send + Sync {
    /// Repairs what can be repaired without a model, checks and builds. Never fails: what is wrong
    /// with the source is in the diagnostics, and `bundle` is none when one of them is an error.
    async fn build(&self, app: AppId, files: SourceTree) -> Build;

    /// The libraries an app may import, most useful first, for the prompt.
    fn libraries(&self) -> Vec<String>;
}

/// What a build gave.
#[derive(Debug, Clone, Default)]
pub struct Build {
    /// The source after automatic repairs.
    pub files: SourceTree,
    /// The repairs, one notice each.
    pub fixes: Vec<Diagnostic>,
    /// What else was found.
    pub diagnostics: Vec<Diagnostic>,
    /// What runs; none when it cannot.
    pub bundle: Option<Bundle>,
    /// Milliseconds per step, such as `check`, `bundle`, `tailwind`, `total`.
    pub timings: BTreeMap<&'static str, f64>,
}

/// Takes an app out of Cumulonimbus, to run without it.
#[async_trait]
pub trait Exporter: Send + Sync {
    /// One HTML page with all that the app needs inside: it imports nothing and asks no server.
    /// `app` is a word without spaces that keeps what this app stores apart from what others do.
    ///
    /// # Errors
    /// What is wrong, when the bundle cannot be linked with its libraries.
    async fn page(&self, app: &str, title: &str, bundle: &Bundle) -> Result<String, Diagnostic>;

    /// The source as a project that other tools build: path and content of every file. Source
    /// without a file to start from comes as it is.
    ///
    /// # Errors
    /// What is wrong, when the source cannot be looked at.
    async fn project(&self, title: &str, files: &SourceTree) -> Result<Vec<(SourcePath, Vec<u8>)>, Diagnostic>;
}

/// A failure of the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is no such thing.
    #[error("{0} does not exist")]
    NotFound(&'static str),
    /// Somebody else changed it first.
    #[error("it was changed in the meantime: it is at revision {current}")]
    Conflict {
        /// The revision it has now.
        current: u64,
    },
    /// A limit is reached. The text names it.
    #[error("{1}")]
    Quota(Limit, String),
    /// The database failed. The text is for logs only.
    #[error("the database failed: {0}")]
    Database(String),
}

/// Which limit was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// [`crate::data::MAX_RECORDS`]
    Records,
    /// [`crate::data::MAX_DATA_BYTES`]
    DataBytes,
    /// [`crate::data::MAX_STORAGE_BYTES`]
    StorageBytes,
    /// [`crate::completion::TOKENS_PER_DAY`]
    AiTokens,
}

/// Why a request of an app to the web failed. Says nothing about this network.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// The host leads to an address that apps may not reach.
    #[error("`{0}` leads to an address that apps may not reach")]
    ForbiddenAddress(String),
    /// Nothing answered, or not in HTTP.
    #[error("`{0}` cannot be reached")]
    Unreachable(String),
    /// The time was over.
    #[error("`{0}` did not answer completely within {limit} s", limit = crate::outgoing::TIMEOUT.as_secs())]
    Timeout(String),
    /// The answer is too large.
    #[error("the answer of `{0}` is larger than {limit} MiB", limit = crate::outgoing::MAX_RESPONSE_BYTES / 1024 / 1024)]
    TooLarge(String),
    /// The answer is compressed although that was not asked for.
    #[error("`{0}` answered in a compressed form that was not asked for")]
    Encoded(String),
}

/// Requests of apps to the web.
#[async_trait]
pub trait Fetch: Send + Sync {
    /// Sends one request and reads the whole answer, without following redirects. Every address
    /// that the host's name has is checked at the moment of connecting, and one of those checked is
    /// the one connected to.
    ///
    /// # Errors
    /// [`FetchError`].
    async fn fetch(&self, request: &Outgoing) -> Result<Fetched, FetchError>;
}

/// What may change about an app.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AppPatch {
    /// A new name.
    pub name: Option<String>,
    /// Whether it never leaves this machine.
    pub local_only: Option<bool>,
}

/// What was measured of a model, and of which build of it.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredProfile {
    /// Which build was measured, as its provider names builds: another one has to be measured anew.
    /// Empty where the provider names none.
    pub digest: String,
    /// What was measured.
    pub profile: Profile,
}

/// How a generation ended.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The state it ended in.
    pub state: GenerationState,
    /// What it stored.
    pub version_id: Option<VersionId>,
    /// When.
    pub finished_at: Timestamp,
}

/// Everything that is kept. Each method is one transaction.
#[async_trait]
pub trait Store: Send + Sync {
    // Apps

    /// Stores a new app, and its first generation when one begins with it.
    async fn create_app(&self, app: &App, generation: Option<&Generation>) -> Result<(), StoreError>;
    /// One app that is not deleted. `NotFound` otherwise.
    async fn app(&self, id: AppId) -> Result<App, StoreError>;
    /// A person's apps that are not deleted, last changed first.
    async fn apps(&self, owner: UserId) -> Result<Vec<App>, StoreError>;
    /// Changes an app.
    async fn update_app(&self, id: AppId, patch: &AppPatch, now: Timestamp) -> Result<App, StoreError>;
    /// Marks an app deleted; its rows stay until they are purged, except the replies kept for it.
    async fn delete_app(&self, id: AppId, now: Timestamp) -> Result<(), StoreError>;
    /// Takes a deletion back.
    async fn undelete_app(&self, id: AppId, now: Timestamp) -> Result<App, StoreError>;

    // Versions

    /// Stores a version with its files and bundle; its `number` is set to the next of the app and
    /// returned. A runnable version becomes the app's head.
    async fn put_version(
        &self,
        version: &Version,
        files: &SourceTree,
        bundle: Option<&Bundle>,
    ) -> Result<u32, StoreError>;
    /// One version.
    async fn version(&self, id: VersionId) -> Result<Version, StoreError>;
    /// An app's versions, newest first.
    async fn versions(&self, app: AppId) -> Result<Vec<Version>, StoreError>;
    /// A version's files.
    async fn version_files(&self, id: VersionId) -> Result<SourceTree, StoreError>;
    /// A version's bundle; none for a draft.
    async fn version_bundle(&self, id: VersionId) -> Result<Option<Bundle>, StoreError>;

    // Generations and their journal

    /// Stores a generation for an app that exists.
    async fn create_generation(&self, generation: &Generation) -> Result<(), StoreError>;
    /// One generation.
    async fn generation(&self, id: GenerationId) -> Result<Generation, StoreError>;
    /// An app's generations, newest first.
    async fn generations(&self, app: AppId) -> Result<Vec<Generation>, StoreError>;
    /// A person's running generations, newest first.
    async fn running_generations(&self, owner: UserId) -> Result<Vec<Generation>, StoreError>;
    /// Appends to a generation's journal and, with the last entries, stores how it ended.
    async fn append_journal(
        &self,
        id: GenerationId,
        entries: &[JournalEntry],
        outcome: Option<&Outcome>,
    ) -> Result<(), StoreError>;
    /// At most `limit` entries after `seq`, in order.
    async fn journal(&self, id: GenerationId, after: u64, limit: u32) -> Result<Vec<JournalEntry>, StoreError>;
    /// Every generation still marked running: after a start, those that a crash cut off.
    async fn unfinished_generations(&self) -> Result<Vec<Generation>, StoreError>;

    // What apps keep, per person

    /// A collection's records, oldest first.
    async fn records(&self, app: AppId, user: UserId, collection: &str) -> Result<Vec<Record>, StoreError>;
    /// One record.
    async fn record(&self, app: AppId, user: UserId, collection: &str, id: RecordId) -> Result<Record, StoreError>;
    /// Stores a new record. `Quota` past [`crate::data::MAX_RECORDS`] or
    /// [`crate::data::MAX_DATA_BYTES`].
    async fn create_record(
        &self,
        app: AppId,
        user: UserId,
        collection: &str,
        record: &Record,
    ) -> Result<(), StoreError>;
    /// Replaces a record's data. `Conflict` when `expected` is given and not its revision; `Quota`
    /// past [`crate::data::MAX_DATA_BYTES`].
    #[expect(clippy::too_many_arguments, reason = "a record's address is three ids")]
    async fn update_record(
        &self,
        app: AppId,
        user: UserId,
        collection: &str,
        id: RecordId,
        data: &serde_json::Value,
        expected: Option<u64>,
        now: Timestamp,
    ) -> Result<Record, StoreError>;
    /// Removes a record.
    async fn delete_record(&self, app: AppId, user: UserId, collection: &str, id: RecordId) -> Result<(), StoreError>;
    /// Every key and value of an app's `localStorage`.
    async fn storage(&self, app: AppId, user: UserId) -> Result<BTreeMap<String, String>, StoreError>;
    /// Removes keys, then sets others, all or none. `Quota` past [`crate::data::MAX_STORAGE_BYTES`].
    async fn patch_storage(
        &self,
        app: AppId,
        user: UserId,
        set: &BTreeMap<String, String>,
        remove: &[String],
    ) -> Result<(), StoreError>;
    /// Removes every key.
    async fn clear_storage(&self, app: AppId, user: UserId) -> Result<(), StoreError>;

    // Consent, and what it costs

    /// Stores what a person agreed to for an app, in place of what was stored before.
    async fn put_consent(&self, consent: &Consent) -> Result<(), StoreError>;
    /// What a person agreed to for an app.
    async fn consent(&self, app: AppId, user: UserId) -> Result<Option<Consent>, StoreError>;
    /// What a person agreed to, for apps that are not deleted, the newest first.
    async fn consents(&self, user: UserId) -> Result<Vec<Consent>, StoreError>;
    /// Takes back what a person agreed to for an app, if anything.
    async fn delete_consent(&self, app: AppId, user: UserId) -> Result<(), StoreError>;
    /// Adds to the tokens of an app and person on a day (days since 1970, UTC) and gives the sum.
    /// `Quota`, and nothing added, when `tokens` is positive and the sum would pass
    /// [`crate::completion::TOKENS_PER_DAY`].
    async fn spend_tokens(&self, app: AppId, user: UserId, day: i64, tokens: i64) -> Result<u64, StoreError>;

    // A person's settings of models, and what those cost

    /// What a person chose; the default where nothing is kept.
    async fn llm_settings(&self, user: UserId) -> Result<LlmSettings, StoreError>;
    /// Stores what a person chose, in place of what was stored before.
    async fn put_llm_settings(&self, user: UserId, settings: &LlmSettings) -> Result<(), StoreError>;
    /// A person's sealed secret of this name: see [`crate::vault::Vault`].
    async fn secret(&self, user: UserId, name: &str) -> Result<Option<Vec<u8>>, StoreError>;
    /// Stores a sealed secret, in place of the one of this name.
    async fn put_secret(&self, user: UserId, name: &str, sealed: &[u8]) -> Result<(), StoreError>;
    /// Removes the secret of this name, if any.
    async fn delete_secret(&self, user: UserId, name: &str) -> Result<(), StoreError>;
    /// What a person's hosted replies of a month came to.
    async fn spending(&self, user: UserId, month: Month) -> Result<Spending, StoreError>;
    /// Adds to what a person's hosted replies of a month came to, and gives the sum.
    async fn add_spending(&self, user: UserId, month: Month, added: Spending) -> Result<Spending, StoreError>;

    // Replies that may be used again

    /// Keeps a reply in place of the one with the same [`ReplyHead::key`], and removes the oldest of
    /// the person's past [`crate::replies::MAX_REPLIES`] or [`crate::replies::MAX_BYTES`] and those
    /// from before `oldest`. `NotFound` when its app is deleted.
    async fn put_reply(&self, reply: &KeptReply, oldest: Timestamp) -> Result<(), StoreError>;
    /// A person's replies in a setting that are not from before `oldest`, the newest first.
    async fn replies(&self, owner: UserId, setting: &str, oldest: Timestamp) -> Result<Vec<ReplyHead>, StoreError>;
    /// One reply.
    async fn reply(&self, id: ReplyId) -> Result<KeptReply, StoreError>;

    // What was measured of models

    /// Stores what was measured of a model, in place of what was.
    async fn put_model_profile(&self, profile: &StoredProfile) -> Result<(), StoreError>;
    /// What was measured of every model, by provider and name.
    async fn model_profiles(&self) -> Result<Vec<StoredProfile>, StoreError>;

    // Launches that are over

    /// Keeps until `until` that a launch was ended, and forgets those whose time was over before `now`.
    async fn end_launch(&self, launch: &str, until: Timestamp, now: Timestamp) -> Result<(), StoreError>;
    /// Whether a launch was ended.
    async fn launch_ended(&self, launch: &str) -> Result<bool, StoreError>;
    /// Ends every launch of a person that began before `since`, and before what an earlier call named.
    async fn sign_out(&self, user: UserId, since: Timestamp) -> Result<(), StoreError>;
    /// Since when launches of a person count; none: they never signed out.
    async fn signed_out(&self, user: UserId) -> Result<Option<Timestamp>, StoreError>;

    /// Whether the database answers.
    async fn ping(&self) -> Result<(), StoreError>;
}
