//! `Auth` of an `Api` event: the authorizer, API key and resource policy of one method.

use super::Event;
use super::api::Route;
use crate::sam::openapi;
use crate::sam::tree::{Tree, tree};
use crate::sam::{Expander, Outcome, api_gateway};

impl Expander<'_> {
    /// Puts the `Auth` of an event on its method.
    pub(super) fn add_method_auth(&mut self, event: &Event, auth: &Tree, api: &Tree, body: &mut Tree, route: &Route) -> Outcome<()> {
        let (path, method) = (route.path, route.method);
        let api_auth = api.get("Auth").map(|a| self.resolve(a));
        let authorizers = api_auth.as_ref().and_then(|a| a.get("Authorizers"));
        if let Some(authorizer) = auth.get("Authorizer").filter(|a| a.is_set()) {
            let default = api_auth.as_ref().and_then(|a| a.get("DefaultAuthorizer"));
            check_authorizer(event, authorizer, authorizers, default, true)?;
            let name = authorizer.text().unwrap_or_default();
            let scopes = auth.get("AuthorizationScopes").or_else(|| authorizers?.get(name)?.get("AuthorizationScopes"));
            let known = name != "NONE" && authorizers.is_some_and(|a| a.get(name).is_some());
            let scopes = scopes.filter(|_| known).cloned().unwrap_or_else(|| authorizer.at().list(Vec::new()));
            let mut first_is_iam = false;
            openapi::for_method(body, path, method, |definition| {
                openapi::add_security(definition, name, scopes.clone());
                first_is_iam |= api_gateway::starts_with_iam(definition);
            });
            if first_is_iam {
                api_gateway::add_iam_definition(body, event.at);
            }
        } else if auth.has("AuthorizationScopes") {
            return event.fail("`AuthorizationScopes` needs an `Authorizer`");
        }
        self.add_method_api_key(event, auth, api_auth.as_ref(), body, route)?;
        if let Some(policy) = auth.get("ResourcePolicy").filter(|p| p.is_set()) {
            api_gateway::add_resource_policy(body, policy, path, &event.at.text(route.stage));
            api_gateway::add_custom_statements(body, policy);
        }
        Ok(())
    }

    fn add_method_api_key(&self, event: &Event, auth: &Tree, api_auth: Option<&Tree>, body: &mut Tree, route: &Route) -> Outcome<()> {
        let Some(required) = auth.get("ApiKeyRequired") else { return Ok(()) };
        if !required.is_set() && !api_auth.is_some_and(|a| a.has("ApiKeyRequired")) {
            return event.fail("`ApiKeyRequired: false` makes sense only where the API requires keys");
        }
        let at = required.at();
        if required.is_set() {
            api_gateway::add_api_key_definition(body, at);
        }
        let name = if required.is_set() { "api_key" } else { "api_key_false" };
        openapi::for_method(body, route.path, route.method, |m| openapi::add_security(m, name, tree!(at, [])));
        Ok(())
    }
}

/// Whether an API has the authorizer that an event names.
pub(in crate::sam) fn check_authorizer(
    event: &Event,
    authorizer: &Tree,
    authorizers: Option<&Tree>,
    default: Option<&Tree>,
    iam_is_known: bool,
) -> Outcome<()> {
    let Some(name) = authorizer.text() else { return event.fail("`Authorizer` must be a string") };
    match name {
        "AWS_IAM" if iam_is_known => Ok(()),
        "NONE" if default.is_some_and(Tree::is_set) => Ok(()),
        "NONE" => event.fail("`Authorizer: NONE` makes sense only where the API has a `DefaultAuthorizer`"),
        _ if authorizers.is_some_and(|a| a.has(name)) => Ok(()),
        _ => event.fail(format!("the API has no authorizer `{name}` in `Auth.Authorizers`")),
    }
}
