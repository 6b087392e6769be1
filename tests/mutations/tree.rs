//! A source file as spanned pieces that can be cut out or replaced, the same for HCL, YAML and JSON, so that a mutation of
//! the text is written once.

use std::ops::Range;
use std::path::{Path, PathBuf};

use iacscan::internals::syntax::hcl;
use iacscan::internals::syntax::hcl::ast::{self, Body, Expr, ExprKind, TemplatePart};
use iacscan::internals::syntax::node::{Node, NodeKind};
use iacscan::internals::syntax::tree::Tree;
use iacscan::source::FileId;

/// How the text is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Syntax {
    Hcl,
    Yaml,
    Json,
}

/// A file of a unit.
#[derive(Debug)]
pub struct File {
    pub path: PathBuf,
    pub text: String,
    pub syntax: Syntax,
}

/// A value as it is written.
#[derive(Clone, Debug)]
pub struct Item {
    pub range: Range<usize>,
    pub kind: ItemKind,
}

/// What it is.
#[derive(Clone, Debug)]
pub enum ItemKind {
    /// A literal: a string without its quotes, a number, a boolean.
    Scalar(String),
    List(Vec<Item>),
    Map(Vec<Entry>),
    /// An expression, with the values inside it.
    Other(Vec<Item>),
}

/// A key with its value: an attribute, a nested block, an entry of a mapping.
#[derive(Clone, Debug)]
pub struct Entry {
    pub key: String,
    /// From the key to the end of the value.
    pub range: Range<usize>,
    pub value: Item,
    /// Whether it is one of several with commas between them (JSON, YAML's flow style), which a cut has to mind.
    pub commas: bool,
}

/// A resource (or data source) as it is written.
#[derive(Clone, Debug)]
pub struct Block {
    pub file: usize,
    pub kind: String,
    pub name: String,
    pub entry: Entry,
    pub cloudformation: bool,
}

impl Item {
    /// The entry of a key.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        match &self.kind {
            ItemKind::Map(entries) => entries.iter().find(|e| e.key == key),
            // Terraform's JSON has nested blocks as lists of objects.
            ItemKind::List(items) => items.first()?.entry(key),
            _ => None,
        }
    }

    /// Every entry of a map, or of the maps in a list.
    pub fn entries(&self) -> Vec<&Entry> {
        match &self.kind {
            ItemKind::Map(entries) => entries.iter().collect(),
            ItemKind::List(items) => items.iter().flat_map(Item::entries).collect(),
            _ => Vec::new(),
        }
    }

    /// The literal.
    pub fn scalar(&self) -> Option<&str> {
        match &self.kind {
            ItemKind::Scalar(text) => Some(text),
            _ => None,
        }
    }

    /// The items of a list.
    pub fn items(&self) -> &[Item] {
        match &self.kind {
            ItemKind::List(items) => items,
            _ => &[],
        }
    }

    /// This entry's value and all below it, depth first, with the key of each.
    pub fn walk<'a>(&'a self, visit: &mut dyn FnMut(&'a Entry)) {
        match &self.kind {
            ItemKind::Map(entries) => entries.iter().for_each(|entry| {
                visit(entry);
                entry.value.walk(visit);
            }),
            ItemKind::List(items) | ItemKind::Other(items) => items.iter().for_each(|item| item.walk(visit)),
            ItemKind::Scalar(_) => {}
        }
    }

    /// All entries of these keys, at any depth.
    pub fn deep<'a>(&'a self, keys: &[&str]) -> Vec<&'a Entry> {
        let mut found = Vec::new();
        self.walk(&mut |entry| {
            if keys.contains(&entry.key.as_str()) {
                found.push(entry);
            }
        });
        found
    }
}

impl Block {
    /// An entry of the resource by its path, in CloudFormation's or Terraform's words; `-` where one has no such thing.
    pub fn at(&self, cloudformation: &str, terraform: &str) -> Option<&Entry> {
        let path = if self.cloudformation { cloudformation } else { terraform };
        let mut item = self.body()?;
        let mut found = None;
        for key in path.split('.') {
            let entry = item.entry(key)?;
            (item, found) = (&entry.value, Some(entry));
        }
        found
    }

    /// What holds the properties or attributes.
    pub fn body(&self) -> Option<&Item> {
        match self.cloudformation {
            true => self.entry.value.entry("Properties").map(|e| &e.value),
            false => Some(&self.entry.value),
        }
    }

    /// An entry beside the properties (`DependsOn`); Terraform's is among the attributes.
    pub fn beside(&self, cloudformation: &str, terraform: &str) -> Option<&Entry> {
        self.entry.value.entry(if self.cloudformation { cloudformation } else { terraform })
    }
}

/// Reads a file into its resources; nothing for a file that is of another kind.
pub fn blocks(index: usize, path: &Path, text: &str) -> Option<(Syntax, Vec<Block>)> {
    let name = path.to_string_lossy();
    if name.ends_with(".tf") {
        let (body, errors) = hcl::parse_body(FileId(0), text);
        return errors.is_empty().then(|| (Syntax::Hcl, hcl_blocks(index, &body, text)));
    }
    if ![".json", ".yaml", ".yml", ".template"].iter().any(|ending| name.ends_with(ending)) {
        return None;
    }
    let node = Tree::parse(FileId(0), path, text).node?;
    let syntax = if text.trim_start().starts_with('{') { Syntax::Json } else { Syntax::Yaml };
    let item = from_node(&node, text);
    if name.ends_with(".tf.json") {
        return Some((syntax, terraform_json(index, &item)));
    }
    let resources = item.entry("Resources")?;
    let blocks = resources.value.entries().into_iter().filter_map(|entry| {
        let kind = entry.value.entry("Type")?.value.scalar()?.to_owned();
        Some(Block { file: index, kind, name: entry.key.clone(), entry: entry.clone(), cloudformation: true })
    });
    Some((syntax, blocks.collect()))
}

fn terraform_json(index: usize, item: &Item) -> Vec<Block> {
    let mut out = Vec::new();
    for (key, prefix) in [("resource", ""), ("data", "data.")] {
        for kind in item.entry(key).iter().flat_map(|e| e.value.entries()) {
            for entry in kind.value.entries() {
                let block = Block {
                    file: index,
                    kind: format!("{prefix}{}", kind.key),
                    name: entry.key.clone(),
                    entry: entry.clone(),
                    cloudformation: false,
                };
                out.push(block);
            }
        }
    }
    out
}

fn from_node(node: &Node, text: &str) -> Item {
    let range = node.span.range();
    let flow = matches!(text.as_bytes().get(range.start), Some(b'{' | b'['));
    let kind = match &node.kind {
        NodeKind::Scalar(scalar, _) => ItemKind::Scalar(scalar.to_string()),
        NodeKind::Sequence(items) => ItemKind::List(items.iter().map(|item| from_node(item, text)).collect()),
        NodeKind::Mapping(entries) => ItemKind::Map(
            entries
                .iter()
                .map(|entry| Entry {
                    key: entry.key.as_str().unwrap_or_default().to_owned(),
                    range: entry.key.span.range().start..entry.value.span.range().end.max(entry.key.span.range().end),
                    value: from_node(&entry.value, text),
                    commas: flow,
                })
                .collect(),
        ),
    };
    Item { range, kind }
}

fn hcl_blocks(index: usize, body: &Body, text: &str) -> Vec<Block> {
    let named = body.blocks.iter().filter(|b| b.labels.len() == 2 && matches!(b.kind.as_str(), "resource" | "data"));
    let block = |b: &ast::Block| Block {
        file: index,
        kind: if b.kind == "data" { format!("data.{}", b.label(0)) } else { b.label(0).to_string() },
        name: b.label(1).to_string(),
        entry: from_block(b, text),
        cloudformation: false,
    };
    named.map(block).collect()
}

fn from_block(block: &ast::Block, text: &str) -> Entry {
    let range = block.span.range();
    let mut entries: Vec<Entry> = block
        .body
        .attributes
        .iter()
        .map(|a| Entry {
            key: a.name.to_string(),
            range: a.name_span.range().start..a.value.span.range().end,
            value: from_expr(&a.value, text),
            commas: false,
        })
        .collect();
    entries.extend(block.body.blocks.iter().map(|b| from_block(b, text)));
    Entry { key: block.kind.to_string(), range: range.clone(), value: Item { range, kind: ItemKind::Map(entries) }, commas: false }
}

fn from_expr(expr: &Expr, text: &str) -> Item {
    let range = expr.span.range();
    let inner = |exprs: &[Expr]| exprs.iter().map(|e| from_expr(e, text)).collect::<Vec<_>>();
    let kind = match &expr.kind {
        ExprKind::String(s) => ItemKind::Scalar(s.to_string()),
        ExprKind::Bool(_) | ExprKind::Number(_) => ItemKind::Scalar(text.get(range.clone()).unwrap_or_default().to_owned()),
        ExprKind::List(items) => ItemKind::List(inner(items)),
        ExprKind::Object(items) => ItemKind::Map(
            items
                .iter()
                .map(|item| Entry {
                    key: item.key.as_str().unwrap_or_default().to_owned(),
                    range: item.key.span.range().start..item.value.span.range().end,
                    value: from_expr(&item.value, text),
                    commas: true,
                })
                .collect(),
        ),
        ExprKind::Call(name, arguments, _) if name == "jsonencode" && arguments.len() == 1 => return from_expr(&arguments[0], text),
        ExprKind::Call(_, arguments, _) => ItemKind::Other(inner(arguments)),
        ExprKind::Wrapped(inner) => return Item { range, kind: from_expr(inner, text).kind },
        ExprKind::Conditional(parts) => ItemKind::Other(inner(parts.as_slice())),
        ExprKind::Template(parts) => ItemKind::Other(
            parts
                .iter()
                .filter_map(|part| match part {
                    TemplatePart::Interpolation(e) => Some(from_expr(e, text)),
                    _ => None,
                })
                .collect(),
        ),
        ExprKind::For(f) => ItemKind::Other(vec![from_expr(&f.collection, text), from_expr(&f.value, text)]),
        ExprKind::Traversal(base, _) => ItemKind::Other(vec![from_expr(base, text)]),
        ExprKind::Null | ExprKind::Name(_) | ExprKind::Unary(..) | ExprKind::Binary(..) => ItemKind::Other(Vec::new()),
    };
    Item { range, kind }
}

/// The range to cut so that an entry is gone and what remains is still of the language.
pub fn cut(file: &File, range: &Range<usize>, commas: bool) -> Range<usize> {
    let bytes = file.text.as_bytes();
    if file.syntax == Syntax::Yaml && !commas {
        return lines_of(&file.text, range.start, true);
    }
    if !commas {
        return range.clone();
    }
    let mut end = range.end;
    while bytes.get(end).is_some_and(u8::is_ascii_whitespace) {
        end += 1;
    }
    if bytes.get(end) == Some(&b',') {
        return range.start..end + 1;
    }
    let mut start = range.start;
    while start > 0 && bytes[start - 1].is_ascii_whitespace() {
        start -= 1;
    }
    match start > 0 && bytes[start - 1] == b',' {
        true => start - 1..range.end,
        false => range.clone(),
    }
}

/// In block style: the lines from that of the offset to the last that belongs to it, which is indented deeper (a key's list
/// need not be). A key after `- ` starts at its own column.
fn lines_of(text: &str, offset: usize, key: bool) -> Range<usize> {
    let line = text[..offset].rfind('\n').map_or(0, |i| i + 1);
    let before = &text[line..offset];
    let column = before.chars().count();
    let item = before.trim_start().starts_with('-');
    let start = if item { offset } else { line };
    let mut end = text[offset..].find('\n').map_or(text.len(), |i| offset + i + 1);
    while end < text.len() {
        let next = text[end..].find('\n').map_or(text.len(), |i| end + i + 1);
        let content = text[end..next].trim_end();
        let indent = content.len() - content.trim_start().len();
        let list_of_key = key && !item && indent == column && content.trim_start().starts_with("- ");
        if !content.is_empty() && !content.trim_start().starts_with('#') && indent <= column && !list_of_key {
            break;
        }
        end = next;
    }
    // The first key after a dash: the next key of the same mapping takes its place.
    if item {
        let rest = &text[end..];
        let indent = rest.len() - rest.trim_start_matches(' ').len();
        return if indent == column { start..end + indent } else { line..end };
    }
    start..end
}

/// The range to cut so that an item of a list is gone.
pub fn cut_item(file: &File, list: &Item, index: usize) -> Option<Range<usize>> {
    let item = list.items().get(index)?;
    if file.syntax != Syntax::Yaml || matches!(file.text.as_bytes().get(list.range.start), Some(b'[')) {
        return Some(cut(file, &item.range, true));
    }
    let dash = file.text[..item.range.start].rfind('-')?;
    let line = file.text[..dash].rfind('\n').map_or(0, |i| i + 1);
    if !file.text[line..dash].trim().is_empty() {
        return None;
    }
    Some(line..lines_of(&file.text, dash, false).end)
}

/// Where a new resource can be written in a file, and its text: before the first one.
pub fn declaration(block: Option<&Block>, file: &File, name: &str, what: (&str, &str, &str, &str)) -> Option<(usize, String)> {
    let (cloudformation, properties, terraform, attributes) = what;
    match (block, file.syntax) {
        (_, Syntax::Hcl) => Some((0, format!("resource \"{terraform}\" \"{name}\" {{\n  {attributes}\n}}\n\n"))),
        (Some(first), _) if first.cloudformation => {
            let at = first.entry.range.start;
            let entry = format!("\"{name}\": {{ \"Type\": \"{cloudformation}\", \"Properties\": {properties} }}");
            if first.entry.commas {
                return Some((at, format!("{entry}, ")));
            }
            let line = file.text[..at].rfind('\n').map_or(0, |i| i + 1);
            Some((at, format!("{entry}\n{}", " ".repeat(file.text[line..at].chars().count()))))
        }
        _ => None,
    }
}
