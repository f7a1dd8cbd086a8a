//! The files of a bundle.

use hlc_diag::{Code, Diagnostic, Severity, Span};
use sha2::{Digest as _, Sha256};

use super::SourceFile;
use crate::concept;
use crate::inputs::DirEntry;
use crate::resolve::Resolver;

pub(crate) static CODES: &[&Code] = &[
    &BUNDLE_FILE,
    &ENV_VALUE,
    &super::traefik::NO_FORWARD_AUTH,
    &super::traefik::GATEWAY_ADDRESS,
    &crate::concept::compose::COMPOSE_FILE,
];

/// A file or folder of a bundle that cannot be used.
pub(crate) static BUNDLE_FILE: Code = Code {
    id: "HLC0861",
    name: "bundle-file",
    severity: Severity::Error,
    summary: "a file for a server that cannot be read",
    explain: "Bundles and cloud-init files lie in the project: their paths start at the root file's folder and stay inside it. They \
              are text; a bundle holds 10,000 files at most.",
    bad: "hetzner token=(secret)HCLOUD_TOKEN {\n    (existing)ssh-key \"laptop\"\n    server \"edge\" type=\"cpx21\" \
          image=\"ubuntu-24.04\" location=\"ash\" cloud-init=\"edge/cloud-init.yml\" {\n        ssh key=\"laptop\"\n    }\n}",
    good: "hetzner token=(secret)HCLOUD_TOKEN {\n    (existing)ssh-key \"laptop\"\n    server \"edge\" type=\"cpx21\" \
           image=\"ubuntu-24.04\" location=\"ash\" {\n        ssh key=\"laptop\"\n    }\n}",
};

/// A variable that is not one value.
pub(crate) static ENV_VALUE: Code = Code {
    id: "HLC0871",
    name: "env-value",
    severity: Severity::Error,
    summary: "a variable that is not one value",
    explain: "A file of variables holds one text for each name: a text, a number, a boolean, a reference or a secret.",
    bad: "hetzner token=(secret)HCLOUD_TOKEN {\n    (existing)ssh-key \"laptop\"\n    server \"edge\" type=\"cpx21\" \
          image=\"ubuntu-24.04\" location=\"ash\" {\n        ssh key=\"laptop\"\n        bundle \"edge\" from=\"edge\" \
          to=\"/etc/edge\" { env-file \".env\" { HOSTS { - a b } } }\n    }\n}",
    good: "hetzner token=(secret)HCLOUD_TOKEN {\n    (existing)ssh-key \"laptop\"\n    server \"edge\" type=\"cpx21\" \
           image=\"ubuntu-24.04\" location=\"ash\" {\n        ssh key=\"laptop\"\n        bundle \"edge\" from=\"edge\" \
           to=\"/etc/edge\" { env-file \".env\" { HOSTS \"a b\" } }\n    }\n}",
};

/// The most files that a bundle may hold.
const MAX_FILES: usize = 10_000;

/// The finding about a file that cannot be read.
pub(super) fn unreadable(path: &str, reason: &str, span: Span) -> Diagnostic {
    Diagnostic::new(&BUNDLE_FILE, span, format!("`{path}` cannot be read: {reason}"))
        .help("paths start at the root file's folder")
}

/// Every file below the bundle's folder, ordered by path; `None` after reporting.
pub(super) fn source_files(resolver: &Resolver<'_>, bundle: &concept::Bundle) -> Option<Vec<SourceFile>> {
    let root = bundle.from.value.trim_end_matches('/');
    let report = |path: &str, reason: &str| resolver.report(unreadable(path, reason, bundle.from.span));
    if let Some(fault) = crate::load::path_fault(root) {
        report(root, fault);
        return None;
    }
    let mut files = Vec::new();
    let mut folders = vec![String::new()];
    while let Some(folder) = folders.pop() {
        let place = if folder.is_empty() { root.to_owned() } else { format!("{root}/{folder}") };
        let entries = match resolver.list(&place) {
            Ok(entries) => entries,
            Err(reason) => {
                report(&place, &reason);
                return None;
            }
        };
        for entry in entries {
            let (DirEntry::File(name) | DirEntry::Dir(name)) = &entry;
            if name.starts_with('.') {
                continue;
            }
            let path = if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
            match entry {
                DirEntry::Dir(_) => folders.push(path),
                DirEntry::File(_) => files.push(read(resolver, root, path, bundle)?),
            }
        }
        if files.len() > MAX_FILES {
            report(root, &format!("it holds more than {MAX_FILES} files"));
            return None;
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Some(files)
}

fn read(resolver: &Resolver<'_>, root: &str, path: String, bundle: &concept::Bundle) -> Option<SourceFile> {
    let source = format!("{root}/{path}");
    match resolver.text(&source) {
        Ok(text) => {
            let sha256 = Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
            // Git keeps no other permission either.
            let mode = if text.starts_with("#!") { "0755" } else { "0644" };
            Some(SourceFile { path, source, sha256, mode })
        }
        Err(reason) => {
            resolver.report(unreadable(&source, &reason, bundle.from.span));
            None
        }
    }
}
