//! Queues and topics.

use super::entities;

entities! {
    /// An SQS queue.
    Queue: "AWS::SQS::Queue" | "aws_sqs_queue" {
        /// Seconds for which a received message is hidden; 30 where not written.
        visibility_timeout: "VisibilityTimeout" | "visibility_timeout_seconds",
    }
}
