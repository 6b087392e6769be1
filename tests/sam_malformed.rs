//! SAM templates with mistakes: each is a problem with its place, and the rest of the template still expands.

use iacscan::internals::sam::{self, Expansion};
use iacscan::internals::syntax::node::Node;
use iacscan::internals::syntax::yaml;
use iacscan::source::SourceMap;

const HEAD: &str = "Transform: AWS::Serverless-2016-10-31\n";

/// A function that is right, to see that it expands whatever stands beside it.
const GOOD: &str = "  Good:
    Type: AWS::Serverless::Function
    Properties: { Runtime: python3.12, Handler: a.b, CodeUri: ./src }
";

fn parse(text: &str) -> (SourceMap, Node) {
    let sources = SourceMap::new();
    let file = sources.add("template.yaml", text);
    let (node, errors) = yaml::parse(file, text);
    assert!(errors.is_empty(), "{errors:?}");
    (sources, node.unwrap())
}

fn expand(text: &str) -> (SourceMap, Expansion) {
    let (sources, node) = parse(text);
    let expansion = sam::expand(&node, &|_| None, &|_| None);
    (sources, expansion)
}

/// Expands resources beside the good one; gives each problem as `line: message`.
fn problems(resources: &str) -> Vec<String> {
    let text = format!("{HEAD}Resources:\n{GOOD}{resources}");
    let (sources, expansion) = expand(&text);
    let role = expansion.template.get("Resources").and_then(|r| r.get("GoodRole"));
    assert!(role.is_some(), "the good function was lost");
    let line = |p: &iacscan::internals::syntax::node::SyntaxError| {
        assert!(!p.span.is_none(), "no place: {}", p.message);
        sources.file(p.span.file).position(p.span.start).line - 5
    };
    expansion.problems.iter().map(|p| format!("{}: {}", line(p), p.message)).collect()
}

#[test]
fn null_events_and_properties() {
    let found = problems(
        "  A: { Type: AWS::Serverless::Function, Properties: { Runtime: x, Handler: y, InlineCode: z, Events: null } }
  B: { Type: AWS::Serverless::Function, Properties: null }
  C: { Type: AWS::Serverless::SimpleTable }
",
    );
    assert_eq!(
        found,
        [
            "2: `Properties` of `B` must be a map",
            "2: function `B` has no `Handler`, which a function of package type `Zip` must have",
            "2: function `B` has no `Runtime`, which a function of package type `Zip` must have",
        ]
    );
}

#[test]
fn events() {
    let found = problems(
        "  A:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: x
      Handler: y
      InlineCode: z
      Events:
        Unknown: { Type: Telegram }
        NoType: { Properties: {} }
        Text: hello
        NoQueue: { Type: SQS }
        NoPath: { Type: Api, Properties: { Method: get } }
        NoApi: { Type: Api, Properties: { Path: /, Method: get, RestApiId: !Ref Gone } }
        Bucket: { Type: S3, Properties: { Bucket: my-bucket, Events: x } }
        Twice: { Type: Api, Properties: { Path: /a, Method: get } }
        TwiceAgain: { Type: Api, Properties: { Path: /a, Method: GET } }
",
    );
    assert_eq!(
        found,
        [
            "8: event `Unknown`: `Telegram` is not an event type of AWS SAM",
            "9: event `NoType` of `A` has no `Type`",
            "10: event `Text` of `A` has no `Type`",
            "11: event `NoQueue` of type `SQS` has no `Queue`",
            "12: event `NoPath` of type `Api` has no `Path`",
            "13: `RestApiId` of event `NoApi` names `Gone`, which is no `AWS::Serverless::Api` in this template",
            "14: event `Bucket`: `Bucket` must be a `Ref` of an S3 bucket in the same template",
            "16: event `TwiceAgain`: its API already has the method `get` of `/a`",
        ]
    );
}

#[test]
fn values_of_the_wrong_sort() {
    let found = problems(
        "  A: { Type: AWS::Serverless::Api, Properties: { StageName: 1, Auth: [] } }
  B: { Type: AWS::Serverless::Connector, Properties: { Source: { Id: Good }, Destination: { Id: Nowhere }, Permissions: [Read] } }
  C: { Type: AWS::Serverless::Thing }
  D: just text
",
    );
    assert_eq!(
        found,
        [
            "1: `StageName` of `A` must be a string or a map",
            "1: `Auth` of `A` must be a map",
            "2: a connector names `Nowhere`, which is no resource of this template",
            "4: resource `D` must be a map",
        ]
    );
}

#[test]
fn globals() {
    let text = format!("{HEAD}Globals:\n  Function: {{ Role: x, Timeout: 3 }}\n  Queue: {{}}\nResources:\n{GOOD}");
    let (_, expansion) = expand(&text);
    let messages: Vec<&str> = expansion.problems.iter().map(|p| p.message.as_str()).collect();
    assert_eq!(messages[0], "`Role` cannot be set in `Globals.Function`: AWS SAM refuses the template");
    assert!(messages[1].starts_with("`Globals` has no section `Queue`"), "{}", messages[1]);
    let good = expansion.template.get("Resources").and_then(|r| r.get("Good")).and_then(|r| r.get("Properties")).unwrap();
    assert_eq!(good.get("Timeout").and_then(Node::as_str), Some("3"));
    assert!(good.get("Role").unwrap().as_str().is_none());
}

#[test]
fn templates_that_are_none() {
    for text in
        ["Resources: null\n", "Resources: []\n", "Resources: {}\n", "a: 1\n", "- 1\n", "text\n", "Resources: { A: { Type: [x] } }\n"]
    {
        let (_, node) = parse(text);
        let expansion = sam::expand(&node, &|_| None, &|_| None);
        assert!(expansion.problems.is_empty(), "{text}: {:?}", expansion.problems);
    }
}

#[test]
fn too_deep() {
    let deep = format!("{}1{}", "[".repeat(150), "]".repeat(150));
    let (_, shallow) = parse(&format!("{HEAD}Resources:\n{GOOD}  A: {{ Type: X::Y::Z, Properties: {{ V: {deep} }} }}\n"));
    assert!(sam::expand(&shallow, &|_| None, &|_| None).problems.is_empty());
    let mut node = shallow.clone();
    for _ in 0..300 {
        node = Node::sequence(vec![node.clone()], node.span);
    }
    let resources = Node::mapping(vec![("Deep".into(), node.clone())], node.span);
    let template = Node::mapping(vec![("Resources".into(), resources)], node.span);
    let expansion = sam::expand(&template, &|_| None, &|_| None);
    assert_eq!(expansion.problems.len(), 1);
    assert!(expansion.problems[0].message.contains("too deeply"));
}

#[test]
fn local_definitions() {
    let text = format!(
        "{HEAD}Resources:
{GOOD}  File: {{ Type: AWS::Serverless::Api, Properties: {{ StageName: prod, DefinitionUri: ./api.yaml }} }}
  Gone: {{ Type: AWS::Serverless::Api, Properties: {{ StageName: prod, DefinitionUri: ./gone.yaml }} }}
  Included:
    Type: AWS::Serverless::Api
    Properties:
      StageName: prod
      Cors: \"'*'\"
      DefinitionBody: {{ Fn::Transform: {{ Name: AWS::Include, Parameters: {{ Location: ./api.yaml }} }} }}
  Elsewhere:
    Type: AWS::Serverless::Api
    Properties:
      StageName: prod
      DefinitionBody: {{ Fn::Transform: {{ Name: AWS::Include, Parameters: {{ Location: s3://bucket/api.yaml }} }} }}
"
    );
    let (_, node) = parse(&text);
    let (_, api) = parse("swagger: '2.0'\npaths: { /a: { get: {} } }\n");
    let expansion = sam::expand(&node, &|_| None, &|path| (path == "./api.yaml").then(|| api.clone()));
    assert!(expansion.problems.is_empty(), "{:?}", expansion.problems);
    let at = |path: &[&str]| {
        let mut at = expansion.template.get("Resources").cloned();
        for key in path {
            at = at.and_then(|n| n.get(key).cloned());
        }
        at
    };
    assert!(at(&["File", "Properties", "Body", "paths", "/a", "get"]).is_some());
    assert_eq!(at(&["Gone", "Properties", "BodyS3Location"]).unwrap().as_str(), Some("./gone.yaml"));
    assert!(at(&["Included", "Properties", "Body", "paths", "/a", "options"]).is_some());
    assert!(at(&["Elsewhere", "Properties", "Body", "Fn::Transform"]).is_some());
    assert_eq!(at(&["Good", "Properties", "Code"]).unwrap().as_str(), Some("./src"));
}

#[test]
fn origins() {
    let text = "Resources:
  Good:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.12
      Handler: a.b
      CodeUri: ./src
      AutoPublishAlias: live
      Events: { Get: { Type: Api, Properties: { Path: /, Method: get } } }
";
    let (sources, expansion) = expand(text);
    let of = |id: &str| expansion.origins.get(id).map(|o| o.to_string());
    assert_eq!(of("GoodRole").as_deref(), Some("SAM function `Good`"));
    assert_eq!(of("GoodAliaslive").as_deref(), Some("SAM `AutoPublishAlias` of `Good`"));
    assert_eq!(of("GoodGetPermissionProd").as_deref(), Some("SAM event `Get` of `Good`"));
    assert_eq!(of("ServerlessRestApiProdStage").as_deref(), Some("SAM API `ServerlessRestApi`"));
    assert_eq!(of("Good"), None);
    let resource = |id: &str| expansion.template.get("Resources").and_then(|r| r.entry(id)).cloned().unwrap();
    let permission = resource("GoodGetPermissionProd");
    assert_eq!(sources.text(permission.key.span), "Get");
    assert_eq!(sources.text(permission.value.span), "{ Type: Api, Properties: { Path: /, Method: get } }");
    assert_eq!(sources.text(resource("GoodRole").key.span), "Good");
}

#[test]
fn globals_that_grow_without_end() {
    let variables: String = (0..2000).map(|i| format!("V{i}: a, ")).collect();
    let functions: String = (0..400).map(|i| format!("  F{i}: {{ Type: AWS::Serverless::Function }}\n")).collect();
    let globals = format!("Runtime: x, Handler: y, Environment: {{ Variables: {{ {variables} }} }}");
    let (_, expansion) = expand(&format!("{HEAD}Globals: {{ Function: {{ {globals} }} }}\nResources:\n{functions}"));
    assert!(expansion.problems.iter().any(|p| p.message.starts_with("`Globals` are too large")), "{:?}", expansion.problems.first());
}

#[test]
fn types_that_are_not_known() {
    let later = "  Later: { Type: AWS::Serverless::Thing, Properties: { Any: 1 } }\n";
    assert_eq!(problems(later), [""; 0], "a later AWS SAM may know it");
    let globals = "Globals:\n  Thing: { Any: 2 }\n  Functions: { Timeout: 3 }\n";
    let (_, expansion) = expand(&format!("{HEAD}{globals}Resources:\n{GOOD}{later}"));
    let unknown: Vec<(&str, &str)> = expansion.unknown.iter().map(|u| (u.id.as_str(), u.kind.as_str())).collect();
    assert_eq!(unknown, [("Later", "AWS::Serverless::Thing")]);
    let resources = expansion.template.get("Resources").expect("resources");
    assert!(resources.get("Later").is_some() && resources.get("GoodRole").is_some());
    let found: Vec<&str> = expansion.problems.iter().map(|p| p.message.as_str()).collect();
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with("`Globals` has no section `Functions`"), "{found:?}");
}
