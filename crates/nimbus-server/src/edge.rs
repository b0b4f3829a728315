//! What every request passes first: which site it is for, that site's headers, and the log.

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::{HeaderName, HeaderValue, Method, Uri, header},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use nimbus_core::ids::VersionId;
use tower::ServiceExt;
use tracing::Instrument;

use crate::{
    controllers::frames,
    error::{ApiError, Cause, Code},
    hosts::{FrameSite, HostOrigin, Site},
    sandbox::policy,
    state::ServerState,
};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Hands a request to the site that its `Host` names; anything else is 421 (RFC 9110 section
/// 15.5.20).
pub(crate) async fn dispatch(state: ServerState, pages: Router, apps: Router, mut request: Request) -> Response {
    let (site, path) = match state.sites.site(request.headers(), request.uri()) {
        Some((site, path)) => (site, path.to_owned()),
        None => {
            let message = format!("this server does not serve that host; it serves {}", state.sites.served());
            let mut response = ApiError::new(Code::MisdirectedHost, message).into_response();
            policy::host_headers(response.headers_mut(), &state.sites, "", "");
            return response;
        }
    };
    let site = match site {
        Site::Host(origin) => {
            request.extensions_mut().insert(origin);
            pages
        }
        Site::Frame(frame) => {
            request.extensions_mut().insert(frame);
            if let Some(uri) = with_path(request.uri(), &path) {
                *request.uri_mut() = uri;
            }
            apps
        }
    };
    match site.oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

/// The same address with another path; the query stays.
fn with_path(uri: &Uri, path: &str) -> Option<Uri> {
    if uri.path() == path {
        return None;
    }
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    format!("{path}{query}").parse().ok()
}

/// Gives the request a number, logs its end, and logs the cause of a failure of ours, once.
pub(crate) async fn observe(State(state): State<ServerState>, request: Request, next: Next) -> Response {
    let id = state.random_hex::<8>();
    // The path only: a query may hold the owner's token or a prompt.
    let span = tracing::info_span!("request", %id, method = %request.method(), path = request.uri().path());
    async {
        let mut response = next.run(request).await;
        state.meters.count_response(response.status());
        if let Some(Cause(cause)) = response.extensions_mut().remove::<Cause>() {
            tracing::error!(%cause, "a request failed");
        }
        tracing::debug!(status = response.status().as_u16(), "answered");
        if let Ok(id) = HeaderValue::from_str(&id) {
            response.headers_mut().insert(REQUEST_ID, id);
        }
        response
    }
    .instrument(span)
    .await
}

/// The headers of the person's pages and the API.
pub(crate) async fn host_headers(State(state): State<ServerState>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let page = request.extensions().get::<HostOrigin>().map(|origin| origin.0.clone()).unwrap_or_default();
    if let Some(elsewhere) = framing_host(&state, &request) {
        return elsewhere;
    }
    let mut response = next.run(request).await;
    policy::host_headers(response.headers_mut(), &state.sites, &page, &path);
    response
}

/// The headers of an app's host name, on errors too.
pub(crate) async fn app_headers(State(state): State<ServerState>, request: Request, next: Next) -> Response {
    let Some(site) = request.extensions().get::<FrameSite>().cloned() else {
        return ApiError::internal("a request reached an app's routes without a site").into_response();
    };
    let version = version_in(request.uri().path());
    let mut response = next.run(request).await;
    policy::app_headers(response.headers_mut(), &state.sites, &site, version, state.scripts.library());
    response
}

/// A panic in a handler, as a 500 that says nothing about it.
pub(crate) fn panicked(panic: Box<dyn std::any::Any + Send>) -> http::Response<Body> {
    let text = panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "without words".to_owned());
    ApiError::internal(format!("a handler panicked: {text}")).into_response()
}

/// `[::1]` cannot be named in a policy, so no page there could frame an app: pages move to
/// `localhost`. The API stays, for programs.
fn framing_host(state: &ServerState, request: &Request) -> Option<Response> {
    let at_v6 = request.headers().get(header::HOST).is_some_and(|host| host.as_bytes().starts_with(b"[::1]"));
    let path = request.uri().path_and_query()?.as_str();
    let is_page = request.method() == Method::GET && (path == "/" || !is_for_programs(path));
    if !at_v6 || !is_page {
        return None;
    }
    let [localhost, _] = state.sites.framing_origins();
    let mut response = Redirect::temporary(&format!("{localhost}{path}")).into_response();
    policy::host_headers(response.headers_mut(), &state.sites, "", "");
    Some(response)
}

fn is_for_programs(path: &str) -> bool {
    ["/api/", "/healthz", "/metrics", "/assets/"].iter().any(|prefix| path.starts_with(prefix))
}

fn version_in(path: &str) -> Option<VersionId> {
    let (version, _) = path.strip_prefix("/v/")?.split_once('/')?;
    frames::version(version)
}
