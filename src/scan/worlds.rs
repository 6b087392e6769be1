//! Which worlds a unit has: those that the user names where they fit it, else those that are found.

use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};

use crate::cloudformation::parameter_file;
use crate::finding::{FileProblem, Severity};
use crate::source::Span;
use crate::syntax::node::Node;
use crate::value::Str;
use crate::workspace::Workspace;
use crate::world::{World, Worlds};
use crate::{cloudformation, terraform};

/// The worlds of a Terraform module.
pub fn of_module(root: &Path, workspace: &Workspace) -> Worlds {
    terraform::worlds(root, workspace)
}

/// The worlds of a template.
pub fn of_template(path: &Path, workspace: &Workspace) -> Worlds {
    cloudformation::worlds(path, workspace)
}

/// What is wrong with the files that the user names: one that cannot be read, one that fits no unit, a parameter that no template
/// has. A mistake in a name must not look like a clean environment.
pub fn problems<'a>(used: impl Iterator<Item = &'a World>, templates: &[PathBuf], workspace: &Workspace) -> Vec<FileProblem> {
    let options = &workspace.options;
    let named = options.worlds.iter().flat_map(|(name, files)| files.iter().map(move |file| (file, name.as_str())));
    let given: BTreeSet<(&PathBuf, &str)> = named.chain(options.parameter_files.iter().map(|file| (file, ""))).collect();
    if given.is_empty() {
        return Vec::new();
    }
    let used: BTreeSet<&PathBuf> = used.flat_map(|world| world.variable_files.iter().chain(&world.parameter_files)).collect();
    let declared = declared(templates, workspace);
    let mut out = Vec::new();
    for (path, world) in given {
        let file = parameter_file::read(path, world, workspace);
        match (file, used.contains(path)) {
            (Ok(given), true) if given.iter().any(|given| declared.contains(&given.name)) => {
                let unknown = given.iter().filter(|given| !declared.contains(&given.name));
                out.extend(unknown.map(|given| unknown_parameter(&given.name, given.span, path)));
            }
            (_, true) => {}
            (Err(problem), false) if !parameter_file::is_terraform(path) => out.push(problem),
            (_, false) => out.push(fits_nothing(path)),
        }
    }
    // A file may be that of several worlds.
    let mut said = HashSet::new();
    out.retain(|problem| said.insert((problem.path.clone(), problem.span, problem.message.clone())));
    out
}

/// The parameters of all templates.
fn declared(templates: &[PathBuf], workspace: &Workspace) -> HashSet<Str> {
    let mut names = HashSet::new();
    for path in templates {
        let tree = workspace.tree(path);
        let parameters = tree.node.as_ref().and_then(|node| node.get("Parameters")).and_then(Node::entries).unwrap_or_default();
        names.extend(parameters.iter().filter_map(|entry| entry.key.as_str().map(Str::from)));
    }
    names
}

fn unknown_parameter(name: &str, span: Span, path: &Path) -> FileProblem {
    FileProblem {
        severity: Severity::Warning,
        message: format!(
            "no scanned template has a parameter `{name}`: CloudFormation refuses values for parameters that it does not find"
        ),
        span,
        path: path.to_owned(),
        help: String::new(),
    }
}

fn fits_nothing(path: &Path) -> FileProblem {
    FileProblem {
        severity: Severity::Warning,
        message: format!("{} sets no variable of a scanned module and no parameter of a scanned template", path.display()),
        span: Span::NONE,
        path: path.to_owned(),
        help: "name a file of what is scanned".to_owned(),
    }
}
