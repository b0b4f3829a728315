//! What people chose about models, their sealed secrets, and what replies cost.
//!
//! The statements are those of `sqlite/settings.rs`, except where a comment says why not.

use nimbus_core::{
    ids::UserId,
    ports::{StoreError, StoredProfile},
    settings::{LlmSettings, Month, Spending},
};

use super::PostgresStore;
use crate::{
    id::Id,
    rows::{self, ProfileRow, failed, json, signed, text, word},
};

pub async fn llm_settings(store: &PostgresStore, user: UserId) -> Result<LlmSettings, StoreError> {
    let row: Option<String> = sqlx::query_scalar("SELECT settings FROM llm_settings WHERE user_id = $1")
        .bind(Id::from(user))
        .fetch_optional(&store.pool)
        .await
        .map_err(failed)?;
    row.map_or_else(|| Ok(LlmSettings::default()), |settings| rows::from_json("settings", &settings))
}

pub async fn put_llm_settings(store: &PostgresStore, user: UserId, settings: &LlmSettings) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO llm_settings (user_id, settings) VALUES ($1, $2)
         ON CONFLICT (user_id) DO UPDATE SET settings = excluded.settings",
    )
    .bind(Id::from(user))
    .bind(json(settings)?)
    .execute(&store.pool)
    .await
    .map(drop)
    .map_err(failed)
}

pub async fn secret(store: &PostgresStore, user: UserId, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
    sqlx::query_scalar("SELECT sealed FROM secrets WHERE user_id = $1 AND name = $2")
        .bind(Id::from(user))
        .bind(name)
        .fetch_optional(&store.pool)
        .await
        .map_err(failed)
}

pub async fn put_secret(store: &PostgresStore, user: UserId, name: &str, sealed: &[u8]) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO secrets (user_id, name, sealed) VALUES ($1, $2, $3)
         ON CONFLICT (user_id, name) DO UPDATE SET sealed = excluded.sealed",
    )
    .bind(Id::from(user))
    .bind(name)
    .bind(sealed)
    .execute(&store.pool)
    .await
    .map(drop)
    .map_err(failed)
}

pub async fn delete_secret(store: &PostgresStore, user: UserId, name: &str) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM secrets WHERE user_id = $1 AND name = $2")
        .bind(Id::from(user))
        .bind(name)
        .execute(&store.pool)
        .await
        .map(drop)
        .map_err(failed)
}

pub async fn spending(store: &PostgresStore, user: UserId, month: Month) -> Result<Spending, StoreError> {
    let row: Option<(i64, i64)> =
        sqlx::query_as("SELECT micros, unpriced FROM spending WHERE user_id = $1 AND month = $2")
            .bind(Id::from(user))
            .bind(month.as_number())
            .fetch_optional(&store.pool)
            .await
            .map_err(failed)?;
    Ok(row.map(rows::spending).unwrap_or_default())
}

pub async fn add_spending(
    store: &PostgresStore,
    user: UserId,
    month: Month,
    added: Spending,
) -> Result<Spending, StoreError> {
    let row: (i64, i64) = sqlx::query_as(
        "INSERT INTO spending (user_id, month, micros, unpriced) VALUES ($1, $2, $3, $4)
         ON CONFLICT (user_id, month) DO UPDATE SET micros = spending.micros + excluded.micros,
         unpriced = spending.unpriced + excluded.unpriced
         RETURNING micros, unpriced",
    )
    .bind(Id::from(user))
    .bind(month.as_number())
    .bind(signed(added.cost.micros()))
    .bind(signed(added.unpriced))
    .fetch_one(&store.pool)
    .await
    .map_err(failed)?;
    Ok(rows::spending(row))
}

pub async fn put_model_profile(store: &PostgresStore, stored: &StoredProfile) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO model_profiles (provider, model, digest, profile) VALUES ($1, $2, $3, $4)
         ON CONFLICT (provider, model) DO UPDATE SET digest = excluded.digest, profile = excluded.profile",
    )
    .bind(word(&stored.profile.model.provider)?)
    .bind(text(&stored.profile.model.model))
    .bind(text(&stored.digest))
    .bind(json(&stored.profile)?)
    .execute(&store.pool)
    .await
    .map(drop)
    .map_err(failed)
}

pub async fn model_profiles(store: &PostgresStore) -> Result<Vec<StoredProfile>, StoreError> {
    let found: Vec<ProfileRow> = sqlx::query_as("SELECT digest, profile FROM model_profiles ORDER BY provider, model")
        .fetch_all(&store.pool)
        .await
        .map_err(failed)?;
    found.into_iter().map(rows::profile).collect()
}
