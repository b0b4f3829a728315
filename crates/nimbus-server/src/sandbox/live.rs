//! News for those who follow a collection. Within this process: another server on the same database
//! does not hear of it.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use nimbus_core::{
    data::Change,
    ids::{AppId, UserId},
};
use tokio::sync::broadcast;

/// How many pieces of news a slow follower may be behind before it has to read all again.
const BACKLOG: usize = 1024;
/// The most followers of one app and person.
const MOST_FOLLOWERS: usize = 32;

/// What followers are told.
#[derive(Debug, Clone)]
pub(crate) enum News {
    /// A record changed.
    Changed {
        app: AppId,
        /// Under whom the record is kept.
        keeper: UserId,
        change: Arc<Change>,
    },
    /// Something happened that may have ended launches: look again whether yours goes on.
    LookAgain,
}

/// All followers of this server.
#[derive(Debug)]
pub(crate) struct Live {
    news: broadcast::Sender<News>,
    followers: Arc<Mutex<HashMap<(AppId, UserId), usize>>>,
}

impl Default for Live {
    fn default() -> Self {
        Self { news: broadcast::Sender::new(BACKLOG), followers: Arc::default() }
    }
}

impl Live {
    /// Tells all who follow.
    pub(crate) fn tell(&self, news: News) {
        // An error means that nobody follows.
        let _ = self.news.send(news);
    }

    /// All news from now on.
    pub(crate) fn news(&self) -> broadcast::Receiver<News> {
        self.news.subscribe()
    }

    /// A place among the followers; none when this app and person have too many.
    pub(crate) fn follow(&self, app: AppId, user: UserId) -> Option<(broadcast::Receiver<News>, Place)> {
        let mut followers = self.followers.lock().unwrap_or_else(PoisonError::into_inner);
        let count = followers.entry((app, user)).or_default();
        if *count >= MOST_FOLLOWERS {
            return None;
        }
        *count += 1;
        let place = Place { followers: Arc::clone(&self.followers), of: (app, user) };
        Some((self.news.subscribe(), place))
    }
}

/// A follower's place, free again when this goes.
pub(crate) struct Place {
    followers: Arc<Mutex<HashMap<(AppId, UserId), usize>>>,
    of: (AppId, UserId),
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut followers = self.followers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = followers.get_mut(&self.of) {
            *count -= 1;
            if *count == 0 {
                followers.remove(&self.of);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use nimbus_core::ids::{InvalidId, UserId};

    use super::{Live, MOST_FOLLOWERS};

    #[test]
    fn followers_are_few_and_leave_their_place() -> Result<(), InvalidId> {
        let live = Live::default();
        let app = "018f3c6e7b1a7cc080000123456789aa".parse()?;
        let follow = |user| live.follow(app, user);
        let mut places: Vec<_> = (0..MOST_FOLLOWERS).map(|_| follow(UserId::LOCAL_OWNER)).collect();
        assert!(places.iter().all(Option::is_some));
        assert!(follow(UserId::LOCAL_OWNER).is_none() && follow(UserId::EVERYBODY).is_some());
        places.pop();
        assert!(follow(UserId::LOCAL_OWNER).is_some());
        Ok(())
    }
}
