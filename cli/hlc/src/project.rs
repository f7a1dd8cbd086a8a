//! Finds the project and compiles it.

use std::env;
use std::ffi::OsString;
use std::mem::ManuallyDrop;
use std::path::PathBuf;
use std::sync::Arc;

use hlc_chart::render::{Archives, Renderer};
use hlc_charts::{AtHand, Helm, HelmPlace, Store};
use hlc_delivery::{DiskInputs, Project, ROOT_FILE, find_project, open_project};
use hlc_model::{Compilation, DirEntry, InputError, Inputs};

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

/// Compiles a project as it is on disk, with the charts that are at hand. The result is never freed: the process ends after
/// the command, and taking a whole homelab apart piece by piece takes a tenth of the time.
pub(crate) fn compile(args: &Args, project: &Project) -> Result<ManuallyDrop<Compilation>, Failure> {
    let inputs = ProjectInputs::new(args, project)?;
    Ok(ManuallyDrop::new(hlc_model::compile(&inputs, &project.root)))
}

/// The files of a project, the charts at hand, and Helm.
pub(crate) struct ProjectInputs {
    disk: DiskInputs,
    /// The output folder, where it is not named on the command line.
    out: PathBuf,
    charts: Option<(AtHand, Helm)>,
}

impl ProjectInputs {
    pub(crate) fn new(args: &Args, project: &Project) -> Result<Self, Failure> {
        let disk = DiskInputs::new(&project.folder).map_err(|error| Failure::open(&project.folder, &error))?;
        let charts = at_hand(args, project).ok().map(|at_hand| (at_hand.clone(), Helm::new(helm(args), at_hand)));
        let out = project.folder.join(crate::commands::build::default_out(&project.root));
        Ok(Self { disk, out, charts })
    }
}

impl Inputs for ProjectInputs {
    fn read(&self, path: &str) -> Result<Arc<str>, InputError> {
        self.disk.read(path)
    }

    fn list(&self, folder: &str) -> Result<Vec<DirEntry>, InputError> {
        self.disk.list(folder)
    }

    fn archives(&self) -> Option<&dyn Archives> {
        self.charts.as_ref().map(|(at_hand, _)| at_hand as &dyn Archives)
    }

    fn renderer(&self) -> Option<&dyn Renderer> {
        self.charts.as_ref().map(|(_, helm)| helm as &dyn Renderer)
    }

    fn written(&self, path: &str) -> Option<Arc<str>> {
        std::fs::read_to_string(self.out.join(path)).ok().map(Into::into)
    }
}

/// What is at hand for a project.
pub(crate) fn at_hand(args: &Args, project: &Project) -> Result<AtHand, Failure> {
    Ok(AtHand::new(&project.folder, Store::new(&cache(args)?)))
}

/// The folder of the cache.
fn cache(args: &Args) -> Result<PathBuf, Failure> {
    let variable = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let named = args.cache.clone().or_else(|| variable("HLC_CACHE"));
    // The rules of XDG: a path that is not absolute is ignored.
    let users = variable("XDG_CACHE_HOME").filter(|path| path.is_absolute()).or_else(|| {
        let below = if cfg!(target_os = "macos") { "Library/Caches" } else { ".cache" };
        variable("HOME").map(|home| home.join(below))
    });
    named.or_else(|| users.map(|folder| folder.join("hlc"))).ok_or_else(|| {
        Failure::new("there is no folder to keep charts in: HOME is not set").help("name one with --cache or HLC_CACHE")
    })
}

/// Where Helm is looked for.
pub(crate) fn helm(args: &Args) -> HelmPlace {
    let variable: Option<OsString> = env::var_os("HLC_HELM").filter(|value| !value.is_empty());
    let named = args.helm.clone().map(|path| (path, "--helm"));
    HelmPlace { named: named.or_else(|| variable.map(|path| (path.into(), "HLC_HELM"))), path: env::var_os("PATH") }
}
