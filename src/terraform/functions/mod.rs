//! Terraform's function library, one file per family.
//!
//! [`call`] finds the function, spreads alternatives out, converts the arguments to the declared types and answers for unknown
//! arguments; the functions themselves see values of the right kind only.

mod collection;
mod conversion;
mod datetime;
mod derived;
mod encoding;
mod filesystem;
mod format;
mod hash;
mod hcl_write;
mod json;
mod lift;
mod map;
mod network;
mod numeric;
mod placeholder;
mod provider;
mod regex;
mod set;
mod string;
mod yaml;
mod yaml_write;

use std::collections::HashMap;
use std::path::Path;
use std::sync::OnceLock;

use unicode_normalization::{UnicodeNormalization, is_nfc};

use super::types::{Type, convert};
use crate::source::Span;
use crate::value::{Kind, Reason, Str, Unknown, Value};
use crate::workspace::Workspace;

pub use derived::{canonical, derived, is_or_may_be_null};
pub(super) use hcl_write::is_identifier;

/// What functions need to know of their caller.
#[derive(Clone, Copy, Debug)]
pub struct FunctionContext<'a> {
    /// The files and settings of the scan.
    pub workspace: &'a Workspace,
    /// The root module's directory: relative file names count from it, as `terraform` is run there.
    pub root_dir: &'a Path,
    /// The call's source text.
    pub span: Span,
}

/// The declared type of a parameter.
#[derive(Clone, Copy, Debug)]
enum Param {
    Any,
    String,
    Number,
    Strings,
    List,
    Set,
    StringListMap,
    /// As `Any`, and may be null.
    Nullable,
}

impl Param {
    fn ty(self) -> Type {
        match self {
            Param::Any | Param::Nullable => Type::Any,
            Param::String => Type::String,
            Param::Number => Type::Number,
            Param::Strings => Type::list(Type::String),
            Param::List => Type::list(Type::Any),
            Param::Set => Type::set(Type::Any),
            Param::StringListMap => Type::map(Type::list(Type::String)),
        }
    }

    fn nullable(self) -> bool {
        matches!(self, Param::Nullable)
    }
}

/// How much of its arguments a function must know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Needs {
    /// All of it: anything unknown makes the result unknown.
    Everything,
    /// The arguments' own kinds; what they hold may be unknown, and a text may have holes.
    Shapes,
    /// Nothing: it answers for unknown arguments itself.
    Nothing,
}

type Run = fn(&[Value], &FunctionContext) -> Result<Value, String>;

/// A function's declaration.
#[derive(Clone, Copy, Debug)]
struct Function {
    name: &'static str,
    params: &'static [Param],
    rest: Option<Param>,
    /// How many of `params` may be left out.
    optional: usize,
    needs: Needs,
    /// How many levels below its arguments a choice is spread out, too.
    choice_depth: u8,
    /// Whether it looks at all that its arguments hold.
    walks: bool,
    run: Run,
}

impl Function {
    const fn new(name: &'static str, params: &'static [Param], run: Run) -> Self {
        Function { name, params, rest: None, optional: 0, needs: Needs::Everything, choice_depth: u8::MAX, walks: true, run }
    }

    const fn rest(mut self, param: Param) -> Self {
        self.rest = Some(param);
        self
    }

    const fn optional(mut self, count: usize) -> Self {
        self.optional = count;
        self
    }

    /// Needs the shapes only; looks at choices down to `depth` levels below its arguments.
    const fn shapes(mut self, depth: u8) -> Self {
        self.needs = Needs::Shapes;
        self.choice_depth = depth;
        self.walks = depth == u8::MAX;
        self
    }

    /// Looks at all that its arguments hold, although it needs little of it.
    const fn walks(mut self) -> Self {
        self.walks = true;
        self
    }

    /// Answers for unknown arguments itself.
    const fn lenient(mut self, depth: u8) -> Self {
        self.needs = Needs::Nothing;
        self.choice_depth = depth;
        self.walks = depth == u8::MAX;
        self
    }

    fn param(&self, i: usize) -> Option<Param> {
        self.params.get(i).copied().or(self.rest)
    }

    fn check_count(&self, count: usize) -> Result<(), String> {
        let least = self.params.len() - self.optional;
        if count < least || self.rest.is_none() && count > self.params.len() {
            let (bound, wanted) = match (count < least, self.rest.is_some() || self.optional > 0) {
                (_, false) => ("", least),
                (true, true) => ("at least ", least),
                (false, true) => ("at most ", self.params.len()),
            };
            return Err(format!("function `{}` takes {bound}{wanted} arguments, but {count} are given", self.name));
        }
        Ok(())
    }

    /// The call with arguments that are no choices.
    fn apply(&self, args: &[Value], ctx: &FunctionContext) -> Result<Value, String> {
        let mut converted = Vec::with_capacity(args.len());
        for (i, arg) in args.iter().enumerate() {
            let Some(param) = self.param(i) else { continue };
            if arg.is_null() && !param.nullable() {
                return Err(format!("argument {} of `{}` must not be null", i + 1, self.name));
            }
            let arg = convert(arg, &param.ty()).map_err(|e| format!("argument {} of `{}`: {e}", i + 1, self.name))?;
            converted.push(arg);
        }
        let known = match self.needs {
            Needs::Everything => converted.iter().all(|v| v.first_unknown().is_none()),
            Needs::Shapes => !converted.iter().any(|v| matches!(v.kind, Kind::Unknown(_) | Kind::Attr(_))),
            Needs::Nothing => true,
        };
        if known { (self.run)(&converted, ctx) } else { Ok(derived(self.name, args, ctx.span)) }
    }
}

fn table() -> &'static HashMap<&'static str, Function> {
    static TABLE: OnceLock<HashMap<&'static str, Function>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let families = [
            collection::FUNCTIONS,
            conversion::FUNCTIONS,
            datetime::FUNCTIONS,
            encoding::FUNCTIONS,
            filesystem::FUNCTIONS,
            format::FUNCTIONS,
            hash::FUNCTIONS,
            hcl_write::FUNCTIONS,
            json::FUNCTIONS,
            map::FUNCTIONS,
            network::FUNCTIONS,
            numeric::FUNCTIONS,
            provider::FUNCTIONS,
            regex::FUNCTIONS,
            set::FUNCTIONS,
            string::FUNCTIONS,
            yaml::FUNCTIONS,
        ];
        families.into_iter().flatten().map(|f| (f.name, *f)).collect()
    })
}

/// Whether Terraform has a function of that name that [`call`] knows.
pub(super) fn exists(name: &str) -> bool {
    table().contains_key(name.strip_prefix("core::").unwrap_or(name))
}

/// What is wrong with the number of arguments of a function that [`exists`].
pub(super) fn wrong_count(name: &str, count: usize) -> Option<String> {
    table().get(name)?.check_count(count).err()
}

/// Calls a function: the value as far as it can be known, or Terraform's complaint about the arguments.
pub fn call(name: &str, args: &[Value], ctx: &FunctionContext) -> Result<Value, String> {
    let Some(function) = table().get(name.strip_prefix("core::").unwrap_or(name)) else {
        if name.starts_with("provider::") {
            return Ok(derived(name, args, ctx.span));
        }
        return Err(format!("there is no function named `{name}`"));
    };
    function.check_count(args.len())?;
    if function.walks && !lift::within_limits(args) {
        return Ok(too_large(name, ctx));
    }
    lift::spread(args, function.choice_depth, function.name, ctx.span, |args| function.apply(args, ctx))
}

/// How many values a call looks at: all that its arguments hold, or what is in them at once, for functions that look no further. A
/// function that reckons with each byte of a text counts for more.
pub(super) fn cost(name: &str, args: &[Value]) -> usize {
    let Some(function) = table().get(name.strip_prefix("core::").unwrap_or(name)) else { return 0 };
    let own = match function.walks {
        true => args.iter().map(size).sum(),
        false => args.iter().map(|arg| arg.as_list().map_or(0, |l| l.items.len()) + arg.as_map().map_or(0, |m| m.entries.len())).sum(),
    };
    match function.name {
        "base64gzip" | "base64gunzip" | "bcrypt" => 16 * own,
        "regex" | "regexall" | "replace" => 8 * own,
        _ => own,
    }
}

/// How many values a value holds, 64 bytes of text counting as one, as far as a call may look.
pub(super) fn size(value: &Value) -> usize {
    lift::size(value)
}

/// The result of a call that is too large to follow.
fn too_large(name: &str, ctx: &FunctionContext) -> Value {
    let message = format!("the value of this call of `{name}` is too large to follow");
    Value::unknown(Unknown::new(Reason::Limit, format!("{name}(…)"), message, ctx.span), ctx.span)
}

/// The known text of an argument that the declaration made a known string.
fn text(args: &[Value], i: usize) -> &str {
    args.get(i).and_then(Value::as_str).unwrap_or_default()
}

/// The items of an argument that the declaration made a list, set or tuple.
fn items(args: &[Value], i: usize) -> &[Value] {
    args.get(i).and_then(Value::as_list).map_or(&[], |list| list.items.as_slice())
}

/// The whole number of an argument.
fn integer(args: &[Value], i: usize) -> Result<i64, String> {
    let number = args.get(i).and_then(Value::as_i64);
    number.ok_or_else(|| format!("argument {} must be a whole number", i + 1))
}

/// A string result. Terraform keeps every string in Unicode's composed form (NFC).
fn string(text: impl Into<Str>, ctx: &FunctionContext) -> Value {
    let text = text.into();
    if text.is_ascii() || is_nfc(&text) { Value::string(text, ctx.span) } else { Value::string(text.nfc().collect::<String>(), ctx.span) }
}

fn boolean(b: bool, ctx: &FunctionContext) -> Value {
    Value::new(Kind::Bool(b), ctx.span)
}

#[cfg(test)]
mod tests;
