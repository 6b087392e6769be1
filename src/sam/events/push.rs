//! Events of services that call the function themselves: S3, SNS, Cognito, CloudWatch Logs, IoT, Alexa.

use super::{Event, permission, poll};
use crate::sam::function::{Role, Target};
use crate::sam::policies::statements;
use crate::sam::resource::Resource;
use crate::sam::tree::{At, Tree, tree};
use crate::sam::{Expander, Outcome};

impl Expander<'_> {
    /// The logical id that a property of an event refers to, which must be a resource of this template.
    fn in_template(&self, event: &Event, property: &str, what: &str) -> Outcome<String> {
        match event.required(property)?.reference() {
            Some(id) if self.source.contains_key(id) => Ok(id.to_owned()),
            _ => event.fail(format!("`{property}` must be a `Ref` of {what} in the same template")),
        }
    }

    /// Writes a changed resource of the template to the result too.
    fn changed(&mut self, id: &str, change: impl FnOnce(&mut Tree) -> Outcome<()>) -> Outcome<()> {
        let Some(resource) = self.source.get_mut(id) else { return Ok(()) };
        change(resource)?;
        let resource = resource.clone();
        self.output.insert(id.into(), resource);
        Ok(())
    }

    /// The bucket is made after the permission, because S3 checks at once whether it may call.
    pub(super) fn s3_event(&mut self, event: &Event, target: &Target) -> Outcome<Vec<Resource>> {
        let bucket = self.in_template(event, "Bucket", "an S3 bucket")?;
        let events = event.required("Events")?;
        let at = event.at;
        let mut permission = permission(&event.id, "", target, "s3.amazonaws.com", at);
        permission.set("SourceAccount", at.reference("AWS::AccountId"));
        let mut configurations = Vec::new();
        for kind in events.items().unwrap_or(std::slice::from_ref(events)) {
            let mut configuration = tree!(at, { "Function": (target.arn(at)), "Event": kind });
            if let Some(filter) = event.properties.get("Filter") {
                configuration.set("Filter", filter.clone());
            }
            configurations.push(match target.condition() {
                Some(condition) => at.choose(condition, configuration, at.no_value()),
                None => configuration,
            });
        }
        let (id, condition) = (permission.id.clone(), target.condition().map(str::to_owned));
        self.changed(&bucket, |bucket| {
            match condition {
                Some(condition) => depend_by_tag(bucket, &id, &condition, at),
                None => depend_on(bucket, &id, at),
            }
            add_notifications(bucket, configurations, event)
        })?;
        Ok(vec![permission])
    }

    /// The pool's triggers name the function.
    pub(super) fn cognito_event(&mut self, event: &Event, target: &Target) -> Outcome<Vec<Resource>> {
        let pool = self.in_template(event, "UserPool", "a Cognito user pool")?;
        let triggers = event.required("Trigger")?;
        let at = event.at;
        let mut permission = permission(&format!("{}Cognito", target.id), "", target, "cognito-idp.amazonaws.com", at);
        permission.set("SourceArn", at.get_att(pool.as_str(), "Arn"));
        let arn = target.arn(at);
        self.changed(&pool, |pool| {
            let config = pool.entry_map("Properties").and_then(|p| p.entry_map("LambdaConfig"));
            let Some(config) = config.filter(|c| c.map().is_some()) else {
                return event.fail("`LambdaConfig` of the user pool must be a map");
            };
            for trigger in triggers.items().unwrap_or(std::slice::from_ref(triggers)).iter().filter_map(Tree::text) {
                if config.map().is_some_and(|c| c.contains_key(trigger)) {
                    return event.fail(format!("the user pool already has a function for the trigger `{trigger}`"));
                }
                config.set(trigger, arn.clone());
            }
            Ok(())
        })?;
        Ok(vec![permission])
    }

    /// A subscription of the function, or of a queue that the function polls.
    pub(super) fn sns_event(&mut self, event: &Event, target: &Target, role: &mut Role) -> Outcome<Vec<Resource>> {
        let topic = event.required("Topic")?.clone();
        let at = event.at;
        let Some(by_queue) = event.properties.get("SqsSubscription").filter(|s| s.is_set()) else {
            let mut permission = permission(&event.id, "", target, "sns.amazonaws.com", at);
            permission.set("SourceArn", &topic);
            return Ok(vec![permission, subscription(event, target, "lambda", target.arn(at), &topic)]);
        };
        let mut generated = Vec::new();
        let (queue_arn, queue_url, policy_id) = match by_queue.map() {
            None => {
                let mut queue = Resource::new(format!("{}Queue", event.id), "AWS::SQS::Queue", at, &target.attributes);
                if let Some(fifo) = self.fifo_topic(&topic) {
                    queue.set("FifoQueue", fifo);
                }
                let (arn, url) = (queue.arn(), queue.reference());
                generated.push(queue);
                (arn, url, None)
            }
            Some(_) => match (by_queue.get("QueueArn"), by_queue.get("QueueUrl")) {
                (Some(arn), Some(url)) => (arn.clone(), url.clone(), by_queue.get_text("QueuePolicyLogicalId")),
                _ => return event.fail("`SqsSubscription` needs `QueueArn` and `QueueUrl`"),
            },
        };
        let batch = by_queue.get("BatchSize").filter(|b| b.is_set()).cloned().unwrap_or_else(|| at.plain("10"));
        generated.push(poll::of_queue(event, target, &queue_arn, batch));
        role.attach(self.aws_policy("service-role/AWSLambdaSQSQueueExecutionRole", at));
        let policy_id = policy_id.map_or_else(|| format!("{}QueuePolicy", event.id), str::to_owned);
        let mut policy = Resource::new(policy_id, "AWS::SQS::QueuePolicy", at, &target.attributes);
        policy.set("PolicyDocument", statements::queue_document(at.text("*"), &queue_arn, &topic));
        policy.set("Queues", at.list(vec![queue_url]));
        generated.push(policy);
        generated.push(subscription(event, target, "sqs", queue_arn, &topic));
        Ok(generated)
    }

    fn fifo_topic(&self, topic: &Tree) -> Option<Tree> {
        let fifo = self.source.get(topic.logical_id()?)?.path(&["Properties", "FifoTopic"])?;
        Some(self.resolve(fifo)).filter(Tree::is_set)
    }

    /// A subscription filter.
    pub(super) fn logs_event(&mut self, event: &Event, target: &Target) -> Outcome<Vec<Resource>> {
        let (group, pattern) = (event.required("LogGroupName")?, event.required("FilterPattern")?);
        let at = event.at;
        let mut permission = permission(&event.id, "", target, "logs.amazonaws.com", at);
        let partition = self.partition();
        let arn = format!("arn:{partition}:logs:${{AWS::Region}}:${{AWS::AccountId}}:log-group:${{__LogGroupName__}}:*");
        permission.set("SourceArn", at.sub_with(arn, [("__LogGroupName__", group.clone())]));
        let mut filter = Resource::new(event.id.as_str(), "AWS::Logs::SubscriptionFilter", at, &target.attributes);
        filter.depends_on = Some(at.list(vec![at.text(permission.id.as_str())]));
        filter.set("LogGroupName", group).set("FilterPattern", pattern).set("DestinationArn", target.arn(at));
        Ok(vec![permission, filter])
    }
}

fn subscription(event: &Event, target: &Target, protocol: &str, endpoint: Tree, topic: &Tree) -> Resource {
    let mut subscription = Resource::new(event.id.as_str(), "AWS::SNS::Subscription", event.at, &target.attributes);
    subscription.set("Protocol", protocol).set("Endpoint", endpoint).set("TopicArn", topic);
    subscription.copy(&event.properties, &["Region", "FilterPolicy", "FilterPolicyScope", "RedrivePolicy"]);
    subscription
}

fn depend_on(resource: &mut Tree, id: &str, at: At) {
    let mut all = match resource.get("DependsOn") {
        Some(list) if list.items().is_some() => list.items().map(<[Tree]>::to_vec).unwrap_or_default(),
        Some(one) => vec![one.clone()],
        None => Vec::new(),
    };
    let new = at.text(id);
    if !all.contains(&new) {
        all.push(new);
    }
    resource.set("DependsOn", at.list(all));
}

/// A resource cannot depend on one that may not exist; a tag that refers to it under its condition does the same.
fn depend_by_tag(resource: &mut Tree, id: &str, condition: &str, at: At) {
    let value = at.choose(condition, at.reference(id), at.text("no dependency"));
    let tag = tree!(at, { "Key": (format!("sam:ConditionalDependsOn:{id}")), "Value": value });
    let Some(properties) = resource.entry_map("Properties") else { return };
    match properties.get_mut("Tags").and_then(Tree::items_mut) {
        Some(tags) => tags.push(tag),
        None => properties.set("Tags", at.list(vec![tag])),
    }
}

fn add_notifications(bucket: &mut Tree, configurations: Vec<Tree>, event: &Event) -> Outcome<()> {
    let at = event.at;
    let Some(all) = bucket.entry_map("Properties").and_then(|p| p.entry_map("NotificationConfiguration")) else {
        return event.fail("`Properties` of the bucket must be a map");
    };
    if all.get("LambdaConfigurations").is_none() {
        all.set("LambdaConfigurations", at.list(Vec::new()));
    }
    let Some(list) = all.get_mut("LambdaConfigurations").and_then(Tree::items_mut) else {
        return event.fail("`LambdaConfigurations` of the bucket must be a list");
    };
    for configuration in configurations {
        if !list.contains(&configuration) {
            list.push(configuration);
        }
    }
    Ok(())
}

/// A topic rule.
pub(super) fn iot_rule(event: &Event, target: &Target, partition: &str) -> Outcome<Vec<Resource>> {
    let sql = event.required("Sql")?;
    let at = event.at;
    let mut permission = permission(&event.id, "", target, "iot.amazonaws.com", at);
    let arn = format!("arn:{partition}:iot:${{AWS::Region}}:${{AWS::AccountId}}:rule/${{RuleName}}");
    permission.set("SourceArn", at.sub_with(arn, [("RuleName", at.reference(event.id.as_str()))]));
    permission.set("SourceAccount", at.sub("${AWS::AccountId}"));
    let mut rule = Resource::new(event.id.as_str(), "AWS::IoT::TopicRule", at, &target.attributes);
    let mut payload = tree!(at, {
        "Sql": sql,
        "RuleDisabled": false,
        "Actions": [{ "Lambda": { "FunctionArn": (target.arn(at)) } }],
    });
    if let Some(version) = event.properties.get("AwsIotSqlVersion").filter(|v| v.is_set()) {
        payload.set("AwsIotSqlVersion", version.clone());
    }
    rule.set("TopicRulePayload", payload);
    Ok(vec![permission, rule])
}

/// Alexa is held by the skill's id alone.
pub(super) fn alexa_skill(event: &Event, target: &Target) -> Vec<Resource> {
    let mut permission = permission(&event.id, "", target, "alexa-appkit.amazon.com", event.at);
    permission.set_some("EventSourceToken", event.properties.get("SkillId"));
    vec![permission]
}
