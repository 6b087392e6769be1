//! Routes of HTTP and WebSocket APIs: a route names an integration, which calls something.

use std::collections::HashMap;

use super::{ApiKind, Builder, Call, Caller, is_lambda_type, route, route_key};
use crate::graph::functions::has_unknown;
use crate::model::api_gateway::{HttpIntegration, Route};
use crate::model::names;
use crate::source::Span;
use crate::text;
use crate::value::{Guard, Str, Value};

/// The integrations of a unit by the key of their id.
type Integrations<'a> = HashMap<Str, &'a HttpIntegration>;

/// What a route leads to, in one of the cases that its conditions leave.
struct Leg<'a> {
    guard: Guard,
    target: Value,
    /// The integration, where it calls a function, or may.
    integration: Option<&'a HttpIntegration>,
    /// The integration, where it calls another service.
    service: Option<&'a HttpIntegration>,
    /// Whether it is not known which integration it is.
    unknown: bool,
}

impl Builder<'_, '_> {
    pub(super) fn http_routes(&mut self) {
        let integrations = self.graph.all::<HttpIntegration>();
        let mut by_id: Integrations<'_> = HashMap::new();
        for integration in &integrations {
            if let Some(key) = names::key(&self.graph.names.attribute(integration.id, self.ref_of(integration.id))) {
                by_id.insert(key, integration);
            }
        }
        for route in self.graph.all::<Route>() {
            let legs = self.legs(&route, &by_id);
            let call = match legs.as_slice() {
                [only] => self.only_call(&route, only),
                legs => self.one_of(&route, legs),
            };
            if let Some(call) = call {
                self.add_route(&route, call);
            }
            legs.iter().filter_map(|leg| Some((leg, leg.service?))).for_each(|(leg, service)| self.add_service(&route, leg, service));
        }
    }

    /// A route to an integration with a subtype, which calls a service and has no URI.
    fn add_service(&mut self, route: &Route, leg: &Leg<'_>, integration: &HttpIntegration) {
        let own = &self.graph.resource(route.id).presence;
        let presence = own.and(&self.graph.resource(integration.id).presence).and_then(|there| there.and(&leg.guard));
        let Some(presence) = presence else { return };
        let call = Call {
            resource: integration.id,
            caller: self.caller(route),
            uri: integration.uri.clone(),
            credentials: integration.credentials.clone(),
            http_method: Value::null(Span::NONE),
            presence,
        };
        let (subtype, parameters) = (integration.subtype.clone(), integration.parameters.clone());
        if let Some(api) = self.api(&route.api, ApiKind::Http) {
            api.add(call, subtype, parameters);
        }
    }

    /// Where a route leads, case by case.
    fn legs<'a>(&self, route: &Route, by_id: &Integrations<'a>) -> Vec<Leg<'a>> {
        let leg = |(guard, target): (Guard, Value)| {
            let text = self.graph.names.text(&target).unwrap_or_default();
            let id = text::strip_prefix(&text, "integrations/").unwrap_or_else(|| text.clone());
            let found = names::key(&id).and_then(|key| by_id.get(&key)).copied();
            let calling = found.filter(|i| is_lambda_type(&i.integration_type));
            let unknown = found.is_none() && has_unknown(&text);
            let (integration, service) = (calling.filter(|i| i.subtype.is_null()), calling.filter(|i| !i.subtype.is_null()));
            Leg { guard, target, integration, service, unknown }
        };
        route.target.alternatives().into_iter().map(leg).collect()
    }

    /// The call of a route with one integration; where it is not known which one that is, what the route names stands for it.
    fn only_call(&self, route: &Route, leg: &Leg<'_>) -> Option<Call> {
        let own = &self.graph.resource(route.id).presence;
        let caller = self.caller(route);
        let http_method = Value::null(Span::NONE);
        match leg.integration {
            Some(integration) => Some(Call {
                resource: integration.id,
                caller,
                uri: integration.uri.clone(),
                credentials: integration.credentials.clone(),
                http_method,
                presence: own.and(&self.graph.resource(integration.id).presence)?,
            }),
            None if leg.unknown => Some(Call {
                resource: route.id,
                caller,
                uri: leg.target.clone(),
                credentials: Value::null(Span::NONE),
                http_method,
                presence: own.clone(),
            }),
            None => None,
        }
    }

    /// The call of a route whose integration depends on a condition: a choice of what the integrations call.
    fn one_of(&self, route: &Route, legs: &[Leg<'_>]) -> Option<Call> {
        if legs.iter().all(|leg| leg.integration.is_none() && !leg.unknown) {
            return None;
        }
        let span = route.target.span;
        let (mut uris, mut credentials) = (Vec::new(), Vec::new());
        for leg in legs {
            let there = leg.integration.map_or_else(Guard::always, |i| self.graph.resource(i.id).presence.clone());
            let Some(guard) = leg.guard.and(&there) else { continue };
            let uri = match leg.integration {
                Some(integration) => integration.uri.clone(),
                None if leg.unknown => leg.target.clone(),
                None => Value::null(span),
            };
            uris.push((guard.clone(), uri));
            credentials.push((guard, leg.integration.map_or_else(|| Value::null(span), |i| i.credentials.clone())));
        }
        Some(Call {
            resource: route.id,
            caller: self.caller(route),
            uri: Value::choice(uris, span).at(span),
            credentials: Value::choice(credentials, span),
            http_method: Value::null(Span::NONE),
            presence: self.graph.resource(route.id).presence.clone(),
        })
    }

    fn caller(&self, entity: &Route) -> Caller {
        route(&self.text(&entity.route_key))
    }

    fn add_route(&mut self, route: &Route, call: Call) {
        if let Some(api) = self.api(&route.api, ApiKind::Http) {
            let call = if api.kind == ApiKind::WebSocket { Call { caller: Caller::Route(route_key(&call.caller)), ..call } } else { call };
            api.calls.push(call);
        }
    }
}
