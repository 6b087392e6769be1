//! What an expression speaks of: the names that are not its own, and the functions that it calls.

use super::ast::{Expr, ExprKind, Step, TemplatePart};
use crate::source::Span;
use crate::value::Str;

/// Something that an expression speaks of.
#[derive(Clone, Copy, Debug)]
pub enum Mention<'e> {
    /// `var.a.b[0]`: the first name, and the steps after it.
    Name(&'e Str, &'e [Step], Span),
    /// A call of a function with these arguments; whether the last is spread with `...`.
    Call(&'e Str, &'e [Expr], bool, Span),
}

/// Calls `found` for each mention, in source order. Names that a `for` inside of the expression declares are none, nor are those
/// in `own`.
pub fn mentions<'e>(expr: &'e Expr, own: &[Str], found: &mut dyn FnMut(Mention<'e>)) {
    Walk { bound: own.to_vec(), found }.expr(expr);
}

struct Walk<'f, 'e> {
    bound: Vec<Str>,
    found: &'f mut dyn FnMut(Mention<'e>),
}

impl<'e> Walk<'_, 'e> {
    fn name(&mut self, name: &'e Str, steps: &'e [Step], span: Span) {
        if !self.bound.contains(name) {
            (self.found)(Mention::Name(name, steps, span));
        }
    }

    fn all(&mut self, exprs: impl IntoIterator<Item = &'e Expr>) {
        exprs.into_iter().for_each(|expr| self.expr(expr));
    }

    /// Something in which these names are declared.
    fn within(&mut self, names: [Option<&Str>; 2], run: impl FnOnce(&mut Self)) {
        let before = self.bound.len();
        self.bound.extend(names.into_iter().flatten().cloned());
        run(self);
        self.bound.truncate(before);
    }

    fn expr(&mut self, expr: &'e Expr) {
        match &expr.kind {
            ExprKind::Null | ExprKind::Bool(_) | ExprKind::Number(_) | ExprKind::String(_) => {}
            ExprKind::Template(parts) => self.template(parts),
            ExprKind::Wrapped(inner) | ExprKind::Unary(_, inner) => self.expr(inner),
            ExprKind::List(items) => self.all(items),
            ExprKind::Object(items) => self.all(items.iter().flat_map(|item| [&item.key, &item.value])),
            ExprKind::Name(name) => self.name(name, &[], expr.span),
            ExprKind::Traversal(base, steps) => {
                match &base.kind {
                    ExprKind::Name(name) => self.name(name, steps, expr.span),
                    _ => self.expr(base),
                }
                self.all(steps.iter().filter_map(|step| if let Step::Index(index) = step { Some(index) } else { None }));
            }
            ExprKind::Call(name, arguments, expand) => {
                (self.found)(Mention::Call(name, arguments, *expand, expr.span));
                self.all(arguments);
            }
            ExprKind::Conditional(parts) => self.all(parts.iter()),
            ExprKind::Binary(_, operands) => self.all(operands.iter()),
            ExprKind::For(each) => {
                self.expr(&each.collection);
                self.within([each.key_var.as_ref(), Some(&each.value_var)], |walk| {
                    walk.all(each.key.iter().chain([&each.value]).chain(&each.condition));
                });
            }
        }
    }

    fn template(&mut self, parts: &'e [TemplatePart]) {
        for part in parts {
            match part {
                TemplatePart::Literal(_) => {}
                TemplatePart::Interpolation(inner) => self.expr(inner),
                TemplatePart::If { condition, then, otherwise } => {
                    self.expr(condition);
                    self.template(then);
                    self.template(otherwise);
                }
                TemplatePart::For { key_var, value_var, collection, body } => {
                    self.expr(collection);
                    self.within([key_var.as_ref(), Some(value_var)], |walk| walk.template(body));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;
    use crate::syntax::hcl::parse_expr;

    #[test]
    fn names_of_a_for_are_its_own() {
        let text = "[for k, v in var.a : \"${k}-${v.x}-%{ for v in local.b }${v}${k}%{ endfor }\" if f(v, c[var.i])]";
        let expr = parse_expr(FileId(0), text).unwrap();
        let mut found = Vec::new();
        mentions(&expr, &["c".into()], &mut |mention| {
            found.push(match mention {
                Mention::Name(name, steps, _) => format!("{name}+{}", steps.len()),
                Mention::Call(name, arguments, ..) => format!("{name}({})", arguments.len()),
            });
        });
        assert_eq!(found, ["var+1", "local+1", "f(2)", "var+1"]);
    }
}
