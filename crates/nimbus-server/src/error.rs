//! What a client is told when a request fails: a stable code, a sentence, and what to do.

use std::time::Duration;

use axum::{
    Json,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use nimbus_core::{
    bridge::Refusal,
    model::{ModelError, ModelErrorKind},
    ports::{FetchError, Limit, StoreError},
    settings::InvalidSetting,
};
use serde::Serialize;
use serde_json::{Value, json};

/// Every code of the API, with its name on the wire and its status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Code {
    BadJson,
    BadCall,
    SignedOut,
    WrongToken,
    SandboxToken,
    LaunchRevoked,
    PermissionNeeded,
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
    TooManyRequests,
    TooManyAttempts,
    TooOften,
    UriTooLong,
    HeadTooLarge,
    BodyTimeout,
    AnswerTimeout,
    TooManyPulls,
    Internal,
    SchemaMode,
    NotReady,
    QuotaRecords,
    QuotaData,
    QuotaStorage,
    QuotaCalls,
    QuotaHttp,
    QuotaAi,
    QuotaAiTokens,
    QuotaLive,
    FetchRefused,
    FetchFailed,
    FetchTimeout,
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
            Self::LaunchRevoked => ("launch-revoked", StatusCode::UNAUTHORIZED),
            Self::PermissionNeeded => ("permission-needed", StatusCode::FORBIDDEN),
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
            Self::TooManyRequests => ("too-many-requests", StatusCode::TOO_MANY_REQUESTS),
            Self::TooManyAttempts => ("too-many-attempts", StatusCode::TOO_MANY_REQUESTS),
            Self::TooOften => ("too-often", StatusCode::TOO_MANY_REQUESTS),
            Self::UriTooLong => ("uri-too-long", StatusCode::URI_TOO_LONG),
            Self::HeadTooLarge => ("headers-too-large", StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE),
            Self::BodyTimeout => ("body-timeout", StatusCode::REQUEST_TIMEOUT),
            Self::AnswerTimeout => ("answer-timeout", StatusCode::SERVICE_UNAVAILABLE),
            Self::TooManyPulls => ("too-many-pulls", StatusCode::TOO_MANY_REQUESTS),
            Self::Internal => ("internal", StatusCode::INTERNAL_SERVER_ERROR),
            Self::SchemaMode => ("schema-mode-missing", StatusCode::NOT_IMPLEMENTED),
            Self::NotReady => ("not-ready", StatusCode::SERVICE_UNAVAILABLE),
            Self::QuotaRecords => ("quota-records", StatusCode::INSUFFICIENT_STORAGE),
            Self::QuotaData => ("quota-data", StatusCode::INSUFFICIENT_STORAGE),
            Self::QuotaStorage => ("quota-storage", StatusCode::INSUFFICIENT_STORAGE),
            Self::QuotaCalls => ("quota-calls", StatusCode::TOO_MANY_REQUESTS),
            Self::QuotaHttp => ("quota-http", StatusCode::TOO_MANY_REQUESTS),
            Self::QuotaAi => ("quota-ai", StatusCode::TOO_MANY_REQUESTS),
            Self::QuotaAiTokens => ("quota-ai-tokens", StatusCode::TOO_MANY_REQUESTS),
            Self::QuotaLive => ("quota-live", StatusCode::TOO_MANY_REQUESTS),
            Self::FetchRefused => ("fetch-refused", StatusCode::FORBIDDEN),
            Self::FetchFailed => ("fetch-failed", StatusCode::BAD_GATEWAY),
            Self::FetchTimeout => ("fetch-timeout", StatusCode::GATEWAY_TIMEOUT),
            Self::Model(kind) => match kind {
                ModelErrorKind::ModelNotFound | ModelErrorKind::PromptTooLong => {
                    (kind.code(), StatusCode::UNPROCESSABLE_ENTITY)
                }
                _ => (kind.code(), StatusCode::SERVICE_UNAVAILABLE),
            },
        }
    }
}

/// A failed request. On the wire: `{"error":{"code","message","hint"?,"data"?}}`.
#[derive(Debug)]
pub(crate) struct ApiError {
    code: Code,
    message: String,
    hint: Option<String>,
    data: Option<Box<Value>>,
    cause: Option<String>,
    /// In whole seconds, rounded up.
    retry_after: Option<u64>,
}

/// Why a request failed on our side. Travels with the response to the one place that logs it.
#[derive(Debug, Clone)]
pub(crate) struct Cause(pub(crate) String);

impl ApiError {
    pub(crate) fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), hint: None, data: None, cause: None, retry_after: None }
    }

    pub(crate) fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// When it is worth while to try again: `Retry-After` (RFC 9110 section 10.2.3), and in words.
    pub(crate) fn retry_after(mut self, wait: Duration) -> Self {
        let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        let seconds = seconds.max(1);
        self.retry_after = Some(seconds);
        self.with_hint(format!("wait {seconds} s, then go on more slowly"))
    }

    /// A failure of ours: `cause` is logged, and the client learns only that it happened.
    pub(crate) fn internal(cause: impl Into<String>) -> Self {
        Self {
            code: Code::Internal,
            message: "something went wrong on the server".to_owned(),
            hint: Some("the server's log names the cause, beside this answer's `x-request-id`".to_owned()),
            data: None,
            cause: Some(cause.into()),
            retry_after: None,
        }
    }

    pub(crate) fn signed_out() -> Self {
        Self::new(Code::SignedOut, "nobody is signed in").with_hint(
            "open the address that the server printed when it started, or send `Authorization: Bearer` with its token",
        )
    }

    /// No model could be asked, in the words of who tried.
    pub(crate) fn model(error: ModelError) -> Self {
        Self { hint: error.hint, ..Self::new(Code::Model(error.kind), error.message) }
    }

    /// There is no such thing, or it is somebody else's: the two cannot be told apart.
    pub(crate) fn not_found(what: &str) -> Self {
        Self::new(Code::NotFound, format!("{what} does not exist"))
    }
}

impl ApiError {
    /// The same within a stream that has begun: its code and its message.
    pub(crate) fn in_stream(&self) -> (&'static str, &str) {
        if let Some(cause) = &self.cause {
            tracing::error!(%cause, "a stream failed");
        }
        (self.code.row().0, &self.message)
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound(what) => Self::not_found(what),
            StoreError::Conflict { .. } => {
                Self::new(Code::Conflict, error.to_string()).with_hint("read it again, then repeat the change")
            }
            StoreError::Quota(limit, message) => Self::new(
                match limit {
                    Limit::Records => Code::QuotaRecords,
                    Limit::DataBytes => Code::QuotaData,
                    Limit::StorageBytes => Code::QuotaStorage,
                    Limit::AiTokens => Code::QuotaAiTokens,
                },
                message,
            ),
            StoreError::Database(cause) => Self::internal(cause),
        }
    }
}

impl From<InvalidSetting> for ApiError {
    fn from(error: InvalidSetting) -> Self {
        let data = json!({ "field": error.field });
        Self { data: Some(Box::new(data)), ..Self::new(Code::Invalid, error.to_string()) }
    }
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        let message = refusal.to_string();
        let Refusal::PermissionNeeded { permission, domain } = refusal else {
            return Self::new(Code::BadCall, message);
        };
        let mut data = json!({ "permission": permission });
        if let Some(domain) = domain {
            data["domain"] = json!(domain);
        }
        let error = Self::new(Code::PermissionNeeded, message);
        Self {
            data: Some(Box::new(data)),
            ..error.with_hint("the app declares it in `cumulonimbus.json`, and its viewer grants it")
        }
    }
}

impl From<FetchError> for ApiError {
    fn from(error: FetchError) -> Self {
        let code = match error {
            FetchError::ForbiddenAddress(_) => Code::FetchRefused,
            FetchError::Timeout(_) => Code::FetchTimeout,
            FetchError::Unreachable(_) | FetchError::TooLarge(_) | FetchError::Encoded(_) => Code::FetchFailed,
        };
        Self::new(code, error.to_string())
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
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<Box<Value>>,
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let (code, status) = self.code.row();
        let envelope = Envelope { error: Inner { code, message: self.message, hint: self.hint, data: self.data } };
        let mut response = (status, Json(envelope)).into_response();
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        if let Some(cause) = self.cause {
            response.extensions_mut().insert(Cause(cause));
        }
        response
    }
}
