//! Whether security groups let a function's connections through to a store.

use std::collections::HashSet;

use ipnet::IpNet;

use super::groups::{Group, GroupKey, Rule, Source};
use super::stores::Store;
use super::vpcs::{Extent, VpcKey};
use super::{Gap, cidr, each};
use crate::graph::Graph;
use crate::graph::vpc::VpcCase;
use crate::model::ec2::{Direction, SecurityGroup};
use crate::model::{Entity, read};
use crate::text::Answer;
use crate::unit::{Mode, Resource};
use crate::value::{Guard, ResourceId, Value};

/// Whether connections get through.
#[derive(Clone, Debug)]
pub enum Way {
    /// They do, or it would take more than the unit to say that they do not.
    Open,
    /// No rule lets them through.
    Closed,
    /// It cannot be told.
    Unknown(Gap),
}

impl Way {
    /// Through the one or the other.
    fn or(self, other: Way) -> Way {
        match (self, other) {
            (Way::Open, _) | (_, Way::Open) => Way::Open,
            (Way::Unknown(gap), _) | (_, Way::Unknown(gap)) => Way::Unknown(gap),
            (Way::Closed, Way::Closed) => Way::Closed,
        }
    }
}

/// One end of a connection: its security groups and the ranges of its subnets.
#[derive(Clone, Debug)]
pub struct End {
    /// Its groups; all of the unit's own.
    pub groups: Vec<ResourceId>,
    /// The IPv4 ranges of its subnets.
    pub nets: Vec<IpNet>,
    /// Why it may have other addresses.
    pub nets_gap: Option<Gap>,
    /// Its VPC.
    pub vpc: VpcKey,
}

impl End {
    /// A function's end.
    pub fn of_function(graph: &Graph<'_>, case: &VpcCase) -> Result<End, Gap> {
        let vpc = graph.network().vpcs.of_subnets(graph, &case.subnets)?;
        let listed = each(&case.groups);
        if let Some(gap) = listed.gap {
            return Err(gap);
        }
        let mut groups = Vec::new();
        for (guard, value) in listed.items {
            if !case.guard.implies(&guard) {
                return Err(Gap::new(format!("whether it has `{value:#}` depends on a condition"), value.span));
            }
            groups.push(own_group(graph, &value)?);
        }
        let (nets, nets_gap) = ranges(graph, &case.subnets);
        Ok(End { groups, nets, nets_gap, vpc })
    }

    /// A store's end.
    pub fn of_store(graph: &Graph<'_>, store: &Store) -> Result<End, Gap> {
        if let Some(gap) = &store.gap {
            return Err(gap.clone());
        }
        let presence = &graph.resource(store.resource).presence;
        let mut groups = Vec::new();
        for attachment in &store.groups {
            match attachment.group {
                GroupKey::Resource(id) if presence.implies(&attachment.guard) => groups.push(id),
                _ => return Err(Gap::of(&attachment.value)),
            }
        }
        let unseen = Gap::new("the addresses of the database are not known", graph.resource(store.resource).name_span);
        Ok(End { groups, nets: Vec::new(), nets_gap: Some(unseen), vpc: store.vpc.clone()? })
    }
}

fn own_group(graph: &Graph<'_>, value: &Value) -> Result<ResourceId, Gap> {
    match graph.network().groups.key(graph, value) {
        Some(GroupKey::Resource(id)) if graph.resource(id).mode == Mode::Managed => Ok(id),
        Some(GroupKey::Resource(id)) => {
            let reason = format!("the rules of security group `{}` are not in this unit", graph.resource(id).address);
            Err(Gap::new(reason, value.span))
        }
        _ if value.first_unknown().is_some() => Err(Gap::of(value)),
        _ => Err(Gap::new(format!("the rules of security group `{value:#}` are not in this unit"), value.span)),
    }
}

fn ranges(graph: &Graph<'_>, subnets: &Value) -> (Vec<IpNet>, Option<Gap>) {
    let listed = each(subnets);
    let mut gap = listed.gap;
    let mut nets = Vec::new();
    for (_, subnet) in &listed.items {
        match graph.network().vpcs.subnet(graph, subnet).and_then(|s| s.net) {
            Some(net) => nets.push(net),
            None => drop(gap.get_or_insert_with(|| Gap::new(format!("the range of `{subnet:#}` is not known"), subnet.span))),
        }
    }
    (nets, gap)
}

/// What is looked up once a unit: rules of groups that are not the unit's, which may be any, and resources that opaque parts were given.
#[derive(Debug)]
pub struct Reach<'g> {
    graph: &'g Graph<'g>,
    anywhere: [Option<Gap>; 2],
    given_away: HashSet<ResourceId>,
    macros: Option<Gap>,
}

impl<'g> Reach<'g> {
    /// Prepares the questions of a graph.
    pub fn new(graph: &'g Graph<'g>) -> Self {
        let anywhere = [Direction::Ingress, Direction::Egress].map(|direction| {
            let foreign = |r: &&Rule| r.form.list == "-" && !matches!(r.group, Some(GroupKey::Resource(_)));
            let rule = graph.network().groups.rules().iter().filter(foreign).find(|r| r.direction == direction)?;
            let address = &graph.resource(rule.resource).address;
            Some(Gap::new(format!("the security group of `{address}` is not known"), rule.span))
        });
        let given_away = graph.unit.opaque.iter().flat_map(|o| o.references.iter().copied()).collect();
        let sees_all = graph.unit.opaque.iter().find(|o| o.arguments.is_null());
        let macros = sees_all.map(|o| Gap::new(format!("what `{}` adds cannot be seen", o.address), o.span));
        Reach { graph, anywhere, given_away, macros }
    }

    /// Whether the store's groups let the function in.
    pub fn way_into(&self, store: &Store, theirs: &End, own: &End, when: &Guard) -> Way {
        self.pass(store, theirs, own, when, Direction::Ingress)
    }

    /// Whether the function's groups let it out to the store.
    pub fn out_to_store(&self, store: &Store, theirs: &End, own: &End, when: &Guard) -> Way {
        self.pass(store, own, theirs, when, Direction::Egress)
    }

    /// Whether the groups of `here` let through, in a direction, what goes to or comes from `there`.
    fn pass(&self, store: &Store, here: &End, there: &End, when: &Guard, direction: Direction) -> Way {
        let mut way = Way::Closed;
        for id in &here.groups {
            way = way.or(self.through(store, *id, here, there, when, direction));
        }
        match (way, &self.anywhere[usize::from(direction == Direction::Egress)], &self.macros) {
            (Way::Closed, Some(gap), _) | (Way::Closed, _, Some(gap)) => Way::Unknown(gap.clone()),
            (way, ..) => way,
        }
    }

    fn through(&self, store: &Store, id: ResourceId, here: &End, there: &End, when: &Guard, direction: Direction) -> Way {
        let groups = &self.graph.network().groups;
        let resource = self.graph.resource(id);
        let group = groups.get(&GroupKey::Resource(id));
        let indices = group.map_or(&[][..], |g| if direction == Direction::Egress { &g.egress } else { &g.ingress });
        if direction == Direction::Egress && resource.kind.contains("::") {
            match unwritten_egress(resource, indices) {
                Some(true) => return Way::Open,
                Some(false) => {}
                // AWS lets everything out where a template writes no rule; what a separate rule does to that, its documents say
                // in two ways.
                None => {
                    let reason =
                        format!("`{}` has egress rules of their own only, beside which the default rule may stay", resource.address);
                    return self.rules(store, indices, here, there, when).or(Way::Unknown(Gap::new(reason, resource.name_span)));
                }
            }
        }
        let way = self.rules(store, indices, here, there, when);
        match (way, self.hidden(resource, group, direction)) {
            (Way::Closed, Some(gap)) => Way::Unknown(gap),
            (way, _) => way,
        }
    }

    /// Why a group may have rules that the unit does not show.
    fn hidden(&self, resource: &Resource, group: Option<&Group>, direction: Direction) -> Option<Gap> {
        let (gap, name) = match direction {
            Direction::Egress => (group.and_then(|g| g.egress_gap.as_ref()), "egress"),
            _ => (group.and_then(|g| g.ingress_gap.as_ref()), "ingress"),
        };
        if let Some(gap) = gap {
            return Some(gap.clone());
        }
        if self.given_away.contains(&resource.id) {
            return Some(Gap::new(format!("`{}` is given to a module that cannot be seen", resource.address), resource.name_span));
        }
        let ignored = resource.ignore_changes.iter().any(|i| i == "all" || i == name);
        ignored.then(|| Gap::new(format!("`{}` ignores changes of its {name} rules", resource.address), resource.name_span))
    }

    fn rules(&self, store: &Store, indices: &[usize], here: &End, there: &End, when: &Guard) -> Way {
        let rules = indices.iter().filter_map(|i| self.graph.network().groups.rules().get(*i));
        rules.fold(Way::Closed, |way, rule| way.or(self.rule(store, rule, here, there, when)))
    }

    fn rule(&self, store: &Store, rule: &Rule, here: &End, there: &End, when: &Guard) -> Way {
        let certain = match store.listens_on(self.graph, &rule.ports) {
            Answer::No => return Way::Closed,
            answer => answer == Answer::Yes,
        };
        let maybe = |what: &str| {
            Way::Unknown(Gap::new(format!("{what} of a rule of `{}` is not known", self.graph.resource(rule.resource).address), rule.span))
        };
        let mut way = rule.sources_gap.clone().map_or(Way::Closed, Way::Unknown);
        for (guard, source) in &rule.sources {
            let Some(guard) = rule.guard.and(guard).filter(|g| g.and(when).is_some()) else { continue };
            way = way.or(match self.source(source, here, there) {
                Way::Open if !when.implies(&guard) => {
                    Way::Unknown(Gap::new(format!("a rule that lets it through is there where {guard}"), rule.span))
                }
                Way::Open if !certain => maybe("the port"),
                other => other,
            });
        }
        way
    }

    fn source(&self, source: &Source, here: &End, there: &End) -> Way {
        match source {
            Source::PrefixList(_) => Way::Open,
            // The rule's group is one of this end's: it lets through what has the group at the other end too.
            Source::Itself => match here.groups.iter().any(|g| there.groups.contains(g)) {
                true => Way::Open,
                false => Way::Closed,
            },
            Source::Group(value) => match self.graph.network().groups.key(self.graph, value) {
                Some(GroupKey::Resource(id)) if there.groups.contains(&id) => Way::Open,
                Some(GroupKey::Resource(_)) => Way::Closed,
                // An id that is written out may be that of a group which the unit created before.
                _ => match value.as_str() {
                    Some(id) => Way::Unknown(Gap::new(format!("which group `{id}` is, is not known"), value.span)),
                    None => Way::Unknown(Gap::of(value)),
                },
            },
            Source::Cidr(value) => self.range(value, there),
        }
    }

    fn range(&self, value: &Value, there: &End) -> Way {
        let text = self.graph.names.text(value);
        let Some(net) = text.as_ref().and_then(|t| cidr::parse(t.as_known()?)) else {
            let owners = self.graph.network().vpcs.owners(self.graph, value);
            let whole =
                |o: &super::vpcs::Owner| o.extent == Extent::Whole && o.vpc.as_ref().is_ok_and(|v| v.same(&there.vpc) == Answer::Yes);
            return if owners.iter().any(whole) { Way::Open } else { Way::Unknown(Gap::of(value)) };
        };
        if matches!(net, IpNet::V6(_)) {
            // The names of databases have IPv4 addresses; in dual-stack subnets both.
            return Way::Unknown(Gap::new(format!("whether the connection is over IPv6 ({net}) is not known"), value.span));
        }
        if cidr::is_everything(&net) || self.holds(&net, &there.vpc) || there.nets.iter().any(|n| net.contains(n) || n.contains(&net)) {
            return Way::Open;
        }
        match &there.nets_gap {
            Some(gap) if self.meets(&net, &there.vpc) => Way::Unknown(gap.clone()),
            _ => Way::Closed,
        }
    }

    /// Whether a range has every address of a VPC.
    fn holds(&self, net: &IpNet, vpc: &VpcKey) -> bool {
        let ranges = self.graph.network().vpcs.get(vpc).map_or(&[][..], |v| &v.ranges);
        !ranges.is_empty() && ranges.iter().all(|range| range.net.is_some_and(|r| net.contains(&r)))
    }

    /// Whether a range has addresses of a VPC, as far as that is known.
    fn meets(&self, net: &IpNet, vpc: &VpcKey) -> bool {
        let ranges = self.graph.network().vpcs.get(vpc).map_or(&[][..], |v| &v.ranges);
        let apart = |range: &super::vpcs::Range| range.net.is_some_and(|r| !r.contains(net) && !net.contains(&r));
        ranges.is_empty() || !ranges.iter().all(apart)
    }
}

/// Whether a template's group lets everything out since it says nothing of egress: `None` where separate rules only say
/// something.
fn unwritten_egress(resource: &Resource, rules: &[usize]) -> Option<bool> {
    let written = each(&SecurityGroup::read(resource).egress);
    match (written.items.is_empty() && written.gap.is_none(), rules.is_empty()) {
        (true, true) => Some(true),
        (true, false) => None,
        (false, _) => Some(false),
    }
}

/// Whether a group of Terraform's says nothing of egress at all, so that Terraform removes AWS's rule that lets everything out.
pub fn lacks_egress(graph: &Graph<'_>, id: ResourceId) -> bool {
    let resource = graph.resource(id);
    let rules = graph.network().groups.get(&GroupKey::Resource(id)).is_some_and(|g| !g.egress.is_empty());
    !resource.kind.contains("::") && !rules && each(&read(&resource.attributes, "egress")).items.is_empty()
}
