//! A reply as it is heard, whichever way the model marks its parts.

use nimbus_core::model::ChatEvent;

use crate::{
    thinking::{Piece, Splitter, Start},
    tool_calls::ToolCalls,
};

/// Tells reasoning and reply apart, and makes files of calls of tools that came as text.
pub(crate) struct Heard {
    splitter: Splitter,
    calls: ToolCalls,
}

impl Heard {
    pub(crate) fn new(start: Start) -> Self {
        Self { splitter: Splitter::new(start), calls: ToolCalls::new() }
    }

    /// Takes what came in a field for reasoning, and in the one for the reply.
    pub(crate) fn take(&mut self, thinking: Option<&str>, content: &str) -> Vec<ChatEvent> {
        let mut events = Vec::new();
        if let Some(thinking) = thinking.filter(|thinking| !thinking.is_empty()) {
            self.splitter.separated();
            events.push(ChatEvent::Thinking(thinking.to_owned()));
        }
        let pieces = self.splitter.push(content);
        self.give(pieces, &mut events);
        events
    }

    /// The reply is over: what was held back.
    pub(crate) fn finish(mut self) -> Vec<ChatEvent> {
        let mut events = Vec::new();
        let pieces = std::mem::replace(&mut self.splitter, Splitter::new(Start::Reply)).finish();
        self.give(pieces, &mut events);
        let rest = self.calls.finish();
        if !rest.is_empty() {
            events.push(ChatEvent::Text(rest));
        }
        events
    }

    fn give(&mut self, pieces: Vec<Piece>, events: &mut Vec<ChatEvent>) {
        for piece in pieces {
            match piece {
                Piece::Thinking(text) => events.push(ChatEvent::Thinking(text)),
                Piece::Text(text) => {
                    let text = self.calls.push(&text);
                    if !text.is_empty() {
                        events.push(ChatEvent::Text(text));
                    }
                }
            }
        }
    }
}
