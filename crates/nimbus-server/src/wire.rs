//! The API's JSON that is not already a type of the core. Field names are camelCase.

use std::collections::BTreeMap;

use jiff::Timestamp;
use nimbus_core::{
    app::App,
    diagnostic::Diagnostic,
    generation::Generation,
    ids::{AppId, UserId, VersionId},
    model::{
        InstalledModel, ModelErrorKind, ModelRef, Money, ProviderChoice, ProviderHealth, ProviderId, PullProgress,
        Usage,
    },
    permission::{Declared, Permissions},
    ports::Sample,
    profile::Profile,
    replies::Offer,
    settings::{Configured, LlmSettings},
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
#[serde(rename_all = "camelCase")]
pub(crate) struct AppChange {
    pub(crate) name: Option<String>,
    pub(crate) local_only: Option<bool>,
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
    #[serde(default)]
    pub(crate) origin: FrameOrigin,
}

/// Under which name the frame is to be served.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum FrameOrigin {
    /// The app's own.
    #[default]
    Own,
    /// The other name of this machine than the page's: the browser does not resolve the app's own.
    Swap,
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
    pub(crate) permissions: LaunchPermissions,
    pub(crate) user: Viewer,
}

/// What the launched version declares, what of it the viewer granted, and what is missing.
#[derive(Debug, Serialize)]
pub(crate) struct LaunchPermissions {
    pub(crate) declared: Declared,
    pub(crate) granted: Permissions,
    pub(crate) missing: Permissions,
}

/// The viewer, as an app may know them.
#[derive(Debug, Serialize)]
pub(crate) struct Viewer {
    /// The same in every launch of this app, another one in every other app.
    pub(crate) id: String,
    pub(crate) name: &'static str,
}

/// `PUT /api/apps/{id}/permissions`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Allow {
    pub(crate) version_id: VersionId,
    pub(crate) allow: Permissions,
}

#[derive(Debug, Serialize)]
pub(crate) struct Grants {
    pub(crate) grants: Vec<Granted>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Granted {
    pub(crate) app_id: AppId,
    pub(crate) app_name: String,
    pub(crate) permissions: Permissions,
    pub(crate) version_hash: String,
    pub(crate) granted_at: Timestamp,
}

/// An event of `POST /api/sandbox/ai`.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub(crate) enum Told<'a> {
    Text { content: &'a str },
    Done { usage: Usage },
    Error { code: &'a str, message: &'a str },
}

/// The last event of a stream of changes.
#[derive(Debug, Serialize)]
pub(crate) struct StreamError<'a> {
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
    pub(crate) code: &'a str,
    pub(crate) message: &'a str,
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
    pub(crate) permissions: LaunchPermissions,
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

/// `GET /api/settings/llm`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Settings {
    #[serde(flatten)]
    pub(crate) settings: LlmSettings,
    /// Whether the person's own key is kept. It is never shown, not even in part.
    pub(crate) has_key: bool,
    /// Why the kept key is not used.
    pub(crate) key_problem: Option<&'static str>,
    /// What hosted replies cost since the month began (UTC), as far as it was told.
    #[serde(rename = "spentThisMonthUsd")]
    pub(crate) spent_this_month: Money,
    /// Hosted replies since the month began whose cost nobody told.
    pub(crate) unpriced_replies: u64,
    /// What counts where nothing is chosen.
    pub(crate) configured: Configured,
}

/// `GET /api/llm/models`.
#[derive(Debug, Serialize)]
pub(crate) struct InstalledModels {
    pub(crate) models: Vec<Installed>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Installed {
    pub(crate) provider: ProviderId,
    #[serde(flatten)]
    pub(crate) model: InstalledModel,
    pub(crate) profile: Option<Profile>,
}

/// `POST /api/llm/pull`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PullBody {
    pub(crate) model: String,
}

/// `GET /api/llm/pulls`.
#[derive(Debug, Serialize)]
pub(crate) struct Pulls {
    pub(crate) pulls: Vec<Pulling>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Pulling {
    pub(crate) model: String,
    #[serde(flatten)]
    pub(crate) progress: PullProgress,
}

/// An event of `POST /api/llm/pull`.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub(crate) enum PullEvent<'a> {
    Progress {
        #[serde(flatten)]
        now: &'a PullProgress,
    },
    Complete,
    Error {
        code: &'a str,
        error: &'a str,
        hint: Option<&'a str>,
    },
}

/// `POST /api/llm/similar`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct SimilarBody {
    pub(crate) prompt: String,
    pub(crate) app_id: Option<AppId>,
    pub(crate) provider: Option<ProviderChoice>,
    pub(crate) model: Option<String>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Offers {
    pub(crate) offers: Vec<Offer>,
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
