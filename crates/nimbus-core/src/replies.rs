//! The cache of replies: what a model wrote for a person, to be used again when that person says so.
//!
//! A reply is kept when its app ran, and only then: as the files that came of it, in the one dialect
//! that models are taught, so that playing it goes through parsing, building and storing like any
//! reply. It is *exactly* the reply to a request when model, files, options and the normalised
//! description are the same, and *similar* when only the description differs a little
//! ([`similarity`]). It is offered, never used without the person's word.

mod play;
mod similar;

use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::{
    app::ExecutionMode,
    generate::parse::{ParseEvent, Parser},
    ids::{AppId, ReplyId, UserId},
    model::{ModelRef, ProviderId},
    source::SourceTree,
};

pub(crate) use play::Played;
pub use similar::{SIMILAR, normalised, similarity};

/// The most replies of one person; the oldest go.
pub const MAX_REPLIES: u32 = 200;
/// The most bytes of one person's replies together; the oldest go.
pub const MAX_BYTES: u64 = 20 * 1024 * 1024;
/// The most bytes of one reply; a longer one is not kept.
pub const MAX_REPLY_BYTES: usize = 2 * 1024 * 1024;
/// How long a reply is kept.
pub const MAX_AGE: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// The most replies that are offered at once.
pub const MAX_OFFERS: usize = 3;

/// A reply that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptReply {
    /// Which, and what it was made for.
    pub head: ReplyHead,
    /// Whose.
    pub owner: UserId,
    /// The app it was written for; it goes with that app.
    pub app: AppId,
    /// The reply, in the dialect `<file path="…">…</file>`.
    pub text: String,
}

/// What a kept reply was made for, without its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplyHead {
    /// Its id.
    pub id: ReplyId,
    /// Everything but the description: [`Setting::hash`].
    pub setting: String,
    /// What the person asked for.
    pub prompt: String,
    /// Who wrote it.
    pub model: ModelRef,
    /// When.
    pub created_at: Timestamp,
}

impl ReplyHead {
    /// The same for requests that are exactly the same: SHA-256 over setting and normalised
    /// description, in hexadecimal digits. A person keeps one reply of each.
    #[must_use]
    pub fn key(&self) -> String {
        digest(&[&self.setting, &normalised(&self.prompt)])
    }
}

/// What a description is read against: replies are compared within the same one only.
#[derive(Debug, Clone, Copy)]
pub struct Setting<'a> {
    /// Who would be asked.
    pub model: &'a ModelRef,
    /// The files that are changed; none for a new app.
    pub files: &'a SourceTree,
    /// How the app is made and run.
    pub execution_mode: ExecutionMode,
    /// The person's wish about thinking.
    pub thinking: Option<bool>,
}

impl Setting<'_> {
    /// SHA-256 over all of it, in hexadecimal digits.
    #[must_use]
    pub fn hash(&self) -> String {
        let options = format!("{:?} {:?}", self.execution_mode, self.thinking);
        digest(&[self.model.provider.as_str(), &self.model.model, &self.files.hash(), &options])
    }
}

/// How an offered reply fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Fit {
    /// The request was the same.
    Exact,
    /// The description was another, but much like it.
    Similar,
}

/// A reply that a person may use again.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Offer {
    /// What `reuse` names.
    pub id: ReplyId,
    /// How it fits.
    pub kind: Fit,
    /// From [`SIMILAR`] to 1.
    pub similarity: f64,
    /// What it was made for.
    pub prompt: String,
    /// Who wrote it.
    pub model: ModelRef,
    /// When.
    pub created_at: Timestamp,
}

/// What fits a description, the best first and then the newest, of replies in the same setting.
#[must_use]
pub fn offers(prompt: &str, kept: Vec<ReplyHead>) -> Vec<Offer> {
    let wanted = normalised(prompt);
    let mut offers: Vec<Offer> = kept
        .into_iter()
        .filter_map(|head| {
            let exact = normalised(&head.prompt) == wanted;
            let similarity = if exact { 1.0 } else { similarity(&wanted, &head.prompt) };
            let kind = if exact { Fit::Exact } else { Fit::Similar };
            let ReplyHead { id, prompt, model, created_at, .. } = head;
            (similarity >= SIMILAR).then_some(Offer { id, kind, similarity, prompt, model, created_at })
        })
        .collect();
    offers.sort_by(|a, b| {
        let exact = |offer: &Offer| offer.kind == Fit::Exact;
        let by_fit = exact(b).cmp(&exact(a)).then(b.similarity.total_cmp(&a.similarity));
        by_fit.then(b.created_at.cmp(&a.created_at))
    });
    offers.truncate(MAX_OFFERS);
    offers
}

/// The reply that turns the files `before` into the files `after`: each that is new or another now.
/// None when it is not worth keeping, or would not be read back as exactly these files.
#[must_use]
pub fn reply_of(model: &ModelRef, before: &SourceTree, after: &SourceTree) -> Option<String> {
    if model.provider == ProviderId::Demo {
        return None; // Playing a sample again costs nothing.
    }
    let changed = || after.iter().filter(|(path, text)| before.get(path) != Some(*text));
    let mut reply = String::new();
    for (path, text) in changed() {
        let end = if text.ends_with('\n') { "" } else { "\n" };
        reply.push_str(&format!("<file path=\"{path}\">\n{text}{end}</file>\n"));
    }
    let worth = !reply.is_empty() && reply.len() <= MAX_REPLY_BYTES;
    (worth && read(&reply).is_some_and(|files| changed().all(|(path, text)| same(files.get(path), text))))
        .then_some(reply)
}

/// A file's last line break is the reply's, not the model's.
fn same(read: Option<&str>, text: &str) -> bool {
    read.is_some_and(|read| read.trim_end_matches('\n') == text.trim_end_matches('\n'))
}

/// The files of a reply; none unless every one is whole.
fn read(reply: &str) -> Option<SourceTree> {
    let mut parser = Parser::new();
    let mut events = parser.push(reply);
    events.extend(parser.finish(true));
    let (mut files, mut open) = (SourceTree::default(), None);
    for event in events {
        match event {
            ParseEvent::Open(path) => open = Some((path, String::new())),
            ParseEvent::Chunk(text) => open.as_mut()?.1.push_str(&text),
            ParseEvent::Close => {
                let (path, text) = open.take()?;
                files.insert(path, text).ok()?;
            }
            ParseEvent::Text(text) if text.trim().is_empty() => {}
            ParseEvent::Text(_) | ParseEvent::Cut | ParseEvent::Problem(_) => return None,
        }
    }
    Some(files)
}

fn digest(parts: &[&str]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        // Lengths first, so that no two lists of parts spell the same bytes.
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    hex::encode(hasher.finalize())
}

#[cfg(test)]
mod tests;
