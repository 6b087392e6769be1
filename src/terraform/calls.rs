//! Function calls, and the functions that do not evaluate their arguments first.

use std::sync::Arc;

use indexmap::IndexMap;

use super::evaluator::Evaluator;
use super::expr::map_choice;
use super::functions::{self, FunctionContext};
use super::instance::Scope;
use super::plan::unknown_of;
use super::plan_file::REFERENCES;
use crate::source::Span;
use crate::syntax::hcl;
use crate::syntax::hcl::ast::{Expr, ExprKind};
use crate::value::{Guard, Kind, List, MapShape, Reason, Str, Unknown, Value, format_smolstr};

/// How deep template files may include one another.
const MAX_TEMPLATES: usize = 16;

impl Evaluator<'_> {
    pub(super) fn eval_call(&self, name: &str, arguments: &[Expr], expand: bool, scope: Scope<'_>, span: Span) -> Value {
        let canonical = scope.module.source.canonical_function(name);
        let name = canonical.as_ref();
        match name.strip_prefix("core::").unwrap_or(name) {
            "try" => self.try_each(arguments, scope, span),
            "can" => self.can(arguments, scope, span),
            "templatefile" if !expand => self.template_file(arguments, scope, span),
            "ephemeralasnull" if !expand => self.ephemeral_as_null(arguments, scope, span),
            "provider::terraform::decode_tfvars" if !expand => self.decode_tfvars(arguments, scope, span),
            REFERENCES => self.planned_references(arguments, scope, span),
            "templatestring" if !expand => self.template_string(arguments, scope, span),
            _ => self.call_function(name, arguments, expand, scope, span),
        }
    }

    fn call_function(&self, name: &str, arguments: &[Expr], expand: bool, scope: Scope<'_>, span: Span) -> Value {
        let mut values: Vec<Value> = arguments.iter().map(|a| self.eval(a, scope)).collect();
        if !expand {
            return self.call_values(name, &values, scope, span);
        }
        let Some(last) = values.pop() else { return self.call_values(name, &values, scope, span) };
        map_choice(&last, span, |last| match &last.kind {
            Kind::List(list) if list.open.is_none() => {
                let all: Vec<Value> = values.iter().chain(&list.items).cloned().collect();
                self.call_values(name, &all, scope, span)
            }
            Kind::List(_) | Kind::Unknown(_) | Kind::Attr(_) => {
                let all: Vec<Value> = values.iter().chain([last]).cloned().collect();
                functions::derived(&format!("{name}..."), &all, span)
            }
            _ => self.error(span, format_smolstr!("{name}(…)"), "only a list can be spread over arguments with `...`"),
        })
    }

    fn call_values(&self, name: &str, values: &[Value], scope: Scope<'_>, span: Span) -> Value {
        // An ARN of a resource is not empty, whatever it is: `coalesce(aws_x.y.arn, var.arn)` is the first.
        if name == "coalesce"
            && let Some(first) = values.iter().find(|v| !super::operators::is_empty(v))
            && super::operators::is_there(first)
        {
            return first.clone();
        }
        let span = super::registry::place_of(scope.module, values, span);
        let context = FunctionContext { workspace: self.workspace, root_dir: &self.root, span };
        if let Some(value) = self.taken_apart(name, values, &context) {
            return value;
        }
        if !self.afford(name, values) {
            return self.too_deep(span);
        }
        let result = functions::call(name, values, &context);
        result.as_ref().into_iter().for_each(|value| self.made(value));
        match result {
            Ok(Value { kind: Kind::List(list), span, .. }) if name == "keys" => {
                let items = list.items.iter().map(|key| self.key_value(key.clone())).collect();
                Value::new(Kind::List(Arc::new(List { items, ..(*list).clone() })), span)
            }
            Ok(value) => value,
            Err(message) => self.error(span, format_smolstr!("{name}(…)"), message),
        }
    }

    /// Whether the budget has room for a call.
    pub(super) fn afford(&self, name: &str, values: &[Value]) -> bool {
        self.budget.look(functions::cost(name, values));
        !self.budget.is_spent()
    }

    /// The first argument without an error. Where an argument has one in some undecided cases only, the next answers for those.
    fn try_each(&self, arguments: &[Expr], scope: Scope<'_>, span: Span) -> Value {
        let mut pending = vec![Guard::always()];
        let mut branches: Vec<(Guard, Value)> = Vec::new();
        let mut last_error = None;
        for argument in arguments {
            let (value, failed) = self.probe(argument, scope);
            if failed {
                last_error = Some(value);
                continue;
            }
            let mut left = Vec::new();
            for guard in &pending {
                for (inner, case) in value.alternatives() {
                    let Some(both) = guard.and(&inner) else { continue };
                    if is_error(&case) {
                        left.push(both);
                    } else {
                        branches.push((both, case));
                    }
                }
            }
            pending = left;
            if pending.is_empty() {
                break;
            }
        }
        if branches.is_empty() {
            self.count_error();
            return last_error.unwrap_or_else(|| self.error(span, "try(…)", "`try` needs an argument"));
        }
        match branches.as_slice() {
            [(guard, only)] if guard.is_always() => only.clone(),
            _ => Value::choice(branches, span),
        }
    }

    fn can(&self, arguments: &[Expr], scope: Scope<'_>, span: Span) -> Value {
        let [argument] = arguments else { return self.error(span, "can(…)", "`can` takes one argument") };
        let (value, failed) = self.probe(argument, scope);
        let answer = |b: bool| Value::new(Kind::Bool(b), span);
        if failed {
            return answer(false);
        }
        match &value.kind {
            Kind::Choice(_) => Value::choice(value.alternatives().into_iter().map(|(g, v)| (g, answer(!is_error(&v)))).collect(), span),
            // Whether `tonumber(var.x)` succeeds depends on the value; an access to a part of it does as well.
            Kind::Unknown(_) => functions::derived("can", std::slice::from_ref(&value), span),
            _ => answer(true),
        }
    }

    fn probe(&self, argument: &Expr, scope: Scope<'_>) -> (Value, bool) {
        self.trying.set(self.trying.get() + 1);
        let result = self.attempt(|| self.eval(argument, scope));
        self.trying.set(self.trying.get() - 1);
        result
    }

    fn template_file(&self, arguments: &[Expr], scope: Scope<'_>, span: Span) -> Value {
        let [path, variables] = arguments else { return self.error(span, "templatefile(…)", "`templatefile` takes a path and a map") };
        let (path, variables) = (self.eval(path, scope), self.eval(variables, scope));
        let Some(name) = path.as_str() else {
            return functions::derived("templatefile", &[path, variables], span);
        };
        let full = super::module_source::normalise(&self.root.join(name));
        let file = match self.workspace.may_read(&full).then(|| self.workspace.sources.read(&full)) {
            Some(Ok(file)) => file,
            _ => {
                let message = format_smolstr!("the template file `{name}` cannot be read");
                return Value::unknown(
                    Unknown::identified(Reason::File, format_smolstr!("templatefile({name})"), "templatefile(…)", message, span),
                    span,
                );
            }
        };
        self.files.borrow_mut().push(file);
        self.note_file(file);
        let template = self.workspace.terraform_templates.get_or_make(file, || {
            let text = self.workspace.sources.file(file).text.clone();
            Arc::new(hcl::parse_template(&text, Span::new(file, 0..text.len()), false))
        });
        match &*template {
            Ok(template) => self.render(template, &variables, scope, span),
            Err(error) => {
                self.problem(error.span, error.message.clone());
                self.error(span, "templatefile(…)", format_smolstr!("`{name}`: {}", error.message))
            }
        }
    }

    fn template_string(&self, arguments: &[Expr], scope: Scope<'_>, span: Span) -> Value {
        let [text, variables] = arguments else {
            return self.error(span, "templatestring(…)", "`templatestring` takes a text and a map");
        };
        let (text, variables) = (self.eval(text, scope), self.eval(variables, scope));
        let Some(known) = text.as_str() else {
            return functions::derived("templatestring", &[text, variables], span);
        };
        match hcl::parse_template(known, span, true) {
            Ok(template) => self.render(&template, &variables, scope, span),
            Err(error) => self.error(span, "templatestring(…)", error.message),
        }
    }

    /// The values of a text like that of a `.tfvars` file, in which nothing can be referred to or called.
    fn decode_tfvars(&self, arguments: &[Expr], scope: Scope<'_>, span: Span) -> Value {
        const NAME: &str = "provider::terraform::decode_tfvars";
        let [text] = arguments else { return self.error(span, "decode_tfvars(…)", "`decode_tfvars` takes one argument") };
        let text = self.eval(text, scope);
        let Some(known) = text.as_str() else { return self.call_values(NAME, &[text], scope, span) };
        let body = match hcl::parse_body_at(known, span) {
            Ok(body) if body.blocks.is_empty() => body,
            Ok(_) => return self.error(span, "decode_tfvars(…)", "values of variables are attributes, not blocks"),
            Err(error) => return self.error(span, "decode_tfvars(…)", error.message),
        };
        let nothing = IndexMap::new();
        let scope = Scope { closed: Some(&nothing), bindings: None, ..scope };
        let mut entries = IndexMap::new();
        for attribute in &body.attributes {
            let mut calls = false;
            hcl::mentions(&attribute.value, &[], &mut |mention| calls |= matches!(mention, hcl::Mention::Call(..)));
            if calls {
                return self.error(span, "decode_tfvars(…)", "functions cannot be called here");
            }
            entries.insert(attribute.name.clone(), self.eval(&attribute.value, scope));
        }
        Value::map(MapShape::Object, entries, span)
    }

    /// A template with only these variables in scope.
    pub(super) fn render(&self, template: &Expr, variables: &Value, scope: Scope<'_>, span: Span) -> Value {
        if self.templates.get() >= MAX_TEMPLATES {
            return self.error(
                span,
                "templatefile(…)",
                format_smolstr!("template files include one another more than {MAX_TEMPLATES} deep"),
            );
        }
        let empty = IndexMap::<Str, Value>::new();
        let names = match &variables.kind {
            Kind::Map(map) => &map.entries,
            Kind::Null => &empty,
            _ => {
                let cause = unknown_of(variables);
                let unknown = Unknown::new(cause.reason, "templatefile(…)", cause.message.clone(), cause.span);
                return Value::unknown(unknown, span);
            }
        };
        self.templates.set(self.templates.get() + 1);
        let result = self.eval(template, Scope { closed: Some(names), bindings: None, ..scope });
        self.templates.set(self.templates.get() - 1);
        match result.to_text() {
            // What is nothing but one sequence keeps the type of its value.
            Some(text) if !matches!(template.kind, ExprKind::Wrapped(_)) => Value::new(Kind::Text(text), span),
            _ => result.at(span),
        }
    }
}

fn is_error(value: &Value) -> bool {
    matches!(&value.kind, Kind::Unknown(unknown) if unknown.reason == Reason::Error)
}
