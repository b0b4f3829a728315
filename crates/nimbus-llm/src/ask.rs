//! What a provider is asked.

use nimbus_core::model::{ChatRequest, Secret, Task};

/// A request with what the person prefers.
#[derive(Debug, Clone)]
pub(crate) struct Ask {
    pub request: ChatRequest,
    /// Whether the person wants reasoning; none: as the model does it.
    pub prefers: Option<bool>,
    /// The key of the hosted provider.
    pub key: Secret,
}

impl Ask {
    /// Whether the model is told to reason or not to: reasoning is spent on code, a title does not
    /// need it.
    pub(crate) fn thinking(&self) -> Option<bool> {
        if self.request.task == Task::Small { Some(false) } else { self.prefers }
    }
}
