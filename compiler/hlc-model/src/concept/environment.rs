//! What another environment changes about the tree that it shares.

use hlc_schema::{Node, Spanned};

/// A change of something that an included file declares, for this environment alone.
///
/// An environment is another root file with a `homelab` of its own that includes the same files. The address names a node by
/// kind and name, from the outside in: `workload.grafana/chart.grafana`, `workload.web/Deployment.web`, `platform/addon.cilium`.
/// Properties and lists replace those of the node, blocks are changed field by field, and data is merged: maps deep, lists
/// replaced. A block that repeats is found by its name. Checks see the result, and findings about a changed value stand here.
#[derive(Debug, Node)]
#[node(
    name = "override",
    open,
    example = r#"override "workload.grafana/chart.grafana" version="10.8.0" {
    values { persistence size="2Gi" }
}"#
)]
pub struct Override {
    /// The address of the node.
    #[arg]
    pub address: Spanned<String>,
}

/// What this environment does not have of the files that it includes.
#[derive(Debug, Node)]
#[node(name = "without", example = r#"without "workload.rancher" "cloudflare""#)]
pub struct Without {
    /// The addresses of nodes, as in `override`.
    #[arg]
    pub addresses: Vec<Spanned<String>>,
}
