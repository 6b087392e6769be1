//! The graph as a page for the browser: one file that loads nothing. The page's own code makes every element from text, so that no name in
//! the scanned tree can be markup; the data is JSON in which nothing can end the element that holds it.

use std::io::{self, Write};

use serde_json::{Value as Json, json};

use super::drawn_json::{nodes, wire_json};
use super::graph_json::{GraphUnit, file_and_line, redacted, value_to_json};
use super::place::slashes;
use crate::source::SourceMap;

const PAGE: &str = include_str!("graph.html");

/// Where the data goes in the page.
const DATA: &str = "/*DATA*/";

/// Writes the page of all units.
pub(super) fn write(units: &[GraphUnit<'_>], sources: &SourceMap, out: &mut dyn Write) -> io::Result<()> {
    let units: Vec<Json> = units.iter().map(|unit| unit_json(unit, sources)).collect::<io::Result<_>>()?;
    let data = json!({ "version": env!("CARGO_PKG_VERSION"), "units": units });
    let (before, after) = PAGE.split_once(DATA).unwrap_or((PAGE, ""));
    write!(out, "{before}{}{after}", inert(&serde_json::to_string(&data)?))
}

fn unit_json(graph: &GraphUnit<'_>, sources: &SourceMap) -> io::Result<Json> {
    let mut all = serde_json::to_value(nodes(&graph.drawing, sources))?;
    let drawn = all.as_array_mut().into_iter().flatten().zip(&graph.drawing.nodes);
    for (node, resource) in drawn.filter_map(|(json, node)| Some((json, graph.unit.resource(node.resource?)))) {
        let (file, line) = file_and_line(resource.name_span.or(resource.span), sources);
        node["file"] = json!(file);
        node["line"] = json!(line);
        node["values"] = redacted(value_to_json(&resource.attributes), &graph.unit.secrets);
    }
    let wires: Vec<Json> = graph
        .drawing
        .wires
        .iter()
        .map(|wire| {
            let mut json = serde_json::to_value(wire_json(&graph.drawing, wire, sources))?;
            json["from"] = json!(wire.from);
            json["to"] = json!(wire.to);
            json["against"] = json!(wire.against);
            json["mention"] = json!(wire.mention);
            Ok(json)
        })
        .collect::<io::Result<_>>()?;
    Ok(json!({ "root": slashes(&graph.unit.root), "kind": graph.unit.kind.name(), "nodes": all, "wires": wires }))
}

/// JSON that no HTML parser finds markup in, and no JavaScript parser a line end: as escapes, which mean the same.
fn inert(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        match c {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => out.push_str(&format!("\\u{:04x}", c as u32)),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{DATA, PAGE, inert};

    #[test]
    fn data_is_no_markup() {
        let hostile = serde_json::to_string("</script><img src=x onerror=alert(1)>&<!--\u{2028}").expect("JSON");
        let written = inert(&hostile);
        assert!(!written.contains(['<', '>', '&', '\u{2028}']));
        assert_eq!(serde_json::from_str::<String>(&written).expect("JSON"), "</script><img src=x onerror=alert(1)>&<!--\u{2028}");
    }

    /// The page loads nothing, and makes no markup from text.
    #[test]
    fn the_page_stands_alone() {
        assert_eq!(PAGE.matches(DATA).count(), 1);
        for banned in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "src=", "@import", "fetch(", "XMLHttp"] {
            assert!(!PAGE.contains(banned), "{banned}");
        }
        let links: Vec<&str> = PAGE.split('"').filter(|part| part.starts_with("http")).collect();
        assert_eq!(links, ["http://www.w3.org/2000/svg"], "the name of SVG is the only address");
    }
}
