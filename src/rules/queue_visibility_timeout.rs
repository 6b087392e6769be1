//! `queue-visibility-timeout`: a queue hides its messages for a shorter time than the function that it feeds may run.

use super::Sink;
use super::support::place::{further, severity};
use super::support::role;
use crate::finding::{Finding, Help, Label, Message, Severity};
use crate::gap::{Gap, Known};
use crate::graph::Graph;
use crate::graph::event_sources::Source;
use crate::graph::roles::presence;
use crate::model::Entity;
use crate::model::lambda::{EventSourceMapping, Function};
use crate::model::messaging::Queue;
use crate::rules::support::mend::{Dialect, dialect};
use crate::value::{Guard, Value};

const RULE: &str = "queue-visibility-timeout";

/// Seconds, where the queue does not say.
const QUEUE_DEFAULT: i64 = 30;
/// Seconds, where the function does not say.
const FUNCTION_DEFAULT: i64 = 3;

/// Checks every event source mapping from a queue of the unit.
pub fn check(graph: &Graph<'_>, sink: &mut Sink) {
    if graph.of_kinds(Queue::KINDS).next().is_none() {
        return;
    }
    for mapping in graph.all::<EventSourceMapping>() {
        let pairs = pairs(graph, &mapping);
        if let Some(gap) = &pairs.gap {
            sink.gap(graph, RULE, mapping.id, gap);
        }
        check_pairs(graph, &mapping, &pairs, sink);
    }
}

/// A queue and the function that a mapping feeds from it.
struct Pair {
    queue: Queue,
    function: Function,
    /// When the mapping joins the two.
    guard: Guard,
}

/// Two timeouts that do not go together.
struct Broken<'a> {
    pair: &'a Pair,
    visible: i64,
    timeout: i64,
    guard: Guard,
}

/// What a mapping joins, in each case that its conditions leave.
fn pairs(graph: &Graph<'_>, mapping: &EventSourceMapping) -> Known<Pair> {
    let exists = presence(graph.resource(mapping.id));
    let mut out = Known::default();
    for (when, source) in mapping.source.alternatives() {
        let queue = match queue(graph, &source) {
            Ok(Some(queue)) => queue,
            Ok(None) => continue,
            Err(gap) => {
                out.open(|| gap);
                continue;
            }
        };
        for (inner, named) in mapping.function.alternatives() {
            let parts = [&when, &inner, &presence(graph.resource(queue.id))];
            let guard = parts.into_iter().try_fold(exists.clone(), |all, part| all.and(part));
            let Some(guard) = guard else { continue };
            match role::function(graph, &named, mapping.id) {
                Ok(function) => {
                    let guard = guard.and(&presence(graph.resource(function.id)));
                    out.items.extend(guard.map(|guard| Pair { queue: queue.clone(), function, guard }));
                }
                Err(reason) => out.open(|| Gap::new(reason, named.span)),
            }
        }
    }
    out
}

/// The queue of the unit that a mapping reads; `Ok(None)` where it reads something else.
fn queue(graph: &Graph<'_>, source: &Value) -> Result<Option<Queue>, Gap> {
    let arn = match graph.event_source(source) {
        Source::Known(_, arn) => arn,
        Source::Other => return Ok(None),
        Source::Unknown(reason, cause) => return Err(Gap::new(reason, cause)),
    };
    let found = graph.referent(source).or_else(|| graph.owner_of_arn(&arn));
    Ok(found.filter(|r| Queue::KINDS.contains(&r.kind.as_str())).map(Queue::read))
}

fn check_pairs(graph: &Graph<'_>, mapping: &EventSourceMapping, pairs: &Known<Pair>, sink: &mut Sink) {
    let mut broken: Vec<Broken<'_>> = Vec::new();
    let mut everywhere = pairs.gap.is_none();
    for pair in &pairs.items {
        for (when, visible) in pair.queue.visibility_timeout.alternatives() {
            for (inner, timeout) in pair.function.timeout.alternatives() {
                let Some(guard) = pair.guard.and(&when).and_then(|g| g.and(&inner)) else { continue };
                match shorter(&visible, &timeout) {
                    Ok(Some((visible, timeout))) => broken.push(Broken { pair, visible, timeout, guard }),
                    Ok(None) => everywhere = false,
                    Err(gap) => {
                        everywhere = false;
                        sink.gap(graph, RULE, pair.queue.id, &gap);
                    }
                }
            }
        }
    }
    let mut told: Vec<(&Broken<'_>, Guard)> = Vec::new();
    for one in &broken {
        let same = |other: &Broken<'_>| (other.pair.queue.id, other.pair.function.id) == (one.pair.queue.id, one.pair.function.id);
        if !told.iter().any(|(other, _)| same(other)) {
            // Where every case is broken, none of the conditions matters.
            let when = if everywhere { Guard::always() } else { further(graph.resource(mapping.id), &one.guard) };
            told.push((one, when));
        }
    }
    sink.findings.extend(told.iter().map(|(one, when)| finding(graph, mapping, one, when)));
}

/// The two timeouts, where the queue's is the shorter.
fn shorter(visible: &Value, timeout: &Value) -> Result<Option<(i64, i64)>, Gap> {
    let (visible, timeout) = (seconds(visible, QUEUE_DEFAULT)?, seconds(timeout, FUNCTION_DEFAULT)?);
    Ok((visible < timeout).then_some((visible, timeout)))
}

fn seconds(value: &Value, default: i64) -> Result<i64, Gap> {
    if value.is_null() {
        return Ok(default);
    }
    value.as_i64().ok_or_else(|| Gap::of_or(value, || format!("`{value:#}` is no number")))
}

fn finding(graph: &Graph<'_>, mapping: &EventSourceMapping, broken: &Broken<'_>, when: &Guard) -> Finding {
    let Broken { pair: Pair { queue, function, .. }, visible, timeout, .. } = broken;
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
        severity: severity(when, Severity::Error),
        message: Message::new(format!("`{name}` cannot read `{address}`")).under(when)
            .because(format!("its timeout of {timeout} s is longer than the queue's visibility timeout, {visible} s"))
            .note(format!(
                "the event source mapping is refused with \"Queue visibility timeout: {visible} seconds is less than Function timeout: {timeout} seconds\""
            )),
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
