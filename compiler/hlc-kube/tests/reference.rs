//! Comparisons with what other tools made: rendered manifests, and the CRDs of well-known projects.
//!
//! Both lie outside the repository, in the folder that `HLC_SHARED` names or in `shared` beside the repository. Where it
//! is missing these tests count as ignored; on CI (`CI=true`) that is a failure.

#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use hlc_diag::{FileId, Span};
use hlc_schema::Data;
use libtest_mimic::{Arguments, Failed, Trial};

fn main() {
    let arguments = Arguments::from_args();
    let trials = vec![
        trial("manifests_are_written_byte_for_byte", "reference/golden", manifests),
        trial("manifests_pass_validation", "reference/golden", valid_manifests),
        trial("custom_kinds_are_as_their_definitions_say", "contracts/crds", custom_kinds),
    ];
    libtest_mimic::run(&arguments, trials).exit();
}

fn trial(name: &str, folder: &str, run: fn(&Path) -> Result<(), Failed>) -> Trial {
    let root = std::env::var_os("HLC_SHARED")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"), PathBuf::from);
    let folder = root.join(folder);
    let skipped = !folder.is_dir() && std::env::var("CI").as_deref() != Ok("true");
    Trial::test(name, move || run(&folder)).with_ignored_flag(skipped)
}

fn span() -> Span {
    Span::new(FileId::new(0), 0, 0)
}

/// All files below a folder, ordered.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { open.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    found
}

fn manifests(folder: &Path) -> Result<(), Failed> {
    let mut differing = Vec::new();
    let files = files(folder);
    for path in &files {
        let text = std::fs::read_to_string(path)?;
        match hlc_kube::data_from_yaml(&text, span()) {
            Ok(data) if hlc_kube::to_yaml(&data) == text => {}
            Ok(_) => differing.push(format!("{} is written differently", path.display())),
            Err(error) => differing.push(format!("{}: {error}", path.display())),
        }
    }
    if files.len() < 400 {
        return Err(format!("only {} files", files.len()).into());
    }
    if differing.is_empty() { Ok(()) } else { Err(differing.join("\n").into()) }
}

/// Findings that are true of the rendered manifests, as `file code message`.
const TRUE_FINDINGS: &[&str] = &[];

fn valid_manifests(folder: &Path) -> Result<(), Failed> {
    let mut found = Vec::new();
    for path in files(folder) {
        let text = std::fs::read_to_string(&path)?;
        let object = hlc_kube::data_from_yaml(&text, span()).map_err(|error| error.to_string())?;
        let text_at = |key: &str| object.get(key).and_then(Data::as_str).unwrap();
        let name = path.file_name().unwrap().to_string_lossy();
        for finding in hlc_kube::validate(text_at("apiVersion"), text_at("kind"), &object) {
            found.push(format!("{name} {} {}", finding.code.id, finding.message));
        }
    }
    if found == TRUE_FINDINGS { Ok(()) } else { Err(found.join("\n").into()) }
}

/// Kinds whose definitions are not at hand; their rows rest on the projects' documentation.
const UNCHECKED: &[&str] = &[
    "AlertmanagerConfig",
    "Alertmanager",
    "CertificateRequest",
    "CiliumBGPAdvertisement",
    "CiliumBGPClusterConfig",
    "CiliumBGPPeerConfig",
    "CiliumCIDRGroup",
    "CiliumClusterwideEnvoyConfig",
    "CiliumClusterwideNetworkPolicy",
    "CiliumEgressGatewayPolicy",
    "CiliumEnvoyConfig",
    "CiliumLocalRedirectPolicy",
    "CiliumNetworkPolicy",
    "CleanupPolicy",
    "ClusterCleanupPolicy",
    "Policy",
    "Pooler",
    "Prometheus",
    "ScrapeConfig",
    "ThanosRuler",
    "VMAlertmanagerConfig",
    "VMCluster",
];

fn custom_kinds(folder: &Path) -> Result<(), Failed> {
    // (kind, group) to scope and served versions, over all releases at hand.
    let mut facts: BTreeMap<(String, String), (Option<bool>, BTreeSet<String>)> = BTreeMap::new();
    for path in files(folder) {
        let text = std::fs::read_to_string(&path)?;
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        if path.extension().is_some_and(|extension| extension == "json") {
            // JSON schemas made of CRDs say group and version by their place only: cilium-…/kind_version.json.
            let (kind, version) = name.split_once('_').unwrap();
            let kind = hlc_kube::kinds().find(|info| info.kind.to_lowercase() == kind);
            let kind = kind.ok_or_else(|| format!("{name}: a kind without a row"))?;
            let fact = facts.entry((kind.kind.to_owned(), "cilium.io".to_owned())).or_default();
            fact.1.insert(version.to_owned());
            continue;
        }
        let crd = hlc_kube::data_from_yaml(&text, span()).map_err(|error| format!("{}: {error}", path.display()))?;
        let text_at = |path: &[&str]| crd.at(path).and_then(Data::as_str).unwrap().to_owned();
        let fact = facts.entry((text_at(&["spec", "names", "kind"]), text_at(&["spec", "group"]))).or_default();
        fact.0 = Some(text_at(&["spec", "scope"]) == "Namespaced");
        for version in crd.at(&["spec", "versions"]).and_then(Data::as_list).unwrap() {
            if version.get("served").is_some_and(|served| served.value == hlc_schema::DataValue::Bool(true)) {
                fact.1.insert(version.get("name").and_then(Data::as_str).unwrap().to_owned());
            }
        }
    }
    let mut wrong = Vec::new();
    let mut unchecked = BTreeSet::new();
    for info in hlc_kube::kinds().filter(|info| !info.has_schema()) {
        match facts.get(&(info.kind.to_owned(), info.group().to_owned())) {
            None => {
                unchecked.insert(info.kind);
            }
            Some((scope, versions)) => {
                if scope.is_some_and(|namespaced| namespaced != info.namespaced) || !versions.contains(info.version()) {
                    wrong.push(format!("{info:?}: {scope:?} {versions:?}"));
                }
            }
        }
    }
    let expected: BTreeSet<_> = UNCHECKED.iter().copied().collect();
    if unchecked != expected {
        wrong.push(format!("unchecked: {:?}", unchecked.symmetric_difference(&expected).collect::<Vec<_>>()));
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n").into()) }
}
