//! Reading a request's JSON, with errors that say what is wrong with it.

use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Path, Query, Request},
    http::{HeaderMap, StatusCode, header, request::Parts},
    response::IntoResponse,
};
use serde::de::DeserializeOwned;
use serde_json::error::Category;

use crate::{
    error::{ApiError, Code},
    state::ServerState,
};

/// Whether a request brings a form with files (RFC 7578).
pub(crate) fn is_form(headers: &HeaderMap) -> bool {
    let Some(Ok(text)) = headers.get(header::CONTENT_TYPE).map(|value| value.to_str()) else { return false };
    text.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("multipart/form-data")
}

/// A JSON body. An empty body counts as `{}`. The media type was checked before (`auth`).
pub(crate) struct ApiJson<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<ServerState> for ApiJson<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &ServerState) -> Result<Self, ApiError> {
        let most = state.parts.config.limits.body_time;
        let read = tokio::time::timeout(most, Bytes::from_request(request, state)).await.map_err(|_| {
            let seconds = most.as_secs();
            ApiError::new(Code::BodyTimeout, format!("the request's body took longer than {seconds} seconds to arrive"))
        })?;
        let bytes = read.map_err(|rejection| {
            if rejection.into_response().status() == StatusCode::PAYLOAD_TOO_LARGE {
                ApiError::new(Code::TooLarge, "the request's body is too large")
            } else {
                ApiError::new(Code::BadJson, "the request's body could not be read to its end")
            }
        })?;
        let text = if bytes.is_empty() { b"{}".as_slice() } else { &bytes };
        serde_json::from_slice(text).map(Self).map_err(|error| match error.classify() {
            Category::Data => ApiError::new(Code::Invalid, format!("the request's JSON does not fit: {error}")),
            _ => ApiError::new(Code::BadJson, format!("the request's body is not JSON: {error}")),
        })
    }
}

/// The ids in a path.
pub(crate) struct ApiPath<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for ApiPath<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        match Path::from_request_parts(parts, state).await {
            Ok(Path(value)) => Ok(Self(value)),
            // A malformed id names nothing that exists; saying so needs no second kind of error.
            Err(_) => Err(ApiError::not_found("what this address names")),
        }
    }
}

/// The query's parameters.
pub(crate) struct ApiQuery<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for ApiQuery<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        match Query::from_request_parts(parts, state).await {
            Ok(Query(value)) => Ok(Self(value)),
            Err(error) => Err(ApiError::new(Code::Invalid, format!("the query does not fit: {error}"))),
        }
    }
}
