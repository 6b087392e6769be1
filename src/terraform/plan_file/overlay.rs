//! What the configuration says and what the plan knows, brought together: references stay references, so that they are found
//! again wherever they stand, and what the configuration leaves unknown is the plan's.

use std::sync::Arc;

use indexmap::IndexMap;

use super::super::evaluator::Evaluator;
use super::super::instance::ResourceSlot;
use super::facts::{PlannedInstance, is_true, plain};
use super::references::is_plain;
use crate::source::Span;
use crate::syntax::node::{Node, NodeKind, Style};
use crate::text::{Answer, same};
use crate::unit::Mode;
use crate::value::{AttrRef, Kind, List, ListShape, Map, MapShape, Part, Reason, Str, Text, Unknown, Value, format_smolstr};

/// Lists longer than this are compared item by item, not searched.
const MAX_SEARCHED: usize = 64;

/// A known text shorter than this may stand in another one by chance.
const MIN_BASE: usize = 4;

/// A value as the plan has it: what is known of it, what is not, and what must not be shown.
#[derive(Clone, Copy, Default)]
struct Facet<'a> {
    value: Option<&'a Node>,
    unknown: Option<&'a Node>,
    sensitive: [Option<&'a Node>; 2],
}

impl<'a> Facet<'a> {
    fn of(instance: &'a PlannedInstance) -> Self {
        let sensitive = instance.sensitive.each_ref().map(Option::as_ref);
        Facet { value: Some(&instance.values), unknown: instance.unknown.as_ref(), sensitive }
    }

    fn entry(self, key: &str) -> Self {
        self.below(|node| node.get(key))
    }

    fn item(self, at: usize) -> Self {
        self.below(|node| node.items()?.get(at))
    }

    fn below(self, get: impl Fn(&'a Node) -> Option<&'a Node>) -> Self {
        // What is sensitive as a whole is so in every part.
        let sensitive = self.sensitive.map(|tree| tree.and_then(|node| if is_true(node) { Some(node) } else { get(node) }));
        Facet { value: self.value.and_then(&get), unknown: self.unknown.and_then(&get), sensitive }
    }

    fn is_unknown(self) -> bool {
        self.unknown.is_some_and(is_true)
    }

    fn is_sensitive(self) -> bool {
        self.sensitive.into_iter().flatten().any(is_true)
    }

    /// Whether nothing is said of it, or that it is null.
    fn is_absent(self) -> bool {
        !self.is_unknown() && self.value.is_none_or(is_null) && self.unknown.is_none_or(|u| u.items().is_none() && u.entries().is_none())
    }

    /// How many items it has where it is a list: unknown ones are counted, too.
    fn items(self) -> Option<usize> {
        let count = |node: Option<&Node>| node.and_then(|n| Some(n.items()?.len()));
        count(self.value).max(count(self.unknown))
    }

    fn keys(self) -> Option<Vec<&'a str>> {
        let entries = self.value.and_then(Node::entries).or(self.unknown.and_then(Node::entries))?;
        let unknown = self.unknown.and_then(Node::entries).unwrap_or_default();
        let mut keys: Vec<&str> = entries.iter().chain(unknown).filter_map(|e| e.key.as_str()).collect();
        let mut seen = std::collections::HashSet::new();
        keys.retain(|key| seen.insert(*key));
        Some(keys)
    }
}

/// What a merge is about: for messages and identities.
struct Place<'a> {
    slot: &'a ResourceSlot,
    /// Attributes that the value may be made of.
    bases: Vec<(Str, Arc<AttrRef>)>,
}

impl Evaluator<'_> {
    /// An attribute of a resource, given what the configuration says of it.
    pub(in super::super) fn with_plan(&self, slot: &ResourceSlot, name: &str, own: Value) -> Value {
        let Some(instance) = self.planned_instance(slot) else { return own };
        let facet = Facet::of(&instance).entry(name);
        let computed = matches!(&own.kind, Kind::Attr(attr) if attr.resource == slot.id && attr.path == name);
        let place = self.place(slot, &own);
        match computed {
            // A reference to a resource is found again as such. What a data source answered is found by its value.
            true if slot.decl.mode == Mode::Managed || facet.is_unknown() || facet.is_absent() => own,
            true => self.planned(facet, &place, name, own.span),
            false => self.merged(&own, facet, &place, name, 0),
        }
    }

    /// The attributes that the plan has and the configuration does not show: what a data source answered, and what stands in
    /// `dynamic` blocks of files that are not there.
    pub(in super::super) fn planned_extras(&self, slot: &ResourceSlot, out: &mut IndexMap<Str, Value>) {
        let Some(instance) = self.planned_instance(slot) else { return };
        let from_plan = self.module(slot.module).source.from_plan;
        let all = slot.decl.mode == Mode::Data || from_plan && instance.created;
        for entry in instance.values.entries().unwrap_or_default() {
            let Some(name) = entry.key.as_str().filter(|name| !out.contains_key(*name)) else { continue };
            let facet = Facet::of(&instance).entry(name);
            let blocks = entry.value.items().is_some_and(|items| items.first().is_some_and(|item| item.entries().is_some()));
            if facet.is_absent() || !(all || from_plan && blocks) {
                continue;
            }
            let place = Place { slot, bases: Vec::new() };
            out.insert(name.into(), self.planned(facet, &place, name, slot.decl.block.header));
        }
    }

    fn planned_instance(&self, slot: &ResourceSlot) -> Option<PlannedInstance> {
        self.planned.as_ref()?.instance(&slot.address).cloned()
    }

    fn place<'a>(&self, slot: &'a ResourceSlot, own: &Value) -> Place<'a> {
        let mut found = Vec::new();
        self.collect_bases(own, &mut found, 8);
        let known = |attr: Arc<AttrRef>| {
            let target = self.slot(attr.resource);
            let instance = self.planned_instance(&target).filter(|_| target.decl.mode == Mode::Managed)?;
            let text = instance.values.get(&attr.path).and_then(Node::as_str).filter(|t| t.len() >= MIN_BASE).map(Str::from);
            Some((text.unwrap_or_default(), attr))
        };
        let mut bases: Vec<(Str, Arc<AttrRef>)> = found.into_iter().filter_map(known).collect();
        bases.sort_by_key(|(text, _)| std::cmp::Reverse(text.len()));
        Place { slot, bases }
    }

    fn collect_bases(&self, own: &Value, out: &mut Vec<Arc<AttrRef>>, depth: usize) {
        let Some(below) = depth.checked_sub(1) else { return };
        match &own.kind {
            Kind::Unknown(unknown) => out.extend(self.bases_of(unknown)),
            Kind::Attr(attr) => out.push(attr.clone()),
            Kind::Text(text) => out.extend(text.holes().unwrap_or_default().iter().filter_map(|part| match part {
                Part::Attr(attr) => Some(attr.clone()),
                _ => None,
            })),
            Kind::List(list) => list.items.iter().take(MAX_SEARCHED).for_each(|item| self.collect_bases(item, out, below)),
            Kind::Map(map) => map.entries.values().take(MAX_SEARCHED).for_each(|item| self.collect_bases(item, out, below)),
            _ => {}
        }
    }

    fn merged(&self, own: &Value, facet: Facet<'_>, place: &Place<'_>, path: &str, depth: usize) -> Value {
        let span = own.span;
        if facet.is_sensitive() {
            return if matches!(own.kind, Kind::Attr(_)) { own.clone() } else { sensitive(place, path, span) };
        }
        if facet.is_unknown() {
            return if own.is_null() { self.planned(facet, place, path, span) } else { own.clone() };
        }
        match &own.kind {
            Kind::Unknown(_) | Kind::Choice(_) => self.planned_like(own, facet, place, path),
            // What is not stored (write-only arguments), or not said.
            _ if facet.is_absent() => own.clone(),
            Kind::Null => self.planned(facet, place, path, span),
            // The only one of a list.
            Kind::Attr(_) if facet.items().is_some() => self.planned_like(own, facet, place, path),
            Kind::Attr(_) => own.clone(),
            Kind::Bool(_) | Kind::Number(_) | Kind::Text(_) => self.merged_scalar(own, facet, place, path),
            Kind::List(list) if facet.items().is_some() && depth < 32 => self.merged_list(list, facet, place, path, depth, span),
            Kind::Map(map) if facet.keys().is_some() && depth < 32 => self.merged_map(map, facet, place, path, depth, span),
            Kind::List(_) | Kind::Map(_) => self.planned(facet, place, path, span),
        }
    }

    /// Where the two differ, the source has changed since the plan was made.
    fn merged_scalar(&self, own: &Value, facet: Facet<'_>, place: &Place<'_>, path: &str) -> Value {
        let planned = self.planned(facet, place, path, own.span);
        let (Some(mine), Some(theirs)) = (own.to_text(), planned.to_text()) else { return planned };
        let guessed = mine.holes().is_some_and(|parts| parts.iter().any(|part| matches!(part, Part::Unknown(_))));
        if guessed || same(&mine, &theirs) == Answer::No { planned } else { own.clone() }
    }

    fn merged_list(&self, list: &List, facet: Facet<'_>, place: &Place<'_>, path: &str, depth: usize, span: Span) -> Value {
        let count = facet.items().unwrap_or_default();
        let mut free: Vec<bool> = vec![true; list.items.len()];
        let items = (0..count).map(|i| {
            let item = facet.item(i);
            // The plan sorts sets, the source need not.
            let fits = |at: usize| free.get(at) == Some(&true) && list.items.get(at).is_some_and(|own| self.may_be(own, item, 0));
            let search = if list.items.len() <= MAX_SEARCHED { 0..list.items.len() } else { 0..0 };
            let at = if list.shape != ListShape::Set && fits(i) { Some(i) } else { search.into_iter().find(|at| fits(*at)) };
            let below = format!("{path}[{i}]");
            match at.and_then(|at| Some((at, list.items.get(at)?))) {
                Some((at, own)) => {
                    free[at] = false;
                    self.merged(own, item, place, &below, depth + 1)
                }
                None => self.planned(item, place, &below, span),
            }
        });
        let items = items.collect();
        Value::new(Kind::List(Arc::new(List { shape: list.shape, items, open: None })), span)
    }

    /// Whether a value of the source may be that of the plan.
    fn may_be(&self, own: &Value, facet: Facet<'_>, depth: usize) -> bool {
        if facet.is_unknown() {
            return own.first_unknown().is_some();
        }
        match (&own.kind, facet.value) {
            (Kind::Map(map), Some(_)) if facet.keys().is_some() => {
                depth > 8 || map.entries.iter().all(|(key, own)| self.may_be(own, facet.entry(key), depth + 1))
            }
            (Kind::List(list), Some(node)) => node.items().is_some_and(|items| items.len() == list.items.len() || list.open.is_some()),
            (Kind::Bool(_) | Kind::Number(_) | Kind::Text(_), Some(node)) => match (own.to_text(), node.as_str()) {
                (Some(mine), Some(theirs)) => same(&mine, &Text::literal(theirs)) != Answer::No,
                _ => false,
            },
            _ => true,
        }
    }

    fn merged_map(&self, map: &Map, facet: Facet<'_>, place: &Place<'_>, path: &str, depth: usize, span: Span) -> Value {
        let mut entries = IndexMap::with_capacity(map.entries.len());
        for (key, own) in &map.entries {
            entries.insert(key.clone(), self.merged(own, facet.entry(key), place, &format!("{path}.{key}"), depth + 1));
        }
        if map.open.is_some() || self.module(place.slot.module).source.from_plan {
            for key in facet.keys().unwrap_or_default() {
                let more = facet.entry(key);
                if !entries.contains_key(key) && !more.is_absent() {
                    entries.insert(key.into(), self.planned(more, place, &format!("{path}.{key}"), span));
                }
            }
        }
        Value::new(Kind::Map(Arc::new(Map { shape: map.shape, entries, key_spans: map.key_spans.clone(), open: None })), span)
    }

    /// The plan's value where the source has an unknown. Its items may be the ids that the source refers to, in order.
    fn planned_like(&self, own: &Value, facet: Facet<'_>, place: &Place<'_>, path: &str) -> Value {
        if facet.is_absent() && facet.value.is_none() {
            return own.clone();
        }
        let value = self.planned(facet, place, path, own.span);
        let Kind::List(list) = &value.kind else { return value };
        let open = (0..list.items.len()).filter(|i| facet.item(*i).is_unknown()).count();
        let mut own_bases = Vec::new();
        self.collect_bases(own, &mut own_bases, 1);
        let kept = if open > 0 && matches!(own.kind, Kind::Attr(_)) { own.clone() } else { value.clone() };
        if open == 0 || own_bases.len() != open || !own_bases.iter().all(|base| is_plain(own_name(path), base)) {
            return kept;
        }
        let mut bases = own_bases.into_iter();
        let filled = list.items.iter().enumerate().map(|(i, item)| match facet.item(i).is_unknown().then(|| bases.next()).flatten() {
            Some(base) => Value::new(Kind::Attr(base), own.span),
            None => item.clone(),
        });
        Value::new(Kind::List(Arc::new(List { items: filled.collect(), ..(**list).clone() })), own.span)
    }

    /// The plan's value alone.
    fn planned(&self, facet: Facet<'_>, place: &Place<'_>, path: &str, at: Span) -> Value {
        let span = facet.value.map_or(at, |node| at.or(node.span));
        if facet.is_sensitive() {
            return sensitive(place, path, span);
        }
        if facet.is_unknown() {
            let id = format_smolstr!("{}.{path}", place.slot.address);
            let message = format_smolstr!("`{id}` is known after the apply");
            return Value::unknown(Unknown::identified(Reason::Computed, id.clone(), id, message, span), span);
        }
        if let Some(count) = facet.items() {
            let items = (0..count).map(|i| self.planned(facet.item(i), place, &format!("{path}[{i}]"), at)).collect();
            return Value::list(ListShape::List, items, span);
        }
        if let Some(keys) = facet.keys() {
            let entry = |key: &str| (Str::from(key), self.planned(facet.entry(key), place, &format!("{path}.{key}"), at));
            let entries = keys.into_iter().map(entry).filter(|(_, value)| !value.is_null()).collect();
            return Value::map(MapShape::Object, entries, span);
        }
        match facet.value {
            Some(Node { kind: NodeKind::Scalar(text, Style::Quoted), .. }) => Value::new(Kind::Text(with_bases(text, &place.bases)), span),
            Some(node) => plain(node, span),
            None => Value::null(span),
        }
    }
}

/// `subnet_ids` of `vpc_config[0].subnet_ids`.
fn own_name(path: &str) -> &str {
    let last = path.rsplit('.').next().unwrap_or(path);
    last.split('[').next().unwrap_or(last)
}

/// Whether JSON says `null`: an empty string is none, other than in YAML.
fn is_null(node: &Node) -> bool {
    matches!(&node.kind, NodeKind::Scalar(text, Style::Plain) if text == "null")
}

/// A known text in which the known values of what it refers to are references again: those of other resources are not known
/// by their value alone.
fn with_bases(text: &str, bases: &[(Str, Arc<AttrRef>)]) -> Text {
    let mut parts = vec![Part::Literal(text.into())];
    for (known, attr) in bases.iter().filter(|(known, _)| !known.is_empty()) {
        parts = parts
            .into_iter()
            .flat_map(|part| match part {
                Part::Literal(literal) => cut_out(&literal, known, attr),
                hole => vec![hole],
            })
            .collect();
    }
    Text::from_parts(parts)
}

fn cut_out(literal: &str, known: &str, attr: &Arc<AttrRef>) -> Vec<Part> {
    let inside = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '-' || c == '_');
    let (mut parts, mut done) = (Vec::new(), 0);
    for (at, found) in literal.match_indices(known) {
        let (before, after) = (&literal[..at], &literal[at + found.len()..]);
        if inside(before.chars().next_back()) || inside(after.chars().next()) {
            continue;
        }
        parts.push(Part::Literal(literal[done..at].into()));
        parts.push(Part::Attr(attr.clone()));
        done = at + found.len();
    }
    parts.push(Part::Literal(literal[done..].into()));
    parts
}

fn sensitive(place: &Place<'_>, path: &str, span: Span) -> Value {
    let id = format_smolstr!("{}.{path}", place.slot.address);
    let message = format_smolstr!("`{id}` is sensitive: its value is not looked at");
    Value::unknown(Unknown::identified(Reason::NoValue, id.clone(), id, message, span), span)
}
