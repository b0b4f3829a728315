//! Files of this machine that a person names: read with care, written only where nothing is.

use std::{
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail, ensure};
use nimbus_core::{asset, source::SourceTree};
use nimbus_server::upload::Upload;

/// The most bytes that are read in all; an import takes no more.
const MAX_BYTES: u64 = 7 * 1024 * 1024;
/// The most files and folders that are looked at.
const MAX_ENTRIES: usize = 20_000;
/// The deepest folder that is looked into.
const MAX_DEPTH: usize = 16;

/// What a path names.
#[derive(Debug, Default)]
pub struct Given {
    /// Path below the folder, and content, of every file that an app may have.
    pub files: Vec<(String, Vec<u8>)>,
    /// What was left out, and why.
    pub left_out: Vec<(String, &'static str)>,
    bytes: u64,
    entries: usize,
}

/// Reads a folder, a zip archive or a single file. Links inside a folder are not followed.
///
/// # Errors
/// One sentence when the path cannot be read, or holds more than an app can have.
pub fn read(path: &Path) -> Result<Given> {
    let shown = path.display();
    let about = fs::metadata(path).with_context(|| format!("cannot read `{shown}`"))?;
    let mut given = Given::default();
    if about.is_dir() {
        given.folder(path, "", 0)?;
    } else {
        let name = path.file_name().and_then(|name| name.to_str());
        let Some(name) = name else { bail!("the name of `{shown}` is not text") };
        given.file(path, name.to_owned())?;
    }
    if given.files.is_empty() {
        bail!("there is no file of an app in `{shown}`");
    }
    Ok(given)
}

impl Given {
    fn folder(&mut self, folder: &Path, prefix: &str, depth: usize) -> Result<()> {
        let unreadable = || format!("cannot read `{}`", folder.display());
        let mut entries = fs::read_dir(folder).with_context(unreadable)?.collect::<io::Result<Vec<_>>>()?;
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            self.entries += 1;
            if self.entries > MAX_ENTRIES {
                bail!("`{}` has more than {MAX_ENTRIES} entries", folder.display());
            }
            let Some(name) = entry.file_name().to_str().map(str::to_owned) else {
                self.left_out.push((entry.path().display().to_string(), "its name is not text"));
                continue;
            };
            let path = format!("{prefix}{name}");
            // As a folder, and as a file: what tools make is never looked into.
            if Upload::is_ignored(&path) || Upload::is_ignored(&format!("{path}/x")) {
                continue;
            }
            // Of the entry itself, not of what a link leads to.
            let kind = entry.file_type().with_context(unreadable)?;
            if kind.is_symlink() {
                self.left_out.push((path, "it is a link, and an app has its own files only"));
            } else if kind.is_dir() && depth >= MAX_DEPTH {
                self.left_out.push((path, "it is in too many folders"));
            } else if kind.is_dir() {
                self.folder(&entry.path(), &format!("{path}/"), depth + 1)?;
            } else if kind.is_file() {
                self.file(&entry.path(), path)?;
            } else {
                self.left_out.push((path, "it is no plain file"));
            }
        }
        Ok(())
    }

    fn file(&mut self, file: &Path, path: String) -> Result<()> {
        let mut content = Vec::new();
        let left = MAX_BYTES - self.bytes;
        File::open(file)
            .and_then(|file| file.take(left + 1).read_to_end(&mut content))
            .with_context(|| format!("cannot read `{}`", file.display()))?;
        if content.len() as u64 > left {
            bail!(
                "up to `{}` there are more than {} MiB; an import takes no more",
                file.display(),
                MAX_BYTES / 1024 / 1024
            );
        }
        self.bytes += content.len() as u64;
        self.files.push((path, content));
        Ok(())
    }
}

/// Writes an app's files into a folder that is empty or not there yet; their paths below it.
///
/// # Errors
/// One sentence when the folder has something in it, or cannot be written.
pub fn write(folder: &Path, files: &SourceTree) -> Result<Vec<String>> {
    check_free(folder)?;
    let mut written = Vec::new();
    for (path, text) in files.iter() {
        let place = folder.join(path.as_str());
        let content = asset::to_bytes(path.as_str(), text).unwrap_or_else(|| text.as_bytes().to_vec());
        let made = place.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(&place, content));
        made.with_context(|| format!("cannot write `{}`", place.display()))?;
        written.push(path.to_string());
    }
    Ok(written)
}

/// Whether a folder can be written into without touching what is there.
///
/// # Errors
/// One sentence when it cannot.
pub fn check_free(folder: &Path) -> Result<()> {
    let shown = folder.display();
    let mut entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries.with_context(|| format!("cannot write into `{shown}`"))?,
    };
    ensure!(entries.next().is_none(), "`{shown}` is not empty; name a folder that is, or a new one");
    Ok(())
}

/// Writes a file whole.
///
/// # Errors
/// One sentence when it cannot be written.
pub fn write_file(path: &PathBuf, content: &[u8]) -> Result<()> {
    fs::write(path, content).with_context(|| format!("cannot write `{}`", path.display()))
}
