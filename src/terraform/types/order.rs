//! Equality, and the order in which Terraform iterates sets.

use std::cmp::Ordering;
use std::collections::HashSet;
use std::fmt::Write as _;

use crate::number::Number;
use crate::terraform::functions::canonical;
use crate::text::{self, Answer};
use crate::value::{Kind, List, ListShape, Map, Text, Value};

/// `a == b` as Terraform answers it: values of different types differ (`"1" == 1`, `[] == tolist([])`). `None` where it cannot
/// be told.
pub fn equal(a: &Value, b: &Value) -> Option<bool> {
    match (&a.kind, &b.kind) {
        (Kind::Choice(_), _) | (_, Kind::Choice(_)) => equal_choices(a, b),
        (Kind::Unknown(unknown), Kind::Text(text)) | (Kind::Text(text), Kind::Unknown(unknown))
            if text.as_known().is_some_and(|text| !unknown.may_be(text)) =>
        {
            Some(false)
        }
        (Kind::Unknown(_) | Kind::Attr(_), _) | (_, Kind::Unknown(_) | Kind::Attr(_)) => {
            let (left, right) = (canonical(a)?, canonical(b)?);
            (left == right).then_some(true)
        }
        (Kind::Null, Kind::Null) => Some(true),
        (Kind::Bool(a), Kind::Bool(b)) => Some(a == b),
        (Kind::Number(a), Kind::Number(b)) => Some(a == b),
        (Kind::Text(a), Kind::Text(b)) => equal_texts(a, b),
        (Kind::List(a), Kind::List(b)) => equal_lists(a, b),
        (Kind::Map(a), Kind::Map(b)) => equal_maps(a, b),
        _ => Some(false),
    }
}

fn equal_choices(a: &Value, b: &Value) -> Option<bool> {
    let mut verdict = None;
    for (left_guard, left) in a.alternatives() {
        for (right_guard, right) in b.alternatives() {
            if left_guard.and(&right_guard).is_none() {
                continue;
            }
            let one = equal(&left, &right)?;
            if verdict.is_some_and(|v| v != one) {
                return None;
            }
            verdict = Some(one);
        }
    }
    verdict
}

fn equal_texts(a: &Text, b: &Text) -> Option<bool> {
    match text::same(a, b) {
        Answer::Yes => Some(true),
        Answer::No => Some(false),
        Answer::Maybe => None,
    }
}

fn equal_lists(a: &List, b: &List) -> Option<bool> {
    if a.shape != b.shape {
        return Some(false);
    }
    if a.shape == ListShape::Set {
        return equal_sets(a, b);
    }
    let complete = a.open.is_none() && b.open.is_none();
    if complete && a.items.len() != b.items.len() {
        return Some(false);
    }
    if !complete {
        return None;
    }
    all(a.items.iter().zip(&b.items).map(|(x, y)| equal(x, y)))
}

/// Sets whose elements are all known, or all identified and the same.
fn equal_sets(a: &List, b: &List) -> Option<bool> {
    if a.open.is_some() || b.open.is_some() {
        return None;
    }
    let names = |list: &List| list.items.iter().map(canonical).collect::<Option<HashSet<String>>>();
    let same = names(a)? == names(b)?;
    let known = a.items.iter().chain(&b.items).all(|v| v.first_unknown().is_none());
    (same || known).then_some(same)
}

fn equal_maps(a: &Map, b: &Map) -> Option<bool> {
    if a.shape != b.shape {
        return Some(false);
    }
    if a.open.is_some() || b.open.is_some() {
        return None;
    }
    if a.entries.len() != b.entries.len() {
        return Some(false);
    }
    all(a.entries.iter().map(|(key, item)| b.entries.get(key).map_or(Some(false), |other| equal(item, other))))
}

/// Any "no" decides; otherwise any "cannot tell" does.
fn all(answers: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut verdict = Some(true);
    for answer in answers {
        match answer {
            Some(false) => return Some(false),
            Some(true) => {}
            None => verdict = None,
        }
    }
    verdict
}

/// What Terraform sorts the elements of a set by: scalars by value, everything else by a text that stands for it.
enum Rank {
    Bool(bool),
    Number(Number),
    Text(String),
    Null,
    Unknown,
}

impl Rank {
    fn of(value: &Value) -> Rank {
        if value.first_unknown().is_some() {
            return Rank::Unknown;
        }
        match &value.kind {
            Kind::Null => Rank::Null,
            Kind::Bool(b) => Rank::Bool(*b),
            Kind::Number(n) => Rank::Number(n.clone()),
            _ => match value.as_str() {
                Some(text) => Rank::Text(text.to_owned()),
                None => {
                    let mut text = String::new();
                    hash_text(value, &mut text);
                    Rank::Text(text)
                }
            },
        }
    }

    fn group(&self) -> u8 {
        match self {
            Rank::Bool(_) => 0,
            Rank::Number(_) => 1,
            Rank::Text(_) => 2,
            Rank::Null => 3,
            Rank::Unknown => 4,
        }
    }

    fn compare(&self, other: &Rank) -> Ordering {
        match (self, other) {
            (Rank::Bool(a), Rank::Bool(b)) => a.cmp(b),
            (Rank::Number(a), Rank::Number(b)) => a.partial_cmp(b).unwrap_or(Ordering::Equal),
            (Rank::Text(a), Rank::Text(b)) => a.cmp(b),
            _ => self.group().cmp(&other.group()),
        }
    }
}

/// The serialisation by which Terraform orders compound set elements.
fn hash_text(value: &Value, out: &mut String) {
    match &value.kind {
        Kind::Null => out.push('~'),
        Kind::Bool(b) => out.push(if *b { 'T' } else { 'F' }),
        Kind::Number(n) => out.push_str(&n.to_general(Some(10))),
        Kind::Text(text) => write!(out, "{:?}", text.as_known().unwrap_or("?")).unwrap_or_default(),
        Kind::List(list) => {
            let (open, close) = if list.shape == ListShape::Tuple { ('<', '>') } else { ('[', ']') };
            out.push(open);
            for item in &list.items {
                hash_text(item, out);
                out.push(';');
            }
            out.push(close);
        }
        Kind::Map(map) => hash_map(map, out),
        Kind::Choice(_) | Kind::Attr(_) | Kind::Unknown(_) => out.push('?'),
    }
}

fn hash_map(map: &Map, out: &mut String) {
    let mut entries: Vec<_> = map.entries.iter().collect();
    entries.sort_by(|a, b| a.0.cmp(b.0));
    let is_map = map.shape == crate::value::MapShape::Map;
    out.push(if is_map { '{' } else { '<' });
    for (key, item) in entries {
        if is_map {
            write!(out, "{:?}:", key.as_str()).unwrap_or_default();
        }
        hash_text(item, out);
        out.push(';');
    }
    out.push(if is_map { '}' } else { '>' });
}

/// The elements as a set holds them: in Terraform's order, without duplicates. Unknown elements stand last; of those only ones
/// with the same identity count as duplicates.
pub fn normalize_set(items: Vec<Value>) -> Vec<Value> {
    let mut seen = HashSet::new();
    let mut ranked: Vec<(Rank, Value)> =
        items.into_iter().filter(|v| canonical(v).is_none_or(|name| seen.insert(name))).map(|v| (Rank::of(&v), v)).collect();
    ranked.sort_by(|a, b| a.0.compare(&b.0));
    ranked.into_iter().map(|(_, v)| v).collect()
}
