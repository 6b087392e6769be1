//! The type of an expression as Terraform sees it, also where its value is not known: `[]` beside `["a"]` is a list of strings, and
//! the id of a resource is a string before there is one.

use super::evaluator::Evaluator;
use super::instance::Scope;
use super::types::{self, ObjectAttr, Type, is_certain, type_of, unify_types};
use crate::syntax::hcl::ast::{BinaryOperator, Expr, ExprKind, ObjectItem, Step, UnaryOperator};
use crate::value::{Kind, Str, Value};

/// Attributes that are strings, whatever the resource.
const STRINGS: [&str; 7] = ["arn", "execution_arn", "id", "invoke_arn", "name", "qualified_arn", "url"];

impl Evaluator<'_> {
    /// The type that an expression has for sure; [`Type::Any`] where that cannot be told.
    pub(super) fn type_of_expression(&self, expr: &Expr, scope: Scope<'_>) -> Type {
        self.deeper(|| self.expression_type(expr, scope)).unwrap_or(Type::Any)
    }

    fn expression_type(&self, expr: &Expr, scope: Scope<'_>) -> Type {
        match &expr.kind {
            ExprKind::Null => Type::Any,
            ExprKind::Bool(_) | ExprKind::Unary(UnaryOperator::Not, _) => Type::Bool,
            ExprKind::Number(_) | ExprKind::Unary(UnaryOperator::Negate, _) => Type::Number,
            ExprKind::String(_) | ExprKind::Template(_) => Type::String,
            ExprKind::Wrapped(inner) => self.type_of_expression(inner, scope),
            ExprKind::List(items) => Type::Tuple(items.iter().map(|item| self.type_of_expression(item, scope)).collect()),
            ExprKind::Object(items) => self.object_type(items, scope).unwrap_or(Type::Any),
            ExprKind::Conditional(parts) => self.conditional_type(parts, scope),
            ExprKind::Binary(operator, _) => match operator {
                BinaryOperator::Add | BinaryOperator::Subtract | BinaryOperator::Multiply | BinaryOperator::Divide => Type::Number,
                BinaryOperator::Modulo => Type::Number,
                _ => Type::Bool,
            },
            ExprKind::Traversal(base, steps) => match (&base.kind, steps.as_slice()) {
                (ExprKind::Name(root), [Step::Attr(name)]) if scope.binding(root).is_none() && scope.closed.is_none() => {
                    self.named_type(root, name, scope).unwrap_or_else(|| self.type_of_value(expr, scope))
                }
                _ => self.type_of_value(expr, scope),
            },
            ExprKind::Name(_) | ExprKind::Call(..) | ExprKind::For(_) => self.type_of_value(expr, scope),
        }
    }

    fn object_type(&self, items: &[ObjectItem], scope: Scope<'_>) -> Option<Type> {
        let attribute =
            |item: &ObjectItem| Some((Str::from(item.key.as_str()?), ObjectAttr::required(self.type_of_expression(&item.value, scope))));
        items.iter().map(attribute).collect::<Option<_>>().map(Type::Object)
    }

    fn conditional_type(&self, parts: &[Expr; 3], scope: Scope<'_>) -> Type {
        let [_, yes, no] = parts;
        let (left, right) = (self.type_of_expression(yes, scope), self.type_of_expression(no, scope));
        match (&yes.kind, &no.kind) {
            (ExprKind::Null, _) => right,
            (_, ExprKind::Null) => left,
            _ if left == Type::Any || right == Type::Any => Type::Any,
            _ => unify_types(&[left, right]).unwrap_or(Type::Any),
        }
    }

    /// What a variable or local value is by its declaration.
    fn named_type(&self, root: &str, name: &str, scope: Scope<'_>) -> Option<Type> {
        let source = &scope.module.source;
        match root {
            "var" => {
                let declared = source.variables.get(name)?.body.attribute("type")?;
                Some(self.type_constraint(declared, scope.module)).filter(|ty| !ty.has_any())
            }
            "local" => Some(self.type_of_expression(source.locals.get(name)?, Scope::of(scope.module))),
            _ => None,
        }
    }

    fn type_of_value(&self, expr: &Expr, scope: Scope<'_>) -> Type {
        let (value, failed) = self.attempt(|| self.eval(expr, scope));
        if failed { Type::Any } else { type_of_known(&value) }
    }

    /// The type of a branch of a condition: what is sure, or what its value looks like.
    pub(super) fn branch_type(&self, expr: &Expr, value: &Value, scope: Scope<'_>) -> Type {
        match self.type_of_expression(expr, scope) {
            Type::Any => type_of(value),
            sure => sure,
        }
    }
}

fn type_of_known(value: &Value) -> Type {
    match &value.kind {
        Kind::Attr(attr) if STRINGS.contains(&attr.path.as_str()) => Type::String,
        Kind::Text(_) => Type::String,
        _ if is_certain(value) => types::type_of(value),
        _ => Type::Any,
    }
}
