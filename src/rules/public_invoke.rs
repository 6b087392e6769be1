//! `public-invoke`: anyone may invoke the function.

use super::Sink;
use crate::finding::{Finding, Help, Label, Severity};
use crate::graph::Graph;
use crate::graph::permissions::includes_invoke;
use crate::model::lambda::{FunctionUrl, Permission};

const RULE: &str = "public-invoke";

/// Checks every permission for principal `*`, and every public function URL.
pub fn check(graph: &Graph<'_>, sink: &mut Sink) {
    for grant in graph.permissions.all() {
        let p = &grant.permission;
        let invokes = p.action.as_str().is_some_and(includes_invoke);
        let conditions = [&p.source_arn, &p.source_account, &p.event_source_token, &p.principal_org_id, &p.function_url_auth_type];
        // The statement that belongs to a public URL is reported with the URL.
        let by_url = p.invoked_via_function_url.as_bool() != Some(false) && !p.invoked_via_function_url.is_null();
        if p.principal.as_str() == Some("*") && invokes && !by_url && conditions.iter().all(|v| v.is_null() || v.as_str() == Some("")) {
            sink.findings.push(public(graph, p));
        }
    }
    for url in graph.all::<FunctionUrl>() {
        if url.auth_type.as_str() == Some("NONE") {
            sink.findings.push(public_url(graph, &url));
        }
    }
}

fn public(graph: &Graph<'_>, p: &Permission) -> Finding {
    let resource = graph.resource(p.id);
    Finding {
        rule: RULE,
        severity: Severity::Error,
        message: format!("every AWS account can invoke the function: `{}` allows principal `*` without a condition", resource.address)
            .into(),
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
        message: format!("anyone on the internet can call the function through its URL: `{}` has no authentication", resource.address)
            .into(),
        primary: Label::new(graph.place(url.id, &url.auth_type), "no authentication"),
        related: Vec::new(),
        flow: Vec::new(),
        help: Some(Help { text: "use `AWS_IAM` unless the URL is meant to be public".to_owned(), code: String::new() }),
        address: resource.address.clone(),
        key: "".into(),
    }
}
