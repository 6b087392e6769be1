//! Connectors: `AWS::Serverless::Connector` and the `Connectors` attribute (SAM-DG "Managing resource permissions with AWS SAM
//! connectors").

mod ends;
mod profile;

use std::collections::HashMap;

use self::ends::End;
use self::profile::{Kind, Profile};
use super::resource::{Resource, kept};
use super::tree::{At, Tree, tree};
use super::{Expander, Outcome, fail};
use crate::value::Str;

/// What connectors look up in the rest of the template.
#[derive(Debug, Default)]
pub(super) struct Connections {
    is_built: bool,
    /// Logical id → what depends on it.
    dependents: HashMap<Str, Vec<Str>>,
    /// Source and function → the event source mappings between them.
    mappings: HashMap<(Str, Str), Vec<Str>>,
}

impl Connections {
    /// Whether the template has been looked through.
    pub(super) fn is_built(&self) -> bool {
        self.is_built
    }
}

fn depends_on_names(depends_on: Option<&Tree>) -> Vec<Str> {
    let Some(depends_on) = depends_on else { return Vec::new() };
    depends_on.items().unwrap_or(std::slice::from_ref(depends_on)).iter().filter_map(Tree::text).map(Str::from).collect()
}

/// One connection that a connector makes.
struct Connection<'c> {
    /// The connector.
    id: &'c str,
    resource: &'c Tree,
    at: At,
    source: End,
    destination: End,
    /// `Read`, `Write`.
    permissions: Vec<String>,
    /// Ends the ids where the connector has several destinations.
    suffix: String,
}

impl Expander<'_> {
    /// Makes connectors of their own out of `Connectors` attributes.
    pub(super) fn lift_embedded_connectors(&mut self) {
        let mut lifted = Vec::new();
        let mut bad = Vec::new();
        for (id, resource) in self.source.iter_mut() {
            let Some(connectors) = resource.remove("Connectors").filter(|c| !c.is_null()) else { continue };
            let Some(map) = connectors.map() else {
                bad.push((connectors.at(), format!("`Connectors` of `{id}` must be a map")));
                continue;
            };
            for (name, connector) in map {
                match embedded(id, connector) {
                    Some(connector) => lifted.push((format!("{id}{name}"), connector)),
                    None => bad.push((connector.at(), format!("connector `{name}` of `{id}` needs a map of `Properties`"))),
                }
            }
        }
        bad.into_iter().for_each(|(at, message)| self.problem(at, message));
        for (id, connector) in lifted {
            if self.source.contains_key(id.as_str()) {
                self.problem(connector.at(), format!("the logical id `{id}` of an embedded connector is taken"));
            } else {
                self.source.insert(id.into(), connector);
            }
        }
    }

    /// The policies and permissions of a connector.
    pub(super) fn expand_connector(&mut self, id: &Str, resource: &Tree) -> Vec<Resource> {
        let at = resource.at();
        let properties = resource.get("Properties").cloned().unwrap_or_else(|| at.map([]));
        let (Some(source), Some(destination)) = (properties.get("Source"), properties.get("Destination")) else {
            self.problem(at, format!("connector `{id}` needs `Source` and `Destination`"));
            return Vec::new();
        };
        let permissions = properties.get("Permissions").and_then(Tree::items).unwrap_or_default();
        let permissions: Vec<String> = permissions.iter().filter_map(Tree::text).map(str::to_owned).collect();
        let many = destination.items().is_some();
        let mut generated = Vec::new();
        for (index, destination) in destination.items().unwrap_or(std::slice::from_ref(destination)).iter().enumerate() {
            let suffix = if many { format!("Destination{index}") } else { String::new() };
            let made = self.connect(id, resource, source, destination, &permissions, suffix);
            generated.extend(self.note(made).unwrap_or_default());
        }
        self.replace_depends_on(id, &generated);
        generated
    }

    fn connect(
        &mut self,
        id: &Str,
        resource: &Tree,
        source: &Tree,
        destination: &Tree,
        permissions: &[String],
        suffix: String,
    ) -> Outcome<Vec<Resource>> {
        let to = End::read(destination, source, &self.output)?;
        let from = End::read(source, destination, &self.output)?;
        let connection =
            Connection { id, resource, at: resource.at(), source: from, destination: to, permissions: permissions.to_vec(), suffix };
        let profile = connection.profile()?;
        let mut made = match profile.kind {
            Kind::RolePolicy => vec![self.role_policy(&connection, profile)?],
            Kind::LambdaPermission => connection.lambda_permissions(profile)?,
            Kind::QueuePolicy => vec![connection.resource_policy(profile, "QueuePolicy", "AWS::SQS::QueuePolicy", "Queues")?],
            Kind::TopicPolicy => vec![connection.resource_policy(profile, "TopicPolicy", "AWS::SNS::TopicPolicy", "Topics")?],
        };
        self.add_metadata(&connection, &mut made);
        Ok(made)
    }

    fn role_policy(&mut self, connection: &Connection, profile: &Profile) -> Outcome<Resource> {
        let (end, side) = connection.end(profile);
        let Some(role) = end.role.clone() else {
            let message = format!("connector `{}` cannot tell the IAM role of its {side}", connection.id);
            return fail(connection.at, message);
        };
        let mut policy = connection.new_resource("Policy", "AWS::IAM::ManagedPolicy");
        policy.set("PolicyDocument", connection.document(profile)?).set("Roles", connection.at.list(vec![role]));
        let waits = match (profile.depended_by, &connection.source.id, &connection.destination.id) {
            (Some("DESTINATION_EVENT_SOURCE_MAPPING"), Some(source), Some(function)) => self.only_mapping(source, function),
            (Some("SOURCE"), Some(source), _) => Some(source.as_str().into()),
            _ => None,
        };
        if let Some(resource) = waits.and_then(|id| self.output.get_mut(&id)) {
            depend_on(resource, &[policy.id.as_str()]);
        }
        Ok(policy)
    }

    /// The event source mapping between a source and a function, where there is just one.
    fn only_mapping(&self, source: &str, function: &str) -> Option<Str> {
        match self.connections.mappings.get(&(source.into(), function.into()))?.as_slice() {
            [one] => Some(one.clone()),
            _ => None,
        }
    }

    /// Notes, before connectors are expanded, what depends on them and which sources are mapped to which functions.
    pub(super) fn index_connections(&mut self) {
        let mut found = Connections { is_built: true, ..Default::default() };
        for (id, resource) in &self.output {
            for name in depends_on_names(resource.get("DependsOn")) {
                found.dependents.entry(name).or_default().push(id.clone());
            }
            if resource.get_text("Type") == Some("AWS::Lambda::EventSourceMapping") {
                let property = |name: &str| resource.path(&["Properties", name]).and_then(Tree::logical_id).map(Str::from);
                if let (Some(source), Some(function)) = (property("EventSourceArn"), property("FunctionName")) {
                    found.mappings.entry((source, function)).or_default().push(id.clone());
                }
            }
        }
        self.connections = found;
    }

    /// What depended on the connector depends on what it has become.
    fn replace_depends_on(&mut self, id: &Str, generated: &[Resource]) {
        let ids: Vec<&str> = generated.iter().map(|r| r.id.as_str()).collect();
        for dependent in self.connections.dependents.get(id).cloned().unwrap_or_default() {
            let Some(resource) = self.output.get_mut(&dependent) else { continue };
            let names = |d: &Tree| d.text() == Some(id);
            match resource.get_mut("DependsOn") {
                Some(one) if names(one) => {
                    resource.remove("DependsOn");
                }
                Some(list) => {
                    if let Some(items) = list.items_mut() {
                        items.retain(|d| !names(d));
                    }
                }
                None => continue,
            }
            depend_on(resource, &ids);
        }
        for resource in generated {
            for name in depends_on_names(resource.depends_on.as_ref()) {
                self.connections.dependents.entry(name).or_default().push(resource.id.as_str().into());
            }
        }
    }

    fn add_metadata(&self, connection: &Connection, made: &mut [Resource]) {
        let at = connection.at;
        let written = |end: &End| {
            let id = end.id.as_ref().and_then(|id| self.source.get(id.as_str()));
            let kind = id.and_then(|r| r.get_text("Type")).unwrap_or(&end.kind).to_owned();
            tree!(at, { "Type": kind })
        };
        let ends = tree!(at, { "Source": (written(&connection.source)), "Destination": (written(&connection.destination)) });
        for resource in made {
            let metadata = resource.attributes.entry("Metadata".into()).or_insert_with(|| at.map([]));
            metadata.set("aws:sam:connectors", at.map([(connection.id, ends.clone())]));
        }
    }
}

/// An embedded connector as a resource of its own.
fn embedded(source: &str, connector: &Tree) -> Option<Tree> {
    let at = connector.at();
    let mut connector = connector.clone();
    let properties = connector.get_mut("Properties").filter(|p| p.map().is_some())?;
    let mut from = tree!(at, { "Id": source });
    if let Some(more) = properties.remove("SourceReference")
        && let (Some(all), Some(more)) = (from.map_mut(), more.map())
    {
        all.extend(more.clone());
    }
    properties.set("Source", from);
    connector.set("Type", at.text("AWS::Serverless::Connector"));
    Some(connector)
}

fn depend_on(resource: &mut Tree, ids: &[&str]) {
    let at = resource.at();
    let mut all = match resource.get("DependsOn") {
        Some(list) if list.items().is_some() => list.items().unwrap_or_default().to_vec(),
        Some(one) => vec![one.clone()],
        None => Vec::new(),
    };
    for id in ids.iter().map(|id| at.text(*id)) {
        if !all.contains(&id) {
            all.push(id);
        }
    }
    resource.set("DependsOn", at.list(all));
}

impl Connection<'_> {
    fn profile(&self) -> Outcome<&'static Profile> {
        let (from, to) = (self.source.kind.as_str(), self.destination.kind.as_str());
        let Some(profile) = profile::find(from, to) else {
            return fail(self.at, format!("connector `{}`: AWS SAM cannot connect `{from}` to `{to}`", self.id));
        };
        let names: Vec<&str> = profile.accesses.iter().map(|a| a.name).collect();
        if self.permissions.is_empty() || self.permissions.iter().any(|p| !names.contains(&p.as_str())) {
            let message = format!("connector `{}`: `Permissions` from `{from}` to `{to}` are {}", self.id, names.join(", "));
            return fail(self.at, message);
        }
        let mut wanted: Vec<&str> = self.permissions.iter().map(String::as_str).collect();
        wanted.sort_unstable();
        wanted.dedup();
        if !profile.valid.is_empty() && !profile.valid.contains(&wanted) {
            let valid: Vec<String> = profile.valid.iter().map(|v| v.join(" + ")).collect();
            let message = format!("connector `{}`: `Permissions` from `{from}` to `{to}` must be {}", self.id, valid.join(" or "));
            return fail(self.at, message);
        }
        Ok(profile)
    }

    fn end(&self, profile: &Profile) -> (&End, &'static str) {
        if profile.of_source { (&self.source, "source") } else { (&self.destination, "destination") }
    }

    fn new_resource(&self, name: &str, kind: &'static str) -> Resource {
        let mut resource = Resource::new(format!("{}{name}{}", self.id, self.suffix), kind, self.at, &kept(self.resource));
        resource.depends_on = self.resource.get("DependsOn").cloned();
        resource.origin = Some(format!("SAM connector `{}`", self.id));
        resource
    }

    fn value(&self, name: &str) -> Option<Tree> {
        let (end, property) = match name.split_once('.')? {
            ("Source", property) => (&self.source, property),
            (_, property) => (&self.destination, property),
        };
        end.value(property)
    }

    fn text(&self, text: &str) -> Tree {
        profile::fill(text, self.at, &|name| self.value(name))
    }

    /// Every value that the profile needs must be known.
    fn check(&self, profile: &Profile) -> Outcome<()> {
        match profile.variables.iter().find(|v| self.value(v).is_none()) {
            Some(missing) => fail(self.at, format!("connector `{}` cannot tell `{missing}`", self.id)),
            None => Ok(()),
        }
    }

    fn document(&self, profile: &Profile) -> Outcome<Tree> {
        self.check(profile)?;
        let wanted = profile.accesses.iter().filter(|a| self.permissions.iter().any(|p| p == a.name));
        let statements = wanted.flat_map(|a| &a.statements).map(|s| s.to_tree(self.at, &|t| self.text(t))).collect();
        Ok(tree!((self.at), { "Version": "2012-10-17", "Statement": (self.at.list(statements)) }))
    }

    fn lambda_permissions(&self, profile: &Profile) -> Outcome<Vec<Resource>> {
        self.check(profile)?;
        let (end, side) = self.end(profile);
        let Some(function) = &end.arn else {
            return fail(self.at, format!("connector `{}` cannot tell the ARN of its {side}", self.id));
        };
        let of = |access: &profile::Access| {
            let mut permission = self.new_resource(&format!("{}LambdaPermission", access.name), "AWS::Lambda::Permission");
            permission.set("FunctionName", function);
            for (key, value) in &access.invoke {
                permission.set(key, self.text(value));
            }
            permission
        };
        Ok(profile.accesses.iter().filter(|a| self.permissions.iter().any(|p| p == a.name)).map(of).collect())
    }

    fn resource_policy(&self, profile: &Profile, name: &str, kind: &'static str, property: &str) -> Outcome<Resource> {
        let (end, side) = self.end(profile);
        let subject = if property == "Queues" { &end.queue_url } else { &end.arn };
        let Some(subject) = subject.clone() else {
            return fail(self.at, format!("connector `{}` cannot tell the queue or topic of its {side}", self.id));
        };
        let mut policy = self.new_resource(name, kind);
        policy.set("PolicyDocument", self.document(profile)?).set(property, self.at.list(vec![subject]));
        Ok(policy)
    }
}
