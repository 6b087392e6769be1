//! An expression as source text on one line, for one whose file is not at hand.

use std::fmt::{self, Write as _};

use super::ast::{Expr, ExprKind, Step, TemplatePart, UnaryOperator};

/// The text of an expression. Two expressions with one text mean the same.
pub fn show(expr: &Expr) -> String {
    let mut out = String::new();
    // A `String` takes everything.
    let _ = write(expr, &mut out);
    out
}

fn write(expr: &Expr, out: &mut String) -> fmt::Result {
    match &expr.kind {
        ExprKind::Null => out.write_str("null"),
        ExprKind::Bool(b) => write!(out, "{b}"),
        ExprKind::Number(n) => write!(out, "{n}"),
        ExprKind::String(text) => write!(out, "{text:?}"),
        ExprKind::Template(parts) => {
            out.write_char('"')?;
            template(parts, out)?;
            out.write_char('"')
        }
        ExprKind::Wrapped(inner) => write(inner, out),
        ExprKind::List(items) => {
            out.write_char('[')?;
            list(items, out)?;
            out.write_char(']')
        }
        ExprKind::Object(items) => {
            out.write_char('{')?;
            for (i, item) in items.iter().enumerate() {
                out.write_str(if i == 0 { "" } else { ", " })?;
                write(&item.key, out)?;
                out.write_str(" = ")?;
                write(&item.value, out)?;
            }
            out.write_char('}')
        }
        ExprKind::Name(name) => out.write_str(name),
        ExprKind::Traversal(base, steps) => {
            write(base, out)?;
            steps.iter().try_for_each(|s| step(s, out))
        }
        ExprKind::Call(name, arguments, expand) => {
            write!(out, "{name}(")?;
            list(arguments, out)?;
            out.write_str(if *expand { "...)" } else { ")" })
        }
        ExprKind::Conditional(parts) => {
            let [condition, yes, no] = parts.as_ref();
            operand(condition, out)?;
            out.write_str(" ? ")?;
            operand(yes, out)?;
            out.write_str(" : ")?;
            operand(no, out)
        }
        ExprKind::Unary(operator, inner) => {
            out.write_char(if *operator == UnaryOperator::Not { '!' } else { '-' })?;
            operand(inner, out)
        }
        ExprKind::Binary(operator, operands) => {
            let [left, right] = operands.as_ref();
            operand(left, out)?;
            write!(out, " {} ", operator.symbol())?;
            operand(right, out)
        }
        ExprKind::For(each) => {
            out.write_str("[for ")?;
            if let Some(key) = &each.key_var {
                write!(out, "{key}, ")?;
            }
            write!(out, "{} in ", each.value_var)?;
            write(&each.collection, out)?;
            out.write_str(" : ")?;
            if let Some(key) = &each.key {
                write(key, out)?;
                out.write_str(" => ")?;
            }
            write(&each.value, out)?;
            out.write_str(if each.grouping { "..." } else { "" })?;
            if let Some(condition) = &each.condition {
                out.write_str(" if ")?;
                write(condition, out)?;
            }
            out.write_char(']')
        }
    }
}

/// In parentheses where it has parts of its own.
fn operand(expr: &Expr, out: &mut String) -> fmt::Result {
    let mut plain = expr;
    while let ExprKind::Wrapped(inner) = &plain.kind {
        plain = inner;
    }
    match plain.kind {
        ExprKind::Binary(..) | ExprKind::Conditional(_) => {
            out.write_char('(')?;
            write(plain, out)?;
            out.write_char(')')
        }
        _ => write(plain, out),
    }
}

fn list(items: &[Expr], out: &mut String) -> fmt::Result {
    for (i, item) in items.iter().enumerate() {
        out.write_str(if i == 0 { "" } else { ", " })?;
        write(item, out)?;
    }
    Ok(())
}

fn step(step: &Step, out: &mut String) -> fmt::Result {
    match step {
        Step::Attr(name) => write!(out, ".{name}"),
        Step::Index(index) => {
            out.write_char('[')?;
            write(index, out)?;
            out.write_char(']')
        }
        Step::AttrSplat => out.write_str(".*"),
        Step::FullSplat => out.write_str("[*]"),
    }
}

fn template(parts: &[TemplatePart], out: &mut String) -> fmt::Result {
    for part in parts {
        match part {
            TemplatePart::Literal(text) => out.write_str(text)?,
            TemplatePart::Interpolation(inner) => {
                out.write_str("${")?;
                write(inner, out)?;
                out.write_char('}')?;
            }
            TemplatePart::If { condition, then, otherwise } => {
                out.write_str("%{if ")?;
                write(condition, out)?;
                out.write_char('}')?;
                template(then, out)?;
                out.write_str("%{else}")?;
                template(otherwise, out)?;
                out.write_str("%{endif}")?;
            }
            TemplatePart::For { key_var, value_var, collection, body } => {
                write!(out, "%{{for {}, {value_var} in ", key_var.as_deref().unwrap_or_default())?;
                write(collection, out)?;
                out.write_char('}')?;
                template(body, out)?;
                out.write_str("%{endfor}")?;
            }
        }
    }
    Ok(())
}
