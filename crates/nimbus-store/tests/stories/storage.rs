use std::collections::BTreeMap;

use nimbus_core::{
    ids::{AppId, UserId},
    ports::{Limit, StoreError},
};

use crate::world::{LIMITS, Outcome, World};

pub async fn keys_are_set_replaced_removed_and_cleared(world: &World) -> Outcome {
    let me = world.user();
    let app = world.app(me).await?.id;
    let store = &world.store;
    assert_eq!(store.storage(app, me).await?, BTreeMap::new());

    set(world, app, me, "theme", "dark").await?;
    set(world, app, me, "", "an empty key").await?;
    set(world, app, me, "nul\0key", "nul\0value 🌩").await?;
    set(world, app, me, "theme", "light").await?;
    let expected = [("", "an empty key"), ("nul\0key", "nul\0value 🌩"), ("theme", "light")];
    assert_eq!(store.storage(app, me).await?, map(&expected));

    store.patch_storage(app, me, &BTreeMap::new(), &["theme".to_owned()]).await?;
    store.patch_storage(app, me, &BTreeMap::new(), &["never set".to_owned()]).await?;
    assert_eq!(store.storage(app, me).await?, map(&expected[..2]));

    store.clear_storage(app, me).await?;
    assert_eq!(store.storage(app, me).await?, BTreeMap::new());
    Ok(())
}

pub async fn storage_is_limited_in_bytes(world: &World) -> Outcome {
    let me = world.user();
    let app = world.app(me).await?.id;
    let store = &world.store;
    let most = usize::try_from(LIMITS.storage_bytes)?;

    // `ü` is two bytes: it is bytes that count.
    set(world, app, me, "k", &"ü".repeat((most - 1) / 2)).await?;
    let full = set(world, app, me, "x", "y").await;
    assert!(matches!(full, Err(StoreError::Quota(Limit::StorageBytes, _))), "{full:?}");
    let larger = set(world, app, me, "k", &"x".repeat(most)).await;
    assert!(matches!(larger, Err(StoreError::Quota(Limit::StorageBytes, _))), "{larger:?}");
    assert_eq!(store.storage(app, me).await?["k"].len(), most - 2, "a refused write changes nothing");

    // What is replaced, removed or cleared makes room again, over and over.
    for _ in 0..3 {
        set(world, app, me, "k", &"x".repeat(most - 1)).await?;
        store.patch_storage(app, me, &BTreeMap::new(), &["k".to_owned()]).await?;
        set(world, app, me, "l", &"x".repeat(most - 1)).await?;
        store.clear_storage(app, me).await?;
    }
    assert_eq!(world.database.count("SELECT storage_bytes FROM kept").await?, 0);
    Ok(())
}

pub async fn storage_belongs_to_one_app_and_person(world: &World) -> Outcome {
    let (me, other) = (world.user(), world.user());
    let (app, another) = (world.app(me).await?.id, world.app(me).await?.id);
    let store = &world.store;
    set(world, app, me, "k", "mine").await?;
    set(world, app, other, "k", "theirs").await?;
    store.clear_storage(another, me).await?;
    store.clear_storage(app, other).await?;

    assert_eq!(store.storage(app, me).await?, map(&[("k", "mine")]));
    assert_eq!(store.storage(app, other).await?, BTreeMap::new());
    assert_eq!(store.storage(another, me).await?, BTreeMap::new());

    let nowhere = world.new_app(me, "never stored").id;
    let refused = set(world, nowhere, me, "k", "v").await;
    assert!(matches!(refused, Err(StoreError::NotFound("the app"))), "{refused:?}");
    Ok(())
}

pub async fn keys_are_changed_all_or_none(world: &World) -> Outcome {
    let me = world.user();
    let app = world.app(me).await?.id;
    let store = &world.store;
    store.patch_storage(app, me, &map(&[("a", "1"), ("b", "2")]), &[]).await?;
    // A key that is removed and set is set.
    let remove = ["a".to_owned(), "b".to_owned(), "a".to_owned()];
    store.patch_storage(app, me, &map(&[("b", "3"), ("c", "4")]), &remove).await?;
    assert_eq!(store.storage(app, me).await?, map(&[("b", "3"), ("c", "4")]));

    let large = "x".repeat(usize::try_from(LIMITS.storage_bytes)?);
    let full = store.patch_storage(app, me, &map(&[("a", "1"), ("large", &large)]), &["b".to_owned()]).await;
    assert!(matches!(full, Err(StoreError::Quota(Limit::StorageBytes, _))), "{full:?}");
    assert_eq!(store.storage(app, me).await?, map(&[("b", "3"), ("c", "4")]));
    assert_eq!(world.database.count("SELECT storage_bytes FROM kept").await?, 4);
    Ok(())
}

async fn set(world: &World, app: AppId, user: UserId, key: &str, value: &str) -> Result<(), StoreError> {
    world.store.patch_storage(app, user, &map(&[(key, value)]), &[]).await
}

fn map(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}
