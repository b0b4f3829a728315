//! `cumulonimbus generate`: a description in, a folder of source out.

use std::{io::Write, path::PathBuf, process::ExitCode};

use anyhow::{Context, Result, bail};
use clap::Args;
use futures::{Stream, StreamExt};
use nimbus_core::source::SourceTree;
use nimbus_server::client::ClientError;
use serde_json::{Value, json};

use super::{files, print_json, reach::Reach};
use crate::config::Config;

/// What to make, and where to put it.
#[derive(Args)]
pub struct Arguments {
    /// What the app should be, in a sentence or more.
    prompt: String,
    /// The folder for the app's files: empty, or not there yet.
    #[arg(long)]
    out: PathBuf,
    /// Who writes it, instead of who is configured: `ollama`, `openrouter`, `demo` or `auto`.
    #[arg(long)]
    provider: Option<String>,
    /// The model that writes it, instead of the one that is configured.
    #[arg(long)]
    model: Option<String>,
    /// Prints JSON: `appId`, `versionId`, `files`, `diagnostics`, and `error` when it does not run.
    #[arg(long)]
    json: bool,
}

/// Runs the command; 1 when the app does not run.
///
/// # Errors
/// One sentence when nothing could be begun, or the folder cannot be written.
pub async fn run(config: &Config, arguments: Arguments) -> Result<ExitCode> {
    files::check_free(&arguments.out)?;
    let reach = Reach::open(config).await?;
    let done = generate(&reach, &arguments).await;
    reach.close().await;
    done
}

async fn generate(reach: &Reach, arguments: &Arguments) -> Result<ExitCode> {
    let mut request = json!({ "prompt": arguments.prompt, "executionMode": "sandbox" });
    for (name, value) in [("provider", &arguments.provider), ("model", &arguments.model)] {
        if let Some(value) = value {
            request[name] = json!(value);
        }
    }
    let body = request.to_string().into_bytes();
    let answer = reach.client.post_streaming("/api/apps/generate-stream", "application/json", body).await?;
    let told = follow(answer, !arguments.json).await?;
    let (Some(app), version) = (told.app, told.version) else { bail!("the server ended the stream without a word") };
    let mut written = Vec::new();
    if let Some(version) = &version {
        let mut answer = reach.get_json(&format!("/api/apps/{app}/versions/{version}/files")).await?;
        let tree: SourceTree = serde_json::from_value(answer["files"].take()).context("the files cannot be read")?;
        written = files::write(&arguments.out, &tree)?;
    }
    if arguments.json {
        print_json(&json!({
            "appId": app, "versionId": version, "files": written, "diagnostics": told.found, "error": told.error,
        }))?;
    } else if told.error.is_null() {
        crate::say(&format!("Wrote {} files to {}.", written.len(), arguments.out.display()));
    }
    if told.error.is_null() {
        return Ok(ExitCode::SUCCESS);
    }
    let part = |name: &str| told.error[name].as_str().unwrap_or_default();
    let hint = if part("hint").is_empty() { String::new() } else { format!("; {}", part("hint")) };
    bail!("{}{hint}", part("message"))
}

/// What a generation's events said.
#[derive(Default)]
struct Told {
    app: Option<String>,
    version: Option<String>,
    found: Vec<Value>,
    /// Null when it worked.
    error: Value,
}

/// Reads the events (WHATWG server-sent events) to the last one.
async fn follow<B: AsRef<[u8]>>(
    mut stream: impl Stream<Item = Result<B, ClientError>> + Unpin,
    aloud: bool,
) -> Result<Told> {
    let (mut told, mut text, mut over) = (Told::default(), Vec::new(), false);
    while let Some(bytes) = stream.next().await {
        text.extend_from_slice(bytes.context("the server stopped in the middle")?.as_ref());
        while let Some(end) = text.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = text.drain(..=end).collect();
            let line = String::from_utf8_lossy(&line);
            let Some(data) = line.strip_prefix("data:") else { continue };
            let event: Value = serde_json::from_str(data.trim()).context("an event is not JSON")?;
            over |= take(&mut told, &event, aloud);
        }
    }
    if over { Ok(told) } else { bail!("the server stopped in the middle") }
}

/// Takes an event in; whether it was the last.
fn take(told: &mut Told, event: &Value, aloud: bool) -> bool {
    let text = |name: &str| event[name].as_str().map(str::to_owned);
    let say = |line: String| {
        if aloud {
            let _ = writeln!(std::io::stderr(), "{line}");
        }
    };
    match event["type"].as_str().unwrap_or_default() {
        "status" => {
            told.app = text("appId").or(told.app.take());
            say(text("message").or_else(|| text("status")).unwrap_or_default());
        }
        "file" => say(format!("{} {}", text("state").unwrap_or_default(), text("filename").unwrap_or_default())),
        "diagnostic" => {
            let mut found = event.clone();
            if let Some(fields) = found.as_object_mut() {
                fields.remove("type");
            }
            say(text("message").unwrap_or_default());
            told.found.push(found);
        }
        "complete" => {
            told.version = text("versionId");
            return true;
        }
        "error" => {
            told.version = text("versionId");
            told.error = json!({ "code": event["code"], "message": event["error"], "hint": event["hint"] });
            return true;
        }
        _ => {}
    }
    false
}
