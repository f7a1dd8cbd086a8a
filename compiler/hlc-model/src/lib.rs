//! The compiler: from a project's files to findings and a plan.
//!
//! [`compile`] is the whole of it, and `hlc check`, `hlc build` and the editor all call it, so that they cannot disagree:
//!
//! ```text
//! load      root file, includes            -> syntax trees
//! expand    components in place of their uses  -> the same, written out
//! environment   what the root file overrides   -> the same, changed
//! collect   declarations (concept/, workload/) -> typed nodes: the Model
//! names     each name once, each use known
//! lower     references resolved (resolve)  -> Kubernetes objects: the Plan
//! check     one file per cross check       -> findings
//! ```
//!
//! Architecture invariants:
//! - Pure: [`Inputs`] is the only door to the outside. No file, process, network, clock or environment.
//! - The order of files and nodes never changes a plan.
//! - A concept, a building block or a check is one file and one line in a list.
//! - What follows from a reported mistake is not reported again: checks look only at what could be read whole.
//!
//! Start reading at [`concept`] for the language, at [`check`] for what is checked.

pub mod audit;
pub mod charts;
pub mod check;
mod collect;
pub mod concept;
pub mod control;
pub mod docs;
mod environment;
mod expand;
pub mod export;
mod faults;
mod filled;
mod graph;
pub mod import;
mod inputs;
mod load;
mod lower;
mod model;
mod names;
pub mod reach;
mod relations;
mod report;
mod resolve;
mod runs;
pub mod secrets;
pub mod stack;
mod versions;
pub mod workload;

pub use charts::{Charts, WantedManifests, WantedRelease};
pub use graph::graph;
pub use inputs::{Branch, DirEntry, InputError, Inputs, MemoryInputs};
pub use model::Model;

use hlc_diag::{Allowed, Code, Diagnostic, FileId, SourceFile, Sources, Span};
use hlc_plan::Plan;
use hlc_schema::Node as _;

use audit::{Audit, Wanted};
use concept::Homelab;
use control::Control;
use reach::Reach;
use report::Found;
use resolve::{Ground, Resolver};

/// What came of compiling a project.
pub struct Compilation {
    /// Every file that was read.
    pub sources: Sources,
    /// All findings, ordered by file, place and code.
    pub diagnostics: Vec<Diagnostic>,
    /// Findings that the homelab allows, in the same order.
    pub allowed: Vec<Allowed>,
    /// What could be left out, ordered in the same way: for whoever asks for it.
    pub pedantic: Vec<Diagnostic>,
    /// What should exist; `None` when an error stands.
    pub plan: Option<Plan>,
    /// Everything that could be read.
    pub model: Model,
    /// The charts and manifests that it wants.
    pub charts: Charts,
    /// True when checks were left out, since what they would find may only follow from the errors that stand.
    pub held_back: bool,
    /// How many of the files are KDL: they come first.
    kdl_files: usize,
}

impl Compilation {
    /// The files that are KDL. The others are those that the homelab names: the SOPS file without its values, Compose files.
    pub fn kdl(&self) -> impl Iterator<Item = (FileId, &SourceFile)> {
        self.sources.iter().take(self.kdl_files)
    }
}

/// Compiles the project whose root file is `root` (`homelab.kdl`).
#[must_use]
pub fn compile(inputs: &dyn Inputs, root: &str) -> Compilation {
    compile_for(inputs, root, Wanted::Findings).0
}

/// Compiles a project and says what of it answers from outside, whatever errors stand.
#[must_use]
pub fn compile_reach(inputs: &dyn Inputs, root: &str) -> (Compilation, Reach) {
    let (compilation, audit) = compile_for(inputs, root, Wanted::Reach);
    (compilation, audit.reach)
}

/// Compiles a project and looks for what an attacker would: what answers, what may do much, who can read secrets. Whatever errors
/// stand; what they hide is missing.
#[must_use]
pub fn compile_audit(inputs: &dyn Inputs, root: &str) -> (Compilation, Audit) {
    compile_for(inputs, root, Wanted::Audit)
}

fn compile_for(inputs: &dyn Inputs, root: &str, wanted: Wanted) -> (Compilation, Audit) {
    let mut loaded = load::load(inputs, root);
    let kdl_files = loaded.sources.iter().count();
    let mut expanded = expand::expand(&mut loaded);
    let environment::Applied { removed, unknown } = environment::apply(&loaded, &mut expanded);
    let collected = collect::collect(&loaded, &expanded);
    let mut model = collected.model;
    model.removed = removed;
    for used in &mut model.secret_uses {
        used.key.span = loaded.sources.origin(used.key.span);
    }
    model.secret_uses.sort_by_key(|used| used.key.span);
    model.secret_uses.dedup();
    let named = model.homelab.as_ref().and_then(|homelab| homelab.secrets.as_ref());
    model.secrets = named.map(|node| secrets::read(node, inputs, &mut loaded.sources));
    let mut diagnostics = collected.diagnostics;
    diagnostics.retain(|found| !loaded.is_in_spoiled_group(found));
    let is_there = |kind: &str| !model.faults.may_hold(kind) && !model.faults.may_hold(Homelab::decl().name);
    diagnostics.extend(unknown.into_iter().filter(|(kind, _)| is_there(kind)).map(|(_, found)| found));
    diagnostics.extend(names::check(&collected.names, &model, &loaded.sources));
    let locked = charts::read_lock(inputs, root, &mut loaded.sources, &mut diagnostics);
    let mut control = Control::new(collected.allowed, &model, &loaded.sources);
    let ground = Ground::new(&model, inputs, std::mem::take(&mut loaded.sources));
    let resolver = Resolver::new(&ground);
    let charts = charts::gather(&resolver, locked);
    let units = lower::units(&resolver, &charts);
    let stacks = stack::lower(&resolver, &units);
    let (held_back, mut audit) = check::run(&model, &resolver, &units, &charts, &mut diagnostics, &control, wanted);
    let workloads = lower::workloads(units);
    let found = resolver.into_found();
    let sources = ground.into_sources();
    audit.ground(&sources);
    diagnostics.extend(found);
    diagnostics.extend(expanded.diagnostics);
    diagnostics.extend(control.take_found());
    let judged = |found: Diagnostic| Found::judged(found, &control, &sources);
    let mut diagnostics: Vec<Found> = diagnostics.into_iter().filter_map(judged).collect();
    diagnostics.retain(|found| !loaded.is_spoiled(&found.diagnostic, &sources));
    diagnostics.extend(std::mem::take(&mut loaded.diagnostics).into_iter().filter_map(judged));
    check::chart_values::leave_out_what_follows(&mut diagnostics, &charts, &sources);
    // Of a component with mistakes, what seems unused may be what is misspelt.
    let is_sound = |component: Span| {
        let within =
            |span: Span| span.file == component.file && component.start <= span.start && span.start <= component.end;
        !diagnostics.iter().any(|found| found.stands() && within(found.diagnostic.primary.span))
    };
    let unused: Vec<_> = expanded.unused.into_iter().filter(|(component, _)| is_sound(*component)).collect();
    diagnostics.extend(unused.into_iter().filter_map(|(_, found)| judged(found)));
    if !diagnostics.iter().any(Found::stands) {
        diagnostics.extend(stack::clashes(&stacks).into_iter().filter_map(judged));
    }
    // Where something could not be read or made, not every check has run.
    let is_complete = !held_back && !diagnostics.iter().any(Found::hides_others);
    let mut audited: Vec<Found> = audit.take_findings().into_iter().filter_map(judged).collect();
    if is_complete {
        let of_audit = |code: &Code| audit::CODES.contains(&code);
        if wanted == Wanted::Audit {
            audited.extend(control.unused(of_audit, &sources).into_iter().filter_map(judged));
        }
        diagnostics.extend(control.unused(|code| !of_audit(code), &sources).into_iter().filter_map(judged));
    }
    let is_pedantic = |found: &Found| check::PEDANTIC.contains(&found.diagnostic.code);
    let (pedantic, diagnostics): (Vec<Found>, Vec<Found>) = diagnostics.into_iter().partition(is_pedantic);
    let broken = diagnostics.iter().any(Found::stands);
    let pedantic = report::in_order(pedantic, &control, &sources).diagnostics;
    let report::Report { diagnostics, allowed } = report::in_order(diagnostics, &control, &sources);
    audit.report(report::in_order(audited, &control, &sources));
    let listed = model.deliveries().any(|(delivery, _)| delivery.lists_workloads());
    let plan = (!broken).then_some(Plan { workloads, listed, stacks });
    (Compilation { sources, diagnostics, allowed, pedantic, plan, model, charts, held_back, kdl_files }, audit)
}

/// Compiles a project and gives its plan out even when errors stand: for comparing objects, whatever the checks say of
/// them. What could not be made is missing.
#[doc(hidden)]
#[must_use]
pub fn lowered(inputs: &dyn Inputs, root: &str) -> (Compilation, Plan) {
    let compilation = compile(inputs, root);
    let ground = Ground::new(&compilation.model, inputs, compilation.sources.clone());
    let resolver = Resolver::new(&ground);
    let workloads = lower::workloads(lower::units(&resolver, &compilation.charts));
    drop(ground);
    let plan = Plan { workloads, listed: false, stacks: Vec::new() };
    (compilation, plan)
}

/// Every kind of finding the compiler can report, ordered by id.
#[must_use]
pub fn codes() -> Vec<&'static Code> {
    let mut codes: Vec<&'static Code> = Vec::new();
    codes.extend(hlc_syntax::CODES);
    codes.extend(hlc_schema::codes());
    codes.push(&report::TOO_MANY);
    codes.extend(load::CODES);
    codes.extend(expand::CODES);
    codes.extend(environment::CODES);
    codes.extend(collect::CODES);
    codes.extend(names::CODES);
    codes.extend(control::CODES);
    codes.extend(resolve::CODES);
    codes.extend(concept::codes());
    codes.extend(workload::codes());
    codes.extend(stack::codes());
    codes.extend(hlc_kube::CODES);
    codes.extend(hlc_chart::lock::CODES);
    codes.extend(charts::CODES);
    codes.extend(hlc_diff::codes());
    codes.extend(hlc_change::CODES);
    codes.extend(check::CHECKS.iter().flat_map(|check| check.codes));
    codes.extend(audit::CODES);
    codes.sort_by_key(|code| code.id);
    codes
}
