//! Values that templates export to one another (`Outputs.*.Export.Name`, `Fn::ImportValue`).

use std::collections::HashMap;

use crate::value::{Str, Value};

/// Exported values by name.
///
/// Only fully known values are kept: an attribute refers to a resource of its own unit and means nothing in another.
#[derive(Clone, Debug, Default)]
pub struct Exports {
    values: HashMap<Str, Option<Value>>,
}

impl Exports {
    /// Adds an export. A name that is exported twice, by the templates of two environments, has no known value.
    pub fn add(&mut self, name: impl Into<Str>, value: Value) {
        let known = value.first_unknown().is_none().then_some(value);
        let entry = self.values.entry(name.into());
        match entry {
            std::collections::hash_map::Entry::Vacant(vacant) => {
                vacant.insert(known);
            }
            std::collections::hash_map::Entry::Occupied(mut occupied) => {
                let same = matches!((occupied.get(), &known), (Some(a), Some(b)) if a.kind == b.kind);
                if !same {
                    occupied.insert(None);
                }
            }
        }
    }

    /// The value that is exported under a name.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.values.get(name)?.as_ref()
    }
}
