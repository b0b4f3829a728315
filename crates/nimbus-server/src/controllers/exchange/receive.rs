//! What an import's request brings: a JSON map of files, or a form with files (RFC 7578).

use axum::{
    extract::{FromRequest, Multipart, Request, multipart::MultipartError},
    http::StatusCode,
};
use nimbus_core::source::{SourcePath, SourceTree};

use crate::{
    body::{ApiJson, is_form},
    error::{ApiError, Code},
    state::ServerState,
    upload::{Brought, Upload},
    wire::Import,
};

/// An import's name and files.
pub(crate) struct Received {
    pub(super) name: Option<String>,
    pub(super) brought: Brought,
}

impl FromRequest<ServerState> for Received {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &ServerState) -> Result<Self, ApiError> {
        if !is_form(request.headers()) {
            return json(request, state).await;
        }
        let most = state.parts.config.limits.body_time;
        tokio::time::timeout(most, form(request, state)).await.map_err(|_| {
            let seconds = most.as_secs();
            ApiError::new(Code::BodyTimeout, format!("the request's body took longer than {seconds} seconds to arrive"))
        })?
    }
}

/// A program that names paths means them: a bad one refuses the whole.
async fn json(request: Request, state: &ServerState) -> Result<Received, ApiError> {
    let ApiJson(import) = ApiJson::<Import>::from_request(request, state).await?;
    let mut files = SourceTree::default();
    for (path, text) in import.files {
        let path = SourcePath::parse(&path).map_err(|error| ApiError::new(Code::Invalid, error.to_string()))?;
        files.insert(path, text).map_err(|limit| ApiError::new(Code::TooLarge, limit.to_string()))?;
    }
    Ok(Received { name: import.name, brought: Brought { files, found: Vec::new() } })
}

/// The field `name` is the app's name; every field with a file name is a file, a zip archive a folder.
async fn form(request: Request, state: &ServerState) -> Result<Received, ApiError> {
    let mut form = Multipart::from_request(request, state)
        .await
        .map_err(|error| ApiError::new(Code::BadJson, format!("the form cannot be read: {error}")))?;
    let (mut name, mut given, mut parts) = (None, None, Vec::new());
    while let Some(field) = form.next_field().await.map_err(unreadable)? {
        let file = field.file_name().map(str::to_owned);
        let is_name = field.name() == Some("name");
        match file {
            Some(path) => {
                given = given.or_else(|| stem(&path));
                parts.push((path, field.bytes().await.map_err(unreadable)?));
            }
            None if is_name => name = Some(field.text().await.map_err(unreadable)?),
            None => {}
        }
    }
    if parts.len() > 1 {
        given = None;
    }
    let unpacking = tokio::task::spawn_blocking(move || {
        let mut upload = Upload::default();
        for (path, bytes) in &parts {
            upload.add(path, bytes);
        }
        upload.finish()
    });
    let brought = unpacking.await.map_err(|error| ApiError::internal(error.to_string()))?;
    Ok(Received { name: name.or(given), brought })
}

/// A name for an app from the one file that was brought.
fn stem(path: &str) -> Option<String> {
    let name = path.rsplit('/').next()?;
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem).replace(['-', '_'], " ");
    let stem: String = stem.chars().filter(|c| !c.is_control()).take(60).collect();
    (!stem.trim().is_empty() && !matches!(stem.as_str(), "App" | "index")).then(|| stem.trim().to_owned())
}

fn unreadable(error: MultipartError) -> ApiError {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        ApiError::new(Code::TooLarge, "the request's body is too large")
    } else {
        ApiError::new(Code::BadJson, format!("the form cannot be read: {}", error.body_text()))
    }
}
