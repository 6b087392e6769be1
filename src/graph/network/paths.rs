//! What connects a VPC with other networks: peerings, VPNs, transit gateways; and load balancers on the way to a store.

use std::collections::HashMap;

use ipnet::IpNet;

use super::groups::Ports;
use super::stores::Store;
use super::vpcs::{VpcKey, vpc_key};
use super::{Gap, cidr, each};
use crate::graph::Graph;
use crate::model::ec2::{
    GroupAssociation, LoadBalancer, Peering, PrefixList, PrefixListEntry, TargetAttachment, TargetGroup, TransitAttachment,
};
use crate::model::read;
use crate::source::Span;
use crate::text::{Answer, same};
use crate::unit::{Opaque, Resource};
use crate::value::{ResourceId, Value};

/// One end of a peering, seen from the other.
#[derive(Clone, Debug)]
pub struct Peer {
    /// The peered VPC.
    pub vpc: VpcKey,
    /// The peering.
    pub peering: ResourceId,
    /// Whether both are in one region, so that groups can be referenced.
    pub same_region: Answer,
}

/// Whether a rule can refer to a group of another VPC.
#[derive(Clone, Debug)]
pub enum Reach {
    /// Through a peering, a transit gateway or a shared group.
    Possible,
    /// In no way that the unit shows: why.
    Impossible(&'static str),
    /// It cannot be told.
    Unknown(Gap),
}

/// An entry of a prefix list.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The range.
    pub cidr: Value,
    /// The resource that has it.
    pub resource: ResourceId,
}

/// Connections between networks.
#[derive(Debug, Default)]
pub struct Paths {
    peers: HashMap<VpcKey, Vec<Peer>>,
    remote: Vec<(IpNet, ResourceId)>,
    balancers: Vec<ResourceId>,
    hidden_balancer: Option<Gap>,
    targets: Vec<(Ports, ResourceId)>,
    prefix_lists: HashMap<ResourceId, Vec<Entry>>,
    unclear_peering: Option<Gap>,
    transit: HashMap<VpcKey, Vec<Value>>,
    associations: Vec<(Option<ResourceId>, Option<VpcKey>)>,
}

/// Types whose ranges lie beyond a VPN or a gateway: type and path of the range.
#[rustfmt::skip]
static REMOTE: &[(&str, &str)] = &[
    ("aws_vpn_connection_route", "destination_cidr_block"),
    ("AWS::EC2::VPNConnectionRoute", "DestinationCidrBlock"),
    ("aws_vpn_connection", "local_ipv4_network_cidr"),
    ("aws_ec2_transit_gateway_route", "destination_cidr_block"),
    ("AWS::EC2::TransitGatewayRoute", "DestinationCidrBlock"),
    ("aws_ec2_client_vpn_endpoint", "client_cidr_block"),
    ("AWS::EC2::ClientVpnEndpoint", "ClientCidrBlock"),
];

/// Routes that lead to a transit or VPN gateway: type, list of routes (`-`: the resource is one), range, transit gateway, gateway.
#[rustfmt::skip]
static ROUTES: &[(&str, &str, &str, &str, &str)] = &[
    ("aws_route", "-", "destination_cidr_block", "transit_gateway_id", "gateway_id"),
    ("aws_route_table", "route", "cidr_block", "transit_gateway_id", "gateway_id"),
    ("aws_default_route_table", "route", "cidr_block", "transit_gateway_id", "gateway_id"),
    ("AWS::EC2::Route", "-", "DestinationCidrBlock", "TransitGatewayId", "GatewayId"),
];

impl Paths {
    /// Reads the connections of a unit.
    pub fn new(graph: &Graph<'_>) -> Self {
        let mut paths = Paths::default();
        for peering in graph.all::<Peering>() {
            paths.add_peering(graph, &peering);
        }
        for (kind, path) in REMOTE {
            for resource in graph.of_kinds(&[kind]) {
                paths.add_remote(resource.id, &read(&resource.attributes, path));
            }
        }
        for route in ROUTES {
            for resource in graph.of_kinds(&[route.0]) {
                paths.add_routes(graph, resource, route);
            }
        }
        for attachment in graph.all::<TransitAttachment>() {
            if let Ok(vpc) = vpc_key(graph, &attachment.vpc) {
                paths.transit.entry(vpc).or_default().push(attachment.gateway);
            }
        }
        for association in graph.all::<GroupAssociation>() {
            let group = graph.referent(&association.group).map(|r| r.id);
            paths.associations.push((group, vpc_key(graph, &association.vpc).ok()));
        }
        paths.add_balancers(graph);
        paths.add_prefix_lists(graph);
        paths
    }

    fn add_peering(&mut self, graph: &Graph<'_>, peering: &Peering) {
        let (one, other) = match (vpc_key(graph, &peering.vpc), vpc_key(graph, &peering.peer)) {
            (Ok(one), Ok(other)) => (one, other),
            (Err(gap), _) | (_, Err(gap)) => {
                self.unclear_peering.get_or_insert(gap);
                return;
            }
        };
        let same_region = peering_region(graph, peering, &one, &other);
        for (from, to) in [(one.clone(), other.clone()), (other, one)] {
            self.peers.entry(from).or_default().push(Peer { vpc: to, peering: peering.id, same_region });
        }
    }

    fn add_remote(&mut self, resource: ResourceId, value: &Value) {
        // A default route says nothing about where a range lies.
        if let Some(net) = value.as_str().and_then(cidr::parse).filter(|n| !cidr::is_everything(n)) {
            self.remote.push((net, resource));
        }
    }

    fn add_routes(&mut self, graph: &Graph<'_>, resource: &Resource, (_, list, range, transit, gateway): &(&str, &str, &str, &str, &str)) {
        let routes = match *list {
            "-" => vec![resource.attributes.clone()],
            list => each(&read(&resource.attributes, list)).items.into_iter().map(|(_, v)| v).collect(),
        };
        for route in routes {
            let to_vpn = |v: &Value| {
                let literal = v.as_str().is_some_and(|s| s.starts_with("vgw-"));
                literal || graph.referent(v).is_some_and(|r| matches!(r.kind.as_str(), "aws_vpn_gateway" | "AWS::EC2::VPNGateway"))
            };
            if !blank(&read(&route, transit)) || to_vpn(&read(&route, gateway)) {
                self.add_remote(resource.id, &read(&route, range));
            }
        }
    }

    fn add_balancers(&mut self, graph: &Graph<'_>) {
        for balancer in graph.all::<LoadBalancer>() {
            match balancer.kind.as_str() {
                Some("network") => self.balancers.push(balancer.id),
                None if !balancer.kind.is_null() => {
                    self.hidden_balancer.get_or_insert_with(|| Gap::of(&balancer.kind));
                }
                _ => {}
            }
        }
        for opaque in &graph.unit.opaque {
            let kind = opaque.arguments.get("load_balancer_type");
            if kind.is_some_and(|k| k.as_str().is_none_or(|k| k == "network")) {
                let reason = format!("the load balancer of `{}` cannot be seen", opaque.address);
                self.hidden_balancer.get_or_insert_with(|| Gap::new(reason, opaque.span));
            }
        }
        let ports: HashMap<ResourceId, Vec<Value>> = attachment_ports(graph);
        for target in graph.all::<TargetGroup>() {
            // Only a network load balancer forwards these.
            let protocol = target.protocol.as_str().map(str::to_ascii_uppercase);
            if matches!(protocol.as_deref(), Some("TCP" | "TCP_UDP" | "TLS")) || (protocol.is_none() && !target.protocol.is_null()) {
                let further = each(&target.targets).items.into_iter().filter_map(|(_, t)| t.get("Port").cloned());
                let attached = ports.get(&target.id).cloned().unwrap_or_default();
                for port in std::iter::once(target.port.clone()).chain(further).chain(attached) {
                    self.targets.push((target_ports(graph, &port), target.id));
                }
            }
        }
    }

    fn add_prefix_lists(&mut self, graph: &Graph<'_>) {
        for list in graph.all::<PrefixList>() {
            let path = if graph.resource(list.id).kind.contains("::") { "Cidr" } else { "cidr" };
            let entries = each(&list.entries).items.into_iter();
            let entries = entries.map(|(_, e)| Entry { cidr: read(&e, path), resource: list.id });
            self.prefix_lists.entry(list.id).or_default().extend(entries);
        }
        for entry in graph.all::<PrefixListEntry>() {
            if let Some(list) = graph.referent(&entry.list) {
                self.prefix_lists.entry(list.id).or_default().push(Entry { cidr: entry.cidr, resource: entry.id });
            }
        }
    }

    /// The VPCs that a VPC is peered with.
    pub fn peers(&self, vpc: &VpcKey) -> &[Peer] {
        self.peers.get(vpc).map_or(&[], Vec::as_slice)
    }

    /// Whether a group of the one VPC can be referred to in the other. Sources: VPC Peering Guide, "Update your security groups to
    /// reference peer security groups"; Transit Gateway Guide, "Security group referencing"; VPC User Guide, "Associate security
    /// groups with multiple VPCs".
    pub fn reach(&self, graph: &Graph<'_>, one: &VpcKey, other: &VpcKey, groups: [ResourceId; 2]) -> Reach {
        let shared = |(group, _): &&(Option<ResourceId>, Option<VpcKey>)| group.is_none_or(|g| groups.contains(&g));
        if self.associations.iter().find(shared).is_some() {
            return Reach::Possible;
        }
        if let Some(gap) = hidden_link(graph, one, other) {
            return Reach::Unknown(gap);
        }
        let mut apart = "not peered";
        for peer in self.peers(one) {
            match (peer.vpc.same(other), peer.same_region) {
                (Answer::No, _) => {}
                (Answer::Yes, Answer::Yes) => return Reach::Possible,
                (Answer::Yes, Answer::No) => apart = "peered across regions, where groups cannot be referred to",
                _ => return Reach::Unknown(peering_gap(graph, peer.peering)),
            }
        }
        if self.peers(other).iter().any(|p| p.vpc.same(one) == Answer::Maybe) || self.unclear_peering.is_some() {
            let gap = self.unclear_peering.clone();
            return Reach::Unknown(gap.unwrap_or_else(|| Gap::new("which VPCs are peered is not known", Span::NONE)));
        }
        self.transit(graph, one, other).unwrap_or(Reach::Impossible(apart))
    }

    fn transit(&self, graph: &Graph<'_>, one: &VpcKey, other: &VpcKey) -> Option<Reach> {
        let (ours, theirs) = (self.transit.get(one)?, self.transit.get(other)?);
        let gateway = ours.iter().chain(theirs).find_map(|g| graph.referent(g));
        let support = gateway.map(|g| {
            (
                g,
                read(
                    &g.attributes,
                    if g.kind.contains("::") { "SecurityGroupReferencingSupport" } else { "security_group_referencing_support" },
                ),
            )
        });
        match support {
            // Off where it is not written.
            Some((_, support)) if support.is_null() || support.as_str() == Some("disable") => {
                Some(Reach::Impossible("joined by a transit gateway without support for references to groups"))
            }
            Some((_, support)) if support.as_str() == Some("enable") => Some(Reach::Possible),
            _ => Some(Reach::Unknown(Gap::new("whether the transit gateway supports references to groups is not known", Span::NONE))),
        }
    }

    /// Whether a group is made usable in a further VPC.
    pub fn is_shared(&self, group: ResourceId) -> bool {
        self.associations.iter().any(|(shared, _)| shared.is_none_or(|s| s == group))
    }

    /// Whether addresses of the one VPC can reach those of the other through a peering or a transit gateway; the error says why
    /// that cannot be told.
    pub fn joined(&self, one: &VpcKey, other: &VpcKey) -> Result<bool, Gap> {
        let peered = |a, b: &VpcKey| self.peers(a).iter().any(|p| p.vpc.same(b) != Answer::No);
        if peered(one, other) || peered(other, one) {
            return Ok(true);
        }
        match (&self.unclear_peering, self.transit.contains_key(one), self.transit.contains_key(other)) {
            (_, true, true) => Ok(true),
            (Some(gap), ..) => Err(gap.clone()),
            (None, false, false) => Ok(false),
            _ => Err(Gap::new("what else is attached to the transit gateway is not known", Span::NONE)),
        }
    }

    /// The VPN, transit gateway or route beyond which a range lies.
    pub fn remote(&self, net: &IpNet) -> Option<ResourceId> {
        self.remote.iter().find(|(range, _)| range.contains(net)).map(|(_, id)| *id)
    }

    /// A target group through which a network load balancer forwards to the store's port: traffic then comes from the balancer's
    /// addresses. The error says why that cannot be told.
    pub fn balanced(&self, graph: &Graph<'_>, store: &Store) -> Result<Option<ResourceId>, Gap> {
        let forwarding = self.targets.iter().find(|(ports, _)| store.listens_on(graph, ports) == Answer::Yes);
        if let (Some((_, target)), false) = (forwarding, self.balancers.is_empty()) {
            return Ok(Some(*target));
        }
        if let Some(gap) = &self.hidden_balancer {
            return Err(gap.clone());
        }
        let unclear = self.targets.iter().find(|(ports, _)| store.listens_on(graph, ports) == Answer::Maybe);
        match (unclear, self.balancers.is_empty()) {
            (Some((_, target)), false) => {
                let target = graph.resource(*target);
                Err(Gap::new(format!("the port of target group `{}` is not known", target.address), target.name_span))
            }
            _ => Ok(None),
        }
    }

    /// The entries of a prefix list that the unit has.
    pub fn entries(&self, graph: &Graph<'_>, list: &Value) -> &[Entry] {
        let found = graph.referent(list).and_then(|r| self.prefix_lists.get(&r.id));
        found.map_or(&[], Vec::as_slice)
    }
}

/// An opaque module that may join two VPCs: made for that by its name, or given both; a macro may do anything.
fn hidden_link(graph: &Graph<'_>, one: &VpcKey, other: &VpcKey) -> Option<Gap> {
    let refers = |opaque: &Opaque, key: &VpcKey| matches!(key, VpcKey::Resource(id) if opaque.references.contains(id));
    let links = |opaque: &&Opaque| {
        let source = opaque.source.to_ascii_lowercase();
        let made_for = ["peer", "transit", "tgw"].into_iter().any(|word| source.contains(word));
        made_for || opaque.arguments.is_null() || (refers(opaque, one) && refers(opaque, other))
    };
    let found = graph.unit.opaque.iter().find(links)?;
    Some(Gap::new(format!("whether `{}` joins the two VPCs cannot be seen", found.address), found.span))
}

fn peering_gap(graph: &Graph<'_>, peering: ResourceId) -> Gap {
    let resource = graph.resource(peering);
    Gap::new(format!("which VPCs `{}` joins in which regions is not known", resource.address), resource.name_span)
}

fn blank(value: &Value) -> bool {
    value.is_null() || value.as_str() == Some("")
}

fn attachment_ports(graph: &Graph<'_>) -> HashMap<ResourceId, Vec<Value>> {
    let mut ports: HashMap<ResourceId, Vec<Value>> = HashMap::new();
    for attachment in graph.all::<TargetAttachment>() {
        if let Some(group) = graph.referent(&attachment.group)
            && !attachment.port.is_null()
        {
            ports.entry(group.id).or_default().push(attachment.port);
        }
    }
    ports
}

fn target_ports(graph: &Graph<'_>, port: &Value) -> Ports {
    match port.as_i64().map(u16::try_from) {
        Some(Ok(port)) => Ports::Range(port..=port),
        Some(Err(_)) => Ports::Nothing,
        None if port.is_null() => Ports::Nothing,
        None => graph.names.text(port).map_or_else(|| Ports::Unknown(Gap::of(port)), Ports::Same),
    }
}

fn peering_region(graph: &Graph<'_>, peering: &Peering, one: &VpcKey, other: &VpcKey) -> Answer {
    let own = graph.names.region(graph.resource(peering.id));
    if !peering.peer_region.is_null() {
        return graph.names.text(&peering.peer_region).map_or(Answer::Maybe, |region| same(&own, &region));
    }
    match (one, other) {
        (VpcKey::Resource(one), VpcKey::Resource(other)) => {
            let (one, other) = (graph.resource(*one), graph.resource(*other));
            if one.provider == other.provider {
                return Answer::Yes;
            }
            same(&graph.names.region(one), &graph.names.region(other))
        }
        // Without `peer_region` a peering is within its own region (EC2 API reference, `CreateVpcPeeringConnection`).
        _ => Answer::Yes,
    }
}
