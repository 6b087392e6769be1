//! The roles that services assume to act for a resource, as data: which service principal each role has to trust.

use super::Graph;
use super::triggers::values;
use crate::model::lambda::Function;
use crate::model::{Entity, read};
use crate::source::Span;
use crate::text;
use crate::value::{Reason, ResourceId, Unknown, Value};

/// A resource that hands a role to a service.
#[derive(Debug)]
pub struct RoleUse {
    /// The principal that assumes the role.
    pub service: &'static str,
    /// Whether the principal may also be spelled with a region: `states.eu-west-1.amazonaws.com`.
    pub regional: bool,
    /// What goes wrong without its trust.
    pub consequence: &'static str,
    /// CloudFormation: the type, the path to what holds the role, the role in it.
    cfn: (&'static str, &'static str, &'static str),
    /// Terraform.
    tf: (&'static str, &'static str, &'static str),
}

/// Sources: AWS Lambda Developer Guide, "Defining Lambda function permissions with an execution role"; Step Functions, EventBridge,
/// EventBridge Scheduler, EventBridge Pipes and AppSync guides on the roles that they use.
static USES: &[RoleUse] = &[
    RoleUse {
        service: "lambda.amazonaws.com",
        regional: false,
        consequence: "the function cannot be created: \"The role defined for the function cannot be assumed by Lambda.\"",
        cfn: ("AWS::Lambda::Function", "", "Role"),
        tf: ("aws_lambda_function", "", "role"),
    },
    RoleUse {
        service: "states.amazonaws.com",
        regional: true,
        consequence: "the state machine cannot be created: \"Neither the global service principal states.amazonaws.com, nor the regional one is authorized to assume the provided role.\"",
        cfn: ("AWS::StepFunctions::StateMachine", "", "RoleArn"),
        tf: ("aws_sfn_state_machine", "", "role_arn"),
    },
    RoleUse {
        service: "scheduler.amazonaws.com",
        regional: false,
        consequence: "the schedule cannot be created: \"The execution role you provide must allow AWS EventBridge Scheduler to assume the role.\"",
        cfn: ("AWS::Scheduler::Schedule", "Target", "RoleArn"),
        tf: ("aws_scheduler_schedule", "target", "role_arn"),
    },
    RoleUse {
        service: "events.amazonaws.com",
        regional: false,
        consequence: "the rule cannot call its target: EventBridge may not assume the target's role",
        cfn: ("AWS::Events::Rule", "Targets[]", "RoleArn"),
        tf: ("aws_cloudwatch_event_target", "", "role_arn"),
    },
    RoleUse {
        service: "pipes.amazonaws.com",
        regional: false,
        consequence: "the pipe does not start: EventBridge Pipes may not assume its role",
        cfn: ("AWS::Pipes::Pipe", "", "RoleArn"),
        tf: ("aws_pipes_pipe", "", "role_arn"),
    },
    RoleUse {
        service: "appsync.amazonaws.com",
        regional: false,
        consequence: "every request that uses the data source fails: AppSync may not assume its role",
        cfn: ("AWS::AppSync::DataSource", "", "ServiceRoleArn"),
        tf: ("aws_appsync_datasource", "", "service_role_arn"),
    },
];

/// Functions that CloudFront runs at the edge: where a distribution names one, in both spellings (Amazon CloudFront Developer Guide, "Set
/// up IAM permissions and roles for Lambda@Edge").
static EDGE: RoleUse = RoleUse {
    service: "edgelambda.amazonaws.com",
    regional: false,
    consequence: "the deploy fails with \"The function execution role must be assumable with edgelambda.amazonaws.com as well as lambda.amazonaws.com principals.\"",
    cfn: ("AWS::CloudFront::Distribution", "", "LambdaFunctionAssociations[].LambdaFunctionARN"),
    tf: ("aws_cloudfront_distribution", "", "lambda_function_association[].lambda_arn"),
};

/// The behaviours of a distribution.
const BEHAVIORS: [&str; 4] = [
    "DistributionConfig.DefaultCacheBehavior",
    "DistributionConfig.CacheBehaviors[]",
    "default_cache_behavior[]",
    "ordered_cache_behavior[]",
];

/// One use of a role.
pub struct Used {
    /// By what.
    pub what: &'static RoleUse,
    /// The resource.
    pub resource: ResourceId,
    /// The role.
    pub role: Value,
    /// Where the resource names the function whose role it is, where it has none of its own.
    pub through: Option<Span>,
}

impl Graph<'_> {
    /// Every role that a resource of the unit hands to a service.
    pub fn role_uses(&self) -> Vec<Used> {
        let mut out = Vec::new();
        for what in USES {
            for (kind, holder, role) in [what.cfn, what.tf] {
                for resource in self.of_kinds(&[kind]) {
                    let holders = if holder.is_empty() { vec![resource.attributes.clone()] } else { values(&resource.attributes, holder) };
                    let roles = holders.iter().filter(|h| !self.is_lambda_target(what, h)).map(|h| read(h, role));
                    out.extend(roles.filter(|r| !r.is_null()).map(|role| Used { what, resource: resource.id, role, through: None }));
                }
            }
        }
        self.edge_uses(&mut out);
        out
    }

    fn edge_uses(&self, out: &mut Vec<Used>) {
        for (kind, _, function) in [EDGE.cfn, EDGE.tf] {
            for resource in self.of_kinds(&[kind]) {
                let behaviors = BEHAVIORS.iter().flat_map(|path| values(&resource.attributes, path));
                let named = behaviors.flat_map(|behavior| values(&behavior, function)).flat_map(|value| value.alternatives());
                for (_, value) in named.filter(|(_, value)| !value.is_null()) {
                    let through = Some(value.span.or(resource.name_span));
                    out.push(Used { what: &EDGE, resource: resource.id, role: self.role_of_function(&value, resource.id), through });
                }
            }
        }
    }

    /// The role of the function that a value in a resource names; an unknown with the reason where that cannot be told.
    fn role_of_function(&self, named: &Value, by: ResourceId) -> Value {
        match self.named_function(named, by) {
            Ok(id) => Function::read(self.resource(id)).role,
            Err(reason) => Value::unknown(Unknown::new(Reason::Computed, "(role)", reason, named.span), named.span),
        }
    }

    /// What EventBridge does with a role on a Lambda target is not documented well enough for a verdict.
    fn is_lambda_target(&self, what: &RoleUse, holder: &Value) -> bool {
        let arn = |path: &str| self.names.text(&read(holder, path)).is_some_and(|text| text::contains(&text, ":function:"));
        what.service == "events.amazonaws.com" && (arn("Arn") || arn("arn"))
    }
}
