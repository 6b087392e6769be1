//! From a template's resource to the [`Resource`] of a unit.

use std::sync::Arc;

use indexmap::IndexSet;

use super::eval::{packaged, unseen_entries};
use super::expand::is_local;
use super::resolver::{Logical, Resolver, Slot};
use crate::finding::Severity;
use crate::syntax::node::Node;
use crate::unit::{Dependencies, Mode, Resource};
use crate::value::{Kind, Map, MapShape, ResourceId, Value};

impl Resolver<'_> {
    /// Evaluates a resource.
    pub fn resource(&mut self, id: ResourceId, slot: &Slot) -> Resource {
        let Slot { stack, logical_id, kind, name_span, node, presence } = slot;
        self.assumed = presence.clone();
        self.mentioned.clear();
        let attributes = self.properties(*stack, logical_id, node);
        let mentioned = std::mem::take(&mut self.mentioned).into_iter().filter(|mentioned| *mentioned != id);
        let references: IndexSet<ResourceId> = attributes.references().into_iter().chain(mentioned).collect();
        let metadata = match node.get("Metadata") {
            Some(metadata) => self.value(*stack, metadata),
            None => Value::null(*name_span),
        };
        let depends_on = self.depends_on(slot);
        Resource {
            id,
            address: self.stacks[*stack].qualified(logical_id),
            kind: kind.clone(),
            mode: Mode::Managed,
            span: name_span_to(*name_span, node),
            name_span: *name_span,
            references: references.into_iter().collect(),
            attributes,
            presence: presence.clone(),
            symbolic: None,
            depends_on,
            region: Value::null(*name_span),
            account: Value::null(*name_span),
            emulator: None,
            provider: "aws".into(),
            metadata,
            ignore_changes: Vec::new(),
            origin: self.stacks[*stack].origins.get(logical_id).cloned(),
        }
    }

    fn properties(&mut self, stack: usize, logical_id: &str, node: &Node) -> Value {
        let empty = || Value::map(MapShape::Object, Default::default(), node.span);
        let Some(entry) = node.entry("Properties") else { return empty() };
        if entry.value.is_null() {
            self.problem(Severity::Warning, entry.key.span, format!("`Properties` of resource `{logical_id}` is empty"), "");
            return empty();
        }
        if entry.value.entries().is_none() {
            self.problem(Severity::Error, entry.value.span, format!("`Properties` of resource `{logical_id}` must be a map"), "");
            return empty();
        }
        let value = self.value(stack, &entry.value);
        let value = self.with_local_body(stack, node, value);
        match (node.entry("Fn::Transform"), &value.kind) {
            // A macro beside `Properties` may change them.
            (Some(transform), Kind::Map(map)) => {
                let open = Some(unseen_entries("Fn::Transform", transform.key.span));
                let map = Map { open, ..Map::clone(map) };
                Value::new(Kind::Map(Arc::new(map)), value.span)
            }
            _ => value,
        }
    }

    /// `BodyS3Location` with a path of this machine, which `aws cloudformation package` uploads (AWS CLI Command Reference): the
    /// file is the body.
    fn with_local_body(&mut self, stack: usize, node: &Node, properties: Value) -> Value {
        const APIS: [&str; 2] = ["AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Api"];
        let is_api = node.get("Type").and_then(Node::as_str).is_some_and(|kind| APIS.contains(&kind));
        let Kind::Map(map) = &properties.kind else { return properties };
        let location = map.entries.get("BodyS3Location").filter(|_| is_api && !map.entries.contains_key("Body"));
        let Some((path, at)) = location.and_then(|l| Some((l.as_str().filter(|path| is_local(path))?.to_owned(), l.span))) else {
            return properties;
        };
        let Some((_, body)) = self.read_tree(stack, &path, at, "API definition") else { return properties };
        let body = self.value(stack, &body);
        let mut map = Map::clone(map);
        map.entries.shift_remove("BodyS3Location");
        map.entries.insert("Body".into(), body);
        Value::new(Kind::Map(Arc::new(map)), properties.span)
    }

    fn depends_on(&mut self, slot: &Slot) -> Dependencies {
        let Some(node) = slot.node.get("DependsOn").filter(|n| !n.is_null()) else { return Dependencies::default() };
        let names: Vec<Node> = node.items().unwrap_or(std::slice::from_ref(node)).to_vec();
        let mut out = Vec::new();
        for name in names {
            if packaged(&name).is_some() {
                continue;
            }
            let Some(text) = name.as_str() else {
                self.problem(Severity::Error, name.span, "`DependsOn` wants the names of resources", "");
                continue;
            };
            match self.stacks[slot.stack].resources.get(text) {
                Some(Logical::Present(id)) if !out.contains(id) => out.push(*id),
                Some(_) => {}
                None if self.stacks[slot.stack].has_macros || self.module_with(slot.stack, text).is_some() => {}
                None => {
                    let severity = if self.stacks[slot.stack].is_sam { Severity::Warning } else { Severity::Error };
                    let message = format!("`DependsOn` names `{text}`, which the template does not have");
                    self.undeclared(slot.stack, text, severity, name.span, message);
                }
            }
        }
        Dependencies::new(vec![out.into()])
    }
}

/// From the logical id to the end of the resource, where both stand in one file in this order.
fn name_span_to(name: crate::source::Span, node: &Node) -> crate::source::Span {
    match name.file == node.span.file && name.start <= node.span.start {
        true => crate::source::Span { end: node.span.end.max(name.end), ..name },
        false => node.span,
    }
}
