//! Functions that `AWS::LanguageExtensions` works out before the transforms after it see the template: "updates any intrinsic
//! function … to its resolved value within the template" (CloudFormation User Guide, "AWS::LanguageExtensions transform"). SAM,
//! which takes most functions as they stand, then finds literal text: the path of an event may be looked up in a mapping.

use std::sync::Arc;

use super::resolver::{Resolver, StackId};
use super::substitute::{Segment, segments};
use crate::syntax::node::{Entry, Node, NodeKind};

/// Functions of which the result hangs on parameters and mappings alone, where their arguments do.
const SETTLED: [&str; 9] =
    ["Ref", "Fn::Sub", "Fn::Join", "Fn::Select", "Fn::Split", "Fn::FindInMap", "Fn::Length", "Fn::ToJsonString", "Fn::Base64"];

impl Resolver<'_> {
    /// The template with the text of the functions in its `Resources` that are known by now.
    ///
    /// What is wrong with the others is told once they are evaluated, if they ever are: a branch of `Fn::If` that is not taken, and
    /// a resource that is not created, are not.
    pub(super) fn settled(&mut self, stack: StackId, template: &Node) -> Node {
        let outer = std::mem::replace(&mut self.quiet, true);
        let entries = template.entries().unwrap_or_default().iter().map(|entry| match entry.key.as_str() {
            Some("Resources") => Entry { key: entry.key.clone(), value: self.settled_node(stack, &entry.value) },
            _ => entry.clone(),
        });
        let kind = NodeKind::Mapping(Arc::new(entries.collect()));
        self.quiet = outer;
        Node { kind, ..template.clone() }
    }

    fn settled_node(&mut self, stack: StackId, node: &Node) -> Node {
        let kind = match &node.kind {
            NodeKind::Scalar(..) => return node.clone(),
            NodeKind::Sequence(items) => NodeKind::Sequence(Arc::new(items.iter().map(|item| self.settled_node(stack, item)).collect())),
            NodeKind::Mapping(entries) => {
                if self.is_settled(stack, node)
                    && let Some(text) = self.value(stack, node).to_text().as_ref().and_then(|text| text.as_known())
                {
                    return Node::string(text, node.span);
                }
                let settled = |e: &Entry| Entry { key: e.key.clone(), value: self.settled_node(stack, &e.value) };
                NodeKind::Mapping(Arc::new(entries.iter().map(settled).collect()))
            }
        };
        Node { kind, ..node.clone() }
    }

    /// Whether a node is a function of this kind, and everything in it too: of parameters, and of no resource.
    fn is_settled(&self, stack: StackId, node: &Node) -> bool {
        let Some([only]) = node.entries() else { return false };
        let Some(function) = only.key.as_str().filter(|name| SETTLED.contains(name)) else { return false };
        match (function, only.value.as_str()) {
            ("Ref", Some(name)) => self.is_parameter(stack, name),
            ("Fn::Sub", Some(text)) => self.are_parameters(stack, text, None),
            ("Fn::Sub", None) => match only.value.items() {
                Some([text, variables]) => {
                    text.as_str().is_some_and(|text| self.are_parameters(stack, text, Some(variables)))
                        && variables.entries().is_some_and(|entries| entries.iter().all(|e| self.is_argument(stack, &e.value)))
                }
                _ => false,
            },
            ("Ref", None) => false,
            _ => self.is_argument(stack, &only.value),
        }
    }

    fn is_argument(&self, stack: StackId, node: &Node) -> bool {
        match &node.kind {
            NodeKind::Scalar(..) => true,
            NodeKind::Sequence(items) => items.iter().all(|item| self.is_argument(stack, item)),
            NodeKind::Mapping(entries) => match entries.as_slice() {
                [only] if only.key.as_str().is_some_and(super::eval::is_function) => self.is_settled(stack, node),
                entries => entries.iter().all(|entry| self.is_argument(stack, &entry.value)),
            },
        }
    }

    fn is_parameter(&self, stack: StackId, name: &str) -> bool {
        self.stacks[stack].parameters.contains_key(name) || (name.starts_with("AWS::") && name != "AWS::NoValue")
    }

    fn are_parameters(&self, stack: StackId, text: &str, variables: Option<&Node>) -> bool {
        segments(text).iter().all(|segment| match segment {
            Segment::Literal(_) => true,
            Segment::Name(name) => variables.is_some_and(|v| v.get(name).is_some()) || self.is_parameter(stack, name),
        })
    }
}
