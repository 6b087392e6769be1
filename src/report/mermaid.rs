//! The graph as a Mermaid flowchart: what GitHub renders in Markdown.

use std::io::{self, Write};

use super::graph_json::{GraphUnit, label};
use super::place::slashes;
use super::wrap::steers;
use crate::drawing::{NodeClass, Verdict};

/// Writes one flowchart of all units.
pub(super) fn write(units: &[GraphUnit<'_>], out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "flowchart LR")?;
    // Links are numbered through, whatever unit they are of.
    let mut links = 0;
    for (number, unit) in units.iter().enumerate() {
        write_unit(number, unit, &mut links, out)?;
    }
    Ok(())
}

fn write_unit(number: usize, graph: &GraphUnit<'_>, first: &mut usize, out: &mut dyn Write) -> io::Result<()> {
    let (unit, drawing) = (graph.unit, &graph.drawing);
    writeln!(out, "  subgraph u{number}[{}]", quoted(&format!("{} ({})", slashes(&unit.root), unit.kind.name())))?;
    for (index, node) in drawing.nodes.iter().enumerate() {
        let label = quoted(&label(node));
        match node.class {
            NodeClass::Service => writeln!(out, "    u{number}_{index}{{{{{label}}}}}")?,
            NodeClass::Range | NodeClass::Outside => writeln!(out, "    u{number}_{index}([{label}])")?,
            NodeClass::Resource | NodeClass::Data => writeln!(out, "    u{number}_{index}[{label}]")?,
        }
    }
    writeln!(out, "  end")?;
    let mut colors = Vec::new();
    for line in drawing.lines() {
        let arrow = match line.relation {
            "references" => "-->".to_owned(),
            "depends_on" => "-.->".to_owned(),
            _ => format!("-->|{}|", quoted(&line.label())),
        };
        writeln!(out, "  u{number}_{} {arrow} u{number}_{}", line.from, line.to)?;
        colors.extend(line.verdict.map(|verdict| (*first, verdict)));
        *first += 1;
    }
    for (index, verdict) in colors {
        let width = if verdict == Verdict::Broken { ",stroke-width:2px" } else { "" };
        writeln!(out, "  linkStyle {index} stroke:{},color:{}{width}", verdict.color(), verdict.color())?;
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
