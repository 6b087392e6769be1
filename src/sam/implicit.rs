//! API definitions that nobody wrote: those of APIs without a definition, and the APIs of events that name none.

use indexmap::{IndexMap, IndexSet};

use super::tree::{At, Tree};
use super::{Expander, Outcome, fail, openapi};
use crate::value::Str;

/// Marks a definition as SAM's own: events add their paths to it.
pub(super) const MANAGED: &str = "__MANAGE_SWAGGER";

/// What differs between REST and HTTP APIs.
struct Style {
    event: &'static str,
    api: &'static str,
    api_property: &'static str,
    implicit_id: &'static str,
    is_editable: fn(&Tree) -> bool,
    skeleton: fn(At) -> Tree,
}

const REST: Style = Style {
    event: "Api",
    api: "AWS::Serverless::Api",
    api_property: "RestApiId",
    implicit_id: "ServerlessRestApi",
    is_editable: openapi::is_swagger,
    skeleton: openapi::swagger_skeleton,
};

const HTTP: Style = Style {
    event: "HttpApi",
    api: "AWS::Serverless::HttpApi",
    api_property: "ApiId",
    implicit_id: "ServerlessHttpApi",
    is_editable: openapi::is_openapi,
    skeleton: openapi::openapi_skeleton,
};

/// API → path → method → the condition of the resource that the event belongs to.
type Conditions = IndexMap<Str, IndexMap<Str, IndexMap<Str, Option<Str>>>>;

/// What the events say about the APIs that they belong to.
#[derive(Default)]
struct Collected {
    conditions: Conditions,
    deletion: Vec<Option<Str>>,
    replacement: Vec<Option<Str>>,
}

impl Expander<'_> {
    /// An API without `DefinitionBody` and `DefinitionUri` gets an empty definition that events fill.
    pub(super) fn add_definition_bodies(&mut self) {
        for resource in self.source.values_mut() {
            let skeleton = match resource.get_text("Type") {
                Some("AWS::Serverless::Api") => openapi::swagger_skeleton,
                Some("AWS::Serverless::HttpApi") => openapi::openapi_skeleton,
                _ => continue,
            };
            let at = resource.at();
            let Some(properties) = resource.entry_map("Properties") else { continue };
            if !properties.has("DefinitionBody") && !properties.has("DefinitionUri") {
                properties.set("DefinitionBody", skeleton(at));
                properties.set(MANAGED, at.plain("true"));
            }
        }
    }

    /// REST APIs and `Api` events.
    pub(super) fn add_implicit_rest_api(&mut self) {
        self.add_implicit_api(&REST);
    }

    /// HTTP APIs and `HttpApi` events.
    pub(super) fn add_implicit_http_api(&mut self) {
        self.add_implicit_api(&HTTP);
    }

    fn add_implicit_api(&mut self, style: &Style) {
        let existing = self.source.get(style.implicit_id).cloned();
        let owners: Vec<Str> = self.source.iter().filter(|(_, r)| has_event(r, style.event)).map(|(id, _)| id.clone()).collect();
        let Some(first) = owners.first().and_then(|id| self.source.get(id)).map(Tree::at) else { return };
        self.source.insert(style.implicit_id.into(), implicit_api(style, first));
        let mut collected = Collected::default();
        for owner in &owners {
            self.link_events(style, owner, &mut collected);
        }
        self.set_implicit_attributes(style, &collected);
        self.make_paths_conditional(style, &collected.conditions);
        let unused = self.source.get(style.implicit_id).is_some_and(|api| {
            let paths = api.path(&["Properties", "DefinitionBody", "paths"]);
            paths.and_then(Tree::map).is_none_or(|m| m.is_empty())
        });
        if unused {
            match existing {
                Some(existing) => self.source.insert(style.implicit_id.into(), existing),
                None => self.source.shift_remove(style.implicit_id),
            };
        }
    }

    /// Notes the API of each event, and adds its path to that API's definition where SAM writes it.
    fn link_events(&mut self, style: &Style, owner: &Str, collected: &mut Collected) {
        let Some(resource) = self.source.get(owner).cloned() else { return };
        let events = resource.path(&["Properties", "Events"]).and_then(Tree::map).cloned().unwrap_or_default();
        for (name, mut event) in events.into_iter().filter(|(_, e)| e.get_text("Type") == Some(style.event)) {
            if style.event == "Api" && !event.has("Properties") {
                continue;
            }
            let linked = self.link_event(style, &resource, &name, &mut event, collected);
            self.note(linked);
            let path = ["Properties", "Events"];
            let mut at = self.source.get_mut(owner);
            for key in path {
                at = at.and_then(|t| t.get_mut(key));
            }
            if let Some(events) = at {
                events.set(name, event);
            }
        }
    }

    fn link_event(&mut self, style: &Style, owner: &Tree, name: &Str, event: &mut Tree, collected: &mut Collected) -> Outcome<()> {
        let at = event.at();
        if event.get("Properties").is_some_and(|p| p.map().is_none()) {
            return fail(at, format!("`Properties` of event `{name}` must be a map"));
        }
        let Some(properties) = event.entry_map("Properties") else { return Ok(()) };
        if properties.get(style.api_property).is_none() {
            self.pass_on_tags(style, owner);
            properties.set(style.api_property, at.reference(style.implicit_id));
        }
        if style.event == "HttpApi" && !properties.has("Path") && !properties.has("Method") {
            properties.set("Path", at.text("$default"));
            properties.set("Method", at.text(openapi::ANY_METHOD));
        }
        let (api, path, method) = self.checked(style, name, properties, at)?;
        let attribute = |key: &str| owner.get_text(key).map(Str::from);
        let paths = collected.conditions.entry(api.clone()).or_default();
        paths.entry(path.clone()).or_default().insert(method.clone(), attribute("Condition"));
        if api == style.implicit_id {
            collected.deletion.push(attribute("DeletionPolicy"));
            collected.replacement.push(attribute("UpdateReplacePolicy"));
        }
        self.add_event_path(style, name, &api, &path, &method, at)?;
        if style.event == "HttpApi" && properties.get("RouteSettings").is_some() {
            let properties = properties.clone();
            self.add_route_settings(&api, &path, &method, &properties, attribute("Condition"));
        }
        Ok(())
    }

    fn checked(&self, style: &Style, name: &str, properties: &Tree, at: At) -> Outcome<(Str, Str, Str)> {
        let api = properties.get(style.api_property).map(|api| api.get("Ref").unwrap_or(api));
        let Some(api) = api.and_then(Tree::text) else {
            let message = format!("`{}` of event `{name}` must refer to an `{}` in this template", style.api_property, style.api);
            return fail(at, message);
        };
        let text = |key: &str| match properties.get(key).map(|v| (v, v.text())) {
            Some((_, Some(text))) => Ok(Str::from(text)),
            Some((value, None)) => fail(value.at(), format!("`{key}` of event `{name}` must be a string")),
            None => fail(at, format!("event `{name}` of type `{}` has no `{key}`", style.event)),
        };
        Ok((api.into(), text("Path")?, text("Method")?))
    }

    fn add_event_path(&mut self, style: &Style, name: &str, api: &str, path: &str, method: &str, at: At) -> Outcome<()> {
        let Some(resource) = self.source.get_mut(api).filter(|r| r.get_text("Type").is_some()) else {
            let message = format!("`{}` of event `{name}` names `{api}`, which is no `{}` in this template", style.api_property, style.api);
            return fail(at, message);
        };
        if resource.get_text("Type") == Some("AWS::Serverless::HttpApi") && style.event == "Api" {
            return fail(at, format!("event `{name}` is of type `Api`, but `{api}` is an `AWS::Serverless::HttpApi`"));
        }
        let Some(properties) = resource.get_mut("Properties").filter(|p| p.has(MANAGED)) else { return Ok(()) };
        if let Some(body) = properties.get_mut("DefinitionBody").filter(|b| (style.is_editable)(b)) {
            openapi::add_path(body, path, method, at);
        }
        Ok(())
    }

    fn add_route_settings(&mut self, api: &str, path: &str, method: &str, event: &Tree, condition: Option<Str>) {
        let Some(settings) = event.get("RouteSettings") else { return };
        let route = if method == openapi::ANY_METHOD { path.to_owned() } else { format!("{} {path}", method.to_uppercase()) };
        let at = settings.at();
        let settings = match condition {
            Some(condition) => at.choose(condition, settings.clone(), at.no_value()),
            None => settings.clone(),
        };
        let properties = self.source.get_mut(api).and_then(|r| r.entry_map("Properties"));
        let slot = properties.and_then(|p| p.entry_map("RouteSettings")).and_then(|r| r.entry_map(&route));
        if let (Some(slot), Some(new)) = (slot.and_then(Tree::map_mut), settings.map()) {
            slot.extend(new.clone());
        }
    }

    /// `PropagateTags` of a resource holds for the implicit API too.
    fn pass_on_tags(&mut self, style: &Style, owner: &Tree) {
        let section = owner.get_text("Type").and_then(|t| t.strip_prefix("AWS::Serverless::")).unwrap_or_default();
        let globals = self.globals.as_ref().and_then(|g| g.get(section)).cloned();
        let find = |key: &str| {
            let local = owner.path(&["Properties", key]).filter(|v| v.is_set());
            local.or_else(|| globals.as_ref()?.get(key).filter(|v| v.is_set())).cloned()
        };
        let (Some(tags), Some(_)) = (find("Tags"), find("PropagateTags")) else { return };
        let Some(api) = self.source.get_mut(style.implicit_id).and_then(|r| r.entry_map("Properties")) else { return };
        if let (Some(all), Some(new)) = (api.entry_map("Tags").and_then(Tree::map_mut), tags.map()) {
            all.extend(new.clone());
        }
        api.set("PropagateTags", tags.at().plain("true"));
    }

    fn set_implicit_attributes(&mut self, style: &Style, collected: &Collected) {
        let Some(at) = self.source.get(style.implicit_id).map(Tree::at) else { return };
        let methods = collected.conditions.get(style.implicit_id).into_iter().flat_map(|paths| paths.values()).flat_map(|m| m.values());
        let condition = self.combined(methods, &format!("{}Condition", style.implicit_id), at);
        let Some(api) = self.source.get_mut(style.implicit_id) else { return };
        if let Some(condition) = condition {
            api.set("Condition", at.text(condition));
        }
        let strongest =
            |all: &[Option<Str>], order: &[&str]| order.iter().find(|p| all.iter().flatten().any(|a| a == **p)).map(|p| at.text(*p));
        if let Some(policy) = strongest(&collected.deletion, &["Retain", "Delete"]) {
            api.set("DeletionPolicy", policy);
        }
        if let Some(policy) = strongest(&collected.replacement, &["Retain", "Snapshot", "Delete"]) {
            api.set("UpdateReplacePolicy", policy);
        }
    }

    fn make_paths_conditional(&mut self, style: &Style, conditions: &Conditions) {
        let managed = |r: &Tree| r.get_text("Type") == Some(style.api) && r.path(&["Properties", MANAGED]).is_some();
        let apis: Vec<Str> = self.source.iter().filter(|(_, r)| managed(r)).map(|(id, _)| id.clone()).collect();
        for api in apis {
            for (path, methods) in conditions.get(&api).into_iter().flatten() {
                let Some(at) = self.source.get(&api).map(Tree::at) else { continue };
                let spelled = path.replace('/', "SLASH").replace('{', "OB").replace('}', "CB");
                let Some(condition) = self.combined(methods.values(), &format!("{api}{spelled}PathCondition"), at) else { continue };
                let properties = self.source.get_mut(&api).and_then(|r| r.get_mut("Properties"));
                if let Some(body) = properties.and_then(|p| p.get_mut("DefinitionBody")) {
                    openapi::make_path_conditional(body, path, &condition);
                }
            }
        }
    }

    /// The one condition that holds where any of several does; none where one of them is no condition.
    fn combined<'c>(&mut self, all: impl Iterator<Item = &'c Option<Str>>, name: &str, at: At) -> Option<String> {
        let conditions: IndexSet<Str> = all.cloned().collect::<Option<_>>()?;
        if conditions.len() < 2 {
            return conditions.first().map(|c| c.to_string());
        }
        let mut sorted: Vec<Str> = conditions.into_iter().collect();
        sorted.sort();
        self.add_combined_condition(&sorted, name, at);
        Some(name.to_owned())
    }

    /// Adds an `Fn::Or` of conditions; as it takes ten at most, more of them are chained.
    pub(super) fn add_combined_condition(&mut self, conditions: &[Str], name: &str, at: At) {
        const MOST: usize = 10;
        let mut rest = conditions.to_vec();
        let mut chained = rest.len().saturating_sub(2) / (MOST - 1);
        while rest.len() > 1 {
            let new: Str = if chained > 0 { format!("{name}{chained}").into() } else { name.into() };
            chained = chained.saturating_sub(1);
            let taken: Vec<Str> = rest.drain(..rest.len().min(MOST)).collect();
            let items = taken.into_iter().map(|c| at.map([("Condition", at.text(c))])).collect();
            self.add_condition(&new, at.map([("Fn::Or", at.list(items))]));
            rest.push(new);
        }
    }
}

fn has_event(resource: &Tree, kind: &str) -> bool {
    matches!(resource.get_text("Type"), Some("AWS::Serverless::Function" | "AWS::Serverless::StateMachine"))
        && resource
            .path(&["Properties", "Events"])
            .and_then(Tree::map)
            .is_some_and(|events| events.values().any(|e| e.get_text("Type") == Some(kind)))
}

fn implicit_api(style: &Style, at: At) -> Tree {
    let mut properties = at.map([("DefinitionBody", (style.skeleton)(at)), (MANAGED, at.plain("true"))]);
    if style.event == "Api" {
        properties.set("StageName", at.text("Prod"));
    }
    at.map([("Type", at.text(style.api)), ("Properties", properties)])
}
