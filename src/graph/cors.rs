//! How a REST API answers browsers: its methods by path, and the CORS headers that it is set to send.

use std::collections::BTreeMap;

use super::Graph;
use super::apis::{Api, ApiKind};
use crate::model::api_gateway::{Method, RestApi};
use crate::model::{document, items, names, read};
use crate::value::{Kind, ResourceId, Text, Value};

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

impl Graph<'_> {
    /// The methods of a REST API by path; `None` where some cannot be seen.
    pub fn rest_paths(&self, api: &Api) -> Option<Paths> {
        if api.kind != ApiKind::Rest || api.open.is_some() {
            return None;
        }
        let mut paths = Paths::new();
        for method in self.all::<Method>() {
            if !self.names.text(&method.api).is_some_and(|id| names::key(&id).is_some() && id == api.id) {
                continue;
            }
            let path = self.method_path(&method.resource)?;
            let verb = method.http_method.as_str()?.to_ascii_uppercase();
            let (headers, complete) = self.method_headers(&method, &verb);
            let resource = self.resource(method.id);
            let authorization = first_written(&resource.attributes, &["AuthorizationType", "authorization"]);
            let api_key = first_written(&resource.attributes, &["ApiKeyRequired", "api_key_required"]);
            let value = Value::null(resource.name_span);
            paths.entry(path).or_default().push(ApiMethod { resource: method.id, verb, authorization, api_key, value, headers, complete });
        }
        if let Some(rest) = api.resource.and_then(|id| self.all::<RestApi>().into_iter().find(|r| r.id == id)) {
            body_methods(&rest, &mut paths)?;
        }
        Some(paths)
    }

    fn method_path(&self, resource: &Value) -> Option<String> {
        let attr = self.referent(resource)?;
        match attr.kind.as_str() {
            "aws_api_gateway_rest_api" | "AWS::ApiGateway::RestApi" => Some("/".to_owned()),
            "aws_api_gateway_resource" | "AWS::ApiGateway::Resource" => Some(self.names.rest_path(attr.id).to_string()),
            _ => None,
        }
    }

    /// The CORS headers that the responses of a method set: in CloudFormation in the method, in Terraform in resources of their own.
    fn method_headers(&self, method: &Method, verb: &str) -> (BTreeMap<String, Value>, bool) {
        let mut headers = BTreeMap::new();
        let mut complete = true;
        let (own, open) = items(&read(&method.integration, "IntegrationResponses"));
        complete &= open.is_none();
        for response in own {
            collect(&read(&response, "ResponseParameters"), &mut headers, &mut complete);
        }
        for response in self.of_kinds(&["aws_api_gateway_integration_response"]) {
            let of = |name: &str| read(&response.attributes, name);
            let same = |a: &Value, b: &Value| matches!((self.names.text(a), self.names.text(b)), (Some(a), Some(b)) if a == b);
            if same(&of("resource_id"), &method.resource) && of("http_method").as_str().is_some_and(|v| v.eq_ignore_ascii_case(verb)) {
                collect(&of("response_parameters"), &mut headers, &mut complete);
            }
        }
        (headers, complete)
    }
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
    api.resource.map_or_else(|| Text::to_string(&api.id), |id| graph.resource(id).address.to_string())
}
