//! The execution role.

use super::Function;
use crate::sam::policies::statements;
use crate::sam::resource::{Resource, sam_tags};
use crate::sam::tree::{At, Map, Tree, tree};
use crate::sam::{Expander, policies};

/// A role to which events still add policies.
#[derive(Clone, Debug)]
pub(in crate::sam) struct Role {
    resource: Resource,
    managed: Vec<Tree>,
    inline: Vec<Tree>,
}

impl Role {
    /// A role that a service may assume.
    pub(in crate::sam) fn new(id: String, at: At, attributes: &Map, trust: Tree) -> Self {
        let mut resource = Resource::new(id, "AWS::IAM::Role", at, attributes);
        resource.set("AssumeRolePolicyDocument", trust);
        Role { resource, managed: Vec::new(), inline: Vec::new() }
    }

    /// Its ARN.
    pub(in crate::sam) fn arn(&self) -> Tree {
        self.resource.arn()
    }

    /// Its logical id.
    pub(in crate::sam) fn id(&self) -> &str {
        &self.resource.id
    }

    /// The resource, to set further properties.
    pub(in crate::sam) fn resource_mut(&mut self) -> &mut Resource {
        &mut self.resource
    }

    /// Attaches a managed policy, unless it is.
    pub(in crate::sam) fn attach(&mut self, arn: Tree) {
        if !self.managed.contains(&arn) {
            self.managed.push(arn);
        }
    }

    /// Adds an inline policy.
    pub(in crate::sam) fn add(&mut self, policy: Tree) {
        self.inline.push(policy);
    }

    /// Adds an inline policy, unless there is one with the same document.
    pub(in crate::sam) fn add_new(&mut self, policy: Tree) {
        let document = policy.get("PolicyDocument");
        if !self.inline.iter().any(|p| p.get("PolicyDocument") == document) {
            self.inline.push(policy);
        }
    }

    /// The finished resource.
    pub(in crate::sam) fn into_resource(self) -> Resource {
        let Role { mut resource, managed, inline } = self;
        let at = resource.at;
        resource.set("ManagedPolicyArns", at.list(managed));
        if !inline.is_empty() {
            resource.set("Policies", at.list(inline));
        }
        resource
    }
}

impl Expander<'_> {
    /// The role that the function gets where it names none.
    pub(super) fn function_role(&mut self, function: &Function, invoke_policies: Vec<Tree>) -> Role {
        let Function { id, at, properties, passed_on, .. } = function;
        let trust = properties.get("AssumeRolePolicyDocument").cloned();
        let trust = trust.unwrap_or_else(|| statements::trust("lambda.amazonaws.com", *at));
        let mut role = Role::new(format!("{id}Role"), *at, passed_on, trust);
        role.resource.origin = Some(format!("SAM function `{id}`"));
        let basic = if properties.has("DurableConfig") {
            "service-role/AWSLambdaBasicDurableExecutionRolePolicy"
        } else {
            "service-role/AWSLambdaBasicExecutionRole"
        };
        role.attach(self.aws_policy(basic, *at));
        if self.tracing(properties).is_some() {
            role.attach(self.aws_policy(self.xray_policy(), *at));
        }
        if properties.has("VpcConfig") {
            role.attach(self.aws_policy("service-role/AWSLambdaVPCAccessExecutionRole", *at));
        }
        if let Some((queue, target)) = properties.get("DeadLetterQueue").and_then(|q| Some((q, q.get("TargetArn")?))) {
            let action = if queue.get_text("Type") == Some("SNS") { "sns:Publish" } else { "sqs:SendMessage" };
            role.add(tree!((queue.at()), {
                "PolicyName": "DeadLetterQueuePolicy",
                "PolicyDocument": {
                    "Version": "2012-10-17",
                    "Statement": [{ "Action": action, "Resource": target, "Effect": "Allow" }],
                },
            }));
        }
        invoke_policies.into_iter().for_each(|p| role.add(p));
        self.add_policies(id, properties.get("Policies"), &mut role);
        role.resource.set_some("Path", properties.get("RolePath"));
        role.resource.set_some("PermissionsBoundary", properties.get("PermissionsBoundary"));
        role.resource.set("Tags", sam_tags("lambda:createdBy", properties.get("Tags"), *at));
        role
    }

    /// Sets the function's role; with `Fn::If` and `AWS::NoValue` the generated role fills the gap. Whether it is used at all.
    pub(super) fn attach_role(&mut self, lambda: &mut Resource, role: &mut Role) -> bool {
        let Some(written) = lambda.properties.get("Role").cloned() else {
            lambda.set("Role", role.arn());
            return true;
        };
        let Some([condition, yes, no]) = written.if_arguments() else {
            if written.get("Fn::If").is_some() {
                self.problem(written.at(), "`Fn::If` in `Role` needs three arguments");
            }
            return false;
        };
        let (at, name) = (written.at(), condition.text().unwrap_or_default());
        let value = match (yes.is_no_value(), no.is_no_value()) {
            (true, true) => role.arn(),
            (true, false) => {
                role.resource.attributes.insert("Condition".into(), at.text(name));
                at.choose(name, role.arn(), no.clone())
            }
            (false, true) => {
                let negated = format!("NOT{name}");
                role.resource.attributes.insert("Condition".into(), at.text(negated.as_str()));
                self.add_condition(&negated, tree!(at, { "Fn::Not": [{ "Condition": name }] }));
                at.choose(name, yes.clone(), role.arn())
            }
            (false, false) => return false,
        };
        lambda.set("Role", value);
        true
    }

    /// The ARN of an AWS managed policy, by its path and name.
    pub(in crate::sam) fn aws_policy(&self, name: &str, at: At) -> Tree {
        at.text(format!("arn:{}:iam::aws:policy/{name}", self.partition()))
    }

    /// The managed policy for X-Ray, which has another name outside of the partition `aws`.
    pub(in crate::sam) fn xray_policy(&self) -> &'static str {
        if self.partition() == "aws" { "AWSXrayWriteOnlyAccess" } else { "AWSXRayDaemonWriteAccess" }
    }

    /// The partition that the template is for, which the region tells.
    pub(in crate::sam) fn partition(&self) -> &'static str {
        let region = (self.parameters)("AWS::Region").unwrap_or_default();
        policies::partition_of(&region)
    }
}
