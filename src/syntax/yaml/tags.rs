//! What tags mean: CloudFormation's short forms become their long forms, YAML's own tags decide how a scalar is read.
#![deny(unsafe_code)]

use std::sync::Arc;

use crate::source::Span;
use crate::syntax::node::{Entry, Node, NodeKind, Style};
use crate::value::{Str, format_smolstr};

/// The node that a tag makes of another. `outer` is the place of the tag and the node together in `text`.
///
/// `!X` is `{"Fn::X": …}` for every name X, as other CloudFormation tools read it, but for `!Ref` and `!Condition`. The new
/// mapping keeps the tag's name, so that a tag of another tool (`!Rain::Module`) can be told from a function.
pub(super) fn apply(text: &str, tag: &str, node: Node, outer: Span) -> Node {
    match tag.strip_prefix('!') {
        // A lone `!` says: a string, not what it looks like. YAML's own tags are no application's.
        Some("") => as_string(node),
        Some(name) => short_form(text, name, node, outer),
        None => match tag.strip_prefix("tag:yaml.org,2002:") {
            Some("str" | "binary" | "timestamp") => as_string(node),
            Some("int" | "float" | "bool" | "null") => as_plain(node),
            _ => node,
        },
    }
}

fn short_form(text: &str, name: &str, node: Node, outer: Span) -> Node {
    let (key, argument): (Str, Node) = match name {
        "Ref" | "Condition" => (name.into(), node),
        "GetAtt" => ("Fn::GetAtt".into(), get_att(text, node)),
        _ => (format_smolstr!("Fn::{name}"), node),
    };
    let entry = Entry { key: Node::string(key, tag_span(text, outer)), value: argument };
    Node { kind: NodeKind::Mapping(Arc::new(vec![entry])), span: outer, tag: Some(name.into()) }
}

/// The tag's own place; that of the whole node where an anchor stands before it.
fn tag_span(text: &str, outer: Span) -> Span {
    match text.get(outer.range()).filter(|t| t.starts_with('!')) {
        Some(source) => {
            let len = source.find(char::is_whitespace).unwrap_or(source.len());
            Span { end: outer.start + len as u32, ..outer }
        }
        None => outer,
    }
}

/// `A.B.C` is the attribute `B.C` of `A`: logical ids have no dots, attributes may.
fn get_att(text: &str, node: Node) -> Node {
    let Some((resource, attribute)) = node.as_str().and_then(|text| text.split_once('.')) else { return node };
    let (first, rest) = match text.get(node.span.range()) == node.as_str() {
        true => {
            let dot = node.span.start + resource.len() as u32;
            (Span { end: dot, ..node.span }, Span { start: dot + 1, ..node.span })
        }
        false => (node.span, node.span),
    };
    Node::sequence(vec![Node::string(resource, first), Node::string(attribute, rest)], node.span)
}

fn as_string(node: Node) -> Node {
    restyle(node, Style::Quoted)
}

fn as_plain(node: Node) -> Node {
    restyle(node, Style::Plain)
}

fn restyle(mut node: Node, style: Style) -> Node {
    if let NodeKind::Scalar(_, old) = &mut node.kind {
        *old = style;
    }
    node
}
