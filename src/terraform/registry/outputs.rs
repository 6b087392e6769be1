//! Which outputs of a module are attributes of its resources.

use crate::syntax::hcl::ast::{Expr, ExprKind, Step};
use crate::terraform::module_source::ModuleSource;
use crate::unit::ModelledOutput;
use crate::value::{Str, format_smolstr};

/// The outputs that give an attribute of a resource, in the order in which they are declared.
pub fn outputs(source: &ModuleSource) -> Vec<ModelledOutput> {
    let mut out = Vec::new();
    for (name, block) in &source.outputs {
        let mut found = Vec::new();
        if let Some(value) = block.body.attribute("value") {
            attributes_in(value, &mut found);
        }
        out.extend(found.into_iter().map(|(resource, attribute)| ModelledOutput { resource, attribute, name: name.clone() }));
    }
    out
}

/// `aws_x.y` and `arn` of `aws_x.y[0].arn`, `try(aws_x.y[0].arn, "")` and `one(aws_x.y[*].arn)`.
fn attributes_in(expr: &Expr, out: &mut Vec<(Str, Str)>) {
    match &expr.kind {
        ExprKind::Wrapped(inner) => attributes_in(inner, out),
        ExprKind::Call(name, arguments, _) if matches!(name.as_str(), "try" | "one") => {
            arguments.iter().for_each(|a| attributes_in(a, out))
        }
        ExprKind::Traversal(base, steps) => match (&base.kind, steps.as_slice()) {
            (ExprKind::Name(kind), [Step::Attr(name), Step::Index(_) | Step::FullSplat, Step::Attr(attribute)])
            | (ExprKind::Name(kind), [Step::Attr(name), Step::Attr(attribute)])
                if kind.contains('_') =>
            {
                out.push((format_smolstr!("{kind}.{name}"), attribute.clone()));
            }
            _ => {}
        },
        _ => {}
    }
}
