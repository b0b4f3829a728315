//! A file that a person can read in one sitting.

use super::Finding;
use crate::files::File;

/// The most lines of a source file.
const MOST: usize = 500;

/// Finds source files that are too long, except those that a program wrote.
pub fn check(files: &[File]) -> Vec<Finding> {
    files
        .iter()
        .filter(|file| matches!(file.extension(), "rs" | "ts" | "tsx") && !is_generated(file))
        .filter_map(|file| {
            let lines = file.text.lines().count();
            let message =
                || format!("the file has {lines} lines; split it by what its parts do ({MOST} are the most).");
            (lines > MOST).then(|| Finding::new(&file.path, MOST + 1, message()))
        })
        .collect()
}

fn is_generated(file: &File) -> bool {
    file.path.contains("/generated/") || file.text.lines().next().is_some_and(|line| line.contains("@generated"))
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::files::File;

    #[test]
    fn only_long_sources_are_found() {
        let file = |path: &str, text: String| File { path: path.to_owned(), text };
        let found = check(&[
            file("a.rs", "x\n".repeat(500)),
            file("b.rs", "x\n".repeat(501)),
            file("c.tsx", "x\n".repeat(900)),
            file("d.md", "x\n".repeat(900)),
            file("web/generated/e.ts", "x\n".repeat(900)),
            file("f.ts", format!("// @generated\n{}", "x\n".repeat(900))),
        ]);
        let paths: Vec<_> = found.iter().map(|finding| finding.path.as_str()).collect();
        assert_eq!(paths, ["b.rs", "c.tsx"]);
    }
}
