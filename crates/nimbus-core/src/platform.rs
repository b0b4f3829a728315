//! Clock and randomness as ports, so that tests pin time and ids.

use std::sync::Arc;

use jiff::Timestamp;

/// Where the time comes from.
pub trait Clock: Send + Sync {
    /// The current time.
    fn now(&self) -> Timestamp;
}

/// Where random bytes come from.
pub trait Entropy: Send + Sync {
    /// Fills `bytes` with bytes that nobody can foresee.
    fn fill(&self, bytes: &mut [u8]);
}

/// Clock and randomness together; cheap to clone.
#[derive(Clone)]
pub struct Platform {
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
}

impl Platform {
    /// Puts the two ports together.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> Self {
        Self { clock, entropy }
    }

    /// The current time, cut to whole milliseconds: the precision that both databases keep.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        let now = self.clock.now();
        Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
    }

    /// Fills `bytes` with random bytes.
    pub fn fill(&self, bytes: &mut [u8]) {
        self.entropy.fill(bytes);
    }
}

/// A platform for tests: time stands still until moved, random bytes count up.
pub mod fixed {
    use std::sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering},
    };

    use jiff::Timestamp;

    use super::{Clock, Entropy, Platform};

    /// A clock that shows what it was set to, in milliseconds since 1970.
    #[derive(Debug, Default)]
    pub struct FixedClock(AtomicI64);

    impl FixedClock {
        /// Moves the clock forward.
        pub fn advance(&self, millis: i64) {
            self.0.fetch_add(millis, Ordering::SeqCst);
        }
    }

    impl Clock for FixedClock {
        fn now(&self) -> Timestamp {
            Timestamp::from_millisecond(self.0.load(Ordering::SeqCst)).unwrap_or_default()
        }
    }

    /// Bytes that count up: ids differ but are the same in every run.
    #[derive(Debug, Default)]
    pub struct CountingEntropy(AtomicU64);

    impl Entropy for CountingEntropy {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(0);
            let count = self.0.fetch_add(1, Ordering::SeqCst).to_be_bytes();
            for (to, from) in bytes.iter_mut().rev().zip(count.iter().rev()) {
                *to = *from;
            }
        }
    }

    /// A platform at 2026-01-01T00:00:00Z, and its clock to move.
    #[must_use]
    pub fn platform() -> (Platform, Arc<FixedClock>) {
        let clock = Arc::new(FixedClock(AtomicI64::new(1_767_225_600_000)));
        (Platform::new(clock.clone(), Arc::new(CountingEntropy::default())), clock)
    }
}
