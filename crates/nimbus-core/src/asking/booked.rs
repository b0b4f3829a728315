//! A reply whose cost is counted.

use futures::{StreamExt, stream};

use super::Asking;
use crate::{
    ids::UserId,
    model::{ChatEvent, ChatStream, Money},
    settings::Spending,
};

/// The same reply; when it ends, what it cost is on the person's account before the end is seen.
pub(super) fn booked(reply: ChatStream, asking: Asking, user: UserId) -> ChatStream {
    let bill = Bill { asking, user, hosted: false, begun: false };
    Box::pin(stream::unfold((reply, bill), |(mut reply, mut bill)| async move {
        let event = reply.next().await?;
        match &event {
            Ok(ChatEvent::Routed { local, .. }) => bill.hosted = !local,
            Ok(ChatEvent::Text(_) | ChatEvent::Thinking(_)) => bill.begun = true,
            Ok(ChatEvent::Done { usage, .. }) => bill.settle(usage.cost).await,
            Ok(ChatEvent::Fallback { .. } | ChatEvent::Loading | ChatEvent::Waiting { .. }) | Err(_) => {}
        }
        Some((event, (reply, bill)))
    }))
}

/// What is known of a reply's cost. A hosted reply that breaks off, or that its person stops, cost
/// something, and nobody says what: it counts as unpriced.
struct Bill {
    asking: Asking,
    user: UserId,
    hosted: bool,
    begun: bool,
}

impl Bill {
    async fn settle(&mut self, cost: Option<Money>) {
        let unpriced = u64::from(self.hosted && cost.is_none());
        self.begun = false;
        self.asking.book(self.user, Spending { cost: cost.unwrap_or_default(), unpriced }).await;
    }
}

impl Drop for Bill {
    fn drop(&mut self) {
        if !(self.hosted && self.begun) {
            return;
        }
        let (asking, user) = (self.asking.clone(), self.user);
        // Outside a runtime the process ends, and with it the count of this one.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move { asking.book(user, Spending { cost: Money::ZERO, unpriced: 1 }).await });
        }
    }
}
