//! Code to paste, in the language of the unit.

use crate::graph::Graph;
use crate::unit::{Resource, UnitKind};
use crate::value::{Part, Text};

/// The language of a mend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// HCL.
    Terraform,
    /// A YAML template.
    Yaml,
    /// A JSON template.
    Json,
}

/// The language in which a unit is written.
pub(crate) fn dialect(graph: &Graph<'_>) -> Dialect {
    let extension = graph.unit.root.extension().and_then(|e| e.to_str()).unwrap_or_default();
    match (graph.unit.kind, extension) {
        (UnitKind::Terraform, _) => Dialect::Terraform,
        (_, "json") => Dialect::Json,
        _ => Dialect::Yaml,
    }
}

/// A resource's address as code within its own module refers to it: `aws_x.y`, `data.aws_x.y["k"]`; the logical id otherwise.
pub(crate) fn local_address(resource: &Resource) -> String {
    let mut rest = resource.address.as_str();
    while let Some(after) = rest.strip_prefix("module.") {
        let end = module_end(after);
        rest = &after[end..];
    }
    rest.replace("[*]", "[each.key]")
}

/// Where the name and key of a module call end: after the dot that follows them.
fn module_end(after: &str) -> usize {
    let mut depth = 0usize;
    for (i, c) in after.char_indices() {
        match c {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            '.' if depth == 0 => return i + 1,
            _ => {}
        }
    }
    after.len()
}

/// A name for something new: letters, digits and underscores (Terraform), or letters and digits in camel case (templates).
pub(crate) fn new_name(dialect: Dialect, words: &[&str]) -> String {
    let pieces = words.iter().flat_map(|w| w.split(|c: char| !c.is_ascii_alphanumeric())).filter(|p| !p.is_empty());
    match dialect {
        Dialect::Terraform => pieces.map(str::to_ascii_lowercase).collect::<Vec<_>>().join("_"),
        Dialect::Yaml | Dialect::Json => pieces
            .map(|p| {
                let (head, tail) = p.split_at(1);
                head.to_ascii_uppercase() + tail
            })
            .collect(),
    }
}

/// A text as an HCL string; references become interpolations, and what would be one is escaped.
pub(crate) fn hcl_string(graph: &Graph<'_>, text: &Text) -> String {
    let mut out = String::new();
    for part in text.parts() {
        match part {
            Part::Literal(literal) => {
                out.push_str(&literal.replace('\\', "\\\\").replace('"', "\\\"").replace("${", "$${").replace("%{", "%%{"))
            }
            Part::Attr(attr) => out.push_str(&format!("${{{}.{}}}", local_address(graph.resource(attr.resource)), attr.path)),
            Part::Pseudo(pseudo) => out.push_str(match pseudo {
                crate::value::Pseudo::AccountId => "${data.aws_caller_identity.current.account_id}",
                crate::value::Pseudo::Region => "${data.aws_region.current.name}",
                crate::value::Pseudo::Partition => "${data.aws_partition.current.partition}",
                _ => "*",
            }),
            Part::Unknown(unknown) => out.push_str(&format!("${{{}}}", unknown.shown)),
        }
    }
    out
}

/// A text as the content of `Fn::Sub`; `${stageVariables.x}` is escaped.
pub(crate) fn sub_string(graph: &Graph<'_>, text: &Text) -> String {
    let mut out = String::new();
    for part in text.parts() {
        match part {
            Part::Literal(literal) => out.push_str(&literal.replace("${", "${!")),
            Part::Attr(attr) => {
                let address = &graph.resource(attr.resource).address;
                match attr.path.as_str() {
                    "id" | "name" | "Ref" => out.push_str(&format!("${{{address}}}")),
                    path => out.push_str(&format!("${{{address}.{path}}}")),
                }
            }
            Part::Pseudo(pseudo) => out.push_str(&format!("${{{}}}", pseudo.name())),
            Part::Unknown(unknown) => out.push_str(&format!("${{{}}}", unknown.shown)),
        }
    }
    out
}
