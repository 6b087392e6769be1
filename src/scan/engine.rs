//! Runs something over every unit of a tree, in parallel, so that one unit's failure stays its own.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;

use super::ScanOptions;
use super::candidate::{Candidate, judge};
use super::merge::Same;
use super::worlds;
use crate::boundary::Boundary;
use crate::cloudformation::{self, Exports};
use crate::discover::{DiscoverError, LeftOut, discover, shown};
use crate::finding::{FileProblem, Severity};
use crate::options::ResolveOptions;
use crate::plan::{self, Plan};
use crate::secrets;
use crate::source::{FileId, Span};
use crate::terraform;
use crate::unit::{Unit, UnitKind};
use crate::workspace::Workspace;
use crate::world::{World, Worlds};

/// The resolver of each language.
#[derive(Clone, Copy, Debug)]
pub struct Languages {
    /// The folders that a Terraform module calls by a local path.
    pub module_calls: fn(&Path, &Workspace) -> Vec<PathBuf>,
    /// Resolves a root module.
    pub module: fn(&Path, &Workspace, &World) -> Unit,
    /// Resolves a template.
    pub template: fn(&Path, &Workspace, &World) -> Unit,
    /// Resolves the JSON of a Terraform plan.
    pub plan: fn(&Path, &Workspace) -> Unit,
}

impl Default for Languages {
    fn default() -> Self {
        Languages {
            module_calls: terraform::module_calls,
            module: terraform::resolve_in,
            template: cloudformation::resolve_in,
            plan: terraform::resolve_plan,
        }
    }
}

/// How far a scan is, for whoever wants to show it.
#[derive(Debug, Default)]
pub struct Progress {
    /// Units and files that may be such; 0 until they are counted.
    pub total: AtomicUsize,
    /// How many of them are done.
    pub done: AtomicUsize,
}

/// A file that was looked at and is no template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PassedOver {
    /// The file, as shown.
    pub path: PathBuf,
    /// Why.
    pub reason: String,
}

/// What came of a unit.
pub struct InWorlds<T> {
    /// Its worlds.
    pub worlds: Worlds,
    /// For each world, or for those that come out the same, by their indices. At least one.
    pub parts: Vec<(Vec<usize>, T)>,
}

/// What came of a tree.
pub struct Run<T> {
    /// For each unit, sorted by root.
    pub units: Vec<InWorlds<T>>,
    /// What belongs to no unit that was resolved, each with the language that it would have had.
    pub problems: Vec<(UnitKind, FileProblem)>,
    /// The files.
    pub workspace: Workspace,
    /// Files that are no template.
    pub passed_over: Vec<PassedOver>,
    /// What `.gitignore` leaves out.
    pub ignored: LeftOut,
}

/// Threads need room for recursion over nested input up to its limits.
const STACK_BYTES: usize = 16 * 1024 * 1024;

#[derive(Clone, Copy, PartialEq)]
enum Role {
    Module,
    Template,
    /// A template that counts only where it nests one that was given by name.
    Caller,
}

enum Outcome<T> {
    Unit { kind: UnitKind, files: Vec<FileId>, result: InWorlds<T> },
    Problem(UnitKind, FileProblem),
    PassedOver(String),
}

type Work<'a, T> = &'a (dyn Fn(Unit, &World, &Workspace) -> T + Sync);

/// Discovers, resolves every unit and hands it to `work`.
pub fn run<T: Send + Found>(
    paths: &[PathBuf],
    directory: &Path,
    options: &ScanOptions,
    progress: &Progress,
    work: Work<'_, T>,
) -> Result<Run<T>, DiscoverError> {
    let boundary = boundary(paths, &options.resolve);
    let found = discover(paths, directory, &boundary)?;
    let given: BTreeSet<PathBuf> = paths.iter().map(|path| shown(path, directory)).collect();
    let mut workspace = Workspace::new(options.resolve.clone());
    workspace.sources.boundary = boundary;
    let size = found.modules.len() + found.templates.len() + found.named_modules.len() + found.named_templates.len();
    in_pool(options.threads, size, || {
        let plan = plan::plan(&found, &workspace.sources.boundary, &|folder| (options.languages.module_calls)(folder, &workspace));
        let jobs = jobs(&plan);
        progress.total.store(jobs.len(), Ordering::Relaxed);
        let mut judged: Vec<Candidate> = jobs.par_iter().map(|(path, role)| candidate(path, *role, &workspace)).collect();
        settle_plans(&jobs, &mut judged, &given, &workspace);
        let templates = templates(&jobs, &judged);
        // Should that fail, every import is unknown, and the scan says so.
        let mut failed: Vec<FileProblem> = Vec::new();
        workspace.exports = catch_unwind(AssertUnwindSafe(|| Exports::gather(&templates, &workspace))).unwrap_or_else(|panic| {
            failed.push(internal_error(templates.first().map_or(Path::new("."), PathBuf::as_path), panic.as_ref(), &workspace));
            Exports::default()
        });
        let outcomes: Vec<Outcome<T>> = jobs
            .par_iter()
            .zip(judged)
            .map(|((path, role), candidate)| {
                let outcome = outcome(path, *role, candidate, &workspace, &options.languages, work);
                progress.done.fetch_add(1, Ordering::Relaxed);
                outcome
            })
            .collect();
        let named: BTreeSet<&PathBuf> = found.named_templates.iter().collect();
        let done = jobs.into_iter().zip(outcomes).collect();
        let mut run = collect(done, &named, workspace);
        let used = run.units.iter().flat_map(|unit| &unit.worlds.all);
        run.problems.extend(worlds::problems(used, &templates, &run.workspace).into_iter().map(|p| (UnitKind::CloudFormation, p)));
        run.problems.extend(failed.into_iter().map(|problem| (UnitKind::CloudFormation, problem)));
        run.ignored = found.left_out;
        run.problems.splice(0..0, found.problems.into_iter().map(|p| (UnitKind::Terraform, p)));
        Ok(run)
    })
}

/// What the scan may read: the project, and what the command line names.
fn boundary(paths: &[PathBuf], options: &ResolveOptions) -> Boundary {
    let mut boundary = Boundary::around(paths.iter().map(PathBuf::as_path));
    options.allowed.iter().for_each(|path| boundary.allow(path));
    options.named_files.iter().for_each(|file| boundary.name_file(file));
    boundary
}

/// Runs in a pool that is no larger than the work.
fn in_pool<R: Send>(threads: Option<NonZeroUsize>, size: usize, run: impl FnOnce() -> R + Send) -> R {
    let cores = || std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let threads = threads.map_or_else(cores, NonZeroUsize::get).min(size.max(1));
    match rayon::ThreadPoolBuilder::new().num_threads(threads).stack_size(STACK_BYTES).build() {
        Ok(pool) => pool.install(run),
        // Where no thread can be had, the global pool does its best.
        Err(_) => run(),
    }
}

fn jobs(plan: &Plan) -> Vec<(PathBuf, Role)> {
    let with = |paths: &[PathBuf], role: Role| paths.iter().map(move |p| (p.clone(), role)).collect::<Vec<_>>();
    let mut jobs = with(&plan.modules, Role::Module);
    jobs.extend(with(&plan.templates, Role::Template));
    jobs.extend(with(&plan.callers, Role::Caller));
    jobs.sort_by(|a, b| a.0.cmp(&b.0));
    jobs
}

/// Looks into what may be a template; a Terraform module is one.
fn candidate(path: &Path, role: Role, workspace: &Workspace) -> Candidate {
    if role == Role::Module {
        return Candidate::Unit;
    }
    catch_unwind(AssertUnwindSafe(|| judge(path, workspace)))
        .unwrap_or_else(|panic| Candidate::Problem(internal_error(path, panic.as_ref(), workspace)))
}

/// A plan and the configuration that it was made from are one unit, not two: the plan, where it was given by name; else it is
/// left from some earlier run, and the configuration counts.
fn settle_plans(jobs: &[(PathBuf, Role)], judged: &mut [Candidate], given: &BTreeSet<PathBuf>, workspace: &Workspace) {
    let modules: BTreeMap<&Path, usize> =
        jobs.iter().enumerate().filter(|(_, (_, role))| *role == Role::Module).map(|(i, (path, _))| (path.as_path(), i)).collect();
    for (at, (path, role)) in jobs.iter().enumerate() {
        if !matches!(judged.get(at), Some(Candidate::Plan)) {
            continue;
        }
        let source = match catch_unwind(AssertUnwindSafe(|| terraform::plan_source(path, workspace))) {
            Ok(source) => source,
            Err(panic) => {
                if let Some(candidate) = judged.get_mut(at) {
                    *candidate = Candidate::Problem(internal_error(path, panic.as_ref(), workspace));
                }
                continue;
            }
        };
        let module = source.as_ref().and_then(|dir| modules.get(dir.as_path()).copied());
        let (passed_over, reason) = match (module, source) {
            _ if *role == Role::Caller => (at, "is a plan".to_owned()),
            (Some(module), Some(_)) if given.contains(path) => (module, format!("its plan {} is scanned in its place", path.display())),
            (Some(_), Some(dir)) => {
                (at, format!("is a plan of {}, which is scanned itself: give the plan by name to scan it instead", dir.display()))
            }
            _ => continue,
        };
        if let Some(candidate) = judged.get_mut(passed_over) {
            *candidate = Candidate::Other(reason);
        }
    }
}

/// The files that turned out to be templates.
fn templates(jobs: &[(PathBuf, Role)], judged: &[Candidate]) -> Vec<PathBuf> {
    let is_template = |(job, candidate): &(&(PathBuf, Role), &Candidate)| job.1 != Role::Module && matches!(candidate, Candidate::Unit);
    jobs.iter().zip(judged).filter(is_template).map(|((path, _), _)| path.clone()).collect()
}

fn outcome<T: Found>(
    path: &Path,
    role: Role,
    candidate: Candidate,
    workspace: &Workspace,
    languages: &Languages,
    work: Work<'_, T>,
) -> Outcome<T> {
    let is_plan = matches!(candidate, Candidate::Plan);
    let kind = if role == Role::Module || is_plan { UnitKind::Terraform } else { UnitKind::CloudFormation };
    match candidate {
        Candidate::Unit | Candidate::Plan => {}
        Candidate::Other(reason) => return Outcome::PassedOver(reason),
        Candidate::Problem(problem) => return Outcome::Problem(kind, problem),
    }
    // The last resort: whatever goes wrong in one unit, the others are reported.
    catch_unwind(AssertUnwindSafe(|| {
        let work = |unit, world: &World| work(unit, world, workspace);
        match role {
            Role::Module => in_worlds(worlds::of_module(path, workspace), &|world| (languages.module)(path, workspace, world), &work),
            // A plan was made for one environment.
            Role::Template | Role::Caller if is_plan => in_worlds(Worlds::default(), &|_| (languages.plan)(path, workspace), &work),
            Role::Template | Role::Caller => {
                in_worlds(worlds::of_template(path, workspace), &|world| (languages.template)(path, workspace, world), &work)
            }
        }
    }))
    .unwrap_or_else(|panic| Outcome::Problem(kind, internal_error(path, panic.as_ref(), workspace)))
}

/// What was found in a world, for whoever has to tell it from what was found in others.
pub trait Found {
    /// What identifies each finding.
    fn found(&self) -> HashSet<Same>;
    /// Keeps these findings, and takes all others from a stricter look at the same world.
    fn replace(&mut self, usual: &HashSet<Same>, strict: Self);
}

impl Found for Unit {
    fn found(&self) -> HashSet<Same> {
        HashSet::new()
    }

    fn replace(&mut self, _: &HashSet<Same>, _: Unit) {}
}

/// What is found only where parameters depart from their defaults has to hold whatever the other parameters are: another engine may
/// come with another port, and an existing VPC with its subnets.
fn keep_proven<T: Found>(worlds: &[World], parts: &mut [(Vec<usize>, T)], again: &dyn Fn(&World) -> T) {
    let departs = |indices: &[usize]| indices.iter().all(|index| worlds.get(*index).is_some_and(|world| world.departs));
    let (departing, usual): (Vec<_>, Vec<_>) = parts.iter_mut().partition(|(indices, _)| departs(indices));
    let usual: HashSet<Same> = usual.iter().flat_map(|(_, part)| part.found()).collect();
    for (indices, part) in departing {
        let Some(world) = indices.first().and_then(|first| worlds.get(*first)) else { continue };
        if part.found().is_subset(&usual) {
            continue;
        }
        part.replace(&usual, again(&World { strict: true, ..world.clone() }));
    }
}

/// Resolves a unit in each of its worlds. Combinations of parameters often come out the same: those are looked into once.
fn in_worlds<T: Found>(worlds: Worlds, resolve: &dyn Fn(&World) -> Unit, work: &dyn Fn(Unit, &World) -> T) -> Outcome<T> {
    let mut kind = UnitKind::Terraform;
    let mut files: Vec<FileId> = Vec::new();
    let mut met = |unit: &Unit| {
        kind = unit.kind;
        files.extend(unit.files.iter().copied());
    };
    let resolve = |world: &World| {
        let mut unit = resolve(world);
        secrets::finish(&mut unit);
        unit
    };
    let mut parts: Vec<(Vec<usize>, T)> = Vec::new();
    let mut waiting: Vec<(Vec<usize>, Unit)> = Vec::new();
    for (index, world) in worlds.all.iter().enumerate() {
        let unit = resolve(world);
        met(&unit);
        match waiting.iter_mut().find(|(_, other)| other.is_like(&unit)) {
            Some((indices, _)) => indices.push(index),
            None if worlds.combined => waiting.push((vec![index], unit)),
            None => parts.push((vec![index], work(unit, world))),
        }
    }
    for (indices, unit) in waiting {
        let world = indices.first().and_then(|first| worlds.all.get(*first)).cloned().unwrap_or_default();
        parts.push((indices, work(unit, &world)));
    }
    keep_proven(&worlds.all, &mut parts, &|world| work(resolve(world), world));
    files.sort();
    files.dedup();
    Outcome::Unit { kind, files, result: InWorlds { worlds, parts } }
}

/// What is told of a unit in which iacscan itself failed. The scan counts as one that could not be done.
pub(super) fn internal_error(path: &Path, panic: &(dyn std::any::Any + Send), workspace: &Workspace) -> FileProblem {
    workspace.panics.fetch_add(1, Ordering::Relaxed);
    let text = panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied());
    // Slices and maps quote what they hold, which may be anything.
    let text = text.and_then(|text| text.split(['`', '"']).next()).map(str::trim_end);
    FileProblem {
        severity: Severity::Error,
        message: format!("internal error of iacscan: {}; this unit was not checked", text.unwrap_or("panic")),
        span: Span::NONE,
        path: path.to_owned(),
        help: concat!("please report it, with the file if you can, at ", env!("CARGO_PKG_REPOSITORY"), "/issues").to_owned(),
    }
}

fn collect<T>(done: Vec<((PathBuf, Role), Outcome<T>)>, named: &BTreeSet<&PathBuf>, workspace: Workspace) -> Run<T> {
    let kept = kept(&done, named, &workspace);
    let mut run = Run { units: Vec::new(), problems: Vec::new(), passed_over: Vec::new(), ignored: LeftOut::default(), workspace };
    for ((path, role), outcome) in done {
        match outcome {
            Outcome::Unit { kind, result, .. } => {
                if kind == UnitKind::Terraform || kept.contains(&path) {
                    run.units.push(result);
                }
            }
            Outcome::Problem(..) | Outcome::PassedOver(_) if role == Role::Caller => {}
            Outcome::Problem(kind, problem) => run.problems.push((kind, problem)),
            Outcome::PassedOver(reason) => run.passed_over.push(PassedOver { path, reason }),
        }
    }
    run
}

/// The templates that are units of their own: all but those that another one nests, and those that were only looked at for
/// nesting one that was given by name and do not.
fn kept<T>(done: &[((PathBuf, Role), Outcome<T>)], named: &BTreeSet<&PathBuf>, workspace: &Workspace) -> BTreeSet<PathBuf> {
    let mut own: BTreeMap<FileId, &PathBuf> = BTreeMap::new();
    let mut nests: BTreeMap<PathBuf, &[FileId]> = BTreeMap::new();
    for ((path, role), outcome) in done {
        let Outcome::Unit { files, .. } = outcome else { continue };
        if *role != Role::Module
            && let Ok(file) = workspace.sources.read(path)
        {
            own.insert(file, path);
            nests.insert(path.clone(), files);
        }
    }
    let nested = |files: &[FileId]| files.iter().filter_map(|f| own.get(f)).map(|p| (*p).clone()).collect::<Vec<_>>();
    let mut calls: BTreeMap<PathBuf, Vec<PathBuf>> = nests.iter().map(|(path, files)| (path.clone(), nested(files))).collect();
    let callers = done.iter().filter(|((_, role), _)| *role == Role::Caller).map(|((path, _), _)| path);
    for caller in callers {
        if calls.get(caller).is_some_and(|called| !called.iter().any(|c| named.contains(c))) {
            calls.remove(caller);
        }
    }
    plan::roots(calls)
}
