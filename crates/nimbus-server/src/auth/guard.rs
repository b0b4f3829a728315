//! The gate before every API handler.
//!
//! The rules, for every request of the API:
//! 1. an `Origin` that is not exactly ours is refused, `null` included;
//! 2. `Sec-Fetch-Site` other than `same-origin` is refused (another port of this machine is only
//!    `same-site`), except `none` for reading: a person who typed the address. A stream is followed
//!    by our own page's code only, so a browser has to say `same-origin` for it;
//! 3. what changes something brings JSON, which a form cannot send; only an import may be a form, and
//!    rule 4 holds for it all the same;
//! 4. what changes something without `Authorization` brings our `Origin` and `X-Cumulonimbus: 1`,
//!    which another site cannot send without a preflight that we never grant.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, Method, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use nimbus_core::ids::UserId;

use super::{Person, Sender, same_secret, session};
use crate::{
    body::is_form,
    error::{ApiError, Code},
    hosts::HostOrigin,
    state::{ServerConfig, ServerState},
};

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const OUR_HEADER: HeaderName = HeaderName::from_static("x-cumulonimbus");

/// Around the id of a generation, the route of its stream.
const GENERATIONS: &str = "/api/generations/";
const EVENTS: &str = "/events";
/// The one route that takes a form: files as a browser sends them.
const IMPORT: &str = "/api/apps/import";

pub(crate) async fn guard(State(state): State<ServerState>, mut request: Request, next: Next) -> Response {
    let ours = request.extensions().get::<HostOrigin>().map(|origin| origin.0.clone()).unwrap_or_default();
    if let Err(error) = check(request.method(), request.uri().path(), request.headers(), &ours) {
        return error.into_response();
    }
    let sender = sender(&state.parts.config, request.headers());
    let silent = !request.headers().contains_key(SEC_FETCH_SITE);
    if silent && is_stream(request.uri().path()) && matches!(sender, Sender::Browser(_)) {
        return foreign("it has no `Sec-Fetch-Site`").into_response();
    }
    request.extensions_mut().insert(sender);
    next.run(request).await
}

/// The token of `Authorization: Bearer` (RFC 6750).
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

fn sender(config: &ServerConfig, headers: &HeaderMap) -> Sender {
    let owner = Person { user: UserId::LOCAL_OWNER };
    if headers.contains_key(header::AUTHORIZATION) {
        let right = bearer(headers).is_some_and(|token| same_secret(token, &config.token));
        return Sender::Program(right.then_some(owner));
    }
    if session::signed_in(config, headers) { Sender::Browser(owner) } else { Sender::Nobody }
}

fn is_stream(path: &str) -> bool {
    path.starts_with(GENERATIONS) && path.ends_with(EVENTS)
}

fn check(method: &Method, path: &str, headers: &HeaderMap, ours: &str) -> Result<(), ApiError> {
    let reads = matches!(*method, Method::GET | Method::HEAD);
    let form = path == IMPORT && is_form(headers);
    let by_program = headers.contains_key(header::AUTHORIZATION);
    let mut has_origin = false;
    for origin in headers.get_all(header::ORIGIN) {
        if origin.as_bytes() != ours.as_bytes() {
            return Err(foreign("its `Origin` is another page's"));
        }
        has_origin = true;
    }
    for site in headers.get_all(SEC_FETCH_SITE) {
        let allowed = match site.as_bytes() {
            b"same-origin" => true,
            b"none" => reads && !is_stream(path),
            _ => false,
        };
        if !allowed {
            return Err(foreign("its `Sec-Fetch-Site` is not `same-origin`"));
        }
    }
    if reads {
        return Ok(());
    }
    let may_be_empty = by_program || *method == Method::DELETE;
    let needs_json = !may_be_empty || has_body(headers);
    if needs_json && !form && !is_json(headers) {
        return Err(ApiError::new(Code::MediaType, "the request's body must be JSON")
            .with_hint("send `content-type: application/json`"));
    }
    if by_program {
        return Ok(());
    }
    if !has_origin {
        return Err(foreign("it has no `Origin`")
            .with_hint("programs send `Authorization: Bearer` with the owner's token instead of a session cookie"));
    }
    if headers.get(OUR_HEADER).is_none_or(|value| value.as_bytes() != b"1") {
        return Err(ApiError::new(Code::MissingHeader, "the request lacks the header `X-Cumulonimbus: 1`")
            .with_hint("it shows that our own page sent the request"));
    }
    Ok(())
}

fn foreign(why: &str) -> ApiError {
    ApiError::new(Code::ForeignOrigin, format!("this request was not sent by a page of this server: {why}"))
}

fn is_json(headers: &HeaderMap) -> bool {
    let Some(Ok(text)) = headers.get(header::CONTENT_TYPE).map(|value| value.to_str()) else { return false };
    let essence = text.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json")
}

fn has_body(headers: &HeaderMap) -> bool {
    headers.contains_key(header::TRANSFER_ENCODING)
        || headers.contains_key(header::CONTENT_TYPE)
        || headers.get(header::CONTENT_LENGTH).is_some_and(|length| length.as_bytes() != b"0")
}
