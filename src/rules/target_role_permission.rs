//! `target-role-permission`: the target of a rule or schedule needs a role that it does not have, or that does not allow the call.

use super::Sink;
use super::support::place::{further, severity};
use super::support::role::{self, Demand};
use crate::finding::{Finding, Help, Label, Message, Severity, Undecided};
use crate::graph::Graph;
use crate::graph::service_targets::ServiceTarget;
use crate::model::read;
use crate::rules::support::mend::{Dialect, dialect};
use crate::value::Guard;

const RULE: &str = "target-role-permission";

/// Checks every target of a rule or schedule that is called with a role.
pub fn check(graph: &Graph<'_>, sink: &mut Sink) {
    for target in graph.service_targets() {
        let target = match target {
            Ok(target) => target,
            // What is not known may be a function, which needs none.
            Err((resource, gap)) => {
                let resource = graph.resource(resource);
                let (address, span) = (resource.address.clone(), resource.name_span);
                sink.unlisted.push(Undecided { rule: RULE, address, span, reason: gap.reason, cause: gap.cause });
                continue;
            }
        };
        for (inner, role) in target.role.alternatives() {
            let Some(guard) = target.presence.and(&inner) else { continue };
            match role.is_null() {
                true if target.kind.required && !target.schedule => sink.findings.push(without(graph, &target, &guard)),
                true => {}
                false => called(graph, &target, &role, guard, sink),
            }
        }
    }
}

fn called(graph: &Graph<'_>, target: &ServiceTarget, role: &crate::value::Value, guard: Guard, sink: &mut Sink) {
    let resource = graph.resource(target.resource);
    let arn = graph.names.text(&target.value).unwrap_or_default();
    let needs = target.needs(&arn);
    if needs.is_empty() {
        return;
    }
    let what = if target.schedule { "schedule" } else { "rule" };
    // Whether EventBridge falls back on the policy of a queue or topic is not documented.
    let severity = if target.kind.required || target.schedule { Severity::Error } else { Severity::Warning };
    let on = match target.kind.name {
        "queue" | "topic" | "Kinesis stream" => role::policies_on(graph, target.resource, &target.value, &arn),
        "function" => role::permissions_on(graph, &target.value, &arn),
        _ => Default::default(),
    };
    let takes = matches!(target.kind.name, "queue" | "topic" | "Kinesis stream" | "delivery stream" | "API destination");
    let demand = Demand {
        rule: RULE,
        severity,
        subject: target.resource,
        key: target.value.to_string().into(),
        role: role.clone(),
        guard,
        needs,
        on,
        consequence: Message::new(match takes {
            true => format!("`{}` sends nothing to its {}", resource.address, target.kind.name),
            false => format!("`{}` never starts its {}", resource.address, target.kind.name),
        })
        .note(format!("the {what} counts a failed invocation, and nothing else tells of it")),
        cause: Label::new(
            target.value.span.or(resource.name_span),
            format!("the {} that it {}", target.kind.name, if takes { "sends to" } else { "starts" }),
        ),
    };
    role::check(graph, &demand, sink);
}

fn without(graph: &Graph<'_>, target: &ServiceTarget, guard: &Guard) -> Finding {
    let (resource, name) = (graph.resource(target.resource), target.kind.name);
    let mut message = Message::new(format!("`{}` cannot be created: its {name} needs a role", resource.address))
        .under(&further(resource, guard))
        .note("EventBridge refuses the target: \"RoleArn is required for target …\"");
    let mut related = Vec::new();
    // A rule's own role is for buses of other accounts.
    let own = read(&resource.attributes, "RoleArn");
    if !own.is_null() {
        message = message.note("the rule's own role is not used for its targets");
        related.push(Label::new(own.span.or(resource.name_span), "the role of the rule"));
    }
    let code = match dialect(graph) {
        Dialect::Terraform => "role_arn = …",
        Dialect::Yaml => "RoleArn: …",
        Dialect::Json => "\"RoleArn\": …",
    };
    let calls = target.kind.actions.first().map_or(String::new(), |action| format!(" and that allows {action} on it"));
    let text = format!("give the target a role that {} may assume{calls} (`{code}`)", target.principal);
    Finding {
        rule: RULE,
        severity: severity(guard, Severity::Error),
        message,
        primary: Label::new(target.value.span.or(resource.name_span), format!("a {name} as target, without a role")),
        related,
        flow: Vec::new(),
        help: Some(Help { text, code: String::new() }),
        address: resource.address.clone(),
        key: target.value.to_string().into(),
    }
}
