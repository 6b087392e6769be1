//! The JSON of a plan (`terraform show -json plan`) as a unit of its own.
//!
//! A plan knows what a configuration alone does not: the values of variables, which instances there are, what data sources
//! answered. What it does not know, it does not explain: `after_unknown` says that a value is unknown, and `configuration` which
//! references its expression holds, but not the expression. So the configuration is evaluated as always, from the `.tf` files
//! where they are there and from the plan's `configuration` where they are not, and the plan decides what is unknown to that.
//! (Source: Terraform documentation, "JSON Output Format".)

mod configuration;
mod facts;
mod overlay;
mod references;

use std::path::{Path, PathBuf};
use std::sync::Arc;

pub(super) use self::facts::PlanFacts;
pub(super) use self::references::REFERENCES;
use super::module_source::{ModuleSource, normalise};
use crate::finding::{FileProblem, Severity};
use crate::secrets::Secrets;
use crate::source::{FileId, Span};
use crate::syntax::node::Node;
use crate::unit::{Unit, UnitKind};
use crate::value::Str;
use crate::workspace::Workspace;

/// A look at a text's beginning is enough: Terraform writes these keys first.
const HEAD: usize = 4096;

/// Whether a text looks like the JSON of a plan. Cheap: most JSON files are none.
pub fn looks_like_plan(text: &str) -> bool {
    looks_like_output(text) && ["\"planned_values\"", "\"resource_changes\""].iter().any(|key| text.contains(key))
}

/// Whether the beginning of a text is that of a plan or a state.
pub fn looks_like_output(text: &str) -> bool {
    let mut head = HEAD.min(text.len());
    while !text.is_char_boundary(head) {
        head -= 1;
    }
    text.trim_start().starts_with('{') && ["\"format_version\"", "\"terraform_version\""].iter().all(|key| text[..head].contains(key))
}

/// The folder of the root module that a plan was made from, where it is there: the plan's own folder, the one above it, or the
/// working directory.
pub fn plan_source(path: &Path, workspace: &Workspace) -> Option<PathBuf> {
    root_source(path, workspace.tree(path).node.as_ref()?, workspace).map(|(dir, _)| dir)
}

fn root_source(path: &Path, tree: &Node, workspace: &Workspace) -> Option<(PathBuf, Arc<ModuleSource>)> {
    let root = tree.get("configuration")?.get("root_module")?;
    let folder = path.parent().unwrap_or(Path::new("."));
    let candidates = [folder.to_owned(), folder.join(".."), PathBuf::from(".")];
    candidates.iter().map(|dir| normalise(dir)).find_map(|dir| {
        if !workspace.sources.boundary.is_dir(&dir) {
            return None;
        }
        let source = ModuleSource::load(&dir, workspace);
        configuration::is_of(root, &source).then_some((dir, source))
    })
}

/// What a plan is resolved with.
pub(super) struct PlanRoot {
    /// The folder to read from.
    pub dir: PathBuf,
    /// The root module's configuration.
    pub source: Arc<ModuleSource>,
    /// What the plan says.
    pub facts: PlanFacts,
    /// Its file.
    pub file: FileId,
}

/// Reads a plan, or the unit that says why that is not possible.
pub(super) fn read(path: &Path, workspace: &Workspace) -> Result<PlanRoot, Box<Unit>> {
    let tree = workspace.tree(path);
    let unit = |problems: Vec<FileProblem>| {
        Box::new(Unit {
            kind: UnitKind::Terraform,
            root: path.to_owned(),
            world: Str::default(),
            resources: Vec::new(),
            opaque: Vec::new(),
            modelled: Vec::new(),
            given: Vec::new(),
            outside_permissions: Vec::new(),
            problems,
            files: tree.file.into_iter().collect(),
            secrets: Secrets::default(),
        })
    };
    let (Some(node), Some(file)) = (&tree.node, tree.file) else {
        let mut problems: Vec<FileProblem> =
            tree.errors.iter().map(|e| problem(path, e.span, format!("the plan is no JSON: {}", e.message), "write it anew")).collect();
        problems.extend(tree.unreadable.iter().map(|e| problem(path, Span::NONE, e.to_string(), "")));
        return Err(unit(problems));
    };
    if let Some(message) = unsupported(node) {
        let span = node.get("format_version").map_or(node.span, |v| v.span);
        let help = "write it with a version of Terraform whose plans have the format 1.x (`terraform show -json`)";
        return Err(unit(vec![problem(path, span, message, help)]));
    }
    let mut facts = PlanFacts::read(node, file);
    let (dir, source) = match root_source(path, node, workspace) {
        Some(found) => found,
        None => {
            let folder = normalise(path.parent().unwrap_or(Path::new(".")));
            (folder, facts.root_configuration())
        }
    };
    facts.add_problems(node, path);
    Ok(PlanRoot { dir, source, facts, file })
}

/// Why a plan cannot be read: its format has another major version. Minor versions add, and change nothing. Before 1.0 the
/// format was the same in all that is read here.
fn unsupported(plan: &Node) -> Option<String> {
    let version = plan.get("format_version").and_then(Node::as_str).unwrap_or_default();
    let major = version.split('.').next().unwrap_or_default();
    (!matches!(major, "0" | "1")).then(|| format!("a plan of the format `{version}` cannot be read: only 1.x can"))
}

fn problem(path: &Path, span: Span, message: String, help: &str) -> FileProblem {
    FileProblem { severity: Severity::Error, message, span, path: path.to_owned(), help: help.to_owned() }
}
