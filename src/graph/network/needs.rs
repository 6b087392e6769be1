//! What a function calls outside its VPC, as its environment and its role show, and through which VPC endpoints it gets there.

use std::collections::HashMap;

use super::vpcs::{VpcKey, vpc_key};
use crate::gap::{Gap, Known};
use crate::graph::Graph;
use crate::graph::roles::RoleRef;
use crate::iam::Effect;
use crate::model::lambda::{EventInvokeConfig, EventSourceMapping, Function};
use crate::model::routes::Endpoint;
use crate::source::Span;
use crate::text;
use crate::value::{Part, ResourceId, Text, Value};

/// A service that a function can call, and how that shows.
#[derive(Debug)]
pub struct Service {
    /// For messages.
    pub name: &'static str,
    /// The last part of its VPC endpoint's service name.
    pub endpoint: &'static str,
    /// Whether its endpoint is a route (S3, DynamoDB) rather than interfaces.
    pub gateway: bool,
    /// The prefix of its actions.
    action: &'static str,
    /// The host name's first label.
    host: &'static str,
    /// Types whose name, ARN or URL in the environment shows that the function uses them.
    kinds: &'static [&'static str],
}

const fn service(
    name: &'static str,
    endpoint: &'static str,
    gateway: bool,
    action: &'static str,
    host: &'static str,
    kinds: &'static [&'static str],
) -> Service {
    Service { name, endpoint, gateway, action, host, kinds }
}

/// AWS PrivateLink Guide, "AWS services that integrate with AWS PrivateLink".
pub static SERVICES: &[Service] = &[
    service("S3", "s3", true, "s3", "s3", &["AWS::S3::Bucket", "aws_s3_bucket"]),
    service(
        "DynamoDB",
        "dynamodb",
        true,
        "dynamodb",
        "dynamodb",
        &["AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable", "aws_dynamodb_table"],
    ),
    service("SQS", "sqs", false, "sqs", "sqs", &["AWS::SQS::Queue", "aws_sqs_queue"]),
    service("SNS", "sns", false, "sns", "sns", &["AWS::SNS::Topic", "aws_sns_topic"]),
    service(
        "Secrets Manager",
        "secretsmanager",
        false,
        "secretsmanager",
        "secretsmanager",
        &["AWS::SecretsManager::Secret", "aws_secretsmanager_secret"],
    ),
    service("Systems Manager", "ssm", false, "ssm", "ssm", &["AWS::SSM::Parameter", "aws_ssm_parameter"]),
    service("Step Functions", "states", false, "states", "states", &["AWS::StepFunctions::StateMachine", "aws_sfn_state_machine"]),
    service("EventBridge", "events", false, "events", "events", &["AWS::Events::EventBus", "aws_cloudwatch_event_bus"]),
    service("Kinesis", "kinesis-streams", false, "kinesis", "kinesis", &["AWS::Kinesis::Stream", "aws_kinesis_stream"]),
    service(
        "Firehose",
        "kinesis-firehose",
        false,
        "firehose",
        "firehose",
        &["AWS::KinesisFirehose::DeliveryStream", "aws_kinesis_firehose_delivery_stream"],
    ),
    service("Lambda", "lambda", false, "lambda", "lambda", &["AWS::Lambda::Function", "aws_lambda_function"]),
    service("SES", "email", false, "ses", "email", &[]),
    service("Bedrock", "bedrock-runtime", false, "bedrock", "bedrock-runtime", &[]),
    service("CloudWatch", "monitoring", false, "cloudwatch", "monitoring", &[]),
    service("Athena", "athena", false, "athena", "athena", &[]),
    service("Glue", "glue", false, "glue", "glue", &[]),
    service("Textract", "textract", false, "textract", "textract", &[]),
    service("Rekognition", "rekognition", false, "rekognition", "rekognition", &[]),
    service("Comprehend", "comprehend", false, "comprehend", "comprehend", &[]),
    service("the RDS Data API", "rds-data", false, "rds-data", "rds-data", &[]),
];

/// Actions that Lambda itself calls for a function, through its own network: pollers, dead letters, destinations.
const BY_LAMBDA: &[&str] = &[
    "sqs:receivemessage",
    "sqs:deletemessage",
    "sqs:getqueueattributes",
    "sqs:getqueueurl",
    "sqs:changemessagevisibility",
    "sqs:sendmessage",
    "sns:publish",
    "events:putevents",
    "lambda:invokefunction",
    "dynamodb:getrecords",
    "dynamodb:getsharditerator",
    "dynamodb:describestream",
    "dynamodb:liststreams",
    "dynamodb:listshards",
    "secretsmanager:getsecretvalue",
];

/// Services of which a wildcard may be meant for Lambda itself.
const WILD_BY_LAMBDA: &[&str] = &["sqs", "sns", "events", "lambda", "dynamodb", "kinesis"];

/// What a function calls.
#[derive(Clone, Debug)]
pub enum Callee {
    /// An AWS service.
    Service(&'static Service),
    /// A host on the internet.
    Host(String),
}

/// What has to be known of all functions to judge by the role of one.
#[derive(Debug, Default)]
pub struct Shared {
    functions: HashMap<ResourceId, usize>,
    /// Whether mappings, dead letters or destinations use the roles too.
    fed: bool,
}

/// One call, and what shows it.
#[derive(Clone, Debug)]
pub struct Called {
    /// What is called.
    pub callee: Callee,
    /// `ORDERS_QUEUE`, or the action.
    pub evidence: String,
    /// Whether the environment says it; else the role.
    pub in_environment: bool,
    /// Where that is.
    pub span: Span,
}

/// Ends of host names that are not on the internet (RFC 6762, RFC 8375, ICANN's `.internal`, and what firms use).
const INTERNAL: &[&str] =
    &[".internal", ".local", ".localhost", ".lan", ".corp", ".home", ".intranet", ".private", ".home.arpa", ".test", ".example", ".svc"];

impl Graph<'_> {
    /// How many functions have each role of the unit, and whether Lambda itself reads or writes for some function.
    pub fn shared_roles(&self) -> Shared {
        let mut functions = HashMap::new();
        let mut fed = !self.all::<EventSourceMapping>().is_empty() || !self.all::<EventInvokeConfig>().is_empty();
        for function in self.all::<Function>() {
            fed |= !function.dead_letter_target.is_null();
            for role in self.own_roles(&function) {
                *functions.entry(role).or_default() += 1;
            }
        }
        Shared { functions, fed }
    }

    fn own_roles(&self, function: &Function) -> Vec<ResourceId> {
        let unit = |role| if let RoleRef::Unit(id) = role { Some(id) } else { None };
        self.roles_of(&function.role).into_iter().filter_map(|(_, role)| unit(role)).collect()
    }

    /// What a function calls outside its VPC; nothing where it has a proxy. Environment and role show it: where one of them is not
    /// known, there may be more.
    pub fn calls_outside(&self, function: &Function, shared: &Shared) -> Known<Called> {
        let mut out: Vec<Called> = Vec::new();
        let mut gap = self.roles_of(&function.role).into_iter().find_map(|(_, role)| match role {
            RoleRef::Outside(reason, cause) => Some(Gap::new(reason, cause)),
            RoleRef::Unit(_) => None,
        });
        let mut add = |called: Called| {
            let same = |c: &Called| match (&c.callee, &called.callee) {
                (Callee::Service(a), Callee::Service(b)) => a.name == b.name,
                (Callee::Host(a), Callee::Host(b)) => a == b,
                _ => false,
            };
            if !out.iter().any(same) {
                out.push(called);
            }
        };
        for (_, environment) in function.environment.alternatives() {
            let Some(map) = environment.as_map() else {
                if !environment.is_null() {
                    gap.get_or_insert_with(|| Gap::of(&environment));
                }
                continue;
            };
            if map.entries.keys().any(|name| name.to_ascii_lowercase().ends_with("_proxy")) {
                return Known::default();
            }
            for (name, value) in &map.entries {
                if let Some(callee) = self.callee(value).filter(|callee| !matches!(callee, Callee::Host(_)) || says_call(name)) {
                    add(Called { callee, evidence: format!("the environment variable `{name}`"), in_environment: true, span: value.span });
                }
            }
        }
        for (service, action, span) in self.called_by_role(function, shared) {
            let evidence = format!("`{action}` of its role");
            add(Called { callee: Callee::Service(service), evidence, in_environment: false, span });
        }
        Known { items: out, gap }
    }

    /// What an environment variable's value shows to be called.
    fn callee(&self, value: &Value) -> Option<Callee> {
        if let Some(resource) = self.referent(value) {
            let used = SERVICES.iter().find(|s| s.kinds.contains(&resource.kind.as_str()));
            return used.map(Callee::Service);
        }
        let text = self.names.text(value)?;
        let (scheme, rest) = text::cut(&text, "://")?;
        if !matches!(scheme.as_known(), Some("http" | "https")) {
            return None;
        }
        let Some(Part::Literal(rest)) = rest.parts().into_iter().next() else { return None };
        let host = rest.split(['/', ':', '?']).next().unwrap_or_default().to_ascii_lowercase();
        // A host that goes on in what is not known, is none.
        let whole = rest.len() > host.len() || text.as_known().is_some();
        let first = host.split('.').next().unwrap_or_default();
        if let Some(service) = SERVICES.iter().find(|s| s.host == first).filter(|_| text::contains(&text, "amazonaws.com")) {
            return Some(Callee::Service(service));
        }
        (whole && is_public_host(&host) && !self.has_private_zone()).then_some(Callee::Host(host))
    }

    /// A private hosted zone may give any host name an address within the VPC.
    fn has_private_zone(&self) -> bool {
        const ZONES: [&str; 3] = ["aws_route53_zone", "aws_route53_zone_association", "AWS::Route53::HostedZone"];
        self.of_kinds(&ZONES).any(|zone| ["vpc", "VPCs", "vpc_id"].iter().any(|name| zone.attribute(name).is_some()))
    }

    /// Services whose actions the unit's own policies allow to a role that is this function's alone.
    fn called_by_role(&self, function: &Function, shared: &Shared) -> Vec<(&'static Service, String, Span)> {
        let roles = self.own_roles(function);
        let [role] = roles.as_slice() else { return Vec::new() };
        if shared.functions.get(role) != Some(&1) {
            return Vec::new();
        }
        let fed = shared.fed;
        let mut out = Vec::new();
        for policy in self.policies_of(*role).policies.iter().filter(|p| !p.label.starts_with("AWS managed policy")) {
            for statement in policy.policy.statements.iter().filter(|s| s.effect == Effect::Allow && !s.actions.negated) {
                for action in statement.actions.items.iter().filter_map(|item| item.text.as_known()) {
                    let Some((prefix, verb)) = action.split_once(':') else { continue };
                    let lower = action.to_ascii_lowercase();
                    let wild = verb.contains(['*', '?']);
                    let lambdas = BY_LAMBDA.contains(&lower.as_str()) || prefix == "kinesis" && fed;
                    if lambdas || wild && WILD_BY_LAMBDA.contains(&prefix) && fed {
                        continue;
                    }
                    if let Some(service) = SERVICES.iter().find(|s| s.action.eq_ignore_ascii_case(prefix)) {
                        out.push((service, action.to_owned(), statement.span.or(policy.span)));
                    }
                }
            }
        }
        out
    }

    /// The services that a VPC has endpoints for, by the last part of their names; why there may be more.
    pub fn endpoints_of(&self, vpc: ResourceId) -> (Vec<String>, Option<Gap>) {
        let (mut found, mut gap) = (Vec::new(), None);
        for endpoint in self.all::<Endpoint>() {
            match vpc_key(self, &endpoint.vpc) {
                Ok(VpcKey::Resource(id)) if id == vpc => {}
                Ok(VpcKey::Resource(_) | VpcKey::Literal(_) | VpcKey::Default) => continue,
                Ok(VpcKey::Named(_)) => {
                    gap.get_or_insert(Gap::of(&endpoint.vpc));
                    continue;
                }
                Err(why) => {
                    gap.get_or_insert(why);
                    continue;
                }
            }
            let name = self.names.text(&endpoint.service);
            match name.as_ref().and_then(last_part) {
                Some(service) => found.push(service),
                None => drop(gap.get_or_insert_with(|| Gap::of(&endpoint.service))),
            }
        }
        (found, gap)
    }
}

/// Whether the name of a variable says that its address is called. Most addresses are only compared or handed on: origins of CORS,
/// issuers, links, names of schemas.
fn says_call(name: &str) -> bool {
    const CALLED: [&str; 11] =
        ["API", "ENDPOINT", "WEBHOOK", "UPSTREAM", "BACKEND", "SERVICE", "PAYMENT", "SERVER", "CLIENT_URL", "HOOK", "TARGET"];
    const HANDED_ON: [&str; 16] = [
        "ORIGIN",
        "CORS",
        "ISSUER",
        "AUDIENCE",
        "FRONT",
        "REDIRECT",
        "CALLBACK",
        "PUBLIC",
        "SITE",
        "SCHEMA",
        "XMLNS",
        "NAMESPACE",
        "LINK",
        "DOC",
        "LOGO",
        "ALLOW",
    ];
    let name = name.to_ascii_uppercase();
    let has = |words: &[&str]| words.iter().any(|word| name.contains(word));
    has(&CALLED) && !has(&HANDED_ON)
}

/// `sqs` of `com.amazonaws.eu-west-1.sqs`.
fn last_part(name: &Text) -> Option<String> {
    match name.parts().last()? {
        Part::Literal(end) if end.contains('.') => end.rsplit('.').next().map(str::to_owned),
        _ => None,
    }
}

/// Whether a host name is on the internet: a whole name of several labels, no address, none of the internal ends.
fn is_public_host(host: &str) -> bool {
    let labels: Vec<&str> = host.split('.').collect();
    let letters = labels.last().is_some_and(|l| l.len() > 1 && l.chars().all(|c| c.is_ascii_alphabetic()));
    let clean = host.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-'));
    labels.len() > 1 && letters && clean && !INTERNAL.iter().any(|end| host.ends_with(end)) && !host.contains("vpce")
}
