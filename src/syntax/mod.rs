//! Spanned syntax trees. No AWS here.

pub mod hcl;
pub mod json;
pub mod node;
pub mod tree;
pub mod yaml;
