//! Attributes whose value the template itself shows: properties that `Fn::GetAtt` gives back as they are written, and the parts
//! of ARNs and endpoints that their form fixes.

use std::sync::Arc;

use super::resolver::Resolver;
use crate::model::arn_shape::{Ask, name_attribute, unfold};
use crate::source::Span;
use crate::syntax::node::Node;
use crate::text::{self, samples::Sort};
use crate::value::{AttrRef, Kind, Part, Pseudo, Reason, ResourceId, Text, Unknown, Value, format_smolstr};

/// A part of a text, and what may stand in it; nothing is known of some holes.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    pub part: Part,
    sort: Option<Sort>,
}

impl Piece {
    /// A part of which nothing more is known.
    pub fn open(part: Part) -> Self {
        Piece { part, sort: None }
    }

    /// Whether a hole may hold a character.
    pub fn may_contain(&self, c: char) -> bool {
        let of_a_name = |c: char| c.is_ascii_alphanumeric() || "-_.@+=,".contains(c);
        match self.sort {
            Some(Sort::Name) => of_a_name(c),
            Some(Sort::Path) => of_a_name(c) || c == '/',
            _ => text::may_contain(&self.part, c),
        }
    }

    /// Whether a hole may end with a text of which it may have the characters.
    fn may_end_with(&self, end: &str) -> bool {
        const PARTITIONS: [&str; 8] = ["aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f", "aws-eusc"];
        match self.part {
            Part::Pseudo(Pseudo::Partition) => PARTITIONS.iter().any(|partition| partition.ends_with(end)),
            // `eu-central-1`.
            Part::Pseudo(Pseudo::Region) => end.ends_with(|c: char| c.is_ascii_digit()),
            _ => true,
        }
    }
}

/// Types whose attributes are made by somebody's code, or by another template, and not what the properties say.
fn has_own_attributes(kind: &str) -> bool {
    !kind.starts_with("AWS::")
        || kind.starts_with("AWS::CloudFormation::")
        || kind.starts_with("AWS::Serverless::")
        || kind.ends_with("::MODULE")
}

/// The property that an attribute of another name gives back.
fn written_as(kind: &str, attribute: &str) -> Option<&'static str> {
    Some(match (kind, attribute) {
        ("AWS::RDS::DBInstance" | "AWS::RDS::DBCluster" | "AWS::Redshift::Cluster", "Endpoint.Port") => "Port",
        ("AWS::Neptune::DBCluster" | "AWS::DocDB::DBCluster", "Port") => "Port",
        _ => return None,
    })
}

impl Resolver<'_> {
    /// The value of an attribute that is one of the resource's own properties, and written there.
    pub(super) fn written_attribute(&mut self, resource: ResourceId, path: &str) -> Option<Value> {
        let kind = self.slots.get(resource.0 as usize)?.kind.clone();
        if path == "Ref" || has_own_attributes(&kind) {
            return None;
        }
        let property = written_as(&kind, path).unwrap_or(path);
        let value = self.written_property(resource, property).filter(|v| !v.is_null())?;
        self.mentioned.push(resource);
        Some(value)
    }

    /// What the template writes for a property; null where it does not, `None` where that is not known.
    fn written_property(&mut self, resource: ResourceId, path: &str) -> Option<Value> {
        let slot = self.slots.get(resource.0 as usize)?;
        let (stack, presence) = (slot.stack, slot.presence.clone());
        let key = format_smolstr!("property {}.{path}", slot.logical_id);
        let node = match property_node(&slot.node, path) {
            Written::Node(node) => node,
            Written::Not => return Some(Value::null(slot.name_span)),
            Written::Unseen => return None,
        };
        if let Some(value) = self.stacks[stack].property_values.get(&key) {
            return Some(value.clone());
        }
        let mentioned = self.mentioned.len();
        let evaluate = |r: &mut Self| r.assuming(&presence, |r| r.deeper(node.span, |r| r.value(stack, &node)));
        let value = self.once(stack, key.clone(), evaluate).flatten();
        self.mentioned.truncate(mentioned);
        self.stacks[stack].property_values.insert(key, value.clone()?);
        value
    }

    /// The parts of a text, those of attributes with a known form put in place of the attributes.
    pub(super) fn pieces(&mut self, text: &Text) -> Vec<Piece> {
        let mut out = Vec::new();
        for part in text.parts() {
            let found = match &part {
                Part::Attr(attr) => self.deeper(Span::NONE, |r| r.attribute_pieces(attr)).flatten(),
                Part::Pseudo(Pseudo::StackId) => Some(self.stack_id_pieces()),
                _ => None,
            };
            out.extend(found.unwrap_or_else(|| vec![Piece::open(part)]));
        }
        out
    }

    fn attribute_pieces(&mut self, attr: &AttrRef) -> Option<Vec<Piece>> {
        let kind = self.slots.get(attr.resource.0 as usize)?.kind.clone();
        let mut answer = |ask: Ask<'_>| match ask {
            Ask::Region => self.named_pseudo(Pseudo::Region),
            Ask::Configured(property) => match self.written_property(attr.resource, property)? {
                value if value.is_null() => Some(Text::default()),
                value => value.to_text(),
            },
            Ask::Reference(path) => self.own_attribute(attr.resource, path),
        };
        let holes = match unfold(&kind, true, &attr.path, &mut answer) {
            Some(holes) => holes,
            // An attribute that is the name and nothing more.
            None => {
                let name = answer(Ask::Configured(name_attribute(&kind, &attr.path)?))?;
                name.as_known().filter(|name| !name.is_empty())?;
                name.parts().into_iter().map(|part| (part, Sort::Literal)).collect()
            }
        };
        self.mentioned.push(attr.resource);
        let known = |(part, sort): (Part, Sort)| match part {
            Part::Pseudo(pseudo) => self.pseudo_piece(pseudo),
            part => Piece { part, sort: Some(sort) },
        };
        Some(holes.into_iter().map(known).collect())
    }

    fn own_attribute(&self, resource: ResourceId, path: &str) -> Option<Text> {
        let slot = self.slots.get(resource.0 as usize)?;
        let address = self.stacks[slot.stack].qualified(&slot.logical_id);
        let shown = if path == "Ref" { address } else { format_smolstr!("{address}.{path}") };
        Some(Text::from_parts([Part::Attr(Arc::new(AttrRef { resource, path: path.into(), shown }))]))
    }

    fn named_pseudo(&self, pseudo: Pseudo) -> Option<Text> {
        Some(Text::from_parts([self.pseudo_piece(pseudo).part]))
    }

    /// `arn:aws:cloudformation:us-east-1:123456789012:stack/my-stack/3f2a…` (CloudFormation User Guide, "Pseudo parameters").
    fn stack_id_pieces(&self) -> Vec<Piece> {
        let id = "the id of the stack";
        let message = format_smolstr!("{id} is known after the deploy");
        let unknown = Unknown::identified(Reason::Computed, "AWS::StackId/id", id, message, Span::NONE);
        let literal = |text: &str| Piece::open(Part::Literal(text.into()));
        vec![
            literal("arn:"),
            self.pseudo_piece(Pseudo::Partition),
            literal(":cloudformation:"),
            self.pseudo_piece(Pseudo::Region),
            literal(":"),
            self.pseudo_piece(Pseudo::AccountId),
            literal(":stack/"),
            self.pseudo_piece(Pseudo::StackName),
            literal("/"),
            Piece { part: Part::Unknown(unknown), sort: Some(Sort::Name) },
        ]
    }

    fn pseudo_piece(&self, pseudo: Pseudo) -> Piece {
        Piece::open(match self.known_pseudo(pseudo) {
            Some(text) => Part::Literal(text),
            None => Part::Pseudo(pseudo),
        })
    }
}

enum Written {
    Node(Node),
    Not,
    /// A function or macro makes what may have it.
    Unseen,
}

fn property_node(resource: &Node, path: &str) -> Written {
    let Some(mut node) = resource.get("Properties") else { return Written::Not };
    for name in path.split('.') {
        let Some(entries) = node.entries() else { return Written::Not };
        let makes = |key: &str| super::eval::is_function(key) || key.starts_with("Fn::");
        match entries.iter().rfind(|e| e.key.as_str() == Some(name)) {
            Some(entry) => node = &entry.value,
            None if entries.iter().any(|e| e.key.as_str().is_some_and(makes)) => return Written::Unseen,
            None => return Written::Not,
        }
    }
    Written::Node(node.clone())
}

/// Whether a delimiter may begin, end or lie in a hole: it is between `before` and `after`, both literal; `is_last` where nothing
/// stands behind `after`.
pub(super) fn may_meet(delimiter: &str, before: Option<&str>, hole: &Piece, after: &str, is_last: bool) -> bool {
    let cuts: Vec<usize> = delimiter.char_indices().map(|(at, _)| at).chain([delimiter.len()]).collect();
    cuts.iter().any(|&from| {
        let (head, rest) = delimiter.split_at(from);
        let head_fits = match before {
            _ if head.is_empty() => true,
            Some(before) => before.ends_with(head) || (before.len() < head.len() && head.ends_with(before)),
            None => false,
        };
        head_fits
            && cuts.iter().filter(|&&to| to > from).any(|&to| {
                let (inside, tail) = rest.split_at(to - from);
                let tail_fits = match tail {
                    "" => true,
                    _ => {
                        hole.may_end_with(inside)
                            && (after.starts_with(tail) || (!is_last && after.len() < tail.len() && tail.starts_with(after)))
                    }
                };
                tail_fits && inside.chars().all(|c| hole.may_contain(c))
            })
    })
}

/// The value of one part alone, or of several: an attribute by itself is that attribute.
pub(super) fn joined(parts: Vec<Part>, span: Span) -> Value {
    let text = Text::from_parts(parts);
    match text.holes() {
        Some([Part::Attr(attr)]) => Value::new(Kind::Attr(attr.clone()), span),
        Some([Part::Unknown(unknown)]) => Value::unknown(unknown.clone(), span),
        _ => Value::new(Kind::Text(text), span),
    }
}
