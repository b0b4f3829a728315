//! Files as people bring them, made into a source tree: single files, folders, zip archives.
//!
//! Whoever brings them may mean harm. Nothing is written to a disk; nothing is read of an archive
//! beyond the limits here; what cannot be a file of an app is left out, with a diagnostic that says
//! so. What is left out because of a limit is an error, since the app is not whole then.

use std::io::{Cursor, Read};

use nimbus_core::{
    asset,
    diagnostic::{Diagnostic, Severity},
    source::{InvalidPath, MAX_FILE_BYTES, SourcePath, SourceTree},
};
use zip::{ZipArchive, read::ZipFile, result::ZipError};

/// The most entries of an archive that are looked at.
pub const MAX_ENTRIES: usize = 5_000;
/// The most bytes that an archive may unpack to, of all that is not left out.
pub const MAX_UNPACKED_BYTES: u64 = 32 * 1024 * 1024;

/// Folders whose content tools make again.
const MADE: [&str; 10] =
    ["node_modules", ".git", "dist", "build", ".next", "out", ".vite", ".turbo", "coverage", "__MACOSX"];
/// Files of tools, which say nothing about the app, and files that hold secrets.
const LEFT_OUT: [&str; 9] = [
    "package-lock.json",
    "yarn.lock",
    "pnpm-lock.yaml",
    "bun.lockb",
    "bun.lock",
    ".DS_Store",
    "Thumbs.db",
    ".npmrc",
    ".gitignore",
];

/// Gathers files. Take the tree with [`Upload::finish`].
#[derive(Debug, Default)]
pub struct Upload {
    files: SourceTree,
    found: Vec<Diagnostic>,
    ignored: usize,
}

/// What was brought.
#[derive(Debug)]
pub struct Brought {
    /// The files.
    pub files: SourceTree,
    /// What was left out, and why. An error when the app lacks something for it.
    pub found: Vec<Diagnostic>,
}

impl Brought {
    /// Whether something is missing that the app may need.
    #[must_use]
    pub fn incomplete(&self) -> bool {
        self.found.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }
}

impl Upload {
    /// Whether a file of this path is never part of an app: what tools make, and secrets.
    #[must_use]
    pub fn is_ignored(path: &str) -> bool {
        let mut parts = path.split('/');
        let name = parts.next_back().unwrap_or_default();
        // Below `src` a folder of such a name is the app's own.
        parts.take_while(|folder| *folder != "src").any(|folder| MADE.contains(&folder))
            || LEFT_OUT.contains(&name)
            || name.starts_with(".env")
    }

    /// Adds a file. A zip archive adds what is in it.
    pub fn add(&mut self, path: &str, bytes: &[u8]) {
        if bytes.starts_with(b"PK\x03\x04") && path.to_ascii_lowercase().ends_with(".zip") {
            self.unpack(path, bytes);
        } else {
            self.put(path, bytes);
        }
    }

    /// Tells of something that could not be added.
    pub fn leave_out(&mut self, path: &str, why: &str) {
        self.found.push(Diagnostic::warning("skipped-file", format!("`{}` was left out: {why}.", shown(path))));
    }

    /// The tree.
    #[must_use]
    pub fn finish(mut self) -> Brought {
        if self.ignored > 0 {
            let message = format!("{} file(s) that tools make, or that hold secrets, were left out.", self.ignored);
            self.found.push(Diagnostic::notice("ignored-files", message));
        }
        self.found.sort_by_key(|diagnostic| diagnostic.severity);
        Brought { files: self.files, found: self.found }
    }

    fn put(&mut self, path: &str, bytes: &[u8]) {
        if Self::is_ignored(path) {
            self.ignored += 1;
            return;
        }
        let path = match SourcePath::parse(path) {
            Ok(path) => path,
            Err(InvalidPath { reason, .. }) => return self.leave_out(path, reason),
        };
        let text = match asset::media_type(path.as_str()) {
            Some(kind) => asset::to_text(kind, bytes),
            None => match std::str::from_utf8(bytes) {
                Ok(text) => text.strip_prefix('\u{feff}').unwrap_or(text).to_owned(),
                Err(_) => return self.leave_out(path.as_str(), "it is neither UTF-8 text nor a known kind of file"),
            },
        };
        if let Err(limit) = self.files.insert(path.clone(), text) {
            let message = format!("`{path}` was left out: {limit}.");
            self.found.push(Diagnostic::error("import-limit", message).with_file(path));
        }
    }

    fn unpack(&mut self, name: &str, bytes: &[u8]) {
        let broken = |error: ZipError| {
            Diagnostic::error("bad-archive", format!("`{}` is no zip archive that can be read: {error}.", shown(name)))
        };
        let mut archive = match ZipArchive::new(Cursor::new(bytes)) {
            Ok(archive) => archive,
            Err(error) => return self.found.push(broken(error)),
        };
        if archive.len() > MAX_ENTRIES {
            let message = format!("`{}` has {} entries; the limit is {MAX_ENTRIES}.", shown(name), archive.len());
            self.found.push(Diagnostic::error("import-limit", message));
        }
        let mut unpacked = 0;
        for index in 0..archive.len().min(MAX_ENTRIES) {
            match archive.by_index(index) {
                Ok(entry) => {
                    if !self.entry(entry, &mut unpacked) {
                        return;
                    }
                }
                // One that cannot be read does not keep the others from being.
                Err(error) => self.found.push(broken(error)),
            }
        }
    }

    /// Adds one entry of an archive; false when no more may be unpacked.
    fn entry<R: Read>(&mut self, mut entry: ZipFile<'_, R>, unpacked: &mut u64) -> bool {
        if entry.is_dir() {
            return true;
        }
        let path = match entry.name() {
            Ok(name) => name.into_owned(),
            Err(_) => {
                self.leave_out("an entry of the archive", "its name is not text");
                return true;
            }
        };
        if Self::is_ignored(&path) {
            self.ignored += 1;
            return true;
        }
        if entry.is_symlink() {
            self.leave_out(&path, "it is a link, and an app has its own files only");
            return true;
        }
        if let Err(InvalidPath { reason, .. }) = SourcePath::parse(&path) {
            self.leave_out(&path, reason);
            return true;
        }
        // What the archive says of a size is not believed: reading ends beyond the limit of a file.
        let mut content = Vec::new();
        let read = entry.by_ref().take(MAX_FILE_BYTES as u64 + 1).read_to_end(&mut content);
        *unpacked += content.len() as u64;
        if *unpacked > MAX_UNPACKED_BYTES {
            let limit = MAX_UNPACKED_BYTES / 1024 / 1024;
            let message =
                format!("The archive unpacks to more than {limit} MiB; `{}` and the rest were left out.", shown(&path));
            self.found.push(Diagnostic::error("import-limit", message));
            return false;
        }
        match read {
            Ok(_) => self.put(&path, &content),
            Err(error) => {
                let message = format!("`{}` of the archive cannot be read: {error}.", shown(&path));
                self.found.push(Diagnostic::error("bad-archive", message));
            }
        }
        true
    }
}

/// A path in a message: printable, and not too long.
fn shown(path: &str) -> String {
    path.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).take(80).collect()
}

#[cfg(test)]
mod tests;
