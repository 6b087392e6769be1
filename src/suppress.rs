//! `iacscan: ignore[rule-id, …] reason`, in a comment on or directly above a resource, block or property, and the list
//! `Metadata.iacscan.ignore` of a template's resource: what silences findings, and whether it did.

mod comments;
mod hcl;
mod json;
mod yaml;

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use self::comments::Language;
use crate::finding::{Finding, Undecided};
use crate::scan::Suppression;
use crate::source::{FileId, SourceFile, SourceMap, Span};
use crate::unit::{Resource, Unit, UnitKind};
use crate::value::{Str, Value};
use crate::workspace::OnceMap;

/// What a comment must hold to be looked at.
const MARK: &str = "iacscan:";

/// One comment, or one entry of a resource's metadata.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directive {
    /// Where it stands.
    pub span: Span,
    /// The construct that it is about; [`Span::NONE`] where nothing follows the comment.
    pub scope: Span,
    /// The rules that it silences; empty where it names none.
    pub rules: Vec<Str>,
    /// Why.
    pub reason: String,
    /// Where the scope is the call of a Terraform module: the start of the addresses in it.
    module: Option<Str>,
}

/// Which of a directive's rules silenced something: directive and index into its rules.
pub type Used = BTreeSet<(SpanKey, usize)>;

/// A span as a key that sorts.
pub type SpanKey = (FileId, u32, u32);

/// A span as a key.
pub fn key(span: Span) -> SpanKey {
    (span.file, span.start, span.end)
}

/// The directives of each file, found once.
#[derive(Debug, Default)]
pub struct Directives {
    files: OnceMap<FileId, Arc<[Directive]>>,
}

impl Directives {
    /// All directives in the files and the resources of a unit.
    pub fn of(&self, unit: &Unit, sources: &SourceMap) -> Vec<Directive> {
        let mut all = Vec::new();
        for file in &unit.files {
            let found = self.files.get_or_make(*file, || in_file(*file, &sources.file(*file)).into());
            all.extend(found.iter().cloned().map(|mut directive| {
                let called = unit.kind == UnitKind::Terraform && in_folder(&sources.file(*file).path, &unit.root);
                directive.module = directive.module.filter(|_| called);
                directive
            }));
        }
        let mut seen = BTreeSet::new();
        // What SAM makes of one resource has that one's metadata, often several times.
        let metadata = unit.resources.iter().flat_map(in_metadata);
        all.extend(metadata.filter(|d| d.span.is_none() || seen.insert((key(d.span), d.rules.clone()))));
        all
    }
}

fn in_folder(file: &Path, folder: &Path) -> bool {
    let parent = file.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    parent == folder
}

/// The directives in the comments of one file.
fn in_file(file: FileId, source: &SourceFile) -> Vec<Directive> {
    let text = &source.text;
    if !text.contains(MARK) {
        return Vec::new();
    }
    let comments = comments::comments(text, language(source), MARK);
    comments.into_iter().filter_map(|comment| directive(file, text, comment.range, comment.scope)).collect()
}

fn language(source: &SourceFile) -> Language {
    let extension = source.path.extension().and_then(|e| e.to_str()).unwrap_or_default();
    match extension {
        "tf" | "tofu" | "tfvars" | "hcl" => Language::Hcl,
        "json" => Language::Json,
        _ if source.text.trim_start().starts_with('{') => Language::Json,
        _ => Language::Yaml,
    }
}

fn directive(file: FileId, text: &str, range: Range<usize>, scope: Option<Range<usize>>) -> Option<Directive> {
    let comment = &text[range.clone()];
    let after = comment.split_once(MARK)?.1.trim_start();
    let after = after.strip_prefix("ignore")?.trim_start();
    // Without brackets it silences nothing, and says so: see `unused`.
    let (rules, reason) = after.strip_prefix('[').and_then(|rest| rest.split_once(']')).unwrap_or(("", after));
    let module = scope.clone().and_then(|s| module_call(&text[s]));
    Some(Directive {
        span: Span::new(file, range),
        scope: scope.map_or(Span::NONE, |s| Span::new(file, s)),
        rules: names(rules),
        reason: reason.trim().trim_end_matches("*/").trim_end_matches('"').trim_matches([' ', '\t', ':', '-']).to_owned(),
        module,
    })
}

fn names(list: &str) -> Vec<Str> {
    list.split(',').map(str::trim).filter(|name| !name.is_empty()).map(Str::from).collect()
}

/// `module.x` for `module "x" { … }`.
fn module_call(construct: &str) -> Option<Str> {
    let name = construct.strip_prefix("module")?.trim_start().strip_prefix('"')?.split_once('"')?.0;
    Some(Str::from(format!("module.{name}")))
}

/// The directives in a resource's `Metadata.iacscan.ignore`: a rule, or a list of rules or of `{rule, reason}`.
fn in_metadata(resource: &Resource) -> Vec<Directive> {
    let Some(ignore) = resource.metadata.get("iacscan").and_then(|m| m.get("ignore")) else { return Vec::new() };
    let items = ignore.as_list().map_or(std::slice::from_ref(ignore), |list| &list.items);
    items.iter().map(|item| entry(resource, item)).collect()
}

fn entry(resource: &Resource, item: &Value) -> Directive {
    let rule = item.get("rule").unwrap_or(item);
    let reason = item.get("reason").and_then(Value::as_str).unwrap_or_default().to_owned();
    Directive {
        span: item.span.or(resource.metadata.span).or(resource.name_span),
        scope: resource.span,
        rules: names(rule.as_str().unwrap_or_default()),
        reason,
        module: None,
    }
}

/// The directives of one unit, ready to be asked.
#[derive(Debug)]
pub struct Matcher<'u> {
    directives: &'u [Directive],
    by_address: HashMap<&'u str, Span>,
    used: Used,
}

impl<'u> Matcher<'u> {
    /// Asks these directives about findings of this unit.
    pub fn new(directives: &'u [Directive], unit: &'u Unit) -> Self {
        let by_address = match directives.is_empty() {
            true => HashMap::new(),
            false => unit.resources.iter().map(|r| (r.address.as_str(), r.span)).collect(),
        };
        Matcher { directives, by_address, used: Used::new() }
    }

    /// What silences a finding.
    pub fn suppression(&mut self, finding: &Finding) -> Option<Suppression> {
        let directive = self.find(finding.rule, finding.primary.span, &finding.address)?;
        Some(Suppression { span: directive.span, reason: directive.reason.clone() })
    }

    /// Takes note of a check that could not be decided: what would silence its finding is not unused.
    pub fn undecided(&mut self, undecided: &Undecided) {
        self.find(undecided.rule, undecided.span, &undecided.address);
    }

    fn find(&mut self, rule: &str, primary: Span, address: &str) -> Option<&'u Directive> {
        let resource = self.by_address.get(address).copied().unwrap_or(Span::NONE);
        let mut first = None;
        for directive in self.directives {
            let Some(index) = directive.rules.iter().position(|name| name == rule) else { continue };
            if directive.covers(primary, resource, address) {
                self.used.insert((key(directive.span), index));
                first = first.or(Some(directive));
            }
        }
        first
    }

    /// Which directives silenced something.
    pub fn into_used(self) -> Used {
        self.used
    }
}

impl Directive {
    fn covers(&self, primary: Span, resource: Span, address: &str) -> bool {
        let inside = |span: Span| !span.is_none() && !self.scope.is_none() && self.scope.contains(span);
        let called = self.module.as_deref().and_then(|module| address.strip_prefix(module));
        inside(primary) || inside(resource) || called.is_some_and(|rest| rest.starts_with(['.', '[']))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<(Vec<Str>, String, String)> {
        let sources = SourceMap::new();
        let file = sources.add(path, text);
        in_file(file, &sources.file(file)).into_iter().map(|d| (d.rules, d.reason, sources.text(d.scope))).collect()
    }

    #[test]
    fn rules_and_reasons() {
        let text = "# iacscan: ignore[a-b, c] because: it is so\nx = 1\ny = 2 /* iacscan:ignore[d] */\nz = 3 // iacscan: ignore\n";
        assert_eq!(
            found("a.tf", text),
            [
                (vec!["a-b".into(), "c".into()], "because: it is so".to_owned(), "x = 1".to_owned()),
                (vec!["d".into()], String::new(), "y = 2 /* iacscan:ignore[d] */".to_owned()),
                (vec![], String::new(), "z = 3 // iacscan: ignore".to_owned()),
            ]
        );
    }

    #[test]
    fn each_language_has_its_comments() {
        assert_eq!(found("a.yaml", "a: 1 # iacscan: ignore[x] why\n")[0].2, "a: 1");
        assert_eq!(found("a.tf.json", "{\"a\": {\"//\": \"iacscan: ignore[x] why\"}}")[0].1, "why");
        assert!(found("a.yaml", "a: '# iacscan: ignore[x]'\n").is_empty());
        assert!(found("a.yaml", "# iacscan: scan[x]\na: 1").is_empty());
        assert!(found("t.template", "{\"a\": \"# iacscan: ignore[x]\"}").is_empty());
    }

    #[test]
    fn a_module_call_silences_what_is_in_the_module() {
        let sources = SourceMap::new();
        let file = sources.add("main.tf", "# iacscan: ignore[r]\nmodule \"a\" {\n}\n");
        let directive = in_file(file, &sources.file(file)).remove(0);
        assert!(directive.covers(Span::NONE, Span::NONE, "module.a[\"k\"].aws_x.y"));
        assert!(!directive.covers(Span::NONE, Span::NONE, "module.ab.aws_x.y"));
    }
}
