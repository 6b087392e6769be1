//! The SAM resources that take no part in calls between others, or little: tables, layers, nested applications, capacity
//! providers.

use super::function::location;
use super::policies::statements;
use super::resource::{Resource, kept, passed_on, sam_tags, tag_list};
use super::tree::{Map, Tree, tree};
use super::{Expander, hash};
use crate::value::Str;

impl Expander<'_> {
    /// `AWS::Serverless::SimpleTable`.
    pub(super) fn expand_simple_table(&mut self, id: &Str, resource: &Tree) -> Vec<Resource> {
        let at = resource.at();
        let properties = resource.get("Properties").cloned().unwrap_or_else(|| at.map([]));
        let mut table = Resource::new(id.as_str(), "AWS::DynamoDB::Table", at, &kept(resource));
        table.depends_on = resource.get("DependsOn").cloned();
        let (mut name, mut kind) = (at.text("id"), at.text("S"));
        if let Some(key) = properties.get("PrimaryKey").filter(|k| k.is_set()) {
            name = key.get("Name").cloned().unwrap_or(name);
            match key.get_text("Type") {
                Some("String") => {}
                Some("Number") => kind = at.text("N"),
                Some("Binary") => kind = at.text("B"),
                _ => self.problem(key.at(), format!("`PrimaryKey` of table `{id}` needs `Type`: String, Number or Binary")),
            }
            if key.get("Name").is_none() {
                self.problem(key.at(), format!("`PrimaryKey` of table `{id}` needs `Name`"));
            }
        }
        table.set("AttributeDefinitions", tree!(at, [{ "AttributeName": (&name), "AttributeType": kind }]));
        table.set("KeySchema", tree!(at, [{ "AttributeName": name, "KeyType": "HASH" }]));
        if !properties.has("ProvisionedThroughput") {
            table.set("BillingMode", "PAY_PER_REQUEST");
        }
        let same = ["PointInTimeRecoverySpecification", "ProvisionedThroughput", "SSESpecification", "TableName"];
        table.copy_set(&properties, &same);
        if let Some(tags) = properties.get("Tags").filter(|t| t.is_set()) {
            table.set("Tags", at.list(tag_list(Some(tags), at)));
        }
        vec![table]
    }

    /// `AWS::Serverless::LayerVersion`: a new logical id for each new content, as layers cannot change.
    pub(super) fn expand_layer(&mut self, id: &Str, resource: &Tree) -> Vec<Resource> {
        let at = resource.at();
        let mut properties = resource.get("Properties").cloned().unwrap_or_else(|| at.map([]));
        for name in ["LayerName", "LicenseInfo", "Description", "RetentionPolicy"] {
            if let Some(value) = properties.get(name).map(|v| self.resolve(v)) {
                properties.set(name, value);
            }
        }
        let mut attributes = passed_on(resource);
        let retention = properties.get_text("RetentionPolicy").map(str::to_lowercase);
        let retention = match retention.as_deref() {
            Some("retain") => Some("Retain"),
            Some("delete") => Some("Delete"),
            Some(_) => {
                self.problem(at, format!("`RetentionPolicy` of layer `{id}` must be Retain or Delete"));
                None
            }
            None => None,
        };
        match retention {
            Some(policy) => attributes.insert("DeletionPolicy".into(), at.text(policy)),
            None if !attributes.contains_key("DeletionPolicy") => attributes.insert("DeletionPolicy".into(), at.text("Retain")),
            None => None,
        };
        let new_id = format!("{id}{}", layer_hash(id, resource, &properties));
        let mut layer = Resource::new(new_id.as_str(), "AWS::Lambda::LayerVersion", at, &attributes);
        layer.depends_on = resource.get("DependsOn").cloned();
        let name = properties.get("LayerName").filter(|n| n.is_set()).cloned().unwrap_or_else(|| at.text(id.clone()));
        layer.set("LayerName", name);
        match properties.get("ContentUri") {
            Some(uri) => {
                layer.set("Content", location(uri));
            }
            None => self.problem(at, format!("layer `{id}` has no `ContentUri`")),
        }
        layer.copy(&properties, &["Description", "CompatibleArchitectures", "CompatibleRuntimes", "LicenseInfo"]);
        self.renamed.insert(id.clone(), new_id.into());
        vec![layer]
    }

    /// `AWS::Serverless::Application`.
    pub(super) fn expand_application(&mut self, id: &Str, resource: &Tree) -> Vec<Resource> {
        let at = resource.at();
        let properties = resource.get("Properties").cloned().unwrap_or_else(|| at.map([]));
        let mut stack = Resource::new(id.as_str(), "AWS::CloudFormation::Stack", at, &passed_on(resource));
        stack.depends_on = resource.get("DependsOn").cloned();
        stack.copy(&properties, &["Parameters", "NotificationARNs", "TimeoutInMinutes"]);
        let mut tags = sam_tags("lambda:createdBy", None, at);
        let place = properties.get("Location");
        if let Some(list) = tags.items_mut() {
            for (key, tag) in [("ApplicationId", "serverlessrepo:applicationId"), ("SemanticVersion", "serverlessrepo:semanticVersion")] {
                if let Some(value) = place.and_then(|l| l.get(key)) {
                    list.push(tree!(at, { "Key": tag, "Value": value }));
                }
            }
            list.extend(tag_list(properties.get("Tags"), at));
        }
        stack.set("Tags", tags);
        let url = place.filter(|p| p.text().is_some()).or_else(|| properties.get("TemplateUrl"));
        stack.set("TemplateURL", url.cloned().unwrap_or_else(|| at.text("")));
        if place.is_none() {
            self.problem(at, format!("application `{id}` has no `Location`"));
        }
        vec![stack]
    }

    /// `AWS::Serverless::CapacityProvider`.
    pub(super) fn expand_capacity_provider(&mut self, id: &Str, resource: &Tree) -> Vec<Resource> {
        let at = resource.at();
        let properties = resource.get("Properties").cloned().unwrap_or_else(|| at.map([]));
        let made = (!properties.has("OperatorRole")).then(|| self.operator_role(id, resource, "AWSLambdaManagedEC2ResourceOperator"));
        let given = properties.get("OperatorRole").cloned();
        let role_arn = made.as_ref().map(Resource::arn).or(given).unwrap_or_else(|| at.text(""));
        let mut provider = Resource::new(id.as_str(), "AWS::Lambda::CapacityProvider", at, &kept(resource));
        provider.depends_on = resource.get("DependsOn").cloned();
        provider.copy_set(&properties, &["CapacityProviderName", "KmsKeyArn"]);
        match properties.get("VpcConfig").filter(|v| v.is_set()) {
            Some(config) => {
                let mut vpc = Map::new();
                for key in ["SubnetIds", "SecurityGroupIds"] {
                    vpc.extend(config.get(key).map(|v| (key.into(), v.clone())));
                }
                provider.set("VpcConfig", at.of(vpc));
            }
            None => self.problem(at, format!("capacity provider `{id}` has no `VpcConfig`")),
        }
        provider.set("PermissionsConfig", tree!(at, { "CapacityProviderOperatorRoleArn": role_arn }));
        let mut tags = tag_list(properties.get("Tags"), at);
        tags.push(tree!(at, { "Key": "lambda:createdBy", "Value": "SAM" }));
        provider.set("Tags", at.list(tags));
        if let Some(requirements) = properties.get("InstanceRequirements").filter(|r| r.is_set()) {
            provider.set("InstanceRequirements", instance_requirements(requirements));
        }
        if let Some(scaling) = properties.get("ScalingConfig").filter(|s| s.is_set()) {
            provider.set("CapacityProviderScalingConfig", scaling_config(scaling));
        }
        if let Some(logging) = properties.get("LoggingConfig").filter(|l| l.is_set()) {
            provider.set("TelemetryConfig", tree!(at, { "LoggingConfig": logging }));
        }
        if let Some(managed) = properties.get("ManagedResourceTags").filter(|m| m.is_set()) {
            let tags = at.list(tag_list(managed.get("Tags"), at));
            provider.set("PropagateTags", tree!(at, { "Mode": "Explicit", "ExplicitTags": tags }));
        }
        let mut generated: Vec<Resource> = made.into_iter().chain([provider]).collect();
        if properties.has("PropagateTags") {
            generated.iter_mut().for_each(|r| combine_tags(r, properties.get("Tags")));
        }
        generated
    }

    /// The role with which Lambda works in the VPC, with AWS's policy for that.
    pub(super) fn operator_role(&self, id: &Str, resource: &Tree, policy: &str) -> Resource {
        let at = resource.at();
        let mut role = Resource::new(format!("{id}OperatorRole"), "AWS::IAM::Role", at, &passed_on(resource));
        role.set("AssumeRolePolicyDocument", statements::trust("lambda.amazonaws.com", at));
        role.set("ManagedPolicyArns", at.list(vec![self.aws_policy(policy, at)]));
        role.set("Tags", sam_tags("lambda:createdBy", None, at));
        role
    }
}

fn layer_hash(id: &str, resource: &Tree, properties: &Tree) -> String {
    let at = resource.at();
    let mut body = tree!(at, { "Type": "AWS::Serverless::LayerVersion" });
    for key in ["DependsOn", "UpdatePolicy", "Condition"] {
        if let Some(value) = resource.get(key) {
            body.set(key, value.clone());
        }
    }
    let written = properties.map().into_iter().flatten().filter(|(_, v)| !v.is_null()).map(|(k, v)| (k.clone(), v.clone()));
    body.set("Properties", at.of(written.collect()));
    hash::of_tree(&at.map([(id, body)]))
}

fn instance_requirements(written: &Tree) -> Tree {
    let names = [("Architectures", "Architectures"), ("AllowedTypes", "AllowedInstanceTypes"), ("ExcludedTypes", "ExcludedInstanceTypes")];
    let mut made = written.at().map([]);
    for (from, to) in names {
        if let Some(value) = written.get(from) {
            made.set(to, value.clone());
        }
    }
    made
}

fn scaling_config(written: &Tree) -> Tree {
    let at = written.at();
    let mut made = at.map([]);
    if let Some(most) = written.get("MaxVCpuCount") {
        made.set("MaxVCpuCount", most.clone());
    }
    match written.get("AverageCPUUtilization") {
        Some(target) => {
            made.set("ScalingMode", at.text("Manual"));
            let metric = "LambdaCapacityProviderAverageCPUUtilization";
            made.set("ScalingPolicies", tree!(at, [{ "PredefinedMetricType": metric, "TargetValue": target }]));
        }
        None => made.set("ScalingMode", at.text("Auto")),
    }
    made
}

/// Adds tags to those that a resource has; of the same key the new one wins.
pub(super) fn combine_tags(resource: &mut Resource, tags: Option<&Tree>) {
    let at = resource.at;
    let mut all: Map = Map::new();
    let written = resource.properties.get("Tags").and_then(Tree::items).unwrap_or_default().to_vec();
    for tag in written.into_iter().chain(tag_list(tags, at)) {
        if let Some(key) = tag.get_text("Key") {
            all.insert(key.into(), tag);
        }
    }
    resource.set("Tags", at.list(all.into_values().collect()));
}
