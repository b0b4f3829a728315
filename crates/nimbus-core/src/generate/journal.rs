//! The journal of a running generation: every event is stored before anyone sees it.
//!
//! Events are gathered for at most [`GATHER`], written in one transaction, and only then announced.
//! Followers hold nothing but their place: one that keeps up takes the newest batch from memory, one
//! that falls behind reads the store, so that a slow client costs no memory.

use std::{sync::Arc, time::Duration};

use tokio::sync::{mpsc, oneshot, watch};

use crate::{
    events::{Event, JournalEntry},
    ids::GenerationId,
    ports::{Outcome, Store},
};

/// How long events are gathered before they are written: at most 40 batches a second.
pub const GATHER: Duration = Duration::from_millis(25);
/// How many events may wait to be written; more make the generation wait.
const WAITING: usize = 256;
/// How many failed writes are tried again, a second apart, before the journal gives up.
const ATTEMPTS: u32 = 5;

/// The journal could not be written: the database failed repeatedly.
#[derive(Debug, thiserror::Error)]
#[error("the journal could not be written")]
pub struct JournalBroken;

/// The newest batch on disk; what followers watch.
#[derive(Debug, Clone, Default)]
pub struct Tail {
    /// Consecutive entries; empty before the first batch.
    pub entries: Arc<Vec<JournalEntry>>,
    /// Whether nothing more will be written.
    pub over: bool,
}

enum Note {
    Event(Event),
    End(Event, Outcome, oneshot::Sender<()>),
}

/// The writing end.
pub struct Journal {
    notes: mpsc::Sender<Note>,
}

impl Journal {
    /// Starts the writer of one generation, whose journal ends at `last_seq` so far.
    #[must_use]
    pub fn begin(store: Arc<dyn Store>, id: GenerationId, last_seq: u64) -> (Self, watch::Receiver<Tail>) {
        let (notes, waiting) = mpsc::channel(WAITING);
        let (tail, follow) = watch::channel(Tail::default());
        tokio::spawn(write(store, id, last_seq, waiting, tail));
        (Self { notes }, follow)
    }

    /// One that is only heard, and keeps nothing.
    #[cfg(test)]
    pub(super) fn heard() -> (Self, impl FnMut() -> Vec<Event>) {
        let (notes, mut waiting) = mpsc::channel(10_000);
        let hear = move || {
            std::iter::from_fn(|| match waiting.try_recv() {
                Ok(Note::Event(event) | Note::End(event, ..)) => Some(event),
                Err(_) => None,
            })
            .collect()
        };
        (Self { notes }, hear)
    }

    /// Says an event; waits when the writer is behind.
    ///
    /// # Errors
    /// [`JournalBroken`] when the database failed repeatedly.
    pub async fn say(&self, event: Event) -> Result<(), JournalBroken> {
        self.notes.send(Note::Event(event)).await.map_err(|_| JournalBroken)
    }

    /// Says the last event and stores how the generation ended, in one transaction; returns when
    /// both are on disk.
    ///
    /// # Errors
    /// [`JournalBroken`] when the database failed repeatedly.
    pub async fn end(self, event: Event, outcome: Outcome) -> Result<(), JournalBroken> {
        let (done, written) = oneshot::channel();
        self.notes.send(Note::End(event, outcome, done)).await.map_err(|_| JournalBroken)?;
        written.await.map_err(|_| JournalBroken)
    }
}

async fn write(
    store: Arc<dyn Store>,
    id: GenerationId,
    mut seq: u64,
    mut waiting: mpsc::Receiver<Note>,
    tail: watch::Sender<Tail>,
) {
    let mut progress = 0.0;
    while let Some(first) = waiting.recv().await {
        let mut events = Vec::new();
        let mut end = None;
        let mut next = Some(first);
        let deadline = tokio::time::Instant::now() + GATHER;
        while let Some(note) = next {
            match note {
                Note::Event(event) => gather(&mut events, event),
                Note::End(event, outcome, done) => {
                    events.push(event);
                    end = Some((outcome, done));
                    break;
                }
            }
            next = tokio::time::timeout_at(deadline, waiting.recv()).await.ok().flatten();
        }
        events.iter_mut().for_each(|event| raise(event, &mut progress));
        let entries: Vec<JournalEntry> = events.iter().map(|event| entry(&mut seq, event)).collect();
        let outcome = end.as_ref().map(|(outcome, _)| outcome);
        if !append(&*store, id, &entries, outcome).await {
            return; // Dropping the receiver tells the generation; dropping `tail` tells the followers.
        }
        tail.send_replace(Tail { entries: Arc::new(entries), over: end.is_some() });
        if let Some((_, done)) = end {
            let _ = done.send(());
            return;
        }
    }
}

/// Adds an event, joining parts of the same text so that a batch holds one of each.
fn gather(events: &mut Vec<Event>, event: Event) {
    match (events.last_mut(), &event) {
        (
            Some(Event::Chunk { filename, content, progress }),
            Event::Chunk { filename: same, content: more, progress: now },
        ) if filename == same => {
            content.push_str(more);
            *progress = *now;
        }
        (Some(Event::Text { content }), Event::Text { content: more })
        | (Some(Event::Thinking { content }), Event::Thinking { content: more }) => content.push_str(more),
        _ => events.push(event),
    }
}

/// Keeps progress from falling, as when a repair writes again.
fn raise(event: &mut Event, highest: &mut f64) {
    if let Event::Status { progress, .. }
    | Event::Chunk { progress, .. }
    | Event::File { progress, .. }
    | Event::Complete { progress, .. } = event
    {
        *highest = highest.max(*progress);
        *progress = *highest;
    }
}

fn entry(seq: &mut u64, event: &Event) -> JournalEntry {
    *seq += 1;
    let json = serde_json::to_string(event).unwrap_or_else(|error| {
        // Every event is plain data; should one ever not serialise, its place is kept.
        tracing::error!(%error, "an event could not be written as JSON");
        r#"{"type":"text","content":""}"#.to_owned()
    });
    JournalEntry { seq: *seq, json, last: event.is_last() }
}

async fn append(store: &dyn Store, id: GenerationId, entries: &[JournalEntry], outcome: Option<&Outcome>) -> bool {
    for attempt in 1..=ATTEMPTS {
        match store.append_journal(id, entries, outcome).await {
            Ok(()) => return true,
            Err(error) => tracing::error!(%error, generation = %id, attempt, "the journal could not be written"),
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    false
}
