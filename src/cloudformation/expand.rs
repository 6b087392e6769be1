//! What CloudFormation's own transforms do to a template before anything else: loops (`Fn::ForEach` of
//! `AWS::LanguageExtensions`) are unrolled, local snippets (`AWS::Include`) are put in.

use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use super::conditions::Decision;
use super::nested::normalised;
use super::resolver::{Resolver, StackId};
use crate::boundary::outside;
use crate::finding::Severity;
use crate::source::Span;
use crate::syntax::node::{Entry, Node, NodeKind};
use crate::unit::Absent;
use crate::value::Str;

/// How many nodes loops may make in one unit.
pub(super) const MAX_EXPANDED_NODES: usize = 250_000;

/// How far above a template a file is looked for that its built template names.
const MAX_FOLDERS_ABOVE: usize = 32;

/// How deep snippets may include one another.
const MAX_INCLUDES: usize = 8;

impl Resolver<'_> {
    /// The node with its loops unrolled and its snippets in place. What cannot be expanded stays as it is.
    pub fn expand(&mut self, stack: StackId, node: &Node, includes: usize) -> Node {
        self.deeper(node.span, |r| r.expand_node(stack, node, includes)).unwrap_or_else(|| node.clone())
    }

    fn expand_node(&mut self, stack: StackId, node: &Node, includes: usize) -> Node {
        let kind = match &node.kind {
            NodeKind::Scalar(..) => return node.clone(),
            NodeKind::Sequence(items) => {
                NodeKind::Sequence(Arc::new(items.iter().map(|item| self.expand(stack, item, includes)).collect()))
            }
            NodeKind::Mapping(entries) => {
                if let [only] = entries.as_slice()
                    && only.key.as_str() == Some("Fn::Transform")
                    && let Some(snippet) = self.snippet(stack, &only.value, includes)
                {
                    return snippet;
                }
                if let Some(branches) = self.taken_branch(stack, entries, includes) {
                    return Node { kind: branches, span: node.span, tag: node.tag.clone() };
                }
                NodeKind::Mapping(Arc::new(self.expand_entries(stack, entries, includes)))
            }
        };
        Node { kind, span: node.span, tag: node.tag.clone() }
    }

    /// `Fn::If` with the one branch expanded that is taken, where that is known: what is wrong in the other one does not matter.
    fn taken_branch(&mut self, stack: StackId, entries: &[Entry], includes: usize) -> Option<NodeKind> {
        let [only] = entries else { return None };
        if only.key.as_str() != Some("Fn::If") {
            return None;
        }
        let [condition, yes, no] = only.value.items()? else { return None };
        let name = condition.as_str().filter(|name| self.stacks[stack].conditions.contains_key(*name))?;
        let branches = match self.condition(stack, name, condition.span) {
            Decision::Known(true) => [condition.clone(), self.expand(stack, yes, includes), no.clone()],
            Decision::Known(false) => [condition.clone(), yes.clone(), self.expand(stack, no, includes)],
            Decision::Open { .. } => return None,
        };
        let value = Node { kind: NodeKind::Sequence(Arc::new(branches.into())), ..only.value.clone() };
        Some(NodeKind::Mapping(Arc::new(vec![Entry { key: only.key.clone(), value }])))
    }

    fn expand_entries(&mut self, stack: StackId, entries: &[Entry], includes: usize) -> Vec<Entry> {
        let mut out = Vec::with_capacity(entries.len());
        for entry in entries {
            let key = entry.key.as_str().unwrap_or_default();
            if key == "Fn::ForEach" || key.starts_with("Fn::ForEach::") {
                match self.unroll(stack, entry, includes) {
                    Some(made) => out.extend(made),
                    None => out.push(entry.clone()),
                }
                continue;
            }
            if key == "Fn::Transform"
                && let Some(snippet) = self.snippet(stack, &entry.value, includes)
                && let Some(included) = snippet.entries()
            {
                out.extend(included.iter().cloned());
                continue;
            }
            out.push(Entry { key: entry.key.clone(), value: self.expand(stack, &entry.value, includes) });
        }
        out
    }

    /// The entries that a loop makes; `None` where it is malformed or its collection is not known.
    fn unroll(&mut self, stack: StackId, entry: &Entry, includes: usize) -> Option<Vec<Entry>> {
        let Loop { identifier, collection, body } = match parse_loop(entry) {
            Ok(parsed) => parsed,
            Err((span, message)) => {
                self.problem(Severity::Error, span, message, "");
                return None;
            }
        };
        if !self.stacks[stack].has_extensions {
            let message = "`Fn::ForEach` works only in a template with `Transform: AWS::LanguageExtensions`";
            self.problem(Severity::Error, entry.key.span, message, "");
        }
        let values = self.collection_values(stack, collection)?;
        let mut out: Vec<Entry> = Vec::new();
        let mut names = std::collections::HashSet::new();
        for value in values {
            let substitution = Substitution::new(identifier, &value);
            for template in body {
                let size = count_nodes(&template.value);
                self.expanded = self.expanded.saturating_add(size);
                if self.expanded > MAX_EXPANDED_NODES {
                    let message = format!("the loops of this template make more than {MAX_EXPANDED_NODES} values");
                    self.problem(Severity::Error, entry.key.span, message, "");
                    return None;
                }
                let key = substitution.key(&template.key);
                let made = Entry { key, value: substitution.node(&template.value) };
                for made in self.expand_entries(stack, &[made], includes) {
                    if !names.insert(Str::from(made.key.as_str().unwrap_or_default())) {
                        let key = made.key.as_str().unwrap_or_default();
                        let message = format!("the loop makes `{key}` twice: its key must contain `${{{identifier}}}`");
                        self.problem(Severity::Error, template.key.span, message, "");
                        continue;
                    }
                    out.push(made);
                }
            }
        }
        Some(out)
    }

    fn collection_values(&mut self, stack: StackId, collection: &Node) -> Option<Vec<Str>> {
        let value = self.value(stack, collection);
        let Some(list) = value.as_list().filter(|list| list.open.is_none()) else {
            if value.first_unknown().is_none() {
                self.problem(Severity::Error, collection.span, "the collection of a loop must be a list", "");
            }
            return None;
        };
        list.items.iter().map(|item| item.to_text()?.as_known().map(Str::from)).collect()
    }

    /// What a `Fn::Transform` of `AWS::Include` puts in its place; `None` for other macros, and for files that are not here.
    pub fn snippet(&mut self, stack: StackId, transform: &Node, includes: usize) -> Option<Node> {
        if transform.get("Name").and_then(Node::as_str) != Some("AWS::Include") {
            return None;
        }
        let location = transform.get("Parameters")?.get("Location")?;
        let value = self.value(stack, location);
        let path = value.as_str().filter(|path| is_local(path))?.to_owned();
        if includes >= MAX_INCLUDES {
            let message = format!("snippets include one another more than {MAX_INCLUDES} levels deep");
            self.problem(Severity::Error, location.span, message, "");
            return None;
        }
        let (_, snippet) = self.read_tree(stack, &path, location.span, "snippet")?;
        self.expanded = self.expanded.saturating_add(count_nodes(&snippet));
        if self.expanded > MAX_EXPANDED_NODES {
            let message = format!("the snippets of this template hold more than {MAX_EXPANDED_NODES} values");
            self.problem(Severity::Error, location.span, message, "");
            return None;
        }
        Some(self.expand(stack, &snippet, includes + 1))
    }

    /// The file of a path. Where there is none, and the path leads out of the template's folder, it may count from the folder of the
    /// template that a build writes (`service/build/template.yaml`): then it is the one file that the path without its `..` leads to
    /// from a folder above. A bare name says too little for that.
    pub fn found(&self, stack: StackId, path: &str) -> Option<PathBuf> {
        let boundary = &self.workspace.sources.boundary;
        let written = self.stacks[stack].folder().join(path);
        if boundary.is_file(&written) {
            return Some(written);
        }
        let inner: PathBuf = Path::new(path).components().skip_while(|c| *c == Component::ParentDir).collect();
        if !leads_out(path) || inner.components().count() < 2 || inner.components().any(|c| !matches!(c, Component::Normal(_))) {
            return None;
        }
        let above = self.stacks[stack].folder().ancestors().take(MAX_FOLDERS_ABOVE).map(|folder| folder.join(&inner));
        let mut files = above.filter(|file| boundary.is_file(file));
        files.next().filter(|_| files.next().is_none())
    }

    /// Why a file that the template names is not there, where that says nothing against the template.
    pub fn made_elsewhere(&self, stack: StackId, path: &str) -> Option<Absent> {
        self.workspace.absent(&normalised(&self.stacks[stack].folder().join(path)), false)
    }

    /// Reads a local YAML or JSON file that the template names; its problems are recorded, but not that it is one of those that
    /// something else puts there.
    pub fn read_tree(&mut self, stack: StackId, path: &str, span: Span, what: &str) -> Option<(PathBuf, Node)> {
        let Some(full) = self.found(stack, path) else {
            if matches!(self.made_elsewhere(stack, path), Some(Absent::Built | Absent::Submodule(_))) {
                return None;
            }
            let message = match self.workspace.may_read(&self.stacks[stack].folder().join(path)) {
                true => format!("the {what} `{path}` is not there"),
                false => format!("the {what} {}", outside(Path::new(path))),
            };
            self.problem(Severity::Warning, span, message, "");
            return None;
        };
        let tree = self.workspace.tree(&full);
        if let Some(error) = &tree.unreadable {
            self.problem(Severity::Error, span, error.to_string(), "");
        }
        if let Some(file) = tree.file.filter(|file| !self.files.contains(file)) {
            self.files.push(file);
        }
        for error in &tree.errors {
            self.problem(Severity::Error, error.span, error.message.clone(), "");
        }
        Some((full, tree.node.clone()?))
    }
}

/// Whether a path leaves the folder that it counts from.
pub(super) fn leads_out(path: &str) -> bool {
    Path::new(path).components().next() == Some(Component::ParentDir)
}

/// Whether a location is a path of this machine and not a URL or a bucket's.
pub(super) fn is_local(location: &str) -> bool {
    !location.is_empty() && !location.contains("://") && !Path::new(location).is_absolute()
}

struct Loop<'n> {
    identifier: &'n str,
    collection: &'n Node,
    body: &'n [Entry],
}

fn parse_loop(entry: &Entry) -> Result<Loop<'_>, (Span, String)> {
    let key = entry.key.as_str().unwrap_or_default();
    if key.strip_prefix("Fn::ForEach::").is_none_or(str::is_empty) {
        return Err((entry.key.span, "a loop needs a name of its own: `Fn::ForEach::Name`".to_owned()));
    }
    let Some([identifier, collection, body]) = entry.value.items() else {
        let message = format!("`{key}` wants a list: an identifier, a collection and a map of what to make");
        return Err((entry.key.span, message));
    };
    let Some(name) = identifier.as_str().filter(|name| !name.is_empty()) else {
        return Err((identifier.span, format!("the identifier of `{key}` must be a text")));
    };
    let is_collection = collection.items().is_some() || collection.entries().is_some();
    if !is_collection {
        return Err((collection.span, format!("the collection of `{key}` must be a list")));
    }
    match body.entries() {
        Some(body) => Ok(Loop { identifier: name, collection, body }),
        None => Err((body.span, format!("what `{key}` makes must be a map"))),
    }
}

/// One round of a loop: `${Name}` is the value, `&{Name}` the value without what may not stand in a logical id.
struct Substitution<'l> {
    identifier: &'l str,
    value: &'l str,
    patterns: [(String, String); 2],
}

impl<'l> Substitution<'l> {
    fn new(identifier: &'l str, value: &'l str) -> Self {
        let bare: String = value.chars().filter(char::is_ascii_alphanumeric).collect();
        let patterns = [(format!("${{{identifier}}}"), value.to_owned()), (format!("&{{{identifier}}}"), bare)];
        Substitution { identifier, value, patterns }
    }

    fn text(&self, text: &str) -> Option<Str> {
        if !self.patterns.iter().any(|(from, _)| text.contains(from.as_str())) {
            return None;
        }
        let replaced = self.patterns.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from.as_str(), to));
        Some(replaced.into())
    }

    fn key(&self, key: &Node) -> Node {
        self.node(key)
    }

    fn node(&self, node: &Node) -> Node {
        let kind = match &node.kind {
            NodeKind::Scalar(text, style) => match self.text(text) {
                Some(text) => NodeKind::Scalar(text, *style),
                None => return node.clone(),
            },
            NodeKind::Sequence(items) => NodeKind::Sequence(Arc::new(items.iter().map(|i| self.node(i)).collect())),
            NodeKind::Mapping(entries) => {
                if let [only] = entries.as_slice()
                    && only.key.as_str() == Some("Ref")
                    && only.value.as_str() == Some(self.identifier)
                {
                    return Node::string(self.value, node.span);
                }
                let entry = |e: &Entry| Entry { key: self.key(&e.key), value: self.node(&e.value) };
                NodeKind::Mapping(Arc::new(entries.iter().map(entry).collect()))
            }
        };
        Node { kind, span: node.span, tag: node.tag.clone() }
    }
}

fn count_nodes(node: &Node) -> usize {
    match &node.kind {
        NodeKind::Scalar(..) => 1,
        NodeKind::Sequence(items) => 1 + items.iter().map(count_nodes).sum::<usize>(),
        NodeKind::Mapping(entries) => 1 + entries.iter().map(|e| count_nodes(&e.value)).sum::<usize>(),
    }
}
