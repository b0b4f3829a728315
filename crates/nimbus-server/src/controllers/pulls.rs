//! Downloads of models to Ollama.

use axum::{Json, extract::State, http::StatusCode, response::Response};
use nimbus_core::settings::model_name;

use crate::{
    auth::Person,
    body::{ApiJson, ApiPath},
    error::{ApiError, Code},
    pulls::{self, MAX_PULLS, TooMany},
    sse,
    state::ServerState,
    wire::{PullBody, PullEvent, Pulling, Pulls},
};

/// Begins a download, or joins the one that is under way, and streams how far it is.
pub(crate) async fn create(
    State(state): State<ServerState>,
    _: Person,
    ApiJson(body): ApiJson<PullBody>,
) -> Result<Response, ApiError> {
    let model =
        model_name(&body.model).map_err(|problem| ApiError::new(Code::Invalid, format!("`model` {problem}")))?;
    let joined = state.pulls.join(&model, &state.parts.models, &state.parts.shutdown);
    let mut progress = joined.map_err(|TooMany| {
        ApiError::new(Code::TooManyPulls, format!("{MAX_PULLS} models are being downloaded already"))
            .with_hint("wait until one of them is there, or stop one")
    })?;
    progress.mark_changed();
    Ok(sse::send(async_stream::stream! {
        // The sender goes only after it has told the end.
        while progress.changed().await.is_ok() {
            let now = progress.borrow_and_update().clone();
            match now {
                pulls::State::Running(now) => yield sse::message(&PullEvent::Progress { now: &now }),
                pulls::State::Complete => yield sse::message(&PullEvent::Complete),
                pulls::State::Failed(error) => {
                    let (code, hint) = (error.kind.code(), error.hint.as_deref());
                    yield sse::message(&PullEvent::Error { code, error: &error.message, hint });
                }
            }
        }
    }))
}

pub(crate) async fn list(State(state): State<ServerState>, _: Person) -> Json<Pulls> {
    let pulls = state.pulls.list().into_iter().map(|(model, progress)| Pulling { model, progress }).collect();
    Json(Pulls { pulls })
}

/// Stops a download. What has come is kept by Ollama and not fetched again.
pub(crate) async fn remove(
    State(state): State<ServerState>,
    _: Person,
    ApiPath(model): ApiPath<String>,
) -> Result<StatusCode, ApiError> {
    if state.pulls.stop(model.trim()) { Ok(StatusCode::NO_CONTENT) } else { Err(ApiError::not_found("this download")) }
}
