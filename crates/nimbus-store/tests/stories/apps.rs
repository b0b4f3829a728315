use nimbus_core::{
    app::ExecutionMode,
    ports::{AppPatch, StoreError},
};

use crate::world::{Outcome, World};

pub async fn an_app_is_kept_as_it_was_given(world: &World) -> Outcome {
    let mut app = world.new_app(world.user(), "Things");
    app.execution_mode = ExecutionMode::Schema;
    app.sample = true;
    app.local_only = true;
    assert!(matches!(world.store.app(app.id).await, Err(StoreError::NotFound("the app"))));

    world.store.create_app(&app, None).await?;

    assert_eq!(world.store.app(app.id).await?, app);
    Ok(())
}

pub async fn apps_of_one_person_are_listed_last_changed_first(world: &World) -> Outcome {
    let (me, other) = (world.user(), world.user());
    let mut mine = Vec::new();
    for name in ["one", "two", "three"] {
        world.clock.advance(1);
        let app = world.new_app(me, name);
        world.store.create_app(&app, None).await?;
        mine.push(app);
    }
    world.app(other).await?;

    world.clock.advance(1);
    let patch = AppPatch { name: Some("first".to_owned()), ..AppPatch::default() };
    let renamed = world.store.update_app(mine[0].id, &patch, world.platform.now()).await?;

    assert_eq!(renamed.updated_at, world.platform.now());
    assert_eq!(renamed.created_at, mine[0].created_at);
    let names: Vec<_> = world.store.apps(me).await?.into_iter().map(|app| app.name).collect();
    assert_eq!(names, ["first", "three", "two"]);
    assert!(world.store.apps(world.user()).await?.is_empty());
    Ok(())
}

pub async fn a_deletion_can_be_taken_back(world: &World) -> Outcome {
    let me = world.user();
    let app = world.app(me).await?;
    let now = world.platform.now();

    world.store.delete_app(app.id, now).await?;

    assert!(matches!(world.store.app(app.id).await, Err(StoreError::NotFound(_))));
    assert!(world.store.apps(me).await?.is_empty());
    assert!(matches!(world.store.update_app(app.id, &AppPatch::default(), now).await, Err(StoreError::NotFound(_))));
    assert!(matches!(world.store.delete_app(app.id, now).await, Err(StoreError::NotFound(_))));

    assert_eq!(world.store.undelete_app(app.id, now).await?, app);
    assert_eq!(world.store.apps(me).await?, [app]);
    Ok(())
}

pub async fn an_app_begins_with_its_generation_or_not_at_all(world: &World) -> Outcome {
    let first = world.new_app(world.user(), "first");
    let generation = world.new_generation(&first);
    world.store.create_app(&first, Some(&generation)).await?;
    assert_eq!(world.store.generation(generation.id).await?, generation);

    // The generation's id is taken, so the second app must not stay either.
    let second = world.new_app(first.owner, "second");
    let mut taken = world.new_generation(&second);
    taken.id = generation.id;
    assert!(matches!(world.store.create_app(&second, Some(&taken)).await, Err(StoreError::Database(_))));
    assert!(matches!(world.store.app(second.id).await, Err(StoreError::NotFound(_))));

    let nowhere = world.new_generation(&second);
    assert!(matches!(world.store.create_generation(&nowhere).await, Err(StoreError::NotFound("the app"))));
    Ok(())
}

pub async fn an_app_can_be_told_never_to_leave_this_machine(world: &World) -> Outcome {
    let me = world.user();
    let (app, other) = (world.app(me).await?, world.app(me).await?);
    let now = world.platform.now();
    let patch = AppPatch { local_only: Some(true), ..AppPatch::default() };
    let changed = world.store.update_app(app.id, &patch, now).await?;
    assert_eq!((changed.local_only, changed.name.as_str()), (true, app.name.as_str()));
    let renamed = AppPatch { name: Some("x".to_owned()), ..AppPatch::default() };
    assert!(world.store.update_app(app.id, &renamed, now).await?.local_only);
    assert!(!world.store.app(other.id).await?.local_only);
    let patch = AppPatch { local_only: Some(false), ..AppPatch::default() };
    assert!(!world.store.update_app(app.id, &patch, now).await?.local_only);
    Ok(())
}

pub async fn a_name_with_nul_is_kept_with_a_replacement(world: &World) -> Outcome {
    let app = world.new_app(world.user(), "a\0b");
    world.store.create_app(&app, None).await?;
    assert_eq!(world.store.app(app.id).await?.name, "a\u{fffd}b");
    Ok(())
}
