//! Templates: interpolation and directives.

use super::evaluator::Evaluator;
use super::expr::{Condition, is_no_condition};
use super::instance::{Binding, Scope};
use super::plan::unknown_of;
use crate::source::Span;
use crate::syntax::hcl::ast::{Expr, TemplatePart};
use crate::value::{Guard, Kind, MAX_ALTERNATIVES, Part, Reason, Str, Text, Unknown, Value, format_smolstr};

/// The text so far, once for each undecided case.
struct Cases(Vec<(Guard, Vec<Part>)>);

impl Cases {
    fn push(&mut self, part: &Part) {
        self.0.iter_mut().for_each(|(_, parts)| parts.push(part.clone()));
    }

    fn append(&mut self, more: &[Part]) {
        self.0.iter_mut().for_each(|(_, parts)| parts.extend_from_slice(more));
    }

    /// Every case with every case of the next piece that does not contradict it.
    fn multiply(&mut self, pieces: &[(Guard, Vec<Part>)], span: Span) {
        let mut product = Vec::new();
        for (guard, parts) in &self.0 {
            for (more, piece) in pieces {
                if let Some(both) = guard.and(more) {
                    product.push((both, parts.iter().chain(piece).cloned().collect()));
                }
            }
        }
        if product.len() <= MAX_ALTERNATIVES {
            self.0 = product;
            return;
        }
        let message = format_smolstr!("more than {MAX_ALTERNATIVES} alternatives");
        self.push(&Part::Unknown(Unknown::new(Reason::Limit, "(many alternatives)", message, span)));
    }
}

impl Evaluator<'_> {
    pub(super) fn eval_template(&self, parts: &[TemplatePart], scope: Scope<'_>, span: Span) -> Value {
        let mut cases = Cases(vec![(Guard::always(), Vec::new())]);
        self.template_parts(parts, scope, span, &mut cases);
        let texts = cases.0.into_iter().map(|(guard, parts)| (guard, Value::new(Kind::Text(Text::from_parts(parts)), span)));
        let mut texts: Vec<(Guard, Value)> = texts.collect();
        match texts.len() {
            1 => {
                let text = texts.pop().map_or(Value::null(span), |(_, text)| text);
                self.made(&text);
                text
            }
            _ => Value::choice(texts, span),
        }
    }

    fn template_parts(&self, parts: &[TemplatePart], scope: Scope<'_>, span: Span, cases: &mut Cases) {
        for part in parts {
            match part {
                TemplatePart::Literal(text) => cases.push(&Part::Literal(text.clone())),
                TemplatePart::Interpolation(expr) => self.interpolate(expr, scope, cases),
                TemplatePart::If { condition, then, otherwise } => {
                    let tested = self.eval(condition, scope);
                    if is_no_condition(&tested) {
                        let error = self.error(condition.span, tested.to_string(), "the condition is neither true nor false");
                        cases.push(&Part::Unknown(unknown_of(&error)));
                        continue;
                    }
                    match self.condition(&tested) {
                        Condition::Known(true) => self.template_parts(then, scope, span, cases),
                        Condition::Known(false) => self.template_parts(otherwise, scope, span, cases),
                        Condition::Undecided(known) => {
                            let (then, otherwise) = (self.branch(then, scope, span), self.branch(otherwise, scope, span));
                            let mut pieces = Vec::new();
                            for (guard, b) in known {
                                let branch = if b { &then } else { &otherwise };
                                pieces.extend(branch.0.iter().filter_map(|(g, parts)| Some((g.and(&guard)?, parts.clone()))));
                            }
                            cases.multiply(&pieces, condition.span);
                        }
                    };
                }
                TemplatePart::For { key_var, value_var, collection, body } => {
                    self.template_for((key_var.as_ref(), value_var), collection, body, scope, cases);
                }
            }
        }
    }

    fn branch(&self, parts: &[TemplatePart], scope: Scope<'_>, span: Span) -> Cases {
        let mut cases = Cases(vec![(Guard::always(), Vec::new())]);
        self.template_parts(parts, scope, span, &mut cases);
        cases
    }

    fn interpolate(&self, expr: &Expr, scope: Scope<'_>, cases: &mut Cases) {
        let value = self.eval(expr, scope);
        if let Some(text) = value.to_text() {
            return cases.append(&text.parts());
        }
        let pieces: Vec<(Guard, Vec<Part>)> = value.alternatives().into_iter().map(|(g, v)| (g, self.piece(&v, expr.span))).collect();
        match pieces.as_slice() {
            [(_, only)] => cases.append(only),
            _ => cases.multiply(&pieces, expr.span),
        }
    }

    fn piece(&self, value: &Value, span: Span) -> Vec<Part> {
        if let Some(text) = value.to_text() {
            return text.parts();
        }
        let message = match value.kind {
            Kind::Null => "null cannot be put into a string",
            _ => "a list or map cannot be put into a string",
        };
        let error = self.error(span, value.to_string(), message);
        vec![Part::Unknown(unknown_of(&error))]
    }

    fn template_for(&self, names: (Option<&Str>, &Str), collection: &Expr, body: &[TemplatePart], scope: Scope<'_>, cases: &mut Cases) {
        let over = self.eval(collection, scope);
        let (items, open) = match self.items(&over) {
            Some(items) => items,
            None if matches!(over.kind, Kind::Unknown(_) | Kind::Attr(_) | Kind::Choice(_)) => (Vec::new(), Some(unknown_of(&over))),
            None => {
                let error = self.error(collection.span, over.to_string(), "a `for` directive iterates over a value that is no collection");
                (Vec::new(), Some(unknown_of(&error)))
            }
        };
        for (key, value) in &items {
            if !self.budget.step() {
                cases.push(&Part::Unknown(unknown_of(&self.too_deep(collection.span))));
                break;
            }
            let key_binding = Binding { name: names.0.map_or("", |n| n.as_str()), value: key, outer: scope.bindings };
            let outer = if names.0.is_some() { Some(&key_binding) } else { scope.bindings };
            let value_binding = Binding { name: names.1, value, outer };
            self.template_parts(body, scope.with(&value_binding), collection.span, cases);
        }
        if let Some(unknown) = open {
            cases.push(&Part::Unknown(unknown));
        }
    }
}
