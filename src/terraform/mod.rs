//! Terraform: its type system and its functions.

pub mod functions;
pub mod types;
