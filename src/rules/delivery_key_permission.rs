//! `delivery-key-permission`: a service is told to send to a queue or topic that is encrypted with a key which it may not use.

use super::Sink;
use super::support::delivery;
use super::support::place::{further, severity};
use crate::finding::{Finding, Help, Label, Message, Severity, Undecided};
use crate::gap::Gap;
use crate::graph::Graph;
use crate::graph::deliveries::{Admission, Carries, Delivery, Failure, Nearest};
use crate::graph::keys::{Encryption, OwnKey};
use crate::graph::roles::presence;
use crate::rules::support::mend::{Dialect, dialect};
use crate::unit::Resource;
use crate::value::{Guard, Value};

const RULE: &str = "delivery-key-permission";

/// Checks every sender of the unit.
pub fn check(graph: &Graph<'_>, sink: &mut Sink) {
    for delivery in graph.deliveries() {
        let Some(target) = delivery.target.map(|id| graph.resource(id)) else { continue };
        if !delivery.role.is_null() {
            continue;
        }
        for encryption in graph.encryption(target) {
            match encryption {
                Encryption::OfAws(key, guard) => sink.findings.extend(of_aws(graph, delivery, target, &key, &guard)),
                Encryption::Own(own) => of_owner(graph, delivery, target, &own, sink),
            }
        }
    }
}

/// When a sender, what it sends to, and its encryption are there together.
fn together(graph: &Graph<'_>, delivery: &Delivery, target: &Resource, guard: &Guard) -> Option<Guard> {
    presence(graph.resource(delivery.resource)).and(&delivery.presence)?.and(&presence(target))?.and(guard)
}

/// The key that AWS manages for a service lets the account's own principals in, and no service.
fn of_aws(graph: &Graph<'_>, delivery: &Delivery, target: &Resource, key: &Value, guard: &Guard) -> Option<Finding> {
    let when = together(graph, delivery, target, guard)?;
    let cause = format!("the policy of the key that AWS manages, `{key:#}`, lets in no service, and nobody can change it");
    let mut related = vec![Label::new(target.name_span, format!("the {}", delivery.sender.target.name()))];
    related.push(Label::new(key.span.or(target.name_span), "the key that AWS manages"));
    let text = match delivery.sender.target.service() {
        "sqs" => "encrypt the queue with a key that SQS keeps, in place of this one (or with one of your own):",
        _ => "encrypt the topic with a key of your own that lets the service in, or with none:",
    };
    let code = match (delivery.sender.target.service(), dialect(graph)) {
        ("sqs", Dialect::Terraform) => "sqs_managed_sse_enabled = true",
        ("sqs", Dialect::Yaml) => "SqsManagedSseEnabled: true",
        ("sqs", Dialect::Json) => "\"SqsManagedSseEnabled\": true",
        _ => "",
    };
    let help = Help { text: if code.is_empty() { text.trim_end_matches(':').to_owned() } else { text.to_owned() }, code: code.to_owned() };
    Some(finding(graph, delivery, target, &when, message(graph, delivery, target).because(cause), related, help))
}

fn of_owner(graph: &Graph<'_>, delivery: &Delivery, target: &Resource, own: &OwnKey<'_>, sink: &mut Sink) {
    let Some(when) = together(graph, delivery, target, &own.guard) else { return };
    let Some(key) = own.key else {
        sink.unlisted.push(Undecided {
            rule: RULE,
            address: graph.resource(delivery.resource).address.clone(),
            span: own.value.span,
            reason: format!("`{:#}` is not declared here, so its policy is not known", own.value),
            cause: own.value.span,
        });
        return;
    };
    match graph.admission_to_key(delivery, key, &when) {
        Admission::Granted => {}
        Admission::Unknown(gap) => sink.gap(graph, RULE, delivery.resource, &Gap::new(gap.reason, gap.cause)),
        Admission::Refused(near) => sink.findings.extend(own_finding(graph, delivery, target, own, key, &when, &near)),
    }
}

fn own_finding(
    graph: &Graph<'_>,
    delivery: &Delivery,
    target: &Resource,
    own: &OwnKey<'_>,
    key: &Resource,
    when: &Guard,
    near: &[Nearest],
) -> Option<Finding> {
    let sender = delivery.sender;
    let cause =
        format!("the policy of key `{}` does not let `{}` call kms:GenerateDataKey and kms:Decrypt", key.address, sender.principals[0]);
    let mut related = vec![
        Label::new(target.name_span, format!("the {}", sender.target.name())),
        Label::new(own.value.span.or(target.name_span), "the key that it is encrypted with"),
        Label::new(key.name_span, "the key"),
    ];
    let (mut message, denied) = delivery::explain(message(graph, delivery, target).because(cause), near, &mut related);
    if sender.tells_key == Carries::No {
        message =
            message.note("with an encrypted topic EventBridge tells neither source ARN nor account: no condition on them is ever met");
    }
    let help = delivery::key_help(graph, delivery, key);
    let mut finding = finding(graph, delivery, target, when, message, related, help);
    if denied {
        finding.severity = finding.severity.min(Severity::Warning);
    }
    Some(finding)
}

fn message(graph: &Graph<'_>, delivery: &Delivery, target: &Resource) -> Message {
    let (from, to, sender) = (&graph.resource(delivery.resource).address, &target.address, delivery.sender);
    match sender.failure {
        Failure::Refused(error) => Message::new(format!("`{from}` cannot be created: {} may not use the key of `{to}`", sender.who))
            .note(format!("the deploy fails with \"{error}\"")),
        Failure::Lost(trace) => {
            Message::new(format!("what `{from}` sends to `{to}` is lost: {} may not use its key", sender.who)).note(trace)
        }
    }
}

fn finding(
    graph: &Graph<'_>,
    delivery: &Delivery,
    target: &Resource,
    when: &Guard,
    message: Message,
    related: Vec<Label>,
    help: Help,
) -> Finding {
    let resource = graph.resource(delivery.resource);
    Finding {
        rule: RULE,
        severity: severity(when, Severity::Error),
        message: message.under(&further(resource, when)),
        primary: Label::new(delivery.value.span.or(resource.name_span), format!("{} to `{}`", delivery.sender.name, target.address)),
        related,
        flow: Vec::new(),
        help: Some(help),
        address: resource.address.clone(),
        key: format!("{} {}", delivery.sender.name, target.address).into(),
    }
}
