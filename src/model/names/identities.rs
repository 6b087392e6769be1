//! The table of canonical texts: for each resource type, its attributes in both spellings and what they look like.

use std::collections::HashMap;
use std::sync::LazyLock;

/// One attribute in both spellings, and the text that it stands for. In the template, `{P}` `{R}` `{A}` `{U}` are partition, region,
/// account and DNS suffix, `{name}` the resource's name (made up by AWS where it is not written), `{id}` the id that AWS makes up, `{@x}` the
/// attribute `x` (Terraform spelling) of the same resource, `{.A|b}` the configured property `A` (`b` in Terraform), `{?A|b}` the
/// same, empty where it is not configured.
pub(in crate::model) type Attribute = (&'static str, &'static str, &'static str);

pub(super) struct Identity {
    pub(super) cfn: &'static str,
    pub(super) tf: &'static [&'static str],
    /// The properties that hold the name.
    pub(super) name: (&'static str, &'static str),
    pub(super) attributes: &'static [Attribute],
}

pub(super) const fn identity(
    cfn: &'static str,
    tf: &'static [&'static str],
    name: (&'static str, &'static str),
    attributes: &'static [Attribute],
) -> Identity {
    Identity { cfn, tf, name, attributes }
}

const INVOKE: &str = "arn:{P}:apigateway:{R}:lambda:path/2015-03-31/functions/{@arn}/invocations";

/// Sources: CloudFormation User Guide, "Return values" of each type; the Terraform AWS provider's "Attribute Reference".
static IDENTITIES: &[Identity] = &[
    identity(
        "AWS::Lambda::Function",
        &["aws_lambda_function"],
        ("FunctionName", "function_name"),
        &[
            ("Ref", "id", "{name}"),
            ("-", "function_name", "{name}"),
            ("Arn", "arn", "arn:{P}:lambda:{R}:{A}:function:{name}"),
            ("-", "invoke_arn", INVOKE),
            ("-", "version", "{version}"),
            ("-", "qualified_arn", "{@arn}:{qualifier}"),
            ("-", "qualified_invoke_arn", "arn:{P}:apigateway:{R}:lambda:path/2015-03-31/functions/{@arn}:{qualifier}/invocations"),
        ],
    ),
    identity(
        "AWS::SES::ReceiptRuleSet",
        &["aws_ses_receipt_rule_set"],
        ("RuleSetName", "rule_set_name"),
        &[("Ref", "id", "{name}"), ("-", "rule_set_name", "{name}"), ("-", "arn", "arn:{P}:ses:{R}:{A}:receipt-rule-set/{name}")],
    ),
    identity(
        "AWS::SES::ReceiptRule",
        &["aws_ses_receipt_rule"],
        ("Rule.Name", "name"),
        &[
            ("Ref", "id", "{name}"),
            ("-", "name", "{name}"),
            ("-", "arn", "arn:{P}:ses:{R}:{A}:receipt-rule-set/{.RuleSetName|rule_set_name}:receipt-rule/{name}"),
        ],
    ),
    identity(
        "AWS::Lambda::Alias",
        &["aws_lambda_alias"],
        ("Name", "name"),
        &[("Ref", "id", "{@arn}"), ("AliasArn", "arn", "{function}:{name}"), ("-", "name", "{name}"), ("-", "invoke_arn", INVOKE)],
    ),
    identity(
        "AWS::Lambda::Version",
        &[],
        ("-", "-"),
        &[("Ref", "-", "{function}:{version}"), ("FunctionArn", "-", "{function}:{version}"), ("Version", "-", "{version}")],
    ),
    identity(
        "AWS::Lambda::Url",
        &["aws_lambda_function_url"],
        ("-", "-"),
        &[("FunctionUrl", "function_url", "https://{id}.lambda-url.{R}.on.aws/"), ("-", "url_id", "{id}")],
    ),
    identity(
        "AWS::ApiGateway::RestApi",
        &["aws_api_gateway_rest_api"],
        ("-", "-"),
        &[
            ("Ref", "id", "{id}"),
            ("RestApiId", "-", "{id}"),
            ("RootResourceId", "root_resource_id", "{root}"),
            ("-", "arn", "arn:{P}:apigateway:{R}::/restapis/{id}"),
            ("-", "execution_arn", "arn:{P}:execute-api:{R}:{A}:{id}"),
        ],
    ),
    identity(
        "AWS::ApiGatewayV2::Api",
        &["aws_apigatewayv2_api"],
        ("-", "-"),
        &[
            ("Ref", "id", "{id}"),
            ("ApiId", "-", "{id}"),
            ("ApiEndpoint", "api_endpoint", "{scheme}://{id}.execute-api.{R}.{U}"),
            ("-", "arn", "arn:{P}:apigateway:{R}::/apis/{id}"),
            ("-", "execution_arn", "arn:{P}:execute-api:{R}:{A}:{id}"),
        ],
    ),
    identity(
        "AWS::ApiGateway::Resource",
        &["aws_api_gateway_resource"],
        ("-", "-"),
        &[("Ref", "id", "{id}"), ("ResourceId", "-", "{id}"), ("-", "path", "{path}")],
    ),
    identity("AWS::ApiGateway::Method", &["aws_api_gateway_method"], ("-", "-"), &[("-", "http_method", "{.HttpMethod|http_method}")]),
    identity(
        "AWS::ApiGateway::Stage",
        &["aws_api_gateway_stage"],
        ("StageName", "stage_name"),
        &[
            ("Ref", "stage_name", "{name}"),
            ("-", "id", "ags-{.RestApiId|rest_api_id}-{name}"),
            ("-", "arn", "arn:{P}:apigateway:{R}::/restapis/{.RestApiId|rest_api_id}/stages/{name}"),
            ("-", "execution_arn", "arn:{P}:execute-api:{R}:{A}:{.RestApiId|rest_api_id}/{name}"),
        ],
    ),
    identity(
        "AWS::ApiGateway::Deployment",
        &["aws_api_gateway_deployment"],
        ("StageName", "stage_name"),
        &[
            ("Ref", "id", "{id}"),
            ("DeploymentId", "-", "{id}"),
            // Without a stage the provider leaves the last part empty.
            ("-", "execution_arn", "arn:{P}:execute-api:{R}:{A}:{.RestApiId|rest_api_id}/{?StageName|stage_name}"),
        ],
    ),
    identity(
        "AWS::ApiGatewayV2::Stage",
        &["aws_apigatewayv2_stage"],
        ("StageName", "name"),
        &[
            ("Ref", "id", "{name}"),
            ("-", "name", "{name}"),
            ("-", "arn", "arn:{P}:apigateway:{R}::/apis/{.ApiId|api_id}/stages/{name}"),
            ("-", "execution_arn", "arn:{P}:execute-api:{R}:{A}:{.ApiId|api_id}/{name}"),
        ],
    ),
    identity(
        "AWS::ApiGatewayV2::Integration",
        &["aws_apigatewayv2_integration"],
        ("-", "-"),
        &[("Ref", "id", "{id}"), ("IntegrationId", "-", "{id}")],
    ),
    identity("AWS::ApiGatewayV2::Route", &["aws_apigatewayv2_route"], ("-", "-"), &[("Ref", "id", "{id}"), ("RouteId", "-", "{id}")]),
    identity(
        "AWS::ApiGateway::Authorizer",
        &["aws_api_gateway_authorizer"],
        ("-", "-"),
        &[("Ref", "id", "{id}"), ("AuthorizerId", "-", "{id}")],
    ),
    identity(
        "AWS::ApiGatewayV2::Authorizer",
        &["aws_apigatewayv2_authorizer"],
        ("-", "-"),
        &[("Ref", "id", "{id}"), ("AuthorizerId", "-", "{id}")],
    ),
    identity(
        "AWS::IAM::Role",
        &["aws_iam_role"],
        ("RoleName", "name"),
        &[("Ref", "id", "{name}"), ("-", "name", "{name}"), ("Arn", "arn", "arn:{P}:iam::{A}:role{iampath}{name}")],
    ),
    identity(
        "AWS::IAM::ManagedPolicy",
        &["aws_iam_policy"],
        ("ManagedPolicyName", "name"),
        &[("Ref", "id", "{@arn}"), ("PolicyArn", "arn", "arn:{P}:iam::{A}:policy{iampath}{name}"), ("-", "name", "{name}")],
    ),
    identity(
        "AWS::SNS::Topic",
        &["aws_sns_topic"],
        ("TopicName", "name"),
        &[("Ref", "id", "{@arn}"), ("TopicArn", "arn", "arn:{P}:sns:{R}:{A}:{name}"), ("TopicName", "name", "{name}")],
    ),
    identity(
        "AWS::SQS::Queue",
        &["aws_sqs_queue"],
        ("QueueName", "name"),
        &[
            ("Ref", "id", "https://sqs.{R}.amazonaws.com/{A}/{name}"),
            ("-", "url", "https://sqs.{R}.amazonaws.com/{A}/{name}"),
            ("Arn", "arn", "arn:{P}:sqs:{R}:{A}:{name}"),
            ("QueueName", "name", "{name}"),
        ],
    ),
    identity(
        "AWS::S3::Bucket",
        &["aws_s3_bucket"],
        ("BucketName", "bucket"),
        &[("Ref", "id", "{name}"), ("-", "bucket", "{name}"), ("Arn", "arn", "arn:{P}:s3:::{name}")],
    ),
    identity(
        "AWS::Events::Rule",
        &["aws_cloudwatch_event_rule"],
        ("Name", "name"),
        &[
            ("Ref", "-", "{bus|}{name}"),
            ("-", "id", "{bus/}{name}"),
            ("-", "name", "{name}"),
            ("Arn", "arn", "arn:{P}:events:{R}:{A}:rule/{bus/}{name}"),
        ],
    ),
    identity(
        "AWS::Logs::LogGroup",
        &["aws_cloudwatch_log_group"],
        ("LogGroupName", "name"),
        &[
            ("Ref", "id", "{name}"),
            ("-", "name", "{name}"),
            // CloudFormation's ARN of a log group ends in `:*`; the provider drops that since version 3.
            ("Arn", "-", "arn:{P}:logs:{R}:{A}:log-group:{name}:*"),
            ("-", "arn", "arn:{P}:logs:{R}:{A}:log-group:{name}"),
        ],
    ),
    identity(
        "AWS::Kinesis::Stream",
        &["aws_kinesis_stream"],
        ("Name", "name"),
        &[("Ref", "-", "{name}"), ("-", "id", "{@arn}"), ("-", "name", "{name}"), ("Arn", "arn", "arn:{P}:kinesis:{R}:{A}:stream/{name}")],
    ),
    identity(
        "AWS::DynamoDB::Table",
        &["aws_dynamodb_table"],
        ("TableName", "name"),
        &[
            ("Ref", "id", "{name}"),
            ("-", "name", "{name}"),
            ("Arn", "arn", "arn:{P}:dynamodb:{R}:{A}:table/{name}"),
            ("StreamArn", "stream_arn", "arn:{P}:dynamodb:{R}:{A}:table/{name}/stream/{stream}"),
        ],
    ),
    identity(
        "AWS::Cognito::UserPool",
        &["aws_cognito_user_pool"],
        ("-", "-"),
        &[("Ref", "id", "{id}"), ("UserPoolId", "-", "{id}"), ("Arn", "arn", "arn:{P}:cognito-idp:{R}:{A}:userpool/{id}")],
    ),
    identity(
        "AWS::ElasticLoadBalancingV2::TargetGroup",
        &["aws_lb_target_group", "aws_alb_target_group"],
        ("Name", "name"),
        &[
            ("Ref", "id", "{@arn}"),
            ("TargetGroupArn", "arn", "arn:{P}:elasticloadbalancing:{R}:{A}:{@arn_suffix}"),
            ("TargetGroupFullName", "arn_suffix", "targetgroup/{name}/{id}"),
            ("TargetGroupName", "name", "{name}"),
        ],
    ),
    identity(
        "AWS::ElasticLoadBalancingV2::LoadBalancer",
        &["aws_lb", "aws_alb"],
        ("Name", "name"),
        &[
            ("Ref", "id", "{@arn}"),
            ("LoadBalancerArn", "arn", "arn:{P}:elasticloadbalancing:{R}:{A}:loadbalancer/{@arn_suffix}"),
            // `app/my-load-balancer/50dc6c495c0c9188`.
            ("LoadBalancerFullName", "arn_suffix", "{suffix}"),
            ("LoadBalancerName", "name", "{name}"),
        ],
    ),
    identity(
        "AWS::SecretsManager::Secret",
        &["aws_secretsmanager_secret"],
        ("Name", "name"),
        &[("Ref", "id", "{@arn}"), ("Id", "arn", "arn:{P}:secretsmanager:{R}:{A}:secret:{name}-{id}")],
    ),
    identity(
        "AWS::KMS::Key",
        &["aws_kms_key"],
        ("-", "-"),
        &[("Ref", "id", "{id}"), ("KeyId", "key_id", "{id}"), ("Arn", "arn", "arn:{P}:kms:{R}:{A}:key/{id}")],
    ),
    identity(
        "AWS::StepFunctions::StateMachine",
        &["aws_sfn_state_machine"],
        ("StateMachineName", "name"),
        &[("Ref", "id", "{@arn}"), ("Arn", "arn", "arn:{P}:states:{R}:{A}:stateMachine:{name}"), ("Name", "name", "{name}")],
    ),
    identity(
        "AWS::IoT::TopicRule",
        &["aws_iot_topic_rule"],
        ("RuleName", "name"),
        &[("Ref", "id", "{name}"), ("Arn", "arn", "arn:{P}:iot:{R}:{A}:rule/{name}")],
    ),
    identity(
        "AWS::CloudWatch::Alarm",
        &["aws_cloudwatch_metric_alarm"],
        ("AlarmName", "alarm_name"),
        &[("Ref", "id", "{name}"), ("Arn", "arn", "arn:{P}:cloudwatch:{R}:{A}:alarm:{name}")],
    ),
    identity(
        "AWS::CloudWatch::CompositeAlarm",
        &["aws_cloudwatch_composite_alarm"],
        ("AlarmName", "alarm_name"),
        &[("Ref", "id", "{name}"), ("Arn", "arn", "arn:{P}:cloudwatch:{R}:{A}:alarm:{name}")],
    ),
    identity(
        "AWS::IoT::Authorizer",
        &["aws_iot_authorizer"],
        ("AuthorizerName", "name"),
        &[("Ref", "id", "{name}"), ("Arn", "arn", "arn:{P}:iot:{R}:{A}:authorizer/{name}")],
    ),
    identity(
        "AWS::CodeCommit::Repository",
        &["aws_codecommit_repository"],
        ("RepositoryName", "repository_name"),
        &[("Name", "repository_name", "{name}"), ("Ref", "-", "{id}"), ("Arn", "arn", "arn:{P}:codecommit:{R}:{A}:{name}")],
    ),
    identity(
        "AWS::EC2::SecurityGroup",
        &["aws_security_group", "aws_default_security_group"],
        ("-", "-"),
        &[("Ref", "id", "{id}"), ("GroupId", "-", "{id}"), ("-", "arn", "arn:{P}:ec2:{R}:{A}:security-group/{id}")],
    ),
    identity(
        "AWS::SES::ReceiptRuleSet",
        &["aws_ses_receipt_rule_set"],
        ("RuleSetName", "rule_set_name"),
        &[("Ref", "id", "{name}"), ("-", "rule_set_name", "{name}"), ("-", "arn", "arn:{P}:ses:{R}:{A}:receipt-rule-set/{name}")],
    ),
    identity(
        "AWS::SES::ReceiptRule",
        &["aws_ses_receipt_rule"],
        ("Rule.Name", "name"),
        &[
            ("Ref", "id", "{name}"),
            ("-", "name", "{name}"),
            ("-", "arn", "arn:{P}:ses:{R}:{A}:receipt-rule-set/{.RuleSetName|rule_set_name}:receipt-rule/{name}"),
        ],
    ),
    identity(
        "AWS::EC2::VPC",
        &["aws_vpc", "aws_default_vpc"],
        ("-", "-"),
        &[
            ("Ref", "id", "{id}"),
            ("VpcId", "-", "{id}"),
            ("-", "arn", "arn:{P}:ec2:{R}:{A}:vpc/{id}"),
            ("CidrBlock", "cidr_block", "{.CidrBlock|cidr_block}"),
        ],
    ),
    identity(
        "AWS::EC2::Subnet",
        &["aws_subnet", "aws_default_subnet"],
        ("-", "-"),
        &[
            ("Ref", "id", "{id}"),
            ("SubnetId", "-", "{id}"),
            ("-", "arn", "arn:{P}:ec2:{R}:{A}:subnet/{id}"),
            ("VpcId", "vpc_id", "{.VpcId|vpc_id}"),
            ("CidrBlock", "cidr_block", "{.CidrBlock|cidr_block}"),
        ],
    ),
];

pub(super) static BY_KIND: LazyLock<HashMap<&'static str, &'static Identity>> =
    LazyLock::new(|| IDENTITIES.iter().flat_map(|i| i.tf.iter().map(move |tf| (*tf, i)).chain([(i.cfn, i)])).collect());

/// Whether an attribute in the table is spelled so by resources of that type.
fn spelled(kind: &str, attribute: &Attribute) -> &'static str {
    if kind.contains("::") { attribute.0 } else { attribute.1 }
}

/// The text that an attribute stands for, in the notation of the table.
pub(in crate::model) fn template(kind: &str, path: &str) -> Option<&'static str> {
    let attributes = BY_KIND.get(kind)?.attributes;
    attributes.iter().find(|a| spelled(kind, a) == path).map(|(.., template)| *template)
}

/// The attribute that stands for just that text; the property itself where there are several.
pub(in crate::model) fn attribute_of(kind: &str, template: &str) -> Option<&'static str> {
    let attributes = BY_KIND.get(kind)?.attributes;
    let all = || attributes.iter().filter(|a| a.2 == template).map(|a| spelled(kind, a)).filter(|own| *own != "-");
    all().find(|own| name_property(kind) == Some(own)).or_else(|| all().next())
}

/// The spelling of an attribute that the table names in Terraform's.
pub(in crate::model) fn own_spelling(kind: &str, terraform: &str) -> Option<&'static str> {
    let attributes = BY_KIND.get(kind)?.attributes;
    attributes.iter().find(|a| a.1 == terraform).map(|a| spelled(kind, a)).filter(|own| *own != "-")
}

/// The property that holds the name.
pub(in crate::model) fn name_property(kind: &str) -> Option<&'static str> {
    let (cloudformation, terraform) = BY_KIND.get(kind)?.name;
    Some(if kind.contains("::") { cloudformation } else { terraform }).filter(|property| *property != "-")
}

/// Whether the CloudFormation type of a resource type holds one of these.
pub(in crate::model) fn holds_any(kind: &str, parts: &[&str]) -> bool {
    BY_KIND.get(kind).is_some_and(|identity| parts.iter().any(|part| identity.cfn.contains(part)))
}

/// Whether the hole `id` or `name` of a resource type is certainly no ARN: its ARN has it as a part.
pub fn is_no_arn(kind: &str, hole: &str) -> bool {
    let part = match hole {
        "id" => "{id}",
        "name" => "{name}",
        _ => return false,
    };
    BY_KIND.get(kind).is_some_and(|identity| identity.attributes.iter().any(|(.., text)| text.starts_with("arn:") && text.contains(part)))
}
