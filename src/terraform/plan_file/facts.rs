//! What a plan says of each instance.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use super::super::instance::{InstanceKey, ModuleInstance, index_key};
use super::super::module_source::ModuleSource;
use super::configuration;
use crate::finding::{FileProblem, Severity};
use crate::source::{FileId, Span};
use crate::syntax::hcl::ast::ExprKind;
use crate::syntax::node::{Node, NodeKind, Style};
use crate::value::{Kind, ListShape, MapShape, Number, Reason, Str, Text, Unknown, Value, format_smolstr};

/// One resource or data source as planned.
#[derive(Clone, Debug)]
pub struct PlannedInstance {
    /// Its attributes; unknown ones are left out.
    pub values: Node,
    /// `true` where a value is unknown, in the shape of the values.
    pub unknown: Option<Node>,
    /// Likewise where it is sensitive, as two trees say: `sensitive_values` may hold only what is marked in the configuration,
    /// and `after_sensitive` what the provider's schema adds. (Source: Terraform documentation, "JSON Output Format".)
    pub sensitive: [Option<Node>; 2],
    /// Whether nothing of it exists yet: all that is known comes from the configuration or a default.
    pub created: bool,
}

/// A plan, indexed.
#[derive(Debug)]
pub struct PlanFacts {
    /// By full address.
    instances: HashMap<Str, PlannedInstance>,
    /// The keys of each resource, by its address without a key, and of each module call.
    keys: HashMap<Str, Vec<InstanceKey>>,
    /// The configuration of each module, by the names of the calls that lead to it; the root's is empty.
    modules: HashMap<Str, Arc<ModuleSource>>,
    /// Whether all of the configuration was planned: with `-target`, or where something was put off, the rest is as it is written.
    pub complete: bool,
    /// The values of the root module's variables.
    pub variables: Vec<(Str, Node)>,
    /// Names of variables that are sensitive.
    pub sensitive_variables: Vec<Str>,
    /// What there is to say of the plan itself.
    pub problems: Vec<FileProblem>,
}

impl PlanFacts {
    /// Reads the tree of a plan.
    pub fn read(plan: &Node, file: FileId) -> PlanFacts {
        let mut facts = PlanFacts {
            instances: HashMap::new(),
            keys: HashMap::new(),
            modules: configuration::modules(plan, file),
            complete: false,
            variables: Vec::new(),
            sensitive_variables: Vec::new(),
            problems: Vec::new(),
        };
        for entry in plan.get("variables").and_then(Node::entries).unwrap_or_default() {
            if let (Some(name), Some(value)) = (entry.key.as_str(), entry.value.get("value")) {
                facts.variables.push((name.into(), value.clone()));
            }
        }
        let declared = plan.get("configuration").and_then(|c| c.get("root_module")?.get("variables")?.entries()).unwrap_or_default();
        let sensitive = declared.iter().filter(|e| e.value.get("sensitive").is_some_and(is_true));
        facts.sensitive_variables = sensitive.filter_map(|e| e.key.as_str()).map(Str::from).collect();
        let changes = changes(plan);
        if let Some(root) = plan.get("planned_values").and_then(|v| v.get("root_module")) {
            facts.add_module(root, &changes, false);
        }
        // A data source that was read while planning stands in the state that the plan starts from.
        if let Some(root) = plan.get("prior_state").and_then(|s| s.get("values")?.get("root_module")) {
            facts.add_module(root, &changes, true);
        }
        facts.complete = !plan.get("errored").is_some_and(is_true)
            && match plan.get("complete") {
                Some(complete) => is_true(complete),
                // Older versions of Terraform and OpenTofu do not say.
                None => {
                    let root = plan.get("configuration").and_then(|c| c.get("root_module"));
                    root.is_none_or(|root| configuration::all_planned(root, "", &facts))
                }
            };
        facts
    }

    fn add_module(&mut self, module: &Node, changes: &HashMap<&str, &Node>, data_only: bool) {
        for resource in module.get("resources").and_then(Node::items).unwrap_or_default() {
            self.add_instance(resource, changes, data_only);
        }
        for child in module.get("child_modules").and_then(Node::items).unwrap_or_default() {
            if let Some(address) = child.get("address").and_then(Node::as_str) {
                self.add_call(address);
            }
            self.add_module(child, changes, data_only);
        }
    }

    fn add_instance(&mut self, resource: &Node, changes: &HashMap<&str, &Node>, data_only: bool) {
        let text = |key: &str| resource.get(key).and_then(Node::as_str);
        let (Some(address), Some(values)) = (text("address"), resource.get("values")) else { return };
        if data_only && text("mode") != Some("data") || self.instances.contains_key(address) {
            return;
        }
        let key = resource.get("index").map_or(InstanceKey::Single, key_of);
        let change = changes.get(address).copied();
        let first = change.and_then(|c| c.get("actions")?.items()?.first()?.as_str());
        let instance = PlannedInstance {
            values: values.clone(),
            unknown: change.and_then(|c| c.get("after_unknown")).cloned(),
            sensitive: [resource.get("sensitive_values").cloned(), change.and_then(|c| c.get("after_sensitive")).cloned()],
            created: first == Some("create"),
        };
        self.instances.insert(address.into(), instance);
        self.keys.entry(without_key(address).into()).or_default().push(key);
    }

    fn add_call(&mut self, address: &str) {
        let base = without_key(address);
        let key = match address.get(base.len()..).and_then(|k| k.strip_prefix('[')?.strip_suffix(']')) {
            None => InstanceKey::Single,
            Some(index) => match index.parse::<usize>() {
                Ok(n) => InstanceKey::Count(index_key(n)),
                Err(_) => InstanceKey::Each(Value::string(unquoted(index), Span::NONE), Value::null(Span::NONE)),
            },
        };
        let known = self.keys.entry(base.into()).or_default();
        // The prior state names the modules of its data sources again.
        if !known.iter().any(|k| k.text() == key.text()) {
            known.push(key);
        }
    }

    /// The values of the root module's variables. What is sensitive is not looked at.
    pub fn inputs(&self, module: &ModuleInstance) -> HashMap<Str, Value> {
        let sensitive = |name: &Str| {
            let declared = module.source.variables.get(name).and_then(|block| block.body.attribute("sensitive"));
            self.sensitive_variables.contains(name) || declared.is_some_and(|expr| !matches!(expr.kind, ExprKind::Bool(false)))
        };
        let value = |(name, node): &(Str, Node)| {
            let span = module.source.variables.get(name).map_or(Span::NONE, |block| block.header);
            if !sensitive(name) {
                return (name.clone(), plain(node, span));
            }
            let id = format_smolstr!("var.{name}");
            let message = format_smolstr!("`{id}` is sensitive: its value is not looked at");
            (name.clone(), Value::unknown(Unknown::identified(Reason::NoValue, id.clone(), id, message, span), span))
        };
        self.variables.iter().map(value).collect()
    }

    /// What the plan says of an instance.
    pub fn instance(&self, address: &str) -> Option<&PlannedInstance> {
        self.instances.get(address)
    }

    /// The keys of the instances of a resource or module call.
    pub fn keys(&self, address: &str) -> &[InstanceKey] {
        self.keys.get(address).map_or(&[], Vec::as_slice)
    }

    /// The configuration of a module as the plan holds it.
    pub fn configuration(&self, call_path: &str) -> Option<Arc<ModuleSource>> {
        self.modules.get(call_path).cloned()
    }

    /// The root module's.
    pub fn root_configuration(&self) -> Arc<ModuleSource> {
        self.configuration("").unwrap_or_default()
    }

    /// Says what is wrong with the plan as a whole.
    pub fn add_problems(&mut self, plan: &Node, path: &Path) {
        let mut say = |span, message: &str, help: &str| {
            let (message, help) = (message.to_owned(), help.to_owned());
            self.problems.push(FileProblem { severity: Severity::Warning, message, span, path: path.to_owned(), help });
        };
        if let Some(errored) = plan.get("errored").filter(|e| is_true(e)) {
            say(
                errored.span,
                "planning failed, so the plan lacks what could not be planned",
                "mend what `terraform plan` says, and write it anew",
            );
        }
        if plan.get("planned_values").is_none() {
            say(plan.span, "the plan has no `planned_values`, so no resources are known", "write it with `terraform show -json`");
        }
    }
}

/// The change of each address. An object that was replaced but is not destroyed yet (`deposed`) has the same address.
fn changes(plan: &Node) -> HashMap<&str, &Node> {
    let all = plan.get("resource_changes").and_then(Node::items).unwrap_or_default();
    let own = all.iter().filter(|c| c.get("deposed").is_none_or(Node::is_null));
    own.filter_map(|c| Some((c.get("address")?.as_str()?, c.get("change")?))).collect()
}

fn key_of(index: &Node) -> InstanceKey {
    match (&index.kind, index.as_str().and_then(|text| text.parse::<usize>().ok())) {
        (NodeKind::Scalar(_, Style::Plain), Some(n)) => InstanceKey::Count(index_key(n)),
        _ => InstanceKey::Each(Value::string(index.as_str().unwrap_or_default(), index.span), Value::null(index.span)),
    }
}

/// An address without the key at its end. A key may itself hold brackets and quotes.
fn without_key(address: &str) -> &str {
    if !address.ends_with(']') {
        return address;
    }
    let (mut quoted, mut escaped, mut open) = (false, false, address.len());
    for (at, c) in address.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '[' if !quoted => open = at,
            _ => {}
        }
    }
    &address[..open]
}

fn unquoted(index: &str) -> String {
    let inner = index.strip_prefix('"').and_then(|i| i.strip_suffix('"')).unwrap_or(index);
    inner.replace("\\\"", "\"").replace("\\\\", "\\")
}

/// A value that is wholly known, said to be written at a place: around its own one, a plan may show what is sensitive.
pub fn plain(node: &Node, span: Span) -> Value {
    let kind = match &node.kind {
        NodeKind::Scalar(text, Style::Quoted) => return Value::string(text.clone(), span),
        NodeKind::Scalar(text, Style::Plain) => match text.as_str() {
            "null" => Kind::Null,
            "true" | "false" => Kind::Bool(text == "true"),
            text => Number::parse(text).map_or_else(|| Kind::Text(Text::literal(text)), Kind::Number),
        },
        NodeKind::Sequence(items) => return Value::list(ListShape::Tuple, items.iter().map(|item| plain(item, span)).collect(), span),
        NodeKind::Mapping(entries) => {
            let entries = entries.iter().map(|e| (Str::from(e.key.as_str().unwrap_or_default()), plain(&e.value, span))).collect();
            return Value::map(MapShape::Object, entries, span);
        }
    };
    Value::new(kind, span)
}

/// Whether a node is `true`.
pub fn is_true(node: &Node) -> bool {
    matches!(&node.kind, NodeKind::Scalar(text, Style::Plain) if text == "true")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_at_the_end_of_addresses() {
        assert_eq!(without_key("module.a[\"x\"].aws_x.y"), "module.a[\"x\"].aws_x.y");
        assert_eq!(without_key("module.a[\"x\"].aws_x.y[0]"), "module.a[\"x\"].aws_x.y");
        assert_eq!(without_key("aws_x.y[\"a[0]\\\"].b\"]"), "aws_x.y");
        assert_eq!(without_key("]"), "]");
        assert_eq!(unquoted("\"a\\\"b\""), "a\"b");
    }
}
