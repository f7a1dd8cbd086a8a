//! Traefik on the edge.

use hlc_diag::Span;
use hlc_schema::scalar::Port;
use hlc_schema::{Def, Node, Ref, Spanned};

use super::EdgePath;
use crate::concept::Gateway;

/// The routes of Traefik (v3, file provider): hlc writes one file with the hosts of the edge and those of public workloads.
#[derive(Debug, Node)]
#[node(
    name = "traefik",
    example = r#"traefik "traefik/dynamic/routes.yml" certificates="cloudflare-dns" {
    static "traefik/traefik.yml"
    to-cluster "homelab-gateway"
    forward-auth "sso" service="authentik-server" port=9000 {
        path "/outpost.goauthentik.io/auth/nginx"
    }
}"#
)]
pub struct Traefik {
    /// The file that hlc writes, from the bundle's folder.
    #[arg]
    pub path: Spanned<String>,
    /// Traefik's static configuration in the bundle's folder. hlc reads it, to check the names used here.
    #[prop(name = "static")]
    pub static_file: Option<Spanned<String>>,
    /// The resolver in the static configuration that gets certificates.
    #[prop]
    pub certificates: Spanned<String>,
    /// The entry point in the static configuration that takes HTTPS.
    #[prop(default = "\"websecure\"")]
    pub entry_point: Option<Spanned<String>>,
    /// The gateway of the cluster that hosts of public workloads are sent to.
    #[prop]
    pub to_cluster: Option<Ref<Gateway>>,
    /// Who asks for a login before hosts with `auth="sso"`.
    #[block]
    pub forward_auth: Option<ForwardAuth>,
    /// The node's name.
    #[head]
    pub head: Span,
}

/// A service that Traefik asks before it lets a request through (Traefik, ForwardAuth).
#[derive(Debug, Node)]
#[node(
    name = "forward-auth",
    id = "edge-forward-auth",
    example = r#"forward-auth "sso" service="authentik-server" port=9000 {
    path "/outpost.goauthentik.io/auth/nginx"
    response-headers "X-authentik-username" "X-authentik-groups"
}"#
)]
pub struct ForwardAuth {
    /// The middleware's name.
    #[arg]
    pub name: Def<ForwardAuth>,
    /// The Compose service.
    #[prop]
    pub service: Spanned<String>,
    /// The port in its container.
    #[prop]
    pub port: Spanned<Port>,
    /// The path that is asked.
    #[block]
    pub path: ForwardAuthPath,
    /// Headers of its answer that reach the application.
    #[prop]
    pub response_headers: Vec<Spanned<String>>,
}

/// The path of a service that is asked for permission.
#[derive(Debug, Node)]
#[node(name = "path", id = "forward-auth-path", example = r#"path "/outpost.goauthentik.io/auth/nginx""#)]
pub struct ForwardAuthPath {
    /// The path, with its slash.
    #[arg]
    pub path: Spanned<EdgePath>,
}
