//! APIs with what they call and the stages that they are called on: REST, HTTP and WebSocket in one shape.

mod routes;

use std::collections::{HashMap, HashSet};

use super::Graph;
use super::openapi::{self, Body};
use crate::model::api_gateway::{
    Authorizer, Deployment, HttpApi, HttpAuthorizer, HttpStage, Integration, ManagedOverrides, Method, RestApi, RestApiPut, Route, Stage,
};
use crate::model::{names, read};
use crate::source::Span;
use crate::text;
use crate::value::{Guard, Kind, Part, ResourceId, Str, Text, Value};

/// Which product: they differ in the ARN that they present.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApiKind {
    /// REST (version 1).
    Rest,
    /// HTTP (version 2).
    Http,
    /// WebSocket (version 2).
    WebSocket,
}

/// An API of the unit, or one that the unit only refers to.
#[derive(Debug)]
pub struct Api {
    /// The API resource; `None` where the unit only refers to it by id.
    pub resource: Option<ResourceId>,
    /// Its id as canonical text.
    pub id: Text,
    /// Which product.
    pub kind: ApiKind,
    /// What it calls.
    pub calls: Vec<Call>,
    /// The service integrations of an HTTP API, which are no URIs.
    pub services: Vec<ServiceCall>,
    /// Its stages.
    pub stages: Vec<ApiStage>,
    /// Why there may be more calls than these, and the place.
    pub open: Option<(String, Span)>,
}

/// Who in an API calls something.
#[derive(Clone, Debug)]
pub enum Caller {
    /// A method on a path (`ANY` is every method), or an HTTP API route of that form.
    Method {
        /// `GET`, `ANY`.
        method: Text,
        /// `/orders/{id}`, `/` for the root.
        path: Text,
    },
    /// `$default`, `$connect`, a WebSocket route key.
    Route(Text),
    /// An authorizer: its id, a hole.
    Authorizer(Text),
}

/// An integration or authorizer that calls something.
#[derive(Clone, Debug)]
pub struct Call {
    /// The resource that holds the URI.
    pub resource: ResourceId,
    /// Who calls.
    pub caller: Caller,
    /// What is called.
    pub uri: Value,
    /// The role that it is called with.
    pub credentials: Value,
    /// The HTTP method of the integration itself (REST), null where there is none.
    pub http_method: Value,
    /// When it exists.
    pub presence: Guard,
}

impl Api {
    /// Adds an integration: one with a subtype calls a service, and has no URI.
    fn add(&mut self, call: Call, subtype: Value, parameters: Value) {
        match subtype.is_null() {
            true => self.calls.push(call),
            false => self.services.push(ServiceCall { call, subtype, parameters }),
        }
    }
}

/// A service integration of an HTTP API: `SQS-SendMessage`.
#[derive(Clone, Debug)]
pub struct ServiceCall {
    /// The integration; its URI is null.
    pub call: Call,
    /// Service and operation.
    pub subtype: Value,
    /// What it is called with: a map.
    pub parameters: Value,
}

impl Call {
    /// `GET /orders`, `route $default`, `authorizer token`.
    pub fn shown(&self) -> String {
        match &self.caller {
            Caller::Method { method, path } => format!("{method} {path:#}"),
            Caller::Route(key) => format!("route {key:#}"),
            Caller::Authorizer(name) => {
                format!("authorizer {}", name.words().trim_end_matches(".id"))
            }
        }
    }

    /// Whether an authorizer calls.
    pub fn is_authorizer(&self) -> bool {
        matches!(self.caller, Caller::Authorizer(_))
    }
}

/// A stage.
#[derive(Clone, Debug)]
pub struct ApiStage {
    /// The resource that makes it.
    pub resource: ResourceId,
    /// Its name.
    pub name: Text,
    /// Its stage variables: a map, or null.
    pub variables: Value,
    /// The canary's overrides: a map; null where there is no canary.
    pub overrides: Value,
    /// When it exists.
    pub presence: Guard,
}

impl ApiStage {
    /// What a stage variable is on this stage.
    pub fn variable(&self, name: &str, canary: bool) -> Variable {
        if canary && let Some(value) = entry(&self.overrides, name) {
            return value;
        }
        entry(&self.variables, name).unwrap_or(Variable::Undefined)
    }

    /// Whether it has a canary with overrides of its own.
    pub fn has_canary(&self) -> bool {
        !self.overrides.is_null()
    }

    /// The name for messages; with the canary said.
    pub fn shown(&self, canary: bool) -> String {
        if canary { format!("{:#} (canary)", self.name) } else { self.name.words() }
    }
}

/// The value of a stage variable.
#[derive(Clone, Debug)]
pub enum Variable {
    /// Set to this, not empty.
    Set(Value),
    /// Not set, or empty.
    Undefined,
    /// Cannot be told: why.
    Unknown(String, Span),
}

fn entry(map: &Value, name: &str) -> Option<Variable> {
    match &map.kind {
        Kind::Map(m) => match (m.entries.get(name), &m.open) {
            (Some(value), _) if value.is_null() || value.as_str() == Some("") => Some(Variable::Undefined),
            (Some(value), _) => Some(Variable::Set(value.clone())),
            (None, Some(unknown)) => Some(Variable::Unknown(unknown.message.to_string(), map.span)),
            (None, None) => None,
        },
        Kind::Null => None,
        Kind::List(list) if list.items.is_empty() && list.open.is_none() => None,
        _ => Some(Variable::Unknown(
            map.first_unknown().map_or_else(|| "the stage variables are no map".to_owned(), |h| h.message()),
            map.span,
        )),
    }
}

/// The APIs of a unit.
#[derive(Debug, Default)]
pub struct Apis {
    /// In the unit's order; those that are only referred to last.
    pub all: Vec<Api>,
    by_id: HashMap<Str, usize>,
}

impl Apis {
    /// The API of an id.
    pub fn by_id(&self, id: &Text) -> Option<&Api> {
        self.by_id.get(&names::key(id)?).map(|i| &self.all[*i])
    }

    pub(super) fn new(graph: &Graph<'_>) -> Self {
        let mut builder = Builder { graph, apis: Apis::default() };
        builder.declared();
        builder.rest_methods();
        builder.rest_authorizers();
        builder.rest_stages();
        builder.http_routes();
        builder.http_authorizers();
        builder.http_stages();
        builder.apis
    }
}

struct Builder<'g, 'u> {
    graph: &'g Graph<'u>,
    apis: Apis,
}

impl Builder<'_, '_> {
    /// The API that a value names; made where the unit only refers to it. `None` where nothing is named.
    fn api(&mut self, value: &Value, kind: ApiKind) -> Option<&mut Api> {
        self.api_index(value, kind).and_then(|index| self.apis.all.get_mut(index))
    }

    fn api_index(&mut self, value: &Value, kind: ApiKind) -> Option<usize> {
        let id = self.graph.names.text(value)?;
        let next = self.apis.all.len();
        // What may be any API is one of its own: its calls are told, and nothing is concluded for another one.
        let index = names::key(&id).map_or(next, |key| *self.apis.by_id.entry(key).or_insert(next));
        if index == next {
            self.apis.all.push(Api { resource: None, id, kind, calls: Vec::new(), services: Vec::new(), stages: Vec::new(), open: None });
        }
        Some(index)
    }

    fn declare(&mut self, resource: ResourceId, kind: ApiKind) -> usize {
        let cloudformation = self.graph.resource(resource).kind.contains("::");
        let id = self.graph.names.attribute(resource, if cloudformation { "Ref" } else { "id" });
        let index = self.apis.all.len();
        if let Some(key) = names::key(&id) {
            self.apis.by_id.insert(key, index);
        }
        self.apis.all.push(Api {
            resource: Some(resource),
            id,
            kind,
            calls: Vec::new(),
            services: Vec::new(),
            stages: Vec::new(),
            open: None,
        });
        index
    }

    fn declared(&mut self) {
        for rest in self.graph.all::<RestApi>() {
            let index = self.declare(rest.id, ApiKind::Rest);
            self.body(index, rest.id, &rest.body, &rest.body_location);
        }
        for put in self.graph.all::<RestApiPut>() {
            if let Some(index) = self.api_index(&put.api, ApiKind::Rest) {
                self.body(index, put.id, &put.body, &Value::null(Span::NONE));
            }
        }
        for http in self.graph.all::<HttpApi>() {
            let websocket = http.protocol.as_str().is_some_and(|p| p.eq_ignore_ascii_case("WEBSOCKET"));
            let index = self.declare(http.id, if websocket { ApiKind::WebSocket } else { ApiKind::Http });
            self.body(index, http.id, &http.body, &http.body_location);
            self.quick_create(index, &http);
        }
    }

    /// `target` on an HTTP API makes an integration, a route and the `$default` stage.
    fn quick_create(&mut self, index: usize, http: &HttpApi) {
        if http.target.is_null() {
            return;
        }
        let presence = self.graph.resource(http.id).presence.clone();
        let key = self.graph.names.text(&http.route_key).unwrap_or_else(|| Text::literal("$default"));
        let variables = self
            .graph
            .all::<ManagedOverrides>()
            .into_iter()
            .find(|o| self.graph.names.text(&o.api).is_some_and(|id| text::same(&id, &self.apis.all[index].id) == text::Answer::Yes));
        let stage = ApiStage {
            resource: http.id,
            name: Text::literal("$default"),
            variables: variables.map_or_else(|| Value::null(Span::NONE), |o| o.variables),
            overrides: Value::null(Span::NONE),
            presence: presence.clone(),
        };
        let call = Call {
            resource: http.id,
            caller: route(&key),
            uri: http.target.clone(),
            credentials: http.credentials.clone(),
            http_method: Value::null(Span::NONE),
            presence,
        };
        self.apis.all[index].calls.push(call);
        self.apis.all[index].stages.push(stage);
    }

    fn body(&mut self, index: usize, resource: ResourceId, body: &Value, location: &Value) {
        let presence = self.graph.resource(resource).presence.clone();
        let Body { integrations, authorizers, open } = openapi::read_body(body);
        let kind = self.apis.all[index].kind;
        let api = &mut self.apis.all[index];
        for found in integrations {
            if !is_lambda_type(&read(&found.integration, "type")) {
                continue;
            }
            let caller = match (kind, found.path.as_str()) {
                (ApiKind::Http, "/$default") => Caller::Route(Text::literal("$default")),
                _ => Caller::Method { method: Text::literal(found.method), path: Text::literal(found.path) },
            };
            let call = Call {
                resource,
                caller,
                uri: read(&found.integration, "uri"),
                credentials: read(&found.integration, "credentials"),
                http_method: read(&found.integration, "httpMethod"),
                presence: presence.clone(),
            };
            api.add(call, read(&found.integration, "integrationSubtype"), read(&found.integration, "requestParameters"));
        }
        for found in authorizers {
            api.calls.push(Call {
                resource,
                caller: Caller::Authorizer(Text::literal(found.name)),
                uri: read(&found.authorizer, "authorizerUri"),
                credentials: read(&found.authorizer, "authorizerCredentials"),
                http_method: Value::null(Span::NONE),
                presence: presence.clone(),
            });
        }
        api.open = api.open.take().or(open);
        if !location.is_null() && api.open.is_none() {
            api.open = Some((format!("its body is in S3 ({location:#})"), location.span));
        }
    }

    /// The path of a REST resource that a value names.
    fn rest_path(&self, value: &Value) -> Text {
        let attr = match &value.kind {
            Kind::Attr(attr) => Some(attr.clone()),
            Kind::Text(text) => match text.holes() {
                Some([Part::Attr(attr)]) => Some(attr.clone()),
                _ => None,
            },
            _ => None,
        };
        match attr {
            Some(attr) if matches!(attr.path.as_str(), "root_resource_id" | "RootResourceId") => Text::literal("/"),
            Some(attr) => match self.graph.resource(attr.resource).kind.as_str() {
                "aws_api_gateway_resource" => self.graph.names.attribute(attr.resource, "path"),
                "AWS::ApiGateway::Resource" => self.graph.names.rest_path(attr.resource),
                _ => unknown_path(value),
            },
            None => unknown_path(value),
        }
    }

    fn rest_methods(&mut self) {
        for method in self.graph.all::<Method>().into_iter().filter(|m| is_lambda_type(&m.integration_type) && !m.integration.is_null()) {
            let caller = Caller::Method { method: self.text(&method.http_method), path: self.rest_path(&method.resource) };
            let presence = self.graph.resource(method.id).presence.clone();
            let call = Call {
                resource: method.id,
                caller,
                uri: method.uri,
                credentials: method.credentials,
                http_method: method.integration_method,
                presence,
            };
            if let Some(api) = self.api(&method.api, ApiKind::Rest) {
                api.calls.push(call);
            }
        }
        for integration in self.graph.all::<Integration>().into_iter().filter(|i| is_lambda_type(&i.integration_type)) {
            let caller = Caller::Method { method: self.text(&integration.http_method), path: self.rest_path(&integration.resource) };
            let presence = self.graph.resource(integration.id).presence.clone();
            let call = Call {
                resource: integration.id,
                caller,
                uri: integration.uri,
                credentials: integration.credentials,
                http_method: integration.integration_method,
                presence,
            };
            if let Some(api) = self.api(&integration.api, ApiKind::Rest) {
                api.calls.push(call);
            }
        }
    }

    fn text(&self, value: &Value) -> Text {
        self.graph.names.text(value).unwrap_or_default()
    }

    /// Authorizers that some method refers to: an unused one is never called.
    fn rest_authorizers(&mut self) {
        let methods = self.graph.all::<Method>();
        let used = self.used(methods.iter().map(|m| &m.authorizer));
        for authorizer in self.graph.all::<Authorizer>() {
            let id = self.graph.names.attribute(authorizer.id, self.ref_of(authorizer.id));
            if !used.has(&id) {
                continue;
            }
            let presence = self.graph.resource(authorizer.id).presence.clone();
            let call = Call {
                resource: authorizer.id,
                caller: Caller::Authorizer(id),
                uri: authorizer.uri,
                credentials: authorizer.credentials,
                http_method: Value::null(Span::NONE),
                presence,
            };
            if let Some(api) = self.api(&authorizer.api, ApiKind::Rest) {
                api.calls.push(call);
            }
        }
    }

    fn ref_of(&self, id: ResourceId) -> &'static str {
        if self.graph.resource(id).kind.contains("::") { "Ref" } else { "id" }
    }

    fn used<'v>(&self, values: impl Iterator<Item = &'v Value>) -> Used {
        let mut used = Used { keys: HashSet::new(), unknown: false };
        for text in values.filter_map(|v| self.graph.names.text(v)) {
            match names::key(&text) {
                Some(key) => {
                    used.keys.insert(key);
                    used.unknown |= super::functions::has_unknown(&text);
                }
                None => used.unknown = true,
            }
        }
        used
    }

    fn rest_stages(&mut self) {
        for stage in self.graph.all::<Stage>() {
            let presence = self.graph.resource(stage.id).presence.clone();
            let overrides = if stage.canary.is_null() { Value::null(Span::NONE) } else { stage.overrides };
            let built = ApiStage { resource: stage.id, name: self.text(&stage.name), variables: stage.variables, overrides, presence };
            if let Some(api) = self.api(&stage.api, ApiKind::Rest) {
                api.stages.push(built);
            }
        }
        for deployment in self.graph.all::<Deployment>() {
            let name = self.text(&deployment.name);
            // SAM's translator gives each deployment a stage that is literally named `Stage`, which nobody calls.
            let by_sam = self.graph.resource(deployment.id).origin.is_some() && name.as_known() == Some("Stage");
            if name.is_empty() || by_sam {
                continue;
            }
            let presence = self.graph.resource(deployment.id).presence.clone();
            let overrides = match (deployment.overrides.is_null(), deployment.canary.is_null()) {
                (false, false) => deployment.overrides,
                _ => deployment.description_overrides,
            };
            let stage = ApiStage { resource: deployment.id, name, variables: deployment.variables, overrides, presence };
            if let Some(api) = self.api(&deployment.api, ApiKind::Rest)
                && !api.stages.iter().any(|s| s.name == stage.name)
            {
                api.stages.push(stage);
            }
        }
    }

    fn http_authorizers(&mut self) {
        let routes = self.graph.all::<Route>();
        let used = self.used(routes.iter().map(|r| &r.authorizer));
        for authorizer in self.graph.all::<HttpAuthorizer>() {
            let id = self.graph.names.attribute(authorizer.id, self.ref_of(authorizer.id));
            if !used.has(&id) || authorizer.uri.is_null() {
                continue;
            }
            let presence = self.graph.resource(authorizer.id).presence.clone();
            let call = Call {
                resource: authorizer.id,
                caller: Caller::Authorizer(id),
                uri: authorizer.uri,
                credentials: authorizer.credentials,
                http_method: Value::null(Span::NONE),
                presence,
            };
            if let Some(api) = self.api(&authorizer.api, ApiKind::Http) {
                api.calls.push(call);
            }
        }
    }

    fn http_stages(&mut self) {
        for stage in self.graph.all::<HttpStage>() {
            let presence = self.graph.resource(stage.id).presence.clone();
            let built = ApiStage {
                resource: stage.id,
                name: self.text(&stage.name),
                variables: stage.variables,
                overrides: Value::null(Span::NONE),
                presence,
            };
            if let Some(api) = self.api(&stage.api, ApiKind::Http) {
                api.stages.push(built);
            }
        }
    }
}

struct Used {
    keys: HashSet<Str>,
    unknown: bool,
}

impl Used {
    fn has(&self, id: &Text) -> bool {
        self.unknown || names::key(id).is_some_and(|k| self.keys.contains(&k))
    }
}

/// `GET /orders` is a method on a path, everything else a route key.
fn route(key: &Text) -> Caller {
    match text::cut(key, " ") {
        Some((method, path)) => Caller::Method { method, path },
        None => Caller::Route(key.clone()),
    }
}

fn route_key(caller: &Caller) -> Text {
    match caller {
        Caller::Method { method, path } => Text::concat([method, &Text::literal(" "), path]),
        Caller::Route(key) | Caller::Authorizer(key) => key.clone(),
    }
}

fn unknown_path(value: &Value) -> Text {
    value.to_text().filter(|t| t.as_known().is_none()).unwrap_or_else(|| {
        let unknown = crate::value::Unknown::new(crate::value::Reason::Error, "(path)", "the path of the method is not known", value.span);
        Text::from_parts([Part::Unknown(unknown)])
    })
}

/// `AWS` and `AWS_PROXY` call Lambda or another service; an unknown type may.
fn is_lambda_type(integration_type: &Value) -> bool {
    match integration_type.as_str() {
        Some(known) => known.eq_ignore_ascii_case("AWS") || known.eq_ignore_ascii_case("AWS_PROXY"),
        None => !integration_type.is_null(),
    }
}
