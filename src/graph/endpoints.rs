//! What a text that stands where a service wants an endpoint is, and what the places take, as data.

use super::Graph;
use super::triggers::{Spelling, TRIGGERS, follow};
use crate::source::Span;
use crate::text;
use crate::unit::Resource;
use crate::value::{Guard, Part, ResourceId, Str, Text, Value};

/// What an endpoint is, as far as services tell them apart.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// An ARN: service, and all after the fifth colon.
    Arn(Str, Text),
    /// An ARN of a service that is not known here.
    SomeArn,
    /// `http` or `https`.
    Url(&'static str),
    /// It has an `@`.
    Mail,
    /// Digits, perhaps after a plus.
    Phone,
    /// A name or an id: nothing of the above.
    Name,
    /// Not written.
    Absent,
    /// Cannot be told: why, and the place that would tell.
    Unknown(String, Span),
}

impl Shape {
    /// What it is, in words: "the ARN of a queue".
    pub fn described(&self) -> String {
        match self {
            invoke if invoke.is_invoke_arn() => "the invoke ARN of a function".to_owned(),
            Shape::Arn(service, _) => match NOUNS.iter().find(|(s, _)| s == service) {
                Some((_, noun)) => format!("the ARN of a {noun}"),
                None => format!("an ARN of {service}"),
            },
            Shape::SomeArn => "an ARN".to_owned(),
            Shape::Url(_) => "a URL".to_owned(),
            Shape::Mail => "a mail address".to_owned(),
            Shape::Phone => "a phone number".to_owned(),
            Shape::Name => "a name, no ARN".to_owned(),
            Shape::Absent => "not written".to_owned(),
            Shape::Unknown(..) => "not known".to_owned(),
        }
    }

    /// What is to be said of it besides; mostly nothing.
    pub fn remark(&self) -> &'static str {
        if self.is_invoke_arn() { "API Gateway alone takes an invoke ARN" } else { "" }
    }

    /// Whether it is the ARN by which API Gateway calls a function.
    pub fn is_invoke_arn(&self) -> bool {
        matches!(self, Shape::Arn(service, resource) if service == "apigateway" && text::contains(resource, "path/"))
    }
}

/// Types whose ARNs have no canonical text, and the service in them.
const SERVICES: &[(&str, &str)] = &[
    ("AWS::KinesisFirehose::DeliveryStream", "firehose"),
    ("aws_kinesis_firehose_delivery_stream", "firehose"),
    ("AWS::Events::EventBus", "events"),
    ("aws_cloudwatch_event_bus", "events"),
    ("AWS::ECS::Cluster", "ecs"),
    ("aws_ecs_cluster", "ecs"),
];

/// What the ARNs of a service are of, mostly.
const NOUNS: &[(&str, &str)] = &[
    ("lambda", "function"),
    ("sqs", "queue"),
    ("sns", "topic"),
    ("s3", "bucket"),
    ("kinesis", "stream"),
    ("firehose", "delivery stream"),
    ("dynamodb", "table"),
    ("states", "state machine"),
    ("iam", "role"),
    ("logs", "log group"),
    ("elasticloadbalancing", "load balancer"),
    ("cognito-idp", "user pool"),
];

/// What a place takes.
#[derive(Clone, Copy, Debug)]
pub enum Takes {
    /// ARNs of these services and nothing else.
    Only(&'static [&'static str]),
    /// ARNs of any service but these: the list of what it does take grows.
    AllBut(&'static [&'static str]),
}

/// A place that takes an endpoint.
#[derive(Clone, Copy, Debug)]
pub struct Slot {
    /// For messages: "EventBridge target".
    pub name: &'static str,
    /// What happens with anything else.
    pub consequence: &'static str,
    /// What it takes.
    pub takes: Takes,
    /// Whether a name may do in place of an ARN.
    pub names: bool,
    cfn: (&'static str, &'static str),
    tf: (&'static str, &'static str),
}

const BUCKET: &str = "the deploy fails, since S3 refuses the notification";
const RULE: &str = "the deploy fails with \"Provided Arn is not in correct format\"";
const PATTERN: &str = "the deploy fails with \"Member must satisfy regular expression pattern\"";
const ALARM: &str = "the deploy fails, since CloudWatch refuses the action";

/// What no target of EventBridge is: among the ARNs that people have at hand beside those that it takes.
const NO_TARGETS: &[&str] = &["apigateway", "s3", "iam", "dynamodb", "elasticloadbalancing", "cognito-idp"];
const NO_ACTIONS: &[&str] = &["apigateway", "sqs", "s3", "events", "iam", "firehose", "kinesis"];

const fn slot(
    name: &'static str,
    consequence: &'static str,
    takes: Takes,
    cfn: (&'static str, &'static str),
    tf: (&'static str, &'static str),
) -> Slot {
    Slot { name, consequence, takes, names: false, cfn, tf }
}

/// Sources: the API references of S3, EventBridge, CloudWatch, CloudWatch Logs, EventBridge Scheduler, Lambda and Elastic Load
/// Balancing, on the field.
static SLOTS: &[Slot] = &[
    slot(
        "queue of an S3 notification",
        BUCKET,
        Takes::Only(&["sqs"]),
        ("AWS::S3::Bucket", "NotificationConfiguration.QueueConfigurations[].Queue"),
        ("aws_s3_bucket_notification", "queue[].queue_arn"),
    ),
    slot(
        "topic of an S3 notification",
        BUCKET,
        Takes::Only(&["sns"]),
        ("AWS::S3::Bucket", "NotificationConfiguration.TopicConfigurations[].Topic"),
        ("aws_s3_bucket_notification", "topic[].topic_arn"),
    ),
    slot(
        "function of an S3 notification",
        BUCKET,
        Takes::Only(&["lambda"]),
        ("AWS::S3::Bucket", "NotificationConfiguration.LambdaConfigurations[].Function"),
        ("aws_s3_bucket_notification", "lambda_function[].lambda_function_arn"),
    ),
    slot(
        "EventBridge target",
        RULE,
        Takes::AllBut(NO_TARGETS),
        ("AWS::Events::Rule", "Targets[].Arn"),
        ("aws_cloudwatch_event_target", "arn"),
    ),
    slot(
        "dead-letter queue of a target",
        RULE,
        Takes::Only(&["sqs"]),
        ("AWS::Events::Rule", "Targets[].DeadLetterConfig.Arn"),
        ("aws_cloudwatch_event_target", "dead_letter_config.arn"),
    ),
    slot(
        "target of a schedule",
        "the deploy fails, since EventBridge Scheduler refuses the target",
        Takes::AllBut(&["apigateway"]),
        ("AWS::Scheduler::Schedule", "Target.Arn"),
        ("aws_scheduler_schedule", "target.arn"),
    ),
    slot(
        "destination of a subscription filter",
        "the deploy fails, since CloudWatch Logs refuses the destination",
        Takes::AllBut(&["apigateway", "sqs", "sns", "s3", "states", "events", "dynamodb"]),
        ("AWS::Logs::SubscriptionFilter", "DestinationArn"),
        ("aws_cloudwatch_log_subscription_filter", "destination_arn"),
    ),
    slot(
        "alarm action",
        ALARM,
        Takes::AllBut(NO_ACTIONS),
        ("AWS::CloudWatch::Alarm", "AlarmActions[]"),
        ("aws_cloudwatch_metric_alarm", "alarm_actions[]"),
    ),
    slot(
        "alarm action",
        ALARM,
        Takes::AllBut(NO_ACTIONS),
        ("AWS::CloudWatch::Alarm", "OKActions[]"),
        ("aws_cloudwatch_metric_alarm", "ok_actions[]"),
    ),
    slot(
        "dead-letter target",
        PATTERN,
        Takes::Only(&["sqs", "sns"]),
        ("AWS::Lambda::Function", "DeadLetterConfig.TargetArn"),
        ("aws_lambda_function", "dead_letter_config.target_arn"),
    ),
    slot(
        "destination of asynchronous calls",
        "the deploy fails, since Lambda refuses the destination",
        Takes::Only(&["sqs", "sns", "lambda", "events", "s3"]),
        ("AWS::Lambda::EventInvokeConfig", "DestinationConfig.OnSuccess.Destination"),
        ("aws_lambda_function_event_invoke_config", "destination_config.on_success.destination"),
    ),
    slot(
        "destination of asynchronous calls",
        "the deploy fails, since Lambda refuses the destination",
        Takes::Only(&["sqs", "sns", "lambda", "events", "s3"]),
        ("AWS::Lambda::EventInvokeConfig", "DestinationConfig.OnFailure.Destination"),
        ("aws_lambda_function_event_invoke_config", "destination_config.on_failure.destination"),
    ),
    slot(
        "event source",
        "the deploy fails, since Lambda refuses the event source mapping",
        Takes::AllBut(&["sns", "s3", "events", "apigateway", "lambda", "logs", "firehose"]),
        ("AWS::Lambda::EventSourceMapping", "EventSourceArn"),
        ("aws_lambda_event_source_mapping", "event_source_arn"),
    ),
];

/// Triggers that are among the slots, or that take the invoke form too.
const OTHERWISE: [&str; 2] = ["S3 notification", "AppSync authorizer"];

/// A place of the unit that takes an endpoint, and what stands there.
#[derive(Debug)]
pub struct SlotUse {
    /// Which place.
    pub slot: Slot,
    /// The resource.
    pub resource: ResourceId,
    /// The attribute: `endpoint`, `Arn`.
    pub attribute: &'static str,
    /// What is written; choices are still in it.
    pub value: Value,
    /// When it is there, beyond the resource's own conditions.
    pub guard: Guard,
}

impl Graph<'_> {
    /// What a value is; a choice cannot be told (take its alternatives first).
    pub fn shape(&self, value: &Value) -> Shape {
        let Some(text) = self.names.text(value) else { return Shape::Absent };
        let unknown = || {
            let reason = value.first_unknown().map_or_else(|| format!("`{value:#}` cannot be told apart"), |h| h.message());
            Shape::Unknown(reason, value.span)
        };
        let parts = text.parts();
        match parts.first() {
            None => Shape::Absent,
            Some(Part::Unknown(_)) => unknown(),
            Some(Part::Pseudo(_)) => Shape::Name,
            Some(Part::Attr(attr)) => {
                let resource = self.resource(attr.resource);
                let service = SERVICES.iter().find(|(kind, _)| *kind == resource.kind.as_str()).map(|(_, service)| *service);
                match (service, attr.path.as_str(), parts.len()) {
                    (Some(service), "arn" | "Arn", 1) => Shape::Arn(service.into(), Text::default()),
                    (None, "arn" | "Arn", 1) => Shape::SomeArn,
                    (None, "id", 1) if REF_IS_ARN.contains(&resource.kind.as_str()) => Shape::SomeArn,
                    (None, "name", _) if NAMED.contains(&resource.kind.as_str()) => Shape::Name,
                    _ => unknown(),
                }
            }
            Some(Part::Literal(head)) => literal(head, &text, parts.len() == 1).unwrap_or_else(unknown),
        }
    }

    /// Every place of the unit that takes an endpoint of certain services.
    pub fn slot_uses(&self) -> Vec<SlotUse> {
        let mut out = Vec::new();
        for slot in SLOTS {
            for (kind, path) in [slot.cfn, slot.tf] {
                self.slots_of(slot, kind, path, &mut out);
            }
        }
        for trigger in TRIGGERS.iter().filter(|t| t.only_functions && !OTHERWISE.contains(&t.name)) {
            let slot = |s: &Spelling| Slot {
                name: trigger.name,
                consequence: "the deploy fails, since the service takes a function's ARN only",
                takes: Takes::Only(&["lambda"]),
                names: true,
                cfn: (s.kind, s.function),
                tf: (s.kind, s.function),
            };
            for spelling in [&trigger.cfn, &trigger.tf].into_iter().filter(|s| !s.kind.is_empty()) {
                self.slots_of(&slot(spelling), spelling.kind, spelling.function, &mut out);
            }
        }
        out
    }

    fn slots_of(&self, slot: &Slot, kind: &'static str, path: &'static str, out: &mut Vec<SlotUse>) {
        let attribute = path.rsplit('.').next().unwrap_or(path).trim_end_matches("[]");
        for resource in self.of_kinds(&[kind]) {
            let values = follow(&resource.attributes, path).items.into_iter();
            out.extend(values.map(|(guard, value)| SlotUse { slot: *slot, resource: resource.id, attribute, value, guard }));
        }
    }

    /// The resource that an endpoint belongs to, by whatever attribute it is named.
    pub fn endpoint_owner(&self, value: &Value) -> Option<&Resource> {
        match value.references().as_slice() {
            [only] => Some(self.resource(*only)),
            _ => None,
        }
    }
}

/// Types whose `Ref` is an ARN that has no canonical text.
const REF_IS_ARN: &[&str] = &["AWS::AutoScaling::ScalingPolicy", "AWS::ApplicationAutoScaling::ScalingPolicy", "AWS::Batch::JobQueue"];

/// Types of which AWS makes up a name that is not written.
const NAMED: &[&str] = &[
    "AWS::Lambda::Function",
    "AWS::SNS::Topic",
    "AWS::SQS::Queue",
    "AWS::S3::Bucket",
    "AWS::Kinesis::Stream",
    "AWS::DynamoDB::Table",
    "AWS::Logs::LogGroup",
    "AWS::IAM::Role",
    "AWS::StepFunctions::StateMachine",
    "aws_lambda_function",
    "aws_sns_topic",
    "aws_sqs_queue",
    "aws_s3_bucket",
    "aws_cloudwatch_log_group",
    "aws_iam_role",
    "aws_sfn_state_machine",
];

/// What a text is that begins with a literal; `None` where what follows decides.
fn literal(head: &str, text: &Text, whole: bool) -> Option<Shape> {
    if head.starts_with("arn:") {
        let parts = text::split_literal(text, ':', 6);
        return match parts.as_slice() {
            [_, _, service, _, _, resource] => Some(Shape::Arn(service.as_known()?.into(), resource.clone())),
            _ if whole => Some(Shape::Name),
            _ => None,
        };
    }
    for scheme in ["https", "http"] {
        if head.strip_prefix(scheme).is_some_and(|rest| rest.starts_with("://")) {
            return Some(Shape::Url(scheme));
        }
    }
    let may_become = |prefix: &str| !whole && prefix.starts_with(head);
    if ["arn:", "https://", "http://"].into_iter().any(may_become) {
        return None;
    }
    let digits = head.strip_prefix('+').unwrap_or(head);
    let is_number = whole && !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit() || matches!(c, '-' | ' ' | '(' | ')'));
    Some(match is_number {
        true => Shape::Phone,
        false if text::contains(text, "@") => Shape::Mail,
        false => Shape::Name,
    })
}
