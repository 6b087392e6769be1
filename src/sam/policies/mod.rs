//! `Policies` of functions and state machines: names, ARNs, documents and policy templates.

pub(super) mod facts;
pub(super) mod statements;

use std::collections::HashMap;
use std::sync::LazyLock;

use self::facts::Statement;
use super::function::Role;
use super::tree::{Tree, tree};
use super::{Expander, Outcome, fail};

/// A policy template: its parameters and what it grants.
struct Template {
    parameters: Vec<&'static str>,
    statements: Vec<Statement>,
}

static TEMPLATES: LazyLock<HashMap<&'static str, Template>> = LazyLock::new(|| {
    let blocks = facts::blocks(include_str!("templates.txt"), "template");
    let template = |(head, lines): (&'static str, Vec<&'static str>)| {
        let mut words = head.split(' ');
        let name = words.next().unwrap_or_default();
        (name, Template { parameters: words.collect(), statements: facts::statements(&lines) })
    };
    blocks.into_iter().map(template).collect()
});

/// Name → the partitions that have the policy, and its path and name.
static MANAGED: LazyLock<HashMap<&'static str, (&'static str, &'static str)>> = LazyLock::new(|| {
    let lines = include_str!("managed.txt").lines().filter(|l| !l.starts_with('#'));
    let policy = |line: &'static str| {
        let (partitions, path) = line.split_once(' ')?;
        Some((path.rsplit('/').next().unwrap_or(path), (partitions, path)))
    };
    lines.filter_map(policy).collect()
});

/// The partition of a region.
pub(super) fn partition_of(region: &str) -> &'static str {
    const PREFIXES: [(&str, &str); 7] = [
        ("cn-", "aws-cn"),
        ("us-isob-", "aws-iso-b"),
        ("us-isof-", "aws-iso-f"),
        ("us-iso-", "aws-iso"),
        ("us-gov", "aws-us-gov"),
        ("eu-isoe", "aws-iso-e"),
        ("eusc-", "aws-eusc"),
    ];
    PREFIXES.iter().find(|(prefix, _)| region.starts_with(prefix)).map_or("aws", |(_, partition)| partition)
}

/// The ARN of a managed policy that is given by its name; an unknown name stays.
fn managed_policy(name: &str, partition: &str) -> String {
    let letter = match partition {
        "aws-cn" => 'c',
        "aws-us-gov" => 'g',
        "aws-eusc" => 'e',
        _ => 'a',
    };
    match MANAGED.get(name).filter(|(partitions, _)| partitions.contains(letter)) {
        Some((_, path)) => format!("arn:{partition}:iam::aws:policy/{path}"),
        None => name.to_owned(),
    }
}

/// What an entry of `Policies` is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Managed,
    Document,
    Template,
}

fn kind_of(policy: &Tree) -> Option<Kind> {
    if policy.text().is_some() {
        return Some(Kind::Managed);
    }
    if let Some([_, yes, no]) = policy.if_arguments() {
        return match (kind_of(yes), kind_of(no)) {
            (a, b) if a == b => a,
            (_, b) if yes.is_no_value() => b,
            (a, _) if no.is_no_value() => a,
            _ => None,
        };
    }
    if let Some((name, _)) = policy.intrinsic() {
        return (name != "Fn::If").then_some(Kind::Managed);
    }
    if policy.get("Statement").is_some() {
        return Some(Kind::Document);
    }
    let map = policy.map()?;
    (map.len() == 1 && TEMPLATES.contains_key(map.first()?.0.as_str())).then_some(Kind::Template)
}

impl Expander<'_> {
    /// Adds the entries of a `Policies` property to a role.
    pub(super) fn add_policies(&mut self, owner: &str, policies: Option<&Tree>, role: &mut Role) {
        let Some(policies) = policies.filter(|p| p.is_set()) else { return };
        let entries = policies.items().unwrap_or(std::slice::from_ref(policies));
        for (index, policy) in entries.iter().enumerate() {
            let added = self.add_policy(owner, index, policy, role);
            self.note(added);
        }
    }

    fn add_policy(&self, owner: &str, index: usize, policy: &Tree, role: &mut Role) -> Outcome<()> {
        let name = format!("{}Policy{index}", role.id());
        match kind_of(policy) {
            Some(Kind::Managed) => {
                let partition = self.partition();
                let by_name = |t: &Tree| match t.text() {
                    Some(name) => t.at().text(managed_policy(name, partition)),
                    None => t.clone(),
                };
                role.attach(on_branches(policy, &|t| Ok(by_name(t)))?);
            }
            Some(Kind::Document) => role.add(on_branches(policy, &|t| Ok(named(&name, t)))?),
            Some(Kind::Template) => role.add(on_branches(policy, &|t| Ok(named(&name, &from_template(owner, t)?)))?),
            None => {
                let message = format!("entry {index} of `Policies` of `{owner}` is no policy name, ARN, document or policy template");
                return fail(policy.at(), message);
            }
        }
        Ok(())
    }
}

fn named(name: &str, document: &Tree) -> Tree {
    tree!((document.at()), { "PolicyName": name, "PolicyDocument": document })
}

/// Applies a change to a policy, or to the branches of its `Fn::If` that are there.
fn on_branches(policy: &Tree, change: &dyn Fn(&Tree) -> Outcome<Tree>) -> Outcome<Tree> {
    let Some([condition, yes, no]) = policy.if_arguments() else { return change(policy) };
    let branch = |b: &Tree| if b.is_no_value() { Ok(b.clone()) } else { change(b) };
    let at = policy.at();
    Ok(at.map([("Fn::If", at.list(vec![condition.clone(), branch(yes)?, branch(no)?]))]))
}

fn from_template(owner: &str, policy: &Tree) -> Outcome<Tree> {
    let at = policy.at();
    let entry = policy.map().and_then(|m| m.first());
    let Some((name, values, template)) = entry.and_then(|(n, v)| Some((n, v, TEMPLATES.get(n.as_str())?))) else {
        return fail(at, format!("`{owner}` names an unknown policy template"));
    };
    if values.map().is_none() {
        return fail(at, format!("policy template `{name}` of `{owner}` needs a map of parameters, `{{}}` where it has none"));
    }
    if let Some(missing) = template.parameters.iter().find(|p| values.map().is_none_or(|m| !m.contains_key(**p))) {
        return fail(at, format!("policy template `{name}` of `{owner}` needs the parameter `{missing}`"));
    }
    let value = |parameter: &str| values.map().and_then(|m| m.get(parameter)).cloned();
    let statements = template.statements.iter().map(|s| s.to_tree(at, &|text| facts::substitute(text, at, &value))).collect();
    Ok(tree!(at, { "Statement": (at.list(statements)) }))
}
