//! What moves messages: pollers, subscriptions, destinations and dead-letter queues.

use std::collections::HashMap;

use super::super::Graph;
use super::super::deliveries::Delivery;
use super::super::destinations::Destination;
use super::super::event_sources::Source;
use super::super::functions::function_ref;
use super::super::roles::presence;
use super::super::subscriptions::{Fault, SubscriptionUse};
use super::calls::{function_node, source_of};
use super::deliveries;
use super::{Asked, Edge, Need, NeedKind, Node, Relation, Relations};
use crate::finding::Label;
use crate::gap::Gap;
use crate::iam::ResourceSet;
use crate::model::Entity;
use crate::model::lambda::{EventInvokeConfig, EventSourceMapping, Function};
use crate::source::Span;
use crate::value::{Guard, ResourceId, Text, Value};

/// The queues that are subscribed to topics.
type Subscribed<'g> = HashMap<(ResourceId, Span), &'g Delivery>;

pub(super) fn add(graph: &Graph<'_>, relations: &mut Relations) {
    for mapping in graph.all::<EventSourceMapping>() {
        add_mapping(graph, &mapping, relations);
        let to = Sends { by: Some(mapping.id), kind: NeedKind::Destination, what: "on failure" };
        add_sends(graph, &mapping.function, mapping.id, &mapping.on_failure, &to, relations);
    }
    for config in graph.all::<EventInvokeConfig>() {
        for (what, target) in [("on success", &config.on_success), ("on failure", &config.on_failure)] {
            let to = Sends { by: Some(config.id), kind: NeedKind::Destination, what };
            add_sends(graph, &config.function, config.id, target, &to, relations);
        }
    }
    for function in graph.all::<Function>() {
        let to = Sends { by: None, kind: NeedKind::DeadLetter, what: "dead letters" };
        send(graph, function.id, Some(&function), function.id, &function.dead_letter_target, &to, relations);
    }
    let subscribed = deliveries::of_subscriptions(graph);
    for found in graph.subscription_uses() {
        add_subscription(graph, &found, &subscribed, relations);
    }
}

/// The resource that a value names, or what it says.
pub(super) fn named(graph: &Graph<'_>, value: &Value, arn: &Text) -> Node {
    match graph.referent(value).or_else(|| graph.owner_of_arn(arn)) {
        Some(resource) => Node::Resource(resource.id),
        None => Node::Outside(value.to_string().into()),
    }
}

/// The policies on what a value names; one that is not declared here may have any.
fn policies(graph: &Graph<'_>, node: &Node, value: &Value) -> std::sync::Arc<ResourceSet> {
    match node {
        Node::Resource(id) if graph.resource(*id).mode == crate::unit::Mode::Managed => graph.policies_on(graph.resource(*id)),
        _ => {
            let reason = format!("`{value}` is not declared here, and its own policy may let the role in");
            let gaps = vec![crate::iam::Gap::new(reason, value.span)];
            std::sync::Arc::new(ResourceSet { gaps, ..ResourceSet::default() })
        }
    }
}

fn add_mapping(graph: &Graph<'_>, mapping: &EventSourceMapping, relations: &mut Relations) {
    let resource = graph.resource(mapping.id);
    for (outer, source) in mapping.source.alternatives().into_iter().filter(|(_, source)| !source.is_null()) {
        for (inner, function) in mapping.function.alternatives() {
            let Some(guard) = resource.presence.and(&outer).and_then(|g| g.and(&inner)) else { continue };
            let Some(target) = function_ref(&graph.names, &function, resource) else { continue };
            let from = function_node(graph, &target);
            let arn = graph.names.text(&source).unwrap_or_default();
            let to = named(graph, &source, &arn);
            let asked = poll(graph, mapping, &source, &function, &to, &guard);
            let what = "the function's role lets Lambda read the source";
            let need = Need::new(graph, NeedKind::Poll, mapping.id, what, asked).at(resource.name_span);
            let edge = Edge::new(Relation::ReadsFrom, guard)
                .by(mapping.id)
                .shown_by(Label::new(source.span.or(resource.name_span), format!("`{}` reads it", resource.address)))
                .needs(vec![need]);
            relations.add(from, to, edge);
        }
    }
}

fn poll(graph: &Graph<'_>, mapping: &EventSourceMapping, source: &Value, function: &Value, to: &Node, guard: &Guard) -> Asked {
    let (kind, arn) = match graph.event_source(source) {
        Source::Known(kind, arn) => (kind, arn),
        Source::Other => return Asked::Nothing,
        Source::Unknown(reason, cause) => return Asked::Unknown(Gap::new(reason, cause)),
    };
    let function = match graph.named_function(function, mapping.id) {
        Ok(id) => Function::read(graph.resource(id)),
        Err(reason) => return Asked::Unknown(Gap::new(reason, function.span)),
    };
    let on = if kind.has_policy { policies(graph, to, source) } else { Default::default() };
    let Some(guard) = guard.and(&presence(graph.resource(function.id))) else { return Asked::Nothing };
    graph.role_allows(&function.role, &graph.poller_needs(mapping, kind, &arn), &on, &guard)
}

/// What is sent, and who says so.
struct Sends {
    by: Option<ResourceId>,
    kind: NeedKind,
    what: &'static str,
}

fn add_sends(graph: &Graph<'_>, function: &Value, subject: ResourceId, target: &Value, to: &Sends, relations: &mut Relations) {
    if target.is_null() {
        return;
    }
    let owner = graph.named_function(function, subject).ok().map(|id| Function::read(graph.resource(id)));
    let Some(named) = function_ref(&graph.names, function, graph.resource(subject)) else { return };
    match function_node(graph, &named) {
        Node::Resource(from) => send(graph, from, owner.as_ref(), subject, target, to, relations),
        outside => relations.open(outside, Gap::new("the function is not declared here", function.span)),
    }
}

fn send(
    graph: &Graph<'_>,
    from: ResourceId,
    owner: Option<&Function>,
    subject: ResourceId,
    target: &Value,
    to: &Sends,
    relations: &mut Relations,
) {
    let resource = graph.resource(subject);
    for (inner, target) in target.alternatives() {
        let (kind, arn) = match graph.destination(&target) {
            Destination::Known(kind, arn) => (kind, arn),
            Destination::Other => continue,
            Destination::Unknown(reason, cause) => {
                relations.open(Node::Resource(from), Gap::new(reason, cause));
                continue;
            }
        };
        let Some(guard) = resource.presence.and(&inner) else { continue };
        let node = named(graph, &target, &arn);
        let asked = match owner {
            Some(function) if kind.service != "lambda" => {
                graph.role_allows(&function.role, &[vec![kind.need(&arn)]], &policies(graph, &node, &target), &guard)
            }
            Some(function) => graph.role_allows(&function.role, &[vec![kind.need(&arn)]], &ResourceSet::default(), &guard),
            None => Asked::Unknown(Gap::new("the function is not declared here", target.span)),
        };
        let what = format!("the function's role allows {}", kind.action);
        let need = Need::new(graph, to.kind, subject, what, asked).at(target.span.or(resource.name_span));
        let edge = Edge::new(Relation::SendsTo, guard)
            .detail(to.what)
            .shown_by(Label::new(target.span.or(resource.name_span), format!("the {} go to this {}", to.what, kind.name)))
            .needs(vec![need]);
        relations.add(Node::Resource(from), node, Edge { by: to.by, ..edge });
    }
}

/// Subscriptions of functions are triggers.
fn add_subscription(graph: &Graph<'_>, found: &SubscriptionUse, subscribed: &Subscribed<'_>, relations: &mut Relations) {
    let resource = graph.resource(found.resource);
    for (inner, endpoint) in found.endpoint.alternatives().into_iter().filter(|(_, e)| !e.is_null()) {
        let Some(guard) = resource.presence.and(&inner) else { continue };
        let arn = graph.names.text(&endpoint).unwrap_or_default();
        if found.protocol.as_str().is_some_and(|p| p.eq_ignore_ascii_case("lambda")) {
            continue;
        }
        let delivery = subscribed.get(&(found.resource, endpoint.span));
        let asked = match graph.subscription_fault(found, &found.protocol, &endpoint) {
            Some(Fault::Known { cause, .. }) => Asked::NotMet(cause),
            Some(Fault::Unknown(reason, cause)) => Asked::Unknown(Gap::new(reason, cause)),
            // Whether the queue lets SNS in is another need.
            None if delivery.is_some() => Asked::Met(endpoint.span),
            None => Asked::Nothing,
        };
        let place = endpoint.span.or(resource.name_span);
        let need = Need::new(graph, NeedKind::Endpoint, found.resource, "the protocol takes the endpoint", asked).at(place);
        let mut needs = vec![need];
        needs.extend(delivery.into_iter().flat_map(|delivery| deliveries::needs(graph, delivery)));
        let from = source_of(graph, found.resource);
        let edge = Edge::new(Relation::Delivers, guard)
            .detail(found.protocol.as_str().unwrap_or_default())
            .shown_by(Label::new(place, format!("`{}` subscribes it", resource.address)))
            .needs(needs);
        let edge = if from.is_some() { edge.by(found.resource) } else { edge };
        relations.add(from.unwrap_or(Node::Resource(found.resource)), named(graph, &endpoint, &arn), edge);
    }
}
