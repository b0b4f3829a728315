//! Style sheets through Tailwind's own compiler.

use nimbus_core::ports::{Build, Bundler};

use crate::support::{Outcome, app, bundler, printed, tree};

async fn built(bundler: &impl Bundler, files: &[(&str, &str)]) -> Result<Build, Box<dyn std::error::Error>> {
    Ok(bundler.build(app()?, tree(files)?).await)
}

fn css(build: &Build) -> Result<&str, String> {
    build.bundle.as_ref().map(|bundle| bundle.css.as_str()).ok_or_else(|| printed(&build.diagnostics))
}

#[tokio::test]
async fn utilities_directives_and_own_rules_are_in_the_sheet() -> Outcome {
    let build = built(
        &bundler()?,
        &[
            (
                "src/App.tsx",
                "import './index.css'; import './plain.css';
                 const tone = { on: 'bg-emerald-500/50', off: `dark:${'x'} hover:underline` };
                 export default () => <b className={`w-[37px] data-[open]:p-3 animate-in ${tone.on}`} />;",
            ),
            (
                "src/index.css",
                "@import 'tailwindcss'; @import './more.css'; @theme { --color-brand: #123456; }
                 .button { @apply rounded-lg bg-brand; }",
            ),
            ("src/more.css", ".more { color: theme(--color-brand); }"),
            ("src/plain.css", ".plain { inset: 0 }"),
        ],
    )
    .await?;
    let css = css(&build)?;
    for part in [
        "width: 37px",
        "data-",
        "hover",
        "text-decoration-line: underline",
        "--color-brand: #123456",
        "background-color: var(--color-brand)",
        ".more",
        ".plain { inset: 0 }",
        "box-sizing: border-box",
    ] {
        assert!(css.contains(part), "{part} is missing from\n{css}");
    }
    assert!(!css.contains("@apply") && !css.contains("@import"), "{css}");
    assert!(build.diagnostics.is_empty(), "{}", printed(&build.diagnostics));
    Ok(())
}

#[tokio::test]
async fn the_same_source_gives_the_same_bundle_whatever_was_built_before() -> Outcome {
    let bundler = bundler()?;
    let small = [("src/App.tsx", "export default () => <b className=\"p-4\" />;")];
    let large = [("src/App.tsx", "export default () => <b className=\"p-4 m-8 flex\" />;")];
    let first = built(&bundler, &small).await?;
    let grown = built(&bundler, &large).await?;
    let shrunk = built(&bundler, &small).await?;
    assert_eq!(first.bundle, shrunk.bundle);
    assert!(css(&grown)?.contains(".m-8") && !css(&shrunk)?.contains(".m-8"));
    assert_eq!(built(&crate::support::bundler()?, &large).await?.bundle, grown.bundle);
    Ok(())
}

#[tokio::test]
async fn a_sheet_that_cannot_be_read_leaves_the_app_running() -> Outcome {
    let bundler = bundler()?;
    let build = built(
        &bundler,
        &[
            ("src/App.tsx", "import './a.css'; export default () => <b className=\"p-4\" />;"),
            ("src/a.css", ".a { @apply no-such-utility; color: teal }"),
        ],
    )
    .await?;
    assert!(css(&build)?.contains(".p-4") && css(&build)?.contains("color: teal"));
    let codes: Vec<_> = build.diagnostics.iter().map(|diagnostic| diagnostic.code.as_str()).collect();
    assert_eq!(codes, ["css-error"]);
    Ok(())
}
