//! Dependencies point one way, and the pure crates touch nothing outside.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may stop")]

use std::fs;
use std::path::{Path, PathBuf};

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package};
use hlc_tests_system::repository;

/// From what everything may use to what uses everything.
const LAYERS: [&str; 4] = ["lang", "compiler", "runtime", "cli"];

/// What a pure crate has no business with. Addresses (`std::net::Ipv4Addr`) are values, so of `std::net` only what talks.
const OUTSIDE: [&str; 14] = [
    "std::fs",
    "std::process",
    "std::env",
    "std::time",
    "std::thread",
    "std::os",
    "TcpStream",
    "TcpListener",
    "UdpSocket",
    "UnixStream",
    "ToSocketAddrs",
    "tokio",
    "reqwest",
    "rustix",
];

fn metadata() -> Metadata {
    let manifest = repository().join("Cargo.toml");
    MetadataCommand::new().manifest_path(manifest).no_deps().other_options(vec!["--offline".to_owned()]).exec().unwrap()
}

/// The layer of a crate, by its folder; `None` for crates of tests.
fn layer(manifest: &Path) -> Option<usize> {
    let folder = manifest.strip_prefix(repository()).ok()?.components().next()?;
    LAYERS.iter().position(|layer| folder.as_os_str() == *layer)
}

fn layered(package: &Package) -> Option<usize> {
    layer(&PathBuf::from(package.manifest_path.as_str()).canonicalize().unwrap())
}

/// The arrows that run backwards, as far as `metadata` has them.
fn backward(metadata: &Metadata) -> Vec<String> {
    let mut wrong = Vec::new();
    for package in &metadata.packages {
        let Some(from) = layered(package) else { continue };
        for dependency in &package.dependencies {
            let Some(path) = dependency.path.as_ref().filter(|_| dependency.kind != DependencyKind::Development) else {
                continue;
            };
            let to = layer(&PathBuf::from(path.as_str()).join("Cargo.toml").canonicalize().unwrap());
            if to.is_none_or(|to| to > from) {
                wrong.push(format!("{} -> {}", package.name, dependency.name));
            }
        }
    }
    wrong
}

#[test]
fn dependencies_point_one_way() {
    let metadata = metadata();
    let layers: Vec<usize> = metadata.packages.iter().filter_map(layered).collect();
    for (layer, name) in LAYERS.iter().enumerate() {
        assert!(layers.contains(&layer), "no crate in {name}/");
    }
    assert_eq!(backward(&metadata), [""; 0], "lang <- compiler <- runtime <- cli");
}

#[test]
fn an_arrow_that_runs_back_is_seen() {
    let mut document = serde_json::to_value(metadata()).unwrap();
    let packages = document["packages"].as_array_mut().unwrap();
    let uses_the_model =
        |dependency: &&serde_json::Value| dependency["name"] == "hlc-model" && dependency["kind"] != "dev";
    let find =
        |package: &serde_json::Value| package["dependencies"].as_array().unwrap().iter().find(uses_the_model).cloned();
    let arrow = packages.iter().find_map(find).unwrap();
    let diag = packages.iter_mut().find(|package| package["name"] == "hlc-diag").unwrap();
    diag["dependencies"].as_array_mut().unwrap().push(arrow);
    assert_eq!(backward(&serde_json::from_value(document).unwrap()), ["hlc-diag -> hlc-model"]);
}

/// A simulator that shared a type with the provider it tests would share its misreadings too. Its tests share none either, but
/// for the contracts.
#[test]
fn simulators_know_nothing_of_the_rest() {
    let metadata = metadata();
    let simulators = metadata.packages.iter().find(|package| package.name.as_str() == "hlc-sim").unwrap();
    let of_hlc = simulators.dependencies.iter().map(|it| it.name.as_str()).filter(|name| name.starts_with("hlc"));
    assert_eq!(of_hlc.collect::<Vec<_>>(), ["hlc-tests-contracts"]);
}

#[test]
fn only_the_language_server_knows_the_protocol() {
    for package in &metadata().packages {
        let knows = package
            .dependencies
            .iter()
            .any(|it| matches!(it.name.as_str(), "lsp-server" | "gen-lsp-types" | "lsp-types"));
        assert!(!knows || package.name.as_str() == "hlc-lsp", "{} knows the editor's protocol", package.name);
    }
}

/// The Rust files below a folder, those of tests and benchmarks left out.
fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let is_test = ["tests", "tests.rs", "benches", "examples", "build.rs"].iter().any(|name| path.ends_with(name));
        if path.is_dir() && !is_test {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") && !is_test {
            found.push(path);
        }
    }
}

/// The code of a file before its tests, without comments. A `{` may stand open: this is for words, not for structure.
fn code(text: &str) -> String {
    let before_tests = text.split("#[cfg(test)]\nmod ").next().unwrap_or(text);
    let lines = before_tests.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn pure_crates_touch_nothing_outside() {
    let mut files = Vec::new();
    for pure in ["lang", "compiler"] {
        sources(&repository().join(pure), &mut files);
    }
    assert!(files.len() > 20, "{files:?}");
    let mut wrong = Vec::new();
    for file in files {
        let code = code(&fs::read_to_string(&file).unwrap());
        for word in OUTSIDE.iter().filter(|word| code.contains(*word)) {
            wrong.push(format!("{}: {word}", file.strip_prefix(repository()).unwrap().display()));
        }
    }
    assert_eq!(wrong, [""; 0], "the compiler's only door is `Inputs`");
}

#[test]
fn the_scan_sees_what_it_looks_for() {
    assert!(code("use std::fs;\n").contains("std::fs"));
    assert!(!code("// std::fs\n/// std::fs\n").contains("std::fs"));
    assert!(!code("fn a() {}\n\n#[cfg(test)]\nmod tests { use std::fs; }").contains("std::fs"));
    assert_eq!(layer(&repository().join("runtime/hlc-delivery/Cargo.toml")), Some(2));
    assert_eq!(layer(&repository().join("tests/system/Cargo.toml")), None);
}
