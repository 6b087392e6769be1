//! The services that call functions, as data: one entry a trigger, both spellings side by side.

use super::Graph;
use super::dormant::Power;
use super::endpoints::Shape;
use super::functions::FunctionRef;
use super::network::{Each, each};
use super::permissions::{CallQuestion, Coverage};
use crate::gap::{Gap, Known};
use crate::model::read;
use crate::text;
use crate::unit::Resource;
use crate::value::{Guard, Kind, ResourceId, Text, Value};

/// Where a language declares a trigger.
#[derive(Clone, Copy, Debug)]
pub struct Spelling {
    /// The resource type; empty where the language has none.
    pub kind: &'static str,
    /// The path to the function; `[]` goes through a list, `*` through every value of a map.
    pub function: &'static str,
    /// The ARN that the service presents, as a template of [`crate::model::names::Names::fill_template`]; empty where it
    /// cannot be known (any statement for the principal will do).
    pub source: &'static str,
    /// Beside the function, the role that the service may call it with instead; empty where there is none.
    pub role: &'static str,
}

/// A service that calls functions by itself, so that a function policy must let it.
#[derive(Clone, Copy, Debug)]
pub struct Trigger {
    /// For messages: "S3 notification".
    pub name: &'static str,
    /// Principals, one of which the statement must name; `*` stands for a region.
    pub principals: &'static [&'static str],
    /// What happens without the permission.
    pub consequence: &'static str,
    /// Whether AWS checks the permission when the trigger is created.
    pub validated: bool,
    /// Whether the attribute only ever names functions: an unknown value is then an unknown function.
    pub only_functions: bool,
    /// CloudFormation.
    pub cfn: Spelling,
    /// Terraform.
    pub tf: Spelling,
}

const fn at(kind: &'static str, function: &'static str, source: &'static str) -> Spelling {
    Spelling { kind, function, source, role: "" }
}

impl Spelling {
    const fn or_role(self, role: &'static str) -> Self {
        Spelling { role, ..self }
    }
}

const NONE: Spelling = at("", "", "");

/// Sources: the services' own guides, as the pages of the rules name them.
pub static TRIGGERS: &[Trigger] = &[
    Trigger {
        name: "S3 notification",
        principals: &["s3.amazonaws.com"],
        consequence: "the deploy fails with \"Unable to validate the following destination configurations\"",
        validated: true,
        only_functions: true,
        cfn: at("AWS::S3::Bucket", "NotificationConfiguration.LambdaConfigurations[].Function", "{@arn}"),
        tf: at("aws_s3_bucket_notification", "lambda_function[].lambda_function_arn", "arn:{P}:s3:::{.-|bucket}"),
    },
    Trigger {
        name: "SNS subscription",
        principals: &["sns.amazonaws.com", "sns.*.amazonaws.com"],
        consequence: "no message reaches the function: SNS drops each after its retries",
        validated: false,
        only_functions: false,
        cfn: at("AWS::SNS::Subscription", "Endpoint", "{.TopicArn|-}"),
        tf: at("aws_sns_topic_subscription", "endpoint", "{.-|topic_arn}"),
    },
    Trigger {
        name: "SNS subscription",
        principals: &["sns.amazonaws.com", "sns.*.amazonaws.com"],
        consequence: "no message reaches the function: SNS drops each after its retries",
        validated: false,
        only_functions: false,
        cfn: at("AWS::SNS::Topic", "Subscription[].Endpoint", "{@arn}"),
        tf: NONE,
    },
    Trigger {
        name: "EventBridge rule",
        principals: &["events.amazonaws.com"],
        consequence: "every event is lost: the rule counts a FailedInvocation",
        validated: false,
        only_functions: false,
        cfn: at("AWS::Events::Rule", "Targets[].Arn", "{@arn}").or_role("RoleArn"),
        tf: at("aws_cloudwatch_event_target", "arn", "arn:{P}:events:{R}:{A}:rule/{bus/}{.-|rule}").or_role("role_arn"),
    },
    Trigger {
        name: "CloudWatch Logs subscription",
        principals: &["logs.amazonaws.com", "logs.*.amazonaws.com"],
        consequence: "the deploy fails with \"Could not execute the lambda function. Make sure you have given CloudWatch Logs permission to execute your function\"",
        validated: true,
        only_functions: false,
        cfn: at("AWS::Logs::SubscriptionFilter", "DestinationArn", "arn:{P}:logs:{R}:{A}:log-group:{.LogGroupName|-}:*"),
        tf: at("aws_cloudwatch_log_subscription_filter", "destination_arn", "arn:{P}:logs:{R}:{A}:log-group:{.-|log_group_name}:*"),
    },
    Trigger {
        name: "Cognito trigger",
        principals: &["cognito-idp.amazonaws.com"],
        consequence: "sign-up and sign-in fail with \"AccessDeniedException\" from the trigger",
        validated: false,
        only_functions: true,
        cfn: at("AWS::Cognito::UserPool", "LambdaConfig.*", "{@arn}"),
        tf: at("aws_cognito_user_pool", "lambda_config.*", "{@arn}"),
    },
    Trigger {
        name: "load balancer target",
        principals: &["elasticloadbalancing.amazonaws.com"],
        consequence: "the deploy fails with \"elasticloadbalancing principal does not have permission to invoke\" the function",
        validated: true,
        only_functions: false,
        cfn: at("AWS::ElasticLoadBalancingV2::TargetGroup", "Targets[].Id", "{@arn}"),
        tf: at("aws_lb_target_group_attachment", "target_id", "{.-|target_group_arn}"),
    },
    Trigger {
        name: "load balancer target",
        principals: &["elasticloadbalancing.amazonaws.com"],
        consequence: "the deploy fails with \"elasticloadbalancing principal does not have permission to invoke\" the function",
        validated: true,
        only_functions: false,
        cfn: NONE,
        tf: at("aws_alb_target_group_attachment", "target_id", "{.-|target_group_arn}"),
    },
    Trigger {
        name: "IoT rule action",
        principals: &["iot.amazonaws.com"],
        consequence: "the rule's action fails for every message",
        validated: false,
        only_functions: true,
        cfn: at("AWS::IoT::TopicRule", "TopicRulePayload.Actions[].Lambda.FunctionArn", "{@arn}"),
        tf: at("aws_iot_topic_rule", "lambda[].function_arn", "{@arn}"),
    },
    Trigger {
        name: "IoT authorizer",
        principals: &["iot.amazonaws.com"],
        consequence: "every connection through the authorizer is refused",
        validated: false,
        only_functions: true,
        cfn: at("AWS::IoT::Authorizer", "AuthorizerFunctionArn", "{@arn}"),
        tf: at("aws_iot_authorizer", "authorizer_function_arn", "{@arn}"),
    },
    Trigger {
        name: "Config rule",
        principals: &["config.amazonaws.com"],
        consequence: "the deploy fails with \"InsufficientPermissionsException\"",
        validated: true,
        only_functions: false,
        cfn: at("AWS::Config::ConfigRule", "Source.SourceIdentifier", ""),
        tf: at("aws_config_config_rule", "source.source_identifier", ""),
    },
    Trigger {
        name: "secret rotation",
        principals: &["secretsmanager.amazonaws.com"],
        consequence: "the deploy fails with \"Secrets Manager cannot invoke the specified Lambda function\"",
        validated: true,
        only_functions: true,
        cfn: at("AWS::SecretsManager::RotationSchedule", "RotationLambdaARN", "{.SecretId|-}"),
        tf: at("aws_secretsmanager_secret_rotation", "rotation_lambda_arn", "{.-|secret_id}"),
    },
    Trigger {
        name: "CodeCommit trigger",
        principals: &["codecommit.amazonaws.com"],
        consequence: "the trigger fails for every push",
        validated: false,
        only_functions: false,
        cfn: at("AWS::CodeCommit::Repository", "Triggers[].DestinationArn", "{@arn}"),
        tf: at("aws_codecommit_trigger", "trigger[].destination_arn", "arn:{P}:codecommit:{R}:{A}:{.-|repository_name}"),
    },
    Trigger {
        name: "SES receipt rule",
        principals: &["ses.amazonaws.com"],
        consequence: "the deploy fails with \"Could not invoke Lambda function\"",
        validated: true,
        only_functions: true,
        cfn: at("AWS::SES::ReceiptRule", "Rule.Actions[].LambdaAction.FunctionArn", ""),
        tf: at(
            "aws_ses_receipt_rule",
            "lambda_action[].function_arn",
            "arn:{P}:ses:{R}:{A}:receipt-rule-set/{.-|rule_set_name}:receipt-rule/{.-|name}",
        ),
    },
    Trigger {
        name: "AppSync authorizer",
        principals: &["appsync.amazonaws.com"],
        consequence: "every request is answered with 401 Unauthorized",
        validated: false,
        only_functions: true,
        cfn: at("AWS::AppSync::GraphQLApi", "LambdaAuthorizerConfig.AuthorizerUri", ""),
        tf: at("aws_appsync_graphql_api", "lambda_authorizer_config.authorizer_uri", ""),
    },
    Trigger {
        name: "alarm action",
        principals: &["lambda.alarms.cloudwatch.amazonaws.com"],
        consequence: "the alarm changes state and the function is never called",
        validated: false,
        only_functions: false,
        cfn: at("AWS::CloudWatch::Alarm", "AlarmActions[]", "{@arn}"),
        tf: at("aws_cloudwatch_metric_alarm", "alarm_actions[]", "{@arn}"),
    },
    Trigger {
        name: "alarm action",
        principals: &["lambda.alarms.cloudwatch.amazonaws.com"],
        consequence: "the alarm changes state and the function is never called",
        validated: false,
        only_functions: false,
        // Amazon CloudWatch API Reference, "PutCompositeAlarm": functions are among the actions of these too.
        cfn: at("AWS::CloudWatch::CompositeAlarm", "AlarmActions[]", "{@arn}"),
        tf: at("aws_cloudwatch_composite_alarm", "alarm_actions[]", "{@arn}"),
    },
    Trigger {
        name: "Transfer identity provider",
        principals: &["transfer.amazonaws.com"],
        consequence: "every log-in is refused",
        validated: false,
        only_functions: true,
        cfn: at("AWS::Transfer::Server", "IdentityProviderDetails.Function", ""),
        tf: at("aws_transfer_server", "function", ""),
    },
    Trigger {
        name: "Bedrock action group",
        principals: &["bedrock.amazonaws.com"],
        consequence: "the agent's action fails with \"Access denied while invoking Lambda function\"",
        validated: false,
        only_functions: true,
        cfn: at("AWS::Bedrock::Agent", "ActionGroups[].ActionGroupExecutor.Lambda", ""),
        tf: at("aws_bedrockagent_agent_action_group", "action_group_executor.lambda", ""),
    },
];

/// One use of a trigger.
#[derive(Clone, Debug)]
pub struct Use {
    /// Which trigger.
    pub trigger: &'static Trigger,
    /// The resource that declares it.
    pub resource: ResourceId,
    /// The value that names the function.
    pub value: Value,
    /// The function; `None` where it is not known.
    pub function: Option<FunctionRef>,
    /// Whether it is for a function at all; what is not known may be a queue.
    pub only_functions: bool,
    /// The ARN that the service presents; `None` where any will do.
    pub source: Option<Text>,
    /// The role that the service calls it with; null where it calls by itself.
    pub role: Value,
    /// When it is there.
    pub presence: Guard,
}

impl Use {
    /// The function that is called and whether a permission lets it be; `None` where it is not known.
    pub fn coverage(&self, graph: &Graph<'_>) -> Option<(FunctionRef, Coverage)> {
        let target = self.function.clone()?.without_latest();
        let coverage = graph.coverage(&CallQuestion {
            target: &target,
            principals: self.trigger.principals,
            sources: self.source.as_slice(),
            presence: &self.presence,
            caller: &[self.resource],
        });
        Some((target, coverage))
    }
}

impl Graph<'_> {
    /// Every trigger of the unit that names, or may name, a function.
    pub fn trigger_uses(&self) -> Vec<Use> {
        self.triggers().0
    }

    /// The triggers of the unit, and the resources that may have more of them than these, with the reason.
    pub fn triggers(&self) -> (Vec<Use>, Vec<(ResourceId, Gap)>) {
        let (mut uses, mut gaps) = (Vec::new(), Vec::new());
        for trigger in TRIGGERS {
            for spelling in [&trigger.cfn, &trigger.tf].into_iter().filter(|s| !s.kind.is_empty()) {
                for resource in self.of_kinds(&[spelling.kind]).filter(|r| is_on(trigger, r)) {
                    let found = self.uses_of(trigger, spelling, resource);
                    // What is not known at all is a use of a function that is not known.
                    let told = found.items.iter().any(|used| used.function.is_none());
                    gaps.extend(found.gap.filter(|_| trigger.only_functions && !told).map(|gap| (resource.id, gap)));
                    uses.extend(self.while_on(resource, found.items));
                }
            }
        }
        (uses, gaps)
    }

    /// Uses of a resource that is switched on under some conditions only, under these.
    fn while_on(&self, resource: &Resource, uses: Vec<Use>) -> Vec<Use> {
        let Power::When(conditions) = self.power(resource) else { return uses };
        let under = |used: &Use, on: &Guard| Some(Use { presence: used.presence.and(on)?, ..used.clone() });
        uses.iter().flat_map(|used| conditions.iter().filter_map(move |on| under(used, on))).collect()
    }

    fn uses_of(&self, trigger: &'static Trigger, spelling: &Spelling, resource: &Resource) -> Known<Use> {
        let source = (!spelling.source.is_empty()).then(|| self.names.fill_template(resource.id, spelling.source));
        let only_functions = trigger.only_functions || is_for_functions(trigger, resource);
        let (followed, gap) = holders(&resource.attributes, spelling.function);
        let mut out = Known { items: Vec::new(), gap };
        for (outer, holder, value) in followed {
            let role = if spelling.role.is_empty() { Value::null(value.span) } else { read(&holder, spelling.role) };
            for (inner, value) in value.alternatives() {
                let Some(presence) = resource.presence.and(&outer).and_then(|g| g.and(&inner)) else { continue };
                let Some(text) = self.names.text(&value) else { continue };
                let names_function = text::contains(&text, ":function:");
                // An AppSync or Cognito authorizer may be written in the invoke form too.
                let function = names_function.then(|| FunctionRef::parse(&text)).flatten();
                // What is something else for sure is for rule `subscription-endpoint` to tell.
                let unknown = function.is_none() && matches!(self.shape(&value), Shape::Unknown(..));
                if function.is_some() || unknown {
                    let (source, role) = (source.clone(), role.clone());
                    out.items.push(Use { trigger, resource: resource.id, value, function, only_functions, source, role, presence });
                }
            }
        }
        out
    }
}

/// Whether a trigger that takes other endpoints too says that it is for a function.
fn is_for_functions(trigger: &Trigger, resource: &Resource) -> bool {
    let protocol = |path: &str| read(&resource.attributes, path).as_str().is_some_and(|p| p.eq_ignore_ascii_case("lambda"));
    trigger.name == "SNS subscription" && ["Protocol", "protocol"].into_iter().any(protocol)
}

/// Whether a resource of the trigger's type is one at all.
fn is_on(trigger: &Trigger, resource: &Resource) -> bool {
    let written = |path: &str| !read(&resource.attributes, path).is_null();
    match trigger.name {
        // An endpoint that another protocol does not take is for rule `subscription-endpoint`.
        "SNS subscription" => !["Protocol", "protocol"]
            .iter()
            .any(|path| read(&resource.attributes, path).as_str().is_some_and(|protocol| !protocol.eq_ignore_ascii_case("lambda"))),
        "secret rotation" => !written("HostedRotationLambda"),
        _ => true,
    }
}

/// The values at a path with `[]` and `*` in it, each with the condition under which it is there and with what holds it, and why there
/// may be more.
pub(super) fn holders(value: &Value, path: &str) -> (Vec<(Guard, Value, Value)>, Option<Gap>) {
    let (above, last) = path.rsplit_once('.').unwrap_or(("", path));
    let holders = if above.is_empty() { Each { items: vec![(Guard::always(), value.clone())], gap: None } } else { follow(value, above) };
    let mut gap = holders.gap;
    let mut out = Vec::new();
    for (outer, holder) in holders.items {
        let found = follow(&holder, last);
        gap = gap.or(found.gap);
        out.extend(found.items.into_iter().filter_map(|(inner, value)| Some((outer.and(&inner)?, holder.clone(), value))));
    }
    (out, gap)
}

/// The values at a path with `[]` and `*` in it, each with the condition under which it is there, and why there may be more.
pub fn follow(value: &Value, path: &str) -> Each {
    let mut found = Each { items: vec![(Guard::always(), value.clone())], gap: None };
    for segment in path.split('.') {
        let (name, each) = match segment.strip_suffix("[]") {
            Some(name) => (name, true),
            None => (segment, false),
        };
        let mut next = Each { items: Vec::new(), gap: found.gap };
        for (guard, value) in &found.items {
            let stepped = step(value, name, each);
            let there = stepped.items.into_iter().filter_map(|(inner, value)| Some((guard.and(&inner)?, value)));
            next.extend(Each { items: there.collect(), gap: stepped.gap });
        }
        found = next;
    }
    found.items.retain(|(_, value)| !value.is_null());
    found
}

/// The values at a path that are there for sure, or under some condition.
pub fn values(value: &Value, path: &str) -> Vec<Value> {
    follow(value, path).items.into_iter().map(|(_, value)| value).collect()
}

fn step(value: &Value, name: &str, all: bool) -> Each {
    match (name, all) {
        ("*", _) => entries(value),
        (_, true) => each(&read(value, name)),
        (_, false) => Each { items: vec![(Guard::always(), read(value, name))], gap: None },
    }
}

/// Every value of a map, or of a block that stands for one.
fn entries(value: &Value) -> Each {
    let blocks = each(value);
    let mut out = Each { items: Vec::new(), gap: blocks.gap };
    for (guard, block) in blocks.items {
        let Some(map) = block.as_map() else {
            out.items.push((guard, block));
            continue;
        };
        if let Some(unknown) = &map.open {
            out.open(|| Gap::new(unknown.message.as_str(), unknown.span));
        }
        let functions = map.entries.iter().filter(|(key, _)| !key.to_ascii_lowercase().contains("kms"));
        let values = functions.flat_map(|(_, entry)| match &entry.kind {
            // Some triggers of a user pool are blocks that hold the function's ARN one level down.
            Kind::List(_) | Kind::Map(_) => {
                [read(entry, "lambda_arn"), read(entry, "LambdaArn")].into_iter().filter(|v| !v.is_null()).collect()
            }
            _ => vec![entry.clone()],
        });
        out.items.extend(values.map(|value| (guard.clone(), value)));
    }
    out
}
