//! Events that Lambda polls for: an event source mapping, and what the role needs to read the source.

use super::{Event, poll_policies};
use crate::sam::function::{Role, Target};
use crate::sam::policies::statements;
use crate::sam::resource::Resource;
use crate::sam::tree::{Tree, tree};
use crate::sam::{Expander, Outcome};

/// Properties that go to the mapping under the same name.
const SAME: [&str; 21] = [
    "StartingPosition",
    "StartingPositionTimestamp",
    "BatchSize",
    "Enabled",
    "MaximumBatchingWindowInSeconds",
    "MaximumRetryAttempts",
    "BisectBatchOnFunctionError",
    "MaximumRecordAgeInSeconds",
    "ParallelizationFactor",
    "Topics",
    "Queues",
    "SourceAccessConfigurations",
    "TumblingWindowInSeconds",
    "FunctionResponseTypes",
    "FilterCriteria",
    "KmsKeyArn",
    "ScalingConfig",
    "ProvisionedPollerConfig",
    "MetricsConfig",
    "LoggingConfig",
    "DestinationConfig",
];

/// Event type, the property that names the source, whether `StartingPosition` must be set, the managed policy that reads it.
const SOURCES: [(&str, &str, bool, &str); 6] = [
    ("SQS", "Queue", false, "service-role/AWSLambdaSQSQueueExecutionRole"),
    ("Kinesis", "Stream", true, "service-role/AWSLambdaKinesisExecutionRole"),
    ("DynamoDB", "Stream", true, "service-role/AWSLambdaDynamoDBExecutionRole"),
    ("MSK", "Stream", true, "service-role/AWSLambdaMSKExecutionRole"),
    ("MQ", "Broker", false, ""),
    ("DocumentDB", "Cluster", false, ""),
];

impl Expander<'_> {
    pub(super) fn polled_event(&mut self, event: &Event, target: &Target, role: &mut Role) -> Outcome<Vec<Resource>> {
        let mut mapping = Resource::new(event.id.as_str(), "AWS::Lambda::EventSourceMapping", event.at, &target.attributes);
        mapping.set("FunctionName", target.name(event.at));
        mapping.copy(&event.properties, &SAME);
        let source = SOURCES.iter().find(|(kind, ..)| *kind == event.kind);
        if let Some((_, property, positioned, policy)) = source {
            mapping.set("EventSourceArn", event.required(property)?);
            if *positioned {
                event.required("StartingPosition")?;
            }
            if !policy.is_empty() {
                role.attach(self.aws_policy(policy, event.at));
            }
        }
        self.add_kafka_settings(event, &mut mapping);
        add_document_db_settings(event, &mut mapping);
        let policies = poll_policies::of(self, event);
        for policy in self.note(policies).unwrap_or_default() {
            role.add_new(policy);
        }
        if let Some(policy) = on_failure(event, &mut mapping)? {
            role.add_new(policy);
        }
        Ok(vec![mapping])
    }

    fn add_kafka_settings(&mut self, event: &Event, mapping: &mut Resource) {
        let at = event.at;
        if let Some(servers) = event.properties.get("KafkaBootstrapServers").filter(|s| s.is_set()) {
            mapping.set("SelfManagedEventSource", tree!(at, { "Endpoints": { "KafkaBootstrapServers": servers } }));
        }
        let mut settings = at.map([]);
        for name in ["ConsumerGroupId", "SchemaRegistryConfig"] {
            if let Some(value) = event.properties.get(name).filter(|v| v.is_set()) {
                settings.set(name, value.clone());
            }
        }
        match event.kind.as_str() {
            "MSK" if settings.is_set() => {
                mapping.set("AmazonManagedKafkaEventSourceConfig", settings);
            }
            "SelfManagedKafka" if settings.is_set() => {
                mapping.set("SelfManagedKafkaEventSourceConfig", settings);
            }
            _ if settings.has("ConsumerGroupId") => {
                self.problem(at, format!("event `{}`: `ConsumerGroupId` is for Kafka only", event.name));
            }
            _ => {}
        }
    }
}

fn add_document_db_settings(event: &Event, mapping: &mut Resource) {
    if event.kind != "DocumentDB" {
        return;
    }
    let mut settings = event.at.map([]);
    for name in ["DatabaseName", "CollectionName", "FullDocument"] {
        if let Some(value) = event.properties.get(name) {
            settings.set(name, value.clone());
        }
    }
    mapping.set("DocumentDBEventSourceConfig", settings);
}

/// The destination of what failed; its `Type` is for SAM alone, which writes the policy for it.
fn on_failure(event: &Event, mapping: &mut Resource) -> Outcome<Option<Tree>> {
    let Some(config) = event.properties.get("DestinationConfig").filter(|c| c.is_set()) else { return Ok(None) };
    let Some(failure) = config.get("OnFailure").filter(|f| f.map().is_some()) else {
        return event.fail("`DestinationConfig` needs `OnFailure`");
    };
    let (Some(kind), arn) = (failure.get_text("Type"), failure.get("Destination")) else { return Ok(None) };
    let mut written = config.clone();
    if let Some(failure) = written.get_mut("OnFailure") {
        failure.remove("Type");
    }
    mapping.set("DestinationConfig", written);
    let at = failure.at();
    let arn = arn.cloned().unwrap_or_else(|| at.plain("null"));
    match kind {
        "SQS" => Ok(Some(statements::send_message(&arn, &event.id))),
        "SNS" => Ok(Some(statements::publish(&arn, &event.id))),
        "S3" => Ok(Some(statements::put_objects(&arn, &event.id))),
        "Kafka" => Ok(None),
        _ => event.fail("`Type` of `OnFailure` must be SQS, SNS, S3 or Kafka"),
    }
}

/// The mapping for the queue that stands between a topic and the function.
pub(super) fn of_queue(event: &Event, target: &Target, queue: &Tree, batch_size: Tree) -> Resource {
    let id = format!("{}EventSourceMapping", event.id);
    let mut mapping = Resource::new(id, "AWS::Lambda::EventSourceMapping", event.at, &target.attributes);
    mapping.set("FunctionName", target.name(event.at)).set("EventSourceArn", queue);
    mapping.set("BatchSize", batch_size).set("Enabled", true);
    mapping
}
