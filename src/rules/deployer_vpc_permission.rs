//! `deployer-vpc-permission`: a role that deploys functions into a VPC may not look at the VPC's parts.

use std::sync::Arc;

use super::Sink;
use super::support::role::{self, Demand};
use crate::finding::{Label, Message, Severity};
use crate::gap::Gap;
use crate::graph::Graph;
use crate::graph::roles::presence;
use crate::graph::vpc::Attached;
use crate::iam::matching::{World, action};
use crate::iam::{Caller, Effect, Grant, Need};
use crate::model::iam::Role;
use crate::model::lambda::Function;
use crate::source::Span;
use crate::text::Answer;
use crate::value::{AttrRef, Guard, Kind, ResourceId, Value};

const RULE: &str = "deployer-vpc-permission";

/// What says, with the right to hand a function its role, that a role deploys functions. Who may only update them need not touch
/// their VPC settings.
const CREATE: &str = "lambda:CreateFunction";
const PASS: &str = "iam:PassRole";

/// What Lambda looks up with the credentials of whoever gives a function its VPC settings. None of them supports a resource.
const LOOK_UPS: [&str; 3] = ["ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcs"];

/// A function in a VPC, and when; the gap says why it is not known whether it is.
struct InVpc {
    function: Function,
    guard: Guard,
    doubt: Option<Gap>,
}

/// Checks every role that surely may deploy a function of the unit that is in a VPC.
pub fn check(graph: &Graph<'_>, sink: &mut Sink) {
    let functions = in_vpc(graph);
    if functions.is_empty() {
        return;
    }
    for role in graph.all::<Role>() {
        let Some(place) = creates(graph, role.id) else { continue };
        let Some(found) = functions.iter().find(|f| deploys(graph, &role, &f.function, &f.guard)) else { continue };
        let trust = graph.trusts(role.id, "lambda.amazonaws.com");
        match trust.answer {
            Answer::No => check_role(graph, &role, found, place, sink),
            // Code that runs with a wide role need not deploy anything.
            Answer::Yes => {}
            Answer::Maybe => {
                let reason = format!("whether the role is a function's own is not known: {}", trust.reason);
                role::undecided(graph, RULE, role.id, reason, trust.span, sink);
            }
        }
    }
}

fn check_role(graph: &Graph<'_>, role: &Role, found: &InVpc, place: Span, sink: &mut Sink) {
    let mut lacks = Sink::default();
    role::check(graph, &demand(graph, role, &found.function, &found.guard, place), &mut lacks);
    match &found.doubt {
        Some(gap) if !lacks.findings.is_empty() => sink.gap(graph, RULE, role.id, gap),
        _ => {
            sink.findings.extend(lacks.findings);
            sink.undecided.extend(lacks.undecided);
        }
    }
}

/// The functions that are in a VPC, those that surely are first.
fn in_vpc(graph: &Graph<'_>) -> Vec<InVpc> {
    let (mut sure, mut unsure) = (Vec::new(), Vec::new());
    for function in graph.all::<Function>() {
        let cases = graph.vpc_cases(&function);
        let attached = cases.iter().find(|case| matches!(case.attachment, Attached::Yes { .. }));
        let unknown = || cases.iter().find_map(|case| if let Attached::Unknown(gap) = &case.attachment { Some((case, gap)) } else { None });
        match (attached, unknown()) {
            (Some(case), _) => sure.push(InVpc { function, guard: case.guard.clone(), doubt: None }),
            (None, Some((case, gap))) => unsure.push(InVpc { function, guard: case.guard.clone(), doubt: Some(gap.clone()) }),
            (None, None) => {}
        }
    }
    sure.extend(unsure);
    sure
}

/// The statement that lets a role create functions: most roles have none, and need no closer look.
fn creates(graph: &Graph<'_>, role: ResourceId) -> Option<Span> {
    let policies = graph.policies_of(role);
    let mut statements = policies.policies.iter().flat_map(|p| p.policy.statements.iter().map(|s| (s, p.span)));
    let (statement, attached) =
        statements.find(|(s, _)| s.effect == Effect::Allow && action(s, CREATE, &World::default()) == Answer::Yes)?;
    Some(statement.span.or(attached))
}

fn deploys(graph: &Graph<'_>, role: &Role, function: &Function, guard: &Guard) -> bool {
    let arn = graph.names.attribute(function.id, if is_template(graph, function.id) { "Arn" } else { "arn" });
    let Some(passed) = graph.names.text(&function.role) else { return false };
    let needs = [Need::on(CREATE, arn, Caller::Lambda), Need::on(PASS, passed, Caller::Lambda)];
    let exists = presence(graph.resource(role.id));
    guard.and(&exists).is_some_and(|context| matches!(graph.missing_actions(role.id, &needs, &context), Grant::Granted))
}

fn demand(graph: &Graph<'_>, role: &Role, function: &Function, guard: &Guard, place: Span) -> Demand {
    let resource = graph.resource(role.id);
    let itself = AttrRef { resource: role.id, path: "arn".into(), shown: resource.address.clone() };
    let in_vpc = &graph.resource(function.id).address;
    Demand {
        rule: RULE,
        severity: Severity::Warning,
        subject: role.id,
        key: Default::default(),
        role: Value::new(Kind::Attr(Arc::new(itself)), resource.name_span),
        guard: guard.clone(),
        needs: LOOK_UPS.iter().map(|name| vec![Need::on_everything(*name, "ec2", Caller::Lambda)]).collect(),
        on: Default::default(),
        consequence: Message::new(format!("`{}` cannot deploy `{in_vpc}`, which is in a VPC", resource.address))
            .note(format!("`{CREATE}` fails with \"Your access has been denied by EC2\"")),
        cause: Label::new(place, format!("this lets it deploy functions, `{in_vpc}` among them")),
    }
}

fn is_template(graph: &Graph<'_>, id: ResourceId) -> bool {
    graph.resource(id).kind.contains("::")
}
