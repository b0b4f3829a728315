//! What an error of the server means, in our own words.

use std::time::Duration;

use nimbus_core::model::{ModelError, ModelErrorKind, Secret};
use reqwest::{Response, header};

use super::{
    OpenAiCompatible,
    wire::{Chunk, WireError},
};
use crate::transport::{body, tidy};

/// An answer that is an error.
pub(super) struct Failure {
    pub error: ModelError,
    /// For how many tokens of a reply the account can pay, where the error says so.
    pub affordable: Option<u32>,
    /// After how long a request may be sent again, where the error says so.
    pub wait: Option<Duration>,
}

impl From<ModelError> for Failure {
    fn from(error: ModelError) -> Self {
        Self { error, affordable: None, wait: None }
    }
}

impl From<Failure> for ModelError {
    fn from(failure: Failure) -> Self {
        failure.error
    }
}

impl OpenAiCompatible {
    pub(super) async fn failure(&self, model: &str, key: &Secret, response: Response) -> Failure {
        let status = response.status().as_u16();
        let retry_after = response
            .headers()
            .get(header::RETRY_AFTER)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.trim().parse().ok());
        let answer = body(response).await.and_then(|body| serde_json::from_slice::<Chunk>(&body).ok());
        let error = match answer.and_then(|answer| answer.error) {
            Some(error) => error,
            // These are told by many a gateway without a body.
            None if matches!(status, 401 | 402 | 403 | 429) || status >= 500 => WireError::Text(String::new()),
            None => return self.not_this_api().into(),
        };
        Failure {
            affordable: affordable(error.message()),
            wait: (status == 429).then(|| retry_after.map(Duration::from_secs)).flatten(),
            error: self.reported(model, key, Some(status), &error, retry_after),
        }
    }

    /// An error object. `status` is that of the answer; in the middle of a stream the object has
    /// its own.
    pub(super) fn reported(
        &self,
        model: &str,
        key: &Secret,
        status: Option<u16>,
        error: &WireError,
        retry_after: Option<u64>,
    ) -> ModelError {
        let name = self.name();
        let shown = self.address.shown();
        let told = tidy(&key.redact(error.message()));
        let lower = told.to_lowercase();
        let told = if told.is_empty() { "no reason is given".to_owned() } else { told };
        match status.or_else(|| error.status()) {
            Some(401 | 403) if key.is_empty() => ModelError::new(
                ModelErrorKind::Unauthorized,
                format!("{name} at `{shown}` wants a key, and none is set"),
            )
            .with_hint("set `OPENROUTER_API_KEY`"),
            Some(401) => ModelError::new(ModelErrorKind::Unauthorized, format!("{name} at `{shown}` refused the key"))
                .with_hint("check `OPENROUTER_API_KEY`: it may be mistyped, disabled or expired"),
            Some(402) => ModelError::new(
                ModelErrorKind::PaymentRequired,
                match affordable(&lower) {
                    Some(tokens) => format!("{name}: the account can pay for {tokens} tokens of a reply only"),
                    None => format!("{name}: the account cannot pay for this request"),
                },
            )
            .with_hint("add credit, raise the key's limit, or choose a model that costs nothing"),
            Some(404) if !model.is_empty() => ModelError::new(
                ModelErrorKind::ModelNotFound,
                format!("{name} at `{shown}` does not offer model `{model}`: {told}"),
            )
            .with_hint("set `OPENROUTER_MODEL` to a model that is listed there"),
            Some(429) => {
                let wait = retry_after.map_or_else(String::new, |seconds| format!("; it asks to wait {seconds} s"));
                ModelError::new(
                    ModelErrorKind::RateLimited,
                    format!("{name} at `{shown}` has had too many requests{wait}"),
                )
                .with_hint(match retry_after {
                    Some(seconds) => format!("try again in {seconds} s, or choose another model"),
                    None => "try again in a minute, or choose another model".to_owned(),
                })
            }
            Some(400 | 413) | None if lower.contains("context length") || lower.contains("context_length") => {
                ModelError::new(
                    ModelErrorKind::PromptTooLong,
                    format!("the prompt does not fit into the context of `{model}`: {told}"),
                )
                .with_hint("ask for less at once, or choose a model with a larger context")
            }
            Some(400) if lower.contains("not a valid model") => ModelError::new(
                ModelErrorKind::ModelNotFound,
                format!("{name} at `{shown}` does not know model `{model}`"),
            )
            .with_hint("set `OPENROUTER_MODEL` to a model that is listed there"),
            status => {
                let status = status.map_or_else(String::new, |status| format!(" ({status})"));
                ModelError::new(ModelErrorKind::Provider, format!("{name} at `{shown}` reports{status}: {told}"))
                    .with_hint("try again, or choose another model")
            }
        }
    }
}

/// The figure of "… but can only afford 4000."
fn affordable(message: &str) -> Option<u32> {
    let (_, rest) = message.split_once("can only afford ")?;
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::affordable;

    #[test]
    fn finds_the_figure_that_the_account_affords() {
        let message = "You requested up to 65536 tokens, but can only afford 14114. To increase, visit …";
        assert_eq!(affordable(message), Some(14_114));
        assert_eq!(affordable("Insufficient credits"), None);
    }
}
