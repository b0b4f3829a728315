//! How often an app may ask, per app and person: token buckets in memory.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use jiff::Timestamp;
use nimbus_core::{
    completion,
    data::{CALL_BURST, CALLS_PER_SECOND},
    ids::{AppId, UserId},
};

use crate::error::{ApiError, Code};

/// The most requests to the web of one app and person per minute.
const FETCHES_PER_MINUTE: u32 = 60;
/// The most buckets; full ones make room, for they say nothing.
const MOST: usize = 4096;

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Asked {
    /// Data, storage and the like.
    Data,
    /// A request to the web.
    Fetch,
    /// A question to a model.
    Model,
}

impl Asked {
    /// How many at once, and how many milliseconds until there is one more.
    const fn row(self) -> (f64, f64) {
        match self {
            Self::Data => (CALL_BURST as f64, 1000.0 / CALLS_PER_SECOND as f64),
            Self::Fetch => (FETCHES_PER_MINUTE as f64, 60_000.0 / FETCHES_PER_MINUTE as f64),
            Self::Model => (completion::CALLS_PER_MINUTE as f64, 60_000.0 / completion::CALLS_PER_MINUTE as f64),
        }
    }

    fn refusal(self) -> ApiError {
        let (code, message) = match self {
            Self::Data => {
                let message = format!("this app asks more than {CALLS_PER_SECOND} times per second");
                (Code::QuotaCalls, message)
            }
            Self::Fetch => {
                (Code::QuotaHttp, format!("this app fetches more than {FETCHES_PER_MINUTE} times per minute"))
            }
            Self::Model => {
                let most = completion::CALLS_PER_MINUTE;
                (Code::QuotaAi, format!("this app asks a model more than {most} times per minute"))
            }
        };
        ApiError::new(code, message).with_hint("wait a moment, then go on more slowly")
    }
}

/// All buckets of this server.
#[derive(Debug, Default)]
pub(crate) struct Pace(Mutex<HashMap<(Asked, AppId, UserId), Bucket>>);

#[derive(Debug, Clone, Copy)]
struct Bucket {
    left: f64,
    at: Timestamp,
}

impl Pace {
    /// Counts one.
    ///
    /// # Errors
    /// 429, when there were too many.
    pub(crate) fn count(&self, asked: Asked, app: AppId, user: UserId, now: Timestamp) -> Result<(), ApiError> {
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= MOST {
            buckets.retain(|(asked, ..), bucket| bucket.filled(*asked, now) < asked.row().0);
        }
        let bucket = buckets.entry((asked, app, user)).or_insert(Bucket { left: asked.row().0, at: now });
        let filled = bucket.filled(asked, now);
        if filled < 1.0 {
            return Err(asked.refusal());
        }
        *bucket = Bucket { left: filled - 1.0, at: now };
        Ok(())
    }
}

impl Bucket {
    fn filled(&self, asked: Asked, now: Timestamp) -> f64 {
        let (most, each) = asked.row();
        let passed = now.duration_since(self.at).as_millis_f64().max(0.0);
        (self.left + passed / each).min(most)
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use nimbus_core::ids::{InvalidId, UserId};

    use super::{Asked, Pace};

    const A: &str = "018f3c6e7b1a7cc080000123456789aa";
    const B: &str = "018f3c6e7b1a7cc080000123456789bb";

    #[test]
    fn each_app_and_person_has_a_burst_and_a_rate() -> Result<(), InvalidId> {
        for (asked, burst, millis) in [(Asked::Data, 200, 10), (Asked::Fetch, 60, 1000), (Asked::Model, 20, 3000)] {
            let pace = Pace::default();
            let (a, b) = (A.parse()?, B.parse()?);
            let count = |app, user, at| {
                let now = Timestamp::from_millisecond(at).unwrap_or(Timestamp::MIN);
                pace.count(asked, app, user, now).is_ok()
            };
            for n in 0..burst {
                assert!(count(a, UserId::LOCAL_OWNER, 0), "{asked:?} {n}");
            }
            assert!(!count(a, UserId::LOCAL_OWNER, 0));
            assert!(!count(a, UserId::LOCAL_OWNER, millis - 1));
            assert!(count(a, UserId::LOCAL_OWNER, millis) && !count(a, UserId::LOCAL_OWNER, millis));
            assert!(count(b, UserId::LOCAL_OWNER, 0) && count(a, UserId::EVERYBODY, 0));
        }
        Ok(())
    }
}
