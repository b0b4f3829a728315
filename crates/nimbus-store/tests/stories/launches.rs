use jiff::{SignedDuration, Timestamp};

use crate::world::{Outcome, World};

pub async fn an_ended_launch_is_remembered_until_its_time_is_over(world: &World) -> Outcome {
    let store = &world.store;
    let now = world.platform.now();
    let later = now + SignedDuration::from_hours(1);
    assert!(!store.launch_ended("a").await?);
    store.end_launch("a", later, now).await?;
    store.end_launch("a", later, now).await?;
    assert!(store.launch_ended("a").await? && !store.launch_ended("b").await?);
    // Another one is ended when the time of the first is over.
    store.end_launch("b", later + SignedDuration::from_hours(1), later).await?;
    assert!(!store.launch_ended("a").await? && store.launch_ended("b").await?);
    Ok(())
}

pub async fn signing_out_never_counts_from_an_earlier_moment(world: &World) -> Outcome {
    let store = &world.store;
    let (me, other) = (world.user(), world.user());
    let at = Timestamp::from_millisecond(1_000)?;
    assert_eq!(store.signed_out(me).await?, None);
    store.sign_out(me, at).await?;
    assert_eq!(store.signed_out(me).await?, Some(at));
    // Twice at the same moment, and by a clock that went back.
    store.sign_out(me, at).await?;
    assert_eq!(store.signed_out(me).await?, Some(Timestamp::from_millisecond(1_001)?));
    store.sign_out(me, Timestamp::from_millisecond(5)?).await?;
    assert_eq!(store.signed_out(me).await?, Some(Timestamp::from_millisecond(1_002)?));
    assert_eq!(store.signed_out(other).await?, None);
    Ok(())
}
