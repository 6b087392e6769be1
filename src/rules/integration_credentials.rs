//! `integration-credentials`: an API calls a function with a role that may not invoke it, or that API Gateway may not assume.

use super::Sink;
use super::support::role::{self, Demand, ResourcePolicies};
use super::support::stages;
use crate::finding::{Finding, Help, Label, Severity};
use crate::graph::Graph;
use crate::graph::apis::{Api, ApiStage, Call};
use crate::graph::functions::FunctionRef;
use crate::graph::invocations::{Target, variables_of};
use crate::graph::roles::RoleRef;
use crate::iam::{Caller, Need};
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
            if check_trust(graph, call, sink) {
                targets.iter().for_each(|target| check_target(graph, call, target, sink));
            }
        }
    }
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
fn check_trust(graph: &Graph<'_>, call: &Call, sink: &mut Sink) -> bool {
    let mut trusted = true;
    for (_, found) in graph.roles_of(&call.credentials) {
        let RoleRef::Unit(id) = found else { continue };
        let trust = graph.trusts(id, SERVICE);
        match trust.answer {
            Answer::Yes => {}
            Answer::Maybe => role::undecided(graph, RULE, call.resource, trust.reason, trust.span, sink),
            Answer::No => {
                trusted = false;
                sink.findings.push(untrusted(graph, call, id, trust.span));
            }
        }
    }
    trusted
}

fn untrusted(graph: &Graph<'_>, call: &Call, id: ResourceId, span: Span) -> Finding {
    let (resource, role) = (graph.resource(call.resource), graph.resource(id));
    Finding {
        rule: RULE,
        severity: Severity::Error,
        message: format!(
            "`{}` answers HTTP 500: API Gateway calls the function with role `{}`, whose trust policy does not let `{SERVICE}` assume it",
            call.shown(),
            role.address
        ),
        primary: Label::new(span, format!("does not let `{SERVICE}` assume the role")),
        related: vec![Label::new(call.credentials.span.or(resource.name_span), "the integration calls with this role")],
        flow: Vec::new(),
        help: Some(Help {
            text: format!("let `{SERVICE}` assume the role, or drop the credentials and permit the call with a Lambda permission"),
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
    // Only the permissions that name no service count: API Gateway calls as the role.
    let policies = match role::permissions_on(graph, &value, &arn) {
        ResourcePolicies::Unseen(reason, span) if graph.functions.function(&on.target).is_some() => ResourcePolicies::Unseen(reason, span),
        _ => ResourcePolicies::None,
    };
    let demand = Demand {
        rule: RULE,
        severity: Severity::Error,
        subject: call.resource,
        key: format_smolstr!("{} {}", call.shown(), on.target),
        role: call.credentials.clone(),
        guard: on.guard.clone(),
        needs: vec![vec![Need::on("lambda:InvokeFunction", arn, Caller::Function)]],
        resource_policies: policies,
        consequence: format!(
            "`{}`{place} answers HTTP 500: API Gateway invokes `{}` with the role of the integration",
            call.shown(),
            on.target
        ),
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
    let account = target.account.clone().unwrap_or_else(|| graph.names.account().clone());
    let region = graph.names.region(graph.resource(call.resource));
    let mut parts = vec![lit("arn:"), graph.names.partition().clone(), lit(":lambda:"), region, colon.clone(), account, lit(":function:")];
    parts.push(target.name.clone());
    if let Some(qualifier) = &target.qualifier {
        parts.extend([colon, qualifier.clone()]);
    }
    Text::concat(&parts)
}
