//! `cors-preflight`: an API that answers browsers refuses, or half answers, their preflight requests.

use super::Sink;
use super::support::list;
use crate::finding::{Finding, Help, Label, Message, Severity, Undecided};
use crate::gap::Gap;
use crate::graph::Graph;
use crate::graph::cors::{self, ApiMethod, PREFLIGHT_HEADERS, Paths};
use crate::model::api_gateway::{HttpApi, Route};
use crate::model::read;
use crate::text::Answer;
use crate::value::{Text, Value};

const RULE: &str = "cors-preflight";

/// Checks every REST API that shows that browsers call it.
pub fn check(graph: &Graph<'_>, sink: &mut Sink) {
    for api in &graph.apis.all {
        let Some(paths) = graph.rest_paths(api) else { continue };
        let name = cors::shown(api, graph);
        let called_by_browsers = graph.answers_browsers(api, paths);
        for (path, methods) in paths {
            for options in methods.iter().filter(|m| m.verb == "OPTIONS") {
                match (refused(graph, path, options), called_by_browsers) {
                    (Some(finding), Answer::Yes) => sink.findings.push(finding),
                    (Some(finding), Answer::Maybe) => sink.undecided.push(undecided(graph, options, &finding)),
                    (_, _) => {}
                }
                sink.findings.extend(half_answered(graph, path, methods, options));
            }
            let unseen = methods.first().and_then(|method| unseen(graph, method));
            match (missing(graph, &name, paths, path, methods), unseen, methods.first()) {
                (Some(_), Some(gap), Some(method)) => sink.gap(graph, RULE, method.resource, &gap),
                (found, ..) => sink.findings.extend(found),
            }
        }
    }
    default_routes(graph, sink);
}

/// `$default` of an HTTP API catches preflights too, whatever the CORS settings; a route for OPTIONS comes before it (API Gateway
/// Developer Guide, "Configure CORS for HTTP APIs").
fn default_routes(graph: &Graph<'_>, sink: &mut Sink) {
    for (api, _, routes) in graph.http_cors() {
        let key_of = |route: &Route| graph.names.text(&route.route_key).unwrap_or_default();
        let default = routes.iter().find(|r| key_of(r).as_known() == Some("$default"));
        sink.findings.extend(default.and_then(|route| guarded(graph, &api, route)).filter(|_| {
            let may_answer = |key: Text| key.as_known().is_none_or(|k| k.starts_with("OPTIONS ") || k.starts_with("ANY /{"));
            !routes.iter().any(|r| may_answer(key_of(r)))
        }));
    }
}

fn guarded(graph: &Graph<'_>, api: &HttpApi, route: &Route) -> Option<Finding> {
    let (resource, api) = (graph.resource(route.id), graph.resource(api.id));
    let authorization = ["AuthorizationType", "authorization_type"].map(|path| read(&resource.attributes, path));
    let authorization = authorization.into_iter().find(|v| v.as_str().is_some_and(|kind| !kind.eq_ignore_ascii_case("NONE")))?;
    Some(Finding {
        rule: RULE,
        severity: Severity::Warning,
        message: Message::new(format!("browsers cannot call `{}` from another origin", api.address))
            .because("route `$default` refuses their preflight")
            .note("the route catches the preflight before the CORS settings answer it, and asks for authorization, which a browser does not send"),
        primary: Label::new(authorization.span.or(resource.name_span), "OPTIONS needs authorization here"),
        related: vec![Label::new(api.name_span, "has CORS settings")],
        flow: Vec::new(),
        help: Some(Help {
            text: "add a route `OPTIONS /{proxy+}` with an integration and without authorization".to_owned(),
            code: String::new(),
        }),
        address: resource.address.clone(),
        key: "$default".into(),
    })
}

/// What may add OPTIONS to the path of a method: whoever is given the resource of the path.
fn unseen(graph: &Graph<'_>, method: &ApiMethod) -> Option<Gap> {
    let attributes = &graph.resource(method.resource).attributes;
    let path = ["ResourceId", "resource_id"].map(|name| read(attributes, name)).into_iter().find(|value| !value.is_null());
    let id = path.and_then(|path| graph.referent(&path)).map_or(method.resource, |resource| resource.id);
    graph.unseen_of(id, "may add an OPTIONS method")
}

/// OPTIONS that asks for credentials: a browser sends none with a preflight.
fn refused(graph: &Graph<'_>, path: &str, options: &ApiMethod) -> Option<Finding> {
    let asks = options.authorization.as_str().is_some_and(|a| !a.eq_ignore_ascii_case("NONE"));
    let key = options.api_key.as_bool() == Some(true);
    let (value, what) = match (asks, key) {
        (true, _) => (&options.authorization, "authorization"),
        (false, true) => (&options.api_key, "an API key"),
        _ => return None,
    };
    let answer = if asks { "401 or 403" } else { "403" };
    Some(finding(
        graph,
        options,
        value,
        Message::new(format!("browsers cannot call `{path}` from another origin"))
            .because(format!("OPTIONS needs {what}"))
            .note(format!("a browser sends none with a preflight, which is answered with {answer}")),
        format!("OPTIONS needs {what}"),
        "let OPTIONS through without authorization and without an API key",
        path,
    ))
}

/// An API of which it is not known whether it sets CORS headers.
fn undecided(graph: &Graph<'_>, options: &ApiMethod, finding: &Finding) -> Undecided {
    let resource = graph.resource(options.resource);
    let span = finding.primary.span;
    let reason = "whether the API answers browsers is not known: the headers of some responses are not".to_owned();
    Undecided { rule: RULE, address: resource.address.clone(), span, reason, cause: span }
}

/// A preflight answer that lacks one of the three headers. What fails is what the headers are for (Fetch Standard, "CORS protocol"):
/// without an origin every call that asks first, without methods those that are not of the safe ones, without headers those that
/// set headers of their own.
fn half_answered(graph: &Graph<'_>, path: &str, methods: &[ApiMethod], options: &ApiMethod) -> Option<Finding> {
    let has = |name: &str| options.headers.contains_key(&name.to_ascii_lowercase());
    if !options.complete || !PREFLIGHT_HEADERS.iter().any(|h| has(h)) {
        return None;
    }
    let [origin, verbs, headers] = PREFLIGHT_HEADERS.map(|h| !has(h));
    let missing: Vec<String> = PREFLIGHT_HEADERS.iter().filter(|h| !has(h)).map(|h| format!("`{h}`")).collect();
    if missing.is_empty() {
        return None;
    }
    let missing = list(&missing);
    let unsafe_verbs: Vec<&str> =
        methods.iter().map(|m| m.verb.as_str()).filter(|verb| !SIMPLE.contains(verb) && *verb != "OPTIONS").collect();
    let own_headers = "`Authorization`, and `Content-Type` with JSON, are such headers";
    let (severity, consequence, note) = match (origin, verbs && !unsafe_verbs.is_empty(), headers) {
        (true, ..) => (Severity::Warning, format!("browsers refuse calls of `{path}` that need a preflight"), ""),
        (_, true, _) => {
            let note = if headers { "GET, HEAD and POST fail where the call sets headers of its own" } else { "" };
            (
                Severity::Warning,
                format!(
                    "browsers refuse {} calls of `{path}` from another origin",
                    list(&unsafe_verbs).replace("ANY", "PUT, PATCH and DELETE")
                ),
                note,
            )
        }
        (_, false, true) => (Severity::Warning, format!("browsers refuse calls of `{path}` that set headers of their own"), own_headers),
        (_, false, false) => {
            (Severity::Note, format!("browsers may call `{path}` with GET, HEAD and POST only"), "the path has no other method")
        }
    };
    let message = Message::new(consequence).because(format!("the preflight answer lacks {missing}")).note(note);
    let help = "set all three headers in the response of OPTIONS";
    let found = finding(graph, options, &options.value, message, format!("answers without {missing}"), help, path);
    Some(Finding { severity, ..found })
}

/// Methods that a browser calls without asking first, unless the call sets headers.
const SIMPLE: [&str; 3] = ["GET", "HEAD", "POST"];

/// A path whose own methods answer with CORS headers, without OPTIONS.
fn missing(graph: &Graph<'_>, api: &str, paths: &Paths, path: &str, methods: &[ApiMethod]) -> Option<Finding> {
    let answers = |m: &&ApiMethod| m.headers.contains_key("access-control-allow-origin");
    let method = methods.iter().find(answers)?;
    let handled = methods.iter().any(|m| m.verb == "OPTIONS" || m.verb == "ANY") || cors::caught_by_proxy(paths, path);
    // A simple request needs no preflight: GET, HEAD and POST may get through without one.
    let simple = methods.iter().all(|m| SIMPLE.contains(&m.verb.as_str()));
    if handled || simple {
        return None;
    }
    Some(finding(
        graph,
        method,
        &method.value,
        Message::new(format!("browsers cannot call `{path}` of `{api}` from another origin"))
            .because("no OPTIONS answers the preflight")
            .note("its methods answer with CORS headers"),
        "answers with CORS headers".to_owned(),
        "add an OPTIONS method with a MOCK integration that returns the three CORS headers",
        path,
    ))
}

fn finding(graph: &Graph<'_>, method: &ApiMethod, value: &Value, message: Message, label: String, help: &str, path: &str) -> Finding {
    let resource = graph.resource(method.resource);
    Finding {
        rule: RULE,
        severity: Severity::Warning,
        message,
        primary: Label::new(value.span.or(resource.name_span), label),
        related: Vec::new(),
        flow: Vec::new(),
        help: Some(Help { text: help.to_owned(), code: String::new() }),
        address: resource.address.clone(),
        key: path.into(),
    }
}
