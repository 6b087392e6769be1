//! Images of Lambda's micro VMs, and the connectors through which they and web functions reach a VPC.

use super::Expander;
use super::function::s3_parts;
use super::others::combine_tags;
use super::policies::statements;
use super::resource::{Resource, kept, passed_on, sam_tags, tag_list};
use super::tree::{At, Tree, tree};
use crate::value::Str;

impl Expander<'_> {
    /// `AWS::Serverless::MicrovmImage`.
    pub(super) fn expand_micro_vm_image(&mut self, id: &Str, resource: &Tree) -> Vec<Resource> {
        let at = resource.at();
        let properties = resource.get("Properties").cloned().unwrap_or_else(|| at.map([]));
        for name in ["Name", "CodeUri", "BaseImageArn", "BaseImageVersion"].iter().filter(|name| properties.get(name).is_none()) {
            self.problem(at, format!("micro VM image `{id}` has no `{name}`"));
        }
        let role = (!properties.has("BuildRoleArn")).then(|| self.build_role(id, resource, properties.get("CodeUri")));
        let mut image = Resource::new(id.as_str(), "AWS::Lambda::MicrovmImage", at, &kept(resource));
        image.depends_on = resource.get("DependsOn").cloned();
        image.copy(&properties, &["Name", "BaseImageArn", "BaseImageVersion"]);
        image.set("CodeArtifact", tree!(at, { "Uri": (properties.get("CodeUri").cloned().unwrap_or_else(|| at.text(""))) }));
        let role_arn = role.as_ref().map(Resource::arn);
        image.set_some("BuildRoleArn", role_arn.as_ref().or_else(|| properties.get("BuildRoleArn")));
        // CloudFormation wants all of these, empty or not.
        let defaults = [
            ("Description", at.text("")),
            ("Logging", at.map([])),
            ("EgressNetworkConnectors", at.list(Vec::new())),
            ("CpuConfigurations", at.list(Vec::new())),
            ("Resources", at.list(Vec::new())),
            ("AdditionalOsCapabilities", at.list(Vec::new())),
            ("Hooks", at.map([])),
        ];
        for (name, empty) in defaults {
            image.set(name, properties.get(name).filter(|value| value.is_set()).cloned().unwrap_or(empty));
        }
        image.set("EnvironmentVariables", at.list(tag_list(properties.get("EnvironmentVariables"), at)));
        image.set("Tags", at.list(tagged(&properties, at)));
        with_propagated_tags(role, image, &properties)
    }

    /// `AWS::Serverless::NetworkConnector`.
    pub(super) fn expand_network_connector(&mut self, id: &Str, resource: &Tree) -> Vec<Resource> {
        let at = resource.at();
        let properties = resource.get("Properties").cloned().unwrap_or_else(|| at.map([]));
        if properties.get("VpcConfig").is_none() {
            self.problem(at, format!("network connector `{id}` has no `VpcConfig`"));
        }
        let role = (!properties.has("OperatorRole")).then(|| self.operator_role(id, resource, "AWSLambdaNetworkConnectorOperatorPolicy"));
        let mut connector = Resource::new(id.as_str(), "AWS::Lambda::NetworkConnector", at, &kept(resource));
        connector.depends_on = resource.get("DependsOn").cloned();
        connector.copy_set(&properties, &["Name"]);
        let mut egress = properties.get("VpcConfig").cloned().unwrap_or_else(|| at.map([]));
        let types = properties.get("ComputeTypes").filter(|types| types.is_set()).cloned();
        egress.set("AssociatedComputeResourceTypes", types.unwrap_or_else(|| tree!(at, ["MicroVm"])));
        connector.set("Configuration", tree!(at, { "VpcEgressConfiguration": egress }));
        let role_arn = role.as_ref().map(Resource::arn);
        connector.set_some("OperatorRole", role_arn.as_ref().or_else(|| properties.get("OperatorRole")));
        connector.set("Tags", at.list(tagged(&properties, at)));
        with_propagated_tags(role, connector, &properties)
    }

    fn build_role(&self, id: &Str, resource: &Tree, code: Option<&Tree>) -> Resource {
        let at = resource.at();
        let mut role = Resource::new(format!("{id}BuildRole"), "AWS::IAM::Role", at, &passed_on(resource));
        role.set("AssumeRolePolicyDocument", statements::trust("lambda.amazonaws.com", at));
        let logs = tree!(at, ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]);
        let read = statements::allow(tree!(at, ["s3:GetObject"]), &self.code_objects(code, at));
        let mut policy = statements::policy("MicrovmImageBuildPolicy", vec![read, statements::allow(logs, &at.text("*"))], at);
        if let Some(document) = policy.get_mut("PolicyDocument") {
            document.set("Version", at.text("2012-10-17"));
        }
        role.set("Policies", at.list(vec![policy]));
        role.set("Tags", sam_tags("lambda:createdBy", None, at));
        role
    }

    /// The objects of the bucket that the code lies in.
    fn code_objects(&self, code: Option<&Tree>, at: At) -> Tree {
        let code = code.cloned().unwrap_or_else(|| at.text(""));
        let resolved = self.resolve(&code);
        match resolved.text().and_then(s3_parts) {
            Some((bucket, _, _)) => at.sub(format!("arn:${{AWS::Partition}}:s3:::{bucket}/*")),
            // SAM splits every text that is none of these. One that is known is missing, which is told of the image itself, or the
            // path of a folder: its package goes to a bucket that is chosen later.
            None if resolved.text().is_some() => at.sub("arn:${AWS::Partition}:s3:::*/*"),
            None => {
                let bucket = tree!(at, { "Fn::Select": [2, { "Fn::Split": ["/", code] }] });
                at.sub_with("arn:${AWS::Partition}:s3:::${Bucket}/*", [("Bucket", bucket)])
            }
        }
    }
}

/// The tags of the resource that takes the SAM resource's place: the user's before SAM's own.
fn tagged(properties: &Tree, at: At) -> Vec<Tree> {
    let mut tags = tag_list(properties.get("Tags"), at);
    tags.push(tree!(at, { "Key": "lambda:createdBy", "Value": "SAM" }));
    tags
}

fn with_propagated_tags(role: Option<Resource>, main: Resource, properties: &Tree) -> Vec<Resource> {
    let mut generated: Vec<Resource> = role.into_iter().chain([main]).collect();
    if properties.has("PropagateTags") {
        generated.iter_mut().for_each(|resource| combine_tags(resource, properties.get("Tags")));
    }
    generated
}
