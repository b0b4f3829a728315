//! The commands from outside, on a data directory that no server uses.

use std::{
    error::Error,
    fs,
    path::Path,
    process::{Command, Output},
};

use serde_json::Value;

type Outcome = Result<(), Box<dyn Error>>;

fn run(data: &Path, arguments: &[&str]) -> std::io::Result<Output> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cumulonimbus"));
    command.args(arguments).env_clear().env("CUMULONIMBUS_DATA_DIR", data.join("data"));
    command.env("OLLAMA_ENABLED", "false").env("LLM_PROVIDER", "demo").current_dir(data).output()
}

fn json(output: &Output) -> Result<Value, Box<dyn Error>> {
    let text = String::from_utf8_lossy(&output.stdout);
    serde_json::from_str(&text)
        .map_err(|error| format!("{error}: {text}{}", String::from_utf8_lossy(&output.stderr)).into())
}

/// It failed with one line on standard error that holds `part`, and said nothing else.
fn check_refusal(output: &Output, part: &str) {
    let text = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert_eq!(text.trim_end().lines().count(), 1, "more than one line: {text}");
    assert!(text.contains(part) && output.stdout.is_empty(), "`{part}` is missing: {text}");
}

const APP: &str = "import { useState } from \"react\";\nexport default function App() {\n  const [n, set] = useState(0);\n  \
                   return <button className=\"p-[13px]\" onClick={() => set(n + 1)}>{n}</button>;\n}\n";

#[test]
fn a_folder_becomes_one_page() -> Outcome {
    let folder = tempfile::tempdir()?;
    let at = folder.path();
    fs::create_dir_all(at.join("app/src"))?;
    fs::create_dir_all(at.join("app/node_modules/x"))?;
    fs::write(at.join("app/src/App.tsx"), APP)?;
    fs::write(at.join("app/node_modules/x/index.js"), "syntax error here")?;
    let output = run(at, &["bundle", "app", "--out", "app.html", "--json"])?;
    let told = json(&output)?;
    assert!(output.status.success() && told["ok"] == true, "{told:#}");
    assert!(told["timings"]["total"].as_f64() > Some(0.0) && told["diagnostics"] == serde_json::json!([]), "{told:#}");
    let page = fs::read_to_string(at.join("app.html"))?;
    assert_eq!(told["bytes"].as_u64(), Some(page.len() as u64));
    assert!(page.contains("padding:13px") || page.contains("padding: 13px"));
    assert!(!page.contains("/lib/") && !page.contains("from\"") && !page.contains("syntax error"));
    assert!(!at.join("data").exists(), "a build needs no data directory");
    Ok(())
}

#[test]
fn what_does_not_build_ends_with_1_and_says_where() -> Outcome {
    let folder = tempfile::tempdir()?;
    let at = folder.path();
    fs::write(at.join("App.tsx"), "export default function App() {\n  return <Missing />;\n}\n")?;
    let output = run(at, &["bundle", "App.tsx", "--out", "app.html", "--json"])?;
    let told = json(&output)?;
    assert_eq!((output.status.code(), &told["ok"]), (Some(1), &Value::Bool(false)), "{told:#}");
    let first = &told["diagnostics"][0];
    assert_eq!((first["severity"].as_str(), first["file"].as_str()), (Some("error"), Some("App.tsx")), "{told:#}");
    assert_eq!(first["line"], 2, "{told:#}");
    assert!(!at.join("app.html").exists());
    check_refusal(&run(at, &["bundle", "nothing-there"])?, "`nothing-there`");
    Ok(())
}

#[test]
fn apps_go_in_and_out_without_a_server() -> Outcome {
    let folder = tempfile::tempdir()?;
    let at = folder.path();
    fs::create_dir_all(at.join("my-app/src"))?;
    fs::write(at.join("my-app/src/App.tsx"), APP)?;
    #[cfg(unix)]
    std::os::unix::fs::symlink("/etc/passwd", at.join("my-app/src/link.txt"))?;
    let imported = json(&run(at, &["apps", "import", "my-app", "--json"])?)?;
    let id = imported["appId"].as_str().ok_or("no id")?.to_owned();
    assert!(imported["versionId"].is_string(), "{imported:#}");
    #[cfg(unix)]
    assert_eq!(imported["diagnostics"][0]["code"], "skipped-file", "{imported:#}");

    let listed = json(&run(at, &["apps", "list", "--json"])?)?;
    assert_eq!((&listed["apps"][0]["id"], &listed["apps"][0]["name"]), (&id.as_str().into(), &"my app".into()));

    let told = json(&run(at, &["apps", "export", &id, "--out", "out.zip", "--json"])?)?;
    assert_eq!(told["bytes"].as_u64(), Some(fs::metadata(at.join("out.zip"))?.len()));
    // What was exported is the same app when it comes back.
    let again = json(&run(at, &["apps", "import", "out.zip", "--json"])?)?;
    assert!(
        again["diagnostics"].as_array().is_some_and(|all| all.iter().all(|one| one["severity"] == "notice")),
        "{again:#}"
    );

    assert!(run(at, &["apps", "export", &id, "--out", "out.html", "--html"])?.status.success());
    assert!(fs::read_to_string(at.join("out.html"))?.contains(&format!("data-app=\"{id}\"")));
    check_refusal(&run(at, &["apps", "export", "../x", "--out", "y"])?, "no app's id");
    let absent = "018f3c6e-7b1a-7cc0-8000-0123456789ab";
    check_refusal(&run(at, &["apps", "export", absent, "--out", "y"])?, "does not exist");
    Ok(())
}

#[test]
fn a_description_becomes_a_folder() -> Outcome {
    let folder = tempfile::tempdir()?;
    let at = folder.path();
    let output = run(at, &["generate", "a todo list", "--out", "todo", "--json"])?;
    let told = json(&output)?;
    assert!(output.status.success() && told["error"].is_null(), "{told:#}");
    let files: Vec<&str> = told["files"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    assert!(files.contains(&"src/App.tsx"), "{told:#}");
    assert!(fs::read_to_string(at.join("todo/src/App.tsx"))?.contains("export default"));
    check_refusal(&run(at, &["generate", "a todo list", "--out", "todo"])?, "is not empty");
    let listed = json(&run(at, &["apps", "list", "--json"])?)?;
    assert_eq!(listed["apps"][0]["id"], told["appId"]);
    Ok(())
}
