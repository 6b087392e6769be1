//! Security groups and their rules, whatever form those are written in.

use std::collections::HashMap;
use std::ops::RangeInclusive;

use indexmap::IndexMap;

use super::vpcs::{VpcKey, VpcOf, vpc_key};
use super::{Gap, each, text_key};
use crate::graph::Graph;
use crate::model::ec2::{Direction, RULE_FORMS, RuleForm, SecurityGroup};
use crate::model::{Entity, read};
use crate::source::Span;
use crate::text::{self, Answer};
use crate::unit::{Mode, Resource};
use crate::value::{Guard, Kind, ResourceId, Str, Text, Value};

/// The identity of a security group.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum GroupKey {
    /// A resource or data source of the unit.
    Resource(ResourceId),
    /// A literal id, a parameter, a module's output.
    Named(Str),
}

/// Whom a rule lets in (or out to).
#[derive(Clone, Debug)]
pub enum Source {
    /// A range, as written.
    Cidr(Value),
    /// A group, as written.
    Group(Value),
    /// A prefix list, as written.
    PrefixList(Value),
    /// The rule's own group.
    Itself,
}

/// The ports of a rule.
#[derive(Clone, Debug, PartialEq)]
pub enum Ports {
    /// All of them.
    All,
    /// These.
    Range(RangeInclusive<u16>),
    /// One port, whose number is not known: the text compares.
    Same(Text),
    /// Not known.
    Unknown(Gap),
    /// None that a TCP client could use (ICMP, UDP, …).
    Nothing,
}

/// One rule: one inline block, one entry or one resource; it may let in several.
#[derive(Clone, Debug)]
pub struct Rule {
    /// The resource that it is written in: the group for inline rules.
    pub resource: ResourceId,
    /// The group that it belongs to; `None` where that cannot be known.
    pub group: Option<GroupKey>,
    /// How it is written.
    pub form: &'static RuleForm,
    /// In or out; never [`Direction::Written`].
    pub direction: Direction,
    /// Whom it lets through, each under its guard.
    pub sources: Vec<(Guard, Source)>,
    /// Why there may be more sources.
    pub sources_gap: Option<Gap>,
    /// Its ports.
    pub ports: Ports,
    /// The rule itself: a map.
    pub entry: Value,
    /// Where it is.
    pub span: Span,
    /// When it is there.
    pub guard: Guard,
}

impl Rule {
    /// Whether a place lies in the rule's own text.
    pub fn contains(&self, span: Span) -> bool {
        self.entry.span.contains(span)
    }
}

/// What is known of one security group.
#[derive(Debug, Default)]
pub struct Group {
    /// Its rules that let in: indices into [`Groups::rules`].
    pub ingress: Vec<usize>,
    /// Its rules that let out.
    pub egress: Vec<usize>,
    /// Why there may be more inline rules that let in.
    pub ingress_gap: Option<Gap>,
    /// Why there may be more inline rules that let out.
    pub egress_gap: Option<Gap>,
}

/// The security groups of a unit.
#[derive(Debug, Default)]
pub struct Groups {
    rules: Vec<Rule>,
    groups: IndexMap<GroupKey, Group>,
    defaults: HashMap<VpcKey, ResourceId>,
}

impl Groups {
    /// Reads every group and rule of a unit.
    pub fn new(graph: &Graph<'_>) -> Self {
        let mut groups = Groups::default();
        for group in graph.of_kinds(&["aws_default_security_group"]) {
            if let Ok(key) = vpc_key(graph, &SecurityGroup::read(group).vpc) {
                groups.defaults.insert(key, group.id);
            }
        }
        for form in RULE_FORMS {
            for resource in graph.of_kinds(&[form.kind]) {
                match form.list {
                    "-" => groups.add_separate(graph, form, resource),
                    list => groups.add_inline(graph, form, resource, &read(&resource.attributes, list)),
                }
            }
        }
        groups
    }

    fn add_inline(&mut self, graph: &Graph<'_>, form: &'static RuleForm, resource: &Resource, list: &Value) {
        let key = GroupKey::Resource(resource.id);
        let found = each(list);
        if let Some(gap) = found.gap {
            let group = self.groups.entry(key.clone()).or_default();
            let slot = if form.direction == Direction::Egress { &mut group.egress_gap } else { &mut group.ingress_gap };
            slot.get_or_insert(gap);
        }
        for (guard, entry) in found.items {
            if entry.as_map().is_some() {
                self.add(graph, form, resource, Some(key.clone()), entry, guard);
            }
        }
    }

    fn add_separate(&mut self, graph: &Graph<'_>, form: &'static RuleForm, resource: &Resource) {
        let key = self.key(graph, &read(&resource.attributes, form.group));
        self.add(graph, form, resource, key, resource.attributes.clone(), Guard::always());
    }

    fn add(&mut self, graph: &Graph<'_>, form: &'static RuleForm, resource: &Resource, key: Option<GroupKey>, entry: Value, guard: Guard) {
        let direction = match form.direction {
            Direction::Written => match read(&entry, "type").as_str() {
                Some("egress") => Direction::Egress,
                _ => Direction::Ingress,
            },
            fixed => fixed,
        };
        let Some(guard) = guard.and(&resource.presence) else { return };
        let (sources, sources_gap) = sources(form, &entry);
        let unclear = unclear_direction(form, &entry);
        let ports = unclear.clone().map_or_else(|| ports(graph, form, &entry), Ports::Unknown);
        let span = if form.list == "-" { resource.name_span } else { entry.span.or(resource.name_span) };
        let index = self.rules.len();
        if let Some(key) = &key {
            let group = self.groups.entry(key.clone()).or_default();
            let list = if direction == Direction::Egress { &mut group.egress } else { &mut group.ingress };
            list.push(index);
            group.egress_gap = group.egress_gap.take().or(unclear);
        }
        self.rules.push(Rule { resource: resource.id, group: key, form, direction, sources, sources_gap, ports, entry, span, guard });
    }

    /// The identity of the group that a value refers to; `None` where nothing can be said.
    pub fn key(&self, graph: &Graph<'_>, value: &Value) -> Option<GroupKey> {
        if value.is_null() {
            return None;
        }
        if let Some(resource) = graph.referent(value) {
            if is_group(resource) {
                return Some(GroupKey::Resource(resource.id));
            }
            if let Some(default) = self.default_of(value, resource) {
                return Some(GroupKey::Resource(default));
            }
        }
        text_key(graph, value).map(GroupKey::Named)
    }

    /// `aws_vpc.x.default_security_group_id` where the unit manages that group.
    fn default_of(&self, value: &Value, vpc: &Resource) -> Option<ResourceId> {
        let Kind::Attr(attr) = &value.kind else { return None };
        if !matches!(attr.path.as_str(), "default_security_group_id" | "DefaultSecurityGroup") || vpc.mode != Mode::Managed {
            return None;
        }
        let key = if vpc.kind == "aws_default_vpc" { VpcKey::Default } else { VpcKey::Resource(vpc.id) };
        self.default_group(&key)
    }

    /// The default group of a VPC, where the unit manages it.
    pub fn default_group(&self, vpc: &VpcKey) -> Option<ResourceId> {
        self.defaults.get(vpc).copied()
    }

    /// What is known of a group; `None` for one without any rule or gap.
    pub fn get(&self, key: &GroupKey) -> Option<&Group> {
        self.groups.get(key)
    }

    /// Every rule, in the order of its form and resource.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The rules of a group that let in.
    pub fn ingress<'a>(&'a self, key: &GroupKey) -> impl Iterator<Item = &'a Rule> + 'a {
        self.groups.get(key).into_iter().flat_map(|g| &g.ingress).map(|i| &self.rules[*i])
    }

    /// The rules that let in and stand apart from their group, where that is no resource of the unit or cannot be known.
    pub fn apart(&self) -> impl Iterator<Item = &Rule> {
        let inward = self.rules.iter().filter(|rule| rule.direction != Direction::Egress);
        inward.filter(|rule| !matches!(rule.group, Some(GroupKey::Resource(_))))
    }

    /// The VPC of a group.
    pub fn vpc(&self, graph: &Graph<'_>, key: &GroupKey) -> VpcOf {
        let GroupKey::Resource(id) = key else { return Err(Gap::new("the group is not declared in this unit", Span::NONE)) };
        let resource = graph.resource(*id);
        match (resource.mode, resource.attribute("vpc_id")) {
            (Mode::Data, None) => Err(Gap::new(format!("the VPC of `{}` is known at the deploy", resource.address), resource.name_span)),
            (Mode::Data, Some(vpc)) => vpc_key(graph, vpc),
            (Mode::Managed, _) => vpc_key(graph, &SecurityGroup::read(resource).vpc),
        }
    }
}

fn is_group(resource: &Resource) -> bool {
    let kind = resource.kind.as_str();
    SecurityGroup::KINDS.contains(&kind) || crate::model::ec2::ClassicGroup::KINDS.contains(&kind)
}

/// Why it is not known whether a rule lets in or out. It is taken for one that may let in on any port, and leaves open what is let out.
fn unclear_direction(form: &RuleForm, entry: &Value) -> Option<Gap> {
    let written = read(entry, "type");
    (form.direction == Direction::Written && written.as_str().is_none() && !written.is_null()).then(|| Gap::of(&written))
}

fn sources(form: &RuleForm, entry: &Value) -> (Vec<(Guard, Source)>, Option<Gap>) {
    let mut out = Vec::new();
    let mut gap = None;
    let mut add = |path, make: fn(Value) -> Source| {
        let found = each(&read(entry, path));
        gap = gap.take().or(found.gap);
        out.extend(found.items.into_iter().map(|(guard, value)| (guard, make(value))));
    };
    add(form.cidr_ipv4, Source::Cidr);
    add(form.cidr_ipv6, Source::Cidr);
    add(form.prefix_lists, Source::PrefixList);
    add(form.groups, Source::Group);
    for (guard, itself) in read(entry, form.itself).alternatives() {
        match itself.as_bool() {
            Some(true) => out.push((guard, Source::Itself)),
            None if !itself.is_null() => gap = gap.or_else(|| Some(Gap::of(&itself))),
            _ => {}
        }
    }
    (out, gap)
}

/// The protocol numbers and names that carry a TCP connection; `None` where it is not known.
fn carries_tcp(protocol: &Value) -> Option<Protocol> {
    let text = match protocol.to_text() {
        Some(text) => text.as_known()?.to_ascii_lowercase(),
        None if protocol.is_null() => return Some(Protocol::Everything),
        None => return None,
    };
    Some(match text.as_str() {
        "-1" | "all" => Protocol::Everything,
        "tcp" | "6" => Protocol::Tcp,
        _ => Protocol::Other,
    })
}

enum Protocol {
    Everything,
    Tcp,
    Other,
}

fn ports(graph: &Graph<'_>, form: &RuleForm, entry: &Value) -> Ports {
    if form.protocol == "-" {
        return Ports::All;
    }
    let protocol = read(entry, form.protocol);
    match carries_tcp(&protocol) {
        Some(Protocol::Everything) => return Ports::All,
        Some(Protocol::Other) => return Ports::Nothing,
        Some(Protocol::Tcp) => {}
        None => return Ports::Unknown(Gap::of(&protocol)),
    }
    let (from, to) = (read(entry, form.from), read(entry, form.to));
    let to = if to.is_null() { from.clone() } else { to };
    match (from.as_i64(), to.as_i64()) {
        (Some(-1), _) => Ports::All,
        (Some(from), Some(to)) => match (u16::try_from(from), u16::try_from(to)) {
            (Ok(from), Ok(to)) if from <= to => Ports::Range(from..=to),
            _ => Ports::Nothing,
        },
        _ => unknown_ports(graph, &from, &to),
    }
}

fn unknown_ports(graph: &Graph<'_>, from: &Value, to: &Value) -> Ports {
    match (graph.names.text(from), graph.names.text(to)) {
        (Some(a), Some(b)) if text::same(&a, &b) == Answer::Yes => Ports::Same(a),
        _ => {
            let unknown = if from.first_unknown().is_some() { from } else { to };
            Ports::Unknown(if unknown.is_null() { Gap::new("the rule has no ports", unknown.span) } else { Gap::of(unknown) })
        }
    }
}
