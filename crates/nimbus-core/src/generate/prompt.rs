//! What the model is told: one dialect, few rules, one worked example in exactly the wanted style.
//!
//! More rules bring features, not more apps that run; an example in the wanted style does. So the
//! rules stay few, and are enforced after the reply rather than trusted.

use crate::{
    profile::{Dialect, Profile},
    source::SourceTree,
};

/// Models below this many billions of parameters write one file.
const SMALL_BELOW: f64 = 12.0;
/// About how many tokens a line of an app has.
const TOKENS_PER_LINE: u32 = 12;
/// A model that stays clean for so many lines needs no word about length.
const MANY_LINES: u32 = 400;
/// No app fits into fewer.
const FEW_LINES: u32 = 60;

/// How much a model is trusted to handle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Files {
    /// Everything in `src/App.tsx`: small models lose track of paths between files.
    One,
    /// Several files.
    Many,
}

/// What is asked of a model, so that it can be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Contract {
    /// How many files it may write.
    pub files: Files,
    /// The form that it is taught.
    pub dialect: Dialect,
    /// The most lines of a file that it wrote without going wrong; none when that is not known or more than enough.
    pub most_lines: Option<u32>,
}

impl Contract {
    /// From what calibration found of the model; without that from the size that its name states, such as
    /// `qwen2.5-coder:1.5b`: several files when it states none.
    #[must_use]
    pub fn for_model(name: &str, profile: Option<&Profile>) -> Self {
        let small = billions(name).is_some_and(|size| size < SMALL_BELOW);
        let Some(profile) = profile else {
            let files = if small { Files::One } else { Files::Many };
            return Self { files, dialect: Dialect::Tags, most_lines: None };
        };
        // One test shows that a model can do a thing, not that it always does: a small one still gets one file.
        let files = if small || !profile.several_files { Files::One } else { Files::Many };
        let lines = profile.clean_tokens / TOKENS_PER_LINE;
        let most_lines = (!profile.clean_to_the_end && lines < MANY_LINES).then_some(lines.max(FEW_LINES));
        let dialect = if profile.dialect == Dialect::Fences { Dialect::Fences } else { Dialect::Tags };
        Self { files, dialect, most_lines }
    }
}

/// The size in a model's name: the number before a `b` that stands alone.
fn billions(name: &str) -> Option<f64> {
    name.to_ascii_lowercase()
        .split([':', '-', '_', '/', ' '])
        .filter_map(|part| part.strip_suffix('b'))
        .find_map(|number| number.parse().ok())
}

/// The rules.
#[must_use]
pub fn system(contract: Contract, libraries: &[String]) -> String {
    let files = match contract.files {
        Files::One => {
            "Write the whole app in ONE file, `src/App.tsx`: every component, hook and type. There is no other file to import."
        }
        Files::Many => {
            "Write `src/App.tsx` and, for larger apps, a few more files below `src/`. Write every file that you import."
        }
    };
    let imports = match contract.files {
        // A long list only tempts a small model; what it imports all the same is still resolved.
        Files::One => "\"react\", icons from \"lucide-react\", and charts from \"recharts\"".to_owned(),
        Files::Many => libraries.join(", "),
    };
    let network = match contract.files {
        Files::One => NO_NETWORK.to_owned(),
        Files::Many => format!("{NO_NETWORK}{SDK}"),
    };
    let length = contract.most_lines.map_or_else(String::new, |lines| {
        format!("\n- Keep every file below {lines} lines: leave out what was not asked for.")
    });
    let (form, example) = match contract.dialect {
        Dialect::Fences => {
            ("each as a Markdown fence whose first line is ```tsx and the path, as in the example", fenced(EXAMPLE))
        }
        Dialect::Tags | Dialect::Unknown => {
            ("each as <file path=\"…\">whole file</file>. No Markdown fences", EXAMPLE.to_owned())
        }
    };
    format!(
        "You write small web apps in React 19 and TypeScript, styled with Tailwind CSS classes.

Answer with one short sentence and then the files, {form}.

Rules:
- {files}{length}
- `src/App.tsx` has `export default function App()`.
- Import every hook and icon that you use. Import only from: {imports}.
- Everything that was asked for works: each button changes state, each list item has a key, a filter changes what is shown.
- Keep data in localStorage, as in the example. Begin with two or three example entries.
- {network}
- Make it beautiful: a centered card, generous spacing, rounded corners, light and dark mode (`dark:`).

Example. For \"a shopping list\" you answer:

A shopping list that keeps what you add.
{example}"
    )
}

/// The example as a model that answers in fences writes it.
fn fenced(example: &str) -> String {
    example.replacen("<file path=\"src/App.tsx\">", "```tsx src/App.tsx", 1).replacen("</file>", "```", 1)
}

const NO_NETWORK: &str = "No network, no images or fonts from elsewhere, no alert, confirm or prompt.";

/// What an app's own library gives, for models that can be trusted to use it only when it is needed.
const SDK: &str = r#" What needs more is in "cumulonimbus", for requests that ask for it:
  `const { items, add, update, remove } = useCollection<Note>("notes")`: records with `id`, kept on the server, the same in every window; `await add({...})`, `await update(id, {...})`, `await remove(id)`.
  `await ai.complete("prompt")` asks a language model; `await (await http.fetch("https://api.example.org/x")).json()` reads another site; `ui.confirm(text)` asks the person. For `ai` and `http` also write `cumulonimbus.json`: {"permissions": {"ai": {"reason": "to …"}, "http": {"domains": ["api.example.org"], "reason": "to …"}}}"#;

/// The request itself, with the app's current files when there are any, in the form that the model is
/// taught, and a `note` on those that are not shown.
#[must_use]
pub fn user(prompt: &str, files: &SourceTree, note: &str, dialect: Dialect) -> String {
    if files.is_empty() {
        return format!("Write this app: {prompt}");
    }
    let mut text = "These are the app's files:\n\n".to_owned();
    for (path, source) in files.iter() {
        let source = source.trim_end();
        text.push_str(&match dialect {
            Dialect::Fences => format!("```tsx {path}\n{source}\n```\n\n"),
            Dialect::Tags | Dialect::Unknown => format!("<file path=\"{path}\">\n{source}\n</file>\n\n"),
        });
    }
    let form = match dialect {
        Dialect::Fences => "as a fence like those above",
        Dialect::Tags | Dialect::Unknown => "as <file path=\"…\">",
    };
    text.push_str(&format!(
        "{note}Change this: {prompt}\n\nAnswer with every file that changes, whole, {form}. Leave out files that stay as they are."
    ));
    text
}

const EXAMPLE: &str = r#"<file path="src/App.tsx">
import { useEffect, useState } from "react";
import { Plus, Trash2 } from "lucide-react";

type Shop = "Market" | "Bakery";
type Item = { id: number; name: string; shop: Shop; done: boolean };

const SHOPS: Shop[] = ["Market", "Bakery"];
const FILTERS = ["All", "Open", "Done"];
const FIRST: Item[] = [
  { id: 1, name: "Apples", shop: "Market", done: false },
  { id: 2, name: "Bread", shop: "Bakery", done: true },
];

export default function App() {
  const [items, setItems] = useState<Item[]>(() => JSON.parse(localStorage.getItem("items") ?? "null") ?? FIRST);
  const [name, setName] = useState("");
  const [shop, setShop] = useState<Shop>("Market");
  const [filter, setFilter] = useState("All");
  useEffect(() => localStorage.setItem("items", JSON.stringify(items)), [items]);

  function add(event: React.FormEvent) {
    event.preventDefault();
    if (!name.trim()) return;
    setItems([...items, { id: Date.now(), name: name.trim(), shop, done: false }]);
    setName("");
  }
  const toggle = (id: number) => setItems(items.map((i) => (i.id === id ? { ...i, done: !i.done } : i)));
  const remove = (id: number) => setItems(items.filter((i) => i.id !== id));
  const shown = items.filter((i) => filter === "All" || (filter === "Done" ? i.done : !i.done));
  const field = "rounded-xl border border-slate-300 bg-transparent px-3 py-2 dark:border-slate-700";

  return (
    <main className="min-h-screen bg-slate-100 p-6 text-slate-900 dark:bg-slate-950 dark:text-slate-100">
      <div className="mx-auto max-w-xl rounded-2xl bg-white p-6 shadow-lg dark:bg-slate-900">
        <h1 className="text-2xl font-bold">Shopping list</h1>
        <form onSubmit={add} className="mt-4 flex flex-wrap gap-2">
          <input aria-label="Item" className={`${field} min-w-0 flex-1`} placeholder="What do you need?" value={name} onChange={(e) => setName(e.target.value)} />
          <select aria-label="Shop" className={field} value={shop} onChange={(e) => setShop(e.target.value as Shop)}>
            {SHOPS.map((s) => <option key={s}>{s}</option>)}
          </select>
          <button className="flex items-center gap-1 rounded-xl bg-sky-600 px-4 py-2 font-medium text-white hover:bg-sky-700"><Plus size={18} /> Add</button>
        </form>
        <div className="mt-4 flex gap-2">
          {FILTERS.map((f) => (
            <button key={f} aria-pressed={f === filter} onClick={() => setFilter(f)} className={`rounded-full px-3 py-1 text-sm ${f === filter ? "bg-sky-600 text-white" : "bg-slate-200 dark:bg-slate-800"}`}>{f}</button>
          ))}
        </div>
        <ul className="mt-4 space-y-2">
          {shown.map((i) => (
            <li key={i.id} className="flex items-center gap-3 rounded-xl border border-slate-200 p-3 dark:border-slate-800">
              <input type="checkbox" aria-label={`Done: ${i.name}`} checked={i.done} onChange={() => toggle(i.id)} className="size-5" />
              <span className={`flex-1 ${i.done ? "text-slate-400 line-through" : ""}`}>{i.name}</span>
              <span className="text-sm text-slate-500">{i.shop}</span>
              <button aria-label={`Delete ${i.name}`} onClick={() => remove(i.id)} className="text-slate-400 hover:text-red-500"><Trash2 size={18} /></button>
            </li>
          ))}
        </ul>
      </div>
    </main>
  );
}
</file>"#;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        generate::parse::{ParseEvent, Parser},
        model::{ModelRef, ProviderId, estimate_tokens},
        source::SourcePath,
    };

    #[test]
    fn the_size_in_a_name_decides_the_contract() {
        for (name, files) in [
            ("qwen2.5-coder:1.5b", Files::One),
            ("qwen3:4b", Files::One),
            ("llama3.1-8b-instruct", Files::One),
            ("qwen3-coder:30b", Files::Many),
            ("anthropic/claude", Files::Many),
        ] {
            assert_eq!(contract(name).files, files, "{name}");
        }
    }

    fn contract(name: &str) -> Contract {
        Contract::for_model(name, None)
    }

    fn profile(dialect: Dialect, several_files: bool, clean_tokens: u32, clean_to_the_end: bool) -> Profile {
        Profile {
            model: ModelRef { provider: ProviderId::Ollama, model: "m".to_owned() },
            dialect,
            several_files,
            edits: false,
            clean_tokens,
            clean_to_the_end,
            tokens_per_second: 10.0,
            first_token_ms: 100,
            thinks: false,
            measured_at: jiff::Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn what_calibration_found_decides_before_the_name() {
        let found = |profile: &Profile| Contract::for_model("some-model", Some(profile));
        let able = found(&profile(Dialect::Tags, true, 900, true));
        assert_eq!(able, Contract { files: Files::Many, dialect: Dialect::Tags, most_lines: None });
        assert_eq!(found(&profile(Dialect::Unknown, false, 900, true)).files, Files::One);
        let short = found(&profile(Dialect::Fences, true, 1_200, false));
        assert_eq!((short.dialect, short.most_lines), (Dialect::Fences, Some(100)));
        assert!(system(short, &[]).contains("below 100 lines"));
        assert_eq!(found(&profile(Dialect::Tags, true, 3, false)).most_lines, Some(FEW_LINES));
        assert_eq!(found(&profile(Dialect::Tags, true, 9_000, false)).most_lines, None);
    }

    /// Whichever form is taught, the example in it is one that is understood, and the same file.
    #[test]
    fn the_example_can_be_read_in_both_dialects() {
        let file = |example: &str| {
            let mut parser = Parser::new();
            let mut events = parser.push(example);
            events.extend(parser.finish(true));
            let (mut opened, mut code) = (Vec::new(), String::new());
            for event in events {
                match event {
                    ParseEvent::Open(path) => opened.push(path.to_string()),
                    ParseEvent::Chunk(text) => code.push_str(&text),
                    _ => {}
                }
            }
            (opened, code.trim_end().to_owned())
        };
        let (opened, code) = file(EXAMPLE);
        assert_eq!(opened, ["src/App.tsx"]);
        assert!(code.contains("export default function App()"));
        assert_eq!(file(&fenced(EXAMPLE)), (opened, code));
    }

    #[test]
    fn the_rules_leave_room_in_a_small_window() {
        let libraries = ["react", "lucide-react", "recharts"].map(str::to_owned);
        assert!(estimate_tokens(&system(contract("qwen3:4b"), &libraries)) < 1_500);
    }

    #[test]
    fn only_models_that_write_several_files_are_told_of_the_apps_own_library() {
        let told = |name| system(contract(name), &["react".to_owned()]).contains("cumulonimbus.json");
        assert!(told("qwen3-coder:30b") && !told("qwen3:4b"));
    }

    /// What the prompt shows is what is read: the declaration in it must be a good one.
    #[test]
    fn the_declaration_in_the_prompt_is_one_that_is_understood() -> Result<(), Box<dyn std::error::Error>> {
        let json = SDK.split_once("`cumulonimbus.json`: ").map(|(_, json)| json).unwrap_or_default();
        let mut files = SourceTree::default();
        files.insert(SourcePath::parse("cumulonimbus.json")?, json.to_owned())?;
        let permissions = crate::permission::declared(&files).map_err(|finding| finding.message)?.permissions;
        assert!(permissions.ai && permissions.domains.len() == 1);
        Ok(())
    }

    #[test]
    fn a_refinement_shows_the_files_it_changes() -> Result<(), Box<dyn std::error::Error>> {
        let mut files = SourceTree::default();
        files.insert(SourcePath::parse("src/App.tsx")?, "code\n".to_owned())?;
        let text = user("make it blue", &files, "", Dialect::Tags);
        assert!(text.contains("<file path=\"src/App.tsx\">\ncode\n</file>") && text.contains("make it blue"));
        assert!(!user("a clock", &SourceTree::default(), "", Dialect::Tags).contains("<file"));
        // A model that is taught fences sees no other form.
        let text = user("make it blue", &files, "", Dialect::Fences);
        assert!(text.contains("```tsx src/App.tsx\ncode\n```") && !text.contains("<file"), "{text}");
        Ok(())
    }
}
