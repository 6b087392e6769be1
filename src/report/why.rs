//! Whether one thing may call, read or reach another: the ways, and what each hangs on.

use std::io::{self, Write};

use super::place::{Place, slashes};
use super::wrap::clean;
use crate::drawing::{Verdict, Why, WhyWay};
use crate::source::{SourceMap, Span};

/// Writes the answer.
pub fn write(why: &Why, sources: &SourceMap, out: &mut dyn Write) -> io::Result<()> {
    let (from, to) = (clean(&why.from), clean(&why.to));
    let short = match (why.verdict, why.ways.is_empty()) {
        (Verdict::Works, _) => format!("Yes: `{from}` gets to `{to}`."),
        (Verdict::Broken, true) => format!("No: nothing leads from `{from}` to `{to}`."),
        (Verdict::Broken, false) => format!("No: every way from `{from}` to `{to}` is broken."),
        (_, true) => format!("Not known: nothing that is seen leads from `{from}` to `{to}`, and not all is seen."),
        (_, false) => format!("Not known: whether `{from}` gets to `{to}`."),
    };
    writeln!(out, "{short}")?;
    for (number, way) in why.ways.iter().enumerate() {
        write_way(number + 1, way, sources, out)?;
    }
    if why.verdict != Verdict::Works && !why.doubts.is_empty() {
        writeln!(out, "\nNot seen:")?;
        for doubt in &why.doubts {
            writeln!(out, "  - {}", clean(doubt))?;
        }
    }
    Ok(())
}

fn words(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Works => "works",
        Verdict::Broken => "broken",
        Verdict::NotKnown => "not known",
        Verdict::NotJudged => "not judged",
    }
}

fn write_way(number: usize, way: &WhyWay, sources: &SourceMap, out: &mut dyn Write) -> io::Result<()> {
    let when = if way.when.is_empty() { String::new() } else { format!(" when {}", clean(&way.when)) };
    writeln!(out, "\nWay {number}: {}{when}", words(way.verdict))?;
    for (from, to, wire, _) in &way.steps {
        let detail = if wire.detail.is_empty() { String::new() } else { format!(" ({})", clean(&wire.detail)) };
        writeln!(out, "  {} {} {}{detail}", clean(from), wire.relation.replace('_', " "), clean(to))?;
        for label in wire.evidence.iter().take(1) {
            writeln!(out, "      {}{}", clean(&label.text), at(label.span, sources))?;
        }
        for need in &wire.needs {
            let sign = match need.verdict {
                Verdict::Works => "✓",
                Verdict::Broken => "✗",
                Verdict::NotKnown | Verdict::NotJudged => "?",
            };
            let rule = if need.rule.is_empty() { String::new() } else { format!(" [{}]", need.rule) };
            writeln!(out, "    {sign} {}: {}{rule}{}", clean(&need.what), need_words(need.verdict), at(need.span, sources))?;
            if !need.reason.is_empty() {
                writeln!(out, "        {}", clean(&need.reason))?;
            }
        }
    }
    Ok(())
}

fn need_words(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Works => "met",
        Verdict::Broken => "not met",
        Verdict::NotKnown => "not known",
        Verdict::NotJudged => "not judged",
    }
}

fn at(span: Span, sources: &SourceMap) -> String {
    Place::of(span, sources).map_or_else(String::new, |p| format!(", {}:{}", slashes(&p.path), p.start.line))
}
