//! Versions, their files and their bundles.
//!
//! The statements are those of `sqlite/versions.rs`, except where a comment says why not.

use nimbus_core::{
    ids::{AppId, VersionId},
    ports::StoreError,
    source::SourceTree,
    version::{Bundle, Version, VersionStatus},
};

use super::PostgresStore;
use crate::{
    blobs::contents,
    id::Id,
    rows::{
        self, APP, BundleRow, FileRow, VERSION, VersionRow, failed, json, text, unless_missing, version_columns, word,
    },
};

pub async fn put_version(
    store: &PostgresStore,
    version: &Version,
    files: &SourceTree,
    bundle: Option<&Bundle>,
) -> Result<u32, StoreError> {
    let contents = contents(files, bundle)?;
    let mut transaction = store.pool.begin().await.map_err(failed)?;
    // A deleted app still gets the version of a generation that ends now: the deletion may be
    // taken back.
    // Two statements, not one: the second must see what the transaction that held the lock stored.
    let app: Option<Id> = sqlx::query_scalar("SELECT id FROM apps WHERE id = $1 FOR UPDATE")
        .bind(Id::from(version.app_id))
        .fetch_optional(&mut *transaction)
        .await
        .map_err(failed)?;
    let app = app.ok_or(APP)?;
    let number: i64 = sqlx::query_scalar("SELECT COALESCE(MAX(number), 0) + 1 FROM versions WHERE app_id = $1")
        .bind(app)
        .fetch_one(&mut *transaction)
        .await
        .map_err(failed)?;
    sqlx::query(concat!(
        "INSERT INTO versions (",
        version_columns!(),
        ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"
    ))
    .bind(Id::from(version.id))
    .bind(Id::from(version.app_id))
    .bind(version.parent.map(Id::from))
    .bind(number)
    .bind(word(&version.status)?)
    .bind(word(&version.origin)?)
    .bind(text(&version.prompt))
    .bind(version.model.as_ref().map(json).transpose()?)
    .bind(json(&version.usage)?)
    .bind(json(&version.sandbox_permissions)?)
    .bind(&version.hash)
    .bind(json(&version.diagnostics)?)
    .bind(version.created_at.as_millisecond())
    .execute(&mut *transaction)
    .await
    .map_err(unless_missing("the parent version"))?;
    // Arrays: one journey to the server instead of one per file.
    let (hashes, bytes): (Vec<&[u8]>, Vec<&[u8]>) =
        contents.blobs.iter().map(|(hash, bytes)| (hash.as_slice(), *bytes)).unzip();
    sqlx::query(
        "INSERT INTO blobs (hash, bytes) SELECT * FROM UNNEST($1::bytea[], $2::bytea[]) ON CONFLICT DO NOTHING",
    )
    .bind(hashes)
    .bind(bytes)
    .execute(&mut *transaction)
    .await
    .map_err(failed)?;
    let (paths, hashes): (Vec<&str>, Vec<&[u8]>) =
        contents.files.iter().map(|(path, hash)| (*path, hash.as_slice())).unzip();
    sqlx::query(
        "INSERT INTO version_files (version_id, path, hash)
         SELECT $1, path, hash FROM UNNEST($2::text[], $3::bytea[]) AS file (path, hash)",
    )
    .bind(Id::from(version.id))
    .bind(paths)
    .bind(hashes)
    .execute(&mut *transaction)
    .await
    .map_err(failed)?;
    if let Some(bundle) = &contents.bundle {
        sqlx::query("INSERT INTO bundles (version_id, js, css, source_map, libraries) VALUES ($1, $2, $3, $4, $5)")
            .bind(Id::from(version.id))
            .bind(bundle.js.as_slice())
            .bind(bundle.css.as_slice())
            .bind(bundle.source_map.as_ref().map(<[u8; 32]>::as_slice))
            .bind(bundle.libraries.as_str())
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
    }
    if version.status == VersionStatus::Runnable {
        sqlx::query("UPDATE apps SET head = $2, updated_at = $3 WHERE id = $1")
            .bind(Id::from(version.app_id))
            .bind(Id::from(version.id))
            .bind(version.created_at.as_millisecond())
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
    }
    transaction.commit().await.map_err(failed)?;
    rows::version_number(number)
}

pub async fn version(store: &PostgresStore, id: VersionId) -> Result<Version, StoreError> {
    let row: Option<VersionRow> =
        sqlx::query_as(concat!("SELECT ", version_columns!(), " FROM versions WHERE id = $1"))
            .bind(Id::from(id))
            .fetch_optional(&store.pool)
            .await
            .map_err(failed)?;
    rows::version(row.ok_or(VERSION)?)
}

pub async fn versions(store: &PostgresStore, app: AppId) -> Result<Vec<Version>, StoreError> {
    let found: Vec<VersionRow> =
        sqlx::query_as(concat!("SELECT ", version_columns!(), " FROM versions WHERE app_id = $1 ORDER BY number DESC"))
            .bind(Id::from(app))
            .fetch_all(&store.pool)
            .await
            .map_err(failed)?;
    found.into_iter().map(rows::version).collect()
}

pub async fn version_files(store: &PostgresStore, id: VersionId) -> Result<SourceTree, StoreError> {
    let found: Vec<FileRow> = sqlx::query_as(
        "SELECT f.path, b.bytes FROM versions v
         LEFT JOIN version_files f ON f.version_id = v.id
         LEFT JOIN blobs b ON b.hash = f.hash
         WHERE v.id = $1",
    )
    .bind(Id::from(id))
    .fetch_all(&store.pool)
    .await
    .map_err(failed)?;
    rows::files(found)
}

pub async fn version_bundle(store: &PostgresStore, id: VersionId) -> Result<Option<Bundle>, StoreError> {
    let row: Option<BundleRow> = sqlx::query_as(
        "SELECT js.bytes, css.bytes, map.bytes, b.libraries FROM versions v
         LEFT JOIN bundles b ON b.version_id = v.id
         LEFT JOIN blobs js ON js.hash = b.js
         LEFT JOIN blobs css ON css.hash = b.css
         LEFT JOIN blobs map ON map.hash = b.source_map
         WHERE v.id = $1",
    )
    .bind(Id::from(id))
    .fetch_optional(&store.pool)
    .await
    .map_err(failed)?;
    rows::bundle(row.ok_or(VERSION)?)
}
