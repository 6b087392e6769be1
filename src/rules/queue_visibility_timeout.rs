//! `queue-visibility-timeout`: a queue hides its messages for a shorter time than the function that it feeds may run.

use super::Sink;
use crate::finding::{Finding, Help, Label, Severity, Undecided};
use crate::graph::Graph;
use crate::graph::functions::function_ref;
use crate::model::Entity;
use crate::model::lambda::{EventSourceMapping, Function};
use crate::model::messaging::Queue;
use crate::rules::support::mend::{Dialect, dialect};
use crate::value::Value;

const RULE: &str = "queue-visibility-timeout";

/// Seconds, where the queue does not say.
const QUEUE_DEFAULT: i64 = 30;
/// Seconds, where the function does not say.
const FUNCTION_DEFAULT: i64 = 3;

/// Checks every event source mapping from a queue of the unit to a function of the unit.
pub fn check(graph: &Graph<'_>, sink: &mut Sink) {
    for mapping in graph.all::<EventSourceMapping>() {
        let Some(queue) = graph.referent(&mapping.source).filter(|r| Queue::KINDS.contains(&r.kind.as_str())) else { continue };
        let function = function_ref(&graph.names, &mapping.function).and_then(|f| graph.functions.function(&f));
        let Some(function) = function.map(|id| graph.resource(id)) else { continue };
        let (queue, function) = (Queue::read(queue), Function::read(function));
        let undecided = |value: &Value| Undecided {
            rule: RULE,
            address: graph.resource(queue.id).address.clone(),
            span: graph.resource(queue.id).name_span,
            reason: value.first_unknown().map_or_else(|| format!("`{value}` is no number"), |h| h.message()),
            cause: value.span,
        };
        match (seconds(&queue.visibility_timeout, QUEUE_DEFAULT), seconds(&function.timeout, FUNCTION_DEFAULT)) {
            (Some(visible), Some(timeout)) if visible < timeout => {
                sink.findings.push(finding(graph, &queue, &function, &mapping, visible, timeout))
            }
            (Some(_), Some(_)) => {}
            (None, _) => sink.undecided.push(undecided(&queue.visibility_timeout)),
            (_, None) => sink.undecided.push(undecided(&function.timeout)),
        }
    }
}

fn seconds(value: &Value, default: i64) -> Option<i64> {
    if value.is_null() { Some(default) } else { value.as_i64() }
}

fn finding(graph: &Graph<'_>, queue: &Queue, function: &Function, mapping: &EventSourceMapping, visible: i64, timeout: i64) -> Finding {
    let address = &graph.resource(queue.id).address;
    let name = &graph.resource(function.id).address;
    let said = if queue.visibility_timeout.is_null() { " (the default)" } else { "" };
    let code = match dialect(graph) {
        Dialect::Terraform => format!("visibility_timeout_seconds = {}", timeout * 6),
        Dialect::Yaml => format!("VisibilityTimeout: {}", timeout * 6),
        Dialect::Json => format!("\"VisibilityTimeout\": {}", timeout * 6),
    };
    Finding {
        rule: RULE,
        severity: Severity::Error,
        message: format!(
            "the event source mapping is refused with \"Queue visibility timeout: {visible} seconds is less than Function timeout: {timeout} seconds\": `{address}` feeds `{name}`"
        ).into(),
        primary: Label::new(graph.place(queue.id, &queue.visibility_timeout), format!("visibility timeout {visible} seconds{said}")),
        related: vec![
            Label::new(graph.place(function.id, &function.timeout), format!("the function may run for {timeout} seconds")),
            Label::new(graph.resource(mapping.id).name_span, "the mapping that joins them"),
        ],
        flow: Vec::new(),
        help: Some(Help { text: "set it to six times the function's timeout, as AWS advises:".to_owned(), code }),
        address: address.clone(),
        key: name.clone(),
    }
}
