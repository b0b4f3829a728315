//! What Cumulonimbus keeps: the [`Store`](nimbus_core::ports::Store) port of the core on SQLite and on PostgreSQL.
//!
//! [`open_sqlite`] and [`open_postgres`] bring the database up to date and give a store. The two
//! backends are written out by hand in `sqlite/` and `postgres/`; one set of stories in `tests/`
//! runs against both, so a difference between them is a failing test.
//!
//! Invariants: every method is one transaction; nothing changes a stored version, its files or its
//! bundle; a journal has no gaps and nothing follows its generation's outcome; a limit of `data`
//! holds however many write at once; the text of a database error is for logs, never for a person.

mod blobs;
mod id;
mod open;
mod postgres;
mod rows;
mod sqlite;

use nimbus_core::{
    completion::TOKENS_PER_DAY,
    data::{MAX_DATA_BYTES, MAX_RECORDS, MAX_STORAGE_BYTES},
    replies::{MAX_BYTES, MAX_REPLIES},
};

pub use crate::{
    open::OpenError,
    postgres::{PostgresStore, open_postgres},
    sqlite::{SqliteStore, open_sqlite},
};

/// How much one person may keep in one app, where nothing else is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The most records, over all collections.
    pub records: u64,
    /// The most bytes of all records, as JSON.
    pub data_bytes: u64,
    /// The most bytes of keys and values in `localStorage`, in UTF-8.
    pub storage_bytes: u64,
    /// The most tokens of models per day.
    pub tokens_per_day: u64,
    /// The most replies that are kept for one person, over all apps.
    pub replies: u64,
    /// The most bytes of those together.
    pub reply_bytes: u64,
}

impl Default for Limits {
    /// [`MAX_RECORDS`], [`MAX_DATA_BYTES`], [`MAX_STORAGE_BYTES`], [`TOKENS_PER_DAY`], [`MAX_REPLIES`] and
    /// [`MAX_BYTES`].
    fn default() -> Self {
        Self {
            records: MAX_RECORDS,
            data_bytes: MAX_DATA_BYTES,
            storage_bytes: MAX_STORAGE_BYTES as u64,
            tokens_per_day: TOKENS_PER_DAY,
            replies: u64::from(MAX_REPLIES),
            reply_bytes: MAX_BYTES,
        }
    }
}
