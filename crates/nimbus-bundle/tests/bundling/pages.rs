//! Pages of HTML, as people write them and as those do who mean harm.

use crate::support::{Outcome, app, bundler, printed, tree};
use nimbus_core::diagnostic::Severity;
use nimbus_core::ports::{Build, Bundler as _};

async fn built(files: &[(&str, &str)]) -> Result<Build, Box<dyn std::error::Error>> {
    Ok(bundler()?.build(app()?, tree(files)?).await)
}

fn js(build: &Build) -> Result<&str, String> {
    build.bundle.as_ref().map(|bundle| bundle.js.as_str()).ok_or_else(|| printed(&build.diagnostics))
}

#[tokio::test]
async fn a_page_is_stored_as_it_was_written() -> Outcome {
    let page = "<h1 onclick='go()'>Hi</h1>\n<script>function go() { document.title = 'x'; }</script>";
    let build = built(&[("index.html", page)]).await?;
    assert_eq!(
        build.files.iter().map(|(path, text)| (path.as_str(), text)).collect::<Vec<_>>(),
        [("index.html", page)]
    );
    let js = js(&build)?;
    // The handler is a function of the program: a frame compiles no text.
    assert!(js.contains("go()") && !js.contains("onclick='go()'"), "{js}");
    Ok(())
}

#[tokio::test]
async fn what_is_wrong_in_a_script_is_told_where_it_stands_in_the_page() -> Outcome {
    let page = "<!doctype html>\n<body>\n<p>text</p>\n<script>\n  const a = 1;\n  const b = ;\n</script></body>";
    let build = built(&[("index.html", page)]).await?;
    let error = build.diagnostics.iter().find(|found| found.severity == Severity::Error).ok_or("no error")?;
    assert_eq!(error.file.as_ref().map(ToString::to_string).as_deref(), Some("index.html"));
    assert_eq!((error.code.as_str(), error.line, error.column), ("syntax-error", Some(6), Some(13)));
    Ok(())
}

#[tokio::test]
async fn names_that_nothing_defines_are_told_and_those_of_elements_are_not() -> Outcome {
    let page = "<b id=\"shown\"></b><script>shown.textContent = 1; total = 2; window.kept = 3; console.log(kept, $('#x'));</script>";
    let build = built(&[("index.html", page)]).await?;
    let errors: Vec<&str> = build
        .diagnostics
        .iter()
        .filter(|found| found.severity == Severity::Error)
        .map(|found| found.message.as_str())
        .collect();
    assert!(errors.len() == 1 && errors[0].contains("`$`"), "{}", printed(&build.diagnostics));
    Ok(())
}

#[tokio::test]
async fn what_another_site_would_deliver_is_named() -> Outcome {
    let page = "<script src=\"https://code.jquery.com/jquery.min.js\"></script><p>x</p>";
    let build = built(&[("index.html", page)]).await?;
    assert!(printed(&build.diagnostics).contains("`https://code.jquery.com/jquery.min.js` is not available"));
    assert!(!js(&build)?.contains("jquery"));
    Ok(())
}

#[tokio::test]
async fn no_page_brings_the_bundler_down() -> Outcome {
    let bundler = bundler()?;
    let deep = |open: &str, close: &str| format!("{}{}", open.repeat(40_000), close.repeat(40_000));
    let half = format!("<script>{}</script>", "(".repeat(600));
    for page in [
        deep("<div>", "</div>"),
        format!("<script>{}</script>", deep("(", ")")),
        format!("{half}{half}{half}"),
        format!("<p onclick=\"{}\">", "f(".repeat(900)),
        "<script>".to_owned(),
        "<a b=\"".to_owned(),
        format!("<script>var a = '{}';</script>", "x".repeat(400_000)),
        "<script src=\"../../../../etc/passwd\"></script><img src=\"../../../etc/passwd\">".to_owned(),
        "<script src=\"/index.html\"></script>".to_owned(),
        "<script>import('./page:start.js'); import 'cumulonimbus:start.tsx'</script>".to_owned(),
        "<script>}).call(window); throw 1; (function () {</script>".to_owned(),
        format!("<i {}>", "onclick=x ".repeat(30_000)),
    ] {
        let build = bundler.build(app()?, tree(&[("index.html", &page)])?).await;
        let start: String = page.chars().take(60).collect();
        let text = build.bundle.map(|bundle| bundle.js).unwrap_or_default();
        assert!(!text.contains("root:x:"), "{start}");
        assert!(!build.diagnostics.iter().any(|found| found.code == "bundler-panic"), "{start}");
    }
    Ok(())
}

#[tokio::test]
async fn pictures_that_are_none_are_told_and_sheets_hold_their_files() -> Outcome {
    let build = built(&[
        ("src/App.tsx", "import a from './a.png'; import './a.css'; export default () => <img src={a} alt=\"\" />;"),
        ("src/a.png", "not a picture"),
        ("src/a.css", "b { background: url(./a.svg) }"),
        ("src/a.svg", "<svg/>"),
    ])
    .await?;
    assert!(printed(&build.diagnostics).contains("not-an-asset src/a.png"), "{}", printed(&build.diagnostics));
    let css = build.bundle.map(|bundle| bundle.css).unwrap_or_default();
    assert!(css.contains("url(\"data:image/svg+xml;charset=utf-8,%3Csvg/%3E\")"));
    Ok(())
}

#[tokio::test]
async fn what_sets_up_tools_is_left_alone() -> Outcome {
    let build = built(&[
        ("src/App.tsx", "export default () => <b />;"),
        ("vite.config.ts", "import { defineConfig } from 'vite'; export default defineConfig({});"),
        ("src/App.test.tsx", "import { test } from 'vitest'; test('x', () => {});"),
    ])
    .await?;
    js(&build)?;
    assert!(build.fixes.is_empty() && build.files.len() == 3, "{}", printed(&build.fixes));
    Ok(())
}
