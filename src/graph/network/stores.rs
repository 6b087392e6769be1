//! Data stores: which groups protect each, on which port it listens, in which VPC it is.

use std::collections::HashMap;
use std::ops::RangeInclusive;

use super::groups::{GroupKey, Groups, Ports, Rule};
use super::vpcs::{VpcOf, Vpcs};
use super::{Gap, each, text_key};
use crate::graph::Graph;
use crate::model::datastore::{CLASSIC_GROUPS, DefaultPort, Family, STORES, StoreType, Subnets, engine_ports};
use crate::model::read;
use crate::text::{self, Answer};
use crate::unit::Resource;
use crate::value::{Guard, Kind, Part, ResourceId, Str, Text, Value};

/// The port of a store.
#[derive(Clone, Debug)]
pub struct StorePort {
    /// The port; the defaults that come into question where it is not known or not written.
    pub numbers: Vec<u16>,
    /// What is written where that is not known.
    pub written: Option<Value>,
    /// Why it is not known which of the numbers it is.
    pub doubt: Option<Gap>,
}

/// A group that protects a store.
#[derive(Clone, Debug)]
pub struct Attachment {
    /// The group.
    pub group: GroupKey,
    /// When it is attached.
    pub guard: Guard,
    /// As written; null for the VPC's default group.
    pub value: Value,
}

/// One store.
#[derive(Debug)]
pub struct Store {
    /// The resource.
    pub resource: ResourceId,
    /// Its type.
    pub kind: &'static StoreType,
    /// Its groups, each once.
    pub groups: Vec<Attachment>,
    /// Why there may be others.
    pub gap: Option<Gap>,
    /// Where it listens.
    pub port: StorePort,
    /// Its VPC.
    pub vpc: VpcOf,
    /// Whether it has a public address; null where not written.
    pub public: Value,
    /// The instances of a cluster, and whether each has a public address.
    pub members: Vec<(ResourceId, Value)>,
}

/// The stores of a unit.
#[derive(Debug, Default)]
pub struct Stores {
    /// In the order of their types and resources.
    pub all: Vec<Store>,
    /// The instances of clusters that are not in the unit, and whether each has a public address.
    pub strays: Vec<(ResourceId, Value)>,
    attached: HashMap<GroupKey, Vec<usize>>,
}

impl Stores {
    /// Reads the stores of a unit.
    pub fn new(graph: &Graph<'_>, vpcs: &Vpcs, groups: &Groups) -> Self {
        let identifiers = Identifiers::new(graph);
        let mut stores = Stores::default();
        let (mut members, strays) = members(graph, &identifiers);
        stores.strays = strays;
        for kind in STORES {
            for resource in graph.of_kinds(&[kind.cloudformation, kind.terraform]) {
                let cluster = read(&resource.attributes, kind.spelled(&resource.kind, kind.cluster));
                // What is a member under a condition only, stands by itself otherwise.
                if cluster.alternatives().iter().any(|(_, value)| value.is_null()) {
                    let mut store = store(graph, vpcs, groups, &identifiers, kind, resource);
                    store.members = members.remove(&resource.id).unwrap_or_default();
                    stores.add(store);
                }
            }
        }
        stores
    }

    fn add(&mut self, store: Store) {
        for attachment in &store.groups {
            self.attached.entry(attachment.group.clone()).or_default().push(self.all.len());
        }
        self.all.push(store);
    }

    /// Every database and cache.
    pub fn databases(&self) -> impl Iterator<Item = &Store> {
        self.all.iter().filter(|s| s.kind.family == Family::Database)
    }

    /// The stores behind a group.
    pub fn behind<'a>(&'a self, group: &GroupKey) -> impl Iterator<Item = &'a Store> + 'a {
        self.attached.get(group).into_iter().flatten().map(|i| &self.all[*i])
    }
}

fn store(
    graph: &Graph<'_>,
    vpcs: &Vpcs,
    groups: &Groups,
    identifiers: &Identifiers,
    kind: &'static StoreType,
    resource: &Resource,
) -> Store {
    let field = |property| read(&resource.attributes, kind.spelled(&resource.kind, property));
    let subnets = match kind.subnets {
        Subnets::Group(property) => Some(field(property)).filter(|v| !v.is_null()).map(|v| vpcs.of_subnet_group(graph, &v)),
        Subnets::Listed(property) => Some(field(property)).filter(|v| !v.is_null()).map(|v| vpcs.of_subnets(graph, &v)),
    };
    let (mut attached, mut gap) = attachments(graph, groups, kind, resource);
    let by_group = || attached.iter().find_map(|a| groups.vpc(graph, &a.group).ok());
    // A store's groups are always of its VPC: AWS refuses others.
    let vpc = match (subnets, by_group()) {
        (Some(Ok(vpc)), _) | (_, Some(vpc)) => Ok(vpc),
        (Some(Err(gap)), None) => Err(gap),
        (None, None) => Err(Gap::new(format!("the VPC of `{}` is not written", resource.address), resource.name_span)),
    };
    if attached.is_empty() && gap.is_none() {
        match default_group(groups, resource, &vpc) {
            Ok(attachment) => attached.push(attachment),
            Err(why) => gap = Some(why),
        }
    }
    let port = port(graph, identifiers, kind, resource, 0);
    Store { resource: resource.id, kind, groups: attached, gap, port, vpc, public: field(kind.public), members: Vec::new() }
}

/// A store without groups has its VPC's default one. Source: RDS User Guide, "Controlling access with security groups".
fn default_group(groups: &Groups, resource: &Resource, vpc: &VpcOf) -> Result<Attachment, Gap> {
    let Some(id) = vpc.as_ref().ok().and_then(|v| groups.default_group(v)) else {
        let reason = "it names no security group: its VPC's default group applies, which this unit does not manage";
        return Err(Gap::new(reason, resource.name_span));
    };
    Ok(Attachment { group: GroupKey::Resource(id), guard: Guard::always(), value: Value::null(resource.name_span) })
}

/// The groups that are written, and why they may not be all.
fn attachments(graph: &Graph<'_>, groups: &Groups, kind: &StoreType, resource: &Resource) -> (Vec<Attachment>, Option<Gap>) {
    let mut found = each(&read(&resource.attributes, kind.spelled(&resource.kind, kind.groups)));
    if let Some((_, path)) = CLASSIC_GROUPS.iter().find(|(k, _)| *k == resource.kind)
        && found.items.is_empty()
        && found.gap.is_none()
    {
        found = each(&read(&resource.attributes, path));
    }
    let mut out: Vec<Attachment> = Vec::new();
    let mut gap = found.gap;
    for (guard, value) in found.items {
        let Some(group) = groups.key(graph, &value) else {
            gap.get_or_insert_with(|| Gap::of(&value));
            continue;
        };
        if !declared(graph, &group) {
            gap.get_or_insert_with(|| outside(graph, &value));
        }
        let Some(guard) = guard.and(&resource.presence) else { continue };
        if out.iter().all(|a| a.group != group || a.guard != guard) {
            out.push(Attachment { group, guard, value });
        }
    }
    (out, gap)
}

/// Whether the unit itself makes the group, so that it has all its rules.
fn declared(graph: &Graph<'_>, group: &GroupKey) -> bool {
    matches!(group, GroupKey::Resource(id) if graph.resource(*id).mode == crate::unit::Mode::Managed)
}

fn outside(graph: &Graph<'_>, value: &Value) -> Gap {
    match (graph.referent(value), &value.kind) {
        (Some(resource), _) => Gap::new(format!("the rules of security group `{}` are not in this unit", resource.address), value.span),
        (None, Kind::Unknown(_)) => Gap::of(value),
        (None, _) => Gap::new(format!("the rules of security group `{value:#}` are not in this unit"), value.span),
    }
}

/// Database instances and clusters by identifier, for replicas.
struct Identifiers {
    by_name: HashMap<Str, ResourceId>,
}

impl Identifiers {
    fn new(graph: &Graph<'_>) -> Self {
        let kinds = [("AWS::RDS::DBInstance", "DBInstanceIdentifier"), ("aws_db_instance", "identifier")];
        let clusters =
            [("AWS::RDS::DBCluster", "DBClusterIdentifier"), ("aws_rds_cluster", "cluster_identifier"), ("aws_db_proxy", "name")];
        let mut by_name = HashMap::new();
        for (kind, path) in kinds.into_iter().chain(clusters) {
            for resource in graph.of_kinds(&[kind]) {
                if let Some(name) = text_key(graph, &read(&resource.attributes, path)) {
                    by_name.insert(name, resource.id);
                }
            }
        }
        Identifiers { by_name }
    }

    /// What a replica copies, or the proxy that an endpoint is of.
    fn origin<'u>(&self, graph: &Graph<'u>, resource: &Resource) -> Option<&'u Resource> {
        let paths: &[&str] = match resource.kind.as_str() {
            "AWS::RDS::DBInstance" => &["SourceDBInstanceIdentifier", "SourceDBClusterIdentifier"],
            "aws_db_instance" => &["replicate_source_db"],
            "AWS::RDS::DBProxyEndpoint" => &["DBProxyName"],
            "aws_db_proxy_endpoint" => &["db_proxy_name"],
            "AWS::RDS::DBCluster" => &["SourceDBClusterIdentifier", "ReplicationSourceIdentifier"],
            "aws_rds_cluster" => &["replication_source_identifier"],
            _ => &[],
        };
        let value = paths.iter().map(|p| read(&resource.attributes, p)).find(|v| !v.is_null())?;
        graph.referent(&value).or_else(|| Some(graph.resource(*self.by_name.get(&text_key(graph, &value)?)?)))
    }
}

/// An instance of a cluster, and whether it has a public address.
type Member = (ResourceId, Value);

/// The instances of each cluster of the unit, and those of other clusters.
fn members(graph: &Graph<'_>, identifiers: &Identifiers) -> (HashMap<ResourceId, Vec<Member>>, Vec<Member>) {
    let kinds = [
        ("AWS::RDS::DBInstance", "DBClusterIdentifier", "PubliclyAccessible"),
        ("aws_rds_cluster_instance", "cluster_identifier", "publicly_accessible"),
    ];
    let mut members: HashMap<ResourceId, Vec<Member>> = HashMap::new();
    let mut strays = Vec::new();
    for (kind, cluster, public) in kinds {
        for resource in graph.of_kinds(&[kind]) {
            let name = read(&resource.attributes, cluster);
            let by_name = || text_key(graph, &name).and_then(|key| identifiers.by_name.get(&key)).copied();
            if name.is_null() {
                continue;
            }
            let member = (resource.id, read(&resource.attributes, public));
            match graph.referent(&name).map(|r| r.id).or_else(by_name) {
                Some(id) => members.entry(id).or_default().push(member),
                // Under a condition it is a database of its own.
                None if name.alternatives().iter().any(|(_, value)| value.is_null()) => {}
                None => strays.push(member),
            }
        }
    }
    (members, strays)
}

/// Replicas of replicas: RDS allows chains of a few.
const MAX_CHAIN: usize = 8;

fn port(graph: &Graph<'_>, identifiers: &Identifiers, kind: &StoreType, resource: &Resource, depth: usize) -> StorePort {
    let field = |property| read(&resource.attributes, kind.spelled(&resource.kind, property));
    let (written, engine) = (field(kind.port), field(kind.engine));
    if let Some(port) = written_port(&written) {
        return port;
    }
    if written.is_null()
        && engine.is_null()
        && depth < MAX_CHAIN
        && let Some(origin) = identifiers.origin(graph, resource).filter(|o| o.id != resource.id)
        && let Some(origin_kind) = STORES.iter().find(|k| origin.kind == k.cloudformation || origin.kind == k.terraform)
    {
        return port(graph, identifiers, origin_kind, origin, depth + 1);
    }
    let (numbers, doubt) = default_port(kind, &engine);
    StorePort {
        numbers,
        doubt: if written.is_null() { doubt } else { Some(Gap::of(&written)) },
        written: (!written.is_null()).then_some(written),
    }
}

/// The port that is written, or those of each branch of a condition.
fn written_port(written: &Value) -> Option<StorePort> {
    let number = |value: &Value| value.as_i64().and_then(|n| u16::try_from(n).ok());
    let numbers: Vec<u16> = written.alternatives().iter().map(|(_, value)| number(value)).collect::<Option<_>>()?;
    let doubt = (numbers.len() > 1).then(|| Gap::of(written));
    Some(StorePort { numbers, written: None, doubt })
}

/// The ports that come into question where none is written, and why it is not known which of them it is.
fn default_port(kind: &StoreType, engine: &Value) -> (Vec<u16>, Option<Gap>) {
    let any = match kind.default_port {
        DefaultPort::Fixed(ports) => return (ports.to_vec(), None),
        DefaultPort::ByEngine(any) => any,
    };
    match engine.as_str() {
        Some(name) => match engine_ports(name) {
            Some(ports) => (ports.to_vec(), None),
            None => (any.to_vec(), Some(Gap::new(format!("the port of the engine `{name}` is not known"), engine.span))),
        },
        None => (any.to_vec(), Some(Gap::of_or(engine, || "its engine is not written".to_owned()))),
    }
}

impl StorePort {
    /// The port to show: the number, or what is written.
    pub fn shown(&self) -> String {
        match (&self.written, self.numbers.first()) {
            (Some(value), _) => value.words(),
            (None, Some(number)) => number.to_string(),
            (None, None) => "of the database".to_owned(),
        }
    }
}

impl Store {
    /// What says that it has a public address: itself, or an instance of it.
    pub fn public_by(&self) -> Option<ResourceId> {
        let own = (self.public.as_bool() == Some(true)).then_some(self.resource);
        own.or_else(|| self.members.iter().find(|(_, public)| public.as_bool() == Some(true)).map(|(id, _)| *id))
    }

    /// Whether a rule's ports include the store's.
    pub fn listens_on(&self, graph: &Graph<'_>, ports: &Ports) -> Answer {
        match ports {
            Ports::All => Answer::Yes,
            Ports::Nothing => Answer::No,
            Ports::Unknown(_) => Answer::Maybe,
            Ports::Range(range) => self.within(range),
            Ports::Same(text) => self.same_port(graph, text),
        }
    }

    fn within(&self, range: &RangeInclusive<u16>) -> Answer {
        let numbers = &self.port.numbers;
        let any = numbers.iter().any(|p| range.contains(p));
        match (&self.port.doubt, &self.port.written) {
            (None, _) => any.into(),
            // Nothing says which port it is, so that only a rule for all of them is one for it.
            (Some(_), Some(_)) if *range.start() <= 1 && *range.end() == u16::MAX => Answer::Yes,
            (Some(_), Some(_)) => Answer::Maybe,
            (Some(_), None) if numbers.iter().all(|p| range.contains(p)) => Answer::Yes,
            (Some(_), None) if any => Answer::Maybe,
            (Some(_), None) => Answer::No,
        }
    }

    fn same_port(&self, graph: &Graph<'_>, rule: &Text) -> Answer {
        if let Some([Part::Attr(attr)]) = rule.holes() {
            // `aws_db_instance.x.port`, `!GetAtt Db.Endpoint.Port`.
            if attr.path.to_ascii_lowercase().ends_with("port") {
                return (attr.resource == self.resource).into();
            }
        }
        match self.port.written.as_ref().and_then(|w| graph.names.text(w)) {
            Some(written) => text::same(&written, rule),
            None => Answer::Maybe,
        }
    }

    /// The rules that let someone in on the store's port, or might: each with the group's attachment and the answer.
    pub fn admitting<'a>(
        &'a self,
        graph: &'a Graph<'_>,
        groups: &'a Groups,
    ) -> impl Iterator<Item = (&'a Attachment, &'a Rule, Answer)> + 'a {
        self.groups.iter().flat_map(move |attachment| {
            groups.ingress(&attachment.group).filter_map(move |rule| {
                attachment.guard.and(&rule.guard)?;
                match self.listens_on(graph, &rule.ports) {
                    Answer::No => None,
                    answer => Some((attachment, rule, answer)),
                }
            })
        })
    }
}
