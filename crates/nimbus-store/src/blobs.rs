//! Contents by their SHA-256, so that what a version did not change is kept once.

use std::collections::BTreeMap;

use nimbus_core::{ports::StoreError, source::SourceTree, version::Bundle};
use sha2::{Digest, Sha256};

use crate::rows::json;

/// The SHA-256 (FIPS 180-4) of a content.
pub type Hash = [u8; 32];

/// What a version consists of, ready to be stored.
pub struct Contents<'a> {
    /// Every distinct content. Sorted, because two transactions that insert the same contents in
    /// different orders would wait for each other.
    pub blobs: BTreeMap<Hash, &'a [u8]>,
    /// Path and content of each file.
    pub files: Vec<(&'a str, Hash)>,
    /// The bundle, when there is one.
    pub bundle: Option<BundleContents>,
}

/// The contents of a bundle.
pub struct BundleContents {
    /// The ES module.
    pub js: Hash,
    /// The style sheet.
    pub css: Hash,
    /// The source map.
    pub source_map: Option<Hash>,
    /// The library files, as a JSON array.
    pub libraries: String,
}

/// Takes files and bundle apart.
///
/// # Errors
/// [`StoreError::Database`] when the bundle's list of libraries is not JSON.
pub fn contents<'a>(files: &'a SourceTree, bundle: Option<&'a Bundle>) -> Result<Contents<'a>, StoreError> {
    let mut blobs = BTreeMap::new();
    let mut keep = |text: &'a str| {
        let hash: Hash = Sha256::digest(text.as_bytes()).into();
        blobs.insert(hash, text.as_bytes());
        hash
    };
    let files = files.iter().map(|(path, text)| (path.as_str(), keep(text))).collect();
    let bundle = match bundle {
        None => None,
        Some(bundle) => Some(BundleContents {
            js: keep(&bundle.js),
            css: keep(&bundle.css),
            source_map: bundle.source_map.as_deref().map(&mut keep),
            libraries: json(&bundle.libraries)?,
        }),
    };
    Ok(Contents { blobs, files, bundle })
}
