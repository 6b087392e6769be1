//! Which attributes of resources are secrets by themselves: those that the provider calls sensitive, and the environment of functions.

/// Attributes that hold a secret, whoever gives it: Terraform's (the provider's schema calls them sensitive) and CloudFormation's.
const SENSITIVE: [(&str, &[&str]); 27] = [
    ("AWS::Amplify::App", &["AccessToken", "OauthToken"]),
    ("AWS::Cognito::UserPoolIdentityProvider", &["ProviderDetails.client_secret"]),
    ("AWS::DMS::Endpoint", &["Password"]),
    ("AWS::DocDB::DBCluster", &["MasterUserPassword"]),
    ("AWS::ElastiCache::ReplicationGroup", &["AuthToken"]),
    ("AWS::ElastiCache::User", &["Passwords"]),
    ("AWS::RDS::DBCluster", &["MasterUserPassword"]),
    ("AWS::RDS::DBInstance", &["MasterUserPassword"]),
    ("AWS::Redshift::Cluster", &["MasterUserPassword"]),
    ("AWS::SecretsManager::Secret", &["SecretString"]),
    ("aws_amplify_app", &["access_token", "oauth_token"]),
    ("aws_cognito_identity_provider", &["provider_details.client_secret"]),
    ("aws_db_instance", &["password"]),
    ("aws_directory_service_directory", &["password"]),
    ("aws_dms_endpoint", &["password"]),
    ("aws_docdb_cluster", &["master_password"]),
    ("aws_elasticache_replication_group", &["auth_token"]),
    ("aws_elasticache_user", &["passwords"]),
    ("aws_iam_access_key", &["secret"]),
    ("aws_memorydb_user", &["authentication_mode.passwords"]),
    ("aws_mq_broker", &["user.password"]),
    ("aws_rds_cluster", &["master_password"]),
    ("aws_redshift_cluster", &["master_password"]),
    ("aws_redshiftserverless_namespace", &["admin_user_password"]),
    ("aws_secretsmanager_secret_version", &["secret_string", "secret_binary"]),
    ("aws_ssm_parameter", &["value"]),
    ("random_password", &["result"]),
];

/// Where functions have the values of their environment.
const ENVIRONMENT: [(&str, &str); 3] = [
    ("AWS::Lambda::Function", "Environment.Variables"),
    ("AWS::Serverless::Function", "Environment.Variables"),
    ("aws_lambda_function", "environment.variables"),
];

/// The attributes of a kind of resource that hold secrets.
pub fn sensitive(kind: &str) -> &'static [&'static str] {
    SENSITIVE.binary_search_by_key(&kind, |(kind, _)| kind).ok().and_then(|at| SENSITIVE.get(at)).map_or(&[], |(_, paths)| paths)
}

/// The attribute of a kind of resource that holds environment variables.
pub fn environment(kind: &str) -> Option<&'static str> {
    ENVIRONMENT.iter().find(|(of, _)| *of == kind).map(|(_, path)| *path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted() {
        assert!(SENSITIVE.is_sorted_by_key(|(kind, _)| kind));
        assert_eq!(sensitive("aws_db_instance"), ["password"]);
        assert!(sensitive("aws_sqs_queue").is_empty());
    }
}
