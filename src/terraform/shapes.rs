//! Functions that take an attribute apart of which the shape is known: `split("/", aws_iam_role.r.arn)[1]`.

use super::evaluator::Evaluator;
use super::functions::{self, FunctionContext};
use crate::model::arn_shape::{Ask, unfold};
use crate::source::Span;
use crate::text::samples::{Hole, Sort, common};
use crate::unit::Mode;
use crate::value::{AttrRef, Kind, Part, Pseudo, Text, Value};

/// The functions that look into a text.
const APART: [&str; 14] = [
    "split",
    "regex",
    "regexall",
    "replace",
    "trimprefix",
    "trimsuffix",
    "basename",
    "dirname",
    "substr",
    "startswith",
    "endswith",
    "strcontains",
    "trim",
    "strrev",
];

impl Evaluator<'_> {
    /// The result of a function over attributes whose shape is known, where it is the same whatever their names and ids are.
    pub(super) fn taken_apart(&self, name: &str, values: &[Value], context: &FunctionContext<'_>) -> Option<Value> {
        let name = name.strip_prefix("core::").unwrap_or(name);
        if !APART.contains(&name) || !values.iter().any(refers) {
            return None;
        }
        let texts: Vec<Vec<Hole>> = values.iter().map(|value| self.unfolded(value)).collect::<Option<_>>()?;
        let sought: Vec<&str> = values.iter().filter_map(Value::as_str).collect();
        common(&texts, &sought, &mut |filled| {
            let arguments: Vec<Value> =
                values
                    .iter()
                    .zip(filled)
                    .map(|(value, text)| {
                        if value.to_text().is_some_and(|t| t.as_known().is_none()) {
                            Value::string(text, value.span)
                        } else {
                            value.clone()
                        }
                    })
                    .collect();
            functions::call(name, &arguments, context).ok()
        })
    }

    /// The parts of an argument; none of a number. `None` where it holds something of which nothing is known.
    fn unfolded(&self, value: &Value) -> Option<Vec<Hole>> {
        let Some(text) = value.to_text() else { return value.first_unknown().is_none().then(Vec::new) };
        let mut out = Vec::new();
        for part in text.parts() {
            match &part {
                Part::Literal(_) => out.push((part, Sort::Literal)),
                Part::Pseudo(Pseudo::AccountId) => out.push((part, Sort::Account)),
                Part::Pseudo(Pseudo::Region | Pseudo::Partition) => out.push((part, Sort::Region)),
                Part::Attr(attr) => out.extend(self.shape_of(attr)?),
                Part::Pseudo(_) | Part::Unknown(_) => return None,
            }
        }
        Some(out)
    }

    fn shape_of(&self, attr: &AttrRef) -> Option<Vec<Hole>> {
        let slot = self.slot(attr.resource);
        let mut answer = |ask: Ask<'_>| match ask {
            Ask::Region => {
                let region = self.provider_of(&slot).region.clone();
                if region.is_null() { self.pseudo(Pseudo::Region, Span::NONE).to_text() } else { region.to_text() }
            }
            Ask::Configured(name) => match self.resource_attribute(attr.resource, name) {
                // Nothing is configured where the attribute is the reference to itself.
                Value { kind: Kind::Attr(own), .. } if own.resource == attr.resource && own.path == name => Some(Text::default()),
                value => value.to_text(),
            },
            Ask::Reference(name) => self.computed(attr.resource, name, Span::NONE).to_text(),
        };
        let shape = unfold(&slot.decl.kind, slot.decl.mode == Mode::Managed, &attr.path, &mut answer)?;
        let known = |part: Part| match part {
            Part::Pseudo(pseudo) => self.pseudo(pseudo, Span::NONE).to_text().map_or(vec![part], |text| text.parts()),
            part => vec![part],
        };
        let sort_of = |part: &Part, sort: Sort| if matches!(part, Part::Literal(_)) { Sort::Literal } else { sort };
        Some(
            shape
                .into_iter()
                .flat_map(|(part, sort)| known(part).into_iter().map(move |p| (sort_of(&p, sort), p)).map(|(s, p)| (p, s)))
                .collect(),
        )
    }
}

fn refers(value: &Value) -> bool {
    match &value.kind {
        Kind::Attr(_) => true,
        Kind::Text(text) => text.holes().is_some_and(|parts| parts.iter().any(|part| matches!(part, Part::Attr(_)))),
        _ => false,
    }
}
