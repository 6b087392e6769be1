//! `function-url-permission`: a function URL that a service or everybody is to call, and may not.

use super::Sink;
use super::support::mend::{Dialect, dialect, label, local_address, new_name};
use super::support::place::severity;
use crate::finding::{Finding, Help, Label, Message, Severity, Undecided};
use crate::graph::Graph;
use crate::graph::functions::FunctionRef;
use crate::graph::permissions::{Grant, includes_invoke};
use crate::model::lambda::{FunctionUrl, Permission};
use crate::text::{self, Answer};
use crate::unit::Resource;
use crate::value::{Guard, Text};

const RULE: &str = "function-url-permission";

/// Checks every function URL.
pub fn check(graph: &Graph<'_>, sink: &mut Sink) {
    for url in graph.all::<FunctionUrl>() {
        let resource = graph.resource(url.id);
        // SAM lets in whom a URL is for.
        if resource.origin.is_some() {
            continue;
        }
        let Some(target) = target(graph, &url) else { continue };
        let on_it: Vec<&Grant> = graph.permissions.all().iter().filter(|grant| is_on(grant, &target)).collect();
        let findings = match url.auth_type.as_str() {
            Some("NONE") if resource.kind.contains("::") => everybody(graph, resource, &target, &on_it),
            // Terraform's provider lets everybody in by itself.
            Some("NONE") => Vec::new(),
            Some(_) => services(graph, resource, &target, &on_it),
            None => continue,
        };
        if findings.is_empty() {
            continue;
        }
        let function = graph.functions.function(&target);
        let unseen = function.and_then(|id| graph.unseen_of(id, "may let callers of its URL in"));
        match (function, unseen) {
            (Some(_), None) => sink.findings.extend(findings),
            (_, Some(gap)) => sink.gap(graph, RULE, url.id, &gap),
            // Its permissions are where the function is.
            (None, None) => sink.unlisted.push(Undecided {
                rule: RULE,
                address: resource.address.clone(),
                span: resource.name_span,
                reason: format!("`{target}` is not declared here, so its permissions may be elsewhere"),
                cause: resource.name_span,
            }),
        }
    }
}

fn target(graph: &Graph<'_>, url: &FunctionUrl) -> Option<FunctionRef> {
    let mut target = FunctionRef::parse(&graph.names.text(&url.function)?)?;
    if !url.qualifier.is_null() {
        target.qualifier = Some(graph.names.text(&url.qualifier)?);
    }
    Some(target.named_by(&graph.names, graph.resource(url.id)).without_latest())
}

/// Whether a permission is, or may be, on what the URL is of.
fn is_on(grant: &Grant, target: &FunctionRef) -> bool {
    let Some(other) = &grant.target else { return true };
    let other = other.clone().without_latest();
    let qualifier = match (&other.qualifier, &target.qualifier) {
        (None, None) => Answer::Yes,
        (Some(a), Some(b)) => text::same(a, b),
        _ => Answer::No,
    };
    text::same(&other.name, &target.name).and(qualifier) != Answer::No
}

/// Whether a permission is for an action.
fn allows(graph: &Graph<'_>, permission: &Permission, one: fn(&str) -> bool) -> Answer {
    match graph.names.text(&permission.action).as_ref().map(|action| action.as_known().map(one)) {
        Some(Some(known)) => known.into(),
        _ => Answer::Maybe,
    }
}

fn is_url_action(action: &str) -> bool {
    ["lambda:invokefunctionurl", "lambda:*", "*"].contains(&action.to_ascii_lowercase().as_str())
}

fn principal(graph: &Graph<'_>, permission: &Permission) -> Option<Text> {
    graph.names.text(&permission.principal)
}

/// Whether a permission is for a principal, or for everybody.
fn is_for(graph: &Graph<'_>, permission: &Permission, wanted: &Text) -> bool {
    let named = principal(graph, permission);
    named.is_none_or(|named| named.as_known() == Some("*") || text::same(&named, wanted) != Answer::No)
}

/// A URL without authentication in a template, which nobody lets anybody call but the template.
fn everybody(graph: &Graph<'_>, url: &Resource, target: &FunctionRef, on_it: &[&Grant]) -> Vec<Finding> {
    let all = Text::literal("*");
    let let_in = |one: fn(&str) -> bool| {
        on_it.iter().any(|grant| allows(graph, &grant.permission, one) != Answer::No && is_for(graph, &grant.permission, &all))
    };
    match (let_in(is_url_action), let_in(includes_invoke)) {
        (true, true) => Vec::new(),
        (false, _) => vec![finding(graph, url, target, "*", None, true)],
        (true, false) => vec![finding(graph, url, target, "*", None, false)],
    }
}

/// Services that may call the URL, and not the function behind it.
fn services(graph: &Graph<'_>, url: &Resource, target: &FunctionRef, on_it: &[&Grant]) -> Vec<Finding> {
    let mut out = Vec::new();
    for grant in on_it {
        let permission = &grant.permission;
        let Some(service) = principal(graph, permission) else { continue };
        let Some(name) = service.as_known().filter(|name| name.ends_with(".amazonaws.com")) else { continue };
        let url_alone = |action: &str| action.eq_ignore_ascii_case("lambda:InvokeFunctionUrl");
        if grant.target.is_none() || allows(graph, permission, url_alone) != Answer::Yes {
            continue;
        }
        let second =
            |other: &&&Grant| allows(graph, &other.permission, includes_invoke) != Answer::No && is_for(graph, &other.permission, &service);
        if !on_it.iter().any(|other| second(&other)) {
            out.push(finding(graph, url, target, name, Some(permission), false));
        }
    }
    out
}

fn finding(graph: &Graph<'_>, url: &Resource, target: &FunctionRef, who: &str, first: Option<&Permission>, none: bool) -> Finding {
    let guard = first.map_or_else(Guard::always, |permission| graph.resource(permission.id).presence.clone());
    let headline = match who {
        "*" => format!("nobody may call the URL of `{target}`"),
        _ => format!("{who} may not call the URL of `{target}`"),
    };
    let missing = if none { "lambda:InvokeFunctionUrl and lambda:InvokeFunction" } else { "lambda:InvokeFunction" };
    let mut message = Message::new(headline)
        .because(format!("no permission lets `{who}` call {missing}"))
        .note("each request gets 403: \"Forbidden. For troubleshooting Function URL authorization issues, see …/urls-auth.html\"");
    if !none {
        message = message.note("URLs that were made since October 2025 need both lambda:InvokeFunctionUrl and lambda:InvokeFunction");
    }
    let mut related = Vec::new();
    if first.is_some() {
        related.push(Label::new(url.name_span, "the URL"));
    }
    if let Some(id) = graph.functions.function(target) {
        related.push(Label::new(graph.resource(id).name_span, "the function"));
    }
    let text = match none {
        true => "let everybody call both, for the function by its URL alone:",
        false => "add a second permission, for the function itself:",
    };
    let place = first.map_or(url.name_span, |permission| graph.resource(permission.id).name_span);
    let at = if none { "no permission lets it be called" } else { "the URL may be called, and not the function" };
    Finding {
        rule: RULE,
        severity: severity(&guard, Severity::Error),
        message,
        primary: Label::new(place, at),
        related,
        flow: Vec::new(),
        help: Some(Help { text: text.to_owned(), code: code(graph, url, target, who, first, none) }),
        address: url.address.clone(),
        key: who.into(),
    }
}

/// The permissions to add; in JSON the words have to do.
fn code(graph: &Graph<'_>, url: &Resource, target: &FunctionRef, who: &str, first: Option<&Permission>, none: bool) -> String {
    let dialect = dialect(graph);
    let function = graph.functions.function(target).map(|id| local_address(graph.resource(id)));
    let Some(function) = function.filter(|_| target.qualifier.is_none()) else { return String::new() };
    let source = first.and_then(|permission| graph.referent(&permission.source_arn)).map(local_address);
    match dialect {
        Dialect::Terraform => {
            let name = new_name(dialect, &[label(url), "invoke"]);
            let source = source.map(|address| format!("\n  source_arn    = {address}.arn")).unwrap_or_default();
            format!(
                "resource \"aws_lambda_permission\" \"{name}\" {{\n  action        = \"lambda:InvokeFunction\"\n  function_name = {function}.function_name\n  principal     = \"{who}\"{source}\n}}"
            )
        }
        Dialect::Yaml => {
            let one = |suffix: &str, action: &str, condition: &str| {
                let name = new_name(dialect, &[label(url), suffix]);
                format!(
                    "{name}:\n  Type: AWS::Lambda::Permission\n  Properties:\n    Action: {action}\n    FunctionName: !Ref {function}\n    Principal: \"{who}\"\n    {condition}"
                )
            };
            let for_url = none.then(|| one("public", "lambda:InvokeFunctionUrl", "FunctionUrlAuthType: NONE"));
            let by_url = one("invoke", "lambda:InvokeFunction", "InvokedViaFunctionUrl: true");
            for_url.into_iter().chain([by_url]).collect::<Vec<_>>().join("\n")
        }
        Dialect::Json => String::new(),
    }
}
