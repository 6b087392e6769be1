//! `stage-variable-undefined`: a stage does not define a stage variable that its API uses.

use std::collections::HashMap;

use super::Sink;
use crate::finding::{Finding, Help, Label, Message, Severity, Undecided};
use crate::gap::Gap;
use crate::graph::Graph;
use crate::graph::apis::{Api, ApiStage, Call, Variable};
use crate::graph::invocations::variables_of;
use crate::rules::support::mend::{Dialect, dialect};
use crate::source::Span;
use crate::value::Str;

const RULE: &str = "stage-variable-undefined";

/// Checks every stage of every API that uses stage variables.
pub fn check(graph: &Graph<'_>, sink: &mut Sink) {
    for api in &graph.apis.all {
        let uses = uses(graph, api);
        if uses.is_empty() {
            continue;
        }
        if api.stages.is_empty() {
            let Some((call, span)) = uses[0].1.first() else { continue };
            let address = graph.resource(call.resource).address.clone();
            let reason = "no stage of the API is declared here, so its stage variables are not known".to_owned();
            sink.undecided.push(Undecided { rule: RULE, address, span: *span, reason, cause: *span });
        }
        for stage in &api.stages {
            check_stage(graph, stage, &uses, sink);
        }
        if !api.id.may_be_own() {
            check_strays(graph, api, &uses, sink);
        }
    }
}

/// Stages of which it is not known whether they are this API's, and that lack a variable that it uses.
fn check_strays(graph: &Graph<'_>, api: &Api, uses: &[(Str, Vec<Use<'_>>)], sink: &mut Sink) {
    let strays = graph.apis.all.iter().filter(|other| other.kind == api.kind && other.id.may_be_own());
    for (other, stage) in strays.flat_map(|other| other.stages.iter().map(move |stage| (other, stage))) {
        let Some((name, _)) = uses.iter().find(|(name, _)| matches!(stage.variable(name, false), Variable::Undefined)) else { continue };
        let why = other.id.telling_hole().map_or_else(|| format!("`{:#}`", other.id), |hole| hole.message());
        let address = api.resource.map_or_else(|| api.id.words(), |id| graph.resource(id).address.to_string());
        let reason = format!("it does not define `{name}`, and whether it is a stage of `{address}` is not known: {why}");
        sink.gap(graph, RULE, stage.resource, &Gap::new(reason, graph.resource(stage.resource).name_span));
    }
}

/// A call, and the place where it names the variable.
type Use<'a> = (&'a Call, Span);

/// Each variable that the API uses, with the calls that use it.
fn uses<'a>(graph: &Graph<'_>, api: &'a Api) -> Vec<(Str, Vec<Use<'a>>)> {
    let mut out: Vec<(Str, Vec<Use<'_>>)> = Vec::new();
    let mut known: HashMap<Str, usize> = HashMap::new();
    for call in &api.calls {
        let mut own: Vec<Str> = Vec::new();
        for value in [&call.uri, &call.credentials] {
            for name in variables_of(graph, value) {
                if own.contains(&name) {
                    continue;
                }
                own.push(name.clone());
                let index = *known.entry(name.clone()).or_insert_with(|| {
                    out.push((name, Vec::new()));
                    out.len() - 1
                });
                out[index].1.push((call, value.span));
            }
        }
    }
    out
}

fn check_stage(graph: &Graph<'_>, stage: &ApiStage, uses: &[(Str, Vec<Use<'_>>)], sink: &mut Sink) {
    let resource = graph.resource(stage.resource);
    for (name, calls) in uses {
        match stage.variable(name, false) {
            Variable::Set(_) => {}
            Variable::Unknown(reason, cause) => {
                let reason = format!("whether the stage defines `{name}` is not known: {reason}");
                sink.undecided.push(Undecided { rule: RULE, address: resource.address.clone(), span: resource.name_span, reason, cause });
            }
            Variable::Undefined => {
                let together = |call: &&Use<'_>| call.0.presence.and(&stage.presence).is_some();
                let calls: Vec<&Use<'_>> = calls.iter().filter(together).collect();
                if let Some(first) = calls.first() {
                    // A variable that another call uses is right as it is.
                    let unused = |other: &&Str| !uses.iter().any(|(used, _)| used == *other);
                    let misspelt = nearest(name, stage.variables.as_map().into_iter().flat_map(|m| m.entries.keys()).filter(unused));
                    sink.findings.push(finding(graph, stage, name, misspelt, first, calls.len() - 1));
                }
            }
        }
    }
}

fn finding(graph: &Graph<'_>, stage: &ApiStage, name: &Str, misspelt: Option<&Str>, (call, span): &Use<'_>, others: usize) -> Finding {
    let resource = graph.resource(stage.resource);
    let empty = stage.variables.as_map().and_then(|map| map.entries.get(name));
    let place = match empty {
        Some(value) => value.span.or(stage.variables.span),
        None if stage.variables.is_null() => resource.name_span,
        None => stage.variables.span,
    };
    let (lack, label) = match (empty, misspelt) {
        (Some(_), _) => (format!("leaves the variable `{name}` empty"), format!("stage `{:#}` leaves `{name}` empty", stage.name)),
        (None, Some(other)) => (
            format!("does not define the variable `{name}` (it defines `{other}`)"),
            format!("stage `{:#}` has `{other}`, and no `{name}`", stage.name),
        ),
        (None, None) => (format!("does not define the variable `{name}`"), format!("stage `{:#}` has no `{name}`", stage.name)),
    };
    let help = match misspelt.filter(|_| empty.is_none()) {
        Some(other) => Help { text: format!("write `{name}` for `{other}`, if that is what it means"), code: String::new() },
        None => {
            Help { text: format!("give `{name}` a value on stage `{:#}`:", stage.name), code: code(dialect(graph), &resource.kind, name) }
        }
    };
    let and_others = match others {
        0 => String::new(),
        count => format!(" and {count} more"),
    };
    let uses = format!("`{}`{and_others} use{} `${{stageVariables.{name}}}`", call.shown(), if others == 0 { "s" } else { "" });
    Finding {
        rule: RULE,
        severity: Severity::Error,
        message: Message::new(format!(
            "`{}`{and_others} on stage `{:#}` fail{} with HTTP 500",
            call.shown(),
            stage.name,
            if others == 0 { "s" } else { "" }
        ))
        .because(format!("the stage {lack}"))
        .note("no valid function name results"),
        primary: Label::new(place.or(resource.name_span), label.clone()),
        related: vec![Label::new(*span, uses.clone())],
        flow: vec![Label::new(*span, uses), Label::new(place.or(resource.name_span), label)],
        help: Some(help),
        address: resource.address.clone(),
        key: format!("{} {name}", stage.name).into(),
    }
}

/// The variable that the stage has in place of a misspelt one.
fn nearest<'a>(name: &str, defined: impl Iterator<Item = &'a Str>) -> Option<&'a Str> {
    let plain = name.to_lowercase();
    let scored = defined.map(|other| (strsim::osa_distance(&plain, &other.to_lowercase()), other));
    scored.min().filter(|(distance, _)| *distance <= name.len() / 4).map(|(_, other)| other)
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
