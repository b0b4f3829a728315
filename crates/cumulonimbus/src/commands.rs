//! What the program does besides serving: for scripts, and for people at a terminal.
//!
//! With `--json` standard output holds one JSON value and nothing else. Without it, sentences. What
//! failed is one line on standard error, and the exit code is 1.

pub mod apps;
pub mod bundle;
mod files;
pub mod generate;
mod reach;

use std::io::Write;

use nimbus_core::diagnostic::{Diagnostic, Severity};
use serde::Serialize;

/// Prints a value as one line of JSON to standard output.
fn print_json(value: &impl Serialize) -> anyhow::Result<()> {
    crate::say(&serde_json::to_string(value)?);
    Ok(())
}

/// Prints what was found to standard error, for people.
fn print_found(found: &[Diagnostic]) {
    for diagnostic in found {
        let severity = match diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Notice => "notice",
        };
        let mut text = String::from(severity);
        if let Some(file) = &diagnostic.file {
            text.push_str(&format!(" {file}"));
            if let (Some(line), Some(column)) = (diagnostic.line, diagnostic.column) {
                text.push_str(&format!(":{line}:{column}"));
            }
        }
        text.push_str(&format!(": {}", diagnostic.message));
        for more in [&diagnostic.frame, &diagnostic.hint].into_iter().flatten() {
            text.push_str(&format!("\n  {}", more.trim_end().replace('\n', "\n  ")));
        }
        let _ = writeln!(std::io::stderr(), "{text}");
    }
}
