//! The server's edge: HTTP, JSON, sessions, and the sealed documents in which apps run.
//!
//! [`router()`] lists every route. A request first meets [`hosts`] (which site is it for?), then
//! the headers of that site (`sandbox::policy`), then, for the API, `auth` (who is it, and did
//! that person mean it?), and only then a controller.
//!
//! Invariants: no response leaves an app's host name without that app's policy, errors included;
//! an app's host name serves nothing of the API; a cookie alone never changes anything (the
//! request must also come from our own page); a frame's data is addressed by its token only, never
//! by what it says; a 500 tells the client nothing and is logged once; no secret, prompt or query
//! string is ever logged; whatever a client sends or withholds, what it takes of the server is
//! bounded ([`Limits`]).

mod assets;
mod auth;
mod body;
mod bundles;
pub mod client;
mod controllers;
mod edge;
mod error;
#[cfg(any(test, fuzzing))]
pub mod fuzz;
pub mod hosts;
mod limits;
mod pulls;
mod router;
mod sandbox;
mod serve;
mod sse;
mod state;
pub mod upload;
mod wire;

pub use assets::{AssetRef, Assets};
pub use limits::Limits;
pub use router::router;
pub use serve::serve;
pub use state::{MissingAsset, ServerConfig, ServerParts, ServerState};
