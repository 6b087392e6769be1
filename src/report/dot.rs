//! The graph for Graphviz: one cluster a unit, one node a resource.

use std::io::{self, Write};

use super::graph_json::{GraphUnit, label};
use super::place::slashes;
use super::wrap::steers;
use crate::drawing::{NodeClass, Verdict};

/// Writes one `digraph` of all units.
pub(super) fn write(units: &[GraphUnit<'_>], out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "digraph iacscan {{")?;
    writeln!(out, "  rankdir=LR;")?;
    writeln!(out, "  node [shape=box, style=rounded, fontname=\"sans-serif\"];")?;
    for (number, unit) in units.iter().enumerate() {
        write_unit(number, unit, out)?;
    }
    writeln!(out, "}}")
}

fn write_unit(number: usize, graph: &GraphUnit<'_>, out: &mut dyn Write) -> io::Result<()> {
    let (unit, drawing) = (graph.unit, &graph.drawing);
    writeln!(out, "  subgraph cluster_{number} {{")?;
    writeln!(out, "    label={};", quoted(&format!("{} ({})", slashes(&unit.root), unit.kind.name())))?;
    for (index, node) in drawing.nodes.iter().enumerate() {
        let style = match node.class {
            NodeClass::Resource => "",
            NodeClass::Data => ", style=dashed",
            NodeClass::Service => ", shape=hexagon, style=\"\"",
            NodeClass::Range => ", shape=ellipse, style=\"\"",
            NodeClass::Outside => ", style=dotted",
        };
        writeln!(out, "    u{number}_{index} [label={}{style}];", quoted(&label(node)))?;
    }
    writeln!(out, "  }}")?;
    for line in drawing.lines() {
        let mut attributes = Vec::new();
        // Mentions are most of the edges where they are drawn: naming them all would hide the rest.
        if line.relation != "references" {
            attributes.push(format!("label={}", quoted(&line.label())));
        }
        if line.mention {
            attributes.push("style=dashed".to_owned());
        }
        if let Some(verdict) = line.verdict {
            let width = if verdict == Verdict::Broken { ", penwidth=2" } else { "" };
            attributes.push(format!("color={:?}, fontcolor={:?}{width}", verdict.color(), verdict.color()));
        }
        let attributes = if attributes.is_empty() { String::new() } else { format!(" [{}]", attributes.join(", ")) };
        writeln!(out, "  u{number}_{} -> u{number}_{}{attributes};", line.from, line.to)?;
    }
    Ok(())
}

/// A quoted string of the DOT language; a newline becomes a centred line break.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            c if steers(c) => out.push(' '),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn quotes_are_escaped() {
        assert_eq!(quoted("a[\"k\\\"]\nb"), r#""a[\"k\\\"]\nb""#);
    }
}
