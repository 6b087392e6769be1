//! The hash suffixes of logical ids, made as the translator makes them: the first ten digits of the SHA-1 of the data.

use sha1::{Digest, Sha1};

use super::tree::{Kind, Tree};
use crate::syntax::node::Style;

/// The suffix for a text; empty for an empty text.
pub(super) fn of_text(text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    let digest = Sha1::digest(text.as_bytes());
    let mut hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    hex.truncate(10);
    hex
}

/// The suffix for a tree: that of its text, or of its JSON with sorted keys and no spaces.
pub(super) fn of_tree(tree: &Tree) -> String {
    if !tree.is_set() {
        return String::new();
    }
    match &tree.kind {
        Kind::Scalar(text, _) if is_string(tree) => of_text(text),
        _ => of_text(&json(tree)),
    }
}

/// Whether plain text is a decimal number by YAML 1.1.
fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    digits.starts_with(|c: char| c.is_ascii_digit() || c == '.') && !digits.contains(['e', 'E']) && digits.parse::<f64>().is_ok()
}

/// Whether a scalar is a string, not a number, a boolean or null.
pub(super) fn is_string(tree: &Tree) -> bool {
    match &tree.kind {
        Kind::Scalar(_, Style::Quoted) => true,
        Kind::Scalar(text, Style::Plain) => tree.boolean().is_none() && !tree.is_null() && !is_number(text),
        _ => false,
    }
}

/// Compact JSON with sorted keys.
pub(super) fn json(tree: &Tree) -> String {
    let mut out = String::new();
    write(tree, &mut out);
    out
}

fn write(tree: &Tree, out: &mut String) {
    match &tree.kind {
        Kind::Scalar(text, Style::Quoted) => quote(text, out),
        Kind::Scalar(text, Style::Plain) => plain(tree, text, out),
        Kind::List(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                write(item, out);
            }
            out.push(']');
        }
        Kind::Map(map) => {
            let mut keys: Vec<_> = map.iter().collect();
            keys.sort_by(|a, b| a.0.cmp(b.0));
            out.push('{');
            for (i, (key, value)) in keys.into_iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                quote(key, out);
                out.push(':');
                write(value, out);
            }
            out.push('}');
        }
    }
}

fn plain(tree: &Tree, text: &str, out: &mut String) {
    match tree.boolean() {
        Some(value) => out.push_str(if value { "true" } else { "false" }),
        None if tree.is_null() => out.push_str("null"),
        None if is_string(tree) => quote(text, out),
        None => out.push_str(text),
    }
}

/// A JSON string in ASCII, as Python's `json.dumps` writes it.
fn quote(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            ' '..='~' => out.push(c),
            _ => c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| out.push_str(&format!("\\u{unit:04x}"))),
        }
    }
    out.push('"');
}

/// JSON with sorted keys, indented by four spaces.
pub(super) fn pretty_json(tree: &Tree) -> String {
    let mut out = String::new();
    write_pretty(tree, 0, &mut out);
    out
}

fn write_pretty(tree: &Tree, depth: usize, out: &mut String) {
    let line = |depth: usize, out: &mut String| {
        out.push('\n');
        out.extend(std::iter::repeat_n(' ', depth * 4));
    };
    match &tree.kind {
        Kind::List(items) if !items.is_empty() => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                out.push_str(if i > 0 { "," } else { "" });
                line(depth + 1, out);
                write_pretty(item, depth + 1, out);
            }
            line(depth, out);
            out.push(']');
        }
        Kind::Map(map) if !map.is_empty() => {
            let mut keys: Vec<_> = map.iter().collect();
            keys.sort_by(|a, b| a.0.cmp(b.0));
            out.push('{');
            for (i, (key, value)) in keys.into_iter().enumerate() {
                out.push_str(if i > 0 { "," } else { "" });
                line(depth + 1, out);
                quote(key, out);
                out.push_str(": ");
                write_pretty(value, depth + 1, out);
            }
            line(depth, out);
            out.push('}');
        }
        _ => write(tree, out),
    }
}
