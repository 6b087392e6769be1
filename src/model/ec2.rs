//! EC2 networking: VPCs, subnets, security groups, their rules in every form, and what connects VPCs.

use super::entities;

entities! {
    /// A VPC, or the account's default one.
    Vpc: "AWS::EC2::VPC" | "aws_vpc" / "aws_default_vpc" {
        /// Its primary range; null where an IPAM pool gives it.
        cidr: "CidrBlock" | "cidr_block",
        /// `default`, `dedicated` or `host`.
        tenancy: "InstanceTenancy" | "instance_tenancy",
        /// Terraform's data source: whether it looks for the default VPC.
        default: "-" | "default",
        /// Terraform's data source: the id that it looks for.
        vpc: "-" | "id",
    }

    /// A further range of a VPC.
    VpcRange: "AWS::EC2::VPCCidrBlock" | "aws_vpc_ipv4_cidr_block_association" / "aws_vpc_ipv6_cidr_block_association" {
        /// The VPC.
        vpc: "VpcId" | "vpc_id",
        /// The IPv4 range.
        cidr: "CidrBlock" | "cidr_block",
        /// The IPv6 range.
        cidr_ipv6: "Ipv6CidrBlock" | "ipv6_cidr_block",
    }

    /// A subnet.
    Subnet: "AWS::EC2::Subnet" | "aws_subnet" / "aws_default_subnet" {
        /// The VPC.
        vpc: "VpcId" | "vpc_id",
        /// Its IPv4 range.
        cidr: "CidrBlock" | "cidr_block",
        /// Its IPv6 range.
        cidr_ipv6: "Ipv6CidrBlock" | "ipv6_cidr_block",
    }

    /// A security group, or a VPC's default one.
    SecurityGroup: "AWS::EC2::SecurityGroup" | "aws_security_group" / "aws_default_security_group" {
        /// The VPC; the default one where not written.
        vpc: "VpcId" | "vpc_id",
        /// Inline egress rules: a list of maps.
        egress: "SecurityGroupEgress" | "egress",
    }

    /// The EC2-Classic kind of group that older templates put in front of databases and Redshift clusters.
    ClassicGroup: "AWS::RDS::DBSecurityGroup" / "AWS::Redshift::ClusterSecurityGroup" | "aws_db_security_group" / "aws_redshift_security_group" {
    }

    /// A peering of two VPCs.
    Peering: "AWS::EC2::VPCPeeringConnection" | "aws_vpc_peering_connection" {
        /// One VPC.
        vpc: "VpcId" | "vpc_id",
        /// The other VPC.
        peer: "PeerVpcId" | "peer_vpc_id",
        /// The region of the other VPC, where it is another.
        peer_region: "PeerRegion" | "peer_region",
    }

    /// A VPC's attachment to a transit gateway.
    TransitAttachment: "AWS::EC2::TransitGatewayVpcAttachment" / "AWS::EC2::TransitGatewayAttachment" | "aws_ec2_transit_gateway_vpc_attachment" {
        /// The VPC.
        vpc: "VpcId" | "vpc_id",
        /// The transit gateway.
        gateway: "TransitGatewayId" | "transit_gateway_id",
    }

    /// A group made usable in a further VPC.
    GroupAssociation: "AWS::EC2::SecurityGroupVpcAssociation" | "aws_vpc_security_group_vpc_association" {
        /// The group.
        group: "GroupId" | "security_group_id",
        /// The further VPC.
        vpc: "VpcId" | "vpc_id",
    }

    /// A customer-managed prefix list.
    PrefixList: "AWS::EC2::PrefixList" | "aws_ec2_managed_prefix_list" {
        /// Its entries: a list of maps.
        entries: "Entries" | "entry",
    }

    /// An entry of a prefix list as a resource of its own.
    PrefixListEntry: "-" | "aws_ec2_managed_prefix_list_entry" {
        /// The list.
        list: "-" | "prefix_list_id",
        /// The range.
        cidr: "-" | "cidr",
    }

    /// A load balancer of any type.
    LoadBalancer: "AWS::ElasticLoadBalancingV2::LoadBalancer" | "aws_lb" / "aws_alb" {
        /// `application` (the default), `network` or `gateway`.
        kind: "Type" | "load_balancer_type",
    }

    /// A target group.
    TargetGroup: "AWS::ElasticLoadBalancingV2::TargetGroup" | "aws_lb_target_group" / "aws_alb_target_group" {
        /// The port that targets listen on.
        port: "Port" | "port",
        /// `TCP`, `HTTP`, ….
        protocol: "Protocol" | "protocol",
        /// Targets that are written here.
        targets: "Targets" | "-",
    }

    /// A target as a resource of its own.
    TargetAttachment: "-" | "aws_lb_target_group_attachment" / "aws_alb_target_group_attachment" {
        /// The target group's ARN.
        group: "-" | "target_group_arn",
        /// The port, where it is not the group's.
        port: "-" | "port",
    }
}

/// One form in which a security group's rules are written: where each part stands. `-`: the form has no such part.
#[derive(Debug)]
pub struct RuleForm {
    /// The resource type; of the group itself for inline rules.
    pub kind: &'static str,
    /// The attribute that holds a list of rules; `-` where the resource is one rule.
    pub list: &'static str,
    /// The group that the rule belongs to; `-` for inline rules.
    pub group: &'static str,
    /// Whether it is about ingress.
    pub direction: Direction,
    /// IPv4 range or ranges.
    pub cidr_ipv4: &'static str,
    /// IPv6 range or ranges.
    pub cidr_ipv6: &'static str,
    /// Prefix list or lists.
    pub prefix_lists: &'static str,
    /// The other group or groups.
    pub groups: &'static str,
    /// A boolean: the group itself.
    pub itself: &'static str,
    /// First port.
    pub from: &'static str,
    /// Last port.
    pub to: &'static str,
    /// Protocol.
    pub protocol: &'static str,
    /// What the author says of it.
    pub description: &'static str,
}

/// In or out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Into the interfaces that have the group.
    Ingress,
    /// Out of them.
    Egress,
    /// The attribute `type` says which (`aws_security_group_rule`).
    Written,
}

use Direction::{Egress, Ingress, Written};

#[rustfmt::skip]
const fn form(
    kind: &'static str, list: &'static str, group: &'static str, direction: Direction, sources: [&'static str; 5],
    ports: [&'static str; 3], description: &'static str,
) -> RuleForm {
    let [cidr_ipv4, cidr_ipv6, prefix_lists, groups, itself] = sources;
    let [from, to, protocol] = ports;
    RuleForm { kind, list, group, direction, cidr_ipv4, cidr_ipv6, prefix_lists, groups, itself, from, to, protocol, description }
}

/// Parts that several forms share.
mod parts {
    pub const TF_INLINE: [&str; 5] = ["cidr_blocks", "ipv6_cidr_blocks", "prefix_list_ids", "security_groups", "self"];
    pub const TF_RULE: [&str; 5] = ["cidr_blocks", "ipv6_cidr_blocks", "prefix_list_ids", "source_security_group_id", "self"];
    pub const TF_VPC_RULE: [&str; 5] = ["cidr_ipv4", "cidr_ipv6", "prefix_list_id", "referenced_security_group_id", "-"];
    pub const CFN_IN: [&str; 5] = ["CidrIp", "CidrIpv6", "SourcePrefixListId", "SourceSecurityGroupId", "-"];
    pub const CFN_OUT: [&str; 5] = ["CidrIp", "CidrIpv6", "DestinationPrefixListId", "DestinationSecurityGroupId", "-"];
    pub const CFN_CLASSIC: [&str; 5] = ["CIDRIP", "-", "-", "EC2SecurityGroupId", "-"];
    pub const TF_CLASSIC: [&str; 5] = ["cidr", "-", "-", "security_group_id", "-"];
    pub const TF_PORTS: [&str; 3] = ["from_port", "to_port", "protocol"];
    pub const TF_VPC_PORTS: [&str; 3] = ["from_port", "to_port", "ip_protocol"];
    pub const CFN_PORTS: [&str; 3] = ["FromPort", "ToPort", "IpProtocol"];
    pub const ANY_PORT: [&str; 3] = ["-", "-", "-"];
}
use parts::*;

/// Every form, ingress and egress. Sources: the AWS provider's pages of these resources; CloudFormation's of these types.
#[rustfmt::skip]
pub static RULE_FORMS: &[RuleForm] = &[
    form("aws_security_group", "ingress", "-", Ingress, TF_INLINE, TF_PORTS, "description"),
    form("aws_security_group", "egress", "-", Egress, TF_INLINE, TF_PORTS, "description"),
    form("aws_default_security_group", "ingress", "-", Ingress, TF_INLINE, TF_PORTS, "description"),
    form("aws_default_security_group", "egress", "-", Egress, TF_INLINE, TF_PORTS, "description"),
    form("aws_security_group_rule", "-", "security_group_id", Written, TF_RULE, TF_PORTS, "description"),
    form("aws_vpc_security_group_ingress_rule", "-", "security_group_id", Ingress, TF_VPC_RULE, TF_VPC_PORTS, "description"),
    form("aws_vpc_security_group_egress_rule", "-", "security_group_id", Egress, TF_VPC_RULE, TF_VPC_PORTS, "description"),
    form("AWS::EC2::SecurityGroup", "SecurityGroupIngress", "-", Ingress, CFN_IN, CFN_PORTS, "Description"),
    form("AWS::EC2::SecurityGroup", "SecurityGroupEgress", "-", Egress, CFN_OUT, CFN_PORTS, "Description"),
    form("AWS::EC2::SecurityGroupIngress", "-", "GroupId", Ingress, CFN_IN, CFN_PORTS, "Description"),
    form("AWS::EC2::SecurityGroupEgress", "-", "GroupId", Egress, CFN_OUT, CFN_PORTS, "Description"),
    // The classic groups have no ports: they open the database's own.
    form("AWS::RDS::DBSecurityGroup", "DBSecurityGroupIngress", "-", Ingress, CFN_CLASSIC, ANY_PORT, "-"),
    form("AWS::RDS::DBSecurityGroupIngress", "-", "DBSecurityGroupName", Ingress, CFN_CLASSIC, ANY_PORT, "-"),
    form("AWS::Redshift::ClusterSecurityGroupIngress", "-", "ClusterSecurityGroupName", Ingress, CFN_CLASSIC, ANY_PORT, "-"),
    form("aws_db_security_group", "ingress", "-", Ingress, TF_CLASSIC, ANY_PORT, "-"),
    form("aws_redshift_security_group", "ingress", "-", Ingress, TF_CLASSIC, ANY_PORT, "-"),
];
