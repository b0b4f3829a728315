//! Imports of packages that are not among the libraries.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use nimbus_core::diagnostic::Diagnostic;

use crate::draft::{Draft, Edit};
use crate::facts::{Import, ImportKind, Wanted};
use crate::fix::{notice, quoted};
use crate::library::Libraries;
use crate::resolve::{Target, resolve, specifier_between};

/// Replaces an unknown package by a library that does the same, or by a stand-in file that lets the
/// rest of the app run.
pub(super) fn replace_unknown_packages(draft: &mut Draft, libraries: &Libraries) -> Vec<Diagnostic> {
    let mut notices = Vec::new();
    let mut stubs: BTreeMap<String, Stub> = BTreeMap::new();
    for path in draft.code_paths() {
        let Some(facts) = draft.facts(&path) else { continue };
        let text = draft.text(&path);
        let mut edits = Vec::new();
        for import in &facts.imports {
            let unknown = match resolve(draft, libraries, &path, &import.specifier) {
                Target::NoLibrary => true,
                Target::Forbidden(_) => served_library(libraries, &import.specifier).is_some(),
                _ => false,
            };
            if !unknown || import.only_types || import.kind != ImportKind::Static {
                continue;
            }
            let specifier = &import.specifier;
            if let Some(library) = equivalent(libraries, specifier) {
                edits.push(Edit::replace(import.specifier_span, quoted(text, import.specifier_span, library)));
                let message = format!("`{path}` imports `{library}` instead of `{specifier}`.");
                notices.push(notice("fixed-library", &path, message));
                continue;
            }
            if let Some(statement) = as_lucide_icons(libraries, import) {
                edits.push(Edit::replace(import.statement, statement));
                let message = format!("The icons of `{specifier}` in `{path}` come from `lucide-react`.");
                notices.push(notice("fixed-library", &path, message));
                continue;
            }
            let stub = stub_path(draft, specifier);
            let meant = specifier_between(&path, &stub);
            edits.push(Edit::replace(import.specifier_span, quoted(text, import.specifier_span, &meant)));
            stubs.entry(stub.clone()).or_insert_with(|| Stub::read(draft, &stub)).add(import);
            let message = format!("`{specifier}` is not available; `{stub}` stands in for it and does little.");
            let hint = libraries.instead_of(specifier).map(|other| format!("`{other}` may do what was meant."));
            let diagnostic = notice("stubbed-library", &path, message);
            notices.push(match hint {
                Some(hint) => diagnostic.with_hint(hint),
                None => diagnostic,
            });
        }
        if !edits.is_empty() {
            draft.edit(&path, edits);
        }
    }
    for (path, stub) in stubs {
        draft.put(&path, stub.print());
    }
    notices
}

/// A library under another of its names: from a module server, with a version, or a namesake.
fn equivalent<'l>(libraries: &'l Libraries, specifier: &'l str) -> Option<&'l str> {
    if let Some(library) = served_library(libraries, specifier) {
        return Some(library);
    }
    let namesake = match specifier {
        "classnames" => "clsx",
        "motion" => "framer-motion",
        "react/addons" | "preact/hooks" => "react",
        _ => return None,
    };
    libraries.get(namesake).map(|_| namesake)
}

/// The library in `https://esm.sh/react@19?dev`, `npm:react` or `react@19`.
fn served_library<'l>(libraries: &Libraries, specifier: &'l str) -> Option<&'l str> {
    let name = match specifier.split_once("://") {
        Some((_, rest)) => rest.split_once('/')?.1,
        None => specifier.strip_prefix("npm:").unwrap_or(specifier),
    };
    let name = name.split('?').next().unwrap_or_default().trim_start_matches("npm/").trim_end_matches("/+esm");
    let version = name.get(1..).and_then(|rest| rest.find('@')).map(|at| at + 1);
    let bare = version.map_or(name, |at| &name[..at]);
    (bare != specifier && libraries.get(bare).is_some()).then_some(bare)
}

/// `import { FaTrash } from "react-icons/fa"` as lucide's icons of those names.
fn as_lucide_icons(libraries: &Libraries, import: &Import) -> Option<String> {
    let pack = import.specifier.as_str();
    let is_icons = [
        "react-icons",
        "@heroicons/react",
        "@radix-ui/react-icons",
        "react-feather",
        "@tabler/icons-react",
        "phosphor-react",
        "@phosphor-icons/react",
    ]
    .iter()
    .any(|known| pack == *known || pack.strip_prefix(known).is_some_and(|rest| rest.starts_with('/')));
    let lucide = libraries.get("lucide-react")?;
    if !is_icons {
        return None;
    }
    let mut specifiers = Vec::new();
    for binding in &import.bindings {
        let Wanted::Named(name) = &binding.wanted else { return None };
        let has = |name: &str| lucide.exports.contains(name) || lucide.icons.contains_key(name);
        let known = |name: &str| has(name).then(|| name.to_owned());
        // `FaTrash`, `MdDelete`, `IconTrash`: a prefix names the family.
        let without_family = || {
            let start = name.char_indices().skip(1).find(|(_, c)| c.is_ascii_uppercase()).map(|(at, _)| at)?;
            let bare = &name[start..];
            let renamed = match bare {
                "Delete" => "Trash2",
                "Edit" => "Pencil",
                "Add" => "Plus",
                "Close" | "Times" => "X",
                "Done" => "Check",
                other => other,
            };
            known(renamed).or_else(|| known(bare.trim_start_matches("Outline")))
        };
        let bare =
            name.strip_suffix("Icon").and_then(|bare| known(RADIX.iter().find(|r| r.0 == bare).map_or(bare, |r| r.1)));
        let icon = known(name).or(bare).or_else(without_family).unwrap_or_else(|| "Circle".to_owned());
        specifiers.push(format!("{icon} as {}", binding.local));
    }
    Some(format!("import {{ {} }} from \"lucide-react\";", specifiers.join(", ")))
}

/// Icons of Radix, without the `Icon` at their end, that lucide calls something else.
const RADIX: [(&str, &str); 8] = [
    ("Cross1", "X"),
    ("Cross2", "X"),
    ("MagnifyingGlass", "Search"),
    ("DotsHorizontal", "Ellipsis"),
    ("DotsVertical", "EllipsisVertical"),
    ("Gear", "Settings"),
    ("Pencil1", "Pencil"),
    ("CaretSort", "ChevronsUpDown"),
];

fn stub_path(draft: &Draft, specifier: &str) -> String {
    let slug: String =
        specifier.chars().take(60).map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '-' }).collect();
    let top = if draft.files.keys().any(|path| path.starts_with("src/")) { "src/" } else { "" };
    format!("{top}stubs/{}.tsx", slug.trim_matches('-'))
}

/// What a stand-in has to export.
#[derive(Debug, Default)]
struct Stub {
    names: BTreeSet<String>,
    default: Option<String>,
}

impl Stub {
    /// What the stand-in at a path exports already, from an earlier build.
    fn read(draft: &Draft, path: &str) -> Self {
        let Some(facts) = draft.facts(path) else { return Self::default() };
        let default = facts.exports.default.then(|| facts.exports.default_name.clone().unwrap_or_default());
        Self { names: facts.exports.names.clone(), default }
    }

    fn add(&mut self, import: &Import) {
        for binding in &import.bindings {
            match &binding.wanted {
                Wanted::Named(name) => {
                    self.names.insert(name.clone());
                }
                Wanted::Default => self.default = Some(binding.local.clone()),
                Wanted::Namespace => {}
            }
        }
    }

    fn print(&self) -> String {
        let mut text = String::from("// Stands in for a package that is not available here.\n");
        let values: Vec<String> = self.names.iter().map(|name| format!("export {}", stand_in(name))).collect();
        if values.iter().any(|value| value.contains("useState")) {
            text.push_str("import { useState } from \"react\";\n");
        }
        if values.iter().any(|value| value.contains("anything")) || self.default.is_some() {
            text.push_str(
                "\nconst anything = new Proxy(function () {}, {\n  get: (target, key) => \
                 (key in target || typeof key === \"symbol\" ? target[key] : anything),\n});\n",
            );
        }
        for value in values {
            let _ = write!(text, "\n{value}\n");
        }
        if let Some(name) = &self.default {
            let component = name.starts_with(|c: char| c.is_ascii_uppercase());
            let value = if component { "({ children }) => <>{children}</>" } else { "anything" };
            let _ = write!(text, "\nexport default {value};\n");
        }
        text
    }
}

fn stand_in(name: &str) -> String {
    if matches!(name, "v4" | "v1" | "v7" | "nanoid" | "uuid" | "uuidv4") {
        return format!(
            "const {name} = () => Array.from({{ length: 4 }}, () => Math.random().toString(36).slice(2, 8)).join(\"-\");"
        );
    }
    if name == "useLocalStorage" {
        return "function useLocalStorage(key, initial) {\n  const [value, setValue] = useState(() => {\n    const kept = \
                localStorage.getItem(key);\n    return kept === null ? initial : JSON.parse(kept);\n  });\n  const set = \
                (next) => {\n    const changed = typeof next === \"function\" ? next(value) : next;\n    \
                localStorage.setItem(key, JSON.stringify(changed));\n    setValue(changed);\n  };\n  return [value, \
                set];\n}"
            .to_owned();
    }
    if name.starts_with("use") {
        return format!("function {name}() {{\n  return [undefined, () => {{}}];\n}}");
    }
    if name.starts_with(|first: char| first.is_ascii_uppercase()) {
        return format!("function {name}({{ children }}) {{\n  return <>{{children}}</>;\n}}");
    }
    format!("const {name} = anything;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fix::tests::{draft, fixed, libraries};

    #[test]
    fn libraries_are_found_under_their_other_names() {
        for (before, after) in [
            ("import { useState } from 'https://esm.sh/react@19?dev'; useState();", "'react'"),
            ("import { useState } from \"npm:react@19\"; useState();", "\"react\""),
            ("import { useState } from 'react@18.2.0'; useState();", "'react'"),
            ("import cx from 'classnames'; cx();", "'clsx'"),
        ] {
            let (text, notices) = fixed(replace_unknown_packages, &libraries(), before);
            assert!(text.contains(after), "{text}");
            assert_eq!(notices.len(), 1);
        }
    }

    #[test]
    fn icons_of_other_packs_come_from_lucide() {
        let (text, _) = fixed(
            replace_unknown_packages,
            &libraries(),
            "import { FaTrash, MdDelete, FiZebra } from 'react-icons/fa'; FaTrash(MdDelete, FiZebra);",
        );
        assert!(
            text.starts_with(
                "import { Trash as FaTrash, Trash2 as MdDelete, Circle as FiZebra } from \"lucide-react\";"
            ),
            "{text}"
        );
    }

    #[test]
    fn icons_of_radix_come_from_lucide() {
        let source = "import { TrashIcon, Cross2Icon } from '@radix-ui/react-icons'; TrashIcon(Cross2Icon);";
        let (text, _) = fixed(replace_unknown_packages, &libraries(), source);
        assert!(text.starts_with("import { Trash as TrashIcon, X as Cross2Icon } from \"lucide-react\";"), "{text}");
    }

    #[test]
    fn an_unknown_package_gets_a_stand_in_that_parses() {
        let source = "import axios, { Box, useThing, v4, other } from '@scope/left-pad';
            axios.get(useThing(v4(other)), <Box />);";
        let mut draft = draft(&[("src/App.tsx", source)]);
        let notices = replace_unknown_packages(&mut draft, &libraries());
        assert_eq!(notices.len(), 1);
        assert!(draft.text("src/App.tsx").contains("from './stubs/scope-left-pad'"));
        let facts = draft.facts("src/stubs/scope-left-pad.tsx");
        let exports = facts.map(|facts| (facts.errors.len(), facts.exports.names.len(), facts.exports.default));
        assert_eq!(exports, Some((0, 4, true)));
    }

    #[test]
    fn a_stand_in_keeps_what_it_had() {
        let mut draft = draft(&[("src/App.tsx", "import { a } from 'left-pad'; a();")]);
        replace_unknown_packages(&mut draft, &libraries());
        draft.put("src/More.tsx", "import { b } from 'left-pad'; b();".to_owned());
        replace_unknown_packages(&mut draft, &libraries());
        let names = draft.facts("src/stubs/left-pad.tsx").map(|facts| facts.exports.names.len());
        assert_eq!(names, Some(2));
    }

    #[test]
    fn type_only_imports_and_addresses_of_nothing_known_are_left_alone() {
        for source in ["import type { A } from 'left-pad';", "import x from 'https://evil.example/x.js'; x();"] {
            let (text, notices) = fixed(replace_unknown_packages, &libraries(), source);
            assert_eq!((text.as_str(), notices.len()), (source, 0));
        }
    }
}
