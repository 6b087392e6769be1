//! `Auth.UsagePlan`: a usage plan, an API key and their link, for one API or shared by several.

use super::Api;
use crate::sam::Expander;
use crate::sam::resource::Resource;
use crate::sam::tree::{Map, Tree, tree};
use crate::value::Str;

/// The condition of a shared plan whose APIs all have conditions.
const SHARED_CONDITION: &str = "SharedUsagePlanCondition";

/// What the APIs that share a plan have brought so far.
#[derive(Debug, Default)]
pub(in crate::sam) struct SharedUsagePlan {
    depends_on: Vec<Tree>,
    stages: Vec<Tree>,
    keys: Vec<Tree>,
    conditions: Vec<Str>,
    is_unconditional: bool,
    deletion: Option<Tree>,
    replacement: Option<Tree>,
}

impl Expander<'_> {
    pub(super) fn usage_plan(&mut self, api: &Api, stage: &Resource) -> Vec<Resource> {
        let Some(plan) = api.properties.path(&["Auth", "UsagePlan"]) else { return Vec::new() };
        let at = plan.at();
        let stage_entry = tree!(at, { "ApiId": (at.reference(api.id)), "Stage": (stage.reference()) });
        let key_entry = tree!(at, { "RestApiId": (at.reference(api.id)), "StageName": (stage.reference()) });
        let own = at.text(api.id);
        let (prefix, depends_on, stages, keys, attributes) = match plan.get_text("CreateUsagePlan") {
            Some("NONE") => return Vec::new(),
            Some("PER_API") => (api.id.to_owned(), vec![own], vec![stage_entry], vec![key_entry], api.passed_on.clone()),
            Some("SHARED") => {
                let attributes = self.shared_attributes(&api.passed_on, plan);
                let shared = &mut self.usage_plan;
                for (list, item) in [(&mut shared.depends_on, own), (&mut shared.stages, stage_entry), (&mut shared.keys, key_entry)] {
                    if !list.contains(&item) {
                        list.push(item);
                    }
                }
                let SharedUsagePlan { depends_on, stages, keys, .. } = shared;
                ("Serverless".to_owned(), depends_on.clone(), stages.clone(), keys.clone(), attributes)
            }
            _ => {
                let message = format!("`UsagePlan` of API `{}` needs `CreateUsagePlan`: SHARED, PER_API or NONE", api.id);
                self.problem(at, message);
                return Vec::new();
            }
        };
        let mut usage = Resource::new(format!("{prefix}UsagePlan"), "AWS::ApiGateway::UsagePlan", at, &attributes);
        usage.depends_on = Some(at.list(depends_on));
        usage.set("ApiStages", at.list(stages));
        usage.copy_set(plan, &["UsagePlanName", "Description", "Quota", "Tags", "Throttle"]);
        let mut key = Resource::new(format!("{prefix}ApiKey"), "AWS::ApiGateway::ApiKey", at, &attributes);
        key.depends_on = Some(at.list(vec![at.text(usage.id.as_str())]));
        key.set("Enabled", true).set("StageKeys", at.list(keys));
        let mut link = Resource::new(format!("{prefix}UsagePlanKey"), "AWS::ApiGateway::UsagePlanKey", at, &attributes);
        link.depends_on = Some(at.list(vec![at.text(key.id.as_str())]));
        link.set("KeyId", key.reference()).set("KeyType", "API_KEY").set("UsagePlanId", usage.reference());
        vec![usage, key, link]
    }

    /// A shared plan exists where any of its APIs does, and is kept where any of them is.
    fn shared_attributes(&mut self, api: &Map, plan: &Tree) -> Map {
        let at = plan.at();
        let shared = &mut self.usage_plan;
        keep_strongest(&mut shared.deletion, api.get("DeletionPolicy"), &["Retain"]);
        keep_strongest(&mut shared.replacement, api.get("UpdateReplacePolicy"), &["Retain", "Snapshot"]);
        match api.get("Condition").and_then(Tree::text) {
            None => {
                shared.is_unconditional = true;
                if let Some(conditions) = &mut self.conditions {
                    conditions.remove(SHARED_CONDITION);
                }
            }
            Some(condition) if !shared.is_unconditional && !shared.conditions.iter().any(|c| c == condition) => {
                shared.conditions.push(condition.into());
                let conditions = shared.conditions.clone();
                let items = conditions.iter().map(|c| at.map([("Condition", at.text(c.clone()))])).collect();
                let combined = match conditions.as_slice() {
                    [one] => at.text(one.clone()),
                    _ => at.map([("Fn::Or", at.list(items))]),
                };
                self.add_condition(SHARED_CONDITION, combined);
            }
            Some(_) => {}
        }
        let shared = &self.usage_plan;
        let mut attributes = Map::new();
        attributes.extend(shared.deletion.clone().map(|p| ("DeletionPolicy".into(), p)));
        attributes.extend(shared.replacement.clone().map(|p| ("UpdateReplacePolicy".into(), p)));
        if !shared.conditions.is_empty() && !shared.is_unconditional {
            attributes.insert("Condition".into(), at.text(SHARED_CONDITION));
        }
        attributes
    }
}

/// Takes a policy over where there is none yet, or where it is one of the stronger ones.
fn keep_strongest(kept: &mut Option<Tree>, new: Option<&Tree>, strong: &[&str]) {
    let Some(new) = new else { return };
    let rank = |p: &Tree| strong.iter().position(|s| p.text() == Some(s)).unwrap_or(strong.len());
    if kept.as_ref().is_none_or(|old| rank(new) < rank(old)) {
        *kept = Some(new.clone());
    }
}
