//! How much of the attributes of AWS resources is known, and what keeps the rest from being so: for whoever works on the
//! resolvers, or wonders which value to give with `--var` or `--parameter`.

use std::collections::{BTreeMap, HashSet};
use std::io::{self, Write};
use std::sync::Arc;

use super::graph_json::GraphUnit;
use super::place::slashes;
use super::wrap::clean;
use crate::value::{Kind, Map, Part, Reason, Str, Text, Unknown, Value, format_smolstr};

/// How many reasons are listed.
const LISTED: usize = 10;

/// How much of an attribute is known. In the order in which the parts of a value add up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Knowledge {
    /// All of it, before any deploy.
    Known,
    /// All of it, but for attributes of resources of the unit, the region and the account: which ones is known.
    Reference,
    /// A part of it, or that it is one of several values.
    Partly,
    /// Nothing.
    Unknown,
}

/// The counts of some units.
#[derive(Debug, Default)]
struct Stats {
    resources: usize,
    /// Attributes by [`Knowledge`].
    attributes: [usize; 4],
    /// How many attributes each reason keeps from being known.
    reasons: BTreeMap<Str, usize>,
}

/// Writes the counts of each kind of unit, and of all.
pub(super) fn write(units: &[GraphUnit<'_>], out: &mut dyn Write) -> io::Result<()> {
    let mut all = Stats::default();
    for graph in units {
        let mut own = Stats::default();
        own.add(graph);
        writeln!(out, "{} ({}): {}", clean(&slashes(&graph.unit.root)), graph.unit.kind.name(), own.summary())?;
        all.merge(own);
    }
    writeln!(out, "total: {}", all.summary())?;
    let mut reasons: Vec<(&Str, &usize)> = all.reasons.iter().collect();
    reasons.sort_by_key(|(reason, count)| (std::cmp::Reverse(**count), *reason));
    for (reason, count) in reasons.into_iter().take(LISTED) {
        writeln!(out, "{count:>8}  {}", clean(reason))?;
    }
    Ok(())
}

impl Stats {
    fn add(&mut self, graph: &GraphUnit<'_>) {
        for resource in &graph.unit.resources {
            let aws = resource.kind.starts_with("aws_") || resource.kind.starts_with("AWS::");
            let Some(attributes) = resource.attributes.as_map().filter(|_| aws) else { continue };
            self.resources += 1;
            for value in attributes.entries.values() {
                let mut look = Look::default();
                look.at(value);
                self.attributes[look.knowledge() as usize] += 1;
                for reason in look.reasons {
                    *self.reasons.entry(reason).or_default() += 1;
                }
            }
        }
    }

    fn merge(&mut self, other: Stats) {
        self.resources += other.resources;
        self.attributes.iter_mut().zip(other.attributes).for_each(|(mine, more)| *mine += more);
        other.reasons.into_iter().for_each(|(reason, count)| *self.reasons.entry(reason).or_default() += count);
    }

    fn summary(&self) -> String {
        let total: usize = self.attributes.iter().sum();
        let share = |knowledge: Knowledge| {
            let count = self.attributes[knowledge as usize];
            format!("{count} ({:.1} %)", count as f64 * 100.0 / total.max(1) as f64)
        };
        format!(
            "{} resources, {total} attributes: {} known, {} references, {} partly known, {} unknown",
            self.resources,
            share(Knowledge::Known),
            share(Knowledge::Reference),
            share(Knowledge::Partly),
            share(Knowledge::Unknown),
        )
    }
}

/// A look at one attribute. What a value holds several times over is looked at once.
#[derive(Default)]
struct Look {
    known: bool,
    reference: bool,
    partly: bool,
    unknown: bool,
    reasons: std::collections::BTreeSet<Str>,
    seen: HashSet<usize>,
}

impl Look {
    fn knowledge(&self) -> Knowledge {
        match self {
            Look { partly: true, .. } => Knowledge::Partly,
            Look { unknown: true, known: false, reference: false, .. } => Knowledge::Unknown,
            Look { unknown: true, .. } => Knowledge::Partly,
            Look { reference: true, .. } => Knowledge::Reference,
            _ => Knowledge::Known,
        }
    }

    fn at(&mut self, value: &Value) {
        match &value.kind {
            Kind::Null | Kind::Bool(_) | Kind::Number(_) => self.known = true,
            Kind::Text(text) => self.at_text(text),
            Kind::List(list) if self.seen.insert(Arc::as_ptr(list).addr()) => {
                self.known |= list.items.is_empty() && list.open.is_none();
                list.items.iter().for_each(|item| self.at(item));
                self.open(list.open.as_ref());
            }
            Kind::Map(map) if self.seen.insert(Arc::as_ptr(map).addr()) => self.at_map(map),
            Kind::List(_) | Kind::Map(_) => {}
            Kind::Choice(branches) => {
                self.partly = true;
                self.reasons.insert(words(Reason::Condition).into());
                if self.seen.insert(Arc::as_ptr(branches).cast::<()>().addr()) {
                    branches.iter().for_each(|(_, branch)| self.at(branch));
                }
            }
            Kind::Attr(_) => self.reference = true,
            Kind::Unknown(unknown) => self.because(unknown),
        }
    }

    fn at_map(&mut self, map: &Map) {
        self.known |= map.entries.is_empty() && map.open.is_none();
        map.entries.values().for_each(|entry| self.at(entry));
        self.open(map.open.as_ref());
    }

    fn at_text(&mut self, text: &Text) {
        let Some(parts) = text.holes() else {
            self.known = true;
            return;
        };
        for part in parts {
            match part {
                Part::Literal(_) => self.known = true,
                Part::Attr(_) | Part::Pseudo(_) => self.reference = true,
                Part::Unknown(unknown) => self.because(unknown),
            }
        }
    }

    fn open(&mut self, open: Option<&Arc<Unknown>>) {
        if let Some(unknown) = open {
            self.partly = true;
            self.because(unknown);
        }
    }

    fn because(&mut self, unknown: &Unknown) {
        self.unknown = true;
        // Wrong expressions and limits are worth a look one by one: their words say more than their group.
        self.reasons.insert(match unknown.reason {
            Reason::Error | Reason::Limit => format_smolstr!("{}: {}", words(unknown.reason), unknown.message),
            reason => words(reason).into(),
        });
    }
}

fn words(reason: Reason) -> &'static str {
    match reason {
        Reason::NoValue => "a variable or parameter without a value",
        Reason::Computed => "computed by the provider",
        Reason::DataSource => "a data source",
        Reason::Impure => "a function with another result each time",
        Reason::File => "a file that is not there",
        Reason::OpaqueModule => "a module that is not there",
        Reason::External => "a value of another stack",
        Reason::Macro => "a macro",
        Reason::Condition => "a condition that cannot be decided",
        Reason::Cycle => "a cycle",
        Reason::Error => "an error in the source",
        Reason::Limit => "a limit",
    }
}
