//! `stage-variable-undefined`: a stage does not define a stage variable that its API uses.

use super::Sink;
use crate::finding::{Finding, Help, Label, Severity, Undecided};
use crate::graph::Graph;
use crate::graph::apis::{Api, ApiStage, Call, Variable};
use crate::graph::invocations::variables_of;
use crate::rules::support::mend::{Dialect, dialect};
use crate::source::Span;
use crate::value::{Kind, Str};

const RULE: &str = "stage-variable-undefined";

/// Checks every stage of every API that uses stage variables.
pub fn check(graph: &Graph<'_>, sink: &mut Sink) {
    for api in &graph.apis.all {
        let uses = uses(graph, api);
        if uses.is_empty() {
            continue;
        }
        if api.stages.is_empty() {
            let (_, call, span) = &uses[0];
            let address = graph.resource(call.resource).address.clone();
            let reason = "no stage of the API is declared here, so its stage variables are not known".to_owned();
            sink.undecided.push(Undecided { rule: RULE, address, span: *span, reason, cause: *span });
        }
        for stage in &api.stages {
            check_stage(graph, stage, &uses, sink);
        }
    }
}

/// Each variable that the API uses, with the first call that uses it.
fn uses<'a>(graph: &Graph<'_>, api: &'a Api) -> Vec<(Str, &'a Call, Span)> {
    let mut out: Vec<(Str, &Call, Span)> = Vec::new();
    for call in &api.calls {
        for value in [&call.uri, &call.credentials] {
            for name in variables_of(graph, value) {
                if !out.iter().any(|(n, ..)| *n == name) {
                    out.push((name, call, value.span));
                }
            }
        }
    }
    out
}

fn check_stage(graph: &Graph<'_>, stage: &ApiStage, uses: &[(Str, &Call, Span)], sink: &mut Sink) {
    let resource = graph.resource(stage.resource);
    for (name, call, span) in uses {
        match stage.variable(name, false) {
            Variable::Set(_) => {}
            Variable::Unknown(reason, cause) => {
                let reason = format!("whether the stage defines `{name}` is not known: {reason}");
                sink.undecided.push(Undecided { rule: RULE, address: resource.address.clone(), span: resource.name_span, reason, cause });
            }
            Variable::Undefined if call.presence.and(&stage.presence).is_none() => {}
            Variable::Undefined => sink.findings.push(finding(graph, stage, name, call, *span)),
        }
    }
}

fn finding(graph: &Graph<'_>, stage: &ApiStage, name: &Str, call: &Call, span: Span) -> Finding {
    let resource = graph.resource(stage.resource);
    let empty = match &stage.variables.kind {
        Kind::Map(map) => map.entries.get(name),
        _ => None,
    };
    let place = match empty {
        Some(value) => value.span.or(stage.variables.span),
        None if stage.variables.is_null() => resource.name_span,
        None => stage.variables.span,
    };
    let (lack, label) = match empty {
        Some(_) => (format!("leaves the variable `{name}` empty"), format!("stage `{}` leaves `{name}` empty", stage.name)),
        None => (format!("does not define the variable `{name}`"), format!("stage `{}` has no `{name}`", stage.name)),
    };
    let code = code(dialect(graph), &resource.kind, name);
    let uses = format!("`{}` uses `${{stageVariables.{name}}}`", call.shown());
    Finding {
        rule: RULE,
        severity: Severity::Error,
        message: format!(
            "calls of `{}` on stage `{}` fail with HTTP 500: the stage {lack}, so no valid function name results",
            call.shown(),
            stage.name
        ),
        primary: Label::new(place.or(resource.name_span), label.clone()),
        related: vec![Label::new(span, uses.clone())],
        flow: vec![Label::new(span, uses), Label::new(place.or(resource.name_span), label)],
        help: Some(Help { text: format!("give `{name}` a value on stage `{}`:", stage.name), code }),
        address: resource.address.clone(),
        key: format!("{} {name}", stage.name).into(),
    }
}

/// The variable with a gap for its value, in the stage's own property.
fn code(dialect: Dialect, kind: &str, name: &str) -> String {
    match (dialect, kind) {
        (Dialect::Terraform, "aws_apigatewayv2_stage") => format!("stage_variables = {{\n  {name} = \"…\"\n}}"),
        (Dialect::Terraform, _) => format!("variables = {{\n  {name} = \"…\"\n}}"),
        (Dialect::Yaml, "AWS::ApiGatewayV2::Stage") => format!("StageVariables:\n  {name}: …"),
        (Dialect::Yaml, "AWS::ApiGateway::Deployment") => format!("StageDescription:\n  Variables:\n    {name}: …"),
        (Dialect::Yaml, _) => format!("Variables:\n  {name}: …"),
        (Dialect::Json, "AWS::ApiGatewayV2::Stage") => format!("\"StageVariables\": {{ \"{name}\": \"…\" }}"),
        (Dialect::Json, "AWS::ApiGateway::Deployment") => {
            format!("\"StageDescription\": {{ \"Variables\": {{ \"{name}\": \"…\" }} }}")
        }
        (Dialect::Json, _) => format!("\"Variables\": {{ \"{name}\": \"…\" }}"),
    }
}
