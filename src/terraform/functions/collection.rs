//! Functions of lists and tuples. A list that may have more items than are known (`open`) stays so.

use std::sync::Arc;

use unicode_segmentation::UnicodeSegmentation;

use super::{Function, FunctionContext, Param, boolean, canonical, derived, integer, items};
use crate::terraform::types::{Type, convert, equal, normalize_set, unify, unify_types};
use crate::value::{AttrRef, Hole, Kind, List, ListShape, Number, Reason, Unknown, Value, format_smolstr};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("alltrue", &[Param::Any], |args, ctx| quantified("alltrue", args, ctx, false)).shapes(1),
    Function::new("anytrue", &[Param::Any], |args, ctx| quantified("anytrue", args, ctx, true)).shapes(1),
    Function::new("chunklist", &[Param::List, Param::Number], chunklist).shapes(0).walks(),
    Function::new("coalesce", &[], coalesce).rest(Param::Nullable).lenient(0).walks(),
    Function::new("coalescelist", &[], coalescelist).rest(Param::Any).lenient(0),
    Function::new("compact", &[Param::Strings], compact).shapes(1).walks(),
    Function::new("concat", &[], concat).rest(Param::Any).lenient(0),
    Function::new("contains", &[Param::Any, Param::Any], contains).lenient(1),
    Function::new("distinct", &[Param::List], distinct).shapes(1).walks(),
    Function::new("element", &[Param::Any, Param::Number], element).shapes(0),
    Function::new("flatten", &[Param::Any], flatten).shapes(u8::MAX),
    Function::new("index", &[Param::Any, Param::Any], index).lenient(1),
    Function::new("length", &[Param::Any], length).shapes(0),
    Function::new("matchkeys", &[Param::List, Param::List, Param::List], matchkeys).shapes(1).walks(),
    Function::new("one", &[Param::Any], one).shapes(0),
    Function::new("range", &[Param::Number, Param::Number, Param::Number], range).optional(2),
    Function::new("reverse", &[Param::Any], reverse).shapes(0),
    Function::new("slice", &[Param::Any, Param::Number, Param::Number], slice).lenient(0),
    Function::new("sort", &[Param::Strings], sort).shapes(1),
];

/// Terraform's own limit on the result of `range`.
const MAX_RANGE: usize = 1024;

pub(super) fn sequence(shape: ListShape, items: Vec<Value>, open: Option<Arc<Unknown>>, ctx: &FunctionContext) -> Value {
    Value::new(Kind::List(Arc::new(List { shape, items, open })), ctx.span)
}

/// The argument as a sequence, or Terraform's complaint.
pub(super) fn list(args: &[Value], i: usize) -> Result<&List, String> {
    args.get(i).and_then(Value::as_list).ok_or_else(|| format!("argument {} must be a list, tuple or set", i + 1))
}

/// Why nothing is known of what the value holds, for values that are wholly unknown.
pub(super) fn unknown_of(value: &Value) -> Option<Arc<Unknown>> {
    match &value.kind {
        Kind::Unknown(unknown) => Some(unknown.clone()),
        Kind::Attr(attr) => {
            let identity = canonical(value)?;
            Some(Unknown::identified(Reason::Computed, identity, attr.shown.clone(), Hole::Attr(attr).message(), value.span))
        }
        _ => None,
    }
}

/// The derived unknown as the reason why a sequence is open.
pub(super) fn derived_open(name: &str, args: &[Value], ctx: &FunctionContext) -> Option<Arc<Unknown>> {
    unknown_of(&derived(name, args, ctx.span))
}

fn number(n: usize, ctx: &FunctionContext) -> Value {
    Value::new(Kind::Number(Number::Int(n as i64)), ctx.span)
}

/// `anytrue` looks for a true, `alltrue` for a false.
fn quantified(name: &str, args: &[Value], ctx: &FunctionContext, sought: bool) -> Result<Value, String> {
    let list = list(args, 0)?;
    let mut sure = list.open.is_none();
    for item in &list.items {
        match convert(item, &Type::Bool)?.kind {
            Kind::Bool(b) if b == sought => return Ok(boolean(sought, ctx)),
            Kind::Null if !sought => return Ok(boolean(false, ctx)),
            Kind::Bool(_) | Kind::Null => {}
            _ => sure = false,
        }
    }
    Ok(if sure { boolean(!sought, ctx) } else { derived(name, args, ctx.span) })
}

fn chunklist(args: &[Value], ctx: &FunctionContext) -> Result<Value, String> {
    if args[1].first_unknown().is_some() || list(args, 0)?.open.is_some() {
        return Ok(derived("chunklist", args, ctx.span));
    }
    let size = usize::try_from(integer(args, 1)?).map_err(|_| "the size must not be negative")?;
    let all = items(args, 0);
    let size = if size == 0 { all.len().max(1) } else { size };
    let chunks = all.chunks(size).map(|chunk| sequence(ListShape::List, chunk.to_vec(), None, ctx)).collect();
    Ok(sequence(ListShape::List, chunks, None, ctx))
}

/// Whether a value is neither null nor the empty string: `None` where it cannot be told.
fn is_given(value: &Value) -> Option<bool> {
    match &value.kind {
        Kind::Null => Some(false),
        Kind::Unknown(_) | Kind::Attr(_) | Kind::Choice(_) => None,
        Kind::Text(text) => match text.as_known() {
            Some(known) => Some(!known.is_empty()),
            None => {
                let sure = |p: &crate::value::Part| matches!(p, crate::value::Part::Literal(_) | crate::value::Part::Pseudo(_));
                text.parts().iter().any(sure).then_some(true)
            }
        },
        _ => Some(true),
    }
}

fn coalesce(args: &[Value], ctx: &FunctionContext) -> Result<Value, String> {
    let types: Vec<Type> = args.iter().map(super::super::types::type_of).collect();
    let ty = unify_types(&types).ok_or("all arguments must have the same type")?;
    for arg in args {
        match is_given(arg) {
            Some(true) => return convert(arg, &ty),
            Some(false) => {}
            None => return Ok(derived("coalesce", args, ctx.span)),
        }
    }
    Err("no non-null, non-empty argument".into())
}

fn coalescelist(args: &[Value], ctx: &FunctionContext) -> Result<Value, String> {
    for arg in args {
        match &arg.kind {
            Kind::List(list) if !list.items.is_empty() => return Ok(arg.clone()),
            Kind::List(list) if list.open.is_none() => {}
            Kind::List(_) | Kind::Unknown(_) | Kind::Attr(_) => return Ok(derived("coalescelist", args, ctx.span)),
            _ => return Err("all arguments must be lists".into()),
        }
    }
    Err("no non-empty list".into())
}

fn compact(args: &[Value], ctx: &FunctionContext) -> Result<Value, String> {
    let list = list(args, 0)?;
    let kept = list.items.iter().filter(|item| is_given(item) != Some(false)).cloned().collect();
    Ok(sequence(ListShape::List, kept, list.open.clone(), ctx))
}

fn concat(args: &[Value], ctx: &FunctionContext) -> Result<Value, String> {
    let mut items = Vec::new();
    let mut open = None;
    let mut shape = ListShape::List;
    for arg in args {
        match (&arg.kind, unknown_of(arg)) {
            (Kind::List(list), _) if list.shape != ListShape::Set => {
                items.extend(list.items.iter().cloned());
                open = open.or_else(|| list.open.clone());
                shape = if list.shape == ListShape::Tuple { ListShape::Tuple } else { shape };
            }
            (_, Some(unknown)) => open = open.or(Some(unknown)),
            _ => return Err("all arguments must be lists or tuples".into()),
        }
    }
    if args.is_empty() {
        return Err("at least one argument is required".into());
    }
    if items.is_empty() && open.is_some() {
        return Ok(derived("concat", args, ctx.span));
    }
    let concatenated = sequence(shape, items, open, ctx);
    // Lists of different element types become one list where they can.
    match shape {
        ListShape::List => Ok(convert(&concatenated, &Type::list(Type::Any)).unwrap_or(concatenated)),
        _ => Ok(concatenated),
    }
}

/// Whether a value is among the items; `None` where it cannot be told.
fn find(list: &List, value: &Value) -> Option<Option<usize>> {
    let mut sure = list.open.is_none();
    for (i, item) in list.items.iter().enumerate() {
        match equal(item, value) {
            Some(true) => return Some(Some(i)),
            Some(false) => {}
            None => sure = false,
        }
    }
    sure.then_some(None)
}

fn contains(args: &[Value], ctx: &FunctionContext) -> Result<Value, String> {
    if unknown_of(&args[0]).is_some() {
        return Ok(derived("contains", args, ctx.span));
    }
    Ok(match find(list(args, 0)?, &args[1]) {
        Some(found) => boolean(found.is_some(), ctx),
        None => derived("contains", args, ctx.span),
    })
}

fn index(args: &[Value], ctx: &FunctionContext) -> Result<Value, String> {
    if args.iter().any(|arg| arg.first_unknown().is_some()) {
        return Ok(derived("index", args, ctx.span));
    }
    let list = list(args, 0)?;
    if list.items.is_empty() {
        return Err("cannot search an empty list".into());
    }
    match find(list, &args[1]) {
        Some(Some(i)) => Ok(number(i, ctx)),
        _ => Err("item not found".into()),
    }
}

fn distinct(args: &[Value], ctx: &FunctionContext) -> Result<Value, String> {
    let list = list(args, 0)?;
    let mut seen = std::collections::HashSet::new();
    let kept = list.items.iter().filter(|item| canonical(item).is_none_or(|name| seen.insert(name))).cloned().collect();
    Ok(sequence(ListShape::List, kept, list.open.clone(), ctx))
}

fn element(args: &[Value], ctx: &FunctionContext) -> Result<Value, String> {
    let list = list(args, 0)?;
    if list.shape == ListShape::Set {
        return Err("a set has no order; convert it with `tolist` first".into());
    }
    if list.open.is_some() || args[1].first_unknown().is_some() {
        return Ok(derived("element", args, ctx.span));
    }
    // The index wraps around at both ends: -1 is the last.
    let Some(wrapped) = integer(args, 1)?.checked_rem_euclid(list.items.len() as i64) else {
        return Err("cannot use element function with an empty list".into());
    };
    Ok(list.items[wrapped as usize].clone())
}

/// How deep `flatten` follows lists in lists.
const MAX_DEPTH: usize = 64;

fn flatten(args: &[Value], ctx: &FunctionContext) -> Result<Value, String> {
    let list = list(args, 0)?;
    let (mut flat, mut open) = (Vec::new(), None);
    flatten_into(list, &mut flat, &mut open, MAX_DEPTH)?;
    Ok(sequence(ListShape::Tuple, flat, open, ctx))
}

/// An unknown element may be a list itself: it is kept as an element, and the result may have more.
fn flatten_into(list: &List, flat: &mut Vec<Value>, open: &mut Option<Arc<Unknown>>, depth: usize) -> Result<(), String> {
    let below = depth.checked_sub(1).ok_or("lists are nested too deep")?;
    if open.is_none() {
        *open = list.open.clone();
    }
    for item in &list.items {
        match &item.kind {
            Kind::List(inner) => flatten_into(inner, flat, open, below)?,
            Kind::Unknown(unknown) => {
                open.get_or_insert_with(|| unknown.clone());
                flat.push(item.clone());
            }
            _ => flat.push(item.clone()),
        }
    }
    Ok(())
}

fn length(args: &[Value], ctx: &FunctionContext) -> Result<Value, String> {
    let unsure = || Ok(derived("length", args, ctx.span));
    match &args[0].kind {
        Kind::Text(text) => match text.as_known() {
            Some(known) => Ok(number(known.graphemes(true).count(), ctx)),
            None => unsure(),
        },
        Kind::List(list) if list.open.is_some() => unsure(),
        // Two elements of a set that are not known yet may turn out to be one.
        Kind::List(list) if list.shape == ListShape::Set && list.items.len() > 1 && args[0].first_unknown().is_some() => unsure(),
        Kind::List(list) => Ok(number(list.items.len(), ctx)),
        Kind::Map(map) if map.open.is_some() => unsure(),
        Kind::Map(map) => Ok(number(map.entries.len(), ctx)),
        _ => Err("a string, list or map is required".into()),
    }
}

fn matchkeys(args: &[Value], ctx: &FunctionContext) -> Result<Value, String> {
    if args[1].first_unknown().is_some() || args[2].first_unknown().is_some() || list(args, 0)?.open.is_some() {
        return Ok(derived("matchkeys", args, ctx.span));
    }
    let (values, keys) = (items(args, 0), items(args, 1));
    if values.len() != keys.len() {
        return Err("the list of values and the list of keys must have the same length".into());
    }
    let sought = list(args, 2)?;
    let ty = unify(keys.iter().chain(&sought.items));
    let sought: Result<Vec<Value>, String> = sought.items.iter().map(|v| convert(v, &ty)).collect();
    let sought = List { shape: ListShape::List, items: sought?, open: None };
    let mut kept = Vec::new();
    for (value, key) in values.iter().zip(keys) {
        if let Some(Some(_)) = find(&sought, &convert(key, &ty)?) {
            kept.push(value.clone());
        }
    }
    Ok(sequence(ListShape::List, kept, None, ctx))
}

fn one(args: &[Value], ctx: &FunctionContext) -> Result<Value, String> {
    let list = list(args, 0)?;
    match (list.items.as_slice(), &list.open) {
        (_, Some(_)) => Ok(derived("one", args, ctx.span)),
        ([], None) => Ok(Value::null(ctx.span)),
        ([only], None) => Ok(only.clone()),
        _ => Err("a list, set or tuple with zero or one elements is required".into()),
    }
}

fn range(args: &[Value], ctx: &FunctionContext) -> Result<Value, String> {
    let numbers: Vec<Number> = args.iter().filter_map(|v| if let Kind::Number(n) = &v.kind { Some(n.clone()) } else { None }).collect();
    let zero = Number::Int(0);
    let (start, limit) = match numbers.as_slice() {
        [limit] => (&zero, limit),
        [start, limit, ..] => (start, limit),
        [] => return Err("a number is required".into()),
    };
    let downwards = limit < start;
    let default_step = Number::Int(if downwards { -1 } else { 1 });
    let step = match numbers.as_slice() {
        [_, _, step] => step,
        _ => &default_step,
    };
    if start == limit {
        return Ok(sequence(ListShape::List, Vec::new(), None, ctx));
    }
    if *step == zero || (downwards && !step.is_negative()) || (!downwards && step.is_negative()) {
        return Err("the step leads away from the limit".into());
    }
    let mut next = start.clone();
    let mut values = Vec::new();
    while if downwards { next > *limit } else { next < *limit } {
        if values.len() >= MAX_RANGE {
            return Err(format!("more than {MAX_RANGE} values"));
        }
        values.push(Value::new(Kind::Number(next.clone()), ctx.span));
        next = next.add(step)?;
    }
    Ok(sequence(ListShape::List, values, None, ctx))
}

fn reverse(args: &[Value], ctx: &FunctionContext) -> Result<Value, String> {
    let list = list(args, 0)?;
    let shape = if list.shape == ListShape::Tuple { ListShape::Tuple } else { ListShape::List };
    Ok(sequence(shape, list.items.iter().rev().cloned().collect(), list.open.clone(), ctx))
}

/// Longer parts of a list that is not known are not made up.
const MAX_SLICE: usize = 1024;

/// Terraform refuses indices beyond the end, so the length of the result is known where they are, as of
/// `slice(data.aws_availability_zones.available.names, 0, 3)`.
fn slice(args: &[Value], ctx: &FunctionContext) -> Result<Value, String> {
    if args[1..].iter().any(|v| v.first_unknown().is_some()) {
        return Ok(derived("slice", args, ctx.span));
    }
    let bound = |i| usize::try_from(integer(args, i)?).map_err(|_| "an index must not be negative".to_owned());
    let (start, end) = (bound(1)?, bound(2)?);
    const BEYOND: &str = "the indices must lie within the list, the first not above the second";
    let length = end.checked_sub(start).ok_or(BEYOND)?;
    let element: &dyn Fn(usize) -> Value = match &args[0].kind {
        _ if length > MAX_SLICE => return Ok(derived("slice", args, ctx.span)),
        Kind::Attr(attr) => &|i| {
            let (path, shown) = (format_smolstr!("{}[{i}]", attr.path), format_smolstr!("{}[{i}]", attr.shown));
            Value::new(Kind::Attr(Arc::new(AttrRef { resource: attr.resource, path, shown })), args[0].span)
        },
        Kind::Unknown(unknown) => &|i| Value::unknown(element_of(unknown, i), args[0].span),
        _ => {
            let list = list(args, 0)?;
            if list.shape == ListShape::Set {
                return Err("a set has no order; convert it with `tolist` first".into());
            }
            match &list.open {
                None => {
                    let part = list.items.get(start..end).ok_or(BEYOND)?;
                    return Ok(sequence(list.shape, part.to_vec(), None, ctx));
                }
                // Where the unknown elements stand between the known ones is not known either.
                Some(open) => &|i| Value::unknown(element_of(open, i), args[0].span),
            }
        }
    };
    Ok(sequence(ListShape::List, (start..end).map(element).collect(), None, ctx))
}

/// An element of a list that is not known.
fn element_of(list: &Unknown, index: usize) -> Arc<Unknown> {
    let shown = format_smolstr!("{}[{index}]", list.shown);
    match &list.identity {
        Some(identity) => Unknown::identified(list.reason, format_smolstr!("{identity}[{index}]"), shown, list.message.clone(), list.span),
        None => Unknown::new(list.reason, shown, list.message.clone(), list.span),
    }
}

/// Where an element is unknown, its place is: the known elements are sorted, and the list counts as open.
fn sort(args: &[Value], ctx: &FunctionContext) -> Result<Value, String> {
    let list = list(args, 0)?;
    if list.items.iter().any(Value::is_null) {
        return Err("an element is null; null cannot be sorted".into());
    }
    let unsure = list.open.is_some() || list.items.len() > 1 && args[0].first_unknown().is_some();
    let open = unsure.then(|| derived_open("sort", args, ctx)).flatten();
    let mut sorted = list.items.clone();
    sorted.sort_by(|a, b| match (a.as_str(), b.as_str()) {
        (Some(a), Some(b)) => a.cmp(b),
        (a, b) => b.is_some().cmp(&a.is_some()),
    });
    Ok(sequence(ListShape::List, sorted, open, ctx))
}

/// A set of these, in Terraform's order.
pub(super) fn set(items: Vec<Value>, open: Option<Arc<Unknown>>, ctx: &FunctionContext) -> Value {
    sequence(ListShape::Set, normalize_set(items), open, ctx)
}
