//! What findings say and what they give to paste, for cases where that is easily got wrong. A part of the text is compared, so that
//! the rest of the wording is free.

use std::path::Path;

use iacscan::finding::Finding;
use iacscan::internals::{self, Graph};
use iacscan::internals::{cloudformation, terraform};
use iacscan::options::ResolveOptions;
use iacscan::rules;
use iacscan::workspace::Workspace;

/// The only finding of a rule in a template, or a folder of Terraform files, of its cases.
fn only(rule: &str, template: &str) -> Finding {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/rules").join(rule).join(template);
    let workspace = Workspace::default();
    let unit = if path.is_dir() { terraform::resolve(&path, &workspace) } else { cloudformation::resolve(&path, &workspace) };
    let graph = Graph::new(&unit, &ResolveOptions::default());
    let mut findings = internals::run(&graph, &[rules::by_id(rule).expect("a rule")]).findings;
    assert_eq!(findings.len(), 1, "{template}: {findings:?}");
    findings.remove(0)
}

fn code(rule: &str, template: &str) -> String {
    only(rule, template).help.expect("a mend").code
}

#[test]
fn the_nearest_permission_covers_part_of_the_call() {
    let message = only("integration-permission", "cfn-any-one-method/template.yaml").message;
    assert!(message.contains("`GetPermission`, covers GET"), "{message}");
    let message = only("integration-permission", "cfn-nearest-by-path/template.yaml").message;
    assert!(message.contains("`PetsPermission`, covers GET, the method is POST"), "{message}");
}

#[test]
fn an_alias_of_the_template_is_referred_to_so_that_the_permission_waits_for_it() {
    let code = code("stage-variable-permission", "cfn-one-alias-of-two/template.yaml");
    assert!(code.contains("FunctionName: !Ref LiveAlias"), "{code}");
}

#[test]
fn an_alias_of_another_module_is_named_by_its_text() {
    let code = code("stage-variable-permission", "tf-alias-of-a-stage-module");
    assert!(code.contains("qualifier     = \"PROD\""), "{code}");
}

#[test]
fn a_variable_that_looks_misspelt_is_named() {
    let finding = only("stage-variable-undefined", "cfn-misspelt/template.yaml");
    assert!(finding.message.contains("`alias` (it defines `allias`)"), "{}", finding.message);
}

#[test]
fn a_name_that_aws_makes_up_is_written_as_the_template_refers_to_it() {
    let message = only("integration-permission", "cfn-http-default-route-too-many-parts/template.yaml").message;
    assert!(message.contains("invoke `PetsFunction`"), "{message}");
}

#[test]
fn names_are_those_of_the_template_that_the_code_goes_into() {
    let both = code("integration-permission", "cfn-nested-both/template.yaml");
    assert!(both.contains("FunctionName: !Ref Function\n") && both.contains(":${Api}/prod/GET/"), "{both}");
    let apart = only("integration-permission", "cfn-nested-api/template.yaml").help.expect("a mend");
    assert!(apart.text.contains("in the root template, with the id of `Stack.Api` passed in"), "{}", apart.text);
    assert!(!apart.code.contains("Stack."), "{}", apart.code);
}

#[test]
fn json_for_a_json_template() {
    let variable = code("stage-variable-undefined", "cfn-json-missing/template.json");
    assert_eq!(variable, "\"StageVariables\": { \"alias\": \"…\" }");
}

#[test]
fn a_variable_that_is_there_but_empty_is_called_empty() {
    let message = only("stage-variable-undefined", "cfn-empty/template.yaml").message;
    assert!(message.contains("leaves the variable"), "{message}");
}

#[test]
fn routes_with_one_integration_are_named_together() {
    let message = only("integration-uri", "cfn-websocket-two-routes/template.yaml").message;
    assert!(message.contains("`route $connect` and `route $disconnect` answer HTTP 500"), "{message}");
}

#[test]
fn an_endpoint_is_mended_by_its_own_arn_or_by_its_own_protocol() {
    assert_eq!(code("subscription-endpoint", "cfn-sns-ref-queue/template.yaml"), "Endpoint: !GetAtt Queue.Arn");
    assert_eq!(
        code("subscription-endpoint", "cfn-json-sns-ref-queue/template.json"),
        "\"Endpoint\": { \"Fn::GetAtt\": [\"Queue\", \"Arn\"] }"
    );
    assert_eq!(code("subscription-endpoint", "cfn-sns-lambda-queue/template.yaml"), "Protocol: sqs");
    assert_eq!(code("subscription-endpoint", "cfn-target-invoke-arn/template.yaml"), "Arn: !GetAtt Worker.Arn");
}

#[test]
fn a_source_arn_that_is_never_presented_is_mended_by_one_that_is() {
    let code = |case: &str| code("dead-trigger", case);
    assert_eq!(code("cfn-bucket-objects/template.yaml"), "SourceArn: arn:aws:s3:::files");
    let expected = "SourceArn: !Sub \"arn:aws:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/*/*\"";
    assert_eq!(code("cfn-api-without-path/template.yaml"), expected);
    assert_eq!(code("cfn-table-arn/template.yaml"), "EventSourceArn: !GetAtt Table.StreamArn");
}

#[test]
fn routes_that_share_an_integration_share_a_permission() {
    let finding = only("integration-permission", "tf-http-two-routes-one-integration");
    assert!(finding.message.headline.starts_with("`GET /pets` and `POST /pets` on stage `$default` fail"), "{}", finding.message);
    let code = finding.help.expect("a mend").code;
    assert!(code.contains("execution_arn}/$default/*\""), "{code}");
}

#[test]
fn instances_with_one_cause_are_named_together() {
    let finding = only("rds-cidr-ingress", "tf-for-each-instances-are-one");
    let others = "The same goes for `aws_security_group.db[\"orders\"]` and `aws_security_group.db[\"users\"]`";
    assert!(finding.message.to_string().ends_with(others), "{}", finding.message);
    assert_eq!(finding.address, "aws_security_group.db[\"billing\"]");
}

#[test]
fn an_arn_is_mended_by_reference() {
    let code = |case: &str| code("arn-mismatch", case);
    assert_eq!(code("cfn-role-ref/template.yaml"), "Role: !GetAtt Role.Arn");
    assert_eq!(code("cfn-role-sub-missing/template.yaml"), "!Sub \"arn:aws:iam::${AWS::AccountId}:role/orders\"");
    assert_eq!(code("cfn-json-role-sub-missing/template.json"), "{ \"Fn::Sub\": \"arn:aws:iam::${AWS::AccountId}:role/orders\" }");
}

/// Region and account of a template are known from the command line only.
#[test]
fn a_literal_region_or_account_is_compared_with_the_one_of_the_command_line() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/rules/arn-mismatch/cfn-own-queue/template.yaml");
    let unit = cloudformation::resolve(&path, &Workspace::default());
    let found = |region: &str, account: &str| {
        let options = ResolveOptions { region: Some(region.into()), account_id: Some(account.into()), ..ResolveOptions::default() };
        let sink = internals::run(&Graph::new(&unit, &options), &[rules::by_id("arn-mismatch").expect("a rule")]);
        assert_eq!(sink.undecided.len(), 0, "{region} {account}");
        sink.findings.into_iter().map(|f| (f.message, f.help.expect("a mend").code)).collect::<Vec<_>>()
    };
    assert_eq!(found("us-east-1", "123456789012"), []);
    for (region, account, what) in [("eu-west-1", "123456789012", "`eu-west-1`"), ("us-east-1", "210987654321", "`210987654321`")] {
        let findings = found(region, account);
        assert_eq!(findings.len(), 1, "{findings:?}");
        assert!(findings[0].0.contains(what), "{findings:?}");
        assert_eq!(findings[0].1, "!Sub \"${Queue.Arn}\"");
    }
}

#[test]
fn a_function_without_a_way_out_gets_the_endpoints_that_it_needs() {
    let interface = code("function-no-egress", "tf-queue-url");
    for line in ["vpc_id              = aws_vpc.main.id", "}.sqs\"", "subnet_ids          = [aws_subnet.private.id]"] {
        assert!(interface.contains(line), "{interface}");
    }
    let gateway = code("function-no-egress", "tf-bucket");
    assert!(gateway.contains("\"Gateway\"") && gateway.contains("[aws_route_table.private.id]"), "{gateway}");
    let template = code("function-no-egress", "cfn-parameter/template.yaml");
    assert!(template.contains("SubnetIds: [!Ref Private]\n    SecurityGroupIds: [!GetAtt Group.GroupId]"), "{template}");
}

#[test]
fn a_role_is_given_what_it_lacks() {
    let key = code("environment-key-permission", "tf-no-policy");
    assert!(key.contains("Action = [\"kms:Decrypt\"], Resource = aws_kms_key.env.arn"), "{key}");
    let deploy = code("deployer-vpc-permission", "tf-describe-one-missing");
    assert!(deploy.contains("Action = [\"ec2:DescribeSecurityGroups\"], Resource = \"*\""), "{deploy}");
}

#[test]
fn a_role_that_lists_its_policies_gets_one_more_entry() {
    let finding = only("vpc-eni-permission", "cfn-misspelt-action/template.yaml");
    let help = finding.help.expect("a mend");
    assert!(help.text.ends_with("in its `ManagedPolicyArns`:") && help.code.starts_with("- !Sub"), "{help:?}");
}

#[test]
fn what_a_deployment_waits_for_already_is_kept() {
    let code = code("api-not-redeployed", "cfn-one-method-not-waited-for/template.yaml");
    assert_eq!(code, "DependsOn:\n  - Get\n  - Options\n  - Put");
}

#[test]
fn a_group_with_inline_rules_gets_an_inline_rule() {
    let code = code("function-database-path", "tf-inline-egress-leaves-the-port-out");
    assert!(code.starts_with("egress {") && code.contains("cidr_blocks = [aws_vpc.v.cidr_block]"), "{code}");
}
