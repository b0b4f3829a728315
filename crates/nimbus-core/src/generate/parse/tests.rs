#![expect(clippy::expect_used, reason = "a failed expectation fails the test")]

use std::collections::BTreeMap;

use super::*;

/// What a reply amounts to, however it was split.
#[derive(Debug, Default, PartialEq, Clone)]
struct Understood {
    files: BTreeMap<String, String>,
    cut: Vec<String>,
    text: String,
    problems: Vec<String>,
}

fn read(pieces: impl IntoIterator<Item = impl AsRef<str>>, complete: bool) -> Understood {
    let mut parser = Parser::new();
    let mut events: Vec<ParseEvent> = pieces.into_iter().flat_map(|piece| parser.push(piece.as_ref())).collect();
    events.extend(parser.finish(complete));
    let mut all = Understood::default();
    let mut open: Option<(String, String)> = None;
    for event in events {
        match event {
            ParseEvent::Text(text) => all.text.push_str(&text),
            ParseEvent::Open(path) => {
                assert!(open.is_none(), "a file opened inside another");
                open = Some((path.to_string(), String::new()));
            }
            ParseEvent::Chunk(code) => open.as_mut().expect("a chunk outside a file").1.push_str(&code),
            ParseEvent::Close => {
                let (path, code) = open.take().expect("a closer outside a file");
                all.files.insert(path, code);
            }
            ParseEvent::Cut => all.cut.push(open.take().expect("a cut outside a file").0),
            ParseEvent::Problem(problem) => all.problems.push(problem.code),
        }
    }
    assert!(open.is_none(), "a file was left open");
    all
}

/// Reads a reply whole, by characters, and in two pieces split at every place: always the same.
fn check(reply: &str, expected: &[(&str, &str)]) -> Understood {
    let whole = read([reply], true);
    let files: Vec<(&str, &str)> = whole.files.iter().map(|(p, c)| (p.as_str(), c.as_str())).collect();
    assert_eq!(files, expected, "reply:\n{reply}");
    let characters: Vec<String> = reply.chars().map(String::from).collect();
    assert_eq!(read(&characters, true), whole, "by characters:\n{reply}");
    for (at, _) in reply.char_indices() {
        let (front, back) = reply.split_at(at);
        assert_eq!(read([front, back], true), whole, "split at {at}:\n{reply}");
    }
    whole
}

const APP: &str = "export default function App() {\n  return <p>a &lt; b</p>;\n}\n";

#[test]
fn the_taught_dialect() {
    let reply = format!(
        "Here it is.\n<file path=\"src/App.tsx\">\n{APP}</file>\n<file path=\"src/a.css\">\np{{}}\n</file>\nEnjoy!"
    );
    let all = check(&reply, &[("src/App.tsx", APP), ("src/a.css", "p{}\n")]);
    assert_eq!(all.text, "Here it is.\n\n\nEnjoy!\n");
    assert!(all.problems.is_empty());
}

#[test]
fn spellings_of_the_tag() {
    for opener in [
        "<file path='src/App.tsx'>",
        "<file path=src/App.tsx>",
        "<file path=“src/App.tsx”>",
        "< file  path = \"src/App.tsx\" >",
        "<file name=\"src/App.tsx\">",
        "<FILE PATH=\"x\" path=\"src/App.tsx\">",
        "<file=\"src/App.tsx\">",
        "<file path=\"/src/App.tsx\" lang=\"tsx\">",
        "Here: <file path=\"./src/App.tsx\">",
    ] {
        for closer in ["</file>", "</ file>", "< /file>", "</file >", "<\\/file>", "<//file>", "<file/>", "</FILE>"] {
            check(&format!("{opener}\n{APP}{closer}\n"), &[("src/App.tsx", APP)]);
        }
    }
}

#[test]
fn a_closer_on_the_last_line_of_code() {
    check("<file path=\"a.ts\">let a = 1;</file>", &[("a.ts", "let a = 1;")]);
    check("<file path=\"a.ts\">let a = b < c && d</e;\n</file>", &[("a.ts", "let a = b < c && d</e;\n")]);
}

#[test]
fn a_fence_inside_a_tag() {
    check(&format!("<file path=\"src/App.tsx\">\n```tsx\n{APP}```\n</file>\n"), &[("src/App.tsx", APP)]);
    check(&format!("<file path=\"src/App.tsx\">```tsx\n{APP}```</file>"), &[("src/App.tsx", APP)]);
}

#[test]
fn escaped_tags() {
    let escaped = APP.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    check(&format!("&lt;file path=\"src/App.tsx\"&gt;\n{escaped}&lt;/file&gt;\n"), &[("src/App.tsx", APP)]);
}

#[test]
fn a_forgotten_closer_before_the_next_opener() {
    let reply = format!("<file path=\"src/App.tsx\">\n{APP}<file path=\"b.ts\">\nlet b;\n</file>");
    check(&reply, &[("b.ts", "let b;\n"), ("src/App.tsx", APP)]);
}

#[test]
fn a_forgotten_closer_at_the_end_of_a_complete_reply() {
    check(&format!("<file path=\"src/App.tsx\">\n{APP}"), &[("src/App.tsx", APP)]);
}

#[test]
fn fences_with_a_path() {
    for fence in [
        "```tsx path=src/App.tsx",
        "```tsx{path=src/App.tsx}",
        "```tsx path=\"src/App.tsx\"",
        "```tsx src/App.tsx",
        "```tsx:src/App.tsx",
        "```src/App.tsx",
        "~~~tsx title=\"x\" src/App.tsx",
        "```tsx\n// src/App.tsx",
        "```tsx\nsrc/App.tsx",
        "```\n/* src/App.tsx */",
        "**src/App.tsx**\n```tsx",
        "### `src/App.tsx`\n\n```tsx",
        "1. src/App.tsx:\n```tsx",
        "File: src/App.tsx\n```tsx",
        "```tsx path=src/App.tsx\n// src/App.tsx",
    ] {
        let end = if fence.starts_with('~') { "~~~" } else { "```" };
        check(&format!("Sure!\n{fence}\n{APP}{end}\nDone.\n"), &[("src/App.tsx", APP)]);
    }
}

#[test]
fn markers() {
    let reply = format!("=== FILE: src/App.tsx ===\n{APP}=== FILE: b.css ===\np{{}}\n=== END ===\nDone.");
    let all = check(&reply, &[("b.css", "p{}\n"), ("src/App.tsx", APP)]);
    assert_eq!(all.text.trim(), "Done.");
    check(&format!("--- FILE: src/App.tsx ---\n```tsx\n{APP}```\nThat is all."), &[("src/App.tsx", APP)]);
}

#[test]
fn one_unnamed_component_fence_is_the_app_and_later_ones_are_examples() {
    let all = check(
        &format!("```jsx\n{APP}```\nRun:\n```bash\nnpm start\n```\n```jsx\n<App/>\n```\n"),
        &[("src/App.tsx", APP)],
    );
    assert!(all.text.contains("npm start") && all.text.contains("<App/>"));
    check("```\nimport React from 'react';\n```\n", &[("src/App.tsx", "import React from 'react';\n")]);
    check("Install:\n```\nnpm i\n```\n", &[]);
}

#[test]
fn a_whole_page() {
    let page = "<!DOCTYPE html>\n<html><body>hi</body>\n</html>";
    check(&format!("{page}\nThat's it."), &[("index.html", page)]);
    check(&format!("```html\n{page}\n```\n"), &[("index.html", &format!("{page}\n"))]);
}

#[test]
fn line_ends_and_a_mark_at_the_start() {
    let reply = format!("\u{feff}<file path=\"src/App.tsx\">\n{APP}</file>\n").replace('\n', "\r\n");
    check(&reply, &[("src/App.tsx", APP)]);
}

#[test]
fn a_path_written_twice() {
    let reply = "<file path=\"a.ts\">\n1\n</file><file path=\"a.ts\">\n2\n</file>";
    assert_eq!(check(reply, &[("a.ts", "2\n")]).problems, ["duplicate-file"]);
}

#[test]
fn paths_that_leave_the_app() {
    for path in ["../../x.ts", "/etc/passwd", "C:\\x.ts", "a\0b.ts"] {
        let all =
            check(&format!("<file path=\"{path}\">\nx\n</file><file path=\"b.ts\">\ny\n</file>"), &[("b.ts", "y\n")]);
        assert_eq!(all.problems, ["invalid-path"], "{path}");
        assert!(!all.text.contains('x'));
    }
}

#[test]
fn a_reply_that_breaks_off_cuts_the_open_file() {
    let reply = format!("<file path=\"a.ts\">\n1\n</file>\n<file path=\"src/App.tsx\">\n{APP}");
    let all = read([&reply], false);
    assert_eq!(all.files.keys().collect::<Vec<_>>(), ["a.ts"]);
    assert_eq!(
        (all.cut.as_slice(), all.problems.as_slice()),
        (&["src/App.tsx".to_owned()][..], &["cut-off".to_owned()][..])
    );
}

#[test]
fn code_streams_without_waiting_for_its_line() {
    let mut parser = Parser::new();
    parser.push("<file path=\"a.ts\">\nlet a");
    assert_eq!(parser.push(" = 12"), [ParseEvent::Chunk(" = 12".to_owned())]);
    assert_eq!(parser.push(" < 3 <"), [ParseEvent::Chunk(" < 3 ".to_owned())]);
    assert_eq!(parser.push(" b"), [ParseEvent::Chunk("< b".to_owned())]);
}

#[test]
fn limits_hold() {
    let mut parser = Parser::new();
    parser.push("<file path=\"a.ts\">\n");
    let line = "x".repeat(1000) + "\n";
    let events: Vec<ParseEvent> = (0..600).flat_map(|_| parser.push(&line)).collect();
    let told: usize = events.iter().map(|e| if let ParseEvent::Chunk(c) = e { c.len() } else { 0 }).sum();
    assert!(told <= MAX_FILE_BYTES);
    assert_eq!(events.iter().filter(|e| matches!(e, ParseEvent::Cut)).count(), 1);
    let mut parser = Parser::new();
    for _ in 0..1000 {
        parser.push(&"<".repeat(100));
        parser.push(&"`".repeat(100));
    }
    assert!(parser.held.len() <= MAX_HELD + 100);
}

#[test]
fn recorded_replies_keep_their_files_at_every_split() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/replies");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).expect("the recorded replies") {
        let path = entry.expect("an entry").path();
        let reply = std::fs::read_to_string(&path).expect("a reply");
        let whole = read([&reply], true);
        assert!(!whole.files.is_empty(), "{} holds no file", path.display());
        for (at, _) in reply.char_indices().step_by(7) {
            let (front, back) = reply.split_at(at);
            assert_eq!(read([front, back], true), whole, "{} split at {at}", path.display());
        }
        count += 1;
    }
    assert!(count >= 16, "only {count} replies");
}
