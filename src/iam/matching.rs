//! Whether a statement speaks of a call: actions, resources, conditions.

use crate::source::Span;
use crate::text::{self, Answer};
use crate::value::{Guard, Part, Reason, Str, Text, Unknown, Value};

use super::policy::{Condition, Elements, Statement};

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
}

impl Need {
    /// A call on an ARN.
    pub fn on(action: impl Into<Str>, arn: Text, caller: Caller) -> Self {
        Need { action: action.into(), target: Target::Arn(arn), caller }
    }

    /// A call of an action that supports no resource.
    pub fn on_everything(action: impl Into<Str>, service: &'static str, caller: Caller) -> Self {
        Need { action: action.into(), target: Target::Everything(service), caller }
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

fn not(answer: Answer) -> Answer {
    match answer {
        Answer::Yes => Answer::No,
        Answer::No => Answer::Yes,
        Answer::Maybe => Answer::Maybe,
    }
}

impl Elements {
    /// Whether the entries (or, for the `Not…` form, all but the entries) match; `one` says so of a single entry. No entries at
    /// all match nothing.
    pub fn matches(&self, world: &World, one: impl Fn(&Text) -> Answer) -> Answer {
        let listed = self.items.iter().map(|item| world.holds(&item.guard).and(one(&item.text)));
        let open = if self.open.is_some() { Answer::Maybe } else { Answer::No };
        let any = listed.fold(open, Answer::or);
        if self.negated { not(any) } else { any }
    }
}

/// Whether the statement's actions include an action: case does not count, `*` and `?` are wildcards.
pub fn action(statement: &Statement, action: &str, world: &World) -> Answer {
    let subject = Text::literal(action.to_ascii_lowercase());
    statement.actions.matches(world, |pattern| text::glob(&lower(pattern), &subject))
}

fn lower(pattern: &Text) -> Text {
    match pattern.as_known() {
        Some(known) => Text::literal(known.to_ascii_lowercase()),
        None => Text::from_parts(pattern.parts().into_iter().map(|part| match part {
            Part::Literal(literal) => Part::Literal(literal.to_ascii_lowercase().into()),
            hole => hole,
        })),
    }
}

/// Whether the statement's resources include the target.
pub fn resource(statement: &Statement, target: &Target, world: &World) -> Answer {
    statement.resources.matches(world, |pattern| match target {
        Target::Everything(service) => covers_everything(pattern, service),
        Target::Arn(arn) => arn_glob(pattern, arn),
    })
}

/// Whether a pattern covers all of a service, as an action without resource types needs it.
fn covers_everything(pattern: &Text, service: &str) -> Answer {
    let stars = |t: &Text| t.as_known().is_some_and(|t| !t.is_empty() && t.bytes().all(|b| b == b'*'));
    if stars(pattern) {
        return Answer::Yes;
    }
    let pattern = variables_open(pattern);
    let Some(parts) = arn_parts(&pattern) else { return whole_hole(&pattern) };
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
/// Resource"): a wildcard does not cross the first five colons, and what an incomplete ARN lacks counts as `*`. Partition, region
/// and account that one side leaves to the deploy are taken to be equal.
pub fn arn_glob(pattern: &Text, arn: &Text) -> Answer {
    let pattern = variables_open(pattern);
    if pattern.as_known().is_some_and(|p| !p.is_empty() && p.bytes().all(|b| b == b'*')) {
        return Answer::Yes;
    }
    let (Some(pattern_parts), Some(parts)) = (arn_parts(&pattern), arn_parts(arn)) else { return text::glob(&pattern, arn) };
    let part = |(i, (p, s)): (usize, (&Text, &Text))| if matches!(i, 1 | 3 | 4) { own(p, s) } else { text::glob(p, s) };
    pattern_parts.iter().zip(&parts).enumerate().map(part).fold(Answer::Yes, Answer::and)
}

/// The six parts of an ARN, `*` for those that are not written; `None` where the text is no ARN.
fn arn_parts(text: &Text) -> Option<Vec<Text>> {
    let mut parts = text::split(text, ':', 6).unwrap_or_else(|| text::split_literal(text, ':', 6));
    if parts.len() < 2 || !matches!(parts.first().and_then(Text::as_known), Some("arn" | "*")) {
        return None;
    }
    parts.resize(6, Text::literal("*"));
    Some(parts)
}

fn own(pattern: &Text, subject: &Text) -> Answer {
    match pattern.as_known().is_none() || subject.as_known().is_none() {
        true if !pattern.is_empty() && !subject.is_empty() => Answer::Yes,
        _ => text::glob(pattern, subject),
    }
}

/// Policy variables (`${aws:username}`; Terraform's data source writes them `&{…}`) stand for text that the request decides.
fn variables_open(pattern: &Text) -> Text {
    if !text::contains(pattern, "${") && !text::contains(pattern, "&{") {
        return pattern.clone();
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
            out.push(Part::Unknown(Unknown::new(Reason::Computed, &name[2..], "a policy variable", Span::NONE)));
            rest = after;
        }
        out.push(Part::Literal(rest.into()));
    }
    Text::from_parts(out)
}

/// Whether the conditions of an Allow are met by a call, and the one that is not (or may not be).
pub fn conditions(statement: &Statement, caller: Caller) -> (Answer, Option<&Condition>) {
    let mut result = (if statement.conditions_open.is_some() { Answer::Maybe } else { Answer::Yes }, None);
    for condition in &statement.conditions {
        let met = condition_met(condition, caller);
        if result.0.and(met) != result.0 || (met == Answer::Maybe && result.1.is_none()) {
            result = (result.0.and(met), Some(condition));
        }
    }
    result
}

fn condition_met(condition: &Condition, caller: Caller) -> Answer {
    let operator = condition.operator.to_ascii_lowercase();
    let operator = operator.rsplit(':').next().unwrap_or_default();
    let key = condition.key.to_ascii_lowercase();
    match (key.as_str(), caller) {
        ("lambda:sourcefunctionarn", Caller::Lambda) => without_key(operator, &condition.values),
        // Lambda and the AWS SDKs call over TLS.
        ("aws:securetransport", _) if operator.starts_with("bool") => match single(&condition.values).and_then(|v| v.as_bool()) {
            Some(wanted) => wanted.into(),
            None => Answer::Maybe,
        },
        _ => Answer::Maybe,
    }
}

/// What a condition says where the request does not carry its key (IAM User Guide, "IAM JSON policy elements: Condition
/// operators"): the negated operators and `…IfExists` hold, `Null` compares, all others fail.
fn without_key(operator: &str, values: &Value) -> Answer {
    match operator {
        "null" => match single(values).and_then(|v| v.as_bool()) {
            Some(absent) => absent.into(),
            None => Answer::Maybe,
        },
        _ if operator.ends_with("ifexists") => Answer::Yes,
        _ if operator.contains("not") => Answer::Yes,
        _ => Answer::No,
    }
}

fn single(values: &Value) -> Option<&Value> {
    match values.as_list() {
        Some(list) => match list.items.as_slice() {
            [one] if list.open.is_none() => Some(one),
            _ => None,
        },
        None => Some(values),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iam::policy::Policy;
    use crate::value::Pseudo;

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
        assert_eq!(answer("arn:aws:ec2:*:*:${aws:PrincipalTag/x}"), Answer::Maybe);
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

    #[test]
    fn lambda_does_not_carry_the_source_function() {
        let met = |condition: &str, caller| {
            let statement = statement(&format!(r#"{{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {condition}}}"#));
            conditions(&statement, caller).0
        };
        let pinned = r#"{"ArnLike": {"lambda:SourceFunctionArn": "arn:aws:lambda:*:*:function:f"}}"#;
        assert_eq!(met(pinned, Caller::Lambda), Answer::No);
        assert_eq!(met(pinned, Caller::Function), Answer::Maybe);
        assert_eq!(met(r#"{"ArnNotLike": {"Lambda:sourceFunctionArn": "x"}}"#, Caller::Lambda), Answer::Yes);
        assert_eq!(met(r#"{"ArnLikeIfExists": {"lambda:SourceFunctionArn": "x"}}"#, Caller::Lambda), Answer::Yes);
        assert_eq!(met(r#"{"Null": {"lambda:SourceFunctionArn": "true"}}"#, Caller::Lambda), Answer::Yes);
        assert_eq!(met(r#"{"Null": {"lambda:SourceFunctionArn": false}}"#, Caller::Lambda), Answer::No);
        assert_eq!(met(r#"{"StringEquals": {"ec2:Vpc": "x"}}"#, Caller::Lambda), Answer::Maybe);
        assert_eq!(met(r#"{"Bool": {"aws:SecureTransport": "true"}}"#, Caller::Lambda), Answer::Yes);
    }
}
