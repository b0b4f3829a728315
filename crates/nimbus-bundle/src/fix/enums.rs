//! Imports of an enumeration from a file that was never written.

use std::collections::BTreeSet;

use nimbus_core::diagnostic::Diagnostic;

use crate::draft::{Draft, Edit};
use crate::facts::{ImportKind, Span, Wanted};
use crate::fix::notice;
use crate::library::Libraries;
use crate::resolve::{Target, resolve};

/// Declares in place what is imported from a missing file and used only as `Name.Member`: each
/// member is the text of its name, as in an enumeration of strings.
pub(super) fn declare_missing_enums(draft: &mut Draft, libraries: &Libraries) -> Vec<Diagnostic> {
    let mut notices = Vec::new();
    for path in draft.code_paths() {
        let Some(facts) = draft.facts(&path) else { continue };
        let text = draft.text(&path);
        let mut edits = Vec::new();
        for import in facts.imports.iter().filter(|i| i.kind == ImportKind::Static && !i.only_types) {
            if !matches!(resolve(draft, libraries, &path, &import.specifier), Target::NoFile(_)) {
                continue;
            }
            let values: Vec<_> = import.bindings.iter().filter(|binding| binding.used_as_value).collect();
            let named = |wanted: &Wanted| !matches!(wanted, Wanted::Namespace);
            let enums: Option<Vec<String>> = values
                .iter()
                .map(|binding| named(&binding.wanted).then(|| declaration(text, &binding.local, import.statement))?)
                .collect();
            let Some(enums) = enums.filter(|enums| !enums.is_empty()) else { continue };
            edits.push(Edit::replace(import.statement, enums.join("\n")));
            let names: Vec<String> = values.iter().map(|binding| format!("`{}`", binding.local)).collect();
            let message = format!(
                "{} came from `{}`, which does not exist; it is declared here.",
                names.join(", "),
                import.specifier
            );
            notices.push(notice("declared-enum", &path, message));
        }
        if !edits.is_empty() {
            draft.edit(&path, edits);
        }
    }
    notices
}

/// The declaration of `name` with the members that `text` uses; none when it is used in another way.
fn declaration(text: &str, name: &str, import: Span) -> Option<String> {
    let mut members = BTreeSet::new();
    for (start, _) in text.match_indices(name) {
        let (before, after) = (&text[..start], &text[start + name.len()..]);
        let part_of_a_word = before.ends_with(is_word) || after.starts_with(is_word);
        if part_of_a_word || before.ends_with('.') || (import.start..import.end).contains(&start) {
            continue;
        }
        match after.strip_prefix('.') {
            Some(member) => {
                let end = member.find(|c| !is_word(c)).unwrap_or(member.len());
                if end == 0 || member[end..].starts_with('(') {
                    return None;
                }
                members.insert(&member[..end]);
            }
            None if is_type(before) || before.ends_with("Object.values(") || before.ends_with("Object.keys(") => {}
            None if before.ends_with(['"', '\'', '`', '>']) => {} // words, as in a label
            None => return None,
        }
    }
    if members.is_empty() {
        return None;
    }
    let members: Vec<String> = members.into_iter().map(|member| format!("{member}: \"{member}\"")).collect();
    Some(format!("const {name} = {{ {} }};", members.join(", ")))
}

/// Whether what follows is a type: behind `:`, `as`, `|`, or between `<` and `>` of a call.
fn is_type(before: &str) -> bool {
    let trimmed = before.trim_end();
    let generic = trimmed.strip_suffix('<').is_some_and(|callee| callee.ends_with(is_word));
    trimmed.ends_with([':', '|']) || trimmed.ends_with(" as") || trimmed.ends_with(" keyof typeof") || generic
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}

#[cfg(test)]
mod tests {
    use super::declare_missing_enums;
    use crate::fix::tests::{fixed, libraries};

    #[test]
    fn an_enumeration_from_a_missing_file_is_declared_with_the_members_in_use() {
        let text = "import { Priority } from \"./Priority\";\ntype T = { p: Priority };\nconst a: T[] = [{ p: Priority.Medium }, { p: Priority.High }];\nconst s = useState<Priority>(Priority.High);\nconst label = <label>Priority</label>;";
        let (after, notices) = fixed(declare_missing_enums, &libraries(), text);
        assert!(after.starts_with("const Priority = { High: \"High\", Medium: \"Medium\" };\ntype T"), "{after}");
        assert_eq!(notices.len(), 1);
    }

    #[test]
    fn what_is_used_in_another_way_is_left_to_the_model() {
        for text in [
            "import { Card } from './Card';\nconst a = <Card title=\"x\" />;",
            "import { Store } from './store';\nStore.load();",
            "import { Priority } from './Priority';\nconst all = [Priority];",
            "import { load } from './data';\nload();",
            "import { Priority } from './Priority';\ntype T = { p: Priority };",
            "import { Plus } from 'lucide-react';\nconst a = Plus.name;",
        ] {
            assert_eq!(fixed(declare_missing_enums, &libraries(), text).0, text);
        }
    }
}
