//! Tells a model's reasoning from its reply where both come in one text.
//!
//! Four shapes occur: `<think>…</think>`, `<thinking>…</thinking>`, an opener that is never closed,
//! and a closer without an opener, because the model's template already wrote the opener into the
//! prompt. Reasoning that comes in a field of its own does not pass through here.

/// What was told apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Piece {
    Thinking(String),
    Text(String),
}

/// Which of its texts a model begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Start {
    /// The reply, unless an opener comes first.
    Reply,
    /// Reasoning without an opener, as from models that are known for it. It is shown as reasoning
    /// while it comes; should no closer ever follow, it was the reply and is given as such at the
    /// end.
    Reasoning,
}

impl Start {
    /// What a model of this name begins with.
    pub(crate) fn of(model: &str) -> Self {
        let model = model.to_lowercase();
        let known = ["deepseek-r1", "qwq", "thinking", "reasoner", "reasoning"];
        if known.iter().any(|name| model.contains(name)) { Self::Reasoning } else { Self::Reply }
    }
}

const OPENERS: [&str; 2] = ["<think>", "<thinking>"];
const CLOSERS: [&str; 2] = ["</think>", "</thinking>"];
/// Inside a file of our dialect every tag is code.
const FILE: [&str; 2] = ["<file ", "</file>"];
/// The most that is kept of a text that may turn out to be the reply, in bytes.
const MAX_KEPT: usize = 1024 * 1024;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Reply,
    Thinking,
    /// [`Start::Reasoning`], and no tag has come yet.
    Assumed,
}

/// A push splitter: any cutting of the same text gives the same pieces, once those of a kind that
/// touch are joined.
#[derive(Debug)]
pub(crate) struct Splitter {
    state: State,
    /// The end of what came, as it may be the beginning of a tag.
    held: String,
    /// What came in [`State::Assumed`].
    kept: String,
    line_start: bool,
    in_file: bool,
    skip_newlines: bool,
    out: Vec<Piece>,
}

impl Splitter {
    pub(crate) fn new(start: Start) -> Self {
        let state = if start == Start::Reasoning { State::Assumed } else { State::Reply };
        Self {
            state,
            held: String::new(),
            kept: String::new(),
            line_start: true,
            in_file: false,
            skip_newlines: false,
            out: Vec::new(),
        }
    }

    /// The reasoning comes in a field of its own, so the text is the reply from its first byte.
    pub(crate) fn separated(&mut self) {
        if self.state == State::Assumed && self.kept.is_empty() {
            self.state = State::Reply;
        }
    }

    /// Takes a part of the text.
    pub(crate) fn push(&mut self, text: &str) -> Vec<Piece> {
        let mut rest = std::mem::take(&mut self.held);
        rest.push_str(text);
        let mut rest = rest.as_str();
        while let Some(at) = rest.find('<') {
            self.give(&rest[..at]);
            rest = &rest[at..];
            if let Some(tag) = tags().find(|tag| rest.starts_with(tag)) {
                self.tag(tag);
                rest = &rest[tag.len()..];
            } else if tags().any(|tag| tag.starts_with(rest)) {
                rest.clone_into(&mut self.held);
                return std::mem::take(&mut self.out);
            } else {
                self.give("<");
                rest = &rest[1..];
            }
        }
        self.give(rest);
        std::mem::take(&mut self.out)
    }

    /// The text is over.
    pub(crate) fn finish(mut self) -> Vec<Piece> {
        let held = std::mem::take(&mut self.held);
        self.give(&held);
        if self.state == State::Assumed {
            self.state = State::Reply;
            let kept = std::mem::take(&mut self.kept);
            self.give(&kept);
        }
        self.out
    }

    fn tag(&mut self, tag: &'static str) {
        let opens = OPENERS.contains(&tag) && self.line_start && !self.in_file;
        let closes = CLOSERS.contains(&tag);
        match self.state {
            State::Reply | State::Assumed if opens => {
                self.state = State::Thinking;
                self.kept.clear();
            }
            State::Thinking | State::Assumed if closes => {
                self.state = State::Reply;
                self.kept.clear();
                self.line_start = true;
                self.skip_newlines = true;
            }
            // A closer that closes nothing: what came before it is out, the tag itself is noise.
            State::Reply if closes && !self.in_file => {}
            _ => {
                if self.state == State::Reply && FILE.contains(&tag) {
                    self.in_file = tag == FILE[0];
                }
                self.give(tag);
            }
        }
    }

    fn give(&mut self, text: &str) {
        let text = if self.skip_newlines { text.trim_start_matches(['\n', '\r']) } else { text };
        if text.is_empty() {
            return;
        }
        self.skip_newlines = false;
        let (line, begins) = match text.rsplit_once('\n') {
            Some((_, line)) => (line, true),
            None => (text, self.line_start),
        };
        self.line_start = begins && line.trim().is_empty();
        if self.state == State::Assumed && self.kept.len() < MAX_KEPT {
            self.kept.push_str(text);
        }
        match (self.state, self.out.last_mut()) {
            (State::Reply, Some(Piece::Text(last))) => last.push_str(text),
            (State::Thinking | State::Assumed, Some(Piece::Thinking(last))) => last.push_str(text),
            (State::Reply, _) => self.out.push(Piece::Text(text.to_owned())),
            (State::Thinking | State::Assumed, _) => self.out.push(Piece::Thinking(text.to_owned())),
        }
    }
}

fn tags() -> impl Iterator<Item = &'static str> {
    OPENERS.into_iter().chain(CLOSERS).chain(FILE)
}

#[cfg(test)]
mod tests {
    use super::{Piece, Splitter, Start};

    fn split(start: Start, pieces: &[&str]) -> (String, String) {
        let mut splitter = Splitter::new(start);
        let mut out: Vec<Piece> = pieces.iter().flat_map(|piece| splitter.push(piece)).collect();
        out.extend(splitter.finish());
        let mut told = (String::new(), String::new());
        for piece in out {
            match piece {
                Piece::Thinking(text) => told.0.push_str(&text),
                Piece::Text(text) => told.1.push_str(&text),
            }
        }
        told
    }

    /// The text gives `thinking` and `reply`, however it is cut in two and in single characters.
    fn check(start: Start, text: &str, thinking: &str, reply: &str) {
        let expected = (thinking.to_owned(), reply.to_owned());
        for at in (0..=text.len()).filter(|at| text.is_char_boundary(*at)) {
            assert_eq!(split(start, &[&text[..at], &text[at..]]), expected, "{text:?} cut at {at}");
        }
        let singles: Vec<String> = text.chars().map(String::from).collect();
        let singles: Vec<&str> = singles.iter().map(String::as_str).collect();
        assert_eq!(split(start, &singles), expected, "{text:?} in characters");
    }

    #[test]
    fn separates_both_tags() {
        check(Start::Reply, "<think>Hm, é.</think>\n\nHere.", "Hm, é.", "Here.");
        check(Start::Reply, "  <thinking>a < b</thinking>Here.", "a < b", "  Here.");
        check(Start::Reply, "One.\n<think>two</think>\nThree.", "two", "One.\nThree.");
    }

    #[test]
    fn an_opener_never_closed_stays_reasoning() {
        check(Start::Reply, "<think>on and on <file path=", "on and on <file path=", "");
    }

    #[test]
    fn a_lone_closer_ends_reasoning_where_it_is_expected() {
        check(Start::Reasoning, "I should.\n</think>\nHere.", "I should.\n", "Here.");
        check(Start::Reasoning, "<think>I should.</think>Here.", "I should.", "Here.");
        check(Start::Reply, "Hm.\n</think>\nHere.", "", "Hm.\n\nHere.");
    }

    #[test]
    fn a_reply_taken_for_reasoning_is_given_after_all() {
        check(Start::Reasoning, "Just <b>this", "Just <b>this", "Just <b>this");
    }

    #[test]
    fn leaves_code_alone() {
        let code = "<file path=\"src/App.tsx\">\n<think>\n</think>\nconst a = b <c</file>";
        check(Start::Reply, code, "", code);
        check(Start::Reply, "Use `<think>` or <thin air", "", "Use `<think>` or <thin air");
    }

    #[test]
    fn a_separate_field_settles_it() {
        let mut splitter = Splitter::new(Start::of("deepseek-r1:8b"));
        splitter.separated();
        assert_eq!(splitter.push("Here."), [Piece::Text("Here.".to_owned())]);
        assert_eq!(Start::of("qwen2.5-coder:1.5b"), Start::Reply);
    }
}
