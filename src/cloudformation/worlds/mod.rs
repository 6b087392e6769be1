//! The worlds of a template: what its parameters may come to.
//!
//! Files of parameters that the user names, or that stand beside the template where they are looked for, describe deployments as
//! they are: what they leave out has its default. Without them, parameters with `AllowedValues` take each of these where conditions,
//! mappings or names hang on them, and switches without them the values that conditions compare them with.

mod assertions;
mod files;
mod relevant;

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::parameter_file::{self, Given};
use super::parameters::no_echo;
use super::{SAM_TRANSFORM, samconfig, scalar, transforms};
use crate::finding::FileProblem;
use crate::options::WorldSearch;
use crate::syntax::node::{Node, NodeKind};
use crate::value::{Str, Value};
use crate::workspace::Workspace;
use crate::world::{SWITCHES, Varied, World, Worlds, combine, turned_on, turns_off};

/// The worlds of a template.
pub fn worlds(path: &Path, workspace: &Workspace) -> Worlds {
    let tree = workspace.tree(path);
    let Some(template) = tree.node.as_ref() else { return Worlds::default() };
    let parameters = template.get("Parameters").and_then(Node::entries).unwrap_or_default();
    let parameters: Vec<(Str, &Node)> = parameters.iter().filter_map(|e| Some((e.key.as_str()?.into(), &e.value))).collect();
    if parameters.is_empty() {
        return Worlds::default();
    }
    let options = &workspace.options;
    let names: HashSet<&str> = parameters.iter().map(|(name, _)| name.as_str()).collect();
    let fitting = |files: &[PathBuf], name: &Str| fitting(files, name, &names, workspace);
    let given = options.worlds.iter().filter_map(|(name, files)| fitting(files, name));
    let given: Vec<World> = given.collect();
    if !given.is_empty() {
        return Worlds { all: given, ..Worlds::default() };
    }
    if let Some(world) = fitting(&options.parameter_files, &Str::default()) {
        return Worlds { all: vec![world], ..Worlds::default() };
    }
    if options.search == WorldSearch::Auto && options.worlds.is_empty() {
        let found = files::found(path, template, &names, workspace);
        if !found.is_empty() {
            return Worlds::named(found);
        }
    }
    let usual = usual(path, template, &names, workspace);
    match options.search {
        WorldSearch::None => Worlds { all: vec![usual], ..Worlds::default() },
        WorldSearch::Parameters | WorldSearch::Auto => combinations(template, &parameters, usual, workspace),
    }
}

/// The environment that files describe, where they set a parameter of the template.
fn fitting(files: &[PathBuf], name: &Str, names: &HashSet<&str>, workspace: &Workspace) -> Option<World> {
    let mut world = World { name: name.clone(), ..World::default() };
    for file in files.iter().filter(|file| !parameter_file::is_terraform(file)) {
        let given = parameter_file::read(file, name, workspace).unwrap_or_default();
        if given.iter().any(|given| names.contains(given.name.as_str())) {
            world.parameter_files.push(file.clone());
            add(&mut world, given, names);
        }
    }
    (!world.parameter_files.is_empty()).then_some(world)
}

fn add(world: &mut World, given: Vec<Given>, names: &HashSet<&str>) {
    for Given { name, value, .. } in given.into_iter().filter(|given| names.contains(given.name.as_str())) {
        world.texts.extend(value.as_str().map(|text| (name.clone(), Str::from(text))));
        world.parameters.push((name, value));
    }
}

/// The world of the defaults. `sam deploy` reads the default environment of `samconfig.toml` without being told to, as Terraform
/// reads `terraform.tfvars`.
fn usual(path: &Path, template: &Node, names: &HashSet<&str>, workspace: &Workspace) -> World {
    let mut world = World::default();
    if !transforms(template).contains(&SAM_TRANSFORM) {
        return world;
    }
    let default = environments(path, workspace).into_iter().find(|environment| environment.name == samconfig::DEFAULT);
    if let Some(environment) = default {
        add(&mut world, environment.parameters, names);
    }
    world
}

/// The environments of the `samconfig.toml` beside a template that are for it.
fn environments(template: &Path, workspace: &Workspace) -> Vec<samconfig::Environment> {
    let path = template.with_file_name(samconfig::NAME);
    if !workspace.sources.boundary.is_file(&path) {
        return Vec::new();
    }
    let mut environments = samconfig::read(&path, workspace).unwrap_or_default();
    environments.retain(|environment| environment.is_for(template));
    environments
}

/// What is wrong with the `samconfig.toml` beside a SAM template: `sam deploy` refuses the file, and what it says of the parameters is
/// not known.
pub fn broken_samconfig(template: &Path, workspace: &Workspace) -> Option<FileProblem> {
    let path = template.with_file_name(samconfig::NAME);
    if !workspace.sources.boundary.is_file(&path) {
        return None;
    }
    samconfig::read(&path, workspace).err()
}

/// Each combination of the allowed values that something hangs on, as far as there are not too many.
fn combinations(template: &Node, parameters: &[(Str, &Node)], usual: World, workspace: &Workspace) -> Worlds {
    let given = |name: &str| workspace.options.parameters.iter().any(|(given, _)| given == name);
    let free: Vec<&(Str, &Node)> = parameters.iter().filter(|(name, _)| !given(name)).collect();
    if free.is_empty() {
        return Worlds { all: vec![usual], ..Worlds::default() };
    }
    let relevant = relevant::relevant(template);
    let ranked = |varied: Varied| Some((*relevant.ranks.get(&varied.name)?, varied));
    let allowed = free.iter().filter_map(|(name, node)| varied(name, node, &usual));
    let mut candidates: Vec<(usize, Varied)> = allowed.filter_map(ranked).collect();
    // What the template allows comes first: a comparison only hints at what is given.
    let switches = free.iter().filter_map(|(name, node)| switch(name, node, &usual, relevant.compared.get(name)?));
    candidates.extend(switches.map(|varied| (relevant::SWITCH, Varied { told: false, ..varied })));
    candidates.sort_by_key(|(rank, _)| *rank);
    let Worlds { mut all, combined, left_out } = combine(candidates.into_iter().map(|(_, varied)| varied).collect(), usual);
    if !combined {
        return Worlds { all, combined, left_out };
    }
    let possible: Vec<bool> = all.iter().map(|world| assertions::possible(template, world, workspace)).collect();
    if possible.contains(&true) {
        let mut possible = possible.into_iter();
        all.retain(|_| possible.next() == Some(true));
    }
    Worlds { all, combined: true, left_out }
}

/// The values of a parameter that has several to choose from.
fn varied(name: &Str, node: &Node, usual: &World) -> Option<Varied> {
    if !is_one_text(node) {
        return None;
    }
    let default = default(name, node, usual)?;
    let allowed: Vec<(Str, Value)> = node.get("AllowedValues")?.items()?.iter().filter_map(text).collect();
    several(name, default, allowed)
}

/// The values of a parameter with a default that conditions compare with texts: its default and these. A switch that is on stays on: who turns
/// off what a template grants has it elsewhere. Without a default each condition on it is undecided anyway, with all that hangs on it.
fn switch(name: &Str, node: &Node, usual: &World, compared: &[Str]) -> Option<Varied> {
    if !is_one_text(node) || node.get("AllowedValues").is_some() {
        return None;
    }
    let default = default(name, node, usual)??;
    // "Is it off?" is asked of what may be on.
    let on = turned_on(&default.0).filter(|_| compared.contains(&default.0));
    let texts = compared.iter().filter(|text| !text.is_empty() && !turns_off(&default.0, text)).cloned().chain(on.map(Str::from));
    let texts: Vec<Str> = texts.collect();
    let allowed = node.get("AllowedPattern").is_none() || texts.iter().all(|text| SWITCHES.iter().any(|(_, on)| on == text));
    let values = texts.into_iter().map(|text| (text.clone(), Value::string(text, node.span))).collect();
    several(name, Some(default), values).filter(|_| allowed)
}

/// Whether a parameter is one text that may be shown.
fn is_one_text(node: &Node) -> bool {
    let kind = node.get("Type").and_then(Node::as_str).unwrap_or("String");
    let list = kind == "CommaDelimitedList" || kind.starts_with("List<");
    !no_echo(node) && !list && !kind.starts_with("AWS::SSM::Parameter::Value<")
}

/// What a parameter has where nobody gives it another value; `Some(None)` where it has nothing then, `None` where that is no text.
fn default(name: &Str, node: &Node, usual: &World) -> Option<Option<(Str, Value)>> {
    match usual.parameters.iter().rfind(|(known, _)| known == name) {
        Some((_, value)) => Some(Some((value.as_str()?.into(), value.clone()))),
        None => Some(node.get("Default").filter(|default| !default.is_null()).and_then(text)),
    }
}

fn several(name: &Str, default: Option<(Str, Value)>, others: Vec<(Str, Value)>) -> Option<Varied> {
    let has_default = default.is_some();
    let mut seen = HashSet::new();
    let values = default.into_iter().chain(others).filter(|(text, _)| seen.insert(text.clone()));
    let values: Vec<(Str, Option<Value>)> = values.map(|(text, value)| (text, Some(value))).collect();
    (values.len() > 1).then(|| Varied { name: name.clone(), values, has_default, told: true })
}

/// A scalar's text as CloudFormation has it, and its value.
fn text(node: &Node) -> Option<(Str, Value)> {
    let NodeKind::Scalar(text, style) = &node.kind else { return None };
    let value = scalar::value(text, *style, node.span);
    let text = value.to_text().and_then(|text| text.as_known().map(Str::from))?;
    Some((text, value))
}
