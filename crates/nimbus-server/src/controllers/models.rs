//! Which models can be asked, and the samples that need none.

use axum::{Json, extract::State};
use nimbus_core::model::{ModelChoice, ProviderHealth};

use crate::{
    auth::Person,
    state::ServerState,
    wire::{Health, Problem, Samples, Selected},
};

/// How the providers were when last probed in the background.
pub(crate) async fn health(State(state): State<ServerState>, _: Person) -> Json<Health> {
    Json(health_of(&state, state.parts.models.health()))
}

/// How they are now: probes each of them.
pub(crate) async fn probe(State(state): State<ServerState>, _: Person) -> Json<Health> {
    let providers = state.parts.models.probe().await;
    Json(health_of(&state, providers))
}

pub(crate) async fn samples(State(state): State<ServerState>, _: Person) -> Json<Samples> {
    Json(Samples { samples: state.parts.models.samples() })
}

fn health_of(state: &ServerState, providers: Vec<ProviderHealth>) -> Health {
    let selected = match state.parts.models.select(&ModelChoice::default()) {
        Ok((model, local)) => Selected::Model { model, local },
        Err(error) => Selected::Problem {
            error: Problem { code: error.kind.code(), kind: error.kind, message: error.message, hint: error.hint },
        },
    };
    Health { providers, selected }
}
