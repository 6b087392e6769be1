//! What a wire needs in order to work: each need is a question that a rule asks too, with the answer for this wire alone.

use super::super::Graph;
use super::super::permissions::Coverage;
use super::super::roles::RoleRef;
use crate::gap::Gap;
use crate::iam::{self, Grant, ResourceSet};
use crate::source::Span;
use crate::text::Answer;
use crate::value::{Guard, ResourceId, Str, Value};

/// What kind of need it is: which rules judge it hangs on that.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum NeedKind {
    /// A statement of the function's policy lets API Gateway invoke it.
    ApiPermission,
    /// The role of an integration may be assumed, and allows the call.
    ApiRole,
    /// A statement of the function's policy, or the role, lets a service invoke it.
    TriggerPermission,
    /// The role of the function lets Lambda read the source.
    Poll,
    /// The role lets the results be sent.
    Destination,
    /// The role lets what failed be sent.
    DeadLetter,
    /// The role trusts the service.
    Trust,
    /// A policy on the queue or topic lets the service send.
    Delivery,
    /// The policy of its key lets the service use it.
    DeliveryKey,
    /// The protocol takes the endpoint.
    Endpoint,
    /// There is a way through VPCs and security groups.
    Path,
    /// No more is let in than has to be.
    Narrow,
    /// The role's policies allow the calls; of what is called no rule knows whether it is called at all.
    Allowed,
}

/// The answer to the question behind a need.
#[derive(Clone, Debug)]
pub enum Asked {
    /// It is so; by what, where something can be pointed at.
    Met(Span),
    /// It is not so: why.
    NotMet(String),
    /// It cannot be told.
    Unknown(Gap),
    /// There is no question: only a finding can tell.
    Nothing,
}

/// Something that has to be so.
#[derive(Clone, Debug)]
pub struct Need {
    /// What kind.
    pub kind: NeedKind,
    /// What has to be so, in words.
    pub what: String,
    /// The address under which a rule would report it.
    pub subject: Str,
    /// Where it is asked; findings and undecided checks of the subject that lie elsewhere are another's.
    pub place: Span,
    /// The answer.
    pub asked: Asked,
}

impl Need {
    pub(super) fn new(graph: &Graph<'_>, kind: NeedKind, subject: ResourceId, what: impl Into<String>, asked: Asked) -> Self {
        Need { kind, what: what.into(), subject: graph.resource(subject).address.clone(), place: Span::NONE, asked }
    }

    pub(super) fn at(self, place: Span) -> Self {
        Need { place, ..self }
    }
}

impl Asked {
    /// A statement of a function's policy.
    pub(super) fn coverage(graph: &Graph<'_>, coverage: Coverage) -> Asked {
        match coverage {
            Coverage::Covered(permission) => Asked::Met(graph.resource(permission).name_span),
            Coverage::Uncovered(_) => Asked::NotMet("no permission covers the call".to_owned()),
            Coverage::Unknown(reason, cause) => Asked::Unknown(Gap::new(reason, cause)),
        }
    }

    /// Both of two.
    pub(super) fn and(self, other: Asked) -> Asked {
        match (self, other) {
            (Asked::NotMet(why), _) | (_, Asked::NotMet(why)) => Asked::NotMet(why),
            (Asked::Unknown(gap), _) | (_, Asked::Unknown(gap)) => Asked::Unknown(gap),
            (Asked::Nothing, _) | (_, Asked::Nothing) => Asked::Nothing,
            (Asked::Met(a), Asked::Met(b)) => Asked::Met(a.or(b)),
        }
    }
}

impl Graph<'_> {
    /// Whether the roles that a value may mean allow one call of each group on something with these policies.
    pub(super) fn role_allows(&self, role: &Value, groups: &[Vec<iam::Need>], on: &ResourceSet, guard: &Guard) -> Asked {
        let mut all = Asked::Met(role.span);
        for (inner, found) in self.roles_of(role) {
            let Some(guard) = guard.and(&inner) else { continue };
            all = all.and(match found {
                RoleRef::Outside(reason, cause) => Asked::Unknown(Gap::new(reason, cause)),
                RoleRef::Unit(id) => {
                    let one = |group: &Vec<iam::Need>| self.allows_one_of(id, group, on, &guard);
                    let met = Asked::Met(self.resource(id).name_span);
                    groups.iter().map(one).fold(met, Asked::and)
                }
            });
        }
        all
    }

    /// Whether a role of the unit allows one of these calls on something with these policies.
    pub(super) fn allows_one_of(&self, role: ResourceId, group: &[iam::Need], on: &ResourceSet, guard: &Guard) -> Asked {
        let mut worst = Asked::NotMet(String::new());
        let mut refused: Vec<String> = Vec::new();
        for need in group {
            match self.refused(role, on, std::slice::from_ref(need), guard) {
                Grant::Granted => return Asked::Met(self.resource(role).name_span),
                Grant::Unknown(gap) => worst = Asked::Unknown(Gap::new(gap.reason, gap.span)),
                Grant::Missing(_) => refused.push(need.action.to_string()),
            }
        }
        match worst {
            Asked::NotMet(_) => Asked::NotMet(format!("role `{}` does not allow {}", self.resource(role).address, refused.join(" or "))),
            other => other,
        }
    }

    /// Whether a role trusts a service.
    pub(super) fn role_trusts(&self, role: ResourceId, service: &str) -> Asked {
        let trust = self.trusts(role, service);
        match trust.answer {
            Answer::Yes => Asked::Met(trust.span),
            Answer::Maybe => Asked::Unknown(Gap::new(trust.reason, trust.span)),
            Answer::No => Asked::NotMet(format!("role `{}` does not let {service} assume it", self.resource(role).address)),
        }
    }
}
