//! Every route in one list.

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request},
    middleware::from_fn_with_state,
    routing::{any, delete, get, post, put},
};
use tower_http::catch_panic::CatchPanicLayer;

use crate::{
    auth,
    controllers::{
        apps, bridge, calibration, completions, exchange, frames, generations, launches, live, missing, models, pages,
        permissions, pulls, replies, service, sessions, settings, versions,
    },
    edge, limits,
    state::ServerState,
};

/// The largest body of a request, in bytes.
const MAX_BODY: usize = 1024 * 1024;
/// The largest body of a call that a host page passes on: a value as large as a whole storage area,
/// and what JSON adds to it.
const MAX_CALL_BODY: usize = limits::MAX_BODY;
/// The largest import, in bytes.
const MAX_IMPORT_BODY: usize = limits::MAX_BODY;

/// The whole server as one service: all sites, all routes.
pub fn router(state: ServerState) -> Router {
    let pages = person_routes(&state);
    let apps = app_routes(&state);
    let shared = state.clone();
    let dispatch = move |request: Request| edge::dispatch(shared.clone(), pages.clone(), apps.clone(), request);
    Router::new().fallback(dispatch).layer(from_fn_with_state(state, edge::observe))
}

/// The person's pages and the API.
fn person_routes(state: &ServerState) -> Router {
    let api = Router::new()
        .route("/api/session", get(sessions::show).post(sessions::create).delete(sessions::remove))
        .route("/api/apps/generate-stream", post(generations::create))
        .route("/api/scaffolder-v2/generate-free", post(generations::create))
        .route("/api/generations", get(generations::list))
        .route("/api/generations/{id}", get(generations::show).delete(generations::cancel))
        .route("/api/generations/{id}/events", get(generations::events))
        .route("/api/apps", get(apps::list))
        .route("/api/apps/import", post(exchange::import).layer(DefaultBodyLimit::max(MAX_IMPORT_BODY)))
        .route("/api/apps/{id}", get(apps::show).patch(apps::update).delete(apps::remove))
        .route("/api/apps/{id}/undelete", post(apps::undelete))
        .route("/api/apps/{id}/generations", get(apps::generations))
        .route("/api/apps/{id}/export", get(exchange::export))
        .route("/api/apps/{id}/export.html", get(exchange::export_page))
        .route("/api/apps/{id}/versions", get(versions::list))
        .route("/api/apps/{id}/versions/{version}/files", get(versions::files))
        .route("/api/apps/{id}/versions/{version}/restore", post(versions::restore))
        .route("/api/apps/{id}/launch", post(launches::create))
        .route("/api/apps/{id}/launch/renew", post(launches::renew))
        .route("/api/apps/{id}/launch/revoke", post(launches::revoke))
        .route("/api/sandbox/call", post(bridge::call).layer(DefaultBodyLimit::max(MAX_CALL_BODY)))
        .route("/api/sandbox/live", get(live::follow))
        .route("/api/sandbox/ai", post(completions::create))
        .route("/api/permissions", get(permissions::list))
        .route("/api/apps/{id}/permissions", put(permissions::put).delete(permissions::remove))
        .route("/api/llm/health", get(models::health))
        .route("/api/llm/calibrate", post(calibration::create))
        .route("/api/llm/probe", post(models::probe))
        .route("/api/llm/models", get(models::installed))
        .route("/api/llm/pull", post(pulls::create))
        .route("/api/llm/pulls", get(pulls::list))
        .route("/api/llm/pulls/{*model}", delete(pulls::remove))
        .route("/api/llm/similar", post(replies::similar))
        .route("/api/settings/llm", get(settings::show).put(settings::put))
        .route("/api/settings/llm/key", put(settings::put_key).delete(settings::remove_key))
        .route("/api/samples", get(models::samples))
        .route("/api/{*path}", any(missing::route))
        .route("/metrics", get(service::metrics))
        .method_not_allowed_fallback(missing::verb)
        .layer(from_fn_with_state(state.clone(), auth::guard));
    Router::new()
        .route("/healthz", get(service::health))
        .route("/", get(pages::home))
        .route("/new", get(pages::page))
        .route("/settings", get(pages::page))
        .route("/apps/{id}", get(pages::page))
        .route("/studio/{id}", get(pages::page))
        .route("/sandbox/{id}", get(pages::sandbox))
        .route("/assets/{*path}", get(pages::asset))
        .fallback(pages::other)
        .method_not_allowed_fallback(missing::verb)
        .merge(api)
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(CatchPanicLayer::custom(edge::panicked))
        .layer(from_fn_with_state(state.clone(), limits::bound))
        .layer(from_fn_with_state(state.clone(), edge::host_headers))
        .with_state(state.clone())
}

/// An app's own host name. Nothing here knows who asks: what is served is code, never data.
fn app_routes(state: &ServerState) -> Router {
    Router::new()
        .route("/ping", get(frames::ping))
        .route("/v/{version}/", get(frames::document))
        .route("/v/{version}/js/boot.js", get(frames::boot))
        .route("/v/{version}/js/app.js", get(frames::script))
        .route("/v/{version}/app.css", get(frames::style))
        .route("/lib/{hash}/{*file}", get(frames::library))
        .route("/api/{*path}", any(missing::api_on_app_host))
        .fallback(frames::nothing)
        .method_not_allowed_fallback(missing::verb)
        .layer(CatchPanicLayer::custom(edge::panicked))
        .layer(from_fn_with_state(state.clone(), limits::bound))
        .layer(from_fn_with_state(state.clone(), edge::app_headers))
        .with_state(state.clone())
}
