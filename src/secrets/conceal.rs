//! Marks and hides the secrets of a resolved unit.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{SHOWN, Secrets, each_leaf, kinds, pieces};
use crate::source::Span;
use crate::unit::{Resource, Unit};
use crate::value::{Hidden, Kind, List, Map, Part, Str, Text, Value};

/// Adds to a unit's secrets those that its resources are known for, and makes them ready.
pub(crate) fn finish(unit: &mut Unit) {
    let mut environment = Environment::default();
    for resource in &mut unit.resources {
        for path in kinds::sensitive(&resource.kind) {
            let span = resource.span;
            change(&mut resource.attributes, path, &mut |value| {
                unit.secrets.add(value);
                unit.secrets.add_spans(value, |place| span.contains(place));
                mark(value, Hidden::Secret)
            });
        }
        if let Some(path) = kinds::environment(&resource.kind) {
            environment.hide(resource, path, &mut unit.secrets);
        }
    }
    environment.add_own(&unit.resources, &mut unit.secrets);
    if !unit.secrets.is_empty() {
        let Unit { resources, secrets, .. } = unit;
        secrets.keep_names(resources.iter().map(|resource| &resource.address));
    }
}

/// The environment variables of functions.
#[derive(Default)]
struct Environment {
    texts: BTreeSet<Str>,
}

impl Environment {
    /// Shorter values are hidden where they stand alone.
    const SHORTEST: usize = 6;

    /// Hides the values of one function's variables.
    fn hide(&mut self, resource: &mut Resource, path: &str, secrets: &mut Secrets) {
        let span = resource.span;
        change(&mut resource.attributes, path, &mut |value| {
            secrets.add_spans(value, |place| span.contains(place));
            each_leaf(value, &mut |leaf| self.texts.extend(leaf.as_str().filter(|text| text.len() >= Self::SHORTEST).map(Str::from)));
            mark(value, Hidden::Secret)
        });
    }

    /// What no other attribute has is a secret wherever it is told of. What another has is that one's: the name of a table stands in
    /// the environment of the function that reads it.
    fn add_own(self, resources: &[Resource], secrets: &mut Secrets) {
        if self.texts.is_empty() {
            return;
        }
        let mut texts = self.texts;
        for resource in resources {
            each_leaf(&resource.attributes, &mut |leaf| {
                let text = leaf.to_text().filter(|_| leaf.hidden == Hidden::No);
                for part in text.map(|text| text.parts()).unwrap_or_default() {
                    if let Part::Literal(literal) = part {
                        texts.remove(&literal);
                        pieces(&literal).for_each(|piece| _ = texts.remove(piece));
                    }
                }
            });
        }
        texts.iter().for_each(|text| secrets.add_text(text));
    }
}

/// A value with a mark on each part.
pub(crate) fn mark(value: &Value, hidden: Hidden) -> Value {
    map_leaves(value, &mut |leaf| Value { hidden: hidden.max(leaf.hidden), ..leaf.clone() })
}

/// A value with each part that holds no other changed.
pub(crate) fn map_leaves(value: &Value, change: &mut dyn FnMut(&Value) -> Value) -> Value {
    let kind = match &value.kind {
        Kind::List(list) => {
            let items = list.items.iter().map(|item| map_leaves(item, change)).collect();
            Kind::List(Arc::new(List { items, shape: list.shape, open: list.open.clone() }))
        }
        Kind::Map(map) => {
            let entries = map.entries.iter().map(|(key, item)| (key.clone(), map_leaves(item, change))).collect();
            Kind::Map(Arc::new(Map { entries, ..(**map).clone() }))
        }
        Kind::Choice(branches) => Kind::Choice(branches.iter().map(|(guard, item)| (guard.clone(), map_leaves(item, change))).collect()),
        Kind::Text(_) | Kind::Bool(_) | Kind::Number(_) => return change(value),
        Kind::Null | Kind::Attr(_) | Kind::Unknown(_) => return value.clone(),
    };
    Value { kind, ..value.clone() }
}

/// Changes what stands at a path below a value, in each block and alternative on the way.
fn change(value: &mut Value, path: &str, apply: &mut dyn FnMut(&Value) -> Value) {
    if path.is_empty() {
        *value = apply(value);
        return;
    }
    match &mut value.kind {
        Kind::List(list) => Arc::make_mut(list).items.iter_mut().for_each(|item| change(item, path, apply)),
        Kind::Choice(branches) => {
            let mut changed = branches.to_vec();
            changed.iter_mut().for_each(|(_, item)| change(item, path, apply));
            *branches = changed.into();
        }
        Kind::Map(map) => {
            let (name, rest) = path.split_once('.').unwrap_or((path, ""));
            if map.entries.contains_key(name)
                && let Some(item) = Arc::make_mut(map).entries.get_mut(name)
            {
                change(item, rest, apply);
            }
        }
        _ => {}
    }
}

/// The unit as it may be shown; none where all of it may.
pub(crate) fn concealed(unit: &Unit) -> Option<Unit> {
    let hides = |resource: &Resource| super::hidden_in(&resource.attributes) > Hidden::No;
    if unit.secrets.is_empty() && !unit.resources.iter().any(hides) {
        return None;
    }
    let mut unit = unit.clone();
    unit.resources.iter_mut().for_each(|resource| resource.attributes = map_leaves(&resource.attributes, &mut hide));
    Some(unit)
}

/// What is shown of a part of a value: of a hidden text the references in it.
fn hide(leaf: &Value) -> Value {
    if leaf.hidden == Hidden::No {
        return leaf.clone();
    }
    let shown = match &leaf.kind {
        Kind::Text(text) if text.is_empty() => Text::default(),
        Kind::Text(text) if text.holes().is_some() => Text::from_parts(text.parts().into_iter().map(|part| match part {
            Part::Literal(_) => Part::Literal(SHOWN.into()),
            hole => hole,
        })),
        _ => Text::literal(SHOWN),
    };
    Value::new(Kind::Text(shown), Span::NONE)
}
