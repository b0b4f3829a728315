//! Separate timers for the separate waits of a reply.

use std::time::Duration;

use nimbus_core::model::{ModelError, ModelErrorKind, Usage};
use tokio::time::{Instant, timeout_at};

/// How long each wait may take. They are separate because they mean different things: a model of
/// 20 GB loads for minutes and is well; a reply that pauses for one is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timers {
    /// Until the connection stands.
    pub connect: Duration,
    /// Until a question about models (installed, loaded) is answered.
    pub facts: Duration,
    /// Until the model is in memory.
    pub load: Duration,
    /// From then until its first token: it reads the prompt.
    pub first_token: Duration,
    /// Between two tokens.
    pub idle: Duration,
    /// From the request to the end of the reply.
    pub total: Duration,
}

impl Default for Timers {
    /// 3 s, 10 s, 10 min, 5 min, 60 s and 30 min.
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(3),
            facts: Duration::from_secs(10),
            load: Duration::from_secs(10 * 60),
            first_token: Duration::from_secs(5 * 60),
            idle: Duration::from_secs(60),
            total: Duration::from_secs(30 * 60),
        }
    }
}

/// What a reply waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wait {
    Facts,
    Load,
    /// The next news of a download.
    Part,
    FirstToken,
    Idle,
}

/// The timers of one reply, running.
#[derive(Debug)]
pub(crate) struct Patience {
    timers: Timers,
    who: String,
    started: Instant,
    wait: Wait,
    since: Instant,
    first_token: Option<Instant>,
}

impl Patience {
    /// Starts with [`Wait::Facts`]. `who` is named when a timer runs out, such as
    /// "`qwen3:4b` at `http://localhost:11434`".
    pub(crate) fn new(timers: Timers, who: String) -> Self {
        let now = Instant::now();
        Self { timers, who, started: now, wait: Wait::Facts, since: now, first_token: None }
    }

    /// For a download: a pause may be as long as a model may load, and the
    /// whole takes up to a week.
    pub(crate) fn downloading(timers: Timers, who: String) -> Self {
        let timers = Timers { total: Duration::from_secs(7 * 24 * 60 * 60), ..timers };
        Self { wait: Wait::Part, ..Self::new(timers, who) }
    }

    /// Begins another wait.
    pub(crate) fn expect(&mut self, wait: Wait) {
        self.wait = wait;
        self.since = Instant::now();
    }

    /// A token came: the next may take as long as `idle`. Bytes that carry no token do not count,
    /// or a server could keep a reply waiting with comments.
    pub(crate) fn token(&mut self) {
        self.expect(Wait::Idle);
        self.first_token.get_or_insert(self.since);
    }

    /// Waits for `work`, but no longer than the running timers allow.
    ///
    /// # Errors
    /// `Timeout` naming the timer that ran out.
    pub(crate) async fn wait<T>(&self, work: impl Future<Output = T>) -> Result<T, ModelError> {
        let (limit, what) = match self.wait {
            Wait::Facts => (self.timers.facts, "did not answer"),
            Wait::Load => (self.timers.load, "was not loaded"),
            Wait::Part => (self.timers.load, "made no progress"),
            Wait::FirstToken => (self.timers.first_token, "sent no first token"),
            Wait::Idle => (self.timers.idle, "sent nothing more"),
        };
        let end = self.started + self.timers.total;
        let deadline = (self.since + limit).min(end);
        timeout_at(deadline, work).await.map_err(|_| {
            let message = if deadline == end {
                format!("{} did not finish within {}", self.who, spoken(self.timers.total))
            } else {
                format!("{} {what} within {}", self.who, spoken(limit))
            };
            ModelError::new(ModelErrorKind::Timeout, message)
                .with_hint("try again, or choose a smaller or faster model")
        })
    }

    /// The figures of a reply that is over.
    pub(crate) fn usage(&self, prompt_tokens: u64, completion_tokens: u64, context_tokens: u64) -> Usage {
        let first = self.first_token.unwrap_or_else(Instant::now);
        Usage {
            prompt_tokens,
            completion_tokens,
            first_token_ms: millis(first - self.started),
            total_ms: millis(self.started.elapsed()),
            context_tokens,
            cost: None,
        }
    }
}

/// Whole milliseconds.
pub(crate) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// A duration as people say it.
pub(crate) fn spoken(duration: Duration) -> String {
    match duration.as_secs() {
        0 => format!("{} ms", duration.as_millis()),
        seconds if seconds >= 120 && seconds.is_multiple_of(60) => format!("{} min", seconds / 60),
        seconds => format!("{seconds} s"),
    }
}
