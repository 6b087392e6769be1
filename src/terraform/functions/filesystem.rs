//! Functions of files and paths. Files are read only within the scanned trees.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use regex::Regex;

use super::collection::set;
use super::string::holey;
use super::{Function, FunctionContext, Param, boolean, derived, regex as re2, string, text};
use crate::source::{MAX_FILE_BYTES, ReadError};
use crate::value::{Part, Reason, Unknown, Value};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("abspath", &[Param::String], abspath),
    Function::new("basename", &[Param::String], basename).shapes(0),
    Function::new("dirname", &[Param::String], |args, ctx| Ok(string(parent(text(args, 0)), ctx))),
    Function::new("file", &[Param::String], file),
    Function::new("filebase64", &[Param::String], filebase64),
    Function::new("fileexists", &[Param::String], fileexists),
    Function::new("fileset", &[Param::String, Param::String], fileset),
    Function::new("pathexpand", &[Param::String], pathexpand),
];

/// Why a file that lies outside is not read, and what can be done about it.
const OUTSIDE: &str = "lies outside of the project and is not read; `--allow-outside PATH` lets it be read";
/// How many directory entries `fileset` looks at.
const MAX_ENTRIES: usize = 100_000;
/// How deep `fileset` descends.
const MAX_DEPTH: usize = 64;

fn resolved(path: &str, ctx: &FunctionContext) -> PathBuf {
    ctx.root_dir.join(path)
}

fn unread(path: &str, cause: &str, ctx: &FunctionContext) -> Value {
    let shown = format!("file({path:?})");
    let unknown: Arc<Unknown> = Unknown::identified(Reason::File, shown.clone(), shown, format!("{path}: {cause}"), ctx.span);
    Value::unknown(unknown, ctx.span)
}

/// Why a file may not be read, if so: it is not there, or outside of the scanned trees.
fn refusal(path: &str, ctx: &FunctionContext) -> Option<Value> {
    let file = resolved(path, ctx);
    if path.starts_with('~') {
        return Some(unread(path, "home directories are not read", ctx));
    }
    // What there is outside is not told either.
    if !ctx.workspace.may_read(&file) {
        return Some(unread(path, OUTSIDE, ctx));
    }
    (!file.exists()).then(|| unread(path, "there is no such file", ctx))
}

/// A file's bytes, or the unknown value that stands for what needs them.
pub(super) fn file_bytes(path: &str, ctx: &FunctionContext) -> Result<Vec<u8>, Value> {
    if let Some(refused) = refusal(path, ctx) {
        return Err(refused);
    }
    let file = resolved(path, ctx);
    ctx.workspace.sources.boundary.bytes(&file, MAX_FILE_BYTES).map_err(|error| match error {
        ReadError::TooLarge { .. } => unread(path, "the file is too large", ctx),
        ReadError::Io { cause, .. } => unread(path, &cause, ctx),
        other => unread(path, &other.to_string(), ctx),
    })
}

fn file(args: &[Value], ctx: &FunctionContext) -> Result<Value, String> {
    let path = text(args, 0);
    if let Some(refused) = refusal(path, ctx) {
        return Ok(refused);
    }
    match ctx.workspace.sources.read(&clean_path(&resolved(path, ctx))) {
        Ok(id) => Ok(string(ctx.workspace.sources.file(id).text.as_ref(), ctx)),
        Err(error @ ReadError::NotUtf8 { .. }) => Err(error.to_string()),
        Err(error) => Ok(unread(path, &error.to_string(), ctx)),
    }
}

/// Without `.` components, so that one file has one path.
fn clean_path(path: &Path) -> PathBuf {
    path.components().filter(|c| !matches!(c, std::path::Component::CurDir)).collect()
}

fn filebase64(args: &[Value], ctx: &FunctionContext) -> Result<Value, String> {
    Ok(match file_bytes(text(args, 0), ctx) {
        Ok(bytes) => string(STANDARD.encode(bytes), ctx),
        Err(unknown) => unknown,
    })
}

fn fileexists(args: &[Value], ctx: &FunctionContext) -> Result<Value, String> {
    let path = text(args, 0);
    let file = resolved(path, ctx);
    if !ctx.workspace.may_read(&file) || path.starts_with('~') {
        return Ok(unread(path, OUTSIDE, ctx));
    }
    if file.is_dir() {
        return Err(format!("{path} is a folder, not a file"));
    }
    Ok(boolean(file.is_file(), ctx))
}

fn fileset(args: &[Value], ctx: &FunctionContext) -> Result<Value, String> {
    let (path, pattern) = (text(args, 0), text(args, 1));
    let root = resolved(path, ctx);
    if path.starts_with('~') || !ctx.workspace.may_read(&root) {
        return Ok(unread(path, OUTSIDE, ctx));
    }
    if pattern.split('/').any(|part| part == "..") {
        return Ok(unread(path, "patterns that leave the folder are not followed", ctx));
    }
    let glob = glob(pattern)?;
    let mut walk = Walk { glob, ctx, found: Vec::new(), left: MAX_ENTRIES };
    if walk.folder(&root, "", MAX_DEPTH).is_none() {
        return Ok(unread(path, "too many files", ctx));
    }
    let names = walk.found.into_iter().map(|name| string(name, ctx)).collect();
    Ok(set(names, None, ctx))
}

struct Walk<'a> {
    glob: Regex,
    ctx: &'a FunctionContext<'a>,
    found: Vec<String>,
    left: usize,
}

impl Walk<'_> {
    /// `None` where there is too much to look at.
    fn folder(&mut self, folder: &Path, prefix: &str, depth: usize) -> Option<()> {
        let below = depth.checked_sub(1)?;
        for entry in self.ctx.workspace.sources.boundary.entries(folder).unwrap_or_default() {
            self.left = self.left.checked_sub(1)?;
            let Some(name) = entry.file_name().and_then(|name| name.to_str()).map(|name| format!("{prefix}{name}")) else { continue };
            if entry.is_dir() && !entry.is_symlink() {
                self.folder(&entry, &format!("{name}/"), below)?;
            } else if self.glob.is_match(&name) && self.ctx.workspace.sources.boundary.is_file(&entry) {
                self.found.push(name);
            }
        }
        Some(())
    }
}

/// A glob pattern as Terraform's `fileset` takes it: `*`, `**`, `?`, `[…]`, `{a,b}`.
fn glob(pattern: &str) -> Result<Regex, String> {
    let mut out = String::from("^");
    let mut chars = pattern.chars().peekable();
    let mut braces = 0usize;
    let mut at_start = true;
    while let Some(c) = chars.next() {
        let started = std::mem::replace(&mut at_start, c == '/');
        match c {
            '*' if started && chars.peek() == Some(&'*') => {
                chars.next();
                match chars.next_if_eq(&'/') {
                    Some(_) => {
                        out.push_str("(?:[^/]+/)*");
                        at_start = true;
                    }
                    None => out.push_str(".*"),
                }
            }
            '*' => out.push_str("[^/]*"),
            '?' => out.push_str("[^/]"),
            '{' => {
                braces += 1;
                out.push_str("(?:");
            }
            '}' if braces > 0 => {
                braces -= 1;
                out.push(')');
            }
            ',' if braces > 0 => out.push('|'),
            '[' => {
                let class: String = chars.by_ref().take_while(|c| *c != ']').collect();
                let (not, class) = match class.strip_prefix(['^', '!']) {
                    Some(rest) => ("^", rest),
                    None => ("", class.as_str()),
                };
                out.push_str(&format!("[{not}{}]", class.replace('\\', "\\\\")));
            }
            '\\' => out.extend(chars.next().map(|c| regex::escape(&c.to_string()))),
            c => out.push_str(&regex::escape(&c.to_string())),
        }
    }
    out.push('$');
    re2::compile(&out).map_err(|_| format!("{pattern:?} is no valid pattern"))
}

/// Go's `filepath.Clean`.
fn clean(path: &str) -> String {
    let rooted = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            ".." if rooted => {}
            part => parts.push(part),
        }
    }
    match (rooted, parts.is_empty()) {
        (true, _) => format!("/{}", parts.join("/")),
        (false, true) => ".".to_owned(),
        (false, false) => parts.join("/"),
    }
}

/// Go's `filepath.Dir`.
fn parent(path: &str) -> String {
    clean(path.rfind('/').map_or("", |at| &path[..=at]))
}

fn basename(args: &[Value], ctx: &FunctionContext) -> Result<Value, String> {
    let path = holey(args, 0);
    if let Some(known) = path.as_known() {
        let trimmed = known.trim_end_matches('/');
        let name = trimmed.rsplit('/').next().unwrap_or(trimmed);
        let name = match (name.is_empty(), known.is_empty()) {
            (false, _) => name,
            (true, true) => ".",
            (true, false) => "/",
        };
        return Ok(string(name, ctx));
    }
    match path.parts().last() {
        Some(Part::Literal(last)) if let Some((_, name)) = last.rsplit_once('/').filter(|(_, name)| !name.is_empty()) => {
            Ok(string(name, ctx))
        }
        _ => Ok(derived("basename", args, ctx.span)),
    }
}

fn abspath(args: &[Value], ctx: &FunctionContext) -> Result<Value, String> {
    let path = text(args, 0);
    match ctx.root_dir.canonicalize() {
        Ok(root) => Ok(string(clean(&root.join(path).to_string_lossy()), ctx)),
        Err(error) => Ok(unread(path, &error.to_string(), ctx)),
    }
}

fn pathexpand(args: &[Value], ctx: &FunctionContext) -> Result<Value, String> {
    let path = text(args, 0);
    // The home directory belongs to who runs Terraform, not to the configuration.
    if path.starts_with('~') { Ok(unread(path, "depends on the home directory", ctx)) } else { Ok(string(path, ctx)) }
}
