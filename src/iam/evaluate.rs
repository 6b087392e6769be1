//! What policies allow, as IAM decides it: may this caller make this call on this resource? A Deny anywhere before any Allow, the
//! caller's policies and those on the resource together, cut by the permissions boundary (IAM User Guide, "Policy evaluation logic").
//!
//! Policies may stand under conditions that cannot be decided. Each combination of these is a [`World`]: a call is granted where
//! it is in every world that the caller lives in, and missing where it is in none of them. Which of two worlds will be deployed is not
//! known: that a condition may be false is no proof that it ever is, so a call that is granted in some worlds only is undecided.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::matching::{Need, World};
use super::near::{self, Near};
use super::policy::{Effect, Gap, Policy, Statement};
use super::request::{Origin, Request};
use super::side::{Side, Spoken, included, speak};
use crate::source::Span;
use crate::text::Answer;
use crate::value::{Guard, Str};

/// A policy that applies to a role or a resource.
#[derive(Clone, Debug)]
pub struct Sourced {
    /// What it is, for messages: "AWS managed policy `AWSLambdaBasicExecutionRole`".
    pub label: String,
    /// Where it is attached or written.
    pub span: Span,
    /// When it applies.
    pub guard: Guard,
    /// Whether it is known to apply there; [`Answer::Maybe`] for one that names what it is on by something unknown.
    pub applies: Answer,
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
    /// The role.
    pub origin: Origin,
    /// The identity policies.
    pub policies: Vec<Sourced>,
    /// What could be further policies.
    pub gaps: Vec<Gap>,
    /// The boundary.
    pub boundary: Boundary,
    /// The guards of each choice between policies: in every deploy one of them holds.
    pub choices: Vec<Vec<Guard>>,
}

/// The policies on what is called.
#[derive(Clone, Debug, Default)]
pub struct ResourceSet {
    /// Those that are seen.
    pub policies: Vec<Sourced>,
    /// What could let a caller in beside them.
    pub gaps: Vec<Gap>,
    /// Whether the policies of roles count only where these let the account as a whole in, as with KMS keys (AWS KMS Developer
    /// Guide, "Key policies in AWS KMS").
    pub delegates: bool,
    /// Whose calls they decide: `sqs`, `kms`; empty where all that is asked is called on the same thing.
    pub service: Str,
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

/// Which of the calls the policies do not allow to a caller that exists under `context`. `on` are those on what is called.
pub fn missing(set: &PolicySet, on: &ResourceSet, needs: &[Need], context: &Guard) -> Grant {
    let question = Question { set, on };
    let worlds = question.worlds(context);
    let mut missing = Missing { needs: Vec::new(), near: Vec::new() };
    let mut unknown = None;
    for need in needs {
        match question.over_worlds(need, &worlds) {
            Verdict::Allowed => {}
            Verdict::Unknown(gap) => {
                unknown.get_or_insert(gap);
            }
            Verdict::Refused(world) => {
                near::collect(&question, need, &world, &mut missing.near);
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

/// All that is asked.
pub(super) struct Question<'a> {
    pub(super) set: &'a PolicySet,
    pub(super) on: &'a ResourceSet,
}

/// What the three kinds of policies say of a call in one world.
pub(super) struct Said {
    pub(super) own: Spoken,
    pub(super) on: Spoken,
    pub(super) boundary: Spoken,
    /// Whether the policies of roles count at all.
    pub(super) delegated: Answer,
}

impl Said {
    /// Whether the call is allowed, or why that cannot be told.
    fn verdict(self) -> Result<bool, Gap> {
        let denied = self.own.deny.or(self.on.deny).or(self.boundary.deny);
        let by_role = self.own.allow.and(self.delegated);
        let allowed = by_role.or(self.on.allow).and(self.boundary.allow);
        match allowed.and(denied.not()) {
            Answer::Yes => Ok(true),
            Answer::No => Ok(false),
            Answer::Maybe => {
                let why_denied = self.own.why_deny.or(self.on.why_deny).or(self.boundary.why_deny);
                let why_allowed = self.own.why_allow.or(self.on.why_allow).or(self.boundary.why_allow);
                let why = if allowed == Answer::Maybe { why_allowed.or(why_denied) } else { why_denied };
                Err(why.unwrap_or_else(|| Gap::new("the policies cannot be decided", Span::NONE)))
            }
        }
    }
}

impl Question<'_> {
    /// Every combination of the conditions that the policies depend on, as far as it can happen where the caller exists.
    fn worlds(&self, context: &Guard) -> Vec<World> {
        let mut names: BTreeSet<&Str> = BTreeSet::new();
        for guard in self.guards() {
            names.extend(guard.terms().iter().map(|(name, _)| name));
        }
        let fixed: Vec<(Str, bool)> = context.terms().to_vec();
        let free: Vec<&Str> = names.into_iter().filter(|n| !fixed.iter().any(|(f, _)| f == *n)).take(MAX_CONDITIONS).collect();
        let choices: Vec<&Vec<Guard>> = self.set.choices.iter().chain(self.documents().flat_map(|s| &s.policy.choices)).collect();
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

    fn documents(&self) -> impl Iterator<Item = &Sourced> {
        let boundary: &[Sourced] = match &self.set.boundary {
            Boundary::Known(documents) => documents,
            _ => &[],
        };
        self.set.policies.iter().chain(boundary).chain(&self.on.policies)
    }

    fn guards(&self) -> impl Iterator<Item = &Guard> {
        let inner = self.documents().flat_map(|s| s.policy.guards().chain([&s.guard]));
        inner.chain(self.set.gaps.iter().chain(&self.on.gaps).map(|g| &g.guard)).filter(|g| !g.is_always())
    }

    fn over_worlds(&self, need: &Need, worlds: &[World]) -> Verdict {
        let mut refused = None;
        let mut allowed = 0;
        let mut unknown = None;
        for world in worlds {
            match self.said(need, world).verdict() {
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
            (Some(world), _) => Verdict::Unknown(self.depends(need, &world)),
        }
    }

    /// Why a call that is refused in one world and allowed in another is not decided: the conditions that make the difference, and the
    /// policy that hangs on them.
    fn depends(&self, need: &Need, refusing: &World) -> Gap {
        let mut when = Guard::always();
        for (index, (name, truth)) in refusing.terms.iter().enumerate() {
            let mut flipped = refusing.clone();
            if let Some(term) = flipped.terms.get_mut(index) {
                term.1 = !term.1;
            }
            if !matches!(self.said(need, &flipped).verdict(), Ok(false)) {
                when = when.and(&Guard::when(name.clone(), !*truth)).unwrap_or(when);
            }
        }
        let (any, request) = (World::default(), Request { origin: &self.set.origin, need });
        let speaks = |s: &Statement, world: &World| included(s, Side::Identity, &request, world).direct;
        let hangs = |source: &&Sourced| {
            let out = |s: &Statement| refusing.holds(&source.guard).and(speaks(s, refusing)) == Answer::No;
            source.policy.statements.iter().any(|s| s.effect == Effect::Allow && speaks(s, &any) != Answer::No && out(s))
        };
        let place = self.set.policies.iter().find(hangs);
        let span = place.map_or(Span::NONE, |source| source.span);
        let what = place.map_or_else(|| "what the role allows".to_owned(), |source| source.label.clone());
        if when.is_always() {
            return Gap::new(format!("{what} depends on conditions that cannot be decided"), span);
        }
        Gap::new(format!("{what} applies only when {when}, which cannot be decided"), span)
    }

    /// What all policies say of a call in one world.
    pub(super) fn said(&self, need: &Need, world: &World) -> Said {
        let request = Request { origin: &self.set.origin, need };
        let own = speak(&self.set.policies, &self.set.gaps, Side::Identity, &request, world);
        let decides = self.on.service.is_empty() || need.action.split(':').next() == Some(self.on.service.as_str());
        if !decides {
            return Question { set: self.set, on: &ResourceSet::default() }.said(need, world);
        }
        let on = speak(&self.on.policies, &self.on.gaps, Side::Resource { delegates: self.on.delegates }, &request, world);
        let boundary = match &self.set.boundary {
            Boundary::None => Spoken::allowing(Answer::Yes, None),
            Boundary::Known(documents) if documents.iter().all(|d| world.holds(&d.guard) == Answer::No) => {
                Spoken::allowing(Answer::Yes, None)
            }
            Boundary::Known(documents) => speak(documents, &[], Side::Identity, &request, world),
            Boundary::Unknown(gap) => Spoken::allowing(Answer::Maybe, Some(gap.clone())),
        };
        let delegated = if self.on.delegates { on.delegated } else { Answer::Yes };
        Said { own, on, boundary, delegated }
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
