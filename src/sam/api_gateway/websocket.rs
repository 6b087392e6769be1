//! `AWS::Serverless::WebSocketApi`.

use super::Api;
use crate::sam::function::propagate_tags;
use crate::sam::resource::Resource;
use crate::sam::tree::{Tree, tree};
use crate::sam::{Expander, Outcome, fail};
use crate::value::Str;

/// The tag that marks what SAM has made.
const TAG: &str = "websocketapi:createdBy";

impl Expander<'_> {
    /// The API, its routes with integrations and permissions, stage, authorizer and domain.
    pub(in crate::sam) fn expand_websocket_api(&mut self, id: &Str, resource: &Tree) -> Vec<Resource> {
        let mut api = Api::new(id, resource);
        api.passed_on.clear();
        for name in ["Auth", "Domain", "Routes"] {
            if let Some(value) = api.properties.get(name).map(|v| self.resolve(v)) {
                api.properties.set(name, value);
            }
        }
        let mut generated = vec![websocket_api(&mut api)];
        let routes = api.properties.get("Routes").and_then(Tree::map).cloned().unwrap_or_default();
        if routes.is_empty() {
            self.problem(api.at, format!("WebSocket API `{id}` needs at least one route in `Routes`"));
        }
        if api.properties.get("RouteSelectionExpression").is_none() {
            self.problem(api.at, format!("WebSocket API `{id}` needs `RouteSelectionExpression`"));
        }
        let mut route_ids = Vec::new();
        for (key, route) in &routes {
            let resources = route_resources(&api, key, route);
            for resource in self.note(resources).unwrap_or_default() {
                if resource.kind == "AWS::ApiGatewayV2::Route" {
                    route_ids.push(api.at.text(resource.id.as_str()));
                }
                generated.push(resource);
            }
        }
        let domain = self.v2_domain(&api, TAG);
        generated.extend(self.note(domain).unwrap_or_default());
        generated.push(stage(&api, route_ids));
        generated.extend(self.connect_authorizer(&api, routes.contains_key("$connect")));
        if api.properties.has("PropagateTags") {
            set_tags(&mut generated, &api.properties);
        }
        propagate_tags(&mut generated, &api.properties);
        generated
    }

    fn connect_authorizer(&mut self, api: &Api, has_connect: bool) -> Vec<Resource> {
        let Some(auth) = api.properties.get("Auth").filter(|a| a.is_set()) else { return Vec::new() };
        let at = auth.at();
        if !has_connect {
            self.problem(at, format!("`Auth` of WebSocket API `{}` needs a `$connect` route", api.id));
        }
        if !matches!(auth.get_text("AuthType"), Some("NONE" | "AWS_IAM" | "CUSTOM")) {
            self.problem(at, format!("`Auth` of WebSocket API `{}` needs `AuthType`: NONE, AWS_IAM or CUSTOM", api.id));
        }
        if auth.get_text("AuthType") != Some("CUSTOM") || !has_connect {
            return Vec::new();
        }
        let Some(function) = auth.get("AuthArn").filter(|a| a.is_set()) else {
            self.problem(at, format!("`Auth` of WebSocket API `{}` needs `AuthArn`", api.id));
            return Vec::new();
        };
        let id = format!("{}ConnectAuthorizer", api.id);
        let mut authorizer = api.more(id.as_str(), "AWS::ApiGatewayV2::Authorizer");
        authorizer.at = at;
        authorizer.set("ApiId", at.reference(api.id)).set("AuthorizerType", "REQUEST");
        authorizer.set("AuthorizerUri", function_uri("AuthArn", function));
        authorizer.set_some("AuthorizerCredentialsArn", auth.get("InvokeRole"));
        authorizer.set_some("IdentitySource", auth.get("IdentitySource"));
        authorizer.set("Name", auth.get("Name").filter(|n| n.is_set()).cloned().unwrap_or_else(|| at.text(id)));
        let mut generated = vec![authorizer];
        if !auth.has("InvokeRole") {
            let id = format!("{}AuthorizerPermission", api.id);
            generated.push(super::authorizer_permission(api, id, function, "${AWS::Partition}"));
        }
        generated
    }
}

fn websocket_api(api: &mut Api) -> Resource {
    // The translator leaves `Condition` and the like off here.
    let mut main = api.main("AWS::ApiGatewayV2::Api");
    main.attributes.clear();
    main.set("ProtocolType", "WEBSOCKET");
    let name = api.properties.get("Name").cloned().unwrap_or_else(|| api.at.text(api.id));
    main.set("Name", name);
    let same = [
        "ApiKeySelectionExpression",
        "Description",
        "DisableExecuteApiEndpoint",
        "DisableSchemaValidation",
        "IpAddressType",
        "RouteSelectionExpression",
    ];
    main.copy(&api.properties, &same);
    let mut tags = api.properties.get("Tags").cloned().unwrap_or_else(|| api.at.map([]));
    tags.set(TAG, api.at.text("SAM"));
    if api.properties.has("Tags") {
        api.properties.set("Tags", tags.clone());
    }
    main.set("Tags", tags);
    main
}

fn function_uri(name: &str, function: &Tree) -> Tree {
    let uri = format!("arn:${{AWS::Partition}}:apigateway:${{AWS::Region}}:lambda:path/2015-03-31/functions/${{{name}}}/invocations");
    function.at().sub_with(uri, [(name, function.clone())])
}

fn route_resources(api: &Api, key: &str, written: &Tree) -> Outcome<Vec<Resource>> {
    let at = written.at();
    let special = matches!(key, "$connect" | "$disconnect" | "$default");
    let plain = if special { key.trim_start_matches('$') } else { key };
    if plain.is_empty() || !plain.chars().all(char::is_alphanumeric) {
        return fail(at, format!("route key `{key}` of `{}` must be alphanumeric, or $connect, $disconnect or $default", api.id));
    }
    let Some(function) = written.get("FunctionArn") else {
        return fail(at, format!("route `{key}` of `{}` needs `FunctionArn`", api.id));
    };
    let mut letters = plain.chars();
    let capital: String = letters.next().into_iter().flat_map(char::to_uppercase).chain(letters.flat_map(char::to_lowercase)).collect();
    let base = format!("{}{capital}", api.id);
    let resource = |suffix: &str, kind: &'static str| {
        let mut resource = api.more(format!("{base}{suffix}"), kind);
        resource.at = at;
        resource.origin = Some(format!("SAM route `{key}` of `{}`", api.id));
        resource
    };
    let mut integration = resource("Integration", "AWS::ApiGatewayV2::Integration");
    integration.set("ApiId", at.reference(api.id)).set("IntegrationType", "AWS_PROXY");
    integration.set("IntegrationUri", function_uri("FunctionArn", function));
    integration.set_some("TimeoutInMillis", written.get("IntegrationTimeout"));
    let mut route = resource("Route", "AWS::ApiGatewayV2::Route");
    route.set("RouteKey", key).set("ApiId", at.reference(api.id));
    let same = [
        "ApiKeyRequired",
        "ModelSelectionExpression",
        "OperationName",
        "RequestModels",
        "RequestParameters",
        "RouteResponseSelectionExpression",
    ];
    route.copy(written, &same);
    route.set("Target", tree!(at, { "Fn::Join": ["/", ["integrations", (integration.reference())]] }));
    if key == "$connect" {
        set_authorization(api, &mut route);
    }
    let mut permission = resource("Permission", "AWS::Lambda::Permission");
    permission.set("Action", "lambda:InvokeFunction").set("FunctionName", function).set("Principal", "apigateway.amazonaws.com");
    permission.set("SourceArn", route_arn(api, key));
    Ok(vec![route, integration, permission])
}

fn set_authorization(api: &Api, route: &mut Resource) {
    let Some(kind) = api.properties.path(&["Auth", "AuthType"]).and_then(Tree::text) else { return };
    let id = format!("{}ConnectAuthorizer", api.id);
    match kind {
        "CUSTOM" => route.set("AuthorizationType", "CUSTOM").set("AuthorizerId", api.at.reference(id)),
        "AWS_IAM" => route.set("AuthorizationType", "AWS_IAM"),
        _ => route.set("AuthorizationType", "NONE"),
    };
}

fn route_arn(api: &Api, key: &str) -> Tree {
    let at = api.at;
    let arn = format!("arn:${{AWS::Partition}}:execute-api:${{AWS::Region}}:${{AWS::AccountId}}:${{{}.ApiId}}", api.id);
    match api.properties.get("StageName").map(|s| (s, s.text())) {
        None => at.sub(format!("{arn}/default/{key}")),
        Some((_, Some(stage))) => at.sub(format!("{arn}/{stage}/{key}")),
        Some((stage, None)) => at.sub_with(format!("{arn}/${{__StageName__}}/{key}"), [("__StageName__", stage.clone())]),
    }
}

fn stage(api: &Api, route_ids: Vec<Tree>) -> Resource {
    let at = api.at;
    let name = api.properties.get("StageName").cloned().unwrap_or_else(|| at.text("default"));
    let id = match name.text() {
        Some("default") => format!("{}DefaultStage", api.id),
        text => format!("{}{}Stage", api.id, text.unwrap_or_default()),
    };
    let mut stage = api.more(id, "AWS::ApiGatewayV2::Stage");
    stage.set("ApiId", at.reference(api.id)).set("StageName", name).set("AutoDeploy", true);
    stage.copy(&api.properties, &["StageVariables", "AccessLogSettings", "DefaultRouteSettings", "RouteSettings"]);
    stage.set("Tags", at.map([(TAG, at.text("SAM"))]));
    if api.properties.has("RouteSettings") && !route_ids.is_empty() {
        stage.depends_on = Some(at.list(route_ids));
    }
    stage
}

fn set_tags(generated: &mut [Resource], properties: &Tree) {
    let Some(tags) = properties.get("Tags").filter(|t| t.is_set()) else { return };
    let tagged = ["AWS::ApiGatewayV2::Api", "AWS::ApiGatewayV2::Stage", "AWS::ApiGatewayV2::DomainName"];
    for resource in generated.iter_mut().filter(|r| tagged.contains(&r.kind)) {
        resource.set("Tags", tags);
    }
}
