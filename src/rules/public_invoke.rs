//! `public-invoke`: anyone may invoke the function.

use super::Sink;
use crate::finding::{Finding, Help, Label, Message, Severity};
use crate::gap::{Gap, in_each};
use crate::graph::Graph;
use crate::graph::permissions::{all_hold, invokes, is_absent};
use crate::model::lambda::{FunctionUrl, Permission};
use crate::text::{self, Answer};
use crate::value::{Text, Value};

const RULE: &str = "public-invoke";

/// Checks every permission for principal `*`, and every public function URL.
pub fn check(graph: &Graph<'_>, sink: &mut Sink) {
    for grant in graph.permissions.all() {
        match is_open(graph, &grant.permission) {
            Ok(true) => sink.findings.push(public(graph, &grant.permission)),
            Ok(false) => {}
            Err(gap) => sink.gap(graph, RULE, grant.permission.id, &gap),
        }
    }
    for url in graph.all::<FunctionUrl>() {
        match in_each(&url.auth_type, without_authentication) {
            Ok(Some(())) => sink.findings.push(public_url(graph, &url)),
            Ok(None) => {}
            Err(gap) => sink.gap(graph, RULE, url.id, &gap),
        }
    }
}

/// Whether a permission lets everyone invoke the function.
fn is_open(graph: &Graph<'_>, p: &Permission) -> Result<bool, Gap> {
    // The statement that belongs to a public URL is reported with the URL.
    let by_url = match p.invoked_via_function_url.as_bool() {
        Some(by_url) => Answer::from(!by_url),
        None if p.invoked_via_function_url.is_null() => Answer::Yes,
        None => Answer::Maybe,
    };
    let principal = graph.names.text(&p.principal).map_or(Answer::No, |principal| text::same(&principal, &Text::literal("*")));
    let conditions = [&p.source_arn, &p.source_account, &p.event_source_token, &p.principal_org_id, &p.function_url_auth_type];
    let absent = conditions.into_iter().map(|value| (is_absent(value), value));
    let statement = [(principal, &p.principal), (invokes(&p.action), &p.action), (by_url, &p.invoked_via_function_url)];
    all_hold(statement.into_iter().chain(absent))
}

fn without_authentication(auth_type: &Value) -> Result<Option<()>, Gap> {
    match auth_type.as_str() {
        Some(known) => Ok((known == "NONE").then_some(())),
        None if auth_type.is_null() => Ok(None),
        None => Err(Gap::of(auth_type)),
    }
}

fn public(graph: &Graph<'_>, p: &Permission) -> Finding {
    let resource = graph.resource(p.id);
    Finding {
        rule: RULE,
        severity: Severity::Error,
        message: Message::new("every AWS account can invoke the function")
            .because(format!("`{}` allows principal `*` without a condition", resource.address)),
        primary: Label::new(graph.place(p.id, &p.principal), "everyone"),
        related: Vec::new(),
        flow: Vec::new(),
        help: Some(Help { text: "name the service or account that calls, and its source ARN".to_owned(), code: String::new() }),
        address: resource.address.clone(),
        key: "".into(),
    }
}

fn public_url(graph: &Graph<'_>, url: &FunctionUrl) -> Finding {
    let resource = graph.resource(url.id);
    Finding {
        rule: RULE,
        severity: Severity::Note,
        message: Message::new(format!("anyone on the internet can call `{}`", resource.address))
            .because("the function's URL has no authentication"),
        primary: Label::new(graph.place(url.id, &url.auth_type), "no authentication"),
        related: Vec::new(),
        flow: Vec::new(),
        help: Some(Help { text: "use `AWS_IAM` unless the URL is meant to be public".to_owned(), code: String::new() }),
        address: resource.address.clone(),
        key: "".into(),
    }
}
