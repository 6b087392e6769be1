//! A function in a VPC with dedicated instance tenancy. See `rules/vpc-dedicated-tenancy.md`.

use super::Sink;
use super::ingress::shown;
use super::support::place::{further, severity};
use crate::finding::{Finding, Help, Label, Message, Severity};
use crate::gap::{Gap, Known};
use crate::graph::Graph;
use crate::graph::network::each;
use crate::graph::network::vpcs::{VpcKey, VpcOf};
use crate::graph::vpc::{Attached, VpcCase};
use crate::model::Entity;
use crate::model::ec2::Vpc;
use crate::model::lambda::Function;
use crate::unit::Resource;
use crate::value::Guard;

const ID: &str = "vpc-dedicated-tenancy";

/// Runs the rule.
pub fn check(graph: &Graph<'_>, sink: &mut Sink) {
    let dedicated = graph.all::<Vpc>().iter().any(|vpc| tenancy(vpc) != Ok(None));
    if !dedicated {
        return;
    }
    for function in graph.all::<Function>() {
        for case in graph.vpc_cases(&function) {
            match &case.attachment {
                Attached::No => {}
                Attached::Unknown(gap) => sink.gap(graph, ID, function.id, gap),
                Attached::Yes { .. } if check_case(graph, sink, &function, &case) => break,
                Attached::Yes { .. } => {}
            }
        }
    }
}

/// When a VPC has dedicated tenancy; `Ok(None)` for never.
fn tenancy(vpc: &Vpc) -> Result<Option<Guard>, Gap> {
    let mut found = None;
    for (guard, tenancy) in vpc.tenancy.alternatives() {
        match tenancy.as_str() {
            Some("dedicated") => found = found.or(Some(guard)),
            None if !tenancy.is_null() => return Err(Gap::of(&tenancy)),
            _ => {}
        }
    }
    Ok(found)
}

/// The VPCs of the function's subnets and groups, as far as they are resources of the unit. All have to be of one VPC, so that
/// a group tells where the subnets are unknown; a group that is associated with a second VPC does not.
fn vpcs(graph: &Graph<'_>, case: &VpcCase) -> Known<(Guard, VpcKey)> {
    let network = graph.network();
    let mut out = Known::default();
    let mut add = |guard: Guard, vpc: VpcOf| match vpc {
        Ok(vpc) => out.items.push((guard, vpc)),
        Err(gap) => out.open(|| gap),
    };
    for (guard, value) in each(&case.subnets).items {
        add(guard, network.vpcs.of_subnet(graph, &value));
    }
    for (guard, value) in each(&case.groups).items {
        if !graph.referent(&value).is_some_and(|r| network.paths.is_shared(r.id)) {
            let key = network.groups.key(graph, &value).ok_or_else(|| Gap::of(&value));
            add(guard, key.and_then(|key| network.groups.vpc(graph, &key)));
        }
    }
    out
}

/// One case of the configuration: whether it is proven to be refused.
fn check_case(graph: &Graph<'_>, sink: &mut Sink, function: &Function, case: &VpcCase) -> bool {
    let vpcs = vpcs(graph, case);
    if let (Some(gap), true) = (&vpcs.gap, vpcs.items.is_empty()) {
        sink.gap(graph, ID, function.id, gap);
    }
    for (guard, vpc) in vpcs.items {
        let VpcKey::Resource(vpc) = vpc else { continue };
        let vpc = graph.resource(vpc);
        let Some(guard) = case.guard.and(&guard).and_then(|g| g.and(&vpc.presence)) else { continue };
        match tenancy(&Vpc::read(vpc)) {
            Ok(None) => {}
            Ok(Some(inner)) => {
                let Some(guard) = guard.and(&inner) else { continue };
                report(graph, sink, function, case, vpc, &guard);
                return true;
            }
            Err(gap) => {
                sink.gap(graph, ID, function.id, &gap);
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
        message: Message::new(format!("{} cannot run in {}", shown(graph, function.id), shown(graph, vpc.id))).under(&when)
            .because("the VPC has dedicated instance tenancy")
            .note("Lambda does not connect functions to such a VPC"),
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
