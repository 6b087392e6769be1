//! `Api` events: a permission, and the method in the API's definition where SAM writes that.

use super::{Event, permission, request};
use crate::sam::function::Target;
use crate::sam::implicit::MANAGED;
use crate::sam::openapi::{self, Integration};
use crate::sam::policies::statements;
use crate::sam::resource::Resource;
use crate::sam::tree::{At, Tree, tree};
use crate::sam::{Expander, Outcome, fail};

/// The API of an event: its logical id where it is one of the template, and the stage that ids end with.
struct Api {
    id: Option<String>,
    stage: String,
}

/// Where a method stands.
pub(super) struct Route<'a> {
    /// Its path.
    pub path: &'a str,
    /// The method in lower case.
    pub method: &'a str,
    /// The stage, for resource policies.
    pub stage: &'a str,
}

impl Expander<'_> {
    fn api_of(&self, event: &Event) -> Api {
        let api = event.properties.get("RestApiId").map(|api| api.get("Ref").unwrap_or(api)).and_then(Tree::text);
        let Some(resource) = api.and_then(|id| self.source.get(id)) else {
            return Api { id: None, stage: "AllStages".to_owned() };
        };
        let stage = resource.path(&["Properties", "StageName"]).and_then(Tree::text);
        Api { id: api.map(str::to_owned), stage: stage.unwrap_or("Stage").to_owned() }
    }

    pub(super) fn api_event(&mut self, event: &Event, target: &Target) -> Outcome<Vec<Resource>> {
        let path = text(event, "Path")?;
        let method = text(event, "Method")?.to_lowercase();
        let api_value = event.required("RestApiId")?.clone();
        let api = self.api_of(event);
        let in_arn = openapi::arn_path(openapi::without_trailing_slash(&path), true);
        let method_in_arn = if method == "any" { "*".to_owned() } else { method.to_uppercase() };
        let partition = self.partition();
        let arn = format!(
            "arn:{partition}:execute-api:${{AWS::Region}}:${{AWS::AccountId}}:${{__ApiId__}}/${{__Stage__}}/{method_in_arn}{in_arn}"
        );
        let at = event.at;
        let mut permission = permission(&event.id, &api.stage, target, "apigateway.amazonaws.com", at);
        permission.set("SourceArn", at.sub_with(arn, [("__ApiId__", api_value), ("__Stage__", at.text("*"))]));
        if let Some(id) = &api.id {
            let route = Route { path: &path, method: &method, stage: &api.stage };
            let done = self.add_api_method(event, id, &route, target);
            self.note(done);
        }
        Ok(vec![permission])
    }

    fn add_api_method(&mut self, event: &Event, api_id: &str, route: &Route, target: &Target) -> Outcome<()> {
        let Some(mut api) = self.take_properties(api_id) else { return Ok(()) };
        let mut body = api.remove("DefinitionBody").filter(|b| !b.is_null() && b.get("Fn::Transform").is_none());
        let merges = api.has("MergeDefinitions");
        let done = match &mut body {
            Some(body) if api.has(MANAGED) || merges => self.integrate(event, &api, body, route, target, merges),
            _ => Ok(()),
        };
        let auth = event.properties.get("Auth").filter(|a| a.has("OverrideApiAuth"));
        let done = match (done, auth, &mut body) {
            (Ok(()), Some(auth), Some(body)) if openapi::is_swagger(body) => self.add_method_auth(event, auth, &api, body, route),
            (done, _, _) => done,
        };
        if let Some(body) = body {
            api.set("DefinitionBody", body);
        }
        self.put_properties(api_id, api);
        done
    }

    /// Takes the properties of a resource out, to change them without a copy.
    pub(super) fn take_properties(&mut self, id: &str) -> Option<Tree> {
        self.source.get_mut(id)?.remove("Properties")
    }

    /// Puts the properties of a resource back.
    pub(super) fn put_properties(&mut self, id: &str, properties: Tree) {
        if let Some(resource) = self.source.get_mut(id) {
            resource.set("Properties", properties);
        }
    }

    fn integrate(&mut self, event: &Event, api: &Tree, written: &mut Tree, route: &Route, target: &Target, merges: bool) -> Outcome<()> {
        if !merges {
            return self.integrate_into(event, api, written, route, target);
        }
        let mut body = openapi::swagger_skeleton(event.at);
        self.integrate_into(event, api, &mut body, route, target)?;
        merge(written, &body, route);
        Ok(())
    }

    fn integrate_into(&mut self, event: &Event, api: &Tree, body: &mut Tree, route: &Route, target: &Target) -> Outcome<()> {
        let at = event.at;
        let (path, method) = (route.path, route.method);
        if !openapi::is_swagger(body) {
            return event.fail("the `DefinitionBody` of its API is no Swagger or OpenAPI 3 definition with `paths`");
        }
        if openapi::has_integration(body, path, method) {
            return event.fail(format!("its API already has the method `{method}` of `{path}`"));
        }
        let auth = event.properties.get("Auth").cloned().unwrap_or_else(|| at.map([]));
        let integration = self.lambda_integration(event, api, &auth, target);
        let condition = target.condition();
        let new = Integration { path, method, condition, body: integration, responses: at.map([]), more: Vec::new() };
        openapi::add_integration(body, new, at);
        if auth.is_set() {
            self.add_method_auth(event, &auth, api, body, route)?;
        }
        if let Some(timeout) = event.properties.get("TimeoutInMillis").filter(|t| t.is_set()) {
            set_timeout(body, path, method, timeout);
        }
        request::add_model(event, api, body, path, method)?;
        request::add_parameters(event, body, path, method)
    }

    fn lambda_integration(&self, event: &Event, api: &Tree, auth: &Tree, target: &Target) -> Tree {
        let at = event.at;
        let streams = event.properties.get_text("ResponseTransferMode") == Some("RESPONSE_STREAM");
        let mut integration = tree!(at, {
            "type": "aws_proxy",
            "httpMethod": "POST",
            "uri": (self.invocation_uri(target, self.partition(), streams, at)),
        });
        if streams {
            integration.set("responseTransferMode", at.text("STREAM"));
        }
        let api_auth = api.get("Auth").cloned().unwrap_or_else(|| at.map([]));
        if let Some(credentials) = self.integration_credentials(auth, &api_auth, at) {
            integration.set("credentials", credentials);
        }
        integration
    }

    /// The URI that an integration calls; behind the condition of the function, where it has one.
    pub(super) fn invocation_uri(&self, target: &Target, partition: &str, streams: bool, at: At) -> Tree {
        let (version, action) = if streams { ("2021-11-15", "response-streaming-invocations") } else { ("2015-03-31", "invocations") };
        let function = target.variable();
        let uri = at.sub(format!("arn:{partition}:apigateway:${{AWS::Region}}:lambda:path/{version}/functions/{function}/{action}"));
        match target.condition() {
            Some(condition) => at.choose(condition, uri, at.no_value()),
            None => uri,
        }
    }

    /// With the `AWS_IAM` authorizer API Gateway calls as the caller, unless `InvokeRole` says otherwise.
    fn integration_credentials(&self, auth: &Tree, api_auth: &Tree, at: At) -> Option<Tree> {
        let by_default = api_auth.get_text("DefaultAuthorizer") == Some("AWS_IAM") && !auth.is_set();
        if auth.get_text("Authorizer") != Some("AWS_IAM") && !by_default {
            return None;
        }
        let role = |auth: &Tree| {
            let written = auth.map()?.get("InvokeRole")?;
            Some(if written.is_set() { written.clone() } else { at.text("NONE") })
        };
        match role(auth).or_else(|| role(api_auth)) {
            Some(role) if role.text() == Some("NONE") => None,
            Some(role) if role.text() != Some("CALLER_CREDENTIALS") => Some(role),
            _ => Some(at.text(format!("arn:{}:iam::*:user/*", self.partition()))),
        }
    }

    /// An `Api` event of a state machine: a role for API Gateway, and the method.
    pub(super) fn machine_api_event(&mut self, event: &Event, machine: &Target, boundary: Option<&Tree>) -> Outcome<Vec<Resource>> {
        let path = text(event, "Path")?;
        let method = text(event, "Method")?.to_lowercase();
        let role = super::rules::machine_role(event, machine, "apigateway.amazonaws.com", boundary);
        let Some(api) = self.api_of(event).id else { return Ok(vec![role]) };
        let stage = event.properties.get_text("Stage").unwrap_or_default();
        let route = Route { path: &path, method: &method, stage };
        let Some(mut properties) = self.take_properties(&api) else { return Ok(vec![role]) };
        let mut body = properties.remove("DefinitionBody");
        let done = match &mut body {
            Some(body) if properties.has(MANAGED) && openapi::is_swagger(body) => {
                self.integrate_machine(event, machine, &role, &properties, body, &route)
            }
            _ => Ok(()),
        };
        if let Some(body) = body {
            properties.set("DefinitionBody", body);
        }
        self.put_properties(&api, properties);
        self.note(done);
        Ok(vec![role])
    }

    fn integrate_machine(
        &mut self,
        event: &Event,
        machine: &Target,
        role: &Resource,
        api: &Tree,
        body: &mut Tree,
        route: &Route,
    ) -> Outcome<()> {
        if openapi::has_integration(body, route.path, route.method) {
            return event.fail(format!("its API already has the method `{}` of `{}`", route.method, route.path));
        }
        let new = machine_integration(event, machine, role.arn(), route.path, route.method);
        openapi::add_integration(body, new, event.at);
        match event.properties.get("Auth").filter(|a| a.is_set()) {
            Some(auth) => self.add_method_auth(event, auth, api, body, route),
            None => Ok(()),
        }
    }
}

fn machine_integration<'a>(event: &Event, machine: &'a Target, role: Tree, path: &'a str, method: &'a str) -> Integration<'a> {
    let at = event.at;
    let id = &machine.id;
    let uri = at.sub("arn:${AWS::Partition}:apigateway:${AWS::Region}:states:action/StartExecution");
    let uri = match machine.condition() {
        Some(condition) => at.choose(condition, uri, at.no_value()),
        None => uri,
    };
    let template = if event.properties.get("UnescapeMappingTemplate").is_some_and(Tree::is_true) {
        format!(r#"{{"input": "$util.escapeJavaScript($input.json('$')).replaceAll("\\'","'")", "stateMachineArn": "${{{id}}}"}}"#)
    } else {
        format!(r#"{{"input": "$util.escapeJavaScript($input.json('$'))", "stateMachineArn": "${{{id}}}"}}"#)
    };
    let body = tree!(at, {
        "type": "aws",
        "httpMethod": "POST",
        "uri": uri,
        "responses": { "200": { "statusCode": "200" }, "400": { "statusCode": "400" } },
        "credentials": role,
        "requestTemplates": { "application/json": (at.sub(template)) },
    });
    let responses = tree!(at, { "200": { "description": "OK" }, "400": { "description": "Bad Request" } });
    Integration { path, method, condition: machine.condition(), body, responses, more: Vec::new() }
}

/// `MergeDefinitions`: what SAM writes for a method goes over what the definition says of it.
fn merge(written: &mut Tree, generated: &Tree, route: &Route) {
    let made = generated.path(&["paths", route.path, &openapi::normalized(route.method)]).and_then(Tree::map).cloned();
    let path = written.get_mut("paths").and_then(|p| p.entry_map(route.path));
    if let Some(all) = path.and_then(|p| p.entry_map(route.method)).and_then(Tree::map_mut) {
        all.extend(made.unwrap_or_default());
    }
}

/// A property of an event that must be a string.
pub(super) fn text(event: &Event, name: &str) -> Outcome<String> {
    let value = event.required(name)?;
    match value.text() {
        Some(text) => Ok(text.to_owned()),
        // In the words of the check before, so that it is said once.
        None => fail(value.at(), format!("`{name}` of event `{}` must be a string", event.name)),
    }
}

/// Sets the time-out of a method's integration.
pub(super) fn set_timeout(body: &mut Tree, path: &str, method: &str, timeout: &Tree) {
    openapi::for_method(body, path, method, |definition| {
        if let Some(integration) = definition.get_mut(openapi::INTEGRATION) {
            integration.set("timeoutInMillis", timeout.clone());
        }
    });
}

/// A role that a service uses to start a state machine.
pub(super) fn start_role(id: String, machine: &Target, service: &str, boundary: Option<&Tree>, at: At) -> Resource {
    let mut role = Resource::new(id, "AWS::IAM::Role", at, &machine.attributes);
    role.set("AssumeRolePolicyDocument", statements::trust(service, at));
    let policy = statements::start_execution(&machine.name(at), &role.id);
    role.set("Policies", at.list(vec![policy]));
    if let Some(boundary) = boundary {
        role.set("PermissionsBoundary", boundary);
    }
    role
}
