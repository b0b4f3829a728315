//! The app while it is examined and repaired: its files, and what is known of each code file.

use std::collections::BTreeMap;

use nimbus_core::source::{SourcePath, SourceTree};

use crate::analyse::analyse;
use crate::facts::{Facts, Span};
use crate::page::Page;

/// One replacement in a file's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Edit {
    pub(crate) span: Span,
    pub(crate) text: String,
}

impl Edit {
    pub(crate) fn replace(span: Span, text: impl Into<String>) -> Self {
        Self { span, text: text.into() }
    }

    pub(crate) fn insert(at: usize, text: impl Into<String>) -> Self {
        Self { span: Span { start: at, end: at }, text: text.into() }
    }
}

/// A file of the draft.
#[derive(Debug, Clone)]
pub(crate) struct DraftFile {
    pub(crate) text: String,
    /// Known for code files only.
    pub(crate) facts: Option<Facts>,
}

/// The files of an app by path, analysed.
#[derive(Debug, Clone, Default)]
pub(crate) struct Draft {
    pub(crate) files: BTreeMap<String, DraftFile>,
    /// Set when the app is a page of HTML.
    pub(crate) page: Option<Page>,
}

/// Whether a path names a code file of the app: not one that sets up a tool, tests, or declares types.
pub(crate) fn is_code(path: &str) -> bool {
    let of_tools =
        [".config.", ".test.", ".spec.", ".stories.", ".d."].iter().any(|part| file_name(path).contains(part));
    matches!(extension(path), "tsx" | "ts" | "jsx" | "js" | "mjs" | "cjs" | "mts" | "cts") && !of_tools
}

/// What follows the last dot of the last part of a path, or nothing.
pub(crate) fn extension(path: &str) -> &str {
    file_name(path).rsplit_once('.').map_or("", |(_, extension)| extension)
}

/// The last part of a path.
pub(crate) fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// The last part of a path without its extension.
pub(crate) fn stem(path: &str) -> &str {
    let name = file_name(path);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

/// The folder of a path, empty at the top.
pub(crate) fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

impl Draft {
    pub(crate) fn new(tree: &SourceTree) -> Self {
        let mut draft = Self::default();
        for (path, text) in tree.iter() {
            draft.put(path.as_str(), text.to_owned());
        }
        draft
    }

    /// Adds or replaces a file.
    pub(crate) fn put(&mut self, path: &str, text: String) {
        let facts = is_code(path).then(|| analyse(&text, extension(path)));
        self.files.insert(path.to_owned(), DraftFile { text, facts });
    }

    /// Applies edits that do not overlap, in any order.
    pub(crate) fn edit(&mut self, path: &str, mut edits: Vec<Edit>) {
        let Some(file) = self.files.get(path) else { return };
        edits.sort_by_key(|edit| edit.span);
        let mut text = String::with_capacity(file.text.len() + 64);
        let mut at = 0;
        for edit in &edits {
            let Some(kept) = file.text.get(at..edit.span.start) else { continue };
            text.push_str(kept);
            text.push_str(&edit.text);
            at = edit.span.end;
        }
        text.push_str(file.text.get(at..).unwrap_or_default());
        self.put(path, text);
    }

    pub(crate) fn has(&self, path: &str) -> bool {
        self.files.contains_key(path)
    }

    pub(crate) fn text(&self, path: &str) -> &str {
        self.files.get(path).map_or("", |file| file.text.as_str())
    }

    pub(crate) fn facts(&self, path: &str) -> Option<&Facts> {
        self.files.get(path).and_then(|file| file.facts.as_ref())
    }

    /// The code files in path order.
    pub(crate) fn code(&self) -> impl Iterator<Item = (&str, &Facts)> {
        self.files.iter().filter_map(|(path, file)| Some((path.as_str(), file.facts.as_ref()?)))
    }

    /// The paths of the code files, for loops that change the draft.
    pub(crate) fn code_paths(&self) -> Vec<String> {
        self.code().map(|(path, _)| path.to_owned()).collect()
    }

    /// Back to a tree, without the files of a page, whose names no tree takes. Files that would pass the tree's limits are left out; repairs add bytes, not
    /// kilobytes, so that happens only to a tree that was at its limit already.
    pub(crate) fn into_tree(self) -> SourceTree {
        let mut tree = SourceTree::default();
        for (path, file) in self.files {
            if let Ok(path) = SourcePath::parse(&path)
                && let Err(limit) = tree.insert(path, file.text)
            {
                tracing::warn!(%limit, "a repaired file does not fit into the tree");
            }
        }
        tree
    }
}
