//! The source as a project for Vite: the app's files, and what builds them elsewhere.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use nimbus_core::app::file_name;
use nimbus_core::asset;
use nimbus_core::source::SourcePath;
use serde_json::{Map, Value, json};

use super::{Exporting, Packages, page::escape};
use crate::draft::{Draft, extension};
use crate::entry::{Entry, find_entry};
use crate::resolve::{Target, resolve, specifier_between};
use crate::style::DEFAULT_SHEET;

/// Where our own library and what stands in for its host lie in a project.
const SDK: &str = "cumulonimbus/sdk.js";
const STANDALONE: &str = "cumulonimbus/standalone.js";
/// The sheet that brings Tailwind in, in apps that have none of their own that does.
const SHEET: &str = "cumulonimbus/tailwind.css";

/// What a sheet of its own cannot be read without.
const NEEDS_THEME: [&str; 4] = ["@apply", "@variant", "theme(", "--spacing("];
/// What has to be read together with Tailwind.
const PART_OF_THEME: [&str; 5] = ["@theme", "@utility", "@custom-variant", "@plugin", "@config"];

/// Files of other tools' set-ups, which would contradict ours.
fn is_setup(path: &str) -> bool {
    let configured = ["vite.config.", "postcss.config.", "vitest.config.", "webpack.config.", "next.config."];
    configured.iter().any(|name| path.starts_with(name))
        || matches!(path, "package.json" | "index.html" | "tsconfig.json" | ".babelrc")
}

/// The project's files.
pub(super) fn files(export: &Exporting, title: &str, draft: &Draft) -> Vec<(SourcePath, Vec<u8>)> {
    let mut project = Project { files: BTreeMap::new() };
    let entry = find_entry(draft);
    let mut set = false;
    for (path, file) in &draft.files {
        if entry.is_none() || !is_setup(path) {
            project.put(
                &renamed(draft, path),
                asset::to_bytes(path, &file.text).unwrap_or_else(|| file.text.clone().into()),
            );
        }
    }
    if let Some(entry) = entry {
        let used = used(draft, export);
        project.write(export, title, draft, &entry, &used);
        set = used.set;
    }
    if !draft.has("README.md") {
        project.text("README.md", readme(title, project.files.contains_key("package.json"), set));
    }
    let paths = project.files.into_iter();
    paths.filter_map(|(path, content)| Some((SourcePath::parse(&path).ok()?, content))).collect()
}

struct Project {
    files: BTreeMap<String, Vec<u8>>,
}

impl Project {
    fn put(&mut self, path: &str, content: Vec<u8>) {
        self.files.insert(path.to_owned(), content);
    }

    fn text(&mut self, path: &str, text: String) {
        self.put(path, text.into_bytes());
    }

    fn write(&mut self, export: &Exporting, title: &str, draft: &Draft, entry: &Entry, used: &Used) {
        let start = match entry {
            Entry::Mounts(path) => renamed(draft, path),
            Entry::App(app) => {
                let folder = if app.starts_with("src/") { "src/" } else { "" };
                let free = |name: &&str| !draft.has(&format!("{folder}{name}.tsx"));
                let name = ["main", "start", "cumulonimbus-start"].into_iter().find(free).unwrap_or("main");
                let start = format!("{folder}{name}.tsx");
                self.text(&start, start_file(&specifier_between(&start, app)));
                start
            }
        };
        let own_sheet = self.style(draft);
        if used.sdk {
            self.text(SDK, export.sdk.to_string());
        }
        if used.host {
            self.text(STANDALONE, export.standalone.to_string());
        }
        self.text("index.html", index(title, &start, own_sheet, used.host));
        self.text("package.json", pretty(&package(title, &export.packages, used)));
        self.text("vite.config.js", vite_config(draft, used));
        self.text("tsconfig.json", pretty(&tsconfig(draft, used)));
        if !draft.has(".gitignore") {
            self.text(".gitignore", "node_modules\ndist\n".to_owned());
        }
    }

    /// Makes every sheet one that Tailwind reads by itself; whether a sheet of ours brings it in.
    fn style(&mut self, draft: &Draft) -> bool {
        let sheets = || draft.files.iter().filter(|(path, _)| extension(path) == "css");
        let brings = |text: &str| text.contains("@import \"tailwindcss") || text.contains("@import 'tailwindcss");
        let root = sheets().find(|(_, file)| brings(&file.text) || file.text.contains("@tailwind "));
        let root_path = root.map_or(SHEET, |(path, _)| path.as_str());
        let mut own = DEFAULT_SHEET.to_owned();
        for (path, file) in sheets() {
            let has = |signs: &[&str]| signs.iter().any(|sign| file.text.contains(sign));
            let between = |from: &str, to: &str| {
                let specifier = specifier_between(from, to);
                if specifier.ends_with(".css") { specifier } else { format!("{specifier}.css") }
            };
            if file.text.contains("@tailwind ") {
                self.text(path, crate::style::without_old_directives(&file.text));
            } else if !brings(&file.text) && root.is_none() && has(&PART_OF_THEME) {
                let _ = writeln!(own, "@import \"{}\";", between(SHEET, path));
            } else if !brings(&file.text) && has(&NEEDS_THEME) && !has(&["@reference"]) {
                self.text(path, format!("@reference \"{}\";\n{}", between(path, root_path), file.text));
            }
        }
        if root.is_none() {
            self.text(SHEET, own);
        }
        root.is_none()
    }
}

/// What a project needs besides the app's own files.
struct Used {
    packages: BTreeSet<String>,
    aliases: BTreeMap<String, String>,
    sdk: bool,
    host: bool,
    /// Whether it imports components that Cumulonimbus brings and that no package has.
    set: bool,
}

fn used(draft: &Draft, export: &Exporting) -> Used {
    let known = &export.packages;
    let mut used = Used {
        packages: ["react", "react-dom"].map(str::to_owned).into(),
        aliases: BTreeMap::new(),
        sdk: false,
        host: false,
        set: false,
    };
    for (path, facts) in draft.code() {
        used.host |= draft.text(path).contains("window.storage");
        for import in &facts.imports {
            let mut name = import.specifier.as_str();
            used.sdk |= name == "cumulonimbus";
            let target = resolve(draft, &export.libraries, path, name);
            used.set |= matches!(target, Target::Library(library) if library.starts_with("@/"));
            if let Some(other) = known.aliases.get(name) {
                used.aliases.insert(name.to_owned(), other.clone());
                name = other;
            }
            let mut wanted = vec![package_of(name).to_owned()];
            while let Some(name) = wanted.pop() {
                if let Some(package) = known.packages.get(&name)
                    && used.packages.insert(name)
                {
                    wanted.extend(package.peers.iter().cloned());
                }
            }
        }
    }
    used.host |= used.sdk;
    used
}

/// The package of an importable name: `react-dom` for `react-dom/client`.
fn package_of(name: &str) -> &str {
    let parts = if name.starts_with('@') { 2 } else { 1 };
    let end = name.match_indices('/').nth(parts - 1).map_or(name.len(), |(at, _)| at);
    &name[..end]
}

/// Vite reads JSX and types only in files whose extension says so; here any file may have both.
fn renamed(draft: &Draft, path: &str) -> String {
    let jsx = draft.facts(path).is_some_and(|facts| facts.uses_jsx);
    match path.rsplit_once('.') {
        Some((bare, "js" | "ts" | "jsx")) if jsx && !draft.has(&format!("{bare}.tsx")) => format!("{bare}.tsx"),
        _ => path.to_owned(),
    }
}

fn start_file(app: &str) -> String {
    format!(
        "import {{ createRoot }} from \"react-dom/client\";\nimport App from \"{app}\";\n\n\
         createRoot(document.getElementById(\"root\")!).render(<App />);\n"
    )
}

fn index(title: &str, start: &str, own_sheet: bool, host: bool) -> String {
    let title = escape(title);
    let sheet = if own_sheet { format!("    <link rel=\"stylesheet\" href=\"/{SHEET}\" />\n") } else { String::new() };
    let host =
        if host { format!("    <script type=\"module\" src=\"/{STANDALONE}\"></script>\n") } else { String::new() };
    format!(
        "<!doctype html>\n<html lang=\"en\">\n  <head>\n    <meta charset=\"utf-8\" />\n    <meta name=\"viewport\" \
         content=\"width=device-width, initial-scale=1\" />\n    <title>{title}</title>\n{sheet}  </head>\n  <body>\n    \
         <div id=\"root\"></div>\n{host}    <script type=\"module\" src=\"/{start}\"></script>\n  </body>\n</html>\n"
    )
}

fn package(title: &str, known: &Packages, used: &Used) -> Value {
    let version = |name: &String| known.packages.get(name).map(|package| (name.clone(), json!(package.version)));
    let dependencies: Map<String, Value> = used.packages.iter().filter_map(version).collect();
    json!({
        "name": file_name(title),
        "private": true,
        "version": "0.0.0",
        "type": "module",
        "scripts": { "dev": "vite", "build": "vite build", "preview": "vite preview" },
        "dependencies": dependencies,
        "devDependencies": known.tools,
    })
}

/// Where `@/` leads.
fn top(draft: &Draft) -> &'static str {
    if draft.files.keys().any(|path| path.starts_with("src/")) { "./src" } else { "." }
}

fn vite_config(draft: &Draft, used: &Used) -> String {
    let top = top(draft);
    let mut alias = format!("      \"@\": here(\"{top}\"),\n      \"~\": here(\"{top}\"),\n");
    if used.sdk {
        let _ = writeln!(alias, "      cumulonimbus: here(\"./{SDK}\"),");
    }
    for (name, other) in &used.aliases {
        let _ = writeln!(alias, "      \"{name}\": \"{other}\",");
    }
    format!(
        "import {{ fileURLToPath }} from \"node:url\";\nimport tailwindcss from \"@tailwindcss/vite\";\n\
         import react from \"@vitejs/plugin-react\";\nimport {{ defineConfig }} from \"vite\";\n\n\
         const here = (path) => fileURLToPath(new URL(path, import.meta.url));\n\n\
         export default defineConfig({{\n  // Relative, so that the result can lie in any folder of a server.\n  \
         base: \"./\",\n  plugins: [react(), tailwindcss()],\n  define: {{ global: \"globalThis\", \"process.env\": \
         \"({{}})\" }},\n  resolve: {{\n    alias: {{\n{alias}    }},\n  }},\n}});\n"
    )
}

fn tsconfig(draft: &Draft, used: &Used) -> Value {
    let mut paths = Map::new();
    paths.insert("@/*".to_owned(), json!([format!("{}/*", top(draft))]));
    if used.sdk {
        paths.insert("cumulonimbus".to_owned(), json!([format!("./{SDK}")]));
    }
    json!({
        "compilerOptions": {
            "target": "ES2022",
            "module": "ESNext",
            "moduleResolution": "bundler",
            "jsx": "react-jsx",
            "lib": ["ES2023", "DOM", "DOM.Iterable"],
            "types": ["vite/client"],
            "allowJs": true,
            "noEmit": true,
            "skipLibCheck": true,
            "resolveJsonModule": true,
            "paths": paths,
        },
        "exclude": ["node_modules", "dist"],
    })
}

fn pretty(value: &Value) -> String {
    format!("{value:#}\n")
}

fn readme(title: &str, builds: bool, set: bool) -> String {
    let build = if builds {
        "To build it anywhere, with Node.js 20.19 or newer:\n\n```\nnpm install\nnpm run build\n```\n\nThe result is \
         in `dist`; `npm run dev` serves it while you change it. Data stays in the browser that opens it.\n\n"
    } else {
        ""
    };
    let set = if set {
        "It uses components of `@/components/ui`, which Cumulonimbus brings and no package has: before it builds \
         elsewhere, add those of the same names from https://ui.shadcn.com.\n\n"
    } else {
        ""
    };
    format!(
        "# {title}\n\nThe source of an app made with Cumulonimbus.\n\n{build}{set}To run it in Cumulonimbus again, import \
         this folder:\n\n```\ncumulonimbus apps import PATH\n```\n"
    )
}

#[cfg(test)]
mod tests {
    use super::package_of;

    #[test]
    fn packages_are_named_by_their_first_parts() {
        for (name, package) in [
            ("react-dom/client", "react-dom"),
            ("@hello-pangea/dnd", "@hello-pangea/dnd"),
            ("@a/b/c/d", "@a/b"),
            ("react", "react"),
        ] {
            assert_eq!(package_of(name), package);
        }
    }
}
