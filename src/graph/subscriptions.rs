//! Subscriptions to SNS topics: which endpoints a protocol takes.

use super::Graph;
use super::endpoints::Shape;
use super::functions::has_unknown;
use crate::model::messaging::{Subscription, Topic};
use crate::model::{items, read};
use crate::source::Span;
use crate::text::Answer;
use crate::value::{Part, ResourceId, Text, Value};

/// A subscription, on its own or within its topic.
#[derive(Debug)]
pub struct SubscriptionUse {
    /// The resource that declares it.
    pub resource: ResourceId,
    /// The topic's ARN.
    pub topic: Option<Text>,
    /// The topic as the source names it.
    pub shown: String,
    /// The protocol.
    pub protocol: Value,
    /// The endpoint.
    pub endpoint: Value,
}

/// What is wrong with a subscription.
#[derive(Clone, Debug, PartialEq)]
pub enum Fault {
    /// SNS refuses it.
    Known {
        /// In SNS's words.
        error: &'static str,
        /// In ours.
        what: String,
        /// What that comes of.
        cause: String,
        /// What to do, where protocol and endpoint fit each other, but not the topic.
        instead: Option<&'static str>,
    },
    /// Cannot be told: why, and the place that would tell.
    Unknown(String, Span),
}

/// A protocol, the endpoint that it takes, and how SNS refuses others.
struct Protocol {
    name: &'static str,
    takes: Endpoint,
    error: &'static str,
}

enum Endpoint {
    Arn(&'static str),
    Url(&'static str),
    Mail,
    Phone,
}

const fn protocol(name: &'static str, takes: Endpoint, error: &'static str) -> Protocol {
    Protocol { name, takes, error }
}

const URL: &str = "Invalid parameter: Endpoint must match the specified protocol";

/// Amazon SNS API Reference, "Subscribe", on `Protocol` and `Endpoint`.
static PROTOCOLS: &[Protocol] = &[
    protocol("lambda", Endpoint::Arn("lambda"), "Invalid parameter: Lambda endpoint ARN"),
    protocol("sqs", Endpoint::Arn("sqs"), "Invalid parameter: SQS endpoint ARN"),
    protocol("firehose", Endpoint::Arn("firehose"), "Invalid parameter"),
    protocol("application", Endpoint::Arn("sns"), "Invalid parameter"),
    protocol("http", Endpoint::Url("http"), URL),
    protocol("https", Endpoint::Url("https"), URL),
    protocol("email", Endpoint::Mail, "Invalid parameter"),
    protocol("email-json", Endpoint::Mail, "Invalid parameter"),
    protocol("sms", Endpoint::Phone, "Invalid parameter"),
];

/// The protocol for an ARN of a service.
pub fn protocol_for(service: &str) -> Option<&'static str> {
    PROTOCOLS.iter().find(|p| matches!(p.takes, Endpoint::Arn(s) if s == service && s != "sns")).map(|p| p.name)
}

/// The service whose ARNs a protocol takes, where it takes ARNs.
pub fn service_of(protocol: &str) -> Option<&'static str> {
    PROTOCOLS.iter().find(|p| p.name == protocol).and_then(|p| match p.takes {
        Endpoint::Arn(service) => Some(service),
        _ => None,
    })
}

impl Endpoint {
    fn fits(&self, shape: &Shape, open: bool) -> Answer {
        match (self, shape) {
            (Endpoint::Arn(wanted), Shape::Arn(service, _)) => (service == wanted).into(),
            (Endpoint::Url(wanted), Shape::Url(scheme)) => (scheme == wanted).into(),
            (Endpoint::Mail, Shape::Mail) | (Endpoint::Phone, Shape::Phone) => Answer::Yes,
            (Endpoint::Arn(_), Shape::SomeArn) => Answer::Maybe,
            // What is not known may hold the `@`; and how SNS reads numbers is its own matter.
            (Endpoint::Mail, Shape::Name) if open => Answer::Maybe,
            (Endpoint::Phone, Shape::Name) => Answer::Maybe,
            _ => Answer::No,
        }
    }

    fn shown(&self) -> String {
        match self {
            Endpoint::Arn("lambda") => "the ARN of a function".to_owned(),
            Endpoint::Arn("sqs") => "the ARN of a queue".to_owned(),
            Endpoint::Arn("firehose") => "the ARN of a delivery stream".to_owned(),
            Endpoint::Arn(_) => "the ARN of a mobile app's endpoint".to_owned(),
            Endpoint::Url(scheme) => format!("a URL that begins with `{scheme}://`"),
            Endpoint::Mail => "a mail address".to_owned(),
            Endpoint::Phone => "a phone number".to_owned(),
        }
    }
}

impl Graph<'_> {
    /// Every subscription of the unit.
    pub fn subscription_uses(&self) -> Vec<SubscriptionUse> {
        let own = self.all::<Subscription>().into_iter().map(|s| SubscriptionUse {
            resource: s.id,
            topic: self.names.text(&s.topic),
            shown: s.topic.words(),
            protocol: s.protocol,
            endpoint: s.endpoint,
        });
        let within = self.all::<Topic>().into_iter().flat_map(|topic| {
            let entries = items(&topic.subscriptions).0;
            let arn = self.names.attribute(topic.id, "Ref");
            let address = &self.resource(topic.id).address;
            entries.into_iter().map(move |entry| SubscriptionUse {
                resource: topic.id,
                topic: Some(arn.clone()),
                shown: address.to_string(),
                protocol: read(&entry, "Protocol"),
                endpoint: read(&entry, "Endpoint"),
            })
        });
        own.chain(within).collect()
    }

    /// Why SNS refuses one alternative of a subscription; `None` where nothing tells against it.
    pub fn subscription_fault(&self, found: &SubscriptionUse, protocol: &Value, endpoint: &Value) -> Option<Fault> {
        let shape = self.shape(endpoint);
        if shape == Shape::Absent || protocol.is_null() {
            return None;
        }
        let Some(name) = protocol.as_str() else {
            let reason = protocol.first_unknown().map_or_else(|| format!("`{protocol:#}` is no protocol"), |h| h.message());
            return Some(Fault::Unknown(reason, protocol.span));
        };
        // Whether SNS takes another spelling is not documented; a protocol that is not in the list may be new.
        let known = PROTOCOLS.iter().find(|p| p.name.eq_ignore_ascii_case(name))?;
        let text = self.names.text(endpoint)?;
        match known.takes.fits(&shape, has_unknown(&text)) {
            _ if matches!(shape, Shape::Unknown(..)) => {
                let Shape::Unknown(reason, cause) = shape else { return None };
                Some(Fault::Unknown(reason, cause))
            }
            Answer::No => {
                let address = &self.resource(found.resource).address;
                let what = format!("`{address}` has protocol `{name}`, and its endpoint is {}", shape.described());
                let cause = format!("protocol `{name}` takes {}, and the endpoint is `{endpoint:#}`", known.takes.shown());
                Some(Fault::Known { error: known.error, what, cause, instead: None })
            }
            Answer::Maybe => None,
            Answer::Yes => self.order_fault(found, known, &text, endpoint),
        }
    }

    /// Amazon SNS Developer Guide, "Message delivery for FIFO topics": queues only; and a FIFO queue takes from FIFO topics only.
    fn order_fault(&self, found: &SubscriptionUse, protocol: &Protocol, endpoint: &Text, value: &Value) -> Option<Fault> {
        let topic = found.topic.as_ref()?;
        let address = &self.resource(found.resource).address;
        match (self.keeps_order(topic), protocol.name) {
            (Answer::No, "sqs") if self.keeps_order(endpoint) == Answer::Yes => Some(Fault::Known {
                error: "Endpoint Reason: FIFO SQS Queues can not be subscribed to standard SNS topics",
                what: format!("`{address}` subscribes a FIFO queue to a standard topic"),
                cause: format!("`{value:#}` is a FIFO queue, and `{}` is a standard topic", found.shown),
                instead: Some("make both FIFO or both standard: a standard queue takes messages from either kind of topic"),
            }),
            (Answer::Yes, name) if !matches!(name, "sqs" | "firehose") => Some(Fault::Known {
                error: "Invalid parameter",
                what: format!("`{address}` has protocol `{name}`, and its topic delivers to queues only"),
                cause: format!("`{}` is a FIFO topic", found.shown),
                instead: Some("subscribe a queue and let it feed the endpoint, or make the topic a standard one"),
            }),
            _ => None,
        }
    }

    /// Whether a topic or queue, by its ARN, is a FIFO one: its name ends in `.fifo`.
    fn keeps_order(&self, arn: &Text) -> Answer {
        match arn.parts().last() {
            Some(Part::Literal(end)) => end.ends_with(".fifo").into(),
            Some(Part::Attr(attr)) if attr.path == "name" => {
                let resource = self.resource(attr.resource);
                let path = match resource.kind.as_str() {
                    "AWS::SNS::Topic" => "FifoTopic",
                    "aws_sns_topic" => "fifo_topic",
                    "AWS::SQS::Queue" => "FifoQueue",
                    "aws_sqs_queue" => "fifo_queue",
                    _ => return Answer::Maybe,
                };
                let fifo = read(&resource.attributes, path);
                if fifo.is_null() { Answer::No } else { fifo.as_bool().map_or(Answer::Maybe, Answer::from) }
            }
            _ => Answer::Maybe,
        }
    }
}
