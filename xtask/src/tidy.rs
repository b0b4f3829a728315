//! `cargo xtask tidy`: the rules of the code base that no compiler checks. Each rule is a function
//! from what it looks at to findings.

mod crates;
mod lengths;
mod licences;
mod paths;
mod policies;
mod registries;
mod typescript;

use std::fmt;

use anyhow::bail;
use cargo_metadata::{Metadata, MetadataCommand};

use crate::{
    files::{self, root},
    process::{command, output},
};

/// A broken rule.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// The file, from the root.
    pub path: String,
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong and what to do, as a sentence.
    pub message: String,
}

impl Finding {
    /// A finding at a place.
    pub fn new(path: &str, line: usize, message: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line, message: message.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.message)
    }
}

/// Checks every rule.
pub fn run() -> anyhow::Result<()> {
    println!("\n==> tidy");
    let files = files::all()?;
    let metadata = metadata()?;
    let text = |path: &str| files.iter().find(|file| file.path == path).map_or("", |file| file.text.as_str());
    let allowed = licences::Allowed::parse(text("deny.toml"))?;

    let mut findings = Vec::new();
    findings.extend(crates::check(&crates::dependencies(&metadata, &files)));
    findings.extend(typescript::check(&files));
    if text("ARCHITECTURE.md").is_empty() {
        findings.push(Finding::new("ARCHITECTURE.md", 1, "the page is missing: it says where everything is."));
    }
    findings.extend(paths::check("ARCHITECTURE.md", text("ARCHITECTURE.md"), &files));
    findings.extend(registries::check(&files));
    findings.extend(policies::check(&files));
    findings.extend(lengths::check(&files));
    findings.extend(licences::check_crates(&metadata, &allowed));
    findings.extend(licences::check_packages("web/package-lock.json", text("web/package-lock.json"), &allowed)?);
    findings.extend(licences::check_packages("e2e/package-lock.json", text("e2e/package-lock.json"), &allowed)?);

    findings.sort();
    for finding in &findings {
        println!("{finding}");
    }
    match findings.len() {
        0 => {}
        1 => bail!("tidy: 1 finding"),
        count => bail!("tidy: {count} findings"),
    }
    println!("tidy: {} files, no findings", files.len());
    Ok(())
}

/// What cargo knows of the workspace and of everything that it needs on this machine.
fn metadata() -> anyhow::Result<Metadata> {
    let version = output(&mut command("rustc", &["-vV"], &root()))?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap_or_default();
    let options = ["--locked".to_owned(), "--filter-platform".to_owned(), host.to_owned()];
    Ok(MetadataCommand::new().current_dir(root()).other_options(options).exec()?)
}

#[cfg(test)]
mod tests {
    use super::Finding;

    #[test]
    fn a_finding_reads_like_a_compilers() {
        let finding = Finding::new("crates/x/src/lib.rs", 3, "it is wrong.");
        assert_eq!(finding.to_string(), "crates/x/src/lib.rs:3: it is wrong.");
    }
}
