//! A project that lies in a folder of what was brought.

use nimbus_core::diagnostic::Diagnostic;

use crate::draft::{Draft, is_code};

/// Folders that are part of a project, and not the place where it lies.
const PARTS: [&str; 12] =
    ["src", "app", "components", "pages", "public", "lib", "hooks", "utils", "styles", "assets", "stubs", "types"];
/// Archives of archives hardly nest deeper.
const MOST: usize = 4;

/// Moves the project up to the top: `my-app/src/App.tsx` becomes `src/App.tsx`.
pub(crate) fn lift_project(draft: &mut Draft) -> Vec<Diagnostic> {
    let mut lifted = String::new();
    for _ in 0..MOST {
        let Some(folder) = project_folder(draft) else { break };
        let prefix = format!("{folder}/");
        let files = std::mem::take(&mut draft.files);
        for (path, file) in files {
            let moved = path.strip_prefix(&prefix).map(str::to_owned).unwrap_or(path);
            // What is in the project comes before what lies beside it.
            draft.files.entry(moved).or_insert(file);
        }
        lifted.push_str(&prefix);
    }
    if lifted.is_empty() {
        return Vec::new();
    }
    vec![Diagnostic::notice("moved-project", format!("The project in `{lifted}` was moved to the top."))]
}

/// The folder in which the whole project lies, if it lies in one.
fn project_folder(draft: &Draft) -> Option<String> {
    let top = |path: &String| path.split_once('/').map(|(folder, _)| folder.to_owned());
    let matters = |path: &&String| is_code(path) || path.ends_with(".html") || path.ends_with("package.json");
    let mut folders = draft.files.keys().filter(matters).map(top);
    let first = folders.next()??;
    let alone = folders.all(|folder| folder.as_deref() == Some(first.as_str()));
    (alone && !PARTS.contains(&first.as_str())).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fix::tests::draft;

    #[test]
    fn a_project_in_folders_comes_to_the_top() {
        for (files, expected) in [
            (
                &["my-app/src/App.tsx", "my-app/package.json", "README.md"][..],
                &["README.md", "package.json", "src/App.tsx"][..],
            ),
            (&["a/b/src/App.tsx", "a/LICENSE"], &["LICENSE", "src/App.tsx"]),
            (&["src/App.tsx", "src/x.ts"], &["src/App.tsx", "src/x.ts"]),
            (&["App.tsx", "x/y.ts"], &["App.tsx", "x/y.ts"]),
            (&["a/App.tsx", "b/App.tsx"], &["a/App.tsx", "b/App.tsx"]),
            (&["my-page/index.html", "my-page/app.js"], &["app.js", "index.html"]),
        ] {
            let files: Vec<(&str, &str)> = files.iter().map(|path| (*path, "")).collect();
            let mut draft = draft(&files);
            let notices = lift_project(&mut draft);
            assert_eq!(draft.files.keys().collect::<Vec<_>>(), expected);
            assert_eq!(notices.is_empty(), draft.files.keys().eq(files.iter().map(|(path, _)| path)));
        }
    }
}
