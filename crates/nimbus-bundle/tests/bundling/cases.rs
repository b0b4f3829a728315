//! A folder per case: `tests/cases/NAME/input` is an app, `expected.snap` what came of it.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::support::{Outcome, app, bundler, printed};
use nimbus_core::ports::{Build, Bundler as _};
use nimbus_core::source::{SourcePath, SourceTree};

fn read(root: &Path, folder: &Path, tree: &mut SourceTree) -> Outcome {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            read(root, &path, tree)?;
            continue;
        }
        let name = path.strip_prefix(root)?.to_string_lossy().replace('\\', "/");
        tree.insert(SourcePath::parse(&name)?, fs::read_to_string(&path)?)?;
    }
    Ok(())
}

/// What changed and what was found, and the program without the web build's hash.
fn told(before: &SourceTree, build: &Build) -> String {
    let mut text = format!("{}{}", printed(&build.fixes), printed(&build.diagnostics));
    for (path, after) in build.files.iter().filter(|(path, after)| before.get(path) != Some(*after)) {
        let _ = write!(text, "\n--- {path}\n{after}");
    }
    match &build.bundle {
        None => text.push_str("\n--- no program\n"),
        Some(bundle) => {
            let _ = write!(text, "\n--- program\n{}", without_hash(&bundle.js));
        }
    }
    text
}

fn without_hash(js: &str) -> String {
    let mut parts = js.split("/lib/");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let rest = part.split_once('/').map_or(part, |(_, rest)| rest);
        let _ = write!(text, "/lib/HASH/{rest}");
    }
    text
}

#[tokio::test]
async fn every_case_comes_out_as_expected() -> Outcome {
    let bundler = bundler()?;
    let mut cases: Vec<_> = fs::read_dir("tests/cases")?.collect::<Result<_, _>>()?;
    cases.sort_by_key(fs::DirEntry::path);
    for case in cases {
        let mut tree = SourceTree::default();
        let input = case.path().join("input");
        read(&input, &input, &mut tree)?;
        let build = bundler.build(app()?, tree.clone()).await;
        let mut settings = insta::Settings::new();
        settings.set_snapshot_path(Path::new("../cases").join(case.file_name()));
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings.bind(|| insta::assert_snapshot!("expected", told(&tree, &build)));
    }
    Ok(())
}
