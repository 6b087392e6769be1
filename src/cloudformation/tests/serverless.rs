use super::*;
use crate::value::Guard;

#[test]
fn a_sam_template_is_a_cloudformation_template_in_the_end() {
    let text = "Transform: [AWS::LanguageExtensions, AWS::Serverless-2016-10-31]\nParameters: {Env: {Type: String}}\nConditions: {C: !Equals [!Ref Env, a]}\n\
                Globals: {Function: {Runtime: python3.13, Handler: a.b}}\nResources:\n  'Fn::ForEach::F':\n    - Name\n    - [One, Two]\n    \
                - 'Fn${Name}':\n        Type: AWS::Serverless::Function\n        Condition: C\n        Properties:\n          CodeUri: ./src\n          \
                Events: {Get: {Type: Api, Properties: {Path: '/${Name}', Method: get}}}\n  Other: {Type: AWS::X::Y, Properties: {V: !GetAtt FnOneRole.Arn}}\n";
    let found = resolved(text, ResolveOptions::default());
    assert_eq!(found.problems(), Vec::<String>::new());
    assert_eq!(found.unit.kind, UnitKind::Sam);
    let function = found.resource("FnOne");
    assert_eq!(function.kind, "AWS::Lambda::Function");
    assert_eq!(function.presence, Guard::when("Env == \"a\"", true));
    assert_eq!(function.attribute("Runtime").and_then(Value::as_str), Some("python3.13"));
    assert_eq!(function.origin, None);
    let permission = found.unit.resources.iter().find(|r| r.kind == "AWS::Lambda::Permission").unwrap();
    assert!(permission.origin.as_deref().is_some_and(|origin| origin.contains("Get")), "{:?}", permission.origin);
    assert_eq!(found.v("Other").to_string(), "${FnOneRole.Arn}");
}
