//! The command line as the user writes it. What it comes to is in [`crate::settings`].

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::error::{ContextKind, ContextValue};
use clap::{Arg, ArgAction, ArgMatches, Args, FromArgMatches, Parser, Subcommand, ValueEnum, value_parser};
use iacscan::finding::Severity;
use iacscan::options::{GivenVariables, WorldSearch};
use iacscan::report::{Format, GraphFormat};

/// Finds, before a deploy, the AWS wiring mistakes in Terraform, CloudFormation and SAM.
#[derive(Debug, Parser)]
#[command(
    name = "iacscan",
    version,
    about = "Finds, before a deploy, the AWS wiring mistakes in Terraform, CloudFormation and SAM that show up as a 500, a time-out \
             or a failed stack. Reads source only: no cloud account, no network, no `terraform init`.",
    after_help = "Exit codes: 0 nothing at or above --fail-on, 1 findings, 2 the scan could not be done.\n\
                  A finding is silenced by the comment `iacscan: ignore[rule-id] reason` on or above the resource, block or property.",
    after_long_help = AFTER_HELP,
    args_conflicts_with_subcommands = true,
    disable_help_subcommand = true
)]
pub struct Cli {
    /// What to do other than scan.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// The scan.
    #[command(flatten)]
    pub scan: ScanArgs,
}

const AFTER_HELP: &str = "\
Exit codes, the same for every format:
  0  nothing at or above --fail-on
  1  findings
  2  the scan could not be done: bad arguments, no such path, output that cannot be written

Silencing a finding:
  The comment `iacscan: ignore[rule-id] reason` on or directly above a resource, block or property; several ids are
  separated by commas. In a template also the resource's metadata: {\"Metadata\": {\"iacscan\": {\"ignore\": [\"rule-id\"]}}}.

Configuration:
  The file iacscan.toml in the first path's folder, or above it up to the top of the git repository. The command line wins.

      fail-on = \"error\"
      ignore = [\"rds-cidr-ingress\"]
      region = \"eu-west-1\"
      account-id = \"123456789012\"
      [variables]
      env = \"prod\"
      [parameters]
      Stage = \"prod\"
      [worlds]
      dev = [\"env/dev.tfvars\"]
      prod = [\"env/prod.tfvars\"]

Environments:
  Each --world is scanned by itself, with the modules and templates that its files fit; a finding that does not hold in all of
  them says where. Without any, such files are looked for; where there are none, parameters and variables take the values that
  the code allows them or compares them with, and workspaces likewise, up to 16 combinations. In iacscan.toml: the table above, or
  worlds = \"none\".

A folder that is named like a subcommand is scanned when it is written as a path: `iacscan ./graph`.";

/// What to do other than scan.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// List the rules.
    Rules {
        /// When to use colours.
        #[arg(long, value_enum, default_value_t, value_name = "WHEN")]
        color: Color,
    },
    /// Show the page of a rule.
    Explain {
        /// The rule's id.
        rule: String,
        /// When to use colours.
        #[arg(long, value_enum, default_value_t, value_name = "WHEN")]
        color: Color,
    },
    /// Print what was resolved: resources, their attributes, and what relates them.
    Graph {
        /// Files and folders.
        #[arg(value_name = "PATH", default_value = ".")]
        paths: Vec<PathBuf>,
        /// The form of the output.
        #[arg(long, short, value_enum, default_value_t, value_name = "FORMAT")]
        format: GraphFormatArg,
        /// What is to be drawn.
        #[command(flatten)]
        draw: DrawArgs,
        /// What is known beside the source.
        #[command(flatten)]
        known: Box<KnownArgs>,
        /// How to run.
        #[command(flatten)]
        run: RunArgs,
    },
    /// Say whether A may call, read or reach B: the ways, and what each hangs on.
    #[command(after_help = "Exit codes: 0 yes, 1 no, 3 not known, 2 the question could not be answered.\n\
                            An address may be cut short where it is unambiguous: `orders` for `module.shop.aws_lambda_function.orders`.")]
    Why {
        /// Who: an address, a service (`sns.amazonaws.com`) or a range (`0.0.0.0/0`).
        #[arg(value_name = "A")]
        from: String,
        /// Whom.
        #[arg(value_name = "B")]
        to: String,
        /// Files and folders.
        #[arg(value_name = "PATH", default_value = ".")]
        paths: Vec<PathBuf>,
        /// Only the unit of this folder or template.
        #[arg(long, value_name = "ROOT")]
        unit: Option<PathBuf>,
        /// What is known beside the source.
        #[command(flatten)]
        known: Box<KnownArgs>,
        /// How to run.
        #[command(flatten)]
        run: RunArgs,
    },
}

/// What of a graph is to be drawn.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Drawing")]
pub struct DrawArgs {
    /// Say of each relation whether it works, is broken, not known or not judged, with the rule that found the fault. A page for the
    /// browser always does.
    #[arg(long)]
    pub verdicts: bool,
    /// Draw references and explicit dependencies too, and what nothing else relates.
    #[arg(long)]
    pub mentions: bool,
    /// Only what is near this resource, service or range.
    #[arg(long, value_name = "ADDRESS", conflicts_with = "from")]
    pub around: Option<String>,
    /// How many relations away counts as near.
    #[arg(long, value_name = "NUMBER", default_value_t = 2, requires = "around")]
    pub depth: usize,
    /// Only the ways from this ...
    #[arg(long, value_name = "A", requires = "to")]
    pub from: Option<String>,
    /// ... to that.
    #[arg(long, value_name = "B", requires = "from")]
    pub to: Option<String>,
    /// Only the unit of this folder or template.
    #[arg(long, value_name = "ROOT")]
    pub unit: Option<PathBuf>,
}

/// The arguments of a scan.
#[derive(Debug, Args)]
pub struct ScanArgs {
    /// Files and folders to scan. A file stands for the whole unit that it belongs to: a .tf file for its module.
    #[arg(value_name = "PATH", default_value = ".")]
    pub paths: Vec<PathBuf>,
    /// The form of the report.
    #[arg(long, short, value_enum, default_value_t, value_name = "FORMAT", help_heading = "Report")]
    pub format: FormatArg,
    /// The severity from which on findings make the exit code 1 [default: warning].
    #[arg(long, value_enum, value_name = "SEVERITY", help_heading = "Report")]
    pub fail_on: Option<FailOn>,
    /// List the checks that could not be decided, each with the reason.
    #[arg(long, help_heading = "Report")]
    pub undecided: bool,
    /// Run this rule only (repeatable). Files that cannot be read are reported all the same.
    #[arg(long = "rule", value_name = "ID", help_heading = "Rules")]
    pub rules: Vec<String>,
    /// Leave this rule out (repeatable).
    #[arg(long = "ignore", value_name = "ID", help_heading = "Rules")]
    pub ignored: Vec<String>,
    /// What is known beside the source.
    #[command(flatten)]
    pub known: KnownArgs,
    /// How to run.
    #[command(flatten)]
    pub run: RunArgs,
}

/// What is known beside the source.
#[derive(Debug, Args)]
#[command(next_help_heading = "What is known")]
pub struct KnownArgs {
    /// The region that units are deployed to.
    #[arg(long, value_parser = region)]
    pub region: Option<String>,
    /// The account that units are deployed to: 12 digits.
    #[arg(long, value_parser = account_id, value_name = "ID")]
    pub account_id: Option<String>,
    /// Values of Terraform variables.
    #[command(flatten)]
    pub variables: VariableArgs,
    /// The Terraform workspace (`terraform.workspace`).
    #[arg(long, value_name = "NAME")]
    pub workspace: Option<String>,
    /// The value of a CloudFormation parameter (repeatable).
    #[arg(long = "parameter", value_parser = assignment, value_name = "NAME=VALUE")]
    pub parameters: Vec<(String, String)>,
    /// A file with values of CloudFormation parameters, in one of the forms that the AWS tools take (repeatable).
    #[arg(long = "parameter-file", value_name = "FILE")]
    pub parameter_files: Vec<PathBuf>,
    /// An environment and a file with its variables or parameters (repeatable, also for one environment). A finding says in
    /// which of them it holds.
    #[arg(long = "world", value_parser = world, value_name = "NAME=FILE")]
    pub worlds: Vec<(String, PathBuf)>,
    /// Which environments to look for [default: parameters].
    #[arg(long = "worlds", value_enum, value_name = "WHICH", conflicts_with = "worlds")]
    pub search: Option<SearchArg>,
    /// A file or folder outside of the project that may be read all the same (repeatable).
    #[arg(long = "allow-outside", value_name = "PATH")]
    pub allowed: Vec<PathBuf>,
}

/// The error without what was given as a variable or parameter: it may be a secret, and the log of a run is read by many.
pub fn without_values(mut error: clap::Error) -> clap::Error {
    let argument = error.get(ContextKind::InvalidArg).map(ToString::to_string).unwrap_or_default();
    if ["--var ", "--parameter "].iter().any(|option| argument.starts_with(option)) && error.get(ContextKind::InvalidValue).is_some() {
        error.insert(ContextKind::InvalidValue, ContextValue::String("(not shown)".to_owned()));
    }
    error
}

/// `--var` and `--var-file` in the order in which they are given, which only the matches know: the later wins, as in Terraform.
#[derive(Clone, Debug, Default)]
pub struct VariableArgs(Vec<GivenVariables>);

impl VariableArgs {
    /// All files.
    pub fn files(&self) -> impl Iterator<Item = &PathBuf> {
        self.0.iter().filter_map(|given| match given {
            GivenVariables::File(file) => Some(file),
            GivenVariables::Value(..) => None,
        })
    }

    /// The files before the first single value, and what comes after them.
    pub fn split(mut self) -> (Vec<PathBuf>, Vec<GivenVariables>) {
        let first = self.0.iter().position(|given| matches!(given, GivenVariables::Value(..))).unwrap_or(self.0.len());
        let rest = self.0.split_off(first);
        (self.files().cloned().collect(), rest)
    }
}

impl Args for VariableArgs {
    fn augment_args(command: clap::Command) -> clap::Command {
        let value = Arg::new("var").long("var").value_parser(assignment).value_name("NAME=VALUE").action(ArgAction::Append);
        let file = Arg::new("var-file").long("var-file").value_parser(value_parser!(PathBuf)).value_name("FILE").action(ArgAction::Append);
        command
            .arg(value.help("The value of a Terraform variable (repeatable)"))
            .arg(file.help("A file with values of Terraform variables (repeatable). Of these and --var the later wins"))
    }

    fn augment_args_for_update(command: clap::Command) -> clap::Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for VariableArgs {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut given: Vec<(usize, GivenVariables)> = Vec::new();
        if let (Some(indices), Some(values)) = (matches.indices_of("var"), matches.get_many::<(String, String)>("var")) {
            given.extend(indices.zip(values.map(|(name, value)| GivenVariables::Value(name.into(), value.clone()))));
        }
        if let (Some(indices), Some(files)) = (matches.indices_of("var-file"), matches.get_many::<PathBuf>("var-file")) {
            given.extend(indices.zip(files.cloned().map(GivenVariables::File)));
        }
        given.sort_by_key(|(index, _)| *index);
        Ok(VariableArgs(given.into_iter().map(|(_, given)| given).collect()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

/// How to run.
#[derive(Debug, Args)]
#[command(next_help_heading = "Run")]
pub struct RunArgs {
    /// Write to this file instead of standard output.
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// When to use colours; `auto` also follows NO_COLOR.
    #[arg(long, value_enum, default_value_t, value_name = "WHEN")]
    pub color: Color,
    /// Print findings only: no summary, no progress, no hints.
    #[arg(long, short, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Say more: which files were passed over and why, which findings are suppressed.
    #[arg(long, short)]
    pub verbose: bool,
    /// How many threads to use [default: one for each core].
    #[arg(long, value_name = "NUMBER")]
    pub threads: Option<NonZeroUsize>,
}

/// Where environments are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SearchArg {
    /// In files beside modules and templates (`env/dev.tfvars`, `params/dev.json`), else in what the code allows and compares.
    Auto,
    /// In what the code allows and compares alone: allowed values, validation, conditions, keys of maps.
    Parameters,
    /// Nowhere: variables and parameters have their defaults.
    None,
}

impl From<SearchArg> for WorldSearch {
    fn from(search: SearchArg) -> Self {
        match search {
            SearchArg::Auto => WorldSearch::Auto,
            SearchArg::Parameters => WorldSearch::Parameters,
            SearchArg::None => WorldSearch::None,
        }
    }
}

/// When to use colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// The form of a report.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub enum FormatArg {
    /// For people: source excerpts, evidence, code to paste.
    #[default]
    Text,
    /// `file:line:column: severity[rule-id] headline`, one line each.
    Concise,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// For programs.
    Json,
    /// GitHub workflow commands, for annotations.
    Github,
}

impl From<FormatArg> for Format {
    fn from(format: FormatArg) -> Self {
        match format {
            FormatArg::Text => Format::Text,
            FormatArg::Concise => Format::Concise,
            FormatArg::Sarif => Format::Sarif,
            FormatArg::Json => Format::Json,
            FormatArg::Github => Format::Github,
        }
    }
}

/// The form of a graph.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub enum GraphFormatArg {
    /// For programs.
    #[default]
    Json,
    /// Graphviz.
    Dot,
    /// A Mermaid flowchart.
    Mermaid,
    /// A page for the browser, in one file: search, values, evidence and findings.
    Html,
    /// How many attributes of AWS resources are known, and the most frequent reasons why the others are not.
    Stats,
}

impl From<GraphFormatArg> for GraphFormat {
    fn from(format: GraphFormatArg) -> Self {
        match format {
            GraphFormatArg::Json => GraphFormat::Json,
            GraphFormatArg::Dot => GraphFormat::Dot,
            GraphFormatArg::Mermaid => GraphFormat::Mermaid,
            GraphFormatArg::Html => GraphFormat::Html,
            GraphFormatArg::Stats => GraphFormat::Stats,
        }
    }
}

/// From which severity on findings fail the run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FailOn {
    /// Errors only.
    Error,
    /// Errors and warnings.
    #[default]
    Warning,
    /// Everything.
    Note,
    /// Nothing.
    Never,
}

impl FailOn {
    /// Whether a finding of that severity fails the run.
    pub fn includes(self, severity: Severity) -> bool {
        match self {
            FailOn::Error => severity >= Severity::Error,
            FailOn::Warning => severity >= Severity::Warning,
            FailOn::Note => true,
            FailOn::Never => false,
        }
    }
}

fn assignment(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.trim().is_empty() => Ok((name.trim().to_owned(), value.to_owned())),
        _ => Err("expected NAME=VALUE".to_owned()),
    }
}

fn world(text: &str) -> Result<(String, PathBuf), String> {
    match text.split_once('=') {
        Some((name, file)) if !name.trim().is_empty() && !file.is_empty() => Ok((name.trim().to_owned(), PathBuf::from(file))),
        _ => Err("expected NAME=FILE".to_owned()),
    }
}

/// Checks an account id.
pub fn account_id(text: &str) -> Result<String, String> {
    match text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit()) {
        true => Ok(text.to_owned()),
        false => Err("an account id has 12 digits".to_owned()),
    }
}

/// Checks a region: `eu-west-1`, `us-gov-east-1`.
pub fn region(text: &str) -> Result<String, String> {
    let mut parts = text.rsplit('-');
    let number = parts.next().is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()));
    let words: Vec<&str> = parts.collect();
    match number && words.len() >= 2 && words.iter().all(|w| !w.is_empty() && w.bytes().all(|b| b.is_ascii_lowercase())) {
        true => Ok(text.to_owned()),
        false => Err("expected a region such as eu-west-1".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_path_may_be_named_like_a_subcommand() {
        let cli = Cli::parse_from(["iacscan", "./graph"]);
        assert!(cli.command.is_none());
        assert_eq!(cli.scan.paths, [PathBuf::from("./graph")]);
        assert!(matches!(Cli::parse_from(["iacscan", "graph", "x"]).command, Some(Command::Graph { .. })));
    }

    #[test]
    fn variables_keep_their_order() {
        let value = |text: &str| GivenVariables::Value(text.into(), "1".to_owned());
        let file = |name: &str| GivenVariables::File(PathBuf::from(name));
        for arguments in ["--var-file a --var x=1 --var-file b --var y=1 -q .", "graph --var-file a --var x=1 . --var-file b --var y=1"] {
            let cli = Cli::parse_from(["iacscan"].into_iter().chain(arguments.split(' ')));
            let known = match cli.command {
                Some(Command::Graph { known, .. }) => *known,
                _ => cli.scan.known,
            };
            assert_eq!(known.variables.files().collect::<Vec<_>>(), [&PathBuf::from("a"), &PathBuf::from("b")]);
            let (first, rest) = known.variables.split();
            assert_eq!((first, rest), (vec![PathBuf::from("a")], vec![value("x"), file("b"), value("y")]));
        }
        assert_eq!(Cli::parse_from(["iacscan"]).scan.known.variables.split(), (vec![], vec![]));
    }

    #[test]
    fn values_are_checked() {
        assert_eq!(assignment("a=b=c"), Ok(("a".to_owned(), "b=c".to_owned())));
        assert_eq!(assignment("a="), Ok(("a".to_owned(), String::new())));
        assert!(assignment("=b").is_err() && assignment("a").is_err());
        assert!(account_id("123456789012").is_ok() && account_id("12345678901x").is_err() && account_id("1").is_err());
        assert!(["eu-west-1", "us-gov-east-1", "us-iso-east-1"].iter().all(|r| region(r).is_ok()));
        assert!(["", "eu", "eu-west", "eu-1", "EU-west-1", "eu--1"].iter().all(|r| region(r).is_err()));
    }

    #[test]
    fn severities_that_fail() {
        assert!(FailOn::Warning.includes(Severity::Error) && !FailOn::Error.includes(Severity::Warning));
        assert!(FailOn::Note.includes(Severity::Note) && !FailOn::Never.includes(Severity::Error));
    }
}
