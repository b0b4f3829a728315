//! A kept reply in the place of a model: everything downstream is what it is for any reply.

use std::sync::Arc;

use async_trait::async_trait;
use futures::stream;

use super::KeptReply;
use crate::{
    model::{
        ChatEvent, ChatRequest, ChatStream, FinishReason, InstalledModel, ModelChoice, ModelError, ModelErrorKind,
        ModelRef, ProviderHealth, PullStream, Usage,
    },
    ports::{Models, Sample},
};

/// How many characters come at once: enough that playing takes no time, and that the files still
/// appear one after the other.
const PIECE: usize = 2_000;

/// Answers with one kept reply and asks nobody.
#[derive(Clone)]
pub(crate) struct Played(Arc<KeptReply>);

impl Played {
    pub(crate) fn new(reply: KeptReply) -> Self {
        Self(Arc::new(reply))
    }
}

#[async_trait]
impl Models for Played {
    async fn open(&self, _: &ModelChoice, _: ChatRequest) -> Result<ChatStream, ModelError> {
        let head = &self.0.head;
        let reason = format!(
            "A reply of `{}` that was kept on {} is used again, as you chose. No model is asked",
            head.model.model,
            head.created_at.strftime("%-d %B %Y at %H:%M UTC"),
        );
        let routed = ChatEvent::Routed { model: head.model.clone(), local: true, reason };
        let letters: Vec<char> = self.0.text.chars().collect();
        let pieces = letters.chunks(PIECE).map(|piece| ChatEvent::Text(piece.iter().collect()));
        let done = ChatEvent::Done { reason: FinishReason::Stop, usage: Usage::default() };
        let events: Vec<_> = [routed].into_iter().chain(pieces).chain([done]).map(Ok).collect();
        Ok(Box::pin(stream::iter(events)))
    }

    fn select(&self, _: &ModelChoice) -> Result<(ModelRef, bool), ModelError> {
        Ok((self.0.head.model.clone(), true))
    }

    fn health(&self) -> Vec<ProviderHealth> {
        Vec::new()
    }

    async fn probe(&self) -> Vec<ProviderHealth> {
        Vec::new()
    }

    async fn models(&self) -> Vec<InstalledModel> {
        Vec::new()
    }

    fn context_length(&self, _: &ModelChoice) -> Option<u32> {
        None
    }

    fn pull(&self, model: String) -> PullStream {
        let error = ModelError::new(ModelErrorKind::NotConfigured, format!("`{model}` cannot be fetched from here"));
        Box::pin(stream::iter([Err(error)]))
    }

    fn samples(&self) -> Vec<Sample> {
        Vec::new()
    }
}
