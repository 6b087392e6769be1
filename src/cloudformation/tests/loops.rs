use super::*;
use crate::value::Kind;

const HEAD: &str = "Transform: AWS::LanguageExtensions\n";

fn looped(text: &str) -> Resolved {
    resolved(&format!("{HEAD}{text}"), ResolveOptions::default())
}

#[test]
fn over_resources_outputs_conditions_and_properties() {
    let found = looped(
        "Parameters: {Names: {Type: CommaDelimitedList, Default: 'a.x, b'}}\nConditions:\n  'Fn::ForEach::C': [N, [p, q], {'Is${N}': !Equals [!Ref N, p]}]\n\
         Resources:\n  'Fn::ForEach::R':\n    - Name\n    - !Ref Names\n    - 'T&{Name}':\n        Type: AWS::X::Y\n        \
         Properties: {V: !Sub '${Name}-${AWS::Region}', W: !Ref Name}\n  One:\n    Type: AWS::X::Y\n    Condition: Isp\n    Properties:\n      \
         V: {'Fn::ForEach::P': [K, [x, y], {'${K}': !Sub 'v${K}', 'Fn::ForEach::Q': [L, ['1'], {'${K}${L}': !Ref L}]}]}\n  \
         Two: {Type: AWS::X::Y, Condition: Isq}\nOutputs:\n  'Fn::ForEach::O': [N, [Tax, Tb], {'${N}Out': {Value: !Ref '${N}'}}]\n",
    );
    assert!(found.problems().is_empty(), "{:?}", found.problems());
    assert_eq!(found.addresses(), ["Tax", "Tb", "One"]);
    assert_eq!(found.v("Tax").to_string(), "a.x-${AWS::Region}");
    assert_eq!(found.resource("Tb").attribute("W").and_then(Value::as_str), Some("b"));
    assert_eq!(found.v("One").to_string(), "{x = vx, x1 = 1, y = vy, y1 = 1}");
}

#[test]
fn over_what_is_not_known() {
    let text = "Parameters: {P: {Type: CommaDelimitedList}}\nResources:\n  'Fn::ForEach::R': [N, !Ref P, {'T${N}': {Type: AWS::X::Y}}]\n  \
                A: {Type: AWS::X::Y, Properties: {V: {'Fn::ForEach::R': [N, !Ref P, {'${N}': 1}], b: 1}}}\n";
    let found = looped(text);
    assert!(found.problems().is_empty());
    assert_eq!(found.unit.opaque[0].address, "Fn::ForEach::R");
    let Kind::Map(map) = found.v("A").kind else { panic!() };
    assert_eq!(map.open.as_ref().unwrap().message, "`Fn::ForEach::R` loops over a collection that is not known");
    assert_eq!(map.entries.len(), 1);
}

#[test]
fn malformed() {
    let of = |value: &str| looped(&format!("Resources:\n  A: {{Type: AWS::X::Y}}\n  {value}\n")).problems();
    assert_eq!(
        of("'Fn::ForEach::R': x"),
        ["4: error: `Fn::ForEach::R` wants a list: an identifier, a collection and a map of what to make"]
    );
    assert_eq!(of("'Fn::ForEach': x"), ["4: error: a loop needs a name of its own: `Fn::ForEach::Name`"]);
    assert_eq!(of("'Fn::ForEach::R': [[], [a], {}]"), ["4: error: the identifier of `Fn::ForEach::R` must be a text"]);
    assert_eq!(of("'Fn::ForEach::R': [N, a, {}]"), ["4: error: the collection of `Fn::ForEach::R` must be a list"]);
    assert_eq!(of("'Fn::ForEach::R': [N, [a], x]"), ["4: error: what `Fn::ForEach::R` makes must be a map"]);
    assert_eq!(
        of("'Fn::ForEach::R': [N, [a, b], {X: {Type: AWS::X::Y}}]"),
        ["4: error: the loop makes `X` twice: its key must contain `${N}`"]
    );
    let without = resolved("Resources:\n  'Fn::ForEach::R': [N, [a], {'X${N}': {Type: AWS::X::Y}}]\n", ResolveOptions::default());
    assert_eq!(without.problems(), ["2: error: `Fn::ForEach` works only in a template with `Transform: AWS::LanguageExtensions`"]);
    assert_eq!(without.addresses(), ["Xa"]);
}

#[test]
fn that_explode() {
    let list = format!("[{}]", (0..100).map(|i| format!("a{i}")).collect::<Vec<_>>().join(","));
    let inner =
        format!("{{'Fn::ForEach::B': [B, {list}, {{'Fn::ForEach::C': [C, {list}, {{'X${{A}}${{B}}${{C}}': {{Type: AWS::X::Y}}}}]}}]}}");
    let found = looped(&format!("Resources:\n  'Fn::ForEach::A': [A, {list}, {inner}]\n"));
    assert!(found.problems().contains(&"3: error: the loops of this template make more than 250000 values".to_owned()));
}

#[test]
fn language_extensions() {
    let found = values(
        &format!("{HEAD}Mappings: {{M: {{a: {{b: x}}}}}}"),
        &[
            ("A", "!Length [a, b, !Ref AWS::NoValue]"),
            ("B", "{'Fn::ToJsonString': {a: [1, true, 'q\"'], b: !Ref A}}"),
            ("C", "!FindInMap [M, a, nope, {DefaultValue: d}]"),
            ("D", "!FindInMap [M, !Ref AWS::Region, b, {DefaultValue: d}]"),
            ("E", "{'Fn::ToJsonString': {a: [1, true, 'q\"'], b: !Sub '${AWS::Region}'}}"),
        ],
    );
    assert_eq!(found.v("A").to_string(), "2");
    assert_eq!(found.v("B").to_string(), r#"{"a":[1,true,"q\""],"b":"${A}"}"#);
    assert_eq!(found.v("C").to_string(), "d");
    assert_eq!(found.v("D").to_string(), "x when AWS::Region == \"a\" or d when not AWS::Region == \"a\"");
    assert_eq!(found.v("E").to_string(), r#"{"a":[1,true,"q\""],"b":"${AWS::Region}"}"#);
    assert!(found.problems().is_empty(), "{:?}", found.problems());
}
