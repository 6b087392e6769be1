//! Names that nothing declares, functions that there are not, `each` and `count` where there is nothing to count.

use std::collections::HashSet;
use std::path::Path;
use std::rc::Rc;

use crate::boundary::Boundary;
use crate::source::{FileId, Span};
use crate::syntax::hcl::ast::{Block, Body, Expr, Step};
use crate::syntax::hcl::{Mention, mentions};
use crate::terraform::evaluator::Evaluator;
use crate::terraform::functions;
use crate::terraform::instance::{CallTarget, ModuleInstance};
use crate::terraform::module_source::{ModuleSource, is_local};
use crate::value::Str;

/// First names that mean something else than a resource type: of Terraform's own, of its tests, or reserved.
const RESERVED: [&str; 16] = [
    "action",
    "arg",
    "connection",
    "ephemeral",
    "lazy",
    "list",
    "locals",
    "output",
    "path",
    "provider",
    "provisioner",
    "run",
    "self",
    "stageVariables",
    "template",
    "terraform",
];

/// Functions that the evaluator handles itself, or that only OpenTofu or a newer Terraform has.
const OTHER_FUNCTIONS: [&str; 8] = ["base64gunzip", "can", "cidrcontains", "convert", "templatefile", "templatestring", "try", "urldecode"];

/// Files that generate parts of a module: what is not declared may be declared by them.
const GENERATORS: [&str; 4] = ["terragrunt.hcl", "stack.tm.hcl", "terramate.tm.hcl", "cdktf.json"];

impl Evaluator<'_> {
    /// Tells the names that the module uses and does not have. A module that is not whole may have them.
    pub(super) fn check_references(&self, module: &Rc<ModuleInstance>) {
        let source = &module.source;
        if !source.problems.is_empty() || self.is_generated(&source.dir) {
            return;
        }
        let mut check = Check { evaluator: self, module, json: self.json_files(source), own: Vec::new(), keys: Keys::default() };
        source.locals.values().for_each(|expr| check.expr(expr));
        source.outputs.values().for_each(|block| check.body(&block.body, &["type"]));
        source.providers.values().for_each(|block| check.repeated(block, &["alias"]));
        for block in source.variables.values() {
            block.body.blocks("validation").for_each(|validation| check.body(&validation.body, &[]));
        }
        for decl in source.resources.values() {
            check.repeated(&decl.block, &["provider"]);
        }
        for call in source.calls.values() {
            check.repeated(call, &["source", "version", "providers"]);
        }
    }

    fn json_files(&self, source: &ModuleSource) -> HashSet<FileId> {
        let json = |file: &&FileId| self.workspace.sources.file(**file).path.extension().is_some_and(|e| e == "json");
        source.files.iter().filter(json).copied().collect()
    }

    /// Whether a tool adds files to this folder before Terraform reads it.
    fn is_generated(&self, dir: &Path) -> bool {
        let folders = dir.ancestors().take_while(|folder| self.workspace.may_read(folder)).take(8);
        let mut folders = std::iter::once(dir).chain(folders);
        folders.any(|folder| GENERATORS.iter().any(|name| folder.join(name).is_file()))
            || has_templates(dir, &self.workspace.sources.boundary)
    }
}

/// Whether a folder has templates of Terraform files: `main.tf.j2`.
fn has_templates(dir: &Path, boundary: &Boundary) -> bool {
    let entries = boundary.entries(dir).unwrap_or_default();
    let mut names = entries.iter().filter_map(|path| path.file_name()?.to_str());
    names.any(|name| name.contains(".tf.") && !name.ends_with(".tf.json") || name.ends_with(".tm.hcl"))
}

/// What `each` and `count` may be used.
#[derive(Clone, Copy, Default)]
struct Keys {
    each: bool,
    count: bool,
}

struct Check<'c, 'w> {
    evaluator: &'c Evaluator<'w>,
    module: &'c Rc<ModuleInstance>,
    json: HashSet<FileId>,
    /// Names of iterators.
    own: Vec<Str>,
    keys: Keys,
}

impl Check<'_, '_> {
    /// A block with `count` or `for_each`, which speak of nothing of its own.
    fn repeated(&mut self, block: &Block, skipped: &[&str]) {
        let repetition = ["count", "for_each"];
        for name in repetition {
            block.body.attribute(name).into_iter().for_each(|expr| self.expr(expr));
        }
        let has = |name: &str| block.body.attribute(name).is_some();
        self.keys = Keys { each: has("for_each"), count: has("count") };
        let skipped: Vec<&str> = skipped.iter().copied().chain(repetition).collect();
        self.body(&block.body, &skipped);
        self.keys = Keys::default();
    }

    fn body(&mut self, body: &Body, skipped: &[&str]) {
        for attribute in body.attributes.iter().filter(|a| !skipped.contains(&a.name.as_str())) {
            self.expr(&attribute.value);
        }
        for block in &body.blocks {
            match block.kind.as_str() {
                "lifecycle" => self.body(&block.body, &["ignore_changes"]),
                "action_trigger" => self.body(&block.body, &["events", "on_failure"]),
                "provisioner" => self.body(&block.body, &["when", "on_failure"]),
                "dynamic" => self.dynamic(block),
                _ => self.body(&block.body, &[]),
            }
        }
    }

    fn dynamic(&mut self, block: &Block) {
        for name in ["for_each", "labels"] {
            block.body.attribute(name).into_iter().for_each(|expr| self.expr(expr));
        }
        let iterator = block.body.attribute("iterator").and_then(Expr::as_dotted).and_then(|names| names.first().cloned());
        self.own.push(iterator.unwrap_or_else(|| block.label(0)));
        block.body.blocks("content").for_each(|content| self.body(&content.body, &[]));
        self.own.pop();
    }

    fn expr(&mut self, expr: &Expr) {
        let mut found = Vec::new();
        mentions(expr, &self.own, &mut |mention| found.push(mention));
        for mention in found {
            let (span, message) = match mention {
                Mention::Name(name, steps, span) => (span, self.wrong_name(name, steps, span)),
                Mention::Call(name, _, _, span) => (span, wrong_function(name)),
            };
            if let Some(message) = message {
                self.evaluator.problem(span, message);
            }
        }
    }

    fn wrong_name(&self, root: &str, steps: &[Step], span: Span) -> Option<String> {
        let source = &self.module.source;
        match (root, steps) {
            ("var", [Step::Attr(name), ..]) => (!source.variables.contains_key(name)).then(|| format!("there is no variable `{name}`")),
            ("local", [Step::Attr(name), ..]) => (!source.locals.contains_key(name)).then(|| format!("there is no local value `{name}`")),
            ("module", [Step::Attr(name), rest @ ..]) => match source.calls.get(name) {
                None => Some(format!("there is no module call `{name}`")),
                Some(call) => self.wrong_output(name, call, rest),
            },
            ("each", _) => (!self.keys.each).then(|| "`each` has a meaning only in a block with `for_each`".to_owned()),
            ("count", [Step::Attr(_), ..]) => (!self.keys.count).then(|| "`count` has a meaning only in a block with `count`".to_owned()),
            ("data", [Step::Attr(kind), Step::Attr(name), ..]) => self.wrong_resource(&format!("data.{kind}.{name}")),
            ("resource", [Step::Attr(kind), Step::Attr(name), ..]) => self.wrong_resource(&format!("{kind}.{name}")),
            ("var" | "local" | "module" | "count" | "data" | "resource", _) => None,
            _ if RESERVED.contains(&root) => None,
            // In JSON it is not known what is a `dynamic` block, whose iterators are names.
            _ if self.json.contains(&span.file) => None,
            (kind, [Step::Attr(name), ..]) => self.wrong_resource(&format!("{kind}.{name}")),
            (name, []) => Some(format!("`{name}` is no value: a text stands in quotes, and a resource has a type and a name")),
            _ => None,
        }
    }

    fn wrong_resource(&self, address: &str) -> Option<String> {
        let declared = self.module.source.resources.contains_key(address);
        (!declared).then(|| format!("`{address}` is not declared in this module"))
    }

    /// An output that a module beside this one does not have.
    fn wrong_output(&self, name: &str, call: &Block, steps: &[Step]) -> Option<String> {
        let output = match steps {
            [Step::Attr(output), ..] | [Step::Index(_) | Step::FullSplat | Step::AttrSplat, Step::Attr(output), ..] => output,
            _ => return None,
        };
        call.body.attribute("source").and_then(Expr::as_str).filter(|source| is_local(source))?;
        let target = self.evaluator.call_target(self.module, name)?;
        let CallTarget::Modules(modules) = &*target else { return None };
        let called = self.evaluator.module(modules.members.first()?.1);
        let whole = called.source.model.is_none() && called.source.problems.is_empty() && !self.evaluator.is_generated(&called.source.dir);
        (whole && !called.source.outputs.contains_key(output)).then(|| format!("module `{name}` has no output `{output}`"))
    }
}

fn wrong_function(name: &str) -> Option<String> {
    let plain = name.strip_prefix("core::").unwrap_or(name);
    let known = functions::exists(plain) || plain.contains("::") || OTHER_FUNCTIONS.contains(&plain);
    (!known).then(|| format!("there is no function `{name}`"))
}
