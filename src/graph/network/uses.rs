//! Which stores a function connects to, as its environment shows, and whether those have a public address.

use std::collections::HashMap;

use super::Gap;
use super::stores::Store;
use super::vpcs::{VpcKey, vpc_key};
use crate::graph::Graph;
use crate::model::lambda::Function;
use crate::model::read;
use crate::text::Answer;
use crate::unit::Resource;
use crate::value::{AttrRef, Guard, Kind, Part, ResourceId, Str, Value};

/// A function has a store's address in its environment.
#[derive(Clone, Debug)]
pub struct Use<'a> {
    /// The store.
    pub store: &'a Store,
    /// The environment variable.
    pub variable: Str,
    /// Its value.
    pub value: Value,
    /// When it is there.
    pub guard: Guard,
}

/// The databases of a unit by the resources whose address is theirs: themselves and the instances of clusters.
#[derive(Debug)]
pub struct Addresses<'a> {
    by_resource: HashMap<ResourceId, &'a Store>,
}

impl<'a> Addresses<'a> {
    /// The addresses of every database of a graph.
    pub fn new(graph: &'a Graph<'_>) -> Self {
        let mut by_resource = HashMap::new();
        for store in graph.network().stores.databases() {
            by_resource.insert(store.resource, store);
            by_resource.extend(store.members.iter().map(|(member, _)| (*member, store)));
        }
        Addresses { by_resource }
    }

    /// The databases whose address a function has in its environment: each once for each guard.
    pub fn used_by(&self, graph: &Graph<'_>, function: &Function) -> Vec<Use<'a>> {
        let mut uses: Vec<Use<'a>> = Vec::new();
        for (outer, environment) in function.environment.alternatives() {
            let entries = environment.as_map().into_iter().flat_map(|m| &m.entries);
            for (variable, entry) in entries {
                for (inner, value) in entry.alternatives() {
                    let Some(guard) = outer.and(&inner) else { continue };
                    for attr in attributes(&value) {
                        let Some(store) = self.by_resource.get(&attr.resource).filter(|_| is_address(&attr.path)) else { continue };
                        let Some(guard) = guard.and(&graph.resource(store.resource).presence) else { continue };
                        if uses.iter().all(|u| u.store.resource != store.resource || u.guard != guard) {
                            uses.push(Use { store, variable: variable.clone(), value: value.clone(), guard });
                        }
                    }
                }
            }
        }
        uses
    }
}

fn attributes(value: &Value) -> Vec<&AttrRef> {
    match &value.kind {
        Kind::Attr(attr) => vec![attr],
        Kind::Text(text) => {
            let parts = text.holes().unwrap_or_default().iter();
            parts.filter_map(|part| if let Part::Attr(attr) = part { Some(&**attr) } else { None }).collect()
        }
        _ => Vec::new(),
    }
}

/// `address`, `endpoint`, `Endpoint.Address`, `cache_nodes[0].address`, `dns_name`, …; a port alone shows no connection.
fn is_address(path: &str) -> bool {
    let path = path.to_ascii_lowercase();
    ["endpoint", "address", "dns_name"].iter().any(|word| path.contains(word)) && !path.ends_with("port")
}

/// What a missing `PubliclyAccessible` means for a type of store.
#[derive(Clone, Copy, PartialEq)]
enum Unwritten {
    Private,
    /// RDS: public where the VPC has an internet gateway (RDS API reference, `CreateDBInstance`).
    ByGateway,
    /// The documents differ, or it changed over time.
    Unclear,
}

/// Whether a store can be reached at a public address; the error says why that is not known.
pub fn is_public(graph: &Graph<'_>, store: &Store) -> Result<bool, Gap> {
    let resource = graph.resource(store.resource);
    let own = |unwritten| public(graph, store, resource, &store.public, unwritten);
    let members = |unwritten| {
        for (id, value) in &store.members {
            if public(graph, store, graph.resource(*id), value, unwritten)? {
                return Ok(true);
            }
        }
        Ok(false)
    };
    match resource.kind.as_str() {
        "AWS::RDS::DBInstance" => own(Unwritten::ByGateway),
        "aws_rds_cluster" if !read(&resource.attributes, "db_cluster_instance_class").is_null() => own(Unwritten::ByGateway),
        "aws_rds_cluster" => members(Unwritten::Private),
        "AWS::RDS::DBCluster" => {
            let instances = members(Unwritten::ByGateway)?;
            let serverless = read(&resource.attributes, "EngineMode").as_str() == Some("serverless");
            let none = store.members.is_empty() && !serverless;
            Ok(instances || own(if none { Unwritten::ByGateway } else { Unwritten::Private })?)
        }
        "AWS::Redshift::Cluster" | "aws_redshift_cluster" => own(Unwritten::Unclear),
        "AWS::Neptune::DBCluster" | "aws_neptune_cluster" => {
            let instances = graph.of_kinds(&["AWS::Neptune::DBInstance", "aws_neptune_cluster_instance"]);
            let paths = ["PubliclyAccessible", "publicly_accessible"];
            let values = instances.flat_map(|i| paths.map(|path| read(&i.attributes, path)));
            match values.into_iter().find(|v| !v.is_null() && v.as_bool() != Some(false)) {
                Some(value) => Err(Gap::new("an instance of Neptune may have a public address", value.span)),
                None => Ok(false),
            }
        }
        _ => own(Unwritten::Private),
    }
}

fn public(graph: &Graph<'_>, store: &Store, resource: &Resource, value: &Value, unwritten: Unwritten) -> Result<bool, Gap> {
    if !value.is_null() {
        return value.as_bool().ok_or_else(|| Gap::of(value));
    }
    let unclear = || {
        let reason = format!("`{}` does not say whether it is publicly accessible", resource.address);
        Err(Gap::new(reason, resource.name_span))
    };
    match unwritten {
        Unwritten::Private => Ok(false),
        Unwritten::Unclear => unclear(),
        Unwritten::ByGateway => match &store.vpc {
            Ok(vpc @ VpcKey::Resource(_)) if !may_have_gateway(graph, vpc) => Ok(false),
            _ => unclear(),
        },
    }
}

/// Whether an internet gateway is, or may be, attached to a VPC of the unit.
fn may_have_gateway(graph: &Graph<'_>, vpc: &VpcKey) -> bool {
    let attachments = graph.of_kinds(&["AWS::EC2::VPCGatewayAttachment", "aws_internet_gateway_attachment", "aws_internet_gateway"]);
    let mut vpcs = attachments.map(|r| read(&r.attributes, if r.kind.contains("::") { "VpcId" } else { "vpc_id" }));
    let shared =
        graph.unit.opaque.iter().any(|o| o.arguments.is_null() || matches!(vpc, VpcKey::Resource(id) if o.references.contains(id)));
    shared || vpcs.any(|v| !v.is_null() && vpc_key(graph, &v).map_or(true, |key| key.same(vpc) != Answer::No))
}
