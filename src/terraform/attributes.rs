//! Attributes of resources: each computed alone, when it is first asked for.

use std::sync::Arc;

use indexmap::IndexMap;

use super::evaluator::Evaluator;
use super::identity;
use super::instance::{Binding, ResourceSlot, Scope};
use super::plan::unknown_of;
use crate::source::Span;
use crate::syntax::hcl::ast::{Block, Body, Expr};
use crate::value::{Guard, Kind, List, ListShape, MAX_ALTERNATIVES, Map, MapShape, ResourceId, Str, Unknown, Value};

/// Arguments that Terraform itself reads.
const META_ATTRIBUTES: [&str; 4] = ["count", "for_each", "provider", "depends_on"];
const META_BLOCKS: [&str; 3] = ["lifecycle", "provisioner", "connection"];

/// The blocks of one type so far, once for each undecided case.
struct BlockCases {
    cases: Vec<(Guard, Vec<Value>)>,
    open: Option<Arc<Unknown>>,
}

impl Evaluator<'_> {
    /// An attribute of a resource: as configured, as its type is known to compute it, or a reference to what the cloud computes.
    pub(super) fn resource_attribute(&self, id: ResourceId, name: &str) -> Value {
        let slot = self.slot(id);
        self.touch(id);
        let value = self.memoised(&slot.attributes, name, || {
            let value = self.compute_attribute(&slot, name);
            self.limited(identity::assume(value, &slot.presence))
        });
        value.unwrap_or_else(|| self.cycle(&format!("{}.{name}", slot.address), slot.decl.block.header))
    }

    fn compute_attribute(&self, slot: &ResourceSlot, name: &str) -> Value {
        let own = self.attribute_in_source(slot, name);
        if self.planned.is_some() { self.with_plan(slot, name, own) } else { own }
    }

    fn attribute_in_source(&self, slot: &ResourceSlot, name: &str) -> Value {
        if let Some(value) = self.configured(slot, name).filter(|v| !v.is_null()) {
            return value;
        }
        match self.known_attribute(slot, name) {
            Some(value) => value,
            None => self.computed(slot.id, name, slot.decl.block.header),
        }
    }

    /// An attribute or the blocks of that name, as written; `None` where nothing is.
    pub(super) fn configured(&self, slot: &ResourceSlot, name: &str) -> Option<Value> {
        let module = self.module(slot.module);
        let scope = Scope { key: &slot.key, this: Some(slot.id), ..Scope::of(&module) };
        let body = &slot.decl.block.body;
        match body.attribute(name).filter(|_| !META_ATTRIBUTES.contains(&name)) {
            Some(expr) => Some(self.eval(expr, scope)),
            None => self.blocks(body, name, scope),
        }
    }

    /// All that is configured, as a map.
    pub(super) fn all_attributes(&self, slot: &ResourceSlot) -> Value {
        let body = &slot.decl.block.body;
        let mut entries = IndexMap::new();
        let mut key_spans = IndexMap::new();
        for (name, span) in names(body, true) {
            // Not the memo of what others read: there a null is what the cloud computes.
            let value = self.resource_attribute(slot.id, &name);
            if !value.is_null() && !is_computed(&value, slot.id, &name) {
                key_spans.insert(name.clone(), span);
                entries.insert(name, value);
            }
        }
        self.planned_extras(slot, &mut entries);
        Value::new(Kind::Map(Arc::new(Map { shape: MapShape::Object, entries, key_spans, open: None })), slot.decl.block.span)
    }

    fn block_value(&self, block: &Block, scope: Scope<'_>) -> Value {
        let mut entries = IndexMap::new();
        let mut key_spans = IndexMap::new();
        for attribute in &block.body.attributes {
            let value = self.eval(&attribute.value, scope);
            if !value.is_null() && !entries.contains_key(&attribute.name) {
                key_spans.insert(attribute.name.clone(), attribute.name_span);
                entries.insert(attribute.name.clone(), value);
            }
        }
        for (name, span) in names(&block.body, false) {
            if let Some(value) = self.blocks(&block.body, &name, scope).filter(|_| !entries.contains_key(&name)) {
                key_spans.insert(name.clone(), span);
                entries.insert(name, value);
            }
        }
        self.budget.make(2 * entries.len() + 2, 0);
        let span = self.block_place(&entries, block.span, scope);
        Value::new(Kind::Map(Arc::new(Map { shape: MapShape::Object, entries, key_spans, open: None })), span)
    }

    /// Where a block is written. One of a model is where the first of the call's arguments is that it passes on.
    fn block_place(&self, entries: &IndexMap<Str, Value>, own: Span, scope: Scope<'_>) -> Span {
        let model = scope.module.source.model.is_some();
        let given = entries.values().map(|v| v.span).find(|span| model && *span != own && !span.is_none());
        given.unwrap_or(own)
    }

    /// The blocks of a type, `dynamic` ones included, as a list of maps; `None` where there are none.
    fn blocks(&self, body: &Body, name: &str, scope: Scope<'_>) -> Option<Value> {
        let mut found = BlockCases { cases: vec![(Guard::always(), Vec::new())], open: None };
        let mut first: Option<Span> = None;
        for block in &body.blocks {
            if block.kind == "dynamic" && block.label(0) == name {
                first.get_or_insert(block.header);
                self.dynamic(block, scope, &mut found);
            } else if block.kind == name {
                first.get_or_insert(block.header);
                let value = self.deeper(|| self.block_value(block, scope)).unwrap_or_else(|| self.too_deep(block.span));
                found.cases.iter_mut().for_each(|(_, items)| items.push(value.clone()));
            }
        }
        let given = found.cases.iter().flat_map(|(_, items)| items).map(|v| v.span).next();
        let span = given.filter(|_| scope.module.source.model.is_some()).or(first).filter(|_| first.is_some())?;
        // A `dynamic` block that makes none is as good as not written.
        if found.open.is_none() && found.cases.iter().all(|(_, items)| items.is_empty()) {
            return None;
        }
        let open = found.open;
        let list = |items| Value::new(Kind::List(Arc::new(List { shape: ListShape::List, items, open: open.clone() })), span);
        Some(Value::choice(found.cases.into_iter().map(|(guard, items)| (guard, list(items))).collect(), span))
    }

    fn dynamic(&self, block: &Block, scope: Scope<'_>, found: &mut BlockCases) {
        let Some(content) = block.body.blocks("content").next() else {
            return self.problem(block.header, format!("dynamic block `{}` has no content block", block.label(0)));
        };
        let Some(collection) = block.body.attribute("for_each") else {
            return self.problem(block.header, format!("dynamic block `{}` has no for_each", block.label(0)));
        };
        let iterator = block.body.attribute("iterator").and_then(Expr::as_dotted).and_then(|n| n.first().cloned());
        let iterator = iterator.unwrap_or_else(|| block.label(0));
        let mut pieces: Vec<(Guard, Vec<Value>)> = Vec::new();
        for (guard, case) in self.eval(collection, scope).alternatives() {
            let items = match self.items(&case) {
                Some((items, open)) => {
                    found.open = found.open.take().or(open);
                    items
                }
                None if case.is_null() => Vec::new(),
                None => {
                    found.open.get_or_insert_with(|| unknown_of(&case));
                    Vec::new()
                }
            };
            let mut made = Vec::new();
            for (key, value) in items {
                match self.deeper(|| self.dynamic_content(content, &iterator, key, value, scope)) {
                    Some(block) => made.push(block),
                    None => {
                        found.open = Some(unknown_of(&self.too_deep(collection.span)));
                        break;
                    }
                }
            }
            pieces.push((guard, made));
        }
        found.multiply(&pieces, collection.span);
    }

    fn dynamic_content(&self, content: &Block, iterator: &str, key: Value, value: Value, scope: Scope<'_>) -> Value {
        let element = IndexMap::from([(Str::from("key"), key), (Str::from("value"), value)]);
        let element = Value::map(MapShape::Object, element, content.span);
        let binding = Binding { name: iterator, value: &element, outer: scope.bindings };
        self.block_value(content, scope.with(&binding))
    }
}

impl BlockCases {
    fn multiply(&mut self, pieces: &[(Guard, Vec<Value>)], span: Span) {
        let mut product = Vec::new();
        for (guard, items) in &self.cases {
            for (more, piece) in pieces {
                if let Some(both) = guard.and(more) {
                    product.push((both, items.iter().chain(piece).cloned().collect()));
                }
            }
        }
        if product.len() <= MAX_ALTERNATIVES {
            self.cases = product;
            return;
        }
        let message = format!("more than {MAX_ALTERNATIVES} alternatives");
        self.open = Some(Unknown::new(crate::value::Reason::Limit, "(many alternatives)", message, span));
    }
}

/// The names of what a body configures, each once, with its place.
fn names(body: &Body, attributes: bool) -> Vec<(Str, Span)> {
    let mut out: Vec<(Str, Span)> = Vec::new();
    let plain = body.attributes.iter().filter(|_| attributes).map(|a| (a.name.clone(), a.name_span));
    let blocks = body.blocks.iter().filter(|b| !META_BLOCKS.contains(&b.kind.as_str())).map(|b| match b.kind.as_str() {
        "dynamic" => (b.label(0), b.header),
        _ => (b.kind.clone(), b.header),
    });
    for (name, span) in plain.filter(|(n, _)| !META_ATTRIBUTES.contains(&n.as_str())).chain(blocks) {
        if !out.iter().any(|(n, _)| *n == name) {
            out.push((name, span));
        }
    }
    out
}

/// Whether a value is the reference to the attribute itself: what was configured is null.
fn is_computed(value: &Value, id: ResourceId, name: &str) -> bool {
    matches!(&value.kind, Kind::Attr(attr) if attr.resource == id && attr.path == name)
}
