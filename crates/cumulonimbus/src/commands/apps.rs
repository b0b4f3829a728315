//! `cumulonimbus apps`: list, import, export.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, Result};
use clap::Subcommand;
use nimbus_core::diagnostic::{Diagnostic, Severity};
use serde_json::{Value, json};

use super::{files, print_found, print_json, reach::Reach};
use crate::config::Config;

/// What is done with apps.
#[derive(Subcommand)]
pub enum Command {
    /// Lists the apps.
    List {
        /// Prints JSON.
        #[arg(long)]
        json: bool,
    },
    /// Makes an app of a folder, a zip archive, or a single .tsx, .jsx or .html file.
    ///
    /// Source that does not build is kept as a draft; what is wrong is printed.
    Import {
        /// The folder or file.
        path: PathBuf,
        /// The app's name; otherwise the folder's or file's.
        #[arg(long)]
        name: Option<String>,
        /// Prints JSON: `appId`, `versionId` and `diagnostics`.
        #[arg(long)]
        json: bool,
    },
    /// Writes an app into a file: a zip archive of a project that builds elsewhere, or one HTML page.
    Export {
        /// The app's id, as `apps list` prints it.
        id: String,
        /// The file to write.
        #[arg(long)]
        out: PathBuf,
        /// Writes one HTML page that runs by itself instead of a zip archive.
        #[arg(long)]
        html: bool,
        /// Prints JSON: `appId`, `out` and `bytes`.
        #[arg(long)]
        json: bool,
    },
}

/// Runs the command.
///
/// # Errors
/// One sentence when it could not be done.
pub async fn run(config: &Config, command: Command) -> Result<ExitCode> {
    let given = match &command {
        // Before anything is opened: a path that cannot be read should say just that.
        Command::Import { path, .. } => Some(files::read(path)?),
        _ => None,
    };
    let reach = Reach::open(config).await?;
    let done = match command {
        Command::List { json } => list(&reach, json).await,
        Command::Import { path, name, json } => import(&reach, &path, name, given.unwrap_or_default(), json).await,
        Command::Export { id, out, html, json } => export(&reach, &id, &out, html, json).await,
    };
    reach.close().await;
    done.map(|()| ExitCode::SUCCESS)
}

async fn list(reach: &Reach, json: bool) -> Result<()> {
    let answer = reach.get_json("/api/apps").await?;
    if json {
        return print_json(&answer);
    }
    let apps = answer["apps"].as_array().map(Vec::as_slice).unwrap_or_default();
    if apps.is_empty() {
        crate::say("There are no apps yet.");
    }
    for app in apps {
        let text = |name: &str| app[name].as_str().unwrap_or_default();
        let state = if app["head"].is_null() { "  (draft)" } else { "" };
        crate::say(&format!("{}  {}{state}", text("id"), text("name")));
    }
    Ok(())
}

async fn import(reach: &Reach, path: &Path, name: Option<String>, given: files::Given, json: bool) -> Result<()> {
    let name = name.or_else(|| path.is_dir().then(|| name_of(path)).flatten());
    let (content_type, body) = form(name.as_deref(), &given.files);
    let bytes = reach.client.post("/api/apps/import", &content_type, body).await?;
    let mut answer: Value = serde_json::from_slice(&bytes).context("the server's answer is not JSON")?;
    let mut found: Vec<Diagnostic> = serde_json::from_value(answer["diagnostics"].take())?;
    found.extend(
        given
            .left_out
            .iter()
            .map(|(path, why)| Diagnostic::warning("skipped-file", format!("`{path}` was left out: {why}."))),
    );
    if json {
        answer["diagnostics"] = serde_json::to_value(&found)?;
        return print_json(&answer);
    }
    print_found(&found);
    let broken = found.iter().any(|diagnostic| diagnostic.severity == Severity::Error);
    let state = if broken { " as a draft, which does not build" } else { "" };
    crate::say(&format!("Imported {}{state}.", answer["appId"].as_str().unwrap_or_default()));
    Ok(())
}

/// A name for an app from its folder's.
fn name_of(path: &Path) -> Option<String> {
    let path = path.canonicalize().ok()?;
    let name = path.file_name()?.to_str()?.replace(['-', '_'], " ");
    (!name.trim().is_empty()).then(|| name.trim().chars().take(60).collect())
}

/// The media type and body of a form with files (RFC 7578).
fn form(name: Option<&str>, files: &[(String, Vec<u8>)]) -> (String, Vec<u8>) {
    let mut boundary = "cumulonimbus-part".to_owned();
    // Whatever a file holds, it cannot hold what separates it from the next.
    while files.iter().any(|(_, content)| contains(content, boundary.as_bytes())) {
        boundary.push_str("-and-more");
    }
    let mut body = Vec::new();
    if let Some(name) = name {
        let head = format!("--{boundary}\r\ncontent-disposition: form-data; name=\"name\"\r\n\r\n{name}\r\n");
        body.extend(head.bytes());
    }
    for (path, content) in files {
        let path = path.replace('\\', "\\\\").replace('"', "%22").replace(['\r', '\n'], " ");
        let head = format!(
            "--{boundary}\r\ncontent-disposition: form-data; name=\"files\"; filename=\"{path}\"\r\n\
             content-type: application/octet-stream\r\n\r\n"
        );
        body.extend(head.bytes());
        body.extend(content);
        body.extend(b"\r\n");
    }
    body.extend(format!("--{boundary}--\r\n").bytes());
    (format!("multipart/form-data; boundary={boundary}"), body)
}

fn contains(content: &[u8], part: &[u8]) -> bool {
    content.windows(part.len()).any(|window| window == part)
}

async fn export(reach: &Reach, id: &str, out: &PathBuf, html: bool, json: bool) -> Result<()> {
    let plain = !id.is_empty() && id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    anyhow::ensure!(plain, "`{id}` is no app's id; `cumulonimbus apps list` prints them");
    let kind = if html { "export.html" } else { "export" };
    let content = reach.client.get(&format!("/api/apps/{id}/{kind}")).await?;
    files::write_file(out, &content)?;
    if json {
        return print_json(&json!({ "appId": id, "out": out, "bytes": content.len() }));
    }
    crate::say(&format!("Wrote {} ({} kB).", out.display(), content.len() / 1_000));
    Ok(())
}
