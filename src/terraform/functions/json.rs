//! `jsonencode` and `jsondecode`. Both keep holes: encoded, a hole within a string stands between its quotes, and a value that
//! is wholly unknown stands for itself.

use indexmap::IndexMap;

use super::placeholder::Placeholders;
use super::string::{holey, text_value};
use super::{Function, FunctionContext, Param, derived};
use crate::source::Span;
use crate::value::{Kind, ListShape, MapShape, Number, Part, Str, Text, Value};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("jsondecode", &[Param::String], jsondecode).shapes(0),
    Function::new("jsonencode", &[Param::Nullable], |args, ctx| Ok(text_value(encode(&args[0]), ctx).made_of(&args[0]))).lenient(u8::MAX),
];

/// The value as JSON on one line, keys sorted, as Terraform writes it.
pub(super) fn encode(value: &Value) -> Text {
    let mut parts = Vec::new();
    write_value(value, &mut parts, MAX_DEPTH);
    Text::from_parts(parts)
}

/// Deeper values are written as their display text, which only generated nonsense reaches.
const MAX_DEPTH: usize = 128;

fn literal(text: impl Into<Str>) -> Part {
    Part::Literal(text.into())
}

fn write_value(value: &Value, out: &mut Vec<Part>, depth: usize) {
    let below = depth.saturating_sub(1);
    match &value.kind {
        Kind::Null => out.push(literal("null")),
        Kind::Bool(b) => out.push(literal(if *b { "true" } else { "false" })),
        Kind::Number(n) => out.push(literal(n.to_string())),
        Kind::Text(text) => write_text(text, out),
        Kind::Attr(attr) => out.push(Part::Attr(attr.clone())),
        Kind::Unknown(unknown) => out.push(Part::Unknown(unknown.clone())),
        Kind::List(_) | Kind::Map(_) | Kind::Choice(_) if depth == 0 => write_text(&Text::literal(value.to_string()), out),
        Kind::List(list) => {
            out.push(literal("["));
            for (i, item) in list.items.iter().enumerate() {
                if i > 0 {
                    out.push(literal(","));
                }
                write_value(item, out, below);
            }
            if let Some(open) = &list.open {
                out.extend((!list.items.is_empty()).then(|| literal(",")));
                out.push(Part::Unknown(open.clone()));
            }
            out.push(literal("]"));
        }
        Kind::Map(map) => {
            let mut entries: Vec<_> = map.entries.iter().collect();
            entries.sort_by(|a, b| a.0.cmp(b.0));
            out.push(literal("{"));
            for (i, (key, item)) in entries.into_iter().enumerate() {
                out.push(literal(format!("{}{}:", if i > 0 { "," } else { "" }, quoted(key))));
                write_value(item, out, below);
            }
            if let Some(open) = &map.open {
                // A member, so that the text is JSON around the hole.
                let comma = if map.entries.is_empty() { "" } else { "," };
                out.extend([literal(format!("{comma}\"")), Part::Unknown(open.clone()), literal("\":"), Part::Unknown(open.clone())]);
            }
            out.push(literal("}"));
        }
        Kind::Choice(branches) => match branches.first() {
            // The caller has spread choices out as far as their number allows, and made the rest unknown.
            Some((_, first)) => write_value(&derived("jsonencode", std::slice::from_ref(value), first.span), out, below),
            None => out.push(literal("null")),
        },
    }
}

fn write_text(text: &Text, out: &mut Vec<Part>) {
    out.push(literal("\""));
    for part in text.parts() {
        out.push(match part {
            Part::Literal(text) => literal(escaped(&text)),
            hole => hole,
        });
    }
    out.push(literal("\""));
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", escaped(text))
}

/// Go's escapes, which are safe within HTML, too.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' | '\0'..='\u{1f}' => out.push_str(&format!("\\u{:04x}", c as u32)),
            _ => out.push(c),
        }
    }
    out
}

fn jsondecode(args: &[Value], ctx: &FunctionContext) -> Result<Value, String> {
    let (text, holes) = Placeholders::new(&holey(args, 0));
    match serde_json::from_str::<serde_json::Value>(&text) {
        Ok(json) => decoded(&json, &holes, ctx.span),
        Err(_) if !holes.is_empty() => Ok(derived("jsondecode", args, ctx.span)),
        Err(error) => Err(format!("invalid JSON: {error}")),
    }
}

fn decoded(json: &serde_json::Value, holes: &Placeholders, span: Span) -> Result<Value, String> {
    Ok(match json {
        serde_json::Value::Null => Value::null(span),
        serde_json::Value::Bool(b) => Value::new(Kind::Bool(*b), span),
        serde_json::Value::Number(n) => {
            let number = Number::parse(&n.to_string()).ok_or_else(|| format!("the number {n} is too large or too small"))?;
            Value::new(Kind::Number(number), span)
        }
        serde_json::Value::String(text) => Value::new(Kind::Text(holes.restore(text)), span),
        serde_json::Value::Array(items) => {
            let items: Result<Vec<Value>, String> = items.iter().map(|item| decoded(item, holes, span)).collect();
            Value::list(ListShape::Tuple, items?, span)
        }
        serde_json::Value::Object(members) => {
            let mut entries = IndexMap::with_capacity(members.len());
            for (key, member) in members {
                let Some(key) = holes.restore(key).as_known().map(Str::from) else { return Ok(open_object(holes, json, span)) };
                entries.insert(key, decoded(member, holes, span)?);
            }
            Value::map(MapShape::Object, entries, span)
        }
    })
}

/// An object with a key that is not known: unknown, by its text.
fn open_object(holes: &Placeholders, json: &serde_json::Value, span: Span) -> Value {
    let text = Value::new(Kind::Text(holes.restore(&json.to_string())), span);
    derived("jsondecode", &[text], span)
}
