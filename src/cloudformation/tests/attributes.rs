//! Parts of ARNs, and attributes that the template writes itself.

use super::*;
use crate::options::ResolveOptions;

const PARAMETERS: &str = "Parameters:\n  Env: {Type: String}\n  Zones: {Type: CommaDelimitedList, Default: 'a, b'}\n";

fn template(resources: &str, expressions: &[(&str, &str)]) -> Resolved {
    let mut text = format!("{PARAMETERS}Resources:\n{resources}");
    for (name, expression) in expressions {
        text.push_str(&format!("  {name}: {{Type: 'AWS::X::Y', Properties: {{V: {expression}}}}}\n"));
    }
    resolved(&text, ResolveOptions::default())
}

fn shown(resolved: &Resolved, address: &str) -> String {
    resolved.v(address).to_string()
}

#[test]
fn parts_of_attributes() {
    let resources = "  Fn: {Type: AWS::Lambda::Function, Properties: {FunctionName: jobs}}\n  \
                     Role: {Type: AWS::IAM::Role, Properties: {}}\n  \
                     Deep: {Type: AWS::IAM::Role, Properties: {Path: /a/b/}}\n  \
                     Group: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: !Ref Env}}\n  \
                     Topic: {Type: AWS::SNS::Topic, Properties: {TopicName: !Ref Env}}\n  \
                     Socket: {Type: AWS::ApiGatewayV2::Api, Properties: {ProtocolType: WEBSOCKET}}\n  \
                     Alb: {Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {Name: a}}\n  \
                     Target: {Type: AWS::ElasticLoadBalancingV2::TargetGroup, Properties: {}}\n";
    let expressions = [
        ("Account", "!Select [4, !Split [':', !GetAtt Fn.Arn]]"),
        ("Name", "!Select [6, !Split [':', !GetAtt Fn.Arn]]"),
        ("Behind", "!Select [1, !Split ['function:', !GetAtt Fn.Arn]]"),
        ("RoleName", "!Select [1, !Split ['/', !GetAtt Role.Arn]]"),
        ("DeepName", "!Select [3, !Split ['/', !GetAtt Deep.Arn]]"),
        ("TopicName", "!Select [5, !Split [':', !Ref Topic]]"),
        ("GroupName", "!Select [6, !Split [':', !GetAtt Group.Arn]]"),
        ("GroupPart", "!Select [1, !Split ['/', !GetAtt Group.Arn]]"),
        ("Host", "!Select [1, !Split ['//', !GetAtt Socket.ApiEndpoint]]"),
        ("Balancer", "!Select [5, !Split [':', !Ref Alb]]"),
        ("TargetName", "!Select [5, !Split [':', !Ref Target]]"),
        ("Joined", "!Join [':', !Split [':', !GetAtt Fn.Arn]]"),
        ("Letters", "!Select [1, !Split ['o', !GetAtt Role.Arn]]"),
        ("StackName", "!Select [1, !Split ['/', !Ref AWS::StackId]]"),
    ];
    let found = template(resources, &expressions);
    for (name, expected) in [
        ("Account", "${AWS::AccountId}"),
        ("Name", "jobs"),
        ("Behind", "jobs"),
        ("RoleName", "${Role}"),
        ("DeepName", "${Deep}"),
        ("TopicName", "${Topic.TopicName}"),
        ("GroupName", "${Group}"),
        ("GroupPart", "${Fn::Select(1, Fn::Split(/, Group.Arn))}"),
        ("Host", "${Socket}.execute-api.${AWS::Region}.${AWS::URLSuffix}"),
        ("Balancer", "loadbalancer/${Alb.LoadBalancerFullName}"),
        ("TargetName", "targetgroup/${Target.TargetGroupName}/${Target.id}"),
        ("Joined", "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:jobs"),
        ("Letters", "${Fn::Select(1, Fn::Split(o, Role.Arn))}"),
        ("StackName", "${AWS::StackName}"),
    ] {
        assert_eq!(shown(&found, name), expected, "{name}");
    }
    let id = found.resource("Fn").id;
    assert!(found.resource("Account").references.contains(&id), "the resource that the part comes from is still needed");
}

#[test]
fn attributes_that_are_written() {
    let resources = "  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}\n  \
                     Other: {Type: AWS::EC2::VPC, Properties: {CidrBlock: !Ref Env}}\n  \
                     Subnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, AvailabilityZone: !Select [1, !Ref Zones]}}\n  \
                     Db: {Type: AWS::RDS::DBInstance, Properties: {Port: 5433}}\n  \
                     Plain: {Type: AWS::RDS::DBInstance, Properties: {Engine: postgres}}\n  \
                     Custom: {Type: Custom::Thing, Properties: {Name: given}}\n  \
                     One: {Type: AWS::EC2::Subnet, Properties: {CidrBlock: !GetAtt Two.CidrBlock}}\n  \
                     Two: {Type: AWS::EC2::Subnet, Properties: {CidrBlock: !GetAtt One.CidrBlock}}\n";
    let expressions = [
        ("Block", "!Select [2, !Cidr [!GetAtt Vpc.CidrBlock, 4, 8]]"),
        ("Unknown", "!GetAtt Other.CidrBlock"),
        ("Zone", "!Sub '${Subnet.AvailabilityZone}'"),
        ("Of", "!GetAtt Subnet.VpcId"),
        ("Port", "!GetAtt Db.Endpoint.Port"),
        ("NoPort", "!GetAtt Plain.Endpoint.Port"),
        ("FromCode", "!GetAtt Custom.Name"),
    ];
    let found = template(resources, &expressions);
    for (name, expected) in [
        ("Block", "10.0.2.0/24"),
        ("Unknown", "${Env}"),
        ("Zone", "b"),
        ("Of", "${Vpc}"),
        ("Port", "5433"),
        ("NoPort", "${Plain.Endpoint.Port}"),
        ("FromCode", "${Custom.Name}"),
    ] {
        assert_eq!(shown(&found, name), expected, "{name}");
    }
}
