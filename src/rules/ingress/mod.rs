//! What the rules about database ingress share: the words for a rule's place, its evidence, and what cannot be decided.

pub mod open;
pub mod snippet;
pub mod unknown;

use crate::finding::{Help, Label};
use crate::graph::Graph;
use crate::graph::network::clients::Client;
use crate::graph::network::groups::{GroupKey, Ports, Rule as IngressRule, Source};
use crate::graph::network::stores::{Attachment, Store};
use crate::graph::network::{Gap, each};
use crate::model::read;
use crate::rules::Sink;
use crate::source::Span;
use crate::text::Answer;
use crate::value::{Guard, ResourceId, Value};

/// A rule in front of a store.
#[derive(Clone, Copy)]
pub struct Case<'a> {
    /// The store.
    pub store: &'a Store,
    /// The group's attachment to it.
    pub attachment: &'a Attachment,
    /// The rule.
    pub rule: &'a IngressRule,
}

/// A resource's address as messages show it.
pub fn shown(graph: &Graph<'_>, id: ResourceId) -> String {
    format!("`{}`", graph.resource(id).address)
}

/// How many names a sentence lists.
const SHOWN: usize = 3;

pub use crate::finding::some as listed;

/// Clients as a sentence lists them.
pub fn listed_clients(graph: &Graph<'_>, clients: &[&Client]) -> String {
    let names: Vec<String> = clients.iter().take(SHOWN).map(|c| shown(graph, c.resource)).collect();
    match clients.len() {
        0..=SHOWN => listed(&names),
        MAX_CLIENTS.. => format!("{} and many more", names.join(", ")),
        more => format!("{} and {} more", names.join(", "), more - SHOWN),
    }
}

impl<'a> Case<'a> {
    /// The store's port that the rule opens, where its number is known.
    pub fn number(&self) -> Option<u16> {
        if self.store.port.written.is_some() {
            return None;
        }
        let opened = self.store.port.numbers.iter().copied().find(|n| matches!(&self.rule.ports, Ports::Range(range) if range.contains(n)));
        opened.or_else(|| self.store.port.numbers.first().copied())
    }

    /// That port for messages: the number, or what is written.
    pub fn port(&self) -> String {
        self.number().map_or_else(|| self.store.port.shown(), |n| n.to_string())
    }

    /// The clients that the store lets in by a group of theirs already.
    pub fn let_in_by_group(&self, graph: &Graph<'_>, clients: &[&'a Client]) -> Vec<&'a Client> {
        let groups = &graph.network().groups;
        let mut named: Vec<GroupKey> = Vec::new();
        for (_, rule, answer) in self.store.admitting(graph, groups) {
            let sources = rule.sources.iter().filter(|(guard, _)| answer == Answer::Yes && guard.is_always() && rule.guard.is_always());
            named.extend(sources.filter_map(|(_, source)| match source {
                Source::Group(value) => groups.key(graph, value),
                Source::Itself => rule.group.clone(),
                _ => None,
            }));
        }
        clients.iter().copied().filter(|c| c.groups.iter().any(|(_, key)| named.contains(key))).collect()
    }

    /// The condition under which rule, attachment and source are there while the store is; always where none is needed.
    pub fn when(&self, graph: &Graph<'_>, source: &Guard) -> Option<Guard> {
        let all = self.rule.guard.and(&self.attachment.guard)?.and(source)?;
        let store = &graph.resource(self.store.resource).presence;
        store.and(&all)?;
        let further = all.terms().iter().filter(|t| !store.terms().contains(t));
        further.map(|(name, polarity)| Guard::when(name.clone(), *polarity)).try_fold(Guard::always(), |a, b| a.and(&b))
    }

    /// The group, for messages: its address, or what is written.
    pub fn group(&self, graph: &Graph<'_>) -> String {
        match &self.attachment.group {
            GroupKey::Resource(id) => shown(graph, *id),
            GroupKey::Named(_) => format!("`{:#}`", self.attachment.value),
        }
    }

    /// The store, the attachment, and what else has the group.
    pub fn evidence(&self, graph: &Graph<'_>) -> Vec<Label> {
        let store = graph.resource(self.store.resource);
        let mut labels = vec![Label::new(store.name_span, format!("the {} listens on port {}", self.store.kind.noun, self.port()))];
        if !self.attachment.value.is_null() && !self.attachment.value.span.is_none() {
            labels.push(Label::new(self.attachment.value.span, format!("{} is attached here", self.group(graph))));
        }
        labels
    }

    /// "the group is also on `x`": a change of the rule touches those too.
    pub fn shared(&self, graph: &Graph<'_>) -> String {
        let network = graph.network();
        let stores = network.stores.behind(&self.attachment.group).map(|s| s.resource);
        let clients = network.clients.holding(&self.attachment.group).iter().copied();
        let mut others: Vec<ResourceId> = stores.chain(clients).filter(|id| *id != self.store.resource).take(SHOWN + 1).collect();
        others.sort();
        others.dedup();
        let names: Vec<String> = others.iter().take(SHOWN).map(|id| shown(graph, *id)).collect();
        match (names.as_slice(), others.len() > SHOWN) {
            ([], _) => String::new(),
            (names, false) => format!("the group is also on {}", listed(names)),
            (names, true) => format!("the group is also on {} and others", names.join(", ")),
        }
    }
}

/// How to mend a rule: the clients to let in by group, and the code.
pub fn help(graph: &Graph<'_>, case: &Case<'_>, clients: &[&Client], otherwise: &str) -> Help {
    let done = case.let_in_by_group(graph, clients);
    let open: Vec<&Client> = clients.iter().copied().filter(|c| done.iter().all(|d| d.resource != c.resource)).collect();
    let code = snippet::by_group(graph, case, &open);
    let outside = match code.contains(snippet::VARIABLE) || code.contains(snippet::PARAMETER) {
        true => "; its id has to be passed in",
        false if code.contains(snippet::OUTPUT) => "; its module has to output its id",
        false => "",
    };
    let text = match (open.as_slice(), done.as_slice()) {
        ([], []) => otherwise.to_owned(),
        ([], done) => format!("remove the range: {} may connect through a rule that names the group already", listed_clients(graph, done)),
        (open, _) => format!("let in the security group of {} in place of the range{outside}", listed_clients(graph, open)),
    };
    Help { text, code }
}

/// More clients than these nobody reads of, and a VPC may have thousands.
const MAX_CLIENTS: usize = 64;

/// The clients of a store's VPC that could be named in place of a range, the first of them: with groups of their own, the store
/// itself left out.
pub fn clients<'a>(graph: &'a Graph<'_>, store: &Store, wanted: impl Fn(&Client) -> bool) -> Vec<&'a Client> {
    let network = graph.network();
    let Some(vpc) = store.vpc.as_ref().ok().or_else(|| network.vpcs.only()) else { return Vec::new() };
    let presence = &graph.resource(store.resource).presence;
    // A client that is never there together with the store is none of its clients.
    let beside = |c: &&Client| c.resource != store.resource && presence.and(&graph.resource(c.resource).presence).is_some();
    network.clients.in_vpc(&network.vpcs, vpc).filter(beside).filter(|c| wanted(c)).take(MAX_CLIENTS).collect()
}

/// Labels for clients and their groups.
pub fn client_labels(graph: &Graph<'_>, clients: &[&Client]) -> Vec<Label> {
    let label = |c: &&Client| {
        let groups: Vec<String> = c.groups.iter().map(|(value, key)| group_name(graph, value, key)).collect();
        Label::new(graph.resource(c.resource).name_span, format!("this client has {}", listed(&groups)))
    };
    clients.iter().take(SHOWN).map(label).collect()
}

/// A client's group for messages.
pub fn group_name(graph: &Graph<'_>, value: &Value, key: &GroupKey) -> String {
    match key {
        GroupKey::Resource(id) => shown(graph, *id),
        GroupKey::Named(_) => format!("`{value:#}`"),
    }
}

/// Says what of a store's protection cannot be seen: groups that are not known, and groups whose inline rules are not.
pub fn report_gaps(graph: &Graph<'_>, sink: &mut Sink, rule: &'static str, store: &Store) {
    if let Some(gap) = &store.gap {
        undecided(graph, sink, rule, store.resource, gap);
    }
    for attachment in &store.groups {
        let group = graph.network().groups.get(&attachment.group);
        if let (Some(gap), GroupKey::Resource(id)) = (group.and_then(|g| g.ingress_gap.as_ref()), &attachment.group) {
            undecided(graph, sink, rule, *id, gap);
        }
    }
}

/// Puts an undecided check into the sink, each once.
pub fn undecided(graph: &Graph<'_>, sink: &mut Sink, rule: &'static str, id: ResourceId, gap: &Gap) {
    sink.gap(graph, rule, id, gap);
}

/// Why the ports of a rule that might let in on the store's port are not known.
pub fn port_gap(rule: &IngressRule, store: &Store) -> Gap {
    match &rule.ports {
        Ports::Unknown(gap) => gap.clone(),
        _ => match &store.port.doubt {
            Some(gap) => gap.clone(),
            None => Gap::of(&read(&rule.entry, rule.form.from)),
        },
    }
}

/// Words by which authors say that a range is not the VPC's own clients.
const ELSEWHERE: [&str; 7] = ["vpn", "office", "on-prem", "onprem", "on-premises", "on-premise", "bastion"];

/// The word in a rule's description or tags (its group's where it has none) that says that the range is meant for something
/// that has no security group.
pub fn meant_for_elsewhere(graph: &Graph<'_>, case: &Case<'_>) -> Option<&'static str> {
    let resource = graph.resource(case.rule.resource);
    let mut texts = vec![read(&case.rule.entry, case.rule.form.description).to_string()];
    if case.rule.form.list == "-" {
        texts.push(tags(&resource.attributes));
    }
    if texts.iter().all(|t| t == "null" || t.is_empty())
        && let GroupKey::Resource(id) = &case.attachment.group
    {
        let group = graph.resource(*id);
        texts.extend(["description", "GroupDescription"].map(|p| read(&group.attributes, p).to_string()));
        texts.push(tags(&group.attributes));
    }
    let text = texts.join(" ").to_ascii_lowercase();
    let words: Vec<&str> = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).collect();
    let apart: Vec<&str> = words.iter().flat_map(|w| w.split('-')).collect();
    let on_prem = apart.windows(2).any(|w| w[0] == "on" && w[1].starts_with("prem"));
    let found = ELSEWHERE.into_iter().find(|word| words.contains(word) || apart.contains(word));
    found.or(on_prem.then_some("on-prem"))
}

fn tags(attributes: &Value) -> String {
    let terraform = read(attributes, "tags");
    if let Some(map) = terraform.as_map() {
        return map.entries.values().map(Value::to_string).collect::<Vec<_>>().join(" ");
    }
    each(&read(attributes, "Tags")).items.iter().filter_map(|(_, t)| t.get("Value")).map(Value::to_string).collect::<Vec<_>>().join(" ")
}

/// Every range that a rule lets in, the entries of its prefix lists among them: guard, value, resource that writes it.
pub fn ranges(graph: &Graph<'_>, rule: &IngressRule) -> Vec<(Guard, Value, ResourceId)> {
    let mut out = Vec::new();
    for (guard, source) in &rule.sources {
        match source {
            Source::Cidr(value) => out.push((guard.clone(), value.clone(), rule.resource)),
            Source::PrefixList(list) => {
                let entries = graph.network().paths.entries(graph, list);
                out.extend(entries.iter().map(|e| (guard.clone(), e.cidr.clone(), e.resource)));
            }
            Source::Group(_) | Source::Itself => {}
        }
    }
    out
}

/// Where a rule names a range: the range itself, or the attribute that takes it from elsewhere.
pub fn range_span(rule: &IngressRule, value: &Value) -> Span {
    if rule.contains(value.span) {
        return value.span;
    }
    let paths = [rule.form.cidr_ipv4, rule.form.cidr_ipv6, rule.form.prefix_lists];
    let lists = paths.iter().map(|path| read(&rule.entry, path));
    let holding = lists.filter(|list| rule.contains(list.span)).find(|list| each(list).items.iter().any(|(_, v)| v.kind == value.kind));
    holding.map_or(value.span, |list| list.span)
}

/// The place of a rule in which a range is written: the first one, where there is any; else the rule.
pub fn rule_span(rule: &IngressRule) -> Span {
    let ranges = rule.sources.iter().filter_map(|(_, source)| match source {
        Source::Cidr(value) => Some(range_span(rule, value)),
        _ => None,
    });
    let mut own = ranges.filter(|span| rule.contains(*span));
    own.next().unwrap_or(rule.span)
}

/// A label for the place that a range comes from, where that is not the rule: a variable's default, an argument.
pub fn origin(rule: &IngressRule, named: Span, written: Span) -> Option<Label> {
    let elsewhere = named != written && !written.is_none() && !rule.contains(written);
    elsewhere.then(|| Label::new(written, "the range comes from here"))
}
