//! `integration-permission`: an integration or authorizer calls a function that no permission lets API Gateway invoke.

use super::Sink;
use super::support::invoke;
use crate::graph::Graph;

/// Checks every call whose URI uses no stage variables.
pub fn check(graph: &Graph<'_>, sink: &mut Sink) {
    invoke::check(graph, "integration-permission", false, sink);
}
