//! What each kind of connector grants.

use std::sync::LazyLock;

use crate::sam::policies::facts::{self, Statement};
use crate::sam::tree::{At, Map, Tree};

/// What a connector makes.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    /// A managed policy on a role.
    RolePolicy,
    /// Permissions to invoke a function.
    LambdaPermission,
    /// The policy of a queue.
    QueuePolicy,
    /// The policy of a topic.
    TopicPolicy,
}

/// One kind of access.
#[derive(Debug, Default)]
pub(super) struct Access {
    /// `Read` or `Write`.
    pub name: &'static str,
    /// Statements of a policy.
    pub statements: Vec<Statement>,
    /// Properties of a Lambda permission.
    pub invoke: Vec<(&'static str, &'static str)>,
}

/// What a connector between two types of resources grants.
#[derive(Debug)]
pub(super) struct Profile {
    source: &'static str,
    destination: &'static str,
    /// What it makes.
    pub kind: Kind,
    /// Whether that belongs to the source, not the destination.
    pub of_source: bool,
    /// What must wait for it.
    pub depended_by: Option<&'static str>,
    /// The sets of accesses that make sense; all do where there is none.
    pub valid: Vec<Vec<&'static str>>,
    /// The kinds of access.
    pub accesses: Vec<Access>,
    /// The values that it needs (`Source.Arn`).
    pub variables: Vec<&'static str>,
}

static PROFILES: LazyLock<Vec<Profile>> = LazyLock::new(|| {
    let blocks = facts::blocks(include_str!("profiles.txt"), "from");
    blocks.into_iter().filter_map(|(head, lines)| Some(read(head.split_once(" to ")?, &lines))).collect()
});

/// The profile of two types.
pub(super) fn find(source: &str, destination: &str) -> Option<&'static Profile> {
    PROFILES.iter().find(|p| p.source == source && p.destination == destination)
}

fn read((source, destination): (&'static str, &'static str), lines: &[&'static str]) -> Profile {
    let rest = |keyword: &str| lines.iter().find_map(|l| l.strip_prefix(keyword)?.strip_prefix(' '));
    let (kind, side) = rest("kind").and_then(|k| k.split_once(" of ")).unwrap_or_default();
    let kind = match kind {
        "AWS_LAMBDA_PERMISSION" => Kind::LambdaPermission,
        "AWS_SQS_QUEUE_POLICY" => Kind::QueuePolicy,
        "AWS_SNS_TOPIC_POLICY" => Kind::TopicPolicy,
        _ => Kind::RolePolicy,
    };
    let mut accesses: Vec<(Access, Vec<&'static str>)> = Vec::new();
    let mut valid = Vec::new();
    for line in lines {
        let (keyword, rest) = line.split_once(' ').unwrap_or((line, ""));
        match keyword {
            "valid" => valid.push(rest.split(' ').collect()),
            "access" => accesses.push((Access { name: rest, ..Default::default() }, Vec::new())),
            "invoke" => {
                if let Some((access, _)) = accesses.last_mut() {
                    access.invoke.extend(rest.split_once(' '));
                }
            }
            _ => {
                if let Some((_, statements)) = accesses.last_mut() {
                    statements.push(*line);
                }
            }
        }
    }
    let finish = |(access, lines): (Access, Vec<&'static str>)| Access { statements: facts::statements(&lines), ..access };
    let mut variables: Vec<&str> = lines.iter().flat_map(|l| variables_of(l)).collect();
    variables.sort_unstable();
    variables.dedup();
    Profile {
        source,
        destination,
        kind,
        of_source: side == "source",
        depended_by: rest("depended-by"),
        valid,
        accesses: accesses.into_iter().map(finish).collect(),
        variables,
    }
}

fn variables_of(text: &str) -> impl Iterator<Item = &str> {
    text.split("%{").skip(1).filter_map(|part| part.split_once('}')).map(|(name, _)| name)
}

/// A text with `%{Source.Arn}` and the like put in.
pub(super) fn fill(text: &str, at: At, value: &dyn Fn(&str) -> Option<Tree>) -> Tree {
    let mut filled = text.to_owned();
    let mut variables = Map::new();
    for name in variables_of(text) {
        let pattern = format!("%{{{name}}}");
        let Some(value) = value(name) else { continue };
        if pattern == text {
            return value;
        }
        let plain: String = name.chars().filter(|c| c.is_alphanumeric()).collect();
        filled = filled.replace(&pattern, &format!("${{{plain}}}"));
        variables.insert(plain.into(), value);
    }
    if !variables.is_empty() {
        at.map([("Fn::Sub", at.list(vec![at.text(filled), at.of(variables)]))])
    } else if filled.contains("${") {
        at.sub(filled)
    } else {
        at.text(filled)
    }
}
