//! IAM: policy documents, the matching of actions and ARNs, the evaluation of a role's policies, and the AWS managed policies.
//!
//! Everything here is three-valued: a grant is there, is not there, or cannot be told, and then says why.

pub mod evaluate;
pub mod managed;
pub mod matching;
pub mod policy;

pub use evaluate::{Boundary, Grant, Misfit, Missing, Near, PolicySet, Sourced, missing};
pub use matching::{Caller, Need, Target};
pub use policy::{Effect, Gap, Policy, Statement};
