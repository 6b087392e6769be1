//! API Gateway: REST APIs (version 1), HTTP and WebSocket APIs (version 2).

use super::entities;

entities! {
    /// A REST API.
    RestApi: "AWS::ApiGateway::RestApi" | "aws_api_gateway_rest_api" {
        /// OpenAPI document: a map (CloudFormation) or text.
        body: "Body" | "body",
        /// OpenAPI document in S3.
        body_location: "BodyS3Location" | "-",
    }

    /// The OpenAPI document of a REST API as a resource of its own.
    RestApiPut: "-" | "aws_api_gateway_rest_api_put" {
        /// The REST API.
        api: "-" | "rest_api_id",
        /// OpenAPI document.
        body: "-" | "body",
    }

    /// A method of a REST API; in CloudFormation with its integration.
    Method: "AWS::ApiGateway::Method" | "aws_api_gateway_method" {
        /// The REST API.
        api: "RestApiId" | "rest_api_id",
        /// The resource: its id.
        resource: "ResourceId" | "resource_id",
        /// `GET`, `ANY`, ….
        http_method: "HttpMethod" | "http_method",
        /// The authorizer: its id.
        authorizer: "AuthorizerId" | "authorizer_id",
        /// The integration.
        integration: "Integration" | "-",
        /// `AWS`, `AWS_PROXY`, `MOCK`, ….
        integration_type: "Integration.Type" | "-",
        /// What it calls.
        uri: "Integration.Uri" | "-",
        /// The role it calls with.
        credentials: "Integration.Credentials" | "-",
        /// The HTTP method of the integration itself.
        integration_method: "Integration.IntegrationHttpMethod" | "-",
    }

    /// The integration of a REST API method (Terraform).
    Integration: "-" | "aws_api_gateway_integration" {
        /// The REST API.
        api: "-" | "rest_api_id",
        /// The resource: its id.
        resource: "-" | "resource_id",
        /// The method that it belongs to.
        http_method: "-" | "http_method",
        /// `AWS`, `AWS_PROXY`, `MOCK`, ….
        integration_type: "-" | "type",
        /// What it calls.
        uri: "-" | "uri",
        /// The role it calls with.
        credentials: "-" | "credentials",
        /// The HTTP method of the integration itself.
        integration_method: "-" | "integration_http_method",
    }

    /// A stage of a REST API.
    Stage: "AWS::ApiGateway::Stage" | "aws_api_gateway_stage" {
        /// The REST API.
        api: "RestApiId" | "rest_api_id",
        /// Its name.
        name: "StageName" | "stage_name",
        /// Stage variables: a map.
        variables: "Variables" | "variables",
        /// The canary.
        canary: "CanarySetting" | "canary_settings",
        /// The canary's stage variables: a map.
        overrides: "CanarySetting.StageVariableOverrides" | "canary_settings.stage_variable_overrides",
    }

    /// A deployment of a REST API; with a stage name it also makes that stage.
    Deployment: "AWS::ApiGateway::Deployment" | "aws_api_gateway_deployment" {
        /// The REST API.
        api: "RestApiId" | "rest_api_id",
        /// The stage's name.
        name: "StageName" | "stage_name",
        /// Stage variables: a map.
        variables: "StageDescription.Variables" | "variables",
        /// The canary.
        canary: "DeploymentCanarySettings" | "canary_settings",
        /// The canary's stage variables: a map.
        overrides: "DeploymentCanarySettings.StageVariableOverrides" | "canary_settings.stage_variable_overrides",
        /// The canary of the stage's description (CloudFormation).
        description_overrides: "StageDescription.CanarySetting.StageVariableOverrides" | "-",
    }

    /// An authorizer of a REST API.
    Authorizer: "AWS::ApiGateway::Authorizer" | "aws_api_gateway_authorizer" {
        /// The REST API.
        api: "RestApiId" | "rest_api_id",
        /// What it calls.
        uri: "AuthorizerUri" | "authorizer_uri",
        /// The role it calls with.
        credentials: "AuthorizerCredentials" | "authorizer_credentials",
    }

    /// An HTTP or WebSocket API.
    HttpApi: "AWS::ApiGatewayV2::Api" | "aws_apigatewayv2_api" {
        /// `HTTP` or `WEBSOCKET`.
        protocol: "ProtocolType" | "protocol_type",
        /// OpenAPI document.
        body: "Body" | "body",
        /// OpenAPI document in S3.
        body_location: "BodyS3Location" | "-",
        /// Quick create: the function.
        target: "Target" | "target",
        /// Quick create: the route.
        route_key: "RouteKey" | "route_key",
        /// Quick create: the role it calls with.
        credentials: "CredentialsArn" | "credentials_arn",
    }

    /// A route of an HTTP or WebSocket API.
    Route: "AWS::ApiGatewayV2::Route" | "aws_apigatewayv2_route" {
        /// The API.
        api: "ApiId" | "api_id",
        /// `GET /orders`, `$default`, `$connect`.
        route_key: "RouteKey" | "route_key",
        /// `integrations/<id>`.
        target: "Target" | "target",
        /// The authorizer: its id.
        authorizer: "AuthorizerId" | "authorizer_id",
    }

    /// An integration of an HTTP or WebSocket API.
    HttpIntegration: "AWS::ApiGatewayV2::Integration" | "aws_apigatewayv2_integration" {
        /// `AWS_PROXY`, `AWS`, `HTTP_PROXY`, `MOCK`.
        integration_type: "IntegrationType" | "integration_type",
        /// What it calls.
        uri: "IntegrationUri" | "integration_uri",
        /// The role it calls with.
        credentials: "CredentialsArn" | "credentials_arn",
        /// A service integration (`SQS-SendMessage`): not Lambda.
        subtype: "IntegrationSubtype" | "integration_subtype",
        /// What a service integration is called with: a map.
        parameters: "RequestParameters" | "request_parameters",
    }

    /// A stage of an HTTP or WebSocket API.
    HttpStage: "AWS::ApiGatewayV2::Stage" | "aws_apigatewayv2_stage" {
        /// The API.
        api: "ApiId" | "api_id",
        /// Its name; `$default` is common.
        name: "StageName" | "name",
        /// Stage variables: a map.
        variables: "StageVariables" | "stage_variables",
    }

    /// Changes to what quick create made.
    ManagedOverrides: "AWS::ApiGatewayV2::ApiGatewayManagedOverrides" | "-" {
        /// The API.
        api: "ApiId" | "-",
        /// Stage variables of the `$default` stage.
        variables: "Stage.StageVariables" | "-",
    }

    /// An authorizer of an HTTP or WebSocket API.
    HttpAuthorizer: "AWS::ApiGatewayV2::Authorizer" | "aws_apigatewayv2_authorizer" {
        /// The API.
        api: "ApiId" | "api_id",
        /// What it calls.
        uri: "AuthorizerUri" | "authorizer_uri",
        /// The role it calls with.
        credentials: "AuthorizerCredentialsArn" | "authorizer_credentials_arn",
    }

    /// The settings of API Gateway for the account and region.
    Account: "AWS::ApiGateway::Account" | "aws_api_gateway_account" {
        /// The role that execution and access logs are written with.
        logging_role: "CloudWatchRoleArn" | "cloudwatch_role_arn",
    }
}
