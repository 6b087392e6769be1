//! `vpc-eni-permission`: a function in a VPC whose role may not manage network interfaces.

use indexmap::IndexMap;

use super::Sink;
use super::support::eni;
use super::support::mend::{Dialect, dialect, local_address, new_name};
use super::support::role::policies_checked;
use super::support::{list, some};
use crate::finding::{Finding, Help, Label, Message, Severity, Undecided};
use crate::graph::Graph;
use crate::graph::roles::RoleRef;
use crate::graph::vpc::{Attached, VpcCase};
use crate::iam::{Caller, Grant, Misfit, Missing, Near, Need, Sourced};
use crate::model::lambda::Function;
use crate::source::Span;
use crate::unit::Resource;
use crate::value::{Guard, Part, ResourceId};

const RULE: &str = "vpc-eni-permission";

/// A function that the role does not serve.
struct Affected {
    function: ResourceId,
    vpc: Span,
    /// When it runs in the VPC with this role.
    guard: Guard,
    missing: Missing,
    severity: Severity,
}

/// Checks every function that is in a VPC.
pub fn check(graph: &Graph<'_>, sink: &mut Sink) {
    let mut by_role: IndexMap<ResourceId, Vec<Affected>> = IndexMap::new();
    for function in graph.all::<Function>() {
        let (mut doubt, mut found) = (None, false);
        for case in graph.vpc_cases(&function) {
            found |= check_case(graph, &function, &case, &mut by_role, &mut doubt);
        }
        if let Some((reason, cause)) = doubt.filter(|_| !found) {
            let resource = graph.resource(function.id);
            let address = resource.address.clone();
            sink.undecided.push(Undecided { rule: RULE, address, span: resource.name_span, reason, cause });
        }
    }
    for (role, affected) in by_role {
        report(graph, graph.resource(role), affected, sink);
    }
}

/// One case of a function's VPC configuration: whether it is proven to be broken.
fn check_case(
    graph: &Graph<'_>,
    function: &Function,
    case: &VpcCase,
    by_role: &mut IndexMap<ResourceId, Vec<Affected>>,
    doubt: &mut Option<(String, Span)>,
) -> bool {
    let (subnets, groups) = match &case.attachment {
        Attached::No => return false,
        Attached::Yes { subnets, groups } => (subnets, groups),
        Attached::Unknown(gap) => {
            // Nothing hangs on it where the role may do all of it anyway.
            if !granted_anyway(graph, function, case) {
                doubt.get_or_insert((gap.reason.clone(), gap.cause));
            }
            return false;
        }
    };
    let mut found = false;
    let needs = eni::needs(graph, function.id, subnets, groups);
    for (guard, role) in graph.roles_of(&function.role) {
        let Some(guard) = case.guard.and(&guard) else { continue };
        match role {
            RoleRef::Outside(reason, cause) => {
                doubt.get_or_insert((reason, cause));
            }
            RoleRef::Unit(role) => match answer(graph, role, function.id, &needs, &guard) {
                (Grant::Granted, _) => {}
                (Grant::Unknown(gap), _) => {
                    doubt.get_or_insert((gap.reason, gap.span));
                }
                (Grant::Missing(missing), severity) => {
                    found = true;
                    let affected = by_role.entry(role).or_default();
                    // Functions come one after the other: an earlier case of this one would be the last entry.
                    if affected.last().is_none_or(|a| a.function != function.id) {
                        affected.push(Affected { function: function.id, vpc: case.span, guard, missing, severity });
                    }
                }
            },
        }
    }
    found
}

fn granted_anyway(graph: &Graph<'_>, function: &Function, case: &VpcCase) -> bool {
    let needs = eni::needs(graph, function.id, &[], &[]);
    graph.roles_of(&function.role).into_iter().all(|(guard, role)| match (role, case.guard.and(&guard)) {
        (_, None) => true,
        (RoleRef::Unit(role), Some(guard)) => matches!(graph.missing_actions(role, &needs, &guard), Grant::Granted),
        (RoleRef::Outside(..), _) => false,
    })
}

/// The calls that must be allowed; then the one that is allowed on too little to be safe.
fn answer(graph: &Graph<'_>, role: ResourceId, function: ResourceId, needs: &[Need], guard: &Guard) -> (Grant, Severity) {
    match graph.missing_actions(role, needs, guard) {
        Grant::Granted => {
            // Lambda has refused roles that may delete interfaces only on `network-interface/*` and `subnet/*`
            // (hashicorp/terraform-provider-aws issue 20698); its guide writes the resource as `*/*`.
            let wide = Need::on("ec2:DeleteNetworkInterface", eni::ec2_arn(graph, function, [Part::Literal("*/*".into())]), Caller::Lambda);
            // What is granted is too narrow; what cannot be seen may be wide enough.
            (graph.missing_actions(role, &[wide], guard), Severity::Warning)
        }
        other => (other, Severity::Error),
    }
}

/// One finding a role and set of missing actions: that is what has to be mended.
fn report(graph: &Graph<'_>, role: &Resource, affected: Vec<Affected>, sink: &mut Sink) {
    let mut groups: Vec<Vec<Affected>> = Vec::new();
    for one in affected {
        let same = |g: &&mut Vec<Affected>| {
            g.first().is_some_and(|a| actions(&a.missing) == actions(&one.missing) && a.severity == one.severity && a.guard == one.guard)
        };
        match groups.iter_mut().find(same) {
            Some(group) => group.push(one),
            None => groups.push(vec![one]),
        }
    }
    for group in &groups {
        sink.findings.extend(finding(graph, role, group));
    }
}

fn actions(missing: &Missing) -> Vec<&str> {
    let mut out: Vec<&str> = Vec::new();
    for need in &missing.needs {
        if !out.contains(&need.action.as_str()) {
            out.push(&need.action);
        }
    }
    out
}

fn finding(graph: &Graph<'_>, role: &Resource, group: &[Affected]) -> Option<Finding> {
    let first = group.first()?;
    let missing = &first.missing;
    let functions: Vec<String> = group.iter().map(|a| format!("`{}`", graph.resource(a.function).address)).collect();
    let address = graph.resource(first.function).address.clone();
    let set = graph.policies_of(role.id);
    let (applying, others): (Vec<&Sourced>, Vec<&Sourced>) = set.policies.iter().partition(|p| first.guard.and(&p.guard).is_some());
    Some(Finding {
        rule: RULE,
        severity: first.severity,
        message: message(role, first, &functions, &policies_read(&applying)),
        primary: Label::new(role.name_span, primary(first)),
        related: evidence(graph, role, group, &applying, &others),
        flow: Vec::new(),
        help: Some(help(graph, role, missing)),
        address,
        key: Default::default(),
    })
}

/// The functions, the statements that nearly help, and the policies that were read.
fn evidence(graph: &Graph<'_>, role: &Resource, group: &[Affected], applying: &[&Sourced], others: &[&Sourced]) -> Vec<Label> {
    let mut out: Vec<Label> = Vec::new();
    for one in group {
        let when = if one.guard.is_always() { String::new() } else { format!(" when {}", one.guard) };
        out.push(Label::new(one.vpc, format!("`{}` is in a VPC{when}", graph.resource(one.function).address)));
    }
    let mut near: IndexMap<(Span, &Misfit), (&Near, Vec<&str>)> = IndexMap::new();
    for one in group.iter().take(1).flat_map(|a| &a.missing.near).filter(|n| !n.span.is_none()) {
        near.entry((one.span, &one.misfit)).or_insert((one, Vec::new())).1.push(&one.action);
    }
    out.extend(near.into_iter().map(|((span, _), (near, mut actions))| {
        actions.dedup();
        Label::new(span, near_label(near, &actions))
    }));
    let read = applying.iter().map(|p| (p.span, format!("{} was read", p.label)));
    let unread = others.iter().map(|p| (p.span, format!("{} applies only when {}", p.label, p.guard)));
    for (span, text) in read.chain(unread) {
        if !span.is_none() && span != role.name_span && out.iter().all(|l| l.span != span) {
            out.push(Label::new(span, text));
        }
    }
    out
}

fn policies_read<'a>(policies: &[&'a Sourced]) -> Vec<&'a str> {
    let mut out: Vec<&str> = Vec::new();
    for policy in policies {
        if !out.contains(&policy.label.as_str()) {
            out.push(&policy.label);
        }
    }
    out
}

fn primary(first: &Affected) -> String {
    let names = actions(&first.missing);
    match names.as_slice() {
        _ if first.severity == Severity::Warning => format!("this role allows {} too narrowly", quoted(&names)),
        [_, _, _] => "this role may not manage network interfaces".to_owned(),
        _ => format!("this role does not allow {}", quoted(&names)),
    }
}

fn quoted(names: &[&str]) -> String {
    list(&names.iter().map(|n| format!("`{n}`")).collect::<Vec<_>>())
}

fn message(role: &Resource, first: &Affected, functions: &[String], read: &[&str]) -> Message {
    let missing = &first.missing;
    let names = actions(missing);
    let call = names.first().map_or("CreateNetworkInterface", |a| a.trim_start_matches("ec2:"));
    let (one, verb) = (functions.len() == 1, if first.severity == Severity::Error { "cannot" } else { "may fail to" });
    let only = if first.guard.is_always() { String::new() } else { format!(" (when {})", first.guard) };
    let consequence = format!("{} {verb} be created or updated in {} VPC{only}", some(functions), if one { "its" } else { "their" });
    let error = format!("Lambda refuses it: \"The provided execution role does not have permissions to call {call} on EC2\"");
    let why = match cause(missing) {
        Some(cause) => cause,
        None => format!("lacks {}", quoted(&names)),
    };
    let leaked = match names.as_slice() {
        ["ec2:DeleteNetworkInterface"] if first.severity == Severity::Error => "interfaces that are no longer used stay behind",
        _ => "",
    };
    let cause = format!("role `{}` {why}", role.address);
    Message::new(consequence).assuming(&first.guard).because(cause).note(leaked).note(error).note(policies_checked(read))
}

/// Why what looks like a grant is none, where all the missing actions have such a statement; else the actions are just missing.
fn cause(missing: &Missing) -> Option<String> {
    let near: Vec<&Near> = actions(missing).iter().filter_map(|action| missing.near.iter().find(|n| n.action == *action)).collect();
    let first = near.first()?;
    let rest: Vec<&str> = actions(missing).into_iter().filter(|a| near.iter().all(|n| n.action != *a)).collect();
    let same: Vec<&str> = near.iter().filter(|n| n.misfit == first.misfit).map(|n| n.action.as_str()).collect();
    let others: Vec<&str> = near.iter().filter(|n| n.misfit != first.misfit).map(|n| n.action.as_str()).collect();
    let what = quoted(&same);
    let mut out = match &first.misfit {
        Misfit::Denied => format!("is denied {what} by {}", first.policy),
        Misfit::Resource(on) => format!("allows {what} only on {on}; {}", scope_rule(&same)),
        Misfit::Condition(key) => format!("allows {what} only under a condition on `{key}`, which Lambda's own calls do not meet"),
        Misfit::Boundary => format!("allows {what}, but its permissions boundary ({}) does not", first.policy),
        Misfit::Undelegated => format!("allows {what}, which counts for nothing"),
    };
    let lacking: Vec<&str> = others.into_iter().chain(rest).collect();
    if !lacking.is_empty() {
        out.push_str(&format!(", and lacks {}", quoted(&lacking)));
    }
    Some(out)
}

/// What EC2 needs, where the scope is the mistake.
fn scope_rule(actions: &[&str]) -> &'static str {
    match actions {
        [only] if only.ends_with("DescribeNetworkInterfaces") => "that action supports no resource but `*`",
        [only] if only.ends_with("CreateNetworkInterface") => "that action needs the interface, the subnets and the security groups",
        [only] if only.ends_with("DeleteNetworkInterface") => "Lambda asks for it on `*`",
        _ => "these actions are needed on `*`",
    }
}

fn near_label(near: &Near, actions: &[&str]) -> String {
    let (what, are) = (quoted(actions), if actions.len() == 1 { "is" } else { "are" });
    match &near.misfit {
        Misfit::Denied => format!("{} denies {what} here", near.policy),
        Misfit::Resource(on) => format!("{what} {are} allowed on {on} only"),
        Misfit::Condition(key) => format!("{what} {are} allowed under a condition on `{key}` only"),
        Misfit::Boundary => format!("the permissions boundary, {}, leaves out {what}", near.policy),
        Misfit::Undelegated => format!("{} does not let the policies of roles decide", near.policy),
    }
}

fn help(graph: &Graph<'_>, role: &Resource, missing: &Missing) -> Help {
    let quoted = quoted(&actions(missing));
    if let Some(near) = missing.near.iter().find(|n| n.misfit == Misfit::Denied) {
        let text = format!("take {quoted} out of the Deny in {}; Allow statements cannot outweigh it", near.policy);
        return Help { text, code: String::new() };
    }
    if let Some(near) = missing.near.iter().find(|n| n.misfit == Misfit::Boundary) {
        return Help { text: format!("allow {quoted} on `*` in the permissions boundary, {}, too", near.policy), code: String::new() };
    }
    if let (Some(origin), Dialect::Yaml | Dialect::Json) = (&role.origin, dialect(graph)) {
        let code = "Policies:\n  - AWSLambdaVPCAccessExecutionRole".to_owned();
        return Help {
            text: format!("add the AWS managed policy for functions in a VPC to the function that the role is for ({origin}):"),
            code,
        };
    }
    let text = format!("attach the AWS managed policy for functions in a VPC to role `{}`", role.address);
    if let Some((place, code)) = listed_policies(graph, role) {
        return Help { text: format!("{text}, in its `{place}`:"), code };
    }
    let exclusive = graph.of_kinds(&["aws_iam_role_policy_attachments_exclusive"]).find(|e| e.references.contains(&role.id));
    let text = match exclusive {
        Some(exclusive) => format!("{text}, and name it in `{}`, which detaches every other:", exclusive.address),
        None => format!("{text}:"),
    };
    Help { text, code: code(graph, role) }
}

const PATH: &str = "iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole";

/// The property in which the role lists its managed policies already, and the entry to add. Terraform detaches what such a list leaves
/// out (provider documentation, "aws_iam_role"), and a template has the property once.
fn listed_policies(graph: &Graph<'_>, role: &Resource) -> Option<(&'static str, String)> {
    let place = if role.kind.contains("::") { "ManagedPolicyArns" } else { "managed_policy_arns" };
    role.attribute(place).filter(|list| !list.is_null())?;
    let entry = match dialect(graph) {
        Dialect::Terraform => format!("\"arn:{}:{PATH}\",", graph.names.partition().as_known().unwrap_or("aws")),
        Dialect::Yaml => format!("- !Sub arn:${{AWS::Partition}}:{PATH}"),
        Dialect::Json => format!("{{\"Fn::Sub\": \"arn:${{AWS::Partition}}:{PATH}\"}}"),
    };
    Some((place, entry))
}

fn code(graph: &Graph<'_>, role: &Resource) -> String {
    let partition = graph.names.partition();
    let dialect = dialect(graph);
    let id = local_address(role);
    match dialect {
        Dialect::Terraform => {
            let address = local_address(role);
            let own = address.split('[').next().unwrap_or_default().rsplit('.').next().unwrap_or_default().to_owned();
            let name = new_name(dialect, &[&own, "vpc_access"]);
            let partition = partition.as_known().unwrap_or("aws");
            format!(
                "resource \"aws_iam_role_policy_attachment\" \"{name}\" {{\n  role       = {address}.name\n  policy_arn = \"arn:{partition}:{PATH}\"\n}}"
            )
        }
        Dialect::Yaml => {
            format!("{id}:\n  Type: AWS::IAM::Role\n  Properties:\n    ManagedPolicyArns:\n      - !Sub arn:${{AWS::Partition}}:{PATH}")
        }
        Dialect::Json => format!(
            "\"{id}\": {{\n  \"Type\": \"AWS::IAM::Role\",\n  \"Properties\": {{\n    \"ManagedPolicyArns\": [{{\"Fn::Sub\": \"arn:${{AWS::Partition}}:{PATH}\"}}]\n  }}\n}}"
        ),
    }
}
