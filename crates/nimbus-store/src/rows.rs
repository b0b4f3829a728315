//! Rows as both databases give them, and what they mean. The order of a tuple's fields is the
//! order of the columns in the macro beside it.

use jiff::Timestamp;
use nimbus_core::{
    app::App,
    data::Record,
    events::JournalEntry,
    generation::Generation,
    model::Money,
    permission::Consent,
    ports::{Limit, StoreError, StoredProfile},
    replies::{KeptReply, ReplyHead},
    settings::Spending,
    source::{SourcePath, SourceTree},
    version::{Bundle, Version},
};
use serde::{Serialize, de::DeserializeOwned};

use crate::id::Id;

macro_rules! app_columns {
    () => {
        "id, owner, name, description, execution_mode, sample, local_only, head, created_at, updated_at"
    };
}

macro_rules! version_columns {
    () => {
        "id, app_id, parent, number, status, origin, prompt, model, usage, permissions, hash, diagnostics, created_at"
    };
}

macro_rules! generation_columns {
    () => {
        "id, app_id, owner, request, state, version_id, last_seq, started_at, finished_at"
    };
}

macro_rules! record_columns {
    () => {
        "id, data, revision, created_at, updated_at"
    };
}

macro_rules! consent_columns {
    () => {
        "app_id, user_id, version_hash, permissions, granted_at"
    };
}

pub(crate) use {app_columns, consent_columns, generation_columns, record_columns, version_columns};

pub const APP: StoreError = StoreError::NotFound("the app");
pub const VERSION: StoreError = StoreError::NotFound("the version");
pub const GENERATION: StoreError = StoreError::NotFound("the generation");
pub const REPLY: StoreError = StoreError::NotFound("the kept reply");
pub const RECORD: StoreError = StoreError::NotFound("the record");

pub type AppRow = (Id, Id, String, String, String, bool, bool, Option<Id>, i64, i64);
pub type VersionRow =
    (Id, Id, Option<Id>, i64, String, String, String, Option<String>, String, String, String, String, i64);
pub type GenerationRow = (Id, Id, Id, String, String, Option<Id>, i64, i64, Option<i64>);
pub type RecordRow = (Id, String, i64, i64, i64);
pub type ConsentRow = (Id, Id, String, String, i64);
/// Id, setting, prompt, model and time.
pub type ReplyHeadRow = (Id, String, String, String, i64);
/// The same, then owner, app and text.
pub type ReplyRow = (Id, String, String, String, i64, Id, Id, Vec<u8>);
/// Build and profile.
pub type ProfileRow = (String, String);
pub type JournalRow = (i64, String, bool);
/// Path and content; both null for a version without files.
pub type FileRow = (Option<String>, Option<Vec<u8>>);
/// Module, style sheet, source map and libraries; all null for a draft.
pub type BundleRow = (Option<Vec<u8>>, Option<Vec<u8>>, Option<Vec<u8>>, Option<String>);

pub fn app(row: AppRow) -> Result<App, StoreError> {
    let (id, owner, name, description, execution_mode, sample, local_only, head, created_at, updated_at) = row;
    Ok(App {
        id: id.into(),
        owner: owner.into(),
        name,
        description,
        execution_mode: from_word("execution_mode", execution_mode)?,
        sample,
        local_only,
        head: head.map(Into::into),
        created_at: time(created_at)?,
        updated_at: time(updated_at)?,
    })
}

pub fn version(row: VersionRow) -> Result<Version, StoreError> {
    let (id, app_id, parent, number, status, origin, prompt, model, usage, permissions, hash, diagnostics, created_at) =
        row;
    Ok(Version {
        id: id.into(),
        app_id: app_id.into(),
        parent: parent.map(Into::into),
        number: version_number(number)?,
        status: from_word("status", status)?,
        origin: from_word("origin", origin)?,
        prompt,
        model: model.map(|model| from_json("model", &model)).transpose()?,
        usage: from_json("usage", &usage)?,
        sandbox_permissions: from_json("permissions", &permissions)?,
        hash,
        diagnostics: from_json("diagnostics", &diagnostics)?,
        created_at: time(created_at)?,
    })
}

pub fn generation(row: GenerationRow) -> Result<Generation, StoreError> {
    let (id, app_id, owner, request, state, version_id, last_seq, started_at, finished_at) = row;
    Ok(Generation {
        id: id.into(),
        app_id: app_id.into(),
        owner: owner.into(),
        request: from_json("request", &request)?,
        state: from_word("state", state)?,
        version_id: version_id.map(Into::into),
        last_seq: unsigned(last_seq),
        started_at: time(started_at)?,
        finished_at: finished_at.map(time).transpose()?,
    })
}

pub fn record(row: RecordRow) -> Result<Record, StoreError> {
    let (id, data, revision, created_at, updated_at) = row;
    Ok(Record {
        id: id.into(),
        data: from_json("data", &data)?,
        revision: unsigned(revision),
        created_at: time(created_at)?,
        updated_at: time(updated_at)?,
    })
}

pub fn consent(row: ConsentRow) -> Result<Consent, StoreError> {
    let (app, user, version_hash, permissions, granted_at) = row;
    Ok(Consent {
        app: app.into(),
        user: user.into(),
        version_hash,
        permissions: from_json("permissions", &permissions)?,
        granted_at: time(granted_at)?,
    })
}

pub fn spending((micros, unpriced): (i64, i64)) -> Spending {
    Spending { cost: Money::from_micros(unsigned(micros)), unpriced: unsigned(unpriced) }
}

pub fn reply_head((id, setting, prompt, model, created_at): ReplyHeadRow) -> Result<ReplyHead, StoreError> {
    let model = from_json("model", &model)?;
    Ok(ReplyHead { id: id.into(), setting, prompt, model, created_at: time(created_at)? })
}

pub fn reply((id, setting, prompt, model, created_at, owner, app, text): ReplyRow) -> Result<KeptReply, StoreError> {
    let head = reply_head((id, setting, prompt, model, created_at))?;
    Ok(KeptReply { head, owner: owner.into(), app: app.into(), text: utf8("text", text)? })
}

pub fn profile((digest, profile): ProfileRow) -> Result<StoredProfile, StoreError> {
    Ok(StoredProfile { digest, profile: from_json("profile", &profile)? })
}

pub fn journal_entry((seq, json, last): JournalRow) -> JournalEntry {
    JournalEntry { seq: unsigned(seq), json, last }
}

/// The files of one version. No row at all means that there is no such version.
pub fn files(rows: Vec<FileRow>) -> Result<SourceTree, StoreError> {
    if rows.is_empty() {
        return Err(VERSION);
    }
    let mut tree = SourceTree::default();
    for (path, bytes) in rows {
        let (Some(path), Some(bytes)) = (path, bytes) else { continue };
        let path = SourcePath::parse(&path).map_err(|error| unreadable("path", error))?;
        tree.insert(path, utf8("file", bytes)?).map_err(|error| unreadable("file", error))?;
    }
    Ok(tree)
}

/// The bundle of one version; none for a draft.
pub fn bundle((js, css, source_map, libraries): BundleRow) -> Result<Option<Bundle>, StoreError> {
    let (Some(js), Some(css), Some(libraries)) = (js, css, libraries) else { return Ok(None) };
    Ok(Some(Bundle {
        js: utf8("js", js)?,
        css: utf8("css", css)?,
        source_map: source_map.map(|bytes| utf8("source_map", bytes)).transpose()?,
        libraries: from_json("libraries", &libraries)?,
    }))
}

/// Whether entries continue a journal after `last_seq` without a gap.
pub fn follows(last_seq: u64, entries: &[JournalEntry]) -> bool {
    entries.iter().zip(last_seq + 1..).all(|(entry, seq)| entry.seq == seq)
}

/// A version's number within its app.
pub fn version_number(number: i64) -> Result<u32, StoreError> {
    u32::try_from(number).map_err(|error| unreadable("number", error))
}

/// Text for a text column. PostgreSQL's cannot hold NUL (U+0000), which no person means to write:
/// both databases keep U+FFFD instead.
pub fn text(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

/// A value as JSON text. JSON columns are text in both databases: PostgreSQL's `jsonb` would refuse
/// an escaped NUL and forget the order of an app's own fields.
pub fn json<T: Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Database(format!("a value is not JSON: {error}")))
}

/// The one word that an enum without fields is on the wire.
pub fn word<T: Serialize>(value: &T) -> Result<String, StoreError> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => Ok(word),
        _ => Err(StoreError::Database("a value is not one word".to_owned())),
    }
}

/// Bytes that were stored from a text.
pub fn utf8(column: &str, bytes: Vec<u8>) -> Result<String, StoreError> {
    String::from_utf8(bytes).map_err(|error| unreadable(column, error))
}

/// A count for a column: databases know no unsigned numbers.
pub fn signed(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// A count from a column.
pub fn unsigned(count: i64) -> u64 {
    u64::try_from(count).unwrap_or(0)
}

/// A failure of the database itself.
#[expect(clippy::needless_pass_by_value, reason = "it is the last argument of `map_err`")]
pub fn failed(error: sqlx::Error) -> StoreError {
    StoreError::Database(error.to_string())
}

/// What a foreign key that leads nowhere means to the caller; other failures stay what they are.
pub fn unless_missing(what: &'static str) -> impl Fn(sqlx::Error) -> StoreError {
    move |error| match &error {
        sqlx::Error::Database(cause) if cause.is_foreign_key_violation() => StoreError::NotFound(what),
        _ => failed(error),
    }
}

/// What a person keeps in an app, or a change of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    pub records: i64,
    pub data_bytes: i64,
    pub storage_bytes: i64,
}

/// No change.
pub const NOTHING: Kept = Kept { records: 0, data_bytes: 0, storage_bytes: 0 };

/// One more record than `limit` would allow.
pub fn records_quota(limit: u64) -> StoreError {
    let message = format!("this app already keeps {limit} records, the most for one person: delete some first");
    StoreError::Quota(Limit::Records, message)
}

/// More storage than `limit` bytes.
pub fn storage_quota(limit: u64) -> StoreError {
    let kib = limit / 1024;
    let message =
        format!("this app's storage would be larger than {kib} KiB, the most for one person: remove some keys first");
    StoreError::Quota(Limit::StorageBytes, message)
}

/// More bytes of records than `limit`.
pub fn data_quota(limit: u64) -> StoreError {
    let kib = limit / 1024;
    let message =
        format!("this app's records would be larger than {kib} KiB, the most for one person: delete some first");
    StoreError::Quota(Limit::DataBytes, message)
}

/// More tokens than `limit`.
pub fn tokens_quota(limit: u64) -> StoreError {
    let message =
        format!("this app may use {limit} tokens of a model per person and day: go on tomorrow, or ask for less");
    StoreError::Quota(Limit::AiTokens, message)
}

fn time(millis: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_millisecond(millis).map_err(|error| unreadable("time", error))
}

/// A value from a column of JSON text.
pub fn from_json<T: DeserializeOwned>(column: &str, text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|error| unreadable(column, error))
}

fn from_word<T: DeserializeOwned>(column: &str, word: String) -> Result<T, StoreError> {
    serde_json::from_value(serde_json::Value::String(word)).map_err(|error| unreadable(column, error))
}

fn unreadable(column: &str, error: impl std::fmt::Display) -> StoreError {
    StoreError::Database(format!("the stored `{column}` is not readable: {error}"))
}
