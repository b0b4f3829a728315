//! The person's pages: one single-page app, and the files that it loads.

use axum::{
    extract::{Path, Query, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header},
    response::{IntoResponse, Redirect, Response},
};
use nimbus_core::ids::AppId;
use serde::Deserialize;

use super::missing;
use crate::{
    assets::{self, IMMUTABLE, NO_STORE, REVALIDATE},
    auth::{same_secret, session_cookie},
    body::ApiPath,
    error::ApiError,
    limits::{Peer, rates::Door},
    state::ServerState,
};

const INDEX: &str = "studio/index.html";

#[derive(Deserialize)]
pub(crate) struct SignIn {
    token: Option<String>,
}

/// `/`, and `/?token=…`: the address that the server prints at its start, which signs the browser
/// in and is then gone from the address bar. Only where it is a page of its own: as a picture or a
/// frame of another page it would be somebody else's attempt.
pub(crate) async fn home(
    State(state): State<ServerState>,
    Peer(address): Peer,
    Query(SignIn { token }): Query<SignIn>,
    headers: HeaderMap,
) -> Response {
    let within = headers.get("sec-fetch-dest").is_some_and(|dest| dest.as_bytes() != b"document");
    let Some(token) = token.filter(|_| !within) else { return index(&state, &headers) };
    let (config, attempts) = (&state.parts.config, &state.rates.attempts);
    if let Err(error) = attempts.may_try(Door::SignIn, address) {
        return error.into_response();
    }
    if !same_secret(&token, &config.token) {
        attempts.was_wrong(Door::SignIn, address);
        return Redirect::to("/?signin=failed").into_response();
    }
    let mut response = Redirect::to("/").into_response();
    response.headers_mut().insert(header::SET_COOKIE, session_cookie(config));
    response
}

/// Every other page. Which one it is, the single-page app reads from the address.
pub(crate) async fn page(State(state): State<ServerState>, headers: HeaderMap) -> Response {
    index(&state, &headers)
}

/// The plan's address of a running app: its page, which frames it.
pub(crate) async fn sandbox(ApiPath(app): ApiPath<AppId>) -> Redirect {
    Redirect::to(&format!("/apps/{app}"))
}

/// A file with its content's hash in its name.
pub(crate) async fn asset(
    State(state): State<ServerState>,
    Path(path): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    assets::send(state.assets(), &format!("studio/assets/{path}"), &headers, IMMUTABLE)
        .ok_or_else(|| ApiError::not_found("this file"))
}

/// A file beside the page, such as its icon; else the page itself, which says that it is lost.
pub(crate) async fn other(State(state): State<ServerState>, method: Method, uri: Uri, headers: HeaderMap) -> Response {
    let reads = method == Method::GET || method == Method::HEAD;
    if !reads || (uri.path() == "/api" || uri.path().starts_with("/api/")) {
        return missing::route(method, uri).await.into_response();
    }
    let is_page = headers.get(header::ACCEPT).is_some_and(|accept| accept.as_bytes().starts_with(b"text/html"));
    match assets::send(state.assets(), &format!("studio{}", uri.path()), &headers, REVALIDATE) {
        Some(file) => file,
        None if is_page => (StatusCode::NOT_FOUND, index(&state, &headers)).into_response(),
        None => missing::route(method, uri).await.into_response(),
    }
}

fn index(state: &ServerState, headers: &HeaderMap) -> Response {
    let Some(mut page) = assets::send(state.assets(), INDEX, headers, NO_STORE) else {
        return ApiError::internal(format!("the built web files lack `{INDEX}`")).into_response();
    };
    page.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    page
}
