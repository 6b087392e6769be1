//! Functions of maps and objects.

use std::collections::BTreeMap;
use std::sync::Arc;

use indexmap::IndexMap;

use super::collection::{list, sequence, unknown_of};
use super::{Function, FunctionContext, Param, derived, items};
use crate::terraform::identity;
use crate::terraform::types::{Type, convert, unify};
use crate::value::{Guard, Kind, ListShape, MAX_ALTERNATIVES, Map, MapShape, Str, Unknown, Value, format_smolstr};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("keys", &[Param::Any], keys).shapes(0),
    Function::new("list", &[], list_of).rest(Param::Any).lenient(0),
    Function::new("lookup", &[Param::Any, Param::String, Param::Nullable], lookup).optional(1).lenient(0),
    Function::new("map", &[], map_of).rest(Param::Any).lenient(0),
    Function::new("merge", &[], merge).rest(Param::Nullable).lenient(0),
    Function::new("transpose", &[Param::StringListMap], transpose),
    Function::new("values", &[Param::Any], values).shapes(0),
    Function::new("zipmap", &[Param::Strings, Param::Any], zipmap).shapes(0),
];

fn map(args: &[Value], i: usize) -> Result<&Map, String> {
    args.get(i).and_then(Value::as_map).ok_or_else(|| format!("argument {} must be a map or object", i + 1))
}

fn sorted(map: &Map) -> Vec<(&Str, &Value)> {
    let mut entries: Vec<_> = map.entries.iter().collect();
    entries.sort_by(|a, b| a.0.cmp(b.0));
    entries
}

fn shape_of(map: &Map) -> ListShape {
    if map.shape == MapShape::Map { ListShape::List } else { ListShape::Tuple }
}

fn keys(args: &[Value], ctx: &FunctionContext) -> Result<Value, String> {
    let map = map(args, 0)?;
    let place = |key: &Str| map.key_spans.get(key).copied().unwrap_or(ctx.span);
    let keys = sorted(map).into_iter().map(|(key, _)| Value::string(key.clone(), place(key))).collect();
    Ok(sequence(shape_of(map), keys, map.open.clone(), ctx))
}

fn values(args: &[Value], ctx: &FunctionContext) -> Result<Value, String> {
    let map = map(args, 0)?;
    Ok(sequence(shape_of(map), sorted(map).into_iter().map(|(_, v)| v.clone()).collect(), map.open.clone(), ctx))
}

fn lookup(args: &[Value], ctx: &FunctionContext) -> Result<Value, String> {
    if unknown_of(&args[0]).is_some() {
        return Ok(derived("lookup", args, ctx.span));
    }
    let map = map(args, 0)?;
    let Some(key) = args[1].as_str() else { return Ok(any_entry(map, args, ctx)) };
    match (map.entries.get(key), args.get(2), &map.open) {
        (Some(found), _, _) => Ok(found.clone()),
        (None, _, Some(_)) => Ok(derived("lookup", args, ctx.span)),
        (None, Some(default), None) if map.shape == MapShape::Map => convert(default, &unify(map.entries.values())),
        (None, Some(default), None) => Ok(default.clone()),
        (None, None, None) => Err(format!("the map has no element {key:?}, and no default is given")),
    }
}

/// A map that may have more entries than are known may have any of those that came before: their values are not sure any more.
fn overridden(merged: &mut Map, by: Option<&Map>, args: &[Value], ctx: &FunctionContext) {
    let Some(whole) = unknown_of(&derived("merge", args, ctx.span)) else { return };
    for (key, value) in &mut merged.entries {
        if by.is_some_and(|by| by.entries.contains_key(key)) {
            continue;
        }
        let shown = format_smolstr!("{}.{key}", whole.shown);
        let unknown = match &whole.identity {
            Some(id) => Unknown::identified(whole.reason, format_smolstr!("{id}[{key}]"), shown, whole.message.clone(), whole.span),
            None => Unknown::new(whole.reason, shown, whole.message.clone(), whole.span),
        };
        *value = Value::unknown(unknown, ctx.span);
    }
}

/// What a key that is not known leads to: each entry, where the key is that one, and the default where it is none of them.
fn any_entry(map: &Map, args: &[Value], ctx: &FunctionContext) -> Value {
    let named = identity::of(&args[1]).filter(|_| map.open.is_none() && map.entries.len() < MAX_ALTERNATIVES);
    let Some(id) = named else { return derived("lookup", args, ctx.span) };
    let condition = |key: &Str| format_smolstr!("{id} == \"{key}\"");
    let possible = || map.entries.iter().filter(|(key, _)| unknown_of(&args[1]).is_none_or(|unknown| unknown.may_be(key)));
    let mut branches: Vec<(Guard, Value)> = possible().map(|(key, value)| (Guard::when(condition(key), true), value.clone())).collect();
    let none = possible().map(|(key, _)| key).try_fold(Guard::always(), |all, key| all.and(&Guard::when(condition(key), false)));
    branches.extend(none.zip(args.get(2).cloned()));
    match branches.is_empty() {
        true => derived("lookup", args, ctx.span),
        false => Value::choice(branches, ctx.span),
    }
}

/// `list("a", "b")`, which Terraform took until 0.15: modules of that time are still in use with it.
fn list_of(args: &[Value], ctx: &FunctionContext) -> Result<Value, String> {
    let items = Value::list(ListShape::Tuple, args.to_vec(), ctx.span);
    Ok(convert(&items, &Type::list(Type::Any)).unwrap_or(items))
}

/// `map("key", "value", …)`, of the same time.
fn map_of(args: &[Value], ctx: &FunctionContext) -> Result<Value, String> {
    let mut entries: IndexMap<Str, Value> = IndexMap::new();
    for pair in args.chunks(2) {
        let [key, value] = pair else { return Err("an even number of arguments is required: keys and their values".into()) };
        match (key.as_str(), unknown_of(key)) {
            (Some(key), _) => entries.insert(key.into(), value.clone()),
            (None, Some(_)) => return Ok(derived("map", args, ctx.span)),
            (None, None) => return Err("keys must be strings".into()),
        };
    }
    let map = Value::map(MapShape::Object, entries, ctx.span);
    Ok(convert(&map, &Type::map(Type::Any)).unwrap_or(map))
}

fn merge(args: &[Value], ctx: &FunctionContext) -> Result<Value, String> {
    let mut merged = Map { shape: MapShape::Map, entries: IndexMap::new(), key_spans: IndexMap::new(), open: None };
    let mut any = false;
    for arg in args {
        match (&arg.kind, unknown_of(arg)) {
            (Kind::Null, _) => {}
            (Kind::Map(map), _) => {
                any = true;
                if map.open.is_some() {
                    overridden(&mut merged, Some(map), args, ctx);
                }
                if map.shape == MapShape::Object {
                    merged.shape = MapShape::Object;
                }
                merged.entries.extend(map.entries.iter().map(|(k, v)| (k.clone(), v.clone())));
                merged.key_spans.extend(map.key_spans.iter().map(|(k, s)| (k.clone(), *s)));
                merged.open = merged.open.or_else(|| map.open.clone());
            }
            (_, Some(unknown)) => {
                overridden(&mut merged, None, args, ctx);
                merged.open = merged.open.or(Some(unknown));
            }
            _ => return Err("all arguments must be maps or objects".into()),
        }
    }
    if !any {
        merged.shape = MapShape::Object;
    }
    if merged.entries.is_empty() && merged.open.is_some() {
        return Ok(derived("merge", args, ctx.span));
    }
    Ok(Value::new(Kind::Map(Arc::new(merged)), ctx.span))
}

fn transpose(args: &[Value], ctx: &FunctionContext) -> Result<Value, String> {
    let mut out: BTreeMap<Str, Vec<Value>> = BTreeMap::new();
    for (key, members) in sorted(map(args, 0)?) {
        let members = members.as_list().ok_or("an element is null, but lists are required")?;
        for member in &members.items {
            let member = member.as_str().ok_or("an element is null, but strings are required")?;
            out.entry(member.into()).or_default().push(Value::string(key.clone(), ctx.span));
        }
    }
    let entries = out.into_iter().map(|(key, members)| (key, sequence(ListShape::List, members, None, ctx))).collect();
    Ok(Value::map(MapShape::Map, entries, ctx.span))
}

fn zipmap(args: &[Value], ctx: &FunctionContext) -> Result<Value, String> {
    let (keys, values) = (list(args, 0)?, list(args, 1)?);
    let open = keys.open.clone().or_else(|| values.open.clone());
    if open.is_none() && keys.items.len() != values.items.len() {
        return Err(format!("{} keys, but {} values", keys.items.len(), values.items.len()));
    }
    if keys.items.iter().any(|key| key.as_str().is_none()) || open.is_some() {
        return Ok(derived("zipmap", args, ctx.span));
    }
    let shape = if values.shape == ListShape::Tuple { MapShape::Object } else { MapShape::Map };
    let entries = keys.items.iter().filter_map(|key| key.as_str().map(Str::from)).zip(items(args, 1).iter().cloned()).collect();
    Ok(Value::map(shape, entries, ctx.span))
}
