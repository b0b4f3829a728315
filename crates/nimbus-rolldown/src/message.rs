//! rolldown's diagnostics as plain values.

use std::path::Path;

use rolldown_error::{BuildDiagnostic, DiagnosticOptions};

/// How bad a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// No program was made.
    Error,
    /// A program was made; something about it is doubtful.
    Warning,
}

/// One thing to tell about a build.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// How bad it is.
    pub severity: Severity,
    /// A stable code: rolldown's own, such as `MISSING_EXPORT`, or one of `REFUSED_IMPORT`,
    /// `TIME_LIMIT`, `BUNDLER_PANIC`, `NO_OUTPUT`.
    pub code: String,
    /// A sentence or two.
    pub text: String,
    /// The key of the module it is about.
    pub file: Option<String>,
    /// 1-based line.
    pub line: Option<u32>,
    /// 0-based column in UTF-16 code units.
    pub column: Option<u32>,
    /// The source lines concerned, with markers, without colour.
    pub frame: Option<String>,
}

impl Message {
    pub(crate) fn error(code: &str, text: impl Into<String>, file: Option<String>) -> Self {
        Self {
            severity: Severity::Error,
            code: code.to_owned(),
            text: text.into(),
            file,
            line: None,
            column: None,
            frame: None,
        }
    }
}

pub(crate) fn from_rolldown(diagnostic: &BuildDiagnostic, severity: Severity) -> Message {
    let options = DiagnosticOptions { cwd: Path::new("/").to_path_buf() };
    let rendered = diagnostic.to_diagnostic_with(&options);
    let frame = rendered.convert_to_string(false);
    let text = diagnostic.to_message_with(&options);
    // An error of a plugin hook has its text in the frame only.
    let text = if text.is_empty() { frame.clone() } else { text };
    let place = rendered.get_primary_location();
    Message {
        severity,
        code: diagnostic.kind().to_string(),
        text,
        file: place
            .as_ref()
            .map(|(file, ..)| file.trim_start_matches('/').to_owned())
            .or_else(|| diagnostic.id().map(|id| id.trim_start_matches('/').to_owned())),
        line: place.as_ref().and_then(|(_, line, ..)| narrow(*line)),
        column: place.as_ref().and_then(|(_, _, column, _)| narrow(*column)),
        frame: place.is_some().then_some(frame),
    }
}

fn narrow(number: usize) -> Option<u32> {
    u32::try_from(number).ok()
}
