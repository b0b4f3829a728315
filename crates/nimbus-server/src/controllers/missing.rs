//! Addresses that are not there, in words.

use axum::http::{Method, Uri};

use crate::error::{ApiError, Code};

pub(crate) async fn route(method: Method, uri: Uri) -> ApiError {
    ApiError::new(Code::NoRoute, format!("there is no `{method} {}`", uri.path()))
}

pub(crate) async fn verb(method: Method, uri: Uri) -> ApiError {
    ApiError::new(Code::WrongVerb, format!("`{}` takes no `{method}`", uri.path()))
}

/// The API under an app's host name: an app must never reach it there.
pub(crate) async fn api_on_app_host() -> ApiError {
    ApiError::new(Code::MisdirectedHost, "the API is not served under an app's host name")
        .with_hint("use the address of the page that shows the app")
}
