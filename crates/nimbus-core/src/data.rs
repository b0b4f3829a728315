//! What an app keeps: records in collections, and small key–value storage.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::RecordId;

/// The longest collection name, in characters.
pub const MAX_COLLECTION_CHARS: usize = 64;
/// The largest record, in bytes of JSON.
pub const MAX_RECORD_BYTES: usize = 256 * 1024;
/// The most records of one app and person.
pub const MAX_RECORDS: u64 = 100_000;
/// The longest storage key, in bytes.
pub const MAX_KEY_BYTES: usize = 1024;
/// The most bytes of keys and values in one storage area, as browsers allow about 5 MB.
pub const MAX_STORAGE_BYTES: usize = 5 * 1024 * 1024;
/// The most bytes of all records of one app and person, as JSON.
pub const MAX_DATA_BYTES: u64 = 64 * 1024 * 1024;
/// The most keys of `localStorage` that one call changes.
pub const MAX_PATCH_KEYS: usize = 20_000;
/// How many data calls of one app and person are carried out per second in the long run.
pub const CALLS_PER_SECOND: u32 = 100;
/// How many may come at once.
pub const CALL_BURST: u32 = 200;

/// Whose records a collection holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// The viewer's own.
    #[default]
    Mine,
    /// Those that all users of the app see. Its limits are those of one person.
    Shared,
}

/// What happened to a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ChangeKind {
    /// It is new.
    Create,
    /// Its data was replaced.
    Update,
    /// It is gone.
    Delete,
}

/// A change of a record, as followers of its collection are told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// The collection.
    pub collection: String,
    /// Whose.
    pub scope: Scope,
    /// The record.
    pub id: RecordId,
    /// What happened.
    pub op: ChangeKind,
    /// The revision it has now; none when it is gone.
    pub revision: Option<u64>,
}

/// One record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Record {
    /// Its id.
    pub id: RecordId,
    /// The app's own fields: a JSON object.
    pub data: serde_json::Value,
    /// Counts its changes from 1; a write may name the revision that it saw.
    pub revision: u64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}
