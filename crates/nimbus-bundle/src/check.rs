//! What is wrong with the app, told so that a person or a model can put it right.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use nimbus_core::asset;
use nimbus_core::diagnostic::Diagnostic;

use crate::draft::{Draft, DraftFile};
use crate::facts::{Facts, Import, ImportKind, Span, Wanted};
use crate::library::Libraries;
use crate::nearest::nearest;
use crate::offer::{self, Offer};
use crate::place::{at, in_file};
use crate::resolve::{Form, Target, resolve};

/// Everything a window defines, and what the linker defines besides.
static GLOBALS: LazyLock<BTreeSet<&str>> = LazyLock::new(|| include_str!("globals.txt").lines().collect());

/// Whether every app finds this name without declaring it.
pub(crate) fn is_global(name: &str) -> bool {
    GLOBALS.contains(name)
}

/// Checks the files that an app can reach from its entry.
pub(crate) fn check(draft: &Draft, libraries: &Libraries, reachable: &BTreeSet<String>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for path in reachable {
        let Some(file) = draft.files.get(path) else { continue };
        let Some(facts) = &file.facts else {
            check_data(path, file, &mut found);
            continue;
        };
        check_syntax(path, file, facts, &mut found);
        if !facts.errors.is_empty() {
            continue;
        }
        for import in &facts.imports {
            check_import(draft, libraries, path, file, import, &mut found);
        }
        check_names(path, file, facts, &mut found);
    }
    found
}

fn check_data(path: &str, file: &DraftFile, found: &mut Vec<Diagnostic>) {
    if asset::media_type(path).is_some() && asset::to_bytes(path, &file.text).is_none() {
        let message = format!("`{path}` holds text, which is not what a file of that name has; it shows nothing.");
        found.push(in_file(
            Diagnostic::warning("not-an-asset", message).with_hint("Draw it as SVG, or import a real file."),
            path,
        ));
    }
    if !path.ends_with(".json") {
        return;
    }
    if let Err(error) = serde_json::from_str::<serde_json::Value>(&file.text) {
        let diagnostic = Diagnostic::error("invalid-json", format!("`{path}` is not valid JSON: {error}."));
        found.push(in_file(diagnostic, path));
    }
}

fn check_syntax(path: &str, file: &DraftFile, facts: &Facts, found: &mut Vec<Diagnostic>) {
    if let Some(fence) = facts.fence {
        found.push(at(left_fence(), path, &file.text, fence));
    }
    // One mistake makes a parser report several; the first is the one to put right.
    if let Some(error) = facts.errors.first() {
        if let Some(fence) = fence_line(&file.text) {
            found.push(at(left_fence(), path, &file.text, fence));
            return;
        }
        let message = error.message.trim_end_matches('.');
        let mut diagnostic = Diagnostic::error("syntax-error", format!("{message}."));
        if let Some(hint) = &error.hint {
            diagnostic = diagnostic.with_hint(hint.clone());
        }
        found.push(at(diagnostic, path, &file.text, error.span));
    }
}

fn left_fence() -> Diagnostic {
    Diagnostic::error("markdown-fence", "A Markdown fence, three backticks, is left in the code.")
        .with_hint("Remove the line with the backticks, and what is not code.")
}

/// The first line that begins with three backticks.
fn fence_line(text: &str) -> Option<Span> {
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        if line.starts_with("```") {
            return Some(Span { start, end: start + line.trim_end().len() });
        }
        start += line.len();
    }
    None
}

fn check_import(
    draft: &Draft,
    libraries: &Libraries,
    path: &str,
    file: &DraftFile,
    import: &Import,
    found: &mut Vec<Diagnostic>,
) {
    if import.only_types {
        return;
    }
    let specifier = &import.specifier;
    let offered = match resolve(draft, libraries, path, specifier) {
        Target::Library(name) => offer::of_library(libraries, &name),
        Target::File(other, Form::Module) if other.ends_with(".css") => return,
        Target::File(other, Form::Module) => offer::of_file(draft, libraries, &other),
        Target::File(other, Form::Url) if other.ends_with(".svg") => {
            Offer { default: true, names: ["ReactComponent".to_owned()].into(), ..Offer::default() }
        }
        Target::File(..) => Offer { default: true, ..Offer::default() },
        Target::NoFile(meant) => {
            let message = match meant {
                Some(_) => format!("`{specifier}` is not a file of the app."),
                None => format!("`{specifier}` would lie outside the app."),
            };
            let paths = draft.files.keys().map(String::as_str);
            let wanted = crate::draft::file_name(specifier);
            let like = nearest(wanted, paths.clone().map(crate::draft::stem));
            let hint = match like {
                Some(stem) => {
                    let path = paths.clone().find(|path| crate::draft::stem(path) == stem).unwrap_or_default();
                    format!("There is `{path}`.")
                }
                None => "Write that file, or remove the import.".to_owned(),
            };
            let diagnostic = Diagnostic::error("unresolved-import", message).with_hint(hint);
            found.push(at(diagnostic, path, &file.text, import.specifier_span));
            return;
        }
        Target::NoLibrary => {
            let hint = match libraries.instead_of(specifier) {
                Some(other) => format!("Use `{other}` instead."),
                None => format!("Write it without a library, or use one of: {}.", libraries.offered().join(", ")),
            };
            let message = format!("`{specifier}` is not one of the libraries that an app may import.");
            let diagnostic = Diagnostic::error("unknown-library", message).with_hint(hint);
            found.push(at(diagnostic, path, &file.text, import.specifier_span));
            return;
        }
        Target::Forbidden(why) => {
            let message = format!("`{}` cannot be imported: {why}.", shortened(specifier));
            found.push(at(Diagnostic::error("forbidden-import", message), path, &file.text, import.specifier_span));
            return;
        }
    };
    check_bindings(path, file, import, &offered, found);
}

/// Keeps a hostile specifier from filling the message.
fn shortened(specifier: &str) -> String {
    let plain = specifier.chars().filter(|c| !c.is_control());
    if specifier.chars().count() > 80 { plain.take(80).chain(['…']).collect() } else { plain.collect() }
}

fn check_bindings(path: &str, file: &DraftFile, import: &Import, offered: &Offer, found: &mut Vec<Diagnostic>) {
    if offered.open {
        return;
    }
    for binding in import.bindings.iter().filter(|binding| binding.used_as_value) {
        let diagnostic = match &binding.wanted {
            Wanted::Namespace => continue,
            Wanted::Default if offered.default => continue,
            Wanted::Named(name) if offered.names.contains(name) => continue,
            Wanted::Default => {
                let message = format!("`{}` has no default export.", import.specifier);
                let names: Vec<&str> = offered.names.iter().map(String::as_str).take(8).collect();
                let hint = match names.as_slice() {
                    [] => "Add `export default` to it.".to_owned(),
                    names => format!("It exports {}.", names.join(", ")),
                };
                Diagnostic::error("missing-export", message).with_hint(hint)
            }
            Wanted::Named(name) => {
                let message = format!("`{}` has no export named `{name}`.", import.specifier);
                let diagnostic = Diagnostic::error("missing-export", message);
                match nearest(name, offered.names.iter().map(String::as_str)) {
                    Some(other) => diagnostic.with_hint(format!("Did you mean `{other}`?")),
                    None if offered.default => diagnostic.with_hint("It has a default export."),
                    None => diagnostic,
                }
            }
        };
        found.push(at(diagnostic, path, &file.text, binding.local_span));
    }
}

fn check_names(path: &str, file: &DraftFile, facts: &Facts, found: &mut Vec<Diagnostic>) {
    for (name, use_) in &facts.undeclared {
        // `<Map>` and `<Image>` are meant as components, although a window has such names too.
        let constructor = use_.element && name.starts_with(|c: char| c.is_ascii_uppercase());
        if is_global(name) && !constructor {
            continue;
        }
        let known = facts.declared.keys().map(String::as_str);
        let message = if use_.element {
            format!("`<{name}>` is used but neither declared nor imported.")
        } else {
            format!("`{name}` is used but neither declared nor imported.")
        };
        let mut diagnostic = if use_.deferred {
            Diagnostic::warning("undeclared-name", message)
        } else {
            Diagnostic::error("undeclared-name", message)
        };
        if let Some(other) = nearest(name, known) {
            diagnostic = diagnostic.with_hint(format!("Did you mean `{other}`?"));
        }
        found.push(at(diagnostic, path, &file.text, use_.span));
    }
}

/// The files that the entry reaches, the entry among them.
pub(crate) fn reachable(draft: &Draft, libraries: &Libraries, entry: &str) -> BTreeSet<String> {
    let mut seen = BTreeSet::new();
    let mut next = vec![entry.to_owned()];
    while let Some(path) = next.pop() {
        if !seen.insert(path.clone()) {
            continue;
        }
        let Some(facts) = draft.facts(&path) else { continue };
        let imports = facts.imports.iter().filter(|import| !import.only_types || import.kind != ImportKind::Static);
        for import in imports {
            if let Target::File(other, _) = resolve(draft, libraries, &path, &import.specifier) {
                next.push(other);
            }
        }
    }
    seen
}
