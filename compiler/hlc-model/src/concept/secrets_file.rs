//! The SOPS file of the homelab.

use hlc_diag::Span;
use hlc_schema::{Node, Spanned};

/// The SOPS file that holds the secrets which hlc itself needs: passwords of APIs, tokens, what is there before the secret store is.
///
/// `(secret)NAME` names a value in it; keys inside others are joined by dots. hlc reads the names, never the values, until a
/// command needs one. The file is encrypted with [sops](https://getsops.io) or `hlc secrets set`; `.sops.yaml` beside the root file says
/// for whom.
#[derive(Debug, Node)]
#[node(
    name = "secrets",
    example = r#"secrets "secrets/bootstrap.sops.yaml" {
    optional "NB_PROXY_TOKEN" hint="made in NetBird's UI once it runs"
}"#
)]
pub struct SecretsFile {
    /// Path of the file, from the root file's folder. YAML or JSON.
    #[arg]
    pub path: Spanned<String>,
    /// Secrets that may be absent.
    #[block]
    pub optional: Vec<OptionalSecret>,
    /// The node's name.
    #[head]
    pub head: Span,
}

/// A secret that may be absent: what needs it is left out then.
#[derive(Debug, Node)]
#[node(name = "optional", example = r#"optional "NB_PROXY_TOKEN" hint="made in NetBird's UI once it runs""#)]
pub struct OptionalSecret {
    /// Its name in the SOPS file.
    #[arg]
    pub name: Spanned<String>,
    /// Where its value comes from, for the person who has to find it.
    #[prop]
    pub hint: Option<Spanned<String>>,
}
