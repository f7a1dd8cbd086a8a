//! The Renovate manager of `docs/charts.md` reads the versions of the sample homelab.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may stop")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use hlc_tests_system::repository;
use regex::Regex;

/// The patterns of the page, those of HTTP repositories before those of registries.
fn patterns() -> Vec<Regex> {
    let page = fs::read_to_string(repository().join("docs/charts.md")).unwrap();
    let (_, rest) = page.split_once("<!-- renovate -->\n```json\n").unwrap();
    let json: serde_json::Value = serde_json::from_str(rest.split_once("```").unwrap().0).unwrap();
    let managers = json["customManagers"].as_array().unwrap();
    managers.iter().map(|manager| Regex::new(manager["matchStrings"][0].as_str().unwrap()).unwrap()).collect()
}

fn kdl(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            kdl(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "kdl") {
            found.push(path);
        }
    }
}

#[test]
fn every_chart_of_the_sample_with_a_repository_of_its_own_is_read() {
    let mut files = Vec::new();
    ["core", "workloads"].iter().for_each(|folder| kdl(&repository().join(folder), &mut files));
    let [http, _] = patterns().try_into().unwrap();
    let line = Regex::new("(?m)^ *chart \"([^\"]+)\" version=\"([^\"]+)\"").unwrap();
    let (mut all, mut read) = (BTreeSet::new(), BTreeSet::new());
    for file in files {
        let text = fs::read_to_string(file).unwrap();
        all.extend(line.captures_iter(&text).map(|chart| (chart[1].to_owned(), chart[2].to_owned())));
        for chart in http.captures_iter(&text) {
            assert!(chart["registryUrl"].starts_with("https://"));
            read.insert((chart["depName"].to_owned(), chart["currentValue"].to_owned()));
        }
    }
    // Those of a `repository` with a name.
    let left: Vec<&str> = all.difference(&read).map(|(name, _)| name.as_str()).collect();
    assert_eq!(left, ["infisical-standalone", "secrets-operator"]);
    assert!(read.is_subset(&all) && read.len() >= 20, "{read:?}");
}

#[test]
fn registries_are_read() {
    let [http, oci] = patterns().try_into().unwrap();
    let text = "chart \"web\" version=\"1.2.3\" repo=\"oci://registry.example.net/charts/\" deliver=\"argocd\"";
    let chart = oci.captures(text).unwrap();
    assert_eq!(
        (&chart["depName"], &chart["currentValue"], &chart["registry"]),
        ("web", "1.2.3", "registry.example.net/charts")
    );
    assert!(!http.is_match(text));
}
