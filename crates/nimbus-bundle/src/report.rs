//! Diagnostics that are not about one line that the pre-pass read.

use nimbus_core::diagnostic::{Diagnostic, Severity};
use nimbus_core::source::SourceTree;
use nimbus_rolldown::{Message, Severity as LinkSeverity};

use crate::depth::{MAX_BRACKETS, MAX_TOKENS, Nesting};
use crate::draft::{Draft, extension, is_code, stem};
use crate::entry::Entry;
use crate::place::in_file;

/// The deepest nesting of any code file, and an error for each that is too deep to be parsed.
pub(crate) fn nesting(files: &SourceTree) -> (Nesting, Vec<Diagnostic>) {
    let (mut deepest, mut together, mut refused) = (Nesting::default(), Nesting::default(), Vec::new());
    let is_page = |path: &str| matches!(extension(path), "html" | "htm");
    let has_page = files.iter().any(|(path, _)| is_page(path.as_str()));
    for (path, text) in files.iter().filter(|(path, _)| is_code(path.as_str()) || is_page(path.as_str())) {
        let nesting = Nesting::of(text);
        if nesting.within_limits() {
            deepest = deepest.or(nesting);
            together = together.and(nesting);
            continue;
        }
        let message = if nesting.brackets > MAX_BRACKETS {
            format!("`{path}` nests brackets {} deep; the limit is {MAX_BRACKETS}.", nesting.brackets)
        } else {
            format!("`{path}` has {} words and signs; the limit is {MAX_TOKENS}.", nesting.tokens)
        };
        refused.push(Diagnostic::error("too-deep", message).with_file(path.clone()).with_hint("Split the file."));
    }
    // The scripts of a page become one.
    (if has_page { deepest.or(together) } else { deepest }, refused)
}

/// There is nothing to start with.
pub(crate) fn no_entry() -> Diagnostic {
    Diagnostic::error("no-entry", "There is no file to start the app with.")
        .with_hint("Write `src/App.tsx` with a component as its default export, or a page `index.html`.")
}

/// A main file that mounts the app with a function or into an element that does not exist is passed
/// over.
pub(crate) fn unused_main(draft: &Draft, entry: &Entry) -> Option<Diagnostic> {
    let Entry::App(app) = entry else { return None };
    let mut mains = draft.code().filter(|(path, facts)| facts.mounts && matches!(stem(path), "main" | "index"));
    let (path, _) = mains.next()?;
    let message = format!("`{path}` does not start the app in a way that works here; `{app}` is started without it.");
    Some(in_file(Diagnostic::notice("unused-main", message), path))
}

/// The App file exports no component.
pub(crate) fn no_default_export(draft: &Draft, entry: &Entry) -> Option<Diagnostic> {
    let Entry::App(path) = entry else { return None };
    let facts = draft.facts(path)?;
    if facts.exports.default || !facts.errors.is_empty() {
        return None;
    }
    let message = format!("`{path}` has no default export, so there is nothing to show.");
    let hint = "Export the app's component: `export default function App() { … }`.";
    Some(in_file(Diagnostic::error("no-default-export", message).with_hint(hint), path))
}

/// A message of the linker.
pub(crate) fn message(message: &Message, files: &SourceTree) -> Diagnostic {
    let severity = match message.severity {
        LinkSeverity::Error => Severity::Error,
        LinkSeverity::Warning => Severity::Warning,
    };
    let mut diagnostic =
        Diagnostic::new(severity, &message.code.to_lowercase().replace('_', "-"), message.text.clone());
    let known = message.file.as_deref().filter(|path| files.get_str(path).is_some());
    if let Some(path) = known {
        diagnostic = in_file(diagnostic, path);
        if let (Some(line), Some(column)) = (message.line, message.column) {
            diagnostic = diagnostic.with_position(line, column + 1);
        }
        diagnostic.frame.clone_from(&message.frame);
    }
    diagnostic
}
