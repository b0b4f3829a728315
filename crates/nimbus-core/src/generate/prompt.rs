//! What the model is told: one dialect, few rules, one worked example in exactly the wanted style.
//!
//! More rules bring features, not more apps that run; an example in the wanted style does. So the
//! rules stay few, and are enforced after the reply rather than trusted.

use crate::source::SourceTree;

/// Models below this many billions of parameters write one file.
const SMALL_BELOW: f64 = 12.0;

/// How much a model is trusted to handle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Contract {
    /// Everything in `src/App.tsx`: small models lose track of paths between files.
    OneFile,
    /// Several files.
    ManyFiles,
}

impl Contract {
    /// From the size that a model's name states, such as `qwen2.5-coder:1.5b`; several files when it
    /// states none.
    #[must_use]
    pub fn for_model(name: &str) -> Self {
        match billions(name) {
            Some(size) if size < SMALL_BELOW => Self::OneFile,
            _ => Self::ManyFiles,
        }
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
    let files = match contract {
        Contract::OneFile => {
            "Write the whole app in ONE file, `src/App.tsx`: every component, hook and type. There is no other file to import."
        }
        Contract::ManyFiles => {
            "Write `src/App.tsx` and, for larger apps, a few more files below `src/`. Write every file that you import."
        }
    };
    let imports = match contract {
        // A long list only tempts a small model; what it imports all the same is still resolved.
        Contract::OneFile => "\"react\", icons from \"lucide-react\", and charts from \"recharts\"".to_owned(),
        Contract::ManyFiles => libraries.join(", "),
    };
    let network = match contract {
        Contract::OneFile => NO_NETWORK.to_owned(),
        Contract::ManyFiles => format!("{NO_NETWORK}{SDK}"),
    };
    format!(
        "You write small web apps in React 19 and TypeScript, styled with Tailwind CSS classes.

Answer with one short sentence and then the files, each as <file path=\"…\">whole file</file>. No Markdown fences.

Rules:
- {files}
- `src/App.tsx` has `export default function App()`.
- Import every hook and icon that you use. Import only from: {imports}.
- Everything that was asked for works: each button changes state, each list item has a key, a filter changes what is shown.
- Keep data in localStorage, as in the example. Begin with two or three example entries.
- {network}
- Make it beautiful: a centered card, generous spacing, rounded corners, light and dark mode (`dark:`).

Example. For \"a shopping list\" you answer:

A shopping list that keeps what you add.
{EXAMPLE}"
    )
}

const NO_NETWORK: &str = "No network, no images or fonts from elsewhere, no alert, confirm or prompt.";

/// What an app's own library gives, for models that can be trusted to use it only when it is needed.
const SDK: &str = r#" What needs more is in "cumulonimbus", for requests that ask for it:
  `const { items, add, update, remove } = useCollection<Note>("notes")`: records with `id`, kept on the server, the same in every window; `await add({...})`, `await update(id, {...})`, `await remove(id)`.
  `await ai.complete("prompt")` asks a language model; `await (await http.fetch("https://api.example.org/x")).json()` reads another site; `ui.confirm(text)` asks the person. For `ai` and `http` also write `cumulonimbus.json`: {"permissions": {"ai": {"reason": "to …"}, "http": {"domains": ["api.example.org"], "reason": "to …"}}}"#;

/// The request itself, with the app's current files when there are any.
#[must_use]
pub fn user(prompt: &str, files: &SourceTree) -> String {
    if files.is_empty() {
        return format!("Write this app: {prompt}");
    }
    let mut text = "These are the app's files:\n\n".to_owned();
    for (path, source) in files.iter() {
        text.push_str(&format!("<file path=\"{path}\">\n{}\n</file>\n\n", source.trim_end()));
    }
    text.push_str(&format!(
        "Change this: {prompt}\n\nAnswer with every file that changes, whole, as <file path=\"…\">. Leave out files that stay as they are."
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
    use crate::{model::estimate_tokens, source::SourcePath};

    #[test]
    fn the_size_in_a_name_decides_the_contract() {
        for (name, contract) in [
            ("qwen2.5-coder:1.5b", Contract::OneFile),
            ("qwen3:4b", Contract::OneFile),
            ("llama3.1-8b-instruct", Contract::OneFile),
            ("qwen3-coder:30b", Contract::ManyFiles),
            ("anthropic/claude", Contract::ManyFiles),
        ] {
            assert_eq!(Contract::for_model(name), contract, "{name}");
        }
    }

    #[test]
    fn the_rules_leave_room_in_a_small_window() {
        let libraries = ["react", "lucide-react", "recharts"].map(str::to_owned);
        assert!(estimate_tokens(&system(Contract::OneFile, &libraries)) < 1_500);
    }

    #[test]
    fn only_models_that_write_several_files_are_told_of_the_apps_own_library() {
        let told = |contract| system(contract, &["react".to_owned()]).contains("cumulonimbus.json");
        assert!(told(Contract::ManyFiles) && !told(Contract::OneFile));
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
        let text = user("make it blue", &files);
        assert!(text.contains("<file path=\"src/App.tsx\">\ncode\n</file>") && text.contains("make it blue"));
        assert!(!user("a clock", &SourceTree::default()).contains("<file"));
        Ok(())
    }
}
