//! The platform: what a cluster needs before Argo CD can run workloads.

use hlc_schema::scalar::DnsLabel;
use hlc_schema::{Def, Node, Spanned};

use super::{Delivery, Gateway};

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

/// A part of the platform.
#[derive(Debug, Node)]
#[node(
    name = "addon",
    names = Label,
    example = r#"addon "argocd" namespace="argocd" {
    delivery "workloads" { sync prune=#true self-heal=#true server-side=#true }
}"#
)]
pub struct Addon {
    /// The addon's name.
    #[arg]
    pub name: Def<Addon>,
    /// The namespace that its objects live in.
    #[prop]
    pub namespace: Spanned<DnsLabel>,
    /// Gateways it makes.
    #[block]
    pub gateway: Vec<Gateway>,
    /// How Argo CD brings workloads into the cluster; the addon is Argo CD itself.
    #[block]
    pub delivery: Option<Delivery>,
}
