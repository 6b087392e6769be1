//! `AWS::Serverless::WebFunction`: a function with its revision, its endpoint and, where none is named, its role.

use super::function::s3_parts;
use super::policies::statements;
use super::resource::{Resource, kept, passed_on, sam_tags};
use super::tree::{At, Tree, tree};
use super::{Expander, hash};
use crate::value::Str;

/// How much of the logical id goes into the name of a function that has none, before a part of the stack's id.
const MAX_NAME_FROM_ID: usize = 55;

impl Expander<'_> {
    /// `AWS::Serverless::WebFunction`.
    pub(super) fn expand_web_function(&mut self, id: &Str, resource: &Tree) -> Vec<Resource> {
        let at = resource.at();
        let properties = resource.get("Properties").cloned().unwrap_or_else(|| at.map([]));
        for name in ["AuthType", "Runtime", "CodeUri"].iter().filter(|name| !properties.has(name)) {
            self.problem(at, format!("web function `{id}` has no `{name}`"));
        }
        let name = properties.get("FunctionName").filter(|name| name.is_set()).cloned().unwrap_or_else(|| own_name(id, at));
        let role = properties.get("ExecutionRoleArn").is_none().then(|| self.web_function_role(id, resource, &properties));
        let role_arn = role.as_ref().map(Resource::arn).or_else(|| properties.get("ExecutionRoleArn").cloned());

        let mut function = Resource::new(id.as_str(), "AWS::Lambda::WebFunction", at, &kept(resource));
        function.depends_on = resource.get("DependsOn").cloned();
        function.set("FunctionName", &name);
        function.set("Tags", sam_tags("lambda:createdBy", properties.get("Tags"), at));

        let mut revision = Resource::new(format!("{id}Revision"), "AWS::Lambda::WebFunctionRevision", at, &passed_on(resource));
        revision.depends_on = Some(tree!(at, [(id.as_str())]));
        revision.set("FunctionName", &name);
        revision.set_some("Description", properties.get("RevisionDescription"));
        revision.set_some("KmsKeyArn", properties.get("KmsKeyArn"));
        revision.set("BuildConfig", build_config(&properties));
        revision.set("ServiceConfig", service_config(&properties, role_arn));

        let endpoint = self.endpoint(id, resource, &properties, name, &revision);
        role.into_iter().chain([function, revision, endpoint]).collect()
    }

    fn web_function_role(&self, id: &Str, resource: &Tree, properties: &Tree) -> Resource {
        let at = resource.at();
        let mut role = Resource::new(format!("{id}Role"), "AWS::IAM::Role", at, &passed_on(resource));
        role.origin = Some(format!("SAM web function `{id}`"));
        role.set("AssumeRolePolicyDocument", statements::trust("lambda.amazonaws.com", at));
        role.set("ManagedPolicyArns", at.list(vec![self.aws_policy("service-role/AWSLambdaBasicExecutionRole", at)]));
        role.set("Tags", sam_tags("lambda:createdBy", properties.get("Tags"), at));
        role
    }

    fn endpoint(&mut self, id: &Str, resource: &Tree, properties: &Tree, name: Tree, revision: &Resource) -> Resource {
        let at = resource.at();
        let mut endpoint = Resource::new(format!("{id}Endpoint"), "AWS::Lambda::WebFunctionEndpoint", at, &passed_on(resource));
        endpoint.depends_on = Some(tree!(at, [(id.as_str()), (revision.id.as_str())]));
        endpoint.set("FunctionName", name);
        for (property, default) in [("EndpointName", "prod"), ("EndpointType", "HomeRegion")] {
            endpoint.set(property, properties.get(property).cloned().unwrap_or_else(|| at.text(default)));
        }
        endpoint.set_some("AuthType", properties.get("AuthType"));
        let weights = match properties.get("RevisionWeights").filter(|weights| weights.is_set()) {
            Some(written) if written.is_intrinsic() || written.map().is_none() => {
                self.problem(written.at(), format!("`RevisionWeights` of web function `{id}` must be a map of revisions to weights"));
                Vec::new()
            }
            Some(written) => {
                let weights = written.map().into_iter().flatten();
                weights.map(|(revision, weight)| tree!(at, { "RevisionId": (revision.as_str()), "Weight": weight })).collect()
            }
            None => vec![tree!(at, { "RevisionId": (at.get_att(revision.id.as_str(), "RevisionId")), "Weight": 100 })],
        };
        endpoint.set("RevisionWeights", at.list(weights));
        endpoint.set_some("Regions", properties.get("ReplicaRegions").map(regions).as_ref());
        endpoint.set_some("Description", properties.get("EndpointDescription"));
        endpoint.copy(properties, &["ScalingConfig", "ThrottleConfig"]);
        endpoint
    }
}

/// The name of a function that is given none: the logical id and a part of the stack's id.
fn own_name(id: &str, at: At) -> Tree {
    let stack = tree!(at, { "Fn::Split": ["/", { "Ref": "AWS::StackId" }] });
    let guid = tree!(at, { "Fn::Split": ["-", { "Fn::Select": [2, stack] }] });
    let start: String = id.chars().take(MAX_NAME_FROM_ID).collect();
    at.sub_with(format!("{start}-${{StackIdSuffix}}"), [("StackIdSuffix", tree!(at, { "Fn::Select": [0, guid] }))])
}

fn build_config(properties: &Tree) -> Tree {
    let at = properties.at();
    let mut object = at.map([]);
    if let Some(uri) = properties.get("CodeUri") {
        match (uri.get("Bucket"), uri.get("Key"), uri.text().and_then(s3_parts)) {
            (Some(bucket), Some(key), _) => {
                object = tree!(at, { "Bucket": bucket, "Key": key });
                if let Some(version) = uri.get("Version") {
                    object.set("VersionId", version.clone());
                }
            }
            (_, _, Some((bucket, key, version))) => {
                object = tree!(at, { "Bucket": bucket, "Key": key });
                if let Some(version) = version {
                    object.set("VersionId", at.text(version));
                }
            }
            _ => object = uri.clone(),
        }
    }
    let runtime = properties.get("Runtime").cloned().unwrap_or_else(|| at.text(""));
    tree!(at, { "CodeConfig": { "S3Object": object }, "RuntimeConfig": { "Runtime": runtime } })
}

fn service_config(properties: &Tree, role_arn: Option<Tree>) -> Tree {
    let at = properties.at();
    let mut config = at.map([]);
    if let Some(arn) = role_arn {
        config.set("ExecutionRoleArn", arn);
    }
    let variables = properties.get("EnvironmentVariables").filter(|v| v.is_set()).cloned().unwrap_or_else(|| at.map([]));
    let mut variables = if variables.is_intrinsic() { variables } else { as_texts(variables) };
    if let Some(entry) = properties.get("EntryPoint").filter(|entry| entry.is_set() && !variables.is_intrinsic()) {
        variables.set("AWS_LAMBDA_NODEJS_ENTRYPOINT", entry.clone());
    }
    if variables.is_set() {
        config.set("EnvironmentVariables", variables);
    }
    if let Some(logging) = properties.get("LoggingConfig").filter(|logging| logging.is_set()) {
        config.set("TelemetryConfig", tree!(at, { "LoggingConfig": logging }));
    }
    for name in ["MaxConcurrencyPerEnvironment", "EgressNetworkConnectorArn"] {
        if let Some(value) = properties.get(name) {
            config.set(name, value.clone());
        }
    }
    let timeout = properties.get("Timeout").filter(|timeout| timeout.is_set()).cloned();
    config.set("TimeoutSeconds", timeout.unwrap_or_else(|| at.plain("30")));
    config
}

/// Environment variables are texts, whatever the template writes.
fn as_texts(mut variables: Tree) -> Tree {
    for value in variables.map_mut().into_iter().flat_map(|map| map.values_mut()) {
        let text = match value.boolean() {
            Some(known) => Some(known.to_string()),
            None if hash::is_string(value) => None,
            None => value.text().map(str::to_owned),
        };
        if let Some(text) = text {
            *value = value.at().text(text);
        }
    }
    variables
}

/// The regions that are listed, less those that are excluded; names of groups of regions stay as they stand.
fn regions(written: &Tree) -> Tree {
    let sorted = |items: &[Tree]| {
        let (mut named, other): (Vec<Tree>, Vec<Tree>) = items.iter().cloned().partition(|item| item.text().is_some());
        named.sort_by_key(|item| item.text().unwrap_or_default().to_owned());
        named.dedup_by_key(|item| item.text().unwrap_or_default().to_owned());
        named.into_iter().chain(other).collect::<Vec<Tree>>()
    };
    match (written.items(), written.get("IncludeRegions").and_then(Tree::items)) {
        (Some(items), _) => written.at().list(sorted(items)),
        (None, Some(included)) => {
            let excluded = written.get("ExcludeRegions").and_then(Tree::items).unwrap_or_default();
            let is_excluded = |item: &Tree| excluded.iter().any(|other| other.text().is_some() && other.text() == item.text());
            written.at().list(sorted(included).into_iter().filter(|item| !is_excluded(item)).collect())
        }
        (None, None) => written.clone(),
    }
}
