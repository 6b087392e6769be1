//! A function in subnets without any way out that calls what is outside. See `rules/function-no-egress.md`.

use std::collections::HashMap;

use super::Sink;
use super::ingress::{self, listed, shown};
use super::support::egress::{self, Secluded};
use super::support::place::further;
use crate::finding::{Finding, Label, Message, Severity};
use crate::graph::Graph;
use crate::graph::network::needs::{Called, Callee};
use crate::graph::network::vpcs::VpcKey;
use crate::graph::network::{Gap, each};
use crate::graph::vpc::{Attached, VpcCase};
use crate::model::lambda::Function;
use crate::unit::Mode;
use crate::value::ResourceId;

const ID: &str = "function-no-egress";

/// The endpoints of a VPC, and why there may be more.
type Endpoints = (Vec<String>, Option<Gap>);

/// Runs the rule.
pub fn check(graph: &Graph<'_>, sink: &mut Sink) {
    let shared = graph.shared_roles();
    let mut endpoints: HashMap<ResourceId, Endpoints> = HashMap::new();
    for function in graph.all::<Function>() {
        let cases = graph.vpc_cases(&function);
        let called = graph.calls_outside(&function, &shared);
        let attached = cases.iter().find(|case| matches!(case.attachment, Attached::Yes { .. }));
        let (case, called) = match (attached, called.items.is_empty()) {
            (Some(case), false) => (case, called.items),
            (Some(_), true) => continue,
            (None, nothing) => {
                let shows = !nothing || called.gap.is_some();
                if let (Some(gap), true) = (cases.iter().find_map(unknown), shows) {
                    ingress::undecided(graph, sink, ID, function.id, gap);
                }
                continue;
            }
        };
        let secluded = match secluded(graph, case) {
            Ok(Some(secluded)) => secluded,
            Ok(None) => continue,
            Err(gap) => {
                ingress::undecided(graph, sink, ID, function.id, &gap);
                continue;
            }
        };
        let (served, gap) = endpoints.entry(secluded.vpc).or_insert_with(|| graph.endpoints_of(secluded.vpc));
        let is_served = |c: &Called| matches!(c.callee, Callee::Service(s) if served.iter().any(|e| e == s.endpoint));
        let unmet: Vec<Called> = called.into_iter().filter(|c| !is_served(c)).collect();
        match (unmet.is_empty(), gap) {
            (true, _) => {}
            (false, Some(gap)) => ingress::undecided(graph, sink, ID, function.id, gap),
            (false, None) => report(graph, sink, &function, case, &secluded, &unmet),
        }
    }
}

fn unknown(case: &VpcCase) -> Option<&Gap> {
    if let Attached::Unknown(gap) = &case.attachment { Some(gap) } else { None }
}

/// The subnets of a function where none has a way out; `Ok(None)` where one has.
fn secluded(graph: &Graph<'_>, case: &VpcCase) -> Result<Option<Secluded>, Gap> {
    let network = graph.network();
    let listed = each(&case.subnets);
    let mut found: Option<Secluded> = None;
    let mut doubt = listed.gap;
    for (guard, value) in listed.items {
        let subnet = graph.referent(&value).filter(|r| r.mode == Mode::Managed && network.vpcs.subnet_by_id(r.id).is_some());
        let vpc = match (subnet, network.vpcs.of_subnet(graph, &value)) {
            (Some(_), Ok(VpcKey::Resource(vpc))) => Ok(vpc),
            (Some(_), Err(gap)) => Err(gap),
            _ => Err(Gap::new(format!("the routes of `{value:#}` are not in this unit"), value.span)),
        };
        let (subnet, vpc) = match (subnet, vpc) {
            (Some(subnet), Ok(vpc)) => (subnet, vpc),
            (_, Err(gap)) => {
                doubt.get_or_insert(gap);
                continue;
            }
            (None, Ok(_)) => continue,
        };
        match network.routes.secluded(graph, subnet, vpc) {
            Ok(None) => return Ok(None),
            Err(gap) => drop(doubt.get_or_insert(gap)),
            Ok(Some(table)) => {
                let Some(guard) = case.guard.and(&guard).and_then(|g| g.and(&subnet.presence)) else { continue };
                let all = found.get_or_insert_with(|| Secluded { vpc, subnets: Vec::new(), tables: Vec::new(), guard });
                all.subnets.push(subnet.id);
                all.tables.extend(table.filter(|t| !all.tables.contains(t)));
            }
        }
    }
    doubt.map_or(Ok(found), Err)
}

fn report(graph: &Graph<'_>, sink: &mut Sink, function: &Function, case: &VpcCase, secluded: &Secluded, unmet: &[Called]) {
    let resource = graph.resource(function.id);
    let name = |c: &Called| match &c.callee {
        Callee::Service(service) => service.name.to_owned(),
        Callee::Host(host) => format!("`{host}`"),
    };
    let names = listed(&unmet.iter().map(name).collect::<Vec<_>>());
    let endpoints: Vec<String> =
        unmet.iter().filter_map(|c| if let Callee::Service(s) = c.callee { Some(format!("`{}`", s.endpoint)) } else { None }).collect();
    let without = if endpoints.is_empty() { String::new() } else { format!(", and the VPC has no endpoint for {}", listed(&endpoints)) };
    let subnets = if secluded.subnets.len() == 1 { "subnet" } else { "subnets" };
    let evidence = unmet.iter().map(|c| format!("its {} shows that it calls {}", c.evidence.trim_start_matches("the "), name(c)));
    let calls = Message::new(format!("calls of {} to {names} time out", shown(graph, function.id)));
    let message = calls.under(&further(resource, &secluded.guard)).because(format!(
        "no route leads out of its {subnets} {}{without}",
        listed(&secluded.subnets.iter().map(|id| shown(graph, *id)).collect::<Vec<_>>())
    ));
    let message = evidence.take(3).fold(message, Message::note);
    let evidence = unmet.iter().filter(|c| !c.span.is_none()).take(3).map(|c| Label::new(c.span, format!("it calls {}", name(c))));
    let tables = secluded.tables.iter().take(2).map(|id| Label::new(graph.resource(*id).name_span, "this route table leads nowhere"));
    let sure = unmet.iter().any(|c| c.in_environment);
    sink.findings.push(Finding {
        rule: ID,
        severity: if sure { Severity::Warning } else { Severity::Note },
        message,
        primary: Label::new(case.subnets.span.or(case.span), "no way out of these"),
        related: evidence.chain(tables).collect(),
        flow: Vec::new(),
        help: Some(egress::help(graph, resource, case, secluded, unmet)),
        address: resource.address.clone(),
        key: "".into(),
    });
}
