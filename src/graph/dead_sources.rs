//! Source ARNs that no service ever presents, whatever it works for: of the wrong kind, or without a part that is always there.

use std::collections::HashSet;
use std::sync::Arc;

use super::Graph;
use super::arn::Arn;
use super::functions::{FunctionRef, has_unknown};
use super::invocations::{Target, Verdict};
use super::permissions::{CallQuestion, Coverage};
use crate::model::names;
use crate::text;
use crate::value::{AttrRef, Part, Str, Text, Value, format_smolstr};

/// The service in the ARN that each principal presents.
pub const PRESENTS: &[(&str, &str)] = &[
    ("apigateway.amazonaws.com", "execute-api"),
    ("s3.amazonaws.com", "s3"),
    ("sns.amazonaws.com", "sns"),
    ("sqs.amazonaws.com", "sqs"),
    ("events.amazonaws.com", "events"),
    ("logs.amazonaws.com", "logs"),
    ("cognito-idp.amazonaws.com", "cognito-idp"),
    ("elasticloadbalancing.amazonaws.com", "elasticloadbalancing"),
    ("iot.amazonaws.com", "iot"),
    ("secretsmanager.amazonaws.com", "secretsmanager"),
    ("codecommit.amazonaws.com", "codecommit"),
    ("ses.amazonaws.com", "ses"),
    ("appsync.amazonaws.com", "appsync"),
    ("lambda.alarms.cloudwatch.amazonaws.com", "cloudwatch"),
    ("transfer.amazonaws.com", "transfer"),
    ("bedrock.amazonaws.com", "bedrock"),
];

/// Services that call functions in another way than by a function policy, or not at all, with what their ARNs are of.
const CALLS_NOT: &[(&str, &str)] = &[
    ("lambda", "a function"),
    ("iam", "a role or user"),
    ("dynamodb", "a table"),
    ("kinesis", "a stream"),
    ("states", "a state machine"),
    ("ec2", "a network resource"),
    ("rds", "a database"),
];

/// Kinds of resources whose ARNs have no canonical text, the principal for which they are taken by mistake, and what they are.
const WRONG_KINDS: &[(&str, &str, &str)] = &[
    ("aws_lb_listener", "elasticloadbalancing", "a listener"),
    ("aws_alb_listener", "elasticloadbalancing", "a listener"),
    ("aws_lb_listener_rule", "elasticloadbalancing", "a rule of a listener"),
    ("AWS::ElasticLoadBalancingV2::Listener", "elasticloadbalancing", "a listener"),
    ("AWS::ElasticLoadBalancingV2::ListenerRule", "elasticloadbalancing", "a rule of a listener"),
    ("aws_sns_topic_subscription", "sns", "a subscription"),
    ("AWS::SNS::Subscription", "sns", "a subscription"),
    ("aws_cloudwatch_event_bus", "events", "an event bus"),
    ("AWS::Events::EventBus", "events", "an event bus"),
];

/// Beginnings of the last part of an ARN that its service does not present.
const WRONG_HEADS: &[(&str, &str, &str)] = &[
    ("elasticloadbalancing", "listener/", "a listener"),
    ("elasticloadbalancing", "listener-rule/", "a rule of a listener"),
    ("elasticloadbalancing", "loadbalancer/", "a load balancer"),
    ("events", "event-bus/", "an event bus"),
    ("events", "api-destination/", "an API destination"),
    ("iot", "topic/", "a topic, not of the rule"),
    ("iot", "topicfilter/", "a topic filter, not of the rule"),
    ("iot", "client/", "a client"),
];

/// A source ARN that its principal never presents.
#[derive(Clone, Debug, PartialEq)]
pub struct DeadSource {
    /// What it is: "the ARN of a listener".
    pub what: String,
    /// What the principal presents instead.
    pub presents: &'static str,
    /// A source ARN that matches, in the source's own references; none where it cannot be made from this one.
    pub instead: Option<Text>,
}

/// What a service presents, in words.
fn presented(service: &str) -> &'static str {
    match service {
        "execute-api" => "API Gateway presents the API's execution ARN with stage, method and path",
        "s3" => "S3 presents the bucket's ARN, which has no region, account or path",
        "sns" => "SNS presents the topic's ARN",
        "events" => "EventBridge presents the rule's ARN",
        "logs" => "CloudWatch Logs presents the log group's ARN with `:*` at its end",
        "elasticloadbalancing" => "the load balancer presents the target group's ARN",
        "iot" => "IoT presents the ARN of the rule or authorizer",
        "cognito-idp" => "Cognito presents the user pool's ARN",
        _ => "the service presents ARNs of its own resources",
    }
}

impl Graph<'_> {
    /// Why a principal never presents this source ARN; `None` where it may.
    pub fn dead_source(&self, principal: &str, source: &Value) -> Option<DeadSource> {
        let expected = PRESENTS.iter().find(|(name, _)| is_principal(principal, name))?.1;
        let dead = |what: String, instead| Some(DeadSource { what, presents: presented(expected), instead });
        let text = self.names.text(source)?;
        if let [Part::Attr(attr)] = text.parts().as_slice() {
            let kind = self.resource(attr.resource).kind.as_str();
            if !matches!(attr.path.as_str(), "arn" | "id" | "Arn" | "ListenerArn" | "RuleArn") {
                return None;
            }
            let (_, _, what) = WRONG_KINDS.iter().find(|(k, service, _)| *k == kind && *service == expected)?;
            return dead(format!("the ARN of {what}"), None);
        }
        let arn = Arn::parse(&text)?;
        let (service, resource) = (arn.service().as_known()?, arn.resource());
        let raw = source.to_text()?;
        match (expected, service) {
            ("execute-api", "apigateway") => dead("the ARN under which the API is managed".to_owned(), self.execution_arn(resource)),
            ("execute-api", "execute-api") => {
                let (what, ending) = short_of_a_path(resource)?;
                dead(what.to_owned(), Some(Text::concat([&raw, &Text::literal(ending)])))
            }
            ("s3", "s3") if text::contains(resource, "/") => {
                dead("the ARN of objects in the bucket".to_owned(), text::cut(&raw, "/").map(|(bucket, _)| bucket))
            }
            ("s3", "s3") if is_written(arn.region()) || is_written(arn.account()) => {
                let name = Text::concat([&Text::literal("arn:aws:s3:::"), resource]);
                dead("an ARN with a region or account".to_owned(), Some(name))
            }
            ("logs", "logs") if lacks_streams(resource) => {
                dead("the ARN without `:*`".to_owned(), Some(Text::concat([&raw, &Text::literal(":*")])))
            }
            ("sns", "sns") if text::contains(resource, ":") => dead("the ARN of a subscription".to_owned(), None),
            (expected, service) if expected == service => {
                let head = |(s, head, _): &&(&str, &str, &str)| *s == service && text::strip_prefix(resource, head).is_some();
                dead(format!("the ARN of {}", WRONG_HEADS.iter().find(head)?.2), None)
            }
            (_, service) => dead(format!("the ARN of {}", CALLS_NOT.iter().find(|(s, _)| *s == service)?.1), None),
        }
    }

    /// Whether a source ARN is one that the service which it is of never presents, whoever the principal is.
    pub fn dead_for_its_own(&self, source: &Value) -> bool {
        let text = self.names.text(source).unwrap_or_default();
        let of = Arn::parse(&text).and_then(|arn| arn.service().as_known().map(Str::from));
        let presents = PRESENTS.iter().filter(|(_, service)| match of.as_deref() {
            Some("apigateway") => *service == "execute-api",
            Some(of) => *service == of,
            None => true,
        });
        presents.into_iter().any(|(principal, _)| self.dead_source(principal, source).is_some())
    }

    /// Whether what is not known of a source ARN decides if its principal ever presents it.
    pub fn may_be_dead(&self, principal: &str, source: &Value) -> bool {
        let Some((_, expected)) = PRESENTS.iter().find(|(name, _)| is_principal(principal, name)) else { return false };
        let Some(text) = self.names.text(source).filter(has_unknown) else { return false };
        if matches!(text.parts().first(), Some(Part::Unknown(_))) {
            return true;
        }
        let Some(arn) = Arn::parse(&text).filter(|arn| arn.service().as_known() == Some(expected)) else { return false };
        let resource = arn.resource();
        let wild = text::contains(resource, "*") || text::contains(resource, "?");
        let slashes = resource.parts().into_iter().map(|part| if let Part::Literal(text) = part { text.matches('/').count() } else { 0 });
        match *expected {
            "execute-api" => has_unknown(resource) && !wild && slashes.sum::<usize>() < 2,
            "logs" => has_unknown(resource) && !wild,
            _ => false,
        }
    }

    /// The execution ARN, for any stage and method, of the API in the path of a management ARN.
    fn execution_arn(&self, resource: &Text) -> Option<Text> {
        let api = resource.parts().into_iter().find_map(|part| match part {
            Part::Attr(attr) => Some(attr),
            _ => None,
        })?;
        let owner = self.resource(api.resource);
        let ending = Text::literal("/*/*");
        if owner.kind.contains("::") {
            let api = Text::from_parts([Part::Attr(api)]);
            let head = self.names.fill_template(owner.id, "arn:{P}:execute-api:{R}:{A}:");
            return Some(Text::concat([&head, &api, &ending]));
        }
        let shown = format_smolstr!("{}.execution_arn", owner.address);
        let attr = AttrRef { resource: owner.id, path: "execution_arn".into(), shown };
        Some(Text::concat([&Text::from_parts([Part::Attr(Arc::new(attr))]), &ending]))
    }

    /// The functions of the unit that a service is told to call without a permission that lets it: those calls are reported, and
    /// with them the permissions that nearly fit.
    pub fn uncovered_functions(&self, principal: &str) -> HashSet<Str> {
        let mut out = HashSet::new();
        let mut add = |target: &FunctionRef| {
            if self.functions.function(target).is_some() {
                out.extend(names::key(&target.name));
            }
        };
        for found in self.trigger_uses() {
            let Some(target) = &found.function else { continue };
            let target = target.clone().without_latest();
            let presence = &found.presence;
            let sources: Vec<Text> = found.source.iter().cloned().collect();
            let principals = found.trigger.principals;
            let caller = [found.resource];
            let question = CallQuestion { target: &target, principals, sources: &sources, presence, caller: &caller };
            if principals.iter().any(|p| is_principal(principal, p)) && matches!(self.coverage(&question), Coverage::Uncovered(_)) {
                add(&target);
            }
        }
        if is_principal(principal, "apigateway.amazonaws.com") {
            self.uncovered_calls(&mut add);
        }
        out
    }

    fn uncovered_calls(&self, add: &mut dyn FnMut(&FunctionRef)) {
        for api in &self.apis.all {
            for call in api.calls.iter().filter(|call| call.credentials.is_null()) {
                for (guard, uri) in call.uri.alternatives() {
                    for stage in &api.stages {
                        let Target::Function(target) = self.target(api, &uri, stage, false) else { continue };
                        if matches!(self.verdict(api, call, stage, &target, &guard), Verdict::Fails(_) | Verdict::FailsInPart(..)) {
                            add(&target);
                        }
                    }
                }
            }
        }
    }
}

/// Whether a principal is this one, or this one of a region.
fn is_principal(principal: &str, name: &str) -> bool {
    let service = name.strip_suffix(".amazonaws.com").unwrap_or(name);
    principal == name
        || (principal.starts_with(service)
            && matches!(principal[service.len()..].split('.').collect::<Vec<_>>().as_slice(), ["", region, "amazonaws", "com"] if region.contains('-')))
}

/// Whether a part of an ARN pattern needs a character: `*` matches the empty one too.
fn is_written(part: &Text) -> bool {
    !part.is_empty() && part.as_known().is_none_or(|known| known.chars().any(|c| c != '*'))
}

/// Amazon API Gateway Developer Guide, "ARN reference": after the API's id there are always a stage (or `authorizers`) and more.
fn short_of_a_path(resource: &Text) -> Option<(&'static str, &'static str)> {
    const PIECES: usize = 8;
    if text::contains(resource, "*") || text::contains(resource, "?") {
        return None;
    }
    let pieces = text::split(resource, '/', PIECES)?;
    match pieces.as_slice() {
        [_] => Some(("the API's execution ARN without stage, method and path", "/*/*")),
        [_, stage] if stage.is_empty() => Some(("the API's execution ARN without stage, method and path", "*/*")),
        [_, _] => Some(("a stage's execution ARN without method and path", "/*")),
        _ => None,
    }
}

/// The ARN of a log group that has no `*`, and nothing that may hold one.
fn lacks_streams(resource: &Text) -> bool {
    let open = resource.parts().iter().any(|part| matches!(part, Part::Unknown(_)));
    let wild = text::contains(resource, "*") || text::contains(resource, "?");
    !open && !wild && text::strip_prefix(resource, "log-group:").is_some()
}
