//! What a unit hands to something that cannot be seen into: a module that is not there, a remote nested stack, a macro. Whoever gets
//! a resource may add to it what other resources of its service add: policies, permissions, rules, routes.

use std::collections::HashMap;

use super::Graph;
use crate::gap::Gap;
use crate::unit::{Opaque, Unit};
use crate::value::ResourceId;

/// What cannot be seen into, by what it was given.
#[derive(Debug, Default)]
pub struct Unseen {
    by_resource: HashMap<ResourceId, usize>,
    /// Something that sees everything, and may add any resource.
    everywhere: Option<usize>,
    /// The arguments of each as text, to look names up in.
    arguments: Vec<String>,
}

impl Unseen {
    pub(super) fn new(unit: &Unit) -> Self {
        let mut out = Unseen::default();
        for (index, opaque) in unit.opaque.iter().enumerate() {
            if opaque.arguments.is_null() {
                out.everywhere.get_or_insert(index);
            }
            for id in &opaque.references {
                out.by_resource.entry(*id).or_insert(index);
            }
            out.arguments.push(opaque.arguments.to_string());
        }
        out
    }
}

/// Shorter names stand in other texts by chance.
const SHORTEST_NAME: usize = 4;

impl Graph<'_> {
    fn unseen(&self) -> &Unseen {
        self.unseen.get_or_init(|| Unseen::new(self.unit))
    }

    /// What cannot be seen into and was given a resource (its ARN, id or name), or sees everything.
    pub fn given_away(&self, id: ResourceId) -> Option<&Opaque> {
        let unseen = self.unseen();
        if self.unit.opaque.is_empty() {
            return None;
        }
        let index = unseen.by_resource.get(&id).copied().or(unseen.everywhere).or_else(|| self.given_by_name(id))?;
        self.unit.opaque.get(index)
    }

    /// What was given the resource's name as plain text.
    fn given_by_name(&self, id: ResourceId) -> Option<usize> {
        let name = self.names.written_name(self.resource(id))?;
        let name = name.as_str().filter(|name| name.len() >= SHORTEST_NAME)?;
        self.unseen().arguments.iter().position(|arguments| is_word(arguments, name))
    }

    /// Why there may be more to a resource than the unit shows: `does` says what may be, after the name of who may do it.
    pub fn unseen_of(&self, id: ResourceId, does: &str) -> Option<Gap> {
        let opaque = self.given_away(id)?;
        Some(Gap::new(format!("`{}` ({}) cannot be seen into, and {does}", opaque.address, opaque.source), opaque.span))
    }

    /// Something that may add any resource to the unit: a macro, a loop over what is not known.
    pub fn unseen_everywhere(&self) -> Option<&Opaque> {
        self.unseen().everywhere.and_then(|index| self.unit.opaque.get(index))
    }
}

/// Whether a name stands in a text, and not within a longer one.
fn is_word(text: &str, name: &str) -> bool {
    let inside = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    text.match_indices(name).any(|(at, _)| {
        let (before, after) = (&text[..at], &text[at + name.len()..]);
        !before.ends_with(inside) && !after.starts_with(inside)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_whole_word() {
        assert!(is_word("{queue: orders, more: 1}", "orders"));
        assert!(is_word("arn:aws:sqs:eu-west-1:123456789012:orders", "orders"));
        assert!(!is_word("{queue: orders-failed}", "orders"));
        assert!(!is_word("{queue: all_orders}", "orders"));
    }
}
