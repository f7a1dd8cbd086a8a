//! `hlc new`

mod category;
mod template;

use std::fs;
use std::io::{ErrorKind, Write as _};

use hlc_delivery::rewrite;
use hlc_diag::render::Summary;
use hlc_schema::NameRule;

use crate::args::{Args, NewWorkload};
use crate::console::{Console, Exit};
use crate::failure::Failure;
use crate::project;
use template::Content;

pub(crate) fn workload(args: &Args, options: &NewWorkload, console: &Console) -> Result<Exit, Failure> {
    let project = project::find(args)?;
    let (category, name) = names(&options.name)?;
    let content = Content::of(options)?;
    let path = format!("workloads/{category}/{name}.kdl");
    let before = project::compile(args, &project)?;
    if let Some((_, known)) = before.model.workloads().find(|(_, known)| known.name.name == name) {
        let place = before.sources.locate(known.name.span);
        return Err(
            Failure::new(format!("there is already a workload `{name}`, at {place}")).help("choose another name")
        );
    }
    let file = project.folder.join(&path);
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder).map_err(|error| cannot_write(&path, &error))?;
    }
    let text = template::text(category, name, &content)?;
    let mut made = fs::OpenOptions::new().write(true).create_new(true).open(&file).map_err(|error| {
        if error.kind() == ErrorKind::AlreadyExists {
            return Failure::new(format!("`{path}` is there already")).help("nothing was changed");
        }
        cannot_write(&path, &error)
    })?;
    made.write_all(text.as_bytes()).map_err(|error| cannot_write(&path, &error))?;
    console.say(&format!("wrote {path}"));

    let root = before.kdl().find(|(_, file)| file.path() == project.root.as_str());
    if let Some((id, root)) = root
        && let Some(text) = category::declare(id, root.text(), category)
    {
        rewrite(&project.folder.join(&project.root), &text).map_err(|error| cannot_write(&project.root, &error))?;
        console.say(&format!("declared category `{category}` in {}", project.root));
    }

    let after = project::compile(args, &project)?;
    if after.kdl().all(|(_, file)| file.path() != path) {
        console.say(&format!(
            "next: let {} include it: `include \"workloads/**/*.kdl\"` inside `homelab {{ … }}`",
            project.root
        ));
        return Ok(Exit::Success);
    }
    console.data(|out| console.findings(out, &after.sources, &after.diagnostics, &after.allowed))?;
    let summary = Summary::of(&after.sources, &after.diagnostics);
    console.say(if summary.errors == 0 { content.next() } else { "next: mend the findings above, then `hlc check`" });
    Ok(Exit::Success)
}

fn cannot_write(path: &str, error: &std::io::Error) -> Failure {
    Failure::new(format!("cannot write `{path}`: {error}"))
}

/// The category and the name.
fn names(text: &str) -> Result<(&str, &str), Failure> {
    let help = "write both, such as `hlc new workload apps/whoami`";
    let (category, name) =
        text.split_once('/').ok_or_else(|| Failure::new(format!("`{text}` is no CATEGORY/NAME")).help(help))?;
    for part in [category, name] {
        if let Some(fault) = NameRule::Label.fault(part) {
            let failure = Failure::new(format!("`{part}` cannot be a name: {fault}"));
            return Err(if part.is_empty() { failure.help(help) } else { failure });
        }
    }
    Ok((category, name))
}
