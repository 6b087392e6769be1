//! The format of the files that `generate.py` writes.

use crate::sam::tree::{At, Map, Tree};

/// A policy statement that allows something.
#[derive(Debug, Default)]
pub(in crate::sam) struct Statement {
    actions: Vec<&'static str>,
    one_action: bool,
    principal: Option<(&'static str, &'static str)>,
    resources: Vec<&'static str>,
    many_resources: bool,
    conditions: Vec<(&'static str, &'static str, &'static str)>,
}

/// Splits a file into blocks that start with a keyword; each has the rest of its first line, and its lines.
pub(in crate::sam) fn blocks(file: &'static str, keyword: &str) -> Vec<(&'static str, Vec<&'static str>)> {
    let mut blocks: Vec<(&str, Vec<&str>)> = Vec::new();
    for line in file.lines().filter(|l| !l.is_empty() && !l.starts_with('#')) {
        match line.strip_prefix(keyword).and_then(|rest| rest.strip_prefix(' ')) {
            Some(head) => blocks.push((head, Vec::new())),
            None => {
                if let Some((_, lines)) = blocks.last_mut() {
                    lines.push(line);
                }
            }
        }
    }
    blocks
}

/// Reads the statements of a block.
pub(in crate::sam) fn statements(lines: &[&'static str]) -> Vec<Statement> {
    let mut statements: Vec<Statement> = Vec::new();
    for line in lines {
        let (keyword, rest) = line.split_once(' ').unwrap_or((line, ""));
        if keyword == "action" || keyword == "actions" {
            let actions = rest.split(' ').collect();
            statements.push(Statement { actions, one_action: keyword == "action", ..Default::default() });
            continue;
        }
        let Some(statement) = statements.last_mut() else { continue };
        match keyword {
            "principal" => statement.principal = rest.split_once(' '),
            "resources" => statement.many_resources = true,
            "resource" => statement.resources.push(rest),
            "condition" => statement.conditions.extend(condition(rest)),
            _ => {}
        }
    }
    statements
}

fn condition(rest: &'static str) -> Option<(&'static str, &'static str, &'static str)> {
    let (operator, rest) = rest.split_once(' ')?;
    let (key, value) = rest.split_once(' ')?;
    Some((operator, key, value))
}

impl Statement {
    /// The statement as it stands in a policy document; `text` puts values into its texts.
    pub(in crate::sam) fn to_tree(&self, at: At, text: &dyn Fn(&str) -> Tree) -> Tree {
        let mut statement = at.map([("Effect", at.text("Allow"))]);
        let mut actions: Vec<Tree> = self.actions.iter().map(|a| at.text(*a)).collect();
        let action = if self.one_action { actions.pop().unwrap_or_else(|| at.text("")) } else { at.list(actions) };
        statement.set("Action", action);
        if let Some((kind, name)) = self.principal {
            statement.set("Principal", at.map([(kind, at.text(name))]));
        }
        let mut resources: Vec<Tree> = self.resources.iter().map(|r| text(r)).collect();
        let resource = if self.many_resources { at.list(resources) } else { resources.pop().unwrap_or_else(|| at.text("*")) };
        statement.set("Resource", resource);
        if !self.conditions.is_empty() {
            let mut all = Map::new();
            for (operator, key, value) in &self.conditions {
                let operator = all.entry((*operator).into()).or_insert_with(|| at.map([]));
                operator.set(*key, text(value));
            }
            statement.set("Condition", at.of(all));
        }
        statement
    }
}

/// `arn:…${name} | name=Parameter` with the values of its parameters.
pub(in crate::sam) fn substitute(text: &str, at: At, value: &dyn Fn(&str) -> Option<Tree>) -> Tree {
    let mut parts = text.split(" | ");
    let template = parts.next().unwrap_or_default();
    let variables: Map =
        parts.filter_map(|p| p.split_once('=')).filter_map(|(name, parameter)| Some((name.into(), value(parameter)?))).collect();
    if !variables.is_empty() {
        at.map([("Fn::Sub", at.list(vec![at.text(template), at.of(variables)]))])
    } else if template.contains("${") {
        at.sub(template)
    } else {
        at.text(template)
    }
}
