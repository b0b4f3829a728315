//! The port on SQLite. Mostly the same statements as `postgres/store.rs`; where they differ, a
//! comment says why.

use std::collections::BTreeMap;

use async_trait::async_trait;
use jiff::Timestamp;
use nimbus_core::{
    app::App,
    data::Record,
    events::JournalEntry,
    generation::{Generation, GenerationState},
    ids::{AppId, GenerationId, RecordId, UserId, VersionId},
    ports::{AppPatch, Outcome, Store, StoreError},
    source::SourceTree,
    version::{Bundle, Version, VersionStatus},
};
use sqlx::{Sqlite, Transaction};

use super::SqliteStore;
use crate::{
    blobs::contents,
    id::Id,
    rows::{
        self, APP, AppRow, BundleRow, FileRow, GENERATION, GenerationRow, JournalRow, RECORD, RecordRow, VERSION,
        VersionRow, app_columns, failed, follows, generation_columns, json, record_columns, records_quota, signed,
        storage_quota, text, unless_missing, unsigned, version_columns, word,
    },
};

#[async_trait]
impl Store for SqliteStore {
    async fn create_app(&self, app: &App, generation: Option<&Generation>) -> Result<(), StoreError> {
        let mut transaction = self.begin().await.map_err(failed)?;
        sqlx::query(concat!("INSERT INTO apps (", app_columns!(), ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"))
            .bind(Id::from(app.id))
            .bind(Id::from(app.owner))
            .bind(text(&app.name))
            .bind(text(&app.description))
            .bind(word(&app.execution_mode)?)
            .bind(app.sample)
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

    async fn app(&self, id: AppId) -> Result<App, StoreError> {
        let row: Option<AppRow> =
            sqlx::query_as(concat!("SELECT ", app_columns!(), " FROM apps WHERE id = $1 AND deleted_at IS NULL"))
                .bind(Id::from(id))
                .fetch_optional(&self.read)
                .await
                .map_err(failed)?;
        rows::app(row.ok_or(APP)?)
    }

    async fn apps(&self, owner: UserId) -> Result<Vec<App>, StoreError> {
        let found: Vec<AppRow> = sqlx::query_as(concat!(
            "SELECT ",
            app_columns!(),
            " FROM apps WHERE owner = $1 AND deleted_at IS NULL ORDER BY updated_at DESC, id DESC"
        ))
        .bind(Id::from(owner))
        .fetch_all(&self.read)
        .await
        .map_err(failed)?;
        found.into_iter().map(rows::app).collect()
    }

    async fn update_app(&self, id: AppId, patch: &AppPatch, now: Timestamp) -> Result<App, StoreError> {
        let row: Option<AppRow> = sqlx::query_as(concat!(
            "UPDATE apps SET name = COALESCE($2, name), updated_at = $3 WHERE id = $1 AND deleted_at IS NULL RETURNING ",
            app_columns!()
        ))
        .bind(Id::from(id))
        .bind(patch.name.as_deref().map(text))
        .bind(now.as_millisecond())
        .fetch_optional(&self.write)
        .await
        .map_err(failed)?;
        rows::app(row.ok_or(APP)?)
    }

    async fn delete_app(&self, id: AppId, now: Timestamp) -> Result<(), StoreError> {
        let done = sqlx::query("UPDATE apps SET deleted_at = $2 WHERE id = $1 AND deleted_at IS NULL")
            .bind(Id::from(id))
            .bind(now.as_millisecond())
            .execute(&self.write)
            .await
            .map_err(failed)?;
        if done.rows_affected() == 0 { Err(APP) } else { Ok(()) }
    }

    // The app comes back where it was in the list: its name, head and source did not change.
    async fn undelete_app(&self, id: AppId, _now: Timestamp) -> Result<App, StoreError> {
        let row: Option<AppRow> =
            sqlx::query_as(concat!("UPDATE apps SET deleted_at = NULL WHERE id = $1 RETURNING ", app_columns!()))
                .bind(Id::from(id))
                .fetch_optional(&self.write)
                .await
                .map_err(failed)?;
        rows::app(row.ok_or(APP)?)
    }

    async fn put_version(
        &self,
        version: &Version,
        files: &SourceTree,
        bundle: Option<&Bundle>,
    ) -> Result<u32, StoreError> {
        let contents = contents(files, bundle)?;
        let mut transaction = self.begin().await.map_err(failed)?;
        // A deleted app still gets the version of a generation that ends now: the deletion may be
        // taken back.
        let next: Option<i64> = sqlx::query_scalar(
            "SELECT (SELECT COALESCE(MAX(number), 0) + 1 FROM versions WHERE app_id = $1) FROM apps WHERE id = $1",
        )
        .bind(Id::from(version.app_id))
        .fetch_optional(&mut *transaction)
        .await
        .map_err(failed)?;
        let number = next.ok_or(APP)?;
        sqlx::query(concat!(
            "INSERT INTO versions (",
            version_columns!(),
            ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
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
        .bind(json(&version.diagnostics)?)
        .bind(version.created_at.as_millisecond())
        .execute(&mut *transaction)
        .await
        .map_err(unless_missing("the parent version"))?;
        for (hash, bytes) in &contents.blobs {
            sqlx::query("INSERT INTO blobs (hash, bytes) VALUES ($1, $2) ON CONFLICT DO NOTHING")
                .bind(hash.as_slice())
                .bind(*bytes)
                .execute(&mut *transaction)
                .await
                .map_err(failed)?;
        }
        for (path, hash) in &contents.files {
            sqlx::query("INSERT INTO version_files (version_id, path, hash) VALUES ($1, $2, $3)")
                .bind(Id::from(version.id))
                .bind(*path)
                .bind(hash.as_slice())
                .execute(&mut *transaction)
                .await
                .map_err(failed)?;
        }
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

    async fn version(&self, id: VersionId) -> Result<Version, StoreError> {
        let row: Option<VersionRow> =
            sqlx::query_as(concat!("SELECT ", version_columns!(), " FROM versions WHERE id = $1"))
                .bind(Id::from(id))
                .fetch_optional(&self.read)
                .await
                .map_err(failed)?;
        rows::version(row.ok_or(VERSION)?)
    }

    async fn versions(&self, app: AppId) -> Result<Vec<Version>, StoreError> {
        let found: Vec<VersionRow> = sqlx::query_as(concat!(
            "SELECT ",
            version_columns!(),
            " FROM versions WHERE app_id = $1 ORDER BY number DESC"
        ))
        .bind(Id::from(app))
        .fetch_all(&self.read)
        .await
        .map_err(failed)?;
        found.into_iter().map(rows::version).collect()
    }

    async fn version_files(&self, id: VersionId) -> Result<SourceTree, StoreError> {
        let found: Vec<FileRow> = sqlx::query_as(
            "SELECT f.path, b.bytes FROM versions v
             LEFT JOIN version_files f ON f.version_id = v.id
             LEFT JOIN blobs b ON b.hash = f.hash
             WHERE v.id = $1",
        )
        .bind(Id::from(id))
        .fetch_all(&self.read)
        .await
        .map_err(failed)?;
        rows::files(found)
    }

    async fn version_bundle(&self, id: VersionId) -> Result<Option<Bundle>, StoreError> {
        let row: Option<BundleRow> = sqlx::query_as(
            "SELECT js.bytes, css.bytes, map.bytes, b.libraries FROM versions v
             LEFT JOIN bundles b ON b.version_id = v.id
             LEFT JOIN blobs js ON js.hash = b.js
             LEFT JOIN blobs css ON css.hash = b.css
             LEFT JOIN blobs map ON map.hash = b.source_map
             WHERE v.id = $1",
        )
        .bind(Id::from(id))
        .fetch_optional(&self.read)
        .await
        .map_err(failed)?;
        rows::bundle(row.ok_or(VERSION)?)
    }

    async fn create_generation(&self, generation: &Generation) -> Result<(), StoreError> {
        let mut transaction = self.begin().await.map_err(failed)?;
        insert_generation(&mut transaction, generation).await?;
        transaction.commit().await.map_err(failed)
    }

    async fn generation(&self, id: GenerationId) -> Result<Generation, StoreError> {
        let row: Option<GenerationRow> =
            sqlx::query_as(concat!("SELECT ", generation_columns!(), " FROM generations WHERE id = $1"))
                .bind(Id::from(id))
                .fetch_optional(&self.read)
                .await
                .map_err(failed)?;
        rows::generation(row.ok_or(GENERATION)?)
    }

    async fn generations(&self, app: AppId) -> Result<Vec<Generation>, StoreError> {
        let found: Vec<GenerationRow> = sqlx::query_as(concat!(
            "SELECT ",
            generation_columns!(),
            " FROM generations WHERE app_id = $1 ORDER BY started_at DESC, id DESC"
        ))
        .bind(Id::from(app))
        .fetch_all(&self.read)
        .await
        .map_err(failed)?;
        found.into_iter().map(rows::generation).collect()
    }

    async fn running_generations(&self, owner: UserId) -> Result<Vec<Generation>, StoreError> {
        let found: Vec<GenerationRow> = sqlx::query_as(concat!(
            "SELECT ",
            generation_columns!(),
            " FROM generations WHERE owner = $1 AND state = 'running' ORDER BY started_at DESC, id DESC"
        ))
        .bind(Id::from(owner))
        .fetch_all(&self.read)
        .await
        .map_err(failed)?;
        found.into_iter().map(rows::generation).collect()
    }

    async fn append_journal(
        &self,
        id: GenerationId,
        entries: &[JournalEntry],
        outcome: Option<&Outcome>,
    ) -> Result<(), StoreError> {
        let mut transaction = self.begin().await.map_err(failed)?;
        let row: Option<(i64, String)> = sqlx::query_as("SELECT last_seq, state FROM generations WHERE id = $1")
            .bind(Id::from(id))
            .fetch_optional(&mut *transaction)
            .await
            .map_err(failed)?;
        let (last_seq, state) = row.ok_or(GENERATION)?;
        let last_seq = unsigned(last_seq);
        if state != GenerationState::Running.as_str() || !follows(last_seq, entries) {
            return Err(StoreError::Conflict { current: last_seq });
        }
        for entry in entries {
            sqlx::query("INSERT INTO journal (generation_id, seq, json, last) VALUES ($1, $2, $3, $4)")
                .bind(Id::from(id))
                .bind(signed(entry.seq))
                .bind(entry.json.as_str())
                .bind(entry.last)
                .execute(&mut *transaction)
                .await
                .map_err(failed)?;
        }
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

    async fn journal(&self, id: GenerationId, after: u64, limit: u32) -> Result<Vec<JournalEntry>, StoreError> {
        let found: Vec<JournalRow> = sqlx::query_as(
            "SELECT seq, json, last FROM journal WHERE generation_id = $1 AND seq > $2 ORDER BY seq LIMIT $3",
        )
        .bind(Id::from(id))
        .bind(signed(after))
        .bind(i64::from(limit))
        .fetch_all(&self.read)
        .await
        .map_err(failed)?;
        Ok(found.into_iter().map(rows::journal_entry).collect())
    }

    async fn unfinished_generations(&self) -> Result<Vec<Generation>, StoreError> {
        let found: Vec<GenerationRow> = sqlx::query_as(concat!(
            "SELECT ",
            generation_columns!(),
            " FROM generations WHERE state = 'running' ORDER BY started_at, id"
        ))
        .fetch_all(&self.read)
        .await
        .map_err(failed)?;
        found.into_iter().map(rows::generation).collect()
    }

    async fn records(&self, app: AppId, user: UserId, collection: &str) -> Result<Vec<Record>, StoreError> {
        let found: Vec<RecordRow> = sqlx::query_as(concat!(
            "SELECT ",
            record_columns!(),
            " FROM records WHERE app_id = $1 AND user_id = $2 AND collection = $3 ORDER BY created_at, id"
        ))
        .bind(Id::from(app))
        .bind(Id::from(user))
        .bind(text(collection))
        .fetch_all(&self.read)
        .await
        .map_err(failed)?;
        found.into_iter().map(rows::record).collect()
    }

    async fn record(&self, app: AppId, user: UserId, collection: &str, id: RecordId) -> Result<Record, StoreError> {
        let row: Option<RecordRow> = sqlx::query_as(concat!(
            "SELECT ",
            record_columns!(),
            " FROM records WHERE app_id = $1 AND user_id = $2 AND collection = $3 AND id = $4"
        ))
        .bind(Id::from(app))
        .bind(Id::from(user))
        .bind(text(collection))
        .bind(Id::from(id))
        .fetch_optional(&self.read)
        .await
        .map_err(failed)?;
        rows::record(row.ok_or(RECORD)?)
    }

    async fn create_record(
        &self,
        app: AppId,
        user: UserId,
        collection: &str,
        record: &Record,
    ) -> Result<(), StoreError> {
        let mut transaction = self.begin().await.map_err(failed)?;
        let (records, _) = keep(&mut transaction, app, user, 1, 0).await?;
        if records > self.limits.records {
            return Err(records_quota(self.limits.records));
        }
        sqlx::query(
            "INSERT INTO records (app_id, user_id, collection, id, data, revision, created_at, updated_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(Id::from(app))
        .bind(Id::from(user))
        .bind(text(collection))
        .bind(Id::from(record.id))
        .bind(json(&record.data)?)
        .bind(signed(record.revision))
        .bind(record.created_at.as_millisecond())
        .bind(record.updated_at.as_millisecond())
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
        transaction.commit().await.map_err(failed)
    }

    async fn update_record(
        &self,
        app: AppId,
        user: UserId,
        collection: &str,
        id: RecordId,
        data: &serde_json::Value,
        expected: Option<u64>,
        now: Timestamp,
    ) -> Result<Record, StoreError> {
        let mut transaction = self.begin().await.map_err(failed)?;
        let current: Option<i64> = sqlx::query_scalar(
            "SELECT revision FROM records WHERE app_id = $1 AND user_id = $2 AND collection = $3 AND id = $4",
        )
        .bind(Id::from(app))
        .bind(Id::from(user))
        .bind(text(collection))
        .bind(Id::from(id))
        .fetch_optional(&mut *transaction)
        .await
        .map_err(failed)?;
        let current = unsigned(current.ok_or(RECORD)?);
        if expected.is_some_and(|expected| expected != current) {
            return Err(StoreError::Conflict { current });
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
        .bind(json(data)?)
        .bind(now.as_millisecond())
        .fetch_one(&mut *transaction)
        .await
        .map_err(failed)?;
        transaction.commit().await.map_err(failed)?;
        rows::record(row)
    }

    async fn delete_record(&self, app: AppId, user: UserId, collection: &str, id: RecordId) -> Result<(), StoreError> {
        let mut transaction = self.begin().await.map_err(failed)?;
        keep(&mut transaction, app, user, -1, 0).await?;
        let done =
            sqlx::query("DELETE FROM records WHERE app_id = $1 AND user_id = $2 AND collection = $3 AND id = $4")
                .bind(Id::from(app))
                .bind(Id::from(user))
                .bind(text(collection))
                .bind(Id::from(id))
                .execute(&mut *transaction)
                .await
                .map_err(failed)?;
        if done.rows_affected() == 0 {
            return Err(RECORD);
        }
        transaction.commit().await.map_err(failed)
    }

    async fn storage(&self, app: AppId, user: UserId) -> Result<BTreeMap<String, String>, StoreError> {
        let found: Vec<(Vec<u8>, Vec<u8>)> =
            sqlx::query_as("SELECT key, value FROM storage WHERE app_id = $1 AND user_id = $2")
                .bind(Id::from(app))
                .bind(Id::from(user))
                .fetch_all(&self.read)
                .await
                .map_err(failed)?;
        found.into_iter().map(|(key, value)| Ok((rows::utf8("key", key)?, rows::utf8("value", value)?))).collect()
    }

    async fn set_storage(&self, app: AppId, user: UserId, key: &str, value: &str) -> Result<(), StoreError> {
        let mut transaction = self.begin().await.map_err(failed)?;
        // First what is freed, then what is added: the row in `kept` is locked from here on, so
        // that nobody changes the key in between.
        keep(&mut transaction, app, user, 0, 0).await?;
        let freed = remove_key(&mut transaction, app, user, key).await?;
        let added = signed((key.len() + value.len()) as u64);
        let (_, bytes) = keep(&mut transaction, app, user, 0, added - freed).await?;
        if bytes > self.limits.storage_bytes {
            return Err(storage_quota(self.limits.storage_bytes));
        }
        sqlx::query("INSERT INTO storage (app_id, user_id, key, value) VALUES ($1, $2, $3, $4)")
            .bind(Id::from(app))
            .bind(Id::from(user))
            .bind(key.as_bytes())
            .bind(value.as_bytes())
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
        transaction.commit().await.map_err(failed)
    }

    async fn remove_storage(&self, app: AppId, user: UserId, key: &str) -> Result<(), StoreError> {
        let mut transaction = self.begin().await.map_err(failed)?;
        keep(&mut transaction, app, user, 0, 0).await?;
        let freed = remove_key(&mut transaction, app, user, key).await?;
        keep(&mut transaction, app, user, 0, -freed).await?;
        transaction.commit().await.map_err(failed)
    }

    async fn clear_storage(&self, app: AppId, user: UserId) -> Result<(), StoreError> {
        let mut transaction = self.begin().await.map_err(failed)?;
        let (_, bytes) = keep(&mut transaction, app, user, 0, 0).await?;
        sqlx::query("DELETE FROM storage WHERE app_id = $1 AND user_id = $2")
            .bind(Id::from(app))
            .bind(Id::from(user))
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
        keep(&mut transaction, app, user, 0, -signed(bytes)).await?;
        transaction.commit().await.map_err(failed)
    }

    async fn ping(&self) -> Result<(), StoreError> {
        // A transaction that takes the write lock and gives it back: a disk that became read-only
        // shows here, where a `SELECT 1` would not notice.
        self.begin().await.map_err(failed)?.rollback().await.map_err(failed)
    }
}

async fn insert_generation(
    transaction: &mut Transaction<'_, Sqlite>,
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

/// Adds to what a person keeps in an app, and gives the new sums of records and bytes.
async fn keep(
    transaction: &mut Transaction<'_, Sqlite>,
    app: AppId,
    user: UserId,
    records: i64,
    storage_bytes: i64,
) -> Result<(u64, u64), StoreError> {
    let row: Option<(i64, i64)> = sqlx::query_as(
        "INSERT INTO kept (app_id, user_id, records, storage_bytes)
         SELECT id, $2, $3, $4 FROM apps WHERE id = $1 AND deleted_at IS NULL
         ON CONFLICT (app_id, user_id) DO UPDATE SET records = kept.records + excluded.records,
         storage_bytes = kept.storage_bytes + excluded.storage_bytes
         RETURNING records, storage_bytes",
    )
    .bind(Id::from(app))
    .bind(Id::from(user))
    .bind(records)
    .bind(storage_bytes)
    .fetch_optional(&mut **transaction)
    .await
    .map_err(failed)?;
    let (records, storage_bytes) = row.ok_or(APP)?;
    Ok((unsigned(records), unsigned(storage_bytes)))
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
