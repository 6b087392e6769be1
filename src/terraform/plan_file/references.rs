//! Expressions of which a plan tells the references alone.

use super::super::evaluator::Evaluator;
use super::super::identity;
use super::super::instance::{InstanceKey, Scope};
use crate::source::Span;
use crate::syntax::hcl;
use crate::syntax::hcl::ast::{Expr, ExprKind};
use crate::syntax::node::Node;
use crate::value::{AttrRef, Kind, Reason, Str, Unknown, Value, format_smolstr};
use std::sync::Arc;

/// The function that stands for such an expression. No source file can name it.
pub const REFERENCES: &str = "(references)";

/// More references than this are not followed one by one.
const MAX_REFERENCES: usize = 64;

/// The expression of an attribute that refers to what the node lists. Each reference is followed there by those that it is
/// made of (`aws_x.y.arn`, `aws_x.y`): these say nothing more.
pub fn expression(attribute: &str, node: &Node) -> Expr {
    let mut leaves: Vec<(&str, Span)> = Vec::new();
    for item in node.get("references").and_then(Node::items).unwrap_or_default() {
        let Some(text) = item.as_str() else { continue };
        let inner = leaves.last().and_then(|(last, _)| last.strip_prefix(text)).is_some_and(|rest| rest.starts_with(['.', '[']));
        if !inner && leaves.len() < MAX_REFERENCES {
            leaves.push((text, item.span));
        }
    }
    let name = Expr::new(ExprKind::String(attribute.into()), node.span);
    let leaves = leaves.into_iter().filter_map(|(text, span)| hcl::parse_expr_at(text, span).ok());
    Expr::new(ExprKind::Call(REFERENCES.into(), std::iter::once(name).chain(leaves).collect(), false), node.span)
}

/// Whether the attribute is that reference and nothing more, by what the two are called: an id that AWS makes up, or the ARN of
/// a role, would be none with any text around it.
pub fn is_plain(attribute: &str, reference: &AttrRef) -> bool {
    let takes_ids = attribute.ends_with("_id") || attribute.ends_with("_ids") || matches!(attribute, "security_groups" | "subnets");
    let takes_role = attribute == "role" || attribute.ends_with("role_arn");
    takes_ids && (reference.path == "id" || reference.path.ends_with("_id")) || takes_role && reference.path == "arn"
}

impl Evaluator<'_> {
    /// The value of an expression of which the references are known: the reference, where there can be nothing around it;
    /// else an unknown that is remembered with the attributes it may be made of.
    pub(in super::super) fn planned_references(&self, arguments: &[Expr], scope: Scope<'_>, span: Span) -> Value {
        let attribute = arguments.first().and_then(Expr::as_str).unwrap_or_default();
        let leaves = arguments.get(1..).unwrap_or_default();
        let mut bases: Vec<Arc<AttrRef>> = Vec::new();
        for leaf in leaves {
            // What is not declared here is a local value: the plan does not have those.
            let (value, failed) = self.attempt(|| self.eval(leaf, scope));
            match &value.kind {
                Kind::Attr(attr) if leaves.len() == 1 && is_plain(attribute, attr) => return value.at(span),
                Kind::Attr(attr) if !attr.path.is_empty() => bases.push(attr.clone()),
                Kind::Unknown(unknown) if !failed => bases.extend(self.bases_of(unknown)),
                _ => {}
            }
        }
        bases.dedup();
        bases.truncate(MAX_REFERENCES);
        let names: Vec<String> =
            leaves.iter().map(|leaf| self.workspace.sources.text(leaf.span).trim_matches('"').replace("\\\"", "\"")).collect();
        let shown: Str = if names.is_empty() { attribute.into() } else { names.join(", ").into() };
        let message = match bases.first() {
            Some(base) => format_smolstr!("`{}` is known after the apply, and the plan does not say what is made of it", base.shown),
            None => format_smolstr!("the plan does not say what `{attribute}` is"),
        };
        // Each expression is of its own: two with the same references need not be the same.
        let context = match scope.key {
            InstanceKey::Single => Some(Str::default()),
            InstanceKey::Count(key) | InstanceKey::Each(key, _) => identity::of(key),
        };
        let Some(context) = context else { return Value::unknown(Unknown::new(Reason::Computed, shown, message, span), span) };
        let id = identity::shorten(format!("plan@{}:{}[{context}]", span.start, scope.module.address));
        self.plan_bases.borrow_mut().insert(id.clone(), bases.into());
        Value::unknown(Unknown::identified(Reason::Computed, id, shown, message, span), span)
    }

    /// The attributes that such an unknown may be made of.
    pub(super) fn bases_of(&self, unknown: &Unknown) -> Vec<Arc<AttrRef>> {
        let known = unknown.identity.as_ref().and_then(|id| self.plan_bases.borrow().get(id).cloned());
        known.map(|bases| bases.to_vec()).unwrap_or_default()
    }
}
