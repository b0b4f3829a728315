//! Generations: starting one, following it, stopping it.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use nimbus_core::{
    generate::StartError,
    generation::{GenerateRequest, Generation},
    ids::{GenerationId, UserId},
};
use serde::Deserialize;

use crate::{
    auth::Person,
    body::{ApiJson, ApiPath, ApiQuery},
    error::{ApiError, Code},
    limits::rates::Doing,
    sse,
    state::ServerState,
    wire::Cancelled,
};

/// Begins a generation and streams what it says. The generation is a job: whoever stops listening
/// may come back for the rest.
pub(crate) async fn create(
    State(state): State<ServerState>,
    person: Person,
    ApiJson(request): ApiJson<GenerateRequest>,
) -> Result<Response, ApiError> {
    state.rates.count(Doing::Generation, person.user)?;
    let generation = state.parts.jobs.start(person.user, request).await?;
    state.meters.count_generation();
    Ok(sse::stream(state.parts.jobs.follow(generation.id, 0)))
}

/// The person's running generations, newest first.
pub(crate) async fn list(State(state): State<ServerState>, person: Person) -> Result<Json<Vec<Generation>>, ApiError> {
    Ok(Json(state.store().running_generations(person.user).await?))
}

pub(crate) async fn show(
    State(state): State<ServerState>,
    person: Person,
    ApiPath(id): ApiPath<GenerationId>,
) -> Result<Json<Generation>, ApiError> {
    Ok(Json(own_generation(&state, person.user, id).await?))
}

#[derive(Debug, Deserialize)]
pub(crate) struct Place {
    after: Option<u64>,
}

/// The events from a place on. 204 when the generation is over and all of it was seen: that ends
/// the reconnecting of an `EventSource`.
pub(crate) async fn events(
    State(state): State<ServerState>,
    person: Person,
    ApiPath(id): ApiPath<GenerationId>,
    ApiQuery(place): ApiQuery<Place>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let generation = own_generation(&state, person.user, id).await?;
    let after = sse::resume_after(&headers, place.after)
        .ok_or_else(|| ApiError::new(Code::Invalid, "`Last-Event-ID` is not the number of an event"))?;
    if generation.state.is_over() && after >= generation.last_seq {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    Ok(sse::stream(state.parts.jobs.follow(id, after)))
}

/// Stops a generation; what it had written is kept as a draft.
pub(crate) async fn cancel(
    State(state): State<ServerState>,
    person: Person,
    ApiPath(id): ApiPath<GenerationId>,
) -> Result<Json<Cancelled>, ApiError> {
    own_generation(&state, person.user, id).await?;
    Ok(Json(Cancelled { cancelled: state.parts.jobs.cancel(id) }))
}

async fn own_generation(state: &ServerState, user: UserId, id: GenerationId) -> Result<Generation, ApiError> {
    let generation = state.store().generation(id).await?;
    if generation.owner == user { Ok(generation) } else { Err(ApiError::not_found("this generation")) }
}

impl From<StartError> for ApiError {
    fn from(error: StartError) -> Self {
        let message = error.to_string();
        match error {
            StartError::EmptyPrompt => Self::new(Code::InvalidPrompt, message)
                .with_hint("say what the app should do, as in `a todo list with priorities`"),
            StartError::PromptTooLong(_) => Self::new(Code::InvalidPrompt, message)
                .with_hint("describe the app in fewer words, then refine it step by step"),
            StartError::ControlCharacter(_) => Self::new(Code::InvalidPrompt, message)
                .with_hint("remove it; it may have come along when the text was pasted"),
            StartError::ModelName(_) => Self::new(Code::Invalid, message),
            StartError::OtherFiles => Self::new(Code::Conflict, message).with_hint("generate anew: leave `reuse` out"),
            StartError::SchemaNotYet => Self::new(Code::SchemaMode, "Schema-based apps are not there yet")
                .with_hint("send `executionMode: \"sandbox\"`, or leave it out"),
            StartError::TooMany => {
                Self::new(Code::TooManyGenerations, message).with_hint("wait until one of them ends, or stop one")
            }
            StartError::Busy(id) => Self::new(Code::Conflict, message)
                .with_hint(format!("follow it at `/api/generations/{id}/events`, or stop it first")),
            StartError::Model(error) => Self::model(error),
            StartError::Store(error) => error.into(),
        }
    }
}
