//! A question of an app to a model.

use serde::Deserialize;

use crate::model::{ChatRequest, Message, Role, Task, estimate_tokens};

/// The most messages of one question.
pub const MAX_MESSAGES: usize = 64;
/// The most bytes of all messages together.
pub const MAX_MESSAGE_BYTES: usize = 128 * 1024;
/// The most tokens of an answer.
pub const MAX_ANSWER_TOKENS: u32 = 4096;
/// The tokens of an answer when the app does not say.
pub const DEFAULT_ANSWER_TOKENS: u32 = 1024;
/// The most questions of one app and person per minute.
pub const CALLS_PER_MINUTE: u32 = 20;
/// The most tokens, read and written, of one app and person per day (UTC).
pub const TOKENS_PER_DAY: u64 = 100_000;

/// A question: either one text, or a conversation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Completion {
    /// The conversation so far.
    #[serde(default)]
    pub messages: Option<Vec<Message>>,
    /// The same as one message of the person.
    #[serde(default)]
    pub prompt: Option<String>,
    /// The most tokens of the answer, 1 to [`MAX_ANSWER_TOKENS`].
    #[serde(default)]
    pub max_tokens: Option<u32>,
}

impl Completion {
    /// The request to a model.
    ///
    /// # Errors
    /// A sentence that says what does not fit.
    pub fn request(&self) -> Result<ChatRequest, String> {
        let messages = match (&self.messages, &self.prompt) {
            (Some(messages), None) => messages.clone(),
            (None, Some(prompt)) => vec![Message::new(Role::User, prompt.as_str())],
            _ => return Err("a question has either `messages` or a `prompt`".to_owned()),
        };
        if messages.is_empty() || messages.len() > MAX_MESSAGES {
            return Err(format!("a question has 1 to {MAX_MESSAGES} messages"));
        }
        if messages.iter().all(|message| message.content.trim().is_empty()) {
            return Err("a question needs some text".to_owned());
        }
        if messages.iter().map(|message| message.content.len()).sum::<usize>() > MAX_MESSAGE_BYTES {
            return Err(format!("the messages must be at most {} KiB together", MAX_MESSAGE_BYTES / 1024));
        }
        let max_tokens = self.max_tokens.unwrap_or(DEFAULT_ANSWER_TOKENS);
        if !(1..=MAX_ANSWER_TOKENS).contains(&max_tokens) {
            return Err(format!("`maxTokens` is {max_tokens}, but must be 1 to {MAX_ANSWER_TOKENS}"));
        }
        Ok(ChatRequest { task: Task::Small, messages, max_tokens, temperature: 0.7 })
    }
}

/// About how many tokens the model reads.
#[must_use]
pub fn prompt_tokens(request: &ChatRequest) -> u64 {
    request.messages.iter().map(|message| estimate_tokens(&message.content)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_one_text_or_a_conversation_within_limits() {
        let ask = |messages: Option<Vec<Message>>, prompt: Option<&str>, max_tokens| {
            Completion { messages, prompt: prompt.map(str::to_owned), max_tokens }.request()
        };
        let one = |text: &str| Some(vec![Message::new(Role::User, text)]);
        assert_eq!(ask(None, Some("hi"), None), ask(one("hi"), None, Some(DEFAULT_ANSWER_TOKENS)));
        assert!(ask(one("hi"), None, Some(MAX_ANSWER_TOKENS)).is_ok());
        for (messages, prompt, max_tokens) in [
            (None, None, None),
            (one("hi"), Some("hi"), None),
            (Some(Vec::new()), None, None),
            (Some(vec![Message::new(Role::User, "x"); MAX_MESSAGES + 1]), None, None),
            (None, Some(" "), None),
            (one(&"x".repeat(MAX_MESSAGE_BYTES + 1)), None, None),
            (None, Some("hi"), Some(0)),
            (None, Some("hi"), Some(MAX_ANSWER_TOKENS + 1)),
        ] {
            assert!(ask(messages.clone(), prompt, max_tokens).is_err(), "{messages:?} {prompt:?} {max_tokens:?}");
        }
    }
}
