//! `cors-methods-mismatch`: a preflight answer leaves out methods that the path has.

use super::Sink;
use super::support::list;
use crate::finding::{Finding, Help, Label, Severity};
use crate::graph::Graph;
use crate::graph::cors::{self, ApiMethod};

const RULE: &str = "cors-methods-mismatch";

/// Checks every OPTIONS method whose allowed methods are known.
pub fn check(graph: &Graph<'_>, sink: &mut Sink) {
    for api in &graph.apis.all {
        for (path, methods) in graph.rest_paths(api).into_iter().flatten() {
            for options in methods.iter().filter(|m| m.verb == "OPTIONS") {
                sink.findings.extend(mismatch(graph, path, methods, options));
            }
        }
    }
}

fn mismatch(graph: &Graph<'_>, path: &str, methods: &[ApiMethod], options: &ApiMethod) -> Option<Finding> {
    let value = options.headers.get("access-control-allow-methods")?;
    let allowed: Vec<String> = cors::header_text(value)?.split(',').map(|m| m.trim().to_ascii_uppercase()).collect();
    let has_any = methods.iter().any(|m| m.verb == "ANY");
    if has_any || allowed.iter().any(|a| a == "*") {
        return None;
    }
    let own: Vec<&str> = methods.iter().map(|m| m.verb.as_str()).filter(|v| *v != "OPTIONS").collect();
    let left_out: Vec<String> = own.iter().filter(|v| !allowed.iter().any(|a| a == *v)).map(|v| format!("`{v}`")).collect();
    // Frameworks list every method there is: one that the path does not have breaks nothing.
    if left_out.is_empty() {
        return None;
    }
    let resource = graph.resource(options.resource);
    let mut right: Vec<&str> = own;
    right.push("OPTIONS");
    Some(Finding {
        rule: RULE,
        severity: Severity::Note,
        message: format!(
            "browsers refuse {} on `{path}` from another origin: Access-Control-Allow-Methods leaves {} out",
            list(&left_out),
            if left_out.len() == 1 { "it" } else { "them" }
        )
        .into(),
        primary: Label::new(value.span.or(resource.name_span), "lacks methods of the path"),
        related: Vec::new(),
        flow: Vec::new(),
        help: Some(Help { text: "list the path's methods:".to_owned(), code: format!("'{}'", right.join(",")) }),
        address: resource.address.clone(),
        key: path.into(),
    })
}
