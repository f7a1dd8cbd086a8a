//! Patches are for something that the machine config has.

use std::collections::BTreeMap;

use hlc_diag::{Code, Diagnostic, Severity, Span};
use hlc_schema::FreeBlock;
use hlc_schema::free::{FreeEntry, FreeKind};
use hlc_schema::suggest::{list_names, nearest};

use super::{Check, Facts};
use crate::stack::talos::{DocumentId, entries, patches};

pub(super) const CHECK: Check = Check { codes: &[&PATCH_KEY, &PATCH_DOCUMENT], run };

/// A key that the machine config does not have.
pub(crate) static PATCH_KEY: Code = Code {
    id: "HLC0814",
    name: "patch-key",
    severity: Severity::Warning,
    summary: "a patch of something that hlc does not know in the machine config",
    explain: "hlc knows the first two levels of the `v1alpha1` document, as of Talos 1.13. Talos refuses a configuration with a \
              key that it does not know.",
    bad: "talos \"home\" version=\"v1.12.4\" kubernetes-version=\"v1.35.0\" on=\"pve\" network=\"lan\" {\n    image \"base\"\n    \
          machine \"one\" ip=\"192.168.1.211\" role=\"control-plane\" image=\"base\" cores=4 memory=\"6GiB\" disk=\"30GiB\"\n    \
          patch { machine { sysctl \"vm.max_map_count\"=\"262144\" } }\n}",
    good: "talos \"home\" version=\"v1.12.4\" kubernetes-version=\"v1.35.0\" on=\"pve\" network=\"lan\" {\n    image \"base\"\n    \
           machine \"one\" ip=\"192.168.1.211\" role=\"control-plane\" image=\"base\" cores=4 memory=\"6GiB\" disk=\"30GiB\"\n    \
           patch { machine { sysctls \"vm.max_map_count\"=\"262144\" } }\n}",
};

/// A patch that does not say which document it is for, or one of two for the same.
pub(crate) static PATCH_DOCUMENT: Code = Code {
    id: "HLC0816",
    name: "patch-document",
    severity: Severity::Error,
    summary: "a patch that does not say clearly which document it is for",
    explain: "Without `kind` a patch is for the `v1alpha1` document, with its parts `machine` and `cluster`. A patch for another \
              document has its `apiVersion` and `kind`, and its `name` if it has one. In one place there is one patch for \
              each document: of two, nobody could say which comes first.",
    bad: "talos \"home\" version=\"v1.12.4\" kubernetes-version=\"v1.35.0\" on=\"pve\" network=\"lan\" {\n    image \"base\"\n    \
          machine \"one\" ip=\"192.168.1.211\" role=\"control-plane\" image=\"base\" cores=4 memory=\"6GiB\" disk=\"30GiB\"\n    \
          patch kind=WatchdogTimerConfig device=\"/dev/watchdog0\"\n}",
    good: "talos \"home\" version=\"v1.12.4\" kubernetes-version=\"v1.35.0\" on=\"pve\" network=\"lan\" {\n    image \"base\"\n    \
           machine \"one\" ip=\"192.168.1.211\" role=\"control-plane\" image=\"base\" cores=4 memory=\"6GiB\" disk=\"30GiB\"\n    \
           patch apiVersion=v1alpha1 kind=WatchdogTimerConfig device=\"/dev/watchdog0\"\n}",
};

/// The parts of the `v1alpha1` document (Talos, `v1alpha1.Config`).
const DOCUMENT: &[&str] = &["version", "debug", "persist", "machine", "cluster"];

/// What `machine` holds, what is deprecated included (Talos, `v1alpha1.MachineConfig`).
const MACHINE: &[&str] = &[
    "type",
    "token",
    "ca",
    "acceptedCAs",
    "certSANs",
    "controlPlane",
    "kubelet",
    "pods",
    "network",
    "disks",
    "install",
    "files",
    "env",
    "time",
    "sysctls",
    "sysfs",
    "registries",
    "systemDiskEncryption",
    "features",
    "udev",
    "logging",
    "kernel",
    "seccompProfiles",
    "baseRuntimeSpecOverrides",
    "nodeLabels",
    "nodeAnnotations",
    "nodeTaints",
];

/// What `cluster` holds (Talos, `v1alpha1.ClusterConfig`).
const CLUSTER: &[&str] = &[
    "id",
    "secret",
    "controlPlane",
    "clusterName",
    "network",
    "token",
    "aescbcEncryptionSecret",
    "secretboxEncryptionSecret",
    "ca",
    "acceptedCAs",
    "aggregatorCA",
    "serviceAccount",
    "apiServer",
    "controllerManager",
    "proxy",
    "scheduler",
    "discovery",
    "etcd",
    "coreDNS",
    "externalCloudProvider",
    "extraManifests",
    "extraManifestHeaders",
    "inlineManifests",
    "adminKubeconfig",
    "allowSchedulingOnControlPlanes",
];

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for place in facts.model.talos.iter().flat_map(patches) {
        let mut seen: BTreeMap<DocumentId, Span> = BTreeMap::new();
        for block in place {
            let id = DocumentId::written(&block.value);
            known_keys(block, &id, found);
            match seen.get(&id) {
                Some(first) => found.push(
                    Diagnostic::new(&PATCH_DOCUMENT, block.head, "there are two patches for one document in one place")
                        .label(*first, "the first is here")
                        .help("put both into one `patch` block"),
                ),
                None => {
                    seen.insert(id, block.head);
                }
            }
        }
    }
}

fn known_keys(block: &FreeBlock, id: &DocumentId, found: &mut Vec<Diagnostic>) {
    let top = entries(&block.value);
    let has_bases = matches!(&block.value.kind, FreeKind::Map { bases, .. } if !bases.is_empty());
    if !id.is_v1alpha1() {
        if !has_bases && !top.iter().any(|entry| entry.key == "apiVersion") {
            let message = format!("the patch for `{}` has no `apiVersion`", id.kind);
            found.push(
                Diagnostic::new(&PATCH_DOCUMENT, block.head, message)
                    .help("add `apiVersion=v1alpha1`, which is that of all documents so far"),
            );
        }
        return;
    }
    if has_bases {
        return; // a base may say that it is for another document
    }
    for entry in top {
        known("the machine config", DOCUMENT, entry, found);
        let (part, keys) = match entry.key.as_str() {
            "machine" => ("`machine`", MACHINE),
            "cluster" => ("`cluster`", CLUSTER),
            _ => continue,
        };
        for entry in entries(&entry.value) {
            known(part, keys, entry, found);
        }
    }
}

fn known(part: &str, keys: &[&str], entry: &FreeEntry, found: &mut Vec<Diagnostic>) {
    let key = entry.key.as_str();
    if keys.contains(&key) || key == "$patch" || (keys == DOCUMENT && key == "apiVersion") {
        return;
    }
    let diagnostic = Diagnostic::new(&PATCH_KEY, entry.key_span, format!("hlc knows no `{key}` in {part}"));
    found.push(match nearest(key, keys.iter().copied()) {
        Some(meant) => diagnostic.help(format!("did you mean `{meant}`?")).suggest(
            format!("write `{meant}`"),
            entry.key_span,
            meant.to_owned(),
        ),
        None if keys == DOCUMENT => diagnostic.help(format!("there is {}", list_names(keys, "and"))),
        None => diagnostic.help("if this is a document of its own, it lacks `apiVersion` and `kind`"),
    });
}
