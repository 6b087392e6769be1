//! `Auth` of an HTTP API.

use super::Api;
use super::authorizers::{AUTHORIZER, authorizer_uri};
use crate::sam::resource::Resource;
use crate::sam::tree::{Tree, tree};
use crate::sam::{Expander, Outcome, fail, openapi};

/// Puts authorizers, and the default one on every method, into the definition.
pub(super) fn add(expander: &mut Expander, api: &Api, body: &mut Tree) -> Outcome<()> {
    let Some(auth) = api.properties.get("Auth").filter(|a| a.is_set()) else { return Ok(()) };
    let at = auth.at();
    let known = ["Authorizers", "DefaultAuthorizer", "EnableIamAuthorizer"];
    if let Some(key) = auth.map().and_then(|m| m.keys().find(|k| !known.contains(&k.as_str()))) {
        expander.problem(at, format!("`Auth` of API `{}` has no key `{key}`", api.id));
    }
    let authorizers = auth.get("Authorizers").and_then(Tree::map).cloned().unwrap_or_default();
    let iam = auth.get("EnableIamAuthorizer").is_some_and(Tree::is_true);
    let mut schemes = Vec::new();
    if iam {
        let scheme = tree!(at, {
            "type": "apiKey", "name": "Authorization", "in": "header", "x-amazon-apigateway-authtype": "awsSigv4",
        });
        schemes.push(("AWS_IAM".into(), scheme));
    }
    for (name, authorizer) in &authorizers {
        let scheme = scheme(api, name, authorizer, expander.partition());
        schemes.extend(expander.note(scheme).map(|s| (name.clone(), s)));
    }
    if !schemes.is_empty()
        && let Some(all) = body.entry_map("components").and_then(|c| c.entry_map("securitySchemes"))
    {
        schemes.into_iter().for_each(|(name, scheme)| all.set(name, scheme));
    }
    let Some(default) = auth.get("DefaultAuthorizer").filter(|d| d.is_set() && !d.is_no_value()) else { return Ok(()) };
    let Some(name) = default.text().filter(|n| authorizers.contains_key(*n) || (iam && *n == "AWS_IAM")) else {
        return fail(default.at(), format!("`DefaultAuthorizer` of API `{}` is not in `Authorizers`", api.id));
    };
    let scopes = authorizers.get(name).and_then(|a| a.get("AuthorizationScopes")).cloned();
    let scopes = scopes.unwrap_or_else(|| default.at().list(Vec::new()));
    for path in openapi::path_names(body) {
        openapi::for_methods(body, &path, |method, definition| {
            if method != "options" && !definition.has("security") {
                definition.remove("security");
                openapi::add_security(definition, name, scopes.clone());
            }
        });
    }
    Ok(())
}

fn scheme(api: &Api, name: &str, authorizer: &Tree, partition: &str) -> Outcome<Tree> {
    let at = authorizer.at();
    let missing = |key: &str| fail(at, format!("authorizer `{name}` of API `{}` needs `{key}`", api.id));
    if authorizer.map().is_none() {
        return fail(at, format!("authorizer `{name}` of API `{}` must be a map", api.id));
    }
    if let Some(jwt) = authorizer.get("JwtConfiguration").filter(|j| j.is_set()) {
        let Some(source) = authorizer.get("IdentitySource").filter(|s| s.is_set()) else { return missing("IdentitySource") };
        let lower = jwt.map().into_iter().flatten().map(|(k, v)| (k.to_lowercase().into(), v.clone())).collect();
        let mut scheme = tree!(at, { "type": "oauth2" });
        let described = tree!(at, { "jwtConfiguration": (jwt.at().of(lower)), "identitySource": source, "type": "jwt" });
        scheme.set(AUTHORIZER, described);
        return Ok(scheme);
    }
    let Some(function) = authorizer.get("FunctionArn").filter(|f| f.is_set()) else { return missing("FunctionArn") };
    let Some(version) = authorizer.get("AuthorizerPayloadFormatVersion").filter(|v| v.is_set()) else {
        return missing("AuthorizerPayloadFormatVersion");
    };
    let mut described = tree!(at, { "type": "request", "authorizerUri": (authorizer_uri(function, partition)) });
    if let Some(role) = authorizer.get("FunctionInvokeRole").filter(|r| r.is_set() && r.text() != Some("NONE")) {
        described.set("authorizerCredentials", role.clone());
    }
    if let Some(identity) = authorizer.get("Identity").filter(|i| i.is_set()) {
        if let Some(seconds) = identity.get("ReauthorizeEvery") {
            described.set("authorizerResultTtlInSeconds", seconds.clone());
        }
        described.set("identitySource", identity_source(identity));
    }
    described.set("authorizerPayloadFormatVersion", version.clone());
    if let Some(simple) = authorizer.get("EnableSimpleResponses").filter(|s| s.is_set()) {
        described.set("enableSimpleResponses", simple.clone());
    }
    let mut scheme = tree!(at, { "type": "apiKey", "name": "Unused", "in": "header" });
    scheme.set(AUTHORIZER, described);
    Ok(scheme)
}

fn identity_source(identity: &Tree) -> Tree {
    let at = identity.at();
    let prefixes = [
        ("Headers", "$request.header."),
        ("QueryStrings", "$request.querystring."),
        ("StageVariables", "$stageVariables."),
        ("Context", "$context."),
    ];
    let of = |(key, prefix): (&str, &str)| {
        let names = identity.get(key).and_then(Tree::items).unwrap_or_default();
        names.iter().filter_map(Tree::text).map(|n| at.text(format!("{prefix}{n}"))).collect::<Vec<_>>()
    };
    at.list(prefixes.into_iter().flat_map(of).collect())
}

/// HTTP APIs may invoke an authorizer only where the template asks for the permission.
pub(super) fn permissions(api: &Api) -> Vec<Resource> {
    let authorizers = api.properties.path(&["Auth", "Authorizers"]).and_then(Tree::map);
    let of = |(name, authorizer): (&crate::value::Str, &Tree)| {
        let function = authorizer.get("FunctionArn").filter(|f| f.is_set())?;
        let id = format!("{}{name}AuthorizerPermission", api.id);
        let enabled = authorizer.has("EnableFunctionDefaultPermissions");
        enabled.then(|| super::authorizer_permission(api, id, function, "${AWS::Partition}"))
    };
    authorizers.into_iter().flatten().filter_map(of).collect()
}
