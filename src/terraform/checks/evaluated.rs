//! What is refused whenever an expression is evaluated: functions that there are not or that take another number of arguments,
//! and conditions whose branches have no type in common.
//!
//! Terraform drops what is wrong in a branch that it does not take and in what `try` and `can` are given, and it never comes to
//! the body of a loop over nothing: of these nothing is told.

use super::blocks::Refusal;
use crate::syntax::hcl::ast::{BinaryOperator, Expr, ExprKind, Step, TemplatePart};
use crate::terraform::functions;

/// Functions that the evaluator handles itself, or that only OpenTofu or a newer Terraform has.
const OTHER_FUNCTIONS: [&str; 8] = ["base64gunzip", "can", "cidrcontains", "convert", "templatefile", "templatestring", "try", "urldecode"];

/// Tells what is wrong with the parts of an expression that are evaluated whatever the values are.
pub(super) fn refusals(expr: &Expr, out: &mut Vec<Refusal>) {
    match &expr.kind {
        ExprKind::Null | ExprKind::Bool(_) | ExprKind::Number(_) | ExprKind::String(_) | ExprKind::Name(_) => {}
        ExprKind::Template(parts) => parts.iter().for_each(|part| match part {
            TemplatePart::Literal(_) => {}
            TemplatePart::Interpolation(inner) => refusals(inner, out),
            TemplatePart::If { condition, .. } => refusals(condition, out),
            TemplatePart::For { collection, .. } => refusals(collection, out),
        }),
        ExprKind::Wrapped(inner) | ExprKind::Unary(_, inner) => refusals(inner, out),
        ExprKind::List(items) => items.iter().for_each(|item| refusals(item, out)),
        ExprKind::Object(items) => items.iter().flat_map(|item| [&item.key, &item.value]).for_each(|part| refusals(part, out)),
        ExprKind::Traversal(base, steps) => {
            refusals(base, out);
            for step in steps {
                match step {
                    Step::Index(index) => refusals(index, out),
                    Step::Attr(_) => {}
                    // What follows is done for each element, of which there may be none.
                    Step::AttrSplat | Step::FullSplat => break,
                }
            }
        }
        ExprKind::Call(name, arguments, spread) => {
            out.extend(wrong_call(name, arguments.len(), *spread).map(|message| (expr.span, message)));
            if !matches!(name.as_str(), "try" | "can") {
                arguments.iter().for_each(|argument| refusals(argument, out));
            }
        }
        ExprKind::Conditional(parts) => {
            refusals(&parts[0], out);
            out.extend(wrong_branches(&parts[1], &parts[2]).map(|message| (expr.span, message)));
        }
        // Newer versions look at the right side only where the left one does not decide.
        ExprKind::Binary(BinaryOperator::And | BinaryOperator::Or, operands) => refusals(&operands[0], out),
        ExprKind::Binary(_, operands) => operands.iter().for_each(|operand| refusals(operand, out)),
        ExprKind::For(each) => refusals(&each.collection, out),
    }
}

fn wrong_call(name: &str, count: usize, spread: bool) -> Option<String> {
    let plain = name.strip_prefix("core::").unwrap_or(name);
    if plain.contains("::") || OTHER_FUNCTIONS.contains(&plain) {
        return None;
    }
    if !functions::exists(plain) {
        return Some(format!("there is no function `{name}`"));
    }
    if spread { None } else { functions::wrong_count(plain, count) }
}

/// Kinds of types that no conversion brings together.
#[derive(Clone, Copy, PartialEq)]
enum Shape {
    Primitive,
    Sequence,
    Mapping,
}

impl Shape {
    fn shown(self) -> &'static str {
        match self {
            Shape::Primitive => "a string, number or bool",
            Shape::Sequence => "a list",
            Shape::Mapping => "a map",
        }
    }

    /// What an expression makes by its form alone.
    fn of(expr: &Expr) -> Option<Shape> {
        match &expr.kind {
            ExprKind::Wrapped(inner) => Shape::of(inner),
            ExprKind::Bool(_) | ExprKind::Number(_) | ExprKind::String(_) | ExprKind::Template(_) => Some(Shape::Primitive),
            ExprKind::Unary(..) | ExprKind::Binary(..) => Some(Shape::Primitive),
            ExprKind::List(_) => Some(Shape::Sequence),
            ExprKind::Object(_) => Some(Shape::Mapping),
            _ => None,
        }
    }
}

fn wrong_branches(yes: &Expr, no: &Expr) -> Option<String> {
    let (yes, no) = (Shape::of(yes)?, Shape::of(no)?);
    (yes != no)
        .then(|| format!("the branches of this condition have no type in common: the first is {}, the second {}", yes.shown(), no.shown()))
}
