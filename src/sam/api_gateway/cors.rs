//! `Cors` of a REST API: a mocked `OPTIONS` method on every path.

use std::collections::BTreeSet;

use super::Api;
use crate::sam::tree::{At, Tree, tree};
use crate::sam::{Expander, openapi};

/// What `Cors` may say.
const KEYS: [&str; 5] = ["AllowMethods", "AllowHeaders", "AllowOrigin", "MaxAge", "AllowCredentials"];

impl Expander<'_> {
    pub(super) fn add_cors(&mut self, api: &Api, body: &mut Tree) {
        let Some(cors) = api.properties.get("Cors").filter(|c| c.is_set()) else { return };
        let at = cors.at();
        let settings = if cors.text().is_some() || cors.is_intrinsic() { tree!(at, { "AllowOrigin": cors }) } else { cors.clone() };
        let Some(map) = settings.map() else {
            self.problem(at, format!("`Cors` of API `{}` must be a string or a map", api.id));
            return;
        };
        if let Some(key) = map.keys().find(|k| !KEYS.contains(&k.as_str())) {
            self.problem(at, format!("`Cors` of API `{}` has no key `{key}`", api.id));
        }
        let origin = map.get("AllowOrigin").cloned().unwrap_or_else(|| at.text("'*'"));
        let credentials = settings.get("AllowCredentials").is_some_and(Tree::is_true);
        if credentials && origin.text() == Some("'*'") {
            self.problem(at, format!("`Cors` of API `{}`: `AllowCredentials` cannot be true with `AllowOrigin` \"'*'\"", api.id));
        }
        if !origin.is_set() {
            self.problem(at, format!("`Cors` of API `{}` needs `AllowOrigin`", api.id));
            return;
        }
        let mut done: BTreeSet<String> = BTreeSet::new();
        for path in openapi::path_names(body) {
            let plain = if path == "/" { path.as_str() } else { path.trim_end_matches('/') };
            if done.insert(plain.to_owned()) {
                add_options(body, &path, &settings, &origin, credentials, at);
            }
        }
    }
}

fn add_options(body: &mut Tree, path: &str, settings: &Tree, origin: &Tree, credentials: bool, at: At) {
    let Some(item) = body.get_mut("paths").and_then(|p| p.get_mut(path)) else { return };
    let mut methods = settings.get("AllowMethods").filter(|m| m.is_set()).cloned();
    for branch in openapi::contents_mut(item) {
        if branch.map().is_none_or(|m| m.contains_key("options")) {
            continue;
        }
        let methods = methods.get_or_insert_with(|| at.text(format!("'{}'", allowed_methods(branch))));
        let options = options(settings, origin, methods, credentials, at);
        branch.set("options", options);
    }
}

/// The methods of a path, in order; with "any method" all that there are.
fn allowed_methods(path: &Tree) -> String {
    let names = path.map().map(|m| m.keys().map(|k| k.to_uppercase()).collect::<BTreeSet<_>>()).unwrap_or_default();
    if names.contains(&openapi::ANY_METHOD.to_uppercase()) {
        return "DELETE,GET,HEAD,OPTIONS,PATCH,POST,PUT".to_owned();
    }
    let all: BTreeSet<String> = names.into_iter().chain(std::iter::once("OPTIONS".to_owned())).collect();
    all.into_iter().collect::<Vec<_>>().join(",")
}

fn options(settings: &Tree, origin: &Tree, methods: &Tree, credentials: bool, at: At) -> Tree {
    let mut parameters = at.map([]);
    let mut headers = at.map([]);
    let mut add = |name: &str, value: Option<Tree>, kind: &str| {
        if let Some(value) = value {
            parameters.set(format!("method.response.header.Access-Control-{name}"), value);
            headers.set(format!("Access-Control-{name}"), tree!(at, { "type": kind }));
        }
    };
    add("Allow-Origin", Some(origin.clone()), "string");
    add("Allow-Headers", settings.get("AllowHeaders").filter(|h| h.is_set()).cloned(), "string");
    add("Allow-Methods", Some(methods.clone()), "string");
    add("Max-Age", settings.get("MaxAge").cloned(), "integer");
    add("Allow-Credentials", credentials.then(|| at.text("'true'")), "string");
    tree!(at, {
        "summary": "CORS support",
        "consumes": ["application/json"],
        "produces": ["application/json"],
        "x-amazon-apigateway-integration": {
            "type": "mock",
            "requestTemplates": { "application/json": "{\n  \"statusCode\" : 200\n}\n" },
            "responses": {
                "default": {
                    "statusCode": "200",
                    "responseParameters": parameters,
                    "responseTemplates": { "application/json": "{}\n" },
                },
            },
        },
        "responses": { "200": { "description": "Default response for CORS method", "headers": headers } },
    })
}
