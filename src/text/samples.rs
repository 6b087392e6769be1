//! What a function makes of a text whose holes are not known, where it does the same whatever stands in them: it is run over
//! several samples, and what all of them have in common is the answer.
//!
//! `split("/", "arn:aws:iam::${account}:role/${name}")[1]` is the name for every name without a slash, and no IAM role's name
//! has one. `replace(arn, "dev", "prod")` is not the same for every name: some hold `dev`. The samples are made so that they
//! tell: each is of other letters, and some hold what the function looks for.

use std::sync::Arc;

use crate::value::{Kind, List, Map, Part, Str, Text, Value};

/// A part of a text and what may stand in it.
pub type Hole = (Part, Sort);

/// What may stand in a hole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// The part is no hole.
    Literal,
    /// A name or id: letters, digits and `-_.@+=,`.
    Name,
    /// A name that may hold slashes.
    Path,
    /// Twelve digits.
    Account,
    /// A region or partition: small letters, digits and dashes.
    Region,
    /// A DNS suffix: small letters and dots.
    Dns,
}

/// More samples than this are not tried: what is looked for has too many pieces.
const MAX_SAMPLES: usize = 32;

/// Fillings that have nothing in common but that none is empty; `%` is the number of the hole.
const FILLINGS: [&str; 5] = ["qzvk%qzvk", "QXWJ%QXWJ", "70359%95307", "q-Z_0.%.x@Q=w", "q+,%"];
const PATHS: [&str; 2] = ["q/z%/x", "/Qz/%"];

/// The words of regions and partitions, each digit as a 1: what stands in none of them, no region holds.
const REGIONS: &str = "us-east-1 us-west-1 us-gov-east-1 us-gov-west-1 us-iso-east-1 us-isob-east-1 us-isof-south-1 eu-isoe-west-1 eu-west-1 \
    eu-central-1 eu-north-1 eu-south-1 eusc-de-east-1 ap-east-1 ap-south-1 ap-southeast-1 ap-northeast-1 sa-east-1 ca-central-1 ca-west-1 \
    me-south-1 me-central-1 af-south-1 il-central-1 mx-central-1 cn-north-1 cn-northwest-1 aws aws-cn aws-us-gov aws-iso aws-iso-b aws-iso-e \
    aws-iso-f aws-eusc";

/// What `run` makes of the texts, whatever stands in their holes; `None` where that differs, or where it fails. `sought` are the
/// texts that the function looks for, and `texts` those that it is run over, each as literal parts and holes.
pub fn common(texts: &[Vec<Hole>], sought: &[&str], run: &mut dyn FnMut(&[String]) -> Option<Value>) -> Option<Value> {
    let mut holes: Vec<(Part, Sort)> = Vec::new();
    for (part, sort) in texts.iter().flatten() {
        if *sort != Sort::Literal && !holes.iter().any(|(known, _)| super::same_hole(known, part)) {
            holes.push((part.clone(), *sort));
        }
    }
    let pieces: Vec<&str> = sought.iter().flat_map(|text| pieces(text)).collect();
    if holes.iter().any(|(_, sort)| pieces.iter().any(|piece| may_be_part_of(*sort, piece))) {
        return None;
    }
    let fillings = fillings(&pieces)?;
    let mut answer: Option<Value> = None;
    for (number, filling) in fillings.iter().enumerate() {
        let marks: Vec<String> = holes.iter().enumerate().map(|(i, (_, sort))| mark(*sort, filling, number, i)).collect();
        let filled: Vec<String> = texts.iter().map(|text| fill(text, &holes, &marks)).collect();
        let found = restore(&run(&filled)?, &holes, &marks);
        match &answer {
            Some(before) if before.kind != found.kind => return None,
            Some(_) => {}
            None => answer = Some(found),
        }
    }
    answer
}

/// What a name may hold of a text that is looked for.
fn pieces(sought: &str) -> impl Iterator<Item = &str> {
    sought.split(|c: char| !(c.is_alphanumeric() || "-_.@+=,".contains(c))).filter(|piece| !piece.is_empty())
}

/// Whether an account, region or partition may hold the piece: there the samples do not tell.
fn may_be_part_of(sort: Sort, piece: &str) -> bool {
    match sort {
        Sort::Account => piece.bytes().any(|b| b.is_ascii_digit()),
        Sort::Region => {
            let plain: String = piece.chars().map(|c| if c.is_ascii_digit() { '1' } else { c }).collect();
            REGIONS.contains(&plain)
        }
        Sort::Dns => piece.bytes().any(|b| b.is_ascii_lowercase() || b == b'.'),
        Sort::Literal | Sort::Name | Sort::Path => false,
    }
}

/// The samples' fillings: some without anything in common, and one that begins, ends and is filled with each piece.
fn fillings(pieces: &[&str]) -> Option<Vec<String>> {
    let plain = FILLINGS.iter().chain(&PATHS).map(|f| (*f).to_owned());
    let out: Vec<String> = plain.chain(pieces.iter().map(|piece| format!("{piece}z%{piece}"))).collect();
    (out.len() <= MAX_SAMPLES).then_some(out)
}

/// What stands in a hole in one sample: nothing that another hole, or the text around it, is likely to hold.
fn mark(sort: Sort, filling: &str, sample: usize, hole: usize) -> String {
    match sort {
        Sort::Account => format!("{:012}", 703_591_000_000 + (sample as u64) * 7_919 * 1_000 + (hole as u64) * 13 + 5),
        Sort::Region => format!("zq-{}vx{}-{}", letter(sample), letter(hole), 3 + sample % 6),
        Sort::Dns => format!("zq{}x.{}v", letter(sample), letter(hole)),
        Sort::Path | Sort::Literal => filling.replace('%', &hole.to_string()),
        Sort::Name => filling.replace('/', "-").replace('%', &hole.to_string()),
    }
}

fn letter(n: usize) -> char {
    char::from(b'a' + (n % 26) as u8)
}

fn fill(text: &[Hole], holes: &[Hole], marks: &[String]) -> String {
    let mut out = String::new();
    for (part, sort) in text {
        match part {
            Part::Literal(literal) if *sort == Sort::Literal => out.push_str(literal),
            part => {
                let at = holes.iter().position(|(known, _)| super::same_hole(known, part));
                out.push_str(at.and_then(|at| marks.get(at)).map_or("", String::as_str));
            }
        }
    }
    out
}

/// The value with its marks as holes again.
fn restore(value: &Value, holes: &[Hole], marks: &[String]) -> Value {
    let kind = match &value.kind {
        Kind::Text(text) => Kind::Text(match text.as_known() {
            Some(known) => unmark(known, holes, marks),
            None => text.clone(),
        }),
        Kind::List(list) => {
            let items = list.items.iter().map(|item| restore(item, holes, marks)).collect();
            Kind::List(Arc::new(List { items, ..(**list).clone() }))
        }
        Kind::Map(map) => {
            let entries = map.entries.iter().map(|(key, item)| (key.clone(), restore(item, holes, marks))).collect();
            Kind::Map(Arc::new(Map { entries, ..(**map).clone() }))
        }
        other => other.clone(),
    };
    Value::new(kind, value.span)
}

fn unmark(known: &str, holes: &[Hole], marks: &[String]) -> Text {
    let mut parts: Vec<Part> = Vec::new();
    let mut rest = known;
    while !rest.is_empty() {
        let next = marks.iter().enumerate().filter_map(|(i, mark)| Some((rest.find(mark.as_str())?, i))).min();
        let Some((at, i)) = next else { break };
        parts.push(Part::Literal(Str::from(&rest[..at])));
        parts.extend(holes.get(i).map(|(part, _)| part.clone()));
        rest = &rest[at + marks[i].len()..];
    }
    parts.push(Part::Literal(rest.into()));
    Text::from_parts(parts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Span;
    use crate::value::{AttrRef, ListShape, Pseudo, ResourceId};

    fn arn(sort: Sort) -> Vec<Hole> {
        let name = AttrRef { resource: ResourceId(0), path: "name".into(), shown: "x.name".into() };
        let literal = |text: &str| (Part::Literal(text.into()), Sort::Literal);
        vec![
            literal("arn:aws:iam::"),
            (Part::Pseudo(Pseudo::AccountId), Sort::Account),
            literal(":role/"),
            (Part::Attr(Arc::new(name)), sort),
        ]
    }

    fn split(sort: Sort, separator: &str) -> Option<String> {
        let run = &mut |texts: &[String]| {
            let items = texts[0].split(separator).map(|piece| Value::string(piece, Span::NONE)).collect();
            Some(Value::list(ListShape::List, items, Span::NONE))
        };
        Some(common(&[arn(sort)], &[separator], run)?.to_string())
    }

    #[test]
    fn what_every_filling_gives_is_the_answer() {
        assert_eq!(split(Sort::Name, ":").as_deref(), Some("[arn, aws, iam, , ${AWS::AccountId}, role/${x.name}]"));
        assert_eq!(split(Sort::Name, "/").as_deref(), Some("[arn:aws:iam::${AWS::AccountId}:role, ${x.name}]"));
        assert_eq!(split(Sort::Path, "/"), None);
        assert_eq!(split(Sort::Path, ":").as_deref(), Some("[arn, aws, iam, , ${AWS::AccountId}, role/${x.name}]"));
        assert_eq!(split(Sort::Name, "-"), None);
    }

    #[test]
    fn what_a_name_may_hold_is_not_told() {
        let has =
            |needle: &str| common(&[arn(Sort::Name)], &[needle], &mut |t| Some(Value::new(Kind::Bool(t[0].contains(needle)), Span::NONE)));
        assert_eq!(has(":role/").map(|v| v.to_string()).as_deref(), Some("true"));
        assert!(has("dev").is_none() && has("role/dev").is_none() && has("123:role").is_none());
        assert_eq!(has("::dev").map(|v| v.to_string()).as_deref(), Some("false"));
        let upper = common(&[arn(Sort::Name)], &[], &mut |t| Some(Value::string(t[0].to_uppercase(), Span::NONE)));
        assert!(upper.is_none());
        let first = common(&[arn(Sort::Name)], &[], &mut |t| Some(Value::string(&t[0][t[0].len() - 3..], Span::NONE)));
        assert!(first.is_none());
    }
}
