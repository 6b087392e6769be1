//! `execution-role-trust`: a role is given to a service that it does not trust.

use std::collections::HashSet;

use super::Sink;
use super::support::mend::{Dialect, dialect};
use super::support::{list, role};
use crate::finding::{Finding, Help, Label, Message, Severity};
use crate::graph::Graph;
use crate::graph::network::each;
use crate::graph::role_uses::{RoleUse, Used};
use crate::graph::roles::{RoleRef, Trust};
use crate::model::iam::Role;
use crate::model::{Entity, read};
use crate::source::Span;
use crate::text::{self, Answer};
use crate::unit::Resource;
use crate::value::ResourceId;

const RULE: &str = "execution-role-trust";

/// Checks every role that a resource of the unit hands to a service.
pub fn check(graph: &Graph<'_>, sink: &mut Sink) {
    let mut seen: HashSet<(ResourceId, ResourceId)> = HashSet::new();
    for used in graph.role_uses() {
        let (mut doubt, mut found) = (None, false);
        for (_, role) in graph.roles_of(&used.role) {
            match role {
                RoleRef::Outside(reason, cause) => {
                    doubt.get_or_insert((reason, cause));
                }
                RoleRef::Unit(role) => {
                    let trust = trust(graph, role, used.what);
                    match trust.answer {
                        Answer::Yes => {}
                        Answer::Maybe => {
                            doubt.get_or_insert((trust.reason, trust.span));
                        }
                        Answer::No if !seen.insert((role, used.resource)) => found = true,
                        Answer::No => {
                            found = true;
                            sink.findings.push(finding(graph, &used, graph.resource(role), &trust));
                        }
                    }
                }
            }
        }
        if let Some((reason, cause)) = doubt.filter(|_| !found) {
            role::undecided(graph, RULE, used.resource, reason, cause, sink);
        }
    }
}

fn trust(graph: &Graph<'_>, role: ResourceId, what: &RoleUse) -> Trust {
    let mut trust = graph.trusts(role, what.service);
    if trust.answer == Answer::No && what.regional {
        // `states.<region>.amazonaws.com`, the region written or left to the deploy.
        let pattern = what.service.replacen('.', ".*.", 1);
        let sample = what.service.replacen('.', ".us-east-1.", 1);
        let regional = trust.services.iter().any(|s| text::glob_known(&pattern, s));
        if regional || graph.trusts(role, &sample).answer != Answer::No {
            trust.answer = Answer::Yes;
        }
    }
    trust
}

/// The places that hand the role to the service.
fn given(used: &Used, resource: &Resource) -> Vec<Label> {
    let role = used.role.span.or(resource.name_span);
    match used.through {
        None => vec![Label::new(role, format!("`{}` is given the role here", resource.address))],
        Some(through) => vec![
            Label::new(through, format!("`{}` has this function run at the edge", resource.address)),
            Label::new(role, "the function is given the role here"),
        ],
    }
}

/// The services that the trust policy names, where they are written in the unit's language.
fn services_place(role: &Resource) -> Option<Span> {
    let statements = read(&Role::read(role).trust, "Statement");
    let named = each(&statements).items.into_iter().map(|(_, statement)| read(&statement, "Principal.Service"));
    named.map(|services| services.span).find(|span| !span.is_none())
}

fn finding(graph: &Graph<'_>, used: &Used, role: &Resource, trust: &Trust) -> Finding {
    let resource = graph.resource(used.resource);
    let trusted: Vec<String> = trust.services.iter().map(|s| format!("`{s}`")).collect();
    let service = used.what.service;
    let named = trust.services.iter().any(|s| s == service);
    let whom = match trusted.as_slice() {
        [] => "lets no service assume it".to_owned(),
        _ if named => format!("names `{service}`, and a condition or a Deny in it keeps it out"),
        some => format!("lets only {} assume it, not `{service}`", list(some)),
    };
    let code = match dialect(graph) {
        Dialect::Terraform => {
            format!("Statement = [{{ Effect = \"Allow\", Action = \"sts:AssumeRole\", Principal = {{ Service = \"{service}\" }} }}]")
        }
        Dialect::Yaml => {
            format!("Statement:\n  - Effect: Allow\n    Principal:\n      Service: {service}\n    Action: sts:AssumeRole")
        }
        Dialect::Json => {
            format!(
                "\"Statement\": [{{ \"Effect\": \"Allow\", \"Principal\": {{ \"Service\": \"{service}\" }}, \"Action\": \"sts:AssumeRole\" }}]"
            )
        }
    };
    Finding {
        rule: RULE,
        severity: Severity::Error,
        message: Message::new(format!("`{service}` may not assume role `{}` of `{}`", role.address, resource.address))
            .note(used.what.consequence)
            .note(format!("the trust policy of the role {whom}")),
        primary: Label::new(services_place(role).unwrap_or(trust.span), format!("does not let `{service}` assume the role")),
        related: given(used, resource),
        flow: Vec::new(),
        help: Some(match named {
            true => Help { text: "let the service in whatever the condition, or take it out of the Deny".to_owned(), code: String::new() },
            false => Help { text: "add the service to the trust policy, or give a role that is made for it:".to_owned(), code },
        }),
        address: resource.address.clone(),
        key: role.address.clone(),
    }
}
