//! The type of a value, and the one type that several convert to.

use indexmap::IndexMap;

use super::{ObjectAttr, Type};
use crate::value::{Kind, ListShape, MapShape, Str, Value};

/// Deeper parts of a value count as of any type: types of hand-written values are far shallower.
const MAX_DEPTH: usize = 64;

/// How many parts of a value are looked at: lists that hold one list many times over have very many.
const MAX_VALUES: usize = 1 << 20;

/// The type of a value; [`Type::Any`] for null and what is unknown.
pub fn type_of(value: &Value) -> Type {
    type_within(value, MAX_DEPTH, &mut { MAX_VALUES })
}

/// The type that the branches of a condition, or the elements of a list, have in common; [`Type::Any`] where there is none.
/// Null and unknown values take part in any type.
pub fn unify<'a>(values: impl IntoIterator<Item = &'a Value>) -> Type {
    let types: Vec<Type> = values.into_iter().map(type_of).collect();
    unify_types(&types).unwrap_or(Type::Any)
}

/// Whether the type of a value is known in all its parts.
pub fn is_certain(value: &Value) -> bool {
    certain_within(value, MAX_DEPTH, &mut { MAX_VALUES })
}

fn certain_within(value: &Value, depth: usize, left: &mut usize) -> bool {
    let (Some(below), Some(rest)) = (depth.checked_sub(1), left.checked_sub(1)) else { return false };
    *left = rest;
    match &value.kind {
        Kind::Null | Kind::Bool(_) | Kind::Number(_) | Kind::Text(_) => true,
        Kind::Attr(_) | Kind::Unknown(_) | Kind::Choice(_) => false,
        Kind::List(list) => list.open.is_none() && list.items.iter().all(|item| certain_within(item, below, left)),
        Kind::Map(map) => map.open.is_none() && map.entries.values().all(|item| certain_within(item, below, left)),
    }
}

fn type_within(value: &Value, depth: usize, left: &mut usize) -> Type {
    let (Some(below), Some(rest)) = (depth.checked_sub(1), left.checked_sub(1)) else { return Type::Any };
    *left = rest;
    let mut common = |items: &mut dyn Iterator<Item = &Value>| {
        let types: Vec<Type> = items.map(|v| type_within(v, below, left)).collect();
        Box::new(unify_types(&types).unwrap_or(Type::Any))
    };
    match &value.kind {
        Kind::Null | Kind::Attr(_) | Kind::Unknown(_) => Type::Any,
        Kind::Bool(_) => Type::Bool,
        Kind::Number(_) => Type::Number,
        Kind::Text(_) => Type::String,
        Kind::Choice(branches) => *common(&mut branches.iter().map(|(_, v)| v)),
        Kind::List(list) => match list.shape {
            ListShape::List => Type::List(common(&mut list.items.iter())),
            ListShape::Set => Type::Set(common(&mut list.items.iter())),
            ListShape::Tuple if list.open.is_some() => Type::List(common(&mut list.items.iter())),
            ListShape::Tuple => Type::Tuple(list.items.iter().map(|v| type_within(v, below, left)).collect()),
        },
        Kind::Map(map) if map.shape == MapShape::Map || map.open.is_some() => Type::Map(common(&mut map.entries.values())),
        Kind::Map(map) => {
            Type::Object(map.entries.iter().map(|(k, v)| (k.clone(), ObjectAttr::required(type_within(v, below, left)))).collect())
        }
    }
}

/// The type that all of these convert to, if any: strings take numbers and bools, lists take tuples and sets, sets take tuples, maps take
/// objects; objects with the same attributes and tuples of the same length unify part by part.
pub fn unify_types(types: &[Type]) -> Option<Type> {
    let mut known: Vec<&Type> = types.iter().filter(|t| **t != Type::Any).collect();
    // Beside something of any type, there always is one.
    let otherwise = (known.len() < types.len()).then_some(Type::Any);
    let Some(first) = known.first().copied() else { return Some(Type::Any) };
    known.retain(|t| *t != first);
    if known.is_empty() {
        return Some(first.clone());
    }
    known.push(first);
    if known.iter().all(|t| t.is_primitive()) {
        // Bool and number have only the string in common, and only where one is there already.
        return known.contains(&&Type::String).then_some(Type::String).or(otherwise);
    }
    // Objects and tuples that do not unify part by part may still be maps and lists of one type.
    let by_parts = unify_objects(&known).or_else(|| unify_tuples(&known)).flatten();
    by_parts.or_else(|| unify_collections(&known)).or(otherwise)
}

/// `None` where not all are objects with the same attributes; `Some(None)` where they are but do not unify.
fn unify_objects(types: &[&Type]) -> Option<Option<Type>> {
    let objects: Option<Vec<&IndexMap<Str, ObjectAttr>>> =
        types.iter().map(|t| if let Type::Object(a) = t { Some(a) } else { None }).collect();
    let objects = objects?;
    let first = objects.first()?;
    if !objects.iter().all(|o| o.len() == first.len() && o.keys().all(|k| first.contains_key(k))) {
        return None;
    }
    let unified: Option<IndexMap<Str, ObjectAttr>> = first
        .keys()
        .map(|key| {
            let across: Vec<Type> = objects.iter().filter_map(|o| o.get(key)).map(|a| a.ty.clone()).collect();
            Some((key.clone(), ObjectAttr::required(unify_types(&across)?)))
        })
        .collect();
    Some(unified.map(Type::Object))
}

/// As [`unify_objects`], for tuples of the same length.
fn unify_tuples(types: &[&Type]) -> Option<Option<Type>> {
    let tuples: Option<Vec<&Vec<Type>>> = types.iter().map(|t| if let Type::Tuple(e) = t { Some(e) } else { None }).collect();
    let tuples = tuples?;
    let length = tuples.first()?.len();
    if !tuples.iter().all(|t| t.len() == length) {
        return None;
    }
    let unified: Option<Vec<Type>> =
        (0..length).map(|i| unify_types(&tuples.iter().filter_map(|t| t.get(i)).cloned().collect::<Vec<_>>())).collect();
    Some(unified.map(Type::Tuple))
}

fn unify_collections(types: &[&Type]) -> Option<Type> {
    let mut elements: Vec<Type> = Vec::new();
    let (mut sequences, mut lists, mut sets, mut maps) = (false, false, false, false);
    for ty in types {
        match ty {
            Type::List(element) => {
                (sequences, lists) = (true, true);
                elements.push((**element).clone());
            }
            Type::Set(element) => {
                (sequences, sets) = (true, true);
                elements.push((**element).clone());
            }
            Type::Tuple(parts) => (sequences = true, elements.extend(parts.iter().cloned())).0,
            Type::Map(element) => (maps = true, elements.push((**element).clone())).0,
            Type::Object(attrs) => (maps = true, elements.extend(attrs.values().map(|a| a.ty.clone()))).0,
            Type::Any | Type::String | Type::Number | Type::Bool => return None,
        }
    }
    if sequences == maps {
        return None;
    }
    let element = Box::new(unify_types(&elements)?);
    Some(if maps {
        Type::Map(element)
    } else if sets && !lists {
        Type::Set(element)
    } else {
        Type::List(element)
    })
}
