//! Mutations that know where a language's things begin and end, so that most of them are read beyond the first error.

use std::ops::Range;

use crate::input::Input;
use crate::random::Random;
use crate::targets::Target;
use crate::tokens::{Language, scalar, thing, tokens};

/// Texts grow no further than this.
const MAX_BYTES: usize = 60_000;
/// How far from a word of the target a mutation may be, in tokens.
const NEAR: usize = 40;

/// One change of so many does not care for the language: it tries the readers, and the others what comes after them.
const RUDE: usize = 8;

/// Scalars that readers stumble over, whatever the language.
const HOSTILE: &[&str] = &[
    "\"\"",
    "\"*\"",
    "\"\u{0}\"",
    "\"é\u{301}\u{202e}\"",
    "\"𝕊\"",
    "null",
    "true",
    "[]",
    "{}",
    "0",
    "-1",
    "1e400",
    "-0.0",
    "0x7f",
    "1e-400",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "18446744073709551616",
    "4294967296",
    "65536",
    "0.1",
    "\"-\"",
    "\"arn:aws:\"",
    "\"arn:aws:lambda:::function:\"",
    "\"arn:aws:iam::123456789012:role/*\"",
    "\":::::::\"",
    "\"::/\"",
    "\"0.0.0.0/0\"",
    "\"::/0\"",
    "\"10.0.0.0/33\"",
    "\"255.255.255.255/32\"",
    "\"ffff::/129\"",
    "\"/\"",
    "\"../..\"",
    "\"/dev/null\"",
    "\"a?b*c?*\"",
    "\"lambda:*\"",
    "\"$\"",
    "\"${\"",
    "\"}\"",
    "\"{proxy+}\"",
    "\"{\"",
    "\"%\"",
    "\"\\\\\"",
    "\"2012-10-17\"",
    "\"${AWS::Region}\"",
    "\"\\ud800\"",
    "[[[[[]]]]]",
];

fn hostile(language: Language) -> &'static [&'static str] {
    match language {
        Language::Hcl => &[
            "var.x",
            "local.l",
            "each.key",
            "each.value",
            "count.index",
            "self",
            "path.module",
            "null_resource.x[*]",
            "data.x.y.z",
            "module.m",
            "\"${var.x}\"",
            "\"%{ if true }x%{ endif }\"",
            "\"%{ for a in [1] }${a}%{ endfor }\"",
            "\"%{\"",
            "\"$${\"",
            "<<E\nx\nE\n",
            "<<-E\n  é${1}\n E\n",
            "try(1/0, -1)",
            "range(5000)",
            "range(1, 0, -0.1)",
            "substr(\"é\", -1, 1)",
            "format(\"%5000d%s\", 1)",
            "formatlist(\"%[3]s\", [1])",
            "cidrsubnet(\"10.0.0.0/8\", 33, -1)",
            "cidrhost(\"::/0\", 1e30)",
            "cidrsubnets(\"10.0.0.0/31\", 1, 1, 1)",
            "slice([1], 1, 0)",
            "element([], 0)",
            "element([1], -1)",
            "chunklist([1], 0)",
            "parseint(\"-z\", 36)",
            "pow(2, 100000)",
            "log(0, 0)",
            "1 / 0",
            "1 % 0",
            "regex(\"(\", \"x\")",
            "replace(\"é\", \"/(.)/\", \"$9\")",
            "timeadd(\"x\", \"1h\")",
            "formatdate(\"'\", \"\")",
            "jsondecode(\"[\")",
            "yamldecode(\"&a [*a]\")",
            "templatefile(\"main.tf\", {})",
            "file(\"main.tf\")",
            "setproduct([], [1])",
            "zipmap([1], [])",
            "{ for k, v in { a = 1 } : k => v... }",
            "[for x in null : x]",
            "flatten([[null], [[1]]])",
            "merge(null, {})",
            "lookup({}, 1)",
            "indent(-1, \"a\\nb\")",
            "base64decode(\"=\")",
            "textdecodebase64(\"/w==\", \"UTF-16LE\")",
            "csvdecode(\"a,a\\n1\")",
            "toset([null])",
            "tonumber(\"1e99999\")",
            "signum(-0)",
            "coalesce()",
            "one([1, 2])",
            "sum([])",
            "max()",
            "title(\"ß\")",
            "strrev(\"e\u{301}\")",
            "a.b[*].c.*.d",
            "true ? [] : {}",
            "!null",
            "--1",
            "({})",
            "{ (null) = 1 }",
            "{ \"\" = 1 }",
        ],
        Language::Yaml => &[
            "!Ref X",
            "!Ref AWS::NoValue",
            "!Sub '${'",
            "!Sub ['${a}', {a: !Ref X}]",
            "!Sub []",
            "!GetAtt A",
            "!GetAtt a.b.c.d",
            "!GetAtt [A]",
            "!Select [-1, []]",
            "!Select [0.5, [1]]",
            "!Select [99999999999999999999, !Split ['', '']]",
            "!Join ['', !GetAZs '']",
            "!Join [1]",
            "!Split ['', abc]",
            "!FindInMap [a, b]",
            "!FindInMap [a, b, c, {DefaultValue: 1}]",
            "!If [c, a]",
            "!If [c, !Ref AWS::NoValue, 1]",
            "!Cidr [10.0.0.0/8, 256, 33]",
            "!Cidr ['::/0', -1, 0]",
            "!Cidr [x, 1]",
            "!Base64 {}",
            "!ImportValue {}",
            "!Transform {Name: x}",
            "!Not [[]]",
            "!And []",
            "!Or [!Condition c]",
            "!Equals [a]",
            "!Length x",
            "!ToJsonString []",
            "&a [*a]",
            "*a",
            "&a",
            "|\n  é\n",
            ">-\n",
            "? a",
            "- - - -",
            "!!binary ''",
            "!!str 1",
            "0o777",
            "1_000",
            ".inf",
            ".nan",
            "~",
            "2001-01-01",
            "{a: , b}",
            "[a, ]",
            "%YAML 1.2",
            "--- ",
            "{Fn::ForEach::x: [a, [b], {c: d}]}",
            "{Fn::If: [a, b, c, d]}",
            "{Ref: {Ref: a}}",
            "{<<: *a}",
            "{Fn::Sub: [a, b, c]}",
            "{Fn::GetAtt: a.}",
        ],
        Language::Json => &[
            "{\"Ref\":\"X\"}",
            "{\"Ref\":[]}",
            "{\"Fn::Sub\":\"${\"}",
            "{\"Fn::GetAtt\":[]}",
            "{\"Fn::If\":[\"c\"]}",
            "{\"Fn::Select\":[-1,[]]}",
            "[1,]",
            "\"\\u",
            "{\"Fn::Join\":[\"\",{\"Ref\":\"X\"}]}",
            "\"${var.x}\"",
            "\"${[for x in []: x]}\"",
            "\"%{ if\"",
            "{\"a\":1,\"a\":2}",
            "[[{}]]",
            "[null]",
            "{\"Fn::ForEach::x\":[\"a\",[\"b\"],{\"c\":\"d\"}]}",
            "\"${cidrsubnet(\\\"10.0.0.0/8\\\", 33, 1)}\"",
            "{\"//\":1}",
            "/* */",
            "{\"references\":[\"a\"]}",
        ],
        Language::Toml => &[
            "1979-05-27",
            "'''x'''",
            "\"\"\"\n\"\"\"",
            "[[a]]",
            "{a.b=1}",
            "inf",
            "0xg",
            "ignore",
            "worlds",
            "[worlds]",
            "variables",
            "\"auto\"",
        ],
        Language::Comments => &[
            "iacscan:",
            "iacscan: ignore",
            "iacscan: ignore[",
            "iacscan: ignore[]",
            "iacscan: ignore[rds-public, ]",
            "iacscan: ignore[é] x",
            "#",
            "//",
            "/*",
            "*/",
            "ignore[rds-public]",
            "# iacscan: ignore[rds-public] why\n",
            "// iacscan: ignore-file[*]\n",
            "/* iacscan: ignore[rds-public]",
        ],
    }
}

/// Ways to put something around a text of its language.
fn nests(language: Language) -> &'static [(&'static str, &'static str)] {
    match language {
        Language::Hcl => &[
            ("[", "]"),
            ("(", ")"),
            ("{ a = ", " }"),
            ("\"${", "}\""),
            ("jsonencode(", ")"),
            ("try(", ")"),
            ("!", ""),
            ("-", ""),
            ("[for x in ", " : x]"),
            ("true ? ", " : null"),
            ("jsondecode(", ")"),
            ("", "[*]"),
            ("", "[0]"),
            ("", ".a"),
        ],
        Language::Yaml => &[
            ("[", "]"),
            ("{a: ", "}"),
            ("!Sub ", ""),
            ("!If [c, ", ", x]"),
            ("!Join ['', [", "]]"),
            ("{Fn::Join: ['', [", "]]}"),
            ("!Select [0, [", "]]"),
            ("&a ", ""),
            ("!Base64 ", ""),
            ("!Split [',', ", "]"),
            ("- ", ""),
        ],
        Language::Json => &[
            ("[", "]"),
            ("{\"a\":", "}"),
            ("{\"Fn::Sub\":", "}"),
            ("{\"Fn::If\":[\"c\",", ",null]}"),
            ("{\"Fn::Join\":[\"\",[", "]]}"),
            ("{\"Fn::Select\":[0,[", "]]}"),
        ],
        Language::Toml => &[("[", "]"), ("{a=", "}"), ("[[", "]]")],
        Language::Comments => &[("#", ""), ("/*", "*/"), ("[", "]"), ("// ", "")],
    }
}

/// The language of a file, which may be another one than its target's: policies stand in all.
fn language(target: &Target, name: &str) -> Language {
    match (target.language, name.rsplit('.').next()) {
        (Language::Yaml, Some("tf")) => Language::Hcl,
        (Language::Yaml, Some("json")) => Language::Json,
        (own, _) => own,
    }
}

/// A mutation of one of the seeds.
pub fn mutation(target: &Target, seeds: &[Input], random: &mut Random) -> Input {
    let mut input = random.of(seeds).cloned().unwrap_or_default();
    let other = random.of(seeds).cloned().unwrap_or_default();
    let donors: Vec<&String> = other.0.iter().filter(|file| target.takes(file)).map(|(_, text)| text).collect();
    let places: Vec<usize> = (0..input.0.len()).filter(|at| input.0.get(*at).is_some_and(|file| target.takes(file))).collect();
    for _ in 0..1 + random.below(4) {
        let Some((name, text)) = random.of(&places).and_then(|at| input.0.get_mut(*at)) else { break };
        let donor = random.of(&donors).map_or("", |donor| donor.as_str());
        let language = language(target, &name.to_string_lossy());
        let change = if random.below(RUDE) == 0 { mutated } else { polite };
        *text = change(text, donor, language, target.near, random);
    }
    input
}

/// A change that most readers take: another value for a value, or a whole line, with the block it opens, gone, twice, or from elsewhere.
fn polite(text: &str, donor: &str, language: Language, near: &[&str], random: &mut Random) -> String {
    let (own, theirs) = (tokens(text), tokens(donor));
    let at = place(text, &own, near, random);
    let from = place(donor, &theirs, near, random);
    let bytes = |tokens: &[Range<usize>], range: Range<usize>| match (tokens.get(range.start), tokens.get(range.end.saturating_sub(1))) {
        (Some(first), Some(last)) => first.start..last.end,
        _ => 0..0,
    };
    let line = |text: &str, tokens: &[Range<usize>], at: usize| {
        let start = (0..=at).rev().find(|at| tokens.get(*at).is_some_and(|token| text[token.clone()].starts_with('\n')));
        start.map_or(0..0, |start| bytes(tokens, thing(text, tokens, start)))
    };
    let value =
        |text: &str, tokens: &[Range<usize>], at: usize| scalar(text, tokens, at).map_or(0..0, |at| bytes(tokens, thing(text, tokens, at)));
    let replaced = |range: Range<usize>, by: &str| format!("{}{by}{}", &text[..range.start], &text[range.end..]);
    let result = match random.below(9) {
        0..3 => replaced(value(text, &own, at), random.of(hostile(language)).unwrap_or(&"")),
        3 => replaced(value(text, &own, at), random.of(HOSTILE).unwrap_or(&"")),
        4 => {
            let range = value(text, &own, at);
            let (before, after) = random.of(nests(language)).copied().unwrap_or_default();
            let times = *random.of(&[1, 1, 2, 3]).unwrap_or(&1);
            replaced(range.clone(), &format!("{}{}{}", before.repeat(times), &text[range], after.repeat(times)))
        }
        5 => replaced(value(text, &own, at), &donor[value(donor, &theirs, from)]),
        6 => replaced(line(text, &own, at), ""),
        7 => {
            let range = line(text, &own, at);
            replaced(range.end..range.end, &text[range])
        }
        _ => {
            let end = line(text, &own, at).end;
            replaced(end..end, &donor[line(donor, &theirs, from)])
        }
    };
    if result.len() > MAX_BYTES { text.to_owned() } else { result }
}

fn mutated(text: &str, donor: &str, language: Language, near: &[&str], random: &mut Random) -> String {
    let own = tokens(text);
    let at = place(text, &own, near, random);
    let bytes = |tokens: &[Range<usize>], range: Range<usize>| -> Range<usize> {
        let start = tokens.get(range.start).map_or(text.len(), |token| token.start);
        start..range.end.checked_sub(1).and_then(|last| tokens.get(last)).map_or(start, |token| token.end.max(start))
    };
    let whole = thing(text, &own, at);
    let here = bytes(&own, if random.below(2) == 0 { whole } else { at..at + 1 });
    let piece = text.get(here.clone()).unwrap_or_default();
    let replaced = |by: &str| format!("{}{by}{}", &text[..here.start], &text[here.end..]);
    let result = match random.below(12) {
        0 => replaced(""),
        1 => replaced(&piece.repeat(2 + random.below(3))),
        2 | 3 => {
            let theirs = tokens(donor);
            let from = thing(donor, &theirs, place(donor, &theirs, near, random));
            let (start, end) = (theirs.get(from.start), theirs.get(from.end.saturating_sub(1)));
            replaced(start.zip(end).and_then(|(start, end)| donor.get(start.start..end.end)).unwrap_or_default())
        }
        4 => {
            // Swapped with another token of the same text.
            let other = bytes(&own, thing(text, &own, place(text, &own, near, random)));
            let (first, second) = if here.start <= other.start { (here.clone(), other) } else { (other, here.clone()) };
            if first.end > second.start {
                replaced("")
            } else {
                [&text[..first.start], &text[second.clone()], &text[first.end..second.start], &text[first], &text[second.end..]].concat()
            }
        }
        5 | 6 => {
            let (before, after) = random.of(nests(language)).copied().unwrap_or_default();
            let times = *random.of(&[1, 1, 1, 2, 3, 400]).unwrap_or(&1);
            replaced(&format!("{}{piece}{}", before.repeat(times), after.repeat(times)))
        }
        7 => {
            // One letter of it.
            let cut = piece.char_indices().nth(random.below(piece.chars().count())).map_or(0, |(at, _)| at);
            let next = piece[cut..].chars().next().map_or(cut, |c| cut + c.len_utf8());
            replaced(&format!(
                "{}{}{}",
                &piece[..cut],
                random.of(&["", "é", "\"", "$", "{", "\u{feff}", "\r", "\t", "0", ":"]).unwrap_or(&""),
                &piece[next..]
            ))
        }
        8 => text[..here.start].to_owned(),
        9 | 10 => replaced(random.of(hostile(language)).unwrap_or(&"")),
        _ => replaced(random.of(HOSTILE).unwrap_or(&"")),
    };
    if result.len() > MAX_BYTES { text.to_owned() } else { result }
}

/// A token: any, or one near to a word that the target is about.
fn place(text: &str, tokens: &[Range<usize>], near: &[&str], random: &mut Random) -> usize {
    let words: Vec<usize> = near.iter().flat_map(|word| text.match_indices(word).map(|(at, _)| at)).collect();
    match random.of(&words) {
        Some(word) => {
            let at = tokens.partition_point(|token| token.end <= *word);
            (at + random.below(NEAR)).saturating_sub(NEAR / 4).min(tokens.len().saturating_sub(1))
        }
        None => random.below(tokens.len()),
    }
}
