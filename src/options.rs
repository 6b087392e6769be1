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

/// A value of Terraform variables that the user gives.
#[derive(Clone, Debug, PartialEq)]
pub enum GivenVariables {
    /// One (`--var NAME=VALUE`).
    Value(Str, String),
    /// Those of a file (`--var-file`).
    File(PathBuf),
}

/// What the resolvers need to know from outside.
#[derive(Clone, Debug, Default)]
pub struct ResolveOptions {
    /// The region that units are deployed to (`--region`).
    pub region: Option<Str>,
    /// The account that units are deployed to (`--account-id`): 12 digits.
    pub account_id: Option<Str>,
    /// Terraform variable files (`--var-file`) that are given before any single value, in order. The files of a world come after them.
    pub variable_files: Vec<PathBuf>,
    /// Terraform variables (`--var NAME=VALUE`), and the files among and after them, in order; the last wins.
    pub variables: Vec<GivenVariables>,
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

impl ResolveOptions {
    /// All files with values of Terraform variables that the user gives.
    pub fn all_variable_files(&self) -> impl Iterator<Item = &PathBuf> {
        let later = self.variables.iter().filter_map(|given| match given {
            GivenVariables::File(file) => Some(file),
            GivenVariables::Value(..) => None,
        });
        self.variable_files.iter().chain(later)
    }
}
