use jiff::Timestamp;
use nimbus_core::{
    app::App,
    ids::ReplyId,
    model::{ModelRef, ProviderId},
    ports::StoreError,
    replies::{KeptReply, ReplyHead},
};

use crate::world::{LIMITS, Outcome, World};

/// A reply that is made now. Later ones are newer.
fn reply(world: &World, app: &App, setting: &str, prompt: &str, text: &str) -> KeptReply {
    world.clock.advance(1);
    let head = ReplyHead {
        id: ReplyId::new(&world.platform),
        setting: setting.to_owned(),
        prompt: prompt.to_owned(),
        model: ModelRef { provider: ProviderId::Openrouter, model: "a/b".to_owned() },
        created_at: world.platform.now(),
    };
    KeptReply { head, owner: app.owner, app: app.id, text: text.to_owned() }
}

async fn found(world: &World, app: &App, setting: &str) -> Result<Vec<ReplyHead>, StoreError> {
    world.store.replies(app.owner, setting, Timestamp::UNIX_EPOCH).await
}

pub async fn a_reply_is_kept_and_found_in_its_setting(world: &World) -> Outcome {
    let app = world.app(world.user()).await?;
    let stranger = world.app(world.user()).await?;
    let first = reply(world, &app, "s", "a clock", "<file>\0 ü</file>");
    let second = reply(world, &app, "s", "a timer", "x");
    let elsewhere = reply(world, &app, "other", "a clock", "y");
    let theirs = reply(world, &stranger, "s", "a clock", "z");
    for kept in [&first, &second, &elsewhere, &theirs] {
        world.store.put_reply(kept, Timestamp::UNIX_EPOCH).await?;
    }
    assert_eq!(found(world, &app, "s").await?, [second.head.clone(), first.head.clone()]);
    let recent = world.store.replies(app.owner, "s", second.head.created_at).await?;
    assert_eq!(recent, [second.head]);
    assert_eq!(world.store.reply(first.head.id).await?, first);
    let unknown = world.store.reply(ReplyId::new(&world.platform)).await;
    assert!(matches!(unknown, Err(StoreError::NotFound("the kept reply"))), "{unknown:?}");
    Ok(())
}

pub async fn the_same_request_keeps_its_newest_reply(world: &World) -> Outcome {
    let app = world.app(world.user()).await?;
    let old = reply(world, &app, "s", "A clock", "old");
    let new = reply(world, &app, "s", "a  clock.", "new");
    for kept in [&old, &new] {
        world.store.put_reply(kept, Timestamp::UNIX_EPOCH).await?;
    }
    assert_eq!(found(world, &app, "s").await?, [new.head]);
    assert!(matches!(world.store.reply(old.head.id).await, Err(StoreError::NotFound(_))));
    Ok(())
}

pub async fn replies_are_limited_in_number_bytes_and_age(world: &World) -> Outcome {
    let app = world.app(world.user()).await?;
    let stranger = world.app(world.user()).await?;
    let theirs = reply(world, &stranger, "s", "a clock", "z");
    world.store.put_reply(&theirs, Timestamp::UNIX_EPOCH).await?;
    let mut heads = Vec::new();
    for n in 0..LIMITS.replies + 2 {
        let kept = reply(world, &app, "s", &format!("number {n}"), "x");
        world.store.put_reply(&kept, Timestamp::UNIX_EPOCH).await?;
        heads.insert(0, kept.head);
    }
    heads.truncate(usize::try_from(LIMITS.replies)?);
    assert_eq!(found(world, &app, "s").await?, heads);

    let large = reply(world, &app, "s", "large", &"x".repeat(usize::try_from(LIMITS.reply_bytes)? - 1));
    world.store.put_reply(&large, Timestamp::UNIX_EPOCH).await?;
    assert_eq!(found(world, &app, "s").await?, [large.head.clone(), heads[0].clone()]);

    let last = reply(world, &app, "s", "last", "x");
    world.store.put_reply(&last, last.head.created_at).await?;
    assert_eq!(found(world, &app, "s").await?, [last.head]);
    assert_eq!(found(world, &stranger, "s").await?, [theirs.head]);
    Ok(())
}

pub async fn replies_go_with_their_app(world: &World) -> Outcome {
    let me = world.user();
    let (app, other) = (world.app(me).await?, world.app(me).await?);
    let (gone, stays) = (reply(world, &app, "s", "a clock", "x"), reply(world, &other, "s", "a timer", "y"));
    for kept in [&gone, &stays] {
        world.store.put_reply(kept, Timestamp::UNIX_EPOCH).await?;
    }
    world.store.delete_app(app.id, world.platform.now()).await?;
    assert_eq!(found(world, &app, "s").await?, [stays.head]);
    let late = world.store.put_reply(&reply(world, &app, "s", "late", "x"), Timestamp::UNIX_EPOCH).await;
    assert!(matches!(late, Err(StoreError::NotFound("the app"))), "{late:?}");
    assert_eq!(world.database.count("SELECT COUNT(*) FROM replies").await?, 1);
    Ok(())
}
