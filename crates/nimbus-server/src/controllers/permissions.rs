//! What the viewer of an app agrees to, and takes back.

use std::collections::BTreeMap;

use axum::{Json, extract::State, http::StatusCode};
use nimbus_core::{ids::AppId, permission::Consent};

use super::{own_app, own_version};
use crate::{
    auth::Person,
    body::{ApiJson, ApiPath},
    error::{ApiError, Code},
    sandbox::live::News,
    state::ServerState,
    wire::{Allow, Granted, Grants},
};

/// Everything that this person agreed to, the newest first.
pub(crate) async fn list(State(state): State<ServerState>, person: Person) -> Result<Json<Grants>, ApiError> {
    let apps = state.store().apps(person.user).await?;
    let mut names: BTreeMap<AppId, String> = apps.into_iter().map(|app| (app.id, app.name)).collect();
    let consents = state.store().consents(person.user).await?;
    let grants = consents.into_iter().filter_map(|consent| Some(granted(names.remove(&consent.app)?, consent)));
    Ok(Json(Grants { grants: grants.collect() }))
}

/// Agrees to what a version declares, or to a part of it, in place of what was agreed to before.
pub(crate) async fn put(
    State(state): State<ServerState>,
    person: Person,
    ApiPath(id): ApiPath<AppId>,
    ApiJson(body): ApiJson<Allow>,
) -> Result<Json<Granted>, ApiError> {
    let (app, version) = own_version(&state, person.user, id, body.version_id).await?;
    if !body.allow.without(&version.sandbox_permissions.permissions).is_empty() {
        return Err(ApiError::new(Code::Invalid, "more cannot be allowed than this version declares")
            .with_hint("its `sandboxPermissions` list what it declares"));
    }
    let consent = Consent {
        app: id,
        user: person.user,
        version_hash: version.hash,
        permissions: body.allow,
        granted_at: state.parts.platform.now(),
    };
    state.store().put_consent(&consent).await?;
    state.live.tell(News::LookAgain);
    Ok(Json(granted(app.name, consent)))
}

/// Takes back everything that this person agreed to for an app; what runs loses it at once.
pub(crate) async fn remove(
    State(state): State<ServerState>,
    person: Person,
    ApiPath(id): ApiPath<AppId>,
) -> Result<StatusCode, ApiError> {
    own_app(&state, person.user, id).await?;
    state.store().delete_consent(id, person.user).await?;
    state.live.tell(News::LookAgain);
    Ok(StatusCode::NO_CONTENT)
}

fn granted(app_name: String, consent: Consent) -> Granted {
    let Consent { app, version_hash, permissions, granted_at, .. } = consent;
    Granted { app_id: app, app_name, permissions, version_hash, granted_at }
}
