//! The parts of `web/`: studio and runtime know each other only through the protocol.

use super::Finding;
use crate::files::File;

/// A part, and the parts of ours that it may import besides itself.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("protocol", &[]),
    ("studio", &["protocol"]),
    ("runtime", &["protocol"]),
    // What apps import: our SDK is one of the libraries.
    ("vendor", &["protocol", "runtime"]),
];

/// Finds imports across parts that are not allowed.
pub fn check(files: &[File]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in files {
        let Some(rest) = file.path.strip_prefix("web/") else { continue };
        let Some((part, _)) = rest.split_once('/') else { continue };
        let Some((_, allowed)) = MAY_IMPORT.iter().find(|(name, _)| *name == part) else { continue };
        if !matches!(file.extension(), "ts" | "tsx" | "js" | "jsx" | "mjs" | "mts") {
            continue;
        }
        for (line, specifier) in imports(file) {
            let Some(other) = target(&file.path, &specifier) else { continue };
            if other != part && !allowed.contains(&other.as_str()) {
                findings.push(Finding::new(
                    &file.path,
                    line,
                    format!("`web/{part}` must not import `{specifier}` of `web/{other}`: what both need belongs in `web/protocol`."),
                ));
            }
        }
    }
    findings
}

/// The part of ours that a specifier leads to.
fn target(path: &str, specifier: &str) -> Option<String> {
    let part = if let Some(rest) = specifier.strip_prefix("@cumulonimbus/") {
        rest.split('/').next()?.to_owned()
    } else if specifier.starts_with('.') {
        let mut segments: Vec<&str> = path.split('/').collect();
        segments.pop();
        for segment in specifier.split('/') {
            match segment {
                "." | "" => {}
                ".." => drop(segments.pop()),
                _ => segments.push(segment),
            }
        }
        (segments.first() == Some(&"web")).then(|| segments.get(1).map(|part| (*part).to_owned()))??
    } else {
        return None;
    };
    MAY_IMPORT.iter().any(|(name, _)| *name == part).then_some(part)
}

/// Every specifier of a static or dynamic import or a re-export, with its line.
fn imports(file: &File) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (number, line) in file.lines() {
        let trimmed = line.trim_start();
        if trimmed.starts_with("//") || trimmed.starts_with('*') {
            continue;
        }
        for keyword in ["from ", "import ", "import("] {
            for (at, _) in line.match_indices(keyword) {
                // `xfrom "y"` is no import.
                if line[..at].chars().next_back().is_some_and(|c| c.is_alphanumeric() || c == '_') {
                    continue;
                }
                let rest = line[at + keyword.len()..].trim_start();
                let Some(quote) = rest.chars().next().filter(|c| matches!(c, '"' | '\'' | '`')) else { continue };
                if let Some((specifier, _)) = rest[1..].split_once(quote) {
                    found.push((number, specifier.to_owned()));
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::files::File;

    fn found(path: &str, text: &str) -> Vec<String> {
        check(&[File { path: path.to_owned(), text: text.to_owned() }]).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn what_is_allowed_is_not_found() {
        let studio = "import { useState } from \"react\";\nimport x from '../ui/x';\nimport type { A } from \"@cumulonimbus/protocol/events\";\nimport \"../../../protocol/src/index.ts\";\n// import \"@cumulonimbus/runtime\"\n";
        assert_eq!(found("web/studio/src/code/view.tsx", studio), [] as [String; 0]);
        assert_eq!(found("web/vendor/src/sdk.ts", "export * from \"@cumulonimbus/runtime\";"), [] as [String; 0]);
        assert_eq!(found("e2e/x.ts", "import \"@cumulonimbus/runtime\";"), [] as [String; 0]);
    }

    #[test]
    fn what_is_not_allowed_is_found() {
        for (path, text) in [
            ("web/studio/src/a.ts", "\nimport { boot } from \"@cumulonimbus/runtime\";"),
            ("web/studio/src/a.ts", "\nimport \"../../runtime/src/boot.ts\";"),
            ("web/studio/src/a.ts", "\nconst x = await import('../../vendor/src/x')"),
            ("web/runtime/src/a.ts", "\nexport { x } from \"../../studio/src/x\";"),
            ("web/protocol/src/a.ts", "\nimport type { A } from \"@cumulonimbus/studio\";"),
            ("web/studio/src/a.ts", "\n} from \"@cumulonimbus/runtime/lock\";"),
        ] {
            let found = found(path, text);
            assert_eq!(found.len(), 1, "{path}: {text}");
            assert!(found[0].starts_with(&format!("{path}:2: ")), "{}", found[0]);
        }
    }
}
