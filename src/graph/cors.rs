//! How a REST API answers browsers: its methods by path, and the CORS headers that it is set to send.

use std::collections::{BTreeMap, HashMap};

use super::Graph;
use super::apis::{Api, ApiKind};
use crate::model::api_gateway::{HttpApi, Method, RestApi, Route};
use crate::model::{document, items, names, read};
use crate::text::{self, Answer};
use crate::value::{Kind, ResourceId, Str, Text, Value};

/// The headers that a preflight answer needs.
pub const PREFLIGHT_HEADERS: [&str; 3] = ["Access-Control-Allow-Origin", "Access-Control-Allow-Methods", "Access-Control-Allow-Headers"];

/// A method of a REST API, from a resource or an OpenAPI body.
#[derive(Clone, Debug)]
pub struct ApiMethod {
    /// The resource that holds it.
    pub resource: ResourceId,
    /// `GET`, `ANY`, `OPTIONS`.
    pub verb: String,
    /// `NONE`, `AWS_IAM`, …; null where it is not written.
    pub authorization: Value,
    /// Whether it needs an API key.
    pub api_key: Value,
    /// The method as a whole: for places.
    pub value: Value,
    /// CORS headers that its responses set (lower case), with their values.
    pub headers: BTreeMap<String, Value>,
    /// Whether its responses are known in full.
    pub complete: bool,
}

/// The methods of an API by path, in order of the paths.
pub type Paths = BTreeMap<String, Vec<ApiMethod>>;

/// The methods of every REST API by the key of its id; `None` where some of them cannot be seen.
#[derive(Debug, Default)]
pub(super) struct RestPaths {
    by_api: HashMap<Str, Option<Paths>>,
}

/// The headers that Terraform's integration responses set, by resource key and method.
type Responses = HashMap<(Str, String), (BTreeMap<String, Value>, bool)>;

impl Graph<'_> {
    /// The methods of a REST API by path; `None` where some cannot be seen.
    pub fn rest_paths(&self, api: &Api) -> Option<&Paths> {
        if api.kind != ApiKind::Rest || api.open.is_some() {
            return None;
        }
        let all = self.rest_paths.get_or_init(|| RestPaths::new(self));
        all.by_api.get(&names::key(&api.id)?)?.as_ref()
    }

    /// Whether an API shows that browsers call it: one of its answers has a CORS header. A method whose function answers by itself
    /// shows nothing.
    pub fn answers_browsers(&self, api: &Api, paths: &Paths) -> Answer {
        let methods = || paths.values().flatten();
        let is_cors = |name: &str| name.to_ascii_lowercase().contains("access-control-allow-");
        if methods().any(|m| m.headers.keys().any(|name| is_cors(name))) {
            return Answer::Yes;
        }
        let sets = |parameters: &Value| match &parameters.kind {
            Kind::Null => Answer::No,
            Kind::Map(map) if map.entries.keys().any(|name| is_cors(name)) => Answer::Yes,
            Kind::Map(map) if map.open.is_none() => Answer::No,
            _ => Answer::Maybe,
        };
        let mut answer = if methods().all(|m| m.complete) { Answer::No } else { Answer::Maybe };
        answer = self.body_gateway_responses(api).iter().fold(answer, |answer, parameters| answer.or(sets(parameters)));
        for response in self.of_kinds(&["AWS::ApiGateway::GatewayResponse", "aws_api_gateway_gateway_response"]) {
            let of = |cfn: &str, tf: &str| read(&response.attributes, if response.kind.contains("::") { cfn } else { tf });
            let own = self.names.text(&of("RestApiId", "rest_api_id")).map_or(Answer::Maybe, |id| text::same(&id, &api.id));
            let parameters = of("ResponseParameters", "response_parameters");
            answer = answer.or(own.and(sets(&parameters)));
        }
        answer
    }

    /// What the gateway responses in an API's body set (API Gateway Developer Guide, "x-amazon-apigateway-gateway-responses object").
    fn body_gateway_responses(&self, api: &Api) -> Vec<Value> {
        let of = |rest: &&RestApi| Some(rest.id) == api.resource;
        let Some(rest) = self.all::<RestApi>().into_iter().find(|rest| of(&rest)) else { return Vec::new() };
        let body = document::parse(&rest.body);
        let responses = read(&body, "x-amazon-apigateway-gateway-responses");
        match &responses.kind {
            Kind::Map(map) => map.entries.values().map(|response| read(response, "responseParameters")).collect(),
            _ => vec![responses],
        }
    }

    /// The HTTP APIs that have CORS settings, each with these and the routes that are resources.
    pub fn http_cors(&self) -> Vec<(HttpApi, Value, Vec<Route>)> {
        let mut by_api: HashMap<Str, Vec<Route>> = HashMap::new();
        for route in self.all::<Route>() {
            if let Some(key) = self.text_key(&route.api) {
                by_api.entry(key).or_default().push(route);
            }
        }
        let mut out = Vec::new();
        for api in self.all::<HttpApi>() {
            let (settings, reference) = match self.resource(api.id) {
                r if r.kind.contains("::") => (read(&r.attributes, "CorsConfiguration"), "Ref"),
                r => (read(&r.attributes, "cors_configuration"), "id"),
            };
            let routes = names::key(&self.names.attribute(api.id, reference)).and_then(|key| by_api.remove(&key));
            if let Some(settings) = items(&settings).0.into_iter().next() {
                out.push((api, settings, routes.unwrap_or_default()));
            }
        }
        out
    }

    fn method_path(&self, resource: &Value) -> Option<String> {
        let attr = self.referent(resource)?;
        match attr.kind.as_str() {
            "aws_api_gateway_rest_api" | "AWS::ApiGateway::RestApi" => Some("/".to_owned()),
            "aws_api_gateway_resource" | "AWS::ApiGateway::Resource" => Some(self.names.rest_path(attr.id).words()),
            _ => None,
        }
    }

    fn text_key(&self, value: &Value) -> Option<Str> {
        names::key(&self.names.text(value)?)
    }
}

impl RestPaths {
    fn new(graph: &Graph<'_>) -> Self {
        let responses = responses(graph);
        let mut out = RestPaths::default();
        for method in graph.all::<Method>() {
            let Some(key) = graph.text_key(&method.api) else { continue };
            let entry = out.by_api.entry(key).or_insert_with(|| Some(Paths::new()));
            match (read_method(graph, &method, &responses), entry.as_mut()) {
                (Some((path, method)), Some(paths)) => paths.entry(path).or_default().push(method),
                _ => *entry = None,
            }
        }
        for rest in graph.all::<RestApi>() {
            let reference = if graph.resource(rest.id).kind.contains("::") { "Ref" } else { "id" };
            let Some(key) = names::key(&graph.names.attribute(rest.id, reference)) else { continue };
            let entry = out.by_api.entry(key).or_insert_with(|| Some(Paths::new()));
            if entry.as_mut().and_then(|paths| body_methods(&rest, paths)).is_none() {
                *entry = None;
            }
        }
        out
    }
}

/// A method with its path; `None` where one of the two is not known.
fn read_method(graph: &Graph<'_>, method: &Method, responses: &Responses) -> Option<(String, ApiMethod)> {
    let path = graph.method_path(&method.resource)?;
    let verb = method.http_method.as_str()?.to_ascii_uppercase();
    let mut headers = BTreeMap::new();
    let (own, open) = items(&read(&method.integration, "IntegrationResponses"));
    let mut complete = open.is_none();
    for response in own {
        collect(&read(&response, "ResponseParameters"), &mut headers, &mut complete);
    }
    let apart = graph.text_key(&method.resource).and_then(|key| responses.get(&(key, verb.clone())));
    if let Some((more, known)) = apart {
        headers.extend(more.clone());
        complete &= known;
    }
    let resource = graph.resource(method.id);
    let authorization = first_written(&resource.attributes, &["AuthorizationType", "authorization"]);
    let api_key = first_written(&resource.attributes, &["ApiKeyRequired", "api_key_required"]);
    let value = Value::null(resource.name_span);
    Some((path, ApiMethod { resource: method.id, verb, authorization, api_key, value, headers, complete }))
}

fn responses(graph: &Graph<'_>) -> Responses {
    let mut out = Responses::new();
    for response in graph.of_kinds(&["aws_api_gateway_integration_response"]) {
        let of = |name: &str| read(&response.attributes, name);
        let (Some(key), Some(verb)) = (graph.text_key(&of("resource_id")), of("http_method").as_str().map(str::to_ascii_uppercase)) else {
            continue;
        };
        let (headers, complete) = out.entry((key, verb)).or_insert_with(|| (BTreeMap::new(), true));
        collect(&of("response_parameters"), headers, complete);
    }
    out
}

/// The first of the attributes that is written; null where none is.
fn first_written(attributes: &Value, names: &[&str]) -> Value {
    names.iter().map(|n| read(attributes, n)).find(|v| !v.is_null()).unwrap_or_else(|| Value::null(attributes.span))
}

fn collect(parameters: &Value, headers: &mut BTreeMap<String, Value>, complete: &mut bool) {
    match &parameters.kind {
        Kind::Null => {}
        Kind::Map(map) => {
            *complete &= map.open.is_none();
            for (name, value) in &map.entries {
                let name = name.strip_prefix("method.response.header.").unwrap_or(name);
                headers.insert(name.to_ascii_lowercase(), value.clone());
            }
        }
        _ => *complete = false,
    }
}

fn body_methods(rest: &RestApi, paths: &mut Paths) -> Option<()> {
    let body = document::parse(&rest.body);
    let Some(map) = read(&body, "paths").as_map().cloned() else { return Some(()) };
    for (path, item) in &map.entries {
        for (verb, operation) in &item.as_map()?.entries {
            let verb = match verb.to_ascii_lowercase().as_str() {
                "x-amazon-apigateway-any-method" => "ANY".to_owned(),
                known @ ("get" | "put" | "post" | "delete" | "options" | "head" | "patch") => known.to_ascii_uppercase(),
                _ => continue,
            };
            let (mut headers, mut complete) = (BTreeMap::new(), true);
            let responses = operation.get("x-amazon-apigateway-integration").map(|i| read(i, "responses"));
            for (_, response) in responses.iter().filter_map(Value::as_map).flat_map(|m| &m.entries) {
                collect(&read(response, "responseParameters"), &mut headers, &mut complete);
            }
            let (security, _) = items(&read(operation, "security"));
            let asks = security.iter().any(|s| s.as_map().is_some_and(|m| m.entries.keys().any(|k| k != "NONE" && k != "api_key")));
            let key = security.iter().any(|s| s.get("api_key").is_some());
            let authorization = Value::string(if asks { "(security)" } else { "NONE" }, operation.span);
            let api_key = Value::new(Kind::Bool(key), operation.span);
            let method = ApiMethod { resource: rest.id, verb, authorization, api_key, value: operation.clone(), headers, complete };
            paths.entry(path.to_string()).or_default().push(method);
        }
    }
    Some(())
}

/// The text of a header value without the single quotes that API Gateway wants around literals.
pub fn header_text(value: &Value) -> Option<String> {
    value.as_str().map(|v| v.trim_matches('\'').to_owned())
}

/// Whether a path parameter that takes everything, with `ANY`, catches a path.
pub fn caught_by_proxy(paths: &Paths, path: &str) -> bool {
    let mut at = path;
    while let Some((above, _)) = at.rsplit_once('/') {
        let proxy = |(p, methods): (&String, &Vec<ApiMethod>)| {
            let rest = p.strip_prefix(above).and_then(|r| r.strip_prefix('/'));
            rest.is_some_and(|r| r.starts_with('{') && r.ends_with("+}")) && methods.iter().any(|m| m.verb == "ANY" || m.verb == "OPTIONS")
        };
        if paths.iter().any(proxy) {
            return true;
        }
        at = above;
    }
    false
}

/// The id text of an API for messages.
pub fn shown(api: &Api, graph: &Graph<'_>) -> String {
    api.resource.map_or_else(|| Text::words(&api.id), |id| graph.resource(id).address.to_string())
}
