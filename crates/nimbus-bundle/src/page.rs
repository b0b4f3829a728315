//! Apps that are a page of HTML: markup, style elements, classic scripts, and libraries from a
//! content delivery network.
//!
//! A frame runs no inline script and fetches nothing, so that the page is taken apart into files
//! that exist for one build only: what shows the markup, what was in its scripts, and its sheets.
//! A `:` is in each of their names, which no file of an app can have, so that none is ever stored.
//! Scripts keep their lines, so that what is wrong in them is told where it stands in the page.

mod delivery;
pub(crate) mod tokens;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use nimbus_core::diagnostic::Diagnostic;

use crate::depth::Nesting;
use crate::draft::{Draft, extension, file_name, folder, is_code};
use crate::entry::find_entry;
use crate::library::Libraries;
use crate::page::delivery::{Delivered, delivered};
use crate::page::tokens::{Tag, Token, tokens};
use crate::place::in_file;

const RUNTIME: &str = include_str!("page/runtime.js");
/// How the names of the files of a page begin.
const MARK: &str = "page:";

/// A page that is the app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Page {
    /// The file to start with.
    pub(crate) start: String,
    /// Whether the page asks for Tailwind. A page that does not looks as browsers show it.
    pub(crate) tailwind: bool,
}

/// The file of the app that a file of a page was made from; any other path is itself.
pub(crate) fn origin(path: &str) -> String {
    let Some(rest) = file_name(path).strip_prefix(MARK) else { return path.to_owned() };
    let name = rest.rsplit(':').next().unwrap_or(rest);
    format!("{}{}", prefix(folder(path)), name.strip_suffix(".jsx").unwrap_or(name))
}

fn prefix(folder: &str) -> String {
    if folder.is_empty() { String::new() } else { format!("{folder}/") }
}

/// Lets what was found name the page instead of the files that were made from it.
pub(crate) fn rename<'d>(draft: &Draft, found: impl Iterator<Item = &'d mut Diagnostic>) {
    if draft.page.is_none() {
        return;
    }
    for diagnostic in found {
        for path in draft.files.keys().filter(|path| path.contains(':')) {
            if diagnostic.message.contains(path.as_str()) {
                diagnostic.message = diagnostic.message.replace(path.as_str(), &origin(path));
            }
        }
    }
}

/// Reads the page that is the app, if one is, and adds its files to the draft.
pub(crate) fn read(draft: &mut Draft, libraries: &Libraries) -> Vec<Diagnostic> {
    let Some(path) = find_page(draft) else { return Vec::new() };
    let html = draft.text(&path).to_owned();
    let starts_itself = find_entry(draft).is_some();
    let found = tokens(&html);
    let mut reader = Reader::new(draft, libraries, &path, &html);
    reader.read(&found);
    if starts_itself && !reader.has_scripts() {
        return Vec::new();
    }
    reader.finish()
}

/// The page to look at: `index.html`, else the only one.
fn find_page(draft: &Draft) -> Option<String> {
    let pages = || draft.files.keys().filter(|path| matches!(extension(path), "html" | "htm"));
    let index = pages().filter(|path| matches!(file_name(path), "index.html" | "index.htm"));
    let first = index.min_by_key(|path| path.matches('/').count());
    let only = pages().next().filter(|_| pages().count() == 1);
    first.or(only).cloned()
}

/// What was gathered of a page.
struct Reader<'a> {
    draft: &'a mut Draft,
    libraries: &'a Libraries,
    path: &'a str,
    html: &'a str,
    /// JavaScript expressions that make the markup together.
    parts: Vec<String>,
    markup: String,
    title: String,
    of_html: Vec<(String, String)>,
    of_body: Vec<(String, String)>,
    /// `import` statements of what shows the page, and of what starts it.
    assets: Vec<String>,
    starts: Vec<String>,
    /// `import` and `const` statements that stand for scripts of a delivery network.
    globals: Vec<String>,
    /// The classic scripts: the line where each begins, and its text.
    scripts: Vec<(usize, String)>,
    handlers: Vec<(i64, String, String)>,
    ids: BTreeSet<String>,
    classes: BTreeSet<String>,
    files: Vec<(String, String)>,
    found: Vec<Diagnostic>,
    tailwind: bool,
    marked: i64,
    modules: usize,
}

impl<'a> Reader<'a> {
    fn new(draft: &'a mut Draft, libraries: &'a Libraries, path: &'a str, html: &'a str) -> Self {
        Self {
            draft,
            libraries,
            path,
            html,
            parts: Vec::new(),
            markup: String::new(),
            title: String::new(),
            of_html: Vec::new(),
            of_body: Vec::new(),
            assets: Vec::new(),
            starts: Vec::new(),
            globals: Vec::new(),
            scripts: Vec::new(),
            handlers: Vec::new(),
            ids: BTreeSet::new(),
            classes: BTreeSet::new(),
            files: Vec::new(),
            found: Vec::new(),
            tailwind: false,
            marked: 0,
            modules: 0,
        }
    }

    /// Whether the page does something itself, rather than only starting the app's own modules.
    fn has_scripts(&self) -> bool {
        !self.scripts.is_empty() || self.modules > 0 || !self.handlers.is_empty()
    }

    fn read(&mut self, tokens: &[Token]) {
        let mut tokens = tokens.iter();
        while let Some(token) = tokens.next() {
            match token {
                Token::Text(text) => self.markup.push_str(text),
                Token::Close(name, raw) => {
                    if !matches!(name.as_str(), "html" | "head" | "body" | "script" | "style" | "title" | "noscript") {
                        self.markup.push_str(raw);
                    }
                }
                Token::Open(tag) => {
                    let raw = ["script", "style", "title", "noscript"].contains(&tag.name.as_str());
                    let inside = match (raw, tokens.as_slice().first()) {
                        (true, Some(Token::Text(text))) => {
                            tokens.next();
                            *text
                        }
                        _ => "",
                    };
                    self.open(tag, inside);
                }
            }
        }
    }

    fn open(&mut self, tag: &Tag, inside: &str) {
        self.classes.extend(tag.get("class").into_iter().flat_map(str::split_whitespace).map(str::to_owned));
        self.ids.extend(tag.get("id").map(str::to_owned));
        match tag.name.as_str() {
            "head" | "meta" | "base" | "noscript" => {}
            "title" => self.title = inside.trim().to_owned(),
            "html" => self.of_html = self.plain(tag, -1),
            "body" => self.of_body = self.plain(tag, -1),
            "link" => self.link(tag),
            "style" => {
                self.tailwind |= tag.get("type") == Some("text/tailwindcss");
                self.add_file("css", inside.to_owned());
            }
            "script" => self.script(tag, inside),
            _ => self.element(tag),
        }
    }

    /// The attributes that are no handlers; those become handlers of an element, or of the window.
    fn plain(&mut self, tag: &Tag, element: i64) -> Vec<(String, String)> {
        let mut plain = Vec::new();
        for (name, value) in &tag.attributes {
            match name.strip_prefix("on") {
                Some(event) => self.handlers.push((element, event.to_owned(), value.clone())),
                None => plain.push((name.clone(), value.clone())),
            }
        }
        plain
    }

    fn element(&mut self, tag: &Tag) {
        let handles = tag.attributes.iter().any(|(name, _)| name.starts_with("on"));
        let asset = ["src", "poster", "href", "data"]
            .into_iter()
            .find_map(|name| Some((name, self.local(tag.get(name)?)?)))
            .filter(|(_, file)| !is_code(file) && !matches!(extension(file), "html" | "htm"));
        if !handles && asset.is_none() {
            self.markup.push_str(tag.raw);
            return;
        }
        self.marked += 1;
        let number = self.marked;
        let attributes = self.plain(tag, number);
        let _ = write!(self.markup, "<{}", tag.name);
        if handles {
            let _ = write!(self.markup, " data-cumulonimbus-on=\"{number}\"");
        }
        for (name, value) in attributes {
            match &asset {
                Some((of, file)) if *of == name => {
                    let specifier = self.specifier(file);
                    self.assets.push(format!("import asset{number} from \"{specifier}?url\";"));
                    let _ = write!(self.markup, " {name}=\"");
                    self.parts.push(quoted(&std::mem::take(&mut self.markup)));
                    self.parts.push(format!("asset{number}"));
                    self.markup.push('"');
                }
                _ => {
                    let value = value.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;");
                    let _ = write!(self.markup, " {name}=\"{value}\"");
                }
            }
        }
        self.markup.push_str(if tag.raw.ends_with("/>") { "/>" } else { ">" });
    }

    fn link(&mut self, tag: &Tag) {
        let Some(href) = tag.get("href").filter(|_| tag.get("rel").is_some_and(|rel| rel.contains("stylesheet")))
        else {
            return;
        };
        match self.local(href) {
            Some(file) => {
                let specifier = self.specifier(&file);
                self.assets.push(format!("import \"{specifier}\";"));
            }
            None => self.unavailable(href, "style sheets come from the app's own files"),
        }
    }

    fn script(&mut self, tag: &Tag, inside: &str) {
        let kind = tag.get("type").unwrap_or_default().to_ascii_lowercase();
        let module = kind == "module" || tag.get("data-type") == Some("module");
        let code = matches!(kind.as_str(), "" | "module" | "text/javascript" | "application/javascript")
            || matches!(kind.as_str(), "text/babel" | "text/jsx" | "text/typescript" | "text/tsx");
        if !code {
            // Data that a script will look for stays where it is; a map of imports has no use here.
            if !matches!(kind.as_str(), "importmap" | "speculationrules") {
                let _ = write!(self.markup, "{}{inside}</script>", tag.raw);
            }
            return;
        }
        if let Some(src) = tag.get("src") {
            match (self.local(src), module) {
                (Some(file), true) => {
                    let specifier = self.specifier(&file);
                    self.starts.push(format!("import \"{specifier}\";"));
                }
                (Some(file), false) => {
                    // Its lines are its own; they follow those of the page before it.
                    let text = self.draft.text(&file).to_owned();
                    self.scripts.push((0, text));
                }
                (None, _) => self.deliver(src),
            }
            return;
        }
        if inside.trim().is_empty() {
            return;
        }
        let line = self.html[..tag.end].matches('\n').count();
        let imports = inside.lines().any(|line| {
            let line = line.trim_start();
            line.starts_with("import ") || line.starts_with("import{") || line.starts_with("export ")
        });
        if module || imports {
            self.modules += 1;
            let path = self.name(&format!("{}:{}.jsx", self.modules, file_name(self.path)));
            let text = format!("{}{inside}", "\n".repeat(line));
            let specifier = self.specifier(&path);
            self.starts.push(format!("import \"{specifier}\";"));
            self.files.push((path, text));
        } else {
            self.scripts.push((line, inside.to_owned()));
        }
    }

    /// A script from another site: one of the libraries, or nothing.
    fn deliver(&mut self, src: &str) {
        match delivered(src, self.libraries) {
            Some(Delivered::Tailwind) => {
                self.tailwind = true;
                self.globals.push("const tailwind = {};".to_owned());
            }
            Some(Delivered::Nothing) => {}
            Some(Delivered::Code(code)) => {
                if !self.globals.contains(&code) {
                    self.globals.push(code);
                }
            }
            None => self.unavailable(src, "an app fetches nothing; use one of the libraries"),
        }
    }

    fn unavailable(&mut self, what: &str, why: &str) {
        let what: String = what.chars().filter(|c| !c.is_control()).take(120).collect();
        let message = format!("`{what}` is not available: {why}.");
        self.found.push(in_file(Diagnostic::warning("unavailable-resource", message), self.path));
    }

    /// The file of the app that an address in the page means.
    fn local(&self, address: &str) -> Option<String> {
        let address = address.split(['?', '#']).next().unwrap_or_default();
        if address.is_empty() || address.contains(':') || address.starts_with("//") {
            return None;
        }
        let address = address.trim_start_matches("./");
        let from_top = address.trim_start_matches('/');
        let beside = format!("{}{address}", prefix(folder(self.path)));
        [beside, from_top.to_owned(), format!("public/{from_top}")].into_iter().find(|path| self.draft.has(path))
    }

    fn name(&self, name: &str) -> String {
        format!("{}{MARK}{name}", prefix(folder(self.path)))
    }

    /// How the files of the page import another file.
    fn specifier(&self, path: &str) -> String {
        let own = prefix(folder(self.path));
        path.strip_prefix(&own).map_or_else(|| format!("/{path}"), |rest| format!("./{rest}"))
    }

    fn add_file(&mut self, extension: &str, text: String) {
        let path = self.name(&format!("{}.{extension}", self.files.len()));
        let specifier = self.specifier(&path);
        self.assets.push(format!("import \"{specifier}\";"));
        self.files.push((path, text));
    }

    /// Adds the page's files to the draft, and says where they start.
    fn finish(mut self) -> Vec<Diagnostic> {
        self.parts.push(quoted(&std::mem::take(&mut self.markup)));
        let scripts = self.classic();
        if !Nesting::of(&scripts).within_limits() {
            let message = format!("The scripts of `{}` are too long or too deeply nested together.", self.path);
            self.found.push(in_file(Diagnostic::error("too-deep", message), self.path));
            return self.found;
        }
        let about = serde_json::json!({ "title": self.title, "html": self.of_html, "body": self.of_body });
        let classes: Vec<&str> = self.classes.iter().map(String::as_str).collect();
        let show = format!(
            "{}import {{ show }} from \"./{MARK}runtime.js\";\nvoid {};\nshow([{}], {about});\n",
            self.assets.concat(),
            quoted(&classes.join(" ")),
            self.parts.join(", ")
        );
        let classic = self.name(&format!("0:{}.jsx", file_name(self.path)));
        let start = self.name("start.js");
        let specifier = self.specifier(&classic);
        let starts = format!("import \"./{MARK}show.js\";\nimport \"{specifier}\";\n{}\n", self.starts.join("\n"));
        let (runtime, shown) = (self.name("runtime.js"), self.name("show.js"));
        let Self { draft, mut files, found, tailwind, ids, .. } = self;
        files.extend([(runtime, RUNTIME.to_owned()), (shown, show), (start.clone(), starts)]);
        for (path, text) in files {
            draft.put(&path, text);
        }
        declare(draft, &classic, scripts, &ids);
        draft.page = Some(Page { start, tailwind });
        found
    }

    /// The classic scripts as one function, in which they see each other's names, and the handlers
    /// see all of them.
    fn classic(&mut self) -> String {
        let all: Vec<&str> = self.scripts.iter().map(|(_, text)| text.as_str()).collect();
        let mut probe = Draft::default();
        let joined = all.join("\n;");
        if Nesting::of(&joined).within_limits() {
            probe.put("scripts.jsx", joined);
        }
        let declared: Vec<&String> =
            probe.facts("scripts.jsx").map(|facts| facts.declared.keys().collect()).unwrap_or_default();
        let getters: Vec<String> = declared.iter().map(|name| format!("{name}: () => {name}")).collect();
        let mut text = format!(
            "import * as cumulonimbusPage from \"./{MARK}runtime.js\";{}/*declared*/(function () {{ \
             cumulonimbusPage.scope({{ {} }});",
            self.globals.concat(),
            getters.join(", ")
        );
        let mut lines = 0;
        for (line, script) in &self.scripts {
            let missing = line.saturating_sub(lines);
            text.push_str(&"\n".repeat(missing));
            text.push_str(script);
            text.push_str("\n;");
            lines += missing + script.matches('\n').count() + 1;
        }
        text.push_str("\ncumulonimbusPage.handlers([");
        for (element, event, code) in &self.handlers {
            let _ = write!(text, "[{element}, {}, function (event) {{ {code}\n}}],", quoted(event));
        }
        text.push_str("]);\n}).call(window);\n");
        text
    }
}

/// Adds the scripts, with what a page has and a module lacks: names of elements, of the window, and
/// names that are assigned without having been declared.
fn declare(draft: &mut Draft, path: &str, text: String, ids: &BTreeSet<String>) {
    draft.put(path, text.clone());
    let Some(facts) = draft.facts(path) else { return };
    let mut implicit = Vec::new();
    for name in facts.undeclared.keys().filter(|name| !ids.contains(*name)) {
        if !of_window(&text, name) && is_assigned(&text, name) {
            implicit.push(name.as_str());
        }
    }
    if !implicit.is_empty() {
        let declaration = format!("var {};", implicit.join(", "));
        draft.put(path, text.replacen("/*declared*/", &declaration, 1));
    }
    if let Some(facts) = draft.files.get_mut(path).and_then(|file| file.facts.as_mut()) {
        facts.undeclared.retain(|name, _| !ids.contains(name) && !of_window(&text, name));
    }
}

fn of_window(text: &str, name: &str) -> bool {
    ["window", "globalThis", "self"].iter().any(|owner| is_assigned(text, &format!("{owner}.{name}")))
}

/// Whether `name = …` or one of its short forms stands somewhere in a script.
fn is_assigned(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(at, _)| {
        let inside = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | '.');
        let rest = text[at + name.len()..].trim_start();
        let assigned = (rest.starts_with('=') && !rest.starts_with("==") && !rest.starts_with("=>"))
            || ["++", "--", "+=", "-="].iter().any(|sign| rest.starts_with(sign));
        assigned && !text[..at].chars().next_back().is_some_and(inside)
    })
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
