//! The services that send to queues and topics by themselves, as data: one entry a sender, both spellings side by side. The policy on
//! what they send to has to let them in, and so has that of the key that it is encrypted with.
//!
//! Sources: Amazon S3 User Guide, "Granting permissions to publish event notification messages to a destination"; Amazon SNS Developer
//! Guide, "Example cases for Amazon SNS access control" and "Key management"; Amazon SQS Developer Guide, "Configure KMS permissions for
//! AWS services"; Amazon EventBridge User Guide, "Using resource-based policies".

use std::sync::Arc;

use super::Graph;
use super::resource_policies::statement;
use super::triggers::{Spelling, holders};
use crate::gap::Gap;
use crate::iam::policy::{Condition, Elements, Item};
use crate::iam::{self, Caller, Carried, Grant, Need, Origin, PolicySet, Principal, ResourceSet, Source, Sourced};
use crate::model::{document, read};
use crate::text::Answer;
use crate::unit::{Mode, Resource};
use crate::value::{Guard, ResourceId, Str, Text, Value};

/// What is sent to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// An SQS queue.
    Queue,
    /// An SNS topic.
    Topic,
}

impl Target {
    /// For messages.
    pub fn name(self) -> &'static str {
        match self {
            Target::Queue => "queue",
            Target::Topic => "topic",
        }
    }

    /// What the sender calls.
    pub fn action(self) -> &'static str {
        match self {
            Target::Queue => "sqs:SendMessage",
            Target::Topic => "sns:Publish",
        }
    }

    /// The service that it is of.
    pub fn service(self) -> &'static str {
        match self {
            Target::Queue => "sqs",
            Target::Topic => "sns",
        }
    }

    fn of(kind: &str) -> Option<Target> {
        match kind {
            "AWS::SQS::Queue" | "aws_sqs_queue" => Some(Target::Queue),
            "AWS::SNS::Topic" | "aws_sns_topic" => Some(Target::Topic),
            _ => None,
        }
    }
}

/// What happens to what may not be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// AWS checks when the sender is created, and refuses it with these words.
    Refused(&'static str),
    /// It is lost, and this is all that tells of it.
    Lost(&'static str),
}

/// Whether a sender carries a condition key on the resource that it sends for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carries {
    /// Always.
    Yes,
    /// That is not documented.
    Unsure,
    /// Never: a statement that asks for it does not let the sender in.
    No,
}

/// A service that sends to queues or topics.
#[derive(Debug)]
pub struct Sender {
    /// For messages: "S3 notification".
    pub name: &'static str,
    /// Who sends, in a sentence: "S3".
    pub who: &'static str,
    /// Its principals; one of which must be let in.
    pub principals: &'static [&'static str],
    /// What it sends to.
    pub target: Target,
    /// What happens where it is not let in.
    pub failure: Failure,
    /// Whether it tells Amazon SNS the owner of its source, so that the policy that topics have by default lets it in.
    pub owner: bool,
    /// Whether it tells the account of its source.
    pub account: Carries,
    /// Whether what it tells of its source reaches the key, too.
    pub tells_key: Carries,
    /// CloudFormation.
    pub cfn: Spelling,
    /// Terraform.
    pub tf: Spelling,
}

const fn at(kind: &'static str, target: &'static str, source: &'static str) -> Spelling {
    Spelling { kind, function: target, source, role: "" }
}

const fn with_role(kind: &'static str, target: &'static str, source: &'static str, role: &'static str) -> Spelling {
    Spelling { kind, function: target, source, role }
}

const NONE: Spelling = at("", "", "");
const S3: &str = "Unable to validate the following destination configurations";
const RULE: &str = "arn:{P}:events:{R}:{A}:rule/{bus/}{.-|rule}";
const BUCKET: &str = "arn:{P}:s3:::{.-|bucket}";

const fn sender(name: &'static str, who: &'static str, principals: &'static [&'static str], target: Target, failure: Failure) -> Sender {
    Sender { name, who, principals, target, failure, owner: false, account: Carries::Yes, tells_key: Carries::Yes, cfn: NONE, tf: NONE }
}

const SNS: &[&str] = &["sns.amazonaws.com", "sns.*.amazonaws.com"];
const EVENTS: &[&str] = &["events.amazonaws.com"];
const ALARMS: &[&str] = &["cloudwatch.amazonaws.com"];
const FAILED: Failure = Failure::Lost("the rule counts a FailedInvocation, and nothing else tells of it");
const DROPPED: Failure = Failure::Lost("SNS drops each message after its retries, and only delivery logs tell of it");
const NOT_KEPT: Failure = Failure::Lost("what fails is not kept, and nothing tells of it");
const HISTORY: Failure = Failure::Lost("only the history of the alarm tells of it");

/// All of them.
pub static SENDERS: &[Sender] = &[
    Sender {
        cfn: at("AWS::S3::Bucket", "NotificationConfiguration.QueueConfigurations[].Queue", "{@arn}"),
        tf: at("aws_s3_bucket_notification", "queue[].queue_arn", BUCKET),
        ..sender("S3 notification", "S3", &["s3.amazonaws.com"], Target::Queue, Failure::Refused(S3))
    },
    Sender {
        cfn: at("AWS::S3::Bucket", "NotificationConfiguration.TopicConfigurations[].Topic", "{@arn}"),
        tf: at("aws_s3_bucket_notification", "topic[].topic_arn", BUCKET),
        ..sender("S3 notification", "S3", &["s3.amazonaws.com"], Target::Topic, Failure::Refused(S3))
    },
    Sender {
        account: Carries::Unsure,
        cfn: at("AWS::SNS::Subscription", "Endpoint", "{.TopicArn|-}"),
        tf: at("aws_sns_topic_subscription", "endpoint", "{.-|topic_arn}"),
        ..sender("SNS subscription", "SNS", SNS, Target::Queue, DROPPED)
    },
    Sender {
        account: Carries::Unsure,
        cfn: at("AWS::SNS::Topic", "Subscription[].Endpoint", "{@arn}"),
        ..sender("SNS subscription", "SNS", SNS, Target::Queue, DROPPED)
    },
    Sender {
        account: Carries::Unsure,
        cfn: at("AWS::SNS::Subscription", "RedrivePolicy.deadLetterTargetArn", "{.TopicArn|-}"),
        tf: at("aws_sns_topic_subscription", "redrive_policy.deadLetterTargetArn", "{.-|topic_arn}"),
        ..sender("dead-letter queue of the subscription", "SNS", SNS, Target::Queue, NOT_KEPT)
    },
    Sender {
        cfn: with_role("AWS::Events::Rule", "Targets[].Arn", "{@arn}", "RoleArn"),
        tf: with_role("aws_cloudwatch_event_target", "arn", RULE, "role_arn"),
        ..sender("EventBridge rule", "EventBridge", EVENTS, Target::Queue, FAILED)
    },
    Sender {
        cfn: at("AWS::Events::Rule", "Targets[].DeadLetterConfig.Arn", "{@arn}"),
        tf: at("aws_cloudwatch_event_target", "dead_letter_config[].arn", RULE),
        ..sender("dead-letter queue of the rule's target", "EventBridge", EVENTS, Target::Queue, NOT_KEPT)
    },
    Sender {
        account: Carries::Unsure,
        tells_key: Carries::No,
        cfn: with_role("AWS::Events::Rule", "Targets[].Arn", "{@arn}", "RoleArn"),
        tf: with_role("aws_cloudwatch_event_target", "arn", RULE, "role_arn"),
        ..sender("EventBridge rule", "EventBridge", EVENTS, Target::Topic, FAILED)
    },
    Sender {
        owner: true,
        cfn: at("AWS::CloudWatch::Alarm", "AlarmActions[]", "{@arn}"),
        tf: at("aws_cloudwatch_metric_alarm", "alarm_actions[]", "{@arn}"),
        ..sender("alarm action", "CloudWatch", ALARMS, Target::Topic, HISTORY)
    },
    Sender {
        owner: true,
        cfn: at("AWS::CloudWatch::Alarm", "OKActions[]", "{@arn}"),
        tf: at("aws_cloudwatch_metric_alarm", "ok_actions[]", "{@arn}"),
        ..sender("OK action of the alarm", "CloudWatch", ALARMS, Target::Topic, HISTORY)
    },
    Sender {
        owner: true,
        cfn: at("AWS::CloudWatch::Alarm", "InsufficientDataActions[]", "{@arn}"),
        tf: at("aws_cloudwatch_metric_alarm", "insufficient_data_actions[]", "{@arn}"),
        ..sender("insufficient data action of the alarm", "CloudWatch", ALARMS, Target::Topic, HISTORY)
    },
    Sender {
        owner: true,
        cfn: at("AWS::CloudWatch::CompositeAlarm", "AlarmActions[]", "{@arn}"),
        tf: at("aws_cloudwatch_composite_alarm", "alarm_actions[]", "{@arn}"),
        ..sender("alarm action", "CloudWatch", ALARMS, Target::Topic, HISTORY)
    },
    Sender {
        cfn: at("AWS::Budgets::Budget", "NotificationsWithSubscribers[].Subscribers[].Address", ""),
        tf: at("aws_budgets_budget", "notification[].subscriber_sns_topic_arns[]", ""),
        ..sender("budget notification", "AWS Budgets", &["budgets.amazonaws.com"], Target::Topic, Failure::Lost("nothing tells of it"))
    },
    Sender {
        cfn: at("AWS::CE::AnomalySubscription", "Subscribers[].Address", ""),
        tf: at("aws_ce_anomaly_subscription", "subscriber[].address", ""),
        ..sender(
            "cost anomaly subscription",
            "cost anomaly detection",
            &["costalerts.amazonaws.com"],
            Target::Topic,
            Failure::Lost("nothing but a mail to the account's owner tells of it"),
        )
    },
    Sender {
        account: Carries::Unsure,
        tells_key: Carries::Unsure,
        cfn: at("AWS::CodeStarNotifications::NotificationRule", "Targets[].TargetAddress", ""),
        tf: at("aws_codestarnotifications_notification_rule", "target[].address", ""),
        ..sender(
            "notification rule",
            "CodeStar Notifications",
            &["codestar-notifications.amazonaws.com"],
            Target::Topic,
            Failure::Lost("the target is shown as UNREACHABLE, and nothing else tells of it"),
        )
    },
    Sender {
        cfn: at("AWS::Backup::BackupVault", "Notifications.SNSTopicArn", ""),
        tf: at("aws_backup_vault_notifications", "sns_topic_arn", ""),
        ..sender("vault notification", "AWS Backup", &["backup.amazonaws.com"], Target::Topic, Failure::Lost("nothing tells of it"))
    },
    Sender {
        owner: true,
        cfn: at("AWS::RDS::EventSubscription", "SnsTopicArn", ""),
        tf: at("aws_db_event_subscription", "sns_topic", ""),
        ..sender(
            "RDS event subscription",
            "RDS",
            &["events.rds.amazonaws.com"],
            Target::Topic,
            Failure::Refused("You do not have permission to publish to the SNS topic ARN"),
        )
    },
];

/// One use of a sender.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// Which sender.
    pub sender: &'static Sender,
    /// The resource that declares it.
    pub resource: ResourceId,
    /// The value that names what is sent to.
    pub value: Value,
    /// What is sent to, where the unit makes it.
    pub target: Option<ResourceId>,
    /// The ARN that the sender tells of its source; `None` where that is not known.
    pub source: Option<Text>,
    /// The role that it sends with; null where it sends by itself.
    pub role: Value,
    /// When it is there.
    pub presence: Guard,
}

/// What may be said of a call that a policy on its target has to allow.
pub enum Admission {
    /// Let in.
    Granted,
    /// Not let in; the statements that come near, each with why it does not help.
    Refused(Vec<Nearest>),
    /// Cannot be told.
    Unknown(Gap),
}

/// A statement that speaks of the call and does not let the sender make it.
pub type Nearest = iam::near::Nearest;

impl Graph<'_> {
    /// Every sender of the unit to a queue or topic.
    pub fn deliveries(&self) -> &[Delivery] {
        self.deliveries.get_or_init(|| self.collect_deliveries())
    }

    fn collect_deliveries(&self) -> Vec<Delivery> {
        let mut out = Vec::new();
        for sender in SENDERS {
            for spelling in [&sender.cfn, &sender.tf].into_iter().filter(|s| !s.kind.is_empty()) {
                for resource in self.of_kinds(&[spelling.kind]).filter(|r| takes_queues(sender, r)) {
                    out.extend(self.deliveries_of(sender, spelling, resource));
                }
            }
        }
        out
    }

    fn deliveries_of(&self, sender: &'static Sender, spelling: &Spelling, resource: &Resource) -> Vec<Delivery> {
        let source = (!spelling.source.is_empty()).then(|| self.names.fill_template(resource.id, spelling.source));
        let mut out = Vec::new();
        for (outer, holder, value) in targets(resource, spelling.function) {
            let role = if spelling.role.is_empty() { Value::null(value.span) } else { read(&holder, spelling.role) };
            for (inner, value) in value.alternatives() {
                let Some(presence) = resource.presence.and(&outer).and_then(|g| g.and(&inner)) else { continue };
                let Some(target) = self.sent_to(sender.target, &value) else { continue };
                let (source, role) = (source.clone(), role.clone());
                out.push(Delivery { sender, resource: resource.id, value, target, source, role, presence });
            }
        }
        out
    }

    /// The queue or topic of the unit that a value means; `Some(None)` for one that is not of this unit, `None` where it means something else.
    fn sent_to(&self, wanted: Target, value: &Value) -> Option<Option<ResourceId>> {
        let text = self.names.text(value);
        let owner = || text.as_ref().and_then(|text| self.owner_of_arn(text));
        if let Some(resource) = self.referent(value).or_else(owner) {
            // Its name or URL is for rule `subscription-endpoint`.
            let own = || self.names.attribute(resource.id, arn_of(resource));
            let is_arn = text.as_ref().is_some_and(|text| crate::text::same(text, &own()) != Answer::No);
            let fits = Target::of(&resource.kind) == Some(wanted) && (resource.mode == Mode::Data || is_arn);
            return fits.then(|| (resource.mode == Mode::Managed).then_some(resource.id));
        }
        let service = text.as_ref().and_then(|text| crate::text::split_literal(text, ':', 6).get(2).cloned());
        (service.as_ref().and_then(Text::as_known) == Some(wanted.service())).then_some(None)
    }

    /// Whether the policies on a queue or topic let the sender send.
    pub fn admission(&self, delivery: &Delivery, target: &Resource) -> Admission {
        let mut on = (*self.policies_on(target)).clone();
        if delivery.sender.target == Target::Topic {
            self.add_default(target, &mut on);
        }
        let arn = self.names.attribute(target.id, arn_of(target));
        let need = Need::on(delivery.sender.target.action(), arn, Caller::Function);
        let context = delivery.presence.and(&target.presence);
        self.ask(delivery, &on, &[need], Carries::Yes, &context.unwrap_or_default())
    }

    /// Whether the policies on a key let the sender use it, `via` the service that it encrypts for.
    pub fn admission_to_key(&self, delivery: &Delivery, key: &Resource, context: &Guard) -> Admission {
        let arn = self.names.attribute(key.id, if key.kind.contains("::") { "Arn" } else { "arn" });
        let via = delivery.sender.target.service();
        let need = |action: &str| Need::on(action, arn.clone(), Caller::Function).through(via);
        let needs = ["kms:GenerateDataKey", "kms:Decrypt"].map(need);
        self.ask(delivery, &self.policies_on(key), &needs, delivery.sender.tells_key, context)
    }

    /// Asks for each principal of the sender: one that is let in will do.
    fn ask(&self, delivery: &Delivery, on: &ResourceSet, needs: &[Need], tells: Carries, context: &Guard) -> Admission {
        let mut unknown = None;
        let mut near = Vec::new();
        for principal in self.principals_of(delivery) {
            let set = PolicySet { origin: self.origin_of(delivery, principal, tells), ..PolicySet::default() };
            match iam::missing(&set, on, needs, context) {
                Grant::Granted => return Admission::Granted,
                Grant::Unknown(gap) => {
                    unknown.get_or_insert_with(|| Gap::new(gap.reason, gap.span));
                }
                Grant::Missing(missing) if near.is_empty() => {
                    near = missing.needs.first().map(|need| iam::near::on_resource(&set, on, need)).unwrap_or_default();
                }
                Grant::Missing(_) => {}
            }
        }
        match unknown {
            Some(gap) => Admission::Unknown(gap),
            None => Admission::Refused(near),
        }
    }

    fn principals_of(&self, delivery: &Delivery) -> Vec<Str> {
        let region = self.names.region(self.resource(delivery.resource));
        let fill = |name: &&'static str| match (name.split_once(".*."), region.as_known()) {
            (None, _) => Some(Str::from(*name)),
            (Some((before, after)), Some(region)) => Some(format!("{before}.{region}.{after}").into()),
            // A region that opts in is no region that anybody leaves to the deploy.
            (Some(_), None) => None,
        };
        delivery.sender.principals.iter().filter_map(fill).collect()
    }

    fn origin_of(&self, delivery: &Delivery, principal: Str, tells: Carries) -> Origin {
        let resource = self.resource(delivery.resource);
        let account = self.names.account_of(resource);
        let carried = |carries: Carries, text: Option<Text>| match (carries, text) {
            (Carries::Yes, Some(text)) => Carried::is(text),
            (Carries::No, _) => Carried::absent(),
            _ => Carried::Open,
        };
        let told = |own: Carries| if tells == Carries::Yes { own } else { tells };
        let source = Source {
            arn: carried(told(Carries::Yes), delivery.source.clone()),
            account: carried(told(delivery.sender.account), Some(account.clone())),
            owner: carried(if delivery.sender.owner { Carries::Yes } else { Carries::No }, Some(account.clone())),
        };
        Origin { principal: Principal::Service(principal), account, region: self.names.region(resource), source }
    }

    /// A topic without a policy has one that lets in who tells that it acts for the topic's owner; any policy takes its place.
    fn add_default(&self, topic: &Resource, on: &mut ResourceSet) {
        let replaced = on.policies.iter().any(|source| source.applies == Answer::Yes && source.guard.is_always());
        if replaced {
            return;
        }
        let mut default = statement("AWS", "*", "sns:Publish");
        let owner = Item { text: self.names.account_of(topic), guard: Guard::always() };
        let values = Elements { items: vec![owner], ..Elements::default() };
        default.conditions.push(Condition::equals("AWS:SourceOwner", values));
        on.policies.push(Sourced {
            label: format!("the default policy of `{}`", topic.address),
            span: topic.name_span,
            guard: Guard::always(),
            applies: if on.policies.is_empty() { Answer::Yes } else { Answer::Maybe },
            policy: Arc::new(iam::Policy { statements: vec![default], ..iam::Policy::default() }),
        });
    }
}

/// Whether a subscription is one of a queue, as far as that is known; what another protocol makes of a queue is for rule
/// `subscription-endpoint`.
fn takes_queues(sender: &Sender, resource: &Resource) -> bool {
    let other = |path: &str| read(&resource.attributes, path).as_str().is_some_and(|protocol| !protocol.eq_ignore_ascii_case("sqs"));
    sender.name != "SNS subscription" || !["Protocol", "protocol"].into_iter().any(other)
}

/// What is at a path, each with when it is there and what holds it. A redrive policy is a document of its own.
fn targets(resource: &Resource, path: &str) -> Vec<(Guard, Value, Value)> {
    match path.split_once('.') {
        Some((redrive @ ("RedrivePolicy" | "redrive_policy"), inner)) => {
            let policy = document::parse_json(&read(&resource.attributes, redrive));
            let value = read(&policy, inner);
            if value.is_null() { Vec::new() } else { vec![(Guard::always(), policy, value)] }
        }
        _ => holders(&resource.attributes, path).0,
    }
}

/// The attribute of a queue or topic that is its ARN.
pub fn arn_of(target: &Resource) -> &'static str {
    match target.kind.as_str() {
        "AWS::SNS::Topic" => "Ref",
        kind if kind.contains("::") => "Arn",
        _ => "arn",
    }
}
