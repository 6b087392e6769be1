//! The ways that calls, messages and connections may go from one node to another.

use std::collections::{HashMap, HashSet, VecDeque};

use petgraph::Direction;
use petgraph::graph::NodeIndex;
use petgraph::visit::EdgeRef;

use super::{Flow, Node, Relation, Relations, Wire};
use crate::value::Guard;

/// One way: its wires, first to last, and when all of them hold.
#[derive(Clone, Debug)]
pub struct Way<'a> {
    /// The wires, each with whether it is gone against its direction.
    pub wires: Vec<(Wire<'a>, bool)>,
    /// When all of them hold.
    pub guard: Guard,
}

/// How many ways are looked for, how many wires one has, and how many steps are tried for them.
const MAX_WAYS: usize = 32;
const MAX_LENGTH: usize = 12;
const MAX_STEPS: usize = 200_000;

/// What may come next on a way.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Next {
    /// Anything.
    Any,
    /// From a role: what it grants.
    Grant,
    /// From the group of where the way comes from: another group.
    Group,
    /// From a group that lets in: who has it.
    Holder,
    /// Nothing: what is granted is called, not gone through.
    End,
}

impl Relations {
    /// The ways from one node to another, shortest first, of those that hold together. The second part says whether there may be more
    /// than were looked for.
    pub fn ways(&self, from: &Node, to: &Node) -> (Vec<Way<'_>>, bool) {
        let (Some(start), Some(end)) = (self.known(from), self.known(to)) else { return (Vec::new(), false) };
        let near = self.distances(end);
        let mut search = Search { relations: self, end, near, found: Vec::new(), steps: 0, cut: false };
        let seen = HashSet::from([start]);
        search.go(start, Next::Any, Way { wires: Vec::new(), guard: Guard::always() }, &seen);
        search.found.sort_by_key(|way| way.wires.len());
        (search.found, search.cut)
    }

    /// Every node that something gets to from this one.
    pub fn reached(&self, from: &Node) -> Vec<&Node> {
        let Some(start) = self.known(from) else { return Vec::new() };
        let mut seen = HashSet::from([(start, Next::Any)]);
        let mut queue = VecDeque::from([(start, Next::Any)]);
        let mut out = Vec::new();
        let mut named = HashSet::new();
        while let Some((at, next)) = queue.pop_front() {
            if named.insert(at) {
                out.push(&self.graph[at]);
            }
            for (_, other, _, then) in self.steps(at, next) {
                if seen.insert((other, then)) {
                    queue.push_back((other, then));
                }
            }
        }
        out
    }

    /// The steps from a node: the wire, where it leads, and whether that is against its direction.
    fn steps(&self, at: NodeIndex, next: Next) -> Vec<(Wire<'_>, NodeIndex, bool, Next)> {
        let mut out = Vec::new();
        for direction in [Direction::Outgoing, Direction::Incoming] {
            let mut edges: Vec<_> = self.graph.edges_directed(at, direction).collect();
            edges.sort_by_key(|edge| edge.id());
            for edge in edges {
                let back = direction == Direction::Incoming;
                let other = if back { edge.source() } else { edge.target() };
                let Some(then) = follows(edge.weight().relation, edge.weight().flow, back, next) else { continue };
                out.push((self.wire(edge.id(), edge.source(), edge.target(), edge.weight()), other, back, then));
            }
        }
        out
    }

    /// How far each node is from the end at least, gone backwards along anything: what cannot get there is not tried.
    fn distances(&self, end: NodeIndex) -> HashMap<NodeIndex, usize> {
        let mut near = HashMap::from([(end, 0)]);
        let mut queue = VecDeque::from([end]);
        while let Some(at) = queue.pop_front() {
            let distance = near[&at] + 1;
            for direction in [Direction::Outgoing, Direction::Incoming] {
                for edge in self.graph.edges_directed(at, direction) {
                    // The step towards the end goes the other way.
                    let back = direction == Direction::Outgoing;
                    let other = if back { edge.target() } else { edge.source() };
                    let open = match edge.weight().flow {
                        Flow::Both => true,
                        Flow::Forward => !back || edge.weight().relation == Relation::HasGroup,
                        Flow::Backward => back,
                        Flow::No => false,
                    };
                    if open && !near.contains_key(&other) {
                        near.insert(other, distance);
                        queue.push_back(other);
                    }
                }
            }
        }
        near
    }
}

/// What may come after a step along a relation, where it may be taken at all.
fn follows(relation: Relation, flow: Flow, back: bool, next: Next) -> Option<Next> {
    let holder = relation == Relation::HasGroup && back;
    let open = match flow {
        Flow::Both => true,
        Flow::Forward => !back || holder,
        Flow::Backward => back,
        Flow::No => false,
    };
    let then = match (relation, next) {
        (_, Next::End) => return None,
        (Relation::Grants, Next::Any | Next::Grant) => Next::End,
        (Relation::Grants, _) => return None,
        (_, Next::Grant) => return None,
        (Relation::HasGroup, Next::Holder) if back => Next::End,
        (Relation::HasGroup, Next::Any) if !back => Next::Group,
        (Relation::HasGroup, _) => return None,
        (Relation::Admits, Next::Any | Next::Group) => Next::Holder,
        (_, Next::Group | Next::Holder) => return None,
        (Relation::RunsAs, Next::Any) => Next::Grant,
        (_, Next::Any) => Next::Any,
    };
    open.then_some(then)
}

struct Search<'a> {
    relations: &'a Relations,
    end: NodeIndex,
    near: HashMap<NodeIndex, usize>,
    found: Vec<Way<'a>>,
    steps: usize,
    cut: bool,
}

impl<'a> Search<'a> {
    fn go(&mut self, at: NodeIndex, next: Next, way: Way<'a>, seen: &HashSet<NodeIndex>) {
        let relations = self.relations;
        for (wire, other, back, then) in relations.steps(at, next) {
            self.steps += 1;
            if self.steps > MAX_STEPS || self.found.len() >= MAX_WAYS {
                self.cut = true;
                return;
            }
            let Some(rest) = self.near.get(&other).filter(|_| !seen.contains(&other)) else { continue };
            if way.wires.len() + 1 + rest > MAX_LENGTH {
                self.cut = true;
                continue;
            }
            let Some(guard) = way.guard.and(&wire.edge.guard) else { continue };
            let wires = way.wires.iter().cloned().chain([(wire, back)]).collect();
            let longer = Way { wires, guard };
            if other == self.end {
                self.found.push(longer);
                continue;
            }
            let mut seen = seen.clone();
            seen.insert(other);
            self.go(other, then, longer, &seen);
        }
    }
}
