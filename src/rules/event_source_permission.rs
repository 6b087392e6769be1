//! `event-source-permission`: a service is told to call a function that no permission lets it call.

use super::Sink;
use super::support::{mend, misfit};
use crate::finding::{Finding, Help, Label, Severity, Undecided};
use crate::graph::Graph;
use crate::graph::functions::FunctionRef;
use crate::graph::permissions::{Coverage, Misfit, Near};
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
        let Some((target, coverage)) = found.coverage(graph) else {
            let reason = found.value.first_unknown().map_or_else(|| "the function is not known".to_owned(), |h| h.message());
            sink.undecided.push(undecided(reason));
            continue;
        };
        match coverage {
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
        let why = explain(graph, near, found, target);
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
        message: message.into(),
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
    let presented = found.source.as_ref().map(Text::to_string).unwrap_or_default();
    misfit::explain(graph, near, target, &service, |pattern| format!("has the source ARN `{pattern}`; the service presents `{presented}`"))
}
