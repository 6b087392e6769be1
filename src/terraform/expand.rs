//! From blocks to instances: resources and module calls, each expanded when it is first asked for.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use super::evaluator::Evaluator;
use super::identity;
use super::instance::{CallTarget, ModuleId, ModuleInstance, ProviderRef, ResourceSlot, Scope};
use super::module_source::{ModuleSource, is_local, normalise};
use super::plan::{Expansion, Planned};
use super::registry;
use crate::source::Span;
use crate::syntax::hcl::ast::{Block, Expr, ExprKind};
use crate::value::{Guard, Reason, ResourceId, Str, Unknown, format_smolstr};

/// How many module calls may lie between a module and the root.
const MAX_LEVELS: usize = 32;
/// How many module instances and resources a unit may have.
const MAX_MODULES: usize = 20_000;
const MAX_RESOURCES: usize = 200_000;

impl Evaluator<'_> {
    /// Adds the root module.
    pub(super) fn add_root(&self, source: Arc<ModuleSource>) -> ModuleId {
        let dir = self.root.clone();
        self.add_problems(&source.problems);
        self.add_problems(&source.refused);
        self.add_module(|id| ModuleInstance {
            id,
            source,
            address: Str::default(),
            call_path: Str::default(),
            path: ".".into(),
            dir,
            caller: None,
            level: 0,
            presence: Guard::always(),
            symbolic: None,
            providers: HashMap::new(),
            variables: RefCell::default(),
            locals: RefCell::default(),
            outputs: RefCell::default(),
            resources: RefCell::default(),
            calls: RefCell::default(),
        })
    }

    /// The instances of a resource block; `None` where they depend on themselves.
    pub(super) fn resource_instances(&self, module: &Rc<ModuleInstance>, address: &str) -> Option<Rc<Expansion<ResourceId>>> {
        let decl = module.source.resources.get(address)?;
        self.memoised(&module.resources, address, || {
            if self.full.get() {
                return Rc::new(Expansion::left_out(too_many_resources(decl.block.header)));
            }
            let plan = match &self.planned {
                Some(facts) if facts.complete || !facts.keys(&module.qualify(address)).is_empty() => {
                    self.plan_as_planned(&decl.block.body, Scope::of(module), facts.keys(&module.qualify(address)))
                }
                _ => self.plan(&decl.block.body, Scope::of(module)),
            };
            if self.resource_count() + plan.instances.len() > MAX_RESOURCES {
                self.full.set(true);
                let why = too_many_resources(decl.block.header);
                self.problem(decl.block.header, format!("{}: the rest is left out", why.message));
                return Rc::new(Expansion::left_out(why));
            }
            Rc::new(plan.expand(|planned| {
                let (presence, symbolic) = inherited(module, &planned);
                let local = format!("{address}{}", planned.key.suffix(planned.symbolic.is_some()));
                self.add_resource(|id| ResourceSlot {
                    id,
                    decl: decl.clone(),
                    module: module.id,
                    key: planned.key,
                    address: module.qualify(&local),
                    presence,
                    symbolic,
                    attributes: RefCell::default(),
                })
            }))
        })
    }

    /// What a module call leads to; `None` where that depends on itself.
    pub(super) fn call_target(&self, module: &Rc<ModuleInstance>, name: &str) -> Option<Rc<CallTarget>> {
        let call = module.source.calls.get(name)?;
        self.memoised(&module.calls, name, || Rc::new(self.expand_call(module, name, call)))
    }

    fn expand_call(&self, module: &Rc<ModuleInstance>, name: &str, call: &Arc<Block>) -> CallTarget {
        let mut plan = self.plan(&call.body, Scope::of(module));
        if let Some(facts) = &self.planned {
            let keys = facts.keys(&module.qualify(&format!("module.{name}")));
            // A module without resources is not in the plan.
            if !keys.is_empty() || facts.complete && !plan.is_certain() {
                plan = self.plan_as_planned(&call.body, Scope::of(module), keys);
            }
        }
        let call_path = if module.call_path.is_empty() { name.into() } else { format_smolstr!("{}.{name}", module.call_path) };
        let address = |planned: &Planned| module.qualify(&format!("module.{name}{}", planned.key.suffix(planned.symbolic.is_some())));
        let Some(source) = self.source_of(module, call, &call_path) else {
            return CallTarget::Opaque(plan.expand(|planned| address(&planned)));
        };
        if self.module_count() + plan.instances.len() > MAX_MODULES {
            self.problem(call.header, format!("more than {MAX_MODULES} module instances: the rest is left out"));
            return CallTarget::Opaque(plan.expand(|planned| address(&planned)));
        }
        self.add_problems(&source.problems);
        self.add_problems(&source.refused);
        self.check_arguments(call, &source);
        let mut providers = self.passed_providers(module, call);
        providers.retain(|key, _| !(source.from_plan && source.providers.contains_key(key)));
        CallTarget::Modules(plan.expand(|planned| {
            let (presence, symbolic) = inherited(module, &planned);
            let address = address(&planned);
            self.add_module(|id| ModuleInstance {
                id,
                address,
                call_path: call_path.clone(),
                path: self.relative_to_root(&source.dir),
                dir: source.dir.clone(),
                caller: Some((module.id, call.clone(), planned.key)),
                level: module.level + 1,
                presence,
                symbolic,
                providers: providers.clone(),
                source: source.clone(),
                variables: RefCell::default(),
                locals: RefCell::default(),
                outputs: RefCell::default(),
                resources: RefCell::default(),
                calls: RefCell::default(),
            })
        }))
    }

    /// The source of a call as text; `None` where it is not known. OpenTofu takes variables and locals in it (OpenTofu documentation,
    /// "Module Sources").
    pub(super) fn source_text(&self, module: &Rc<ModuleInstance>, call: &Block) -> Option<Str> {
        let source = call.body.attribute("source")?;
        source.as_str().map(Str::from).or_else(|| self.eval(source, Scope::of(module)).as_str().map(Str::from))
    }

    /// The configuration of a call: what a plan has of it, its directory, or what is modelled of it.
    fn source_of(&self, module: &Rc<ModuleInstance>, call: &Block, call_path: &str) -> Option<Arc<ModuleSource>> {
        if let Some(source) = self.planned_module(module, call, call_path) {
            return Some(source);
        }
        match self.module_dir(module, call, call_path) {
            Some(dir) => Some(ModuleSource::load(&dir, self.workspace)),
            None if module.level < MAX_LEVELS => registry::choose(call).map(|chosen| chosen.load(call, self.workspace)),
            None => None,
        }
    }

    /// The configuration of a call as a plan has it, where the directory is not there.
    fn planned_module(&self, module: &Rc<ModuleInstance>, call: &Block, call_path: &str) -> Option<Arc<ModuleSource>> {
        let facts = self.planned.as_ref()?;
        let text = self.source_text(module, call).unwrap_or_default();
        let dir =
            if is_local(&text) { Some(normalise(&module.dir.join(&*text))) } else { self.manifest.dir(call_path).map(Path::to_owned) };
        let there = dir.is_some_and(|dir| self.workspace.sources.boundary.is_dir(&dir)) && !module.source.from_plan;
        if there { None } else { facts.configuration(call_path) }
    }

    /// The directory of a call's configuration; `None` where it is not there or must not be read.
    fn module_dir(&self, module: &Rc<ModuleInstance>, call: &Block, call_path: &str) -> Option<PathBuf> {
        let source = call.body.attribute("source")?;
        let text = self.source_text(module, call)?;
        let dir = match is_local(&text) {
            true => normalise(&module.dir.join(&*text)),
            false => self.manifest.dir(call_path)?.to_owned(),
        };
        if !self.workspace.may_read(&dir) {
            return None;
        }
        if !dir.is_dir() {
            if self.absent(module, &text).is_none() {
                self.problem(source.span, format!("the module directory `{text}` does not exist"));
            }
            return None;
        }
        if self.is_own_caller(module, &dir) {
            self.problem(source.span, format!("module `{}` calls itself", module.qualify(&format!("module.{}", call.label(0)))));
            return None;
        }
        if module.level >= MAX_LEVELS {
            self.problem(source.span, format!("modules are called more than {MAX_LEVELS} levels deep"));
            return None;
        }
        Some(dir)
    }

    fn is_own_caller(&self, module: &Rc<ModuleInstance>, dir: &Path) -> bool {
        let mut next = Some(module.clone());
        while let Some(module) = next {
            if module.dir == dir {
                return true;
            }
            next = module.caller.as_ref().map(|(id, ..)| self.module(*id));
        }
        false
    }

    /// An argument without a variable is an error in Terraform.
    fn check_arguments(&self, call: &Block, source: &ModuleSource) {
        const META: [&str; 6] = ["source", "version", "count", "for_each", "providers", "depends_on"];
        if source.files.is_empty() || !source.problems.is_empty() {
            return;
        }
        for attribute in &call.body.attributes {
            if !META.contains(&attribute.name.as_str()) && !source.variables.contains_key(&attribute.name) {
                self.problem(attribute.name_span, format!("module `{}` has no variable `{}`", call.label(0), attribute.name));
            }
        }
        self.check_required(call, source);
    }

    /// `path.module`: relative to where Terraform runs.
    fn relative_to_root(&self, dir: &Path) -> Str {
        match dir.strip_prefix(&self.root) {
            Ok(inside) if self.root.as_os_str() != "." => inside.to_string_lossy().into(),
            _ => relative(&self.root, dir).to_string_lossy().into(),
        }
    }

    fn passed_providers(&self, module: &Rc<ModuleInstance>, call: &Block) -> HashMap<Str, ProviderRef> {
        let mut passed = HashMap::new();
        if module.source.from_plan {
            // A plan says what a resource ends up with, not how it gets there: the root's, unless the module has its own.
            let root = self.module(ModuleId(0));
            passed.extend(root.source.providers.keys().map(|key| (key.clone(), ProviderRef { module: root.id, key: key.clone() })));
            return passed;
        }
        let Some(Expr { kind: ExprKind::Object(items), .. }) = call.body.attribute("providers") else { return passed };
        for item in items {
            let key = |e: &Expr| e.as_dotted().map(|names| Str::from(names.join(".")));
            if let (Some(here), Some(there)) = (key(&item.key), key(&item.value)) {
                passed.insert(here, self.provider_ref(module, &there));
            }
        }
        passed
    }

    /// Whose configuration a provider name in a module means: one that the caller passed, the module's own, or (for names
    /// without an alias) the caller's.
    pub(super) fn provider_ref(&self, module: &Rc<ModuleInstance>, key: &str) -> ProviderRef {
        let mut module = module.clone();
        loop {
            if let Some(passed) = module.providers.get(key) {
                return passed.clone();
            }
            let caller = module.caller.as_ref().map(|(id, ..)| *id);
            match caller {
                Some(caller) if !module.source.providers.contains_key(key) && !key.contains('.') => module = self.module(caller),
                _ => return ProviderRef { module: module.id, key: key.into() },
            }
        }
    }
}

/// Why resources are left out.
fn too_many_resources(span: Span) -> Arc<Unknown> {
    Unknown::new(Reason::Limit, "(many resources)", format_smolstr!("more than {MAX_RESOURCES} resources"), span)
}

/// The condition and symbolic identity of an instance within those of its module.
fn inherited(module: &ModuleInstance, planned: &Planned) -> (Guard, Option<Str>) {
    let presence = module.presence.and(&planned.presence).unwrap_or_else(|| planned.presence.clone());
    let symbolic = match (&module.symbolic, &planned.symbolic) {
        (Some(outer), Some(inner)) => Some(identity::shorten(format!("{outer} / {inner}"))),
        (outer, inner) => outer.clone().or_else(|| inner.clone()),
    };
    (presence, symbolic)
}

/// The way from one directory to another, in text.
fn relative(from: &Path, to: &Path) -> PathBuf {
    let absolute = |p: &Path| normalise(&std::path::absolute(p).unwrap_or_else(|_| p.to_owned()));
    let (from, to) = (absolute(from), absolute(to));
    let common = from.components().zip(to.components()).take_while(|(a, b)| a == b).count();
    let up = std::iter::repeat_n("..", from.components().count() - common);
    let path: PathBuf = up.map(PathBuf::from).chain(to.components().skip(common).map(|c| PathBuf::from(c.as_os_str()))).collect();
    if path.as_os_str().is_empty() { PathBuf::from(".") } else { path }
}
