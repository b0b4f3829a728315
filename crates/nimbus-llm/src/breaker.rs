//! A circuit breaker: a provider that keeps failing is left alone for a while.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

/// This many failures in a row open it.
const FAILURES: u32 = 3;
/// It stays open for so long; then one request may try.
const OPEN_FOR: Duration = Duration::from_secs(20);

/// The breaker of one provider.
#[derive(Debug, Clone, Default)]
pub(crate) struct Breaker(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    failures: u32,
    opened: Option<Instant>,
    trying: bool,
}

/// Leave to ask the provider once. Dropped without a verdict, as when a person cancels, it counts
/// neither way.
#[derive(Debug)]
pub(crate) struct Permit {
    breaker: Breaker,
    half_open: bool,
}

impl Breaker {
    /// Leave to ask, or how long there is none.
    pub(crate) fn ask(&self) -> Result<Permit, Duration> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(opened) = state.opened else {
            return Ok(Permit { breaker: self.clone(), half_open: false });
        };
        let left = OPEN_FOR.saturating_sub(opened.elapsed());
        if !left.is_zero() || state.trying {
            return Err(left.max(Duration::from_secs(1)));
        }
        state.trying = true;
        Ok(Permit { breaker: self.clone(), half_open: true })
    }

    /// Whether there would be no leave now.
    pub(crate) fn is_open(&self) -> bool {
        let state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.opened.is_some_and(|opened| state.trying || opened.elapsed() < OPEN_FOR)
    }

    /// Forgets every failure, after a probe found the provider back.
    pub(crate) fn close(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = State::default();
    }
}

impl Permit {
    /// The provider answered to the end.
    pub(crate) fn succeeded(self) {
        self.breaker.close();
    }

    /// The provider failed.
    pub(crate) fn failed(self) {
        let mut state = self.breaker.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.failures += 1;
        if state.failures >= FAILURES {
            state.opened = Some(Instant::now());
        }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        if self.half_open {
            self.breaker.0.lock().unwrap_or_else(PoisonError::into_inner).trying = false;
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

    use std::time::Duration;

    use super::{Breaker, OPEN_FOR};

    fn fail(breaker: &Breaker, times: usize) {
        for _ in 0..times {
            breaker.ask().unwrap().failed();
        }
    }

    #[tokio::test(start_paused = true)]
    async fn opens_after_three_failures_and_lets_one_try() {
        let breaker = Breaker::default();
        fail(&breaker, 2);
        assert!(!breaker.is_open());
        fail(&breaker, 1);
        assert_eq!(breaker.ask().unwrap_err(), OPEN_FOR);
        assert!(breaker.is_open());

        tokio::time::advance(OPEN_FOR).await;
        let trial = breaker.ask().unwrap();
        assert!(breaker.ask().is_err(), "only one may try");
        trial.failed();
        assert!(breaker.is_open(), "a failed trial opens it again");

        tokio::time::advance(OPEN_FOR).await;
        breaker.ask().unwrap().succeeded();
        fail(&breaker, 2);
        assert!(!breaker.is_open(), "a success forgets the failures before it");
    }

    #[tokio::test(start_paused = true)]
    async fn a_cancelled_trial_leaves_room_for_the_next() {
        let breaker = Breaker::default();
        fail(&breaker, 3);
        tokio::time::advance(OPEN_FOR + Duration::from_secs(1)).await;
        drop(breaker.ask().unwrap());
        assert!(breaker.ask().is_ok());
    }
}
