//! Launches that were ended, and when people signed out.
//!
//! The statements are those of `postgres/launches.rs`, except where a comment says why not.

use jiff::Timestamp;
use nimbus_core::{ids::UserId, ports::StoreError};

use super::SqliteStore;
use crate::{id::Id, rows::failed};

pub async fn end_launch(store: &SqliteStore, launch: &str, until: Timestamp, now: Timestamp) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM ended_launches WHERE until <= $1")
        .bind(now.as_millisecond())
        .execute(&store.write)
        .await
        .map_err(failed)?;
    sqlx::query("INSERT INTO ended_launches (launch, until) VALUES ($1, $2) ON CONFLICT (launch) DO NOTHING")
        .bind(launch)
        .bind(until.as_millisecond())
        .execute(&store.write)
        .await
        .map(drop)
        .map_err(failed)
}

pub async fn launch_ended(store: &SqliteStore, launch: &str) -> Result<bool, StoreError> {
    let found: Option<i64> = sqlx::query_scalar("SELECT until FROM ended_launches WHERE launch = $1")
        .bind(launch)
        .fetch_optional(&store.read)
        .await
        .map_err(failed)?;
    Ok(found.is_some())
}

pub async fn sign_out(store: &SqliteStore, user: UserId, since: Timestamp) -> Result<(), StoreError> {
    // Two within one millisecond: what began between them has ended, too.
    sqlx::query(
        "INSERT INTO sign_outs (user_id, since) VALUES ($1, $2)
         ON CONFLICT (user_id) DO UPDATE SET since = max(sign_outs.since + 1, excluded.since)",
    )
    .bind(Id::from(user))
    .bind(since.as_millisecond())
    .execute(&store.write)
    .await
    .map(drop)
    .map_err(failed)
}

pub async fn signed_out(store: &SqliteStore, user: UserId) -> Result<Option<Timestamp>, StoreError> {
    let since: Option<i64> = sqlx::query_scalar("SELECT since FROM sign_outs WHERE user_id = $1")
        .bind(Id::from(user))
        .fetch_optional(&store.read)
        .await
        .map_err(failed)?;
    Ok(since.and_then(|since| Timestamp::from_millisecond(since).ok()))
}
