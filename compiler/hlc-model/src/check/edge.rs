//! What runs on the edge: the Compose files of servers, held against everything else that is said about these.

use std::collections::BTreeSet;

use hlc_diag::Diagnostic;
use hlc_schema::{Node as _, ScopeId};

use crate::concept::compose::ComposeFile;
use crate::concept::{Bundle, Hetzner, Server};
use crate::model::Model;
use crate::resolve::Resolver;

pub(super) mod certificates;
pub(super) mod env_file;
pub(super) mod firewall;
pub(super) mod mounts;
pub(super) mod service;
pub(super) mod started;
pub(super) mod variables;

/// A bundle with a Compose file.
pub(crate) struct EdgeFacts<'m> {
    pub(crate) scope: ScopeId,
    pub(crate) hetzner: &'m Hetzner,
    pub(crate) server: &'m Server,
    pub(crate) compose: ComposeFile<'m>,
}

/// Every bundle with a Compose file that can be read; reports those that cannot. Nothing when a part of it holds mistakes.
pub(super) fn gather<'m>(model: &'m Model, resolver: &Resolver<'_>, found: &mut Vec<Diagnostic>) -> Vec<EdgeFacts<'m>> {
    if model.faults.unread || model.faults.kinds.contains(Hetzner::decl().name) {
        return Vec::new();
    }
    let mut edges = Vec::new();
    for (scope, hetzner) in &model.hetzner {
        for server in &hetzner.server {
            for bundle in &server.bundle {
                let compose = ComposeFile::read(bundle, resolver, found);
                edges.extend(compose.map(|compose| EdgeFacts { scope: *scope, hetzner, server, compose }));
            }
        }
    }
    edges
}

impl<'m> EdgeFacts<'m> {
    pub(crate) fn bundle(&self) -> &'m Bundle {
        self.compose.bundle
    }

    /// The files that hlc makes in the bundle's folder.
    fn made(&self) -> BTreeSet<&'m str> {
        let bundle = self.bundle();
        let env_files = bundle.env_file.iter().map(|file| file.path.value.as_str());
        env_files.chain(bundle.traefik.iter().map(|traefik| traefik.path.value.as_str())).collect()
    }

    /// True when something of this path will lie in the bundle's folder: a file, or a folder with files.
    fn holds(&self, path: &str, resolver: &Resolver<'_>) -> bool {
        let below = format!("{}/", path.trim_end_matches('/'));
        if self.made().into_iter().any(|made| made == path || made.starts_with(&below)) {
            return true;
        }
        let source = self.bundle().source(path);
        resolver.text(&source).is_ok() || resolver.list(source.trim_end_matches('/')).is_ok()
    }
}

/// A server with a Compose file, as the examples of these checks share it.
macro_rules! edge_example {
    ($($more:literal),*) => {
        concat!(
            "hetzner token=(secret)HCLOUD_TOKEN {\n    (existing)ssh-key \"laptop\"\n    firewall \"edge\" {\n        allow \
             \"ssh\" tcp=22 { from \"203.0.113.0/24\" }\n        allow \"http\" tcp=80\n        allow \"https\" tcp=443\n    \
             }\n    server \"edge\" type=\"cpx21\" image=\"ubuntu-24.04\" location=\"ash\" firewall=\"edge\" {\n        ssh \
             key=\"laptop\"\n        bundle \"edge\" from=\"edge\" to=\"/etc/edge\" {\n            ",
            $($more),*
        )
    };
}
pub(crate) use edge_example;
