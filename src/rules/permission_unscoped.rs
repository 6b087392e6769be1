//! `permission-unscoped`: a service may invoke the function for any account's resources.

use super::Sink;
use crate::finding::{Finding, Help, Label, Message, Severity};
use crate::graph::Graph;
use crate::graph::functions::has_unknown;
use crate::graph::permissions::{all_hold, invokes, is_absent};
use crate::model::lambda::Permission;
use crate::rules::support::mend::{Dialect, dialect, is_modelled};
use crate::text::{self, Answer};
use crate::value::Value;

const RULE: &str = "permission-unscoped";

/// Services whose source cannot be named beforehand, or that name it by themselves.
const EXEMPT: [&str; 8] = [
    // A target group takes functions of its own account only (Elastic Load Balancing, "Lambda functions as targets").
    "elasticloadbalancing.amazonaws.com",
    // Macros: what a statement for them could name is not documented.
    "cloudformation.amazonaws.com",
    "lex.amazonaws.com",
    "lexv2.amazonaws.com",
    "connect.amazonaws.com",
    "edgelambda.amazonaws.com",
    "replicator.lambda.amazonaws.com",
    "lambda.amazonaws.com",
];

/// Checks every permission.
pub fn check(graph: &Graph<'_>, sink: &mut Sink) {
    for grant in graph.permissions.all() {
        let p = &grant.permission;
        let resource = graph.resource(p.id);
        // What the translator writes is not the owner's to change.
        if resource.origin.is_some() && !is_modelled(resource) {
            continue;
        }
        let scopes = [&p.source_arn, &p.source_account, &p.principal_org_id, &p.event_source_token];
        let absent = scopes.into_iter().map(|value| (is_absent(value), value));
        let unscoped_service = [(is_service(graph, &p.principal), &p.principal), (invokes(&p.action), &p.action)].into_iter().chain(absent);
        match (all_hold(unscoped_service), p.principal.as_str()) {
            (Ok(true), Some(principal)) => sink.findings.push(unscoped(graph, p, principal)),
            (Ok(false), Some("s3.amazonaws.com"))
                if invokes(&p.action) == Answer::Yes && p.source_account.is_null() && is_absent(&p.source_arn) == Answer::No =>
            {
                sink.findings.push(bucket_without_account(graph, p));
            }
            (Ok(_), _) => {}
            (Err(gap), _) => sink.gap(graph, RULE, p.id, &gap),
        }
    }
}

/// Whether a principal is a service whose source can be named beforehand.
fn is_service(graph: &Graph<'_>, principal: &Value) -> Answer {
    let service = |name: &str| [".amazonaws.com", ".amazon.com"].iter().any(|end| name.ends_with(end)) && !EXEMPT.contains(&name);
    match (principal.as_str(), graph.names.text(principal)) {
        (Some(known), _) => service(known).into(),
        // An account, or the ARN of a role: none of a service.
        (None, Some(text)) if has_unknown(&text) && text::strip_prefix(&text, "arn:").is_none() => Answer::Maybe,
        _ => Answer::No,
    }
}

fn unscoped(graph: &Graph<'_>, p: &Permission, principal: &str) -> Finding {
    let address = &graph.resource(p.id).address;
    // AWS makes the name in a Config rule's ARN, so that no permission can name it beforehand.
    let help = match (principal, dialect(graph)) {
        ("config.amazonaws.com", dialect) => {
            Help { text: "name the account whose rules call:".to_owned(), code: own_account(dialect).to_owned() }
        }
        (_, Dialect::Terraform) => Help { text: "name the resource that calls, in `source_arn`".to_owned(), code: String::new() },
        _ => Help { text: "name the resource that calls, in `SourceArn`".to_owned(), code: String::new() },
    };
    Finding {
        rule: RULE,
        severity: Severity::Warning,
        message: Message::new(format!("`{address}` lets {principal} invoke the function for anyone"))
            .note(format!("whoever can set up {principal} in any AWS account can invoke it"))
            .note("it names no source ARN, account or organisation"),
        primary: Label::new(graph.place(p.id, &p.principal), format!("{principal}, whoever it works for")),
        related: Vec::new(),
        flow: Vec::new(),
        help: Some(help),
        address: address.clone(),
        key: "".into(),
    }
}

fn own_account(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Terraform => "source_account = data.aws_caller_identity.current.account_id",
        Dialect::Yaml => "SourceAccount: !Ref AWS::AccountId",
        Dialect::Json => "\"SourceAccount\": { \"Ref\": \"AWS::AccountId\" }",
    }
}

fn bucket_without_account(graph: &Graph<'_>, p: &Permission) -> Finding {
    let resource = graph.resource(p.id);
    let code = own_account(dialect(graph));
    Finding {
        rule: RULE,
        severity: Severity::Note,
        message: Message::new(format!("`{}` names a bucket without its account", resource.address))
            .note("if the bucket is ever deleted, whoever takes its name can invoke the function: a bucket's ARN has no account"),
        primary: Label::new(graph.place(p.id, &p.source_arn), "a bucket name can be taken by another account"),
        related: Vec::new(),
        flow: Vec::new(),
        help: Some(Help { text: "name the bucket's account too:".to_owned(), code: code.to_owned() }),
        address: resource.address.clone(),
        key: "source account".into(),
    }
}
