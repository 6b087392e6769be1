//! Lambda: functions, aliases, versions, permissions, event source mappings, function URLs.

use super::entities;

entities! {
    /// A Lambda function.
    Function: "AWS::Lambda::Function" | "aws_lambda_function" {
        /// Its name; null where AWS makes one up.
        name: "FunctionName" | "function_name",
        /// The execution role: an ARN.
        role: "Role" | "role",
        /// Subnets of its VPC configuration.
        subnets: "VpcConfig.SubnetIds" | "vpc_config.subnet_ids",
        /// Security groups of its VPC configuration.
        security_groups: "VpcConfig.SecurityGroupIds" | "vpc_config.security_group_ids",
        /// The VPC configuration as a whole.
        vpc_config: "VpcConfig" | "vpc_config",
        /// Environment variables: a map.
        environment: "Environment.Variables" | "environment.variables",
        /// `Active` or `PassThrough`.
        tracing_mode: "TracingConfig.Mode" | "tracing_config.mode",
        /// Where failed asynchronous calls go: a queue's or topic's ARN.
        dead_letter_target: "DeadLetterConfig.TargetArn" | "dead_letter_config.target_arn",
        /// Seconds; 3 where not written.
        timeout: "Timeout" | "timeout",
        /// The KMS key of the environment.
        kms_key: "KmsKeyArn" | "kms_key_arn",
        /// EFS access points.
        file_systems: "FileSystemConfigs" | "file_system_config",
        /// The log group that is not the default one.
        log_group: "LoggingConfig.LogGroup" | "logging_config.log_group",
        /// Whether each change publishes a version (Terraform).
        publish: "-" | "publish",
        /// Managed Instances: such a function has no interfaces of its own.
        capacity_provider: "CapacityProviderConfig" | "capacity_provider_config",
    }

    /// An alias of a function.
    Alias: "AWS::Lambda::Alias" | "aws_lambda_alias" {
    }

    /// A published version of a function (CloudFormation).
    Version: "AWS::Lambda::Version" | "-" {
    }

    /// A statement of a function's resource policy (`AddPermission`).
    Permission: "AWS::Lambda::Permission" | "aws_lambda_permission" {
        /// Name, partial or whole ARN, possibly with a qualifier.
        function: "FunctionName" | "function_name",
        /// Alias or version (Terraform only; CloudFormation has it in the function).
        qualifier: "-" | "qualifier",
        /// `lambda:InvokeFunction`, ….
        action: "Action" | "action",
        /// A service, an account, an ARN or `*`.
        principal: "Principal" | "principal",
        /// `ArnLike` condition on the calling resource.
        source_arn: "SourceArn" | "source_arn",
        /// Condition on the calling resource's account.
        source_account: "SourceAccount" | "source_account",
        /// Alexa skill id.
        event_source_token: "EventSourceToken" | "event_source_token",
        /// Condition on the organisation.
        principal_org_id: "PrincipalOrgID" | "principal_org_id",
        /// Condition for function URLs.
        function_url_auth_type: "FunctionUrlAuthType" | "function_url_auth_type",
        /// Condition for function URLs.
        invoked_via_function_url: "InvokedViaFunctionUrl" | "invoked_via_function_url",
    }

    /// An HTTPS endpoint of a function.
    FunctionUrl: "AWS::Lambda::Url" | "aws_lambda_function_url" {
        /// The function: its name or ARN.
        function: "TargetFunctionArn" | "function_name",
        /// The alias, where it is one's.
        qualifier: "Qualifier" | "qualifier",
        /// `NONE` or `AWS_IAM`.
        auth_type: "AuthType" | "authorization_type",
    }

    /// A poller from a queue or stream to a function.
    EventSourceMapping: "AWS::Lambda::EventSourceMapping" | "aws_lambda_event_source_mapping" {
        /// Name or ARN, possibly with a qualifier.
        function: "FunctionName" | "function_name",
        /// The queue, stream, cluster or broker.
        source: "EventSourceArn" | "event_source_arn",
        /// Credentials for the source, and the way to it: each has a type and a URI.
        access: "SourceAccessConfigurations" | "source_access_configuration",
        /// Where records go that could not be handled: an ARN.
        on_failure: "DestinationConfig.OnFailure.Destination" | "destination_config.on_failure.destination_arn",
    }

    /// What becomes of asynchronous calls of a function.
    EventInvokeConfig: "AWS::Lambda::EventInvokeConfig" | "aws_lambda_function_event_invoke_config" {
        /// Name or ARN, possibly with a qualifier.
        function: "FunctionName" | "function_name",
        /// Where results go: an ARN.
        on_success: "DestinationConfig.OnSuccess.Destination" | "destination_config.on_success.destination",
        /// Where failures go: an ARN.
        on_failure: "DestinationConfig.OnFailure.Destination" | "destination_config.on_failure.destination",
    }
}
