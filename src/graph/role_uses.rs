//! The roles that services assume to act for a resource, as data: which service principal each role has to trust.

use super::Graph;
use super::triggers::follow;
use crate::model::read;
use crate::text;
use crate::value::{ResourceId, Value};

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

/// One use of a role.
pub struct Used {
    /// By what.
    pub what: &'static RoleUse,
    /// The resource.
    pub resource: ResourceId,
    /// The role.
    pub role: Value,
}

impl Graph<'_> {
    /// Every role that a resource of the unit hands to a service.
    pub fn role_uses(&self) -> Vec<Used> {
        let mut out = Vec::new();
        for what in USES {
            for (kind, holder, role) in [what.cfn, what.tf] {
                for resource in self.of_kinds(&[kind]) {
                    let holders = if holder.is_empty() { vec![resource.attributes.clone()] } else { follow(&resource.attributes, holder) };
                    let roles = holders.iter().filter(|h| !self.is_lambda_target(what, h)).map(|h| read(h, role));
                    out.extend(roles.filter(|r| !r.is_null()).map(|role| Used { what, resource: resource.id, role }));
                }
            }
        }
        out
    }

    /// What EventBridge does with a role on a Lambda target is not documented well enough for a verdict.
    fn is_lambda_target(&self, what: &RoleUse, holder: &Value) -> bool {
        let arn = |path: &str| self.names.text(&read(holder, path)).is_some_and(|text| text::contains(&text, ":function:"));
        what.service == "events.amazonaws.com" && (arn("Arn") || arn("arn"))
    }
}
