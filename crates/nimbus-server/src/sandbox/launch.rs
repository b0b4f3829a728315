//! Launches: the single-use numbers that turn an app's address into a running document.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use jiff::{SignedDuration, Timestamp};
use nimbus_core::ids::{AppId, UserId, VersionId};

/// How long a launch waits for its frame.
const WAIT: SignedDuration = SignedDuration::from_secs(30);
/// The most launches that wait; the oldest make room.
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

/// The launches that wait. In memory only: after a restart a page asks for a new one. Which launches
/// are over is in the store, as their tokens outlive this process.
#[derive(Debug, Default)]
pub(crate) struct Launches {
    waiting: Mutex<HashMap<String, Launch>>,
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

    /// Has a launch wait no longer.
    pub(crate) fn drop_one(&self, number: &str) {
        lock(&self.waiting).remove(number);
    }

    /// Has no launch of a person wait any longer.
    pub(crate) fn drop_all_of(&self, user: UserId) {
        lock(&self.waiting).retain(|_, launch| launch.user != user);
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
    fn waiting_launches_stay_few_and_dropped_ones_do_not_start() -> Result<(), InvalidId> {
        let launches = Launches::default();
        for n in 0..=MOST {
            launches.issue(n.to_string(), launch(1000 + i64::from(n > 0))?);
        }
        assert_eq!(launches.take("0", A.parse()?, A.parse()?, at(1001)), None);
        launches.drop_one("1");
        assert_eq!(launches.take("1", A.parse()?, A.parse()?, at(1001)), None);
        assert!(launches.take("2", A.parse()?, A.parse()?, at(1001)).is_some());
        launches.drop_all_of(UserId::EVERYBODY);
        assert!(launches.take("3", A.parse()?, A.parse()?, at(1001)).is_some());
        launches.drop_all_of(UserId::LOCAL_OWNER);
        assert_eq!(launches.take("4", A.parse()?, A.parse()?, at(1001)), None);
        Ok(())
    }
}
