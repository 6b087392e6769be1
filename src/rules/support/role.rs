//! The report that several rules share: a role lacks an action that something needs of it.

use std::sync::Arc;

use super::list;
use super::mend::{self, Dialect};
use crate::finding::{Finding, Help, Label, Message, Severity, some};
use crate::graph::Graph;
use crate::graph::functions::FunctionRef;
use crate::graph::roles::RoleRef;
use crate::iam::{Gap, Grant, Misfit, Missing, Near, Need, ResourceSet, Target};
use crate::model::Entity;
use crate::model::lambda::Function;
use crate::rules::Sink;
use crate::source::Span;
use crate::unit::{Mode, Resource};
use crate::value::{Guard, Part, ResourceId, Str, Text, Value};

/// Something that needs its role to be allowed calls.
pub(crate) struct Demand {
    pub(crate) rule: &'static str,
    pub(crate) severity: Severity,
    /// The resource that needs it: a finding has its address.
    pub(crate) subject: ResourceId,
    /// What tells two demands of one subject apart; empty where there is only one.
    pub(crate) key: Str,
    /// The role: an ARN or a name.
    pub(crate) role: Value,
    /// When the subject is there.
    pub(crate) guard: Guard,
    /// The calls; one of each group must be allowed.
    pub(crate) needs: Vec<Vec<Need>>,
    /// The policies on what is called.
    pub(crate) on: Arc<ResourceSet>,
    /// What goes wrong: the message begins with it.
    pub(crate) consequence: Message,
    /// The place that makes the calls needed.
    pub(crate) cause: Label,
}

/// Reports the roles that do not allow what is needed of them.
pub(crate) fn check(graph: &Graph<'_>, demand: &Demand, sink: &mut Sink) {
    let (mut doubt, mut found) = (None, false);
    for (guard, role) in graph.roles_of(&demand.role) {
        let Some(guard) = demand.guard.and(&guard) else { continue };
        match role {
            RoleRef::Outside(reason, cause) => {
                doubt.get_or_insert((reason, cause));
            }
            RoleRef::Unit(role) => match answer(graph, demand, role, &guard) {
                Grant::Granted => {}
                Grant::Unknown(gap) => {
                    doubt.get_or_insert((gap.reason, gap.span));
                }
                Grant::Missing(missing) => {
                    found = true;
                    sink.findings.push(finding(graph, demand, graph.resource(role), &guard, &missing));
                }
            },
        }
    }
    if let Some((reason, cause)) = doubt.filter(|_| !found) {
        undecided(graph, demand.rule, demand.subject, reason, cause, sink);
    }
}

/// The function that a name or ARN in a resource means, or why that cannot be told.
pub(crate) fn function(graph: &Graph<'_>, named: &Value, by: ResourceId) -> Result<Function, String> {
    graph.named_function(named, by).map(|id| Function::read(graph.resource(id)))
}

/// The policies that can be on what `value` names in `subject`.
pub(crate) fn policies_on(graph: &Graph<'_>, subject: ResourceId, value: &Value, arn: &Text) -> Arc<ResourceSet> {
    match declared(graph, subject, value, arn) {
        Some(resource) => graph.policies_on(resource),
        None => unseen(format!("`{value:#}` is not declared here, and its own policy may let the role in"), value.span),
    }
}

/// The resource of the unit that `value` names in `subject`.
fn declared<'g>(graph: &'g Graph<'_>, subject: ResourceId, value: &Value, arn: &Text) -> Option<&'g Resource> {
    let is_it = |resource: &&Resource| {
        resource.mode == Mode::Managed && ["Arn", "arn", "Ref"].iter().any(|path| graph.names.attribute(resource.id, path) == *arn)
    };
    let named = graph.referent(value).filter(|r| r.mode == Mode::Managed);
    let referred = || graph.resource(subject).references.iter().map(|id| graph.resource(*id)).find(is_it);
    named.or_else(referred).or_else(|| graph.owner_of_arn(arn))
}

/// The permissions that may let a role invoke a function.
pub(crate) fn permissions_on(graph: &Graph<'_>, value: &Value, arn: &Text) -> Arc<ResourceSet> {
    match FunctionRef::parse(arn).filter(|target| graph.functions.function(target).is_some()) {
        Some(target) => Arc::new(graph.function_policy(&target)),
        None => unseen(format!("`{value:#}` is not declared here, and its own policy may let the role in"), value.span),
    }
}

/// What cannot be seen and may let a role in.
pub(crate) fn unseen(reason: String, span: Span) -> Arc<ResourceSet> {
    Arc::new(ResourceSet { gaps: vec![Gap::new(reason, span)], ..ResourceSet::default() })
}

/// Notes a check that could not be decided.
pub(crate) fn undecided(graph: &Graph<'_>, rule: &'static str, subject: ResourceId, reason: String, cause: Span, sink: &mut Sink) {
    sink.gap(graph, rule, subject, &crate::gap::Gap::new(reason, cause));
}

/// What the role does not allow of all that is needed.
fn answer(graph: &Graph<'_>, demand: &Demand, role: ResourceId, guard: &Guard) -> Grant {
    let mut all = Missing { needs: Vec::new(), near: Vec::new() };
    let mut unknown = None;
    for group in &demand.needs {
        match group_answer(graph, demand, role, group, guard) {
            Grant::Granted => {}
            Grant::Unknown(gap) => {
                unknown.get_or_insert(gap);
            }
            Grant::Missing(missing) => {
                all.needs.extend(missing.needs);
                all.near.extend(missing.near);
            }
        }
    }
    match (all.needs.is_empty(), unknown) {
        (false, _) => Grant::Missing(all),
        (true, Some(gap)) => Grant::Unknown(gap),
        (true, None) => Grant::Granted,
    }
}

/// One of the calls will do; where none is allowed, the first is missing.
fn group_answer(graph: &Graph<'_>, demand: &Demand, role: ResourceId, group: &[Need], guard: &Guard) -> Grant {
    let mut result: Option<Grant> = None;
    for need in group {
        match graph.refused(role, &demand.on, std::slice::from_ref(need), guard) {
            Grant::Granted => return Grant::Granted,
            unknown @ Grant::Unknown(_) => result = Some(unknown),
            missing => {
                result.get_or_insert(missing);
            }
        }
    }
    result.unwrap_or(Grant::Granted)
}

fn finding(graph: &Graph<'_>, demand: &Demand, role: &Resource, guard: &Guard, missing: &Missing) -> Finding {
    let names = actions(missing);
    let set = graph.policies_of(role.id);
    let mut read: Vec<(&str, Span)> = Vec::new();
    for policy in set.policies.iter().filter(|p| guard.and(&p.guard).is_some()) {
        if !read.iter().any(|(label, _)| *label == policy.label) {
            read.push((&policy.label, policy.span));
        }
    }
    let mut related = vec![demand.cause.clone()];
    let primary = primary(role, missing, &names);
    for near in &missing.near {
        push(&mut related, &primary, near.span, near_label(near));
    }
    for (label, span) in &read {
        push(&mut related, &primary, *span, format!("{label} was read"));
    }
    if primary.span != role.name_span {
        push(&mut related, &primary, role.name_span, "the role".to_owned());
    }
    let why = cause(missing).unwrap_or_else(|| format!("lacks {}{}", quoted(&names), targets(missing)));
    let labels: Vec<&str> = read.iter().map(|(label, _)| *label).collect();
    let Message { headline, notes, .. } = demand.consequence.clone();
    let message = Message::new(headline).under(guard).because(format!("role `{}` {why}", role.address));
    let message = notes.into_iter().chain([policies_checked(&labels)]).fold(message, Message::note);
    Finding {
        rule: demand.rule,
        severity: demand.severity,
        message,
        primary,
        related,
        flow: Vec::new(),
        help: Some(help(graph, demand, role, missing)),
        address: graph.resource(demand.subject).address.clone(),
        key: demand.key.clone(),
    }
}

/// What must change: the statement or policy that takes the calls away, or else the role.
fn primary(role: &Resource, missing: &Missing, names: &[&str]) -> Label {
    let takes_away = |near: &&Near| matches!(near.misfit, Misfit::Denied | Misfit::Undelegated) && !near.span.is_none();
    match missing.near.iter().find(takes_away) {
        Some(near) => Label::new(near.span, near_label(near)),
        None => Label::new(role.name_span, format!("this role does not allow {}", quoted(names))),
    }
}

fn push(related: &mut Vec<Label>, primary: &Label, span: Span, text: String) {
    if !span.is_none() && span != primary.span && related.iter().all(|l| l.span != span) {
        related.push(Label::new(span, text));
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

fn quoted(names: &[&str]) -> String {
    list(&names.iter().map(|n| format!("`{n}`")).collect::<Vec<_>>())
}

/// `on …`, where all missing calls are on one thing that can be named.
fn targets(missing: &Missing) -> String {
    let mut arns = missing.needs.iter().map(|need| match &need.target {
        Target::Arn(arn) if !is_open(arn) => Some(arn),
        _ => None,
    });
    match arns.next().flatten() {
        Some(first) if arns.all(|a| a == Some(first)) => format!(" on `{first:#}`"),
        _ => String::new(),
    }
}

fn is_open(arn: &Text) -> bool {
    arn.holes().is_some_and(|parts| parts.iter().any(|p| matches!(p, Part::Unknown(u) if u.identity.is_none())))
}

/// Which policies were looked into.
pub(crate) fn policies_checked(read: &[&str]) -> String {
    if read.is_empty() { "the role has no policies".to_owned() } else { format!("policies checked: {}", some(read)) }
}

/// Why what looks like a grant is none.
fn cause(missing: &Missing) -> Option<String> {
    let first = missing.near.first()?;
    let same: Vec<&str> = {
        let of_first = |name: &&str| missing.near.iter().any(|n| n.action == **name && n.misfit == first.misfit);
        actions(missing).into_iter().filter(of_first).collect()
    };
    let rest: Vec<&str> = actions(missing).into_iter().filter(|name| !same.contains(name)).collect();
    let what = quoted(&same);
    let mut out = match &first.misfit {
        Misfit::Denied => format!("is denied {what} by {}", first.policy),
        Misfit::Resource(on) => format!("allows {what} only on {on}, not{}", or_there(&targets(missing))),
        Misfit::Condition(key) => format!("allows {what} only under a condition on `{key}`, which the call does not meet"),
        Misfit::Boundary => format!("allows {what}, but its permissions boundary ({}) does not", first.policy),
        Misfit::Undelegated => {
            format!("allows {what}, which counts for nothing: {} does not let the policies of roles decide", first.policy)
        }
    };
    if !rest.is_empty() {
        out.push_str(&format!(", and lacks {}", quoted(&rest)));
    }
    Some(out)
}

fn or_there(target: &str) -> String {
    if target.is_empty() { " on what is called".to_owned() } else { target.to_owned() }
}

fn near_label(near: &Near) -> String {
    let what = &near.action;
    match &near.misfit {
        Misfit::Denied => format!("{} denies `{what}` here", near.policy),
        Misfit::Resource(on) => format!("`{what}` is allowed on {on} only"),
        Misfit::Condition(key) => format!("`{what}` is allowed under a condition on `{key}` only"),
        Misfit::Boundary => format!("the permissions boundary, {}, leaves out `{what}`", near.policy),
        Misfit::Undelegated => format!("{} names neither the role nor the account as a whole", near.policy),
    }
}

fn help(graph: &Graph<'_>, demand: &Demand, role: &Resource, missing: &Missing) -> Help {
    let names = quoted(&actions(missing));
    if let Some(near) = missing.near.iter().find(|n| n.misfit == Misfit::Denied) {
        let text = format!("take {names} out of the Deny in {}; Allow statements cannot outweigh it", near.policy);
        return Help { text, code: String::new() };
    }
    if let Some(near) = missing.near.iter().find(|n| n.misfit == Misfit::Boundary) {
        return Help { text: format!("allow {names} in the permissions boundary, {}, too", near.policy), code: String::new() };
    }
    if let Some(near) = missing.near.iter().find(|n| n.misfit == Misfit::Undelegated) {
        let text = format!("allow {names} to role `{}`, or to the account as a whole (`…:root`), in {}", role.address, near.policy);
        return Help { text, code: String::new() };
    }
    let subject = graph.resource(demand.subject);
    let statements = statements(graph, subject, missing);
    match (&role.origin, mend::dialect(graph)) {
        (Some(origin), Dialect::Yaml) => {
            let code = format!("Policies:\n  - Statement:\n{}", yaml(&statements, 6));
            Help { text: format!("add to the function that the role is for ({origin}):"), code }
        }
        (_, dialect) => Help { text: format!("grant it to role `{}`:", role.address), code: code(dialect, subject, role, &statements) },
    }
}

/// Resource (an expression of the language) and the actions on it.
fn statements<'m>(graph: &Graph<'_>, subject: &Resource, missing: &'m Missing) -> Vec<(String, Vec<&'m str>)> {
    let mut out: Vec<(String, Vec<&str>)> = Vec::new();
    for need in &missing.needs {
        let resource = match (&need.target, mend::dialect(graph)) {
            (Target::Arn(arn), Dialect::Terraform) if !is_open(arn) => mend::source_arn(graph, subject, arn),
            (Target::Arn(arn), Dialect::Yaml) if !is_open(arn) => mend::yaml_text(&mend::source_arn(graph, subject, arn)),
            (Target::Arn(arn), Dialect::Json) if !is_open(arn) => {
                format!("{{ \"Fn::Sub\": \"{}\" }}", mend::source_arn(graph, subject, arn))
            }
            _ => "\"*\"".to_owned(),
        };
        match out.iter_mut().find(|(r, _)| *r == resource) {
            Some((_, actions)) if actions.contains(&need.action.as_str()) => {}
            Some((_, actions)) => actions.push(&need.action),
            None => out.push((resource, vec![&need.action])),
        }
    }
    out
}

fn yaml(statements: &[(String, Vec<&str>)], indent: usize) -> String {
    let pad = " ".repeat(indent);
    let one = |(resource, actions): &(String, Vec<&str>)| {
        format!("{pad}- Effect: Allow\n{pad}  Action: [{}]\n{pad}  Resource: {resource}", actions.join(", "))
    };
    statements.iter().map(one).collect::<Vec<_>>().join("\n")
}

fn quoted_list(actions: &[&str]) -> String {
    actions.iter().map(|a| format!("\"{a}\"")).collect::<Vec<_>>().join(", ")
}

fn code(dialect: Dialect, subject: &Resource, role: &Resource, statements: &[(String, Vec<&str>)]) -> String {
    let name = mend::new_name(dialect, &[mend::label(role), mend::label(subject)]);
    let json = |(resource, actions): &(String, Vec<&str>)| {
        format!("{{ \"Effect\": \"Allow\", \"Action\": [{}], \"Resource\": {resource} }}", quoted_list(actions))
    };
    let hcl = |(resource, actions): &(String, Vec<&str>)| {
        format!("      {{ Effect = \"Allow\", Action = [{}], Resource = {resource} }}", quoted_list(actions))
    };
    match dialect {
        Dialect::Terraform => format!(
            "resource \"aws_iam_role_policy\" \"{name}\" {{\n  role = {}.id\n  policy = jsonencode({{\n    Version = \"2012-10-17\"\n    Statement = [\n{}\n    ]\n  }})\n}}",
            mend::local_address(role),
            statements.iter().map(hcl).collect::<Vec<_>>().join(",\n"),
        ),
        Dialect::Yaml => format!(
            "{}:\n  Type: AWS::IAM::Role\n  Properties:\n    Policies:\n      - PolicyName: {name}\n        PolicyDocument:\n          Version: \"2012-10-17\"\n          Statement:\n{}",
            role.address,
            yaml(statements, 12),
        ),
        Dialect::Json => format!(
            "\"{}\": {{\n  \"Type\": \"AWS::IAM::Role\",\n  \"Properties\": {{\n    \"Policies\": [{{ \"PolicyName\": \"{name}\", \"PolicyDocument\": {{ \"Version\": \"2012-10-17\", \"Statement\": [\n      {}\n    ] }} }}]\n  }}\n}}",
            role.address,
            statements.iter().map(json).collect::<Vec<_>>().join(",\n      "),
        ),
    }
}
