//! An app's versions: each is immutable, and going back makes a new one.

use axum::{Json, extract::State};
use nimbus_core::{
    ids::{AppId, VersionId},
    version::{Version, VersionOrigin, VersionStatus},
};

use super::{own_app, own_version};
use crate::{
    auth::Person,
    body::ApiPath,
    bundles::bundle,
    error::{ApiError, Code},
    sandbox::live::News,
    state::ServerState,
    wire::{Files, Versions},
};

pub(crate) async fn list(
    State(state): State<ServerState>,
    person: Person,
    ApiPath(id): ApiPath<AppId>,
) -> Result<Json<Versions>, ApiError> {
    own_app(&state, person.user, id).await?;
    Ok(Json(Versions { versions: state.store().versions(id).await? }))
}

pub(crate) async fn files(
    State(state): State<ServerState>,
    person: Person,
    ApiPath((app, id)): ApiPath<(AppId, VersionId)>,
) -> Result<Json<Files>, ApiError> {
    own_version(&state, person.user, app, id).await?;
    Ok(Json(Files { files: state.store().version_files(id).await? }))
}

/// Makes an earlier version current again, as a new version whose parent is the current one.
pub(crate) async fn restore(
    State(state): State<ServerState>,
    person: Person,
    ApiPath((app, id)): ApiPath<(AppId, VersionId)>,
) -> Result<Json<Version>, ApiError> {
    let (app, earlier) = own_version(&state, person.user, app, id).await?;
    let Some(bundle) = bundle(&state, app.id, id).await? else {
        return Err(ApiError::new(Code::NothingToRun, format!("version {} does not run", earlier.number))
            .with_hint("restore a version that runs; the files of this one can be read and exported"));
    };
    let files = state.store().version_files(id).await?;
    let mut version = Version {
        id: VersionId::new(&state.parts.platform),
        parent: app.head,
        number: 0,
        status: VersionStatus::Runnable,
        origin: VersionOrigin::Restored,
        created_at: state.parts.platform.now(),
        ..earlier
    };
    version.number = state.store().put_version(&version, &files, Some(&bundle)).await?;
    state.live.tell(News::LookAgain);
    Ok(Json(version))
}
