//! How often: the generic cell rate algorithm (`governor`) on the platform's clock.

use std::{
    collections::HashMap,
    hash::Hash,
    net::IpAddr,
    num::NonZeroU32,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use governor::{
    Quota, RateLimiter, clock::Clock, middleware::NoOpMiddleware, nanos::Nanos, state::keyed::HashMapStateStore,
};
use jiff::Timestamp;
use nimbus_core::{ids::UserId, platform::Platform};

use super::Limits;
use crate::error::{ApiError, Code};

/// The most keys that a rate remembers before it forgets those that are rested.
const MOST: usize = 4096;

/// So many at once, then one more after each period, for each key of its own.
pub(crate) struct Rate<K: Hash + Eq + Clone> {
    limiter: RateLimiter<K, HashMapStateStore<K>, SteadyClock, NoOpMiddleware<Nanos>>,
    clock: SteadyClock,
}

impl<K: Hash + Eq + Clone> Rate<K> {
    /// `at_once` and `every` count as at least 1 and 1 ns.
    pub(crate) fn new(at_once: u32, every: Duration, clock: &SteadyClock) -> Self {
        let at_once = NonZeroU32::new(at_once).unwrap_or(NonZeroU32::MIN);
        let quota = Quota::with_period(every).unwrap_or_else(|| Quota::per_second(NonZeroU32::MAX));
        let limiter = RateLimiter::hashmap_with_clock(quota.allow_burst(at_once), clock.clone());
        Self { limiter, clock: clock.clone() }
    }

    /// Counts one.
    ///
    /// # Errors
    /// How long to wait, when there were too many; nothing is counted then.
    pub(crate) fn draw(&self, key: K) -> Result<(), Duration> {
        if self.limiter.len() >= MOST {
            self.limiter.retain_recent();
        }
        self.limiter.check_key(&key).map_err(|until| until.wait_time_from(self.clock.now()))
    }
}

/// The platform's clock as one that never goes back: while the system's clock is set back, it
/// stands still.
#[derive(Clone)]
pub(crate) struct SteadyClock(Arc<(Platform, Mutex<Reading>)>);

struct Reading {
    of: Timestamp,
    passed: Duration,
}

impl SteadyClock {
    pub(crate) fn new(platform: Platform) -> Self {
        let reading = Reading { of: platform.now(), passed: Duration::ZERO };
        Self(Arc::new((platform, Mutex::new(reading))))
    }
}

impl Clock for SteadyClock {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        let (platform, reading) = &*self.0;
        let mut reading = lock(reading);
        let now = platform.now();
        let more = now.duration_since(reading.of);
        reading.passed += Duration::try_from(more).unwrap_or(Duration::ZERO);
        reading.of = now;
        reading.passed.into()
    }
}

/// By which door somebody shows the owner's token. Apart, because any page in a browser can knock
/// at the first, and must not close the second for programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Door {
    /// Signing a browser in.
    SignIn,
    /// `Authorization` of a program.
    Program,
}

/// Wrong tokens, by address. Right ones are never counted, but wait too while a door is closed:
/// otherwise a guess could be told from a refusal.
pub(crate) struct Attempts {
    wrong: Rate<(Door, IpAddr)>,
    closed: Mutex<HashMap<(Door, IpAddr), Nanos>>,
    clock: SteadyClock,
}

impl Attempts {
    fn new(limits: &Limits, clock: &SteadyClock) -> Self {
        Self {
            wrong: Rate::new(limits.wrong_tokens_at_once, limits.wrong_token_every, clock),
            closed: Mutex::default(),
            clock: clock.clone(),
        }
    }

    /// Whether a token may be looked at.
    ///
    /// # Errors
    /// 429 while there were too many wrong ones.
    pub(crate) fn may_try(&self, door: Door, address: IpAddr) -> Result<(), ApiError> {
        let now = self.clock.now();
        let mut closed = lock(&self.closed);
        closed.retain(|_, until| *until > now);
        match closed.get(&(door, address)) {
            None => Ok(()),
            Some(until) => {
                Err(ApiError::new(Code::TooManyAttempts, "there were too many wrong tokens from this address")
                    .retry_after(Duration::from(*until).saturating_sub(now.into())))
            }
        }
    }

    /// Counts a wrong token.
    pub(crate) fn was_wrong(&self, door: Door, address: IpAddr) {
        if let Err(wait) = self.wrong.draw((door, address)) {
            let until = Duration::from(self.clock.now()) + wait;
            lock(&self.closed).insert((door, address), until.into());
        }
    }
}

/// What a person does that costs the server more than reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Doing {
    /// Starting a generation.
    Generation,
    /// Bringing an app in.
    Import,
    /// Starting an app.
    Launch,
    /// Calls of all apps together.
    Call,
}

impl Doing {
    /// How many at once, and after what time one more.
    const fn row(self) -> (u32, Duration) {
        match self {
            Self::Generation => (30, Duration::from_secs(4)),
            Self::Import => (120, Duration::from_secs(1)),
            Self::Launch => (240, Duration::from_millis(250)),
            Self::Call => (1000, Duration::from_millis(2)),
        }
    }

    const fn words(self) -> &'static str {
        match self {
            Self::Generation => "too many generations were started in a short time",
            Self::Import => "too many apps were imported in a short time",
            Self::Launch => "too many apps were launched in a short time",
            Self::Call => "the apps of this person call too often together",
        }
    }
}

/// All rates of this server but those of single apps.
pub(crate) struct Rates {
    pub(crate) requests: Rate<IpAddr>,
    pub(crate) attempts: Attempts,
    generations: Rate<UserId>,
    imports: Rate<UserId>,
    launches: Rate<UserId>,
    calls: Rate<UserId>,
}

impl Rates {
    pub(crate) fn new(limits: &Limits, clock: &SteadyClock) -> Self {
        let of = |doing: Doing| {
            let (at_once, every) = doing.row();
            Rate::new(at_once, every, clock)
        };
        let each = Duration::from_secs(1) / limits.requests_per_second.max(1);
        Self {
            requests: Rate::new(limits.requests_at_once, each, clock),
            attempts: Attempts::new(limits, clock),
            generations: of(Doing::Generation),
            imports: of(Doing::Import),
            launches: of(Doing::Launch),
            calls: of(Doing::Call),
        }
    }

    /// Counts one of what a person does.
    ///
    /// # Errors
    /// 429, when there were too many.
    pub(crate) fn count(&self, doing: Doing, user: UserId) -> Result<(), ApiError> {
        let rate = match doing {
            Doing::Generation => &self.generations,
            Doing::Import => &self.imports,
            Doing::Launch => &self.launches,
            Doing::Call => &self.calls,
        };
        rate.draw(user).map_err(|wait| ApiError::new(Code::TooOften, doing.words()).retry_after(wait))
    }
}

/// A panic elsewhere leaves what is locked here whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::{
        net::{IpAddr, Ipv4Addr},
        time::Duration,
    };

    use nimbus_core::{ids::UserId, platform::fixed};

    use super::{Doing, Door, Limits, Rate, Rates, SteadyClock};

    const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
    const THERE: IpAddr = IpAddr::V4(Ipv4Addr::BROADCAST);

    #[test]
    fn each_key_has_a_burst_and_a_rate_and_hears_how_long_to_wait() {
        let (platform, clock) = fixed::platform();
        let rate = Rate::new(2, Duration::from_millis(500), &SteadyClock::new(platform));
        assert_eq!((rate.draw(1), rate.draw(1)), (Ok(()), Ok(())));
        assert_eq!(rate.draw(1), Err(Duration::from_millis(500)));
        assert_eq!(rate.draw(2), Ok(()));
        clock.advance(499);
        assert_eq!(rate.draw(1), Err(Duration::from_millis(1)));
        clock.advance(1);
        assert_eq!(rate.draw(1), Ok(()));
        assert!(rate.draw(1).is_err());
    }

    #[test]
    fn a_clock_that_is_set_back_locks_nobody_out() {
        let (platform, clock) = fixed::platform();
        let rate = Rate::new(1, Duration::from_secs(1), &SteadyClock::new(platform));
        assert_eq!(rate.draw(()), Ok(()));
        clock.advance(-3_600_000);
        assert_eq!(rate.draw(()), Err(Duration::from_secs(1)));
        clock.advance(1000);
        assert_eq!(rate.draw(()), Ok(()));
    }

    #[test]
    fn rested_keys_are_forgotten() {
        let (platform, clock) = fixed::platform();
        let rate = Rate::new(1, Duration::from_millis(1), &SteadyClock::new(platform));
        for key in 0..super::MOST {
            assert_eq!(rate.draw(key), Ok(()));
        }
        clock.advance(1000);
        assert_eq!(rate.draw(0), Ok(()));
        assert_eq!(rate.limiter.len(), 1);
    }

    #[test]
    fn wrong_tokens_close_one_door_for_one_address() {
        let (platform, clock) = fixed::platform();
        let limits = Limits { wrong_tokens_at_once: 2, ..Limits::default() };
        let attempts = Rates::new(&limits, &SteadyClock::new(platform)).attempts;
        let open = |door, address| attempts.may_try(door, address).is_ok();
        for _ in 0..2 {
            attempts.was_wrong(Door::SignIn, HERE);
            assert!(open(Door::SignIn, HERE));
        }
        attempts.was_wrong(Door::SignIn, HERE);
        assert!(!open(Door::SignIn, HERE) && open(Door::Program, HERE) && open(Door::SignIn, THERE));
        clock.advance(5999);
        assert!(!open(Door::SignIn, HERE));
        clock.advance(1);
        assert!(open(Door::SignIn, HERE));
    }

    #[test]
    fn each_person_has_an_allowance_of_each_kind() {
        for (doing, at_once, millis) in [
            (Doing::Generation, 30, 4000),
            (Doing::Import, 120, 1000),
            (Doing::Launch, 240, 250),
            (Doing::Call, 1000, 2),
        ] {
            let (platform, clock) = fixed::platform();
            let rates = Rates::new(&Limits::default(), &SteadyClock::new(platform));
            let count = |user| rates.count(doing, user).is_ok();
            for n in 0..at_once {
                assert!(count(UserId::LOCAL_OWNER), "{doing:?} {n}");
            }
            assert!(!count(UserId::LOCAL_OWNER) && count(UserId::EVERYBODY), "{doing:?}");
            clock.advance(millis);
            assert!(count(UserId::LOCAL_OWNER) && !count(UserId::LOCAL_OWNER), "{doing:?}");
        }
    }
}
