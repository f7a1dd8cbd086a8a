//! Finds the project and compiles it.

use std::mem::ManuallyDrop;
use std::path::PathBuf;

use hlc_delivery::{DiskInputs, Project, ROOT_FILE, find_project, open_project};
use hlc_model::Compilation;

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

/// Compiles a project as it is on disk. The result is never freed: the process ends after the command, and taking a whole
/// homelab apart piece by piece takes a tenth of the time.
pub(crate) fn compile(project: &Project) -> Result<ManuallyDrop<Compilation>, Failure> {
    let inputs = DiskInputs::new(&project.folder).map_err(|error| Failure::open(&project.folder, &error))?;
    Ok(ManuallyDrop::new(hlc_model::compile(&inputs, &project.root)))
}
