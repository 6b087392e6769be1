//! Whether a statement speaks of a call: actions and resources.

use crate::text::{self, Answer};
use crate::value::{Guard, Part, Pseudo, Str, Text};

use super::policy::{Elements, Statement};
use super::request::Request;

/// Who makes a call with the role's credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Caller {
    /// Lambda itself: making interfaces, reading event sources, decrypting the environment. Such a call does not carry
    /// `lambda:SourceFunctionArn` (AWS Lambda Developer Guide, "Using source function ARN to control function access behavior").
    Lambda,
    /// The function's code, or what Lambda does in its name (logs, X-Ray, EFS): the call carries that key.
    Function,
}

/// What a call is made on.
#[derive(Clone, Debug, PartialEq)]
pub enum Target {
    /// The action supports no resource: only a pattern that covers everything of the service grants it. The service's name.
    Everything(&'static str),
    /// An ARN, possibly with holes.
    Arn(Text),
}

/// A call that a role must be able to make.
#[derive(Clone, Debug, PartialEq)]
pub struct Need {
    /// `ec2:CreateNetworkInterface`.
    pub action: Str,
    /// On what.
    pub target: Target,
    /// By whom.
    pub caller: Caller,
    /// The service that makes the call on the caller's behalf, where one does: a queue uses its key as `sqs`.
    pub via: Option<&'static str>,
}

impl Need {
    /// A call on an ARN.
    pub fn on(action: impl Into<Str>, arn: Text, caller: Caller) -> Self {
        Need { action: action.into(), target: Target::Arn(arn), caller, via: None }
    }

    /// A call of an action that supports no resource.
    pub fn on_everything(action: impl Into<Str>, service: &'static str, caller: Caller) -> Self {
        Need { action: action.into(), target: Target::Everything(service), caller, via: None }
    }

    /// The same call, made by a service on the caller's behalf.
    pub fn through(self, service: &'static str) -> Self {
        Need { via: Some(service), ..self }
    }
}

/// Which of the undecided conditions hold.
#[derive(Clone, Debug, Default)]
pub struct World {
    /// Condition and truth, few.
    pub terms: Vec<(Str, bool)>,
}

impl World {
    /// Whether a guard holds.
    pub fn holds(&self, guard: &Guard) -> Answer {
        let term = |(name, polarity): &(Str, bool)| match self.terms.iter().find(|(n, _)| n == name) {
            Some((_, truth)) => (truth == polarity).into(),
            None => Answer::Maybe,
        };
        guard.terms().iter().map(term).fold(Answer::Yes, Answer::and)
    }
}

impl Elements {
    /// Whether the entries (or, for the `Not…` form, all but the entries) match; `one` says so of a single entry. No entries at
    /// all match nothing.
    pub fn matches(&self, world: &World, one: impl Fn(&Text) -> Answer) -> Answer {
        let listed = self.items.iter().map(|item| world.holds(&item.guard).and(one(&item.text)));
        let open = if self.open.is_some() { Answer::Maybe } else { Answer::No };
        let any = listed.fold(open, Answer::or);
        if self.negated { any.not() } else { any }
    }
}

/// Whether the statement's actions include an action: case does not count, `*` and `?` are wildcards.
pub fn action(statement: &Statement, action: &str, world: &World) -> Answer {
    let subject = Text::literal(action.to_ascii_lowercase());
    statement.actions.matches(world, |pattern| text::glob(&lower(pattern), &subject))
}

/// The text in lower case, its holes as they are.
pub(super) fn lower(pattern: &Text) -> Text {
    match pattern.as_known() {
        Some(known) => Text::literal(known.to_ascii_lowercase()),
        None => Text::from_parts(pattern.parts().into_iter().map(|part| match part {
            Part::Literal(literal) => Part::Literal(literal.to_ascii_lowercase().into()),
            hole => hole,
        })),
    }
}

/// Whether the statement's resources include what the call is made on.
pub fn resource(statement: &Statement, request: &Request<'_>, world: &World) -> Answer {
    statement.resources.matches(world, |pattern| {
        let Some(pattern) = request.filled(pattern) else { return Answer::No };
        match &request.need.target {
            Target::Everything(service) => covers_everything(&pattern, service),
            Target::Arn(arn) => arn_glob(&pattern, arn),
        }
    })
}

/// Whether a pattern covers all of a service, as an action without resource types needs it.
fn covers_everything(pattern: &Text, service: &str) -> Answer {
    let stars = |t: &Text| t.as_known().is_some_and(|t| !t.is_empty() && t.bytes().all(|b| b == b'*'));
    if stars(pattern) {
        return Answer::Yes;
    }
    let Some(parts) = arn_parts(pattern) else { return whole_hole(pattern) };
    let name = text::glob(&parts[2], &Text::literal(service));
    let rest = match &parts[5] {
        resource if stars(resource) => Answer::Yes,
        resource => whole_hole(resource),
    };
    name.and(rest)
}

/// A pattern that is nothing but a hole may be anything; one with any literal text does not cover everything.
fn whole_hole(text: &Text) -> Answer {
    let hole = |part: &Part| !matches!(part, Part::Literal(l) if !l.bytes().all(|b| b == b'*'));
    if text.holes().is_some_and(|parts| parts.iter().all(hole)) { Answer::Maybe } else { Answer::No }
}

/// Whether a resource pattern matches an ARN, part by part as IAM compares them (IAM User Guide, "IAM JSON policy elements:
/// Resource"): what an incomplete ARN lacks counts as `*`, and a `*` that ends a part may go on beyond its colon. Partition, region
/// and account that one side leaves to the deploy are taken to be equal.
pub fn arn_glob(pattern: &Text, arn: &Text) -> Answer {
    if pattern.as_known().is_some_and(|p| !p.is_empty() && p.bytes().all(|b| b == b'*')) {
        return Answer::Yes;
    }
    match same_arn(pattern, arn, text::glob) {
        None => text::glob(pattern, arn),
        Some(Answer::Yes) => Answer::Yes,
        Some(aligned) => {
            let pieces = text::split_literal(pattern, ':', PARTS);
            let crosses = pieces.iter().take(pieces.len() - 1).skip(1).any(ends_with_star);
            if crosses { aligned.or(stretched(&pieces, &text::split_literal(arn, ':', MAX_PIECES), 0)) } else { aligned }
        }
    }
}

/// Parts of an ARN.
const PARTS: usize = 6;

/// Colons of an ARN beyond which a `*` is not followed piece by piece.
const MAX_PIECES: usize = 12;

fn ends_with_star(piece: &Text) -> bool {
    text::strip_suffix(piece, "*").is_some()
}

/// Whether the pieces of a pattern match those of an ARN from the piece `at` on, where a `*` at a piece's end takes in as many
/// further pieces as it likes.
fn stretched(pattern: &[Text], arn: &[Text], at: usize) -> Answer {
    let (Some((first, rest)), Some(_)) = (pattern.split_first(), arn.first()) else { return Answer::No };
    let joined = |count: usize| {
        let colon = Text::literal(":");
        let texts = arn.iter().take(count).enumerate().flat_map(|(i, piece)| (i > 0).then_some(&colon).into_iter().chain([piece]));
        Text::concat(texts)
    };
    if rest.is_empty() {
        // Names have no colons: those of the pattern are colons of the ARN.
        if text::split_literal(first, ':', MAX_PIECES).len() > arn.len() {
            return Answer::No;
        }
        return if arn.len() == 1 { part(at, first, &arn[0]) } else { text::glob(first, &joined(arn.len())) };
    }
    let aligned = part(at, first, &arn[0]).and_then(|| stretched(rest, &arn[1..], at + 1));
    if aligned == Answer::Yes || !ends_with_star(first) {
        return aligned;
    }
    let longer = |count| text::glob(first, &joined(count)).and_then(|| stretched(rest, &arn[count..], at + count));
    (2..arn.len()).map(longer).fold(aligned, Answer::or)
}

/// Whether two ARNs are the same, part by part; `None` where one is no ARN. `one` compares parts that have no leave to be the unit's
/// own.
pub(super) fn same_arn(pattern: &Text, arn: &Text, one: fn(&Text, &Text) -> Answer) -> Option<Answer> {
    Some(same_parts(&arn_parts(pattern)?, &arn_parts(arn)?, one))
}

/// Likewise of ARNs that are cut into their six parts.
pub(crate) fn same_parts(pattern: &[Text], arn: &[Text], one: fn(&Text, &Text) -> Answer) -> Answer {
    let parts = pattern.iter().zip(arn).enumerate();
    parts.map(|(i, (p, s))| if is_own(i) { part(i, p, s) } else { one(p, s) }).fold(Answer::Yes, Answer::and)
}

/// The six parts of an ARN, `*` for those that are not written; `None` where the text is no ARN.
pub(super) fn arn_parts(text: &Text) -> Option<Vec<Text>> {
    let mut parts = text::split(text, ':', PARTS).unwrap_or_else(|| text::split_literal(text, ':', PARTS));
    if parts.len() < 2 || !matches!(parts.first().and_then(Text::as_known), Some("arn" | "*")) {
        return None;
    }
    parts.resize(PARTS, Text::literal("*"));
    Some(parts)
}

const REGION: usize = 3;

/// Partition, region and account.
fn is_own(index: usize) -> bool {
    matches!(index, 1 | REGION | 4)
}

/// Whether one part matches: the partition, region or account may be the unit's own.
pub(crate) fn part(index: usize, pattern: &Text, subject: &Text) -> Answer {
    let answer = text::glob(pattern, subject);
    let open = pattern.as_known().is_none() || subject.as_known().is_none();
    match is_own(index) && open && !pattern.is_empty() && !subject.is_empty() {
        // What cannot be a region (a name, where an ARN lacks parts) is not the unit's own.
        true if answer != Answer::No && !(index == REGION && is_no_region(pattern, subject)) => Answer::Yes,
        true => Answer::No,
        false => answer,
    }
}

/// A text without a digit or wildcard at its end, against a region that only the deploy knows.
fn is_no_region(pattern: &Text, subject: &Text) -> bool {
    let deploys = matches!(subject.parts().as_slice(), [Part::Pseudo(Pseudo::Region)]);
    deploys && pattern.as_known().is_some_and(|p| !p.ends_with(|c: char| c.is_ascii_digit() || matches!(c, '*' | '?')))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iam::policy::Policy;
    use crate::source::Span;
    use crate::value::Value;

    fn statement(text: &str) -> Statement {
        let document = format!("{{\"Statement\": {text}}}");
        Policy::parse(&Value::string(document, Span::NONE), &Text::clone).statements.remove(0)
    }

    fn acts(pattern: &str) -> Answer {
        action(&statement(&format!(r#"{{"Effect": "Allow", {pattern}}}"#)), "ec2:CreateNetworkInterface", &World::default())
    }

    #[test]
    fn actions_are_globs_in_any_case() {
        for yes in ["*", "ec2:*", "ec2:*NetworkInterface*", "ec2:Create*", "EC2:createnetworkinterface", "ec2:CreateNetworkInterfac?"] {
            assert_eq!(acts(&format!(r#""Action": "{yes}""#)), Answer::Yes, "{yes}");
        }
        for no in ["ec2:CreateNetworkInterfaces", "ec2:Describe*", "s3:*", "ec2", "ec2:CreateNetworkInterfacePermission"] {
            assert_eq!(acts(&format!(r#""Action": ["s3:GetObject", "{no}"]"#)), Answer::No, "{no}");
        }
        assert_eq!(acts(r#""NotAction": "iam:*""#), Answer::Yes);
        assert_eq!(acts(r#""NotAction": ["iam:*", "ec2:*"]"#), Answer::No);
        assert_eq!(acts(r#""Sid": "none""#), Answer::No);
    }

    fn arn(resource: &str) -> Text {
        let parts =
            [Part::Literal("arn:".into()), Part::Pseudo(Pseudo::Partition), Part::Literal(":ec2:".into()), Part::Pseudo(Pseudo::Region)];
        let rest = [Part::Literal(":".into()), Part::Pseudo(Pseudo::AccountId), Part::Literal(format!(":{resource}").into())];
        Text::from_parts(parts.into_iter().chain(rest))
    }

    #[test]
    fn resources_are_compared_part_by_part() {
        let subject = arn("network-interface/eni-1");
        let answer = |pattern: &str| arn_glob(&Text::literal(pattern), &subject);
        for yes in ["*", "arn:aws:ec2:*:*:*", "arn:aws:ec2:eu-west-1:123456789012:network-interface/*", "arn:aws:ec2", "arn:*:ec2:*:*:*/*"]
        {
            assert_eq!(answer(yes), Answer::Yes, "{yes}");
        }
        for no in ["arn:aws:ec2:*:*:subnet/*", "arn:aws:s3:::*", "arn:aws:ec2:*:*:network-interface", "subnet/*", ""] {
            assert_eq!(answer(no), Answer::No, "{no}");
        }
    }

    #[test]
    fn a_star_at_the_end_of_a_part_goes_beyond_the_colon() {
        let pieces = ["arn:", ":sqs:", ":", ":orders-dlq"].map(|l| Part::Literal(l.into()));
        let [a, b, c, d] = pieces;
        let open = [a, Part::Pseudo(Pseudo::Partition), b, Part::Pseudo(Pseudo::Region), c, Part::Pseudo(Pseudo::AccountId), d];
        let known = Text::literal("arn:aws:sqs:us-east-1:111122223333:orders-dlq");
        for subject in [Text::from_parts(open), known] {
            let answer = |pattern: &str| arn_glob(&Text::literal(pattern), &subject);
            for yes in [
                "arn:aws:sqs:*:orders-dlq",
                "arn:aws:*:orders-dlq",
                "arn:aws:sqs:*:orders-???",
                "arn:aws:sqs",
                "arn:aws:sqs:us-east-1",
                "arn:*",
                "arn:*:orders-dlq",
            ] {
                assert_eq!(answer(yes), Answer::Yes, "{yes}");
            }
            for no in [
                "arn:aws:sqs:*orders-dlq",
                "arn:aws:sqs:*:orders",
                "arn:aws:sqs:us-east-?:orders-dlq",
                "arn:aws:sqs:orders-dlq",
                "arn:aws:sns:*:orders-dlq",
            ] {
                assert_eq!(answer(no), Answer::No, "{no}");
            }
        }
        let known = Text::literal("arn:aws:sqs:us-east-1:111122223333:orders-dlq");
        assert_eq!(arn_glob(&Text::literal("arn:aws:sqs:us-*:orders-*"), &known), Answer::Yes);
        let stream = Text::literal("arn:aws:dynamodb:us-east-1:111122223333:table/orders/stream/1");
        assert_eq!(arn_glob(&Text::literal("arn:aws:dynamodb:*:table/orders/stream/*"), &stream), Answer::Yes);
        assert_eq!(arn_glob(&Text::literal("arn:aws:dynamodb:*:table/users/stream/*"), &stream), Answer::No);
        let logs = Text::literal("arn:aws:logs:us-east-1:111122223333:log-group:/aws/lambda/f:log-stream:s");
        assert_eq!(arn_glob(&Text::literal("arn:aws:logs:*:log-group:/aws/lambda/*"), &logs), Answer::Yes);
        assert_eq!(arn_glob(&Text::literal("arn:aws:logs:*:log-stream:s"), &logs), Answer::Yes);
    }

    #[test]
    fn an_action_without_resources_needs_everything() {
        let answer = |pattern: &str| covers_everything(&Text::literal(pattern), "ec2");
        assert_eq!(answer("*"), Answer::Yes);
        assert_eq!(answer("arn:aws:ec2:*:*:*"), Answer::Yes);
        assert_eq!(answer("arn:aws:ec2:eu-west-1:123456789012:*"), Answer::Yes);
        assert_eq!(answer("arn:aws:ec2:*:*:network-interface/*"), Answer::No);
        assert_eq!(answer("arn:aws:ec2:*:*:*/*"), Answer::No);
        assert_eq!(answer("arn:aws:s3:::*"), Answer::No);
    }
}
