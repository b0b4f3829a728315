//! What is sent to browsers, built from `web/` and embedded in the program.
//!
//! The build script runs the web build (or takes a ready-made folder, `CUMULONIMBUS_WEB_DIST`) and
//! writes one table of files: the studio, the code that starts an app in its frame, the libraries
//! an app may import, the style compiler, and the licences of all of them.
//!
//! Invariants:
//! - No path is looked up on disk: what the table does not hold does not exist.
//! - Every script under `runtime/` and `lib/` begins with the lock prelude (`runtime/lock.js`).
//! - Bytes marked `brotli` decode to the file; a test decodes every one.

use std::borrow::Cow;
use std::str::Utf8Error;

include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// One embedded file.
#[derive(Debug)]
pub struct Asset {
    /// Path in the build output, `/`-separated and without a leading slash: `lib/react.js`.
    pub path: &'static str,
    /// Value for the `content-type` header, with `charset=utf-8` for text.
    pub content_type: &'static str,
    /// Whether `bytes` are brotli-compressed (RFC 7932) and can be sent with
    /// `content-encoding: br`.
    pub brotli: bool,
    /// The file, compressed when `brotli` is set.
    pub bytes: &'static [u8],
}

/// The embedded file at `path`, for example `studio/index.html`.
///
/// The path is compared as it is: no decoding, no `..`, no leading slash.
#[must_use]
pub fn asset(path: &str) -> Option<&'static Asset> {
    let index = ASSETS.binary_search_by(|asset| asset.path.cmp(path)).ok()?;
    ASSETS.get(index)
}

/// All embedded files, sorted by path.
#[must_use]
pub fn assets() -> &'static [Asset] {
    ASSETS
}

impl Asset {
    /// The file's own bytes, decompressed where it is stored compressed.
    #[must_use]
    pub fn decode(&self) -> Cow<'static, [u8]> {
        if !self.brotli {
            return Cow::Borrowed(self.bytes);
        }
        let mut decoded = Vec::new();
        #[expect(clippy::expect_used, reason = "the bytes come from our own build and a test decodes every one")]
        brotli::BrotliDecompress(&mut &self.bytes[..], &mut decoded).expect("an embedded file is valid brotli");
        Cow::Owned(decoded)
    }

    /// The file as text.
    ///
    /// # Errors
    /// When the file is not UTF-8, as an image is not.
    pub fn text(&self) -> Result<Cow<'static, str>, Utf8Error> {
        match self.decode() {
            Cow::Borrowed(bytes) => std::str::from_utf8(bytes).map(Cow::Borrowed),
            Cow::Owned(bytes) => String::from_utf8(bytes).map(Cow::Owned).map_err(|error| error.utf8_error()),
        }
    }
}

/// A part of the blob that holds all files one after another.
const fn part(offset: usize, length: usize) -> &'static [u8] {
    BLOB.split_at(offset).1.split_at(length).0
}

#[cfg(test)]
mod tests;
