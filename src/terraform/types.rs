//! Terraform's type constraints, conversions and equality.
//!
//! What is unknown passes through a conversion with everything known around it kept. An unknown value has any type here.

mod convert;
mod order;
mod unify;

use std::fmt;

use indexmap::IndexMap;

pub use convert::convert;
pub use order::{equal, normalize_set};
pub use unify::{is_certain, type_of, unify, unify_types};

use crate::value::{Str, Value};

/// A type constraint.
#[derive(Clone, Debug, PartialEq)]
pub enum Type {
    /// `any`: as an element type, the one type that all elements convert to.
    Any,
    /// `string`.
    String,
    /// `number`.
    Number,
    /// `bool`.
    Bool,
    /// `list(…)`.
    List(Box<Type>),
    /// `set(…)`.
    Set(Box<Type>),
    /// `map(…)`.
    Map(Box<Type>),
    /// `tuple([…])`.
    Tuple(Vec<Type>),
    /// `object({…})`.
    Object(IndexMap<Str, ObjectAttr>),
}

/// An attribute of an object type.
#[derive(Clone, Debug, PartialEq)]
pub struct ObjectAttr {
    /// Its type.
    pub ty: Type,
    /// Whether it was written `optional(…)`.
    pub optional: bool,
    /// The second argument of `optional`.
    pub default: Option<Value>,
}

impl ObjectAttr {
    /// An attribute that must be given.
    pub fn required(ty: Type) -> Self {
        ObjectAttr { ty, optional: false, default: None }
    }
}

impl Type {
    /// `list(element)`.
    pub fn list(element: Type) -> Self {
        Type::List(Box::new(element))
    }

    /// `set(element)`.
    pub fn set(element: Type) -> Self {
        Type::Set(Box::new(element))
    }

    /// `map(element)`.
    pub fn map(element: Type) -> Self {
        Type::Map(Box::new(element))
    }

    /// Whether `any` stands somewhere in it.
    pub fn has_any(&self) -> bool {
        match self {
            Type::Any => true,
            Type::String | Type::Number | Type::Bool => false,
            Type::List(element) | Type::Set(element) | Type::Map(element) => element.has_any(),
            Type::Tuple(elements) => elements.iter().any(Type::has_any),
            Type::Object(attrs) => attrs.values().any(|attr| attr.ty.has_any()),
        }
    }

    /// `string`, `number` or `bool`.
    pub fn is_primitive(&self) -> bool {
        matches!(self, Type::String | Type::Number | Type::Bool)
    }
}

impl fmt::Display for Type {
    /// The constraint as Terraform spells it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Type::Any => f.write_str("any"),
            Type::String => f.write_str("string"),
            Type::Number => f.write_str("number"),
            Type::Bool => f.write_str("bool"),
            Type::List(element) => write!(f, "list({element})"),
            Type::Set(element) => write!(f, "set({element})"),
            Type::Map(element) => write!(f, "map({element})"),
            Type::Tuple(elements) => {
                f.write_str("tuple([")?;
                for (i, element) in elements.iter().enumerate() {
                    write!(f, "{}{element}", if i == 0 { "" } else { ", " })?;
                }
                f.write_str("])")
            }
            Type::Object(attrs) => {
                f.write_str("object({")?;
                for (i, (name, attr)) in attrs.iter().enumerate() {
                    let comma = if i == 0 { "" } else { ", " };
                    match attr.optional {
                        true => write!(f, "{comma}{name} = optional({})", attr.ty)?,
                        false => write!(f, "{comma}{name} = {}", attr.ty)?,
                    }
                }
                f.write_str("})")
            }
        }
    }
}

#[cfg(test)]
mod tests;
