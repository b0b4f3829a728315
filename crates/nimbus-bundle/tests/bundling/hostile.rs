//! Apps that mean harm: imports that reach out, nesting that overflows, text that never ends.

use crate::support::{Outcome, app, bundler, printed, tree};
use nimbus_core::diagnostic::Severity;
use nimbus_core::ports::{Build, Bundler as _};

async fn built(files: &[(&str, &str)]) -> Result<Build, Box<dyn std::error::Error>> {
    Ok(bundler()?.build(app()?, tree(files)?).await)
}

fn errors(build: &Build) -> Vec<&str> {
    let errors = build.diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error);
    errors.map(|diagnostic| diagnostic.code.as_str()).collect()
}

#[tokio::test]
async fn imports_reach_nothing_but_the_app_and_its_libraries() -> Outcome {
    let bundler = bundler()?;
    for specifier in [
        "/etc/passwd",
        "../../../../../../../../etc/passwd",
        "../../../../../../../../etc/passwd?raw",
        "@/../../../etc/passwd",
        "~/../etc/passwd",
        "file:///etc/passwd",
        "file:/etc/passwd?raw",
        "data:text/javascript,export default 1",
        "node:fs",
        "NODE:fs",
        "blob:http://x/y",
        "http://127.0.0.1:9/x.js",
        "https://evil.example/x.js",
        "//evil.example/x.js",
        "\\0rolldown/runtime.js",
        "cumulonimbus:start.tsx",
        "cumulonimbus:icons.tsx",
        "icon:Plus",
    ] {
        for statement in [
            format!("import x from '{specifier}'; console.log(x);"),
            format!("import '{specifier}';"),
            format!("export * from '{specifier}';"),
            format!("import('{specifier}');"),
            format!("console.log(require('{specifier}'));"),
        ] {
            let source = format!("{statement}\nexport default function App() {{ return <b />; }}");
            let build = bundler.build(app()?, tree(&[("src/App.tsx", &source)])?).await;
            assert!(build.bundle.is_none(), "{statement} was built:\n{}", printed(&build.diagnostics));
            assert!(!errors(&build).is_empty());
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_module_cannot_name_a_library_file_or_a_sheet_outside() -> Outcome {
    let build = built(&[
        ("src/App.tsx", "import './a.css'; export default () => <b className=\"p-4\" />;"),
        ("src/a.css", "@import \"/etc/passwd\"; @import \"../../../etc/passwd\"; .a { @apply p-4 }"),
    ])
    .await?;
    let css = build.bundle.ok_or(printed(&build.diagnostics))?.css;
    assert!(!css.contains("root:"), "{css}");
    assert!(build.diagnostics.iter().any(|d| d.code == "css-error" && d.message.contains("/etc/passwd")));
    for sheet in ["@plugin \"./evil.js\";", "@config \"./evil.js\";"] {
        let build = built(&[
            ("src/App.tsx", "import './a.css'; export default () => <b />;"),
            ("src/a.css", sheet),
            ("src/evil.js", "throw 1"),
        ])
        .await?;
        assert!(build.diagnostics.iter().any(|d| d.code == "css-error"), "{sheet}");
    }
    Ok(())
}

#[tokio::test]
async fn code_nested_without_end_is_refused_and_nothing_overflows() -> Outcome {
    let bundler = bundler()?;
    let n = 40_000;
    let programs = [
        ("brackets", format!("export default {}1{};", "[".repeat(n), "]".repeat(n))),
        ("parentheses", format!("export default {}1{};", "(".repeat(900), ")".repeat(900))),
        ("objects", format!("export default {}1{};", "{a:".repeat(900), "}".repeat(900))),
        ("blocks", format!("{}{}", "{".repeat(900), "}".repeat(900))),
        ("functions", format!("{}1{}", "(()=>{".repeat(400), "})".repeat(400))),
        ("not", format!("export default {}1;", "!".repeat(n))),
        ("minus", format!("export default {}1;", "- ".repeat(n))),
        ("typeof", format!("export default {}1;", "typeof ".repeat(n))),
        ("await", format!("export default {}1;", "await ".repeat(n))),
        ("new", format!("export default {}X;", "new ".repeat(n))),
        ("conditional", format!("export default {}1;", "a?b:".repeat(n / 2))),
        ("conditional inside", format!("export default {}1{};", "a?".repeat(n / 2), ":b".repeat(n / 2))),
        ("arrows", format!("export default {}1;", "a=>".repeat(n / 2))),
        ("assignments", format!("{}1;", "a=".repeat(n))),
        ("plus", format!("export default 1{};", "+1".repeat(n))),
        ("power", format!("export default 1{};", "**1".repeat(n / 2))),
        ("or", format!("export default 1{};", "||1".repeat(n / 2))),
        ("members", format!("export default a{};", ".a".repeat(n))),
        ("calls", format!("export default a{};", "()".repeat(n))),
        ("indexes", format!("export default a{};", "[0]".repeat(n))),
        ("else if", format!("if(a);{}", "else if(a);".repeat(n))),
        ("if", format!("{};", "if(a)".repeat(n))),
        ("for", format!("{};", "for(;;)".repeat(n / 2))),
        ("while", format!("{};", "while(a)".repeat(n))),
        ("do", format!("{};", "do ".repeat(n))),
        ("labels", format!("{};", (0..n / 2).map(|i| format!("l{i}:")).collect::<String>())),
        ("elements", format!("export default {}", "<a>".repeat(n))),
        ("fragments", format!("export default {}", "<>".repeat(n))),
        ("attributes", format!("export default {}", "<a b=".repeat(n / 2))),
        ("templates", format!("export default {}", "`${".repeat(900))),
        ("tags", format!("export default a{};", "``".repeat(n / 2))),
        ("types", format!("type A = {}1;", "A<".repeat(n))),
        ("unions of types", format!("type A = 1{};", "|1".repeat(n))),
        ("arrays of types", format!("type A = 1{};", "[]".repeat(n))),
        ("keyof", format!("type A = {}1;", "keyof ".repeat(n))),
        ("conditional types", format!("type A = {}1;", "a extends b?c:".repeat(n / 4))),
        ("function types", format!("type A = {}1;", "()=>".repeat(n / 2))),
        ("as", format!("export default 1{};", " as a".repeat(n))),
        ("non-null", format!("export default a{};", "!".repeat(n))),
        ("decorators", format!("{} class A {{}}", "@a ".repeat(n))),
        ("commas", format!("export default (1{});", ",1".repeat(n))),
        ("optional", format!("export default a{};", "?.a".repeat(n / 2))),
        ("yield", format!("function* g() {{ {} }}", "yield ".repeat(n))),
        ("patterns", format!("const {}a{} = 1;", "[".repeat(900), "]".repeat(900))),
        ("namespaces", format!("namespace a{} {{}}", ".a".repeat(n))),
        ("regular expressions", format!("export default /{}a{}/;", "(".repeat(900), ")".repeat(900))),
    ];
    for (name, program) in &programs {
        let build = bundler.build(app()?, tree(&[("src/App.tsx", program)])?).await;
        let told = printed(&build.diagnostics);
        assert_eq!(build.bundle.is_some(), errors(&build).is_empty(), "{name}: {told}");
        for failure in ["bundler-failed", "bundler-panic", "time-limit"] {
            assert!(!errors(&build).contains(&failure), "{name}: {told}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn code_nested_as_deep_as_is_allowed_is_built() -> Outcome {
    let bundler = bundler()?;
    for program in [
        format!("{}1{}", "(".repeat(550), ")".repeat(550)),
        format!("{}1", "!".repeat(550)),
        format!("1{}", "+n".repeat(550)),
        format!("{}1{}", "[".repeat(550), "]".repeat(550)),
        format!("{}1", "n?n:".repeat(550)),
        format!("{}{}", "<b>".repeat(180), "</b>".repeat(180)),
        format!("{}1", "()=>".repeat(180)),
    ] {
        let source = format!("const n = Math.random(); console.log({program}); export default () => <b />;");
        let build = bundler.build(app()?, tree(&[("src/App.tsx", &source)])?).await;
        assert!(build.bundle.is_some(), "{}", printed(&build.diagnostics));
    }
    let source = format!("export default () => <b>{}</b>;", "<b>".repeat(700) + &"</b>".repeat(700));
    let build = bundler.build(app()?, tree(&[("src/App.tsx", &source)])?).await;
    assert!(printed(&build.diagnostics).contains("levels deep; the limit is 600"), "{}", printed(&build.diagnostics));
    Ok(())
}

#[tokio::test]
async fn a_sheet_that_never_ends_is_given_up_and_the_next_one_is_built() -> Outcome {
    let bundler = bundler()?;
    let app_file = ("src/App.tsx", "import './a.css'; export default () => <b className=\"p-4\" />;");
    for sheet in [
        format!("@theme {{ {} }}", "a{".repeat(20_000)),
        "@import \"./a.css\";".to_owned(),
        "@utility a { @apply a; } .b { @apply b; }".to_owned(),
        format!("{}@apply p-4;{}", ".a{".repeat(20_000), "}".repeat(20_000)),
    ] {
        let build = bundler.build(app()?, tree(&[app_file, ("src/a.css", &sheet)])?).await;
        assert!(build.bundle.is_some(), "{}", printed(&build.diagnostics));
    }
    let build = bundler.build(app()?, tree(&[app_file, ("src/a.css", ".a { @apply p-8; }")])?).await;
    let css = build.bundle.ok_or(printed(&build.diagnostics))?.css;
    assert!(build.diagnostics.is_empty(), "{}", printed(&build.diagnostics));
    assert!(css.contains(".p-4") && css.contains("padding: calc(var(--spacing) * 8)"), "{css}");
    Ok(())
}
