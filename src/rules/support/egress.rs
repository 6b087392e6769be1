//! The mend for a function without a way out: VPC endpoints for what they do, a NAT gateway for the rest.

use super::mend::{Dialect, dialect, label, local_address, new_name, scope};
use crate::finding::Help;
use crate::graph::Graph;
use crate::graph::network::each;
use crate::graph::network::needs::{Called, Callee, Service};
use crate::graph::vpc::VpcCase;
use crate::unit::Resource;
use crate::value::{Guard, ResourceId, Value};

/// Subnets without a way out.
pub(crate) struct Secluded {
    /// Their VPC.
    pub(crate) vpc: ResourceId,
    /// The subnets.
    pub(crate) subnets: Vec<ResourceId>,
    /// Their own route tables, each once.
    pub(crate) tables: Vec<ResourceId>,
    /// When the function is in the first of them.
    pub(crate) guard: Guard,
}

/// An endpoint for each service; a NAT gateway where a host on the internet is called.
pub(crate) fn help(graph: &Graph<'_>, function: &Resource, case: &VpcCase, secluded: &Secluded, unmet: &[Called]) -> Help {
    const NAT: &str = "a route of 0.0.0.0/0 to a NAT gateway in a public subnet";
    let services: Vec<&'static Service> =
        unmet.iter().filter_map(|c| if let Callee::Service(service) = c.callee { Some(service) } else { None }).collect();
    let vpc = graph.resource(secluded.vpc);
    if services.len() < unmet.len() {
        let text = format!("give the subnets {NAT}; a function that needs nothing in the VPC works without a VPC configuration");
        return Help { text, code: String::new() };
    }
    let code: Vec<String> = services.iter().map(|service| endpoint(graph, function, case, secluded, service)).collect();
    let here = scope(vpc) == scope(function) && dialect(graph) != Dialect::Json;
    Help {
        text: format!(
            "make a VPC endpoint for each service{} or give the subnets {NAT}",
            if here { " (below; its security group has to let the function in on port 443)," } else { "," }
        ),
        code: if here { code.join("\n\n") } else { String::new() },
    }
}

fn endpoint(graph: &Graph<'_>, function: &Resource, case: &VpcCase, secluded: &Secluded, service: &Service) -> String {
    let vpc = graph.resource(secluded.vpc);
    let terraform = dialect(graph) == Dialect::Terraform;
    let id = |resource: &Resource| {
        if terraform { format!("{}.id", local_address(resource)) } else { format!("!Ref {}", local_address(resource)) }
    };
    let all = |ids: &[ResourceId]| ids.iter().map(|r| id(graph.resource(*r))).collect::<Vec<_>>().join(", ");
    let groups: Vec<Value> = each(&case.groups).items.into_iter().map(|(_, group)| group).collect();
    let groups: Vec<String> = groups.iter().filter_map(|g| graph.referent(g)).map(|r| group_id(r, terraform)).collect();
    let name = new_name(dialect(graph), &[label(function), service.endpoint]);
    let gateway = service.gateway && !secluded.tables.is_empty();
    let (kind, rest) = match (terraform, gateway) {
        (true, true) => ("Gateway", format!("  route_table_ids     = [{}]\n", all(&secluded.tables))),
        (false, true) => ("Gateway", format!("\n    RouteTableIds: [{}]", all(&secluded.tables))),
        (true, false) => (
            "Interface",
            format!(
                "  subnet_ids          = [{}]\n  security_group_ids  = [{}]\n  private_dns_enabled = true\n",
                all(&secluded.subnets),
                groups.join(", ")
            ),
        ),
        (false, false) => (
            "Interface",
            format!(
                "\n    SubnetIds: [{}]\n    SecurityGroupIds: [{}]\n    PrivateDnsEnabled: true",
                all(&secluded.subnets),
                groups.join(", ")
            ),
        ),
    };
    let of = service.endpoint;
    match terraform {
        true => format!(
            "resource \"aws_vpc_endpoint\" \"{name}\" {{\n  vpc_id              = {}\n  service_name        = \"com.amazonaws.${{data.aws_region.current.name}}.{of}\"\n  vpc_endpoint_type   = \"{kind}\"\n{rest}}}",
            id(vpc)
        ),
        false => format!(
            "{name}:\n  Type: AWS::EC2::VPCEndpoint\n  Properties:\n    VpcId: {}\n    ServiceName: !Sub \"com.amazonaws.${{AWS::Region}}.{of}\"\n    VpcEndpointType: {kind}{rest}",
            id(vpc)
        ),
    }
}

fn group_id(group: &Resource, terraform: bool) -> String {
    if terraform { format!("{}.id", local_address(group)) } else { format!("!GetAtt {}.GroupId", local_address(group)) }
}
