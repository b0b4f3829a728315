//! Launches: how a host page starts an app in its frame, and acts for it while it runs.

use axum::{Json, extract::State, http::StatusCode};
use nimbus_core::ids::{AppId, UserId, VersionId};

use super::own_app;
use crate::{
    auth::{Origin, Person},
    body::{ApiJson, ApiPath},
    bundles::bundle,
    error::{ApiError, Code},
    hosts,
    sandbox::{
        launch::Launch,
        token::{self, Claims, RENEWABLE_SECONDS},
    },
    state::ServerState,
    wire::{LaunchBody, Launched, Renewed, Storage, TokenBody},
};

/// Prepares one start of an app: an address that opens once, and the token for its calls.
pub(crate) async fn create(
    State(state): State<ServerState>,
    person: Person,
    Origin(host): Origin,
    ApiPath(id): ApiPath<AppId>,
    ApiJson(body): ApiJson<LaunchBody>,
) -> Result<Json<Launched>, ApiError> {
    let app = own_app(&state, person.user, id).await?;
    let Some(version) = body.version_id.or(app.head) else {
        return Err(ApiError::new(Code::NothingToRun, "this app has no version that runs yet")
            .with_hint("open it in the studio to see how its generation ended"));
    };
    if bundle(&state, id, version).await?.is_none() {
        return Err(ApiError::new(Code::NothingToRun, "this version does not run")
            .with_hint("open another version, or ask for a repair in the studio"));
    }
    let local = state.store().storage(id, person.user).await?;
    let number = state.random_hex::<16>();
    let issued_at = state.parts.platform.now();
    state.launches.issue(number.clone(), Launch { app: id, version, host, issued_at });
    let renewed = token_for(&state, id, version, person.user, number.clone());
    Ok(Json(Launched {
        url: format!("{}/v/{version}/?launch={number}", hosts::app_origin(id, state.port())),
        launch: number,
        token: renewed.token,
        app_id: id,
        version_id: version,
        expires_at: renewed.expires_at,
        storage: Storage { local },
    }))
}

/// A fresh token for a launch whose token ends, for frames that stay open. The old one may have
/// ended up to a day ago.
pub(crate) async fn renew(
    State(state): State<ServerState>,
    person: Person,
    ApiPath(id): ApiPath<AppId>,
    ApiJson(body): ApiJson<TokenBody>,
) -> Result<Json<Renewed>, ApiError> {
    let claims = own_claims(&state, person.user, id, &body.token)?;
    if state.launches.is_revoked(&claims.launch) {
        return Err(ApiError::new(Code::SandboxToken, "this launch was ended").with_hint("load the app again"));
    }
    own_app(&state, person.user, id).await?;
    Ok(Json(token_for(&state, id, claims.version, person.user, claims.launch)))
}

/// Ends a launch: its frame was removed, or misbehaved.
pub(crate) async fn revoke(
    State(state): State<ServerState>,
    person: Person,
    ApiPath(id): ApiPath<AppId>,
    ApiJson(body): ApiJson<TokenBody>,
) -> Result<StatusCode, ApiError> {
    let claims = own_claims(&state, person.user, id, &body.token)?;
    state.launches.revoke(claims.launch, state.parts.platform.now());
    Ok(StatusCode::NO_CONTENT)
}

fn own_claims(state: &ServerState, user: UserId, app: AppId, text: &str) -> Result<Claims, ApiError> {
    let claims = token::verify(&state.parts.config.secret, text, state.parts.platform.now(), RENEWABLE_SECONDS)
        .map_err(|error| ApiError::new(Code::SandboxToken, error.to_string()).with_hint("load the app again"))?;
    if claims.app == app && claims.user == user {
        return Ok(claims);
    }
    Err(ApiError::new(Code::SandboxToken, "the sandbox token is for another app or person"))
}

fn token_for(state: &ServerState, app: AppId, version: VersionId, user: UserId, launch: String) -> Renewed {
    let claims = Claims::new(app, version, user, launch, state.random_hex::<8>(), state.parts.platform.now());
    let token = token::mint(&state.parts.config.secret, &claims);
    Renewed { token, expires_at: claims.expires_at() }
}
