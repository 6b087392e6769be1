//! `competing-resources`: two resources each own the whole of one setting, or two notifications of a bucket are ambiguous.

use super::Sink;
use super::support::place::severity;
use crate::finding::{Finding, Help, Label, Message, Severity};
use crate::gap::Gap;
use crate::graph::Graph;
use crate::graph::rivals::Notification;
use crate::unit::Resource;
use crate::value::{Guard, ResourceId};

const RULE: &str = "competing-resources";

/// Checks policies and notifications.
pub fn check(graph: &Graph<'_>, sink: &mut Sink) {
    for (target, rivals) in graph.rival_policies() {
        pairs(graph, target, &rivals, "policy", sink);
    }
    for (bucket, rivals) in graph.rival_notifications() {
        pairs(graph, bucket, &rivals, "notification configuration", sink);
    }
    for resource in graph.of_kinds(&["AWS::S3::Bucket", "aws_s3_bucket_notification"]) {
        ambiguous(graph, resource, sink);
    }
}

/// Each rival with the first one that it may be there together with.
fn pairs(graph: &Graph<'_>, target: ResourceId, rivals: &[ResourceId], setting: &'static str, sink: &mut Sink) {
    for (at, later) in rivals.iter().enumerate() {
        let later = graph.resource(*later);
        for earlier in rivals.iter().take(at).map(|id| graph.resource(*id)) {
            // Instances of one block: whether they are for one thing hangs on the collection.
            if earlier.span == later.span || [earlier, later].into_iter().any(leaves_alone) {
                continue;
            }
            match together(&earlier.presence, &later.presence) {
                Together::Never => continue,
                Together::Perhaps => {
                    let reason = format!("whether `{}` and `{}` are there together is not known", earlier.address, later.address);
                    sink.gap(graph, RULE, later.id, &Gap::new(reason, later.name_span));
                }
                Together::When(guard) => {
                    sink.findings.push(rival(graph.resource(target), earlier, later, setting, &guard));
                }
            }
            break;
        }
    }
}

/// Whether a resource leaves to others what they make of its setting (Terraform's `ignore_changes`).
fn leaves_alone(resource: &Resource) -> bool {
    const SETTINGS: [&str; 5] = ["all", "policy", "lambda_function", "queue", "topic"];
    resource.ignore_changes.iter().any(|name| SETTINGS.contains(&name.as_str()))
}

/// Whether two things are there together.
enum Together {
    Never,
    /// Two conditions that have nothing to do with each other.
    Perhaps,
    /// Under this condition.
    When(Guard),
}

fn together(one: &Guard, other: &Guard) -> Together {
    match one.and(other) {
        None => Together::Never,
        Some(both) if both == *one || both == *other => Together::When(both),
        Some(_) => Together::Perhaps,
    }
}

fn rival(target: &Resource, earlier: &Resource, later: &Resource, setting: &'static str, guard: &Guard) -> Finding {
    let (one, other, on) = (&earlier.address, &later.address, &target.address);
    // A policy within the resource is one of its attributes.
    let within = earlier.id == target.id;
    let of_template = later.kind.contains("::");
    let bucket_policy = later.kind == "AWS::S3::BucketPolicy";
    let headline = match within {
        true => format!("`{other}` and `{on}` itself overwrite each other"),
        false => format!("`{one}` and `{other}` overwrite each other"),
    };
    let consequence = match (bucket_policy, of_template) {
        (true, _) => "the deploy fails with \"The bucket policy already exists on bucket\"",
        (false, true) => {
            "the one that is made last is in effect, and the other is lost without a word; which one that is changes from deploy to deploy"
        }
        (false, false) => "the one that is applied last is in effect, and each plan wants to change the other back",
    };
    let mut related = vec![Label::new(earlier.name_span, "so does this")];
    if !within {
        related.push(Label::new(target.name_span, "what they are for"));
    }
    let what = if setting == "policy" { "statements" } else { "blocks" };
    Finding {
        rule: RULE,
        severity: severity(guard, Severity::Error),
        message: Message::new(headline).under(guard).because(format!("each sets the whole {setting} of `{on}`")).note(consequence),
        primary: Label::new(later.name_span, format!("sets the whole {setting} of `{on}`")),
        related,
        flow: Vec::new(),
        help: Some(Help { text: format!("put all {what} into one of them, and take the other away"), code: String::new() }),
        address: later.address.clone(),
        key: one.clone(),
    }
}

/// Notifications of one bucket whose events, prefixes and suffixes overlap.
fn ambiguous(graph: &Graph<'_>, resource: &Resource, sink: &mut Sink) {
    let all = graph.notifications(resource);
    for (at, later) in all.iter().enumerate() {
        for earlier in all.iter().take(at) {
            let Together::When(guard) = together(&earlier.guard, &later.guard) else { continue };
            match earlier.overlaps(later) {
                Some(false) => continue,
                Some(true) => sink.findings.push(overlap(resource, earlier, later, &guard)),
                None => {
                    let reason = "whether its events and filters overlap with those of another notification is not known".to_owned();
                    sink.gap(graph, RULE, resource.id, &Gap::new(reason, later.span));
                }
            }
            break;
        }
    }
}

fn overlap(resource: &Resource, earlier: &Notification, later: &Notification, guard: &Guard) -> Finding {
    let filter = |one: &Notification| {
        let text = |text: &Option<crate::value::Str>| text.clone().filter(|text| !text.is_empty());
        match (text(&one.prefix), text(&one.suffix)) {
            (None, None) => "all keys".to_owned(),
            (Some(prefix), None) => format!("keys that begin with `{prefix}`"),
            (None, Some(suffix)) => format!("keys that end with `{suffix}`"),
            (Some(prefix), Some(suffix)) => format!("keys that begin with `{prefix}` and end with `{suffix}`"),
        }
    };
    let message = Message::new(format!("`{}` cannot be created: two of its notifications overlap", resource.address))
        .under(guard)
        .because(format!("one is for {}, the other for {}, and both for the same events", filter(earlier), filter(later)))
        .note(
            "S3 refuses them: \"Configuration is ambiguously defined. Cannot have overlapping suffixes in two rules if the prefixes are overlapping for the same event type\"",
        );
    Finding {
        rule: RULE,
        severity: severity(guard, Severity::Error),
        message,
        primary: Label::new(later.span.or(resource.name_span), format!("for {}", filter(later))),
        related: vec![Label::new(earlier.span.or(resource.name_span), format!("for {}", filter(earlier)))],
        flow: Vec::new(),
        help: Some(Help {
            text:
                "keep their prefixes or suffixes apart, or send the events to one topic or to EventBridge, which hands them on to several"
                    .to_owned(),
            code: String::new(),
        }),
        address: resource.address.clone(),
        key: format!("{} {}", later.prefix.clone().unwrap_or_default(), later.suffix.clone().unwrap_or_default()).trim().into(),
    }
}
