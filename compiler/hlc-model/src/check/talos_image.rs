//! Images say what is in them, can be made disks of, and are used.

use std::collections::BTreeSet;

use hlc_diag::{Code, Diagnostic, Severity};
use hlc_schema::Node as _;

use super::{Check, Facts};
use crate::concept::{Image, Talos};
use crate::stack::talos::Cluster;

pub(super) const CHECK: Check = Check { codes: &[&IMAGE_CONTENT, &IMAGE_IMPORT, &UNUSED_IMAGE], run };

/// An image that says twice what is in it, or what no factory knows.
pub(crate) static IMAGE_CONTENT: Code = Code {
    id: "HLC0803",
    name: "image-content",
    severity: Severity::Error,
    summary: "an image that does not say clearly what is in it",
    explain: "What is in an image is said by `extensions`, of which hlc makes the schematic, or by the id of a `schematic` that \
              the Image Factory knows; never by both, which could disagree. An extension is named as in the factory's list: \
              `iscsi-tools` is `siderolabs/iscsi-tools`.",
    bad: "talos \"home\" version=\"v1.12.4\" kubernetes-version=\"v1.35.0\" on=\"pve\" network=\"lan\" {\n    image \"base\" \
          schematic=\"376567988ad370138ad8b2698212367b8edcb69b5fd68c80be1f2ec7d603b4ba\" { extensions iscsi-tools; }\n    machine \
          \"one\" ip=\"192.168.1.211\" role=\"control-plane\" image=\"base\" cores=4 memory=\"6GiB\" disk=\"30GiB\"\n}",
    good: "talos \"home\" version=\"v1.12.4\" kubernetes-version=\"v1.35.0\" on=\"pve\" network=\"lan\" {\n    image \"base\" { \
           extensions iscsi-tools; }\n    machine \"one\" ip=\"192.168.1.211\" role=\"control-plane\" image=\"base\" cores=4 \
           memory=\"6GiB\" disk=\"30GiB\"\n}",
};

/// An image that only root can make disks of.
pub(crate) static IMAGE_IMPORT: Code = Code {
    id: "HLC0804",
    name: "image-import",
    severity: Severity::Error,
    summary: "an image that this Proxmox user cannot make disks of",
    explain: "Proxmox decompresses only `iso` content, and makes disks of `import` content. A compressed image therefore has \
              to be named by its path on the host, which Proxmox allows `root@pam` alone, logged in with a password. The \
              format `qcow2` is taken as it is, by any user with the rights.",
    bad: "proxmox \"home\" url=\"https://192.168.1.235:8006\" user=\"hlc@pve!apply\" token=(secret)PROXMOX_TOKEN\ntalos \"home\" \
          version=\"v1.12.4\" kubernetes-version=\"v1.35.0\" on=\"home\" network=\"lan\" {\n    image \"base\" \
          format=\"raw.gz\"\n    machine \"one\" ip=\"192.168.1.211\" role=\"control-plane\" image=\"base\" cores=4 \
          memory=\"6GiB\" disk=\"30GiB\"\n}",
    good: "proxmox \"home\" url=\"https://192.168.1.235:8006\" user=\"hlc@pve!apply\" token=(secret)PROXMOX_TOKEN\ntalos \"home\" \
           version=\"v1.12.4\" kubernetes-version=\"v1.35.0\" on=\"home\" network=\"lan\" {\n    image \"base\" \
           format=\"qcow2\"\n    machine \"one\" ip=\"192.168.1.211\" role=\"control-plane\" image=\"base\" cores=4 \
           memory=\"6GiB\" disk=\"30GiB\"\n}",
};

/// An image for no machine.
pub(crate) static UNUSED_IMAGE: Code = Code {
    id: "HLC0805",
    name: "unused-image",
    severity: Severity::Warning,
    summary: "an image that no machine starts from",
    explain: "It is not downloaded either: an image lies on the hosts of the machines that start from it.",
    bad: "talos \"home\" version=\"v1.12.4\" kubernetes-version=\"v1.35.0\" on=\"pve\" network=\"lan\" {\n    image \"base\"\n    \
          image \"gpu\"\n    machine \"one\" ip=\"192.168.1.211\" role=\"control-plane\" image=\"base\" cores=4 memory=\"6GiB\" \
          disk=\"30GiB\"\n}",
    good: "talos \"home\" version=\"v1.12.4\" kubernetes-version=\"v1.35.0\" on=\"pve\" network=\"lan\" {\n    image \"base\"\n    \
           machine \"one\" ip=\"192.168.1.211\" role=\"control-plane\" image=\"base\" cores=4 memory=\"6GiB\" disk=\"30GiB\"\n}",
};

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let whole = !facts.model.faults.kinds.contains(Talos::decl().name);
    for talos in &facts.model.talos {
        let used: BTreeSet<&str> = talos.machines().iter().map(|machine| machine.image.name.as_str()).collect();
        // A machine that names an image which is not there may mean any of those that are.
        let named = talos.image.iter().map(|image| image.name.name.as_str()).collect();
        let whole = whole && used.is_subset(&named);
        for image in &talos.image {
            content(image, found);
            if whole && !used.contains(image.name.name.as_str()) && !facts.is_repeated(image.name.span) {
                let message = format!("no machine starts from image `{}`", image.name.name);
                found.push(
                    Diagnostic::new(&UNUSED_IMAGE, image.name.span, message).help("remove it, or name it in a pool"),
                );
            }
        }
    }
    for cluster in Cluster::all(facts.model) {
        let user = &cluster.proxmox.user;
        for image in cluster.talos.image.iter().filter(|_| !user.value.is_root()) {
            if let Some(format) = image.format.filter(|format| format.value.compression().is_some()) {
                let message = format!("only `root@pam` can make disks of image `{}`", image.name.name);
                found.push(
                    Diagnostic::new(&IMAGE_IMPORT, format.span, message)
                        .here("Proxmox decompresses it, and then knows it by its path alone")
                        .label(user.span, "this user logs in")
                        .help("write `format=\"qcow2\"`, which is the default")
                        .suggest("write `\"qcow2\"`", format.span, "\"qcow2\""),
                );
            }
        }
    }
}

fn content(image: &Image, found: &mut Vec<Diagnostic>) {
    if let (Some(schematic), Some(extension)) = (&image.schematic, image.extensions.first()) {
        let message = format!("image `{}` says twice what is in it", image.name.name);
        found.push(
            Diagnostic::new(&IMAGE_CONTENT, schematic.span, message)
                .label(extension.span, "and here")
                .help("keep the extensions: hlc makes the schematic's id of them"),
        );
    }
    for extension in &image.extensions {
        let is_word = |word: &str| {
            let inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_' | '.');
            word.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit()) && word.chars().all(inner)
        };
        let parts = extension.value.split('/');
        if parts.clone().count() > 2 || !parts.into_iter().all(is_word) {
            let message = format!("`{}` is no name of an extension", extension.value);
            found.push(
                Diagnostic::new(&IMAGE_CONTENT, extension.span, message).help(
                    "such as `iscsi-tools`, or with its owner `siderolabs/iscsi-tools`; versions come with Talos",
                ),
            );
        }
    }
}
