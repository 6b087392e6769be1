//! What a set of policies allows, as IAM decides it: Deny before Allow, all documents together, cut by the permissions boundary
//! (IAM User Guide, "Policy evaluation logic").
//!
//! Policies may stand under conditions that cannot be decided. Each combination of these is a [`World`]: a call is granted where
//! it is in every world that the caller lives in, and missing where it is in none of them. Which of two worlds will be deployed is not
//! known: that a condition may be false is no proof that it ever is, so a call that is granted in some worlds only is undecided.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::matching::{self, Need, World};
use super::policy::{Effect, Gap, Policy, Statement};
use crate::source::Span;
use crate::text::Answer;
use crate::value::{Guard, Str};

/// A policy that applies to a role.
#[derive(Clone, Debug)]
pub struct Sourced {
    /// What it is, for messages: "AWS managed policy `AWSLambdaBasicExecutionRole`".
    pub label: String,
    /// Where it is attached or written.
    pub span: Span,
    /// When it applies.
    pub guard: Guard,
    /// Its document.
    pub policy: Arc<Policy>,
}

/// The permissions boundary of a role.
#[derive(Clone, Debug, Default)]
pub enum Boundary {
    /// None.
    #[default]
    None,
    /// These documents, each under its guard; where none applies there is no boundary.
    Known(Vec<Sourced>),
    /// One that cannot be seen.
    Unknown(Gap),
}

/// Everything that decides what a role may do.
#[derive(Clone, Debug, Default)]
pub struct PolicySet {
    /// The identity policies.
    pub policies: Vec<Sourced>,
    /// What could be further policies.
    pub gaps: Vec<Gap>,
    /// The boundary.
    pub boundary: Boundary,
    /// The guards of each choice between policies: in every deploy one of them holds.
    pub choices: Vec<Vec<Guard>>,
}

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

/// What is missing for sure.
#[derive(Clone, Debug, PartialEq)]
pub struct Missing {
    /// The calls that fail, in the order asked.
    pub needs: Vec<Need>,
    /// The nearest statements.
    pub near: Vec<Near>,
}

/// The answer of an evaluation.
#[derive(Clone, Debug, PartialEq)]
pub enum Grant {
    /// Every call is allowed.
    Granted,
    /// Some are not.
    Missing(Missing),
    /// Cannot be told.
    Unknown(Gap),
}

/// How many undecided conditions are tried out in all combinations; those beyond stay undecided.
const MAX_CONDITIONS: usize = 6;

/// Terms that stand for "the unknown collection of this `for_each` is not empty" begin like this.
pub const COLLECTION: &str = "for_each over ";

/// Which of the calls the policies do not allow to a caller that exists under `context`.
pub fn missing(set: &PolicySet, needs: &[Need], context: &Guard) -> Grant {
    let worlds = worlds(set, context);
    let mut missing = Missing { needs: Vec::new(), near: Vec::new() };
    let mut unknown = None;
    for need in needs {
        match over_worlds(set, need, &worlds) {
            Verdict::Allowed => {}
            Verdict::Unknown(gap) => {
                unknown.get_or_insert(gap);
            }
            Verdict::Refused(world) => {
                near(set, need, &world, &mut missing.near);
                missing.needs.push(need.clone());
            }
        }
    }
    match (missing.needs.is_empty(), unknown) {
        (false, _) => Grant::Missing(missing),
        (true, Some(gap)) => Grant::Unknown(gap),
        (true, None) => Grant::Granted,
    }
}

enum Verdict {
    Allowed,
    Refused(World),
    Unknown(Gap),
}

/// Every combination of the conditions that the policies depend on, as far as it can happen where the caller exists.
fn worlds(set: &PolicySet, context: &Guard) -> Vec<World> {
    let mut names: BTreeSet<&Str> = BTreeSet::new();
    for guard in guards(set) {
        names.extend(guard.terms().iter().map(|(name, _)| name));
    }
    let fixed: Vec<(Str, bool)> = context.terms().to_vec();
    let free: Vec<&Str> = names.into_iter().filter(|n| !fixed.iter().any(|(f, _)| f == *n)).take(MAX_CONDITIONS).collect();
    let choices: Vec<&Vec<Guard>> = set.choices.iter().chain(documents(set).flat_map(|s| &s.policy.choices)).collect();
    let mut out = Vec::new();
    for bits in 0..1u32 << free.len() {
        let mut terms = fixed.clone();
        // The first world is the one where all conditions hold.
        terms.extend(free.iter().enumerate().map(|(i, name)| ((*name).clone(), bits & (1 << i) == 0)));
        // Conditions may exclude each other: one value does not equal two texts.
        let possible = terms.iter().try_fold(Guard::always(), |all, (name, truth)| all.and(&Guard::when(name.clone(), *truth)));
        let world = World { terms };
        if possible.is_some() && choices.iter().all(|guards| guards.iter().any(|g| world.holds(g) != Answer::No)) {
            out.push(world);
        }
    }
    out
}

fn documents(set: &PolicySet) -> impl Iterator<Item = &Sourced> {
    let boundary: &[Sourced] = match &set.boundary {
        Boundary::Known(documents) => documents,
        _ => &[],
    };
    set.policies.iter().chain(boundary)
}

fn guards(set: &PolicySet) -> impl Iterator<Item = &Guard> {
    let inner = documents(set).flat_map(|s| {
        let items = s.policy.statements.iter().flat_map(|st| st.actions.items.iter().chain(&st.resources.items)).map(|i| &i.guard);
        let statements = s.policy.statements.iter().map(|st| &st.guard);
        statements.chain(items).chain(s.policy.gaps.iter().map(|g| &g.guard)).chain([&s.guard])
    });
    inner.chain(set.gaps.iter().map(|g| &g.guard)).filter(|g| !g.is_always())
}

fn over_worlds(set: &PolicySet, need: &Need, worlds: &[World]) -> Verdict {
    let mut refused = None;
    let mut allowed = 0;
    let mut unknown = None;
    for world in worlds {
        match in_world(set, need, world) {
            Ok(true) => allowed += 1,
            Ok(false) => {
                refused.get_or_insert_with(|| world.clone());
            }
            Err(gap) => {
                unknown.get_or_insert(gap);
            }
        }
    }
    match (refused, unknown) {
        (None, None) if allowed > 0 => Verdict::Allowed,
        (None, None) => Verdict::Unknown(Gap::new("its conditions contradict each other", Span::NONE)),
        (None, Some(gap)) => Verdict::Unknown(gap),
        (Some(world), None) if allowed == 0 => Verdict::Refused(world),
        (Some(_), Some(gap)) if allowed == 0 => Verdict::Unknown(gap),
        (Some(world), _) => Verdict::Unknown(depends(set, need, &world)),
    }
}

/// Why a call that is refused in one world and allowed in another is not decided: the conditions that make the difference, and the
/// policy that hangs on them.
fn depends(set: &PolicySet, need: &Need, refusing: &World) -> Gap {
    let mut when = Guard::always();
    for (index, (name, truth)) in refusing.terms.iter().enumerate() {
        let mut flipped = refusing.clone();
        if let Some(term) = flipped.terms.get_mut(index) {
            term.1 = !term.1;
        }
        if !matches!(in_world(set, need, &flipped), Ok(false)) {
            when = when.and(&Guard::when(name.clone(), !*truth)).unwrap_or(when);
        }
    }
    let any = World::default();
    let hangs = |source: &&Sourced| {
        let out = |s: &Statement| refusing.holds(&source.guard).and(refusing.holds(&s.guard)).and(speaks(s, need, refusing)) == Answer::No;
        source.policy.statements.iter().any(|s| s.effect == Effect::Allow && speaks(s, need, &any) != Answer::No && out(s))
    };
    let place = set.policies.iter().find(hangs);
    let span = place.map_or(Span::NONE, |source| source.span);
    let what = place.map_or_else(|| "what the role allows".to_owned(), |source| source.label.clone());
    if when.is_always() {
        return Gap::new(format!("{what} depends on conditions that cannot be decided"), span);
    }
    Gap::new(format!("{what} applies only when {when}, which cannot be decided"), span)
}

/// Whether the call is allowed in one world, or why that cannot be told.
fn in_world(set: &PolicySet, need: &Need, world: &World) -> Result<bool, Gap> {
    let (identity, why) = allows(&set.policies, &set.gaps, need, world);
    if identity == Answer::No {
        return Ok(false);
    }
    let (boundary, why_boundary) = match &set.boundary {
        Boundary::None => (Answer::Yes, None),
        Boundary::Known(documents) if documents.iter().all(|d| world.holds(&d.guard) == Answer::No) => (Answer::Yes, None),
        Boundary::Known(documents) => allows(documents, &[], need, world),
        Boundary::Unknown(gap) => (Answer::Maybe, Some(gap.clone())),
    };
    match identity.and(boundary) {
        Answer::Yes => Ok(true),
        Answer::No => Ok(false),
        Answer::Maybe => {
            let gap = if identity == Answer::Maybe { why } else { why_boundary };
            Err(gap.unwrap_or_else(|| Gap::new("the policies cannot be decided", Span::NONE)))
        }
    }
}

/// Allow minus Deny. What is not known may allow; that it could also deny is not held against what is seen to allow.
fn allows(policies: &[Sourced], gaps: &[Gap], need: &Need, world: &World) -> (Answer, Option<Gap>) {
    let (mut allow, mut deny) = (Answer::No, Answer::No);
    let mut why: Option<Gap> = None;
    for source in policies {
        let applies = world.holds(&source.guard);
        if applies == Answer::No {
            continue;
        }
        for statement in &source.policy.statements {
            let here = applies.and(world.holds(&statement.guard)).and(speaks(statement, need, world));
            let granted = here.and(matching::conditions(statement, need.caller).0);
            match statement.effect {
                Effect::Allow => {
                    if granted == Answer::Maybe {
                        why.get_or_insert_with(|| doubt(source, statement, need, world));
                    }
                    allow = allow.or(granted);
                }
                // A Deny under a condition is meant for other callers: Lambda's guide shows one to keep function code from EC2.
                Effect::Deny if statement.conditions.is_empty() && statement.conditions_open.is_none() => {
                    if here == Answer::Maybe {
                        why.get_or_insert_with(|| doubt(source, statement, need, world));
                    }
                    deny = deny.or(here);
                }
                Effect::Deny => {}
                Effect::Unknown if here != Answer::No => {
                    allow = allow.or(Answer::Maybe);
                    why.get_or_insert_with(|| Gap::new("the effect of a statement is not known", statement.span.or(source.span)));
                }
                Effect::Unknown => {}
            }
        }
    }
    let open = policies
        .iter()
        .flat_map(|s| s.policy.gaps.iter().map(move |g| (g, s.span, world.holds(&s.guard))))
        .chain(gaps.iter().map(|g| (g, g.span, Answer::Yes)));
    for (gap, span, applies) in open {
        if applies.and(world.holds(&gap.guard)) != Answer::No {
            allow = allow.or(Answer::Maybe);
            why.get_or_insert_with(|| Gap { span: gap.span.or(span), ..gap.clone() });
        }
    }
    let denied = match deny {
        Answer::Yes => Answer::No,
        Answer::Maybe => Answer::Maybe,
        Answer::No => Answer::Yes,
    };
    (allow.and(denied), why)
}

/// Whether a statement's actions and resources include the call.
fn speaks(statement: &Statement, need: &Need, world: &World) -> Answer {
    let acts = matching::action(statement, &need.action, world);
    if acts == Answer::No { Answer::No } else { acts.and(matching::resource(statement, &need.target, world)) }
}

/// Why it cannot be told whether a statement includes the call.
fn doubt(source: &Sourced, statement: &Statement, need: &Need, world: &World) -> Gap {
    let span = statement.span.or(source.span);
    let open = [&statement.actions, &statement.resources].into_iter().find_map(|e| e.open.clone());
    let reason = match (open, matching::conditions(statement, need.caller)) {
        (Some(open), _) => open,
        (None, (Answer::Maybe, Some(condition))) => {
            format!("{} allows {} under a condition on `{}`", source.label, need.action, condition.key)
        }
        (None, (Answer::Maybe, None)) => statement.conditions_open.clone().unwrap_or_else(|| "a condition is not known".to_owned()),
        _ if matching::resource(statement, &need.target, world) == Answer::Maybe => {
            format!("it cannot be told whether the resources of {} include what {} is called on", source.label, need.action)
        }
        _ => format!("a statement of {} is not fully known", source.label),
    };
    Gap::new(reason, span)
}

/// The statements that speak of the action and do not help.
fn near(set: &PolicySet, need: &Need, world: &World, out: &mut Vec<Near>) {
    let add = |out: &mut Vec<Near>, source: &Sourced, statement: &Statement, misfit: Misfit| {
        let near = Near { action: need.action.clone(), policy: source.label.clone(), span: statement.span.or(source.span), misfit };
        if !out.contains(&near) {
            out.push(near);
        }
    };
    for source in &set.policies {
        for statement in &source.policy.statements {
            if matching::action(statement, &need.action, world) != Answer::Yes {
                continue;
            }
            let applies = world.holds(&source.guard).and(world.holds(&statement.guard));
            let fits = matching::resource(statement, &need.target, world);
            let (met, condition) = matching::conditions(statement, need.caller);
            match statement.effect {
                Effect::Deny if applies == Answer::Yes && fits == Answer::Yes && statement.conditions.is_empty() => {
                    add(out, source, statement, Misfit::Denied);
                }
                Effect::Allow if applies == Answer::No => {}
                Effect::Allow if fits == Answer::No => {
                    let listed: Vec<String> = statement.resources.items.iter().map(|i| format!("`{}`", i.text)).collect();
                    add(out, source, statement, Misfit::Resource(listed.join(", ")));
                }
                Effect::Allow if met == Answer::No => {
                    let key = condition.map(|c| c.key.to_string()).unwrap_or_default();
                    add(out, source, statement, Misfit::Condition(key));
                }
                _ => {}
            }
        }
    }
    if let Boundary::Known(documents) = &set.boundary
        && allows(&set.policies, &set.gaps, need, world).0 == Answer::Yes
        && let Some(document) = documents.iter().find(|d| world.holds(&d.guard) != Answer::No)
    {
        let near = Near { action: need.action.clone(), policy: document.label.clone(), span: document.span, misfit: Misfit::Boundary };
        if !out.contains(&near) {
            out.push(near);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iam::Caller;
    use crate::value::{Text, Value};

    fn source(statement: &str, guard: Guard) -> Sourced {
        let document = format!("{{\"Statement\": {statement}}}");
        let policy = Arc::new(Policy::parse(&Value::string(document, Span::NONE), &Text::clone));
        Sourced { label: "policy `p`".to_owned(), span: Span::NONE, guard, policy }
    }

    fn need() -> Need {
        Need::on("sqs:SendMessage", Text::literal("arn:aws:sqs:eu-west-1:123456789012:orders"), Caller::Function)
    }

    fn ask(set: &PolicySet, context: &Guard) -> Grant {
        missing(set, &[need()], context)
    }

    const SEND: &str = r#"{"Effect": "Allow", "Action": "sqs:Send*", "Resource": "arn:aws:sqs:*:*:orders"}"#;
    const DENY: &str = r#"{"Effect": "Deny", "Action": "sqs:*", "Resource": "*"}"#;

    fn set(policies: Vec<Sourced>) -> PolicySet {
        PolicySet { policies, ..PolicySet::default() }
    }

    #[test]
    fn deny_outweighs_allow_and_what_is_seen_outweighs_what_is_not() {
        let always = Guard::always;
        assert!(matches!(ask(&set(vec![]), &always()), Grant::Missing(_)));
        let mut seen = set(vec![source(SEND, always())]);
        assert_eq!(ask(&seen, &always()), Grant::Granted);
        seen.gaps.push(Gap::new("unseen", Span::NONE));
        assert_eq!(ask(&seen, &always()), Grant::Granted);
        seen.policies.clear();
        assert!(matches!(ask(&seen, &always()), Grant::Unknown(gap) if gap.reason == "unseen"));
        seen.policies.push(source(DENY, always()));
        assert!(matches!(ask(&seen, &always()), Grant::Missing(m) if m.near[0].misfit == Misfit::Denied));
    }

    #[test]
    fn a_boundary_cuts_and_an_unseen_one_leaves_it_open() {
        let always = Guard::always;
        let mut bounded = set(vec![source(SEND, always())]);
        let logs = r#"{"Effect": "Allow", "Action": "logs:*", "Resource": "*"}"#;
        bounded.boundary = Boundary::Known(vec![source(logs, always())]);
        assert!(matches!(ask(&bounded, &always()), Grant::Missing(m) if m.near[0].misfit == Misfit::Boundary));
        bounded.boundary = Boundary::Unknown(Gap::new("boundary", Span::NONE));
        assert!(matches!(ask(&bounded, &always()), Grant::Unknown(gap) if gap.reason == "boundary"));
        bounded.policies.clear();
        assert!(matches!(ask(&bounded, &always()), Grant::Missing(_)));
    }

    #[test]
    fn a_conditional_policy_covers_where_its_condition_is_implied_and_is_open_elsewhere() {
        let on = |polarity| Guard::when("UseQueue", polarity);
        let one = set(vec![source(SEND, on(true))]);
        assert_eq!(ask(&one, &on(true)), Grant::Granted);
        assert!(matches!(ask(&one, &on(false)), Grant::Missing(_)));
        assert!(matches!(ask(&one, &Guard::always()), Grant::Unknown(gap) if gap.reason.contains("only when UseQueue")));
        assert!(matches!(ask(&one, &Guard::when("Other", true)), Grant::Unknown(_)));
        // What is granted in no world is missing, whatever the conditions.
        let other = set(vec![source(r#"{"Effect": "Allow", "Action": "logs:*", "Resource": "*"}"#, on(true))]);
        assert!(matches!(ask(&other, &Guard::always()), Grant::Missing(_)));
        let denied = set(vec![source(SEND, Guard::always()), source(DENY, on(true))]);
        assert!(matches!(ask(&denied, &Guard::always()), Grant::Unknown(_)));
        let both = set(vec![source(SEND, on(true)), source(SEND, on(false))]);
        assert_eq!(ask(&both, &Guard::always()), Grant::Granted);
    }

    #[test]
    fn an_unknown_collection_proves_nothing() {
        let term = Guard::when(format!("{COLLECTION}var.queues"), true);
        let one = set(vec![source(SEND, term.clone())]);
        assert_eq!(ask(&one, &term), Grant::Granted);
        assert!(matches!(ask(&one, &Guard::always()), Grant::Unknown(_)));
    }

    #[test]
    fn one_branch_of_a_choice_holds_in_every_deploy() {
        let branch = |name: &str| Guard::when(name, true);
        let mut either = set(vec![source(SEND, branch("a")), source(SEND, branch("b"))]);
        assert!(matches!(ask(&either, &Guard::always()), Grant::Unknown(_)));
        either.choices.push(vec![branch("a"), branch("b")]);
        assert_eq!(ask(&either, &Guard::always()), Grant::Granted);
    }

    #[test]
    fn many_conditions_stay_undecided_instead_of_taking_for_ever() {
        let policies = (0..40).map(|i| source(SEND, Guard::when(format!("c{i:02}"), true))).collect();
        let answer = ask(&set(policies), &Guard::always());
        assert!(matches!(answer, Grant::Unknown(_)), "{answer:?}");
    }
}
