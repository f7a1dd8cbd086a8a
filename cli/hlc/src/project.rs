//! Finds the project and compiles it.

use std::env;
use std::mem::ManuallyDrop;
use std::path::PathBuf;

use hlc_charts::{AtHand, Helm, Settings, Store, WithCharts};
use hlc_delivery::{DiskInputs, Project, ROOT_FILE, find_project, open_project, read_published};
use hlc_model::audit::Audit;
use hlc_model::reach::Reach;
use hlc_model::{Branch, Compilation, Inputs};

use crate::args::Args;
use crate::failure::Failure;

/// The project that the arguments name, or the nearest one upwards.
pub(crate) fn find(args: &Args) -> Result<Project, Failure> {
    if let Some(path) = &args.project {
        let project = open_project(path).map_err(|error| Failure::open(path, &error))?;
        return project.ok_or_else(|| {
            Failure::new(format!("`{}` is no project: it has no {ROOT_FILE}", path.display()))
                .help(format!("name a folder with a {ROOT_FILE}, or a root file"))
        });
    }
    let here = PathBuf::from(".");
    let project = find_project(&here).map_err(|error| Failure::open(&here, &error))?;
    project.ok_or_else(|| {
        Failure::new(format!("no {ROOT_FILE} here, nor in any folder above"))
            .help("go to the project's folder, or name it with -C")
    })
}

/// Compiles a project as it is on disk, with the charts that are at hand and what the last build wrote. The result is never
/// freed: the process ends after the command, and taking a whole homelab apart piece by piece takes a tenth of the time.
pub(crate) fn compile(args: &Args, project: &Project) -> Result<ManuallyDrop<Compilation>, Failure> {
    compile_for(args, project, project.folder.join(hlc_delivery::out_name(&project.root)))
}

/// Compiles a project whose last build was written to a folder.
pub(crate) fn compile_for(
    args: &Args,
    project: &Project,
    written: PathBuf,
) -> Result<ManuallyDrop<Compilation>, Failure> {
    let disk = DiskInputs::new(&project.folder).map_err(|error| Failure::open(&project.folder, &error))?;
    let inputs = with_last_in(args, project, &disk, written);
    Ok(ManuallyDrop::new(hlc_model::compile(&inputs, &project.root)))
}

/// [`compile`], and what of the project answers from outside.
pub(crate) fn compile_reach(args: &Args, project: &Project) -> Result<ManuallyDrop<(Compilation, Reach)>, Failure> {
    let disk = DiskInputs::new(&project.folder).map_err(|error| Failure::open(&project.folder, &error))?;
    let inputs = with_last(args, project, &disk);
    Ok(ManuallyDrop::new(hlc_model::compile_reach(&inputs, &project.root)))
}

/// [`compile_reach`], where somebody else opens the branch of manifests.
pub(crate) fn compile_reach_as_published(
    args: &Args,
    project: &Project,
    publisher: impl Fn(Branch<'_>) -> Option<Box<dyn Inputs + Send>> + Sync,
) -> Result<ManuallyDrop<(Compilation, Reach)>, Failure> {
    let disk = DiskInputs::new(&project.folder).map_err(|error| Failure::open(&project.folder, &error))?;
    let inputs = with_last(args, project, &disk).published(publisher);
    Ok(ManuallyDrop::new(hlc_model::compile_reach(&inputs, &project.root)))
}

/// [`compile`], and what of the project an attacker would look for.
pub(crate) fn compile_audit(args: &Args, project: &Project) -> Result<ManuallyDrop<(Compilation, Audit)>, Failure> {
    let disk = DiskInputs::new(&project.folder).map_err(|error| Failure::open(&project.folder, &error))?;
    let inputs = with_last(args, project, &disk);
    Ok(ManuallyDrop::new(hlc_model::compile_audit(&inputs, &project.root)))
}

/// [`with_charts`], and what was made of the project last: what is published, else what the output folder holds.
pub(crate) fn with_last<'i>(args: &Args, project: &'i Project, files: &'i dyn Inputs) -> WithCharts<'i> {
    with_last_in(args, project, files, project.folder.join(hlc_delivery::out_name(&project.root)))
}

fn with_last_in<'i>(args: &Args, project: &'i Project, files: &'i dyn Inputs, written: PathBuf) -> WithCharts<'i> {
    // What cannot be read was not published, as far as this machine knows.
    let published = |branch: Branch<'_>| read_published(project, branch.url, branch.name).ok().flatten();
    with_charts(args, project, files).written(written).published(published)
}

/// Files of a project, of today or of an older commit, with the charts that are at hand.
pub(crate) fn with_charts<'i>(args: &Args, project: &Project, files: &'i dyn Inputs) -> WithCharts<'i> {
    let inputs = WithCharts::new(files);
    // Without a cache there are no charts, which whoever needs one is told.
    match at_hand(args, project) {
        Ok(at_hand) => {
            let helm = Helm::new(settings(args).helm, at_hand.clone());
            inputs.archives(at_hand).renderer(helm)
        }
        Err(_) => inputs,
    }
}

/// What is at hand for a project.
pub(crate) fn at_hand(args: &Args, project: &Project) -> Result<AtHand, Failure> {
    let cache = settings(args).cache.ok_or_else(|| {
        Failure::new("there is no folder to keep charts in: HOME is not set").help("name one with --cache or HLC_CACHE")
    })?;
    Ok(AtHand::new(&project.folder, Store::new(&cache)))
}

/// Where the cache and Helm are.
pub(crate) fn settings(args: &Args) -> Settings {
    Settings::find(args.cache.clone(), args.helm.clone(), |name| env::var_os(name))
}
