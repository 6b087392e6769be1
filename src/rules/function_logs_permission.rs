//! `function-logs-permission`: the role of a function may not write its logs.

use std::sync::Arc;

use super::Sink;
use super::support::role::{self, Demand};
use crate::finding::{Label, Message, Severity};
use crate::graph::Graph;
use crate::graph::roles::presence;
use crate::iam::{Caller, Need, ResourceSet};
use crate::model::lambda::Function;
use crate::model::read;
use crate::source::Span;
use crate::text::{self, Answer};
use crate::unit::Resource;
use crate::value::{Part, Reason, Text, Unknown, Value};

const RULE: &str = "function-logs-permission";

/// Checks every function.
pub fn check(graph: &Graph<'_>, sink: &mut Sink) {
    for function in graph.all::<Function>() {
        let resource = graph.resource(function.id);
        let groups: Vec<Text> = function.log_group.alternatives().iter().map(|(_, group)| log_group(graph, &function, group)).collect();
        let Some(shown) = groups.first() else { continue };
        let demand = Demand {
            rule: RULE,
            severity: Severity::Warning,
            subject: function.id,
            key: Default::default(),
            role: function.role.clone(),
            guard: presence(resource),
            needs: needs(graph, &function, &groups),
            on: Default::default(),
            consequence: Message::new(match function.log_group.is_null() {
                true => format!("`{}` writes no logs", resource.address),
                false => format!("`{}` writes no logs to `{shown:#}`", resource.address),
            }),
            cause: Label::new(resource.name_span, format!("writes to log group `{shown:#}`")),
        };
        let before = (sink.findings.len(), sink.undecided.len());
        role::check(graph, &demand, sink);
        // Lambda makes the group that is named after the function; one that the function names is somebody's.
        if (sink.findings.len(), sink.undecided.len()) == before
            && function.log_group.is_null()
            && let Some(on) = made_by_lambda(graph, shown)
        {
            let consequence = Message::new(format!("`{}` writes no logs unless log group `{shown:#}` is there already", resource.address))
                .note("Lambda cannot make it");
            let needs = vec![on_group(graph, &function, "logs:CreateLogGroup", &groups)];
            role::check(graph, &Demand { severity: Severity::Note, key: "group".into(), needs, on, consequence, ..demand }, sink);
        }
    }
}

/// The log group: the one that the function names, or the one that is named after it.
fn log_group(graph: &Graph<'_>, function: &Function, named: &Value) -> Text {
    if let Some(text) = graph.names.text(named).filter(|text| !text.is_empty()) {
        return text;
    }
    let name = graph.names.attribute(function.id, if graph.resource(function.id).kind.contains("::") { "Ref" } else { "function_name" });
    Text::concat([&Text::literal("/aws/lambda/"), &name])
}

/// Who else may make a log group of that name; none where the unit does.
fn made_by_lambda(graph: &Graph<'_>, group: &Text) -> Option<Arc<ResourceSet>> {
    // The CDK sets how long logs are kept by a resource of its own, which makes the group.
    const KINDS: [&str; 3] = ["AWS::Logs::LogGroup", "aws_cloudwatch_log_group", "Custom::LogRetention"];
    let mut perhaps: Option<&Resource> = None;
    for resource in graph.of_kinds(&KINDS).chain(graph.data_of_kinds(&KINDS)) {
        let name = ["LogGroupName", "name"].iter().find_map(|path| graph.names.text(&read(&resource.attributes, path)));
        match name.map(|name| text::same(&name, group)) {
            Some(Answer::Yes) => return None,
            Some(Answer::Maybe) => perhaps = perhaps.or(Some(resource)),
            Some(Answer::No) | None => {}
        }
    }
    let opaque = graph.unit.opaque.first().map(|o| (o.address.as_str(), o.span));
    let maker = perhaps.map(|r| (r.address.as_str(), r.name_span)).or(opaque);
    Some(match maker {
        Some((address, span)) => role::unseen(format!("`{address}` may make the log group"), span),
        None => Arc::default(),
    })
}

/// A stream is made in the group, and events are put into the stream. Where a condition decides between groups, writing to one of
/// them will do.
fn needs(graph: &Graph<'_>, function: &Function, groups: &[Text]) -> Vec<Vec<Need>> {
    let (prefix, stream) = (prefix(graph, function), any_stream());
    let put = |group| Need::on("logs:PutLogEvents", Text::concat([&prefix, group, &stream]), Caller::Function);
    vec![on_group(graph, function, "logs:CreateLogStream", groups), groups.iter().map(put).collect()]
}

/// A call on the group itself: policies name it with and without `:*`.
fn on_group(graph: &Graph<'_>, function: &Function, action: &'static str, groups: &[Text]) -> Vec<Need> {
    let (prefix, stream) = (prefix(graph, function), any_stream());
    let both = |group: &Text| [Text::concat([&prefix, group, &stream]), Text::concat([&prefix, group])];
    groups.iter().flat_map(both).map(|arn| Need::on(action, arn, Caller::Function)).collect()
}

fn prefix(graph: &Graph<'_>, function: &Function) -> Text {
    graph.names.fill_template(function.id, "arn:{P}:logs:{R}:{A}:log-group:")
}

fn any_stream() -> Text {
    let stream = Part::Unknown(Unknown::new(Reason::Computed, "stream", "the stream is not known", Span::NONE));
    Text::from_parts([Part::Literal(":log-stream:".into()), stream])
}
