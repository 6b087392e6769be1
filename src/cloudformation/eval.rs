//! From nodes to values.

use std::sync::Arc;

use indexmap::IndexMap;

use super::resolver::{Resolver, StackId, too_deep};
use super::{identity, scalar};
use crate::finding::Severity;
use crate::source::Span;
use crate::syntax::node::{Entry, Node, NodeKind};
use crate::value::{Kind, ListShape, Map, MapShape, Reason, Str, Unknown, Value, format_smolstr};

impl Resolver<'_> {
    /// The value of a node. `AWS::NoValue` and `null` are not in lists and maps.
    pub fn value(&mut self, stack: StackId, node: &Node) -> Value {
        match &node.kind {
            NodeKind::Scalar(text, style) => scalar::value(text, *style, node.span),
            _ => self.deeper(node.span, |r| r.collection(stack, node)).unwrap_or_else(|| {
                let unknown = Unknown::new(Reason::Limit, "(too deep)", too_deep(), node.span);
                Value::unknown(unknown, node.span)
            }),
        }
    }

    fn collection(&mut self, stack: StackId, node: &Node) -> Value {
        if let Some(items) = node.items() {
            let items = items.iter().map(|item| self.value(stack, item)).filter(|v| !v.is_null()).collect();
            return Value::list(ListShape::List, items, node.span);
        }
        let entries = node.entries().unwrap_or_default();
        match entries {
            [entry] => match entry.key.as_str().filter(|name| is_function(name)) {
                Some(name) => self.call(stack, name, &entry.value, node).at(node.span),
                None => self.map(stack, entries, node.span),
            },
            _ => self.map(stack, entries, node.span),
        }
    }

    fn map(&mut self, stack: StackId, entries: &[Entry], span: Span) -> Value {
        let mut map = Map { shape: MapShape::Object, entries: IndexMap::new(), key_spans: IndexMap::new(), open: None };
        for entry in entries {
            let Some(key) = entry.key.as_str() else {
                self.problem(Severity::Error, entry.key.span, "a key must be a text", "");
                continue;
            };
            if key == "Fn::Transform" || key.starts_with("Fn::ForEach") {
                map.open = Some(unseen_entries(key, entry.key.span));
                continue;
            }
            if is_function(key) && key != "Ref" {
                let message = format!("`{key}` is a function and must be the only key of its mapping");
                self.problem(Severity::Error, entry.key.span, message, "");
            }
            let value = self.value(stack, &entry.value);
            // The last of two equal keys wins, also where it is null.
            map.entries.insert(key.into(), value);
            map.key_spans.insert(key.into(), entry.key.span);
        }
        map.key_spans.retain(|key, _| map.entries.get(key).is_some_and(|value| !value.is_null()));
        map.entries.retain(|_, value| !value.is_null());
        Value::new(Kind::Map(Arc::new(map)), span)
    }

    fn call(&mut self, stack: StackId, name: &str, argument: &Node, node: &Node) -> Value {
        match name {
            "Ref" => self.reference(stack, argument),
            "Fn::GetAtt" => self.get_att(stack, argument),
            "Fn::Sub" => self.sub(stack, argument),
            "Fn::Join" => self.join(stack, argument),
            "Fn::Split" => self.split(stack, argument),
            "Fn::Select" => self.select(stack, argument),
            "Fn::If" => self.if_else(stack, argument),
            "Fn::FindInMap" => self.find_in_map(stack, argument),
            "Fn::Base64" => self.base64(stack, argument),
            "Fn::Cidr" => self.cidr(stack, argument),
            "Fn::GetAZs" => self.get_azs(stack, argument),
            "Fn::ImportValue" => self.import_value(stack, argument),
            "Fn::Length" => self.length(stack, argument),
            "Fn::ToJsonString" => self.json_string(stack, argument),
            "Fn::GetStackOutput" => self.external(stack, name, argument, "is an output of another stack"),
            "Fn::Transform" => {
                let open = unseen_entries(name, node.span);
                Value::unknown(open, node.span)
            }
            "Fn::And" | "Fn::Or" | "Fn::Not" | "Fn::Equals" => {
                let message = format!("`{name}` stands only in conditions: give the condition a name and use `Fn::If`");
                self.mistake(node.span, message)
            }
            _ if name.starts_with("Fn::ForEach") => Value::unknown(unseen_entries(name, node.span), node.span),
            _ => self.other_function(stack, name, argument, node),
        }
    }

    fn other_function(&mut self, stack: StackId, name: &str, argument: &Node, node: &Node) -> Value {
        if let Some(tool) = packaged(node) {
            let argument = identity::shown(&self.value(stack, argument));
            return put_in(tool, &argument, node.span);
        }
        if self.stacks[stack].has_macros || self.stacks[stack].is_packaged {
            return self.external(stack, name, argument, "may be replaced by the template's macro");
        }
        self.mistake(node.span, format!("CloudFormation has no function `{name}`"))
    }

    /// A value that only AWS knows; the same arguments give the same value.
    pub fn external(&mut self, stack: StackId, name: &str, argument: &Node, why: &str) -> Value {
        let argument = self.value(stack, argument);
        let shown = format_smolstr!("{name}({})", identity::shown(&argument));
        let message = format_smolstr!("`{shown}` {why}");
        let unknown = match identity::of(&argument) {
            Some(id) => Unknown::identified(Reason::External, format_smolstr!("{name}({id})"), shown, message, argument.span),
            None => Unknown::new(Reason::External, shown, message, argument.span),
        };
        Value::unknown(unknown, argument.span)
    }

    fn if_else(&mut self, stack: StackId, argument: &Node) -> Value {
        let Some([condition, yes, no]) = argument.items() else {
            return self.mistake(argument.span, "`Fn::If` wants a list: the name of a condition and two values");
        };
        let Some(name) = condition.as_str() else {
            return self.mistake(condition.span, "the first argument of `Fn::If` must be the name of a condition");
        };
        let decision = self.condition(stack, name, condition.span).under(&self.assumed);
        match decision {
            super::conditions::Decision::Known(true) => self.value(stack, yes),
            super::conditions::Decision::Known(false) => self.value(stack, no),
            super::conditions::Decision::Open { yes: when, no: otherwise } => {
                let branches = [(when, yes), (otherwise, no)].map(|(guard, node)| {
                    let value = self.assuming(&guard, |r| r.value(stack, node));
                    (guard, value)
                });
                Value::choice(branches.into(), argument.span)
            }
        }
    }

    /// Evaluates with a guard taken for granted beside what is already.
    pub fn assuming<T>(&mut self, guard: &crate::value::Guard, evaluate: impl FnOnce(&mut Self) -> T) -> T {
        let inner = self.assumed.and(guard).unwrap_or_default();
        let outer = std::mem::replace(&mut self.assumed, inner);
        let result = evaluate(self);
        self.assumed = outer;
        result
    }
}

/// Whether a key names an intrinsic function.
pub(super) fn is_function(key: &str) -> bool {
    key == "Ref" || key.starts_with("Fn::") || key.starts_with("Rain::")
}

/// The name of a function that is no CloudFormation's, but of a tool that works on the template before it: `!Rain::Embed x`, or
/// `{"Rain::Embed": x}` in JSON.
pub(super) fn packaged(node: &Node) -> Option<&str> {
    let [only] = node.entries()? else { return None };
    let key = only.key.as_str()?;
    let name = key.strip_prefix("Fn::").unwrap_or(key);
    (node.tag.as_deref().is_some_and(|tag| tag.contains("::")) || name.starts_with("Rain::")).then_some(name)
}

/// What a tool puts in the place of its function before the deploy.
pub(super) fn put_in(tool: &str, argument: &str, span: Span) -> Value {
    let shown = format_smolstr!("{tool}({argument})");
    let message = format_smolstr!("`{tool}` is replaced by a tool before the deploy");
    Value::unknown(Unknown::identified(Reason::Macro, shown.clone(), shown, message, span), span)
}

/// Why a map may have more entries: a macro, or a loop over what is not known, makes them.
pub(super) fn unseen_entries(key: &str, span: Span) -> Arc<Unknown> {
    let message = match key {
        "Fn::Transform" => Str::from("`Fn::Transform` adds what a macro makes at the deploy"),
        _ => format_smolstr!("`{key}` loops over a collection that is not known"),
    };
    Unknown::new(Reason::Macro, key, message, span)
}
