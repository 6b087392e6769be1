//! The graph for Graphviz: one cluster a unit, one node a resource.

use std::collections::HashMap;
use std::io::{self, Write};

use super::graph_json::{GraphUnit, label};
use super::place::slashes;
use super::wrap::steers;
use crate::unit::Mode;

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
    let unit = graph.unit;
    writeln!(out, "  subgraph cluster_{number} {{")?;
    writeln!(out, "    label={};", quoted(&format!("{} ({})", slashes(&unit.root), unit.kind.name())))?;
    let mut ids = HashMap::new();
    for (index, resource) in unit.resources.iter().enumerate() {
        ids.entry(resource.address.as_str()).or_insert(index);
        let label = quoted(&label(resource));
        let dashed = if resource.mode == Mode::Data { ", style=dashed" } else { "" };
        writeln!(out, "    u{number}_{index} [label={label}{dashed}];")?;
    }
    writeln!(out, "  }}")?;
    for edge in graph.edges() {
        let (Some(from), Some(to)) = (ids.get(edge.from.as_str()), ids.get(edge.to.as_str())) else { continue };
        // References are most of the edges: naming them all would hide the rest.
        let attributes = match edge.relation {
            "references" => String::new(),
            other => format!(" [label={}]", quoted(other)),
        };
        writeln!(out, "  u{number}_{from} -> u{number}_{to}{attributes};")?;
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
