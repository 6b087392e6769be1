//! Policies on queues, topics, streams, buckets and buses: within one account such a policy lets a role in as well as the role's
//! own policies do (IAM User Guide, "Policy evaluation logic").

use std::collections::HashMap;

use super::Graph;
use crate::iam::matching::{World, action};
use crate::iam::{Effect, Policy, Statement};
use crate::model::{items, read};
use crate::text::{self, Answer};
use crate::unit::Resource;
use crate::value::{Kind, Part, ResourceId, Text, Value};

/// Where a policy on a resource is written.
#[derive(Debug)]
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
    at("AWS::KMS::Key", "", "KeyPolicy"),
    at("aws_kms_key", "", "policy"),
    at("aws_kms_key_policy", "key_id", "policy"),
];

/// A policy on a resource.
pub struct ResourcePolicy {
    /// Whether it is on the resource that was asked for, or may be.
    pub applies: Answer,
    /// The document.
    pub policy: Policy,
    /// The resource that it is written in.
    pub holder: ResourceId,
}

/// A resource with such a policy, and how it is written there.
type Holder = (ResourceId, &'static Spelling);

/// Where a unit's policies on resources are, so that each is looked at for the resources that it may be on only.
#[derive(Debug, Default)]
pub struct ResourcePolicyIndex {
    holders: Vec<Holder>,
    /// Those that refer to the resource.
    by_resource: HashMap<ResourceId, Vec<usize>>,
    /// Those that name it another way: each could be on any resource.
    loose: Vec<usize>,
}

impl ResourcePolicyIndex {
    /// Indexes a unit's policies.
    pub(super) fn new(graph: &Graph<'_>) -> Self {
        let mut out = ResourcePolicyIndex::default();
        for spelling in SPELLINGS {
            for holder in graph.of_kinds(&[spelling.kind]) {
                let index = out.holders.len();
                out.holders.push((holder.id, spelling));
                if spelling.on.is_empty() {
                    out.by_resource.entry(holder.id).or_default().push(index);
                    continue;
                }
                let named = read(&holder.attributes, spelling.on);
                let (values, open) = items(&named);
                for value in &values {
                    match graph.referent(value) {
                        Some(resource) => out.by_resource.entry(resource.id).or_default().push(index),
                        None => out.loose.push(index),
                    }
                }
                if open.is_some() {
                    out.loose.push(index);
                }
            }
        }
        out
    }
}

impl Graph<'_> {
    /// The policies of the unit that are, or may be, on a resource of it.
    pub fn resource_policies(&self, resource: &Resource) -> Vec<ResourcePolicy> {
        let index = self.resource_policy_index();
        let sure = index.by_resource.get(&resource.id).into_iter().flatten();
        let mut holders: Vec<usize> = sure.chain(&index.loose).copied().collect();
        holders.sort_unstable();
        holders.dedup();
        holders.into_iter().filter_map(|holder| self.policy_on(index.holders[holder], resource)).collect()
    }

    fn policy_on(&self, (holder, spelling): Holder, resource: &Resource) -> Option<ResourcePolicy> {
        let attributes = &self.resource(holder).attributes;
        let applies = match spelling.on {
            "" => (holder == resource.id).into(),
            on => self.is_on(&read(attributes, on), resource),
        };
        let document = read(attributes, spelling.policy);
        // An event bus takes a statement alone.
        let parse = || Policy::parse(&document, &|text| self.names.canonical(text));
        (applies != Answer::No && !document.is_null()).then(|| ResourcePolicy { applies, policy: parse(), holder })
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
        // Whoever is given the resource may put a policy on it.
        let mut answer = if self.given_away(resource.id).is_some() { Answer::Maybe } else { Answer::No };
        for found in self.resource_policies(resource) {
            let open = if found.policy.gaps.is_empty() { Answer::No } else { Answer::Maybe };
            let allows = found.policy.statements.iter().map(|s| statement_admits(s, &arn, call)).fold(open, Answer::or);
            answer = answer.or(allows.and(found.applies));
        }
        answer
    }
}

impl ResourcePolicy {
    /// Whether a statement lets a service make a call. Under which conditions is not judged.
    pub fn admits_service(&self, service: &str, call: &str) -> Answer {
        let open = if self.policy.gaps.is_empty() { Answer::No } else { Answer::Maybe };
        let admits = |statement: &Statement| match statement.effect {
            Effect::Allow => action(statement, call, &World::default()).and(names_service(statement, service)),
            _ => Answer::No,
        };
        self.policy.statements.iter().map(admits).fold(open, Answer::or)
    }
}

fn names_service(statement: &Statement, service: &str) -> Answer {
    let principals = &statement.principals;
    if principals.negated {
        return Answer::Maybe;
    }
    let service = Text::literal(service);
    let one = |kind: &str, text: &Text| match (kind, text.as_known()) {
        ("*" | "AWS", Some("*")) => Answer::Yes,
        ("Service", _) => text::same(text, &service),
        _ => Answer::No,
    };
    let open = if principals.open.is_some() { Answer::Maybe } else { Answer::No };
    principals.items.iter().map(|(kind, item)| one(kind, &item.text)).fold(open, Answer::or)
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
        // A name that AWS makes up equals no name that is written.
        ("*" | "AWS", Some(_)) if role.holes().is_some_and(|parts| parts.iter().any(|p| matches!(p, Part::Attr(_)))) => Answer::No,
        ("*" | "AWS", _) => crate::iam::matching::arn_glob(text, role),
        _ => Answer::No,
    };
    let open = if principals.open.is_some() { Answer::Maybe } else { Answer::No };
    principals.items.iter().map(|(kind, item)| one(kind, &item.text)).fold(open, Answer::or)
}
