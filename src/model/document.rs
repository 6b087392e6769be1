//! JSON and YAML documents inside values: policies and API bodies that are written as text, possibly with holes.

use std::sync::Arc;

use indexmap::IndexMap;

use crate::source::{FileId, Span};
use crate::syntax::node::{Node, NodeKind, Style};
use crate::syntax::{json, yaml};
use crate::value::{Kind, ListShape, MapShape, Number, Part, Reason, Str, Text, Unknown, Value};

/// First of the private-use characters that stand for holes while a document is parsed.
const HOLE: u32 = 0xF0000;
/// Marks a hole that stood outside quotes: a whole value of unknown type.
const BARE: char = '\u{F8FF}';

/// The document that a value holds: a map or list as it is, JSON or YAML text parsed. Every part of the result has the span of
/// the value, but for text that was encoded from a value here: its parts have their own. Unknown (with the reason) where the text cannot be read; choices are parsed branch by branch.
pub fn parse(value: &Value) -> Value {
    parse_as(value, Syntax::JsonOrYaml)
}

/// As [`parse`], where only JSON will do: IAM refuses a policy in any other text.
pub fn parse_json(value: &Value) -> Value {
    parse_as(value, Syntax::Json)
}

/// What a text may be written in.
#[derive(Clone, Copy, PartialEq)]
enum Syntax {
    Json,
    JsonOrYaml,
}

fn parse_as(value: &Value, syntax: Syntax) -> Value {
    match &value.kind {
        Kind::Text(text) => match value.made_of.as_deref().filter(|made| matches!(made.kind, Kind::Map(_) | Kind::List(_))) {
            Some(structure) => structure.clone(),
            None => parse_text(text, syntax, value.span),
        },
        Kind::Choice(branches) => {
            let branches = branches.iter().map(|(g, v)| (g.clone(), parse_as(v, syntax))).collect();
            Value::choice(branches, value.span)
        }
        _ => value.clone(),
    }
}

fn parse_text(text: &Text, syntax: Syntax, span: Span) -> Value {
    let parts = text.parts();
    if let [hole @ (Part::Attr(_) | Part::Unknown(_))] = parts.as_slice() {
        return match hole {
            Part::Attr(attr) => Value::new(Kind::Attr(attr.clone()), span),
            Part::Unknown(unknown) => Value::unknown(unknown.clone(), span),
            _ => Value::null(span),
        };
    }
    let source = with_placeholders(&parts);
    let (node, errors) = json::parse(FileId(u32::MAX), &source);
    let node = match (node, errors.is_empty()) {
        (Some(node), true) => Some(node),
        _ => yaml_mapping(&source).filter(|_| syntax == Syntax::JsonOrYaml),
    };
    match node {
        Some(node) => convert(&node, &parts, span),
        None => {
            let cause = errors.first().map_or("it is empty", |e| e.message.as_str());
            let what = if syntax == Syntax::Json { "document is no JSON" } else { "document cannot be read" };
            let unknown = Unknown::new(Reason::Error, "(document)", format!("the {what}: {cause}"), span);
            Value::unknown(unknown, span)
        }
    }
}

fn yaml_mapping(source: &str) -> Option<Node> {
    let (node, errors) = yaml::parse(FileId(u32::MAX), source);
    node.filter(|n| errors.is_empty() && n.entries().is_some())
}

/// The text with each hole as a character of its own; a hole outside quotes becomes a quoted string with a marker.
fn with_placeholders(parts: &[Part]) -> String {
    let mut out = String::new();
    let (mut quoted, mut escaped) = (false, false);
    for (index, part) in parts.iter().enumerate() {
        match part {
            Part::Literal(literal) => {
                for c in literal.chars() {
                    match c {
                        _ if escaped => escaped = false,
                        '\\' if quoted => escaped = true,
                        '"' => quoted = !quoted,
                        _ => {}
                    }
                    out.push(c);
                }
            }
            _ => {
                let mark = char::from_u32(HOLE + index as u32).unwrap_or(BARE);
                if quoted {
                    out.push(mark);
                } else {
                    out.extend(['"', BARE, mark, '"']);
                }
            }
        }
    }
    out
}

fn convert(node: &Node, parts: &[Part], span: Span) -> Value {
    match &node.kind {
        NodeKind::Scalar(_, Style::Plain) if node.is_null() => Value::null(span),
        NodeKind::Scalar(text, style) => scalar(text, *style, parts, span),
        NodeKind::Sequence(items) => Value::list(ListShape::Tuple, items.iter().map(|n| convert(n, parts, span)).collect(), span),
        NodeKind::Mapping(entries) => {
            let mut map = IndexMap::new();
            for entry in entries.iter() {
                let key = entry.key.as_str().unwrap_or_default();
                let key: Str = restore(key, parts).to_string().into();
                map.insert(key, convert(&entry.value, parts, span));
            }
            Value::map(MapShape::Object, map, span)
        }
    }
}

fn scalar(text: &str, style: Style, parts: &[Part], span: Span) -> Value {
    if let Some(rest) = text.strip_prefix(BARE) {
        return match restore(rest, parts).parts().as_slice() {
            [Part::Attr(attr)] => Value::new(Kind::Attr(Arc::clone(attr)), span),
            [Part::Unknown(unknown)] => Value::unknown(unknown.clone(), span),
            other => Value::new(Kind::Text(Text::from_parts(other.to_vec())), span),
        };
    }
    if style == Style::Plain {
        match text {
            "true" => return Value::new(Kind::Bool(true), span),
            "false" => return Value::new(Kind::Bool(false), span),
            _ => {}
        }
        if let Ok(n) = text.parse::<i64>()
            && n.to_string() == text
        {
            return Value::new(Kind::Number(Number::from(n)), span);
        }
    }
    Value::new(Kind::Text(restore(text, parts)), span)
}

/// The text with the placeholders replaced by their holes.
fn restore(text: &str, parts: &[Part]) -> Text {
    if !text.contains(|c: char| c as u32 >= HOLE) {
        return Text::literal(text);
    }
    Text::from_parts(text.chars().filter(|c| *c != BARE).map(|c| match (c as u32).checked_sub(HOLE).and_then(|i| parts.get(i as usize)) {
        Some(hole) => hole.clone(),
        None => Part::Literal(c.encode_utf8(&mut [0; 4]).into()),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_json_is_read_as_json() {
        let read = |text: &str| parse_json(&Value::string(text, Span::NONE));
        assert_eq!(read("{\"a\": 1}").get("a").unwrap().as_i64(), Some(1));
        for text in ["{\\\"a\\\": 1}", "{a: 1}", "a: 1", "{\"a\": 1,}", "{\"a\": 1} x", ""] {
            assert!(matches!(&read(text).kind, Kind::Unknown(u) if u.message.starts_with("the document is no JSON")), "{text}");
        }
        assert_eq!(parse(&Value::string("a: 1", Span::NONE)).get("a").unwrap().as_i64(), Some(1));
    }

    fn hole(name: &str) -> Part {
        Part::Unknown(Unknown::identified(Reason::NoValue, name, name, "no default", Span::NONE))
    }

    #[test]
    fn holes_survive_inside_and_outside_quotes() {
        let text = Text::from_parts([
            Part::Literal("{\"Resource\": \"arn:aws:s3:::".into()),
            hole("var.bucket"),
            Part::Literal("/*\", \"Condition\": ".into()),
            hole("var.condition"),
            Part::Literal(", \"n\": 3}".into()),
        ]);
        let parsed = parse(&Value::new(Kind::Text(text), Span::NONE));
        assert_eq!(parsed.get("Resource").unwrap().to_string(), "arn:aws:s3:::${var.bucket}/*");
        assert!(matches!(parsed.get("Condition").unwrap().kind, Kind::Unknown(_)));
        assert_eq!(parsed.get("n").unwrap().as_i64(), Some(3));
    }

    #[test]
    fn what_was_encoded_keeps_its_places() {
        let at = |start: u32| Span { file: FileId(0), start, end: start + 1 };
        let item =
            |start| Value::map(MapShape::Object, IndexMap::from([("Effect".into(), Value::string("Allow", at(start + 1)))]), at(start));
        let list = Value::list(ListShape::Tuple, vec![item(10), item(20)], at(5));
        let text = Text::literal("[{\"Effect\":\"Allow\"},{\"Effect\":\"Allow\"}]");
        let plain = Value::new(Kind::Text(text), at(1));
        let (encoded, plain) = (parse(&plain.clone().made_of(&list)), parse(&plain));
        let starts = |value: &Value| value.as_list().unwrap().items.iter().map(|item| item.span.start).collect::<Vec<_>>();
        assert_eq!(starts(&plain), [1, 1]);
        assert_eq!(starts(&encoded), [10, 20]);
    }
}
