//! What lies in which VPC and subnet, which security groups things have, whom these let in, and who connects to which store.

use super::super::Graph;
use super::super::network::each;
use super::super::network::groups::{GroupKey, Ports, Rule, Source};
use super::super::network::reach::{End, Reach, Way};
use super::super::network::stores::Store;
use super::super::network::uses::{Addresses, Use, is_public};
use super::super::vpc::{Attached, VpcCase};
use super::{Asked, Edge, Need, NeedKind, Node, Relation, Relations};
use crate::finding::Label;
use crate::gap::Gap;
use crate::model::ec2::Direction;
use crate::model::lambda::Function;
use crate::model::read;
use crate::text::Answer;
use crate::value::{Guard, Kind, Value};

pub(super) fn add(graph: &Graph<'_>, relations: &mut Relations) {
    for function in graph.all::<Function>() {
        for case in graph.vpc_cases(&function) {
            add_case(graph, &function, &case, relations);
        }
    }
    add_stores(graph, relations);
    add_clients(graph, relations);
    for rule in graph.network().groups.rules().iter().filter(|rule| rule.direction == Direction::Ingress) {
        add_rule(graph, rule, relations);
    }
    add_uses(graph, relations);
    add_routes(graph, relations);
}

fn group_node(key: &GroupKey) -> Node {
    match key {
        GroupKey::Resource(id) => Node::Resource(*id),
        GroupKey::Named(name) => Node::Outside(name.clone()),
    }
}

fn add_case(graph: &Graph<'_>, function: &Function, case: &VpcCase, relations: &mut Relations) {
    let node = Node::Resource(function.id);
    match &case.attachment {
        Attached::No => {}
        Attached::Unknown(gap) => relations.open(node, gap.clone()),
        Attached::Yes { subnets, groups } => {
            for subnet in subnets {
                add_place(graph, &node, subnet, &case.guard, relations);
            }
            for group in groups {
                let Some(key) = graph.network().groups.key(graph, group) else { continue };
                let label = Label::new(group.span.or(case.span), "has the group");
                relations.add(node.clone(), group_node(&key), Edge::new(Relation::HasGroup, case.guard.clone()).shown_by(label));
            }
        }
    }
}

/// That something lies in what a value names: a subnet, a VPC.
fn add_place(graph: &Graph<'_>, node: &Node, place: &Value, guard: &Guard, relations: &mut Relations) {
    let to = graph.referent(place).map_or_else(|| Node::Outside(place.to_string().into()), |r| Node::Resource(r.id));
    let label = Label::new(place.span, "lies in it");
    relations.add(node.clone(), to, Edge::new(Relation::In, guard.clone()).shown_by(label));
}

fn add_stores(graph: &Graph<'_>, relations: &mut Relations) {
    for store in &graph.network().stores.all {
        let resource = graph.resource(store.resource);
        let node = Node::Resource(store.resource);
        for attachment in &store.groups {
            let Some(guard) = resource.presence.and(&attachment.guard) else { continue };
            let label = Label::new(attachment.value.span.or(resource.name_span), "has the group");
            relations.add(node.clone(), group_node(&attachment.group), Edge::new(Relation::HasGroup, guard).shown_by(label));
        }
        if let Some(gap) = &store.gap {
            relations.open(node.clone(), gap.clone());
        }
        if let Ok(crate::graph::network::vpcs::VpcKey::Resource(vpc)) = &store.vpc {
            let label = Label::new(resource.name_span, "lies in it");
            relations.add(node, Node::Resource(*vpc), Edge::new(Relation::In, resource.presence.clone()).shown_by(label));
        }
    }
}

fn add_clients(graph: &Graph<'_>, relations: &mut Relations) {
    for client in graph.network().clients.all() {
        let resource = graph.resource(client.resource);
        for (value, key) in &client.groups {
            let label = Label::new(value.span.or(resource.name_span), "has the group");
            let edge = Edge::new(Relation::HasGroup, resource.presence.clone()).shown_by(label);
            relations.add(Node::Resource(client.resource), group_node(key), edge);
        }
    }
}

fn ports(ports: &Ports) -> Option<String> {
    Some(match ports {
        Ports::All => "all ports".to_owned(),
        Ports::Range(range) if range.start() == range.end() => format!("port {}", range.start()),
        Ports::Range(range) => format!("ports {}-{}", range.start(), range.end()),
        Ports::Same(text) => format!("port {text}"),
        Ports::Unknown(_) => "ports not known".to_owned(),
        Ports::Nothing => return None,
    })
}

fn add_rule(graph: &Graph<'_>, rule: &Rule, relations: &mut Relations) {
    let (Some(group), Some(ports)) = (&rule.group, ports(&rule.ports)) else { return };
    let to = group_node(group);
    if let Some(gap) = &rule.sources_gap {
        relations.open(to.clone(), gap.clone());
    }
    for (guard, source) in &rule.sources {
        let Some(guard) = rule.guard.and(guard) else { continue };
        let (from, place) = match source {
            Source::Cidr(value) => (range_node(value), value.span),
            Source::PrefixList(value) => (Node::Outside(value.to_string().into()), value.span),
            Source::Group(value) => match graph.network().groups.key(graph, value) {
                Some(key) => (group_node(&key), value.span),
                None => (Node::Outside(value.to_string().into()), value.span),
            },
            Source::Itself => (to.clone(), rule.span),
        };
        let what = "it lets in no more than it has to";
        let need = Need::new(graph, NeedKind::Narrow, rule.resource, what, Asked::Nothing).at(rule.span);
        let edge = Edge::new(Relation::Admits, guard)
            .detail(ports.clone())
            .by(rule.resource)
            .shown_by(Label::new(place.or(rule.span), "this rule lets it in"))
            .needs(vec![need]);
        relations.add(from, to.clone(), edge);
    }
}

/// A literal range is one place; what a VPC's attribute says is the VPC's.
fn range_node(value: &Value) -> Node {
    match &value.kind {
        Kind::Attr(attr) => Node::Resource(attr.resource),
        _ => Node::Range(value.to_string().into()),
    }
}

fn add_uses(graph: &Graph<'_>, relations: &mut Relations) {
    let addresses = Addresses::new(graph);
    let reach = Reach::new(graph);
    for function in graph.all::<Function>() {
        let uses = addresses.used_by(graph, &function);
        if uses.is_empty() {
            continue;
        }
        for case in graph.vpc_cases(&function) {
            for used in &uses {
                let Some(guard) = case.guard.and(&used.guard) else { continue };
                let place = used.value.span.or(graph.resource(function.id).name_span);
                let what = "there is a way through VPCs and security groups";
                let asked = path(graph, &reach, &case, used, &guard).unwrap_or_else(Asked::Unknown);
                let need = Need::new(graph, NeedKind::Path, function.id, what, asked).at(place);
                let edge = Edge::new(Relation::Uses, guard)
                    .detail(format!("port {}", used.store.port.shown()))
                    .shown_by(Label::new(place, format!("variable `{}` has its address", used.variable)))
                    .needs(vec![need]);
                relations.add(Node::Resource(function.id), Node::Resource(used.store.resource), edge);
            }
        }
    }
}

fn path(graph: &Graph<'_>, reach: &Reach<'_>, case: &VpcCase, used: &Use<'_>, guard: &Guard) -> Result<Asked, Gap> {
    let store: &Store = used.store;
    let address = &graph.resource(store.resource).address;
    match &case.attachment {
        Attached::Unknown(gap) => return Err(gap.clone()),
        Attached::No => {
            return Ok(match is_public(graph, store)? {
                // Whom the groups of a public store let in is not asked here.
                true => Asked::Nothing,
                false => Asked::NotMet(format!("the function is in no VPC, and `{address}` has no public address")),
            });
        }
        Attached::Yes { .. } => {}
    }
    let network = graph.network();
    let theirs_vpc = store.vpc.clone()?;
    let own_vpc = network.vpcs.of_subnets(graph, &case.subnets)?;
    match own_vpc.same(&theirs_vpc) {
        Answer::Yes => {}
        Answer::No => {
            return Ok(match network.paths.joined(&own_vpc, &theirs_vpc)? {
                true => Asked::Nothing,
                false => Asked::NotMet(format!("the function and `{address}` are in VPCs that nothing joins")),
            });
        }
        Answer::Maybe => return Err(Gap::new(format!("whether the function and `{address}` are in one VPC is not known"), case.span)),
    }
    let own = End::of_function(graph, case)?;
    let theirs = End::of_store(graph, store)?;
    let ways = [
        ("no rule of its groups lets the function in", reach.way_into(store, &theirs, &own, guard)),
        ("no rule of the function's groups lets it out", reach.out_to_store(store, &theirs, &own, guard)),
    ];
    let each = ways.into_iter().map(|(closed, way)| match way {
        Way::Open => Asked::Met(graph.resource(store.resource).name_span),
        Way::Closed => Asked::NotMet(closed.to_owned()),
        Way::Unknown(gap) => Asked::Unknown(gap),
    });
    Ok(each.fold(Asked::Met(case.span), Asked::and))
}

/// Routes: the table (with the subnets that it is for) and what each leads to; both spellings.
static ROUTES: &[(&str, &str, &str)] = &[
    ("AWS::EC2::Route", "RouteTableId", ""),
    ("aws_route", "route_table_id", ""),
    ("aws_route_table", "", "route"),
    ("aws_default_route_table", "", "route"),
];

/// What a route may lead to.
const HOPS: [&str; 14] = [
    "GatewayId",
    "NatGatewayId",
    "TransitGatewayId",
    "VpcPeeringConnectionId",
    "NetworkInterfaceId",
    "InstanceId",
    "VpcEndpointId",
    "gateway_id",
    "nat_gateway_id",
    "transit_gateway_id",
    "vpc_peering_connection_id",
    "network_interface_id",
    "vpc_endpoint_id",
    "instance_id",
];

/// What gives a subnet its route table.
static ASSOCIATIONS: &[(&str, &str, &str)] = &[
    ("AWS::EC2::SubnetRouteTableAssociation", "SubnetId", "RouteTableId"),
    ("aws_route_table_association", "subnet_id", "route_table_id"),
];

fn add_routes(graph: &Graph<'_>, relations: &mut Relations) {
    for (kind, subnet, table) in ASSOCIATIONS {
        let kinds = [*kind];
        for association in graph.of_kinds(&kinds) {
            let named = |path: &str| graph.referent(&read(&association.attributes, path)).map(|r| r.id);
            let (Some(subnet), Some(table)) = (named(subnet), named(table)) else { continue };
            let label = Label::new(association.name_span, "the subnet has the route table");
            let edge = Edge::new(Relation::RoutesTo, association.presence.clone()).by(association.id).shown_by(label);
            relations.add(Node::Resource(subnet), Node::Resource(table), edge);
        }
    }
    for (kind, table, routes) in ROUTES {
        let kinds = [*kind];
        for resource in graph.of_kinds(&kinds) {
            let (from, entries) = match table.is_empty() {
                true => (Some(resource.id), each(&read(&resource.attributes, routes)).items),
                false => {
                    let named = graph.referent(&read(&resource.attributes, table)).map(|r| r.id);
                    (named, vec![(Guard::always(), resource.attributes.clone())])
                }
            };
            let Some(from) = from else { continue };
            for (guard, route) in entries {
                let hop = HOPS.iter().map(|hop| read(&route, hop)).find_map(|value| graph.referent(&value));
                let (Some(hop), Some(guard)) = (hop, resource.presence.and(&guard)) else { continue };
                let range = ["DestinationCidrBlock", "destination_cidr_block", "cidr_block"].iter().map(|r| read(&route, r));
                let range = range.into_iter().find(|r| !r.is_null()).map(|r| r.to_string()).unwrap_or_default();
                let label = Label::new(route.span.or(resource.name_span), "the route");
                let mut edge = Edge::new(Relation::RoutesTo, guard).detail(range).shown_by(label);
                if resource.id != from {
                    edge = edge.by(resource.id);
                }
                relations.add(Node::Resource(from), Node::Resource(hop.id), edge);
            }
        }
    }
}
