//! What the tests of this folder share: a bundler over the real web build, and trees from texts.

use std::error::Error;
use std::fmt::Write as _;

use nimbus_bundle::{Bundling, BundlingAssets};
use nimbus_core::diagnostic::Diagnostic;
use nimbus_core::ids::AppId;
use nimbus_core::source::{SourcePath, SourceTree};

/// What a test may fail with.
pub type Outcome = Result<(), Box<dyn Error>>;

/// A bundler over what the web build made.
pub fn bundler() -> Result<Bundling, Box<dyn Error>> {
    let text = |path: &str| -> Result<String, Box<dyn Error>> {
        let asset = nimbus_web::asset(path).ok_or_else(|| format!("the web build has no `{path}`"))?;
        Ok(asset.text()?.into_owned())
    };
    let mut stylesheets = std::collections::BTreeMap::new();
    for name in ["index", "theme", "preflight", "utilities", "tw-animate", "ui-theme", "dark-by-class"] {
        stylesheets.insert(name.to_owned(), text(&format!("tailwind/{name}.css"))?);
    }
    Ok(Bundling::new(BundlingAssets {
        manifest_json: text("lib/manifest.json")?,
        tailwind_js: text("tailwind/compiler.js")?,
        stylesheets,
        icon_pack: |name| Some(nimbus_web::asset(&format!("icons/{name}.txt"))?.text().ok()?.into_owned()),
    })?)
}

/// An app's id.
pub fn app() -> Result<AppId, Box<dyn Error>> {
    Ok("018f3c6e-7b1a-7cc0-8000-0123456789ab".parse()?)
}

/// A tree of these files.
pub fn tree(files: &[(&str, &str)]) -> Result<SourceTree, Box<dyn Error>> {
    let mut tree = SourceTree::default();
    for (path, text) in files {
        tree.insert(SourcePath::parse(path)?, (*text).to_owned())?;
    }
    Ok(tree)
}

/// Diagnostics as people read them, one paragraph each.
pub fn printed(diagnostics: &[Diagnostic]) -> String {
    let mut text = String::new();
    for diagnostic in diagnostics {
        let _ = write!(text, "{:?} {}", diagnostic.severity, diagnostic.code);
        if let Some(file) = &diagnostic.file {
            let _ = write!(text, " {file}");
        }
        if let (Some(line), Some(column)) = (diagnostic.line, diagnostic.column) {
            let _ = write!(text, ":{line}:{column}");
        }
        let _ = writeln!(text, "\n  {}", diagnostic.message);
        if let Some(hint) = &diagnostic.hint {
            let _ = writeln!(text, "  {hint}");
        }
        for line in diagnostic.frame.iter().flat_map(|frame| frame.lines()) {
            let _ = writeln!(text, "  {line}");
        }
    }
    text
}
