//! What a generation says while it runs: the journal's entries and the wire's events.

use serde::{Deserialize, Serialize};

use crate::{
    diagnostic::Diagnostic,
    ids::{AppId, GenerationId, VersionId},
    model::{ModelRef, Usage},
    source::SourcePath,
};

/// What a generation is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// It is stored and waits to begin. The first event of every generation.
    Queued,
    /// The model is being loaded into memory.
    LoadingModel,
    /// The request is with the model and nothing has come yet.
    Planning,
    /// The model writes.
    Generating,
    /// The source is examined.
    Checking,
    /// Something is being repaired.
    Repairing,
    /// The app is being built.
    Bundling,
}

/// What happened to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FileState {
    /// Its first bytes follow as chunks; anything known of this name before is void.
    Open,
    /// It is whole.
    Closed,
    /// The reply ended inside it: shown and kept, never built.
    Cut,
    /// It was changed after it was written; `content` is all of it.
    Replaced,
    /// It is no longer part of the app.
    Removed,
}

/// One event. `type` on the wire is the variant in kebab case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum Event {
    /// What is being done now.
    Status {
        /// The step.
        status: Phase,
        /// This generation.
        generation_id: GenerationId,
        /// The app that it writes.
        app_id: AppId,
        /// More about the step, as a sentence.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message: Option<String>,
        /// 0 to 1, never falling, 1 only with `complete`.
        progress: f64,
    },
    /// Which model answers, why, and whether data leaves this network.
    Model {
        /// The model.
        #[serde(flatten)]
        model: ModelRef,
        /// Whether it runs on this machine or network.
        local: bool,
        /// Why this one.
        reason: String,
    },
    /// A provider failed and another goes on.
    Fallback {
        /// Who failed.
        from: ModelRef,
        /// Who goes on.
        to: ModelRef,
        /// What happened, and how it goes on.
        reason: String,
        /// Whether the new one goes on from the words of the one that failed. Otherwise nothing had
        /// come yet, or the open file is begun anew, and the reason says so.
        continues: bool,
    },
    /// Words of the model outside any file.
    Text {
        /// A part of them, to be appended to the parts before.
        content: String,
    },
    /// Reasoning of the model, shown apart.
    Thinking {
        /// A part of it, to be appended to the parts before.
        content: String,
    },
    /// A part of a file, to be appended to the parts before.
    Chunk {
        /// The file.
        filename: SourcePath,
        /// The part.
        content: String,
        /// 0 to 1, never falling, 1 only with `complete`.
        progress: f64,
    },
    /// Something happened to a file.
    File {
        /// The file.
        filename: SourcePath,
        /// What happened.
        state: FileState,
        /// The whole text, with `replaced`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        content: Option<String>,
        /// 0 to 1, never falling, 1 only with `complete`.
        progress: f64,
    },
    /// Something was found or repaired in the source.
    Diagnostic {
        /// What.
        #[serde(flatten)]
        diagnostic: Diagnostic,
    },
    /// There is a new build to run.
    Preview {
        /// The version.
        version_id: VersionId,
        /// Where it runs, such as `/apps/…`.
        url: String,
        /// Milliseconds that the build took.
        build_ms: u64,
    },
    /// What the model calls took.
    Usage {
        /// The figures.
        #[serde(flatten)]
        usage: Usage,
        /// What we estimated the prompt to be, in tokens: compare with `promptTokens`.
        estimated_prompt_tokens: u64,
        /// The model's longest context in tokens, where it is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        context_length: Option<u32>,
    },
    /// It worked. Always the last event when it did.
    Complete {
        /// The app.
        app_id: AppId,
        /// The version that is now its head.
        version_id: VersionId,
        /// Where it opens, such as `/apps/…`.
        url: String,
        /// Always 1.
        progress: f64,
    },
    /// It did not. Always the last event when it did not; all that came before is kept.
    Error {
        /// A stable kebab-case code.
        code: String,
        /// What happened, as a sentence.
        error: String,
        /// What to do.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        hint: Option<String>,
        /// The draft that keeps what came, when any file did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        version_id: Option<VersionId>,
    },
}

impl Event {
    /// Whether no event follows this one.
    #[must_use]
    pub const fn is_last(&self) -> bool {
        matches!(self, Self::Complete { .. } | Self::Error { .. })
    }
}

/// An event at its place in the journal.
#[derive(Debug, Clone, PartialEq)]
pub struct JournalEntry {
    /// Counted from 1 within the generation, without gaps.
    pub seq: u64,
    /// The event as the JSON text that goes over the wire, made once.
    pub json: String,
    /// Whether it is the generation's last.
    pub last: bool,
}
