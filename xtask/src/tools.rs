//! What the tests need beside Rust: installed when we may, else named in one sentence each.

use std::{fs, path::Path};

use anyhow::{Context, bail};

use crate::{
    postgres,
    process::{command, find, is_root, run},
};

/// Something that a part of the tests needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tool {
    /// A browser for the journeys.
    Chromium,
    /// A second browser for the hostile suite.
    Firefox,
    /// A database server for the store's stories.
    Postgres,
    /// Node.js with npm.
    Node,
}

/// The oldest Node.js that the web build's tools accept.
const NODE: (u32, u32) = (20, 19);

/// Makes sure that every tool is there.
pub fn ensure(tools: &[Tool]) -> anyhow::Result<()> {
    let missing: Vec<Tool> = tools.iter().copied().filter(|tool| !is_there(*tool)).collect();
    install(&missing)?;
    let still: Vec<&str> = missing.into_iter().filter(|tool| !is_there(*tool)).map(sentence).collect();
    if !still.is_empty() {
        bail!("something is missing:\n  {}", still.join("\n  "));
    }
    Ok(())
}

/// Installs what the tests can do with less of, where we may; else says what they do without it.
pub fn wish_for(tool: Tool) {
    if is_there(tool) {
        return;
    }
    if let Err(error) = install(&[tool]) {
        println!("{error:#}");
    }
    if !is_there(tool) {
        println!("{}", sentence(tool));
    }
}

/// Installs Debian's packages of tools, when this is root's Debian.
fn install(tools: &[Tool]) -> anyhow::Result<()> {
    let packages: Vec<&str> = tools.iter().filter_map(|tool| package(*tool)).collect();
    if packages.is_empty() || !is_root() || find("apt-get").is_none() {
        return Ok(());
    }
    let folder = Path::new("/");
    run(command("apt-get", &["update", "-q"], folder).env("DEBIAN_FRONTEND", "noninteractive"))?;
    let mut install = command("apt-get", &["install", "-qy", "--no-install-recommends"], folder);
    run(install.args(&packages).env("DEBIAN_FRONTEND", "noninteractive"))
}

/// Makes sure that the packages of `folder` are installed as its lockfile says.
pub fn ensure_packages(folder: &Path) -> anyhow::Result<()> {
    let written = |path: &str| fs::metadata(folder.join(path)).and_then(|file| file.modified());
    let lockfile = written("package-lock.json").with_context(|| format!("{} has no lockfile", folder.display()))?;
    // The program's own build leaves out what only checks need, such as the TypeScript compiler.
    let whole = folder.join("node_modules/.bin/tsc").exists();
    if whole && written("node_modules/.package-lock.json").is_ok_and(|installed| installed >= lockfile) {
        return Ok(());
    }
    run(&mut command("npm", &["ci", "--ignore-scripts", "--no-fund", "--no-audit"], folder))
}

fn is_there(tool: Tool) -> bool {
    match tool {
        Tool::Chromium => Path::new("/usr/bin/chromium").is_file(),
        Tool::Firefox => Path::new("/usr/bin/firefox-esr").is_file(),
        Tool::Postgres => postgres::programs().is_some(),
        Tool::Node => find("npm").is_some() && node_version().is_some_and(|version| version >= NODE),
    }
}

/// The Debian package of a tool; none where Debian's is too old.
fn package(tool: Tool) -> Option<&'static str> {
    match tool {
        Tool::Chromium => Some("chromium"),
        Tool::Firefox => Some("firefox-esr"),
        Tool::Postgres => Some("postgresql"),
        Tool::Node => None,
    }
}

fn sentence(tool: Tool) -> &'static str {
    match tool {
        Tool::Chromium => "`/usr/bin/chromium` is missing: the browser journeys need it; `apt-get install chromium`.",
        Tool::Firefox => {
            "`/usr/bin/firefox-esr` is missing: the hostile suite runs in Chromium only; `apt-get install firefox-esr`."
        }
        Tool::Postgres => {
            "PostgreSQL's `initdb` is missing: the store's stories need a server; `apt-get install postgresql`."
        }
        Tool::Node => {
            "Node.js 20.19 or newer with `npm` is missing: the web build needs it; install it from nodejs.org."
        }
    }
}

fn node_version() -> Option<(u32, u32)> {
    parse_version(&crate::process::output(&mut command("node", &["--version"], Path::new("/"))).ok()?)
}

/// Major and minor of a version such as `v20.19.1`.
fn parse_version(text: &str) -> Option<(u32, u32)> {
    let mut numbers = text.trim_start_matches('v').split('.').map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

#[cfg(test)]
mod tests {
    use super::{NODE, parse_version};

    #[test]
    fn an_old_node_is_told_from_a_new_one() {
        assert!(parse_version("v18.20.4").is_some_and(|version| version < NODE));
        assert!(parse_version("v20.19.0").is_some_and(|version| version >= NODE));
        assert!(parse_version("v24.1.0").is_some_and(|version| version >= NODE));
        assert_eq!(parse_version("what?"), None);
    }
}
