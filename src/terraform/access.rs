//! Attributes, elements and splats.

use std::sync::Arc;

use super::evaluator::Evaluator;
use super::expr::map_choice;
use super::identity;
use super::instance::Scope;
use super::plan::unknown_of;
use crate::model::names;
use crate::source::Span;
use crate::syntax::hcl::ast::Step;
use crate::unit::Mode;
use crate::value::{AttrRef, Guard, Kind, List, ListShape, ResourceId, Str, Unknown, Value, format_smolstr};

/// Where a value was found: a part of a resource that the configuration need not hold is computed by the provider.
#[derive(Clone)]
pub(super) struct Origin {
    resource: ResourceId,
    path: String,
}

impl Evaluator<'_> {
    /// Applies the steps of a traversal, one by one.
    pub(super) fn walk(&self, value: Value, steps: &[Step], scope: Scope<'_>, span: Span) -> Value {
        self.walk_from(value, None, steps, scope, span)
    }

    fn walk_from(&self, mut value: Value, mut origin: Option<Origin>, steps: &[Step], scope: Scope<'_>, span: Span) -> Value {
        for (i, step) in steps.iter().enumerate() {
            if matches!(value.kind, Kind::Choice(_)) {
                return self.walk_choice(&value, &steps[i..], scope, span);
            }
            match step {
                Step::FullSplat => return self.splat(&value, origin, &steps[i + 1..], scope, span),
                Step::AttrSplat => {
                    let rest = &steps[i + 1..];
                    let attrs = rest.iter().take_while(|s| matches!(s, Step::Attr(_))).count();
                    let list = self.splat(&value, origin, &rest[..attrs], scope, span);
                    return self.walk(list, &rest[attrs..], scope, span);
                }
                Step::Attr(name) => (value, origin) = self.attribute(&value, origin, name, span),
                Step::Index(index) => {
                    let key = self.eval(index, scope);
                    (value, origin) = self.element(&value, origin, &key, span);
                }
            }
        }
        value
    }

    /// The steps on each alternative. Where an alternative does not have what is asked for and others do, the source relies on
    /// the others, except inside of `try` and `can`, which ask.
    fn walk_choice(&self, value: &Value, steps: &[Step], scope: Scope<'_>, span: Span) -> Value {
        let mut good: Vec<(Guard, Value)> = Vec::new();
        let mut bad: Vec<(Guard, Value)> = Vec::new();
        for (guard, branch) in value.alternatives() {
            let (result, failed) = self.attempt(|| self.walk(branch, steps, scope, span));
            let into = if failed { &mut bad } else { &mut good };
            into.extend(result.alternatives().into_iter().filter_map(|(inner, v)| Some((guard.and(&inner)?, v))));
        }
        if good.is_empty() {
            self.count_error();
            return bad.pop().map_or(Value::null(span), |(_, v)| v);
        }
        if self.trying.get() > 0 {
            good.append(&mut bad);
        }
        Value::choice(good, span)
    }

    fn splat(&self, value: &Value, origin: Option<Origin>, rest: &[Step], scope: Scope<'_>, span: Span) -> Value {
        let each = |item: &Value, origin: Option<Origin>| self.walk_from(item.clone(), origin, rest, scope, span);
        match &value.kind {
            Kind::Null => Value::list(ListShape::Tuple, Vec::new(), span),
            Kind::List(list) => {
                self.budget.make(list.items.len(), 0);
                let at = |i: usize| origin.as_ref().map(|o| Origin { resource: o.resource, path: format!("{}[{i}]", o.path) });
                let items = list.items.iter().enumerate().map(|(i, item)| each(item, at(i))).collect();
                Value::new(Kind::List(Arc::new(List { shape: ListShape::Tuple, items, open: list.open.clone() })), span)
            }
            Kind::Attr(attr) if !attr.path.is_empty() => self.computed_list(attr, rest, span),
            Kind::Unknown(unknown) => {
                let shown = format_smolstr!("{}[*]{}", unknown.shown, steps_text(rest));
                Value::unknown(derive(unknown, &format!("[*]{}", steps_text(rest)), shown), span)
            }
            _ => Value::list(ListShape::Tuple, vec![each(value, origin)], span),
        }
    }

    /// A splat over a list that the provider computes: of unknown length.
    fn computed_list(&self, attr: &AttrRef, rest: &[Step], span: Span) -> Value {
        if rest.is_empty() {
            return Value::new(Kind::Attr(Arc::new(attr.clone())), span);
        }
        let suffix = format!("[*]{}", steps_text(rest));
        Value::new(Kind::Attr(extended(attr, &suffix)), span)
    }

    fn attribute(&self, value: &Value, origin: Option<Origin>, name: &Str, span: Span) -> (Value, Option<Origin>) {
        match &value.kind {
            Kind::Attr(attr) if attr.path.is_empty() => {
                let path = name.to_string();
                (self.referred_attribute(attr.resource, name, span), Some(Origin { resource: attr.resource, path }))
            }
            Kind::Attr(attr) => (Value::new(Kind::Attr(extended(attr, &format!(".{name}"))), span), None),
            Kind::Unknown(unknown) => {
                let shown = format_smolstr!("{}.{name}", unknown.shown);
                (Value::unknown(derive(unknown, &format!(".{name}"), shown), span), None)
            }
            Kind::Map(map) => match map.entries.get(name) {
                Some(found) => (found.clone(), extend(origin, &format!(".{name}"))),
                None => {
                    (self.missing(value, origin, None, &format!(".{name}"), format_smolstr!("there is no attribute `{name}`"), span), None)
                }
            },
            // Terraform lets an attribute of a one-element block list be read without an index in `try` only; here it is an error.
            _ => (self.error(span, format_smolstr!("{value}.{name}"), format_smolstr!("a value without attributes has no `{name}`")), None),
        }
    }

    fn element(&self, value: &Value, origin: Option<Origin>, key: &Value, span: Span) -> (Value, Option<Origin>) {
        if matches!(key.kind, Kind::Choice(_)) {
            let result = map_choice(key, span, |key| self.element(value, origin.clone(), key, span).0);
            return (result, None);
        }
        if key.is_null() {
            return (self.error(span, format_smolstr!("{}[null]", shown_key(value)), "an index is null"), None);
        }
        let suffix = format!("[{}]", shown_key(key));
        match &value.kind {
            Kind::List(list) => (self.list_element(value, list, &origin, key, &suffix, span), extend(origin, &suffix)),
            Kind::Map(map) => match super::expr::key_text(key) {
                Some(text) => match map.entries.get(&text) {
                    Some(found) => (found.clone(), extend(origin, &suffix)),
                    None => {
                        let message = format_smolstr!("there is no element {suffix}");
                        (self.missing(value, origin, Some(key), &suffix, message, span), None)
                    }
                },
                None if map.entries.contains_key(&*key.to_string()) => {
                    (map.entries.get(&*key.to_string()).cloned().unwrap_or(Value::null(span)), extend(origin, &suffix))
                }
                None => (self.any_element(value, map.entries.iter().map(|(k, v)| (k.clone(), v)), key, &suffix, span), None),
            },
            Kind::Attr(attr) if attr.path.is_empty() => {
                let name = super::expr::key_text(key).unwrap_or_default();
                (self.resource_attribute(attr.resource, &name), None)
            }
            Kind::Attr(attr) => (Value::new(Kind::Attr(extended(attr, &suffix)), span), None),
            Kind::Unknown(unknown) => {
                if let Some(element) = self.same_element(unknown, key) {
                    return (element.at(span), None);
                }
                let shown = format_smolstr!("{}{suffix}", unknown.shown);
                let key_id = identity::of(key);
                let unknown = match (&unknown.identity, key_id) {
                    (Some(id), Some(key)) => Unknown::identified(
                        unknown.reason,
                        identity::shorten(format!("{id}[{key}]")),
                        shown,
                        unknown.message.clone(),
                        unknown.span,
                    ),
                    _ => Unknown::new(unknown.reason, shown, unknown.message.clone(), unknown.span),
                };
                (Value::unknown(unknown, span), None)
            }
            _ => (self.error(span, format_smolstr!("{value}{suffix}"), "a value that is no list or map has no elements"), None),
        }
    }

    fn list_element(&self, value: &Value, list: &List, origin: &Option<Origin>, key: &Value, suffix: &str, span: Span) -> Value {
        if list.shape == ListShape::Set && list.open.is_none() {
            return self.error(span, format_smolstr!("{value}{suffix}"), "the elements of a set have no index");
        }
        let Some(index) = key.as_i64() else {
            let texts = list.items.iter().enumerate().map(|(i, v)| (format_smolstr!("{i}"), v));
            return match key.kind {
                Kind::Unknown(_) | Kind::Attr(_) => self.any_element(value, texts, key, suffix, span),
                _ => self.error(span, format_smolstr!("{value}{suffix}"), "the index of a list must be a number"),
            };
        };
        match usize::try_from(index).ok().and_then(|i| list.items.get(i)) {
            // Where more may stand before it, what is at this place is not known: `concat(var.first, ["a"])[0]`.
            Some(item) if list.open.is_none() => item.clone(),
            _ => self.missing(value, origin.clone(), Some(key), suffix, format_smolstr!("there is no element {suffix}"), span),
        }
    }

    /// One of the elements: which is not known.
    fn any_element<'v>(
        &self,
        whole: &Value,
        elements: impl Iterator<Item = (Str, &'v Value)>,
        key: &Value,
        suffix: &str,
        span: Span,
    ) -> Value {
        let cause = unknown_of(key);
        let elements: Vec<(Str, &Value)> = elements.filter(|(text, _)| cause.may_be(text)).collect();
        let why_open = whole.as_list().and_then(|l| l.open.as_ref()).or(whole.as_map().and_then(|m| m.open.as_ref()));
        if let Some(element) = why_open.and_then(|open| self.same_element(open, key)) {
            return element.at(span);
        }
        match identity::of(key) {
            Some(id) if why_open.is_none() && !elements.is_empty() && elements.len() <= crate::value::MAX_ALTERNATIVES => {
                let guard = |text: &str| Guard::when(format_smolstr!("{id} == \"{text}\""), true);
                Value::choice(elements.into_iter().map(|(text, v)| (guard(&text), v.clone())).collect(), span)
            }
            id => {
                let shown = format_smolstr!("(…){suffix}");
                let identified = identity::of(whole).zip(id).map(|(whole, key)| identity::shorten(format!("{whole}[{key}]")));
                Value::unknown(
                    match identified {
                        Some(id) => Unknown::identified(cause.reason, id, shown, cause.message.clone(), cause.span),
                        None => Unknown::new(cause.reason, shown, cause.message.clone(), cause.span),
                    },
                    span,
                )
            }
        }
    }

    /// The element of an unknown collection that its own key stands for: `var.x[each.key]` is `each.value` in a loop over it.
    /// Any key leads to the instance that stands for all of a resource.
    fn same_element(&self, collection: &Arc<Unknown>, key: &Value) -> Option<Value> {
        collection.identity.as_ref()?;
        let element = self.element_of(&Value::unknown(collection.clone(), collection.span), collection);
        let instance = matches!(&element.value.kind, Kind::Attr(attr) if attr.path.is_empty());
        (instance || identity::of(&element.key)? == identity::of(key)?).then_some(element.value)
    }

    /// What is not there: computed by the provider where the value is a part of a resource, unknown where the collection may
    /// have more, and an error otherwise.
    fn missing(&self, value: &Value, origin: Option<Origin>, key: Option<&Value>, suffix: &str, message: Str, span: Span) -> Value {
        let open = match &value.kind {
            Kind::List(list) => list.open.clone(),
            Kind::Map(map) => map.open.clone(),
            _ => None,
        };
        if let Some(unknown) = open {
            if let Some(element) = key.and_then(|key| self.same_element(&unknown, key)) {
                return element.at(span);
            }
            let shown = format_smolstr!("{}{suffix}", unknown.shown);
            // Behind or between elements that are known, an element has another place than in what is unknown.
            let mixed = value.as_list().is_some_and(|list| !list.items.is_empty());
            let element = match mixed {
                true => Unknown::new(unknown.reason, shown, unknown.message.clone(), unknown.span),
                false => derive(&unknown, suffix, shown),
            };
            return Value::unknown(element, span);
        }
        match origin {
            Some(origin) if self.slot(origin.resource).decl.kind != "terraform_data" => {
                self.computed(origin.resource, &format!("{}{suffix}", origin.path), span)
            }
            _ => self.error(span, format_smolstr!("(…){suffix}"), message),
        }
    }

    /// An attribute of a resource, as something else refers to it. What a name is made of may not be known; whose name it is, is.
    fn referred_attribute(&self, resource: ResourceId, name: &str, span: Span) -> Value {
        let value = self.resource_attribute(resource, name).at(span);
        let decl = self.slot(resource).decl.clone();
        let names_it = decl.mode == Mode::Managed && names::name_attribute(&decl.kind) == Some(name);
        if names_it && !is_one_text(&value) { self.computed(resource, name, span) } else { value }
    }

    /// An attribute that only the cloud computes.
    pub(super) fn computed(&self, resource: ResourceId, path: &str, span: Span) -> Value {
        let slot = self.slot(resource);
        let dot = if path.is_empty() || path.starts_with('[') { "" } else { "." };
        let shown = format_smolstr!("{}{dot}{path}", slot.address);
        Value::new(Kind::Attr(Arc::new(AttrRef { resource, path: path.into(), shown })), span)
    }
}

/// Whether a value is a text that is the same wherever the same things are known: not one of several, nor of unknown parts that nothing
/// tells apart.
fn is_one_text(value: &Value) -> bool {
    !matches!(value.kind, Kind::Choice(_)) && identity::of(value).is_some()
}

fn extend(origin: Option<Origin>, suffix: &str) -> Option<Origin> {
    origin.map(|o| Origin { resource: o.resource, path: format!("{}{suffix}", o.path) })
}

fn extended(attr: &AttrRef, suffix: &str) -> Arc<AttrRef> {
    Arc::new(AttrRef {
        resource: attr.resource,
        path: format_smolstr!("{}{suffix}", attr.path),
        shown: format_smolstr!("{}{suffix}", attr.shown),
    })
}

/// An unknown part of an unknown.
pub(super) fn derive(unknown: &Unknown, suffix: &str, shown: Str) -> Arc<Unknown> {
    match &unknown.identity {
        Some(id) => {
            let id = identity::shorten(format!("{id}{suffix}"));
            Unknown::identified(unknown.reason, id, shown, unknown.message.clone(), unknown.span)
        }
        None => Unknown::new(unknown.reason, shown, unknown.message.clone(), unknown.span),
    }
}

fn shown_key(key: &Value) -> String {
    match &key.kind {
        Kind::Text(text) => format!("\"{text}\""),
        Kind::Unknown(unknown) => unknown.shown.to_string(),
        Kind::Attr(attr) => attr.shown.to_string(),
        _ => key.to_string(),
    }
}

fn steps_text(steps: &[Step]) -> String {
    let mut out = String::new();
    for step in steps {
        match step {
            Step::Attr(name) => {
                out.push('.');
                out.push_str(name);
            }
            Step::Index(index) => out.push_str(&format!("[{}]", index.as_str().unwrap_or("…"))),
            Step::AttrSplat => out.push_str(".*"),
            Step::FullSplat => out.push_str("[*]"),
        }
    }
    out
}
