//! Types, ports and use cases of Cumulonimbus: what happens between a sentence and a running app.
//!
//! Start with [`generate`]: it reads like that sentence. The rest of the crate is what it speaks of.
//!
//! Invariants: no I/O, no HTTP and no SQL here (those are ports, in [`ports`]); no reading of the
//! clock or of randomness except through [`platform`]; a [`source::SourcePath`] cannot leave its
//! app; generated code that is wrong is [`diagnostic::Diagnostic`] data, never an error of ours.

pub mod app;
pub mod asking;
pub mod asset;
pub mod bridge;
pub mod calibrate;
pub mod completion;
pub mod data;
pub mod diagnostic;
pub mod events;
#[cfg(any(test, fuzzing))]
pub mod fuzz;
pub mod generate;
pub mod generation;
pub mod ids;
pub mod model;
pub mod outgoing;
pub mod permission;
pub mod platform;
pub mod ports;
pub mod profile;
pub mod query;
pub mod replies;
pub mod settings;
pub mod source;
pub mod vault;
pub mod version;
