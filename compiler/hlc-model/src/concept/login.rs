//! Logins for chart repositories and other places that files are fetched from.

use hlc_diag::Span;
use hlc_schema::{Node, SecretKey, Spanned};

use crate::workload::ChartRepo;

/// Who hlc is to a chart repository, a registry or a web server, when it fetches charts and manifests from there.
///
/// It goes to everything below the URL, over https, and nowhere else: not along a redirect to another host. It is either a `user` with a
/// `password`, or a `token`. The secret is decrypted when something is fetched.
#[derive(Debug, Node)]
#[node(
    name = "login",
    example = r#"login "oci://registry.example.net/charts" user="homelab" password=(secret)REGISTRY_PASSWORD"#
)]
pub struct Login {
    /// Where it counts: a URL that begins with `https://` or `oci://`.
    #[arg]
    pub url: Spanned<ChartRepo>,
    /// The user.
    #[prop]
    pub user: Option<Spanned<String>>,
    /// The user's password.
    #[prop]
    pub password: Option<SecretKey>,
    /// A token in place of user and password.
    #[prop]
    pub token: Option<SecretKey>,
    /// The node's name.
    #[head]
    pub head: Span,
}
