//! A database's port is open to the whole internet, or to a range that is as good as that. See `rules/rds-open-ingress.md`.

use super::Sink;
use super::ingress::open::{Known, known, openings};
use super::ingress::unknown::{Reported, more_ranges, range_gap, unknown_prefix_list};
use super::ingress::{self, Case, clients, listed, port_gap, shown};
use crate::finding::{Finding, Label, Message, Severity};
use crate::graph::Graph;
use crate::graph::network::Gap;
use crate::graph::network::cidr::{self, Openness};
use crate::graph::network::groups::{GroupKey, Rule as IngressRule};
use crate::graph::network::stores::Store;
use crate::model::read;
use crate::text::Answer;
use crate::value::{Guard, Value};

const ID: &str = "rds-open-ingress";

/// What to do where the unit has no client to name.
const OTHERWISE: &str = "let in the security groups of the clients in place of the range; for clients outside of AWS, a VPN, or \
                         the addresses of their network only";

/// Runs the rule.
pub fn check(graph: &Graph<'_>, sink: &mut Sink) {
    let mut reported = Reported::default();
    for store in graph.network().stores.databases() {
        ingress::report_gaps(graph, sink, ID, store);
        check_store(graph, sink, store, &mut reported);
    }
    check_apart(graph, sink);
}

fn check_store(graph: &Graph<'_>, sink: &mut Sink, store: &Store, reported: &mut Reported) {
    let admitting = store.admitting(graph, &graph.network().groups);
    let cases: Vec<(Case<'_>, Vec<Known>, Answer)> =
        admitting.map(|(attachment, rule, answer)| (Case { store, attachment, rule }, known(graph, rule), answer)).collect();
    let mut closed: Vec<(&Case<'_>, &[Known])> = Vec::new();
    let mut whole = false;
    for (case, known, answer) in &cases {
        let mut found = openings(known);
        if let (true, Some(gap)) = (found.is_empty(), unknown(graph, case)) {
            reported.add(graph, sink, ID, case.rule.resource, &gap);
        }
        if *answer == Answer::Maybe {
            if !found.is_empty() {
                ingress::undecided(graph, sink, ID, case.rule.resource, &port_gap(case.rule, store));
            }
            continue;
        }
        // Parts of the internet are looked at together with those of the other rules.
        found.retain(|(openness, ranges)| *openness == Openness::Whole || ranges.iter().any(|k| !k.guard.is_always()));
        whole |= !found.is_empty();
        if found.is_empty() {
            closed.push((case, known));
        }
        found.iter().for_each(|(openness, ranges)| report(graph, sink, case, *openness, ranges, Vec::new()));
    }
    if whole || !together(graph, sink, &closed) {
        closed.iter().for_each(|(case, known)| wide(graph, sink, case, known));
    }
}

/// Rules that let every address in on a database's port, in a group that may be one of the database's.
fn check_apart(graph: &Graph<'_>, sink: &mut Sink) {
    let stores: Vec<&Store> = graph.network().stores.databases().collect();
    for rule in graph.network().groups.apart() {
        if openings(&known(graph, rule)).is_empty() {
            continue;
        }
        let group = read(&rule.entry, rule.form.group);
        let own = rule.group.is_none() || graph.names.text(&group).is_none_or(|text| text.may_be_own());
        let perhaps = |store: &&&Store| (own || may_protect(store, rule)) && store.listens_on(graph, &rule.ports) != Answer::No;
        if let Some(store) = stores.iter().find(perhaps) {
            let store = shown(graph, store.resource);
            let reason =
                format!("it lets in every address, and whether its group is one of {store} is not known: {}", Gap::of(&group).reason);
            ingress::undecided(graph, sink, ID, rule.resource, &Gap::new(reason, group.span));
        }
    }
}

/// Whether the group of a rule may be one of a store's. One that the unit is given is none that it makes, but may be another that it
/// is given.
fn may_protect(store: &Store, rule: &IngressRule) -> bool {
    let given = |group: &GroupKey| matches!(group, GroupKey::Named(_));
    match &rule.group {
        None => true,
        Some(own) if store.groups.iter().any(|a| a.group == *own) => false,
        Some(_) => store.gap.is_some() && (store.groups.is_empty() || store.groups.iter().any(|a| given(&a.group))),
    }
}

/// Whether a range of this prefix length is neither part of an opening nor worth a note, whatever the address.
fn is_narrow(length: u8) -> bool {
    length > 8
}

/// Why it is not known whether a rule lets in every address. No VPC and no subnet has a range that wide.
fn unknown(graph: &Graph<'_>, case: &Case<'_>) -> Option<Gap> {
    case.when(graph, &Guard::always())?;
    let owned = |value: &Value| !graph.network().vpcs.owners(graph, value).is_empty();
    let mut ranges =
        ingress::ranges(graph, case.rule).into_iter().filter(|(guard, value, _)| case.when(graph, guard).is_some() && !owned(value));
    let range = ranges.find_map(|(_, value, _)| range_gap(graph, &value, is_narrow));
    range.or_else(|| more_ranges(case.rule)).or_else(|| unknown_prefix_list(case.rule))
}

/// Halves of the internet in rules of their own: whether they were found.
fn together(graph: &Graph<'_>, sink: &mut Sink, rules: &[(&Case<'_>, &[Known])]) -> bool {
    let mut parts: Vec<(&Case<'_>, &Known)> = Vec::new();
    for (case, known) in rules {
        let always = |k: &&Known| case.when(graph, &k.guard).is_some_and(|w| w.is_always());
        parts.extend(known.iter().filter(|k| cidr::is_wide_public(&k.net)).filter(always).map(|k| (*case, k)));
    }
    let (Some(openness), Some((first, _))) = (cidr::openness(parts.iter().map(|(_, k)| &k.net)), parts.first()) else { return false };
    let others = parts.iter().filter(|(case, _)| case.rule.span != first.rule.span);
    let labels = others.map(|(case, known)| Label::new(case.rule.span, format!("and this rule lets in {}", known.net))).collect();
    let ranges: Vec<&Known> = parts.iter().map(|(_, k)| *k).collect();
    report(graph, sink, first, openness, &ranges, labels);
    true
}

fn report(graph: &Graph<'_>, sink: &mut Sink, case: &Case<'_>, openness: Openness, ranges: &[&Known], labels: Vec<Label>) {
    let guard = ranges.iter().find(|k| !k.guard.is_always()).map_or_else(Guard::always, |k| k.guard.clone());
    let Some(when) = case.when(graph, &guard) else { return };
    let severity = if when.is_always() { Severity::Error } else { Severity::Warning };
    let message = message(graph, case, openness, ranges, &when);
    let mut related = labels;
    let listed = ranges.iter().filter(|k| k.resource != case.rule.resource);
    related.extend(listed.map(|k| {
        let span = k.written.or(graph.resource(k.resource).name_span);
        Label::new(span, format!("the prefix list has {}", k.net))
    }));
    related.extend(ranges.iter().filter_map(|k| ingress::origin(case.rule, k.span, k.written)));
    related.extend(case.evidence(graph));
    if let Some(id) = case.store.public_by() {
        let resource = graph.resource(id);
        let written = ["publicly_accessible", "PubliclyAccessible"].into_iter().find(|a| resource.attribute(a).is_some());
        related.push(Label::new(resource.attribute_span(written.unwrap_or_default()), "publicly accessible"));
    }
    related.extend(ingress::client_labels(graph, &clients(graph, case.store, |_| true)));
    push(graph, sink, case, severity, message, ranges, related);
}

fn message(graph: &Graph<'_>, case: &Case<'_>, openness: Openness, ranges: &[&Known], when: &Guard) -> Message {
    let store = shown(graph, case.store.resource);
    let port = case.port();
    let mut texts: Vec<String> = ranges.iter().map(|k| k.net.to_string()).collect();
    texts.dedup();
    let public = case.store.public_by();
    let consequence = match (public, openness) {
        (Some(_), Openness::Whole) => format!("anyone on the internet can connect to {store} on port {port}"),
        (Some(_), Openness::Most) => format!("most of the internet can connect to {store} on port {port}"),
        (None, _) => format!("every address with a route to {store} can connect on port {port}"),
    };
    let condition = if when.is_always() { String::new() } else { format!(", where {when}") };
    let reason = match public {
        Some(id) if id == case.store.resource => "the database is publicly accessible",
        Some(_) => "an instance of the cluster is publicly accessible",
        None => "",
    };
    let extent = match (openness, texts.len()) {
        (Openness::Whole, _) => "",
        (Openness::Most, 1) => ", half of the internet",
        (Openness::Most, _) => ", together most of the internet",
    };
    let (group, ranges) = (case.group(graph), listed(&texts));
    Message::new(consequence)
        .assuming(when)
        .because(format!("{group} lets in {ranges}{extent}{condition}"))
        .note(reason)
        .note(case.shared(graph))
}

/// A public range of /8 or more, which is nobody's office.
fn wide(graph: &Graph<'_>, sink: &mut Sink, case: &Case<'_>, known: &[Known]) {
    let ranges: Vec<&Known> = known.iter().filter(|k| cidr::is_wide_public(&k.net)).collect();
    if ranges.is_empty() || ranges.iter().any(|k| case.when(graph, &k.guard).is_none()) {
        return;
    }
    let texts: Vec<String> = ranges.iter().map(|k| k.net.to_string()).collect();
    let (store, port) = (shown(graph, case.store.resource), case.port());
    let message = Message::new(format!("millions of public addresses may connect to {store} on port {port}"))
        .because(format!("{} lets in {}", case.group(graph), listed(&texts)))
        .note(case.shared(graph));
    push(graph, sink, case, Severity::Note, message, &ranges, case.evidence(graph));
}

fn push(graph: &Graph<'_>, sink: &mut Sink, case: &Case<'_>, severity: Severity, message: Message, ranges: &[&Known], related: Vec<Label>) {
    let resource = graph.resource(case.rule.resource);
    let texts: Vec<String> = ranges.iter().map(|k| k.net.to_string()).collect();
    // The range is the place to change where it is written in the rule itself.
    let own = ranges.iter().find(|k| k.resource == case.rule.resource && case.rule.contains(k.span));
    let span = own.map_or_else(|| ingress::rule_span(case.rule), |k| k.span);
    let key = format!("{} port {} to {}", texts.join(","), case.port(), graph.resource(case.store.resource).address);
    sink.findings.push(Finding {
        rule: ID,
        severity,
        message,
        primary: Label::new(span, format!("lets in {}", listed(&texts))),
        related,
        flow: Vec::new(),
        help: Some(ingress::help(graph, case, &clients(graph, case.store, |_| true), OTHERWISE)),
        address: resource.address.clone(),
        key: key.into(),
    });
}
