//! The configuration file `iacscan.toml`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};
use iacscan::boundary::{Boundary, git_top};
use serde::Deserialize;

use crate::cli::{FailOn, SearchArg, account_id, region};
use crate::settings;

/// Its name.
pub const NAME: &str = "iacscan.toml";

/// What it holds: defaults for the command line.
#[derive(Debug, Default, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Config {
    /// `--fail-on`
    pub fail_on: Option<FailOn>,
    /// `--ignore`
    pub ignore: Vec<String>,
    /// `--region`
    pub region: Option<String>,
    /// `--account-id`
    pub account_id: Option<String>,
    /// `--var`
    pub variables: BTreeMap<String, String>,
    /// `--parameter`
    pub parameters: BTreeMap<String, String>,
    /// `--world` or `--worlds`
    pub worlds: Option<Worlds>,
    /// The folder that it stands in: paths start there.
    #[serde(skip)]
    pub folder: PathBuf,
}

/// Environments by name, or where to look for them.
#[derive(Debug, Deserialize, PartialEq)]
#[serde(untagged)]
pub enum Worlds {
    /// `worlds = "auto"`
    Search(SearchArg),
    /// `[worlds]`, with the files of each.
    Named(BTreeMap<String, Files>),
}

/// One file or several.
#[derive(Debug, Deserialize, PartialEq)]
#[serde(untagged)]
pub enum Files {
    /// `dev = "dev.tfvars"`
    One(PathBuf),
    /// `dev = ["common.tfvars", "dev.tfvars"]`
    Several(Vec<PathBuf>),
}

impl Files {
    /// All of them.
    pub fn as_slice(&self) -> &[PathBuf] {
        match self {
            Files::One(file) => std::slice::from_ref(file),
            Files::Several(files) => files,
        }
    }
}

impl Config {
    /// The configuration for a scan of `path`, and where it stands; the default where there is none.
    pub fn find(path: &Path) -> Result<(Config, Option<PathBuf>)> {
        match place(path) {
            Some(file) => Ok((Config::read(&file, &Boundary::around([path]))?, Some(file))),
            None => Ok((Config::default(), None)),
        }
    }

    fn read(file: &Path, boundary: &Boundary) -> Result<Config> {
        let text = boundary.text(file)?;
        let mut config = Config::parse(&text).with_context(|| format!("in {}", file.display()))?;
        config.folder = file.parent().map(Path::to_owned).unwrap_or_default();
        Ok(config)
    }

    fn parse(text: &str) -> Result<Config> {
        let config: Config = toml::from_str(text).map_err(|error| anyhow!("{}", without_values(&error, text)))?;
        let wrong = |key: &str, why: String| anyhow!("{}: {key}: {why}", place_of(text, key));
        config.region.as_deref().map_or(Ok(String::new()), region).map_err(|e| wrong("region", e))?;
        config.account_id.as_deref().map_or(Ok(String::new()), account_id).map_err(|e| wrong("account-id", e))?;
        for id in &config.ignore {
            settings::rule(id).map_err(|e| wrong("ignore", e.to_string()))?;
        }
        Ok(config)
    }
}

/// Where the value of a key at the top stands, in words.
fn place_of(text: &str, key: &str) -> String {
    let table = toml::de::DeTable::parse(text).ok();
    let start = table.and_then(|table| table.get_ref().get(key).map(|value| value.span().start));
    line_and_column(text, start.unwrap_or_default())
}

fn line_and_column(text: &str, at: usize) -> String {
    let before = text.get(..at).unwrap_or_default();
    let (line, column) = (before.matches('\n').count() + 1, before.chars().rev().take_while(|c| *c != '\n').count() + 1);
    format!("line {line}, column {column}")
}

/// What is wrong with a configuration, and where: neither its line nor the value, which may be a secret.
fn without_values(error: &toml::de::Error, text: &str) -> String {
    // serde says "invalid type: integer `5`, expected a string".
    let message = match (error.message().split_once(['`', '"']), error.message().rsplit_once(", expected ")) {
        (Some((what, _)), Some((_, expected))) if what.starts_with("invalid ") => format!("{}, expected {expected}", what.trim_end()),
        _ => error.message().to_owned(),
    };
    // What serde says of a type that may be several things names the type, which means nothing to a reader.
    let message = match message.ends_with("enum Worlds") {
        true => "`worlds` takes \"auto\", \"parameters\", \"none\", or a table NAME = \"file\"".to_owned(),
        false => message,
    };
    format!("{}: {message}", line_and_column(text, error.span().map_or(0, |span| span.start)))
}

/// The file in the path's folder, or above it up to the top of the git repository; outside of one, in the folder only.
fn place(path: &Path) -> Option<PathBuf> {
    let real = path.canonicalize().ok()?;
    let folder = if real.is_dir() { real.as_path() } else { real.parent()? };
    let top = git_top(folder).unwrap_or(folder);
    let mut folders = folder.ancestors().take_while(|ancestor| ancestor.starts_with(top));
    folders.find_map(|ancestor| Some(ancestor.join(NAME)).filter(|file| file.is_file()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_help_shows() {
        let text = "fail-on = \"error\"\nignore = [\"rds-public\"]\nregion = \"eu-west-1\"\naccount-id = \"123456789012\"\n[variables]\nenv = \"p\"\n";
        let config = Config::parse(text).expect("a configuration");
        assert_eq!((config.fail_on, config.ignore.len(), config.variables["env"].as_str()), (Some(FailOn::Error), 1, "p"));
        assert!(Config::parse("fail_on = \"error\"").is_err());
        let wrong = |text: &str| Config::parse(text).err().map(|e| e.to_string()).unwrap_or_default();
        assert_eq!(wrong("[variables]\npin = 770077\n"), "line 2, column 7: invalid type: integer, expected a string");
        assert!(wrong("[variables]\npin = \"hunter2\n").starts_with("line 2, column "));
        assert!(!wrong("[variables]\npin = \"hunter2\n").contains("hunter2"));
        assert!(
            Config::parse("account-id = \"1\"")
                .is_err_and(|e| e.to_string() == "line 1, column 14: account-id: an account id has 12 digits")
        );
        assert_eq!(wrong("\n\nregion = \"EU\"\n"), "line 3, column 10: region: expected a region such as eu-west-1");
        assert!(wrong("ignore = [\"nope\"]").starts_with("line 1, column 10: ignore: there is no rule `nope`"));
        let worlds = "`worlds` takes \"auto\", \"parameters\", \"none\", or a table NAME = \"file\"";
        for (text, column) in [("worlds = 3", 10), ("worlds = \"al\"", 10), ("[worlds]\ndev = 3\n", 1)] {
            assert_eq!(wrong(text), format!("line 1, column {column}: {worlds}"));
        }
    }

    #[test]
    fn stands_at_the_folder_or_above_in_the_repository() {
        let dir = tempfile::tempdir().expect("a folder");
        let inner = dir.path().join("a/b");
        std::fs::create_dir_all(&inner).expect("folders");
        std::fs::write(dir.path().join(NAME), "ignore = []").expect("a file");
        assert_eq!(place(&inner), None);
        std::fs::create_dir(dir.path().join(".git")).expect("a folder");
        assert_eq!(place(&inner), Some(dir.path().canonicalize().expect("a path").join(NAME)));
    }
}
