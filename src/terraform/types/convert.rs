//! Conversion of values to type constraints.

use std::sync::Arc;

use indexmap::IndexMap;

use super::{ObjectAttr, Type, normalize_set, type_of, unify_types};
use crate::number::Number;
use crate::terraform::functions::derived;
use crate::value::{Kind, List, ListShape, Map, MapShape, Reason, Str, Text, Unknown, Value};

/// The value as the type asks for it, or why it does not fit. Null fits every type. An unknown value stays as it is; a choice
/// is converted branch by branch, where a branch that does not fit becomes unknown unless none does.
pub fn convert(value: &Value, ty: &Type) -> Result<Value, String> {
    let kind = match (&value.kind, ty) {
        (_, Type::Any) | (Kind::Null | Kind::Attr(_) | Kind::Unknown(_), _) => return Ok(value.clone()),
        (Kind::Choice(branches), _) => return convert_choice(branches, value, ty),
        (_, Type::String) => Kind::Text(to_text(value)?),
        (_, Type::Number) => return to_number(value),
        (_, Type::Bool) => return to_bool(value),
        (Kind::List(list), Type::List(element)) => sequence(list, element, ListShape::List)?,
        (Kind::List(list), Type::Set(element)) => sequence(list, element, ListShape::Set)?,
        (Kind::List(list), Type::Tuple(elements)) => tuple(list, elements)?,
        (Kind::Map(map), Type::Map(element)) => convert_map(map, element)?,
        (Kind::Map(map), Type::Object(attrs)) => object(map, attrs, value)?,
        _ => return Err(format!("{} required, but this is {}", article(ty), article(&type_of(value)))),
    };
    Ok(Value::new(kind, value.span))
}

fn convert_choice(branches: &[(crate::value::Guard, Value)], value: &Value, ty: &Type) -> Result<Value, String> {
    let mut failure = None;
    let mut converted = Vec::with_capacity(branches.len());
    for (guard, branch) in branches {
        let result = convert(branch, ty).unwrap_or_else(|message| {
            let unknown = Unknown::new(Reason::Error, branch.to_string(), message.clone(), branch.span);
            failure = Some(message);
            Value::unknown(unknown, branch.span)
        });
        converted.push((guard.clone(), result));
    }
    match failure {
        Some(message) if converted.iter().all(|(_, v)| matches!(&v.kind, Kind::Unknown(u) if u.reason == Reason::Error)) => Err(message),
        _ => Ok(Value::choice(converted, value.span)),
    }
}

fn to_text(value: &Value) -> Result<Text, String> {
    value.to_text().ok_or_else(|| format!("a string is required, but this is {}", article(&type_of(value))))
}

fn to_number(value: &Value) -> Result<Value, String> {
    match &value.kind {
        Kind::Number(_) => Ok(value.clone()),
        Kind::Text(text) => match text.as_known() {
            None => Ok(derived("tonumber", std::slice::from_ref(value), value.span)),
            Some(known) => match number_of(known) {
                Some(number) => Ok(Value::new(Kind::Number(number), value.span)),
                None => Err(format!("a number is required, but this is the string {known:?}")),
            },
        },
        _ => Err(format!("a number is required, but this is {}", article(&type_of(value)))),
    }
}

/// Terraform takes a plus sign and infinity from a string, too.
fn number_of(text: &str) -> Option<Number> {
    match text {
        "inf" | "Inf" | "+inf" | "+Inf" => Some(Number::Infinite(false)),
        "-inf" | "-Inf" => Some(Number::Infinite(true)),
        _ => match text.strip_prefix('+') {
            Some(rest) => Number::parse(rest).filter(|_| !rest.starts_with('-')),
            None => Number::parse(text),
        },
    }
}

fn to_bool(value: &Value) -> Result<Value, String> {
    let bool = |b| Ok(Value::new(Kind::Bool(b), value.span));
    match &value.kind {
        Kind::Bool(_) => Ok(value.clone()),
        Kind::Text(text) => match text.as_known() {
            None => Ok(derived("tobool", std::slice::from_ref(value), value.span)),
            Some("true" | "1") => bool(true),
            Some("false" | "0") => bool(false),
            Some(other) => Err(format!("a bool is required, but this is the string {other:?}")),
        },
        _ => Err(format!("a bool is required, but this is {}", article(&type_of(value)))),
    }
}

/// The elements as one type: for `any`, wherever it stands in the element type, the one that all of them convert to.
fn elements<'a>(items: impl Iterator<Item = (String, &'a Value)>, element: &Type) -> Result<Vec<Value>, String> {
    let mut converted = Vec::new();
    for (name, item) in items {
        converted.push(convert(item, element).map_err(|e| format!("element {name}: {e}"))?);
    }
    if !element.has_any() {
        return Ok(converted);
    }
    let types: Vec<Type> = converted.iter().map(type_of).collect();
    match unify_types(&types) {
        // There is no `any` in what values are of, where nothing in them is unknown.
        Some(unified) => converted.iter().map(|item| convert(item, &unified)).collect(),
        None => Err("all elements must have the same type".into()),
    }
}

fn sequence(list: &List, element: &Type, shape: ListShape) -> Result<Kind, String> {
    let items = elements(list.items.iter().enumerate().map(|(i, item)| (i.to_string(), item)), element)?;
    let items = if shape == ListShape::Set { normalize_set(items) } else { items };
    Ok(Kind::List(Arc::new(List { shape, items, open: list.open.clone() })))
}

fn tuple(list: &List, elements: &[Type]) -> Result<Kind, String> {
    if list.items.len() > elements.len() || list.open.is_none() && list.items.len() < elements.len() {
        return Err(format!("a tuple of {} elements is required, but this has {}", elements.len(), list.items.len()));
    }
    if list.shape != ListShape::Tuple && list.open.is_none() {
        return Err("a tuple is required, but this is a list or set".into());
    }
    let items: Result<Vec<Value>, String> = list
        .items
        .iter()
        .zip(elements)
        .enumerate()
        .map(|(i, (item, ty))| convert(item, ty).map_err(|e| format!("element {i}: {e}")))
        .collect();
    Ok(Kind::List(Arc::new(List { shape: ListShape::Tuple, items: items?, open: list.open.clone() })))
}

fn convert_map(map: &Map, element: &Type) -> Result<Kind, String> {
    let items = elements(map.entries.iter().map(|(key, item)| (format!("{key:?}"), item)), element)?;
    let entries = map.entries.keys().cloned().zip(items).collect();
    Ok(Kind::Map(Arc::new(Map { shape: MapShape::Map, entries, key_spans: map.key_spans.clone(), open: map.open.clone() })))
}

/// Attributes that the type does not name are dropped, as Terraform does.
fn object(map: &Map, attrs: &IndexMap<Str, ObjectAttr>, value: &Value) -> Result<Kind, String> {
    let mut entries = IndexMap::with_capacity(attrs.len());
    for (name, attr) in attrs {
        let given = map.entries.get(name);
        let item = match (given, &attr.default, &map.open) {
            // `optional`'s default also stands in for an explicit null.
            (Some(item), Some(default), _) if item.is_null() => default.clone(),
            (Some(item), _, _) => item.clone(),
            (None, _, Some(open)) => Value::unknown(open.clone(), value.span),
            (None, Some(default), None) => default.clone(),
            (None, None, None) if attr.optional => Value::null(value.span),
            (None, None, None) => return Err(format!("attribute {name:?} is required")),
        };
        entries.insert(name.clone(), convert(&item, &attr.ty).map_err(|e| format!("attribute {name:?}: {e}"))?);
    }
    let key_spans = map.key_spans.iter().filter(|(key, _)| attrs.contains_key(*key)).map(|(k, s)| (k.clone(), *s)).collect();
    Ok(Kind::Map(Arc::new(Map { shape: MapShape::Object, entries, key_spans, open: None })))
}

/// The kind of a type in words.
fn article(ty: &Type) -> &'static str {
    match ty {
        Type::Any => "a dynamic value",
        Type::String => "a string",
        Type::Number => "a number",
        Type::Bool => "a bool",
        Type::List(_) => "a list",
        Type::Set(_) => "a set",
        Type::Map(_) => "a map",
        Type::Tuple(_) => "a tuple",
        Type::Object(_) => "an object",
    }
}
