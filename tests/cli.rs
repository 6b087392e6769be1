//! The command as its users meet it: exit codes, where output goes, and what arguments are refused.

use std::fs;
use std::path::Path;

use assert_cmd::Command;
use tempfile::TempDir;

const FORMATS: [&str; 5] = ["text", "concise", "sarif", "json", "github"];

/// A template that nothing is wrong with, and one whose function lacks what it needs in its VPC.
const GOOD: &str = "Resources:\n  Bucket:\n    Type: AWS::S3::Bucket\n";
const BAD: &str = "\
Resources:
  Function:
    Type: AWS::Lambda::Function
    Properties: {FunctionName: f, Role: !GetAtt Role.Arn, Code: {ZipFile: x}, Handler: i.h, Runtime: python3.13,
      VpcConfig: {SubnetIds: [subnet-1], SecurityGroupIds: [sg-1]}}
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: 'sts:AssumeRole'}]
      ManagedPolicyArns: ['arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole']
";

fn iacscan(dir: &Path) -> Command {
    let mut command = Command::cargo_bin("iacscan").expect("the binary");
    command.current_dir(dir).env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE");
    command
}

fn tree(files: &[(&str, &str)]) -> TempDir {
    let dir = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        let path = dir.path().join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
        fs::write(path, text).expect("a file");
    }
    dir
}

/// Exit code, standard output, standard error.
fn run(dir: &Path, args: &[&str]) -> (i32, String, String) {
    let output = iacscan(dir).args(args).output().expect("a run");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    (output.status.code().expect("an exit code"), text(output.stdout), text(output.stderr))
}

#[test]
fn exit_codes_are_the_same_for_every_format() {
    let dir = tree(&[("good.yaml", GOOD), ("bad.yaml", BAD), ("broken.tf", "resource {\n")]);
    for format in FORMATS {
        assert_eq!(run(dir.path(), &["--format", format, "good.yaml"]).0, 0, "{format}");
        assert_eq!(run(dir.path(), &["--format", format, "bad.yaml"]).0, 1, "{format}");
        // A file that does not parse is a finding.
        assert_eq!(run(dir.path(), &["--format", format, "broken.tf"]).0, 1, "{format}");
        assert_eq!(run(dir.path(), &["--format", format, "--fail-on", "never"]).0, 0, "{format}");
        assert_eq!(run(dir.path(), &["--format", format, "nowhere"]).0, 2, "{format}");
        assert_eq!(run(dir.path(), &["--format", format, "--output", "no/such/folder/x", "good.yaml"]).0, 2, "{format}");
    }
}

#[test]
fn severities_decide_with_fail_on() {
    // A suppression that does nothing is a note.
    let dir = tree(&[("note.yaml", &format!("# iacscan: ignore[vpc-eni-permission] none here\n{GOOD}"))]);
    let code = |fail_on: &str| run(dir.path(), &["--fail-on", fail_on]).0;
    assert_eq!((code("note"), code("warning"), code("error"), code("never")), (1, 0, 0, 0));
    assert_eq!(run(dir.path(), &[]).0, 0);
}

#[test]
fn arguments_that_are_refused() {
    let dir = tree(&[("good.yaml", GOOD)]);
    for (args, said) in [
        (&["--format", "xml"][..], "invalid value 'xml'"),
        (&["--rule", "vpc-eni-permision"], "there is no rule `vpc-eni-permision`: did you mean `vpc-eni-permission`?"),
        (&["--ignore", "qqqq"], "there is no rule `qqqq`: `iacscan rules` lists them"),
        (&["explain", "syntax"], "there is no rule `syntax`: did you mean `syntax-error`?"),
        (&["--account-id", "123"], "an account id has 12 digits"),
        (&["--region", "Frankfurt"], "expected a region such as eu-west-1"),
        (&["--var", "x"], "expected NAME=VALUE"),
        (&["--parameter", "=x"], "expected NAME=VALUE"),
        (&["--var-file", "none.tfvars"], "cannot read none.tfvars: "),
        (&["--threads", "0"], "invalid value '0'"),
        (&["--quiet", "--verbose"], "cannot be used with"),
        (&["--no-such-option"], "unexpected argument"),
        (&["nowhere"], "iacscan: no such file or folder: nowhere\n"),
        (&["graph", "nowhere"], "iacscan: no such file or folder: nowhere\n"),
        (&["graph", "--format", "sarif"], "invalid value 'sarif'"),
    ] {
        let (code, out, err) = run(dir.path(), args);
        assert_eq!((code, out.as_str()), (2, ""), "{args:?}");
        assert!(err.contains(said), "{args:?}: {err}");
    }
}

#[test]
fn nothing_but_the_report_is_on_standard_output() {
    let dir = tree(&[("good.yaml", GOOD), ("data.json", "{}")]);
    let (_, out, err) = run(dir.path(), &["--format", "concise", "-v", "."]);
    assert_eq!(out, "");
    assert_eq!(err, "iacscan: data.json: holds no template\n");
    let (_, out, err) = run(dir.path(), &["--format", "concise", "data.json"]);
    assert_eq!((out.as_str(), err.as_str()), ("", "iacscan: no Terraform, CloudFormation or SAM in data.json\n"));
    let (code, out, err) = run(dir.path(), &["--format", "concise", "--quiet", "data.json"]);
    assert_eq!((code, out.as_str(), err.as_str()), (0, "", ""));
}

#[test]
fn output_goes_to_a_file() {
    let dir = tree(&[("bad.yaml", BAD)]);
    let (code, out, err) = run(dir.path(), &["--format", "json", "--output", "report.json"]);
    assert_eq!((code, out.as_str(), err.as_str()), (1, "", ""));
    let report = fs::read(dir.path().join("report.json")).expect("a report");
    serde_json::from_slice::<serde_json::Value>(&report).expect("JSON");
}

#[test]
fn colours_follow_the_option() {
    let dir = tree(&[("bad.yaml", BAD)]);
    assert!(!run(dir.path(), &[]).1.contains('\x1b'));
    assert!(run(dir.path(), &["--color", "always"]).1.contains("\x1b["));
    assert!(!run(dir.path(), &["--color", "never"]).1.contains('\x1b'));
    let output = iacscan(dir.path()).env("NO_COLOR", "1").output().expect("a run");
    assert!(!String::from_utf8_lossy(&output.stdout).contains('\x1b'));
}

#[test]
fn a_reader_that_leaves_is_no_failure() {
    let dir = tree(&[("bad.yaml", BAD)]);
    let mut command = std::process::Command::new(assert_cmd::cargo::cargo_bin("iacscan"));
    let mut child =
        command.current_dir(dir.path()).stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn().expect("a run");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("an end");
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[test]
fn rules_are_chosen() {
    let dir = tree(&[("bad.yaml", BAD), ("broken.yaml", &format!("{GOOD}  B: [\n"))]);
    let found = |args: &[&str]| {
        let (_, out, _) = run(dir.path(), &[&["--format", "concise"], args].concat());
        ["vpc-eni-permission", "syntax-error"].map(|rule| out.contains(&format!("[{rule}]")))
    };
    assert_eq!(found(&[]), [true, true]);
    assert_eq!(found(&["--ignore", "vpc-eni-permission"]), [false, true]);
    assert_eq!(found(&["--rule", "vpc-eni-permission", "--ignore", "syntax-error"]), [true, false]);
    assert_eq!(found(&["--rule", "stage-variable-undefined"]), [false, true]);
}

#[test]
fn rules_and_pages_are_shown() {
    let dir = tree(&[]);
    let (code, out, _) = run(dir.path(), &["rules"]);
    assert_eq!(code, 0);
    for rule in iacscan::rules::all() {
        assert!(out.lines().any(|line| line.starts_with(rule.id)), "{}", rule.id);
        let (code, page, _) = run(dir.path(), &["explain", rule.id]);
        assert!(code == 0 && page.contains(rule.title), "{}", rule.id);
    }
    assert!(run(dir.path(), &["--version"]).1.starts_with("iacscan "));
    assert_eq!(run(dir.path(), &["--help"]).0, 0);
}

#[test]
fn the_graph_is_printed() {
    let dir = tree(&[("bad.yaml", BAD)]);
    let (code, out, _) = run(dir.path(), &["graph"]);
    let graph: serde_json::Value = serde_json::from_str(&out).expect("JSON");
    assert_eq!((code, graph["units"][0]["resources"][0]["address"].as_str()), (0, Some("Function")));
    assert!(run(dir.path(), &["graph", "--format", "dot", "."]).1.starts_with("digraph"));
    assert!(run(dir.path(), &["graph", "--format", "mermaid"]).1.contains("flowchart"));
}

#[test]
fn the_graph_says_who_invokes_whom() {
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/demo/shop-api");
    let graph: serde_json::Value = serde_json::from_str(&run(&demo, &["graph"]).1).expect("JSON");
    let edges = graph["units"][0]["edges"].as_array().expect("edges");
    let has = |from: &str, to: &str, relation: &str| edges.contains(&serde_json::json!({"from": from, "to": to, "relation": relation}));
    assert!(has("aws_lambda_permission.next", "aws_lambda_alias.next", "permits_invoke"), "{edges:?}");
    // The integration names the alias by a stage variable: no attribute mentions it.
    let integration = edges.iter().find(|e| e["relation"] == "invokes").and_then(|e| e["from"].as_str()).expect("an integration");
    assert!(integration.starts_with("aws_api_gateway_integration."));
    assert!(has(integration, "aws_lambda_alias.live", "invokes"), "{edges:?}");
}

#[test]
fn a_folder_may_be_named_like_a_subcommand() {
    let dir = tree(&[("graph/bad.yaml", BAD)]);
    let (code, out, _) = run(dir.path(), &["--format", "concise", "./graph"]);
    assert_eq!(code, 1);
    assert!(out.starts_with("graph/bad.yaml:6:3: error[vpc-eni-permission]"), "{out}");
}

#[test]
fn the_same_input_gives_the_same_bytes_on_any_number_of_threads() {
    let files: Vec<(String, String)> =
        (0..40).map(|n| (format!("d{n:02}/t.yaml"), BAD.replace("FunctionName: f", &format!("FunctionName: f{n}")))).collect();
    let dir = tree(&files.iter().map(|(n, t)| (n.as_str(), t.as_str())).collect::<Vec<_>>());
    for format in ["concise", "sarif", "github"] {
        let one = run(dir.path(), &["--format", format, "--threads", "1"]).1;
        assert_eq!(one, run(dir.path(), &["--format", format, "--threads", "8"]).1, "{format}");
    }
}

#[test]
fn suppressions_silence_and_are_counted() {
    let comment = BAD.replace("  Function:\n", "  # iacscan: ignore[vpc-eni-permission] known to the team\n  Function:\n");
    let metadata = BAD.replace(
        "    Type: AWS::Lambda::Function\n",
        "    Type: AWS::Lambda::Function\n    Metadata: {iacscan: {ignore: [{rule: vpc-eni-permission, reason: known}]}}\n",
    );
    for text in [comment, metadata] {
        let dir = tree(&[("t.yaml", &text)]);
        assert_eq!(run(dir.path(), &["--format", "concise"]), (0, String::new(), String::new()));
        assert!(run(dir.path(), &[]).1.contains("1 suppressed"));
        let sarif: serde_json::Value = serde_json::from_str(&run(dir.path(), &["--format", "sarif"]).1).expect("JSON");
        let result = &sarif["runs"][0]["results"][0];
        assert!(result["suppressions"][0]["justification"].as_str().is_some_and(|reason| reason.starts_with("known")), "{result}");
    }
}

#[test]
fn a_suppression_of_a_check_that_is_undecided_is_not_unused() {
    let unknown = BAD.replace("['arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole']", "[!Ref Policy]");
    let declared = format!("Parameters:\n  Policy: {{Type: String}}\n{unknown}");
    for (rule, said) in [("vpc-eni-permission", false), ("rds-public", true)] {
        let text = declared.replace("  Function:\n", &format!("  # iacscan: ignore[{rule}] known to the team\n  Function:\n"));
        let dir = tree(&[("t.yaml", &text)]);
        let (_, out, _) = run(dir.path(), &["--format", "concise", "--undecided"]);
        assert!(out.contains("vpc-eni-permission"), "the check is undecided: {out}");
        assert_eq!(out.contains("unused-suppression"), said, "{rule}: {out}");
    }
}

#[test]
fn suppressions_that_do_nothing_are_notes() {
    let said = |comment: &str, args: &[&str]| {
        let dir = tree(&[("t.yaml", &format!("{GOOD}    # {comment}\n    DeletionPolicy: Retain\n"))]);
        run(dir.path(), &[&["--format", "concise"], args].concat()).1
    };
    let unused = "t.yaml:4:5: note[unused-suppression] this suppresses nothing: `vpc-eni-permission` finds nothing here\n";
    assert_eq!(said("iacscan: ignore[vpc-eni-permission] x", &[]), unused);
    assert_eq!(said("iacscan: ignore[vpc-eni-permission] x", &["--ignore", "vpc-eni-permission"]), "");
    assert_eq!(said("iacscan: ignore[vpc-eni-permission] x", &["--ignore", "unused-suppression"]), "");
    let unknown = "t.yaml:4:5: note[unused-suppression] there is no rule `vpc-eni`, so this suppresses nothing\n";
    assert_eq!(said("iacscan: ignore[vpc-eni]", &[]), unknown);
    let nameless = "t.yaml:4:5: note[unused-suppression] this suppression names no rule, so it suppresses nothing\n";
    assert_eq!(said("iacscan: ignore because", &[]), nameless);
}

#[test]
fn a_configuration_file_gives_defaults() {
    let config = "ignore = [\"vpc-eni-permission\"]\nfail-on = \"error\"\n";
    let dir = tree(&[("bad.yaml", BAD), ("iacscan.toml", config)]);
    assert_eq!(run(dir.path(), &[]).0, 0);
    fs::write(dir.path().join("iacscan.toml"), "fail-on = \"never\"\n").expect("a file");
    assert_eq!(run(dir.path(), &[]).0, 0);
    assert_eq!(run(dir.path(), &["--fail-on", "error"]).0, 1);
    fs::write(dir.path().join("iacscan.toml"), "unknown-key = 1\n").expect("a file");
    let (code, _, err) = run(dir.path(), &[]);
    assert!(code == 2 && err.contains("iacscan.toml") && err.contains("unknown-key"), "{err}");
}

#[test]
fn a_changed_child_module_is_judged_in_its_stack() {
    let function = r#"
variable "role" {}
resource "aws_lambda_function" "f" {
  function_name = "f"
  role          = var.role
  vpc_config {
    subnet_ids         = ["subnet-1"]
    security_group_ids = ["sg-1"]
  }
}
"#;
    let root = r#"
resource "aws_iam_role" "r" {
  name               = "r"
  assume_role_policy = "{}"
}
module "f" {
  source = "../modules/f"
  role   = aws_iam_role.r.arn
}
"#;
    let dir = tree(&[("prod/main.tf", root), ("modules/f/main.tf", function), (".git/HEAD", "")]);
    let (code, out, err) = run(dir.path(), &["--format", "concise", "modules/f/main.tf"]);
    assert_eq!(code, 1, "{out}{err}");
    assert!(out.contains("prod/main.tf:2:1: error[vpc-eni-permission] `module.f.aws_lambda_function.f`"), "{out}");
}

#[test]
fn a_plan_and_its_configuration_are_one_unit() {
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/parity/vpc-function-without-eni-actions/terraform-plan-and-source");
    let read = |name: &str| fs::read_to_string(format!("{source}/{name}")).expect("a file");
    let (plan, main) = (read("plan.json"), read("main.tf"));
    let dir = tree(&[("main.tf", &main), ("plan.json", &plan)]);
    let findings = |args: &[&str]| run(dir.path(), args).1.lines().filter(|line| line.contains("[vpc-eni-permission]")).count();
    let units = |args: &[&str]| {
        let graph: serde_json::Value = serde_json::from_str(&run(dir.path(), args).1).expect("JSON");
        graph["units"].as_array().expect("units").iter().map(|u| u["root"].as_str().unwrap_or_default().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!((units(&["graph", "."]), findings(&["--format", "concise", "."])), (vec![".".to_owned()], 1));
    let said = run(dir.path(), &["-v", "."]).2;
    assert!(said.contains("plan.json: is a plan of ., which is scanned itself"), "{said}");
    assert_eq!((units(&["graph", "plan.json"]), findings(&["--format", "concise", "plan.json"])), (vec!["plan.json".to_owned()], 1));
    assert_eq!(units(&["graph", ".", "plan.json"]), ["plan.json"]);
    fs::remove_file(dir.path().join("main.tf")).expect("a file");
    assert_eq!((units(&["graph", "."]), findings(&["--format", "concise", "."])), (vec!["plan.json".to_owned()], 1));
}

#[test]
fn a_value_by_default_is_shown() {
    let template = "Parameters:\n  Clients:\n    Type: String\n    Default: 0.0.0.0/0\nResources:\n  Db:\n    Type: AWS::RDS::DBInstance\n    \
                    Properties: {Engine: postgres, PubliclyAccessible: false, VPCSecurityGroups: [!GetAtt Group.GroupId]}\n  Group:\n    \
                    Type: AWS::EC2::SecurityGroup\n    Properties:\n      GroupDescription: g\n      VpcId: vpc-1\n      SecurityGroupIngress:\n        \
                    - {IpProtocol: tcp, FromPort: 5432, ToPort: 5432, CidrIp: !Ref Clients}\n";
    let dir = tree(&[("t.yaml", template)]);
    let shown = |more: &[&str]| run(dir.path(), &[&["--rule", "rds-open-ingress", "t.yaml"], more].concat()).1;
    assert!(shown(&[]).contains("--------- default of parameter `Clients`"), "{}", shown(&[]));
    let given = shown(&["--parameter", "Clients=0.0.0.0/0"]);
    assert!(given.contains("rds-open-ingress") && !given.contains("default of"), "{given}");
}

#[test]
fn worlds_are_told_in_every_format() {
    let database = BAD.replace("{SubnetIds", "!If [Prod, {SubnetIds").replace("[sg-1]}}", "[sg-1]}, !Ref AWS::NoValue]}");
    let template = format!(
        "Parameters:\n  Env: {{Type: String, Default: dev, AllowedValues: [dev, prod]}}\nConditions:\n  Prod: !Equals [!Ref Env, prod]\n{database}"
    );
    let dir = tree(&[("t.yaml", &template), ("dev.json", "{\"Env\": \"dev\"}"), ("prod.json", "{\"Env\": \"prod\"}")]);
    let out =
        |format: &str, more: &[&str]| run(dir.path(), &[&["--format", format, "--rule", "vpc-eni-permission", "t.yaml"], more].concat()).1;
    assert!(out("text", &[]).contains("= note: holds when Env = prod"), "{}", out("text", &[]));
    assert!(out("concise", &[]).trim_end().ends_with("(when Env = prod)"), "{}", out("concise", &[]));
    assert!(out("github", &[]).contains("(when Env = prod)"));
    assert!(out("json", &[]).contains("\"Env=prod\""));
    let sarif = |more: &[&str]| -> serde_json::Value { serde_json::from_str(&out("sarif", more)).expect("SARIF") };
    let result = |more: &[&str]| sarif(more)["runs"][0]["results"][0].clone();
    let named = ["--world", "dev=dev.json", "--world", "prod=prod.json"];
    assert_eq!(result(&[])["properties"]["worlds"][0], "Env=prod");
    assert_eq!(result(&named)["properties"]["worlds"][0], "prod");
    // Which worlds there are is nothing that an alert's identity hangs on.
    let fixed = result(&["--parameter", "Env=prod"]);
    assert!(fixed["properties"].is_null());
    for worlds in [&[][..], &named] {
        assert_eq!(result(worlds)["partialFingerprints"], fixed["partialFingerprints"]);
    }
    assert!(out("text", &named).contains("= note: holds in world prod"));
}

#[test]
fn worlds_that_are_refused() {
    let dir = tree(&[("good.yaml", GOOD), ("a.json", "{}")]);
    for (args, said) in [
        (&["--world", "dev"][..], "expected NAME=FILE"),
        (&["--world", "=a.json"], "expected NAME=FILE"),
        (&["--world", "dev=nowhere.json"], "cannot read nowhere.json"),
        (&["--worlds", "some"], "invalid value 'some'"),
        (&["--worlds", "auto", "--world", "dev=a.json"], "cannot be used with"),
        (&["--parameter-file", "nowhere.json"], "cannot read nowhere.json"),
    ] {
        let (code, _, errors) = run(dir.path(), args);
        assert_eq!(code, 2, "{args:?}");
        assert!(errors.contains(said), "{args:?}: {errors}");
    }
    let bad = tree(&[("good.yaml", GOOD), ("iacscan.toml", "worlds = \"some\"\n")]);
    assert_eq!(run(bad.path(), &[]).0, 2);
    let missing = tree(&[("good.yaml", GOOD), ("iacscan.toml", "[worlds]\ndev = \"env/dev.tfvars\"\n")]);
    assert!(run(missing.path(), &[]).2.contains("env/dev.tfvars"));
}

/// The places beside the first finding of a rule: `file:line text`.
fn related(dir: &Path, rule: &str) -> Vec<String> {
    let (_, out, _) = run(dir, &["--format", "json", "--fail-on", "never"]);
    let report: serde_json::Value = serde_json::from_str(&out).expect("JSON");
    let units = report["units"].as_array().expect("units").iter();
    let mut findings = units.flat_map(|unit| unit["findings"].as_array().expect("findings"));
    let finding = findings.find(|finding| finding["rule"] == rule).expect("a finding of the rule");
    let place = |label: &serde_json::Value| {
        let text = |name: &str| label[name].as_str().unwrap_or_default().to_owned();
        format!("{}:{} {}", text("file"), label["line"], text("text"))
    };
    finding["related"].as_array().expect("places").iter().map(place).collect()
}

/// A function that is called for stage `prod` of an API.
const CALLED: &str = r#"
resource "aws_lambda_function" "f" {
  function_name = "f"
}
resource "aws_api_gateway_rest_api" "a" { name = "a" }
resource "aws_api_gateway_method" "m" {
  rest_api_id   = aws_api_gateway_rest_api.a.id
  resource_id   = aws_api_gateway_rest_api.a.root_resource_id
  http_method   = "GET"
  authorization = "NONE"
}
resource "aws_api_gateway_integration" "i" {
  rest_api_id             = aws_api_gateway_rest_api.a.id
  resource_id             = aws_api_gateway_rest_api.a.root_resource_id
  http_method             = "GET"
  type                    = "AWS_PROXY"
  integration_http_method = "POST"
  uri                     = aws_lambda_function.f.invoke_arn
}
resource "aws_api_gateway_stage" "s" {
  rest_api_id   = aws_api_gateway_rest_api.a.id
  deployment_id = "d1"
  stage_name    = "prod"
}
"#;

#[test]
fn evidence_leads_to_where_the_input_of_a_module_is_written() {
    let calls = r#"module "dev" {
  source     = "./grant"
  function   = aws_lambda_function.f.function_name
  source_arn = local.dev
}
module "other" {
  source     = "./grant"
  function   = "other"
  source_arn = "arn:aws:execute-api:eu-west-1:123456789012:other/*"
}
locals {
  dev = "${aws_api_gateway_rest_api.a.execution_arn}/dev/*"
}
"#;
    let grant = r#"variable "function" {}
variable "source_arn" {}
resource "aws_lambda_permission" "p" {
  action        = "lambda:InvokeFunction"
  function_name = var.function
  principal     = "apigateway.amazonaws.com"
  source_arn    = var.source_arn
}
"#;
    let dir = tree(&[("api.tf", CALLED), ("main.tf", calls), ("grant/main.tf", grant)]);
    let places = related(dir.path(), "integration-permission");
    assert!(places.contains(&"grant/main.tf:7 is limited to stage `dev`".to_owned()), "{places:?}");
    assert!(places.contains(&"main.tf:4 `source_arn` is given here".to_owned()), "{places:?}");
    assert!(places.contains(&"main.tf:12 the value of `local.dev`".to_owned()), "{places:?}");
    assert!(!places.iter().any(|place| place.starts_with("main.tf:9")), "{places:?}");
}

#[test]
fn evidence_leads_to_where_the_parameter_of_a_nested_stack_is_written() {
    let parent = r#"
Resources:
  F:
    Type: AWS::Lambda::Function
    Properties: {FunctionName: f, Role: 'arn:aws:iam::123456789012:role/r', Code: {ZipFile: x}, Handler: i.h, Runtime: python3.13}
  Api:
    Type: AWS::ApiGateway::RestApi
    Properties: {Name: a}
  Get:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Api
      ResourceId: !GetAtt Api.RootResourceId
      HttpMethod: GET
      AuthorizationType: NONE
      Integration:
        Type: AWS_PROXY
        IntegrationHttpMethod: POST
        Uri: !Sub arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${F.Arn}/invocations
  Stage:
    Type: AWS::ApiGateway::Stage
    Properties: {RestApiId: !Ref Api, DeploymentId: d1, StageName: prod}
  Grants:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: ./grant.yaml
      Parameters:
        Function: !Ref F
        Source: !Sub arn:aws:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/dev/*
"#;
    let grant = r#"
Parameters:
  Function: {Type: String}
  Source: {Type: String}
Resources:
  P:
    Type: AWS::Lambda::Permission
    Properties:
      Action: lambda:InvokeFunction
      FunctionName: !Ref Function
      Principal: apigateway.amazonaws.com
      SourceArn: !Ref Source
"#;
    let dir = tree(&[("main.yaml", parent), ("grant.yaml", grant)]);
    let places = related(dir.path(), "integration-permission");
    assert!(places.contains(&"main.yaml:29 `Source` is given here".to_owned()), "{places:?}");
}

#[test]
fn evidence_points_into_a_policy_that_is_encoded() {
    let policy = |text: &str| {
        let file = format!(
            r#"data "aws_iam_policy_document" "d" {{
  statement {{
    actions   = ["ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DeleteNetworkInterface"]
    resources = ["arn:aws:ec2:*:*:subnet/*"]
  }}
}}
resource "aws_iam_role_policy" "p" {{
  role   = aws_iam_role.r.id
  policy = {text}
}}
resource "aws_iam_role" "r" {{
  assume_role_policy = jsonencode({{ Statement = [{{ Effect = "Allow", Action = "sts:AssumeRole", Principal = {{ Service = "lambda.amazonaws.com" }} }}] }})
}}
resource "aws_lambda_function" "f" {{
  role = aws_iam_role.r.arn
  vpc_config {{
    subnet_ids         = ["subnet-0a1b2c3d4e5f60718"]
    security_group_ids = ["sg-0a1b2c3d4e5f60718"]
  }}
}}
"#
        );
        let dir = tree(&[("main.tf", &file)]);
        related(dir.path(), "vpc-eni-permission")
    };
    let encoded = policy(
        "jsonencode({\n    Statement = [\n      { Effect = \"Allow\", Action = \"logs:*\", Resource = \"*\" },\n      { Effect = \"Allow\", Action = \"ec2:*\", Resource = \"arn:aws:ec2:*:*:subnet/*\" },\n    ]\n  })",
    );
    assert!(encoded.iter().any(|place| place.starts_with("main.tf:12 ") && place.contains("are allowed on")), "{encoded:?}");
    let document = policy("data.aws_iam_policy_document.d.json");
    assert!(document.iter().any(|place| place.starts_with("main.tf:2 ") && place.contains("are allowed on")), "{document:?}");
}

#[test]
fn a_submodule_that_is_not_checked_out_is_one_line() {
    let modules = "[submodule \"shared\"]\n\tpath = shared\n\turl = https://example.com/shared.git\n";
    let main = "module \"a\" {\n  source = \"./shared/a\"\n}\nmodule \"b\" {\n  source = \"./shared/b\"\n}\n";
    let dir = tree(&[(".gitmodules", modules), ("main.tf", main)]);
    let (code, out, _) = run(dir.path(), &["--undecided"]);
    assert_eq!(code, 0, "{out}");
    assert_eq!(out.matches("unseen-source").count(), 1, "{out}");
    assert!(out.contains("git submodule update --init") && out.contains("submodules: true"), "{out}");
}

/// OpenTofu takes locals and variables in the source of a module; where they are not known, the line says which.
#[test]
fn sources_of_modules_are_evaluated() {
    let main = "locals {\n  folder = \"queue\"\n}\nmodule \"queue\" {\n  source = \"./${local.folder}\"\n}\nvariable \"registry\" {}\n\
                module \"other\" {\n  source = \"${var.registry}/worker/aws\"\n}\nmodule \"third\" {\n  source = \"example/third/aws\"\n}\n";
    let queue = "resource \"aws_sqs_queue\" \"q\" {\n  name = \"orders\"\n}\n";
    let dir = tree(&[("main.tofu", main), ("queue/main.tofu", queue)]);
    let (code, out, _) = run(dir.path(), &["--undecided", "--format", "concise"]);
    assert_eq!(code, 0, "{out}");
    let lines: Vec<&str> = out.lines().filter(|line| line.contains("undecided: ")).collect();
    let said = |text: &str| lines.iter().any(|line| line.contains(text));
    assert_eq!(lines.len(), 2, "{out}");
    assert!(said("the source of `module.other` is not known, so nothing inside it was checked") && said("variable `registry`"), "{out}");
    assert!(said("`example/third/aws` is not here") && said("`tofu init`") && said("(unseen-source)"), "{out}");
}
