//! Models: a local Ollama, a hosted server that speaks the OpenAI chat API, and a scripted
//! generator that plays samples; and the router that decides which of them is asked.
//!
//! Start with [`Router`], which implements [`nimbus_core::ports::Models`]; [`LlmConfig`] is all it
//! needs. Why it is so: `docs/design/providers.md`.
//!
//! Invariants: nothing here reads the environment; a key is in no error, no log and no `Debug`
//! output; no probe of health costs money; the context is never silently cut, a prompt that cannot
//! fit is an error; no second model's text follows a first model's; every wait has a timer; every
//! buffer has a bound; dropping a reply closes its connection.

mod address;
mod ask;
mod breaker;
mod config;
mod gateway;
mod heard;
mod lines;
mod ollama;
mod openai_compatible;
mod patience;
mod router;
mod samples;
mod scripted;
mod thinking;
mod tool_calls;
mod transport;

pub use config::{DEFAULT_OLLAMA_API_URL, DEFAULT_OPENROUTER_BASE_URL, LlmConfig};
pub use patience::Timers;
pub use router::Router;
pub use scripted::{BEHAVIOURS, DEFAULT_DEMO_MODEL};
