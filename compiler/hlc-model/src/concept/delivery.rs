//! How Argo CD brings workloads into the cluster.

use hlc_schema::{Def, Node, Spanned};

/// How Argo CD brings workloads into the cluster.
///
/// The Applications that charts become take their project and sync policy from it. The ApplicationSet itself is not made by
/// this version of hlc.
#[derive(Debug, Node)]
#[node(
    name = "delivery",
    example = r#"delivery "workloads" {
    sync prune=#true self-heal=#true server-side=#true
}"#
)]
pub struct Delivery {
    /// The name of the ApplicationSet that makes one Application per workload.
    #[arg]
    pub name: Def<Delivery>,
    /// The AppProject that its Applications belong to.
    #[prop(default = "\"default\"")]
    pub project: Option<Spanned<String>>,
    /// What Argo CD does by itself.
    #[block]
    pub sync: Option<Sync>,
}

/// What Argo CD does by itself (`spec.syncPolicy` of an Application).
#[derive(Debug, Node)]
#[node(name = "sync", example = r"sync prune=#true self-heal=#true server-side=#true")]
pub struct Sync {
    /// Deletes objects that are no longer in Git.
    #[prop(default = "#false")]
    pub prune: Option<Spanned<bool>>,
    /// Undoes changes made in the cluster.
    #[prop(default = "#false")]
    pub self_heal: Option<Spanned<bool>>,
    /// Uses server-side apply.
    #[prop(default = "#false")]
    pub server_side: Option<Spanned<bool>>,
}
