//! PostgreSQL: one database, many servers.

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

use std::time::Duration;

use sqlx::{
    Connection, PgConnection, Pool, Postgres,
    postgres::{PgConnectOptions, PgPoolOptions},
};

use crate::{
    Limits, OpenError,
    open::{Migration, failed_at, remaining},
};

pub(crate) const MIGRATIONS: &[Migration] = &[
    Migration { step: 1, name: "first", sql: include_str!("../../migrations/postgres/0001_first.sql") },
    Migration { step: 2, name: "permissions", sql: include_str!("../../migrations/postgres/0002_permissions.sql") },
    Migration { step: 3, name: "settings", sql: include_str!("../../migrations/postgres/0003_settings.sql") },
    Migration { step: 4, name: "launches", sql: include_str!("../../migrations/postgres/0004_launches.sql") },
];

/// Only one server brings the tables up to date; others that start meanwhile wait.
const MIGRATION_LOCK: i64 = 0x6e69_6d62_7573;
/// Connections per server. PostgreSQL allows 100 in all unless told otherwise.
const CONNECTIONS: u32 = 10;
/// How long a call waits for a connection.
const PATIENCE: Duration = Duration::from_secs(10);

/// A store in a PostgreSQL database.
#[derive(Debug, Clone)]
pub struct PostgresStore {
    pool: Pool<Postgres>,
    limits: Limits,
}

/// Opens the database at `url`, such as `postgres://user:password@host:5432/database`, and brings
/// its tables up to date. The tables are made in the first schema of the connection's `search_path`.
///
/// # Errors
/// [`OpenError::Url`], [`OpenError::Unreachable`], [`OpenError::Refused`], [`OpenError::Newer`] or
/// [`OpenError::Migration`]. No message repeats the URL, which may hold a password.
pub async fn open_postgres(url: &str) -> Result<PostgresStore, OpenError> {
    let options: PgConnectOptions =
        url.parse().map_err(|error: sqlx::Error| OpenError::Url { reason: error.to_string() })?;
    // One connection first: a pool would try again and again until its patience ends, and then say
    // only that it timed out.
    let mut connection = PgConnection::connect_with(&options).await.map_err(|error| unreached(&options, &error))?;
    migrate(&mut connection).await?;
    connection.close().await.map_err(failed_at(0))?;
    let pool = PgPoolOptions::new().max_connections(CONNECTIONS).acquire_timeout(PATIENCE).connect_lazy_with(options);
    Ok(PostgresStore { pool, limits: Limits::default() })
}

impl PostgresStore {
    /// The same store with other limits.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Ends all connections, after what is under way.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

async fn migrate(connection: &mut PgConnection) -> Result<(), OpenError> {
    let mut transaction = connection.begin().await.map_err(failed_at(0))?;
    // The lock ends with the transaction, also when this process dies.
    sqlx::query("SELECT pg_advisory_xact_lock($1)")
        .bind(MIGRATION_LOCK)
        .execute(&mut *transaction)
        .await
        .map_err(failed_at(0))?;
    let exists: Option<String> = sqlx::query_scalar("SELECT to_regclass('migrations')::text")
        .fetch_one(&mut *transaction)
        .await
        .map_err(failed_at(0))?;
    if exists.is_none() {
        sqlx::raw_sql("CREATE TABLE migrations (step BIGINT PRIMARY KEY, name TEXT NOT NULL, at BIGINT NOT NULL)")
            .execute(&mut *transaction)
            .await
            .map_err(failed_at(0))?;
    }
    let found: i64 = sqlx::query_scalar("SELECT COALESCE(MAX(step), 0) FROM migrations")
        .fetch_one(&mut *transaction)
        .await
        .map_err(failed_at(0))?;
    for migration in remaining(MIGRATIONS, found)? {
        let failed = failed_at(migration.step);
        sqlx::raw_sql(migration.sql).execute(&mut *transaction).await.map_err(&failed)?;
        sqlx::query(
            "INSERT INTO migrations (step, name, at) VALUES ($1, $2, (EXTRACT(EPOCH FROM now()) * 1000)::bigint)",
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

fn unreached(options: &PgConnectOptions, error: &sqlx::Error) -> OpenError {
    let address = match options.get_socket() {
        Some(folder) => folder.display().to_string(),
        None => format!("{}:{}", options.get_host(), options.get_port()),
    };
    match error {
        sqlx::Error::Database(cause) => OpenError::Refused { address, reason: cause.message().to_owned() },
        sqlx::Error::Io(cause) => OpenError::Unreachable { address, reason: cause.to_string() },
        _ => OpenError::Unreachable { address, reason: error.to_string() },
    }
}
