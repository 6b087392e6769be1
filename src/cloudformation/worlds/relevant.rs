//! Which parameters decide what a template makes: those in conditions first, then keys of mappings, parameters of nested stacks,
//! and parts of names.

use std::collections::{HashMap, HashSet};

use crate::cloudformation::substitute::{Segment, segments};
use crate::syntax::node::Node;
use crate::value::Str;

/// In `Conditions`.
const CONDITION: usize = 0;
/// In the arguments of `Fn::FindInMap`.
const MAPPING: usize = 1;
/// Given to a nested stack.
const NESTED: usize = 2;
/// A part of a text.
const TEXT: usize = 3;
/// In `Conditions`, without `AllowedValues`.
pub(super) const SWITCH: usize = 4;

/// Properties that no rule looks at, and in which such references abound.
const PASSED_OVER: [&str; 9] =
    ["Tags", "Description", "UserData", "Metadata", "ImageId", "InstanceType", "KeyName", "AWS::CloudFormation::Init", "Dashboard"];

/// Trees are not walked deeper than this.
const MAX_DEPTH: usize = 200;

/// What a template hangs on.
#[derive(Default)]
pub(super) struct Relevant {
    /// The names that references lead to, each with the most telling use; parameters are among them.
    pub ranks: HashMap<Str, usize>,
    /// For each parameter the texts that conditions in use compare it with, in their order.
    pub compared: HashMap<Str, Vec<Str>>,
}

/// What a template hangs on.
pub(super) fn relevant(template: &Node) -> Relevant {
    let mut found = Found::default();
    for entry in template.get("Resources").and_then(Node::entries).unwrap_or_default() {
        let kind = entry.value.get("Type").and_then(Node::as_str).unwrap_or_default();
        let nested = matches!(kind, "AWS::CloudFormation::Stack" | "AWS::Serverless::Application");
        if let Some(parameters) = entry.value.get("Properties").and_then(|p| p.get("Parameters")).filter(|_| nested) {
            walk(parameters, Some(NESTED), 0, &mut found);
        }
        walk(&entry.value, None, 0, &mut found);
    }
    if let Some(globals) = template.get("Globals") {
        walk(globals, None, 0, &mut found);
    }
    found.follow(template);
    Relevant { ranks: found.parameters, compared: found.compared }
}

/// What is referred to.
#[derive(Default)]
struct Found {
    parameters: HashMap<Str, usize>,
    conditions: Vec<Str>,
    compared: HashMap<Str, Vec<Str>>,
}

impl Found {
    fn note(&mut self, name: &str, rank: Option<usize>) {
        if let Some(rank) = rank {
            let known = self.parameters.entry(name.into()).or_insert(rank);
            *known = rank.min(*known);
        }
    }

    /// Notes a comparison of a parameter with a text.
    fn compare(&mut self, operands: &Node) {
        let Some([a, b]) = operands.items() else { return };
        for (reference, literal) in [(a, b), (b, a)] {
            let name = reference.get("Ref").and_then(Node::as_str);
            if let (Some(name), Some((text, _))) = (name, super::text(literal)) {
                let texts = self.compared.entry(name.into()).or_default();
                if !texts.contains(&text) {
                    texts.push(text);
                }
            }
        }
    }

    /// Adds what the conditions that something hangs on are made of.
    fn follow(&mut self, template: &Node) {
        let mut seen = HashSet::new();
        while let Some(name) = self.conditions.pop() {
            if seen.insert(name.clone())
                && let Some(condition) = template.get("Conditions").and_then(|conditions| conditions.get(&name))
            {
                walk(condition, Some(CONDITION), 0, self);
            }
        }
    }
}

fn walk(node: &Node, rank: Option<usize>, depth: usize, found: &mut Found) {
    if depth > MAX_DEPTH {
        return;
    }
    for item in node.items().unwrap_or_default() {
        walk(item, rank, depth + 1, found);
    }
    for entry in node.entries().unwrap_or_default() {
        let Some(key) = entry.key.as_str().filter(|key| !PASSED_OVER.contains(key)) else { continue };
        let inner = |own: usize| Some(rank.map_or(own, |outer| outer.min(own)));
        match (key, entry.value.as_str()) {
            ("Ref", Some(name)) => found.note(name, rank),
            ("Condition", Some(name)) => found.conditions.push(name.into()),
            ("Fn::If", None) => {
                let condition = entry.value.items().and_then(|items| items.first()?.as_str());
                found.conditions.extend(condition.map(Str::from));
                walk(&entry.value, rank, depth + 1, found);
            }
            ("Fn::Sub", Some(text)) => substituted(text, inner(TEXT), found),
            ("Fn::Sub", None) => {
                let first = entry.value.items().and_then(|items| items.first()?.as_str());
                substituted(first.unwrap_or_default(), inner(TEXT), found);
                walk(&entry.value, inner(TEXT), depth + 1, found);
            }
            ("Fn::Join", _) => walk(&entry.value, inner(TEXT), depth + 1, found),
            ("Fn::Equals", _) if rank == Some(CONDITION) => {
                found.compare(&entry.value);
                walk(&entry.value, rank, depth + 1, found);
            }
            ("Fn::FindInMap", _) => walk(&entry.value, inner(MAPPING), depth + 1, found),
            _ => walk(&entry.value, rank, depth + 1, found),
        }
    }
}

fn substituted(text: &str, rank: Option<usize>, found: &mut Found) {
    for segment in segments(text) {
        if let Segment::Name(name) = segment {
            found.note(name, rank);
        }
    }
}
