//! What tells an operator how the server is.

use std::fmt::Write;

use axum::{
    Json,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};

use crate::{
    auth::Person,
    error::{ApiError, Code},
    state::ServerState,
    wire::ServiceHealth,
};

/// Whether the server can work: it answers and its database answers. Open to anyone.
pub(crate) async fn health(State(state): State<ServerState>) -> Result<Json<ServiceHealth>, ApiError> {
    if let Err(error) = state.store().ping().await {
        tracing::error!(%error, "the database does not answer");
        return Err(
            ApiError::new(Code::NotReady, "the database does not answer").with_hint("the server's log names the cause")
        );
    }
    let config = &state.parts.config;
    Ok(Json(ServiceHealth { status: "ok", version: config.version, commit: config.commit }))
}

/// Figures in the text format of Prometheus (version 0.0.4).
pub(crate) async fn metrics(State(state): State<ServerState>, person: Person) -> Result<Response, ApiError> {
    let running = state.store().running_generations(person.user).await?.len();
    let config = &state.parts.config;
    let commit = config.commit.unwrap_or("unknown");
    let mut text = String::new();
    // Writing into a `String` cannot fail.
    let _ = write!(
        text,
        "# HELP cumulonimbus_build_info What runs here.\n\
         # TYPE cumulonimbus_build_info gauge\n\
         cumulonimbus_build_info{{version=\"{}\",commit=\"{commit}\"}} 1\n\
         # HELP cumulonimbus_generations_running Generations that run now.\n\
         # TYPE cumulonimbus_generations_running gauge\n\
         cumulonimbus_generations_running {running}\n\
         # HELP cumulonimbus_generations_started_total Generations begun since the start.\n\
         # TYPE cumulonimbus_generations_started_total counter\n\
         cumulonimbus_generations_started_total {}\n\
         # HELP cumulonimbus_responses_total Responses since the start, by class of status.\n\
         # TYPE cumulonimbus_responses_total counter\n",
        config.version,
        state.meters.generations_started(),
    );
    for (class, count) in state.meters.responses() {
        let _ = writeln!(text, "cumulonimbus_responses_total{{class=\"{class}xx\"}} {count}");
    }
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response())
}
