//! `RequestModel` and `RequestParameters` of `Api` events.

use super::Event;
use crate::sam::Outcome;
use crate::sam::openapi;
use crate::sam::tree::{Tree, tree};

/// The body that a method expects, and whether API Gateway checks it.
pub(super) fn add_model(event: &Event, api: &Tree, body: &mut Tree, path: &str, method: &str) -> Outcome<()> {
    let Some(request) = event.properties.get("RequestModel").filter(|r| r.is_set()) else { return Ok(()) };
    let Some(model) = request.get_text("Model") else { return Ok(()) };
    if api.get("Models").is_none_or(|m| !m.is_intrinsic() && !m.has(model)) {
        return event.fail(format!("the API has no model `{model}` in `Models`"));
    }
    let at = request.at();
    let name = model.to_lowercase();
    let is_swagger = body.get("swagger").is_some();
    let required = request.get("Required").cloned();
    openapi::for_method(body, path, method, |definition| {
        let (mut described, key) = if is_swagger {
            let reference = format!("#/definitions/{name}");
            (tree!(at, { "in": "body", "name": (name.as_str()), "schema": { "$ref": reference } }), "parameters")
        } else {
            let reference = format!("#/components/schemas/{name}");
            (tree!(at, { "content": { "application/json": { "schema": { "$ref": reference } } } }), "requestBody")
        };
        if let Some(required) = &required {
            described.set("required", required.clone());
        }
        if is_swagger { add_to_list(definition, key, described) } else { definition.set(key, described) }
    });
    add_validator(event, request, body, path, method)
}

fn add_validator(event: &Event, request: &Tree, body: &mut Tree, path: &str, method: &str) -> Outcome<()> {
    let (of_body, of_parameters) = (request.get("ValidateBody"), request.get("ValidateParameters"));
    if of_body.is_none() && of_parameters.is_none() {
        return Ok(());
    }
    let flag = |value: Option<&Tree>| match value.map(Tree::boolean) {
        None => Ok(false),
        Some(Some(flag)) => Ok(flag),
        Some(None) => event.fail("`ValidateBody` and `ValidateParameters` of `RequestModel` must be true or false"),
    };
    let (of_body, of_parameters) = (flag(of_body)?, flag(of_parameters)?);
    let name = match (of_body, of_parameters) {
        (true, true) => "body-and-params",
        (true, false) => "body-only",
        (false, true) => "params-only",
        (false, false) => "no-validation",
    };
    let at = request.at();
    let validator = tree!(at, { "validateRequestBody": of_body, "validateRequestParameters": of_parameters });
    if let Some(all) = body.entry_map("x-amazon-apigateway-request-validators").filter(|a| !a.has(name)) {
        all.set(name, validator);
    }
    openapi::for_method(body, path, method, |m| m.set("x-amazon-apigateway-request-validator", at.text(name)));
    Ok(())
}

/// The headers, path parts and query strings that a method expects, and which of them are keys of the cache.
pub(super) fn add_parameters(event: &Event, body: &mut Tree, path: &str, method: &str) -> Outcome<()> {
    let Some(parameters) = event.properties.get("RequestParameters").and_then(Tree::items) else { return Ok(()) };
    for parameter in parameters {
        let named = match parameter.map().and_then(|m| m.first()) {
            Some((name, settings)) => Some((name.as_str(), Some(settings))),
            None => parameter.text().map(|name| (name, None)),
        };
        let place = named.and_then(|(name, _)| name.strip_prefix("method.request.")?.split_once('.'));
        let (Some((full, settings)), Some((location, name))) = (named, place) else {
            return event.fail("`RequestParameters` must be like `method.request.header.Authorization`");
        };
        if !matches!(location, "querystring" | "path" | "header") {
            return event.fail(format!("`RequestParameters` cannot name a `{location}`"));
        }
        let at = parameter.at();
        let location = if location == "querystring" { "query" } else { location };
        let required = settings.and_then(|s| s.get("Required")).cloned().unwrap_or_else(|| at.plain("false"));
        let described = tree!(at, { "in": location, "name": name, "required": required, "type": "string" });
        let cached = settings.is_some_and(|s| s.has("Caching"));
        openapi::for_method(body, path, method, |definition| {
            add_to_list(definition, "parameters", described.clone());
            if let Some(integration) = definition.get_mut(openapi::INTEGRATION).filter(|_| cached) {
                add_to_list(integration, "cacheKeyParameters", at.text(full));
            }
        });
    }
    Ok(())
}

fn add_to_list(owner: &mut Tree, key: &str, item: Tree) {
    match owner.get_mut(key).and_then(Tree::items_mut) {
        Some(list) => list.push(item),
        None => owner.set(key, item.at().list(vec![item])),
    }
}
