//! What replies to the test's questions tell. Pure.

use crate::{
    generate::parse::{ParseEvent, Parser},
    profile::Dialect,
};

pub(super) const DIALECT_RULES: &str = "You write small web apps in React and TypeScript. Answer with the files only, each as <file path=\"…\">whole file</file>. No Markdown fences.";
pub(super) const DIALECT_REQUEST: &str = "Write a counter in two short files: `src/Counter.tsx` exports the component `Counter` with a button, and `src/App.tsx` imports it and has `export default function App()`.";

pub(super) const EDIT_RULES: &str = "You change code. Answer with one block and nothing else, in exactly this form:
<<<<<<< SEARCH
the lines to replace, exactly as they are
=======
the lines to put there
>>>>>>> REPLACE";
const EDIT_FILE: &str = "export default function App() {
  const title = \"Shopping list\";
  const items = [\"Apples\", \"Bread\"];
  return (
    <main>
      <h1>{title}</h1>
      <p>{items.length} items</p>
    </main>
  );
}
";

pub(super) fn edit_request() -> String {
    format!("This is `src/App.tsx`:\n\n{EDIT_FILE}\nChange the title to \"Groceries\".")
}

pub(super) const LENGTH_RULES: &str =
    "You write data for an app in TypeScript. Answer with one file, as <file path=\"src/data.ts\">whole file</file>.";
pub(super) const LENGTH_REQUEST: &str = "Write `src/data.ts`: `export const CITIES` is an array of 150 different cities of the world, one a line, each `{ id, name, country, population }` with `id` counting up from 1.";

/// How files came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Form {
    pub dialect: Dialect,
    pub both_files: bool,
}

/// How the files of the first question came.
pub(super) fn dialect(reply: &str) -> Form {
    let mut parser = Parser::new();
    let mut events = parser.push(reply);
    events.extend(parser.finish(true));
    let mut closed = Vec::new();
    let mut open = None;
    for event in events {
        match event {
            ParseEvent::Open(path) => open = Some(path),
            ParseEvent::Close => closed.extend(open.take()),
            _ => {}
        }
    }
    let both_files =
        ["src/App.tsx", "src/Counter.tsx"].iter().all(|wanted| closed.iter().any(|path| path.to_string() == *wanted));
    let dialect = if closed.is_empty() {
        Dialect::Unknown
    } else if reply.contains("<file ") {
        Dialect::Tags
    } else {
        Dialect::Fences
    };
    Form { dialect, both_files }
}

/// Whether the edit can be applied to the text that was shown, and does what was asked and nothing else.
pub(super) fn edit_applies(reply: &str) -> bool {
    let Some((_, rest)) = reply.split_once("<<<<<<< SEARCH\n") else { return false };
    let Some((search, rest)) = rest.split_once("\n=======\n") else { return false };
    let Some((replace, _)) = rest.split_once("\n>>>>>>> REPLACE") else { return false };
    let wanted = EDIT_FILE.replace("Shopping list", "Groceries");
    EDIT_FILE.matches(search).count() == 1 && EDIT_FILE.replacen(search, replace, 1) == wanted
}

/// The bytes of the long file up to where it went wrong: where a city comes again, where ids stop counting up, or
/// where a line is no entry. All of it when nothing did.
pub(super) fn clean_prefix(reply: &str) -> usize {
    let mut at = 0;
    let mut last_id = 0;
    let mut names = std::collections::HashSet::new();
    let mut inside = false;
    for line in reply.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let text = line.trim();
        if !inside {
            // The opening may share its line with nothing that matters here.
            inside = text.contains("CITIES") && text.contains('[');
            continue;
        }
        if text.starts_with(']') {
            return reply.len();
        }
        // The line that the end of the time cut is no fault.
        let cut = !line.ends_with('\n');
        match entry(text) {
            Some((id, name)) if id == last_id + 1 && names.insert(name.to_owned()) => last_id = id,
            _ if text.is_empty() || cut => {}
            _ => return start,
        }
    }
    at
}

/// The id and the name of `{ id: 1, name: "Oslo", … }`.
fn entry(line: &str) -> Option<(u32, &str)> {
    let rest = line.strip_prefix('{')?;
    let (_, id) = rest.split_once("id")?;
    let id = id.trim_start_matches(['"', '\'', ':', ' ']);
    let digits = id.find(|c: char| !c.is_ascii_digit())?;
    let (_, name) = rest.split_once("name")?;
    let name = name.trim_start_matches(['"', '\'', ':', ' ']);
    let end = name.find(['"', '\''])?;
    Some((id[..digits].parse().ok()?, &name[..end]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_of_files_is_seen() {
        let tags = "<file path=\"src/Counter.tsx\">\na\n</file>\n<file path=\"src/App.tsx\">\nb\n</file>\n";
        assert_eq!(dialect(tags), Form { dialect: Dialect::Tags, both_files: true });
        let fences = "Here:\n\n```tsx src/App.tsx\nexport default function App() { return null; }\n```\n";
        assert_eq!(dialect(fences), Form { dialect: Dialect::Fences, both_files: false });
        assert_eq!(dialect("I cannot do that."), Form { dialect: Dialect::Unknown, both_files: false });
    }

    #[test]
    fn an_edit_counts_when_it_applies_and_does_what_was_asked() {
        let edit =
            |search: &str, replace: &str| format!("<<<<<<< SEARCH\n{search}\n=======\n{replace}\n>>>>>>> REPLACE\n");
        let old = "  const title = \"Shopping list\";";
        let new = "  const title = \"Groceries\";";
        assert!(edit_applies(&edit(old, new)));
        assert!(edit_applies(&format!("Sure:\n{}", edit(old, new))));
        for wrong in [
            edit(old, "  const title = \"List\";"),
            edit("const title = 'Shopping list';", new),
            edit("<", "Groceries"),
            new.to_owned(),
            edit(old, new).replace("REPLACE", ""),
        ] {
            assert!(!edit_applies(&wrong), "{wrong}");
        }
    }

    #[test]
    fn a_long_file_is_clean_until_it_repeats_itself_or_loses_its_form() {
        let open = "<file path=\"src/data.ts\">\nexport const CITIES = [\n";
        let line =
            |id: u32, name: &str| format!("  {{ id: {id}, name: \"{name}\", country: \"X\", population: 1 }},\n");
        let good = format!("{open}{}{}", line(1, "Oslo"), line(2, "Lima"));
        assert_eq!(clean_prefix(&good), good.len());
        let cut = format!("{good}  {{ id: 3, na");
        assert_eq!(clean_prefix(&cut), cut.len());
        let done = format!("{good}];\n</file>\n");
        assert_eq!(clean_prefix(&done), done.len());
        for wrong in [line(3, "Oslo"), line(2, "Rome"), line(4, "Rome"), "and so on\n".to_owned()] {
            assert_eq!(clean_prefix(&format!("{good}{wrong}{}", line(3, "Bern"))), good.len(), "{wrong}");
        }
    }
}
