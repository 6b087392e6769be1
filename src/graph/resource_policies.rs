//! Policies on queues, topics, streams, buckets and buses: within one account such a policy lets a role in as well as the role's
//! own policies do (IAM User Guide, "Policy evaluation logic").

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock};

use super::Graph;
use super::roles::presence;
use crate::iam::matching::{World, action};
use crate::iam::policy::{Elements, Item, Principals};
use crate::iam::principal::includes;
use crate::iam::{Effect, Gap, Origin, Policy, Principal, ResourceSet, Sourced, Statement};
use crate::model::{items, read};
use crate::source::Span;
use crate::text::{self, Answer};
use crate::unit::Resource;
use crate::value::{Guard, Kind, ResourceId, Text, Value, format_smolstr};

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
    at("AWS::DynamoDB::Table", "", "ResourcePolicy.PolicyDocument"),
    at("aws_dynamodb_resource_policy", "resource_arn", "policy"),
    at("AWS::S3::BucketPolicy", "Bucket", "PolicyDocument"),
    at("aws_s3_bucket_policy", "bucket", "policy"),
    at("aws_s3_bucket", "", "policy"),
    at("AWS::Events::EventBusPolicy", "EventBusName", "Statement"),
    at("aws_cloudwatch_event_bus_policy", "event_bus_name", "policy"),
    at("AWS::EFS::FileSystem", "", "FileSystemPolicy"),
    at("aws_efs_file_system_policy", "file_system_id", "policy"),
    at("AWS::SecretsManager::ResourcePolicy", "SecretId", "ResourcePolicy"),
    at("aws_secretsmanager_secret_policy", "secret_arn", "policy"),
    at("aws_secretsmanager_secret", "", "policy"),
    at("AWS::KMS::Key", "", "KeyPolicy"),
    at("AWS::KMS::ReplicaKey", "", "KeyPolicy"),
    at("aws_kms_key", "", "policy"),
    at("aws_kms_external_key", "", "policy"),
    at("aws_kms_replica_key", "", "policy"),
    at("aws_kms_replica_external_key", "", "policy"),
    at("aws_kms_key_policy", "key_id", "policy"),
];

/// A policy on a resource.
pub struct ResourcePolicy {
    /// Whether it is on the resource that was asked for, or may be.
    pub applies: Answer,
    /// The document.
    pub policy: Arc<Policy>,
    /// The resource that it is written in.
    pub holder: ResourceId,
}

impl ResourcePolicy {
    /// Whether a statement lets a service make a call. Under which conditions is not judged.
    pub fn admits_service(&self, service: &str, call: &str) -> Answer {
        let origin = Origin { principal: Principal::Service(service.into()), ..Origin::default() };
        let (open, world) = (if self.policy.gaps.is_empty() { Answer::No } else { Answer::Maybe }, World::default());
        let admits = |statement: &Statement| match statement.effect {
            Effect::Allow => action(statement, call, &world).and(includes(statement, &origin, &world).direct),
            _ => Answer::No,
        };
        self.policy.statements.iter().map(admits).fold(open, Answer::or)
    }
}

/// A resource with such a policy, and how it is written there.
type Holder = (ResourceId, &'static Spelling);

/// Kinds of keys: what lets a role use one is said by the key's policy first.
pub(super) const KEYS: &[&str] = &[
    "AWS::KMS::Key",
    "AWS::KMS::ReplicaKey",
    "aws_kms_key",
    "aws_kms_external_key",
    "aws_kms_replica_key",
    "aws_kms_replica_external_key",
];

/// Where a unit's policies on resources are, so that each is looked at for the resources that it may be on only.
#[derive(Debug, Default)]
pub struct ResourcePolicyIndex {
    holders: Vec<(Holder, OnceLock<Arc<Policy>>)>,
    /// Those that refer to the resource.
    by_resource: HashMap<ResourceId, Vec<usize>>,
    /// Those that name it another way: each could be on any resource.
    loose: Vec<usize>,
    sets: Mutex<HashMap<ResourceId, Arc<ResourceSet>>>,
}

impl ResourcePolicyIndex {
    /// Indexes a unit's policies.
    pub(super) fn new(graph: &Graph<'_>) -> Self {
        let mut out = ResourcePolicyIndex::default();
        for spelling in SPELLINGS {
            for holder in graph.of_kinds(&[spelling.kind]) {
                let index = out.holders.len();
                out.holders.push(((holder.id, spelling), OnceLock::new()));
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
    /// What the policies of the unit on one of its resources say, and what else may let a caller in there.
    pub fn policies_on(&self, resource: &Resource) -> Arc<ResourceSet> {
        let index = self.resource_policy_index();
        if let Some(set) = index.sets.lock().unwrap_or_else(|e| e.into_inner()).get(&resource.id) {
            return set.clone();
        }
        let set = Arc::new(self.collect_on(resource));
        index.sets.lock().unwrap_or_else(|e| e.into_inner()).insert(resource.id, set.clone());
        set
    }

    /// The queues, topics, buckets and keys of the unit that have more than one policy for sure, each with where these are written. Each takes
    /// the place of the others.
    pub fn rival_policies(&self) -> Vec<(ResourceId, Vec<ResourceId>)> {
        const ONE_POLICY: [&str; 4] = ["sqs", "sns", "s3", "kms"];
        let index = self.resource_policy_index();
        let mut out: Vec<(ResourceId, Vec<ResourceId>)> = Vec::new();
        for (resource, holders) in index.by_resource.iter().filter(|(_, holders)| holders.len() > 1) {
            if !ONE_POLICY.contains(&service_of(&self.resource(*resource).kind)) {
                continue;
            }
            let written = holders.iter().map(|holder| index.holders[*holder].0).filter(|(id, spelling)| {
                let document = read(&self.resource(*id).attributes, spelling.policy);
                !document.is_null() && document.as_str() != Some("")
            });
            let mut written: Vec<ResourceId> = written.map(|(id, _)| id).collect();
            written.sort();
            written.dedup();
            if written.len() > 1 {
                out.push((*resource, written));
            }
        }
        out.sort();
        out
    }

    /// The policies of the unit that are, or may be, on a resource of it.
    pub fn resource_policies(&self, resource: &Resource) -> Vec<ResourcePolicy> {
        let read = |holder: usize| {
            let found = self.policy_on(holder, resource)?;
            let holder = self.resource_policy_index().holders[holder].0.0;
            Some(ResourcePolicy { applies: found.applies, policy: found.policy, holder })
        };
        self.holders_for(resource).into_iter().filter_map(read).collect()
    }

    /// Where policies are written that may be on a resource.
    fn holders_for(&self, resource: &Resource) -> Vec<usize> {
        let index = self.resource_policy_index();
        let sure = index.by_resource.get(&resource.id).into_iter().flatten();
        let mut holders: Vec<usize> = sure.chain(&index.loose).copied().collect();
        holders.sort_unstable();
        holders.dedup();
        holders
    }

    fn collect_on(&self, resource: &Resource) -> ResourceSet {
        let policies = self.holders_for(resource).into_iter().filter_map(|holder| self.policy_on(holder, resource)).collect();
        let mut set =
            ResourceSet { policies, gaps: self.seen_by_others(resource), delegates: false, service: service_of(&resource.kind).into() };
        if KEYS.contains(&resource.kind.as_str()) {
            self.complete_key(resource, &mut set);
        }
        set
    }

    fn policy_on(&self, holder: usize, resource: &Resource) -> Option<Sourced> {
        let ((id, spelling), parsed) = &self.resource_policy_index().holders[holder];
        let holder = self.resource(*id);
        let applies = match spelling.on {
            "" => (holder.id == resource.id).into(),
            on => self.is_on(&read(&holder.attributes, on), resource),
        };
        let document = read(&holder.attributes, spelling.policy);
        if applies == Answer::No || document.is_null() || document.as_str() == Some("") {
            return None;
        }
        let policy = parsed.get_or_init(|| Arc::new(self.resource_policy(&document))).clone();
        let label = match spelling.on {
            "" => format!("the policy of `{}`", holder.address),
            _ => format!("resource policy `{}`", holder.address),
        };
        Some(Sourced { label, span: self.place(holder.id, &document), guard: presence(holder), applies, policy })
    }

    /// An event bus takes a statement alone.
    fn resource_policy(&self, document: &Value) -> Policy {
        Policy::parse(document, &|text| self.names.canonical(text))
    }

    /// Whoever is given the resource may put a policy on it.
    fn seen_by_others(&self, resource: &Resource) -> Vec<Gap> {
        let gap = self.unseen_of(resource.id, "may add a policy that lets the role in");
        gap.map(|gap| Gap::new(gap.reason, gap.cause)).into_iter().collect()
    }

    /// A key without a policy has the one that lets the policies of its account decide; grants stand beside it.
    fn complete_key(&self, key: &Resource, set: &mut ResourceSet) {
        set.delegates = true;
        if set.policies.is_empty() {
            let statement = statement("AWS", self.names.account().clone(), "kms:*");
            set.policies.push(Sourced {
                label: format!("the default policy of `{}`", key.address),
                span: key.name_span,
                guard: Guard::always(),
                applies: Answer::Yes,
                policy: Arc::new(Policy { statements: vec![statement], ..Policy::default() }),
            });
        }
        for grant in self.of_kinds(&["aws_kms_grant"]) {
            let applies = self.is_on(&read(&grant.attributes, "key_id"), key);
            if applies != Answer::No {
                set.policies.push(self.grant(grant, applies));
            }
        }
    }

    /// A grant as a policy: it lets one principal make some calls.
    fn grant(&self, grant: &Resource, applies: Answer) -> Sourced {
        let (operations, open) = items(&read(&grant.attributes, "operations"));
        let principal = self.names.text(&read(&grant.attributes, "grantee_principal"));
        let mut out = statement("AWS", principal.unwrap_or_default(), "kms:-");
        let action = |v: &Value| v.as_str().map(|name| format_smolstr!("kms:{name}"));
        out.actions.items = operations.iter().filter_map(action).map(|text| item(text.as_str())).collect();
        out.actions.open = open;
        if !read(&grant.attributes, "constraints").is_null() {
            out.conditions_open = Some("the grant has constraints".to_owned());
        }
        let policy = Arc::new(Policy { statements: vec![out], ..Policy::default() });
        Sourced { label: format!("grant `{}`", grant.address), span: grant.name_span, guard: presence(grant), applies, policy }
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
}

/// Whose calls the policies on a kind of resource decide.
fn service_of(kind: &str) -> &'static str {
    const SERVICES: [(&str, &str, &str); 9] = [
        ("AWS::SQS::", "aws_sqs_", "sqs"),
        ("AWS::SNS::", "aws_sns_", "sns"),
        ("AWS::Kinesis::", "aws_kinesis_", "kinesis"),
        ("AWS::DynamoDB::", "aws_dynamodb_", "dynamodb"),
        ("AWS::S3::", "aws_s3_", "s3"),
        ("AWS::Events::", "aws_cloudwatch_event_", "events"),
        ("AWS::EFS::", "aws_efs_", "elasticfilesystem"),
        ("AWS::SecretsManager::", "aws_secretsmanager_", "secretsmanager"),
        ("AWS::KMS::", "aws_kms_", "kms"),
    ];
    let is = |(cfn, tf, _): &&(&str, &str, &str)| kind.starts_with(cfn) || kind.starts_with(tf);
    SERVICES.iter().find(is).map_or("", |(_, _, service)| service)
}

fn item(text: impl Into<Text>) -> Item {
    Item { text: text.into(), guard: Guard::always() }
}

/// A statement that lets one principal make calls on what it is attached to.
pub(super) fn statement(kind: &str, principal: impl Into<Text>, action: impl Into<Text>) -> Statement {
    let one = |text: Item| Elements { items: vec![text], ..Elements::default() };
    Statement {
        sid: None,
        effect: Effect::Allow,
        actions: one(item(action)),
        resources: one(item("*")),
        principals: Principals { items: vec![(kind.into(), item(principal))], ..Principals::default() },
        conditions: Vec::new(),
        conditions_open: None,
        span: Span::NONE,
        guard: Guard::always(),
    }
}
