//! How models mark where a file begins and ends: every spelling that is accepted, one function each.

use std::ops::Range;

/// `<file path="…">`, found in a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Opener {
    pub path: String,
    /// Its angle brackets came as `&lt;` and `&gt;`: so does all inside.
    pub escaped: bool,
}

/// A line of back-ticks or tildes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fence<'a> {
    pub mark: char,
    pub length: usize,
    pub info: &'a str,
}

impl Fence<'_> {
    /// Whether it ends a fence that began with `length` times `mark`.
    pub fn closes(&self, mark: char, length: usize) -> bool {
        self.mark == mark && self.length >= length && self.info.is_empty()
    }
}

const QUOTES: [char; 8] = ['"', '\'', '“', '”', '‘', '’', '„', '`'];
/// Endings that make a word of prose a file name.
const CODE_EXTENSIONS: [&str; 14] =
    ["tsx", "ts", "jsx", "js", "mjs", "css", "scss", "json", "html", "htm", "svg", "md", "txt", "csv"];

/// The first opener of a line, and where it stands.
pub(super) fn opener_in(line: &str) -> Option<(Range<usize>, Opener)> {
    for (start, lead, escaped) in angles(line) {
        let inside = &line[start + lead..];
        let word = inside.trim_start();
        let Some(rest) = strip_word(word, "file") else { continue };
        if !rest.starts_with([' ', '\t', '=', ':']) {
            continue;
        }
        let (close, width) = if escaped { (rest.find("&gt;"), 4) } else { (rest.find('>'), 1) };
        let Some(close) = close else { continue };
        let Some(path) = path_attribute(&rest[..close]) else { continue };
        let end = line.len() - rest.len() + close + width;
        return Some((start..end, Opener { path, escaped }));
    }
    None
}

/// Where `</file>` stands in code, in any of its spellings.
pub(super) fn closer_in(code: &str, escaped: bool) -> Option<Range<usize>> {
    angles(code).filter(|angle| angle.2 == escaped).find_map(|(start, lead, _)| {
        let end = closer_length(&code[start + lead..], escaped)?;
        Some(start..start + lead + end)
    })
}

/// How many bytes at the end of `code` may be the beginning of a closer, or of an escaped entity.
pub(super) fn may_end_as_closer(code: &str, escaped: bool) -> usize {
    const LONGEST: usize = 24;
    let from = code.len().saturating_sub(LONGEST);
    let from = (from..=code.len()).find(|&at| code.is_char_boundary(at)).unwrap_or(code.len());
    let tail = &code[from..];
    let held = |at: usize| tail.len() - at;
    for (at, c) in tail.char_indices() {
        let candidate = match c {
            '<' if !escaped => could_close(&tail[at + 1..], false),
            // An entity needs its whole name before it can be told.
            '&' if escaped => !tail[at..].contains(';') || could_close(tail[at..].trim_start_matches("&lt;"), true),
            _ => false,
        };
        // An opener on a line of its own ends the file as well.
        let opener = c == '<'
            && !escaped
            && "file".starts_with(tail[at + 1..].trim_start().get(..4).unwrap_or(tail[at + 1..].trim_start()));
        if candidate || opener {
            return held(at);
        }
    }
    // An opener with its path is longer than the tail: hold its whole line.
    let line = code.rfind('\n').map_or(0, |end| end + 1);
    let last = code[line..].trim_start();
    let inside = last.strip_prefix(if escaped { "&lt;" } else { "<" });
    if inside.is_some_and(|inside| strip_word(inside.trim_start(), "file").is_some()) && last.len() < 400 {
        return code.len() - line;
    }
    0
}

/// The fence that a line is, when it is one.
pub(super) fn fence_of(line: &str) -> Option<Fence<'_>> {
    let line = line.trim();
    let mark = line.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let length = line.chars().take_while(|&c| c == mark).count();
    let info = line[length..].trim();
    (length >= 3 && !info.contains('`')).then_some(Fence { mark, length, info })
}

/// The path in a fence's info string: `tsx{path=…}`, `tsx path=…`, `tsx src/App.tsx`, `tsx:src/App.tsx`.
pub(super) fn path_in_info(info: &str) -> Option<String> {
    let info = info.replace(['{', '}', '[', ']', '(', ')'], " ");
    if let Some(path) = path_attribute(&info) {
        return Some(path);
    }
    info.split([' ', '\t', ':', ','])
        .map(|word| word.trim_matches(QUOTES))
        .find(|word| is_path(word))
        .map(str::to_owned)
}

/// The path that a whole line is: bare, in a comment, a heading, bold or back-ticks.
pub(super) fn path_on_line(line: &str) -> Option<String> {
    const AROUND: [&str; 6] = ["//", "/*", "*/", "<!--", "-->", "{/*"];
    let mut rest = line.trim();
    for mark in AROUND {
        rest = rest.trim_start_matches(mark).trim_end_matches(mark).trim();
    }
    rest = rest.trim_matches(|c: char| {
        c == '*' || c == '#' || c == '}' || c == '_' || QUOTES.contains(&c) || c.is_whitespace()
    });
    rest = rest.trim_end_matches(':').trim_matches(|c: char| c == '*' || QUOTES.contains(&c));
    for label in ["file:", "filename:", "path:", "file name:", "file "] {
        if rest.get(..label.len()).is_some_and(|start| start.eq_ignore_ascii_case(label)) {
            rest = rest[label.len()..].trim().trim_matches(|c: char| c == '*' || QUOTES.contains(&c));
        }
    }
    // "1. src/App.tsx" and "- src/App.tsx" are headings of a list.
    let numbered = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    let rest = if numbered.len() < rest.len() { numbered.strip_prefix(". ").unwrap_or(rest) } else { rest };
    let rest = rest.strip_prefix("- ").unwrap_or(rest).trim_matches(|c: char| c == '*' || QUOTES.contains(&c));
    is_path(rest).then(|| rest.to_owned())
}

/// Whether a line is a comment and nothing else.
pub(super) fn is_comment(line: &str) -> bool {
    let line = line.trim();
    line.starts_with("//") || line.starts_with("/*") || line.starts_with("<!--")
}

/// Whether an info string names a language that an app is written in.
pub(super) fn is_code_fence(info: &str) -> bool {
    let language = info.split([' ', '{', ':', ',']).next().unwrap_or_default().to_ascii_lowercase();
    matches!(
        language.as_str(),
        "" | "tsx"
            | "jsx"
            | "ts"
            | "js"
            | "typescript"
            | "javascript"
            | "react"
            | "typescriptreact"
            | "javascriptreact"
            | "html"
            | "css"
            | "json"
    )
}

/// The path of an unnamed fence: a component or a page is the app itself; anything else an example.
pub(super) fn unnamed_path(info: &str, first_line: &str) -> Option<&'static str> {
    let language = info.split([' ', '{', ':', ',']).next().unwrap_or_default().to_ascii_lowercase();
    let first = first_line.trim_start();
    match language.as_str() {
        "tsx" | "jsx" | "typescriptreact" | "javascriptreact" | "react" => Some("src/App.tsx"),
        "ts" | "js" | "typescript" | "javascript" | ""
            if first.starts_with("import ")
                || first.starts_with("'use client'")
                || first.starts_with("\"use client\"") =>
        {
            Some("src/App.tsx")
        }
        "html" => Some("index.html"),
        _ => None,
    }
}

/// The path of a `=== FILE: … ===` line.
pub(super) fn marker_path(line: &str) -> Option<String> {
    let line = line.trim();
    let inside = line.trim_start_matches(['=', '-', '#', '*']);
    let lead = line.len() - inside.len();
    if lead < 3 {
        return None;
    }
    let inside = inside.trim_end_matches(['=', '-', '#', '*']).trim();
    let labelled = ["file:", "file "].iter().find_map(|label| {
        inside.get(..label.len()).filter(|start| start.eq_ignore_ascii_case(label)).map(|_| &inside[label.len()..])
    });
    let path = labelled.unwrap_or(inside).trim().trim_matches(QUOTES);
    let allowed = labelled.is_some() || line.starts_with('=');
    (allowed && !path.contains(char::is_whitespace) && (is_path(path) || (labelled.is_some() && !path.is_empty())))
        .then(|| path.to_owned())
}

/// Whether a line ends the file behind a marker: `=== END ===`, `=== END FILE ===`.
pub(super) fn ends_marker(line: &str) -> bool {
    let inside = line.trim().trim_matches(['=', '-', '#', '*']).trim().to_ascii_lowercase();
    line.trim().starts_with("===") && (inside == "end" || inside.starts_with("end "))
}

/// Whether a line begins a whole HTML page.
pub(super) fn starts_page(line: &str) -> bool {
    let line = line.trim_start().to_ascii_lowercase();
    line.starts_with("<!doctype html") || line.starts_with("<html")
}

/// Whether a line is a closer that closes nothing.
pub(super) fn is_stray_closer(line: &str) -> bool {
    let line = line.trim();
    closer_in(line, false).is_some_and(|range| range == (0..line.len())) || ends_marker(line)
}

/// Drops the `/` that models put before a path that they mean from the app's root. Only before the
/// names of source files: `/etc/passwd` stays what it is and is refused.
pub(super) fn without_root(path: &str) -> &str {
    match path.trim().strip_prefix('/') {
        Some(rest) if is_path(rest) => rest,
        _ => path,
    }
}

/// Takes `&lt; &gt; &quot; &#39; &apos; &amp;` back.
pub(super) fn unescape(code: &str) -> String {
    [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&apos;", "'"), ("&amp;", "&")]
        .iter()
        .fold(code.to_owned(), |code, (entity, c)| code.replace(entity, c))
}

/// Every `<` and `&lt;`: where, how long, and whether escaped.
fn angles(text: &str) -> impl Iterator<Item = (usize, usize, bool)> {
    text.char_indices().filter_map(|(at, c)| match c {
        '<' => Some((at, 1, false)),
        '&' if text[at..].starts_with("&lt;") => Some((at, 4, true)),
        _ => None,
    })
}

/// The length of `/file>`, `/ file >`, `\/file>`, `//file>` at the start of a text.
fn closer_length(text: &str, escaped: bool) -> Option<usize> {
    let rest = text.trim_start_matches([' ', '\t', '\\']);
    let slashes = rest.trim_start_matches(['/', ' ', '\t']);
    let swapped = slashes.len() == rest.len();
    let rest = strip_word(slashes, "file")?.trim_start_matches([' ', '\t']);
    // `<file/>`: the slash on the wrong side.
    let rest = if swapped { rest.strip_prefix('/')?.trim_start_matches([' ', '\t']) } else { rest };
    let rest = rest.strip_prefix(if escaped { "&gt;" } else { ">" })?;
    Some(text.len() - rest.len())
}

/// Whether a text that follows `<` may yet become a closer.
fn could_close(text: &str, escaped: bool) -> bool {
    if text.contains('\n') {
        return false;
    }
    let rest = text.trim_start_matches([' ', '\t', '\\', '/']);
    let word = "file".len().min(rest.len());
    let Some(start) = rest.get(..word) else { return false };
    if !start.eq_ignore_ascii_case(&"file"[..word]) {
        return false;
    }
    let rest = rest[word..].trim_start_matches([' ', '\t', '/']);
    let end = if escaped { "&gt;" } else { ">" };
    end.starts_with(rest) && rest.len() < end.len()
}

fn strip_word<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    text.get(..word.len()).filter(|start| start.eq_ignore_ascii_case(word)).map(|_| &text[word.len()..])
}

/// The value of `path=`, `name=`, `src=`, `file=` or `filename=`, or of a bare `="…"`.
fn path_attribute(attributes: &str) -> Option<String> {
    let names = ["path", "filename", "file", "name", "src"];
    let bare = attributes.trim_start().strip_prefix(['=', ':']);
    let value = bare.or_else(|| names.iter().find_map(|name| attribute_value(attributes, name)))?;
    let value = value.trim_start();
    let value = match value.chars().next() {
        Some(quote) if QUOTES.contains(&quote) => value[quote.len_utf8()..].split(QUOTES).next(),
        _ => value.split([' ', '\t', '>']).next(),
    };
    value.map(|path| path.trim().trim_end_matches('/').to_owned()).filter(|path| !path.is_empty())
}

fn attribute_value<'a>(attributes: &'a str, name: &str) -> Option<&'a str> {
    let mut from = 0;
    while let Some(found) = attributes[from..].find(name) {
        let at = from + found;
        let fresh = attributes[..at].chars().next_back().is_none_or(|c| !c.is_alphanumeric());
        let rest = attributes[at + name.len()..].trim_start();
        if let Some(value) = rest.strip_prefix('=').or_else(|| rest.strip_prefix(':')).filter(|_| fresh) {
            return Some(value);
        }
        from = at + name.len();
    }
    None
}

fn is_path(word: &str) -> bool {
    let plain = word.chars().all(|c| c.is_alphanumeric() || "/._-@$[]()~".contains(c));
    let name = word.rsplit('/').next().unwrap_or(word);
    plain
        && name.rsplit_once('.').is_some_and(|(stem, extension)| {
            !stem.is_empty() && CODE_EXTENSIONS.iter().any(|known| known.eq_ignore_ascii_case(extension))
        })
}
