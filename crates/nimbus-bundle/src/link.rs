//! From the repaired draft to what the linker is given: every module's text and every decision.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use nimbus_core::asset;
use nimbus_core::diagnostic::Diagnostic;
use nimbus_rolldown::{Input, Module, Resolution, Syntax};

use crate::draft::{Draft, extension};
use crate::entry::Entry;
use crate::facts::{Import, ImportKind, Span, Wanted};
use crate::library::{Libraries, Library};
use crate::nearest::nearest;
use crate::packs::Pack;
use crate::place::at;
use crate::resolve::{Form, Target, resolve};
use crate::style::scoped;
use crate::svg;

/// A `:` cannot occur in a file's path, so these keys meet no file.
const START: &str = "cumulonimbus:start.tsx";
const ICONS: &str = "cumulonimbus:icons.tsx";
const ICON_LIBRARY: &str = "lucide-react";

/// How long linking may take; it takes milliseconds.
const TIME_LIMIT: Duration = Duration::from_secs(20);

/// What goes to the linker, and what else the walk found.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) input: Input,
    /// The app's style sheets in the order in which they are imported.
    pub(crate) sheets: Vec<String>,
    pub(crate) candidates: BTreeSet<String>,
    /// Whether the app imports a component of the set, `@/components/ui`.
    pub(crate) set: bool,
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// Walks the app from its entry.
pub(crate) fn plan(draft: &Draft, libraries: &Arc<Libraries>, entry: &Entry) -> Plan {
    let mut walk = Walk {
        draft,
        libraries,
        modules: BTreeMap::new(),
        decisions: HashMap::new(),
        sheets: Vec::new(),
        candidates: BTreeSet::new(),
        set: false,
        icons: BTreeSet::new(),
        packed: BTreeMap::new(),
        diagnostics: Vec::new(),
    };
    let key = match entry {
        Entry::Mounts(path) => {
            walk.visit(path);
            path.clone()
        }
        Entry::App(path) => {
            walk.visit(path);
            walk.decide(START, "app", Resolution::Module(path.clone()));
            let start = "import { createRoot } from \"react-dom/client\";\nimport App from \"app\";\n\
                         createRoot(document.getElementById(\"root\")).render(<App />);\n";
            walk.add(START, start, Syntax::Jsx);
            START.to_owned()
        }
    };
    if !walk.icons.is_empty()
        && let Some(library) = libraries.get(ICON_LIBRARY)
    {
        let barrel = barrel(&walk.icons, library);
        for (name, file) in &library.icons {
            if walk.icons.contains(name) {
                walk.decide(ICONS, &format!("icon:{name}"), Resolution::External(libraries.url(file)));
            }
        }
        walk.decide(ICONS, ICON_LIBRARY, Resolution::External(libraries.url(&library.file)));
        walk.add(ICONS, &barrel, Syntax::Jsx);
    }
    for (name, icons) in std::mem::take(&mut walk.packed) {
        if let Some(pack) = libraries.get(&name).and_then(|library| library.pack.as_deref()) {
            let module = libraries.packs.get(pack).module(&icons);
            walk.add(&pack_key(&name), &module, Syntax::Js);
        }
    }
    let decisions = walk.decisions;
    let known = Arc::clone(libraries);
    let input = Input {
        modules: walk.modules,
        entry: key,
        resolve: Arc::new(move |specifier, importer| {
            let decided = decisions.get(importer.unwrap_or_default()).and_then(|of| of.get(specifier));
            match (decided, known.get(specifier)) {
                (Some(resolution), _) => resolution.clone(),
                // What the JSX transform adds is imported without having been written.
                (None, Some(library)) => Resolution::External(known.url(&library.file)),
                (None, None) => Resolution::Refused(format!("`{specifier}` is not one of the app's imports.")),
            }
        }),
        define: defines(),
        minify: false,
        time_limit: TIME_LIMIT,
    };
    let Walk { sheets, candidates, set, diagnostics, .. } = walk;
    Plan { input, sheets, candidates, set, diagnostics }
}

/// What code written for other build tools expects to be filled in.
fn defines() -> Vec<(String, String)> {
    let environment = r#"({"MODE":"production","BASE_URL":"/","PROD":true,"DEV":false,"SSR":false})"#;
    [
        ("process.env.NODE_ENV", "\"production\""),
        ("process.env", "({})"),
        ("global", "globalThis"),
        ("import.meta.env", environment),
        ("import.meta.env.DEV", "false"),
        ("import.meta.env.PROD", "true"),
        ("import.meta.env.MODE", "\"production\""),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .to_vec()
}

struct Walk<'d> {
    draft: &'d Draft,
    libraries: &'d Libraries,
    modules: BTreeMap<String, Module>,
    decisions: HashMap<String, HashMap<String, Resolution>>,
    sheets: Vec<String>,
    candidates: BTreeSet<String>,
    set: bool,
    icons: BTreeSet<String>,
    /// The icons to take from packs, by the library's name.
    packed: BTreeMap<String, BTreeSet<String>>,
    diagnostics: Vec<Diagnostic>,
}

impl Walk<'_> {
    fn add(&mut self, key: &str, code: &str, syntax: Syntax) {
        self.modules.insert(key.to_owned(), Module { code: code.into(), syntax });
    }

    fn decide(&mut self, importer: &str, specifier: &str, resolution: Resolution) {
        self.decisions.entry(importer.to_owned()).or_default().insert(specifier.to_owned(), resolution);
    }

    /// Adds a code file and, before it returns, everything that it imports: the order of modules at
    /// run time, which is the order of style sheets too. Imports nest only as deep as there are
    /// files, which the tree limits.
    fn visit(&mut self, path: &str) {
        if self.modules.contains_key(path) {
            return;
        }
        let Some(facts) = self.draft.facts(path) else { return };
        let text = with_public_files(self.draft, self.draft.text(path));
        self.add(path, &text, facts.syntax);
        self.candidates.extend(facts.candidates.iter().cloned());
        for import in &facts.imports {
            let resolution = self.follow(path, import);
            self.decide(path, &import.specifier, resolution);
        }
    }

    fn follow(&mut self, path: &str, import: &Import) -> Resolution {
        match resolve(self.draft, self.libraries, path, &import.specifier) {
            Target::Library(name) => self.library(path, &name, import),
            Target::File(other, form) => self.file(&other, form, import),
            Target::NoFile(_) => Resolution::Refused(format!("`{}` is not a file of the app.", import.specifier)),
            Target::NoLibrary => Resolution::Refused(format!("`{}` is not one of the libraries.", import.specifier)),
            Target::Forbidden(why) => Resolution::Refused(format!("The import is not allowed: {why}.")),
        }
    }

    fn file(&mut self, path: &str, form: Form, import: &Import) -> Resolution {
        let text = self.draft.text(path);
        let string = |value: &str| format!("export default {};", serde_json::Value::from(value));
        match form {
            Form::Text => {
                let key = format!("{path}?raw");
                self.add(&key, &string(text), Syntax::Js);
                return Resolution::Module(key);
            }
            Form::Url => {
                let mut module = string(&data_url(path, text));
                let wanted = Wanted::Named("ReactComponent".to_owned());
                let both = extension(path) == "svg" && import.bindings.iter().any(|binding| binding.wanted == wanted);
                if both {
                    let component = svg::component(text);
                    module.push_str(&format!(
                        "import {{ createElement }} from \"react\";export const ReactComponent = {component};"
                    ));
                }
                let key = if both { format!("{path}?url&react") } else { format!("{path}?url") };
                self.add(&key, &module, Syntax::Js);
                return Resolution::Module(key);
            }
            Form::Component => {
                let key = format!("{path}?react");
                let component = svg::component(text);
                let module = format!("import {{ createElement }} from \"react\";export default {component};");
                self.add(&key, &module, Syntax::Js);
                return Resolution::Module(key);
            }
            Form::Module => {}
        }
        if self.draft.facts(path).is_some() {
            self.visit(path);
            return Resolution::Module(path.to_owned());
        }
        match extension(path) {
            "css" | "scss" | "less" => {
                if !self.sheets.iter().any(|known| known == path) {
                    self.sheets.push(path.to_owned());
                }
                let module =
                    if path.ends_with(".module.css") { class_names(path, text) } else { "export {};".to_owned() };
                self.add(path, &module, Syntax::Js);
            }
            "json" => self.add(path, text, Syntax::Json),
            _ => self.add(path, &string(text), Syntax::Js),
        }
        Resolution::Module(path.to_owned())
    }

    fn library(&mut self, path: &str, name: &str, import: &Import) -> Resolution {
        let Some(library) = self.libraries.get(name) else {
            return Resolution::Refused(format!("`{name}` is not one of the libraries."));
        };
        if !library.classes.is_empty() && !import.only_types {
            self.set = true;
            self.candidates.extend(library.classes.iter().cloned());
        }
        let whole = Resolution::External(self.libraries.url(&library.file));
        if let Some(pack) = &library.pack {
            return self.packed_icons(path, name, &self.libraries.packs.get(pack), import);
        }
        if name != ICON_LIBRARY || library.icons.is_empty() {
            return whole;
        }
        let Some(wanted) = self.named_singly(path, import) else { return whole };
        for (icon, span) in wanted {
            let known = library.exports.contains(&icon) || library.icons.contains_key(&icon);
            if self.icons.insert(icon.clone()) && !known {
                self.unknown_icon(path, name, &icon, span, library.icons.keys().map(String::as_str));
            }
        }
        Resolution::Module(ICONS.to_owned())
    }

    /// Takes icons of a pack into the bundle: those that are named, or all of them.
    fn packed_icons(&mut self, path: &str, name: &str, pack: &Pack, import: &Import) -> Resolution {
        let wanted = self.named_singly(path, import);
        let taken = self.packed.entry(name.to_owned()).or_default();
        let mut unknown = Vec::new();
        match wanted {
            None => taken.extend(pack.names().map(str::to_owned)),
            Some(wanted) => {
                for (icon, span) in wanted {
                    if taken.insert(icon.clone()) && !pack.has(&icon) {
                        unknown.push((icon, span));
                    }
                }
            }
        }
        for (icon, span) in unknown {
            self.unknown_icon(path, name, &icon, span, pack.names());
        }
        Resolution::Module(pack_key(name))
    }

    /// The names that a file imports from a library, and where; none when it imports the library as
    /// a whole. One decision holds for every import of the library in the file.
    fn named_singly(&self, path: &str, import: &Import) -> Option<Vec<(String, Span)>> {
        let of_file = self.draft.facts(path).map(|facts| facts.imports.as_slice()).unwrap_or_default();
        let mut names = Vec::new();
        for other in of_file.iter().filter(|other| other.specifier == import.specifier) {
            let listed = match other.kind {
                ImportKind::Static => true,
                ImportKind::ReExport => !other.bindings.is_empty(),
                ImportKind::Dynamic | ImportKind::Require => false,
            };
            if !listed {
                return None;
            }
            for binding in &other.bindings {
                let Wanted::Named(name) = &binding.wanted else { return None };
                if binding.used_as_value {
                    names.push((name.clone(), binding.local_span));
                }
            }
        }
        Some(names)
    }

    fn unknown_icon<'n>(
        &mut self,
        path: &str,
        library: &str,
        icon: &str,
        span: Span,
        names: impl Iterator<Item = &'n str>,
    ) {
        let message = format!("`{library}` has no icon named `{icon}`; a placeholder is shown.");
        let mut diagnostic = Diagnostic::warning("unknown-icon", message);
        if let Some(other) = nearest(icon, names) {
            diagnostic = diagnostic.with_hint(format!("Did you mean `{other}`?"));
        }
        self.diagnostics.push(at(diagnostic, path, self.draft.text(path), span));
    }
}

/// The key of the module that holds a pack's icons for one app.
fn pack_key(name: &str) -> String {
    format!("cumulonimbus:{name}.js")
}

/// A module with only the icons that the app names, each from a file of its own.
fn barrel(icons: &BTreeSet<String>, library: &Library) -> String {
    let mut code = String::new();
    let mut placeholders = Vec::new();
    for name in icons {
        if library.icons.contains_key(name) {
            let _ = writeln!(code, "export {{ default as {name} }} from \"icon:{name}\";");
        } else if library.exports.contains(name) {
            let _ = writeln!(code, "export {{ {name} }} from \"{ICON_LIBRARY}\";");
        } else {
            placeholders.push(name.as_str());
        }
    }
    if !placeholders.is_empty() {
        code.push_str(
            "const Placeholder = ({ size = 24, color = \"currentColor\", strokeWidth = 2, ...rest }) => (\n  <svg \
             width={size} height={size} viewBox=\"0 0 24 24\" fill=\"none\" stroke={color} strokeWidth={strokeWidth} \
             strokeDasharray=\"3 3\" {...rest}>\n    <circle cx=\"12\" cy=\"12\" r=\"9\" />\n  </svg>\n);\n",
        );
        let names: Vec<String> = placeholders.iter().map(|name| format!("Placeholder as {name}")).collect();
        let _ = writeln!(code, "export {{ {} }};", names.join(", "));
    }
    code
}

/// A CSS module's classes as its default export.
fn class_names(path: &str, text: &str) -> String {
    let classes = scoped(path, text).classes;
    format!("export default {};", serde_json::Value::from_iter(classes))
}

/// A module's text with the files of `public/` in place of their addresses: `src="/logo.png"` names
/// what a server would serve from there, and an app's frame has no such server. Only a whole string is
/// an address.
fn with_public_files<'d>(draft: &'d Draft, text: &'d str) -> Cow<'d, str> {
    let mut text = Cow::Borrowed(text);
    for (path, file) in draft.files.range("public/".to_owned()..) {
        let Some(name) = path.strip_prefix("public/") else { break };
        if extension(path) != "svg" && asset::media_type(path).is_none() {
            continue;
        }
        for quote in ['"', '\'', '`'] {
            let address = format!("{quote}/{name}{quote}");
            if text.contains(&address) {
                text = Cow::Owned(text.replace(&address, &format!("{quote}{}{quote}", data_url(path, &file.text))));
            }
        }
    }
    text
}

/// A file as a `data:` URL.
pub(crate) fn data_url(path: &str, text: &str) -> String {
    if asset::to_bytes(path, text).is_some() {
        return text.trim().to_owned();
    }
    let kind = match extension(path) {
        "svg" => "image/svg+xml",
        "json" => "application/json",
        "css" => "text/css",
        _ => "text/plain",
    };
    let mut url = format!("data:{kind};charset=utf-8,");
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b'/' | b'=' | b':' | b' ' | b',' => {
                url.push(char::from(byte));
            }
            byte => {
                let _ = write!(url, "%{byte:02X}");
            }
        }
    }
    url
}
