//! EC2 routing: route tables, their routes, and which subnets they are for.

use super::entities;

entities! {
    /// A route table, or a VPC's main one as Terraform adopts it.
    RouteTable: "AWS::EC2::RouteTable" | "aws_route_table" / "aws_default_route_table" {
        /// Terraform: the main table that is adopted.
        main: "-" | "default_route_table_id",
        /// Inline routes: a list of maps.
        routes: "-" | "route",
        /// Virtual gateways that put their routes into it.
        propagating: "-" | "propagating_vgws",
    }

    /// A route as a resource of its own.
    Route: "AWS::EC2::Route" | "aws_route" {
        /// The table.
        table: "RouteTableId" | "route_table_id",
    }

    /// A subnet's table.
    TableAssociation: "AWS::EC2::SubnetRouteTableAssociation" | "aws_route_table_association" {
        /// The subnet.
        subnet: "SubnetId" | "subnet_id",
        /// The table.
        table: "RouteTableId" | "route_table_id",
    }

    /// The table of a VPC's subnets that have none of their own.
    MainTable: "-" | "aws_main_route_table_association" {
        /// The VPC.
        vpc: "-" | "vpc_id",
        /// The table.
        table: "-" | "route_table_id",
    }

    /// A virtual gateway that puts its routes into tables.
    Propagation: "AWS::EC2::VPNGatewayRoutePropagation" | "aws_vpn_gateway_route_propagation" {
        /// The tables: a list, or one.
        tables: "RouteTableIds" | "route_table_id",
    }

    /// A way from a VPC to a service that stays within AWS.
    Endpoint: "AWS::EC2::VPCEndpoint" | "aws_vpc_endpoint" {
        /// The VPC.
        vpc: "VpcId" | "vpc_id",
        /// `com.amazonaws.eu-west-1.sqs`.
        service: "ServiceName" | "service_name",
    }
}
