//! What the first names of a traversal mean: variables, locals, modules, resources, and Terraform's own values.

use std::rc::Rc;
use std::sync::Arc;

use indexmap::IndexMap;

use super::evaluator::Evaluator;
use super::identity;
use super::instance::{CallTarget, InstanceKey, ModuleId, ModuleInstance, Scope};
use super::plan::{Element, Expansion, Shape};
use super::worlds::terms::WORKSPACE;
use crate::source::Span;
use crate::syntax::hcl::ast::{Expr, ExprKind, Step};
use crate::value::{Kind, List, ListShape, Map, MapShape, Reason, ResourceId, Str, Text, Unknown, Value, format_smolstr};

impl Evaluator<'_> {
    pub(super) fn eval_traversal(&self, base: &Expr, steps: &[Step], expr: &Expr, scope: Scope<'_>) -> Value {
        let ExprKind::Name(name) = &base.kind else {
            return self.walk(self.eval(base, scope), steps, scope, expr.span);
        };
        if let Some(bound) = scope.binding(name) {
            return self.walk(bound.clone(), steps, scope, expr.span);
        }
        if scope.closed.is_some() {
            return match stage_variable(name, steps, expr.span) {
                Some(text) => text,
                None => self.error(expr.span, name.clone(), format_smolstr!("the template's variables have no `{name}`")),
            };
        }
        let span = expr.span;
        match (name.as_str(), steps) {
            ("var", [Step::Attr(name), rest @ ..]) => self.walk(self.variable(scope.module, name, span), rest, scope, span),
            ("local", [Step::Attr(name), rest @ ..]) => self.walk(self.local(scope.module, name, span), rest, scope, span),
            ("module", [Step::Attr(name), rest @ ..]) => self.module_reference(name, rest, scope, span),
            ("ephemeral", [Step::Attr(kind), Step::Attr(name), rest @ ..]) => {
                let id = scope.module.qualify(&format!("ephemeral.{kind}.{name}"));
                let message = format_smolstr!("`{id}` is read while Terraform runs");
                let value = Value::unknown(Unknown::identified(Reason::DataSource, id.clone(), id, message, span), span);
                self.walk(value, rest, scope, span)
            }
            ("data", [Step::Attr(kind), Step::Attr(name), rest @ ..]) => {
                self.resource_reference(&format_smolstr!("data.{kind}.{name}"), rest, scope, span)
            }
            ("resource", [Step::Attr(kind), Step::Attr(name), rest @ ..]) => {
                self.resource_reference(&format_smolstr!("{kind}.{name}"), rest, scope, span)
            }
            ("each" | "count", [Step::Attr(part), rest @ ..]) => self.walk(self.instance_part(name, part, scope, span), rest, scope, span),
            ("path", [Step::Attr(part)]) => self.path(scope.module, part, span),
            ("terraform", [Step::Attr(part)]) => self.terraform(part, span),
            ("self", rest) => match scope.this {
                Some(id) => self.walk(self.computed(id, "", span), rest, scope, span),
                None => self.error(span, "self", "`self` has a meaning in provisioners only"),
            },
            (kind, [Step::Attr(name), rest @ ..]) => {
                let address = format_smolstr!("{kind}.{name}");
                match stage_variable(kind, steps, span).filter(|_| !scope.module.source.resources.contains_key(&address)) {
                    Some(text) => text,
                    None => self.resource_reference(&address, rest, scope, span),
                }
            }
            (name, _) => self.error(span, name, format_smolstr!("`{name}` is not declared")),
        }
    }

    /// The whole block of a resource type (`aws_x.y`): its only instance, or the list or map of them.
    fn resource_reference(&self, address: &str, rest: &[Step], scope: Scope<'_>, span: Span) -> Value {
        let module = scope.module;
        let Some(decl) = module.source.resources.get(address) else {
            return self.error(span, address, format_smolstr!("`{}` is not declared", module.qualify(address)));
        };
        let Some(expansion) = self.resource_instances(module, address) else {
            return self.cycle(&module.qualify(address), decl.block.header);
        };
        let whole = |id: &ResourceId| {
            self.touch(*id);
            self.computed(*id, "", span)
        };
        let address = module.qualify(address);
        if expansion.shape != Shape::Single && !matches!(rest, [Step::Index(_), ..]) {
            return self.walk(self.collection(&expansion, span, &address, whole), rest, scope, span);
        }
        self.in_expansion(&expansion, rest, scope, span, &address, whole)
    }

    /// [`Evaluator::all_instances`], made once for an expression: each of a thousand instances may have it.
    fn collection<T>(&self, expansion: &Expansion<T>, span: Span, address: &Str, whole: impl Fn(&T) -> Value) -> Value {
        let key = (address.clone(), span);
        if let Some((value, references)) = self.collections.borrow().get(&key) {
            self.touch_all(references);
            return value.clone();
        }
        let (value, references) = self.tracking(|| self.all_instances(expansion, span, address, whole));
        self.touch_all(&references);
        self.collections.borrow_mut().insert(key, (value.clone(), references));
        value
    }

    /// Steps into the instances of a block: an index that follows is taken at once, so that no list of all is made.
    fn in_expansion<T>(
        &self,
        expansion: &Expansion<T>,
        rest: &[Step],
        scope: Scope<'_>,
        span: Span,
        address: &str,
        whole: impl Fn(&T) -> Value,
    ) -> Value {
        if expansion.shape == Shape::Single {
            let none = || expansion.open.clone().map_or(Value::null(span), |why| Value::unknown(why, span));
            let only = expansion.members.first().map_or_else(none, |(_, member)| whole(member));
            // `x[0]` of a block without count is an error in Terraform, but `count` may have been left out by an override.
            return self.walk(only, rest, scope, span);
        }
        if let [Step::Index(index), rest @ ..] = rest {
            let key = self.eval(index, scope);
            if let Some(value) = self.indexed(expansion, &key, &whole) {
                return self.walk(value, rest, scope, span);
            }
            let message = format_smolstr!("`{address}` has no instance [{key}]");
            if expansion.open.is_none() && key.first_unknown().is_none() && expansion.get(&key.to_string()).is_none() {
                return self.error(span, format_smolstr!("{address}[{key}]"), message);
            }
        }
        self.walk(self.all_instances(expansion, span, address, whole), rest, scope, span)
    }

    /// The instance of a key. Those that exist in some cases only are taken for existing, since they are asked for, except
    /// where `try` or `can` ask.
    fn indexed<T>(&self, expansion: &Expansion<T>, key: &Value, whole: &impl Fn(&T) -> Value) -> Option<Value> {
        let text = format_smolstr!("{key}");
        if matches!(key.kind, Kind::Unknown(_) | Kind::Choice(_)) && expansion.symbolic.is_none() && expansion.get(&text).is_none() {
            return None;
        }
        let uncertain = expansion.alternatives.len() > 1;
        if uncertain && self.trying.get() > 0 {
            return None;
        }
        expansion.get(&text).map(whole)
    }

    fn module_reference(&self, name: &str, rest: &[Step], scope: Scope<'_>, span: Span) -> Value {
        let module = scope.module;
        let address = module.qualify(&format!("module.{name}"));
        let Some(call) = module.source.calls.get(name) else {
            return self.error(span, address.clone(), format_smolstr!("`{address}` is not declared"));
        };
        let Some(target) = self.call_target(module, name) else {
            return self.cycle(&address, call.header);
        };
        match &*target {
            CallTarget::Opaque(expansion) => {
                let source = self.source_text(module, call);
                let unknown = |instance: &Str| {
                    let message = match &source {
                        Some(source) => format_smolstr!("the source of module `{name}` (`{source}`) is not there"),
                        None => format_smolstr!("the source of module `{name}` is not known"),
                    };
                    Value::unknown(
                        Unknown::identified(Reason::OpaqueModule, instance.clone(), instance.clone(), message, call.header),
                        span,
                    )
                };
                self.in_expansion(expansion, rest, scope, span, &address, unknown)
            }
            CallTarget::Modules(expansion) => self.in_modules(expansion, rest, scope, span, &address),
        }
    }

    /// As [`Evaluator::in_expansion`], but a single output is computed alone, not with all the others.
    fn in_modules(&self, expansion: &Expansion<ModuleId>, rest: &[Step], scope: Scope<'_>, span: Span, address: &str) -> Value {
        if let (Shape::Single, [Step::Attr(output), rest @ ..]) = (expansion.shape, rest) {
            let Some((_, module)) = expansion.members.first() else { return Value::null(span) };
            return self.walk(self.output(&self.module(*module), output, span), rest, scope, span);
        }
        if let [Step::Index(index), Step::Attr(output), rest @ ..] = rest {
            let key = self.eval(index, scope);
            let outputs = |id: &ModuleId| self.output(&self.module(*id), output, span);
            if let Some(value) = self.indexed(expansion, &key, &outputs) {
                return self.walk(value, rest, scope, span);
            }
        }
        if let [Step::FullSplat | Step::AttrSplat, Step::Attr(output), after @ ..] = rest
            && expansion.shape != Shape::Map
        {
            let named = format!("{address}[*].{output}");
            let outputs = self.all_instances(expansion, span, &named, |id| self.output(&self.module(*id), output, span));
            let mut steps = vec![rest[0].clone()];
            steps.extend_from_slice(after);
            return self.walk(outputs, &steps, scope, span);
        }
        self.in_expansion(expansion, rest, scope, span, address, |id| self.whole_module(&self.module(*id), span))
    }

    fn whole_module(&self, module: &Rc<ModuleInstance>, span: Span) -> Value {
        let outputs = module.source.outputs.keys().map(|name| (name.clone(), self.output(module, name, span)));
        let entries = outputs.collect();
        let open = module.source.model.and_then(|_| match self.unmodelled_output(module, "*", span).kind {
            Kind::Unknown(unknown) => Some(unknown),
            _ => None,
        });
        Value::new(Kind::Map(Arc::new(Map { shape: MapShape::Object, entries, key_spans: IndexMap::new(), open })), span)
    }

    /// The value of a local.
    fn local(&self, module: &Rc<ModuleInstance>, name: &str, span: Span) -> Value {
        let Some(expr) = module.source.locals.get(name) else {
            let address = module.qualify(&format!("local.{name}"));
            return self.error(span, address.clone(), format_smolstr!("`{address}` is not declared"));
        };
        let value = self.memoised(&module.locals, name, || self.limited(self.eval(expr, Scope::of(module))));
        value.unwrap_or_else(|| self.cycle(&module.qualify(&format!("local.{name}")), expr.span))
    }

    /// An output that the module may well have, and its model has not.
    fn unmodelled_output(&self, module: &ModuleInstance, name: &str, span: Span) -> Value {
        let id = module.qualify(name);
        let message = format_smolstr!("the source of `{}` is not there", module.address);
        let place = module.caller.as_ref().map_or(span, |(_, call, _)| call.header);
        Value::unknown(Unknown::identified(Reason::OpaqueModule, id.clone(), id, message, place), span)
    }

    /// The value of an output.
    pub(super) fn output(&self, module: &Rc<ModuleInstance>, name: &str, span: Span) -> Value {
        let address = || module.qualify(name);
        let Some(block) = module.source.outputs.get(name) else {
            if module.source.model.is_some() {
                return self.unmodelled_output(module, name, span);
            }
            return self.error(span, address(), format_smolstr!("`{}` has no output `{name}`", module.address));
        };
        let Some(expr) = block.body.attribute("value") else {
            return self.error(span, address(), format_smolstr!("output `{name}` has no value"));
        };
        let value = self.memoised(&module.outputs, name, || {
            let value = self.eval(expr, Scope::of(module));
            self.guarded(block, self.limited(identity::assume(value, &module.presence)))
        });
        value.unwrap_or_else(|| self.cycle(&address(), block.header))
    }

    fn instance_part(&self, name: &str, part: &str, scope: Scope<'_>, span: Span) -> Value {
        match (name, part, scope.key) {
            ("each", "key", InstanceKey::Each(key, _)) => key.clone().at(span),
            ("each", "value", InstanceKey::Each(_, value)) => value.clone().at(span),
            ("count", "index", InstanceKey::Count(index)) => index.clone().at(span),
            _ => self.error(span, format_smolstr!("{name}.{part}"), format_smolstr!("`{name}.{part}` is used in a block without it")),
        }
    }

    fn path(&self, module: &ModuleInstance, part: &str, span: Span) -> Value {
        match part {
            "module" => Value::string(module.path.clone(), span),
            "root" => Value::string(".", span),
            "cwd" => match std::path::absolute(&self.root) {
                Ok(path) => Value::string(path.to_string_lossy(), span),
                Err(_) => Value::string(".", span),
            },
            _ => self.error(span, format_smolstr!("path.{part}"), format_smolstr!("there is no `path.{part}`")),
        }
    }

    fn terraform(&self, part: &str, span: Span) -> Value {
        match part {
            "workspace" => match (&self.workspace.options.workspace, self.world.parameters.iter().find(|(name, _)| name == WORKSPACE)) {
                (Some(name), _) => Value::string(name.clone(), span),
                (None, Some((_, value))) => value.clone().at(span),
                (None, None) => {
                    let message = "the workspace is chosen where Terraform runs (give it with --workspace)";
                    let unknown = Unknown::identified(Reason::NoValue, WORKSPACE, WORKSPACE, message, span);
                    let not = self.world.others.iter().find(|(name, _)| name == WORKSPACE).map(|(_, not)| not.clone());
                    Value::unknown(Arc::new(Unknown { not, ..Arc::unwrap_or_clone(unknown) }), span)
                }
            },
            _ => self.error(span, format_smolstr!("terraform.{part}"), format_smolstr!("there is no `terraform.{part}`")),
        }
    }

    /// The list or map of all instances, in each undecided case.
    fn all_instances<T>(&self, expansion: &Expansion<T>, span: Span, address: &str, whole: impl Fn(&T) -> Value) -> Value {
        let open = self.open_instances(expansion, address, &whole);
        let of_case = |members: &[usize]| {
            self.budget.make(3 * members.len(), 0);
            let present = || members.iter().filter_map(|i| expansion.members.get(*i));
            let open = open.clone().filter(|_| expansion.symbolic.is_some_and(|s| members.contains(&s)));
            match expansion.shape {
                Shape::Map => {
                    let known = present().filter(|(key, _)| !is_symbolic(key, expansion));
                    let entries: IndexMap<Str, Value> = known.map(|(key, member)| (key.text(), whole(member))).collect();
                    Kind::Map(Arc::new(Map { shape: MapShape::Object, entries, key_spans: IndexMap::new(), open }))
                }
                _ => {
                    let items = present().map(|(_, member)| whole(member)).collect();
                    Kind::List(Arc::new(List { shape: ListShape::Tuple, items, open }))
                }
            }
        };
        let cases = expansion.alternatives.iter().map(|(guard, members)| (guard.clone(), Value::new(of_case(members), span)));
        Value::choice(cases.collect(), span)
    }

    /// Why there may be more instances, with what stands for them: a loop over the instances follows that one.
    fn open_instances<T>(&self, expansion: &Expansion<T>, address: &str, whole: impl Fn(&T) -> Value) -> Option<Arc<Unknown>> {
        let open = expansion.open.as_ref()?;
        let (key, member) = expansion.members.get(expansion.symbolic?)?;
        let key = match key {
            InstanceKey::Each(key, _) | InstanceKey::Count(key) => key.clone(),
            InstanceKey::Single => return Some(open.clone()),
        };
        let collection = open.identity.clone().unwrap_or_else(|| address.into());
        // Evaluated first: that may look at other collections, and at this table.
        let value = whole(member);
        self.elements.borrow_mut().insert(address.into(), Element { key, value, collection });
        Some(Unknown::identified(open.reason, address, address, open.message.clone(), open.span))
    }
}

/// `${stageVariables.x}` without the second `$`: Terraform rejects it, and API Gateway means it. Read as the text.
fn stage_variable(name: &str, steps: &[Step], span: Span) -> Option<Value> {
    match steps {
        [Step::Attr(variable)] if name == "stageVariables" => {
            Some(Value::new(Kind::Text(Text::literal(format_smolstr!("${{stageVariables.{variable}}}"))), span))
        }
        _ => None,
    }
}

fn is_symbolic<T>(key: &InstanceKey, expansion: &Expansion<T>) -> bool {
    expansion.symbolic.and_then(|s| expansion.members.get(s)).is_some_and(|(k, _)| k.text() == key.text())
}
