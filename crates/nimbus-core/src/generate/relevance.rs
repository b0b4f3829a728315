//! Which files of an app a model is shown when its context has no room for all of them.

use std::collections::{BTreeSet, HashSet};

use crate::{
    diagnostic::Diagnostic,
    model::{ModelError, ModelErrorKind, estimate_tokens},
    source::{SourcePath, SourceTree},
};

/// Where an app may begin, the usual first.
const ENTRIES: [&str; 7] =
    ["src/App.tsx", "App.tsx", "src/App.jsx", "src/main.tsx", "src/index.tsx", "index.html", "src/app/page.tsx"];
/// What an import may leave out at its end.
const ENDINGS: [&str; 10] = ["", ".tsx", ".ts", ".jsx", ".js", ".css", ".json", "/index.tsx", "/index.ts", "/index.js"];
/// What the tag and the blank lines around a file take, in tokens.
const AROUND: u64 = 16;
/// The most tokens kept for the reply, and the share of the window that is kept where that is less.
const REPLY: (u64, u64) = (8_192, 4);
/// Words that tell nothing of what a request is about.
const SHORTEST_WORD: usize = 4;

/// The files that are shown, and those that are not.
#[derive(Debug, Default)]
pub(super) struct Selection {
    pub shown: SourceTree,
    /// By path, with its size in tokens.
    pub left_out: Vec<(SourcePath, u64)>,
}

impl Selection {
    /// All files.
    fn all(files: &SourceTree) -> Self {
        Self { shown: files.clone(), left_out: Vec::new() }
    }

    /// What the model is told of the files it does not see; empty when it sees all.
    pub(super) fn note(&self) -> String {
        if self.left_out.is_empty() {
            return String::new();
        }
        format!("These files of the app are not shown for lack of room, and stay as they are: {}.\n\n", self.list())
    }

    /// What the person is told of them.
    pub(super) fn notice(&self, window: u32) -> Option<Diagnostic> {
        if self.left_out.is_empty() {
            return None;
        }
        let message = format!("The model takes {window} tokens, so it does not see: {}", self.list());
        Some(
            Diagnostic::warning("prompt-left-out", message)
                .with_hint("name the file that is meant, or choose a model with a larger context"),
        )
    }

    fn list(&self) -> String {
        let named = self.left_out.iter().map(|(path, tokens)| format!("`{path}` (about {tokens} tokens)"));
        named.collect::<Vec<_>>().join(", ")
    }
}

/// Chooses within `window`, a model's context in tokens, after `rules`, the tokens of all else that
/// is sent. First the files that `request` names, then the entry, the `troubled` ones, those that all
/// these import, and then those that share most words with the request.
///
/// # Errors
/// `PromptTooLong` with the figures when there is no room for a single file.
pub(super) fn choose(
    request: &str,
    files: &SourceTree,
    troubled: &[SourcePath],
    rules: u64,
    window: Option<u32>,
) -> Result<Selection, ModelError> {
    let Some(window) = window.map(u64::from) else { return Ok(Selection::all(files)) };
    let reply = REPLY.0.min(window / REPLY.1);
    let room = window.saturating_sub(rules + reply);
    let all: u64 = files.iter().map(|(_, text)| tokens(text)).sum();
    if all <= room {
        return Ok(Selection::all(files));
    }
    let mut left = room;
    let mut selection = Selection::default();
    for path in ranked(request, files, troubled) {
        let Some(text) = files.get(&path) else { continue };
        let size = tokens(text);
        // It was in a tree within the limits.
        if size <= left && selection.shown.insert(path.clone(), text.to_owned()).is_ok() {
            left -= size;
        } else {
            selection.left_out.push((path, size));
        }
    }
    if selection.shown.is_empty() {
        let largest = selection.left_out.iter().take(3).map(|(path, size)| format!("`{path}` {size}"));
        let message = format!(
            "the rules and the request have about {rules} tokens, and the app's files {all} ({}), but the model takes \
             {window}, of which {reply} are kept for the reply: there is no room for any file",
            largest.collect::<Vec<_>>().join(", ")
        );
        return Err(ModelError::new(ModelErrorKind::PromptTooLong, message)
            .with_hint("shorten the request, split the largest file, or choose a model with a larger context"));
    }
    selection.left_out.sort();
    Ok(selection)
}

fn tokens(text: &str) -> u64 {
    estimate_tokens(text) + AROUND
}

/// All files, the most relevant first.
fn ranked(request: &str, files: &SourceTree, troubled: &[SourcePath]) -> Vec<SourcePath> {
    let wanted = words(request);
    let lower = request.to_lowercase();
    let paths = || files.iter().map(|(path, _)| path);
    let mut ranked = Vec::new();
    let mut taken = BTreeSet::new();
    let mut take = |path: &SourcePath| {
        if taken.insert(path.clone()) {
            ranked.push(path.clone());
        }
    };
    paths().filter(|path| is_named(path, &lower, &wanted)).for_each(&mut take);
    ENTRIES.iter().filter_map(|entry| paths().find(|path| path.as_str() == *entry)).take(1).for_each(&mut take);
    paths().filter(|path| troubled.contains(path)).for_each(&mut take);
    let roots = ranked.clone();
    let mut take = |path: &SourcePath| {
        if taken.insert(path.clone()) {
            ranked.push(path.clone());
        }
    };
    for root in &roots {
        imports(root, files).iter().for_each(&mut take);
    }
    let mut rest: Vec<_> = files.iter().filter(|(path, _)| !ranked.contains(path)).collect();
    rest.sort_by_key(|(path, text)| {
        let shared = words(text).intersection(&wanted).count();
        (std::cmp::Reverse(shared), text.len(), (*path).clone())
    });
    ranked.extend(rest.into_iter().map(|(path, _)| path.clone()));
    ranked
}

/// Whether the request speaks of a file: by its path, its name, or its name without the ending.
fn is_named(path: &SourcePath, request: &str, words: &HashSet<String>) -> bool {
    let name = path.file_name().to_lowercase();
    let stem = name.split('.').next().unwrap_or_default();
    request.contains(&name) || (stem.len() >= SHORTEST_WORD && stem != "index" && words.contains(stem))
}

fn words(text: &str) -> HashSet<String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| word.chars().count() >= SHORTEST_WORD)
        .map(str::to_lowercase)
        .collect()
}

/// The files of the app that one imports.
fn imports(path: &SourcePath, files: &SourceTree) -> Vec<SourcePath> {
    let text = files.get(path).unwrap_or_default();
    let folder = path.as_str().rsplit_once('/').map_or("", |(folder, _)| folder);
    let quoted = text.split(['"', '\'']).skip(1).step_by(2);
    quoted.filter_map(|specifier| resolve(folder, specifier, files)).collect()
}

fn resolve(folder: &str, specifier: &str, files: &SourceTree) -> Option<SourcePath> {
    let joined = match specifier.strip_prefix("@/") {
        Some(rest) => format!("src/{rest}"),
        None if specifier.starts_with('.') => format!("{folder}/{specifier}"),
        None => return None,
    };
    let mut parts: Vec<&str> = Vec::new();
    for part in joined.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    let base = parts.join("/");
    ENDINGS.iter().find_map(|ending| {
        let path = SourcePath::parse(&format!("{base}{ending}")).ok()?;
        files.get(&path).map(|_| path)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    type Outcome = Result<(), Box<dyn std::error::Error>>;

    /// Every file has about 1,000 tokens.
    fn app() -> Result<SourceTree, Box<dyn std::error::Error>> {
        let mut files = SourceTree::default();
        for (path, text) in [
            ("src/App.tsx", "import { Board } from './components/Board';\nimport \"@/lib/theme\";"),
            ("src/components/Board.tsx", "import './board.css'"),
            ("src/components/board.css", ".board {}"),
            ("src/lib/theme.ts", "export const theme = 1;"),
            ("src/lib/invoices.ts", "export function invoice() { return 'currency and totals'; }"),
            ("src/lib/zebra.ts", "export const zebra = 1;"),
            ("src/pages/Settings.tsx", "export function Settings() {}"),
        ] {
            let filler = "x ".repeat((3_444 - text.len()) / 2);
            files.insert(SourcePath::parse(path)?, format!("{text}\n/*{filler}*/"))?;
        }
        Ok(files)
    }

    fn shown(request: &str, troubled: &[&str], window: Option<u32>) -> Result<Vec<String>, ModelError> {
        let files = app().map_err(|error| ModelError::new(ModelErrorKind::Provider, error.to_string()))?;
        let troubled: Vec<_> = troubled.iter().filter_map(|path| SourcePath::parse(path).ok()).collect();
        let selection = choose(request, &files, &troubled, 1_000, window)?;
        let paths: BTreeSet<_> = selection.shown.iter().map(|(path, _)| path.clone()).collect();
        let left: BTreeSet<_> = selection.left_out.iter().map(|(path, _)| path.clone()).collect();
        assert!(paths.is_disjoint(&left) && paths.len() + left.len() == 7, "every file is shown or named");
        Ok(paths.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn all_are_shown_where_there_is_room_or_none_is_known() -> Outcome {
        assert_eq!(shown("make it blue", &[], None)?.len(), 7);
        assert_eq!(shown("make it blue", &[], Some(32_768))?.len(), 7);
        Ok(())
    }

    #[test]
    fn what_is_named_comes_first_then_the_entry_and_what_they_import() -> Outcome {
        // A quarter is kept for the reply and 1,000 tokens are the rules.
        let room = |files: u32| Some((files * 1_020 + 1_000) * 4 / 3 + 1);
        assert_eq!(shown("a button in the settings", &[], room(1))?, ["src/pages/Settings.tsx"]);
        assert_eq!(shown("a button in the settings", &[], room(2))?, ["src/App.tsx", "src/pages/Settings.tsx"]);
        assert_eq!(shown("change zebra.ts", &[], room(1))?, ["src/lib/zebra.ts"]);
        let repaired = shown("it does not work", &["src/lib/zebra.ts"], room(2))?;
        assert_eq!(repaired, ["src/App.tsx", "src/lib/zebra.ts"]);
        let imported = shown("make it blue", &[], room(3))?;
        assert_eq!(imported, ["src/App.tsx", "src/components/Board.tsx", "src/lib/theme.ts"]);
        let by_words = shown("show the totals in another currency", &[], room(4))?;
        assert!(by_words.contains(&"src/lib/invoices.ts".to_owned()), "{by_words:?}");
        Ok(())
    }

    #[test]
    fn what_is_left_out_is_named_with_its_size() -> Outcome {
        let selection = choose("settings", &app()?, &[], 1_000, Some(4_100))?;
        assert!(selection.note().contains("`src/lib/zebra.ts` (about 1002 tokens)"), "{}", selection.note());
        let notice = selection.notice(4_100).map(|notice| notice.message).unwrap_or_default();
        assert!(notice.starts_with("The model takes 4100 tokens") && notice.contains("`src/components/board.css`"));
        assert!(choose("settings", &app()?, &[], 1_000, None)?.notice(1).is_none());
        Ok(())
    }

    #[test]
    fn an_app_that_cannot_fit_is_refused_with_the_figures() {
        let error = shown("settings", &[], Some(2_000)).map_err(|error| error.message);
        let expected = "the rules and the request have about 1000 tokens, and the app's files 7014 \
                        (`src/pages/Settings.tsx` 1002, `src/App.tsx` 1002, `src/components/Board.tsx` 1002), but the \
                        model takes 2000, of which 500 are kept for the reply: there is no room for any file";
        assert_eq!(error, Err(expected.to_owned()));
    }
}
