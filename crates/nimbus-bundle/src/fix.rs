//! Deterministic repairs: what can be put right without asking a model again.
//!
//! Each fixer is one function from the draft to the notices of what it changed. They run in order,
//! for some rounds, because one repair can make another possible. A fixer changes only what would
//! otherwise be an error, or an app that does not do what its source plainly means.

mod colours;
mod entry;
mod enums;
mod exports;
mod lift;
mod names;
mod packages;
mod paths;
mod text;

use nimbus_core::diagnostic::Diagnostic;

use crate::draft::{Draft, Edit};
use crate::facts::{Facts, Span};
use crate::library::Libraries;

/// Later rounds find nothing on real replies; the bound keeps two fixers from undoing each other.
const ROUNDS: usize = 3;

type Fixer = fn(&mut Draft, &Libraries) -> Vec<Diagnostic>;

const FIXERS: [Fixer; 13] = [
    text::strip_fences,
    text::rename_html_attributes,
    colours::unwrap_theme_colours,
    paths::correct_paths,
    enums::declare_missing_enums,
    packages::replace_unknown_packages,
    exports::reconcile_exports,
    names::drop_shadowed_imports,
    names::import_undeclared_names,
    names::correct_misspelt_imports,
    entry::export_app,
    entry::write_app,
    entry::use_stylesheets,
];

pub(crate) use lift::lift_project;

/// Repairs the draft; returns one notice per repair, in the order they were made.
pub(crate) fn repair(draft: &mut Draft, libraries: &Libraries) -> Vec<Diagnostic> {
    let mut notices = Vec::new();
    for _ in 0..ROUNDS {
        let before = notices.len();
        for fixer in FIXERS {
            notices.extend(fixer(draft, libraries));
        }
        if notices.len() == before {
            break;
        }
    }
    notices
}

fn notice(code: &str, path: &str, message: String) -> Diagnostic {
    crate::place::in_file(Diagnostic::notice(code, message), path)
}

/// A specifier in the quotes that the span has now.
fn quoted(text: &str, span: Span, specifier: &str) -> String {
    let quote = if span.of(text).starts_with('\'') { '\'' } else { '"' };
    format!("{quote}{specifier}{quote}")
}

/// Removes a statement and the line break after it.
fn removal(text: &str, statement: Span) -> Edit {
    let rest = text.get(statement.end..).unwrap_or_default();
    let blank = rest.len() - rest.trim_start_matches([' ', '\t', '\r']).len();
    let end = if rest[blank..].starts_with('\n') { statement.end + blank + 1 } else { statement.end };
    Edit::replace(Span { start: statement.start, end }, "")
}

/// Adds an import statement before the first one, or at the top.
fn added_import(facts: &Facts, statement: &str) -> Edit {
    let first = facts.imports.iter().filter(|i| i.kind == crate::facts::ImportKind::Static).map(|i| i.statement.start);
    Edit::insert(first.min().unwrap_or(0), format!("{statement}\n"))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::{Draft, Fixer, Libraries};
    use nimbus_core::diagnostic::Diagnostic;

    pub(crate) fn libraries() -> Libraries {
        let json = include_str!("../tests/fixtures/manifest.json");
        Libraries::parse(json).unwrap_or_else(|error| panic!("the fixture manifest: {error}"))
    }

    pub(super) fn draft(files: &[(&str, &str)]) -> Draft {
        let mut draft = Draft::default();
        for (path, text) in files {
            draft.put(path, (*text).to_owned());
        }
        draft
    }

    /// Applies one fixer to an app of one file.
    pub(super) fn fixed(fixer: Fixer, libraries: &Libraries, text: &str) -> (String, Vec<Diagnostic>) {
        let mut draft = draft(&[("src/App.tsx", text)]);
        let notices = fixer(&mut draft, libraries);
        (draft.text("src/App.tsx").to_owned(), notices)
    }
}
