//! What is wrong with generated code: data for a person and a model, never an error of ours.

use serde::{Deserialize, Serialize};

use crate::source::SourcePath;

/// How much a [`Diagnostic`] matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The app cannot be built or run.
    Error,
    /// The app runs, but something is likely wrong.
    Warning,
    /// Something was done that a person may want to know, such as an automatic repair.
    Notice,
}

/// One finding about an app's source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Diagnostic {
    /// How much it matters.
    pub severity: Severity,
    /// A stable kebab-case code, such as `unresolved-import`.
    pub code: String,
    /// One sentence with literals in backticks.
    pub message: String,
    /// The file it is about, when it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<SourcePath>,
    /// The line, counted from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// The column in UTF-16 units, counted from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<u32>,
    /// The lines around it, ready to print.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frame: Option<String>,
    /// What to do about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

impl Diagnostic {
    /// A finding with only severity, code and message; add the rest with the `with_` functions.
    #[must_use]
    pub fn new(severity: Severity, code: &str, message: impl Into<String>) -> Self {
        Self {
            severity,
            code: code.to_owned(),
            message: message.into(),
            file: None,
            line: None,
            column: None,
            frame: None,
            hint: None,
        }
    }

    /// An error.
    #[must_use]
    pub fn error(code: &str, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, message)
    }

    /// A warning.
    #[must_use]
    pub fn warning(code: &str, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, code, message)
    }

    /// A notice.
    #[must_use]
    pub fn notice(code: &str, message: impl Into<String>) -> Self {
        Self::new(Severity::Notice, code, message)
    }

    /// Names the file.
    #[must_use]
    pub fn with_file(mut self, file: SourcePath) -> Self {
        self.file = Some(file);
        self
    }

    /// Names the place: line from 1, column from 1 in UTF-16 units.
    #[must_use]
    pub fn with_position(mut self, line: u32, column: u32) -> Self {
        self.line = Some(line);
        self.column = Some(column);
        self
    }

    /// Adds the printed lines around the place.
    #[must_use]
    pub fn with_frame(mut self, frame: impl Into<String>) -> Self {
        self.frame = Some(frame.into());
        self
    }

    /// Adds what to do.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}
