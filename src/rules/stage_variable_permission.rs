//! `stage-variable-permission`: an integration picks its function through stage variables, and a stage's target lacks a permission.

use super::Sink;
use super::support::invoke;
use crate::graph::Graph;

/// Checks every call whose URI uses stage variables.
pub fn check(graph: &Graph<'_>, sink: &mut Sink) {
    invoke::check(graph, "stage-variable-permission", true, sink);
}
