//! Who invokes whom, as the edges of the graph's JSON say it: the first relations that there were, kept as they are documented.

use std::collections::BTreeSet;

use super::super::Graph;
use super::super::functions::FunctionRef;
use super::super::invocations::Target;
use crate::value::ResourceId;

/// `from` does to `to` what `name` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Invokes {
    /// The resource that has the relation.
    pub from: ResourceId,
    /// The resource that it leads to.
    pub to: ResourceId,
    /// `invokes`: an integration, authorizer or trigger calls the function, alias or version.
    /// `permits_invoke`: a permission is attached to it.
    pub name: &'static str,
}

impl Graph<'_> {
    /// The relations that are known for sure, sorted, each once.
    pub fn invokes(&self) -> Vec<Invokes> {
        let mut found = BTreeSet::new();
        let mut add = |from: ResourceId, target: &FunctionRef, name| {
            if let Some(to) = self.functions.alias(target).or_else(|| self.functions.function(target)) {
                found.insert(Invokes { from, to, name });
            }
        };
        for api in &self.apis.all {
            for call in &api.calls {
                for (_, uri) in call.uri.alternatives() {
                    for stage in &api.stages {
                        if let Target::Function(target) = self.target(api, &uri, stage, false) {
                            add(call.resource, &target, "invokes");
                        }
                    }
                }
            }
        }
        for used in self.trigger_uses() {
            if let Some(target) = &used.function {
                add(used.resource, target, "invokes");
            }
        }
        for grant in self.permissions.all() {
            if let Some(target) = &grant.target {
                add(grant.permission.id, target, "permits_invoke");
            }
        }
        found.into_iter().collect()
    }
}
