//! Edits to an API definition, Swagger 2 or OpenAPI 3. Paths and methods may stand behind an `Fn::If`.

use super::tree::{At, Kind, Tree};

/// The extension that says what a method calls.
pub(super) const INTEGRATION: &str = "x-amazon-apigateway-integration";

/// How a definition spells "any method".
pub(super) const ANY_METHOD: &str = "x-amazon-apigateway-any-method";

/// Keys of a path that are not methods.
const NOT_METHODS: [&str; 3] = ["summary", "description", "parameters"];

/// The definition that SAM starts a REST API from.
pub(super) fn swagger_skeleton(at: At) -> Tree {
    let info = at.map([("version", at.text("1.0")), ("title", at.reference("AWS::StackName"))]);
    at.map([("swagger", at.text("2.0")), ("info", info), ("paths", at.map([]))])
}

/// The definition that SAM starts an HTTP API from.
pub(super) fn openapi_skeleton(at: At) -> Tree {
    let info = at.map([("version", at.text("1.0")), ("title", at.reference("AWS::StackName"))]);
    at.map([("openapi", at.text("3.0.1")), ("info", info), ("paths", at.map([]))])
}

/// Whether SAM can edit the definition of a REST API.
pub(super) fn is_swagger(body: &Tree) -> bool {
    let has_paths = body.get("paths").is_some_and(|p| p.map().is_some());
    has_paths && (body.has("swagger") || body.get("openapi").is_some_and(super::globals::is_version_3))
}

/// Whether SAM can edit the definition of an HTTP API.
pub(super) fn is_openapi(body: &Tree) -> bool {
    body.get("paths").is_some_and(|p| p.map().is_some()) && body.get("openapi").is_some_and(super::globals::is_version_3)
}

/// A method as a definition spells it.
pub(super) fn normalized(method: &str) -> String {
    let method = method.to_lowercase();
    if method == "any" { ANY_METHOD.to_owned() } else { method }
}

/// The node itself, or the branches of its `Fn::If` that are there.
pub(super) fn contents(item: &Tree) -> Vec<&Tree> {
    match item.get("Fn::If").and_then(Tree::items) {
        Some(arguments) => arguments.iter().skip(1).filter(|b| !b.is_no_value()).collect(),
        None => vec![item],
    }
}

/// As [`contents`], to change.
pub(super) fn contents_mut(item: &mut Tree) -> Vec<&mut Tree> {
    if item.get("Fn::If").is_some_and(|a| a.items().is_some()) {
        let arguments = item.get_mut("Fn::If").and_then(Tree::items_mut);
        return arguments.into_iter().flatten().skip(1).filter(|b| !b.is_no_value()).collect();
    }
    vec![item]
}

/// The names of the paths.
pub(super) fn path_names(body: &Tree) -> Vec<crate::value::Str> {
    body.get("paths").and_then(Tree::map).map(|m| m.keys().cloned().collect()).unwrap_or_default()
}

/// Whether each branch of a path has the method.
fn has_method(body: &Tree, path: &str, method: &str) -> bool {
    let Some(item) = body.get("paths").and_then(|p| p.map()?.get(path)) else { return false };
    contents(item).iter().all(|branch| branch.map().is_some_and(|m| m.contains_key(method)))
}

/// Whether the method has an integration in each branch of its path.
pub(super) fn has_integration(body: &Tree, path: &str, method: &str) -> bool {
    let method = normalized(method);
    let integrated = |m: &Tree| contents(m).iter().any(|d| d.has(INTEGRATION));
    has_method(body, path, &method)
        && body
            .get("paths")
            .and_then(|p| p.map()?.get(path))
            .is_some_and(|item| contents(item).iter().all(|b| b.get(&method).is_some_and(integrated)))
}

/// Adds a path and a method, where they are not there.
pub(super) fn add_path(body: &mut Tree, path: &str, method: &str, at: At) {
    let method = normalized(method);
    let Some(paths) = body.entry_map("paths") else { return };
    if paths.get(path).is_none() {
        paths.set(path, at.map([]));
    }
    let Some(item) = paths.get_mut(path) else { return };
    for branch in contents_mut(item) {
        if branch.map().is_some_and(|m| !m.contains_key(method.as_str())) {
            branch.set(method.as_str(), at.map([]));
        }
    }
}

/// Makes a whole path depend on a condition.
pub(super) fn make_path_conditional(body: &mut Tree, path: &str, condition: &str) {
    if let Some(item) = body.get_mut("paths").and_then(|p| p.map_mut()?.get_mut(path)) {
        let at = item.at();
        *item = at.choose(condition, item.clone(), at.no_value());
    }
}

/// What a new integration consists of.
pub(super) struct Integration<'a> {
    /// The path.
    pub path: &'a str,
    /// The method, as the event spells it.
    pub method: &'a str,
    /// The condition of the resource that it calls.
    pub condition: Option<&'a str>,
    /// The integration itself.
    pub body: Tree,
    /// The method's responses, where it has none.
    pub responses: Tree,
    /// Further keys of the method.
    pub more: Vec<(&'static str, Tree)>,
}

/// Adds an integration to a path and a method, which are made where they are not there.
pub(super) fn add_integration(definition: &mut Tree, integration: Integration, at: At) {
    let Integration { path, method, condition, body, responses, more } = integration;
    let method = normalized(method);
    add_path(definition, path, &method, at);
    let Some(item) = definition.get_mut("paths").and_then(|p| p.get_mut(path)) else { return };
    for branch in contents_mut(item) {
        let Some(slot) = branch.entry_map(&method) else { continue };
        slot.set(INTEGRATION, body.clone());
        more.iter().for_each(|(key, value)| slot.set(*key, value.clone()));
        if slot.map().is_some_and(|m| !m.contains_key("responses")) {
            slot.set("responses", responses.clone());
        }
        if let Some(condition) = condition {
            *slot = at.choose(condition, slot.clone(), at.no_value());
        }
    }
}

/// Visits the definitions of one method that have an integration.
pub(super) fn for_method(body: &mut Tree, path: &str, method: &str, mut visit: impl FnMut(&mut Tree)) {
    let method = normalized(method);
    let Some(item) = body.get_mut("paths").and_then(|p| p.get_mut(path)) else { return };
    for branch in contents_mut(item) {
        let Some(slot) = branch.get_mut(&method) else { continue };
        contents_mut(slot).into_iter().filter(|d| d.has(INTEGRATION)).for_each(&mut visit);
    }
}

/// Visits the definitions of all methods of a path that have an integration.
pub(super) fn for_methods(body: &mut Tree, path: &str, mut visit: impl FnMut(&str, &mut Tree)) {
    let Some(item) = body.get_mut("paths").and_then(|p| p.get_mut(path)) else { return };
    for branch in contents_mut(item) {
        let Kind::Map(methods) = &mut branch.kind else { continue };
        for (name, slot) in methods.iter_mut().filter(|(name, _)| !NOT_METHODS.contains(&name.as_str())) {
            let name = normalized(name);
            contents_mut(slot).into_iter().filter(|d| d.has(INTEGRATION)).for_each(|d| visit(&name, d));
        }
    }
}

/// Adds a requirement to the `security` of a method.
pub(super) fn add_security(method: &mut Tree, name: &str, scopes: Tree) {
    let at = scopes.at();
    let requirement = at.map([(name, scopes)]);
    match method.get_mut("security").and_then(Tree::items_mut) {
        Some(list) => list.push(requirement),
        None => method.set("security", at.list(vec![requirement])),
    }
}

/// A path as it stands in an ARN: parameters become `*`.
pub(super) fn arn_path(path: &str, greedy_names: bool) -> String {
    let mut out = String::with_capacity(path.len());
    let mut rest = path;
    while let Some(start) = rest.find('{') {
        out.push_str(&rest[..start]);
        let after = &rest[start..];
        match after.find('}').filter(|end| is_parameter(&after[1..*end], greedy_names)) {
            Some(end) => {
                out.push('*');
                rest = &after[end + 1..];
            }
            None => {
                out.push('{');
                rest = &after[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

fn is_parameter(name: &str, greedy_names: bool) -> bool {
    let plain = |n: &str| !n.is_empty() && n.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'));
    plain(name) || name.strip_suffix('+').is_some_and(|n| n == "proxy" || (greedy_names && plain(n)))
}

/// A path without the slash at its end, except for the root.
pub(super) fn without_trailing_slash(path: &str) -> &str {
    match path.strip_suffix('/') {
        Some(rest) if !rest.is_empty() => rest,
        _ => path,
    }
}
