//! The policies that seal apps and pages are written in one file: a header set elsewhere could
//! open what that file closes.

use super::Finding;
use crate::files::File;

/// The one file.
const HOME: &str = "crates/nimbus-server/src/sandbox/policy.rs";
/// A page that is taken away has its policy inside of it, and no header.
const EXPORTED: &str = "crates/nimbus-bundle/src/export/page.rs";
/// Headers that only it writes.
const HEADERS: &[&str] = &["content-security-policy", "connection-allowlist", "permissions-policy"];

/// Finds names of those headers in other code of the program.
pub fn check(files: &[File]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in files.iter().filter(|file| is_of_the_program(&file.path)) {
        for (number, line) in file.lines() {
            let line = line.to_ascii_lowercase().replace('_', "-");
            for header in HEADERS.iter().filter(|header| line.contains(**header)) {
                findings.push(Finding::new(
                    &file.path,
                    number,
                    format!("`{header}` belongs into `{HOME}`, where all of it can be read at once."),
                ));
            }
        }
    }
    findings
}

fn is_of_the_program(path: &str) -> bool {
    let is_code = path.starts_with("crates/") && path.contains("/src/") && path.ends_with(".rs");
    is_code && path != HOME && path != EXPORTED && !path.ends_with("tests.rs")
}

#[cfg(test)]
mod tests {
    use super::{HOME, check};
    use crate::files::File;

    #[test]
    fn policies_stand_in_one_file() {
        let text =
            "x\nheaders.insert(header::CONTENT_SECURITY_POLICY, value);\n(\"Permissions-Policy\", \"\")".to_owned();
        let at = |path: &str| check(&[File { path: path.to_owned(), text: text.clone() }]);
        let found = at("crates/nimbus-server/src/assets.rs");
        assert_eq!(found.iter().map(|finding| finding.line).collect::<Vec<_>>(), [2, 3]);
        for path in
            [HOME, "crates/nimbus-server/src/sandbox/policy_tests.rs", "crates/nimbus-server/tests/server/a.rs", "a.md"]
        {
            assert_eq!(at(path), [], "{path}");
        }
    }
}
