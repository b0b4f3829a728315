//! Generations and their journals.
//!
//! The statements are those of `sqlite/generations.rs`, except where a comment says why not.

use jiff::Timestamp;
use nimbus_core::{
    events::JournalEntry,
    generation::{Generation, GenerationState},
    ids::{AppId, GenerationId, UserId},
    ports::{Outcome, StoreError},
};
use sqlx::{Postgres, Transaction};

use super::PostgresStore;
use crate::{
    id::Id,
    rows::{
        self, APP, GENERATION, GenerationRow, JournalRow, failed, follows, generation_columns, json, signed,
        unless_missing, unsigned,
    },
};

pub async fn create_generation(store: &PostgresStore, generation: &Generation) -> Result<(), StoreError> {
    let mut transaction = store.pool.begin().await.map_err(failed)?;
    insert_generation(&mut transaction, generation).await?;
    transaction.commit().await.map_err(failed)
}

pub async fn generation(store: &PostgresStore, id: GenerationId) -> Result<Generation, StoreError> {
    let row: Option<GenerationRow> =
        sqlx::query_as(concat!("SELECT ", generation_columns!(), " FROM generations WHERE id = $1"))
            .bind(Id::from(id))
            .fetch_optional(&store.pool)
            .await
            .map_err(failed)?;
    rows::generation(row.ok_or(GENERATION)?)
}

pub async fn generations(store: &PostgresStore, app: AppId) -> Result<Vec<Generation>, StoreError> {
    let found: Vec<GenerationRow> = sqlx::query_as(concat!(
        "SELECT ",
        generation_columns!(),
        " FROM generations WHERE app_id = $1 ORDER BY started_at DESC, id DESC"
    ))
    .bind(Id::from(app))
    .fetch_all(&store.pool)
    .await
    .map_err(failed)?;
    found.into_iter().map(rows::generation).collect()
}

pub async fn running_generations(store: &PostgresStore, owner: UserId) -> Result<Vec<Generation>, StoreError> {
    let found: Vec<GenerationRow> = sqlx::query_as(concat!(
        "SELECT ",
        generation_columns!(),
        " FROM generations WHERE owner = $1 AND state = 'running' ORDER BY started_at DESC, id DESC"
    ))
    .bind(Id::from(owner))
    .fetch_all(&store.pool)
    .await
    .map_err(failed)?;
    found.into_iter().map(rows::generation).collect()
}

pub async fn append_journal(
    store: &PostgresStore,
    id: GenerationId,
    entries: &[JournalEntry],
    outcome: Option<&Outcome>,
) -> Result<(), StoreError> {
    let mut transaction = store.pool.begin().await.map_err(failed)?;
    let row: Option<(i64, String)> = sqlx::query_as("SELECT last_seq, state FROM generations WHERE id = $1 FOR UPDATE")
        .bind(Id::from(id))
        .fetch_optional(&mut *transaction)
        .await
        .map_err(failed)?;
    let (last_seq, state) = row.ok_or(GENERATION)?;
    let last_seq = unsigned(last_seq);
    if state != GenerationState::Running.as_str() || !follows(last_seq, entries) {
        return Err(StoreError::Conflict { current: last_seq });
    }
    sqlx::query(
        "INSERT INTO journal (generation_id, seq, json, last)
         SELECT $1, seq, json, last FROM UNNEST($2::bigint[], $3::text[], $4::boolean[]) AS entry (seq, json, last)",
    )
    .bind(Id::from(id))
    .bind(entries.iter().map(|entry| signed(entry.seq)).collect::<Vec<_>>())
    .bind(entries.iter().map(|entry| entry.json.as_str()).collect::<Vec<_>>())
    .bind(entries.iter().map(|entry| entry.last).collect::<Vec<_>>())
    .execute(&mut *transaction)
    .await
    .map_err(failed)?;
    sqlx::query(
        "UPDATE generations SET last_seq = $2, state = COALESCE($3, state),
         version_id = COALESCE($4, version_id), finished_at = COALESCE($5, finished_at) WHERE id = $1",
    )
    .bind(Id::from(id))
    .bind(signed(entries.last().map_or(last_seq, |entry| entry.seq)))
    .bind(outcome.map(|outcome| outcome.state.as_str()))
    .bind(outcome.and_then(|outcome| outcome.version_id).map(Id::from))
    .bind(outcome.map(|outcome| outcome.finished_at.as_millisecond()))
    .execute(&mut *transaction)
    .await
    .map_err(unless_missing("the version"))?;
    transaction.commit().await.map_err(failed)
}

pub async fn journal(
    store: &PostgresStore,
    id: GenerationId,
    after: u64,
    limit: u32,
) -> Result<Vec<JournalEntry>, StoreError> {
    let found: Vec<JournalRow> = sqlx::query_as(
        "SELECT seq, json, last FROM journal WHERE generation_id = $1 AND seq > $2 ORDER BY seq LIMIT $3",
    )
    .bind(Id::from(id))
    .bind(signed(after))
    .bind(i64::from(limit))
    .fetch_all(&store.pool)
    .await
    .map_err(failed)?;
    Ok(found.into_iter().map(rows::journal_entry).collect())
}

pub async fn unfinished_generations(store: &PostgresStore) -> Result<Vec<Generation>, StoreError> {
    let found: Vec<GenerationRow> = sqlx::query_as(concat!(
        "SELECT ",
        generation_columns!(),
        " FROM generations WHERE state = 'running' ORDER BY started_at, id"
    ))
    .fetch_all(&store.pool)
    .await
    .map_err(failed)?;
    found.into_iter().map(rows::generation).collect()
}

/// Stores a generation, within the transaction that may also store its app.
pub async fn insert_generation(
    transaction: &mut Transaction<'_, Postgres>,
    generation: &Generation,
) -> Result<(), StoreError> {
    let done = sqlx::query(concat!(
        "INSERT INTO generations (",
        generation_columns!(),
        ") SELECT $1, id, $3, $4, $5, $6, $7, $8, $9 FROM apps WHERE id = $2 AND deleted_at IS NULL"
    ))
    .bind(Id::from(generation.id))
    .bind(Id::from(generation.app_id))
    .bind(Id::from(generation.owner))
    .bind(json(&generation.request)?)
    .bind(generation.state.as_str())
    .bind(generation.version_id.map(Id::from))
    .bind(signed(generation.last_seq))
    .bind(generation.started_at.as_millisecond())
    .bind(generation.finished_at.map(Timestamp::as_millisecond))
    .execute(&mut **transaction)
    .await
    .map_err(unless_missing("the version"))?;
    if done.rows_affected() == 0 { Err(APP) } else { Ok(()) }
}
