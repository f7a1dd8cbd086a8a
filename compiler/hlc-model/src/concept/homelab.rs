//! The root of everything.

use hlc_diag::Span;
use hlc_schema::scalar::{Fqdn, HttpUrl};
use hlc_schema::{AttrDecl, Data, Def, Node, NodeDecl, Spanned};

use super::{Category, DataBlock, Login, Network, Override, SecretStore, SecretsFile, StatePlace, Without};
use crate::control::FindingRule;
use crate::resolve::{Ask, Referable};

const ATTRIBUTES: &[AttrDecl] = &[
    AttrDecl { name: "name", doc: "The homelab's name." },
    AttrDecl { name: "domain", doc: "The domain that its hosts lie below." },
];

/// The homelab: its name, its domain, the files it is made of and what everything in it starts from.
///
/// There is one, in the root file. Every other file is brought in by its `include`.
#[derive(Debug, Node)]
#[node(
    name = "homelab",
    attributes = ATTRIBUTES,
    example = r#"homelab "home" edition="1" domain="example.net" {
    include "core/*.kdl" "workloads/**/*.kdl"
}"#
)]
pub struct Homelab {
    /// The homelab's name.
    #[arg]
    pub name: Def<Homelab>,
    /// The edition of the language that the files are written in.
    #[prop(default = "\"1\"")]
    pub edition: Option<Spanned<String>>,
    /// The domain that its hosts lie below; a route named `grafana` has the host `grafana.DOMAIN`.
    #[prop]
    pub domain: Spanned<Fqdn>,
    /// The files of the homelab besides the root: paths from the root file's folder, where `*` stands for a part of a name
    /// and `**` for any folders.
    #[prop]
    pub include: Vec<Spanned<String>>,
    /// The Git repository that these files live in.
    #[block]
    pub repository: Option<Repository>,
    /// Networks.
    #[block]
    pub network: Vec<Network>,
    /// The SOPS file that `(secret)NAME` reads from.
    #[block]
    pub secrets: Option<SecretsFile>,
    /// Where the states of the stacks are kept.
    #[block]
    pub state: Option<StatePlace>,
    /// Logins for fetching charts and manifests.
    #[block]
    pub login: Vec<Login>,
    /// Secret stores that workloads read from at run time.
    #[block]
    pub secret_store: Vec<SecretStore>,
    /// Categories of workloads.
    #[block]
    pub category: Vec<Category>,
    /// How bad kinds of findings are here.
    #[block]
    pub finding: Vec<FindingRule>,
    /// What this environment changes about the files it includes.
    #[block(name = "override")]
    pub overrides: Vec<Override>,
    /// What this environment leaves out of them.
    #[block]
    pub without: Vec<Without>,
    /// Data to be used by `(ref)data.NAME`.
    #[block]
    pub data: Vec<DataBlock>,
    /// What nodes in every workload start from; a category's defaults come before these, the node's own words before both.
    #[defaults(decls = super::defaultable)]
    pub defaults: (),
    /// The whole node.
    #[span]
    pub span: Span,
}

/// The Git repository of the homelab.
#[derive(Debug, Node)]
#[node(
    name = "repository",
    example = r#"repository "https://github.com/example/homelab.git" branch="main" manifests="main-manifests""#
)]
pub struct Repository {
    /// Its URL, as Argo CD reads it.
    #[arg]
    pub url: Spanned<HttpUrl>,
    /// The branch that holds these files.
    #[prop]
    pub branch: Spanned<String>,
    /// The branch that the rendered manifests are published to, which Argo CD watches; never the same as `branch`.
    #[prop]
    pub manifests: Spanned<String>,
}

impl Referable for Homelab {
    fn declaration(&self) -> &'static NodeDecl {
        Homelab::decl()
    }

    fn answer(&self, ask: &Ask<'_, '_>) -> Option<Data> {
        match ask.field {
            "name" => ask.text(self.name.name.as_str()),
            "domain" => ask.scalar(&self.domain.value),
            _ => ask.unknown(Homelab::decl()),
        }
    }
}
