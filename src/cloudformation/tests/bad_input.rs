use super::*;

fn problems(text: &str) -> Vec<String> {
    resolved(text, ResolveOptions::default()).problems()
}

/// What a part of a template does not have: without it, a name that is not declared is no mistake.
const VERSION: &str = "AWSTemplateFormatVersion: 2010-09-09\n";

fn of_value(expression: &str) -> Vec<String> {
    let resource = format!("Resources:\n  A:\n    Type: AWS::X::Y\n    Properties:\n      V: {expression}\n");
    problems(&format!("Conditions: {{C: !Equals [a, a]}}\n{resource}{VERSION}"))
}

#[test]
fn files() {
    assert_eq!(problems(""), ["0: error: the file is empty"]);
    assert_eq!(problems("a: [1\n"), ["1: error: expected `,` or `]` in the list that starts on line 1"]);
    let two = "Resources: {A: {Type: 'AWS::X::Y'}}\n---\na: 1\n";
    assert_eq!(problems(two), ["2: error: a template is one YAML document: a second one starts here"]);
    let missing = resolve(Path::new("/nowhere/t.yaml"), &Workspace::default());
    assert!(missing.problems[0].message.starts_with("cannot read /nowhere/t.yaml: "), "{:?}", missing.problems);
    assert!(missing.resources.is_empty());
}

#[test]
fn sections() {
    assert_eq!(problems("AWSTemplateFormatVersion: 2010-09-09\nResources:\n"), ["2: error: `Resources` is empty"]);
    assert_eq!(problems("AWSTemplateFormatVersion: 2010-09-09\nResources: {}\n"), ["2: error: `Resources` is empty"]);
    assert_eq!(problems("AWSTemplateFormatVersion: 2010-09-09\nResources: [a]\n"), ["2: error: `Resources` must be a map"]);
    assert_eq!(problems("AWSTemplateFormatVersion: 2010-09-09\n"), ["1: error: the template has no `Resources`"]);
    let resources = "Resources: {A: {Type: 'AWS::X::Y'}}";
    assert_eq!(problems(&format!("Parameters:\n  P:\n{resources}")), ["2: warning: parameter `P` has no definition"]);
    assert_eq!(problems(&format!("Parameters: [x]\n{resources}")), ["1: error: `Parameters` must be a map"]);
    assert!(problems(&format!("Parameters:\nMappings:\nConditions:\nOutputs:\n{resources}")).is_empty());
    assert_eq!(problems(&format!("{resources}\nOutputs: {{O: {{}}}}")), ["2: error: output `O` has no `Value`"]);
    assert_eq!(
        problems("Resources:\n  A: {Type: 'AWS::X::Y'}\n  A: {Type: 'AWS::X::Z'}\n"),
        ["3: note: the key `A` stands here twice: the last one counts"]
    );
}

#[test]
fn resources() {
    let text = "Resources:\n  A: {Properties: {}}\n  B:\n  C: x\n  D: {Type: 'AWS::X::Y', Properties: }\n  E: {Type: !Rain::Module m.yaml}\n  \
                F: {Type: [a]}\n  G: {Type: 'AWS::X::Y', Properties: [a]}\n  H: {Type: 'AWS::X::Y', DependsOn: [I, [a]]}\n  \
                J: {Type: 'AWS::X::Y', Condition: Nope}\n  K: {Type: 'AWS::X::Y', Condition: [x]}\n";
    let text = format!("{text}{VERSION}");
    let found = resolved(&text, ResolveOptions::default());
    assert_eq!(
        found.problems(),
        [
            "2: error: resource `A` has no `Type`",
            "3: error: resource `B` is empty",
            "4: error: resource `C` must be a map",
            "5: warning: `Properties` of resource `D` is empty",
            "7: error: the `Type` of resource `F` must be a text",
            "8: error: `Properties` of resource `G` must be a map",
            "9: error: `DependsOn` wants the names of resources",
            "11: error: `Condition` must be the name of a condition",
        ]
    );
    assert_eq!(found.addresses(), ["D", "G", "H", "J", "K"]);
    assert_eq!(found.unit.opaque[0].address, "E");
    assert_eq!(found.unit.opaque[0].source, "m.yaml");
    let reason = "resource `E` is the module `m.yaml` of rain: what it makes is not seen before `rain pkg`";
    assert_eq!(found.unit.opaque[0].reason.as_deref(), Some(reason));
    let text = text.replace("  E: {Type: !Rain::Module m.yaml}\n", "");
    let without_macro = resolved(&text, ResolveOptions::default()).problems();
    assert!(without_macro.contains(&"8: error: `DependsOn` names `I`, which the template does not have".to_owned()));
    assert!(without_macro.contains(&"9: error: the template has no condition `Nope`".to_owned()));
}

#[test]
fn names() {
    assert_eq!(of_value("!Ref Nope"), ["6: error: `Nope` is neither a parameter nor a resource of this template"]);
    assert_eq!(of_value("!GetAtt Nope.Arn"), ["6: error: `Nope` is neither a parameter nor a resource of this template"]);
    assert_eq!(of_value("!Sub '${Nope.Arn}'"), ["6: error: `Nope` is neither a parameter nor a resource of this template"]);
    let parameter =
        "Parameters: {P: {Type: String}}\nResources:\n  A: {Type: 'AWS::X::Y', Properties: {V: !Sub '${P.Arn}', W: !GetAtt P.Arn}}\n";
    let said = "3: error: `P` is a parameter, which has no attributes: `Fn::GetAtt` and `${P.…}` are for resources";
    assert_eq!(resolved(parameter, ResolveOptions::default()).problems(), [said, said]);
    assert_eq!(of_value("!GetAtt A"), ["6: error: `Fn::GetAtt` wants a resource and an attribute: `A.Arn`?"]);
    assert_eq!(of_value("!Ref [a]"), ["6: error: `Ref` wants the name of a parameter or resource"]);
    assert_eq!(
        of_value("!Sub '${a-b}'"),
        ["6: error: `${a-b}` in `Fn::Sub` is no name: names have letters, digits, `_`, `.` and `:` only"]
    );
    assert_eq!(of_value("!Sub '${}'"), ["6: error: `${}` in `Fn::Sub` is no name: names have letters, digits, `_`, `.` and `:` only"]);
}

#[test]
fn a_stage_variable_that_is_not_escaped() {
    let text = "Resources:\n  A:\n    Type: AWS::X::Y\n    Properties:\n      V: !Sub 'f:${stageVariables.env}'\n";
    let found = resolved(text, ResolveOptions::default());
    assert_eq!(
        found.problems(),
        ["5: error: `${stageVariables.env}` in `Fn::Sub` names a resource `stageVariables`, which the template does not have"]
    );
    assert_eq!(found.unit.problems[0].help, "write `${!stageVariables.env}` for a stage variable");
    assert_eq!(found.v("A").as_str(), Some("f:${stageVariables.env}"));
}

#[test]
fn functions() {
    assert_eq!(of_value("!Join [a]"), ["6: error: `Fn::Join` wants a list: a delimiter and a list of values"]);
    assert_eq!(of_value("!Join [',', b]"), ["6: error: the second argument of `Fn::Join` must be a list"]);
    assert_eq!(of_value("!Split ['', b]"), ["6: error: the delimiter of `Fn::Split` must be a text, and not empty"]);
    assert_eq!(of_value("!Select [0]"), ["6: error: `Fn::Select` wants a list: an index and a list of values"]);
    assert_eq!(of_value("!Select [2, [a, b]]"), ["6: error: `Fn::Select` wants item 2 of a list of 2"]);
    assert_eq!(of_value("!If [C, a]"), ["6: error: `Fn::If` wants a list: the name of a condition and two values"]);
    assert_eq!(of_value("!If [[C], a, b]"), ["6: error: the first argument of `Fn::If` must be the name of a condition"]);
    assert_eq!(of_value("!If [Nope, a, b]"), ["6: error: the template has no condition `Nope`"]);
    assert_eq!(of_value("!FindInMap [M, a, b]"), ["6: error: the template has no `Mappings`"]);
    assert_eq!(of_value("!FindInMap [M]"), ["6: error: `Fn::FindInMap` wants a list: a mapping, a top-level key and a second-level key"]);
    assert_eq!(of_value("!Sub [a, b]"), ["6: error: the second argument of `Fn::Sub` must be a map"]);
    assert_eq!(of_value("!Sub {a: b}"), ["6: error: the first argument of `Fn::Sub` must be a text"]);
    assert_eq!(of_value("!Sub []"), ["6: error: `Fn::Sub` wants a text, or a list of a text and a map"]);
    assert_eq!(of_value("!Cidr x"), ["6: error: `Fn::Cidr` wants a list: an address block, a count and the number of host bits"]);
    assert_eq!(of_value("!Nope x"), ["6: error: CloudFormation has no function `Fn::Nope`"]);
    assert_eq!(
        of_value("!Equals [a, b]"),
        ["6: error: `Fn::Equals` stands only in conditions: give the condition a name and use `Fn::If`"]
    );
    assert_eq!(of_value("{'Fn::Join': ['', [a]], b: 1}"), ["6: error: `Fn::Join` is a function and must be the only key of its mapping"]);
    assert_eq!(of_value("{[a]: 1}"), ["6: error: a key must be a text"]);
    assert!(of_value("!Rain::Embed x").is_empty());
}

#[test]
fn conditions() {
    let of = |condition: &str| {
        let text = format!("Conditions:\n  D: {condition}\n  E: !Condition D\nResources: {{A: {{Type: 'AWS::X::Y', Condition: E}}}}\n");
        problems(&format!("{text}{VERSION}"))
    };
    assert_eq!(of("!Equals [a]"), ["2: error: `Fn::Equals` wants a list of two values"]);
    assert_eq!(of("!Not x"), ["2: error: `Fn::Not` wants a list of one condition"]);
    assert_eq!(of("!And x"), ["2: error: `Fn::And` wants a list of conditions"]);
    assert_eq!(of("true"), ["2: error: a condition must be one of Fn::And, Fn::Equals, Fn::Not, Fn::Or and Condition"]);
    assert_eq!(of("!Sub x"), ["2: error: `Fn::Sub` is no condition: only Fn::And, Fn::Equals, Fn::Not, Fn::Or and Condition are"]);
    assert_eq!(of("!Condition E"), ["3: error: the condition `E` depends on itself"]);
    assert_eq!(of("!Condition Nope"), ["2: error: the template has no condition `Nope`"]);
}
