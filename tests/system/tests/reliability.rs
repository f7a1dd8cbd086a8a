//! Every test that docs/reliability.md names is there.

#![allow(clippy::unwrap_used, reason = "a test may stop")]

use std::fs;
use std::path::{Path, PathBuf};

use hlc_tests_system::repository;

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn the_tests_that_are_named_exist() {
    let root = repository();
    let mut files = Vec::new();
    for folder in ["runtime/hlc-engine", "runtime/hlc-providers/tests", "compiler/hlc-change", "cli/hlc/tests/stack"] {
        sources(&root.join(folder), &mut files);
    }
    let texts: Vec<(PathBuf, String)> =
        files.into_iter().map(|path| (path.clone(), fs::read_to_string(path).unwrap())).collect();
    let page = fs::read_to_string(root.join("docs/reliability.md")).unwrap();
    let rows = page.lines().filter(|line| line.starts_with("| ")).skip_while(|line| !line.contains("harness:"));
    let mut named = 0;
    for row in rows.skip(1) {
        for name in row.split('`').skip(1).step_by(2) {
            let is_there = match name.rsplit_once("::") {
                // All tests of a file.
                Some((file, "…")) => texts.iter().any(|(path, _)| path.ends_with(format!("{file}.rs"))),
                Some((_, test)) => texts.iter().any(|(_, text)| text.contains(&format!("fn {test}("))),
                None if name.ends_with(".rs") => texts.iter().any(|(path, _)| path.ends_with(name)),
                None if name.starts_with("hlc-") => {
                    root.join("compiler").join(name).is_dir() || root.join("runtime").join(name).is_dir()
                }
                None => texts.iter().any(|(_, text)| text.contains(&format!("fn {name}"))),
            };
            assert!(is_there, "docs/reliability.md names `{name}`, and there is no such test");
            named += 1;
        }
    }
    assert!(named > 30, "the page was not read: {named}");
}
