//! What one side (a role's policies, its boundary, or the policies on a resource) says of a call.

use super::condition::conditions;
use super::evaluate::Sourced;
use super::matching::{self, World};
use super::policy::{Condition, Effect, Gap, Statement};
use super::principal::includes;
use super::request::{Carried, Request};
use crate::text::Answer;

/// Where policies are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Side {
    /// With the caller: they name resources.
    Identity,
    /// On what is called: they name callers.
    Resource {
        /// Whether letting the account in only makes the policies of its roles count.
        delegates: bool,
    },
    /// On a role, for who assumes it: they name callers, and no resource.
    Trust,
}

/// What the policies of one side say.
#[derive(Clone, Debug, PartialEq)]
pub struct Spoken {
    /// Whether one allows the call.
    pub allow: Answer,
    /// Whether one lets the caller's account allow it.
    pub delegated: Answer,
    /// Whether one denies it.
    pub deny: Answer,
    /// Why it cannot be told whether one allows it.
    pub why_allow: Option<Gap>,
    /// Why it cannot be told whether one denies it.
    pub why_deny: Option<Gap>,
}

impl Spoken {
    /// A side that denies nothing.
    pub(super) fn allowing(allow: Answer, why_allow: Option<Gap>) -> Self {
        Spoken { allow, delegated: Answer::No, deny: Answer::No, why_allow, why_deny: None }
    }
}

/// Whether a statement includes a call, its conditions left out.
pub(super) struct Included {
    pub(super) direct: Answer,
    pub(super) delegated: Answer,
}

/// Allow and Deny of all statements. What is not known may allow; that it could also deny is not held against what is seen to allow.
pub fn speak(policies: &[Sourced], gaps: &[Gap], side: Side, request: &Request<'_>, world: &World) -> Spoken {
    let mut out = Spoken::allowing(Answer::No, None);
    for source in policies {
        let applies = world.holds(&source.guard).and(source.applies);
        if applies != Answer::No {
            source.policy.statements.iter().for_each(|s| hear(source, s, applies, side, request, world, &mut out));
        }
    }
    let open = policies
        .iter()
        .flat_map(|s| s.policy.gaps.iter().map(move |g| (g, s.span, world.holds(&s.guard))))
        .chain(gaps.iter().map(|g| (g, g.span, Answer::Yes)));
    for (gap, span, applies) in open {
        if applies.and(world.holds(&gap.guard)) != Answer::No {
            out.allow = out.allow.or(Answer::Maybe);
            out.delegated = out.delegated.or(Answer::Maybe);
            out.why_allow.get_or_insert_with(|| Gap { span: gap.span.or(span), ..gap.clone() });
        }
    }
    out
}

fn hear(source: &Sourced, statement: &Statement, applies: Answer, side: Side, request: &Request<'_>, world: &World, out: &mut Spoken) {
    let included = included(statement, side, request, world);
    let any = included.direct.or(included.delegated);
    if applies.and(any) == Answer::No {
        return;
    }
    let met = match conditions(statement, request, world).0 {
        // What a service presents as the source is for the source to know; a trust policy is not doubted for it.
        Answer::Maybe if side == Side::Trust && statement.effect == Effect::Allow && statement.conditions_open.is_none() => Answer::Yes,
        met => met,
    };
    let here = applies.and(met);
    let doubted = |answer: Answer| answer == Answer::Maybe;
    match statement.effect {
        Effect::Allow => {
            out.allow = out.allow.or(here.and(included.direct));
            out.delegated = out.delegated.or(here.and(included.delegated));
            if doubted(here.and(any)) {
                out.why_allow.get_or_insert_with(|| doubt(source, statement, side, request, world));
            }
        }
        Effect::Deny => {
            out.deny = out.deny.or(here.and(any));
            if doubted(here.and(any)) {
                out.why_deny.get_or_insert_with(|| doubt(source, statement, side, request, world));
            }
        }
        Effect::Unknown if here != Answer::No => {
            out.allow = out.allow.or(Answer::Maybe);
            out.why_allow.get_or_insert_with(|| Gap::new("the effect of a statement is not known", statement.span.or(source.span)));
        }
        Effect::Unknown => {}
    }
}

/// Whether a statement is there, for this caller, and includes the call.
pub(super) fn included(statement: &Statement, side: Side, request: &Request<'_>, world: &World) -> Included {
    let here = world.holds(&statement.guard).and_then(|| matching::action(statement, &request.need.action, world));
    let here = here.and_then(|| match side {
        Side::Trust => Answer::Yes,
        // A statement that names no resource (as that of a file system need not) is about the one that its policy is on.
        Side::Resource { .. } if statement.resources.is_empty() => Answer::Yes,
        Side::Identity | Side::Resource { .. } => matching::resource(statement, request, world),
    });
    if side == Side::Identity || here == Answer::No {
        return Included { direct: here, delegated: Answer::No };
    }
    let who = includes(statement, request.origin, world);
    match side {
        Side::Resource { delegates: true } => Included { direct: here.and(who.direct), delegated: here.and(who.direct.or(who.account)) },
        _ => Included { direct: here.and(who.direct.or(who.account)), delegated: Answer::No },
    }
}

/// Why it cannot be told whether a statement includes the call.
fn doubt(source: &Sourced, statement: &Statement, side: Side, request: &Request<'_>, world: &World) -> Gap {
    let (label, action) = (&source.label, &request.need.action);
    let span = statement.span.or(source.span);
    let verb = if statement.effect == Effect::Deny { "denies" } else { "allows" };
    let elements = [&statement.actions, &statement.resources].into_iter().find_map(|e| e.open.clone());
    let open = elements.or_else(|| statement.principals.open.clone().filter(|_| side != Side::Identity));
    let reason = match (open, conditions(statement, request, world)) {
        (Some(open), _) => open,
        (None, (Answer::Maybe, Some(condition))) => {
            let why = why_open(condition, request).map(|why| format!(": {why}")).unwrap_or_default();
            format!("{label} {verb} {action} under a condition on `{}`{why}", condition.key)
        }
        (None, (Answer::Maybe, None)) => statement.conditions_open.clone().unwrap_or_else(|| "a condition is not known".to_owned()),
        _ if source.applies == Answer::Maybe => format!("{label} {verb} {action}, and whether it is on what is called is not known"),
        _ if side != Side::Trust && matching::resource(statement, request, world) == Answer::Maybe => {
            format!("it cannot be told whether the resources of {label} include what {action} is called on")
        }
        _ if side != Side::Identity => format!("it cannot be told whether {label} {verb} {action} to the caller"),
        _ => format!("a statement of {label} is not fully known"),
    };
    Gap::new(reason, span)
}

/// What would have to be known for a condition to be decided.
fn why_open(condition: &Condition, request: &Request<'_>) -> Option<String> {
    if let Some(open) = &condition.values.open {
        return Some(open.clone());
    }
    let carried = match request.carries(&condition.key.to_ascii_lowercase()) {
        Carried::OneOf(values) => values.into_iter().flatten().collect(),
        Carried::Open => Vec::new(),
    };
    let texts = condition.values.items.iter().map(|item| &item.text).chain(if carried.is_empty() { &[][..] } else { &carried });
    texts.filter_map(|text| text.telling_hole().map(|hole| hole.message())).next()
}
