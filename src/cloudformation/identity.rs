//! Texts that stand for values: what makes two unknown values the same one, and what messages show for them.

use std::fmt::Write;

use crate::source::Span;
use crate::value::{Hole, Kind, List, MAX_ALTERNATIVES, Map, Part, Reason, Str, Text, Unknown, Value, format_smolstr};

/// Texts longer than this identify nothing: they grow with every function around them.
const MAX_IDENTITY: usize = 2000;

/// A text that two values share only where they are the same in every deploy; none where nothing is known of that.
pub(super) fn of(value: &Value) -> Option<Str> {
    let mut out = String::new();
    (write(value, Role::Identity, &mut out) && out.len() <= MAX_IDENTITY).then(|| out.into())
}

/// How messages show a value: `Env`, `Fn.Arn`, `arn:aws:${Fn.Arn}`.
pub(super) fn shown(value: &Value) -> Str {
    let mut out = String::new();
    write(value, Role::Shown, &mut out);
    match out.char_indices().nth(120) {
        Some((cut, _)) => format_smolstr!("{}…", &out[..cut]),
        None => out.into(),
    }
}

/// The unknown result of a function: as identifiable as its arguments, and unknown for their reason.
pub(super) fn derived(function: &str, arguments: &[&Value], span: Span) -> Value {
    let list = |texts: Vec<Str>| format_smolstr!("{function}({})", texts.join(", "));
    let hole = arguments.iter().find_map(|a| a.first_unknown());
    let (reason, message, cause) = match hole {
        Some(Hole::Unknown(unknown)) => (unknown.reason, unknown.message.clone(), unknown.span),
        Some(hole @ Hole::Choice(_)) => (Reason::Condition, hole.message().into(), span),
        Some(hole) => (Reason::Computed, hole.message().into(), span),
        None => (Reason::Computed, format_smolstr!("the result of `{function}` is known after the deploy"), span),
    };
    let shown = list(arguments.iter().map(|a| shown(a)).collect());
    let identity: Option<Vec<Str>> = arguments.iter().map(|a| of(a)).collect();
    let unknown = match identity.map(list).filter(|text| text.len() <= MAX_IDENTITY) {
        Some(identity) => Unknown::identified(reason, identity, shown, message, cause),
        None => Unknown::new(reason, shown, message, cause),
    };
    Value::unknown(unknown, span)
}

/// Applies a function to each combination of the arguments' alternatives that can occur together.
pub(super) fn distribute(function: &str, arguments: &[Value], span: Span, mut apply: impl FnMut(&[Value]) -> Value) -> Value {
    if !arguments.iter().any(|a| matches!(a.kind, Kind::Choice(_))) {
        return apply(arguments);
    }
    let mut combinations = vec![(crate::value::Guard::always(), Vec::with_capacity(arguments.len()))];
    for argument in arguments {
        let alternatives = argument.alternatives();
        let mut next = Vec::new();
        for (guard, chosen) in &combinations {
            for (condition, value) in &alternatives {
                let Some(both) = guard.and(condition) else { continue };
                let mut chosen: Vec<Value> = chosen.clone();
                chosen.push(value.clone());
                next.push((both, chosen));
            }
        }
        if next.len() > MAX_ALTERNATIVES {
            return too_many(function, arguments, span);
        }
        combinations = next;
    }
    let branches = combinations.into_iter().map(|(guard, chosen)| (guard, apply(&chosen))).collect();
    Value::choice(branches, span)
}

/// [`distribute`] for a function of one argument.
pub(super) fn distribute_one(function: &str, argument: Value, span: Span, mut apply: impl FnMut(&Value) -> Value) -> Value {
    distribute(function, &[argument], span, |arguments| arguments.first().map_or_else(|| Value::null(span), &mut apply))
}

fn too_many(function: &str, arguments: &[Value], span: Span) -> Value {
    let arguments: Vec<Str> = arguments.iter().map(shown).collect();
    let message = format_smolstr!("more than {MAX_ALTERNATIVES} alternatives");
    Value::unknown(Unknown::new(Reason::Limit, format_smolstr!("{function}({})", arguments.join(", ")), message, span), span)
}

#[derive(Clone, Copy, PartialEq)]
enum Role {
    Identity,
    Shown,
}

/// Writes a value; whether everything in it could be identified. Stops once the text is too long to be of use.
fn write(value: &Value, role: Role, out: &mut String) -> bool {
    if out.len() > MAX_IDENTITY {
        return false;
    }
    match &value.kind {
        Kind::Null => out.push_str("null"),
        Kind::Bool(b) => out.push_str(if *b { "true" } else { "false" }),
        Kind::Number(n) => {
            let _ = write!(out, "{n}");
        }
        Kind::Attr(_) | Kind::Unknown(_) | Kind::Text(_) => {
            return write_text(&value.to_text().unwrap_or_default(), role, out);
        }
        Kind::List(list) => return write_list(list, role, out),
        Kind::Map(map) => return write_map(map, role, out),
        Kind::Choice(branches) => {
            for (i, (guard, branch)) in branches.iter().enumerate() {
                let joint = if i == 0 { "" } else { " or " };
                out.push_str(joint);
                if !write(branch, role, out) {
                    return false;
                }
                let _ = write!(out, " when {guard}");
            }
        }
    }
    true
}

fn write_unknown(unknown: &Unknown, role: Role, out: &mut String) -> bool {
    match (role, &unknown.identity) {
        (Role::Shown, _) => out.push_str(&unknown.shown),
        (Role::Identity, Some(identity)) => out.push_str(identity),
        (Role::Identity, None) => return false,
    }
    true
}

fn write_text(text: &Text, role: Role, out: &mut String) -> bool {
    let Some(parts) = text.holes() else {
        out.push_str(text.as_known().unwrap_or_default());
        return true;
    };
    // An identity must not be that of a literal text that reads the same.
    let alone = role == Role::Shown && parts.len() == 1;
    for part in parts {
        let (open, close) = if alone || matches!(part, Part::Literal(_)) { ("", "") } else { ("${", "}") };
        out.push_str(open);
        let written = match part {
            Part::Literal(literal) => {
                out.push_str(literal);
                true
            }
            Part::Attr(attr) => {
                out.push_str(&attr.shown);
                true
            }
            Part::Pseudo(pseudo) => {
                out.push_str(pseudo.name());
                true
            }
            Part::Unknown(unknown) => write_unknown(unknown, role, out),
        };
        if !written {
            return false;
        }
        out.push_str(close);
    }
    true
}

fn write_list(list: &List, role: Role, out: &mut String) -> bool {
    if let Some(whole) = whole_unknown(list) {
        return write_unknown(whole, role, out);
    }
    out.push('[');
    for (i, item) in list.items.iter().enumerate() {
        out.push_str(if i == 0 { "" } else { ", " });
        if !write(item, role, out) {
            return false;
        }
    }
    if let Some(open) = &list.open {
        out.push_str(if list.items.is_empty() { "..." } else { ", ..." });
        if !write_unknown(open, role, out) {
            return false;
        }
    }
    out.push(']');
    true
}

/// The unknown that a list is as a whole, where all that is known of it is that it has a first item.
fn whole_unknown(list: &List) -> Option<&Unknown> {
    let (Some(open), [first]) = (&list.open, list.items.as_slice()) else { return None };
    let Kind::Unknown(first) = &first.kind else { return None };
    let identity = open.identity.as_ref()?;
    (first.identity.as_deref()?.strip_prefix("Fn::Select(0, ")?.strip_suffix(')')? == identity.as_str()).then_some(open)
}

fn write_map(map: &Map, role: Role, out: &mut String) -> bool {
    out.push('{');
    for (i, (key, item)) in map.entries.iter().enumerate() {
        let _ = write!(out, "{}{key}: ", if i == 0 { "" } else { ", " });
        if !write(item, role, out) {
            return false;
        }
    }
    if let Some(open) = &map.open {
        out.push_str(", ...");
        if !write_unknown(open, role, out) {
            return false;
        }
    }
    out.push('}');
    true
}
