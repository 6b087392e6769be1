//! The form of blocks: labels, names, arguments that are always or never there.

use crate::source::Span;
use crate::syntax::hcl::ast::{Block, Expr, ExprKind};
use crate::terraform::functions::is_identifier;
use crate::terraform::module_source::ModuleSource;

/// What is wrong, and where.
pub type Refusal = (Span, String);

/// How many labels a block has, and what they are, by its type.
const LABELS: [(&str, usize, &str); 14] = [
    ("action", 2, "its type and its name"),
    ("check", 1, "its name"),
    ("data", 2, "its type and its name"),
    ("ephemeral", 2, "its type and its name"),
    ("import", 0, ""),
    ("locals", 0, ""),
    ("module", 1, "its name"),
    ("moved", 0, ""),
    ("output", 1, "its name"),
    ("provider", 1, "the provider's name"),
    ("removed", 0, ""),
    ("resource", 2, "its type and its name"),
    ("terraform", 0, ""),
    ("variable", 1, "its name"),
];

/// Names that a variable cannot have: a call of the module has arguments of these names already.
const RESERVED: [&str; 8] = ["count", "depends_on", "for_each", "lifecycle", "locals", "providers", "source", "version"];

/// The arguments of a variable, those of the newest versions and of OpenTofu included.
const OF_VARIABLE: [&str; 8] = ["const", "default", "deprecated", "description", "ephemeral", "nullable", "sensitive", "type"];
/// The arguments of an output.
const OF_OUTPUT: [&str; 7] = ["depends_on", "deprecated", "description", "ephemeral", "sensitive", "type", "value"];

/// What is wrong with a block by itself.
pub fn of_block(block: &Block) -> Vec<Refusal> {
    let mut out = Vec::new();
    let kind = block.kind.as_str();
    let Some((_, labels, names)) = LABELS.iter().find(|(name, ..)| *name == kind) else {
        // What other files of Terraform have at their top, and experiments.
        if !matches!(kind, "language" | "list") {
            out.push((block.header, format!("there is no block `{kind}` at the top of a configuration")));
        }
        return out;
    };
    match labels {
        _ if block.labels.len() == *labels => {}
        0 => out.push((block.header, format!("a block `{kind}` has no labels"))),
        1 => out.push((block.header, format!("a block `{kind}` has one label: {names}"))),
        _ => out.push((block.header, format!("a {kind} block has two labels: {names}"))),
    }
    for (label, span) in block.labels.iter().filter(|(label, _)| !is_identifier(label)) {
        out.push((*span, format!("`{label}` is no name: letters, digits, `_` and `-`, and no digit first")));
    }
    match kind {
        "variable" => {
            if RESERVED.contains(&block.label(0).as_str()) {
                out.push((block.header, format!("no variable can be named `{}`: calls of a module have that argument", block.label(0))));
            }
            unknown_arguments(block, &OF_VARIABLE, &mut out);
            out.extend(block.body.attribute("type").and_then(wrong_type));
        }
        "output" => unknown_arguments(block, &OF_OUTPUT, &mut out),
        "resource" | "data" | "ephemeral" | "module" => out.extend(repeated_twice(block)),
        _ => {}
    }
    out
}

/// What a module lacks once all its files are read and merged.
pub fn of_module(source: &ModuleSource) -> Vec<Refusal> {
    let outputs = source.outputs.iter().filter(|(_, block)| block.body.attribute("value").is_none());
    let calls = source.calls.iter().filter(|(_, block)| block.body.attribute("source").is_none());
    let outputs = outputs.map(|(name, block)| (block.header, format!("output `{name}` has no `value`")));
    outputs.chain(calls.map(|(name, block)| (block.header, format!("module `{name}` has no `source`")))).collect()
}

fn unknown_arguments(block: &Block, known: &[&str], out: &mut Vec<Refusal>) {
    for attribute in block.body.attributes.iter().filter(|a| !known.contains(&a.name.as_str())) {
        out.push((attribute.name_span, format!("a block `{}` has no argument `{}`", block.kind, attribute.name)));
    }
}

fn repeated_twice(block: &Block) -> Option<Refusal> {
    let place = |name: &str| block.body.attributes.iter().find(|a| a.name == name).map(|a| a.name_span);
    let (count, for_each) = (place("count")?, place("for_each")?);
    let second = if count.start > for_each.start { count } else { for_each };
    Some((second, "`count` and `for_each` cannot both be set in one block".to_owned()))
}

/// A type constraint with a word in it that is none. Those in quotes are of another time, or of the JSON syntax.
fn wrong_type(expr: &Expr) -> Option<Refusal> {
    match &expr.kind {
        ExprKind::Name(name) => {
            let known = ["any", "bool", "list", "map", "number", "set", "string"].contains(&name.as_str());
            (!known).then(|| (expr.span, format!("there is no type `{name}`")))
        }
        ExprKind::Wrapped(inner) => wrong_type(inner),
        ExprKind::Call(name, arguments, _) => match (name.as_str(), arguments.as_slice()) {
            ("list" | "set" | "map", [element]) => wrong_type(element),
            ("optional", [element] | [element, _]) => wrong_type(element),
            ("tuple", [Expr { kind: ExprKind::List(items), .. }]) => items.iter().find_map(wrong_type),
            ("object", [Expr { kind: ExprKind::Object(items), .. }]) => items.iter().find_map(|item| wrong_type(&item.value)),
            ("list" | "set" | "map" | "optional" | "tuple" | "object", _) => None,
            _ => Some((expr.span, format!("there is no type `{name}(…)`"))),
        },
        _ => None,
    }
}
