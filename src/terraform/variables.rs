//! Variables: where their values come from, and what their type makes of them.

use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use indexmap::IndexMap;

use super::evaluator::Evaluator;
use super::instance::{ModuleInstance, Scope};
use super::module_source::{FileKind, ModuleSource, read_body};
use super::types::{self, ObjectAttr, Type};
use crate::boundary::Boundary;
use crate::options::GivenVariables;
use crate::source::{FileId, Span, clean};
use crate::syntax::hcl;
use crate::syntax::hcl::ast::{Block, Body, Expr, ExprKind};
use crate::syntax::node::SyntaxError;
use crate::value::{Kind, Reason, Str, Unknown, Value, format_smolstr};
use crate::workspace::Workspace;
use crate::world::World;

/// Type constraints nested deeper count as `any`.
const MAX_TYPE_DEPTH: usize = 64;

impl Evaluator<'_> {
    /// The value of a variable of a module.
    pub(super) fn variable(&self, module: &Rc<ModuleInstance>, name: &str, span: Span) -> Value {
        let Some(block) = module.source.variables.get(name) else {
            let address = module.qualify(&format!("var.{name}"));
            return self.error(span, address.clone(), format_smolstr!("`{address}` is not declared"));
        };
        let value =
            self.memoised(&module.variables, name, || self.guarded(block, self.limited(self.compute_variable(module, name, block))));
        value.unwrap_or_else(|| self.cycle(&module.qualify(&format!("var.{name}")), block.header))
    }

    fn compute_variable(&self, module: &Rc<ModuleInstance>, name: &str, block: &Block) -> Value {
        let default = block.body.attribute("default").map(|e| self.eval(e, Scope::of(module)));
        let nullable = block.body.attribute("nullable").is_none_or(|e| !matches!(e.kind, ExprKind::Bool(false)));
        let given = match &module.caller {
            None => self.inputs.get(name).cloned(),
            Some((caller, call, key)) => {
                let caller = self.module(*caller);
                let argument = call.body.attribute(name);
                argument.map(|e| self.eval(e, Scope { key, ..Scope::of(&caller) }))
            }
        };
        let value = match (given, default) {
            (Some(given), default) if !nullable => never_null(given, default.as_ref()),
            (Some(given), _) => given,
            (None, Some(default)) if module.caller.is_none() && self.world.strict => self.may_be_given(name, &default, block),
            (None, Some(default)) => default,
            (None, None) => {
                let unknown = self.no_value(module, name, block);
                return if nullable { unknown } else { never_null(unknown, None) };
            }
        };
        let Some(ty) = block.body.attribute("type") else { return value };
        match types::convert(&value, &self.type_constraint(ty, module)) {
            Ok(converted) => converted,
            Err(message) => {
                let message = format_smolstr!("the value of variable `{name}` does not fit its type: {message}");
                // The installed version of a modelled module may take what the model does not.
                if module.source.model.is_none() {
                    self.problem(value.span.or(block.header), message.to_string());
                }
                Value::unknown(Unknown::new(Reason::Error, format_smolstr!("var.{name}"), message, value.span), value.span)
            }
        }
    }

    /// A variable with a default, in a deployment that departs from the defaults of others: who gives one may well give another that
    /// goes with it.
    fn may_be_given(&self, name: &str, default: &Value, block: &Block) -> Value {
        let id = format_smolstr!("var.{name}");
        let message = format_smolstr!("variable `{name}` may be given with {}", self.world.departure());
        Value::unknown(Unknown::identified(Reason::NoValue, id.clone(), id, message, block.span), default.span)
    }

    fn no_value(&self, module: &ModuleInstance, name: &str, block: &Block) -> Value {
        let id = module.qualify(&format!("var.{name}"));
        let message = format_smolstr!("variable `{name}` has no default");
        let unknown = Unknown::identified(Reason::NoValue, id.clone(), id, message, block.span);
        Value::unknown(unknown, block.header)
    }

    /// A type constraint as written; the JSON syntax has it in a string.
    pub(super) fn type_constraint(&self, expr: &Expr, module: &Rc<ModuleInstance>) -> Type {
        match &expr.kind {
            ExprKind::String(text) => hcl::parse_expr(expr.span.file, text).map_or(Type::Any, |e| self.type_of(&e, module, MAX_TYPE_DEPTH)),
            _ => self.type_of(expr, module, MAX_TYPE_DEPTH),
        }
    }

    fn type_of(&self, expr: &Expr, module: &Rc<ModuleInstance>, depth: usize) -> Type {
        let Some(depth) = depth.checked_sub(1) else { return Type::Any };
        match &expr.kind {
            ExprKind::Name(name) => match name.as_str() {
                "string" => Type::String,
                "number" => Type::Number,
                "bool" => Type::Bool,
                "list" => Type::list(Type::Any),
                "set" => Type::set(Type::Any),
                "map" => Type::map(Type::Any),
                _ => Type::Any,
            },
            ExprKind::Wrapped(inner) => self.type_of(inner, module, depth),
            ExprKind::Call(name, arguments, _) => match (name.as_str(), arguments.as_slice()) {
                ("list", [element]) => Type::list(self.type_of(element, module, depth)),
                ("set", [element]) => Type::set(self.type_of(element, module, depth)),
                ("map", [element]) => Type::map(self.type_of(element, module, depth)),
                ("tuple", [Expr { kind: ExprKind::List(items), .. }]) => {
                    Type::Tuple(items.iter().map(|i| self.type_of(i, module, depth)).collect())
                }
                ("object", [Expr { kind: ExprKind::Object(items), .. }]) => {
                    let attr = |item: &hcl::ast::ObjectItem| {
                        Some((Str::from(item.key.as_str()?), self.object_attribute(&item.value, module, depth)))
                    };
                    Type::Object(items.iter().filter_map(attr).collect::<IndexMap<_, _>>())
                }
                _ => Type::Any,
            },
            _ => Type::Any,
        }
    }

    fn object_attribute(&self, expr: &Expr, module: &Rc<ModuleInstance>, depth: usize) -> ObjectAttr {
        match &expr.kind {
            ExprKind::Call(name, arguments, _) if name == "optional" => {
                let ty = arguments.first().map_or(Type::Any, |e| self.type_of(e, module, depth));
                let default = arguments.get(1).map(|e| self.eval(e, Scope::of(module)));
                ObjectAttr { ty, optional: true, default }
            }
            _ => ObjectAttr::required(self.type_of(expr, module, depth)),
        }
    }

    /// Reads the values of the root module's variables, in Terraform's order: the last wins.
    pub(super) fn read_inputs(&mut self, module: &Rc<ModuleInstance>, world: &World) {
        if let Some(facts) = &self.planned {
            self.inputs = facts.inputs(module);
            return;
        }
        let mut files = automatic_files(&self.root, &self.workspace.sources.boundary);
        files.extend(self.workspace.options.variable_files.iter().chain(&world.variable_files).cloned());
        for path in files {
            self.read_variable_file(module, &path);
        }
        let values = world.parameters.iter().filter(|(name, _)| module.source.variables.contains_key(name));
        self.inputs.extend(values.cloned());
        self.world = world.clone();
        for given in &self.workspace.options.variables {
            match given {
                GivenVariables::File(path) => self.read_variable_file(module, path),
                GivenVariables::Value(name, text) => {
                    let value = self.given_value(module, name, text);
                    self.note_input(&module.source, name, &value, Span::NONE);
                    self.inputs.insert(name.clone(), value);
                }
            }
        }
    }

    fn read_variable_file(&mut self, module: &Rc<ModuleInstance>, path: &Path) {
        match &*VariableFile::load(path, self.workspace) {
            Ok((file, body, errors)) => {
                self.files.borrow_mut().push(*file);
                self.note_broken(&module.source, errors);
                for error in errors {
                    self.problem(error.span, error.message.clone());
                }
                for attribute in &body.attributes {
                    let value = self.eval(&attribute.value, Scope::of(module));
                    self.note_input(&module.source, &attribute.name, &value, attribute.value.span);
                    self.inputs.insert(attribute.name.clone(), value);
                }
            }
            Err(message) => self.file_problem(path, message.clone()),
        }
    }

    /// A value from the command line: as it stands for a primitive type, an expression otherwise.
    fn given_value(&self, module: &Rc<ModuleInstance>, name: &str, text: &str) -> Value {
        let literal = Value::string(text, Span::NONE);
        let block = module.source.variables.get(name);
        let ty = block.and_then(|b| b.body.attribute("type"));
        match ty.map(|e| self.type_constraint(e, module)) {
            Some(ty) if !ty.is_primitive() && ty != Type::Any => {
                let declared = block.map_or(Span::NONE, |block| block.header);
                match hcl::parse_expr(Span::NONE.file, text) {
                    Ok(expr) => placed(&self.eval(&expr, Scope::of(module)), declared),
                    Err(error) => {
                        let message = given_error(name, text, &error);
                        self.problem(declared, message.clone());
                        Value::unknown(Unknown::new(Reason::Error, format_smolstr!("var.{name}"), message, declared), declared)
                    }
                }
            }
            _ => literal,
        }
    }
}

/// What is wrong with a value that is given: it stands in no file, and may be a secret.
fn given_error(name: &str, text: &str, error: &SyntaxError) -> String {
    let before = text.get(..error.span.start as usize).unwrap_or(text);
    let (line, column) = (before.matches('\n').count() + 1, before.chars().rev().take_while(|c| *c != '\n').count() + 1);
    let line = if line == 1 { String::new() } else { format!("line {line}, ") };
    format!("the value of --var {name}: {} at {line}column {column}", error.message)
}

/// A value that is written in no file, with all that it holds, said to be written where its variable is declared.
fn placed(value: &Value, span: Span) -> Value {
    let mut value = value.clone().at(span);
    match &mut value.kind {
        Kind::List(list) => Arc::make_mut(list).items.iter_mut().for_each(|item| *item = placed(item, span)),
        Kind::Map(map) => {
            let map = Arc::make_mut(map);
            map.key_spans.clear();
            map.entries.values_mut().for_each(|item| *item = placed(item, span));
        }
        _ => {}
    }
    value
}

/// The value of a variable that takes the default in place of null.
fn never_null(value: Value, default: Option<&Value>) -> Value {
    let span = value.span;
    match (&value.kind, default) {
        (Kind::Null, Some(default)) => default.clone(),
        (Kind::Unknown(unknown), _) => Value::unknown(unknown.clone().never_null(), span),
        (Kind::Choice(branches), _) => {
            Value::choice(branches.iter().map(|(guard, branch)| (guard.clone(), never_null(branch.clone(), default))).collect(), span)
        }
        _ => value,
    }
}

/// Where the default of a root module's variable stands, where that is its value in this world.
pub fn default_of(root: &Path, name: &str, world: &World, workspace: &Workspace) -> Option<Span> {
    let options = &workspace.options;
    let default = ModuleSource::load(root, workspace).variables.get(name)?.body.attribute("default")?.span;
    let files = automatic_files(root, &workspace.sources.boundary)
        .into_iter()
        .chain(options.all_variable_files().chain(&world.variable_files).cloned());
    let sets = |file: &PathBuf| {
        let content = VariableFile::load(file, workspace);
        content.as_ref().as_ref().is_ok_and(|(_, body, _)| body.attributes.iter().any(|attribute| attribute.name == name))
    };
    let given = options.variables.iter().any(|given| matches!(given, GivenVariables::Value(n, _) if n == name))
        || world.parameters.iter().any(|(given, _)| given == name)
        || files.into_iter().any(|file| sets(&file));
    (!given).then_some(default)
}

/// A file with values of variables: what stands in it, or why it cannot be read.
pub(crate) type VariableFileContent = Result<(FileId, Body, Vec<SyntaxError>), String>;

/// Reads files with values of variables.
pub(crate) struct VariableFile;

impl VariableFile {
    /// The content of a file, parsed once per scan however many modules and worlds read it.
    pub(crate) fn load(path: &Path, workspace: &Workspace) -> Arc<VariableFileContent> {
        workspace.terraform_variables.get_or_make(clean(path), || Arc::new(read_body(path, workspace, FileKind::Variables)))
    }
}

/// The variable files that Terraform reads without being told to.
pub(super) fn automatic_files(root: &Path, boundary: &Boundary) -> Vec<PathBuf> {
    let mut automatic = boundary.entries(root).unwrap_or_default();
    automatic.retain(|p| {
        let name = p.file_name().and_then(|n| n.to_str()).unwrap_or_default();
        name.ends_with(".auto.tfvars") || name.ends_with(".auto.tfvars.json")
    });
    let fixed = ["terraform.tfvars", "terraform.tfvars.json"].map(|name| root.join(name));
    fixed.into_iter().filter(|p| p.is_file()).chain(automatic).collect()
}
