//! What services send to queues and topics, and that the policies there, and those of their keys, let them in.

use std::collections::HashMap;

use super::super::Graph;
use super::super::deliveries::{Admission, Delivery};
use super::super::keys::Encryption;
use super::calls::source_of;
use super::{Asked, Edge, Need, NeedKind, Node, Relation, Relations};
use crate::finding::Label;
use crate::gap::Gap;
use crate::iam::{self, Caller, ResourceSet};
use crate::source::Span;
use crate::unit::Resource;
use crate::value::ResourceId;

/// Subscriptions are drawn with their topics.
pub(super) fn add(graph: &Graph<'_>, relations: &mut Relations) {
    for delivery in graph.deliveries().iter().filter(|delivery| !is_subscription(delivery)) {
        let resource = graph.resource(delivery.resource);
        let place = delivery.value.span.or(resource.name_span);
        let to = match delivery.target {
            Some(id) => Node::Resource(id),
            None => Node::Outside(delivery.value.to_string().into()),
        };
        let from = source_of(graph, delivery.resource);
        let edge = Edge::new(Relation::SendsTo, delivery.presence.clone())
            .detail(delivery.sender.name)
            .shown_by(Label::new(place, format!("{} of `{}`", delivery.sender.name, resource.address)))
            .needs(needs(graph, delivery));
        let edge = if from.is_some() { edge.by(delivery.resource) } else { edge };
        relations.add(from.unwrap_or(Node::Resource(delivery.resource)), to, edge);
    }
}

/// The subscriptions of queues, by the resource and the place of the endpoint.
pub(super) fn of_subscriptions<'g>(graph: &'g Graph<'_>) -> HashMap<(ResourceId, Span), &'g Delivery> {
    let own = graph.deliveries().iter().filter(|delivery| is_subscription(delivery));
    own.map(|delivery| ((delivery.resource, delivery.value.span), delivery)).collect()
}

fn is_subscription(delivery: &Delivery) -> bool {
    delivery.sender.name == "SNS subscription"
}

/// What a delivery needs.
pub(super) fn needs(graph: &Graph<'_>, delivery: &Delivery) -> Vec<Need> {
    let place = delivery.value.span.or(graph.resource(delivery.resource).name_span);
    let (principal, name) = (delivery.sender.principals[0], delivery.sender.target.name());
    let need = |kind, what: String, asked| Need::new(graph, kind, delivery.resource, what, asked).at(place);
    let Some(target) = delivery.target.map(|id| graph.resource(id)) else {
        let gap = Gap::new(format!("the {name} is not declared here, so its policy is not known"), place);
        return vec![need(NeedKind::Delivery, format!("a policy on the {name} lets {principal} in"), Asked::Unknown(gap))];
    };
    if !delivery.role.is_null() {
        let arn = graph.names.text(&delivery.value).unwrap_or_default();
        let call = iam::Need::on(delivery.sender.target.action(), arn, Caller::Function);
        let asked = graph.role_allows(&delivery.role, &[vec![call]], &ResourceSet::default(), &delivery.presence);
        return vec![need(NeedKind::Allowed, format!("the role allows {}", delivery.sender.target.action()), asked)];
    }
    let admitted = asked(graph.admission(delivery, target), target, || format!("no policy on the {name} lets {principal} in"));
    let mut out = vec![need(NeedKind::Delivery, format!("a policy on the {name} lets {principal} in"), admitted)];
    for encryption in graph.encryption(target) {
        let what = format!("{principal} may use the key of the {name}");
        let asked = match &encryption {
            Encryption::OfAws(key, _) => Asked::NotMet(format!("the key that AWS manages, `{key:#}`, lets in no service")),
            Encryption::Own(own) => match own.key {
                None => Asked::Unknown(Gap::new(format!("`{:#}` is not declared here", own.value), own.value.span)),
                Some(key) => {
                    let admission = graph.admission_to_key(delivery, key, &delivery.presence);
                    asked(admission, key, || format!("the policy of `{}` does not let {principal} use it", key.address))
                }
            },
        };
        out.push(need(NeedKind::DeliveryKey, what, asked));
    }
    out
}

fn asked(admission: Admission, by: &Resource, why: impl Fn() -> String) -> Asked {
    match admission {
        Admission::Granted => Asked::Met(by.name_span),
        Admission::Refused(_) => Asked::NotMet(why()),
        Admission::Unknown(gap) => Asked::Unknown(gap),
    }
}
