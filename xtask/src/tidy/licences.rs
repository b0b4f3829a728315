//! Licences of everything that we build with, against the list in `deny.toml`.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context;
use cargo_metadata::Metadata;
use spdx::{Expression, LicenseReq, ParseMode};

use super::Finding;

/// npm packages under weaker terms, by the start of their names, that build the pages without
/// becoming a part of them.
const BUILD_TOOLS: &[&str] = &["lightningcss"];

/// npm packages that tell their licence in a file and not to npm, with what that file says.
const TOLD_IN_A_FILE: &[(&str, &str)] = &[("webgl-constants", "MIT")];

/// What `deny.toml` allows.
#[derive(Debug)]
pub struct Allowed {
    everywhere: BTreeSet<String>,
    by_crate: BTreeMap<String, BTreeSet<String>>,
}

impl Allowed {
    /// Reads `[licenses]`.
    pub fn parse(deny: &str) -> anyhow::Result<Self> {
        let table: toml::Table = deny.parse().context("`deny.toml` is not TOML")?;
        let licenses = table.get("licenses").context("`deny.toml` has no `[licenses]`")?;
        let names = |table: &toml::Value| -> Option<BTreeSet<String>> {
            table.get("allow")?.as_array()?.iter().map(|name| name.as_str().map(str::to_owned)).collect()
        };
        let everywhere = names(licenses).context("`licenses.allow` in `deny.toml` is no list of names")?;
        let mut by_crate = BTreeMap::new();
        for exception in licenses.get("exceptions").and_then(toml::Value::as_array).into_iter().flatten() {
            let name = exception.get("name").and_then(toml::Value::as_str);
            let name = name.context("an exception in `deny.toml` has no `name`")?;
            by_crate.insert(name.to_owned(), names(exception).unwrap_or_default());
        }
        Ok(Self { everywhere, by_crate })
    }

    fn permits(&self, package: &str, requirement: &LicenseReq) -> bool {
        let name = requirement.to_string();
        self.everywhere.contains(&name) || self.by_crate.get(package).is_some_and(|names| names.contains(&name))
    }
}

/// Finds crates whose licence is not allowed.
pub fn check_crates(metadata: &Metadata, allowed: &Allowed) -> Vec<Finding> {
    let crates = metadata.packages.iter().filter(|package| package.source.is_some());
    crates
        .filter_map(|package| {
            let name = format!("the crate `{}` {}", package.name, package.version);
            finding("Cargo.lock", &package.name, &name, package.license.as_deref(), allowed)
        })
        .collect()
}

/// Finds npm packages whose licence is not allowed, from the licences that npm notes in a lockfile.
pub fn check_packages(path: &str, lockfile: &str, allowed: &Allowed) -> anyhow::Result<Vec<Finding>> {
    let lockfile: serde_json::Value =
        serde_json::from_str(lockfile).with_context(|| format!("`{path}` is not JSON"))?;
    let packages = lockfile.get("packages").and_then(serde_json::Value::as_object);
    let packages = packages.with_context(|| format!("`{path}` has no `packages`"))?;
    Ok(packages
        .iter()
        .filter_map(|(place, package)| {
            let (_, name) = place.rsplit_once("node_modules/")?;
            let flag = |key: &str| package.get(key).and_then(serde_json::Value::as_bool).unwrap_or(false);
            if flag("link") || flag("dev") || BUILD_TOOLS.iter().any(|start| name.starts_with(start)) {
                return None;
            }
            let in_file = TOLD_IN_A_FILE.iter().find(|(known, _)| *known == name).map(|(_, licence)| *licence);
            let licence = package.get("license").and_then(serde_json::Value::as_str).or(in_file);
            finding(path, name, &format!("the package `{name}`"), licence, allowed)
        })
        .collect())
}

fn finding(path: &str, package: &str, name: &str, licence: Option<&str>, allowed: &Allowed) -> Option<Finding> {
    let Some(licence) = licence else {
        return Some(Finding::new(path, 1, format!("{name} does not say its licence.")));
    };
    let Ok(expression) = Expression::parse_mode(licence, ParseMode::LAX) else {
        return Some(Finding::new(path, 1, format!("{name} has a licence that is no SPDX expression: `{licence}`.")));
    };
    if expression.evaluate(|requirement| allowed.permits(package, requirement)) {
        return None;
    }
    Some(Finding::new(path, 1, format!("{name} is under `{licence}`, which `deny.toml` does not allow.")))
}

#[cfg(test)]
mod tests {
    use super::{Allowed, check_packages, finding};

    const DENY: &str = "[licenses]\nallow = [\"MIT\", \"Apache-2.0\", \"Apache-2.0 WITH LLVM-exception\", \"Unicode-3.0\"]\n\
                        [[licenses.exceptions]]\nname = \"weak\"\nallow = [\"MPL-2.0\"]\n";

    #[test]
    fn licences_are_weighed_as_expressions() -> anyhow::Result<()> {
        let allowed = Allowed::parse(DENY)?;
        for (name, licence, fine) in [
            ("a", Some("MIT"), true),
            ("a", Some("MIT/Apache-2.0"), true),
            ("a", Some("GPL-3.0-only OR MIT"), true),
            ("a", Some("(MIT OR Apache-2.0) AND Unicode-3.0"), true),
            ("a", Some("Apache-2.0 WITH LLVM-exception"), true),
            ("weak", Some("MPL-2.0"), true),
            ("a", Some("MPL-2.0"), false),
            ("a", Some("MIT AND GPL-3.0-only"), false),
            ("a", Some("SEE LICENSE IN x"), false),
            ("a", None, false),
        ] {
            assert_eq!(finding("Cargo.lock", name, name, licence, &allowed).is_none(), fine, "{name} {licence:?}");
        }
        Ok(())
    }

    #[test]
    fn a_package_of_npm_is_found_unless_it_only_builds() -> anyhow::Result<()> {
        let lockfile = r#"{"packages": {
            "": {"license": "Apache-2.0"},
            "studio": {"license": "GPL-3.0-only"},
            "node_modules/@us/studio": {"link": true},
            "node_modules/fine": {"license": "MIT"},
            "node_modules/lightningcss-linux-x64-gnu": {"license": "MPL-2.0"},
            "node_modules/tests": {"license": "GPL-3.0-only", "dev": true},
            "node_modules/a/node_modules/@b/bad": {"license": "GPL-3.0-only"},
            "node_modules/silent": {}
        }}"#;
        let found = check_packages("web/package-lock.json", lockfile, &Allowed::parse(DENY)?)?;
        let messages: Vec<_> = found.iter().map(|finding| finding.message.as_str()).collect();
        assert_eq!(
            messages,
            [
                "the package `@b/bad` is under `GPL-3.0-only`, which `deny.toml` does not allow.",
                "the package `silent` does not say its licence."
            ]
        );
        Ok(())
    }
}
