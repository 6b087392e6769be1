//! `event-source-permission`: a service is told to call a function that no permission lets it call.

use super::Sink;
use super::support::{mend, misfit};
use crate::finding::{Finding, Help, Label, Message, Severity, Undecided};
use crate::gap::Gap;
use crate::graph::Graph;
use crate::graph::functions::FunctionRef;
use crate::graph::permissions::{Coverage, Misfit, Near};
use crate::graph::roles::RoleRef;
use crate::graph::triggers::Use;
use crate::iam::{Caller, Grant, Need};
use crate::source::Span;
use crate::text::Answer;
use crate::value::{Str, Text};

const RULE: &str = "event-source-permission";

/// Checks every trigger of the unit.
pub fn check(graph: &Graph<'_>, sink: &mut Sink) {
    let (uses, gaps) = graph.triggers();
    for (resource, gap) in gaps {
        let reason = format!("it may call more functions than are seen: {}", gap.reason);
        sink.gap(graph, RULE, resource, &Gap::new(reason, gap.cause));
    }
    for found in uses {
        let resource = graph.resource(found.resource);
        let undecided = |reason: String| Undecided {
            rule: RULE,
            address: resource.address.clone(),
            span: found.value.span,
            reason,
            cause: found.value.span,
        };
        let Some((target, coverage)) = found.coverage(graph) else {
            let reason = found.value.first_unknown().map_or_else(|| "the function is not known".to_owned(), |h| h.message());
            // What is not known and may be no function at all is as good as any.
            let list = if found.only_functions { &mut sink.undecided } else { &mut sink.unlisted };
            list.push(undecided(reason));
            continue;
        };
        let by_role = role(graph, &found, &target);
        match coverage {
            _ if matches!(by_role, ByRole::Granted) => {}
            // Whether EventBridge falls back on the function's policy where the role does not do is not documented.
            Coverage::Covered(_) => {
                if let ByRole::Refused(role, why) = by_role {
                    let reason =
                        format!("whether EventBridge falls back on the permission is not known: the target has role `{role}`, which {why}");
                    sink.undecided.push(Undecided { cause: found.role.span, ..undecided(reason) });
                }
            }
            Coverage::Uncovered(_) if let ByRole::Unknown(reason, cause) = by_role => {
                sink.undecided.push(Undecided { cause, ..undecided(reason) });
            }
            Coverage::Unknown(reason, cause) => sink.undecided.push(Undecided { cause, ..undecided(reason) }),
            Coverage::Uncovered(near) => match is_here(graph, &target, near.as_ref()) {
                true => sink.findings.push(finding(graph, &found, &target, near.as_ref(), &by_role)),
                false => sink.undecided.push(undecided(format!("`{target}` is not declared here, so its permissions may be elsewhere"))),
            },
        }
    }
}

/// What the role that a target has for the call says of it.
enum ByRole {
    /// There is none.
    None,
    /// The service may assume it, and it may invoke the function.
    Granted,
    /// One of the two is not so: the role and why.
    Refused(Str, String),
    /// Cannot be told: why, and the place that would.
    Unknown(String, Span),
}

/// Since 2025 rules take roles for functions too (Amazon EventBridge User Guide, "Using an execution role with targets").
fn role(graph: &Graph<'_>, found: &Use, target: &FunctionRef) -> ByRole {
    let mut out = ByRole::None;
    if found.role.is_null() {
        return out;
    }
    for (guard, role) in graph.roles_of(&found.role) {
        let role = match role {
            RoleRef::Outside(reason, cause) => return ByRole::Unknown(reason, cause),
            RoleRef::Unit(role) => role,
        };
        let address = graph.resource(role).address.clone();
        let trust = graph.trusts(role, found.trigger.principals[0]);
        let arn = graph.names.text(&found.value).unwrap_or_default();
        let grant = graph.missing_actions(role, &[Need::on("lambda:InvokeFunction", arn, Caller::Function)], &guard);
        match (trust.answer, grant) {
            (Answer::No, _) => return ByRole::Refused(address, format!("{} may not assume", found.trigger.principals[0])),
            (_, Grant::Missing(_)) => return ByRole::Refused(address, format!("does not allow lambda:InvokeFunction on `{target}`")),
            (Answer::Maybe, _) => out = ByRole::Unknown(trust.reason, trust.span),
            (_, Grant::Unknown(gap)) => out = ByRole::Unknown(gap.reason, gap.span),
            (Answer::Yes, Grant::Granted) if matches!(out, ByRole::None) => out = ByRole::Granted,
            (Answer::Yes, Grant::Granted) => {}
        }
    }
    out
}

/// Whether this unit is where the target's permissions are.
fn is_here(graph: &Graph<'_>, target: &FunctionRef, near: Option<&Near>) -> bool {
    let declared = graph.functions.function(target).is_some();
    let qualified = target.qualifier.is_none() || graph.functions.alias(target).is_some();
    declared && (qualified || near.is_some_and(|n| matches!(n.misfit, Misfit::Qualifier(_) | Misfit::SourceArn(_))))
}

fn finding(graph: &Graph<'_>, found: &Use, target: &FunctionRef, near: Option<&Near>, by_role: &ByRole) -> Finding {
    let resource = graph.resource(found.resource);
    let trigger = found.trigger;
    let mut message = Message::new(format!("no permission lets {} invoke `{target}` for `{}`", trigger.principals[0], resource.address))
        .under(&found.presence)
        .note(trigger.consequence);
    let mut related = Vec::new();
    if let ByRole::Refused(role, why) = by_role {
        message = message.note(format!("neither does its role `{role}`, which {why}"));
        related.push(Label::new(found.role.span.or(resource.name_span), "the role that is to call it"));
    }
    if let Some(id) = graph.functions.alias(target).or(graph.functions.function(target)) {
        related.push(Label::new(graph.resource(id).name_span, "the function that is called"));
    }
    if let Some(near) = near.filter(|n| !matches!(n.misfit, Misfit::Function(_))) {
        let why = explain(graph, near, found, target);
        message = message.note(format!("the nearest permission, `{}`, {why}", graph.resource(near.permission).address));
        related.push(Label::new(near.span, why));
    }
    let dialect = mend::dialect(graph);
    let name = mend::new_name(dialect, &[&resource.address.replace('.', "_"), "permission"]);
    let source = found.source.as_ref().map(|arn| mend::source_arn(graph, resource, arn));
    let code = mend::permission(graph, &name, target, trigger.principals[0], source.as_deref());
    let order = if trigger.validated { " (and let the trigger depend on it, since AWS checks it when the trigger is made)" } else { "" };
    Finding {
        rule: RULE,
        severity: Severity::Error,
        message,
        primary: Label::new(found.value.span.or(resource.name_span), format!("{} calls `{target}`", trigger.name)),
        related,
        flow: Vec::new(),
        help: Some(Help { text: format!("let the service invoke `{target}`{order}:"), code }),
        address: resource.address.clone(),
        key: target.to_string().into(),
    }
}

fn explain(graph: &Graph<'_>, near: &Near, found: &Use, target: &FunctionRef) -> String {
    let service = misfit::Service { principal: found.trigger.principals[0], name: "this service", occasion: "trigger" };
    let presented = found.source.as_ref().map(Text::words).unwrap_or_default();
    misfit::explain(graph, near, target, &service, |pattern| format!("has the source ARN `{pattern}`; the service presents `{presented}`"))
}
