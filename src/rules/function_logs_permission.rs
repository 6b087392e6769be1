//! `function-logs-permission`: the role of a function may not write its logs.

use super::Sink;
use super::support::role::{self, Demand, ResourcePolicies};
use crate::finding::{Label, Severity};
use crate::graph::Graph;
use crate::graph::roles::presence;
use crate::iam::{Caller, Need};
use crate::model::lambda::Function;
use crate::source::Span;
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
            resource_policies: ResourcePolicies::None,
            consequence: format!("`{}` runs, and leaves no logs in `{shown}`", resource.address),
            cause: Label::new(resource.name_span, format!("writes to log group `{shown}`")),
        };
        role::check(graph, &demand, sink);
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

/// A stream is made in the group, and events are put into the stream. Policies name the group for the first with and without `:*`.
/// Where a condition decides between groups, writing to one of them will do.
fn needs(graph: &Graph<'_>, function: &Function, groups: &[Text]) -> Vec<Vec<Need>> {
    let stream = Part::Unknown(Unknown::new(Reason::Computed, "stream", "the stream is not known", Span::NONE));
    let stream = Text::from_parts([Part::Literal(":log-stream:".into()), stream]);
    let prefix = graph.names.fill_template(function.id, "arn:{P}:logs:{R}:{A}:log-group:");
    let on = |action: &str, arn: &[&Text]| Need::on(action, Text::concat(arn.iter().copied()), Caller::Function);
    let create = groups
        .iter()
        .flat_map(|group| [on("logs:CreateLogStream", &[&prefix, group, &stream]), on("logs:CreateLogStream", &[&prefix, group])]);
    let put = groups.iter().map(|group| on("logs:PutLogEvents", &[&prefix, group, &stream]));
    vec![create.collect(), put.collect()]
}
