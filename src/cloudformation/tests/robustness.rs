use super::*;
use crate::syntax::node::Node;

const TEMPLATES: [&str; 4] = [
    include_str!("../../../testdata/oracles/cloudformation/combinations.yaml"),
    include_str!("../../../testdata/oracles/sam/implicit-api.yaml"),
    include_str!("../../../testdata/oracles/cloudformation/intrinsics.yaml"),
    "{\"Resources\": {\"A\": {\"Type\": \"AWS::X::Y\", \"Properties\": {\"V\": {\"Fn::Join\": [\":\", [\"a\", {\"Ref\": \"B\"}]]}, \"W\": \
     {\"Fn::Sub\": [\"${x}-${B.Arn}\", {\"x\": {\"Fn::Select\": [0, {\"Fn::Split\": [\"/\", \"a/b\"]}]}}]}}}, \"B\": {\"Type\": \
     \"AWS::S3::Bucket\", \"DependsOn\": [\"A\"]}}}",
];

/// A generator of numbers that is the same in every run (Knuth's MMIX constants).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        ((self.0 >> 33) as usize) % limit.max(1)
    }
}

fn assert_spans(node: &Node, text: &str) {
    assert!(text.get(node.span.range()).is_some(), "{:?} in {text}", node.span);
    node.items().unwrap_or_default().iter().for_each(|item| assert_spans(item, text));
    for entry in node.entries().unwrap_or_default() {
        assert_spans(&entry.key, text);
        assert_spans(&entry.value, text);
    }
}

/// Mangled templates are read to the end, whatever comes of them.
#[test]
fn mutations() {
    let mut random = Random(7);
    let pieces = [
        "{", "}", "[", "]", ":", "-", "\n", " ", "\t", "!Sub ", "!Ref ", "&a ", "*a ", "<<", "'", "\"", "${", "}", "Fn::If", "é", "|", ">",
    ];
    for round in 0..1000 {
        let source = TEMPLATES[round % TEMPLATES.len()];
        let mut bytes = source.as_bytes().to_vec();
        for _ in 0..=random.below(4) {
            let at = random.below(bytes.len());
            match random.below(5) {
                0 => bytes.truncate(at),
                1 => bytes[at..].iter_mut().take(1).for_each(|b| *b ^= 1 << random.below(7)),
                2 => {
                    let piece = pieces[random.below(pieces.len())];
                    bytes.splice(at..at, piece.bytes());
                }
                3 => drop(bytes.drain(at..(at + random.below(40)).min(bytes.len()))),
                _ => {
                    let from = random.below(bytes.len());
                    let copy = bytes[from..(from + random.below(60)).min(bytes.len())].to_vec();
                    bytes.splice(at..at, copy);
                }
            }
            if bytes.is_empty() {
                break;
            }
        }
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let found = resolved(&text, ResolveOptions::default());
        if let Some(tree) = &found.workspace.tree(Path::new("template.yaml")).node {
            assert_spans(tree, &text);
        }
        for problem in &found.unit.problems {
            let range = problem.span.range();
            assert!(problem.span.is_none() || text.get(range).is_some(), "{}: {} {:?}", text, problem.message, problem.span);
        }
    }
}

#[test]
fn deep_values() {
    let deep = |open: &str, close: &str, n: usize| format!("{}x{}", open.repeat(n), close.repeat(n));
    for (open, close) in
        [("[", "]"), ("{a: ", "}"), ("{'Fn::Join': ['', [", "]]}"), ("{'Fn::If': [C, a, ", "]}"), ("{'Fn::Sub': ['${v}', {v: ", "}]}")]
    {
        let per_level = open.matches(['[', '{']).count();
        let found =
            values("Parameters: {P: {Type: String}}\nConditions: {C: !Equals [!Ref P, a]}", &[("A", &deep(open, close, 240 / per_level))]);
        assert_eq!(found.addresses(), ["A"], "{open}");
    }
    let conditions: String = (0..2000).map(|i| format!("  C{i}: !Not [!Condition C{}]\n", i + 1)).collect();
    let found = values(&format!("Conditions:\n{conditions}  C2000: !Equals [a, a]\n"), &[("A", "!If [C0, 1, 2]")]);
    assert!(
        found.problems().iter().any(|p| p.ends_with("nested more than 300 levels deep: not followed any further")),
        "{:?}",
        found.problems()
    );
}

#[test]
fn texts_that_double() {
    let nested = (0..60).fold("x".repeat(100), |inner, _| format!("{{'Fn::Sub': ['${{v}}${{v}}', {{v: {inner}}}]}}"));
    let found = values("", &[("A", &nested)]);
    assert_eq!(unknown(&found.v("A")).reason, crate::value::Reason::Limit);
    assert_eq!(unknown(&found.v("A")).message, "the text is larger than 1048576 bytes");
}

#[test]
fn many_conditions() {
    let parameters: String = (0..12).map(|i| format!("  P{i}: {{Type: String}}\n")).collect();
    let conditions: String = (0..12).map(|i| format!("  C{i}: !Equals [!Ref P{i}, a]\n")).collect();
    let items: Vec<String> = (0..12).map(|i| format!("!If [C{i}, a, b]")).collect();
    let found =
        values(&format!("Parameters:\n{parameters}Conditions:\n{conditions}"), &[("A", &format!("!Join ['', [{}]]", items.join(", ")))]);
    assert_eq!(unknown(&found.v("A")).message, "more than 16 alternatives");
}
