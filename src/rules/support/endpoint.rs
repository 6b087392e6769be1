//! Mends for endpoints that a service does not take.

use super::mend::{Dialect, dialect, local_address, scope, yaml_text};
use crate::finding::Help;
use crate::graph::Graph;
use crate::graph::arn::Arn;
use crate::graph::endpoints::{Shape, SlotUse, Takes};
use crate::graph::subscriptions::{SubscriptionUse, protocol_for, service_of};
use crate::text;
use crate::unit::Resource;
use crate::value::{Part, ResourceId, Text, Value};

/// Whether a text only holds a place that is filled before the deploy: the default of a parameter is often such a one.
pub(crate) fn is_placeholder(value: &Value) -> bool {
    value.to_text().is_some_and(|text| text::placeholder::is_placeholder(&text))
}

/// How to mend what stands in a slot.
pub(crate) fn slot_help(graph: &Graph<'_>, found: &SlotUse, value: &Value) -> Help {
    let takes = |service: &str| match found.slot.takes {
        Takes::Only(services) => services.contains(&service),
        Takes::AllBut(services) => !services.contains(&service),
    };
    match own_arn(graph, found.resource, value, &takes) {
        Some(expression) => assignment(graph, "name the resource by its ARN:", found.attribute, &expression),
        None => {
            let what = match found.slot.takes {
                Takes::Only([one]) => format!("write an ARN of {one} here"),
                Takes::Only(some) => format!("write an ARN of {} here", super::list(some)),
                Takes::AllBut(_) => "write the ARN of the resource itself here".to_owned(),
            };
            Help { text: what, code: String::new() }
        }
    }
}

/// How to mend a subscription: the endpoint's own ARN, or the protocol that the endpoint is for.
pub(crate) fn subscription_help(graph: &Graph<'_>, found: &SubscriptionUse, protocol: &Value, endpoint: &Value) -> Help {
    let terraform = dialect(graph) == Dialect::Terraform;
    let service = protocol.as_str().and_then(service_of);
    let shape = graph.shape(endpoint);
    let written = match &shape {
        Shape::Arn(service, _) => protocol_for(service),
        Shape::Url(scheme) => Some(*scheme).filter(|_| !is_queue(graph, endpoint)),
        Shape::Mail => Some("email"),
        Shape::Phone => Some("sms"),
        _ => None,
    };
    let fits = |wanted: &str| protocol.as_str() != Some(wanted);
    let own = service.and_then(|service| own_arn(graph, found.resource, endpoint, &|s| s == service));
    match (own, written.filter(|w| fits(w))) {
        (Some(expression), _) => {
            assignment(graph, "name the endpoint by its ARN:", if terraform { "endpoint" } else { "Endpoint" }, &expression)
        }
        (None, Some(right)) => {
            let code = match dialect(graph) {
                Dialect::Terraform => format!("protocol = \"{right}\""),
                Dialect::Yaml => format!("Protocol: {right}"),
                Dialect::Json => format!("\"Protocol\": \"{right}\""),
            };
            Help { text: format!("the endpoint is {}, which has a protocol of its own:", shape.described()), code }
        }
        (None, None) => {
            let whose = service.map_or("the address of the endpoint".to_owned(), |s| format!("the endpoint's own ARN, one of {s}"));
            Help { text: format!("write {whose}; from another module or stack, as an output of it"), code: String::new() }
        }
    }
}

fn is_queue(graph: &Graph<'_>, value: &Value) -> bool {
    graph.endpoint_owner(value).is_some_and(|r| r.kind.ends_with("Queue") || r.kind.ends_with("queue"))
}

/// An expression for the ARN of the resource that a value names by another attribute; none for one in another module.
pub(crate) fn own_arn(graph: &Graph<'_>, subject: ResourceId, value: &Value, takes: &dyn Fn(&str) -> bool) -> Option<String> {
    let owner = graph.endpoint_owner(value).filter(|owner| scope(owner) == scope(graph.resource(subject)))?;
    let attributes: &[&str] = if owner.kind.contains("::") { &["Arn", "Ref"] } else { &["arn"] };
    let (attribute, arn) = attributes.iter().map(|a| (*a, graph.names.attribute(owner.id, a))).find(|(_, text)| {
        let service = Arn::parse(text).and_then(|arn| arn.service().as_known().map(takes));
        service == Some(true)
    })?;
    let named_whole = graph.referent(value).is_some() || called(graph, value).as_ref() == Some(&arn);
    named_whole.then(|| reference(owner, attribute))
}

/// The function in an invoke ARN.
fn called(graph: &Graph<'_>, value: &Value) -> Option<Text> {
    let (_, rest) = text::cut(&graph.names.text(value)?, "/functions/")?;
    text::strip_suffix(&rest, "/invocations")
}

fn reference(owner: &Resource, attribute: &str) -> String {
    let name = local_address(owner);
    match (owner.kind.contains("::"), attribute) {
        (false, _) => format!("{name}.arn"),
        (true, "Ref") => format!("${{{name}}}"),
        (true, path) => format!("${{{name}.{path}}}"),
    }
}

/// `attribute = expression` in the unit's language; the expression is HCL, or the content of `Fn::Sub`.
pub(crate) fn assignment(graph: &Graph<'_>, text: &str, attribute: &str, expression: &str) -> Help {
    let code = match dialect(graph) {
        Dialect::Terraform => format!("{attribute} = {expression}"),
        Dialect::Yaml => format!("{attribute}: {}", yaml_text(expression)),
        Dialect::Json => format!("\"{attribute}\": {}", super::mend::json_text(expression)),
    };
    Help { text: text.to_owned(), code }
}

/// A text as an expression for [`assignment`]: HCL, or the content of `Fn::Sub`.
pub(crate) fn expression(graph: &Graph<'_>, text: &Text) -> String {
    match (dialect(graph), text.parts().as_slice()) {
        (Dialect::Terraform, [Part::Attr(attr)]) => format!("{}.{}", local_address(graph.resource(attr.resource)), attr.path),
        (Dialect::Terraform, _) => format!("\"{}\"", super::mend::hcl_string(graph, text)),
        _ => super::mend::sub_string(graph, text),
    }
}
