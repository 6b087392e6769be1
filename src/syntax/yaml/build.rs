//! From events to a tree: anchors, aliases, merge keys and tags are resolved here, within limits.
#![deny(unsafe_code)]

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::{Event, EventKind, Parser, Properties, ScalarStyle, errors, tags};
use crate::source::{FileId, Span};
use crate::syntax::node::{Entry, MAX_DEPTH, Node, NodeKind, Style, SyntaxError};
use crate::value::Str;

/// How many nodes aliases may stand for, all together. A few lines of nested aliases can stand for billions.
pub const MAX_ALIAS_NODES: usize = 250_000;

/// What a YAML text holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stream {
    /// The first document; none in an empty text, or where the text has a syntax error.
    pub first: Option<Node>,
    /// Where a second document starts. CloudFormation has no templates of several documents; Kubernetes manifests are such.
    pub second: Option<Span>,
    /// What is wrong, in order.
    pub errors: Vec<SyntaxError>,
}

/// Parses the first document of a text (see [`parse_stream`]).
pub fn parse(file: FileId, text: &str) -> (Option<Node>, Vec<SyntaxError>) {
    let stream = parse_stream(file, text);
    (stream.first, stream.errors)
}

/// Parses the first document of a text and tells whether there is another.
///
/// Short tags are in their long form (`!Sub x` is `{"Fn::Sub": x}`, and so for every tag), aliases and merge keys are
/// replaced by what they stand for, scalars keep their text, duplicate keys are kept. The span of a scalar covers its text with
/// the quotes but without tag and anchor. A text with a syntax error has no tree: what follows the error is not known, and half a
/// template is another template.
pub fn parse_stream(file: FileId, text: &str) -> Stream {
    let mut stream = Stream::default();
    let mut build = Build { file, text, stack: Vec::new(), anchors: HashMap::new(), expanded: 0, root: None, errors: Vec::new() };
    match build.run() {
        Ok(second) => {
            stream.first = build.root;
            stream.second = second;
            stream.errors = build.errors;
        }
        Err(fatal) => {
            stream.errors = build.errors;
            stream.errors.push(fatal);
        }
    }
    stream
}

/// A finished node with its size and height, aliases counted in full.
#[derive(Clone)]
struct Built {
    node: Node,
    nodes: usize,
    height: usize,
}

/// A collection that is not closed yet.
struct Frame {
    items: Items,
    properties: Properties,
    flow: bool,
    start: usize,
    /// Where the content starts: after tag and anchor.
    content: usize,
    /// Where the last child ends.
    end: usize,
    nodes: usize,
    height: usize,
}

enum Items {
    Sequence(Vec<Node>),
    Mapping(Vec<Entry>, Option<Node>),
}

struct Build<'t> {
    file: FileId,
    text: &'t str,
    stack: Vec<Frame>,
    anchors: HashMap<String, Built>,
    expanded: usize,
    root: Option<Node>,
    errors: Vec<SyntaxError>,
}

impl Build<'_> {
    /// Reads the first document; the span of the second where there is one. An error is fatal.
    fn run(&mut self) -> Result<Option<Span>, SyntaxError> {
        let mut parser = Parser::new(self.text).ok_or_else(|| self.error("out of memory", 0, 0))?;
        let mut documents = 0;
        loop {
            let event = parser.next().map_err(|failure| errors::explain(self.file, self.text, &failure))?;
            match event.kind {
                EventKind::StreamEnd => return Ok(None),
                EventKind::DocumentStart if documents == 1 => return Ok(Some(self.span(event.start, event.end))),
                EventKind::DocumentStart => documents += 1,
                _ => self.event(event)?,
            }
        }
    }

    fn event(&mut self, event: Event) -> Result<(), SyntaxError> {
        let Event { kind, start, end } = event;
        match kind {
            EventKind::Scalar { properties, value, style } => {
                let built = self.scalar(&properties, value, style, start, end);
                self.finish(properties, built, start, end);
            }
            EventKind::Alias(name) => {
                let built = self.alias(&name, start, end)?;
                self.attach(built, end);
            }
            EventKind::SequenceStart { properties, flow } => self.open(Items::Sequence(Vec::new()), properties, flow, start, end)?,
            EventKind::MappingStart { properties, flow } => self.open(Items::Mapping(Vec::new(), None), properties, flow, start, end)?,
            EventKind::End => self.close(end),
            EventKind::DocumentStart | EventKind::DocumentEnd | EventKind::StreamEnd => {}
        }
        Ok(())
    }

    fn scalar(&self, properties: &Properties, value: String, style: ScalarStyle, start: usize, end: usize) -> Built {
        let start = self.content_start(properties, start, end);
        // A block scalar's range runs to the next token.
        let end = match style {
            ScalarStyle::Block => start + self.text.get(start..end).map_or(0, |t| t.trim_end().len()),
            _ => end,
        };
        let style = match style {
            ScalarStyle::Plain => Style::Plain,
            ScalarStyle::Quoted | ScalarStyle::Block => Style::Quoted,
        };
        let node = Node { kind: NodeKind::Scalar(Str::from(value), style), span: self.span(start, end), tag: None };
        Built { node, nodes: 1, height: 1 }
    }

    fn alias(&mut self, name: &str, start: usize, end: usize) -> Result<Built, SyntaxError> {
        let Some(built) = self.anchors.get(name).cloned() else {
            let inside = self.stack.iter().any(|frame| frame.properties.anchor.as_deref() == Some(name));
            let message = match inside {
                true => format!("the alias `*{name}` stands inside the value that it names"),
                false => format!("the alias `*{name}` has no anchor `&{name}` before it"),
            };
            self.errors.push(self.error(&message, start, end));
            return Ok(Built { node: Node::plain("", self.span(start, end)), nodes: 1, height: 1 });
        };
        self.expanded = self.expanded.saturating_add(built.nodes);
        if self.expanded > MAX_ALIAS_NODES {
            return Err(self.error(&format!("the aliases of this file stand for more than {MAX_ALIAS_NODES} values"), start, end));
        }
        if self.stack.len() + built.height > MAX_DEPTH {
            return Err(self.error(&format!("nested more than {MAX_DEPTH} levels deep by the alias `*{name}`"), start, end));
        }
        Ok(built)
    }

    fn open(&mut self, items: Items, properties: Properties, flow: bool, start: usize, end: usize) -> Result<(), SyntaxError> {
        if self.stack.len() >= MAX_DEPTH {
            return Err(self.error(&format!("nested more than {MAX_DEPTH} levels deep"), start, end));
        }
        let limit = if flow { end } else { self.text.len() };
        let content = self.content_start(&properties, start, limit);
        self.stack.push(Frame { items, properties, flow, start, content, end: content, nodes: 1, height: 0 });
        Ok(())
    }

    fn close(&mut self, end: usize) {
        let Some(frame) = self.stack.pop() else { return };
        // A block collection has no end of its own in the text: the event's end is at whatever comes next.
        let end = if frame.flow { end } else { frame.end };
        let kind = match frame.items {
            Items::Sequence(items) => NodeKind::Sequence(Arc::new(items)),
            Items::Mapping(entries, _) => NodeKind::Mapping(Arc::new(self.merge(entries))),
        };
        let node = Node { kind, span: self.span(frame.content, end), tag: None };
        let built = Built { node, nodes: frame.nodes, height: frame.height + 1 };
        self.finish(frame.properties, built, frame.start, end);
    }

    /// Applies tag and anchor of a finished node and hands it to the collection that it is in.
    fn finish(&mut self, properties: Properties, mut built: Built, start: usize, end: usize) {
        if let Some(tag) = &properties.tag {
            built.node = tags::apply(self.text, tag, built.node, self.span(start, end));
        }
        if let Some(anchor) = properties.anchor {
            self.anchors.insert(anchor, built.clone());
        }
        self.attach(built, end);
    }

    fn attach(&mut self, built: Built, end: usize) {
        let Some(frame) = self.stack.last_mut() else {
            self.root = Some(built.node);
            return;
        };
        frame.end = frame.end.max(end);
        frame.nodes = frame.nodes.saturating_add(built.nodes);
        frame.height = frame.height.max(built.height);
        match &mut frame.items {
            Items::Sequence(items) => items.push(built.node),
            Items::Mapping(entries, key) => match key.take() {
                None => *key = Some(built.node),
                Some(key) => entries.push(Entry { key, value: built.node }),
            },
        }
    }

    /// Replaces merge keys (`<<`) by the entries that they stand for; an entry of the mapping's own wins, as does the earlier
    /// of several merged mappings (YAML's "Merge Key Language-Independent Type").
    fn merge(&mut self, entries: Vec<Entry>) -> Vec<Entry> {
        if !entries.iter().any(is_merge) {
            return entries;
        }
        let (merges, own): (Vec<Entry>, Vec<Entry>) = entries.into_iter().partition(is_merge);
        let mut seen: HashSet<Str> = own.iter().filter_map(|e| e.key.as_str().map(Str::from)).collect();
        let mut out = Vec::new();
        for merge in merges {
            let sources = match &merge.value.kind {
                NodeKind::Sequence(items) => items.as_slice(),
                _ => std::slice::from_ref(&merge.value),
            };
            for source in sources {
                let Some(entries) = source.entries() else {
                    let message = "the merge key `<<` wants a mapping or a list of mappings".to_owned();
                    self.errors.push(SyntaxError { message, span: merge.key.span });
                    continue;
                };
                out.extend(entries.iter().filter(|e| e.key.as_str().is_none_or(|k| seen.insert(k.into()))).cloned());
            }
        }
        out.extend(own);
        out
    }

    /// Where the content of a node starts that has a tag or an anchor before it.
    fn content_start(&self, properties: &Properties, start: usize, end: usize) -> usize {
        if properties.anchor.is_none() && properties.tag.is_none() {
            return start;
        }
        let Some(mut rest) = self.text.get(start..end) else { return start };
        while rest.starts_with(['!', '&']) {
            rest = rest.trim_start_matches(|c: char| !c.is_whitespace());
            rest = skip_blank(rest);
        }
        end - rest.len()
    }

    fn span(&self, start: usize, end: usize) -> Span {
        let len = self.text.len();
        Span::new(self.file, start.min(len)..end.min(len).max(start.min(len)))
    }

    fn error(&self, message: &str, start: usize, end: usize) -> SyntaxError {
        SyntaxError { message: message.to_owned(), span: self.span(start, end) }
    }
}

/// Whether an entry is a merge key: unquoted, and of a value that no function makes.
fn is_merge(entry: &Entry) -> bool {
    matches!(&entry.key.kind, NodeKind::Scalar(text, Style::Plain) if text == "<<") && entry.value.tag.is_none()
}

/// Skips white space and comments.
fn skip_blank(mut rest: &str) -> &str {
    loop {
        rest = rest.trim_start();
        if !rest.starts_with('#') {
            return rest;
        }
        rest = rest.trim_start_matches(|c: char| c != '\n');
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
