//! Calls of tools that came as text.
//!
//! Models that were trained to use tools sometimes write a call of one although none was offered:
//! `<tool_call>{"name": "write_file", "arguments": {"path": "src/App.tsx", "content": "…"}}</tool_call>`,
//! or the same in the tags of Qwen3-Coder. Where such a call can only mean "this file has this
//! content", it becomes a file of our dialect. Everything else stays the text that it is.

use nimbus_core::source::SourcePath;
use serde_json::{Map, Value};

const OPENER: &str = "<tool_call>";
const CLOSER: &str = "</tool_call>";
/// Inside a file of our dialect every tag is code.
const FILE: [&str; 2] = ["<file ", "</file>"];
/// The longest call that is waited for, in bytes.
const MAX_CALL: usize = 512 * 1024;
/// The names that tools give a path and a content.
const PATHS: [&str; 6] = ["path", "file_path", "filepath", "filename", "file_name", "file"];
const CONTENTS: [&str; 6] = ["content", "contents", "file_text", "text", "code", "source"];

/// A push filter: any cutting of the same text gives the same text.
#[derive(Debug)]
pub(crate) struct ToolCalls {
    /// The end of what came, as it may be the beginning of a tag; or a call that is not over.
    held: String,
    in_call: bool,
    /// Up to where no end of the call is.
    searched: usize,
    in_file: bool,
    line_start: bool,
}

impl ToolCalls {
    pub(crate) fn new() -> Self {
        Self { held: String::new(), in_call: false, searched: 0, in_file: false, line_start: true }
    }

    /// Takes a part of the reply and gives what is known of it.
    pub(crate) fn push(&mut self, text: &str) -> String {
        self.held.push_str(text);
        let mut out = String::new();
        while self.step(&mut out) {}
        out
    }

    /// The reply is over: a call that is not is text.
    pub(crate) fn finish(&mut self) -> String {
        self.in_call = false;
        std::mem::take(&mut self.held)
    }

    fn step(&mut self, out: &mut String) -> bool {
        if self.in_call {
            return self.call(out);
        }
        let Some(at) = self.held.find('<') else {
            let all = self.held.len();
            self.give(all, out);
            return false;
        };
        self.give(at, out);
        let tag = [OPENER, FILE[0], FILE[1]].into_iter().find(|tag| self.held.starts_with(tag));
        match tag {
            Some(OPENER) if self.line_start && !self.in_file => {
                self.in_call = true;
                self.searched = OPENER.len();
            }
            Some(tag) => {
                if tag != OPENER {
                    self.in_file = tag == FILE[0];
                }
                self.give(tag.len(), out);
            }
            None if [OPENER, FILE[0], FILE[1]].into_iter().any(|tag| tag.starts_with(self.held.as_str())) => {
                return false;
            }
            None => self.give(1, out),
        }
        true
    }

    /// Waits for the call's end. A closer inside its content is not the end.
    fn call(&mut self, out: &mut String) -> bool {
        while let Some(found) = self.held[self.searched..].find(CLOSER) {
            let at = self.searched + found;
            let end = at + CLOSER.len();
            match meaning(&self.held[OPENER.len()..at]) {
                Meaning::Unfinished => self.searched = end,
                Meaning::File(file) => return self.leave(end, &file, out),
                Meaning::Other => {
                    let call = self.held[..end].to_owned();
                    return self.leave(end, &call, out);
                }
            }
        }
        if self.held.len() > MAX_CALL {
            let all = self.held.clone();
            return self.leave(all.len(), &all, out);
        }
        let searched = self.held.len().saturating_sub(CLOSER.len()).max(self.searched);
        self.searched = self.held.floor_char_boundary(searched);
        false
    }

    fn leave(&mut self, end: usize, told: &str, out: &mut String) -> bool {
        self.in_call = false;
        self.line_start = false;
        out.push_str(told);
        self.held.drain(..end);
        true
    }

    fn give(&mut self, bytes: usize, out: &mut String) {
        let text = &self.held[..bytes];
        if let Some((_, line)) = text.rsplit_once('\n') {
            self.line_start = line.trim().is_empty();
        } else {
            self.line_start &= text.trim().is_empty();
        }
        out.push_str(text);
        self.held.drain(..bytes);
    }
}

/// What a call turned out to be.
enum Meaning {
    /// It ends in the middle of a text, so the closer behind it belongs to the content.
    Unfinished,
    /// It writes this file, in our dialect.
    File(String),
    /// It may mean anything else.
    Other,
}

fn meaning(call: &str) -> Meaning {
    let call = call.trim();
    let arguments = if call.starts_with('{') {
        match serde_json::from_str(call) {
            Ok(call) => of_json(call),
            Err(error) if error.is_eof() => return Meaning::Unfinished,
            Err(_) => None,
        }
    } else if call.starts_with("<function=") {
        if !call.ends_with("</function>") {
            return Meaning::Unfinished;
        }
        of_tags(call)
    } else {
        None
    };
    arguments.and_then(|arguments| file_of(&arguments)).map_or(Meaning::Other, Meaning::File)
}

fn file_of(arguments: &Map<String, Value>) -> Option<String> {
    let one = |names: &[&str]| {
        let mut found = names.iter().filter_map(|name| arguments.get(*name)?.as_str());
        found.next().filter(|_| found.next().is_none())
    };
    let (path, content) = (one(&PATHS)?, one(&CONTENTS)?);
    // Only these two: with a line or an old text in it, it is an edit.
    if arguments.len() != 2 {
        return None;
    }
    let path = SourcePath::parse(path.trim().trim_start_matches('/')).ok()?;
    Some(format!("<file path=\"{path}\">\n{}\n</file>\n", content.trim_matches('\n')))
}

fn of_json(mut call: Map<String, Value>) -> Option<Map<String, Value>> {
    call.get("name")?.as_str()?;
    match call.remove("arguments").or_else(|| call.remove("parameters"))? {
        Value::Object(arguments) => Some(arguments),
        // Some give them as a text of JSON.
        Value::String(text) => serde_json::from_str(&text).ok(),
        _ => None,
    }
}

/// `<function=write_file><parameter=path>…</parameter>…</function>`
fn of_tags(call: &str) -> Option<Map<String, Value>> {
    let inner = call.strip_prefix("<function=")?.split_once('>')?.1.trim_end().strip_suffix("</function>")?;
    let mut arguments = Map::new();
    let mut rest = inner.trim_start();
    while let Some(parameter) = rest.strip_prefix("<parameter=") {
        let (name, after) = parameter.split_once('>')?;
        // A content may hold the tag itself: the next parameter, or the end, tells where it ends.
        let end = after.find("</parameter>\n<parameter=").or_else(|| after.rfind("</parameter>"))?;
        arguments.insert(name.trim().to_owned(), Value::String(after[..end].trim_matches('\n').to_owned()));
        rest = after[end + "</parameter>".len()..].trim_start();
    }
    rest.is_empty().then_some(arguments)
}

#[cfg(test)]
mod tests {
    use super::ToolCalls;

    fn filtered(pieces: &[&str]) -> String {
        let mut calls = ToolCalls::new();
        let mut out: String = pieces.iter().map(|piece| calls.push(piece)).collect();
        out.push_str(&calls.finish());
        out
    }

    /// `text` gives `expected`, however it is cut in two and in single characters.
    fn check(text: &str, expected: &str) {
        for at in (0..=text.len()).filter(|at| text.is_char_boundary(*at)) {
            assert_eq!(filtered(&[&text[..at], &text[at..]]), expected, "{text:?} cut at {at}");
        }
        let singles: Vec<String> = text.chars().map(String::from).collect();
        let singles: Vec<&str> = singles.iter().map(String::as_str).collect();
        assert_eq!(filtered(&singles), expected, "{text:?} in characters");
    }

    const FILE: &str = "<file path=\"src/App.tsx\">\nexport default () => <p>é</p>;\n</file>\n";

    #[test]
    fn a_call_that_writes_a_file_is_a_file() {
        let json = r#"{"name": "write_file", "arguments": {"path": "src/App.tsx", "content": "export default () => <p>é</p>;\n"}}"#;
        check(&format!("Here.\n<tool_call>\n{json}\n</tool_call>\nDone."), &format!("Here.\n{FILE}\nDone."));
        let text = r#"{"name":"w","arguments":"{\"file_path\":\"/src/App.tsx\",\"contents\":\"export default () => <p>é</p>;\"}"}"#;
        check(&format!("<tool_call>{text}</tool_call>"), FILE);
        let tags = "<function=write_file>\n<parameter=path>\nsrc/App.tsx\n</parameter>\n<parameter=content>\nexport default () => <p>é</p>;\n</parameter>\n</function>";
        check(&format!("<tool_call>\n{tags}\n</tool_call>"), FILE);
    }

    #[test]
    fn a_content_may_hold_the_closer() {
        let json = r#"{"name":"w","arguments":{"path":"a.ts","content":"const a = '</tool_call>';"}}"#;
        check(&format!("<tool_call>{json}</tool_call>"), "<file path=\"a.ts\">\nconst a = '</tool_call>';\n</file>\n");
    }

    #[test]
    fn anything_else_stays_text() {
        for text in [
            "<tool_call>{\"name\": \"search\", \"arguments\": {\"query\": \"cafés\"}}</tool_call>\nSo.",
            "<tool_call>{\"name\":\"edit\",\"arguments\":{\"path\":\"a.ts\",\"content\":\"x\",\"line\":3}}</tool_call> b",
            "<tool_call>{\"name\":\"w\",\"arguments\":{\"path\":\"../a.ts\",\"content\":\"x\"}}</tool_call> b",
            "<tool_call>{\"name\":\"w\",\"arguments\":{\"path\":\"a.ts\",\"content\":\"cut off",
            "Models write `<tool_call>` and </tool_call> or <tool",
            "<file path=\"a.tsx\">\n<tool_call>{\"name\":\"w\",\"arguments\":{\"path\":\"b\",\"content\":\"x\"}}</tool_call>\n</file>\n",
        ] {
            check(text, text);
        }
    }
}
