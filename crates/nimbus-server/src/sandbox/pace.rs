//! How often an app may ask, per app and person.

use std::time::Duration;

use nimbus_core::{
    completion,
    data::{CALL_BURST, CALLS_PER_SECOND},
    ids::{AppId, UserId},
};

use crate::{
    error::{ApiError, Code},
    limits::rates::{Rate, SteadyClock},
};

/// The most requests to the web of one app and person per minute.
const FETCHES_PER_MINUTE: u32 = 60;
const MINUTE: Duration = Duration::from_secs(60);

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    /// Data, storage and the like.
    Data,
    /// A request to the web.
    Fetch,
    /// A question to a model.
    Model,
}

impl Asked {
    fn refusal(self, wait: Duration) -> ApiError {
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
        ApiError::new(code, message).retry_after(wait)
    }
}

/// The paces of all apps.
pub(crate) struct Pace {
    data: Rate<(AppId, UserId)>,
    fetch: Rate<(AppId, UserId)>,
    model: Rate<(AppId, UserId)>,
}

impl Pace {
    pub(crate) fn new(clock: &SteadyClock) -> Self {
        Self {
            data: Rate::new(CALL_BURST, Duration::from_secs(1) / CALLS_PER_SECOND, clock),
            fetch: Rate::new(FETCHES_PER_MINUTE, MINUTE / FETCHES_PER_MINUTE, clock),
            model: Rate::new(completion::CALLS_PER_MINUTE, MINUTE / completion::CALLS_PER_MINUTE, clock),
        }
    }

    /// Counts one.
    ///
    /// # Errors
    /// 429, when there were too many.
    pub(crate) fn count(&self, asked: Asked, app: AppId, user: UserId) -> Result<(), ApiError> {
        let rate = match asked {
            Asked::Data => &self.data,
            Asked::Fetch => &self.fetch,
            Asked::Model => &self.model,
        };
        rate.draw((app, user)).map_err(|wait| asked.refusal(wait))
    }
}

#[cfg(test)]
mod tests {
    use nimbus_core::{
        ids::{InvalidId, UserId},
        platform::fixed,
    };

    use super::{Asked, Pace, SteadyClock};

    const A: &str = "018f3c6e7b1a7cc080000123456789aa";
    const B: &str = "018f3c6e7b1a7cc080000123456789bb";

    #[test]
    fn each_app_and_person_has_a_burst_and_a_rate() -> Result<(), InvalidId> {
        for (asked, burst, millis) in [(Asked::Data, 200, 10), (Asked::Fetch, 60, 1000), (Asked::Model, 20, 3000)] {
            let (platform, clock) = fixed::platform();
            let pace = Pace::new(&SteadyClock::new(platform));
            let (a, b) = (A.parse()?, B.parse()?);
            let count = |app, user| pace.count(asked, app, user).is_ok();
            for n in 0..burst {
                assert!(count(a, UserId::LOCAL_OWNER), "{asked:?} {n}");
            }
            assert!(!count(a, UserId::LOCAL_OWNER));
            clock.advance(millis - 1);
            assert!(!count(a, UserId::LOCAL_OWNER));
            clock.advance(1);
            assert!(count(a, UserId::LOCAL_OWNER) && !count(a, UserId::LOCAL_OWNER));
            assert!(count(b, UserId::LOCAL_OWNER) && count(a, UserId::EVERYBODY));
        }
        Ok(())
    }
}
