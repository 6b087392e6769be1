//! Which stages log with the role that API Gateway has for the account (Amazon API Gateway Developer Guide, "Set up CloudWatch logging
//! for REST APIs in API Gateway").

use super::Graph;
use super::apis::ApiKind;
use super::functions::has_unknown;
use super::triggers::values;
use crate::model::read;
use crate::text::{self, Answer};
use crate::unit::Resource;
use crate::value::{ResourceId, Value};

/// Where a kind of resource says that a stage logs.
struct Spelling {
    kind: &'static str,
    /// Levels of execution logs.
    levels: &'static [&'static str],
    /// Where access logs go.
    access: &'static str,
    /// The API, where only WebSocket APIs log with the role.
    api: &'static str,
}

const fn at(kind: &'static str, levels: &'static [&'static str], access: &'static str, api: &'static str) -> Spelling {
    Spelling { kind, levels, access, api }
}

static SPELLINGS: &[Spelling] = &[
    at("AWS::ApiGateway::Stage", &["MethodSettings[].LoggingLevel"], "AccessLogSetting.DestinationArn", ""),
    at(
        "AWS::ApiGateway::Deployment",
        &["StageDescription.LoggingLevel", "StageDescription.MethodSettings[].LoggingLevel"],
        "StageDescription.AccessLogSetting.DestinationArn",
        "",
    ),
    at("aws_api_gateway_stage", &[], "access_log_settings.destination_arn", ""),
    at("aws_api_gateway_method_settings", &["settings.logging_level"], "", ""),
    at("AWS::ApiGatewayV2::Stage", &["DefaultRouteSettings.LoggingLevel"], "AccessLogSettings.DestinationArn", "ApiId"),
    at("aws_apigatewayv2_stage", &["default_route_settings.logging_level"], "access_log_settings.destination_arn", "api_id"),
];

/// A setting that lets a stage write logs with the account's role.
pub struct StageLog {
    /// The resource that holds it.
    pub resource: ResourceId,
    /// The level, or where access logs go.
    pub value: Value,
    /// Whether it lets the stage log with that role: yes, or perhaps.
    pub answer: Answer,
}

impl Graph<'_> {
    /// Every setting that lets, or may let, a stage write logs with the account's role.
    pub fn stage_logs(&self) -> Vec<StageLog> {
        let mut out = Vec::new();
        for spelling in SPELLINGS {
            for resource in self.of_kinds(&[spelling.kind]) {
                let with_role =
                    if spelling.api.is_empty() { Answer::Yes } else { self.is_websocket(&read(&resource.attributes, spelling.api)) };
                let settings = self.settings(spelling, resource);
                let best = settings.into_iter().map(|(value, answer)| (value, answer.and(with_role))).reduce(better);
                if let Some((value, answer)) = best.filter(|(_, answer)| *answer != Answer::No) {
                    out.push(StageLog { resource: resource.id, value, answer });
                }
            }
        }
        out
    }

    fn is_websocket(&self, api: &Value) -> Answer {
        match self.names.text(api).and_then(|id| self.apis.by_id(&id)) {
            Some(api) if api.resource.is_some() => (api.kind == ApiKind::WebSocket).into(),
            _ => Answer::Maybe,
        }
    }

    fn settings(&self, spelling: &Spelling, resource: &Resource) -> Vec<(Value, Answer)> {
        let levels = spelling.levels.iter().flat_map(|path| values(&resource.attributes, path)).map(|value| (value.clone(), logs(&value)));
        let access = values(&resource.attributes, spelling.access).into_iter().filter(|_| !spelling.access.is_empty());
        levels.chain(access.map(|value| (value.clone(), self.is_log_group(&value)))).collect()
    }

    /// Access logs may go to Firehose instead, with another role.
    fn is_log_group(&self, destination: &Value) -> Answer {
        let one = |value: &Value| match self.names.text(value) {
            Some(arn) if text::contains(&arn, ":logs:") => Answer::Yes,
            Some(arn) if !has_unknown(&arn) => Answer::No,
            _ if value.is_null() => Answer::No,
            _ => Answer::Maybe,
        };
        any_branch(destination, one)
    }
}

/// Whether a level of execution logs is one that logs.
fn logs(level: &Value) -> Answer {
    any_branch(level, |value| match value.as_str() {
        Some(level) => matches!(level, "INFO" | "ERROR").into(),
        None if value.is_null() => Answer::No,
        None => Answer::Maybe,
    })
}

/// Yes where it is so in every branch of a value, no where it is so in none.
fn any_branch(value: &Value, one: impl Fn(&Value) -> Answer) -> Answer {
    let answers: Vec<Answer> = value.alternatives().iter().map(|(_, branch)| one(branch)).collect();
    match answers.split_first() {
        Some((first, rest)) if rest.iter().all(|answer| answer == first) => *first,
        Some(_) => Answer::Maybe,
        None => Answer::No,
    }
}

/// The surer of two settings, the first where they are alike.
fn better(first: (Value, Answer), second: (Value, Answer)) -> (Value, Answer) {
    let surer = match (first.1, second.1) {
        (Answer::Yes, _) | (Answer::Maybe, Answer::Maybe | Answer::No) | (Answer::No, Answer::No) => true,
        (Answer::Maybe, Answer::Yes) | (Answer::No, _) => false,
    };
    if surer { first } else { second }
}
