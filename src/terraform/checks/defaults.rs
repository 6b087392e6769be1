//! Whether a value may be another in the next run: where it rests on a default of the root module that nobody has replaced.

use std::collections::HashSet;
use std::rc::Rc;

use crate::syntax::hcl::ast::{Block, Expr, Step};
use crate::syntax::hcl::{Mention, mentions};
use crate::terraform::evaluator::Evaluator;
use crate::terraform::instance::{CallTarget, InstanceKey, ModuleId, ModuleInstance};
use crate::value::Str;

/// Functions that give one of their arguments in a type that goes with all.
const CHOOSING: [&str; 4] = ["coalesce", "coalescelist", "lookup", "try"];

/// What of a value is asked for.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Question {
    /// Its type: that of a variable with a whole type constraint is sure.
    Type,
    /// All of it.
    Value,
}

impl Evaluator<'_> {
    /// Whether an expression is made of nothing that another run may change.
    pub(super) fn is_settled(&self, expr: &Expr, module: &Rc<ModuleInstance>, question: Question) -> bool {
        Search { evaluator: self, question, seen: HashSet::new() }.expr(expr, module)
    }
}

struct Search<'s, 'w> {
    evaluator: &'s Evaluator<'w>,
    question: Question,
    seen: HashSet<(ModuleId, Str)>,
}

impl Search<'_, '_> {
    fn expr(&mut self, expr: &Expr, module: &Rc<ModuleInstance>) -> bool {
        let mut found = Vec::new();
        let mut chooses = false;
        mentions(expr, &[], &mut |mention| match mention {
            Mention::Name(name, steps, _) => found.push((name, steps)),
            Mention::Call(name, ..) => chooses |= CHOOSING.contains(&name.as_str()),
        });
        // The type of one argument is made that of the others, and a null has none that is kept here.
        if chooses && self.question == Question::Type {
            return false;
        }
        found.into_iter().all(|(name, steps)| self.name(name, steps, module))
    }

    fn name(&mut self, root: &str, steps: &[Step], module: &Rc<ModuleInstance>) -> bool {
        let [Step::Attr(name), rest @ ..] = steps else { return false };
        if matches!(root, "path") {
            return true;
        }
        // What is being looked at already, is settled where all else is.
        if !self.seen.insert((module.id, Str::from(format!("{root}.{name}")))) {
            return true;
        }
        let evaluator = self.evaluator;
        let settled = evaluator.deeper(|| match root {
            "var" => module.source.variables.get(name).is_some_and(|block| self.variable(name, block, module)),
            "local" => module.source.locals.get(name).is_some_and(|expr| self.expr(expr, module)),
            "module" => self.output(name, rest, module),
            _ => false,
        });
        settled.unwrap_or(false)
    }

    fn variable(&mut self, name: &str, block: &Block, module: &Rc<ModuleInstance>) -> bool {
        if self.question == Question::Type
            && block.body.attribute("type").is_some_and(|ty| !self.evaluator.type_constraint(ty, module).has_any())
        {
            return true;
        }
        let Some((caller, call, key)) = &module.caller else { return self.evaluator.inputs.contains_key(name) };
        match call.body.attribute(name) {
            // `each` and `count` are not followed.
            Some(argument) => matches!(key, InstanceKey::Single) && self.expr(argument, &self.evaluator.module(*caller)),
            None => block.body.attribute("default").is_some(),
        }
    }

    fn output(&mut self, name: &str, steps: &[Step], module: &Rc<ModuleInstance>) -> bool {
        let ([Step::Attr(output), ..], Some(target)) = (steps, self.evaluator.call_target(module, name)) else { return false };
        let CallTarget::Modules(modules) = &*target else { return false };
        let Some((InstanceKey::Single, id)) = modules.members.first() else { return false };
        let called = self.evaluator.module(*id);
        let value = called.source.outputs.get(output).and_then(|block| block.body.attribute("value"));
        called.source.model.is_none() && value.is_some_and(|expr| self.expr(expr, &called))
    }
}
