//! Terraform's JSON syntax (`*.tf.json`, `*.tfvars.json`) to the same tree as the native one.
//!
//! The JSON syntax says nowhere what is a block and what an attribute: Terraform asks the provider's schema. Here the block
//! types of the AWS resources that matter are listed; every other object stays a map.

use super::ast::{Attribute, Block, Body, Expr, ExprKind, ObjectItem};
use super::parse_template;
use crate::source::{FileId, Span};
use crate::syntax::node::{Entry, Node, NodeKind, Style, SyntaxError};
use crate::value::{Number, Str};

/// Top-level block types, with how many labels each has.
const TOP_LEVEL: [(&str, usize); 13] = [
    ("resource", 2),
    ("data", 2),
    ("ephemeral", 2),
    ("variable", 1),
    ("output", 1),
    ("module", 1),
    ("provider", 1),
    ("check", 1),
    ("locals", 0),
    ("terraform", 0),
    ("moved", 0),
    ("import", 0),
    ("removed", 0),
];

/// Nested block types, sorted. A key that is not here is an attribute.
const NESTED: [&str; 61] = [
    "access_log_settings",
    "action",
    "alias",
    "amazon_managed_kafka_event_source_config",
    "auth",
    "broker_node_group_info",
    "canary_settings",
    "cluster_config",
    "condition",
    "cors_configuration",
    "cors_rule",
    "dead_letter_config",
    "default_action",
    "default_cache_behavior",
    "default_route_settings",
    "destination_config",
    "document_db_event_source_config",
    "ecs_target",
    "egress",
    "endpoint_configuration",
    "environment",
    "ephemeral_storage",
    "file_system_config",
    "filter",
    "filter_criteria",
    "flexible_time_window",
    "function_association",
    "http_target",
    "image_config",
    "ingress",
    "inline_policy",
    "input_transformer",
    "jwt_configuration",
    "kinesis_target",
    "lambda_config",
    "lambda_function",
    "lambda_function_association",
    "logging_config",
    "not_principals",
    "on_failure",
    "on_success",
    "ordered_cache_behavior",
    "principals",
    "queue",
    "restore_to_point_in_time",
    "retry_policy",
    "rotation_rules",
    "route_settings",
    "routing_config",
    "scaling_config",
    "scaling_configuration",
    "self_managed_event_source",
    "serverlessv2_scaling_configuration",
    "settings",
    "snap_start",
    "source_access_configuration",
    "statement",
    "target",
    "topic",
    "tracing_config",
    "vpc_config",
];

/// Reads JSON trees of one file.
pub struct Reader<'a> {
    /// The file.
    pub file: FileId,
    /// Its text.
    pub text: &'a str,
    /// What is wrong with the templates in its strings.
    pub errors: Vec<SyntaxError>,
}

impl Reader<'_> {
    /// The top level of a `.tf.json` file.
    pub fn file_body(&mut self, root: &Node) -> Body {
        let mut body = Body::default();
        for object in objects(root) {
            for entry in entries(object) {
                let Some((kind, labels)) = TOP_LEVEL.iter().find(|(kind, _)| entry.key.as_str() == Some(kind)) else { continue };
                self.labelled(kind, *labels, Vec::new(), entry.key.span, &entry.value, &mut body.blocks);
            }
        }
        body
    }

    /// The content of a `.tfvars.json` file. There is nothing that its values could refer to: they are literal.
    pub fn variables(root: &Node) -> Body {
        let all = objects(root).into_iter().flat_map(entries);
        Body { attributes: all.map(|entry| attribute(entry, literal(&entry.value))).collect(), blocks: Vec::new() }
    }

    fn labelled(&mut self, kind: &str, labels: usize, given: Vec<(Str, Span)>, at: Span, node: &Node, out: &mut Vec<Block>) {
        for object in objects(node) {
            if labels == 0 {
                let header = given.last().map_or(at, |(_, span)| *span);
                out.push(Block {
                    kind: kind.into(),
                    labels: given.clone(),
                    body: self.block_body(kind, object),
                    span: object.span,
                    header,
                });
                continue;
            }
            for entry in entries(object) {
                let mut given = given.clone();
                given.push((entry.key.as_str().unwrap_or_default().into(), entry.key.span));
                self.labelled(kind, labels - 1, given, entry.key.span, &entry.value, out);
            }
        }
    }

    fn block_body(&mut self, kind: &str, object: &Node) -> Body {
        let mut body = Body::default();
        let all_attributes = matches!(kind, "locals" | "variable" | "output" | "module");
        for entry in entries(object) {
            let key = entry.key.as_str().unwrap_or_default();
            let labels = match key {
                "lifecycle" if !all_attributes => Some(0),
                "dynamic" | "provisioner" if !all_attributes => Some(1),
                "content" if kind == "dynamic" => Some(0),
                "required_providers" if kind == "terraform" => Some(0),
                _ if !all_attributes && NESTED.binary_search(&key).is_ok() && is_block(&entry.value) => Some(0),
                _ => None,
            };
            match labels {
                Some(labels) => self.labelled(key, labels, Vec::new(), entry.key.span, &entry.value, &mut body.blocks),
                None if is_literal(kind, key) => body.attributes.push(attribute(entry, literal(&entry.value))),
                None => body.attributes.push(attribute(entry, self.expr(&entry.value))),
            }
        }
        body
    }

    /// A value: strings are templates.
    pub fn expr(&mut self, node: &Node) -> Expr {
        let kind = match &node.kind {
            NodeKind::Scalar(text, Style::Quoted) => return self.string(text, node.span),
            NodeKind::Scalar(text, Style::Plain) => scalar(text),
            NodeKind::Sequence(items) => ExprKind::List(items.iter().map(|i| self.expr(i)).collect()),
            NodeKind::Mapping(entries) => {
                let item = |e: &Entry| ObjectItem { key: self.expr(&e.key), value: self.expr(&e.value) };
                ExprKind::Object(entries.iter().map(item).collect())
            }
        };
        Expr::new(kind, node.span)
    }

    fn string(&mut self, text: &str, span: Span) -> Expr {
        if !text.contains("${") && !text.contains("%{") {
            return Expr::new(ExprKind::String(super::composed(text.into())), span);
        }
        let raw = self.text.get(span.range()).and_then(|t| t.strip_prefix('"')).and_then(|t| t.strip_suffix('"'));
        let exact = raw == Some(text);
        let place = if exact { Span { start: span.start + 1, end: span.end - 1, ..span } } else { span };
        match parse_template(text, place, !exact) {
            Ok(expr) => Expr { span, ..expr },
            Err(error) => {
                self.errors.push(error);
                Expr::new(ExprKind::String(super::composed(text.into())), span)
            }
        }
    }
}

fn attribute(entry: &Entry, value: Expr) -> Attribute {
    Attribute { name: entry.key.as_str().unwrap_or_default().into(), name_span: entry.key.span, value }
}

/// What Terraform reads without anything in scope: its strings are no templates.
fn is_literal(block: &str, name: &str) -> bool {
    matches!((block, name), ("variable", "default" | "description") | ("output", "description") | ("module", "source" | "version"))
}

/// A value whose strings are what they are.
fn literal(node: &Node) -> Expr {
    let kind = match &node.kind {
        NodeKind::Scalar(text, Style::Quoted) => ExprKind::String(super::composed(text.clone())),
        NodeKind::Scalar(text, Style::Plain) => scalar(text),
        NodeKind::Sequence(items) => ExprKind::List(items.iter().map(literal).collect()),
        NodeKind::Mapping(entries) => {
            ExprKind::Object(entries.iter().map(|e| ObjectItem { key: literal(&e.key), value: literal(&e.value) }).collect())
        }
    };
    Expr::new(kind, node.span)
}

fn scalar(text: &str) -> ExprKind {
    match text {
        "null" => ExprKind::Null,
        "true" => ExprKind::Bool(true),
        "false" => ExprKind::Bool(false),
        _ => Number::parse(text).map_or_else(|| ExprKind::String(super::composed(text.into())), ExprKind::Number),
    }
}

/// A block may be one object or a list of them.
fn objects(node: &Node) -> Vec<&Node> {
    match &node.kind {
        NodeKind::Mapping(_) => vec![node],
        NodeKind::Sequence(items) => items.iter().filter(|i| matches!(i.kind, NodeKind::Mapping(_))).collect(),
        NodeKind::Scalar(..) => Vec::new(),
    }
}

fn is_block(node: &Node) -> bool {
    match &node.kind {
        NodeKind::Mapping(_) => true,
        NodeKind::Sequence(items) => items.iter().all(|i| matches!(i.kind, NodeKind::Mapping(_))),
        NodeKind::Scalar(..) => false,
    }
}

/// The entries of an object without comments (`//`), the last of duplicate keys only.
fn entries(object: &Node) -> Vec<&Entry> {
    let all = object.entries().unwrap_or_default();
    let mut seen = std::collections::HashSet::new();
    let mut kept: Vec<&Entry> = all.iter().rev().filter(|e| e.key.as_str() != Some("//") && seen.insert(e.key.as_str())).collect();
    kept.reverse();
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_blocks_is_sorted() {
        assert!(NESTED.is_sorted());
    }
}
