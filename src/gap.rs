//! What is not known, as a value: a [`Gap`] says why and where, a [`Known`] what is there for sure beside it. A question that cannot be
//! answered is an `Err(Gap)`, so that `?` carries "cannot tell" to whoever has to say it.

use crate::source::Span;
use crate::value::{Hole, Value};

/// Why something is not known, and the place that would have to be known.
#[derive(Clone, Debug, PartialEq)]
pub struct Gap {
    /// One clause, no full stop.
    pub reason: String,
    /// The place; [`Span::NONE`] where there is none.
    pub cause: Span,
}

impl Gap {
    /// A gap.
    pub fn new(reason: impl Into<String>, cause: Span) -> Self {
        Gap { reason: reason.into(), cause }
    }

    /// Why a value is not known.
    pub fn of(value: &Value) -> Self {
        Gap::of_or(value, || format!("`{value:#}` is not an id of this unit"))
    }

    /// Why a value is not known; for one without anything unknown in it, why it says nothing all the same.
    pub fn of_or(value: &Value, otherwise: impl FnOnce() -> String) -> Self {
        match value.first_unknown() {
            Some(Hole::Unknown(unknown)) => Gap::new(unknown.message.as_str(), unknown.span.or(value.span)),
            Some(hole) => Gap::new(hole.message(), value.span),
            None => Gap::new(otherwise(), value.span),
        }
    }
}

/// What is there for sure, and why there may be more.
#[derive(Clone, Debug)]
pub struct Known<T> {
    /// What is there for sure.
    pub items: Vec<T>,
    /// Why there may be more; none where these are all.
    pub gap: Option<Gap>,
}

impl<T> Default for Known<T> {
    fn default() -> Self {
        Known { items: Vec::new(), gap: None }
    }
}

impl<T> Known<T> {
    /// Notes that there may be more; the first reason stays.
    pub fn open(&mut self, gap: impl FnOnce() -> Gap) {
        self.gap.get_or_insert_with(gap);
    }

    /// Adds what another one has.
    pub fn extend(&mut self, other: Known<T>) {
        self.items.extend(other.items);
        self.gap = self.gap.take().or(other.gap);
    }
}

/// What holds in each alternative of a value: `one` says of one of them what is wrong with it, if anything. A choice that cannot be
/// decided is wrong only where each branch is; where one is, it cannot be told.
pub fn in_each<T>(value: &Value, one: impl Fn(&Value) -> Result<Option<T>, Gap>) -> Result<Option<T>, Gap> {
    let mut first = None;
    let mut sound = false;
    for (_, alternative) in value.alternatives() {
        match one(&alternative)? {
            Some(wrong) => _ = first.get_or_insert(wrong),
            None => sound = true,
        }
    }
    match (first, sound) {
        (Some(_), true) => Err(Gap::of(value)),
        (first, _) => Ok(first),
    }
}
