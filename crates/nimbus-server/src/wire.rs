//! The API's JSON that is not already a type of the core. Field names are camelCase.

use std::collections::BTreeMap;

use jiff::Timestamp;
use nimbus_core::{
    app::App,
    diagnostic::Diagnostic,
    generation::Generation,
    ids::{AppId, UserId, VersionId},
    model::{ModelErrorKind, ModelRef, ProviderHealth},
    ports::Sample,
    source::SourceTree,
    version::Version,
};
use serde::{Deserialize, Serialize};

/// `GET /api/session`.
#[derive(Debug, Serialize)]
pub(crate) struct Session {
    pub(crate) user: User,
}

#[derive(Debug, Serialize)]
pub(crate) struct User {
    pub(crate) id: UserId,
    pub(crate) name: &'static str,
}

/// `POST /api/session`, and renewing or revoking a launch.
#[derive(Deserialize)]
pub(crate) struct TokenBody {
    pub(crate) token: String,
}

#[derive(Debug, Serialize)]
pub(crate) struct Apps {
    pub(crate) apps: Vec<App>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct AppChange {
    pub(crate) name: Option<String>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Versions {
    pub(crate) versions: Vec<Version>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Files {
    pub(crate) files: SourceTree,
}

#[derive(Debug, Serialize)]
pub(crate) struct Generations {
    pub(crate) generations: Vec<Generation>,
}

/// The answer to `DELETE /api/generations/{id}`.
#[derive(Debug, Serialize)]
pub(crate) struct Cancelled {
    /// Whether it was running.
    pub(crate) cancelled: bool,
}

/// `POST /api/apps/import`.
#[derive(Debug, Deserialize)]
pub(crate) struct Import {
    pub(crate) name: Option<String>,
    /// Path and text of each file; checked one by one, so that the answer can name the bad one.
    pub(crate) files: BTreeMap<String, String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Imported {
    pub(crate) app_id: AppId,
    pub(crate) version_id: VersionId,
    /// Repairs and findings; the version is a draft when one of them is an error.
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// `POST /api/apps/{id}/launch`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LaunchBody {
    pub(crate) version_id: Option<VersionId>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Launched {
    /// The frame's `src`: good once, within 30 seconds.
    pub(crate) url: String,
    pub(crate) launch: String,
    /// The host page's token for this launch.
    pub(crate) token: String,
    pub(crate) app_id: AppId,
    pub(crate) version_id: VersionId,
    /// When the token ends; renew it before.
    pub(crate) expires_at: Timestamp,
    pub(crate) storage: Storage,
}

/// What the app kept in `localStorage`, for the frame's `init`.
#[derive(Debug, Serialize)]
pub(crate) struct Storage {
    pub(crate) local: BTreeMap<String, String>,
}

/// `POST /api/apps/{id}/launch/renew`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Renewed {
    pub(crate) token: String,
    pub(crate) expires_at: Timestamp,
}

/// `GET /api/llm/health`.
#[derive(Debug, Serialize)]
pub(crate) struct Health {
    pub(crate) providers: Vec<ProviderHealth>,
    pub(crate) selected: Selected,
}

/// Which model a generation would reach now, or why none.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Selected {
    Model {
        #[serde(flatten)]
        model: ModelRef,
        local: bool,
    },
    Problem {
        error: Problem,
    },
}

#[derive(Debug, Serialize)]
pub(crate) struct Problem {
    pub(crate) code: &'static str,
    pub(crate) kind: ModelErrorKind,
    pub(crate) message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) hint: Option<String>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Samples {
    pub(crate) samples: Vec<Sample>,
}

/// `POST /api/sandbox/call`.
#[derive(Debug, Deserialize)]
pub(crate) struct Call {
    pub(crate) method: String,
    #[serde(default)]
    pub(crate) params: serde_json::Value,
}

#[derive(Debug, Serialize)]
pub(crate) struct CallResult {
    pub(crate) result: serde_json::Value,
}

/// `GET /healthz`.
#[derive(Debug, Serialize)]
pub(crate) struct ServiceHealth {
    pub(crate) status: &'static str,
    pub(crate) version: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) commit: Option<&'static str>,
}
