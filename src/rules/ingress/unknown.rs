//! Ranges that a rule lets in and that are not known: a variable without a value, what another stack has.

use std::collections::HashSet;

use super::undecided;
use crate::graph::Graph;
use crate::graph::network::Gap;
use crate::graph::network::groups::{Rule as IngressRule, Source};
use crate::model::read;
use crate::rules::Sink;
use crate::value::{Hole, Kind, Part, ResourceId, Value};

/// Resources whose rules have been said to have unknown ranges: one line tells as much as one for each rule and store.
#[derive(Default)]
pub struct Reported(HashSet<ResourceId>);

impl Reported {
    /// Says it, where it has not been said of the resource.
    pub fn add(&mut self, graph: &Graph<'_>, sink: &mut Sink, rule: &'static str, id: ResourceId, gap: &Gap) {
        if self.0.insert(id) {
            undecided(graph, sink, rule, id, gap);
        }
    }
}

/// Why a range is not known; `None` where it is, where it is known to be none of a VPC's (the published ranges of a service, the
/// entries of a prefix list), and where its prefix length alone rules it out.
pub fn range_gap(graph: &Graph<'_>, value: &Value, harmless: fn(u8) -> bool) -> Option<Gap> {
    let Some(text) = graph.names.text(value) else { return value.first_unknown().map(|_| Gap::of(value)) };
    let holes = text.holes()?;
    if matches!(holes, [.., Part::Literal(end)] if prefix_length(end).is_some_and(harmless)) {
        return None;
    }
    let published = |part: &Part| matches!(part, Part::Attr(attr) if is_published(&graph.resource(attr.resource).kind));
    (!holes.iter().any(published)).then(|| Gap::of(value))
}

fn prefix_length(end: &str) -> Option<u8> {
    end.trim_end().rsplit_once('/')?.1.parse().ok()
}

/// Data sources with a list of ranges that somebody else keeps: `aws_ip_ranges`, `cloudflare_ip_ranges`, a prefix list.
fn is_published(kind: &str) -> bool {
    kind.ends_with("_ip_ranges") || kind.ends_with("_prefix_list")
}

/// Why a rule may let in more ranges than it lists.
pub fn more_ranges(rule: &IngressRule) -> Option<Gap> {
    [rule.form.cidr_ipv4, rule.form.cidr_ipv6].iter().find_map(|path| open_part(&read(&rule.entry, path), 0))
}

/// Why it is not known which prefix list a rule lets in. One that is named is of the unit, of AWS or of somebody who keeps it.
pub fn unknown_prefix_list(rule: &IngressRule) -> Option<Gap> {
    let lists = rule.sources.iter().filter_map(|(_, source)| if let Source::PrefixList(list) = source { Some(list) } else { None });
    let mut unknown = lists.filter(|list| matches!(list.first_unknown(), Some(Hole::Unknown(_))));
    unknown.next().map(Gap::of)
}

/// Deeper nesting than this `each` does not follow either.
const MAX_NESTING: usize = 12;

/// The unknown rest of a list. An item that is not known is none: it can be compared by its identity.
fn open_part(value: &Value, depth: usize) -> Option<Gap> {
    if depth > MAX_NESTING {
        return None;
    }
    match &value.kind {
        Kind::List(list) => {
            let rest = || list.open.as_ref().map(|unknown| Gap::new(unknown.message.as_str(), unknown.span.or(value.span)));
            list.items.iter().find_map(|item| open_part(item, depth + 1)).or_else(rest)
        }
        Kind::Choice(branches) => branches.iter().find_map(|(_, branch)| open_part(branch, depth + 1)),
        _ => None,
    }
}
