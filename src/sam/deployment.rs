//! `DeploymentPreference` of functions: CodeDeploy shifts the traffic of an alias.

use super::Expander;
use super::policies::statements;
use super::resource::{Resource, tag_list};
use super::tree::{At, Map, Tree, tree};
use crate::value::Str;

/// The deployment configurations that CodeDeploy has.
const PREDEFINED: [&str; 9] = [
    "Canary10Percent5Minutes",
    "Canary10Percent10Minutes",
    "Canary10Percent15Minutes",
    "Canary10Percent30Minutes",
    "Linear10PercentEvery1Minute",
    "Linear10PercentEvery2Minutes",
    "Linear10PercentEvery3Minutes",
    "Linear10PercentEvery10Minutes",
    "AllAtOnce",
];

const APPLICATION: &str = "ServerlessDeploymentApplication";
const SERVICE_ROLE: &str = "CodeDeployServiceRole";
const CONDITION: &str = "ServerlessCodeDeployCondition";

/// A function's preference.
#[derive(Debug)]
struct Preference {
    function: Str,
    settings: Tree,
    condition: Option<Str>,
    tags: Option<Tree>,
}

/// The preferences of all functions.
#[derive(Debug, Default)]
pub(super) struct Deployments(Vec<Preference>);

impl Expander<'_> {
    /// Notes a function's preference; its alias gets the update policy that comes back.
    pub(super) fn deployment_preference(&mut self, id: &Str, properties: &Tree, attributes: &Map, has_alias: bool) -> Option<Tree> {
        let written = properties.get("DeploymentPreference").filter(|p| p.is_set() && p.map().is_some())?;
        let at = written.at();
        let mut settings = written.clone();
        for name in ["Enabled", "Type", "PassthroughCondition"] {
            if let Some(value) = written.map().and_then(|m| m.get(name)) {
                settings.set(name, self.mapped(&self.resolve(value)));
            }
        }
        let enabled = settings.map().and_then(|m| m.get("Enabled"));
        if enabled.is_some_and(|e| !e.is_set() || matches!(e.text(), Some("false" | "False"))) {
            return None;
        }
        if !has_alias {
            self.problem(at, format!("`DeploymentPreference` of function `{id}` needs `AutoPublishAlias`"));
            return None;
        }
        if settings.get("Type").is_none() {
            self.problem(at, format!("`DeploymentPreference` of function `{id}` needs `Type`"));
            return None;
        }
        let passes = settings.get("PassthroughCondition");
        let passes = passes.is_some_and(|p| p.is_true() || matches!(p.text(), Some("true" | "True")));
        let condition = attributes.get("Condition").and_then(Tree::text).filter(|_| passes).map(Str::from);
        let tags = properties.get("Tags").filter(|t| t.is_set() && properties.has("PropagateTags")).cloned();
        let mut update = tree!(at, {
            "ApplicationName": (at.reference(APPLICATION)),
            "DeploymentGroupName": (at.reference(format!("{id}DeploymentGroup"))),
        });
        for (from, to) in [("PreTraffic", "BeforeAllowTrafficHook"), ("PostTraffic", "AfterAllowTrafficHook")] {
            if let Some(hook) = settings.path(&["Hooks", from]) {
                update.set(to, hook.clone());
            }
        }
        self.deployments.0.push(Preference { function: id.clone(), settings, condition, tags });
        Some(tree!(at, { "CodeDeployLambdaAliasUpdate": update }))
    }

    /// The value of an `Fn::FindInMap` with plain keys; anything else stays.
    fn mapped(&self, tree: &Tree) -> Tree {
        let Some(("Fn::FindInMap", argument)) = tree.intrinsic() else { return tree.clone() };
        let keys: Option<Vec<&str>> = argument.items().map(|i| i.iter().filter_map(Tree::text).collect());
        let found = keys.filter(|k| k.len() == 3).and_then(|k| self.mappings.as_ref()?.path(&k));
        found.cloned().unwrap_or_else(|| tree.clone())
    }

    /// The CodeDeploy application, its role, and a deployment group for each function.
    pub(super) fn finish_deployments(&mut self) {
        let all = std::mem::take(&mut self.deployments).0;
        let Some(first) = all.first() else { return };
        let at = first.settings.at();
        let condition = self.shared_condition(&all, at);
        let attributes: Map = condition.into_iter().map(|c| ("Condition".into(), at.text(c))).collect();
        let mut tags = Map::new();
        all.iter().filter_map(|p| p.tags.as_ref()?.map()).for_each(|t| tags.extend(t.clone()));
        let tags = (!tags.is_empty()).then(|| at.list(tag_list(Some(&at.of(tags)), at)));
        let mut made = vec![application(at, &attributes, tags.as_ref())];
        if !all.iter().all(|p| p.settings.has("Role")) {
            made.push(self.service_role(at, &attributes, tags.as_ref()));
        }
        for preference in &all {
            made.push(self.deployment_group(preference));
        }
        for resource in made {
            self.emit(&Str::default(), "", resource);
        }
    }

    fn shared_condition(&mut self, all: &[Preference], at: At) -> Option<String> {
        let conditions: Option<std::collections::BTreeSet<Str>> = all.iter().map(|p| p.condition.clone()).collect();
        let conditions: Vec<Str> = conditions?.into_iter().collect();
        if let [one] = conditions.as_slice() {
            return Some(one.to_string());
        }
        self.add_combined_condition(&conditions, CONDITION, at);
        Some(CONDITION.to_owned())
    }

    fn service_role(&self, at: At, attributes: &Map, tags: Option<&Tree>) -> Resource {
        let mut role = Resource::new(SERVICE_ROLE, "AWS::IAM::Role", at, attributes);
        role.origin = Some("SAM `DeploymentPreference`".to_owned());
        role.set("AssumeRolePolicyDocument", statements::trust("codedeploy.amazonaws.com", at));
        let limited = matches!(self.partition(), "aws-iso" | "aws-iso-b");
        let name = if limited { "AWSCodeDeployRoleForLambdaLimited" } else { "AWSCodeDeployRoleForLambda" };
        let policy = self.aws_policy(&format!("service-role/{name}"), at);
        role.set("ManagedPolicyArns", at.list(vec![policy])).set_some("Tags", tags);
        role
    }

    fn deployment_group(&mut self, preference: &Preference) -> Resource {
        let settings = &preference.settings;
        let at = settings.at();
        let mut attributes = Map::new();
        attributes.extend(preference.condition.clone().map(|c| ("Condition".into(), at.text(c))));
        let id = format!("{}DeploymentGroup", preference.function);
        let mut group = Resource::new(id, "AWS::CodeDeploy::DeploymentGroup", at, &attributes);
        group.origin = Some(format!("SAM `DeploymentPreference` of `{}`", preference.function));
        if let Some(alarms) = settings.get("Alarms").filter(|a| a.is_set() && !a.is_no_value()) {
            group.set("AlarmConfiguration", alarm_configuration(alarms));
        }
        group.set("ApplicationName", at.reference(APPLICATION));
        group.set(
            "AutoRollbackConfiguration",
            tree!(at, {
                "Enabled": true,
                "Events": ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM", "DEPLOYMENT_STOP_ON_REQUEST"],
            }),
        );
        if let Some(kind) = settings.get("Type") {
            group.set("DeploymentConfigName", config_name(kind));
        }
        group.set("DeploymentStyle", tree!(at, { "DeploymentType": "BLUE_GREEN", "DeploymentOption": "WITH_TRAFFIC_CONTROL" }));
        let role = settings.get("Role").filter(|r| r.is_set()).cloned();
        group.set("ServiceRoleArn", role.unwrap_or_else(|| at.get_att(SERVICE_ROLE, "Arn")));
        group.copy_set(settings, &["TriggerConfigurations"]);
        if let Some(tags) = &preference.tags {
            group.set("Tags", at.list(tag_list(Some(tags), at)));
        }
        group
    }
}

fn application(at: At, attributes: &Map, tags: Option<&Tree>) -> Resource {
    let mut application = Resource::new(APPLICATION, "AWS::CodeDeploy::Application", at, attributes);
    application.origin = Some("SAM `DeploymentPreference`".to_owned());
    application.set("ComputePlatform", "Lambda").set_some("Tags", tags);
    application
}

fn alarm_configuration(alarms: &Tree) -> Tree {
    let at = alarms.at();
    if let Some([condition, yes, no]) = alarms.if_arguments() {
        return tree!(at, { "Fn::If": [condition, (alarm_configuration(yes)), (alarm_configuration(no))] });
    }
    match alarms.items() {
        Some([first, ..]) if !first.is_no_value() => {
            let names = alarms.items().unwrap_or_default().iter().map(|a| tree!(at, { "Name": a })).collect();
            tree!(at, { "Enabled": true, "Alarms": (at.list(names)) })
        }
        _ => at.map([]),
    }
}

/// CodeDeploy's own configurations have a longer name than SAM gives them.
fn config_name(kind: &Tree) -> Tree {
    let at = kind.at();
    if let Some(name) = kind.text().filter(|t| PREDEFINED.contains(t)) {
        return at.sub_with("CodeDeployDefault.Lambda${ConfigName}", [("ConfigName", at.text(name))]);
    }
    match kind.intrinsic() {
        Some((name, argument)) => {
            let inner = match argument.items() {
                Some(items) => at.list(items.iter().map(config_name).collect()),
                None if name == "Fn::Sub" && argument.text().is_some_and(|t| PREDEFINED.contains(&t)) => {
                    tree!(at, ["CodeDeployDefault.Lambda${ConfigName}", { "ConfigName": argument }])
                }
                None => config_name(argument),
            };
            at.map([(name, inner)])
        }
        None => kind.clone(),
    }
}
