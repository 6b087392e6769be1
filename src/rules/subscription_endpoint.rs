//! `subscription-endpoint`: a subscription or target whose protocol and endpoint do not fit. See `rules/subscription-endpoint.md`.

use super::Sink;
use super::support::endpoint;
use super::support::place::{further, severity};
use crate::finding::{Finding, Help, Label, Message, Severity, Undecided};
use crate::graph::Graph;
use crate::graph::endpoints::{Shape, SlotUse, Takes};
use crate::graph::functions::has_unknown;
use crate::graph::subscriptions::{Fault, SubscriptionUse};
use crate::source::Span;
use crate::unit::Resource;
use crate::value::{Guard, ResourceId, Value};

const RULE: &str = "subscription-endpoint";

/// Checks every subscription to a topic, and every other place that takes an endpoint of certain services.
pub fn check(graph: &Graph<'_>, sink: &mut Sink) {
    for found in graph.subscription_uses() {
        check_subscription(graph, &found, sink);
    }
    for found in graph.slot_uses() {
        check_slot(graph, &found, sink);
    }
}

fn check_subscription(graph: &Graph<'_>, found: &SubscriptionUse, sink: &mut Sink) {
    let resource = graph.resource(found.resource);
    for (guard, endpoint) in found.endpoint.alternatives() {
        for (inner, protocol) in found.protocol.alternatives() {
            let Some(guard) = resource.presence.and(&guard).and_then(|g| g.and(&inner)) else { continue };
            let Some(fault) = graph.subscription_fault(found, &protocol, &endpoint) else { continue };
            if endpoint::is_placeholder(&endpoint) {
                continue;
            }
            match fault {
                Fault::Unknown(reason, cause) => undecided(resource, &endpoint, reason, cause, sink),
                Fault::Known { error, what, cause, instead } => {
                    let when = further(resource, &guard);
                    let message = Message::new(what)
                        .under(&when)
                        .note(cause)
                        .note(graph.shape(&endpoint).remark())
                        .note(format!("the deploy fails with \"{error}\""));
                    let help = match instead {
                        Some(text) => Help { text: text.to_owned(), code: String::new() },
                        None => endpoint::subscription_help(graph, found, &protocol, &endpoint),
                    };
                    sink.findings.push(finding(graph, resource, &endpoint, &when, message, help, Some(&protocol)));
                }
            }
        }
    }
}

fn check_slot(graph: &Graph<'_>, found: &SlotUse, sink: &mut Sink) {
    let resource = graph.resource(found.resource);
    for (guard, value) in found.value.alternatives() {
        let Some(guard) = resource.presence.and(&found.guard).and_then(|g| g.and(&guard)) else { continue };
        let shape = graph.shape(&value);
        let wrong = match (&shape, found.slot.takes) {
            (Shape::Absent | Shape::SomeArn, _) => false,
            (Shape::Unknown(reason, cause), _) => {
                undecided(resource, &value, reason.clone(), *cause, sink);
                false
            }
            (Shape::Arn(service, _), Takes::Only(services)) => !services.contains(&service.as_str()),
            (Shape::Arn(service, _), Takes::AllBut(services)) => services.contains(&service.as_str()),
            (Shape::Name, _) => !found.slot.names && !graph.names.text(&value).is_some_and(|t| has_unknown(&t)),
            (Shape::Url(_) | Shape::Mail | Shape::Phone, _) => true,
        };
        if wrong && !endpoint::is_placeholder(&value) {
            let when = further(resource, &guard);
            let what = format!("the {} of `{}` is {}", found.slot.name, resource.address, shape.described());
            let message =
                Message::new(what).under(&when).note(format!("it is `{value:#}`")).note(shape.remark()).note(found.slot.consequence);
            let help = endpoint::slot_help(graph, found, &value);
            sink.findings.push(finding(graph, resource, &value, &when, message, help, None));
        }
    }
}

fn undecided(resource: &Resource, value: &Value, reason: String, cause: Span, sink: &mut Sink) {
    // An endpoint that is given from outside is as good as any: only what is wrong for sure is worth reading.
    sink.unlisted.push(Undecided { rule: RULE, address: resource.address.clone(), span: value.span.or(resource.name_span), reason, cause });
}

fn finding(
    graph: &Graph<'_>,
    resource: &Resource,
    value: &Value,
    when: &Guard,
    message: Message,
    help: Help,
    protocol: Option<&Value>,
) -> Finding {
    let owner = |id: ResourceId| Label::new(graph.resource(id).name_span, "the endpoint belongs to this");
    let said = protocol.filter(|p| !p.span.is_none()).map(|p| Label::new(p.span, "the protocol"));
    Finding {
        rule: RULE,
        severity: severity(when, Severity::Error),
        message,
        primary: Label::new(value.span.or(resource.name_span), graph.shape(value).described()),
        related: said.into_iter().chain(graph.endpoint_owner(value).map(|r| owner(r.id))).collect(),
        flow: Vec::new(),
        help: Some(help),
        address: resource.address.clone(),
        key: value.to_string().into(),
    }
}
