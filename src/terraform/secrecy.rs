//! Which values are not to be shown: sensitive and ephemeral variables and outputs, what `sensitive` marks, the text of files, and all
//! that is made of these. Terraform marks values likewise, so that a mark goes wherever the value goes ("Manage sensitive data in your
//! configuration", Terraform documentation).

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::sync::Arc;

use super::evaluator::Evaluator;
use super::module_source::ModuleSource;
use crate::secrets::{Secrets, each_leaf, hidden_in, map_leaves, mark};
use crate::source::{FileId, Span};
use crate::syntax::hcl::ast::{Block, Expr, ExprKind};
use crate::syntax::node::SyntaxError;
use crate::value::{Hidden, Kind, Value};

/// Functions that give back what they are given, or choose from it: each part keeps its own mark.
const CHOOSING: [&str; 29] = [
    "chunklist",
    "coalesce",
    "coalescelist",
    "compact",
    "concat",
    "distinct",
    "element",
    "ephemeralasnull",
    "flatten",
    "keys",
    "lookup",
    "matchkeys",
    "merge",
    "one",
    "reverse",
    "setintersection",
    "setproduct",
    "setsubtract",
    "setunion",
    "slice",
    "sort",
    "tolist",
    "tomap",
    "toset",
    "transpose",
    "try",
    "values",
    "zipmap",
    "can",
];

/// Functions that read data out of a file: what it sets is a setting like any other.
const DECODING: [&str; 4] = ["csvdecode", "jsondecode", "provider::terraform::decode_tfvars", "yamldecode"];

/// Functions that give the text of a file.
const READING: [&str; 3] = ["file", "filebase64", "templatefile"];

/// Collections with more parts than this are looked through once.
const REMEMBERED: usize = 16;

/// What one unit's evaluation knows of secrets.
#[derive(Default)]
pub(super) struct Secrecy {
    known: RefCell<Secrets>,
    /// Whether anything is hidden: as long as nothing is, nothing is looked through.
    any: Cell<bool>,
    /// The most hidden thing that the expression being evaluated has come upon.
    met: Cell<Hidden>,
    /// How hidden large collections are, by their address; each is kept, so that the address stays its own.
    collections: RefCell<HashMap<usize, (Kind, Hidden)>>,
}

impl Secrecy {
    /// Everything that was met.
    pub fn take(&self) -> Secrets {
        self.known.take()
    }

    /// Runs something whose own secrets are no concern of the expression that asks for it.
    pub fn apart<T>(&self, run: impl FnOnce() -> T) -> T {
        let outer = self.met.get();
        let result = run();
        self.met.set(outer);
        result
    }

    fn hidden_in(&self, value: &Value) -> Hidden {
        let (address, size) = match &value.kind {
            Kind::List(list) => (Arc::as_ptr(list).addr(), list.items.len()),
            Kind::Map(map) => (Arc::as_ptr(map).addr(), map.entries.len()),
            _ => return hidden_in(value),
        };
        if size <= REMEMBERED {
            return hidden_in(value);
        }
        if let Some((_, hidden)) = self.collections.borrow().get(&address) {
            return *hidden;
        }
        let hidden = hidden_in(value);
        self.collections.borrow_mut().insert(address, (value.kind.clone(), hidden));
        hidden
    }

    fn mark(&self, value: &Value, hidden: Hidden) -> Value {
        self.any.set(true);
        mark(value, hidden)
    }
}

impl Evaluator<'_> {
    /// Evaluates an expression, and marks what it makes of something hidden.
    pub(super) fn with_secrecy(&self, expr: &Expr, eval: impl FnOnce() -> Value) -> Value {
        let outer = self.secrecy.met.replace(Hidden::No);
        let value = self.marked(expr, eval());
        let met = self.secrecy.met.get();
        self.secrecy.met.set(outer.max(met));
        value
    }

    fn marked(&self, expr: &Expr, value: Value) -> Value {
        let met = self.secrecy.met.get();
        let ExprKind::Call(name, ..) = &expr.kind else {
            let makes = matches!(expr.kind, ExprKind::Template(_) | ExprKind::Unary(..) | ExprKind::Binary(..));
            return if makes { self.derived_from(met, value) } else { self.passed_on(value) };
        };
        let name = name.strip_prefix("core::").unwrap_or(name);
        match name {
            "sensitive" => {
                self.secrecy.met.set(Hidden::Secret);
                self.secret(&value)
            }
            "nonsensitive" => {
                self.secrecy.met.set(Hidden::No);
                self.secrecy.known.borrow_mut().lift(&value);
                if met == Hidden::No { value } else { map_leaves(&value, &mut |leaf| Value { hidden: Hidden::No, ..leaf.clone() }) }
            }
            "issensitive" if met == Hidden::Secret => {
                self.secrecy.met.set(Hidden::No);
                Value::new(Kind::Bool(true), value.span)
            }
            _ if READING.contains(&name) => self.derived_from(met.max(Hidden::File), value),
            _ if met == Hidden::File && DECODING.contains(&name) => {
                self.secrecy.met.set(Hidden::No);
                value
            }
            _ if CHOOSING.contains(&name) => self.passed_on(value),
            _ => self.derived_from(met, value),
        }
    }

    /// What is made of something hidden is hidden as a whole.
    fn derived_from(&self, met: Hidden, value: Value) -> Value {
        self.secrecy.met.set(met);
        if met == Hidden::No {
            return value;
        }
        self.secrecy.known.borrow_mut().add_whole(&value);
        self.secrecy.mark(&value, met)
    }

    /// A value that was there before: its parts have their marks.
    fn passed_on(&self, value: Value) -> Value {
        self.secrecy.met.set(if self.secrecy.any.get() { self.secrecy.hidden_in(&value) } else { Hidden::No });
        value
    }

    /// A value that the source calls sensitive.
    pub(super) fn secret(&self, value: &Value) -> Value {
        let mut known = self.secrecy.known.borrow_mut();
        known.add(value);
        known.add_spans(value, |span| self.is_literal(span));
        self.secrecy.mark(value, Hidden::Secret)
    }

    /// The value of a variable or output, which may be sensitive. What a type has made of something hidden is hidden still.
    pub(super) fn guarded(&self, block: &Block, value: Value) -> Value {
        if is_sensitive(block) {
            return self.secret(&value);
        }
        if !self.secrecy.any.get() {
            return value;
        }
        let known = self.secrecy.known.borrow();
        let is_known = |leaf: &Value| leaf.to_text().as_ref().and_then(|text| text.as_known()).is_some_and(|text| known.holds(text));
        let mut lost = false;
        each_leaf(&value, &mut |leaf| lost |= leaf.hidden == Hidden::No && is_known(leaf));
        let again = |leaf: &Value| if is_known(leaf) { Value { hidden: Hidden::Secret, ..leaf.clone() } } else { leaf.clone() };
        if lost { map_leaves(&value, &mut { again }) } else { value }
    }

    /// Notes the defaults of sensitive variables, also where nothing asks for them: an excerpt may show their line.
    pub(super) fn note_defaults(&self, source: &ModuleSource) {
        for default in source.variables.values().filter(|block| is_sensitive(block)).filter_map(|block| block.body.attribute("default")) {
            self.secrecy.known.borrow_mut().add_span(default.span);
            if let Some(text) = default.as_str() {
                self.secrecy.known.borrow_mut().add(&Value::string(text, default.span));
            }
        }
    }

    /// Notes a file that a function reads: no excerpt shows its lines.
    pub(super) fn note_file(&self, file: FileId) {
        let end = self.workspace.sources.file(file).text.len();
        self.secrecy.known.borrow_mut().add_span(Span::new(file, 0..end));
    }

    /// Notes a value that a file, or whoever runs the scan, gives to a variable of the root module.
    pub(super) fn note_input(&self, source: &ModuleSource, name: &str, value: &Value, written: Span) {
        if source.variables.get(name).is_some_and(is_sensitive) {
            let mut known = self.secrecy.known.borrow_mut();
            known.add(value);
            known.add_span(written);
        }
    }

    /// What a file of values has wrong may be a secret: such lines are not shown where there are sensitive variables.
    pub(super) fn note_broken(&self, source: &ModuleSource, errors: &[SyntaxError]) {
        if !source.variables.values().any(is_sensitive) {
            return;
        }
        for span in errors.iter().map(|error| error.span).filter(|span| !span.is_none()) {
            self.secrecy.known.borrow_mut().add_lines(&self.workspace.sources, span);
        }
    }

    /// Whether a value is written out at a place: a reference is a name, and may be shown.
    fn is_literal(&self, span: Span) -> bool {
        let text = self.workspace.sources.text(span);
        let quoted = text.starts_with(['"', '<']) && !text.contains("${");
        quoted || text.starts_with(|c: char| c.is_ascii_digit() || c == '-') || matches!(text.as_str(), "true" | "false")
    }
}

/// Whether a variable or output is sensitive, or ephemeral: Terraform shows neither.
pub(super) fn is_sensitive(block: &Block) -> bool {
    let says = |name: &str| block.body.attribute(name).is_some_and(|expr| !matches!(expr.kind, ExprKind::Bool(false) | ExprKind::Null));
    says("sensitive") || says("ephemeral")
}
