//! Policies on queues, topics, streams, buckets and buses: within one account such a policy lets a role in as well as the role's
//! own policies do (IAM User Guide, "Policy evaluation logic").

use super::Graph;
use crate::iam::matching::{World, action};
use crate::iam::{Effect, Policy, Statement};
use crate::model::{items, read};
use crate::text::{self, Answer};
use crate::unit::Resource;
use crate::value::{Kind, ResourceId, Text, Value};

/// Where a policy on a resource is written.
struct Spelling {
    kind: &'static str,
    /// The path to what it is on; empty for a policy within the resource itself.
    on: &'static str,
    policy: &'static str,
}

const fn at(kind: &'static str, on: &'static str, policy: &'static str) -> Spelling {
    Spelling { kind, on, policy }
}

static SPELLINGS: &[Spelling] = &[
    at("AWS::SQS::QueuePolicy", "Queues", "PolicyDocument"),
    at("AWS::SQS::QueueInlinePolicy", "Queue", "PolicyDocument"),
    at("aws_sqs_queue_policy", "queue_url", "policy"),
    at("aws_sqs_queue", "", "policy"),
    at("AWS::SNS::TopicPolicy", "Topics", "PolicyDocument"),
    at("AWS::SNS::TopicInlinePolicy", "TopicArn", "PolicyDocument"),
    at("aws_sns_topic_policy", "arn", "policy"),
    at("aws_sns_topic", "", "policy"),
    at("AWS::Kinesis::ResourcePolicy", "ResourceArn", "ResourcePolicy"),
    at("aws_kinesis_resource_policy", "resource_arn", "policy"),
    at("AWS::DynamoDB::Table", "", "StreamSpecification.ResourcePolicy.PolicyDocument"),
    at("aws_dynamodb_resource_policy", "resource_arn", "policy"),
    at("AWS::S3::BucketPolicy", "Bucket", "PolicyDocument"),
    at("aws_s3_bucket_policy", "bucket", "policy"),
    at("aws_s3_bucket", "", "policy"),
    at("AWS::Events::EventBusPolicy", "EventBusName", "Statement"),
    at("aws_cloudwatch_event_bus_policy", "event_bus_name", "policy"),
    at("AWS::EFS::FileSystem", "", "FileSystemPolicy"),
    at("aws_efs_file_system_policy", "file_system_id", "policy"),
];

/// A policy on a resource.
pub struct ResourcePolicy {
    /// Whether it is on the resource that was asked for, or may be.
    pub applies: Answer,
    /// The document.
    pub policy: Policy,
}

impl Graph<'_> {
    /// The policies of the unit that are, or may be, on a resource of it.
    pub fn resource_policies(&self, resource: &Resource) -> Vec<ResourcePolicy> {
        let mut out = Vec::new();
        for spelling in SPELLINGS {
            for holder in self.of_kinds(&[spelling.kind]) {
                let applies = if spelling.on.is_empty() {
                    (holder.id == resource.id).into()
                } else {
                    self.is_on(&read(&holder.attributes, spelling.on), resource)
                };
                let document = read(&holder.attributes, spelling.policy);
                if applies != Answer::No && !document.is_null() {
                    // An event bus takes a statement alone.
                    let policy = Policy::parse(&document, &|text| self.names.canonical(text));
                    out.push(ResourcePolicy { applies, policy });
                }
            }
        }
        out
    }

    fn is_on(&self, named: &Value, resource: &Resource) -> Answer {
        let (values, open) = items(named);
        let one = |value: &Value| {
            if let Some(other) = self.referent(value) {
                return (other.id == resource.id).into();
            }
            if matches!(value.kind, Kind::Choice(_)) {
                return Answer::Maybe;
            }
            let Some(text) = self.names.text(value) else { return Answer::Maybe };
            let own = ["Ref", "Arn", "id", "arn", "name"].map(|path| self.names.attribute(resource.id, path));
            own.iter().map(|own| text::same(own, &text)).fold(Answer::No, Answer::or)
        };
        let any = values.iter().map(one).fold(Answer::No, Answer::or);
        if open.is_some() { any.or(Answer::Maybe) } else { any }
    }

    /// Whether a policy on a resource of the unit lets a role make a call on it.
    pub fn admitted(&self, resource: &Resource, role: ResourceId, call: &str) -> Answer {
        let arn = self.names.attribute(role, if self.resource(role).kind.contains("::") { "Arn" } else { "arn" });
        let mut answer = Answer::No;
        for found in self.resource_policies(resource) {
            let open = if found.policy.gaps.is_empty() { Answer::No } else { Answer::Maybe };
            let allows = found.policy.statements.iter().map(|s| statement_admits(s, &arn, call)).fold(open, Answer::or);
            answer = answer.or(allows.and(found.applies));
        }
        answer
    }
}

fn statement_admits(statement: &Statement, role: &Text, call: &str) -> Answer {
    if statement.effect == Effect::Deny {
        return Answer::No;
    }
    // A condition is mostly there for another caller; whether this one meets it is not judged.
    let sure = statement.conditions.is_empty() && statement.conditions_open.is_none() && statement.guard.is_always();
    let sure = if sure && statement.effect == Effect::Allow { Answer::Yes } else { Answer::Maybe };
    sure.and(action(statement, call, &World::default())).and(principals_include(statement, role))
}

fn principals_include(statement: &Statement, role: &Text) -> Answer {
    let principals = &statement.principals;
    if principals.negated {
        return Answer::Maybe;
    }
    let one = |kind: &str, text: &Text| match (kind, text.as_known()) {
        ("*" | "AWS", Some("*")) => Answer::Yes,
        ("*" | "AWS", _) if text::strip_suffix(text, ":root").is_some() => Answer::Yes,
        ("*" | "AWS", Some(account)) if account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit()) => Answer::Yes,
        ("*" | "AWS", None) if matches!(text.holes(), Some([_])) => Answer::Maybe,
        ("*" | "AWS", _) => crate::iam::matching::arn_glob(text, role),
        _ => Answer::No,
    };
    let open = if principals.open.is_some() { Answer::Maybe } else { Answer::No };
    principals.items.iter().map(|(kind, item)| one(kind, &item.text)).fold(open, Answer::or)
}
