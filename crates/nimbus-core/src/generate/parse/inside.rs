//! Inside a file: where its code begins, how much of it may be told, and where it ends.

use super::{
    MAX_HELD, Mode, ParseEvent, Parser,
    delimiter::{self, closer_in, fence_of, may_end_as_closer, opener_in, path_on_line},
};

impl Parser {
    pub(super) fn tag(&mut self, escaped: bool, events: &mut Vec<ParseEvent>) -> bool {
        if self.first_lines() {
            return true;
        }
        if self.at_start && self.undecided_start() {
            return false;
        }
        let closer = closer_in(&self.held, escaped);
        // The next opener on a line of its own ends a file whose closer was forgotten.
        let opener = line_opener(&self.held, self.mid_line, Some(escaped));
        if let Some(start) = opener.filter(|&start| closer.as_ref().is_none_or(|closer| start < closer.start)) {
            let fresh = !self.mid_line;
            let rest = self.take(start);
            self.inner(&rest, fresh, true, escaped, events);
            self.leave(true, events);
            return true;
        }
        if let Some(range) = closer {
            let fresh = !self.mid_line;
            let rest = self.take(range.end);
            self.inner(&rest[..range.start], fresh, true, escaped, events);
            self.leave(true, events);
            return true;
        }
        let keep = may_end_as_closer(&self.held, escaped);
        let ready = self.inner_boundary(self.held.len() - keep);
        if ready == 0 {
            return false;
        }
        let fresh = !self.mid_line;
        let rest = self.take(ready);
        self.inner(&rest, fresh, false, escaped, events);
        true
    }

    /// Drops the line end behind an opener and a fence that stands directly inside it.
    fn first_lines(&mut self) -> bool {
        if !self.at_start {
            return false;
        }
        if self.held.starts_with('\n') {
            self.held.drain(..1);
            return true;
        }
        let Some(end) = self.held.find('\n') else { return false };
        if let Some(fence) = fence_of(&self.held[..end]).filter(|_| self.inner_fence.is_none()) {
            self.inner_fence = Some((fence.mark, fence.length));
            self.held.drain(..=end);
            return true;
        }
        self.at_start = false;
        true
    }

    /// Whether the first line could still be a fence or blank.
    fn undecided_start(&self) -> bool {
        let line = self.held.trim_start();
        !self.held.contains('\n') && (line.is_empty() || line.starts_with(['`', '~'])) && self.held.len() < MAX_HELD
    }

    /// How much of `held[..ready]` may be told when a fence may close inside: only up to the start
    /// of a line that looks like one.
    fn inner_boundary(&self, ready: usize) -> usize {
        let Some((mark, _)) = self.inner_fence else { return ready };
        let line = self.held[..ready].rfind('\n').map_or(0, |end| end + 1);
        if line == 0 && self.mid_line {
            return ready;
        }
        let rest = self.held[line..].trim_start();
        if rest.is_empty() || rest.starts_with(mark) { line } else { ready }
    }

    /// Tells code from inside a tag or behind a marker, up to the fence's end when one is open. `fresh`
    /// when it begins with a line, `whole` when it ends with one.
    fn inner(&mut self, code: &str, mut fresh: bool, whole: bool, escaped: bool, events: &mut Vec<ParseEvent>) {
        let code = if escaped { delimiter::unescape(code) } else { code.to_owned() };
        let Some((mark, length)) = self.inner_fence else { return self.code(&code, events) };
        if self.inner_closed {
            return;
        }
        for line in code.split_inclusive('\n') {
            let ended = line.ends_with('\n') || whole;
            if fresh && ended && fence_of(line).is_some_and(|f| f.closes(mark, length)) {
                self.inner_closed = true;
                return;
            }
            self.code(line, events);
            fresh = true;
        }
    }

    pub(super) fn fence(&mut self, mark: char, length: usize, events: &mut Vec<ParseEvent>) -> bool {
        if self.at_start {
            return self.fence_start(mark, length, events);
        }
        if self.held.is_empty() {
            return false;
        }
        let Some(end) = self.held.find('\n') else {
            let line = self.held.trim_start();
            // Only the front of a line can be the closing fence.
            if !self.mid_line && (line.is_empty() || line.starts_with(mark)) {
                return false;
            }
            let all = self.take(self.held.len());
            self.code(&all, events);
            return true;
        };
        let fresh = !self.mid_line;
        let line = self.take(end + 1);
        if fresh && fence_of(&line).is_some_and(|f| f.closes(mark, length)) {
            self.leave(true, events);
        } else {
            self.code(&line, events);
        }
        true
    }

    /// The first line inside a fence: perhaps the file's path.
    fn fence_start(&mut self, mark: char, length: usize, events: &mut Vec<ParseEvent>) -> bool {
        let Some(end) = self.held.find('\n') else {
            if self.held.len() <= MAX_HELD {
                return false;
            }
            self.held.insert(self.held.len(), '\n');
            return true;
        };
        self.at_start = false;
        self.line.clear();
        if self.open.is_some() {
            // Named by the fence itself; a first line that repeats the name says nothing.
            let repeats = path_on_line(&self.held[..end]).is_some_and(|path| {
                self.open.as_ref().is_some_and(|open| open.as_str().ends_with(path.trim_start_matches("./")))
            });
            if repeats && delimiter::is_comment(&self.held[..end]) {
                self.held.drain(..=end);
            }
            return true;
        }
        let info = std::mem::take(&mut self.line_before);
        if let Some(path) = path_on_line(&self.held[..end]) {
            self.held.drain(..=end);
            self.open_file(&path, events);
            self.at_start = false;
        } else if let Some(path) = self.unnamed(&info) {
            self.open_file(path, events);
            self.at_start = false;
        } else {
            self.mode = Mode::Sample { mark, length };
            self.text(format!("{}{info}\n", String::from(mark).repeat(length)), events);
        }
        true
    }

    /// What an unnamed fence is: the app itself when it is the first file, else an example.
    fn unnamed(&self, info: &str) -> Option<&'static str> {
        if !self.seen.is_empty() {
            return None;
        }
        delimiter::unnamed_path(info, &self.held)
    }

    pub(super) fn marker(&mut self, events: &mut Vec<ParseEvent>) -> bool {
        if self.first_lines() {
            return true;
        }
        if self.held.is_empty() || (self.at_start && self.undecided_start()) {
            return false;
        }
        let Some(end) = self.held.find('\n') else {
            let line = self.held.trim_start();
            let fence = self.inner_fence.is_some_and(|(mark, _)| line.starts_with(mark));
            let plain = !(line.is_empty() || line.starts_with(['=', '-', '<', '#', '*']) || fence);
            if !self.mid_line && !plain {
                return false;
            }
            let fresh = !self.mid_line;
            let all = self.take(self.held.len());
            self.at_start = false;
            self.inner(&all, fresh, false, false, events);
            return true;
        };
        self.at_start = false;
        let fresh = !self.mid_line;
        let line = &self.held[..=end];
        if fresh && (delimiter::marker_path(line).is_some() || line_opener(line, false, None).is_some()) {
            self.leave(true, events);
            return true;
        }
        let ends = fresh && delimiter::ends_marker(line);
        let line = self.take(end + 1);
        if ends {
            self.leave(true, events);
        } else {
            self.inner(&line, fresh, false, false, events);
        }
        if self.inner_closed {
            self.leave(true, events);
        }
        true
    }

    pub(super) fn page(&mut self, events: &mut Vec<ParseEvent>) -> bool {
        let lower = self.held.to_ascii_lowercase();
        if let Some(start) = lower.find("</html>") {
            let rest: String = self.held.drain(..start + "</html>".len()).collect();
            self.code(&rest, events);
            self.leave(true, events);
            return true;
        }
        let keep = (1.."</html>".len()).rev().find(|&n| lower.ends_with(&"</html>"[..n])).unwrap_or(0);
        if self.held.len() == keep {
            return false;
        }
        let rest: String = self.held.drain(..self.held.len() - keep).collect();
        self.code(&rest, events);
        true
    }
}

/// Where a line of `held` begins that is an opener, in the spelling of the open file where that is
/// known; its first line is none when `mid_line`.
fn line_opener(held: &str, mid_line: bool, escaped: Option<bool>) -> Option<usize> {
    let mut start = 0;
    for line in held.split_inclusive('\n') {
        let opens = opener_in(line).is_some_and(|(range, opener)| {
            escaped.is_none_or(|escaped| opener.escaped == escaped) && line[..range.start].trim().is_empty()
        });
        if opens && (start > 0 || !mid_line) {
            return Some(start);
        }
        start += line.len();
    }
    None
}
