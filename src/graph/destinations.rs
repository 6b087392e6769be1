//! Where Lambda sends the results of asynchronous calls and what it could not handle, and which action that takes, as data.

use super::Graph;
use crate::iam::{Caller, Need};
use crate::source::Span;
use crate::text;
use crate::value::{Kind, Part, Reason, Text, Unknown, Value};

/// A kind of destination.
#[derive(Debug)]
pub struct DestinationKind {
    /// For messages.
    pub name: &'static str,
    /// The service part of its ARN.
    pub service: &'static str,
    /// What Lambda calls.
    pub action: &'static str,
    /// Whether the call is on objects within it: a bucket.
    objects: bool,
    /// What the caller has to call on the key that it is encrypted with.
    pub on_key: &'static [&'static str],
    /// The call and the service as Lambda names them where it refuses the role.
    pub validated: Option<(&'static str, &'static str)>,
    kinds: &'static [&'static str],
}

impl DestinationKind {
    /// The call that must be allowed.
    pub fn need(&self, arn: &Text) -> Need {
        if !self.objects {
            return Need::on(self.action, arn.clone(), Caller::Function);
        }
        let key = Unknown::new(Reason::Computed, "key", "the key of the record is not known", Span::NONE);
        let object = Text::from_parts([Part::Literal("/aws/lambda/".into()), Part::Unknown(key)]);
        Need::on(self.action, Text::concat([arn, &object]), Caller::Function)
    }
}

/// AWS Lambda Developer Guide, "Capturing records of Lambda asynchronous invocations".
static KINDS: &[DestinationKind] = &[
    DestinationKind {
        name: "queue",
        service: "sqs",
        action: "sqs:SendMessage",
        objects: false,
        on_key: &["kms:GenerateDataKey", "kms:Decrypt"],
        validated: Some(("SendMessage", "SQS")),
        kinds: &["AWS::SQS::Queue", "aws_sqs_queue"],
    },
    DestinationKind {
        name: "topic",
        service: "sns",
        action: "sns:Publish",
        objects: false,
        on_key: &["kms:GenerateDataKey", "kms:Decrypt"],
        validated: Some(("Publish", "SNS")),
        kinds: &["AWS::SNS::Topic", "aws_sns_topic"],
    },
    DestinationKind {
        name: "function",
        service: "lambda",
        action: "lambda:InvokeFunction",
        objects: false,
        on_key: &[],
        validated: None,
        kinds: &["AWS::Lambda::Function", "AWS::Lambda::Alias", "AWS::Lambda::Version", "aws_lambda_function", "aws_lambda_alias"],
    },
    DestinationKind {
        name: "event bus",
        service: "events",
        action: "events:PutEvents",
        objects: false,
        on_key: &[],
        validated: None,
        kinds: &["AWS::Events::EventBus", "aws_cloudwatch_event_bus"],
    },
    DestinationKind {
        name: "bucket",
        service: "s3",
        action: "s3:PutObject",
        objects: true,
        on_key: &["kms:GenerateDataKey"],
        validated: None,
        kinds: &["AWS::S3::Bucket", "aws_s3_bucket"],
    },
];

/// What a destination is, where that can be told.
pub enum Destination {
    /// This kind, and its ARN.
    Known(&'static DestinationKind, Text),
    /// None, or one that cannot be checked.
    Other,
    /// Cannot be told: why.
    Unknown(String, Span),
}

impl Graph<'_> {
    /// What an ARN as destination is.
    pub fn destination(&self, value: &Value) -> Destination {
        if value.is_null() || value.as_str() == Some("") {
            return Destination::Other;
        }
        let unknown = || {
            let reason = value.first_unknown().map_or_else(|| "the destination is not known".to_owned(), |h| h.message());
            Destination::Unknown(reason, value.span)
        };
        let Some(text) = self.names.text(value) else { return unknown() };
        if let Some(resource) = self.referent(value)
            && let Some(kind) = KINDS.iter().find(|k| k.kinds.contains(&resource.kind.as_str()))
        {
            return Destination::Known(kind, text);
        }
        let parts = text::split_literal(&text, ':', 6);
        match (parts.first().and_then(Text::as_known), parts.get(2).and_then(Text::as_known)) {
            (Some("arn"), Some(service)) if parts.len() == 6 => match KINDS.iter().find(|k| k.service == service) {
                Some(kind) => Destination::Known(kind, text),
                None => Destination::Other,
            },
            _ if matches!(value.kind, Kind::Attr(_)) => Destination::Other,
            _ => unknown(),
        }
    }
}
