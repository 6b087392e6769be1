//! `event-source-permission`: a service is told to call a function that no permission lets it call.

use super::Sink;
use super::support::mend;
use crate::finding::{Finding, Help, Label, Severity, Undecided};
use crate::graph::Graph;
use crate::graph::functions::FunctionRef;
use crate::graph::permissions::{CallQuestion, Coverage, Misfit, Near};
use crate::graph::triggers::Use;
use crate::value::Text;

const RULE: &str = "event-source-permission";

/// Checks every trigger of the unit.
pub fn check(graph: &Graph<'_>, sink: &mut Sink) {
    for found in graph.trigger_uses() {
        let resource = graph.resource(found.resource);
        let undecided = |reason: String| Undecided {
            rule: RULE,
            address: resource.address.clone(),
            span: found.value.span,
            reason,
            cause: found.value.span,
        };
        let Some(function) = &found.function else {
            let reason = found.value.first_unknown().map_or_else(|| "the function is not known".to_owned(), |h| h.message());
            sink.undecided.push(undecided(reason));
            continue;
        };
        let target = function.clone().without_latest();
        let sources: Vec<Text> = found.source.iter().cloned().collect();
        let question = CallQuestion {
            target: &target,
            principals: found.trigger.principals,
            sources: &sources,
            presence: &resource.presence,
            caller: &[found.resource],
        };
        match graph.coverage(&question) {
            Coverage::Covered(_) => {}
            Coverage::Unknown(reason, cause) => sink.undecided.push(Undecided { cause, ..undecided(reason) }),
            Coverage::Uncovered(near) => match is_here(graph, &target, near.as_ref()) {
                true => sink.findings.push(finding(graph, &found, &target, near.as_ref())),
                false => sink.undecided.push(undecided(format!("`{target}` is not declared here, so its permissions may be elsewhere"))),
            },
        }
    }
}

/// Whether this unit is where the target's permissions are.
fn is_here(graph: &Graph<'_>, target: &FunctionRef, near: Option<&Near>) -> bool {
    let declared = graph.functions.function(target).is_some();
    let qualified = target.qualifier.is_none() || graph.functions.alias(target).is_some();
    declared && (qualified || near.is_some_and(|n| matches!(n.misfit, Misfit::Qualifier(_) | Misfit::SourceArn(_))))
}

fn finding(graph: &Graph<'_>, found: &Use, target: &FunctionRef, near: Option<&Near>) -> Finding {
    let resource = graph.resource(found.resource);
    let trigger = found.trigger;
    let mut message =
        format!("{}: no permission lets {} invoke `{target}` for `{}`", trigger.consequence, trigger.principals[0], resource.address);
    let mut related = Vec::new();
    if let Some(id) = graph.functions.alias(target).or(graph.functions.function(target)) {
        related.push(Label::new(graph.resource(id).name_span, "the function that is called"));
    }
    if let Some(near) = near.filter(|n| !matches!(n.misfit, Misfit::Function(_))) {
        let why = explain(near, found, target);
        message.push_str(&format!(". The nearest permission, `{}`, {why}", graph.resource(near.permission).address));
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

fn explain(near: &Near, found: &Use, target: &FunctionRef) -> String {
    let presented = found.source.as_ref().map(Text::to_string).unwrap_or_default();
    match &near.misfit {
        Misfit::Condition => "exists only under a condition that excludes this trigger".to_owned(),
        Misfit::SourceArn(pattern) => format!("has the source ARN `{pattern}`; the service presents `{presented}`"),
        Misfit::SourceAccount(account) => format!("is limited to account {account}"),
        Misfit::ForeignCondition(field) => format!("has a condition on the {field}, which this service never meets"),
        Misfit::Qualifier(granted) => match &target.qualifier {
            Some(qualifier) => format!("is granted on `{granted}`; the call goes to `{qualifier}`, which has a policy of its own"),
            None => format!("is granted on `{granted}`; the call goes to the function itself"),
        },
        Misfit::Action(action) => format!("allows `{action}`, not lambda:InvokeFunction"),
        Misfit::Principal(principal) => format!("is for `{principal}`"),
        Misfit::Function(function) => format!("is for `{function}`"),
    }
}
