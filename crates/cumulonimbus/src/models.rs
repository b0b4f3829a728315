//! `cumulonimbus models` and `cumulonimbus pull`: Ollama's models from the command line.

use std::{
    io::{IsTerminal, Write},
    sync::Arc,
};

use anyhow::{Result, bail};
use futures::StreamExt;
use nimbus_core::{
    model::{InstalledModel, ModelError, ProviderHealth, ProviderId, PullProgress},
    ports::Models,
    settings::model_name,
};
use nimbus_llm::{LlmConfig, Router};

/// The width of the bar, in characters.
const BAR: u64 = 24;

/// Prints the models that Ollama has.
///
/// # Errors
/// One sentence when it cannot be asked.
pub async fn list(llm: &LlmConfig) -> Result<()> {
    let models = reachable(llm).await?;
    let installed = models.models().await;
    if installed.is_empty() {
        crate::say(&format!(
            "Ollama at {} has no model. `cumulonimbus pull {}` gets one.",
            llm.ollama_api_url, llm.ollama_model
        ));
        return Ok(());
    }
    let name = installed.iter().map(|model| model.name.chars().count()).max().unwrap_or_default().max(4);
    crate::say(&format!("{:name$}  {:>9}  {:>10}  {:>8}", "NAME", "SIZE", "PARAMETERS", "CONTEXT"));
    for model in &installed {
        crate::say(&format!("{:name$}  {}", model.name, described(model)));
    }
    Ok(())
}

fn described(model: &InstalledModel) -> String {
    let unknown = || "?".to_owned();
    let context = model.context_length.map_or_else(unknown, |tokens| tokens.to_string());
    let parameters = model.parameter_size.clone().unwrap_or_else(unknown);
    let loaded = if model.loaded { "  loaded" } else { "" };
    let elsewhere = if model.local { "" } else { "  runs elsewhere" };
    format!("{:>9}  {parameters:>10}  {context:>8}{loaded}{elsewhere}", bytes(model.size_bytes))
}

/// Has Ollama download a model, and shows how far that is. Ctrl+C stops it; what came is kept.
///
/// # Errors
/// One sentence when it cannot be had.
pub async fn pull(llm: &LlmConfig, model: &str) -> Result<()> {
    let model = model_name(model).map_err(|problem| anyhow::anyhow!("the name of the model {problem}"))?;
    let models = reachable(llm).await?;
    let mut progress = models.pull(model.clone());
    let mut line = Line::new(std::io::stdout().is_terminal());
    while let Some(step) = progress.next().await {
        line.show(&step.map_err(in_words)?);
    }
    line.end();
    crate::say(&format!("`{model}` is installed."));
    Ok(())
}

/// The models, once Ollama has answered.
async fn reachable(llm: &LlmConfig) -> Result<Arc<dyn Models>> {
    let models: Arc<dyn Models> = Arc::new(Router::new(llm.clone())?);
    let health = models.probe().await.into_iter().find(|health| health.provider == ProviderId::Ollama);
    match health {
        Some(ProviderHealth { enabled: false, .. }) | None => bail!("OLLAMA_ENABLED is false, so Ollama is not asked"),
        // Without a model it is not ready to write apps, and may well be asked for its models.
        Some(ProviderHealth { version: Some(_), .. }) => Ok(models),
        Some(ProviderHealth { problem: Some(problem), hint, .. }) => {
            bail!("{problem}{}", hint.map(|hint| format!("; {hint}")).unwrap_or_default())
        }
        Some(_) => Ok(models),
    }
}

fn in_words(error: ModelError) -> anyhow::Error {
    let hint = error.hint.map(|hint| format!("; {hint}")).unwrap_or_default();
    anyhow::anyhow!("{}{hint}", error.message)
}

/// The one line that shows a download: rewritten on a terminal, said once per step elsewhere.
struct Line {
    terminal: bool,
    last: String,
}

impl Line {
    fn new(terminal: bool) -> Self {
        Self { terminal, last: String::new() }
    }

    fn show(&mut self, now: &PullProgress) {
        let text = if self.terminal { bar(now) } else { now.status.clone() };
        if text == self.last {
            return;
        }
        if self.terminal {
            let mut out = std::io::stdout();
            // The escape sequence erases what is left of a longer line (ECMA-48, EL).
            let _ = write!(out, "\r{text}\x1b[K");
            let _ = out.flush();
        } else {
            crate::say(&text);
        }
        self.last = text;
    }

    fn end(&self) {
        if self.terminal && !self.last.is_empty() {
            crate::say("");
        }
    }
}

/// Such as `pulling 9f2c [######------------------]  25 %  1.2 of 4.7 GB`. What Ollama says is shown
/// without characters that a terminal would obey.
fn bar(now: &PullProgress) -> String {
    let status: String = now.status.chars().filter(|c| !c.is_control()).take(40).collect();
    let (Some(completed), Some(total)) = (now.completed, now.total.filter(|&total| total > 0)) else { return status };
    let completed = completed.min(total);
    let share = |of: u64| u64::try_from(u128::from(completed) * u128::from(of) / u128::from(total)).unwrap_or(of);
    let done = usize::try_from(share(BAR)).unwrap_or_default();
    let rest = usize::try_from(BAR).unwrap_or_default() - done;
    let (done, rest) = ("#".repeat(done), "-".repeat(rest));
    format!("{status} [{done}{rest}] {:>3} %  {} of {}", share(100), bytes(completed), bytes(total))
}

/// In units of a thousand, as disks are sold and models are listed.
fn bytes(count: u64) -> String {
    match count {
        0..1_000_000 => format!("{:.1} kB", count as f64 / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1} MB", count as f64 / 1e6),
        _ => format!("{:.1} GB", count as f64 / 1e9),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_shows_how_much_of_how_much() {
        let at =
            |completed, total| bar(&PullProgress { status: "pulling 9f2c\u{1b}[31m".to_owned(), completed, total });
        assert_eq!(
            at(Some(1_200_000_000), Some(4_800_000_000)),
            format!("pulling 9f2c[31m [{}{}]  25 %  1.2 GB of 4.8 GB", "#".repeat(6), "-".repeat(18))
        );
        assert_eq!(at(Some(9), Some(3)).matches('#').count(), 24);
        assert_eq!(at(None, Some(3)), "pulling 9f2c[31m");
        assert_eq!(at(Some(0), Some(0)), "pulling 9f2c[31m");
    }

    #[test]
    fn sizes_are_in_units_of_a_thousand() {
        assert_eq!([0, 999_949, 1_500_000, 4_683_087_332].map(bytes), ["0.0 kB", "999.9 kB", "1.5 MB", "4.7 GB"]);
    }
}
