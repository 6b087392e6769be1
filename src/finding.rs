//! What a rule says: findings, undecided checks, and problems with files.

mod message;

use std::path::PathBuf;

use crate::source::Span;
use crate::value::Str;

pub use message::{Message, capitalised, listed, some};

/// How bad it is, worst last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// Will go wrong in some deploys or is open to misuse.
    Warning,
    /// Fails at run time or at the deploy.
    Error,
}

impl Severity {
    /// `note`, `warning`, `error`: also SARIF's levels.
    pub fn name(self) -> &'static str {
        match self {
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

/// A place in the source and what is to be said of it.
#[derive(Clone, Debug)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// What is there, in a few words.
    pub text: String,
}

impl Label {
    /// A label.
    pub fn new(span: Span, text: impl Into<String>) -> Self {
        Label { span, text: text.into() }
    }
}

/// How to mend it.
#[derive(Clone, Debug, Default)]
pub struct Help {
    /// One sentence: what to do.
    pub text: String,
    /// Code to paste, in the language of the unit; empty where words do.
    pub code: String,
}

/// A fact that a rule has proven.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The rule's id.
    pub rule: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// The consequence and its cause, with the real names.
    pub message: Message,
    /// The place that must change.
    pub primary: Label,
    /// The evidence elsewhere.
    pub related: Vec<Label>,
    /// The chain that the finding follows (integration → stage → alias → permission), first to last; empty where there is none.
    pub flow: Vec<Label>,
    /// How to mend it.
    pub help: Option<Help>,
    /// The address of the resource that the finding is about: with the rule and `key` its identity across edits.
    pub address: Str,
    /// What tells two findings of one rule on one resource apart ("stage prod"); empty where there is only one.
    pub key: Str,
}

/// A check that could not be decided.
#[derive(Clone, Debug)]
pub struct Undecided {
    /// The rule's id.
    pub rule: &'static str,
    /// The resource that was to be checked.
    pub address: Str,
    /// Where it is.
    pub span: Span,
    /// Why it could not be decided: one clause, no full stop.
    pub reason: String,
    /// The place that would have to be known; [`Span::NONE`] where there is none.
    pub cause: Span,
}

/// A file, or a part of one, that could not be read. It becomes a `syntax-error` finding.
#[derive(Clone, Debug)]
pub struct FileProblem {
    /// How bad it is: an error where contents are lost, else less.
    pub severity: Severity,
    /// Cause, in words, without the place.
    pub message: String,
    /// The place; [`Span::NONE`] where the file has no text (unreadable).
    pub span: Span,
    /// The file, as shown.
    pub path: PathBuf,
    /// How to mend it; empty where the message says all.
    pub help: String,
}
