use std::fs;

use nimbus_core::{
    data::Record,
    ids::RecordId,
    ports::StoreError,
    settings::{Month, Spending},
    source::SourceTree,
    version::{Version, VersionStatus},
};
use nimbus_store::{OpenError, open_postgres, open_sqlite};
use serde_json::json;
use tempfile::TempDir;

use crate::world::{Database, Outcome, World};

pub async fn a_store_opened_again_has_everything(world: &World) -> Outcome {
    let me = world.user();
    let app = world.app(me).await?;
    let again = world.database.open().await?;
    again.ping().await?;
    assert_eq!(again.apps(me).await?, [app]);
    Ok(())
}

pub async fn tables_of_the_first_step_are_brought_up_to_date(world: &World) -> Outcome {
    let me = world.user();
    let app = world.app(me).await?;
    let mut version = world.new_version(&app, VersionStatus::Runnable);
    version.number = world.store.put_version(&version, &SourceTree::default(), None).await?;
    let (now, data) = (world.platform.now(), json!({ "text": "ü" }));
    let record = Record { id: RecordId::new(&world.platform), data, revision: 1, created_at: now, updated_at: now };
    world.store.create_record(app.id, me, "tasks", &record).await?;
    let counted = world.database.count("SELECT data_bytes FROM kept").await?;
    assert_eq!(counted, 13);
    world
        .database
        .execute(
            "DROP TABLE consents; DROP TABLE spent; ALTER TABLE kept DROP COLUMN data_bytes;
             ALTER TABLE versions DROP COLUMN permissions; ALTER TABLE versions DROP COLUMN hash;
             DROP TABLE llm_settings; DROP TABLE secrets; DROP TABLE spending; DROP TABLE replies;
             DROP TABLE model_profiles; ALTER TABLE apps DROP COLUMN local_only;
             DROP TABLE ended_launches; DROP TABLE sign_outs;
             DELETE FROM migrations WHERE step > 1",
        )
        .await?;

    let again = world.database.open().await?;
    assert_eq!(world.database.count("SELECT data_bytes FROM kept").await?, counted);
    assert_eq!(again.version(version.id).await?, Version { hash: String::new(), ..version });
    again.delete_record(app.id, me, "tasks", record.id).await?;
    assert_eq!(again.app(app.id).await?.local_only, app.local_only);
    assert_eq!(again.spending(me, Month::of(now)).await?, Spending::default());
    Ok(())
}

pub async fn many_open_an_empty_database_at_once(world: &World) -> Outcome {
    let empty = Database::new(world.database.backend()).await?;
    let (a, b, c) = tokio::join!(empty.open(), empty.open(), empty.open());
    for store in [a?, b?, c?] {
        store.ping().await?;
    }
    assert_eq!(empty.count("SELECT COUNT(*) FROM migrations WHERE step = 1").await?, 1);
    empty.end().await
}

pub async fn tables_that_are_not_ours_are_left_alone(world: &World) -> Outcome {
    let me = world.user();
    let app = world.app(me).await?;
    world.database.execute("ALTER TABLE migrations RENAME TO not_ours").await?;
    let Err(error) = world.database.open().await else { return Err("it was opened".into()) };
    assert!(matches!(error, OpenError::Migration { step: 1, .. }), "{error:?}");
    assert_eq!(world.store.apps(me).await?, [app]);
    Ok(())
}

pub async fn a_newer_database_is_refused(world: &World) -> Outcome {
    world.database.execute("INSERT INTO migrations (step, name, at) VALUES (999, 'from the future', 0)").await?;
    let Err(error) = world.database.open().await else { return Err("it was opened".into()) };
    assert!(matches!(error, OpenError::Newer { found: 999, .. }), "{error:?}");
    assert!(error.to_string().contains("newer version of Cumulonimbus"), "{error}");
    Ok(())
}

pub async fn a_failing_database_is_an_error(world: &World) -> Outcome {
    let app = world.app(world.user()).await?;
    world.database.execute("DROP TABLE storage").await?;
    let failed = world.store.storage(app.id, app.owner).await;
    assert!(matches!(failed, Err(StoreError::Database(_))), "{failed:?}");
    Ok(())
}

#[tokio::test]
async fn a_folder_that_does_not_exist_is_named() -> Outcome {
    let folder = TempDir::new()?;
    let path = folder.path().join("nowhere").join("x.db");
    let Err(error) = open_sqlite(&path).await else { return Err("it was opened".into()) };
    assert!(matches!(error, OpenError::File { .. }), "{error:?}");
    assert!(error.to_string().contains("nowhere/x.db"), "{error}");
    Ok(())
}

#[tokio::test]
async fn a_damaged_file_is_refused_and_left_alone() -> Outcome {
    let folder = TempDir::new()?;
    let path = folder.path().join("x.db");
    let text = "Dear diary, this is not a database. ".repeat(100);
    fs::write(&path, &text)?;
    let Err(error) = open_sqlite(&path).await else { return Err("it was opened".into()) };
    assert!(matches!(error, OpenError::Damaged { .. }), "{error:?}");
    assert_eq!(fs::read_to_string(&path)?, text);
    Ok(())
}

#[cfg(unix)]
#[tokio::test]
async fn a_new_file_is_its_owners_only() -> Outcome {
    use std::os::unix::fs::PermissionsExt;
    let folder = TempDir::new()?;
    let path = folder.path().join("x.db");
    open_sqlite(&path).await?;
    assert_eq!(fs::metadata(&path)?.permissions().mode() & 0o777, 0o600);
    Ok(())
}

#[tokio::test]
async fn a_server_that_is_not_there_is_named_without_the_password() -> Outcome {
    // A port that was free a moment ago.
    let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let url = format!("postgres://me:hunter2@127.0.0.1:{port}/x");
    let Err(error) = open_postgres(&url).await else { return Err("it was opened".into()) };
    assert!(matches!(error, OpenError::Unreachable { .. }), "{error:?}");
    let message = error.to_string();
    assert!(message.contains(&format!("127.0.0.1:{port}")), "{message}");
    assert!(!message.contains("hunter2"), "{message}");
    Ok(())
}

#[tokio::test]
async fn a_url_of_another_kind_is_refused() -> Outcome {
    let Err(error) = open_postgres("not a url").await else { return Err("it was opened".into()) };
    assert!(matches!(error, OpenError::Url { .. }), "{error:?}");
    Ok(())
}
