//! Phrases for what is the case under conditions only.

use crate::finding::Severity;
use crate::unit::Resource;
use crate::value::Guard;

/// The conditions beyond those under which a resource is there at all.
pub(crate) fn further(resource: &Resource, guard: &Guard) -> Guard {
    let beyond = guard.terms().iter().filter(|t| !resource.presence.terms().contains(t));
    let guards = beyond.map(|(name, polarity)| Guard::when(name.clone(), *polarity));
    guards.fold(Guard::always(), |all, one| all.and(&one).unwrap_or(all))
}

/// `, where IsProd`; empty where it is always so.
pub(crate) fn whenever(guard: &Guard) -> String {
    if guard.is_always() { String::new() } else { format!(", where {guard}") }
}

/// An error that is there under a condition only is a warning.
pub(crate) fn severity(guard: &Guard, always: Severity) -> Severity {
    if guard.is_always() { always } else { always.min(Severity::Warning) }
}
