//! `ephemeralasnull`: which part of a value comes from what Terraform does not keep.

use std::sync::Arc;

use super::evaluator::Evaluator;
use super::expr::Condition;
use super::instance::{CallTarget, Scope};
use crate::source::Span;
use crate::syntax::hcl::ast::{Block, Expr, ExprKind, Step};
use crate::syntax::hcl::{Mention, mentions};
use crate::value::{Kind, Map, Value};

impl Evaluator<'_> {
    pub(super) fn ephemeral_as_null(&self, arguments: &[Expr], scope: Scope<'_>, span: Span) -> Value {
        match arguments {
            [argument] => self.without_ephemeral(argument, scope),
            _ => self.error(span, "ephemeralasnull(…)", "`ephemeralasnull` takes one argument"),
        }
    }

    fn without_ephemeral(&self, expr: &Expr, scope: Scope<'_>) -> Value {
        self.deeper(|| self.non_ephemeral_parts(expr, scope)).unwrap_or_else(|| self.too_deep(expr.span))
    }

    fn non_ephemeral_parts(&self, expr: &Expr, scope: Scope<'_>) -> Value {
        match &expr.kind {
            ExprKind::Wrapped(inner) => return self.without_ephemeral(inner, scope),
            ExprKind::List(items) => {
                let items = items.iter().map(|item| self.without_ephemeral(item, scope)).collect();
                return Value::list(crate::value::ListShape::Tuple, items, expr.span);
            }
            ExprKind::Object(items) => {
                let whole = self.eval(expr, scope);
                let Kind::Map(map) = &whole.kind else { return whole };
                let mut entries = map.entries.clone();
                for item in items {
                    if let Some(entry) = item.key.as_str().and_then(|key| entries.get_mut(key)) {
                        *entry = self.without_ephemeral(&item.value, scope);
                    }
                }
                return Value::new(Kind::Map(Arc::new(Map { entries, ..(**map).clone() })), expr.span);
            }
            _ => {}
        }
        match local_of(expr).and_then(|name| scope.module.source.locals.get(name)) {
            Some(local) => self.without_ephemeral(local, Scope::of(scope.module)),
            None if self.is_ephemeral(expr, scope) => Value::null(expr.span),
            None => self.eval(expr, scope),
        }
    }

    /// Whether a value is made of something ephemeral.
    fn is_ephemeral(&self, expr: &Expr, scope: Scope<'_>) -> bool {
        if let ExprKind::Conditional(parts) = &expr.kind
            && let Condition::Known(holds) = self.condition(&self.eval(&parts[0], scope))
        {
            let taken = if holds { &parts[1] } else { &parts[2] };
            return self.is_ephemeral(&parts[0], scope) || self.is_ephemeral(taken, scope);
        }
        let mut found = false;
        mentions(expr, &[], &mut |mention| {
            if let Mention::Name(name, steps, _) = mention
                && !found
            {
                found = self.names_ephemeral(name, steps, scope);
            }
        });
        found
    }

    fn names_ephemeral(&self, name: &str, steps: &[Step], scope: Scope<'_>) -> bool {
        let source = &scope.module.source;
        match (name, steps) {
            ("ephemeral", _) => true,
            ("var", [Step::Attr(name), ..]) => source.variables.get(name).is_some_and(says_ephemeral),
            ("local", [Step::Attr(name), rest @ ..]) => source.locals.get(name).is_some_and(|expr| {
                let part = part_of(expr, rest);
                self.deeper(|| self.is_ephemeral(part, Scope::of(scope.module))).unwrap_or(false)
            }),
            ("module", [Step::Attr(name), rest @ ..]) => match (self.call_target(scope.module, name).as_deref(), rest) {
                (Some(CallTarget::Modules(modules)), [Step::Attr(output), ..] | [Step::Index(_), Step::Attr(output), ..]) => {
                    let first = modules.members.first().map(|(_, id)| self.module(*id));
                    first.is_some_and(|module| module.source.outputs.get(output).is_some_and(says_ephemeral))
                }
                _ => false,
            },
            _ => false,
        }
    }
}

fn says_ephemeral(block: &Block) -> bool {
    block.body.attribute("ephemeral").is_some_and(|e| matches!(e.kind, ExprKind::Bool(true)))
}

/// The name of the local value that an expression is, and nothing else.
fn local_of(expr: &Expr) -> Option<&str> {
    match &expr.kind {
        ExprKind::Traversal(base, steps) => match (&base.kind, steps.as_slice()) {
            (ExprKind::Name(root), [Step::Attr(name)]) if root == "local" => Some(name),
            _ => None,
        },
        _ => None,
    }
}

/// The part of an object constructor that steps lead to, as far as they do.
fn part_of<'e>(mut expr: &'e Expr, mut steps: &[Step]) -> &'e Expr {
    while let (ExprKind::Object(items), [Step::Attr(name), rest @ ..]) = (&expr.kind, steps) {
        let Some(item) = items.iter().rfind(|item| item.key.as_str() == Some(name)) else { break };
        (expr, steps) = (&item.value, rest);
    }
    expr
}
