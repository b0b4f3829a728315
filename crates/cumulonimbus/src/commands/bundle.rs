//! `cumulonimbus bundle`: an app from a path to one HTML page, without a server and without data.

use std::{path::PathBuf, process::ExitCode, time::Instant};

use anyhow::Result;
use clap::Args;
use nimbus_core::{
    app::file_name,
    diagnostic::{Diagnostic, Severity},
    generate::build,
    ids::AppId,
    ports::Exporter,
};
use nimbus_server::upload::Upload;
use serde_json::json;

use super::{files, print_found, print_json};
use crate::{parts, system};

/// What to build, and where to.
#[derive(Args)]
pub struct Arguments {
    /// A folder, a zip archive, or a single .tsx, .jsx or .html file.
    path: PathBuf,
    /// The HTML file to write; none: only tells what is wrong.
    #[arg(long)]
    out: Option<PathBuf>,
    /// Prints JSON: `ok`, `out`, `bytes`, `timings` in milliseconds, and `diagnostics`.
    #[arg(long)]
    json: bool,
}

/// Runs the command; 1 when the app does not build.
///
/// # Errors
/// One sentence when the path cannot be read or the page cannot be written.
pub async fn run(arguments: Arguments) -> Result<ExitCode> {
    let given = files::read(&arguments.path)?;
    let mut upload = Upload::default();
    for (path, content) in &given.files {
        upload.add(path, content);
    }
    for (path, why) in &given.left_out {
        upload.leave_out(path, why);
    }
    let brought = upload.finish();
    let (bundler, exporter) = (parts::bundler()?, parts::exporter()?);
    let mut built = build(&bundler, AppId::new(&system::platform()), brought.files).await;
    let mut found: Vec<Diagnostic> = [brought.found, built.fixes, built.diagnostics].concat();
    found.sort_by_key(|diagnostic| diagnostic.severity);

    let title = arguments.path.file_stem().and_then(|stem| stem.to_str()).unwrap_or("App").to_owned();
    let failed = found.iter().any(|diagnostic| diagnostic.severity == Severity::Error);
    let mut bytes = None;
    if let (Some(bundle), Some(out), false) = (&built.bundle, &arguments.out, failed) {
        let began = Instant::now();
        match exporter.page(&file_name(&title), &title, bundle).await {
            Ok(page) => {
                built.timings.insert("page", began.elapsed().as_secs_f64() * 1_000.0);
                files::write_file(out, page.as_bytes())?;
                bytes = Some(page.len());
            }
            Err(why) => found.insert(0, why),
        }
    }
    let ok = built.bundle.is_some() && !found.iter().any(|diagnostic| diagnostic.severity == Severity::Error);
    if arguments.json {
        let out = arguments.out.filter(|_| bytes.is_some());
        print_json(&json!({
            "ok": ok, "out": out, "bytes": bytes, "timings": built.timings, "diagnostics": found,
        }))?;
    } else {
        print_found(&found);
        let total = built.timings.get("total").copied().unwrap_or_default();
        match (ok, bytes) {
            (false, _) => crate::say("It does not build."),
            (true, None) => crate::say(&format!("It builds ({total:.0} ms).")),
            (true, Some(bytes)) => {
                crate::say(&format!("It builds ({total:.0} ms); the page has {} kB.", bytes / 1_000));
            }
        }
    }
    Ok(if ok { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
