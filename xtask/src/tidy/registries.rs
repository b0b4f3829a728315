//! No file names a package registry's host: whoever builds this chooses their own, and a lockfile
//! that names one would go around that choice.

use super::Finding;
use crate::files::File;

/// The hosts, apart, so that this file does not name them.
const HOSTS: &[(&str, &str)] = &[
    ("crates", "io"),
    ("npmjs", "org"),
    ("npmjs", "com"),
    ("npmmirror", "com"),
    ("yarnpkg", "com"),
    ("pypi", "org"),
    ("pythonhosted", "org"),
    ("rubygems", "org"),
    ("proxy.golang", "org"),
];

/// Finds hosts of registries. Each `Cargo.lock` is left out: cargo writes the name of its index there,
/// which is an identifier and not an address.
pub fn check(files: &[File]) -> Vec<Finding> {
    let hosts: Vec<String> = HOSTS.iter().map(|(name, end)| format!("{name}.{end}")).collect();
    let mut findings = Vec::new();
    let is_cargos = |path: &str| path == "Cargo.lock" || path.ends_with("/Cargo.lock");
    for file in files.iter().filter(|file| !is_cargos(&file.path)) {
        for (number, line) in file.lines() {
            let line = line.to_ascii_lowercase();
            for host in hosts.iter().filter(|host| line.contains(host.as_str())) {
                findings.push(Finding::new(
                    &file.path,
                    number,
                    format!("`{host}` is the host of a package registry: leave the choice to who builds."),
                ));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::{HOSTS, check};
    use crate::files::File;

    #[test]
    fn every_host_is_found_except_where_cargo_writes_it() {
        for (name, end) in HOSTS {
            let text = format!("{{\n  \"resolved\": \"https://registry.{}.{end}/x.tgz\"\n}}", name.to_uppercase());
            let found = check(&[
                File { path: "web/package-lock.json".to_owned(), text: text.clone() },
                File { path: "Cargo.lock".to_owned(), text: text.clone() },
                File { path: "fuzz/Cargo.lock".to_owned(), text },
            ]);
            assert_eq!(found.len(), 1, "{name}");
            assert!(found[0].to_string().starts_with("web/package-lock.json:2: "), "{}", found[0]);
        }
        let innocent = "cratesXio, npmjs, and https://example.org/".to_owned();
        assert_eq!(check(&[File { path: "a.md".to_owned(), text: innocent }]), []);
    }
}
