//! A page that names a file names one that exists.

use super::Finding;
use crate::files::File;

/// Ends of names that are files, wherever they are mentioned.
const FILES: &[&str] = &[".rs", ".ts", ".tsx", ".mjs", ".toml", ".md", ".sql", ".json", ".css", ".html", ".sh", ".yml"];

/// Folders that a path may begin with although it ends like no file.
const FOLDERS: &[&str] = &["crates", "web", "e2e", "docs", "xtask", ".ci", ".cargo"];

/// Finds names of files, in backticks, that no file has. A name may be the end of a path, such as
/// `generate/parse.rs`.
pub fn check(page: &str, text: &str, files: &[File]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut in_block = false;
    for (number, line) in (1..).zip(text.lines()) {
        if line.trim_start().starts_with("```") {
            in_block = !in_block;
            continue;
        }
        if in_block {
            continue;
        }
        for name in line.split('`').skip(1).step_by(2).filter(|name| is_path(name)) {
            if !exists(name, files) {
                findings.push(Finding::new(page, number, format!("there is no `{name}`.")));
            }
        }
    }
    findings
}

fn is_path(name: &str) -> bool {
    let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || "/._-".contains(c));
    let first = name.split('/').next().unwrap_or_default();
    // Starting with `/` it is an address.
    plain
        && !name.starts_with('/')
        && (FILES.iter().any(|end| name.ends_with(end)) || (FOLDERS.contains(&first) && name.contains('/')))
}

fn exists(name: &str, files: &[File]) -> bool {
    let name = name.trim_end_matches('/');
    files.iter().any(|file| {
        let ends = file.path.strip_suffix(name).is_some_and(|rest| rest.is_empty() || rest.ends_with('/'));
        let holds = file.path.strip_prefix(name).is_some_and(|rest| rest.starts_with('/'));
        ends || holds
    })
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::files::File;

    #[test]
    fn a_name_without_a_file_is_found() {
        let files = ["crates/nimbus-core/src/generate.rs", "README.md", "web/studio/src/main.tsx"]
            .map(|path| File { path: path.to_owned(), text: String::new() });
        let page = "See `generate.rs`, `crates/nimbus-core/`, `web/studio` and `README.md`.\n\
                    Not `/apps/new`, `text/event-stream`, `GET /x.json`, `Vec<u8>` or `web`.\n\
                    ```\n`gone.rs`\n```\n\
                    But `crates/nimbus-cor/src` and `erate.rs`; `web/phone` and `gone.toml`.\n";
        let found: Vec<_> = check("P.md", page, &files).iter().map(ToString::to_string).collect();
        assert_eq!(
            found,
            [
                "P.md:6: there is no `crates/nimbus-cor/src`.",
                "P.md:6: there is no `erate.rs`.",
                "P.md:6: there is no `web/phone`.",
                "P.md:6: there is no `gone.toml`.",
            ]
        );
    }
}
