//! A function in a public subnet, where it has no internet. See `rules/function-public-subnet.md`.

use super::Sink;
use super::ingress::{self, listed, shown};
use super::support::place::{further, severity};
use crate::finding::{Finding, Help, Label, Message, Severity};
use crate::graph::Graph;
use crate::graph::network::routes::Public;
use crate::graph::network::vpcs::VpcKey;
use crate::graph::network::{Gap, each};
use crate::graph::vpc::{Attached, VpcCase};
use crate::model::lambda::Function;
use crate::model::{Entity, ec2 as model, read};
use crate::value::{Guard, ResourceId, Value};

const ID: &str = "function-public-subnet";

/// How many subnets are shown as evidence.
const SHOWN: usize = 3;

/// A public subnet of a function.
struct Subnet {
    id: ResourceId,
    public: Public,
    guard: Guard,
}

/// Runs the rule.
pub fn check(graph: &Graph<'_>, sink: &mut Sink) {
    for function in graph.all::<Function>() {
        let mut doubt = None;
        let mut found = false;
        for case in graph.vpc_cases(&function) {
            match &case.attachment {
                _ if found => continue,
                Attached::No => continue,
                // It may be in the subnets of the unit, where there are any.
                Attached::Unknown(gap) => {
                    let declared = graph.of_kinds(model::Subnet::KINDS).next().is_some();
                    doubt = doubt.or_else(|| declared.then(|| gap.clone()));
                    continue;
                }
                Attached::Yes { .. } => {}
            }
            let subnets = public_subnets(graph, &case, &mut doubt);
            found = match dual_stack(&function, graph) {
                _ if subnets.is_empty() => false,
                Ok(dual) => !dual,
                Err(gap) => {
                    doubt.get_or_insert(gap);
                    false
                }
            };
            if found {
                report(graph, sink, &function, &case, &subnets);
            }
        }
        if let Some(gap) = doubt.filter(|_| !found) {
            ingress::undecided(graph, sink, ID, function.id, &gap);
        }
    }
}

/// A function with IPv6 addresses of its own may not need the gateway's IPv4 route.
fn dual_stack(function: &Function, graph: &Graph<'_>) -> Result<bool, Gap> {
    let path = if graph.resource(function.id).kind.contains("::") { "Ipv6AllowedForDualStack" } else { "ipv6_allowed_for_dual_stack" };
    let allowed = read(&function.vpc_config, path);
    if allowed.is_null() {
        return Ok(false);
    }
    allowed.as_bool().ok_or_else(|| Gap::of(&allowed))
}

fn public_subnets(graph: &Graph<'_>, case: &VpcCase, doubt: &mut Option<Gap>) -> Vec<Subnet> {
    let network = graph.network();
    let mut found = Vec::new();
    let subnets = each(&case.subnets);
    // Subnets that the unit does not speak of are not looked at; of its own, the route table has to be known.
    for (guard, value) in subnets.items {
        let Some(guard) = case.guard.and(&guard) else { continue };
        let Some(resource) = graph.referent(&value).filter(|r| network.vpcs.subnet_by_id(r.id).is_some()) else { continue };
        let vpc = match network.vpcs.of_subnet(graph, &value) {
            Ok(VpcKey::Resource(vpc)) => Some(vpc),
            _ => None,
        };
        match network.routes.public(graph, resource, vpc) {
            Err(gap) => drop(doubt.get_or_insert(gap)),
            Ok(None) => {}
            Ok(Some(public)) => {
                let there = |id: ResourceId| &graph.resource(id).presence;
                let parts = [there(resource.id), there(public.by), there(public.table), &public.gateway.guard];
                let guard = parts.into_iter().try_fold(guard, |all, part| all.and(part));
                found.extend(guard.map(|guard| Subnet { id: resource.id, public, guard }));
            }
        }
    }
    found
}

fn report(graph: &Graph<'_>, sink: &mut Sink, function: &Function, case: &VpcCase, subnets: &[Subnet]) {
    let resource = graph.resource(function.id);
    let Some(first) = subnets.first() else { return };
    let when = further(resource, &first.guard);
    let names = listed(&subnets.iter().map(|s| shown(graph, s.id)).collect::<Vec<_>>());
    let gateway = &first.public.gateway;
    let message = Message::new(format!("{} has no way to the internet", shown(graph, function.id)))
        .under(&when)
        .because(format!("{names} leads to an internet gateway"))
        .note("calls to the internet, and to AWS services without a VPC endpoint, time out")
        .note(format!(
            "its interfaces get no public address, and {} sends what they send to an internet gateway",
            shown(graph, first.public.table)
        ));
    let mut related: Vec<Label> =
        subnets.iter().take(SHOWN).map(|s| Label::new(graph.resource(s.id).name_span, "a public subnet")).collect();
    related.push(Label::new(gateway.span, "the route to the internet gateway"));
    if first.public.by != first.public.table {
        related.push(Label::new(graph.resource(first.public.by).name_span, "gives the subnet this route table"));
    }
    let key = graph.resource(first.id).address.clone();
    sink.findings.push(Finding {
        rule: ID,
        severity: severity(&when, Severity::Warning),
        message,
        primary: Label::new(place(case, &case.subnets), "in public subnets"),
        related,
        flow: Vec::new(),
        help: Some(Help {
            text: "put the function into private subnets, whose route table sends 0.0.0.0/0 to a NAT gateway in a public one; or reach what it calls through VPC endpoints".to_owned(),
            code: String::new(),
        }),
        address: resource.address.clone(),
        key,
    });
}

fn place(case: &VpcCase, list: &Value) -> crate::source::Span {
    list.span.or(case.span)
}
