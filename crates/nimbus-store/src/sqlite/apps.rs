//! Apps.
//!
//! The statements are those of `postgres/apps.rs`, except where a comment says why not.

use jiff::Timestamp;
use nimbus_core::{
    app::App,
    generation::Generation,
    ids::{AppId, UserId},
    ports::{AppPatch, StoreError},
};

use super::{SqliteStore, generations::insert_generation};
use crate::{
    id::Id,
    rows::{self, APP, AppRow, app_columns, failed, text, unless_missing, word},
};

pub async fn create_app(store: &SqliteStore, app: &App, generation: Option<&Generation>) -> Result<(), StoreError> {
    let mut transaction = store.begin().await.map_err(failed)?;
    sqlx::query(concat!("INSERT INTO apps (", app_columns!(), ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"))
        .bind(Id::from(app.id))
        .bind(Id::from(app.owner))
        .bind(text(&app.name))
        .bind(text(&app.description))
        .bind(word(&app.execution_mode)?)
        .bind(app.sample)
        .bind(app.local_only)
        .bind(app.head.map(Id::from))
        .bind(app.created_at.as_millisecond())
        .bind(app.updated_at.as_millisecond())
        .execute(&mut *transaction)
        .await
        .map_err(unless_missing("the app's version"))?;
    if let Some(generation) = generation {
        insert_generation(&mut transaction, generation).await?;
    }
    transaction.commit().await.map_err(failed)
}

pub async fn app(store: &SqliteStore, id: AppId) -> Result<App, StoreError> {
    let row: Option<AppRow> =
        sqlx::query_as(concat!("SELECT ", app_columns!(), " FROM apps WHERE id = $1 AND deleted_at IS NULL"))
            .bind(Id::from(id))
            .fetch_optional(&store.read)
            .await
            .map_err(failed)?;
    rows::app(row.ok_or(APP)?)
}

pub async fn apps(store: &SqliteStore, owner: UserId) -> Result<Vec<App>, StoreError> {
    let found: Vec<AppRow> = sqlx::query_as(concat!(
        "SELECT ",
        app_columns!(),
        " FROM apps WHERE owner = $1 AND deleted_at IS NULL ORDER BY updated_at DESC, id DESC"
    ))
    .bind(Id::from(owner))
    .fetch_all(&store.read)
    .await
    .map_err(failed)?;
    found.into_iter().map(rows::app).collect()
}

pub async fn update_app(store: &SqliteStore, id: AppId, patch: &AppPatch, now: Timestamp) -> Result<App, StoreError> {
    let row: Option<AppRow> = sqlx::query_as(concat!(
        "UPDATE apps SET name = COALESCE($2, name), local_only = COALESCE($3, local_only), updated_at = $4
         WHERE id = $1 AND deleted_at IS NULL RETURNING ",
        app_columns!()
    ))
    .bind(Id::from(id))
    .bind(patch.name.as_deref().map(text))
    .bind(patch.local_only)
    .bind(now.as_millisecond())
    .fetch_optional(&store.write)
    .await
    .map_err(failed)?;
    rows::app(row.ok_or(APP)?)
}

pub async fn delete_app(store: &SqliteStore, id: AppId, now: Timestamp) -> Result<(), StoreError> {
    let mut transaction = store.begin().await.map_err(failed)?;
    let done = sqlx::query("UPDATE apps SET deleted_at = $2 WHERE id = $1 AND deleted_at IS NULL")
        .bind(Id::from(id))
        .bind(now.as_millisecond())
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
    if done.rows_affected() == 0 {
        return Err(APP);
    }
    sqlx::query("DELETE FROM replies WHERE app_id = $1")
        .bind(Id::from(id))
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
    transaction.commit().await.map_err(failed)
}

pub async fn undelete_app(store: &SqliteStore, id: AppId) -> Result<App, StoreError> {
    let row: Option<AppRow> =
        sqlx::query_as(concat!("UPDATE apps SET deleted_at = NULL WHERE id = $1 RETURNING ", app_columns!()))
            .bind(Id::from(id))
            .fetch_optional(&store.write)
            .await
            .map_err(failed)?;
    rows::app(row.ok_or(APP)?)
}
