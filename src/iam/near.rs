//! The statements that speak of a missing call and do not grant it.

use super::condition::conditions;
use super::evaluate::{Boundary, PolicySet, Question, ResourceSet, Sourced};
use super::matching::{self, Need, World};
use super::policy::{Effect, Statement};
use super::principal::includes;
use super::request::Request;
use super::side::{Side, included};
use crate::source::Span;
use crate::text::Answer;
use crate::value::Str;

/// Why a statement about an action does not grant it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Misfit {
    /// It denies it.
    Denied,
    /// It allows it on other resources: these.
    Resource(String),
    /// It carries a condition on this key, which the call never meets.
    Condition(String),
    /// The permissions boundary leaves it out.
    Boundary,
    /// What is called lets no policy of a role count.
    Undelegated,
}

/// A statement that speaks of a missing action and does not grant it.
#[derive(Clone, Debug, PartialEq)]
pub struct Near {
    /// The action.
    pub action: Str,
    /// The policy.
    pub policy: String,
    /// The statement, or where its policy is attached.
    pub span: Span,
    /// Why it does not help.
    pub misfit: Misfit,
}

/// A statement on what is called that speaks of a missing call and does not let the caller make it.
#[derive(Clone, Debug, PartialEq)]
pub struct Nearest {
    /// The policy.
    pub policy: String,
    /// The statement, or where its policy is written.
    pub span: Span,
    /// Why it does not help, as what follows the policy's name: "lets in `sns.amazonaws.com` only".
    pub why: String,
    /// Whether it denies the call.
    pub denied: bool,
}

/// The statements of the policies on what is called that speak of a call and do not let it through, the closest first.
pub fn on_resource(set: &PolicySet, on: &ResourceSet, need: &Need) -> Vec<Nearest> {
    let (world, request) = (World::default(), Request { origin: &set.origin, need });
    let side = Side::Resource { delegates: on.delegates };
    let mut out: Vec<(usize, Nearest)> = Vec::new();
    for source in &on.policies {
        for statement in &source.policy.statements {
            let rank_and_why = match statement.effect {
                Effect::Deny if denies(source, statement, side, &request, &world) => Some((0, format!("denies {}", need.action))),
                Effect::Allow => stranger(statement, &request, &world),
                _ => None,
            };
            if let Some((rank, why)) = rank_and_why {
                let (policy, span) = (source.label.clone(), statement.span.or(source.span));
                out.push((rank, Nearest { policy, span, why, denied: rank == 0 }));
            }
        }
    }
    out.sort_by_key(|(rank, _)| *rank);
    out.into_iter().map(|(_, near)| near).collect()
}

/// Why an Allow does not let the caller in, and how far that is from letting it in; `None` where it is about other calls.
fn stranger(statement: &Statement, request: &Request<'_>, world: &World) -> Option<(usize, String)> {
    if matching::action(statement, &request.need.action, world) == Answer::No {
        return None;
    }
    let who = includes(statement, request.origin, world).direct;
    let fits = statement.resources.is_empty() || matching::resource(statement, request, world) != Answer::No;
    let (met, condition) = conditions(statement, request, world);
    if who != Answer::No && !fits {
        let listed: Vec<String> = statement.resources.items.iter().map(|i| format!("`{:#}`", i.text)).collect();
        return Some((2, format!("lets it call {} on {} only", request.need.action, listed.join(", "))));
    }
    if who != Answer::No && met == Answer::No {
        let key = condition.map(|c| c.key.to_string()).unwrap_or_default();
        let values = condition.map(|c| c.values.items.iter().map(|i| format!("`{:#}`", i.text)).collect::<Vec<_>>().join(", "));
        return Some((1, format!("lets it in under a condition that it does not meet: `{key}` {}", values.unwrap_or_default())));
    }
    let for_services = statement.principals.items.iter().any(|(kind, _)| kind == "Service") || statement.principals.negated;
    if who == Answer::No && for_services {
        let mut named: Vec<String> = statement.principals.items.iter().map(|(_, item)| format!("`{:#}`", item.text)).collect();
        named.truncate(3);
        let verb = if statement.principals.negated { "leaves out" } else { "lets in" };
        return Some((3, format!("{verb} {}", named.join(", "))));
    }
    None
}

/// Adds the statements that speak of the action and do not help.
pub(super) fn collect(question: &Question<'_>, need: &Need, world: &World, out: &mut Vec<Near>) {
    let request = Request { origin: &question.set.origin, need };
    let mut add = |policy: &Sourced, span: Span, misfit: Misfit| {
        let near = Near { action: need.action.clone(), policy: policy.label.clone(), span, misfit };
        if !out.contains(&near) {
            out.push(near);
        }
    };
    let boundary: &[Sourced] = match &question.set.boundary {
        Boundary::Known(documents) => documents,
        _ => &[],
    };
    let on = Side::Resource { delegates: question.on.delegates };
    let identity = question.set.policies.iter().chain(boundary).map(|source| (source, Side::Identity));
    for (source, side) in identity.chain(question.on.policies.iter().map(|source| (source, on))) {
        for statement in source.policy.statements.iter().filter(|s| denies(source, s, side, &request, world)) {
            add(source, statement.span.or(source.span), Misfit::Denied);
        }
    }
    for source in &question.set.policies {
        for statement in source.policy.statements.iter().filter(|s| s.effect == Effect::Allow) {
            if let Some(misfit) = misfit(source, statement, &request, world) {
                add(source, statement.span.or(source.span), misfit);
            }
        }
    }
    let said = question.said(need, world);
    let granted = said.own.allow == Answer::Yes;
    if granted && said.delegated == Answer::No {
        question.on.policies.iter().for_each(|source| add(source, source.span, Misfit::Undelegated));
    }
    if granted
        && said.boundary.allow == Answer::No
        && let Some(document) = boundary.iter().find(|d| world.holds(&d.guard) != Answer::No)
    {
        add(document, document.span, Misfit::Boundary);
    }
}

fn denies(source: &Sourced, statement: &Statement, side: Side, request: &Request<'_>, world: &World) -> bool {
    let included = || {
        let included = included(statement, side, request, world);
        included.direct.or(included.delegated)
    };
    statement.effect == Effect::Deny
        && world.holds(&source.guard).and(source.applies).and_then(included).and(conditions(statement, request, world).0) == Answer::Yes
}

/// Why an Allow of the action does not grant the call; `None` where it is about something else.
fn misfit(source: &Sourced, statement: &Statement, request: &Request<'_>, world: &World) -> Option<Misfit> {
    if matching::action(statement, &request.need.action, world) != Answer::Yes {
        return None;
    }
    let applies = world.holds(&source.guard).and(world.holds(&statement.guard));
    let fits = matching::resource(statement, request, world);
    let (met, condition) = conditions(statement, request, world);
    match (applies, fits) {
        (Answer::No, _) => None,
        (_, Answer::No) => {
            let listed: Vec<String> = statement.resources.items.iter().map(|i| format!("`{:#}`", i.text)).collect();
            Some(Misfit::Resource(listed.join(", ")))
        }
        _ if met == Answer::No => Some(Misfit::Condition(condition.map(|c| c.key.to_string()).unwrap_or_default())),
        _ => None,
    }
}
