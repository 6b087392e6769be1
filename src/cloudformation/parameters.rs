//! The values of parameters: given on the command line, by the parent stack, or by default.

use std::path::Path;
use std::sync::Arc;

use super::resolver::{Binding, Resolver, StackId};
use super::{identity, scalar};
use crate::finding::Severity;
use crate::secrets::mark;
use crate::source::Span;
use crate::syntax::node::Node;
use crate::value::{Hidden, Kind, List, ListShape, Reason, Str, Text, Unknown, Value, format_smolstr};
use crate::workspace::Workspace;
use crate::world::World;

impl Resolver<'_> {
    /// The value of a parameter that the stack has.
    pub fn parameter(&mut self, stack: StackId, name: &str) -> Value {
        if let Some(value) = self.stacks[stack].parameter_values.get(name) {
            return value.clone();
        }
        let Some(node) = self.stacks[stack].parameters.get(name).cloned() else { return Value::null(Span::NONE) };
        let key = format_smolstr!("parameter {name}");
        let Some(value) = self.once(stack, key, |r| r.evaluate_parameter(stack, name, &node)) else {
            let label = self.stacks[stack].qualified(name);
            return self.cycle(label, node.span);
        };
        let value = if no_echo(&node) { self.secret(stack, name, &value) } else { value };
        self.stacks[stack].parameter_values.insert(name.into(), value.clone());
        value
    }

    /// The value of a `NoEcho` parameter: no report shows it.
    fn secret(&mut self, stack: StackId, name: &str, value: &Value) -> Value {
        self.secrets.add(value);
        // A nested stack may be given what is written in its parent.
        if let Some(Binding::Node(node)) = self.stacks[stack].bindings.get(name)
            && node.as_str().is_some()
        {
            self.secrets.add_span(node.span);
        }
        mark(value, Hidden::Secret)
    }

    /// Notes what templates and settings say of `NoEcho` parameters, also where nothing asks for these.
    pub(super) fn note_secrets(&mut self) {
        for stack in &self.stacks {
            for (name, node) in stack.parameters.iter().filter(|(_, node)| no_echo(node)) {
                let allowed = node.get("AllowedValues").and_then(Node::items).unwrap_or_default();
                for secret in node.get("Default").into_iter().chain(allowed) {
                    self.secrets.add(&default_value(secret));
                    self.secrets.add_span(secret.span);
                }
                if stack.parent.is_none() {
                    let given = self.workspace.options.parameters.iter().filter(|(n, _)| n == name);
                    given.for_each(|(_, text)| self.secrets.add(&Value::string(text.as_str(), Span::NONE)));
                    for (_, value) in self.world.parameters.iter().filter(|(n, _)| n == name) {
                        self.secrets.add(value);
                        self.secrets.add_span(value.span);
                    }
                }
            }
        }
    }

    fn evaluate_parameter(&mut self, stack: StackId, name: &str, node: &Node) -> Value {
        let kind = node.get("Type").and_then(Node::as_str).unwrap_or("String").to_owned();
        let given = match self.stacks[stack].parent {
            Some(parent) => self.bound(stack, parent, name),
            None => self.given(name),
        };
        if let Some(value) = &given {
            self.check_allowed(name, node, value);
        }
        let given = match self.stacks[stack].parent {
            None if no_echo(node) => given.map(|value| hidden(name, node, value)),
            _ => given,
        };
        let default = || {
            let default = node.get("Default").filter(|d| !d.is_null()).map(default_value)?;
            let open = self.world.strict && self.stacks[stack].parent.is_none();
            Some(if open { may_be_given(name, &self.world.departure(), &default, node.span) } else { default })
        };
        match given.filter(|v| !v.is_null()).or_else(default) {
            Some(value) => self.typed(&kind, value, node.span),
            None => {
                let shown = self.stacks[stack].qualified(name);
                let message = format_smolstr!("parameter `{name}` has no default");
                let identity = format_smolstr!("param.{shown}");
                if kind.starts_with("List<AWS::EC2::") {
                    return never_empty(&identity, &shown, &message, node.span);
                }
                Value::unknown(Unknown::identified(Reason::NoValue, identity, shown, message, node.span), node.span)
            }
        }
    }

    /// What the settings or the world give to a parameter of the unit's own template. The command line names what it means.
    fn given(&self, name: &str) -> Option<Value> {
        let settings = self.workspace.options.parameters.iter().rfind(|(n, _)| n == name);
        let settings = settings.map(|(_, value)| Value::string(value.as_str(), Span::NONE));
        let open = self.world.strict && self.world.at_default.iter().any(|known| known == name);
        let mut of_world = self.world.parameters.iter().filter(|_| !open);
        settings.or_else(|| of_world.rfind(|(n, _)| n == name).map(|(_, value)| value.clone()))
    }

    /// CloudFormation refuses a value that is none of the allowed ones.
    fn check_allowed(&mut self, name: &str, node: &Node, value: &Value) {
        let Some(items) = node.get("AllowedValues").and_then(Node::items) else { return };
        let is_list = node.get("Type").and_then(Node::as_str).is_some_and(|kind| kind.contains("List"));
        let text = |node: &Node| default_value(node).to_text().and_then(|text| text.as_known().map(Str::from));
        let allowed: Option<Vec<Str>> = items.iter().map(text).collect();
        let given = value.to_text();
        let (Some(allowed), Some(given)) = (allowed, given.as_ref().and_then(Text::as_known)) else { return };
        if is_list || allowed.iter().any(|allowed| allowed == given) {
            return;
        }
        let name = match value.span.is_none() {
            true => format!("`--parameter {name}`"),
            false => format!("parameter `{name}`"),
        };
        if no_echo(node) {
            // Neither the value nor the line that gives it is shown.
            return self.problem(Severity::Error, node.span, format!("the value given to {name} is not an allowed one"), "");
        }
        let listed = allowed.iter().take(10).map(|value| format!("`{value}`")).collect::<Vec<_>>().join(", ");
        let more = if allowed.len() > 10 { ", …" } else { "" };
        let message = format!("`{given}` is not an allowed value of {name}: {listed}{more}");
        self.problem(Severity::Error, value.span.or(node.span), message, "");
    }

    /// What the parent stack gives.
    fn bound(&mut self, stack: StackId, parent: StackId, name: &str) -> Option<Value> {
        match self.stacks[stack].bindings.get(name).cloned()? {
            Binding::Value(value) => Some(value),
            Binding::Node(node) => Some(self.value(parent, &node)),
        }
    }

    /// The value as the parameter's type has it.
    fn typed(&mut self, kind: &str, value: Value, span: Span) -> Value {
        if let Some(inner) = kind.strip_prefix("AWS::SSM::Parameter::Value<") {
            return stored(inner.strip_suffix('>').unwrap_or(inner), &value, span);
        }
        let is_list = kind == "CommaDelimitedList" || kind.starts_with("List<");
        let alternatives = value.alternatives();
        let as_type = if is_list { as_list } else { as_text };
        let typed = alternatives.into_iter().map(|(guard, value)| (guard, as_type(value))).collect();
        Value::choice(typed, value.span)
    }
}

/// A list of ids that CloudFormation looks up in the account before it deploys: there is one at least (CloudFormation User Guide,
/// "CloudFormation-supplied parameter types").
fn never_empty(identity: &Str, shown: &Str, message: &Str, span: Span) -> Value {
    let unknown = |identity: Str, shown: Str| Unknown::identified(Reason::NoValue, identity, shown, message.clone(), span);
    let select = |list: &Str| format_smolstr!("Fn::Select(0, {list})");
    let first = Value::unknown(unknown(select(identity), select(shown)), span);
    let open = Some(unknown(identity.clone(), shown.clone()));
    Value::new(Kind::List(Arc::new(List { shape: ListShape::List, items: vec![first], open })), span)
}

/// Whether the values of a parameter are masked wherever CloudFormation shows them (`NoEcho`; CloudFormation User Guide,
/// "Parameters section").
pub(super) fn no_echo(node: &Node) -> bool {
    node.get("NoEcho").and_then(Node::as_str).is_some_and(|text| text.eq_ignore_ascii_case("true"))
}

/// What is known of a secret that is given. No message can tell what is not known here; what the template tells itself, and that
/// there is none, is no secret.
fn hidden(name: &str, node: &Node, value: Value) -> Value {
    let text = |value: &Value| value.to_text().and_then(|text| text.as_known().map(Str::from));
    let given = text(&value);
    let default = node.get("Default").and_then(|default| text(&default_value(default)));
    if value.is_null() || given.as_deref() == Some("") || (given.is_some() && given == default) {
        return value;
    }
    let message = format_smolstr!("the value given to parameter `{name}` is a secret (`NoEcho`)");
    Value::unknown(Unknown::identified(Reason::NoValue, format_smolstr!("param.{name}"), name, message, node.span), node.span)
}

/// Where the default of a parameter stands, where that is its value in this world.
pub fn default_of(template: &Path, name: &str, world: &World, workspace: &Workspace) -> Option<Span> {
    let given = workspace.options.parameters.iter().any(|(n, _)| n == name) || world.parameters.iter().any(|(n, _)| n == name);
    let tree = workspace.tree(template);
    let parameter = tree.node.as_ref().filter(|_| !given)?.get("Parameters")?.get(name)?;
    parameter.get("Default").filter(|default| !default.is_null()).map(|default| default.span)
}

/// A parameter with a default, in a deployment that departs from the defaults of others: who gives one parameter may well give
/// another that goes with it (the port of another engine, the subnets of an existing VPC).
fn may_be_given(name: &str, world: &str, default: &Value, span: Span) -> Value {
    let message = format_smolstr!("parameter `{name}` may be given with {world}");
    Value::unknown(Unknown::identified(Reason::NoValue, format_smolstr!("param.{name}"), name, message, span), default.span)
}

/// The default as it stands: functions are not evaluated in the `Parameters` section.
fn default_value(node: &Node) -> Value {
    match &node.kind {
        crate::syntax::node::NodeKind::Scalar(text, style) => scalar::value(text, *style, node.span),
        _ => {
            let items = node.items().unwrap_or_default().iter().filter_map(|i| i.as_str().map(|t| Value::string(t, i.span))).collect();
            Value::list(ListShape::List, items, node.span)
        }
    }
}

/// The content of a Systems Manager parameter: two of the same path are the same value.
fn stored(inner: &str, path: &Value, span: Span) -> Value {
    let shown = identity::shown(path);
    let message = format_smolstr!("the {inner} in the Systems Manager parameter `{shown}` is read at the deploy");
    let unknown = match identity::of(path) {
        Some(id) => Unknown::identified(Reason::External, format_smolstr!("ssm:{id}"), shown, message, span),
        None => Unknown::new(Reason::External, shown, message, span),
    };
    Value::unknown(unknown, span)
}

/// A list of a comma-delimited text. That of the empty text has one item, the empty text: a template asks for it by
/// `!Equals [!Select [0, !Ref List], ""]`.
fn as_list(value: Value) -> Value {
    match &value.kind {
        Kind::List(list) if list.items.is_empty() && list.open.is_none() => {
            Value::list(ListShape::List, vec![Value::string("", value.span)], value.span)
        }
        Kind::Text(text) => match text.as_known() {
            Some(known) => {
                let items = known.split(',').map(|item| Value::string(item.trim(), value.span)).collect();
                Value::list(ListShape::List, items, value.span)
            }
            None => super::lists::split_text(",", text, value.span, true),
        },
        Kind::Bool(_) | Kind::Number(_) => {
            let text = value.to_text().unwrap_or_default();
            Value::list(ListShape::List, vec![Value::new(Kind::Text(text), value.span)], value.span)
        }
        _ => value,
    }
}

/// A parameter is a text wherever it is used, one of the type `Number` too: `Fn::ToJsonString` writes `"3"`.
///
/// A list that is given to a text parameter arrives joined by commas (CloudFormation User Guide, `AWS::CloudFormation::Stack`:
/// "If you use the Ref function to pass a parameter value to a nested stack, comma-delimited list parameters must be of type
/// String").
fn as_text(value: Value) -> Value {
    if matches!(value.kind, Kind::Number(_) | Kind::Bool(_)) {
        return Value::new(Kind::Text(value.to_text().unwrap_or_default()), value.span);
    }
    let Some(list) = value.as_list() else { return value };
    let texts: Option<Vec<Text>> = list.items.iter().map(Value::to_text).collect();
    match texts {
        Some(texts) if list.open.is_none() => {
            let comma = Text::literal(",");
            let mut joined: Vec<&Text> = Vec::new();
            for text in &texts {
                if !joined.is_empty() {
                    joined.push(&comma);
                }
                joined.push(text);
            }
            Value::new(Kind::Text(Text::concat(joined)), value.span)
        }
        _ => identity::derived("Fn::Join", &[&Value::string(Str::from(","), value.span), &value], value.span),
    }
}
