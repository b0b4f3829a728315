//! Launches: the single-use numbers that turn an app's address into a running document.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use jiff::{SignedDuration, Timestamp};
use nimbus_core::ids::{AppId, UserId, VersionId};

use super::token::{LIFETIME_SECONDS, RENEWABLE_SECONDS};

/// How long a launch waits for its frame.
const WAIT: SignedDuration = SignedDuration::from_secs(30);
/// The most launches that wait or are remembered as revoked; the oldest make room.
const MOST: usize = 1024;

/// A launch that waits for its frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Launch {
    pub(crate) app: AppId,
    pub(crate) version: VersionId,
    pub(crate) user: UserId,
    /// The origin of the page that asked, such as `http://localhost:3000`.
    pub(crate) host: String,
    pub(crate) issued_at: Timestamp,
}

/// All launches of this server. In memory only: after a restart a page asks for a new one.
#[derive(Debug, Default)]
pub(crate) struct Launches {
    waiting: Mutex<HashMap<String, Launch>>,
    revoked: Mutex<HashMap<String, Timestamp>>,
    /// The first millisecond at which a launch of this person counts again.
    signed_out: Mutex<HashMap<UserId, i64>>,
}

impl Launches {
    /// Remembers a launch under its number (128 random bits).
    pub(crate) fn issue(&self, number: String, launch: Launch) {
        let mut waiting = lock(&self.waiting);
        waiting.retain(|_, other| launch.issued_at.duration_since(other.issued_at) < WAIT);
        evict_oldest(&mut waiting, |launch| launch.issued_at);
        waiting.insert(number, launch);
    }

    /// Uses a launch up. None when it is unknown, used, too old, or another app's or version's.
    pub(crate) fn take(&self, number: &str, app: AppId, version: VersionId, now: Timestamp) -> Option<Launch> {
        let launch = lock(&self.waiting).remove(number)?;
        let fits = launch.app == app && launch.version == version && now.duration_since(launch.issued_at) < WAIT;
        fits.then_some(launch)
    }

    /// Ends a launch: its tokens are refused from now on.
    pub(crate) fn revoke(&self, number: String, now: Timestamp) {
        let memory = SignedDuration::from_secs(LIFETIME_SECONDS + RENEWABLE_SECONDS);
        lock(&self.waiting).remove(&number);
        let mut revoked = lock(&self.revoked);
        revoked.retain(|_, at| now.duration_since(*at) < memory);
        evict_oldest(&mut revoked, |at| *at);
        revoked.insert(number, now);
    }

    /// Ends every launch of a person, waiting or running.
    pub(crate) fn sign_out(&self, user: UserId, now: Timestamp) {
        lock(&self.waiting).retain(|_, launch| launch.user != user);
        let mut signed_out = lock(&self.signed_out);
        let since = signed_out.entry(user).or_insert(i64::MIN);
        *since = now.as_millisecond().max(*since) + 1;
    }

    /// When a launch that begins now begins, in milliseconds since 1970: after its person last
    /// signed out, also within the same millisecond.
    pub(crate) fn since(&self, user: UserId, now: Timestamp) -> i64 {
        let signed_out = lock(&self.signed_out).get(&user).copied().unwrap_or(i64::MIN);
        now.as_millisecond().max(signed_out)
    }

    /// Whether a person signed out since a launch began.
    pub(crate) fn signed_out_since(&self, user: UserId, since: i64) -> bool {
        lock(&self.signed_out).get(&user).is_some_and(|signed_out| since < *signed_out)
    }

    /// Whether a launch was ended.
    pub(crate) fn is_revoked(&self, number: &str) -> bool {
        lock(&self.revoked).contains_key(number)
    }
}

fn evict_oldest<V>(map: &mut HashMap<String, V>, age: impl Fn(&V) -> Timestamp) {
    if map.len() < MOST {
        return;
    }
    let oldest = map.iter().min_by_key(|(_, value)| age(value)).map(|(key, _)| key.clone());
    if let Some(oldest) = oldest {
        map.remove(&oldest);
    }
}

/// A panic elsewhere leaves these maps whole: every change to them is a single call.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use nimbus_core::ids::{InvalidId, UserId};

    use super::{Launch, Launches, MOST};

    const A: &str = "018f3c6e7b1a7cc080000123456789aa";
    const B: &str = "018f3c6e7b1a7cc080000123456789bb";

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap_or(Timestamp::MIN)
    }

    fn launch(second: i64) -> Result<Launch, InvalidId> {
        let host = "http://localhost".to_owned();
        Ok(Launch { app: A.parse()?, version: A.parse()?, user: UserId::LOCAL_OWNER, host, issued_at: at(second) })
    }

    #[test]
    fn a_launch_works_once_for_its_app_within_thirty_seconds() -> Result<(), InvalidId> {
        for (app, version, second, works) in
            [(A, A, 1000, true), (A, A, 1029, true), (A, A, 1030, false), (B, A, 1000, false), (A, B, 1000, false)]
        {
            let launches = Launches::default();
            launches.issue("n".to_owned(), launch(1000)?);
            let taken = launches.take("n", app.parse()?, version.parse()?, at(second));
            assert_eq!(taken.is_some(), works, "{app} {version} {second}");
            assert_eq!(launches.take("n", A.parse()?, A.parse()?, at(1000)), None);
        }
        Ok(())
    }

    #[test]
    fn signing_out_ends_what_began_before_and_nothing_after() -> Result<(), InvalidId> {
        let launches = Launches::default();
        let me = UserId::LOCAL_OWNER;
        let before = launches.since(me, at(1000));
        launches.issue("n".to_owned(), launch(1000)?);
        assert!(!launches.signed_out_since(me, before));
        launches.sign_out(me, at(1000));
        let after = launches.since(me, at(1000));
        assert!(launches.signed_out_since(me, before) && !launches.signed_out_since(me, after));
        assert!(!launches.signed_out_since(UserId::EVERYBODY, before));
        assert_eq!(launches.take("n", A.parse()?, A.parse()?, at(1000)), None);
        launches.sign_out(me, at(1000));
        assert!(launches.signed_out_since(me, after));
        Ok(())
    }

    #[test]
    fn waiting_launches_stay_few_and_revoked_ones_do_not_start() -> Result<(), InvalidId> {
        let launches = Launches::default();
        for n in 0..=MOST {
            launches.issue(n.to_string(), launch(1000 + i64::from(n > 0))?);
        }
        assert_eq!(launches.take("0", A.parse()?, A.parse()?, at(1001)), None);
        launches.revoke("1".to_owned(), at(1001));
        assert_eq!(launches.take("1", A.parse()?, A.parse()?, at(1001)), None);
        assert!(launches.is_revoked("1") && !launches.is_revoked("2"));
        assert!(launches.take("2", A.parse()?, A.parse()?, at(1001)).is_some());
        Ok(())
    }
}
