//! `AWS::Serverless::Function`.

mod alias;
mod code;
mod invoke;
mod role;

pub(super) use self::code::{location, s3_parts};
pub(super) use self::role::Role;

use super::resource::{Resource, kept, passed_on, sam_tags, tag_list};
use super::tree::{At, Map, Tree, tree};
use super::{Expander, Outcome};
use crate::value::Str;

/// Properties that go to the Lambda function under the same name.
const SAME: [&str; 24] = [
    "FunctionName",
    "Handler",
    "Runtime",
    "Description",
    "MemorySize",
    "Timeout",
    "VpcConfig",
    "Role",
    "Environment",
    "KmsKeyArn",
    "ReservedConcurrentExecutions",
    "Layers",
    "FileSystemConfigs",
    "ImageConfig",
    "PackageType",
    "Architectures",
    "SnapStart",
    "EphemeralStorage",
    "CodeSigningConfigArn",
    "RuntimeManagementConfig",
    "LoggingConfig",
    "TenancyConfig",
    "RecursiveLoop",
    "DurableConfig",
];

/// What an event calls: the function, or its alias where one is published.
#[derive(Clone, Debug)]
pub(super) struct Target {
    /// Logical id of the function or alias.
    pub id: String,
    /// Logical id of the function.
    pub function: Str,
    /// Whether it is an alias.
    pub is_alias: bool,
    /// Attributes that go to what is generated for it.
    pub attributes: Map,
}

impl Target {
    /// Its ARN.
    pub(super) fn arn(&self, at: At) -> Tree {
        if self.is_alias { at.reference(self.id.as_str()) } else { at.get_att(self.id.as_str(), "Arn") }
    }

    /// What a permission or event source mapping calls it.
    pub(super) fn name(&self, at: At) -> Tree {
        at.reference(self.id.as_str())
    }

    /// Its ARN inside an `Fn::Sub`.
    pub(super) fn variable(&self) -> String {
        if self.is_alias { format!("${{{}}}", self.id) } else { format!("${{{}.Arn}}", self.id) }
    }

    /// The condition that it depends on.
    pub(super) fn condition(&self) -> Option<&str> {
        self.attributes.get("Condition").and_then(Tree::text)
    }
}

/// A function while it is expanded.
struct Function<'t> {
    id: Str,
    at: At,
    resource: &'t Tree,
    properties: Tree,
    passed_on: Map,
}

impl Expander<'_> {
    /// The function, its role, version, alias and URL, and what its events need.
    pub(super) fn expand_function(&mut self, id: &Str, resource: &Tree) -> Vec<Resource> {
        let properties = resource.get("Properties").cloned().unwrap_or_else(|| resource.at().map([]));
        let function = Function { id: id.clone(), at: resource.at(), resource, properties, passed_on: passed_on(resource) };
        self.check_function(&function);
        let mut lambda = self.lambda_function(&function);
        let mut generated = Vec::new();
        let alias = self.publish_alias(&function, &mut lambda, &mut generated);
        let target = Target {
            id: alias.as_ref().map_or_else(|| id.to_string(), |a| a.id.clone()),
            function: id.clone(),
            is_alias: alias.is_some(),
            attributes: function.passed_on.clone(),
        };
        self.add_function_url(&function, &target, &mut generated);
        let invoke_policies = self.add_event_invoke_config(&function, alias.as_ref(), &mut generated);
        let mut alias_position = generated.iter().position(|r| alias.as_ref().is_some_and(|a| a.id == r.id));
        if let Some(policy) = self.deployment_preference(&function.id, &function.properties, &function.passed_on, alias.is_some())
            && let Some(alias) = alias_position.take().and_then(|i| generated.get_mut(i))
        {
            alias.attributes.insert("UpdatePolicy".into(), policy);
        }
        let mut role = self.function_role(&function, invoke_policies);
        let role_is_used = self.attach_role(&mut lambda, &mut role);
        let events = self.expand_function_events(&function.properties, &target, &mut role);
        generated.insert(0, lambda);
        if role_is_used {
            generated.push(role.into_resource());
        }
        generated.extend(events);
        propagate_tags(&mut generated, &function.properties);
        generated
    }

    fn check_function(&mut self, function: &Function) {
        let Function { id, at, properties, .. } = function;
        let package = properties.get_text("PackageType").unwrap_or("Zip");
        if !matches!(package, "Zip" | "Image") && properties.get("PackageType").is_some_and(|p| !p.is_intrinsic()) {
            self.problem(*at, format!("`PackageType` of function `{id}` must be `Zip` or `Image`"));
        }
        if package == "Zip" && properties.get("PackageType").is_none_or(|p| !p.is_intrinsic()) {
            for name in ["Runtime", "Handler"].into_iter().filter(|n| !properties.has(n)) {
                self.problem(*at, format!("function `{id}` has no `{name}`, which a function of package type `Zip` must have"));
            }
        }
        for (one, other) in [("CapacityProviderConfig", "VpcConfig"), ("CapacityProviderConfig", "ProvisionedConcurrencyConfig")] {
            if properties.get(one).is_some() && properties.get(other).is_some() {
                self.problem(*at, format!("function `{id}` cannot have both `{one}` and `{other}`"));
            }
        }
        if properties.has("ProvisionedConcurrencyConfig") && !properties.has("AutoPublishAlias") {
            self.problem(*at, format!("`ProvisionedConcurrencyConfig` of function `{id}` needs `AutoPublishAlias`"));
        }
        if let Some(queue) = properties.get("DeadLetterQueue").filter(|q| !q.is_intrinsic()) {
            let known = matches!(queue.get_text("Type"), Some("SQS" | "SNS"));
            if !known || !queue.has("TargetArn") {
                self.problem(queue.at(), format!("`DeadLetterQueue` of function `{id}` needs `Type` (`SQS` or `SNS`) and `TargetArn`"));
            }
        }
    }

    fn lambda_function(&mut self, function: &Function) -> Resource {
        let Function { id, at, resource, properties, .. } = function;
        let mut lambda = Resource::new(id.as_str(), "AWS::Lambda::Function", *at, &kept(resource));
        lambda.depends_on = resource.get("DependsOn").cloned();
        lambda.copy(properties, &SAME);
        if let Some(code) = code::of_function(properties) {
            lambda.set("Code", code);
        }
        lambda.set("Tags", sam_tags("lambda:createdBy", properties.get("Tags"), *at));
        if let Some(mode) = self.tracing(properties) {
            lambda.set("TracingConfig", tree!(*at, { "Mode": mode }));
        }
        if let Some(target) = properties.path(&["DeadLetterQueue", "TargetArn"]) {
            lambda.set("DeadLetterConfig", tree!(*at, { "TargetArn": target }));
        }
        if let Some(config) = properties.get("CapacityProviderConfig") {
            lambda.set("CapacityProviderConfig", capacity_provider_config(config));
        }
        lambda.copy_set(properties, &["FunctionScalingConfig"]);
        lambda.copy(properties, &["PublishToLatestPublished"]);
        lambda
    }

    /// `Tracing`, where it is set and not `Disabled`.
    fn tracing(&self, properties: &Tree) -> Option<Tree> {
        let tracing = properties.get("Tracing").filter(|t| t.is_set())?;
        (self.resolved_text(tracing).as_deref() != Some("Disabled")).then(|| tracing.clone())
    }

    fn expand_function_events(&mut self, properties: &Tree, target: &Target, role: &mut Role) -> Vec<Resource> {
        let Some(events) = properties.get("Events") else { return Vec::new() };
        let Some(map) = events.map() else {
            self.problem(events.at(), format!("`Events` of function `{}` must be a map", target.function));
            return Vec::new();
        };
        let mut ordered: Vec<(&Str, &Tree)> = map.iter().collect();
        ordered.sort_by_key(|(name, event)| {
            let path = event.path(&["Properties", "Path"]).and_then(Tree::text);
            path.unwrap_or(name).to_owned()
        });
        let mut generated = Vec::new();
        for (name, event) in ordered {
            let resources = self.expand_function_event(name, event, target, role);
            let origin = format!("SAM event `{name}` of `{}`", target.function);
            for mut resource in self.note(resources).unwrap_or_default() {
                resource.origin.get_or_insert_with(|| origin.clone());
                generated.push(resource);
            }
        }
        generated
    }

    /// The value of a property that must be known at translation time.
    fn known_text(&self, owner: &str, name: &str, value: &Tree) -> Outcome<String> {
        let message = || format!("`{name}` of `{owner}` must be a string or a `Ref` of a parameter with a known value");
        self.resolved_text(value).ok_or_else(|| crate::syntax::node::SyntaxError { message: message(), span: value.span })
    }
}

fn capacity_provider_config(config: &Tree) -> Tree {
    let at = config.at();
    let mut inner = at.map([]);
    for (to, from) in [
        ("CapacityProviderArn", "Arn"),
        ("PerExecutionEnvironmentMaxConcurrency", "PerExecutionEnvironmentMaxConcurrency"),
        ("ExecutionEnvironmentMemoryGiBPerVCpu", "ExecutionEnvironmentMemoryGiBPerVCpu"),
    ] {
        if let Some(value) = config.get(from) {
            inner.set(to, value.clone());
        }
    }
    tree!(at, { "LambdaManagedInstancesCapacityProviderConfig": inner })
}

/// Types among the generated ones that take a list of tags.
const TAGGED: [&str; 11] = [
    "AWS::Lambda::Function",
    "AWS::IAM::Role",
    "AWS::SQS::Queue",
    "AWS::SNS::Topic",
    "AWS::IoT::TopicRule",
    "AWS::ApiGateway::RestApi",
    "AWS::ApiGateway::Stage",
    "AWS::ApiGateway::DomainName",
    "AWS::ApiGateway::DomainNameV2",
    "AWS::ApiGateway::UsagePlan",
    "AWS::StepFunctions::StateMachine",
];

/// `PropagateTags`: the tags of a SAM resource replace those of everything generated for it.
pub(super) fn propagate_tags(generated: &mut [Resource], properties: &Tree) {
    let Some(tags) = properties.get("Tags").filter(|t| t.is_set() && properties.has("PropagateTags")) else { return };
    for resource in generated.iter_mut().filter(|r| TAGGED.contains(&r.kind) || r.kind == "AWS::ApiGateway::ApiKey") {
        let list = resource.at.list(tag_list(Some(tags), resource.at));
        resource.set("Tags", list);
    }
}
