//! What apps put in `localStorage`.
//!
//! The statements are those of `postgres/storage.rs`, except where a comment says why not.

use std::collections::BTreeMap;

use nimbus_core::{
    ids::{AppId, UserId},
    ports::StoreError,
};
use sqlx::{Sqlite, Transaction};

use super::{SqliteStore, records::keep};
use crate::{
    id::Id,
    rows::{self, Kept, NOTHING, failed, signed, storage_quota, unsigned},
};

pub async fn storage(store: &SqliteStore, app: AppId, user: UserId) -> Result<BTreeMap<String, String>, StoreError> {
    let found: Vec<(Vec<u8>, Vec<u8>)> =
        sqlx::query_as("SELECT key, value FROM storage WHERE app_id = $1 AND user_id = $2")
            .bind(Id::from(app))
            .bind(Id::from(user))
            .fetch_all(&store.read)
            .await
            .map_err(failed)?;
    found.into_iter().map(|(key, value)| Ok((rows::utf8("key", key)?, rows::utf8("value", value)?))).collect()
}

pub async fn patch_storage(
    store: &SqliteStore,
    app: AppId,
    user: UserId,
    set: &BTreeMap<String, String>,
    remove: &[String],
) -> Result<(), StoreError> {
    let mut transaction = store.begin().await.map_err(failed)?;
    // First what is freed, then what is added: the row in `kept` is locked from here on, so
    // that nobody changes a key in between.
    keep(&mut transaction, app, user, NOTHING).await?;
    let mut grown = 0;
    for key in remove.iter().chain(set.keys()) {
        grown -= remove_key(&mut transaction, app, user, key).await?;
    }
    for (key, value) in set {
        grown += signed((key.len() + value.len()) as u64);
        sqlx::query("INSERT INTO storage (app_id, user_id, key, value) VALUES ($1, $2, $3, $4)")
            .bind(Id::from(app))
            .bind(Id::from(user))
            .bind(key.as_bytes())
            .bind(value.as_bytes())
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
    }
    let kept = keep(&mut transaction, app, user, Kept { storage_bytes: grown, ..NOTHING }).await?;
    // What only frees is always allowed.
    if grown > 0 && unsigned(kept.storage_bytes) > store.limits.storage_bytes {
        return Err(storage_quota(store.limits.storage_bytes));
    }
    transaction.commit().await.map_err(failed)
}

pub async fn clear_storage(store: &SqliteStore, app: AppId, user: UserId) -> Result<(), StoreError> {
    let mut transaction = store.begin().await.map_err(failed)?;
    let kept = keep(&mut transaction, app, user, NOTHING).await?;
    sqlx::query("DELETE FROM storage WHERE app_id = $1 AND user_id = $2")
        .bind(Id::from(app))
        .bind(Id::from(user))
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
    keep(&mut transaction, app, user, Kept { storage_bytes: -kept.storage_bytes, ..NOTHING }).await?;
    transaction.commit().await.map_err(failed)
}

/// Removes a key of the storage, and gives the bytes that this frees.
async fn remove_key(
    transaction: &mut Transaction<'_, Sqlite>,
    app: AppId,
    user: UserId,
    key: &str,
) -> Result<i64, StoreError> {
    let freed: Option<i64> = sqlx::query_scalar(
        "DELETE FROM storage WHERE app_id = $1 AND user_id = $2 AND key = $3
         RETURNING CAST(LENGTH(key) + LENGTH(value) AS BIGINT)",
    )
    .bind(Id::from(app))
    .bind(Id::from(user))
    .bind(key.as_bytes())
    .fetch_optional(&mut **transaction)
    .await
    .map_err(failed)?;
    Ok(freed.unwrap_or(0))
}
