//! JSON (RFC 8259, nothing more: CloudFormation and Terraform accept neither comments nor trailing commas, though with these the tree
//! is clear) to [`Node`]s.

use std::sync::Arc;

use jsonc_parser::ast::{Object, ObjectPropName, Value};
use jsonc_parser::common::Ranged;
use jsonc_parser::errors::{ParseError, ParseErrorKind};
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};

use super::node::{Entry, MAX_DEPTH, Node, NodeKind, Style, SyntaxError};
use crate::source::{FileId, Span};

/// Parses a JSON text. Duplicate keys are kept. Strings are [`Style::Quoted`], their spans include the quotes; numbers keep
/// their source text.
pub fn parse(file: FileId, text: &str) -> (Option<Node>, Vec<SyntaxError>) {
    if let Some(offset) = too_deep(text) {
        let span = Span::new(file, offset..offset + 1);
        return (None, vec![SyntaxError { message: format!("nested more than {MAX_DEPTH} levels deep"), span }]);
    }
    let strict = ParseOptions {
        allow_comments: false,
        allow_loose_object_property_names: false,
        allow_trailing_commas: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    };
    match parse_to_ast(text, &CollectOptions::default(), &strict) {
        Ok(result) => match result.value {
            Some(value) => (Some(node(file, &value)), Vec::new()),
            None => (None, vec![SyntaxError { message: "the file is empty".to_owned(), span: Span::new(file, 0..0) }]),
        },
        Err(error) => (in_spite_of(file, text, &error, strict), vec![syntax_error(file, text, &error)]),
    }
}

/// The tree of a text whose only fault are commas too many and comments: what is meant is clear, and tools that read JSON as YAML
/// take the commas.
fn in_spite_of(file: FileId, text: &str, error: &ParseError, strict: ParseOptions) -> Option<Node> {
    if !matches!(error.kind(), ParseErrorKind::CommentsNotAllowed | ParseErrorKind::TrailingCommasNotAllowed) {
        return None;
    }
    let lenient = ParseOptions { allow_comments: true, allow_trailing_commas: true, ..strict };
    parse_to_ast(text, &CollectOptions::default(), &lenient).ok()?.value.map(|value| node(file, &value))
}

/// Where the text is nested deeper than [`MAX_DEPTH`]: the parser and every walk of the tree recurse.
fn too_deep(text: &str) -> Option<usize> {
    let (mut depth, mut in_string, mut escaped) = (0usize, false, false);
    for (offset, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            _ if in_string => {}
            b'{' | b'[' => {
                depth += 1;
                if depth > MAX_DEPTH {
                    return Some(offset);
                }
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    None
}

fn node(file: FileId, value: &Value) -> Node {
    let range = value.range();
    let span = Span::new(file, range.start..range.end);
    let kind = match value {
        Value::StringLit(s) => NodeKind::Scalar(s.value.as_ref().into(), Style::Quoted),
        Value::NumberLit(n) => NodeKind::Scalar(n.value.into(), Style::Plain),
        Value::BooleanLit(b) => NodeKind::Scalar(if b.value { "true" } else { "false" }.into(), Style::Plain),
        Value::NullKeyword(_) => NodeKind::Scalar("null".into(), Style::Plain),
        Value::Array(array) => NodeKind::Sequence(Arc::new(array.elements.iter().map(|v| node(file, v)).collect())),
        Value::Object(object) => NodeKind::Mapping(Arc::new(entries(file, object))),
    };
    Node { kind, span, tag: None }
}

fn entries(file: FileId, object: &Object) -> Vec<Entry> {
    let entry = |p: &jsonc_parser::ast::ObjectProp| {
        let range = p.name.range();
        let name = match &p.name {
            ObjectPropName::String(s) => s.value.as_ref(),
            ObjectPropName::Word(w) => w.value,
        };
        Entry { key: Node::string(name, Span::new(file, range.start..range.end)), value: node(file, &p.value) }
    };
    object.properties.iter().map(entry).collect()
}

fn syntax_error(file: FileId, text: &str, error: &ParseError) -> SyntaxError {
    let range = error.range();
    let start = range.start.min(text.len());
    let line_end = text.as_bytes()[start..].iter().position(|b| *b == b'\n').map_or(text.len(), |n| start + n);
    let span = Span::new(file, start..range.end.clamp(start, line_end));
    SyntaxError { message: message(error.kind()), span }
}

fn message(kind: &ParseErrorKind) -> String {
    match kind {
        ParseErrorKind::CommentsNotAllowed => "JSON has no comments".to_owned(),
        ParseErrorKind::TrailingCommasNotAllowed => "a comma after the last entry".to_owned(),
        ParseErrorKind::ExpectedComma => "a comma is missing between two entries".to_owned(),
        ParseErrorKind::MultipleRootJsonValues => "more text after the end of the JSON value".to_owned(),
        ParseErrorKind::UnterminatedObject => "this object is not closed: `}` is missing".to_owned(),
        ParseErrorKind::UnterminatedArray => "this array is not closed: `]` is missing".to_owned(),
        ParseErrorKind::ExpectedStringObjectProperty => "a key must be a string in double quotes".to_owned(),
        ParseErrorKind::ExpectedColonAfterObjectKey => "a colon is missing after the key".to_owned(),
        ParseErrorKind::ExpectedObjectValue => "the value is missing after the colon".to_owned(),
        ParseErrorKind::SingleQuotedStringsNotAllowed => "JSON strings stand in double quotes".to_owned(),
        other => {
            let text = other.to_string();
            let mut chars = text.chars();
            chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: FileId = FileId(0);

    fn error(text: &str) -> (String, usize) {
        let (tree, errors) = parse(FILE, text);
        let is_clear = errors.iter().any(|e| e.message == "a comma after the last entry" || e.message == "JSON has no comments");
        assert_eq!((tree.is_some(), errors.len()), (is_clear, 1), "{text}");
        (errors[0].message.clone(), errors[0].span.start as usize)
    }

    #[test]
    fn spans_and_styles() {
        let text = r#"{"é": [1.50, "a\n", true, null], "é": 2}"#;
        let (tree, errors) = parse(FILE, text);
        assert!(errors.is_empty());
        let tree = tree.unwrap();
        let entries = tree.entries().unwrap();
        assert_eq!(entries.len(), 2);
        assert_eq!(&text[entries[0].key.span.range()], "\"é\"");
        let items = entries[0].value.items().unwrap();
        assert_eq!(items[0].kind, NodeKind::Scalar("1.50".into(), Style::Plain));
        assert_eq!(items[1].kind, NodeKind::Scalar("a\n".into(), Style::Quoted));
        assert_eq!(&text[items[1].span.range()], r#""a\n""#);
        assert!(items[3].is_null());
        assert_eq!(tree.get("é").and_then(Node::as_str), Some("2"));
    }

    #[test]
    fn strict() {
        assert_eq!(error(r#"{"a": 1,}"#), ("a comma after the last entry".to_owned(), 7));
        assert_eq!(error(r#"[1, 2,]"#).0, "a comma after the last entry");
        assert_eq!(error("{\"a\": 1 // x\n}").0, "JSON has no comments");
        assert_eq!(error(r#"{"a": 1 "b": 2}"#).0, "a comma is missing between two entries");
        assert_eq!(error(r#"[1 2]"#).0, "a comma is missing between two entries");
        assert_eq!(error(r#"{"a": 1"#), ("this object is not closed: `}` is missing".to_owned(), 0));
        assert_eq!(error(r#"{"a": [1"#), ("this array is not closed: `]` is missing".to_owned(), 6));
        assert_eq!(error(r#"{a: 1}"#).0, "a key must be a string in double quotes");
        assert_eq!(error(r#"{'a': 1}"#).0, "JSON strings stand in double quotes");
        assert_eq!(error(r#"{"a" 1}"#).0, "a colon is missing after the key");
        assert_eq!(error(r#"{"a":}"#).0, "unexpected close brace");
        assert_eq!(error(r#"{"a": 1} {}"#), ("more text after the end of the JSON value".to_owned(), 9));
        assert_eq!(error("").0, "the file is empty");
        assert_eq!(error("  \n").0, "the file is empty");
        error(r#"{"a": 0x1f}"#);
        error(r#"{"a": +1}"#);
        error(r#"{"a": .5}"#);
        error(r#"{"a": NaN}"#);
        error(r#"{,}"#);
        error(r#"[,1]"#);
        error(r#""\x41""#);
    }

    #[test]
    fn depth() {
        let deep = |n: usize| format!("{}{}", "[".repeat(n), "]".repeat(n));
        assert!(parse(FILE, &deep(MAX_DEPTH)).0.is_some());
        assert!(parse(FILE, &format!("{}1{}", r#"{"a":"#.repeat(MAX_DEPTH), "}".repeat(MAX_DEPTH))).0.is_some());
        assert_eq!(error(&deep(MAX_DEPTH + 1)), (format!("nested more than {MAX_DEPTH} levels deep"), MAX_DEPTH));
        error(&"[".repeat(1_000_000));
        assert!(parse(FILE, &format!(r#"["{}"]"#, "[\\\"".repeat(1000))).0.is_some());
    }
}
