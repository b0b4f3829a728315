use super::{Inside, Joint, Stitcher};

const FILE: &str = "import { useState } from \"react\";\n\nexport default function App() {\n  const [n, setN] = useState(0);\n  return (\n    <main className=\"p-6\">\n      <button onClick={() => setN(n + 1)}>";
const REST: &str = "{n}</button>\n    </main>\n  );\n}\n</file>\n";

fn stitch(inside: Inside, pieces: &[&str]) -> (Option<Joint>, String) {
    let tail = format!("A counter.\n<file path=\"src/App.tsx\">\n{FILE}");
    let open = (inside != Inside::Nothing).then_some(("src/App.tsx", FILE));
    let tail = if inside == Inside::Nothing {
        "A counter.\n<file path=\"a.ts\">\nexport const a = 1;\n</file>\n"
    } else {
        &tail
    };
    let mut stitcher = Stitcher::new(tail, inside, open);
    let mut out: String = pieces.iter().map(|piece| stitcher.push(piece)).collect();
    out.push_str(&stitcher.finish());
    (stitcher.joint(), out)
}

/// `continuation` joins so and gives `expected`, however it is cut in two and in single characters.
fn check(inside: Inside, continuation: &str, joint: Joint, expected: &str) {
    let wanted = (Some(joint), expected.to_owned());
    for at in (0..=continuation.len()).filter(|at| continuation.is_char_boundary(*at)) {
        let (a, b) = continuation.split_at(at);
        assert_eq!(stitch(inside, &[a, b]), wanted, "{continuation:?} cut at {at}");
    }
    let singles: Vec<String> = continuation.chars().map(String::from).collect();
    let singles: Vec<&str> = singles.iter().map(String::as_str).collect();
    assert_eq!(stitch(inside, &singles), wanted, "{continuation:?} in characters");
}

#[test]
fn goes_on_with_the_next_character() {
    check(Inside::Tag, REST, Joint::Joined, REST);
    check(Inside::Tag, "\n        {n}</button>\n", Joint::Joined, "\n        {n}</button>\n");
}

#[test]
fn takes_out_what_is_repeated() {
    for repeated in [
        "<button onClick={() => setN(n + 1)}>",
        "      <button onClick={() => setN(n + 1)}>",
        "    <main className=\"p-6\">\n      <button onClick={() => setN(n + 1)}>",
        FILE,
    ] {
        check(Inside::Tag, &format!("{repeated}{REST}"), Joint::Joined, REST);
        check(Inside::Tag, &format!("\n\n{repeated}{}", REST.replace('\n', "\r\n")), Joint::Joined, REST);
    }
}

#[test]
fn leaves_out_prose_and_the_fence_around() {
    let inner = "{n}</button>\n    </main>\n  );\n}\n";
    let repeated = "      <button onClick={() => setN(n + 1)}>";
    let answer = format!("Sure, here is the rest of `src/App.tsx`:\n\n```tsx\n{repeated}{inner}```\n</file>\n");
    check(Inside::Tag, &answer, Joint::Joined, &format!("{inner}</file>\n"));
    let unclosed = format!("```tsx\n{inner}```");
    check(Inside::Tag, &unclosed, Joint::Joined, inner);
    // In a file that is a fence, the fence's end is the file's.
    check(Inside::Fence, &format!("```tsx\n{repeated}{inner}```\n"), Joint::Joined, &format!("{inner}```\n"));
}

#[test]
fn the_open_file_repeated_from_its_tag_is_joined() {
    check(Inside::Tag, &format!("<file path=\"src/App.tsx\">\n{FILE}{REST}"), Joint::Joined, REST);
    let lines = "    <main className=\"p-6\">\n      <button onClick={() => setN(n + 1)}>";
    check(Inside::Tag, &format!("<file path=\"src/App.tsx\">\n{lines}{REST}"), Joint::Joined, REST);
}

#[test]
fn a_file_begun_anew_replaces_the_open_one() {
    let other = "import { useReducer } from \"react\";\nexport default function App() { return null; }\n</file>\n";
    let tagged = format!("<file path=\"src/App.tsx\">\n{other}");
    check(Inside::Tag, &tagged, Joint::Anew, &tagged);
    check(Inside::Tag, &format!("Here is the complete file:\n{tagged}"), Joint::Anew, &tagged);
    // What it begins with may be what the other ended with.
    let mut stitcher =
        Stitcher::new("import a from \"a\";\n\nexport def", Inside::Tag, Some(("a.ts", "import a from \"a\";")));
    let anew = "<file path=\"a.ts\">\nexport default 1;\n</file>\n";
    assert_eq!(stitcher.push(anew) + &stitcher.finish(), anew);
    // Without a tag it is known by its first line.
    let untagged = "import { useState } from \"react\";\nexport default function App() { return null; }\n";
    let expected = format!("<file path=\"src/App.tsx\">\n{untagged}");
    check(Inside::Tag, untagged, Joint::Anew, &expected);
    let fenced = format!("```tsx\n{untagged}```\n");
    check(Inside::Tag, &fenced, Joint::Anew, &format!("<file path=\"src/App.tsx\">\n```\n{untagged}```\n"));
}

#[test]
fn another_file_leaves_the_open_one_behind() {
    let answer = "<file path=\"src/b.ts\">\nexport const b = 2;\n</file>\n";
    check(Inside::Tag, answer, Joint::Elsewhere, answer);
}

#[test]
fn between_files_the_next_one_follows() {
    let answer = "<file path=\"src/b.ts\">\nexport const b = 2;\n</file>\n";
    check(Inside::Nothing, answer, Joint::Joined, answer);
    check(Inside::Nothing, &format!("export const a = 1;\n</file>\n{answer}"), Joint::Joined, answer);
    let fence = "```tsx src/b.tsx\nexport const b = 2;\n```\n";
    check(Inside::Nothing, fence, Joint::Joined, fence);
}

#[test]
fn short_repetitions_are_chance_and_text_of_the_app_is_no_prose() {
    let mut stitcher = Stitcher::new("  }\n", Inside::Tag, Some(("a.ts", "a")));
    assert_eq!(stitcher.push("  }\n}\n") + &stitcher.finish(), "  }\n}\n");
    check(Inside::Tag, "Here are {n} clicks</button>\n", Joint::Joined, "Here are {n} clicks</button>\n");
}

#[test]
fn nothing_but_an_apology_adds_nothing() {
    check(Inside::Tag, "I'm sorry, but I can't continue.\n", Joint::Joined, "");
    check(Inside::Tag, "", Joint::Joined, "");
}

#[test]
fn what_is_held_back_is_bounded() {
    let mut stitcher = Stitcher::new(&"ab cd ".repeat(1_000_000), Inside::Tag, Some(("a.ts", "ab")));
    let mut most = 0;
    for _ in 0..40_000 {
        let _ = stitcher.push("ab cd ");
        most = most.max(stitcher.held.len());
    }
    assert!(most <= super::MAX_TAIL, "{most}");
}
