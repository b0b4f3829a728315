//! The app's style sheet: its own sheets in import order, and Tailwind's utilities for its words.

mod modules;
mod tailwind;
mod theme;
mod urls;

use std::collections::{BTreeMap, BTreeSet};

use nimbus_core::diagnostic::Diagnostic;
use nimbus_core::ids::AppId;

pub(crate) use modules::scoped;
pub(crate) use tailwind::{Job, Tailwind};
pub(crate) use theme::COLOURS;

use crate::draft::Draft;
use crate::place::in_file;

/// What every app starts from, unless one of its sheets brings Tailwind in itself.
pub(crate) const DEFAULT_SHEET: &str = "@import \"tailwindcss\";\n@import \"tw-animate-css\";\n";

/// What tells that a sheet has to go through Tailwind's compiler; the rest browsers read as it is.
const DIRECTIVES: [&str; 15] = [
    "@apply",
    "@theme",
    "@utility",
    "@variant",
    "@custom-variant",
    "@tailwind",
    "@import",
    "@plugin",
    "@config",
    "@source",
    "@reference",
    "@layer",
    "theme(",
    "--alpha(",
    "--spacing(",
];

/// The sheets of an app, sorted by who reads them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Sheets {
    /// The text for Tailwind's compiler.
    pub(crate) compiled: String,
    /// The text for the browser alone.
    pub(crate) plain: String,
    /// Files that the compiled text may `@import`, by path.
    pub(crate) files: BTreeMap<String, String>,
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// What an app of the set starts from; light and dark follow the system.
pub(crate) const THEMED_SHEET: &str =
    "@import \"cumulonimbus/theme\";\n@import \"tailwindcss\";\n@import \"tw-animate-css\";\n";

/// Sorts the sheets that the app imports, in that order. `words` are its possible classes, `set`
/// tells whether it imports a component of the set.
pub(crate) fn collect(draft: &Draft, paths: &[String], words: &BTreeSet<String>, set: bool) -> Sheets {
    let mut sheets = Sheets::default();
    let mut compiled = Vec::new();
    let mut own = String::new();
    for path in paths {
        let (text, unclosed) = closed(draft.text(path));
        if unclosed > 0 {
            let message = format!("`{path}` has {unclosed} unclosed `{{`; they were closed at its end.");
            sheets.diagnostics.push(in_file(Diagnostic::warning("css-error", message), path));
        }
        own.push_str(&text);
        let text = if path.ends_with(".module.css") { scoped(path, &text).css } else { text };
        let text = without_references(&urls::inlined(draft, path, &text));
        if DIRECTIVES.iter().any(|directive| text.contains(directive)) {
            compiled.push(without_old_directives(&text));
        } else {
            sheets.plain.push_str(&text);
            sheets.plain.push('\n');
        }
    }
    let brings_tailwind =
        compiled.iter().any(|text| text.contains("@import \"tailwindcss") || text.contains("@import 'tailwindcss"));
    // A page that does not ask for Tailwind looks as browsers show it.
    let wants_tailwind = draft.page.as_ref().is_none_or(|page| page.tailwind);
    if wants_tailwind {
        sheets.compiled.push_str(&theme::prelude(&own, words, set));
    }
    if !brings_tailwind && wants_tailwind {
        sheets.compiled.push_str(DEFAULT_SHEET);
    }
    for text in compiled {
        sheets.compiled.push_str(&text);
        sheets.compiled.push('\n');
    }
    if sheets.compiled != DEFAULT_SHEET && sheets.compiled != THEMED_SHEET {
        let own = draft.files.iter().filter(|(path, _)| path.ends_with(".css"));
        sheets.files = own.map(|(path, file)| (path.clone(), file.text.clone())).collect();
    }
    sheets
}

/// All sheets are compiled as one, so that none has to say where the theme is.
fn without_references(text: &str) -> String {
    if !text.contains("@reference") {
        return text.to_owned();
    }
    let kept: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with("@reference")).collect();
    kept.join("\n")
}

/// Version 3 wrote `@tailwind base; @tailwind components; @tailwind utilities;`.
pub(crate) fn without_old_directives(text: &str) -> String {
    if !text.contains("@tailwind") {
        return text.to_owned();
    }
    let kept: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with("@tailwind")).collect();
    format!("{DEFAULT_SHEET}{}", kept.join("\n"))
}

/// The text with its open blocks closed, so that it cannot swallow the sheets after it, and how
/// many there were.
fn closed(text: &str) -> (String, usize) {
    let bytes = text.as_bytes();
    let (mut open, mut at, mut end) = (0_usize, 0, text.len());
    while at < bytes.len() {
        match bytes[at] {
            b'{' => open += 1,
            b'}' => open = open.saturating_sub(1),
            b'\\' => at += 1,
            quote @ (b'"' | b'\'') => {
                at += 1;
                // A string ends with its quote or, unterminated, with the line.
                while at < bytes.len() && bytes[at] != quote && bytes[at] != b'\n' {
                    at += if bytes[at] == b'\\' { 2 } else { 1 };
                }
            }
            b'/' if bytes.get(at + 1) == Some(&b'*') => {
                let rest = &text[at + 2..];
                let Some(length) = rest.find("*/") else {
                    end = at;
                    break;
                };
                at += length + 3;
            }
            _ => {}
        }
        at += 1;
    }
    (format!("{}{}", &text[..end], "}".repeat(open)), open)
}

/// The style sheet of an app. Never fails: a sheet that Tailwind cannot read goes to the browser as
/// it is, with a warning.
pub(crate) async fn build(
    tailwind: &Tailwind,
    app: AppId,
    sheets: Sheets,
    candidates: BTreeSet<String>,
) -> (String, Vec<Diagnostic>) {
    let Sheets { compiled, plain, files, mut diagnostics } = sheets;
    if compiled.is_empty() {
        return (plain, diagnostics);
    }
    let job = |sheet: String, files| Job { app: app.to_string(), sheet, files, candidates: candidates.clone() };
    let css = match tailwind.build(job(compiled.clone(), files)).await {
        Ok(css) => css,
        Err(reason) => {
            let message = format!("A style sheet could not be read: {}.", reason.trim_end_matches('.'));
            diagnostics.push(Diagnostic::warning("css-error", message));
            match tailwind.build(job(DEFAULT_SHEET.to_owned(), BTreeMap::new())).await {
                Ok(css) => format!("{css}\n{}", compiled.replace(DEFAULT_SHEET, "")),
                Err(reason) => {
                    let message = format!("Tailwind's utilities are missing: {}.", reason.trim_end_matches('.'));
                    diagnostics.push(Diagnostic::error("tailwind-failed", message));
                    String::new()
                }
            }
        }
    };
    (format!("{css}\n{plain}"), diagnostics)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn open_blocks_are_closed() {
        assert_eq!(closed("a { b: c"), ("a { b: c}".to_owned(), 1));
        assert_eq!(closed("a { content: '}' }"), ("a { content: '}' }".to_owned(), 0));
        assert_eq!(closed("a {} /* { */ b {}"), ("a {} /* { */ b {}".to_owned(), 0));
        assert_eq!(closed("a {} /* {"), ("a {} ".to_owned(), 0));
        assert_eq!(closed("a { b: '\\"), ("a { b: '\\}".to_owned(), 1));
    }

    #[test]
    fn sheets_are_sorted_by_who_reads_them() {
        let mut draft = Draft::default();
        draft.put("a.css", "a { color: red }".to_owned());
        draft.put("b.css", ".b { @apply p-4; }".to_owned());
        draft.put("c.css", "@tailwind base;\n@tailwind utilities;\n.c {}".to_owned());
        let sheets = collect(&draft, &["a.css".to_owned(), "b.css".to_owned()], &BTreeSet::new(), false);
        assert_eq!(sheets.plain, "a { color: red }\n");
        assert_eq!(sheets.compiled, format!("{DEFAULT_SHEET}.b {{ @apply p-4; }}\n"));
        let sheets = collect(&draft, &["c.css".to_owned()], &BTreeSet::new(), false);
        assert_eq!(sheets.compiled, format!("{DEFAULT_SHEET}.c {{}}\n"));
        let sheets = collect(&draft, &["a.css".to_owned()], &BTreeSet::new(), true);
        assert_eq!(sheets.compiled, THEMED_SHEET);
    }
}
