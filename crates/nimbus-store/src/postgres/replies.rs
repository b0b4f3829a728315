//! Replies that may be used again.
//!
//! The statements are those of `sqlite/replies.rs`, except where a comment says why not.

use jiff::Timestamp;
use nimbus_core::{
    ids::{ReplyId, UserId},
    ports::StoreError,
    replies::{KeptReply, ReplyHead},
};

use super::PostgresStore;
use crate::{
    id::Id,
    rows::{self, APP, REPLY, ReplyHeadRow, ReplyRow, failed, json, signed, text},
};

pub async fn put_reply(store: &PostgresStore, reply: &KeptReply, oldest: Timestamp) -> Result<(), StoreError> {
    let mut transaction = store.pool.begin().await.map_err(failed)?;
    // Locked, so that a deletion at the same time either is seen here or removes what is stored here.
    let app: Option<Id> = sqlx::query_scalar("SELECT id FROM apps WHERE id = $1 AND deleted_at IS NULL FOR UPDATE")
        .bind(Id::from(reply.app))
        .fetch_optional(&mut *transaction)
        .await
        .map_err(failed)?;
    let app = app.ok_or(APP)?;
    sqlx::query("DELETE FROM replies WHERE owner = $1 AND (key = $2 OR created_at < $3)")
        .bind(Id::from(reply.owner))
        .bind(reply.head.key())
        .bind(oldest.as_millisecond())
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
    // A conflict is the same request, stored by another server at this moment: one of them is enough.
    sqlx::query(
        "INSERT INTO replies (id, owner, app_id, key, setting, prompt, model, created_at, bytes, text)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (owner, key) DO NOTHING",
    )
    .bind(Id::from(reply.head.id))
    .bind(Id::from(reply.owner))
    .bind(app)
    .bind(reply.head.key())
    .bind(&reply.head.setting)
    .bind(text(&reply.head.prompt))
    .bind(json(&reply.head.model)?)
    .bind(reply.head.created_at.as_millisecond())
    .bind(signed(reply.text.len() as u64))
    .bind(reply.text.as_bytes())
    .execute(&mut *transaction)
    .await
    .map_err(failed)?;
    sqlx::query(
        "DELETE FROM replies WHERE id IN (
             SELECT id FROM (
                 SELECT id, ROW_NUMBER() OVER newest AS number, SUM(bytes) OVER newest AS total
                 FROM replies WHERE owner = $1 WINDOW newest AS (ORDER BY created_at DESC, id DESC)
             ) AS kept WHERE number > $2 OR total > $3
         )",
    )
    .bind(Id::from(reply.owner))
    .bind(signed(store.limits.replies))
    .bind(signed(store.limits.reply_bytes))
    .execute(&mut *transaction)
    .await
    .map_err(failed)?;
    transaction.commit().await.map_err(failed)
}

pub async fn replies(
    store: &PostgresStore,
    owner: UserId,
    setting: &str,
    oldest: Timestamp,
) -> Result<Vec<ReplyHead>, StoreError> {
    let found: Vec<ReplyHeadRow> = sqlx::query_as(
        "SELECT id, setting, prompt, model, created_at
         FROM replies WHERE owner = $1 AND setting = $2 AND created_at >= $3 ORDER BY created_at DESC, id DESC",
    )
    .bind(Id::from(owner))
    .bind(setting)
    .bind(oldest.as_millisecond())
    .fetch_all(&store.pool)
    .await
    .map_err(failed)?;
    found.into_iter().map(rows::reply_head).collect()
}

pub async fn reply(store: &PostgresStore, id: ReplyId) -> Result<KeptReply, StoreError> {
    let row: Option<ReplyRow> =
        sqlx::query_as("SELECT id, setting, prompt, model, created_at, owner, app_id, text FROM replies WHERE id = $1")
            .bind(Id::from(id))
            .fetch_optional(&store.pool)
            .await
            .map_err(failed)?;
    rows::reply(row.ok_or(REPLY)?)
}
