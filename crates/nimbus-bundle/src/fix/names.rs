//! Names that are used but not imported, imported twice, or imported from the wrong library.

use std::collections::BTreeSet;

use nimbus_core::diagnostic::Diagnostic;

use crate::check::is_global;
use crate::draft::{Draft, Edit, stem};
use crate::facts::{Facts, ImportKind, Undeclared, Wanted};
use crate::fix::exports::printed;
use crate::fix::{added_import, notice, quoted, removal};
use crate::library::Libraries;
use crate::resolve::{Target, resolve, specifier_between};

/// Drops an imported name that the file declares itself or imports twice.
pub(super) fn drop_shadowed_imports(draft: &mut Draft, _libraries: &Libraries) -> Vec<Diagnostic> {
    let mut notices = Vec::new();
    for path in draft.code_paths() {
        let Some(facts) = draft.facts(&path) else { continue };
        let text = draft.text(&path);
        let mut bound: BTreeSet<&str> = facts.declared.keys().map(String::as_str).collect();
        let mut edits = Vec::new();
        for import in facts.imports.iter().filter(|import| import.kind == ImportKind::Static) {
            let kept: Vec<_> =
                import.bindings.iter().filter(|binding| bound.insert(binding.local.as_str())).cloned().collect();
            if kept.len() == import.bindings.len() {
                continue;
            }
            edits.push(if kept.is_empty() {
                removal(text, import.statement)
            } else {
                let specifier = quoted(text, import.specifier_span, &import.specifier);
                Edit::replace(import.statement, printed(import, &kept, &specifier))
            });
            let message = format!("`{path}` no longer imports from `{}` a name that it has already.", import.specifier);
            notices.push(notice("fixed-import", &path, message));
        }
        if !edits.is_empty() {
            draft.edit(&path, edits);
        }
    }
    notices
}

/// Imports names that are used and that exactly one place is known to offer.
pub(super) fn import_undeclared_names(draft: &mut Draft, libraries: &Libraries) -> Vec<Diagnostic> {
    let mut notices = Vec::new();
    for path in draft.code_paths() {
        let Some(facts) = draft.facts(&path) else { continue };
        if !facts.errors.is_empty() {
            continue;
        }
        let mut edits = Vec::new();
        for (name, used) in &facts.undeclared {
            let capital = name.starts_with(|first: char| first.is_ascii_uppercase());
            if is_global(name) && !(used.element && capital) {
                continue;
            }
            let Some((statement, from)) = offered_by(draft, libraries, &path, facts, name, *used) else { continue };
            edits.push(added_import(facts, &statement));
            let message = format!("`{path}` now imports `{name}` from `{from}`.");
            notices.push(notice("fixed-missing-import", &path, message));
        }
        if !edits.is_empty() {
            draft.edit(&path, edits);
        }
    }
    notices
}

/// The statement that imports a name, and the module it comes from.
fn offered_by(
    draft: &Draft,
    libraries: &Libraries,
    path: &str,
    facts: &Facts,
    name: &str,
    used: Undeclared,
) -> Option<(String, String)> {
    let named = |from: &str| Some((format!("import {{ {name} }} from \"{from}\";"), from.to_owned()));
    if let Some(found) = offered_by_file(draft, path, name) {
        return Some(found);
    }
    let imported = facts.imports.iter().filter(|i| i.kind == ImportKind::Static).map(|i| i.specifier.as_str());
    if let Some(library) = libraries.only_exporter(name, imported.filter(|from| *from != "react")) {
        return named(library);
    }
    if name == "cn" && libraries.get("@/lib/utils").is_some() {
        return named("@/lib/utils");
    }
    // lucide has a `Badge` too; an app with other components of the set means the set's.
    if uses_set(draft, libraries)
        && let Some(part) = libraries.part_of_set(name)
    {
        return named(part);
    }
    match name {
        "React" => return Some(("import React from \"react\";".to_owned(), "react".to_owned())),
        "ReactDOM" => {
            return Some(("import ReactDOM from \"react-dom/client\";".to_owned(), "react-dom/client".to_owned()));
        }
        _ => {}
    }
    let exports = |library: &str| libraries.get(library).is_some_and(|library| library.exports.contains(name));
    let element_of_react = matches!(name, "Fragment" | "Suspense" | "StrictMode" | "Profiler");
    if exports("react") && (element_of_react || !used.element) {
        return named("react");
    }
    if exports("react-dom/client") {
        return named("react-dom/client");
    }
    if used.element {
        return ["lucide-react", "recharts", "framer-motion", "@hello-pangea/dnd"]
            .into_iter()
            .find(|library| exports(library))
            .and_then(named);
    }
    // Names so particular that one library is meant wherever they occur.
    let library = match name {
        "motion" => "framer-motion",
        "clsx" => "clsx",
        "ResponsiveContainer" => "recharts",
        _ => return None,
    };
    exports(library).then(|| named(library)).flatten()
}

fn uses_set(draft: &Draft, libraries: &Libraries) -> bool {
    draft.code().any(|(path, facts)| {
        facts.imports.iter().any(|import| {
            matches!(resolve(draft, libraries, path, &import.specifier), Target::Library(name) if Libraries::is_of_set(&name))
        })
    })
}

fn offered_by_file(draft: &Draft, importer: &str, name: &str) -> Option<(String, String)> {
    let mut found = draft.code().filter(|(path, _)| *path != importer).filter_map(|(path, facts)| {
        let specifier = specifier_between(importer, path);
        let default =
            facts.exports.default && (stem(path) == name || facts.exports.default_name.as_deref() == Some(name));
        if default {
            return Some((format!("import {name} from \"{specifier}\";"), path.to_owned()));
        }
        let named = facts.exports.names.contains(name);
        let component = facts.declared.get(name).is_some_and(|declaration| declaration.component);
        (named || component).then(|| (format!("import {{ {name} }} from \"{specifier}\";"), path.to_owned()))
    });
    let first = found.next()?;
    found.next().is_none().then_some(first)
}

/// Corrects names imported from a library that does not have them: another casing, another library,
/// no default export.
pub(super) fn correct_misspelt_imports(draft: &mut Draft, libraries: &Libraries) -> Vec<Diagnostic> {
    let mut notices = Vec::new();
    for path in draft.code_paths() {
        let Some(facts) = draft.facts(&path) else { continue };
        let text = draft.text(&path);
        let mut edits = Vec::new();
        for import in facts.imports.iter().filter(|i| i.kind == ImportKind::Static && !i.only_types) {
            let Target::Library(library) = resolve(draft, libraries, &path, &import.specifier) else { continue };
            let Some(exports) = libraries.get(&library).map(|library| &library.exports) else { continue };
            let mut kept = import.bindings.clone();
            let mut moved = Vec::new();
            kept.retain_mut(|binding| {
                if !binding.used_as_value {
                    return true;
                }
                match &binding.wanted {
                    Wanted::Default if library == "react-dom" && text.contains(".createRoot(") => {
                        moved.push(format!("import {} from \"react-dom/client\";", binding.local));
                        return false;
                    }
                    Wanted::Default if !exports.contains("default") => {
                        binding.wanted = match exports.get(&binding.local) {
                            Some(name) => Wanted::Named(name.clone()),
                            None => Wanted::Namespace,
                        };
                    }
                    Wanted::Named(name) if !exports.contains(name) => {
                        if let Some(right) = exports.iter().find(|known| known.eq_ignore_ascii_case(name)) {
                            binding.wanted = Wanted::Named(right.clone());
                        } else if let Some(other) = library_of(libraries, name, &library) {
                            moved.push(format!("import {{ {} }} from \"{other}\";", listed(name, &binding.local)));
                            return false;
                        }
                    }
                    _ => {}
                }
                true
            });
            if kept == import.bindings {
                continue;
            }
            let mut statements = moved;
            if !kept.is_empty() {
                let specifier = quoted(text, import.specifier_span, &import.specifier);
                // `import * as X` and named imports need statements of their own.
                let (namespaces, rest): (Vec<_>, Vec<_>) =
                    kept.into_iter().partition(|binding| binding.wanted == Wanted::Namespace);
                for part in [namespaces, rest].iter().filter(|part| !part.is_empty()) {
                    statements.insert(0, printed(import, part, &specifier));
                }
            }
            edits.push(Edit::replace(import.statement, statements.join("\n")));
            let message = format!("`{path}` imports from `{}` only what it offers.", import.specifier);
            notices.push(notice("fixed-import", &path, message));
        }
        if !edits.is_empty() {
            draft.edit(&path, edits);
        }
    }
    notices
}

fn listed(imported: &str, local: &str) -> String {
    if imported == local { local.to_owned() } else { format!("{imported} as {local}") }
}

/// The library that offers a name which was looked for in another.
fn library_of<'l>(libraries: &'l Libraries, name: &str, wrong: &str) -> Option<&'l str> {
    // An unknown icon is not a slip between libraries; it gets a placeholder when linking.
    if wrong == "lucide-react" {
        return None;
    }
    if Libraries::is_of_set(wrong) {
        return libraries.part_of_set(name);
    }
    ["react", "react-dom", "react-dom/client", "framer-motion", "zustand", "zustand/middleware", "recharts", "date-fns"]
        .into_iter()
        .find(|library| libraries.get(library).is_some_and(|library| library.exports.contains(name)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fix::tests::{draft, fixed, libraries};

    #[test]
    fn hooks_react_and_icons_are_imported_when_used() {
        for (before, after) in [
            ("const f = () => useState(0);", "import { useState } from \"react\";\nconst f = () => useState(0);"),
            ("React.useMemo();", "import React from \"react\";\nReact.useMemo();"),
            ("const a = <Trash2 />;", "import { Trash2 } from \"lucide-react\";\nconst a = <Trash2 />;"),
            ("const a = <Map />;", "import { Map } from \"lucide-react\";\nconst a = <Map />;"),
            ("const a = <Suspense />;", "import { Suspense } from \"react\";\nconst a = <Suspense />;"),
            ("new Map();", "new Map();"),
            ("const f = (x: Map<string, 1>) => x;", "const f = (x: Map<string, 1>) => x;"),
            ("unknown();", "unknown();"),
        ] {
            assert_eq!(fixed(import_undeclared_names, &libraries(), before).0, after);
        }
    }

    #[test]
    fn names_of_the_apps_own_files_are_imported_when_used() {
        let mut draft = draft(&[
            ("src/App.tsx", "const a = <Item x={format()} />;"),
            ("src/ui/Item.tsx", "export default function Item() {}"),
            ("src/lib.ts", "export const format = 1;"),
        ]);
        import_undeclared_names(&mut draft, &libraries());
        assert_eq!(
            draft.text("src/App.tsx"),
            "import Item from \"./ui/Item\";\nimport { format } from \"./lib\";\nconst a = <Item x={format()} />;"
        );
    }

    #[test]
    fn a_name_imported_and_declared_is_declared_only() {
        for (before, after) in [
            ("import Item from './Item';\nconst Item = 1;", "const Item = 1;"),
            (
                "import React, { useState } from 'react';\nimport { useState } from 'react';",
                "import React, { useState } from 'react';\n",
            ),
            ("import A, { b } from './x';\nconst b = A;", "import A from './x';\nconst b = A;"),
        ] {
            assert_eq!(fixed(drop_shadowed_imports, &libraries(), before).0, after);
        }
    }

    #[test]
    fn imports_from_the_wrong_library_or_in_the_wrong_case_are_corrected() {
        for (before, after) in [
            (
                "import { usestate } from 'react'; usestate();",
                "import { useState as usestate } from 'react'; usestate();",
            ),
            (
                "import { createRoot } from 'react'; createRoot();",
                "import { createRoot } from \"react-dom/client\"; createRoot();",
            ),
            ("import Lucide from 'lucide-react'; f(Lucide);", "import * as Lucide from 'lucide-react'; f(Lucide);"),
            (
                "import { NoSuchIcon } from 'lucide-react'; f(NoSuchIcon);",
                "import { NoSuchIcon } from 'lucide-react'; f(NoSuchIcon);",
            ),
        ] {
            assert_eq!(fixed(correct_misspelt_imports, &libraries(), before).0, after);
        }
    }
}
