//! What Lambda reads events from, and which actions its poller needs of the function's role, as data.

use super::Graph;
use crate::iam::{Caller, Need};
use crate::model::lambda::EventSourceMapping;
use crate::model::{items, read};
use crate::source::Span;
use crate::text;
use crate::unit::Resource;
use crate::value::{Kind, Part, Reason, Text, Unknown, Value};

/// Whether the poller reaches the source through network interfaces in a VPC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Network {
    /// Through the service's own network.
    Public,
    /// Always through the source's VPC.
    Vpc,
    /// Through the VPC where the broker is seen not to be public.
    PrivateBroker,
}

/// A kind of source.
#[derive(Debug)]
pub struct EventSource {
    /// For messages.
    pub name: &'static str,
    /// What goes wrong without the actions.
    pub consequence: &'static str,
    /// The service part of its ARN and what the resource part contains.
    arn: (&'static str, &'static str),
    /// The resource types that are one.
    kinds: &'static [&'static str],
    /// Actions on the source itself; one of each group is needed.
    on_source: &'static [&'static [&'static str]],
    /// Actions on other resources of the same service.
    elsewhere: &'static [&'static str],
    network: Network,
    /// Whether the credentials come from a secret that the mapping names.
    secret: bool,
    /// Whether a policy on the source itself can let the role in.
    pub has_policy: bool,
}

/// What the poller calls in a VPC.
const INTERFACES: [&str; 2] = ["ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface"];
const DESCRIBE: [&str; 4] = ["ec2:DescribeNetworkInterfaces", "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcs"];

/// AWS Lambda Developer Guide, the page "Using Lambda with …" of each source, on the execution role: what is needed whatever the
/// configuration. Keys and further secrets are left out.
static SOURCES: &[EventSource] = &[
    EventSource {
        name: "SQS queue",
        consequence: "the event source mapping is refused with \"The provided execution role does not have permissions to call ReceiveMessage on SQS\", or stops",
        arn: ("sqs", ""),
        kinds: &["AWS::SQS::Queue", "aws_sqs_queue"],
        on_source: &[&["sqs:ReceiveMessage"], &["sqs:DeleteMessage"], &["sqs:GetQueueAttributes"]],
        elsewhere: &[],
        network: Network::Public,
        secret: false,
        has_policy: true,
    },
    EventSource {
        name: "Kinesis stream",
        consequence: "the event source mapping is refused with \"Cannot access stream\", or stops",
        arn: ("kinesis", "stream/"),
        kinds: &["AWS::Kinesis::Stream", "aws_kinesis_stream"],
        on_source: &[&["kinesis:GetRecords"], &["kinesis:GetShardIterator"], &["kinesis:DescribeStream"]],
        elsewhere: &[],
        network: Network::Public,
        secret: false,
        has_policy: true,
    },
    EventSource {
        name: "DynamoDB stream",
        consequence: "the event source mapping is refused with \"Cannot access stream\", or stops",
        arn: ("dynamodb", "/stream/"),
        kinds: &["AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable", "aws_dynamodb_table"],
        on_source: &[&["dynamodb:GetRecords"], &["dynamodb:GetShardIterator"], &["dynamodb:DescribeStream"], &["dynamodb:ListStreams"]],
        elsewhere: &[],
        network: Network::Public,
        secret: false,
        has_policy: true,
    },
    EventSource {
        name: "MSK cluster",
        consequence: "the event source mapping cannot reach the cluster and reads nothing",
        arn: ("kafka", "cluster/"),
        kinds: &["AWS::MSK::Cluster", "AWS::MSK::ServerlessCluster", "aws_msk_cluster", "aws_msk_serverless_cluster"],
        on_source: &[&["kafka:DescribeClusterV2", "kafka:DescribeCluster"], &["kafka:GetBootstrapBrokers"]],
        elsewhere: &[],
        network: Network::Vpc,
        secret: false,
        has_policy: false,
    },
    EventSource {
        name: "MQ broker",
        consequence: "the event source mapping cannot reach the broker and reads nothing",
        arn: ("mq", "broker:"),
        kinds: &["AWS::AmazonMQ::Broker", "aws_mq_broker"],
        on_source: &[&["mq:DescribeBroker"]],
        elsewhere: &[],
        network: Network::PrivateBroker,
        secret: true,
        has_policy: false,
    },
    EventSource {
        name: "DocumentDB cluster",
        consequence: "the event source mapping cannot reach the cluster and reads nothing",
        arn: ("rds", "cluster:"),
        kinds: &["AWS::DocDB::DBCluster", "aws_docdb_cluster"],
        on_source: &[&["rds:DescribeDBClusters"]],
        elsewhere: &["rds:DescribeDBClusterParameters", "rds:DescribeDBSubnetGroups"],
        network: Network::Vpc,
        secret: true,
        has_policy: false,
    },
];

/// What a mapping reads, where that can be told.
pub enum Source {
    /// This kind of source.
    Known(&'static EventSource, Text),
    /// One that needs nothing that could be checked.
    Other,
    /// Cannot be told: why.
    Unknown(String, Span),
}

impl Graph<'_> {
    /// What a mapping reads.
    pub fn event_source(&self, source: &Value) -> Source {
        if source.is_null() {
            return Source::Other;
        }
        let unknown = || {
            let reason = source.first_unknown().map_or_else(|| "the event source is not known".to_owned(), |h| h.message());
            Source::Unknown(reason, source.span)
        };
        let Some(text) = self.names.text(source) else { return unknown() };
        if let Some(resource) = self.referent(source)
            && let Some(found) = SOURCES.iter().find(|s| s.kinds.contains(&resource.kind.as_str()))
        {
            // The ARN of a table is not the ARN of its stream: that mapping is refused for another reason.
            let table = text::contains(&text, ":table/") && !text::contains(&text, "/stream/");
            return if table { Source::Other } else { Source::Known(found, text) };
        }
        let parts = text::split_literal(&text, ':', 6);
        let (Some("arn"), Some(service), Some(resource)) =
            (parts.first().and_then(Text::as_known), parts.get(2).and_then(Text::as_known), parts.get(5))
        else {
            // The consumer of a stream is read by other actions than the stream.
            return if matches!(source.kind, Kind::Attr(_)) { Source::Other } else { unknown() };
        };
        let is = |s: &&EventSource| s.arn.0 == service && (s.arn.1.is_empty() || text::contains(resource, s.arn.1));
        match SOURCES.iter().find(is).filter(|_| !text::contains(resource, "/consumer/")) {
            Some(found) => Source::Known(found, text),
            None => Source::Other,
        }
    }

    /// The calls that the poller makes with the function's role; one of each group must be allowed.
    pub fn poller_needs(&self, mapping: &EventSourceMapping, kind: &EventSource, source: &Text) -> Vec<Vec<Need>> {
        let resource = self.resource(mapping.id);
        let on = |action: &&'static str| Need::on(*action, source.clone(), Caller::Lambda);
        let mut out: Vec<Vec<Need>> = kind.on_source.iter().map(|group| group.iter().map(on).collect()).collect();
        let any = |service: &str, what: &str| {
            let hole = Part::Unknown(Unknown::new(Reason::Computed, what, "not known", Span::NONE));
            let prefix = self.names.fill_template(resource.id, "arn:{P}:SERVICE:{R}:{A}:");
            let prefix = Text::from_parts(prefix.parts().into_iter().map(|p| match p {
                Part::Literal(l) => Part::Literal(l.replace("SERVICE", service).into()),
                other => other,
            }));
            Text::concat([&prefix, &Text::from_parts([hole])])
        };
        out.extend(kind.elsewhere.iter().map(|action| vec![Need::on(*action, any(kind.arn.0, "resource"), Caller::Lambda)]));
        if kind.secret {
            for secret in secrets(&mapping.access) {
                let Some(arn) = self.names.text(&secret) else { continue };
                out.push(vec![Need::on("secretsmanager:GetSecretValue", arn, Caller::Lambda)]);
            }
        }
        if self.through_vpc(kind, &mapping.source) {
            let interface = || any("ec2", "network-interface");
            out.extend(INTERFACES.iter().map(|action| vec![Need::on(*action, interface(), Caller::Lambda)]));
            out.extend(DESCRIBE.iter().map(|action| vec![Need::on_everything(*action, "ec2", Caller::Lambda)]));
        }
        out
    }

    fn through_vpc(&self, kind: &EventSource, source: &Value) -> bool {
        let public = |broker: &Resource| {
            let name = if broker.kind.contains("::") { "PubliclyAccessible" } else { "publicly_accessible" };
            let value = read(&broker.attributes, name);
            !(value.is_null() || value.as_bool() == Some(false))
        };
        match kind.network {
            Network::Public => false,
            Network::Vpc => true,
            Network::PrivateBroker => self.referent(source).is_some_and(|broker| !public(broker)),
        }
    }
}

/// The secrets that hold the credentials for a source.
fn secrets(access: &Value) -> Vec<Value> {
    let of = |entry: &Value| {
        let either = |cfn: &str, tf: &str| Some(read(entry, cfn)).filter(|v| !v.is_null()).unwrap_or_else(|| read(entry, tf));
        let kind = either("Type", "type");
        (kind.as_str() == Some("BASIC_AUTH")).then(|| either("URI", "uri")).filter(|v| !v.is_null())
    };
    items(access).0.iter().filter_map(of).collect()
}
