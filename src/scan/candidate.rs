//! Whether a file is a template: by its text first, so that a data file is never parsed, then by its tree.

use std::path::Path;

use crate::cloudformation::{TemplateKind, is_template, looks_like_template};
use crate::finding::{FileProblem, Severity};
use crate::source::{MAX_FILE_BYTES, MAX_TEMPLATE_BYTES, ReadError, Span};
use crate::terraform;
use crate::workspace::Workspace;

/// What the JSON of a state is to a scan.
const STATE: &str = "is the state of a Terraform configuration, not a plan";

/// What a file turned out to be.
#[derive(Debug)]
pub enum Candidate {
    /// A unit: a template, whole or broken.
    Unit,
    /// A unit: the JSON of a Terraform plan.
    Plan,
    /// Something else, for the reason given.
    Other(String),
    /// A template, as far as can be seen, that cannot be read.
    Problem(FileProblem),
}

/// Looks into a file.
pub fn judge(path: &Path, workspace: &Workspace) -> Candidate {
    if let Some(size) = too_large(path, workspace) {
        return large(path, size, workspace);
    }
    match workspace.sources.boundary.text(path) {
        Ok(text) if terraform::looks_like_plan(&text) => {
            workspace.sources.add(path, text);
            Candidate::Plan
        }
        Ok(text) if terraform::looks_like_output(&text) => Candidate::Other(STATE.to_owned()),
        Ok(text) if !looks_like_template(&text) => Candidate::Other("holds no template".to_owned()),
        Ok(text) => {
            workspace.sources.add(path, text);
            parsed(path, workspace)
        }
        Err(error) => unreadable(path, error, workspace),
    }
}

fn too_large(path: &Path, workspace: &Workspace) -> Option<u64> {
    workspace.sources.boundary.size(path).filter(|size| *size > MAX_TEMPLATE_BYTES)
}

/// A data file, unless its beginning looks like a template's.
fn large(path: &Path, size: u64, workspace: &Workspace) -> Candidate {
    let read = workspace.sources.boundary.start(path, 64 * 1024);
    let start = read.as_ref().map(|(start, _)| start.as_slice()).unwrap_or_default();
    let text = String::from_utf8_lossy(start);
    if terraform::looks_like_output(&text) {
        return large_plan(path, size, workspace);
    }
    if read.is_err() || !looks_like_template(&text) {
        return Candidate::Other(format!("has {size} bytes, more than a template can have"));
    }
    let message = format!("{} has {size} bytes: CloudFormation takes templates of 1 MB at most; it was not checked", path.display());
    Candidate::Problem(problem(path, Severity::Warning, message, "split the template into nested stacks"))
}

/// Plans hold every attribute of every resource: a few megabytes are common.
fn large_plan(path: &Path, size: u64, workspace: &Workspace) -> Candidate {
    match workspace.sources.boundary.text(path) {
        Ok(text) if terraform::looks_like_plan(&text) => Candidate::Plan,
        Ok(_) => Candidate::Other(STATE.to_owned()),
        Err(error @ ReadError::TooLarge { .. }) => {
            Candidate::Problem(problem(path, Severity::Warning, format!("{error}; it was not checked"), "scan the `.tf` files instead"))
        }
        Err(_) => Candidate::Other(format!("has {size} bytes, more than a template can have")),
    }
}

fn problem(path: &Path, severity: Severity, message: String, help: &str) -> FileProblem {
    FileProblem { severity, message, span: Span::NONE, path: path.to_owned(), help: help.to_owned() }
}

fn unreadable(path: &Path, error: ReadError, workspace: &Workspace) -> Candidate {
    match &error {
        ReadError::NotUtf8 { .. } => {
            let bytes = workspace.sources.boundary.bytes(path, MAX_FILE_BYTES).unwrap_or_default();
            if !looks_like_template(&any_text(&bytes)) {
                return Candidate::Other("is not UTF-8 text".to_owned());
            }
            let help = "save it as UTF-8: CloudFormation takes no other encoding";
            Candidate::Problem(problem(path, Severity::Error, error.to_string(), help))
        }
        _ if !path.exists() => Candidate::Other(error.to_string()),
        _ => {
            let message = format!("{error}; whether it is a template cannot be told");
            Candidate::Problem(problem(path, Severity::Warning, message, "make it readable, or list it in .gitignore"))
        }
    }
}

/// The text as far as it can be made out, for the look at its words: Windows tools write UTF-16.
fn any_text(bytes: &[u8]) -> String {
    let wide = |read: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| read([pair[0], pair[1]])).collect();
        String::from_utf16_lossy(&units)
    };
    match bytes {
        [0xff, 0xfe, ..] => wide(u16::from_le_bytes),
        [0xfe, 0xff, ..] => wide(u16::from_be_bytes),
        _ => String::from_utf8_lossy(bytes).into_owned(),
    }
}

fn parsed(path: &Path, workspace: &Workspace) -> Candidate {
    let tree = workspace.tree(path);
    match &tree.node {
        Some(node) if is_template(node) != TemplateKind::No => Candidate::Unit,
        Some(_) => Candidate::Other("holds no template".to_owned()),
        None => broken(path, &tree.file.map(|file| workspace.sources.file(file).text.clone()).unwrap_or_default()),
    }
}

/// A file that does not parse, and whose words are those of a template.
fn broken(path: &Path, text: &str) -> Candidate {
    if !names_template(text) {
        return Candidate::Other("does not parse, and does not look like a template".to_owned());
    }
    // Jinja (Sceptre, Ansible) and Helm: a template of templates. `{{resolve:…}}` is CloudFormation's own.
    let generated = text.contains("{%") || text.match_indices("{{").any(|(at, _)| !text[at + 2..].starts_with("resolve:"));
    if generated {
        let message = format!("{} is filled in by another tool before it is a template; it was not checked", path.display());
        return Candidate::Problem(problem(path, Severity::Note, message, "scan what that tool makes of it"));
    }
    Candidate::Unit
}

/// Whether a text names the parts of a template: its version, or resources with an AWS type.
fn names_template(text: &str) -> bool {
    let starts = |line: &str, key: &str| {
        let line = line.trim_start().trim_start_matches(['"', '\'', '{']);
        line.strip_prefix(key).is_some_and(|rest| rest.trim_start_matches(['"', '\'']).trim_start().starts_with(':'))
    };
    let has = |key: &str| text.lines().any(|line| starts(line, key));
    has("AWSTemplateFormatVersion")
        || (has("Resources")
            && text.lines().any(|line| line.contains("AWS::") && line.split("AWS::").next().unwrap_or_default().contains("Type")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(name: &str, bytes: &[u8]) -> String {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join(name);
        std::fs::write(&path, bytes).expect("a file");
        match judge(&path, &Workspace::default()) {
            Candidate::Unit => "template".to_owned(),
            Candidate::Plan => "plan".to_owned(),
            Candidate::Other(reason) => reason,
            Candidate::Problem(problem) => {
                format!("{}: {}", problem.severity.name(), problem.message.replace(&path.display().to_string(), name))
            }
        }
    }

    #[test]
    fn whole_and_broken_templates() {
        let text = "Resources:\n  A:\n    Type: AWS::S3::Bucket\n";
        assert_eq!(judged("a.yaml", text.as_bytes()), "template");
        assert_eq!(judged("a.yaml", format!("\u{feff}{text}").as_bytes()), "template");
        assert_eq!(judged("a.yaml", format!("{text}  B: [\n").as_bytes()), "template");
        assert_eq!(judged("a.json", br#"{"AWSTemplateFormatVersion": "2010-09-09","#), "template");
        let jinja = judged("a.yaml", format!("{text}{{% if x %}}\n").as_bytes());
        assert_eq!(jinja, "note: a.yaml is filled in by another tool before it is a template; it was not checked");
    }

    #[test]
    fn other_files() {
        assert_eq!(judged("a.yaml", b"apiVersion: v1\nkind: Pod\n"), "holds no template");
        assert_eq!(judged("a.yaml", b"# AWS::X\nkind: {{ .Values.Resources }}: [\n"), "does not parse, and does not look like a template");
        assert_eq!(judged("a.yaml", b""), "holds no template");
        assert_eq!(judged("a.json", b"\xff\x00"), "is not UTF-8 text");
    }

    #[test]
    fn plans() {
        let head = r#"{"format_version":"1.2","terraform_version":"1.11.4","#;
        assert_eq!(judged("p.json", format!("{head}\"planned_values\":{{}}}}").as_bytes()), "plan");
        assert_eq!(judged("p.json", format!("{head}\"planned_values\":").as_bytes()), "plan");
        assert_eq!(judged("p.json", format!("{head}\"values\":{{}}}}").as_bytes()), STATE);
        let padding = " ".repeat(MAX_TEMPLATE_BYTES as usize);
        assert_eq!(judged("p.json", format!("{head}\"planned_values\":{{}}{padding}}}").as_bytes()), "plan");
        assert_eq!(judged("p.json", format!("{head}\"values\":{{}}{padding}}}").as_bytes()), STATE);
    }

    #[test]
    fn encodings() {
        let text = "Resources:\n  A:\n    Type: AWS::S3::Bucket\n";
        let wide: Vec<u8> = [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        assert_eq!(judged("a.yaml", &wide), "error: a.yaml is not UTF-8 text (first invalid byte at offset 0, line 1)");
        let latin = [b"# caf\xe9\n", text.as_bytes()].concat();
        assert_eq!(judged("a.yaml", &latin), "error: a.yaml is not UTF-8 text (first invalid byte at offset 5, line 1)");
    }

    #[test]
    fn large_files() {
        let padding = " ".repeat(MAX_TEMPLATE_BYTES as usize);
        assert_eq!(judged("a.json", format!("{{}}{padding}").as_bytes()), "has 8388610 bytes, more than a template can have");
        let large = judged("a.json", format!("{{\"Resources\": \"AWS::\"}}{padding}").as_bytes());
        assert_eq!(large, "warning: a.json has 8388630 bytes: CloudFormation takes templates of 1 MB at most; it was not checked");
    }
}
