//! Functions of sets.

use std::collections::HashSet;

use super::collection::{list, sequence, set, unknown_of};
use super::{Function, FunctionContext, Param, canonical, derived, too_large};
use crate::terraform::types::{Type, convert, unify_types};
use crate::value::{Kind, ListShape, Value};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("setintersection", &[Param::Set], setintersection).rest(Param::Set),
    Function::new("setproduct", &[], setproduct).rest(Param::Any).shapes(0),
    Function::new("setsubtract", &[Param::Set, Param::Set], setsubtract),
    Function::new("setunion", &[Param::Set], setunion).rest(Param::Set).lenient(0).walks(),
];

/// The result of `setproduct` may not have more elements than this.
const MAX_PRODUCT: usize = 1 << 16;

/// The sets with all elements brought to one type.
fn unified(args: &[Value]) -> Result<Vec<Value>, String> {
    let elements: Vec<Type> = args.iter().map(super::super::types::type_of).collect();
    match unify_types(&elements) {
        Some(ty @ Type::Set(_)) => args.iter().map(|arg| convert(arg, &ty)).collect(),
        Some(_) => Ok(args.to_vec()),
        None => Err("all sets must have elements of the same type".into()),
    }
}

fn names(value: &Value) -> HashSet<String> {
    value.as_list().map(|list| list.items.iter().filter_map(canonical).collect()).unwrap_or_default()
}

fn setintersection(args: &[Value], ctx: &FunctionContext) -> Result<Value, String> {
    let sets = unified(args)?;
    let Some((first, rest)) = sets.split_first() else { return Err("a set is required".into()) };
    let rest: Vec<HashSet<String>> = rest.iter().map(names).collect();
    let everywhere = |item: &&Value| canonical(item).is_some_and(|name| rest.iter().all(|set| set.contains(&name)));
    let items = first.as_list().map(|list| list.items.iter().filter(everywhere).cloned().collect()).unwrap_or_default();
    Ok(set(items, None, ctx))
}

fn setsubtract(args: &[Value], ctx: &FunctionContext) -> Result<Value, String> {
    let sets = unified(args)?;
    let (Some(first), Some(second)) = (sets.first(), sets.get(1)) else { return Err("two sets are required".into()) };
    let gone = names(second);
    let kept = |item: &&Value| canonical(item).is_none_or(|name| !gone.contains(&name));
    let items = first.as_list().map(|list| list.items.iter().filter(kept).cloned().collect()).unwrap_or_default();
    Ok(set(items, None, ctx))
}

fn setunion(args: &[Value], ctx: &FunctionContext) -> Result<Value, String> {
    let (mut items, mut open) = (Vec::new(), None);
    for value in unified(args)? {
        match &value.kind {
            Kind::List(list) => {
                items.extend(list.items.iter().cloned());
                open = open.or_else(|| list.open.clone());
            }
            _ => open = open.or_else(|| unknown_of(&value)),
        }
    }
    if items.is_empty() && open.is_some() {
        return Ok(derived("setunion", args, ctx.span));
    }
    Ok(set(items, open, ctx))
}

fn setproduct(args: &[Value], ctx: &FunctionContext) -> Result<Value, String> {
    if args.len() < 2 {
        return Err("at least two sets are required".into());
    }
    let mut rows: Vec<Vec<Value>> = vec![Vec::new()];
    let mut any_set = false;
    for i in 0..args.len() {
        let factor = list(args, i)?;
        if factor.open.is_some() {
            return Ok(derived("setproduct", args, ctx.span));
        }
        any_set |= factor.shape == ListShape::Set;
        if rows.len().saturating_mul(factor.items.len()) > MAX_PRODUCT {
            return Ok(too_large("setproduct", ctx));
        }
        rows = rows.iter().flat_map(|row| factor.items.iter().map(|item| row.iter().cloned().chain([item.clone()]).collect())).collect();
    }
    let rows: Vec<Value> = rows.into_iter().map(|row| sequence(ListShape::Tuple, row, None, ctx)).collect();
    Ok(if any_set { set(rows, None, ctx) } else { sequence(ListShape::List, rows, None, ctx) })
}
