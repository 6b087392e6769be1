//! `permission-principal`: a permission whose principal and source ARN belong to different services.

use super::Sink;
use super::support::role;
use crate::finding::{Finding, Help, Label, Message, Severity};
use crate::graph::Graph;
use crate::graph::arn::Arn;
use crate::graph::dead_sources::PRESENTS;
use crate::graph::permissions::Grant;
use crate::text::{self, Answer};
use crate::value::{Part, Text};

const RULE: &str = "permission-principal";

/// Checks every permission whose principal and source are known.
pub fn check(graph: &Graph<'_>, sink: &mut Sink) {
    for grant in graph.permissions.all() {
        if let Some(finding) = mismatch(graph, grant) {
            sink.findings.push(finding);
        } else if let Some(reason) = unknown_principal(graph, grant) {
            let principal = &grant.permission.principal;
            role::undecided(graph, RULE, grant.permission.id, reason, principal.span, sink);
        }
    }
}

fn mismatch(graph: &Graph<'_>, grant: &Grant) -> Option<Finding> {
    let p = &grant.permission;
    let principal = p.principal.as_str()?;
    let expected = PRESENTS.iter().find(|(name, _)| *name == principal)?.1;
    let arn = Arn::parse(&graph.names.text(&p.source_arn)?)?;
    let service = arn.service().as_known()?.to_owned();
    // An API's management ARN under the right principal is another mistake, told where the call is checked.
    if service == expected || service == "apigateway" || service.contains('*') {
        return None;
    }
    let right = PRESENTS.iter().find(|(_, s)| *s == service).map(|(name, _)| *name)?;
    if other_fits(graph, grant, right) {
        return None;
    }
    let help = match service == "sqs" {
        // A queue calls nothing: Lambda polls it with the function's role.
        true => "take the permission out: Lambda reads the queue by an event source mapping, with the function's role".to_owned(),
        false => format!("a source of {service} calls as `{right}`"),
    };
    let resource = graph.resource(p.id);
    Some(Finding {
        rule: RULE,
        severity: Severity::Error,
        message: Message::new(format!("`{}` never allows a call", resource.address)).because(match expected {
            "sqs" => format!("SQS calls no functions, and the source ARN is one of {service}"),
            _ => format!("{principal} presents ARNs of {expected}, the source ARN is one of {service}"),
        }),
        primary: Label::new(graph.place(p.id, &p.principal), format!("{principal} never has that source ARN")),
        related: vec![Label::new(graph.place(p.id, &p.source_arn), format!("an ARN of {service}"))],
        flow: Vec::new(),
        help: Some(Help { text: help, code: String::new() }),
        address: resource.address.clone(),
        key: "".into(),
    })
}

/// Why it is not known which service a permission with the source ARN of one is for.
fn unknown_principal(graph: &Graph<'_>, grant: &Grant) -> Option<String> {
    let p = &grant.permission;
    let arn = Arn::parse(&graph.names.text(&p.source_arn)?)?;
    let service = arn.service().as_known()?;
    PRESENTS.iter().find(|(_, presented)| *presented == service)?;
    let principal = graph.names.text(&p.principal)?;
    let hole = principal.holes()?.iter().find(|part| matches!(part, Part::Unknown(_)))?;
    let Part::Unknown(unknown) = hole else { return None };
    let may_differ = PRESENTS.iter().any(|(name, s)| *s != service && text::same(&principal, &Text::literal(*name)) != Answer::No);
    may_differ.then(|| format!("the principal is not known: {}", unknown.message))
}

/// Whether another permission on the same function lets the source's service in.
fn other_fits(graph: &Graph<'_>, grant: &Grant, principal: &str) -> bool {
    graph.permissions.on_function_of(grant).any(|other| {
        let same_qualifier = match (&grant.target, &other.target) {
            (Some(a), Some(b)) => a.same_qualifier(b) != Answer::No,
            _ => true,
        };
        let same_source = match (graph.names.text(&grant.permission.source_arn), graph.names.text(&other.permission.source_arn)) {
            (Some(a), Some(b)) => text::same(&a, &b) != Answer::No,
            _ => true,
        };
        other.permission.principal.as_str() == Some(principal) && same_qualifier && same_source
    })
}
