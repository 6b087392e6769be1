use super::*;
use crate::iam::{Caller, Misfit, Principal};
use crate::value::{Text, Value};

fn source(statement: &str, guard: Guard) -> Sourced {
    let document = format!("{{\"Statement\": {statement}}}");
    let policy = Arc::new(Policy::parse(&Value::string(document, Span::NONE), &Text::clone));
    Sourced { label: "policy `p`".to_owned(), span: Span::NONE, guard, applies: Answer::Yes, policy }
}

fn need() -> Need {
    Need::on("sqs:SendMessage", Text::literal("arn:aws:sqs:eu-west-1:123456789012:orders"), Caller::Function)
}

fn ask(set: &PolicySet, context: &Guard) -> Grant {
    missing(set, &ResourceSet::default(), &[need()], context)
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

/// What it is about, the statements of a role and of a queue, and whether the role may send to the queue.
#[rustfmt::skip]
const QUESTIONS: &[(&str, &str, &str, Answer)] = &[
    ("notaction allow", r#"[{"Effect": "Allow", "Resource": "arn:aws:sqs:us-east-1:111122223333:orders-dlq", "NotAction": "iam:*"}]"#, r#"[]"#, Answer::Yes),
    ("notaction deny spares", r#"[{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:us-east-1:111122223333:orders-dlq"}, {"Effect": "Deny", "NotAction": ["sqs:*", "logs:*"], "Resource": "*"}]"#, r#"[]"#, Answer::Yes),
    ("notaction deny hits", r#"[{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:us-east-1:111122223333:orders-dlq"}, {"Effect": "Deny", "NotAction": ["logs:*"], "Resource": "*"}]"#, r#"[]"#, Answer::No),
    ("notresource allow", r#"[{"Effect": "Allow", "Action": "sqs:*", "NotResource": "arn:aws:sqs:*:*:other"}]"#, r#"[]"#, Answer::Yes),
    ("notresource deny", r#"[{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:us-east-1:111122223333:orders-dlq"}, {"Effect": "Deny", "Action": "*", "NotResource": "arn:aws:s3:::*"}]"#, r#"[]"#, Answer::No),
    ("notprincipal deny role", r#"[{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:us-east-1:111122223333:orders-dlq"}]"#, r#"[{"Effect": "Deny", "NotPrincipal": {"AWS": ["arn:aws:iam::111122223333:role/orders"]}, "Action": "*", "Resource": "*"}]"#, Answer::Maybe),
    ("notprincipal deny other", r#"[{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:us-east-1:111122223333:orders-dlq"}]"#, r#"[{"Effect": "Deny", "NotPrincipal": {"AWS": ["arn:aws:iam::111122223333:role/x"]}, "Action": "*", "Resource": "*"}]"#, Answer::No),
    ("question marks", r#"[{"Effect": "Allow", "Action": "SQS:sendmess???", "Resource": "arn:aws:sqs:us-east-?:*:order?-dl?"}]"#, r#"[]"#, Answer::Yes),
    ("question mark too few", r#"[{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:*:*:orders-dl"}]"#, r#"[]"#, Answer::No),
    ("action case", r#"[{"Effect": "Allow", "Action": "sqs:SENDMESSAGE*", "Resource": "arn:aws:sqs:us-east-1:111122223333:orders-dlq"}]"#, r#"[]"#, Answer::Yes),
    ("action batch only", r#"[{"Effect": "Allow", "Action": "sqs:SendMessageBatch", "Resource": "arn:aws:sqs:us-east-1:111122223333:orders-dlq"}]"#, r#"[]"#, Answer::No),
    ("principalarn like", r#"[]"#, r#"[{"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": "*", "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/ord*"}}}]"#, Answer::Yes),
    ("principalarn other", r#"[]"#, r#"[{"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": "*", "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/inv*"}}}]"#, Answer::No),
    ("ifexists", r#"[{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:us-east-1:111122223333:orders-dlq", "Condition": {"StringEqualsIfExists": {"aws:SourceAccount": "999988887777"}}}]"#, r#"[]"#, Answer::Yes),
    ("forany absent", r#"[{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:us-east-1:111122223333:orders-dlq", "Condition": {"ForAnyValue:StringEquals": {"aws:PrincipalServiceNamesList": ["a"]}}}]"#, r#"[]"#, Answer::No),
    ("forany calledvia deny", r#"[{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:us-east-1:111122223333:orders-dlq"}, {"Effect": "Deny", "Action": "sqs:*", "Resource": "*", "Condition": {"ForAnyValue:StringEquals": {"aws:CalledVia": ["cloudformation.amazonaws.com"]}}}]"#, r#"[]"#, Answer::Yes),
    ("deny not calledvia", r#"[{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:us-east-1:111122223333:orders-dlq"}, {"Effect": "Deny", "Action": "sqs:*", "Resource": "*", "Condition": {"StringNotEquals": {"aws:CalledViaFirst": "cloudformation.amazonaws.com"}}}]"#, r#"[]"#, Answer::No),
    ("tls deny", r#"[{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:us-east-1:111122223333:orders-dlq"}]"#, r#"[{"Effect": "Deny", "Principal": "*", "Action": "sqs:*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": false}}}]"#, Answer::Yes),
    ("tls allow", r#"[{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:us-east-1:111122223333:orders-dlq", "Condition": {"Bool": {"aws:SecureTransport": "true"}}}]"#, r#"[]"#, Answer::Yes),
    ("tls version", r#"[{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:us-east-1:111122223333:orders-dlq"}, {"Effect": "Deny", "Action": "sqs:*", "Resource": "*", "Condition": {"NumericLessThan": {"s3:TlsVersion": "1.2"}}}]"#, r#"[]"#, Answer::Yes),
    ("vpce deny", r#"[{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:us-east-1:111122223333:orders-dlq"}, {"Effect": "Deny", "Action": "sqs:*", "Resource": "*", "Condition": {"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}}]"#, r#"[]"#, Answer::Maybe),
    ("vpce deny but service or role", r#"[{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:us-east-1:111122223333:orders-dlq"}]"#, r#"[{"Effect": "Deny", "Principal": "*", "Action": "sqs:*", "Resource": "*", "Condition": {"StringNotEquals": {"aws:SourceVpce": "vpce-1"}, "ArnNotLike": {"aws:PrincipalArn": ["arn:aws:iam::111122223333:role/orders"]}}}]"#, Answer::Yes),
    ("username", r#"[{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:*:*:${aws:username}"}]"#, r#"[]"#, Answer::No),
    ("variable account", r#"[{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:*:${aws:PrincipalAccount}:orders-dlq"}]"#, r#"[]"#, Answer::Yes),
    ("mfa allow", r#"[{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:us-east-1:111122223333:orders-dlq", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}]"#, r#"[]"#, Answer::No),
    ("mfa deny iam only", r#"[{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:us-east-1:111122223333:orders-dlq"}, {"Effect": "Deny", "NotAction": ["iam:ListMFADevices", "sts:*"], "Resource": "*", "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}}]"#, r#"[]"#, Answer::No),
    ("org allow", r#"[]"#, r#"[{"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1234567890"}}}]"#, Answer::Maybe),
    ("org deny", r#"[{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:us-east-1:111122223333:orders-dlq"}]"#, r#"[{"Effect": "Deny", "Principal": "*", "Action": "sqs:*", "Resource": "*", "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-1234567890"}, "BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}}]"#, Answer::Yes),
    ("resource account deny", r#"[{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:us-east-1:111122223333:orders-dlq"}, {"Effect": "Deny", "Action": "sqs:*", "Resource": "*", "Condition": {"StringNotEquals": {"aws:ResourceAccount": "${aws:PrincipalAccount}"}}}]"#, r#"[]"#, Answer::Yes),
    ("source account deny services", r#"[{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:us-east-1:111122223333:orders-dlq"}]"#, r#"[{"Effect": "Deny", "Principal": "*", "Action": "sqs:*", "Resource": "*", "Condition": {"StringNotEquals": {"aws:SourceAccount": "111122223333"}, "Bool": {"aws:PrincipalIsAWSService": "true"}}}]"#, Answer::Yes),
    ("tag condition", r#"[{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:us-east-1:111122223333:orders-dlq", "Condition": {"StringEquals": {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"}}}]"#, r#"[]"#, Answer::Maybe),
    ("null tag deny", r#"[{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:us-east-1:111122223333:orders-dlq"}, {"Effect": "Deny", "Action": "sqs:*", "Resource": "*", "Condition": {"Null": {"aws:PrincipalTag/team": "true"}}}]"#, r#"[]"#, Answer::Maybe),
    ("date expired", r#"[{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:us-east-1:111122223333:orders-dlq", "Condition": {"DateLessThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}}}]"#, r#"[]"#, Answer::Maybe),
    ("source ip deny via service", r#"[{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:us-east-1:111122223333:orders-dlq"}, {"Effect": "Deny", "Action": "sqs:*", "Resource": "*", "Condition": {"NotIpAddress": {"aws:SourceIp": ["10.0.0.0/8"]}, "Bool": {"aws:ViaAWSService": "true"}}}]"#, r#"[]"#, Answer::Yes),
    ("account principal and deny role", r#"[{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:us-east-1:111122223333:orders-dlq"}]"#, r#"[{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sqs:SendMessage", "Resource": "*"}, {"Effect": "Deny", "Principal": {"AWS": "arn:aws:iam::111122223333:role/orders"}, "Action": "sqs:*", "Resource": "*"}]"#, Answer::No),
    ("deny service only", r#"[{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:us-east-1:111122223333:orders-dlq"}]"#, r#"[{"Effect": "Deny", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:*", "Resource": "*"}]"#, Answer::Yes),
    ("star principal list", r#"[]"#, r#"[{"Effect": "Allow", "Principal": {"AWS": ["*"]}, "Action": "sqs:SendMessage", "Resource": "*"}]"#, Answer::Yes),
    ("service principal no help", r#"[]"#, r#"[{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": "*"}]"#, Answer::No),
    ("string like principal", r#"[{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:us-east-1:111122223333:orders-dlq"}, {"Effect": "Deny", "Action": "sqs:*", "Resource": "*", "Condition": {"StringNotLike": {"aws:PrincipalArn": ["arn:aws:iam::*:role/ord*", "arn:aws:iam::*:role/admin"]}}}]"#, r#"[]"#, Answer::Yes),
    ("userid deny", r#"[{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:us-east-1:111122223333:orders-dlq"}]"#, r#"[{"Effect": "Deny", "Principal": "*", "Action": "sqs:*", "Resource": "*", "Condition": {"StringNotLike": {"aws:userId": ["AROAEXAMPLE:*"]}}}]"#, Answer::Maybe),
    ("principal type", r#"[{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:us-east-1:111122223333:orders-dlq"}, {"Effect": "Deny", "Action": "sqs:*", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalType": "User"}}}]"#, r#"[]"#, Answer::Yes),
    ("effect lowercase", r#"[{"effect": "allow", "action": "sqs:*", "resource": "*"}]"#, r#"[]"#, Answer::Yes),
    ("empty condition", r#"[{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:us-east-1:111122223333:orders-dlq", "Condition": {}}]"#, r#"[]"#, Answer::Yes),
    ("two operators", r#"[{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:us-east-1:111122223333:orders-dlq", "Condition": {"StringEquals": {"aws:RequestedRegion": "us-east-1"}, "StringLike": {"aws:PrincipalArn": "*:role/x"}}}]"#, r#"[]"#, Answer::No),
];

#[test]
fn one_question_for_the_role_and_the_queue() {
    let origin = Origin {
        principal: Principal::Role("arn:aws:iam::111122223333:role/orders".into()),
        account: "111122223333".into(),
        region: "us-east-1".into(),
        ..Origin::default()
    };
    let need = Need::on("sqs:SendMessage", "arn:aws:sqs:us-east-1:111122223333:orders-dlq".into(), Caller::Function);
    for (title, role, queue, expected) in QUESTIONS {
        let set = PolicySet { origin: origin.clone(), policies: vec![source(role, Guard::always())], ..PolicySet::default() };
        let on = ResourceSet { policies: vec![source(queue, Guard::always())], ..ResourceSet::default() };
        let answer = match missing(&set, &on, std::slice::from_ref(&need), &Guard::always()) {
            Grant::Granted => Answer::Yes,
            Grant::Missing(_) => Answer::No,
            Grant::Unknown(_) => Answer::Maybe,
        };
        assert_eq!(answer, *expected, "{title}");
    }
}
