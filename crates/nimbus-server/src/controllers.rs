//! One file per area of the API and the pages. A controller reads the request, asks the core or the
//! store, and writes the answer; what is allowed was decided before (`auth`) or in the core.

pub(crate) mod apps;
pub(crate) mod bridge;
pub(crate) mod calibration;
pub(crate) mod completions;
pub(crate) mod exchange;
pub(crate) mod frames;
pub(crate) mod generations;
pub(crate) mod launches;
pub(crate) mod live;
pub(crate) mod missing;
pub(crate) mod models;
pub(crate) mod pages;
pub(crate) mod permissions;
pub(crate) mod pulls;
pub(crate) mod replies;
pub(crate) mod service;
pub(crate) mod sessions;
pub(crate) mod settings;
pub(crate) mod versions;

use nimbus_core::{
    app::App,
    ids::{AppId, UserId, VersionId},
    version::Version,
};

use crate::{error::ApiError, state::ServerState};

/// An app of this person. Somebody else's app does not exist, as far as anyone can tell.
async fn own_app(state: &ServerState, user: UserId, id: AppId) -> Result<App, ApiError> {
    let app = state.store().app(id).await?;
    if app.owner == user { Ok(app) } else { Err(ApiError::not_found("this app")) }
}

/// A version of one of this person's apps.
async fn own_version(state: &ServerState, user: UserId, app: AppId, id: VersionId) -> Result<(App, Version), ApiError> {
    let app = own_app(state, user, app).await?;
    let version = state.store().version(id).await?;
    if version.app_id == app.id { Ok((app, version)) } else { Err(ApiError::not_found("this version")) }
}
