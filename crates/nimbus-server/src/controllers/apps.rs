//! A person's apps.

use axum::{Json, extract::State, http::StatusCode};
use nimbus_core::{
    app::{App, MAX_NAME_CHARS},
    ids::AppId,
    ports::AppPatch,
};

use super::own_app;
use crate::{
    auth::Person,
    body::{ApiJson, ApiPath},
    error::{ApiError, Code},
    sandbox::live::News,
    state::ServerState,
    wire::{AppChange, Apps, Generations},
};

pub(crate) async fn list(State(state): State<ServerState>, person: Person) -> Result<Json<Apps>, ApiError> {
    Ok(Json(Apps { apps: state.store().apps(person.user).await? }))
}

pub(crate) async fn show(
    State(state): State<ServerState>,
    person: Person,
    ApiPath(id): ApiPath<AppId>,
) -> Result<Json<App>, ApiError> {
    Ok(Json(own_app(&state, person.user, id).await?))
}

pub(crate) async fn update(
    State(state): State<ServerState>,
    person: Person,
    ApiPath(id): ApiPath<AppId>,
    ApiJson(change): ApiJson<AppChange>,
) -> Result<Json<App>, ApiError> {
    let app = own_app(&state, person.user, id).await?;
    let patch = AppPatch { name: change.name.as_deref().map(name_of).transpose()?, local_only: change.local_only };
    if patch == AppPatch::default() {
        return Ok(Json(app));
    }
    Ok(Json(state.store().update_app(id, &patch, state.parts.platform.now()).await?))
}

/// Deletes an app; `undelete` takes it back.
pub(crate) async fn remove(
    State(state): State<ServerState>,
    person: Person,
    ApiPath(id): ApiPath<AppId>,
) -> Result<StatusCode, ApiError> {
    own_app(&state, person.user, id).await?;
    state.store().delete_app(id, state.parts.platform.now()).await?;
    state.live.tell(News::LookAgain);
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn undelete(
    State(state): State<ServerState>,
    person: Person,
    ApiPath(id): ApiPath<AppId>,
) -> Result<Json<App>, ApiError> {
    let now = state.parts.platform.now();
    let app = state.store().undelete_app(id, now).await?;
    if app.owner == person.user {
        return Ok(Json(app));
    }
    // A deleted app's owner is known only once it is back.
    state.store().delete_app(id, now).await?;
    Err(ApiError::not_found("this app"))
}

pub(crate) async fn generations(
    State(state): State<ServerState>,
    person: Person,
    ApiPath(id): ApiPath<AppId>,
) -> Result<Json<Generations>, ApiError> {
    own_app(&state, person.user, id).await?;
    Ok(Json(Generations { generations: state.store().generations(id).await? }))
}

/// An app's name as a person gives it: trimmed, 1 to [`MAX_NAME_CHARS`] characters, none of them a
/// control character.
pub(super) fn name_of(text: &str) -> Result<String, ApiError> {
    let name = text.trim();
    let length = name.chars().count();
    if length == 0 || length > MAX_NAME_CHARS || name.chars().any(char::is_control) {
        let message = format!("a name has 1 to {MAX_NAME_CHARS} characters, without line breaks");
        return Err(ApiError::new(Code::Invalid, message));
    }
    Ok(name.to_owned())
}
