//! The configuration of one directory: its files, parsed, with override files merged. Shared by every call of the module.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use indexmap::IndexMap;

use super::checks;
use super::registry::Model;
use crate::boundary::Boundary;
use crate::finding::{FileProblem, Severity};
use crate::source::{FileId, Span};
use crate::syntax::hcl::ast::{Block, Body, Expr, ExprKind};
use crate::syntax::hcl::{self, json as hcl_json};
use crate::syntax::json;
use crate::syntax::node::SyntaxError;
use crate::unit::Mode;
use crate::value::{Str, format_smolstr};
use crate::workspace::Workspace;

/// A `resource` or `data` block.
#[derive(Debug)]
pub struct ResourceDecl {
    /// Managed or data.
    pub mode: Mode,
    /// The resource type.
    pub kind: Str,
    /// The second label.
    pub name: Str,
    /// The block.
    pub block: Block,
}

impl ResourceDecl {
    /// `aws_x.y`, `data.aws_x.y`.
    pub fn address(&self) -> Str {
        match self.mode {
            Mode::Managed => format_smolstr!("{}.{}", self.kind, self.name),
            Mode::Data => format_smolstr!("data.{}.{}", self.kind, self.name),
        }
    }
}

/// The configuration of one directory.
#[derive(Debug, Default)]
pub struct ModuleSource {
    /// The directory, as shown.
    pub dir: PathBuf,
    /// `variable` blocks by name.
    pub variables: IndexMap<Str, Block>,
    /// Local values by name.
    pub locals: IndexMap<Str, Expr>,
    /// `output` blocks by name.
    pub outputs: IndexMap<Str, Block>,
    /// `resource` and `data` blocks by address.
    pub resources: IndexMap<Str, Arc<ResourceDecl>>,
    /// `module` blocks by name.
    pub calls: IndexMap<Str, Arc<Block>>,
    /// `provider` blocks by `name` or `name.alias`.
    pub providers: IndexMap<Str, Block>,
    /// Sources of providers by the names that `required_providers` gives them.
    pub provider_sources: IndexMap<Str, Str>,
    /// The files, in the order in which they were read.
    pub files: Vec<FileId>,
    /// What could not be read.
    pub problems: Vec<FileProblem>,
    /// What can be read, and Terraform refuses all the same.
    pub refused: Vec<FileProblem>,
    /// The model that this is, of a module whose own source is not there.
    pub model: Option<&'static Model>,
    /// Whether it was made from a plan, for want of the files.
    pub from_plan: bool,
}

/// Whether a file of this name is Terraform (or OpenTofu) configuration.
pub fn is_configuration(name: &str) -> bool {
    let hidden = name.starts_with('.') || name.ends_with('~') || (name.starts_with('#') && name.ends_with('#'));
    !hidden && [".tf", ".tf.json", ".tofu", ".tofu.json"].iter().any(|e| name.ends_with(e))
}

/// The configuration files of a directory: primary ones first, then overrides, each by name. A `.tofu` file hides the
/// `.tf` file of the same name, as in OpenTofu.
pub fn configuration_files(dir: &Path, boundary: &Boundary) -> std::io::Result<Vec<PathBuf>> {
    let entries = boundary.entries(dir)?;
    let names = entries.iter().filter_map(|entry| entry.file_name()?.to_str());
    let mut names: Vec<String> = names.filter(|name| is_configuration(name)).map(str::to_owned).collect();
    let hidden: Vec<String> = names.iter().filter(|n| n.contains(".tofu")).map(|n| n.replace(".tofu", ".tf")).collect();
    names.retain(|n| !hidden.contains(n));
    let (overrides, primary): (Vec<String>, Vec<String>) = names.into_iter().partition(|n| is_override(n));
    Ok(primary.into_iter().chain(overrides).map(|n| dir.join(n)).filter(|p| !p.is_dir()).collect())
}

fn is_override(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default();
    stem == "override" || stem.ends_with("_override")
}

impl ModuleSource {
    /// The configuration of a directory, read once per scan.
    pub fn load(dir: &Path, workspace: &Workspace) -> Arc<ModuleSource> {
        workspace.terraform_modules.get_or_make(dir.to_owned(), || Arc::new(Self::read(dir, workspace)))
    }

    fn read(dir: &Path, workspace: &Workspace) -> ModuleSource {
        let mut module = ModuleSource { dir: dir.to_owned(), ..ModuleSource::default() };
        let files = match configuration_files(dir, &workspace.sources.boundary) {
            Ok(files) => files,
            Err(error) => {
                module.problem(dir, Span::NONE, format!("cannot read the directory: {error}"));
                return module;
            }
        };
        for path in files {
            let name = path.file_name().and_then(|n| n.to_str()).unwrap_or_default();
            let overrides = is_override(name);
            let (body, errors) = match read_body(&path, workspace, FileKind::Configuration) {
                Ok((file, body, errors)) => {
                    module.files.push(file);
                    (body, errors)
                }
                Err(message) => {
                    module.problem(&path, Span::NONE, message);
                    continue;
                }
            };
            // What a broken block leaves behind may look like anything.
            let whole = errors.is_empty();
            for error in errors {
                module.problem(&path, error.span, error.message);
            }
            for attribute in body.attributes.iter().filter(|_| whole) {
                module.refuse(&path, attribute.name_span, format!("`{}` stands outside of any block", attribute.name));
            }
            for block in body.blocks {
                if whole {
                    checks::of_block(&block).into_iter().for_each(|(span, message)| module.refuse(&path, span, message));
                }
                module.add(block, overrides, &path);
            }
        }
        if module.problems.is_empty() {
            for (span, message) in checks::of_module(&module) {
                let path = workspace.sources.file(span.file).path.clone();
                module.refuse(&path, span, message);
            }
        }
        module
    }

    fn refuse(&mut self, path: &Path, span: Span, message: String) {
        self.refused.push(FileProblem { severity: Severity::Error, message, span, path: path.to_owned(), help: String::new() });
    }

    fn problem(&mut self, path: &Path, span: Span, message: String) {
        self.problems.push(FileProblem { severity: Severity::Error, message, span, path: path.to_owned(), help: String::new() });
    }

    /// Adds a block of a text that is in no file.
    pub(super) fn declare(&mut self, block: Block) {
        let dir = self.dir.clone();
        self.add(block, false, &dir);
    }

    fn add(&mut self, block: Block, overrides: bool, path: &Path) {
        match block.kind.as_str() {
            "variable" => self.add_block(block, overrides, path, |m| &mut m.variables),
            "output" => self.add_block(block, overrides, path, |m| &mut m.outputs),
            "locals" => {
                for attribute in block.body.attributes {
                    if self.locals.insert(attribute.name.clone(), attribute.value).is_some() && !overrides {
                        self.problem(path, attribute.name_span, format!("local value `{}` is defined twice", attribute.name));
                    }
                }
            }
            "resource" => self.add_resource(block, Mode::Managed, overrides, path),
            "data" => self.add_resource(block, Mode::Data, overrides, path),
            "module" => self.add_call(block, overrides, path),
            "provider" => {
                let alias = block.body.attribute("alias").and_then(Expr::as_str);
                let key = alias.map_or(block.label(0), |a| format_smolstr!("{}.{a}", block.label(0)));
                match self.providers.get_mut(&key) {
                    Some(base) if overrides => merge(base, block),
                    Some(_) => self.refuse(path, block.header, format!("provider `{key}` is configured twice in this module")),
                    None => drop(self.providers.insert(key, block)),
                }
            }
            "terraform" => {
                for attribute in block.body.blocks("required_providers").flat_map(|b| &b.body.attributes) {
                    let ExprKind::Object(items) = &attribute.value.kind else { continue };
                    let source = items.iter().find(|item| item.key.as_str() == Some("source")).and_then(|item| item.value.as_str());
                    self.provider_sources.extend(source.map(|source| (attribute.name.clone(), Str::from(source))));
                }
            }
            _ => {}
        }
    }

    /// The name of a function with the provider's own name for the one that this module gives it.
    pub fn canonical_function<'n>(&self, name: &'n str) -> Cow<'n, str> {
        let Some((local, function)) = name.strip_prefix("provider::").and_then(|rest| rest.split_once("::")) else {
            return Cow::Borrowed(name);
        };
        match self.provider_sources.get(local).map(Str::as_str) {
            Some("terraform.io/builtin/terraform") => Cow::Owned(format!("provider::terraform::{function}")),
            Some("hashicorp/aws" | "registry.terraform.io/hashicorp/aws") => Cow::Owned(format!("provider::aws::{function}")),
            Some(other) => Cow::Owned(format!("provider::{other}::{function}")),
            None => Cow::Borrowed(name),
        }
    }

    fn add_block(&mut self, block: Block, overrides: bool, path: &Path, table: impl Fn(&mut Self) -> &mut IndexMap<Str, Block>) {
        let name = block.label(0);
        match table(self).get_mut(&name) {
            Some(base) if overrides => merge(base, block),
            Some(_) => self.problem(path, block.header, format!("{} `{name}` is declared twice in this module", block.kind)),
            None => drop(table(self).insert(name, block)),
        }
    }

    fn add_resource(&mut self, block: Block, mode: Mode, overrides: bool, path: &Path) {
        let decl = ResourceDecl { mode, kind: block.label(0), name: block.label(1), block };
        let address = decl.address();
        if decl.block.labels.len() != 2 {
            let message = format!("a {} block has two labels: its type and its name", decl.block.kind);
            return self.problem(path, decl.block.header, message);
        }
        match self.resources.get_mut(&address) {
            Some(base) if overrides => {
                if let Some(base) = Arc::get_mut(base) {
                    merge(&mut base.block, decl.block);
                }
            }
            Some(_) => self.problem(path, decl.block.header, format!("`{address}` is declared twice in this module")),
            None => drop(self.resources.insert(address, Arc::new(decl))),
        }
    }

    fn add_call(&mut self, block: Block, overrides: bool, path: &Path) {
        let name = block.label(0);
        match self.calls.get_mut(&name) {
            Some(base) if overrides => {
                if let Some(base) = Arc::get_mut(base) {
                    merge(base, block);
                }
            }
            Some(_) => self.problem(path, block.header, format!("module `{name}` is called twice under one name")),
            None => drop(self.calls.insert(name, Arc::new(block))),
        }
    }
}

/// Merges an override block over its base: each attribute replaces the one of its name, and nested blocks of a type
/// replace all of that type (Terraform documentation, "Override Files"); `lifecycle` is merged attribute by attribute.
fn merge(base: &mut Block, over: Block) {
    for attribute in over.body.attributes {
        match base.body.attributes.iter_mut().find(|a| a.name == attribute.name) {
            Some(slot) => *slot = attribute,
            None => base.body.attributes.push(attribute),
        }
    }
    let replaced = |kind: &str, b: &Block| b.kind == kind || (b.kind == "dynamic" && b.label(0) == kind);
    let mut kinds: Vec<Str> = Vec::new();
    for block in over.body.blocks {
        if block.kind == "lifecycle"
            && let Some(own) = base.body.blocks.iter_mut().find(|b| b.kind == "lifecycle")
        {
            merge(own, block);
            continue;
        }
        let kind = if block.kind == "dynamic" { block.label(0) } else { block.kind.clone() };
        if !kinds.contains(&kind) {
            base.body.blocks.retain(|b| !replaced(&kind, b));
            kinds.push(kind);
        }
        base.body.blocks.push(block);
    }
}

/// What a file holds.
#[derive(Clone, Copy, PartialEq)]
pub enum FileKind {
    /// Blocks.
    Configuration,
    /// Values of variables.
    Variables,
}

/// Reads and parses one file in the syntax that its name says.
pub fn read_body(path: &Path, workspace: &Workspace, kind: FileKind) -> Result<(FileId, Body, Vec<SyntaxError>), String> {
    let file = workspace.sources.read(path).map_err(|e| e.to_string())?;
    let text = workspace.sources.file(file).text.clone();
    if path.extension().is_none_or(|e| e != "json") {
        let (body, errors) = hcl::parse_body(file, &text);
        return Ok((file, body, errors));
    }
    let (node, mut errors) = json::parse(file, &text);
    let mut reader = hcl_json::Reader { file, text: &text, errors: Vec::new() };
    let body = match (node, kind) {
        (Some(node), FileKind::Configuration) => reader.file_body(&node),
        (Some(node), FileKind::Variables) => hcl_json::Reader::variables(&node),
        (None, _) => Body::default(),
    };
    errors.append(&mut reader.errors);
    Ok((file, body, errors))
}

/// A path without `.` and `..` where that can be told from the text alone.
pub fn normalise(path: &Path) -> PathBuf {
    use std::path::Component;
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
    if out.as_os_str().is_empty() { PathBuf::from(".") } else { out }
}

/// Whether a module's `source` is a directory beside the caller.
pub fn is_local(source: &str) -> bool {
    source.starts_with("./") || source.starts_with("../") || source == "." || source == ".."
}

/// The directories that the modules of `dir` are called from by a local path: what is called is no root module.
pub fn module_calls(dir: &Path, workspace: &Workspace) -> Vec<PathBuf> {
    let module = ModuleSource::load(dir, workspace);
    let sources = module.calls.values().filter_map(|c| c.body.attribute("source")?.as_str());
    sources.filter(|s| is_local(s)).map(|s| normalise(&dir.join(s))).collect()
}
