//! The platform: what a cluster needs before Argo CD can run workloads.

use std::sync::LazyLock;

use hlc_diag::Diagnostic;
use hlc_schema::{Cx, Node, NodeDecl, ScopeId, Source};

use crate::workload::Workload;

/// What is put into the cluster before Argo CD takes over.
///
/// `hlc apply core/platform` puts it there. Its order follows from what refers to what: a namespace comes before what is in
/// it, a chart before objects of the kinds it brings, a gateway before its routes.
#[derive(Debug, Node)]
#[node(
    name = "platform",
    example = r#"platform {
    addon "gateway" namespace="kube-system" {
        gateway "homelab-gateway" class="cilium" {
            listener "http" protocol="HTTP" port=80
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
    /// True when something in it could not be read.
    pub(crate) faulty: bool,
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
        let before = (cx.diagnostics.len(), cx.withheld);
        let parts = cx.scoped(scope, |cx| Workload::decode_as(decl, source, cx))?;
        let faulty = cx.withheld > before.1 || cx.diagnostics.iter().skip(before.0).any(Diagnostic::is_error);
        Some(Self { scope, parts, faulty })
    }
}
