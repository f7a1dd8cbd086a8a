//! Workloads and their building blocks, one file each.

mod app;
mod bootstrap_secret;
mod chart;
mod dashboard;
mod database;
mod endpoint;
mod extra;
mod manifests;
mod monitor;
mod namespace;
mod object;
mod oidc;
mod public;
mod route;
mod secret;

pub use app::{App, AppPort, AppVolume, Protocol, Strategy};
pub use bootstrap_secret::{BootstrapKey, BootstrapSecret};
pub use chart::{Chart, ChartRepo, ChartRepository, Deliver, Hooks, ObjectName, Patch, Release, Released, Remove};
pub use dashboard::Dashboard;
pub(crate) use database::DatabaseIn;
pub use database::{Database, DatabaseKind};
pub use endpoint::Endpoint;
pub(crate) use endpoint::EndpointIn;
pub(crate) use extra::merge_extra;
pub use manifests::Manifests;
pub use monitor::{Monitor, MonitorOperator};
pub use namespace::{Namespace, PodSecurity, PodSecurityLevel};
pub use oidc::{ClientType, Oidc, SubMode};
pub use public::{Auth, Public};
pub use route::{Backend, HeaderMatch, PathMatch, Route, Rule};
pub(crate) use route::{DOUBLED_DOMAIN, ROUTE_GATEWAY, RouteIn, hosts};
pub(crate) use secret::lower_openbao;
pub use secret::{Secret, SecretMapping};

use hlc_diag::{Code, Span};
use hlc_schema::{Def, Node, ObjectNode, Ref, Spanned};

use crate::concept::{Addresses, Category, Certificate, DataBlock, Delivery, Gateway, Ignore, Issuer, L2Policy, Sync};

/// Every finding of lowering workloads.
pub(crate) fn codes() -> Vec<&'static Code> {
    [chart::CODES, dashboard::CODES, extra::CODES, manifests::CODES, object::CODES, route::CODES, secret::CODES]
        .concat()
}

pub(crate) use object::{lower as lower_objects, workload_namespace};

/// Something that runs in the cluster: everything about it in one place.
///
/// Nodes whose names start upper-case are Kubernetes objects of that kind. The folder of its files has the workload's
/// name. `(existing)` says that something else brings it into the cluster: hlc writes nothing for it, but its endpoints
/// can be referred to.
#[derive(Debug, Node)]
#[node(
    name = "workload",
    names = Label,
    annotations(existing),
    example = r#"workload "whoami" category="apps" {
    namespace "whoami"
    Deployment "whoami" {
        spec {
            selector { matchLabels app=whoami }
            template {
                metadata { labels app=whoami }
                spec {
                    containers { - name=whoami image="traefik/whoami:v1.11" }
                }
            }
        }
    }
    Service "whoami" {
        spec {
            selector app=whoami
            ports { - name=http port=80 }
        }
    }
    route "whoami" service="whoami" port=80
}"#
)]
pub struct Workload {
    /// The workload's name.
    #[arg]
    pub name: Def<Workload>,
    /// True for a workload that something else makes.
    #[annotated("existing")]
    pub existing: bool,
    /// The category whose defaults it starts from.
    #[prop]
    pub category: Option<Ref<Category>>,
    /// Whether it is built; `#false` switches it off, so that it is read and held against the schemas, and no more.
    #[prop(default = "#true")]
    pub enabled: Option<Spanned<bool>>,
    /// The namespace of its objects.
    #[block]
    pub namespace: Namespace,
    /// What Argo CD does by itself with this workload, where it is another thing than the `delivery` says.
    #[block]
    pub sync: Option<Sync>,
    /// Differences between Git and cluster that Argo CD does not look at, besides those of the `delivery`.
    #[block]
    pub ignore: Vec<Ignore>,
    /// Chart repositories, to be named by its charts.
    #[block]
    pub repository: Vec<ChartRepository>,
    /// Applications in a few lines.
    #[block]
    pub app: Vec<App>,
    /// Helm charts.
    #[block]
    pub chart: Vec<Chart>,
    /// Manifests that somebody else publishes.
    #[block]
    pub manifests: Vec<Manifests>,
    /// Secrets that come from a secret store.
    #[block]
    pub secret: Vec<Secret>,
    /// Secrets that have to be in the cluster before any secret store is.
    #[block]
    pub bootstrap_secret: Vec<BootstrapSecret>,
    /// Databases that an operator runs.
    #[block]
    pub database: Vec<Database>,
    /// Services that others can refer to.
    #[block]
    pub endpoint: Vec<Endpoint>,
    /// Host names and where they lead.
    #[block]
    pub route: Vec<Route>,
    /// Services whose metrics are read.
    #[block]
    pub monitor: Vec<Monitor>,
    /// Dashboards of Grafana.
    #[block]
    pub dashboard: Vec<Dashboard>,
    /// Logins of its applications by OpenID Connect.
    #[block]
    pub oidc: Vec<Oidc>,
    /// Gateways that it makes.
    #[block]
    pub gateway: Vec<Gateway>,
    /// Who signs certificates.
    #[block]
    pub issuer: Vec<Issuer>,
    /// Certificates that are kept in Secrets.
    #[block]
    pub certificate: Vec<Certificate>,
    /// Addresses that the load balancer gives out.
    #[block]
    pub addresses: Vec<Addresses>,
    /// Who answers for these addresses.
    #[block]
    pub l2_policy: Vec<L2Policy>,
    /// How Argo CD brings workloads into the cluster; this is Argo CD itself.
    #[block]
    pub delivery: Option<Delivery>,
    /// Data to be used by `(ref)data.NAME` in this workload.
    #[block]
    pub data: Vec<DataBlock>,
    /// Kubernetes objects.
    #[objects]
    pub objects: Vec<ObjectNode>,
    /// The whole node.
    #[span]
    pub span: Span,
    /// The node's name.
    #[head]
    pub head: Span,
}

impl Workload {
    /// True when hlc builds it: nothing else makes it, and it is not switched off.
    #[must_use]
    pub fn is_made(&self) -> bool {
        !self.existing && self.enabled.is_none_or(|enabled| enabled.value)
    }

    /// True when a place lies inside the workload, so that what stands there is no default.
    #[must_use]
    pub fn holds(&self, span: Span) -> bool {
        span.file == self.span.file && self.span.start <= span.start && span.end <= self.span.end
    }
}
