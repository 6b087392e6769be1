//! How many instances a block has: `count` and `for_each`.

use std::collections::HashMap;
use std::sync::Arc;

use super::evaluator::Evaluator;
use super::identity;
use super::instance::{InstanceKey, Scope, index_key};
use crate::syntax::hcl::ast::Body;
use crate::value::{Guard, Kind, ListShape, Reason, Str, Unknown, Value, format_smolstr};

/// More instances than this of one block are not followed one by one.
const MAX_INSTANCES: usize = 5_000;

/// How a block repeats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Neither `count` nor `for_each`.
    Single,
    /// `count`.
    List,
    /// `for_each`.
    Map,
}

/// One instance before anything is made of it.
#[derive(Debug)]
pub struct Planned {
    /// Its key.
    pub key: InstanceKey,
    /// Under which conditions it exists.
    pub presence: Guard,
    /// Set where it stands for all instances of an unknown collection.
    pub symbolic: Option<Str>,
}

/// The instances of a block.
#[derive(Debug)]
pub struct Expansion<T> {
    /// How the block repeats.
    pub shape: Shape,
    /// What was made of each instance, with its key.
    pub members: Vec<(InstanceKey, T)>,
    /// The members that exist in each undecided case.
    pub alternatives: Vec<(Guard, Vec<usize>)>,
    /// The member that stands for all unknown ones.
    pub symbolic: Option<usize>,
    /// Why there may be more members.
    pub open: Option<Arc<Unknown>>,
    by_key: HashMap<Str, usize>,
}

impl<T> Expansion<T> {
    /// Members that are not made: nothing is known of them.
    pub fn left_out(why: Arc<Unknown>) -> Self {
        let (members, alternatives, by_key) = (Vec::new(), Vec::new(), HashMap::new());
        Expansion { shape: Shape::Single, members, alternatives, symbolic: None, open: Some(why), by_key }
    }

    /// The member of a key.
    pub fn get(&self, key: &str) -> Option<&T> {
        let index = self.by_key.get(key).copied().or(self.symbolic)?;
        self.members.get(index).map(|(_, member)| member)
    }
}

/// The plan of a block, before its members are made.
#[derive(Debug)]
pub struct Plan {
    /// How the block repeats.
    pub shape: Shape,
    /// The instances.
    pub instances: Vec<Planned>,
    alternatives: Vec<(Guard, Vec<usize>)>,
    symbolic: Option<usize>,
    open: Option<Arc<Unknown>>,
}

impl Plan {
    fn single() -> Self {
        let only = Planned { key: InstanceKey::Single, presence: Guard::always(), symbolic: None };
        Plan { shape: Shape::Single, instances: vec![only], alternatives: vec![(Guard::always(), vec![0])], symbolic: None, open: None }
    }

    /// Whether all instances are known, and exist in every case.
    pub fn is_certain(&self) -> bool {
        self.open.is_none() && self.alternatives.len() <= 1
    }

    /// Makes each member.
    pub fn expand<T>(self, mut make: impl FnMut(Planned) -> T) -> Expansion<T> {
        let by_key = self.instances.iter().enumerate().map(|(i, p)| (p.key.text(), i)).collect();
        let members = self.instances.into_iter().map(|planned| (planned.key.clone(), make(planned))).collect();
        Expansion { shape: self.shape, members, alternatives: self.alternatives, symbolic: self.symbolic, open: self.open, by_key }
    }
}

impl Evaluator<'_> {
    /// The instances of a block with that body.
    pub(super) fn plan(&self, body: &Body, scope: Scope<'_>) -> Plan {
        self.check_repetition(body, scope);
        if let Some(count) = body.attribute("count") {
            return self.plan_cases(Shape::List, self.eval(count, scope), count_keys);
        }
        if let Some(collection) = body.attribute("for_each") {
            return self.plan_cases(Shape::Map, self.eval(collection, scope), for_each_keys);
        }
        Plan::single()
    }

    /// The instances of a block by the keys that a plan of Terraform has. What is known of their values is kept.
    pub(super) fn plan_as_planned(&self, body: &Body, scope: Scope<'_>, keys: &[InstanceKey]) -> Plan {
        let own = self.plan(body, scope);
        let by_key: HashMap<Str, &Planned> = own.instances.iter().map(|planned| (planned.key.text(), planned)).collect();
        let any = own.symbolic.and_then(|at| own.instances.get(at));
        let shape = match keys.first() {
            None => own.shape,
            Some(InstanceKey::Single) => Shape::Single,
            Some(InstanceKey::Count(_)) => Shape::List,
            Some(InstanceKey::Each(..)) => Shape::Map,
        };
        let value = |key: &InstanceKey| match (by_key.get(&key.text()).copied().or(any).map(|planned| &planned.key), key) {
            (Some(InstanceKey::Each(_, value)), InstanceKey::Each(key, _)) => InstanceKey::Each(key.clone(), value.clone()),
            (_, key) => key.clone(),
        };
        let instances = keys.iter().map(|key| Planned { key: value(key), presence: Guard::always(), symbolic: None }).collect::<Vec<_>>();
        Plan { shape, alternatives: vec![(Guard::always(), (0..instances.len()).collect())], instances, symbolic: None, open: None }
    }

    fn plan_cases(&self, shape: Shape, value: Value, keys: fn(&Value) -> Keys) -> Plan {
        let mut plan = Plan { shape, instances: Vec::new(), alternatives: Vec::new(), symbolic: None, open: None };
        let mut index: HashMap<Str, usize> = HashMap::new();
        let mut cases: Vec<Vec<(Guard, Value)>> = Vec::new();
        for (guard, case) in value.alternatives() {
            let found = keys(&case);
            let mut present = Vec::new();
            for key in found.known {
                let key = match key {
                    InstanceKey::Each(key, value) => InstanceKey::Each(self.key_value(key), value),
                    other => other,
                };
                let at = *index.entry(key.text()).or_insert_with(|| {
                    plan.instances.push(Planned { key: key.clone(), presence: Guard::always(), symbolic: None });
                    cases.push(Vec::new());
                    plan.instances.len() - 1
                });
                if let InstanceKey::Each(_, value) = key {
                    cases[at].push((guard.clone(), value));
                }
                present.push(at);
            }
            if let Some(unknown) = found.open {
                let at = plan.symbolic.unwrap_or_else(|| {
                    plan.instances.push(self.symbolic(shape, &case, &unknown));
                    cases.push(Vec::new());
                    plan.instances.len() - 1
                });
                plan.symbolic = Some(at);
                plan.open = Some(unknown);
                present.push(at);
            }
            plan.alternatives.push((guard, present));
        }
        for (at, planned) in plan.instances.iter_mut().enumerate() {
            planned.presence = presence(&plan.alternatives, at);
            if let InstanceKey::Each(_, value) = &mut planned.key
                && cases[at].len() > 1
            {
                *value = Value::choice(std::mem::take(&mut cases[at]), value.span);
            }
        }
        plan
    }
}

/// The condition under which a member exists, given the members of each case.
fn presence(alternatives: &[(Guard, Vec<usize>)], member: usize) -> Guard {
    let (with, without): (Vec<_>, Vec<_>) = alternatives.iter().partition(|(_, members)| members.contains(&member));
    match (with.as_slice(), without.as_slice()) {
        (_, []) => Guard::always(),
        ([(only, _)], _) => only.clone(),
        (_, [(only, _)]) if only.terms().len() == 1 => Guard::when(only.terms()[0].0.clone(), !only.terms()[0].1),
        (with, _) => {
            let names: Vec<String> = with.iter().map(|(guard, _)| guard.to_string()).collect();
            Guard::when(names.join(" or "), true)
        }
    }
}

/// The keys of one case.
struct Keys {
    known: Vec<InstanceKey>,
    open: Option<Arc<Unknown>>,
}

impl Keys {
    fn none() -> Self {
        Keys { known: Vec::new(), open: None }
    }

    fn open(unknown: Arc<Unknown>) -> Self {
        Keys { known: Vec::new(), open: Some(unknown) }
    }
}

fn count_keys(count: &Value) -> Keys {
    if let Some(n) = count.as_i64() {
        let n = usize::try_from(n).unwrap_or(0);
        if n <= MAX_INSTANCES {
            return Keys { known: (0..n).map(|i| InstanceKey::Count(index_key(i))).collect(), open: None };
        }
        let message = format_smolstr!("{n} instances are more than the {MAX_INSTANCES} that are followed");
        return Keys::open(Unknown::identified(Reason::Limit, format_smolstr!("count {n}"), format_smolstr!("{n}"), message, count.span));
    }
    match &count.kind {
        Kind::Null => Keys::none(),
        _ => Keys::open(unknown_of(count)),
    }
}

fn for_each_keys(collection: &Value) -> Keys {
    match &collection.kind {
        Kind::Null => Keys::none(),
        Kind::Map(map) if map.entries.len() <= MAX_INSTANCES => {
            let known = map.entries.iter().map(|(k, v)| InstanceKey::Each(Value::string(k.clone(), v.span), v.clone())).collect();
            Keys { known, open: map.open.clone() }
        }
        Kind::List(list) if list.items.len() <= MAX_INSTANCES => {
            let known = list.items.iter().filter(|v| !v.is_null()).map(|v| InstanceKey::Each(as_key(v), v.clone())).collect();
            Keys { known, open: list.open.clone() }
        }
        Kind::Map(_) | Kind::List(_) => {
            let message = format_smolstr!("more than {MAX_INSTANCES} instances are not followed");
            Keys::open(Unknown::new(Reason::Limit, "(many instances)", message, collection.span))
        }
        _ => Keys::open(unknown_of(collection)),
    }
}

fn as_key(value: &Value) -> Value {
    match value.to_text() {
        Some(text) => Value::new(Kind::Text(text), value.span),
        None => value.clone(),
    }
}

/// The unknown that a value is or holds.
pub(super) fn unknown_of(value: &Value) -> Arc<Unknown> {
    match &value.kind {
        Kind::Unknown(unknown) => unknown.clone(),
        Kind::Attr(attr) => {
            let message = format_smolstr!("`{}` is known after the deploy", attr.shown);
            Unknown::identified(Reason::Computed, attr.shown.clone(), attr.shown.clone(), message, value.span)
        }
        _ => {
            let shown = format_smolstr!("{value}");
            let message = format_smolstr!("`{shown}` is not known");
            match identity::of(value) {
                Some(id) => Unknown::identified(Reason::Computed, id, shown, message, value.span),
                None => Unknown::new(Reason::Computed, shown, message, value.span),
            }
        }
    }
}

/// What stands for any element of a collection that is not known.
#[derive(Clone, Debug)]
pub(super) struct Element {
    /// Its key.
    pub key: Value,
    /// Its value.
    pub value: Value,
    /// The identity of the collection, for instances over it.
    pub collection: Str,
}

impl Evaluator<'_> {
    /// What stands for any element of an unknown collection: what is known of it, or unknowns that are named by the collection,
    /// so that two loops over one collection have equal keys and values.
    pub(super) fn element_of(&self, collection: &Value, unknown: &Arc<Unknown>) -> Element {
        let id = unknown.identity.clone();
        if let Some(known) = id.as_ref().and_then(|id| self.elements.borrow().get(id).cloned()) {
            return known;
        }
        let part = |name: &str| {
            let shown = Str::from(name);
            let kind = match &id {
                Some(id) => {
                    Unknown::identified(unknown.reason, format_smolstr!("{name}({id})"), shown, unknown.message.clone(), unknown.span)
                }
                None => Unknown::new(unknown.reason, shown, unknown.message.clone(), unknown.span),
            };
            Value::unknown(kind, collection.span)
        };
        let value = if is_set(collection, unknown) { part("each.key") } else { part("each.value") };
        let collection = id.clone().unwrap_or_else(|| format_smolstr!("{}@{}", unknown.shown, unknown.span.start));
        Element { key: part("each.key"), value, collection }
    }

    /// The one instance that stands for all of an unknown collection.
    fn symbolic(&self, shape: Shape, collection: &Value, unknown: &Arc<Unknown>) -> Planned {
        let element = self.element_of(collection, unknown);
        let key = match shape {
            Shape::List => InstanceKey::Count(element.key),
            _ => InstanceKey::Each(element.key, element.value),
        };
        Planned { key, presence: Guard::always(), symbolic: Some(element.collection) }
    }
}

fn is_set(collection: &Value, unknown: &Unknown) -> bool {
    match &collection.kind {
        Kind::List(list) => list.shape == ListShape::Set,
        _ => unknown.identity.as_ref().is_some_and(|id| id.starts_with("toset(")),
    }
}
