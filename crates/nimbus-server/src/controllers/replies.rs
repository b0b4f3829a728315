//! Replies that are kept: which of them fit what a person is about to ask.

use axum::{Json, extract::State};
use nimbus_core::model::ModelChoice;

use crate::{
    auth::Person,
    body::ApiJson,
    error::ApiError,
    state::ServerState,
    wire::{Offers, SimilarBody},
};

/// Asks no model. What is offered is used only when `reuse` names it.
pub(crate) async fn similar(
    State(state): State<ServerState>,
    person: Person,
    ApiJson(body): ApiJson<SimilarBody>,
) -> Result<Json<Offers>, ApiError> {
    let choice = ModelChoice { provider: body.provider, model: body.model, ..ModelChoice::default() };
    let offers = state.parts.jobs.similar(person.user, &body.prompt, body.app_id, &choice).await?;
    Ok(Json(Offers { offers }))
}
