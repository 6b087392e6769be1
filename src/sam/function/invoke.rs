//! `EventInvokeConfig`: destinations of asynchronous calls, with queues and topics made where none is named.

use super::Function;
use crate::sam::policies::statements;
use crate::sam::resource::{Resource, kept};
use crate::sam::tree::{Tree, tree};
use crate::sam::{Expander, Outcome, fail, hash};
use crate::value::Str;

/// What a destination comes to.
struct Destination {
    arn: Tree,
    made: Option<Resource>,
    policy: Tree,
}

impl Expander<'_> {
    /// The configuration and the resources that it needs go to `generated`; the policies for the role come back.
    pub(super) fn add_event_invoke_config(
        &mut self,
        function: &Function,
        alias: Option<&Resource>,
        generated: &mut Vec<Resource>,
    ) -> Vec<Tree> {
        let Some(config) = function.properties.get("EventInvokeConfig").filter(|c| c.is_set()) else { return Vec::new() };
        let config = self.resolve(config);
        let at = config.at();
        let id = format!("{}EventInvokeConfig", function.id);
        let mut policies = Vec::new();
        let mut destinations = at.map([]);
        for name in ["OnSuccess", "OnFailure"] {
            let Some(written) = config.path(&["DestinationConfig", name]) else { continue };
            let destination = self.invoke_destination(function, written, &format!("{id}{name}"), &id);
            let Some(Destination { arn, made, policy }) = self.note(destination) else { continue };
            destinations.set(name, tree!(at, { "Destination": arn }));
            generated.extend(made);
            policies.push(policy);
        }
        let mut resource = Resource::new(id.as_str(), "AWS::Lambda::EventInvokeConfig", at, &kept(function.resource));
        resource.set("FunctionName", at.reference(function.id.clone()));
        let qualifier = alias.and_then(|a| a.properties.get("Name")).cloned().unwrap_or_else(|| at.text("$LATEST"));
        resource.set("Qualifier", qualifier).set("DestinationConfig", destinations);
        resource.copy(&config, &["MaximumEventAgeInSeconds", "MaximumRetryAttempts"]);
        resource.depends_on = alias.map(|a| at.list(vec![at.text(a.id.as_str())]));
        generated.push(resource);
        policies
    }

    fn invoke_destination(&mut self, function: &Function, written: &Tree, id: &str, config_id: &str) -> Outcome<Destination> {
        let at = written.at();
        let kind = written.get_text("Type").unwrap_or_default().to_owned();
        if !matches!(kind.as_str(), "SQS" | "SNS" | "EventBridge" | "Lambda" | "S3Bucket") {
            return fail(at, format!("`Type` of a destination of `{}` must be SQS, SNS, EventBridge, Lambda or S3Bucket", function.id));
        }
        let arn = written.get("Destination").cloned();
        let (condition, given) = self.optional_destination(arn.as_ref(), config_id);
        if let (Some(arn), None) = (&arn, &condition) {
            let policy = destination_policy(&kind, arn, id);
            return Ok(Destination { arn: arn.clone(), made: None, policy });
        }
        let (suffix, resource_type) = match kind.as_str() {
            "SQS" => ("Queue", "AWS::SQS::Queue"),
            "SNS" => ("Topic", "AWS::SNS::Topic"),
            _ => return fail(at, format!("the {kind} destination of `{}` needs `Destination`", function.id)),
        };
        let mut made = Resource::new(format!("{id}{suffix}"), resource_type, at, &function.passed_on);
        let own = function.passed_on.get("Condition").and_then(Tree::text).map(str::to_owned);
        if let Some(both) = self.both_conditions(own, condition.clone(), function) {
            made.attributes.insert("Condition".into(), at.text(both));
        }
        made.origin = Some(format!("SAM `EventInvokeConfig` of `{}`", function.id));
        let made_arn = if kind == "SQS" { made.arn() } else { made.reference() };
        let arn = match (condition, given) {
            (Some(condition), Some(given)) => at.choose(condition, made_arn, given),
            _ => made_arn,
        };
        let policy = destination_policy(&kind, &arn, id);
        Ok(Destination { arn, made: Some(made), policy })
    }

    /// For `Fn::If` with `AWS::NoValue` on one side: the condition under which there is none, and the other side.
    fn optional_destination(&mut self, destination: Option<&Tree>, config_id: &str) -> (Option<String>, Option<Tree>) {
        let Some([condition, yes, no]) = destination.and_then(Tree::if_arguments) else { return (None, None) };
        let Some(name) = condition.text() else { return (None, None) };
        match (yes.is_no_value(), no.is_no_value()) {
            (true, false) => (Some(name.to_owned()), Some(no.clone())),
            (false, true) => {
                let negated = format!("NOT{name}{}", hash::of_text(config_id));
                let at = condition.at();
                self.add_condition(&negated, tree!(at, { "Fn::Not": [{ "Condition": name }] }));
                (Some(negated), Some(yes.clone()))
            }
            _ => (None, None),
        }
    }

    fn both_conditions(&mut self, own: Option<String>, other: Option<String>, function: &Function) -> Option<String> {
        let (Some(a), Some(b)) = (&own, &other) else { return own.or(other) };
        let name: Str = format!("{a}AND{b}{}", hash::of_text(&function.id)).into();
        let (a, b) = (a.as_str(), b.as_str());
        self.add_condition(&name, tree!((function.at), { "Fn::And": [{ "Condition": a }, { "Condition": b }] }));
        Some(name.to_string())
    }
}

fn destination_policy(kind: &str, arn: &Tree, id: &str) -> Tree {
    match kind {
        "SQS" => statements::send_message(arn, id),
        "SNS" => statements::publish(arn, id),
        "EventBridge" => statements::put_events(arn, id),
        "Lambda" => statements::invoke_function(arn, id),
        _ => statements::put_objects(arn, id),
    }
}
