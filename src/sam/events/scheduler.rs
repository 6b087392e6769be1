//! `ScheduleV2`: EventBridge Scheduler calls with a role, so that no permission is needed.

use super::{Event, rules};
use crate::sam::Outcome;
use crate::sam::function::Target;
use crate::sam::policies::statements;
use crate::sam::resource::Resource;
use crate::sam::tree::{At, Tree, tree};

/// What a schedule calls.
pub(super) struct Called<'t> {
    target: &'t Target,
    arn: Tree,
    policy: fn(&Tree, &str) -> Tree,
}

impl<'t> Called<'t> {
    /// A function.
    pub(super) fn function(target: &'t Target, at: At) -> Self {
        Called { target, arn: target.arn(at), policy: statements::invoke_function }
    }

    /// A state machine.
    pub(super) fn machine(target: &'t Target, at: At) -> Self {
        Called { target, arn: target.name(at), policy: statements::start_execution }
    }
}

/// The schedule and, unless one is given, its role.
pub(super) fn schedule(event: &Event, called: &Called) -> Outcome<Vec<Resource>> {
    let at = event.at;
    let properties = &event.properties;
    let attributes = &called.target.attributes;
    let mut schedule = Resource::new(event.id.as_str(), "AWS::Scheduler::Schedule", at, attributes);
    schedule.set("ScheduleExpression", event.required("ScheduleExpression")?);
    schedule.copy_set(properties, &["State"]);
    match (properties.has("OmitName"), properties.get("Name").filter(|n| n.is_set())) {
        (true, Some(_)) => return event.fail("`Name` cannot be set with `OmitName`"),
        (true, None) => {}
        (false, name) => {
            schedule.set("Name", name.cloned().unwrap_or_else(|| at.text(event.id.as_str())));
        }
    }
    let window = properties.get("FlexibleTimeWindow").filter(|w| w.is_set()).cloned();
    schedule.set("FlexibleTimeWindow", window.unwrap_or_else(|| tree!(at, { "Mode": "OFF" })));
    let same = ["Description", "StartDate", "EndDate", "ScheduleExpressionTimezone", "GroupName", "KmsKeyArn"];
    schedule.copy(properties, &same);
    let (queue_arn, queues) = rules::dead_letter_queue(event, called.target, None)?;
    let given = properties.get("RoleArn").filter(|r| r.is_set());
    let role = given.is_none().then(|| execution_role(event, called, queue_arn.as_ref()));
    let role_arn = role.as_ref().map(Resource::arn).or_else(|| given.cloned()).unwrap_or_else(|| at.text(""));
    let mut target = tree!(at, { "Arn": (called.arn.clone()), "RoleArn": role_arn });
    for name in ["Input", "RetryPolicy"] {
        if let Some(value) = properties.get(name) {
            target.set(name, value.clone());
        }
    }
    if let Some(arn) = queue_arn {
        target.set("DeadLetterConfig", tree!(at, { "Arn": arn }));
    }
    schedule.set("Target", target);
    Ok([vec![schedule], queues, role.into_iter().collect()].concat())
}

fn execution_role(event: &Event, called: &Called, queue_arn: Option<&Tree>) -> Resource {
    let at = event.at;
    let mut role = Resource::new(format!("{}Role", event.id), "AWS::IAM::Role", at, &called.target.attributes);
    role.set("AssumeRolePolicyDocument", statements::trust("scheduler.amazonaws.com", at));
    let mut policies = vec![(called.policy)(&called.arn, &event.id)];
    policies.extend(queue_arn.map(|arn| statements::send_message(arn, &event.id)));
    role.set("Policies", at.list(policies));
    if let Some(boundary) = event.properties.get("PermissionsBoundary").filter(|b| b.is_set()) {
        role.set("PermissionsBoundary", boundary);
    }
    role
}
