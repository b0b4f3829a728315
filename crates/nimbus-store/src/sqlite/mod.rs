//! SQLite: one file, one writer at a time, readers beside it.

mod apps;
mod generations;
mod launches;
mod permissions;
mod records;
mod replies;
mod settings;
mod storage;
mod store;
mod versions;

use std::{fs, io, path::Path, time::Duration};

use sqlx::{
    Connection, Pool, Sqlite, SqliteConnection, Transaction,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use crate::{
    Limits, OpenError,
    open::{Migration, failed_at, remaining},
};

pub(crate) const MIGRATIONS: &[Migration] = &[
    Migration { step: 1, name: "first", sql: include_str!("../../migrations/sqlite/0001_first.sql") },
    Migration { step: 2, name: "permissions", sql: include_str!("../../migrations/sqlite/0002_permissions.sql") },
    Migration { step: 3, name: "settings", sql: include_str!("../../migrations/sqlite/0003_settings.sql") },
    Migration { step: 4, name: "launches", sql: include_str!("../../migrations/sqlite/0004_launches.sql") },
];

/// How long a statement waits for another process that writes, such as a command beside the server.
const BUSY: Duration = Duration::from_secs(10);
/// Readers that may work beside the writer.
const READERS: u32 = 4;

/// A store in one SQLite file.
#[derive(Debug, Clone)]
pub struct SqliteStore {
    /// One connection: SQLite has one writer, and waiting in our queue is fair where its lock is not.
    write: Pool<Sqlite>,
    read: Pool<Sqlite>,
    limits: Limits,
}

/// Opens the database in `path`, makes it when there is none, and brings its tables up to date.
/// The folder must exist. A new file is readable by its owner only.
///
/// # Errors
/// [`OpenError::File`], [`OpenError::Damaged`], [`OpenError::Newer`] or [`OpenError::Migration`].
pub async fn open_sqlite(path: &Path) -> Result<SqliteStore, OpenError> {
    create_private(path).map_err(|error| OpenError::File { path: path.to_owned(), reason: error.to_string() })?;
    // WAL: readers see the last commit while somebody writes. NORMAL: a commit survives the end of
    // this process at any moment; a power cut may cost the last moments, never the file.
    let options = SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Normal)
        .foreign_keys(true)
        .busy_timeout(BUSY);

    let mut connection = SqliteConnection::connect_with(&options).await.map_err(|error| unopened(path, &error))?;
    migrate(&mut connection, path).await?;
    connection.close().await.map_err(failed_at(0))?;

    let writers = SqlitePoolOptions::new().max_connections(1).idle_timeout(None).max_lifetime(None);
    let readers = SqlitePoolOptions::new().max_connections(READERS);
    Ok(SqliteStore {
        write: writers.connect_lazy_with(options.clone()),
        read: readers.connect_lazy_with(options.pragma("query_only", "1")),
        limits: Limits::default(),
    })
}

impl SqliteStore {
    /// The same store with other limits.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Ends all connections, after what is under way.
    pub async fn close(&self) {
        self.read.close().await;
        self.write.close().await;
    }

    /// A transaction that holds the write lock from its start, so that it never fails half-way
    /// because another process wrote since it first read.
    async fn begin(&self) -> sqlx::Result<Transaction<'_, Sqlite>> {
        self.write.begin_with("BEGIN IMMEDIATE").await
    }
}

async fn migrate(connection: &mut SqliteConnection, path: &Path) -> Result<(), OpenError> {
    let damaged = |error: sqlx::Error| unopened(path, &error);
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await.map_err(damaged)?;
    sqlx::raw_sql(
        "CREATE TABLE IF NOT EXISTS migrations (step INTEGER PRIMARY KEY, name TEXT NOT NULL, at INTEGER NOT NULL) STRICT",
    )
    .execute(&mut *transaction)
    .await
    .map_err(damaged)?;
    let found: i64 = sqlx::query_scalar("SELECT COALESCE(MAX(step), 0) FROM migrations")
        .fetch_one(&mut *transaction)
        .await
        .map_err(damaged)?;
    for migration in remaining(MIGRATIONS, found)? {
        let failed = failed_at(migration.step);
        sqlx::raw_sql(migration.sql).execute(&mut *transaction).await.map_err(&failed)?;
        sqlx::query(
            "INSERT INTO migrations (step, name, at) VALUES ($1, $2, CAST(unixepoch('subsec') * 1000 AS INTEGER))",
        )
        .bind(migration.step)
        .bind(migration.name)
        .execute(&mut *transaction)
        .await
        .map_err(&failed)?;
        tracing::info!(step = migration.step, name = migration.name, "brought the database up to date");
    }
    transaction.commit().await.map_err(failed_at(found))
}

/// Makes the file when there is none, and tells whether it can be written.
fn create_private(path: &Path) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

fn unopened(path: &Path, error: &sqlx::Error) -> OpenError {
    const CORRUPT: i32 = 11;
    const NOT_A_DATABASE: i32 = 26;
    let path = path.to_owned();
    let reason = error.to_string();
    // The low byte is the primary code: https://www.sqlite.org/rescode.html
    let code = error.as_database_error().and_then(|e| e.code()).and_then(|code| code.parse::<i32>().ok());
    match code.map(|code| code & 0xff) {
        Some(CORRUPT | NOT_A_DATABASE) => OpenError::Damaged { path, reason },
        _ => OpenError::File { path, reason },
    }
}
