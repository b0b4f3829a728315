//! The scripts that run in every app's frame, and the lock that each of them begins with.

use serde::Deserialize;

use crate::{assets::Assets, state::MissingAsset};

const LOCK: &str = "runtime/lock.js";
const BOOT: &str = "runtime/boot.js";
const MANIFEST: &str = "lib/manifest.json";

/// The scripts that the server itself puts in front of an app's own.
pub(crate) struct Scripts {
    /// The lock prelude: one statement that takes away what no policy can forbid.
    lock: String,
    /// What runs first in a frame, beginning with the lock.
    boot: String,
    /// The folder of the libraries: a hash of all of them.
    library: String,
}

#[derive(Deserialize)]
struct Manifest {
    hash: String,
}

impl Scripts {
    /// Reads them from the built web files.
    ///
    /// # Errors
    /// [`MissingAsset`] names the file that is missing or unusable.
    pub(crate) fn load(assets: &dyn Assets) -> Result<Self, MissingAsset> {
        let lock = text(assets, LOCK)?.trim().to_owned();
        if lock.is_empty() || lock.contains('\n') {
            return Err(MissingAsset { path: LOCK, problem: "is not one line".to_owned() });
        }
        let lock = if lock.ends_with(';') { lock } else { lock + ";" };
        let boot = text(assets, BOOT)?;
        let manifest: Manifest = serde_json::from_str(&text(assets, MANIFEST)?)
            .map_err(|error| MissingAsset { path: MANIFEST, problem: format!("is not a manifest: {error}") })?;
        let safe = !manifest.hash.is_empty() && manifest.hash.bytes().all(|b| b.is_ascii_alphanumeric());
        if !safe {
            return Err(MissingAsset { path: MANIFEST, problem: "has no usable `hash`".to_owned() });
        }
        let boot = prefixed(&lock, &boot);
        Ok(Self { lock, boot, library: manifest.hash })
    }

    pub(crate) fn boot(&self) -> &str {
        &self.boot
    }

    /// The hash in the path of the libraries, `/lib/{hash}/`.
    pub(crate) fn library(&self) -> &str {
        &self.library
    }

    /// An app's bundle as it is sent: behind the lock, without the address of a source map.
    pub(crate) fn locked(&self, bundle: &str) -> String {
        let code = match bundle.rfind("\n//# sourceMappingURL=") {
            Some(end) if !bundle[end + 1..].trim_end().contains('\n') => &bundle[..end],
            _ => bundle,
        };
        prefixed(&self.lock, code)
    }
}

/// On the same line, so that line numbers stay those of the source map.
fn prefixed(lock: &str, code: &str) -> String {
    if code.starts_with(lock) { code.to_owned() } else { format!("{lock}{code}") }
}

fn text(assets: &dyn Assets, path: &'static str) -> Result<String, MissingAsset> {
    let bytes = assets.plain(path).ok_or_else(|| MissingAsset { path, problem: "is missing".to_owned() })?;
    String::from_utf8(bytes.to_vec()).map_err(|_| MissingAsset { path, problem: "is not UTF-8".to_owned() })
}

#[cfg(test)]
mod tests {
    use super::Scripts;

    #[test]
    fn an_apps_code_is_sent_behind_the_lock_on_its_own_line() {
        let scripts = Scripts { lock: "lock();".to_owned(), boot: String::new(), library: String::new() };
        for (bundle, sent) in [
            ("a();\nb();", "lock();a();\nb();"),
            ("a();\n//# sourceMappingURL=app.js.map\n", "lock();a();"),
            ("a(`\n//# sourceMappingURL=x\n`);", "lock();a(`\n//# sourceMappingURL=x\n`);"),
            ("lock();a();", "lock();a();"),
            ("", "lock();"),
        ] {
            assert_eq!(scripts.locked(bundle), sent);
        }
    }
}
