use nimbus_core::{
    ids::{AppId, UserId},
    permission::{Consent, Domain, Permissions},
    ports::{Limit, StoreError},
};

use crate::world::{LIMITS, Outcome, World};

pub async fn a_consent_is_kept_replaced_and_taken_back(world: &World) -> Outcome {
    let (me, other) = (world.user(), world.user());
    let (app, another) = (world.app(me).await?, world.app(me).await?);
    let store = &world.store;
    assert_eq!(store.consent(app.id, me).await?, None);
    store.delete_consent(app.id, me).await?;

    let first = consent(world, app.id, me)?;
    store.put_consent(&first).await?;
    world.clock.advance(1);
    let permissions = Permissions { ai: true, ..Permissions::default() };
    let second = Consent { version_hash: "def".to_owned(), permissions, ..consent(world, app.id, me)? };
    store.put_consent(&second).await?;
    assert_eq!(store.consent(app.id, me).await?, Some(second.clone()));
    assert_eq!(store.consent(app.id, other).await?, None);
    assert_eq!(store.consent(another.id, me).await?, None);

    world.clock.advance(1);
    let third = consent(world, another.id, me)?;
    store.put_consent(&third).await?;
    store.put_consent(&consent(world, app.id, other)?).await?;
    assert_eq!(store.consents(me).await?, [third.clone(), second.clone()]);
    store.delete_consent(app.id, me).await?;
    assert_eq!(store.consents(me).await?, [third]);
    assert_eq!(store.consents(other).await?.len(), 1);
    Ok(())
}

pub async fn consents_of_deleted_apps_are_not_listed(world: &World) -> Outcome {
    let me = world.user();
    let app = world.app(me).await?;
    world.store.put_consent(&consent(world, app.id, me)?).await?;
    world.store.delete_app(app.id, world.platform.now()).await?;
    assert_eq!(world.store.consents(me).await?, []);
    let nowhere = world.new_app(me, "never stored").id;
    let refused = world.store.put_consent(&consent(world, nowhere, me)?).await;
    assert!(matches!(refused, Err(StoreError::NotFound("the app"))), "{refused:?}");
    Ok(())
}

pub async fn tokens_are_counted_per_day_up_to_a_limit(world: &World) -> Outcome {
    let (me, other) = (world.user(), world.user());
    let app = world.app(me).await?.id;
    let store = &world.store;
    let most = i64::try_from(LIMITS.tokens_per_day)?;
    assert_eq!(store.spend_tokens(app, me, 7, most - 10).await?, LIMITS.tokens_per_day - 10);
    let more = store.spend_tokens(app, me, 7, 11).await;
    assert!(matches!(more, Err(StoreError::Quota(Limit::AiTokens, _))), "{more:?}");
    assert_eq!(store.spend_tokens(app, me, 7, 10).await?, LIMITS.tokens_per_day);
    // Another person and another day are not concerned, and what was not used is given back.
    assert_eq!(store.spend_tokens(app, other, 7, 5).await?, 5);
    assert_eq!(store.spend_tokens(app, me, 8, 5).await?, 5);
    assert_eq!(store.spend_tokens(app, me, 7, -20).await?, LIMITS.tokens_per_day - 20);
    Ok(())
}

fn consent(world: &World, app: AppId, user: UserId) -> Result<Consent, Box<dyn std::error::Error>> {
    let domains = [Domain::parse("a.org")?, Domain::parse("b.org")?].into();
    let permissions = Permissions { ai: false, domains, shared_data: true };
    Ok(Consent { app, user, version_hash: "abc".to_owned(), permissions, granted_at: world.platform.now() })
}
