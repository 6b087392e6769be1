//! Which stages log with the role that API Gateway has for the account (Amazon API Gateway Developer Guide, "Set up CloudWatch logging
//! for REST APIs in API Gateway").

use super::Graph;
use super::apis::ApiKind;
use super::triggers::follow;
use crate::model::read;
use crate::text;
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

impl Graph<'_> {
    /// Every setting that lets a stage write logs with the account's role, by the resource that holds it.
    pub fn stage_logs(&self) -> Vec<(ResourceId, Value)> {
        let mut out = Vec::new();
        for spelling in SPELLINGS {
            for resource in self.of_kinds(&[spelling.kind]) {
                if !spelling.api.is_empty() && !self.is_websocket(&read(&resource.attributes, spelling.api)) {
                    continue;
                }
                out.extend(self.logging(spelling, resource).map(|value| (resource.id, value)));
            }
        }
        out
    }

    fn is_websocket(&self, api: &Value) -> bool {
        let id = self.names.text(api);
        id.and_then(|id| self.apis.by_id(&id)).is_some_and(|api| api.kind == ApiKind::WebSocket && api.resource.is_some())
    }

    fn logging(&self, spelling: &Spelling, resource: &Resource) -> Option<Value> {
        let level = |value: &Value| matches!(value.as_str(), Some("INFO" | "ERROR"));
        if let Some(found) = spelling.levels.iter().flat_map(|path| follow(&resource.attributes, path)).find(level) {
            return Some(found);
        }
        if spelling.access.is_empty() {
            return None;
        }
        // Access logs may go to Firehose instead, with another role.
        let access = read(&resource.attributes, spelling.access);
        let group = self.names.text(&access).is_some_and(|arn| text::contains(&arn, ":logs:"));
        group.then_some(access)
    }
}
