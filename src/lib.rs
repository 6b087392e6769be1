//! iacscan reads Terraform, CloudFormation and SAM source, builds one graph of the AWS resources in it, and finds wiring that
//! will fail, or lie open, once deployed.
//!
//! The way of a file: `discover` → `syntax` → `terraform` / `cloudformation` / `sam` → `model` → `graph` → `rules` → `report`.
//! Dependencies point one way along that line.
//!
//! The library's interface is what the command line needs: options in, a scan, reports out. All else is the crate's own, so that the
//! compiler names what nothing uses.

mod absent;
pub mod boundary;
mod cloudformation;
mod discover;
pub mod drawing;
pub mod finding;
mod gap;
mod graph;
mod iam;
#[doc(hidden)]
pub mod internals;
mod model;
mod number;
pub mod options;
mod plan;
pub mod report;
pub mod rules;
mod sam;
pub mod scan;
pub mod secrets;
pub mod source;
mod suppress;
mod syntax;
mod terraform;
mod text;
pub mod unit;
pub mod value;
pub mod workspace;
pub mod world;
