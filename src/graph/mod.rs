//! The AWS relations between the resources of one unit, and the questions that rules ask of them.
//!
//! Rules see entities and answers, never a syntax tree: so a rule cannot behave differently in two formats.

pub mod apis;
pub mod arn;
pub mod arns;
pub mod cors;
pub mod dead_sources;
pub mod deliveries;
pub mod destinations;
pub mod dormant;
pub mod endpoints;
pub mod event_sources;
pub mod function_policies;
pub mod functions;
pub mod invocations;
pub mod keys;
pub mod log_deliveries;
pub mod network;
pub mod openapi;
mod owners;
pub mod permissions;
pub mod policy_resources;
pub mod relations;
pub mod resource_policies;
pub mod rivals;
mod role_policies;
pub mod role_uses;
pub mod roles;
pub mod service_targets;
pub mod services;
pub mod stage_logs;
pub mod streams;
pub mod subscriptions;
pub mod triggers;
mod unseen;
pub mod validated;
pub mod vpc;

use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

use self::apis::Apis;
use self::cors::RestPaths;
use self::functions::Functions;
use self::network::Network;
use self::owners::Owners;
use self::permissions::Permissions;
use self::relations::Relations;
use self::resource_policies::ResourcePolicyIndex;
use self::roles::Roles;
use self::unseen::Unseen;
use crate::model::Entity;
use crate::model::names::Names;
use crate::options::ResolveOptions;
use crate::source::Span;
use crate::unit::{Mode, Resource, Unit};
use crate::value::{Kind, Part, ResourceId, Value};

/// The graph of one unit.
#[derive(Debug)]
pub struct Graph<'u> {
    /// The unit.
    pub unit: &'u Unit,
    /// Canonical texts of its attributes.
    pub names: Names<'u>,
    /// Functions, aliases and versions by name.
    pub functions: Functions,
    /// Statements of function policies.
    pub permissions: Permissions,
    /// APIs with their calls and stages.
    pub apis: Apis,
    roles: OnceLock<Roles>,
    custom_resources: Vec<ResourceId>,
    by_kind: HashMap<&'u str, Vec<ResourceId>>,
    network: OnceLock<Network>,
    rest_paths: OnceLock<RestPaths>,
    resource_policies: OnceLock<ResourcePolicyIndex>,
    unseen: OnceLock<Unseen>,
    deliveries: OnceLock<Vec<deliveries::Delivery>>,
    owners: OnceLock<Owners>,
    relations: OnceLock<Relations>,
}

impl<'u> Graph<'u> {
    /// Builds the graph of a unit that is deployed as the options say.
    pub fn new(unit: &'u Unit, options: &ResolveOptions) -> Self {
        let mut by_kind: HashMap<&'u str, Vec<ResourceId>> = HashMap::new();
        for resource in &unit.resources {
            by_kind.entry(resource.kind.as_str()).or_default().push(resource.id);
        }
        let custom = |r: &&Resource| r.kind.starts_with("Custom::") || r.kind == "AWS::CloudFormation::CustomResource";
        let custom_resources = unit.resources.iter().filter(custom).map(|r| r.id).collect();
        let names = Names::new(unit, options);
        let functions = Functions::new(unit, &names);
        let mut graph = Graph {
            unit,
            names,
            functions,
            permissions: Permissions::default(),
            apis: Apis::default(),
            roles: OnceLock::new(),
            custom_resources,
            by_kind,
            network: OnceLock::new(),
            rest_paths: OnceLock::new(),
            resource_policies: OnceLock::new(),
            unseen: OnceLock::new(),
            deliveries: OnceLock::new(),
            owners: OnceLock::new(),
            relations: OnceLock::new(),
        };
        graph.permissions = Permissions::new(&graph);
        graph.apis = Apis::new(&graph);
        graph
    }

    /// Roles and what is attached to them; worked out when the first rule asks.
    pub fn roles(&self) -> &Roles {
        self.roles.get_or_init(|| Roles::new(self))
    }

    /// Where policies on resources are; worked out when the first rule asks.
    fn resource_policy_index(&self) -> &ResourcePolicyIndex {
        self.resource_policies.get_or_init(|| ResourcePolicyIndex::new(self))
    }

    /// VPCs, security groups, stores and clients: read on the first question.
    pub fn network(&self) -> &Network {
        self.network.get_or_init(|| Network::new(self))
    }

    /// Who calls, reads, sends to, assumes and lets in whom; worked out on the first question.
    pub fn relations(&self) -> &Relations {
        self.relations.get_or_init(|| Relations::new(self))
    }

    /// The resource of an id.
    pub fn resource(&self, id: ResourceId) -> &'u Resource {
        self.unit.resource(id)
    }

    /// Every managed resource of these types, in the unit's order.
    pub fn of_kinds<'a>(&'a self, kinds: &'a [&str]) -> impl Iterator<Item = &'u Resource> + 'a {
        let ids = kinds.iter().filter_map(|k| self.by_kind.get(k)).flatten();
        ids.map(|id| self.unit.resource(*id)).filter(|r| r.mode == Mode::Managed)
    }

    /// Every data source of these types, in the unit's order.
    pub fn data_of_kinds<'a>(&'a self, kinds: &'a [&str]) -> impl Iterator<Item = &'u Resource> + 'a {
        let ids = kinds.iter().filter_map(|k| self.by_kind.get(k)).flatten();
        ids.map(|id| self.unit.resource(*id)).filter(|r| r.mode == Mode::Data)
    }

    /// Every managed entity of a type, in the unit's order.
    pub fn all<E: Entity>(&self) -> Vec<E> {
        self.of_kinds(E::KINDS).map(E::read).collect()
    }

    /// The resource that a value refers to as a whole or by its id, name or ARN attribute: `aws_x.y.id`, `!Ref Y`,
    /// `!GetAtt Y.Arn`. `None` for anything else (a literal, an unknown, a text around a reference).
    pub fn referent(&self, value: &Value) -> Option<&'u Resource> {
        let id = match &value.kind {
            Kind::Attr(attr) => attr.resource,
            Kind::Text(text) => match text.holes()? {
                [Part::Attr(attr)] => attr.resource,
                _ => return None,
            },
            _ => return None,
        };
        Some(self.unit.resource(id))
    }

    /// Where an attribute was written, or the resource's header where it was not.
    pub fn place(&self, id: ResourceId, value: &Value) -> Span {
        let resource = self.resource(id);
        match value.is_null() || value.span.is_none() {
            true => resource.name_span,
            false => value.span,
        }
    }

    /// Whether a resource waits for another at the deploy: by an explicit dependency or a reference, direct or through others.
    pub fn depends_on(&self, from: ResourceId, to: ResourceId) -> bool {
        self.closure(from).contains(&to)
    }

    /// Everything that a resource waits for at the deploy, direct or through others.
    pub fn closure(&self, from: ResourceId) -> HashSet<ResourceId> {
        let mut seen = HashSet::new();
        // A list that many resources share is walked once.
        let mut walked = HashSet::new();
        let mut next = vec![from];
        while let Some(id) = next.pop() {
            let resource = self.resource(id);
            let lists = resource.depends_on.lists().iter().filter(|list| walked.insert(list.as_ptr()));
            let all = lists.flat_map(|list| list.iter()).chain(&resource.references);
            next.extend(all.filter(|other| seen.insert(**other)));
        }
        seen
    }
}
