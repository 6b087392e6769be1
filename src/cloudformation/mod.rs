//! CloudFormation templates: which files are such, and what their resources are once parameters, conditions and intrinsic
//! functions are resolved.
//!
//! The way of a template: its tree (`syntax::tree`) → loops and snippets put in (`expand`) → SAM's transform (`sam`) →
//! sections and resource ids (`template`) → values (`eval` and the files of the functions) → resources (`resources`).
//! A nested stack whose template is a local file takes the same way, and its resources become the unit's, with the address
//! `Nested.LogicalId`.

mod attributes;
mod conditions;
mod detect;
mod eval;
mod expand;
mod exports;
mod fragment;
mod functions;
mod identity;
mod lists;
mod nested;
pub mod parameter_file;
mod parameters;
mod references;
mod resolver;
mod resources;
pub mod samconfig;
mod scalar;
mod serverless;
mod settle;
mod substitute;
mod template;
mod worlds;

use std::path::{Path, PathBuf};

use indexmap::IndexSet;

pub use detect::{SAM_TRANSFORM, TemplateKind, is_template, looks_like_template, transforms};
pub use exports::Exports;
pub use parameters::default_of;
pub use worlds::worlds;

use crate::finding::{FileProblem, Severity};
use crate::secrets::Secrets;
use crate::source::Span;
use crate::syntax::tree::Tree;
use crate::unit::{Given, Unit, UnitKind};
use crate::value::{ResourceId, Str};
use crate::workspace::Workspace;
use crate::world::World;
use resolver::{Binding, Resolver, Stack};

/// Resolves a template in its default world, with the parameters, the region, the account and the exports of the workspace.
pub fn resolve(path: &Path, workspace: &Workspace) -> Unit {
    resolve_in(path, workspace, &World::default())
}

/// Resolves a template in one world.
pub fn resolve_in(path: &Path, workspace: &Workspace, world: &World) -> Unit {
    let tree = workspace.tree(path);
    let (unit, missing) = resolve_as(path, &tree, workspace, world, None);
    match &tree.node {
        Some(template) if fragment::is_part(template, &missing) => resolve_as(path, &tree, workspace, world, Some(missing)).0,
        _ => unit,
    }
}

/// Resolves a template that is whole, or one that takes some names from elsewhere; with the unit come the names that it does not
/// declare.
fn resolve_as(path: &Path, tree: &Tree, workspace: &Workspace, world: &World, taken: Option<IndexSet<Str>>) -> (Unit, IndexSet<Str>) {
    let mut resolver = Resolver::new(path, workspace, &workspace.exports);
    resolver.world = world;
    resolver.taken = taken;
    resolver.files.extend(tree.file);
    let mut unit = Unit {
        kind: UnitKind::CloudFormation,
        root: path.to_owned(),
        world: world.name.clone(),
        resources: Vec::new(),
        opaque: Vec::new(),
        modelled: Vec::new(),
        given: Vec::new(),
        outside_permissions: Vec::new(),
        problems: file_problems(path, tree),
        files: Vec::new(),
        secrets: Secrets::default(),
    };
    if let (Some(node), None) = (&tree.node, tree.second_document) {
        let is_sam = transforms(node).contains(&SAM_TRANSFORM);
        unit.kind = if is_sam { UnitKind::Sam } else { UnitKind::CloudFormation };
        unit.problems.extend(is_sam.then(|| worlds::broken_samconfig(path, workspace)).flatten());
        resolver.load(node, Stack { path: path.to_owned(), ..Stack::default() });
        resolver.load_nested();
        resolver.note_secrets();
        unit.resources = resolver.all_resources();
        resolver.check_outputs();
    }
    unit.problems.append(&mut resolver.problems);
    unit.given = resolver.given_to_nested();
    unit.opaque = resolver.opaque;
    unit.files = resolver.files;
    unit.secrets = resolver.secrets;
    (unit, resolver.missing)
}

impl Resolver<'_> {
    /// Reads the templates of all nested stacks; those of their own stacks as well.
    fn load_nested(&mut self) {
        let mut at = 0;
        while let Some(slot) = self.slots.get(at).cloned() {
            self.child(slot.stack, &slot.logical_id);
            at += 1;
        }
    }

    /// What the nested stacks are given.
    fn given_to_nested(&self) -> Vec<Given> {
        let nested = self.stacks.iter().filter(|stack| stack.parent.is_some());
        nested
            .map(|stack| {
                let span = |binding: &Binding| match binding {
                    Binding::Node(node) => node.span,
                    Binding::Value(value) => value.span,
                };
                let mut inputs: Vec<(Str, Span)> = stack.bindings.iter().map(|(name, b)| (name.clone(), span(b))).collect();
                inputs.sort_by(|(a, _), (b, _)| a.cmp(b));
                Given { address: stack.prefix.trim_end_matches('.').into(), source: stack.path.clone(), inputs }
            })
            .collect()
    }

    fn all_resources(&mut self) -> Vec<crate::unit::Resource> {
        // Reading a stack's template adds slots, but all are read by now.
        let slots = self.slots.clone();
        slots.iter().enumerate().map(|(at, slot)| self.resource(ResourceId(at as u32), slot)).collect()
    }

    /// Evaluates every output for its mistakes: CloudFormation rejects a template whose outputs name what it does not have.
    fn check_outputs(&mut self) {
        for stack in 0..self.stacks.len() {
            let mut outputs: Vec<(Str, Span, Option<Str>)> = self.stacks[stack]
                .outputs
                .iter()
                .map(|(name, node)| (name.clone(), node.span, node.get("Condition").and_then(|c| c.as_str()).map(Str::from)))
                .collect();
            outputs.sort_by_key(|(name, span, _)| (span.start, name.clone()));
            for (name, span, condition) in outputs {
                let decision = condition.map(|c| self.condition(stack, &c, span));
                if decision != Some(conditions::Decision::Known(false)) {
                    self.output(stack, &name, span);
                }
            }
        }
    }
}

/// What is wrong with the file itself.
fn file_problems(path: &Path, tree: &Tree) -> Vec<FileProblem> {
    let problem =
        |span: Span, message: String, path: PathBuf| FileProblem { severity: Severity::Error, message, span, path, help: String::new() };
    let mut out: Vec<FileProblem> = tree.errors.iter().map(|error| problem(error.span, error.message.clone(), path.to_owned())).collect();
    if let Some(error) = &tree.unreadable {
        out.push(problem(Span::NONE, error.to_string(), path.to_owned()));
    }
    if let Some(second) = tree.second_document {
        out.push(problem(second, "a template is one YAML document: a second one starts here".to_owned(), path.to_owned()));
    }
    if tree.node.is_none() && out.is_empty() {
        out.push(problem(Span::NONE, "the file is empty".to_owned(), path.to_owned()));
    }
    out
}

#[cfg(test)]
mod tests;
