//! Which models can be asked, and the samples that need none.

use axum::{Json, extract::State};
use nimbus_core::{
    model::{InstalledModel, ModelChoice, ModelRef, ProviderHealth, ProviderId},
    ports::Models,
};

use crate::{
    auth::Person,
    error::ApiError,
    state::ServerState,
    wire::{Health, Installed, InstalledModels, Problem, Samples, Selected},
};

/// How the providers were when last probed in the background.
pub(crate) async fn health(State(state): State<ServerState>, person: Person) -> Result<Json<Health>, ApiError> {
    health_of(&state, person, state.parts.models.health()).await
}

/// How they are now: probes each of them.
pub(crate) async fn probe(State(state): State<ServerState>, person: Person) -> Result<Json<Health>, ApiError> {
    let providers = state.parts.models.probe().await;
    health_of(&state, person, providers).await
}

/// The models that Ollama has, with what calibration found out about each.
pub(crate) async fn installed(State(state): State<ServerState>, _: Person) -> Result<Json<InstalledModels>, ApiError> {
    let (installed, profiles) = (state.parts.models.models().await, state.store().model_profiles().await?);
    let with_profile = |model: InstalledModel| {
        let named = ModelRef { provider: ProviderId::Ollama, model: model.name.clone() };
        let profile = profiles.iter().find(|stored| stored.profile.model == named);
        Installed { provider: ProviderId::Ollama, model, profile: profile.map(|stored| stored.profile.clone()) }
    };
    Ok(Json(InstalledModels { models: installed.into_iter().map(with_profile).collect() }))
}

pub(crate) async fn samples(State(state): State<ServerState>, _: Person) -> Json<Samples> {
    Json(Samples { samples: state.parts.models.samples() })
}

async fn health_of(
    state: &ServerState,
    person: Person,
    providers: Vec<ProviderHealth>,
) -> Result<Json<Health>, ApiError> {
    let models = state.parts.asking.for_person(person.user).await?;
    let selected = match models.select(&ModelChoice::default()) {
        Ok((model, local)) => Selected::Model { model, local },
        Err(error) => Selected::Problem {
            error: Problem { code: error.kind.code(), kind: error.kind, message: error.message, hint: error.hint },
        },
    };
    Ok(Json(Health { providers, selected }))
}
