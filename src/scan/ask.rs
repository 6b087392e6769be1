//! Questions about the relations of units: what to draw of them, and whether one node gets to another.

use std::collections::{BTreeSet, HashSet, VecDeque};

use super::wires::{Judge, draw, name, wire};
use crate::drawing::{Drawing, Verdict, Why, WhyWay};
use crate::graph::Graph;
use crate::graph::relations::{Node, Relation, Relations, Wire};
use crate::options::ResolveOptions;
use crate::secrets::Secrets;
use crate::unit::Unit;
use crate::value::{ResourceId, Str};

/// What is to be drawn.
#[derive(Clone, Debug, Default)]
pub struct DrawOptions {
    /// Whether the rules say which wires work.
    pub verdicts: bool,
    /// Whether mentions are drawn too, and what nothing else relates.
    pub mentions: bool,
    /// Only what is so many wires around a node.
    pub around: Option<(String, usize)>,
    /// Only the ways from one node to another.
    pub between: Option<(String, String)>,
}

/// Why a name means no node.
#[derive(Clone, Debug, thiserror::Error, PartialEq)]
pub enum NoSuch {
    /// It is like nothing that there is.
    #[error("nothing here is named `{0}`{1}")]
    Unknown(String, String),
    /// It is part of several names.
    #[error("`{0}` may be {1}")]
    Ambiguous(String, String),
}

impl NoSuch {
    /// The same without secrets in the names that it shows.
    fn redacted(mut self, secrets: &Secrets) -> Self {
        let (NoSuch::Unknown(_, names) | NoSuch::Ambiguous(_, names)) = &mut self;
        secrets.redact_in(names);
        self
    }
}

/// How many names a message shows.
const SHOWN: usize = 6;

/// Draws a unit; `None` where it does not have what is asked for.
pub fn drawing(unit: &Unit, options: &ResolveOptions, asked: &DrawOptions) -> Result<Drawing, NoSuch> {
    let mut drawing = drawn(unit, options, asked).map_err(|error| error.redacted(&unit.secrets))?;
    drawing.redact(&unit.secrets);
    Ok(drawing)
}

fn drawn(unit: &Unit, options: &ResolveOptions, asked: &DrawOptions) -> Result<Drawing, NoSuch> {
    let graph = Graph::new(unit, options);
    let relations = graph.relations();
    let judge = asked.verdicts.then(|| Judge::new(&graph));
    let all = || relations.wires().filter(|wire| asked.mentions || !wire.edge.relation.is_mention());
    if let Some((from, to)) = &asked.between {
        let (from, to) = (find(&graph, from)?, find(&graph, to)?);
        let ids: HashSet<_> = relations.ways(&from, &to).0.iter().flat_map(|way| &way.wires).map(|(wire, _)| wire.id).collect();
        let kept = |node: &Node| *node == from || *node == to;
        return Ok(draw(&graph, all().filter(|wire| ids.contains(&wire.id)), &kept, judge.as_ref()));
    }
    if let Some((address, depth)) = &asked.around {
        let center = find(&graph, address)?;
        let near = around(relations, &center, *depth);
        let inside = |wire: &Wire<'_>| near.contains(wire.from) && near.contains(wire.to);
        return Ok(draw(&graph, all().filter(inside), &|node| *node == center, judge.as_ref()));
    }
    let lonely = asked.mentions || all().next().is_none();
    Ok(draw(&graph, all(), &|_| lonely, judge.as_ref()))
}

/// The nodes within so many wires; a resource that declares a wire is where its ends are.
fn around(relations: &Relations, center: &Node, depth: usize) -> HashSet<Node> {
    let real = |wire: &Wire<'_>| !wire.edge.relation.is_mention();
    let mut near = HashSet::from([center.clone()]);
    let mut queue = VecDeque::from([(center.clone(), 0)]);
    if let Node::Resource(id) = center {
        for wire in relations.wires().filter(|wire| wire.edge.by == Some(*id)) {
            for end in [wire.from, wire.to] {
                if near.insert(end.clone()) {
                    queue.push_back((end.clone(), 1));
                }
            }
        }
    }
    while let Some((node, distance)) = queue.pop_front() {
        if distance >= depth {
            continue;
        }
        for wire in relations.from(&node).into_iter().chain(relations.into(&node)).filter(real) {
            for end in [wire.from, wire.to] {
                if near.insert(end.clone()) {
                    queue.push_back((end.clone(), distance + 1));
                }
            }
        }
    }
    near
}

/// Every name of a unit and what it names: resources first.
fn names(graph: &Graph<'_>) -> Vec<(Str, Node)> {
    let resources = graph.unit.resources.iter().map(|r| (r.address.clone(), Node::Resource(r.id)));
    let mut seen = HashSet::new();
    let others = graph.relations().wires().flat_map(|wire| [wire.from, wire.to]);
    let others = others.filter(|node| !matches!(node, Node::Resource(_) | Node::Stage(_)) && seen.insert((*node).clone()));
    resources.chain(others.map(|node| (name(graph, node), node.clone()))).collect()
}

/// The node that a name means: itself, the end of an address, or a part of one, whichever first is unambiguous.
fn find(graph: &Graph<'_>, wanted: &str) -> Result<Node, NoSuch> {
    let names = names(graph);
    let lower = wanted.to_lowercase();
    let ends = |name: &str| name.strip_suffix(wanted).is_some_and(|before| before.ends_with(['.', '/', ':']));
    let tests: [&dyn Fn(&str) -> bool; 4] =
        [&|name| name == wanted, &ends, &|name| name.to_lowercase() == lower, &|name| name.to_lowercase().contains(&lower)];
    for test in tests {
        let found: Vec<&(Str, Node)> = names.iter().filter(|(name, _)| test(name)).collect();
        match found.as_slice() {
            [] => {}
            [(_, node)] => return Ok(node.clone()),
            several => return Err(NoSuch::Ambiguous(wanted.to_owned(), listed(several.iter().map(|(name, _)| name.as_str())))),
        }
    }
    let mut near: Vec<(f64, &str)> =
        names.iter().map(|(name, _)| (likeness(&lower, name), name.as_str())).filter(|(l, _)| *l > 0.6).collect();
    near.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(b.1)));
    let near: Vec<&str> = near.into_iter().map(|(_, name)| name).take(SHOWN).collect();
    let hint = if near.is_empty() { String::new() } else { format!("; near to it: {}", listed(near.into_iter())) };
    Err(NoSuch::Unknown(wanted.to_owned(), hint))
}

/// How like a name is to what was asked for: the whole address, or its last part.
fn likeness(wanted: &str, name: &str) -> f64 {
    let lower = name.to_lowercase();
    let last = lower.rsplit('.').next().unwrap_or_default();
    strsim::jaro_winkler(wanted, &lower).max(strsim::jaro_winkler(wanted.rsplit('.').next().unwrap_or_default(), last))
}

fn listed<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let sorted: BTreeSet<&str> = names.collect();
    let more = sorted.len().saturating_sub(SHOWN);
    let mut out = sorted.into_iter().take(SHOWN).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    if more > 0 {
        out.push_str(&format!(" and {more} more"));
    }
    out
}

/// Whether one node of a unit may call, read or reach another.
pub fn why(unit: &Unit, options: &ResolveOptions, from: &str, to: &str) -> Result<Why, NoSuch> {
    let mut why = asked(unit, options, from, to).map_err(|error| error.redacted(&unit.secrets))?;
    why.redact(&unit.secrets);
    Ok(why)
}

fn asked(unit: &Unit, options: &ResolveOptions, from: &str, to: &str) -> Result<Why, NoSuch> {
    let graph = Graph::new(unit, options);
    let relations = graph.relations();
    let (start, end) = (find(&graph, from)?, find(&graph, to)?);
    let judge = Judge::new(&graph);
    let (found, cut) = relations.ways(&start, &end);
    let ways: Vec<WhyWay> = found
        .iter()
        .map(|way| {
            let step = |(one, back): &(Wire<'_>, bool)| {
                (name(&graph, one.from), name(&graph, one.to), wire(&graph, one, (0, 0), Some(&judge)), *back)
            };
            let when = if way.guard.is_always() { String::new() } else { way.guard.to_string() };
            WhyWay::new(way.wires.iter().map(step).collect(), when)
        })
        .collect();
    let mut doubts = doubts(&graph, &start, &end);
    if cut {
        doubts.push("there are more ways than were looked at".to_owned());
    }
    let best = ways.iter().map(|way| way.verdict);
    let verdict = match () {
        () if ways.iter().any(|way| way.verdict == Verdict::Works && way.when.is_empty()) => Verdict::Works,
        () if best.clone().any(|v| v != Verdict::Broken) || !doubts.is_empty() => Verdict::NotKnown,
        () => Verdict::Broken,
    };
    Ok(Why { from: name(&graph, &start), to: name(&graph, &end), ways, doubts, verdict })
}

/// Why there may be another way than those that are seen.
fn doubts(graph: &Graph<'_>, from: &Node, to: &Node) -> Vec<String> {
    let relations = graph.relations();
    let mut out = Vec::new();
    for node in relations.reached(from) {
        let named = name(graph, node);
        if let Some(gap) = relations.gap(node) {
            out.push(format!("`{named}` may have more relations: {}", gap.reason));
        }
        for wire in relations.from(node) {
            let wide = match wire.to {
                Node::Everything => true,
                Node::Outside(pattern) => pattern.contains('*') || pattern.contains("${"),
                _ => false,
            };
            if wide && wire.edge.relation == Relation::Grants && may_concern(graph, &wire.edge.detail, to) {
                out.push(format!("`{named}` allows {} on `{}`", wire.edge.detail, name(graph, wire.to)));
            }
        }
    }
    let id = |node: &Node| match node {
        Node::Resource(id) | Node::Stage(id) => Some(*id),
        _ => None,
    };
    let ends: Vec<ResourceId> = [from, to].into_iter().filter_map(id).collect();
    for opaque in &graph.unit.opaque {
        if opaque.rewrites || opaque.references.iter().any(|id| ends.contains(id)) {
            out.push(format!("`{}` cannot be seen into, and may relate the two", opaque.address));
        }
    }
    out.dedup();
    out
}

/// Services whose actions are on resources of their own only, and what the types of these have in their names.
static SERVICES: &[(&str, &[&str])] = &[
    ("cloudwatch", &["cloudwatch"]),
    ("dynamodb", &["dynamodb"]),
    ("ec2", &["ec2", "vpc", "subnet", "network", "instance", "security_group", "eip", "route", "gateway"]),
    ("kms", &["kms"]),
    ("lambda", &["lambda"]),
    ("logs", &["log"]),
    ("s3", &["s3"]),
    ("secretsmanager", &["secretsmanager"]),
    ("sns", &["sns"]),
    ("sqs", &["sqs"]),
    ("xray", &["xray"]),
];

/// Whether one of these actions may be a call of a node: not where all are of services that have no such resources.
fn may_concern(graph: &Graph<'_>, actions: &str, node: &Node) -> bool {
    let (Node::Resource(id) | Node::Stage(id)) = node else { return true };
    let kind = graph.resource(*id).kind.to_lowercase();
    actions.split(", ").any(|action| {
        let service = action.split_once(':').map_or("", |(service, _)| service).to_lowercase();
        SERVICES.iter().find(|(name, _)| *name == service).is_none_or(|(_, words)| words.iter().any(|word| kind.contains(word)))
    })
}
