//! A function connects to a database that it has no way to. See `rules/function-database-vpc.md`.

use super::Sink;
use super::ingress::{self, shown};
use super::support::place::{further, severity};
use crate::finding::{Finding, Help, Label, Message, Severity};
use crate::graph::Graph;
use crate::graph::network::Gap;
use crate::graph::network::uses::{Addresses, Use, is_public};
use crate::graph::network::vpcs::VpcKey;
use crate::graph::vpc::{Attached, VpcCase};
use crate::model::lambda::Function;
use crate::model::read;
use crate::text::Answer;
use crate::value::{Guard, ResourceId};

const ID: &str = "function-database-vpc";

/// Runs the rule.
pub fn check(graph: &Graph<'_>, sink: &mut Sink) {
    let addresses = Addresses::new(graph);
    for function in graph.all::<Function>() {
        let uses = addresses.used_by(graph, &function);
        if uses.is_empty() {
            continue;
        }
        let cases = graph.vpc_cases(&function);
        let mut reported: Vec<ResourceId> = Vec::new();
        for used in &uses {
            for case in &cases {
                let Some(guard) = case.guard.and(&used.guard) else { continue };
                if !reported.contains(&used.store.resource) && check_use(graph, sink, &function, used, case, &guard) {
                    reported.push(used.store.resource);
                }
            }
        }
    }
}

/// One database in one case: whether it is proven that there is no way to it.
fn check_use(graph: &Graph<'_>, sink: &mut Sink, function: &Function, used: &Use<'_>, case: &VpcCase, guard: &Guard) -> bool {
    let found = match &case.attachment {
        Attached::Unknown(gap) => Err(gap.clone()),
        Attached::No => outside(graph, used).map(|broken| broken.then(|| (Severity::Error, no_vpc(graph, used)))),
        Attached::Yes { .. } => apart(graph, used, case),
    };
    match found {
        Ok(Some((worst, why))) => {
            report(graph, sink, function, used, case, guard, worst, &why);
            true
        }
        Ok(None) => false,
        Err(gap) => {
            ingress::undecided(graph, sink, ID, function.id, &gap);
            false
        }
    }
}

/// Whether a function outside of every VPC has no way to the database.
fn outside(graph: &Graph<'_>, used: &Use<'_>) -> Result<bool, Gap> {
    let resource = graph.resource(used.store.resource);
    // With the Data API an address in the environment may be there for its name only.
    let path = if resource.kind.contains("::") { "EnableHttpEndpoint" } else { "enable_http_endpoint" };
    let data_api = read(&resource.attributes, path);
    if !data_api.is_null() && data_api.as_bool() != Some(false) {
        return Err(Gap::new(format!("`{}` has the Data API, which needs no VPC", resource.address), data_api.span));
    }
    Ok(!is_public(graph, used.store)?)
}

fn no_vpc(graph: &Graph<'_>, used: &Use<'_>) -> String {
    let vpc = used.store.vpc.as_ref().ok().filter(|vpc| !matches!(vpc, VpcKey::Named(_)));
    let vpc = vpc.map_or_else(|| "a VPC".to_owned(), |vpc| graph.network().vpcs.shown(graph, vpc));
    format!("the function is in no VPC, and the {} has an address in {vpc} only", used.store.kind.noun)
}

/// Why the function's VPC has no way to the database's.
fn apart(graph: &Graph<'_>, used: &Use<'_>, case: &VpcCase) -> Result<Option<(Severity, String)>, Gap> {
    let network = graph.network();
    let own = network.vpcs.of_subnets(graph, &case.subnets)?;
    let theirs = used.store.vpc.clone()?;
    match own.same(&theirs) {
        Answer::Yes => return Ok(None),
        Answer::Maybe => {
            let reason = format!("whether the function and `{}` are in one VPC is not known", graph.resource(used.store.resource).address);
            return Err(Gap::new(reason, case.span));
        }
        Answer::No => {}
    }
    if let Some(gap) = other_ways(graph, &own, &theirs) {
        return Err(gap);
    }
    if network.paths.joined(&own, &theirs)? || is_public(graph, used.store)? {
        return Ok(None);
    }
    let [own, theirs] = [own, theirs].map(|vpc| network.vpcs.shown(graph, &vpc));
    Ok(Some((
        Severity::Warning,
        format!("the function is in {own}, the {} in {theirs}, and nothing in this unit joins the two", used.store.kind.noun),
    )))
}

/// What may join two VPCs without showing it here.
fn other_ways(graph: &Graph<'_>, own: &VpcKey, theirs: &VpcKey) -> Option<Gap> {
    let ids: Vec<ResourceId> =
        [own, theirs].into_iter().filter_map(|k| if let VpcKey::Resource(id) = k { Some(*id) } else { None }).collect();
    // What another stack declared may be joined there.
    if ids.len() < 2 {
        return Some(Gap::new(
            "one of the two VPCs is not declared in this unit, and may be joined with the other elsewhere",
            crate::source::Span::NONE,
        ));
    }
    let seen = |o: &&crate::unit::Opaque| o.arguments.is_null() || ids.iter().any(|id| o.references.contains(id));
    if let Some(opaque) = graph.unit.opaque.iter().find(seen) {
        return Some(Gap::new(format!("what `{}` does with the VPC cannot be seen", opaque.address), opaque.span));
    }
    let kinds =
        ["aws_networkmanager_vpc_attachment", "AWS::NetworkManager::VpcAttachment", "aws_vpn_connection", "AWS::EC2::VPNConnection"];
    let joint = graph.of_kinds(&kinds).next()?;
    Some(Gap::new(format!("what `{}` leads to is not known", joint.address), joint.name_span))
}

#[expect(clippy::too_many_arguments, reason = "the parts of one sentence")]
fn report(
    graph: &Graph<'_>,
    sink: &mut Sink,
    function: &Function,
    used: &Use<'_>,
    case: &VpcCase,
    guard: &Guard,
    worst: Severity,
    why: &str,
) {
    let resource = graph.resource(function.id);
    let store = graph.resource(used.store.resource);
    let when = further(resource, guard);
    let (from, to) = (shown(graph, function.id), shown(graph, used.store.resource));
    let message = Message::new(format!("{from} cannot reach {to}")).under(&when).because(why).note("its connections time out");
    let text = match case.attachment {
        Attached::No => {
            format!("put the function into the VPC of {}, with a security group that the database lets in", shown(graph, store.id))
        }
        _ => "put both into one VPC, or peer the two VPCs and add routes both ways".to_owned(),
    };
    sink.findings.push(Finding {
        rule: ID,
        severity: severity(&when, worst),
        message,
        primary: Label::new(case.span, if worst == Severity::Error { "in no VPC" } else { "in another VPC than the database" }),
        related: vec![
            Label::new(used.value.span.or(resource.name_span), format!("variable `{}` has the address of the database", used.variable)),
            Label::new(store.name_span, format!("the {}", used.store.kind.noun)),
        ],
        flow: Vec::new(),
        help: Some(Help { text, code: if worst == Severity::Error { vpc_config(resource.kind.contains("::")) } else { String::new() } }),
        address: resource.address.clone(),
        key: store.address.clone(),
    });
}

fn vpc_config(template: bool) -> String {
    let code = if template {
        "VpcConfig:\n  SubnetIds:\n    - !Ref PrivateSubnet\n  SecurityGroupIds:\n    - !GetAtt FunctionSecurityGroup.GroupId"
    } else {
        "vpc_config {\n  subnet_ids         = [aws_subnet.private.id]\n  security_group_ids = [aws_security_group.function.id]\n}"
    };
    code.to_owned()
}
