//! A function in a VPC with dedicated instance tenancy. See `rules/vpc-dedicated-tenancy.md`.

use super::Sink;
use super::ingress::{self, shown};
use super::support::place::{further, severity, whenever};
use crate::finding::{Finding, Help, Label, Severity};
use crate::graph::Graph;
use crate::graph::network::vpcs::VpcKey;
use crate::graph::network::{Gap, each};
use crate::graph::vpc::{Attached, VpcCase};
use crate::model::Entity;
use crate::model::ec2::Vpc;
use crate::model::lambda::Function;
use crate::unit::Resource;
use crate::value::{Guard, ResourceId};

const ID: &str = "vpc-dedicated-tenancy";

/// Runs the rule.
pub fn check(graph: &Graph<'_>, sink: &mut Sink) {
    for function in graph.all::<Function>() {
        for case in graph.vpc_cases(&function) {
            if matches!(case.attachment, Attached::Yes { .. }) && check_case(graph, sink, &function, &case) {
                break;
            }
        }
    }
}

/// The VPCs of the function's subnets and groups, as far as they are resources of the unit. All have to be of one VPC, so that
/// a group tells where the subnets are unknown; a group that is associated with a second VPC does not.
fn vpcs(graph: &Graph<'_>, case: &VpcCase) -> Vec<(Guard, ResourceId)> {
    let network = graph.network();
    let subnets = each(&case.subnets).items.into_iter().map(|(guard, value)| (guard, network.vpcs.of_subnet(graph, &value).ok()));
    let groups = each(&case.groups).items.into_iter().map(|(guard, value)| {
        let shared = graph.referent(&value).is_some_and(|r| network.paths.is_shared(r.id));
        let key = network.groups.key(graph, &value).filter(|_| !shared);
        (guard, key.and_then(|key| network.groups.vpc(graph, &key).ok()))
    });
    let known = |(guard, vpc): (Guard, Option<VpcKey>)| match vpc {
        Some(VpcKey::Resource(vpc)) => Some((guard, vpc)),
        _ => None,
    };
    subnets.chain(groups).filter_map(known).collect()
}

/// One case of the configuration: whether it is proven to be refused.
fn check_case(graph: &Graph<'_>, sink: &mut Sink, function: &Function, case: &VpcCase) -> bool {
    for (guard, vpc) in vpcs(graph, case) {
        let Some(guard) = case.guard.and(&guard) else { continue };
        let vpc = graph.resource(vpc);
        for (inner, tenancy) in Vpc::read(vpc).tenancy.alternatives() {
            let Some(guard) = guard.and(&inner).and_then(|g| g.and(&vpc.presence)) else { continue };
            if tenancy.as_str() == Some("dedicated") {
                report(graph, sink, function, case, vpc, &guard);
                return true;
            }
            if !tenancy.is_null() && tenancy.as_str().is_none() {
                ingress::undecided(graph, sink, ID, function.id, &Gap::of(&tenancy));
                return false;
            }
        }
    }
    false
}

fn report(graph: &Graph<'_>, sink: &mut Sink, function: &Function, case: &VpcCase, vpc: &Resource, guard: &Guard) {
    let resource = graph.resource(function.id);
    let when = further(resource, guard);
    let tenancy = Vpc::read(vpc).tenancy;
    sink.findings.push(Finding {
        rule: ID,
        severity: severity(&when, Severity::Error),
        message: format!(
            "{} cannot run in {}: Lambda does not connect functions to a VPC with dedicated instance tenancy{}",
            shown(graph, function.id),
            shown(graph, vpc.id),
            whenever(&when)
        ).into(),
        primary: Label::new(case.span, "in a VPC with dedicated tenancy"),
        related: vec![Label::new(graph.place(vpc.id, &tenancy), format!("tenancy of {}", shown(graph, vpc.id)))],
        flow: Vec::new(),
        help: Some(Help {
            text: "put the function into a VPC of default tenancy, peered with this one; instances that need it can ask for dedicated tenancy themselves".to_owned(),
            code: String::new(),
        }),
        address: resource.address.clone(),
        key: vpc.address.clone(),
    });
}
