//! From a root module to a [`Unit`]: expands everything, then reads every attribute.

use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use super::evaluator::Evaluator;
use super::instance::{CallTarget, InstanceKey, ModuleId, ModuleInstance, ResourceSlot, Scope};
use super::manifest::Manifest;
use super::module_source::{ModuleSource, is_local, normalise};
use super::plan_file::{self, PlanFacts, PlanRoot};
use super::registry::{self, Model};
use crate::gap::Gap;
use crate::syntax::hcl::ast::{Block, Expr, ExprKind};
use crate::unit::{Absent, Given, Mode, Modelled, Opaque, Resource, Unit, UnitKind};
use crate::value::{Kind, MapShape, Part, ResourceId, Str, Value, format_smolstr};
use crate::workspace::Workspace;
use crate::world::World;

/// Stack for the deepest evaluation that is allowed, in a build without optimisation.
const STACK_BYTES: usize = 256 << 20;

/// Scripts larger than this are not looked into.
const MAX_SCRIPT_BYTES: u64 = 1 << 20;

/// What outside permissions are made with.
const ADD_PERMISSION: &str = "add-permission";

/// Resolves a root module in its default world.
pub fn resolve(root: &Path, workspace: &Workspace) -> Unit {
    resolve_in(root, workspace, &World::default())
}

/// Resolves a root module in one world.
pub fn resolve_in(root: &Path, workspace: &Workspace, world: &World) -> Unit {
    in_deep_thread(&|| {
        let root = normalise(root);
        resolve_from(root.clone(), ModuleSource::load(&root, workspace), None, world, workspace)
    })
}

/// Resolves a plan in JSON.
pub fn resolve_plan(path: &Path, workspace: &Workspace) -> Unit {
    in_deep_thread(&|| match plan_file::read(path, workspace) {
        Ok(PlanRoot { dir, source, facts, file }) => {
            let mut unit = resolve_from(dir, source, Some(facts), &World::default(), workspace);
            unit.root = path.to_owned();
            unit.files.retain(|f| *f != file);
            unit.files.insert(0, file);
            unit
        }
        Err(unit) => *unit,
    })
}

/// Evaluation recurses as deep as values refer to one another, far deeper than the stack of a worker thread allows.
fn in_deep_thread(run: &(dyn Fn() -> Unit + Sync)) -> Unit {
    std::thread::scope(|scope| {
        let worker = std::thread::Builder::new().name("terraform".to_owned()).stack_size(STACK_BYTES).spawn_scoped(scope, run);
        match worker.map(|w| w.join()) {
            Ok(Ok(unit)) => unit,
            Ok(Err(panic)) => std::panic::resume_unwind(panic),
            Err(_) => run(),
        }
    })
}

fn resolve_from(root: PathBuf, source: Arc<ModuleSource>, planned: Option<PlanFacts>, world: &World, workspace: &Workspace) -> Unit {
    let mut evaluator = Evaluator::new(workspace, root.clone(), Manifest::read(&root, workspace));
    evaluator.add_problems(planned.as_ref().map_or(&[], |facts| &facts.problems));
    evaluator.planned = planned;
    let id = evaluator.add_root(source);
    let module = evaluator.module(id);
    evaluator.read_inputs(&module, world);
    let mut calls = Calls::default();
    evaluator.expand_module(&module, &mut calls);
    let mut resources = Vec::with_capacity(evaluator.resource_count());
    let mut outside_permissions = Vec::new();
    // Reading attributes expands nothing more, but were it so, the loop would see it.
    let mut next = 0;
    while next < evaluator.resource_count() {
        let slot = evaluator.slot(ResourceId(next as u32));
        resources.push(evaluator.resource(&slot));
        evaluator.outside_permissions(&slot, &mut outside_permissions);
        next += 1;
    }
    evaluator.check_dependencies();
    let problems = evaluator.take_problems();
    let files = evaluator.all_files();
    let given = evaluator.given_to_modules();
    let Calls { opaque, modelled } = calls;
    let world = world.name.clone();
    let (kind, secrets) = (UnitKind::Terraform, evaluator.secrecy.take());
    Unit { kind, root, world, resources, opaque, modelled, given, outside_permissions, problems, files, secrets }
}

/// The module calls whose source is not there.
#[derive(Default)]
struct Calls {
    opaque: Vec<Opaque>,
    modelled: Vec<Modelled>,
}

impl Evaluator<'_> {
    /// Expands every resource and call of a module, and of the modules that it calls.
    fn expand_module(&self, module: &Rc<ModuleInstance>, calls: &mut Calls) {
        self.check_module(module);
        self.note_defaults(&module.source);
        for (address, decl) in &module.source.resources {
            if self.resource_instances(module, address).is_none() {
                self.cycle(&module.qualify(address), decl.block.header);
            }
        }
        for (name, call) in &module.source.calls {
            match self.call_target(module, name).as_deref() {
                Some(CallTarget::Modules(expansion)) => {
                    for (key, id) in &expansion.members {
                        let called = self.module(*id);
                        if let Some(model) = called.source.model.filter(|_| module.source.model.is_none()) {
                            self.modelled(module, call, key, &called, model, calls);
                        }
                        self.expand_module(&called, calls);
                    }
                }
                Some(CallTarget::Opaque(expansion)) => {
                    for (key, address) in &expansion.members {
                        calls.opaque.push(self.opaque(module, call, key, address));
                    }
                }
                None => drop(self.cycle(&module.qualify(&format!("module.{name}")), call.header)),
            }
        }
    }

    /// What the modules are given whose source is there.
    fn given_to_modules(&self) -> Vec<Given> {
        let modules = (0..self.module_count()).map(|at| self.module(ModuleId(at))).filter(|module| module.source.model.is_none());
        modules
            .filter_map(|module| {
                let (_, call, _) = module.caller.as_ref()?;
                let arguments = call.body.attributes.iter().filter(|a| module.source.variables.contains_key(&a.name));
                let inputs = arguments.map(|a| (a.name.clone(), a.value.span)).collect();
                Some(Given { address: module.address.clone(), source: module.dir.clone(), inputs })
            })
            .collect()
    }

    fn opaque(&self, module: &Rc<ModuleInstance>, call: &Block, key: &InstanceKey, address: &Str) -> Opaque {
        const META: [&str; 6] = ["source", "version", "count", "for_each", "providers", "depends_on"];
        let source = self.source_text(module, call);
        let scope = Scope { key, ..Scope::of(module) };
        let arguments = call.body.attributes.iter().filter(|a| !META.contains(&a.name.as_str()));
        let (entries, references) =
            self.tracking(|| arguments.map(|a| (a.name.clone(), self.eval(&a.value, scope))).filter(|(_, v)| !v.is_null()).collect());
        let arguments = Value::map(MapShape::Object, entries, call.span);
        let references = self.joined(&references, arguments.references(), None);
        let absent = source.as_deref().and_then(|source| self.absent(module, source));
        let reason = self.why_opaque(module, call, address, source.as_deref());
        let source = source.unwrap_or_else(|| "(unknown)".into());
        Opaque { address: address.clone(), source, arguments, span: call.header, references, reason, absent, rewrites: false }
    }

    /// Why the folder of a local source is not there, where that says nothing against the source.
    pub(super) fn absent(&self, module: &ModuleInstance, source: &str) -> Option<Absent> {
        is_local(source).then(|| self.workspace.absent(&normalise(&module.dir.join(source)), true))?
    }

    /// What is told of a call that leads nowhere, where the usual words do not do: its source is not known, or OpenTofu reads it.
    fn why_opaque(&self, module: &Rc<ModuleInstance>, call: &Block, address: &str, source: Option<&str>) -> Option<Str> {
        let Some(source) = source else {
            let written = call.body.attribute("source")?;
            let value = self.eval(written, Scope::of(module));
            let why = Gap::of_or(&value, || "it is no text".to_owned()).reason;
            return Some(format_smolstr!("the source of `{address}` is not known, so nothing inside it was checked: {why}"));
        };
        let file = self.workspace.sources.file(call.header.file);
        let tofu = file.path.to_string_lossy().contains(".tofu") && !is_local(source) && module.source.model.is_none();
        tofu.then(|| format_smolstr!("the module `{source}` is not here, so nothing inside it was checked; `tofu init` installs it"))
    }

    /// What is told of a modelled call. An argument that the model does not know may do anything: the call is opaque as well.
    fn modelled(
        &self,
        module: &Rc<ModuleInstance>,
        call: &Block,
        key: &InstanceKey,
        called: &ModuleInstance,
        model: &'static Model,
        out: &mut Calls,
    ) {
        let source = call.body.attribute("source").and_then(Expr::as_str).unwrap_or_default();
        let outputs = registry::outputs(&called.source).into();
        out.modelled.push(Modelled {
            address: called.address.clone(),
            source: source.into(),
            span: call.span,
            unknown_arguments: model.unknown_arguments(call).map(|a| a.name.clone()).collect(),
            mends: &model.mends,
            outputs,
        });
        if model.unknown_arguments(call).next().is_some() {
            let mut within = Vec::new();
            self.resources_within(called.id, &mut within);
            let opaque = self.opaque(module, call, key, &called.address);
            let references = self.joined(&opaque.references, within, None);
            out.opaque.push(Opaque { references, ..opaque });
        }
    }

    fn resource(&self, slot: &ResourceSlot) -> Resource {
        let (attributes, references) = self.tracking(|| self.all_attributes(slot));
        let provider = self.provider_of(slot);
        let own_region = self.configured(slot, "region").filter(|v| slot.decl.kind.starts_with("aws_") && v.as_str().is_some());
        let identity = match own_region.as_ref().and_then(Value::as_str) {
            Some(region) => format_smolstr!("{}@{region}", provider.identity),
            None => provider.identity.clone(),
        };
        Resource {
            id: slot.id,
            address: slot.address.clone(),
            kind: slot.decl.kind.clone(),
            mode: slot.decl.mode,
            span: slot.decl.block.span,
            name_span: slot.decl.block.header,
            presence: slot.presence.clone(),
            symbolic: slot.symbolic.clone(),
            depends_on: self.depends_on(slot),
            references: self.joined(&references, attributes.references(), Some(slot.id)),
            attributes,
            region: own_region.unwrap_or_else(|| provider.region.clone()),
            account: provider.account.clone(),
            emulator: provider.emulator_of(&slot.decl.kind),
            provider: identity,
            metadata: Value::null(slot.decl.block.span),
            ignore_changes: ignore_changes(&slot.decl.block),
            origin: self.origin(slot),
        }
    }

    /// The call of the modelled module that a resource lies in.
    fn origin(&self, slot: &ResourceSlot) -> Option<Str> {
        let mut module = self.module(slot.module);
        module.source.model?;
        loop {
            let (caller, call, _) = module.caller.as_ref()?;
            let outer = self.module(*caller);
            if outer.source.model.is_none() {
                let source = call.body.attribute("source").and_then(Expr::as_str).unwrap_or_default();
                return Some(format_smolstr!("module `{}` ({source})", call.label(0)));
            }
            module = outer;
        }
    }

    /// Commands of provisioners, and scripts that they run, that make Lambda permissions.
    fn outside_permissions(&self, slot: &ResourceSlot, out: &mut Vec<Value>) {
        if slot.decl.mode == Mode::Data {
            return;
        }
        let module = self.module(slot.module);
        let scope = Scope { key: &slot.key, this: Some(slot.id), ..Scope::of(&module) };
        for block in slot.decl.block.body.blocks("provisioner").filter(|b| b.label(0) == "local-exec") {
            let Some(command) = block.body.attribute("command") else { continue };
            for (_, command) in self.eval(command, scope).alternatives() {
                if says_add_permission(&command) {
                    out.push(command);
                } else if let Some(script) = command.as_str().and_then(|c| self.script_of(c)) {
                    out.push(Value::string(script, command.span));
                }
            }
        }
        if matches!(slot.decl.kind.as_str(), "null_resource" | "terraform_data") {
            let attributes = self.all_attributes(slot);
            out.extend(attributes.as_map().into_iter().flat_map(|m| m.entries.values()).filter(|v| says_add_permission(v)).cloned());
        }
    }

    /// The text of a script that a command runs, where it makes permissions.
    fn script_of(&self, command: &str) -> Option<String> {
        command.split_whitespace().take(8).find_map(|word| {
            let path = normalise(&self.root.join(word.trim_matches(['"', '\''])));
            let bytes = self.workspace.sources.boundary.bytes(&path, MAX_SCRIPT_BYTES).ok()?;
            String::from_utf8(bytes).ok().filter(|text| text.contains(ADD_PERMISSION))
        })
    }

    /// The resources that expressions named, then those that only a value from elsewhere (`each.value`) refers to.
    fn joined(&self, named: &[ResourceId], found: Vec<ResourceId>, own: Option<ResourceId>) -> Vec<ResourceId> {
        let ((), references) = self.tracking(|| {
            self.touch_all(named);
            self.touch_all(&found);
        });
        references.iter().copied().filter(|id| Some(*id) != own).collect()
    }

    fn all_files(&self) -> Vec<crate::source::FileId> {
        let mut seen = std::collections::HashSet::new();
        let modules = (0..self.module_count()).map(|i| self.module(ModuleId(i)));
        let mut files: Vec<_> = modules.flat_map(|m| m.source.files.clone()).collect();
        files.extend(self.files.borrow().iter().copied());
        files.retain(|f| seen.insert(*f));
        files
    }
}

fn says_add_permission(value: &Value) -> bool {
    match &value.kind {
        Kind::Text(text) => text.parts().iter().any(|p| matches!(p, Part::Literal(l) if l.contains(ADD_PERMISSION))),
        _ => false,
    }
}

/// The attributes of `lifecycle { ignore_changes = […] }`; `all` where it says so.
fn ignore_changes(block: &Block) -> Vec<Str> {
    let found = block.body.blocks("lifecycle").find_map(|b| b.body.attribute("ignore_changes"));
    match found.map(|e| (&e.kind, e)) {
        Some((ExprKind::List(items), _)) => items.iter().filter_map(|i| i.as_dotted()).filter_map(|n| n.first().cloned()).collect(),
        Some((_, expr)) => expr.as_dotted().unwrap_or_default(),
        None => Vec::new(),
    }
}
