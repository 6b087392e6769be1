//! A function's VPC configuration that Lambda refuses. See `rules/vpc-config-incomplete.md`.

use super::Sink;
use super::ingress::{self, shown};
use super::support::place::{further, severity};
use crate::finding::{Finding, Help, Label, Message, Severity, Undecided};
use crate::graph::Graph;
use crate::graph::network::vpcs::VpcKey;
use crate::graph::network::{Gap, each};
use crate::graph::vpc::{Attached, VpcCase, filled};
use crate::model::lambda::Function;
use crate::source::Span;
use crate::text::Answer;
use crate::value::{Guard, Value};

const ID: &str = "vpc-config-incomplete";

/// Runs the rule.
pub fn check(graph: &Graph<'_>, sink: &mut Sink) {
    for function in graph.all::<Function>() {
        let mut doubt = None;
        // A list that is given from outside is as good as any: that is counted, and not worth a line.
        let mut lists = None;
        let mut found = false;
        for case in graph.vpc_cases(&function) {
            found |= check_case(graph, sink, &function, &case, &mut doubt, &mut lists);
        }
        if let Some(gap) = doubt.filter(|_| !found) {
            ingress::undecided(graph, sink, ID, function.id, &gap);
        } else if let Some(Gap { reason, cause }) = lists.filter(|_| !found) {
            let resource = graph.resource(function.id);
            sink.unlisted.push(Undecided { rule: ID, address: resource.address.clone(), span: resource.name_span, reason, cause });
        }
    }
}

/// One case of the configuration: whether it is proven to be refused.
fn check_case(
    graph: &Graph<'_>,
    sink: &mut Sink,
    function: &Function,
    case: &VpcCase,
    doubt: &mut Option<Gap>,
    lists: &mut Option<Gap>,
) -> bool {
    match &case.attachment {
        Attached::No => return false,
        Attached::Unknown(gap) => {
            doubt.get_or_insert_with(|| gap.clone());
            return false;
        }
        Attached::Yes { .. } => {}
    }
    match (filled(&case.subnets), filled(&case.groups)) {
        (Some(true), Some(false)) => half(graph, sink, function, case, ("subnets", &case.subnets), "security groups"),
        (Some(false), Some(true)) => half(graph, sink, function, case, ("security groups", &case.groups), "subnets"),
        (Some(true), Some(true)) => return networks(graph, sink, function, case, doubt),
        (subnets, _) => {
            let (what, list) = if subnets.is_none() { ("subnets", &case.subnets) } else { ("security groups", &case.groups) };
            lists
                .get_or_insert_with(|| Gap::new(format!("whether there are any {what} is not known: {}", Gap::of(list).reason), list.span));
            return false;
        }
    }
    true
}

fn half(graph: &Graph<'_>, sink: &mut Sink, function: &Function, case: &VpcCase, (given, list): (&str, &Value), missing: &str) {
    let resource = graph.resource(function.id);
    let when = further(resource, &case.guard);
    let name_of = shown(graph, function.id);
    let message = Message::new(format!("the VPC configuration of {name_of} has {given} and no {missing}"))
        .under(&when)
        .note("the deploy fails with \"SubnetIds and SecurityIds must coexist or be both empty list\"");
    let code = match (resource.kind.contains("::"), missing) {
        (true, "subnets") => "SubnetIds:\n  - !Ref PrivateSubnet",
        (true, _) => "SecurityGroupIds:\n  - !GetAtt FunctionSecurityGroup.GroupId",
        (false, "subnets") => "subnet_ids = [aws_subnet.private.id]",
        (false, _) => "security_group_ids = [aws_security_group.function.id]",
    };
    push(
        graph,
        sink,
        function,
        &when,
        Finding {
            rule: ID,
            severity: Severity::Error,
            message,
            primary: Label::new(case.span, format!("no {missing}")),
            related: vec![Label::new(list.span.or(case.span), format!("only {given}"))],
            flow: Vec::new(),
            help: Some(Help { text: format!("name {missing} as well, or remove the VPC configuration"), code: code.to_owned() }),
            address: resource.address.clone(),
            key: missing.into(),
        },
    );
}

fn push(graph: &Graph<'_>, sink: &mut Sink, function: &Function, when: &Guard, mut finding: Finding) {
    finding.severity = severity(when, finding.severity);
    // Two cases of one function that fail alike are one finding.
    let address = &graph.resource(function.id).address;
    if !sink.findings.iter().rev().take(8).any(|f| f.rule == ID && &f.address == address && f.key == finding.key) {
        sink.findings.push(finding);
    }
}

/// A subnet or group of the configuration, and its VPC.
struct Member {
    value: Value,
    guard: Guard,
    vpc: VpcKey,
    noun: &'static str,
}

/// Subnets and groups are of one VPC: whether they are proven not to be.
fn networks(graph: &Graph<'_>, sink: &mut Sink, function: &Function, case: &VpcCase, doubt: &mut Option<Gap>) -> bool {
    let network = graph.network();
    let mut members: Vec<Member> = Vec::new();
    let (subnets, groups) = (each(&case.subnets), each(&case.groups));
    let mut gaps: Vec<Gap> = Vec::new();
    let open: Vec<Gap> = [&subnets, &groups].into_iter().filter_map(|list| list.gap.clone()).collect();
    for (guard, value) in subnets.items {
        match network.vpcs.of_subnet(graph, &value) {
            Ok(vpc) => members.push(Member { value, guard, vpc, noun: "subnet" }),
            Err(gap) => gaps.push(gap),
        }
    }
    for (guard, value) in groups.items {
        let key = network.groups.key(graph, &value).ok_or_else(|| Gap::of(&value));
        let shared = graph.referent(&value).is_some_and(|r| network.paths.is_shared(r.id));
        match key.and_then(|key| network.groups.vpc(graph, &key)) {
            // Usable in a second VPC too, which need not be this one.
            Ok(_) if shared => {}
            Ok(vpc) => members.push(Member { value, guard, vpc, noun: "security group" }),
            Err(gap) => gaps.push(gap),
        }
    }
    // Where the unit says of none of them to which VPC it belongs, there is nothing to compare.
    let Some((first, rest)) = members.split_first() else { return false };
    if let Some(gap) = gaps.into_iter().chain(open).next() {
        doubt.get_or_insert(gap);
    }
    for other in rest {
        let together = case.guard.and(&first.guard).and_then(|g| g.and(&other.guard));
        match (together, first.vpc.same(&other.vpc)) {
            (None, _) | (_, Answer::Yes) => {}
            (Some(_), Answer::Maybe) => {
                let reason = format!("whether `{:#}` and `{:#}` are of one VPC is not known", first.value, other.value);
                doubt.get_or_insert_with(|| Gap::new(reason, other.value.span));
            }
            (Some(guard), Answer::No) => {
                apart(graph, sink, function, case, (first, other), &guard);
                return true;
            }
        }
    }
    false
}

fn name(graph: &Graph<'_>, member: &Member) -> String {
    graph.referent(&member.value).map_or_else(|| format!("`{:#}`", member.value), |r| shown(graph, r.id))
}

fn place(graph: &Graph<'_>, member: &Member, otherwise: Span) -> Span {
    graph.referent(&member.value).map_or(member.value.span.or(otherwise), |r| r.name_span)
}

fn apart(graph: &Graph<'_>, sink: &mut Sink, function: &Function, case: &VpcCase, (one, other): (&Member, &Member), guard: &Guard) {
    let vpcs = &graph.network().vpcs;
    let resource = graph.resource(function.id);
    let when = further(resource, guard);
    let of = |m: &Member| format!("{} {} is of {}", m.noun, name(graph, m), vpcs.shown(graph, &m.vpc));
    let message = Message::new(format!("{} is given parts of two VPCs, and cannot be deployed", shown(graph, function.id)))
        .under(&when)
        .note(format!("{}, {}", of(one), of(other)));
    let label = |m: &Member| Label::new(place(graph, m, case.span), format!("a {} of {}", m.noun, vpcs.shown(graph, &m.vpc)));
    push(
        graph,
        sink,
        function,
        &when,
        Finding {
            rule: ID,
            severity: Severity::Error,
            message,
            primary: Label::new(other.value.span.or(case.span), "of another VPC"),
            related: vec![label(one), label(other)],
            flow: Vec::new(),
            help: Some(Help { text: "name subnets and security groups of the same VPC".to_owned(), code: String::new() }),
            address: resource.address.clone(),
            key: "other VPC".into(),
        },
    );
}
