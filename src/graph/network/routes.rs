//! Which route table a subnet has, and whether that leads to an internet gateway.

use std::collections::{HashMap, HashSet};

use super::{Gap, each};
use crate::graph::Graph;
use crate::model::read;
use crate::model::routes::{MainTable, Propagation, Route, RouteTable, TableAssociation};
use crate::source::Span;
use crate::unit::{Mode, Resource};
use crate::value::{Guard, Hole, Kind, ResourceId, Value};

/// A route for every IPv4 address to an internet gateway.
#[derive(Clone, Debug)]
pub struct Gateway {
    /// The route: its own resource, or the table that it is written in.
    pub resource: ResourceId,
    /// Where it is.
    pub span: Span,
    /// When it is there.
    pub guard: Guard,
}

/// A subnet that is public: its table, and the route to the internet gateway.
#[derive(Clone, Debug)]
pub struct Public {
    /// The route table.
    pub table: ResourceId,
    /// What gives the subnet the table: the association, or the table itself where it is the VPC's main one.
    pub by: ResourceId,
    /// The route.
    pub gateway: Gateway,
}

/// What ties a subnet or VPC to a table: the resource that does, and the table where it is known.
type Association = (ResourceId, Result<ResourceId, Gap>);

/// The routes of a unit.
#[derive(Debug, Default)]
pub struct Routes {
    gateways: HashMap<ResourceId, Gateway>,
    /// Tables that may have a route to an internet gateway: why that is not known.
    unsure: HashMap<ResourceId, Gap>,
    tables: HashMap<ResourceId, Vec<Association>>,
    main: HashMap<ResourceId, Association>,
    unclear: Option<Gap>,
    /// Tables with a route to anywhere, whatever it is.
    leading: HashSet<ResourceId>,
    /// Tables whose routes are not all known; and why there may be routes of any table.
    open: HashMap<ResourceId, Gap>,
    loose: Option<Gap>,
    /// Why any table may have a route to an internet gateway.
    leading_out: Option<Gap>,
    /// Why any VPC may have another main table.
    unclear_main: Option<Gap>,
}

impl Routes {
    /// Reads the routes of a graph.
    pub fn new(graph: &Graph<'_>) -> Self {
        let mut routes = Routes::default();
        for table in graph.all::<RouteTable>() {
            let inline = each(&table.routes);
            if let Some(gap) = inline.gap {
                routes.open.entry(table.id).or_insert(gap);
            }
            for (guard, route) in inline.items {
                routes.leading.insert(table.id);
                routes.add_route(graph, table.id, table.id, &route, guard);
            }
            if !table.propagating.is_null() {
                routes.leading.insert(table.id);
            }
            // `aws_default_route_table` takes `aws_vpc.x.default_route_table_id`.
            if let Some(vpc) = graph.referent(&table.main) {
                routes.main.insert(vpc.id, (table.id, Ok(table.id)));
            } else if !table.main.is_null() {
                routes.unclear_main.get_or_insert_with(|| Gap::of(&table.main));
            }
        }
        for route in graph.all::<Route>() {
            let resource = graph.resource(route.id);
            if let Some(table) = graph.referent(&route.table) {
                routes.leading.insert(table.id);
                routes.add_route(graph, table.id, route.id, &resource.attributes, Guard::always());
            } else if route.table.as_str().is_none() {
                routes.loose.get_or_insert_with(|| Gap::of(&route.table));
                if leads_out(graph, resource) {
                    routes.leading_out.get_or_insert_with(|| Gap::of(&route.table));
                }
            }
        }
        for propagation in graph.all::<Propagation>() {
            match each(&propagation.tables).items.iter().map(|(_, t)| graph.referent(t).map(|t| t.id)).collect::<Option<Vec<_>>>() {
                Some(tables) => routes.leading.extend(tables),
                None => drop(routes.loose.get_or_insert_with(|| Gap::of(&propagation.tables))),
            }
        }
        for association in graph.all::<TableAssociation>() {
            routes.associate(graph, &association);
        }
        for main in graph.all::<MainTable>() {
            if let Some(vpc) = graph.referent(&main.vpc) {
                routes.main.insert(vpc.id, (main.id, table_of(graph, &main.table)));
            } else if main.vpc.as_str().is_none() {
                routes.unclear_main.get_or_insert_with(|| Gap::of(&main.vpc));
            }
        }
        routes
    }

    fn add_route(&mut self, graph: &Graph<'_>, table: ResourceId, by: ResourceId, route: &Value, guard: Guard) {
        let resource = graph.resource(by);
        let Way { range, to, is_gateway } = way(graph, resource, route);
        let Some(guard) = guard.and(&resource.presence) else { return };
        if is_gateway && range.iter().any(|r| r.as_str() == Some("0.0.0.0/0")) {
            let span = if by == table { route.span.or(resource.name_span) } else { resource.name_span };
            self.gateways.entry(table).or_insert(Gateway { resource: by, span, guard });
        } else if let Some(gap) = may_lead_out(&range, &to, is_gateway) {
            self.unsure.entry(table).or_insert(gap);
        }
    }

    fn associate(&mut self, graph: &Graph<'_>, association: &TableAssociation) {
        let subnets = each(&association.subnet);
        for (_, subnet) in subnets.items {
            match graph.referent(&subnet) {
                Some(subnet) => {
                    self.tables.entry(subnet.id).or_default().push((association.id, table_of(graph, &association.table)));
                }
                // `aws_route_table_association` has a `gateway_id` in place of a subnet now and then.
                None if subnet.is_null() => {}
                None => drop(self.unclear.get_or_insert_with(|| Gap::of(&subnet))),
            }
        }
    }

    /// How a subnet is public; `None` where it is not, or where the unit does not show that it is.
    pub fn public(&self, graph: &Graph<'_>, subnet: &Resource, vpc: Option<ResourceId>) -> Result<Option<Public>, Gap> {
        let Some((by, table)) = self.table(graph, subnet, vpc)? else { return Ok(None) };
        let hidden = self.unsure.get(&table).or_else(|| self.open.get(&table)).or(self.leading_out.as_ref());
        match (self.gateways.get(&table), hidden) {
            (Some(gateway), _) => Ok(Some(Public { table, by, gateway: gateway.clone() })),
            (None, Some(gap)) => Err(gap.clone()),
            (None, None) => Ok(None),
        }
    }

    /// The route table of a subnet, and what gives it; `None` for the main table of a VPC that nothing adds a route to.
    fn table(&self, graph: &Graph<'_>, subnet: &Resource, vpc: Option<ResourceId>) -> Result<Option<(ResourceId, ResourceId)>, Gap> {
        let found = match self.tables.get(&subnet.id).map(Vec::as_slice) {
            Some([only]) => only,
            Some(_) => return Err(Gap::new(format!("`{}` has several route tables", subnet.address), subnet.name_span)),
            None if subnet.mode == Mode::Data || self.unclear.is_some() => return Err(self.hidden(subnet)),
            None => match vpc.and_then(|vpc| self.main.get(&vpc)) {
                Some(main) => main,
                None if self.unclear_main.is_some() => return Err(self.hidden(subnet)),
                // The main table of a new VPC has routes within the VPC only.
                None if vpc.is_some_and(|id| graph.resource(id).mode == Mode::Managed && graph.resource(id).kind != "aws_default_vpc") => {
                    return self.untouched(graph, subnet).map(|()| None);
                }
                None => return Err(self.hidden(subnet)),
            },
        };
        Ok(Some((found.0, found.1.clone()?)))
    }

    /// Whether a subnet has routes within its VPC only, and its table where it has one of its own; `Ok(None)` where some route leads
    /// somewhere.
    pub fn secluded(&self, graph: &Graph<'_>, subnet: &Resource, vpc: ResourceId) -> Result<Option<Option<ResourceId>>, Gap> {
        let table = self.table(graph, subnet, Some(vpc))?.map(|(_, table)| table);
        if table.is_some_and(|table| self.leading.contains(&table)) {
            return Ok(None);
        }
        // A route may be made for the main table by its id too: that of the VPC.
        if table.is_none() && self.leading.contains(&vpc) {
            return Ok(None);
        }
        if let Some(gap) = table.and_then(|table| self.open.get(&table)).or(self.loose.as_ref()) {
            return Err(gap.clone());
        }
        let inside = [Some(subnet.id), table, Some(vpc)];
        match graph.unit.opaque.iter().find(|o| o.arguments.is_null() || o.references.iter().any(|r| inside.contains(&Some(*r)))) {
            Some(opaque) => Err(Gap::new(format!("what `{}` adds to the network cannot be seen", opaque.address), opaque.span)),
            None => Ok(Some(table)),
        }
    }

    fn hidden(&self, subnet: &Resource) -> Gap {
        self.unclear
            .clone()
            .or_else(|| self.unclear_main.clone())
            .unwrap_or_else(|| Gap::new(format!("the route table of `{}` is not in this unit", subnet.address), subnet.name_span))
    }

    fn untouched(&self, graph: &Graph<'_>, subnet: &Resource) -> Result<(), Gap> {
        let given = graph.unit.opaque.iter().find(|o| o.arguments.is_null() || o.references.contains(&subnet.id));
        match given {
            Some(opaque) => {
                Err(Gap::new(format!("whether `{}` gives `{}` a route table cannot be seen", opaque.address, subnet.address), opaque.span))
            }
            None => Ok(()),
        }
    }
}

/// Where a route leads: its ranges, its gateway, and whether that is an internet gateway.
struct Way {
    range: [Value; 3],
    to: Value,
    is_gateway: bool,
}

fn way(graph: &Graph<'_>, resource: &Resource, route: &Value) -> Way {
    let range = ["DestinationCidrBlock", "destination_cidr_block", "cidr_block"].map(|path| read(route, path));
    let to = read(route, if resource.kind.contains("::") { "GatewayId" } else { "gateway_id" });
    let literal = to.as_str().is_some_and(|id| id.starts_with("igw-"));
    let is_gateway = literal || graph.referent(&to).is_some_and(is_gateway);
    Way { range, to, is_gateway }
}

/// Whether a route is, or may be, one for every address to an internet gateway.
fn leads_out(graph: &Graph<'_>, resource: &Resource) -> bool {
    let Way { range, to, is_gateway } = way(graph, resource, &resource.attributes);
    (is_gateway && range.iter().any(|r| r.as_str() == Some("0.0.0.0/0"))) || may_lead_out(&range, &to, is_gateway).is_some()
}

/// Why a route may be one for every address to an internet gateway: its range or its gateway is not known.
fn may_lead_out(range: &[Value], to: &Value, is_gateway: bool) -> Option<Gap> {
    let unknown = |value: &&Value| matches!(value.first_unknown(), Some(Hole::Unknown(_) | Hole::Choice(_)));
    let everything = range.iter().any(|r| r.as_str() == Some("0.0.0.0/0"));
    let range = range.iter().find(unknown);
    match (is_gateway, everything) {
        (true, false) => range.map(Gap::of),
        (false, true) => Some(to).filter(unknown).map(Gap::of),
        (false, false) => range.and(Some(to).filter(unknown)).map(Gap::of),
        (true, true) => None,
    }
}

fn is_gateway(resource: &Resource) -> bool {
    matches!(resource.kind.as_str(), "AWS::EC2::InternetGateway" | "aws_internet_gateway")
}

fn table_of(graph: &Graph<'_>, table: &Value) -> Result<ResourceId, Gap> {
    match (graph.referent(table), &table.kind) {
        (Some(resource), _) if resource.mode == Mode::Managed => Ok(resource.id),
        (Some(resource), _) => Err(Gap::new(format!("the routes of `{}` are not in this unit", resource.address), resource.name_span)),
        (None, Kind::Text(_)) if table.first_unknown().is_none() => {
            Err(Gap::new(format!("the routes of `{table:#}` are not in this unit"), table.span))
        }
        (None, _) => Err(Gap::of(table)),
    }
}
