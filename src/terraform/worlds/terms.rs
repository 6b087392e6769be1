//! The environments that the code of a root module speaks of itself: the values that `validation` allows a variable, those that conditions
//! compare a variable or `terraform.workspace` with, and the keys of maps that are looked up by one.

use std::collections::HashMap;

use indexmap::IndexMap;

use crate::source::Span;
use crate::syntax::hcl::ast::{BinaryOperator, Block, Body, Expr, ExprKind, Step};
use crate::terraform::module_source::ModuleSource;
use crate::terraform::secrecy::is_sensitive;
use crate::value::{Kind, Str, Value};
use crate::world::{Varied, turns_off};

/// The name of the workspace among the terms.
pub(in crate::terraform) const WORKSPACE: &str = "terraform.workspace";

/// What the workspace is called where it is none of those that the code speaks of.
const OTHER: &str = "any other";

/// Expressions nested deeper are not walked.
const MAX_DEPTH: usize = 100;

/// How many local values are followed from one to the next.
const MAX_LOCALS: usize = 8;

/// The keys of a map, with their places.
pub(super) type Keys = Vec<(Str, Span)>;

/// The keys of a variable that is a map, where files give them.
type KeysOf<'a> = &'a dyn Fn(&str) -> Option<Keys>;

/// The texts that a term is compared with or looked up by.
#[derive(Default)]
struct Term {
    values: IndexMap<Str, Span>,
    /// Any other value is refused.
    whole: bool,
}

/// What a root module hangs on. `given` tells whether the value of a variable or of the workspace is given; `map` has the keys of a variable
/// that is a map, where files give them.
pub(super) fn of(source: &ModuleSource, given: &dyn Fn(&str) -> bool, map: KeysOf<'_>) -> Vec<Varied> {
    let mut found = Found { source, map, terms: IndexMap::new() };
    for resource in source.resources.values() {
        found.body(&resource.block.body);
    }
    source.calls.values().for_each(|call| found.body(&call.body));
    source.providers.values().for_each(|provider| found.body(&provider.body));
    source.locals.values().for_each(|local| found.walk(local, true, 0));
    for (name, block) in &source.variables {
        let conditions = block.body.blocks("validation").filter_map(|validation| validation.body.attribute("condition"));
        conditions.for_each(|condition| found.allowed(name, condition));
    }
    let terms = std::mem::take(&mut found.terms);
    let mut out: Vec<Varied> = Vec::new();
    for (name, term) in terms.into_iter().filter(|(name, _)| !given(name)) {
        out.extend(match name.strip_prefix("var.") {
            Some(variable) => source.variables.get(variable).and_then(|block| variable_term(variable, block, &term)),
            None => workspace_term(term),
        });
    }
    out
}

/// The workspaces that the code speaks of, and any other, where it does not fail in one.
fn workspace_term(term: Term) -> Option<Varied> {
    let known = term.values.into_iter().map(|(text, span)| (text.clone(), Some(Value::string(text, span))));
    let other = (!term.whole).then(|| (OTHER.into(), None));
    let values: Vec<(Str, Option<Value>)> = known.chain(other).collect();
    (values.len() > 1).then(|| Varied { name: WORKSPACE.into(), values, has_default: false, told: false })
}

/// The values of a variable: of one without a default only where these are all that it may have.
fn variable_term(name: &str, block: &Block, term: &Term) -> Option<Varied> {
    let default = block.body.attribute("default");
    let text = default.and_then(literal);
    let usable = match default {
        Some(_) => text.is_some(),
        None => term.whole,
    };
    if is_sensitive(block) || !usable || !is_text(block, text.as_ref()) {
        return None;
    }
    // Where there is no type, the value has that of the default.
    let is_bool = block.body.attribute("type").is_none() && default.is_some_and(|expr| matches!(expr.kind, ExprKind::Bool(_)));
    let value = |text: &Str, span: Span| match text.as_str() {
        "true" | "false" if is_bool => Value::new(Kind::Bool(text == "true"), span),
        _ => Value::string(text.clone(), span),
    };
    // A switch that is on stays on: who turns off what a module grants has it elsewhere.
    let others = term.values.iter().filter(|(other, _)| text.as_ref().is_none_or(|text| *other != text && !turns_off(text, other)));
    let others = others.map(|(other, span)| (other.clone(), Some(value(other, *span))));
    let has_default = text.is_some();
    let values: Vec<(Str, Option<Value>)> = text.clone().map(|text| (text, None)).into_iter().chain(others).collect();
    (values.len() > 1).then(|| Varied { name: name.into(), values, has_default, told: false })
}

/// Whether a variable is a text, a number or a switch: by its type, or by its default.
fn is_text(block: &Block, default: Option<&Str>) -> bool {
    match block.body.attribute("type").map(|expr| &expr.kind) {
        Some(ExprKind::Name(name) | ExprKind::String(name)) => matches!(name.as_str(), "string" | "bool" | "number"),
        Some(_) => false,
        None => default.is_some(),
    }
}

struct Found<'a> {
    source: &'a ModuleSource,
    map: KeysOf<'a>,
    terms: IndexMap<Str, Term>,
}

impl Found<'_> {
    fn body(&mut self, body: &Body) {
        body.attributes.iter().for_each(|attribute| self.walk(&attribute.value, true, 0));
        body.blocks.iter().for_each(|block| self.body(&block.body));
    }

    /// Walks an expression; `sure` where it is evaluated whatever else holds.
    fn walk(&mut self, expr: &Expr, sure: bool, depth: usize) {
        if depth > MAX_DEPTH {
            return;
        }
        let inner = match &expr.kind {
            ExprKind::Binary(BinaryOperator::Equal | BinaryOperator::NotEqual, two) => {
                self.compare(&two[0], &two[1]);
                self.compare(&two[1], &two[0]);
                sure
            }
            ExprKind::Binary(BinaryOperator::And | BinaryOperator::Or, two) => {
                two.iter().for_each(|operand| self.switch(operand));
                sure
            }
            ExprKind::Conditional(three) => {
                self.switch(&three[0]);
                self.walk(&three[0], sure, depth + 1);
                three[1..].iter().for_each(|branch| self.walk(branch, false, depth + 1));
                return;
            }
            ExprKind::For(_) => false,
            ExprKind::Call(name, arguments, _) => {
                match (name.as_str(), arguments.as_slice()) {
                    ("contains", [list, value]) => self.contains(list, value),
                    ("lookup", [map, key, ..]) => self.look_up(map, key, false),
                    _ => {}
                }
                sure && !matches!(name.as_str(), "try" | "can")
            }
            ExprKind::Traversal(base, steps) => {
                if let [.., Step::Index(key)] | [.., Step::Index(key), Step::Attr(_)] = steps.as_slice() {
                    let before = steps.iter().position(|step| matches!(step, Step::Index(index) if std::ptr::eq(index, key)));
                    self.look_up_in(base, &steps[..before.unwrap_or_default()], key, sure);
                }
                sure
            }
            _ => sure,
        };
        expr.children().into_iter().for_each(|child| self.walk(child, inner, depth + 1));
    }

    /// A variable or the workspace compared with a literal.
    fn compare(&mut self, term: &Expr, with: &Expr) {
        if let (Some(name), Some(text)) = (self.term(term, 0), literal(with)) {
            // Whether something is given at all is no environment.
            if !text.is_empty() {
                self.note(name, [(text, with.span)]);
            }
        }
    }

    /// A variable that decides by itself: one of `true` and `false`.
    fn switch(&mut self, condition: &Expr) {
        let (ExprKind::Wrapped(inner) | ExprKind::Unary(_, inner)) = &condition.kind else {
            if let Some(name) = self.term(condition, 0) {
                let texts = ["true", "false"].map(|text| (Str::from(text), condition.span));
                self.note(name, texts);
            }
            return;
        };
        self.switch(inner);
    }

    /// `contains(["dev", "prod"], var.x)`, `contains(keys(local.m), var.x)`.
    fn contains(&mut self, list: &Expr, value: &Expr) {
        let Some(name) = self.term(value, 0) else { return };
        match &list.kind {
            ExprKind::Call(function, arguments, _) if function == "keys" => {
                if let Some(map) = arguments.first() {
                    self.look_up(map, value, false);
                }
            }
            _ => {
                if let Some(texts) = self.texts(list, 0) {
                    self.note(name, texts);
                }
            }
        }
    }

    fn look_up(&mut self, map: &Expr, key: &Expr, sure: bool) {
        match &map.kind {
            ExprKind::Traversal(base, steps) => self.look_up_in(base, steps, key, sure),
            _ => self.look_up_in(map, &[], key, sure),
        }
    }

    /// A look-up in `local.m`, `var.m` or a map that is written there. Without a default, any other key fails.
    fn look_up_in(&mut self, base: &Expr, steps: &[Step], key: &Expr, sure: bool) {
        let Some(name) = self.term(key, 0) else { return };
        let Some(keys) = self.keys(base, steps, 0) else { return };
        let first = self.terms.get(&name).is_none_or(|term| !term.whole);
        if sure && first {
            let term = self.terms.entry(name.clone()).or_default();
            term.whole = true;
        }
        self.note(name, keys);
    }

    /// What `validation` allows a variable.
    fn allowed(&mut self, variable: &str, condition: &Expr) {
        let ExprKind::Call(function, arguments, _) = &condition.kind else { return };
        let ("contains", [list, value]) = (function.as_str(), arguments.as_slice()) else { return };
        let own = format!("var.{variable}");
        if self.term(value, 0).is_none_or(|name| name != own) {
            return;
        }
        if let Some(texts) = self.texts(list, 0) {
            let term = self.terms.entry(own.into()).or_default();
            // What it is compared with besides cannot be.
            term.values = texts.into_iter().collect();
            term.whole = true;
        }
    }

    fn note(&mut self, name: Str, texts: impl IntoIterator<Item = (Str, Span)>) {
        let term = self.terms.entry(name).or_default();
        for (text, span) in texts {
            term.values.entry(text).or_insert(span);
        }
    }

    /// `var.x` or `terraform.workspace`, also by way of local values.
    fn term(&self, expr: &Expr, depth: usize) -> Option<Str> {
        if let ExprKind::Wrapped(inner) = &expr.kind {
            return self.term(inner, depth);
        }
        let names = expr.as_dotted()?;
        match names.iter().map(Str::as_str).collect::<Vec<_>>().as_slice() {
            ["terraform", "workspace"] => Some(WORKSPACE.into()),
            ["var", name] if self.source.variables.contains_key(*name) => Some(format!("var.{name}").into()),
            ["local", name] if depth < MAX_LOCALS => self.term(self.source.locals.get(*name)?, depth + 1),
            _ => None,
        }
    }

    /// The keys of a map that is written in the module.
    fn keys(&self, base: &Expr, steps: &[Step], depth: usize) -> Option<Keys> {
        if depth > MAX_LOCALS {
            return None;
        }
        match (&base.kind, steps) {
            (ExprKind::Wrapped(inner), _) => self.keys(inner, steps, depth + 1),
            (ExprKind::Object(items), []) => items.iter().map(|item| Some((literal(&item.key)?, item.key.span))).collect(),
            (ExprKind::Name(scope), [Step::Attr(name)]) if scope == "local" => {
                let local = self.source.locals.get(name)?;
                match &local.kind {
                    ExprKind::Traversal(base, steps) => self.keys(base, steps, depth + 1),
                    _ => self.keys(local, &[], depth + 1),
                }
            }
            (ExprKind::Name(scope), [Step::Attr(name)]) if scope == "var" => match (self.map)(name) {
                Some(keys) => Some(keys),
                None => self.keys(self.source.variables.get(name)?.body.attribute("default")?, &[], depth + 1),
            },
            _ => None,
        }
    }

    fn texts(&self, list: &Expr, depth: usize) -> Option<Keys> {
        match &list.kind {
            ExprKind::Wrapped(inner) => self.texts(inner, depth),
            ExprKind::List(items) => items.iter().map(|item| Some((literal(item)?, item.span))).collect(),
            ExprKind::Call(name, arguments, _) if matches!(name.as_str(), "toset" | "tolist") => self.texts(arguments.first()?, depth),
            ExprKind::Traversal(..) if depth < MAX_LOCALS => match list.as_dotted()?.as_slice() {
                [scope, name] if scope == "local" => self.texts(self.source.locals.get(name)?, depth + 1),
                _ => None,
            },
            _ => None,
        }
    }
}

/// The text of a literal, as Terraform converts it.
fn literal(expr: &Expr) -> Option<Str> {
    match &expr.kind {
        ExprKind::String(text) => Some(text.clone()),
        ExprKind::Bool(value) => Some(if *value { "true" } else { "false" }.into()),
        ExprKind::Wrapped(inner) => literal(inner),
        _ => None,
    }
}

/// The keys of each map in files of values, by the variable.
pub(super) fn maps(body: &Body) -> HashMap<Str, Keys> {
    let keys = |expr: &Expr| match &expr.kind {
        ExprKind::Object(items) => items.iter().map(|item| Some((literal(&item.key)?, item.key.span))).collect(),
        _ => None,
    };
    body.attributes.iter().filter_map(|attribute| Some((attribute.name.clone(), keys(&attribute.value)?))).collect()
}
