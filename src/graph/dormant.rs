//! Resources that do nothing, because they are switched off.

use super::Graph;
use crate::model::{names, read};
use crate::source::Span;
use crate::unit::Resource;

/// Why a resource does nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dormant {
    /// For messages: "the rule is disabled".
    pub what: &'static str,
    /// Where that is written.
    pub span: Span,
}

/// A property that switches a resource off: the type, the property, the value that does, and what that is called.
struct Switch {
    kind: &'static str,
    path: &'static str,
    off: &'static str,
    what: &'static str,
}

const fn switch(kind: &'static str, path: &'static str, off: &'static str, what: &'static str) -> Switch {
    Switch { kind, path, off, what }
}

const RULE: &str = "the rule is disabled";
const MAPPING: &str = "the event source mapping is disabled";
const SCHEDULE: &str = "the schedule is disabled";
const PIPE: &str = "the pipe is stopped";

/// CloudFormation Template Reference and the provider's documentation of each type.
const SWITCHES: [Switch; 11] = [
    switch("AWS::Events::Rule", "State", "DISABLED", RULE),
    switch("aws_cloudwatch_event_rule", "state", "DISABLED", RULE),
    switch("aws_cloudwatch_event_rule", "is_enabled", "false", RULE),
    switch("AWS::Lambda::EventSourceMapping", "Enabled", "false", MAPPING),
    switch("aws_lambda_event_source_mapping", "enabled", "false", MAPPING),
    switch("AWS::Scheduler::Schedule", "State", "DISABLED", SCHEDULE),
    switch("aws_scheduler_schedule", "state", "DISABLED", SCHEDULE),
    switch("AWS::Pipes::Pipe", "DesiredState", "STOPPED", PIPE),
    switch("aws_pipes_pipe", "desired_state", "STOPPED", PIPE),
    switch("AWS::IoT::TopicRule", "TopicRulePayload.RuleDisabled", "true", RULE),
    switch("aws_iot_topic_rule", "enabled", "false", RULE),
];

impl Graph<'_> {
    /// Why a resource does nothing in every deploy; `None` where it may do something.
    pub fn dormant(&self, resource: &Resource) -> Option<Dormant> {
        let target = (resource.kind == "aws_cloudwatch_event_target").then(|| self.rule_of(resource)).flatten();
        let switched = target.unwrap_or(resource);
        SWITCHES.iter().filter(|s| s.kind == switched.kind).find_map(|switch| {
            let value = read(&switched.attributes, switch.path);
            let text = value.to_text()?;
            let off = text.as_known()?.eq_ignore_ascii_case(switch.off);
            off.then(|| Dormant { what: switch.what, span: value.span.or(switched.name_span) })
        })
    }

    /// The rule of the unit that a target is of for sure.
    fn rule_of(&self, target: &Resource) -> Option<&Resource> {
        let key = |resource: &Resource, path: &str| names::key(&self.names.text(&read(&resource.attributes, path))?);
        let bus = |resource: &Resource| key(resource, "event_bus_name").filter(|bus| bus != "default");
        let name = key(target, "rule")?;
        let is_it = |rule: &&Resource| {
            rule.provider == target.provider
                && names::key(&self.names.attribute(rule.id, "name")).as_ref() == Some(&name)
                && bus(rule) == bus(target)
        };
        self.of_kinds(&["aws_cloudwatch_event_rule"]).find(is_it)
    }
}
