use super::*;

const FILE: FileId = FileId(0);

fn tree(text: &str) -> Node {
    let (tree, errors) = parse(FILE, text);
    assert_eq!(errors, [], "{text}");
    tree.unwrap()
}

/// The tree in JSON-like notation; plain scalars bare, others in quotes.
fn shown(node: &Node) -> String {
    match &node.kind {
        NodeKind::Scalar(text, Style::Plain) => text.to_string(),
        NodeKind::Scalar(text, Style::Quoted) => format!("{text:?}"),
        NodeKind::Sequence(items) => format!("[{}]", items.iter().map(shown).collect::<Vec<_>>().join(", ")),
        NodeKind::Mapping(entries) => {
            let entries: Vec<String> = entries.iter().map(|e| format!("{}: {}", shown(&e.key), shown(&e.value))).collect();
            format!("{{{}}}", entries.join(", "))
        }
    }
}

fn error(text: &str) -> String {
    let (tree, errors) = parse(FILE, text);
    let error = errors.first().unwrap_or_else(|| panic!("no error in {text:?}: {tree:?}"));
    let line = text[..error.span.start as usize].matches('\n').count() + 1;
    format!("{line}: {}", error.message)
}

#[test]
fn marks_are_bytes() {
    let text = "é: ü # ö\n日本: [ \"ß\" , x ]\nk: |\n  a\n  b\n\nz: 1\n";
    let node = tree(text);
    let piece = |n: &Node| &text[n.span.range()];
    let entries = node.entries().unwrap();
    assert_eq!(piece(&entries[0].key), "é");
    assert_eq!(piece(&entries[0].value), "ü");
    assert_eq!(piece(&entries[1].key), "日本");
    assert_eq!(piece(&entries[1].value), "[ \"ß\" , x ]");
    assert_eq!(piece(&entries[1].value.items().unwrap()[0]), "\"ß\"");
    assert_eq!(piece(&entries[2].value), "|\n  a\n  b");
    assert_eq!(entries[2].value.as_str(), Some("a\nb\n"));
    assert_eq!(piece(&node), text.trim_end());
}

#[test]
fn spans_leave_out_tags_and_anchors() {
    let text = "a: !Sub &x  'é'\nb: !Join\n  # why\n  - ','\n  - [p]\nc: &y\n  d: 1 # no\n  e: 2\nf: *x\n";
    let node = tree(text);
    let piece = |n: &Node| &text[n.span.range()];
    assert_eq!(piece(node.get("a").unwrap()), "!Sub &x  'é'");
    assert_eq!(piece(node.get("a").unwrap().get("Fn::Sub").unwrap()), "'é'");
    assert_eq!(piece(&node.get("a").unwrap().entries().unwrap()[0].key), "!Sub");
    assert_eq!(piece(node.get("b").unwrap().get("Fn::Join").unwrap()), "- ','\n  - [p]");
    assert_eq!(piece(node.get("c").unwrap()), "d: 1 # no\n  e: 2");
    assert_eq!(shown(node.get("f").unwrap()), "{\"Fn::Sub\": \"é\"}");
}

#[test]
fn carriage_returns() {
    let text = "a: é\r\nb:\r\n  - x\r\n";
    let node = tree(text);
    assert_eq!(&text[node.get("b").unwrap().items().unwrap()[0].span.range()], "x");
}

#[test]
fn short_tags() {
    assert_eq!(shown(&tree("!Sub x")), "{\"Fn::Sub\": x}");
    assert_eq!(shown(&tree("!Ref x")), "{\"Ref\": x}");
    assert_eq!(shown(&tree("!Condition x")), "{\"Condition\": x}");
    assert_eq!(shown(&tree("!GetAtt A.B.C")), "{\"Fn::GetAtt\": [\"A\", \"B.C\"]}");
    assert_eq!(shown(&tree("!GetAtt 'A.B'")), "{\"Fn::GetAtt\": [\"A\", \"B\"]}");
    assert_eq!(shown(&tree("!GetAtt [A, B.C]")), "{\"Fn::GetAtt\": [A, B.C]}");
    assert_eq!(shown(&tree("!GetAtt A")), "{\"Fn::GetAtt\": A}");
    assert_eq!(shown(&tree("!Join [',', [!Ref a, !Sub b]]")), "{\"Fn::Join\": [\",\", [{\"Ref\": a}, {\"Fn::Sub\": b}]]}");
    assert_eq!(shown(&tree("!Ref")), "{\"Ref\": }");
    let module = tree("Type: !Rain::Module x.yaml");
    let value = module.get("Type").unwrap();
    assert_eq!((shown(value), value.tag.as_deref()), ("{\"Fn::Rain::Module\": x.yaml}".to_owned(), Some("Rain::Module")));
    assert_eq!(tree("!Ref x").tag.as_deref(), Some("Ref"));
    assert_eq!(tree("Ref: x").tag, None);
}

#[test]
fn core_tags_and_styles() {
    let node = tree("[1, '1', !!str 1, ! 1, !!int '1', ~, !!map {a: b}, \"x\", !!timestamp 2001-01-01]");
    assert_eq!(shown(&node), "[1, \"1\", \"1\", \"1\", 1, ~, {a: b}, \"x\", \"2001-01-01\"]");
    assert_eq!(shown(&tree("- >-\n  a\n  b\n- 0123\n- 1_000\n")), "[\"a b\", 0123, 1_000]");
}

#[test]
fn merge_keys() {
    assert_eq!(shown(&tree("x: &x {a: 1, b: 2}\ny:\n  b: 3\n  <<: *x\n").get("y").unwrap().clone()), "{a: 1, b: 3}");
    let text = "- &x {a: 1, b: 2}\n- &y {b: 3, c: 4}\n- {<<: [*x, *y], c: 5}\n- {'<<': 1}\n";
    assert_eq!(shown(&tree(text)), "[{a: 1, b: 2}, {b: 3, c: 4}, {a: 1, b: 2, c: 5}, {\"<<\": 1}]");
    assert_eq!(error("a:\n  <<: 1\n"), "2: the merge key `<<` wants a mapping or a list of mappings");
}

#[test]
fn aliases() {
    assert_eq!(shown(&tree("[&a x, *a, &a y, *a]")), "[x, x, y, y]");
    assert_eq!(error("a: *b\n"), "1: the alias `*b` has no anchor `&b` before it");
    assert_eq!(error("a: &b\n  - *b\n"), "2: the alias `*b` stands inside the value that it names");
    let bomb: String = (1..12).map(|i| format!("a{i}: &a{i} [{}]\n", format!("*a{}, ", i - 1).repeat(9))).collect();
    assert_eq!(error(&format!("a0: &a0 x\n{bomb}")), "7: the aliases of this file stand for more than 250000 values");
    let deep: String = (1..9).map(|i| format!("- &a{i} {}*a{}{}\n", "[".repeat(200), i - 1, "]".repeat(200))).collect();
    assert_eq!(error(&format!("- &a0 x\n{deep}")), "3: nested more than 256 levels deep by the alias `*a1`");
}

#[test]
fn documents() {
    assert_eq!(parse_stream(FILE, ""), Stream::default());
    assert_eq!(parse_stream(FILE, "# only a comment\n"), Stream::default());
    assert_eq!(parse_stream(FILE, "a: 1\n").second, None);
    assert_eq!(parse_stream(FILE, "---\na: 1\n...\n").second, None);
    let stream = parse_stream(FILE, "a: 1\n---\nb: [\n");
    assert_eq!(shown(&stream.first.unwrap()), "{a: 1}");
    assert_eq!(stream.second.map(|s| s.start), Some(5));
    assert_eq!(stream.errors, []);
}

#[test]
fn duplicate_keys_are_kept() {
    let node = tree("a: 1\na: 2\n");
    assert_eq!((shown(&node), node.get("a").and_then(Node::as_str)), ("{a: 1, a: 2}".to_owned(), Some("2")));
}

#[test]
fn messages() {
    assert_eq!(error("a:\n\tb: 1\n"), "2: a tab where YAML wants spaces");
    assert_eq!(error("a: @x\n"), "1: `@` cannot start an unquoted value: put it in quotes");
    assert_eq!(error("a: b: c\n"), "1: a `:` that makes a key is not allowed here: the line is indented wrongly, or the text needs quotes");
    assert_eq!(error("a: 1\nb: \"x\nc: 2\n"), "2: the quoted text that starts here is not closed");
    assert_eq!(error("a: 1\nb\nc: 2\n"), "2: a `:` is missing after the key on line 2");
    assert_eq!(error("a:\n  b: 1\n c: 2\n"), "3: expected another key of the mapping that starts on line 1: wrong indentation?");
    assert_eq!(
        error("- a\n b: 1\n"),
        "2: a `:` that makes a key is not allowed here: the line is indented wrongly, or the text needs quotes"
    );
    assert_eq!(error("a: [1, 2\nb: 3\n"), "2: expected `,` or `]` in the list that starts on line 1");
    assert_eq!(error("a: {b: 1\n"), "1: expected `,` or `}` in the mapping that starts on line 1");
    assert_eq!(error("a: 1\nb: \u{1}\n"), "2: control characters are not allowed");
    assert_eq!(
        error("a: !Base64 !Sub x\n"),
        "1: a value has one tag only: write the outer function in its long form (`Fn::Base64: !Sub …`)"
    );
    assert_eq!(error("a: ]\n"), "1: expected a value here");
}

#[test]
fn depth() {
    let flow = |n: usize| format!("{}{}", "[".repeat(n), "]".repeat(n));
    assert!(parse(FILE, &flow(MAX_DEPTH)).0.is_some());
    assert_eq!(error(&flow(MAX_DEPTH + 1)), "1: nested more than 256 levels deep");
    assert_eq!(error(&"[".repeat(1_000_000)), "1: nested more than 256 levels deep");
    let block: String = (0..300).map(|i| format!("{}a:\n", " ".repeat(i))).collect();
    assert_eq!(error(&block), "257: nested more than 256 levels deep");
    assert_eq!(error(&"- ".repeat(1000)), "1: nested more than 256 levels deep");
}
