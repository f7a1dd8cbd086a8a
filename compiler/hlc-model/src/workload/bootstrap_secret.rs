//! Secrets that have to be in the cluster before any secret store is.

use hlc_diag::Span;
use hlc_schema::scalar::ConfigKey;
use hlc_schema::{AttrDecl, Data, Def, Node, NodeDecl, Sensitive, Spanned};

use crate::resolve::{Ask, Referable};

const ATTRIBUTES: &[AttrDecl] = &[AttrDecl { name: "name", doc: "The Kubernetes Secret's name." }];

/// A Kubernetes Secret that is put into the cluster from the SOPS file, for what runs before the secret store does.
///
/// It never reaches a manifest: `hlc secrets apply` makes it through the API of the cluster.
#[derive(Debug, Node)]
#[node(
    name = "bootstrap-secret",
    names = Subdomain,
    scope = Local,
    attributes = ATTRIBUTES,
    example = r#"bootstrap-secret "infisical-secrets" {
    key "DB_PASSWORD" (secret)INFISICAL_DB_PASSWORD
    key "DB_CONNECTION_URI" (fmt)"postgresql://infisical:{secret.INFISICAL_DB_PASSWORD|url}@postgresql:5432/infisical"
}"#
)]
pub struct BootstrapSecret {
    /// The Secret's name.
    #[arg]
    pub name: Def<BootstrapSecret>,
    /// Its keys.
    #[block]
    pub key: Vec<BootstrapKey>,
    /// The node's name.
    #[head]
    pub head: Span,
}

/// A key of a Secret and its value.
#[derive(Debug, Node)]
#[node(name = "key", id = "bootstrap-key", example = r#"key "DB_PASSWORD" (secret)INFISICAL_DB_PASSWORD"#)]
pub struct BootstrapKey {
    /// The key.
    #[arg]
    pub name: Spanned<ConfigKey>,
    /// Its value.
    #[arg]
    pub value: Sensitive,
}

impl Referable for BootstrapSecret {
    fn declaration(&self) -> &'static NodeDecl {
        Self::decl()
    }

    fn answer(&self, ask: &Ask<'_, '_>) -> Option<Data> {
        match ask.field {
            "name" => ask.text(self.name.name.as_str()),
            _ => ask.unknown(Self::decl()),
        }
    }
}
