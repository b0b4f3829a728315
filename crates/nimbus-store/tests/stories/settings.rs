use std::sync::Arc;

use nimbus_core::{
    model::{ModelRef, Money, ProviderChoice, ProviderId},
    ports::StoredProfile,
    profile::{Dialect, Profile},
    settings::{LlmSettings, Month, Spending},
};
use serde_json::json;

use crate::world::{Outcome, World};

pub async fn what_a_person_chose_is_kept_and_replaced(world: &World) -> Outcome {
    let (me, other) = (world.user(), world.user());
    let store = &world.store;
    assert_eq!(store.llm_settings(me).await?, LlmSettings::default());
    let all = LlmSettings::from_json(&json!({
        "provider": "ollama", "ollamaModel": "a", "ollamaSmallModel": "b", "openrouterModel": "c/ü",
        "fallbackEnabled": false, "thinking": true, "monthlyCapUsd": 1.25,
    }))?;
    store.put_llm_settings(me, &all).await?;
    assert_eq!(store.llm_settings(me).await?, all);
    let less = LlmSettings::from_json(&json!({ "provider": "auto" }))?;
    assert_eq!(less.preferences.provider, Some(ProviderChoice::Auto));
    store.put_llm_settings(me, &less).await?;
    assert_eq!(store.llm_settings(me).await?, less);
    assert_eq!(store.llm_settings(other).await?, LlmSettings::default());
    Ok(())
}

pub async fn a_secret_is_kept_per_person_and_name_until_it_is_removed(world: &World) -> Outcome {
    let (me, other) = (world.user(), world.user());
    let store = &world.store;
    let sealed = [0, 255, 1, 0, 7];
    assert_eq!(store.secret(me, "key").await?, None);
    store.put_secret(me, "key", &sealed).await?;
    assert_eq!(store.secret(me, "key").await?.as_deref(), Some(sealed.as_slice()));
    assert_eq!(store.secret(me, "another").await?, None);
    assert_eq!(store.secret(other, "key").await?, None);
    store.put_secret(me, "key", &[1]).await?;
    store.put_secret(other, "key", &[2]).await?;
    assert_eq!(store.secret(me, "key").await?.as_deref(), Some([1].as_slice()));
    store.delete_secret(me, "key").await?;
    store.delete_secret(me, "key").await?;
    assert_eq!(store.secret(me, "key").await?, None);
    assert_eq!(store.secret(other, "key").await?.as_deref(), Some([2].as_slice()));
    Ok(())
}

pub async fn costs_are_added_per_person_and_month(world: &World) -> Outcome {
    let (me, other) = (world.user(), world.user());
    let store = &world.store;
    let november = Month::of("2026-11-30T23:59:59Z".parse()?);
    let december = Month::of("2026-12-01T00:00:00Z".parse()?);
    let cost = |micros, unpriced| Spending { cost: Money::from_micros(micros), unpriced };
    assert_eq!(store.spending(me, november).await?, Spending::default());
    assert_eq!(store.add_spending(me, november, cost(1_200, 0)).await?, cost(1_200, 0));
    assert_eq!(store.add_spending(me, november, cost(300, 1)).await?, cost(1_500, 1));
    assert_eq!(store.spending(me, november).await?, cost(1_500, 1));
    assert_eq!(store.spending(me, december).await?, Spending::default());
    assert_eq!(store.spending(other, november).await?, Spending::default());
    Ok(())
}

pub async fn costs_at_the_same_time_are_all_counted(world: &World) -> Outcome {
    let me = world.user();
    let month = Month::of(world.platform.now());
    let added = Spending { cost: Money::from_micros(3), unpriced: 1 };
    let writers: Vec<_> = (0..20)
        .map(|_| {
            let store = Arc::clone(&world.store);
            tokio::spawn(async move { store.add_spending(me, month, added).await })
        })
        .collect();
    for writer in writers {
        writer.await??;
    }
    assert_eq!(world.store.spending(me, month).await?, Spending { cost: Money::from_micros(60), unpriced: 20 });
    Ok(())
}

pub async fn a_profile_is_kept_per_model_and_replaced(world: &World) -> Outcome {
    let store = &world.store;
    assert_eq!(store.model_profiles().await?, []);
    let profile = |provider, model: &str, digest: &str| StoredProfile {
        digest: digest.to_owned(),
        profile: Profile {
            model: ModelRef { provider, model: model.to_owned() },
            dialect: Dialect::Tags,
            several_files: true,
            edits: false,
            clean_tokens: 4_000,
            clean_to_the_end: true,
            tokens_per_second: 12.5,
            first_token_ms: 300,
            thinks: false,
            measured_at: world.platform.now(),
        },
    };
    let ours = profile(ProviderId::Ollama, "b:7b", "sha256:1");
    let hosted = profile(ProviderId::Openrouter, "b:7b", "");
    store.put_model_profile(&hosted).await?;
    store.put_model_profile(&ours).await?;
    assert_eq!(store.model_profiles().await?, [ours, hosted.clone()]);
    world.clock.advance(1);
    let newer = profile(ProviderId::Ollama, "b:7b", "sha256:2");
    store.put_model_profile(&newer).await?;
    assert_eq!(store.model_profiles().await?, [newer, hosted]);
    Ok(())
}
