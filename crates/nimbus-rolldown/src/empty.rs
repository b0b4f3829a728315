//! The file system that rolldown is given: it has nothing in it.
//!
//! Modules reach rolldown through the plugin alone. Were a look-up to get past it, it would end
//! here with "not found" and not on the host's disk.

use std::io;
use std::path::{Path, PathBuf};

use oxc_resolver::{FileMetadata, ResolveError};
use rolldown_fs::{FileSystem, OxcResolverFileSystem};

/// A file system without files, directories or a way to make any.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct EmptyFileSystem;

fn absent<T>(path: &Path) -> io::Result<T> {
    Err(io::Error::new(io::ErrorKind::NotFound, format!("`{}` is not one of the app's files", path.display())))
}

fn sealed<T>() -> io::Result<T> {
    Err(io::Error::new(io::ErrorKind::PermissionDenied, "a build writes nothing"))
}

impl FileSystem for EmptyFileSystem {
    fn remove_dir_all(&self, _path: &Path) -> io::Result<()> {
        sealed()
    }

    fn create_dir_all(&self, _path: &Path) -> io::Result<()> {
        sealed()
    }

    fn write(&self, _path: &Path, _content: &[u8]) -> io::Result<()> {
        sealed()
    }

    fn exists(&self, _path: &Path) -> bool {
        false
    }

    fn read_dir(&self, path: &Path) -> io::Result<Vec<PathBuf>> {
        absent(path)
    }

    fn remove_file(&self, _path: &Path) -> io::Result<()> {
        sealed()
    }
}

impl OxcResolverFileSystem for EmptyFileSystem {
    fn new(_yarn_pnp: bool) -> Self {
        Self
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        absent(path)
    }

    fn read_to_string(&self, path: &Path) -> io::Result<String> {
        absent(path)
    }

    fn metadata(&self, path: &Path) -> io::Result<FileMetadata> {
        absent(path)
    }

    fn symlink_metadata(&self, path: &Path) -> io::Result<FileMetadata> {
        absent(path)
    }

    fn read_link(&self, path: &Path) -> Result<PathBuf, ResolveError> {
        absent(path).map_err(ResolveError::from)
    }

    fn canonicalize(&self, path: &Path) -> io::Result<PathBuf> {
        absent(path)
    }
}
