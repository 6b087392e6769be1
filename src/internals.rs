//! What the tests and benchmarks of this repository look at, stage by stage. No interface: it changes without notice.

use crate::graph;
use crate::options::ResolveOptions;
use crate::rules::{self, Rule, Sink};
use crate::unit::Unit;

/// One syntax tree per language.
pub mod syntax {
    pub use crate::syntax::{hcl, json, node, tree, yaml};
}

/// Terraform to resources.
pub mod terraform {
    pub use crate::terraform::{resolve, resolve_plan};
}

/// Templates to resources.
pub mod cloudformation {
    pub use crate::cloudformation::resolve;
}

/// SAM to CloudFormation.
pub mod sam {
    pub use crate::sam::{Expansion, expand};
}

/// The documents of AWS's own policies.
pub mod managed {
    pub use crate::iam::managed::by_name;
}

/// The graph of one unit, to be asked by rules.
pub struct Graph<'u>(graph::Graph<'u>);

impl<'u> Graph<'u> {
    /// Builds the graph of a unit that is deployed as the options say.
    pub fn new(unit: &'u Unit, options: &ResolveOptions) -> Self {
        Graph(graph::Graph::new(unit, options))
    }
}

/// Runs rules over a graph.
pub fn run(graph: &Graph<'_>, selected: &[&'static Rule]) -> Sink {
    rules::run(&graph.0, selected)
}
