//! The pages in docs/ that are made from declarations are what the declarations say.
//!
//! `HLC_UPDATE=1 cargo test -p hlc-tests-language` writes them.

use std::collections::BTreeSet;

use hlc_tests_language::repository;
use libtest_mimic::Trial;

use crate::Outcome;

const FOLDERS: [&str; 2] = ["diagnostics", "language"];

pub(crate) fn trials() -> Vec<Trial> {
    let mut trials = vec![Trial::test("documentation::pages", pages)];
    let root = repository();
    let folders = [root.join("docs"), root.join("docs/stacks")].map(|folder| std::fs::read_dir(folder).unwrap());
    let docs = folders.into_iter().flatten().map(|entry| entry.unwrap().path());
    let mut written: Vec<_> = docs.filter(|path| path.extension().is_some_and(|extension| extension == "md")).collect();
    written.extend([root.join("README.md"), root.join("ARCHITECTURE.md")]);
    written.sort();
    for path in written {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        for example in crate::spec::examples(&std::fs::read_to_string(&path).unwrap()) {
            trials.push(Trial::test(format!("documentation::{name}::line_{}", example.line), move || {
                compiles(&example.kdl)
            }));
        }
    }
    trials
}

/// KDL in a page that people read compiles.
fn compiles(kdl: &str) -> Outcome {
    let compilation = hlc_tests_language::example(kdl);
    if compilation.plan.is_some() { Ok(()) } else { Err(hlc_tests_language::rendered(&compilation).into()) }
}

fn pages() -> Outcome {
    let docs = repository().join("docs");
    let update = std::env::var_os("HLC_UPDATE").is_some();
    let pages = hlc_model::docs::pages();
    let wanted: BTreeSet<&str> = pages.iter().map(|(path, _)| path.as_str()).collect();
    let mut stale = Vec::new();
    for folder in FOLDERS {
        let path = docs.join(folder);
        if update {
            std::fs::create_dir_all(&path)?;
        }
        for entry in std::fs::read_dir(&path)? {
            let name = format!("{folder}/{}", entry?.file_name().to_string_lossy());
            if !wanted.contains(name.as_str()) {
                if update {
                    std::fs::remove_file(docs.join(&name))?;
                } else {
                    stale.push(name);
                }
            }
        }
    }
    for (path, text) in &pages {
        let file = docs.join(path);
        if std::fs::read_to_string(&file).ok().as_ref() == Some(text) {
            continue;
        }
        if update {
            std::fs::write(&file, text)?;
        } else {
            stale.push(path.clone());
        }
    }
    if stale.is_empty() {
        return Ok(());
    }
    Err(format!("out of date: {}; run `HLC_UPDATE=1 cargo test -p hlc-tests-language`", stale.join(", ")).into())
}
