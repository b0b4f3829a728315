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
