//! A call as IAM sees it: who makes it, what it is made on, and what it carries.
//!
//! Which keys a request has is in the IAM User Guide, "AWS global condition context keys", under "Availability" of each key.

use crate::source::Span;
use crate::text::{self, Answer};
use crate::value::{Part, Reason, Str, Text, Unknown};

use super::matching::{Caller, Need, Target, arn_parts};

/// Who signs a call.
#[derive(Clone, Debug, PartialEq)]
pub enum Principal {
    /// A role, by its ARN.
    Role(Text),
    /// An AWS service that acts for a resource of the account: `lambda.amazonaws.com`.
    Service(Str),
}

/// Whose calls a set of policies decides, and from where.
#[derive(Clone, Debug, PartialEq)]
pub struct Origin {
    /// Who calls.
    pub principal: Principal,
    /// The account of the caller.
    pub account: Text,
    /// The region of the calls, where what is called names none.
    pub region: Text,
    /// What a service tells of the resource that it calls for.
    pub source: Source,
}

/// What a service tells of the resource that it calls for.
#[derive(Clone, Debug, PartialEq)]
pub struct Source {
    /// `aws:SourceArn`.
    pub arn: Carried,
    /// `aws:SourceAccount`.
    pub account: Carried,
    /// `aws:SourceOwner`, which Amazon SNS alone has.
    pub owner: Carried,
}

impl Source {
    /// One of which nothing is known but its account.
    pub fn in_account(account: Text) -> Self {
        Source { arn: Carried::Open, account: Carried::is(account), owner: Carried::Open }
    }
}

impl Default for Origin {
    /// A role of which nothing is known.
    fn default() -> Self {
        let unknown = |what: &str| Text::from_parts([hole(what)]);
        let source = Source::in_account(unknown("account"));
        Origin { principal: Principal::Role(unknown("role")), account: unknown("account"), region: unknown("region"), source }
    }
}

/// One call.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// By whom.
    pub origin: &'a Origin,
    /// What.
    pub need: &'a Need,
}

/// What a request carries under a condition key: each value that it may have, `None` for a key that is not there.
#[derive(Clone, Debug, PartialEq)]
pub enum Carried {
    /// One of these, in every deploy.
    OneOf(Vec<Option<Text>>),
    /// Cannot be told.
    Open,
}

impl Carried {
    /// Not there.
    pub fn absent() -> Self {
        Carried::OneOf(vec![None])
    }

    /// This, in every deploy.
    pub fn is(text: Text) -> Self {
        Carried::OneOf(vec![Some(text)])
    }

    fn known(text: &str) -> Self {
        Carried::is(Text::literal(text))
    }

    /// Not there, or this.
    fn perhaps(text: &str) -> Self {
        Carried::OneOf(vec![None, Some(Text::literal(text))])
    }
}

impl Request<'_> {
    /// What the request carries under a key, given in lower case.
    pub fn carries(&self, key: &str) -> Carried {
        match (key, &self.origin.principal) {
            // Lambda, the AWS SDKs and services call over TLS, 1.2 at the least.
            ("aws:securetransport", _) => Carried::known("true"),
            ("s3:tlsversion", _) => Carried::OneOf(["1.2", "1.3"].map(|v| Some(Text::literal(v))).to_vec()),
            ("aws:username", _) => Carried::absent(),
            // A session that a service began: without a device, whether that is said or not.
            ("aws:multifactorauthpresent", Principal::Role(_)) => Carried::perhaps("false"),
            ("aws:multifactorauthage", Principal::Role(_)) => Carried::absent(),
            ("aws:resourceaccount", _) => self.resource_account(),
            (_, Principal::Role(arn)) => self.of_role(key, arn),
            (_, Principal::Service(name)) => self.of_service(key, name),
        }
    }

    fn of_role(&self, key: &str, arn: &Text) -> Carried {
        match key {
            "aws:principalarn" => Carried::is(arn.clone()),
            "aws:principalaccount" | "kms:calleraccount" => Carried::is(self.origin.account.clone()),
            "aws:principaltype" => Carried::known("AssumedRole"),
            "aws:principalisawsservice" => Carried::known("false"),
            // These tell for which resource a service principal calls.
            "aws:sourceaccount" | "aws:sourcearn" | "aws:sourceowner" | "aws:sourceorgid" | "aws:sourceorgpaths" => Carried::absent(),
            "aws:principalservicename" | "aws:principalservicenameslist" => Carried::absent(),
            "aws:requestedregion" => Carried::is(self.region()),
            // Lambda's own calls with a function's role: whether they count as made through a service is documented nowhere, and AWS's
            // own solutions deploy with roles that ask for it.
            "aws:viaawsservice" | "aws:calledvia" | "aws:calledviafirst" | "aws:calledvialast" if self.need.caller == Caller::Lambda => {
                Carried::Open
            }
            // A service that uses a key calls with the credentials of who asked it to.
            "aws:viaawsservice" => Carried::known(if self.need.via.is_some() { "true" } else { "false" }),
            "aws:calledvia" | "aws:calledviafirst" | "aws:calledvialast" if self.need.via.is_none() => Carried::absent(),
            "kms:viaservice" => match self.need.via {
                Some(service) => Carried::is(self.through(service)),
                None => Carried::Open,
            },
            "lambda:sourcefunctionarn" if self.need.caller == Caller::Lambda => Carried::absent(),
            _ => Carried::Open,
        }
    }

    fn of_service(&self, key: &str, name: &Str) -> Carried {
        match key {
            "aws:principalarn" | "aws:principalaccount" | "aws:principalorgid" | "aws:principalorgpaths" => Carried::absent(),
            "aws:principalisawsservice" => Carried::known("true"),
            "aws:principalservicename" => Carried::known(name),
            "aws:sourceaccount" => self.origin.source.account.clone(),
            "aws:sourcearn" => self.origin.source.arn.clone(),
            "aws:sourceowner" => self.origin.source.owner.clone(),
            "kms:viaservice" => match self.need.via {
                Some(service) => Carried::is(self.through(service)),
                None => Carried::Open,
            },
            _ => Carried::Open,
        }
    }

    /// The name of a service that uses a key, as `kms:ViaService` has it.
    fn through(&self, service: &str) -> Text {
        Text::concat([&Text::literal(format!("{service}.")), &self.region(), &Text::literal(".amazonaws.com")])
    }

    /// The region that the call goes to: that of what it is made on, where its ARN has one.
    fn region(&self) -> Text {
        self.part_of_target(3).unwrap_or_else(|| self.origin.region.clone())
    }

    /// A bucket's ARN names no account: it may be another's.
    fn resource_account(&self) -> Carried {
        match (&self.need.target, self.part_of_target(4)) {
            (_, Some(account)) => Carried::is(account),
            (Target::Arn(_), None) => Carried::Open,
            (Target::Everything(_), None) => Carried::is(self.origin.account.clone()),
        }
    }

    fn part_of_target(&self, index: usize) -> Option<Text> {
        let Target::Arn(arn) = &self.need.target else { return None };
        arn_parts(arn)?.get(index).filter(|part| !part.is_empty()).cloned()
    }

    /// A text of a policy with its variables (`${aws:username}`; Terraform's data source writes them `&{…}`) filled in as this
    /// request does; `None` where it has no value for one of them, so that the text matches nothing (IAM User Guide, "IAM policy
    /// elements: Variables and tags").
    pub fn filled(&self, pattern: &Text) -> Option<Text> {
        if !text::contains(pattern, "${") && !text::contains(pattern, "&{") {
            return Some(pattern.clone());
        }
        let mut out = Vec::new();
        for part in pattern.parts() {
            let Part::Literal(literal) = &part else {
                out.push(part);
                continue;
            };
            let mut rest = literal.as_str();
            while let Some(at) = rest.find("${").or_else(|| rest.find("&{")) {
                out.push(Part::Literal(rest[..at].into()));
                let (name, after) = rest[at..].split_once('}').unwrap_or((&rest[at..], ""));
                out.extend(self.variable(&name[2..])?.parts());
                rest = after;
            }
            out.push(Part::Literal(rest.into()));
        }
        Some(Text::from_parts(out))
    }

    fn variable(&self, name: &str) -> Option<Text> {
        let (name, default) = match name.split_once(',') {
            Some((name, default)) => (name.trim(), Some(default.trim().trim_matches('\'').trim_matches('"'))),
            None => (name.trim(), None),
        };
        match self.carries(&name.to_ascii_lowercase()) {
            Carried::OneOf(values) => match values.as_slice() {
                [Some(value)] => Some(value.clone()),
                [None] => default.map(Text::literal),
                _ => Some(Text::from_parts([hole(name)])),
            },
            Carried::Open => Some(Text::from_parts([hole(name)])),
        }
    }
}

fn hole(name: &str) -> Part {
    Part::Unknown(Unknown::new(Reason::Computed, name, "what the request carries is not known", Span::NONE))
}

/// Whether an answer is the same for all that a request may carry.
pub(super) fn agreed(answers: impl IntoIterator<Item = Answer>) -> Answer {
    let mut answers = answers.into_iter();
    let Some(first) = answers.next() else { return Answer::Maybe };
    if answers.all(|answer| answer == first) { first } else { Answer::Maybe }
}
