//! An app's source: paths that cannot leave the app, and a tree of them.

use std::{collections::BTreeMap, fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize};
use sha2::{Digest, Sha256};

/// The longest path, in bytes.
pub const MAX_PATH_BYTES: usize = 200;
/// The most files of one app.
pub const MAX_FILES: usize = 200;
/// The largest file, in bytes.
pub const MAX_FILE_BYTES: usize = 512 * 1024;
/// The most bytes of all files of one app together.
pub const MAX_TREE_BYTES: usize = 4 * 1024 * 1024;

/// A file's place inside an app, such as `src/App.tsx`.
///
/// Always relative, `/`-separated and inside the app: it cannot hold `.` or `..` segments, an
/// absolute path, a drive, a backslash, NUL or another control character.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct SourcePath(String);

/// Why a text is not a [`SourcePath`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{path}` cannot be a file of an app: {reason}")]
pub struct InvalidPath {
    /// What was given, cut to 80 characters.
    pub path: String,
    /// What is wrong with it, as the end of a sentence.
    pub reason: &'static str,
}

impl SourcePath {
    /// Takes a path as people and models write it: a leading `./` and doubled slashes are dropped.
    ///
    /// # Errors
    /// [`InvalidPath`] names what was wrong.
    pub fn parse(text: &str) -> Result<Self, InvalidPath> {
        let fail =
            |reason| Err(InvalidPath { path: text.chars().filter(|c| !c.is_control()).take(80).collect(), reason });
        let text = text.trim();
        if text.len() > MAX_PATH_BYTES {
            return fail("it is longer than 200 bytes");
        }
        if text.starts_with('/') {
            return fail("it starts with `/`; paths are relative to the app");
        }
        if text.contains('\\') {
            return fail("it contains `\\`; use `/` between folders");
        }
        if text.chars().any(char::is_control) {
            return fail("it contains a control character");
        }
        if text.contains([':', '<', '>', '"', '|', '?', '*']) {
            return fail("it contains one of `: < > \" | ? *`");
        }
        let segments: Vec<&str> = text.split('/').filter(|s| !s.is_empty() && *s != ".").collect();
        if segments.is_empty() || text.ends_with('/') {
            return fail("it names no file");
        }
        if segments.contains(&"..") {
            return fail("it contains `..`, which would leave the app");
        }
        if segments.iter().any(|s| s.trim() != *s || s.ends_with('.')) {
            return fail("a part of it starts or ends with a space, or ends with a dot");
        }
        Ok(Self(segments.join("/")))
    }

    /// The path as text, such as `src/App.tsx`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The last part, such as `App.tsx`.
    #[must_use]
    pub fn file_name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or(&self.0)
    }

    /// What follows the last dot of the file name, without the dot; empty when there is none.
    #[must_use]
    pub fn extension(&self) -> &str {
        self.file_name().rsplit_once('.').map_or("", |(_, extension)| extension)
    }
}

impl fmt::Display for SourcePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for SourcePath {
    type Err = InvalidPath;

    fn from_str(text: &str) -> Result<Self, InvalidPath> {
        Self::parse(text)
    }
}

impl<'de> Deserialize<'de> for SourcePath {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

/// Why a file cannot join a [`SourceTree`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TreeLimit {
    /// One file is too large.
    #[error("`{0}` is larger than {limit} KiB, the most for one file", limit = MAX_FILE_BYTES / 1024)]
    FileTooLarge(SourcePath),
    /// There are too many files.
    #[error("the app has more than {MAX_FILES} files")]
    TooManyFiles,
    /// All files together are too large.
    #[error("the app's files are larger than {limit} MiB together", limit = MAX_TREE_BYTES / 1024 / 1024)]
    TreeTooLarge,
}

/// The text files of an app, sorted by path and within the limits of this module.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct SourceTree {
    files: BTreeMap<SourcePath, String>,
}

impl SourceTree {
    /// Adds a file or replaces the one at the same path.
    ///
    /// # Errors
    /// [`TreeLimit`]; the tree is unchanged then.
    pub fn insert(&mut self, path: SourcePath, text: String) -> Result<(), TreeLimit> {
        if text.len() > MAX_FILE_BYTES {
            return Err(TreeLimit::FileTooLarge(path));
        }
        let replaced = self.files.get(&path).map(String::len);
        if replaced.is_none() && self.files.len() >= MAX_FILES {
            return Err(TreeLimit::TooManyFiles);
        }
        if self.bytes() - replaced.unwrap_or(0) + text.len() > MAX_TREE_BYTES {
            return Err(TreeLimit::TreeTooLarge);
        }
        self.files.insert(path, text);
        Ok(())
    }

    /// Takes a file out.
    pub fn remove(&mut self, path: &SourcePath) -> Option<String> {
        self.files.remove(path)
    }

    /// The text of one file.
    #[must_use]
    pub fn get(&self, path: &SourcePath) -> Option<&str> {
        self.files.get(path).map(String::as_str)
    }

    /// The text of the file at `path`, when that is a path of this tree.
    #[must_use]
    pub fn get_str(&self, path: &str) -> Option<&str> {
        SourcePath::parse(path).ok().and_then(|path| self.files.get(&path)).map(String::as_str)
    }

    /// Path and text of every file, sorted by path.
    pub fn iter(&self) -> impl Iterator<Item = (&SourcePath, &str)> {
        self.files.iter().map(|(path, text)| (path, text.as_str()))
    }

    /// How many files there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Whether there is no file.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// Which files these are: SHA-256 (FIPS 180-4) over path and text of each, in hexadecimal digits.
    #[must_use]
    pub fn hash(&self) -> String {
        let mut hasher = Sha256::new();
        for (path, text) in self.iter() {
            // Lengths first, so that no two trees spell the same bytes.
            hasher.update((path.as_str().len() as u64).to_be_bytes());
            hasher.update(path.as_str());
            hasher.update((text.len() as u64).to_be_bytes());
            hasher.update(text);
        }
        hex::encode(hasher.finalize())
    }

    /// The bytes of all files together.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.files.values().map(String::len).sum()
    }
}

impl<'de> Deserialize<'de> for SourceTree {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut tree = Self::default();
        for (path, text) in BTreeMap::<SourcePath, String>::deserialize(deserializer)? {
            tree.insert(path, text).map_err(serde::de::Error::custom)?;
        }
        Ok(tree)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_that_leave_the_app_are_refused() {
        for bad in [
            "",
            "/etc/passwd",
            "../x",
            "a/../../x",
            "a/..",
            "C:/x",
            "c:x",
            "a\\b",
            "a\0b",
            "a\nb",
            "dir/",
            ".",
            "a/ b",
            "a./b",
            &"x".repeat(201),
        ] {
            assert!(SourcePath::parse(bad).is_err(), "{bad:?} was accepted");
        }
    }

    #[test]
    fn paths_as_models_write_them_are_tidied() {
        for (given, kept) in [("./src/App.tsx", "src/App.tsx"), ("src//x.ts", "src/x.ts"), (" App.jsx ", "App.jsx")] {
            assert_eq!(SourcePath::parse(given).map(|p| p.to_string()), Ok(kept.to_owned()));
        }
    }

    #[test]
    fn different_files_have_different_hashes() -> Result<(), Box<dyn std::error::Error>> {
        let mut hashes = std::collections::BTreeSet::new();
        for files in [&[] as &[(&str, &str)], &[("a", "b")], &[("ab", "")], &[("a", ""), ("b", "")], &[("a", "b\0")]] {
            let mut tree = SourceTree::default();
            for (path, text) in files {
                tree.insert(SourcePath::parse(path)?, (*text).to_owned())?;
            }
            assert_eq!(tree.hash(), tree.clone().hash());
            assert!(hashes.insert(tree.hash()), "{files:?}");
        }
        Ok(())
    }

    #[test]
    fn a_tree_stays_within_its_limits_and_is_unchanged_by_a_refusal() -> Result<(), Box<dyn std::error::Error>> {
        let mut tree = SourceTree::default();
        let path = SourcePath::parse("a.ts")?;
        tree.insert(path.clone(), "1".to_owned())?;
        assert_eq!(
            tree.insert(path.clone(), "x".repeat(MAX_FILE_BYTES + 1)),
            Err(TreeLimit::FileTooLarge(path.clone()))
        );
        assert_eq!(tree.get(&path), Some("1"));
        for n in 1..MAX_FILES {
            tree.insert(SourcePath::parse(&format!("f{n}.ts"))?, String::new())?;
        }
        assert_eq!(tree.insert(SourcePath::parse("one-more.ts")?, String::new()), Err(TreeLimit::TooManyFiles));
        tree.insert(path, "2".to_owned())?;
        Ok(())
    }
}
