//! The pre-pass: parses one code file with oxc and keeps what the fixers and checks need.
//!
//! Every function here recurses with the nesting of the source. Callers run it on a thread whose
//! stack is sized by [`crate::depth`].

use nimbus_rolldown::Syntax;
use oxc::allocator::Allocator;
use oxc::ast::AstKind;
use oxc::ast::ast::{Declaration as AstDeclaration, ImportDeclarationSpecifier, ModuleExportName, Statement};
use oxc::ast_visit::Visit;
use oxc::parser::Parser;
use oxc::semantic::{Scoping, SemanticBuilder};
use oxc::span::{GetSpan, SourceType, Span as OxcSpan};
use oxc::syntax::scope::ScopeFlags;

use crate::depth;
use crate::facts::{Binding, Declaration, Exports, Facts, Import, ImportKind, Span, SyntaxError, Wanted};
use crate::walk::Walker;

/// Which grammars to try for a file name, in order. Models put JSX and types into any of them.
fn grammars(extension: &str) -> [(Syntax, SourceType); 2] {
    let tsx = (Syntax::Tsx, SourceType::tsx());
    match extension {
        "ts" | "mts" | "cts" => [(Syntax::Ts, SourceType::ts()), tsx],
        _ => [tsx, (Syntax::Jsx, SourceType::jsx())],
    }
}

/// Parses a file and extracts its [`Facts`]. `extension` is that of its name, without the dot.
pub(crate) fn analyse(text: &str, extension: &str) -> Facts {
    let [first, second] = grammars(extension);
    let facts = analyse_as(text, first);
    if facts.errors.is_empty() {
        return facts;
    }
    let other = analyse_as(text, second);
    if other.errors.is_empty() { other } else { facts }
}

fn analyse_as(text: &str, (syntax, source_type): (Syntax, SourceType)) -> Facts {
    let mut facts = Facts::new(syntax);
    let allocator = Allocator::default();
    let parsed = Parser::new(&allocator, text, source_type.with_module(true)).parse();
    facts.errors.extend(parsed.diagnostics.errors().map(syntax_error));
    if parsed.panicked {
        return facts;
    }
    let deepest = depth::of(&parsed.program);
    if deepest > depth::MAX {
        facts.errors.push(SyntaxError {
            message: format!("The code is nested {deepest} levels deep; the limit is {}.", depth::MAX),
            hint: Some("Split it into smaller functions or components.".to_owned()),
            span: Span { start: 0, end: 0 },
        });
        return facts;
    }
    let built = SemanticBuilder::new_compiler().build(&parsed.program);
    facts.errors.extend(built.diagnostics.errors().map(syntax_error));
    let scoping = built.semantic.scoping();

    let mut walker = Walker::new(&mut facts, scoping);
    walker.visit_program(&parsed.program);
    for statement in &parsed.program.body {
        statement_facts(statement, scoping, &mut facts);
    }
    facts.imports.sort_by_key(|import| import.statement);
    facts
}

pub(crate) fn span(span: OxcSpan) -> Span {
    Span { start: span.start as usize, end: span.end as usize }
}

fn syntax_error(diagnostic: &oxc::diagnostics::OxcDiagnostic) -> SyntaxError {
    let place = diagnostic.labels.first().map_or(Span { start: 0, end: 0 }, |label| {
        let start = label.offset() as usize;
        Span { start, end: start + label.len() as usize }
    });
    SyntaxError {
        message: diagnostic.message.to_string(),
        hint: diagnostic.help.as_ref().map(ToString::to_string),
        span: place,
    }
}

fn statement_facts(statement: &Statement, scoping: &Scoping, facts: &mut Facts) {
    match statement {
        Statement::ImportDeclaration(import) => {
            let specifiers = import.specifiers.as_ref().map(|list| list.as_slice()).unwrap_or_default();
            let bindings: Vec<Binding> = specifiers.iter().map(|specifier| binding(specifier, scoping)).collect();
            facts.imports.push(Import {
                kind: ImportKind::Static,
                specifier: import.source.value.to_string(),
                specifier_span: span(import.source.span),
                statement: span(import.span),
                only_types: import.import_kind.is_type()
                    || (!bindings.is_empty() && bindings.iter().all(|binding| !binding.used_as_value)),
                bindings,
            });
        }
        Statement::ExportAllDeclaration(export) => {
            if let Some(name) = &export.exported {
                facts.exports.names.insert(name.name().to_string());
            } else {
                facts.exports.stars.push(export.source.value.to_string());
            }
            facts.imports.push(Import {
                kind: ImportKind::ReExport,
                specifier: export.source.value.to_string(),
                specifier_span: span(export.source.span),
                statement: span(export.span),
                bindings: Vec::new(),
                only_types: export.export_kind.is_type(),
            });
        }
        Statement::ExportFromDeclaration(export) => {
            for specifier in &export.specifiers {
                export_name(&specifier.exported, None, &mut facts.exports);
            }
            facts.imports.push(Import {
                kind: ImportKind::ReExport,
                specifier: export.source.value.to_string(),
                specifier_span: span(export.source.span),
                statement: span(export.span),
                bindings: export
                    .specifiers
                    .iter()
                    .filter(|specifier| !specifier.export_kind.is_type())
                    .map(|specifier| Binding {
                        wanted: wanted(&specifier.local),
                        local: specifier.exported.name().to_string(),
                        local_span: span(specifier.span),
                        used_as_value: true,
                    })
                    .collect(),
                only_types: export.export_kind.is_type(),
            });
        }
        Statement::ExportNamedDeclaration(export) => {
            for specifier in &export.specifiers {
                let local = specifier.local.name().to_string();
                if export.export_kind.is_type() || specifier.export_kind.is_type() {
                    facts.exports.types.insert(specifier.exported.name().to_string());
                } else {
                    export_name(&specifier.exported, Some(local), &mut facts.exports);
                }
            }
        }
        Statement::ExportDeclaration(export) => declaration_facts(&export.declaration, true, facts),
        Statement::ExportDefaultDeclaration(export) => {
            use oxc::ast::ast::ExportDefaultDeclarationKind as Kind;
            facts.exports.default = true;
            let jsx = contains_jsx(|finder| finder.visit_export_default_declaration(export));
            let id = match &export.declaration {
                Kind::FunctionDeclaration(function) => function.id.as_ref(),
                Kind::ClassDeclaration(class) => class.id.as_ref(),
                Kind::Identifier(identifier) => {
                    facts.exports.default_name = Some(identifier.name.to_string());
                    None
                }
                Kind::TSInterfaceDeclaration(interface) => {
                    facts.exports.default = false;
                    facts.declared_types.insert(interface.id.name.to_string());
                    None
                }
                _ => None,
            };
            if let Some(id) = id {
                facts.exports.default_name = Some(id.name.to_string());
                declare(&id.name, span(id.span), jsx, facts);
            }
        }
        other => {
            if let Some(declaration) = other.as_declaration() {
                declaration_facts(declaration, false, facts);
            }
        }
    }
}

fn binding(specifier: &ImportDeclarationSpecifier, scoping: &Scoping) -> Binding {
    let (wanted, local, is_type) = match specifier {
        ImportDeclarationSpecifier::ImportSpecifier(named) => {
            (wanted(&named.imported), &named.local, named.import_kind.is_type())
        }
        ImportDeclarationSpecifier::ImportDefaultSpecifier(default) => (Wanted::Default, &default.local, false),
        ImportDeclarationSpecifier::ImportNamespaceSpecifier(namespace) => (Wanted::Namespace, &namespace.local, false),
    };
    let used_as_value = !is_type
        && local
            .symbol_id
            .get()
            .is_some_and(|symbol| scoping.get_resolved_references(symbol).any(|reference| reference.is_value()));
    Binding { wanted, local: local.name.to_string(), local_span: span(specifier.span()), used_as_value }
}

fn wanted(name: &ModuleExportName) -> Wanted {
    match name.name().as_str() {
        "default" => Wanted::Default,
        name => Wanted::Named(name.to_owned()),
    }
}

fn export_name(exported: &ModuleExportName, local: Option<String>, exports: &mut Exports) {
    if exported.name() == "default" {
        exports.default = true;
        exports.default_name = local;
    } else {
        exports.names.insert(exported.name().to_string());
    }
}

fn declaration_facts(declaration: &AstDeclaration, exported: bool, facts: &mut Facts) {
    let mut names = Vec::new();
    let mut types = Vec::new();
    match declaration {
        AstDeclaration::VariableDeclaration(variables) => {
            for declarator in &variables.declarations {
                let jsx = contains_jsx(|finder| finder.visit_variable_declarator(declarator));
                let bound = declarator.id.get_binding_identifiers();
                names.extend(bound.iter().map(|id| (id.name.to_string(), span(id.span), jsx)));
            }
        }
        AstDeclaration::FunctionDeclaration(function) => {
            let jsx = contains_jsx(|finder| finder.visit_function(function, ScopeFlags::Function));
            names.extend(function.id.as_ref().map(|id| (id.name.to_string(), span(id.span), jsx)));
        }
        AstDeclaration::ClassDeclaration(class) => {
            let jsx = contains_jsx(|finder| finder.visit_class(class));
            names.extend(class.id.as_ref().map(|id| (id.name.to_string(), span(id.span), jsx)));
        }
        AstDeclaration::TSEnumDeclaration(item) => {
            names.push((item.id.name.to_string(), span(item.id.span), false));
        }
        AstDeclaration::TSTypeAliasDeclaration(alias) => types.push(alias.id.name.to_string()),
        AstDeclaration::TSInterfaceDeclaration(interface) => types.push(interface.id.name.to_string()),
        _ => {}
    }
    for (name, place, jsx) in names {
        if exported {
            facts.exports.names.insert(name.clone());
        }
        declare(&name, place, jsx, facts);
    }
    for name in types {
        if exported {
            facts.exports.types.insert(name.clone());
        }
        facts.declared_types.insert(name);
    }
}

fn declare(name: &str, name_span: Span, jsx: bool, facts: &mut Facts) {
    let component = jsx && name.starts_with(|first: char| first.is_ascii_uppercase());
    facts.declared.insert(name.to_owned(), Declaration { name_span, component });
}

fn contains_jsx(visit: impl FnOnce(&mut JsxFinder)) -> bool {
    let mut finder = JsxFinder { found: false };
    visit(&mut finder);
    finder.found
}

struct JsxFinder {
    found: bool,
}

impl<'a> Visit<'a> for JsxFinder {
    fn enter_node(&mut self, kind: AstKind<'a>) {
        self.found |= matches!(kind, AstKind::JSXElement(_) | AstKind::JSXFragment(_));
    }
}
