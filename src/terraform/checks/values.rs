//! Values that are refused: what a block cannot be repeated over, arguments that are missing, variables that fail their validation.

use std::rc::Rc;

use super::defaults::Question;
use crate::finding::Severity;
use crate::syntax::hcl::ast::{Block, Body, Expr, ExprKind};
use crate::terraform::evaluator::Evaluator;
use crate::terraform::instance::{ModuleInstance, Scope};
use crate::terraform::module_source::{ModuleSource, is_local};
use crate::terraform::types::Type;
use crate::value::{Kind, Value};

impl Evaluator<'_> {
    /// `count` wants a number; `for_each` a map, or a set of strings.
    pub(in crate::terraform) fn check_repetition(&self, body: &Body, scope: Scope<'_>) {
        if scope.module.source.model.is_some() || scope.module.source.from_plan {
            return;
        }
        let sure = |expr: &Expr| self.is_settled(expr, scope.module, Question::Type) || is_constructed(expr);
        if let Some(count) = body.attribute("count").filter(|expr| sure(expr)) {
            let found = match self.type_of_expression(count, scope) {
                Type::Bool => "a bool",
                Type::List(_) | Type::Set(_) | Type::Tuple(_) => "a list",
                Type::Map(_) | Type::Object(_) => "a map",
                Type::String | Type::Number | Type::Any => return,
            };
            self.problem(count.span, format!("`count` is a whole number, and this is {found}"));
        }
        if let Some(collection) = body.attribute("for_each").filter(|expr| sure(expr)) {
            let found = match self.type_of_expression(collection, scope) {
                Type::Tuple(_) => "a tuple",
                Type::List(_) => "a list",
                Type::Set(element) if matches!(*element, Type::Number | Type::Bool) => "a set of other values",
                Type::String => "a string",
                Type::Number => "a number",
                Type::Bool => "a bool",
                _ if is_list_comprehension(collection) => "a tuple",
                _ => return,
            };
            let message =
                format!("`for_each` is a map or a set of strings, and this is {found}: `toset(…)` makes a set of a list of strings");
            self.problem(collection.span, message);
        }
    }

    /// A module beside the caller is called with all that it asks for.
    pub(in crate::terraform) fn check_required(&self, call: &Block, source: &ModuleSource) {
        if source.model.is_some() || source.from_plan || !call.body.attribute("source").and_then(Expr::as_str).is_some_and(is_local) {
            return;
        }
        for (name, variable) in &source.variables {
            if variable.body.attribute("default").is_none() && call.body.attribute(name).is_none() {
                let message = format!("module `{}` is called without `{name}`, which has no default", call.label(0));
                self.problem(call.header, message);
            }
        }
    }

    /// Variables whose value their own `validation` refuses.
    pub(super) fn check_variables(&self, module: &Rc<ModuleInstance>) {
        if module.symbolic.is_some() || !module.presence.is_always() {
            return;
        }
        for (name, block) in &module.source.variables {
            for validation in block.body.blocks("validation") {
                if let Some(condition) = validation.body.attribute("condition") {
                    self.check_validation(name, block, (validation, condition), module);
                }
            }
        }
    }

    fn check_validation(&self, name: &str, block: &Block, (validation, condition): (&Block, &Expr), module: &Rc<ModuleInstance>) {
        let value = self.variable(module, name, block.header);
        let scope = Scope::of(module);
        let (verdict, failed) = self.attempt(|| self.eval(condition, scope));
        if failed || !matches!(verdict.kind, Kind::Bool(false)) || value.first_unknown().is_some() {
            return;
        }
        let reason = validation.body.attribute("error_message").map(|e| self.attempt(|| self.eval(e, scope)).0);
        let reason = reason.as_ref().and_then(Value::as_str).map(|text| format!(": {}", text.trim_end().trim_end_matches('.')));
        let reason = reason.unwrap_or_default();
        if self.is_settled(condition, module, Question::Value) {
            self.problem(value.span.or(block.header), format!("the value of variable `{name}` fails its validation{reason}"));
        } else if module.caller.is_none() && !self.inputs.contains_key(name) {
            let message =
                format!("the default of variable `{name}` fails its own validation, so that every run has to give a value{reason}");
            self.problem_of(Severity::Note, block.header, message);
        }
    }
}

/// Whether the outermost form of an expression says what it makes, whatever it is made of.
fn is_constructed(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Wrapped(inner) => is_constructed(inner),
        ExprKind::List(_) | ExprKind::String(_) | ExprKind::Template(_) | ExprKind::Number(_) | ExprKind::Bool(_) => true,
        _ => is_list_comprehension(expr),
    }
}

fn is_list_comprehension(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Wrapped(inner) => is_list_comprehension(inner),
        ExprKind::For(each) => each.key.is_none(),
        _ => false,
    }
}
