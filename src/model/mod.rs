//! AWS entities: typed views of resources that name both spellings of each property side by side.
//!
//! Each entity is declared by [`entities!`]: the CloudFormation types and the Terraform types, then a line per field with the
//! CloudFormation property path and the Terraform attribute path that it is read from (`-`: that language has none). Fields are
//! [`Value`]s, null where the source does not write them. What does not fit a line is a plain function beside the table.

pub mod api_gateway;
pub mod arn_shape;
pub mod datastore;
pub mod document;
pub mod ec2;
pub mod iam;
pub mod lambda;
pub mod messaging;
pub mod names;
pub mod routes;

use crate::unit::Resource;
use crate::value::{AttrRef, Kind, Value, format_smolstr};
use std::sync::Arc;

/// A typed view of a resource.
pub trait Entity: Sized {
    /// The CloudFormation and Terraform types that it is made from.
    const KINDS: &'static [&'static str];

    /// Reads the fields of a resource of one of [`Entity::KINDS`].
    fn read(resource: &Resource) -> Self;
}

/// Declares entities; see the module's documentation.
macro_rules! entities {
    ($( $(#[$meta:meta])* $name:ident: $($cfn:literal)/+ | $($tf:literal)/+ {
        $( $(#[$field_meta:meta])* $field:ident: $cfn_path:literal | $tf_path:literal, )*
    } )*) => { $(
        $(#[$meta])*
        #[derive(Clone, Debug)]
        pub struct $name {
            /// The resource that this was read from; of some kinds nobody asks it.
            #[allow(dead_code)]
            pub id: $crate::value::ResourceId,
            $( $(#[$field_meta])* pub $field: $crate::value::Value, )*
        }

        impl $crate::model::Entity for $name {
            const KINDS: &'static [&'static str] = &[$($cfn,)+ $($tf,)+];

            fn read(resource: &$crate::unit::Resource) -> Self {
                #[allow(unused_variables)]
                let cloudformation = resource.kind.contains("::");
                $name {
                    id: resource.id,
                    $( $field: $crate::model::read(&resource.attributes, if cloudformation { $cfn_path } else { $tf_path }), )*
                }
            }
        }
    )* };
}
pub(crate) use entities;

/// The value at a dotted path, null where it is not written. Terraform's nested blocks are lists: a path goes into the only
/// block; into a choice it goes branch by branch; of an unknown value every part is unknown.
pub fn read(value: &Value, path: &str) -> Value {
    if path == "-" {
        return Value::null(value.span);
    }
    let mut value = value.clone();
    for segment in path.split('.') {
        value = step(&value, segment);
    }
    value
}

fn step(value: &Value, segment: &str) -> Value {
    match &value.kind {
        Kind::Map(map) => match (map.entries.get(segment), &map.open) {
            (Some(found), _) => found.clone(),
            (None, Some(unknown)) => Value::unknown(unknown.clone(), value.span),
            (None, None) => Value::null(value.span),
        },
        Kind::List(list) => match (list.items.as_slice(), &list.open) {
            ([], None) => Value::null(value.span),
            ([only], None) => step(only, segment),
            ([first, ..], None) => step(first, segment),
            (_, Some(unknown)) => Value::unknown(unknown.clone(), value.span),
        },
        Kind::Choice(branches) => {
            let branches = branches.iter().map(|(g, v)| (g.clone(), step(v, segment))).collect();
            Value::choice(branches, value.span)
        }
        Kind::Attr(attr) => {
            let path = if attr.path.is_empty() { segment.into() } else { format_smolstr!("{}.{segment}", attr.path) };
            let shown = format_smolstr!("{}.{segment}", attr.shown);
            Value::new(Kind::Attr(Arc::new(AttrRef { resource: attr.resource, path, shown })), value.span)
        }
        Kind::Unknown(_) => value.clone(),
        Kind::Null | Kind::Bool(_) | Kind::Number(_) | Kind::Text(_) => Value::null(value.span),
    }
}

/// The items of a value that is a list or stands for one: a lone scalar or map counts as a list of one, null as an empty list.
/// The second part says why there may be more (or others) than these.
pub fn items(value: &Value) -> (Vec<Value>, Option<String>) {
    match &value.kind {
        Kind::Null => (Vec::new(), None),
        Kind::List(list) => {
            let mut out = Vec::new();
            let mut open = list.open.as_ref().map(|u| u.message.to_string());
            for item in &list.items {
                match &item.kind {
                    Kind::Null => {}
                    // A list within a list is what `[var.list]` and `!If` with a list give; nobody means a nested list here.
                    Kind::List(_) => {
                        let (inner, why) = items(item);
                        out.extend(inner);
                        open = open.or(why);
                    }
                    _ => out.push(item.clone()),
                }
            }
            (out, open)
        }
        Kind::Unknown(unknown) => (Vec::new(), Some(unknown.message.to_string())),
        _ => (vec![value.clone()], None),
    }
}
