//! The calls that put a function into a VPC.

use crate::graph::Graph;
use crate::iam::{Caller, Need};
use crate::source::Span;
use crate::value::{Part, Reason, ResourceId, Text, Unknown, Value};

/// What Lambda calls to put a function into a VPC (AWS Lambda Developer Guide, "Giving Lambda functions access to resources in
/// an Amazon VPC"), on the resources that each call needs (Service Authorization Reference, "Amazon EC2").
pub(crate) fn needs(graph: &Graph<'_>, function: ResourceId, subnets: &[Value], groups: &[Value]) -> Vec<Need> {
    let unknown = |what: &str| Part::Unknown(Unknown::new(Reason::Computed, what, format!("the {what} is not known"), Span::NONE));
    let interface = || ec2_arn(graph, function, [Part::Literal("network-interface/eni-".into()), unknown("interface")]);
    let mut create = vec![interface()];
    for (kind, ids, what) in [("subnet/", subnets, "subnet"), ("security-group/", groups, "security group")] {
        let known: Vec<Text> = ids.iter().filter_map(|id| graph.names.text(id)).collect();
        let texts = if known.is_empty() { vec![Text::from_parts([unknown(what)])] } else { known };
        create.extend(texts.iter().map(|id| ec2_arn(graph, function, [Part::Literal(kind.into())].into_iter().chain(id.parts()))));
    }
    let mut out: Vec<Need> = create.into_iter().map(|arn| Need::on("ec2:CreateNetworkInterface", arn, Caller::Lambda)).collect();
    out.push(Need::on_everything("ec2:DescribeNetworkInterfaces", "ec2", Caller::Lambda));
    out.push(Need::on("ec2:DeleteNetworkInterface", interface(), Caller::Lambda));
    out
}

/// An ARN of EC2 where the function is.
pub(crate) fn ec2_arn(graph: &Graph<'_>, function: ResourceId, resource: impl IntoIterator<Item = Part>) -> Text {
    let (partition, region) = (graph.names.partition().clone(), graph.names.region(graph.resource(function)));
    let resource = Text::from_parts(resource);
    let colon = Text::literal(":");
    Text::concat([&Text::literal("arn:"), &partition, &Text::literal(":ec2:"), &region, &colon, graph.names.account(), &colon, &resource])
}
