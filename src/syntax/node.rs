//! The tree that YAML and JSON share.

use std::sync::Arc;

use crate::source::Span;
use crate::value::Str;

/// How deep a file may be nested. Parsers and every walk of a tree recurse, so that deeper text would end the process;
/// CloudFormation and SAM templates stay below 40.
pub const MAX_DEPTH: usize = 256;

/// A node and its place. Cloning is cheap.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// What it is.
    pub kind: NodeKind,
    /// Its source text.
    pub span: Span,
    /// A YAML application tag without the leading `!` (`Sub`, `GetAtt`, `Rain::Module`) on the mapping that stands for a
    /// short form; `None` in JSON and for plain nodes.
    pub tag: Option<Str>,
}

/// How a scalar was written: only plain ones may be something other than a string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// YAML plain scalar, or a JSON number, `true`, `false` or `null`.
    Plain,
    /// Quoted, a block scalar, or a JSON string.
    Quoted,
}

/// The kinds of node.
#[derive(Clone, Debug, PartialEq)]
pub enum NodeKind {
    /// Any scalar, `null` included, with its source text after unescaping.
    Scalar(Str, Style),
    /// A sequence.
    Sequence(Arc<Vec<Node>>),
    /// A mapping in source order; of duplicate keys all are kept, and the last wins.
    Mapping(Arc<Vec<Entry>>),
}

/// One entry of a mapping.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The key: a scalar in every template.
    pub key: Node,
    /// The value.
    pub value: Node,
}

impl Node {
    /// A plain string that no source text stands for by itself, at the place that caused it.
    pub fn string(text: impl Into<Str>, span: Span) -> Self {
        Node { kind: NodeKind::Scalar(text.into(), Style::Quoted), span, tag: None }
    }

    /// A plain scalar (number, boolean, null) at the place that caused it.
    pub fn plain(text: impl Into<Str>, span: Span) -> Self {
        Node { kind: NodeKind::Scalar(text.into(), Style::Plain), span, tag: None }
    }

    /// A sequence at the place that caused it.
    pub fn sequence(items: Vec<Node>, span: Span) -> Self {
        Node { kind: NodeKind::Sequence(Arc::new(items)), span, tag: None }
    }

    /// A mapping at the place that caused it.
    pub fn mapping(entries: Vec<(Str, Node)>, span: Span) -> Self {
        let entries = entries.into_iter().map(|(k, value)| Entry { key: Node::string(k, span), value }).collect();
        Node { kind: NodeKind::Mapping(Arc::new(entries)), span, tag: None }
    }

    /// The scalar's text.
    pub fn as_str(&self) -> Option<&str> {
        match &self.kind {
            NodeKind::Scalar(text, _) => Some(text),
            _ => None,
        }
    }

    /// Whether it is `null`, `~` or empty, unquoted.
    pub fn is_null(&self) -> bool {
        matches!(&self.kind, NodeKind::Scalar(text, Style::Plain) if matches!(text.as_str(), "" | "~" | "null" | "Null" | "NULL"))
    }

    /// The items, where it is a sequence.
    pub fn items(&self) -> Option<&[Node]> {
        match &self.kind {
            NodeKind::Sequence(items) => Some(items),
            _ => None,
        }
    }

    /// The entries, where it is a mapping.
    pub fn entries(&self) -> Option<&[Entry]> {
        match &self.kind {
            NodeKind::Mapping(entries) => Some(entries),
            _ => None,
        }
    }

    /// The value of a key (the last one, where the key stands twice).
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|e| &e.value)
    }

    /// The entry of a key (the last one, where the key stands twice).
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries()?.iter().rev().find(|e| e.key.as_str() == Some(key))
    }
}

/// What is wrong with a file's syntax.
#[derive(Clone, Debug, PartialEq)]
pub struct SyntaxError {
    /// Cause, in words.
    pub message: String,
    /// Where.
    pub span: Span,
}
