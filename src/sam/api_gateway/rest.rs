//! `AWS::Serverless::Api`.

use super::{Api, Body, authorizers, stage_id};
use crate::sam::function::propagate_tags;
use crate::sam::globals::is_version_3;
use crate::sam::resource::{Resource, tag_list};
use crate::sam::tree::{Tree, tree};
use crate::sam::{Expander, hash, openapi};
use crate::value::Str;

impl Expander<'_> {
    /// The API, its deployment and stage, permissions of authorizers, domain and usage plan.
    pub(in crate::sam) fn expand_rest_api(&mut self, id: &Str, resource: &Tree) -> Vec<Resource> {
        let mut api = Api::new(id, resource);
        for name in ["BinaryMediaTypes", "Domain", "Auth"] {
            if let Some(value) = api.properties.get(name).map(|v| self.resolve(v)) {
                api.properties.set(name, value);
            }
        }
        if api.properties.get("StageName").is_none() {
            self.problem(api.at, format!("API `{id}` has no `StageName`"));
        }
        let body = self.take_body(&mut api.properties);
        let rest_api = self.rest_api(&api, body);
        let definition = rest_api.properties.get("Body").or_else(|| rest_api.properties.get("BodyS3Location"));
        let hash = definition.map(|d| deployment_hash(d, &api.properties)).unwrap_or_default();
        let mut deployment = api.more(format!("{id}Deployment{hash}"), "AWS::ApiGateway::Deployment");
        deployment.set("RestApiId", rest_api.reference());
        if !hash.is_empty() {
            deployment.set("Description", format!("RestApi deployment id: {hash}"));
        }
        if !api.properties.has("OpenApiVersion") {
            deployment.set("StageName", "Stage");
        }
        let stage = stage(&api, &deployment);
        let usage_plan = self.usage_plan(&api, &stage);
        let domain = self.rest_domain(&api);
        let domain = self.note(domain).unwrap_or_default();
        let permissions = self.authorizer_permissions(&api);
        let mut generated = vec![rest_api, deployment, stage];
        generated.extend(permissions);
        generated.extend(domain);
        generated.extend(usage_plan);
        propagate_tags(&mut generated, &api.properties);
        generated
    }

    fn rest_api(&mut self, api: &Api, body: Body) -> Resource {
        let mut rest = api.main("AWS::ApiGateway::RestApi");
        let properties = &api.properties;
        rest.copy(properties, &["BinaryMediaTypes", "MinimumCompressionSize"]);
        if let Some(configuration) = properties.get("EndpointConfiguration").filter(|c| c.is_set()) {
            set_endpoint(&mut rest, configuration);
        } else if self.partition() != "aws" {
            let regional = api.at.text("REGIONAL");
            set_endpoint(&mut rest, &regional);
        }
        match body {
            Body::Known(body) => {
                let body = self.edited(api, body);
                rest.set("Body", body);
            }
            Body::File(body) | Body::Opaque(body) => {
                rest.set("Body", body);
            }
            Body::Elsewhere(location) => {
                for name in ["Cors", "Auth", "GatewayResponses", "Models"].into_iter().filter(|n| properties.has(n)) {
                    self.problem(api.at, format!("`{name}` of API `{}` works only with `DefinitionBody`, not `DefinitionUri`", api.id));
                }
                rest.set("BodyS3Location", location);
            }
            Body::None => {}
        }
        let same = ["FailOnWarnings", "Name", "Description", "Mode", "ApiKeySourceType", "Policy", "SecurityPolicy", "EndpointAccessMode"];
        rest.copy_set(properties, &same);
        rest
    }

    /// The definition with CORS, authorizers and the rest put in.
    fn edited(&mut self, api: &Api, mut body: Tree) -> Tree {
        let properties = &api.properties;
        let edits = ["Cors", "Auth", "GatewayResponses", "Models", "BinaryMediaTypes"];
        if !openapi::is_swagger(&body) {
            if let Some(name) = edits.iter().find(|n| properties.has(n)) {
                let message = format!("`{name}` of API `{}` needs a `DefinitionBody` that is Swagger 2 or OpenAPI 3 with `paths`", api.id);
                self.problem(api.at, message);
            }
            return body;
        }
        self.add_cors(api, &mut body);
        self.add_auth(api, &mut body);
        if properties.has("Auth") {
            to_openapi_3(&mut body, properties);
        }
        self.add_gateway_responses(api, &mut body);
        if let Some(types) = properties.get("BinaryMediaTypes").filter(|t| t.is_set()) {
            body.set("x-amazon-apigateway-binary-media-types", unescape_slashes(types));
        }
        add_models(&mut body, properties);
        if let Some(disabled) = properties.get("DisableExecuteApiEndpoint") {
            disable_endpoint(&mut body, disabled);
        }
        to_openapi_3(&mut body, properties);
        body
    }

    fn authorizer_permissions(&mut self, api: &Api) -> Vec<Resource> {
        let partition = self.partition();
        let authorizers = api.properties.path(&["Auth", "Authorizers"]).and_then(Tree::map);
        let of = |(name, authorizer): (&Str, &Tree)| {
            let function = authorizer.get("FunctionArn").filter(|f| f.is_set())?;
            let disabled = authorizer.has("DisableFunctionDefaultPermissions");
            let id = format!("{}{name}AuthorizerPermission", api.id);
            (!disabled).then(|| super::authorizer_permission(api, id, function, partition))
        };
        authorizers.into_iter().flatten().filter_map(of).collect()
    }

    fn add_gateway_responses(&mut self, api: &Api, body: &mut Tree) {
        let Some(responses) = api.properties.get("GatewayResponses").and_then(Tree::map) else { return };
        for (kind, response) in responses {
            if response.is_intrinsic() || response.map().is_none() {
                let message = format!("`GatewayResponses.{kind}` of API `{}` must be a map", api.id);
                self.problem(response.at(), message);
                continue;
            }
            if let Some(all) = body.entry_map("x-amazon-apigateway-gateway-responses") {
                all.set(kind.clone(), gateway_response(response));
            }
        }
    }
}

fn gateway_response(response: &Tree) -> Tree {
    let at = response.at();
    let mut parameters = at.map([]);
    for (key, prefix) in [("Headers", "header"), ("Paths", "path"), ("QueryStrings", "querystring")] {
        for (name, value) in response.path(&["ResponseParameters", key]).and_then(Tree::map).into_iter().flatten() {
            parameters.set(format!("gatewayresponse.{prefix}.{name}"), value.clone());
        }
    }
    let templates = response.get("ResponseTemplates").cloned().unwrap_or_else(|| at.map([]));
    let mut made = tree!(at, { "responseParameters": parameters, "responseTemplates": templates });
    if let Some(status) = response.get_text("StatusCode") {
        made.set("statusCode", at.text(status));
    }
    made
}

/// In templates `~1` stands for a slash in media types, as in JSON pointers.
fn unescape_slashes(tree: &Tree) -> Tree {
    match (&tree.kind, tree.text()) {
        (_, Some(text)) => tree.at().text(text.replace("~1", "/")),
        (crate::sam::tree::Kind::List(items), _) => tree.at().list(items.iter().map(unescape_slashes).collect()),
        (crate::sam::tree::Kind::Map(map), _) => {
            tree.at().of(map.iter().map(|(k, v)| (k.replace("~1", "/").into(), unescape_slashes(v))).collect())
        }
        _ => tree.clone(),
    }
}

fn add_models(body: &mut Tree, properties: &Tree) {
    let Some(models) = properties.get("Models").and_then(Tree::map).filter(|m| !m.is_empty()) else { return };
    if let Some(all) = body.entry_map("definitions") {
        models.iter().for_each(|(name, schema)| all.set(name.to_lowercase(), schema.clone()));
    }
    to_openapi_3(body, properties);
}

fn disable_endpoint(body: &mut Tree, disabled: &Tree) {
    let at = disabled.at();
    let is_3 = body.get("openapi").is_some_and(is_version_3);
    if is_3 && body.get("servers").is_none() {
        body.set("servers", tree!(at, [{}]));
    }
    let mut single = [&mut *body];
    let places: &mut dyn Iterator<Item = &mut Tree> = if is_3 {
        &mut body.get_mut("servers").and_then(Tree::items_mut).into_iter().flatten()
    } else {
        &mut single.iter_mut().map(|b| &mut **b)
    };
    for place in places {
        if let Some(configuration) = place.entry_map("x-amazon-apigateway-endpoint-configuration") {
            configuration.set("disableExecuteApiEndpoint", disabled.clone());
        }
    }
}

/// Swagger's keys under the names of OpenAPI 3, where the definition is of that version.
fn to_openapi_3(body: &mut Tree, properties: &Tree) {
    if body.get("swagger").is_some() {
        return;
    }
    let version = properties.get("OpenApiVersion").or_else(|| body.get("openapi"));
    if !version.is_some_and(is_version_3) {
        return;
    }
    for (old, new) in [("securityDefinitions", "securitySchemes"), ("definitions", "schemas")] {
        if let Some(moved) = body.remove(old).filter(Tree::is_set)
            && let Some(components) = body.entry_map("components")
        {
            components.set(new, moved);
        }
    }
    for path in openapi::path_names(body) {
        let Some(options) = body.get_mut("paths").and_then(|p| p.get_mut(&path)).and_then(|p| p.get_mut("options")) else { continue };
        options.remove("produces");
        options.remove("consumes");
        let headers = options.get_mut("responses").and_then(|r| r.get_mut("200")).and_then(|r| r.get_mut("headers"));
        for header in headers.and_then(Tree::map_mut).into_iter().flat_map(|h| h.values_mut()) {
            *header = tree!((header.at()), { "schema": (&*header) });
        }
    }
}

fn set_endpoint(rest: &mut Resource, configuration: &Tree) {
    let at = configuration.at();
    let Some(kind) = configuration.get("Type").filter(|t| t.is_set()) else {
        rest.set("EndpointConfiguration", tree!(at, { "Types": [configuration] }));
        rest.set("Parameters", tree!(at, { "endpointConfigurationTypes": configuration }));
        return;
    };
    rest.set("Parameters", tree!(at, { "endpointConfigurationTypes": kind }));
    let mut written = tree!(at, { "Types": [kind] });
    if let Some(ids) = configuration.get("VPCEndpointIds").or_else(|| configuration.get("VpcEndpointIds")) {
        written.set("VpcEndpointIds", ids.clone());
    }
    if let Some(kind) = configuration.get("IpAddressType") {
        written.set("IpAddressType", kind.clone());
    }
    rest.set("EndpointConfiguration", written);
}

fn deployment_hash(definition: &Tree, properties: &Tree) -> String {
    let mut data = hash::json(definition);
    for name in ["OpenApiVersion", "Domain"] {
        if let Some(value) = properties.get(name).filter(|v| v.is_set()) {
            data.push_str("||");
            data.push_str(&hash::json(value));
        }
    }
    hash::of_text(&data)
}

fn stage(api: &Api, deployment: &Resource) -> Resource {
    let name = api.properties.get("StageName");
    let mut stage = api.more(stage_id(api.id, name), "AWS::ApiGateway::Stage");
    stage.set("RestApiId", api.at.reference(api.id)).set("DeploymentId", deployment.reference());
    let same = [
        "StageName",
        "CacheClusterEnabled",
        "CacheClusterSize",
        "Variables",
        "MethodSettings",
        "AccessLogSetting",
        "CanarySetting",
        "TracingEnabled",
    ];
    stage.copy(&api.properties, &same);
    if let Some(tags) = api.properties.get("Tags") {
        stage.set("Tags", api.at.list(tag_list(Some(tags), api.at)));
    }
    stage
}

impl Expander<'_> {
    fn add_auth(&mut self, api: &Api, body: &mut Tree) {
        let Some(auth) = api.properties.get("Auth").filter(|a| a.is_set()) else { return };
        let done = authorizers::add(self, api, auth, body);
        self.note(done);
    }
}
