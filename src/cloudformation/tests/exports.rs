use std::path::PathBuf;

use super::*;
use crate::value::{Kind, Reason};

/// Resolves `app.yaml`, which has the import as property `V` of its resource `A`, beside templates that export.
fn imported(sections: &str, import: &str, templates: &[(&str, &str)]) -> Value {
    let mut workspace = Workspace::default();
    let app = format!("{sections}\nResources:\n  A: {{Type: 'AWS::X::Y', Properties: {{V: {{'Fn::ImportValue': {import}}}}}}}\n");
    let mut paths = vec![PathBuf::from("app.yaml")];
    workspace.sources.add("app.yaml", app);
    for (name, text) in templates {
        workspace.sources.add(*name, *text);
        paths.push(PathBuf::from(name));
    }
    workspace.exports = Exports::gather(&paths, &workspace);
    let unit = resolve(Path::new("app.yaml"), &workspace);
    unit.resources[0].attribute("V").cloned().expect("a value")
}

fn outputs(value: &str, name: &str) -> String {
    format!(
        "Parameters: {{Env: {{Type: String, Default: dev}}, Open: {{Type: String}}}}\nConditions: {{Never: !Equals [a, b]}}\n\
         Resources: {{R: {{Type: 'AWS::X::Y'}}}}\nOutputs: {{O: {{Value: {value}, Export: {{Name: {name}}}}}}}\n"
    )
}

#[test]
fn texts_are_what_they_are() {
    let net = outputs("!Sub 'arn:aws:s3:${AWS::Region}:${AWS::AccountId}:b-${Env}'", "!Sub '${Env}-bucket'");
    let value = imported("", "dev-bucket", &[("net.yaml", &net)]);
    assert_eq!(value.to_string(), "arn:aws:s3:${AWS::Region}:${AWS::AccountId}:b-dev");
    // The name may hang on a parameter of the template that imports.
    let parameters = "Parameters: {Stage: {Type: String, Default: dev}}";
    let imported = imported(parameters, "!Sub '${Stage}-bucket'", &[("net.yaml", &net)]);
    assert_eq!(imported.kind, value.kind);
}

#[test]
fn resources_of_other_stacks_are_named() {
    let net = outputs("!GetAtt R.Arn", "shared");
    let value = imported("", "shared", &[("infra/net.yaml", &net)]);
    assert_eq!(unknown(&value).message, "it is `R.Arn` of infra/net.yaml, which is another stack");
    assert_eq!((unknown(&value).reason, unknown(&value).shown.as_str()), (Reason::External, "net.yaml:R.Arn"));
    let text = imported("", "shared", &[("net.yaml", &outputs("!Sub '${R.Arn}/x'", "shared"))]);
    assert_eq!(text.to_string(), "${net.yaml:R.Arn}/x");
}

#[test]
fn names_are_matched_only_where_they_are_proven_equal() {
    let region = outputs("v", "!Sub '${AWS::Region}-x'");
    assert_eq!(imported("", "!Sub '${AWS::Region}-x'", &[("net.yaml", &region)]).as_str(), Some("v"));
    // Another stack has another name, and another value of a parameter of the same name.
    let stack = outputs("v", "!Sub '${AWS::StackName}-x'");
    assert!(imported("", "!Sub '${AWS::StackName}-x'", &[("net.yaml", &stack)]).as_str().is_none());
    let open = outputs("v", "!Sub '${Open}-x'");
    let own = "Parameters: {Open: {Type: String}}";
    assert!(imported(own, "!Sub '${Open}-x'", &[("net.yaml", &open)]).as_str().is_none());
    let never = outputs("v", "n").replace("O: {", "O: {Condition: Never, ");
    assert_eq!(unknown(&imported("", "n", &[("net.yaml", &never)])).message, "`n` is exported by another stack");
}

#[test]
fn two_exports_of_one_name_are_no_guess() {
    let (dev, prod) = (outputs("10.0.0.0/16", "cidr"), outputs("10.1.0.0/16", "cidr"));
    let value = imported("", "cidr", &[("dev/net.yaml", &dev), ("prod/net.yaml", &prod)]);
    assert_eq!(unknown(&value).message, "`cidr` is exported by dev/net.yaml and by prod/net.yaml, with different values");
    assert_eq!(imported("", "cidr", &[("dev/net.yaml", &dev), ("prod/net.yaml", &dev)]).as_str(), Some("10.0.0.0/16"));
    let ids = outputs("!Ref R", "id");
    assert!(matches!(imported("", "id", &[("dev/net.yaml", &ids), ("prod/net.yaml", &ids)]).kind, Kind::Unknown(_)));
}

#[test]
fn what_a_condition_decides_stays_unknown() {
    let net = outputs("!If [C, a, b]", "n").replace("Conditions: {", "Conditions: {C: !Equals [!Ref Open, x], ");
    assert_eq!(
        unknown(&imported("", "n", &[("net.yaml", &net)])).message,
        "the output `O` of net.yaml depends on a condition of that template"
    );
    let open = outputs("!Ref Open", "n");
    let value = imported("", "n", &[("net.yaml", &open)]);
    assert_eq!(unknown(&value).message, "the output `O` of net.yaml is not known: parameter `Open` has no default");
}

#[test]
fn a_nested_template_exports_what_its_parent_gives() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("a file");
    write("app.yaml", "Resources:\n  A: {Type: 'AWS::X::Y', Properties: {V: !ImportValue prod-x, W: !ImportValue dev-x}}\n");
    write("child.yaml", &outputs("!Ref Env", "!Sub '${Env}-x'"));
    write(
        "parent.yaml",
        "Resources:\n  N: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: child.yaml, Parameters: {Env: prod}}}\n",
    );
    let mut workspace = Workspace::default();
    let paths: Vec<PathBuf> = ["app.yaml", "child.yaml", "parent.yaml"].iter().map(|name| folder.path().join(name)).collect();
    workspace.exports = Exports::gather(&paths, &workspace);
    let unit = resolve(&paths[0], &workspace);
    let value = |name: &str| unit.resources[0].attribute(name).cloned().expect("a value");
    assert_eq!(value("V").as_str(), Some("prod"));
    assert_eq!(unknown(&value("W")).message, "`dev-x` is exported by another stack");
}
