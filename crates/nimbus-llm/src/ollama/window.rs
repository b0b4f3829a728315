//! The context window: how much of it a request needs, and what of it is asked for.

use nimbus_core::model::{ChatRequest, ModelError, ModelErrorKind, estimate_tokens};

/// The windows that are asked for, in tokens. Few, because every change reloads the model.
const BUCKETS: [u32; 5] = [8 * 1024, 16 * 1024, 32 * 1024, 64 * 1024, 128 * 1024];
/// What a chat template adds per message, in tokens, at most.
const PER_MESSAGE: u64 = 8;
/// A reply with less room than this, in tokens, is not worth starting.
const SMALLEST_REPLY: u32 = 1024;

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Window {
    /// `num_ctx`, in tokens.
    pub context: u32,
    /// `num_predict`, in tokens.
    pub reply: u32,
    prompt: u32,
    wanted: u32,
}

/// Chooses the window for `request`: the smallest bucket that holds prompt and reply, or the one
/// the model is `loaded` with where that is large enough. Where the model's `maximum` is less than
/// both need, the reply gets what the prompt leaves.
///
/// # Errors
/// `PromptTooLong` when that is too little for a reply.
pub(super) fn plan(
    model: &str,
    request: &ChatRequest,
    maximum: u32,
    loaded: Option<u32>,
) -> Result<Window, ModelError> {
    let prompt: u64 = request.messages.iter().map(|message| estimate_tokens(&message.content) + PER_MESSAGE).sum();
    let least = SMALLEST_REPLY.min(request.max_tokens);
    if prompt + u64::from(least) > u64::from(maximum) {
        let fits = u64::from(maximum.saturating_sub(least));
        return Err(ModelError::new(
            ModelErrorKind::PromptTooLong,
            format!(
                "the prompt has about {prompt} tokens, but `{model}` takes {maximum}, \
                 of which {least} are for the reply: {} too many",
                prompt - fits
            ),
        )
        .with_hint("ask for less at once, remove files from the app, or choose a model with a larger context"));
    }
    // It is at most `maximum`, so it fits.
    let prompt = u32::try_from(prompt).unwrap_or(u32::MAX);
    let needed = prompt.saturating_add(request.max_tokens);
    let kept = loaded.filter(|loaded| *loaded <= maximum && *loaded >= needed && is_ours(*loaded, maximum));
    let context = kept.unwrap_or_else(|| bucket(needed, maximum));
    Ok(Window { context, reply: request.max_tokens.min(context - prompt), prompt, wanted: request.max_tokens })
}

impl Window {
    /// The next larger window, when the model says that this one is too small.
    pub(super) fn larger(self, maximum: u32) -> Option<Self> {
        if self.context >= maximum {
            return None;
        }
        let context = bucket(self.context + 1, maximum);
        let grown = Self { context, reply: self.wanted.min(context - self.prompt), ..self };
        (context > self.context).then_some(grown)
    }
}

fn bucket(needed: u32, maximum: u32) -> u32 {
    let largest = BUCKETS[BUCKETS.len() - 1];
    BUCKETS.into_iter().find(|bucket| *bucket >= needed).unwrap_or(largest).min(maximum)
}

/// Whether a loaded window is one that this module would choose. Others are not kept: what a
/// server reports there is not always what it takes for the same.
fn is_ours(context: u32, maximum: u32) -> bool {
    BUCKETS.contains(&context) || context == maximum
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

    use nimbus_core::model::{ChatRequest, Message, ModelErrorKind, Role, Task};

    use super::{SMALLEST_REPLY, plan};

    fn request(tokens: usize, max_tokens: u32) -> ChatRequest {
        // The estimate is two tokens per seven bytes.
        let messages = vec![Message::new(Role::User, "x".repeat(tokens * 7 / 2))];
        ChatRequest { task: Task::Large, messages, max_tokens, temperature: 0.2 }
    }

    fn chosen(tokens: usize, max_tokens: u32, maximum: u32, loaded: Option<u32>) -> (u32, u32) {
        let window = plan("m", &request(tokens, max_tokens), maximum, loaded).unwrap();
        (window.context, window.reply)
    }

    #[test]
    fn takes_the_smallest_bucket_that_holds_both() {
        assert_eq!(chosen(1_000, 4_096, 262_144, None), (8_192, 4_096));
        assert_eq!(chosen(4_096, 4_096, 262_144, None), (16_384, 4_096));
        assert_eq!(chosen(100_000, 8_192, 262_144, None), (131_072, 8_192));
    }

    #[test]
    fn is_bounded_by_the_model_and_then_shortens_the_reply() {
        assert_eq!(chosen(1_000, 8_192, 8_192, None), (8_192, 8_192 - 1_008));
        assert_eq!(chosen(1_000, 8_192, 40_960, Some(4_096)), (16_384, 8_192));
    }

    #[test]
    fn keeps_a_larger_window_that_is_loaded() {
        assert_eq!(chosen(1_000, 4_096, 262_144, Some(32_768)), (32_768, 4_096));
        assert_eq!(chosen(1_000, 4_096, 262_144, Some(20_000)), (8_192, 4_096));
    }

    #[test]
    fn names_the_figures_of_a_prompt_that_cannot_fit() {
        let error = plan("m", &request(7_500, 8_192), 8_192, None).unwrap_err();
        assert_eq!(error.kind, ModelErrorKind::PromptTooLong);
        assert_eq!(
            error.message,
            format!(
                "the prompt has about 7508 tokens, but `m` takes 8192, of which {SMALLEST_REPLY} are for the reply: \
                 340 too many"
            )
        );
    }

    #[test]
    fn grows_by_a_bucket_until_the_maximum() {
        let window = plan("m", &request(1_000, 4_096), 20_000, None).unwrap();
        let larger = window.larger(20_000).unwrap();
        assert_eq!((window.context, larger.context), (8_192, 16_384));
        assert_eq!(larger.larger(20_000).unwrap().context, 20_000);
        assert_eq!(larger.larger(20_000).unwrap().larger(20_000), None);
    }
}
