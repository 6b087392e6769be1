//! Which outputs of a module are attributes of its resources.

use crate::syntax::hcl::ast::{Expr, ExprKind, Step};
use crate::terraform::module_source::ModuleSource;
use crate::unit::ModelledOutput;
use crate::value::{Str, format_smolstr};

/// The outputs that give an attribute of a resource, in the order in which they are declared.
pub fn outputs(source: &ModuleSource) -> Vec<ModelledOutput> {
    let value = |(name, block): (&Str, &crate::syntax::hcl::ast::Block)| {
        let (resource, attribute) = attribute_of(block.body.attribute("value")?)?;
        Some(ModelledOutput { resource, attribute, name: name.clone() })
    };
    source.outputs.iter().filter_map(value).collect()
}

/// `aws_x.y` and `arn` of `aws_x.y[0].arn`, `try(aws_x.y[0].arn, "")` and `one(aws_x.y[*].arn)`.
fn attribute_of(expr: &Expr) -> Option<(Str, Str)> {
    match &expr.kind {
        ExprKind::Wrapped(inner) => attribute_of(inner),
        ExprKind::Call(name, arguments, _) if matches!(name.as_str(), "try" | "one") => arguments.iter().find_map(attribute_of),
        ExprKind::Traversal(base, steps) => match (&base.kind, steps.as_slice()) {
            (ExprKind::Name(kind), [Step::Attr(name), Step::Index(_) | Step::FullSplat, Step::Attr(attribute)])
            | (ExprKind::Name(kind), [Step::Attr(name), Step::Attr(attribute)])
                if kind.contains('_') =>
            {
                Some((format_smolstr!("{kind}.{name}"), attribute.clone()))
            }
            _ => None,
        },
        _ => None,
    }
}
