//! `permission-other-account`: a permission on a function of another account, whose policy this deploy may not change.

use super::Sink;
use super::support::place::{further, severity};
use crate::finding::{Finding, Help, Label, Message, Severity, Undecided};
use crate::graph::Graph;
use crate::graph::functions::FunctionRef;
use crate::graph::roles::presence;
use crate::model::lambda::Permission;
use crate::text::{self, Answer};
use crate::unit::Resource;
use crate::value::{Guard, Part, Text, Value};

const RULE: &str = "permission-other-account";

/// Checks every permission that names its function by an ARN with an account in it.
pub fn check(graph: &Graph<'_>, sink: &mut Sink) {
    for permission in graph.all::<Permission>() {
        let resource = graph.resource(permission.id);
        for (inner, function) in permission.function.alternatives() {
            let named = graph.names.text(&function).and_then(|text| FunctionRef::parse(&text));
            let Some(FunctionRef { account: Some(account), name, .. }) = named else { continue };
            // What a reference gives is in the account of what it refers to; what nobody wrote is no other account.
            if !is_written(&account) {
                continue;
            }
            let Some(when) = presence(resource).and(&inner) else { continue };
            match text::same(&account, &graph.names.account_of(resource)) {
                Answer::Yes => {}
                Answer::No => sink.findings.push(finding(graph, resource, &function, (&name, &account), &when)),
                // Whose account it is, is known to whoever wrote the ARN.
                Answer::Maybe => sink.unlisted.push(Undecided {
                    rule: RULE,
                    address: resource.address.clone(),
                    span: function.span.or(resource.name_span),
                    reason: format!("whether account {account} is another one is not known: give the own one with --account-id"),
                    cause: function.span,
                }),
            }
        }
    }
}

fn is_written(account: &Text) -> bool {
    matches!(account.parts().as_slice(), [Part::Literal(digits)] if digits.len() == 12 && digits.bytes().all(|b| b.is_ascii_digit()))
}

fn finding(graph: &Graph<'_>, resource: &Resource, function: &Value, (name, account): (&Text, &Text), when: &Guard) -> Finding {
    let own = graph.names.account_of(resource);
    let by_sam = resource.origin.is_some();
    let headline = format!("`{}` cannot be created: function `{name:#}` is in account {account}", resource.address);
    let message = Message::new(headline)
        .under(&further(resource, when))
        .because(format!("the deploy is in account {own}, which may not change the policy of that function"))
        .note("the deploy fails with \"AccessDeniedException\" on lambda:AddPermission");
    let (text, code) = match by_sam {
        true => (
            "let SAM make no permission for the authorizer, and have the function's own account let API Gateway in:",
            "DisableFunctionDefaultPermissions: true",
        ),
        false => ("declare the permission where the function is, in its own account", ""),
    };
    Finding {
        rule: RULE,
        severity: severity(when, Severity::Error),
        message,
        primary: Label::new(function.span.or(resource.name_span), format!("a function of account {account}")),
        related: vec![Label::new(resource.name_span, "the permission on it")],
        flow: Vec::new(),
        help: Some(Help { text: text.to_owned(), code: code.to_owned() }),
        address: resource.address.clone(),
        key: account.to_string().into(),
    }
}
