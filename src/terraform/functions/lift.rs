//! Spreading alternatives out: a function of a choice is the choice of the function's results.

use std::sync::Arc;

use indexmap::IndexMap;

use super::{canonical, derived};
use crate::source::Span;
use crate::value::{Guard, Hole, Kind, List, MAX_ALTERNATIVES, Map, Reason, Unknown, Value};

/// Values nested deeper are not searched for choices.
const MAX_DEPTH: u8 = 64;

/// How many values (64 bytes of text count as one) a function looks at: lists that hold one list many times over stand for far more than
/// they take.
const MAX_SIZE: usize = 1 << 20;

/// Whether all that the arguments hold is small enough to be walked through.
pub(super) fn within_limits(args: &[Value]) -> bool {
    let mut left = MAX_SIZE;
    args.iter().all(|arg| spend(arg, &mut left))
}

/// How many values that is, up to the limit.
pub(super) fn size(value: &Value) -> usize {
    let mut left = MAX_SIZE;
    if spend(value, &mut left) { MAX_SIZE - left } else { MAX_SIZE }
}

fn spend(value: &Value, left: &mut usize) -> bool {
    let own = value.as_str().map_or(1, |text| 1 + text.len() / 64);
    match left.checked_sub(own) {
        Some(rest) => *left = rest,
        None => return false,
    }
    match &value.kind {
        Kind::List(list) => list.items.iter().all(|item| spend(item, left)),
        Kind::Map(map) => map.entries.values().all(|item| spend(item, left)),
        Kind::Choice(branches) => branches.iter().all(|(_, branch)| spend(branch, left)),
        _ => true,
    }
}

/// Calls `run` once for each combination of the arguments' alternatives, down to `depth` levels below the arguments, and makes
/// a choice of the results. Where there are too many, choices inside of arguments count as unknown; where that does not help,
/// the result does.
pub(super) fn spread(
    args: &[Value],
    depth: u8,
    name: &str,
    span: Span,
    run: impl Fn(&[Value]) -> Result<Value, String>,
) -> Result<Value, String> {
    let depth = depth.min(MAX_DEPTH);
    if !args.iter().any(|arg| has_choice(arg, depth)) {
        return run(args);
    }
    let combinations = combine(args, depth).or_else(|| {
        let blurred: Vec<Value> = args.iter().map(|arg| blur_below(arg, depth)).collect();
        combine(&blurred, 0)
    });
    let Some(combinations) = combinations else {
        return Ok(derived(name, args, span));
    };
    let mut failure = None;
    let mut failures = 0;
    let mut branches = Vec::with_capacity(combinations.len());
    for (guard, args) in &combinations {
        let result = run(args).unwrap_or_else(|message| {
            failures += 1;
            let unknown = Unknown::new(Reason::Error, format!("{name}(…)"), message.clone(), span);
            failure.get_or_insert(message);
            Value::unknown(unknown, span)
        });
        branches.push((guard.clone(), result));
    }
    match failure {
        Some(message) if failures == combinations.len() => Err(message),
        _ => Ok(Value::choice(flattened(branches), span)),
    }
}

/// Choices within choices brought to one level.
fn flattened(branches: Vec<(Guard, Value)>) -> Vec<(Guard, Value)> {
    let both = |outer: &Guard, value: &Value| {
        value.alternatives().into_iter().filter_map(|(inner, v)| Some((outer.and(&inner)?, v))).collect::<Vec<_>>()
    };
    branches.iter().flat_map(|(guard, value)| both(guard, value)).collect()
}

fn has_choice(value: &Value, depth: u8) -> bool {
    match &value.kind {
        Kind::Choice(_) => true,
        Kind::List(list) if depth > 0 => list.items.iter().any(|v| has_choice(v, depth - 1)),
        Kind::Map(map) if depth > 0 => map.entries.values().any(|v| has_choice(v, depth - 1)),
        _ => false,
    }
}

/// Every combination of the values' alternatives that does not contradict itself; `None` where there are too many.
fn combine<'a>(values: impl IntoIterator<Item = &'a Value>, depth: u8) -> Option<Vec<(Guard, Vec<Value>)>> {
    let mut combinations = vec![(Guard::always(), Vec::new())];
    for value in values {
        let alternatives = hoist(value, depth)?;
        if let [(guard, only)] = alternatives.as_slice()
            && guard.is_always()
        {
            combinations.iter_mut().for_each(|(_, values)| values.push(only.clone()));
            continue;
        }
        let mut next = Vec::new();
        for (guard, values) in &combinations {
            for (other, alternative) in &alternatives {
                let Some(both) = guard.and(other) else { continue };
                next.push((both, values.iter().cloned().chain([alternative.clone()]).collect()));
            }
        }
        if next.len() > MAX_ALTERNATIVES {
            return None;
        }
        combinations = next;
    }
    Some(combinations)
}

/// The alternatives of a value, choices inside of it included.
fn hoist(value: &Value, depth: u8) -> Option<Vec<(Guard, Value)>> {
    if !has_choice(value, depth) {
        return Some(vec![(Guard::always(), value.clone())]);
    }
    let span = value.span;
    match &value.kind {
        Kind::Choice(_) => {
            let mut out = Vec::new();
            for (guard, alternative) in value.alternatives() {
                for (inner, v) in hoist(&alternative, depth)? {
                    out.extend(guard.and(&inner).map(|both| (both, v)));
                }
            }
            (out.len() <= MAX_ALTERNATIVES).then_some(out)
        }
        Kind::List(list) => {
            let made = |items| Value::new(Kind::List(Arc::new(List { shape: list.shape, items, open: list.open.clone() })), span);
            Some(combine(&list.items, depth - 1)?.into_iter().map(|(g, items)| (g, made(items))).collect())
        }
        Kind::Map(map) => {
            let made = |items: Vec<Value>| {
                let entries: IndexMap<_, _> = map.entries.keys().cloned().zip(items).collect();
                let map = Map { shape: map.shape, entries, key_spans: map.key_spans.clone(), open: map.open.clone() };
                Value::new(Kind::Map(Arc::new(map)), span)
            };
            Some(combine(map.entries.values(), depth - 1)?.into_iter().map(|(g, items)| (g, made(items))).collect())
        }
        _ => None,
    }
}

/// The value with every choice inside of it, but not itself, made unknown.
fn blur_below(value: &Value, depth: u8) -> Value {
    let Some(below) = depth.checked_sub(1) else { return value.clone() };
    let kind = match &value.kind {
        Kind::Choice(branches) => Kind::Choice(branches.iter().map(|(g, v)| (g.clone(), blur_below(v, depth))).collect()),
        Kind::List(list) => {
            let items = list.items.iter().map(|v| blur(v, below)).collect();
            Kind::List(Arc::new(List { shape: list.shape, items, open: list.open.clone() }))
        }
        Kind::Map(map) => {
            let entries = map.entries.iter().map(|(k, v)| (k.clone(), blur(v, below))).collect();
            Kind::Map(Arc::new(Map { shape: map.shape, entries, key_spans: map.key_spans.clone(), open: map.open.clone() }))
        }
        other => other.clone(),
    };
    Value::new(kind, value.span)
}

fn blur(value: &Value, depth: u8) -> Value {
    let Kind::Choice(branches) = &value.kind else { return blur_below(value, depth) };
    let message = Hole::Choice(branches).message();
    let unknown = match canonical(value) {
        Some(identity) => Unknown::identified(Reason::Condition, identity, value.to_string(), message, value.span),
        None => Unknown::new(Reason::Condition, value.to_string(), message, value.span),
    };
    Value::unknown(unknown, value.span)
}
