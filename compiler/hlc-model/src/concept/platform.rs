//! The platform: what a cluster needs before Argo CD can run workloads.

use std::sync::LazyLock;

use hlc_schema::{Cx, Node, NodeDecl, ScopeId, Source};

use crate::workload::Workload;

/// What is put into the cluster before Argo CD takes over.
///
/// Workloads refer to it; it is not carried out by this version of hlc.
#[derive(Debug, Node)]
#[node(
    name = "platform",
    example = r#"platform {
    addon "gateway" namespace="kube-system" {
        gateway "homelab-gateway" class="cilium" {
            listener "https" protocol="HTTPS" port=443
        }
    }
}"#
)]
pub struct Platform {
    /// Parts of the platform.
    #[block]
    pub addon: Vec<Addon>,
}

/// A part of the platform: all that a workload is, but put into the cluster by `hlc apply` and not by Argo CD.
///
/// Moving a block from one to the other hands it over.
#[derive(Debug)]
pub struct Addon {
    /// Its names' scope.
    pub scope: ScopeId,
    /// Everything about it.
    pub parts: Workload,
}

// Written by hand, since it is a workload under another name.
impl Node for Addon {
    fn decl() -> &'static NodeDecl {
        static DECL: LazyLock<NodeDecl> = LazyLock::new(|| NodeDecl {
            name: "addon",
            id: "addon",
            doc: "A part of the platform: all that a workload is, but put into the cluster by `hlc apply` and not by Argo \
                  CD.\n\nMoving a block from one to the other hands it over.",
            example: "addon \"argocd\" namespace=\"argocd\" {\n    delivery \"workloads\" { sync prune=#true self-heal=#true \
                      server-side=#true }\n}",
            open: false,
            annotations: &[],
            fields: Workload::decl().fields,
            attributes: &[],
        });
        &DECL
    }

    fn decode_as<'a>(decl: &'static NodeDecl, source: Source<'a>, cx: &mut Cx<'a>) -> Option<Self> {
        let scope = cx.open_scope();
        let parts = cx.scoped(scope, |cx| Workload::decode_as(decl, source, cx))?;
        Some(Self { scope, parts })
    }
}
