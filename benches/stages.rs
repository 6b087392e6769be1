//! The stages of a scan, each by itself, on generated input of several sizes: `cargo bench`.
//!
//! One generated API has a function with its role, an alias, a resource with a method and an integration that picks the alias
//! by stage variable, a deployment, a stage, a permission for another alias, and a security group.
//!
//! The whole program, with its start, its walk and its peak of memory, is measured from outside:
//!
//! ```sh
//! cargo build --release
//! /usr/bin/time -v target/release/iacscan --fail-on never testdata/demo    # "Elapsed", "Maximum resident set size"
//! ```

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use iacscan::internals::syntax::{hcl, json, yaml};
use iacscan::internals::{self, Graph};
use iacscan::internals::{cloudformation, terraform};
use iacscan::report::{self, Format, ReportOptions};
use iacscan::rules::{self, Rule};
use iacscan::scan::{self, Progress, ScanOptions, Scanned};
use iacscan::source::FileId;
use iacscan::unit::Unit;
use iacscan::workspace::Workspace;

fn main() {
    divan::main();
}

/// How many APIs a generated unit has.
const SIZES: [usize; 3] = [1, 20, 400];

/// Resources of one API in Terraform.
const RESOURCES: usize = 11;

const HCL: &str = r#"
resource "aws_iam_role" "r#" {
  name               = "${local.name}-#"
  assume_role_policy = jsonencode({ Statement = [{ Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" }, Action = "sts:AssumeRole" }] })
}

resource "aws_security_group" "g#" {
  name   = "${local.name}-#"
  vpc_id = "vpc-1"

  ingress {
    from_port   = 443
    to_port     = 443
    protocol    = "tcp"
    cidr_blocks = ["10.0.0.0/16"]
  }
}

resource "aws_lambda_function" "f#" {
  function_name = "${local.name}-#"
  role          = aws_iam_role.r#.arn
  publish       = true

  vpc_config {
    subnet_ids         = ["subnet-1"]
    security_group_ids = [aws_security_group.g#.id]
  }
}

resource "aws_lambda_alias" "live#" {
  name             = "live"
  function_name    = aws_lambda_function.f#.function_name
  function_version = aws_lambda_function.f#.version
}

resource "aws_api_gateway_rest_api" "a#" {
  name = "${local.name}-#"
}

resource "aws_api_gateway_resource" "p#" {
  rest_api_id = aws_api_gateway_rest_api.a#.id
  parent_id   = aws_api_gateway_rest_api.a#.root_resource_id
  path_part   = "orders"
}

resource "aws_api_gateway_method" "m#" {
  rest_api_id   = aws_api_gateway_rest_api.a#.id
  resource_id   = aws_api_gateway_resource.p#.id
  http_method   = "GET"
  authorization = "NONE"
}

resource "aws_api_gateway_integration" "i#" {
  rest_api_id             = aws_api_gateway_rest_api.a#.id
  resource_id             = aws_api_gateway_resource.p#.id
  http_method             = aws_api_gateway_method.m#.http_method
  integration_http_method = "POST"
  type                    = "AWS_PROXY"
  uri                     = "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/${aws_lambda_function.f#.arn}:$${stageVariables.alias}/invocations"
}

resource "aws_api_gateway_deployment" "d#" {
  rest_api_id = aws_api_gateway_rest_api.a#.id
  depends_on  = [aws_api_gateway_integration.i#]
}

resource "aws_api_gateway_stage" "s#" {
  rest_api_id   = aws_api_gateway_rest_api.a#.id
  deployment_id = aws_api_gateway_deployment.d#.id
  stage_name    = "prod"
  variables     = { alias = "live" }
}

resource "aws_lambda_permission" "x#" {
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.f#.function_name
  qualifier     = "other"
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_api_gateway_rest_api.a#.execution_arn}/*/GET/orders"
}
"#;

const YAML: &str = r#"
  R#:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: 'sts:AssumeRole'}]
  F#:
    Type: AWS::Lambda::Function
    Properties:
      FunctionName: !Sub "${Prefix}-orders-#"
      Role: !GetAtt R#.Arn
      VpcConfig: {SubnetIds: [subnet-1], SecurityGroupIds: [sg-1]}
  V#:
    Type: AWS::Lambda::Version
    Properties: {FunctionName: !Ref F#}
  L#:
    Type: AWS::Lambda::Alias
    Properties: {Name: live, FunctionName: !Ref F#, FunctionVersion: !GetAtt V#.Version}
  A#:
    Type: AWS::ApiGateway::RestApi
    Properties: {Name: !Sub "${Prefix}-#"}
  M#:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref A#
      ResourceId: !GetAtt A#.RootResourceId
      HttpMethod: GET
      AuthorizationType: NONE
      Integration:
        Type: AWS_PROXY
        IntegrationHttpMethod: POST
        Uri: !Sub "arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${F#.Arn}:${!stageVariables.alias}/invocations"
  D#:
    Type: AWS::ApiGateway::Deployment
    DependsOn: M#
    Properties: {RestApiId: !Ref A#}
  S#:
    Type: AWS::ApiGateway::Stage
    Properties: {RestApiId: !Ref A#, DeploymentId: !Ref D#, StageName: prod, Variables: {alias: live}}
"#;

/// `head`, then `block` once for each API.
fn repeated(head: &str, block: &str, apis: usize) -> String {
    (0..apis).fold(head.to_owned(), |mut text, n| {
        let _ = write!(text, "{}", block.replace('#', &n.to_string()));
        text
    })
}

fn hcl_text(apis: usize) -> String {
    repeated("locals {\n  name = \"shop-orders\"\n}\n", HCL, apis)
}

fn yaml_text(apis: usize) -> String {
    repeated("Parameters:\n  Prefix: {Type: String, Default: shop}\nResources:", YAML, apis)
}

/// A folder of generated files.
struct Input(tempfile::TempDir);

impl Input {
    fn new(files: &[(String, String)]) -> Input {
        let dir = tempfile::tempdir().expect("a folder");
        for (name, text) in files {
            let path = dir.path().join(name);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
            std::fs::write(path, text).expect("a file");
        }
        Input(dir)
    }

    fn module(apis: usize) -> Input {
        Input::new(&[("main.tf".to_owned(), hcl_text(apis))])
    }

    fn path(&self) -> PathBuf {
        self.0.path().to_owned()
    }

    fn resolved(&self, apis: usize) -> (Workspace, Unit) {
        let workspace = Workspace::default();
        let unit = terraform::resolve(&self.path(), &workspace);
        assert_eq!((unit.resources.len(), unit.problems.len()), (RESOURCES * apis, 0));
        (workspace, unit)
    }

    fn scan(&self) -> Scanned {
        let options = ScanOptions { rules: every_rule(), ..ScanOptions::default() };
        scan::scan(&[self.path()], Path::new("/nowhere"), &options, &Progress::default()).expect("a scan")
    }
}

fn every_rule() -> Vec<&'static Rule> {
    rules::all().iter().collect()
}

#[divan::bench(args = SIZES)]
fn parse_hcl(bencher: Bencher<'_, '_>, apis: usize) {
    let text = hcl_text(apis);
    bencher.counter(BytesCount::of_str(&text)).bench(|| hcl::parse_body(FileId(0), black_box(&text)));
}

#[divan::bench(args = SIZES)]
fn parse_yaml(bencher: Bencher<'_, '_>, apis: usize) {
    let text = yaml_text(apis);
    bencher.counter(BytesCount::of_str(&text)).bench(|| yaml::parse(FileId(0), black_box(&text)));
}

#[divan::bench(args = SIZES)]
fn parse_json(bencher: Bencher<'_, '_>, apis: usize) {
    let resource = serde_json::json!({"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"Fn::Sub": "${Prefix}-x"}}});
    let resources: serde_json::Map<_, _> = (0..RESOURCES * apis).map(|n| (format!("R{n}"), resource.clone())).collect();
    let text = serde_json::to_string_pretty(&serde_json::json!({ "Resources": resources })).expect("JSON");
    bencher.counter(BytesCount::of_str(&text)).bench(|| json::parse(FileId(0), black_box(&text)));
}

/// Reading and parsing included: a workspace keeps what it has parsed.
#[divan::bench(args = SIZES)]
fn resolve_terraform(bencher: Bencher<'_, '_>, apis: usize) {
    let input = Input::module(apis);
    bencher.bench(|| terraform::resolve(&input.path(), &Workspace::default()));
}

#[divan::bench(args = SIZES)]
fn resolve_cloudformation(bencher: Bencher<'_, '_>, apis: usize) {
    let input = Input::new(&[("template.yaml".to_owned(), yaml_text(apis))]);
    bencher.bench(|| cloudformation::resolve(&input.path().join("template.yaml"), &Workspace::default()));
}

#[divan::bench(args = SIZES)]
fn graph(bencher: Bencher<'_, '_>, apis: usize) {
    let (workspace, unit) = Input::module(apis).resolved(apis);
    bencher.bench(|| drop(black_box(Graph::new(&unit, &workspace.options))));
}

/// Every rule over one graph. What the graph works out when it is first asked is paid by the first run.
#[divan::bench(args = SIZES)]
fn run_rules(bencher: Bencher<'_, '_>, apis: usize) {
    let (workspace, unit) = Input::module(apis).resolved(apis);
    let rules = every_rule();
    bencher.with_inputs(|| Graph::new(&unit, &workspace.options)).bench_refs(|graph| internals::run(graph, &rules));
}

/// APIs of a root module of 15,000 resources.
const LARGE: usize = 1364;

fn rule_ids() -> Vec<&'static str> {
    rules::all().iter().filter(|rule| rule.is_checked()).map(|rule| rule.id).collect()
}

/// Each rule by itself over a large unit. What several rules share is worked out before: `run_rules` has it.
#[divan::bench(args = rule_ids(), sample_count = 3, sample_size = 1)]
fn one_rule(bencher: Bencher<'_, '_>, id: &str) {
    static UNIT: LazyLock<(Workspace, Unit)> = LazyLock::new(|| Input::module(LARGE).resolved(LARGE));
    static GRAPH: LazyLock<Graph<'static>> = LazyLock::new(|| {
        let graph = Graph::new(&UNIT.1, &UNIT.0.options);
        internals::run(&graph, &every_rule());
        graph
    });
    let rule: Vec<&'static Rule> = rules::by_id(id).into_iter().collect();
    bencher.bench(|| internals::run(&GRAPH, &rule));
}

fn report(bencher: Bencher<'_, '_>, apis: usize, format: Format) {
    let scanned = Input::module(apis).scan();
    let findings: usize = scanned.report.units.iter().map(|unit| unit.findings.len()).sum();
    assert!(findings >= apis, "each generated API has a finding");
    let options = ReportOptions::default();
    bencher.bench(|| {
        let mut out = Vec::new();
        report::write(format, &scanned.report, &scanned.workspace.sources, &options, &mut out).expect("a report");
        out
    });
}

#[divan::bench(args = SIZES)]
fn report_text(bencher: Bencher<'_, '_>, apis: usize) {
    report(bencher, apis, Format::Text);
}

#[divan::bench(args = SIZES)]
fn report_sarif(bencher: Bencher<'_, '_>, apis: usize) {
    report(bencher, apis, Format::Sarif);
}

/// All stages over many small units, with the walk and the threads.
#[divan::bench(args = [1, 50])]
fn scan_units(bencher: Bencher<'_, '_>, units: usize) {
    let unit = |n| {
        let template = (format!("c{n}/template.yaml"), yaml_text(2));
        [(format!("t{n}/main.tf"), hcl_text(2)), template, (format!("c{n}/data.json"), "[1, 2, 3]\n".repeat(1000))]
    };
    let input = Input::new(&(0..units).flat_map(unit).collect::<Vec<_>>());
    bencher.bench(|| input.scan());
}
