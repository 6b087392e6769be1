//! Expressions that take apart what only the cloud computes.

use super::{main_tf, resolve_with};
use crate::options::ResolveOptions;

const RESOURCES: &str = r#"
variable "name" {}
resource "aws_iam_role" "r" { name = var.name }
resource "aws_iam_role" "known" {
  name = "orders"
  path = "/svc/"
}
resource "aws_iam_role" "made_up" {}
resource "aws_sns_topic" "t" { name = "t-${var.name}" }
resource "aws_apigatewayv2_api" "a" {}
resource "aws_ssm_parameter" "p" { name = var.name }
"#;

fn shown(expressions: &[(&str, &str)]) -> Vec<(String, String)> {
    let body: String = expressions.iter().enumerate().map(|(i, (e, _))| format!("a{i} = {e}\n")).collect();
    let unit = main_tf(&format!("{RESOURCES}resource \"terraform_data\" \"x\" {{\n{body}}}"));
    expressions.iter().enumerate().map(|(i, (e, _))| ((*e).to_owned(), unit.shown("terraform_data.x", &format!("a{i}")))).collect()
}

#[test]
fn parts_of_arns() {
    let cases = [
        (r#"split("/", aws_iam_role.r.arn)[1]"#, "${aws_iam_role.r.name}"),
        (r#"element(split("/", aws_iam_role.known.arn), 2)"#, "orders"),
        (r#"split("/", aws_iam_role.made_up.arn)[1]"#, "${aws_iam_role.made_up.name}"),
        (r#"split(":", aws_sns_topic.t.arn)[4]"#, "${AWS::AccountId}"),
        (r#"split(":", aws_sns_topic.t.id)[5]"#, "${aws_sns_topic.t.name}"),
        (r#"regex("[^:]+$", aws_sns_topic.t.arn)"#, "${aws_sns_topic.t.name}"),
        (r#"replace(aws_iam_role.known.arn, ":role/svc/", ":role/")"#, "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/orders"),
        (r#"basename(aws_iam_role.r.arn)"#, "${aws_iam_role.r.name}"),
        (r#"split(":", "${aws_apigatewayv2_api.a.execution_arn}/x/*")[5]"#, "${aws_apigatewayv2_api.a.id}/x/*"),
        (r#"trimsuffix("${aws_iam_role.r.arn}/*", "/*")"#, "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/${aws_iam_role.r.name}"),
        (r#"startswith(aws_iam_role.r.arn, "arn:")"#, "true"),
    ];
    for (i, (expression, found)) in shown(&cases).into_iter().enumerate() {
        assert_eq!(found, cases[i].1, "{expression}");
    }
}

#[test]
fn what_the_name_decides_stays_unknown() {
    let cases = [
        (r#"split("-", aws_iam_role.r.arn)[1]"#, ""),
        (r#"replace(aws_iam_role.r.arn, "dev", "prod")"#, ""),
        (r#"strcontains(aws_sns_topic.t.arn, "eu-west")"#, ""),
        (r#"startswith(aws_iam_role.r.arn, "arn:aws:iam::123456789012:role/x")"#, ""),
        (r#"substr(aws_iam_role.r.arn, -3, -1)"#, ""),
        (r#"regex("[a-z]+$", aws_iam_role.r.arn)"#, ""),
        (r#"strrev(aws_iam_role.r.arn)"#, ""),
    ];
    for (expression, found) in shown(&cases) {
        assert!(found.starts_with("${"), "{expression}: {found}");
    }
}

#[test]
fn an_account_that_is_given_counts() {
    let options = ResolveOptions { account_id: Some("123456789012".into()), ..ResolveOptions::default() };
    let source = format!("{RESOURCES}resource \"terraform_data\" \"x\" {{ a = split(\":\", aws_sns_topic.t.arn)[4] }}");
    assert_eq!(resolve_with(&[("main.tf", &source)], options).text("terraform_data.x", "a"), "123456789012");
}
