//! The graph as a Mermaid flowchart: what GitHub renders in Markdown.

use std::collections::HashMap;
use std::io::{self, Write};

use super::graph_json::{GraphUnit, label};
use super::place::slashes;
use super::wrap::steers;

/// Writes one flowchart of all units.
pub(super) fn write(units: &[GraphUnit<'_>], out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "flowchart LR")?;
    for (number, unit) in units.iter().enumerate() {
        write_unit(number, unit, out)?;
    }
    Ok(())
}

fn write_unit(number: usize, graph: &GraphUnit<'_>, out: &mut dyn Write) -> io::Result<()> {
    let unit = graph.unit;
    writeln!(out, "  subgraph u{number}[{}]", quoted(&format!("{} ({})", slashes(&unit.root), unit.kind.name())))?;
    let mut ids = HashMap::new();
    for (index, resource) in unit.resources.iter().enumerate() {
        ids.entry(resource.address.as_str()).or_insert(index);
        writeln!(out, "    u{number}_{index}[{}]", quoted(&label(resource)))?;
    }
    writeln!(out, "  end")?;
    for edge in graph.edges() {
        let (Some(from), Some(to)) = (ids.get(edge.from.as_str()), ids.get(edge.to.as_str())) else { continue };
        let arrow = match edge.relation {
            "references" => "-->".to_owned(),
            "depends_on" => "-.->".to_owned(),
            other => format!("-->|{}|", quoted(other)),
        };
        writeln!(out, "  u{number}_{from} {arrow} u{number}_{to}")?;
    }
    Ok(())
}

/// A quoted label. Mermaid takes HTML entities, written with `#` for `&`; a newline becomes `<br/>`.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '\n' => out.push_str("<br/>"),
            '"' | '#' | '<' | '>' | '&' | '`' | '\\' | ';' => out.push_str(&format!("#{};", c as u32)),
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
    fn labels_are_entities() {
        assert_eq!(quoted("a[\"k\"]\n<b>"), "\"a[#34;k#34;]<br/>#60;b#62;\"");
    }
}
