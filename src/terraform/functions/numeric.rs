//! Functions of numbers.

use num_bigint::BigInt;

use super::{Function, FunctionContext, Param, integer, items, text};
use crate::value::{Kind, Number, Value};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("abs", &[Param::Number], |args, ctx| Ok(value(number(args, 0).abs(), ctx))),
    Function::new("ceil", &[Param::Number], |args, ctx| Ok(value(number(args, 0).ceil(), ctx))),
    Function::new("floor", &[Param::Number], |args, ctx| Ok(value(number(args, 0).floor(), ctx))),
    Function::new("log", &[Param::Number, Param::Number], log),
    Function::new("max", &[], |args, ctx| extreme(args, ctx, |n, best| n > best)).rest(Param::Number),
    Function::new("min", &[], |args, ctx| extreme(args, ctx, |n, best| n < best)).rest(Param::Number),
    Function::new("parseint", &[Param::Any, Param::Number], parseint),
    Function::new("pow", &[Param::Number, Param::Number], pow),
    Function::new("signum", &[Param::Number], signum),
    Function::new("sum", &[Param::Any], sum),
];

fn value(number: Number, ctx: &FunctionContext) -> Value {
    Value::new(Kind::Number(number), ctx.span)
}

fn number(args: &[Value], i: usize) -> Number {
    match args.get(i).map(|v| &v.kind) {
        Some(Kind::Number(n)) => n.clone(),
        _ => Number::Int(0),
    }
}

fn machine(n: f64, ctx: &FunctionContext) -> Result<Value, String> {
    Number::from_f64(n).map(|n| value(n, ctx)).ok_or_else(|| "the result is not a number".into())
}

fn log(args: &[Value], ctx: &FunctionContext) -> Result<Value, String> {
    machine(number(args, 0).to_f64().ln() / number(args, 1).to_f64().ln(), ctx)
}

fn pow(args: &[Value], ctx: &FunctionContext) -> Result<Value, String> {
    machine(number(args, 0).to_f64().powf(number(args, 1).to_f64()), ctx)
}

fn extreme(args: &[Value], ctx: &FunctionContext, better: fn(&Number, &Number) -> bool) -> Result<Value, String> {
    let numbers = (0..args.len()).map(|i| number(args, i));
    let best = numbers.reduce(|best, n| if better(&n, &best) { n } else { best });
    best.map(|n| value(n, ctx)).ok_or_else(|| "at least one number is required".into())
}

fn signum(args: &[Value], ctx: &FunctionContext) -> Result<Value, String> {
    Ok(value(Number::Int(integer(args, 0)?.signum()), ctx))
}

fn sum(args: &[Value], ctx: &FunctionContext) -> Result<Value, String> {
    if args[0].as_list().is_none() || items(args, 0).is_empty() {
        return Err("a list, set or tuple with at least one number is required".into());
    }
    let mut total = Number::Int(0);
    for item in items(args, 0) {
        match &crate::terraform::types::convert(item, &crate::terraform::types::Type::Number)?.kind {
            Kind::Number(n) => total = total.add(n)?,
            _ => return Err("an element is null, but numbers are required".into()),
        }
    }
    Ok(value(total, ctx))
}

fn parseint(args: &[Value], ctx: &FunctionContext) -> Result<Value, String> {
    let Some(digits) = args[0].as_str() else { return Err("the first argument must be a string".into()) };
    let base = u32::try_from(integer(args, 1)?).ok().filter(|b| (2..=62).contains(b)).ok_or("the base must be from 2 to 62")?;
    let wrong = || format!("{:?} is no whole number to base {base}", text(args, 0));
    let (negative, digits) = match digits.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, digits.strip_prefix('+').unwrap_or(digits)),
    };
    if digits.is_empty() || digits.len() > 4096 {
        return Err(wrong());
    }
    let mut total = BigInt::ZERO;
    for c in digits.chars() {
        let digit = digit(c, base).ok_or_else(wrong)?;
        total = total * base + digit;
    }
    Ok(value(Number::from_integer(&if negative { -total } else { total }), ctx))
}

/// Up to base 36 letters of both cases are the same digit; above, capitals follow the small letters.
fn digit(c: char, base: u32) -> Option<u32> {
    let digit = match c {
        '0'..='9' => c as u32 - '0' as u32,
        'a'..='z' => c as u32 - 'a' as u32 + 10,
        'A'..='Z' if base <= 36 => c as u32 - 'A' as u32 + 10,
        'A'..='Z' => c as u32 - 'A' as u32 + 36,
        _ => return None,
    };
    (digit < base).then_some(digit)
}
