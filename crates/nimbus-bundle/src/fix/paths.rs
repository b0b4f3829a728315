//! Imports of the app's own files by a path that is not quite right.

use nimbus_core::diagnostic::Diagnostic;

use crate::draft::{Draft, Edit, extension, file_name, is_code, stem};
use crate::facts::{Import, ImportKind, Wanted};
use crate::fix::{notice, quoted, removal};
use crate::library::Libraries;
use crate::resolve::{Target, resolve, specifier_between};

/// Points imports at the one file of that name; drops imports of style sheets that do not exist;
/// replaces images that do not exist with an empty picture.
pub(super) fn correct_paths(draft: &mut Draft, libraries: &Libraries) -> Vec<Diagnostic> {
    let mut notices = Vec::new();
    for path in draft.code_paths() {
        let Some(facts) = draft.facts(&path) else { continue };
        let mut edits = Vec::new();
        for import in &facts.imports {
            let target = resolve(draft, libraries, &path, &import.specifier);
            if !matches!(target, Target::NoFile(_) | Target::NoLibrary) {
                continue;
            }
            let Some((edit, message)) = correction(draft, &path, import, &target) else { continue };
            edits.push(edit);
            notices.push(notice("fixed-import-path", &path, message));
        }
        if !edits.is_empty() {
            draft.edit(&path, edits);
        }
    }
    notices
}

fn correction(draft: &Draft, path: &str, import: &Import, target: &Target) -> Option<(Edit, String)> {
    let specifier = &import.specifier;
    let text = draft.text(path);
    if let Some(other) = file_of_that_name(draft, path, specifier) {
        let meant = specifier_between(path, &other);
        let edit = Edit::replace(import.specifier_span, quoted(text, import.specifier_span, &meant));
        return Some((edit, format!("`{path}` imports `{other}` as `{meant}`, not as `{specifier}`.")));
    }
    if matches!(target, Target::NoLibrary) && !specifier.starts_with(['@', '~']) && !is_asset(specifier) {
        return None;
    }
    if import.kind != ImportKind::Static {
        return None;
    }
    if is_style(specifier) && import.bindings.is_empty() {
        let message = format!("`{path}` no longer imports `{specifier}`, which does not exist.");
        return Some((removal(text, import.statement), message));
    }
    let [binding] = import.bindings.as_slice() else { return None };
    if is_image(specifier) && binding.wanted == Wanted::Default {
        let empty = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg'/%3E";
        let edit = Edit::replace(import.statement, format!("const {} = \"{empty}\";", binding.local));
        return Some((edit, format!("The picture `{specifier}` does not exist; an empty one stands in for it.")));
    }
    None
}

/// The one file whose name a specifier ends with, whatever its folder and casing.
fn file_of_that_name(draft: &Draft, importer: &str, specifier: &str) -> Option<String> {
    let specifier = specifier.split('?').next().unwrap_or_default().trim_end_matches('/');
    let wanted = file_name(specifier);
    let kind = extension(wanted);
    let alike = |path: &&String| {
        let same_name = file_name(path).eq_ignore_ascii_case(wanted);
        let same_stem = stem(path).eq_ignore_ascii_case(stem(wanted)) || stem(path).eq_ignore_ascii_case(wanted);
        let same_kind = if is_style(wanted) {
            is_style(path)
        } else {
            is_code(path) && (kind.is_empty() || is_code(wanted) || stem(path).eq_ignore_ascii_case(wanted))
        };
        path.as_str() != importer && (same_name || (same_stem && same_kind))
    };
    let mut found = draft.files.keys().filter(alike);
    let first = found.next()?;
    found.next().is_none().then(|| first.clone())
}

fn is_style(path: &str) -> bool {
    matches!(extension(path), "css" | "scss" | "sass" | "less")
}

fn is_image(path: &str) -> bool {
    matches!(extension(path), "svg" | "png" | "jpg" | "jpeg" | "gif" | "webp" | "avif" | "ico")
}

fn is_asset(path: &str) -> bool {
    is_style(path) || is_image(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fix::tests::{draft, libraries};

    fn corrected(text: &str) -> String {
        let mut draft = draft(&[
            ("src/components/Board.tsx", text),
            ("src/components/TodoItem.tsx", "export default 1"),
            ("src/styles.css", ""),
            ("src/a/Twin.tsx", ""),
            ("src/b/Twin.tsx", ""),
        ]);
        correct_paths(&mut draft, &libraries());
        draft.text("src/components/Board.tsx").to_owned()
    }

    #[test]
    fn a_wrong_folder_or_casing_is_put_right_when_one_file_is_meant() {
        for (before, after) in [
            ("import './styles.css';", "import '../styles.css';"),
            ("import T from \"./components/TodoItem\";", "import T from \"./TodoItem\";"),
            ("import T from './todoitem.tsx';", "import T from './TodoItem';"),
            ("import T from 'TodoItem';", "import T from './TodoItem';"),
            ("import T from '@/ui/TodoItem';", "import T from './TodoItem';"),
            ("export { default } from './x/TodoItem';", "export { default } from './TodoItem';"),
            ("import T from '../Twin';", "import T from '../Twin';"),
            ("import T from './TodoItem';", "import T from './TodoItem';"),
        ] {
            assert_eq!(corrected(before), after);
        }
    }

    #[test]
    fn what_does_not_exist_is_dropped_when_the_app_can_do_without() {
        assert_eq!(corrected("import './other.css';\nlet a;"), "let a;");
        assert!(corrected("import logo from './logo.png';").starts_with("const logo = \"data:image/svg+xml,"));
        assert_eq!(corrected("import x from './missing';"), "import x from './missing';");
        assert_eq!(corrected("import x from 'left-pad';"), "import x from 'left-pad';");
    }
}
