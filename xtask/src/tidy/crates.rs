//! Who may name whom: every crate names only the core, and each large dependency has one home.

use cargo_metadata::{DependencyKind, Metadata};

use super::Finding;
use crate::files::File;

/// That one crate names another in its manifest.
#[derive(Debug, Clone)]
pub struct Dependency {
    /// The manifest, from the root.
    pub manifest: String,
    /// The line there.
    pub line: usize,
    /// Who names.
    pub from: String,
    /// Who is named.
    pub to: String,
    /// Whether `to` is one of ours.
    pub ours: bool,
    /// Whether only tests need it.
    pub tests_only: bool,
}

/// Crates that name others than the core, and which.
const MORE: &[(&str, &[&str])] = &[
    ("nimbus-core", &[]),
    ("nimbus-rolldown", &[]),
    ("nimbus-web", &[]),
    ("xtask", &[]),
    ("nimbus-bundle", &["nimbus-core", "nimbus-rolldown"]),
];

/// The one crate that names every other.
const BINARY: &str = "cumulonimbus";

/// Dependencies that change what a crate is about, by the start of their names, and their homes.
const HOMES: &[(&str, &[&str])] = &[
    ("axum", &["nimbus-server"]),
    ("hyper", &["nimbus-server"]),
    ("tower", &["nimbus-server"]),
    ("sqlx", &["nimbus-store"]),
    ("oxc", &["nimbus-bundle", "nimbus-rolldown"]),
    ("rolldown", &["nimbus-rolldown"]),
    ("string_wizard", &["nimbus-rolldown"]),
    ("rquickjs", &["nimbus-bundle"]),
    ("reqwest", &["nimbus-llm", "nimbus-fetch"]),
];

/// Every dependency that a crate of ours names.
pub fn dependencies(metadata: &Metadata, files: &[File]) -> Vec<Dependency> {
    let ours: Vec<String> = metadata.workspace_packages().iter().map(|package| package.name.to_string()).collect();
    let mut found = Vec::new();
    for package in metadata.workspace_packages() {
        let path = package.manifest_path.strip_prefix(&metadata.workspace_root).unwrap_or(&package.manifest_path);
        let manifest = path.as_str().replace('\\', "/");
        let text = files.iter().find(|file| file.path == manifest).map_or("", |file| file.text.as_str());
        for dependency in &package.dependencies {
            found.push(Dependency {
                line: line_of(text, dependency.rename.as_deref().unwrap_or(&dependency.name)),
                manifest: manifest.clone(),
                from: package.name.to_string(),
                ours: ours.contains(&dependency.name),
                to: dependency.name.clone(),
                tests_only: dependency.kind == DependencyKind::Development,
            });
        }
    }
    found
}

/// Finds dependencies that are not allowed.
pub fn check(dependencies: &[Dependency]) -> Vec<Finding> {
    dependencies
        .iter()
        .filter_map(|dependency| {
            let message = if dependency.ours { own(dependency) } else { homeless(dependency) }?;
            Some(Finding::new(&dependency.manifest, dependency.line, message))
        })
        .collect()
}

fn own(dependency: &Dependency) -> Option<String> {
    let Dependency { from, to, tests_only, .. } = dependency;
    let allowed = MORE.iter().find(|(name, _)| name == from).map_or(&["nimbus-core"] as &[_], |(_, allowed)| allowed);
    let for_tests = *tests_only && to == "nimbus-web";
    if from == BINARY || allowed.contains(&to.as_str()) || for_tests {
        return None;
    }
    Some(format!(
        "`{from}` must not name `{to}`: a crate names only `nimbus-core`, and `cumulonimbus` puts them together."
    ))
}

fn homeless(dependency: &Dependency) -> Option<String> {
    let Dependency { from, to, tests_only, .. } = dependency;
    let (_, homes) = HOMES.iter().find(|(start, _)| {
        to.strip_prefix(start).is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '_']))
    })?;
    if *tests_only || homes.contains(&from.as_str()) {
        return None;
    }
    Some(format!("`{from}` must not name `{to}`: only {} may.", list(homes)))
}

fn list(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" and ")
}

/// The line of a manifest that begins with the dependency's name.
fn line_of(manifest: &str, name: &str) -> usize {
    let names = |line: &str| line.trim_start().strip_prefix(name).is_some_and(|rest| rest.starts_with(['.', ' ', '=']));
    manifest.lines().position(names).map_or(1, |index| index + 1)
}

#[cfg(test)]
mod tests {
    use super::{Dependency, check, line_of};

    fn dependency(from: &str, to: &str, tests_only: bool) -> Dependency {
        let ours = to.starts_with("nimbus-") || to == "xtask";
        Dependency {
            manifest: format!("crates/{from}/Cargo.toml"),
            line: 7,
            from: from.to_owned(),
            to: to.to_owned(),
            ours,
            tests_only,
        }
    }

    #[test]
    fn what_is_allowed_is_not_found() {
        for (from, to, tests_only) in [
            ("nimbus-store", "nimbus-core", false),
            ("nimbus-bundle", "nimbus-rolldown", false),
            ("cumulonimbus", "nimbus-server", false),
            ("nimbus-bundle", "nimbus-web", true),
            ("nimbus-server", "axum", false),
            ("nimbus-rolldown", "rolldown_common", false),
            ("nimbus-llm", "axum", true),
            ("nimbus-store", "axumatic", false),
        ] {
            assert_eq!(check(&[dependency(from, to, tests_only)]), [], "{from} → {to}");
        }
    }

    #[test]
    fn what_is_not_allowed_is_found() {
        for (from, to, tests_only) in [
            ("nimbus-store", "nimbus-server", false),
            ("nimbus-store", "nimbus-server", true),
            ("nimbus-core", "nimbus-store", false),
            ("nimbus-server", "nimbus-web", false),
            ("nimbus-rolldown", "nimbus-core", false),
            ("nimbus-core", "sqlx", false),
            ("cumulonimbus", "axum", false),
            ("nimbus-server", "oxc_parser", false),
            ("nimbus-bundle", "tower-http", false),
        ] {
            let found = check(&[dependency(from, to, tests_only)]);
            assert_eq!(found.len(), 1, "{from} → {to}");
            assert!(found[0].to_string().starts_with(&format!("crates/{from}/Cargo.toml:7: `{from}`")), "{}", found[0]);
        }
    }

    #[test]
    fn a_dependency_is_found_on_its_own_line() {
        let manifest = "[dependencies]\nsqlx-core = \"1\"\nsqlx.workspace = true\n";
        assert_eq!(line_of(manifest, "sqlx"), 3);
        assert_eq!(line_of(manifest, "sqlx-core"), 2);
    }
}
