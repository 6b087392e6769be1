//! Which rules open a store to the internet.

use ipnet::IpNet;

use super::Case;
use crate::graph::Graph;
use crate::graph::network::cidr::{self, Openness};
use crate::graph::network::groups::Rule as IngressRule;
use crate::graph::network::stores::Store;
use crate::source::Span;
use crate::text::Answer;
use crate::value::{Guard, ResourceId};

/// A known range that a rule lets in.
pub struct Known {
    /// The range.
    pub net: IpNet,
    /// Where the rule names it.
    /// When the rule lets it in.
    pub guard: Guard,
    pub span: Span,
    /// Where its text stands: the same, or a variable's value.
    pub written: Span,
    /// The resource that has the text.
    pub resource: ResourceId,
}

/// The ranges of a rule whose numbers are known.
pub fn known(graph: &Graph<'_>, rule: &IngressRule) -> Vec<Known> {
    let ranges = super::ranges(graph, rule).into_iter();
    ranges
        .filter_map(|(guard, value, resource)| {
            let net = cidr::parse(graph.names.text(&value)?.as_known()?)?;
            Some(Known { net, guard, span: super::range_span(rule, &value), written: value.span, resource })
        })
        .collect()
}

/// The ranges of one rule that open it: those that are always there, or, where they are not enough, those of each condition.
pub fn openings(known: &[Known]) -> Vec<(Openness, Vec<&Known>)> {
    let with = |guard: &Guard| -> Option<(Openness, Vec<&Known>)> {
        let there: Vec<&Known> = known.iter().filter(|k| guard.implies(&k.guard)).collect();
        let openness = cidr::openness(there.iter().map(|k| &k.net))?;
        // A range of every address says it all by itself; halves need each other.
        let whole = there.iter().any(|k| cidr::is_everything(&k.net));
        let telling = |k: &&Known| if whole { cidr::is_everything(&k.net) } else { !cidr::is_private(&k.net) };
        Some((openness, there.into_iter().filter(telling).collect()))
    };
    if let Some(always) = with(&Guard::always()) {
        return vec![always];
    }
    let mut guards: Vec<&Guard> = Vec::new();
    for known in known {
        if !known.guard.is_always() && !guards.contains(&&known.guard) {
            guards.push(&known.guard);
        }
    }
    guards.into_iter().filter_map(with).collect()
}

/// A rule that opens a store to every address whenever both are there.
pub fn always_open<'a>(graph: &'a Graph<'_>, store: &'a Store) -> Option<Case<'a>> {
    let admitting = store.admitting(graph, &graph.network().groups).filter(|(.., answer)| *answer == Answer::Yes);
    admitting.map(|(attachment, rule, _)| Case { store, attachment, rule }).find(|case| {
        let whole = |known: &[Known]| {
            let there = known.iter().filter(|k| case.when(graph, &k.guard).is_some_and(|when| when.is_always()));
            cidr::openness(there.map(|k| &k.net)) == Some(Openness::Whole)
        };
        whole(&known(graph, case.rule))
    })
}
