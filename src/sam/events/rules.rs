//! EventBridge rules: `Schedule`, `EventBridgeRule` and `CloudWatchEvent`, of functions and of state machines.

use super::{Event, api, permission};
use crate::sam::Outcome;
use crate::sam::function::Target;
use crate::sam::policies::statements;
use crate::sam::resource::Resource;
use crate::sam::tree::{Tree, tree};

/// The longest id that EventBridge takes for a target.
const MAX_TARGET_ID: usize = 64;

/// `Schedule` of a function.
pub(super) fn function_schedule(event: &Event, target: &Target) -> Outcome<Vec<Resource>> {
    let rule = schedule_rule(event, target)?;
    finish_for_function(event, target, rule, &["Input"])
}

/// `EventBridgeRule` and `CloudWatchEvent` of a function.
pub(super) fn function_pattern(event: &Event, target: &Target) -> Outcome<Vec<Resource>> {
    let rule = pattern_rule(event, target)?;
    finish_for_function(event, target, rule, &["Input", "InputPath", "InputTransformer"])
}

/// `Schedule` of a state machine.
pub(super) fn machine_schedule(event: &Event, machine: &Target, boundary: Option<&Tree>) -> Outcome<Vec<Resource>> {
    let rule = schedule_rule(event, machine)?;
    let given = event.properties.get("RoleArn");
    finish_for_machine(event, machine, rule, given, boundary, &["Input"])
}

/// `EventBridgeRule` and `CloudWatchEvent` of a state machine.
pub(super) fn machine_pattern(event: &Event, machine: &Target, boundary: Option<&Tree>) -> Outcome<Vec<Resource>> {
    let rule = pattern_rule(event, machine)?;
    finish_for_machine(event, machine, rule, None, boundary, &["Input", "InputPath", "InputTransformer"])
}

fn schedule_rule(event: &Event, target: &Target) -> Outcome<Resource> {
    let mut rule = Resource::new(event.id.as_str(), "AWS::Events::Rule", event.at, &target.attributes);
    rule.set("ScheduleExpression", event.required("Schedule")?);
    rule.copy(&event.properties, &["Name", "Description"]);
    set_state(event, &mut rule)?;
    Ok(rule)
}

fn pattern_rule(event: &Event, target: &Target) -> Outcome<Resource> {
    let mut rule = Resource::new(event.id.as_str(), "AWS::Events::Rule", event.at, &target.attributes);
    rule.copy(&event.properties, &["EventBusName"]);
    rule.set_some("EventPattern", event.properties.get("Pattern")).set_some("Name", event.properties.get("RuleName"));
    set_state(event, &mut rule)?;
    Ok(rule)
}

fn set_state(event: &Event, rule: &mut Resource) -> Outcome<()> {
    let (state, enabled) = (event.properties.get("State").filter(|s| s.is_set()), event.properties.get("Enabled"));
    if state.is_some() && enabled.is_some() {
        return event.fail("`State` and `Enabled` cannot both be set");
    }
    rule.set_some("State", state);
    if let Some(enabled) = enabled {
        rule.set("State", if enabled.is_set() { "ENABLED" } else { "DISABLED" });
    }
    Ok(())
}

fn finish_for_function(event: &Event, target: &Target, mut rule: Resource, inputs: &[&str]) -> Outcome<Vec<Resource>> {
    let at = event.at;
    let (queue_arn, queues) = dead_letter_queue(event, target, Some(&rule.arn()))?;
    let mut entry = tree!(at, { "Arn": (target.arn(at)), "Id": (target_id(event, "LambdaTarget")) });
    fill_target(event, &mut entry, inputs, queue_arn);
    rule.set("Targets", at.list(vec![entry]));
    let mut permission = permission(&event.id, "", target, "events.amazonaws.com", at);
    permission.set("SourceArn", rule.arn());
    Ok([vec![rule], queues, vec![permission]].concat())
}

fn finish_for_machine(
    event: &Event,
    machine: &Target,
    mut rule: Resource,
    given: Option<&Tree>,
    boundary: Option<&Tree>,
    inputs: &[&str],
) -> Outcome<Vec<Resource>> {
    let at = event.at;
    let made = given.is_none().then(|| machine_role(event, machine, "events.amazonaws.com", boundary));
    let role = made.as_ref().map(Resource::arn).or_else(|| given.cloned()).unwrap_or_else(|| at.text(""));
    let (queue_arn, queues) = dead_letter_queue(event, machine, Some(&rule.arn()))?;
    let mut entry = tree!(at, { "Arn": (machine.name(at)), "Id": (target_id(event, "StepFunctionsTarget")), "RoleArn": role });
    fill_target(event, &mut entry, inputs, queue_arn);
    rule.set("Targets", at.list(vec![entry]));
    Ok([vec![rule], made.into_iter().collect(), queues].concat())
}

fn fill_target(event: &Event, entry: &mut Tree, inputs: &[&str], queue_arn: Option<Tree>) {
    for name in inputs.iter().chain(&["RetryPolicy"]) {
        if let Some(value) = event.properties.get(name) {
            entry.set(*name, value.clone());
        }
    }
    if let Some(arn) = queue_arn {
        entry.set("DeadLetterConfig", tree!((event.at), { "Arn": arn }));
    }
}

fn target_id(event: &Event, suffix: &str) -> Tree {
    match event.properties.path(&["Target", "Id"]) {
        Some(id) => id.clone(),
        None => event.at.text(event.id.chars().take(MAX_TARGET_ID - suffix.len()).chain(suffix.chars()).collect::<String>()),
    }
}

/// The role with which a service starts a state machine.
pub(super) fn machine_role(event: &Event, machine: &Target, service: &str, boundary: Option<&Tree>) -> Resource {
    api::start_role(format!("{}Role", event.id), machine, service, boundary, event.at)
}

/// The queue of `DeadLetterConfig`: a given one, or a new one; a rule's also gets a policy that lets the rule send.
pub(super) fn dead_letter_queue(event: &Event, target: &Target, rule: Option<&Tree>) -> Outcome<(Option<Tree>, Vec<Resource>)> {
    let Some(config) = event.properties.get("DeadLetterConfig") else { return Ok((None, Vec::new())) };
    let at = config.at();
    match (config.get("Arn"), config.get("Type")) {
        (Some(_), Some(_)) => return event.fail("`DeadLetterConfig` takes `Arn` or `Type`, not both"),
        (Some(arn), None) => return Ok((Some(arn.clone()), Vec::new())),
        (None, Some(kind)) if kind.text() == Some("SQS") => {}
        _ => return event.fail("`DeadLetterConfig` needs `Arn`, or `Type: SQS`"),
    }
    let id = config.get_text("QueueLogicalId").map_or_else(|| format!("{}Queue", event.id), str::to_owned);
    let queue = Resource::new(id, "AWS::SQS::Queue", at, &target.attributes);
    let arn = queue.arn();
    let Some(rule) = rule else { return Ok((Some(arn), vec![queue])) };
    let mut policy = Resource::new(format!("{}QueuePolicy", event.id), "AWS::SQS::QueuePolicy", at, &target.attributes);
    let principal = tree!(at, { "Service": "events.amazonaws.com" });
    policy.set("PolicyDocument", statements::queue_document(principal, &arn, rule));
    policy.set("Queues", at.list(vec![queue.reference()]));
    Ok((Some(arn), vec![queue, policy]))
}
