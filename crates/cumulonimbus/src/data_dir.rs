//! The data directory: made private, locked to one server, with the token and the key inside.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    net::SocketAddr,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, anyhow, bail};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use nimbus_core::platform::Platform;

const TOKEN: &str = "token";
const ADDRESS: &str = "address";

/// An open data directory. While it lives, no other server can use the same one.
pub struct DataDir {
    path: PathBuf,
    _lock: File,
}

impl DataDir {
    /// Makes the directory when there is none, and locks it.
    ///
    /// # Errors
    /// One sentence when it cannot be made or written, or another server uses it.
    pub fn open(path: &Path) -> Result<Self> {
        Self::open_unless_used(path)?.ok_or_else(|| {
            anyhow!(
                "another Cumulonimbus is using the data directory `{}`; stop it, or set CUMULONIMBUS_DATA_DIR to another folder",
                path.display()
            )
        })
    }

    /// The same; none when another program uses the directory.
    ///
    /// # Errors
    /// One sentence when it cannot be made or written.
    pub fn open_unless_used(path: &Path) -> Result<Option<Self>> {
        make_private(path).with_context(|| cannot(path))?;
        let lock = private().create(true).truncate(false).open(path.join("lock")).with_context(|| cannot(path))?;
        match lock.try_lock() {
            Ok(()) => {
                // That of a server that is gone.
                let _ = fs::remove_file(path.join(ADDRESS));
                Ok(Some(Self { path: path.to_owned(), _lock: lock }))
            }
            Err(fs::TryLockError::WouldBlock) => Ok(None),
            Err(fs::TryLockError::Error(error)) => Err(error).with_context(|| cannot(path)),
        }
    }

    /// Writes down where the server of this directory listens, for commands that come later.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn announce(&self, address: SocketAddr) -> Result<()> {
        let path = self.path.join(ADDRESS);
        let written = private().create(true).truncate(true).open(&path);
        written
            .and_then(|mut file| file.write_all(address.to_string().as_bytes()))
            .with_context(|| format!("cannot write `{}`", path.display()))
    }

    /// Where the server that uses the directory at `path` listens, and the token that is kept there.
    #[must_use]
    pub fn of_running(path: &Path) -> (Option<SocketAddr>, Option<String>) {
        let read = |name: &str| fs::read_to_string(path.join(name)).ok();
        let address = read(ADDRESS).and_then(|text| text.trim().parse().ok());
        (address, read(TOKEN).map(|text| text.trim().to_owned()))
    }

    /// The database's file.
    #[must_use]
    pub fn database(&self) -> PathBuf {
        self.path.join("cumulonimbus.db")
    }

    /// The owner's access token: made once, then kept.
    ///
    /// # Errors
    /// When it can be neither read nor written.
    pub fn token(&self, platform: &Platform) -> Result<String> {
        let path = self.path.join(TOKEN);
        let token = self.kept(&path, || {
            let mut bytes = [0; 32];
            platform.fill(&mut bytes);
            URL_SAFE_NO_PAD.encode(bytes)
        })?;
        if token.len() < 16 {
            bail!("`{}` holds no token; delete it to have a new one made", path.display());
        }
        Ok(token)
    }

    /// The key of session cookies and sandbox tokens: made once, then kept.
    ///
    /// # Errors
    /// When it can be neither read nor written, or is damaged.
    pub fn secret(&self, platform: &Platform) -> Result<[u8; 32]> {
        let path = self.path.join("secret.key");
        let text = self.kept(&path, || {
            let mut bytes = [0; 32];
            platform.fill(&mut bytes);
            hex::encode(bytes)
        })?;
        let mut key = [0; 32];
        hex::decode_to_slice(&text, &mut key)
            .with_context(|| format!("`{}` is damaged; delete it to have a new one made", path.display()))?;
        Ok(key)
    }

    /// Reads a small file, or writes what `make` gives; never half: a new file is renamed into place.
    fn kept(&self, path: &Path, make: impl Fn() -> String) -> Result<String> {
        match fs::read_to_string(path) {
            Ok(text) => return Ok(text.trim().to_owned()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error).with_context(|| format!("cannot read `{}`", path.display())),
        }
        let (text, new) = (make(), path.with_extension("new"));
        let written = (|| {
            let mut file = private().create(true).truncate(true).open(&new)?;
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            fs::rename(&new, path)
        })();
        written.with_context(|| format!("cannot write `{}`", path.display()))?;
        Ok(text)
    }
}

fn cannot(path: &Path) -> String {
    format!(
        "cannot write in the data directory `{}`; set CUMULONIMBUS_DATA_DIR to a folder that you may write",
        path.display()
    )
}

#[cfg(unix)]
fn make_private(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}

#[cfg(not(unix))]
fn make_private(path: &Path) -> io::Result<()> {
    fs::create_dir_all(path)
}

#[cfg(unix)]
fn private() -> OpenOptions {
    use std::os::unix::fs::OpenOptionsExt;
    let mut options = OpenOptions::new();
    options.write(true).mode(0o600);
    options
}

#[cfg(not(unix))]
fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    options
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn token_and_key_are_made_once_and_private() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let (platform, _) = nimbus_core::platform::fixed::platform();
        let path = folder.path().join("deep/data");
        let data = DataDir::open(&path)?;
        let (token, secret) = (data.token(&platform)?, data.secret(&platform)?);
        assert_eq!((data.token(&platform)?, data.secret(&platform)?), (token, secret));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            for (name, mode) in [("token", 0o600), ("secret.key", 0o600), ("", 0o700)] {
                assert_eq!(fs::metadata(path.join(name))?.permissions().mode() & 0o777, mode, "{name}");
            }
        }
        Ok(())
    }

    #[test]
    fn one_server_at_a_time() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let first = DataDir::open(folder.path())?;
        let message = DataDir::open(folder.path()).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(message.contains("another Cumulonimbus"), "{message}");
        drop(first);
        DataDir::open(folder.path())?;
        Ok(())
    }

    #[test]
    fn a_place_that_cannot_be_written_is_one_sentence() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let file = folder.path().join("file");
        fs::write(&file, "")?;
        let message = DataDir::open(&file.join("data")).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(message.contains("CUMULONIMBUS_DATA_DIR"), "{message}");
        Ok(())
    }
}
