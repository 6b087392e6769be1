//! `delivery-permission`: a service is told to send to a queue, topic or log group whose policy does not let it.

use super::Sink;
use super::support::delivery;
use super::support::log_delivery;
use super::support::place::severity;
use crate::finding::{Finding, Label, Message, Severity, Undecided};
use crate::gap::Gap;
use crate::graph::Graph;
use crate::graph::deliveries::{Admission, Delivery, Failure, Nearest};
use crate::graph::roles::presence;
use crate::unit::Resource;

const RULE: &str = "delivery-permission";

/// Checks every sender of the unit.
pub fn check(graph: &Graph<'_>, sink: &mut Sink) {
    for delivery in graph.deliveries() {
        let Some(target) = delivery.target.map(|id| graph.resource(id)) else {
            sink.unlisted.push(elsewhere(graph, delivery));
            continue;
        };
        // With a role it acts as the role: its policies decide, and where it has none the service says so.
        if !delivery.role.is_null() {
            continue;
        }
        match graph.admission(delivery, target) {
            Admission::Granted => {}
            Admission::Refused(near) => sink.findings.extend(finding(graph, delivery, target, &near)),
            Admission::Unknown(gap) => sink.gap(graph, RULE, delivery.resource, &Gap::new(gap.reason, gap.cause)),
        }
    }
    for delivery in graph.log_deliveries() {
        match graph.log_admission(&delivery) {
            Admission::Granted => {}
            Admission::Refused(near) => sink.findings.extend(log_delivery::finding(graph, RULE, &delivery, &near)),
            Admission::Unknown(gap) => sink.gap(graph, RULE, delivery.resource, &Gap::new(gap.reason, gap.cause)),
        }
    }
}

/// What lies elsewhere has its policy there.
fn elsewhere(graph: &Graph<'_>, delivery: &Delivery) -> Undecided {
    let name = delivery.sender.target.name();
    Undecided {
        rule: RULE,
        address: graph.resource(delivery.resource).address.clone(),
        span: delivery.value.span,
        reason: format!("the {name} is not declared here, so its policy is not known"),
        cause: delivery.value.span,
    }
}

fn finding(graph: &Graph<'_>, delivery: &Delivery, target: &Resource, near: &[Nearest]) -> Option<Finding> {
    let (resource, sender) = (graph.resource(delivery.resource), delivery.sender);
    let when = presence(resource).and(&delivery.presence)?.and(&presence(target))?;
    let (from, to, name) = (&resource.address, &target.address, sender.target.name());
    let message = match sender.failure {
        Failure::Refused(error) => Message::new(format!("`{from}` cannot be created: {} may not send to `{to}`", sender.who))
            .note(format!("no policy on the {name} lets `{}` call {}", sender.principals[0], sender.target.action()))
            .note(format!("the deploy fails with \"{error}\"")),
        Failure::Lost(trace) => Message::new(format!("what `{from}` sends to `{to}` is lost: {} may not send there", sender.who))
            .note(format!("no policy on the {name} lets `{}` call {}", sender.principals[0], sender.target.action()))
            .note(trace),
    };
    let message = message.under(&super::support::place::further(resource, &when));
    let mut related = vec![Label::new(target.name_span, format!("the {name}"))];
    let (message, denied) = delivery::explain(message, near, &mut related);
    Some(Finding {
        rule: RULE,
        // Which statements of a Deny reach a service is told by AWS in few places.
        severity: severity(&when, if denied { Severity::Warning } else { Severity::Error }),
        message,
        primary: Label::new(delivery.value.span.or(resource.name_span), format!("{} to `{to}`", sender.name)),
        related,
        flow: Vec::new(),
        help: Some(delivery::help(graph, delivery, target, near)),
        address: from.clone(),
        key: format!("{} {to}", sender.name).into(),
    })
}
