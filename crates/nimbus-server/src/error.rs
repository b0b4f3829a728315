//! What a client is told when a request fails: a stable code, a sentence, and what to do.

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use nimbus_core::{
    bridge::Refusal,
    model::{ModelError, ModelErrorKind},
    ports::StoreError,
};
use serde::Serialize;

/// Every code of the API, with its name on the wire and its status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Code {
    BadJson,
    BadCall,
    SignedOut,
    WrongToken,
    SandboxToken,
    ForeignOrigin,
    MissingHeader,
    NotFound,
    NoRoute,
    UnknownMethod,
    WrongVerb,
    Conflict,
    NothingToRun,
    TooLarge,
    MediaType,
    MisdirectedHost,
    Invalid,
    InvalidPrompt,
    TooManyGenerations,
    Internal,
    SchemaMode,
    NotReady,
    Quota,
    /// A model's own kind of failure.
    Model(ModelErrorKind),
}

impl Code {
    const fn row(self) -> (&'static str, StatusCode) {
        match self {
            Self::BadJson => ("bad-json", StatusCode::BAD_REQUEST),
            Self::BadCall => ("bad-call", StatusCode::BAD_REQUEST),
            Self::SignedOut => ("signed-out", StatusCode::UNAUTHORIZED),
            Self::WrongToken => ("wrong-token", StatusCode::UNAUTHORIZED),
            Self::SandboxToken => ("sandbox-token", StatusCode::UNAUTHORIZED),
            Self::ForeignOrigin => ("foreign-origin", StatusCode::FORBIDDEN),
            Self::MissingHeader => ("missing-header", StatusCode::FORBIDDEN),
            Self::NotFound => ("not-found", StatusCode::NOT_FOUND),
            Self::NoRoute => ("no-such-route", StatusCode::NOT_FOUND),
            Self::UnknownMethod => ("unknown-method", StatusCode::NOT_FOUND),
            Self::WrongVerb => ("method-not-allowed", StatusCode::METHOD_NOT_ALLOWED),
            Self::Conflict => ("conflict", StatusCode::CONFLICT),
            Self::NothingToRun => ("nothing-to-run", StatusCode::CONFLICT),
            Self::TooLarge => ("too-large", StatusCode::PAYLOAD_TOO_LARGE),
            Self::MediaType => ("media-type", StatusCode::UNSUPPORTED_MEDIA_TYPE),
            Self::MisdirectedHost => ("not-served-here", StatusCode::MISDIRECTED_REQUEST),
            Self::Invalid => ("invalid-request", StatusCode::UNPROCESSABLE_ENTITY),
            Self::InvalidPrompt => ("invalid-prompt", StatusCode::UNPROCESSABLE_ENTITY),
            Self::TooManyGenerations => ("too-many-generations", StatusCode::TOO_MANY_REQUESTS),
            Self::Internal => ("internal", StatusCode::INTERNAL_SERVER_ERROR),
            Self::SchemaMode => ("schema-mode-missing", StatusCode::NOT_IMPLEMENTED),
            Self::NotReady => ("not-ready", StatusCode::SERVICE_UNAVAILABLE),
            Self::Quota => ("quota", StatusCode::INSUFFICIENT_STORAGE),
            Self::Model(kind) => match kind {
                ModelErrorKind::ModelNotFound | ModelErrorKind::PromptTooLong => {
                    (kind.code(), StatusCode::UNPROCESSABLE_ENTITY)
                }
                _ => (kind.code(), StatusCode::SERVICE_UNAVAILABLE),
            },
        }
    }
}

/// A failed request. On the wire: `{"error":{"code","message","hint"?}}`.
#[derive(Debug)]
pub(crate) struct ApiError {
    code: Code,
    message: String,
    hint: Option<String>,
    cause: Option<String>,
}

/// Why a request failed on our side. Travels with the response to the one place that logs it.
#[derive(Debug, Clone)]
pub(crate) struct Cause(pub(crate) String);

impl ApiError {
    pub(crate) fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), hint: None, cause: None }
    }

    pub(crate) fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// A failure of ours: `cause` is logged, and the client learns only that it happened.
    pub(crate) fn internal(cause: impl Into<String>) -> Self {
        Self {
            code: Code::Internal,
            message: "something went wrong on the server".to_owned(),
            hint: Some("the server's log names the cause, beside this answer's `x-request-id`".to_owned()),
            cause: Some(cause.into()),
        }
    }

    pub(crate) fn signed_out() -> Self {
        Self::new(Code::SignedOut, "nobody is signed in").with_hint(
            "open the address that the server printed when it started, or send `Authorization: Bearer` with its token",
        )
    }

    /// No model could be asked, in the words of who tried.
    pub(crate) fn model(error: ModelError) -> Self {
        Self { code: Code::Model(error.kind), message: error.message, hint: error.hint, cause: None }
    }

    /// There is no such thing, or it is somebody else's: the two cannot be told apart.
    pub(crate) fn not_found(what: &str) -> Self {
        Self::new(Code::NotFound, format!("{what} does not exist"))
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound(what) => Self::not_found(what),
            StoreError::Conflict { .. } => {
                Self::new(Code::Conflict, error.to_string()).with_hint("read it again, then repeat the change")
            }
            StoreError::Quota(message) => Self::new(Code::Quota, message).with_hint("remove something first"),
            StoreError::Database(cause) => Self::internal(cause),
        }
    }
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        Self::new(Code::BadCall, refusal.to_string())
    }
}

#[derive(Serialize)]
struct Envelope {
    error: Inner,
}

#[derive(Serialize)]
struct Inner {
    code: &'static str,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let (code, status) = self.code.row();
        let envelope = Envelope { error: Inner { code, message: self.message, hint: self.hint } };
        let mut response = (status, Json(envelope)).into_response();
        if let Some(cause) = self.cause {
            response.extensions_mut().insert(Cause(cause));
        }
        response
    }
}
