//! Which wires of a unit work: the relations of its graph, each need with the verdict of the rules that judge it.
//!
//! What is drawn is what is judged: a need is not met only where a rule has a finding, met only where the rule's own question is
//! answered so and the rule has no doubt, and not judged where no rule is behind it.

use std::collections::HashMap;

use crate::drawing::{Drawing, DrawnFinding, DrawnNeed, DrawnNode, DrawnWire, NodeClass, Verdict};
use crate::finding::{Finding, Undecided};
use crate::graph::Graph;
use crate::graph::relations::{Asked, Flow, Need, NeedKind, Node, Wire};
use crate::rules::{self, Sink, without_instances};
use crate::source::Span;
use crate::unit::Mode;
use crate::value::Str;

/// The rules that judge a kind of need.
fn rules_of(kind: NeedKind) -> &'static [&'static str] {
    match kind {
        NeedKind::ApiPermission => &["integration-permission", "stage-variable-permission"],
        NeedKind::ApiRole => &["integration-credentials"],
        NeedKind::TriggerPermission => &["event-source-permission"],
        NeedKind::Poll => &["event-source-mapping-permission"],
        NeedKind::Destination => &["destination-permission"],
        NeedKind::DeadLetter => &["dead-letter-permission"],
        NeedKind::Trust => &["execution-role-trust"],
        NeedKind::Delivery => &["delivery-permission"],
        NeedKind::DeliveryKey => &["delivery-key-permission"],
        NeedKind::Endpoint => &["subscription-endpoint"],
        NeedKind::Path => &["function-database-path", "function-database-vpc"],
        NeedKind::Narrow => &["rds-open-ingress", "rds-cidr-ingress"],
        NeedKind::Allowed => &[],
    }
}

/// What the rules say of a unit, by rule and by address.
pub struct Judge {
    findings: Vec<Finding>,
    undecided: Vec<Undecided>,
    found: HashMap<(&'static str, String), Vec<usize>>,
    open: HashMap<(&'static str, String), Vec<usize>>,
    by_address: HashMap<Str, Vec<usize>>,
}

impl Judge {
    /// Asks all rules.
    pub fn new(graph: &Graph<'_>) -> Self {
        let all: Vec<_> = rules::all().iter().collect();
        let Sink { findings, undecided, unlisted } = rules::run(graph, &all);
        let undecided: Vec<Undecided> = undecided.into_iter().chain(unlisted).collect();
        let mut judge = Judge { found: HashMap::new(), open: HashMap::new(), by_address: HashMap::new(), findings, undecided };
        for (index, finding) in judge.findings.iter().enumerate() {
            judge.found.entry((finding.rule, without_instances(&finding.address))).or_default().push(index);
            judge.by_address.entry(finding.address.clone()).or_default().push(index);
        }
        for (index, check) in judge.undecided.iter().enumerate() {
            judge.open.entry((check.rule, without_instances(&check.address))).or_default().push(index);
        }
        judge
    }

    /// What was found on a resource.
    fn on(&self, address: &str) -> Vec<DrawnFinding> {
        let drawn = |index: &usize| {
            let finding = &self.findings[*index];
            let Finding { rule, severity, message, primary, .. } = finding;
            DrawnFinding { rule, severity: *severity, headline: message.headline.clone(), span: primary.span }
        };
        self.by_address.get(address).into_iter().flatten().map(drawn).collect()
    }

    fn finding(&self, need: &Need, fits: impl Fn(&Finding) -> bool) -> Option<&Finding> {
        let subject = without_instances(&need.subject);
        let of_rule = |rule: &&'static str| self.found.get(&(*rule, subject.clone())).into_iter().flatten();
        rules_of(need.kind).iter().flat_map(of_rule).map(|index| &self.findings[*index]).find(|finding| fits(finding))
    }

    fn doubt(&self, need: &Need, fits: impl Fn(&Undecided) -> bool) -> Option<&Undecided> {
        let subject = without_instances(&need.subject);
        let of_rule = |rule: &&'static str| self.open.get(&(*rule, subject.clone())).into_iter().flatten();
        rules_of(need.kind).iter().flat_map(of_rule).map(|index| &self.undecided[*index]).find(|check| fits(check))
    }

    /// The verdict on a need.
    pub fn need(&self, need: &Need) -> DrawnNeed {
        let drawn =
            |verdict, rule, reason: &str, span| DrawnNeed { what: need.what.clone(), verdict, rule, reason: reason.to_owned(), span };
        let broken = |finding: &Finding| drawn(Verdict::Broken, finding.rule, &finding.message.headline, finding.primary.span);
        let unknown = |check: &Undecided| drawn(Verdict::NotKnown, check.rule, &check.reason, check.cause.or(check.span));
        let here = |finding: &Finding| touches(finding, need.place);
        match &need.asked {
            Asked::Met(span) => match self.finding(need, |f| one_wire(need.kind) && here(f)) {
                // The wire is fine by the question asked here, and the rule asks for more: the key that it is encrypted with.
                Some(finding) => broken(finding),
                None => match self.doubt(need, |check| one_wire(need.kind) || check.span == need.place) {
                    Some(check) => unknown(check),
                    None => drawn(Verdict::Works, "", "", *span),
                },
            },
            Asked::NotMet(why) => match self.finding(need, |_| true) {
                Some(finding) => broken(finding),
                None => match self.doubt(need, |_| true) {
                    Some(check) => unknown(check),
                    None if rules_of(need.kind).is_empty() => drawn(Verdict::Broken, "", why, need.place),
                    None => drawn(Verdict::NotKnown, "", why, need.place),
                },
            },
            Asked::Unknown(gap) => drawn(Verdict::NotKnown, "", &gap.reason, gap.cause.or(need.place)),
            Asked::Nothing => match self.finding(need, here) {
                Some(finding) => broken(finding),
                None => match self.doubt(need, |check| one_wire(need.kind) || check.span == need.place) {
                    Some(check) => unknown(check),
                    None => drawn(Verdict::NotJudged, "", "", need.place),
                },
            },
        }
    }
}

/// Whether all that a rule says of a subject is about one wire.
fn one_wire(kind: NeedKind) -> bool {
    matches!(kind, NeedKind::Poll | NeedKind::Destination | NeedKind::DeadLetter)
}

/// Whether a finding points at a place.
fn touches(finding: &Finding, place: Span) -> bool {
    let labels = std::iter::once(&finding.primary).chain(&finding.related);
    !place.is_none() && labels.into_iter().any(|label| label.span.contains(place) || place.contains(label.span))
}

/// The worst of what a wire needs; what needs nothing is judged by nobody.
fn worst(needs: &[DrawnNeed]) -> Verdict {
    let all = || needs.iter().map(|need| need.verdict);
    match all().max() {
        Some(worst @ (Verdict::Broken | Verdict::NotKnown)) => worst,
        Some(_) if all().all(|verdict| verdict == Verdict::Works) => Verdict::Works,
        _ => Verdict::NotJudged,
    }
}

/// The name of a node, as reports and the command line have it.
pub fn name(graph: &Graph<'_>, node: &Node) -> Str {
    match node {
        Node::Resource(id) | Node::Stage(id) => graph.resource(*id).address.clone(),
        Node::Service(name) | Node::Range(name) | Node::Outside(name) => name.clone(),
        Node::Everything => "*".into(),
    }
}

/// One wire, with verdicts where there is a judge.
pub fn wire(graph: &Graph<'_>, wire: &Wire<'_>, ends: (usize, usize), judge: Option<&Judge>) -> DrawnWire {
    let edge = wire.edge;
    let needs: Vec<DrawnNeed> = judge.map(|judge| edge.needs.iter().map(|need| judge.need(need)).collect()).unwrap_or_default();
    DrawnWire {
        from: ends.0,
        to: ends.1,
        relation: edge.relation.name(),
        mention: edge.relation.is_mention(),
        against: matches!(edge.flow, Flow::Backward | Flow::Both),
        detail: edge.detail.clone(),
        when: if edge.guard.is_always() { String::new() } else { edge.guard.to_string() },
        by: edge.by.map(|id| graph.resource(id).address.clone()).unwrap_or_default(),
        evidence: edge.evidence.clone(),
        verdict: judge.map(|_| worst(&needs)),
        needs,
    }
}

/// A drawing of some wires, with every node that `kept` says.
pub fn draw<'a>(graph: &Graph<'_>, wires: impl Iterator<Item = Wire<'a>>, kept: &dyn Fn(&Node) -> bool, judge: Option<&Judge>) -> Drawing {
    let mut nodes: Vec<Node> = Vec::new();
    let mut wanted: Vec<Wire<'a>> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    for wire in wires {
        for node in [wire.from, wire.to] {
            if seen.insert(node.clone()) {
                nodes.push(node.clone());
            }
        }
        wanted.push(wire);
    }
    for resource in &graph.unit.resources {
        let node = Node::Resource(resource.id);
        let stage = Node::Stage(resource.id);
        if kept(&node) && !seen.contains(&stage) && seen.insert(node.clone()) {
            nodes.push(node);
        }
    }
    nodes.sort_by_key(|node| match node {
        Node::Resource(id) | Node::Stage(id) => (0, id.0, Str::default()),
        Node::Service(name) => (1, 0, name.clone()),
        Node::Range(name) => (2, 0, name.clone()),
        Node::Outside(name) => (3, 0, name.clone()),
        Node::Everything => (4, 0, Str::default()),
    });
    let index: HashMap<&Node, usize> = nodes.iter().enumerate().map(|(index, node)| (node, index)).collect();
    let wires = wanted.iter().map(|one| wire(graph, one, (index[one.from], index[one.to]), judge)).collect();
    Drawing { nodes: nodes.iter().map(|node| drawn(graph, node, judge)).collect(), wires }
}

fn drawn(graph: &Graph<'_>, node: &Node, judge: Option<&Judge>) -> DrawnNode {
    let name = name(graph, node);
    let resource = match node {
        Node::Resource(id) | Node::Stage(id) => Some(graph.resource(*id)),
        _ => None,
    };
    let class = match (node, resource) {
        (_, Some(resource)) if resource.mode == Mode::Data => NodeClass::Data,
        (_, Some(_)) => NodeClass::Resource,
        (Node::Service(_), _) => NodeClass::Service,
        (Node::Range(_), _) => NodeClass::Range,
        _ => NodeClass::Outside,
    };
    DrawnNode {
        class,
        kind: resource.map(|r| r.kind.clone()).unwrap_or_default(),
        resource: resource.map(|r| r.id),
        gap: graph.relations().gap(node).map(|gap| gap.reason.clone()),
        findings: judge.filter(|_| resource.is_some()).map(|judge| judge.on(&name)).unwrap_or_default(),
        name,
    }
}
