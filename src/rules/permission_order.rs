//! `permission-order`: a trigger that AWS validates when it is made does not depend on the permission that it needs.

use std::collections::HashSet;

use super::Sink;
use crate::finding::{Finding, Help, Label, Message, Severity};
use crate::graph::Graph;
use crate::graph::permissions::Coverage;
use crate::graph::triggers::Use;
use crate::rules::support::mend::{Dialect, dependency, dialect, is_modelled, local_address, module_path};
use crate::rules::support::role;
use crate::text::Answer;
use crate::unit::Resource;
use crate::value::ResourceId;

const RULE: &str = "permission-order";

/// What Terraform's provider makes again for minutes while the permission is not there ("Could not execute the lambda function"): one
/// that is made in the same apply comes in time, unless it waits for the trigger.
const TRIED_AGAIN: [&str; 1] = ["aws_cloudwatch_log_subscription_filter"];

/// Checks every validated trigger whose permission is there.
pub fn check(graph: &Graph<'_>, sink: &mut Sink) {
    for found in graph.trigger_uses().into_iter().filter(|u| u.trigger.validated) {
        let resource = graph.resource(found.resource);
        let Some((_, Coverage::Covered(permission))) = found.coverage(graph) else { continue };
        // The translator orders what it generates, and so do the models; two instances of one block cannot name each other.
        let translated = |r: &Resource| r.origin.is_some() && !is_modelled(r);
        let generated = translated(resource) || translated(graph.resource(permission));
        let in_time = TRIED_AGAIN.contains(&resource.kind.as_str()) && !graph.depends_on(permission, found.resource);
        if !generated && !in_time && !graph.depends_on(found.resource, permission) {
            sink.findings.push(finding(graph, &unordered(&found), permission));
        }
    }
    check_deliveries(graph, sink);
}

/// What AWS validates, as the message speaks of it.
struct Unordered {
    /// "S3 notification".
    name: &'static str,
    resource: ResourceId,
    /// What is checked: "permission".
    needs: &'static str,
    /// What the deploy can fail with.
    error: Option<&'static str>,
}

impl Unordered {
    fn word(&self) -> &'static str {
        self.needs.split(' ').next().unwrap_or(self.needs)
    }
}

fn unordered(found: &Use) -> Unordered {
    Unordered { name: found.trigger.name, resource: found.resource, needs: "permission", error: None }
}

/// Checks every delivery whose target's policy is a resource of its own.
fn check_deliveries(graph: &Graph<'_>, sink: &mut Sink) {
    let mut seen = HashSet::new();
    for found in graph.validated_deliveries() {
        let (resource, policy) = (graph.resource(found.resource), graph.resource(found.policy));
        let generated = [resource, policy].iter().any(|r| r.origin.is_some() && !is_modelled(r));
        if generated || graph.depends_on(found.resource, found.policy) || !seen.insert((found.resource, found.policy)) {
            continue;
        }
        if found.answer != Answer::Yes {
            let reason = format!("whether `{}` is the policy that lets the {} through is not known", policy.address, found.delivery.name);
            role::undecided(graph, RULE, found.resource, reason, found.value.span, sink);
            continue;
        }
        let (name, error) = (found.delivery.name, Some(found.delivery.error));
        let what = Unordered { name, resource: found.resource, needs: "policy of what it sends to", error };
        sink.findings.push(finding(graph, &what, found.policy));
    }
}

/// The module call that makes a resource.
fn scope_of_call(resource: &Resource) -> String {
    module_path(&resource.address).trim_end_matches('.').to_owned()
}

fn finding(graph: &Graph<'_>, found: &Unordered, permission: ResourceId) -> Finding {
    let resource = graph.resource(found.resource);
    let permission_resource = graph.resource(permission);
    let circular = graph.depends_on(permission, found.resource);
    let consequence = match circular {
        true => "the first deploy fails",
        false => "the first deploy can fail",
    };
    let with = found.error.map_or(String::new(), |error| format!(" with \"{error}\""));
    let message = Message::new(format!("`{}` does not wait for `{}`", resource.address, permission_resource.address))
        .note(format!("{consequence}{with}: AWS checks the {} when it makes the {}", found.needs, found.name))
        .note(if circular { format!("the {} waits for it", found.word()) } else { String::new() });
    let help = match (circular, dialect(graph)) {
        (true, _) => Help {
            text: format!(
                "name the source in the {0} by a literal ARN (or only its account), so that the {1} can depend on the {0}",
                found.word(),
                if found.error.is_some() { found.name } else { "trigger" }
            ),
            code: String::new(),
        },
        (false, Dialect::Terraform) => Help {
            text: format!("in `{}`:", if is_modelled(resource) { scope_of_call(resource) } else { local_address(resource) }),
            code: format!("depends_on = [{}]", dependency(resource, permission_resource)),
        },
        (false, Dialect::Yaml) => {
            Help { text: format!("in `{}`:", resource.address), code: format!("DependsOn: {}", dependency(resource, permission_resource)) }
        }
        (false, Dialect::Json) => Help {
            text: format!("in `{}`:", resource.address),
            code: format!("\"DependsOn\": \"{}\"", dependency(resource, permission_resource)),
        },
    };
    Finding {
        rule: RULE,
        severity: Severity::Warning,
        message,
        primary: Label::new(resource.name_span, format!("does not depend on `{}`", dependency(resource, permission_resource))),
        related: vec![Label::new(permission_resource.name_span, "must be there first")],
        flow: Vec::new(),
        help: Some(help),
        address: resource.address.clone(),
        key: permission_resource.address.clone(),
    }
}
