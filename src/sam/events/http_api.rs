//! `HttpApi` events.

use super::{Event, api, check_authorizer, permission};
use crate::sam::function::Target;
use crate::sam::implicit::MANAGED;
use crate::sam::openapi::{self, ANY_METHOD, Integration};
use crate::sam::resource::Resource;
use crate::sam::tree::{Tree, tree};
use crate::sam::{Expander, Outcome};

impl Expander<'_> {
    pub(super) fn http_api_event(&mut self, event: &Event, target: &Target) -> Outcome<Vec<Resource>> {
        let path = api::text(event, "Path")?;
        let method = api::text(event, "Method")?.to_lowercase();
        let value = event.required("ApiId")?.clone();
        let id = value.get("Ref").unwrap_or(&value).text().unwrap_or_default().to_owned();
        let body = self.source.get(id.as_str()).and_then(|r| r.path(&["Properties", "DefinitionBody"]));
        let routed = path != "$default" && body.is_some_and(|b| default_route_calls(b, &target.id));
        let mut generated = Vec::new();
        if !routed {
            generated.push(route_permission(event, target, &path, &method, value));
        }
        let done = self.add_http_route(event, &id, &path, &method, target);
        self.note(done);
        Ok(generated)
    }

    fn add_http_route(&mut self, event: &Event, api: &str, path: &str, method: &str, target: &Target) -> Outcome<()> {
        let Some(mut properties) = self.take_properties(api) else { return Ok(()) };
        let mut body = properties.remove("DefinitionBody").filter(|b| !b.is_null());
        let done = match body.as_mut().filter(|b| b.get("Fn::Transform").is_none()) {
            Some(body) => self.integrate_route(event, &properties, body, path, method, target),
            None => Ok(()),
        };
        if let Some(body) = body {
            properties.set("DefinitionBody", body);
        }
        self.put_properties(api, properties);
        done
    }

    fn integrate_route(&self, event: &Event, api: &Tree, body: &mut Tree, path: &str, method: &str, target: &Target) -> Outcome<()> {
        if !openapi::is_openapi(body) {
            return event.fail("the `DefinitionBody` of its API is no OpenAPI 3 definition with `paths`");
        }
        let is_there = openapi::has_integration(body, path, method);
        if is_there && api.has(MANAGED) {
            return event.fail(format!("its API already has the method `{method}` of `{path}`"));
        }
        if !is_there {
            self.add_route(event, body, path, method, target);
        }
        let auth = event.properties.get("Auth").filter(|a| a.is_set());
        let done = auth.map(|auth| self.add_route_auth(event, auth, api, body));
        if let Some(timeout) = event.properties.get("TimeoutInMillis").filter(|t| t.is_set()) {
            api::set_timeout(body, path, method, timeout);
        }
        add_path_parameters(event, body, path, method);
        if let Some(version) = event.properties.get("PayloadFormatVersion").filter(|v| v.is_set()) {
            openapi::for_method(body, path, method, |definition| {
                if let Some(integration) = definition.get_mut(openapi::INTEGRATION) {
                    integration.set("payloadFormatVersion", version.clone());
                }
            });
        }
        done.unwrap_or(Ok(()))
    }

    fn add_route(&self, event: &Event, body: &mut Tree, path: &str, method: &str, target: &Target) {
        let at = event.at;
        let integration = tree!(at, {
            "type": "aws_proxy",
            "httpMethod": "POST",
            "payloadFormatVersion": "2.0",
            "uri": (self.invocation_uri(target, "${AWS::Partition}", false, at)),
        });
        let is_default = path == "$default" && openapi::normalized(method) == ANY_METHOD;
        let more = if is_default { vec![("isDefaultRoute", at.plain("true"))] } else { Vec::new() };
        let condition = target.condition();
        let new = Integration { path, method, condition, body: integration, responses: at.map([]), more };
        openapi::add_integration(body, new, at);
    }

    fn add_route_auth(&self, event: &Event, auth: &Tree, api: &Tree, body: &mut Tree) -> Outcome<()> {
        let api_auth = api.get("Auth");
        let default = api_auth.and_then(|a| a.get("DefaultAuthorizer"));
        let Some(authorizer) = auth.get("Authorizer").filter(|a| a.is_set()).or(default) else {
            return event.fail("`Auth` needs an `Authorizer`, or a `DefaultAuthorizer` of the API");
        };
        let authorizers = api_auth.and_then(|a| a.get("Authorizers"));
        let iam = api_auth.and_then(|a| a.get("EnableIamAuthorizer")).is_some_and(Tree::is_true);
        check_authorizer(event, authorizer, authorizers, default, iam)?;
        let name = authorizer.text().unwrap_or_default();
        let own = auth.get("AuthorizationScopes").filter(|s| s.is_set());
        let scopes = own.or_else(|| authorizers?.get(name)?.get("AuthorizationScopes")).filter(|s| s.is_set());
        let scopes = scopes.filter(|_| !matches!(name, "NONE" | "AWS_IAM")).cloned();
        let scopes = scopes.unwrap_or_else(|| authorizer.at().list(Vec::new()));
        let text = |key: &str| event.properties.get_text(key).unwrap_or_default();
        openapi::for_method(body, text("Path"), text("Method"), |m| openapi::add_security(m, name, scopes.clone()));
        Ok(())
    }
}

fn route_permission(event: &Event, target: &Target, path: &str, method: &str, api: Tree) -> Resource {
    let at = event.at;
    let path = openapi::without_trailing_slash(path);
    let path = openapi::arn_path(if path == "$default" { "" } else { path }, false);
    let in_arn = if method == "any" || method == ANY_METHOD { "*".to_owned() } else { method.to_uppercase() };
    let route = if method == "any" && path == "/$default" { path } else { format!("/{in_arn}{path}") };
    let arn = format!("arn:${{AWS::Partition}}:execute-api:${{AWS::Region}}:${{AWS::AccountId}}:${{__ApiId__}}/${{__Stage__}}{route}");
    let mut permission = permission(&event.id, "", target, "apigateway.amazonaws.com", at);
    permission.set("SourceArn", at.sub_with(arn, [("__ApiId__", api), ("__Stage__", at.text("*"))]));
    permission
}

/// Whether the default route already calls the function: its permission covers every route.
fn default_route_calls(body: &Tree, function: &str) -> bool {
    if !openapi::has_integration(body, "$default", ANY_METHOD) {
        return false;
    }
    let item = body.path(&["paths", "$default"]);
    let methods = item.into_iter().flat_map(openapi::contents).filter_map(|b| b.get(ANY_METHOD));
    let uris: Vec<_> = methods.flat_map(openapi::contents).map(|d| d.path(&[openapi::INTEGRATION, "uri"])).collect();
    let calls = |uri: &Tree| {
        let text = uri.get_text("Fn::Sub").unwrap_or_default();
        let name = text.split_once(".Arn").map(|(before, _)| before.rsplit(|c: char| !c.is_ascii_alphanumeric()).next());
        name == Some(Some(function))
    };
    uris.iter().all(|uri| uri.is_some_and(|u| u.map().is_some() && openapi::contents(u).into_iter().all(calls)))
}

fn add_path_parameters(event: &Event, body: &mut Tree, path: &str, method: &str) {
    let names: Vec<&str> = path.split('{').skip(1).filter_map(|p| p.split_once('}')).map(|(name, _)| name).collect();
    if names.is_empty() {
        return;
    }
    let at = event.at;
    openapi::for_method(body, path, method, |definition| {
        if definition.get("parameters").is_none() {
            definition.set("parameters", at.list(Vec::new()));
        }
        let Some(parameters) = definition.get_mut("parameters").and_then(Tree::items_mut) else { return };
        for name in &names {
            match parameters.iter_mut().find(|p| p.get_text("name") == Some(name)) {
                Some(known) => {
                    known.set("in", at.text("path"));
                    known.set("required", at.plain("true"));
                }
                None => parameters.push(tree!(at, { "name": (*name), "in": "path", "required": true })),
            }
        }
    });
}
