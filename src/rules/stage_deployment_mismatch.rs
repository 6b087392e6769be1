//! `stage-deployment-mismatch`: a stage, method or resource that joins parts of two different APIs.

use super::Sink;
use crate::finding::{Finding, Help, Label, Message, Severity};
use crate::gap::{Gap, in_each};
use crate::graph::Graph;
use crate::graph::functions::has_unknown;
use crate::model::{names, read};
use crate::text::{self, Answer};
use crate::unit::{Mode, Resource};
use crate::value::{Text, Value};

const RULE: &str = "stage-deployment-mismatch";

/// Which property of which type joins it to another part of its API: type, its API, the joining property, the part's API.
const JOINS: &[(&str, &str, &str, &str)] = &[
    ("aws_api_gateway_stage", "rest_api_id", "deployment_id", "rest_api_id"),
    ("AWS::ApiGateway::Stage", "RestApiId", "DeploymentId", "RestApiId"),
    ("aws_api_gateway_method", "rest_api_id", "resource_id", "rest_api_id"),
    ("aws_api_gateway_method", "rest_api_id", "authorizer_id", "rest_api_id"),
    ("AWS::ApiGateway::Method", "RestApiId", "ResourceId", "RestApiId"),
    ("AWS::ApiGateway::Method", "RestApiId", "AuthorizerId", "RestApiId"),
    ("aws_api_gateway_integration", "rest_api_id", "resource_id", "rest_api_id"),
    ("aws_api_gateway_resource", "rest_api_id", "parent_id", "rest_api_id"),
    ("AWS::ApiGateway::Resource", "RestApiId", "ParentId", "RestApiId"),
    ("aws_apigatewayv2_stage", "api_id", "deployment_id", "api_id"),
    ("AWS::ApiGatewayV2::Stage", "ApiId", "DeploymentId", "ApiId"),
    ("aws_apigatewayv2_route", "api_id", "target", "api_id"),
    ("AWS::ApiGatewayV2::Route", "ApiId", "Target", "ApiId"),
    ("aws_apigatewayv2_route", "api_id", "authorizer_id", "api_id"),
    ("AWS::ApiGatewayV2::Route", "ApiId", "AuthorizerId", "ApiId"),
];

/// A part of another API, and that API.
type Stranger<'u> = (&'u Resource, Text);

/// Checks every join of the unit.
pub fn check(graph: &Graph<'_>, sink: &mut Sink) {
    for (kind, own_api, join, part_api) in JOINS {
        for resource in graph.of_kinds(&[kind]) {
            let value = read(&resource.attributes, join);
            let written = read(&resource.attributes, own_api);
            let Some(own) = graph.names.text(&written) else { continue };
            match in_each(&value, |value| stranger(graph, value, part_api, &written, &own)) {
                Ok(Some((part, theirs))) => sink.findings.push(finding(graph, resource, &value, part, &own, &theirs)),
                Ok(None) => {}
                Err(gap) => sink.gap(graph, RULE, resource.id, &gap),
            }
        }
    }
}

/// What a value joins to, where that belongs to another API than `own`.
fn stranger<'u>(graph: &Graph<'u>, value: &Value, part_api: &str, written: &Value, own: &Text) -> Result<Option<Stranger<'u>>, Gap> {
    let Some((part, their_api)) = part(graph, value, part_api)? else {
        // What is handed in together with its API is the caller's to join.
        let declared = graph.referent(written).is_some_and(|api| api.mode == Mode::Managed);
        let unknown = graph.names.text(value).is_some_and(|text| has_unknown(&text));
        return if declared && unknown { Err(Gap::of(value)) } else { Ok(None) };
    };
    match text::same(own, &their_api) {
        Answer::Yes => Ok(None),
        Answer::No if names::key(own).is_some() => Ok(Some((part, their_api))),
        _ => {
            let why = Gap::of_or(written, || format!("`{written:#}` cannot be compared"));
            Err(Gap::new(format!("whether it belongs to the API of `{}` is not known: {}", part.address, why.reason), written.span))
        }
    }
}

/// The resource that a value joins to, and the API that it belongs to. An API's own root resource belongs to it.
fn part<'u>(graph: &Graph<'u>, value: &Value, api: &str) -> Result<Option<Stranger<'u>>, Gap> {
    let stripped = graph.names.text(value).and_then(|t| text::strip_prefix(&t, "integrations/"));
    let named = stripped.map(|text| Value::new(crate::value::Kind::Text(text), value.span));
    let Some(part) = graph.referent(named.as_ref().unwrap_or(value)) else { return Ok(None) };
    let is_api = matches!(part.kind.as_str(), "aws_api_gateway_rest_api" | "AWS::ApiGateway::RestApi");
    if is_api {
        let reference = if part.kind.contains("::") { "Ref" } else { "id" };
        return Ok(Some((part, graph.names.attribute(part.id, reference))));
    }
    let written = read(&part.attributes, api);
    match graph.names.text(&written) {
        Some(theirs) if names::key(&theirs).is_some() => Ok(Some((part, theirs))),
        Some(_) => Err(Gap::of(&written)),
        None => Ok(None),
    }
}

fn finding(graph: &Graph<'_>, resource: &Resource, value: &Value, part: &Resource, own: &Text, theirs: &Text) -> Finding {
    let api = |id: &Text| id.words().trim_end_matches(".id").to_owned();
    let message = match part.kind.as_str() {
        "aws_api_gateway_rest_api" | "AWS::ApiGateway::RestApi" => Message::new(format!(
            "`{}` refers to the root resource of another API",
            resource.address
        ))
        .note(format!("it belongs to `{}`, and the root resource to `{}`", api(own), part.address)),
        _ => Message::new(format!("`{}` and `{}` belong to two APIs", resource.address, part.address)).note(format!(
            "`{}` belongs to `{}`, and `{}` to `{}`",
            resource.address,
            api(own),
            part.address,
            api(theirs)
        )),
    };
    Finding {
        rule: RULE,
        severity: Severity::Error,
        message: message.note("the deploy fails with \"Invalid identifier specified\" (NotFoundException)"),
        primary: Label::new(graph.place(resource.id, value), format!("a part of `{}`", api(theirs))),
        related: vec![Label::new(part.name_span, format!("belongs to `{}`", api(theirs)))],
        flow: Vec::new(),
        help: Some(Help { text: format!("use the part of `{}`", api(own)), code: String::new() }),
        address: resource.address.clone(),
        key: part.address.clone(),
    }
}
