//! `destination-permission`: the role of a function may not send to a destination of its asynchronous calls or of its event source.

use std::sync::Arc;

use super::Sink;
use super::support::key;
use super::support::role::{self, Demand};
use crate::finding::{Label, Message, Severity};
use crate::graph::Graph;
use crate::graph::destinations::Destination;
use crate::graph::roles::presence;
use crate::iam::ResourceSet;
use crate::model::lambda::{EventInvokeConfig, EventSourceMapping};
use crate::unit::Mode;
use crate::value::{ResourceId, Text, Value, format_smolstr};

const RULE: &str = "destination-permission";

/// Checks every destination of every function.
pub fn check(graph: &Graph<'_>, sink: &mut Sink) {
    for config in graph.all::<EventInvokeConfig>() {
        for (what, target) in [("success", &config.on_success), ("failure", &config.on_failure)] {
            check_destination(graph, config.id, &config.function, what, target, sink);
        }
    }
    for mapping in graph.all::<EventSourceMapping>() {
        check_destination(graph, mapping.id, &mapping.function, "failure", &mapping.on_failure, sink);
    }
}

fn check_destination(graph: &Graph<'_>, subject: ResourceId, function: &Value, what: &str, target: &Value, sink: &mut Sink) {
    for (inner, target) in target.alternatives() {
        let (kind, arn) = match graph.destination(&target) {
            Destination::Known(kind, arn) => (kind, arn),
            Destination::Other => continue,
            Destination::Unknown(reason, cause) => {
                role::undecided(graph, RULE, subject, reason, cause, sink);
                continue;
            }
        };
        let function = match role::function(graph, function, subject) {
            Ok(function) => function,
            Err(reason) => {
                role::undecided(graph, RULE, subject, reason, function.span, sink);
                continue;
            }
        };
        let (resource, owner) = (graph.resource(subject), graph.resource(function.id));
        let Some(guard) = presence(resource).and(&presence(owner)).and_then(|g| g.and(&inner)) else { continue };
        let demand = Demand {
            rule: RULE,
            severity: Severity::Error,
            subject,
            key: format_smolstr!("{what} {}", owner.address),
            role: function.role.clone(),
            guard,
            needs: vec![vec![kind.need(&arn)]],
            on: policies(graph, subject, kind.service, &target, &arn),
            consequence: Message::new(format!(
                "`{}` cannot send to its on-{what} {} `{}`",
                owner.address,
                kind.name,
                graph.referent(&target).map_or_else(|| target.words(), |r| r.address.to_string()),
            ))
            .note("the configuration is refused, or the records are lost"),
            cause: Label::new(target.span.or(resource.name_span), format!("the on-{what} destination is this {}", kind.name)),
        };
        role::check(graph, &demand, sink);
        if let Some(called) = graph.referent(&target).filter(|r| r.mode == Mode::Managed) {
            let lost = format!("the on-{what} records of `{}` are lost", owner.address);
            let own = key::demand(RULE, subject, &function.role, &demand.guard, lost, demand.cause.clone());
            key::check(graph, Demand { key: demand.key.clone(), ..own }, called, kind.on_key, sink);
        }
    }
}

/// A bucket or bus has a policy as a queue has; a function's own policy is made of permissions.
fn policies(graph: &Graph<'_>, subject: ResourceId, service: &str, target: &Value, arn: &Text) -> Arc<ResourceSet> {
    if service == "lambda" {
        return role::permissions_on(graph, target, arn);
    }
    role::policies_on(graph, subject, target, arn)
}
