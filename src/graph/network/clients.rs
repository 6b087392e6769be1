//! What opens connections: functions, services, instances and the like, with their own security groups.

use std::collections::HashMap;

use ipnet::IpNet;

use super::groups::{GroupKey, Groups};
use super::vpcs::{VpcKey, VpcOf, Vpcs};
use super::{Gap, each, text_key};
use crate::graph::Graph;
use crate::model::datastore::{CLIENTS, ClientType, Property};
use crate::model::read;
use crate::text::Answer;
use crate::unit::Resource;
use crate::value::{AttrRef, Kind, ResourceId, Str, Value, format_smolstr};

/// A client with security groups of its own.
#[derive(Clone, Debug)]
pub struct Client {
    /// The resource.
    pub resource: ResourceId,
    /// Its groups: what a rule would refer to, and which group that is.
    pub groups: Vec<(Value, GroupKey)>,
    /// Its VPC.
    pub vpc: VpcOf,
    /// The ranges of its subnets; empty where one of them is not known.
    pub subnets: Vec<IpNet>,
}

impl Client {
    /// Whether its addresses lie in a range.
    pub fn within(&self, net: &IpNet) -> Answer {
        match self.subnets.as_slice() {
            [] => Answer::Maybe,
            subnets if subnets.iter().any(|s| net.contains(s) || s.contains(net)) => Answer::Yes,
            _ => Answer::No,
        }
    }
}

/// The clients of a unit.
#[derive(Debug, Default)]
pub struct Clients {
    all: Vec<Client>,
    by_vpc: HashMap<VpcKey, Vec<usize>>,
    homeless: Vec<usize>,
    holders: HashMap<GroupKey, Vec<ResourceId>>,
}

impl Clients {
    /// Reads the clients of a unit.
    pub fn new(graph: &Graph<'_>, vpcs: &Vpcs, groups: &Groups) -> Self {
        let mut clients = Clients::default();
        for kind in CLIENTS {
            for resource in graph.of_kinds(&[kind.cloudformation, kind.terraform]) {
                clients.add(client(graph, vpcs, groups, kind, resource));
            }
        }
        let clusters = eks_clusters(graph);
        for resource in graph.of_kinds(&["AWS::EKS::Nodegroup", "aws_eks_node_group"]) {
            if let Some(client) = node_group(graph, vpcs, groups, &clusters, resource) {
                clients.add(client);
            }
        }
        let Clients { all, by_vpc, homeless, .. } = &mut clients;
        for list in by_vpc.values_mut().chain([homeless]) {
            list.sort_by_key(|i| all[*i].resource);
        }
        clients
    }

    fn add(&mut self, client: Client) {
        if client.groups.is_empty() {
            return;
        }
        for (_, group) in &client.groups {
            self.holders.entry(group.clone()).or_default().push(client.resource);
        }
        match &client.vpc {
            Ok(key) => self.by_vpc.entry(key.clone()).or_default().push(self.all.len()),
            Err(_) => self.homeless.push(self.all.len()),
        }
        self.all.push(client);
    }

    /// The clients in a VPC: those that are known to be there, and, where the unit speaks of one VPC only, those of which it is
    /// not said.
    pub fn in_vpc<'a>(&'a self, vpcs: &Vpcs, vpc: &VpcKey) -> impl Iterator<Item = &'a Client> + 'a {
        let alone = vpcs.only() == Some(vpc);
        let known = self.by_vpc.get(vpc).into_iter().flatten();
        known.chain(self.homeless.iter().filter(move |_| alone)).map(|i| &self.all[*i])
    }

    /// The clients that have a group.
    pub fn holding(&self, group: &GroupKey) -> &[ResourceId] {
        self.holders.get(group).map_or(&[], Vec::as_slice)
    }

    /// All of them.
    pub fn all(&self) -> &[Client] {
        &self.all
    }
}

fn client(graph: &Graph<'_>, vpcs: &Vpcs, groups: &Groups, kind: &ClientType, resource: &Resource) -> Client {
    let field = |(cfn, tf): Property| read(&resource.attributes, if resource.kind.contains("::") { cfn } else { tf });
    let mut own = Vec::new();
    for property in kind.groups {
        own.extend(each(&field(*property)).items.into_iter().filter_map(|(_, v)| groups.key(graph, &v).map(|key| (v, key))));
    }
    let subnets: Vec<Value> = kind.subnets.iter().map(|p| field(*p)).filter(|v| !v.is_null()).collect();
    place(graph, vpcs, groups, resource, own, &subnets)
}

fn place(graph: &Graph<'_>, vpcs: &Vpcs, groups: &Groups, resource: &Resource, own: Vec<(Value, GroupKey)>, subnets: &[Value]) -> Client {
    let by_subnet = subnets.iter().find_map(|s| vpcs.of_subnets(graph, s).ok());
    let by_group = || own.iter().find_map(|(_, key)| groups.vpc(graph, key).ok());
    let vpc = by_subnet.or_else(by_group);
    let vpc = vpc.ok_or_else(|| Gap::new(format!("the VPC of `{}` is not known", resource.address), resource.name_span));
    let mut ranges = Vec::new();
    let mut complete = true;
    for list in subnets.iter().map(each) {
        complete &= list.gap.is_none();
        for (_, subnet) in &list.items {
            match vpcs.subnet(graph, subnet).and_then(|s| s.net) {
                Some(net) => ranges.push(net),
                None => complete = false,
            }
        }
    }
    Client { resource: resource.id, groups: own, vpc, subnets: if complete { ranges } else { Vec::new() } }
}

fn eks_clusters(graph: &Graph<'_>) -> HashMap<Str, ResourceId> {
    let kinds = [("AWS::EKS::Cluster", "Name"), ("aws_eks_cluster", "name")];
    let named = kinds.into_iter().flat_map(|(kind, path)| graph.of_kinds(&[kind]).map(move |r| (r, path)).collect::<Vec<_>>());
    named.filter_map(|(r, path)| Some((text_key(graph, &read(&r.attributes, path))?, r.id))).collect()
}

/// Managed nodes have the group that EKS makes for their cluster. Source: EKS User Guide, "View Amazon EKS security group
/// requirements for clusters".
fn node_group(graph: &Graph<'_>, vpcs: &Vpcs, groups: &Groups, clusters: &HashMap<Str, ResourceId>, resource: &Resource) -> Option<Client> {
    let cloudformation = resource.kind.contains("::");
    let (name, subnets) = if cloudformation { ("ClusterName", "Subnets") } else { ("cluster_name", "subnet_ids") };
    let name = read(&resource.attributes, name);
    let cluster = graph.referent(&name).or_else(|| Some(graph.resource(*clusters.get(&text_key(graph, &name)?)?)))?;
    let path: Str = if cloudformation { "ClusterSecurityGroupId".into() } else { "vpc_config[0].cluster_security_group_id".into() };
    let shown = format_smolstr!("{}.{path}", cluster.address);
    let group = Value::new(Kind::Attr(AttrRef { resource: cluster.id, path, shown }.into()), resource.name_span);
    let key = groups.key(graph, &group)?;
    let subnets = read(&resource.attributes, subnets);
    Some(place(graph, vpcs, groups, resource, vec![(group, key)], std::slice::from_ref(&subnets)))
}
