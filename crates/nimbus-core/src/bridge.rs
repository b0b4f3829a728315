//! What an app in its frame may ask of the server, and the one function that decides it.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::{
    data::{MAX_COLLECTION_CHARS, MAX_KEY_BYTES},
    ids::{AppId, RecordId, UserId, VersionId},
};

/// For whom and for what a frame was launched. Comes only from the sandbox token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// The app.
    pub app: AppId,
    /// The version that runs.
    pub version: VersionId,
    /// The viewer, whose data it sees.
    pub user: UserId,
}

/// One call. Anything else is "method not found" (JSON-RPC 2.0, −32601).
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(tag = "method", content = "params", deny_unknown_fields)]
pub enum BridgeCall {
    /// All records of a collection, oldest first.
    #[serde(rename = "data.list")]
    DataList {
        /// The collection.
        collection: String,
    },
    /// One record.
    #[serde(rename = "data.get")]
    DataGet {
        /// The collection.
        collection: String,
        /// The record.
        id: RecordId,
    },
    /// A new record.
    #[serde(rename = "data.create")]
    DataCreate {
        /// The collection.
        collection: String,
        /// Its fields: a JSON object.
        data: serde_json::Value,
    },
    /// Replaces a record's fields.
    #[serde(rename = "data.update")]
    DataUpdate {
        /// The collection.
        collection: String,
        /// The record.
        id: RecordId,
        /// Its new fields: a JSON object.
        data: serde_json::Value,
        /// The revision that the app saw; a later one refuses the write.
        #[serde(default)]
        revision: Option<u64>,
    },
    /// Removes a record.
    #[serde(rename = "data.delete")]
    DataDelete {
        /// The collection.
        collection: String,
        /// The record.
        id: RecordId,
    },
    /// Sets a key of `localStorage`.
    #[serde(rename = "storage.set")]
    StorageSet {
        /// The key.
        key: String,
        /// The value.
        value: String,
    },
    /// Removes a key of `localStorage`.
    #[serde(rename = "storage.remove")]
    StorageRemove {
        /// The key.
        key: String,
    },
    /// Removes keys of `localStorage` and sets others: the changes of one turn of the app's script.
    #[serde(rename = "storage.patch")]
    StoragePatch {
        /// The keys to set and their values.
        #[serde(default)]
        set: BTreeMap<String, String>,
        /// The keys to remove, before others are set.
        #[serde(default)]
        remove: Vec<String>,
    },
    /// Removes every key of `localStorage`.
    #[serde(rename = "storage.clear")]
    StorageClear {},
}

/// Why a call is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A collection's name is not allowed.
    #[error("`{0}` cannot name a collection: use 1 to {MAX_COLLECTION_CHARS} letters, digits, `_` or `-`")]
    CollectionName(String),
    /// A record is not a JSON object.
    #[error("a record must be a JSON object")]
    NotAnObject,
    /// A storage key is not allowed.
    #[error("a storage key must be at most {MAX_KEY_BYTES} bytes without NUL")]
    StorageKey,
}

/// Decides whether a call may be carried out for this grant. Pure: no clock, no store.
///
/// # Errors
/// [`Refusal`] says why not.
pub fn authorize(_grant: &Grant, call: &BridgeCall) -> Result<(), Refusal> {
    match call {
        BridgeCall::DataList { collection }
        | BridgeCall::DataGet { collection, .. }
        | BridgeCall::DataDelete { collection, .. } => check_collection(collection),
        BridgeCall::DataCreate { collection, data } | BridgeCall::DataUpdate { collection, data, .. } => {
            check_collection(collection)?;
            if data.is_object() { Ok(()) } else { Err(Refusal::NotAnObject) }
        }
        BridgeCall::StorageSet { key, .. } | BridgeCall::StorageRemove { key } => check_key(key),
        BridgeCall::StoragePatch { set, remove } => set.keys().chain(remove).try_for_each(|key| check_key(key)),
        BridgeCall::StorageClear {} => Ok(()),
    }
}

fn check_key(key: &str) -> Result<(), Refusal> {
    if key.len() > MAX_KEY_BYTES || key.contains('\0') { Err(Refusal::StorageKey) } else { Ok(()) }
}

fn check_collection(name: &str) -> Result<(), Refusal> {
    let allowed = !name.is_empty()
        && name.len() <= MAX_COLLECTION_CHARS
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    if allowed {
        Ok(())
    } else {
        Err(Refusal::CollectionName(name.chars().filter(|c| !c.is_control()).take(64).collect()))
    }
}
