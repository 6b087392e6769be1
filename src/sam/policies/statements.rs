//! The policies that SAM itself writes.

use crate::sam::tree::{At, Tree, tree};

/// Lets a service assume a role.
pub(in crate::sam) fn trust(service: &str, at: At) -> Tree {
    tree!(at, {
        "Version": "2012-10-17",
        "Statement": [{ "Action": ["sts:AssumeRole"], "Effect": "Allow", "Principal": { "Service": [service] } }],
    })
}

/// A statement that allows an action, or a list of them, on a resource.
pub(in crate::sam) fn allow(action: Tree, resource: &Tree) -> Tree {
    let at = action.at();
    tree!(at, { "Action": action, "Effect": "Allow", "Resource": resource })
}

/// An inline policy of statements.
pub(in crate::sam) fn policy(name: impl Into<String>, statements: Vec<Tree>, at: At) -> Tree {
    tree!(at, { "PolicyName": (name.into()), "PolicyDocument": { "Statement": (at.list(statements)) } })
}

fn simple(id: &str, suffix: &str, action: &str, resource: &Tree) -> Tree {
    let at = resource.at();
    policy(format!("{id}{suffix}"), vec![allow(at.text(action), resource)], at)
}

/// Sends to a queue.
pub(in crate::sam) fn send_message(queue: &Tree, id: &str) -> Tree {
    simple(id, "SQSPolicy", "sqs:SendMessage", queue)
}

/// Publishes to a topic.
pub(in crate::sam) fn publish(topic: &Tree, id: &str) -> Tree {
    simple(id, "SNSPolicy", "sns:publish", topic)
}

/// Puts events on a bus.
pub(in crate::sam) fn put_events(bus: &Tree, id: &str) -> Tree {
    simple(id, "EventBridgePolicy", "events:PutEvents", bus)
}

/// Invokes a function.
pub(in crate::sam) fn invoke_function(function: &Tree, id: &str) -> Tree {
    simple(id, "LambdaPolicy", "lambda:InvokeFunction", function)
}

/// Starts a state machine.
pub(in crate::sam) fn start_execution(machine: &Tree, id: &str) -> Tree {
    simple(id, "StartExecutionPolicy", "states:StartExecution", machine)
}

/// Writes objects to a bucket.
pub(in crate::sam) fn put_objects(bucket: &Tree, id: &str) -> Tree {
    let at = bucket.at();
    let objects = tree!(at, { "Fn::Join": ["/", [bucket, "*"]] });
    let statements = vec![allow(at.text("s3:PutObject"), &objects), allow(at.text("s3:ListBucket"), bucket)];
    policy(format!("{id}S3Policy"), statements, at)
}

/// Lets a source send to a queue: the policy document of the queue.
pub(in crate::sam) fn queue_document(principal: Tree, queue: &Tree, source: &Tree) -> Tree {
    let at = principal.at();
    tree!(at, {
        "Version": "2012-10-17",
        "Statement": [{
            "Action": "sqs:SendMessage",
            "Effect": "Allow",
            "Principal": principal,
            "Resource": queue,
            "Condition": { "ArnEquals": { "aws:SourceArn": source } },
        }],
    })
}
