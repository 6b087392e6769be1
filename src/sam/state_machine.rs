//! `AWS::Serverless::StateMachine`.

use super::events::Event;
use super::function::{Role, Target, location, propagate_tags};
use super::policies::statements;
use super::resource::{Resource, kept, passed_on, sam_tags};
use super::tree::{At, Kind, Tree, tree};
use super::{Expander, hash};
use crate::value::Str;

impl Expander<'_> {
    /// The state machine, its role, version and alias, and what its events need.
    pub(super) fn expand_state_machine(&mut self, id: &Str, resource: &Tree) -> Vec<Resource> {
        let at = resource.at();
        let properties = resource.get("Properties").cloned().unwrap_or_else(|| at.map([]));
        let attributes = passed_on(resource);
        let mut machine = Resource::new(id.as_str(), "AWS::StepFunctions::StateMachine", at, &kept(resource));
        machine.depends_on = resource.get("DependsOn").cloned();
        self.set_definition(id, &mut machine, &properties);
        machine.set_some("StateMachineName", properties.get("Name")).set_some("StateMachineType", properties.get("Type"));
        machine.set_some("LoggingConfiguration", properties.get("Logging"));
        machine.set_some("TracingConfiguration", properties.get("Tracing"));
        machine.set("Tags", sam_tags("stateMachine:createdBy", properties.get("Tags"), at));
        let mut generated = Vec::new();
        match properties.get("Role").filter(|r| r.is_set()) {
            Some(role) => {
                machine.set("RoleArn", role);
                if properties.has("Policies") {
                    self.problem(at, format!("state machine `{id}` takes `Role` or `Policies`, not both"));
                }
            }
            None => {
                let role = self.machine_role(id, &properties, &attributes, at);
                machine.set("RoleArn", role.arn());
                generated.push(role.into_resource());
            }
        }
        let alias = self.machine_alias(id, &machine, &properties, &attributes, &mut generated);
        generated.insert(0, machine);
        let by_alias = alias.filter(|_| properties.has("UseAliasAsEventTarget"));
        let target =
            Target { is_alias: by_alias.is_some(), id: by_alias.unwrap_or_else(|| id.to_string()), function: id.clone(), attributes };
        self.expand_machine_events(id, &properties, &target, &mut generated);
        propagate_tags(&mut generated, &properties);
        generated
    }

    fn set_definition(&mut self, id: &Str, machine: &mut Resource, properties: &Tree) {
        let substitutions = properties.get("DefinitionSubstitutions").filter(|s| s.is_set());
        machine.set_some("DefinitionSubstitutions", substitutions);
        let (written, uri) = (properties.get("Definition"), properties.get("DefinitionUri"));
        match (written.filter(|d| d.is_set()), uri.filter(|u| u.is_set())) {
            (Some(definition), None) => {
                let mut definition = definition.clone();
                let mut found = Vec::new();
                take_intrinsics(&mut definition, &mut found);
                if !found.is_empty() {
                    let mut all = substitutions.cloned().unwrap_or_else(|| machine.at.map([]));
                    found.into_iter().for_each(|(name, value)| all.set(name, value));
                    machine.set("DefinitionSubstitutions", all);
                }
                let text = definition_text(&definition);
                machine.set("DefinitionString", text);
            }
            (None, Some(uri)) => {
                let s3 = location(uri);
                match (s3.get("S3Bucket"), s3.get("S3Key")) {
                    (Some(bucket), Some(key)) => {
                        let mut place = tree!((uri.at()), { "Bucket": bucket, "Key": key });
                        if let Some(version) = s3.get("S3ObjectVersion") {
                            place.set("Version", version.clone());
                        }
                        machine.set("DefinitionS3Location", place);
                    }
                    _ => {
                        machine.set("DefinitionS3Location", uri);
                    }
                }
            }
            _ => self.problem(machine.at, format!("state machine `{id}` needs either `Definition` or `DefinitionUri`")),
        }
    }

    fn machine_role(&mut self, id: &Str, properties: &Tree, attributes: &super::tree::Map, at: At) -> Role {
        let trust = statements::trust("states.amazonaws.com", at);
        let mut role = Role::new(format!("{id}Role"), at, attributes, trust);
        let mut policies = match properties.get("Policies").filter(|p| p.is_set()) {
            Some(p) => p.items().map_or_else(|| vec![p.clone()], <[Tree]>::to_vec),
            None => Vec::new(),
        };
        if properties.path(&["Tracing", "Enabled"]).is_some_and(Tree::is_true) {
            policies.push(at.text(self.xray_policy()));
        }
        self.add_policies(id, Some(&at.list(policies)), &mut role);
        let resource = role.resource_mut();
        resource.origin = Some(format!("SAM state machine `{id}`"));
        resource.set_some("Path", properties.get("RolePath"));
        resource.set_some("PermissionsBoundary", properties.get("PermissionsBoundary"));
        resource.set("Tags", sam_tags("stateMachine:createdBy", properties.get("Tags"), at));
        role
    }

    fn machine_alias(
        &mut self,
        id: &Str,
        machine: &Resource,
        properties: &Tree,
        attributes: &super::tree::Map,
        generated: &mut Vec<Resource>,
    ) -> Option<String> {
        let at = machine.at;
        let preference = properties.get("DeploymentPreference").filter(|p| p.is_set());
        let Some(name) = properties.get("AutoPublishAlias").filter(|a| a.is_set()) else {
            if preference.is_some() || properties.has("UseAliasAsEventTarget") {
                let message = "`DeploymentPreference` and `UseAliasAsEventTarget` of state machine";
                self.problem(at, format!("{message} `{id}` need `AutoPublishAlias`"));
            }
            return None;
        };
        let mut kept = attributes.clone();
        for policy in ["DeletionPolicy", "UpdateReplacePolicy"] {
            kept.entry(policy.into()).or_insert_with(|| at.text("Retain"));
        }
        let mut version = Resource::new(format!("{id}Version"), "AWS::StepFunctions::StateMachineVersion", at, &kept);
        version.set("StateMachineArn", machine.reference());
        version.set("StateMachineRevisionId", at.get_att(id.clone(), "StateMachineRevisionId"));
        let alias_id = format!("{id}Alias{}", name.text().unwrap_or_default());
        let mut alias = Resource::new(alias_id.as_str(), "AWS::StepFunctions::StateMachineAlias", at, attributes);
        let mut preference = preference.cloned().unwrap_or_else(|| tree!(at, { "Type": "ALL_AT_ONCE" }));
        preference.set("StateMachineVersionArn", version.reference());
        alias.set("Name", name).set("DeploymentPreference", preference);
        generated.push(version);
        generated.push(alias);
        Some(alias_id)
    }

    fn expand_machine_events(&mut self, id: &Str, properties: &Tree, target: &Target, generated: &mut Vec<Resource>) {
        let Some(events) = properties.get("Events") else { return };
        let Some(events) = events.map() else {
            self.problem(events.at(), format!("`Events` of state machine `{id}` must be a map"));
            return;
        };
        let boundary = properties.get("PermissionsBoundary").filter(|b| b.is_set());
        for (name, event) in events {
            let resources = Event::read(id, name, event).and_then(|e| self.expand_machine_event(&e, target, boundary));
            let origin = format!("SAM event `{name}` of `{id}`");
            for mut resource in self.note(resources).unwrap_or_default() {
                resource.origin.get_or_insert_with(|| origin.clone());
                generated.push(resource);
            }
        }
    }
}

/// Replaces intrinsic functions and dynamic references by substitutions, in the order of their paths.
fn take_intrinsics(tree: &mut Tree, found: &mut Vec<(String, Tree)>) {
    let mut children: Vec<(&str, &mut Tree)> = match &mut tree.kind {
        Kind::Map(map) => map.iter_mut().map(|(k, v)| (k.as_str(), v)).collect(),
        Kind::List(items) => items.iter_mut().map(|v| ("", v)).collect(),
        Kind::Scalar(..) => return,
    };
    children.sort_by(|a, b| a.0.cmp(b.0));
    for (_, child) in children {
        let dynamic = child.text().is_some_and(|t| t.starts_with("{{resolve:") && t.ends_with("}}"));
        if child.is_intrinsic() || dynamic {
            let name = format!("definition_substitution_{}", found.len() + 1);
            let placeholder = child.at().text(format!("${{{name}}}"));
            found.push((name, std::mem::replace(child, placeholder)));
        } else {
            take_intrinsics(child, found);
        }
    }
}

/// A definition as a joined list of lines of JSON.
fn definition_text(definition: &Tree) -> Tree {
    let at = definition.at();
    let pretty = hash::pretty_json(definition);
    let lines = pretty.split('\n').map(|l| at.text(l)).collect();
    at.map([("Fn::Join", at.list(vec![at.text("\n"), at.list(lines)]))])
}
