//! `hlc export`

use hlc_delivery::DiskInputs;
use hlc_model::Model;
use hlc_model::export::{self, Export};

use crate::args::{self, Args};
use crate::console::{Console, Exit};
use crate::failure::Failure;
use crate::project;

pub(crate) fn run(args: &Args, what: &args::Export, console: &Console) -> Result<Exit, Failure> {
    let project = project::find(args)?;
    let compilation = project::compile(args, &project)?;
    if console.refuses(&compilation) {
        return Ok(Exit::Failed);
    }
    let model = &compilation.model;
    let export = match what {
        args::Export::Values { name } => values(model, name)?,
        args::Export::Data { name } => data(model, name)?,
    };
    let inputs = DiskInputs::new(&project.folder).map_err(|error| Failure::open(&project.folder, &error))?;
    let data = export.resolve(model, &inputs).ok_or_else(|| {
        Failure::new("a file that it refers to has changed since the homelab was checked").help("try again")
    })?;
    console.data(|out| out.write_all(hlc_kube::data_to_yaml(&data).as_bytes()))?;
    Ok(Exit::Success)
}

fn values<'m>(model: &'m Model, name: &str) -> Result<Export<'m>, Failure> {
    let all = export::values(model);
    let (owner, release) = name.split_once('/').map_or((name, None), |(owner, release)| (owner, Some(release)));
    let own: Vec<_> = all.iter().filter(|export| export.owner == Some(owner)).collect();
    let names: Vec<&str> = own.iter().map(|export| export.name).collect();
    match (release, own.as_slice()) {
        (_, []) if model.units().any(|(_, unit)| unit.name.name == owner) => {
            Err(Failure::new(format!("`{owner}` has no chart"))
                .help("`hlc build workloads --emit objects` writes its objects"))
        }
        (_, []) => {
            let mut owners: Vec<&str> = all.iter().filter_map(|export| export.owner).collect();
            owners.dedup();
            Err(Failure::new(format!("no workload or addon is called `{owner}`")).names(owner, &owners))
        }
        (None, [only]) => Ok(**only),
        (None, [..]) => Err(Failure::new(format!("`{owner}` has several releases"))
            .help(format!("name one of them: {}", paths(owner, &names)))),
        (Some(release), [..]) => own
            .iter()
            .find(|export| export.name == release)
            .map(|export| **export)
            .ok_or_else(|| Failure::new(format!("`{owner}` has no release `{release}`")).names(release, &names)),
    }
}

/// `web/a, web/b`
fn paths(owner: &str, names: &[&str]) -> String {
    let paths: Vec<String> = names.iter().map(|name| format!("{owner}/{name}")).collect();
    paths.join(", ")
}

fn data<'m>(model: &'m Model, name: &str) -> Result<Export<'m>, Failure> {
    let all = export::data(model);
    let path = |export: &Export<'_>| {
        export.owner.map_or_else(|| export.name.to_owned(), |owner| format!("{owner}/{}", export.name))
    };
    all.iter().find(|export| path(export) == name).copied().ok_or_else(|| {
        let known: Vec<String> = all.iter().map(path).collect();
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        Failure::new(format!("no data is called `{name}`")).names(name, &known)
    })
}
