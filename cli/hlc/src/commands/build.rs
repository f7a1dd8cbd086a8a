//! `hlc build workloads`

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use hlc_delivery::{Project, Scope, WriteOptions, WriteReport, write_tree};
use hlc_model::Compilation;
use hlc_plan::{Plan, PlannedWorkload};

use super::plan_json::plan_json;
use crate::args::{Args, Emit, Workloads};
use crate::console::{Console, Exit};
use crate::failure::Failure;
use crate::project;

pub(crate) fn run(args: &Args, options: &Workloads, console: &Console) -> Result<Exit, Failure> {
    let project = project::find(args)?;
    let written = options.out.clone().unwrap_or_else(|| project.folder.join(hlc_delivery::out_name(&project.root)));
    let compilation = project::compile_for(args, &project, written)?;
    if console.refuses(&compilation) {
        return Ok(Exit::Failed);
    }
    let plan = compilation.plan.as_ref().ok_or_else(Failure::no_plan)?;
    let workloads = chosen(plan, &compilation, &options.names)?;
    match options.emit {
        Emit::Files => {
            let out = out_folder(&project, &compilation, options)?;
            write(&project, plan, &workloads, &out, options, console)?;
        }
        Emit::Plan => {
            // Stacks belong to the whole homelab, not to some of its workloads.
            let stacks = if options.names.is_empty() { plan.stacks.as_slice() } else { &[] };
            let text = plan_json(&compilation.sources, &workloads, stacks)
                .map_err(|error| Failure::new(format!("the plan cannot be written as JSON: {error}")))?;
            console.data(|out| out.write_all(text.as_bytes()))?;
        }
        Emit::Objects => {
            let objects = workloads.iter().flat_map(|workload| &workload.objects);
            let text: String = objects.map(|object| format!("---\n{}", hlc_kube::to_yaml(&object.body))).collect();
            console.data(|out| out.write_all(text.as_bytes()))?;
        }
    }
    Ok(Exit::Success)
}

/// The workloads of these names, in the plan's order; all when there are none.
fn chosen<'a>(
    plan: &'a Plan,
    compilation: &Compilation,
    names: &[String],
) -> Result<Vec<&'a PlannedWorkload>, Failure> {
    for name in names {
        if !plan.workloads.iter().any(|workload| workload.name == *name) {
            if compilation.model.workloads().any(|(_, workload)| workload.existing && workload.name.name == *name) {
                return Err(Failure::new(format!("nothing is written for `{name}`: it is `(existing)`"))
                    .help("something else brings it into the cluster"));
            }
            let known: Vec<&str> = plan.workloads.iter().map(|workload| workload.name.as_str()).collect();
            return Err(Failure::new(format!("no workload is called `{name}`")).names(name, &known));
        }
    }
    let is_chosen = |workload: &&PlannedWorkload| names.is_empty() || names.contains(&workload.name);
    Ok(plan.workloads.iter().filter(is_chosen).collect())
}

/// The output folder, which holds no file of the homelab itself.
fn out_folder(project: &Project, compilation: &Compilation, options: &Workloads) -> Result<PathBuf, Failure> {
    let out = options.out.clone().unwrap_or_else(|| project.folder.join(hlc_delivery::out_name(&project.root)));
    if let Ok(real) = out.canonicalize() {
        let paths = compilation.sources.iter().map(|(_, file)| project.folder.join(file.path()));
        let source = paths.filter_map(|path| path.canonicalize().ok()).find(|path| path.starts_with(&real));
        if let Some(source) = source {
            return Err(Failure::new(format!("{} holds a file of the homelab: {}", shown(&out), source.display()))
                .help("name a folder of its own with --out"));
        }
    }
    Ok(out)
}

fn write(
    project: &Project,
    plan: &Plan,
    workloads: &[&PlannedWorkload],
    out: &Path,
    options: &Workloads,
    console: &Console,
) -> Result<(), Failure> {
    let scope = if options.names.is_empty() {
        Scope::All
    } else {
        Scope::Folders(workloads.iter().map(|workload| workload.folder.clone()).collect::<BTreeSet<_>>())
    };
    let stood_inside = stands_inside(out);
    let on_wait = || console.say(&format!("waiting for another build to finish in {}", shown(out)));
    let write_options =
        WriteOptions { overwrite: options.overwrite, project: Some(&project.folder), on_wait: &on_wait };
    let report = write_tree(out, &hlc_kube::output_tree(plan), &scope, write_options)?;
    for path in &report.overwritten {
        console.say(&format!("warning: {}{path} was not as hlc had left it, and has been replaced", shown(out)));
    }
    for path in &report.abandoned {
        let place = shown(out);
        console
            .say(&format!("warning: {place}{path} is no longer made, but has been edited: it stays, and is yours now"));
    }
    console.say(&sentence(&report, out));
    if report.exchanged && stood_inside {
        console.say("note: the folder you are in has been replaced; `cd .` goes to the new one");
    }
    Ok(())
}

/// `wrote 12 files, removed 1, 40 unchanged in app/`
fn sentence(report: &WriteReport, out: &Path) -> String {
    let written = report.written.len();
    let mut parts = vec![format!("wrote {written} file{}", if written == 1 { "" } else { "s" })];
    if !report.removed.is_empty() {
        parts.push(format!("removed {}", report.removed.len()));
    }
    parts.push(format!("{} unchanged", report.unchanged));
    format!("{} in {}", parts.join(", "), shown(out))
}

/// The output folder as the user would write it from here.
fn shown(out: &Path) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    let relative = out.strip_prefix(&here).unwrap_or(out);
    if relative.as_os_str().is_empty() { "./".to_owned() } else { format!("{}/", relative.display()) }
}

fn stands_inside(out: &Path) -> bool {
    let here = std::env::current_dir().and_then(|here| here.canonicalize());
    let out: Option<PathBuf> = out.canonicalize().ok();
    here.ok().zip(out).is_some_and(|(here, out)| here.starts_with(out))
}
