//! Joining a continuation to a reply that broke off.
//!
//! A model that is asked to go on where a text stops does one of these: it goes on with the very
//! next character; it repeats some of the last lines first; it says so in prose, opens a fence or
//! the file's tag, and then does either; or it begins the file anew. [`Stitcher`] tells them apart
//! at the beginning of the continuation and then lets the rest pass.
//!
//! Pure and push-driven: any split of the continuation gives the same text. What is held back is
//! bounded by [`MAX_TAIL`] and [`MAX_HEAD`].

use super::parse::{Inside, opener_of};

/// How much of the reply's end is compared with the continuation's beginning, in bytes.
pub(super) const MAX_TAIL: usize = 16 * 1024;
/// The longest line, in bytes, that may be prose, a fence or a tag.
const MAX_HEAD: usize = 512;
/// More line ends in a row than these say nothing and are left out.
const MAX_BLANK: usize = 64;
/// Shorter repetitions are taken for chance: `}` and a line end follow each other in all code.
const TELLING_BYTES: usize = 8;
const TELLING_LETTERS: usize = 4;
/// How prose before a continuation begins.
const PROSE: [&str; 24] = [
    "sure",
    "certainly",
    "of course",
    "absolutely",
    "okay",
    "ok,",
    "ok.",
    "ok!",
    "here is",
    "here's",
    "here’s",
    "here are",
    "below is",
    "continu",
    "the rest",
    "the remaining",
    "this is the",
    "let me",
    "i'll",
    "i will",
    "i'm sorry",
    "sorry",
    "apolog",
    "understood",
];

/// How a continuation goes with the reply before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Joint {
    /// It goes on from the last character.
    Joined,
    /// It begins the open file anew: what there was of it is void.
    Anew,
    /// It leaves the open file as it is and goes on with something else.
    Elsewhere,
}

/// A reply's end, and what of a continuation has come.
#[derive(Debug)]
pub(super) struct Stitcher {
    tail: String,
    inside: Inside,
    /// The path of the open file, and its first line.
    open: Option<(String, String)>,
    held: String,
    joint: Option<Joint>,
    /// Whether a fence was opened around the continuation, whose end is to be left out.
    fenced: bool,
    mid_line: bool,
    /// The line ends that came last, in a row.
    blank: usize,
}

/// A decision, and from where on the continuation counts.
struct Decision {
    joint: Joint,
    from: usize,
    fenced: bool,
}

impl Stitcher {
    /// For a reply that ends with `tail`, while `open` was being written: its path and text so far.
    pub(super) fn new(tail: &str, inside: Inside, open: Option<(&str, &str)>) -> Self {
        let from = tail.len().saturating_sub(MAX_TAIL);
        let from = (from..=tail.len()).find(|at| tail.is_char_boundary(*at)).unwrap_or(tail.len());
        let first_line = |text: &str| {
            let line = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
            if line.len() > MAX_HEAD { String::new() } else { line.to_owned() }
        };
        Self {
            tail: tail[from..].to_owned(),
            inside,
            open: open.map(|(path, text)| (path.to_owned(), first_line(text))),
            held: String::new(),
            joint: None,
            fenced: false,
            mid_line: true,
            blank: 0,
        }
    }

    /// How it joins, once that is known.
    pub(super) fn joint(&self) -> Option<Joint> {
        self.joint
    }

    /// Takes a piece of the continuation and gives what of it is to be parsed now. With
    /// [`Joint::Anew`] that begins with the file's tag.
    pub(super) fn push(&mut self, piece: &str) -> String {
        for c in piece.chars().filter(|c| *c != '\r') {
            self.blank = if c == '\n' { self.blank + 1 } else { 0 };
            if self.blank <= MAX_BLANK {
                self.held.push(c);
            }
        }
        self.give(false)
    }

    /// The continuation is over: what was held back.
    pub(super) fn finish(&mut self) -> String {
        self.give(true)
    }

    fn give(&mut self, over: bool) -> String {
        if self.joint.is_none() {
            let Some(decision) = self.decide(over) else { return String::new() };
            self.joint = Some(decision.joint);
            self.held.drain(..decision.from);
            // In a file that is a fence itself, the fence's end is the file's.
            self.fenced = decision.fenced && self.inside == Inside::Tag && decision.joint == Joint::Joined;
            self.mid_line = !self.fenced;
            if decision.joint == Joint::Anew
                && let Some((path, _)) = &self.open
            {
                let fence = if decision.fenced { "```\n" } else { "" };
                self.held.insert_str(0, &format!("<file path=\"{path}\">\n{fence}"));
            }
        }
        self.pass(over)
    }

    /// Lets through what is held, but for the end of the fence around it.
    fn pass(&mut self, over: bool) -> String {
        let mut out = String::new();
        while self.fenced && !self.held.is_empty() {
            let Some(end) = self.held.find('\n') else {
                let may_close = !self.mid_line && self.held.trim_start().chars().all(|c| c == '`');
                if may_close && !over {
                    return out;
                }
                if !may_close {
                    self.mid_line = true;
                    out.push_str(&std::mem::take(&mut self.held));
                }
                self.held.clear();
                return out;
            };
            let line: String = self.held.drain(..=end).collect();
            if !self.mid_line && line.trim() == "```" {
                self.fenced = false;
            } else {
                out.push_str(&line);
            }
            self.mid_line = false;
        }
        out.push_str(&std::mem::take(&mut self.held));
        out
    }

    /// How it joins; none while more must come to tell. What more comes never changes a decision.
    fn decide(&self, over: bool) -> Option<Decision> {
        let (mut fenced, mut tagged, mut skipped) = (false, false, false);
        let mut at = 0;
        loop {
            let rest = self.held[at..].trim_start_matches('\n');
            at = self.held.len() - rest.len();
            if rest.is_empty() {
                // Nothing came: nothing joins, and nothing is lost.
                return over.then_some(Decision { joint: Joint::Joined, from: at, fenced });
            }
            let line = rest.split_once('\n').map(|(line, _)| line);
            let first = line.unwrap_or(rest);
            let long = first.len() > MAX_HEAD;
            let whole = line.is_some() || over || long;
            // Between files a tag or a fence is the next file's.
            if self.inside != Inside::Nothing && !tagged {
                let word = first.trim_start();
                if at > MAX_TAIL {
                    return Some(Decision { joint: Joint::Joined, from: at, fenced });
                }
                if !whole && (word.is_empty() || "```".starts_with(word) || word.starts_with("```")) {
                    return None;
                }
                if word.starts_with("```") && !fenced && !long {
                    (fenced, skipped) = (true, true);
                    at += first.len();
                    continue;
                }
                let tag = "<file".starts_with(word.get(..5).unwrap_or(word));
                if !whole && tag {
                    return None;
                }
                let opener = opener_of(first).filter(|(range, _)| tag && first[..range.start].trim().is_empty());
                if let Some((range, path)) = opener {
                    if self.open.as_ref().is_none_or(|(open, _)| *open != path) {
                        return Some(Decision { joint: Joint::Elsewhere, from: at + range.start, fenced: false });
                    }
                    (tagged, skipped) = (true, true);
                    at += range.end;
                    continue;
                }
                if !fenced && !long && may_be_prose(word) {
                    if !whole {
                        return None;
                    }
                    if is_prose(word) {
                        skipped = true;
                        at += first.len();
                        continue;
                    }
                }
            }
            let overlap = self.overlap(rest, over, tagged)?;
            if overlap > 0 {
                return Some(Decision { joint: Joint::Joined, from: at + overlap, fenced });
            }
            let Some((_, beginning)) = &self.open else {
                return Some(Decision { joint: Joint::Joined, from: 0, fenced: false });
            };
            if !tagged {
                if !whole && beginning.starts_with(first) {
                    return None;
                }
                if first != beginning || beginning.len() < TELLING_BYTES {
                    let from = if skipped { at } else { 0 };
                    return Some(Decision { joint: Joint::Joined, from, fenced });
                }
            }
            return Some(Decision { joint: Joint::Anew, from: at, fenced });
        }
    }

    /// How many bytes of `rest` repeat the end of the reply; none while more must come to tell. Behind
    /// the file's tag less than two lines are chance: files begin alike.
    fn overlap(&self, rest: &str, over: bool, tagged: bool) -> Option<usize> {
        let is_telling = |end: &str| is_telling(end) && (!tagged || end.trim().contains('\n'));
        for (at, _) in self.tail.char_indices() {
            let end = &self.tail[at..];
            if end.len() < TELLING_BYTES {
                break;
            }
            if rest.len() < end.len() {
                if !over && end.starts_with(rest) && is_telling(end) {
                    return None;
                }
            } else if rest.starts_with(end) && is_telling(end) {
                return Some(end.len());
            }
        }
        Some(0)
    }
}

fn is_telling(text: &str) -> bool {
    text.len() >= TELLING_BYTES && text.chars().filter(|c| c.is_alphanumeric()).nth(TELLING_LETTERS - 1).is_some()
}

/// Whether a line that begins so may be prose; more letters never make it so.
fn may_be_prose(line: &str) -> bool {
    let lower = line.to_lowercase();
    PROSE.iter().any(|opening| lower.starts_with(opening) || opening.starts_with(&lower))
}

/// Whether a whole line is a model's word about its answer, and not code or text of the app.
fn is_prose(line: &str) -> bool {
    let lower = line.to_lowercase();
    let quoted = line.split('`').step_by(2);
    PROSE.iter().any(|opening| lower.starts_with(opening))
        && line.trim_end().ends_with([':', '.', '!', '…'])
        && quoted.flat_map(str::chars).all(|c| !matches!(c, '{' | '}' | '<' | '>' | ';' | '='))
}

#[cfg(test)]
#[path = "stitch_tests.rs"]
mod tests;
