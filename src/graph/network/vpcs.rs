//! VPCs, subnets, and which of them an address range belongs to.

use std::collections::HashMap;

use indexmap::IndexMap;
use ipnet::IpNet;

use super::{Gap, cidr, each, text_key};
use crate::graph::Graph;
use crate::model::datastore::SUBNET_GROUPS;
use crate::model::ec2::{Subnet, Vpc as VpcEntity, VpcRange};
use crate::model::{Entity, read};
use crate::text::Answer;
use crate::unit::{Mode, Resource};
use crate::value::{Kind, Part, ResourceId, Str, Value};

/// The identity of a VPC, as far as the unit says it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum VpcKey {
    /// The account's default VPC in the unit's region.
    Default,
    /// One that the unit creates.
    Resource(ResourceId),
    /// `vpc-…` written out.
    Literal(Str),
    /// A data source, a parameter, a module's output: the same text is the same VPC, two texts may be one.
    Named(Str),
}

impl VpcKey {
    /// Whether two are the same VPC.
    pub fn same(&self, other: &VpcKey) -> Answer {
        use VpcKey::{Default, Literal, Resource};
        match (self, other) {
            (a, b) if a == b => Answer::Yes,
            // What the unit creates is neither the default VPC nor one whose id was known before.
            (Resource(_), Resource(_) | Literal(_) | Default) | (Literal(_) | Default, Resource(_)) => Answer::No,
            (Literal(_), Literal(_)) => Answer::No,
            _ => Answer::Maybe,
        }
    }
}

/// The VPC of something.
pub type VpcOf = Result<VpcKey, Gap>;

/// A range of a VPC.
#[derive(Clone, Debug)]
pub struct Range {
    /// The range, where it is known.
    pub net: Option<IpNet>,
    /// The resource that says it.
    pub resource: ResourceId,
    /// Where it is written.
    pub value: Value,
}

/// One VPC.
#[derive(Clone, Debug, Default)]
pub struct Vpc {
    /// The resource or data source.
    pub resource: Option<ResourceId>,
    /// Its ranges, as far as the unit says them.
    pub ranges: Vec<Range>,
}

/// What a range is to a VPC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// One of the VPC's own ranges.
    Whole,
    /// The range of a subnet.
    Subnet,
    /// Some part of it.
    Part,
}

/// Something that has a range.
#[derive(Clone, Debug)]
pub struct Owner {
    /// The VPC.
    pub vpc: VpcOf,
    /// All of the VPC, or less.
    pub extent: Extent,
    /// The VPC or subnet.
    pub resource: ResourceId,
}

/// A subnet.
#[derive(Clone, Debug)]
pub struct SubnetInfo {
    /// Its VPC.
    pub vpc: VpcOf,
    /// Its IPv4 range.
    pub net: Option<IpNet>,
}

/// The VPCs of a unit.
#[derive(Debug, Default)]
pub struct Vpcs {
    vpcs: IndexMap<VpcKey, Vpc>,
    subnets: HashMap<ResourceId, SubnetInfo>,
    owners: HashMap<Str, Vec<Owner>>,
    subnet_groups: HashMap<(&'static str, Str), ResourceId>,
}

impl Vpcs {
    /// Reads the VPCs, subnets and subnet groups of a unit.
    pub fn new(graph: &Graph<'_>) -> Self {
        let mut vpcs = Vpcs::default();
        let both = |kinds| graph.of_kinds(kinds).chain(graph.data_of_kinds(kinds));
        for resource in both(VpcEntity::KINDS) {
            vpcs.add_vpc(graph, resource);
        }
        for range in graph.all::<VpcRange>() {
            for value in [&range.cidr, &range.cidr_ipv6] {
                let key = vpc_key(graph, &range.vpc);
                vpcs.add_range(graph, key, range.id, value, Extent::Whole);
            }
        }
        for resource in both(Subnet::KINDS) {
            vpcs.add_subnet(graph, resource);
        }
        for group in graph.all::<crate::model::ec2::SecurityGroup>() {
            vpcs.register(vpc_key(graph, &group.vpc));
        }
        vpcs.add_subnet_groups(graph);
        vpcs
    }

    fn register(&mut self, key: VpcOf) {
        if let Ok(key) = key {
            self.vpcs.entry(key).or_default();
        }
    }

    fn add_vpc(&mut self, graph: &Graph<'_>, resource: &Resource) {
        let vpc = VpcEntity::read(resource);
        let key = key_of_vpc(graph, resource);
        self.vpcs.entry(key.clone()).or_default().resource.get_or_insert(resource.id);
        self.add_range(graph, Ok(key), resource.id, &vpc.cidr, Extent::Whole);
    }

    fn add_subnet(&mut self, graph: &Graph<'_>, resource: &Resource) {
        let subnet = Subnet::read(resource);
        let vpc = match (resource.mode, resource.kind.as_str()) {
            (Mode::Data, _) if subnet.vpc.is_null() => {
                Err(Gap::new(format!("the VPC of `{}` is known at the deploy", resource.address), resource.name_span))
            }
            _ => vpc_key(graph, &subnet.vpc),
        };
        self.register(vpc.clone());
        for value in [&subnet.cidr, &subnet.cidr_ipv6] {
            self.own(graph, vpc.clone(), resource.id, value, Extent::Subnet);
        }
        self.subnets.insert(resource.id, SubnetInfo { vpc, net: subnet.cidr.as_str().and_then(cidr::parse) });
    }

    fn add_range(&mut self, graph: &Graph<'_>, vpc: VpcOf, resource: ResourceId, value: &Value, extent: Extent) {
        if value.is_null() {
            return;
        }
        if let Ok(key) = &vpc {
            let net = graph.names.text(value).and_then(|t| cidr::parse(t.as_known()?));
            self.vpcs.entry(key.clone()).or_default().ranges.push(Range { net, resource, value: value.clone() });
        }
        self.own(graph, vpc, resource, value, extent);
    }

    fn own(&mut self, graph: &Graph<'_>, vpc: VpcOf, resource: ResourceId, value: &Value, extent: Extent) {
        if let Some(key) = range_key(graph, value) {
            self.owners.entry(key).or_default().push(Owner { vpc, extent, resource });
        }
    }

    fn add_subnet_groups(&mut self, graph: &Graph<'_>) {
        for ((cfn, tf), (cfn_name, tf_name), _) in SUBNET_GROUPS {
            for (kind, path) in [(*cfn, *cfn_name), (*tf, *tf_name)] {
                for resource in graph.of_kinds(&[kind]) {
                    if let Some(name) = text_key(graph, &read(&resource.attributes, path)) {
                        self.subnet_groups.insert((kind, name), resource.id);
                    }
                }
            }
        }
    }

    /// A VPC of the unit.
    pub fn get(&self, key: &VpcKey) -> Option<&Vpc> {
        self.vpcs.get(key)
    }

    /// The only VPC that the unit speaks of, if it speaks of one only.
    pub fn only(&self) -> Option<&VpcKey> {
        match self.vpcs.keys().collect::<Vec<_>>().as_slice() {
            [only] => Some(only),
            _ => None,
        }
    }

    /// What a VPC is called in messages.
    pub fn shown(&self, graph: &Graph<'_>, key: &VpcKey) -> String {
        match (self.vpcs.get(key).and_then(|v| v.resource), key) {
            (Some(id), _) => format!("`{}`", graph.resource(id).address),
            (None, VpcKey::Default) => "the default VPC".to_owned(),
            (None, VpcKey::Literal(id)) => format!("`{id}`"),
            (None, _) => "the VPC".to_owned(),
        }
    }

    /// Who has this range, as it is written: a VPC's or subnet's own attribute, the same literal, the same unknown.
    pub fn owners(&self, graph: &Graph<'_>, value: &Value) -> Vec<Owner> {
        if let Some(owner) = self.attribute_owner(graph, value) {
            return vec![owner];
        }
        range_key(graph, value).and_then(|key| self.owners.get(&key)).cloned().unwrap_or_default()
    }

    /// `aws_vpc.x.cidr_block`, `!GetAtt Vpc.CidrBlock`, `data.aws_subnet.x.cidr_block`, an item of `cidr_block_associations`, ….
    fn attribute_owner(&self, graph: &Graph<'_>, value: &Value) -> Option<Owner> {
        let attr = match &value.kind {
            Kind::Attr(attr) => attr.clone(),
            Kind::Text(text) => match text.holes()? {
                [Part::Attr(attr)] => attr.clone(),
                _ => return None,
            },
            _ => return None,
        };
        if !attr.path.to_ascii_lowercase().contains("cidr") {
            return None;
        }
        let resource = graph.resource(attr.resource);
        if VpcEntity::KINDS.contains(&resource.kind.as_str()) {
            return Some(Owner { vpc: Ok(key_of_vpc(graph, resource)), extent: Extent::Whole, resource: resource.id });
        }
        let subnet = self.subnets.get(&resource.id)?;
        Some(Owner { vpc: subnet.vpc.clone(), extent: Extent::Subnet, resource: resource.id })
    }

    /// What is known of a subnet.
    pub fn subnet_by_id(&self, id: ResourceId) -> Option<&SubnetInfo> {
        self.subnets.get(&id)
    }

    /// The subnet that a value refers to.
    pub fn subnet(&self, graph: &Graph<'_>, value: &Value) -> Option<&SubnetInfo> {
        self.subnets.get(&graph.referent(value)?.id)
    }

    /// The VPC of a list of subnets: of the first whose VPC is known.
    pub fn of_subnets(&self, graph: &Graph<'_>, subnets: &Value) -> VpcOf {
        let listed = each(subnets);
        let mut gap = listed.gap;
        for (_, item) in &listed.items {
            match self.of_subnet(graph, item) {
                Ok(key) => return Ok(key),
                Err(why) => gap = gap.or(Some(why)),
            }
        }
        Err(gap.unwrap_or_else(|| Gap::new("no subnet is given", subnets.span)))
    }

    /// The VPC of one subnet.
    pub fn of_subnet(&self, graph: &Graph<'_>, value: &Value) -> VpcOf {
        let Some(resource) = graph.referent(value) else { return Err(Gap::of(value)) };
        if let Some(subnet) = self.subnets.get(&resource.id) {
            return subnet.vpc.clone();
        }
        if matches!(resource.kind.as_str(), "aws_subnets" | "aws_subnet_ids") {
            return vpc_of_search(graph, resource);
        }
        Err(Gap::of(value))
    }

    /// The VPC of a subnet group that is given by name.
    pub fn of_subnet_group(&self, graph: &Graph<'_>, name: &Value) -> VpcOf {
        let named = || {
            let key = text_key(graph, name)?;
            let found =
                SUBNET_GROUPS.iter().flat_map(|((cfn, tf), ..)| [*cfn, *tf]).find_map(|kind| self.subnet_groups.get(&(kind, key.clone())));
            found.map(|id| graph.resource(*id))
        };
        let Some(resource) = graph.referent(name).or_else(named) else { return Err(Gap::of(name)) };
        let paths = SUBNET_GROUPS.iter().find_map(|((cfn, tf), _, (cfn_path, tf_path))| {
            let path = if resource.kind == *cfn { Some(*cfn_path) } else { None };
            path.or((resource.kind == *tf).then_some(*tf_path))
        });
        match paths {
            Some(path) => self.of_subnets(graph, &read(&resource.attributes, path)),
            None => Err(Gap::of(name)),
        }
    }

    /// A part of one of a VPC's ranges: large enough for a subnet (/28), and not the range itself.
    pub fn contains(&self, key: &VpcKey, net: &IpNet) -> Option<ResourceId> {
        let subnet_sized = match net {
            IpNet::V4(net) => net.prefix_len() <= 28,
            IpNet::V6(net) => net.prefix_len() <= 64,
        };
        let ranges = &self.vpcs.get(key)?.ranges;
        ranges.iter().find(|r| subnet_sized && r.net.is_some_and(|range| range.contains(net))).map(|r| r.resource)
    }
}

/// The VPC that an id refers to; the default one where none is written.
pub fn vpc_key(graph: &Graph<'_>, value: &Value) -> VpcOf {
    if value.is_null() {
        return Ok(VpcKey::Default);
    }
    let text = graph.names.text(value).ok_or_else(|| Gap::of(value))?;
    if let Some(known) = text.as_known() {
        return Ok(VpcKey::Literal(known.into()));
    }
    if let Some([Part::Attr(attr)]) = text.holes() {
        let resource = graph.resource(attr.resource);
        if VpcEntity::KINDS.contains(&resource.kind.as_str()) && attr.path == "id" {
            return Ok(key_of_vpc(graph, resource));
        }
    }
    crate::model::names::key(&text).map(VpcKey::Named).ok_or_else(|| Gap::of(value))
}

fn key_of_vpc(graph: &Graph<'_>, resource: &Resource) -> VpcKey {
    let vpc = VpcEntity::read(resource);
    match (resource.mode, resource.kind.as_str()) {
        (Mode::Managed, "aws_default_vpc") => VpcKey::Default,
        (Mode::Managed, _) => VpcKey::Resource(resource.id),
        (Mode::Data, _) if vpc.default.as_bool() == Some(true) => VpcKey::Default,
        (Mode::Data, _) => {
            let given = text_key(graph, &vpc.vpc).filter(|_| !vpc.vpc.is_null());
            match (given, vpc.vpc.as_str()) {
                (_, Some(literal)) => VpcKey::Literal(literal.into()),
                (Some(key), None) => VpcKey::Named(key),
                (None, None) => VpcKey::Named(Str::from(resource.address.as_str())),
            }
        }
    }
}

/// The VPC that `data.aws_subnets` searches.
fn vpc_of_search(graph: &Graph<'_>, resource: &Resource) -> VpcOf {
    let direct = read(&resource.attributes, "vpc_id");
    if !direct.is_null() {
        return vpc_key(graph, &direct);
    }
    for (_, filter) in each(&read(&resource.attributes, "filter")).items {
        if filter.get("name").and_then(Value::as_str) == Some("vpc-id")
            && let Some(values) = filter.get("values")
            && let [(_, only)] = each(values).items.as_slice()
        {
            return vpc_key(graph, only);
        }
    }
    Err(Gap::new(format!("the VPC of `{}` is known at the deploy", resource.address), resource.name_span))
}

/// The key of a range: its normal form where it is known, else the key of its text.
fn range_key(graph: &Graph<'_>, value: &Value) -> Option<Str> {
    let text = graph.names.text(value)?;
    match text.as_known() {
        Some(known) => cidr::parse(known).map(|net| net.to_string().into()),
        None => crate::model::names::key(&text),
    }
}
