//! Evaluation of expressions.

use std::sync::Arc;

use indexmap::IndexMap;

use super::evaluator::Evaluator;
use super::identity;
use super::instance::{Binding, InstanceKey, Scope};
use super::plan::Element;
use super::types::{self, Type};
use crate::source::Span;
use crate::syntax::hcl;
use crate::syntax::hcl::ast::{Expr, ExprKind, ForExpr, ObjectItem};
use crate::value::{Guard, Kind, List, ListShape, Map, MapShape, Reason, Str, Unknown, Value, format_smolstr};

/// What a condition comes to.
pub(super) enum Condition {
    /// Known.
    Known(bool),
    /// Both, each under its guards.
    Undecided(Vec<(Guard, bool)>),
}

impl Evaluator<'_> {
    /// The value of an expression, said to be written where the expression stands.
    pub(super) fn eval(&self, expr: &Expr, scope: Scope<'_>) -> Value {
        let eval = || self.deeper(|| self.eval_kind(expr, scope)).unwrap_or_else(|| self.too_deep(expr.span));
        let value = self.with_secrecy(expr, eval);
        // A model has one place for all that it says itself. What it only passes on keeps the place of the call's argument.
        if scope.module.source.model.is_some() { value } else { value.at(expr.span) }
    }

    fn eval_kind(&self, expr: &Expr, scope: Scope<'_>) -> Value {
        let span = expr.span;
        match &expr.kind {
            ExprKind::Null => Value::null(span),
            ExprKind::Bool(b) => Value::new(Kind::Bool(*b), span),
            ExprKind::Number(n) => Value::new(Kind::Number(n.clone()), span),
            ExprKind::String(text) => Value::string(text.clone(), span),
            ExprKind::Template(parts) => self.eval_template(parts, scope, span),
            ExprKind::Wrapped(inner) => self.eval(inner, scope),
            ExprKind::List(items) => {
                self.budget.make(items.len(), 0);
                Value::list(ListShape::Tuple, items.iter().map(|i| self.eval(i, scope)).collect(), span)
            }
            ExprKind::Object(items) => self.eval_object(items, scope, span),
            ExprKind::Name(_) => self.eval_traversal(expr, &[], expr, scope),
            ExprKind::Traversal(base, steps) => self.eval_traversal(base, steps, expr, scope),
            ExprKind::Call(name, arguments, expand) => self.eval_call(name, arguments, *expand, scope, span),
            ExprKind::Conditional(parts) => self.eval_conditional(parts, scope, span),
            ExprKind::Unary(operator, operand) => self.eval_unary(*operator, operand, scope, span),
            ExprKind::Binary(operator, operands) => self.eval_binary(*operator, operands, scope, span),
            ExprKind::For(for_expr) => self.eval_for(for_expr, expr, scope),
        }
    }

    /// An unknown that stands for an expression. It has an identity where all that it depends on has one: the source text
    /// in one module means the same everywhere, given the same local names.
    pub(super) fn unknown_expression(&self, expr: &Expr, scope: Scope<'_>, reason: Reason, message: Str) -> Arc<Unknown> {
        let source = match scope.module.source.model {
            Some(_) => hcl::show(expr),
            None => self.workspace.sources.text(expr.span),
        };
        self.budget.look(source.len() / 64);
        let text: String = source.split_whitespace().collect::<Vec<_>>().join(" ");
        let shown: Str =
            if text.chars().count() > 60 { text.chars().take(59).chain(['…']).collect::<String>().into() } else { text.as_str().into() };
        let impure = ["timestamp(", "uuid(", "bcrypt("].iter().any(|f| text.contains(f));
        match self.scope_identity(scope).filter(|_| !impure && !text.is_empty()) {
            Some(context) => {
                let id = identity::shorten(format!(
                    "{}{text}{context}",
                    if scope.module.address.is_empty() { String::new() } else { format!("{}: ", scope.module.address) }
                ));
                Unknown::identified(reason, id, shown, message, expr.span)
            }
            None => Unknown::new(reason, shown, message, expr.span),
        }
    }

    fn scope_identity(&self, scope: Scope<'_>) -> Option<String> {
        let mut out = String::new();
        match scope.key {
            InstanceKey::Single => {}
            InstanceKey::Count(key) | InstanceKey::Each(key, _) => out = format!(" [{}]", identity::of(key)?),
        }
        let mut next = scope.bindings;
        while let Some(binding) = next {
            out.push_str(&format!(" {}={}", binding.name, identity::of(binding.value)?));
            next = binding.outer;
        }
        Some(out)
    }

    fn eval_object(&self, items: &[ObjectItem], scope: Scope<'_>, span: Span) -> Value {
        self.budget.make(2 * items.len(), 0);
        let mut entries = IndexMap::with_capacity(items.len());
        let mut key_spans = IndexMap::with_capacity(items.len());
        let mut open = None;
        for item in items {
            let key = match item.key.kind {
                // A bare word is its own name, also this one.
                ExprKind::Null => Value::string("null", item.key.span),
                _ => self.eval(&item.key, scope),
            };
            let value = self.eval(&item.value, scope);
            match self.entry_key(&key) {
                Some(key) => {
                    key_spans.insert(key.clone(), item.key.span);
                    entries.insert(key, value);
                }
                None if key.is_null() => return self.error(item.key.span, "null", "an object key is null"),
                None => open = Some(super::plan::unknown_of(&key)),
            }
        }
        Value::new(Kind::Map(Arc::new(Map { shape: MapShape::Object, entries, key_spans, open })), span)
    }

    /// A value as the key of a map. A map has texts for keys: one with holes is written as it is shown, and what it stands
    /// for is kept aside, so that a loop over the map gets it back.
    fn entry_key(&self, value: &Value) -> Option<Str> {
        if let Some(known) = key_text(value) {
            return Some(known);
        }
        identity::of(value)?;
        let written = format_smolstr!("{}", value.to_text()?);
        let mut partial = self.partial_keys.borrow_mut();
        let kept = partial.entry(written.clone()).or_insert_with(|| value.clone());
        // Two different unknowns may look alike.
        (kept.to_text() == value.to_text()).then_some(written)
    }

    /// What stands behind the key of a map.
    pub(super) fn key_value(&self, key: Value) -> Value {
        let partial = self.partial_keys.borrow();
        match key.as_str().filter(|_| !partial.is_empty()).and_then(|text| partial.get(text)) {
            Some(value) => value.clone(),
            None => key,
        }
    }

    /// The keys and values of a collection, as [`items_of`].
    pub(super) fn items(&self, value: &Value) -> Option<(Items, Option<Arc<Unknown>>)> {
        let (items, open) = items_of(value)?;
        match value.kind {
            Kind::Map(_) => Some((items.into_iter().map(|(key, item)| (self.key_value(key), item)).collect(), open)),
            _ => Some((items, open)),
        }
    }

    /// What a value means as a condition.
    pub(super) fn condition(&self, value: &Value) -> Condition {
        let mut cases = Vec::new();
        for (guard, case) in value.alternatives() {
            match case.as_bool() {
                Some(known) => cases.push((guard, known)),
                None => {
                    let name = match identity::of(&case) {
                        Some(id) => id,
                        None => format_smolstr!("{case} at {}", self.workspace.sources.place(case.span)),
                    };
                    for polarity in [true, false] {
                        cases.extend(self.guard(&name, polarity).and_then(|g| g.and(&guard)).map(|g| (g, polarity)));
                    }
                }
            }
        }
        match cases.as_slice() {
            [(_, first), rest @ ..] if rest.iter().all(|(_, b)| b == first) => Condition::Known(*first),
            _ => Condition::Undecided(cases),
        }
    }

    fn eval_conditional(&self, parts: &[Expr; 3], scope: Scope<'_>, span: Span) -> Value {
        let [condition, yes, no] = parts;
        let tested = self.eval(condition, scope);
        if is_no_condition(&tested) {
            return self.error(condition.span, tested.to_string(), "the condition is neither true nor false");
        }
        let unlike = || self.error(span, "(…)", "the branches of the condition have no type in common");
        match self.condition(&tested) {
            Condition::Known(b) => {
                let (taken, left) = if b { (yes, no) } else { (no, yes) };
                let chosen = self.eval(taken, scope);
                // Both branches have one type in Terraform: a number beside a string is a string.
                match chosen.kind {
                    Kind::Bool(_) | Kind::Number(_) | Kind::List(_) | Kind::Map(_) => {
                        let (other, failed) = self.attempt(|| self.eval(left, scope));
                        if !failed && have_nothing_in_common(&chosen, &other) {
                            return unlike();
                        }
                        let types = [self.branch_type(taken, &chosen, scope), self.branch_type(left, &other, scope)];
                        convert_to_common(&chosen, &types)
                    }
                    Kind::Text(_) if matches!(left.kind, ExprKind::List(_) | ExprKind::Object(_)) => unlike(),
                    _ => chosen,
                }
            }
            Condition::Undecided(cases) => {
                let values = [self.eval(yes, scope), self.eval(no, scope)];
                if have_nothing_in_common(&values[0], &values[1]) {
                    return unlike();
                }
                let types = [self.branch_type(yes, &values[0], scope), self.branch_type(no, &values[1], scope)];
                let [yes, no] = values.map(|value| convert_to_common(&value, &types));
                let mut branches = Vec::new();
                for (guard, b) in cases {
                    let inner = identity::assume(if b { yes.clone() } else { no.clone() }, &guard);
                    for (inner_guard, value) in inner.alternatives() {
                        branches.extend(guard.and(&inner_guard).map(|g| (g, value)));
                    }
                }
                Value::choice(branches, span)
            }
        }
    }

    fn eval_for(&self, for_expr: &ForExpr, expr: &Expr, scope: Scope<'_>) -> Value {
        let collection = self.eval(&for_expr.collection, scope);
        map_choice(&collection, expr.span, |collection| match self.items(collection) {
            Some((items, open)) => self.for_items(for_expr, items, open.map(|o| self.element_of(collection, &o)), expr, scope),
            None if collection.is_null() => self.error(for_expr.collection.span, "null", "a `for` expression iterates over null"),
            None if !may_be_collection(collection) => self.error(
                for_expr.collection.span,
                collection.to_string(),
                "a `for` expression iterates over a value that is no collection",
            ),
            None => {
                let any = self.element_of(collection, &super::plan::unknown_of(collection));
                self.for_items(for_expr, Vec::new(), Some(any), expr, scope)
            }
        })
    }

    fn for_items(&self, f: &ForExpr, items: Items, open: Option<Element>, expr: &Expr, scope: Scope<'_>) -> Value {
        let mut result = ForResult::default();
        self.budget.look(items.len());
        for (key, value) in items {
            if self.budget.is_spent() {
                return self.too_deep(expr.span);
            }
            self.budget.make(if f.key.is_some() { 3 } else { 1 }, 0);
            let Some((key, produced)) = self.for_item(f, f.condition.as_ref(), (&key, &value), expr, scope, &mut result.open) else {
                continue;
            };
            match key.as_ref().map(|k| self.entry_key(k)) {
                None => result.items.push(produced),
                Some(None) if key.as_ref().is_some_and(Value::is_null) => {
                    return self.error(expr.span, "null", "a key of the object that a `for` expression makes is null");
                }
                Some(Some(text)) if !f.grouping && result.groups.contains_key(&text) => {
                    let message = format_smolstr!("a `for` expression makes the key `{text}` twice");
                    return self.error(expr.span, "{ for … }", message);
                }
                Some(Some(text)) => result.groups.entry(text).or_default().push(produced),
                Some(None) => {
                    let cause = super::plan::unknown_of(key.as_ref().unwrap_or(&produced));
                    result.open.get_or_insert_with(|| self.unknown_expression(expr, scope, cause.reason, cause.message.clone()));
                }
            }
        }
        if let Some(any) = open {
            self.for_any(f, &any, expr, scope, &mut result.open);
        }
        result.into_value(f, expr.span)
    }

    /// What one element comes to: its key, for objects, and its value. None where the filter leaves it out, or may do so.
    fn for_item(
        &self,
        f: &ForExpr,
        condition: Option<&Expr>,
        (key, value): (&Value, &Value),
        expr: &Expr,
        scope: Scope<'_>,
        open: &mut Option<Arc<Unknown>>,
    ) -> Option<(Option<Value>, Value)> {
        let key_binding = Binding { name: f.key_var.as_deref().unwrap_or_default(), value: key, outer: scope.bindings };
        let outer = if f.key_var.is_some() { Some(&key_binding) } else { scope.bindings };
        let value_binding = Binding { name: &f.value_var, value, outer };
        let inner = scope.with(&value_binding);
        match condition.map(|c| self.condition(&self.eval(c, inner))) {
            Some(Condition::Known(false)) => return None,
            Some(Condition::Undecided(_)) => {
                let message = Str::from("the `if` of a `for` expression cannot be decided for every element");
                open.get_or_insert_with(|| self.unknown_expression(expr, scope, Reason::Condition, message));
                return None;
            }
            _ => {}
        }
        let produced = self.eval(&f.value, inner);
        Some((f.key.as_ref().map(|k| self.eval(k, inner)), produced))
    }

    /// The elements that are not known: one that stands for all is followed, so that a later loop over the result still knows
    /// what it comes from.
    fn for_any(&self, f: &ForExpr, any: &Element, expr: &Expr, scope: Scope<'_>, open: &mut Option<Arc<Unknown>>) {
        let cause = super::plan::unknown_of(&any.key);
        let unknown = open.get_or_insert_with(|| self.unknown_expression(expr, scope, cause.reason, cause.message.clone())).clone();
        if f.grouping {
            return;
        }
        let (produced, _) = self.attempt(|| self.for_item(f, None, (&any.key, &any.value), expr, scope, open));
        if let (Some((key, value)), Some(id)) = (produced, &unknown.identity) {
            let key = key.unwrap_or_else(|| any.key.clone());
            self.elements.borrow_mut().insert(id.clone(), Element { key, value, collection: id.clone() });
        }
    }
}

/// What a `for` expression has produced so far.
#[derive(Default)]
struct ForResult {
    items: Vec<Value>,
    groups: IndexMap<Str, Vec<Value>>,
    open: Option<Arc<Unknown>>,
}

impl ForResult {
    fn into_value(mut self, f: &ForExpr, span: Span) -> Value {
        if f.key.is_none() {
            return Value::new(Kind::List(Arc::new(List { shape: ListShape::Tuple, items: self.items, open: self.open })), span);
        }
        self.groups.sort_keys();
        let single = |mut values: Vec<Value>| values.pop().unwrap_or(Value::null(span));
        let entry = |(key, values): (Str, Vec<Value>)| match f.grouping {
            true => (key, Value::list(ListShape::Tuple, values, span)),
            false => (key, single(values)),
        };
        let entries = self.groups.into_iter().map(entry).collect();
        Value::new(Kind::Map(Arc::new(Map { shape: MapShape::Object, entries, key_spans: IndexMap::new(), open: self.open })), span)
    }
}

/// A value as the key of an object, where it is known.
pub(super) fn key_text(value: &Value) -> Option<Str> {
    match &value.kind {
        Kind::Text(text) => Some(text.as_known()?.into()),
        Kind::Number(_) | Kind::Bool(_) => Some(format_smolstr!("{value}")),
        _ => None,
    }
}

/// Keys and values.
pub(super) type Items = Vec<(Value, Value)>;

/// The keys and values of a collection, in the order in which Terraform iterates it, and why there may be more.
fn items_of(value: &Value) -> Option<(Items, Option<Arc<Unknown>>)> {
    match &value.kind {
        Kind::List(list) => {
            let key = |i: usize, item: &Value| if list.shape == ListShape::Set { item.clone() } else { super::instance::index_key(i) };
            Some((list.items.iter().enumerate().map(|(i, v)| (key(i, v), v.clone())).collect(), list.open.clone()))
        }
        Kind::Map(map) => {
            let mut items: Items = map.entries.iter().map(|(k, v)| (Value::string(k.clone(), v.span), v.clone())).collect();
            items.sort_by(|(a, _), (b, _)| a.as_str().cmp(&b.as_str()));
            Some((items, map.open.clone()))
        }
        _ => None,
    }
}

/// Whether a value is certainly neither true nor false.
pub(super) fn is_no_condition(value: &Value) -> bool {
    match &value.kind {
        Kind::Text(text) => text.as_known().is_some() && value.as_bool().is_none(),
        Kind::Null | Kind::Number(_) | Kind::List(_) | Kind::Map(_) => true,
        Kind::Bool(_) | Kind::Choice(_) | Kind::Attr(_) | Kind::Unknown(_) => false,
    }
}

/// Whether no type fits both values. What holds something unknown may be of any type.
fn have_nothing_in_common(a: &Value, b: &Value) -> bool {
    types::is_certain(a) && types::is_certain(b) && types::unify_types(&[types::type_of(a), types::type_of(b)]).is_none()
}

/// A value as the type that both branches of a condition have in common.
fn convert_to_common(value: &Value, branches: &[Type]) -> Value {
    match types::unify_types(branches) {
        None | Some(Type::Any) => value.clone(),
        Some(common) => types::convert(value, &common).unwrap_or_else(|_| value.clone()),
    }
}

/// Whether an unknown value may turn out to be a list or map.
fn may_be_collection(value: &Value) -> bool {
    matches!(value.kind, Kind::Unknown(_) | Kind::Attr(_) | Kind::Choice(_))
}

/// Applies a function to each alternative of a choice, or to the value itself.
pub(super) fn map_choice(value: &Value, span: Span, mut apply: impl FnMut(&Value) -> Value) -> Value {
    if !matches!(value.kind, Kind::Choice(_)) {
        return apply(value);
    }
    let mut branches = Vec::new();
    for (guard, branch) in value.alternatives() {
        for (inner, result) in apply(&branch).alternatives() {
            branches.extend(guard.and(&inner).map(|g| (g, result)));
        }
    }
    Value::choice(branches, span)
}
