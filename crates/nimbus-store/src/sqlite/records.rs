//! Records, and the count of what a person keeps.
//!
//! The statements are those of `postgres/records.rs`, except where a comment says why not.

use jiff::Timestamp;
use nimbus_core::{
    data::Record,
    ids::{AppId, RecordId, UserId},
    ports::StoreError,
};
use sqlx::{Sqlite, Transaction};

use super::SqliteStore;
use crate::{
    id::Id,
    rows::{
        self, APP, Kept, NOTHING, RECORD, RecordRow, data_quota, failed, json, record_columns, records_quota, signed,
        text, unsigned,
    },
};

pub async fn records(
    store: &SqliteStore,
    app: AppId,
    user: UserId,
    collection: &str,
) -> Result<Vec<Record>, StoreError> {
    let found: Vec<RecordRow> = sqlx::query_as(concat!(
        "SELECT ",
        record_columns!(),
        " FROM records WHERE app_id = $1 AND user_id = $2 AND collection = $3 ORDER BY created_at, id"
    ))
    .bind(Id::from(app))
    .bind(Id::from(user))
    .bind(text(collection))
    .fetch_all(&store.read)
    .await
    .map_err(failed)?;
    found.into_iter().map(rows::record).collect()
}

pub async fn record(
    store: &SqliteStore,
    app: AppId,
    user: UserId,
    collection: &str,
    id: RecordId,
) -> Result<Record, StoreError> {
    let row: Option<RecordRow> = sqlx::query_as(concat!(
        "SELECT ",
        record_columns!(),
        " FROM records WHERE app_id = $1 AND user_id = $2 AND collection = $3 AND id = $4"
    ))
    .bind(Id::from(app))
    .bind(Id::from(user))
    .bind(text(collection))
    .bind(Id::from(id))
    .fetch_optional(&store.read)
    .await
    .map_err(failed)?;
    rows::record(row.ok_or(RECORD)?)
}

pub async fn create_record(
    store: &SqliteStore,
    app: AppId,
    user: UserId,
    collection: &str,
    record: &Record,
) -> Result<(), StoreError> {
    let mut transaction = store.begin().await.map_err(failed)?;
    let data = json(&record.data)?;
    let added = Kept { records: 1, data_bytes: signed(data.len() as u64), ..NOTHING };
    let kept = keep(&mut transaction, app, user, added).await?;
    if unsigned(kept.records) > store.limits.records {
        return Err(records_quota(store.limits.records));
    }
    if unsigned(kept.data_bytes) > store.limits.data_bytes {
        return Err(data_quota(store.limits.data_bytes));
    }
    sqlx::query(
        "INSERT INTO records (app_id, user_id, collection, id, data, revision, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(Id::from(app))
    .bind(Id::from(user))
    .bind(text(collection))
    .bind(Id::from(record.id))
    .bind(data)
    .bind(signed(record.revision))
    .bind(record.created_at.as_millisecond())
    .bind(record.updated_at.as_millisecond())
    .execute(&mut *transaction)
    .await
    .map_err(failed)?;
    transaction.commit().await.map_err(failed)
}

#[expect(clippy::too_many_arguments, reason = "a record's address is three ids")]
pub async fn update_record(
    store: &SqliteStore,
    app: AppId,
    user: UserId,
    collection: &str,
    id: RecordId,
    data: &serde_json::Value,
    expected: Option<u64>,
    now: Timestamp,
) -> Result<Record, StoreError> {
    let mut transaction = store.begin().await.map_err(failed)?;
    // The row in `kept` first: every writer locks it before any record.
    keep(&mut transaction, app, user, NOTHING).await?;
    let current: Option<(i64, i64)> = sqlx::query_as(
        "SELECT revision, LENGTH(CAST(data AS BLOB)) FROM records
         WHERE app_id = $1 AND user_id = $2 AND collection = $3 AND id = $4",
    )
    .bind(Id::from(app))
    .bind(Id::from(user))
    .bind(text(collection))
    .bind(Id::from(id))
    .fetch_optional(&mut *transaction)
    .await
    .map_err(failed)?;
    let (current, bytes) = current.ok_or(RECORD)?;
    let current = unsigned(current);
    if expected.is_some_and(|expected| expected != current) {
        return Err(StoreError::Conflict { current });
    }
    let data = json(data)?;
    let grown = signed(data.len() as u64) - bytes;
    let kept = keep(&mut transaction, app, user, Kept { data_bytes: grown, ..NOTHING }).await?;
    if grown > 0 && unsigned(kept.data_bytes) > store.limits.data_bytes {
        return Err(data_quota(store.limits.data_bytes));
    }
    let row: RecordRow = sqlx::query_as(concat!(
        "UPDATE records SET data = $5, revision = revision + 1, updated_at = $6
         WHERE app_id = $1 AND user_id = $2 AND collection = $3 AND id = $4 RETURNING ",
        record_columns!()
    ))
    .bind(Id::from(app))
    .bind(Id::from(user))
    .bind(text(collection))
    .bind(Id::from(id))
    .bind(data)
    .bind(now.as_millisecond())
    .fetch_one(&mut *transaction)
    .await
    .map_err(failed)?;
    transaction.commit().await.map_err(failed)?;
    rows::record(row)
}

pub async fn delete_record(
    store: &SqliteStore,
    app: AppId,
    user: UserId,
    collection: &str,
    id: RecordId,
) -> Result<(), StoreError> {
    let mut transaction = store.begin().await.map_err(failed)?;
    keep(&mut transaction, app, user, NOTHING).await?;
    let freed: Option<i64> = sqlx::query_scalar(
        "DELETE FROM records WHERE app_id = $1 AND user_id = $2 AND collection = $3 AND id = $4
         RETURNING LENGTH(CAST(data AS BLOB))",
    )
    .bind(Id::from(app))
    .bind(Id::from(user))
    .bind(text(collection))
    .bind(Id::from(id))
    .fetch_optional(&mut *transaction)
    .await
    .map_err(failed)?;
    let freed = freed.ok_or(RECORD)?;
    keep(&mut transaction, app, user, Kept { records: -1, data_bytes: -freed, ..NOTHING }).await?;
    transaction.commit().await.map_err(failed)
}

/// Adds to what a person keeps in an app, and gives the new sums.
pub async fn keep(
    transaction: &mut Transaction<'_, Sqlite>,
    app: AppId,
    user: UserId,
    added: Kept,
) -> Result<Kept, StoreError> {
    let row: Option<(i64, i64, i64)> = sqlx::query_as(
        "INSERT INTO kept (app_id, user_id, records, data_bytes, storage_bytes)
         SELECT id, $2, $3, $4, $5 FROM apps WHERE id = $1 AND deleted_at IS NULL
         ON CONFLICT (app_id, user_id) DO UPDATE SET records = kept.records + excluded.records,
         data_bytes = kept.data_bytes + excluded.data_bytes,
         storage_bytes = kept.storage_bytes + excluded.storage_bytes
         RETURNING records, data_bytes, storage_bytes",
    )
    .bind(Id::from(app))
    .bind(Id::from(user))
    .bind(added.records)
    .bind(added.data_bytes)
    .bind(added.storage_bytes)
    .fetch_optional(&mut **transaction)
    .await
    .map_err(failed)?;
    let (records, data_bytes, storage_bytes) = row.ok_or(APP)?;
    Ok(Kept { records, data_bytes, storage_bytes })
}
