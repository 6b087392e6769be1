//! Conversions, and the functions that only mark a value.

use super::{Function, FunctionContext, Param, boolean};
use crate::terraform::types::{Type, convert};
use crate::value::Value;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("tostring", &[Param::Nullable], |args, _| to(args, Type::String)).lenient(0),
    Function::new("tonumber", &[Param::Nullable], |args, _| to(args, Type::Number)).lenient(0),
    Function::new("tobool", &[Param::Nullable], |args, _| to(args, Type::Bool)).lenient(0),
    Function::new("tolist", &[Param::Nullable], |args, _| to(args, Type::list(Type::Any))).lenient(0).walks(),
    Function::new("toset", &[Param::Nullable], |args, _| to(args, Type::set(Type::Any))).lenient(1).walks(),
    Function::new("tomap", &[Param::Nullable], |args, _| to(args, Type::map(Type::Any))).lenient(0).walks(),
    Function::new("sensitive", &[Param::Nullable], same).lenient(0),
    Function::new("nonsensitive", &[Param::Nullable], same).lenient(0),
    // The evaluator has taken away what is ephemeral.
    Function::new("ephemeralasnull", &[Param::Nullable], same).lenient(0),
    // Sensitivity is not followed: it changes what is shown, not what is deployed.
    Function::new("issensitive", &[Param::Nullable], |_, ctx| Ok(boolean(false, ctx))),
];

fn to(args: &[Value], ty: Type) -> Result<Value, String> {
    match args {
        [value, ..] => convert(value, &ty),
        [] => Err("an argument is missing".into()),
    }
}

fn same(args: &[Value], _: &FunctionContext) -> Result<Value, String> {
    args.first().cloned().ok_or_else(|| "an argument is missing".into())
}
