//! Having Ollama download a model.

use std::{collections::HashMap, sync::Arc};

use async_stream::try_stream;
use futures::StreamExt;
use nimbus_core::model::{ModelError, ModelErrorKind, PullProgress, PullStream};
use serde_json::json;

use super::{Ollama, wire::PullAnswer};
use crate::{
    lines::Lines,
    patience::{Patience, Wait},
    transport::{interrupted, tidy},
};

/// The most parts of one model whose progress is counted. Models have less than ten.
const MAX_PARTS: usize = 1_000;

impl Ollama {
    /// Downloads `model`. It comes in parts that are told one after the other; the figures are the
    /// sums over those known so far. As checking a part of many gigabytes takes minutes in which
    /// nothing is told, a pause may be as long as a model may load.
    pub(crate) fn pull(self: Arc<Self>, model: String) -> PullStream {
        Box::pin(try_stream! {
            let mut patience = Patience::downloading(self.timers, format!("the download of `{model}` by `{}`", self.address.shown()));
            let request = self.client.post(self.address.at("/api/pull"));
            let request = request.json(&json!({ "model": model, "stream": true }));
            let response = patience.wait(request.send()).await?.map_err(|error| self.unreachable(&error))?;
            let response = self.accept_stream(&model, response).await.map_err(|error| not_to_be_had(&model, error))?;
            let mut stream = response.bytes_stream();
            let mut lines = Lines::default();
            let mut parts = Parts::default();
            loop {
                let line = match lines.next() {
                    Ok(Some(line)) => line,
                    Ok(None) => {
                        match patience.wait(stream.next()).await? {
                            Some(Ok(bytes)) => lines.push(&bytes),
                            // It is complete only when it says so.
                            Some(Err(_)) | None => Err(interrupted(&self.address))?,
                        }
                        continue;
                    }
                    Err(_) => Err(self.unreadable())?,
                };
                if line.trim().is_empty() {
                    continue;
                }
                let answer: PullAnswer = serde_json::from_str(&line).map_err(|_| self.unreadable())?;
                if let Some(message) = &answer.error {
                    Err(refused(&model, message))?;
                }
                patience.expect(Wait::Part);
                let over = answer.status == "success";
                yield parts.take(answer);
                if over {
                    break;
                }
            }
        })
    }
}

/// What is known of the parts of a download.
#[derive(Debug, Default)]
struct Parts(HashMap<String, (u64, u64)>);

impl Parts {
    fn take(&mut self, answer: PullAnswer) -> PullProgress {
        if let (Some(digest), Some(total)) = (answer.digest, answer.total)
            && (self.0.len() < MAX_PARTS || self.0.contains_key(&digest))
        {
            let part = self.0.entry(digest).or_default();
            // A part that is told without `completed` has not begun, or is only told again.
            *part = (answer.completed.unwrap_or(part.0).min(total), total);
        }
        let known = !self.0.is_empty();
        let (completed, total) = self.0.values().fold((0_u64, 0_u64), |(completed, total), part| {
            (completed.saturating_add(part.0), total.saturating_add(part.1))
        });
        PullProgress {
            status: tidy(&answer.status),
            completed: known.then_some(completed),
            total: known.then_some(total),
        }
    }
}

/// What an error that Ollama reports of a download means.
fn refused(model: &str, message: &str) -> ModelError {
    let lower = message.to_lowercase();
    if lower.contains("file does not exist") || lower.contains("not found") {
        return ModelError::new(ModelErrorKind::ModelNotFound, format!("there is no model `{model}` to download"))
            .with_hint("look for its exact name at `https://ollama.com/library`");
    }
    let error =
        ModelError::new(ModelErrorKind::Provider, format!("Ollama could not download `{model}`: {}", tidy(message)));
    if lower.contains("no space left") {
        return error.with_hint("free space on the disk where Ollama keeps its models");
    }
    if lower.contains("newer version") {
        return error.with_hint("update Ollama");
    }
    error.with_hint("see whether this machine reaches the internet, then try again: what came is kept")
}

/// The same for an answer that is an error as a whole.
fn not_to_be_had(model: &str, error: ModelError) -> ModelError {
    let absent = error.kind == ModelErrorKind::ModelNotFound || error.message.contains("file does not exist");
    if absent { refused(model, "not found") } else { error }
}

#[cfg(test)]
mod tests {
    use super::{Parts, PullAnswer};

    #[test]
    fn sums_over_the_parts() {
        let mut parts = Parts::default();
        let mut take = |status: &str, digest: Option<&str>, total, completed| {
            let digest = digest.map(str::to_owned);
            let answer = PullAnswer { error: None, status: status.to_owned(), digest, total, completed };
            let told = parts.take(answer);
            (told.completed, told.total)
        };
        assert_eq!(take("pulling manifest", None, None, None), (None, None));
        assert_eq!(take("pulling a", Some("a"), Some(100), None), (Some(0), Some(100)));
        assert_eq!(take("pulling a", Some("a"), Some(100), Some(60)), (Some(60), Some(100)));
        assert_eq!(take("pulling a", Some("a"), Some(100), Some(100)), (Some(100), Some(100)));
        assert_eq!(take("pulling b", Some("b"), Some(10), Some(99)), (Some(110), Some(110)), "never more than all");
        assert_eq!(take("verifying sha256 digest", None, None, None), (Some(110), Some(110)));
    }
}
