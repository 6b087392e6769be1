//! Nested stacks whose template lies beside the parent's: their resources belong to the unit.

use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};

use super::expand::{is_local, leads_out};
use super::resolver::{Binding, Child, Logical, Resolver, Slot, Stack, StackId};
use super::{TemplateKind, identity, is_template};
use crate::finding::Severity;
use crate::syntax::node::Node;
use crate::unit::{Absent, Opaque};
use crate::value::{Kind, Str, Value, format_smolstr};

/// How deep stacks may nest.
const MAX_NESTING: usize = 16;

/// How many templates one unit may be made of: a chain of templates that each nest the next one twice doubles at every level.
const MAX_STACKS: usize = 500;

impl Resolver<'_> {
    /// Reads the template of a nested stack, where `logical_id` is one and its template is a local file.
    pub fn child(&mut self, stack: StackId, logical_id: &str) -> Child {
        if let Some(child) = self.stacks[stack].children.get(logical_id) {
            return *child;
        }
        let Some(Logical::Present(resource)) = self.stacks[stack].resources.get(logical_id).cloned() else { return Child::Opaque };
        let Some(slot) = self.slots.get(resource.0 as usize).cloned() else { return Child::Opaque };
        if slot.kind.ends_with("::MODULE") {
            self.stacks[stack].children.insert(logical_id.into(), Child::Opaque);
            self.opaque_stack(stack, &slot, &Value::string(slot.kind.clone(), slot.name_span));
            return Child::Opaque;
        }
        let Some(location) = template_location(&slot.kind, &slot.node) else { return Child::Opaque };
        self.stacks[stack].children.insert(logical_id.into(), Child::Loading);
        let url = self.value(stack, &location);
        let child = match url.as_str().filter(|url| is_local(url)).or_else(|| asset_path(&slot.node)) {
            Some(path) => self.load_child(stack, &slot, path, &location),
            None => None,
        };
        let child = child.map_or(Child::Opaque, Child::Loaded);
        self.stacks[stack].children.insert(logical_id.into(), child);
        if child == Child::Opaque {
            self.opaque_stack(stack, &slot, &url);
        }
        child
    }

    fn load_child(&mut self, stack: StackId, slot: &Slot, path: &str, location: &Node) -> Option<StackId> {
        let full = normalised(&self.stacks[stack].folder().join(path));
        let mut ancestors = 0;
        let mut ancestor = Some(stack);
        while let Some(id) = ancestor {
            if normalised(&self.stacks[id].path) == full {
                self.problem(Severity::Error, location.span, format!("the template `{path}` nests itself"), "");
                return None;
            }
            ancestors += 1;
            ancestor = self.stacks[id].parent;
        }
        if ancestors >= MAX_NESTING || self.stacks.len() >= MAX_STACKS {
            let message = format!("more than {MAX_STACKS} nested stacks, or more than {MAX_NESTING} levels of them: not followed");
            self.problem(Severity::Warning, location.span, message, "");
            return None;
        }
        // Told as a source that is not seen.
        if leads_out(path) && self.found(stack, path).is_none() {
            return None;
        }
        let (full, tree) = self.read_tree(stack, path, location.span, "nested template")?;
        let full = normalised(&full);
        if is_template(&tree) == TemplateKind::No {
            self.problem(Severity::Error, location.span, format!("`{path}` is no CloudFormation template"), "");
            return None;
        }
        let child = Stack {
            prefix: format_smolstr!("{}{}.", self.stacks[stack].prefix, slot.logical_id),
            path: full,
            parent: Some(stack),
            presence: slot.presence.clone(),
            bindings: self.bindings(stack, &slot.node),
            ..Stack::default()
        };
        Some(self.load(&tree, child))
    }

    /// What the parent gives to the parameters. Each is evaluated when it is asked for: one may depend on an output of a stack
    /// that another one leads to.
    fn bindings(&mut self, stack: StackId, node: &Node) -> HashMap<Str, Binding> {
        let Some(parameters) = node.get("Properties").and_then(|p| p.get("Parameters")) else { return HashMap::new() };
        let entries = parameters.entries().unwrap_or_default();
        if !entries.iter().any(|e| e.key.as_str().is_some_and(super::eval::is_function)) {
            let binding = |e: &crate::syntax::node::Entry| Some((e.key.as_str()?.into(), Binding::Node(e.value.clone())));
            return entries.iter().filter_map(binding).collect();
        }
        match self.value(stack, parameters).kind {
            Kind::Map(map) => map.entries.iter().map(|(name, value)| (name.clone(), Binding::Value(value.clone()))).collect(),
            _ => HashMap::new(),
        }
    }

    fn opaque_stack(&mut self, stack: StackId, slot: &Slot, url: &Value) {
        let span = slot.name_span;
        let properties = slot.node.get("Properties");
        // A module's properties are its parameters (CloudFormation CLI User Guide, "Module structure").
        let parameters = if slot.kind.ends_with("::MODULE") { properties } else { properties.and_then(|p| p.get("Parameters")) };
        let arguments = match parameters {
            Some(parameters) => self.value(stack, parameters),
            None => Value::map(crate::value::MapShape::Object, Default::default(), span),
        };
        let references = arguments.references();
        let address = self.stacks[stack].qualified(&slot.logical_id);
        let local = url.as_str().filter(|path| is_local(path) && !slot.kind.ends_with("::MODULE"));
        let absent = local.and_then(|path| self.made_elsewhere(stack, path));
        let reason = local.and_then(|path| why_not_there(path, absent.as_ref()));
        self.opaque.push(Opaque {
            address,
            source: identity::shown(url),
            arguments,
            span,
            references,
            reason,
            absent: absent.filter(|absent| matches!(absent, Absent::Submodule(_))),
            rewrites: false,
        });
    }
}

/// What is told of a nested template that a build makes, or whose path may count from the folder of one.
fn why_not_there(path: &str, absent: Option<&Absent>) -> Option<Str> {
    match absent {
        Some(Absent::Built) => {
            Some(format_smolstr!("the nested template `{path}` is not there, so nothing in it was checked; a build makes it"))
        }
        _ if leads_out(path) => Some(format_smolstr!(
            "the nested template `{path}` is not there: does the path count from the folder of a build? Nothing in it was checked"
        )),
        _ => None,
    }
}

/// The node that says where a nested stack's template is. `AWS::Serverless::Application` is here for templates that use it
/// without SAM's transform.
fn template_location(kind: &str, node: &Node) -> Option<Node> {
    let property = match kind {
        "AWS::CloudFormation::Stack" => "TemplateURL",
        "AWS::Serverless::Application" => "Location",
        _ => return None,
    };
    node.get("Properties")?.get(property).cloned()
}

/// The file of which the CDK uploads a nested stack's template: it lies beside the parent's (AWS CDK Developer Guide, "Assets and
/// metadata").
fn asset_path(node: &Node) -> Option<&str> {
    let metadata = node.get("Metadata")?;
    let path = metadata.get("aws:asset:path")?.as_str()?;
    (metadata.get("aws:asset:property")?.as_str()? == "TemplateURL" && is_local(path)).then_some(path)
}

/// The path without `.` and `..`, so that one file has one name.
pub(super) fn normalised(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir if matches!(out.components().next_back(), Some(Component::Normal(_))) => {
                out.pop();
            }
            other => out.push(other),
        }
    }
    out
}
