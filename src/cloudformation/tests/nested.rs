use super::*;
use crate::value::{Guard, Kind, Reason};

/// Writes files into a folder and resolves the first.
fn files(files: &[(&str, &str)]) -> (tempfile::TempDir, Resolved) {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let workspace = Workspace::default();
    let unit = resolve(&folder.path().join(files[0].0), &workspace);
    (folder, Resolved { unit, workspace })
}

#[test]
fn parameters_go_in_and_outputs_come_out() {
    let parent = "Parameters: {Env: {Type: String}}\nConditions: {C: !Equals [!Ref Env, prod]}\nResources:\n  \
                  N: {Type: AWS::CloudFormation::Stack, Condition: C, Properties: {TemplateURL: ./sub/child.yaml, Parameters: {Arn: !GetAtt A.Arn, \
                  E: !Ref Env, L: [x, y]}}}\n  A: {Type: AWS::X::Y, Properties: {V: !GetAtt N.Outputs.O, W: !GetAtt N.Outputs.Q}}\n";
    let child = "Parameters: {Arn: {Type: String}, E: {Type: String}, L: {Type: String}, Own: {Type: String}}\nResources:\n  \
                 B: {Type: AWS::X::Y, Properties: {V: !Sub '${Arn}/${E}/${L}', W: !Ref Own, S: !Ref AWS::StackName}}\n\
                 Outputs: {O: {Value: !GetAtt B.Arn}, Q: {Value: !Sub 'q-${E}'}}\n";
    let (_folder, found) = files(&[("parent.yaml", parent), ("sub/child.yaml", child)]);
    assert!(found.problems().is_empty(), "{:?}", found.problems());
    assert_eq!(found.addresses(), ["N", "A", "N.B"]);
    assert_eq!(found.resource("N.B").presence, Guard::when("Env == \"prod\"", true));
    assert_eq!(found.v("N.B").to_string(), "${A.Arn}/${Env}/x,y");
    let own = found.resource("N.B").attribute("W").cloned().unwrap();
    assert_eq!(unknown(&own).identity.as_deref(), Some("param.N.Own"));
    let stack_name = found.resource("N.B").attribute("S").cloned().unwrap();
    assert_eq!(unknown(&stack_name).identity.as_deref(), Some("N.AWS::StackName"));
    let Kind::Attr(attr) = found.v("A").kind else { panic!() };
    assert_eq!((attr.resource, attr.shown.as_str()), (ResourceId(2), "N.B.Arn"));
    assert_eq!(found.resource("A").attribute("W").unwrap().to_string(), "q-${Env}");
    assert_eq!(found.unit.files.len(), 2);
    assert!(found.unit.opaque.is_empty());
}

#[test]
fn sam_applications() {
    let parent = "Transform: AWS::Serverless-2016-10-31\nResources:\n  App: {Type: AWS::Serverless::Application, Properties: {Location: child.yaml, \
                  Parameters: {P: x}}}\n  Repo: {Type: AWS::Serverless::Application, Properties: {Location: {ApplicationId: \
                  'arn:aws:serverlessrepo:us-east-1:123456789012:applications/a', SemanticVersion: 1.0.0}}}\n";
    let child = "Transform: AWS::Serverless-2016-10-31\nParameters: {P: {Type: String}}\nResources:\n  \
                 F: {Type: AWS::Serverless::Function, Properties: {Handler: a.b, Runtime: python3.13, CodeUri: s, FunctionName: !Ref P}}\n";
    let (_folder, found) = files(&[("parent.yaml", parent), ("child.yaml", child)]);
    assert!(found.problems().is_empty(), "{:?}", found.problems());
    assert_eq!(found.addresses(), ["App", "Repo", "App.F", "App.FRole"]);
    assert_eq!(found.resource("App.F").attribute("FunctionName").and_then(Value::as_str), Some("x"));
    assert_eq!(found.unit.opaque.len(), 1);
    assert_eq!(found.unit.opaque[0].address, "Repo");
}

#[test]
fn opaque_ones() {
    let parent = "Resources:\n  R: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: 'https://x/y.yaml', Parameters: {P: !GetAtt A.Arn}}}\n  \
                  M: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: missing.yaml}}\n  \
                  K: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: other.yaml}}\n  \
                  A: {Type: AWS::X::Y, Properties: {V: !GetAtt R.Outputs.O}}\n";
    let (_folder, found) = files(&[("parent.yaml", parent), ("other.yaml", "kind: Pod\n")]);
    assert_eq!(
        found.problems(),
        ["3: warning: the nested template `missing.yaml` is not there", "4: error: `other.yaml` is no CloudFormation template"]
    );
    let addresses: Vec<_> = found.unit.opaque.iter().map(|o| (o.address.as_str(), o.source.as_str())).collect();
    assert_eq!(addresses, [("R", "https://x/y.yaml"), ("M", "missing.yaml"), ("K", "other.yaml")]);
    assert_eq!(found.unit.opaque[0].arguments.to_string(), "{P = ${A.Arn}}");
    assert_eq!(found.unit.opaque[0].references, [ResourceId(3)]);
    assert_eq!(found.v("A").to_string(), "${R.Outputs.O}");
}

#[test]
fn cycles() {
    let stack = "Resources:\n  N: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: b.yaml}}\n";
    let (_folder, found) = files(&[("a.yaml", stack), ("b.yaml", &stack.replace("b.yaml", "a.yaml"))]);
    assert_eq!(found.problems(), ["2: error: the template `a.yaml` nests itself"]);
    assert_eq!(found.addresses(), ["N", "N.N"]);
    let parent = "Resources:\n  N: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: c.yaml, Parameters: {P: !GetAtt M.Outputs.O}}}\n  \
                  M: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: c.yaml, Parameters: {P: !GetAtt N.Outputs.O}}}\n";
    let child =
        "Parameters: {P: {Type: String}}\nResources: {B: {Type: AWS::X::Y, Properties: {V: !Ref P}}}\nOutputs: {O: {Value: !Ref P}}\n";
    let (_folder, found) = files(&[("parent.yaml", parent), ("c.yaml", child)]);
    assert_eq!(unknown(&found.v("N.B")).reason, Reason::Cycle);
    assert_eq!(found.problems(), ["3: error: `M.Outputs.O` depends on itself"]);
    let missing = "Resources:\n  N: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: c.yaml}}\n  \
                   A: {Type: AWS::X::Y, Properties: {V: !GetAtt N.Outputs.Nope}}\n";
    let (_folder, found) = files(&[("parent.yaml", missing), ("c.yaml", "Resources: {B: {Type: AWS::X::Y}}")]);
    assert!(found.problems()[0].starts_with("3: error: the nested template "), "{:?}", found.problems());
    assert!(found.problems()[0].ends_with("c.yaml has no output `Nope`"));
}

#[test]
fn stacks_that_double_at_every_level() {
    let twice = |next: &str| {
        format!(
            "Resources:\n  A: {{Type: AWS::CloudFormation::Stack, Properties: {{TemplateURL: {next}}}}}\n  \
             B: {{Type: AWS::CloudFormation::Stack, Properties: {{TemplateURL: {next}}}}}\n"
        )
    };
    let texts: Vec<(String, String)> = (0..14).map(|i| (format!("t{i}.yaml"), twice(&format!("t{}.yaml", i + 1)))).collect();
    let list: Vec<(&str, &str)> = texts.iter().map(|(n, t)| (n.as_str(), t.as_str())).collect();
    let (_folder, found) = files(&list);
    assert!(found.problems().iter().any(|p| p.contains("more than 500 nested stacks")), "{:?}", found.problems());
}

/// Each stack's condition asks for an output of the next one, which is read just then.
#[test]
fn stacks_that_wait_for_one_another() {
    let mut parent = String::from("Resources:\n");
    for i in 0..300 {
        let next = i + 1;
        parent.push_str(&format!(
            "  N{i}: {{Type: AWS::CloudFormation::Stack, Properties: {{TemplateURL: c.yaml, Parameters: {{P: !GetAtt N{next}.Outputs.O}}}}}}\n"
        ));
    }
    parent.push_str("  N300: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: c.yaml, Parameters: {P: a}}}\n");
    let child = "Parameters: {P: {Type: String}}\nConditions: {C: !And [!Equals [!Ref P, a], !Equals [a, a]]}\n\
                 Resources: {B: {Type: AWS::X::Y, Condition: C}, D: {Type: AWS::X::Y}}\nOutputs: {O: {Value: !Join ['', [!Ref P]]}}\n";
    let (_folder, found) = files(&[("parent.yaml", &parent), ("c.yaml", child)]);
    assert!(found.problems().iter().all(|p| p.ends_with("nested more than 300 levels deep: not followed any further")));
    assert!(found.addresses().contains(&"N300.B"));
}

#[test]
fn snippets() {
    let include = |name: &str| format!("{{'Fn::Transform': {{Name: AWS::Include, Parameters: {{Location: {name}}}}}");
    let parent = format!(
        "Resources:\n  A: {{Type: AWS::X::Y, Properties: {{V: {}}}}}}}\n  B: {{Type: AWS::X::Y, Properties: {{V: {}, own: 1}}}}}}\n  \
         C: {{Type: AWS::X::Y, Properties: {{V: {}}}}}}}\n  D: {{Type: AWS::X::Y, Properties: {{V: {}}}}}}}\n",
        include("s.yaml"),
        include("s.yaml"),
        include("s3://bucket/x.yaml"),
        include("self.yaml")
    );
    let own = format!("x: {}}}\n", include("self.yaml"));
    let (_folder, found) = files(&[("parent.yaml", &parent), ("s.yaml", "a: !Ref B\nb: [1]\n"), ("self.yaml", &own)]);
    assert_eq!(found.v("A").to_string(), "{a = ${B}, b = [1]}");
    assert_eq!(found.v("B").to_string(), "{a = ${B}, b = [1], own = 1}");
    assert_eq!(unknown(&found.v("C")).reason, Reason::Macro);
    assert_eq!(found.problems(), ["1: error: snippets include one another more than 8 levels deep"]);
    let top = "Transform: {Name: AWS::Include, Parameters: {Location: s.yaml}}\nResources: {Y: {Type: AWS::X::Y}}\n";
    let (_folder, found) = files(&[("t.yaml", top), ("s.yaml", "Resources: {Z: {Type: AWS::X::Y}}\n")]);
    assert_eq!((found.addresses(), found.problems()), (vec!["Y", "Z"], vec![]));
}
