//! A version: one immutable state of an app's source, with what was built from it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    diagnostic::Diagnostic,
    ids::{AppId, VersionId},
    model::{ModelRef, Usage},
    permission::Declared,
};

/// Whether a version can be an app's head.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum VersionStatus {
    /// It was built without errors.
    Runnable,
    /// It could not be built, or its generation was cut off: kept, never an app's head.
    Draft,
}

/// Where a version came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum VersionOrigin {
    /// A model wrote it.
    Generated,
    /// A person brought the files.
    Imported,
    /// It is an earlier version made current again.
    Restored,
}

/// One immutable state of an app. Its files and bundle are read separately.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Version {
    /// Its id.
    pub id: VersionId,
    /// The app it belongs to.
    pub app_id: AppId,
    /// The version it was made from.
    pub parent: Option<VersionId>,
    /// Counted from 1 within the app.
    pub number: u32,
    /// Whether it can run.
    pub status: VersionStatus,
    /// Where it came from.
    pub origin: VersionOrigin,
    /// What the person asked for.
    pub prompt: String,
    /// The model that wrote it, when one did.
    pub model: Option<ModelRef>,
    /// Tokens and time that it took.
    pub usage: Usage,
    /// What its files declare that it wants to do; nothing where the declaration is wrong.
    pub sandbox_permissions: Declared,
    /// Which files it consists of: [`crate::source::SourceTree::hash`]. Empty for versions of the
    /// first release, which declared nothing.
    pub hash: String,
    /// What was found and repaired in it.
    pub diagnostics: Vec<Diagnostic>,
    /// When it was stored.
    pub created_at: Timestamp,
}

/// What the frame runs (the plan's `bundledCode`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Bundle {
    /// One ES module. Libraries are imported by absolute path, `/lib/{hash}/…`.
    pub js: String,
    /// The style sheet.
    pub css: String,
    /// The source map (ECMA-426) of `js`, as JSON.
    pub source_map: Option<String>,
    /// Every library file that `js` needs, directly or not, such as `/lib/{hash}/react.js`.
    pub libraries: Vec<String>,
}
