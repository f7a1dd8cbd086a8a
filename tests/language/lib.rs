//! The language as its tests know it: projects in memory, and what compiling them gives.
//!
//! This crate does not link the runtime: what is specified here needs no disk and no network.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test whose fixture is broken has failed, and says so best by stopping there"
)]

use std::collections::BTreeSet;
pub mod fuzz;

use std::path::{Path, PathBuf};

use hlc_model::{Compilation, MemoryInputs};
use hlc_schema::Data;

/// The folder of the whole repository.
#[must_use]
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A folder of reference material beside the repository, where it is present.
#[must_use]
pub fn shared(path: &str) -> Option<PathBuf> {
    Some(repository().join("../shared").join(path)).filter(|path| path.exists())
}

/// A project made of the `.kdl` files below a folder and those next to them.
///
/// # Panics
/// When the folder cannot be read: a test without its input has failed.
#[must_use]
pub fn project(folder: &Path) -> MemoryInputs {
    fn walk(root: &Path, folder: &Path, inputs: &mut MemoryInputs) {
        let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        for entry in entries {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
            if path.is_dir() {
                walk(root, &path, inputs);
            } else if let Ok(text) = std::fs::read_to_string(&path) {
                inputs.insert(name, text);
            }
        }
    }
    let mut inputs = MemoryInputs::default();
    walk(folder, folder, &mut inputs);
    inputs
}

/// The sample homelab of this repository: its root file, the folders it includes and its SOPS file.
#[must_use]
pub fn sample() -> MemoryInputs {
    let root = repository();
    let mut inputs = MemoryInputs::default();
    for path in ["homelab.kdl", ".sops.yaml", "secrets/bootstrap.sops.yaml"] {
        inputs.insert(path, std::fs::read_to_string(root.join(path)).unwrap());
    }
    for folder in ["core", "edge", "workloads"] {
        let files = project(&root.join(folder));
        for path in files.paths().map(str::to_owned).collect::<Vec<_>>() {
            let text = hlc_model::Inputs::read(&files, &path).unwrap();
            inputs.insert(format!("{folder}/{path}"), text);
        }
    }
    inputs
}

/// A homelab around an example that has none of its own, so that examples show only what they are about.
const PRELUDE: &str = r#"homelab "home" domain="example.net" {
    secrets "secrets/example.sops.yaml"
    include "example.kdl"
    repository "https://github.com/example/homelab.git" branch="main" manifests="main-manifests"
    network "lan" cidr="192.168.1.0/24" gateway="192.168.1.254"
    category "apps"
}
platform {
    addon "gateway" namespace="kube-system" {
        gateway "homelab-gateway" class="cilium" ip="192.168.1.240" {
            listener "https" protocol="HTTPS" port=443 certificate="wildcard"
        }
    }
    addon "cert-manager" namespace="cert-manager" {
        issuer "home-ca" { self-signed }
        certificate "wildcard" issuer="home-ca" namespace="kube-system" { hosts "example.net" "*.example.net" }
    }
    addon "argocd" namespace="argocd" {
        delivery "workloads" generator="files" { sync prune=#true }
    }
}
proxmox "pve" url="https://pve.example.net:8006" user="root@pam" password=(secret)PROXMOX_PASSWORD
secret-store "infisical" kind="infisical" host="http://infisical.example.net" {
    identity "00000000-0000-0000-0000-000000000000"
    project "home"
    environment "prod"
    service-account "operator" namespace="infisical"
    path "/web" { keys "TOKEN" }
    path "/grafana" { keys "ADMIN_USER" "ADMIN_PASSWORD" }
}
"#;

/// Adds SOPS files beside an example: `secrets/example.sops.yaml` (also as `bootstrap`) holds every secret that it names, but for those whose name begins
/// with `ABSENT`; each of the others has one thing wrong. Their values are noise, since nothing here has a key.
fn add_secrets(text: &str, inputs: &mut MemoryInputs) {
    const VALUE: &str = "ENC[AES256_GCM,data:AAAA,iv:AAAA,tag:AAAA,type:str]";
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
    let named = text.split("(secret)").skip(1).map(|rest| rest.trim_start_matches('"'));
    let names: BTreeSet<&str> = named.map(|rest| rest.split(|c| !is_name(c)).next().unwrap_or("")).collect();
    let keys: String = names
        .iter()
        .filter(|name| !name.is_empty() && !name.starts_with("ABSENT"))
        .map(|name| format!("{name}: {VALUE}\n"))
        .collect();
    let file = |keys: &str, recipient: &str| {
        format!(
            "{keys}sops:\n    age:\n        - recipient: {recipient}\n          enc: AAAA\n    lastmodified: \
             \"2026-01-01T00:00:00Z\"\n    mac: {VALUE}\n    version: 3.13.3\n"
        )
    };
    inputs.insert(".sops.yaml", "creation_rules:\n  - path_regex: ^secrets/\n    age: age1own\n");
    for name in ["example", "bootstrap"] {
        inputs.insert(format!("secrets/{name}.sops.yaml"), file(&keys, "age1own"));
    }
    inputs.insert("secrets/spare.sops.yaml", file(&format!("{keys}SPARE: {VALUE}\n"), "age1own"));
    inputs.insert("secrets/plain.sops.yaml", file(&keys.replacen(VALUE, "not-a-real-value", 1), "age1own"));
    inputs.insert(
        "secrets/others.sops.yaml",
        file(&keys, "age1own\n          enc: AAAA\n        - recipient: age1other"),
    );
    inputs.insert("secrets/not-encrypted.yaml", "TOKEN: not-a-real-value\n");
}

/// The files of a server that examples can use, by their paths.
const EDGE: &[(&str, &str)] = &[
    (
        "edge/docker-compose.yml",
        "services:\n  traefik:\n    image: traefik:v3.3\n    ports: [\"80:80\", \"443:443\"]\n    env_file: .env\n  web:\n    image: \
         nginx:1.27\n    environment:\n      TOKEN: ${TOKEN}\n",
    ),
    ("edge/mail.yml", "services:\n  mail:\n    image: mail:1\n    ports: [\"80:80\", \"443:443\", \"25:25\"]\n"),
    (
        "edge/mounts.yml",
        "services:\n  web:\n    image: nginx:1.27\n    ports: [\"80:80\", \"443:443\"]\n    volumes: [\"./nginx.conf:/etc/nginx.conf:ro\"]\n",
    ),
    (
        "edge/traefik.yml",
        "entryPoints:\n  websecure: {address: \":443\"}\ncertificatesResolvers:\n  letsencrypt: {acme: {}}\n",
    ),
    ("edge/start-traefik.sh", "#!/bin/bash\n# web is started by hand\ndocker compose up -d traefik\n"),
    ("edge/start-all.sh", "#!/bin/bash\ndocker compose up -d\n"),
];

/// Compiles an example: by itself when it begins with a `homelab`, else as a file of the standard homelab.
#[must_use]
pub fn example(text: &str) -> Compilation {
    hlc_model::compile(&example_inputs(text), "homelab.kdl")
}

/// What `data "it"` of a compiled example holds; `None` when there is none, or it has an error.
#[must_use]
pub fn it(text: &str, compilation: &Compilation) -> Option<Data> {
    let data = hlc_model::export::data(&compilation.model);
    let it = data.iter().find(|data| (data.owner, data.name) == (None, "it"))?;
    it.resolve(&compilation.model, &example_inputs(text))
}

/// The files of an example.
#[must_use]
pub fn example_inputs(text: &str) -> MemoryInputs {
    let mut inputs = MemoryInputs::default();
    for (path, text) in EDGE {
        inputs.insert(*path, *text);
    }
    inputs.insert("values/base.yaml", "mode: agent\nargs: [a, b]\n");
    if text.lines().any(|line| line.starts_with("homelab ")) {
        add_secrets(text, &mut inputs);
        inputs.insert("homelab.kdl", text);
    } else {
        add_secrets(&format!("{PRELUDE}{text}"), &mut inputs);
        inputs.insert("homelab.kdl", PRELUDE);
        inputs.insert("example.kdl", text);
    }
    inputs
}

/// Findings as the terminal shows them, without colours.
#[must_use]
pub fn rendered(compilation: &Compilation) -> String {
    hlc_diag::render::human_string(&compilation.sources, &compilation.diagnostics)
}
