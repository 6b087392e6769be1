//! Deliveries that AWS validates when they are made: the policy on what they send to must be there by then. As data, both spellings side
//! by side.

use super::Graph;
use super::resource_policies::ResourcePolicy;
use super::triggers::values;
use crate::text::Answer;
use crate::value::{ResourceId, Value};

/// A kind of delivery.
#[derive(Debug)]
pub struct Delivery {
    /// For messages: "trail".
    pub name: &'static str,
    /// How AWS refuses it.
    pub error: &'static str,
    /// Who sends.
    service: &'static str,
    /// What the policy must allow.
    action: &'static str,
    /// CloudFormation: the type, and the path to what it sends to.
    cfn: (&'static str, &'static str),
    /// Terraform.
    tf: (&'static str, &'static str),
}

/// What none of the services retries for long. Terraform's provider waits for a delivery channel's policy by itself, so that only
/// CloudFormation is told of there. Sources: Amazon S3 User Guide, "Granting permissions to publish event notification messages to a
/// destination"; AWS CloudTrail User Guide, "Amazon S3 bucket policy for CloudTrail", "Amazon SNS topic policy for CloudTrail"; Amazon SES
/// Developer Guide, "Giving permissions to Amazon SES for email receiving"; AWS Config Developer Guide, "Permissions for the Amazon S3
/// Bucket for the AWS Config Delivery Channel".
static DELIVERIES: &[Delivery] = &[
    Delivery {
        name: "trail",
        error: "Incorrect S3 bucket policy is detected for bucket",
        service: "cloudtrail.amazonaws.com",
        action: "s3:PutObject",
        cfn: ("AWS::CloudTrail::Trail", "S3BucketName"),
        tf: ("aws_cloudtrail", "s3_bucket_name"),
    },
    Delivery {
        name: "trail",
        error: "SNS Topic does not exist or the topic policy is incorrect!",
        service: "cloudtrail.amazonaws.com",
        action: "sns:Publish",
        cfn: ("AWS::CloudTrail::Trail", "SnsTopicName"),
        tf: ("aws_cloudtrail", "sns_topic_name"),
    },
    Delivery {
        name: "S3 notification",
        error: "Unable to validate the following destination configurations",
        service: "s3.amazonaws.com",
        action: "sqs:SendMessage",
        cfn: ("AWS::S3::Bucket", "NotificationConfiguration.QueueConfigurations[].Queue"),
        tf: ("aws_s3_bucket_notification", "queue[].queue_arn"),
    },
    Delivery {
        name: "S3 notification",
        error: "Unable to validate the following destination configurations",
        service: "s3.amazonaws.com",
        action: "sns:Publish",
        cfn: ("AWS::S3::Bucket", "NotificationConfiguration.TopicConfigurations[].Topic"),
        tf: ("aws_s3_bucket_notification", "topic[].topic_arn"),
    },
    Delivery {
        name: "SES receipt rule",
        error: "Could not write to bucket",
        service: "ses.amazonaws.com",
        action: "s3:PutObject",
        cfn: ("AWS::SES::ReceiptRule", "Rule.Actions[].S3Action.BucketName"),
        tf: ("aws_ses_receipt_rule", "s3_action[].bucket_name"),
    },
    Delivery {
        name: "delivery channel",
        error: "Insufficient delivery policy to s3 bucket",
        service: "config.amazonaws.com",
        action: "s3:PutObject",
        cfn: ("AWS::Config::DeliveryChannel", "S3BucketName"),
        tf: ("", ""),
    },
];

/// A delivery of the unit to a resource of it.
pub struct Delivered {
    /// Which kind.
    pub delivery: &'static Delivery,
    /// The resource that is validated.
    pub resource: ResourceId,
    /// What names the target.
    pub value: Value,
    /// The resource that holds the policy which lets the service in.
    pub policy: ResourceId,
    /// Whether it is that one: yes, or perhaps.
    pub answer: Answer,
}

impl Graph<'_> {
    /// Every validated delivery that a policy of another resource lets through, or may.
    pub fn validated_deliveries(&self) -> Vec<Delivered> {
        let mut out = Vec::new();
        for delivery in DELIVERIES {
            for (kind, path) in [delivery.cfn, delivery.tf].into_iter().filter(|(kind, _)| !kind.is_empty()) {
                for resource in self.of_kinds(&[kind]) {
                    let found = values(&resource.attributes, path).into_iter().flat_map(|value| value.alternatives());
                    out.extend(found.filter_map(|(_, value)| self.delivered(delivery, resource.id, value)));
                }
            }
        }
        out
    }

    fn delivered(&self, delivery: &'static Delivery, resource: ResourceId, value: Value) -> Option<Delivered> {
        let target = self.referent(&value)?;
        let policies = self.resource_policies(target);
        let admits = |policy: &ResourcePolicy| policy.admits_service(delivery.service, delivery.action).and(policy.applies);
        // A policy that is part of the target is there with it.
        if policies.iter().any(|p| p.holder == target.id && admits(p) == Answer::Yes) {
            return None;
        }
        let apart = policies.iter().filter(|p| p.holder != target.id).map(|p| (p.holder, admits(p)));
        let (sure, perhaps): (Vec<_>, Vec<_>) = apart.filter(|(_, answer)| *answer != Answer::No).partition(|(_, a)| *a == Answer::Yes);
        let (policy, answer) = sure.first().or(perhaps.first()).copied()?;
        Some(Delivered { delivery, resource, value, policy, answer })
    }
}
