//! `deployer-vpc-permission`: a role that deploys functions may not look at the network that it puts them into.

use super::Sink;
use super::support::list;
use super::support::role::{self, Demand, ResourcePolicies};
use crate::finding::{Label, Severity};
use crate::graph::Graph;
use crate::graph::roles::presence;
use crate::graph::vpc::Attached;
use crate::iam::{Caller, Effect, Grant, Need};
use crate::model::iam::Role;
use crate::model::lambda::Function;
use crate::source::Span;
use crate::unit::Resource;
use crate::value::{Kind, Part, Str, Text, Value};

const RULE: &str = "deployer-vpc-permission";

/// What makes or changes the network settings of a function.
const DEPLOYS: [&str; 2] = ["lambda:CreateFunction", "lambda:UpdateFunctionConfiguration"];

/// What Lambda asks with the deployer's rights.
const LOOKS: [&str; 3] = ["ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcs"];

/// Checks every role that may deploy a function of the unit that is in a VPC.
pub fn check(graph: &Graph<'_>, sink: &mut Sink) {
    let in_vpc = |f: &Function| graph.vpc_cases(f).iter().any(|case| matches!(case.attachment, Attached::Yes { .. }));
    let functions: Vec<Function> = graph.all::<Function>().into_iter().filter(in_vpc).collect();
    if functions.is_empty() {
        return;
    }
    for role in graph.all::<Role>() {
        let Some((action, span)) = deploys(graph, &role) else { continue };
        let target = functions.iter().find(|function| may(graph, &role, &action, function));
        if let Some(function) = target {
            demand(graph, &role, &action, span, function, sink);
        }
    }
}

/// The statement of the unit's own policies that makes a role a deployer: it names one of the calls, and some statement names
/// `iam:PassRole`. What allows everything is no deployer's policy.
fn deploys(graph: &Graph<'_>, role: &Role) -> Option<(Str, Span)> {
    let set = graph.policies_of(role.id);
    let own = || set.policies.iter().filter(|p| !p.label.starts_with("AWS managed policy"));
    let statements = || {
        own()
            .flat_map(|p| p.policy.statements.iter().map(move |s| (p.span, s)))
            .filter(|(_, s)| s.effect == Effect::Allow && !s.actions.negated)
    };
    let names = |wanted: &str| {
        let prefix = wanted.split(':').next().unwrap_or_default().to_ascii_lowercase();
        statements().find(move |(_, s)| {
            s.actions.items.iter().any(|item| {
                let Some(known) = item.text.as_known().map(str::to_ascii_lowercase) else { return false };
                known.starts_with(&prefix) && crate::text::glob_known(&known, &wanted.to_ascii_lowercase())
            })
        })
    };
    names("iam:PassRole")?;
    DEPLOYS.iter().find_map(|action| names(action).map(|(span, s)| (Str::from(*action), s.span.or(span))))
}

/// Whether a role may make that call on a function.
fn may(graph: &Graph<'_>, role: &Role, action: &Str, function: &Function) -> bool {
    let template = graph.resource(function.id).kind.contains("::");
    let arn = graph.names.attribute(function.id, if template { "Arn" } else { "arn" });
    let need = [Need::on(action.clone(), arn, Caller::Function)];
    let context = presence(graph.resource(function.id));
    matches!(graph.missing_actions(role.id, &need, &context), Grant::Granted)
}

fn demand(graph: &Graph<'_>, role: &Role, action: &Str, span: Span, function: &Function, sink: &mut Sink) {
    let (resource, deployed) = (graph.resource(role.id), graph.resource(function.id));
    let demand = Demand {
        rule: RULE,
        severity: Severity::Warning,
        subject: role.id,
        key: Default::default(),
        role: whole(resource),
        guard: presence(resource),
        needs: LOOKS.iter().map(|look| vec![Need::on_everything(*look, "ec2", Caller::Function)]).collect(),
        resource_policies: ResourcePolicies::None,
        consequence: format!(
            "`{action}` by `{}` on a function in a VPC, such as `{}`, fails with \"Your access has been denied by EC2\"",
            resource.address, deployed.address
        ),
        cause: Label::new(span, format!("lets the role deploy functions; with a VPC it needs {} too", list(&LOOKS))),
    };
    role::check(graph, &demand, sink);
}

/// A reference to the role, as something that uses it has it.
fn whole(role: &Resource) -> Value {
    let path = if role.kind.contains("::") { "Arn" } else { "arn" };
    let attr = crate::value::AttrRef { resource: role.id, path: path.into(), shown: role.address.clone() };
    Value::new(Kind::Text(Text::from_parts([Part::Attr(attr.into())])), role.name_span)
}
