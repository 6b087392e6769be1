//! Resources that do nothing, because they are switched off.

use super::Graph;
use crate::gap::Gap;
use crate::model::{names, read};
use crate::source::Span;
use crate::unit::Resource;
use crate::value::{Guard, Value};

/// Why a resource does nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dormant {
    /// For messages: "the rule is disabled".
    pub what: &'static str,
    /// Where that is written.
    pub span: Span,
}

/// Whether a resource does anything.
#[derive(Clone, Debug, PartialEq)]
pub enum Power {
    /// In every deploy, as far as its switches go.
    On,
    /// In none.
    Off(Dormant),
    /// Only under one of these conditions.
    When(Vec<Guard>),
    /// Its switch is not known.
    Unknown(Gap),
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
const ALARM: &str = "the alarm's actions are disabled";

/// CloudFormation Template Reference and the provider's documentation of each type.
const SWITCHES: [Switch; 15] = [
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
    switch("AWS::CloudWatch::Alarm", "ActionsEnabled", "false", ALARM),
    switch("aws_cloudwatch_metric_alarm", "actions_enabled", "false", ALARM),
    switch("AWS::CloudWatch::CompositeAlarm", "ActionsEnabled", "false", ALARM),
    switch("aws_cloudwatch_composite_alarm", "actions_enabled", "false", ALARM),
];

impl Switch {
    /// What a value of the property makes of the resource: a boolean, its text, either of them under a condition. One that is not written
    /// leaves it on.
    fn power(&self, value: &Value, place: Span) -> Power {
        let (mut on, mut off, mut unknown) = (Vec::new(), None, None);
        for (guard, value) in value.alternatives() {
            let text = value.to_text();
            match text.as_ref().and_then(|text| text.as_known()) {
                Some(text) if text.eq_ignore_ascii_case(self.off) => off = Some(Dormant { what: self.what, span: value.span.or(place) }),
                None if !value.is_null() => unknown = Some(Gap::of_or(&value, || format!("`{value:#}` is no value of `{}`", self.path))),
                _ => on.push(guard),
            }
        }
        match (on.is_empty(), off, unknown) {
            (false, None, None) => Power::On,
            (false, ..) => Power::When(on),
            (true, _, Some(gap)) => Power::Unknown(gap),
            (true, off, None) => off.map_or(Power::On, Power::Off),
        }
    }
}

impl Graph<'_> {
    /// Whether a resource does anything, by the property that switches it on and off.
    pub fn power(&self, resource: &Resource) -> Power {
        let target = (resource.kind == "aws_cloudwatch_event_target").then(|| self.rule_of(resource)).flatten();
        let switched = target.unwrap_or(resource);
        let switches = SWITCHES.iter().filter(|switch| switch.kind == switched.kind);
        let powers = switches.map(|switch| switch.power(&read(&switched.attributes, switch.path), switched.name_span));
        powers.into_iter().find(|power| *power != Power::On).unwrap_or(Power::On)
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
