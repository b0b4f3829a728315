//! The clock and the randomness of the operating system.

use std::sync::Arc;

use nimbus_core::platform::{Clock, Entropy, Platform};

struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> jiff::Timestamp {
        jiff::Timestamp::now()
    }
}

struct SystemEntropy;

impl Entropy for SystemEntropy {
    #[expect(clippy::expect_used, reason = "without randomness no token is safe: nothing may go on")]
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the operating system gives random bytes");
    }
}

/// The real platform.
#[must_use]
pub fn platform() -> Platform {
    Platform::new(Arc::new(SystemClock), Arc::new(SystemEntropy))
}
