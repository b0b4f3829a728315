//! The server as a whole: real routes, real jobs, and ports that are made up and hold still.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test stops at the first surprise")]

mod app;
mod apps;
mod auth;
mod data;
mod exchange;
mod frames;
mod generations;
mod hosts;
mod limits;
mod permissions;
mod ports;
mod pulls;
mod replies;
mod settings;
mod store;
mod streams;
