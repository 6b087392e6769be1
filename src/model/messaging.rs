//! Queues, topics and their subscriptions.

use super::entities;

entities! {
    /// An SQS queue.
    Queue: "AWS::SQS::Queue" | "aws_sqs_queue" {
        /// Seconds for which a received message is hidden; 30 where not written.
        visibility_timeout: "VisibilityTimeout" | "visibility_timeout_seconds",
    }
    /// A subscription to an SNS topic.
    Subscription: "AWS::SNS::Subscription" | "aws_sns_topic_subscription" {
        /// The topic: an ARN.
        topic: "TopicArn" | "topic_arn",
        /// `lambda`, `sqs`, `email`, ….
        protocol: "Protocol" | "protocol",
        /// Where messages go.
        endpoint: "Endpoint" | "endpoint",
    }

    /// An SNS topic.
    Topic: "AWS::SNS::Topic" | "aws_sns_topic" {
        /// Subscriptions that are written within it (CloudFormation): a list.
        subscriptions: "Subscription" | "-",
    }
}
