//! Whether a request meets the conditions of a statement (IAM User Guide, "IAM JSON policy elements: Condition operators").

use crate::text::{self, Answer};
use crate::value::{Part, Pseudo, Text};

use super::matching::{World, lower, same_arn};
use super::policy::{Condition, Effect, Statement};
use super::request::{Carried, Request, agreed};

/// How values are compared.
#[derive(Clone, Copy, Debug)]
enum Comparison {
    Text,
    TextInAnyCase,
    Glob,
    Arn,
    Bool,
    Number(fn(f64, f64) -> bool),
    /// Dates, addresses, bytes, and what IAM does not know.
    Opaque,
}

/// An operator in its parts: `ForAllValues:StringNotEqualsIfExists`.
struct Operator {
    comparison: Comparison,
    negated: bool,
    if_exists: bool,
    for_all: bool,
    for_any: bool,
    null: bool,
}

impl Operator {
    fn parse(text: &str) -> Operator {
        let text = text.to_ascii_lowercase();
        let (set, name) = text.split_once(':').unwrap_or(("", &text));
        let (name, if_exists) = name.strip_suffix("ifexists").map_or((name, false), |name| (name, true));
        let (comparison, negated) = match name {
            "stringequals" => (Comparison::Text, false),
            "stringnotequals" => (Comparison::Text, true),
            "stringequalsignorecase" => (Comparison::TextInAnyCase, false),
            "stringnotequalsignorecase" => (Comparison::TextInAnyCase, true),
            "stringlike" => (Comparison::Glob, false),
            "stringnotlike" => (Comparison::Glob, true),
            "arnequals" | "arnlike" => (Comparison::Arn, false),
            "arnnotequals" | "arnnotlike" => (Comparison::Arn, true),
            "bool" => (Comparison::Bool, false),
            "numericequals" => (Comparison::Number(|value, given| value == given), false),
            "numericnotequals" => (Comparison::Number(|value, given| value == given), true),
            "numericlessthan" => (Comparison::Number(|value, given| value < given), false),
            "numericlessthanequals" => (Comparison::Number(|value, given| value <= given), false),
            "numericgreaterthan" => (Comparison::Number(|value, given| value > given), false),
            "numericgreaterthanequals" => (Comparison::Number(|value, given| value >= given), false),
            "datenotequals" | "notipaddress" => (Comparison::Opaque, true),
            _ => (Comparison::Opaque, false),
        };
        let (for_all, for_any) = (set == "forallvalues", set == "foranyvalue");
        Operator { comparison, negated, if_exists, for_all, for_any, null: name == "null" }
    }
}

/// Whether the conditions of a statement are met, and the one that decides: that is not met, or may not be.
pub fn conditions<'s>(statement: &'s Statement, request: &Request<'_>, world: &World) -> (Answer, Option<&'s Condition>) {
    let mut result = (if statement.conditions_open.is_some() { Answer::Maybe } else { Answer::Yes }, None);
    for condition in &statement.conditions {
        let met = match statement.effect == Effect::Deny && spares_the_own_organisation(condition) {
            true => Answer::No,
            false => met(condition, request, world),
        };
        if result.0.and(met) != result.0 || (met == Answer::Maybe && result.1.is_none()) {
            result = (result.0.and(met), Some(condition));
        }
    }
    result
}

/// A Deny for all but one organisation is written by that organisation, for others: its id is taken to be that of the unit.
fn spares_the_own_organisation(condition: &Condition) -> bool {
    const ORGANISATION: [&str; 6] =
        ["principalorgid", "principalorgpaths", "resourceorgid", "resourceorgpaths", "sourceorgid", "sourceorgpaths"];
    let key = condition.key.to_ascii_lowercase();
    let own = key.strip_prefix("aws:").is_some_and(|key| ORGANISATION.contains(&key));
    own && Operator::parse(&condition.operator).negated && !condition.values.items.is_empty()
}

fn met(condition: &Condition, request: &Request<'_>, world: &World) -> Answer {
    let operator = Operator::parse(&condition.operator);
    let key = condition.key.to_ascii_lowercase();
    match request.carries(&key) {
        Carried::Open => Answer::Maybe,
        Carried::OneOf(values) => agreed(values.iter().map(|value| match value {
            None => without_key(&operator, condition, world),
            Some(value) => with_value(&operator, condition, &key, value, request, world),
        })),
    }
}

/// What a condition says where the request does not carry its key: the negated operators and `…IfExists` hold, `Null` compares, all
/// others fail; `ForAllValues` holds for no values, `ForAnyValue` does not.
fn without_key(operator: &Operator, condition: &Condition, world: &World) -> Answer {
    match operator {
        Operator { null: true, .. } => null_is(condition, world, "true"),
        Operator { for_any: true, .. } => Answer::No,
        Operator { if_exists: true, .. } | Operator { for_all: true, .. } | Operator { negated: true, .. } => Answer::Yes,
        _ => Answer::No,
    }
}

fn null_is(condition: &Condition, world: &World, wanted: &str) -> Answer {
    condition.values.matches(world, |value| text::same(&lower(value), &Text::literal(wanted)))
}

fn with_value(operator: &Operator, condition: &Condition, key: &str, value: &Text, request: &Request<'_>, world: &World) -> Answer {
    if operator.null {
        return null_is(condition, world, "false");
    }
    if matches!(operator.comparison, Comparison::Opaque) {
        return Answer::Maybe;
    }
    let one = |given: &Text| match request.filled(given) {
        None => Answer::No,
        Some(given) if key == "kms:viaservice" && same_service(&given, value) => Answer::Yes,
        Some(given) => compare(operator.comparison, &given, value),
    };
    let any = condition.values.matches(world, one);
    if operator.negated { any.not() } else { any }
}

/// A key is used through a service of the region that it is in, whether that is spelled out or left to the deploy.
fn same_service(given: &Text, value: &Text) -> bool {
    let service = |text: &Text| match text.parts().first() {
        Some(Part::Literal(literal)) => literal.split_once('.').map(|(service, _)| service.to_owned()),
        _ => None,
    };
    let left_open = |text: &Text| text.holes().is_some_and(|parts| parts.contains(&Part::Pseudo(Pseudo::Region)));
    service(given).is_some() && service(given) == service(value) && (left_open(given) || left_open(value))
}

fn compare(comparison: Comparison, given: &Text, value: &Text) -> Answer {
    match comparison {
        Comparison::Text => same_arn(given, value, text::same).unwrap_or_else(|| text::same(given, value)),
        Comparison::TextInAnyCase | Comparison::Bool => text::same(&lower(given), &lower(value)),
        Comparison::Glob => same_arn(given, value, text::glob).unwrap_or(Answer::No).or(text::glob(given, value)),
        // An ARN of which nothing is known is still the same one: `"aws:SourceArn" = var.topic`.
        Comparison::Arn if text::same(given, value) == Answer::Yes => Answer::Yes,
        Comparison::Arn => same_arn(given, value, text::glob).unwrap_or_else(|| text::glob(given, value)),
        Comparison::Number(holds) => match (number(given), number(value)) {
            (Some(given), Some(value)) => holds(value, given).into(),
            _ => Answer::Maybe,
        },
        Comparison::Opaque => Answer::Maybe,
    }
}

fn number(text: &Text) -> Option<f64> {
    text.as_known()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iam::matching::{Caller, Need};
    use crate::iam::policy::Policy;
    use crate::iam::request::{Origin, Principal};
    use crate::source::Span;
    use crate::value::Value;

    const QUEUE: &str = "arn:aws:sqs:eu-west-1:111122223333:orders";

    fn role() -> Origin {
        Origin {
            principal: Principal::Role("arn:aws:iam::111122223333:role/svc/worker".into()),
            account: "111122223333".into(),
            region: "eu-west-1".into(),
            ..Origin::default()
        }
    }

    fn statement(effect: &str, condition: &str) -> Statement {
        let text = format!(r#"{{"Statement": {{"Effect": "{effect}", "Action": "*", "Resource": "*", "Condition": {condition}}}}}"#);
        Policy::parse(&Value::string(text, Span::NONE), &Text::clone).statements.remove(0)
    }

    fn answer(condition: &str, caller: Caller) -> Answer {
        let (origin, need) = (role(), Need::on("sqs:SendMessage", QUEUE.into(), caller));
        conditions(&statement("Allow", condition), &Request { origin: &origin, need: &need }, &World::default()).0
    }

    #[test]
    fn what_the_call_carries_decides() {
        let yes = [
            r#"{"StringEquals": {"aws:RequestedRegion": ["us-east-1", "eu-west-1"], "aws:ResourceAccount": "111122223333"}}"#,
            r#"{"StringEquals": {"AWS:requestedregion": "eu-west-1"}}"#,
            r#"{"StringLike": {"aws:RequestedRegion": "eu-*"}}"#,
            r#"{"StringNotLike": {"aws:RequestedRegion": ["us-*", "ap-*"]}}"#,
            r#"{"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/svc/*"}}"#,
            r#"{"ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/svc/work??"}}"#,
            r#"{"StringLike": {"aws:PrincipalArn": "*/worker"}}"#,
            r#"{"StringEquals": {"aws:PrincipalAccount": "${aws:ResourceAccount}"}}"#,
            r#"{"StringEqualsIgnoreCase": {"aws:PrincipalType": "assumedrole"}}"#,
            r#"{"Bool": {"aws:SecureTransport": "true", "aws:PrincipalIsAWSService": false, "aws:ViaAWSService": "false"}}"#,
            r#"{"NumericGreaterThanEquals": {"s3:TlsVersion": 1.2}}"#,
            r#"{"StringEqualsIfExists": {"aws:SourceAccount": "999988887777"}}"#,
            r#"{"StringNotEquals": {"aws:SourceAccount": "999988887777"}}"#,
            r#"{"ForAllValues:StringEquals": {"aws:PrincipalServiceNamesList": "x.amazonaws.com"}}"#,
            r#"{"Null": {"aws:SourceArn": "true", "aws:PrincipalArn": false}}"#,
            r#"{"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}"#,
        ];
        for condition in yes {
            assert_eq!(answer(condition, Caller::Function), Answer::Yes, "{condition}");
        }
        let no = [
            r#"{"StringEquals": {"aws:RequestedRegion": "eu-west-1", "aws:ResourceAccount": "999988887777"}}"#,
            r#"{"StringEquals": {"aws:RequestedRegion": "eu-*"}}"#,
            r#"{"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/svc/*"}}"#,
            r#"{"StringEquals": {"aws:SourceAccount": "111122223333"}}"#,
            r#"{"ArnLike": {"aws:SourceArn": "*"}}"#,
            r#"{"Bool": {"aws:SecureTransport": "false"}}"#,
            r#"{"NumericLessThan": {"s3:TlsVersion": "1.2"}}"#,
            r#"{"ForAnyValue:StringLike": {"aws:PrincipalServiceNamesList": "*"}}"#,
            r#"{"StringLike": {"aws:username": "*"}}"#,
            r#"{"StringEquals": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/${aws:username}"}}"#,
            r#"{"Bool": {"aws:MultiFactorAuthPresent": "true"}}"#,
            r#"{"Null": {"aws:MultiFactorAuthAge": "false"}}"#,
        ];
        for condition in no {
            assert_eq!(answer(condition, Caller::Function), Answer::No, "{condition}");
        }
        let open = [
            r#"{"StringEquals": {"aws:SourceVpce": "vpce-1"}}"#,
            r#"{"NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}}"#,
            r#"{"StringEquals": {"aws:PrincipalTag/team": "shop"}}"#,
            r#"{"DateLessThan": {"aws:CurrentTime": "2030-01-01T00:00:00Z"}}"#,
            r#"{"Bool": {"aws:MultiFactorAuthPresent": "false"}}"#,
            r#"{"StringEquals": {"aws:PrincipalOrgID": "o-1"}}"#,
            r#"{"SomethingElse": {"aws:RequestedRegion": "eu-west-1"}}"#,
        ];
        for condition in open {
            assert_eq!(answer(condition, Caller::Function), Answer::Maybe, "{condition}");
        }
    }

    #[test]
    fn lambda_does_not_carry_the_source_function() {
        let pinned = r#"{"ArnLike": {"lambda:SourceFunctionArn": "arn:aws:lambda:*:*:function:f"}}"#;
        assert_eq!(answer(pinned, Caller::Lambda), Answer::No);
        assert_eq!(answer(pinned, Caller::Function), Answer::Maybe);
        assert_eq!(answer(r#"{"ArnNotLike": {"Lambda:sourceFunctionArn": "x"}}"#, Caller::Lambda), Answer::Yes);
        assert_eq!(answer(r#"{"ArnLikeIfExists": {"lambda:SourceFunctionArn": "x"}}"#, Caller::Lambda), Answer::Yes);
        assert_eq!(answer(r#"{"Null": {"lambda:SourceFunctionArn": "true"}}"#, Caller::Lambda), Answer::Yes);
        assert_eq!(answer(r#"{"Null": {"lambda:SourceFunctionArn": false}}"#, Caller::Lambda), Answer::No);
    }

    #[test]
    fn a_deny_for_all_but_an_organisation_is_its_own() {
        let (origin, need) = (role(), Need::on("sqs:SendMessage", QUEUE.into(), Caller::Lambda));
        let request = Request { origin: &origin, need: &need };
        let denies = |condition: &str| conditions(&statement("Deny", condition), &request, &World::default()).0;
        assert_eq!(denies(r#"{"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}"#), Answer::No);
        assert_eq!(denies(r#"{"StringEquals": {"aws:PrincipalOrgID": "o-1"}}"#), Answer::Maybe);
        assert_eq!(denies(r#"{"StringNotEqualsIfExists": {"aws:ResourceOrgID": "${aws:PrincipalOrgID}"}}"#), Answer::No);
    }

    #[test]
    fn a_key_is_used_through_the_service_that_it_encrypts_for() {
        let origin = Origin { region: Text::from_parts([Part::Pseudo(Pseudo::Region)]), ..role() };
        let need = Need::on_everything("kms:Decrypt", "kms", Caller::Lambda).through("sqs");
        let request = Request { origin: &origin, need: &need };
        let met = |condition: &str| conditions(&statement("Allow", condition), &request, &World::default()).0;
        assert_eq!(met(r#"{"StringEquals": {"kms:ViaService": "sqs.eu-west-1.amazonaws.com"}}"#), Answer::Yes);
        assert_eq!(met(r#"{"StringLike": {"kms:ViaService": "sqs.*.amazonaws.com"}}"#), Answer::Yes);
        assert_eq!(met(r#"{"StringEquals": {"kms:ViaService": "sns.eu-west-1.amazonaws.com"}}"#), Answer::No);
        assert_eq!(met(r#"{"StringEquals": {"kms:CallerAccount": "111122223333"}}"#), Answer::Yes);
        assert_eq!(met(r#"{"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}"#), Answer::Maybe);
    }
}
