//! The `configuration` of a plan as modules: what takes the place of `.tf` files that are not there. An expression is a
//! constant, or a list of what it refers to.

use std::collections::HashMap;
use std::sync::Arc;

use super::super::module_source::{ModuleSource, ResourceDecl};
use super::facts::PlanFacts;
use super::references;
use crate::source::FileId;
use crate::syntax::hcl;
use crate::syntax::hcl::ast::{Attribute, Block, Body, Expr, ExprKind, ObjectItem};
use crate::syntax::node::{Entry, Node, NodeKind, Style};
use crate::unit::Mode;
use crate::value::{Number, Str, format_smolstr};

/// Whether a folder's configuration is the one of the plan: it has at least half of what the plan's root module declares.
pub fn is_of(root: &Node, source: &ModuleSource) -> bool {
    let resources = root.get("resources").and_then(Node::items).unwrap_or_default();
    let calls = root.get("module_calls").and_then(Node::entries).unwrap_or_default();
    let found = resources.iter().filter_map(|r| r.get("address")?.as_str()).filter(|a| source.resources.contains_key(*a)).count()
        + calls.iter().filter_map(|c| c.key.as_str()).filter(|name| source.calls.contains_key(*name)).count();
    found > 0 && found * 2 >= resources.len() + calls.len()
}

/// Every module's configuration, by the names of the calls that lead to it.
pub fn modules(plan: &Node, file: FileId) -> HashMap<Str, Arc<ModuleSource>> {
    let mut out = HashMap::new();
    let Some(configuration) = plan.get("configuration") else { return out };
    let providers = configuration.get("provider_config").and_then(Node::entries).unwrap_or_default();
    if let Some(root) = configuration.get("root_module") {
        add(root, Str::default(), file, providers, &mut out);
    }
    out
}

fn add(module: &Node, call_path: Str, file: FileId, providers: &[Entry], out: &mut HashMap<Str, Arc<ModuleSource>>) {
    let mut source = ModuleSource { files: vec![file], from_plan: true, ..ModuleSource::default() };
    for node in module.get("resources").and_then(Node::items).unwrap_or_default() {
        if let Some(decl) = resource(node) {
            source.resources.insert(decl.address(), Arc::new(decl));
        }
    }
    for entry in module.get("variables").and_then(Node::entries).unwrap_or_default() {
        source.variables.insert(name(entry), labelled("variable", entry, constants(&entry.value, &["default"])));
    }
    for entry in module.get("outputs").and_then(Node::entries).unwrap_or_default() {
        // The name says more of the value than `value` does: see `references`.
        let value = entry.value.get("expression").map(|node| Attribute {
            name: "value".into(),
            name_span: entry.key.span,
            value: expression(&name(entry), node),
        });
        source.outputs.insert(name(entry), labelled("output", entry, value.into_iter().collect()));
    }
    for entry in module.get("module_calls").and_then(Node::entries).unwrap_or_default() {
        let (name, block) = call(entry);
        // It would lead to the module that it stands in.
        if name.is_empty() {
            continue;
        }
        if let Some(child) = entry.value.get("module") {
            let path = if call_path.is_empty() { name.clone() } else { format_smolstr!("{call_path}.{name}") };
            add(child, path, file, providers, out);
        }
        source.calls.insert(name, Arc::new(block));
    }
    for entry in providers {
        let owner = entry.value.get("module_address").and_then(Node::as_str).unwrap_or_default();
        // Modules repeat, but a provider block stands in modules that do not.
        if owner.replace("module.", "") == call_path {
            let key = local_key(entry.key.as_str().unwrap_or_default());
            let body = entry.value.get("expressions").map(body).unwrap_or_default();
            source.providers.insert(key.into(), Block { body, ..labelled("provider", entry, Vec::new()) });
        }
    }
    out.insert(call_path, Arc::new(source));
}

/// Whether the plan has an instance of all in a module instance that does not say itself how often it is there.
pub fn all_planned(module: &Node, address: &str, facts: &PlanFacts) -> bool {
    let qualified = |local: &str| if address.is_empty() { local.to_owned() } else { format!("{address}.{local}") };
    let planned = |resource: &Node| {
        may_be_none(resource) || resource.get("address").and_then(Node::as_str).is_none_or(|a| !facts.keys(&qualified(a)).is_empty())
    };
    let reached = |entry: &Entry| {
        let (Some(name), Some(child)) = (entry.key.as_str().filter(|n| !n.is_empty()), entry.value.get("module")) else { return true };
        let call = qualified(&format!("module.{name}"));
        match facts.keys(&call) {
            // A module without resources is not in the plan.
            [] => may_be_none(&entry.value) || !has_resources(child),
            keys => keys.iter().all(|key| all_planned(child, &format!("{call}{}", key.suffix(false)), facts)),
        }
    };
    module.get("resources").and_then(Node::items).unwrap_or_default().iter().all(planned)
        && module.get("module_calls").and_then(Node::entries).unwrap_or_default().iter().all(reached)
}

/// Whether a module, or one that it calls, has a resource that is there whenever the module is.
fn has_resources(module: &Node) -> bool {
    let calls = module.get("module_calls").and_then(Node::entries).unwrap_or_default();
    module.get("resources").and_then(Node::items).unwrap_or_default().iter().any(|r| !may_be_none(r))
        || calls.iter().any(|c| !may_be_none(&c.value) && c.value.get("module").is_some_and(has_resources))
}

fn may_be_none(node: &Node) -> bool {
    node.get("count_expression").or_else(|| node.get("for_each_expression")).is_some()
}

fn name(entry: &Entry) -> Str {
    entry.key.as_str().unwrap_or_default().into()
}

/// `module.a:aws.west` is `aws.west` in module `a`.
fn local_key(key: &str) -> &str {
    key.rsplit_once(':').map_or(key, |(_, local)| local)
}

fn labelled(kind: &str, entry: &Entry, attributes: Vec<Attribute>) -> Block {
    let body = Body { attributes, blocks: Vec::new() };
    Block { kind: kind.into(), labels: vec![(name(entry), entry.key.span)], body, span: entry.value.span, header: entry.key.span }
}

/// Entries that are plain values.
fn constants(node: &Node, names: &[&str]) -> Vec<Attribute> {
    let found = names.iter().filter_map(|name| node.entry(name));
    found.map(|e| Attribute { name: name(e), name_span: e.key.span, value: constant(&e.value) }).collect()
}

fn resource(node: &Node) -> Option<ResourceDecl> {
    let text = |key: &str| node.get(key).and_then(Node::as_str);
    let mode = match text("mode")? {
        "managed" => Mode::Managed,
        "data" => Mode::Data,
        _ => return None,
    };
    let (kind, name) = (text("type").filter(|t| !t.is_empty())?, text("name").filter(|t| !t.is_empty())?);
    let mut body = node.get("expressions").map(body).unwrap_or_default();
    add_meta(node, &mut body);
    if let Some(key) = node.get("provider_config_key") {
        let value = Expr::new(ExprKind::String(local_key(key.as_str().unwrap_or_default()).into()), key.span);
        body.attributes.push(Attribute { name: "provider".into(), name_span: key.span, value });
    }
    let header = node.get("address").map_or(node.span, |a| a.span);
    let labels = vec![(Str::from(kind), header), (Str::from(name), header)];
    let block = Block { kind: if mode == Mode::Data { "data" } else { "resource" }.into(), labels, body, span: node.span, header };
    Some(ResourceDecl { mode, kind: kind.into(), name: name.into(), block })
}

fn call(entry: &Entry) -> (Str, Block) {
    let mut body = entry.value.get("expressions").map(body).unwrap_or_default();
    // What the module is given are values, however they look.
    for block in std::mem::take(&mut body.blocks) {
        let value = Expr::new(ExprKind::Object(Vec::new()), block.span);
        body.attributes.push(Attribute { name: block.kind, name_span: block.header, value });
    }
    add_meta(&entry.value, &mut body);
    body.attributes.extend(constants(&entry.value, &["source"]));
    let labels = vec![(name(entry), entry.key.span)];
    (name(entry), Block { kind: "module".into(), labels, body, span: entry.value.span, header: entry.key.span })
}

/// `count`, `for_each` and `depends_on`.
fn add_meta(node: &Node, body: &mut Body) {
    for (key, name) in [("count_expression", "count"), ("for_each_expression", "for_each")] {
        if let Some(entry) = node.entry(key) {
            body.attributes.push(Attribute { name: name.into(), name_span: entry.key.span, value: expression(name, &entry.value) });
        }
    }
    if let Some(entry) = node.entry("depends_on") {
        let items = entry.value.items().unwrap_or_default().iter().filter_map(|item| hcl::parse_expr_at(item.as_str()?, item.span).ok());
        let value = Expr::new(ExprKind::List(items.collect()), entry.value.span);
        body.attributes.push(Attribute { name: "depends_on".into(), name_span: entry.key.span, value });
    }
}

/// An `expressions` object: attributes are expressions, nested blocks are objects of them or lists of such.
fn body(node: &Node) -> Body {
    let mut out = Body::default();
    for entry in node.entries().unwrap_or_default() {
        if is_expression(&entry.value) {
            let value = expression(entry.key.as_str().unwrap_or_default(), &entry.value);
            out.attributes.push(Attribute { name: name(entry), name_span: entry.key.span, value });
            continue;
        }
        let blocks = entry.value.items().unwrap_or(std::slice::from_ref(&entry.value));
        out.blocks.extend(blocks.iter().map(|block| Block {
            kind: name(entry),
            labels: Vec::new(),
            body: body(block),
            span: block.span,
            header: entry.key.span,
        }));
    }
    out
}

/// An expression has one of two keys; a block without content looks like an expression of which nothing is said.
fn is_expression(node: &Node) -> bool {
    node.get("constant_value").is_some()
        || node.get("references").is_some_and(|r| r.items().is_some())
        || node.entries().is_some_and(<[_]>::is_empty)
}

fn expression(attribute: &str, node: &Node) -> Expr {
    match node.get("constant_value") {
        Some(value) => constant(value),
        None => references::expression(attribute, node),
    }
}

fn constant(node: &Node) -> Expr {
    let kind = match &node.kind {
        NodeKind::Scalar(text, Style::Quoted) => ExprKind::String(text.clone()),
        NodeKind::Scalar(text, Style::Plain) => match text.as_str() {
            "null" => ExprKind::Null,
            "true" => ExprKind::Bool(true),
            "false" => ExprKind::Bool(false),
            text => Number::parse(text).map_or_else(|| ExprKind::String(text.into()), ExprKind::Number),
        },
        NodeKind::Sequence(items) => ExprKind::List(items.iter().map(constant).collect()),
        NodeKind::Mapping(entries) => {
            let key = |node: &Node| Expr::new(ExprKind::String(node.as_str().unwrap_or_default().into()), node.span);
            ExprKind::Object(entries.iter().map(|e| ObjectItem { key: key(&e.key), value: constant(&e.value) }).collect())
        }
    };
    Expr::new(kind, node.span)
}
