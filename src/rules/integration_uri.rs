//! `integration-uri`: a Lambda integration that cannot work whatever the permissions.

use indexmap::IndexMap;

use super::Sink;
use crate::finding::{Finding, Help, Label, Message, Severity};
use crate::gap::{Gap, in_each};
use crate::graph::Graph;
use crate::graph::apis::{Api, ApiKind, Call};
use crate::graph::arn::Arn;
use crate::graph::functions::has_unknown;
use crate::model::names;
use crate::rules::support::list;
use crate::rules::support::mend::{Dialect, dialect};
use crate::source::Span;
use crate::text;
use crate::unit::UnitKind;
use crate::value::{Part, ResourceId, Str, Text, Value};

const RULE: &str = "integration-uri";

/// Checks every Lambda integration and authorizer.
pub fn check(graph: &Graph<'_>, sink: &mut Sink) {
    for api in &graph.apis.all {
        // Several routes may have one integration: what is wrong with it is one finding.
        let mut integrations: IndexMap<(ResourceId, Span), Vec<&Call>> = IndexMap::new();
        for call in &api.calls {
            integrations.entry((call.resource, call.uri.span)).or_default().push(call);
        }
        for calls in integrations.values() {
            check_uri(graph, api, calls, sink);
            check_method(graph, api, calls, sink);
        }
    }
    check_literal_api_ids(graph, sink);
}

/// The calls of one integration, for messages.
fn shown(calls: &[&Call]) -> String {
    list(&calls.iter().map(|call| format!("`{}`", call.shown())).collect::<Vec<_>>())
}

/// What is wrong with a URI: in a few words, and whether it is the ARN of a function.
type Flaw = (&'static str, bool);

fn check_uri(graph: &Graph<'_>, api: &Api, calls: &[&Call], sink: &mut Sink) {
    let [call, ..] = calls else { return };
    // Authorizers of HTTP APIs need the invoke form as well; only their integrations take a function's ARN.
    if api.kind == ApiKind::Http && !call.is_authorizer() {
        return;
    }
    let (said, is_function) = match in_each(&call.uri, |uri| flaw(graph, uri)) {
        Ok(Some(flaw)) => flaw,
        Ok(None) => return,
        Err(gap) => return sink.gap(graph, RULE, call.resource, &gap),
    };
    let help = match (dialect(graph), is_function) {
        (Dialect::Terraform, true) => "use the function's `invoke_arn`",
        (_, true) => "write `arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Function.Arn}/invocations`",
        (_, false) => "end the URI with `/invocations`",
    };
    let (answer, its) = if calls.len() == 1 { ("answers", "its") } else { ("answer", "their") };
    let message = Message::new(format!("the deploy fails, or {} {answer} HTTP 500", shown(calls))).because(if is_function {
        format!("{its} URI is {said}")
    } else {
        format!("{its} URI {said}")
    });
    sink.findings.push(finding(graph, call, &call.uri, message, said, help));
}

fn flaw(graph: &Graph<'_>, uri: &Value) -> Result<Option<Flaw>, Gap> {
    let Some(text) = graph.names.text(uri) else { return Ok(None) };
    if Arn::parse(&text).is_some_and(|arn| arn.service().as_known() == Some("lambda")) {
        return Ok(Some(("a function's ARN, not an invoke ARN", true)));
    }
    let ends = ["/invocations", "/response-streaming-invocations"].iter().any(|e| text::strip_suffix(&text, e).is_some());
    let closed = text.holes().and_then(|p| p.last()).is_none_or(|p| matches!(p, Part::Literal(_)));
    match (names_lambda(&text), ends, closed || text::contains(&text, ":function:")) {
        (true, false, true) => Ok(Some(("lacks `/invocations`", false))),
        (true, false, false) if has_unknown(&text) => Err(Gap::of(uri)),
        (true, ..) => Ok(None),
        // The URI of another service's call: `…:sqs:path/…`, `…:states:action/…`.
        (false, ..) if [":path/", ":action/"].iter().any(|m| text::contains(&text, m)) => Ok(None),
        (false, ..) if has_unknown(&text) => Err(Gap::of(uri)),
        (false, ..) => Ok(None),
    }
}

/// Whether a URI is one by which functions are invoked.
fn names_lambda(uri: &Text) -> bool {
    [":lambda:path/2015-03-31/functions/", ":lambda:path/2021-11-15/functions/"].iter().any(|m| text::contains(uri, m))
}

fn check_method(graph: &Graph<'_>, api: &Api, calls: &[&Call], sink: &mut Sink) {
    let [call, ..] = calls else { return };
    // Where the URI is not known, that is told of it.
    let lambda = graph.names.text(&call.uri).is_some_and(|uri| text::contains(&uri, ":lambda:path/"));
    if api.kind != ApiKind::Rest || !lambda {
        return;
    }
    let method = match in_each(&call.http_method, other_than_post) {
        Ok(Some(method)) => method,
        Ok(None) => return,
        Err(gap) => return sink.gap(graph, RULE, call.resource, &gap),
    };
    let message = Message::new(format!("{} {} HTTP 500", shown(calls), if calls.len() == 1 { "answers" } else { "answer" }))
        .because(format!("its integration calls Lambda with {method}, not POST"))
        .note("a Lambda function is invoked with POST, whatever the method of the API; the answer is \"Internal server error\"");
    sink.findings.push(finding(
        graph,
        call,
        &call.http_method,
        message,
        "must be POST for Lambda",
        "set the integration's HTTP method to `POST`",
    ));
}

fn other_than_post(method: &Value) -> Result<Option<String>, Gap> {
    match method.as_str() {
        _ if method.is_null() => Ok(None),
        Some(method) => Ok(Some(method.to_owned()).filter(|m| !m.eq_ignore_ascii_case("POST"))),
        None => Err(Gap::of(method)),
    }
}

/// A SAM event whose `RestApiId` is the API's logical id as text: the permission's source ARN then has that text as API id.
fn check_literal_api_ids(graph: &Graph<'_>, sink: &mut Sink) {
    if graph.unit.kind == UnitKind::Terraform {
        return;
    }
    let ids: std::collections::HashMap<Str, &str> = graph
        .apis
        .all
        .iter()
        .filter_map(|a| a.resource)
        .map(|id| (graph.resource(id).address.clone(), graph.resource(id).kind.as_str()))
        .collect();
    for grant in graph.permissions.all() {
        let Some(arn) = graph.names.text(&grant.permission.source_arn).and_then(|t| Arn::parse(&t)) else { continue };
        if arn.service().as_known() != Some("execute-api") {
            continue;
        }
        let pieces = text::split_literal(arn.resource(), '/', 2);
        let Some(api) = pieces.first().and_then(names::key).filter(|key| ids.contains_key(key)) else { continue };
        let property = if ids.get(&api).is_some_and(|kind| kind.contains("V2")) { "ApiId" } else { "RestApiId" };
        let code = match dialect(graph) {
            Dialect::Json => format!("\"{property}\": {{ \"Ref\": \"{api}\" }}"),
            _ => format!("{property}: !Ref {api}"),
        };
        let resource = graph.resource(grant.permission.id);
        let place = graph.place(grant.permission.id, &grant.permission.source_arn);
        sink.findings.push(Finding {
            rule: RULE,
            severity: Severity::Error,
            message: Message::new("every call of the API answers HTTP 500")
                .because(format!("the permission names API `{api}` by its logical id"))
                .note("the logical id as plain text is not the API's id, so the permission never matches"),
            primary: Label::new(place, format!("`{api}` is text here, not a reference")),
            related: Vec::new(),
            flow: Vec::new(),
            help: Some(Help { text: "refer to the API:".to_owned(), code }),
            address: resource.address.clone(),
            key: api,
        });
    }
}

fn finding(graph: &Graph<'_>, call: &Call, value: &Value, message: Message, label: &str, help: &str) -> Finding {
    let resource = graph.resource(call.resource);
    Finding {
        rule: RULE,
        severity: Severity::Error,
        message,
        primary: Label::new(value.span.or(resource.name_span), label),
        related: Vec::new(),
        flow: Vec::new(),
        help: Some(Help { text: help.to_owned(), code: String::new() }),
        address: resource.address.clone(),
        key: format!("{} {label}", call.shown()).into(),
    }
}
