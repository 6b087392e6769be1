//! A database lets in a range of its own VPC where it could let in the clients' security groups. See
//! `rules/rds-cidr-ingress.md`.

use indexmap::IndexMap;
use ipnet::IpNet;

use super::Sink;
use super::ingress::unknown::{Reported, more_ranges, range_gap};
use super::ingress::{self, Case, listed, port_gap, shown};
use crate::finding::{Finding, Label, Message, Severity};
use crate::graph::Graph;
use crate::graph::network::clients::Client;
use crate::graph::network::groups::{GroupKey, Source};
use crate::graph::network::stores::Store;
use crate::graph::network::vpcs::{Extent, Owner, VpcKey, VpcOf};
use crate::graph::network::{Gap, cidr};
use crate::text::Answer;
use crate::value::{Guard, ResourceId, Value};

const ID: &str = "rds-cidr-ingress";

/// What a range is to the store's VPC.
enum Verdict {
    /// The VPC, a subnet or a part of it.
    Own { extent: Extent, resource: ResourceId },
    /// A peered VPC in the same region.
    Peer { peering: ResourceId, resource: ResourceId },
    /// Private space wider than any VPC.
    Wide,
    /// It cannot be told whether it is the store's VPC.
    Unclear(Gap),
}

/// A range of a rule and the verdict on it.
struct Hit {
    verdict: Verdict,
    value: Value,
    net: Option<IpNet>,
    when: Guard,
}

/// Runs the rule.
pub fn check(graph: &Graph<'_>, sink: &mut Sink) {
    let mut reported = Reported::default();
    for store in graph.network().stores.databases() {
        ingress::report_gaps(graph, sink, ID, store);
        check_store(graph, sink, store, &mut reported);
    }
}

fn check_store(graph: &Graph<'_>, sink: &mut Sink, store: &Store, reported: &mut Reported) {
    let balanced = graph.network().paths.balanced(graph, store);
    if matches!(balanced, Ok(Some(_))) {
        return;
    }
    for (attachment, rule, answer) in store.admitting(graph, &graph.network().groups) {
        let case = Case { store, attachment, rule };
        let (unclear, hits): (Vec<Hit>, Vec<Hit>) = hits(graph, &case).into_iter().partition(|h| matches!(h.verdict, Verdict::Unclear(_)));
        if let (Some(Hit { verdict: Verdict::Unclear(gap), .. }), true) = (unclear.first(), hits.is_empty()) {
            ingress::undecided(graph, sink, ID, rule.resource, gap);
        }
        if hits.is_empty() {
            if let (true, Some(gap)) = (unclear.is_empty(), unknown(graph, &case)) {
                reported.add(graph, sink, ID, rule.resource, &gap);
            }
            continue;
        }
        match (&balanced, answer) {
            (Err(gap), _) => ingress::undecided(graph, sink, ID, rule.resource, gap),
            (_, Answer::Maybe) => ingress::undecided(graph, sink, ID, rule.resource, &port_gap(rule, store)),
            _ => report(graph, sink, &case, hits),
        }
    }
}

fn hits(graph: &Graph<'_>, case: &Case<'_>) -> Vec<Hit> {
    let ranges = case.rule.sources.iter().filter_map(|(guard, source)| match source {
        Source::Cidr(value) => Some((case.when(graph, guard)?, value)),
        _ => None,
    });
    ranges
        .filter_map(|(when, value)| {
            let net = graph.names.text(value).and_then(|t| cidr::parse(t.as_known()?));
            Some(Hit { verdict: verdict(graph, case.store, value, net.as_ref())?, value: value.clone(), net, when })
        })
        .collect()
}

/// The prefix length of a single address, which is no range of a VPC or subnet.
fn is_host(length: u8) -> bool {
    matches!(length, 32 | 128)
}

/// Why it is not known which ranges a rule lets in. What is written as a VPC's or a subnet's is known well enough.
fn unknown(graph: &Graph<'_>, case: &Case<'_>) -> Option<Gap> {
    case.when(graph, &Guard::always())?;
    let ranges = case.rule.sources.iter().filter_map(|(guard, source)| match source {
        Source::Cidr(value) if case.when(graph, guard).is_some() => Some(value),
        _ => None,
    });
    let owned = |value: &Value| !graph.network().vpcs.owners(graph, value).is_empty();
    ranges.filter(|value| !owned(value)).find_map(|value| range_gap(graph, value, is_host)).or_else(|| more_ranges(case.rule))
}

/// The decision table, in its order; `None` is silence.
fn verdict(graph: &Graph<'_>, store: &Store, value: &Value, net: Option<&IpNet>) -> Option<Verdict> {
    let network = graph.network();
    if net.is_some_and(cidr::is_everything) {
        return None; // rds-open-ingress reports that.
    }
    let owners = network.vpcs.owners(graph, value);
    let own = owners.iter().find(|o| in_vpc(graph, o, &store.vpc) == Answer::Yes);
    if let Some(owner) = own {
        return Some(Verdict::Own { extent: owner.extent, resource: owner.resource });
    }
    let vpc = store.vpc.as_ref().ok().or_else(|| network.vpcs.only());
    if let (Some(vpc), Some(net)) = (vpc, net)
        && let Some(resource) = network.vpcs.contains(vpc, net)
    {
        return Some(Verdict::Own { extent: Extent::Part, resource });
    }
    if let Some(peer) = vpc.and_then(|vpc| peer(graph, vpc, &owners, net)) {
        return peer;
    }
    if let Some(owner) = owners.iter().find(|o| in_vpc(graph, o, &store.vpc) == Answer::Maybe) {
        return Some(Verdict::Unclear(unclear(graph, store, value, owner)));
    }
    let net = net?;
    (network.paths.remote(net).is_none() && cidr::is_wide_private(net)).then_some(Verdict::Wide)
}

fn in_vpc(graph: &Graph<'_>, owner: &Owner, store: &VpcOf) -> Answer {
    match (&owner.vpc, store) {
        (Ok(a), Ok(b)) => a.same(b),
        _ if graph.network().vpcs.only().is_some() => Answer::Yes,
        _ => Answer::Maybe,
    }
}

/// The range of a VPC on the other end of a peering: a note in the same region, silence where that is another or not known.
fn peer(graph: &Graph<'_>, vpc: &VpcKey, owners: &[Owner], net: Option<&IpNet>) -> Option<Option<Verdict>> {
    let network = graph.network();
    network.paths.peers(vpc).iter().find_map(|peer| {
        let owner = owners.iter().find(|o| o.vpc.as_ref().is_ok_and(|v| v.same(&peer.vpc) == Answer::Yes)).map(|o| o.resource);
        let resource = owner.or_else(|| network.vpcs.contains(&peer.vpc, net?))?;
        let verdict = Verdict::Peer { peering: peer.peering, resource };
        Some((peer.same_region == Answer::Yes).then_some(verdict))
    })
}

fn unclear(graph: &Graph<'_>, store: &Store, value: &Value, owner: &Owner) -> Gap {
    let why = match (&owner.vpc, &store.vpc) {
        (Err(gap), _) | (_, Err(gap)) => format!(": {}", gap.reason),
        _ => String::new(),
    };
    let store = shown(graph, store.resource);
    Gap::new(format!("whether `{}` lies in the VPC of {store} is not known{why}", value.words()), value.span)
}

fn rank(verdict: &Verdict) -> u8 {
    match verdict {
        Verdict::Own { .. } => 0,
        Verdict::Peer { .. } => 1,
        Verdict::Wide => 2,
        Verdict::Unclear(_) => 3,
    }
}

/// One finding for the rule: on its weightiest ranges.
fn report(graph: &Graph<'_>, sink: &mut Sink, case: &Case<'_>, mut hits: Vec<Hit>) {
    hits.sort_by_key(|h| rank(&h.verdict));
    let Some(first) = hits.first().map(|h| rank(&h.verdict)) else { return };
    hits.retain(|h| rank(&h.verdict) == first);
    let elsewhere = ingress::meant_for_elsewhere(graph, case);
    let clients = if first == 0 { reachable(graph, case, &hits) } else { Vec::new() };
    let severity = match (first, clients.is_empty(), elsewhere) {
        (0, false, None) => Severity::Warning,
        _ => Severity::Note,
    };
    let texts: Vec<String> = hits.iter().map(text).collect();
    let mut related = case.evidence(graph);
    related.extend(hits.iter().filter_map(|h| place(graph, h)));
    related.extend(hits.iter().filter_map(|h| ingress::origin(case.rule, ingress::range_span(case.rule, &h.value), h.value.span)));
    related.extend(ingress::client_labels(graph, &clients));
    let message = message(graph, case, &hits, &clients, elsewhere);
    let span = match hits.as_slice() {
        [one] => Some(ingress::range_span(case.rule, &one.value)).filter(|s| case.rule.contains(*s)),
        _ => None,
    };
    let span = span.unwrap_or_else(|| ingress::rule_span(case.rule));
    let store = &graph.resource(case.store.resource).address;
    sink.findings.push(Finding {
        rule: ID,
        severity,
        message,
        primary: Label::new(span, format!("lets in {}", listed(&texts))),
        related,
        flow: Vec::new(),
        help: Some(ingress::help(graph, case, &clients, "let in the security groups of the clients in place of the range")),
        address: graph.resource(case.rule.resource).address.clone(),
        key: format!("{} port {} to {store}", texts.join(","), case.port()).into(),
    });
}

/// The range for people: the number, or what is written.
fn text(hit: &Hit) -> String {
    match hit.net {
        Some(net) => net.to_string(),
        None => format!("`{}`", hit.value.words()),
    }
}

/// The clients of the VPC whose addresses may lie in one of the ranges.
fn reachable<'a>(graph: &'a Graph<'_>, case: &Case<'_>, hits: &[Hit]) -> Vec<&'a Client> {
    let whole = hits.iter().any(|h| matches!(h.verdict, Verdict::Own { extent: Extent::Whole, .. }) || h.net.is_none());
    let inside = |c: &Client| whole || hits.iter().filter_map(|h| h.net.as_ref()).any(|net| c.within(net) != Answer::No);
    ingress::clients(graph, case.store, inside)
}

fn place(graph: &Graph<'_>, hit: &Hit) -> Option<Label> {
    let (id, words) = match &hit.verdict {
        Verdict::Own { extent: Extent::Whole, resource } => (*resource, "the VPC of the database has this range"),
        Verdict::Own { extent: Extent::Subnet, resource } => (*resource, "this subnet of the database's VPC has the range"),
        Verdict::Own { extent: Extent::Part, resource } => (*resource, "the range lies within this VPC"),
        Verdict::Peer { peering, .. } => (*peering, "peered here, in the same region"),
        Verdict::Wide | Verdict::Unclear(_) => return None,
    };
    Some(Label::new(graph.resource(id).name_span, words))
}

fn message(graph: &Graph<'_>, case: &Case<'_>, hits: &[Hit], clients: &[&Client], elsewhere: Option<&str>) -> Message {
    let store = shown(graph, case.store.resource);
    let port = case.port();
    let texts = listed(&hits.iter().map(text).collect::<Vec<_>>());
    let group = case.group(graph);
    let mut conditions: Vec<String> = hits.iter().filter(|h| !h.when.is_always()).map(|h| h.when.to_string()).collect();
    conditions.dedup();
    let when = if conditions.is_empty() { String::new() } else { format!(", where {}", conditions.join(" or where ")) };
    let condition = hits.first().map_or_else(Guard::always, |h| h.when.clone());
    let (who, what) = who(graph, hits);
    let needed = match clients {
        [] => String::new(),
        [one] => format!("the client that the unit declares there is {}", shown(graph, one.resource)),
        clients => format!("the clients that the unit declares there are {}", ingress::listed_clients(graph, clients)),
    };
    let consequence = Message::new(format!("every host in {who} can connect to {store} on port {port}")).assuming(&condition);
    let groups: Vec<String> = {
        let keys: IndexMap<&GroupKey, &Value> = clients.iter().filter_map(|c| c.groups.first()).map(|(v, k)| (k, v)).collect();
        keys.into_iter().map(|(key, value)| ingress::group_name(graph, value, key)).collect()
    };
    let cause = match groups.as_slice() {
        [] => format!("{group} lets in {texts}{what}{when}, where a rule can refer to the clients' security groups"),
        groups => {
            format!("{group} lets in {texts}{what}{when}, where it can refer to {}, which follows its members' addresses", listed(groups))
        }
    };
    let doubt = elsewhere.map_or_else(String::new, |word| {
        format!("only a note, since its description says `{word}`: that may have no security group to refer to")
    });
    consequence.because(cause).note(needed).note(case.shared(graph)).note(doubt)
}

/// Who has the range, and what it is.
fn who(graph: &Graph<'_>, hits: &[Hit]) -> (String, &'static str) {
    let mut names: Vec<String> = hits
        .iter()
        .filter_map(|h| match &h.verdict {
            Verdict::Own { extent: Extent::Part, .. } => Some(text(h)),
            Verdict::Own { resource, .. } | Verdict::Peer { resource, .. } => Some(shown(graph, *resource)),
            Verdict::Wide => Some(text(h)),
            Verdict::Unclear(_) => None,
        })
        .collect();
    names.dedup();
    let who = match names.as_slice() {
        [first, others @ ..] if !others.is_empty() => format!("{first} and {} more", others.len()),
        _ => listed(&names),
    };
    let what = match hits.first().map(|h| &h.verdict) {
        Some(Verdict::Own { extent: Extent::Whole, .. }) => ", all of its VPC",
        Some(Verdict::Own { .. }) => ", addresses of its own VPC",
        Some(Verdict::Peer { .. }) => ", a peered VPC of the same region",
        _ => ", more than any VPC has",
    };
    (who, what)
}
