//! The bundler over the real web build.

mod cases;
mod exports;
mod hostile;
mod pages;
mod replies;
mod samples;
mod set;
mod styles;
mod support;
