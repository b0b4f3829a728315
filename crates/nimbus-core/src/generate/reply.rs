//! What has come of a reply: parsed, told, and gathered into the draft.

use super::{
    Draft, Failure,
    journal::{Journal, JournalBroken},
    parse::{Inside, ParseEvent, Parser},
    resume::{self, MAX_RESENT},
    stitch::{Joint, Stitcher},
};
use crate::{
    diagnostic::Diagnostic,
    events::{Event, FileState},
    model::{FinishReason, ModelRef},
    source::SourcePath,
};

/// The size at which an app of unknown size is thought to be two thirds written, in bytes.
const TYPICAL_BYTES: f64 = 4_000.0;
/// Where writing begins and ends on the way from 0 to 1.
pub(super) const WRITING: (f64, f64) = (0.05, 0.92);

/// A continuation that has begun.
struct Resumed {
    stitcher: Stitcher,
    from: ModelRef,
    happened: String,
    /// Whether anything came that was not there before.
    grew: bool,
    told: bool,
}

/// One reply, with its continuations.
pub(super) struct Reply<'a> {
    pub draft: &'a mut Draft,
    journal: &'a Journal,
    parser: Parser,
    /// The end of what the model said, for a continuation.
    said: String,
    written: usize,
    open: Option<(SourcePath, String)>,
    closed: usize,
    /// Whether words outside any file came after the last one.
    spoke_after: bool,
    /// A file that a continuation left incomplete.
    left_behind: Option<SourcePath>,
    begun: bool,
    resumed: Option<Resumed>,
}

impl<'a> Reply<'a> {
    pub(super) fn new(draft: &'a mut Draft, journal: &'a Journal) -> Self {
        Self {
            draft,
            journal,
            parser: Parser::new(),
            said: String::new(),
            written: 0,
            open: None,
            closed: 0,
            spoke_after: false,
            left_behind: None,
            begun: false,
            resumed: None,
        }
    }

    /// Whether text comes for the first time, which it then has.
    pub(super) fn begins(&mut self) -> bool {
        !std::mem::replace(&mut self.begun, true)
    }

    pub(super) fn has_begun(&self) -> bool {
        self.begun
    }

    /// Whether it stops inside a file, or behind one without a word after it, where more may follow.
    pub(super) fn may_lack_files(&self) -> bool {
        self.is_inside() || (self.closed > 0 && !self.spoke_after)
    }

    fn is_inside(&self) -> bool {
        self.parser.inside() != Inside::Nothing
    }

    /// Whether a continuation brought nothing, so that an open file is as incomplete as before.
    pub(super) fn is_unchanged(&self) -> bool {
        self.is_inside() && self.resumed.as_ref().is_some_and(|resumed| !resumed.grew)
    }

    pub(super) fn said(&self) -> &str {
        &self.said
    }

    pub(super) fn open_path(&self) -> Option<String> {
        self.open.as_ref().map(|(path, _)| path.to_string())
    }

    /// Takes a part of the model's words.
    pub(super) async fn hear(&mut self, text: &str) -> Result<(), JournalBroken> {
        let Some(resumed) = &mut self.resumed else { return self.parse(text).await };
        let text = resumed.stitcher.push(text);
        self.joined(&text).await
    }

    /// The stream is over; another may follow.
    pub(super) async fn end_of_stream(&mut self) -> Result<(), JournalBroken> {
        let Some(resumed) = &mut self.resumed else { return Ok(()) };
        let text = resumed.stitcher.finish();
        self.joined(&text).await
    }

    /// What comes next continues what is there, by `from` or by another model.
    pub(super) async fn resume(&mut self, from: ModelRef, happened: String) -> Result<(), JournalBroken> {
        self.end_of_stream().await?;
        let open = self.open.as_ref().map(|(path, text)| (path.as_str(), text.as_str()));
        let stitcher = Stitcher::new(&self.said, self.parser.inside(), open);
        self.resumed = Some(Resumed { stitcher, from, happened, grew: false, told: false });
        Ok(())
    }

    /// Takes what the stitcher let through, once it is known how it joins.
    async fn joined(&mut self, text: &str) -> Result<(), JournalBroken> {
        let Some(resumed) = &mut self.resumed else { return Ok(()) };
        resumed.grew |= !text.trim().is_empty();
        let joint = resumed.stitcher.joint().filter(|_| resumed.grew && !resumed.told);
        if let Some(joint) = joint {
            resumed.told = true;
            let (from, happened) = (resumed.from.clone(), resumed.happened.clone());
            self.tell(joint, from, happened).await?;
            match joint {
                Joint::Joined => {}
                Joint::Anew => {
                    self.parser.abandon();
                    self.open = None;
                }
                Joint::Elsewhere => {
                    self.left_behind = self.open.as_ref().map(|(path, _)| path.clone());
                    let cut = self.leave_file(FileState::Cut);
                    self.journal.say(cut).await?;
                    self.parser.abandon();
                }
            }
        }
        self.parse(text).await
    }

    async fn tell(&mut self, joint: Joint, from: ModelRef, happened: String) -> Result<(), JournalBroken> {
        let to = self.draft.model.clone().unwrap_or_else(|| from.clone());
        let file = self.open_path();
        let reason = format!("{happened}; {}", resume::outcome(joint, &to.model, file.as_deref()));
        if to != from {
            return self.journal.say(Event::Fallback { from, to, reason, continues: joint == Joint::Joined }).await;
        }
        let diagnostic = Diagnostic::notice("reply-continued", reason);
        self.journal.say(Event::Diagnostic { diagnostic }).await
    }

    async fn parse(&mut self, text: &str) -> Result<(), JournalBroken> {
        self.said.push_str(text);
        if self.said.len() > 2 * MAX_RESENT {
            let from = self.said.floor_char_boundary(self.said.len() - MAX_RESENT);
            self.said.drain(..from);
        }
        let events = self.parser.push(text);
        self.take(events).await
    }

    async fn take(&mut self, events: Vec<ParseEvent>) -> Result<(), JournalBroken> {
        for event in events {
            let event = match event {
                ParseEvent::Text(content) => {
                    self.spoke_after |= !content.trim().is_empty();
                    Event::Text { content }
                }
                ParseEvent::Problem(diagnostic) => {
                    self.draft.diagnostics.push(diagnostic.clone());
                    Event::Diagnostic { diagnostic }
                }
                ParseEvent::Open(path) => {
                    self.open = Some((path.clone(), String::new()));
                    self.spoke_after = false;
                    self.file(path, FileState::Open)
                }
                ParseEvent::Chunk(content) => {
                    let Some((filename, text)) = &mut self.open else { continue };
                    text.push_str(&content);
                    let filename = filename.clone();
                    self.written += content.len();
                    Event::Chunk { filename, content, progress: self.progress() }
                }
                ParseEvent::Close => self.leave_file(FileState::Closed),
                ParseEvent::Cut => self.leave_file(FileState::Cut),
            };
            self.journal.say(event).await?;
        }
        Ok(())
    }

    /// Takes the open file into the draft. The parser has kept it within the limits.
    fn leave_file(&mut self, state: FileState) -> Event {
        let Some((path, text)) = self.open.take() else {
            return Event::Text { content: String::new() };
        };
        if state == FileState::Closed {
            self.closed += 1;
            if self.left_behind.as_ref() == Some(&path) {
                self.left_behind = None;
            }
        }
        // A file that was cut off never replaces a whole one.
        if (state == FileState::Closed || self.draft.files.get(&path).is_none())
            && let Err(limit) = self.draft.files.insert(path.clone(), text)
        {
            let diagnostic = Diagnostic::error("too-large", limit.to_string()).with_file(path);
            self.draft.diagnostics.push(diagnostic.clone());
            return Event::Diagnostic { diagnostic };
        }
        self.file(path, state)
    }

    fn file(&self, filename: SourcePath, state: FileState) -> Event {
        Event::File { filename, state, content: None, progress: self.progress() }
    }

    /// Never falls within a reply and stays below 1; the size of the app is not known.
    fn progress(&self) -> f64 {
        let share = 1.0 - (-(self.written as f64) / TYPICAL_BYTES).exp();
        let progress = WRITING.0 + (WRITING.1 - WRITING.0) * share;
        (progress * 1000.0).round() / 1000.0
    }

    /// It is over without an end, and nobody goes on.
    pub(super) async fn broke_off(mut self, failure: Failure) -> Result<Failure, JournalBroken> {
        self.end(false).await?;
        Ok(failure)
    }

    /// It is over: whether it can be built.
    ///
    /// # Errors
    /// [`Failure`] when a file is incomplete or there is none.
    pub(super) async fn finish(mut self, reason: FinishReason) -> Result<(), Failure> {
        let inside = self.open_path();
        self.end(reason == FinishReason::Stop).await?;
        match (inside.filter(|_| reason == FinishReason::Length), &self.left_behind) {
            (Some(path), _) => Err(Failure::CutOff(path)),
            (None, Some(path)) => Err(Failure::CutOff(path.to_string())),
            (None, None) if self.closed == 0 => Err(Failure::NoFiles),
            (None, None) => Ok(()),
        }
    }

    async fn end(&mut self, complete: bool) -> Result<(), JournalBroken> {
        self.end_of_stream().await?;
        let events = std::mem::take(&mut self.parser).finish(complete);
        self.take(events).await
    }
}
