//! The bundler over the real web build.

mod cases;
mod hostile;
mod replies;
mod samples;
mod set;
mod styles;
mod support;
