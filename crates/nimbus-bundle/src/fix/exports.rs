//! Imports and exports of the app's own files that do not meet: default here, named there.

use std::collections::{BTreeMap, BTreeSet};

use nimbus_core::diagnostic::Diagnostic;

use crate::draft::{Draft, Edit, stem};
use crate::facts::{Binding, Facts, Import, ImportKind, Wanted};
use crate::fix::{notice, quoted};
use crate::library::Libraries;
use crate::offer::{self, Offer};
use crate::resolve::{Form, Target, resolve};

/// Brings imports and exports together, in either direction.
pub(super) fn reconcile_exports(draft: &mut Draft, libraries: &Libraries) -> Vec<Diagnostic> {
    let mut notices = Vec::new();
    let mut edits: BTreeMap<String, Vec<Edit>> = BTreeMap::new();
    let mut added = BTreeSet::new();
    for (path, facts) in draft.code() {
        let static_imports =
            facts.imports.iter().filter(|import| matches!(import.kind, ImportKind::Static | ImportKind::ReExport));
        for import in static_imports.filter(|import| !import.only_types) {
            let Target::File(other, Form::Module) = resolve(draft, libraries, path, &import.specifier) else {
                continue;
            };
            let Some(target) = draft.facts(&other).filter(|_| other != path) else { continue };
            let offered = offer::of_file(draft, libraries, &other);
            if offered.open {
                continue;
            }
            let mut bindings = import.bindings.clone();
            for binding in bindings.iter_mut().filter(|binding| binding.used_as_value) {
                match remedy(binding, &other, target, &offered, import.bindings.len()) {
                    Remedy::None => {}
                    Remedy::Import(wanted) => binding.wanted = wanted,
                    Remedy::Export(name, statement) => {
                        // A file has one default export, whoever asks for it under whatever name.
                        let key = if statement.starts_with("export default") { "default" } else { name.as_str() };
                        if !added.insert((other.clone(), key.to_owned())) {
                            continue;
                        }
                        let end = draft.text(&other).len();
                        let lead = if draft.text(&other).ends_with('\n') { "" } else { "\n" };
                        edits.entry(other.clone()).or_default().push(Edit::insert(end, format!("{lead}{statement}\n")));
                        let message = format!("`{other}` now exports `{name}`, which `{path}` imports.");
                        notices.push(notice("fixed-export", &other, message));
                    }
                }
            }
            if bindings != import.bindings {
                let statement =
                    printed(import, &bindings, &quoted(draft.text(path), import.specifier_span, &import.specifier));
                edits.entry(path.to_owned()).or_default().push(Edit::replace(import.statement, statement));
                let message = format!("`{path}` imports from `{}` what that file exports.", import.specifier);
                notices.push(notice("fixed-import", path, message));
            }
        }
    }
    for (path, edits) in edits {
        draft.edit(&path, edits);
    }
    notices
}

enum Remedy {
    None,
    /// Import something else under the same local name.
    Import(Wanted),
    /// Add an export statement for a name of the exporting file.
    Export(String, String),
}

fn remedy(binding: &Binding, path: &str, target: &Facts, offered: &Offer, bindings: usize) -> Remedy {
    match &binding.wanted {
        Wanted::Default if !offered.default => missing_default(&binding.local, path, target, offered),
        Wanted::Named(name) if !offered.names.contains(name) && !offered.types.contains(name) => {
            missing_name(name, path, target, offered, bindings)
        }
        _ => Remedy::None,
    }
}

fn missing_default(local: &str, path: &str, target: &Facts, offered: &Offer) -> Remedy {
    if offered.names.contains(local) {
        return Remedy::Import(Wanted::Named(local.to_owned()));
    }
    let export = |name: &str| Remedy::Export(name.to_owned(), format!("export default {name};"));
    let components = target.components();
    for name in [local, stem(path)] {
        if target.declared.contains_key(name) && !offered.names.contains(name) {
            return export(name);
        }
    }
    let exported: Vec<&String> = offered.names.iter().collect();
    if let [only] = exported.as_slice() {
        return Remedy::Import(Wanted::Named((*only).clone()));
    }
    if let Some(component) = components.iter().find(|name| offered.names.contains(**name)) {
        return Remedy::Import(Wanted::Named((*component).to_owned()));
    }
    components.last().map_or(Remedy::None, |component| export(component))
}

fn missing_name(name: &str, path: &str, target: &Facts, offered: &Offer, bindings: usize) -> Remedy {
    if target.exports.default_name.as_deref() == Some(name) {
        return Remedy::Import(Wanted::Default);
    }
    if target.declared.contains_key(name) {
        return Remedy::Export(name.to_owned(), format!("export {{ {name} }};"));
    }
    if target.declared_types.contains(name) {
        return Remedy::None;
    }
    if let Some(other) = offered.names.iter().find(|other| other.eq_ignore_ascii_case(name)) {
        return Remedy::Import(Wanted::Named(other.clone()));
    }
    let only_default = offered.names.is_empty() && bindings == 1;
    if offered.default && (only_default || stem(path).eq_ignore_ascii_case(name)) {
        return Remedy::Import(Wanted::Default);
    }
    Remedy::None
}

/// An import or re-export statement that binds these names.
pub(super) fn printed(import: &Import, bindings: &[Binding], specifier: &str) -> String {
    let listed = |imported: &str, local: &str| {
        if imported == local { local.to_owned() } else { format!("{imported} as {local}") }
    };
    if import.kind == ImportKind::ReExport {
        let names: Vec<String> = bindings
            .iter()
            .map(|binding| match &binding.wanted {
                Wanted::Named(name) => listed(name, &binding.local),
                _ => listed("default", &binding.local),
            })
            .collect();
        return format!("export {{ {} }} from {specifier};", names.join(", "));
    }
    let default = bindings.iter().position(|binding| binding.wanted == Wanted::Default);
    let mut parts: Vec<String> = default.iter().map(|&index| bindings[index].local.clone()).collect();
    let mut names = Vec::new();
    for (index, binding) in bindings.iter().enumerate() {
        match &binding.wanted {
            Wanted::Default if Some(index) == default => {}
            Wanted::Default => names.push(listed("default", &binding.local)),
            Wanted::Named(name) => names.push(listed(name, &binding.local)),
            Wanted::Namespace => parts.push(format!("* as {}", binding.local)),
        }
    }
    if !names.is_empty() {
        parts.push(format!("{{ {} }}", names.join(", ")));
    }
    format!("import {} from {specifier};", parts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fix::tests::{draft, libraries};

    /// Repairs `import …; use(…)` of `src/Item.tsx`; gives both texts.
    fn reconciled(import: &str, exporter: &str) -> (String, String) {
        let mut draft = draft(&[("src/App.tsx", import), ("src/Item.tsx", exporter)]);
        reconcile_exports(&mut draft, &libraries());
        (draft.text("src/App.tsx").to_owned(), draft.text("src/Item.tsx").to_owned())
    }

    #[test]
    fn a_default_import_of_a_named_export_becomes_named() {
        let (app, item) = reconciled("import Item from './Item'; f(Item);", "export const Item = 1;");
        assert_eq!(app, "import { Item } from './Item'; f(Item);");
        assert_eq!(item, "export const Item = 1;");
        let (app, _) = reconciled("import Entry from './Item'; f(Entry);", "export const Item = 1;");
        assert_eq!(app, "import { Item as Entry } from './Item'; f(Entry);");
    }

    #[test]
    fn a_named_import_of_the_default_export_becomes_default() {
        let (app, _) = reconciled("import { Item } from './Item'; f(Item);", "export default function Item() {}");
        assert_eq!(app, "import Item from './Item'; f(Item);");
        let (app, _) =
            reconciled("import { Item, x } from './Item'; f(Item, x);", "export const x = 1; export default 2;");
        assert_eq!(app, "import Item, { x } from './Item'; f(Item, x);");
        let (app, _) = reconciled("export { Item } from './Item';", "const Item = 1; export default Item;");
        assert_eq!(app, "export { default as Item } from './Item';");
    }

    #[test]
    fn what_is_declared_but_not_exported_gets_an_export() {
        let (_, item) = reconciled("import Item from './Item'; f(Item);", "const Item = () => <b />;");
        assert_eq!(item, "const Item = () => <b />;\nexport default Item;\n");
        let (_, item) = reconciled("import Other from './Item'; f(Other);", "const Row = () => <b />;\n");
        assert_eq!(item, "const Row = () => <b />;\nexport default Row;\n");
        let (_, item) = reconciled("import { x, y } from './Item'; f(x, y);", "const x = 1, y = 2;\n");
        assert_eq!(item, "const x = 1, y = 2;\nexport { x };\nexport { y };\n");
    }

    #[test]
    fn types_and_what_is_not_there_are_left_alone() {
        for (import, exporter) in [
            ("import { Item } from './Item'; const a: Item = 1;", "interface Item {}"),
            ("import { nothing } from './Item'; f(nothing);", "export const x = 1;"),
            ("import Item from './Item'; f(Item);", "let x = 1;"),
        ] {
            assert_eq!(reconciled(import, exporter), (import.to_owned(), exporter.to_owned()));
        }
    }
}
