use std::collections::BTreeMap;

use nimbus_core::ports::StoreError;

use crate::world::{LIMITS, Outcome, World};

pub async fn keys_are_set_replaced_removed_and_cleared(world: &World) -> Outcome {
    let me = world.user();
    let app = world.app(me).await?.id;
    let store = &world.store;
    assert_eq!(store.storage(app, me).await?, BTreeMap::new());

    store.set_storage(app, me, "theme", "dark").await?;
    store.set_storage(app, me, "", "an empty key").await?;
    store.set_storage(app, me, "nul\0key", "nul\0value 🌩").await?;
    store.set_storage(app, me, "theme", "light").await?;
    let expected = [("", "an empty key"), ("nul\0key", "nul\0value 🌩"), ("theme", "light")];
    assert_eq!(store.storage(app, me).await?, map(&expected));

    store.remove_storage(app, me, "theme").await?;
    store.remove_storage(app, me, "never set").await?;
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
    store.set_storage(app, me, "k", &"ü".repeat((most - 1) / 2)).await?;
    let full = store.set_storage(app, me, "x", "y").await;
    assert!(matches!(full, Err(StoreError::Quota(_))), "{full:?}");
    let larger = store.set_storage(app, me, "k", &"x".repeat(most)).await;
    assert!(matches!(larger, Err(StoreError::Quota(_))), "{larger:?}");
    assert_eq!(store.storage(app, me).await?["k"].len(), most - 2, "a refused write changes nothing");

    // What is replaced, removed or cleared makes room again, over and over.
    for _ in 0..3 {
        store.set_storage(app, me, "k", &"x".repeat(most - 1)).await?;
        store.remove_storage(app, me, "k").await?;
        store.set_storage(app, me, "l", &"x".repeat(most - 1)).await?;
        store.clear_storage(app, me).await?;
    }
    assert_eq!(world.database.count("SELECT storage_bytes FROM kept").await?, 0);
    Ok(())
}

pub async fn storage_belongs_to_one_app_and_person(world: &World) -> Outcome {
    let (me, other) = (world.user(), world.user());
    let (app, another) = (world.app(me).await?.id, world.app(me).await?.id);
    let store = &world.store;
    store.set_storage(app, me, "k", "mine").await?;
    store.set_storage(app, other, "k", "theirs").await?;
    store.clear_storage(another, me).await?;
    store.clear_storage(app, other).await?;

    assert_eq!(store.storage(app, me).await?, map(&[("k", "mine")]));
    assert_eq!(store.storage(app, other).await?, BTreeMap::new());
    assert_eq!(store.storage(another, me).await?, BTreeMap::new());

    let nowhere = world.new_app(me, "never stored").id;
    let refused = store.set_storage(nowhere, me, "k", "v").await;
    assert!(matches!(refused, Err(StoreError::NotFound("the app"))), "{refused:?}");
    Ok(())
}

fn map(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}
