//! Who may reach whom: VPCs and their ranges, security groups and their rules, the stores behind them and the clients beside
//! them. Built once a unit, on the first question; every index is by key, so that no question walks all pairs.

pub mod cidr;
pub mod clients;
pub mod groups;
pub mod needs;
pub mod paths;
pub mod reach;
pub mod routes;
pub mod stores;
pub mod uses;
pub mod vpcs;

use crate::graph::Graph;
use crate::source::Span;
use crate::value::{Guard, Hole, Kind, Str, Value};

use self::clients::Clients;
use self::groups::Groups;
use self::paths::Paths;
use self::routes::Routes;
use self::stores::Stores;
use self::vpcs::Vpcs;

/// The network of one unit.
#[derive(Debug)]
pub struct Network {
    /// VPCs, subnets and who owns which range.
    pub vpcs: Vpcs,
    /// Security groups and their rules.
    pub groups: Groups,
    /// Data stores.
    pub stores: Stores,
    /// What connects to stores.
    pub clients: Clients,
    /// What connects VPCs with other networks, and load balancers.
    pub paths: Paths,
    /// Route tables.
    pub routes: Routes,
}

impl Network {
    /// Reads the network of a graph's unit.
    pub fn new(graph: &Graph<'_>) -> Self {
        let vpcs = Vpcs::new(graph);
        let groups = Groups::new(graph);
        let stores = Stores::new(graph, &vpcs, &groups);
        let clients = Clients::new(graph, &vpcs, &groups);
        let paths = Paths::new(graph);
        Network { vpcs, groups, stores, clients, paths, routes: Routes::new(graph) }
    }
}

/// Why something is not known, and the place that would have to be known.
#[derive(Clone, Debug, PartialEq)]
pub struct Gap {
    /// One clause, no full stop.
    pub reason: String,
    /// The place; [`Span::NONE`] where there is none.
    pub cause: Span,
}

impl Gap {
    /// A gap.
    pub fn new(reason: impl Into<String>, cause: Span) -> Self {
        Gap { reason: reason.into(), cause }
    }

    /// Why a value is not known.
    pub fn of(value: &Value) -> Self {
        match value.first_unknown() {
            Some(Hole::Unknown(unknown)) => Gap::new(unknown.message.as_str(), unknown.span.or(value.span)),
            Some(hole) => Gap::new(hole.message(), value.span),
            None => Gap::new(format!("`{value}` is not an id of this unit"), value.span),
        }
    }
}

/// The items of a value that is a list, or stands for one, each with the guard under which it is there.
#[derive(Debug, Default)]
pub struct Each {
    /// The items; nulls are left out.
    pub items: Vec<(Guard, Value)>,
    /// Why there may be more.
    pub gap: Option<Gap>,
}

/// Every item of a list, of a list in a list, of each branch of a choice; a lone scalar or map is a list of one.
pub fn each(value: &Value) -> Each {
    let mut out = Each::default();
    collect(value, &Guard::always(), 0, &mut out);
    out
}

/// Deeper nesting than `concat([...], [cond ? [...] : [...]])` nobody writes; values come from evaluation, so it is bounded anyway.
const MAX_NESTING: usize = 12;

fn collect(value: &Value, guard: &Guard, depth: usize, out: &mut Each) {
    if depth > MAX_NESTING {
        out.gap.get_or_insert_with(|| Gap::new("the list is nested too deeply", value.span));
        return;
    }
    match &value.kind {
        Kind::Null => {}
        Kind::List(list) => {
            for item in &list.items {
                collect(item, guard, depth + 1, out);
            }
            if let Some(unknown) = &list.open {
                out.gap.get_or_insert_with(|| Gap::new(unknown.message.as_str(), unknown.span.or(value.span)));
            }
        }
        Kind::Choice(branches) => {
            for (when, branch) in branches.iter() {
                if let Some(both) = guard.and(when) {
                    collect(branch, &both, depth + 1, out);
                }
            }
        }
        Kind::Unknown(unknown) => {
            // An unknown may be a list as well as an item: the item is kept, since it can be compared by its identity.
            out.gap.get_or_insert_with(|| Gap::new(unknown.message.as_str(), unknown.span.or(value.span)));
            out.items.push((guard.clone(), value.clone()));
        }
        _ => out.items.push((guard.clone(), value.clone())),
    }
}

/// The key of a value's canonical text: equal for two values only where they are equal in every deploy.
pub(crate) fn text_key(graph: &Graph<'_>, value: &Value) -> Option<Str> {
    crate::model::names::key(&graph.names.text(value)?)
}
