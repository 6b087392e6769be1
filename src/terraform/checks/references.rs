//! Names that nothing declares, `each` and `count` where there is nothing to count.

use std::collections::HashSet;
use std::rc::Rc;

use super::blocks::Refusal;
use super::evaluated;
use crate::source::{FileId, Span};
use crate::syntax::hcl::ast::{Block, Body, Expr, ExprKind, Step};
use crate::syntax::hcl::{Mention, mentions};
use crate::terraform::evaluator::Evaluator;
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

impl Evaluator<'_> {
    /// Tells the names that the module uses and does not have. A module that is not whole may have them.
    pub(super) fn check_references(&self, module: &Rc<ModuleInstance>) {
        let source = &module.source;
        if !source.problems.is_empty() || self.is_generated(&source.dir) {
            return;
        }
        let mut check = Check {
            evaluator: self,
            module,
            json: self.json_files(source),
            own: Vec::new(),
            keys: Keys::default(),
            evaluated: true,
            wrong: Vec::new(),
        };
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
        let wrong = check.wrong;
        if !wrong.is_empty() && !self.is_named_by_terragrunt(&source.dir) {
            wrong.into_iter().for_each(|(span, message)| self.problem(span, message));
        }
    }

    fn json_files(&self, source: &ModuleSource) -> HashSet<FileId> {
        let json = |file: &&FileId| self.workspace.sources.file(**file).path.extension().is_some_and(|e| e == "json");
        source.files.iter().filter(json).copied().collect()
    }
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
    /// Whether the expressions are evaluated whatever the values are.
    evaluated: bool,
    /// All that is wrong.
    wrong: Vec<Refusal>,
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
        block.body.attribute("for_each").into_iter().for_each(|expr| self.expr(expr));
        let iterator = block.body.attribute("iterator").and_then(Expr::as_dotted).and_then(|names| names.first().cloned());
        self.own.push(iterator.unwrap_or_else(|| block.label(0)));
        let evaluated = std::mem::replace(&mut self.evaluated, false);
        block.body.attribute("labels").into_iter().for_each(|expr| self.expr(expr));
        block.body.blocks("content").for_each(|content| self.body(&content.body, &[]));
        self.evaluated = evaluated;
        self.own.pop();
    }

    fn expr(&mut self, expr: &Expr) {
        let mut wrong = Vec::new();
        if self.evaluated {
            evaluated::refusals(expr, &mut wrong);
        }
        let declared = self.own.len();
        if self.json.contains(&expr.span.file) {
            iterators_in(expr, &mut self.own);
        }
        mentions(expr, &self.own, &mut |mention| {
            if let Mention::Name(name, steps, span) = mention {
                wrong.extend(self.wrong_name(name, steps, span).map(|message| (span, message)));
            }
        });
        self.own.truncate(declared);
        wrong.sort_by_key(|(span, _)| span.start);
        self.wrong.extend(wrong);
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
            // A text of JSON may be no expression where the argument is a literal one.
            (_, []) if self.json.contains(&span.file) => None,
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
        let whole = whole && (called.source.outputs.contains_key(output) || !self.evaluator.is_named_by_terragrunt(&called.source.dir));
        (whole && !called.source.outputs.contains_key(output)).then(|| format!("module `{name}` has no output `{output}`"))
    }
}

/// The names of iterators of the `dynamic` blocks inside of a JSON value.
fn iterators_in(expr: &Expr, own: &mut Vec<Str>) {
    match &expr.kind {
        ExprKind::List(items) => items.iter().for_each(|item| iterators_in(item, own)),
        ExprKind::Object(items) => {
            for item in items {
                match item.key.as_str() {
                    Some("dynamic") => keys_of(&item.value, own),
                    Some("iterator") => own.extend(item.value.as_str().map(Str::from)),
                    _ => {}
                }
                iterators_in(&item.value, own);
            }
        }
        _ => {}
    }
}

fn keys_of(expr: &Expr, own: &mut Vec<Str>) {
    match &expr.kind {
        ExprKind::List(items) => items.iter().for_each(|item| keys_of(item, own)),
        ExprKind::Object(items) => own.extend(items.iter().filter_map(|item| item.key.as_str()).map(Str::from)),
        _ => {}
    }
}
