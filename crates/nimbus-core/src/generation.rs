//! A generation: one run of a model for an app. A job on the server, not a request.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    app::ExecutionMode,
    ids::{AppId, GenerationId, ReplyId, UserId, VersionId},
    model::ModelChoice,
};

/// The longest description, in characters.
pub const MAX_PROMPT_CHARS: usize = 20_000;

/// What a person asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GenerateRequest {
    /// The description, or what to change.
    pub prompt: String,
    /// How the app is made and run.
    #[serde(default)]
    pub execution_mode: ExecutionMode,
    /// The app to refine; none: a new one.
    #[serde(default)]
    pub app_id: Option<AppId>,
    /// Who may be asked.
    #[serde(flatten)]
    pub choice: ModelChoice,
    /// Whether the model may be asked to repair what it wrote.
    #[serde(default = "yes")]
    pub auto_fix: bool,
    /// The kept reply to use again instead of asking a model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reuse: Option<ReplyId>,
}

fn yes() -> bool {
    true
}

/// Where a generation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GenerationState {
    /// It works.
    Running,
    /// It ended in a version that runs.
    Complete,
    /// It ended without one; the error says why.
    Failed,
    /// A person stopped it.
    Cancelled,
    /// The server stopped while it worked.
    Interrupted,
}

impl GenerationState {
    /// Whether nothing more will come.
    #[must_use]
    pub const fn is_over(self) -> bool {
        !matches!(self, Self::Running)
    }

    /// The name as the wire and the database spell it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Complete => "complete",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Interrupted => "interrupted",
        }
    }
}

/// One run of a model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Generation {
    /// Its id.
    pub id: GenerationId,
    /// The app it writes.
    pub app_id: AppId,
    /// Who asked.
    #[serde(skip_serializing)]
    #[serde(default = "local_owner")]
    pub owner: UserId,
    /// What was asked.
    pub request: GenerateRequest,
    /// Where it stands.
    pub state: GenerationState,
    /// The version it stored: a runnable one when complete, a draft of what came otherwise.
    pub version_id: Option<VersionId>,
    /// The sequence number of the newest event in the journal.
    pub last_seq: u64,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
}

fn local_owner() -> UserId {
    UserId::LOCAL_OWNER
}
