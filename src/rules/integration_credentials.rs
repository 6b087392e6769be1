//! `integration-credentials`: an API calls a function with a role that may not invoke it, or that API Gateway may not assume.

use std::sync::Arc;

use super::Sink;
use super::support::role::{self, Demand};
use super::support::stages;
use crate::finding::{Finding, Help, Label, Message, Severity};
use crate::graph::Graph;
use crate::graph::apis::{Api, ApiKind, ApiStage, Call};
use crate::graph::functions::FunctionRef;
use crate::graph::invocations::{Target, variables_of};
use crate::graph::roles::RoleRef;
use crate::graph::services::ServiceUse;
use crate::iam::{Caller, Need, ResourceSet};
use crate::source::Span;
use crate::text::{self, Answer};
use crate::value::{Guard, ResourceId, Text, Value, format_smolstr};

const RULE: &str = "integration-credentials";
const SERVICE: &str = "apigateway.amazonaws.com";

/// A target and the stages on which a call invokes it.
struct OnStages {
    target: FunctionRef,
    stages: Vec<String>,
    guard: Guard,
}

/// Checks every call that is made with a role.
pub fn check(graph: &Graph<'_>, sink: &mut Sink) {
    for api in &graph.apis.all {
        for call in api.calls.iter().filter(|call| is_role(graph, &call.credentials)) {
            let targets = match targets(graph, api, call) {
                Ok(targets) if targets.is_empty() => continue,
                Ok(targets) => targets,
                Err((reason, cause)) => {
                    role::undecided(graph, RULE, call.resource, reason, cause, sink);
                    continue;
                }
            };
            if check_trust(graph, call, "the function", sink) {
                targets.iter().for_each(|target| check_target(graph, call, target, sink));
            }
        }
        check_services(graph, api, sink);
    }
}

/// Checks the calls of services other than Lambda.
fn check_services(graph: &Graph<'_>, api: &Api, sink: &mut Sink) {
    for call in &api.calls {
        for (guard, uri) in call.uri.alternatives() {
            let present = call.presence.and(&guard);
            if let (Some(guard), Some(used)) = (present, graph.service_use(call, &uri)) {
                check_service(graph, api, call, &used, &guard, sink);
            }
        }
    }
    for service in &api.services {
        if let Some(hole) = service.subtype.first_unknown() {
            role::undecided(graph, RULE, service.call.resource, hole.message(), service.subtype.span, sink);
            continue;
        }
        check_service(graph, api, &service.call, &graph.subtype_use(service), &service.call.presence, sink);
    }
}

fn check_service(graph: &Graph<'_>, api: &Api, call: &Call, used: &ServiceUse, guard: &Guard, sink: &mut Sink) {
    if call.credentials.is_null() || call.credentials.as_str() == Some("") {
        return check_absent(graph, api, call, used, sink);
    }
    if !is_role(graph, &call.credentials) || !check_trust(graph, call, &format!("`{}`", used.shown), sink) {
        return;
    }
    let resource = graph.resource(call.resource);
    if used.needs.is_empty() {
        // Which action it takes is not known: the role's trust is all that can be asked.
        if let Some((_, RoleRef::Outside(reason, cause))) = graph.roles_of(&call.credentials).into_iter().next() {
            role::undecided(graph, RULE, call.resource, reason, cause, sink);
        }
        return;
    }
    let place = call.credentials.span.or(resource.name_span);
    let demand = Demand {
        rule: RULE,
        severity: Severity::Error,
        subject: call.resource,
        key: format_smolstr!("{} {}", call.shown(), used.shown),
        role: call.credentials.clone(),
        guard: guard.clone(),
        needs: vec![used.needs.clone()],
        on: policies_of_service(graph, call, used),
        consequence: format!("`{}` fails with AccessDenied when it calls `{}`", call.shown(), used.shown).into(),
        cause: Label::new(place, format!("`{}` calls `{}` with this role", call.shown(), used.shown)),
    };
    role::check(graph, &demand, sink);
}

/// Services whose resources have no policies of their own.
const WITHOUT_POLICIES: [&str; 4] = ["states", "ssm", "firehose", "appconfig"];

fn policies_of_service(graph: &Graph<'_>, call: &Call, used: &ServiceUse) -> Arc<ResourceSet> {
    let service = used.needs.first().and_then(|need| need.action.split(':').next()).unwrap_or_default();
    match &used.target {
        _ if WITHOUT_POLICIES.contains(&service) => Arc::default(),
        Some((value, arn)) => role::policies_on(graph, call.resource, value, arn),
        None => {
            let reason = "only the request says what is called, and the policy of that may let the role in".to_owned();
            role::unseen(reason, call.uri.span)
        }
    }
}

/// A service is called with a role only; what WebSocket APIs do without one is not documented well enough for a verdict.
fn check_absent(graph: &Graph<'_>, api: &Api, call: &Call, used: &ServiceUse, sink: &mut Sink) {
    let resource = graph.resource(call.resource);
    let (severity, consequence) = match api.kind {
        ApiKind::Rest => (Severity::Error, "the deploy fails with \"Role ARN must be specified for AWS integrations\""),
        ApiKind::Http => (Severity::Warning, "every call fails"),
        ApiKind::WebSocket => {
            let reason = format!("whether a WebSocket API may call `{}` without a role is not known", used.shown);
            return role::undecided(graph, RULE, call.resource, reason, call.uri.span, sink);
        }
    };
    sink.findings.push(Finding {
        rule: RULE,
        severity,
        message: Message::new(format!("`{}` has no role to call `{}` with", call.shown(), used.shown)).note(consequence),
        primary: Label::new(call.uri.span.or(resource.name_span), "has no credentials"),
        related: Vec::new(),
        flow: Vec::new(),
        help: Some(Help {
            text: format!("give the integration a role that `{SERVICE}` may assume and that allows the call"),
            code: String::new(),
        }),
        address: resource.address.clone(),
        key: call.shown().into(),
    });
}

/// Without credentials a permission is needed; with `arn:aws:iam::*:user/*` the caller's own credentials are passed on.
fn is_role(graph: &Graph<'_>, credentials: &Value) -> bool {
    let absent = credentials.is_null() || credentials.as_str() == Some("");
    !absent && !graph.names.text(credentials).is_some_and(|text| text::contains(&text, ":user/"))
}

/// What a call invokes, stage by stage.
fn targets(graph: &Graph<'_>, api: &Api, call: &Call) -> Result<Vec<OnStages>, (String, Span)> {
    let anywhere = ApiStage {
        resource: call.resource,
        name: Text::literal("*"),
        variables: Value::null(Span::NONE),
        overrides: Value::null(Span::NONE),
        presence: Guard::always(),
    };
    let declared = !api.stages.is_empty();
    if !declared && !variables_of(graph, &call.uri).is_empty() {
        return Err(("no stage of the API is declared here, so its stage variables are not known".to_owned(), call.uri.span));
    }
    let all = if declared { api.stages.as_slice() } else { std::slice::from_ref(&anywhere) };
    let mut out: Vec<OnStages> = Vec::new();
    for (guard, uri) in call.uri.alternatives() {
        // Which policy Lambda evaluates for an explicit `$LATEST` is not documented.
        if graph.names.text(&uri).is_some_and(|text| text::contains(&text, "$LATEST")) {
            return Err(("the URI names `$LATEST`".to_owned(), uri.span));
        }
        for stage in all {
            for canary in [false, true].into_iter().filter(|canary| !canary || stage.has_canary()) {
                let target = match graph.target(api, &uri, stage, canary) {
                    Target::Function(target) => target,
                    Target::Unknown(reason, cause) => return Err((reason, cause)),
                    Target::Other | Target::Undefined(_) | Target::Invalid(_) => continue,
                };
                let Some(guard) = call.presence.and(&stage.presence).and_then(|g| g.and(&guard)) else { continue };
                let shown = declared.then(|| stage.shown(canary));
                match out.iter_mut().find(|o| o.target == target && o.guard == guard) {
                    Some(same) => same.stages.extend(shown),
                    None => out.push(OnStages { target, stages: shown.into_iter().collect(), guard }),
                }
            }
        }
    }
    Ok(out)
}

/// Whether the role's own policies are worth a look: they are not where API Gateway may not assume it.
fn check_trust(graph: &Graph<'_>, call: &Call, called: &str, sink: &mut Sink) -> bool {
    let mut trusted = true;
    for (_, found) in graph.roles_of(&call.credentials) {
        let RoleRef::Unit(id) = found else { continue };
        let trust = graph.trusts(id, SERVICE);
        match trust.answer {
            Answer::Yes => {}
            Answer::Maybe => role::undecided(graph, RULE, call.resource, trust.reason, trust.span, sink),
            Answer::No => {
                trusted = false;
                sink.findings.push(untrusted(graph, call, called, id, trust.span));
            }
        }
    }
    trusted
}

fn untrusted(graph: &Graph<'_>, call: &Call, called: &str, id: ResourceId, span: Span) -> Finding {
    let (resource, role) = (graph.resource(call.resource), graph.resource(id));
    Finding {
        rule: RULE,
        severity: Severity::Error,
        message: Message::new(format!("`{}` answers HTTP 500", call.shown()))
            .because(format!("API Gateway may not assume role `{}`", role.address))
            .note(format!("API Gateway calls {called} with it, and its trust policy does not let `{SERVICE}` assume it")),
        primary: Label::new(span, format!("does not let `{SERVICE}` assume the role")),
        related: vec![Label::new(call.credentials.span.or(resource.name_span), "the integration calls with this role")],
        flow: Vec::new(),
        help: Some(Help {
            text: match called {
                "the function" => {
                    format!("let `{SERVICE}` assume the role, or drop the credentials and permit the call with a Lambda permission")
                }
                _ => format!("let `{SERVICE}` assume the role"),
            },
            code: String::new(),
        }),
        address: resource.address.clone(),
        key: call.shown().into(),
    }
}

fn check_target(graph: &Graph<'_>, call: &Call, on: &OnStages, sink: &mut Sink) {
    let resource = graph.resource(call.resource);
    let arn = function_arn(graph, call, &on.target);
    let place = if on.stages.is_empty() { String::new() } else { format!(" on {}", stages(&on.stages)) };
    let value = call.uri.clone();
    // API Gateway calls as the role: the permissions that name no service may let it in.
    let policies = match graph.functions.function(&on.target) {
        Some(_) => role::permissions_on(graph, &value, &arn),
        None => Arc::default(),
    };
    let demand = Demand {
        rule: RULE,
        severity: Severity::Error,
        subject: call.resource,
        key: format_smolstr!("{} {}", call.shown(), on.target),
        role: call.credentials.clone(),
        guard: on.guard.clone(),
        needs: vec![vec![Need::on("lambda:InvokeFunction", arn, Caller::Function)]],
        on: policies,
        consequence: Message::new(format!("`{}`{place} answers HTTP 500", call.shown()))
            .note(format!("API Gateway invokes `{}` with the role of the integration", on.target)),
        cause: Label::new(
            call.credentials.span.or(resource.name_span),
            format!("`{}` invokes `{}` with this role", call.shown(), on.target),
        ),
    };
    role::check(graph, &demand, sink);
}

/// The ARN that the role must be allowed to invoke: with the qualifier, where the target has one.
fn function_arn(graph: &Graph<'_>, call: &Call, target: &FunctionRef) -> Text {
    let lit = Text::literal;
    let colon = lit(":");
    let resource = graph.resource(call.resource);
    let account = target.account.clone().unwrap_or_else(|| graph.names.account_of(resource));
    let region = target.region.clone().unwrap_or_else(|| graph.names.region(resource));
    let mut parts = vec![lit("arn:"), graph.names.partition().clone(), lit(":lambda:"), region, colon.clone(), account, lit(":function:")];
    parts.push(target.name.clone());
    if let Some(qualifier) = &target.qualifier {
        parts.extend([colon, qualifier.clone()]);
    }
    Text::concat(&parts)
}
