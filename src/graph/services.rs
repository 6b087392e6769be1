//! AWS services that an API calls itself, without a function: which calls an integration makes there, and on what.

use super::Graph;
use super::apis::{Call, ServiceCall};
use super::arn::Arn;
use super::functions::has_unknown;
use crate::iam::{Caller, Need};
use crate::model::read;
use crate::source::Span;
use crate::text;
use crate::value::{Part, Reason, Text, Unknown, Value};

/// What an integration asks of a service.
pub struct ServiceUse {
    /// For messages: `states:StartExecution`, or the service alone.
    pub shown: String,
    /// The calls, one of which it makes; empty where that is not known.
    pub needs: Vec<Need>,
    /// What it calls them on.
    pub target: Option<(Value, Text)>,
}

/// Operations that are called by their name in the URI or subtype, and have the action of that name. In the request only stands what they
/// are made on. Amazon API Gateway API Reference, "PutIntegration"; Developer Guide, "Integration subtype reference".
static OPERATIONS: &[(&str, &[&str])] = &[
    ("states", &["StartExecution", "StartSyncExecution", "StopExecution", "DescribeExecution"]),
    ("sqs", &["SendMessage", "ReceiveMessage", "DeleteMessage", "PurgeQueue", "GetQueueAttributes"]),
    ("sns", &["Publish"]),
    ("events", &["PutEvents"]),
    ("kinesis", &["PutRecord", "PutRecords", "GetRecords", "GetShardIterator", "DescribeStream", "ListStreams"]),
    ("firehose", &["PutRecord", "PutRecordBatch"]),
    ("dynamodb", &["GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query", "Scan", "BatchGetItem", "BatchWriteItem"]),
    ("ssm", &["GetParameter", "GetParameters", "PutParameter"]),
    ("appconfig", &["GetConfiguration"]),
];

/// The service of a subtype, the parameter that names what is called on, and what stands before its value in the ARN; empty where the value
/// is the ARN itself. The queue's is a URL.
static SUBTYPES: &[(&str, &str, &str)] = &[
    ("StepFunctions", "states", "StateMachineArn"),
    ("SQS", "sqs", "QueueUrl"),
    ("EventBridge", "events", "EventBusName"),
    ("Kinesis", "kinesis", "StreamName"),
    ("AppConfig", "appconfig", ""),
];

/// The service that a URI `arn:<partition>:apigateway:<region>:<service>:…` names; `None` where it names none for sure.
pub(super) fn called_service(uri: &Text) -> Option<String> {
    // `path/…` or `action/…` comes after: an ARN of API Gateway itself, `…::/restapis/x`, has nothing there. Neither has a text in which
    // a pseudo parameter stands unreplaced: the colons in `AWS::Region` move what follows.
    let pieces = text::split_literal(uri, ':', 6);
    let known = |at: usize| pieces.get(at).and_then(Text::as_known);
    let service = known(4).and_then(|service| service.rsplit('.').next());
    service.filter(|service| known(2) == Some("apigateway") && !service.is_empty()).map(str::to_owned)
}

/// What stands for an own value of the call in a URI or parameter.
const STAGE_VARIABLE: &str = "${stageVariables.";

impl Graph<'_> {
    /// What a call by URI asks of a service that is not Lambda; `None` where it asks none for sure.
    pub fn service_use(&self, call: &Call, uri: &Value) -> Option<ServiceUse> {
        let text = self.names.text(uri)?;
        let arn = Arn::parse(&text)?;
        let service = called_service(&text).filter(|service| service != "lambda")?;
        let known = if text::contains(arn.resource(), STAGE_VARIABLE) { None } else { Some(arn.resource()) };
        if let Some(operation) = known.and_then(|resource| text::strip_prefix(resource, "action/")) {
            let operation = operation.as_known().map(|o| o.split(['&', '/', '?']).next().unwrap_or_default().to_owned());
            return Some(self.operation(&service, operation.as_deref()));
        }
        let path = known.and_then(|resource| text::strip_prefix(resource, "path/"));
        Some(match (service.as_str(), path) {
            ("sqs", Some(path)) => self.queue(call, &arn, &path),
            ("s3", Some(path)) => self.object(call, &arn, &path),
            _ => ServiceUse { shown: service, needs: Vec::new(), target: None },
        })
    }

    fn operation(&self, service: &str, operation: Option<&str>) -> ServiceUse {
        let operations = OPERATIONS.iter().find(|(name, _)| *name == service).map_or(&[][..], |(_, operations)| operations);
        match operation.filter(|operation| operations.contains(operation)) {
            Some(operation) => {
                let action = format!("{service}:{operation}");
                let needs = vec![Need::on(action.as_str(), somewhere(), Caller::Function)];
                ServiceUse { shown: action, needs, target: None }
            }
            None => ServiceUse { shown: service.to_owned(), needs: Vec::new(), target: None },
        }
    }

    /// `path/ACCOUNT/QUEUE` or `path/QUEUE`: the request says which of the queue's operations it is.
    fn queue(&self, call: &Call, uri: &Arn, path: &Text) -> ServiceUse {
        let pieces = text::split_literal(path, '/', 3);
        let name = match pieces.as_slice() {
            [name] | [_, name] if !text::contains(name, "{") => Some(name),
            _ => None,
        };
        let arn = name.map(|name| self.arn_of("sqs", uri.region(), name));
        let on = arn.clone().unwrap_or_else(somewhere);
        let operations = OPERATIONS.iter().find(|(name, _)| *name == "sqs").map_or(&[][..], |(_, operations)| operations);
        let need = |operation: &&str| Need::on(format!("sqs:{operation}"), on.clone(), Caller::Function);
        ServiceUse { shown: "sqs".to_owned(), needs: operations.iter().map(need).collect(), target: arn.map(|arn| (call.uri.clone(), arn)) }
    }

    /// `path/BUCKET/KEY`: the method says what is done with the object.
    fn object(&self, call: &Call, uri: &Arn, path: &Text) -> ServiceUse {
        let action = match call.http_method.as_str().map(str::to_ascii_uppercase).as_deref() {
            Some("GET" | "HEAD") => "s3:GetObject",
            Some("PUT") => "s3:PutObject",
            Some("DELETE") => "s3:DeleteObject",
            _ => return ServiceUse { shown: "s3".to_owned(), needs: Vec::new(), target: None },
        };
        // `BUCKET.s3:path/KEY` has the bucket before the service.
        let within = uri.account().as_known().is_some_and(|service| service.contains('.'));
        let Some((bucket, key)) = text::cut(path, "/").filter(|(_, key)| !within && !key.is_empty()) else {
            return ServiceUse { shown: "s3".to_owned(), needs: Vec::new(), target: None };
        };
        if text::contains(&bucket, "{") {
            return ServiceUse { shown: action.to_owned(), needs: vec![Need::on(action, somewhere(), Caller::Function)], target: None };
        }
        let arn = Text::concat([&Text::literal("arn:"), self.names.partition(), &Text::literal(":s3:::"), &bucket]);
        let key = if text::contains(&key, "{") { somewhere() } else { key };
        let object = Text::concat([&arn, &Text::literal("/"), &key]);
        let needs = vec![Need::on(action, object, Caller::Function)];
        ServiceUse { shown: action.to_owned(), needs, target: Some((call.uri.clone(), arn)) }
    }

    /// What a service integration of an HTTP API asks.
    pub fn subtype_use(&self, service: &ServiceCall) -> ServiceUse {
        let known = service.subtype.as_str().and_then(|subtype| subtype.split_once('-'));
        let entry = known.and_then(|(name, operation)| Some((SUBTYPES.iter().find(|(n, ..)| *n == name)?, operation)));
        let Some(((_, prefix, parameter), operation)) = entry else {
            return ServiceUse { shown: service.subtype.to_string(), needs: Vec::new(), target: None };
        };
        let mut out = self.operation(prefix, Some(operation));
        let value = read(&service.parameters, parameter);
        // An execution is stopped by its own ARN.
        if operation != "StopExecution"
            && let Some(arn) = self.subtype_target(&service.call, prefix, &value)
        {
            out.needs.iter_mut().for_each(|need| need.target = crate::iam::Target::Arn(arn.clone()));
            out.target = Some((value, arn));
        }
        out
    }

    fn subtype_target(&self, call: &Call, prefix: &str, value: &Value) -> Option<Text> {
        let text = self.names.text(value).filter(|text| !has_unknown(text) && text.as_known().is_none_or(|t| !t.starts_with('$')))?;
        let region = self.names.region(self.resource(call.resource));
        match prefix {
            "states" => Arn::parse(&text).map(|_| text),
            "sqs" => {
                let attribute = |arn: &str| self.referent(value).map(|queue| self.names.attribute(queue.id, arn));
                let path = if self.referent(value).is_some_and(|queue| queue.kind.contains("::")) { "Arn" } else { "arn" };
                attribute(path).filter(|arn| Arn::parse(arn).is_some())
            }
            "events" => match Arn::parse(&text) {
                Some(_) => Some(text),
                None => Some(self.arn_of("events", &region, &Text::concat([&Text::literal("event-bus/"), &text]))),
            },
            "kinesis" => Some(self.arn_of("kinesis", &region, &Text::concat([&Text::literal("stream/"), &text]))),
            _ => None,
        }
    }

    fn arn_of(&self, service: &str, region: &Text, resource: &Text) -> Text {
        let lit = |text: &str| Text::literal(text);
        Text::concat([
            &lit("arn:"),
            self.names.partition(),
            &lit(&format!(":{service}:")),
            region,
            &lit(":"),
            self.names.account(),
            &lit(":"),
            resource,
        ])
    }
}

/// An ARN, or a part of one, that only the request says.
fn somewhere() -> Text {
    let unknown = Unknown::new(Reason::Computed, "(request)", "what the request names is not known", Span::NONE);
    Text::from_parts([Part::Unknown(unknown)])
}
