//! Phrases for what is the case under conditions only.

use crate::finding::Severity;
use crate::unit::Resource;
use crate::value::{Guard, Str};

/// The conditions, where there are more than those under which a resource is there at all: then those as well, since it takes
/// all of them together.
pub(crate) fn further(resource: &Resource, guard: &Guard) -> Guard {
    let is_own = |term: &(Str, bool)| resource.presence.terms().contains(term);
    if guard.terms().iter().all(is_own) { Guard::always() } else { guard.clone() }
}

/// An error that is there under a condition only is a warning.
pub(crate) fn severity(guard: &Guard, always: Severity) -> Severity {
    if guard.is_always() { always } else { always.min(Severity::Warning) }
}
