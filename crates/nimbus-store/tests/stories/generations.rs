use std::sync::Arc;

use nimbus_core::{
    events::JournalEntry,
    generation::GenerationState,
    ids::GenerationId,
    ports::{Outcome as End, StoreError},
    source::SourceTree,
    version::VersionStatus,
};

use crate::world::{Outcome, World};

pub async fn a_generation_is_kept_as_it_was_given(world: &World) -> Outcome {
    let app = world.app(world.user()).await?;
    let older = world.new_generation(&app);
    world.store.create_generation(&older).await?;
    world.clock.advance(1);
    let mut newer = world.new_generation(&app);
    newer.request.app_id = None;
    newer.request.choice.provider = None;
    newer.request.choice.model = None;
    newer.request.prompt = "with \0 and 🌩".to_owned();
    world.store.create_generation(&newer).await?;

    assert_eq!(world.store.generation(newer.id).await?, newer);
    assert_eq!(world.store.generations(app.id).await?, [newer, older]);
    let unknown = GenerationId::new(&world.platform);
    assert!(matches!(world.store.generation(unknown).await, Err(StoreError::NotFound("the generation"))));
    assert!(matches!(
        world.store.append_journal(unknown, &entries(1..=1), None).await,
        Err(StoreError::NotFound("the generation"))
    ));
    Ok(())
}

pub async fn a_journal_is_read_in_order_from_anywhere(world: &World) -> Outcome {
    let app = world.app(world.user()).await?;
    let generation = world.new_generation(&app);
    world.store.create_generation(&generation).await?;

    world.store.append_journal(generation.id, &entries(1..=3), None).await?;
    world.store.append_journal(generation.id, &[], None).await?;
    world.store.append_journal(generation.id, &entries(4..=12), None).await?;

    assert_eq!(world.store.generation(generation.id).await?.last_seq, 12);
    assert_eq!(world.store.journal(generation.id, 0, 100).await?, entries(1..=12));
    assert_eq!(world.store.journal(generation.id, 2, 3).await?, entries(3..=5));
    assert_eq!(world.store.journal(generation.id, 12, 100).await?, []);
    assert_eq!(world.store.journal(generation.id, u64::MAX, 100).await?, []);
    Ok(())
}

pub async fn a_journal_has_no_gaps_and_no_doubles(world: &World) -> Outcome {
    let app = world.app(world.user()).await?;
    let generation = world.new_generation(&app);
    world.store.create_generation(&generation).await?;
    world.store.append_journal(generation.id, &entries(1..=3), None).await?;

    for wrong in [entries(3..=4), entries(5..=6), [entries(4..=4), entries(6..=6)].concat(), entries(1..=1)] {
        let refused = world.store.append_journal(generation.id, &wrong, None).await;
        assert!(matches!(refused, Err(StoreError::Conflict { current: 3 })), "{refused:?}");
    }
    assert_eq!(world.store.journal(generation.id, 0, 100).await?, entries(1..=3));
    Ok(())
}

pub async fn the_outcome_is_stored_with_the_last_entries(world: &World) -> Outcome {
    let app = world.app(world.user()).await?;
    let generation = world.new_generation(&app);
    world.store.create_generation(&generation).await?;
    let version = world.new_version(&app, VersionStatus::Draft);

    // An outcome that cannot be stored takes its entries with it.
    let end = End { state: GenerationState::Complete, version_id: Some(version.id), finished_at: world.platform.now() };
    let refused = world.store.append_journal(generation.id, &entries(1..=2), Some(&end)).await;
    assert!(matches!(refused, Err(StoreError::NotFound("the version"))), "{refused:?}");
    assert_eq!(world.store.journal(generation.id, 0, 10).await?, []);
    assert_eq!(world.store.generation(generation.id).await?, generation);

    world.store.put_version(&version, &SourceTree::default(), None).await?;
    world.store.append_journal(generation.id, &entries(1..=2), Some(&end)).await?;

    let ended = world.store.generation(generation.id).await?;
    assert_eq!(ended.state, GenerationState::Complete);
    assert_eq!(ended.version_id, Some(version.id));
    assert_eq!(ended.finished_at, Some(world.platform.now()));
    assert_eq!(ended.last_seq, 2);
    Ok(())
}

pub async fn nothing_follows_an_outcome(world: &World) -> Outcome {
    let app = world.app(world.user()).await?;
    for state in
        [GenerationState::Complete, GenerationState::Failed, GenerationState::Cancelled, GenerationState::Interrupted]
    {
        let generation = world.new_generation(&app);
        world.store.create_generation(&generation).await?;
        let end = End { state, version_id: None, finished_at: world.platform.now() };
        world.store.append_journal(generation.id, &entries(1..=1), Some(&end)).await?;

        let refused = world.store.append_journal(generation.id, &entries(2..=2), None).await;
        assert!(matches!(refused, Err(StoreError::Conflict { current: 1 })), "{refused:?}");
        assert_eq!(world.store.generation(generation.id).await?.state, state);
    }
    Ok(())
}

pub async fn only_one_of_two_ends_a_generation(world: &World) -> Outcome {
    let app = world.app(world.user()).await?;
    // Several rounds: in the first the connections are still being made, one after the other.
    for _ in 0..10 {
        let generation = world.new_generation(&app);
        world.store.create_generation(&generation).await?;
        let writers: Vec<_> = [GenerationState::Cancelled, GenerationState::Complete]
            .into_iter()
            .map(|state| {
                let (store, id) = (Arc::clone(&world.store), generation.id);
                let end = End { state, version_id: None, finished_at: world.platform.now() };
                tokio::spawn(async move { (state, store.append_journal(id, &entries(1..=1), Some(&end)).await) })
            })
            .collect();
        let mut won = Vec::new();
        for writer in writers {
            match writer.await? {
                (state, Ok(())) => won.push(state),
                (_, refused) => assert!(matches!(refused, Err(StoreError::Conflict { current: 1 })), "{refused:?}"),
            }
        }
        assert_eq!(won, [world.store.generation(generation.id).await?.state]);
    }
    Ok(())
}

pub async fn running_generations_are_found_after_a_crash(world: &World) -> Outcome {
    let (me, other) = (world.user(), world.user());
    let (mine, theirs) = (world.app(me).await?, world.app(other).await?);
    let mut all = Vec::new();
    for app in [&mine, &theirs, &mine] {
        world.clock.advance(1);
        let generation = world.new_generation(app);
        world.store.create_generation(&generation).await?;
        all.push(generation);
    }
    world.clock.advance(1);
    let ended = world.new_generation(&mine);
    world.store.create_generation(&ended).await?;
    let end = End { state: GenerationState::Failed, version_id: None, finished_at: world.platform.now() };
    world.store.append_journal(ended.id, &entries(1..=1), Some(&end)).await?;

    let again = world.database.open().await?;
    assert_eq!(again.unfinished_generations().await?, all);
    assert_eq!(again.running_generations(me).await?, [all[2].clone(), all[0].clone()]);
    Ok(())
}

fn entries(seqs: std::ops::RangeInclusive<u64>) -> Vec<JournalEntry> {
    seqs.map(|seq| JournalEntry {
        seq,
        json: format!("{{\"type\":\"chunk\",\"content\":\"{seq} \\u0000 🌩\"}}"),
        last: seq == 12,
    })
    .collect()
}
