use super::*;
use crate::value::{Guard, Kind, Part, Pseudo, Reason};

const PARAMETERS: &str = "Parameters:\n  Env: {Type: String}\n  Given: {Type: String, Default: prod}\n  \
                          Subnets: {Type: 'List<AWS::EC2::Subnet::Id>'}\n  Zones: {Type: CommaDelimitedList, Default: 'a, b'}\n";

fn shown(resolved: &Resolved, address: &str) -> String {
    resolved.v(address).to_string()
}

#[test]
fn references_to_resources() {
    let found = values("", &[("A", "!Ref B"), ("B", "!GetAtt A.Arn"), ("C", "!GetAtt [A, X.Y]"), ("D", "!Sub '${A}-${ B.Arn }'")]);
    let attr = |address: &str| match found.v(address).kind {
        Kind::Attr(attr) => (attr.resource.0, attr.path.to_string(), attr.shown.to_string()),
        other => panic!("{other:?}"),
    };
    assert_eq!(attr("A"), (1, "Ref".into(), "B".into()));
    assert_eq!(attr("B"), (0, "Arn".into(), "A.Arn".into()));
    assert_eq!(attr("C"), (0, "X.Y".into(), "A.X.Y".into()));
    assert_eq!(shown(&found, "D"), "${A}-${B.Arn}");
    assert_eq!(found.resource("D").references, [ResourceId(0), ResourceId(1)]);
    assert!(found.problems().is_empty());
}

#[test]
fn parameters() {
    let expressions = [("A", "!Ref Env"), ("B", "!Sub 'x-${Env}'"), ("C", "!Ref Given"), ("D", "!Ref Zones"), ("E", "!Ref Subnets")];
    let found = values(PARAMETERS, &expressions);
    let env = found.v("A");
    assert_eq!(unknown(&env).message, "parameter `Env` has no default");
    assert_eq!(unknown(&env).identity.as_deref(), Some("param.Env"));
    assert_eq!(unknown(&env).reason, Reason::NoValue);
    assert_eq!(found.workspace.sources.text(unknown(&env).span), "{Type: String}");
    assert_eq!(shown(&found, "B"), "x-${Env}");
    assert_eq!(shown(&found, "C"), "prod");
    assert_eq!(shown(&found, "D"), "[a, b]");
    let subnets = found.v("E");
    let subnets = subnets.as_list().unwrap();
    assert_eq!(subnets.open.as_ref().unwrap().identity.as_deref(), Some("param.Subnets"));
    assert_eq!(unknown(&subnets.items[0]).identity.as_deref(), Some("Fn::Select(0, param.Subnets)"));
    let options = ResolveOptions { parameters: vec![("Env".into(), "a".into()), ("Env".into(), "b".into())], ..Default::default() };
    assert_eq!(shown(&values_with(PARAMETERS, &expressions, options), "B"), "x-b");
}

#[test]
fn stored_parameters_are_the_same_by_path() {
    let parameters = "Parameters:\n  A: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /x}\n  \
                      B: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /x}\n";
    let found = values(parameters, &[("P", "!Ref A"), ("Q", "!Ref B")]);
    assert_eq!(unknown(&found.v("P")).identity.as_deref(), Some("ssm:/x"));
    assert_eq!(unknown(&found.v("P")).identity, unknown(&found.v("Q")).identity);
    let list = values("Parameters: {A: {Type: 'AWS::SSM::Parameter::Value<List<String>>', Default: /y}}", &[("P", "!Ref A")]);
    assert_eq!(unknown(&list.v("P")).message, "the List<String> in the Systems Manager parameter `/y` is read at the deploy");
    assert_eq!(unknown(&found.v("P")).message, "the String in the Systems Manager parameter `/x` is read at the deploy");
}

#[test]
fn pseudo_parameters() {
    let expressions =
        [("A", "!Ref AWS::Region"), ("B", "!Sub 'arn:${AWS::Partition}:x:${AWS::Region}:${AWS::AccountId}:${AWS::URLSuffix}'")];
    let open = values("", &expressions);
    let Kind::Text(text) = open.v("A").kind else { panic!() };
    assert_eq!(text.parts(), [Part::Pseudo(Pseudo::Region)]);
    let options = ResolveOptions { region: Some("cn-north-1".into()), account_id: Some("123456789012".into()), ..Default::default() };
    assert_eq!(shown(&values_with("", &expressions, options), "B"), "arn:aws-cn:x:cn-north-1:123456789012:amazonaws.com.cn");
    let none = values("", &[("A", "[a, !Ref AWS::NoValue, b]"), ("B", "{x: !Ref AWS::NoValue, y: 1}")]);
    assert_eq!((shown(&none, "A"), shown(&none, "B")), ("[a, b]".to_owned(), "{y = 1}".to_owned()));
}

#[test]
fn parts_of_texts_with_holes() {
    let expressions = [
        ("F", "1"),
        ("A", "!Select [5, !Split [':', !GetAtt F.Arn]]"),
        ("B", "!Select [5, !Split [':', !Sub 'arn:aws:sns:${AWS::Region}:${AWS::AccountId}:topic']]"),
        ("C", "!Select [3, !Split [':', !Sub 'arn:aws:sns:${AWS::Region}:${AWS::AccountId}:topic']]"),
        ("D", "!Select [0, !Split ['/', !Sub 'a/b${Env}/c']]"),
        ("E", "!Select [1, !Split ['/', !Sub 'a/b${Env}/c']]"),
        ("G", "!Select [1, !Split ['/', !Sub 'a/b${Env}/c']]"),
        ("H", "!Join [',', !Ref Subnets]"),
        ("I", "!Select [0, !Ref Subnets]"),
        ("J", "!Select [0, !GetAZs '']"),
        ("K", "!Select [0, !GetAZs {Ref: 'AWS::Region'}]"),
        ("N", "!Split ['a-', !Sub '${AWS::Region}-x']"),
        ("M", "!Select [0, {'Fn::GetAZs': null}]"),
        ("L", "{'Fn::Base64': !Sub '${Env}'}"),
    ];
    let found = values(PARAMETERS, &expressions);
    assert_eq!(unknown(&found.v("A")).shown, "Fn::Select(5, Fn::Split(:, F.Arn))");
    assert_eq!(unknown(&found.v("A")).message, "`F.Arn` is known after the deploy");
    assert_eq!(unknown(&found.v("A")).reason, Reason::Computed);
    assert!(unknown(&found.v("A")).identity.is_some());
    assert_eq!(shown(&found, "B"), "topic");
    assert_eq!(shown(&found, "C"), "${AWS::Region}");
    assert_eq!(shown(&found, "D"), "a");
    assert_eq!(unknown(&found.v("E")).identity, unknown(&found.v("G")).identity);
    assert_eq!(unknown(&found.v("E")).message, "parameter `Env` has no default");
    assert_eq!(unknown(&found.v("H")).shown, "Fn::Join(,, Subnets)");
    assert_eq!(unknown(&found.v("I")).shown, "Fn::Select(0, Subnets)");
    assert!(unknown(&found.v("J")).identity.is_some());
    assert_eq!(unknown(&found.v("J")).identity, unknown(&found.v("K")).identity);
    assert_eq!(unknown(&found.v("J")).identity, unknown(&found.v("M")).identity);
    assert!(found.v("N").as_list().is_some_and(|list| list.open.is_some() && list.items.is_empty()));
    assert_eq!(unknown(&found.v("L")).reason, Reason::NoValue);
    assert!(found.problems().is_empty(), "{:?}", found.problems());
}

const CONDITIONS: &str = "Parameters: {Env: {Type: String}, Other: {Type: String}}\nConditions:\n  IsProd: !Equals [!Ref Env, prod]\n  \
                          Same: !Equals [prod, !Ref Env]\n  IsDev: !Not [!Condition IsProd]\n  HasOther: !Not [!Equals [!Ref Other, '']]\n  \
                          Both: !And [!Condition IsProd, !Condition HasOther]\n  Either: !Or [!Condition IsProd, !Condition HasOther]\n  \
                          Never: !And [!Condition IsProd, !Condition IsDev]\n  Always: !Or [!Condition IsProd, !Condition IsDev]\n";

fn branches(value: &Value) -> Vec<(String, String)> {
    value.alternatives().iter().map(|(guard, value)| (guard.to_string(), value.to_string())).collect()
}

#[test]
fn undecided_conditions() {
    let expressions = [
        ("A", "!If [IsProd, 1, 2]"),
        ("B", "!If [Same, 1, 2]"),
        ("C", "!If [IsDev, 1, 2]"),
        ("D", "!If [Both, 1, 2]"),
        ("E", "!If [Either, 1, 2]"),
        ("F", "!If [Never, 1, 2]"),
        ("G", "!If [Always, 1, 2]"),
        ("H", "!If [IsProd, !If [IsDev, 1, 2], !If [IsDev, 3, 4]]"),
        ("I", "!Sub ['${x}-${y}', {x: !If [IsProd, 1, 2], y: !If [IsDev, 3, 4]}]"),
        ("J", "!If [IsProd, 1, 1]"),
    ];
    let found = values(CONDITIONS, &expressions);
    let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
    let prod = [pair("Env == \"prod\"", "1"), pair("not Env == \"prod\"", "2")];
    assert_eq!(branches(&found.v("A")), prod);
    assert_eq!(branches(&found.v("B")), prod);
    assert_eq!(branches(&found.v("C")), [pair("not Env == \"prod\"", "1"), pair("Env == \"prod\"", "2")]);
    assert_eq!(branches(&found.v("D")), [pair("Both and Env == \"prod\" and not Other == \"\"", "1"), pair("not Both", "2")]);
    assert_eq!(branches(&found.v("E")), [pair("Either", "1"), pair("not Either and not Env == \"prod\" and Other == \"\"", "2")]);
    assert_eq!(shown(&found, "F"), "2");
    assert_eq!(shown(&found, "G"), "1");
    assert_eq!(branches(&found.v("H")), [pair("Env == \"prod\"", "2"), pair("not Env == \"prod\"", "3")]);
    assert_eq!(branches(&found.v("I")), [pair("Env == \"prod\"", "1-4"), pair("not Env == \"prod\"", "2-3")]);
    assert_eq!(shown(&found, "J"), "1");
    assert!(found.problems().is_empty(), "{:?}", found.problems());
}

#[test]
fn conditions_of_resources() {
    let resources = "Resources:\n  A: {Type: 'AWS::X::Y', Condition: IsProd, Properties: {V: !If [IsProd, 1, 2], W: !Ref B}}\n  \
                     B: {Type: 'AWS::X::Y', Condition: Never}\n  C: {Type: 'AWS::X::Y', Condition: Always}\n";
    let found = resolved(&format!("{CONDITIONS}{resources}"), ResolveOptions::default());
    assert_eq!(found.addresses(), ["A", "C"]);
    assert_eq!(found.resource("A").presence, Guard::when("Env == \"prod\"", true));
    assert!(found.resource("C").presence.is_always());
    // Inside a resource its own condition is true.
    assert_eq!(shown(&found, "A"), "1");
    let absent = found.resource("A").attribute("W").cloned().unwrap();
    assert_eq!(unknown(&absent).message, "resource `B` is not created: condition `Never` is false");
}

#[test]
fn lookups_by_unknown_keys() {
    let mappings = "Mappings:\n  M:\n    us-east-1: {A: x, B: same}\n    eu-west-1: {A: y, B: same}\n";
    let expressions = [("A", "!FindInMap [M, !Ref AWS::Region, A]"), ("B", "!FindInMap [M, !Ref AWS::Region, B]")];
    let found = values(mappings, &expressions);
    let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
    assert_eq!(branches(&found.v("A")), [pair("AWS::Region == \"us-east-1\"", "x"), pair("AWS::Region == \"eu-west-1\"", "y")]);
    assert_eq!(shown(&found, "B"), "same");
    let twice =
        values(mappings, &[("A", "!Sub ['${x}${y}', {x: !FindInMap [M, !Ref AWS::Region, A], y: !FindInMap [M, !Ref AWS::Region, A]}]")]);
    assert_eq!(branches(&twice.v("A")), [pair("AWS::Region == \"us-east-1\"", "xx"), pair("AWS::Region == \"eu-west-1\"", "yy")]);
    let by_map =
        values("Mappings: {us-east-1: {a: {N: x}}, Other: {b: {M: y}}}", &[("A", "!FindInMap [!Ref AWS::Region, !Ref AWS::StackName, N]")]);
    assert_eq!((shown(&by_map, "A"), by_map.problems()), ("x".to_owned(), vec![]));
    let nowhere = values("Mappings: {M: {a: {N: x}}}", &[("A", "!FindInMap [M, !Ref AWS::Region, X]")]);
    assert_eq!(unknown(&nowhere.v("A")).shown, "Fn::FindInMap(M, AWS::Region, X)");
    let many: String = (0..40).map(|i| format!("    k{i}: {{A: v{i}}}\n")).collect();
    let found = values(&format!("Mappings:\n  M:\n{many}"), &expressions[..1]);
    assert_eq!(unknown(&found.v("A")).shown, "Fn::FindInMap(M, AWS::Region, A)");
    assert!(unknown(&found.v("A")).identity.is_some());
}

#[test]
fn imports_and_other_stacks() {
    let expressions = [("A", "!ImportValue shared-vpc"), ("B", "{'Fn::ImportValue': !Sub '${AWS::StackName}-x'}")];
    let found = values("", &expressions);
    assert_eq!(unknown(&found.v("A")).identity.as_deref(), Some("import:shared-vpc"));
    assert_eq!(unknown(&found.v("A")).message, "`shared-vpc` is exported by another stack");
    assert_eq!(unknown(&found.v("B")).reason, Reason::External);
}

#[test]
fn scalars_and_places() {
    let text = "Resources:\n  A:\n    Type: AWS::X::Y\n    Properties:\n      Port: 443\n      On: true\n      Account: 012345678901\n      \
                Id: 123456789012\n      Date: 2012-10-17\n      Empty:\n      Nested: {K: ~, L: [1, ~]}\n    DependsOn: [B, B]\n    \
                Metadata: {k: v}\n  B:\n    Type: Custom::Thing\n";
    let found = resolved(text, ResolveOptions::default());
    let a = found.resource("A");
    assert_eq!(
        a.attributes.to_string(),
        "{Port = 443, On = true, Account = 012345678901, Id = 123456789012, Date = 2012-10-17, Nested = {L = [1]}}"
    );
    assert_eq!(a.attribute("Port").and_then(Value::as_i64), Some(443));
    assert_eq!(a.attribute("Id").and_then(Value::as_str), Some("123456789012"));
    let piece = |span| found.workspace.sources.text(span);
    assert_eq!(piece(a.name_span), "A");
    assert!(piece(a.span).starts_with("A:\n") && piece(a.span).ends_with("{k: v}"));
    assert_eq!(piece(a.attribute_span("Port")), "443");
    assert_eq!(piece(a.attributes.as_map().unwrap().key_spans["Port"]), "Port");
    assert_eq!(a.depends_on.iter().collect::<Vec<_>>(), [ResourceId(1)]);
    assert_eq!(a.metadata.to_string(), "{k = v}");
    assert!(found.resource("B").metadata.is_null());
    assert_eq!(found.resource("B").attributes.to_string(), "{}");
}

#[test]
fn dynamic_references_are_the_same_by_text() {
    let found = values(PARAMETERS, &[("A", "'{{resolve:ssm:/x:1}}'"), ("B", "!Sub 'p{{resolve:ssm:/${Env}:1}}q'")]);
    let Kind::Text(text) = found.v("B").kind else { panic!() };
    let [Part::Literal(p), Part::Unknown(reference), Part::Literal(q)] = &text.parts()[..] else { panic!("{text:?}") };
    assert_eq!((p.as_str(), q.as_str()), ("p", "q"));
    assert_eq!(reference.identity.as_deref(), Some("{{resolve:ssm:/${param.Env}:1}}"));
    assert_eq!(reference.message, "`{{resolve:ssm:/${Env}:1}}` is read at the deploy");
}

#[test]
fn macros_leave_gaps() {
    let found = values("Transform: [MyMacro]", &[("A", "!Ref MadeByMacro")]);
    assert_eq!(found.unit.opaque.len(), 1);
    assert_eq!(found.unit.opaque[0].address, "MyMacro");
    assert!(found.unit.opaque[0].arguments.is_null());
    assert_eq!(unknown(&found.v("A")).message, "`MadeByMacro` is not in the template; its macro may add it");
    assert!(found.problems().is_empty());
    let known = values("Transform: AWS::LanguageExtensions", &[("A", "1")]);
    assert!(known.unit.opaque.is_empty());
    let inside = values("", &[("A", "{'Fn::Transform': {Name: M}, b: 1}"), ("B", "{'Fn::Transform': {Name: M}}")]);
    assert_eq!(shown(&inside, "A"), "{b = 1, …}");
    assert_eq!(unknown(&inside.v("B")).reason, Reason::Macro);
    assert!(inside.problems().is_empty());
    let include = "{'Fn::Transform': {Name: AWS::Include, Parameters: {Location: 's3://b/k'}}}";
    let mappings = values(&format!("Mappings: {include}\nConditions: {include}"), &[("A", "!FindInMap [M, a, b]"), ("B", "!If [C, 1, 2]")]);
    assert_eq!((shown(&mappings, "A"), mappings.problems()), ("${Fn::FindInMap(M, a, b)}".to_owned(), vec![]));
    let beside = resolved("Resources: {A: {Type: AWS::X::Y, 'Fn::Transform': {Name: M}, Properties: {V: 1}}}", ResolveOptions::default());
    assert_eq!(beside.resource("A").attributes.to_string(), "{V = 1, …}");
}
