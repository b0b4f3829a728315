//! What `generate` gives for small programs, friendly and hostile.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use nimbus_rolldown::{Input, Module, Output, Resolution, Severity, Syntax, generate};

/// Files by path; imports of `./x` mean a file, `react…` a library, anything else is refused.
fn input(files: &[(&str, &str)]) -> Input {
    let modules: BTreeMap<String, Module> = files
        .iter()
        .map(|(path, code)| {
            let syntax = if path.ends_with(".json") { Syntax::Json } else { Syntax::Tsx };
            ((*path).to_owned(), Module { code: Arc::from(*code), syntax })
        })
        .collect();
    let entry = files.first().map(|(path, _)| (*path).to_owned()).unwrap_or_default();
    Input {
        modules,
        entry,
        resolve: Arc::new(|specifier, _importer| match specifier.strip_prefix("./") {
            Some(file) => Resolution::Module(file.to_owned()),
            None if specifier.starts_with("react") => Resolution::External(format!("/lib/h/{specifier}.js")),
            None => Resolution::Refused(format!("`{specifier}` is refused.")),
        }),
        define: vec![("process.env.NODE_ENV".to_owned(), "\"production\"".to_owned())],
        minify: false,
        time_limit: Duration::from_secs(30),
    }
}

async fn linked(files: &[(&str, &str)]) -> Output {
    generate(input(files)).await
}

fn codes(output: &Output) -> Vec<&str> {
    output.messages.iter().map(|message| message.code.as_str()).collect()
}

#[tokio::test]
async fn modules_are_linked_and_libraries_stay_urls() -> Result<(), String> {
    let output = linked(&[
        ("main.tsx", "import { useState } from 'react'; import data from './data.json'; import { A } from './a.tsx';
            export default function App() { const [n] = useState<number>(data.n); return <A n={n} env={process.env.NODE_ENV} />; }"),
        ("a.tsx", "export const A = ({ n }: { n: number }) => <b>{n}</b>;"),
        ("data.json", "{\"n\": 41}"),
    ])
    .await;
    let code = output.code.ok_or(format!("{:?}", output.messages))?;
    assert_eq!(code.imports, ["/lib/h/react.js", "/lib/h/react/jsx-runtime.js"]);
    assert!(code.js.contains("from \"/lib/h/react.js\""), "{}", code.js);
    assert!(code.js.contains("41") && code.js.contains("\"production\"") && !code.js.contains("process.env"));
    assert!(!code.js.contains("sourceMappingURL"));
    let map = code.map.ok_or("no source map")?;
    assert!(map.contains("\"a.tsx\"") && map.contains("\"main.tsx\"") && !map.contains("../"), "{map}");
    Ok(())
}

#[tokio::test]
async fn a_dynamic_import_of_an_own_module_is_inlined() -> Result<(), String> {
    let output = linked(&[
        ("main.tsx", "import('./late.tsx').then((late) => console.log(late.value));"),
        ("late.tsx", "export const value = 42;"),
    ])
    .await;
    let code = output.code.ok_or(format!("{:?}", output.messages))?;
    assert!(code.js.contains("42") && code.imports.is_empty(), "{}", code.js);
    Ok(())
}

#[tokio::test]
async fn a_mistake_is_a_message_with_its_place_and_frame() {
    let output = linked(&[("main.tsx", "const a = 1;\nconst b = ;\n")]).await;
    assert!(output.code.is_none());
    let message = &output.messages[0];
    assert_eq!((message.severity, message.code.as_str()), (Severity::Error, "PARSE_ERROR"));
    assert_eq!((message.file.as_deref(), message.line, message.column), (Some("main.tsx"), Some(2), Some(10)));
    assert!(message.frame.as_deref().is_some_and(|frame| frame.contains("const b = ;")));

    let output = linked(&[("main.tsx", "import { x } from './a.tsx'; console.log(x);"), ("a.tsx", "export {}")]).await;
    assert_eq!(codes(&output), ["MISSING_EXPORT"]);
}

#[tokio::test]
async fn nothing_but_the_input_is_read() {
    for specifier in [
        "/etc/passwd",
        "/etc/hostname",
        "../../../../../../etc/passwd",
        "file:///etc/passwd",
        "data:text/javascript,export default 1",
        "node:fs",
        "fs",
        "http://127.0.0.1:9/x.js",
        "https://evil.example/x.js",
        "//evil.example/x.js",
        "left-pad",
        "#internal",
        "C:\\\\Windows\\\\x",
        "./missing.ts",
        "./../../etc/passwd",
    ] {
        for program in [
            format!("import x from '{specifier}'; console.log(x);"),
            format!("import '{specifier}';"),
            format!("export * from '{specifier}';"),
            format!("import('{specifier}');"),
            format!("console.log(require('{specifier}'));"),
        ] {
            let output = linked(&[("main.tsx", &program)]).await;
            assert!(output.code.is_none(), "{program} gave {:?}", output.code);
            assert!(codes(&output).contains(&"REFUSED_IMPORT"), "{program} gave {:?}", output.messages);
        }
    }
}

#[tokio::test]
async fn a_build_that_takes_too_long_is_given_up() {
    let slow = Input {
        resolve: Arc::new(|_, _| {
            std::thread::park_timeout(Duration::from_millis(400));
            Resolution::External("/lib/h/x.js".to_owned())
        }),
        time_limit: Duration::from_millis(20),
        ..input(&[("main.tsx", "import './x';")])
    };
    let output = generate(slow).await;
    assert_eq!(codes(&output), ["TIME_LIMIT"]);
    assert!(output.code.is_none());
}

#[tokio::test]
async fn a_panic_while_building_is_a_message() {
    let broken = Input {
        resolve: Arc::new(|_, _| panic!("the resolver broke")),
        time_limit: Duration::from_secs(2),
        ..input(&[("main.tsx", "import './x';")])
    };
    let output = generate(broken).await;
    assert!(output.code.is_none());
    assert!(matches!(codes(&output).as_slice(), ["BUNDLER_PANIC" | "TIME_LIMIT"]), "{:?}", output.messages);
    // The threads go on serving.
    assert!(linked(&[("main.tsx", "console.log(1)")]).await.code.is_some());
}

#[tokio::test]
async fn many_builds_at_once_do_not_mix() -> Result<(), Box<dyn std::error::Error>> {
    let builds = (0..24).map(|n| {
        tokio::spawn(async move {
            let program = format!("import {{ v }} from './v.tsx'; console.log(v, {n});");
            let value = format!("export const v = 'value-{n}';");
            linked(&[("main.tsx", &program), ("v.tsx", &value)]).await
        })
    });
    for (n, build) in builds.collect::<Vec<_>>().into_iter().enumerate() {
        let code = build.await?.code.ok_or("no code")?;
        assert!(code.js.contains(&format!("value-{n}\"")), "{}", code.js);
    }
    Ok(())
}
