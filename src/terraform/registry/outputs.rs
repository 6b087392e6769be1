//! Which outputs of a module are attributes of its resources.

use crate::syntax::hcl::ast::{Expr, ExprKind, ForExpr, Step};
use crate::terraform::module_source::ModuleSource;
use crate::unit::{ModelledOutput, OutputShape};
use crate::value::{Str, format_smolstr};

/// The outputs that give attributes of resources, in the order in which they are declared.
pub fn outputs(source: &ModuleSource) -> Vec<ModelledOutput> {
    let mut out = Vec::new();
    for (name, block) in &source.outputs {
        if let Some(value) = block.body.attribute("value") {
            find(value, name, &mut out);
        }
    }
    out
}

fn find(expr: &Expr, name: &Str, out: &mut Vec<ModelledOutput>) {
    let mut push = |resource: Str, attribute: &str, shape| {
        out.push(ModelledOutput { resource, attribute: attribute.into(), name: name.clone(), shape });
    };
    match &expr.kind {
        ExprKind::Wrapped(inner) => find(inner, name, out),
        ExprKind::Call(function, arguments, _) if matches!(function.as_str(), "try" | "one" | "coalescelist") => {
            arguments.iter().for_each(|a| find(a, name, out));
        }
        ExprKind::Conditional(parts) => parts[1..].iter().for_each(|p| find(p, name, out)),
        // `{ for key, x in aws_x.y : key => x.arn }`
        ExprKind::For(each) => {
            if let Some((resource, attribute)) = by_key(each) {
                push(resource, &attribute, OutputShape::ByKey);
            }
        }
        ExprKind::Traversal(base, steps) => {
            let ExprKind::Name(kind) = &base.kind else { return };
            let [Step::Attr(own), rest @ ..] = steps.as_slice() else { return };
            if !kind.contains('_') {
                return;
            }
            let resource = format_smolstr!("{kind}.{own}");
            match rest {
                [] => push(resource, "", OutputShape::Whole),
                [Step::FullSplat, Step::Attr(attribute)] => push(resource, attribute, OutputShape::ByKey),
                [Step::Index(_), Step::Attr(attribute)] | [Step::Attr(attribute)] => push(resource, attribute, OutputShape::Value),
                _ => {}
            }
        }
        _ => {}
    }
}

fn by_key(each: &ForExpr) -> Option<(Str, Str)> {
    let (key, value) = (each.key.as_ref()?.as_dotted()?, each.value.as_dotted()?);
    let [item, attribute] = value.as_slice() else { return None };
    let kept = each.condition.is_none() && each.key_var.as_ref() == key.first() && key.len() == 1;
    (kept && *item == each.value_var).then_some(())?;
    let collection = each.collection.as_dotted()?;
    let [kind, name] = collection.as_slice() else { return None };
    kind.contains('_').then(|| (format_smolstr!("{kind}.{name}"), attribute.clone()))
}
