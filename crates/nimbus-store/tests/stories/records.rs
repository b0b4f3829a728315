use std::sync::Arc;

use nimbus_core::{
    data::Record,
    ids::RecordId,
    ports::{Limit, StoreError},
};
use serde_json::json;

use crate::world::{LIMITS, Outcome, World};

pub async fn a_record_is_kept_and_listed_oldest_first(world: &World) -> Outcome {
    let me = world.user();
    let app = world.app(me).await?;
    let mut kept = Vec::new();
    for n in 0..3 {
        world.clock.advance(1);
        // Field order, a NUL and the spelling of numbers are the app's own.
        let record = record(world, json!({"z": n, "a": "x\0y", "f": 1.5, "big": 9_007_199_254_740_993_i64, "n": null}));
        world.store.create_record(app.id, me, "tasks", &record).await?;
        kept.push(record);
    }
    let listed = world.store.records(app.id, me, "tasks").await?;
    assert_eq!(listed, kept);
    assert_eq!(listed[0].data.to_string(), kept[0].data.to_string());
    assert_eq!(world.store.record(app.id, me, "tasks", kept[1].id).await?, kept[1]);

    world.store.delete_record(app.id, me, "tasks", kept[1].id).await?;
    let gone = world.store.record(app.id, me, "tasks", kept[1].id).await;
    assert!(matches!(gone, Err(StoreError::NotFound("the record"))), "{gone:?}");
    let again = world.store.delete_record(app.id, me, "tasks", kept[1].id).await;
    assert!(matches!(again, Err(StoreError::NotFound("the record"))), "{again:?}");
    assert_eq!(world.store.records(app.id, me, "tasks").await?.len(), 2);
    Ok(())
}

pub async fn a_record_belongs_to_one_app_person_and_collection(world: &World) -> Outcome {
    let (me, other) = (world.user(), world.user());
    let (app, another) = (world.app(me).await?, world.app(me).await?);
    let record = record(world, json!({"secret": true}));
    world.store.create_record(app.id, me, "tasks", &record).await?;

    for (app, user, collection) in [(app.id, other, "tasks"), (another.id, me, "tasks"), (app.id, me, "Tasks")] {
        assert_eq!(world.store.records(app, user, collection).await?, []);
        let now = world.platform.now();
        let read = world.store.record(app, user, collection, record.id).await;
        let write = world.store.update_record(app, user, collection, record.id, &json!({}), None, now).await;
        let delete = world.store.delete_record(app, user, collection, record.id).await;
        assert!(matches!(read, Err(StoreError::NotFound(_))), "{read:?}");
        assert!(matches!(write, Err(StoreError::NotFound(_))), "{write:?}");
        assert!(matches!(delete, Err(StoreError::NotFound(_))), "{delete:?}");
    }
    assert_eq!(world.store.record(app.id, me, "tasks", record.id).await?, record);
    Ok(())
}

pub async fn a_write_that_saw_an_old_revision_is_refused(world: &World) -> Outcome {
    let me = world.user();
    let app = world.app(me).await?;
    let record = record(world, json!({"n": 1}));
    world.store.create_record(app.id, me, "tasks", &record).await?;

    world.clock.advance(5);
    let now = world.platform.now();
    let second = world.store.update_record(app.id, me, "tasks", record.id, &json!({"n": 2}), Some(1), now).await?;
    assert_eq!(second.revision, 2);
    assert_eq!(second.updated_at, now);
    assert_eq!(second.created_at, record.created_at);
    assert_eq!(second.data, json!({"n": 2}));

    let stale = world.store.update_record(app.id, me, "tasks", record.id, &json!({"n": 3}), Some(1), now).await;
    assert!(matches!(stale, Err(StoreError::Conflict { current: 2 })), "{stale:?}");
    assert_eq!(world.store.record(app.id, me, "tasks", record.id).await?, second);

    let blind = world.store.update_record(app.id, me, "tasks", record.id, &json!({"n": 4}), None, now).await?;
    assert_eq!((blind.revision, blind.data), (3, json!({"n": 4})));
    Ok(())
}

pub async fn of_many_writers_at_one_revision_one_wins(world: &World) -> Outcome {
    let me = world.user();
    let app = world.app(me).await?;
    let record = record(world, json!({"n": 0}));
    world.store.create_record(app.id, me, "tasks", &record).await?;
    let now = world.platform.now();
    // Several rounds: in the first the connections are still being made, one after the other.
    for revision in 1..=10 {
        let writers: Vec<_> = (1..=8)
            .map(|n| {
                let (store, app, id) = (Arc::clone(&world.store), app.id, record.id);
                tokio::spawn(async move {
                    store.update_record(app, me, "tasks", id, &json!({ "n": n }), Some(revision), now).await
                })
            })
            .collect();
        let mut won = Vec::new();
        for writer in writers {
            match writer.await? {
                Ok(record) => won.push(record),
                Err(StoreError::Conflict { current }) => assert_eq!(current, revision + 1),
                Err(error) => return Err(error.into()),
            }
        }
        assert_eq!(won, [world.store.record(app.id, me, "tasks", record.id).await?]);
    }
    Ok(())
}

pub async fn records_are_limited_however_many_write_at_once(world: &World) -> Outcome {
    let (me, other) = (world.user(), world.user());
    let app = world.app(me).await?;
    let writers: Vec<_> = (0..LIMITS.records + 6)
        .map(|n| {
            let (store, app, record) = (Arc::clone(&world.store), app.id, record(world, json!({ "n": n })));
            let collection = if n % 2 == 0 { "even" } else { "odd" };
            tokio::spawn(async move { store.create_record(app, me, collection, &record).await })
        })
        .collect();
    let (mut stored, mut refused) = (0, 0);
    for writer in writers {
        match writer.await? {
            Ok(()) => stored += 1,
            Err(StoreError::Quota(Limit::Records, message)) => {
                assert!(message.contains("20 records"), "{message}");
                refused += 1;
            }
            Err(error) => return Err(error.into()),
        }
    }
    assert_eq!((stored, refused), (LIMITS.records, 6));

    // Another person is not concerned, and a deletion makes room.
    world.store.create_record(app.id, other, "even", &record(world, json!({}))).await?;
    let first = world.store.records(app.id, me, "even").await?.remove(0);
    world.store.delete_record(app.id, me, "even", first.id).await?;
    world.store.create_record(app.id, me, "odd", &record(world, json!({}))).await?;
    let full = world.store.create_record(app.id, me, "odd", &record(world, json!({}))).await;
    assert!(matches!(full, Err(StoreError::Quota(Limit::Records, _))), "{full:?}");
    Ok(())
}

pub async fn records_are_limited_in_bytes(world: &World) -> Outcome {
    let me = world.user();
    let app = world.app(me).await?;
    let now = world.platform.now();
    let of = |bytes: u64| json!({ "x": "y".repeat(usize::try_from(bytes).unwrap_or_default() - r#"{"x":""}"#.len()) });
    let most = record(world, of(LIMITS.data_bytes));
    world.store.create_record(app.id, me, "tasks", &most).await?;
    let more = world.store.create_record(app.id, me, "tasks", &record(world, json!({}))).await;
    assert!(matches!(more, Err(StoreError::Quota(Limit::DataBytes, _))), "{more:?}");
    let larger = of(LIMITS.data_bytes + 1);
    let larger = world.store.update_record(app.id, me, "tasks", most.id, &larger, None, now).await;
    assert!(matches!(larger, Err(StoreError::Quota(Limit::DataBytes, _))), "{larger:?}");
    assert_eq!(world.store.record(app.id, me, "tasks", most.id).await?, most);

    world.store.update_record(app.id, me, "tasks", most.id, &of(10), None, now).await?;
    world.store.create_record(app.id, me, "tasks", &record(world, of(LIMITS.data_bytes - 10))).await?;
    for record in world.store.records(app.id, me, "tasks").await? {
        world.store.delete_record(app.id, me, "tasks", record.id).await?;
    }
    assert_eq!(world.database.count("SELECT data_bytes + records FROM kept").await?, 0);
    Ok(())
}

pub async fn a_deleted_app_keeps_no_new_records(world: &World) -> Outcome {
    let me = world.user();
    let app = world.app(me).await?;
    let old = record(world, json!({}));
    world.store.create_record(app.id, me, "tasks", &old).await?;
    world.store.delete_app(app.id, world.platform.now()).await?;

    let refused = world.store.create_record(app.id, me, "tasks", &record(world, json!({}))).await;
    assert!(matches!(refused, Err(StoreError::NotFound("the app"))), "{refused:?}");

    world.store.undelete_app(app.id, world.platform.now()).await?;
    assert_eq!(world.store.records(app.id, me, "tasks").await?, [old]);
    Ok(())
}

fn record(world: &World, data: serde_json::Value) -> Record {
    let now = world.platform.now();
    Record { id: RecordId::new(&world.platform), data, revision: 1, created_at: now, updated_at: now }
}
