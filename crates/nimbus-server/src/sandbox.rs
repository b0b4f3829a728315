//! The sealed place in which an app runs: its document, its policy, and the tokens by which its
//! host page acts for it.

pub(crate) mod admit;
pub(crate) mod document;
pub(crate) mod launch;
pub(crate) mod live;
pub(crate) mod pace;
pub(crate) mod policy;
pub(crate) mod scripts;
pub(crate) mod token;
