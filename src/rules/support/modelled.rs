//! Mends for what lies in a modelled module: nobody can edit a resource there, so they say what to write into the call, or beside
//! it with the module's outputs.

use super::mend::outer;
use crate::finding::{Finding, Help};
use crate::unit::{Modelled, ModelledOutput, OutputShape, Unit};

/// Attributes that have one value (Terraform AWS provider documentation, "Attribute Reference").
const SAME: [(&str, &str, &str); 4] = [
    ("aws_iam_role", "id", "name"),
    ("aws_lambda_function", "id", "function_name"),
    ("aws_lambda_alias", "id", "arn"),
    ("aws_apigatewayv2_api", "api_id", "id"),
];

/// Words the mend of a finding for what the caller can write.
pub(crate) fn mend(unit: &Unit, finding: &mut Finding) {
    if unit.modelled.is_empty() {
        return;
    }
    // What lies in one call has one place: two subnets say the same thing there.
    let mut said = std::collections::HashSet::new();
    finding.related.retain(|label| said.insert((label.span, label.text.clone())));
    let call = unit.modelled.iter().find(|m| m.span.contains(finding.primary.span));
    if let Some(hint) = call.and_then(|m| m.mends.get(finding.rule)) {
        finding.help = Some(hint.clone());
        return;
    }
    let Some(help) = &mut finding.help else { return };
    match in_outputs(unit, &help.code) {
        Some(code) => help.code = code,
        None => finding.help = call.map(|m| Help { text: beside(m), code: String::new() }),
    }
}

fn beside(call: &Modelled) -> String {
    format!("mend it with the arguments of `{}` ({}), or beside the call", call.address, call.source)
}

/// Code with the addresses of resources in modelled modules replaced by outputs; `None` where there is no such output.
fn in_outputs(unit: &Unit, code: &str) -> Option<String> {
    let mut code = code.to_owned();
    for call in &unit.modelled {
        let own = &call.address[outer(&call.address).len()..];
        let own = own.replace("[*]", "[each.key]");
        let prefix = format!("{own}.");
        let mut at = 0;
        while let Some(found) = code[at..].find(&prefix) {
            let (start, rest) = (at + found, at + found + prefix.len());
            if !code[rest..].starts_with("aws_") {
                at = rest;
                continue;
            }
            let (length, output) = output(call, &code[rest..])?;
            let written = format!("{own}.{output}");
            code.replace_range(start..rest + length, &written);
            at = start + written.len();
        }
    }
    Some(code)
}

/// How long `aws_x.y[0].attribute` at the start of a text is, and what gives it.
fn output(call: &Modelled, text: &str) -> Option<(usize, String)> {
    let word = |from: usize| {
        let rest = text.get(from..).unwrap_or_default();
        from + rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-'))).unwrap_or(rest.len())
    };
    let kind = word(0);
    let name = word(kind + 1);
    let after = if text.get(name..)?.starts_with('[') { name + text[name..].find(']')? + 1 } else { name };
    let end = word(after + 1);
    let (resource, key, attribute) = (text.get(..name)?, text.get(name..after)?, text.get(after + 1..end)?);
    let same = |known: &str| known == attribute || is_same(&text[..kind], known, attribute);
    let fits = |o: &&ModelledOutput| o.resource == resource && (o.shape == OutputShape::Whole || same(&o.attribute));
    let found = call.outputs.iter().find(fits)?;
    let written = match found.shape {
        OutputShape::Value => found.name.to_string(),
        OutputShape::ByKey => format!("{}{key}", found.name),
        OutputShape::Whole => format!("{}{key}.{attribute}", found.name),
    };
    Some((end, written))
}

/// Whether two attributes of a resource type have one value.
fn is_same(kind: &str, one: &str, other: &str) -> bool {
    SAME.iter().any(|(k, a, b)| *k == kind && ((*a, *b) == (one, other) || (*b, *a) == (one, other)))
}
