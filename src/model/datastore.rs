//! Data stores that sit behind security groups: a line per type, with both spellings of the properties that matter.

/// A property in both spellings: CloudFormation's and Terraform's path; `-` where that language has none.
pub type Property = (&'static str, &'static str);

/// The property that a language does not have.
const NONE: Property = ("-", "-");

/// What a store is, as far as rules tell stores apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// A database or cache that clients hold connections to.
    Database,
    /// Anything else with a port and groups: search, brokers, file systems.
    Other,
}

/// The port of a store whose port is not written.
#[derive(Clone, Copy, Debug)]
pub enum DefaultPort {
    /// These; where there are several, each is the store's.
    Fixed(&'static [u16]),
    /// By the engine ([`engine_ports`]); any of these where the engine is not known.
    ByEngine(&'static [u16]),
}

/// How the subnets of a store are written.
#[derive(Clone, Copy, Debug)]
pub enum Subnets {
    /// The name of a subnet group.
    Group(Property),
    /// The subnets themselves.
    Listed(Property),
}

/// One type of store.
#[derive(Debug)]
pub struct StoreType {
    /// CloudFormation type; `-` where there is none.
    pub cloudformation: &'static str,
    /// Terraform type; `-` where there is none.
    pub terraform: &'static str,
    /// What a person calls it.
    pub noun: &'static str,
    /// Its family.
    pub family: Family,
    /// Its security groups.
    pub groups: Property,
    /// Its port.
    pub port: Property,
    /// Its engine.
    pub engine: Property,
    /// Its port where none is written.
    pub default_port: DefaultPort,
    /// Its subnets.
    pub subnets: Subnets,
    /// Whether it has a public address.
    pub public: Property,
    /// Set on a member of a cluster, which has the groups and the port of its cluster: no store by itself.
    pub cluster: Property,
}

impl StoreType {
    /// The spelling for a resource type.
    pub fn spelled(&self, kind: &str, property: Property) -> &'static str {
        if kind.contains("::") { property.0 } else { property.1 }
    }
}

const RDS_PORTS: DefaultPort = DefaultPort::ByEngine(&[3306, 5432, 1433, 1521, 50000]);
const AURORA_PORTS: DefaultPort = DefaultPort::ByEngine(&[3306, 5432]);
const PROXY_PORTS: DefaultPort = DefaultPort::ByEngine(&[3306, 5432, 1433]);
const CACHE_PORTS: DefaultPort = DefaultPort::ByEngine(&[6379, 11211]);
const MSK_PORTS: DefaultPort = DefaultPort::Fixed(&[9092, 9094, 9096, 9098, 9194, 9196, 9198]);
const MQ_PORTS: DefaultPort = DefaultPort::Fixed(&[5671, 61617, 8883, 61614, 61619, 8162]);

use DefaultPort::Fixed;
use Family::{Database, Other};
use Subnets::{Group, Listed};

/// The properties of a store type that most types do not have, or spell alike.
struct Extra {
    port: Property,
    engine: Property,
    public: Property,
    cluster: Property,
}

const PORT: Property = ("Port", "port");
const ENGINE: Property = ("Engine", "engine");
const NOTHING: Extra = Extra { port: NONE, engine: NONE, public: NONE, cluster: NONE };
const HAS_PORT: Extra = Extra { port: PORT, ..NOTHING };
const PUBLIC: Property = ("PubliclyAccessible", "publicly_accessible");

const fn store(
    kinds: Property,
    noun: &'static str,
    family: Family,
    groups: Property,
    default_port: DefaultPort,
    subnets: Subnets,
    extra: Extra,
) -> StoreType {
    let Extra { port, engine, public, cluster } = extra;
    StoreType { cloudformation: kinds.0, terraform: kinds.1, noun, family, groups, port, engine, default_port, subnets, public, cluster }
}

const VPC_GROUPS: Property = ("VpcSecurityGroupIds", "vpc_security_group_ids");
const GROUPS: Property = ("SecurityGroupIds", "security_group_ids");
const DB_SUBNET_GROUP: Subnets = Group(("DBSubnetGroupName", "db_subnet_group_name"));
const SUBNET_IDS: Subnets = Listed(("SubnetIds", "subnet_ids"));

/// Every type. Sources: the AWS provider's schema; CloudFormation's resource schemas. A property that is empty in one language
/// only has `-` there.
#[rustfmt::skip]
pub static STORES: &[StoreType] = &[
    store(("AWS::RDS::DBInstance", "aws_db_instance"), "database instance", Database, ("VPCSecurityGroups", "vpc_security_group_ids"), RDS_PORTS, DB_SUBNET_GROUP,
        Extra { port: PORT, engine: ENGINE, public: PUBLIC, cluster: ("DBClusterIdentifier", "-") }),
    store(("AWS::RDS::DBCluster", "aws_rds_cluster"), "database cluster", Database, VPC_GROUPS, AURORA_PORTS, DB_SUBNET_GROUP,
        Extra { port: PORT, engine: ENGINE, public: ("PubliclyAccessible", "-"), cluster: NONE }),
    store(("AWS::RDS::DBProxy", "aws_db_proxy"), "database proxy", Database, VPC_GROUPS, PROXY_PORTS, Listed(("VpcSubnetIds", "vpc_subnet_ids")),
        Extra { engine: ("EngineFamily", "engine_family"), ..NOTHING }),
    store(("AWS::RDS::DBProxyEndpoint", "aws_db_proxy_endpoint"), "database proxy endpoint", Database, VPC_GROUPS, PROXY_PORTS, Listed(("VpcSubnetIds", "vpc_subnet_ids")), NOTHING),
    store(("AWS::Redshift::Cluster", "aws_redshift_cluster"), "Redshift cluster", Database, VPC_GROUPS, Fixed(&[5439]), Group(("ClusterSubnetGroupName", "cluster_subnet_group_name")),
        Extra { port: PORT, public: PUBLIC, ..NOTHING }),
    store(("AWS::Redshift::EndpointAccess", "aws_redshift_endpoint_access"), "Redshift endpoint", Database, VPC_GROUPS, Fixed(&[5439]), Group(("SubnetGroupName", "subnet_group_name")), NOTHING),
    store(("-", "aws_redshiftserverless_endpoint_access"), "Redshift endpoint", Database, ("-", "vpc_security_group_ids"), Fixed(&[5439]), Listed(("-", "subnet_ids")), NOTHING),
    store(("AWS::RedshiftServerless::Workgroup", "aws_redshiftserverless_workgroup"), "Redshift workgroup", Database, GROUPS, Fixed(&[5439]), SUBNET_IDS,
        Extra { port: PORT, public: PUBLIC, ..NOTHING }),
    store(("AWS::ElastiCache::CacheCluster", "aws_elasticache_cluster"), "cache cluster", Database, ("VpcSecurityGroupIds", "security_group_ids"), CACHE_PORTS, Group(("CacheSubnetGroupName", "subnet_group_name")),
        Extra { port: PORT, engine: ENGINE, public: NONE, cluster: ("-", "replication_group_id") }),
    store(("AWS::ElastiCache::ReplicationGroup", "aws_elasticache_replication_group"), "cache", Database, GROUPS, Fixed(&[6379]), Group(("CacheSubnetGroupName", "subnet_group_name")), HAS_PORT),
    store(("AWS::ElastiCache::ServerlessCache", "aws_elasticache_serverless_cache"), "serverless cache", Database, GROUPS, CACHE_PORTS, SUBNET_IDS,
        Extra { engine: ENGINE, ..NOTHING }),
    store(("AWS::MemoryDB::Cluster", "aws_memorydb_cluster"), "MemoryDB cluster", Database, GROUPS, Fixed(&[6379]), Group(("SubnetGroupName", "subnet_group_name")), HAS_PORT),
    store(("AWS::DAX::Cluster", "aws_dax_cluster"), "DAX cluster", Database, GROUPS, Fixed(&[8111, 9111]), Group(("SubnetGroupName", "subnet_group_name")), NOTHING),
    store(("AWS::DocDB::DBCluster", "aws_docdb_cluster"), "DocumentDB cluster", Database, VPC_GROUPS, Fixed(&[27017]), DB_SUBNET_GROUP, HAS_PORT),
    store(("AWS::DocDBElastic::Cluster", "aws_docdbelastic_cluster"), "DocumentDB cluster", Database, VPC_GROUPS, Fixed(&[27017]), SUBNET_IDS, NOTHING),
    store(("AWS::Neptune::DBCluster", "aws_neptune_cluster"), "Neptune cluster", Database, VPC_GROUPS, Fixed(&[8182]), Group(("DBSubnetGroupName", "neptune_subnet_group_name")),
        Extra { port: ("DBPort", "port"), ..NOTHING }),
    store(("AWS::NeptuneGraph::PrivateGraphEndpoint", "-"), "Neptune graph endpoint", Database, ("SecurityGroupIds", "-"), Fixed(&[8182, 443]), Listed(("SubnetIds", "-")), NOTHING),
    store(("AWS::Timestream::InfluxDBInstance", "aws_timestreaminfluxdb_db_instance"), "InfluxDB instance", Database, VPC_GROUPS, Fixed(&[8086]), Listed(("VpcSubnetIds", "vpc_subnet_ids")),
        Extra { port: PORT, public: PUBLIC, ..NOTHING }),
    store(("AWS::Timestream::InfluxDBCluster", "-"), "InfluxDB cluster", Database, ("VpcSecurityGroupIds", "-"), Fixed(&[8086]), Listed(("VpcSubnetIds", "-")),
        Extra { port: ("Port", "-"), public: ("PubliclyAccessible", "-"), ..NOTHING }),
    store(("AWS::OpenSearchService::Domain", "aws_opensearch_domain"), "search domain", Other, ("VPCOptions.SecurityGroupIds", "vpc_options.security_group_ids"), Fixed(&[443]), Listed(("VPCOptions.SubnetIds", "vpc_options.subnet_ids")), NOTHING),
    store(("AWS::Elasticsearch::Domain", "aws_elasticsearch_domain"), "search domain", Other, ("VPCOptions.SecurityGroupIds", "vpc_options.security_group_ids"), Fixed(&[443]), Listed(("VPCOptions.SubnetIds", "vpc_options.subnet_ids")), NOTHING),
    store(("AWS::MSK::Cluster", "aws_msk_cluster"), "Kafka cluster", Other, ("BrokerNodeGroupInfo.SecurityGroups", "broker_node_group_info.security_groups"), MSK_PORTS, Listed(("BrokerNodeGroupInfo.ClientSubnets", "broker_node_group_info.client_subnets")), NOTHING),
    store(("AWS::MSK::ServerlessCluster", "aws_msk_serverless_cluster"), "Kafka cluster", Other, ("VpcConfigs.SecurityGroups", "vpc_config.security_group_ids"), Fixed(&[9098]), Listed(("VpcConfigs.SubnetIds", "vpc_config.subnet_ids")), NOTHING),
    store(("AWS::AmazonMQ::Broker", "aws_mq_broker"), "broker", Other, ("SecurityGroups", "security_groups"), MQ_PORTS, SUBNET_IDS,
        Extra { public: PUBLIC, ..NOTHING }),
    store(("AWS::EFS::MountTarget", "aws_efs_mount_target"), "file system", Other, ("SecurityGroups", "security_groups"), Fixed(&[2049]), Listed(("SubnetId", "subnet_id")), NOTHING),
];

/// Where the groups of the EC2-Classic kind are written, on types that take them in place of VPC groups.
pub static CLASSIC_GROUPS: &[(&str, &str)] = &[
    ("AWS::RDS::DBInstance", "DBSecurityGroups"),
    ("aws_db_instance", "security_group_names"),
    ("AWS::Redshift::Cluster", "ClusterSecurityGroups"),
    ("aws_redshift_cluster", "cluster_security_groups"),
];

/// Default ports by engine; an engine that starts with the text is meant where that ends in a dash. Sources: RDS API reference,
/// `CreateDBInstance` and `CreateDBCluster`. Aurora PostgreSQL listens on 5432 by that reference and on 3306 by CloudFormation's
/// page of `AWS::RDS::DBCluster`: both count.
#[rustfmt::skip]
static ENGINE_PORTS: &[(&str, &[u16])] = &[
    ("mysql", &[3306]),
    ("mariadb", &[3306]),
    ("aurora", &[3306]),
    ("aurora-mysql", &[3306]),
    ("aurora-postgresql", &[5432, 3306]),
    ("postgres", &[5432]),
    ("postgresql", &[5432]),
    ("oracle-", &[1521]),
    ("custom-oracle-", &[1521]),
    ("sqlserver", &[1433]),
    ("sqlserver-", &[1433]),
    ("custom-sqlserver-", &[1433]),
    ("db2-", &[50000]),
    ("redis", &[6379]),
    ("valkey", &[6379]),
    ("memcached", &[11211]),
    ("docdb", &[27017]),
    ("neptune", &[8182]),
];

/// The ports that an engine listens on where none is written; `None` for an engine that is not in the table.
pub fn engine_ports(engine: &str) -> Option<&'static [u16]> {
    let engine = engine.to_ascii_lowercase();
    let fits = |name: &str| engine == name || (name.ends_with('-') && engine.starts_with(name));
    ENGINE_PORTS.iter().find(|(name, _)| fits(name)).map(|(_, ports)| *ports)
}

/// The protocol's name for a port, for messages and descriptions: `PostgreSQL`.
pub fn protocol_name(port: u16) -> Option<&'static str> {
    Some(match port {
        3306 => "MySQL",
        5432 => "PostgreSQL",
        1433 => "SQL Server",
        1521 => "Oracle",
        50000 => "Db2",
        5439 => "Redshift",
        6379 => "Redis",
        11211 => "Memcached",
        27017 => "MongoDB",
        8182 => "Neptune",
        _ => return None,
    })
}

/// Types of subnet group: their name and their subnets. Sources as for [`STORES`].
#[rustfmt::skip]
pub static SUBNET_GROUPS: &[(Property, Property, Property)] = &[
    (("AWS::RDS::DBSubnetGroup", "aws_db_subnet_group"), ("DBSubnetGroupName", "name"), ("SubnetIds", "subnet_ids")),
    (("AWS::DocDB::DBSubnetGroup", "aws_docdb_subnet_group"), ("DBSubnetGroupName", "name"), ("SubnetIds", "subnet_ids")),
    (("AWS::Neptune::DBSubnetGroup", "aws_neptune_subnet_group"), ("DBSubnetGroupName", "name"), ("SubnetIds", "subnet_ids")),
    (("AWS::Redshift::ClusterSubnetGroup", "aws_redshift_subnet_group"), ("-", "name"), ("SubnetIds", "subnet_ids")),
    (("AWS::ElastiCache::SubnetGroup", "aws_elasticache_subnet_group"), ("CacheSubnetGroupName", "name"), ("SubnetIds", "subnet_ids")),
    (("AWS::MemoryDB::SubnetGroup", "aws_memorydb_subnet_group"), ("SubnetGroupName", "name"), ("SubnetIds", "subnet_ids")),
    (("AWS::DAX::SubnetGroup", "aws_dax_subnet_group"), ("SubnetGroupName", "name"), ("SubnetIds", "subnet_ids")),
];

/// A type of client with network interfaces of its own.
#[derive(Debug)]
pub struct ClientType {
    /// CloudFormation type; `-` where there is none.
    pub cloudformation: &'static str,
    /// Terraform type; `-` where there is none.
    pub terraform: &'static str,
    /// Its security groups.
    pub groups: &'static [Property],
    /// Its subnets.
    pub subnets: &'static [Property],
}

const fn client(kinds: Property, groups: &'static [Property], subnets: &'static [Property]) -> ClientType {
    ClientType { cloudformation: kinds.0, terraform: kinds.1, groups, subnets }
}

/// Every type of client. EKS node groups are not here: their group is the one that their cluster makes.
#[rustfmt::skip]
pub static CLIENTS: &[ClientType] = &[
    client(("AWS::Lambda::Function", "aws_lambda_function"), &[("VpcConfig.SecurityGroupIds", "vpc_config.security_group_ids")], &[("VpcConfig.SubnetIds", "vpc_config.subnet_ids")]),
    client(("AWS::ECS::Service", "aws_ecs_service"), &[("NetworkConfiguration.AwsvpcConfiguration.SecurityGroups", "network_configuration.security_groups")], &[("NetworkConfiguration.AwsvpcConfiguration.Subnets", "network_configuration.subnets")]),
    client(("AWS::EC2::Instance", "aws_instance"), &[("SecurityGroupIds", "vpc_security_group_ids"), ("NetworkInterfaces.GroupSet", "-")], &[("SubnetId", "subnet_id"), ("NetworkInterfaces.SubnetId", "-")]),
    client(("AWS::EC2::LaunchTemplate", "aws_launch_template"), &[("LaunchTemplateData.SecurityGroupIds", "vpc_security_group_ids"), ("LaunchTemplateData.NetworkInterfaces.Groups", "network_interfaces.security_groups")], &[("LaunchTemplateData.NetworkInterfaces.SubnetId", "network_interfaces.subnet_id")]),
    client(("AWS::AutoScaling::LaunchConfiguration", "aws_launch_configuration"), &[("SecurityGroups", "security_groups")], &[]),
    client(("AWS::RDS::DBProxy", "aws_db_proxy"), &[VPC_GROUPS], &[("VpcSubnetIds", "vpc_subnet_ids")]),
    client(("AWS::DMS::ReplicationInstance", "aws_dms_replication_instance"), &[VPC_GROUPS], &[]),
    client(("AWS::CodeBuild::Project", "aws_codebuild_project"), &[("VpcConfig.SecurityGroupIds", "vpc_config.security_group_ids")], &[("VpcConfig.Subnets", "vpc_config.subnets")]),
    client(("AWS::Batch::ComputeEnvironment", "aws_batch_compute_environment"), &[("ComputeResources.SecurityGroupIds", "compute_resources.security_group_ids")], &[("ComputeResources.Subnets", "compute_resources.subnets")]),
    client(("AWS::Glue::Connection", "aws_glue_connection"), &[("ConnectionInput.PhysicalConnectionRequirements.SecurityGroupIdList", "physical_connection_requirements.security_group_id_list")], &[("ConnectionInput.PhysicalConnectionRequirements.SubnetId", "physical_connection_requirements.subnet_id")]),
    client(("AWS::AppRunner::VpcConnector", "aws_apprunner_vpc_connector"), &[("SecurityGroups", "security_groups")], &[("Subnets", "subnets")]),
    client(("AWS::SageMaker::NotebookInstance", "aws_sagemaker_notebook_instance"), &[("SecurityGroupIds", "security_groups")], &[("SubnetId", "subnet_id")]),
    client(("AWS::MWAA::Environment", "aws_mwaa_environment"), &[("NetworkConfiguration.SecurityGroupIds", "network_configuration.security_group_ids")], &[("NetworkConfiguration.SubnetIds", "network_configuration.subnet_ids")]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn engines_have_their_ports() {
        assert_eq!(engine_ports("aurora-postgresql"), Some(&[5432, 3306][..]));
        assert_eq!(engine_ports("oracle-se2-cdb"), Some(&[1521][..]));
        assert_eq!(engine_ports("SQLSERVER"), Some(&[1433][..]));
        assert_eq!(engine_ports("sqlserver-ex"), Some(&[1433][..]));
        assert_eq!(engine_ports("cassandra"), None);
    }
}
