//! A security group's rule refers to a group of another VPC. See `rules/security-group-other-vpc.md`.

use super::Sink;
use super::ingress::{self, shown, snippet};
use crate::finding::{Finding, Help, Label, Message, Severity};
use crate::graph::Graph;
use crate::graph::network::Gap;
use crate::graph::network::groups::{GroupKey, Rule, Source};
use crate::graph::network::paths::Reach;
use crate::graph::network::vpcs::VpcKey;
use crate::model::ec2::Direction;
use crate::model::read;
use crate::text::Answer;
use crate::value::{Guard, ResourceId, Value};

const ID: &str = "security-group-other-vpc";

/// Runs the rule.
pub fn check(graph: &Graph<'_>, sink: &mut Sink) {
    let network = graph.network();
    for rule in network.groups.rules() {
        for (guard, source) in &rule.sources {
            let Source::Group(value) = source else { continue };
            match (&rule.group, network.groups.key(graph, value)) {
                (Some(GroupKey::Resource(own)), Some(GroupKey::Resource(other))) => {
                    check_reference(graph, sink, rule, *own, other, guard, value);
                }
                // Where the unit speaks of one VPC only, nothing suggests another.
                (Some(GroupKey::Resource(_)), _) if network.vpcs.only().is_none() => {
                    ingress::undecided(graph, sink, ID, rule.resource, &elsewhere(value));
                }
                (_, Some(GroupKey::Resource(_))) if network.vpcs.only().is_none() => {
                    let own = read(&graph.resource(rule.resource).attributes, rule.form.group);
                    ingress::undecided(graph, sink, ID, rule.resource, &elsewhere(&own));
                }
                _ => {}
            }
        }
    }
}

/// Why the VPC of a group is not known that is not of the unit.
fn elsewhere(group: &Value) -> Gap {
    let gap = Gap::of_or(group, || format!("`{group:#}` is not declared here"));
    Gap::new(format!("the VPC of a group is not known: {}", gap.reason), gap.cause)
}

fn check_reference(graph: &Graph<'_>, sink: &mut Sink, rule: &Rule, own: ResourceId, other_id: ResourceId, guard: &Guard, value: &Value) {
    let network = graph.network();
    let other = GroupKey::Resource(other_id);
    let together = rule.guard.and(guard).and_then(|g| g.and(&graph.resource(other_id).presence));
    if other_id == own || together.and_then(|g| g.and(&graph.resource(own).presence)).is_none() {
        return;
    }
    let one = network.groups.vpc(graph, &GroupKey::Resource(own));
    let two = network.groups.vpc(graph, &other);
    let (one, two) = match (one, two) {
        (Ok(one), Ok(two)) => (one, two),
        (Err(gap), _) | (_, Err(gap)) => return ingress::undecided(graph, sink, ID, rule.resource, &gap),
    };
    match one.same(&two) {
        Answer::Yes => {}
        Answer::Maybe => ingress::undecided(graph, sink, ID, rule.resource, &unclear(graph, own, other_id, value)),
        Answer::No => match network.paths.reach(graph, &one, &two, [own, other_id]) {
            Reach::Possible => {}
            Reach::Unknown(gap) => ingress::undecided(graph, sink, ID, rule.resource, &gap),
            Reach::Impossible(why) => report(graph, sink, rule, (own, &one), (other_id, &two), value, why),
        },
    }
}

fn unclear(graph: &Graph<'_>, own: ResourceId, other: ResourceId, value: &Value) -> Gap {
    Gap::new(format!("whether {} and {} are of one VPC is not known", shown(graph, own), shown(graph, other)), value.span)
}

fn report(
    graph: &Graph<'_>,
    sink: &mut Sink,
    rule: &Rule,
    (own, one): (ResourceId, &VpcKey),
    (other, two): (ResourceId, &VpcKey),
    value: &Value,
    why: &'static str,
) {
    let vpcs = &graph.network().vpcs;
    let message = Message::new(format!("a rule of {} refers to {}, a group of another VPC", shown(graph, own), shown(graph, other)))
        .note("the deploy fails with \"You have specified two resources that belong to different networks\"")
        .note(format!("the groups are of {} and {}, and the two VPCs are {why}", vpcs.shown(graph, one), vpcs.shown(graph, two)));
    let way = if rule.direction == Direction::Egress { "to" } else { "from" };
    let related = [(own, one), (other, two)]
        .into_iter()
        .map(|(group, vpc)| Label::new(graph.resource(group).name_span, format!("a group of {}", vpcs.shown(graph, vpc))));
    let span = if rule.contains(value.span) { value.span } else { rule.span };
    sink.findings.push(Finding {
        rule: ID,
        severity: Severity::Error,
        message,
        primary: Label::new(span, format!("traffic {way} a group of another VPC")),
        related: related.collect(),
        flow: Vec::new(),
        help: Some(Help {
            text: "refer to a group of the same VPC, peer the two VPCs in one region, or name the range of the other VPC".to_owned(),
            code: String::new(),
        }),
        address: graph.resource(rule.resource).address.clone(),
        key: snippet::source_text(value).into(),
    });
}
