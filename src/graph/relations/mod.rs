//! The relations of a unit as one graph: who calls, reads, sends to, assumes, lets in and lies in whom, each with the condition under
//! which it holds, the places that show it, and what it needs in order to work.
//!
//! It is built from the tables that the rules ask too, on the first question: a scan that draws nothing does not pay for it.

mod calls;
mod deliveries;
mod invokes;
mod messages;
mod needs;
mod network;
mod parts;
mod roles;
mod ways;

use std::collections::{BTreeMap, HashMap, HashSet};

use petgraph::Direction;
use petgraph::graph::{DiGraph, EdgeIndex, NodeIndex};
use petgraph::visit::EdgeRef;

use super::Graph;
use crate::finding::Label;
use crate::gap::Gap;
use crate::value::{Guard, ResourceId, Str};

pub use self::needs::{Asked, Need, NeedKind};

/// What is related.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Node {
    /// A resource or data source of the unit.
    Resource(ResourceId),
    /// A stage of an API.
    Stage(ResourceId),
    /// A service principal: `sns.amazonaws.com`.
    Service(Str),
    /// A range of addresses, as written.
    Range(Str),
    /// What lies outside of the unit, or is not known: as the source names it.
    Outside(Str),
    /// Whatever there is: the resource `*` of a policy.
    Everything,
}

/// How two nodes are related; each is read from left to right: *function* runs as *role*.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Relation {
    /// Mentions it in an attribute.
    References,
    /// Waits for it at the deploy.
    DependsOn,
    /// Is a part of it: a stage of an API, an alias of a function.
    PartOf,
    /// Calls it.
    Calls,
    /// Hands on to it what was published: a topic to its subscriber.
    Delivers,
    /// Polls it.
    ReadsFrom,
    /// Sends to it.
    SendsTo,
    /// Allows calls of it: a role by its policies, a service by a statement of a function's policy.
    Grants,
    /// Acts with the rights of it.
    RunsAs,
    /// Is a policy of it.
    Attached,
    /// Is the key that it is encrypted with.
    Encrypts,
    /// Lies in it.
    In,
    /// Has the security group.
    HasGroup,
    /// Is let in by it.
    Admits,
    /// Routes traffic to it.
    RoutesTo,
    /// Connects to it.
    Uses,
    /// Starts it by an event.
    Triggers,
}

impl Relation {
    /// The stable name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Relation::References => "references",
            Relation::DependsOn => "depends_on",
            Relation::PartOf => "part_of",
            Relation::Calls => "calls",
            Relation::Delivers => "delivers_to",
            Relation::ReadsFrom => "reads_from",
            Relation::SendsTo => "sends_to",
            Relation::Grants => "grants",
            Relation::RunsAs => "runs_as",
            Relation::Attached => "attached_to",
            Relation::Encrypts => "encrypts",
            Relation::In => "in",
            Relation::HasGroup => "has_group",
            Relation::Admits => "admitted_by",
            Relation::RoutesTo => "routes_to",
            Relation::Uses => "uses",
            Relation::Triggers => "triggers",
        }
    }

    /// Whether it is a mention and no more: not drawn unless asked for.
    pub fn is_mention(self) -> bool {
        matches!(self, Relation::References | Relation::DependsOn)
    }
}

/// Which way a call, a message or a connection goes along an edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// None does.
    No,
    /// From its source to its target.
    Forward,
    /// From its target to its source: an API is called on a stage, which is a part of it.
    Backward,
    /// Both: who polls a queue reaches it, and its messages reach who polls.
    Both,
}

/// One relation.
#[derive(Clone, Debug)]
pub struct Edge {
    /// How they are related.
    pub relation: Relation,
    /// More of it, in a few words: `GET /orders`, `port 5432`; empty where there is no more to say.
    pub detail: String,
    /// When it holds.
    pub guard: Guard,
    /// The resource that says so, where it is neither end: a subscription, a permission.
    pub by: Option<ResourceId>,
    /// The places that show it.
    pub evidence: Vec<Label>,
    /// What has to be so that it works.
    pub needs: Vec<Need>,
    /// Which way something goes along it.
    pub flow: Flow,
}

impl Edge {
    fn new(relation: Relation, guard: Guard) -> Self {
        let flow = match relation {
            Relation::Calls | Relation::Delivers | Relation::SendsTo | Relation::Uses | Relation::Triggers => Flow::Forward,
            Relation::RunsAs | Relation::Grants | Relation::RoutesTo | Relation::HasGroup | Relation::Admits => Flow::Forward,
            Relation::ReadsFrom => Flow::Both,
            _ => Flow::No,
        };
        Edge { relation, detail: String::new(), guard, by: None, evidence: Vec::new(), needs: Vec::new(), flow }
    }

    fn detail(self, detail: impl Into<String>) -> Self {
        Edge { detail: detail.into(), ..self }
    }

    fn by(self, by: ResourceId) -> Self {
        Edge { by: Some(by), ..self }
    }

    fn shown_by(mut self, label: Label) -> Self {
        if !label.span.is_none() {
            self.evidence.push(label);
        }
        self
    }

    fn needs(self, needs: Vec<Need>) -> Self {
        Edge { needs, ..self }
    }

    fn flow(self, flow: Flow) -> Self {
        Edge { flow, ..self }
    }
}

/// The relations of one unit.
#[derive(Debug, Default)]
pub struct Relations {
    graph: DiGraph<Node, Edge>,
    index: HashMap<Node, NodeIndex>,
    stages: HashSet<ResourceId>,
    seen: HashSet<(NodeIndex, NodeIndex, Relation, String, Guard, Option<ResourceId>)>,
    open: BTreeMap<NodeIndex, Gap>,
}

/// An edge with its ends.
#[derive(Clone, Copy, Debug)]
pub struct Wire<'a> {
    /// Its place in the graph.
    pub id: EdgeIndex,
    /// Where it begins.
    pub from: &'a Node,
    /// Where it leads.
    pub to: &'a Node,
    /// The relation.
    pub edge: &'a Edge,
}

impl Relations {
    /// Reads the relations of a graph's unit.
    pub(super) fn new(graph: &Graph<'_>) -> Self {
        let stages = graph.apis.all.iter().flat_map(|api| &api.stages).map(|stage| stage.resource).collect();
        let mut relations = Relations { stages, ..Relations::default() };
        parts::add(graph, &mut relations);
        calls::add(graph, &mut relations);
        deliveries::add(graph, &mut relations);
        messages::add(graph, &mut relations);
        roles::add(graph, &mut relations);
        network::add(graph, &mut relations);
        relations.seen = HashSet::new();
        relations
    }

    /// A stage is one node, however it is named.
    fn known(&self, node: &Node) -> Option<NodeIndex> {
        self.index.get(&self.settled(node.clone())).copied()
    }

    fn settled(&self, node: Node) -> Node {
        match node {
            Node::Resource(id) if self.stages.contains(&id) => Node::Stage(id),
            other => other,
        }
    }

    fn node(&mut self, node: Node) -> NodeIndex {
        let node = self.settled(node);
        if let Some(index) = self.index.get(&node) {
            return *index;
        }
        let index = self.graph.add_node(node.clone());
        self.index.insert(node, index);
        index
    }

    /// Adds a relation; one that is there is not added again.
    fn add(&mut self, from: Node, to: Node, edge: Edge) {
        let (from, to) = (self.node(from), self.node(to));
        if self.seen.insert((from, to, edge.relation, edge.detail.clone(), edge.guard.clone(), edge.by)) {
            self.graph.add_edge(from, to, edge);
        }
    }

    /// Notes that something may have more relations than these.
    fn open(&mut self, node: Node, gap: Gap) {
        let index = self.node(node);
        self.open.entry(index).or_insert(gap);
    }

    /// Every relation, in the order in which they were found: the same for the same unit.
    pub fn wires(&self) -> impl Iterator<Item = Wire<'_>> {
        self.graph.edge_references().map(|edge| self.wire(edge.id(), edge.source(), edge.target(), edge.weight()))
    }

    /// The relations that begin at a node.
    pub fn from(&self, node: &Node) -> Vec<Wire<'_>> {
        self.at(node, Direction::Outgoing)
    }

    /// The relations that lead to a node.
    pub fn into(&self, node: &Node) -> Vec<Wire<'_>> {
        self.at(node, Direction::Incoming)
    }

    /// Why a node may have more relations than these.
    pub fn gap(&self, node: &Node) -> Option<&Gap> {
        self.open.get(&self.known(node)?)
    }

    fn at(&self, node: &Node, direction: Direction) -> Vec<Wire<'_>> {
        let Some(index) = self.known(node) else { return Vec::new() };
        let mut edges: Vec<_> = self.graph.edges_directed(index, direction).collect();
        edges.sort_by_key(|edge| edge.id());
        edges.into_iter().map(|edge| self.wire(edge.id(), edge.source(), edge.target(), edge.weight())).collect()
    }

    fn wire<'a>(&'a self, id: EdgeIndex, from: NodeIndex, to: NodeIndex, edge: &'a Edge) -> Wire<'a> {
        Wire { id, from: &self.graph[from], to: &self.graph[to], edge }
    }
}
