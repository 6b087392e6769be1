//! Functions of the AWS provider.

use indexmap::IndexMap;

use super::string::{holey, text_value};
use super::{Function, FunctionContext, Param, derived, string, text};
use crate::text::split;
use crate::value::{MapShape, Text, Value};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("provider::aws::arn_build", &[Param::String, Param::String, Param::String, Param::String, Param::String], arn_build)
        .lenient(0),
    Function::new("provider::aws::arn_parse", &[Param::String], arn_parse).shapes(0),
    Function::new("provider::aws::trim_iam_role_path", &[Param::String], trim_iam_role_path),
];

fn arn_build(args: &[Value], ctx: &FunctionContext) -> Result<Value, String> {
    let mut pieces = vec![Text::literal("arn")];
    for i in 0..args.len() {
        pieces.extend([Text::literal(":"), holey(args, i)]);
    }
    Ok(text_value(Text::concat(&pieces), ctx))
}

fn arn_parse(args: &[Value], ctx: &FunctionContext) -> Result<Value, String> {
    let Some(pieces) = split(&holey(args, 0), ':', 6) else { return Ok(derived("provider::aws::arn_parse", args, ctx.span)) };
    let [prefix, rest @ ..] = pieces.as_slice() else { return Err("this is no ARN".into()) };
    if prefix.as_known() != Some("arn") || rest.len() != 5 {
        return Err(format!("{} is no ARN", holey(args, 0)));
    }
    let names = ["partition", "service", "region", "account_id", "resource"];
    let entries: IndexMap<_, _> = names.into_iter().zip(rest).map(|(name, part)| (name.into(), text_value(part.clone(), ctx))).collect();
    Ok(Value::map(MapShape::Object, entries, ctx.span))
}

fn trim_iam_role_path(args: &[Value], ctx: &FunctionContext) -> Result<Value, String> {
    let arn = text(args, 0);
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let resource = match parts.as_slice() {
        ["arn", _, "iam", _, _, resource] => resource.strip_prefix("role/"),
        _ => None,
    };
    let resource = resource.ok_or_else(|| format!("{arn} is not the ARN of an IAM role"))?;
    let name = resource.rsplit('/').next().unwrap_or(resource);
    Ok(string(format!("{}:role/{name}", parts[..5].join(":")), ctx))
}
