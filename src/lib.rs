//! iacscan reads Terraform, CloudFormation and SAM source, builds one graph of the AWS resources in it, and finds wiring that
//! will fail, or lie open, once deployed.
//!
//! The way of a file: `discover` → `syntax` → `terraform` / `cloudformation` / `sam` → `model` → `graph` → `rules` → `report`.
//! Dependencies point one way along that line.

pub mod boundary;
pub mod cloudformation;
pub mod discover;
pub mod finding;
pub mod gap;
pub mod graph;
pub mod iam;
pub mod model;
pub mod number;
pub mod options;
pub mod plan;
pub mod report;
pub mod rules;
pub mod sam;
pub mod scan;
pub mod source;
pub mod suppress;
pub mod syntax;
pub mod terraform;
pub mod text;
pub mod unit;
pub mod value;
pub mod workspace;
pub mod world;
