//! `dead-letter-permission`: the role of a function may not send to its dead-letter queue or topic.

use super::Sink;
use super::support::key;
use super::support::role::{self, Demand};
use crate::finding::{Label, Message, Severity};
use crate::graph::Graph;
use crate::graph::destinations::Destination;
use crate::graph::roles::presence;
use crate::model::lambda::Function;
use crate::unit::Mode;

const RULE: &str = "dead-letter-permission";

/// Checks every function with a dead-letter configuration.
pub fn check(graph: &Graph<'_>, sink: &mut Sink) {
    for function in graph.all::<Function>() {
        for (inner, target) in function.dead_letter_target.alternatives() {
            let resource = graph.resource(function.id);
            let (kind, arn) = match graph.destination(&target) {
                Destination::Known(kind, arn) => (kind, arn),
                Destination::Other => continue,
                Destination::Unknown(reason, cause) => {
                    role::undecided(graph, RULE, function.id, reason, cause, sink);
                    continue;
                }
            };
            // A dead-letter target is a queue or a topic.
            let Some((call, service)) = kind.validated.filter(|_| matches!(kind.service, "sqs" | "sns")) else { continue };
            let Some(guard) = presence(resource).and(&inner) else { continue };
            let demand = Demand {
                rule: RULE,
                severity: Severity::Error,
                subject: function.id,
                key: Default::default(),
                role: function.role.clone(),
                guard,
                needs: vec![vec![kind.need(&arn)]],
                on: role::policies_on(graph, function.id, &target, &arn),
                consequence: Message::new(format!("`{}` cannot be created or updated", resource.address)).note(format!(
                    "Lambda refuses it: \"The provided execution role does not have permissions to call {call} on {service}\""
                )),
                cause: Label::new(target.span.or(resource.name_span), format!("failed events go to this {}", kind.name)),
            };
            role::check(graph, &demand, sink);
            let queue = graph.referent(&target).filter(|r| r.mode == Mode::Managed);
            if let Some(queue) = queue {
                let lost = format!("what `{}` could not handle is lost", resource.address);
                let cause = demand.cause.clone();
                let demand = key::demand(RULE, function.id, &function.role, &demand.guard, lost, cause);
                key::check(graph, demand, queue, kind.on_key, sink);
            }
        }
    }
}
