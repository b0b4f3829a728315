//! What may be anywhere in a file's syntax tree: undeclared names, imports inside expressions,
//! attributes, words.

use std::collections::BTreeSet;

use oxc::ast::AstKind;
use oxc::ast::ast::{
    ArrowFunctionExpression, CallExpression, Expression, Function, IdentifierReference, JSXAttribute, JSXAttributeName,
    JSXAttributeValue, JSXElementName, StringLiteral, TaggedTemplateExpression, TemplateElement, VariableDeclarator,
};
use oxc::ast_visit::{Visit, walk};
use oxc::semantic::Scoping;
use oxc::syntax::reference::ReferenceId;
use oxc::syntax::scope::ScopeFlags;

use crate::analyse::span;
use crate::candidates;
use crate::facts::{Facts, HtmlAttribute, Import, ImportKind, Undeclared};

/// Collects what may be anywhere in the tree.
pub(crate) struct Walker<'f> {
    facts: &'f mut Facts,
    /// References that no declaration answers, used as values.
    unresolved: BTreeSet<ReferenceId>,
    in_handler_attribute: bool,
    /// How many functions around the current node run only on an event.
    deferred: u32,
    /// How many functions are around the current node.
    functions: u32,
    /// The name that the next function expression is given.
    naming: Option<String>,
}

impl<'f> Walker<'f> {
    pub(crate) fn new(facts: &'f mut Facts, scoping: &Scoping) -> Self {
        let unresolved = scoping
            .root_unresolved_references()
            .values()
            .flatten()
            .copied()
            .filter(|&id| scoping.get_reference(id).is_value())
            .collect();
        Self { facts, unresolved, in_handler_attribute: false, deferred: 0, functions: 0, naming: None }
    }

    fn inside_function(&mut self, name: Option<&str>, visit: impl FnOnce(&mut Self)) {
        let runs_later = self.in_handler_attribute || (self.functions > 0 && name.is_some_and(is_handler_name));
        let attribute = std::mem::replace(&mut self.in_handler_attribute, false);
        self.deferred += u32::from(runs_later);
        self.functions += 1;
        visit(self);
        self.functions -= 1;
        self.deferred -= u32::from(runs_later);
        self.in_handler_attribute = attribute;
    }

    fn undeclared(&mut self, identifier: &IdentifierReference, element: bool) {
        let Some(id) = identifier.reference_id.get() else { return };
        if !self.unresolved.contains(&id) {
            return;
        }
        let deferred = self.deferred > 0;
        self.facts
            .undeclared
            .entry(identifier.name.to_string())
            .and_modify(|known| {
                known.element |= element;
                known.deferred &= deferred;
            })
            .or_insert(Undeclared { span: span(identifier.span), element, deferred });
    }

    fn require(&mut self, call: &CallExpression) {
        let (Expression::Identifier(callee), [argument]) = (&call.callee, call.arguments.as_slice()) else { return };
        let Some(Expression::StringLiteral(specifier)) = argument.as_expression() else { return };
        if callee.name == "require" {
            self.facts.imports.push(Import {
                kind: ImportKind::Require,
                specifier: specifier.value.to_string(),
                specifier_span: span(specifier.span),
                statement: span(call.span),
                bindings: Vec::new(),
                only_types: false,
            });
        }
    }
}

/// The names that people give to functions which run on an event and not while rendering.
fn is_handler_name(name: &str) -> bool {
    const VERBS: [&str; 24] = [
        "handle",
        "on",
        "add",
        "create",
        "delete",
        "remove",
        "toggle",
        "update",
        "edit",
        "save",
        "clear",
        "move",
        "submit",
        "start",
        "stop",
        "pause",
        "resume",
        "reset",
        "set",
        "increment",
        "decrement",
        "complete",
        "drag",
        "drop",
    ];
    VERBS.iter().any(|verb| {
        name.strip_prefix(verb).is_some_and(|rest| !rest.starts_with(|next: char| next.is_ascii_lowercase()))
    })
}

impl<'a> Visit<'a> for Walker<'_> {
    fn enter_node(&mut self, kind: AstKind<'a>) {
        match kind {
            AstKind::JSXElement(_) | AstKind::JSXFragment(_) => self.facts.uses_jsx = true,
            AstKind::CallExpression(call) => {
                let mounts = match &call.callee {
                    Expression::Identifier(callee) => {
                        matches!(callee.name.as_str(), "createRoot" | "hydrateRoot" | "render")
                            && !call.arguments.is_empty()
                            && self.functions == 0
                    }
                    Expression::StaticMemberExpression(member) => {
                        matches!(member.property.name.as_str(), "createRoot" | "hydrateRoot")
                            || (member.property.name == "render" && member.object.is_specific_id("ReactDOM"))
                    }
                    _ => false,
                };
                self.facts.mounts |= mounts;
                self.require(call);
            }
            AstKind::ImportExpression(import) => {
                if let Expression::StringLiteral(specifier) = &import.source {
                    self.facts.imports.push(Import {
                        kind: ImportKind::Dynamic,
                        specifier: specifier.value.to_string(),
                        specifier_span: span(specifier.span),
                        statement: span(import.span),
                        bindings: Vec::new(),
                        only_types: false,
                    });
                }
            }
            _ => {}
        }
    }

    fn visit_identifier_reference(&mut self, identifier: &IdentifierReference<'a>) {
        self.undeclared(identifier, false);
    }

    fn visit_jsx_element_name(&mut self, name: &JSXElementName<'a>) {
        if let JSXElementName::IdentifierReference(identifier) = name {
            self.undeclared(identifier, true);
        } else {
            walk::walk_jsx_element_name(self, name);
        }
    }

    fn visit_variable_declarator(&mut self, declarator: &VariableDeclarator<'a>) {
        self.naming = declarator.id.get_identifier_name().map(|name| name.to_string());
        walk::walk_variable_declarator(self, declarator);
        self.naming = None;
    }

    fn visit_function(&mut self, function: &Function<'a>, flags: ScopeFlags) {
        let name = function.id.as_ref().map(|id| id.name.to_string()).or_else(|| self.naming.take());
        self.inside_function(name.as_deref(), |walker| walk::walk_function(walker, function, flags));
    }

    fn visit_arrow_function_expression(&mut self, function: &ArrowFunctionExpression<'a>) {
        let name = self.naming.take();
        self.inside_function(name.as_deref(), |walker| walk::walk_arrow_function_expression(walker, function));
    }

    fn visit_jsx_attribute(&mut self, attribute: &JSXAttribute<'a>) {
        let JSXAttributeName::Identifier(name) = &attribute.name else {
            walk::walk_jsx_attribute(self, attribute);
            return;
        };
        let text = name.name.as_str();
        if matches!(text, "class" | "for" | "style") {
            let value = match &attribute.value {
                Some(JSXAttributeValue::StringLiteral(literal)) => {
                    Some((literal.value.to_string(), span(literal.span)))
                }
                _ => None,
            };
            let name_span = span(name.span);
            self.facts.attributes.push(HtmlAttribute { name: text.to_owned(), name_span, value });
        }
        let handler = text.strip_prefix("on").is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_uppercase()));
        let before = std::mem::replace(&mut self.in_handler_attribute, handler);
        walk::walk_jsx_attribute(self, attribute);
        self.in_handler_attribute = before;
    }

    fn visit_string_literal(&mut self, literal: &StringLiteral<'a>) {
        candidates::scan(&literal.value, &mut self.facts.candidates);
    }

    fn visit_template_element(&mut self, element: &TemplateElement<'a>) {
        candidates::scan(element.value.cooked.as_ref().unwrap_or(&element.value.raw), &mut self.facts.candidates);
    }

    fn visit_tagged_template_expression(&mut self, tagged: &TaggedTemplateExpression<'a>) {
        // Three backticks read as an empty template that tags another one.
        if matches!(tagged.tag, Expression::TemplateLiteral(_) | Expression::TaggedTemplateExpression(_)) {
            self.facts.fence.get_or_insert(span(tagged.span));
        }
        walk::walk_tagged_template_expression(self, tagged);
    }
}
