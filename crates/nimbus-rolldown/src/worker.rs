//! The threads that builds run on, and the build itself.

use std::collections::BTreeSet;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use rolldown::{BundleFactory, BundleFactoryOptions, BundleOutput, BundlerOptions};
use rolldown_common::{
    CodeSplittingMode, ExperimentalOptions, Output as Artifact, Platform, RawMinifyOptions, ResolveOptions,
    SourceMapType, TsConfig,
};
use rolldown_error::{BuildDiagnostic, Severity as RolldownSeverity};
use rolldown_resolver::Resolver;
use tokio::runtime::{Builder, Runtime};

use crate::empty::EmptyFileSystem;
use crate::message::{Message, Severity, from_rolldown};
use crate::plugin::{Decisions, MemoryPlugin};
use crate::{Code, Input, Output};

/// rolldown walks syntax trees recursively; callers bound the depth, this leaves room for it.
/// The memory is reserved, not used, until a tree is that deep.
const STACK_BYTES: usize = 64 << 20;

static RUNTIME: LazyLock<io::Result<Runtime>> = LazyLock::new(|| {
    // rolldown links and prints on rayon's global pool. If the process has already started that
    // pool its stacks are the default size, which still holds what callers let through.
    drop(
        rayon::ThreadPoolBuilder::new()
            .stack_size(STACK_BYTES)
            .thread_name(|index| format!("bundle-link-{index}"))
            .build_global(),
    );
    Builder::new_multi_thread().enable_time().thread_name("bundle").thread_stack_size(STACK_BYTES).build()
});

pub(crate) async fn run(input: Input) -> Output {
    let runtime = match RUNTIME.as_ref() {
        Ok(runtime) => runtime,
        Err(error) => {
            return failed("BUNDLER_PANIC", format!("The bundler's threads could not be started: {error}."));
        }
    };
    let limit = input.time_limit;
    // The limit is awaited by the caller, not inside the task, which may never yield again.
    let task = runtime.spawn(build(input));
    let timed = runtime.spawn(async move { tokio::time::timeout(limit, task).await });
    match timed.await {
        Ok(Ok(Ok(output))) => output,
        Ok(Err(_elapsed)) => {
            failed("TIME_LIMIT", format!("Bundling took longer than {} ms and was given up.", limit.as_millis()))
        }
        Ok(Ok(Err(stopped))) | Err(stopped) => {
            failed("BUNDLER_PANIC", format!("The bundler failed on this program: {}.", cause(stopped)))
        }
    }
}

fn failed(code: &str, text: String) -> Output {
    Output { code: None, messages: vec![Message::error(code, text, None)] }
}

fn cause(stopped: tokio::task::JoinError) -> String {
    let Ok(panic) = stopped.try_into_panic() else {
        return "it was cancelled".to_owned();
    };
    match panic.downcast::<String>() {
        Ok(text) => *text,
        Err(panic) => {
            panic.downcast::<&str>().map_or_else(|_| "it gave no reason".to_owned(), |text| (*text).to_owned())
        }
    }
}

async fn build(input: Input) -> Output {
    let decisions = Arc::new(Mutex::new(Decisions::default()));
    let plugin = MemoryPlugin::new(input.modules, input.resolve, Arc::clone(&decisions));
    let result = link(&input.entry, input.define, input.minify, plugin).await;
    let decisions = std::mem::take(&mut *decisions.lock().unwrap_or_else(PoisonError::into_inner));

    let mut messages = decisions.refusals;
    let code = match result {
        Ok(bundle) => {
            messages.extend(translate(&bundle.warnings, Severity::Warning));
            take_code(bundle, &decisions.externals, &mut messages)
        }
        Err(errors) => {
            messages.extend(translate(&errors, Severity::Error));
            None
        }
    };
    messages.sort_by_key(|message| message.severity);
    let refused = messages.iter().any(|message| message.severity == Severity::Error);
    Output { code: code.filter(|_| !refused), messages }
}

async fn link(
    entry: &str,
    define: Vec<(String, String)>,
    minify: bool,
    plugin: MemoryPlugin,
) -> Result<BundleOutput, Vec<BuildDiagnostic>> {
    let root = PathBuf::from("/");
    let resolver = Resolver::new(
        EmptyFileSystem,
        root.clone(),
        Platform::Browser,
        &TsConfig::Auto(false),
        ResolveOptions::default(),
    );
    let mut factory = BundleFactory::new(BundleFactoryOptions {
        bundler_options: options(entry, define, minify, root),
        plugins: vec![Arc::new(plugin)],
        session: None,
        disable_tracing_setup: true,
    })
    .map_err(rolldown_error::BatchedBuildDiagnostic::into_vec)?;
    factory
        .create_bundle_with_fs(EmptyFileSystem, Arc::new(resolver))
        .generate()
        .await
        .map_err(rolldown_error::BatchedBuildDiagnostic::into_vec)
}

fn options(entry: &str, define: Vec<(String, String)>, minify: bool, root: PathBuf) -> BundlerOptions {
    BundlerOptions {
        input: Some(vec![entry.to_owned().into()]),
        cwd: Some(root),
        // The output directory is the root, so that the map names sources by their keys.
        dir: Some("/".to_owned()),
        entry_filenames: Some("app.js".to_owned().into()),
        platform: Some(Platform::Browser),
        sourcemap: Some(SourceMapType::Hidden),
        code_splitting: Some(CodeSplittingMode::Bool(false)),
        tsconfig: Some(TsConfig::Auto(false)),
        minify: minify.then_some(RawMinifyOptions::Bool(true)),
        define: Some(define.into_iter().collect()),
        experimental: Some(ExperimentalOptions { lazy_barrel: Some(true), ..ExperimentalOptions::default() }),
        ..BundlerOptions::default()
    }
}

fn translate(diagnostics: &[BuildDiagnostic], severity: Severity) -> impl Iterator<Item = Message> {
    diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.severity() != RolldownSeverity::Info)
        .map(move |diagnostic| from_rolldown(diagnostic, severity))
}

/// The one chunk, once its imports are known to be ones that the resolver named.
fn take_code(bundle: BundleOutput, externals: &BTreeSet<String>, messages: &mut Vec<Message>) -> Option<Code> {
    let chunk = bundle.assets.into_iter().find_map(|artifact| match artifact {
        Artifact::Chunk(chunk) => Some(chunk),
        Artifact::Asset(_) => None,
    });
    let Some(chunk) = chunk else {
        messages.push(Message::error("NO_OUTPUT", "The bundler made no program.", None));
        return None;
    };
    let imports: BTreeSet<String> = chunk
        .imports
        .iter()
        .chain(&chunk.dynamic_imports)
        // A dynamic import of an own module that was inlined names the chunk itself.
        .filter(|import| **import != chunk.filename)
        .map(ToString::to_string)
        .collect();
    for import in imports.difference(externals) {
        messages.push(Message::error(
            "REFUSED_IMPORT",
            format!("The program would import `{import}`, which is not allowed."),
            None,
        ));
    }
    Some(Code {
        js: chunk.code.clone(),
        map: chunk.map.as_ref().map(|map| map.to_json_string()),
        imports: imports.into_iter().collect(),
    })
}
