//! `Auth` of a REST API: authorizers, API keys and resource policy in its definition.

use super::Api;
use crate::sam::tree::{At, Map, Tree, tree};
use crate::sam::{Expander, Outcome, fail, openapi};
use crate::value::Str;

/// The extension that describes an authorizer.
pub(super) const AUTHORIZER: &str = "x-amazon-apigateway-authorizer";

/// What `Auth` may say.
const KEYS: [&str; 8] = [
    "Authorizers",
    "DefaultAuthorizer",
    "InvokeRole",
    "AddDefaultAuthorizerToCorsPreflight",
    "AddApiKeyRequiredToCorsPreflight",
    "ApiKeyRequired",
    "ResourcePolicy",
    "UsagePlan",
];

/// Puts `Auth` into the definition.
pub(super) fn add(expander: &mut Expander, api: &Api, auth: &Tree, body: &mut Tree) -> Outcome<()> {
    if let Some(key) = auth.map().and_then(|m| m.keys().find(|k| !KEYS.contains(&k.as_str()))) {
        expander.problem(auth.at(), format!("`Auth` of API `{}` has no key `{key}`", api.id));
    }
    let default = auth.get("DefaultAuthorizer").filter(|d| d.is_set());
    let mut names: Vec<Str> = Vec::new();
    if default.and_then(Tree::text) == Some("AWS_IAM") {
        names.push("AWS_IAM".into());
        set_definition(body, "AWS_IAM", iam_definition(auth.at()));
    }
    let authorizers = auth.get("Authorizers").and_then(Tree::map).cloned().unwrap_or_default();
    for (name, authorizer) in &authorizers {
        names.push(name.clone());
        let definition = definition(api, name, authorizer, expander.partition());
        if let Some(definition) = expander.note(definition) {
            set_definition(body, name, definition);
        }
    }
    // Without any authorizer SAM passes over the default.
    if let Some(default) = default.filter(|_| !names.is_empty()) {
        if !names.iter().any(|n| Some(n.as_str()) == default.text()) {
            return fail(default.at(), format!("`DefaultAuthorizer` of API `{}` is not in `Authorizers`", api.id));
        }
        set_default(body, default, &authorizers, auth);
    }
    if auth.has("ApiKeyRequired") {
        add_api_key_definition(body, auth.at());
        require_api_key(body, auth);
    }
    if let Some(policy) = auth.get("ResourcePolicy").filter(|p| p.is_set()) {
        let stage = api.properties.get("StageName").cloned().unwrap_or_else(|| auth.at().text(""));
        for path in openapi::path_names(body) {
            super::add_resource_policy(body, policy, &path, &stage);
        }
        super::add_custom_statements(body, policy);
    }
    Ok(())
}

fn set_definition(body: &mut Tree, name: &str, definition: Tree) {
    if let Some(all) = body.entry_map("securityDefinitions") {
        all.set(name, definition);
    }
}

fn iam_definition(at: At) -> Tree {
    tree!(at, { "type": "apiKey", "name": "Authorization", "in": "header", "x-amazon-apigateway-authtype": "awsSigv4" })
}

/// Declares the authorizer `AWS_IAM`, where it is not.
pub(in crate::sam) fn add_iam_definition(body: &mut Tree, at: At) {
    if body.path(&["securityDefinitions", "AWS_IAM"]).is_none() {
        set_definition(body, "AWS_IAM", iam_definition(at));
    }
}

/// Declares the API key header, where it is not.
pub(in crate::sam) fn add_api_key_definition(body: &mut Tree, at: At) {
    if body.path(&["securityDefinitions", "api_key"]).is_none() {
        set_definition(body, "api_key", tree!(at, { "type": "apiKey", "name": "x-api-key", "in": "header" }));
    }
}

/// Whether the first requirement of a method is `AWS_IAM`.
pub(in crate::sam) fn starts_with_iam(method: &Tree) -> bool {
    let first = method.get("security").and_then(Tree::items).and_then(<[Tree]>::first);
    first.and_then(Tree::map).is_some_and(|m| m.contains_key("AWS_IAM"))
}

fn definition(api: &Api, name: &str, authorizer: &Tree, partition: &str) -> Outcome<Tree> {
    let at = authorizer.at();
    if authorizer.map().is_none() {
        return fail(at, format!("authorizer `{name}` of API `{}` must be a map", api.id));
    }
    let identity = authorizer.get("Identity").filter(|i| i.is_set());
    let header = identity.and_then(|i| i.get("Header")).filter(|h| h.is_set()).cloned();
    let header = header.unwrap_or_else(|| at.text("Authorization"));
    let is_cognito = authorizer.has("UserPoolArn");
    let by_request = !is_cognito && authorizer.get_text("FunctionPayloadType") == Some("REQUEST");
    let mut described = if is_cognito { user_pool(authorizer) } else { lambda(api, name, authorizer, identity, partition)? };
    let pattern = identity.and_then(|i| i.get("ValidationExpression")).filter(|v| v.is_set() && !by_request);
    if let Some(pattern) = pattern {
        described.set("identityValidationExpression", pattern.clone());
    }
    let header = if by_request { at.text("Unused") } else { header };
    let kind = if is_cognito { "cognito_user_pools" } else { "custom" };
    let mut definition = tree!(at, { "type": "apiKey", "name": header, "in": "header", "x-amazon-apigateway-authtype": kind });
    definition.set(AUTHORIZER, described);
    Ok(definition)
}

fn user_pool(authorizer: &Tree) -> Tree {
    let at = authorizer.at();
    let pool = authorizer.get("UserPoolArn").cloned().unwrap_or_else(|| at.list(Vec::new()));
    let pools = if pool.items().is_some() { pool } else { at.list(vec![pool]) };
    tree!(at, { "type": "cognito_user_pools", "providerARNs": pools })
}

fn lambda(api: &Api, name: &str, authorizer: &Tree, identity: Option<&Tree>, partition: &str) -> Outcome<Tree> {
    let at = authorizer.at();
    let kind = match authorizer.get_text("FunctionPayloadType") {
        None | Some("TOKEN") => "token",
        Some("REQUEST") => "request",
        Some(_) => return fail(at, format!("`FunctionPayloadType` of authorizer `{name}` must be TOKEN or REQUEST")),
    };
    let mut lambda = tree!(at, { "type": kind });
    if let Some(function) = authorizer.get("FunctionArn") {
        lambda.set("authorizerUri", authorizer_uri(function, partition));
    }
    if let Some(seconds) = identity.and_then(|i| i.get("ReauthorizeEvery")) {
        lambda.set("authorizerResultTtlInSeconds", seconds.clone());
    }
    if let Some(role) = authorizer.get("FunctionInvokeRole").filter(|r| r.is_set() && r.text() != Some("NONE")) {
        lambda.set("authorizerCredentials", role.clone());
    }
    let source = identity_source(identity);
    if kind == "request" && source.is_empty() && !is_uncached(identity) {
        let message = format!("authorizer `{name}` of API `{}` needs `Identity` with Headers, QueryStrings, StageVariables", api.id);
        return fail(at, format!("{message} or Context"));
    }
    if kind == "request" && !source.is_empty() {
        lambda.set("identitySource", at.text(source));
    }
    Ok(lambda)
}

/// Without caching an authorizer needs no identity source.
fn is_uncached(identity: Option<&Tree>) -> bool {
    identity.and_then(|i| i.get_text("ReauthorizeEvery")).and_then(|t| t.parse::<i64>().ok()).is_some_and(|t| t <= 0)
}

/// The URI with which API Gateway calls a Lambda authorizer.
pub(super) fn authorizer_uri(function: &Tree, partition: &str) -> Tree {
    let uri = format!("arn:{partition}:apigateway:${{AWS::Region}}:lambda:path/2015-03-31/functions/${{__FunctionArn__}}/invocations");
    function.at().sub_with(uri, [("__FunctionArn__", function.clone())])
}

fn identity_source(identity: Option<&Tree>) -> String {
    let prefixes = [
        ("Headers", "method.request.header."),
        ("QueryStrings", "method.request.querystring."),
        ("StageVariables", "stageVariables."),
        ("Context", "context."),
    ];
    let of = |(key, prefix): &(&str, &'static str)| {
        let names = identity.and_then(|i| i.get(key)).and_then(Tree::items).unwrap_or_default();
        names.iter().filter_map(Tree::text).map(|n| format!("{prefix}{n}")).collect::<Vec<_>>()
    };
    prefixes.iter().flat_map(of).collect::<Vec<_>>().join(", ")
}

fn set_default(body: &mut Tree, default: &Tree, authorizers: &Map, auth: &Tree) {
    let name = default.text().unwrap_or_default();
    let on_preflight = auth.map().and_then(|m| m.get("AddDefaultAuthorizerToCorsPreflight")).is_none_or(Tree::is_set);
    let scopes = authorizers.get(name).and_then(|a| a.get("AuthorizationScopes")).cloned();
    let scopes = scopes.unwrap_or_else(|| default.at().list(Vec::new()));
    let is_authorizer = |r: &Tree| r.map().is_some_and(|m| m.keys().any(|k| k == "AWS_IAM" || authorizers.contains_key(k)));
    let mut iam = false;
    for path in openapi::path_names(body) {
        openapi::for_methods(body, &path, |method, definition| {
            if method == "options" && !on_preflight {
                return;
            }
            let written = definition.get("security").and_then(Tree::items).unwrap_or_default();
            let (own, mut other): (Vec<Tree>, Vec<Tree>) = written.iter().cloned().partition(is_authorizer);
            let none = other.iter().position(|r| r.map().is_some_and(|m| m.contains_key("NONE")));
            match none {
                Some(index) => {
                    other.remove(index);
                }
                None if !own.is_empty() => other.extend(own),
                None => other.push(default.at().map([(name, scopes.clone())])),
            }
            if !other.is_empty() {
                definition.set("security", default.at().list(other));
                iam |= starts_with_iam(definition);
            }
        });
    }
    if iam {
        add_iam_definition(body, default.at());
    }
}

fn require_api_key(body: &mut Tree, auth: &Tree) {
    let on_preflight = auth.map().and_then(|m| m.get("AddApiKeyRequiredToCorsPreflight")).is_none_or(Tree::is_set);
    let at = auth.at();
    let has = |r: &Tree, key: &str| r.map().is_some_and(|m| m.contains_key(key));
    for path in openapi::path_names(body) {
        openapi::for_methods(body, &path, |method, definition| {
            let written = definition.get("security").and_then(Tree::items).unwrap_or_default().to_vec();
            let (keys, other): (Vec<Tree>, Vec<Tree>) = written.iter().cloned().partition(|r| has(r, "api_key") || has(r, "api_key_false"));
            let mut security = other.clone();
            if !keys.iter().any(|r| has(r, "api_key_false")) {
                security.push(tree!(at, { "api_key": [] }));
            }
            if method == "options" && !on_preflight {
                security = other;
            }
            if security != written {
                definition.set("security", at.list(security));
            }
        });
    }
}
