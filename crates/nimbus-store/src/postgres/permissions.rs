//! What people agreed to, and the tokens that it cost.
//!
//! The statements are those of `sqlite/permissions.rs`, except where a comment says why not.

use nimbus_core::{
    ids::{AppId, UserId},
    permission::Consent,
    ports::StoreError,
};

use super::PostgresStore;
use crate::{
    id::Id,
    rows::{self, ConsentRow, consent_columns, failed, json, tokens_quota, unless_missing, unsigned},
};

pub async fn put_consent(store: &PostgresStore, consent: &Consent) -> Result<(), StoreError> {
    sqlx::query(concat!(
        "INSERT INTO consents (",
        consent_columns!(),
        ") VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (app_id, user_id) DO UPDATE SET version_hash = excluded.version_hash,
         permissions = excluded.permissions, granted_at = excluded.granted_at"
    ))
    .bind(Id::from(consent.app))
    .bind(Id::from(consent.user))
    .bind(&consent.version_hash)
    .bind(json(&consent.permissions)?)
    .bind(consent.granted_at.as_millisecond())
    .execute(&store.pool)
    .await
    .map(drop)
    .map_err(unless_missing("the app"))
}

pub async fn consent(store: &PostgresStore, app: AppId, user: UserId) -> Result<Option<Consent>, StoreError> {
    let row: Option<ConsentRow> =
        sqlx::query_as(concat!("SELECT ", consent_columns!(), " FROM consents WHERE app_id = $1 AND user_id = $2"))
            .bind(Id::from(app))
            .bind(Id::from(user))
            .fetch_optional(&store.pool)
            .await
            .map_err(failed)?;
    row.map(rows::consent).transpose()
}

pub async fn consents(store: &PostgresStore, user: UserId) -> Result<Vec<Consent>, StoreError> {
    let found: Vec<ConsentRow> = sqlx::query_as(concat!(
        "SELECT ",
        consent_columns!(),
        " FROM consents WHERE user_id = $1
         AND app_id IN (SELECT id FROM apps WHERE deleted_at IS NULL) ORDER BY granted_at DESC, app_id"
    ))
    .bind(Id::from(user))
    .fetch_all(&store.pool)
    .await
    .map_err(failed)?;
    found.into_iter().map(rows::consent).collect()
}

pub async fn delete_consent(store: &PostgresStore, app: AppId, user: UserId) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM consents WHERE app_id = $1 AND user_id = $2")
        .bind(Id::from(app))
        .bind(Id::from(user))
        .execute(&store.pool)
        .await
        .map(drop)
        .map_err(failed)
}

pub async fn spend_tokens(
    store: &PostgresStore,
    app: AppId,
    user: UserId,
    day: i64,
    tokens: i64,
) -> Result<u64, StoreError> {
    let mut transaction = store.pool.begin().await.map_err(failed)?;
    let sum: i64 = sqlx::query_scalar(
        "INSERT INTO spent (app_id, user_id, day, tokens) VALUES ($1, $2, $3, $4)
         ON CONFLICT (app_id, user_id, day) DO UPDATE SET tokens = spent.tokens + excluded.tokens
         RETURNING tokens",
    )
    .bind(Id::from(app))
    .bind(Id::from(user))
    .bind(day)
    .bind(tokens)
    .fetch_one(&mut *transaction)
    .await
    .map_err(unless_missing("the app"))?;
    if tokens > 0 && unsigned(sum) > store.limits.tokens_per_day {
        return Err(tokens_quota(store.limits.tokens_per_day));
    }
    transaction.commit().await.map_err(failed)?;
    Ok(unsigned(sum))
}
