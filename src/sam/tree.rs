//! A tree that can be changed: the SAM expansion edits API definitions and resources in many small steps, where
//! [`Node`] is made for sharing.

use indexmap::IndexMap;

use crate::source::Span;
use crate::syntax::node::{Entry, Node, NodeKind, Style};
use crate::value::Str;

/// Keys and values of a mapping.
pub(super) type Map = IndexMap<Str, Tree>;

/// A node that can be changed in place. Equality ignores places, as the translator's comparison of dictionaries does.
#[derive(Clone, Debug)]
pub(super) struct Tree {
    /// What it is.
    pub kind: Kind,
    /// Its source text, or that of the SAM line that caused it.
    pub span: Span,
    /// The place of the key that it stands under.
    pub key: Span,
    tag: Option<Str>,
}

/// The kinds of node.
#[derive(Clone, Debug)]
pub(super) enum Kind {
    /// A scalar with its text.
    Scalar(Str, Style),
    /// A sequence.
    List(Vec<Tree>),
    /// A mapping; of duplicate keys the last has won.
    Map(Map),
}

impl PartialEq for Tree {
    fn eq(&self, other: &Self) -> bool {
        match (&self.kind, &other.kind) {
            (Kind::Scalar(a, _), Kind::Scalar(b, _)) => a == b,
            (Kind::List(a), Kind::List(b)) => a == b,
            (Kind::Map(a), Kind::Map(b)) => a == b,
            _ => false,
        }
    }
}

/// Nesting beyond this is cut off: CloudFormation itself refuses far less.
pub(super) const MAX_DEPTH: usize = 250;

/// A template of more nodes than this (aliases counted as often as they are used) is refused.
pub(super) const MAX_NODES: usize = 500_000;

/// Why a [`Node`] could not be taken over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TooLarge {
    /// Nested deeper than [`MAX_DEPTH`].
    Deep(Span),
    /// More nodes than [`MAX_NODES`].
    Long(Span),
}

impl Tree {
    /// Takes a node over; `budget` counts down the nodes that may still come.
    pub(super) fn from_node(node: &Node, budget: &mut usize) -> Result<Tree, TooLarge> {
        Self::convert(node, node.span, MAX_DEPTH, budget)
    }

    fn convert(node: &Node, key: Span, depth: usize, budget: &mut usize) -> Result<Tree, TooLarge> {
        if depth == 0 {
            return Err(TooLarge::Deep(node.span));
        }
        *budget = budget.checked_sub(1).ok_or(TooLarge::Long(node.span))?;
        let kind = match &node.kind {
            NodeKind::Scalar(text, style) => Kind::Scalar(text.clone(), *style),
            NodeKind::Sequence(items) => {
                Kind::List(items.iter().map(|i| Self::convert(i, i.span, depth - 1, budget)).collect::<Result<_, _>>()?)
            }
            NodeKind::Mapping(entries) => {
                let mut map = Map::with_capacity(entries.len());
                for entry in entries.iter() {
                    if let Some(name) = entry.key.as_str() {
                        map.insert(name.into(), Self::convert(&entry.value, entry.key.span, depth - 1, budget)?);
                    }
                }
                Kind::Map(map)
            }
        };
        Ok(Tree { kind, span: node.span, key, tag: node.tag.clone() })
    }

    /// Gives the node back.
    pub(super) fn into_node(self) -> Node {
        let Tree { kind, span, tag, .. } = self;
        let mut node = match kind {
            Kind::Scalar(text, style) => Node { kind: NodeKind::Scalar(text, style), span, tag: None },
            Kind::List(items) => Node::sequence(items.into_iter().map(Tree::into_node).collect(), span),
            Kind::Map(map) => {
                let entry = |(k, v): (Str, Tree)| Entry { key: Node::string(k, v.key.or(v.span)), value: v.into_node() };
                let entries: Vec<_> = map.into_iter().map(entry).collect();
                Node { kind: NodeKind::Mapping(entries.into()), span, tag: None }
            }
        };
        node.tag = tag;
        node
    }

    /// The same place with another content.
    pub(super) fn with_kind(&self, kind: Kind) -> Tree {
        Tree { kind, span: self.span, key: self.key, tag: self.tag.clone() }
    }

    /// The place that nodes caused by this one point to.
    pub(super) fn at(&self) -> At {
        At { span: self.span, key: self.key }
    }

    /// The text of a scalar that is not null.
    pub(super) fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Scalar(text, _) if !self.is_null() => Some(text),
            _ => None,
        }
    }

    /// The items of a sequence.
    pub(super) fn items(&self) -> Option<&[Tree]> {
        match &self.kind {
            Kind::List(items) => Some(items),
            _ => None,
        }
    }

    /// The items of a sequence, to change.
    pub(super) fn items_mut(&mut self) -> Option<&mut Vec<Tree>> {
        match &mut self.kind {
            Kind::List(items) => Some(items),
            _ => None,
        }
    }

    /// The entries of a mapping.
    pub(super) fn map(&self) -> Option<&Map> {
        match &self.kind {
            Kind::Map(map) => Some(map),
            _ => None,
        }
    }

    /// The entries of a mapping, to change.
    pub(super) fn map_mut(&mut self) -> Option<&mut Map> {
        match &mut self.kind {
            Kind::Map(map) => Some(map),
            _ => None,
        }
    }

    /// The value of a key; a null counts as not written.
    pub(super) fn get(&self, key: &str) -> Option<&Tree> {
        self.map()?.get(key).filter(|v| !v.is_null())
    }

    /// The value of a key, to change; a null counts as not written.
    pub(super) fn get_mut(&mut self, key: &str) -> Option<&mut Tree> {
        self.map_mut()?.get_mut(key).filter(|v| !v.is_null())
    }

    /// The text under a key.
    pub(super) fn get_text(&self, key: &str) -> Option<&str> {
        self.get(key)?.text()
    }

    /// How many nodes it has.
    pub(super) fn size(&self) -> usize {
        1 + match &self.kind {
            Kind::Scalar(..) => 0,
            Kind::List(items) => items.iter().map(Tree::size).sum(),
            Kind::Map(map) => map.values().map(Tree::size).sum(),
        }
    }

    /// Follows keys one after the other.
    pub(super) fn path(&self, keys: &[&str]) -> Option<&Tree> {
        keys.iter().try_fold(self, |at, key| at.get(key))
    }

    /// Sets a key; on anything but a mapping this does nothing.
    pub(super) fn set(&mut self, key: impl Into<Str>, value: Tree) {
        if let Kind::Map(map) = &mut self.kind {
            map.insert(key.into(), value);
        }
    }

    /// The value of a key, which becomes an empty mapping first where it is absent or null.
    pub(super) fn entry_map(&mut self, key: &str) -> Option<&mut Tree> {
        let at = self.at();
        let map = self.map_mut()?;
        if map.get(key).is_none_or(Tree::is_null) {
            map.insert(key.into(), at.map([]));
        }
        map.get_mut(key)
    }

    /// Removes a key.
    pub(super) fn remove(&mut self, key: &str) -> Option<Tree> {
        self.map_mut()?.shift_remove(key)
    }

    /// Whether it is an unquoted null.
    pub(super) fn is_null(&self) -> bool {
        matches!(&self.kind, Kind::Scalar(t, Style::Plain) if matches!(t.as_str(), "" | "~" | "null" | "Null" | "NULL"))
    }

    /// The boolean that a plain scalar means, by YAML 1.1.
    pub(super) fn boolean(&self) -> Option<bool> {
        match &self.kind {
            Kind::Scalar(text, Style::Plain) => match text.as_str() {
                "true" | "True" | "TRUE" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => Some(true),
                "false" | "False" | "FALSE" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => Some(false),
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether it is the boolean true.
    pub(super) fn is_true(&self) -> bool {
        self.boolean() == Some(true)
    }

    /// Whether it counts as set: neither null, false, zero nor empty.
    pub(super) fn is_set(&self) -> bool {
        match &self.kind {
            Kind::Scalar(text, Style::Plain) => !self.is_null() && self.boolean() != Some(false) && text != "0",
            Kind::Scalar(text, Style::Quoted) => !text.is_empty(),
            Kind::List(items) => !items.is_empty(),
            Kind::Map(map) => !map.is_empty(),
        }
    }

    /// Whether the key stands here with a value that counts as set.
    pub(super) fn has(&self, key: &str) -> bool {
        self.get(key).is_some_and(Tree::is_set)
    }

    /// Name and argument, where it is an intrinsic function (`Ref`, `Condition` or `Fn::…` alone in a mapping).
    pub(super) fn intrinsic(&self) -> Option<(&str, &Tree)> {
        let map = self.map()?;
        let (name, argument) = map.first().filter(|_| map.len() == 1)?;
        (name == "Ref" || name == "Condition" || name.starts_with("Fn::")).then_some((name, argument))
    }

    /// Whether it is an intrinsic function.
    pub(super) fn is_intrinsic(&self) -> bool {
        self.intrinsic().is_some()
    }

    /// The logical id that a plain `Ref` names.
    pub(super) fn reference(&self) -> Option<&str> {
        match self.intrinsic() {
            Some(("Ref", argument)) => argument.text(),
            _ => None,
        }
    }

    /// Whether it is `Ref: AWS::NoValue`.
    pub(super) fn is_no_value(&self) -> bool {
        self.reference() == Some("AWS::NoValue")
    }

    /// The three arguments, where it is a well-formed `Fn::If`.
    pub(super) fn if_arguments(&self) -> Option<&[Tree; 3]> {
        match self.intrinsic() {
            Some(("Fn::If", argument)) => argument.items()?.try_into().ok(),
            _ => None,
        }
    }

    /// The logical id that a `Ref` or a two-part `Fn::GetAtt` names.
    pub(super) fn logical_id(&self) -> Option<&str> {
        match self.intrinsic()? {
            ("Ref", argument) => argument.text(),
            ("Fn::GetAtt", argument) => match &argument.kind {
                Kind::Scalar(text, _) => text.split_once('.').filter(|(_, rest)| !rest.contains('.')).map(|(id, _)| id),
                Kind::List(parts) => parts.first()?.text(),
                Kind::Map(_) => None,
            },
            _ => None,
        }
    }
}

/// A place that generated nodes point to, and the maker of such nodes.
#[derive(Clone, Copy, Debug)]
pub(super) struct At {
    /// The text that caused them.
    pub span: Span,
    /// The key that this text stands under.
    pub key: Span,
}

impl At {
    fn tree(self, kind: Kind) -> Tree {
        Tree { kind, span: self.span, key: self.key, tag: None }
    }

    /// A string.
    pub(super) fn text(self, text: impl Into<Str>) -> Tree {
        self.tree(Kind::Scalar(text.into(), Style::Quoted))
    }

    /// A number, a boolean or null.
    pub(super) fn plain(self, text: impl Into<Str>) -> Tree {
        self.tree(Kind::Scalar(text.into(), Style::Plain))
    }

    /// A sequence.
    pub(super) fn list(self, items: Vec<Tree>) -> Tree {
        self.tree(Kind::List(items))
    }

    /// A mapping.
    pub(super) fn map<const N: usize>(self, entries: [(&str, Tree); N]) -> Tree {
        self.tree(Kind::Map(entries.into_iter().map(|(k, v)| (k.into(), v)).collect()))
    }

    /// A mapping from entries that exist already.
    pub(super) fn of(self, map: Map) -> Tree {
        self.tree(Kind::Map(map))
    }

    /// `Ref`.
    pub(super) fn reference(self, id: impl Into<Str>) -> Tree {
        self.map([("Ref", self.text(id))])
    }

    /// `Ref: AWS::NoValue`.
    pub(super) fn no_value(self) -> Tree {
        self.reference("AWS::NoValue")
    }

    /// `Fn::GetAtt`.
    pub(super) fn get_att(self, id: impl Into<Str>, attribute: &str) -> Tree {
        self.map([("Fn::GetAtt", self.list(vec![self.text(id), self.text(attribute)]))])
    }

    /// `Fn::Sub` of a text alone.
    pub(super) fn sub(self, text: impl Into<Str>) -> Tree {
        self.map([("Fn::Sub", self.text(text))])
    }

    /// `Fn::Sub` of a text with variables of its own.
    pub(super) fn sub_with<const N: usize>(self, text: impl Into<Str>, variables: [(&str, Tree); N]) -> Tree {
        self.map([("Fn::Sub", self.list(vec![self.text(text), self.map(variables)]))])
    }

    /// `Fn::If`.
    pub(super) fn choose(self, condition: impl Into<Str>, yes: Tree, no: Tree) -> Tree {
        self.map([("Fn::If", self.list(vec![self.text(condition), yes, no]))])
    }
}

/// What may stand as a value in [`tree!`].
pub(super) trait IntoTree {
    /// Makes the node.
    fn into_tree(self, at: At) -> Tree;
}

impl IntoTree for Tree {
    fn into_tree(self, _: At) -> Tree {
        self
    }
}

impl IntoTree for &Tree {
    fn into_tree(self, _: At) -> Tree {
        self.clone()
    }
}

impl IntoTree for &str {
    fn into_tree(self, at: At) -> Tree {
        at.text(self)
    }
}

impl IntoTree for String {
    fn into_tree(self, at: At) -> Tree {
        at.text(self)
    }
}

impl IntoTree for Str {
    fn into_tree(self, at: At) -> Tree {
        at.text(self)
    }
}

impl IntoTree for bool {
    fn into_tree(self, at: At) -> Tree {
        at.plain(if self { "true" } else { "false" })
    }
}

impl IntoTree for i64 {
    fn into_tree(self, at: At) -> Tree {
        at.plain(self.to_string())
    }
}

/// Writes a tree as it looks in JSON; each value is one token, so that an expression stands in parentheses.
macro_rules! tree {
    ($at:expr, { $($key:literal : $value:tt),* $(,)? }) => { $at.map([ $( ($key, tree!($at, $value)) ),* ]) };
    ($at:expr, [ $($value:tt),* $(,)? ]) => { $at.list(vec![ $( tree!($at, $value) ),* ]) };
    ($at:expr, $value:tt) => { crate::sam::tree::IntoTree::into_tree($value, $at) };
}
pub(super) use tree;
