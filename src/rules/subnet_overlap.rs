//! Subnets of one VPC that overlap, or lie outside of its ranges. See `rules/subnet-overlap.md`.

use indexmap::IndexMap;
use ipnet::IpNet;

use super::Sink;
use super::ingress::{self, listed, shown};
use super::support::place::{further, severity};
use crate::finding::{Finding, Help, Label, Message, Severity};
use crate::graph::Graph;
use crate::graph::network::vpcs::VpcKey;
use crate::graph::network::{Gap, cidr};
use crate::model::ec2::Subnet;
use crate::text::Answer;
use crate::unit::Resource;
use crate::value::{Guard, ResourceId, Str};

const ID: &str = "subnet-overlap";

/// How many enclosing subnets one is compared with: nested ranges have 13 sizes in a VPC, so more are copies.
const MAX_ENCLOSING: usize = 64;

/// A subnet whose range is known.
struct Placed {
    subnet: Subnet,
    net: IpNet,
}

/// Runs the rule.
pub fn check(graph: &Graph<'_>, sink: &mut Sink) {
    let mut by_vpc: IndexMap<(VpcKey, Str), Vec<Placed>> = IndexMap::new();
    for subnet in graph.all::<Subnet>() {
        let resource = graph.resource(subnet.id);
        // The default subnets are AWS's.
        if subnet.cidr.is_null() || resource.kind == "aws_default_subnet" {
            continue;
        }
        if let Some(collection) = &resource.symbolic {
            ingress::undecided(graph, sink, ID, subnet.id, &several(&subnet, collection));
            continue;
        }
        let vpcs = &graph.network().vpcs;
        let vpc = match vpcs.subnet_by_id(subnet.id).map(|s| &s.vpc) {
            Some(Ok(vpc)) => vpc.clone(),
            Some(Err(gap)) => {
                ingress::undecided(graph, sink, ID, subnet.id, gap);
                continue;
            }
            None => continue,
        };
        match subnet.cidr.as_str().map(cidr::parse) {
            Some(Some(net @ IpNet::V4(_))) => by_vpc.entry((vpc, resource.provider.clone())).or_default().push(Placed { subnet, net }),
            Some(_) => {}
            None => ingress::undecided(graph, sink, ID, subnet.id, &Gap::of(&subnet.cidr)),
        }
    }
    for ((vpc, _), subnets) in &mut by_vpc {
        if let VpcKey::Resource(id) = vpc {
            subnets.iter().for_each(|placed| outside(graph, sink, vpc, *id, placed));
        }
        subnets.sort_by_key(|p| (p.net.network(), p.net.prefix_len(), p.subnet.id));
        overlaps(graph, sink, vpc, subnets);
    }
    across(graph, sink, &by_vpc);
}

/// Why a resource that stands for several says nothing of their ranges.
fn several(subnet: &Subnet, collection: &str) -> Gap {
    match subnet.cidr.first_unknown() {
        Some(_) => Gap::of(&subnet.cidr),
        None => {
            Gap::new(format!("how many subnets have this range is not known: there is one for each of `{collection}`"), subnet.cidr.span)
        }
    }
}

/// How many VPCs are compared with one another: nobody names more in different ways.
const MAX_NAMED: usize = 32;

/// Subnets whose ranges overlap, and of which it is not known whether they are in one VPC.
fn across(graph: &Graph<'_>, sink: &mut Sink, by_vpc: &IndexMap<(VpcKey, Str), Vec<Placed>>) {
    let vpcs: Vec<_> = by_vpc.iter().take(MAX_NAMED).collect();
    for (i, ((one, provider), subnets)) in vpcs.iter().enumerate() {
        for ((other, theirs), others) in &vpcs[i + 1..] {
            if provider != theirs || one.same(other) != Answer::Maybe {
                continue;
            }
            let apart = |a: &Placed, b: &Placed| {
                let (a_first, b_first) = (a.net.network(), b.net.network());
                !a.net.contains(&b_first) && !b.net.contains(&a_first)
            };
            let overlapping = others.iter().find_map(|b| Some((subnets.iter().take(MAX_ENCLOSING).find(|a| !apart(a, b))?, b)));
            if let Some((a, b)) = overlapping {
                let (subnet, one, other) = (shown(graph, a.subnet.id), a.subnet.vpc.words(), b.subnet.vpc.words());
                let reason = format!("{subnet} ({}) overlaps it, and whether `{one}` and `{other}` are one VPC is not known", a.net);
                ingress::undecided(graph, sink, ID, b.subnet.id, &Gap::new(reason, graph.place(b.subnet.id, &b.subnet.cidr)));
            }
        }
    }
}

/// Two ranges are apart, or the one holds the other: in order of their first address, those that hold a range come before it.
fn overlaps(graph: &Graph<'_>, sink: &mut Sink, vpc: &VpcKey, subnets: &[Placed]) {
    let mut enclosing: Vec<&Placed> = Vec::new();
    for placed in subnets {
        while enclosing.last().is_some_and(|outer| !outer.net.contains(&placed.net)) {
            enclosing.pop();
        }
        let presence = |p: &Placed| graph.resource(p.subnet.id).presence.clone();
        let found = enclosing.iter().rev().take(MAX_ENCLOSING).find_map(|outer| Some((outer, presence(outer).and(&presence(placed))?)));
        if let Some((outer, guard)) = found {
            report_overlap(graph, sink, vpc, (outer, placed), &guard);
        }
        enclosing.push(placed);
    }
}

fn report_overlap(graph: &Graph<'_>, sink: &mut Sink, vpc: &VpcKey, (one, other): (&Placed, &Placed), guard: &Guard) {
    // The later of the two is the one that is refused; which that is, the order in the source tells as well as any.
    let (first, second) = if one.subnet.id <= other.subnet.id { (one, other) } else { (other, one) };
    let resource = graph.resource(second.subnet.id);
    let when = further(resource, guard);
    let (one, other) = (shown(graph, second.subnet.id), shown(graph, first.subnet.id));
    let message = Message::new(format!("{one} ({}) overlaps {other} ({})", second.net, first.net))
        .under(&when)
        .note(format!("both are in {}", graph.network().vpcs.shown(graph, vpc)))
        .note(format!("the deploy fails with \"The CIDR '{}' conflicts with another subnet\"", second.net));
    let related =
        vec![Label::new(graph.place(first.subnet.id, &first.subnet.cidr), format!("{} has {}", shown(graph, first.subnet.id), first.net))];
    let key = graph.resource(first.subnet.id).address.clone();
    push(graph, sink, resource, second, &when, message, related, "give each subnet of a VPC a range of its own", key);
}

/// The ranges of a VPC, where all of them are known.
fn known_ranges(graph: &Graph<'_>, vpc: &VpcKey, id: ResourceId) -> Result<Vec<IpNet>, Gap> {
    let ranges = graph.network().vpcs.get(vpc).map_or(&[][..], |v| &v.ranges);
    if let Some(hidden) = ranges.iter().find(|r| r.net.is_none()) {
        return Err(Gap::of(&hidden.value));
    }
    if let Some(opaque) = graph.unit.opaque.iter().find(|o| o.arguments.is_null() || o.references.contains(&id)) {
        return Err(Gap::new(format!("whether `{}` adds ranges to the VPC cannot be seen", opaque.address), opaque.span));
    }
    Ok(ranges.iter().filter_map(|r| r.net).filter(|net| matches!(net, IpNet::V4(_))).collect())
}

fn outside(graph: &Graph<'_>, sink: &mut Sink, vpc: &VpcKey, id: ResourceId, placed: &Placed) {
    let ranges = match known_ranges(graph, vpc, id) {
        // An address pool gives the VPC its range.
        Ok(ranges) if ranges.is_empty() => return,
        Ok(ranges) if ranges.iter().any(|r| r.contains(&placed.net)) => return,
        Ok(ranges) => ranges,
        Err(gap) => return ingress::undecided(graph, sink, ID, placed.subnet.id, &gap),
    };
    let resource = graph.resource(placed.subnet.id);
    let vpc = graph.resource(id);
    let Some(guard) = resource.presence.and(&vpc.presence) else { return };
    let when = further(resource, &guard);
    let texts: Vec<String> = ranges.iter().map(IpNet::to_string).collect();
    let (subnet, network) = (shown(graph, placed.subnet.id), shown(graph, id));
    let message = Message::new(format!("{subnet} ({}) is not within {network} ({})", placed.net, listed(&texts)))
        .under(&when)
        .note(format!("the deploy fails with \"The CIDR '{}' is invalid\"", placed.net));
    let related = vec![Label::new(vpc.name_span, format!("{} has {}", shown(graph, id), listed(&texts)))];
    push(
        graph,
        sink,
        resource,
        placed,
        &when,
        message,
        related,
        "take a part of the VPC's range, or add a range to the VPC",
        "range".into(),
    );
}

#[expect(clippy::too_many_arguments, reason = "the parts of one finding")]
fn push(
    graph: &Graph<'_>,
    sink: &mut Sink,
    resource: &Resource,
    placed: &Placed,
    when: &Guard,
    message: Message,
    related: Vec<Label>,
    help: &str,
    key: Str,
) {
    sink.findings.push(Finding {
        rule: ID,
        severity: severity(when, Severity::Error),
        message,
        primary: Label::new(graph.place(resource.id, &placed.subnet.cidr), format!("the subnet has {}", placed.net)),
        related,
        flow: Vec::new(),
        help: Some(Help { text: help.to_owned(), code: String::new() }),
        address: resource.address.clone(),
        key,
    });
}
