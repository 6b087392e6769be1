//! Resources and local values of one module that wait for one another. Terraform orders whole blocks: two resources that read
//! each other's attributes are a circle, whichever attributes these are.

use std::collections::{HashMap, VecDeque};
use std::rc::Rc;

use crate::source::Span;
use crate::syntax::hcl::ast::{Body, Expr, Step};
use crate::syntax::hcl::{Mention, mentions};
use crate::terraform::evaluator::Evaluator;
use crate::terraform::instance::ModuleInstance;
use crate::terraform::module_source::ModuleSource;
use crate::value::Str;

/// More members of a circle are not named.
const MAX_NAMED: usize = 4;

impl Evaluator<'_> {
    /// Tells the circles among the blocks of a module. Those that were come upon when values were computed are told already.
    pub(super) fn check_cycles(&self, module: &Rc<ModuleInstance>) {
        let graph = Graph::of(&module.source);
        for circle in graph.circles() {
            let names: Vec<Str> = circle.iter().map(|node| module.qualify(&graph.names[*node])).collect();
            if circle.iter().any(|node| self.has_problem_within(graph.spans[*node].1)) {
                continue;
            }
            let message = match names.as_slice() {
                [own] => format!("`{own}` refers to itself: its own attributes are not known before it is there"),
                several => {
                    let shown: Vec<String> = several.iter().take(MAX_NAMED).map(|name| format!("`{name}`")).collect();
                    let more = if several.len() > MAX_NAMED { ", …" } else { "" };
                    format!("{}{more} wait for one another: each refers to the next, and the last to the first", shown.join(", "))
                }
            };
            self.problem(graph.spans[circle[0]].0, message);
        }
    }
}

#[derive(Default)]
struct Graph {
    names: Vec<Str>,
    /// The place that is told, and all that belongs to it.
    spans: Vec<(Span, Span)>,
    /// What each refers to.
    to: Vec<Vec<usize>>,
}

impl Graph {
    fn of(source: &ModuleSource) -> Graph {
        let mut graph = Graph::default();
        let mut add = |name: Str, place: Span, whole: Span| {
            graph.names.push(name);
            graph.spans.push((place, whole));
        };
        source.locals.iter().for_each(|(name, expr)| add(format!("local.{name}").into(), expr.span, expr.span));
        source.resources.iter().for_each(|(name, decl)| add(name.clone(), decl.block.header, decl.block.span));
        let index: HashMap<Str, usize> = graph.names.iter().cloned().zip(0..).collect();
        let locals = source.locals.values().map(|expr| {
            let mut found = Vec::new();
            named_in(expr, &index, &mut found);
            found
        });
        let resources = source.resources.values().map(|decl| {
            let mut found = Vec::new();
            named_in_body(&decl.block.body, &index, &mut found);
            found
        });
        graph.to = locals.chain(resources).collect();
        graph
    }

    /// Each circle as its members in the order in which they refer to one another. No two share a member.
    fn circles(&self) -> Vec<Vec<usize>> {
        let mut left = vec![true; self.names.len()];
        let mut out = Vec::new();
        loop {
            self.trim(&mut left);
            let Some(start) = left.iter().position(|there| *there) else { return out };
            let circle = self.circle_from(start, &left);
            circle.iter().for_each(|node| left[*node] = false);
            out.push(circle);
        }
    }

    /// Takes away what waits for nothing that is left.
    fn trim(&self, left: &mut [bool]) {
        let mut from: Vec<Vec<usize>> = vec![Vec::new(); left.len()];
        let mut waits: Vec<usize> = vec![0; left.len()];
        for (node, targets) in self.to.iter().enumerate().filter(|(node, _)| left[*node]) {
            for target in targets.iter().filter(|target| left[**target]) {
                from[*target].push(node);
                waits[node] += 1;
            }
        }
        let mut free: VecDeque<usize> = (0..left.len()).filter(|node| left[*node] && waits[*node] == 0).collect();
        while let Some(node) = free.pop_front() {
            left[node] = false;
            for before in &from[node] {
                waits[*before] -= 1;
                if waits[*before] == 0 {
                    free.push_back(*before);
                }
            }
        }
    }

    /// The circle that a way leads to on which everything goes on.
    fn circle_from(&self, start: usize, left: &[bool]) -> Vec<usize> {
        let mut way = vec![start];
        let mut at: HashMap<usize, usize> = HashMap::from([(start, 0)]);
        let mut node = start;
        while let Some(next) = self.to[node].iter().copied().find(|target| left[*target]) {
            if let Some(first) = at.get(&next) {
                let mut circle = way.split_off(*first);
                // It is told at its first member in the source's order.
                let first = circle.iter().enumerate().min_by_key(|(_, node)| **node).map_or(0, |(i, _)| i);
                circle.rotate_left(first);
                return circle;
            }
            at.insert(next, way.len());
            way.push(next);
            node = next;
        }
        way
    }
}

/// All that a resource waits for. What its provisioners and conditions refer to may be itself.
fn named_in_body(body: &Body, index: &HashMap<Str, usize>, out: &mut Vec<usize>) {
    for attribute in body.attributes.iter().filter(|a| a.name != "provider") {
        named_in(&attribute.value, index, out);
    }
    for block in body.blocks.iter().filter(|b| !matches!(b.kind.as_str(), "lifecycle" | "provisioner" | "connection")) {
        named_in_body(&block.body, index, out);
    }
}

fn named_in(expr: &Expr, index: &HashMap<Str, usize>, out: &mut Vec<usize>) {
    mentions(expr, &[], &mut |mention| {
        let Mention::Name(root, steps, _) = mention else { return };
        let address = match (root.as_str(), steps) {
            ("data", [Step::Attr(kind), Step::Attr(name), ..]) => format!("data.{kind}.{name}"),
            ("resource", [Step::Attr(kind), Step::Attr(name), ..]) => format!("{kind}.{name}"),
            (kind, [Step::Attr(name), ..]) => format!("{kind}.{name}"),
            _ => return,
        };
        if let Some(node) = index.get(address.as_str()).filter(|node| !out.contains(node)) {
            out.push(*node);
        }
    });
}
