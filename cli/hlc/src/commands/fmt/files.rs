//! Which files are formatted.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::args::Args;
use crate::commands::fmt::Chosen;
use crate::failure::Failure;
use crate::project;

/// The code of a file that an `include` names and that cannot be read.
const UNREADABLE: &str = "unreadable-file";

/// The files that make up the project.
pub(super) fn of_project(args: &Args) -> Result<Chosen, Failure> {
    let project = project::find(args)?;
    let compilation = project::compile(args, &project)?;
    let files = compilation.kdl().map(|(_, file)| project.folder.join(file.path())).collect();
    // A root file that cannot be read is among the files, and is reported when it is read.
    let unreadable = compilation.diagnostics.iter().filter(|found| {
        let span = found.primary.span;
        found.code.name == UNREADABLE && span.start < span.end
    });
    Ok(Chosen { files, failures: unreadable.map(|found| Failure::new(found.message.clone())).collect() })
}

/// The files that the user names, and those in folders that the user names; each once.
pub(super) fn named(paths: &[PathBuf]) -> Chosen {
    let mut chosen = Chosen::default();
    for path in paths {
        if path.is_dir() {
            below(path, &mut chosen);
        } else {
            chosen.files.push(path.clone());
        }
    }
    let mut seen = BTreeSet::new();
    chosen.files.retain(|path| path.canonicalize().map_or(true, |real| seen.insert(real)));
    chosen
}

/// The `.kdl` files below a folder that are not hidden. Links to folders are not followed: a loop would have no end.
fn below(folder: &Path, chosen: &mut Chosen) {
    let mut open = vec![folder.to_owned()];
    let mut found = Vec::new();
    while let Some(folder) = open.pop() {
        let entries = fs::read_dir(&folder).and_then(Iterator::collect::<std::io::Result<Vec<_>>>);
        let entries = match entries {
            Ok(entries) => entries,
            Err(error) => {
                chosen.failures.push(Failure::open(&folder, &error));
                continue;
            }
        };
        for entry in entries.iter().filter(|entry| !entry.file_name().as_encoded_bytes().starts_with(b".")) {
            let path = entry.path();
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "kdl") && !path.is_dir() {
                found.push(path);
            }
        }
    }
    found.sort();
    chosen.files.append(&mut found);
}

/// A path as the user would write it from here.
pub(super) fn shown(path: &Path) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(&here).unwrap_or(path).display().to_string()
}
