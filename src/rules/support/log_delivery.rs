//! An EventBridge rule that may not write to its log group: the finding of `delivery-permission`, and what to write.

use super::delivery::explain;
use super::mend::{Dialect, dialect, local_address, new_name};
use super::place::further;
use crate::finding::{Finding, Help, Label, Message, Severity};
use crate::graph::Graph;
use crate::graph::deliveries::Nearest;
use crate::graph::log_deliveries::{LogDelivery, PRINCIPAL};
use crate::graph::roles::presence;
use crate::unit::Resource;

/// At most a warning: the policy is one of the account and Region, and another stack may have it.
pub(crate) fn finding(graph: &Graph<'_>, rule: &'static str, delivery: &LogDelivery, near: &[Nearest]) -> Option<Finding> {
    let (resource, group) = (graph.resource(delivery.resource), graph.resource(delivery.group));
    let when = presence(resource).and(&delivery.presence)?.and(&presence(group))?;
    let (from, to) = (&resource.address, &group.address);
    let message = Message::new(format!("what `{from}` writes to `{to}` may be lost: no policy for EventBridge"))
        .note(format!("no resource policy of CloudWatch Logs here lets `{PRINCIPAL}` call logs:CreateLogStream and logs:PutLogEvents"))
        .note("such a policy holds for an account and Region: one that is not declared here could let it in")
        .note("the rule counts a FailedInvocation, and nothing else tells of it")
        .under(&further(resource, &when));
    let mut related = vec![Label::new(group.name_span, "the log group")];
    let (message, denied) = explain(message, near, &mut related);
    let help = match near.first().filter(|_| denied) {
        Some(nearest) => Help { text: format!("take the calls out of the Deny in {}", nearest.policy), code: String::new() },
        None => help(graph, group),
    };
    Some(Finding {
        rule,
        severity: Severity::Warning,
        message,
        primary: Label::new(delivery.value.span.or(resource.name_span), format!("EventBridge rule to `{to}`")),
        related,
        flow: Vec::new(),
        help: Some(help),
        address: from.clone(),
        key: format!("EventBridge rule {to}").into(),
    })
}

fn help(graph: &Graph<'_>, group: &Resource) -> Help {
    let (dialect, own) = (dialect(graph), local_address(group));
    let label = own.split('[').next().unwrap_or(&own).rsplit('.').next().unwrap_or(&own).to_owned();
    let name = new_name(dialect, &[&label, "policy"]);
    let text = format!("add a resource policy of CloudWatch Logs beside `{}`:", group.address);
    let document = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"Service":"{PRINCIPAL}"}},"Action":["logs:CreateLogStream","logs:PutLogEvents"],"Resource":"${{{own}.Arn}}"}}]}}"#
    );
    let code = match dialect {
        Dialect::Terraform => format!(
            "resource \"aws_cloudwatch_log_resource_policy\" \"{label}\" {{\n  policy_name = \"{label}\"\n\n  policy_document = jsonencode({{\n    Version = \"2012-10-17\"\n    Statement = [{{\n      Effect    = \"Allow\"\n      Principal = {{ Service = \"{PRINCIPAL}\" }}\n      Action    = [\"logs:CreateLogStream\", \"logs:PutLogEvents\"]\n      Resource  = \"${{{own}.arn}}:*\"\n    }}]\n  }})\n}}"
        ),
        Dialect::Yaml => format!(
            "{name}:\n  Type: AWS::Logs::ResourcePolicy\n  Properties:\n    PolicyName: {name}\n    PolicyDocument: !Sub '{document}'"
        ),
        Dialect::Json => format!(
            "\"{name}\": {{\n  \"Type\": \"AWS::Logs::ResourcePolicy\",\n  \"Properties\": {{\n    \"PolicyName\": \"{name}\",\n    \"PolicyDocument\": {{ \"Fn::Sub\": \"{}\" }}\n  }}\n}}",
            document.replace('"', "\\\"")
        ),
    };
    Help { text, code }
}
