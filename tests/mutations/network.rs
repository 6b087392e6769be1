//! Breaks of the network between functions and databases.

use std::collections::HashSet;

use iacscan::unit::Resource;
use iacscan::value::{ResourceId, Value};

use crate::subject::{Edit, Mutant, Subject};
use crate::tree::{Block, Entry, Syntax};

const FUNCTION: [&str; 2] = ["AWS::Lambda::Function", "aws_lambda_function"];
const GROUP: [&str; 2] = ["AWS::EC2::SecurityGroup", "aws_security_group"];
const SUBNET: [&str; 2] = ["AWS::EC2::Subnet", "aws_subnet"];
const VPC: [&str; 2] = ["AWS::EC2::VPC", "aws_vpc"];
const INGRESS: [&str; 3] = ["AWS::EC2::SecurityGroupIngress", "aws_security_group_rule", "aws_vpc_security_group_ingress_rule"];
const INSTANCE: [&str; 3] = ["AWS::RDS::DBInstance", "aws_db_instance", "aws_rds_cluster_instance"];
const DATABASE: [&str; 10] = [
    "AWS::RDS::DBInstance",
    "AWS::RDS::DBCluster",
    "AWS::RDS::DBProxy",
    "AWS::Redshift::Cluster",
    "AWS::ElastiCache::ReplicationGroup",
    "aws_db_instance",
    "aws_rds_cluster",
    "aws_db_proxy",
    "aws_redshift_cluster",
    "aws_elasticache_replication_group",
];
/// What a rule's source group is called, and what a range is called in its place.
const SOURCES: [(&str, &str, &str); 5] = [
    ("security_groups", "cidr_blocks", "[]"),
    ("source_security_group_id", "cidr_blocks", "[]"),
    ("referenced_security_group_id", "cidr_ipv4", ""),
    ("SourceSecurityGroupId", "CidrIp", ""),
    ("SourceSecurityGroupName", "CidrIp", ""),
];

/// All breaks of the network of a unit.
pub fn mutants(subject: &Subject) -> Vec<Mutant> {
    let mut out = Vec::new();
    for database in subject.of_kinds(&DATABASE) {
        for group in subject.used(database, &GROUP) {
            wider(subject, group, &mut out);
        }
        paths(subject, database, &mut out);
    }
    for instance in subject.of_kinds(&INSTANCE) {
        let Some(block) = subject.own_block(instance) else { continue };
        if let Some(edit) = subject.set(block, "PubliclyAccessible", "publicly_accessible", "true", "true") {
            out.push(mutant("publicly accessible", &["rds-public"], vec![edit], instance));
        }
    }
    for function in subject.of_kinds(&FUNCTION) {
        of_function(subject, function, &mut out);
    }
    overlaps(subject, &mut out);
    out
}

fn mutant(operator: &'static str, rules: &'static [&'static str], edits: Vec<Edit>, at: &Resource) -> Mutant {
    Mutant { operator, rules, edits, at: at.id, what: at.address.to_string(), equivalent: None }
}

/// The blocks with rules that let into a group, and in each the entry that holds the rules.
fn rules_of<'s>(subject: &'s Subject, group: &'s Resource) -> Vec<(&'s Resource, &'s Block, Option<&'s Entry>)> {
    let mut out = Vec::new();
    if let Some(block) = subject.own_block(group) {
        let body = block.body().map(|b| b.entries()).unwrap_or_default();
        let inline = body.into_iter().filter(|e| matches!(e.key.as_str(), "ingress" | "SecurityGroupIngress"));
        out.extend(inline.map(|entry| (group, block, Some(entry))));
    }
    for rule in subject.users(group.id, &INGRESS) {
        let Some(block) = subject.own_block(rule) else { continue };
        let into = block.at("GroupId", "security_group_id").map(|e| subject.entry_text(block, e)).unwrap_or_default();
        let here = subject.own_block(group).is_some_and(|g| into.contains(&g.name));
        let egress = block.at("-", "type").and_then(|e| e.value.scalar()) == Some("egress");
        if here && !egress {
            out.push((rule, block, None));
        }
    }
    out
}

/// The range of the VPC that a group is in.
fn range_of(subject: &Subject, group: &Resource) -> Option<String> {
    let vpc = *subject.used(group, &VPC).first()?;
    let value = vpc.attribute("CidrBlock").or(vpc.attribute("cidr_block"))?;
    value.as_str().map(str::to_owned)
}

/// A range where a source group was.
fn wider(subject: &Subject, group: &Resource, out: &mut Vec<Mutant>) {
    for (resource, block, entry) in rules_of(subject, group) {
        let item = entry.map_or(&block.entry.value, |e| &e.value);
        for source in item.deep(&SOURCES.map(|(name, ..)| name)) {
            let Some((_, range, list)) = SOURCES.iter().find(|(name, ..)| *name == source.key) else { continue };
            let written = |cidr: &str| {
                let value = if list.is_empty() { format!("\"{cidr}\"") } else { format!("[\"{cidr}\"]") };
                match subject.syntax(block) {
                    Syntax::Hcl => format!("{range} = {value}"),
                    _ => format!("\"{range}\": {value}"),
                }
            };
            let edit = |cidr: &str| vec![Edit { file: block.file, range: source.range.clone(), text: written(cidr) }];
            out.push(mutant("any address for a source group", &["rds-open-ingress"], edit("0.0.0.0/0"), resource));
            if let Some(cidr) = range_of(subject, group) {
                out.push(mutant("the VPC's range for a source group", &["rds-cidr-ingress"], edit(&cidr), resource));
            }
        }
    }
}

/// Whether a function's environment mentions a database.
fn uses(function: &Resource, database: ResourceId) -> bool {
    let environment = function.attribute("Environment").or(function.attribute("environment"));
    environment.is_some_and(|e: &Value| e.references().contains(&database))
}

/// The way from a function to a database, closed.
fn paths(subject: &Subject, database: &Resource, out: &mut Vec<Mutant>) {
    let callers: Vec<&Resource> = subject.of_kinds(&FUNCTION).into_iter().filter(|f| uses(f, database.id)).collect();
    let Some(caller) = callers.iter().find(|f| !subject.used(f, &GROUP).is_empty()) else { return };
    let groups = subject.used(database, &GROUP);
    let rules: Vec<_> = groups.iter().flat_map(|group| rules_of(subject, group)).collect();
    // With a second rule the way may still be open.
    if let [(resource, block, entry)] = rules.as_slice() {
        let edits = match entry {
            Some(entry) => Some(vec![subject.without(block, entry)]),
            None => subject.drop_with_dependencies(resource.id),
        };
        let rules: &[&str] = &["function-database-path"];
        out.extend(edits.map(|edits| mutant("no rule for the function", rules, edits, caller)));
        let item = entry.map_or(&block.entry.value, |e| &e.value);
        let ports = item.deep(&["FromPort", "ToPort", "from_port", "to_port"]);
        if ports.len() == 2 {
            let edits = ports.iter().map(|port| subject.with(block, port, "1")).collect();
            out.push(mutant("other port", rules, edits, caller));
        }
    }
    // What has a public address can be reached from outside.
    let public =
        ["PubliclyAccessible", "publicly_accessible"].iter().any(|key| database.attribute(key).and_then(Value::as_bool) == Some(true));
    for function in callers.into_iter().filter(|_| !public) {
        let Some(block) = subject.own_block(function) else { continue };
        if let Some(entry) = block.at("VpcConfig", "vpc_config") {
            out.push(mutant("function leaves the VPC", &["function-database-vpc"], vec![subject.without(block, entry)], function));
        }
    }
}

fn of_function(subject: &Subject, function: &Resource, out: &mut Vec<Mutant>) {
    let Some(block) = subject.own_block(function) else { return };
    let (subnets, groups) =
        (block.at("VpcConfig.SubnetIds", "vpc_config.subnet_ids"), block.at("VpcConfig.SecurityGroupIds", "vpc_config.security_group_ids"));
    if let (Some(subnets), Some(groups)) = (subnets, groups)
        && ![subnets, groups].iter().any(|e| subject.entry_text(block, e).trim() == "[]")
    {
        let rules: &[&str] = &["vpc-config-incomplete"];
        out.push(mutant("no subnets", rules, vec![subject.with(block, subnets, "[]")], function));
        out.push(mutant("no groups", rules, vec![subject.with(block, groups, "[]")], function));
    }
    let vpcs: HashSet<ResourceId> = subject
        .used(function, &SUBNET)
        .iter()
        .chain(&subject.used(function, &GROUP))
        .flat_map(|r| subject.used(r, &VPC))
        .map(|r| r.id)
        .collect();
    for vpc in vpcs.iter().map(|id| subject.unit.resource(*id)) {
        let Some(block) = subject.own_block(vpc) else { continue };
        if let Some(edit) = subject.set(block, "InstanceTenancy", "instance_tenancy", "\"dedicated\"", "\"dedicated\"") {
            out.push(mutant("dedicated tenancy", &["vpc-dedicated-tenancy"], vec![edit], vpc));
        }
    }
    elsewhere(subject, function, &vpcs, out);
    public(subject, function, out);
}

/// A group of the function in another VPC.
fn elsewhere(subject: &Subject, function: &Resource, vpcs: &HashSet<ResourceId>, out: &mut Vec<Mutant>) {
    let subnets = subject.used(function, &SUBNET);
    if vpcs.len() != 1 || subnets.is_empty() || subnets.iter().any(|s| subject.used(s, &VPC).is_empty()) {
        return;
    }
    let vpc = ("AWS::EC2::VPC", "{ \"CidrBlock\": \"10.199.0.0/16\" }", "aws_vpc", "cidr_block = \"10.199.0.0/16\"");
    for group in subject.used(function, &GROUP) {
        let Some(block) = subject.own_block(group) else { continue };
        let (Some(entry), Some((added, name))) = (block.at("VpcId", "vpc_id"), subject.declare(block.file, vpc)) else { continue };
        let to = if block.cloudformation { format!("{{ \"Ref\": \"{name}\" }}") } else { format!("aws_vpc.{name}.id") };
        let edits = vec![added, subject.with(block, entry, to)];
        out.push(mutant("group of another VPC", &["vpc-config-incomplete", "security-group-other-vpc"], edits, group));
    }
}

/// The default route of a function's subnet to an internet gateway instead of a NAT gateway.
fn public(subject: &Subject, function: &Resource, out: &mut Vec<Mutant>) {
    let association = ["AWS::EC2::SubnetRouteTableAssociation", "aws_route_table_association"];
    let table = ["AWS::EC2::RouteTable", "aws_route_table"];
    for subnet in subject.used(function, &SUBNET) {
        let tables = subject.users(subnet.id, &association).into_iter().flat_map(|a| subject.used(a, &table));
        for table in tables {
            let routes = subject.users(table.id, &["AWS::EC2::Route", "aws_route"]);
            for holder in routes.into_iter().chain([table]) {
                let Some(block) = subject.own_block(holder) else { continue };
                for entry in block.entry.value.deep(&["NatGatewayId", "nat_gateway_id"]) {
                    let gateway = ("AWS::EC2::InternetGateway", "{}", "aws_internet_gateway", "");
                    let Some((added, name)) = subject.declare(block.file, gateway) else { continue };
                    let text = match subject.syntax(block) {
                        Syntax::Hcl => format!("gateway_id = aws_internet_gateway.{name}.id"),
                        _ => format!("\"GatewayId\": {{ \"Ref\": \"{name}\" }}"),
                    };
                    let edits = vec![added, Edit { file: block.file, range: entry.range.clone(), text }];
                    out.push(mutant("internet gateway for a NAT gateway", &["function-public-subnet"], edits, function));
                }
            }
        }
    }
}

/// A subnet with the range of its sibling.
fn overlaps(subject: &Subject, out: &mut Vec<Mutant>) {
    let subnets = subject.of_kinds(&SUBNET);
    for pair in subnets.windows(2) {
        let vpc = |s: &Resource| subject.used(s, &VPC).first().map(|v| v.id);
        let together = pair[0].presence.and(&pair[1].presence).is_some();
        if vpc(pair[0]).is_none() || vpc(pair[0]) != vpc(pair[1]) || !together {
            continue;
        }
        let range = pair[0].attribute("CidrBlock").or(pair[0].attribute("cidr_block")).and_then(Value::as_str);
        let Some((block, range)) = subject.own_block(pair[1]).zip(range) else { continue };
        if subject.block(pair[0].id).is_some_and(|other| std::ptr::eq(other, block)) {
            continue;
        }
        if let Some(entry) = block.at("CidrBlock", "cidr_block") {
            let edit = subject.with(block, entry, format!("\"{range}\""));
            out.push(mutant("range of the sibling subnet", &["subnet-overlap"], vec![edit], pair[1]));
        }
    }
}
