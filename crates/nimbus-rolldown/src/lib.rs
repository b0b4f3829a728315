//! Links one generated app into one ES module with rolldown.
//!
//! This crate exists alone because the crate that instantiates rolldown's `generate` costs more
//! than a minute of compile time whenever it changes. It therefore holds one non-generic function,
//! [`generate`], over plain types, and knows nothing of the rest of the project.
//!
//! Invariants:
//! - Nothing is read from the host. Every module comes from [`Input::modules`]; every import is
//!   decided by [`Input::resolve`]; the file system handed to rolldown is empty, no
//!   `tsconfig.json` or `package.json` is looked for, and nothing is written.
//! - Code is returned only when each of its static and dynamic imports is a URL that the resolver
//!   named with [`Resolution::External`].
//! - A panic, a hang or a bad program is a [`Message`], never a panic of the caller.

mod empty;
mod message;
mod plugin;
mod worker;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

pub use message::{Message, Severity};

/// What a module's text is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Syntax {
    /// JavaScript without JSX.
    Js,
    /// JavaScript with JSX.
    Jsx,
    /// TypeScript without JSX.
    Ts,
    /// TypeScript with JSX.
    Tsx,
    /// JSON; its top-level keys become named exports, the whole value the default export.
    Json,
}

/// The text of one module.
#[derive(Debug, Clone)]
pub struct Module {
    /// The text, UTF-8. Callers bound its size and nesting depth before they get here.
    pub code: Arc<str>,
    /// How to read the text.
    pub syntax: Syntax,
}

/// The caller's decision about one import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolution {
    /// A key of [`Input::modules`].
    Module(String),
    /// A URL that the browser fetches itself, written into the output as it is.
    External(String),
    /// Not allowed, with the sentence to show. No code is returned.
    Refused(String),
}

/// Decides an import from its specifier and, except for the entry, the key of the importing module.
pub type Resolve = Arc<dyn Fn(&str, Option<&str>) -> Resolution + Send + Sync>;

/// Everything a build may see.
#[derive(Clone)]
pub struct Input {
    /// Modules by key: a relative path with `/` separators and no leading `/`.
    pub modules: BTreeMap<String, Module>,
    /// The key of the module to start from.
    pub entry: String,
    /// Decides every import.
    pub resolve: Resolve,
    /// Expressions to replace, such as `process.env.NODE_ENV`, each with the code to put there.
    pub define: Vec<(String, String)>,
    /// Whether the program is made as small as it can be, instead of readable.
    pub minify: bool,
    /// How long the build may take before it is given up.
    pub time_limit: Duration,
}

impl fmt::Debug for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Input")
            .field("modules", &self.modules.keys())
            .field("entry", &self.entry)
            .field("time_limit", &self.time_limit)
            .finish_non_exhaustive()
    }
}

/// The linked program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    /// One ES module, without a `sourceMappingURL` comment.
    pub js: String,
    /// Its source map, version 3 JSON; the sources are module keys and their text is included.
    pub map: Option<String>,
    /// The URLs that the module imports, sorted, without duplicates.
    pub imports: Vec<String>,
}

/// What came of a build.
#[derive(Debug, Clone, Default)]
pub struct Output {
    /// The program; `None` exactly when a message of severity [`Severity::Error`] says why.
    pub code: Option<Code>,
    /// Errors first, then warnings.
    pub messages: Vec<Message>,
}

/// Links the modules reachable from the entry into one ES module.
///
/// JSX becomes calls of `react/jsx-runtime` (resolved like any other import), TypeScript types are
/// erased, dynamic imports of own modules are inlined.
/// Runs on threads of its own with large stacks, so the caller's runtime is neither blocked nor
/// needs to be multi-threaded. When the time limit passes the answer comes at once; a link step
/// that never returns would keep one of those threads.
pub async fn generate(input: Input) -> Output {
    worker::run(input).await
}
