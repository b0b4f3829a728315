//! The one plugin: it answers every import and every load from the input.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::{fmt, io};

use rolldown_common::{ModuleType, ResolvedExternal};
use rolldown_plugin::{
    HookLoadArgs, HookLoadOutput, HookLoadReturn, HookResolveIdArgs, HookResolveIdOutput, HookResolveIdReturn,
    HookUsage, Plugin, PluginContext, PluginHookMeta, PluginOrder, SharedLoadPluginContext,
};

use crate::{Message, Module, Resolution, Resolve, Syntax};

/// What the resolver said during one build, read after it.
#[derive(Debug, Default)]
pub(crate) struct Decisions {
    pub(crate) externals: BTreeSet<String>,
    pub(crate) refusals: Vec<Message>,
}

/// Serves modules from memory.
pub(crate) struct MemoryPlugin {
    modules: BTreeMap<String, Module>,
    resolve: Resolve,
    decisions: Arc<Mutex<Decisions>>,
}

impl MemoryPlugin {
    pub(crate) fn new(modules: BTreeMap<String, Module>, resolve: Resolve, decisions: Arc<Mutex<Decisions>>) -> Self {
        Self { modules, resolve, decisions }
    }
}

impl fmt::Debug for MemoryPlugin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryPlugin").finish_non_exhaustive()
    }
}

/// rolldown's own helper modules, which it embeds and resolves itself.
fn is_bundler_helper(specifier: &str, importer: Option<&str>) -> bool {
    specifier.starts_with("@oxc-project/runtime/helpers/")
        || importer.is_some_and(|importer| importer.starts_with('\0'))
}

impl Plugin for MemoryPlugin {
    fn name(&self) -> Cow<'static, str> {
        Cow::Borrowed("cumulonimbus:memory")
    }

    fn register_hook_usage(&self) -> HookUsage {
        HookUsage::ResolveId | HookUsage::Load
    }

    // First, or rolldown's own handling of `data:` would come before the caller's decision.
    fn resolve_id_meta(&self) -> Option<PluginHookMeta> {
        Some(PluginHookMeta { order: Some(PluginOrder::Pre) })
    }

    async fn resolve_id(&self, _ctx: &PluginContext, args: &HookResolveIdArgs<'_>) -> HookResolveIdReturn {
        if is_bundler_helper(args.specifier, args.importer) {
            return Ok(None);
        }
        let importer = args.importer.map(|importer| importer.trim_start_matches('/'));
        if importer.is_none() && self.modules.contains_key(args.specifier) {
            return Ok(Some(HookResolveIdOutput::from_id(module_id(args.specifier))));
        }
        let mut decisions = self.decisions.lock().unwrap_or_else(PoisonError::into_inner);
        let external = match (self.resolve)(args.specifier, importer) {
            Resolution::Module(key) if self.modules.contains_key(&key) => {
                return Ok(Some(HookResolveIdOutput::from_id(module_id(&key))));
            }
            Resolution::Module(key) => {
                refuse(&mut decisions, format!("`{key}` is not one of the app's files."), importer);
                args.specifier.to_owned()
            }
            Resolution::External(url) => {
                decisions.externals.insert(url.clone());
                url
            }
            Resolution::Refused(why) => {
                refuse(&mut decisions, why, importer);
                args.specifier.to_owned()
            }
        };
        // A refused import is kept as an external so that rolldown goes on and finds the rest of
        // what is wrong; the refusal itself withholds the output.
        Ok(Some(HookResolveIdOutput {
            id: external.into(),
            external: Some(ResolvedExternal::Absolute),
            ..HookResolveIdOutput::default()
        }))
    }

    async fn load(&self, _ctx: SharedLoadPluginContext, args: &HookLoadArgs<'_>) -> HookLoadReturn {
        if args.id.starts_with('\0') {
            return Ok(None);
        }
        let Some(module) = self.modules.get(args.id.trim_start_matches('/')) else {
            let error = io::Error::new(io::ErrorKind::NotFound, format!("`{}` is not one of the app's files", args.id));
            return Err(error.into());
        };
        Ok(Some(HookLoadOutput {
            code: module.code.as_ref().into(),
            module_type: Some(match module.syntax {
                Syntax::Js => ModuleType::Js,
                Syntax::Jsx => ModuleType::Jsx,
                Syntax::Ts => ModuleType::Ts,
                Syntax::Tsx => ModuleType::Tsx,
                Syntax::Json => ModuleType::Json,
            }),
            ..HookLoadOutput::default()
        }))
    }
}

/// rolldown wants absolute ids; with `/` as its working directory they print as the keys.
fn module_id(key: &str) -> String {
    format!("/{key}")
}

fn refuse(decisions: &mut Decisions, why: String, importer: Option<&str>) {
    let message = Message::error("REFUSED_IMPORT", why, importer.map(str::to_owned));
    if !decisions.refusals.contains(&message) {
        decisions.refusals.push(message);
    }
}
