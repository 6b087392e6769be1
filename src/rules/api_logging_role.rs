//! `api-logging-role`: API Gateway has no role that it could write the logs of a stage with.

use super::Sink;
use super::support::mend::{Dialect, dialect};
use super::support::role::{self, Demand};
use crate::finding::{Finding, Help, Label, Message, Severity};
use crate::graph::Graph;
use crate::graph::roles::{RoleRef, presence};
use crate::graph::stage_logs::StageLog;
use crate::iam::{Caller, Need};
use crate::model::api_gateway::Account;
use crate::source::Span;
use crate::text::Answer;
use crate::value::{Part, Reason, ResourceId, Text, Unknown};

const RULE: &str = "api-logging-role";
const SERVICE: &str = "apigateway.amazonaws.com";

/// Checks the account's role, or that there is one where stages log.
pub fn check(graph: &Graph<'_>, sink: &mut Sink) {
    let accounts: Vec<Account> = graph.all::<Account>();
    for account in accounts.iter().filter(|a| !a.logging_role.is_null()) {
        if check_trust(graph, account, sink) {
            check_actions(graph, account, sink);
        }
    }
    // A setting without a role leaves the account as one without the setting.
    if accounts.iter().all(|a| a.logging_role.is_null()) {
        check_stages(graph, sink);
    }
}

/// Whether the role's policies are worth a look: they are not where API Gateway may not assume it.
fn check_trust(graph: &Graph<'_>, account: &Account, sink: &mut Sink) -> bool {
    let mut trusted = true;
    for (_, found) in graph.roles_of(&account.logging_role) {
        let RoleRef::Unit(id) = found else { continue };
        let trust = graph.trusts(id, SERVICE);
        match trust.answer {
            Answer::Yes => {}
            Answer::Maybe => role::undecided(graph, RULE, account.id, trust.reason, trust.span, sink),
            Answer::No => {
                trusted = false;
                sink.findings.push(untrusted(graph, account, id, trust.span));
            }
        }
    }
    trusted
}

fn untrusted(graph: &Graph<'_>, account: &Account, id: ResourceId, span: Span) -> Finding {
    let (resource, role) = (graph.resource(account.id), graph.resource(id));
    Finding {
        rule: RULE,
        severity: Severity::Error,
        message: Message::new(format!("`{SERVICE}` may not assume role `{}` of `{}`", role.address, resource.address))
            .note("the deploy fails with \"The role ARN does not have required permissions configured\""),
        primary: Label::new(span, format!("does not let `{SERVICE}` assume the role")),
        related: vec![Label::new(account.logging_role.span.or(resource.name_span), "API Gateway is to write logs with this role")],
        flow: Vec::new(),
        help: Some(Help { text: format!("let `{SERVICE}` assume the role"), code: String::new() }),
        address: resource.address.clone(),
        key: role.address.clone(),
    }
}

fn check_actions(graph: &Graph<'_>, account: &Account, sink: &mut Sink) {
    let resource = graph.resource(account.id);
    let group = Part::Unknown(Unknown::new(Reason::Computed, "group", "the log group is not known", Span::NONE));
    let prefix = graph.names.fill_template(account.id, "arn:{P}:logs:{R}:{A}:log-group:");
    let arn = Text::concat([&prefix, &Text::from_parts([group])]);
    let on = |action: &str| vec![Need::on(action, arn.clone(), Caller::Function)];
    let demand = Demand {
        rule: RULE,
        severity: Severity::Error,
        subject: account.id,
        key: Default::default(),
        role: account.logging_role.clone(),
        guard: presence(resource),
        needs: ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"].map(on).to_vec(),
        on: Default::default(),
        consequence: Message::new(format!("`{}` is refused, or no stage writes logs", resource.address))
            .note("the deploy fails with \"The role ARN does not have required permissions configured\""),
        cause: Label::new(account.logging_role.span.or(resource.name_span), "API Gateway is to write logs with this role"),
    };
    role::check(graph, &demand, sink);
}

/// One note for all stages that log.
fn check_stages(graph: &Graph<'_>, sink: &mut Sink) {
    let logs = graph.stage_logs();
    let (sure, open): (Vec<&StageLog>, Vec<&StageLog>) = logs.iter().partition(|log| log.answer == Answer::Yes);
    let Some(first) = sure.first().or(open.first()) else { return };
    if let Some(opaque) = graph.unit.opaque.first() {
        let reason = format!("`{}` ({}) cannot be seen into and may set the account's logging role", opaque.address, opaque.source);
        return role::undecided(graph, RULE, first.resource, reason, opaque.span, sink);
    }
    if sure.is_empty() {
        let why = first.value.first_unknown().map_or_else(|| "the kind of its API is not known".to_owned(), |hole| hole.message());
        let reason = format!("whether the stage logs with the account's role is not known: {why}");
        return role::undecided(graph, RULE, first.resource, reason, first.value.span, sink);
    }
    sink.findings.push(unset(graph, first, &sure[1..]));
}

fn unset(graph: &Graph<'_>, first: &StageLog, others: &[&StageLog]) -> Finding {
    let resource = graph.resource(first.resource);
    let kind = if dialect(graph) == Dialect::Terraform { "aws_api_gateway_account" } else { "AWS::ApiGateway::Account" };
    let related = others.iter().map(|log| Label::new(log.value.span.or(graph.resource(log.resource).name_span), "logs too"));
    Finding {
        rule: RULE,
        severity: Severity::Note,
        message: Message::new(format!("`{}` logs, and no `{kind}` here names a role for it", resource.address)).note(
            "the deploy fails with \"CloudWatch Logs role ARN must be set in account settings to enable logging\" unless the account has a logging role already",
        ),
        primary: Label::new(first.value.span.or(resource.name_span), "this stage logs"),
        related: related.collect(),
        flow: Vec::new(),
        help: Some(Help {
            text: format!("set the role once for each account and region with `{kind}`; where another stack does, suppress this note"),
            code: String::new(),
        }),
        address: resource.address.clone(),
        key: Default::default(),
    }
}
