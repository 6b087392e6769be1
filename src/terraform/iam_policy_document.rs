//! `data.aws_iam_policy_document`: the JSON that the provider makes of the blocks (provider documentation,
//! "Data Source: aws_iam_policy_document").

use std::sync::Arc;

use indexmap::IndexMap;

use super::evaluator::Evaluator;
use super::functions::{self, FunctionContext};
use super::instance::ResourceSlot;
use crate::source::Span;
use crate::value::{Kind, List, ListShape, MapShape, Part, Str, Text, Value};

impl Evaluator<'_> {
    /// The document, as JSON text. What is not known of it is a hole at its place.
    pub(super) fn iam_policy_document(&self, slot: &ResourceSlot) -> Value {
        let span = slot.decl.block.header;
        let get = |name: &str| self.configured(slot, name).filter(|v| !v.is_null());
        let mut statements = Statements::default();
        for source in ["source_json", "source_policy_documents"].into_iter().filter_map(get) {
            self.merge_documents(&source, &mut statements, Merge::Source, slot);
        }
        if let Some(own) = get("statement") {
            self.merge_own(&own, &mut statements);
        }
        for over in ["override_policy_documents", "override_json"].into_iter().filter_map(get) {
            self.merge_documents(&over, &mut statements, Merge::Override, slot);
        }
        let mut document = IndexMap::new();
        document.insert(Str::from("Version"), get("version").unwrap_or(Value::string("2012-10-17", span)));
        if let Some(id) = get("policy_id") {
            document.insert("Id".into(), id);
        }
        document.insert("Statement".into(), Value::list(ListShape::Tuple, statements.list, span));
        self.encode(&Value::map(MapShape::Object, document, span), slot, span)
    }

    fn encode(&self, document: &Value, slot: &ResourceSlot, span: Span) -> Value {
        if !self.afford("jsonencode", std::slice::from_ref(document)) {
            return self.too_deep(span);
        }
        let context = FunctionContext { workspace: self.workspace, root_dir: &self.root, span };
        match functions::call("jsonencode", std::slice::from_ref(document), &context) {
            Ok(text) => {
                self.made(&text);
                text
            }
            Err(message) => self.error(span, slot.address.clone(), message),
        }
    }

    fn merge_own(&self, blocks: &Value, into: &mut Statements) {
        match &blocks.kind {
            Kind::List(list) => {
                for block in &list.items {
                    into.add(statement(block), Merge::Own);
                }
                if let Some(open) = &list.open {
                    into.list.push(Value::unknown(open.clone(), blocks.span));
                }
            }
            // Blocks that exist in some undecided cases only.
            _ => into.list.push(super::expr::map_choice(blocks, blocks.span, |case| match &case.kind {
                Kind::List(list) => Value::list(ListShape::Tuple, list.items.iter().map(statement).collect(), case.span),
                _ => case.clone(),
            })),
        }
    }

    fn merge_documents(&self, documents: &Value, into: &mut Statements, merge: Merge, slot: &ResourceSlot) {
        match &documents.kind {
            Kind::List(list) => {
                list.items.iter().for_each(|document| self.merge_document(document, into, merge, slot));
                if let Some(open) = &list.open {
                    into.list.push(Value::unknown(open.clone(), documents.span));
                }
            }
            _ => self.merge_document(documents, into, merge, slot),
        }
    }

    fn merge_document(&self, document: &Value, into: &mut Statements, merge: Merge, slot: &ResourceSlot) {
        if document.is_null() || document.as_str().is_some_and(str::is_empty) {
            return;
        }
        let context = FunctionContext { workspace: self.workspace, root_dir: &self.root, span: document.span };
        let decoded = match &document.made_of {
            Some(structure) => Ok(structure.as_ref().clone()),
            None => functions::call("jsondecode", std::slice::from_ref(document), &context),
        };
        match decoded.as_ref().ok().and_then(|d| d.get("Statement")).map(|s| (&s.kind, s)) {
            _ if self.budget.is_spent() => into.list.push(self.too_deep(document.span)),
            Some((Kind::List(list), _)) => {
                self.budget.make(list.items.len(), 0);
                list.items.iter().for_each(|s| into.add(s.clone(), merge));
            }
            Some((Kind::Map(_), statement)) => into.add(statement.clone(), merge),
            _ => into.list.push(match decoded {
                Ok(unknown) if unknown.first_unknown().is_some() => unknown,
                _ => self.error(document.span, slot.address.clone(), "a policy document that is to be merged is not JSON with statements"),
            }),
        }
    }
}

/// Where a statement comes from.
#[derive(Clone, Copy, PartialEq)]
enum Merge {
    Source,
    Own,
    Override,
}

/// The statements so far.
#[derive(Default)]
struct Statements {
    list: Vec<Value>,
}

impl Statements {
    /// A statement with the `Sid` of one that is there takes its place; one without is always added.
    fn add(&mut self, statement: Value, merge: Merge) {
        let sid = |s: &Value| s.get("Sid").and_then(Value::as_str).filter(|s| !s.is_empty()).map(str::to_owned);
        let own = sid(&statement).filter(|_| merge != Merge::Source);
        match own.and_then(|own| self.list.iter().position(|s| sid(s).as_ref() == Some(&own))) {
            Some(at) => self.list[at] = statement,
            None => self.list.push(statement),
        }
    }
}

/// One `statement` block as it stands in JSON.
fn statement(block: &Value) -> Value {
    let span = block.span;
    let Kind::Map(attributes) = &block.kind else { return block.clone() };
    let mut out: IndexMap<Str, Value> = IndexMap::new();
    let get = |name: &str| attributes.entries.get(name).filter(|v| !v.is_null());
    if let Some(sid) = get("sid").filter(|s| s.as_str() != Some("")) {
        out.insert("Sid".into(), sid.clone());
    }
    out.insert("Effect".into(), get("effect").cloned().unwrap_or(Value::string("Allow", span)));
    for (from, to) in [("actions", "Action"), ("not_actions", "NotAction"), ("resources", "Resource"), ("not_resources", "NotResource")] {
        if let Some(list) = get(from).filter(|v| !is_empty_list(v)) {
            out.insert(to.into(), one_or_many(&policy_variables(list)));
        }
    }
    for (from, to) in [("principals", "Principal"), ("not_principals", "NotPrincipal")] {
        if let Some(principals) = get(from).filter(|v| !is_empty_list(v)) {
            out.insert(to.into(), self::principals(principals));
        }
    }
    if let Some(conditions) = get("condition").filter(|v| !is_empty_list(v)) {
        out.insert("Condition".into(), self::conditions(conditions));
    }
    Value::map(MapShape::Object, out, span)
}

fn is_empty_list(value: &Value) -> bool {
    value.as_list().is_some_and(|l| l.items.is_empty() && l.open.is_none())
}

/// A list of one is written as its element.
fn one_or_many(value: &Value) -> Value {
    match value.as_list() {
        Some(List { items, open: None, .. }) if items.len() == 1 => items[0].clone(),
        _ => value.clone(),
    }
}

/// The strings of an argument as they stand in the document: `&{aws:username}` there is `${aws:username}`, which Terraform
/// would take for its own. The elements are strings by the provider's schema, whatever is known of them.
fn policy_variables(value: &Value) -> Value {
    let kind = match &value.kind {
        Kind::Text(text) => Kind::Text(Text::from_parts(text.parts().into_iter().map(|part| match part {
            Part::Literal(literal) => Part::Literal(literal.replace("&{", "${").into()),
            other => other,
        }))),
        Kind::List(list) => Kind::List(Arc::new(List { items: list.items.iter().map(element).collect(), ..(**list).clone() })),
        Kind::Choice(branches) => Kind::Choice(branches.iter().map(|(g, v)| (g.clone(), policy_variables(v))).collect()),
        other => other.clone(),
    };
    Value::new(kind, value.span)
}

fn element(value: &Value) -> Value {
    match (&value.kind, value.to_text()) {
        (Kind::Attr(_) | Kind::Unknown(_), Some(text)) => Value::new(Kind::Text(text), value.span),
        _ => policy_variables(value),
    }
}

fn principals(blocks: &Value) -> Value {
    let Some(list) = blocks.as_list().filter(|l| l.open.is_none()) else { return blocks.clone() };
    let mut out: IndexMap<Str, Value> = IndexMap::new();
    for block in &list.items {
        let (Some(kind), Some(identifiers)) = (block.get("type").and_then(Value::as_str), block.get("identifiers")) else {
            return blocks.clone();
        };
        let identifiers = one_or_many(&policy_variables(identifiers));
        if kind == "*" && identifiers.as_str() == Some("*") && list.items.len() == 1 {
            return identifiers;
        }
        add_values(&mut out, kind, identifiers);
    }
    Value::map(MapShape::Object, out, blocks.span)
}

fn conditions(blocks: &Value) -> Value {
    let Some(list) = blocks.as_list().filter(|l| l.open.is_none()) else { return blocks.clone() };
    let mut tests: IndexMap<Str, IndexMap<Str, Value>> = IndexMap::new();
    for block in &list.items {
        let text = |name: &str| block.get(name).and_then(Value::as_str);
        let (Some(test), Some(variable), Some(values)) = (text("test"), text("variable"), block.get("values")) else {
            return blocks.clone();
        };
        add_values(tests.entry(test.into()).or_default(), variable, one_or_many(&policy_variables(values)));
    }
    let tests = tests.into_iter().map(|(test, variables)| (test, Value::map(MapShape::Object, variables, blocks.span)));
    Value::map(MapShape::Object, tests.collect(), blocks.span)
}

/// Several blocks with the same key: their values are joined.
fn add_values(into: &mut IndexMap<Str, Value>, key: &str, values: Value) {
    let items = |value: &Value| value.as_list().filter(|l| l.open.is_none()).map_or_else(|| vec![value.clone()], |l| l.items.clone());
    match into.get_mut(key) {
        Some(known) => {
            let all = items(known).into_iter().chain(items(&values)).collect();
            *known = Value::list(ListShape::Tuple, all, known.span);
        }
        None => drop(into.insert(key.into(), values)),
    }
}
