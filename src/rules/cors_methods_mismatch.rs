//! `cors-methods-mismatch`: a preflight answer leaves out methods that the path has.

use std::collections::BTreeSet;

use super::Sink;
use super::support::list as list_of;
use crate::finding::{Finding, Help, Label, Message, Severity};
use crate::graph::Graph;
use crate::graph::cors::{self, ApiMethod};
use crate::model::api_gateway::{HttpApi, Route};
use crate::model::read;
use crate::value::{Kind, Value};

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
    for (api, settings, routes) in graph.http_cors() {
        sink.findings.extend(refused_routes(graph, &api, &settings, &routes));
    }
}

/// Methods that browsers send whatever the preflight answer lists (Fetch Standard, "CORS-safelisted method" and "CORS-preflight fetch").
const SAFELISTED: [&str; 3] = ["GET", "HEAD", "POST"];

fn is_safelisted(verb: &str) -> bool {
    SAFELISTED.contains(&verb)
}

/// The routes of an HTTP API whose methods browsers refuse, since the CORS settings do not list them. A route that catches preflights
/// answers them itself.
fn refused_routes(graph: &Graph<'_>, api: &HttpApi, settings: &Value, routes: &[Route]) -> Option<Finding> {
    let spelling = if graph.resource(api.id).kind.contains("::") { "AllowMethods" } else { "allow_methods" };
    let value = read(settings, spelling);
    let Kind::List(list) = &value.kind else { return None };
    if list.open.is_some() {
        return None;
    }
    let allowed: Vec<String> = list.items.iter().map(|method| Some(method.as_str()?.to_ascii_uppercase())).collect::<Option<_>>()?;
    let keys: Vec<String> = routes.iter().map(|route| Some(route.route_key.as_str()?.to_owned())).collect::<Option<_>>()?;
    let verb = |key: &str| key.split(' ').next().unwrap_or_default().to_owned();
    let catches = |key: &String| matches!(verb(key).as_str(), "OPTIONS" | "ANY" | "$default");
    let lists = |verb: &str| allowed.iter().any(|a| a == "*" || a == verb);
    let refused: BTreeSet<&String> = keys.iter().filter(|key| !is_safelisted(&verb(key)) && !lists(&verb(key))).collect();
    if keys.iter().any(catches) || refused.is_empty() {
        return None;
    }
    let resource = graph.resource(api.id);
    let shown: Vec<String> = refused.iter().map(|key| format!("`{key}`")).collect();
    let missing: BTreeSet<String> = refused.iter().map(|key| verb(key)).collect();
    Some(Finding {
        rule: RULE,
        severity: Severity::Note,
        message: format!("browsers refuse {} from another origin: the CORS settings leave {} out", list_of(&shown), it(shown.len())).into(),
        primary: Label::new(value.span.or(resource.name_span), "lacks methods of the routes"),
        related: Vec::new(),
        flow: Vec::new(),
        help: Some(Help {
            text: format!("add {} to `{spelling}`", missing.into_iter().collect::<Vec<_>>().join(", ")),
            code: String::new(),
        }),
        address: resource.address.clone(),
        key: "routes".into(),
    })
}

fn it(count: usize) -> &'static str {
    if count == 1 { "it" } else { "them" }
}

fn mismatch(graph: &Graph<'_>, path: &str, methods: &[ApiMethod], options: &ApiMethod) -> Option<Finding> {
    let value = options.headers.get("access-control-allow-methods")?;
    let allowed: Vec<String> = cors::header_text(value)?.split(',').map(|m| m.trim().to_ascii_uppercase()).collect();
    let has_any = methods.iter().any(|m| m.verb == "ANY");
    if has_any || allowed.iter().any(|a| a == "*") {
        return None;
    }
    let own: Vec<&str> = methods.iter().map(|m| m.verb.as_str()).filter(|v| *v != "OPTIONS").collect();
    let left_out: Vec<&str> = own.iter().copied().filter(|v| !allowed.iter().any(|a| a == *v)).collect();
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
        message: told(path, &left_out),
        primary: Label::new(value.span.or(resource.name_span), "lacks methods of the path"),
        related: Vec::new(),
        flow: Vec::new(),
        help: Some(Help { text: "list the path's methods:".to_owned(), code: format!("'{}'", right.join(",")) }),
        address: resource.address.clone(),
        key: path.into(),
    })
}

/// What the methods that a header leaves out mean: browsers refuse them, but for those that they never ask about.
fn told(path: &str, left_out: &[&str]) -> Message {
    let quoted = |safelisted: bool| -> Vec<String> {
        left_out.iter().filter(|verb| is_safelisted(verb) == safelisted).map(|verb| format!("`{verb}`")).collect()
    };
    let (refused, sent) = (quoted(false), quoted(true));
    let note = match sent.is_empty() {
        true => String::new(),
        false => format!("browsers send {} all the same: they do not look GET, HEAD and POST up in the list", list_of(&sent)),
    };
    if refused.is_empty() {
        return Message::new(format!("Access-Control-Allow-Methods of `{path}` leaves out {}", list_of(&sent))).note(note);
    }
    let why = format!("Access-Control-Allow-Methods leaves {} out", it(refused.len()));
    Message::new(format!("browsers refuse {} on `{path}` from another origin: {why}", list_of(&refused))).note(note)
}
