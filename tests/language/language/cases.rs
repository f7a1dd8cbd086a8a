//! Whole projects with snapshots of what they report and of what they become.
//!
//! Each folder below cases/ is a project. `cargo insta review` shows and accepts changes.

use std::fmt::Write as _;
use std::path::Path;

use hlc_plan::{Ownership, PlannedResource};
use hlc_schema::{Data, DataValue};
use hlc_tests_language::{project, rendered, repository};
use libtest_mimic::Trial;

use crate::Outcome;

pub(crate) fn trials() -> Vec<Trial> {
    let folder = repository().join("tests/language/cases");
    let mut names: Vec<_> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name())
        .collect();
    names.sort();
    names
        .into_iter()
        .map(|name| {
            let path = folder.join(&name);
            let name = name.to_string_lossy().into_owned();
            Trial::test(format!("cases::{name}"), move || case(&name, &path))
        })
        .collect()
}

/// A resource as text: what it is, what it comes after, and its properties.
pub(crate) fn planned(resource: &PlannedResource) -> String {
    let ownership = match resource.ownership {
        Ownership::Managed => "",
        Ownership::Adopted => " (adopted)",
        Ownership::Existing => " (existing)",
    };
    let mut text = format!("--- {}{ownership}\n", resource.address);
    for before in &resource.depends_on {
        let _ = writeln!(text, "# after {before}");
    }
    if let Some(was) = &resource.was {
        let _ = writeln!(text, "# was {}", was.value);
    }
    if resource.protected {
        text.push_str("# protected\n");
    }
    let properties = Data::new(DataValue::Map(resource.properties.clone()), resource.origin);
    text + &hlc_kube::data_to_yaml(&properties)
}

fn case(name: &str, path: &Path) -> Outcome {
    let compilation = hlc_model::compile(&project(path), "homelab.kdl");
    let mut text = rendered(&compilation);
    if let Some(plan) = &compilation.plan {
        for (path, yaml) in hlc_kube::output_tree(plan).iter() {
            let _ = write!(text, "--- {path}\n{yaml}");
        }
        for resource in plan.stacks.iter().flat_map(|stack| &stack.resources) {
            text.push_str(&planned(resource));
        }
    }
    snapshot(name, &text);
    Ok(())
}

/// Holds a text against the snapshot of this name in cases/.
pub(crate) fn snapshot(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(repository().join("tests/language/cases"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}
