//! Secret stores: where workloads get their secrets at run time.

use hlc_diag::Span;
use hlc_schema::scalar::{ConfigKey, DnsLabel, HttpUrl};
use hlc_schema::{AttrDecl, Choice, Data, Def, Expr, Node, NodeDecl, ScopeId, Spanned};

use crate::resolve::{Ask, Referable};

/// What software a secret store is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Choice)]
pub enum StoreKind {
    /// Infisical, read by its Kubernetes operator (`InfisicalSecret`).
    Infisical,
    /// OpenBao, read by the Secrets Store CSI driver (`SecretProviderClass`).
    Openbao,
}

const ATTRIBUTES: &[AttrDecl] = &[
    AttrDecl { name: "host", doc: "Where its API answers." },
    AttrDecl { name: "identity", doc: "The identity that its operator logs in as." },
];

/// A store that workloads read their secrets from at run time, and what it holds.
///
/// hlc never reads the store. The paths and keys written here are what `secret` blocks are checked against.
#[derive(Debug, Node)]
#[node(
    name = "secret-store",
    attributes = ATTRIBUTES,
    example = r#"secret-store "infisical" kind="infisical" host="http://infisical.infisical.svc.cluster.local:8080" {
    identity "47aef6c1-bdeb-40fa-be46-63bbcfe6a4df"
    project "homelab-prod"
    environment "prod"
    service-account "infisical-operator" namespace="infisical"
    path "/grafana" { keys "ADMIN_PASSWORD" }
}"#
)]
pub struct SecretStore {
    /// The store's name.
    #[arg]
    pub name: Def<SecretStore>,
    /// What software it is.
    #[prop]
    pub kind: Spanned<StoreKind>,
    /// Where its API answers, from inside the cluster.
    #[prop]
    pub host: Expr<HttpUrl>,
    /// Infisical: the machine identity that the operator logs in as (`identityId` of Kubernetes authentication).
    #[prop]
    pub identity: Option<Spanned<String>>,
    /// Infisical: the project's slug.
    #[prop]
    pub project: Option<Spanned<String>>,
    /// Infisical: the environment's slug.
    #[prop]
    pub environment: Option<Spanned<String>>,
    /// OpenBao: where its key-value engine (version 2) is mounted.
    #[prop(default = "\"secret\"")]
    pub mount: Option<Spanned<String>>,
    /// How often the operator looks for new values, in seconds.
    #[prop(default = "60")]
    pub resync: Option<Spanned<Seconds>>,
    /// Infisical: the ServiceAccount whose token the operator logs in with.
    #[block]
    pub service_account: Option<ServiceAccount>,
    /// The paths it holds.
    #[block]
    pub path: Vec<StorePath>,
    /// The node's name.
    #[head]
    pub head: Span,
}

/// A whole number of seconds, 1 or more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seconds(pub u32);

impl hlc_schema::Scalar for Seconds {
    const TYPE: hlc_schema::TypeDecl = hlc_schema::TypeDecl::new("seconds", "a whole number of seconds such as `60`");

    fn from_value(value: &hlc_schema::DataValue) -> Result<Self, hlc_schema::scalar::Mismatch> {
        match value {
            hlc_schema::DataValue::Integer(number) => match u32::try_from(number.get()) {
                Ok(seconds) if seconds > 0 => Ok(Self(seconds)),
                _ => Err(hlc_schema::scalar::Mismatch::default()),
            },
            hlc_schema::DataValue::Null
            | hlc_schema::DataValue::Bool(_)
            | hlc_schema::DataValue::Float(_)
            | hlc_schema::DataValue::String(_)
            | hlc_schema::DataValue::List(_)
            | hlc_schema::DataValue::Map(_)
            | hlc_schema::DataValue::Deferred(_) => Err(hlc_schema::scalar::Mismatch::default()),
        }
    }

    fn to_value(&self) -> hlc_schema::DataValue {
        hlc_schema::DataValue::integer(i128::from(self.0))
    }
}

/// A Kubernetes ServiceAccount.
#[derive(Debug, Node)]
#[node(name = "service-account", example = r#"service-account "infisical-operator" namespace="infisical""#)]
pub struct ServiceAccount {
    /// The ServiceAccount's name.
    #[arg]
    pub name: Spanned<DnsLabel>,
    /// The namespace it lives in.
    #[prop]
    pub namespace: Spanned<DnsLabel>,
}

/// A path of a secret store and the keys at it.
#[derive(Debug, Node)]
#[node(name = "path", example = r#"path "/grafana" { keys "ADMIN_USER" "ADMIN_PASSWORD" }"#)]
pub struct StorePath {
    /// The path, from the root of the project.
    #[arg]
    pub path: Spanned<String>,
    /// The keys that are set at it.
    #[prop]
    pub keys: Vec<Spanned<ConfigKey>>,
}

impl Referable for SecretStore {
    fn declaration(&self) -> &'static NodeDecl {
        Self::decl()
    }

    fn answer(&self, ask: &Ask<'_, '_>) -> Option<Data> {
        match ask.field {
            "host" => ask.scalar(&ask.resolver.value(&self.host, ScopeId::default())?.value),
            "identity" => ask.given(self.identity.as_ref(), self.name.span),
            _ => ask.unknown(Self::decl()),
        }
    }
}
