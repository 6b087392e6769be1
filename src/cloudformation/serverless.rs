//! SAM's transform within a template.

use std::cell::RefCell;
use std::collections::HashMap;

use super::expand::is_local;
use super::resolver::{Resolver, StackId};
use crate::finding::Severity;
use crate::sam;
use crate::source::Span;
use crate::syntax::node::Node;
use crate::value::{Str, Text};

/// The pseudo parameters that the translator may ask for.
const PSEUDO: [&str; 4] = ["AWS::Region", "AWS::AccountId", "AWS::Partition", "AWS::URLSuffix"];

impl Resolver<'_> {
    /// The CloudFormation template that a SAM template stands for.
    pub fn expand_sam(&mut self, id: StackId, template: &Node) -> Node {
        let mut names: Vec<Str> = self.stacks[id].parameters.keys().cloned().chain(PSEUDO.map(Str::from)).collect();
        names.sort();
        // Looked up before: the translator asks while the template is being taken apart.
        let mut known: HashMap<Str, String> = HashMap::new();
        for name in names {
            let value = self.reference(id, &Node::string(name.clone(), Span::NONE));
            if let Some(text) = value.to_text().as_ref().and_then(Text::as_known) {
                known.insert(name, text.to_owned());
            }
        }
        let folder = self.stacks[id].folder().to_owned();
        let workspace = self.workspace;
        let files = RefCell::new(Vec::new());
        let read = |path: &str| {
            let full = folder.join(path);
            if !is_local(path) || !workspace.sources.boundary.is_file(&full) {
                return None;
            }
            let tree = workspace.tree(&full);
            files.borrow_mut().extend(tree.file);
            tree.node.clone()
        };
        let expansion = sam::expand(template, &|name| known.get(name).cloned(), &read);
        for problem in &expansion.problems {
            self.problem(Severity::Error, problem.span, problem.message.clone(), "");
        }
        // What they make may be anything that SAM's transform makes.
        for unknown in &expansion.unknown {
            self.opaque(id, &unknown.id, &unknown.kind, unknown.span, false);
        }
        for file in files.into_inner() {
            if !self.files.contains(&file) {
                self.files.push(file);
            }
        }
        self.stacks[id].origins = expansion.origins.into_iter().collect();
        expansion.template
    }
}
