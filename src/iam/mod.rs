//! IAM: policy documents, the matching of actions and ARNs, and the one question that all rules ask: may this caller make this call
//! on this resource? The AWS managed policies are here too.
//!
//! Everything here is three-valued: a grant is there, is not there, or cannot be told, and then says why.

pub mod condition;
pub mod evaluate;
pub mod managed;
pub mod matching;
pub mod near;
pub mod policy;
pub mod principal;
pub mod request;
pub mod side;
pub mod touch;

pub use evaluate::{Boundary, Grant, Missing, PolicySet, ResourceSet, Sourced, missing};
pub use matching::{Caller, Need, Target};
pub use near::{Misfit, Near};
pub use policy::{Effect, Gap, Policy, Statement};
pub use request::{Carried, Origin, Principal, Request, Source};
pub use side::{Side, speak};
