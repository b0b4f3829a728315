//! `cargo xtask test`: everything that must hold, in the order in which it fails fastest.

use std::{path::PathBuf, process::Command, time::Instant};

use anyhow::{Context, bail};

use crate::{
    files::root,
    postgres::Cluster,
    process::{command, run as run_program},
    tidy,
    tools::{self, Tool},
};

/// The variable that tells the store's stories where PostgreSQL is.
const POSTGRES: &str = "CUMULONIMBUS_TEST_POSTGRES";

/// A part of the tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The rules of the code base.
    Tidy,
    /// Format, lints and tests of every crate.
    Rust,
    /// Types, lints and tests of `web/`.
    Web,
    /// The browser journeys, then the hostile suite.
    E2e,
}

impl Part {
    const ALL: [Self; 4] = [Self::Tidy, Self::Rust, Self::Web, Self::E2e];

    const fn name(self) -> &'static str {
        match self {
            Self::Tidy => "tidy",
            Self::Rust => "rust",
            Self::Web => "web",
            Self::E2e => "e2e",
        }
    }
}

/// The parts of the given names; all when none is given.
pub fn parts(names: &[&str]) -> anyhow::Result<Vec<Part>> {
    if names.is_empty() {
        return Ok(Part::ALL.to_vec());
    }
    names
        .iter()
        .map(|name| {
            let part = Part::ALL.into_iter().find(|part| part.name() == *name);
            part.with_context(|| format!("`{name}` is no part of the tests: there are `tidy`, `rust`, `web` and `e2e`"))
        })
        .collect()
}

/// Runs parts one after the other until one fails.
pub fn run(parts: &[Part]) -> anyhow::Result<()> {
    let mut needed = Vec::new();
    for part in parts {
        needed.extend(match part {
            Part::Tidy => &[] as &[Tool],
            Part::Rust => &[Tool::Node, Tool::Postgres],
            Part::Web => &[Tool::Node, Tool::Chromium],
            Part::E2e => &[Tool::Node, Tool::Chromium],
        });
    }
    needed.dedup();
    tools::ensure(&needed)?;
    let mut summary = Vec::new();
    for part in parts {
        let started = Instant::now();
        match part {
            Part::Tidy => tidy::run()?,
            Part::Rust => rust()?,
            Part::Web => web()?,
            Part::E2e => e2e()?,
        }
        summary.push(format!("{} {:.0} s", part.name(), started.elapsed().as_secs_f64()));
    }
    println!("\nall passed: {}", summary.join(", "));
    Ok(())
}

fn rust() -> anyhow::Result<()> {
    run_program(&mut cargo(&["fmt", "--all", "--check"]))?;
    run_program(&mut cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))?;
    let mut tests = cargo(&["test", "--workspace"]);
    if std::env::var_os(POSTGRES).is_some() {
        return run_program(&mut tests);
    }
    let cluster = Cluster::start()?;
    run_program(tests.env(POSTGRES, cluster.url()))
}

fn web() -> anyhow::Result<()> {
    let folder = root().join("web");
    tools::ensure_packages(&folder)?;
    run_program(&mut command("npm", &["run", "--silent", "check"], &folder))?;
    run_program(&mut command("npm", &["test", "--silent"], &folder))
}

fn e2e() -> anyhow::Result<()> {
    let folder = root().join("e2e");
    tools::ensure_packages(&folder)?;
    let program = program()?;
    run_program(&mut command("npm", &["run", "--silent", "check"], &folder))?;
    run_program(
        command("npx", &["--no-install", "playwright", "test"], &folder).env("CUMULONIMBUS_PROGRAM", &program),
    )?;
    // In a network of its own, so after what needs none. It runs in every browser that is there.
    tools::wish_for(Tool::Firefox);
    let mut hostile = Command::new(folder.join("hostile").join("run"));
    run_program(hostile.current_dir(&folder).env("CUMULONIMBUS_PROGRAM", &program))
}

/// Builds what is released, unless `CUMULONIMBUS_PROGRAM` names it, and says where it is.
pub fn program() -> anyhow::Result<PathBuf> {
    if let Some(named) = std::env::var_os("CUMULONIMBUS_PROGRAM") {
        return Ok(named.into());
    }
    run_program(&mut cargo(&["build", "--release", "--locked"]))?;
    let program = target()?.join("release").join("cumulonimbus");
    if !program.is_file() {
        bail!("`{}` was not built", program.display());
    }
    Ok(program)
}

fn cargo(arguments: &[&str]) -> Command {
    command("cargo", arguments, &root())
}

/// Where cargo puts what it builds.
pub fn target() -> anyhow::Result<PathBuf> {
    let metadata = cargo_metadata::MetadataCommand::new().no_deps().current_dir(root()).exec()?;
    Ok(metadata.target_directory.into_std_path_buf())
}

#[cfg(test)]
mod tests {
    use super::{Part, parts};

    #[test]
    fn parts_are_chosen_by_name() -> anyhow::Result<()> {
        assert_eq!(parts(&[])?, Part::ALL);
        assert_eq!(parts(&["web", "rust"])?, [Part::Web, Part::Rust]);
        let Err(error) = parts(&["browser"]) else { anyhow::bail!("it was accepted") };
        assert!(error.to_string().starts_with("`browser` is no part"), "{error}");
        Ok(())
    }
}
