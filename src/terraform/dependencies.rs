//! `depends_on`: what a block waits for, and all blocks of a module whose call waits.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use std::sync::Arc;

use super::evaluator::Evaluator;
use super::instance::{CallTarget, ModuleId, ModuleInstance, ResourceSlot, Scope};
use crate::syntax::hcl::ast::{Block, Expr, ExprKind};
use crate::unit::Dependencies;
use crate::value::{ResourceId, Str};

/// A list of resources that many may share.
type Shared = Arc<[ResourceId]>;

/// Lists of resources that many blocks depend on, each made once.
#[derive(Default)]
pub(super) struct DependencyMemos {
    /// All resources in a module and in those that it calls.
    within: RefCell<HashMap<ModuleId, Shared>>,
    /// What the calls that lead to a module depend on.
    calls: RefCell<HashMap<ModuleId, Rc<[Shared]>>>,
    /// What one entry of a `depends_on` of a module names, by its text.
    entries: RefCell<HashMap<(ModuleId, Str), Shared>>,
}

impl Evaluator<'_> {
    /// What a resource waits for: by its own `depends_on`, and by that of the module calls that lead to it.
    pub(super) fn depends_on(&self, slot: &ResourceSlot) -> Dependencies {
        let module = self.module(slot.module);
        let mut lists = self.named_dependencies(&module, &slot.decl.block);
        lists.extend(self.call_dependencies(&module).iter().cloned());
        Dependencies::new(lists)
    }

    fn call_dependencies(&self, module: &Rc<ModuleInstance>) -> Rc<[Shared]> {
        if let Some(known) = self.dependencies.calls.borrow().get(&module.id) {
            return known.clone();
        }
        let Some((caller, call, _)) = &module.caller else { return Rc::new([]) };
        let caller = self.module(*caller);
        let mut lists = self.named_dependencies(&caller, call);
        lists.extend(self.call_dependencies(&caller).iter().cloned());
        let lists: Rc<[Shared]> = lists.into();
        self.dependencies.calls.borrow_mut().insert(module.id, lists.clone());
        lists
    }

    /// What a block's `depends_on` names, a list for each entry.
    fn named_dependencies(&self, module: &Rc<ModuleInstance>, block: &Block) -> Vec<Shared> {
        match block.body.attribute("depends_on").map(|expr| &expr.kind) {
            Some(ExprKind::List(items)) => items.iter().map(|item| self.dependency(module, item)).collect(),
            _ => Vec::new(),
        }
    }

    fn dependency(&self, module: &Rc<ModuleInstance>, entry: &Expr) -> Shared {
        let Some(names) = entry.as_dotted() else { return self.mentioned(module, entry) };
        let key = (module.id, Str::from(names.join(".")));
        if let Some(known) = self.dependencies.entries.borrow().get(&key) {
            return known.clone();
        }
        let found = match names.as_slice() {
            [first, name] if first == "module" => self.called(module, name),
            [first, kind, name, ..] if first == "data" => self.instances(module, &format!("data.{kind}.{name}")),
            [first, kind, name, ..] if first == "resource" => self.instances(module, &format!("{kind}.{name}")),
            [kind, name, ..] if module.source.resources.contains_key(&*format!("{kind}.{name}")) => {
                self.instances(module, &format!("{kind}.{name}"))
            }
            // `var.x`, `local.x`, an output: all that the value comes from.
            _ => self.mentioned(module, entry),
        };
        self.dependencies.entries.borrow_mut().insert(key, found.clone());
        found
    }

    /// Every resource of a called module, and of those that it calls.
    fn called(&self, module: &Rc<ModuleInstance>, name: &str) -> Shared {
        match self.call_target(module, name).as_deref() {
            Some(CallTarget::Modules(expansion)) => match expansion.members.as_slice() {
                [(_, only)] => self.within(*only),
                members => members.iter().flat_map(|(_, id)| self.within(*id).to_vec()).collect(),
            },
            Some(CallTarget::Opaque(_)) | None => Arc::new([]),
        }
    }

    fn within(&self, id: ModuleId) -> Shared {
        if let Some(known) = self.dependencies.within.borrow().get(&id) {
            return known.clone();
        }
        let mut all = Vec::new();
        self.resources_within(id, &mut all);
        let all: Shared = all.into();
        self.dependencies.within.borrow_mut().insert(id, all.clone());
        all
    }

    /// Adds the resources of a module and of those that it calls.
    pub(super) fn resources_within(&self, id: ModuleId, out: &mut Vec<ResourceId>) {
        let module = self.module(id);
        for address in module.source.resources.keys() {
            out.extend(self.instances(&module, address).iter());
        }
        for name in module.source.calls.keys() {
            if let Some(CallTarget::Modules(expansion)) = self.call_target(&module, name).as_deref() {
                expansion.members.iter().for_each(|(_, id)| self.resources_within(*id, out));
            }
        }
    }

    fn instances(&self, module: &Rc<ModuleInstance>, address: &str) -> Shared {
        match self.resource_instances(module, address) {
            Some(expansion) => expansion.members.iter().map(|(_, id)| *id).collect(),
            None => Arc::new([]),
        }
    }

    fn mentioned(&self, module: &Rc<ModuleInstance>, expr: &Expr) -> Shared {
        let ((value, _), touched) = self.tracking(|| self.attempt(|| self.eval(expr, Scope::of(module))));
        let seen: HashSet<ResourceId> = touched.iter().copied().collect();
        touched.iter().copied().chain(value.references().into_iter().filter(|id| !seen.contains(id))).collect()
    }
}
