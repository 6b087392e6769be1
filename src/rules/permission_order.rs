//! `permission-order`: a trigger that AWS validates when it is made does not depend on the permission that it needs.

use super::Sink;
use crate::finding::{Finding, Help, Label, Severity};
use crate::graph::Graph;
use crate::graph::permissions::Coverage;
use crate::graph::triggers::Use;
use crate::rules::support::mend::{Dialect, dependency, dialect, is_modelled, local_address, module_path};
use crate::unit::Resource;
use crate::value::ResourceId;

const RULE: &str = "permission-order";

/// Checks every validated trigger whose permission is there.
pub fn check(graph: &Graph<'_>, sink: &mut Sink) {
    for found in graph.trigger_uses().into_iter().filter(|u| u.trigger.validated) {
        let resource = graph.resource(found.resource);
        let Some((_, Coverage::Covered(permission))) = found.coverage(graph) else { continue };
        // The translator orders what it generates, and so do the models; two instances of one block cannot name each other.
        let translated = |r: &Resource| r.origin.is_some() && !is_modelled(r);
        let generated = translated(resource) || translated(graph.resource(permission));
        if !generated && !graph.depends_on(found.resource, permission) {
            sink.findings.push(finding(graph, &found, permission));
        }
    }
}

/// The module call that makes a resource.
fn scope_of_call(resource: &Resource) -> String {
    module_path(&resource.address).trim_end_matches('.').to_owned()
}

fn finding(graph: &Graph<'_>, found: &Use, permission: ResourceId) -> Finding {
    let resource = graph.resource(found.resource);
    let permission_resource = graph.resource(permission);
    let circular = graph.depends_on(permission, found.resource);
    let consequence = match circular {
        true => "the first deploy fails",
        false => "the first deploy can fail",
    };
    let message = format!(
        "{consequence}, since AWS checks the permission when it makes the {}: nothing makes `{}` wait for `{}`{}",
        found.trigger.name,
        resource.address,
        permission_resource.address,
        if circular { ", and the permission waits for it" } else { "" }
    );
    let help = match (circular, dialect(graph)) {
        (true, _) => Help {
            text:
                "name the source in the permission by a literal ARN (or only its account), so that the trigger can depend on the permission"
                    .to_owned(),
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
