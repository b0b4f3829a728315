//! Repairs that give the app a root to start from.

use std::collections::BTreeSet;

use nimbus_core::diagnostic::Diagnostic;

use crate::check;
use crate::draft::{Draft, Edit, stem};
use crate::entry::{Entry, find_app, find_entry};
use crate::fix::{added_import, notice};
use crate::library::Libraries;
use crate::resolve::{Target, resolve, specifier_between};

/// Gives the App file a default export.
pub(super) fn export_app(draft: &mut Draft, _libraries: &Libraries) -> Vec<Diagnostic> {
    let Some(path) = find_app(draft) else { return Vec::new() };
    if matches!(find_entry(draft), Some(Entry::Mounts(_))) {
        return Vec::new();
    }
    let Some(facts) = draft.facts(&path).filter(|facts| facts.errors.is_empty() && !facts.exports.default) else {
        return Vec::new();
    };
    let components = facts.components();
    let named = components.iter().find(|name| **name == "App" || **name == stem(&path)).or(components.last());
    let Some(name) = named.map(|name| (*name).to_owned()) else { return Vec::new() };
    let text = draft.text(&path);
    let lead = if text.ends_with('\n') { "" } else { "\n" };
    let edit = Edit::insert(text.len(), format!("{lead}export default {name};\n"));
    draft.edit(&path, vec![edit]);
    vec![notice("fixed-export", &path, format!("`{path}` now exports `{name}` as the app."))]
}

/// Writes an App file around the component that nobody imports.
pub(super) fn write_app(draft: &mut Draft, libraries: &Libraries) -> Vec<Diagnostic> {
    if find_entry(draft).is_some() {
        return Vec::new();
    }
    let Some((path, import)) = root_component(draft, libraries) else { return Vec::new() };
    let app = if path.starts_with("src/") { "src/App.tsx" } else { "App.tsx" };
    let specifier = specifier_between(app, &path);
    let (local, clause) = match import {
        Root::Default(name) => (name.clone(), name),
        Root::Named(name) => (name.clone(), format!("{{ {name} }}")),
    };
    draft.put(
        app,
        format!(
            "import {clause} from \"{specifier}\";\n\nexport default function App() {{\n  return <{local} />;\n}}\n"
        ),
    );
    vec![notice("wrote-app", app, format!("There was no App file; `{app}` was written to show `{local}` of `{path}`."))]
}

enum Root {
    Default(String),
    Named(String),
}

/// The component to start with: of those that no other file imports, the one that reaches most.
fn root_component(draft: &Draft, libraries: &Libraries) -> Option<(String, Root)> {
    let mut imported = BTreeSet::new();
    for (path, facts) in draft.code() {
        for import in &facts.imports {
            if let Target::File(other, _) = resolve(draft, libraries, path, &import.specifier) {
                imported.insert(other);
            }
        }
    }
    draft
        .code()
        .filter(|(path, facts)| !imported.contains(*path) && facts.errors.is_empty() && !path.contains("stubs/"))
        .filter_map(|(path, facts)| {
            let components = facts.components();
            let component = components.iter().find(|name| **name == stem(path)).or(components.last())?;
            let root = if facts.exports.default {
                let name = facts.exports.default_name.clone().unwrap_or_else(|| "Root".to_owned());
                Root::Default(if name == "App" { "Root".to_owned() } else { name })
            } else {
                Root::Named((*component).to_owned())
            };
            Some((check::reachable(draft, libraries, path).len(), path, root))
        })
        // Of equals the last: models write the parts first.
        .max_by_key(|(reach, ..)| *reach)
        .map(|(_, path, root)| (path.to_owned(), root))
}

/// Imports the style sheets into the app when no file imports any.
pub(super) fn use_stylesheets(draft: &mut Draft, libraries: &Libraries) -> Vec<Diagnostic> {
    let path = match find_entry(draft) {
        Some(Entry::App(path) | Entry::Mounts(path)) if draft.page.is_none() => path,
        _ => return Vec::new(),
    };
    let reachable = check::reachable(draft, libraries, &path);
    let imports_any = reachable.iter().any(|path| path.ends_with(".css"));
    let sheets: Vec<String> = draft
        .files
        .keys()
        .filter(|sheet| sheet.ends_with(".css") && !sheet.ends_with(".module.css"))
        .map(|sheet| specifier_between(&path, sheet))
        .collect();
    let Some(facts) = draft.facts(&path).filter(|_| !imports_any && !sheets.is_empty()) else { return Vec::new() };
    let statements: Vec<String> = sheets.iter().map(|sheet| format!("import \"{sheet}\";")).collect();
    let edit = added_import(facts, &statements.join("\n"));
    draft.edit(&path, vec![edit]);
    vec![notice("fixed-style", &path, format!("`{path}` now imports `{}`, which no file did.", sheets.join("`, `")))]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fix::tests::{draft, libraries};

    #[test]
    fn an_app_without_default_export_gets_one() {
        let mut draft = draft(&[("src/App.tsx", "const App = () => <b />;")]);
        assert_eq!(export_app(&mut draft, &libraries()).len(), 1);
        assert_eq!(draft.text("src/App.tsx"), "const App = () => <b />;\nexport default App;\n");
        assert_eq!(export_app(&mut draft, &libraries()).len(), 0);
    }

    #[test]
    fn an_app_is_written_around_the_component_that_nobody_imports() {
        let mut draft = draft(&[
            ("src/components/Item.tsx", "export default function Item() { return <b />; }"),
            (
                "src/components/List.tsx",
                "import Item from './Item';\nconst List = () => <Item />;\nexport default List;",
            ),
            ("src/types.ts", "export const x = 1;"),
        ]);
        assert_eq!(write_app(&mut draft, &libraries()).len(), 1);
        assert_eq!(
            draft.text("src/App.tsx"),
            "import List from \"./components/List\";\n\nexport default function App() {\n  return <List />;\n}\n"
        );
        assert_eq!(write_app(&mut draft, &libraries()).len(), 0);
    }

    #[test]
    fn sheets_that_nobody_imports_are_used_when_none_is() {
        let mut draft = draft(&[("src/App.tsx", "export default () => <b />;"), ("src/styles.css", "b {}")]);
        assert_eq!(use_stylesheets(&mut draft, &libraries()).len(), 1);
        assert_eq!(draft.text("src/App.tsx"), "import \"./styles.css\";\nexport default () => <b />;");
        assert_eq!(use_stylesheets(&mut draft, &libraries()).len(), 0);
    }
}
