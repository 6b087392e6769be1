//! What is drawn of a unit: nodes and the wires between them, as every drawing shows them. A leaf: what judges the wires makes it, and the
//! reports show it.

use std::collections::BTreeSet;

use indexmap::IndexMap;

use crate::finding::{Label, Severity};
use crate::secrets::Secrets;
use crate::source::Span;
use crate::value::{ResourceId, Str};

/// What a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NodeClass {
    /// A resource of the unit.
    Resource,
    /// A data source.
    Data,
    /// A service principal.
    Service,
    /// A range of addresses.
    Range,
    /// Outside of the unit.
    Outside,
}

impl NodeClass {
    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            NodeClass::Resource => "resource",
            NodeClass::Data => "data",
            NodeClass::Service => "service",
            NodeClass::Range => "range",
            NodeClass::Outside => "outside",
        }
    }
}

/// Whether a wire works, or a need is met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Verdict {
    /// No rule says anything of it.
    NotJudged,
    /// All that it needs is there.
    Works,
    /// It cannot be told.
    NotKnown,
    /// A rule has found a fault.
    Broken,
}

impl Verdict {
    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            Verdict::NotJudged => "not_judged",
            Verdict::Works => "works",
            Verdict::NotKnown => "not_known",
            Verdict::Broken => "broken",
        }
    }

    /// In a drawing.
    pub(crate) fn color(self) -> &'static str {
        match self {
            Verdict::NotJudged => "#8a8f98",
            Verdict::Works => "#2e8b57",
            Verdict::NotKnown => "#c98a00",
            Verdict::Broken => "#d1242f",
        }
    }
}

/// A finding, as a node or need shows it.
#[derive(Clone, Debug)]
pub struct DrawnFinding {
    /// The rule.
    pub rule: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// The headline.
    pub headline: String,
    /// Its place.
    pub span: Span,
}

/// A node.
#[derive(Clone, Debug)]
pub struct DrawnNode {
    /// The address, or the name of what is no resource.
    pub name: Str,
    /// What it is.
    pub class: NodeClass,
    /// The resource type; empty for what is no resource.
    pub kind: Str,
    /// The resource.
    pub resource: Option<ResourceId>,
    /// Why there may be more wires than are drawn.
    pub gap: Option<String>,
    /// What rules have found on it.
    pub findings: Vec<DrawnFinding>,
}

/// What a wire needs.
#[derive(Clone, Debug)]
pub struct DrawnNeed {
    /// What has to be so.
    pub what: String,
    /// Whether it is.
    pub verdict: Verdict,
    /// The finding's rule; empty where there is none.
    pub rule: &'static str,
    /// Why it is not met, or not known; empty where it is met.
    pub reason: String,
    /// What meets it, or where it would have to be mended.
    pub span: Span,
}

/// A wire.
#[derive(Clone, Debug)]
pub struct DrawnWire {
    /// Where it begins: an index into the nodes.
    pub from: usize,
    /// Where it leads.
    pub to: usize,
    /// The relation's stable name.
    pub relation: &'static str,
    /// Whether it is but a mention.
    pub mention: bool,
    /// Whether what it moves goes against it: who polls a queue stands after the queue.
    pub against: bool,
    /// More of it.
    pub detail: String,
    /// When it holds; empty for always.
    pub when: String,
    /// The address of the resource that says so; empty where that is one of the ends.
    pub by: Str,
    /// The places that show it.
    pub evidence: Vec<Label>,
    /// Whether it works; none where it was not asked.
    pub verdict: Option<Verdict>,
    /// What it needs.
    pub needs: Vec<DrawnNeed>,
}

/// What is drawn of a unit.
#[derive(Clone, Debug, Default)]
pub struct Drawing {
    /// The nodes, in the unit's order, what is no resource last.
    pub nodes: Vec<DrawnNode>,
    /// The wires.
    pub wires: Vec<DrawnWire>,
}

/// The wires of a way: from, to, the wire, and whether it is gone against its direction.
pub type Step = (Str, Str, DrawnWire, bool);

impl DrawnWire {
    /// Hides secrets in all that it says.
    pub(crate) fn redact(&mut self, secrets: &Secrets) {
        secrets.redact_in(&mut self.detail);
        secrets.redact_in(&mut self.when);
        self.evidence.iter_mut().for_each(|label| secrets.redact_in(&mut label.text));
        for need in &mut self.needs {
            secrets.redact_in(&mut need.what);
            secrets.redact_in(&mut need.reason);
        }
    }
}

impl Drawing {
    /// Hides secrets in all that it says.
    pub(crate) fn redact(&mut self, secrets: &Secrets) {
        for node in &mut self.nodes {
            if node.resource.is_none() {
                secrets.redact_str(&mut node.name);
            }
            node.gap.iter_mut().for_each(|gap| secrets.redact_in(gap));
            node.findings.iter_mut().for_each(|finding| secrets.redact_in(&mut finding.headline));
        }
        self.wires.iter_mut().for_each(|wire| wire.redact(secrets));
    }
}

impl Why {
    /// Hides secrets in all that it says.
    pub(crate) fn redact(&mut self, secrets: &Secrets) {
        secrets.redact_str(&mut self.from);
        secrets.redact_str(&mut self.to);
        self.doubts.iter_mut().for_each(|doubt| secrets.redact_in(doubt));
        for way in &mut self.ways {
            secrets.redact_in(&mut way.when);
            for (from, to, wire, _) in &mut way.steps {
                secrets.redact_str(from);
                secrets.redact_str(to);
                wire.redact(secrets);
            }
        }
    }
}

/// One way.
#[derive(Clone, Debug)]
pub struct WhyWay {
    /// Its wires, first to last.
    pub steps: Vec<Step>,
    /// When all of them hold; empty for always.
    pub when: String,
    /// Whether it works.
    pub verdict: Verdict,
}

impl WhyWay {
    /// A way, judged by its needs: what needs nothing, such as being a stage of an API, is no doubt.
    pub fn new(steps: Vec<Step>, when: String) -> Self {
        let needs = || steps.iter().flat_map(|(_, _, wire, _)| &wire.needs).map(|need| need.verdict);
        let verdict = match () {
            () if needs().any(|v| v == Verdict::Broken) => Verdict::Broken,
            () if needs().any(|v| v == Verdict::NotKnown) => Verdict::NotKnown,
            () if needs().next().is_none() || needs().any(|v| v == Verdict::NotJudged) => Verdict::NotJudged,
            () => Verdict::Works,
        };
        WhyWay { steps, when, verdict }
    }
}

/// The answer.
#[derive(Clone, Debug)]
pub struct Why {
    /// Who.
    pub from: Str,
    /// Whom.
    pub to: Str,
    /// The ways, shortest first.
    pub ways: Vec<WhyWay>,
    /// Why there may be others.
    pub doubts: Vec<String>,
    /// [`Verdict::Works`]: yes; [`Verdict::Broken`]: no; else it is not known.
    pub verdict: Verdict,
}

/// Wires that a drawing shows as one line.
pub(crate) struct Line<'a> {
    pub(crate) from: usize,
    pub(crate) to: usize,
    pub(crate) relation: &'static str,
    pub(crate) verdict: Option<Verdict>,
    pub(crate) mention: bool,
    pub(crate) wires: Vec<&'a DrawnWire>,
}

/// How many details a line names.
const NAMED: usize = 3;

impl Drawing {
    /// The wires, those that have ends, relation and verdict in common as one.
    pub(crate) fn lines(&self) -> Vec<Line<'_>> {
        let mut lines: IndexMap<(usize, usize, &'static str, Option<Verdict>), Line<'_>> = IndexMap::new();
        for wire in &self.wires {
            let new = || Line {
                from: wire.from,
                to: wire.to,
                relation: wire.relation,
                verdict: wire.verdict,
                mention: wire.mention,
                wires: Vec::new(),
            };
            lines.entry((wire.from, wire.to, wire.relation, wire.verdict)).or_insert_with(new).wires.push(wire);
        }
        lines.into_values().collect()
    }
}

impl Line<'_> {
    /// The relation in words, with what it does, when, and the rules that found a fault.
    pub(crate) fn label(&self) -> String {
        let mut out = self.relation.replace('_', " ");
        let details: BTreeSet<String> = self.wires.iter().map(|wire| described(wire)).filter(|d| !d.is_empty()).collect();
        let mut rules: Vec<&str> = self.wires.iter().flat_map(|w| &w.needs).map(|need| need.rule).filter(|r| !r.is_empty()).collect();
        rules.sort_unstable();
        rules.dedup();
        let more = details.len().saturating_sub(NAMED);
        out.extend(details.into_iter().take(NAMED).map(|detail| format!("\n{detail}")));
        if more > 0 {
            out.push_str(&format!("\nand {more} more"));
        }
        out.extend(rules.into_iter().map(|rule| format!("\n✗ {rule}")));
        out
    }
}

/// What a wire does, and when.
fn described(wire: &DrawnWire) -> String {
    match (wire.detail.as_str(), wire.when.as_str()) {
        (detail, "") => detail.to_owned(),
        ("", when) => format!("when {when}"),
        (detail, when) => format!("{detail} when {when}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wire(detail: &str, verdict: Verdict) -> DrawnWire {
        DrawnWire {
            from: 0,
            to: 1,
            relation: "calls",
            mention: false,
            against: false,
            detail: detail.to_owned(),
            when: String::new(),
            by: "".into(),
            evidence: Vec::new(),
            verdict: Some(verdict),
            needs: Vec::new(),
        }
    }

    #[test]
    fn wires_of_one_verdict_are_one_line() {
        let details = ["GET /a", "GET /b", "GET /c", "GET /d", "GET /e"];
        let mut wires: Vec<DrawnWire> = details.iter().map(|d| wire(d, Verdict::Works)).collect();
        wires.push(wire("GET /f", Verdict::Broken));
        let drawing = Drawing { nodes: Vec::new(), wires };
        let lines = drawing.lines();
        assert_eq!(lines.iter().map(|l| l.verdict).collect::<Vec<_>>(), [Some(Verdict::Works), Some(Verdict::Broken)]);
        assert_eq!(lines[0].label(), "calls\nGET /a\nGET /b\nGET /c\nand 2 more");
    }
}
