//! `Ref`, `Fn::GetAtt` and `Fn::Sub`: names of parameters, resources and pseudo parameters.

use std::sync::Arc;

use super::eval::put_in;
use super::resolver::{Child, Logical, Resolver, StackId};
use super::substitute::{Segment, is_name, segments};
use super::{identity, scalar};
use crate::finding::Severity;
use crate::model::names;
use crate::source::Span;
use crate::syntax::node::Node;
use crate::value::{AttrRef, Kind, Map, Part, Pseudo, Reason, Str, Text, Unknown, Value, format_smolstr};

/// Texts that `Fn::Sub` and `Fn::Join` make are given up beyond this: functions in functions can double them at every level.
pub(super) const MAX_TEXT_BYTES: usize = 1 << 20;

impl Resolver<'_> {
    /// `Ref`.
    pub fn reference(&mut self, stack: StackId, argument: &Node) -> Value {
        let Some(name) = argument.as_str() else {
            // Language extensions allow functions that come to a name.
            let value = self.value(stack, argument);
            return match value.as_str() {
                Some(name) => self.named(stack, name, argument.span).unwrap_or_else(|| self.no_such_name(stack, name, "", argument.span)),
                None if value.first_unknown().is_some() => identity::derived("Ref", &[&value], argument.span),
                None => self.mistake(argument.span, "`Ref` wants the name of a parameter or resource"),
            };
        };
        self.named(stack, name, argument.span).unwrap_or_else(|| self.no_such_name(stack, name, "", argument.span))
    }

    /// What `Ref` of a name gives; `None` where there is no such name.
    fn named(&mut self, stack: StackId, name: &str, span: Span) -> Option<Value> {
        if let Some(pseudo) = self.pseudo_parameter(stack, name, span) {
            return Some(pseudo);
        }
        if self.stacks[stack].parameters.contains_key(name) {
            return Some(self.parameter(stack, name));
        }
        let logical = self.stacks[stack].resources.get(name).cloned()?;
        Some(self.attribute(stack, name, &logical, "Ref", span))
    }

    /// `Fn::GetAtt`, in its list form or as text.
    pub fn get_att(&mut self, stack: StackId, argument: &Node) -> Value {
        let (resource, attribute) = match (argument.as_str(), argument.items()) {
            (Some(text), _) => match text.split_once('.') {
                Some((resource, attribute)) => (resource.to_owned(), Value::string(attribute, argument.span)),
                None => return self.mistake(argument.span, format!("`Fn::GetAtt` wants a resource and an attribute: `{text}.Arn`?")),
            },
            (_, Some([resource, attribute])) => {
                let resource = self.value(stack, resource);
                let attribute = self.value(stack, attribute);
                match resource.as_str() {
                    Some(name) => (name.to_owned(), attribute),
                    None => return identity::derived("Fn::GetAtt", &[&resource, &attribute], argument.span),
                }
            }
            _ => return self.mistake(argument.span, "`Fn::GetAtt` wants a list: a resource and an attribute"),
        };
        let Some(path) = attribute.to_text().and_then(|t| t.as_known().map(Str::from)) else {
            return identity::derived("Fn::GetAtt", &[&Value::string(resource, argument.span), &attribute], argument.span);
        };
        self.resource_attribute(stack, &resource, &path, argument.span)
            .unwrap_or_else(|| self.no_such_name(stack, &resource, &path, argument.span))
    }

    fn resource_attribute(&mut self, stack: StackId, resource: &str, path: &str, span: Span) -> Option<Value> {
        let logical = self.stacks[stack].resources.get(resource).cloned()?;
        if let (Some(output), Logical::Present(_)) = (path.strip_prefix("Outputs."), &logical)
            && let Child::Loaded(child) = self.child(stack, resource)
        {
            return Some(self.output(child, output, span));
        }
        if let Logical::Present(id) = logical
            && let Some(value) = self.written_attribute(id, path)
        {
            return Some(value.at(span));
        }
        Some(self.attribute(stack, resource, &logical, path, span))
    }

    fn attribute(&self, stack: StackId, name: &str, logical: &Logical, path: &str, span: Span) -> Value {
        let suffix = if path == "Ref" { Str::default() } else { format_smolstr!(".{path}") };
        let shown = self.stacks[stack].qualified(&format!("{name}{suffix}"));
        match logical {
            Logical::Present(resource) => Value::new(Kind::Attr(Arc::new(AttrRef { resource: *resource, path: path.into(), shown })), span),
            Logical::Absent(condition) => {
                let message = format_smolstr!("resource `{name}` is not created: condition `{condition}` is false");
                Value::unknown(Unknown::identified(Reason::Condition, shown.clone(), shown, message, span), span)
            }
        }
    }

    /// An output of a nested stack.
    pub fn output(&mut self, stack: StackId, name: &str, span: Span) -> Value {
        if let Some(value) = self.stacks[stack].output_values.get(name) {
            return value.clone();
        }
        let Some(node) = self.stacks[stack].outputs.get(name).cloned() else {
            let path = self.stacks[stack].path.display().to_string();
            return self.mistake(span, format!("the nested template {path} has no output `{name}`"));
        };
        let label = self.stacks[stack].qualified(&format!("Outputs.{name}"));
        let evaluated = self.once(stack, format_smolstr!("output {name}"), |r| match node.get("Value") {
            Some(value) => r.value(stack, value),
            None => r.mistake(node.span, format!("output `{name}` has no `Value`")),
        });
        let Some(value) = evaluated else { return self.cycle(label, node.span) };
        self.stacks[stack].output_values.insert(name.into(), value.clone());
        value
    }

    /// A value that depends on itself.
    pub fn cycle(&mut self, label: Str, span: Span) -> Value {
        let message = format_smolstr!("`{label}` depends on itself");
        self.problem(Severity::Error, span, message.as_str(), "");
        Value::unknown(Unknown::identified(Reason::Cycle, label.clone(), label, message, span), span)
    }

    /// `path` is the attribute that is asked for; empty for `Ref`.
    fn no_such_name(&mut self, stack: StackId, name: &str, path: &str, span: Span) -> Value {
        let joint = if path.is_empty() { "" } else { "." };
        let shown = self.stacks[stack].qualified(&format!("{name}{joint}{path}"));
        let message = format!("`{name}` is neither a parameter nor a resource of this template");
        if let Some(module) = self.module_with(stack, name) {
            let why = format_smolstr!("`{name}` lies in the module `{module}`, which cannot be seen");
            return Value::unknown(Unknown::identified(Reason::OpaqueModule, shown.clone(), shown, why, span), span);
        }
        if self.stacks[stack].has_macros {
            let why = match &self.taken {
                Some(_) => format_smolstr!("`{name}` is not in this file; another part of the template may have it"),
                None => format_smolstr!("`{name}` is not in the template; its macro may add it"),
            };
            return Value::unknown(Unknown::identified(Reason::Macro, shown.clone(), shown, why, span), span);
        }
        if self.stacks[stack].is_packaged && self.stacks[stack].parameters.contains_key(name) {
            let why = format_smolstr!("`{name}` is a parameter that rain may replace by a resource");
            return Value::unknown(Unknown::identified(Reason::Macro, shown.clone(), shown, why, span), span);
        }
        if self.stacks[stack].parameters.contains_key(name) {
            let message = format!("`{name}` is a parameter, which has no attributes: `Fn::GetAtt` and `${{{name}.…}}` are for resources");
            return self.mistake(span, message);
        }
        // Names of resources that SAM makes depend on the whole of its translator: where one is not known here, say less.
        let severity = if self.stacks[stack].is_sam { Severity::Warning } else { Severity::Error };
        self.undeclared(stack, name, severity, span, message.clone());
        Value::unknown(Unknown::identified(Reason::Error, shown.clone(), shown, message, span), span)
    }

    /// `Fn::Sub`: a text, or a list of a text and a map of variables.
    pub fn sub(&mut self, stack: StackId, argument: &Node) -> Value {
        let (template, variables) = match (argument.as_str(), argument.items()) {
            (Some(_), _) | (None, None) => (argument, None),
            (_, Some([template])) => (template, None),
            (_, Some([template, variables])) => (template, Some(variables)),
            _ => return self.mistake(argument.span, "`Fn::Sub` wants a text, or a list of a text and a map"),
        };
        let Some(text) = template.as_str() else {
            let value = self.value(stack, template);
            return match value.kind {
                Kind::Unknown(_) => identity::derived("Fn::Sub", &[&value], template.span),
                _ => self.mistake(template.span, "the first argument of `Fn::Sub` must be a text"),
            };
        };
        let variables = match variables.map(|v| self.value(stack, v)).map(|v| v.kind) {
            None => None,
            Some(Kind::Map(map)) => Some(map),
            Some(_) => return self.mistake(argument.span, "the second argument of `Fn::Sub` must be a map"),
        };
        let pieces: Vec<Value> = segments(text)
            .into_iter()
            .map(|segment| match segment {
                Segment::Literal(text) => Value::string(text, template.span),
                Segment::Name(name) => self.sub_variable(stack, name, variables.as_deref(), template.span),
            })
            .collect();
        let span = argument.span;
        identity::distribute("Fn::Sub", &pieces, span, |pieces| concatenate("Fn::Sub", pieces, span))
    }

    fn sub_variable(&mut self, stack: StackId, name: &str, variables: Option<&Map>, span: Span) -> Value {
        if let Some(value) = variables.and_then(|map| map.entries.get(name)) {
            return value.clone();
        }
        if !is_name(name) {
            let message = format!("`${{{name}}}` in `Fn::Sub` is no name: names have letters, digits, `_`, `.` and `:` only");
            self.problem(Severity::Error, span, message, format!("write `${{!{name}}}` for the text `${{{name}}}`"));
            return Value::string(format!("${{{name}}}"), span);
        }
        // Constants of rain stand in the texts like names.
        if let Some(constant) = name.strip_prefix("Rain::") {
            return put_in("Rain::Constant", constant, span);
        }
        let found = match name.split_once('.') {
            Some((resource, path)) => self.resource_attribute(stack, resource, path, span),
            None => self.named(stack, name, span),
        };
        found.unwrap_or_else(|| self.no_such_variable(stack, name, span))
    }

    fn no_such_variable(&mut self, stack: StackId, name: &str, span: Span) -> Value {
        let Some(variable) = name.strip_prefix("stageVariables.") else {
            let (resource, path) = name.split_once('.').unwrap_or((name, ""));
            return self.no_such_name(stack, resource, path, span);
        };
        // What the author meant is clear, so that the rest of the checks go on with it.
        let message = format!("`${{{name}}}` in `Fn::Sub` names a resource `stageVariables`, which the template does not have");
        self.problem(Severity::Error, span, message, format!("write `${{!stageVariables.{variable}}}` for a stage variable"));
        Value::string(format!("${{{name}}}"), span)
    }

    fn pseudo_parameter(&mut self, stack: StackId, name: &str, span: Span) -> Option<Value> {
        let pseudo = match name {
            "AWS::NoValue" => return Some(Value::null(span)),
            "AWS::AccountId" => Pseudo::AccountId,
            "AWS::Region" => Pseudo::Region,
            "AWS::Partition" => Pseudo::Partition,
            "AWS::URLSuffix" => Pseudo::UrlSuffix,
            "AWS::StackName" => Pseudo::StackName,
            "AWS::StackId" => Pseudo::StackId,
            "AWS::NotificationARNs" => {
                let shown = self.stacks[stack].qualified(name);
                let message = "`AWS::NotificationARNs` is known at the deploy";
                return Some(Value::unknown(Unknown::identified(Reason::NoValue, shown.clone(), shown, message, span), span));
            }
            _ => return None,
        };
        // A nested stack has a name of its own.
        if matches!(pseudo, Pseudo::StackName | Pseudo::StackId) && self.stacks[stack].parent.is_some() {
            let shown = self.stacks[stack].qualified(name);
            let message = "the name of a nested stack is known after the deploy";
            return Some(Value::unknown(Unknown::identified(Reason::Computed, shown.clone(), shown, message, span), span));
        }
        Some(match self.known_pseudo(pseudo) {
            Some(text) => Value::string(text, span),
            None => Value::new(Kind::Text(Text::from_parts([Part::Pseudo(pseudo)])), span),
        })
    }

    /// A pseudo parameter that the command line says or decides about.
    pub(super) fn known_pseudo(&self, pseudo: Pseudo) -> Option<Str> {
        let options = &self.workspace.options;
        let region = options.region.as_deref();
        match pseudo {
            Pseudo::AccountId => options.account_id.clone(),
            Pseudo::Region => options.region.clone(),
            Pseudo::Partition => region.map(|r| names::partition_of(r).into()),
            Pseudo::UrlSuffix => region.map(|r| names::url_suffix_of(r).into()),
            Pseudo::StackName | Pseudo::StackId => None,
        }
    }
}

/// One text of several values; unknown where one of them is no text.
pub(super) fn concatenate(function: &str, pieces: &[Value], span: Span) -> Value {
    let mut texts = Vec::with_capacity(pieces.len());
    let mut size = 0;
    for piece in pieces {
        // What was given up stays so: put together again, it would grow once more.
        if matches!(&piece.kind, Kind::Unknown(unknown) if unknown.reason == Reason::Limit) {
            return piece.clone().at(span);
        }
        let Some(text) = piece.to_text() else {
            let kind = match piece.kind {
                Kind::List(_) => "a list",
                Kind::Map(_) => "a map",
                _ => "no value",
            };
            let message = format_smolstr!("`{function}` makes a text, but one of its parts is {kind}");
            let shown = format_smolstr!("{function}({})", identity::shown(piece));
            return Value::unknown(Unknown::new(Reason::Error, shown, message, span), span);
        };
        size += text.holes().map_or_else(|| text.as_known().map_or(0, str::len), |parts| parts.len() * 256);
        texts.push(text);
    }
    if size > MAX_TEXT_BYTES {
        let message = format_smolstr!("the text is larger than {MAX_TEXT_BYTES} bytes");
        return Value::unknown(Unknown::new(Reason::Limit, format_smolstr!("{function}(…)"), message, span), span);
    }
    Value::new(Kind::Text(scalar::dynamic_references(Text::concat(&texts), span)), span)
}
