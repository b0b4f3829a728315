//! A model's reply into files, while it arrives.
//!
//! One dialect is taught, `<file path="…">…</file>`; every other in which models are known to
//! answer is accepted: fences with a path in the info string, on the line before or as the first
//! line, `=== FILE: … ===` markers, one unnamed component fence, a whole HTML page.
//!
//! Pure and push-driven: any split of the reply gives the same files, and texts that join to the
//! same, as long as no line is longer than [`MAX_HELD`]. Memory is bounded: what is held back is at most one line of [`MAX_HELD`] bytes; text goes
//! out as soon as it cannot be part of a delimiter. A file is closed only by its closer, by the next
//! opener, or by the end of a complete reply; [`Parser::finish`] says whether it was complete.

mod delimiter;
mod inside;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use crate::{
    diagnostic::Diagnostic,
    source::{MAX_FILE_BYTES, MAX_FILES, MAX_TREE_BYTES, SourcePath},
};
use delimiter::{Opener, fence_of, opener_in, path_in_info, path_on_line};

/// The most bytes held back while it is not clear what a line is.
pub const MAX_HELD: usize = 4096;

/// What a piece of a reply turned out to be.
#[derive(Debug, Clone, PartialEq)]
pub enum ParseEvent {
    /// Words outside any file.
    Text(String),
    /// A file begins; its chunks follow. A path seen before begins anew.
    Open(SourcePath),
    /// A part of the open file.
    Chunk(String),
    /// The open file is whole.
    Close,
    /// The reply ended inside the open file, or the file went past a limit.
    Cut,
    /// Something about the reply that a person should know.
    Problem(Diagnostic),
}

#[derive(Debug, Clone, PartialEq)]
enum Mode {
    /// Between files.
    Outside,
    /// Inside `<file …>`; `escaped` when its tags came as `&lt;…&gt;`.
    Tag { escaped: bool },
    /// Inside a fence that is a file.
    Fence { mark: char, length: usize },
    /// Behind a `=== FILE: … ===` line.
    Marker,
    /// Inside a page that began with `<!doctype html>` or `<html>`.
    Page,
    /// Inside a fence that is no file.
    Sample { mark: char, length: usize },
}

/// The parser. See the module's documentation.
#[derive(Debug)]
pub struct Parser {
    mode: Mode,
    /// Not yet understood; never more than one line and a piece.
    held: String,
    /// The line that is being told as text, for the path that may stand before a fence.
    line: String,
    /// The last line of text that was not blank.
    line_before: String,
    /// Whether the front of the line at which `held` begins was told already.
    mid_line: bool,
    /// Whether nothing of the open file was told yet.
    at_start: bool,
    /// The fence that stands inside the open tag or behind the open marker.
    inner_fence: Option<(char, usize)>,
    /// Whether the inner fence was closed, so that what follows is no code.
    inner_closed: bool,
    /// The open file; none when its path was refused.
    open: Option<SourcePath>,
    file_bytes: usize,
    total_bytes: usize,
    seen: BTreeSet<SourcePath>,
    begun: bool,
}

/// Where the end of what a parser has taken lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Inside {
    /// Between files.
    Nothing,
    /// In a file that a tag, a marker or a page began.
    Tag,
    /// In a file that is a fence, so that the fence's end is the file's.
    Fence,
}

/// The first `<file path="…">` of a line: where it stands, and its path.
pub(super) fn opener_of(line: &str) -> Option<(std::ops::Range<usize>, String)> {
    let (range, opener) = opener_in(line)?;
    Some((range, delimiter::without_root(&opener.path).to_owned()))
}

impl Default for Parser {
    fn default() -> Self {
        Self::new()
    }
}

impl Parser {
    /// A parser at the start of a reply.
    #[must_use]
    pub fn new() -> Self {
        Self {
            mode: Mode::Outside,
            held: String::new(),
            line: String::new(),
            line_before: String::new(),
            mid_line: false,
            at_start: false,
            inner_fence: None,
            inner_closed: false,
            open: None,
            file_bytes: 0,
            total_bytes: 0,
            seen: BTreeSet::new(),
            begun: false,
        }
    }

    /// Takes the next piece of the reply.
    pub fn push(&mut self, piece: &str) -> Vec<ParseEvent> {
        let piece = if self.begun { piece } else { piece.strip_prefix('\u{feff}').unwrap_or(piece) };
        self.begun |= !piece.is_empty();
        // A `\r` is dropped: before `\n` it is half of a line end, and alone it means nothing in code.
        self.held.extend(piece.chars().filter(|&c| c != '\r'));
        let mut events = Vec::new();
        while self.step(&mut events) {}
        join(events)
    }

    /// Where the end of what was taken lies.
    pub(super) fn inside(&self) -> Inside {
        match self.mode {
            Mode::Outside | Mode::Sample { .. } => Inside::Nothing,
            Mode::Fence { .. } => Inside::Fence,
            Mode::Tag { .. } | Mode::Marker | Mode::Page => Inside::Tag,
        }
    }

    /// Forgets the open file, as it will be begun anew, and is between files again.
    pub(super) fn abandon(&mut self) {
        if let Some(path) = self.open.take() {
            self.seen.remove(&path);
        }
        self.held.clear();
        self.leave(true, &mut Vec::new());
    }

    /// Ends the reply. `complete` when the model said that it was done.
    pub fn finish(mut self, complete: bool) -> Vec<ParseEvent> {
        let mut events = Vec::new();
        // A last line without its end is a line all the same, unless the reply broke off.
        if complete && !self.held.is_empty() {
            self.held.push('\n');
            while self.step(&mut events) {}
        }
        let rest = std::mem::take(&mut self.held);
        if self.mode == Mode::Outside {
            self.text(rest, &mut events);
        } else if !matches!(self.mode, Mode::Sample { .. }) {
            self.code(&rest, &mut events);
        }
        if self.mode != Mode::Outside {
            let whole = complete && self.ends_by_itself();
            self.leave(whole, &mut events);
        }
        join(events)
    }

    /// Whether the open file may end with the reply.
    fn ends_by_itself(&self) -> bool {
        self.inner_fence.is_none() || self.inner_closed || self.mode != Mode::Marker
    }

    /// Understands one more piece of `held`. Returns whether it did.
    fn step(&mut self, events: &mut Vec<ParseEvent>) -> bool {
        match self.mode.clone() {
            Mode::Outside => self.outside(events),
            Mode::Tag { escaped } => self.tag(escaped, events),
            Mode::Fence { mark, length } => self.fence(mark, length, events),
            Mode::Marker => self.marker(events),
            Mode::Page => self.page(events),
            Mode::Sample { mark, length } => self.sample(mark, length, events),
        }
    }

    fn outside(&mut self, events: &mut Vec<ParseEvent>) -> bool {
        if self.held.is_empty() {
            return false;
        }
        let end = self.held.find('\n');
        let line = &self.held[..end.unwrap_or(self.held.len())];
        if let Some((range, opener)) = opener_in(line) {
            let before = self.held[..range.start].to_owned();
            self.held.drain(..range.end);
            self.text(before, events);
            self.enter(opener, events);
            return true;
        }
        let Some(end) = end else { return self.text_so_far(events) };
        let line: String = self.held.drain(..=end).collect();
        if !self.line.is_empty() {
            // The front of this line was told as text already: it is no fence and no marker.
            self.text(line, events);
            return true;
        }
        if let Some(fence) = fence_of(&line) {
            self.open_fence(fence.mark, fence.length, fence.info, events);
        } else if let Some(path) = delimiter::marker_path(&line) {
            self.mode = Mode::Marker;
            self.open_file(&path, events);
        } else if delimiter::starts_page(&line) {
            self.mode = Mode::Page;
            self.open_file("index.html", events);
            self.held.insert_str(0, &line);
        } else if !delimiter::is_stray_closer(&line) {
            self.text(line, events);
        }
        true
    }

    /// Tells as much of an unfinished line as cannot be part of a delimiter.
    fn text_so_far(&mut self, events: &mut Vec<ParseEvent>) -> bool {
        if self.held.len() > MAX_HELD {
            let all = std::mem::take(&mut self.held);
            self.text(all, events);
            return true;
        }
        let word = self.held.trim_start().starts_with(|c: char| c.is_alphanumeric());
        if (self.line.is_empty() && !word) || self.held.contains(['<', '&']) {
            return false;
        }
        match self.held.rfind(' ') {
            Some(space) if space > 0 => {
                let part: String = self.held.drain(..space).collect();
                self.text(part, events);
                true
            }
            _ => false,
        }
    }

    fn enter(&mut self, opener: Opener, events: &mut Vec<ParseEvent>) {
        self.mode = Mode::Tag { escaped: opener.escaped };
        self.open_file(&opener.path, events);
    }

    fn open_fence(&mut self, mark: char, length: usize, info: &str, events: &mut Vec<ParseEvent>) {
        let named = path_in_info(info).or_else(|| path_on_line(&self.line_before));
        if let Some(path) = named {
            self.mode = Mode::Fence { mark, length };
            self.open_file(&path, events);
            return;
        }
        // The path may be the first line inside; that is seen when the line is there.
        if delimiter::is_code_fence(info) {
            self.mode = Mode::Fence { mark, length };
            self.open = None;
            self.at_start = true;
            self.line_before = info.to_owned();
        } else {
            self.mode = Mode::Sample { mark, length };
            let line = format!("{}{info}\n", String::from(mark).repeat(length));
            self.text(line, events);
        }
    }

    /// Takes `bytes` off the front of what is held.
    fn take(&mut self, bytes: usize) -> String {
        let taken: String = self.held.drain(..bytes).collect();
        if let Some(last) = taken.chars().next_back() {
            self.mid_line = last != '\n';
        }
        taken
    }

    fn sample(&mut self, mark: char, length: usize, events: &mut Vec<ParseEvent>) -> bool {
        let end = match self.held.find('\n') {
            Some(end) => end,
            None if self.held.len() > MAX_HELD => self.held.len() - 1,
            None => return false,
        };
        let line: String = self.held.drain(..=end).collect();
        if fence_of(&line).is_some_and(|f| f.closes(mark, length)) {
            self.mode = Mode::Outside;
        }
        self.text(line, events);
        true
    }

    fn text(&mut self, text: String, events: &mut Vec<ParseEvent>) {
        if text.is_empty() {
            return;
        }
        if let Some((_, last)) = text.rsplit_once('\n') {
            self.line.push_str(&text[..text.len() - last.len()]);
            if let Some(line) = self.line.lines().rfind(|line| !line.trim().is_empty()) {
                self.line_before = line.chars().take(300).collect();
            }
            self.line = last.to_owned();
        } else {
            self.line.push_str(&text);
        }
        events.push(ParseEvent::Text(text));
    }

    fn open_file(&mut self, path: &str, events: &mut Vec<ParseEvent>) {
        self.at_start = true;
        self.inner_fence = None;
        self.inner_closed = false;
        self.file_bytes = 0;
        self.mid_line = false;
        self.line.clear();
        self.line_before.clear();
        self.open = match SourcePath::parse(delimiter::without_root(path)) {
            Ok(path) if !self.seen.contains(&path) && self.seen.len() >= MAX_FILES => {
                let message = format!("`{path}` was left out: an app has at most {MAX_FILES} files");
                events.push(ParseEvent::Problem(Diagnostic::error("too-many-files", message)));
                None
            }
            Ok(path) => {
                if !self.seen.insert(path.clone()) {
                    let message = format!("`{path}` was written twice; the later one counts");
                    events.push(ParseEvent::Problem(
                        Diagnostic::notice("duplicate-file", message).with_file(path.clone()),
                    ));
                }
                events.push(ParseEvent::Open(path.clone()));
                Some(path)
            }
            Err(invalid) => {
                events.push(ParseEvent::Problem(Diagnostic::warning("invalid-path", invalid.to_string())));
                None
            }
        };
    }

    fn code(&mut self, code: &str, events: &mut Vec<ParseEvent>) {
        if code.is_empty() {
            return;
        }
        self.at_start = false;
        let Some(path) = &self.open else { return };
        self.file_bytes += code.len();
        self.total_bytes += code.len();
        let limit = if self.file_bytes > MAX_FILE_BYTES {
            format!("`{path}` grew past {} KiB and was cut off", MAX_FILE_BYTES / 1024)
        } else if self.total_bytes > MAX_TREE_BYTES {
            format!("the reply grew past {} MiB and was cut off in `{path}`", MAX_TREE_BYTES / 1024 / 1024)
        } else {
            events.push(ParseEvent::Chunk(code.to_owned()));
            return;
        };
        events.push(ParseEvent::Problem(Diagnostic::error("too-large", limit).with_file(path.clone())));
        events.push(ParseEvent::Cut);
        self.open = None;
    }

    fn leave(&mut self, whole: bool, events: &mut Vec<ParseEvent>) {
        self.mode = Mode::Outside;
        self.at_start = false;
        self.inner_fence = None;
        self.inner_closed = false;
        self.line.clear();
        self.line_before.clear();
        let Some(path) = self.open.take() else { return };
        if whole {
            events.push(ParseEvent::Close);
            return;
        }
        let message = format!("The reply ended inside `{path}`");
        events.push(ParseEvent::Problem(Diagnostic::warning("cut-off", message).with_file(path)));
        events.push(ParseEvent::Cut);
    }
}

fn join(events: Vec<ParseEvent>) -> Vec<ParseEvent> {
    let mut joined: Vec<ParseEvent> = Vec::with_capacity(events.len());
    for event in events {
        match (joined.last_mut(), &event) {
            (Some(ParseEvent::Text(text)), ParseEvent::Text(more))
            | (Some(ParseEvent::Chunk(text)), ParseEvent::Chunk(more)) => text.push_str(more),
            _ => joined.push(event),
        }
    }
    joined
}
