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

pub use crate::gap::Gap;
use crate::gap::Known;
use crate::graph::Graph;
use crate::value::{Guard, Kind, Str, Value};

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

/// The items of a value that is a list, or stands for one, each with the guard under which it is there; nulls are left out.
pub type Each = Known<(Guard, Value)>;

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
        out.open(|| Gap::new("the list is nested too deeply", value.span));
        return;
    }
    match &value.kind {
        Kind::Null => {}
        Kind::List(list) => {
            for item in &list.items {
                collect(item, guard, depth + 1, out);
            }
            if let Some(unknown) = &list.open {
                out.open(|| Gap::new(unknown.message.as_str(), unknown.span.or(value.span)));
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
            out.open(|| Gap::new(unknown.message.as_str(), unknown.span.or(value.span)));
            out.items.push((guard.clone(), value.clone()));
        }
        _ => out.items.push((guard.clone(), value.clone())),
    }
}

/// The key of a value's canonical text: equal for two values only where they are equal in every deploy.
pub(crate) fn text_key(graph: &Graph<'_>, value: &Value) -> Option<Str> {
    crate::model::names::key(&graph.names.text(value)?)
}
