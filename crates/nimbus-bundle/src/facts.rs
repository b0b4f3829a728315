//! What the pre-pass learns about one code file: owned values, so that the syntax tree is gone when
//! the fixers and checks run.

use std::collections::{BTreeMap, BTreeSet};

use nimbus_rolldown::Syntax;

/// A range of bytes in a file's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Span {
    pub(crate) start: usize,
    pub(crate) end: usize,
}

impl Span {
    /// The text that it covers; empty when it does not fit the text.
    pub(crate) fn of(self, text: &str) -> &str {
        text.get(self.start..self.end).unwrap_or_default()
    }
}

/// Which export an import binds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Wanted {
    Default,
    Namespace,
    Named(String),
}

/// One name that an import statement binds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Binding {
    pub(crate) wanted: Wanted,
    pub(crate) local: String,
    pub(crate) local_span: Span,
    /// Whether some code uses it as a value. Type-only bindings are erased before linking.
    pub(crate) used_as_value: bool,
}

/// How a module asks for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ImportKind {
    /// `import … from` or `import "…"`.
    Static,
    /// `export … from`.
    ReExport,
    /// `import("…")`.
    Dynamic,
    /// `require("…")`.
    Require,
}

/// One request for another module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Import {
    pub(crate) kind: ImportKind,
    pub(crate) specifier: String,
    /// The quoted specifier, quotes included.
    pub(crate) specifier_span: Span,
    pub(crate) statement: Span,
    /// For [`ImportKind::Static`] what is bound; for [`ImportKind::ReExport`] what is passed on.
    pub(crate) bindings: Vec<Binding>,
    /// Whether the statement vanishes with the types.
    pub(crate) only_types: bool,
}

/// What a module offers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Exports {
    pub(crate) default: bool,
    /// The name that the default export has inside the module, when it has one.
    pub(crate) default_name: Option<String>,
    pub(crate) names: BTreeSet<String>,
    pub(crate) types: BTreeSet<String>,
    /// Specifiers of `export * from`.
    pub(crate) stars: Vec<String>,
}

/// A value declared at the top level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Declaration {
    pub(crate) name_span: Span,
    /// Capitalised and containing JSX.
    pub(crate) component: bool,
}

/// A name that nothing declares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Undeclared {
    /// Its first use.
    pub(crate) span: Span,
    /// Whether it is used as an element, `<Name>`.
    pub(crate) element: bool,
    /// Whether each use is inside an event handler, so that the app runs until the event comes.
    pub(crate) deferred: bool,
}

/// A problem that the parser reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SyntaxError {
    pub(crate) message: String,
    pub(crate) hint: Option<String>,
    pub(crate) span: Span,
}

/// A JSX attribute that React knows by another name or in another form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HtmlAttribute {
    pub(crate) name: String,
    pub(crate) name_span: Span,
    /// A string value's text and the span of its literal.
    pub(crate) value: Option<(String, Span)>,
}

/// Everything learnt about one code file.
#[derive(Debug, Clone)]
pub(crate) struct Facts {
    pub(crate) syntax: Syntax,
    pub(crate) errors: Vec<SyntaxError>,
    pub(crate) imports: Vec<Import>,
    pub(crate) exports: Exports,
    pub(crate) declared: BTreeMap<String, Declaration>,
    pub(crate) declared_types: BTreeSet<String>,
    pub(crate) undeclared: BTreeMap<String, Undeclared>,
    pub(crate) attributes: Vec<HtmlAttribute>,
    /// Where a Markdown fence was parsed as a template.
    pub(crate) fence: Option<Span>,
    /// Every word in a string, a template or JSX text that may be a class name.
    pub(crate) candidates: BTreeSet<String>,
    /// Whether the file mounts something itself: `createRoot`, `hydrateRoot` or `ReactDOM.render`.
    pub(crate) mounts: bool,
    pub(crate) uses_jsx: bool,
}

impl Facts {
    pub(crate) fn new(syntax: Syntax) -> Self {
        Self {
            syntax,
            errors: Vec::new(),
            imports: Vec::new(),
            exports: Exports::default(),
            declared: BTreeMap::new(),
            declared_types: BTreeSet::new(),
            undeclared: BTreeMap::new(),
            attributes: Vec::new(),
            fence: None,
            candidates: BTreeSet::new(),
            mounts: false,
            uses_jsx: false,
        }
    }

    /// The components declared at the top level, in source order.
    pub(crate) fn components(&self) -> Vec<&str> {
        let mut found: Vec<_> = self.declared.iter().filter(|(_, declaration)| declaration.component).collect();
        found.sort_by_key(|(_, declaration)| declaration.name_span);
        found.into_iter().map(|(name, _)| name.as_str()).collect()
    }
}
