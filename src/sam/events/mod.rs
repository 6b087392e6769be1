//! Events of functions (SAM-DG "EventSource"): permissions, event source mappings, rules, subscriptions.

mod api;
mod auth;
mod http_api;
mod poll;
mod poll_policies;
mod push;
mod request;
mod rules;
mod scheduler;

pub(super) use self::auth::check_authorizer;

use super::function::{Role, Target};
use super::resource::Resource;
use super::tree::{At, Tree};
use super::{Expander, Outcome, fail, hash};

/// An event while it is expanded.
#[derive(Clone, Debug)]
pub(super) struct Event {
    /// Its name in `Events`.
    pub name: String,
    /// The logical id that names start with: the resource's, and the event's name.
    pub id: String,
    /// Its `Type`.
    pub kind: String,
    /// Its place.
    pub at: At,
    /// Its properties.
    pub properties: Tree,
}

impl Event {
    /// Reads an entry of `Events`.
    pub(super) fn read(owner: &str, name: &str, event: &Tree) -> Outcome<Event> {
        let at = event.at();
        let Some(kind) = event.get_text("Type") else {
            return fail(at, format!("event `{name}` of `{owner}` has no `Type`"));
        };
        let properties = event.get("Properties").cloned().unwrap_or_else(|| at.map([]));
        if properties.map().is_none() {
            return fail(at, format!("`Properties` of event `{name}` of `{owner}` must be a map"));
        }
        Ok(Event { name: name.to_owned(), id: format!("{owner}{name}"), kind: kind.to_owned(), at, properties })
    }

    /// A property that must be there.
    pub(super) fn required(&self, name: &str) -> Outcome<&Tree> {
        match self.properties.get(name) {
            Some(value) => Ok(value),
            None => fail(self.at, format!("event `{}` of type `{}` has no `{name}`", self.name, self.kind)),
        }
    }

    /// A failure of this event.
    pub(super) fn fail<T>(&self, what: impl std::fmt::Display) -> Outcome<T> {
        fail(self.at, format!("event `{}`: {what}", self.name))
    }
}

/// A permission to invoke; `suffix` tells several of one event apart.
fn permission(prefix: &str, suffix: &str, target: &Target, principal: &str, at: At) -> Resource {
    let suffix = if suffix.chars().all(char::is_alphanumeric) { suffix.to_owned() } else { hash::of_text(suffix) };
    let id = format!("{prefix}Permission{suffix}");
    let mut permission = Resource::new(id, "AWS::Lambda::Permission", at, &target.attributes);
    permission.set("Action", "lambda:InvokeFunction").set("FunctionName", target.name(at)).set("Principal", principal);
    permission
}

impl Expander<'_> {
    /// What one event of a function needs.
    pub(super) fn expand_function_event(&mut self, name: &str, event: &Tree, target: &Target, role: &mut Role) -> Outcome<Vec<Resource>> {
        let event = Event::read(&target.function, name, event)?;
        self.check_shapes(&format!("event {}", event.kind), &format!("event `{name}`"), &event.properties);
        match event.kind.as_str() {
            "Api" => self.api_event(&event, target),
            "HttpApi" => self.http_api_event(&event, target),
            "S3" => self.s3_event(&event, target),
            "SNS" => self.sns_event(&event, target, role),
            "Cognito" => self.cognito_event(&event, target),
            "CloudWatchLogs" => self.logs_event(&event, target),
            "IoTRule" => push::iot_rule(&event, target, self.partition()),
            "AlexaSkill" => Ok(push::alexa_skill(&event, target)),
            "Schedule" => rules::function_schedule(&event, target),
            "EventBridgeRule" | "CloudWatchEvent" => rules::function_pattern(&event, target),
            "ScheduleV2" => scheduler::schedule(&event, &scheduler::Called::function(target, event.at)),
            "SQS" | "Kinesis" | "DynamoDB" | "MSK" | "MQ" | "SelfManagedKafka" | "DocumentDB" => self.polled_event(&event, target, role),
            other => event.fail(format!("`{other}` is not an event type of AWS SAM")),
        }
    }

    /// What one event of a state machine needs.
    pub(super) fn expand_machine_event(&mut self, event: &Event, machine: &Target, boundary: Option<&Tree>) -> Outcome<Vec<Resource>> {
        self.check_shapes(&format!("machine-event {}", event.kind), &format!("event `{}`", event.name), &event.properties);
        match event.kind.as_str() {
            "Api" => self.machine_api_event(event, machine, boundary),
            "Schedule" => rules::machine_schedule(event, machine, boundary),
            "EventBridgeRule" | "CloudWatchEvent" => rules::machine_pattern(event, machine, boundary),
            "ScheduleV2" => scheduler::schedule(event, &scheduler::Called::machine(machine, event.at)),
            other => event.fail(format!("`{other}` is not an event type of a state machine")),
        }
    }
}
