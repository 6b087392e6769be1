//! EventBridge rules that write to log groups. What lets them is a resource policy of CloudWatch Logs, which holds for a whole account
//! and Region: one that is not here may exist elsewhere.
//!
//! Source: Amazon EventBridge User Guide, "Using resource-based policies", section "CloudWatch Logs permissions".

use std::sync::Arc;

use super::Graph;
use super::deliveries::Admission;
use super::roles::presence;
use super::triggers::holders;
use crate::gap::Gap;
use crate::iam::{self, Caller, Carried, Grant, Need, Origin, Policy, PolicySet, Principal, ResourceSet, Source, Sourced};
use crate::model::read;
use crate::source::Span;
use crate::text::{self, Answer};
use crate::unit::{Mode, Resource};
use crate::value::{Guard, Part, Reason, ResourceId, Text, Unknown, Value};

/// Who writes.
pub const PRINCIPAL: &str = "events.amazonaws.com";

/// The rules: kind, path of the target, path of the role beside it.
const RULES: [(&str, &str, &str); 2] =
    [("AWS::Events::Rule", "Targets[].Arn", "RoleArn"), ("aws_cloudwatch_event_target", "arn", "role_arn")];

/// Log groups, and the attributes that are the name and the ARN.
const GROUPS: [(&str, &str, &str); 2] = [("AWS::Logs::LogGroup", "Ref", "Arn"), ("aws_cloudwatch_log_group", "name", "arn")];

/// Policies: kind, document, what one is on (empty for the group itself). Without that it is on every group of the account and Region.
const POLICIES: [(&str, &str, &str); 3] = [
    ("AWS::Logs::ResourcePolicy", "PolicyDocument", "ResourceArn"),
    ("aws_cloudwatch_log_resource_policy", "policy_document", "resource_arn"),
    ("AWS::Logs::LogGroup", "ResourcePolicyDocument", ""),
];

/// What may call `PutResourcePolicy` without saying so.
const HANDS: [&str; 6] = [
    "Custom::CloudwatchLogResourcePolicy",
    "Custom::AWS",
    "AWS::CloudFormation::CustomResource",
    "aws_cloudformation_stack",
    "null_resource",
    "terraform_data",
];

/// A rule that writes to a log group of the unit.
pub struct LogDelivery {
    /// The resource that declares the target.
    pub resource: ResourceId,
    /// The value that names the group.
    pub value: Value,
    /// The group.
    pub group: ResourceId,
    /// When it is there.
    pub presence: Guard,
}

impl Graph<'_> {
    /// Every EventBridge rule that writes to a log group of the unit. With a role EventBridge acts as the role.
    pub fn log_deliveries(&self) -> Vec<LogDelivery> {
        let mut out = Vec::new();
        for (kind, target, role) in RULES {
            for resource in self.of_kinds(&[kind]) {
                for (outer, holder, value) in holders(&resource.attributes, target).0 {
                    if !read(&holder, role).is_null() {
                        continue;
                    }
                    for (inner, value) in value.alternatives() {
                        let Some(presence) = resource.presence.and(&outer).and_then(|g| g.and(&inner)) else { continue };
                        let Some(group) = self.log_group(&value) else { continue };
                        out.push(LogDelivery { resource: resource.id, value, group: group.id, presence });
                    }
                }
            }
        }
        out
    }

    /// The group of the unit that an ARN names, with `:*` or without.
    fn log_group(&self, value: &Value) -> Option<&Resource> {
        let text = self.names.text(value)?;
        let is_group = |resource: &&Resource| resource.mode == Mode::Managed && GROUPS.iter().any(|(kind, ..)| *kind == resource.kind);
        if let Some(referent) = self.referent(value) {
            // A name in place of the ARN is no target that EventBridge takes.
            let is_arn = text::same(&self.log_group_arn(referent), &bare(&text)) == Answer::Yes;
            return Some(referent).filter(is_group).filter(|_| is_arn);
        }
        let arn = bare(&text);
        let streams = Text::concat([&arn, &Text::literal(":*")]);
        self.owner_of_arn(&arn).or_else(|| self.owner_of_arn(&streams)).filter(is_group)
    }

    /// Without `:*`.
    fn log_group_arn(&self, group: &Resource) -> Text {
        let path = GROUPS.iter().find(|(kind, ..)| *kind == group.kind).map_or("arn", |(_, _, arn)| arn);
        bare(&self.names.attribute(group.id, path))
    }

    /// Whether a policy lets EventBridge write to the group.
    pub fn log_admission(&self, delivery: &LogDelivery) -> Admission {
        let group = self.resource(delivery.group);
        let on = self.log_policies(group);
        let resource = self.resource(delivery.resource);
        // What EventBridge tells of its source reaches PutLogEvents only, by reports: a condition on it is not judged.
        let source = Source { arn: Carried::Open, account: Carried::Open, owner: Carried::absent() };
        let principal = Principal::Service(PRINCIPAL.into());
        let (account, region) = (self.names.account_of(resource), self.names.region(resource));
        let set = PolicySet { origin: Origin { principal, account, region, source }, ..PolicySet::default() };
        let Some(context) = delivery.presence.and(&presence(group)) else { return Admission::Granted };

        let arn = self.log_group_arn(group);
        let stream = Text::concat([&arn, &any_stream()]);
        let ask = |action: &str, arn: &Text| iam::missing(&set, &on, &[Need::on(action, arn.clone(), Caller::Function)], &context);
        // Policies name the group of a new stream with and without `:*`.
        let create = match ask("logs:CreateLogStream", &stream) {
            Grant::Granted => Grant::Granted,
            other => match ask("logs:CreateLogStream", &arn) {
                Grant::Missing(_) => other,
                better => better,
            },
        };
        let (mut unknown, mut near) = (None, None);
        for answer in [ask("logs:PutLogEvents", &stream), create] {
            match answer {
                Grant::Granted => {}
                Grant::Unknown(gap) => unknown = unknown.or(Some(Gap::new(gap.reason, gap.span))),
                Grant::Missing(missing) => {
                    let of = |need| iam::near::on_resource(&set, &on, need);
                    near = near.or_else(|| Some(missing.needs.first().map(of).unwrap_or_default()));
                }
            }
        }
        match (near, unknown, self.log_policy_elsewhere(group)) {
            (None, None, _) => Admission::Granted,
            (Some(_), _, Some(gap)) | (None, Some(gap), _) => Admission::Unknown(gap),
            (Some(near), _, None) => Admission::Refused(near),
        }
    }

    fn log_policies(&self, group: &Resource) -> ResourceSet {
        let mut policies = Vec::new();
        for (kind, document, on) in POLICIES {
            for holder in self.of_kinds(&[kind]) {
                let written = read(&holder.attributes, document);
                let applies = if on.is_empty() { (holder.id == group.id).into() } else { self.log_policy_is_on(holder, on, group) };
                if applies == Answer::No || written.is_null() {
                    continue;
                }
                let policy = Arc::new(Policy::parse(&written, &|text| self.names.canonical(text)));
                let label = format!("the policy of `{}`", holder.address);
                policies.push(Sourced { label, span: holder.name_span, guard: presence(holder), applies, policy });
            }
        }
        ResourceSet { policies, service: "logs".into(), ..ResourceSet::default() }
    }

    fn log_policy_is_on(&self, holder: &Resource, on: &str, group: &Resource) -> Answer {
        let here = text::same(&self.names.region(holder), &self.names.region(group));
        let here = here.and(text::same(&self.names.account_of(holder), &self.names.account_of(group)));
        let named = read(&holder.attributes, on);
        if named.is_null() {
            return here;
        }
        let arn = self.names.text(&named);
        here.and(arn.map_or(Answer::Maybe, |arn| text::same(&bare(&arn), &self.log_group_arn(group))))
    }

    /// Why a policy that is not seen may let EventBridge in.
    fn log_policy_elsewhere(&self, group: &Resource) -> Option<Gap> {
        let name = GROUPS.iter().find(|(kind, ..)| *kind == group.kind).map_or("name", |(_, name, _)| name);
        let name = self.names.attribute(group.id, name);
        if text::glob(&Text::literal("/aws/events/*"), &name) != Answer::No {
            let reason = "the name of the log group is, or may be, under `/aws/events/`, which a policy that the console makes lets in";
            return Some(Gap::new(reason, group.name_span));
        }
        let why = |what: &str| format!("{what}, and may add a resource policy of CloudWatch Logs");
        if let Some(opaque) = self.unit.opaque.first() {
            return Some(Gap::new(why(&format!("`{}` ({}) cannot be seen into", opaque.address, opaque.source)), opaque.span));
        }
        let hand = self.of_kinds(&HANDS).next()?;
        Some(Gap::new(why(&format!("what `{}` does cannot be seen", hand.address)), hand.name_span))
    }
}

fn bare(arn: &Text) -> Text {
    text::strip_suffix(arn, ":*").unwrap_or_else(|| arn.clone())
}

fn any_stream() -> Text {
    let stream = Part::Unknown(Unknown::new(Reason::Computed, "stream", "the stream is not known", Span::NONE));
    Text::from_parts([Part::Literal(":log-stream:".into()), stream])
}
