//! Terraform source to resources: module loading, lazy evaluation, the type system and the functions.
//!
//! [`resolve`] makes a [`Unit`](crate::unit::Unit) of a root module. Every variable, local, output and attribute is evaluated
//! alone, when it is first asked for, and as far as it can be known.

mod access;
mod attributes;
mod budget;
mod calls;
mod checks;
mod data_sources;
mod dependencies;
mod ephemeral;
mod evaluator;
mod expand;
mod expr;
mod expression_types;
pub mod functions;
mod iam_policy_document;
mod identity;
mod instance;
mod manifest;
pub mod module_source;
mod operators;
mod plan;
mod plan_file;
mod providers;
mod reference;
pub mod registry;
mod resolve;
mod secrecy;
mod shapes;
mod templates;
pub mod types;
mod variables;
mod worlds;

pub use module_source::{is_configuration, module_calls};
pub use plan_file::{looks_like_output, looks_like_plan, plan_source};
pub use resolve::{resolve, resolve_in, resolve_plan};
pub use variables::default_of;
pub(crate) use variables::{VariableFile, VariableFileContent};
pub use worlds::worlds;

#[cfg(test)]
mod tests;
