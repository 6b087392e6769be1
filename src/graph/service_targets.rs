//! What EventBridge starts with a role of its own: the targets of rules and schedules, as data. Sources: Amazon EventBridge User Guide,
//! "Using identity-based policies" and "Amazon EventBridge Scheduler … Setting up the execution role".

use super::Graph;
use super::triggers::holders;
use crate::gap::Gap;
use crate::iam::{Caller, Need};
use crate::model::read;
use crate::text;
use crate::unit::Resource;
use crate::value::{Guard, ResourceId, Text, Value};

/// A kind of target that is called with a role.
#[derive(Debug)]
pub struct TargetKind {
    /// For messages: "state machine".
    pub name: &'static str,
    /// The service in its ARN.
    service: &'static str,
    /// How the last part of its ARN begins.
    resource: &'static str,
    /// Types of resources.
    kinds: &'static [&'static str],
    /// What the role must allow: one of these; empty where that is not judged.
    pub actions: &'static [&'static str],
    /// Whether a rule is refused without a role.
    pub required: bool,
}

const fn kind(
    name: &'static str,
    arn: (&'static str, &'static str),
    kinds: &'static [&'static str],
    actions: &'static [&'static str],
    required: bool,
) -> TargetKind {
    TargetKind { name, service: arn.0, resource: arn.1, kinds, actions, required }
}

static KINDS: &[TargetKind] = &[
    kind(
        "state machine",
        ("states", "stateMachine:"),
        &["AWS::StepFunctions::StateMachine", "aws_sfn_state_machine"],
        &["states:StartExecution"],
        true,
    ),
    kind(
        "CodeBuild project",
        ("codebuild", "project/"),
        &["AWS::CodeBuild::Project", "aws_codebuild_project"],
        &["codebuild:StartBuild"],
        true,
    ),
    kind(
        "pipeline",
        ("codepipeline", ""),
        &["AWS::CodePipeline::Pipeline", "aws_codepipeline"],
        &["codepipeline:StartPipelineExecution"],
        true,
    ),
    kind(
        "API destination",
        ("events", "api-destination/"),
        &["AWS::Events::ApiDestination", "aws_cloudwatch_event_api_destination"],
        &["events:InvokeApiDestination"],
        true,
    ),
    kind("Kinesis stream", ("kinesis", "stream/"), &["AWS::Kinesis::Stream", "aws_kinesis_stream"], &["kinesis:PutRecord"], true),
    kind(
        "delivery stream",
        ("firehose", "deliverystream/"),
        &["AWS::KinesisFirehose::DeliveryStream", "aws_kinesis_firehose_delivery_stream"],
        &["firehose:PutRecord", "firehose:PutRecordBatch"],
        true,
    ),
    // What is run and passed on there is not looked into.
    kind("job queue", ("batch", "job-queue/"), &["AWS::Batch::JobQueue", "aws_batch_job_queue"], &[], true),
    kind("cluster", ("ecs", "cluster/"), &["AWS::ECS::Cluster", "aws_ecs_cluster"], &[], true),
    kind("queue", ("sqs", ""), &["AWS::SQS::Queue", "aws_sqs_queue"], &["sqs:SendMessage"], false),
    kind("topic", ("sns", ""), &["AWS::SNS::Topic", "aws_sns_topic"], &["sns:Publish"], false),
];

/// A function is a target of schedules here; for rules, rule `event-source-permission` knows more.
static FUNCTION: TargetKind =
    kind("function", ("lambda", "function:"), &["AWS::Lambda::Function", "aws_lambda_function"], &["lambda:InvokeFunction"], false);

/// Where a language declares a target: the type, the path to its ARN, and the role beside it.
struct Spelling {
    kind: &'static str,
    arn: &'static str,
    role: &'static str,
    schedule: bool,
}

const SPELLINGS: [Spelling; 4] = [
    Spelling { kind: "AWS::Events::Rule", arn: "Targets[].Arn", role: "RoleArn", schedule: false },
    Spelling { kind: "aws_cloudwatch_event_target", arn: "arn", role: "role_arn", schedule: false },
    Spelling { kind: "AWS::Scheduler::Schedule", arn: "Target.Arn", role: "RoleArn", schedule: true },
    Spelling { kind: "aws_scheduler_schedule", arn: "target[].arn", role: "role_arn", schedule: true },
];

/// A target of a rule or schedule.
#[derive(Clone, Debug)]
pub struct ServiceTarget {
    /// The rule, target or schedule that declares it.
    pub resource: ResourceId,
    /// What kind of target it is.
    pub kind: &'static TargetKind,
    /// Its ARN, as it is written.
    pub value: Value,
    /// The role; null where there is none.
    pub role: Value,
    /// The principal that assumes the role.
    pub principal: &'static str,
    /// Whether it is a schedule's, which has a role always.
    pub schedule: bool,
    /// When it is there.
    pub presence: Guard,
}

impl ServiceTarget {
    /// What the role must allow: one call of each group.
    pub fn needs(&self, arn: &Text) -> Vec<Vec<Need>> {
        let group: Vec<Need> = self.kind.actions.iter().map(|action| Need::on(*action, arn.clone(), Caller::Function)).collect();
        if group.is_empty() { Vec::new() } else { vec![group] }
    }
}

impl Graph<'_> {
    /// The targets of all rules and schedules; in their place why one is not known, for those of which that cannot be told.
    pub fn service_targets(&self) -> Vec<Result<ServiceTarget, (ResourceId, Gap)>> {
        let mut out = Vec::new();
        for spelling in &SPELLINGS {
            for resource in self.of_kinds(&[spelling.kind]) {
                self.targets_of(spelling, resource, &mut out);
            }
        }
        out
    }

    fn targets_of(&self, spelling: &Spelling, resource: &Resource, out: &mut Vec<Result<ServiceTarget, (ResourceId, Gap)>>) {
        for (outer, holder, value) in holders(&resource.attributes, spelling.arn).0 {
            for (inner, value) in value.alternatives() {
                let Some(presence) = resource.presence.and(&outer).and_then(|guard| guard.and(&inner)) else { continue };
                let kind = match self.target_kind(&value, spelling.schedule) {
                    Ok(Some(kind)) => kind,
                    Ok(None) => continue,
                    Err(gap) => {
                        out.push(Err((resource.id, gap)));
                        continue;
                    }
                };
                let principal = if spelling.schedule { "scheduler.amazonaws.com" } else { "events.amazonaws.com" };
                let (schedule, role) = (spelling.schedule, read(&holder, spelling.role));
                out.push(Ok(ServiceTarget { resource: resource.id, kind, value, role, principal, schedule, presence }));
            }
        }
    }

    /// What an ARN is as target; `None` for what needs no role or is not judged.
    fn target_kind(&self, value: &Value, schedule: bool) -> Result<Option<&'static TargetKind>, Gap> {
        let kinds = || KINDS.iter().chain(schedule.then_some(&FUNCTION));
        if let Some(resource) = self.referent(value) {
            return Ok(kinds().find(|kind| kind.kinds.contains(&resource.kind.as_str())));
        }
        let Some(text) = self.names.text(value) else { return Err(Gap::of(value)) };
        let parts = text::split_literal(&text, ':', 6);
        let Some(service) = parts.get(2).and_then(Text::as_known).filter(|_| parts.len() == 6) else { return Err(Gap::of(value)) };
        let begins = |kind: &TargetKind| text::strip_prefix(&parts[5], kind.resource).is_some() || kind.resource.is_empty();
        Ok(kinds().find(|kind| kind.service == service && begins(kind)))
    }
}
