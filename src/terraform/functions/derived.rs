//! Unknown values that are computed from other values: `lower(var.env)`.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use super::lift;
use crate::source::Span;
use crate::value::{Hole, Kind, ListShape, MapShape, Part, Reason, Text, Unknown, Value};

/// Identities longer than this are replaced by their hash.
const MAX_IDENTITY: usize = 200;
/// Characters of the source-like text that are kept.
const MAX_SHOWN: usize = 120;
/// Values that need more bytes than this to write down have no identity.
const MAX_CANONICAL: usize = 1 << 20;
/// Values nested deeper have no identity.
const MAX_DEPTH: usize = 64;

/// The unknown result of a function: with the reason of the first unknown argument, and an identity where every argument is
/// known or has one.
pub fn derived(name: &str, args: &[Value], span: Span) -> Value {
    let shown = shown_call(name, args);
    if !lift::within_limits(args) {
        let message = format!("the arguments of `{name}` are too large to follow");
        return Value::unknown(Unknown::new(Reason::Limit, shown, message, span), span);
    }
    let (reason, message, place) = match args.iter().find_map(Value::first_unknown) {
        Some(Hole::Unknown(unknown)) => (unknown.reason, unknown.message.to_string(), unknown.span),
        Some(hole @ Hole::Attr(_)) => (Reason::Computed, hole.message(), span),
        Some(hole @ Hole::Pseudo(_)) => (Reason::NoValue, hole.message(), span),
        Some(hole @ Hole::Choice(_)) => (Reason::Condition, hole.message(), span),
        None => (Reason::Limit, format!("the result of `{name}` cannot be followed"), span),
    };
    let identities: Option<Vec<String>> = args.iter().map(canonical).collect();
    let unknown = match identities {
        Some(identities) => Unknown::identified(reason, identity(name, &identities.join(", ")), shown, message, place.or(span)),
        None => Unknown::new(reason, shown, message, place.or(span)),
    };
    Value::unknown(if may_be_null(name, args) { unknown } else { unknown.never_null() }, span)
}

/// Functions that give what they are given, or a part of it: that may be null.
const PASSING: [&str; 17] = [
    "convert",
    "element",
    "ephemeralasnull",
    "jsondecode",
    "lookup",
    "nonsensitive",
    "one",
    "sensitive",
    "templatefile",
    "templatestring",
    "tobool",
    "tolist",
    "tomap",
    "tonumber",
    "toset",
    "tostring",
    "yamldecode",
];

/// Conversions: null only where their argument is.
const CONVERSIONS: [&str; 8] = ["nonsensitive", "sensitive", "tobool", "tolist", "tomap", "tonumber", "toset", "tostring"];

/// Whether the result of a function may be null (Terraform documentation, "Built-in Functions").
fn may_be_null(name: &str, args: &[Value]) -> bool {
    let name = name.strip_prefix("core::").unwrap_or(name).trim_end_matches("...");
    match args {
        [arg] if CONVERSIONS.contains(&name) => is_or_may_be_null(arg),
        _ => name.starts_with("provider::") || PASSING.contains(&name),
    }
}

/// Whether a value is null in some deploy, as far as can be told.
pub fn is_or_may_be_null(value: &Value) -> bool {
    match &value.kind {
        Kind::Null | Kind::Attr(_) => true,
        Kind::Unknown(unknown) => !unknown.present,
        Kind::Choice(branches) => branches.iter().any(|(_, branch)| is_or_may_be_null(branch)),
        Kind::Bool(_) | Kind::Number(_) | Kind::Text(_) | Kind::List(_) | Kind::Map(_) => false,
    }
}

fn identity(name: &str, args: &str) -> String {
    if args.len() <= MAX_IDENTITY {
        return format!("{name}({args})");
    }
    let digest = Sha256::digest(args.as_bytes());
    let hex: String = digest.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
    format!("{name}({hex})")
}

fn shown_call(name: &str, args: &[Value]) -> String {
    let mut out = Bounded { text: format!("{name}("), left: MAX_SHOWN };
    let written = args.iter().enumerate().try_for_each(|(i, arg)| {
        out.write_str(if i == 0 { "" } else { ", " })?;
        match &arg.kind {
            Kind::Text(_) => write!(out, "\"{arg}\""),
            Kind::Unknown(unknown) => out.write_str(&unknown.shown),
            Kind::Attr(attr) => out.write_str(&attr.shown),
            _ => write!(out, "{arg}"),
        }
    });
    out.text + if written.is_ok() { ")" } else { "…)" }
}

/// A text that takes so much and no more: a value can be far larger than what is shown of it.
struct Bounded {
    text: String,
    left: usize,
}

impl std::fmt::Write for Bounded {
    fn write_str(&mut self, more: &str) -> std::fmt::Result {
        for c in more.chars() {
            self.left = self.left.checked_sub(1).ok_or(std::fmt::Error)?;
            self.text.push(c);
        }
        Ok(())
    }
}

/// A text that two values of one unit share only if they are equal in every deploy; `None` where the value holds an unknown
/// without an identity.
pub fn canonical(value: &Value) -> Option<String> {
    let mut out = String::new();
    write_value(value, &mut out, MAX_DEPTH)?;
    Some(out)
}

fn write_value(value: &Value, out: &mut String, depth: usize) -> Option<()> {
    let below = depth.checked_sub(1)?;
    if out.len() > MAX_CANONICAL {
        return None;
    }
    match &value.kind {
        Kind::Null => out.push_str("null"),
        Kind::Bool(b) => write!(out, "{b}").ok()?,
        Kind::Number(n) => write!(out, "{n}").ok()?,
        Kind::Text(text) => write_text(text, out)?,
        Kind::Attr(attr) => write_part(&Part::Attr(attr.clone()), out)?,
        Kind::Unknown(unknown) => write_part(&Part::Unknown(unknown.clone()), out)?,
        Kind::List(list) => {
            out.push_str(match list.shape {
                ListShape::List => "list[",
                ListShape::Tuple => "[",
                ListShape::Set => "set[",
            });
            for item in &list.items {
                write_value(item, out, below)?;
                out.push(',');
            }
            if let Some(open) = &list.open {
                write!(out, "...{}", open.identity.as_ref()?).ok()?;
            }
            out.push(']');
        }
        Kind::Map(map) => {
            out.push_str(if map.shape == MapShape::Map { "map{" } else { "{" });
            let mut entries: Vec<_> = map.entries.iter().collect();
            entries.sort_by(|a, b| a.0.cmp(b.0));
            for (key, item) in entries {
                write!(out, "{:?}:", key.as_str()).ok()?;
                write_value(item, out, below)?;
                out.push(',');
            }
            if let Some(open) = &map.open {
                write!(out, "...{}", open.identity.as_ref()?).ok()?;
            }
            out.push('}');
        }
        Kind::Choice(branches) => {
            out.push('(');
            for (guard, branch) in branches.iter() {
                write!(out, "{guard}?").ok()?;
                write_value(branch, out, below)?;
                out.push('|');
            }
            out.push(')');
        }
    }
    Some(())
}

fn write_text(text: &Text, out: &mut String) -> Option<()> {
    let Some(parts) = text.holes() else {
        return write!(out, "{:?}", text.as_known().unwrap_or_default()).ok();
    };
    parts.iter().try_for_each(|part| write_part(part, out))
}

fn write_part(part: &Part, out: &mut String) -> Option<()> {
    match part {
        Part::Literal(text) => write!(out, "{:?}", text.as_str()),
        // Identities are shown: as conditions, and in messages.
        Part::Attr(attr) => out.write_str(&attr.shown),
        Part::Pseudo(pseudo) => out.write_str(pseudo.name()),
        Part::Unknown(unknown) => out.write_str(unknown.identity.as_ref()?),
    }
    .ok()
}
