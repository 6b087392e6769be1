//! What `terraform validate` refuses although it can be read. Each is told only where it is proven: never in a module of which a
//! part is not seen, and never where a value is to blame that may be another in the next run.

mod blocks;
mod cycles;
mod defaults;
mod evaluated;
mod generated;
mod references;
mod values;

use std::collections::HashSet;
use std::rc::Rc;

pub(super) use self::blocks::{of_block, of_module};
use super::evaluator::Evaluator;
use super::instance::{ModuleId, ModuleInstance};

impl Evaluator<'_> {
    /// Checks a module, its names once for all its instances.
    pub(super) fn check_module(&self, module: &Rc<ModuleInstance>) {
        let source = &module.source;
        if source.model.is_some() || source.from_plan || self.planned.is_some() {
            return;
        }
        self.check_variables(module);
        if self.checked.borrow_mut().insert(source.dir.clone()) {
            self.check_references(module);
        }
    }

    /// Computes what nothing has asked for, so that circles among variables, locals and outputs are come upon, and tells those among
    /// whole blocks.
    pub(super) fn check_dependencies(&self) {
        if self.planned.is_some() {
            return;
        }
        let mut checked = HashSet::new();
        for module in (0..self.module_count()).map(|i| self.module(ModuleId(i))) {
            let source = &module.source;
            if source.model.is_some() || source.from_plan {
                continue;
            }
            for (name, block) in &source.variables {
                self.variable(&module, name, block.header);
            }
            for (name, block) in &source.outputs {
                self.attempt(|| self.output(&module, name, block.header));
            }
            if checked.insert(source.dir.clone()) {
                self.check_cycles(&module);
            }
        }
    }
}
