//! A text for a value such that equal texts mean equal values in every deploy, and guards made of it.

use std::hash::{DefaultHasher, Hash, Hasher};

use crate::value::{Guard, Kind, Part, Str, Text, Value, format_smolstr};

/// Longer identities are cut, with a hash of the whole.
const MAX_LENGTH: usize = 240;

/// What takes more text than this has no identity.
const MAX_TEXT: usize = 64 << 10;

/// The identity of a value; `None` where it holds something of which nothing is known.
pub fn of(value: &Value) -> Option<Str> {
    let mut out = String::new();
    write(value, &mut out).then(|| shorten(out))
}

/// Cuts a long identity; the hash keeps it unlike others.
pub fn shorten(text: String) -> Str {
    if text.len() <= MAX_LENGTH {
        return text.into();
    }
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    let mut cut = MAX_LENGTH / 2;
    while !text.is_char_boundary(cut) {
        cut -= 1;
    }
    format_smolstr!("{}…#{:016x}", &text[..cut], hasher.finish())
}

fn write(value: &Value, out: &mut String) -> bool {
    if out.len() > MAX_TEXT {
        return false;
    }
    match &value.kind {
        Kind::Null => out.push_str("null"),
        Kind::Bool(b) => out.push_str(if *b { "true" } else { "false" }),
        Kind::Number(n) => out.push_str(&n.to_string()),
        Kind::Text(text) => return write_text(text, out),
        Kind::List(list) => {
            out.push('[');
            for item in &list.items {
                if !write(item, out) {
                    return false;
                }
                out.push(',');
            }
            if let Some(open) = &list.open {
                let Some(identity) = &open.identity else { return false };
                out.push_str("...");
                out.push_str(identity);
            }
            out.push(']');
        }
        Kind::Map(map) => {
            out.push('{');
            for (key, item) in &map.entries {
                out.push_str(key);
                out.push('=');
                if !write(item, out) {
                    return false;
                }
                out.push(',');
            }
            if let Some(open) = &map.open {
                let Some(identity) = &open.identity else { return false };
                out.push_str("...");
                out.push_str(identity);
            }
            out.push('}');
        }
        Kind::Choice(branches) => {
            out.push('(');
            for (guard, branch) in branches.iter() {
                out.push_str(&guard.to_string());
                out.push_str(" ? ");
                if !write(branch, out) {
                    return false;
                }
                out.push_str(" : ");
            }
            out.push(')');
        }
        Kind::Attr(attr) => out.push_str(&attr.shown),
        Kind::Unknown(unknown) => match &unknown.identity {
            Some(identity) => out.push_str(identity),
            None => return false,
        },
    }
    true
}

fn write_text(text: &Text, out: &mut String) -> bool {
    out.push('"');
    for part in text.parts() {
        match part {
            Part::Literal(literal) => out.push_str(&literal.replace('\\', "\\\\").replace('"', "\\\"")),
            Part::Attr(attr) => {
                out.push_str("${");
                out.push_str(&attr.shown);
                out.push('}');
            }
            Part::Pseudo(pseudo) => {
                out.push_str("${");
                out.push_str(pseudo.name());
                out.push('}');
            }
            Part::Unknown(unknown) => {
                let Some(identity) = &unknown.identity else { return false };
                out.push_str("${");
                out.push_str(identity);
                out.push('}');
            }
        }
    }
    out.push('"');
    true
}

/// The guard that a condition of this identity has that polarity. Negations are taken off, so that `x` and `!x` contradict.
pub fn guard(identity: &str, polarity: bool) -> Guard {
    match identity.strip_prefix('!') {
        Some(inner) => guard(inner, !polarity),
        None => Guard::when(identity, polarity),
    }
}

/// The identity of the opposite.
pub fn negated(identity: &str) -> Str {
    match identity.strip_prefix('!') {
        Some(inner) => inner.into(),
        None => format_smolstr!("!{identity}"),
    }
}

/// What is left of a value where a guard is known to hold: branches that contradict it are gone.
pub fn assume(value: Value, guard: &Guard) -> Value {
    if guard.is_always() || value.first_unknown().is_none() {
        return value;
    }
    let span = value.span;
    match &value.kind {
        Kind::Choice(branches) => {
            let left: Vec<(Guard, Value)> =
                branches.iter().filter(|(g, _)| g.and(guard).is_some()).map(|(g, v)| (g.clone(), assume(v.clone(), guard))).collect();
            match left.iter().find(|(g, _)| guard.implies(g)) {
                Some((_, certain)) => certain.clone().at(span),
                None => Value::choice(left, span),
            }
        }
        Kind::List(list) => {
            let items = list.items.iter().map(|i| assume(i.clone(), guard)).collect();
            Value::new(Kind::List(std::sync::Arc::new(crate::value::List { items, ..(**list).clone() })), span)
        }
        Kind::Map(map) => {
            let entries = map.entries.iter().map(|(k, v)| (k.clone(), assume(v.clone(), guard))).collect();
            Value::new(Kind::Map(std::sync::Arc::new(crate::value::Map { entries, ..(**map).clone() })), span)
        }
        _ => value,
    }
}
