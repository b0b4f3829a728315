//! What calibration found out about one model, for prompts to use.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::model::ModelRef;

/// The form in which a model writes files without being told twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Dialect {
    /// `<file path="…">`, as it is asked to.
    Tags,
    /// Markdown fences, whatever it is asked for.
    Fences,
    /// Neither came.
    Unknown,
}

/// What was seen of a model in one calibration.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Profile {
    /// The model.
    #[serde(flatten)]
    pub model: ModelRef,
    /// How it writes files.
    pub dialect: Dialect,
    /// Whether it wrote both of two files that import one another.
    pub several_files: bool,
    /// Whether an edit that it was asked for could be applied to the text it was shown.
    pub edits: bool,
    /// The tokens of its longest reply, up to where it began to repeat itself or broke its form.
    pub clean_tokens: u32,
    /// Whether that reply ended because the model or the time was over and not because it went wrong: it can
    /// then write at least that much.
    pub clean_to_the_end: bool,
    /// Tokens per second while it writes.
    pub tokens_per_second: f64,
    /// Milliseconds from a request to its first token, with the model loaded.
    pub first_token_ms: u64,
    /// Whether it reasoned before it answered.
    pub thinks: bool,
    /// When it was measured.
    pub measured_at: Timestamp,
}
