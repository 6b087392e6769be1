//! Whether policies have anything to do with a resource: whether they allow any action of its service on it at all.

use super::evaluate::{PolicySet, ResourceSet, Sourced};
use super::matching::{World, arn_glob};
use super::policy::{Effect, Elements, Statement};
use super::principal::includes;
use crate::gap::Gap;
use crate::source::Span;
use crate::text::{self, Answer};
use crate::value::{Part, Reason, Text, Unknown};

/// What a caller's policies have to do with a resource.
#[derive(Clone, Debug, PartialEq)]
pub enum Touch {
    /// Some action is allowed, or may be under a condition.
    Allowed,
    /// None is.
    Nothing,
    /// Cannot be told.
    Unknown(Gap),
}

/// Whether any action of a service may be allowed to the caller on what has this ARN, or on a part of it (a key in a bucket, an index of a
/// table). Conditions, Deny and boundaries are not looked at: the question is whether anybody thought of the resource.
pub fn touches(set: &PolicySet, on: &ResourceSet, service: &str, arn: &Text) -> Touch {
    let part = Text::concat([arn, &Text::from_parts([Part::Literal("/".into()), hole()])]);
    let mut open: Option<Gap> = None;
    let mut doubt = |reason: String, span: Span| _ = open.get_or_insert_with(|| Gap::new(reason, span));
    for source in &set.policies {
        for statement in source.policy.statements.iter().filter(|s| s.effect != Effect::Deny) {
            match speaks(&statement.actions, |pattern| of_service(pattern, service)).and(on_it(statement, arn, &part)) {
                Answer::Yes => return Touch::Allowed,
                Answer::Maybe => doubt(format!("a statement of {} is not fully known", source.label), statement.span.or(source.span)),
                Answer::No => {}
            }
        }
        source.policy.gaps.iter().for_each(|gap| doubt(gap.reason.clone(), gap.span.or(source.span)));
    }
    let world = World::default();
    for source in &on.policies {
        let admits = |s: &&Statement| s.effect != Effect::Deny && includes(s, &set.origin, &world).direct != Answer::No;
        if source.policy.statements.iter().any(|s| admits(&s)) {
            return Touch::Allowed;
        }
        source.policy.gaps.iter().for_each(|gap| doubt(gap.reason.clone(), gap.span.or(source.span)));
    }
    set.gaps.iter().chain(&on.gaps).for_each(|gap| doubt(gap.reason.clone(), gap.span));
    open.map_or(Touch::Nothing, Touch::Unknown)
}

/// Whether the caller's policies allow an action of a service on anything at all.
pub fn uses(set: &PolicySet, service: &str) -> bool {
    let allows = |s: &Statement| s.effect == Effect::Allow && named(&s.actions, service);
    set.policies.iter().any(|source: &Sourced| source.policy.statements.iter().any(allows))
}

/// Whether a list of actions names a service, and not just everything.
fn named(actions: &Elements, service: &str) -> bool {
    let of = |text: &Text| text.as_known().and_then(|t| t.split_once(':')).is_some_and(|(prefix, _)| prefix.eq_ignore_ascii_case(service));
    actions.items.iter().any(|item| of(&item.text))
}

/// Whether one of some patterns fits; what leaves out fits.
fn speaks(elements: &Elements, one: impl Fn(&Text) -> Answer) -> Answer {
    if elements.negated {
        return Answer::Yes;
    }
    let open = if elements.open.is_some() { Answer::Maybe } else { Answer::No };
    elements.items.iter().map(|item| one(&item.text)).fold(open, Answer::or)
}

/// Whether a pattern of actions has one of the service.
fn of_service(pattern: &Text, service: &str) -> Answer {
    match pattern.as_known() {
        Some(known) => {
            let prefix = known.split(':').next().unwrap_or_default().to_ascii_lowercase();
            text::glob_known(&prefix, service).into()
        }
        None => text::glob(pattern, &Text::from_parts([Part::Literal(format!("{service}:").into()), hole()])).or(Answer::Maybe),
    }
}

fn on_it(statement: &Statement, arn: &Text, part: &Text) -> Answer {
    speaks(&statement.resources, |pattern| match arn_glob(pattern, arn) {
        Answer::Yes => Answer::Yes,
        whole => match arn_glob(pattern, part) {
            // `table/orders/index/*` is about a part of the table.
            Answer::No => whole,
            // What says nothing of itself may be anything.
            _ if pattern.parts().iter().all(|part| !matches!(part, Part::Literal(_))) => Answer::Maybe,
            _ => Answer::Yes,
        },
    })
}

fn hole() -> Part {
    Part::Unknown(Unknown::new(Reason::Computed, "part", "which part is not known", Span::NONE))
}
