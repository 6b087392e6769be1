//! Nodes and wires as JSON, for the graph's JSON and for the page.

use serde::Serialize;

use super::graph_json::file_and_line;
use crate::drawing::{Drawing, DrawnNeed, DrawnNode, DrawnWire};
use crate::finding::Label;
use crate::source::SourceMap;
use crate::value::Str;

#[derive(Serialize)]
pub(super) struct NodeJson {
    name: Str,
    class: &'static str,
    #[serde(rename = "type", skip_serializing_if = "Str::is_empty")]
    kind: Str,
    #[serde(skip_serializing_if = "Option::is_none")]
    gap: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    findings: Vec<FindingJson>,
}

#[derive(Serialize)]
struct FindingJson {
    rule: &'static str,
    severity: &'static str,
    headline: String,
    file: Option<String>,
    line: Option<u32>,
}

#[derive(Serialize)]
pub(super) struct WireJson {
    from: Str,
    to: Str,
    relation: &'static str,
    #[serde(skip_serializing_if = "str::is_empty")]
    detail: String,
    #[serde(skip_serializing_if = "str::is_empty")]
    when: String,
    #[serde(skip_serializing_if = "Str::is_empty")]
    by: Str,
    evidence: Vec<EvidenceJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    verdict: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    needs: Vec<NeedJson>,
}

#[derive(Serialize)]
struct EvidenceJson {
    file: Option<String>,
    line: Option<u32>,
    text: String,
}

#[derive(Serialize)]
struct NeedJson {
    what: String,
    verdict: &'static str,
    #[serde(skip_serializing_if = "str::is_empty")]
    rule: &'static str,
    #[serde(skip_serializing_if = "str::is_empty")]
    reason: String,
    file: Option<String>,
    line: Option<u32>,
}

/// The nodes of a drawing.
pub(super) fn nodes(drawing: &Drawing, sources: &SourceMap) -> Vec<NodeJson> {
    drawing.nodes.iter().map(|node| node_json(node, sources)).collect()
}

fn node_json(node: &DrawnNode, sources: &SourceMap) -> NodeJson {
    let finding = |found: &crate::drawing::DrawnFinding| {
        let (file, line) = file_and_line(found.span, sources);
        FindingJson { rule: found.rule, severity: found.severity.name(), headline: found.headline.clone(), file, line }
    };
    NodeJson {
        name: node.name.clone(),
        class: node.class.name(),
        kind: node.kind.clone(),
        gap: node.gap.clone(),
        findings: node.findings.iter().map(finding).collect(),
    }
}

/// The wires of a drawing, each by itself. Mentions are in the document's `edges`.
pub(super) fn wires(drawing: &Drawing, sources: &SourceMap) -> Vec<WireJson> {
    drawing.wires.iter().filter(|wire| !wire.mention).map(|wire| wire_json(drawing, wire, sources)).collect()
}

pub(super) fn wire_json(drawing: &Drawing, wire: &DrawnWire, sources: &SourceMap) -> WireJson {
    let name = |index: usize| drawing.nodes.get(index).map(|node| node.name.clone()).unwrap_or_default();
    let evidence = |label: &Label| {
        let (file, line) = file_and_line(label.span, sources);
        EvidenceJson { file, line, text: label.text.clone() }
    };
    let need = |need: &DrawnNeed| {
        let (file, line) = file_and_line(need.span, sources);
        NeedJson { what: need.what.clone(), verdict: need.verdict.name(), rule: need.rule, reason: need.reason.clone(), file, line }
    };
    WireJson {
        from: name(wire.from),
        to: name(wire.to),
        relation: wire.relation,
        detail: wire.detail.clone(),
        when: wire.when.clone(),
        by: wire.by.clone(),
        evidence: wire.evidence.iter().map(evidence).collect(),
        verdict: wire.verdict.map(|verdict| verdict.name()),
        needs: wire.needs.iter().map(need).collect(),
    }
}
