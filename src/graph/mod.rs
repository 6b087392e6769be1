//! The AWS relations between the resources of one unit, and the questions that rules ask of them.

use crate::unit::Unit;

/// The graph of one unit.
#[derive(Debug)]
pub struct Graph<'u> {
    /// The unit.
    pub unit: &'u Unit,
}

impl<'u> Graph<'u> {
    /// Builds the graph of a unit.
    pub fn new(unit: &'u Unit) -> Self {
        Graph { unit }
    }
}
