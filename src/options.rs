//! Settings of a scan, resolved from the command line and the configuration: the edge of the library.

use std::path::PathBuf;

use crate::value::Str;

/// Where environments are looked for that nobody has named.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WorldSearch {
    /// Nowhere: variables and parameters have their defaults.
    None,
    /// In the allowed values of CloudFormation parameters.
    #[default]
    Parameters,
    /// There, and in files beside modules and templates.
    Auto,
}

/// The name of an environment and its files.
pub type NamedWorld = (Str, Vec<PathBuf>);

/// What the resolvers need to know from outside.
#[derive(Clone, Debug, Default)]
pub struct ResolveOptions {
    /// The region that units are deployed to (`--region`).
    pub region: Option<Str>,
    /// The account that units are deployed to (`--account-id`): 12 digits.
    pub account_id: Option<Str>,
    /// Terraform variables (`--var NAME=VALUE`), in order; the last wins.
    pub variables: Vec<(Str, String)>,
    /// Terraform variable files (`--var-file`), in order.
    pub variable_files: Vec<PathBuf>,
    /// The Terraform workspace (`--workspace NAME`); which one it is is not known otherwise.
    pub workspace: Option<Str>,
    /// CloudFormation parameters (`--parameter NAME=VALUE`), in order; the last wins.
    pub parameters: Vec<(Str, String)>,
    /// Files with values of CloudFormation parameters (`--parameter-file`), in order.
    pub parameter_files: Vec<PathBuf>,
    /// Environments that are named with their files (`--world NAME=FILE`).
    pub worlds: Vec<NamedWorld>,
    /// Which other environments to look for (`--worlds`).
    pub search: WorldSearch,
    /// What may be read beside the project (`--allow-outside`), in order.
    pub allowed: Vec<PathBuf>,
    /// Files that the command line names: they are read wherever they lie.
    pub named_files: Vec<PathBuf>,
}
