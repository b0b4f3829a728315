//! What an app's own host name serves: its document, its code, and the libraries.

use axum::{
    extract::{FromRequestParts, Path, Query, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header, request::Parts},
    response::{Html, IntoResponse, Response},
};
use nimbus_core::ids::{AppId, VersionId};
use serde::Deserialize;

use crate::{
    assets::{self, IMMUTABLE},
    bundles::bundle,
    error::ApiError,
    hosts::FrameSite,
    sandbox::document::{LaunchBlock, document as app_document, sealed_page},
    state::ServerState,
};

const JAVASCRIPT: &str = "text/javascript; charset=utf-8";

/// A version as our own addresses spell it; any other spelling names nothing, because the policy
/// names the version's folder letter by letter.
pub(crate) fn version(text: &str) -> Option<VersionId> {
    text.parse::<VersionId>().ok().filter(|id| id.to_string() == text)
}

/// Tells a host page that this browser reaches apps' host names.
pub(crate) async fn ping() -> &'static str {
    "pong"
}

/// The app whose site it is. Under the names that no app has, nothing of an app is served.
pub(crate) struct Framed(AppId);

impl<S: Send + Sync> FromRequestParts<S> for Framed {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let app = parts.extensions.get::<FrameSite>().and_then(|site| site.app);
        app.map(Self).ok_or_else(|| ApiError::not_found("what this address names"))
    }
}

#[derive(Deserialize)]
pub(crate) struct LaunchNumber {
    launch: Option<String>,
}

/// The app's document, once per launch. Without one, words: an address alone starts nothing.
pub(crate) async fn document(
    State(state): State<ServerState>,
    Framed(app): Framed,
    method: Method,
    Path(text): Path<String>,
    Query(LaunchNumber { launch }): Query<LaunchNumber>,
) -> Result<Response, ApiError> {
    let Some(version) = version(&text) else { return Ok(nothing().await) };
    let [localhost, _] = state.sites.framing_origins();
    // A look at the headers starts nothing, so it leaves the launch for who does.
    let used = launch.as_ref().filter(|_| method == Method::GET).and_then(|number| {
        let launch = state.launches.take(number, app, version, state.parts.platform.now())?;
        Some((number, launch.host))
    });
    let Some((number, host)) = used else {
        let heading = match launch {
            Some(_) => "This app was started from here already",
            None => "This app opens from its host page",
        };
        return Ok((StatusCode::FORBIDDEN, Html(sealed_page(heading, &localhost, app))).into_response());
    };
    let name = state.store().app(app).await?.name;
    let Some(bundle) = bundle(&state, app, version).await? else {
        let heading = "This version does not run";
        return Ok((StatusCode::CONFLICT, Html(sealed_page(heading, &localhost, app))).into_response());
    };
    let block = LaunchBlock { host: &host, launch: number, app, version };
    Ok(Html(app_document(&name, &block, &bundle)).into_response())
}

/// What runs first in the frame.
pub(crate) async fn boot(State(state): State<ServerState>, Path(text): Path<String>, headers: HeaderMap) -> Response {
    // The address stays when the server is upgraded, so it is asked for again each time.
    match version(&text) {
        Some(_) => assets::send_text(state.scripts.boot().to_owned(), JAVASCRIPT, &headers),
        None => nothing().await,
    }
}

/// The app's code, behind the lock.
pub(crate) async fn script(
    State(state): State<ServerState>,
    Framed(app): Framed,
    Path(text): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let Some(version) = version(&text) else { return Ok(nothing().await) };
    match bundle(&state, app, version).await? {
        Some(bundle) => Ok(assets::send_text(state.scripts.locked(&bundle.js), JAVASCRIPT, &headers)),
        None => Ok(nothing().await),
    }
}

/// The app's style sheet.
pub(crate) async fn style(
    State(state): State<ServerState>,
    Framed(app): Framed,
    Path(text): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let Some(version) = version(&text) else { return Ok(nothing().await) };
    match bundle(&state, app, version).await? {
        Some(bundle) => Ok(assets::send_text(bundle.css.clone(), "text/css; charset=utf-8", &headers)),
        None => Ok(nothing().await),
    }
}

/// A library. Each of these files begins with the lock; nothing but JavaScript is served here.
pub(crate) async fn library(
    State(state): State<ServerState>,
    Path((hash, file)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let known = hash == state.scripts.library() && file.ends_with(".js");
    let sent = known.then(|| assets::send(state.assets(), &format!("lib/{file}"), &headers, IMMUTABLE)).flatten();
    let Some(mut response) = sent else { return nothing().await };
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(JAVASCRIPT));
    response
}

pub(crate) async fn nothing() -> Response {
    (StatusCode::NOT_FOUND, "There is nothing at this address.\n").into_response()
}
