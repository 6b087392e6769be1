//! What is mutated: a target for each language and for each part of one that has a reader of its own.

use std::path::{Path, PathBuf};

use crate::input::{self, Input};
use crate::tokens::Language;

/// A kind of input.
pub struct Target {
    /// Its name on the command line.
    pub name: &'static str,
    /// What it is, in a line.
    pub about: &'static str,
    /// How its texts are cut into tokens.
    pub language: Language,
    /// Which files are mutated.
    takes: fn(&str, &str) -> bool,
    /// Mutations keep near to one of these words, where there are any.
    pub near: &'static [&'static str],
}

/// All of them.
pub static ALL: &[Target] = &[
    Target {
        name: "hcl",
        about: "Terraform modules",
        language: Language::Hcl,
        takes: |name, _| ends(name, &[".tf", ".tfvars", ".tofu"]),
        near: &[],
    },
    Target {
        name: "terraform-json",
        about: "Terraform modules in JSON",
        language: Language::Json,
        takes: |name, _| ends(name, &[".tf.json", ".tfvars.json"]),
        near: &[],
    },
    Target {
        name: "yaml",
        about: "CloudFormation templates in YAML",
        language: Language::Yaml,
        takes: |name, text| yaml(name) && text.contains("Resources") && !sam(text),
        near: &[],
    },
    Target {
        name: "json",
        about: "CloudFormation templates in JSON",
        language: Language::Json,
        takes: |name, text| name.ends_with(".json") && text.contains("\"Resources\""),
        near: &[],
    },
    Target { name: "sam", about: "SAM templates", language: Language::Yaml, takes: |name, text| yaml(name) && sam(text), near: &[] },
    Target {
        name: "plan",
        about: "plans of Terraform",
        language: Language::Json,
        takes: |_, text| text.contains("\"planned_values\"") || text.contains("\"resource_changes\""),
        near: &[],
    },
    Target {
        name: "openapi",
        about: "bodies of APIs",
        language: Language::Yaml,
        takes: |name, text| source(name) && (text.contains("openapi") || text.contains("swagger")),
        near: &["openapi", "swagger", "x-amazon-apigateway", "paths", "httpMethod"],
    },
    Target {
        name: "policies",
        about: "IAM policies",
        language: Language::Yaml,
        takes: |name, text| source(name) && text.contains("Action"),
        near: &["Statement", "Effect", "Action", "Resource", "Principal", "Condition"],
    },
    Target {
        name: "configuration",
        about: "iacscan.toml",
        language: Language::Toml,
        takes: |name, _| name.ends_with("iacscan.toml"),
        near: &[],
    },
    Target {
        name: "suppressions",
        about: "comments that silence rules",
        language: Language::Comments,
        takes: |name, text| source(name) && text.contains("iacscan:"),
        near: &["iacscan:"],
    },
];

fn ends(name: &str, endings: &[&str]) -> bool {
    endings.iter().any(|ending| name.ends_with(ending))
}

fn yaml(name: &str) -> bool {
    ends(name, &[".yaml", ".yml"])
}

fn sam(text: &str) -> bool {
    text.contains("AWS::Serverless")
}

fn source(name: &str) -> bool {
    ends(name, &[".tf", ".json", ".yaml", ".yml"])
}

/// The target of a name.
pub fn by_name(name: &str) -> Result<&'static Target, String> {
    ALL.iter().find(|target| target.name == name).ok_or_else(|| format!("there is no target `{name}`: `fuzz targets` lists them"))
}

/// Those that the command line names.
pub fn chosen(names: &str) -> Result<Vec<&'static Target>, String> {
    match names {
        "all" => Ok(ALL.iter().collect()),
        _ => names.split(',').map(by_name).collect(),
    }
}

impl Target {
    /// Whether a file is one to be mutated.
    pub fn takes(&self, (name, text): &(PathBuf, String)) -> bool {
        (self.takes)(&name.to_string_lossy(), text)
    }

    /// What the mutations start from, in a fixed order.
    pub fn seeds(&self) -> Vec<Input> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut folders = Vec::new();
        for folder in [root.join("testdata"), root.join("fuzz/seeds")] {
            input::folders(&folder, &mut folders);
        }
        folders.sort();
        let seeds = folders.iter().map(|folder| Input::read(folder));
        seeds.filter(|seed| seed.is_small() && seed.0.iter().any(|file| self.takes(file))).collect()
    }
}
