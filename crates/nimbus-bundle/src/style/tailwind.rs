//! Tailwind's own compiler, run by an embedded JavaScript engine on a thread of its own.
//!
//! A compiled handle accumulates the words it has seen. So that the same source always gives the
//! same sheet, a handle is used again only by the app it belongs to, and only when that app has at
//! least the words it had before. One handle of each sheet that most apps have is compiled ahead.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::rc::Rc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use rquickjs::function::IntoArgs;
use rquickjs::{CatchResultExt, CaughtError, Context, FromJs, Function, Object, Promise, Runtime};
use tokio::sync::oneshot;

use crate::style::{DEFAULT_SHEET, THEMED_SHEET};

/// What the engine may allocate, in bytes. A default handle takes about 4 MB.
const MEMORY_BYTES: usize = 384 << 20;
/// The engine's stack, in bytes; deeper recursion is an exception there.
const SCRIPT_STACK_BYTES: usize = 4 << 20;
/// The thread's stack, in bytes, larger than the engine's.
const THREAD_STACK_BYTES: usize = 16 << 20;
/// How long one call into the engine may take.
const TIME_LIMIT: Duration = Duration::from_secs(5);
/// The sheets of apps that have none of their own.
const COMMON: [&str; 2] = [DEFAULT_SHEET, THEMED_SHEET];
/// How many apps keep a compiled handle.
const MAX_HANDLES: usize = 12;

/// One sheet to build.
#[derive(Debug, Clone)]
pub(crate) struct Job {
    /// Whose it is.
    pub(crate) app: String,
    /// The text to compile.
    pub(crate) sheet: String,
    /// Files that the text may `@import`, by path.
    pub(crate) files: BTreeMap<String, String>,
    /// The words of the app.
    pub(crate) candidates: BTreeSet<String>,
}

/// The way to the compiler's thread. The thread ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Tailwind {
    jobs: Sender<(Job, oneshot::Sender<Result<String, String>>)>,
}

impl Tailwind {
    /// Starts the thread; it loads the compiler and compiles the default sheet at once.
    pub(crate) fn start(script: String, sheets: &BTreeMap<String, String>) -> io::Result<Self> {
        let (jobs, received) = channel();
        let sheets = serde_json::to_string(&named(sheets)).map_err(io::Error::other)?;
        std::thread::Builder::new()
            .name("tailwind".to_owned())
            .stack_size(THREAD_STACK_BYTES)
            .spawn(move || serve(&script, &sheets, &received))?;
        Ok(Self { jobs })
    }

    /// Builds a sheet.
    ///
    /// # Errors
    /// A phrase that says what is wrong with the sheet, or with the compiler.
    pub(crate) async fn build(&self, job: Job) -> Result<String, String> {
        let (reply, answer) = oneshot::channel();
        let stopped = || "the compiler's thread has ended".to_owned();
        self.jobs.send((job, reply)).map_err(|_| stopped())?;
        answer.await.unwrap_or_else(|_| Err(stopped()))
    }
}

/// The sheets by the names that `@import` knows them by.
fn named(sheets: &BTreeMap<String, String>) -> BTreeMap<String, &str> {
    let mut named = BTreeMap::new();
    for (name, css) in sheets {
        let name = match name.as_str() {
            "index" => "tailwindcss".to_owned(),
            "tw-animate" => "tw-animate-css".to_owned(),
            "ui-theme" => "cumulonimbus/theme".to_owned(),
            "dark-by-class" => "cumulonimbus/dark-by-class".to_owned(),
            part => format!("tailwindcss/{part}"),
        };
        named.insert(name, css.as_str());
    }
    named
}

fn serve(script: &str, sheets: &str, jobs: &Receiver<(Job, oneshot::Sender<Result<String, String>>)>) {
    let mut engine = Engine::start(script, sheets);
    loop {
        if let Ok(running) = &mut engine {
            running.compile_ahead();
        }
        let Ok((job, reply)) = jobs.recv() else { return };
        let answer = match &mut engine {
            Ok(running) => running.build(job),
            Err(reason) => Err(Failure::Engine(reason.clone())),
        };
        let broken = matches!(answer, Err(Failure::Engine(_)));
        // The build may have been given up meanwhile.
        drop(reply.send(answer.map_err(Failure::into_reason)));
        if broken {
            // Out of memory or out of time leaves an engine in an unknown state.
            engine = Engine::start(script, sheets);
        }
    }
}

enum Failure {
    /// The sheet is wrong.
    Sheet(String),
    /// The engine is no longer to be trusted.
    Engine(String),
}

impl Failure {
    fn into_reason(self) -> String {
        match self {
            Self::Sheet(reason) | Self::Engine(reason) => reason,
        }
    }
}

struct Handle {
    number: u32,
    app: String,
    sheet: String,
    files: BTreeMap<String, String>,
    seen: BTreeSet<String>,
}

struct Engine<'s> {
    context: Context,
    sheets: &'s str,
    deadline: Rc<Cell<Option<Instant>>>,
    /// Compiled handles, the last used at the end.
    handles: Vec<Handle>,
    /// A handle of each common sheet that no app has used.
    spare: BTreeMap<&'static str, u32>,
    next: u32,
}

impl<'s> Engine<'s> {
    fn start(script: &str, sheets: &'s str) -> Result<Self, String> {
        let failed = |error: rquickjs::Error| format!("the JavaScript engine did not start: {error}");
        let runtime = Runtime::new().map_err(failed)?;
        runtime.set_memory_limit(MEMORY_BYTES);
        runtime.set_max_stack_size(SCRIPT_STACK_BYTES);
        let deadline: Rc<Cell<Option<Instant>>> = Rc::default();
        let watched = Rc::clone(&deadline);
        runtime.set_interrupt_handler(Some(Box::new(move || {
            watched.get().is_some_and(|deadline| Instant::now() > deadline)
        })));
        let context = Context::full(&runtime).map_err(failed)?;
        let engine = Self { context, sheets, deadline, handles: Vec::new(), spare: BTreeMap::new(), next: 0 };
        for source in [script, include_str!("glue.js")] {
            engine.context.with(|ctx| {
                ctx.eval::<(), _>(source)
                    .catch(&ctx)
                    .map_err(|error| format!("Tailwind's compiler did not start: {}", described(&error)))
            })?;
        }
        Ok(engine)
    }

    fn compile_ahead(&mut self) {
        for sheet in COMMON {
            if !self.spare.contains_key(sheet)
                && let Ok(number) = self.open(sheet, &BTreeMap::new())
            {
                self.spare.insert(sheet, number);
            }
        }
    }

    fn build(&mut self, job: Job) -> Result<String, Failure> {
        let reusable = self.handles.iter().position(|handle| {
            handle.app == job.app
                && handle.sheet == job.sheet
                && handle.files == job.files
                && handle.seen.is_subset(&job.candidates)
        });
        let mut handle = match reusable {
            Some(index) => self.handles.remove(index),
            None => {
                self.forget(&job.app);
                let number = match self.spare.remove(job.sheet.as_str()) {
                    Some(number) => number,
                    None => self.open(&job.sheet, &job.files)?,
                };
                Handle { number, app: job.app, sheet: job.sheet, files: job.files, seen: BTreeSet::new() }
            }
        };
        let words = job.candidates.iter().map(String::as_str).collect::<Vec<_>>().join("\n");
        let css = self.call("build", (handle.number, words))?;
        handle.seen = job.candidates;
        self.handles.push(handle);
        Ok(css)
    }

    /// Closes the app's handle and, when there are too many, the one unused for longest.
    fn forget(&mut self, app: &str) {
        let old = self.handles.iter().position(|handle| handle.app == app);
        let full = (self.handles.len() >= MAX_HANDLES).then_some(0);
        if let Some(index) = old.or(full) {
            let handle = self.handles.remove(index);
            drop(self.call::<()>("close", (handle.number,)));
        }
    }

    fn open(&mut self, sheet: &str, files: &BTreeMap<String, String>) -> Result<u32, Failure> {
        self.next += 1;
        let number = self.next;
        let files = serde_json::to_string(files).map_err(|error| Failure::Sheet(error.to_string()))?;
        let sheets = self.sheets;
        self.timed(|engine| {
            engine.context.with(|ctx| {
                let open: Function = ctx.globals().get::<_, Object>("nimbus")?.get("open")?;
                let opened: Result<(), _> = open
                    .call::<_, Promise>((number, sheet, sheets, files))
                    .and_then(|promise| promise.finish())
                    .catch(&ctx)
                    .map_err(|error| failure(&error));
                Ok(opened)
            })
        })?;
        Ok(number)
    }

    fn call<T>(&self, name: &str, arguments: impl for<'js> IntoArgs<'js>) -> Result<T, Failure>
    where
        T: for<'js> FromJs<'js>,
    {
        self.timed(|engine| {
            engine.context.with(|ctx| {
                let function: Function = ctx.globals().get::<_, Object>("nimbus")?.get(name)?;
                Ok(function.call(arguments).catch(&ctx).map_err(|error| failure(&error)))
            })
        })
    }

    fn timed<T>(&self, run: impl FnOnce(&Self) -> Result<Result<T, Failure>, rquickjs::Error>) -> Result<T, Failure> {
        self.deadline.set(Some(Instant::now() + TIME_LIMIT));
        let result = run(self).unwrap_or_else(|error| Err(Failure::Engine(error.to_string())));
        self.deadline.set(None);
        result
    }
}

fn failure(error: &CaughtError) -> Failure {
    let reason = described(error);
    let engine = ["out of memory", "interrupted", "stack overflow", "call stack"];
    if engine.iter().any(|sign| reason.contains(sign)) || matches!(error, CaughtError::Error(_)) {
        return Failure::Engine(reason);
    }
    Failure::Sheet(reason)
}

fn described(error: &CaughtError) -> String {
    match error {
        CaughtError::Exception(exception) => exception.message().unwrap_or_else(|| "an unnamed error".to_owned()),
        CaughtError::Error(error) => error.to_string(),
        CaughtError::Value(_) => "a value was thrown".to_owned(),
    }
}
