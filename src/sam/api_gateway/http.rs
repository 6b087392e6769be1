//! `AWS::Serverless::HttpApi`.

use super::{Api, Body, http_authorizers, stage_id};
use crate::sam::resource::Resource;
use crate::sam::tree::{Tree, tree};
use crate::sam::{Expander, openapi};
use crate::value::Str;

/// The tag that marks what SAM has made.
const TAG: &str = "httpapi:createdBy";

/// What `CorsConfiguration` may say, and how the definition spells it.
const CORS: [(&str, &str); 6] = [
    ("AllowOrigins", "allowOrigins"),
    ("AllowHeaders", "allowHeaders"),
    ("AllowMethods", "allowMethods"),
    ("ExposeHeaders", "exposeHeaders"),
    ("MaxAge", "maxAge"),
    ("AllowCredentials", "allowCredentials"),
];

impl Expander<'_> {
    /// The API, its stage, permissions of authorizers and domain.
    pub(in crate::sam) fn expand_http_api(&mut self, id: &Str, resource: &Tree) -> Vec<Resource> {
        let mut api = Api::new(id, resource);
        for name in ["CorsConfiguration", "Domain"] {
            if let Some(value) = api.properties.get(name).map(|v| self.resolve(v)) {
                api.properties.set(name, value);
            }
        }
        let body = self.take_body(&mut api.properties);
        let is_edited = matches!(body, Body::Known(_));
        let mut http = api.main("AWS::ApiGatewayV2::Api");
        http.copy_set(&api.properties, &["FailOnWarnings"]);
        match body {
            Body::Known(body) => {
                let body = self.edited_openapi(&mut api, body);
                http.set("Body", body);
            }
            Body::File(body) | Body::Opaque(body) => {
                http.set("Body", body);
            }
            Body::Elsewhere(location) => {
                for name in ["CorsConfiguration", "Auth", "Tags"].into_iter().filter(|n| api.properties.has(n)) {
                    self.problem(api.at, format!("`{name}` of API `{id}` works only with `DefinitionBody`, not `DefinitionUri`"));
                }
                http.set("BodyS3Location", location);
            }
            Body::None => self.problem(api.at, format!("API `{id}` has neither `DefinitionBody` nor `DefinitionUri`")),
        }
        let domain = self.v2_domain(&api, TAG);
        let domain = self.note(domain).unwrap_or_default();
        let permissions = http_authorizers::permissions(&api);
        let stage = http_stage(&api);
        let mut generated = vec![http];
        generated.extend(permissions);
        generated.extend(domain);
        generated.push(stage);
        if is_edited {
            set_tags(&mut generated, &api.properties);
        }
        generated
    }

    fn edited_openapi(&mut self, api: &mut Api, mut body: Tree) -> Tree {
        if !openapi::is_openapi(&body) {
            if let Some(name) = ["CorsConfiguration", "Auth", "Tags"].iter().find(|n| api.properties.has(n)) {
                let message = format!("`{name}` of API `{}` needs a `DefinitionBody` that is OpenAPI 3 with `paths`", api.id);
                self.problem(api.at, message);
            }
            return body;
        }
        self.add_http_cors(api, &mut body);
        let auth = http_authorizers::add(self, api, &mut body);
        self.note(auth);
        let at = api.at;
        if let Some(tags) = api.properties.entry_map("Tags") {
            tags.set(TAG, at.text("SAM"));
            add_tags(&mut body, tags);
        }
        if let Some(disabled) = api.properties.get("DisableExecuteApiEndpoint") {
            disable_endpoint(&mut body, disabled);
        }
        self.add_info(api, &mut body);
        if api.properties.has("FailOnWarnings")
            && let Some(paths) = body.get_mut("paths")
            && let Some(default) = paths.remove("$default")
        {
            paths.set("/$default", default);
        }
        body
    }

    fn add_http_cors(&mut self, api: &Api, body: &mut Tree) {
        let Some(cors) = api.properties.get("CorsConfiguration").filter(|c| c.is_set()) else { return };
        let at = cors.at();
        let Some(written) = body.entry_map("x-amazon-apigateway-cors") else { return };
        if cors.is_true() {
            written.set("allowOrigins", tree!(at, ["*"]));
            return;
        }
        if cors.is_intrinsic() {
            let renamed = with_cors_names(cors);
            if let (Some(all), Some(new)) = (written.map_mut(), renamed.map()) {
                all.extend(new.clone());
            }
            return;
        }
        let Some(map) = cors.map() else {
            self.problem(at, format!("`CorsConfiguration` of API `{}` must be true or a map", api.id));
            return;
        };
        for (from, to) in CORS {
            let value = cors.get(from).filter(|v| from == "MaxAge" || v.is_set());
            let value = value.filter(|v| from != "AllowCredentials" || v.is_true());
            if let Some(value) = value {
                written.set(to, value.clone());
            }
        }
        if let Some(key) = map.keys().find(|k| !CORS.iter().any(|(from, _)| from == k)) {
            self.problem(at, format!("`CorsConfiguration` of API `{}` has no key `{key}`", api.id));
        }
        let all = map.get("AllowOrigins").and_then(Tree::items).is_some_and(|o| matches!(o, [one] if one.text() == Some("*")));
        if all && cors.get("AllowCredentials").is_some_and(Tree::is_true) {
            let message = format!("`CorsConfiguration` of API `{}`: `AllowCredentials` cannot be true with the origin \"*\"", api.id);
            self.problem(at, message);
        }
    }

    /// `Name` and `Description` stand in the definition.
    fn add_info(&mut self, api: &Api, body: &mut Tree) {
        if let Some(name) = api.properties.get("Name").filter(|n| n.is_set()) {
            let is_default = body.path(&["info", "title"]).and_then(Tree::reference) == Some("AWS::StackName");
            match body.get_mut("info").filter(|_| is_default) {
                Some(info) => info.set("title", name.clone()),
                None => self.problem(name.at(), format!("`Name` of API `{}`: its definition has a title already", api.id)),
            }
        }
        if let Some(description) = api.properties.get("Description").filter(|d| d.is_set()) {
            if body.path(&["info", "description"]).is_some_and(Tree::is_set) {
                let message = format!("`Description` of API `{}`: its definition has one already", api.id);
                self.problem(description.at(), message);
            } else if let Some(info) = body.entry_map("info") {
                info.set("description", description.clone());
            }
        }
    }
}

/// Renames the keys of CORS settings that stand inside an intrinsic function.
fn with_cors_names(tree: &Tree) -> Tree {
    use crate::sam::tree::Kind;
    let kind = match &tree.kind {
        Kind::Map(map) => {
            let name = |k: &Str| CORS.iter().find(|(from, _)| from == k).map_or_else(|| k.clone(), |(_, to)| (*to).into());
            Kind::Map(map.iter().map(|(k, v)| (name(k), with_cors_names(v))).collect())
        }
        Kind::List(items) => Kind::List(items.iter().map(with_cors_names).collect()),
        Kind::Scalar(..) => return tree.clone(),
    };
    tree.with_kind(kind)
}

fn add_tags(body: &mut Tree, tags: &Tree) {
    let at = tags.at();
    if body.get("tags").is_none() {
        body.set("tags", at.list(Vec::new()));
    }
    let Some(list) = body.get_mut("tags").and_then(Tree::items_mut) else { return };
    for (name, value) in tags.map().into_iter().flatten() {
        match list.iter_mut().find(|t| t.get_text("name") == Some(name)) {
            Some(tag) => tag.set("x-amazon-apigateway-tag-value", value.clone()),
            None => list.push(tree!(at, { "name": (name.as_str()), "x-amazon-apigateway-tag-value": value })),
        }
    }
}

fn disable_endpoint(body: &mut Tree, disabled: &Tree) {
    if body.get("servers").is_none() {
        body.set("servers", tree!((disabled.at()), [{}]));
    }
    for server in body.get_mut("servers").and_then(Tree::items_mut).into_iter().flatten() {
        if let Some(configuration) = server.entry_map("x-amazon-apigateway-endpoint-configuration") {
            configuration.set("disableExecuteApiEndpoint", disabled.clone());
        }
    }
}

fn http_stage(api: &Api) -> Resource {
    let properties = &api.properties;
    let at = api.at;
    let name = properties.get("StageName").filter(|n| n.is_set()).cloned().unwrap_or_else(|| at.text("$default"));
    let id = if name.text() == Some("$default") { format!("{}ApiGatewayDefaultStage", api.id) } else { stage_id(api.id, Some(&name)) };
    let mut stage = api.more(id, "AWS::ApiGatewayV2::Stage");
    stage.set("ApiId", at.reference(api.id)).set("StageName", name).set("AutoDeploy", true);
    stage.copy(properties, &["StageVariables", "AccessLogSettings", "DefaultRouteSettings", "RouteSettings", "Tags"]);
    stage
}

fn set_tags(generated: &mut [Resource], properties: &Tree) {
    let Some(tags) = properties.get("Tags").filter(|t| t.is_set()) else { return };
    for resource in generated.iter_mut().filter(|r| matches!(r.kind, "AWS::ApiGatewayV2::Stage" | "AWS::ApiGatewayV2::DomainName")) {
        resource.set("Tags", tags);
    }
}
