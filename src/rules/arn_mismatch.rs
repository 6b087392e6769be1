//! `arn-mismatch`: an ARN that cannot be right. See `rules/arn-mismatch.md`.

use std::collections::{HashMap, HashSet};

use super::Sink;
use super::support::endpoint::{assignment, is_placeholder, own_arn};
use super::support::mend::{Dialect, dialect, hcl_string, local_address, scope, sub_string};
use super::support::place::{further, severity};
use crate::finding::{Finding, Help, Label, Message, Severity, Undecided};
use crate::graph::Graph;
use crate::graph::arns::{ArnUse, Flaw};
use crate::graph::endpoints::Shape;
use crate::graph::functions::function_ref;
use crate::graph::policy_resources::{NamedResource, Reader};
use crate::model::lambda::Permission;
use crate::model::{Entity, names};
use crate::unit::Resource;
use crate::value::{Str, Text, Value};

const RULE: &str = "arn-mismatch";

/// Calls that other rules report, by principal: a permission for one of them is named there.
type Told = HashMap<String, HashSet<Str>>;

/// Checks every ARN of the unit, and what stands where one has to be.
pub fn check(graph: &Graph<'_>, sink: &mut Sink) {
    let mut told = Told::new();
    for found in graph.arn_uses() {
        check_arn(graph, &found, &mut told, sink);
    }
    for (id, attribute, value) in graph.names_for_arns() {
        let resource = graph.resource(id);
        if is_placeholder(&value) || is_told(graph, resource, &mut told) {
            continue;
        }
        let message = Message::new(format!("`{attribute}` of `{}` takes an ARN, and is given the name `{value:#}`", resource.address))
            .note("the deploy fails with \"Member must satisfy regular expression pattern: arn:…\"");
        let help = match own_arn(graph, id, &value, &|_| true) {
            Some(expression) => assignment(graph, "name the resource by its ARN:", attribute, &expression),
            None => Help { text: "write the ARN".to_owned(), code: String::new() },
        };
        sink.findings.push(finding(resource, &value, message, help));
    }
    for (id, attribute, value, shape) in graph.no_functions().into_iter().filter(|(_, _, value, _)| !is_placeholder(value)) {
        let resource = graph.resource(id);
        let takes = format!("`{attribute}` of `{}` takes a function's name or ARN", resource.address);
        let message = Message::new(takes)
            .because(format!("`{value:#}` is {}", shape.described()))
            .note("the deploy fails with \"Member must satisfy regular expression pattern\"");
        let help = match own_arn(graph, id, &value, &|service| service == "lambda") {
            Some(expression) => assignment(graph, "name the function by its ARN:", attribute, &expression),
            None => Help { text: "write the function's name or ARN".to_owned(), code: String::new() },
        };
        sink.findings.push(finding(resource, &value, message, help));
    }
    for found in graph.named_policy_resources().into_iter().filter(|found| !is_placeholder(&found.value)) {
        sink.findings.push(named_resource(graph, &found));
    }
}

fn check_arn(graph: &Graph<'_>, found: &ArnUse, told: &mut Told, sink: &mut Sink) {
    let resource = graph.resource(found.resource);
    let (flaw, open) = graph.arn_flaw(found);
    let made_up = flaw.as_ref().and_then(Flaw::made_up).map(str::to_owned);
    // What a script fills in is known to whoever left it there; where it stands for an account or region alone, a note may help.
    if made_up.is_none() && is_placeholder(&found.value) {
        return;
    }
    if let Some(reason) = open {
        let span = found.value.span.or(resource.name_span);
        sink.undecided.push(Undecided { rule: RULE, address: resource.address.clone(), span, reason, cause: span });
    }
    let flaw = flaw.map(|flaw| explained(graph, resource, &flaw, found)).or_else(|| regions(graph, found));
    let Some((consequence, why, help)) = flaw.filter(|_| !is_told(graph, resource, told)) else { return };
    let plain = finding(resource, &found.value, Message::new(consequence.as_str()).because(why.as_str()), help);
    sink.findings.push(match made_up {
        Some(written) => Finding {
            severity: Severity::Note,
            message: Message::new(format!("unless `{written}` is replaced, `{}` of `{}` is wrong", found.attribute, resource.address))
                .because(why)
                .note(consequence),
            ..plain
        },
        None => plain,
    });
}

/// A statement that names what it is for, where IAM takes only ARNs.
fn named_resource(graph: &Graph<'_>, found: &NamedResource) -> Finding {
    let (holder, value) = (graph.resource(found.holder), &found.value);
    let when = further(holder, &found.guard);
    let consequence = match found.reader {
        Reader::Iam => {
            let shown = value.as_str().unwrap_or("…");
            format!("the deploy fails with \"Resource {shown} must be in ARN format or \"*\"\"")
        }
        Reader::Bucket => "the deploy fails with \"Policy has invalid resource\"".to_owned(),
        Reader::Resource => "the deploy fails, or the statement is about nothing".to_owned(),
    };
    let what = if matches!(found.shape, Shape::Url(_)) { "a URL" } else { "a name" };
    let made_for = holder.origin.as_ref().map_or_else(String::new, |origin| format!(" of {origin}"));
    let owner = format!("`{}`{made_for}", holder.address);
    let message = Message::new(format!("`{}` in a policy of {owner} takes an ARN", found.element))
        .because(format!("`{value:#}` is {what}"))
        .note(consequence)
        .under(&when);
    let element = match dialect(graph) {
        Dialect::Terraform => "Resource",
        _ => found.element.as_str(),
    };
    let help = match own_arn(graph, found.holder, value, &|_| true) {
        Some(expression) => assignment(graph, "name the resource by its ARN:", element, &expression),
        None => Help { text: "write the ARN".to_owned(), code: String::new() },
    };
    let key = format!("{} {value}", found.element).into();
    Finding { severity: severity(&when, Severity::Error), key, ..finding(holder, value, message, help) }
}

/// Whether the resource is a permission on a function for which another rule reports that nothing covers the call.
fn is_told(graph: &Graph<'_>, resource: &Resource, told: &mut Told) -> bool {
    if !Permission::KINDS.contains(&resource.kind.as_str()) {
        return false;
    }
    let p = Permission::read(resource);
    let Some(principal) = p.principal.as_str() else { return false };
    let function = function_ref(&graph.names, &p.function, graph.resource(p.id)).and_then(|f| names::key(&f.name));
    let uncovered = told.entry(principal.to_owned()).or_insert_with(|| graph.uncovered_functions(principal));
    function.is_some_and(|name| uncovered.contains(&name))
}

/// Consequence, cause and mend of a flaw.
fn explained(graph: &Graph<'_>, resource: &Resource, flaw: &Flaw, found: &ArnUse) -> (String, String, Help) {
    let value = &found.value;
    let address = &resource.address;
    let no_code = |text: &str| Help { text: text.to_owned(), code: String::new() };
    let broken = format!("the ARN in `{}` of `{address}` names nothing", found.attribute);
    match flaw {
        Flaw::Placeholder => (
            broken,
            format!("`{value}` is plain text, in which CloudFormation replaces nothing"),
            Help {
                text: "let `Fn::Sub` replace it:".to_owned(),
                code: match dialect(graph) {
                    Dialect::Json => format!("{{ \"Fn::Sub\": \"{value}\" }}"),
                    _ => format!("!Sub \"{value}\""),
                },
            },
        ),
        Flaw::Parts(count) => (
            broken,
            format!("`{value:#}` has {count} parts, and an ARN has six: `arn:partition:service:region:account:resource`"),
            no_code("write all six parts; region and account stay empty where the service has none"),
        ),
        Flaw::Account(account) => (
            broken,
            format!("`{value:#}` has `{account}` where an account id of 12 digits belongs"),
            no_code("write the account's 12 digits, without dashes, or refer to the account that the deploy goes to"),
        ),
        Flaw::Region(region) => (
            broken,
            format!("`{value:#}` has `{region}` where a region such as `eu-west-1` belongs"),
            no_code("write a region, or refer to the one that the deploy goes to"),
        ),
        Flaw::Partition(partition, expected) => (
            broken,
            format!("`{value:#}` is of the partition `{partition}`, and its region is in `{expected}`"),
            no_code("write the partition of the region, or refer to the one that the deploy goes to"),
        ),
        Flaw::Differs(what, written, right, owner, rest) => {
            let owner = graph.resource(*owner);
            let help = match scope(owner) == scope(resource) {
                true => Help { text: format!("let `{}` say where it is:", owner.address), code: whole(graph, owner, rest) },
                false => no_code(&format!("refer to the {what} in place of `{written}`")),
            };
            let why = format!("`{value:#}` is in {what} `{written}`, and `{}` is in `{right}`", owner.address);
            (format!("the ARN in `{}` of `{address}` does not match `{}`", found.attribute, owner.address), why, help)
        }
    }
}

/// The ARN of a resource by reference, and what follows it.
fn whole(graph: &Graph<'_>, owner: &Resource, rest: &Text) -> String {
    let name = local_address(owner);
    let attribute = if owner.kind.ends_with("_api") { "execution_arn" } else { "arn" };
    let arn = ["Arn", "Ref"].into_iter().find(|a| graph.names.attribute(owner.id, a).parts().len() > 1);
    let whole = Text::concat([&graph.names.fill_template(owner.id, "arn:{P}:execute-api:{R}:{A}:{id}"), rest]);
    match (dialect(graph), arn) {
        (Dialect::Terraform, _) => format!("\"${{{name}.{attribute}}}{}\"", hcl_string(graph, rest)),
        (_, Some("Ref")) => format!("!Sub \"${{{name}}}{}\"", sub_string(graph, rest)),
        (_, Some(path)) => format!("!Sub \"${{{name}.{path}}}{}\"", sub_string(graph, rest)),
        (_, None) => format!("!Sub \"{}\"", sub_string(graph, &whole)),
    }
}

fn regions(graph: &Graph<'_>, found: &ArnUse) -> Option<(String, String, Help)> {
    let (outer, inner) = graph.invoke_regions(found)?;
    let address = &graph.resource(found.resource).address;
    Some((
        format!("calls of `{address}` fail, since the function is in `{inner}`, not in `{outer}`"),
        format!(
            "the error is \"Functions from '{inner}' are not reachable in this region ('{outer}')\": `{:#}` names both regions",
            found.value
        ),
        Help { text: format!("write `{inner}` in both places, or refer to the function's invoke ARN"), code: String::new() },
    ))
}

fn finding(resource: &Resource, value: &Value, message: Message, help: Help) -> Finding {
    Finding {
        rule: RULE,
        severity: Severity::Error,
        message,
        primary: Label::new(value.span.or(resource.name_span), "cannot be right"),
        related: Vec::new(),
        flow: Vec::new(),
        help: Some(help),
        address: resource.address.clone(),
        key: value.to_string().into(),
    }
}
